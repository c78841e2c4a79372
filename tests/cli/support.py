# SPDX-License-Identifier: Apache-2.0
"""Helpers of the cases that are Python programs."""
import os
import pty
import re
import select
import signal
import struct
import subprocess
import fcntl
import termios
import time


def on_terminal(command, columns=80, environment=None, sends=None, limit=120):
    """What a command writes to a terminal of so many columns, and its exit code. `sends` = (seconds, signal)."""
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    variables = {**os.environ, 'TERM': 'xterm-256color', **(environment or {})}
    process = subprocess.Popen(command, stdin=child, stdout=child, stderr=child, env=variables, start_new_session=True)
    os.close(child)
    written, start, sent = b'', time.monotonic(), False
    while time.monotonic() - start < limit:
        if sends and not sent and time.monotonic() - start > sends[0]:
            process.send_signal(sends[1])
            sent = True
        ready, _, _ = select.select([parent], [], [], 0.05)
        if not ready:
            continue
        try:
            piece = os.read(parent, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(parent)
    return written.decode().replace('\r\n', '\n'), process.wait(60)


def without_colors(text):
    return re.sub(r'\033\[[0-9;]*m', '', text)


def processor_seconds(pid):
    """What a process has used, all its threads together."""
    with open(f'/proc/{pid}/stat') as stat:
        fields = stat.read().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def interrupt(command, seconds, number=signal.SIGINT, **others):
    """Starts a command, sends a signal after so many seconds: (exit code, seconds until it ended, stdout, stderr). On a busy machine
    a process gets less done: it has until it has used them, at most ten times as long."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **others)
    latest = time.monotonic() + 10 * seconds
    time.sleep(seconds)
    while process.poll() is None and processor_seconds(process.pid) < seconds and time.monotonic() < latest:
        time.sleep(0.02)
    running = process.poll() is None
    start = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    took = time.monotonic() - start
    assert running, ('it had ended before the signal', out, err)
    return process.returncode, took, out.decode(), err.decode()
