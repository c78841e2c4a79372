# SPDX-License-Identifier: Apache-2.0
"""Runs awaited in event loops: the loop goes on, cancellation stops the work, closing leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import threading
import time

import pytest

import ketch
import workloads


def _loops():
    found = [pytest.param(asyncio.new_event_loop, id="asyncio")]
    try:
        import uvloop

        found.append(pytest.param(uvloop.new_event_loop, id="uvloop"))
    except ImportError:
        pass
    return found


@pytest.fixture(params=_loops())
def new_loop(request):
    return request.param


@pytest.fixture
def run(new_loop):
    """Runs a coroutine in a loop of its own, which is then closed as `asyncio.run` closes one."""

    def run(coroutine):
        loop = new_loop()
        try:
            return loop.run_until_complete(asyncio.wait_for(coroutine, 60))
        finally:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    return run


def idle(session):
    """Whether the session's threads have nothing to do: a run of all of them would otherwise wait."""
    began = time.perf_counter()
    session.submit(workloads.BELL).result(timeout=10)
    return time.perf_counter() - began < 1


def test_result_is_that_of_run(session, run):
    expected = session.run(workloads.BELL, shots=1000, seed=7).counts

    async def main():
        return await session.run_async(workloads.BELL, shots=1000, seed=7)

    assert run(main()).counts == expected


def test_error_is_that_of_run(session, run):
    async def main():
        with pytest.raises(ketch.OutOfMemoryError):
            await session.run_async(workloads.layered(20, 2), max_memory=1000)
        with pytest.raises(ketch.CircuitError):
            await session.run_async("OPENQASM 3.0; qubit q; nogate q;")

    run(main())


def test_many_at_once(session, run):
    circuits = [ketch.Circuit(workloads.layered(5, 3, structure=i)) for i in range(8)]
    alone = [session.run(circuit, shots=30, seed=i).counts for i, circuit in enumerate(circuits)]

    async def main():
        jobs = [session.run_async(circuits[i % 8], shots=30, seed=i % 8) for i in range(2000)]
        return await asyncio.gather(*jobs)

    for i, result in enumerate(run(main())):
        assert result.counts == alone[i % 8]


def test_the_loop_goes_on(long, run):
    async def main(session):
        ticks = 0
        task = asyncio.create_task(session.run_async(long))
        longest = 0.0
        end = time.perf_counter() + 0.5
        while time.perf_counter() < end:
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            longest = max(longest, time.perf_counter() - began)
            ticks += 1
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return ticks, longest

    with ketch.Session(threads=1) as session:
        rounds = [run(main(session)) for _ in range(4)]
    assert max(ticks for ticks, _ in rounds) > 100
    assert min(longest for _, longest in rounds) < 0.05


def test_cancelling_the_task_stops_the_work(session, long, run):
    async def main():
        task = asyncio.create_task(session.run_async(long))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # Both threads are free again: what takes both of them runs at once.
        began = time.perf_counter()
        await session.run_async(workloads.layered(18, 4))
        return time.perf_counter() - began

    assert min(run(main()) for _ in range(3)) < 1


def test_wait_for_stops_the_work(session, long, run):
    async def main():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(session.run_async(long), 0.05)

    run(main())
    assert idle(session)


def test_session_cancel_is_an_error_of_the_run(session, long, run):
    async def main():
        task = asyncio.create_task(session.run_async(long))
        await asyncio.sleep(0.05)
        session.cancel()
        with pytest.raises(ketch.RunCancelledError):
            await task

    run(main())


def test_closing_the_loop_cancels_its_jobs(session, long, new_loop):
    """Without a word to the tasks: `loop.close()` alone."""
    loop = new_loop()
    tasks = []

    async def begin():
        tasks.extend(asyncio.ensure_future(session.run_async(long)) for _ in range(3))
        await asyncio.sleep(0.05)

    loop.run_until_complete(begin())
    (runs,) = session._loops.values()
    jobs = [run.job for run in runs._outstanding.values()]
    assert len(jobs) == 3
    for task in tasks:
        task._log_destroy_pending = False
    began = time.perf_counter()
    loop.close()
    del loop
    tasks.clear()
    gc.collect()
    assert time.perf_counter() - began < 2
    assert not runs._outstanding
    assert idle(session)


def test_asyncio_run_that_fails_cancels_its_jobs(session, long):
    async def main():
        tasks = [asyncio.create_task(session.run_async(long)) for _ in range(2)]
        await asyncio.sleep(0.05)
        raise ZeroDivisionError(tasks)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(main())
    assert idle(session)


def test_the_descriptor_is_watched_only_while_something_is_outstanding(session):
    async def main():
        loop = asyncio.get_running_loop()
        added, removed = [], []
        add, remove = loop.add_reader, loop.remove_reader
        loop.add_reader = lambda fd, *rest: (added.append(fd), add(fd, *rest))
        loop.remove_reader = lambda fd: (removed.append(fd), remove(fd))
        await session.run_async(workloads.BELL)
        assert len(added) == len(removed) == 1
        await asyncio.gather(*[session.run_async(workloads.layered(10, 10)) for _ in range(20)])
        assert len(added) == len(removed) == 2
        assert set(added) == set(removed)

    asyncio.run(main())


def test_the_descriptor_is_not_inherited_by_programs_and_never_blocks(session, long, run):
    import fcntl
    import os

    async def main():
        task = asyncio.create_task(session.run_async(long))
        await asyncio.sleep(0)
        (runs,) = session._loops.values()
        fd = runs._channel.fd()
        assert not os.get_inheritable(fd)
        assert fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK
        task.cancel()

    run(main())


def test_two_loops_in_two_threads(session, new_loop):
    circuit = ketch.Circuit(workloads.layered(6, 4))
    expected = session.run(circuit, shots=40, seed=2).counts
    answers = []

    def work():
        async def main():
            results = await asyncio.gather(*[session.run_async(circuit, shots=40, seed=2) for _ in range(300)])
            answers.extend(result.counts for result in results)

        loop = new_loop()
        try:
            loop.run_until_complete(main())
        finally:
            loop.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert len(answers) == 600
    assert all(answer == expected for answer in answers)


def test_a_full_queue_makes_runs_wait_in_order(new_loop):
    """With room for 2 jobs and one thread, 60 awaits end in the order in which they began."""
    circuit = ketch.Circuit(workloads.layered(8, 20))
    order = []

    with ketch.Session(threads=1, max_jobs=2) as session:

        async def one(i):
            await session.run_async(circuit, shots=5)
            order.append(i)

        async def main():
            await asyncio.gather(*[one(i) for i in range(60)])

        loop = new_loop()
        loop.run_until_complete(asyncio.wait_for(main(), 60))
        loop.close()
    assert order == list(range(60))


def test_a_queue_full_of_others_jobs(long, run):
    """Room that comes by jobs which are not announced in this loop is found as well."""
    with ketch.Session(threads=1, max_jobs=2) as session:
        others = [session.submit(long)]
        while not others[0].running():
            time.sleep(0.001)
        others += [session.submit(long) for _ in range(2)]

        async def main():
            waiting = [asyncio.create_task(session.run_async(workloads.BELL)) for _ in range(4)]
            await asyncio.sleep(0.05)
            assert not any(task.done() for task in waiting)
            waiting.pop(1).cancel()
            for other in others:
                other.cancel()
            await asyncio.gather(*waiting)

        run(main())


def test_a_closed_session_ends_what_is_awaited(long, run):
    async def main():
        session = ketch.Session(threads=1)
        tasks = [asyncio.create_task(session.run_async(long)) for _ in range(2)]
        await asyncio.sleep(0.05)
        session.close()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(ended, ketch.RunCancelledError)

    run(main())


def test_sequential_awaits_let_others_run(session, run):
    """One task that awaits tiny runs in a row does not starve the others."""
    circuit = ketch.Circuit(workloads.BELL)

    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0)
                ticks += 1

        ticker = asyncio.create_task(tick())
        for _ in range(200):
            await session.run_async(circuit, shots=1)
        ticker.cancel()
        return ticks

    assert run(main()) > 150


def test_a_loop_that_can_watch_nothing(session, long):
    """The error is the caller's, and no work goes on that nobody could hear of."""

    class Blind(asyncio.SelectorEventLoop):
        def add_reader(self, *arguments):
            raise OSError("no more descriptors")

    loop = Blind()
    try:
        for _ in range(4):  # two would keep all threads of the session
            with pytest.raises(OSError, match="no more descriptors"):
                loop.run_until_complete(session.run_async(long))
    finally:
        loop.close()
    began = time.perf_counter()
    assert session.run(workloads.BELL, shots=10).shots == 10
    assert time.perf_counter() - began < 5
    assert not session._loops[loop]._outstanding
