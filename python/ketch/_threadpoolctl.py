# SPDX-License-Identifier: Apache-2.0
"""Ketch among the libraries that `threadpoolctl` limits.

>>> import ketch, threadpoolctl
>>> ketch.register_threadpoolctl()
>>> with threadpoolctl.threadpool_limits(limits=1, user_api="ketch"):
...     counts = ketch.run("OPENQASM 3.0; include \\"stdgates.inc\\"; qubit[2] q; h q[0]; cx q[0], q[1];").counts

The limit is a number in the extension (binding/threads.c). It stands in for the default number of threads: a number
that a call or a session names goes before it.
"""

from __future__ import annotations

import sys

from ketch._session import default_session

_registered = False


def register_threadpoolctl() -> None:
    """Makes `threadpoolctl` know Ketch, under the name `"ketch"` for `user_api`. Done by `import ketch` where
    threadpoolctl had been imported before; otherwise call it once."""
    global _registered
    if _registered:
        return
    import threadpoolctl

    class KetchController(threadpoolctl.LibController):  # type: ignore[misc]
        user_api = "ketch"
        internal_api = "ketch"
        filename_prefixes = ("_ketch",)
        check_symbols = ("ketch_get_num_threads", "ketch_set_num_threads")

        def get_num_threads(self) -> int:
            return int(self.dynlib.ketch_get_num_threads()) or default_session().threads

        def set_num_threads(self, num_threads: int) -> None:
            self.dynlib.ketch_set_num_threads(num_threads)

        def get_version(self) -> str:
            from ketch import __version__

            return __version__

        def set_additional_attributes(self) -> None:
            pass

    threadpoolctl.register(KetchController)
    _registered = True


if hasattr(sys.modules.get("threadpoolctl"), "LibController"):  # before threadpoolctl 3.2 nothing can be registered
    register_threadpoolctl()
