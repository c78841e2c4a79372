# SPDX-License-Identifier: Apache-2.0
"""A quench of the Ising chain: all spins are up when a field across them is switched on; the magnetisation oscillates.

Time goes in Trotter steps: for a short while the couplings act alone, then the field alone. Each field and time is a
run of its own, as it would be on a quantum computer; late times take longer than early ones, so work is handed out
run by run, never split beforehand.
"""

from __future__ import annotations

import functools

import numpy as np

import ketch
from ways import Way, main

SPINS, STEP, TIMES = 18, 0.1, np.arange(0, 31, 2)  # TIMES: in steps
FIELDS = [0.5, 1.0, 2.0]  # 1 is the critical one, in units of the coupling


def quench(field: float, steps: int, spins: int = SPINS, step: float = STEP) -> ketch.Circuit:
    """exp(-i H t) for H = -sum Z Z - field sum X on a ring: in each step half the field, the couplings, half again."""
    ring = np.stack([np.arange(spins), np.roll(np.arange(spins), -1)], axis=1)
    circuit = ketch.Circuit(spins, 0)
    for _ in range(steps):
        circuit.append("rx", range(spins), -field * step)
        circuit.append("rzz", ring, -2 * step)
        circuit.append("rx", range(spins), -field * step)
    return circuit


@functools.cache
def mean_of_z(spins: int) -> np.ndarray:
    """Over all spins, of each basis state."""
    return 1 - 2 * np.bitwise_count(np.arange(2**spins)) / spins


def magnetisation(result: ketch.Result) -> float:
    """The mean of Z over all spins."""
    return float(result.probabilities() @ mean_of_z(result.info.qubits))


def solve(way: Way) -> np.ndarray:
    """The magnetisation of each field (rows) at each time (columns)."""
    circuits = [quench(field, steps) for field in FIELDS for steps in TIMES]
    values = [magnetisation(result) for result in way(circuits, shots=0, outputs="probabilities")]
    return np.reshape(values, (len(FIELDS), len(TIMES)))


def plot(values: np.ndarray, path: str) -> None:
    """A curve for each field."""
    import matplotlib.figure

    figure = matplotlib.figure.Figure(figsize=(6, 3.5), layout="constrained")
    axes = figure.subplots()
    for field, row in zip(FIELDS, values, strict=True):
        axes.plot(TIMES * STEP, row, "o-", markersize=3, label=f"field {field}")
    axes.set(xlabel="time", ylabel="magnetisation", title=f"Quench of {SPINS} spins")
    axes.legend()
    figure.savefig(path)


def report(values: np.ndarray) -> str:
    """A row for each time."""
    lines = [
        f"{steps * STEP:4.1f}  " + "  ".join(f"{value:8.5f}" for value in column)
        for steps, column in zip(TIMES, values.T, strict=True)
    ]
    return "\n".join(["time  " + "  ".join(f"h = {field:<4}" for field in FIELDS), *lines])


if __name__ == "__main__":
    main(solve, report)
