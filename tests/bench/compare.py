#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py BENCH KETCH: the arithmetic of bench/compare, and all of it with a simulator that is only played. Nothing is installed and
nothing is timed. Each test yields what is wrong."""
import cmath
import importlib.machinery
import importlib.util
import json
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BENCH, KETCH = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
sys.dont_write_bytecode = True
sys.path[:0] = [str(HERE.parent / 'house'), str(BENCH)]
import circuits  # noqa: E402
import environment  # noqa: E402
import judge  # noqa: E402
import peers  # noqa: E402
import results  # noqa: E402
import tap  # noqa: E402


def near(a, b):
    return abs(a - b) < 1e-12


# ── Arithmetic ───────────────────────────────────────────────────────────────────────────────────────────────────────────

def means_are_geometric_and_capped():
    if not near(results.geometric_mean([1, 4, 16]), 4):
        yield 'mean of 1, 4, 16'
    if not near(results.geometric_mean([5, 80, 2000], 20), (5 * 20 * 20) ** (1 / 3)):
        yield 'a ratio counts at most 20'
    if results.geometric_mean([]) is not None:
        yield 'a mean of nothing'


WANTED = [complex(math.cos(k), math.sin(3 * k)) / 8 for k in range(64)]


def a_common_phase_is_no_difference():
    turned = [cmath.exp(2.1j) * a for a in WANTED]
    if not judge.deviation(WANTED, turned) < 1e-14:
        yield judge.deviation(WANTED, turned)


def wrong_amplitudes_are_found():
    """Even one of 64, a hundredth off; and differences that keep all magnitudes."""
    cases = {
        'one magnitude': [a * (1.01 if k == 40 else 1) for k, a in enumerate(WANTED)],
        'one phase': [a * (cmath.exp(0.01j) if k == 40 else 1) for k, a in enumerate(WANTED)],
        'conjugates': [a.conjugate() for a in WANTED],
        'order': WANTED[1:] + WANTED[:1],
        'all zero': [0] * 64,
        'one missing': WANTED[:-1],
        'not a number': [math.nan] + WANTED[1:],
    }
    for name, got in cases.items():
        agrees, off = judge.agree(pairs(WANTED), 'fp32', pairs(got))
        if agrees is not False:
            yield f'{name}: passes with {off}'
    if judge.agree(pairs([0] * 64), 'fp32', pairs([0] * 64))[0]:
        yield 'nothing but zeros compared'


def pairs(amplitudes):
    return [[complex(a).real, complex(a).imag] for a in amplitudes]


def rounding_is_no_difference():
    rounded = [complex(a.real * (1 + 3e-7), a.imag) for a in WANTED]
    if not judge.agree(pairs(WANTED), 'fp32', pairs(rounded))[0]:
        yield 'fp32 is told off for rounding'
    if judge.agree(pairs(WANTED), 'fp64', pairs(rounded))[0]:
        yield 'fp32 passes for fp64'


def probabilities_are_compared_as_such():
    squares = [abs(a) ** 2 for a in WANTED]
    if not judge.agree(pairs(WANTED), 'fp32', None, squares)[0]:
        yield 'the right ones differ'
    if judge.agree(pairs(WANTED), 'fp32', None, squares[1:] + squares[:1])[0]:
        yield 'others pass'
    if judge.agree(pairs(WANTED), 'fp32') != (None, None):
        yield 'something is said of nothing'


def states_are_outcomes_and_others():
    picked = judge.pick_states(20, [5, 7, 5], seed=1)
    if len(set(picked)) != 64 or picked[:2] != [5, 7] or max(picked) >> 20:
        yield picked
    if judge.pick_states(20, range(1000), 1)[:32] != list(range(32)) or len(set(judge.pick_states(20, range(1000), 1))) != 64:
        yield 'half are outcomes'
    if sorted(judge.pick_states(3, [7], 1)) != list(range(8)):
        yield 'all 8 states of 3 qubits'


def the_fastest_are_chosen():
    known = {'single': ('fp32',), 'double': ('fp64',), 'both': ('fp64', 'fp32'), 'unknown': ('fp64',)}
    stored = {'single fp32': 1, 'double fp64': 3, 'both fp64': 9, 'both fp32': 2}
    for precisions, count, expected in (
            (['fp64', 'fp32'], 2, [('single', 'fp32'), ('both', 'fp64'), ('both', 'fp32')]),
            (['fp64'], 2, [('single', 'fp32'), ('double', 'fp64')]),
            (['fp32'], 2, [('single', 'fp32'), ('both', 'fp32')]),
            (['fp64'], 9, [('single', 'fp32'), ('double', 'fp64'), ('both', 'fp64'), ('unknown', 'fp64')])):
        chosen = judge.choose(known, stored, precisions, count)
        if chosen != expected:
            yield f'{precisions} {count}: {chosen}'


def result(engine, precision, seconds, circuit='qft', **more):
    return {'circuit': circuit, 'engine': engine, 'precision': precision, 'seconds': seconds, 'target': True, 'agrees': True, **more}


def rivals_are_the_fastest_that_count():
    found = [result('ketch', 'fp64', 1.0), result('aer', 'fp64', 9.0), result('qibo', 'fp64', 7.0), result('qibo', 'fp32', 4.0),
             result('qsim', 'fp32', 3.0), result('ddsim', 'fp64', 0.1, target=False), result('scaluq', 'fp64', 2.0, agrees=False),
             result('qulacs', 'fp64', None, error='over 120 s'), result('qibo', 'fp64', 0.5, circuit='qv')]
    for against, expected in (('best fp64', 7), ('best', 3), ('qsim fp32', 3), ('best fp16', None)):
        ratio = judge.ratios(found, {'ketch': 'fp64', 'against': against}).get('qft', (None,))[0]
        if ratio != expected:
            yield f'{against}: {ratio}'
    found[0]['agrees'] = False
    if judge.ratios(found, {'ketch': 'fp64', 'against': 'best'}):
        yield 'wrong results of Ketch count'


def targets_are_met_or_missed():
    target = {'ketch': 'fp64', 'against': 'best', 'each': 4, 'mean': 10}

    def of(ratios):
        found = [one for circuit, ratio in ratios.items()
                 for one in (result('ketch', 'fp64', 1.0, circuit), result('aer', 'fp64', ratio, circuit))]
        return judge.verdict(found, target)
    even = dict.fromkeys(judge.DENSE, 11.0)
    for name, ratios, expected in (
            ('all 11', even, True), ('one below the least', {**even, 'qv': 3.9}, False), ('mean too low', dict.fromkeys(judge.DENSE, 9.9), False),
            ('one circuit makes no mean', {**dict.fromkeys(judge.DENSE, 9.0), 'qv': 1e6}, False),
            ('one is missing', {circuit: 11.0 for circuit in judge.DENSE[1:]}, None),
            ('others do not count', {**even, 'ghz': 0.1}, True)):
        if of(ratios)['met'] is not expected:
            yield f'{name}: {of(ratios)}'


# ── Tables that must fit together ────────────────────────────────────────────────────────────────────────────────────────

def peers_read_what_circuits_write():
    with tempfile.TemporaryDirectory() as folder:
        for name in circuits.NAMES:
            read = peers.Circuit(circuits.write(folder, name, 8, 3))
            made = circuits.make(name, 8, 3)
            if read.qubits != 8 or read.gates != [(gate, list(angles), list(qubits)) for gate, angles, qubits in made.gates]:
                yield name


def every_package_is_pinned():
    pinned = environment.pinned()
    for name, kind in peers.PEERS.items():
        yield from (f'{name}: {package} is not in requirements.txt' for package in kind.packages if package not in pinned)


def stored_seconds_are_of_known_circuits():
    stored = json.loads((BENCH / 'peers.json').read_text(encoding='utf-8'))
    if list(stored['seconds']) != circuits.NAMES:
        yield f'circuits: {list(stored["seconds"])}'
    known = {f'{name} {precision}' for name, kind in peers.PEERS.items() for precision in kind.precisions} | {'quest fp64'}
    yield from {form for forms in stored['seconds'].values() for form in forms} - known
    yield from (f'{circuit} is no circuit' for circuit in judge.DENSE if circuit not in circuits.NAMES)


def the_command_has_the_options_of_the_script():
    """ketch bench documents what it hands on."""
    def options(*command):
        return set(re.findall(r'--[\w-]+', subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    script = options(sys.executable, '-B', BENCH / 'compare', '--help') - {'--ketch', '--save'}
    command = options(KETCH, 'help', 'bench') - {'--color', '--error-format'}
    yield from script ^ command


# ── The whole, with an environment that is only played ───────────────────────────────────────────────────────────────────

PLAYED = '''#!{python}
import json, sys
if sys.argv[1] == '-c':  # which packages are there, and in which version
    for name, version in {pinned}.items():
        print(name, version)
elif sys.argv[1:3] == ['-m', 'pip']:
    sys.exit(None if sys.argv[3] == '--version' else 'ERROR: nothing is installed here')
else:
    print('greetings')
    print(json.dumps(dict(version='9.9')))
    qubits, states = {qubits}, [int(state) for state in sys.argv[sys.argv.index('--states') + 1].split(',')]
    if sys.argv[2] == 'lightning':
        print(json.dumps(dict(error='too dark')))
        sys.exit(1)
    half = {half}
    amplitudes = [[0, half if state in (0, 2 ** qubits - 1) else 0] for state in states]
    for form, seconds in (('slow', 3), ('fast', 2), ('slow', 4)):
        print(json.dumps(dict(form=form, seconds=seconds, precision='fp64', peak_bytes=1, amplitudes=amplitudes)), flush=True)
'''


def play(half, *arguments, ketch=KETCH):
    """Compares GHZ states with a simulator whose amplitudes are `half`: (exit status, what was printed, results)."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / 'bin').mkdir()
        played = folder / 'bin' / 'python'
        pinned = {name: version for name, version in environment.pinned().items() if name != 'qulacs'}
        played.write_text(PLAYED.format(python=sys.executable, pinned=pinned, qubits=5, half=half), encoding='utf-8')
        played.chmod(0o755)
        done = subprocess.run([sys.executable, '-B', BENCH / 'compare', '--ketch', ketch, '--environment', folder, '--circuits', 'ghz',
                               '--qubits', '5', '--threads', '1', '--precision', 'fp64', '--repeats', '2', '--json', folder / 'out.json',
                               *arguments], capture_output=True, text=True, env={**os.environ, 'OMP_WAIT_POLICY': 'passive'})
        out = folder / 'out.json'
        return done.returncode, done.stdout + done.stderr, results.read(out) if out.exists() else None


def a_file_that_cannot_be_written_is_refused_at_once():
    status, text, _ = play(math.sqrt(0.5), '--peers', 'aer', '--json', pathlib.Path(__file__) / 'results.json')
    if status != 2 or 'argument --json' not in text:
        yield f'status {status}\n{text}'


def a_comparison_with_a_played_simulator():
    status, text, document = play(math.sqrt(0.5), '--peers', 'aer,lightning,qulacs')
    if status != 0 or document is None:
        yield f'status {status}\n{text}'
        return
    found = {one['engine']: one for one in document['results']}
    ketch, aer = found['ketch'], found['aer']
    if set(found) != {'ketch', 'aer', 'lightning', 'qulacs'} or [one['circuit'] for one in document['results']] != ['ghz'] * 4:
        yield document['results']
    if not ketch['agrees'] or len(ketch['all_seconds']) != 2 or min(ketch['all_seconds']) != ketch['seconds'] or ketch['seconds'] <= 0:
        yield ketch
    if (aer['seconds'], aer['form'], aer['forms'], aer['agrees'], aer['version']) != (2, 'fast', {'slow': 3, 'fast': 2}, True, '9.9'):
        yield aer
    for name, why in (('lightning', 'too dark'), ('qulacs', 'not installed: ERROR: nothing is installed here')):
        if found[name]['seconds'] is not None or found[name]['error'] != why or f'{name} fp64: {why}' not in text:
            yield f'{found[name]}\n{text}'


def wrong_amplitudes_end_in_failure():
    status, text, document = play(0.7, '--peers', 'aer')
    if status != 1 or 'AMPLITUDES DIFFER' not in text or document['results'][-1]['agrees']:
        yield f'status {status}\n{text}'


def ketch_may_fail_too():
    """It is reported, and the others are measured, but not compared."""
    with tempfile.TemporaryDirectory() as folder:
        failing = pathlib.Path(folder) / 'ketch'
        failing.write_text(f'#!/bin/sh\n[ "$1" = run ] && {{ echo "out of luck" >&2; exit 5; }}\nexec "{KETCH}" "$@"\n', encoding='utf-8')
        failing.chmod(0o755)
        status, text, document = play(math.sqrt(0.5), '--peers', 'aer', ketch=failing)
    ketch, aer = document['results']
    if status != 1 or ketch['error'] != 'out of luck' or aer['seconds'] != 2 or 'agrees' in aer:
        yield f'status {status}\n{document["results"]}\n{text}'


def a_case_that_takes_too_long_is_stopped():
    """Its process waits for nothing: what it said before is kept."""
    loader = importlib.machinery.SourceFileLoader('compare', str(BENCH / 'compare'))
    compare = importlib.util.module_from_spec(importlib.util.spec_from_loader('compare', loader))
    loader.exec_module(compare)
    slow = 'import time; print(\'{"form": "a", "seconds": 1, "precision": "fp64", "peak_bytes": 1}\', flush=True); time.sleep(60)'
    process = subprocess.Popen([sys.executable, '-c', slow], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said, stopped = compare.said_by(process, 3)
    if not stopped or len(said) != 1:
        yield f'{stopped} {said}'
    kept = compare.peer_result(said, stopped, process.returncode, 3, 'fp64', [])
    if kept['seconds'] != 1 or 'agrees' in kept:
        yield kept
    nothing = compare.peer_result([], True, -9, 3, 'fp64', [])
    if nothing['seconds'] is not None or nothing['error'] != 'over 3 s':
        yield nothing


tap.run(means_are_geometric_and_capped, a_common_phase_is_no_difference, wrong_amplitudes_are_found, rounding_is_no_difference,
        probabilities_are_compared_as_such, states_are_outcomes_and_others, the_fastest_are_chosen, rivals_are_the_fastest_that_count,
        targets_are_met_or_missed, peers_read_what_circuits_write, every_package_is_pinned, stored_seconds_are_of_known_circuits,
        the_command_has_the_options_of_the_script, a_file_that_cannot_be_written_is_refused_at_once,
        a_comparison_with_a_played_simulator, wrong_amplitudes_end_in_failure, ketch_may_fail_too, a_case_that_takes_too_long_is_stopped)
