# SPDX-License-Identifier: Apache-2.0
"""Runs and results: counts, bits, amplitudes, options."""

from __future__ import annotations

import json
import os
import pathlib
import pickle
import subprocess
import sys
import threading
import xml.etree.ElementTree
from typing import Any

import numpy as np
import pytest

import dense
import ketch

BELL = ketch.Circuit(2).append("h", 0).append("cx", [0, 1]).measure_all()
MEASURED_MIDWAY = "OPENQASM 3.0; qubit[2] q; bit c; U(pi/2, 0, pi) q[0]; c = measure q[0]; if (c) U(pi, 0, pi) q[1];"


def test_counts_follow_the_probabilities() -> None:
    for seed in range(4):
        circuit, steps = dense.random_circuit(5, 40, seed)
        probabilities = np.abs(dense.simulate(5, steps)) ** 2
        counts = ketch.run(circuit.measure_all(), shots=20_000, seed=seed).counts
        assert sum(counts.values()) == 20_000
        assert dense.chi_squared(counts, probabilities, 20_000) < 5
        assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_chi_squared_tells_wrong_counts_apart() -> None:
    uniform = np.full(32, 1 / 32)
    fair = ketch.run(ketch.Circuit(5).append("h", range(5)), shots=20_000, seed=1).counts
    tilted = ketch.run(ketch.Circuit(5).append("ry", range(5), 1.5), shots=20_000, seed=1).counts
    assert dense.chi_squared(fair, uniform, 20_000) < 5 < dense.chi_squared(tilted, uniform, 20_000)


def test_seeds() -> None:
    first, second = ketch.run(BELL, shots=50, seed=5), ketch.run(BELL, shots=50, seed=5)
    assert first.to_json(run=False) == second.to_json(run=False)
    assert (first.seed, first.shots) == (5, 50)
    drawn = ketch.run(BELL, shots=50)
    assert ketch.run(BELL, shots=50, seed=drawn.seed).counts == drawn.counts
    assert drawn.seed != ketch.run(BELL, shots=50).seed
    assert ketch.run(BELL, shots=50, seed=np.uint64(2**64 - 1)).seed == 2**64 - 1


def test_threads_change_no_byte() -> None:
    circuit, _ = dense.random_circuit(16, 150, 3)
    circuit.measure_all()
    texts, states = set(), []
    for threads in (1, 2):
        result = ketch.run(circuit, seed=9, threads=threads, outputs=("memory", "state"))
        texts.add(result.to_json(run=False))
        states.append(result.state.tobytes())
    with ketch.Session(threads=1) as session:
        texts.add(session.run(circuit, seed=9, outputs=("memory", "state")).to_json(run=False))
    assert len(texts) == 1
    assert states[0] == states[1]


def test_registers_and_bits() -> None:
    text = "OPENQASM 3.0; qubit[5] q; bit[2] low; bit[3] high; U(pi, 0, pi) q[1]; U(pi, 0, pi) q[2]; "
    text += "low = measure q[0:1]; high = measure q[2:4];"
    result = ketch.run(text, shots=7, outputs="memory")
    assert result.counts == {"001 10": 7}
    assert result.registers == (("low", 0, 2), ("high", 2, 3))
    assert result.memory.shape == (7, 1)
    assert result.memory.dtype == np.uint64
    assert (result.memory == 0b00110).all()
    np.testing.assert_array_equal(result.bits(), [[0, 1, 1, 0, 0]] * 7)
    np.testing.assert_array_equal(result.bits("high"), [[1, 0, 0]] * 7)
    with pytest.raises(ketch.UsageError, match="low, high"):
        result.bits("middle")


def test_memory_of_more_than_64_bits_agrees_with_counts() -> None:
    circuit = ketch.Circuit(70).append("h", [0, 65, 69]).append("x", 64).measure_all()
    result = ketch.run(circuit, shots=300, seed=2, outputs="memory")
    assert result.memory.shape == (300, 2)
    rows = ["".join(map(str, row[::-1])) for row in result.bits().tolist()]
    assert {row: rows.count(row) for row in rows} == result.counts
    assert all(row[69 - 64] == "1" for row in rows)


def test_state_amplitudes_and_probabilities() -> None:
    circuit, steps = dense.random_circuit(4, 30, 8)
    expected = dense.simulate(4, steps)
    for outputs in ("state", "amplitudes", ["amplitudes", "counts"]):
        result = ketch.run(circuit, outputs=outputs)
        np.testing.assert_allclose(result.amplitudes(range(16)), expected, atol=1e-12)
        np.testing.assert_allclose(result.amplitudes([["0011"], ["1000"]]), expected[[[3], [8]]], atol=1e-12)
        np.testing.assert_allclose(result.amplitudes("0 101"), expected[5], atol=1e-12)
    for outputs in ("state", "probabilities"):
        result = ketch.run(circuit, outputs=outputs)
        probabilities = np.abs(expected) ** 2
        np.testing.assert_allclose(result.probabilities(), probabilities, atol=1e-12)
        tensor = probabilities.reshape(2, 2, 2, 2)  # axes: qubits 3, 2, 1, 0
        np.testing.assert_allclose(result.probabilities([1, 3]), tensor.sum((1, 3)).reshape(-1), atol=1e-12)
        np.testing.assert_allclose(result.probabilities([3, 1]), tensor.sum((1, 3)).T.reshape(-1), atol=1e-12)
        np.testing.assert_allclose(result.probabilities(2), tensor.sum((0, 2, 3)), atol=1e-12)
    for states in ([16], [-1], [0.5], ["2"], ["00000001x"]):
        with pytest.raises(ValueError, match="state"):
            result.amplitudes(states)
    for qubits in ([], [4], [0, 0], [-1], [0.5]):
        with pytest.raises(ketch.KetchError, match="qubit"):
            result.probabilities(qubits)


def test_no_bits() -> None:
    result = ketch.run(ketch.Circuit(0), shots=10)
    assert result.counts == {"": 10}
    assert repr(result).startswith("<ketch.Result: 10 shots, 1 outcome")
    assert "10" in str(result)
    assert result._repr_html_().startswith("<svg")


def test_no_shots() -> None:
    result = ketch.run(BELL, shots=0, outputs="state")
    assert (result.shots, result.counts) == (0, {})
    assert repr(result) == str(result) == "<ketch.Result: 2 qubits, no shots>"
    np.testing.assert_allclose(result.state, [np.sqrt(0.5), 0, 0, np.sqrt(0.5)], atol=1e-15)
    with pytest.raises(ketch.KetchError):
        ketch.run(MEASURED_MIDWAY, shots=0)


@pytest.mark.parametrize("precision", ["fp64", "fp32"])
def test_probabilities_of_many_qubits_some_idle(precision: str) -> None:
    """Each qubit has a state of its own, so that all distributions are products."""
    draw = np.random.default_rng(8)
    qubits = 19
    angles = draw.uniform(0, 3, qubits) * (draw.permutation(qubits) < 15)
    circuit = ketch.Circuit(qubits)
    for qubit in draw.permutation(qubits):
        if angles[qubit]:
            circuit.append("ry", qubit, angles[qubit])
    ones = np.sin(angles / 2) ** 2

    def product(places: Any) -> np.ndarray[Any, Any]:
        distribution = np.ones(1)
        for qubit in places:
            distribution = np.concatenate([distribution * (1 - ones[qubit]), distribution * ones[qubit]])
        return distribution

    tolerance = 1e-12 if precision == "fp64" else 1e-5
    state = ketch.State(qubits, precision)
    state.apply(circuit)
    results = [ketch.run(circuit, shots=0, precision=precision, outputs=kind) for kind in ("state", "probabilities")]
    for result in (*results, state):
        np.testing.assert_allclose(result.probabilities(), product(range(qubits)), atol=tolerance)
        for count in (1, 3, 11):
            places = draw.permutation(qubits)[:count]
            np.testing.assert_allclose(result.probabilities(places), product(places), atol=tolerance)


@pytest.mark.parametrize("ask", ["memory", "state", "amplitudes", "probabilities"])
def test_what_was_not_asked_for_is_said(ask: str) -> None:
    result = ketch.run(BELL)
    with pytest.raises(ketch.UnavailableError):
        {
            "memory": lambda: result.memory,
            "state": lambda: result.state,
            "amplitudes": lambda: result.amplitudes([0]),
            "probabilities": lambda: result.probabilities(),
        }[ask]()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"shots": -1}, ketch.UsageError),
        ({"shots": 1.5}, TypeError),
        ({"seed": -1}, ketch.UsageError),
        ({"seed": 2**64}, (ketch.UsageError, OverflowError)),
        ({"shots": 2**64}, (ketch.UsageError, OverflowError)),
        ({"seed": "7"}, TypeError),
        ({"outputs": "stat"}, ketch.UsageError),
        ({"outputs": ["state", 3]}, ketch.UsageError),
        ({"precision": "fp16"}, ketch.UsageError),
        ({"precision": np.int32}, ketch.UsageError),
        ({"timeout": -1}, ketch.UsageError),
        ({"timeout": float("nan")}, ketch.UsageError),
        ({"max_memory": 0}, ketch.UsageError),
        ({"threads": 0}, ketch.UsageError),
        ({"shots": 2**70}, ketch.UsageError),
        ({"seed": 2**70}, ketch.UsageError),
        ({"engine": "fast"}, ketch.UsageError),
        ({"instructions": "sse"}, ketch.UsageError),
        ({"shot": 3}, TypeError),
    ],
)
def test_options_that_make_no_sense(options: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        ketch.run(BELL, **options)


@pytest.mark.parametrize("source", [3, None, b"OPENQASM", 2.5])
def test_what_is_no_circuit(source: Any) -> None:
    with pytest.raises(TypeError):
        ketch.run(source)


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("fp64", np.complex128), ("fp32", np.complex64), (np.complex64, np.complex64), ("complex128", np.complex128)],
)
def test_precision(precision: Any, dtype: Any) -> None:
    result = ketch.run(BELL, shots=0, outputs="state", precision=precision)
    assert result.state.dtype == dtype
    assert result.info.precision == ("fp32" if dtype == np.complex64 else "fp64")
    with ketch.Session(precision=precision) as session:
        assert session.run(BELL, shots=0, outputs="state").state.dtype == dtype
        assert session.run(BELL, shots=0, outputs="state", precision="fp64").state.dtype == np.complex128


@pytest.mark.parametrize("options", [{"engine": "reference"}, {"engine": "planned"}, {"instructions": "plain"}])
def test_engines_agree(options: dict[str, Any]) -> None:
    circuit, steps = dense.random_circuit(6, 60, 5)
    np.testing.assert_allclose(dense.state_of(circuit, **options), dense.simulate(6, steps), atol=1e-12)


def test_limits() -> None:
    wide = ketch.Circuit(24).append("h", range(24)).measure_all()
    with pytest.raises(ketch.OutOfMemoryError) as memory:
        ketch.run(wide, max_memory=1_000_000)
    assert isinstance(memory.value, MemoryError)
    with pytest.raises(ketch.LimitError):
        ketch.run(wide, max_qubits=23)
    deep = ketch.Circuit(22)
    for layer in range(200):
        deep.append("rx", range(22), layer + 0.5).append("cx", [[q, q + 1] for q in range(21)])
    for timeout in (0, 0.05):
        with pytest.raises(ketch.RunTimeoutError) as late:
            ketch.run(deep, timeout=timeout)
        assert isinstance(late.value, TimeoutError)
    assert ketch.run(BELL, timeout=60, max_memory=1 << 30, max_qubits=2, shots=3).shots == 3


def test_info() -> None:
    result = ketch.run(BELL, shots=10, seed=1, threads=1)
    info = result.info
    assert (info.shots, info.seed, info.qubits, info.simulated_qubits, info.precision) == (10, 1, 2, 2, "fp64")
    assert not info.all_qubits_measured
    assert info.engine == "planned"
    assert info.norm == pytest.approx(1)
    assert set(result.timings) == {"plan", "simulate", "sample", "total"}
    assert 0 < result.timings["total"] < 10
    assert len(info.circuit_hash) == 32
    assert ketch.run(BELL.copy()).info.circuit_hash == info.circuit_hash
    assert ketch.run(ketch.Circuit(2)).info.all_qubits_measured


def test_as_json() -> None:
    result = ketch.run(BELL, shots=10, seed=1)
    document = json.loads(result.to_json())
    assert document == result.to_dict()
    assert document["result"]["counts"] == result.counts
    assert "run" in document
    assert "run" not in result.to_dict(run=False)


def test_how_results_look() -> None:
    result = ketch.run(BELL, shots=10, seed=1)
    assert repr(result) == "<ketch.Result: 10 shots, 2 outcomes, seed 1>"
    lines = str(result).splitlines()
    assert len(lines) == 2
    assert lines[0].count("█") == 40
    for circuit in (BELL, ketch.Circuit(10).append("h", range(10))):
        drawing = xml.etree.ElementTree.fromstring(ketch.run(circuit, seed=1)._repr_html_())
        bars = drawing.findall(".//{http://www.w3.org/2000/svg}rect")
        assert len(bars) == (2 if circuit is BELL else 32)
    many = str(ketch.run(ketch.Circuit(10).append("h", range(10)), seed=1)).splitlines()
    assert len(many) == 21
    assert many[-1].startswith("and ")


def test_results_come_from_runs_alone() -> None:
    with pytest.raises(TypeError):
        ketch.Result()


def test_runs_from_other_threads_are_the_same() -> None:
    circuit, _ = dense.random_circuit(12, 100, 1)
    expected = ketch.run(circuit, seed=3).counts
    found: list[Any] = []
    threads = [threading.Thread(target=lambda: found.append(ketch.run(circuit, seed=3).counts)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_progress_is_told_while_a_run_goes_on() -> None:
    circuit = ketch.Circuit(22)
    for layer in range(20):
        circuit.append("rx", range(22), layer + 0.5).append("cx", [[q, q + 1] for q in range(21)])
    told: list[tuple[float, str]] = []
    ketch.run(circuit, shots=1, progress=lambda fraction, stage: told.append((fraction, stage)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert all(0 <= fraction <= 1 for fraction in fractions)


@pytest.mark.parametrize("without_tqdm", [False, True])
def test_a_bar_of_progress(
    without_tqdm: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if without_tqdm:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    assert ketch.run(BELL, shots=5, progress=True).shots == 5
    assert capsys.readouterr().out == ""


def test_config(capsys: pytest.CaptureFixture[str]) -> None:
    ketch.show_config()
    said = capsys.readouterr().out
    for name in ("ketch", "python", "numpy", "compiler", "instruction sets", "threads"):
        assert f"{name}: " in said
    assert ketch.__version__ == ketch.config()["ketch"]


@pytest.mark.parametrize(
    ("environment", "threads"),
    [
        ({"KETCH_NUM_THREADS": "3", "OMP_NUM_THREADS": "5"}, 3),
        ({"OMP_NUM_THREADS": "5,2"}, 5),
        ({"KETCH_NUM_THREADS": "", "OMP_NUM_THREADS": "4"}, 4),
        ({"OMP_NUM_THREADS": "many"}, None),
        ({}, None),
    ],
)
def test_threads_from_the_environment(environment: dict[str, str], threads: int | None) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("KETCH_NUM_THREADS", "OMP_NUM_THREADS")}
    program = "import ketch; print(ketch.Session().threads, ketch.Session(threads=7).threads)"
    said = subprocess.run(
        [sys.executable, "-c", program], env={**kept, **environment}, capture_output=True, text=True, check=True
    ).stdout
    default = len(os.sched_getaffinity(0))
    first, given = said.split()
    assert given == "7"
    assert int(first) == threads if threads else 1 <= int(first) <= default


def test_a_path_and_a_text_are_told_apart(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ketch.FileError) as missing:
        ketch.run(tmp_path / "none.qasm")
    assert isinstance(missing.value, OSError)
    assert missing.value.filename == str(tmp_path / "none.qasm")
    with pytest.raises(ketch.FileError):
        ketch.run("none.qasm")
    with pytest.raises(ketch.CircuitSyntaxError):
        ketch.run("none $;")
    with pytest.raises(TypeError, match=r"Circuit\.load"):
        ketch.Circuit(tmp_path / "none.qasm")  # type: ignore[arg-type]
    with pytest.raises(ketch.CircuitSyntaxError, match=r"hint: .*Circuit\.load"):
        ketch.Circuit("folder/none.qasm")
    with pytest.raises(ketch.CircuitSyntaxError, match="no statement"):
        ketch.run("")


OUTPUTS: list[Any] = [(), ("memory",), ("state",), ("amplitudes",), ("probabilities", "memory"), ("state", "memory")]
TYPED = """OPENQASM 3.0; qubit[70] q; bit[66] wide;
output int[8] n; output array[bool, 2] flags; output float[64] x; output complex z;
n = -3; x = 0.25; flags[1] = true; z = 1.5 - 2.0im;
U(pi/2, 0, pi) q[65]; wide[65] = measure q[65];"""


@pytest.mark.parametrize("outputs", OUTPUTS)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(outputs: tuple[str, ...], protocol: int) -> None:
    circuit = ketch.Circuit(5).append("h", [0, 2]).append("t", 2).measure([0, 2])
    for precision in ("fp64", "fp32"):
        result = ketch.run(circuit, shots=50, seed=3, outputs=outputs, precision=precision)
        again = pickle.loads(pickle.dumps(result, protocol))
        assert again.to_json() == result.to_json()
        assert (again.counts, again.info, again.registers) == (result.counts, result.info, result.registers)
        assert pickle.dumps(again, protocol) == pickle.dumps(result, protocol)
        if "memory" in outputs:
            np.testing.assert_array_equal(again.memory, result.memory)
        if "state" in outputs:
            assert again.state.dtype == result.state.dtype
            assert again.state.tobytes() == result.state.tobytes()
        if set(outputs) - {"memory"}:
            np.testing.assert_array_equal(again.probabilities([2, 4]), result.probabilities([2, 4]))
            np.testing.assert_array_equal(again.amplitudes(range(32)), result.amplitudes(range(32)))


def test_pickling_of_outputs_of_every_type() -> None:
    result = ketch.run(TYPED, shots=20, seed=1)
    assert pickle.loads(pickle.dumps(result)).to_json() == result.to_json()


def test_pickling_without_shots() -> None:
    result = ketch.run(BELL, shots=0, outputs="state")
    again = pickle.loads(pickle.dumps(result))
    assert again.counts == {}
    np.testing.assert_array_equal(again.state, result.state)


def test_pickling_with_buffers_apart_copies_nothing() -> None:
    result = ketch.run(ketch.Circuit(14).append("h", range(14)), shots=1000, seed=1, outputs=("state", "memory"))
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(result, 5, buffer_callback=buffers.append)
    assert len(data) < 1000
    addresses = {np.frombuffer(buffer.raw(), np.uint8).ctypes.data for buffer in buffers}
    assert {result.state.ctypes.data, result.memory.ctypes.data} <= addresses
    again = pickle.loads(data, buffers=buffers)
    assert again.to_json() == result.to_json()
    again.state[:] = 0
    assert result.state[0] != 0, "memory of its own"


def test_pickles_that_were_changed_are_refused() -> None:
    """Every byte of the head is changed, and every piece cut: an error, or a result that can be read."""
    result = ketch.run(TYPED, shots=5, seed=1, outputs="memory")
    rebuild, (head, *arrays) = result.__reduce_ex__(4)
    refused = 0
    for place in range(len(head)):
        for value in (0x00, 0xFF, head[place] ^ 1, head[place] ^ 0x80):
            changed = head[:place] + bytes([value]) + head[place + 1 :]
            try:
                again = rebuild(changed, *arrays)
            except ketch.CircuitSyntaxError:
                refused += 1
            else:
                _ = again.counts, again.info, again.registers, again.to_json(), again.bits()
    assert refused > len(head)
    for size in range(len(head)):
        with pytest.raises(ketch.CircuitSyntaxError):
            rebuild(head[:size])
        with pytest.raises(ketch.KetchError):
            rebuild(head[:size], *arrays)
    everything = b"".join([head, *arrays])
    assert rebuild(everything).to_json() == result.to_json(), "pieces may be cut anywhere behind the head"
    for cut in range(len(head), len(everything)):
        assert rebuild(everything[:cut], everything[cut:]).counts == result.counts
        with pytest.raises(ketch.CircuitSyntaxError, match="no saved result"):
            rebuild(everything[:cut])
    with pytest.raises(ketch.CircuitSyntaxError, match="after its end"):
        rebuild(everything + b"x")
