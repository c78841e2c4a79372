# SPDX-License-Identifier: Apache-2.0
"""What the library writes, as strings and bytes of Python."""

from __future__ import annotations

from typing import Any

from ketch._errors import call
from ketch._ketch import ffi, lib


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
