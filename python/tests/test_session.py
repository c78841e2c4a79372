# SPDX-License-Identifier: Apache-2.0
"""Sessions: batches, parameter tables, options, life."""

from __future__ import annotations

import asyncio
import pickle
import time
from typing import Any

import numpy as np
import pytest

import dense
import ketch

TURNS = """OPENQASM 3.0; include "stdgates.inc"; input float a; input angle b; qubit[3] q; bit[3] c;
rx(a) q[0]; ry(b) q[1]; cx q[0], q[2]; c = measure q;"""


def turned(a: float, b: float) -> dense.Matrix:
    steps = [(dense.rotation(dense.X)(a), [0]), (dense.rotation(dense.Y)(b), [1]), (dense.controlled(dense.X), [0, 2])]
    return dense.simulate(3, steps)


def test_many_circuits_in_one_call() -> None:
    made = [dense.random_circuit(n, 20, n) for n in range(1, 9)]
    with ketch.Session() as session:
        results = session.run([circuit for circuit, _ in made], shots=0, outputs="state")
        assert session.run([]) == []
    assert len(results) == len(made)
    for n, (result, (_, steps)) in enumerate(zip(results, made, strict=True), start=1):
        np.testing.assert_allclose(result.state, dense.simulate(n, steps), atol=1e-12)


def test_a_generator_of_texts_and_circuits() -> None:
    text = "OPENQASM 3.0; qubit q; bit c; U(pi, 0, pi) q; c = measure q;"
    results = ketch.Session().run(c for c in (text, ketch.Circuit(text)))
    assert [result.counts for result in results] == [{"1": 1024}] * 2


@pytest.mark.parametrize("threads", [1, 2])
def test_each_element_alone_gives_the_same_bytes(threads: int) -> None:
    circuits = [ketch.Circuit(TURNS), ketch.Circuit(TURNS.replace("rx(a)", "rx(2 * a)"))]
    table = np.random.default_rng(1).uniform(-3, 3, (5, 2))
    options: dict[str, Any] = {"shots": 200, "outputs": ("memory", "state")}
    with ketch.Session(threads=threads) as session:
        rows = session.map(circuits, table, seed=77, **options)
    assert [len(row) for row in rows] == [5, 5]
    for i, circuit in enumerate(circuits):
        for j, (a, b) in enumerate(table):
            alone = ketch.run(circuit.bind(a=a, b=b), seed=ketch.batch_seed(77, i, j), **options)
            assert alone.to_json(run=False) == rows[i][j].to_json(run=False)
            np.testing.assert_array_equal(alone.memory, rows[i][j].memory)
            assert alone.state.tobytes() == rows[i][j].state.tobytes()
            np.testing.assert_allclose(alone.state, turned(a * (1 + i), b), atol=1e-12)
    assert ketch.batch_seed(77, 0, 0) == 77
    assert len({ketch.batch_seed(77, i, j) for i in range(50) for j in range(50)}) == 2500


def test_tables() -> None:
    circuit = ketch.Circuit(TURNS)
    by_name = {"b": [0.1, 0.2], "a": np.array([1, 2])}
    with ketch.Session() as session:
        first = session.map(circuit, by_name, shots=0, outputs="state")
        second = session.map(TURNS, np.array([[1, 0.1], [2, 0.2]], order="F"), shots=0, outputs="state")
        third = session.map(circuit, [[1, 0.1], [2, 0.2]], shots=0, outputs="state")
        one = session.map(circuit.bind(b=0.1).copy(), {"a": [1.0]}, shots=0, outputs="state")
        column = session.map("OPENQASM 3.0; input angle t; qubit q; U(t, 0, 0) q;", [0, np.pi], shots=5)
    for results in (first, second, third):
        for result, (a, b) in zip(results, [(1, 0.1), (2, 0.2)], strict=True):
            np.testing.assert_allclose(result.state, turned(a, b), atol=1e-12)
    np.testing.assert_allclose(one[0].state, turned(1, 0.1), atol=1e-12)
    assert [result.counts for result in column] == [{"0": 5}, {"1": 5}]


@pytest.mark.parametrize(
    ("table", "error", "text"),
    [
        ({"a": [1, 2], "b": [1]}, ketch.UsageError, "one length"),
        ({"a": ["pi"], "b": [1]}, ValueError, "could not convert.*a table holds numbers"),
        ([{"a": 1.0}], TypeError, "a table holds numbers, as names with their columns"),
        ({"a": [[1.0]], "b": 2.0}, ketch.UsageError, "one dimension"),
        ({"a": [], "b": []}, ketch.UsageError, "no rows"),
        ({}, ketch.UsageError, "no rows"),
        ([[1, 2, 3]], ketch.UsageError, r"\(rows, 2\)"),
        ([1, 2], ketch.UsageError, r"\(rows, 2\)"),
        ({"a": [1.0], "wrong": [1.0]}, ketch.KetchError, "wrong"),
        ({"a": [1.0]}, ketch.KetchError, "b"),
        ([[1.0, float("nan")]], ketch.KetchError, "b"),
    ],
)
def test_tables_that_make_no_sense(table: Any, error: Any, text: str) -> None:
    with pytest.raises(error, match=text):
        ketch.Session().map(TURNS, table)


def test_a_column_that_is_one_number() -> None:
    rows = ketch.Session().map(TURNS, {"a": [0.1, 0.2], "b": 0.3}, shots=0, outputs="state")
    for a, result in zip((0.1, 0.2), rows, strict=True):
        np.testing.assert_allclose(result.state, turned(a, 0.3), atol=1e-12)
    assert len(ketch.Session().map(TURNS, {"a": 0.1, "b": 0.3}, shots=1)) == 1


def test_an_error_in_a_batch_has_its_place() -> None:
    with ketch.Session(threads=1) as session:
        with pytest.raises(ketch.KetchError, match="note: circuit 0, row 2 of the batch, counted from 0"):
            session.map(TURNS, {"a": [0.0, 1.0, float("nan"), 0.0], "b": 0.3})
        with pytest.raises(ketch.KetchError, match="note: circuit 1 of the batch"):
            session.run([ketch.Circuit(1), TURNS])


def test_an_error_in_a_batch_is_the_elements_own() -> None:
    fine = ketch.Circuit(2).append("h", 0)
    unbound = ketch.Circuit("OPENQASM 3.0;\ninput angle lost;\nqubit q;\nU(lost, 0, 0) q;")
    with ketch.Session() as session:
        with pytest.raises(ketch.CircuitError, match="lost"):
            session.run([fine, unbound, fine])
        assert session.run(fine, shots=1).shots == 1, "the session is as good as before"


def test_no_circuits_give_no_results() -> None:
    with ketch.Session() as session:
        assert session.run([]) == []
        assert session.run([], progress=True) == []
        assert session.submit([]).result(timeout=0) == []
        assert asyncio.run(session.run_async([])) == []
    for late in (session.run, session.submit):
        with pytest.raises(ketch.UsageError, match="closed"):
            late([])


def test_a_wrong_keyword_is_said() -> None:
    with ketch.Session() as session:
        with pytest.raises(TypeError, match="'shotz': did you mean 'shots'"):
            session.run(ketch.Circuit(1), shotz=3)  # type: ignore[call-overload]
        with pytest.raises(TypeError, match=r"argument 'progress'$"):
            session.submit(ketch.Circuit(1), progress=True)  # type: ignore[call-overload]
        with pytest.raises(TypeError, match="progress is True or something to call"):
            session.run(ketch.Circuit(1), progress=3)  # type: ignore[call-overload]
        for no_circuit in (None, 3):
            for way in (session.run, session.submit):
                with pytest.raises(TypeError, match="the text of a program or a path is needed"):
                    way(no_circuit)  # type: ignore[call-overload]
        for use in (ketch.run, session.run, session.submit):
            with pytest.raises(TypeError, match="got an unexpected keyword argument 'shotz'"):
                use(ketch.Circuit(1), shotz=3)  # type: ignore[call-overload,call-arg,operator]


def test_parameters_of_a_batch() -> None:
    results = ketch.Session().run([TURNS, TURNS], parameters={"a": 1.0, "b": 2.0}, shots=0, outputs="state")
    for result in results:
        np.testing.assert_allclose(result.state, turned(1, 2), atol=1e-12)


def test_options() -> None:
    session = ketch.Session(threads=1, precision="fp32", max_memory=1 << 30, max_jobs=10)
    assert (session.threads, session.precision) == (1, "fp32")
    assert repr(session) == "<ketch.Session: 1 thread, fp32>"
    assert ketch.Session().precision == "fp64"
    for wrong in ({"threads": 0}, {"threads": -1}, {"max_jobs": 0}, {"max_memory": 0}, {"precision": "fp8"}):
        with pytest.raises(ketch.UsageError):
            ketch.Session(**wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        ketch.Session(2)  # type: ignore[misc]


def test_a_session_pickles_to_its_options() -> None:
    session = ketch.Session(threads=1, precision="fp32", max_jobs=3)
    session.run(TURNS, parameters={"a": 1.0, "b": 1.0})
    again = pickle.loads(pickle.dumps(session))
    assert (again.threads, again.precision) == (1, "fp32")
    assert again._handle != session._handle
    run = pickle.loads(pickle.dumps(session.run))
    assert run("OPENQASM 3.0; qubit q;", shots=1).counts == {"0": 1}


def test_the_end_of_a_session() -> None:
    with ketch.Session() as session:
        result = session.run(ketch.Circuit(2).append("x", 0), shots=3, outputs=("memory", "state"))
        assert not session.closed
    assert session.closed
    assert repr(session) == "<ketch.Session: closed>"
    session.close()
    assert result.counts == {"01": 3}
    np.testing.assert_array_equal(result.memory, [[1]] * 3)
    for use in (lambda: session.run(TURNS), lambda: session.threads, session.cancel, lambda: session.run([])):
        with pytest.raises(ketch.UsageError, match="closed"):
            use()


def test_the_default_session_is_made_anew() -> None:
    first = ketch.default_session()
    assert ketch.default_session() is first
    first.close()
    assert ketch.run(ketch.Circuit(1), shots=1).shots == 1
    assert ketch.default_session() is not first


def test_plans_are_kept_by_structure() -> None:
    with ketch.Session(threads=1) as session:
        angles = np.linspace(0, 3, 4)
        results = session.map(TURNS, {"a": angles, "b": angles})
        results.append(session.run(TURNS, parameters={"a": 0.3, "b": 0.4}))
    assert [result.info.plan_reused for result in results[-3:]] == [True] * 3


def test_small_runs_are_fast() -> None:
    """Far from exact: what is fast here is a matter of microseconds (python/bench), and a machine may be busy."""
    circuit = ketch.Circuit(5).append("h", range(5)).append("cx", [[0, 1], [1, 2]] * 20).measure_all()
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        for seed in range(200):
            _ = ketch.run(circuit, shots=100, seed=seed).counts
        best = min(best, (time.perf_counter() - begun) / 200)
    assert best < 500e-6
