# SPDX-License-Identifier: Apache-2.0
"""Refuses subinterpreters, in words, before NumPy or the extension fail in theirs.

The extension is one for the process: its objects and its lock (the GIL) belong to the main interpreter.
"""

from __future__ import annotations

import importlib


def _in_subinterpreter() -> bool:
    # The module has had two names; where it has neither, there are no subinterpreters to be made from Python.
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            interpreters = importlib.import_module(name)
        except ImportError:
            continue
        return bool(interpreters.get_current() != interpreters.get_main())
    return False


if _in_subinterpreter():
    raise ImportError(
        "ketch does not run in subinterpreters: import it in the main interpreter, and let threads or processes "
        "(ketch.Session.submit, concurrent.futures) work side by side",
        name="ketch",
    )
