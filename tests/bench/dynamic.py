#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dynamic.py BUILD BENCH: bench/dynamic measures what it is asked to, and tells samples of different distributions apart."""
import json
import pathlib
import random
import subprocess
import sys
import tempfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'circuits'))
from harness import SLOW, Tap  # noqa: E402

SOON = ('five_qubits', 'phase_estimation')


def loaded(bench):
    sys.path.insert(0, bench)
    sys.dont_write_bytecode = True
    loader = SourceFileLoader('dynamic', str(pathlib.Path(bench) / 'dynamic'))
    module = module_from_spec(spec_from_loader('dynamic', loader))
    loader.exec_module(module)
    return module


def sample(draw, shots, weights):
    counts = dict.fromkeys(weights, 0)
    for outcome in draw.choices(list(weights), list(weights.values()), k=shots):
        counts[outcome] += 1
    return counts


def main(build, bench):
    dynamic, tap, draw = loaded(bench), Tap(), random.Random(1)
    even, skew = {'00': 1, '01': 1, '10': 1, '11': 1}, {'00': 1, '01': 1, '10': 1, '11': 2}
    alike, unlike = {'00': 1, '11': 1}, {'01': 1, '10': 1}
    samples = {name: [sample(draw, 4000, weights) for _ in range(20)]
               for name, weights in {'even': even, 'skew': skew, 'alike': alike, 'unlike': unlike}.items()}
    same = [dynamic.disagreement(a, b) for kind in samples.values() for a, b in zip(kind, kind[1:])]
    tap.check('samples of one distribution agree', '\n'.join(filter(None, same)))
    for a, b in (('even', 'skew'), ('even', 'alike'), ('alike', 'unlike')):
        found = [dynamic.disagreement(x, y) for x, y in zip(samples[a], samples[b])]
        tap.check(f'{a} and {b} differ', None if all(found) else f'{found.count(None)} times not')
    tap.check('outcomes of another width differ', None if dynamic.disagreement({'0': 5}, {'00': 5}) else 'they do not')
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / 'results.json'
        done = subprocess.run([sys.executable, pathlib.Path(bench) / 'dynamic', '--build', build, '--programs', ','.join(SOON), '--shots', '50',
                               '--repeats', '2', '--json', file], capture_output=True, text=True, timeout=120 * SLOW)
        tap.check('bench/dynamic ends well', None if done.returncode == 0 else done.stdout + done.stderr)
        results = json.loads(file.read_text())['results'] if file.exists() else []
    names = [result['circuit'] for result in results]
    tap.check('every program is measured', None if names == list(SOON) else f'{names}')
    for result in results:
        fine = result['seconds'] and result['seconds'] > 0 and result['shots'] == result['count'] == 50 and result['engine'] == 'ketch'
        tap.check(f'{result["circuit"]}: figures', None if fine else f'{result}')
    for name, text in (('gates', dynamic.text_of_gates(500)), ('statements', dynamic.text_of_statements(500))):
        tap.check(f'{name}: as many as asked for', None if 500 <= text.count('\n') < 520 else f'{text.count(chr(10))} lines')
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
