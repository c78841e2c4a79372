#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""headers.py ROOT: ketch.h is clean C99 and C++ for both compilers; every private header stands alone."""
import pathlib
import subprocess
import sys

import tap

ROOT = pathlib.Path(sys.argv[1])
# Included several times with macros that the includer defines; in translation units with compiler flags of their own.
TEMPLATES = {"kernel/body.h", "kernel/vector_plain.h", "kernel/vector_avx2.h", "kernel/vector_avx512.h", "kernel/vector_x86.h"}
STRICT = ["-fsyntax-only", "-Wall", "-Wextra", "-pedantic", "-Werror"]


def compiles(compiler, language, standard, header, *flags):
    """What the compiler says about a file that includes the header twice; nothing is wanted."""
    source = f"#include {header}\n#include {header}\nint used;\n"
    command = [compiler, "-x", language, f"-std={standard}", *flags, f"-I{ROOT}/include", "-"]
    done = subprocess.run(command, input=source, capture_output=True, text=True)
    if done.returncode or done.stderr:
        yield " ".join(command)
        yield from done.stderr.splitlines()[:12]


def public_header():
    for compilers, language, standards in [
        (("gcc", "clang"), "c", ("c99", "c11", "c17")),
        (("g++", "clang++"), "c++", ("c++98", "c++11", "c++17", "c++20")),
    ]:
        for compiler in compilers:
            for standard in standards:
                flags = STRICT if standard != "c++98" else [*STRICT, "-Wno-long-long"]
                yield from compiles(compiler, language, standard, "<ketch/ketch.h>", *flags)


def private_headers_stand_alone():
    headers = sorted((ROOT / "src").rglob("*.h"))
    if not headers:
        yield "no private header was found"
    for header in headers:
        name = header.relative_to(ROOT / "src").as_posix()
        if name in TEMPLATES:
            continue
        yield from compiles("gcc", "c", "c11", f'"{name}"', "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-D_GNU_SOURCE", f"-I{ROOT}/src",
                            "-Wno-unused-function")


tap.run(public_header, private_headers_stand_alone)
