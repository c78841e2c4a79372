# SPDX-License-Identifier: Apache-2.0
"""Errors: the library's own words, with their place, and as the exceptions that Python would expect."""

from __future__ import annotations

import errno
import os
import pathlib
import pickle
import re
import subprocess
import sys
import threading
import traceback
import warnings
from typing import Any

import pytest

import ketch

WRONG = """OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
  cxx q[0], q[1];
"""


def test_everything_that_the_library_says() -> None:
    with pytest.raises(ketch.CircuitError) as caught:
        ketch.Circuit(WRONG)
    error = caught.value
    assert (error.file, error.line, error.column, error.code) == ("<text>", 4, 3, "KQ0301")
    assert "cxx" in error.message
    assert "\n" not in error.message
    assert "cx" in error.hint
    assert str(error) == (
        f"<text>:4:3: error[KQ0301]: {error.message}\n    cxx q[0], q[1];\n    ^~~\n  hint: {error.hint}"
    )
    assert [message.severity for message in error.messages] == ["error"]
    assert error.messages[0].source_line.strip() == "cxx q[0], q[1];"
    assert error.messages[0].length == 3


def test_the_same_words_as_the_command(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "größe.qasm"
    file.write_text(WRONG)
    with pytest.raises(ketch.CircuitError) as caught:
        ketch.Circuit.load(file)
    assert caught.value.file == str(file)
    assert str(caught.value).startswith(f"{file}:4:3: error[KQ0301]: ")


def test_syntax_errors_have_the_attributes_of_pythons() -> None:
    with pytest.raises(ketch.CircuitSyntaxError) as caught:
        ketch.Circuit("OPENQASM 3.0;\nqubit q\nU(0, 0, 0) q;", name="program.qasm")
    error = caught.value
    assert isinstance(error, ValueError)
    assert (error.filename, error.lineno, error.text) == ("program.qasm", error.line, error.messages[0].source_line)
    assert error.offset is not None
    assert error.offset >= 1
    assert error.msg == error.message


def test_several_errors_at_once() -> None:
    with pytest.raises(ketch.CircuitError) as caught:
        ketch.Circuit("OPENQASM 3.0;\nqubit q;\nfoo q;\nbar q;\n")
    assert [(m.line, m.severity) for m in caught.value.messages if m.severity == "error"] == [
        (3, "error"),
        (4, "error"),
    ]
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("name", "base"),
    [
        ("CircuitError", ValueError),
        ("CircuitSyntaxError", ValueError),
        ("UsageError", ValueError),
        ("LimitError", RuntimeError),
        ("RunError", RuntimeError),
        ("RunTimeoutError", TimeoutError),
        ("OutOfMemoryError", MemoryError),
        ("FileError", OSError),
        ("LostError", RuntimeError),
        ("QueueFullError", RuntimeError),
        ("RunCancelledError", RuntimeError),
        ("UnavailableError", RuntimeError),
    ],
)
def test_classes(name: str, base: type[Exception]) -> None:
    kind = getattr(ketch, name)
    assert issubclass(kind, ketch.KetchError)
    assert issubclass(kind, base)
    assert kind.__module__ == "ketch"


def some_errors() -> list[ketch.KetchError]:
    found: list[ketch.KetchError] = []
    wrong: list[Any] = [
        lambda: ketch.Circuit(WRONG),
        lambda: ketch.Circuit("OPENQASM 3.0; qubit q"),
        lambda: ketch.run("none.qasm"),
        lambda: ketch.run(ketch.Circuit(1), shots=-1),
        lambda: ketch.run(ketch.Circuit(30), max_memory=10),
        lambda: ketch.run(ketch.Circuit(1)).state,
        lambda: ketch.Circuit(20).append("h", 21),
    ]
    for call in wrong:
        with pytest.raises(ketch.KetchError) as caught:
            call()
        found.append(caught.value)
    return found


def test_files_fail_as_pythons_do(tmp_path: pathlib.Path) -> None:
    missing = tmp_path / "missing.qasm"
    for path, kind, number in [(missing, FileNotFoundError, errno.ENOENT), (tmp_path, IsADirectoryError, errno.EISDIR)]:
        with pytest.raises(kind) as caught:
            ketch.Circuit.load(path)
        error = pickle.loads(pickle.dumps(caught.value))
        assert isinstance(error, ketch.FileError)
        assert isinstance(error, kind)
        assert (error.errno, error.filename) == (number, str(path))
        assert os.strerror(number) in error.strerror
        assert str(error) == str(caught.value)


def _in_condition() -> None:
    circuit = ketch.Circuit(1)
    with circuit.if_(0):
        ketch.run(circuit)


def test_names_of_users_are_left_alone() -> None:
    with pytest.raises(ketch.CircuitError, match=r"`x--max-gates\.inc` is not found"):
        ketch.Circuit('OPENQASM 3.0; include "x--max-gates.inc";')
    with pytest.raises(ketch.CircuitError, match="no gate is called `ketch_circuit_bind`"):
        ketch.Circuit("OPENQASM 3.0; qubit q; ketch_circuit_bind q;")


def test_hints_speak_python() -> None:
    spoken: list[tuple[Any, str]] = [
        (lambda: ketch.run("OPENQASM 3.0; input float a; qubit q; U(a, 0, 0) q;"), "parameters={'a': 0.5}"),
        (lambda: ketch.run("OPENQASM 3.0; input bool a; qubit q; if (a) { reset q; }"), "parameters={'a': True}"),
        (
            lambda: ketch.run("OPENQASM 3.0; input bit[4] a; qubit q; if (a[0]) { reset q; }"),
            "parameters={'a': '0101'}",
        ),
        (lambda: ketch.Circuit("OPENQASM 3.0; input array[float, 2] a; qubit q;").bind(a=0.5), "as text: Circuit.bind"),
        (lambda: ketch.run("OPENQASM 3.0; extern f(int) -> int; qubit q; int x = f(3);"), "given by C alone"),
        (lambda: _in_condition(), "leave its `with circuit.if_(...)` first"),
        (lambda: ketch.run(ketch.Circuit(1)).probabilities(), "outputs='probabilities'"),
        (lambda: ketch.Circuit("OPENQASM 3.0; qubit q; U(0, 0, 0) q; U(0, 0, 0) q;", max_gates=1), "max_gates raises"),
        (lambda: ketch.Circuit('OPENQASM 3.0; include "none.inc";'), "include_dirs adds"),
        (lambda: ketch.Circuit("OPENQASM 3.0; qubit q; h q;"), "prelude='stdgates.inc'"),
        (lambda: ketch.run(ketch.Circuit(40).append("h", range(40))), "precision='fp32'"),
        (
            lambda: ketch.run(
                ketch.Circuit(1).append("h", 0).measure(0).append("h", 0).measure(0), shots=2, outputs="state"
            ),
            "ask for one shot: shots=1",
        ),
    ]
    for call, words in spoken:
        with pytest.raises(ketch.KetchError) as caught:
            call()
        assert words in str(caught.value)
        assert words in caught.value.hint + caught.value.message
        assert "--" not in str(caught.value)


def test_errors_are_pickled() -> None:
    """As they must be to come back from other processes."""
    for error in some_errors():
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert (again.messages, again.code, again.line) == (error.messages, error.code, error.line)


def test_tracebacks_show_the_line_and_the_caret() -> None:
    try:
        ketch.Circuit(WRONG)
    except ketch.KetchError as error:
        shown = "".join(traceback.format_exception(error))
    assert re.search(r"ketch\.CircuitError: <text>:4:3: .*\n.*cxx q\[0\], q\[1\];\n +\^~~", shown)


def test_codes_are_those_of_the_library() -> None:
    codes = {error.code for error in some_errors()}
    assert all(re.fullmatch(r"KQ\d{4}|", code) for code in codes)
    assert len(codes) >= 6


def test_warnings() -> None:
    text = "OPENQASM 3.0; qubit q; bit b; int[8] n; if (n == 1) { reset q; }"
    with pytest.warns(ketch.KetchWarning, match=r"<text>:1:\d+: warning\[KQ10\d\d\]: .*`n`") as said:
        ketch.Circuit(text)
    assert said[0].filename == __file__, "the user's line"
    with warnings.catch_warnings():
        warnings.simplefilter("error", ketch.KetchWarning)
        with pytest.raises(ketch.KetchWarning):
            ketch.Circuit(text)
        assert ketch.Circuit("qubit q;").qubits == 1, "a note is no warning"


def resident() -> int:
    """Bytes of memory that this process has."""
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_warnings_that_are_errors_lose_no_memory() -> None:
    """What the library made, and warned of, is freed where the warning is raised."""
    text = "OPENQASM 3.0; qubit q; bit b; int[8] n; if (n == 1) { reset q; }\n" + "U(1, 2, 3) q;" * 5000
    before = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error", ketch.KetchWarning)
        for round_ in range(120):
            with pytest.raises(ketch.KetchWarning):
                ketch.Circuit(text)
            before = before if round_ > 20 else resident()
    assert resident() - before < 10 << 20


def test_an_error_in_one_thread_is_not_anothers() -> None:
    seen: list[tuple[int, int]] = []

    def read(line: int) -> None:
        for _ in range(100):
            try:
                ketch.Circuit("OPENQASM 3.0; qubit q;" + "\n" * line + "foo q;")
            except ketch.CircuitError as error:
                seen.append((line, error.line - 1))

    threads = [threading.Thread(target=read, args=(line,)) for line in range(1, 6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 500
    assert all(expected == found for expected, found in seen)


def test_a_program_that_ends_with_an_error_says_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"import ketch; ketch.Circuit({WRONG!r})"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "ketch.CircuitError: <text>:4:3: error[KQ0301]" in done.stderr


def test_bytes_that_are_no_circuit() -> None:
    data = ketch.Circuit(3).append("h", 0).append("rx", 1, 0.5).measure_all().to_bytes()
    for wrong in (b"", b"KETCH", data[:-1], data + b"x", data[:40] + b"\xff" + data[41:], bytes(100)):
        with pytest.raises(ketch.CircuitSyntaxError):
            ketch.Circuit.from_bytes(wrong)
    assert ketch.Circuit.from_bytes(memoryview(data)).to_bytes() == data
    with pytest.raises(ketch.LimitError):
        ketch.Circuit.from_bytes(data, max_qubits=2)


@pytest.mark.parametrize(
    "use",
    [
        lambda: ketch.Circuit(1).append("x\0y", 0),
        lambda: ketch.Circuit.load("a.qasm\0"),
        lambda: ketch.Circuit("OPENQASM 3.0; qubit q;", name="a\0b"),
        lambda: ketch.Circuit("OPENQASM 3.0; qubit q;", include_dirs=["a\0b"]),
        lambda: ketch.Circuit("OPENQASM 3.0; input float a; qubit q;").bind({"a\0b": 1.0}),
        lambda: ketch.Circuit("OPENQASM 3.0; input float a; qubit q;").bind({"a\0b": "1"}),
        lambda: ketch.Session().map("OPENQASM 3.0; input float a; qubit q;", {"a\0b": [1.0]}),
    ],
)
def test_a_name_with_a_nul_is_not_cut_short(use: Any) -> None:
    with pytest.raises(ketch.UsageError, match="NUL"):
        use()


def test_a_text_with_a_nul_is_read_to_its_end() -> None:
    with pytest.raises(ketch.KetchError) as caught:
        ketch.Circuit("OPENQASM 3.0; qubit q;\n\0foo q;")
    assert caught.value.line == 2
