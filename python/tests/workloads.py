# SPDX-License-Identifier: Apache-2.0
"""Circuits that the tests share, as OpenQASM text."""

from __future__ import annotations

import random
from concurrent.futures import Future
from typing import Any

BELL = 'OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[2] c; h q[0]; cx q[0], q[1]; c = measure q;'


def layered(qubits: int, layers: int, structure: int = 1, angles: int = 1) -> str:
    """Layers of rotations and of random pairs, all measured at the end. `structure` decides the gates, `angles` their
    angles."""
    shape, turns = random.Random(structure), random.Random(angles)
    lines = ['OPENQASM 3.0; include "stdgates.inc";', f"qubit[{qubits}] q; bit[{qubits}] c;"]
    for _ in range(layers):
        for qubit in range(qubits):
            lines.append(f"{shape.choice(('rx', 'ry', 'rz'))}({turns.uniform(-3, 3):.6f}) q[{qubit}];")
        order = shape.sample(range(qubits), qubits)
        lines += [f"cx q[{a}], q[{b}];" for a, b in zip(order[::2], order[1::2], strict=False)]
    return "\n".join([*lines, "c = measure q;"])


def long() -> str:
    """Minutes of work, in a state of 64 MiB."""
    return layered(22, 4000)


def counts(session: Any, circuit: Any, seed: int) -> dict[str, int]:
    """For processes, which import it by its name."""
    return dict(session.run(circuit, shots=50, seed=seed).counts)


def count_calls(future: Future[Any]) -> list[Future[Any]]:
    """A list that grows with each call of a done callback."""
    calls: list[Future[Any]] = []
    future.add_done_callback(calls.append)
    return calls
