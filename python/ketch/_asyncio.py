# SPDX-License-Identifier: Apache-2.0
"""`Session.run_async`: runs awaited in an event loop, which goes on meanwhile.

Each pair of a session and a loop has one channel, whose descriptor the loop watches while something is outstanding:

    run_async ──> ketch_submit ──> C threads run ──> descriptor ──> the loop calls _Reader ──> drain ──> waiters wake
      └──> outstanding[job] = run ──────────────────────────────────────────────────────────────┘

Also the smallest runs are left to the library's threads: done here, many of them would hold up the loop. Where the
session's queue is full, runs wait here, first in, first out.

The callback that watches the descriptor is owned by the loop alone. So it goes when the loop is closed, whatever kind
of loop it is, and its end cancels what is still outstanding."""

from __future__ import annotations

import asyncio
import collections
import weakref
from collections.abc import Callable
from typing import Any

from ketch import _fork
from ketch._errors import QueueFullError
from ketch._jobs import Channel, Job

_RETRY_SECONDS = 0.005  # where the queue is full, perhaps of others' jobs, whose ends are not announced here


class _Run:
    """One await: `begin` submits its job to a channel, `waiter` is done when the job has ended."""

    __slots__ = ("begin", "dropped", "job", "waiter")

    def __init__(self, begin: Callable[[Channel], Job], waiter: asyncio.Future[None]) -> None:
        self.begin = begin
        self.waiter = waiter
        self.job: Job | None = None
        self.dropped = False  # nobody waits any more


class _Reader:
    """What a loop calls when jobs have ended. Only the loop refers to it."""

    __slots__ = ("runs",)

    def __init__(self, runs: LoopRuns) -> None:
        self.runs = runs

    def __call__(self) -> None:
        self.runs.drain()

    def __del__(self) -> None:
        if self.runs.watched_by == id(self):
            self.runs.abandon()


class LoopRuns:
    """The runs of one session that are awaited in one loop. All of it happens in the loop's thread."""

    def __init__(self, session: Any) -> None:
        self.watched_by = 0  # the id of the reader that the loop has, 0 where it has none
        self._channel = Channel(session)
        self._outstanding: dict[Any, _Run] = {}  # by the job's handle
        self._queue: collections.deque[_Run] = collections.deque()  # for which the session's queue had no room
        self._timer: asyncio.TimerHandle | None = None
        _fork.register(self)

    async def run(self, begin: Callable[[Channel], Job]) -> Any:
        """The outcome of the job that `begin` submits."""
        loop = asyncio.get_running_loop()
        run = _Run(begin, loop.create_future())
        if self._queue or not self._begin(run):
            self._queue.append(run)
            self._retry_later(loop)
        try:
            if not self.watched_by:
                self._watch(loop)
            await run.waiter
        except BaseException:  # the task was cancelled, its coroutine closed, or the loop can watch nothing
            run.dropped = True
            if run.job is not None:
                run.job.cancel()
                if not self.watched_by:  # nobody would drain it
                    self._outstanding.pop(run.job.handle, None)
            raise
        assert run.job is not None
        return run.job.result()

    def drain(self) -> None:
        """Wakes all whose jobs have ended; begins what waited for room."""
        for handle in self._channel.take():
            run = self._outstanding.pop(handle)
            if not run.waiter.done():
                run.waiter.set_result(None)
        loop = asyncio.get_running_loop()
        self._refill(loop)
        if not self._outstanding and not self._queue and self.watched_by:
            self.watched_by = 0
            loop.remove_reader(self._channel.fd())

    def abandon(self) -> None:
        """Stops everything: the loop is closed."""
        runs = list(self._outstanding.values())
        self._after_fork()
        for run in runs:
            if run.job is not None:
                run.job.cancel()
        for run in runs:
            if run.job is not None:
                run.job.wait()

    def cancel(self) -> None:
        """Stops everything, and those who wait hear of it. Any thread may call this."""
        for run in list(self._outstanding.values()):
            if run.job is not None:
                run.job.cancel()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        reader = _Reader(self)
        loop.add_reader(self._channel.fd(), reader)
        self.watched_by = id(reader)

    def _begin(self, run: _Run) -> bool:
        """Submits a run's job. False where the session's queue is full."""
        try:
            run.job = run.begin(self._channel)
        except QueueFullError:
            return False
        self._outstanding[run.job.handle] = run
        return True

    def _refill(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._queue:
            run = self._queue[0]
            try:
                if not run.dropped and not self._begin(run):
                    self._retry_later(loop)
                    return
            except Exception as error:
                if not run.waiter.done():
                    run.waiter.set_exception(error)
            self._queue.popleft()

    def _retry_later(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is None:
            self._timer = loop.call_later(_RETRY_SECONDS, self._retry)

    def _retry(self) -> None:
        self._timer = None
        self.drain()

    def _after_fork(self) -> None:
        # The parent's runs are awaited there.
        self.watched_by = 0
        self._outstanding = {}
        self._queue.clear()
        self._timer = None


Loops = weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, LoopRuns]


def runs_of(loops: Loops, session: Any) -> LoopRuns:
    """Those of the running loop, among those of a session."""
    loop = asyncio.get_running_loop()
    runs = loops.get(loop)
    if runs is None:
        runs = loops[loop] = LoopRuns(session)
    return runs
