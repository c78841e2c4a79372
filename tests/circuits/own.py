#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""own.py KETCH CIRCUITS: every circuit of the project keeps the promises of its opening comment (see promises.py)."""
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


def main(program, folder):
    ketch, tap = Ketch(program), Tap()
    paths = sorted(pathlib.Path(folder).glob('*.qasm'))
    tap.check('there are circuits', None if len(paths) >= 15 else f'{len(paths)} in {folder}')
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
