#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""seeds.py FOLDER: writes each program of the table tests/qasm3 to a file of its own, for a fuzzer to begin with; into a folder called
bind-seeds the values of their inputs, each as every type that bind.c knows."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'qasm3'))
from table import sections  # noqa: E402

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
if folder.name == 'bind-seeds':
    values = sorted({value.split('=', 1)[1] for section in sections() for program in section.programs for value in program.parameters})
    for number, value in enumerate(values):
        for kind in range(16):
            (folder / f'{number:04}-{kind:02}').write_bytes(value.encode() + bytes([kind]))
    sys.exit()
for number, program in enumerate(program for section in sections() for program in section.programs):
    (folder / f'{number:04}.qasm').write_text(program.text, encoding='utf-8')
