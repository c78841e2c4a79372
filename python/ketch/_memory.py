# SPDX-License-Identifier: Apache-2.0
"""Arrays of NumPy over memory of the library: nothing is copied, and the memory lives as long as any view of it.

    array ── base ──> Owner ── handle ──> ketch_result or ketch_state, given back by its finalizer

An array's chain of bases ends in the owner, whatever slices are taken, so the object in C is freed after the last of
them. The library never hands a buffer to another run before that.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ketch._ketch import ffi


class Owner:
    """Keeps an object of the library alive for arrays over its memory."""

    __slots__ = ("__array_interface__", "__weakref__", "handle")

    def __init__(self, handle: Any, pointer: Any, shape: tuple[int, ...], dtype: str) -> None:
        self.handle = handle
        self.__array_interface__ = {
            "version": 3,
            "data": (int(ffi.cast("uintptr_t", pointer)), False),
            "shape": shape,
            "typestr": dtype,
        }


def view(handle: Any, pointer: Any, shape: tuple[int, ...], dtype: Any) -> np.ndarray[Any, Any]:
    """A writable array over `pointer`, which stays valid as long as `handle` lives."""
    return np.asarray(Owner(handle, pointer, shape, np.dtype(dtype).str))
