# SPDX-License-Identifier: Apache-2.0
"""The package as a piece of writing: lint, types, examples in docstrings and pages, nothing forgotten."""

from __future__ import annotations

import doctest
import importlib
import os
import pathlib
import pkgutil
import re
import subprocess
import sys

import pytest

import ketch

ROOT = pathlib.Path(__file__).parents[2]
# "": classes say that they are of `ketch`.
MODULES = ["", *sorted(module.name for module in pkgutil.iter_modules(ketch.__path__) if module.name != "_ketch")]


def check(*command: str) -> None:
    environment = {**os.environ, "RUFF_NO_CACHE": "true"}
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_lint() -> None:
    check("ruff", "check", "python", "docs/site")


def test_types() -> None:
    check("mypy", "--strict", "--cache-dir", os.devnull, "python/ketch")


def run_doctests(test: doctest.DocTest) -> None:
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert runner.run(test, out=said.append).failed == 0, "".join(said)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    try:
        module = importlib.import_module(f"ketch.{name}" if name else "ketch")
    except ImportError as missing:  # what stands beside another package, which need not be there
        pytest.skip(str(missing))
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, globs={**vars(module), "ketch": ketch}):
        run_doctests(test)


def test_public_names_have_docstrings() -> None:
    bare = []
    for name in ketch.__all__:
        thing = getattr(ketch, name)
        bare += [name] if not thing.__doc__ else []
        if isinstance(thing, type) and thing.__module__.startswith("ketch"):
            for key, value in vars(thing).items():
                if not key.startswith("_") and (callable(value) or isinstance(value, property)) and not value.__doc__:
                    bare.append(f"{name}.{key}")
    assert bare == []


PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in ROOT.glob("docs/site/*.rst"))]


@pytest.mark.parametrize("page", PAGES)
def test_python_of_the_pages(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page's sessions (>>>), together; and the programs of README.md, with the output that follows."""
    monkeypatch.chdir(ROOT)
    text = (ROOT / page).read_text(encoding="utf-8")
    run_doctests(doctest.DocTestParser().get_doctest(text, {}, page, page, 0))
    for program, output in re.findall(r"```python\n(.*?)```\n\n```\n(.*?)```", text, re.DOTALL):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8")
        assert (done.stdout, done.stderr) == (output, "")


def test_reference_is_complete() -> None:
    reference = (ROOT / "docs/site/api.rst").read_text(encoding="utf-8")
    names = re.findall(r"^\.\. auto\w+:: (\w+)$", reference, re.MULTILINE)
    assert sorted(names) == sorted(name for name in ketch.__all__ if not name.startswith("__"))


def test_every_file_of_tests_is_run() -> None:
    listed = (ROOT / "python/tests/meson.build").read_text(encoding="utf-8")
    for path in (ROOT / "python/tests").glob("test_*.py"):
        assert f"'{path.stem.removeprefix('test_')}': {{" in listed, f"{path.name} is not in python/tests/meson.build"
