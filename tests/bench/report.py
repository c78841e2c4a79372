#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report.py BENCH: bench/report on stored results. Each test yields what is wrong."""
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'house'))
import tap  # noqa: E402

REPORT = pathlib.Path(sys.argv[1]) / 'report'
FILES = HERE / 'files'
PLAIN = {key: value for key, value in os.environ.items() if key not in ('NO_COLOR', 'TERM')}


def report(*arguments, **environment):
    """(what it printed, exit status)"""
    command = [sys.executable, '-B', REPORT, *arguments]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**PLAIN, 'PYTHONIOENCODING': 'utf-8', **environment})
    return done.stdout.decode(), done.returncode


def on_a_terminal(*arguments, **environment):
    """What it prints on one."""
    ours, theirs = pty.openpty()
    command = [sys.executable, '-B', REPORT, *arguments]
    with subprocess.Popen([str(word) for word in command], stdout=theirs, env={**PLAIN, 'TERM': 'xterm', **environment}):
        os.close(theirs)
        text = b''
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                piece = b''
            if not piece:
                break
            text += piece
    os.close(ours)
    return text.decode()


def as_stored(name, *arguments, code):
    text, status = report(*(FILES / argument for argument in arguments))
    if text != (FILES / name).read_text(encoding='utf-8'):
        yield f'not {name}:\n{text}'
    if status != code:
        yield f'exit status {status}, not {code}'


def one_file_is_drawn():
    yield from as_stored('drawn.txt', 'before.json', code=0)


def two_files_are_compared():
    yield from as_stored('compared.txt', 'before.json', 'after.json', code=1)


def nothing_is_slower_than_itself():
    text, status = report(FILES / 'before.json', FILES / 'before.json')
    if status or 'SLOWER' in text:
        yield text


def the_threshold_decides():
    """qft in fp32 takes 20 % longer; tfim fails at any threshold."""
    for percent, expected in ((19, True), (21, False)):
        text, status = report('--threshold', percent, FILES / 'before.json', FILES / 'after.json')
        if ('SLOWER' in text) != expected or status != 1 or 'FAILED' not in text:
            yield f'--threshold {percent}: status {status}\n{text}'


def settings_of_ketch_may_differ():
    with tempfile.TemporaryDirectory() as folder:
        document = json.loads((FILES / 'before.json').read_text(encoding='utf-8'))
        for result in document['results']:
            if result['engine'] == 'ketch':
                result['setting'] = 'planned plain without-tables'
                result['seconds'] = result['seconds'] and 2 * result['seconds']
        other = pathlib.Path(folder) / 'other.json'
        other.write_text(json.dumps(document), encoding='utf-8')
        text, status = report(FILES / 'before.json', other)
        if status != 1 or 'planned plain without-tables after' not in text or 'Ketch: 0.500 times' not in text:
            yield f'status {status}\n{text}'


def files_that_cannot_be_compared():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        before = (FILES / 'before.json').read_text(encoding='utf-8')
        cases = {'missing': None, 'no json': '{', 'an array': '[]', 'of another schema': before.replace('bench/1', 'bench/9'),
                 'of another size': before.replace('"qubits": 24', '"qubits": 25')}
        for name, text in cases.items():
            if text is not None:
                (folder / name).write_text(text, encoding='utf-8')
            said, status = report(FILES / 'before.json', folder / name)
            if status != 2 or not said.startswith('report: ') or said.count('\n') != 1:
                yield f'{name}: status {status}, {said!r}'


def colors_on_terminals_alone():
    colored = on_a_terminal(FILES / 'before.json', FILES / 'after.json')
    if '\33[31m' not in colored or '\33[32m' not in colored:
        yield f'no colours on a terminal: {colored!r}'
    for environment in ({'NO_COLOR': '1'}, {'TERM': 'dumb'}):
        if '\33' in on_a_terminal(FILES / 'before.json', FILES / 'after.json', **environment):
            yield f'colours in spite of {environment}'
    if '\33' in report(FILES / 'before.json', FILES / 'after.json', TERM='xterm')[0]:
        yield 'colours in a pipe'


def ascii_where_blocks_cannot_be_shown():
    text, _ = report(FILES / 'before.json', FILES / 'after.json', PYTHONIOENCODING='ascii')
    if not text.isascii() or '#' not in text:
        yield text


tap.run(one_file_is_drawn, two_files_are_compared, nothing_is_slower_than_itself, the_threshold_decides, settings_of_ketch_may_differ,
        files_that_cannot_be_compared, colors_on_terminals_alone, ascii_where_blocks_cannot_be_shown)
