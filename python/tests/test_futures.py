# SPDX-License-Identifier: Apache-2.0
"""Futures: they are pending until their jobs end, work with what takes futures, and stop when cancelled."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import os
import pickle
import random
import subprocess
import sys
import textwrap
import threading
import time
import weakref

import pytest

import ketch
import workloads


def until(condition, seconds=10.0):
    """Waits for something that must come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.001)


def test_result_is_that_of_run(session):
    future = session.submit(workloads.BELL, shots=1000, seed=7)
    assert isinstance(future, ketch.Future)
    assert isinstance(future, concurrent.futures.Future)
    result = future.result(timeout=10)
    assert result.counts == session.run(workloads.BELL, shots=1000, seed=7).counts
    assert set(result.counts) == {"00", "11"}
    assert future.done()
    assert not future.running()
    assert not future.cancelled()
    assert future.exception() is None
    assert not future.cancel()


def test_error_is_that_of_run(session):
    with pytest.raises(ketch.KetchError) as direct:
        session.run(workloads.layered(20, 2), max_memory=1000)
    future = session.submit(workloads.layered(20, 2), max_memory=1000)
    with pytest.raises(type(direct.value)) as later:
        future.result(timeout=10)
    assert str(later.value) == str(direct.value)
    assert isinstance(future.exception(), type(direct.value))


def test_bad_circuit_raises_at_submit(session):
    with pytest.raises(ketch.CircuitError):
        session.submit("OPENQASM 3.0; qubit q; nogate q;")


def test_running_and_pending(session, long):
    first = session.submit(long)
    until(first.running)
    assert "state=running" in repr(first)
    assert not first.done()
    behind = [session.submit(long) for _ in range(3)]
    assert not behind[-1].running()
    assert "state=pending" in repr(behind[-1])
    with pytest.raises(concurrent.futures.TimeoutError):
        first.result(timeout=0.02)
    for future in [first, *behind]:
        assert future.cancel()


def test_cancel_stops_running_work(session, long):
    took = []
    for _ in range(5):
        future = session.submit(long)
        calls = workloads.count_calls(future)
        until(future.running)
        began = time.perf_counter()
        assert future.cancel()
        assert future.cancelled()
        assert future.done()
        assert not future.running()
        with pytest.raises(concurrent.futures.CancelledError):
            future.result()
        done, late = concurrent.futures.wait([future], timeout=5)  # returns when the work has stopped
        took.append(time.perf_counter() - began)
        assert done == {future}
        assert not late
        assert calls == [future]
        assert future.cancel(), "again says the same"
    assert min(took) < 0.05
    assert session.run(workloads.BELL, shots=10).counts, "the session goes on"


def test_cancel_of_queued_work(session, long):
    running = session.submit(long)
    queued = session.submit(long)
    until(running.running)
    assert queued.cancel()
    assert concurrent.futures.wait([queued], timeout=5).done == {queued}
    assert running.cancel()


def test_session_cancel_ends_futures_cancelled(session, long):
    futures = [session.submit(long) for _ in range(3)]
    until(futures[0].running)
    session.cancel()
    assert concurrent.futures.wait(futures, timeout=5).done == set(futures)
    assert all(future.cancelled() for future in futures)


def test_wait_and_as_completed(session):
    circuits = [ketch.Circuit(workloads.layered(5, 3, angles=i)) for i in range(40)]
    alone = [session.run(circuit, shots=100, seed=i).counts for i, circuit in enumerate(circuits)]
    futures = {session.submit(circuit, shots=100, seed=i): i for i, circuit in enumerate(circuits)}
    for future in concurrent.futures.as_completed(futures, timeout=30):
        assert future.result().counts == alone[futures[future]]
    done, late = concurrent.futures.wait(futures, timeout=1, return_when=concurrent.futures.ALL_COMPLETED)
    assert len(done) == 40
    assert not late


def test_first_completed(session, long):
    slow = session.submit(long)
    quick = session.submit(workloads.BELL)
    done, late = concurrent.futures.wait([slow, quick], timeout=10, return_when=concurrent.futures.FIRST_COMPLETED)
    assert done == {quick}
    assert late == {slow}
    slow.cancel()


def test_callbacks_run_once_and_may_ask_for_other_results(session):
    """A callback runs in the thread that completes futures: waiting there for another future must not wait for
    itself."""
    answers = []
    finished = threading.Event()

    def ask(future):
        others = [session.submit(workloads.layered(12, 10, angles=i), shots=5, seed=1) for i in range(3)]
        answers.extend(other.result(timeout=10).shots for other in others)
        finished.set()

    future = session.submit(workloads.BELL)
    future.add_done_callback(ask)
    assert finished.wait(20)
    assert answers == [5, 5, 5]


def test_a_callback_that_raises_harms_nobody(session, caplog):
    future = session.submit(workloads.layered(14, 20))
    future.add_done_callback(lambda future: 1 / 0)
    assert future.result(timeout=10)
    assert session.submit(workloads.BELL).result(timeout=10)


def test_a_callback_that_exits_ends_no_other_future(session, caplog):
    others_wait = threading.Event()

    def leave(future):
        others_wait.wait(10)
        sys.exit(3)

    first = session.submit(workloads.BELL)
    first.add_done_callback(leave)
    others = [session.submit(workloads.BELL, shots=10) for _ in range(20)]
    others_wait.set()
    assert [future.result(timeout=10).shots for future in others] == [10] * 20
    until(lambda: "SystemExit" in caplog.text)


def test_what_closing_completes_harms_nobody(session, long):
    """`close` completes futures that the watcher may be about to: an announced job that is no longer its own is let
    be."""
    watcher, slow = session._watcher, session.submit(long)
    with watcher._lock:
        future = session.submit(workloads.BELL)
        job = future._job
        assert job.wait(10)
        assert watcher.claim(future) is job
        watcher.forget(job)
        thread = watcher._thread
    assert session.submit(workloads.BELL, shots=10).result(timeout=10).shots == 10
    assert watcher._thread is thread
    slow.cancel()


def test_finish_against_cancel(session):
    """However a cancellation falls, a future ends once: with a result or cancelled; and its waiters and callbacks hear
    of it."""
    circuit = ketch.Circuit(workloads.layered(5, 2))
    expected = session.run(circuit, shots=10, seed=3).counts
    randomness = random.Random(5)
    ended = {"result": 0, "cancelled": 0}
    batch = 100
    for _ in range(10_000 // batch):
        calls = []
        futures = []
        for _ in range(batch):
            future = session.submit(circuit, shots=10, seed=3)
            future.add_done_callback(calls.append)
            futures.append(future)
        said = {}

        def cancel(mine, said=said):
            for future in mine:
                said[future] = future.cancel()

        mixed = randomness.sample(futures, batch)
        threads = [threading.Thread(target=cancel, args=(mixed[i::2],)) for i in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _done, late = concurrent.futures.wait(futures, timeout=30)
        assert not late
        for future in futures:
            assert future.cancelled() == said[future]
            if said[future]:
                ended["cancelled"] += 1
            else:
                ended["result"] += 1
                assert future.result(timeout=0).counts == expected
        until(lambda calls=calls: len(calls) == batch)
        assert len(set(map(id, calls))) == batch
    assert ended["result"] + ended["cancelled"] == 10_000
    assert min(ended.values()) > 100, "the race was a race"


def test_from_many_threads(session):
    circuit = ketch.Circuit(workloads.layered(6, 3))
    expected = session.run(circuit, shots=20, seed=1).counts

    def work(_):
        return [session.submit(circuit, shots=20, seed=1).result(timeout=30).counts for _ in range(50)]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for answers in pool.map(work, range(8)):
            assert all(answer == expected for answer in answers)


def test_futures_refuse_pickling(session):
    future = session.submit(workloads.BELL)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(future)


def test_the_watcher_comes_and_goes(session):
    def watchers():
        return [thread for thread in threading.enumerate() if thread.name == "ketch-watcher"]

    until(lambda: not watchers())
    for _ in range(2):
        futures = [session.submit(workloads.BELL) for _ in range(10)]
        assert len(watchers()) == 1
        concurrent.futures.wait(futures)
        until(lambda: not watchers())


def test_many_sessions_one_after_the_other():
    """Each goes with what it holds before there are many."""
    for _ in range(300):
        with ketch.Session(threads=1) as session:
            session.submit(workloads.BELL, shots=1).result(timeout=10)
    assert len(os.listdir("/proc/self/fd")) < 150


def test_a_descriptor_closed_by_others_is_no_endless_loop():
    program = """
    import os, sys, time
    import ketch, workloads
    session = ketch.Session(threads=1)
    session.submit(workloads.BELL).result()
    os.closerange(3, 256)
    began = time.process_time()
    time.sleep(0.5)
    print(time.process_time() - began < 0.25)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), os.environ["PYTHONPATH"]])}
    command = [sys.executable, "-c", textwrap.dedent(program)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=environment, check=True)
    assert done.stdout == "True\n"


def test_nothing_is_left_behind():
    """Futures, their circuits and the session go when nobody refers to them."""
    session = ketch.Session(threads=1)
    circuit = ketch.Circuit(workloads.BELL)
    gone = [weakref.ref(session)]
    futures = [session.submit(circuit) for _ in range(10)]
    concurrent.futures.wait(futures)
    gone += [weakref.ref(future) for future in futures]
    del session, futures, circuit

    def all_gone():
        gc.collect()
        return all(reference() is None for reference in gone)

    until(all_gone)


def test_closing_cancels(long):
    session = ketch.Session(threads=1)
    futures = [session.submit(long) for _ in range(3)]
    until(futures[0].running)
    began = time.perf_counter()
    session.close()
    assert time.perf_counter() - began < 5
    assert all(future.cancelled() for future in futures)
    assert not concurrent.futures.wait(futures, timeout=5).not_done


def test_full_queue_pushes_back(long):
    with ketch.Session(threads=1, max_jobs=4) as session:
        futures = []

        def fill():
            for _ in range(10):
                futures.append(session.submit(long))

        with pytest.raises(ketch.QueueFullError):
            fill()
        assert 4 <= len(futures) <= 5
        for future in futures:
            future.cancel()
        concurrent.futures.wait(futures)
        assert session.submit(workloads.BELL).result(timeout=10).counts


def test_asyncio_can_wrap_it(session):
    async def main():
        return await asyncio.wrap_future(session.submit(workloads.BELL, shots=12))

    assert sum(asyncio.run(main()).counts.values()) == 12


def test_batches(session):
    circuits = [ketch.Circuit(workloads.layered(4, 2, structure=i)) for i in range(3)]
    alone = [result.counts for result in session.run(circuits, shots=50, seed=9)]
    future = session.submit(circuits, shots=50, seed=9)
    assert [result.counts for result in future.result(timeout=10)] == alone
