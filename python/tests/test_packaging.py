# SPDX-License-Identifier: Apache-2.0
"""The source archive builds a wheel, which holds what it should and needs neither libgomp nor OpenBLAS."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile

import pytest

pytestmark = pytest.mark.timeout(500)  # a wheel takes a minute to build, more where the machine is busy

ROOT = pathlib.Path(__file__).parents[2]
QUICK = bool(os.environ.get("KETCH_TEST_QUICK"))
STRAY = ("PYTHONPATH", "LD_LIBRARY_PATH", "DESTDIR", "CFLAGS", "LDFLAGS", "MALLOC_PERTURB_")

# A gate's real power is what OpenBLAS would be asked for, and enough qubits that threads share the work.
PROGRAM = """
OPENQASM 3.0;
include "stdgates.inc";
gate entangle a, b { h a; cx a, b; }
qubit[18] q;
bit[18] c;
pow(0.5) @ entangle q[0], q[1];
pow(0.5) @ entangle q[0], q[1];
for int i in [1:16] { cx q[i], q[i + 1]; }
c = measure q;
"""
SCRIPT = f"""
import ketch
counts = ketch.run({PROGRAM!r}, shots=4000, seed=1, threads=2).counts
assert sorted(counts) == ["0" * 18, "1" * 18] and abs(counts["0" * 18] - 2000) < 200, counts
files = {{line.split()[-1] for line in open("/proc/self/maps") if ".so" in line}}
print(*sorted(file for file in files if "gomp" in file or "blas" in file))
"""


def do(*command: object, cwd: pathlib.Path = ROOT) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in STRAY}
    environment["PATH"] = f"{sysconfig.get_path('scripts')}{os.pathsep}{environment['PATH']}"
    done = subprocess.run([str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


def do_without_libraries(*command: object) -> str:
    """In a mount namespace of its own, where the machine's libgomp and OpenBLAS are no libraries."""
    known = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    hidden = {os.path.realpath(path) for path in re.findall(r"=> (\S*(?:gomp|openblas|libblas|liblapack)\S*)", known)}
    mounts = "".join(f"mount --bind '{pathlib.Path(__file__)}' '{path}' && " for path in sorted(hidden))
    return do("unshare", "--mount", "--map-root-user", "sh", "-c", mounts + 'exec "$@"', "sh", *command)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    if QUICK:
        pytest.skip("compiles the library anew")
    if not (ROOT / ".git").exists():
        pytest.skip("an archive is made from a clone")
    folder = tmp_path_factory.mktemp("archive")
    do(sys.executable, "-c", f"import mesonpy; mesonpy.build_sdist({str(folder)!r})")
    return next(folder.glob("ketch-*.tar.gz"))


@pytest.fixture(scope="module")
def wheel(archive: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    built, repaired = tmp_path_factory.mktemp("built"), tmp_path_factory.mktemp("repaired")
    do(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-index",
        "--no-build-isolation",
        "--wheel-dir",
        built,
        archive,
    )
    do("auditwheel", "repair", "--wheel-dir", repaired, next(built.glob("*.whl")))
    return next(repaired.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A fresh virtual environment with the wheel, and NumPy and cffi as they are here."""
    folder = tmp_path_factory.mktemp("environment")
    do(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    do(python, "-m", "pip", "install", "--no-deps", "--no-index", wheel)
    site = pathlib.Path(do(python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))").strip())
    (site / "others.pth").write_text(sysconfig.get_path("platlib") + "\n", encoding="utf-8")
    return folder


def test_source_archive_has_what_builds(archive: pathlib.Path) -> None:
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    assert {
        "PKG-INFO",
        "pyproject.toml",
        "meson.build",
        "include/ketch/ketch.h",
        "python/ketch/__init__.py",
        "LICENSE",
    } <= names
    assert not [name for name in names if name.startswith(("build/", ".git/")) or "__pycache__" in name]


def test_wheel_has_what_it_should(wheel: pathlib.Path) -> None:
    assert re.fullmatch(r"ketch-[\d.]+-cp3\d+-abi3-manylinux_2_\d+_\w+\.whl", wheel.name)
    names = {name for name in zipfile.ZipFile(wheel).namelist() if not name.endswith("/") and ".dist-info/" not in name}
    libraries = {name for name in names if name.startswith("ketch.libs/")}
    sources = {f"ketch/{path.name}" for path in (ROOT / "python" / "ketch").glob("*.py")}
    programs = {name for name in names if name.endswith(".data/scripts/ketch")}
    assert names - libraries - programs == sources | {"ketch/py.typed", "ketch/_ketch.abi3.so"}
    assert len(programs) == 1
    assert all(name.startswith("ketch.libs/libgomp-") for name in libraries)
    assert wheel.stat().st_size < 4 << 20


def test_wheel_keeps_to_the_stable_abi(wheel: pathlib.Path) -> None:
    do("abi3audit", "--strict", wheel)


def test_wheel_without_libgomp_and_openblas(environment: pathlib.Path, tmp_path: pathlib.Path) -> None:
    if subprocess.run(["unshare", "--mount", "--map-root-user", "true"], capture_output=True).returncode != 0:
        pytest.skip("no mount namespaces here")
    python, program = environment / "bin" / "python", environment / "bin" / "ketch"
    (tmp_path / "p.qasm").write_text(PROGRAM, encoding="utf-8")
    counts = do_without_libraries(
        program, "run", "--seed", "1", "--threads", "2", "--format", "csv", tmp_path / "p.qasm"
    )
    assert "1" * 18 in counts
    libraries = do_without_libraries(python, "-I", "-c", SCRIPT).split()
    assert all(str(environment) in library or "numpy" in library for library in libraries), libraries
    assert any("libgomp" in library for library in libraries), libraries
    with pytest.raises(AssertionError, match="invalid ELF header"):  # the machine's are hidden indeed
        do_without_libraries(sys.executable, "-c", "import ctypes; ctypes.CDLL('libgomp.so.1')")


def test_an_old_meson_is_told(tmp_path: pathlib.Path) -> None:
    old = "/usr/bin/meson"
    if not os.access(old, os.X_OK) or do(old, "--version") >= "1.3":
        pytest.skip("no Meson before 1.3 here")
    options = ["-Dpython=true", "-Dtests=disabled", "-Dopenblas=disabled"]
    done = subprocess.run([old, "setup", *options, tmp_path, ROOT], capture_output=True, text=True)
    assert done.returncode != 0
    assert "needs Meson 1.3" in done.stdout
