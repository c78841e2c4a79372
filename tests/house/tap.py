# SPDX-License-Identifier: Apache-2.0
"""Tests that report as TAP: each is a function that returns (or yields) what is wrong, one line a fault; nothing wrong is a pass."""
import sys
import traceback


def run(*tests):
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        try:
            faults = [str(fault) for fault in test() or []]
        except Exception:  # a test that cannot be made is a failed one
            faults = traceback.format_exc().splitlines()
        print(f"{'not ok' if faults else 'ok'} {number} - {test.__name__}")
        for fault in faults:
            print(f"# {fault}")
        failed += bool(faults)
    sys.stdout.flush()
    sys.exit(1 if failed else 0)
