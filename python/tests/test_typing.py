# SPDX-License-Identifier: Apache-2.0
"""What a type checker makes of a user's program."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

PROGRAM = """
import asyncio
import numpy as np
import ketch
from typing_extensions import assert_type

circuit = ketch.Circuit(2).append("h", 0).append("cx", np.array([[0, 1]])).measure_all()
assert_type(circuit, ketch.Circuit)
result = ketch.run(circuit, shots=10, seed=np.int64(3), outputs=("state", "memory"), precision=np.complex64)
assert_type(result, ketch.Result)
assert_type(result.counts, dict[str, int])
assert_type(result.info.norm, float)
with ketch.Session(threads=1) as session:
    assert_type(session, ketch.Session)
    assert_type(session.run("a.qasm", shots=3), ketch.Result)
    assert_type(session.run([circuit, "a.qasm"]), list[ketch.Result])
    assert_type(session.map(circuit, {"a": [1.0]}, seed=1), list[ketch.Result])
    assert_type(session.map([circuit], np.zeros((2, 1))), list[list[ketch.Result]])
    assert_type(session.submit(circuit, parameters={"a": 1.0}), ketch.Future[ketch.Result])
    assert_type(session.submit([circuit]).result(), list[ketch.Result])
state = ketch.State(2)
assert_type(state.apply(circuit), ketch.Result)
assert_type(state.copy(), ketch.State)
try:
    ketch.Circuit("qubit q")
except ketch.KetchError as error:
    assert_type(error.line, int)

ketch.run(circuit, shots="3")  # wrong
ketch.run(circuit, shot=3)  # wrong
session.run(circuit, seed="x")  # wrong
session.run(circuit, sed=3)  # wrong
session.submit(circuit, progress=True)  # wrong
ketch.Session(2)  # wrong
result.count  # wrong
"""


def test_a_users_program(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-version",
        "3.11",
        "--cache-dir",
        os.devnull,
        str(program),
    ]
    environment = {**os.environ, "MYPYPATH": os.environ.get("PYTHONPATH", "")}
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False).stdout
    complained = {int(line) for line in re.findall(r"^program\.py:(\d+): error", said, flags=re.MULTILINE)}
    wrong = {n for n, line in enumerate(PROGRAM.splitlines(), start=1) if "# wrong" in line}
    assert complained == wrong, said
