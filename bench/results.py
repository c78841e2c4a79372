# SPDX-License-Identifier: Apache-2.0
"""Files of results: what bench/run and bench/compare write and bench/report reads.

    {"schema": "ketch-bench/1", "kind": "run" or "compare", "date": "2026-11-22T17:00:00Z",
     "machine": {...}, "ketch": {"version", "build", "commit"}, "settings": {what was asked for},
     "results": [{"circuit", "qubits", "seed", "engine", "setting", "precision", "threads",   the case
                  "seconds": best, or null with "error": why,                                 what came out
                  ...}, ...]}                                                                 more, by kind

A reader passes over what it does not know. A change that a reader of version 1 would misunderstand makes it ketch-bench/2.
"""
import argparse
import datetime
import errno
import json
import math
import os
import pathlib
import platform
import signal
import subprocess
import sys

SCHEMA = 'ketch-bench/1'
CASE = ('circuit', 'qubits', 'seed', 'engine', 'setting', 'precision', 'threads')
HERE = pathlib.Path(__file__).resolve().parent
FOLDER = HERE / 'results'


class FormatError(ValueError):
    """A file that is not one of results."""


def reader_gone():
    """Nobody reads what is printed any more, as behind `run | head`: the rest goes nowhere. The exit status, as if by the signal."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 128 + signal.SIGPIPE


def processors():
    """How many of them this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()


def _line(path, key):
    """What follows `key ... :` in a file such as /proc/cpuinfo, or ''."""
    try:
        for line in pathlib.Path(path).read_text(encoding='ascii', errors='replace').splitlines():
            if line.startswith(key):
                return line.partition(':')[2].strip()
    except OSError:
        pass
    return ''


def _caches():
    """{"1 Data": "32K", ...} of the first processor."""
    found = {}
    for cache in sorted(pathlib.Path('/sys/devices/system/cpu/cpu0/cache').glob('index*')):
        try:
            level, kind, size = ((cache / name).read_text().strip() for name in ('level', 'type', 'size'))
            found[f'{level} {kind}'] = size
        except OSError:
            pass
    return found


def machine():
    """What can be found out about this one; 'load' tells whether others were at work."""
    memory = _line('/proc/meminfo', 'MemTotal').split()
    return {
        'cpu': _line('/proc/cpuinfo', 'model name') or platform.processor() or platform.machine(),
        'processors': processors(),
        'caches': _caches(),
        'memory_bytes': int(memory[0]) * 1024 if memory else None,
        'system': f'{platform.system()} {platform.release()} {platform.machine()}',
        'python': platform.python_version(),
        'load': round(os.getloadavg()[0], 2),
    }


def ketch(program):
    """Version and build of a program `ketch`; the commit where this is a tree of sources."""
    said = subprocess.run([program, '--version', '--verbose'], capture_output=True, text=True, check=True).stdout.splitlines()
    found = {'version': said[0].split()[-1], 'build': said[1:]}
    if (HERE.parent / '.git').exists():
        commit = subprocess.run(['git', '-C', HERE, 'describe', '--always', '--dirty', '--abbrev=12'], capture_output=True, text=True)
        if commit.returncode == 0:
            found['commit'] = commit.stdout.strip()
    return found


def document(kind, settings, results, program):
    now = datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%SZ')
    return {'schema': SCHEMA, 'kind': kind, 'date': now, 'machine': machine(), 'ketch': ketch(program), 'settings': settings,
            'results': results}


def path_to_keep(kind, what=''):
    """results/YYYY-MM-DD-KIND[-WHAT].json, for results that are kept with the sources; one more of a day gets a letter."""
    name = f'{datetime.date.today().isoformat()}-{kind}{"-" + what if what else ""}'
    for letter in ['', *'bcdefghijklmnopqrstuvwxyz']:
        path = FOLDER / f'{name}{letter}.json'
        if not path.exists():
            return path
    raise FormatError(f'{FOLDER}: too many results of one day')


def to_write(path):
    """An argparse type: a file that can be written, found out before anything is measured."""
    try:
        half = pathlib.Path(path).with_name(pathlib.Path(path).name + '.part')
        half.parent.mkdir(parents=True, exist_ok=True)
        half.touch()
        half.unlink()
        if pathlib.Path(path).is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    except OSError as error:
        raise argparse.ArgumentTypeError(f'{path}: {error.strerror}') from None
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{path}' is no name of a file") from None
    return path


def write(document, path):
    """Writes the file whole or not at all; a line a result, so that differences between files can be read."""
    lines = [json.dumps(result) for result in document['results']]
    head = json.dumps({**document, 'results': None}, indent=1).replace('"results": null', '"results": [\n  ' + ',\n  '.join(lines) + '\n ]')
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(path.name + '.part')
    half.write_text(head + '\n', encoding='utf-8')
    half.replace(path)


def read(path):
    """The document in a file, or FormatError."""
    try:
        found = json.loads(pathlib.Path(path).read_text(encoding='utf-8'))
    except OSError as error:
        raise FormatError(f'{path}: {error.strerror}') from None
    except ValueError as error:
        raise FormatError(f'{path}: no JSON: {error}') from None
    if not isinstance(found, dict) or not isinstance(found.get('results'), list):
        raise FormatError(f'{path}: no file of results')
    if found.get('schema') != SCHEMA:
        raise FormatError(f'{path}: of schema {found.get("schema")}, not {SCHEMA}')
    return found


def case(result):
    """What identifies a result among those of one file, and the same in another."""
    return tuple(result.get(name) for name in CASE)


def geometric_mean(ratios, most=math.inf):
    """Of positive numbers, each counted as at most `most`; None of none."""
    ratios = list(ratios)
    return math.exp(math.fsum(math.log(min(ratio, most)) for ratio in ratios) / len(ratios)) if ratios else None


def table(rows, right=()):
    """Lines of text: the columns of `rows` (lists of strings, the first the heading), `right` those set to the right."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        cells = [cell.rjust(width) if i in right else cell.ljust(width) for i, (cell, width) in enumerate(zip(row, widths))]
        yield '  '.join(cells).rstrip()
