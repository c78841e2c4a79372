# SPDX-License-Identifier: Apache-2.0
"""What goes wrong, as exceptions: one class for each status of the library, all of them a `KetchError`.

The text of an exception is the library's own: `file:line:column: error[code]: ...`, the line with a caret, the hint.
"""

from __future__ import annotations

import errno
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from ketch._ketch import ffi, lib

__all__ = [
    "CircuitError",
    "CircuitSyntaxError",
    "FileError",
    "KetchError",
    "KetchWarning",
    "LimitError",
    "LostError",
    "Message",
    "OutOfMemoryError",
    "QueueFullError",
    "RunCancelledError",
    "RunError",
    "RunTimeoutError",
    "UnavailableError",
    "UsageError",
]


class Message(NamedTuple):
    """One thing said about the input or the run."""

    severity: str
    """`"error"`, `"warning"` or `"note"`."""
    code: str
    """`"KQ0301"`: stable, listed in docs/errors.md. Empty on notes without one."""
    text: str
    """One line, no stop at its end."""
    hint: str
    """What to do about it, or empty."""
    file: str
    """As it was given, `"<text>"`, or empty where no file is concerned."""
    line: int
    """From 1; 0 where there is no position."""
    column: int
    """From 1, in characters."""
    length: int
    """Characters that the caret line underlines."""
    source_line: str
    """The line itself, or an excerpt of a very long one."""
    source_column: int
    """The caret's column in `source_line`, from 1."""
    system_error: int = 0
    """The system's number (`errno`) where a file could not be read or written."""


class KetchWarning(UserWarning):
    """What the library warns of: shown through `warnings`, as all of Python's."""


class KetchError(Exception):
    """What every error of Ketch is. `str(error)` is the whole diagnostic; its parts are attributes.

    >>> import ketch
    >>> try:
    ...     ketch.Circuit("OPENQASM 3.0;\\nqubit q;\\nfoo q;")
    ... except ketch.KetchError as error:
    ...     print(error.line, error.column, error.code)
    3 1 KQ0301
    """

    messages: tuple[Message, ...]
    """All messages of the failed call, warnings and notes too, in the order in which they were found."""

    def __init__(self, text: str, messages: tuple[Message, ...] = ()) -> None:
        super().__init__(text)
        self.messages = messages

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.args[0], self.messages)

    @property
    def _first(self) -> Message:
        return next((m for m in self.messages if m.severity == "error"), _NOTHING)

    @property
    def message(self) -> str:
        """The error itself, one line without its place."""
        return self._first.text or str(self.args[0])

    @property
    def code(self) -> str:
        """`"KQ0301"`, listed in docs/errors.md."""
        return self._first.code

    @property
    def hint(self) -> str:
        """What to do about it, or empty."""
        return self._first.hint

    @property
    def file(self) -> str:
        """The file, `"<text>"`, or empty where none is concerned."""
        return self._first.file

    @property
    def line(self) -> int:
        """From 1; 0 where there is no position."""
        return self._first.line

    @property
    def column(self) -> int:
        """From 1, in characters."""
        return self._first.column


class RunError(KetchError, RuntimeError):
    """The run went wrong: the norm drifted, the program computed something impossible."""


class UsageError(KetchError, ValueError):
    """An argument or option that makes no sense."""


class CircuitSyntaxError(KetchError, ValueError):
    """Not OpenQASM. Has the attributes of a `SyntaxError` too: `filename`, `lineno`, `offset`, `text`, `msg`."""

    @property
    def filename(self) -> str:
        """The file, or `"<text>"`."""
        return self.file

    @property
    def lineno(self) -> int:
        """From 1."""
        return self.line

    @property
    def offset(self) -> int:
        """The caret's column in `text`, from 1."""
        return self._first.source_column

    @property
    def text(self) -> str:
        """The line itself."""
        return self._first.source_line

    @property
    def msg(self) -> str:
        """The error itself, one line."""
        return self.message


class CircuitError(KetchError, ValueError):
    """It means nothing: an unknown gate, an index out of range, a parameter without a value."""


class LimitError(KetchError, RuntimeError):
    """A limit on circuits or runs was met."""


class RunTimeoutError(KetchError, TimeoutError):
    """`timeout` went by."""


class OutOfMemoryError(KetchError, MemoryError):
    """Memory does not suffice: known before anything is taken, or an allocation failed."""


class RunCancelledError(KetchError, RuntimeError):
    """The run was cancelled."""


class FileError(KetchError, OSError):
    """A file could not be read or written: `filename`, `errno`. Where Python has a class for the system's reason, it is
    that, too: `except FileNotFoundError` catches a missing file.

    >>> import ketch
    >>> try:
    ...     ketch.Circuit.load("missing.qasm")
    ... except FileNotFoundError as error:
    ...     print(error.filename, isinstance(error, ketch.FileError))
    missing.qasm True
    """

    def __reduce__(self) -> tuple[Any, ...]:
        known = type(self) in (FileError, *_FILE_CLASSES.values())
        return _file_error if known else type(self), (self.args[0], self.messages)

    @property
    def filename(self) -> str:
        """The file, as it was given."""
        return self.file

    @property
    def errno(self) -> int | None:  # type: ignore[override]  # OSError has them as variables
        """The system's number of what went wrong, or None."""
        return self._first.system_error or None

    @property
    def strerror(self) -> str:  # type: ignore[override]
        """What went wrong, in words."""
        return self.message


class UnavailableError(KetchError, RuntimeError):
    """The result does not hold what was asked for (see `outputs` of `ketch.run`), or the processor lacks it."""


class QueueFullError(KetchError, RuntimeError):
    """The session's queue is full."""


class LostError(KetchError, RuntimeError):
    """A job or state that was at work when this process was forked, or a state whose run failed."""


def _file_error(text: str, messages: tuple[Message, ...]) -> FileError:
    """A FileError that is also what Python calls the system's reason."""
    number = next((m.system_error for m in messages if m.system_error), 0)
    return _FILE_CLASSES.get(number, FileError)(text, messages)


_FILE_CLASSES: dict[int, type[FileError]] = {
    number: type("FileError", (FileError, base), {"__module__": "ketch", "__doc__": FileError.__doc__})
    for number, base in {
        errno.ENOENT: FileNotFoundError,
        errno.EACCES: PermissionError,
        errno.EPERM: PermissionError,
        errno.EISDIR: IsADirectoryError,
        errno.ENOTDIR: NotADirectoryError,
        errno.EPIPE: BrokenPipeError,
    }.items()
}

_NOTHING = Message("error", "", "", "", "", 0, 0, 0, "", 0)
_SEVERITIES = {
    lib.KETCH_SEVERITY_ERROR: "error",
    lib.KETCH_SEVERITY_WARNING: "warning",
    lib.KETCH_SEVERITY_NOTE: "note",
}
_CLASSES: dict[int, Callable[[str, tuple[Message, ...]], KetchError]] = {
    lib.KETCH_ERROR_RUNTIME: RunError,
    lib.KETCH_ERROR_USAGE: UsageError,
    lib.KETCH_ERROR_SYNTAX: CircuitSyntaxError,
    lib.KETCH_ERROR_SEMANTICS: CircuitError,
    lib.KETCH_ERROR_LIMIT: LimitError,
    lib.KETCH_ERROR_TIMEOUT: RunTimeoutError,
    lib.KETCH_ERROR_MEMORY: OutOfMemoryError,
    lib.KETCH_ERROR_CANCELLED: RunCancelledError,
    lib.KETCH_ERROR_IO: _file_error,
    lib.KETCH_ERROR_UNAVAILABLE: UnavailableError,
    lib.KETCH_ERROR_BUSY: QueueFullError,
    lib.KETCH_ERROR_LOST: LostError,
}


def text_of(pointer: Any) -> str:
    """A string of C as one of Python."""
    return bytes(ffi.string(pointer)).decode("utf-8", "replace")


# Diagnostics that nobody is using. Taking and giving one is a single operation of a list, so threads need no lock, and
# a signal handler that runs a circuit in the midst of another run takes its own.
_idle: list[Any] = []


def take_diag() -> Any:
    """A `ketch_diag` for the next calls of this thread; `give_diag` returns it."""
    try:
        return _idle.pop()
    except IndexError:
        diag = lib.ketch_diag_create()
        if not diag:
            raise MemoryError from None
        return ffi.gc(diag, lib.kp_diag_free)


give_diag = _idle.append


# How the library's hints name options and functions, and how Python does.
_SPOKEN: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"--param (\S+?)=([^\s,]+)"), lambda found: f"parameters={{{found[1]!r}: {_value(found[2])}}}"),
    (re.compile(r"run with --prelude ([\w.]+)"), r"read it by Circuit(..., prelude='\1')"),
    (re.compile(r"--precision (\w+)"), r"precision='\1'"),
    (re.compile(r"--shots (\d+)"), r"shots=\1"),
    (re.compile(r"--include-dir"), "include_dirs"),
    (re.compile(r"--(max-[a-z-]+)"), lambda found: found[1].replace("-", "_")),
    (re.compile(r"each ketch_circuit_begin_if .*"), "leave its `with circuit.if_(...)` first"),
    (re.compile(r"ketch_circuit_set_extern gives it"), "functions are given by C alone, ketch_circuit_set_extern"),
    (re.compile(r"\bketch_circuit_bind_text\b"), "Circuit.bind"),
    (re.compile(r"\bketch_circuit_(bind|append_matrix|measure|reset|barrier)\b"), r"Circuit.\1"),
    (re.compile(r"\bketch_state_reset\b"), "State.reset"),
    (re.compile(r"KETCH_SUBMIT_WAIT waits"), "run_async waits"),
    (re.compile(r"KETCH_OUTPUT_([A-Z]+)"), lambda found: f"outputs={found[1].lower()!r}"),
)


def _value(text: str) -> str:
    """A value of OpenQASM as Python writes it."""
    number = re.fullmatch(r"0|[1-9]\d*|\d+\.\d*", text)
    return text if number else {"true": "True", "false": "False"}.get(text, repr(text))


def spoken(text: str) -> str:
    """What the library says, in the words of this package; but for what it quotes."""
    parts = text.split("`")
    for pattern, words in _SPOKEN:
        parts[::2] = [pattern.sub(words, part) for part in parts[::2]]
    return "`".join(parts)


def messages_of(diag: Any) -> tuple[Message, ...]:
    """Everything that a `ketch_diag` holds."""
    found = []
    for index in range(lib.ketch_diag_count(diag)):
        m = lib.ketch_diag_message(diag, index)
        fields: dict[str, Any] = {name: getattr(m, name) for name in Message._fields}
        for name in ("code", "text", "hint", "file", "source_line"):
            fields[name] = text_of(fields[name])
        for name in ("text", "hint"):
            fields[name] = spoken(fields[name])
        found.append(Message(**{**fields, "severity": _SEVERITIES[m.severity]}))
    return tuple(found)


def error_from(status: int, diag: Any, place: str = "") -> KetchError:
    """The exception for a status other than KETCH_OK, with what the diagnostic says."""
    text = text_of(lib.ketch_diag_text(diag)).rstrip("\n") or text_of(lib.ketch_status_name(status))
    for index in range(lib.ketch_diag_count(diag)):
        m = lib.ketch_diag_message(diag, index)
        for said in (text_of(m.text), text_of(m.hint)):
            if (words := spoken(said)) != said:
                text = text.replace(said, words)
    return _CLASSES.get(status, KetchError)(text + (f"\n  note: {place}" if place else ""), messages_of(diag))


def check(status: int, diag: Any) -> None:
    """Raises where a call failed; what it warned of goes through `warnings`."""
    if status:
        raise error_from(status, diag)
    if lib.ketch_diag_count(diag):
        warn(messages_of(diag))


def warn(messages: tuple[Message, ...]) -> None:
    """Shows those that are warnings as warnings of the line outside this package that led here."""
    frame, level = sys._getframe(1), 2
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] == "ketch":
        frame, level = frame.f_back, level + 1
    for m in messages:
        if m.severity != "warning":
            continue
        place = f"{m.file}:{m.line}:{m.column}: " if m.line else ""
        code = f"[{m.code}]" if m.code else ""
        hint = f"\nhint: {m.hint}" if m.hint else ""
        warnings.warn(f"{place}{m.severity}{code}: {m.text}{hint}", KetchWarning, stacklevel=level)


def call(function: Any, *arguments: Any) -> None:
    """Calls a function of the library whose last parameter is a `ketch_diag`, and checks it. Not for hot paths."""
    diag = take_diag()
    try:
        check(function(*arguments, diag), diag)
    finally:
        give_diag(diag)


def make(kind: str, free: Any, function: Any, *arguments: Any) -> Any:
    """The same for a function that makes something: what it made, with its finalizer. `kind` as in "ketch_circuit"."""
    out = ffi.new(kind + " **")
    try:
        call(function, out, *arguments)
    except BaseException:  # made all the same, where a warning is an error
        free(out[0])
        raise
    return ffi.gc(out[0], free)
