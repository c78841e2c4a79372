# SPDX-License-Identifier: Apache-2.0
"""The examples find what can be found without them, in every way of running circuits."""

from __future__ import annotations

import asyncio
import itertools
import math
import pathlib
import subprocess
import sys

import numpy as np
import pytest
import scipy.sparse.linalg

EXAMPLES = pathlib.Path(__file__).parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))

import cryptography  # noqa: E402
import fetching  # noqa: E402
import optimisation  # noqa: E402
import simulation  # noqa: E402
import ways  # noqa: E402

every_way = pytest.mark.parametrize("way", ways.WAYS.values(), ids=ways.WAYS)


# ── Cryptography ──


@every_way
def test_orders(way: ways.Way) -> None:
    orders = cryptography.find_orders(way, 15, 8)
    assert orders == {a: next(r for r in itertools.count(1) if a**r % 15 == 1) for a in (2, 4, 7, 8, 11, 13, 14)}
    assert cryptography.factors(15, orders) == {3, 5}


@every_way
def test_keys(way: ways.Way) -> None:
    secrets = cryptography.SECRETS[:3]
    messages = [{text: cryptography.encrypt(text, key) for text in cryptography.TEXTS} for key in secrets]
    assert cryptography.find_keys(way, messages) == secrets


def test_cipher_keeps_texts_apart_and_depends_on_the_key() -> None:
    ciphers = np.array([[cryptography.encrypt(text, key) for text in range(256)] for key in range(256)])
    assert (np.sort(ciphers, axis=1) == np.arange(256)).all()
    assert len(np.unique(ciphers, axis=0)) == 256


def test_all_keys_that_fit_are_likely() -> None:
    text, cipher = 0x3D, cryptography.encrypt(0x3D, 0x51)
    fitting = [key for key in range(256) if cryptography.encrypt(text, key) == cipher]
    (result,) = ways.in_turn([cryptography.key_circuit(text, cipher)], shots=0, outputs="probabilities")
    turns = 2 * round(math.pi / 4 * 16 - 0.5) + 1
    wanted = math.sin(turns * math.asin(math.sqrt(len(fitting) / 256))) ** 2
    assert result.probabilities(range(8))[fitting].sum() == pytest.approx(wanted, abs=1e-12)


# ── Optimisation ──


@every_way
def test_cuts(way: ways.Way) -> None:
    graph = optimisation.random_graph(5)
    sides = itertools.product([0, 1], repeat=optimisation.VERTICES)
    largest = max(sum(side[a] != side[b] for a, b in graph) for side in sides)
    found, mean = optimisation.largest_cut(way, graph, generations=2)
    assert found == largest
    assert len(graph) / 2 < mean < largest  # better than chance


def test_ansatz_against_matrices() -> None:
    graph, angles = optimisation.random_graph(1), np.array([0.4, 0.9, 1.3, 0.2])
    state = np.full(2**optimisation.VERTICES, 2 ** (-optimisation.VERTICES / 2), complex)
    for phase, mixing in angles.reshape(-1, 2):
        state *= np.exp(-0.5j * phase * (len(graph) - 2 * optimisation.cut_sizes(graph)))
        c, s = math.cos(mixing / 2), -1j * math.sin(mixing / 2)
        for _ in range(optimisation.VERTICES):  # the lowest qubit is turned and becomes the highest
            low = state.reshape(-1, 2)
            state = np.concatenate([c * low[:, 0] + s * low[:, 1], s * low[:, 0] + c * low[:, 1]])
    circuit = optimisation.ansatz(graph)
    circuit = circuit.bind(dict(zip(circuit.parameters, angles, strict=True)))
    (result,) = ways.in_turn([circuit], shots=0, outputs="probabilities")
    assert np.abs(result.probabilities() - np.abs(state) ** 2).max() < 1e-14


# ── Simulation ──


def exact(field: float, time: float, spins: int) -> float:
    """The magnetisation by the exponential of the whole Hamiltonian."""
    states = np.arange(2**spins)
    z = 1 - 2 * (states[:, None] >> np.arange(spins) & 1)
    hamiltonian = scipy.sparse.diags_array(-(z * np.roll(z, -1, axis=1)).sum(axis=1).astype(complex)).tocsr()
    ones = np.ones(len(states))
    for spin in range(spins):
        hamiltonian = hamiltonian - field * scipy.sparse.csr_array((ones, (states, states ^ 1 << spin)))
    start = np.zeros(len(states), complex)
    start[0] = 1
    state = scipy.sparse.linalg.expm_multiply(-1j * time * hamiltonian, start)
    return float(np.abs(state) ** 2 @ z.mean(axis=1))


def test_trotter_steps_converge_quadratically() -> None:
    wanted = exact(1.0, 1.0, 8)
    circuits = [simulation.quench(1.0, steps, 8, 1.0 / steps) for steps in (10, 20, 40)]
    results = ways.in_turn(circuits, shots=0, outputs="probabilities")
    errors = [abs(simulation.magnetisation(result) - wanted) for result in results]
    assert errors[2] < 1e-3
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)
    assert errors[1] / errors[2] == pytest.approx(4, rel=0.1)


def test_quench_in_every_way(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(simulation, "TIMES", np.arange(0, 8, 2))
    values = {name: simulation.solve(way) for name, way in ways.WAYS.items()}
    for name, found in values.items():
        assert (found == values["in_turn"]).all(), name
    simulation.plot(values["in_turn"], str(tmp_path / "quench.png"))
    assert (tmp_path / "quench.png").read_bytes().startswith(b"\x89PNG")


# ── Fetching ──


def test_fetching() -> None:
    found = asyncio.run(fetching.run_all(["bell.qasm", "ghz.qasm"]))
    assert sum(found["bell.qasm"].values()) == 100
    assert set(found["bell.qasm"]) == {"00", "11"}
    assert set(found["ghz.qasm"]) == {"00000", "11111"}
    with pytest.raises(FileNotFoundError, match=r"no\.qasm: 404"):
        asyncio.run(fetching.run_all(["bell.qasm", "no.qasm"]))


# ── As programs ──


@pytest.mark.parametrize("name", ["cryptography", "optimisation", "simulation", "fetching"])
def test_programs(name: str) -> None:
    done = subprocess.run([sys.executable, f"{name}.py"], cwd=EXAMPLES, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout


def test_table_of_gains() -> None:
    lines = ways.measure(lambda way: way([simulation.quench(1.0, 1, 4)], shots=1), rounds=1).splitlines()
    assert [line.split()[0] for line in lines] == ["way", *ways.WAYS]
