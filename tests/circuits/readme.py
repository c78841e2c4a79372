#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""readme.py KETCH ROOT: what README.md and docs/openqasm.md show is what the program does.

Each ```console block holds commands after "$ " with what they print, and is run from the root of the tree, with the ketch under test.
tools/run is `ketch run` behind a build, so that it is put for it. Files that the pages link to must exist.
"""
import os
import pathlib
import re
import subprocess
import sys

from harness import SLOW, Tap


def sessions(text):
    """(command, output) for each command of the console blocks."""
    for block in re.findall(r'^```console\n(.*?)^```', text, re.MULTILINE | re.DOTALL):
        for entry in re.split(r'^\$ ', block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition('\n')
            yield command, output


def difference(program, root, command, output):
    path = f'{pathlib.Path(program).resolve().parent}:{os.environ["PATH"]}'
    done = subprocess.run(['bash', '-c', re.sub(r'^tools/run\b', 'ketch run', command)], cwd=root, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, 'PATH': path}, timeout=60 * SLOW)
    return None if done.stdout.rstrip() == output.rstrip() else f'prints\n{done.stdout}\ninstead of\n{output}'


def main(program, root):
    tap, root, count = Tap(), pathlib.Path(root), 0
    for name in ('README.md', 'docs/openqasm.md'):
        page = root / name
        text = page.read_text(encoding='utf-8')
        for command, output in sessions(text):
            count += 1
            tap.check(f'{name}: {command}', difference(program, root, command, output))
        links = re.findall(r'\]\(([^)#:]+)[^):]*\)', text)
        tap.check(f'{name}: links', '\n'.join(link for link in links if not (page.parent / link).exists()))
    tap.check('there are commands to try', None if count >= 4 else f'{count}')
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
