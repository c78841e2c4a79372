#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""own.py KETCH FOLDER...: every circuit of the folders keeps the promises of its opening comment (see promises.py).

circuits/ is to be read; wild/ holds what files in the wild do, and what readers of OpenQASM have got wrong.
"""
import pathlib
import sys

from harness import Ketch, Tap, compare_counts
from promises import promises, spread

SHOTS, SEED = 200_000, 1


def kept(ketch, path, options, outcomes):
    counts = ketch.run(path, '--shots', SHOTS, '--seed', SEED, *options)['counts']
    if sum(counts.values()) != SHOTS:
        return f'{sum(counts.values())} shots instead of {SHOTS}'
    return compare_counts(counts, spread(outcomes, next(iter(counts))))


def main(program, *folders):
    ketch, tap, paths = Ketch(program), Tap(), []
    for folder in folders:
        found = sorted(pathlib.Path(folder).glob('*.qasm'))
        tap.check(f'there are circuits in {pathlib.Path(folder).name}', None if len(found) >= 15 else f'{len(found)} in {folder}')
        paths += found
    for path in paths:
        kept_none = True
        for options, outcomes in promises(path):
            kept_none = False
            try:
                problem = kept(ketch, path, options, outcomes)
            except Exception as error:
                problem = error
            tap.check(' '.join([path.name, *options]), problem)
        if kept_none:
            tap.check(path.name, 'its comment does not say what to expect')
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
