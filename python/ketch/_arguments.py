# SPDX-License-Identifier: Apache-2.0
"""Arguments of gates and values of inputs, from what Python has to what the library reads.

Operands and angles of many applications are arrays of one row each; those of a single one, the usual case, get by
without NumPy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ketch._errors import UsageError
from ketch._gates import gates
from ketch._ketch import ffi

_UINT32S = ffi.typeof("uint32_t[]")
_DOUBLES = ffi.typeof("double[]")
_PLAIN = (tuple, list)


def _gate_shapes() -> dict[str, tuple[int, int]]:
    """Qubits and parameters of each gate that calls know, by its names."""
    shapes: dict[str, tuple[int, int]] = {}
    for gate in gates():
        for name in (gate.name, *gate.aliases):
            shapes.setdefault(name, (gate.qubits, len(gate.parameters)))
    return shapes


GATES = _gate_shapes()


def indices(values: ArrayLike | Iterable[int], what: str) -> np.ndarray[Any, Any]:
    """Numbers of qubits or bits as an array of uint32."""
    array = np.asarray(list(values) if isinstance(values, (range, set, frozenset)) else values)
    if not array.size:
        return array.astype(np.uint32)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{what} are whole numbers, not {array.dtype}")
    if array.min() < 0 or array.max() >= 2**32:
        raise UsageError(f"{what}: {array.min() if array.min() < 0 else array.max()} is no index")
    return array.astype(np.uint32)


def one_application(qubits: Any, params: Any, operands: int, angles: int) -> tuple[Any, Any] | None:
    """Arrays of C for one application that is given as plain numbers: the usual case, without arrays of NumPy. None
    where it is another case, or something is wrong."""
    places = (qubits,) if qubits.__class__ is int else qubits
    values = (params,) if params.__class__ is float else params
    if places.__class__ not in _PLAIN or values.__class__ not in _PLAIN:
        return None
    if len(places) != operands or len(values) != angles:
        return None
    try:
        return ffi.new(_UINT32S, places), ffi.new(_DOUBLES, values)
    except (TypeError, OverflowError):
        return None


def operand_rows(name: str, qubits: ArrayLike, operands: int, count: int) -> np.ndarray[Any, Any]:
    """Operands row by row; of a gate on no qubits `count` empty rows."""
    if operands > 1 and isinstance(qubits, (set, frozenset)):
        raise TypeError(f"the operands of `{name}` have an order, which a set has not: give a list")
    places = indices(qubits, "qubits")
    if places.ndim > 2:
        raise UsageError(f"qubits has {places.ndim} dimensions: at most 2, (count, {operands})")
    fits = places.shape[1] == operands if places.ndim == 2 else operands == 1 or places.size == operands
    if not fits:
        together = f"; they are given together: append({name!r}, {list(range(operands))})" if not places.ndim else ""
        raise UsageError(
            f"`{name}` acts on {counted(operands, 'qubit')}: qubits has shape {places.shape}, "
            f"not ({operands},) or (count, {operands}){together}"
        )
    return places.reshape(-1, operands) if operands else np.empty((count, 0), np.uint32)


def angle_rows(name: str, params: ArrayLike, count: int, angles: int) -> np.ndarray[Any, Any]:
    """Parameters of `count` applications, row by row."""
    values = np.asarray(params, dtype=np.float64)
    if values.shape == (count, angles) or (values.size == count * angles and (values.ndim < 2 or not values.size)):
        return values
    if values.size == angles and values.ndim < 2:
        return np.broadcast_to(values.reshape(-1), (count, angles))
    raise UsageError(
        f"`{name}` has {counted(angles, 'parameter')}: params has shape {values.shape}, "
        f"for {counted(count, 'application')}"
    )


def counted(number: int, what: str) -> str:
    """ "1 qubit", "2 qubits"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def uint32s(array: np.ndarray[Any, Any]) -> Any:
    return ffi.from_buffer(_UINT32S, np.ascontiguousarray(array, dtype=np.uint32))


def doubles(array: np.ndarray[Any, Any]) -> Any:
    return ffi.from_buffer(_DOUBLES, np.ascontiguousarray(array, dtype=np.float64))


def value_text(value: Any) -> str:
    """A value as ketch_circuit_bind_text reads it."""
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, (complex, np.complexfloating)):
        return f"[{float(value.real)!r}, {float(value.imag)!r}]"
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(f'{chr(34)}{v}{chr(34)}' if isinstance(v, str) else value_text(v) for v in value)}]"
    raise TypeError(f"no value of an input: {value!r}")
