# SPDX-License-Identifier: Apache-2.0
"""States, and arrays over the library's memory: shared, kept alive, never written by another run."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import weakref
from typing import Any

import numpy as np
import pytest

import dense
import ketch
import workloads
from ketch._memory import Owner


def owner_of(array: np.ndarray[Any, Any]) -> Owner:
    """The end of the chain of bases."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    assert isinstance(base, Owner)
    return base


@pytest.mark.parametrize(("precision", "tolerance"), [("fp64", 1e-12), ("fp32", 1e-5)])
def test_circuits_one_after_the_other(precision: str, tolerance: float) -> None:
    state, expected = ketch.State(5, precision), dense.zero(5)
    for seed in range(5):
        circuit, steps = dense.random_circuit(5, 20, seed)
        result = state.apply(circuit)
        assert result.counts == {}, "nothing was measured"
        expected = dense.simulate(5, steps, expected)
        np.testing.assert_allclose(state.amplitudes, expected, atol=tolerance)
    np.testing.assert_allclose(state.probabilities(), np.abs(expected) ** 2, atol=tolerance)
    tensor = (np.abs(expected) ** 2).reshape([2] * 5)
    np.testing.assert_allclose(state.probabilities([4, 0]), tensor.sum((1, 2, 3)).T.reshape(-1), atol=tolerance)
    assert dense.chi_squared(state.sample(20_000, seed=1).counts, np.abs(expected) ** 2, 20_000) < 5
    np.testing.assert_allclose(state.amplitudes, expected, atol=tolerance, err_msg="sampling changes nothing")


def test_as_one_circuit() -> None:
    """Half a circuit and then the other half are the whole."""
    whole, steps = dense.random_circuit(10, 100, 3)
    state = ketch.State(10)
    for half in (steps[:50], steps[50:]):
        part = ketch.Circuit(10)
        for matrix, qubits in half:
            part.append_matrix(matrix, qubits)
        state.apply(part)
    np.testing.assert_allclose(state.amplitudes, dense.state_of(whole), atol=1e-12)


def test_a_new_state() -> None:
    state = ketch.State(3)
    np.testing.assert_array_equal(state.amplitudes, dense.zero(3))
    assert (state.qubits, len(state), state.precision) == (3, 8, "fp64")
    assert repr(state) == "<ketch.State: 3 qubits, fp64>"
    assert repr(ketch.State(1, np.complex64)) == "<ketch.State: 1 qubit, fp32>"
    for wrong in (0, -1, 2**32, 70):
        with pytest.raises((ketch.KetchError, MemoryError)):
            ketch.State(wrong)


def test_measurement_collapses_the_state() -> None:
    circuit = ketch.Circuit(2).append("h", 0).append("cx", [0, 1]).measure(0).append("x", 0)
    seen = set()
    for seed in range(20):
        state = ketch.State(2)
        counts = state.apply(circuit, seed=seed).counts
        assert list(counts.values()) == [1]
        bit = int(next(iter(counts)), 2) & 1
        seen.add(bit)
        np.testing.assert_allclose(np.abs(state.amplitudes), np.eye(4)[(1 - bit) | bit << 1], atol=1e-12)
    assert seen == {0, 1}


def test_a_circuit_of_fewer_qubits() -> None:
    state = ketch.State(3)
    state.apply("OPENQASM 3.0; qubit q; U(pi/2, 0, pi) q;")
    np.testing.assert_allclose(state.probabilities(), [0.5, 0.5, 0, 0, 0, 0, 0, 0], atol=1e-15)
    with pytest.raises(ketch.KetchError, match="qubit"):
        state.apply(ketch.Circuit(4).append("x", 3))


def test_parameters() -> None:
    state = ketch.State(1)
    state.apply("OPENQASM 3.0; input angle a; qubit q; U(a, 0, 0) q;", parameters={"a": np.pi})
    np.testing.assert_allclose(state.probabilities(), [0, 1], atol=1e-15)


def test_amplitudes_can_be_written() -> None:
    state = ketch.State(2)
    state.amplitudes[:] = [0, 0, 0.6, 0.8j]
    np.testing.assert_allclose(state.probabilities(), [0, 0, 0.36, 0.64])
    state.apply(ketch.Circuit(2).append("x", 0))
    np.testing.assert_allclose(state.amplitudes, [0, 0, 0.8j, 0.6])
    state.amplitudes[:] = [1, 1, 1, 1]
    with pytest.raises(ketch.RunError):
        state.apply(ketch.Circuit(2).append("x", 0))
    with pytest.raises(ketch.LostError):
        _ = state.amplitudes
    state.reset()
    np.testing.assert_array_equal(state.amplitudes, dense.zero(2))


def test_from_an_array() -> None:
    array = np.array([0, 1j, 0, 0])
    state = ketch.State.from_array(array)
    array[:] = 0
    np.testing.assert_array_equal(state.amplitudes, [0, 1j, 0, 0])
    assert ketch.State.from_array(array.astype(np.complex64)).precision == "fp32"
    assert ketch.State.from_array(array, "fp32").precision == "fp32"
    assert ketch.State.from_array([1, 0]).amplitudes.dtype == np.complex128
    strided = np.zeros(16, complex)
    strided[::4] = [0.5, 0.5, 0.5, -0.5]
    np.testing.assert_array_equal(ketch.State.from_array(strided[::4]).amplitudes, [0.5, 0.5, 0.5, -0.5])
    for wrong in ([1], [1, 0, 0], [[1, 0], [0, 0]], []):
        with pytest.raises(ketch.UsageError, match="2\\^qubits"):
            ketch.State.from_array(wrong)


# ── Memory ──


def test_a_view_is_the_memory_itself() -> None:
    state = ketch.State(4)
    first, second = state.amplitudes, state.amplitudes
    assert first.ctypes.data == second.ctypes.data
    assert first.ctypes.data % 64 == 0
    assert np.shares_memory(first, second)
    assert first.flags.writeable
    assert not first.flags.owndata
    state.apply(ketch.Circuit(4).append("x", 0))
    assert first[1] == 1, "a view shows what runs do"
    for other in (np.asarray(state), np.from_dlpack(state), np.array(state, copy=False)):
        assert other.ctypes.data == first.ctypes.data
    assert np.array(state).ctypes.data != first.ctypes.data
    assert np.asarray(state, np.complex64).dtype == np.complex64
    with pytest.raises(ValueError, match="copy"):
        np.array(state, np.complex64, copy=False)


def test_a_view_keeps_the_memory() -> None:
    state = ketch.State(10)
    state.apply(ketch.Circuit(10).append("h", range(10)))
    slices = [state.amplitudes[3::7].reshape(-1, 1), state.amplitudes.view(np.float64)[::2], np.from_dlpack(state)]
    gone = weakref.ref(state)
    del state
    gc.collect()
    assert gone() is None
    others = [ketch.State(10) for _ in range(20)]  # would take the memory if it had been given back
    for view in slices:
        np.testing.assert_allclose(view.real, 2**-5)
    owner_of(slices[0])
    del others


def test_the_memory_goes_with_the_last_view() -> None:
    freed: list[int] = []
    state = ketch.State(3)
    first, second = state.amplitudes[1:], state.amplitudes[2:]
    weakref.finalize(owner_of(first), freed.append, 1)
    weakref.finalize(owner_of(second), freed.append, 2)
    del first
    assert freed == [1]
    del second
    assert freed == [1, 2]


def test_memory_is_given_back() -> None:
    """A thousand results with 1 MiB of state each do not stay."""
    resource = pytest.importorskip("resource")
    circuit = ketch.Circuit(16).append("h", range(16))
    for round_ in range(1000):
        ketch.run(circuit, shots=0, outputs="state").state[0] = 0
        if round_ == 100:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize("precision", ["fp64", "fp32"])
def test_results_do_not_share_memory(precision: str) -> None:
    """Buffers that were handed out are never used for another run."""
    circuits = [ketch.Circuit(12).append("h", range(12)).append("rz", range(12), seed / 10) for seed in range(10)]
    with ketch.Session() as session:
        kept = [session.run(c, shots=0, outputs="state", precision=precision).state for c in circuits]
        copies = [view.copy() for view in kept]
        addresses = {view.ctypes.data for view in kept}
        for c in circuits[::-1]:
            session.run(c, shots=10, precision=precision)
            session.run(c, shots=0, outputs="state", precision=precision)
    gc.collect()
    assert len(addresses) == len(kept)
    for view, own in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(view, own)
        view[:] = 7  # writable


def test_a_result_goes_and_its_arrays_stay() -> None:
    result = ketch.run(ketch.Circuit(8).append("h", range(8)), shots=200, seed=1, outputs=("state", "memory"))
    state, memory, bits = result.state, result.memory, result.bits()
    assert result.state is state
    again = memory.copy()
    del result
    gc.collect()
    for _ in range(20):
        ketch.run(ketch.Circuit(8), shots=200, outputs=("state", "memory"))
    np.testing.assert_allclose(state, 2**-4)
    np.testing.assert_array_equal(memory, again)
    np.testing.assert_array_equal(np.packbits(bits, axis=1, bitorder="little")[:, 0], memory[:, 0])


def test_states_in_threads() -> None:
    """One state is used by one run at a time; others wait."""
    state, turn = ketch.State(10), ketch.Circuit(10).append("rx", range(10), 0.1)
    threads = [threading.Thread(target=lambda: [state.apply(turn) for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = ketch.State(10)
    expected.apply(ketch.Circuit(10).append("rx", range(10), 10.0))
    np.testing.assert_allclose(state.amplitudes, expected.amplitudes, atol=1e-11)


# ── Copies ──


def test_asking_a_state_that_is_at_work() -> None:
    """Other threads wait; what the run itself calls is told, instead of waiting for ever."""
    state, answers = ketch.State(18), []
    circuit = ketch.Circuit(workloads.layered(18, 100))

    def ask(fraction: float, stage: str) -> None:
        try:
            answers.append(state.probabilities([0]).tolist())
        except ketch.UsageError as error:
            answers.append(error.message)

    for _ in range(20):  # a quick machine may be done before it is asked
        state.apply(circuit, progress=ask)
        if "a run is at work on the state" in answers:
            return
    pytest.fail(f"it was never at work: {answers}")


def test_copies() -> None:
    state = ketch.State(2, "fp32")
    state.apply(ketch.Circuit(2).append("h", 0))
    for other in (state.copy(), copy.copy(state), copy.deepcopy(state)):
        assert other.precision == "fp32"
        np.testing.assert_array_equal(other.amplitudes, state.amplitudes)
        other.amplitudes[:] = 0
        assert state.amplitudes[0] != 0


@pytest.mark.parametrize("precision", ["fp64", "fp32"])
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_pickling(precision: str, protocol: int) -> None:
    state = ketch.State(3, precision)
    state.apply(ketch.Circuit(3).append("h", range(3)).append("t", 1))
    again = pickle.loads(pickle.dumps(state, protocol))
    assert again.precision == precision
    np.testing.assert_array_equal(again.amplitudes, state.amplitudes)
    again.apply(ketch.Circuit(3).append("x", 0))


def test_pickling_with_buffers_apart_copies_nothing() -> None:
    state = ketch.State(12)
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(state, 5, buffer_callback=buffers.append)
    assert len(data) < 500
    assert [len(buffer.raw()) for buffer in buffers] == [16 << 12]
    assert np.frombuffer(buffers[0].raw(), np.complex128).ctypes.data == state.amplitudes.ctypes.data
    again = pickle.loads(data, buffers=buffers)
    assert again.amplitudes.ctypes.data != state.amplitudes.ctypes.data, "a state of its own"
    np.testing.assert_array_equal(again.amplitudes, state.amplitudes)
