#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_expected.py CIRCUITS > expected.json: exact outcomes of circuits written by others, for the test others.py.

CIRCUITS is the folder that the Meson option `circuits` names. Every number comes from Qiskit's parser and gate matrices and from
exact.py, which follows each branch of a measurement; none is sampled. Made with:

    pip install qiskit==2.6.2 numpy==2.4.6

For each file: "registers", the sizes of the classical registers; "outcomes", bits (as `ketch run` prints them) to probability; and "state",
the probabilities of the basis states just before the final measurements, where no measurement, reset or condition comes earlier
("outcomes": the same numbers). 12 digits; what is less likely than 1e-12 is left out.
"""
import json
import pathlib
import re
import sys

import qiskit.qasm2

import exact
import others

LEAST = 1e-12


def distribution(pairs):
    return {text: float(f'{probability:.12g}') for text, probability in pairs if probability >= LEAST}


def expected(text):
    defined = set(re.findall(r'\bgate\s+(\w+)', text))  # a file's own gates win over those that qelib1.inc lacks
    known = [gate for gate in qiskit.qasm2.LEGACY_CUSTOM_INSTRUCTIONS if gate.name not in defined]
    circuit = qiskit.qasm2.loads(text, custom_instructions=known)
    registers = [register.size for register in circuit.cregs]
    if not registers:  # nothing is measured: then every qubit is
        registers = [circuit.num_qubits]
        circuit.measure_all()
    outcomes, state = exact.run(circuit)
    entry = {'registers': registers,
             'outcomes': distribution((exact.bit_text(bits, registers), probability) for bits, probability in sorted(outcomes.items()))}
    if state is not None:
        width = circuit.num_qubits
        entry['state'] = distribution((format(index, f'0{width}b'), abs(amplitude) ** 2) for index, amplitude in enumerate(state))
        if entry['state'] == entry['outcomes']:
            entry['state'] = 'outcomes'
    return entry


def main(folder):
    found = {}
    for path, outcome in others.files(folder):
        if outcome == ['run'] or outcome[0] == 'unmeasured':
            name, text = path.relative_to(folder).as_posix(), path.read_text()
            print(name, file=sys.stderr)
            found[name] = expected(others.unmeasured(text) if outcome[0] == 'unmeasured' else text)
    print('{\n' + ',\n'.join(f'{json.dumps(name)}: {json.dumps(entry, separators=(",", ":"))}' for name, entry in found.items()) + '\n}')


main(pathlib.Path(sys.argv[1]))
