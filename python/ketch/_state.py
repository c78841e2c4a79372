# SPDX-License-Identifier: Apache-2.0
"""States that outlive runs: circuits are applied to them in place."""

from __future__ import annotations

import pickle
import threading
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ketch import _fork
from ketch._circuit import Circuit, as_circuit
from ketch._errors import UsageError, call, make
from ketch._ketch import lib
from ketch._memory import view
from ketch._options import DTYPES, NAMES, precision_code, run_options, whole
from ketch._result import Result, marginal
from ketch._session import CircuitLike, Session, default_session

__all__ = ["State"]


class State:
    """2^qubits amplitudes, at first ``|0...0>``.

    >>> import ketch
    >>> state = ketch.State(2)
    >>> _ = state.apply(ketch.Circuit(2).append("h", 0).append("cx", [0, 1]))
    >>> state.amplitudes[3] = -state.amplitudes[3]
    >>> state.probabilities().round(3)
    array([0.5, 0. , 0. , 0.5])
    >>> state.sample(100, seed=1).counts
    {'00': 52, '11': 48}

    `amplitudes` is the state's own memory, as an array that can be written; the state lives as long as any view of it.
    Circuits may be applied while there are views, which show the new amplitudes then."""

    __slots__ = ("__weakref__", "_handle", "_lock")

    def __init__(self, qubits: int, precision: Any = None) -> None:
        code = precision_code(precision)
        self._take(
            make("ketch_state", lib.kp_state_free, lib.ketch_state_create, whole(qubits, "qubits", 2**32 - 1), code)
        )

    def _take(self, handle: Any) -> None:
        self._handle = handle
        self._after_fork()
        _fork.register(self)

    def _after_fork(self) -> None:
        self._lock = threading.RLock()  # `progress` and signal handlers may ask: the library says that a run is at work

    @classmethod
    def from_array(cls, array: ArrayLike, precision: Any = None) -> State:
        """A state with the amplitudes of an array of 2^qubits numbers, which are copied. complex64 gives a state in
        fp32, unless `precision` says otherwise. Their norm is 1, or the next run fails."""
        amplitudes = np.asarray(array)
        qubits = amplitudes.size.bit_length() - 1
        if amplitudes.ndim != 1 or qubits < 1 or amplitudes.size != 1 << qubits:
            raise UsageError(f"an array of shape {amplitudes.shape}: a state has 2^qubits amplitudes in one dimension")
        if precision is None:
            precision = "fp32" if amplitudes.dtype == np.complex64 else "fp64"
        state = cls(qubits, precision)
        state.amplitudes[:] = amplitudes
        return state

    # ── Running ──

    def apply(
        self,
        circuit: CircuitLike,
        *,
        seed: int | None = None,
        parameters: Mapping[str, Any] | None = None,
        timeout: float | None = None,
        max_memory: int | None = None,
        threads: int | None = None,
        progress: Any = None,
        session: Session | None = None,
    ) -> Result:
        """Applies a circuit, in place. The result holds what it measured, in one shot. A measurement that nothing
        follows on its qubit leaves the state as it was before; one in the middle collapses it. Where the run fails or
        is cancelled the state is lost: `reset` gives a new one."""
        chosen = as_circuit(circuit)
        if parameters:
            chosen = chosen.bind(parameters)
        looked = chosen.summary()
        settings = run_options(
            1 if looked.measurements or looked.resets else 0,  # where nothing is measured, nothing is sampled
            seed,
            timeout=timeout,
            max_memory=max_memory,
            threads=threads,
            precision=self.precision,
        )
        return self._run(chosen, settings, session, progress)

    def sample(
        self, shots: int = 1024, seed: int | None = None, *, outputs: Any = (), session: Session | None = None
    ) -> Result:
        """Measures all qubits, `shots` times, without changing the state."""
        settings = run_options(shots, seed, outputs=outputs, precision=self.precision)
        return self._run(Circuit(self.qubits, 0), settings, session)

    def _run(self, circuit: Circuit, settings: Any, session: Session | None, progress: Any = None) -> Result:
        with self._lock:
            return (session or default_session())._run(circuit, settings, progress, self._handle)

    def reset(self) -> None:
        """Back to ``|0...0>``, whatever happened to it."""
        with self._lock:
            call(lib.ketch_state_reset, self._handle)

    # ── Looking ──

    @property
    def qubits(self) -> int:
        """The state has 2^qubits amplitudes."""
        return int(lib.ketch_state_qubits(self._handle))

    @property
    def precision(self) -> str:
        """`"fp64"` or `"fp32"`."""
        return NAMES[lib.ketch_state_precision(self._handle)]

    @property
    def amplitudes(self) -> NDArray[Any]:
        """The amplitudes, complex128 or complex64: the state's own memory. Amplitude i is that of the basis state whose
        bit q is that of qubit q."""
        call(lib.ketch_state_check, self._handle)
        dtype = DTYPES[lib.ketch_state_precision(self._handle)]
        return view(self._handle, lib.ketch_state_amplitudes(self._handle), (1 << self.qubits,), dtype)

    def probabilities(self, qubits: ArrayLike | None = None) -> NDArray[np.float64]:
        """Of all basis states, or the marginal distribution of some qubits, the first one being bit 0 of the index."""
        with self._lock:
            return marginal(
                lib.ketch_state_marginal, self._handle, np.arange(self.qubits) if qubits is None else qubits
            )

    def __len__(self) -> int:
        """Amplitudes."""
        return 1 << self.qubits

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        amplitudes = self.amplitudes
        if dtype is not None and np.dtype(dtype) != amplitudes.dtype:
            if copy is False:
                raise ValueError(f"a state in {self.precision} is no array of {np.dtype(dtype)} without a copy")
            return amplitudes.astype(dtype)
        return amplitudes.copy() if copy else amplitudes

    def __dlpack__(self, **options: Any) -> Any:
        return self.amplitudes.__dlpack__(**options)

    def __dlpack_device__(self) -> tuple[Any, Any]:
        return self.amplitudes.__dlpack_device__()

    def __repr__(self) -> str:
        return f"<ketch.State: {self.qubits} {'qubit' if self.qubits == 1 else 'qubits'}, {self.precision}>"

    # ── Copies ──

    def copy(self) -> State:
        """Another state with the same amplitudes."""
        with self._lock:
            handle = make("ketch_state", lib.kp_state_free, lib.ketch_state_copy, self._handle)
        state = State.__new__(State)
        state._take(handle)
        return state

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> State:
        return self.copy()

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        # Protocol 5 hands the amplitudes over without copying them, where the pickler takes buffers.
        amplitudes: Any = self.amplitudes
        data = pickle.PickleBuffer(amplitudes) if protocol >= 5 else amplitudes.tobytes()
        return _unpickled, (data, self.precision)


def _unpickled(data: Any, precision: str) -> State:
    dtype: Any = DTYPES[precision_code(precision)]
    return State.from_array(np.frombuffer(data, dtype), precision)
