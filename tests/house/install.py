#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""install.py ROOT BUILD: what `meson install` puts somewhere works from there, and after it was moved.

The C program of README.md is the test program: as C99 and as C++, found by pkg-config and by CMake, shared and static.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import tap

ROOT, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
WORK = pathlib.Path(tempfile.mkdtemp(prefix="ketch-install-"))
MOVED = WORK / "moved here"  # with a space: paths are to be quoted
STRAY = ("DESTDIR", "PKG_CONFIG_PATH", "LD_LIBRARY_PATH", "CFLAGS", "LDFLAGS")
CLEAN = {key: value for key, value in os.environ.items() if key not in STRAY}


def do(*command, **more):
    """The output of a command; a failure is an error with all that it wrote."""
    environment = {**CLEAN, **more.pop("environment", {})}
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, env=environment, **more)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def find(name):
    return next(MOVED.rglob(name), None)


def example():
    """The C program of README.md."""
    match = re.search(r"```c\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    if not match or "main" not in match.group(1):
        raise RuntimeError("README.md has no C program")
    return match.group(1)


def source(name):
    path = WORK / name
    path.write_text(example(), encoding="utf-8")
    return path


def check_run(program, **environment):
    """Runs the example in the project's root, where its circuit is, and wants counts."""
    text = do(program, cwd=ROOT, environment=environment)
    if not re.search(r"\b[01]+\b.*\d", text):
        yield f"{program} printed: {text!r}"


def pkg_config(*arguments):
    folder = find("ketch.pc").parent
    return do("pkg-config", *arguments, "ketch", environment={"PKG_CONFIG_PATH": str(folder)}).strip()


def shell_words(text):
    import shlex

    return shlex.split(text)


def everything_is_installed():
    stage = WORK / "stage"
    do("meson", "install", "-C", BUILD, "--no-rebuild", "--destdir", stage)
    prefix = next(stage.rglob("include")).parent
    shutil.move(prefix, MOVED)
    shutil.rmtree(stage)
    for name in [
        "libketch.so", "libketch.so.0", "libketch.so.0.1.0", "libketch.a", "include/ketch/ketch.h", "pkgconfig/ketch.pc",
        "cmake/ketch/ketch-config.cmake", "cmake/ketch/ketch-config-version.cmake", "bin/ketch", "man1/ketch.1",
        "bash-completion/completions/ketch", "zsh/site-functions/_ketch", "fish/vendor_completions.d/ketch.fish",
        "ketch/bench/compare", "ketch/bench/report",
    ]:
        if not any(path.as_posix().endswith("/" + name) for path in MOVED.rglob(pathlib.Path(name).name)):
            yield f"not installed: {name}"
    for path in MOVED.rglob("*"):
        if path.suffix in (".pc", ".cmake") and str(WORK) in path.read_text():
            yield f"{path.name} names the place where it was installed"


def no_path_of_the_build_is_left():
    for path in (find("libketch.so.0.1.0"), MOVED / "bin" / "ketch"):
        dynamic = do("readelf", "-d", path)
        if re.search(r"\((RPATH|RUNPATH)\).*(" + re.escape(str(BUILD)) + ")", dynamic):
            yield f"{path.name} is looking for libraries in the build folder"


def command_runs_elsewhere():
    text = do(MOVED / "bin" / "ketch", "--version")
    if not re.search(r"\b0\.1\.0\b", text):
        yield f"ketch --version printed: {text!r}"


def benchmark_runs_elsewhere():
    """It says what it would run; running it needs other simulators."""
    text = do(MOVED / "bin" / "ketch", "bench", "--list", "--circuits", "qft", "--peers", "qsim")
    if text.split() != ["qft", "qsim", "fp32"]:
        yield f"ketch bench --list printed: {text!r}"


def pkg_config_shared():
    flags = shell_words(pkg_config("--cflags", "--libs"))
    library = find("libketch.so").parent
    for compiler, name, standard in [("gcc", "shared.c", "-std=c99"), ("g++", "shared.cpp", "-std=c++11")]:
        program = WORK / name.replace(".", "-")
        do(compiler, standard, "-Wall", "-Wextra", "-pedantic", "-Werror", source(name), "-o", program, *flags)
        yield from check_run(program, LD_LIBRARY_PATH=str(library))


def pkg_config_static():
    flags = shell_words(pkg_config("--cflags", "--libs", "--static"))
    archive = find("libketch.a")
    program = WORK / "static"
    rest = [flag for flag in flags if flag != "-lketch"]
    do("gcc", "-std=c99", source("static.c"), "-o", program, archive, *rest)
    if "libketch" in do("ldd", program):
        yield "the static program needs libketch.so"
    yield from check_run(program)


def cmake():
    project = WORK / "project"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\nproject(example C CXX)\nfind_package(ketch 0.1 REQUIRED)\n"
        "set(CMAKE_C_STANDARD 99)\nset(CMAKE_CXX_STANDARD 11)\n"
        "add_executable(shared shared.c)\ntarget_link_libraries(shared ketch::ketch)\n"
        "add_executable(sharedxx shared.cpp)\ntarget_link_libraries(sharedxx ketch::ketch)\n"
        "add_executable(static static.c)\ntarget_link_libraries(static ketch::static)\n",
        encoding="utf-8",
    )
    for name in ("shared.c", "shared.cpp", "static.c"):
        (project / name).write_text(example(), encoding="utf-8")
    do("cmake", "-G", "Ninja", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={MOVED}")
    do("cmake", "--build", project / "build")
    if "libketch" in do("ldd", project / "build" / "static"):
        yield "the static program needs libketch.so"
    for name in ("shared", "sharedxx", "static"):
        yield from check_run(project / "build" / name)


def cmake_refuses_another_version():
    project = WORK / "too-new"
    project.mkdir()
    (project / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.16)\nproject(example C)\nfind_package(ketch 0.2 REQUIRED)\n", encoding="utf-8")
    command = ["cmake", "-G", "Ninja", "-S", project, "-B", project / "build", f"-DCMAKE_PREFIX_PATH={MOVED}"]
    done = subprocess.run(command, capture_output=True, text=True, env=CLEAN)
    if done.returncode == 0 or "0.1.0" not in done.stderr:
        yield f"0.2 was not refused: {done.stderr}"


try:
    tap.run(everything_is_installed, no_path_of_the_build_is_left, command_runs_elsewhere, benchmark_runs_elsewhere,
            pkg_config_shared, pkg_config_static, cmake, cmake_refuses_another_version)
finally:
    shutil.rmtree(WORK, ignore_errors=True)
