# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C, and how an interpreter ends: real signals to real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

import ketch
import workloads

PRELUDE = """
import os, signal, sys, threading, time
import ketch, workloads
def interrupt_after(seconds):
    "Sends this process the signal that Ctrl-C sends; `sent` is when."
    global sent
    def send():
        global sent
        time.sleep(seconds)
        sent = time.perf_counter()
        os.kill(os.getpid(), signal.SIGINT)
    threading.Thread(target=send).start()
"""


def python(source, *, timeout=60, status=0):
    """What a Python program writes, and its standard error."""
    tests = os.path.dirname(os.path.abspath(__file__))
    path = os.pathsep.join([tests, *filter(None, [os.environ.get("PYTHONPATH")])])
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(source)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode == status, done.stderr
    return done.stdout, done.stderr, time.perf_counter() - began


@pytest.mark.parametrize("form", ["session.run(long)", "session.run([long, long])", "session.submit(long).result()"])
def test_ctrl_c(form):
    """KeyboardInterrupt comes within 0.1 s, the work stops, the session stays usable."""
    out, _, _ = python(
        f"""
        session = ketch.Session(threads=2)
        long = ketch.Circuit(workloads.long())
        took = []
        for _ in range(5):
            interrupt_after(0.1)
            try:
                {form}
            except KeyboardInterrupt:
                took.append(time.perf_counter() - sent)
            session.cancel()
            assert sum(session.run(workloads.BELL, shots=100).counts.values()) == 100
        print(len(took), sorted(took)[2])
        """
    )
    count, median = out.split()
    assert int(count) == 5
    assert float(median) < 0.1


@pytest.mark.parametrize("form", ["run", "batch", "submit"])
def test_a_signal_just_after_a_job_was_handed_over(form, monkeypatch):
    """The job is stopped before anybody hears of the signal, though nobody waited for it yet."""
    circuit = ketch.Circuit(workloads.long())
    state = ketch.State(circuit.qubits)
    with ketch.Session(threads=1) as session:
        if form == "submit":
            monkeypatch.setattr("ketch._session.check", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                session.submit(circuit)
        else:
            monkeypatch.setattr("ketch._session.wait", _interrupted)
            with pytest.raises(KeyboardInterrupt) as raised:
                session.run([circuit]) if form == "batch" else state.apply(circuit, session=session)
            assert raised.tb is not None, "it refers to the job"
        monkeypatch.undo()
        state.reset()  # nothing is at work on it
        began = time.perf_counter()
        assert session.run(workloads.BELL, shots=10).shots == 10
        assert time.perf_counter() - began < 5, "its thread is free"


def _interrupted(*arguments):
    raise KeyboardInterrupt


def test_ctrl_c_while_the_queue_is_full():
    out, _, _ = python(
        """
        session = ketch.Session(threads=1, max_jobs=1)
        long = ketch.Circuit(workloads.long())
        futures = [session.submit(long)]
        while not futures[0].running():
            time.sleep(0.001)
        futures.append(session.submit(long))
        interrupt_after(0.1)
        try:
            session.run(long)
        except KeyboardInterrupt:
            print("interrupted", time.perf_counter() - sent < 2)
        for future in futures:
            future.cancel()
        print(session.run(workloads.BELL, shots=3).shots)
        """
    )
    assert out == "interrupted True\n3\n"


def test_a_signal_handler_may_run_circuits():
    """A handler that does not raise: the run that it interrupted goes on, and ends. So do those of handlers that are
    interrupted themselves."""
    out, _, _ = python(
        """
        session = ketch.Session(threads=2)
        circuit = ketch.Circuit(workloads.layered(20, 40))
        expected = session.run(circuit, shots=10, seed=1).counts
        inner = []
        def handler(number, frame):
            inner.append(session.run(workloads.BELL, shots=5).shots)
            inner.append(session.submit(workloads.BELL, shots=6).result().shots)
            inner.append(session.run(workloads.layered(18, 10), shots=7).shots)
        signal.signal(signal.SIGUSR1, handler)
        def send():
            for _ in range(3):
                time.sleep(0.02)
                os.kill(os.getpid(), signal.SIGUSR1)
        sender = threading.Thread(target=send)
        sender.start()
        outer = []
        while sender.is_alive():
            outer.append(session.run(circuit, shots=10, seed=1).counts == expected)
        print(sorted(inner), all(outer))
        """
    )
    assert out == "[5, 5, 5, 6, 6, 6, 7, 7, 7] True\n"


def test_signals_that_are_default_end_the_process():
    child = subprocess.Popen(
        [sys.executable, "-c", "import ketch, workloads; print('ready', flush=True); ketch.run(workloads.long())"],
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), os.environ.get("PYTHONPATH", "")]),
        },
    )
    assert child.stdout.readline() == b"ready\n"
    time.sleep(0.2)
    child.send_signal(signal.SIGTERM)
    assert child.wait(10) == -signal.SIGTERM
    child.stdout.close()


@pytest.mark.parametrize(
    "ending",
    [
        "futures = [ketch.Session().submit(long) for _ in range(3)]",
        "session = ketch.Session(); session.submit(long)",
        "session = ketch.Session(); session.submit(long); sys.exit(0)",
        "session = ketch.Session(); future = session.submit(long); "
        "future.add_done_callback(lambda future: print('told', future.cancelled()))",
        "future = ketch.default_session().submit(long); future.self = future",
        "threading.Thread(target=lambda: ketch.Session().run(long), daemon=True).start(); time.sleep(0.1)",
        "import asyncio; loop = asyncio.new_event_loop(); task = loop.create_task(ketch.Session().run_async(long)); "
        "loop.run_until_complete(asyncio.sleep(0.1)); loop.close(); task._log_destroy_pending = False",
    ],
)
def test_the_interpreter_ends_while_jobs_run(ending):
    """At once, without a word, and whatever still holds the futures."""
    out, err, seconds = python(f"long = ketch.Circuit(workloads.long())\n{ending}")
    assert err == ""
    assert out in ("", "told True\n")
    assert seconds < 20


def test_exit_in_a_child_that_inherited_jobs():
    out, err, _ = python(
        """
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads: that is what is tried here
        session = ketch.Session(threads=2)
        future = session.submit(ketch.Circuit(workloads.long()))
        while not future.running():
            time.sleep(0.001)
        pid = os.fork()
        if pid == 0:
            sys.exit(7)  # with all the finalizers that a child inherits
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), future.running())
        """
    )
    assert (out, err) == ("7 True\n", "")


def test_workloads_is_long():
    assert workloads.long().count("\n") > 50_000
