#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dynamic_peers.py PEER FILE: one other simulator on one program; bench/dynamic runs it, a process each.

Every simulator is a class that reads the OpenQASM 3 file by its own reader, or a text with other names for the same gates, and runs it.
A form is a way to run it; each is tried. Only the call that simulates is timed. Prints a JSON object a line, each as soon as it is
known: {"version"}, then of each run {"form", "seconds", "counts"}, or {"error"}. Outcomes have bit 0 rightmost.
"""
import argparse
import collections
import importlib.metadata
import json
import os
import pathlib
import re
import time


class Peer:
    packages = ()  # as pip calls them; the first is the one whose version is told
    forms = ('as built',)

    def __init__(self, path, shots, threads):
        self.path, self.shots, self.threads = path, shots, threads

    def build(self, form):
        """A function without arguments that simulates; counts() then tells what came."""
        raise NotImplementedError

    def counts(self):
        raise NotImplementedError


class Aer(Peer):
    packages = ('qiskit-aer', 'qiskit', 'qiskit-qasm3-import')
    forms = ('default', 'shot branching')

    def build(self, form):
        from qiskit import qasm3
        from qiskit_aer import AerSimulator
        circuit = qasm3.load(self.path)
        branching = {'shot_branching_enable': True} if form == 'shot branching' else {}
        simulator = AerSimulator(method='statevector', max_parallel_threads=self.threads, **branching)

        def simulate():
            self.result = simulator.run(circuit, shots=self.shots, seed_simulator=1).result()
            if not self.result.success:
                raise RuntimeError(self.result.status)
        return simulate

    def counts(self):
        return self.result.get_counts()


class Braket(Peer):
    packages = ('amazon-braket-default-simulator',)
    names = {'ccx': 'ccnot', 'cx': 'cnot', 'cp': 'cphaseshift', 'p': 'phaseshift'}

    def build(self, form):
        from braket.default_simulator import StateVectorSimulator
        from braket.ir.openqasm import Program
        text = pathlib.Path(self.path).read_text(encoding='utf-8').replace('include "stdgates.inc";\n', '')
        text = re.sub(r'\b(ccx|cx|cp|p)\b(?=[ (])', lambda found: self.names[found[1]], re.sub('//.*', '', text))
        program, simulator = Program(source=text), StateVectorSimulator()

        def simulate():
            self.result = simulator.run(program, shots=self.shots)
        return simulate

    def counts(self):
        return collections.Counter(''.join(map(str, reversed(shot))) for shot in self.result.measurements)


class Ddsim(Peer):
    packages = ('mqt.ddsim', 'mqt.core')

    def build(self, form):
        from mqt import ddsim
        from mqt.core import load
        circuit = load(self.path)

        def simulate():
            self.found = ddsim.CircuitSimulator(circuit, seed=1).simulate(self.shots)
        return simulate

    def counts(self):
        return self.found


PEERS = {'aer': Aer, 'braket': Braket, 'ddsim': Ddsim}


def say(**what):
    print(json.dumps(what), flush=True)


def measure(peer, repeats, limit):
    """Every form once, then again, as long as a run as long as its last one would end within the limit."""
    started, calls, last = time.perf_counter(), {}, {}
    for repeat in range(repeats):
        for form in peer.forms:
            if repeat and time.perf_counter() - started + last[form] > limit:
                continue
            if form not in calls:
                calls[form] = peer.build(form)
            begun = time.perf_counter()
            calls[form]()
            last[form] = time.perf_counter() - begun
            say(form=form, seconds=last[form], counts=dict(peer.counts()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('peer', choices=PEERS)
    parser.add_argument('file')
    parser.add_argument('--shots', type=int, default=1000)
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--repeats', type=int, default=3)
    parser.add_argument('--limit', type=float, default=60, help='seconds after which no run is begun')
    options = parser.parse_args()
    for name in ('OMP', 'OPENBLAS', 'MKL'):  # before anything of theirs is loaded
        os.environ[f'{name}_NUM_THREADS'] = str(options.threads)
    kind = PEERS[options.peer]
    try:
        say(version=importlib.metadata.version(kind.packages[0]))
        measure(kind(options.file, options.shots, options.threads), options.repeats, options.limit)
    except Exception as error:  # whatever a simulator throws is what is reported of it
        say(error=f'{type(error).__name__}: {error}'[:300])
        raise SystemExit(1) from None


if __name__ == '__main__':
    main()
