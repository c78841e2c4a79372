#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_others.py [--differences]: what other implementations make of the table's programs. Not part of the tests: run by hand, in an
environment with qiskit-qasm3-import and qiskit-aer, pyqasm, amazon-braket-default-simulator (those that are there are asked).

Prints for each of them how many programs it runs to the table's values, to others, or not at all, and how many wrong programs it takes;
with --differences each program where it gives another value, or takes what must be refused.
"""
import collections
import importlib
import logging
import math
import multiprocessing
import re
import sys
import warnings

from table import AlmostZero, sections
from values import scalar_width

SECONDS = 10


def plain(text):
    return re.sub(r'\boutput\s+', '', text)


# ── What each of them says: {name: number, text of bits, truth, list, (re, im)} ──

def literal(node):
    """A literal of the openqasm3 package's tree."""
    if node is None:
        return None
    if hasattr(node, 'values'):
        return [literal(item) for item in node.values]
    return node.value if hasattr(node, 'value') else node


def ask_braket(program, kinds):
    from braket.default_simulator.openqasm.interpreter import Interpreter
    interpreter = Interpreter()
    interpreter.build_circuit(plain(program.text))
    return {name: literal(interpreter.context.get_value(name)) for name in kinds}


def ask_pyqasm(program, kinds):
    import pyqasm
    from pyqasm.scope import ScopeManager
    from pyqasm.visitor import QasmVisitor
    text = plain(program.text)
    module = pyqasm.loads(text if 'OPENQASM' in text else 'OPENQASM 3.0;\n' + text)
    scope = ScopeManager()
    module.accept(QasmVisitor(module, scope))
    variables = scope.get_global_scope()
    return {name: getattr(variables.get(name), 'value', None) for name in kinds}


def ask_qiskit(program, kinds):
    import qiskit
    import qiskit.qasm3
    import qiskit_aer
    circuit = qiskit.qasm3.loads(plain(program.text))
    if not circuit.clbits:
        return {}
    if circuit.num_qubits == 0:
        circuit.add_register(qiskit.QuantumRegister(1, 'none'))
    simulator = qiskit_aer.AerSimulator(seed_simulator=1)
    result = simulator.run(qiskit.transpile(circuit, simulator, optimization_level=0), shots=1).result()
    outcome = f'{int(next(iter(result.data()["counts"])), 16):0{circuit.num_clbits}b}'[::-1]
    found = {}
    for register in circuit.cregs:
        found[register.name] = ''.join(outcome[circuit.find_bit(bit).index] for bit in reversed(register))
    loose = [bit for bit in circuit.clbits if not circuit.find_bit(bit).registers]
    if len(loose) == 1 and len(kinds) == 1:
        found[next(iter(kinds))] = outcome[circuit.find_bit(loose[0]).index]
    return {name: found[name] for name in kinds if name in found}


CLASSICAL = ask_pyqasm, ask_braket  # what they measure is no variable's value: asked for programs without qubits
PEERS = {'Qiskit\'s importer and Aer': ask_qiskit, 'pyqasm': ask_pyqasm, 'Amazon Braket\'s simulator': ask_braket}


# ── Comparing ──

def numbers(seen):
    """Plain numbers for arrays of NumPy and constants of SymPy."""
    if hasattr(seen, 'tolist'):
        return seen.tolist()
    return float(seen) if hasattr(seen, 'free_symbols') and not seen.free_symbols else seen


def agrees(seen, wanted, kind):
    """Is this the table's value, spelt as the other spells it?"""
    seen = numbers(seen)
    if seen is None:
        return True  # never assigned: undefined, says the specification
    if isinstance(seen, str) and len(seen) > 1 and seen[0] == '"':
        seen = seen[1:-1]
    if kind.startswith('angle'):
        width = scalar_width(kind)
        radians = int(wanted, 2) * math.tau / 2 ** width if isinstance(wanted, str) else wanted
        return isinstance(seen, (int, float)) and abs(math.remainder(seen - radians, math.tau)) < 1e-6
    if isinstance(wanted, AlmostZero):
        wanted = 0
    if isinstance(wanted, bool):
        return seen in (wanted, int(wanted), str(int(wanted)))
    if isinstance(wanted, str):  # bits
        if isinstance(seen, list):
            seen = ''.join(str(int(bool(bit))) for bit in seen)
        if isinstance(seen, (bool, int)):
            seen = f'{int(seen):0{len(wanted)}b}'
        return seen == wanted
    if isinstance(wanted, list):
        element = kind.split(', ')[0].removeprefix('array[')
        return isinstance(seen, list) and len(seen) == len(wanted) and all(agrees(*pair, element) for pair in zip(seen, wanted))
    if isinstance(wanted, tuple):
        wanted = complex(*(0 if isinstance(part, AlmostZero) else part for part in wanted))
        return isinstance(seen, (int, float, complex)) and abs(seen - wanted) < 1e-6
    if isinstance(seen, bool):
        seen = int(seen)
    tolerance = 1e-6 * max(1, abs(wanted)) if isinstance(wanted, float) or kind.startswith('float') else 0
    return isinstance(seen, (int, float)) and abs(seen - wanted) <= tolerance


def answer(peer, program, pipe):
    warnings.simplefilter('ignore')
    logging.disable(logging.CRITICAL)
    kinds = program.outputs
    if program.kind == 'values' and PEERS[peer] in CLASSICAL and re.search(r'\bqubit|\$\d', program.text):
        pipe.send(('not asked', ''))
        return
    try:
        seen = PEERS[peer](program, kinds)
    except BaseException as error:  # pylint: disable=broad-except
        pipe.send(('refuses', f'{type(error).__name__}: {str(error).splitlines()[0][:160] if str(error) else ""}'))
        return
    if program.kind == 'error':
        pipe.send(('takes it', ''))
        return
    wanted = {name: wanted for name, wanted in program.values[0].items() if name in seen and seen[name] is not None}
    wrong = [f'{name} is {numbers(seen[name])!r}, not {value_!r}' for name, value_ in wanted.items()
             if not agrees(seen[name], value_, kinds.get(name, 'bit'))]
    pipe.send(('differs', '; '.join(wrong)) if wrong else ('agrees', '') if wanted else ('refuses', 'shows no value'))


def asked(peer, program):
    """(word, detail); in a process of its own, since some never come back."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=answer, args=(peer, program, theirs))
    process.start()
    theirs.close()
    try:
        found = ours.recv() if ours.poll(SECONDS) else ('hangs', f'no answer within {SECONDS} s')
    except EOFError:
        found = 'crashes', ''
    process.kill()
    process.join()
    return found


def main(*options):
    for module in 'qiskit.qasm3', 'qiskit_aer', 'pyqasm', 'braket.default_simulator.openqasm.interpreter':
        importlib.import_module(module)  # once, before the processes part
    table = [program for section in sections() for program in section.programs
             if not program.parameters and not program.options and program.kind in ('values', 'error')]
    good, bad = [one for one in table if one.kind == 'values'], [one for one in table if one.kind == 'error']
    print(f'| implementation | of {len(good)} right programs asked | agrees | another value | cannot run it | crashes or hangs '
          f'| of {len(bad)} wrong programs refuses |\n| --- | --- | --- | --- | --- | --- | --- |')
    details = collections.defaultdict(list)
    for peer in PEERS:
        tally = collections.Counter()
        for program in table:
            word, detail = asked(peer, program)
            tally[program.kind, word] += 1
            if word in ('differs', 'takes it', 'hangs', 'crashes'):
                details[peer].append(f'* {program.section.path.name}, {program}: {word}. {detail}')
        broken = tally['values', 'hangs'] + tally['values', 'crashes']
        asked_for = len(good) - tally['values', 'not asked']
        print(f'| {peer} | {asked_for} | {tally["values", "agrees"]} | {tally["values", "differs"]} | {tally["values", "refuses"]} | {broken} '
              f'| {tally["error", "refuses"]} |', flush=True)
    if '--differences' in options:
        for peer, lines in details.items():
            print(f'\n### {peer}\n', *lines, sep='\n')


if __name__ == '__main__':
    multiprocessing.set_start_method('fork')
    sys.exit(main(*sys.argv[1:]))
