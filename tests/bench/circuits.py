#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""circuits.py KETCH BENCH: the circuits of bench/circuits.py have the gates that they should, and do what their names say.

Gates are counted by ketch against formulas. What a circuit does is worked out here from its definition, not from its gates.
"""
import cmath
import collections
import json
import math
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'circuits'))
from harness import Ketch, Tap  # noqa: E402

TOLERANCE = 1e-9


def grid(n):
    """Horizontal and vertical bonds of the grid that is nearest to a square."""
    columns = max(width for width in range(1, n + 1) if n % width == 0 and width * width <= n)
    return n // columns * (columns - 1), (n // columns - 1) * columns


def products(n):
    return len(range(0, n // 2 - 2, 3))


def expected_gates(name, n):
    """Gates by kind, as ketch calls them; of those that are drawn at random, in what number together: {('t', 'rx'): 7}."""
    half, pairs = n // 2, n * (n - 1) // 2
    searched, digits, width = half + 1, n - 1, half - 1
    horizontal, vertical = grid(n)
    return {
        'ghz': {'h': 1, 'cx': n - 1},
        'qft': {'ry': n, 'cx': n - 1, 'h': n, 'cp': pairs, 'swap': half},
        'qv': {'u': 40 * half, 'cx': 30 * half, 'rz': 10 * half, 'ry': 20 * half},
        'rqc': {'h': n, 'cz': 3 * horizontal + 2 * vertical, ('t', 'rx', 'ry'): 20 * n},
        'hea': {'ry': 10 * n, 'rz': 10 * n, 'cx': 10 * n},
        'realamp': {'ry': 6 * n, 'cx': 5 * pairs},
        'qaoa': {'h': n, 'rzz': 12 * half, 'rx': 4 * n},
        'qaoa_full': {'h': n, 'rzz': pairs, 'rx': n},
        'tfim': {'rzz': 20 * (n - 1), 'rx': 20 * n},
        'hidden_shift': {'h': 3 * n, 'cz': 2 * half, 'ccx': 2 * products(n)},
        'grover': {'h': 5 * searched + 8, 'ccx': 8 * (searched - 2), 'cx': 4},
        'qpe': {'x': 1, 'h': 2 * digits, 'cp': digits * (digits + 1) // 2, 'swap': digits // 2},
        'adder': {'ry': 2 * width, 'cx': 4 * width + 1, 'ccx': 2 * width},
        'clifford_t': {('h', 's', 't', 'x', 'cx'): 30 * n},
    }[name]


def wrong_gates(name, n, seen):
    seen, problems = dict(seen), []
    for kinds, count in expected_gates(name, n).items():
        kinds = kinds if isinstance(kinds, tuple) else (kinds,)
        found = sum(seen.pop(kind, 0) for kind in kinds)
        if found != count:
            problems.append(f'{"+".join(kinds)}: {found} instead of {count}')
    if name in ('hidden_shift', 'grover'):  # X by what is hidden; each is undone later
        if seen.pop('x', 0) % 2:
            problems.append('an odd number of X')
    return '\n'.join(problems + [f'{kind}: {count}, but none belongs there' for kind, count in seen.items()])


def wrong_kinds_in_rqc(circuit):
    """Each qubit's T, RX, RY in a row differ, and no qubit meets two CZ in a layer."""
    last, layer = {}, set()
    for gate, _, qubits in circuit.gates[circuit.qubits:]:
        if gate == 'cz':
            if layer & set(qubits):
                return f'two CZ on a qubit of {qubits}'
            layer |= set(qubits)
            continue
        layer = set()
        if last.get(qubits) == gate:
            return f'{gate} twice in a row on {qubits}'
        last[qubits] = gate
    return None


def wrong_degrees_in_qaoa(circuit):
    degree = collections.Counter()
    edges = {qubits for gate, _, qubits in circuit.gates if gate == 'rzz'}
    for edge in edges:
        degree.update(edge)
    regular = circuit.qubits - circuit.qubits % 2
    return None if len(degree) == regular and set(degree.values()) == {3} else f'neighbours: {dict(degree)}'


# ── What the circuits do ─────────────────────────────────────────────────────────────────────────────────────────────────

def amplitudes(ketch, path, *options):
    """The state before the measurements, as complex numbers by basis state."""
    found = ketch.run(path, '--amplitudes', 'all', '--shots', 1, '--seed', 1, *options)['amplitudes']
    state = [0j] * (1 << len(next(iter(found))))
    for outcome, (re, im) in found.items():
        state[int(outcome, 2)] = complex(re, im)
    return state


def largest_difference(state, expected):
    worst = max(range(len(state)), key=lambda i: abs(state[i] - expected[i]))
    difference = abs(state[worst] - expected[worst])
    if len(state) == len(expected) and difference < TOLERANCE:
        return None
    return f'amplitude {worst:b}: {state[worst]} instead of {expected[worst]}'


def ghz(circuit, state):
    expected = [0j] * len(state)
    expected[0] = expected[-1] = math.sqrt(0.5)
    return largest_difference(state, expected)


def qft(circuit, state):
    """The discrete Fourier transform of what the first layers prepare: qubit q of the product state, summed modulo 2 from 0 to q."""
    size, before = len(state), [0.0] * len(state)
    angles = [angles[0] for gate, angles, _ in circuit.gates if gate == 'ry']
    for index in range(size):
        amplitude, target, parity = 1.0, 0, 0
        for q, angle in enumerate(angles):
            bit = index >> q & 1
            amplitude *= math.sin(angle / 2) if bit else math.cos(angle / 2)
            parity ^= bit
            target |= parity << q
        before[target] = amplitude
    turn = [cmath.exp(2j * math.pi * k / size) for k in range(size)]
    return largest_difference(state, [sum(before[x] * turn[x * y % size] for x in range(size)) / math.sqrt(size) for y in range(size)])


def grover(circuit, state):
    """Two iterations turn by 4 times the angle whose sine is the marked item's first amplitude; ancillas end at 0."""
    searched = circuit.qubits // 2 + 1
    angle = 5 * math.asin(2 ** (-searched / 2))
    rest = math.cos(angle) / math.sqrt(2 ** searched - 1)
    expected = [rest] * (1 << searched) + [0] * (len(state) - (1 << searched))
    marked = int(circuit.answer, 2)
    expected[marked] = math.sin(angle)
    sign = math.copysign(1, (state[marked] * math.sin(angle)).real)
    return largest_difference(state, [sign * amplitude for amplitude in expected])


def hidden_shift(circuit, state):
    """The shift with certainty; an odd qubit more is left out."""
    half = circuit.qubits // 2
    shift = int(circuit.answer.replace('?', ''), 2)
    probability = sum(abs(amplitude) ** 2 for index, amplitude in enumerate(state) if index & (1 << 2 * half) - 1 == shift)
    return None if abs(probability - 1) < TOLERANCE else f'probability {probability} of the shift {circuit.answer}'


def qpe(circuit, state):
    """Fejér's kernel around the phase, which is read off the first controlled phase; the eigenstate stays 1."""
    digits = circuit.qubits - 1
    size = 1 << digits
    phase = next(angles[0] for gate, angles, _ in circuit.gates if gate == 'cu1') / (2 * math.pi)
    for y in range(size):
        expected = abs(sum(cmath.exp(2j * math.pi * (phase - y / size) * x) for x in range(size)) / size) ** 2
        if abs(abs(state[size + y]) ** 2 - expected) > TOLERANCE:
            return f'outcome {y}: probability {abs(state[size + y]) ** 2} instead of {expected}'
    likeliest = max(range(len(state)), key=lambda index: abs(state[index]))
    return None if int(circuit.answer, 2) == likeliest else f'{likeliest:b} is the likeliest, not {circuit.answer}'


def adder(circuit, state):
    """Where a and b were, with the amplitude of both, a and a + b are: b in the odd qubits, a in the even ones, the carry on top."""
    width = (circuit.qubits - 2) // 2
    angle = {qubits[0]: angles[0] for gate, angles, qubits in circuit.gates if gate == 'ry'}
    expected = [0j] * len(state)
    for a in range(1 << width):
        for b in range(1 << width):
            amplitude, index = 1.0, (a + b >> width) << circuit.qubits - 1
            for i in range(width):
                for bit, place in ((b >> i & 1, 2 * i + 1), (a >> i & 1, 2 * i + 2)):
                    amplitude *= math.sin(angle[place] / 2) if bit else math.cos(angle[place] / 2)
                index |= (a + b >> i & 1) << 2 * i + 1 | (a >> i & 1) << 2 * i + 2
            expected[index] = amplitude
    return largest_difference(state, expected)


def realamp(circuit, state):
    worst = max(abs(amplitude.imag) for amplitude in state)
    return None if worst < TOLERANCE else f'imaginary part {worst}'


def tfim(circuit, state):
    """A chain is the same from both ends; and the field has turned some spins."""
    n = circuit.qubits
    mirrored = [state[int(f'{index:0{n}b}'[::-1], 2)] for index in range(len(state))]
    uniform = max(abs(abs(amplitude) - abs(state[0])) for amplitude in state)
    return largest_difference(state, mirrored) or (None if uniform > 1e-3 else 'every outcome is as likely')


MEANINGS = {function.__name__: function for function in (ghz, qft, grover, hidden_shift, qpe, adder, realamp, tfim)}


# ── The tests ────────────────────────────────────────────────────────────────────────────────────────────────────────────

def check_files(tap, ketch, circuits, folder):
    for name in circuits.NAMES:
        for n in (5, 12, 25):
            code, out, error = ketch('info', '--format', 'json', circuits.write(folder, name, n, 3))
            seen = json.loads(out)['gates_by_kind'] if code == 0 else {}
            tap.check(f'{name} of {n} qubits: gates', error or wrong_gates(name, n, seen))


def check_meanings(tap, ketch, circuits, folder):
    for name, meaning in MEANINGS.items():
        for n, seed in ((4, 1), (5, 2), (8, 3), (9, 4)):
            circuit, path = circuits.make(name, n, seed), circuits.write(folder, name, n, seed)
            for engine in ('reference', 'planned'):
                try:
                    problem = meaning(circuit, amplitudes(ketch, path, '--engine', engine))
                except RuntimeError as error:
                    problem = error
                tap.check(f'{name} of {n} qubits does what it is for, {engine}', problem)
    for n in (6, 25):
        tap.check(f'rqc of {n} qubits: its order', wrong_kinds_in_rqc(circuits.make('rqc', n, 1)))
        tap.check(f'qaoa of {n} qubits: its graph', wrong_degrees_in_qaoa(circuits.make('qaoa', n, 1)))


def check_repeats(tap, circuits):
    for name in circuits.NAMES:
        first, again, other = (circuits.make(name, 12, seed).qasm() for seed in (1, 1, 2))
        random = first.split('OPENQASM')[1] != other.split('OPENQASM')[1]
        tap.check(f'{name}: the seed decides', None if first == again and random == (name not in ('ghz', 'tfim')) else 'it does not')


def check_command(tap, script, circuits, folder):
    def command(*arguments):
        return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True, timeout=60)

    printed = command('grover', '-n', '6', '-s', '2', '-o', '-')
    tap.check('a circuit printed', None if printed.stdout == circuits.make('grover', 6, 2).qasm() else printed.stdout + printed.stderr)
    written = command('all', '-n', '6', '-o', str(folder / 'all'))
    files = sorted(path.name for path in (folder / 'all').glob('*'))
    expected = sorted(f'{name}_n6_s1.qasm' for name in circuits.NAMES)
    tap.check('all circuits written', None if files == expected else f'{files}\n{written.stderr}')
    for arguments, words in ((('qaoa', '-n', '3'), 'qaoa needs at least 4 qubits, not 3'),
                             (('nothing', '-n', '5'), 'no such circuit: nothing'), (('-n', '5', '-o', '-'), 'name it')):
        refused = command(*arguments)
        tap.check(f'refused: {" ".join(arguments)}', None if refused.returncode == 2 and words in refused.stderr else refused.stderr)


def main(program, bench):
    sys.path.insert(0, bench)
    import circuits
    ketch, tap = Ketch(program), Tap()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        check_files(tap, ketch, circuits, folder)
        check_meanings(tap, ketch, circuits, folder)
        check_repeats(tap, circuits)
        check_command(tap, pathlib.Path(bench) / 'circuits.py', circuits, folder)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
