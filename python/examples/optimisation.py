# SPDX-License-Identifier: Apache-2.0
"""The largest cuts of graphs by QAOA, the quantum approximate optimisation algorithm: SciPy looks for the angles.

Differential evolution asks for the values of a whole population at once. Each is a run of the same circuit with other
angles, some hundred microseconds long: what the parallel forms gain depends on what handing one over costs, least for a
batch and most for processes.
"""

from __future__ import annotations

import numpy as np
import scipy.optimize

import ketch
from ways import Way, main

VERTICES, LAYERS = 13, 2
BITS = np.arange(2**VERTICES)[:, None] >> np.arange(VERTICES) & 1  # the cut that each basis state stands for
Graph = list[tuple[int, int]]


def random_graph(seed: int) -> Graph:
    """Three edges at each vertex, on the average."""
    pairs = np.array([(a, b) for a in range(VERTICES) for b in range(a)])
    return [(int(a), int(b)) for a, b in np.random.default_rng(seed).permutation(pairs)[: 3 * VERTICES // 2]]


def cut_sizes(graph: Graph) -> np.ndarray:
    """Of all cuts: the number of edges whose ends are on different sides."""
    a, b = np.transpose(graph)
    return (BITS[:, a] != BITS[:, b]).sum(axis=1)


def ansatz(graph: Graph) -> ketch.Circuit:
    """Layers of phases that grow with the cut and of rotations that mix neighbouring cuts; the angles are inputs."""
    layers = [
        "\n".join([*(f"rzz(phase{layer}) q[{a}], q[{b}];" for a, b in graph), f"rx(mixing{layer}) q;"])
        for layer in range(LAYERS)
    ]
    return ketch.Circuit(
        "\n".join(
            [
                "OPENQASM 3.0;",
                'include "stdgates.inc";',
                "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
                *(f"input angle phase{layer}; input angle mixing{layer};" for layer in range(LAYERS)),
                f"qubit[{VERTICES}] q; bit[{VERTICES}] c;",
                "h q;",
                *layers,
            ]
        )
    )


def largest_cut(way: Way, graph: Graph, generations: int = 15) -> tuple[int, float]:
    """The size of the largest cut that 100 shots show, and of a cut on the average, as QAOA's angles promise it."""
    sizes, circuit = cut_sizes(graph), ansatz(graph)

    def bound(angles: np.ndarray) -> ketch.Circuit:
        return circuit.bind(dict(zip(circuit.parameters, angles, strict=True)))

    def loss(population: np.ndarray) -> np.ndarray:  # a column for each member
        results = way([bound(angles) for angles in population.T], shots=0, outputs="probabilities")
        return np.array([-(result.probabilities() @ sizes) for result in results])

    bounds = [(0, np.pi)] * (2 * LAYERS)
    found = scipy.optimize.differential_evolution(
        loss, bounds, popsize=8, maxiter=generations, seed=1, polish=False, vectorized=True, updating="deferred"
    )
    (result,) = way([bound(found.x).measure_all()], shots=100, seed=1)
    return max(int(sizes[int(outcome, 2)]) for outcome in result.counts), -float(found.fun)


def solve(way: Way) -> list[tuple[int, float]]:
    """Four graphs."""
    return [largest_cut(way, random_graph(seed)) for seed in range(4)]


def report(cuts: list[tuple[int, float]]) -> str:
    """What was found."""
    return "\n".join(
        f"graph {i}: a cut of {best} edges, {mean:.2f} on the average" for i, (best, mean) in enumerate(cuts)
    )


if __name__ == "__main__":
    main(solve, report)
