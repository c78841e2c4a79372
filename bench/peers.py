#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""peers.py PEER FILE: one other simulator on one benchmark circuit; bench/compare runs it, a process a case.

Every simulator is a class that builds the circuit in the simulator's own form, runs it, and tells amplitudes of the last run. A form is
a way to run it, such as a size of fused gates; each is tried, since which is the best depends on the circuit. Only the call that
simulates is timed. Prints a JSON object a line, each as soon as it is known, so that a process that meets its time limit leaves what it
had measured: {"version"}, then of each run {"form", "seconds", "peak_bytes", "precision", "amplitudes" (pairs) or "probabilities" of the
basis states asked for}, or {"error"}.

Basis state s has qubit q's value in bit q; simulators with qubit 0 in the highest bit are asked for the mirrored ones.
"""
import argparse
import cmath
import importlib.metadata
import json
import math
import os
import pathlib
import re
import resource
import struct
import time

# A line of the files that circuits.py writes: the gate, its angles, its qubits.
GATE = re.compile(r'(\w+)(?:\(([^)]*)\))? (q\[.*);')


class Circuit:
    """The gates of a benchmark file: (name, angles, qubits)."""

    def __init__(self, path):
        self.path = path
        self.gates = []
        for line in pathlib.Path(path).read_text(encoding='ascii').splitlines():
            found = GATE.fullmatch(line)
            if found and found[1] == 'qreg':
                self.qubits = int(found[3][2:-1])
            elif found:
                angles = [float(angle) for angle in found[2].split(',')] if found[2] else []
                self.gates.append((found[1], angles, [int(qubit) for qubit in re.findall(r'\[(\d+)\]', found[3])]))


def u3_matrix(theta, phi, lam):
    c, s = math.cos(theta / 2), math.sin(theta / 2)
    return [[c, -cmath.exp(1j * lam) * s], [cmath.exp(1j * phi) * s, cmath.exp(1j * (phi + lam)) * c]]


def fits_fp32(number):
    return struct.unpack('f', struct.pack('f', number))[0] == number


class Peer:
    """What is said of all of them. An object is made for one circuit, precision and number of threads."""
    packages = ()  # as pip calls them; the first is the one whose version is told
    precisions = ('fp64',)
    forms = ('as built',)
    target = True  # one that Ketch is measured against

    def __init__(self, circuit, precision, threads):
        self.circuit, self.precision, self.threads = circuit, precision, threads

    def build(self, form):
        """A function without arguments: the simulation."""
        raise NotImplementedError

    def true_precision(self, amplitudes):
        """That of the amplitudes themselves: they were computed in fp32 if all of them are numbers of fp32. (That fp64 is no fp32 shows
        where they are compared.)"""
        parts = [part for amplitude in amplitudes for part in (amplitude.real, amplitude.imag)]
        return 'fp32' if self.precision == 'fp32' and all(map(fits_fp32, parts)) else 'fp64'

    def amplitudes(self, states):
        """Of the last run; None where the simulator cannot tell."""

    def probabilities(self, states):
        """The same, for one that knows no amplitudes."""

    def mirrored(self, states):
        return [int(f'{state:0{self.circuit.qubits}b}'[::-1], 2) for state in states]


class Vector(Peer):
    """One that gives the whole state as an array, qubit 0 in the highest bit."""
    state = None

    def true_precision(self, amplitudes):
        return {'complex64': 'fp32', 'complex128': 'fp64'}[str(self.state.dtype)]

    def amplitudes(self, states):
        return self.state[self.mirrored(states)]


class Qsim(Vector):
    packages = ('qsimcirq', 'cirq-core')
    precisions = ('fp32',)
    forms = ('fusion 2', 'fusion 3', 'fusion 4')

    def build(self, form):
        import cirq
        import numpy
        import qsimcirq
        make = {
            'h': cirq.H, 'x': cirq.X, 's': cirq.S, 't': cirq.T, 'cx': cirq.CNOT, 'cz': cirq.CZ, 'swap': cirq.SWAP, 'ccx': cirq.CCX,
            'rx': cirq.rx, 'ry': cirq.ry, 'rz': cirq.rz,
            'cu1': lambda angle: cirq.CZPowGate(exponent=angle / math.pi),
            'rzz': lambda angle: cirq.ZZPowGate(exponent=angle / math.pi),
            'u3': lambda *angles: cirq.MatrixGate(numpy.array(u3_matrix(*angles))),
        }
        wires = cirq.LineQubit.range(self.circuit.qubits)
        circuit = cirq.Circuit((make[name](*angles) if angles else make[name]).on(*(wires[q] for q in qubits))
                               for name, angles, qubits in self.circuit.gates)
        options = qsimcirq.QSimOptions(max_fused_gate_size=int(form.split()[1]), cpu_threads=self.threads)
        simulator = qsimcirq.QSimSimulator(options)

        def simulate():
            self.state = None  # one state at a time
            self.state = simulator.simulate(circuit, qubit_order=wires).final_state_vector
        return simulate


class Aer(Peer):
    packages = ('qiskit-aer', 'qiskit')
    precisions = ('fp64', 'fp32')
    forms = ('default', 'fusion 3')
    saved = None

    def build(self, form):
        from qiskit import qasm2
        from qiskit_aer import AerSimulator
        circuit = qasm2.load(self.circuit.path, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
        circuit.remove_final_measurements()
        circuit.save_amplitudes(self.states)
        tuning = {} if form == 'default' else {'fusion_max_qubit': int(form.split()[1])}
        simulator = AerSimulator(method='statevector', precision='single' if self.precision == 'fp32' else 'double',
                                 max_parallel_threads=self.threads, **tuning)

        def simulate():
            result = simulator.run(circuit).result()
            if not result.success:
                raise RuntimeError(result.status)
            self.saved = result.data(0)['amplitudes']
        return simulate

    def amplitudes(self, states):
        return self.saved


class Qulacs(Peer):
    packages = ('qulacs',)
    forms = ('optimize_light',)

    def build(self, form):
        import qulacs
        from qulacs.circuit import QuantumCircuitOptimizer
        gate = qulacs.gate

        def controlled_phase(control, target, angle):
            made = gate.to_matrix_gate(gate.U1(target, angle))
            made.add_control_qubit(control, 1)
            return made
        make = {
            'h': gate.H, 'x': gate.X, 's': gate.S, 't': gate.T, 'cx': gate.CNOT, 'cz': gate.CZ, 'swap': gate.SWAP, 'ccx': gate.TOFFOLI,
            'rx': gate.RotX, 'ry': gate.RotY, 'rz': gate.RotZ, 'u3': gate.U3, 'cu1': controlled_phase,
            'rzz': lambda a, b, angle: gate.PauliRotation([a, b], [3, 3], -angle),
        }
        circuit = qulacs.QuantumCircuit(self.circuit.qubits)
        for name, angles, qubits in self.circuit.gates:
            circuit.add_gate(make[name](*qubits, *angles))
        QuantumCircuitOptimizer().optimize_light(circuit)
        self.state = qulacs.QuantumState(self.circuit.qubits)

        def simulate():
            self.state.set_zero_state()
            circuit.update_quantum_state(self.state)
        return simulate

    def amplitudes(self, states):
        return [self.state.get_amplitude(state) for state in states]


class Scaluq(Peer):
    packages = ('scaluq',)
    precisions = ('fp64', 'fp32')
    # Its optimiser, whatever the size of the blocks, makes these circuits slower.

    def build(self, form):
        import scaluq
        kind = scaluq.default.f32 if self.precision == 'fp32' else scaluq.default.f64
        gate = kind.gate
        make = {
            'h': gate.H, 'x': gate.X, 's': gate.S, 't': gate.T, 'cx': gate.CX, 'cz': gate.CZ, 'swap': gate.Swap, 'ccx': gate.CCX,
            'rx': gate.RX, 'ry': gate.RY, 'rz': gate.RZ, 'u3': gate.U3,
            'cu1': lambda control, target, angle: gate.U1(target, angle, [control]),
            'rzz': lambda a, b, angle: gate.PauliRotation(kind.PauliOperator(f'Z {a} Z {b}'), angle),
        }
        circuit = kind.Circuit()
        for name, angles, qubits in self.circuit.gates:
            circuit.add_gate(make[name](*qubits, *angles))
        self.state = kind.StateVector(self.circuit.qubits)

        def simulate():
            self.state.set_zero_state()
            circuit.update_quantum_state(self.state)
            scaluq.synchronize()
        return simulate

    def amplitudes(self, states):
        return [self.state.get_amplitude_at(state) for state in states]


class Lightning(Vector):
    packages = ('pennylane-lightning', 'pennylane')
    precisions = ('fp64', 'fp32')

    def build(self, form):
        import numpy
        import pennylane
        make = {
            'h': pennylane.Hadamard, 'x': pennylane.PauliX, 's': pennylane.S, 't': pennylane.T, 'cx': pennylane.CNOT, 'cz': pennylane.CZ,
            'swap': pennylane.SWAP, 'ccx': pennylane.Toffoli, 'rx': pennylane.RX, 'ry': pennylane.RY, 'rz': pennylane.RZ,
            'u3': pennylane.U3, 'cu1': pennylane.ControlledPhaseShift, 'rzz': pennylane.IsingZZ,
        }
        self.device = pennylane.device('lightning.qubit', wires=self.circuit.qubits,
                                       c_dtype=numpy.complex64 if self.precision == 'fp32' else numpy.complex128)
        gates = [make[name](*angles, wires=qubits) for name, angles, qubits in self.circuit.gates]
        program, config = self.device.preprocess()
        tapes, _ = program([pennylane.tape.QuantumScript(gates, [pennylane.expval(pennylane.PauliZ(0))])])

        def simulate():  # it wants something measured: the cheapest
            self.device.execute(tapes, config)
        return simulate

    @property
    def state(self):
        return self.device._statevector.state


class Qibo(Vector):
    packages = ('qibo', 'qibojit')
    precisions = ('fp64', 'fp32')
    forms = ('fusion 2', 'as built')

    def build(self, form):
        import qibo
        from qibo import gates
        qibo.set_backend('qibojit', platform='numba')
        qibo.set_dtype('complex64' if self.precision == 'fp32' else 'complex128')
        qibo.set_threads(self.threads)
        make = {
            'h': gates.H, 'x': gates.X, 's': gates.S, 't': gates.T, 'cx': gates.CNOT, 'cz': gates.CZ, 'swap': gates.SWAP,
            'ccx': gates.TOFFOLI, 'rx': gates.RX, 'ry': gates.RY, 'rz': gates.RZ, 'u3': gates.U3, 'cu1': gates.CU1, 'rzz': gates.RZZ,
        }
        circuit = qibo.Circuit(self.circuit.qubits)
        circuit.add(make[name](*qubits, *angles) for name, angles, qubits in self.circuit.gates)
        if form != 'as built':
            circuit = circuit.fuse(max_qubits=int(form.split()[1]))

        def simulate():
            self.state = None
            self.state = circuit().state()
        return simulate


class Ddsim(Peer):
    """Decision diagrams: a few nodes where a state has structure, so it is no measure for a state vector."""
    packages = ('mqt.ddsim',)
    target = False

    def build(self, form):
        from mqt import ddsim
        from mqt.core import load
        circuit = load(self.circuit.path)

        def simulate():
            self.simulator = ddsim.CircuitSimulator(circuit, seed=1)
            self.simulator.simulate(1)
        return simulate

    def amplitudes(self, states):
        diagram, n = self.simulator.get_constructed_dd(), self.circuit.qubits
        return [diagram.get_amplitude(n, f'{state:0{n}b}') for state in self.mirrored(states)]


class Qrack(Peer):
    """Qubits are kept apart while they can be. Gates are called one by one and done late, so its thousand shots are timed, too."""
    packages = ('pyqrack-cpu',)
    precisions = ('fp32',)
    target = False

    def build(self, form):
        from pyqrack import Pauli, QrackSimulator
        make = {
            'h': lambda q, a: q.h(a), 'x': lambda q, a: q.x(a), 's': lambda q, a: q.s(a), 't': lambda q, a: q.t(a),
            'rx': lambda q, a, angle: q.r(Pauli.PauliX, angle, a), 'ry': lambda q, a, angle: q.r(Pauli.PauliY, angle, a),
            'rz': lambda q, a, angle: q.r(Pauli.PauliZ, angle, a), 'u3': lambda q, a, *angles: q.u(a, *angles),
            'cx': lambda q, a, b: q.mcx([a], b), 'cz': lambda q, a, b: q.mcz([a], b), 'ccx': lambda q, a, b, c: q.mcx([a, b], c),
            'swap': lambda q, a, b: q.swap(a, b), 'cu1': lambda q, a, b, angle: q.mcu([a], b, 0, 0, angle),
        }

        def rzz(q, a, b, angle):
            q.mcx([a], b)
            q.r(Pauli.PauliZ, angle, b)
            q.mcx([a], b)
        make['rzz'] = rzz
        every = list(range(self.circuit.qubits))

        def simulate():
            self.simulator = None
            self.simulator = QrackSimulator(self.circuit.qubits)
            for name, angles, qubits in self.circuit.gates:
                make[name](self.simulator, *qubits, *angles)
            self.simulator.measure_shots(every, 1000)
        return simulate

    def true_precision(self, amplitudes):
        from pyqrack.qrack_system import Qrack as library
        return f'fp{1 << library.fppow}'

    def probabilities(self, states):
        every = list(range(self.circuit.qubits))
        return [self.simulator.prob_perm(every, [bool(state >> q & 1) for q in every]) for state in states]


PEERS = {'qsim': Qsim, 'qulacs': Qulacs, 'scaluq': Scaluq, 'aer': Aer, 'lightning': Lightning, 'qibo': Qibo, 'ddsim': Ddsim, 'qrack': Qrack}


def say(**what):
    print(json.dumps(what), flush=True)


def measure(peer, forms, repeats, limit, states):
    """Every form once, then again, as long as a run as long as its last one would end within the limit."""
    started = time.perf_counter()
    calls = {form: peer.build(form) for form in forms}
    last = dict.fromkeys(forms, 0)
    for repeat in range(repeats):
        for form, simulate in calls.items():
            begun = time.perf_counter()
            if repeat and begun - started + last[form] > limit:
                continue
            simulate()
            last[form] = time.perf_counter() - begun
            peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            amplitudes, probabilities = peer.amplitudes(states), peer.probabilities(states)
            said = {'form': form, 'seconds': last[form], 'peak_bytes': peak, 'precision': peer.true_precision(amplitudes)}
            if amplitudes is not None:
                said['amplitudes'] = [[float(amplitude.real), float(amplitude.imag)] for amplitude in amplitudes]
            if probabilities is not None:
                said['probabilities'] = [float(probability) for probability in probabilities]
            say(**said)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('peer', choices=PEERS)
    parser.add_argument('file', help='a circuit made by circuits.py')
    parser.add_argument('--precision', default='fp64', choices=['fp64', 'fp32'])
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument('--limit', type=float, default=120, help='seconds after which no run is begun')
    parser.add_argument('--states', default='0', help='basis states whose amplitudes are told: numbers, separated by commas')
    options = parser.parse_args()
    for name in ('OMP', 'QULACS', 'OPENBLAS', 'MKL'):  # before anything of theirs is loaded
        os.environ[f'{name}_NUM_THREADS'] = str(options.threads)
    kind = PEERS[options.peer]
    try:
        say(version=importlib.metadata.version(kind.packages[0]))
        peer = kind(Circuit(options.file), options.precision, options.threads)
        peer.states = [int(state) for state in options.states.split(',')]
        measure(peer, kind.forms, options.repeats, options.limit, peer.states)
    except Exception as error:  # whatever a simulator throws is what is reported of it
        say(error=f'{type(error).__name__}: {error}'[:300])
        raise SystemExit(1) from None


if __name__ == '__main__':
    main()
