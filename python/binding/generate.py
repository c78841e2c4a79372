# SPDX-License-Identifier: Apache-2.0
"""Writes the C source of the extension `ketch._ketch` from the headers it binds.

    generate.py OUTPUT.c ketch.h helpers.h

The headers are the only place where anything is declared: this script takes away what CFFI does not read (comments,
directives, the words KETCH_API and extern "C"), hands the rest to it, and asks for C against the stable ABI of Python
("API mode": the C compiler checks every declaration). Each function of the extension releases the GIL while it runs.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import cffi


def declarations(header: str) -> str:
    """What CFFI's `cdef` reads of a header: types, functions, and constants that are defined as whole numbers."""
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.DOTALL)
    text = re.sub(r"//[^\n]*", " ", text)
    text = text.replace("\\\n", " ")
    constants = re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)[ \t]+\d+[ \t]*$", text, flags=re.MULTILINE)
    # One level of #ifdef __cplusplus holds the braces of extern "C"; the rest of the directives say nothing to CFFI.
    text = re.sub(r"#[ \t]*ifdef __cplusplus.*?#[ \t]*endif", " ", text, flags=re.DOTALL)
    text = re.sub(r"^[ \t]*#[^\n]*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"\bKETCH_API\b", "", text)
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    return "\n".join([f"#define {name} ..." for name in constants] + lines) + "\n"


def main(output: str, *headers: str) -> None:
    """Headers in the order in which they need each other: the last one includes the others."""
    builder = cffi.FFI()
    for header in headers:
        builder.cdef(declarations(Path(header).read_text(encoding="utf-8")))
    builder.set_source("ketch._ketch", f'#include "{Path(headers[-1]).name}"', py_limited_api=True)
    builder.emit_c_code(output)


if __name__ == "__main__":
    main(*sys.argv[1:])
