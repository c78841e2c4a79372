#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""others.py KETCH CIRCUITS: every file of a folder of circuits written by others gives the outcome that others.txt states.

CIRCUITS is the Meson option `circuits`; empty, the test is skipped. Given, nothing is skipped: a file without a row in the table fails,
and so does a row without a file. Expected numbers are in expected.json (make_expected.py).
"""
import fnmatch
import json
import pathlib
import re
import sys
import tempfile

from harness import Ketch, Tap, compare_counts, compare_probabilities

HERE = pathlib.Path(__file__).parent
SHOTS, SEED = 100_000, 1


def table():
    """The rows of others.txt: (pattern, [word, ...])."""
    for line in (HERE / 'others.txt').read_text(encoding='utf-8').splitlines():
        if line and not line.startswith('#'):
            pattern, *outcome = line.split()
            yield pattern, outcome


def files(folder):
    """(path, outcome) for each file of the folder; outcome is None where no row fits."""
    rows = list(table())
    for path in sorted(path for path in folder.rglob('*') if path.is_file()):
        name = path.relative_to(folder).as_posix()
        yield path, next((outcome for pattern, outcome in rows if fnmatch.fnmatchcase(name, pattern)), None)


def runs(ketch, path, expected):
    """Counts within chance of the exact distribution, none that is impossible; the probabilities before the final measurements, in both
    precisions."""
    result = ketch.run(path, '--shots', SHOTS, '--seed', SEED)
    sizes = [register['size'] for register in result['registers']]
    if sizes != expected['registers']:
        return f'registers of {sizes} bits, expected {expected["registers"]}'
    if sum(result['counts'].values()) != SHOTS:
        return 'shots are missing'
    problem = compare_counts(result['counts'], expected['outcomes'])
    state = expected['outcomes'] if expected.get('state') == 'outcomes' else expected.get('state')
    for precision, tolerance in ('fp64', 2e-12), ('fp32', 1e-3):  # hhl_n10 has 186,800 gates
        if state and not problem:
            probabilities = ketch.run(path, '--shots', 0, '--probabilities', '--precision', precision)['probabilities']
            problem = compare_probabilities(probabilities, state, tolerance)
    return problem


def unmeasured(text):
    return ''.join(line for line in text.splitlines(keepends=True) if not line.startswith('measure'))


def refused(ketch, path, status, code, *text):
    """The first error stands alone on its line: file:line:col: error[CODE]: text."""
    exit_code, out, error = ketch('check', path)
    first = next((line for line in error.splitlines() if ' error[' in line), '')
    wanted = f' error[{code}]: '
    if exit_code == int(status) and wanted in first and ' '.join(text) in first and not out:
        return None
    return f'exit code {exit_code}, expected {status} with {code} {" ".join(text)}\n{error}'


def rejects(ketch, path):
    """One statement a line; each is no OpenQASM."""
    problems = []
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        if line and not line.startswith('//'):
            code, _, error = ketch('check', '-', stdin=line.encode())
            if code != 3:
                problems.append(f'line {number}, {line}: exit code {code}\n{error}')
    return '\n'.join(problems)


def source_of(path):
    """The value of `source:` in a YAML file: plain or quoted on the line, or an indented block."""
    lines = path.read_text(encoding='utf-8').splitlines()
    at = next(index for index, line in enumerate(lines) if line.startswith('source:'))
    text = lines[at][len('source:'):].strip()
    if text[:1] not in ('|', '>'):
        return text.strip('"\'') if text else source_block(lines[at + 1:])
    return source_block(lines[at + 1:])


def source_block(lines):
    block = []
    for line in lines:
        if line and not line.startswith(' '):
            break
        block.append(line)
    indent = min(len(line) - len(line.lstrip()) for line in block if line.strip())
    return '\n'.join(line[indent:] for line in block) + '\n'


def accepts(ketch, path):
    """The grammar must accept the text. What it means may still be unknown to Ketch, or nothing."""
    code, _, error = ketch('check', '-', stdin=source_of(path).encode())
    return None if code in (0, 4) and ' error[KQ02' not in error and ' error[KQ01' not in error else f'exit code {code}\n{error}'


HEADERS = {'2': ('OPENQASM 2.0;\ninclude "{}";\nqreg q[5];\n', 'qelib1.inc'),
           '3': ('OPENQASM 3.0;\ninclude "{}";\nqubit[5] q;\n', 'stdgates.inc')}


def amplitudes(ketch, program, include, folder):
    path = pathlib.Path(folder) / 'gate.qasm'
    path.write_text(program.format(include), encoding='utf-8')
    return [complex(*pair) for pair in ketch.run(path, '--shots', 0, '--amplitudes', 'all')['amplitudes'].values()]


def defines(ketch, path, version, *different):
    """Each gate that the file defines, on a state without symmetry and in version 3 under a control, against the built-in one."""
    header, built_in = HEADERS[version]
    library, problems = path.read_text(encoding='utf-8'), []
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / 'copy.inc').write_text(library, encoding='utf-8')
        for name, parameters, qubits in re.findall(r'^gate (\w+) ?(?:\((.*?)\))?\s*([^{\n]+)', library, re.MULTILINE):
            angles = ', '.join(f'{index}.3' for index, parameter in enumerate(parameters.split(','), 1) if parameter)
            operands = ', '.join(f'q[{index}]' for index in range(len(qubits.split(','))))
            call = f'{name}({angles}) {operands};\n' if angles else f'{name} {operands};\n'
            if version == '3':
                call = 'ctrl @ ' + call.replace(' q', ' q[4], q', 1)
            program = header + ''.join(f'U(0.{n}7, 0.{n}3, 1.{n}) q[{n}];\n' for n in range(5)) + call
            one, other = (amplitudes(ketch, program, include, folder) for include in (built_in, 'copy.inc'))
            if version == '2':  # the file speaks of gates up to their global phase
                turn = sum(a * b.conjugate() for a, b in zip(one, other))
                other = [b * turn for b in other]
            difference = max(abs(a - b) for a, b in zip(one, other))
            if (difference > 1e-12) != (name in different):
                problems.append(f'{name}: amplitudes differ by {difference:.3g}')
    return '\n'.join(problems)


def outcome_of(ketch, folder, path, outcome, numbers):
    kind, *rest = outcome
    name = path.relative_to(folder).as_posix()
    if kind == 'run':
        return runs(ketch, path, numbers[rest[1] if rest else name])
    if kind == 'unmeasured':
        with tempfile.NamedTemporaryFile('w', suffix='.qasm', encoding='utf-8') as file:
            file.write(unmeasured(path.read_text(encoding='utf-8')))
            file.flush()
            return refused(ketch, path, *rest) or runs(ketch, file.name, numbers[name])
    if kind in ('data', 'elsewhere'):
        return None
    return {'refused': refused, 'rejects': rejects, 'accepts': accepts, 'defines': defines}[kind](ketch, path, *rest)


def main(program, folder):
    ketch, tap = Ketch(program), Tap()
    if not folder:
        tap.skip('circuits written by others', 'the Meson option `circuits` does not name their folder')
        return tap.end()
    folder = pathlib.Path(folder)
    numbers = json.loads((HERE / 'expected.json').read_text())
    names = [path.relative_to(folder).as_posix() for path, _ in files(folder)]
    missing = [pattern for pattern, _ in table() if not fnmatch.filter(names, pattern)]
    missing += [name for name in numbers if name not in names]
    tap.check('every row of the table finds its file', missing and f'missing in {folder}: {", ".join(missing)}')
    for path, outcome in files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            problem = outcome_of(ketch, folder, path, outcome, numbers) if outcome else 'no row of others.txt says what becomes of it'
        except Exception as error:
            problem = f'{type(error).__name__}: {error}'
        tap.check(name, problem)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
