# SPDX-License-Identifier: Apache-2.0
"""Children that are forked at any time go on simulating, with the same bytes; what was at work at the fork reads as
lost.

Each start method takes 5 rounds, or as many as KETCH_TEST_ROUNDS says.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import multiprocessing
import os
import pickle
import select
import signal
import sys
import threading
import time
import traceback

import pytest

import ketch
import workloads

ROUNDS = int(os.environ.get("KETCH_TEST_ROUNDS", "5"))
SECONDS = 60  # for a child before it counts as hanging

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
    pytest.mark.timeout(120 + 10 * ROUNDS),
]

NARROW = workloads.layered(10, 5)
WIDE = workloads.layered(18, 5)  # on all threads: OpenMP is at work


def fingerprint(session):
    """Bytes of results of all lanes: inline, narrow and wide, and of a batch and a future."""
    return [
        session.run(workloads.BELL, shots=100, seed=1).counts,
        session.run(NARROW, shots=100, seed=2).counts,
        session.run(WIDE, shots=100, seed=3).counts,
        session.run(WIDE, shots=1, seed=3, outputs="state").state.tobytes()[:4096],
        [result.counts for result in session.run([NARROW, workloads.BELL], shots=10, seed=4)],
        session.submit(NARROW, shots=100, seed=5).result(timeout=30).counts,
    ]


def in_child(work):
    """What `work` returns in a forked child; fails where the child raises, dies or hangs."""
    end, begin = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(end)
            try:
                answer = (True, work())
            except BaseException:
                answer = (False, traceback.format_exc())
            with os.fdopen(begin, "wb") as pipe:
                pickle.dump(answer, pipe)
        finally:
            os._exit(0)
    os.close(begin)
    with os.fdopen(end, "rb") as pipe:
        if not select.select([pipe], [], [], SECONDS)[0]:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            pytest.fail("the child hangs")
        said = pipe.read()
    os.waitpid(pid, 0)
    worked, answer = pickle.loads(said)
    assert worked, answer
    return answer


@pytest.fixture(params=["without OpenMP", "with OpenMP"])
def used(request):
    """A session that has been used: with one thread no OpenMP region is ever entered."""
    with ketch.Session(threads=1 if request.param == "without OpenMP" else 2) as session:
        yield session


@pytest.fixture(scope="module")
def expected():
    with ketch.Session(threads=1) as session:
        return fingerprint(session)


def test_fork_after_use(used, expected):
    for _ in range(ROUNDS):
        assert fingerprint(used) == expected
        assert in_child(lambda: fingerprint(used)) == expected


def test_a_new_session_in_the_child(used, expected):
    fingerprint(used)

    def work():
        with ketch.Session(threads=2) as session:
            return fingerprint(session)

    assert in_child(work) == expected


def test_fork_in_fork(used, expected):
    fingerprint(used)

    def child():
        first = fingerprint(used)
        second = in_child(lambda: fingerprint(used))
        return first, second, fingerprint(used)

    assert in_child(child) == (expected, expected, expected)


def test_fork_in_fork_without_use_between(used, expected):
    fingerprint(used)
    assert in_child(lambda: in_child(lambda: fingerprint(used))) == expected


@pytest.mark.parametrize("work", [WIDE, NARROW, workloads.BELL], ids=["wide", "narrow", "inline"])
def test_fork_from_a_thread_during_anothers_run(used, expected, work):
    circuit = ketch.Circuit(work)
    stop = threading.Event()

    def simulate():
        while not stop.is_set():
            used.run(circuit, shots=10)

    busy = threading.Thread(target=simulate)
    busy.start()
    try:
        for _ in range(ROUNDS):
            assert in_child(lambda: fingerprint(used)) == expected
    finally:
        stop.set()
        busy.join(30)
        assert not busy.is_alive()


def test_fork_in_the_midst_of_submitting_and_completing(used):
    """Locks of futures and of the thread that completes them may be held at the fork."""
    circuit = ketch.Circuit(workloads.BELL)
    stop = threading.Event()

    def submit():
        while not stop.is_set():
            concurrent.futures.wait([used.submit(circuit, shots=1) for _ in range(20)])

    busy = threading.Thread(target=submit)
    busy.start()
    try:
        for _ in range(4 * ROUNDS):
            assert in_child(lambda: used.submit(circuit, shots=9).result(timeout=30).shots) == 9
    finally:
        stop.set()
        busy.join(30)
        assert not busy.is_alive()


def test_inherited_futures_are_lost(used):
    called = []
    futures = [used.submit(workloads.long()) for _ in range(3)]
    ended = used.submit(workloads.BELL, shots=4) if used.threads > 1 else None
    if ended is not None and not ended.done():
        ended = None  # the wide run was first
    futures[0].add_done_callback(called.append)
    while not futures[0].running():
        time.sleep(0.001)

    def child():
        done, late = concurrent.futures.wait(futures, timeout=5)
        assert not late
        assert len(done) == 3
        assert list(concurrent.futures.as_completed(futures, timeout=5))
        for future in futures:
            assert future.done()
            assert not future.running()
            assert not future.cancel()
            with pytest.raises(ketch.LostError, match="forked"):
                future.result(timeout=5)
        assert not called, "callbacks are the parent's"
        if ended is not None:
            assert ended.result().shots == 4
        return used.submit(workloads.BELL, shots=8).result(timeout=30).shots

    assert in_child(child) == 8
    assert futures[0].running(), "the parent's work goes on"
    for future in futures:
        assert future.cancel()
    concurrent.futures.wait(futures, timeout=10)
    assert called == [futures[0]]


def test_fork_between_the_end_of_a_job_and_the_telling(used, monkeypatch):
    """Its future is nobody's any more in the child: it must not wait for ever."""
    reading, go_on = threading.Event(), threading.Event()
    result_of = ketch._jobs.Job.result

    def slow_result(job):
        reading.set()
        assert go_on.wait(SECONDS)
        return result_of(job)

    monkeypatch.setattr(ketch._jobs.Job, "result", slow_result)
    future = used.submit(workloads.BELL, shots=4)
    assert reading.wait(SECONDS)

    def child():
        with pytest.raises(ketch.LostError):
            future.result(timeout=5)
        return True

    assert in_child(child)
    go_on.set()
    assert future.result(timeout=30).shots == 4


def test_fork_during_a_callback_leaves_the_result(used):
    told, go_on = threading.Event(), threading.Event()
    future = used.submit(workloads.BELL, shots=4)
    future.add_done_callback(lambda future: (told.set(), go_on.wait(SECONDS)))
    assert told.wait(SECONDS)
    assert in_child(lambda: future.result(timeout=5).shots) == 4
    go_on.set()


def test_a_future_cancelled_before_the_fork_is_so_after(used):
    running = used.submit(workloads.long())
    future = used.submit(workloads.long())
    future.add_done_callback(lambda future: None)
    assert future.cancel()
    assert in_child(lambda: future.cancelled() and future.done())
    running.cancel()


def test_fork_while_a_loop_awaits(used, expected):
    async def main():
        task = asyncio.create_task(used.run_async(workloads.long()))
        await asyncio.sleep(0.05)

        def child():
            asyncio.set_event_loop(None)
            return asyncio.run(_one(used))

        for _ in range(ROUNDS):
            assert await asyncio.get_running_loop().run_in_executor(None, in_child, child) == expected[0]
        assert not task.done()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())


async def _one(session):
    return (await session.run_async(workloads.BELL, shots=100, seed=1)).counts


def test_a_child_exits_with_its_finalizers(used):
    """Sessions, jobs and futures that are at work are inherited and finalized without waiting for threads that are not
    there."""
    futures = [used.submit(workloads.long()) for _ in range(2)]
    while not futures[0].running():
        time.sleep(0.001)
    for _ in range(ROUNDS):
        pid = os.fork()
        if pid == 0:
            sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - pytest's own farewell
            signal.alarm(SECONDS)
            used.close()
            del futures
            import atexit
            import gc

            gc.collect()
            atexit._run_exitfuncs()
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert futures[0].running()
    for future in futures:
        future.cancel()


# ── Processes of multiprocessing and of those who build on it ──


@pytest.fixture(scope="module")
def in_parent():
    """A session that has been at work on both threads, circuits, and what they give here."""
    with ketch.Session(threads=2) as session:
        circuits = [ketch.Circuit(text) for text in (workloads.BELL, NARROW, WIDE)]
        yield session, circuits, [session.run(circuit, shots=50, seed=i).counts for i, circuit in enumerate(circuits)]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_process_pool_executor(in_parent, method):
    session, circuits, here = in_parent
    context = multiprocessing.get_context(method)
    for _ in range(ROUNDS):
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            futures = [pool.submit(session.run, circuit, shots=50, seed=i) for i, circuit in enumerate(circuits)]
            assert [future.result(timeout=SECONDS).counts for future in futures] == here
        assert session.run(circuits[2], shots=50, seed=2).counts == here[2]


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_multiprocessing_pool(in_parent, method):
    session, circuits, here = in_parent
    with multiprocessing.get_context(method).Pool(2) as pool:
        work = [(session, circuit, i) for i, circuit in enumerate(circuits)]
        assert pool.starmap_async(workloads.counts, work).get(timeout=SECONDS) == here


def test_fork_pool_uses_what_it_inherits(in_parent, expected):
    """Without pickling: the children go on with the parent's session and circuits."""
    session, _, _ = in_parent
    fingerprint(session)
    global _inherited
    _inherited = session
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert pool.map_async(_inherited_fingerprint, range(2)).get(timeout=SECONDS) == [expected] * 2


def _inherited_fingerprint(_):
    return fingerprint(_inherited)


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_joblib(in_parent, backend):
    joblib = pytest.importorskip("joblib")
    session, circuits, here = in_parent
    with joblib.parallel_backend(backend, n_jobs=2):
        answers = joblib.Parallel(timeout=SECONDS)(
            joblib.delayed(session.run)(circuit, shots=50, seed=i) for i, circuit in enumerate(circuits)
        )
    assert [answer.counts for answer in answers] == here


def test_thread_pool_executor(in_parent):
    session, circuits, here = in_parent
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(session.run, circuit, shots=50, seed=i) for i, circuit in enumerate(circuits)] * 5
        assert [future.result(timeout=SECONDS).counts for future in futures] == here * 5
