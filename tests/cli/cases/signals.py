"""SIGINT and SIGTERM stop whatever is being done, soon, with exit code 128 + signal, and leave no file behind."""
import os
import signal
import subprocess
import sys
import threading
import time

from support import interrupt

SOON = 0.5  # seconds: 0.1 is what is wanted, the rest is for a busy machine

gates = ''.join(f'h q[{i % 24}]; ry(0.1) q[{i % 7}]; cx q[{i % 24}],q[{(i + 5) % 24}];\n' for i in range(12000))
open('long.qasm', 'w').write(f'OPENQASM 2.0; include "qelib1.inc"; qreg q[24];\n{gates}')
open('large.qasm', 'w').write('OPENQASM 2.0; include "qelib1.inc"; qreg q[3];\n' + 'h q[0]; cx q[0],q[1]; rz(0.123456789) q[2];\n' * 3000000)
open('shots.qasm', 'w').write('OPENQASM 3.0; include "stdgates.inc"; qubit[20] q; bit[40] c;\n'
                              + ''.join(f'h q; c[{i}] = measure q[{i % 20}]; if (c[{i}]) x q[{(i + 1) % 20}];\n' for i in range(40)))
open('state.qasm', 'w').write('OPENQASM 2.0; include "qelib1.inc"; qreg q[21];\nh q;\n')

longest = 0


def check(name, command, seconds, number, words, **others):
    global longest
    code, took, out, err = interrupt(command, seconds, number, **others)
    longest = max(longest, took)
    fine = code == 128 + number and took < SOON and all(word in err for word in words)
    print(name, 'stopped' if fine else f'NOT stopped: exit {code} after {took:.3f} s\n{out[:300]}\n{err}')


check('run by SIGINT', ['ketch', 'run', 'long.qasm'], 0.5, signal.SIGINT, ['interrupted by SIGINT while simulating long.qasm'])
check('run by SIGTERM', ['ketch', 'run', 'long.qasm'], 0.5, signal.SIGTERM, ['interrupted by SIGTERM while simulating long.qasm'])
check('reading', ['ketch', 'check', 'large.qasm'], 0.3, signal.SIGINT, ['interrupted by SIGINT while reading large.qasm'])
check('many shots', ['ketch', 'run', '--shots', '1000000', 'shots.qasm'], 0.5, signal.SIGINT, ['interrupted by SIGINT'])
check('standard input', ['ketch', 'run', '-'], 0.2, signal.SIGTERM, ['interrupted by SIGTERM while reading <stdin>'], stdin=subprocess.PIPE)
check('several files', ['ketch', 'run', '--format', 'jsonl', 'bell.qasm', 'long.qasm', 'bell.qasm'], 0.5, signal.SIGINT,
      ['while simulating long.qasm', '1 of 3 files finished'])
before = set(os.listdir('.'))
check('a file being written', ['ketch', 'run', '--out', 'out.json', '--format', 'json', '--probabilities', '--amplitudes', 'all', 'state.qasm'], 2, signal.SIGINT,
      ['nothing was written to out.json'])
print('files left:', sorted(set(os.listdir('.')) - before))

# A reader that does not read: the pipe is full, and the write is interrupted.
process = subprocess.Popen(['ketch', 'run', '--amplitudes', 'all', '--quiet', 'state.qasm'], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
time.sleep(2)
start = time.monotonic()
process.send_signal(signal.SIGINT)
code = process.wait(60)
took = time.monotonic() - start
print('a full pipe', 'stopped' if code == 130 and took < SOON else f'NOT stopped: exit {code} after {took:.3f} s')

# The second signal ends it at once, by the signal itself.
process = subprocess.Popen(['ketch', 'run', '-'], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
time.sleep(0.2)
os.kill(process.pid, signal.SIGINT)
os.kill(process.pid, signal.SIGINT)
print('twice:', process.wait(60) in (130, -signal.SIGINT))

# A signal that is ignored, as under nohup, stays ignored.
process = subprocess.Popen(['bash', '-c', "trap '' HUP; exec ketch run --seed 1 --quiet -"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
time.sleep(0.2)
process.send_signal(signal.SIGHUP)
out, _ = process.communicate(open('asymmetric.qasm', 'rb').read(), timeout=60)
print('ignored:', process.returncode, out.decode().split()[-2:])
print(f'longest: {longest:.3f} s', file=sys.stderr)
