#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""dynamic.py KETCH FOLDER: programs that compute and decide while they run, with distributions known on paper.

Each keeps the promise of its opening comment (see promises.py), with its loops unrolled where they can be and with none, by both engines.
The same shots come whatever the number of threads, with little memory, and whether or not branches that meet go on as one.
"""
import pathlib
import sys

from harness import Ketch, Tap, compare_counts
from promises import promises, spread

SHOTS, SEED = 40_000, 1
FEW_SHOTS = 1000
WAYS = [[], ['--unroll', 'none'], ['--engine', 'reference'], ['--precision', 'fp32']]
SAME = [['--threads', '1'], ['--threads', '2'], ['--without', 'meeting'], ['--max-memory', '4M']]


def kept(ketch, path, options, outcomes):
    counts = ketch.run(path, '--shots', SHOTS, '--seed', SEED, *options)['counts']
    if sum(counts.values()) != SHOTS:
        return f'{sum(counts.values())} shots instead of {SHOTS}'
    return compare_counts(counts, spread(outcomes, next(iter(counts))))


def shots_differ(ketch, path, options):
    """None if each of SAME gives the shots that ketch gives without, in the same order."""
    run = ['--shots', FEW_SHOTS, '--seed', SEED, '--memory', *options]
    wanted = ketch.run(path, *run)
    for way in SAME:
        seen = ketch.run(path, *run, *way)
        if any(seen[part] != wanted[part] for part in ('memory', 'counts')):
            return f'other shots with {" ".join(way)}'
    return None


def attempt(check, *arguments):
    try:
        return check(*arguments)
    except Exception as error:
        return error


def main(program, folder):
    ketch, tap, paths = Ketch(program), Tap(), sorted(pathlib.Path(folder).glob('*.qasm'))
    tap.check('there are programs', None if len(paths) >= 15 else f'{len(paths)} in {folder}')
    for path in paths:
        promised = list(promises(path))
        tap.check(f'{path.name} promises something', None if promised else 'its comment does not say what to expect')
        for options, outcomes in promised:
            for way in WAYS:
                tap.check(' '.join([path.name, *options, *way]), attempt(kept, ketch, path, [*options, *way], outcomes))
            tap.check(f'{path.name}: the same shots', attempt(shots_differ, ketch, path, options))
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
