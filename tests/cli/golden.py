#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden tests of the command, as files.

    golden.py [--update] KETCH SCHEMAS [CASE...]

cases/NAME.sh (bash) or cases/NAME.py runs in an empty folder with the circuits of files/ in it, `ketch` first in PATH and next to
nothing else in its environment. What it printed must be cases/NAME.stdout and .stderr (missing: nothing), and its exit code that in
.exit (missing: 0). In a file NAME.stdout.glob or .stderr.glob a `*` stands for any text in its line and a line `...` for any lines. Exit
code 77 skips: the output says why. SCHEMAS is the folder of the JSON schemas. The report is TAP; --update rewrites the files that are
there (not the .glob ones).
"""
import concurrent.futures
import fnmatch
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CASES, FILES = HERE / 'cases', HERE / 'files'
LIMIT = 240  # seconds a case may take


def environment(schemas, home):
    """What a case sees: a terminal it does not have, no colours, no threads chosen for it."""
    names = ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'TSAN_OPTIONS', 'LSAN_OPTIONS', 'LD_LIBRARY_PATH')
    kept = {name: os.environ[name] for name in names if name in os.environ}
    path = os.pathsep.join([str(home / 'bin'), os.environ.get('PATH', '/usr/bin:/bin')])
    return {**kept, 'PATH': path, 'HOME': str(home), 'LC_ALL': 'C.UTF-8', 'SCHEMAS': str(schemas), 'PYTHONPATH': str(HERE),
            'PYTHONDONTWRITEBYTECODE': '1'}


def run(case, program, schemas):
    """(stdout, stderr, exit code) of a case, run in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix='ketch-') as folder:
        home = pathlib.Path(folder)
        (home / 'bin').mkdir()
        (home / 'bin' / 'ketch').symlink_to(program)
        work = home / 'work'
        shutil.copytree(FILES, work)
        command = ['bash', str(case)] if case.suffix == '.sh' else [sys.executable, str(case)]
        done = subprocess.run(command, cwd=work, env=environment(schemas, home), stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=LIMIT)
        return done.stdout.decode(errors='replace'), done.stderr.decode(errors='replace'), done.returncode


def matches(lines, patterns):
    """Do the lines match the patterns, of which `...` matches any number of lines?"""
    if not patterns:
        return not lines
    if patterns[0] == '...':
        return any(matches(lines[skip:], patterns[1:]) for skip in range(len(lines) + 1))
    literal = re.sub(r'([\[\]?])', r'[\1]', patterns[0])  # only * is special
    return bool(lines) and fnmatch.fnmatchcase(lines[0], literal) and matches(lines[1:], patterns[1:])


def difference(case, kind, got):
    """None if `got` is as the case's file says, else a few words and what was printed."""
    loose = case.with_suffix(f'.{kind}.glob')
    if loose.exists():
        return None if matches(got.splitlines(), loose.read_text().splitlines()) else f'{kind} does not match {loose.name}:\n{got}'
    exact = case.with_suffix(f'.{kind}')
    wanted = exact.read_text() if exact.exists() else ''
    return None if got == wanted else f'{kind} is not {exact.name}:\n{got}--- wanted:\n{wanted}'


def update(case, outputs, code):
    for kind, got in outputs.items():
        exact = case.with_suffix(f'.{kind}')
        if case.with_suffix(f'.{kind}.glob').exists():
            continue
        if got:
            exact.write_text(got)
        elif exact.exists():
            exact.unlink()
    exit_file = case.with_suffix('.exit')
    if code:
        exit_file.write_text(f'{code}\n')
    elif exit_file.exists():
        exit_file.unlink()


def check(case, program, schemas, updating):
    """(passed, words for the report)."""
    try:
        out, err, code = run(case, program, schemas)
    except subprocess.TimeoutExpired:
        return False, f'more than {LIMIT} seconds'
    if code == 77:
        return True, 'SKIP ' + (out.strip() or err.strip()).replace('\n', ' ')
    if updating:
        update(case, {'stdout': out, 'stderr': err}, code)
    exit_file = case.with_suffix('.exit')
    wanted = int(exit_file.read_text()) if exit_file.exists() else 0
    problems = [difference(case, 'stdout', out), difference(case, 'stderr', err)]
    if code != wanted:
        problems.append(f'exit code {code} instead of {wanted}')
    problems = [problem for problem in problems if problem]
    return not problems, '\n'.join(problems)


def report(number, case, passed, words):
    skipped = f' # {words}' if words.startswith('SKIP') else ''
    print(f'{"ok" if passed else "not ok"} {number} - {case.stem}{skipped}', flush=True)
    for line in [] if passed else words.splitlines():
        print('#', line)


def main(arguments):
    updating = '--update' in arguments
    program, schemas, *chosen = [argument for argument in arguments if argument != '--update']
    cases = sorted(path for path in CASES.iterdir() if path.suffix in ('.sh', '.py'))
    cases = [case for case in cases if not chosen or case.stem in chosen]
    program, schemas = pathlib.Path(program).resolve(), pathlib.Path(schemas).resolve()
    failures = 0
    print(f'1..{len(cases)}')
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda case: check(case, program, schemas, updating), cases)
        for number, (case, (passed, words)) in enumerate(zip(cases, results), 1):
            failures += not passed
            report(number, case, passed, words)
    return failures != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
