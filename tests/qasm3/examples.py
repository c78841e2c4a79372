#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""examples.py KETCH EXTERNS CIRCUITS: the 21 example programs of the OpenQASM 3 specification give what they mean.

CIRCUITS is the Meson option `circuits`; empty, the test is skipped. EXTERNS is the program that binds their extern functions. Some examples
are excerpts, which a program around them completes (HOSTS); others contradict the specification and must be refused (REFUSED).
"""
import collections
import itertools
import json
import math
import pathlib
import re
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'circuits'))

from harness import Ketch, Tap, compare_counts  # noqa: E402

SHOTS = 4000

def one(probability):
    return {'0': 1 - probability, '1': probability}


def fair(*widths):
    """Registers of these widths, the first rightmost, all values alike."""
    values = [[f'{number:0{width}b}' for number in range(2 ** width)] for width in reversed(widths)]
    return {' '.join(row): 0.5 ** sum(widths) for row in itertools.product(*values)}


def phase_estimation():
    """ipe.qasm as it is written: the outcome of step k is 1 with probability sin²((2^k θ - c) / 2) where the target is 1, c being the
    earlier outcomes, shifted, as an angle of 10 bits; where it is 0, all are 0. The shift after the last step loses the first outcome."""
    found = collections.Counter()
    for target in (0, 1):
        paths = {0: 0.5}
        for k in range(10):
            after = collections.Counter()
            for c, probability in paths.items():
                chance = math.sin((target * 2 ** k * 3 * math.pi / 8 - c * math.tau / 1024) / 2) ** 2
                for bit, share in (0, 1 - chance), (1, chance):
                    after[(c & ~1 | bit) << 1 & 1023] += probability * share
            paths = after
        for c, probability in paths.items():
            found[f'{c:010b}'] += probability
    return {c: probability for c, probability in found.items() if probability > 1e-12}


def surface_code():
    """scqec.qasm: in the part of a cycle that is written, ancillas 1, 2 and 7 measure X of data qubits 1, 3 and 5 each alone, by chance in the
    first cycle and the same ever after; what these data qubits give in the end is chance again. All else is 0."""
    found = {}
    for layer in itertools.product((0, 1), repeat=3):
        for data in itertools.product((0, 1), repeat=3):
            checks = layer[0] << 1 | layer[1] << 2 | layer[2] << 7
            outcomes = data[0] << 1 | data[1] << 3 | data[2] << 5
            found[f'{sum(data) % 2} {outcomes:09b} {checks:08b}'] = 1 / 64
    return found


# name: (what is counted, with its probabilities; a remark)
RUNS = {
    'adder': ({'10000': 1.0}, '1 + 15 = 16'),
    'alignment': ({'000': math.cos(math.pi / 8) ** 2, '100': math.sin(math.pi / 8) ** 2}, 'stretches are resolved'),
    'ipe': ({f'{"0" * 10} {c}': p for c, p in phase_estimation().items()}, 'it has no bits, so that all its variables are counted'),
    'inverseqft1': ({'0000': 1.0}, ''),
    'inverseqft2': ({'0 0 0 0': 1.0}, ''),
    'qec': ({'01 000': 1.0}, 'the error is found and mended'),
    'qft': (fair(4), ''),
    'qpt': (one(0.5), ''),
    'rb': ({'00': 1.0}, ''),
    'rus': ({'0 00': 0.9, '1 00': 0.1},
            '`3 / 5` is a division of integers, so that the last rotation is π/2 and not what the comment hopes for'),
    'teleport': ({f'{c} {b} {a}': p / 4 for (c, p) in one(math.sin(0.15) ** 2).items() for a in '01' for b in '01'}, ''),
}
# name: (a program that completes the example, what is counted, a remark)
HOSTS = {
    'cphase': ('gate CX a, b { ctrl @ U(π, 0, π) a, b; ctrl @ gphase(-π / 2) a; }\nqubit[2] q;\noutput bit[2] c;\n'
               'U(π / 2, 0, π) q[0]; U(π, 0, π) q[1];\ninclude "cphase.qasm";\nU(0, 0, -π / 2) q[0]; U(π / 2, 0, π) q[0];\nc = measure q;\n',
               {'10': 1.0}, 'an excerpt: a program around it declares the qubits and `CX`'),
    'dd': ('include "stdgates.inc";\ngate u q { U(0.3, 0.2, 0.1) q; }\noutput bit[4] c;\ninclude "dd.qasm";\n'
           'c[0] = measure $0; c[1] = measure $1; c[2] = measure $2; c[3] = measure $3;\n',
           {'0000': math.cos(0.15) ** 2, '1000': math.sin(0.15) ** 2}, 'a program around it defines the gate `u` of one qubit'),
}
# With externs, or with smaller constants at the top of the file. name: (texts replaced, shots, what is counted, lines of the externs in one shot, a remark)
CHANGED = {
    'gateteleport': ((), SHOTS, {'0': 1.0}, None, '`vote` is the majority'),
    'scqec': ((('m = 10;', 'm = 2;'), ('shots = 1000;', 'shots = 2;')), 1000, surface_code(), None,
              'with 2 cycles and 2 shots, set at its top, and as it is written with a higher limit of operations; `zlast` is the parity'),
    'varteleport': ((('n_pairs = 10;', 'n_pairs = 3;'),), SHOTS, one(0.5), None,
                    'with 3 pairs, set at its top, and as it is written; the `let` in the loop ends with its body, so the same qubit is teleported each time'),
    't1': ((), 1, {'1 1': 1.0}, [f'tabulate {-1000 * (p + 1)} 1000 {p}' for p in range(50) for _ in range(2)],
           'gates and measurements have no duration; `int[1]` of a bit 1 is -1, which is what is counted'),
}
# name: (code, line, why)
REFUSED = {
    'arrays': ('KQ0306', 51, 'it indexes 4 elements with 5 - 1, and declares `first_dimension` twice'),
    'defcal': ('KQ0330', 1, 'nothing but pulses'),
    'msd': ('KQ0306', 48, 'it uses `scratch[3]` of three qubits, and a variable `success` that is not declared'),
    'vqe': ('KQ0312', 23, 'floats of 16 bits, and a gate\'s body that indexes its qubit'),
}


def counted(result, expected):
    shots = sum(result['counts'].values())
    return compare_counts(result['counts'], expected) or (None if shots == result['shots'] else 'shots are missing')


def runs(ketch, path, arguments, expected):
    problems = []
    for unroll in ((), ('--unroll', 'none')):
        try:
            problem = counted(ketch.run(path, '--shots', SHOTS, '--seed', 1, *arguments, *unroll), expected)
        except RuntimeError as error:
            problem = str(error)
        if problem:
            problems.append(f'{" ".join(unroll)} {problem}')
    return '\n'.join(problems)


def bound(externs, path, shots, expected, lines):
    problems = []
    for unroll in (), ('none',):
        code, out, error = externs(path, shots, *unroll)
        if code:
            problems.append(f'exit code {code}\n{error}')
            continue
        problem = counted(json.loads(out)['result'], expected)
        if not problem and lines is not None and error.splitlines() != lines:
            problem = f'the externs were called otherwise:\n{error[:500]}'
        if problem:
            problems.append(f'{" ".join(unroll)} {problem}')
    return '\n'.join(problems)


def surface_code_as_written(externs, path):
    """1000 samples of 10 cycles in one shot, which takes more operations than the default limit: `zfirst` gets the outcomes of the first
    cycle, `send` those of each later one, which are the same. The three that are not 0 are fair."""
    code, _, error = externs(path, 1)
    if code != 5 or 'KQ0721' not in error:
        return f'exit code {code} without a higher limit\n{error[-500:]}'
    code, _, error = externs(path, 1, 'known', 10 ** 12)
    lines = [line.split() for line in error.splitlines()]
    if code or len(lines) != 11000:
        return f'exit code {code}, {len(lines)} calls\n{error[-500:]}'
    seen = collections.Counter()
    for shot in range(1000):
        first, *later = lines[11 * shot:11 * shot + 11]
        layer = first[1]
        if first != ['zfirst', layer, f'{shot + 1}', '3'] or later != [['send', layer, f'{shot + 1}', f'{i + 1}', '3'] for i in range(10)]:
            return f'sample {shot + 1} is wrong: {first} {later}'
        seen[layer] += 1
    return compare_counts(seen, {f'{a << 1 | b << 2 | c << 7}': 1 / 8 for a, b, c in itertools.product((0, 1), repeat=3)})


def refused(ketch, path, code, line):
    """One error alone, with this code, in this line."""
    exit_code, out, error = ketch('run', path)
    errors = re.findall(r'^[^\n]*?(?::(\d+):\d+)?: error\[(KQ\d+)\]', error, re.MULTILINE)
    if exit_code in (3, 4) and not out and errors and errors[0][1] == code and (line is None or errors[0][0] == str(line)):
        return None
    return f'exit code {exit_code}, expected {code} in line {line}\n{error}'


def main(program, externs_program, circuits):
    tap, ketch = Tap(), Ketch(str(pathlib.Path(program).resolve()))
    if not circuits:
        tap.skip('the examples of the specification', 'no folder of circuits: tools/test --circuits DIR')
        return tap.end()
    folder, externs = pathlib.Path(circuits) / 'openqasm3' / 'examples', Ketch(externs_program)
    names = sorted([*RUNS, *HOSTS, *CHANGED, *REFUSED])
    there = sorted(path.stem for path in folder.glob('*.qasm'))
    tap.check('all examples are looked at', None if names == there else f'{set(names) ^ set(there)}')
    for name, (expected, _) in RUNS.items():
        tap.check(name, runs(ketch, folder / f'{name}.qasm', (), expected))
    with tempfile.TemporaryDirectory() as temporary:
        for name, (text, expected, _) in HOSTS.items():
            path = pathlib.Path(temporary) / f'{name}_host.qasm'
            path.write_text(text, encoding='utf-8')
            tap.check(name, runs(ketch, path, ('--include-dir', folder), expected))
        for name, (changes, shots, expected, lines, _) in CHANGED.items():
            text = (folder / f'{name}.qasm').read_text(encoding='utf-8')
            for before, after in changes:
                assert before in text
                text = text.replace(before, after)
            path = pathlib.Path(temporary) / f'{name}.qasm'
            path.write_text(text, encoding='utf-8')
            tap.check(name, bound(externs, path, shots, expected, lines))
    tap.check('scqec as it is written', surface_code_as_written(externs, folder / 'scqec.qasm'))
    counts = ketch.run(folder / 'varteleport.qasm', '--shots', 8, '--seed', 1)['counts']
    tap.check('varteleport as it is written', None if sum(counts.values()) == 8 and set(counts) == {'0', '1'} else f'{counts}')
    for name, (code, line, _) in REFUSED.items():
        tap.check(name, refused(ketch, folder / f'{name}.qasm', code, line))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
