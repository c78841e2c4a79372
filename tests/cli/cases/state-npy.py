"""--state writes what NumPy reads, qubit 0 lowest in the index."""
import ast
import math
import struct
import subprocess


def load(path):
    data = open(path, 'rb').read()
    assert data[:8] == b'\x93NUMPY\x01\x00', data[:8]
    size, = struct.unpack('<H', data[8:10])
    assert (10 + size) % 64 == 0 and data[9 + size] == ord('\n'), size
    header = ast.literal_eval(data[10:10 + size].decode())
    assert header['fortran_order'] is False
    kind = {'<c16': 'd', '<c8': 'f'}[header['descr']]
    numbers = struct.unpack(f'<{2 * header["shape"][0]}{kind}', data[10 + size:])
    return header['descr'], [complex(*pair) for pair in zip(numbers[::2], numbers[1::2])]


def run(circuit, *options):
    open('c.qasm', 'w').write('OPENQASM 3.0; include "stdgates.inc";\n' + circuit)
    subprocess.run(['ketch', 'run', '--shots', '0', '--state', 'state.npy', '--amplitudes', 'all', '--format', 'csv', *options, 'c.qasm'], check=True, stdout=open('csv', 'w'))
    listed = dict(line.strip().split(',', 1) for line in open('csv') if line[0] in '01')
    descr, state = load('state.npy')
    width = len(state).bit_length() - 1
    for index, amplitude in enumerate(state):  # the file and the list agree
        re, im = map(float, listed.get(f'{index:0{width}b}', '0,0').split(','))
        assert amplitude == complex(re, im), (index, amplitude, re, im)
    return descr, state


descr, state = run('qubit[3] q; x q[0]; rz(pi) q[0]; h q[2];')
assert descr == '<c16' and len(state) == 8
for index, amplitude in enumerate(state):
    wanted = {1: 1j * math.sqrt(0.5), 5: 1j * math.sqrt(0.5)}.get(index, 0)
    assert abs(amplitude - wanted) < 1e-12, (index, amplitude)

descr, state = run('qubit[4] q; gphase(pi/2); h q[2];', '--precision', 'fp32')  # idle qubits are there, and the global phase
assert descr == '<c8' and len(state) == 16
for index, amplitude in enumerate(state):
    assert abs(amplitude - (1j * math.sqrt(0.5) if index in (0, 4) else 0)) < 1e-6, (index, amplitude)

try:
    import numpy
except ImportError:
    pass
else:
    mapped = numpy.load('state.npy', mmap_mode='r')
    assert mapped.dtype == numpy.complex64 and mapped.shape == (16,) and abs(mapped[4] - 1j * math.sqrt(0.5)) < 1e-6
print('fine')
