#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""reject.py KETCH [--write NAME ...]: programs that must be refused, and exactly what is said.

NAME.qasm is a bad program, NAME.expected a transcript: the command, all that it writes to stderr, and its exit code. Commands run in this
folder. They must answer within a second of the processor, write nothing to stdout and no control characters to stderr, and exit with 2 to 6.
Inputs that are too large or too strange for a file are made by hostile.py, with some that are large but right, to be accepted. --write
writes transcripts anew from what the command says now: read them before committing.
"""
import pathlib
import re
import resource
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'circuits'))

from harness import SLOW, Ketch, Tap  # noqa: E402
from hostile import SECONDS, hostile_inputs  # noqa: E402


def processor_seconds():
    """What the programs run so far took of the processor: a busy machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def answer(ketch, command, cwd, codes, stdin=None, allowed=SECONDS):
    """Runs "ketch ..."; returns (exit code, stderr, problem), problem being None where the answer came quickly and in good order."""
    begin = processor_seconds()
    try:
        code, out, error = ketch(*command.split()[1:], cwd=cwd, stdin=stdin, seconds=20 * SECONDS)
    except subprocess.TimeoutExpired:
        return None, '', f'no answer within {20 * SECONDS * SLOW:g} s'
    except UnicodeDecodeError as problem:
        return None, '', f'the message is not UTF-8: {problem}'
    took = processor_seconds() - begin
    if code not in codes:
        return code, error, f'exit code {code}, allowed are {", ".join(map(str, codes))}\n{error[:2000]}'
    if out and code:
        return code, error, f'this came to stdout: {out[:200]}'
    if re.search('[\x00-\x09\x0b-\x1f\x7f]', error):
        return code, error, f'control characters in the message: {error[:500]!r}'
    if took > allowed * SLOW:
        return code, error, f'the answer took {took:.1f} s of the processor'
    return code, error, None


def differences(expected, seen):
    expected, seen = expected.splitlines(), seen.splitlines()
    at = next((index for index, pair in enumerate(zip(expected, seen)) if pair[0] != pair[1]), min(len(expected), len(seen)))
    pair = f'expected: {"".join(expected[at:at + 1])}\nseen:     {"".join(seen[at:at + 1])}'
    return f'line {at + 1} differs\n{pair}\nthe whole answer:\n' + '\n'.join(seen)


def transcript(ketch, path, command):
    code, error, problem = answer(ketch, command, HERE, range(2, 7))
    return f'$ {command}\n{error}exit {code}\n', problem


def main(program, *options):
    ketch, tap = Ketch(str(pathlib.Path(program).resolve())), Tap()
    writing = set(options[1:]) if options[:1] == ('--write',) else ()
    paths = sorted(HERE.glob('*.qasm'))
    tap.check('there are at least a hundred bad programs', None if len(paths) >= 100 else f'{len(paths)}')
    for path in paths:
        kept = path.with_suffix('.expected')
        expected = kept.read_text(encoding='utf-8') if kept.exists() else f'$ ketch check {path.name}\n'
        seen, problem = transcript(ketch, path, expected.splitlines()[0][2:])
        if path.stem in writing:
            kept.write_text(seen, encoding='utf-8')
        elif not problem and seen != expected:
            problem = differences(expected, seen)
        tap.check(path.stem, problem)
    for name, make, codes, text, seconds in hostile_inputs():
        with make() as (command, cwd, stdin):
            code, error, problem = answer(ketch, command, cwd, codes, stdin, seconds)
        if not problem and text not in error:
            problem = f'the message lacks "{text}":\n{error[:2000]}'
        if not problem and len(error) > 50_000:
            problem = f'{len(error)} characters of message'
        tap.check(name, problem)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
