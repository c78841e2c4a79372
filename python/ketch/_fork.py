# SPDX-License-Identifier: Apache-2.0
"""Objects that a forked child inherits and must mend before its code goes on.

Threads stay behind in the parent, locks are inherited as they were (perhaps held by a thread that the child lacks), and
work that was under way goes on in the parent alone. The C library notices a fork by itself, at each entry. What belongs
to Python (locks, threads, futures) is mended here: an object that registers has its method `_after_fork` called in
the child.
"""

from __future__ import annotations

import os
import weakref
from typing import Any

_inherited: weakref.WeakSet[Any] = weakref.WeakSet()


def register(thing: Any) -> None:
    """Has `thing._after_fork()` called in children that are forked while it lives."""
    _inherited.add(thing)


def _after_fork() -> None:
    for thing in list(_inherited):
        thing._after_fork()


os.register_at_fork(after_in_child=_after_fork)
