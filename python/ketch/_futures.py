# SPDX-License-Identifier: Apache-2.0
"""`Session.submit`: futures of runs that the library's threads carry out.

No thread of the library calls Python. A session announces the jobs that have ended at a descriptor (a *channel*); one
Python thread a session, the *watcher*, sleeps there without the GIL and completes the futures:

    submit ──> ketch_submit ──> C threads run ──> descriptor ──> watcher ──> future.set_result ──> callbacks, wait
      └──> futures[job] = future ────────────────────────────────┘

The watcher begins with the first future and ends when there was none for a while. A future stays *pending* until its
job has ended; whether it is running is asked of C. A cancelled future is so at once; `concurrent.futures.wait` returns
it when its work has stopped, at most 50 ms later."""

from __future__ import annotations

import concurrent.futures
import logging
import select
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from ketch import _fork
from ketch._errors import LostError, RunCancelledError
from ketch._jobs import Channel, Job

__all__ = ["Future"]

_log = logging.getLogger("concurrent.futures")  # which tells of callbacks that fail

_IDLE_SECONDS = 0.02  # a watcher without futures ends after so long: little, since it keeps its session alive
_BUSY_SECONDS = 1.0  # between two looks where nothing is announced


T = TypeVar("T")


class Future(concurrent.futures.Future[T]):
    """A result to come, as `Session.submit` returns it: a `concurrent.futures.Future`.

    `concurrent.futures.wait`, `as_completed`, callbacks and `asyncio.wrap_future` work as with any other. Callbacks run
    in one thread that completes all futures of the session, so they should be short."""

    def __init__(self, watcher: Watcher, job: Job | None) -> None:
        super().__init__()
        self._watcher = watcher
        self._job = job  # until it has ended

    def running(self) -> bool:
        """Whether the session is at work on it now."""
        job = self._job
        return job is not None and not self.done() and job.running()

    def cancel(self) -> bool:
        """Stops the work within 50 ms, also when it has begun. False where it had ended before."""
        job = self._job
        if not super().cancel():
            return False
        if job is not None:
            job.cancel()
        return True

    def result(self, timeout: float | None = None) -> T:
        """The `Result`, a list of them where many circuits were submitted. Raises what the run raised."""
        self._watcher.help(self, timeout)
        return super().result(timeout)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What the run raised, or None."""
        self._watcher.help(self, timeout)
        return super().exception(timeout)

    def __reduce__(self) -> Any:
        raise TypeError("a ketch.Future cannot be pickled, its work belongs to this process: send its result()")

    def __repr__(self) -> str:
        text = super().__repr__()
        return text.replace("state=pending", "state=running") if self.running() else text

    def _complete(self) -> None:
        """Tells how the job ended, if nobody did."""
        job = self._watcher.claim(self)
        if job is None:
            return
        try:
            self._tell(job)
        finally:
            self._watcher.forget(job)

    def _tell(self, job: Job) -> None:
        result: Any = None
        failure = None
        try:
            result = job.result()
        except RunCancelledError:
            super().cancel()  # by Session.cancel, if not by this future's
        except Exception as error:
            failure = error
        if not self.set_running_or_notify_cancel():
            return
        if failure is None:
            self.set_result(result)
        else:
            self.set_exception(failure)

    def _lose(self) -> None:
        """In a forked child: the work is the parent's, as are callbacks and those who wait; the lock may be held for
        ever by a thread that is not here. What had been told stays."""
        told, cancelled = self._state == "FINISHED", self._state.startswith("CANCELLED")
        result: Any = self._result
        failure = self._exception
        concurrent.futures.Future.__init__(self)
        self._job = None
        if cancelled:
            super().cancel()
            self.set_running_or_notify_cancel()
            return
        if not told:
            failure = LostError("the run was at work when this process was forked: its result is the parent's")
        if failure is None:
            self.set_result(result)
        else:
            self.set_exception(failure)


class Watcher:
    """The futures of a session that have not ended, and the thread that completes them."""

    def __init__(self, session: Any) -> None:
        self._channel = Channel(session)
        self._lock = threading.RLock()  # signal handlers and finalizers may submit and close, too
        self._thread: threading.Thread | None = None
        self._futures: dict[Any, Future[Any]] = {}  # by the job's handle
        _fork.register(self)

    def submit(self, begin: Callable[[Channel], Job]) -> Future[Any]:
        """The future of the job that `begin` hands over."""
        with self._lock:
            self._start()  # first: where no thread can be had, nothing is left behind
            job = begin(self._channel)
            future = self._futures[job.handle] = Future(self, job)
        return future

    def ended(self, result: T) -> Future[T]:
        """The future of what needs no work."""
        future: Future[T] = Future(self, None)
        future.set_result(result)
        return future

    def close(self) -> None:
        """Cancels what has not ended, and waits until it has stopped."""
        with self._lock:
            futures = list(self._futures.values())
        for future in futures:
            future.cancel()
        for future in futures:
            job = future._job
            if job is not None:
                job.wait()
                future._complete()

    def help(self, future: Future[Any], timeout: float | None) -> None:
        """A callback that asks for the result of another future would wait for its own thread: there, its job is waited
        for."""
        job = future._job
        if (
            job is not None
            and threading.current_thread() is self._thread
            and job.wait(-1.0 if timeout is None else timeout)
        ):
            future._complete()

    def claim(self, future: Future[Any]) -> Job | None:
        """The job of a future, once."""
        with self._lock:
            job, future._job = future._job, None
            return job

    def forget(self, job: Job) -> None:
        """A job whose end was told: not earlier, so that a fork meanwhile finds its future."""
        with self._lock:
            self._futures.pop(job.handle, None)

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            poller = select.poll()
            poller.register(self._channel.fd(), select.POLLIN)
            self._thread = threading.Thread(target=self._watch, args=(poller,), name="ketch-watcher", daemon=True)
            self._thread.start()

    def _watch(self, poller: select.poll) -> None:
        while True:
            ready = poller.poll((_BUSY_SECONDS if self._futures else _IDLE_SECONDS) * 1000)
            announced = any(event & select.POLLIN for _, event in ready)
            if ready and not announced:  # somebody has closed the descriptor under us
                time.sleep(_IDLE_SECONDS)
            self._complete_ended()
            with self._lock:
                if not announced and not self._futures:
                    self._thread = None
                    return

    def _complete_ended(self) -> None:
        with self._lock:
            # Without those that `close` has told.
            ended = [self._futures[handle] for handle in self._channel.take() if handle in self._futures]
        for future in ended:
            try:
                future._complete()
            except BaseException:  # a callback that leaves with sys.exit(), say: that ends no other future
                _log.exception("a callback of %r", future)

    def _after_fork(self) -> None:
        self._lock = threading.RLock()
        self._thread = None
        inherited, self._futures = self._futures, {}
        for future in inherited.values():
            future._lose()
