# SPDX-License-Identifier: Apache-2.0
"""Circuits: built, read, bound, looked at, copied."""

from __future__ import annotations

import copy
import json
import pathlib
import pickle
import threading
import warnings
import xml.etree.ElementTree
from typing import Any

import cloudpickle
import numpy as np
import pytest

import dense
import ketch


@pytest.mark.parametrize("seed", range(8))
def test_random_circuits_are_what_numpy_computes(seed: int) -> None:
    qubits = 1 + seed
    circuit, steps = dense.random_circuit(qubits, 60, seed)
    np.testing.assert_allclose(dense.state_of(circuit), dense.simulate(qubits, steps), atol=1e-12)
    single = dense.state_of(circuit, precision="fp32")
    assert single.dtype == np.complex64
    np.testing.assert_allclose(single, dense.simulate(qubits, steps), atol=1e-5)


@pytest.mark.parametrize("name", dense.GATES)
def test_every_gate_in_one_call_as_in_many(name: str) -> None:
    operands, angles, matrix = dense.GATES[name]
    draw = np.random.default_rng(7)
    places = np.array([draw.permutation(5)[:operands] for _ in range(20)])
    params = draw.uniform(-4, 4, (20, angles))
    at_once = ketch.Circuit(5).append("h", range(5)).append(name, places, params)
    one_by_one = ketch.Circuit(5).append("h", range(5))
    for qubits, values in zip(places, params, strict=True):
        one_by_one.append(name, qubits.tolist(), values.tolist())
    assert len(at_once) == len(one_by_one) == 25
    assert at_once.to_json() == one_by_one.to_json()
    steps = [(dense.H, [q]) for q in range(5)]
    steps += [(matrix(*values), qubits) for qubits, values in zip(places, params, strict=True)]
    np.testing.assert_allclose(dense.state_of(at_once), dense.simulate(5, steps), atol=1e-12)


@pytest.mark.parametrize(
    ("qubits", "params"),
    [
        (1, 0.5),
        (1, (0.5,)),
        (np.int64(1), np.float32(0.5)),
        ([1], [0.5]),
        ([[1]], [[0.5]]),
        (np.array([1], np.uint8), 0.5),
        (range(1, 2), 0.5),
    ],
)
def test_one_rotation_however_it_is_written(qubits: Any, params: Any) -> None:
    expected = dense.simulate(2, [(dense.rotation(dense.X)(0.5), [1])])
    np.testing.assert_allclose(dense.state_of(ketch.Circuit(2).append("rx", qubits, params)), expected, atol=1e-14)


@pytest.mark.parametrize("qubits", [range(3), [0, 1, 2], (0, 1, 2), np.arange(3), [[0], [1], [2]], {0, 1, 2}])
def test_one_angle_for_many_qubits(qubits: Any) -> None:
    circuit = ketch.Circuit(3).append("rx", qubits, 0.25)
    same = ketch.Circuit(3).append("rx", qubits, [0.25, 0.25, 0.25])
    expected = dense.simulate(3, [(dense.rotation(dense.X)(0.25), [q]) for q in range(3)])
    for each in (circuit, same):
        np.testing.assert_allclose(dense.state_of(each), expected, atol=1e-14)


def test_arrays_that_are_not_contiguous() -> None:
    table = np.arange(12).reshape(3, 4)[:, ::2] % 4  # rows (0, 2)
    angles = np.linspace(0, 1, 6)[::2]
    circuit = ketch.Circuit(4).append("h", range(4)).append("cp", table, angles)
    same = ketch.Circuit(4).append("h", range(4)).append("cp", [[0, 2]] * 3, [0.0, 0.4, 0.8])
    np.testing.assert_allclose(dense.state_of(circuit), dense.state_of(same), atol=1e-15)


@pytest.mark.parametrize(
    ("name", "qubits", "params", "error", "text"),
    [
        ("cxx", [0, 1], (), ketch.CircuitError, "cxx"),
        ("cx", [0, 1, 2], (), ketch.UsageError, "acts on 2 qubits"),
        ("cx", 0, 1, ketch.UsageError, r"given together: append\('cx', \[0, 1\]\)"),
        ("rx", 0, (), ketch.UsageError, "has 1 parameter: .* for 1 application$"),
        (3, 0, (), TypeError, "by its name, not 3"),
        ("cx", {0, 1}, (), TypeError, "have an order"),
        ("Rz", 0, 0.1, ketch.CircuitError, "did you mean `rz`"),
        ("toffoli", [0, 1, 2], (), ketch.CircuitError, "did you mean `ccx`"),
        ("not", 0, (), ketch.CircuitError, "did you mean `x`"),
        ("U", 0, (0.1, 0.2, 0.3), ketch.CircuitError, "did you mean `u`"),
        ("measure", 0, (), ketch.CircuitError, "hint: Circuit.measure does that"),
        ("cx", [[0, 1, 2]], (), ketch.UsageError, "acts on 2 qubits"),
        ("cx", np.zeros((2, 2, 2), int), (), ketch.UsageError, "dimensions"),
        ("cx", [1, 1], (), ketch.CircuitError, "twice"),
        ("h", 7, (), ketch.CircuitError, "7"),
        ("h", -1, (), ketch.UsageError, "-1"),
        ("h", [0, -2], (), ketch.UsageError, "-2"),
        ("h", 2**32, (), ketch.UsageError, "4294967296"),
        ("h", 0.5, (), TypeError, "whole numbers"),
        ("h", "0", (), TypeError, "whole numbers"),
        ("rx", 0, (), ketch.UsageError, "1 parameter:"),
        ("rx", 0, (1.0, 2.0), ketch.UsageError, "1 parameter:"),
        ("rx", [0, 1], (1.0, 2.0, 3.0), ketch.UsageError, "1 parameter:"),
        ("h", 0, 0.5, ketch.UsageError, "0 parameters"),
        ("h", 0, (0.5,), ketch.UsageError, "0 parameters"),
        ("rx", 0, float("nan"), ketch.KetchError, "not a finite number"),
        ("rx", 0, "pi", ValueError, "pi"),
    ],
)
def test_what_cannot_be_appended_changes_nothing(name: str, qubits: Any, params: Any, error: Any, text: str) -> None:
    circuit = ketch.Circuit(3).append("h", 0)
    before = circuit.to_json()
    with pytest.raises(error, match=text):
        circuit.append(name, qubits, params)
    assert circuit.to_json() == before


def test_gates_are_those_that_can_be_appended() -> None:
    listed = ketch.gates()
    assert {"x", "cx", "ccx", "rz", "u", "swap", "gphase"} <= {gate.name for gate in listed}
    for gate in listed:
        for name in (gate.name, *gate.aliases):
            circuit = ketch.Circuit(6).append(name, range(gate.qubits), [0.3] * len(gate.parameters))
            assert circuit.summary().gates == 1
            assert 0 <= gate.controls <= gate.qubits
            assert gate.help


def test_no_application_at_all() -> None:
    circuit = ketch.Circuit(2).append("h", []).append("cx", np.empty((0, 2), int)).append("rx", [], [])
    assert len(circuit) == 0


@pytest.mark.parametrize("values", [None, 0b11, 0b01, 0b10, 0])
def test_controls_and_their_values(values: int | None) -> None:
    circuit = ketch.Circuit(3).append("h", [0, 1]).append("rx", 2, 1.0, controls=[0, 1], control_values=values)
    rotation = np.eye(8, dtype=complex)
    active = 0b11 if values is None else values
    rotation[np.ix_([active, active + 4], [active, active + 4])] = dense.rotation(dense.X)(1.0)
    steps = [(dense.H, [0]), (dense.H, [1]), (rotation, [0, 1, 2])]
    np.testing.assert_allclose(dense.state_of(circuit), dense.simulate(3, steps), atol=1e-14)


def test_a_gate_on_no_qubits() -> None:
    circuit = ketch.Circuit(1).append("gphase", [], 0.25).append("gphase", (), [0.5, 0.25])
    np.testing.assert_allclose(dense.state_of(circuit), [np.exp(1j), 0], atol=1e-15)
    phase = ketch.Circuit(1).append("h", 0).append("gphase", [], np.pi, controls=0)
    np.testing.assert_allclose(dense.state_of(phase), np.array([1, -1]) / np.sqrt(2), atol=1e-15)
    with pytest.raises(ketch.UsageError, match="acts on 0 qubits"):
        circuit.append("gphase", 0, 0.5)


def test_controls_of_many_applications() -> None:
    shared = ketch.Circuit(4).append("h", range(4)).append("z", [2, 3], controls=0)
    each = ketch.Circuit(4).append("h", range(4)).append("z", [2, 3], controls=[[0], [0]])
    own = ketch.Circuit(4).append("h", range(4)).append("cz", [[0, 2], [0, 3]])
    for circuit in (shared, each):
        np.testing.assert_allclose(dense.state_of(circuit), dense.state_of(own), atol=1e-15)
    with pytest.raises(ketch.UsageError, match="control_values is 2: it can be 0 to 1"):
        ketch.Circuit(4).append("x", 0, controls=1, control_values=2)
    with pytest.raises(ketch.UsageError, match="give controls, too"):
        ketch.Circuit(4).append("cx", [0, 1], control_values=0)
    with pytest.raises(ketch.UsageError, match="2 applications"):
        ketch.Circuit(4).append("z", [2, 3], controls=[[0], [0], [1]])


def test_a_matrix() -> None:
    draw = np.random.default_rng(3)
    unitary = np.linalg.qr(draw.normal(size=(8, 8)) + 1j * draw.normal(size=(8, 8)))[0]
    for matrix in (unitary, np.asfortranarray(unitary)):
        circuit = ketch.Circuit(4).append("h", range(4)).append_matrix(matrix, [3, 0, 2])
        expected = dense.simulate(4, [(dense.H, [q]) for q in range(4)] + [(unitary, [3, 0, 2])])
        np.testing.assert_allclose(dense.state_of(circuit), expected, atol=1e-12)
    with pytest.raises(ketch.CircuitError, match="unitary"):
        ketch.Circuit(1).append_matrix([[1, 1], [0, 1]], 0)
    with pytest.raises(ketch.UsageError, match=r"\(4, 4\)"):
        ketch.Circuit(2).append_matrix(np.eye(2), [0, 1])


def test_measurement_reset_and_condition() -> None:
    circuit = ketch.Circuit(2, 3).append("x", 0).measure(0, 2)
    with circuit.if_(2):
        circuit.append("x", 1)
    with circuit.if_([0, 2], value=0b01), circuit.if_(1):  # never
        circuit.append("x", [0, 1])
    circuit.reset(0).barrier().measure([0, 1], [0, 1])
    assert ketch.run(circuit, shots=20).counts == {"110": 20}
    summary = circuit.summary()
    assert (summary.measurements, summary.resets, summary.conditions) == (3, 1, 3)


def test_a_condition_ends_also_after_an_exception() -> None:
    circuit = ketch.Circuit(1)
    with pytest.raises(KeyError), circuit.if_(0):
        raise KeyError
    assert ketch.run(circuit.append("x", 0).measure(0), shots=5).counts == {"1": 5}


def test_an_open_condition_is_said() -> None:
    circuit = ketch.Circuit(1)
    with circuit.if_(0), pytest.raises(ketch.KetchError, match="not ended"):
        ketch.run(circuit)


def test_measure_all_needs_bits() -> None:
    assert ketch.run(ketch.Circuit(3, 5).append("x", 1).measure_all(), shots=2).counts == {"00010": 2}
    with pytest.raises(ketch.UsageError, match="2 bits"):
        ketch.Circuit(3, 2).measure_all()


def test_text_file_and_calls_are_the_same(tmp_path: pathlib.Path) -> None:
    text = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; cx q[0],q[1]; measure q -> c;'
    file = tmp_path / "größe bell.qasm"
    file.write_text(text)
    built = ketch.Circuit(2).append("h", 0).append("cx", [0, 1]).measure_all()
    sources = [
        ketch.Circuit(text),
        ketch.Circuit.from_qasm(text),
        ketch.Circuit.load(file),
        ketch.Circuit.load(str(file)),
    ]
    expected = ketch.run(built, shots=500, seed=4).counts
    for each in [*sources, text, file, str(file)]:
        assert ketch.run(each, shots=500, seed=4).counts == expected
    assert sources[0].summary().version == 2
    assert built.summary().version == 0


def test_options_of_reading(tmp_path: pathlib.Path) -> None:
    (tmp_path / "inc").mkdir()
    (tmp_path / "inc" / "flip.inc").write_text("gate flip a { U(pi, 0, pi) a; }")
    text = 'OPENQASM 3.0; include "flip.inc"; qubit q; flip q;'
    for folders in (tmp_path / "inc", [str(tmp_path), tmp_path / "inc"]):
        assert ketch.run(ketch.Circuit(text, include_dirs=folders), shots=1).counts == {"1": 1}
    assert ketch.run(ketch.Circuit(text, folder=tmp_path / "inc"), shots=1).counts == {"1": 1}
    assert ketch.run(ketch.Circuit("OPENQASM 3.0; qubit q; x q;", prelude="stdgates.inc"), shots=1).counts == {"1": 1}
    with pytest.raises(ketch.LimitError):
        ketch.Circuit("OPENQASM 3.0; qubit[10] q;", max_qubits=9)
    with pytest.raises(TypeError, match="no option 'max_fun'"):
        ketch.Circuit("OPENQASM 3.0; qubit q;", max_fun=1)
    with pytest.raises(TypeError, match="declared by the program"):
        ketch.Circuit("OPENQASM 3.0; qubit q;", 2)
    with pytest.raises(TypeError, match="nothing is read"):
        ketch.Circuit(2, prelude="stdgates.inc")


def test_as_programs_again() -> None:
    circuit, steps = dense.random_circuit(4, 40, 11)
    for version in (2, 3):
        text = circuit.to_qasm(version)
        assert text.startswith(f"OPENQASM {version}")
        np.testing.assert_allclose(dense.state_of(ketch.Circuit(text)), dense.simulate(4, steps), atol=1e-12)
    assert circuit.to_dict() == json.loads(circuit.to_json())
    with pytest.raises(ketch.UsageError, match="no OpenQASM 4"):
        circuit.to_qasm(4)
    looping = ketch.Circuit("OPENQASM 3.0; qubit q; bit c; while (c == 0) { reset q; U(pi/2, 0, 0) q; c = measure q; }")
    with pytest.raises(ketch.UnavailableError):
        looping.to_qasm(2)


PARAMETERS = """OPENQASM 3.0;
input angle theta; input int[32] n; input bool flag; input bit[3] b;
input array[float[64], 2] a; input complex[float[64]] z;
qubit[4] q; bit[4] c;
U(theta, 0, 0) q[0];
if (n == 5 && flag) U(pi, 0, pi) q[1];
if (b == "110") U(pi, 0, pi) q[2];
if (a[1] == 2.5 && real(z) == 1.5 && imag(z) == -1.0) U(pi, 0, pi) q[3];
c = measure q;
"""


def test_parameters_of_every_type() -> None:
    circuit = ketch.Circuit(PARAMETERS)
    assert circuit.parameters == ("theta", "n", "flag", "b", "a", "z")
    assert circuit.summary().parameters == 6
    everything: dict[str, Any] = {"theta": np.pi, "n": 5, "flag": True, "b": "110", "a": [0, 2.5], "z": 1.5 - 1j}
    bound = circuit.bind(everything)
    assert ketch.run(bound, shots=3).counts == {"1111": 3}
    assert ketch.run(circuit, shots=3, parameters=everything).counts == {"1111": 3}
    numpy_values = {
        "n": np.int16(5),
        "flag": np.True_,
        "a": np.array([0, 2.5]),
        "z": np.complex64(1.5 - 1j),
        "theta": "pi",
    }
    assert ketch.run(bound.bind(numpy_values, b='"010"'), shots=3).counts == {"1011": 3}
    assert ketch.run(bound.bind(n=4, a=(0.0, 1.0)), shots=3).counts == {"0101": 3}
    assert ketch.run(bound, shots=3).counts == {"1111": 3}, "binding makes a new circuit"


@pytest.mark.parametrize(
    ("values", "error", "text"),
    [
        ({"thetas": 1.0}, ketch.KetchError, "theta"),
        ({"theta": float("inf")}, ketch.KetchError, "inf"),
        ({"b": "11011"}, ketch.KetchError, "3"),
        ({"theta": object()}, TypeError, "`theta`: no value"),
        ({1: 2.0}, TypeError, "named by text"),
        ([1.0, 2.0], TypeError, "by name"),
    ],
)
def test_what_cannot_be_bound(values: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        ketch.Circuit(PARAMETERS).bind(values)


def test_a_parameter_without_a_value_is_said() -> None:
    with pytest.raises(ketch.CircuitError, match="theta"):
        ketch.run("OPENQASM 3.0; input angle theta; qubit q; U(theta, 0, 0) q;")


def test_looking_at_a_circuit() -> None:
    circuit = ketch.Circuit(2, 1).append("h", 0).append("cx", [0, 1]).measure(1, 0)
    assert (circuit.qubits, circuit.bits, circuit.depth, len(circuit)) == (2, 1, 3, 3)
    assert ketch.Circuit(1), "also an empty circuit is one"
    assert len(ketch.Circuit(1)) == 0
    assert repr(circuit) == "<ketch.Circuit: 2 qubits, 1 bit, 3 operations>"
    assert str(circuit) == circuit.draw()
    assert "┌───┐" in circuit.draw()
    assert circuit.draw(ascii=True).isascii()
    assert max(map(len, ketch.Circuit(1).append("h", [0] * 50).draw(width=40).splitlines())) <= 40
    svg = circuit._repr_svg_()
    assert svg is not None
    assert xml.etree.ElementTree.fromstring(svg).tag.endswith("svg")
    assert "2" in circuit.describe()
    with pytest.raises(ketch.UsageError, match="'text' and 'svg'"):
        circuit.draw("png")
    large = ketch.Circuit(2).append("h", [0] * 5000)
    assert str(large) == repr(large)
    assert large._repr_svg_() is None


def test_externs_and_remarks() -> None:
    text = "OPENQASM 3.0;\nextern f(int[32]) -> int[32];\n@note one\nqubit q;\npragma two\n"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ketch.KetchWarning)
        circuit = ketch.Circuit(text)
    assert circuit.externs == ("f",)
    assert [line for line, _ in circuit.remarks] == [3, 5]
    assert "note one" in circuit.remarks[0][1]


def test_copies_are_apart() -> None:
    circuit = ketch.Circuit(1).append("x", 0)
    for other in (circuit.copy(), copy.copy(circuit), copy.deepcopy(circuit)):
        assert other is not circuit
        other.append("x", 0)
        assert (len(other), len(circuit)) == (2, 1)
    other = circuit.copy()
    circuit.append("h", 0)
    assert (len(other), len(circuit)) == (1, 2)
    assert len({circuit, other}) == 2, "hashed and compared by identity"


def test_a_circuit_in_use_does_not_change() -> None:
    """A run that has the circuit goes on with it as it was, whatever other threads append meanwhile."""
    circuit = ketch.Circuit(1).append("x", 0)
    lent = circuit._borrow()
    assert circuit._borrow() is lent
    circuit.append("x", 0)
    assert circuit._borrow() is not lent
    assert ketch.run(ketch.Circuit._of(lent, lent), shots=1).counts == {"1": 1}

    stop = threading.Event()

    def change() -> None:
        while not stop.wait(0.0001) and len(circuit) < 10_000:
            circuit.append("x", [0, 0])  # an even number always

    changing = threading.Thread(target=change)
    changing.start()
    try:
        for _ in range(300):
            assert ketch.run(circuit, shots=1).counts == {"0": 1}
    finally:
        stop.set()
        changing.join()


def test_building_from_many_threads() -> None:
    circuit = ketch.Circuit(2)
    threads = [threading.Thread(target=lambda: [circuit.append("x", 1) for _ in range(500)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(circuit) == 2000


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(protocol: int) -> None:
    built, _ = dense.random_circuit(5, 50, 2)
    with built.if_([0, 1], 2):
        built.append("x", 3, controls=[1, 2], control_values=1)
    built.measure(range(4)).append_matrix(dense.H, 4)
    read = ketch.Circuit(PARAMETERS).bind(
        {"theta": 1.0, "n": 5, "flag": True, "b": "110", "a": [0, 2.5], "z": 1.5 - 1j}
    )
    for circuit in (built, read):
        for dumps in (pickle.dumps, cloudpickle.dumps):
            again = pickle.loads(dumps(circuit, protocol))
            assert again.summary()._replace(memory_bytes=0) == circuit.summary()._replace(memory_bytes=0)
            first, second = (ketch.run(c, shots=200, seed=5) for c in (circuit, again))
            assert first.to_json(run=False) == second.to_json(run=False)
            assert first.info.circuit_hash == second.info.circuit_hash
            assert again.draw() == circuit.draw()
    unbound = pickle.loads(pickle.dumps(ketch.Circuit(PARAMETERS), protocol))
    assert unbound.parameters == ketch.Circuit(PARAMETERS).parameters


def test_closures_over_circuits_are_pickled() -> None:
    circuit, session = ketch.Circuit(2).append("x", 1), ketch.Session(threads=1)
    work = cloudpickle.loads(cloudpickle.dumps(lambda shots: session.run(circuit, shots=shots).counts))
    assert work(3) == {"10": 3}
