# SPDX-License-Identifier: Apache-2.0
"""What surrounds a run: thread counts and who decides them, threadpoolctl, subinterpreters, the GIL."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time

import pytest

import ketch
import workloads


def python(source, **environment):
    tests = os.path.dirname(os.path.abspath(__file__))
    path = os.pathsep.join([tests, *filter(None, [os.environ.get("PYTHONPATH")])])
    clean = {key: value for key, value in os.environ.items() if key not in ("KETCH_NUM_THREADS", "OMP_NUM_THREADS")}
    done = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        timeout=60,
        env={**clean, "PYTHONPATH": path, **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


AVAILABLE = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("environment", "threads"),
    [
        ({}, None),
        ({"OMP_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "3,2"}, 3),
        ({"KETCH_NUM_THREADS": "5", "OMP_NUM_THREADS": "3"}, 5),
        ({"OMP_NUM_THREADS": "nonsense"}, None),
        ({"OMP_NUM_THREADS": ""}, None),
    ],
)
def test_threads_of_a_session(environment, threads):
    said = int(python("import ketch; print(ketch.Session().threads)", **environment))
    assert said == threads if threads else 1 <= said <= AVAILABLE
    assert python("import ketch; print(ketch.Session(threads=4).threads)", **environment) == "4"


def test_a_ketch_num_threads_that_is_none_is_said():
    assert "KETCH_NUM_THREADS" in python(
        "import ketch\ntry: ketch.Session()\nexcept ketch.UsageError as error: print(error)", KETCH_NUM_THREADS="many"
    )


def test_affinity_decides_otherwise():
    one = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    assert python(one + "import ketch; print(ketch.Session().threads)") == "1"


WIDE = ketch.Circuit(workloads.layered(18, 5))


def threads_of(session, **options):
    return session.run(WIDE, shots=1, **options).info.threads


def test_threads_of_a_run():
    with ketch.Session(threads=2) as session:
        assert threads_of(session) == 2
        assert threads_of(session, threads=1) == 1


def test_threadpoolctl():
    threadpoolctl = pytest.importorskip("threadpoolctl")
    ketch.register_threadpoolctl()
    (info,) = [entry for entry in threadpoolctl.threadpool_info() if entry["user_api"] == "ketch"]
    assert info["num_threads"] == ketch.Session().threads
    assert info["version"] == ketch.__version__
    two, unnamed = ketch.Session(threads=2), ketch.Session()
    with threadpoolctl.threadpool_limits(limits=1, user_api="ketch"):
        assert threads_of(unnamed) == 1
        assert threads_of(ketch.Session()) == 1
        assert threads_of(two) == 2, "named by the session"
        assert threads_of(two, threads=1) == 1, "named by the call"
        futures = [session.submit(WIDE, shots=1) for session in (unnamed, two)]
        assert [future.result().info.threads for future in futures] == [1, 2]
    assert threads_of(unnamed) == unnamed.threads
    with threadpoolctl.threadpool_limits(limits=1):
        assert threads_of(unnamed) == 1
    assert threads_of(unnamed) == unnamed.threads


def test_threadpoolctl_registers_by_itself_where_it_is_imported():
    pytest.importorskip("threadpoolctl")
    look = "print('ketch' in {entry['user_api'] for entry in threadpoolctl.threadpool_info()})"
    assert python(f"import threadpoolctl, ketch; {look}") == "True"
    assert python(f"import ketch, threadpoolctl; {look}") == "False"
    assert python(f"import ketch, threadpoolctl; ketch.register_threadpoolctl(); {look}") == "True"
    assert python("import ketch, sys; print('threadpoolctl' in sys.modules)") == "False"


def test_an_old_threadpoolctl_is_no_hindrance():
    old = "import sys, types; sys.modules['threadpoolctl'] = types.ModuleType('threadpoolctl')"
    assert python(f"{old}; import ketch; print(ketch.run('qubit q;', shots=3).counts)") == "{'0': 3}"


SUBINTERPRETER = """
import sys
import {module} as interpreters
try:
    interpreter = interpreters.create({config})
    source = "try:\\n import ketch\\nexcept ImportError as error: print('refused:', error)\\nelse: print('taken')"
    {run}
    import ketch
    print(ketch.run('qubit q; bit c; c = measure q;', shots=3).counts)
except Exception as error:
    print(type(error), error)
"""


@pytest.mark.parametrize("config", ["isolated", "legacy"])
def test_subinterpreters_are_refused_in_words(config):
    if sys.version_info >= (3, 13):
        source = SUBINTERPRETER.format(
            module="_interpreters", config=repr(config), run="interpreters.exec(interpreter, source)"
        )
    else:
        source = SUBINTERPRETER.format(
            module="_xxsubinterpreters",
            config=f"isolated={config == 'isolated'}",
            run="interpreters.run_string(interpreter, source)",
        )
    first, second = python(source + "sys.stdout.flush()\n").splitlines()
    assert first.startswith("refused: ketch does not run in subinterpreters")
    assert second == "{'0': 3}"


def counted(seconds):
    """How far a Python thread counts in this time, and the longest time between two steps."""
    count, longest = 0, 0.0
    last = began = time.perf_counter()
    while last - began < seconds:
        count += 1
        now = time.perf_counter()
        longest = max(longest, now - last)
        last = now
    return count / (last - began), longest


@pytest.mark.skipif(AVAILABLE < 2, reason="two processors are needed to see it")
@pytest.mark.parametrize("form", ["run", "submit"])
def test_python_goes_on_during_a_run(form):
    """The GIL is free for the whole of a run: another thread counts on, without a stop.

    How fast, on a quiet machine, is measured in python/bench; with the GIL held it would not count at all."""
    long = ketch.Circuit(workloads.long())
    best = []
    for _ in range(4):
        alone, _ = counted(0.2)
        with ketch.Session(threads=1) as session:
            worker = threading.Thread(target=lambda session=session: _cancelled(session, form, long))
            worker.start()
            time.sleep(0.05)
            beside, longest = counted(0.4)
            assert worker.is_alive()
            session.cancel()
            worker.join(10)
            assert not worker.is_alive()
        best.append((beside / alone, longest))
    assert max(ratio for ratio, _ in best) > 0.3
    assert min(longest for _, longest in best) < 0.1


def _cancelled(session, form, circuit):
    try:
        if form == "run":
            session.run(circuit)
        else:
            session.submit(circuit).result()
    except (ketch.RunCancelledError, __import__("concurrent.futures").futures.CancelledError):
        return
    raise AssertionError("it was not cancelled")
