#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""count_tests.py KIND...: counts the tests in the logs that tools/test left in build/KIND, shows what failed, and ends with "N passed, N failed".

A program that speaks TAP (cmocka does) counts as many tests as it announced; any other counts as one. A test that was announced and
never reported has failed: its program crashed or ran out of time. So has a build without any test.
"""
import collections
import glob
import json
import os
import re
import sys

PLAN = re.compile(r"1\.\.(\d+)\s*(#\s*skip.*)?$", re.IGNORECASE)
CASE = re.compile(r"(not )?ok\b\s*\d*\s*-?\s*(.*)$")
SKIPPED = re.compile(r"#\s*skip\b\s*(.*)$", re.IGNORECASE)

Count = collections.namedtuple("Count", "passed failed skipped")  # lists of names


def count_program(test):
    """The Count of one program, from its line of the log."""
    name, result, text = test["name"], test["result"], test.get("stdout") or ""
    count = Count([], [], [])
    announced = 0
    if re.search(r"^1\.\.\d+", text, re.MULTILINE):
        reported = 0
        for line in text.splitlines():
            plan, case = PLAN.match(line), CASE.match(line)
            if plan:
                announced += int(plan.group(1))
                if plan.group(2):
                    count.skipped.append(f"{name} ({plan.group(2).lstrip('# ')})")
            elif case:
                reported += 1
                skip = SKIPPED.search(case.group(2))
                title = f"{name}: {case.group(2)}"
                if skip:
                    count.skipped.append(title)
                elif case.group(1):
                    count.failed.append(title)
                else:
                    count.passed.append(title)
        if announced > reported:
            count.failed.extend([f"{name}: never reported ({result})"] * (announced - reported))
    elif result == "SKIP":
        lines = (text + (test.get("stderr") or "")).strip().splitlines()
        count.skipped.append(f"{name}: {lines[-1]}" if lines else name)
    elif result in ("OK", "EXPECTEDFAIL"):
        count.passed.append(name)
    # Whatever its cases say, a program that did not end well has failed. (Meson calls a case that cmocka skipped a failure.)
    ended_well = result in ("OK", "SKIP", "EXPECTEDFAIL") or (count.skipped and result == "FAIL" and test.get("returncode") == 0)
    if not ended_well and not count.failed:
        count.failed.append(f"{name}: {result}")
    return count


def show(test):
    """What a failed program wrote, the end of it."""
    for stream in ("stdout", "stderr"):
        lines = (test.get(stream) or "").splitlines()
        interesting = [line for line in lines if not re.match(r"ok\b", line)]
        for line in interesting[-60:]:
            print(f"    {line}")


def main(kinds):
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "build")
    passed = failed = 0
    skipped = []
    for kind in kinds:
        logs = glob.glob(os.path.join(root, kind, "meson-logs", "counted*.json"))
        total = Count([], [], [])
        seconds = 0.0
        for path in logs:
            with open(path, encoding="utf-8", errors="replace") as log:
                for test in map(json.loads, log):
                    count = count_program(test)
                    seconds += test.get("duration") or 0
                    for whole, part in zip(total, count):
                        whole.extend(part)
                    if count.failed:
                        for title in count.failed:
                            print(f"{kind}: FAILED {title}")
                        show(test)
        if not any(total):
            print(f"{kind}: no test was run; see build/{kind}.log")
            total.failed.append(kind)
        print(f"{kind}: {len(total.passed)} passed, {len(total.failed)} failed, {len(total.skipped)} skipped ({seconds:.0f} s of tests)")
        passed += len(total.passed)
        failed += len(total.failed)
        skipped += [f"{kind}: skipped {title}" for title in total.skipped]
    for line in skipped:
        print(line)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
