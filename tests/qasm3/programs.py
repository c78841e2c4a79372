#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""programs.py KETCH [WORD ...]: each program of the table (table.py) gives what the table states, by default and with --unroll none.

With words, only the programs of which a word is part of the name or the section's file. Programs that are marked as wrong today are
skipped, and fail when they are right.
"""
import pathlib
import sys

from runner import results
from table import sections

from harness import Ketch, Tap


def main(program, *words):
    tap, ketch = Tap(), Ketch(str(pathlib.Path(program).resolve()))
    everything = [program for section in sections() for program in section.programs]
    tap.check('there are at least four hundred programs', None if len(everything) >= 400 else f'{len(everything)}')
    chosen = [one for one in everything if not words or any(word in f'{one.section.path.name} {one.name}' for word in words)]
    found = results(ketch, chosen)
    for one in chosen:
        problems = [f'{mode}: {problem}' for mode, problem in found[id(one)] if problem]
        if one.known_wrong:
            if problems:
                tap.skip(str(one), 'known to be wrong')
            else:
                tap.check(str(one), f'{one.section.path.name}:{one.line}: is right now, so the mark goes')
            continue
        where = f'{one.section.path.name}:{one.line}\n' if problems else ''
        tap.check(str(one), where + '\n'.join(problems) + ('\n' + one.text if problems else ''))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
