# SPDX-License-Identifier: Apache-2.0
"""The gates that circuits are built of."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import NamedTuple

from ketch._errors import text_of
from ketch._ketch import lib

__all__ = ["Gate", "gates"]


class Gate(NamedTuple):
    """What `Circuit.append` needs to know of a gate."""

    name: str
    qubits: int
    """Operands: controls first, then targets."""
    controls: int
    """How many of them are controls."""
    parameters: tuple[str, ...]
    """Names of its angles, in radians."""
    aliases: tuple[str, ...]
    """Other names of the same gate."""
    inverse: str
    """The gate that undoes it: `"sdg"`, `"rx(-theta)"`."""
    help: str
    """A line."""


def gates() -> tuple[Gate, ...]:
    """All gates that `Circuit.append` knows.

    >>> import ketch
    >>> {gate.name: (gate.qubits, gate.parameters) for gate in ketch.gates()}["crz"]
    (2, ('theta',))
    """
    return tuple(_all_gates())


def _all_gates() -> Iterator[Gate]:
    for index in itertools.count():
        info = lib.ketch_gate_at(index)
        if not info:
            return
        name = text_of(info.name)
        if name == "U":  # the languages' own, one for each: calls name the gate that is meant, `u`
            continue
        yield Gate(
            name,
            info.qubit_count,
            info.control_count,
            tuple(text_of(info.parameters).split()),
            tuple(text_of(info.aliases).split()),
            text_of(info.inverse),
            text_of(info.help),
        )
