# SPDX-License-Identifier: Apache-2.0
"""Strings and bytes of Python as the library reads them, and what it writes as those."""

from __future__ import annotations

import os
from typing import Any

from ketch._errors import UsageError, call
from ketch._ketch import ffi, lib


def c_text(text: str | os.PathLike[str]) -> bytes:
    """A name or path as C reads it: up to a NUL, which would cut it short in silence."""
    encoded = os.fsencode(text)
    if b"\0" in encoded:
        raise UsageError(f"{text!r} holds a NUL")
    return encoded


def written(function: Any, *arguments: Any) -> bytes:
    """What a function of the library that ends in (sink, diag) writes."""
    collected = ffi.new("kp_bytes *")
    try:
        call(function, *arguments, lib.kp_bytes_sink(collected))
        return bytes(ffi.buffer(collected.bytes, collected.size)) if collected.size else b""
    finally:
        lib.kp_bytes_free(collected)


def write_options(**fields: Any) -> Any:
    """A `ketch_write_options` with these fields set."""
    options = ffi.new("ketch_write_options *")
    options.struct_size = ffi.sizeof("ketch_write_options")
    for name, value in fields.items():
        setattr(options, name, value)
    return options
