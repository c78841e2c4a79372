# SPDX-License-Identifier: Apache-2.0
"""A simulator to compare with: matrices written down from their definitions, applied to the state as a tensor of NumPy.

It shares nothing with Ketch. A gate here is (matrix, qubits): row and column indices count the first qubit as bit 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import ketch

Matrix = NDArray[np.complex128]
Step = tuple[Matrix, Sequence[int]]


def rotation(pauli: Matrix) -> Callable[[float], Matrix]:
    return lambda angle: np.cos(angle / 2) * np.eye(2) - 1j * np.sin(angle / 2) * pauli


def controlled(matrix: Matrix) -> Matrix:
    """One control more, as the first qubit: bit 0 of the indices."""
    larger = np.eye(2 * len(matrix), dtype=complex)
    larger[1::2, 1::2] = matrix
    return larger


X = np.array([[0, 1], [1, 0]], complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1]).astype(complex)
H = (X + Z) / np.sqrt(2)
S = np.diag([1, 1j])
T = np.diag([1, np.exp(0.25j * np.pi)])
SWAP = np.eye(4, dtype=complex)[[0, 2, 1, 3]]

# name: (qubits, angles, the matrix for them)
GATES: dict[str, tuple[int, int, Callable[..., Matrix]]] = {
    "x": (1, 0, lambda: X),
    "y": (1, 0, lambda: Y),
    "z": (1, 0, lambda: Z),
    "h": (1, 0, lambda: H),
    "s": (1, 0, lambda: S),
    "sdg": (1, 0, lambda: S.conj().T),
    "t": (1, 0, lambda: T),
    "rx": (1, 1, rotation(X)),
    "ry": (1, 1, rotation(Y)),
    "rz": (1, 1, rotation(Z)),
    "p": (1, 1, lambda angle: np.diag([1, np.exp(1j * angle)])),
    "cx": (2, 0, lambda: controlled(X)),
    "cz": (2, 0, lambda: controlled(Z)),
    "cp": (2, 1, lambda angle: np.diag([1, 1, 1, np.exp(1j * angle)])),
    "swap": (2, 0, lambda: SWAP),
    "ccx": (3, 0, lambda: controlled(controlled(X))),
}


def zero(qubits: int) -> Matrix:
    state = np.zeros(1 << qubits, complex)
    state[0] = 1
    return state


def apply(state: Matrix, matrix: Matrix, qubits: Sequence[int]) -> Matrix:
    """The state after the gate."""
    n, k = int(np.log2(state.size)), len(qubits)
    tensor = state.reshape([2] * n)  # axis a is qubit n - 1 - a
    axes = [n - 1 - q for q in reversed(qubits)]  # the matrix as a tensor has its highest bit first
    moved = np.tensordot(matrix.reshape([2] * (2 * k)), tensor, axes=(range(k, 2 * k), axes))
    result: Matrix = np.moveaxis(moved, range(k), axes).reshape(-1)
    return result


def simulate(qubits: int, steps: Iterable[Step], state: Matrix | None = None) -> Matrix:
    state = zero(qubits) if state is None else state
    for matrix, operands in steps:
        state = apply(state, matrix, operands)
    return state


def random_circuit(qubits: int, gates: int, seed: int) -> tuple[ketch.Circuit, list[Step]]:
    """A circuit of Ketch, and the same as steps."""
    draw = np.random.default_rng(seed)
    names = [name for name, (operands, _, _) in GATES.items() if operands <= qubits]
    circuit, steps = ketch.Circuit(qubits), list[Step]()
    for name in draw.choice(names, gates):
        count, angles, matrix = GATES[name]
        operands = [int(q) for q in draw.permutation(qubits)[:count]]
        params = [float(a) for a in draw.uniform(-4, 4, angles)]
        circuit.append(str(name), operands, params)
        steps.append((matrix(*params), operands))
    return circuit, steps


def state_of(circuit: Any, **options: Any) -> Matrix:
    """What Ketch computes."""
    result: Matrix = ketch.run(circuit, shots=0, outputs="state", **options).state
    return result


def chi_squared(counts: dict[str, int], probabilities: NDArray[np.float64], shots: int) -> float:
    """How far counts are from what is expected, in standard deviations of the test's own distribution; about normal."""
    expected = probabilities * shots
    observed = np.zeros(len(probabilities))
    for bits, count in counts.items():
        observed[int(bits.replace(" ", ""), 2)] += count
    assert observed[expected < 1e-9 * shots].sum() == 0, "an outcome came that cannot"
    likely = expected >= 5
    statistic = float((((observed - expected) ** 2)[likely] / expected[likely]).sum())
    freedom = max(1, int(likely.sum()) - 1)
    return float((statistic - freedom) / np.sqrt(2 * freedom))
