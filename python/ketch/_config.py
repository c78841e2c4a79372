# SPDX-License-Identifier: Apache-2.0
"""What this Ketch is: for bug reports."""

from __future__ import annotations

import os
import platform
import sys

import cffi
import numpy as np

from ketch._errors import text_of
from ketch._ketch import lib
from ketch._options import default_threads

version: str = text_of(lib.ketch_version())


def config() -> dict[str, str]:
    """What `show_config` prints, by name."""
    found = {
        "ketch": version,
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "numpy": np.__version__,
        "cffi": cffi.__version__,
        "platform": platform.platform(),
    }
    for line in text_of(lib.ketch_build_info()).splitlines():
        name, _, value = line.partition(": ")
        found.setdefault(name if name != "version" else "library", value)
    threads = default_threads()
    found["threads"] = str(threads) if threads else f"{len(os.sched_getaffinity(0))} processors, or the cgroup's quota"
    return found


def show_config() -> None:
    """Prints versions, compiler, instruction sets and threads."""
    for name, value in config().items():
        print(f"{name}: {value}", file=sys.stdout)
