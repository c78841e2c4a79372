# SPDX-License-Identifier: Apache-2.0
"""Results: counts, the bits of each shot, amplitudes, timings.

A result holds the library's own; what is asked for is read from it then, and kept. Arrays of `memory` and `state` are
the library's memory, which lives as long as the result or any view of the array.
"""

from __future__ import annotations

import json
import pickle
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketch._arguments import counted
from ketch._display import histogram_svg, histogram_text
from ketch._errors import UnavailableError, UsageError, call, make, text_of
from ketch._ketch import ffi, lib
from ketch._memory import view
from ketch._options import DTYPES, NAMES
from ketch._text import write_options, written

__all__ = ["Register", "Result", "RunInfo"]

_COUNTS = ffi.typeof("uint64_t **")
_TEXT = ffi.typeof("char[]")


class Register(NamedTuple):
    """Bits of an outcome that belong together."""

    name: str
    offset: int
    """Its first bit in an outcome."""
    size: int


class RunInfo(NamedTuple):
    """What a run was, and what it took. Times and memory differ from run to run; nothing else does."""

    shots: int
    seed: int
    threads: int
    qubits: int
    simulated_qubits: int
    precision: str
    norm: float
    """The state's squared norm at the end, as computed."""
    plan_seconds: float
    simulate_seconds: float
    sample_seconds: float
    total_seconds: float
    peak_memory_bytes: int
    circuit_hash: str
    """XXH3 (128 bits) of the source and what it includes, or of the operations."""
    instruction_set: str
    engine: str
    all_qubits_measured: bool
    """The circuit measures nothing, so every qubit was."""
    tile_bits: int
    passes: int
    """Over the state."""
    plan_reused: bool
    """The session had the plan of an earlier run of the same structure."""


class Result:
    """What a run gave.

    >>> import ketch
    >>> result = ketch.run("OPENQASM 3.0; qubit[2] q; bit[2] c; U(pi/2, 0, pi) q[0]; c = measure q;", shots=100, seed=1)
    >>> result.counts
    {'00': 52, '01': 48}
    >>> result.shots, result.seed
    (100, 1)
    """

    __slots__ = ("__weakref__", "_counts", "_handle", "_memory", "_state")
    _handle: Any
    _counts: dict[str, int] | None
    _memory: NDArray[np.uint64] | None
    _state: NDArray[Any] | None

    def __init__(self) -> None:
        raise TypeError("results are made by running circuits: ketch.run(...)")

    @classmethod
    def _wrap(cls, handle: Any) -> Result:
        result = cls.__new__(cls)
        result._handle = handle
        result._counts = result._memory = result._state = None
        return result

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        # Protocol 5 hands the arrays over without copying them, where the pickler takes buffers.
        pieces = ffi.new("kp_pieces *")
        try:
            call(lib.kp_result_pieces, pieces, self._handle)
            head = bytes(ffi.buffer(pieces.head.bytes, pieces.head.size))
        finally:
            lib.kp_bytes_free(ffi.addressof(pieces, "head"))
        arrays = [view(self._handle, a.bytes, (a.size,), np.uint8) for a in pieces.arrays[0 : pieces.count]]
        wrap: Any = pickle.PickleBuffer if protocol >= 5 else np.ndarray.tobytes
        return _unpickled, (head, *map(wrap, arrays))

    # ── Outcomes ──

    @property
    def counts(self) -> dict[str, int]:
        """How often each outcome came, the most frequent first. Outcomes are written with bit 0 rightmost, registers as
        declared from right to left with a space between."""
        counts = self._counts
        if counts is None:
            handle = self._handle
            numbers = ffi.new(_COUNTS)
            if lib.ketch_result_outcomes(handle, numbers, ffi.NULL):
                size = lib.kp_outcomes(ffi.NULL, handle)
                text = ffi.new(_TEXT, size)
                lib.kp_outcomes(text, handle)
                keys = ffi.unpack(text, size - 1).decode().split("\n") if size else [""]  # of no bits
                counts = dict(zip(keys, ffi.unpack(numbers[0], len(keys)), strict=True))
            else:
                counts = {}
            self._counts = counts
        return counts

    @property
    def memory(self) -> NDArray[np.uint64]:
        """The bits of each shot, in order (`outputs="memory"`): shape (shots, words), bit b of an outcome being bit b %
        64 of word b // 64. Shares the library's memory. `bits()` is the same unpacked."""
        if self._memory is None:
            words = ffi.new("size_t *")
            rows = lib.ketch_result_shots(self._handle, words)
            if not rows:
                raise UnavailableError("the result holds no bits of single shots: ask for them with outputs='memory'")
            self._memory = view(self._handle, rows, (self.shots, words[0]), np.uint64)
        return self._memory

    def bits(self, register: str | None = None) -> NDArray[np.uint8]:
        """The bits of each shot as 0 and 1, shape (shots, bits): bit 0 in column 0. Of one register, or of all in order
        of declaration."""
        chosen = self.registers
        if register is not None:
            chosen = tuple(r for r in chosen if r.name == register)
            if not chosen:
                raise UsageError(
                    f"no register {register!r} was counted: there are {', '.join(r.name for r in self.registers)}"
                )
        columns = np.concatenate([np.arange(r.offset, r.offset + r.size) for r in chosen])
        octets = self.memory.astype("<u8", copy=False).view(np.uint8)
        return np.asarray(octets[:, columns // 8] >> (columns % 8).astype(np.uint8) & 1, np.uint8)

    @property
    def registers(self) -> tuple[Register, ...]:
        """The registers counted, in order of declaration."""
        found: list[Register] = []
        while (r := lib.ketch_result_register(self._handle, len(found))).name:
            found.append(Register(text_of(r.name), r.offset, r.size))
        return tuple(found)

    # ── The state before the final measurements ──

    @property
    def state(self) -> NDArray[Any]:
        """All 2^qubits amplitudes (`outputs="state"`), complex128 or complex64: the library's memory, writable, not
        copied."""
        if self._state is None:
            qubits, precision = ffi.new("uint32_t *"), ffi.new("ketch_precision *")
            amplitudes = lib.ketch_result_state(self._handle, qubits, precision)
            if not amplitudes:
                raise UnavailableError(
                    "the result holds no state: ask for it with outputs='state'; that of State.apply is the State's"
                )
            self._state = view(self._handle, amplitudes, (1 << qubits[0],), DTYPES[precision[0]])
        return self._state

    def amplitudes(self, states: ArrayLike) -> NDArray[np.complex128]:
        """Amplitudes of basis states, given as numbers or as text with qubit 0 rightmost (`outputs="amplitudes"` or
        `"state"`)."""
        indices = basis_states(states)
        out = np.empty(indices.shape, np.complex128)
        pointers = ffi.from_buffer("double[]", out.reshape(-1)), ffi.from_buffer("uint64_t[]", indices.reshape(-1))
        call(lib.ketch_result_amplitudes, pointers[0], self._handle, pointers[1], indices.size)
        return out

    def probabilities(self, qubits: ArrayLike | None = None) -> NDArray[np.float64]:
        """Probabilities of all basis states, or the marginal distribution of some qubits, the first one being bit 0 of
        the index (`outputs="probabilities"`, `"amplitudes"` or `"state"`)."""
        if qubits is not None:
            return marginal(lib.ketch_result_marginal, self._handle, qubits)
        out = np.empty(1 << min(self.info.qubits, 62))
        call(lib.ketch_result_probabilities, ffi.from_buffer("double[]", out), self._handle, 0, out.size)
        return out

    # ── The run ──

    @property
    def info(self) -> RunInfo:
        """Seed, threads, times, memory."""
        out = ffi.new("ketch_run_info *")
        out.struct_size = ffi.sizeof("ketch_run_info")
        call(lib.ketch_result_info, out, self._handle)
        fields = {name: getattr(out, name) for name in RunInfo._fields}
        fields["precision"] = NAMES[fields["precision"]]
        fields["circuit_hash"] = f"{out.circuit_hash[1]:016x}{out.circuit_hash[0]:016x}"
        for name in ("instruction_set", "engine"):
            fields[name] = text_of(fields[name])
        for name in ("all_qubits_measured", "plan_reused"):
            fields[name] = bool(fields[name])
        return RunInfo(**fields)

    @property
    def shots(self) -> int:
        """Shots taken."""
        return self.info.shots

    @property
    def seed(self) -> int:
        """The seed of the draws: with it the same run gives the same bytes."""
        return self.info.seed

    @property
    def timings(self) -> dict[str, float]:
        """Seconds: plan, simulate, sample, total."""
        info = self.info
        return {name: getattr(info, name + "_seconds") for name in ("plan", "simulate", "sample", "total")}

    def to_json(self, *, run: bool = True) -> str:
        """Everything as JSON (docs/formats.md); without the object `run` it is the same at every run of the same
        seed."""
        options = write_options(format=lib.KETCH_FORMAT_JSON, omit_run=not run)
        return written(lib.ketch_result_write, self._handle, options).decode()

    def to_dict(self, *, run: bool = True) -> dict[str, Any]:
        """The same as Python's dictionaries and lists."""
        document: dict[str, Any] = json.loads(self.to_json(run=run))
        return document

    def __repr__(self) -> str:
        counts = self.counts
        if not counts:
            return f"<ketch.Result: {counted(self.info.qubits, 'qubit')}, no shots>"
        return f"<ketch.Result: {counted(self.shots, 'shot')}, {counted(len(counts), 'outcome')}, seed {self.seed}>"

    def __str__(self) -> str:
        """The counts with bars."""
        return histogram_text(self.counts, self.shots) if self.counts else repr(self)

    def _repr_html_(self) -> str:
        """The counts as a histogram, in notebooks."""
        return histogram_svg(self.counts, self.shots) if self.counts else f"<code>{repr(self)[1:-1]}</code>"


def _unpickled(*pieces: Any) -> Result:
    """A result of the bytes that it was pickled as. Nothing is trusted."""
    given = [ffi.from_buffer("char[]", piece) for piece in pieces]
    described = ffi.new("ketch_bytes[]", [(piece, len(piece)) for piece in given])
    return Result._wrap(make("ketch_result", lib.kp_result_free, lib.ketch_result_restore, described, len(given)))


def basis_states(states: ArrayLike) -> NDArray[np.uint64]:
    """Numbers of basis states, which may be given as text."""
    array = np.asarray(states)
    if array.dtype.kind == "U":
        try:
            array = np.array([int(text.replace(" ", ""), 2) for text in array.reshape(-1)], np.uint64).reshape(
                array.shape
            )
        except ValueError:
            raise UsageError(f"not basis states: {states!r}") from None
    if array.size and (array.dtype.kind not in "iu" or array.min() < 0):
        raise UsageError("basis states are whole numbers from 0, or text of 0 and 1")
    return np.ascontiguousarray(array, np.uint64)


def marginal(function: Any, handle: Any, qubits: ArrayLike) -> NDArray[np.float64]:
    """What a function of the library as ketch_state_marginal computes."""
    array = np.asarray(qubits).reshape(-1)
    if not array.size or array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= 2**32 or array.size > 30:
        raise UsageError(f"qubits are 1 to 30 whole numbers from 0, not {qubits!r}")
    places = np.ascontiguousarray(array, np.uint32)
    out = np.empty(1 << places.size)
    call(function, ffi.from_buffer("double[]", out), handle, ffi.from_buffer("uint32_t[]", places), places.size)
    return out
