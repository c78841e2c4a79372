#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""counting.py ROOT: tools/count_tests.py counts honestly: what crashed, hung or never reported has failed."""
import pathlib
import sys

import tap

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(sys.argv[1]) / "tools"))
import count_tests  # noqa: E402

# What a program printed, how it ended, and what that counts: passed, failed, skipped.
CASES = [
    ("all is well", "1..3\nok 1 - a\nok 2 - b\nok 3 - c\n", "OK", 0, (3, 0, 0)),
    ("one fails", "1..2\nok 1 - a\nnot ok 2 - b\n# 0x1 != 0x2\n", "FAIL", 1, (1, 1, 0)),
    ("one is skipped, as cmocka says it", "1..2\nok 1 - a\nnot ok 2 # SKIP b\n", "FAIL", 0, (1, 0, 1)),
    ("one is skipped, as TAP says it", "1..2\nok 1 - a\nok 2 - b # skip no locale\n", "OK", 0, (1, 0, 1)),
    ("a crash after the first of three", "1..3\nok 1 - a\n", "FAIL", -11, (1, 2, 0)),
    ("a crash after the last", "1..1\nok 1 - a\n", "FAIL", -6, (1, 1, 0)),
    ("a leak found at the end", "1..1\nok 1 - a\n", "FAIL", 1, (1, 1, 0)),
    ("out of time", "1..2\nok 1 - a\n", "TIMEOUT", -15, (1, 1, 0)),
    ("two groups", "1..1\nok 1 - a\n1..2\nok 1 - b\nnot ok 2 - c\n", "FAIL", 1, (2, 1, 0)),
    ("all skipped", "1..0 # skip no circuits\n", "SKIP", 0, (0, 0, 1)),
    ("a plain program", "4 files\n", "OK", 0, (1, 0, 0)),
    ("a plain program that fails", "", "FAIL", 1, (0, 1, 0)),
    ("a plain program that crashes", "", "FAIL", -11, (0, 1, 0)),
    ("a plain program that is skipped", "no folder\n", "SKIP", 77, (0, 0, 1)),
    ("a program that prints nothing in its time", None, "TIMEOUT", None, (0, 1, 0)),
    ("a skip does not hide a crash", "1..2\nnot ok 1 # SKIP a\nok 2 - b\n", "FAIL", -11, (1, 1, 1)),
]


def programs_are_counted():
    for title, stdout, result, returncode, wanted in CASES:
        count = count_tests.count_program({"name": "t", "stdout": stdout, "result": result, "returncode": returncode})
        got = tuple(len(names) for names in count)
        if got != wanted:
            yield f"{title}: {got} instead of {wanted}: {count}"


tap.run(programs_are_counted)
