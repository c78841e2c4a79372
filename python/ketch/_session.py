# SPDX-License-Identifier: Apache-2.0
"""Sessions: runs, one or many, on the library's threads.

The main thread must stay open to signals, so that Ctrl-C works: it submits a run and waits for it (see _jobs.py); what
is over in a moment is carried out before the call returns. Any other thread, which gets no signals, runs the circuit
itself."""

from __future__ import annotations

import atexit
import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, SupportsIndex, overload

import numpy as np
from numpy.typing import ArrayLike

from ketch._circuit import Circuit, as_circuit, as_circuits
from ketch._display import is_wanted
from ketch._errors import UsageError, check, give_diag, make, take_diag
from ketch._futures import Future, Watcher
from ketch._jobs import Job, Waiter, in_main_thread, wait, with_room
from ketch._ketch import ffi, lib
from ketch._options import NAMES, default_threads, positive, precision_code, run_options, whole
from ketch._result import Result
from ketch._text import c_text

if TYPE_CHECKING:
    from typing import TypeAlias

    from typing_extensions import Unpack

    from ketch._asyncio import Loops
    from ketch._options import Output, RunOptions, WorkOptions

__all__ = ["Session", "default_session", "run"]

CircuitLike: TypeAlias = "Circuit | str | os.PathLike[str]"
ParameterTable: TypeAlias = "Mapping[str, ArrayLike] | ArrayLike"
Progress: TypeAlias = "bool | Callable[[float, str], None] | None"

_RESULT_OUT = ffi.typeof("ketch_result **")


class Session:
    """Threads, buffers and plans, shared by the runs that it is given, from any thread.

    `threads` is how many are at work at once, all runs together: by default KETCH_NUM_THREADS, else OMP_NUM_THREADS,
    else the processors that this process may use or its cgroup's quota, whichever is less. `precision` ("fp64" or
    "fp32") is that of runs that name none. `max_memory` limits the bytes of all runs together, those that find no room
    wait; `max_jobs` limits those submitted and not begun, by default 65,536.

    >>> import ketch
    >>> with ketch.Session(threads=1) as session:
    ...     session.run("OPENQASM 3.0; qubit q; bit c; U(pi, 0, pi) q; c = measure q;", shots=10).counts
    {'1': 10}

    A session pickles to its options.
    """

    def __init__(
        self,
        *,
        threads: int | None = None,
        precision: Any = None,
        max_memory: int | None = None,
        max_jobs: int | None = None,
    ) -> None:
        options = ffi.new("ketch_session_options *")
        options.struct_size = ffi.sizeof("ketch_session_options")
        options.threads = default_threads() if threads is None else positive(threads, "threads", 2**32 - 1)
        if max_memory is not None:
            options.max_memory = positive(max_memory, "max_memory")
        if max_jobs is not None:
            options.max_jobs = positive(max_jobs, "max_jobs")
        self._precision = None if precision is None else NAMES[precision_code(precision)]
        self._options = {
            "threads": threads,
            "precision": self._precision,
            "max_memory": max_memory,
            "max_jobs": max_jobs,
        }
        self._threads_given = threads is not None
        self._open: Any = make("ketch_session", lib.kp_session_free, lib.ketch_session_create, options)
        self._watcher = Watcher(self._open)
        self._loops: Loops = weakref.WeakKeyDictionary()
        self._waits: list[Waiter] = []
        _sessions.add(self)

    @property
    def _handle(self) -> Any:
        """The ketch_session. Whoever is in a call holds it, so that closing never frees it under them."""
        handle = self._open
        if handle is None:
            raise UsageError("the session is closed")
        return handle

    # ── Running ──

    @overload
    def run(  # type: ignore[overload-overlap]  # a str is a sequence of str, too
        self,
        circuit: CircuitLike,
        *,
        parameters: Mapping[str, Any] | None = None,
        progress: Progress = None,
        precision: Any = None,
        **options: Unpack[RunOptions],
    ) -> Result: ...
    @overload
    def run(
        self,
        circuit: Iterable[CircuitLike],
        *,
        parameters: Mapping[str, Any] | None = None,
        progress: Progress = None,
        precision: Any = None,
        **options: Unpack[RunOptions],
    ) -> list[Result]: ...
    def run(
        self,
        circuit: CircuitLike | Iterable[CircuitLike],
        *,
        parameters: Mapping[str, Any] | None = None,
        progress: Progress = None,
        precision: Any = None,
        **options: Unpack[RunOptions],
    ) -> Result | list[Result]:
        """Runs a circuit, or many in one call; the results of many come in their order. Keywords are those of
        `ketch.run`."""
        settings = run_options(precision=precision or self._precision, **options)
        _ = self._handle  # a closed session runs nothing, not even none
        if not isinstance(circuit, (Circuit, str, os.PathLike)):
            circuits = as_circuits(circuit)
            if parameters:
                circuits = [each.bind(parameters) for each in circuits]
            return self._batch(circuits, (), None, settings, progress)
        chosen = as_circuit(circuit)
        return self._run(chosen.bind(parameters) if parameters else chosen, settings, progress)

    @overload
    def map(  # type: ignore[overload-overlap]  # a str is a sequence of str, too
        self,
        circuit: CircuitLike,
        table: ParameterTable,
        *,
        progress: Progress = None,
        precision: Any = None,
        **options: Unpack[RunOptions],
    ) -> list[Result]: ...
    @overload
    def map(
        self,
        circuit: Sequence[CircuitLike],
        table: ParameterTable,
        *,
        progress: Progress = None,
        precision: Any = None,
        **options: Unpack[RunOptions],
    ) -> list[list[Result]]: ...
    def map(
        self,
        circuit: CircuitLike | Sequence[CircuitLike],
        table: ParameterTable,
        *,
        progress: Progress = None,
        precision: Any = None,
        **options: Unpack[RunOptions],
    ) -> list[Result] | list[list[Result]]:
        """Runs a circuit with each row of a table of parameters, in one call: names with their columns, or an array of
        shape (rows, parameters) whose columns are `circuit.parameters` in their order. Many circuits give a list of
        results each.

        Element (i, j), circuit i with row j, draws with the seed `ketch.batch_seed(seed, i, j)`: run alone with it, it
        gives the same bytes.

        >>> turn = ketch.Circuit("OPENQASM 3.0; input angle theta; qubit q; U(theta, 0, 0) q;")
        >>> results = ketch.Session().map(turn, {"theta": [0, np.pi / 2, np.pi]}, shots=0, outputs="state")
        >>> [round(float(result.probabilities()[1]), 3) for result in results]
        [0.0, 0.5, 1.0]
        """
        settings = run_options(precision=precision or self._precision, **options)
        single = isinstance(circuit, (Circuit, str, os.PathLike))
        circuits = as_circuits([circuit] if single else circuit)
        names, rows = parameter_table(table, circuits)
        results = self._batch(circuits, names, rows, settings, progress)
        if single:
            return results
        return [results[i * len(rows) : (i + 1) * len(rows)] for i in range(len(circuits))]

    @overload
    def submit(self, circuit: CircuitLike, **options: Unpack[WorkOptions]) -> Future[Result]: ...  # type: ignore[overload-overlap]
    @overload
    def submit(self, circuit: Iterable[CircuitLike], **options: Unpack[WorkOptions]) -> Future[list[Result]]: ...
    def submit(self, circuit: CircuitLike | Iterable[CircuitLike], **options: Unpack[WorkOptions]) -> Future[Any]:
        """A future of the run, or of many, which goes on while the caller does something else. Keywords are those of
        `ketch.run` but `progress`. `QueueFullError`: more than `max_jobs` wait already.

        What nobody has waited for when the session is closed, or when the interpreter ends, is cancelled.

        >>> futures = [Session().submit("OPENQASM 3.0; qubit q; bit c; c = measure q;", shots=n) for n in (10, 20)]
        >>> [future.result().counts for future in futures]
        [{'0': 10}, {'0': 20}]
        """
        work = self._work(circuit, **options)
        return self._watcher.submit(work) if work else self._watcher.ended([])

    @overload
    async def run_async(self, circuit: CircuitLike, **options: Unpack[WorkOptions]) -> Result: ...  # type: ignore[overload-overlap]
    @overload
    async def run_async(self, circuit: Iterable[CircuitLike], **options: Unpack[WorkOptions]) -> list[Result]: ...
    async def run_async(self, circuit: CircuitLike | Iterable[CircuitLike], **options: Unpack[WorkOptions]) -> Any:
        """The result of the run, or those of many, awaited: `result = await session.run_async(circuit)`. Keywords are
        those of `ketch.run` but `progress`. Cancelling the task stops the work; where the session's queue is full, runs
        wait in the order in which they came.

        >>> import asyncio
        >>> async def both():
        ...     runs = [session.run_async("OPENQASM 3.0; qubit q; bit c; c = measure q;", shots=n) for n in (10, 20)]
        ...     return [result.counts for result in await asyncio.gather(*runs)]
        >>> session = Session()
        >>> asyncio.run(both())
        [{'0': 10}, {'0': 20}]
        """
        from ketch._asyncio import runs_of  # here: asyncio takes as long to import as all of Ketch

        work = self._work(circuit, **options)
        return await runs_of(self._loops, self._handle).run(work) if work else []

    def _run(self, circuit: Circuit, settings: Any, progress: Any = None, state: Any = None) -> Result:
        """One run, on the calling thread or waited for; it begins with a ketch_state, where one is given."""
        handle, borrowed = self._handle, circuit._borrow()
        self._limit(settings)
        if state is not None:
            settings.state = state
        out = ffi.new(_RESULT_OUT)
        diag = take_diag()
        try:
            if not is_wanted(progress) and not in_main_thread():
                status = lib.ketch_run(out, handle, borrowed, settings, diag)
            else:
                job = Job((borrowed, handle, state))
                waiter = self._waiter()
                submit = partial(lib.kp_submit, out, job.cell, handle, borrowed, settings, waiter.how, diag)
                try:
                    status = with_room(submit)
                    if job.cell[0]:
                        wait(job, waiter, progress)
                        status = lib.ketch_job_result(out, job.cell[0], 0, diag)
                except BaseException:
                    job.stop()
                    raise
                finally:
                    self._waits.append(waiter)
            if status or lib.ketch_diag_count(diag):
                check(status, diag)
        except BaseException:  # a signal's, or a warning that is an error
            lib.kp_result_free(out[0])
            raise
        finally:
            give_diag(diag)
        return Result._wrap(ffi.gc(out[0], lib.kp_result_free))

    def _batch(
        self, circuits: list[Circuit], names: Sequence[str], rows: Any, settings: Any, progress: Any
    ) -> list[Result]:
        if not circuits:
            return []
        waiter = self._waiter()
        try:
            job = self._submit(circuits, names, rows, settings, waiter.how, patient=True)
            try:
                wait(job, waiter if in_main_thread() else None, progress)
            except BaseException:
                job.stop()
                raise
        finally:
            self._waits.append(waiter)
        return job.result()  # type: ignore[return-value]

    def _work(
        self,
        circuit: CircuitLike | Iterable[CircuitLike],
        parameters: Mapping[str, Any] | None = None,
        precision: Any = None,
        **options: Unpack[RunOptions],
    ) -> Callable[[Any], Job] | None:
        """A run, or many, with keywords of `ketch.run`: what hands it over to a channel; None where there are none.
        What is wrong with it is raised here."""
        _ = self._handle
        settings = run_options(precision=precision or self._precision, **options)
        single = isinstance(circuit, (Circuit, str, os.PathLike))
        circuits = as_circuits([circuit] if single else circuit)
        if parameters:
            circuits = [each.bind(parameters) for each in circuits]
        if not circuits:
            return None
        return lambda channel: self._submit(circuits, (), None, settings, channel.how, single=single)

    def _submit(
        self,
        circuits: Sequence[Circuit],
        names: Sequence[str],
        rows: Any,
        settings: Any,
        how: Any,
        *,
        single: bool = False,
        patient: bool = False,
    ) -> Job:
        """Hands a batch over, or one run. One that is patient waits for room in the queue."""
        handle = self._handle
        self._limit(settings)
        borrowed = [circuit._borrow() for circuit in circuits]
        if single:
            job = Job((handle, *borrowed))
            submit = partial(lib.ketch_submit, job.cell, handle, borrowed[0], settings, how)
        else:
            batch = ffi.new("ketch_batch *")
            batch.struct_size = ffi.sizeof("ketch_batch")
            texts = [ffi.new("char[]", c_text(name)) for name in names]
            pointers = ffi.new("ketch_circuit *[]", borrowed), ffi.new("char *[]", texts)
            batch.circuits, batch.circuit_count = pointers[0], len(borrowed)
            keep = (handle, *borrowed, *texts, *pointers)
            if rows is not None:
                table = ffi.from_buffer("double[]", rows.reshape(-1))
                batch.parameters, batch.parameter_count = pointers[1], len(texts)
                batch.table, batch.row_count = table, len(rows)
                keep += (table, rows)
            count = 0 if rows is None else len(rows)
            job = Job(keep, len(borrowed) * max(count, 1), batch=True, rows=count)
            submit = partial(lib.ketch_submit_batch, job.cell, handle, batch, settings, how)
        diag = take_diag()
        try:
            check(with_room(partial(submit, diag)) if patient else submit(diag), diag)
        except BaseException:
            job.stop()
            raise
        finally:
            give_diag(diag)
        return job

    def _waiter(self) -> Waiter:
        """One that nobody uses; whoever takes it appends it again."""
        try:
            return self._waits.pop()
        except IndexError:
            return Waiter(self._handle)

    def _limit(self, settings: Any) -> None:
        """Where neither the call nor the session names a number of threads, threadpoolctl may have set one."""
        if not self._threads_given and not settings.threads:
            settings.threads = lib.ketch_get_num_threads()

    # ── Life ──

    @property
    def threads(self) -> int:
        """At work at once."""
        return int(lib.ketch_session_threads(self._handle))

    @property
    def precision(self) -> str:
        """Of runs that name none."""
        return self._precision or "fp64"

    def cancel(self) -> None:
        """Makes all runs that the session has now stop within 50 ms with RunCancelledError."""
        lib.ketch_session_cancel(self._handle)

    def close(self) -> None:
        """Cancels what still runs. Results outlive their session."""
        handle, self._open = self._open, None
        if handle is not None:
            self._stop(handle)

    def _stop(self, handle: Any) -> None:
        self._watcher.close()
        for reference in self._loops.keyrefs():  # a copy: other threads may begin to await meanwhile
            loop = reference()
            if loop is not None and (runs := self._loops.get(loop)):
                runs.cancel()
        lib.ketch_session_cancel(handle)

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._open is None

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        if self.closed:
            return "<ketch.Session: closed>"
        return f"<ketch.Session: {self.threads} {'thread' if self.threads == 1 else 'threads'}, {self.precision}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self), self._options)


def _remade(kind: type[Session], options: dict[str, Any]) -> Session:
    return kind(**options)


def parameter_table(table: ParameterTable, circuits: Sequence[Circuit]) -> tuple[tuple[str, ...], np.ndarray[Any, Any]]:
    """Names, and rows of numbers. A column that is one number is that in every row."""
    try:
        if isinstance(table, Mapping):
            names = tuple(table)
            columns = [np.asarray(column, np.float64) for column in table.values()]
        else:
            names, columns = circuits[0].parameters if circuits else (), []
            rows = np.asarray(table, np.float64)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"{error}: a table holds numbers, as names with their columns, {{'theta': [0.1, 0.2]}}, or as an array of "
            "shape (rows, parameters)"
        ) from None
    if isinstance(table, Mapping):
        if any(column.ndim > 1 for column in columns) or len({len(column) for column in columns if column.ndim}) > 1:
            shapes = ", ".join(f"{name}: {column.shape}" for name, column in zip(names, columns, strict=True))
            raise UsageError(f"columns of a table have one dimension and one length; these have {shapes}")
        rows = np.stack(np.broadcast_arrays(*map(np.atleast_1d, columns)), axis=1) if columns else np.empty((0, 0))
    else:
        if rows.ndim == 1 and len(names) == 1:
            rows = rows[:, None]
        if rows.ndim != 2 or rows.shape[1] != len(names):
            raise UsageError(
                f"a table of shape {rows.shape} for the parameters ({', '.join(names)}): "
                f"it must have (rows, {len(names)})"
            )
    if not len(rows):
        raise UsageError("the table has no rows")
    return names, np.ascontiguousarray(rows)


_sessions: weakref.WeakSet[Session] = weakref.WeakSet()


@atexit.register
def _at_exit() -> None:
    """Nobody reads what still runs when the interpreter ends: it is cancelled, so that the process ends soon."""
    for session in list(_sessions):
        if session._open is not None:
            session._stop(session._open)


_default: Session | None = None


def default_session() -> Session:
    """The session of `ketch.run`, made when it is first needed."""
    global _default
    session = _default
    if session is None or session.closed:
        # Without a lock, which a child might inherit held: where two threads make one at once, either is as good.
        session = _default = Session()
    return session


def run(
    circuit: CircuitLike,
    *,
    shots: SupportsIndex | None = None,
    seed: SupportsIndex | None = None,
    parameters: Mapping[str, Any] | None = None,
    outputs: Output | Iterable[Output] = (),
    precision: Any = None,
    timeout: float | None = None,
    max_memory: SupportsIndex | None = None,
    threads: SupportsIndex | None = None,
    progress: Progress = None,
    max_qubits: SupportsIndex | None = None,
    engine: str | None = None,
    instructions: str | None = None,
    norm_tolerance: float | None = None,
) -> Result:
    """Runs a circuit: a `Circuit`, the text of a program, or the path of a file.

    `shots` are taken, by default 1024; 0 samples nothing. Where the circuit measures nothing, all its qubits are
    measured at the end, into a register "meas". `seed` makes the draws repeatable: the same circuit, options
    and seed give the same bytes, at any number of threads. `parameters` gives the program's inputs their values.
    `outputs` names what the result shall hold beside its counts: "memory" (the bits of each shot), "state",
    "amplitudes", "probabilities". `precision` is "fp64" (complex128) or "fp32" (complex64). A run that takes longer
    than `timeout` seconds, or would take more than `max_memory` bytes, is an error. `threads` of the session's may work
    on the run. `progress` is True for a bar, or called with (fraction, stage) about ten times a second. Rarer:
    `max_qubits`, `engine` ("planned", "reference"), `instructions` ("plain", "avx2", "avx512"), `norm_tolerance`.

    >>> import ketch
    >>> bell = "OPENQASM 3.0; qubit[2] q; U(pi/2, 0, pi) q[0]; ctrl @ U(pi, 0, pi) q[0], q[1];"
    >>> ketch.run(bell, shots=1000, seed=3).counts
    {'00': 501, '11': 499}
    """
    settings = run_options(
        shots,
        seed,
        outputs=outputs,
        precision=precision,
        timeout=timeout,
        max_memory=max_memory,
        threads=threads,
        max_qubits=max_qubits,
        engine=engine,
        instructions=instructions,
        norm_tolerance=norm_tolerance,
    )
    chosen = circuit if circuit.__class__ is Circuit else as_circuit(circuit)
    if parameters:
        chosen = chosen.bind(parameters)
    return default_session()._run(chosen, settings, progress)


def batch_seed(seed: int, circuit: int, row: int = 0) -> int:
    """The seed of an element of a batch: run alone with it, it gives the same bytes. That of (0, 0) is `seed`
    itself."""
    return int(lib.ketch_batch_seed(whole(seed, "seed"), whole(circuit, "circuit"), whole(row, "row")))
