#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py BUILD BENCH: bench/run measures every circuit, and its figures fit together. How large they are is nobody's business here."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'circuits'))
from harness import SLOW, Tap  # noqa: E402

MODEL = '''import sys
print("circuit way rot seconds")
for way, seconds in (("lin", 0.5), ("none", 4), ("tile", 2), ("blocks", 3)):
    print(f"{sys.argv[2]:18}{way:7}{1:6}{seconds:9.3f}")
'''
PARTS = ('plan_seconds', 'simulate_seconds', 'sample_seconds')


def wrong_result(result):
    positive = ['seconds', 'parse_seconds', 'simulate_seconds', 'passes', 'bytes_moved', 'bandwidth_share', 'gates']
    wrong = [name for name in positive if not result[name] > 0]
    if wrong:
        return f'not above 0: {", ".join(wrong)}'
    if sum(result[part] for part in PARTS) > result['seconds']:
        return 'the parts take longer than the whole'
    if result['seconds'] != min(result['all_seconds']) or len(result['all_seconds']) < 2:
        return f'{result["seconds"]} is not the best of {result["all_seconds"]}'
    if abs(result['norm'] - 1) > 1e-12:
        return f'norm {result["norm"]}'
    if result['model_seconds'] != 2:
        return f'the cheapest of the model took {result["model_seconds"]} instead of 2'
    return None


def main(build, bench):
    sys.path.insert(0, bench)
    import circuits
    tap = Tap()

    def run(*arguments):
        return subprocess.run([sys.executable, pathlib.Path(bench) / 'run', '--build', build, *arguments], capture_output=True, text=True,
                              timeout=120 * SLOW)

    with tempfile.TemporaryDirectory() as folder:
        model, file = pathlib.Path(folder) / 'model.py', pathlib.Path(folder) / 'results.json'
        model.write_text(MODEL)
        done = run('--qubits', '5', '--repeats', '2', '--scaling', '--threads', '1,2', '--model', str(model), '--json', str(file))
        tap.check('bench/run ends well', None if done.returncode == 0 else done.stderr)
        results = json.loads(file.read_text())['results'] if file.exists() else []
        for name in circuits.NAMES:
            of_name = [result for result in results if result['circuit'] == name]
            cases = {(result['qubits'], result['threads']) for result in of_name}
            tap.check(f'{name}: cases', None if cases == {(5, 1), (5, 2)} else f'measured: {cases}')
            tap.check(f'{name}: figures', '\n'.join(filter(None, map(wrong_result, of_name))))
            tap.check(f'{name}: scaling', None if all(result['gain'] > 0 for result in of_name if result['threads'] == 2) else 'none')
    head = subprocess.Popen([sys.executable, pathlib.Path(bench) / 'run', '--build', build, '--qubits', '4', '--repeats', '1'],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    head.stdout.readline()
    head.stdout.close()
    said = head.stderr.read()
    head.stderr.close()
    tap.check('bench/run | head ends quietly', None if head.wait() == 141 and not said else said or f'status {head.returncode}')
    done = run('--qubits', '3,4', '--circuits', 'grover')
    rows = [line for line in done.stdout.splitlines() if line.startswith('grover  ')]
    told = 'grover needs at least 4 qubits' in done.stdout
    tap.check('a circuit that is too small is passed over and named', None if told and len(rows) == 1 else done.stdout + done.stderr)
    refused = run('--circuits', 'ghz,nothing')
    told = refused.returncode == 2 and "'nothing' is none of" in refused.stderr
    tap.check('an unknown circuit is refused', None if told else refused.stderr)
    refused = run('--circuits', 'ghz', '--json', str(pathlib.Path(__file__) / 'results.json'))
    told = refused.returncode == 2 and 'argument --json' in refused.stderr and not refused.stdout
    tap.check('a file that cannot be written is refused before anything is measured', None if told else refused.stdout + refused.stderr)
    for number in ('0', 'many'):
        refused = run('--qubits', number)
        told = refused.returncode == 2 and f"'{number}'" in refused.stderr and 'invalid read' not in refused.stderr
        tap.check(f'{number} qubits are refused', None if told else refused.stderr)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
