# SPDX-License-Identifier: Apache-2.0
"""Runs programs of the table with the command, many by one call."""
import itertools
import json
import math
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'circuits'))

from values import outputs, same  # noqa: E402

SHOTS = {'outcomes': 500, 'chance': 4000}  # else one
BATCH = 50
MODES = {'by default': (), 'with --unroll none': ('--unroll', 'none')}


class Answer:
    """What the command said of one program."""

    def __init__(self, result, error, code):
        self.result, self.error, self.code = result, error, code

    def first_error(self):
        """(code, "line:column") of the first error; the position may be empty."""
        found = re.search(r'^[^\n:]*:(?:(\d+:\d+):)? error\[(KQ\d+)\]', self.error, re.MULTILINE)
        return (found.group(2), found.group(1) or '') if found else ('', '')


def call(ketch, paths, arguments, folder):
    code, out, error = ketch('run', '--format', 'jsonl', '--no-run-info', '--seed', 1, *arguments, *paths, cwd=folder, seconds=120)
    results = {}
    for line in out.splitlines():
        document = json.loads(line)
        results[document.get('name', paths[0])] = document['result']
    return code, results, error


def arguments_of(program, options):
    arguments = ['--shots', SHOTS.get(program.kind, 1), *options]
    if program.kind == 'amplitudes':
        arguments += ['--amplitudes', 'all']
    for parameter in program.parameters:
        arguments += ['--param', parameter]
    for option in program.options:
        arguments += option.split()
    return tuple(map(str, arguments))


def said_of(path, error):
    """The messages about this file, each up to the next one."""
    blocks = re.split(r'^(?=[^\s:]+\.qasm:)', error, flags=re.MULTILINE)
    return ''.join(block for block in blocks if block.startswith(f'{path}:'))


def run_all(ketch, programs, options):
    """[Answer] for the programs, in order. Those with the same arguments share a call, unless it ends by a signal."""
    answers = [None] * len(programs)
    with tempfile.TemporaryDirectory() as folder:
        for index, program in enumerate(programs):
            (pathlib.Path(folder) / f'{index}.qasm').write_text(program.text, encoding='utf-8')
        alone = []
        groups = {}
        for index, program in enumerate(programs):
            arguments = arguments_of(program, options)
            if program.parameters or program.options or program.kind == 'error':
                alone.append(index)
            else:
                groups.setdefault(arguments, []).append(index)
        for arguments, group in groups.items():
            for begin in range(0, len(group), BATCH):
                batch = group[begin:begin + BATCH]
                paths = [f'{index}.qasm' for index in batch]
                code, results, error = call(ketch, paths, arguments, folder)
                if code < 0:  # one of them crashed it: which?
                    alone += batch
                    continue
                for index, path in zip(batch, paths):
                    answers[index] = Answer(results.get(path), said_of(path, error), 0 if path in results else code)
        for index in alone:
            path = f'{index}.qasm'
            code, results, error = call(ketch, [path], arguments_of(programs[index], options), folder)
            answers[index] = Answer(results.get(path), error, code)
    return answers


def differing(program, seen, expected):
    """What is not as expected among the outputs, or None. They are compared by the types that the program declares."""
    for name, wanted in expected.items():
        if name not in seen:
            return f'there is no output {name}'
        value, kind = seen[name]
        if not same(value, wanted, program.outputs.get(name, kind)):
            return f'{name} is {value!r} ({kind}), not {wanted!r}'
    return None


def judge_outcomes(program, seen):
    missing = list(program.values)
    for values in seen:
        fitting = next((expected for expected in program.values if differing(program, values, expected) is None), None)
        if fitting is None:
            return f'came, but never should: {values}'
        missing = [expected for expected in missing if expected is not fitting]
    return f'never came: {missing[0]}' if missing else None


def judge_chance(program, result):
    shots = result['shots']
    came = sum(count for outcome, count in result['counts'].items()
               if differing(program, outputs(outcome, result['registers']), program.values[0]) is None)
    deviation = math.sqrt(shots * program.chance * (1 - program.chance))
    return None if abs(came - shots * program.chance) < 5 * deviation else f'came {came} times of {shots}'


def judge_amplitudes(program, result):
    for state, (re_, im) in program.values[0].items():
        seen = result['amplitudes'].get(state, [0, 0])
        if math.hypot(seen[0] - re_, seen[1] - im) > 1e-12:
            return f'the amplitude of {state} is {seen}'
    return None


def judge(program, answer):
    """None where the answer is what the table states, else what is wrong."""
    if program.kind == 'error':
        code, position = answer.first_error()
        if answer.code < 1 or answer.code > 6:
            return f'exit code {answer.code}, an error {program.code} {program.position} was expected\n{answer.result or answer.error}'
        if (program.code and code != program.code) or (program.position and position != program.position):
            return f'the error is {code} {position}, not {program.code} {program.position}\n{answer.error}'
        return None if code else f'no error has a code\n{answer.error}'
    if answer.result is None:
        return f'exit code {answer.code}\n{answer.error[:600]}'
    if program.kind == 'amplitudes':
        return judge_amplitudes(program, answer.result)
    seen = [outputs(outcome, answer.result['registers']) for outcome in answer.result['counts']]
    if program.kind == 'outcomes':
        return judge_outcomes(program, seen)
    if program.kind == 'chance':
        return judge_chance(program, answer.result)
    if program.kind == 'only':
        return None if list(seen[0]) == list(program.values[0]) else f'the outputs are {list(seen[0])}'
    return differing(program, seen[0], program.values[0])


def results(ketch, programs, modes=MODES):
    """{program: [(mode, problem or None)]}; by default and with nothing unrolled, inlined or followed. The modes must also agree."""
    by_mode = {mode: run_all(ketch, programs, options) for mode, options in modes.items()}
    found = {}
    for index, program in enumerate(programs):
        problems = [(mode, judge(program, answers[index])) for mode, answers in by_mode.items()]
        answers = [answers[index].result for answers in by_mode.values()]
        if not any(problem for _, problem in problems) and program.kind in ('values', 'only'):
            counts = [answer['counts'] for answer in answers]
            if any(a != b for a, b in itertools.pairwise(counts)):
                problems.append(('both', f'different outcomes: {counts}'))
        found[id(program)] = problems
    return found
