# SPDX-License-Identifier: Apache-2.0
"""Jobs: runs that go on in the library's threads; the channels where they are announced when they end; waiting for one.

No thread of the library calls Python. A thread of Python sleeps without the GIL: in `ketch_job_wait`, or, where it is
the main thread, in `select.poll` on the descriptor of a channel, since that one returns to Python for signals: Ctrl-C
is seen at once.
"""

from __future__ import annotations

import errno
import os
import select
import threading
import time
from collections.abc import Callable
from typing import Any

from ketch._display import is_wanted, progress_callback
from ketch._errors import error_from, give_diag, make, take_diag, text_of
from ketch._ketch import ffi, lib
from ketch._result import Result

_LOOK_SECONDS = 0.1  # between two looks at the progress
_SLICE_SECONDS = 0.02  # of a wait that signals cannot end, where there are no more descriptors
_ROOM_SECONDS = 0.002  # between two attempts at a full queue
_MOST_TAKEN = 64  # at a time: the rest waits for the next look, so that an event loop looks around between

_RESULT_OUT = ffi.typeof("ketch_result **")

_current_thread = threading.get_ident
_main_thread = threading.main_thread


def in_main_thread() -> bool:
    """Whether this thread is the one that gets signals."""
    return _current_thread() == _main_thread().ident


class Job:
    """A ketch_job, and what it points to: that stays as it is until the job has ended.

    It is made before the job is submitted, which then fills `cell`: whenever an exception comes (a signal's, too), the
    job has an owner, whose end cancels it and waits until C has let go of what it points to.
    """

    __slots__ = ("__weakref__", "batch", "cell", "elements", "keep", "rows")

    def __init__(self, keep: tuple[Any, ...], elements: int = 1, batch: bool = False, rows: int = 0) -> None:
        self.cell = ffi.new("ketch_job **")
        self.keep = keep
        self.elements = elements
        self.batch = batch
        self.rows = rows  # of a table, 0 where there is none

    def __del__(self, _free: Any = lib.ketch_job_free) -> None:
        _free(self.cell)

    @property
    def handle(self) -> Any:
        """The ketch_job."""
        return self.cell[0]

    def poll(self) -> Any:
        """The ketch_job_info as it is now."""
        info = ffi.new("ketch_job_info *")
        info.struct_size = ffi.sizeof("ketch_job_info")
        lib.ketch_job_poll(info, self.cell[0], ffi.NULL)
        return info

    def running(self) -> bool:
        """Whether some thread is at work on it."""
        return bool(self.poll().state == lib.KETCH_JOB_RUNNING)

    def wait(self, seconds: float = -1.0) -> bool:
        """Waits for its end, at most so long, deaf to signals. Whether it has ended, or was lost by a fork."""
        return bool(lib.ketch_job_wait(self.cell[0], seconds) != lib.KETCH_ERROR_TIMEOUT)

    def cancel(self) -> None:
        """Stops it within 50 ms."""
        lib.ketch_job_cancel(self.cell[0])

    def stop(self) -> None:
        """Ends it, and waits until C has let go of what it points to: in one call, which no second signal divides."""
        lib.ketch_job_free(self.cell)

    def result(self) -> Result | list[Result]:
        """What the job gave, which has ended: a result, or those of a batch. Raises what went wrong."""
        results: list[Result] = []
        failure: Exception | None = None
        out = ffi.new(_RESULT_OUT)
        diag = take_diag()
        try:
            for element in range(self.elements):
                status = lib.ketch_job_result(out, self.cell[0], element, diag)
                if not status:
                    results.append(Result._wrap(ffi.gc(out[0], lib.kp_result_free)))
                elif failure is None or status != lib.KETCH_ERROR_CANCELLED:  # as the others are after a failure
                    failure = error_from(status, diag, self._place(element))
        finally:
            give_diag(diag)
        if failure is not None:
            raise failure
        return results if self.batch else results[0]

    def _place(self, element: int) -> str:
        """Of an element in its batch, for messages."""
        if not self.batch:
            return ""
        circuit, row = divmod(element, self.rows) if self.rows else (element, 0)
        return f"circuit {circuit}" + (f", row {row}" if self.rows else "") + " of the batch, counted from 0"


class Channel:
    """A ketch_channel: a descriptor that is readable while a job that has ended was not taken."""

    __slots__ = ("__weakref__", "_handle", "_session", "_taken", "how")

    def __init__(self, session: Any, flags: int = 0) -> None:
        self._session = session  # the ketch_session
        self._handle = make("ketch_channel", lib.kp_channel_free, lib.ketch_channel_create, session)
        self._taken = ffi.new("ketch_job *[]", _MOST_TAKEN)
        self.how = ffi.new("ketch_submit_options *")  # for jobs that shall be announced here
        self.how.struct_size = ffi.sizeof("ketch_submit_options")
        self.how.flags = flags
        self.how.channel = self._handle

    def fd(self) -> int:
        """The descriptor; another one in a forked child."""
        fd = int(lib.ketch_channel_fd(self._handle))
        if fd < 0:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return fd

    def take(self) -> list[Any]:
        """Handles of jobs that have ended, each once; where there are very many the descriptor stays readable."""
        return list(ffi.unpack(self._taken, lib.ketch_channel_take(self._taken, self._handle, _MOST_TAKEN)))


class Waiter:
    """Where the main thread waits. A session keeps some: a signal handler that runs a circuit during a wait has one of
    its own."""

    __slots__ = ("channel", "how")

    def __init__(self, session: Any) -> None:
        self.channel = Channel(session, lib.KETCH_SUBMIT_INLINE)
        self.how = self.channel.how

    def sleep(self, seconds: float) -> None:
        """Until a job has ended, a signal's handler has raised, or so long."""
        try:
            fd = self.channel.fd()
        except OSError:
            time.sleep(_SLICE_SECONDS)
            return
        poller = select.poll()
        poller.register(fd, select.POLLIN)
        poller.poll(seconds * 1000)
        self.channel.take()


def with_room(submit: Callable[[], int]) -> int:
    """The status of a submission that waits, open to signals, while the queue is full."""
    while (status := submit()) == lib.KETCH_ERROR_BUSY:
        time.sleep(_ROOM_SECONDS)
    return int(status)


def wait(job: Job, waiter: Waiter | None, progress: Any = None) -> None:
    """Waits for the job's end: as the main thread, which has a waiter, or as another one. Where a signal's handler or
    `progress` raises, the caller stops the job."""
    look, finish, seconds = _nothing, _nothing, 1.0
    if is_wanted(progress):
        show, finish = progress_callback(progress)
        seconds = _LOOK_SECONDS

        def look() -> None:
            info = job.poll()
            show(info.fraction, text_of(info.stage))

    sleep = job.wait if waiter is None else waiter.sleep
    try:
        while True:
            ended = job.wait(0.0)
            look()  # a last time when it has ended
            if ended:
                break
            sleep(seconds)
    finally:
        finish()


def _nothing() -> None:
    pass
