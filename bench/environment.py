# SPDX-License-Identifier: Apache-2.0
"""The virtual environment that holds the simulators of peers.py: made when it is wanted, kept between comparisons.

It lies outside the sources, in the user's cache folder. Each simulator is installed by itself, so that one that cannot be had costs
only itself; the versions of all are bound together by requirements.txt.
"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
REQUIREMENTS = HERE / 'requirements.txt'


def default_folder():
    cache = os.environ.get('XDG_CACHE_HOME') or os.path.join(os.path.expanduser('~'), '.cache')
    return pathlib.Path(cache) / 'ketch' / 'bench-environment'


def pinned():
    """{package: version} of requirements.txt."""
    lines = [line.strip() for line in REQUIREMENTS.read_text(encoding='ascii').splitlines()]
    return dict(line.split('==') for line in lines if line and not line.startswith('#'))


def _run(command):
    """None, or the last words of what went wrong."""
    try:
        done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, errors='replace')
    except OSError as error:
        return str(error)
    said = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    errors = [line for line in said if line.startswith('ERROR')] or said
    return None if done.returncode == 0 else (errors or [f'exit status {done.returncode}'])[-1][:300]


class Environment:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.python = self.folder / 'bin' / 'python'

    def make(self):
        """None, or why there is none."""
        if self.python.exists() and _run([self.python, '-m', 'pip', '--version']) is None:
            return None
        print(f'making a virtual environment: {self.folder} (all simulators together take about 1.2 GB)', file=sys.stderr)
        why = _run([sys.executable, '-m', 'venv', self.folder])
        return why and f'{why} (is venv there? Debian: python3-venv)'

    def installed(self):
        """{package: version} of those in requirements.txt that are there."""
        names = sorted(pinned())
        tell = ('import importlib.metadata as m, sys\n'
                'for name in sys.argv[1:]:\n'
                '    try: print(name, m.version(name))\n'
                '    except m.PackageNotFoundError: pass')
        done = subprocess.run([self.python, '-c', tell, *names], capture_output=True, text=True)
        return dict(line.split() for line in done.stdout.splitlines())

    def provide(self, packages):
        """Installs those of the packages that are missing or of another version: None, or why they cannot be had."""
        wanted, there = pinned(), self.installed()
        missing = [f'{name}=={wanted[name]}' for name in packages if there.get(name) != wanted[name]]
        if not missing:
            return None
        print(f'installing {" ".join(missing)}', file=sys.stderr)
        return _run([self.python, '-m', 'pip', 'install', '--disable-pip-version-check', '--constraint', REQUIREMENTS, *missing])
