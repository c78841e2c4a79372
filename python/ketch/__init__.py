# SPDX-License-Identifier: Apache-2.0
"""Ketch: a quantum circuit simulator.

>>> import ketch
>>> circuit = ketch.Circuit(2).append("h", 0).append("cx", [0, 1]).measure_all()
>>> ketch.run(circuit, shots=1000, seed=1).counts
{'00': 501, '11': 499}
"""

from ketch import _interpreter  # noqa: F401 (first: it refuses where the rest cannot run)
from ketch._circuit import Circuit, CircuitSummary
from ketch._config import config, show_config
from ketch._config import version as __version__
from ketch._errors import (
    CircuitError,
    CircuitSyntaxError,
    FileError,
    KetchError,
    KetchWarning,
    LimitError,
    LostError,
    Message,
    OutOfMemoryError,
    QueueFullError,
    RunCancelledError,
    RunError,
    RunTimeoutError,
    UnavailableError,
    UsageError,
)
from ketch._futures import Future
from ketch._gates import Gate, gates
from ketch._result import Register, Result, RunInfo
from ketch._session import Session, batch_seed, default_session, run
from ketch._state import State
from ketch._threadpoolctl import register_threadpoolctl

__all__ = [
    "Circuit",
    "CircuitError",
    "CircuitSummary",
    "CircuitSyntaxError",
    "FileError",
    "Future",
    "Gate",
    "KetchError",
    "KetchWarning",
    "LimitError",
    "LostError",
    "Message",
    "OutOfMemoryError",
    "QueueFullError",
    "Register",
    "Result",
    "RunCancelledError",
    "RunError",
    "RunInfo",
    "RunTimeoutError",
    "Session",
    "State",
    "UnavailableError",
    "UsageError",
    "__version__",
    "batch_seed",
    "config",
    "default_session",
    "gates",
    "register_threadpoolctl",
    "run",
    "show_config",
]

for _name in __all__:
    if getattr(globals()[_name], "__module__", "").startswith("ketch."):
        globals()[_name].__module__ = "ketch"  # where users, tracebacks and pickles find it
del _name
