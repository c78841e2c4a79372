#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""conversion.py KETCH: each program of the table (table.py) means the same once `ketch convert --to qasm3` has written it.

What is written gives what the table states, without the values of inputs, which it holds; and where there were none, the same counts with the
same seed.
"""
import copy
import pathlib
import re
import sys

from runner import results, run_all
from table import sections

from harness import Ketch, Tap


def converted(ketch, program):
    """(the program as it is written, or None; what the command said)"""
    parameters = [word for value in program.parameters for word in ('--param', value)]
    code, out, error = ketch('convert', '--to', 'qasm3', *parameters, '-', stdin=program.text.encode())
    if code:
        return None, error
    other = copy.copy(program)
    other.text, other.parameters = out, []
    return other, error


def main(program):
    tap, ketch = Tap(), Ketch(str(pathlib.Path(program).resolve()))
    everything = [one for section in sections() for one in section.programs if one.kind != 'error' and not one.known_wrong]
    pairs, refused = [], []
    for one in everything:
        other, error = converted(ketch, one)
        if other:
            pairs.append((one, other))
        else:
            refused.append(f'{one}: {error}')
    odd = [text for text in refused if not re.search(r'KQ0736|takes no', text)]
    tap.check('what cannot be written is refused for a reason', '\n'.join(odd) or None)
    tap.check('nearly all can be written', None if len(pairs) > 20 * len(refused) else '\n'.join(refused))
    found = results(ketch, [other for _, other in pairs])
    same = run_all(ketch, [one for one, _ in pairs], 'by default')
    again = run_all(ketch, [other for _, other in pairs], 'by default')
    for (one, other), before, after in zip(pairs, same, again):
        problems = [f'{mode}: {problem}' for mode, problem in found[id(other)] if problem]
        if not one.parameters and before.result != after.result:
            problems.append(f'{before.result}\nbecame\n{after.result}')
        if not converted(ketch, other)[0]:
            problems.append('cannot be written again')
        tap.check(str(one), '\n'.join([*problems, one.text, other.text]) if problems else None)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
