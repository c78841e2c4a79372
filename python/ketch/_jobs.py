# SPDX-License-Identifier: Apache-2.0
"""Jobs: runs that go on in the library's threads, and how a thread of Python waits for one."""

from __future__ import annotations

from typing import Any

from ketch._display import progress_callback
from ketch._errors import check, error_from, give_diag, take_diag, text_of
from ketch._ketch import ffi, lib
from ketch._result import Result

_SLICE = 0.02  # seconds that a wait sleeps in C at a time: how late a signal is seen
_PROGRESS_SLICE = 0.1


class Job:
    """A ketch_job, and what it points to: that stays as it is until the job has ended."""

    __slots__ = ("__weakref__", "elements", "handle", "keep")

    def __init__(self, handle: Any, keep: tuple[Any, ...], elements: int = 1) -> None:
        self.handle = handle
        self.keep = keep
        self.elements = elements

    def poll(self) -> Any:
        """The ketch_job_info as it is now."""
        info = ffi.new("ketch_job_info *")
        info.struct_size = ffi.sizeof("ketch_job_info")
        lib.ketch_job_poll(info, self.handle, ffi.NULL)
        return info

    def cancel(self) -> None:
        lib.ketch_job_cancel(self.handle)

    def outcome(self, element: int = 0) -> Result | Exception:
        """The result of an element of a job that has ended, or what went wrong."""
        diag = take_diag()
        try:
            out = ffi.new("ketch_result **")
            status = lib.ketch_job_result(out, self.handle, element, diag)
            if status:
                return error_from(status, diag)
            check(status, diag, 5)
            return Result._wrap(ffi.gc(out[0], lib.kp_result_free))
        finally:
            give_diag(diag)

    def results(self) -> list[Result]:
        """All results of a job that has ended; raises the first error that is none of cancelling."""
        status = self.poll().status
        outcomes = [self.outcome(element) for element in range(self.elements)]
        if status:
            errors = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
            raise next((e for e in errors if getattr(e, "status", status) == status), errors[0])
        return [outcome for outcome in outcomes if isinstance(outcome, Result)]


def wait(job: Job, progress: Any = None) -> None:
    """Waits for the job's end. A signal handler that raises (Ctrl-C) cancels it first."""
    if progress is None or progress is False:
        _wait_in_slices(job, _SLICE, lambda: None)
        return
    show, finish = progress_callback(progress)

    def look() -> None:
        info = job.poll()
        show(info.fraction, text_of(info.stage))

    try:
        look()
        _wait_in_slices(job, _PROGRESS_SLICE, look)
        show(1.0, "ended")
    finally:
        finish()


def _wait_in_slices(job: Job, seconds: float, look: Any) -> None:
    try:
        while lib.ketch_job_wait(job.handle, seconds):
            look()
    except BaseException:
        job.cancel()
        lib.ketch_job_wait(job.handle, -1.0)
        raise
