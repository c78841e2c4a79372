# SPDX-License-Identifier: Apache-2.0
"""What the tests that run circuits share: TAP output, the ketch command, and comparing counts with probabilities."""
import json
import math
import os
import subprocess

SLOW = 20 if os.environ.get('KETCH_TEST_SLOW') else 1  # sanitized builds


class Tap:
    """Numbers results and prints them in the Test Anything Protocol."""

    def __init__(self):
        self.count = self.failures = 0

    def check(self, name, problem=None):
        """Reports a test; `problem` is None or "" where all is well, else what is wrong."""
        self.count += 1
        print(f'{"not ok" if problem else "ok"} {self.count} - {name}')
        if problem:
            self.failures += 1
            for line in str(problem).splitlines():
                print('#   ' + line)

    def skip(self, name, reason):
        self.count += 1
        print(f'ok {self.count} - {name} # SKIP {reason}')

    def end(self):
        print(f'1..{self.count}', flush=True)
        return 1 if self.failures else 0


class Ketch:
    """The command under test."""

    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments, stdin=None, seconds=60, cwd=None):
        """Runs the command; returns (exit code, stdout, stderr). Negative codes are signals."""
        done = subprocess.run([self.program, *map(str, arguments)], input=stdin, capture_output=True, timeout=seconds * SLOW, cwd=cwd)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def run(self, path, *options):
        """ketch run --format json: the object `result`, or an exception with what the command said."""
        code, out, error = self('run', '--format', 'json', *options, path)
        if code:
            raise RuntimeError(f'exit code {code}\n{error}')
        return json.loads(out)['result']


def compare_counts(counts, expected):
    """None if `counts` could have been drawn from `expected` (outcome: probability), else what is wrong.

    Nothing of probability zero may come, no count may be 6 standard deviations off, and Pearson's chi-square must stay below the point
    that one sample in a million exceeds.
    """
    shots = sum(counts.values())
    never = sorted(outcome for outcome in counts if expected.get(outcome, 0) <= 0)
    if never:
        return f'came, but never should: {", ".join(never[:5])}'
    statistic, cells, rest_seen, rest_expected = 0.0, 0, 0, 0.0
    for outcome, probability in expected.items():
        seen, mean = counts.get(outcome, 0), probability * shots
        if abs(seen - mean) > 6 * math.sqrt(mean) + 6:
            return f'{outcome}: came {seen} times, {mean:.1f} expected'
        if mean < 5:  # rare outcomes share a cell
            rest_seen += seen
            rest_expected += mean
        else:
            statistic += (seen - mean) ** 2 / mean
            cells += 1
    if rest_expected >= 5:
        statistic += (rest_seen - rest_expected) ** 2 / rest_expected
        cells += 1
    elif rest_seen > rest_expected + 6 * math.sqrt(rest_expected) + 6:
        return f'{rest_seen} rare outcomes, {rest_expected:.2g} expected'
    if cells < 2:
        return None
    freedom = cells - 1
    limit = freedom * (1 - 2 / (9 * freedom) + 4.75 * math.sqrt(2 / (9 * freedom))) ** 3  # Wilson and Hilferty's approximation
    return None if statistic < limit else f'chi-square {statistic:.1f} with {freedom} degrees of freedom (limit {limit:.1f})'


def compare_probabilities(seen, expected, tolerance):
    """None if the two distributions agree outcome by outcome, else the worst disagreement."""
    worst = max(set(seen) | set(expected), key=lambda outcome: abs(seen.get(outcome, 0) - expected.get(outcome, 0)))
    difference = abs(seen.get(worst, 0) - expected.get(worst, 0))
    if difference <= tolerance:
        return None
    return f'{worst}: probability {seen.get(worst, 0):.12g}, expected {expected.get(worst, 0):.12g}'
