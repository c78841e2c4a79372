#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""symbols.py HEADER LIBRARY.so LIBRARY.a: what the library gives, takes and keeps, read from the binaries."""
import re
import subprocess
import sys

import tap

HEADER, SHARED, STATIC = sys.argv[1:4]

# Calls that a good guest does not make. Sources are searched for these too (arrows.py); here nothing hides behind a macro.
FORBIDDEN = set(
    "getenv secure_getenv setenv putenv printf fprintf vprintf vfprintf dprintf puts fputs putchar fputc perror stdout stderr __printf_chk "
    "__fprintf_chk exit _exit _Exit quick_exit abort raise kill signal sigaction sigprocmask pthread_sigmask setlocale uselocale strtod "
    "fesetenv system popen fork rand random srand".split()
)


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def exported_symbols_are_the_header():
    header = re.sub(r"/\*.*?\*/", " ", open(HEADER, encoding="utf-8").read(), flags=re.DOTALL)
    declared = set(re.findall(r"KETCH_API[^;(]*?\b(ketch_\w+)\s*\(", header))
    exported = {line.split()[-1] for line in output("nm", "-D", "--defined-only", SHARED).splitlines()}
    for name in sorted(exported - declared):
        yield f"exported, but not in ketch.h: {name}"
    for name in sorted(declared - exported):
        yield f"in ketch.h, but not exported: {name}"
    if len(declared) < 50:
        yield "the header was not understood"


def soname():
    dynamic = output("readelf", "-d", SHARED)
    if "[libketch.so.0]" not in dynamic:
        yield f"no soname libketch.so.0 in {SHARED}"
    if "TEXTREL" in dynamic:
        yield "the shared library has text relocations"


def archive_names_cannot_collide():
    for line in output("nm", "-g", "--defined-only", STATIC).splitlines():
        fields = line.split()
        if len(fields) == 3 and not re.match(r"(ketch|kt)_", fields[2]):
            yield f"a global name without prefix: {fields[2]}"


def no_forbidden_calls():
    member = ""  # fesetround: arrows.py knows the one place
    for line in output("nm", "-u", STATIC).splitlines():
        if line.endswith(":"):
            member = line[:-1]
        elif line.split() and line.split()[-1] in FORBIDDEN:
            yield f"{member} calls {line.split()[-1]}"


def no_mutable_globals():
    member = ""
    for line in output("size", "-A", STATIC).splitlines():
        fields = line.split()
        if len(fields) >= 2 and fields[1] == ":" or line.rstrip().endswith(":"):
            member = fields[0]
        elif len(fields) == 3 and re.match(r"\.(data|bss|tdata|tbss)(\.(?!rel\.ro)|$)", fields[0]) and int(fields[1]):
            yield f"{member}: {fields[1]} bytes in {fields[0]}"


tap.run(exported_symbols_are_the_header, soname, archive_names_cannot_collide, no_forbidden_calls, no_mutable_globals)
