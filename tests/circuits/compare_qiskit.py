#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_qiskit.py own|qasm2|qasm3|convert|dynamic KETCH FOLDER [COUNT [SEED]]: Ketch against independent implementations.

    own      the circuits in FOLDER (circuits/): what their comments promise, by Qiskit's parsers and exact.py; Ketch is not asked
    qasm2    random programs over all gates of qelib1.inc, with gate definitions and expressions, against Qiskit's Statevector, phase included
    qasm3    random programs over all gates of FOLDER/stdgates.inc under random modifiers, with inputs in their angles, against the definitions
             in that file, as the reference parser of OpenQASM 3 reads them, with U by the specification's formula
    convert  random programs over all gates under random modifiers: what `ketch convert --to qasm2` makes of them, as Qiskit reads it with its
             own qelib1.inc and no gate besides, against the state that Ketch finds for the original, up to its phase
    dynamic  random programs of both versions with measurements, resets and conditions in the middle: counts against the exact distribution (exact.py)

Not part of the test suite. Made for: pip install qiskit==2.6.2 qiskit-qasm3-import==0.6.0 numpy==2.4.6 scipy
"""
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

import numpy

TOLERANCE = 1e-9
BATCH = 100
INPUTS = {'alpha': 0.7, 'beta': -2.25}  # of OpenQASM 3 programs


# ── own ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

def plainer(text):
    """An OpenQASM 3 program in the words that Qiskit's importer knows: no `output`, no `const`, no numbers compared with single bits."""
    text = re.sub(r'^output ', '', text, flags=re.MULTILINE)
    for name, value in re.findall(r'^const float (\w+) = (.*?);', text, flags=re.MULTILINE):
        text = re.sub(rf'\b{name}\b', f'({value})', re.sub(rf'^const float {name}.*\n', '', text, flags=re.MULTILINE))
    for name in re.findall(r'^bit (\w+);', text, flags=re.MULTILINE):
        text = text.replace(f'if ({name} == 1)', f'if ({name} == true)')
    return text


def own(folder):
    import qiskit.qasm2
    import qiskit.qasm3

    import exact
    from harness import compare_probabilities
    from promises import promises, spread
    wrong = 0
    for path in sorted(pathlib.Path(folder).glob('*.qasm')):
        text = path.read_text(encoding='utf-8')
        for options, promised in promises(path):
            if 'OPENQASM 2.0;' in text:
                circuit = qiskit.qasm2.loads(text, custom_instructions=qiskit.qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
                sizes = [register.size for register in circuit.cregs]
            else:
                values = dict(option.split('=') for option in options if '=' in option)
                circuit = qiskit.qasm3.loads(plainer(text))
                circuit = circuit.assign_parameters({name: eval(value, {'pi': math.pi}) for name, value in values.items()})
                sizes = [int(size or 1) for size in re.findall(r'^(?:output )?bit(?:\[(\d+)\])? \w+;', text, flags=re.MULTILINE)]
            seen = {exact.bit_text(bits, sizes): value for bits, value in exact.run(circuit)[0].items() if value > 1e-12}
            problem = compare_probabilities(seen, spread(promised, next(iter(seen))), 6e-10)
            wrong += problem is not None
            print(problem or 'ok', path.name, *options)
    return wrong


# ── Random programs ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

def by_name(table):
    return {name: shape for shape, names in table.items() for name in names.split()}


GATES2 = by_name({  # (parameters, qubits): gates
    (3, 1): 'U u3 u',
    (0, 2): 'CX cx cy cz ch csx cs csdg swap',
    (0, 1): 'id x y z h s sdg t tdg sx sxdg',
    (1, 1): 'u0 p u1 rx ry rz',
    (2, 1): 'u2',
    (1, 2): 'crx cry crz cu1 cp rxx rzz',
    (3, 2): 'cu3',
    (4, 2): 'cu',
    (0, 3): 'ccx ccz cswap rccx',
    (0, 4): 'c3x c3sqrtx rc3x',
    (0, 5): 'c4x',
})

GATES3 = by_name({  # (parameters, qubits): gates
    (3, 1): 'U u3',
    (1, 0): 'gphase',
    (1, 1): 'p rx ry rz phase u1',
    (0, 1): 'x y z h s sdg t tdg sx id',
    (0, 2): 'cx cy cz ch swap CX',
    (1, 2): 'cp crx cry crz cphase',
    (0, 3): 'ccx cswap',
    (4, 2): 'cu',
    (2, 1): 'u2',
})


class Writer:
    """Writes random programs. `names` are those that an expression may use besides numbers and pi."""

    def __init__(self, seed, version):
        self.random, self.version = random.Random(seed), version
        self.gates = dict(GATES2 if version == 2 else GATES3)

    def expression(self, names=(), depth=0):
        choice = self.random.randrange(12 if depth < 3 else 4)
        if choice < 2:
            return f'{self.random.uniform(-7, 7):.{self.random.randint(1, 17)}f}' if not names or choice else self.random.choice(names)
        if choice < 4:
            return self.random.choice(['pi', 'pi/2', '-pi/4', '3*pi/8', '1.5e-1', '.25', '2.', *names])
        one, two = self.expression(names, depth + 1), self.expression(names, depth + 1)
        power = '^' if self.version == 2 else '**'
        function = self.random.choice(['sin', 'cos'])
        return [f'{one} + {two}', f'{one} - {two}', f'({one})*({two})', f'({one})/4.0', f'-({one})', f'{function}({one})',
                f'(1.5 + {function}({one})){power}2', f'-2.0{power}2.0/4.0 + {one}'][choice - 4]

    def call(self, qubits, names=(), exclude=()):
        """A gate on some of `qubits`, with its modifiers: "ctrl @ rx(0.3)", [operands]."""
        while True:
            name = self.random.choice([name for name in self.gates if name not in exclude])
            parameters, width = self.gates[name]
            modifiers, width = self.modifiers(width, names)
            if width <= len(qubits) and (width or self.version == 3):
                break
        angles = ', '.join(self.expression(names) if name != 'u0' else '1' for _ in range(parameters))  # Qiskit: u0 takes whole cycles
        return f'{modifiers}{name}' + (f'({angles})' if parameters else ''), self.random.sample(qubits, width)

    def modifiers(self, width, names):
        text = ''
        if self.version == 3:
            for _ in range(self.random.choice([0, 0, 1, 1, 2, 3])):
                kind = self.random.choice(['ctrl', 'negctrl', 'ctrl', 'inv', 'pow', 'root'])
                if kind in ('ctrl', 'negctrl'):
                    count = self.random.choice([1, 1, 2])
                    text += f'{kind} @ ' if count == 1 else f'{kind}({count}) @ '
                    width += count
                else:
                    root = f'{self.random.choice(names)}/4.0' if names and self.random.random() < 0.3 else f'{self.random.uniform(-2, 2):.3f}'
                    exponent = {'inv': '', 'pow': f'({self.random.randint(-3, 4)})', 'root': f'({root})'}[kind]
                    text += f'{"inv" if kind == "inv" else "pow"}{exponent} @ '
        return text, width

    def definition(self, number):
        """A gate over three qubits or fewer that later statements may use."""
        name, parameters = f'own{number}', self.random.randrange(3)
        qubits = [f'a{n}' for n in range(self.random.randint(1, 3))]
        names = [f't{n}' for n in range(parameters)]
        exclude = ('U',) if self.version == 2 else ()  # its phase is put right for whole programs only
        body = []
        for _ in range(self.random.randint(1, 4)):
            gate, operands = self.call(qubits, names, exclude)
            body.append(f'  {gate} {", ".join(operands)};'.replace(' ;', ';'))
        self.gates[name] = (parameters, len(qubits))
        return f'gate {name}' + (f'({", ".join(names)})' if names else '') + f' {", ".join(qubits)}\n{{\n' + '\n'.join(body) + '\n}'

    def program(self):
        width = self.random.randint(1, 5)
        split = self.random.randint(1, width)
        sizes = {'q': split, 'r': width - split}
        lines = ['OPENQASM 2.0;\ninclude "qelib1.inc";' if self.version == 2 else 'OPENQASM 3.0;\ninclude "stdgates.inc";']
        lines += [self.definition(number) for number in range(self.random.randrange(3))]
        lines += [f'qreg {name}[{size}];' if self.version == 2 else f'qubit[{size}] {name};' for name, size in sizes.items() if size]
        qubits = [f'{name}[{n}]' for name, size in sizes.items() for n in range(size)]
        inputs = list(INPUTS) if self.version == 3 else []
        lines += [f'input float {name};' for name in inputs]
        lines += [f'h {qubit}; {"u1" if self.version == 2 else "p"}({n}.3) {qubit};' for n, qubit in enumerate(qubits)]
        for _ in range(self.random.randint(1, 12)):
            gate, operands = self.call(qubits, inputs)
            lines.append(f'{gate} {", ".join(operands)};'.replace(' ;', ';'))
        if self.random.random() < 0.3:
            lines.append(f'rx({self.expression(inputs)}) q;')
        if sizes['r'] == split and self.random.random() < 0.5:
            lines.append('cx q, r;')
        return '\n'.join(lines) + '\n', width

    def dynamic_program(self):
        """Measurements, resets and conditions among the gates; every qubit is measured at the end."""
        width, sizes = self.random.randint(1, 4), [self.random.randint(1, 3) for _ in range(self.random.randint(1, 3))]
        lines = ['OPENQASM 2.0;\ninclude "qelib1.inc";', f'qreg q[{width}];', *(f'creg c{n}[{size}];' for n, size in enumerate(sizes))]
        lines.append(f'creg last[{width}];')
        qubits = [f'q[{n}]' for n in range(width)]
        lines += [f'ry({self.random.uniform(0, 3):.3f}) {qubit};' for qubit in qubits]
        for _ in range(self.random.randint(3, 14)):
            register = self.random.randrange(len(sizes))
            condition = f'if (c{register} == {self.random.randrange(2 ** sizes[register])}) ' if self.random.random() < 0.4 else ''
            kind = self.random.random()
            if kind < 0.6:
                gate, operands = self.call(qubits, exclude=('u0',))
                lines.append(f'{condition}{gate} {", ".join(operands)};')
            elif kind < 0.85:
                register = self.random.randrange(len(sizes))
                bit = f'c{register}[{self.random.randrange(sizes[register])}]'
                lines.append(f'{condition}measure {self.random.choice(qubits)} -> {bit};')
            else:
                lines.append(f'{condition}reset {self.random.choice(qubits)};')
        return '\n'.join([*lines, 'measure q -> last;']) + '\n', [*sizes, width]

    def nested_program(self):
        """The same in OpenQASM 3, with blocks and else."""
        width, sizes = self.random.randint(1, 4), [self.random.randint(1, 3) for _ in range(self.random.randint(1, 3))]
        lines = ['OPENQASM 3.0;\ninclude "stdgates.inc";', f'qubit[{width}] q;', *(f'bit[{size}] c{n};' for n, size in enumerate(sizes))]
        lines.append(f'bit[{width}] last;')
        self.block(lines, '', self.random.randint(4, 14), [f'q[{n}]' for n in range(width)], sizes)
        return '\n'.join([*lines, 'last = measure q;']) + '\n', [*sizes, width]

    def block(self, lines, indent, count, qubits, sizes):
        for _ in range(count):
            register = self.random.randrange(len(sizes))
            bit, kind = f'c{register}[{self.random.randrange(sizes[register])}]', self.random.random()
            if kind < 0.5:
                name, (parameters, width) = self.random.choice([entry for entry in GATES3.items() if 0 < entry[1][1] <= len(qubits)])
                angles = ', '.join(f'{self.random.uniform(-4, 4):.3f}' for _ in range(parameters))
                lines.append(f'{indent}{name}{f"({angles})" if angles else ""} {", ".join(self.random.sample(qubits, width))};')
            elif kind < 0.65:
                lines.append(f'{indent}{bit} = measure {self.random.choice(qubits)};')
            elif kind < 0.75 or len(indent) > 4:
                lines.append(f'{indent}reset {self.random.choice(qubits)};')
            else:
                value = self.random.randrange(2 ** sizes[register])
                lines.append(f'{indent}if ({self.random.choice([bit, "!" + bit, f"c{register} == {value}"])}) {{')
                self.block(lines, indent + '  ', self.random.randint(1, 3), qubits, sizes)
                if self.random.random() < 0.5:
                    lines.append(f'{indent}}} else {{')
                    self.block(lines, indent + '  ', self.random.randint(1, 3), qubits, sizes)
                lines.append(f'{indent}}}')


def ketch_amplitudes(ketch, programs, parameters):
    """The state vector of each program, by one run of the command."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, program in enumerate(programs):
            paths.append(f'{folder}/{number}.qasm')
            pathlib.Path(paths[-1]).write_text(program, encoding='utf-8')
        command = [ketch, 'run', '--quiet', '--shots', '0', '--amplitudes', 'all', '--format', 'jsonl', *parameters, *paths]
        done = subprocess.run(command, capture_output=True, text=True)
    states = [None] * len(programs)
    for line in done.stdout.splitlines():
        document = json.loads(line)
        number = int(pathlib.Path(document['name']).stem)
        amplitudes = document['result']['amplitudes']
        states[number] = numpy.array([complex(*amplitudes[bits]) for bits in sorted(amplitudes, key=lambda bits: int(bits, 2))])
    return states, done.stderr


def compare(ketch, version, expected_state, count, seed):
    wrong, done = 0, 0
    while done < count:
        written = [Writer(f'{seed} {done + number}', version).program() for number in range(min(BATCH, count - done))]
        parameters = [f'--param={name}={value}' for name, value in INPUTS.items()] if version == 3 else []
        states, errors = ketch_amplitudes(ketch, [program for program, _ in written], parameters)
        for (program, width), state in zip(written, states):
            expected = expected_state(program, width)
            if state is None or state.size != expected.size:
                problem = 'no state: ' + errors[:600]
            else:
                difference = numpy.abs(state - expected).max()
                overlap = abs(numpy.vdot(state, expected))  # 1: only the phase is wrong
                problem = f'differs by {difference:.3g}, overlap {overlap:.6f}' if difference > TOLERANCE else None
            if problem:
                wrong += 1
                print(f'{problem}\n{program}')
        done += len(written)
    print(f'OpenQASM {version}: {done} programs, {wrong} disagreements (seed {seed})')
    return wrong


# ── OpenQASM 2: Qiskit ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

def known_to_qiskit():
    import qiskit.qasm2
    from qiskit.circuit import library
    more = {'cs': library.CSGate, 'csdg': library.CSdgGate, 'ccz': library.CCZGate}
    return [*qiskit.qasm2.LEGACY_CUSTOM_INSTRUCTIONS,
            *(qiskit.qasm2.CustomInstruction(name, *GATES2[name], gate, builtin=True) for name, gate in more.items())]


def qiskit_state():
    import qiskit.qasm2
    from qiskit.quantum_info import Statevector
    known = known_to_qiskit()

    def state(program, width):
        circuit = qiskit.qasm2.loads(program, custom_instructions=known)
        phase = 0.0  # Qiskit takes the textbook's matrix for U; the paper's is e^(-i(phi + lambda)/2) times that
        for angles in re.findall(r'^U\((.*)\) ', program, flags=re.MULTILINE):
            values = eval(angles.replace('^', '**'), {'pi': math.pi, 'sin': math.sin, 'cos': math.cos})
            phase -= (values[1] + values[2]) / 2
        return Statevector(circuit).data * numpy.exp(1j * phase)

    return state


# ── OpenQASM 3: the definitions of stdgates.inc ───────────────────────────────────────────────────────────────────────────────────────────

def textbook_u(theta, phi, lam):
    cos, sin = math.cos(theta / 2), math.sin(theta / 2)
    return numpy.array([[cos, -numpy.exp(1j * lam) * sin], [numpy.exp(1j * phi) * sin, numpy.exp(1j * (phi + lam)) * cos]])


def controlled(matrix, value):
    """One more control, as the first operand: the lowest bit."""
    result = numpy.eye(2 * len(matrix), dtype=complex)
    result[value::2, value::2] = matrix
    return result


def power(matrix, exponent):
    """Whole exponents repeat; others take each eigenphase from (-pi, pi]."""
    from scipy.linalg import schur
    if exponent == int(exponent):
        return numpy.linalg.matrix_power(matrix if exponent >= 0 else matrix.conj().T, abs(int(exponent)))
    triangle, vectors = schur(matrix, output='complex')  # diagonal, since the matrix is normal
    phases = numpy.angle(numpy.diag(triangle))
    phases[phases < 1e-9 - math.pi] = math.pi
    return vectors @ numpy.diag(numpy.exp(1j * exponent * phases)) @ vectors.conj().T


class Definitions:
    """Evaluates programs of gates by their syntax tree. Matrices have the first operand as the lowest bit."""

    def __init__(self, stdgates):
        import openqasm3
        self.parse, self.ast, self.defined = openqasm3.parse, openqasm3.ast, {}
        for statement in self.parse(stdgates).statements:
            self.defined[statement.name.name] = statement

    def value(self, node, names):
        kind = type(node).__name__
        if kind == 'Identifier':
            return names[node.name] if node.name in names else {'pi': math.pi, 'π': math.pi}[node.name]
        if kind == 'UnaryExpression':
            return -self.value(node.expression, names)
        if kind == 'BinaryExpression':
            left, right = self.value(node.lhs, names), self.value(node.rhs, names)
            return {'+': left + right, '-': left - right, '*': left * right, '/': left / right if node.op.name == '/' else 0,
                    '**': left ** right if node.op.name == '**' else 0}[node.op.name]
        if kind == 'FunctionCall':
            return getattr(math, node.name.name)(*(self.value(argument, names) for argument in node.arguments))
        return node.value

    def gate(self, name, angles):
        """The matrix of a gate."""
        if name == 'U':
            return numpy.exp(0.5j * angles[0]) * textbook_u(*angles)
        if name == 'CX':  # meant as the plain controlled-NOT, though its definition counts U's phase
            return controlled(numpy.array([[0, 1], [1, 0]], complex), 1)
        definition = self.defined[name]
        names = dict(zip((argument.name for argument in definition.arguments), angles))
        position = {qubit.name: index for index, qubit in enumerate(definition.qubits)}
        result = numpy.eye(2 ** len(position), dtype=complex)
        for statement in definition.body:
            result = self.columns(statement, names, position, result)
        return result

    def columns(self, statement, names, position, state):
        from exact import apply_matrix
        matrix = self.matrix(statement, names)
        operands = [position[self.operand(qubit)] for qubit in statement.qubits]
        return numpy.stack([apply_matrix(column, matrix, operands) for column in state.T], axis=1)

    @staticmethod
    def operand(qubit):
        return qubit.name if isinstance(qubit.name, str) else f'{qubit.name.name}[{qubit.indices[0][0].value}]'

    def matrix(self, statement, names):
        if type(statement).__name__ == 'QuantumPhase':
            matrix = numpy.array([[numpy.exp(1j * self.value(statement.argument, names))]])
        else:
            matrix = self.gate(statement.name.name, [self.value(argument, names) for argument in statement.arguments])
        for modifier in reversed(statement.modifiers):
            kind = modifier.modifier.name
            argument = 1 if modifier.argument is None else self.value(modifier.argument, names)
            if kind == 'inv':
                matrix = matrix.conj().T
            elif kind == 'pow':
                matrix = power(matrix, argument)
            else:
                for _ in range(argument):
                    matrix = controlled(matrix, int(kind == 'ctrl'))
        return matrix

    def state(self, program, width):
        from exact import apply_matrix
        before = dict(self.defined)
        state, position, sizes = numpy.zeros(2 ** width, complex), {}, {}
        state[0] = 1
        for statement in self.parse(program).statements:
            kind = type(statement).__name__
            if kind == 'QuantumGateDefinition':
                self.defined[statement.name.name] = statement
            elif kind == 'QubitDeclaration':
                sizes[statement.qubit.name] = statement.size.value
                for index in range(statement.size.value):
                    position[f'{statement.qubit.name}[{index}]'] = len(position)
            elif kind not in ('Include', 'IODeclaration'):
                matrix = self.matrix(statement, INPUTS)
                whole = [sizes[qubit.name] for qubit in statement.qubits if isinstance(qubit.name, str)]
                for index in range(whole[0] if whole else 1):
                    names = [f'{qubit.name}[{index}]' if isinstance(qubit.name, str) else self.operand(qubit) for qubit in statement.qubits]
                    state = apply_matrix(state, matrix, [position[name] for name in names])
        self.defined = before
        return state


# ── Conversions ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

def every_gate():
    """A program for each gate: those of qelib1.inc, and those of stdgates.inc with up to two controls."""
    for version, gates in (2, GATES2), (3, GATES3):
        for name, (parameters, width) in gates.items():
            for controls in range(3 if version == 3 else 1):
                angles = ', '.join(['0.7', '-1.9', '2.3', '5.1'][:parameters]) if name != 'u0' else '1'
                qubits = [f'q[{n}]' for n in range(width + controls)]
                lines = ['OPENQASM 2.0;\ninclude "qelib1.inc";' if version == 2 else 'OPENQASM 3.0;\ninclude "stdgates.inc";']
                lines.append(f'qreg q[{max(len(qubits), 1)}];')
                lines += [f'ry({0.9 + n}) {qubit}; u1({0.4 + n}) {qubit};' for n, qubit in enumerate(qubits or ['q[0]'])]
                lines.append(f'{f"ctrl({controls}) @ " if controls else ""}{name}{f"({angles})" if angles else ""} {", ".join(qubits)};')
                yield '\n'.join(lines), max(len(qubits), 1)


def convert(ketch, count, seed):
    import qiskit.qasm2
    from qiskit.quantum_info import Statevector
    programs = [*every_gate()]
    for number in range(count):
        program, width = Writer(f'{seed} {number}', 3).program()
        values = re.sub(r'^input float (\w+);', lambda found: f'const float {found[1]} = {INPUTS[found[1]]};', program, flags=re.MULTILINE)
        programs.append((values, width))
    states, errors = ketch_amplitudes(ketch, [program for program, _ in programs], [])
    wrong, refused, unknown = 0, 0, errors.count('error: ')
    for (program, width), state in zip(programs, states):
        done = subprocess.run([ketch, 'convert', '--to', 'qasm2', '-'], input=program, capture_output=True, text=True)
        refused += 'KQ0736' in done.stderr
        if state is None or 'KQ0736' in done.stderr:  # a gate of neither language; a power of a gate on several qubits
            continue
        try:
            overlap = abs(numpy.vdot(Statevector(qiskit.qasm2.loads(done.stdout)).data, state))
        except (qiskit.qasm2.QASM2ParseError, ValueError) as problem:
            overlap = f'{problem} {done.stderr}'
        if not isinstance(overlap, float) or abs(overlap - 1) > TOLERANCE:
            wrong += 1
            print(f'{overlap}\n{program}\n{done.stdout}')
    print(f'convert: {len(programs)} programs, {refused} refused, {unknown} unknown, {wrong} disagreements (seed {seed})')
    return wrong


def dynamic(ketch, count, seed):
    import exact
    import qiskit.qasm2
    import qiskit.qasm3

    from harness import Ketch, compare_counts
    wrong, ketch = 0, Ketch(ketch)
    for number in range(count):
        if number % 2:
            program, sizes = Writer(f'{seed} {number}', 2).dynamic_program()
            circuit = qiskit.qasm2.loads(program, custom_instructions=known_to_qiskit())
        else:
            program, sizes = Writer(f'{seed} {number}', 3).nested_program()
            circuit = qiskit.qasm3.loads(program)
        expected = {exact.bit_text(bits, sizes): value for bits, value in exact.run(circuit)[0].items() if value > 1e-13}
        with tempfile.NamedTemporaryFile('w', suffix='.qasm') as file:
            file.write(program)
            file.flush()
            problem = compare_counts(ketch.run(file.name, '--shots', 20000, '--seed', number)['counts'], expected)
        if problem:
            wrong += 1
            print(f'{problem}\n{program}')
    print(f'dynamic: {count} programs, {wrong} disagreements (seed {seed})')
    return wrong


def main(kind, ketch, folder, count=1000, seed=1):
    if kind == 'own':
        return own(folder)
    if kind in ('convert', 'dynamic'):
        return {'convert': convert, 'dynamic': dynamic}[kind](ketch, int(count), seed)
    if kind == 'qasm2':
        return compare(ketch, 2, qiskit_state(), int(count), seed)
    stdgates = (pathlib.Path(folder) / 'stdgates.inc').read_text(encoding='utf-8')
    return compare(ketch, 3, Definitions(stdgates).state, int(count), seed)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]) != 0)
