# SPDX-License-Identifier: Apache-2.0
"""The extension: all of ketch.h is bound, and nothing of the library inside is seen from outside."""

from __future__ import annotations

import ctypes
import pathlib
import re

import pytest
from ketch._ketch import ffi, lib

from ketch import _ketch

HEADER = (pathlib.Path(__file__).parents[2] / "include" / "ketch" / "ketch.h").read_text(encoding="utf-8")
FUNCTIONS = re.findall(r"^KETCH_API [^;(]*?(ketch_\w+)\(", HEADER, flags=re.MULTILINE)


def test_every_function_is_bound() -> None:
    assert len(FUNCTIONS) > 80
    assert [name for name in FUNCTIONS if not hasattr(lib, name)] == []


def test_every_structure_is_bound_with_its_size() -> None:
    """A structure's size is what C says, and its fields are those of the header, in order."""
    structures = re.findall(r"^typedef struct (ketch_\w+) \{\n(.*?)^\} \1;", HEADER, flags=re.MULTILINE | re.DOTALL)
    assert len(structures) > 15
    for name, body in structures:
        fields = [field for field, _ in ffi.typeof(name).fields]
        assert ffi.sizeof(name) > 0
        places = [body.find(field) for field in fields]
        assert -1 not in places, name
    assert [field for field, _ in ffi.typeof("ketch_run_options").fields][:3] == ["struct_size", "shots", "seed"]


def test_constants() -> None:
    version = re.search(r'KETCH_VERSION +"(\d+)\.(\d+)', HEADER)
    assert version is not None
    assert (int(version[1]), int(version[2])) == (lib.KETCH_VERSION_MAJOR, lib.KETCH_VERSION_MINOR)
    assert lib.KETCH_UNROLL_NONE == 1
    assert (lib.KETCH_OK, lib.KETCH_ERROR_LOST, lib.KETCH_OUTPUT_NO_SHOTS) == (0, 12, 16)


def test_the_library_inside_is_hidden() -> None:
    """Another Ketch in the process, of another version, meets nothing of this one. What threadpoolctl calls is seen."""
    path = str(_ketch.__file__)
    assert path.endswith(".abi3.so") or "cp3" in path
    extension = ctypes.CDLL(path)
    for name in [*FUNCTIONS, "kp_submit", "kp_outcomes", "kt_result_save"]:
        with pytest.raises(AttributeError):
            getattr(extension, name)
    assert extension.ketch_get_num_threads is not None
    assert extension.ketch_set_num_threads is not None
