#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""arrows.py ROOT: the law of the house, read from the sources.

    ketch.c ─ session ─ engine ─ plan ─┬─ circuit ─ base
       └───── qasm, output ────────────┘        kernel (knows nothing else)

Arrows go down only, a room is entered by its door header only, and what only one place may know is found nowhere else.
"""
import pathlib
import re
import sys

import tap

ROOT = pathlib.Path(sys.argv[1])

# Whom a room may include besides itself. The front door, ketch.c, is a room of one file.
ARROWS = {
    "ketch.c": {"session", "engine", "qasm", "plan", "output", "circuit", "base", "ketch"},
    "session": {"engine", "plan", "circuit", "base", "ketch"},
    "engine": {"plan", "kernel", "circuit", "base", "ketch"},
    "plan": {"kernel", "circuit", "base", "ketch"},
    "qasm": {"circuit", "base", "ketch"},
    "output": {"circuit", "base", "ketch"},
    "circuit": {"base", "ketch"},
    "kernel": set(),
    "base": {"ketch"},
}
OUTSIDE = ["tools", "bench", "tests/api", "tests/cli", "tests/fuzz"]  # on the public header alone

# What only some files may contain: name of the rule, pattern in code without comments, where it is allowed.
ONLY = [
    ("OpenMP", r"#\s*(pragma\s+omp|include\s*<omp\.h>)", r"src/engine/"),
    ("BLAS or LAPACK", r"\bcblas_\w+|\bz(gees|gemm|heev|geev)_\b|<(cblas|lapacke|f77blas|openblas_config)\.h>", r"src/base/dense_openblas\.c"),
    ("allocation outside base/memory.c", r"\b(malloc|calloc|realloc|free|strdup|strndup|aligned_alloc|posix_memalign|mmap|alloca)\s*\(",
     r"src/base/memory\.c"),
    ("printing", r"\b(printf|fprintf|vprintf|vfprintf|dprintf|puts|fputs|putchar|putc|fputc|perror)\s*\(|\b(stdout|stderr)\b", None),
    ("ending the process", r"\b(exit|_exit|_Exit|quick_exit|abort|raise|kill)\s*\(", None),
    ("the environment", r"\b(getenv|secure_getenv|setenv|putenv|unsetenv|environ)\b", None),
    ("signals", r"\b(signal|sigaction|sigprocmask|pthread_sigmask|alarm|setitimer)\s*\(", None),
    ("the locale", r"\b(setlocale|uselocale|strtod|strtof|strtold|atof|sscanf|fscanf)\b", None),
    ("the rounding mode", r"\b(fesetround|fesetenv|feenableexcept|fesetexceptflag|_mm_setcsr|ldmxcsr)\b",
     r"src/engine/|src/base/machine\.c"),  # of the engine's threads for the length of a run; kt_rounding_enter
    ("other programs", r"\b(system|popen|fork|vfork|execv\w*|posix_spawn\w*)\s*\(", None),
    ("the C library's random numbers", r"\b(s?rand|s?random|[dl]rand48)\s*\(", None),
]

COMMENT_OR_TEXT = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def files(*folders):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in {".c", ".h", ".def"}:
                yield path


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def without_comments(text, texts_too=True):
    def blank(match):
        piece = match.group(0)
        if piece[0] in "\"'" and not texts_too:
            return piece
        return re.sub(r"[^\n]", " ", piece)

    return COMMENT_OR_TEXT.sub(blank, text)


def includes(path):
    """(line, "<" or '"', what) of each #include."""
    text = without_comments(path.read_text(encoding="utf-8"), texts_too=False)
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match.group(1), match.group(2)


def arrows_go_down():
    seen = set()
    for path in files("src"):
        room = path.relative_to(ROOT / "src").parts[0]
        seen.add(room)
        if room not in ARROWS:
            yield f"{name_of(path)}: a room that the law does not know: {room}"
            continue
        for line, kind, what in includes(path):
            there = what.split("/")[0] if kind == '"' else ("ketch" if what.startswith("ketch/") else None)
            if there and there != room and there not in ARROWS[room]:
                yield f"{name_of(path)}:{line}: {room} must not know {what}"
    if "base" not in seen or "qasm" not in seen:
        yield "src was not found"


def doors_only():
    for path in files("src"):
        room = path.relative_to(ROOT / "src").parts[0]
        for line, kind, what in includes(path):
            if kind != '"':
                continue
            if what.count("/") != 1:
                yield f'{name_of(path)}:{line}: "{what}": write "room/file.h"'
                continue
            there, header = what.split("/")
            if there != room and header != f"{there}.h":
                yield f'{name_of(path)}:{line}: "{what}": enter {there} by its door, "{there}/{there}.h"'


def public_header_only():
    for path in files(*OUTSIDE):
        for line, kind, what in includes(path):
            if kind == '"' and not (path.parent / what).resolve().is_relative_to(path.parent.resolve()):
                yield f"{name_of(path)}:{line}: {what}: only <ketch/ketch.h> is known here"
            if kind == '"' and "/" in what and what.split("/")[0] in ARROWS:
                yield f"{name_of(path)}:{line}: {what}: private to the library"
            if kind == "<" and what.startswith("ketch/") and what != "ketch/ketch.h":
                yield f"{name_of(path)}:{line}: {what}: no public header"


def only_where_it_belongs():
    for path in files("src"):
        code = without_comments(path.read_text(encoding="utf-8"))
        for rule, pattern, allowed in ONLY:
            if allowed and re.match(allowed, name_of(path)):
                continue
            for match in re.finditer(pattern, code):
                yield f"{name_of(path)}:{code.count(chr(10), 0, match.start()) + 1}: {rule}: {match.group(0).strip()}"


def files_stay_short():
    for path in files("src", "include", "tools", "tests", "bench"):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > 800:
            yield f"{name_of(path)}: {lines} lines: is there a second idea in it?"


def files_begin_with_the_licence():
    for path in files("src", "include", "tools", "tests", "bench"):
        if "SPDX-License-Identifier: Apache-2.0" not in path.read_text(encoding="utf-8").split("\n", 1)[0]:
            yield f"{name_of(path)}: no SPDX line"


def no_fast_math():
    for path in [*ROOT.rglob("meson.build"), *files("src")]:
        if "build" in path.relative_to(ROOT).parts[:1]:
            continue
        for flag in ("-ffast-math", "-Ofast", "-funsafe-math-optimizations"):
            if flag in path.read_text(encoding="utf-8"):
                yield f"{name_of(path)}: {flag} lets a library switch off its user's denormals"


tap.run(arrows_go_down, doors_only, public_header_only, only_where_it_belongs, files_stay_short, files_begin_with_the_licence, no_fast_math)
