# SPDX-License-Identifier: Apache-2.0
"""Options of runs and sessions, from Python's keywords to the library's structures."""

from __future__ import annotations

import difflib
import operator
import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NoReturn, SupportsIndex, TypeAlias, TypedDict

import numpy as np

from ketch._errors import UsageError
from ketch._ketch import ffi, lib

PRECISIONS: dict[Any, int] = {
    None: lib.KETCH_PRECISION_FP64,
    "fp64": lib.KETCH_PRECISION_FP64,
    "fp32": lib.KETCH_PRECISION_FP32,
    "complex128": lib.KETCH_PRECISION_FP64,
    "complex64": lib.KETCH_PRECISION_FP32,
}
NAMES = {lib.KETCH_PRECISION_FP64: "fp64", lib.KETCH_PRECISION_FP32: "fp32"}
DTYPES: dict[int, np.dtype[Any]] = {
    lib.KETCH_PRECISION_FP64: np.dtype(np.complex128),
    lib.KETCH_PRECISION_FP32: np.dtype(np.complex64),
}
OUTPUTS: dict[str, int] = {
    "memory": lib.KETCH_OUTPUT_SHOTS,
    "state": lib.KETCH_OUTPUT_STATE,
    "amplitudes": lib.KETCH_OUTPUT_AMPLITUDES,
    "probabilities": lib.KETCH_OUTPUT_PROBABILITIES,
}
ENGINES: dict[Any, int] = {
    None: lib.KETCH_ENGINE_AUTO,
    "planned": lib.KETCH_ENGINE_PLANNED,
    "reference": lib.KETCH_ENGINE_REFERENCE,
}
INSTRUCTIONS: dict[Any, int] = {
    None: lib.KETCH_INSTRUCTIONS_AUTO,
    "plain": lib.KETCH_INSTRUCTIONS_PLAIN,
    "avx2": lib.KETCH_INSTRUCTIONS_AVX2,
    "avx512": lib.KETCH_INSTRUCTIONS_AVX512,
}

_MOST = 2**64 - 1
_RUN_OPTIONS = ffi.typeof("ketch_run_options *")
_RUN_OPTIONS_SIZE = ffi.sizeof("ketch_run_options")


Output: TypeAlias = Literal["counts", "memory", "state", "amplitudes", "probabilities"]


class RunOptions(TypedDict, total=False):
    """Keywords that all ways to run share; `ketch.run` says what they mean."""

    shots: SupportsIndex | None
    seed: SupportsIndex | None
    outputs: Output | Iterable[Output]
    timeout: float | None
    max_memory: SupportsIndex | None
    threads: SupportsIndex | None
    max_qubits: SupportsIndex | None
    engine: str | None
    instructions: str | None
    norm_tolerance: float | None


class WorkOptions(RunOptions, total=False):
    """Those of work that goes on by itself."""

    parameters: Mapping[str, Any] | None
    precision: Any


def chosen(table: dict[Any, int], value: Any, what: str) -> int:
    """The constant for a word."""
    try:
        return table[value]
    except (KeyError, TypeError):
        words = ", ".join(repr(word) for word in table if word is not None)
        raise UsageError(f"no {what} {value!r}: there are {words}") from None


def precision_code(value: Any) -> int:
    """KETCH_PRECISION_... of "fp64", "fp32", or what NumPy takes for complex128 and complex64."""
    try:
        return PRECISIONS[value]
    except (KeyError, TypeError):
        pass
    try:
        return PRECISIONS[np.dtype(value).name]
    except (KeyError, TypeError):
        raise UsageError(f"no precision {value!r}: there are 'fp64' (complex128) and 'fp32' (complex64)") from None


def whole(value: Any, what: str, most: int = _MOST, least: int = 0) -> int:
    """A whole number from 0 to `most`. `least` is what the message says: who wants 1 refuses 0 in words of its own."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} is a whole number, not {value!r}") from None
    if not 0 <= number <= most:
        raise UsageError(f"{what} is {number}: it can be {least} to {most}")
    return number


def output_bits(outputs: str | Iterable[str]) -> int:
    """KETCH_OUTPUT_... of the words in `outputs`."""
    bits = 0
    if not isinstance(outputs, Iterable):
        raise TypeError(f"outputs are words, {', '.join(map(repr, OUTPUTS))}, not {outputs!r}")
    for word in (outputs,) if isinstance(outputs, str) else outputs:
        if word != "counts":  # always made
            bits |= chosen(OUTPUTS, word, "output")
    return bits


def run_options(
    shots: SupportsIndex | None = None,
    seed: SupportsIndex | None = None,
    *,
    outputs: str | Iterable[str] = (),
    precision: Any = None,
    timeout: float | None = None,
    max_memory: SupportsIndex | None = None,
    threads: SupportsIndex | None = None,
    max_qubits: SupportsIndex | None = None,
    engine: str | None = None,
    instructions: str | None = None,
    norm_tolerance: float | None = None,
    **unknown: Any,
) -> Any:
    """A `ketch_run_options` for these keywords: those of `ketch.run`. The usual ones are looked at first, and only if
    given."""
    if unknown:
        refuse(next(iter(unknown)))
    options = ffi.new(_RUN_OPTIONS)
    options.struct_size = _RUN_OPTIONS_SIZE
    if shots is not None:
        if shots.__class__ is not int or not 0 <= shots <= _MOST:
            shots = whole(shots, "shots")
        if shots:
            options.shots = shots
        else:
            options.outputs = lib.KETCH_OUTPUT_NO_SHOTS
    if seed is not None:
        options.seed = seed if seed.__class__ is int and 0 <= seed <= _MOST else whole(seed, "seed")
        options.has_seed = 1
    if outputs:
        options.outputs |= output_bits(outputs)
    if precision is not None:
        options.precision = precision_code(precision)
    if timeout is not None:
        options.timeout_seconds = seconds(timeout)
    if max_memory is not None:
        options.max_memory = positive(max_memory, "max_memory")
    if threads is not None:
        options.threads = positive(threads, "threads")
    if max_qubits is not None:
        options.max_qubits = positive(max_qubits, "max_qubits", 2**32 - 1)
    if engine is not None:
        options.engine = chosen(ENGINES, engine, "engine")
    if instructions is not None:
        options.instructions = chosen(INSTRUCTIONS, instructions, "instruction set")
    if norm_tolerance is not None:
        options.norm_tolerance = norm_tolerance
    return options


def refuse(keyword: str) -> NoReturn:
    """A keyword that is no option of this way to run."""
    near = difflib.get_close_matches(keyword, WorkOptions.__optional_keys__, 1)
    hint = f": did you mean '{near[0]}'?" if near and near[0] != keyword else ""
    raise TypeError(f"got an unexpected keyword argument '{keyword}'{hint}")


def positive(value: Any, what: str, most: int = _MOST) -> int:
    """A whole number from 1: the library reads 0 as "Ketch chooses", which is None here."""
    number = whole(value, what, most, 1)
    if not number:
        raise UsageError(f"{what} is 0: give at least 1, or None for Ketch to choose")
    return number


def seconds(timeout: float) -> float:
    """A time to wait for: the library reads 0 as none, so no time at all is the shortest that there is."""
    if isinstance(timeout, (str, bytes)):
        raise TypeError(f"timeout is a number of seconds, not {timeout!r}")
    time = float(timeout)
    if not time >= 0:
        raise UsageError(f"timeout is {timeout!r}: a number of seconds, from 0")
    return 0.0 if time == float("inf") else max(time, 1e-9)


def default_threads() -> int:
    """Threads of a session that was given no number: KETCH_NUM_THREADS, else OMP_NUM_THREADS (the first of its list),
    else 0, which lets the library count: the processors that this process may use and its cgroup's quota, whichever is
    less."""
    own = os.environ.get("KETCH_NUM_THREADS", "").strip()
    if own:
        if not own.isdecimal() or not 0 < int(own) < 2**32:
            raise UsageError(f"the environment's KETCH_NUM_THREADS is {own!r}: a number of threads, from 1")
        return int(own)
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()  # what is wrong with it, OpenMP says
    return min(int(first), 2**32 - 1) if first.isdecimal() else 0
