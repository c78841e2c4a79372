# SPDX-License-Identifier: Apache-2.0
"""Circuits: read from OpenQASM, or built; looked at; bound.

A circuit that a run has been given never changes any more. It is changed by copying it first:

    _handle ── the ketch_circuit that is read and changed
    _lent   ── the same, once it was handed out; None while nobody else has it

Borrowing sets `_lent`; the next change copies the circuit, and from then on `_handle` is the copy. What was borrowed
lives as long as those who borrowed it, so that a copy (`copy`, `bind`) costs nothing until one of the two is changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ketch import _fork
from ketch._arguments import (
    GATES,
    angle_rows,
    counted,
    doubles,
    indices,
    one_application,
    operand_rows,
    uint32s,
    value_text,
)
from ketch._errors import CircuitSyntaxError, UsageError, call, check, give_diag, make, take_diag, text_of
from ketch._ketch import ffi, lib
from ketch._options import positive, whole
from ketch._text import c_text, write_options, written

__all__ = ["Circuit", "CircuitSummary"]


class CircuitSummary(NamedTuple):
    """What a circuit consists of."""

    qubits: int
    used_qubits: int
    """Touched by some operation."""
    bits: int
    operations: int
    gates: int
    measurements: int
    resets: int
    conditions: int
    depth: int
    """The longest chain of gates, measurements and resets that share a qubit or bit; a barrier makes its qubits
    wait."""
    parameters: int
    version: int
    """Of OpenQASM: 2 or 3; 0 where the circuit was built."""
    memory_bytes: int
    """Held by the circuit itself."""


class Circuit:
    """A quantum circuit: OpenQASM 2 or 3, or built gate by gate.

    >>> import ketch
    >>> bell = ketch.Circuit(2)
    >>> bell.append("h", 0).append("cx", [0, 1]).measure_all()
    <ketch.Circuit: 2 qubits, 2 bits, 4 operations>
    >>> ketch.run(bell, shots=100, seed=7).counts
    {'11': 66, '00': 34}
    >>> same = ketch.Circuit('OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; h q[0]; cx q[0], q[1];')

    Methods that add to a circuit change it in place and return it. One that is running, or waiting to, is never changed
    by that: it goes on as it was handed over. Circuits are compared and hashed by identity."""

    __slots__ = ("__weakref__", "_bits", "_handle", "_lent", "_lock", "_qubits")

    def __init__(self, source: str | int, bits: int | None = None, *, name: str = "<text>", **options: Any) -> None:
        """Reads a program, or makes an empty circuit.

        `source` is the text of a program, or a number of qubits. `bits` is the number of classical bits of an empty
        circuit, by default as many as qubits. `name` stands for the text in messages; further options are those of
        `load`."""
        if isinstance(source, str):
            if bits is not None:
                raise TypeError("bits are declared by the program")
            text = source.encode()
            try:
                handle = _read(lib.ketch_circuit_parse, text, len(text), name=name, **options)
            except CircuitSyntaxError as error:
                if is_text(source):
                    raise
                hint = "this was read as the text of a program: a file is read by ketch.Circuit.load"
                raise CircuitSyntaxError(f"{error}\n  hint: {hint}", error.messages) from None
        elif isinstance(source, os.PathLike):
            raise TypeError("a file is read by ketch.Circuit.load")
        else:
            if not hasattr(source, "__index__"):
                raise TypeError(f"a circuit is made of a text or of a number of qubits, not of {source!r}")
            if options:
                raise TypeError(f"options of reading make no sense where nothing is read: {', '.join(options)}")
            qubits = whole(source, "qubits", 2**32 - 1)
            bits = qubits if bits is None else whole(bits, "bits", 2**32 - 1)
            handle = make("ketch_circuit", lib.kp_circuit_free, lib.ketch_circuit_create, qubits, bits)
        self._take(handle)

    def _take(self, handle: Any, lent: Any = None) -> None:
        self._handle = handle
        self._lent = lent
        self._qubits: int | None = None
        self._bits: int | None = None
        self._after_fork()
        _fork.register(self)

    def _after_fork(self) -> None:
        self._lock = threading.RLock()  # a signal's handler may use the circuit, too

    @classmethod
    def _of(cls, handle: Any, lent: Any = None) -> Circuit:
        circuit = cls.__new__(cls)
        circuit._take(handle, lent)
        return circuit

    # ── Reading ──

    @classmethod
    def from_qasm(cls, text: str, **options: Any) -> Circuit:
        """The same as `Circuit(text)`; options are those of `load`, and `name`."""
        return cls(text, **options)

    @classmethod
    def load(cls, path: str | os.PathLike[str], **options: Any) -> Circuit:
        """Reads an OpenQASM file.

        Options: `include_dirs` (folders searched after the file's own), `safe_include` (includes only from there),
        `prelude` ("stdgates.inc" or "qelib1.inc": as if the program included it first), `folder` (where includes of a
        text are looked for), and limits: `max_source_bytes`, `max_gates`, `max_qubits`, `max_bits`, `max_nesting`,
        `max_include_depth`, `max_token_bytes`, `max_errors`, `max_cells`, `max_unroll`, `max_operations` (see
        ketch_load_options in ketch.h)."""
        return cls._of(_read(lib.ketch_circuit_load, c_text(path), **options))

    # ── Lending ──

    def _borrow(self) -> Any:
        """The ketch_circuit as it is now, which never changes any more."""
        lent = self._lent
        if lent is None:
            with self._lock:
                lent = self._lent = self._handle
        return lent

    def _own(self) -> Any:
        """The ketch_circuit to change. The caller holds the lock."""
        if self._lent is not None:
            copy = make("ketch_circuit", lib.kp_circuit_free, lib.ketch_circuit_copy, self._lent)
            self._handle, self._lent = copy, None
        return self._handle

    def _change(self, function: Any, *arguments: Any) -> Circuit:
        diag = take_diag()
        try:
            with self._lock:
                status = function(self._own(), *arguments, diag)
            check(status, diag)
        finally:
            give_diag(diag)
        return self

    def _look(self, function: Any, *arguments: Any) -> bytes:
        """What a function of the library writes about the circuit."""
        with self._lock:
            return written(function, self._handle, *arguments)

    # ── Building ──

    def append(
        self,
        name: str,
        qubits: ArrayLike,
        params: ArrayLike = (),
        *,
        controls: ArrayLike | None = None,
        control_values: int | None = None,
    ) -> Circuit:
        """Appends a gate, once or many times.

        `qubits` has the gate's operands, controls first: a number or a sequence for one application, an array of shape
        (count, operands) for many in one call; for gates on one qubit any number of qubits. `params` are its angles in
        radians: as many as the gate has, for all applications, or an array of shape (count, angles). `controls` are
        further controls, shared by all or of shape (count, controls); bit k of `control_values` is the value at which
        control k is active, by default all 1. `ketch.gates()` lists what there is.

        >>> import numpy as np
        >>> circuit = ketch.Circuit(3).append("h", range(3)).append("cx", [[0, 1], [1, 2]])
        >>> circuit.append("rz", np.arange(3), np.array([0.1, 0.2, 0.3]))
        <ketch.Circuit: 3 qubits, 3 bits, 8 operations>
        >>> ketch.Circuit(4).append("x", 3, controls=[0, 1, 2])
        <ketch.Circuit: 4 qubits, 4 bits, 1 operation>
        """
        if not isinstance(name, str):
            raise TypeError(f"a gate is given by its name, not {name!r}: append('cx', [0, 1])")
        if name not in GATES:  # the library knows what to say
            return self._change(lib.ketch_circuit_append, c_text(name), 0, ffi.NULL, ffi.NULL)
        operands, angles = GATES[name]
        if controls is None and control_values is not None:
            raise UsageError("control_values are those of further controls: give controls, too")
        if controls is None and (few := one_application(qubits, params, operands, angles)):
            return self._change(lib.ketch_circuit_append, c_text(name), 1, *few)
        places = operand_rows(name, qubits, operands, 1 if operands else max(1, np.size(params)))
        count = len(places)
        values = angle_rows(name, params, count, angles)
        if controls is None:
            return self._change(lib.ketch_circuit_append, c_text(name), count, uint32s(places), doubles(values))
        before = indices(controls, "controls")
        before = np.broadcast_to(before, (count, before.size)) if before.ndim < 2 else before
        if before.ndim != 2 or len(before) != count:
            raise UsageError(f"controls has shape {before.shape}: there are {count} applications")
        every = (1 << min(before.shape[1], 64)) - 1
        values_of_controls = every if control_values is None else whole(control_values, "control_values", every)
        places = np.hstack([before, places])
        arguments = (c_text(name), count, before.shape[1], values_of_controls, uint32s(places), doubles(values))
        return self._change(lib.ketch_circuit_append_controlled, *arguments)

    def append_matrix(self, matrix: ArrayLike, qubits: ArrayLike) -> Circuit:
        """Appends a unitary matrix on 1 to 6 qubits; its indices count the first qubit as bit 0."""
        places = indices(qubits, "qubits").reshape(-1)
        elements = np.ascontiguousarray(matrix, dtype=np.complex128)
        side = 1 << min(len(places), 16)
        if elements.shape != (side, side):
            raise UsageError(
                f"a matrix of shape {elements.shape} for {counted(len(places), 'qubit')}: it must have ({side}, {side})"
            )
        return self._change(
            lib.ketch_circuit_append_matrix, len(places), uint32s(places), doubles(elements.view(np.float64))
        )

    def measure(self, qubits: ArrayLike, bits: ArrayLike | None = None) -> Circuit:
        """Measures each qubit into the bit at its place in `bits`, by default the bit of the same number."""
        places = indices(qubits, "qubits").reshape(-1)
        targets = places if bits is None else indices(bits, "bits").reshape(-1)
        if len(places) != len(targets):
            raise UsageError(f"{counted(len(places), 'qubit')} cannot be measured into {counted(len(targets), 'bit')}")
        return self._change(lib.ketch_circuit_measure, len(places), uint32s(places), uint32s(targets))

    def measure_all(self) -> Circuit:
        """Measures every qubit into the bit of the same number."""
        if self.bits < self.qubits:
            raise UsageError(f"{counted(self.qubits, 'qubit')} cannot be measured into {counted(self.bits, 'bit')}")
        return self.measure(np.arange(self.qubits))

    def reset(self, qubits: ArrayLike) -> Circuit:
        """Sets qubits to 0."""
        places = indices(qubits, "qubits").reshape(-1)
        return self._change(lib.ketch_circuit_reset, len(places), uint32s(places))

    def barrier(self, qubits: ArrayLike | None = None) -> Circuit:
        """Nothing is moved across a barrier; by default one over all qubits."""
        places = np.arange(self.qubits) if qubits is None else indices(qubits, "qubits").reshape(-1)
        return self._change(lib.ketch_circuit_barrier, len(places), uint32s(places))

    @contextlib.contextmanager
    def if_(self, bits: ArrayLike, value: int = 1) -> Iterator[Circuit]:
        """What is appended inside happens only where the bits, the first one lowest, read as the number `value`.

        >>> circuit = ketch.Circuit(2).append("h", 0).measure(0)
        >>> with circuit.if_(0):
        ...     _ = circuit.append("x", 1)
        >>> ketch.run(circuit.measure(1), shots=100, seed=1).counts
        {'00': 51, '11': 49}
        """
        places = indices(bits, "bits").reshape(-1)
        self._change(lib.ketch_circuit_begin_if, len(places), uint32s(places), whole(value, "value"))
        try:
            yield self
        finally:
            self._change(lib.ketch_circuit_end_if)

    # ── Parameters ──

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the program's inputs (`input float theta;`), in order of declaration."""
        with self._lock:
            return _names(lib.ketch_circuit_parameter, self._handle)

    @property
    def externs(self) -> tuple[str, ...]:
        """Names of functions that the program declares `extern`. They can be given by C alone
        (ketch_circuit_set_extern): threads of the library never call Python."""
        with self._lock:
            return _names(lib.ketch_circuit_extern, self._handle)

    @property
    def remarks(self) -> tuple[tuple[int, str], ...]:
        """Annotations and pragmas of the source: (line, text)."""
        found: list[tuple[int, str]] = []
        with self._lock:
            while (remark := lib.ketch_circuit_remark(self._handle, len(found))).text:
                found.append((remark.line, text_of(remark.text)))
        return tuple(found)

    def bind(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> Circuit:
        """A new circuit whose inputs have these values; this one stays as it is. Inputs remain in `parameters`, as they
        may be bound anew.

        Values are numbers (angles in radians), or what the input's type holds: True and False, "0101" for bits (bit 0
        rightmost), complex numbers, lists and arrays; text is read as the library reads it ("pi/4").

        >>> turn = ketch.Circuit("OPENQASM 3.0; input angle theta; qubit q; U(theta, 0, 0) q;")
        >>> ketch.run(turn.bind(theta=np.pi), shots=10).counts
        {'1': 10}
        """
        if values is not None and not hasattr(values, "keys"):
            raise TypeError(f"values of inputs are given by name, {{'theta': 0.5}}, not {values!r}")
        circuit = self.copy()
        given = {**(values or {}), **named}
        numbers = {name: value for name, value in given.items() if isinstance(value, (float, np.floating))}
        for name, value in given.items():
            if not isinstance(name, str):
                raise TypeError(f"an input is named by text, not {name!r}")
            if name not in numbers:
                try:
                    text = value_text(value).encode()
                except TypeError as error:
                    raise TypeError(f"`{name}`: {error}") from None
                circuit._change(lib.ketch_circuit_bind_text, c_text(name), text, len(text))
        if numbers:
            names = [ffi.new("char[]", c_text(name)) for name in numbers]
            pointers, floats = ffi.new("char *[]", names), ffi.new("double[]", [float(v) for v in numbers.values()])
            circuit._change(lib.ketch_circuit_bind_all, len(names), pointers, floats)
        return circuit

    # ── Looking ──

    def summary(self) -> CircuitSummary:
        """Numbers of qubits, gates, measurements and so on."""
        out = ffi.new("ketch_circuit_summary *")
        out.struct_size = ffi.sizeof("ketch_circuit_summary")
        with self._lock:
            call(lib.ketch_circuit_summarize, out, self._handle)
        return CircuitSummary(*(getattr(out, field) for field in CircuitSummary._fields))

    @property
    def qubits(self) -> int:
        """Declared qubits."""
        if self._qubits is None:
            summary = self.summary()
            self._qubits, self._bits = summary.qubits, summary.bits
        return self._qubits

    @property
    def bits(self) -> int:
        """Declared classical bits."""
        if self._bits is None:
            summary = self.summary()
            self._qubits, self._bits = summary.qubits, summary.bits
        return self._bits

    @property
    def depth(self) -> int:
        """The longest chain of operations that share a qubit or bit."""
        return self.summary().depth

    def __len__(self) -> int:
        """Operations: gates, measurements, resets, barriers..."""
        return self.summary().operations

    def __bool__(self) -> bool:
        return True

    def draw(
        self,
        format: str = "text",
        *,
        width: int = 80,
        ascii: bool = False,
        color: bool = False,
        bit0_first: bool = False,
    ) -> str:
        """The circuit drawn, as text or "svg".

        >>> print(ketch.Circuit(2).append("h", 0).append("cx", [0, 1]).draw())
               ┌───┐
        q[0]: ─┤ H ├───●──
               └───┘ ┌─┴─┐
        q[1]: ───────┤ X ├
                     └───┘
        c[2]: ════════════
        """
        formats = {"text": lib.KETCH_FORMAT_TEXT, "svg": lib.KETCH_FORMAT_SVG}
        if format not in formats:
            raise UsageError(f"no format {format!r} of drawings: there are 'text' and 'svg'")
        options = write_options(
            format=formats[format],
            width=positive(width, "width", 2**32 - 1),
            ascii=ascii,
            color=color,
            bit0_first=bit0_first,
        )
        return self._look(lib.ketch_circuit_draw, options).decode().removesuffix("\n")

    def describe(self) -> str:
        """Qubits, gates by kind, depth, memory, as text."""
        return self._look(lib.ketch_circuit_describe, write_options()).decode()

    def to_qasm(self, version: int = 3) -> str:
        """A program of OpenQASM 2 or 3 that means the same; UnavailableError, with the line, where that language cannot
        say it."""
        languages = {2: lib.KETCH_LANGUAGE_QASM2, 3: lib.KETCH_LANGUAGE_QASM3}
        if version not in languages:
            raise UsageError(f"no OpenQASM {version!r}: there are 2 and 3")
        return self._look(lib.ketch_circuit_convert, languages[version]).decode()

    def to_json(self) -> str:
        """The operations as JSON (docs/formats.md)."""
        return self._look(lib.ketch_circuit_convert, lib.KETCH_LANGUAGE_JSON).decode()

    def to_dict(self) -> dict[str, Any]:
        """The same as Python's dictionaries and lists."""
        document: dict[str, Any] = json.loads(self.to_json())
        return document

    def __repr__(self) -> str:
        s = self.summary()
        counted = [_counted(s.qubits, "qubit"), _counted(s.bits, "bit"), _counted(s.operations, "operation")]
        return (
            f"<ketch.Circuit: {', '.join(counted + ([_counted(s.parameters, 'parameter')] if s.parameters else []))}>"
        )

    def __str__(self) -> str:
        return self.draw() if len(self) <= _DRAWN else repr(self)

    def _repr_svg_(self) -> str | None:
        """The drawing, in notebooks."""
        return self.draw("svg") if len(self) <= _DRAWN else None

    # ── Copies ──

    def copy(self) -> Circuit:
        """Another circuit, the same at first. Nothing is copied until one of the two is changed."""
        lent = self._borrow()
        return type(self)._of(lent, lent)

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> Circuit:
        return self.copy()

    def to_bytes(self) -> bytes:
        """The circuit as versioned bytes, to keep or to send: what pickling uses. Externs lose their functions."""
        return self._look(lib.ketch_circuit_save)

    @classmethod
    def from_bytes(cls, data: bytes, **limits: Any) -> Circuit:
        """A circuit of bytes that `to_bytes` gave. Nothing is trusted: bytes that no circuit was saved as are an error,
        and limits (those of `load`) hold."""
        view = memoryview(data).cast("B")
        return cls._of(_read(lib.ketch_circuit_restore, ffi.from_buffer(view), len(view), **limits))

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpickled, (self.to_bytes(),)


def _unpickled(data: bytes) -> Circuit:
    return Circuit.from_bytes(data)


_DRAWN = 2000  # operations: a larger drawing is of no use to anybody


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def is_text(source: str) -> bool:
    """Whether it looks like a program, and not like a path."""
    return ";" in source or "\n" in source or not source


def as_circuit(source: Circuit | str | os.PathLike[str]) -> Circuit:
    """A circuit, the text of a program (it has a semicolon), or a path."""
    if isinstance(source, Circuit):
        return source
    if isinstance(source, str) and is_text(source):
        return Circuit(source)
    if isinstance(source, (str, os.PathLike)):
        return Circuit.load(source)
    raise TypeError(f"a ketch.Circuit, the text of a program or a path is needed, not {type(source).__name__}")


def as_circuits(sources: Any) -> list[Circuit]:
    """Many of them."""
    if not isinstance(sources, Iterable):
        as_circuit(sources)  # which says what is needed
    return [as_circuit(source) for source in sources]


def _names(function: Any, handle: Any) -> tuple[str, ...]:
    found: list[str] = []
    while name := function(handle, len(found)):
        found.append(text_of(name))
    return tuple(found)


def _read(function: Any, *arguments: Any, **options: Any) -> Any:
    """A ketch_circuit, by one of the functions that read."""
    structure = ffi.new("ketch_load_options *")
    structure.struct_size = ffi.sizeof("ketch_load_options")
    keep = []  # what the structure points to
    for name, value in options.items():
        if value is None:
            continue
        if name == "include_dirs":
            folders = [value] if isinstance(value, (str, os.PathLike)) else value
            paths = [ffi.new("char[]", c_text(folder)) for folder in folders]
            structure.include_dirs = pointers = ffi.new("char *[]", paths)
            structure.include_dir_count = len(paths)
            keep += [pointers, *paths]
        elif name in ("prelude", "name", "folder"):
            keep.append(ffi.new("char[]", c_text(value)))
            setattr(structure, name, keep[-1])
        elif name == "safe_include":
            structure.safe_include = bool(value)
        elif name.startswith("max_") and hasattr(structure, name):
            setattr(structure, name, positive(value, name))
        else:
            raise TypeError(f"there is no option {name!r} of reading")
    return make("ketch_circuit", lib.kp_circuit_free, function, *arguments, structure)
