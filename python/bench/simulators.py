# SPDX-License-Identifier: Apache-2.0
"""Ketch and its peers behind one call: `prepare(name, gates, qubits, threads)` returns `run(seed, shots) -> counts`.

Preparing builds the circuit in the simulator's own form, outside the clock. `run` simulates, samples and reads the
counts; each of its calls has a seed of its own, and no simulator may keep a result. The circuits are made of RY and CX
alone, which all have as gates.
"""

from __future__ import annotations

import importlib.metadata
import random
from collections import Counter
from collections.abc import Callable

Gate = tuple[str, tuple[float, ...], tuple[int, ...]]
Run = Callable[[int, int], object]


def ansatz(qubits: int, layers: int, *, structure: int = 0, angles: int = 0) -> list[Gate]:
    """Layers of RY on all qubits and a ring of CX in an order that `structure` draws: 2 * qubits gates a layer."""
    order, turn = random.Random(structure), random.Random(angles)
    gates: list[Gate] = []
    for _ in range(layers):
        gates += [("ry", (turn.uniform(-3, 3),), (qubit,)) for qubit in range(qubits)]
        ring = order.sample(range(qubits), qubits)
        gates += [("cx", (), (ring[i], ring[(i + 1) % qubits])) for i in range(qubits)]
    return gates


def qasm(gates: list[Gate], qubits: int) -> str:
    lines = ["OPENQASM 2.0;", 'include "qelib1.inc";', f"qreg q[{qubits}];", f"creg c[{qubits}];"]
    for name, angles, operands in gates:
        turns = f"({','.join(map(repr, angles))})" if angles else ""
        lines.append(f"{name}{turns} {','.join(f'q[{qubit}]' for qubit in operands)};")
    return "\n".join([*lines, "measure q -> c;", ""])


def ketch(gates: list[Gate], qubits: int, threads: int) -> Run:
    import ketch

    circuit = ketch.Circuit(qasm(gates, qubits))
    session = shared_session()
    return lambda seed, shots: session.run(circuit, shots=shots, seed=seed, threads=threads).counts


_session = None


def shared_session():
    """One session for all of Ketch's circuits, as a program would have it."""
    global _session
    if _session is None:
        import ketch

        _session = ketch.Session()
    return _session


def aer(gates: list[Gate], qubits: int, threads: int) -> Run:
    from qiskit import qasm2
    from qiskit_aer import AerSimulator

    circuit = qasm2.loads(qasm(gates, qubits))
    simulator = AerSimulator(method="statevector", max_parallel_threads=threads)
    return lambda seed, shots: simulator.run(circuit, shots=shots, seed_simulator=seed).result().get_counts()


def qulacs(gates: list[Gate], qubits: int, threads: int) -> Run:
    import qulacs

    circuit = qulacs.QuantumCircuit(qubits)
    make = {"ry": lambda qubit, turn: qulacs.gate.RotY(qubit, turn), "cx": qulacs.gate.CNOT}
    for name, angles, operands in gates:
        circuit.add_gate(make[name](*operands, *angles))
    qulacs.circuit.QuantumCircuitOptimizer().optimize_light(circuit)

    def run(seed: int, shots: int) -> object:
        state = qulacs.QuantumState(qubits)
        circuit.update_quantum_state(state)
        return Counter(state.sampling(shots, seed))

    return run


def scaluq(gates: list[Gate], qubits: int, threads: int) -> Run:
    import scaluq

    kind = scaluq.default.f64
    circuit = kind.Circuit()
    make = {"ry": kind.gate.RY, "cx": kind.gate.CX}
    for name, angles, operands in gates:
        circuit.add_gate(make[name](*operands, *angles))

    def run(seed: int, shots: int) -> object:
        state = kind.StateVector(qubits)
        circuit.update_quantum_state(state)
        return Counter(state.sampling(shots, seed))

    return run


def qsim(gates: list[Gate], qubits: int, threads: int) -> Run:
    import cirq
    import qsimcirq

    wires = cirq.LineQubit.range(qubits)
    make = {"ry": lambda turn: cirq.ry(turn), "cx": lambda: cirq.CNOT}
    circuit = cirq.Circuit(
        make[name](*angles).on(*(wires[qubit] for qubit in operands)) for name, angles, operands in gates
    )
    circuit.append(cirq.measure(*wires, key="c"))
    options = qsimcirq.QSimOptions(max_fused_gate_size=3, cpu_threads=threads)

    def run(seed: int, shots: int) -> object:
        return qsimcirq.QSimSimulator(options, seed=seed).run(circuit, repetitions=shots).histogram(key="c")

    return run


def lightning(gates: list[Gate], qubits: int, threads: int) -> Run:
    import pennylane

    make = {"ry": pennylane.RY, "cx": pennylane.CNOT}
    operations = [make[name](*angles, wires=list(operands)) for name, angles, operands in gates]

    def run(seed: int, shots: int) -> object:
        device = pennylane.device("lightning.qubit", wires=qubits, seed=seed)
        tape = pennylane.tape.QuantumScript(operations, [pennylane.counts(wires=range(qubits))], shots=shots)
        return device.execute(tape)

    return run


# By name: how it is prepared, and the package whose version is told.
ALL = {
    "ketch": (ketch, "ketch"),
    "aer": (aer, "qiskit-aer"),
    "qulacs": (qulacs, "qulacs"),
    "scaluq": (scaluq, "scaluq"),
    "qsim": (qsim, "qsimcirq"),
    "lightning": (lightning, "pennylane-lightning"),
}


def prepare(name: str, gates: list[Gate], qubits: int, threads: int) -> Run:
    return ALL[name][0](gates, qubits, threads)


def version(name: str) -> str:
    """The version of a simulator's package, "" where it is not installed."""
    try:
        return importlib.metadata.version(ALL[name][1])
    except importlib.metadata.PackageNotFoundError:
        if name != "ketch":
            return ""
        import ketch  # built, but not installed

        return ketch.__version__
