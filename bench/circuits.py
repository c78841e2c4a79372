#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""circuits.py [NAME ...] --qubits N [--seed S] [--output DIR | -]: the benchmark circuits as OpenQASM 2.

    name          what it is                                                                             gates for N qubits
    ghz           N entangled qubits, a chain of CX                                                      N
    qft           quantum Fourier transform of an entangled state                                        N²/2 + 3N
    qv            quantum volume: 10 layers of random two-qubit blocks on random pairs                   50 N
    rqc           random circuit on a grid: 20 layers of CZ on a pattern of bonds, then T, √X or √Y      about 24 N
    hea           hardware-efficient ansatz: 10 layers of RY, RZ and a ring of CX                        30 N
    realamp       real amplitudes: 5 layers of RY and CX between all pairs                               5 N²/2 + 7N/2
    qaoa          4 rounds of QAOA for a cut of a random 3-regular graph                                 11 N
    qaoa_full     1 round of QAOA for a spin glass: all pairs                                            N²/2 + 3N/2
    tfim          20 Trotter steps of the transverse-field Ising chain                                   40 N
    hidden_shift  the shift between two bent functions of degree 3                                       about 5 N
    grover        2 iterations of a search over N/2 + 1 qubits, ancillas for the many controls           about 10 N
    qpe           phase estimation of a phase gate, N - 1 digits                                         about N²/2 + 2N
    adder         Cuccaro's ripple-carry adder of two superposed numbers of N/2 - 1 bits                 about 4 N
    clifford_t    30 N random gates of H, S, T, X, CX

The same name, size and seed give the same file everywhere. Gates are those of qelib1.inc, one a line, and all qubits are measured.
Where one outcome is the likeliest by far, a comment names it. Other programs import `make`, `write`, `NAMES` and `SizeError`.
"""
import argparse
import math
import pathlib
import random
import sys

PI = math.pi


class SizeError(ValueError):
    """A circuit that does not exist with so few qubits."""


class Circuit:
    """A list of gates (name, angles, qubits), and what is known of them."""

    def __init__(self, name, qubits, seed):
        self.name, self.qubits, self.seed = name, qubits, seed
        self.gates = []
        self.answer = None  # the likeliest outcome, qubit 0 rightmost, "?" where a bit is undecided

    def add(self, gate, *qubits, angles=()):
        self.gates.append((gate, tuple(angles), qubits))

    def each(self, gate, qubits):
        for q in qubits:
            self.add(gate, q)

    def file_name(self):
        return f'{self.name}_n{self.qubits}_s{self.seed}.qasm'

    def qasm(self):
        lines = [f'// {self.name}, {self.qubits} qubits, seed {self.seed}']
        if self.answer:
            lines.append(f'// likeliest outcome: {self.answer}')
        lines += ['OPENQASM 2.0;', 'include "qelib1.inc";', f'qreg q[{self.qubits}];', f'creg c[{self.qubits}];']
        for gate, angles, qubits in self.gates:
            values = f'({",".join(map(repr, angles))})' if angles else ''
            lines.append(f'{gate}{values} {",".join(f"q[{q}]" for q in qubits)};')
        return '\n'.join([*lines, 'measure q -> c;']) + '\n'


def written(bits):
    """Bits, the one of qubit 0 first, as an outcome is written."""
    return ''.join(map(str, reversed(bits)))


# ── The circuits ─────────────────────────────────────────────────────────────────────────────────────────────────────────
# Each draws what is random from `draw` alone.

def ghz(circuit, draw):
    circuit.add('h', 0)
    for q in range(1, circuit.qubits):
        circuit.add('cx', q - 1, q)


def fourier_gates(qubits):
    """|x> to the sum over y of exp(2 pi i x y / 2^count) |y>, qubits[0] being the lowest digit of both."""
    for high in range(len(qubits) - 1, -1, -1):
        yield 'h', (), (qubits[high],)
        for low in range(high - 1, -1, -1):
            yield 'cu1', (PI / (1 << (high - low)),), (qubits[low], qubits[high])
    for low, high in zip(qubits[:len(qubits) // 2], reversed(qubits)):
        yield 'swap', (), (low, high)


def inverse_fourier_gates(qubits):
    for gate, angles, operands in reversed(list(fourier_gates(qubits))):
        yield gate, tuple(-angle for angle in angles), operands


def qft(circuit, draw):
    n = circuit.qubits
    for q in range(n):
        circuit.add('ry', q, angles=[draw.uniform(0, PI)])
    for q in range(1, n):
        circuit.add('cx', q - 1, q)
    circuit.gates += fourier_gates(range(n))


def qv(circuit, draw, layers=10):
    def any_gate(q):
        circuit.add('u3', q, angles=[draw.uniform(0, PI), draw.uniform(0, 2 * PI), draw.uniform(0, 2 * PI)])

    wires = list(range(circuit.qubits))
    for _ in range(layers):
        draw.shuffle(wires)
        for a, b in zip(wires[0::2], wires[1::2]):  # any two-qubit gate is three CX with rotations between and around
            any_gate(a)
            any_gate(b)
            circuit.add('cx', a, b)
            circuit.add('rz', a, angles=[draw.uniform(0, PI)])
            circuit.add('ry', b, angles=[draw.uniform(0, PI)])
            circuit.add('cx', b, a)
            circuit.add('ry', b, angles=[draw.uniform(0, PI)])
            circuit.add('cx', a, b)
            any_gate(a)
            any_gate(b)


def grid_bonds(rows, columns, pattern):
    """Pairs of neighbours on a grid, row by row, of one of 8 patterns: 4 of horizontal bonds, 4 of vertical ones; no qubit twice."""
    for row in range(rows):
        for column in range(columns):
            here = row * columns + column
            if pattern < 4 and column + 1 < columns and (column + 2 * row + pattern) % 4 == 0:
                yield here, here + 1
            if pattern >= 4 and row + 1 < rows and (row + 2 * column + pattern) % 4 == 0:
                yield here, here + columns


def rqc(circuit, draw, layers=20):
    n = circuit.qubits
    columns = next(width for width in range(math.isqrt(n), 0, -1) if n % width == 0)  # as near to a square as N allows
    kinds = [('t', ()), ('rx', (PI / 2,)), ('ry', (PI / 2,))]
    before = [None] * n
    circuit.each('h', range(n))
    for layer in range(layers):
        for a, b in grid_bonds(n // columns, columns, layer % 8):
            circuit.add('cz', a, b)
        for q in range(n):  # never the same gate twice in a row
            before[q] = draw.choice([kind for kind in kinds if kind != before[q]])
            circuit.add(before[q][0], q, angles=before[q][1])


def hea(circuit, draw, layers=10):
    n = circuit.qubits
    for _ in range(layers):
        for q in range(n):
            circuit.add('ry', q, angles=[draw.uniform(0, PI)])
            circuit.add('rz', q, angles=[draw.uniform(0, PI)])
        for q in range(n):
            circuit.add('cx', q, (q + 1) % n)


def pairs(n):
    return ((a, b) for a in range(n) for b in range(a + 1, n))


def realamp(circuit, draw, layers=5):
    n = circuit.qubits
    for layer in range(layers + 1):
        for q in range(n):
            circuit.add('ry', q, angles=[draw.uniform(0, PI)])
        for a, b in pairs(n) if layer < layers else ():
            circuit.add('cx', a, b)


def regular_graph(n, draw):
    """The edges of a random graph in which each of n vertices (one less where n is odd) has 3 neighbours: three stubs a vertex are
    joined at random until no edge is a loop or a double."""
    stubs = [vertex for vertex in range(n - n % 2) for _ in range(3)]
    while True:
        draw.shuffle(stubs)
        edges = {(min(a, b), max(a, b)) for a, b in zip(stubs[0::2], stubs[1::2]) if a != b}
        if len(edges) == len(stubs) // 2:
            return sorted(edges)


def qaoa(circuit, draw, rounds=4):
    n = circuit.qubits
    edges = regular_graph(n, draw)
    circuit.each('h', range(n))
    for _ in range(rounds):
        cost, mix = draw.uniform(0, PI), draw.uniform(0, PI)
        for a, b in edges:
            circuit.add('rzz', a, b, angles=[cost])
        for q in range(n):
            circuit.add('rx', q, angles=[2 * mix])


def qaoa_full(circuit, draw):
    n = circuit.qubits
    cost, mix = draw.uniform(0, PI), draw.uniform(0, PI)
    circuit.each('h', range(n))
    for a, b in pairs(n):
        circuit.add('rzz', a, b, angles=[cost * draw.gauss(0, 1)])
    for q in range(n):
        circuit.add('rx', q, angles=[2 * mix])


def tfim(circuit, draw, steps=20):
    n = circuit.qubits
    for _ in range(steps):
        for q in range(1, n):
            circuit.add('rzz', q - 1, q, angles=[-0.1])
        for q in range(n):
            circuit.add('rx', q, angles=[-0.2])


def hidden_shift(circuit, draw):
    """f(x, y) = x·y + g(x) on two halves, g a sum of products x[i] x[i+1] x[i+2]; its dual is x·y + g(y). On the uniform state, CZ then
    CCX make the phase f. After it the dual's is taken off by CCX then CZ, which is right where the shift is 0 on the targets."""
    n, half = circuit.qubits, circuit.qubits // 2
    products = range(0, half - 2, 3)
    shift = [draw.randrange(2) for _ in range(n)]
    for i in products:
        shift[i + 2] = 0
    moved = [q for q in range(n) if shift[q]]

    def scalar_product():
        for q in range(half):
            circuit.add('cz', q, half + q)

    circuit.each('h', range(n))
    circuit.each('x', moved)
    scalar_product()
    for i in products:
        circuit.add('ccx', i, i + 1, half + i + 2)
    circuit.each('x', moved)
    circuit.each('h', range(n))
    for i in products:
        circuit.add('ccx', half + i, half + i + 1, i + 2)
    scalar_product()
    circuit.each('h', range(n))
    circuit.answer = '?' * (n % 2) + written(shift[:2 * half])  # an odd qubit stays between 0 and 1


def grover(circuit, draw, iterations=2):
    searched = circuit.qubits // 2 + 1
    qubits, ancillas = range(searched), range(searched, 2 * searched - 2)
    marked = [draw.randrange(2) for _ in qubits]
    zeros = [q for q in qubits if not marked[q]]
    # ancilla i is the product of qubits 0 to i + 1
    ladder = list(zip(range(1, searched - 1), [0, *ancillas], ancillas))

    def flip_all_ones():
        circuit.add('h', qubits[-1])
        for operands in ladder:
            circuit.add('ccx', *operands)
        circuit.add('cx', ancillas[-1], qubits[-1])
        for operands in reversed(ladder):
            circuit.add('ccx', *operands)
        circuit.add('h', qubits[-1])

    circuit.each('h', qubits)
    for _ in range(iterations):
        circuit.each('x', zeros)
        flip_all_ones()
        circuit.each('x', zeros)
        circuit.each('h', qubits)
        circuit.each('x', qubits)
        flip_all_ones()
        circuit.each('x', qubits)
        circuit.each('h', qubits)
    circuit.answer = '0' * (circuit.qubits - searched) + written(marked)


def qpe(circuit, draw):
    digits, eigenstate = range(circuit.qubits - 1), circuit.qubits - 1
    phase = draw.random()  # of a whole turn
    circuit.add('x', eigenstate)
    circuit.each('h', digits)
    for k in digits:
        circuit.add('cu1', k, eigenstate, angles=[2 * PI * math.fmod(math.ldexp(phase, k), 1)])
    circuit.gates += inverse_fourier_gates(digits)
    size = 1 << len(digits)
    circuit.answer = f'1{round(phase * size) % size:0{len(digits)}b}'


def adder(circuit, draw):
    """S. Cuccaro et al., quant-ph/0410184: carry in, then b and a bit by bit, then carry out; b becomes a + b."""
    width = (circuit.qubits - 2) // 2
    b, a = range(1, 2 * width, 2), range(2, 2 * width + 1, 2)
    triples = list(zip([0, *a], b, a))  # the carry so far lies in the a before
    for q in [*a, *b]:
        circuit.add('ry', q, angles=[draw.uniform(0, PI)])
    for carry, y, z in triples:  # majority
        circuit.add('cx', z, y)
        circuit.add('cx', z, carry)
        circuit.add('ccx', carry, y, z)
    circuit.add('cx', a[-1], circuit.qubits - 1)
    for carry, y, z in reversed(triples):  # un-majority and add
        circuit.add('ccx', carry, y, z)
        circuit.add('cx', z, carry)
        circuit.add('cx', carry, y)


def clifford_t(circuit, draw):
    n = circuit.qubits
    for _ in range(30 * n):
        gate = draw.choice(['h', 's', 't', 'x', 'cx'])
        circuit.add(gate, *draw.sample(range(n), 2 if gate == 'cx' else 1))


# ── The door ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

# The circuit and the fewest qubits that it makes sense with.
CIRCUITS = {
    'ghz': (ghz, 2), 'qft': (qft, 1), 'qv': (qv, 2), 'rqc': (rqc, 2), 'hea': (hea, 2), 'realamp': (realamp, 2), 'qaoa': (qaoa, 4),
    'qaoa_full': (qaoa_full, 2), 'tfim': (tfim, 2), 'hidden_shift': (hidden_shift, 2), 'grover': (grover, 4), 'qpe': (qpe, 2),
    'adder': (adder, 4), 'clifford_t': (clifford_t, 2),
}
NAMES = list(CIRCUITS)


def make(name, qubits, seed=1):
    """The Circuit, or SizeError."""
    build, fewest = CIRCUITS[name]
    if qubits < fewest:
        raise SizeError(f'{name} needs at least {fewest} qubits, not {qubits}')
    circuit = Circuit(name, qubits, seed)
    build(circuit, random.Random(f'{name} {qubits} {seed}'))
    return circuit


def write(folder, name, qubits, seed=1):
    """Makes the circuit's file in the folder; its path."""
    circuit = make(name, qubits, seed)
    path = pathlib.Path(folder) / circuit.file_name()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(circuit.qasm(), encoding='ascii')
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('names', nargs='*', metavar='NAME', help='circuits, or all (the default)')
    parser.add_argument('--qubits', '-n', type=int, required=True, metavar='N')
    parser.add_argument('--seed', '-s', type=int, default=1, metavar='S', help='of all that is random (1)')
    parser.add_argument('--output', '-o', default='.', metavar='DIR', help='folder of the files NAME_nN_sS.qasm (.); -: prints one')
    options = parser.parse_args()
    names = NAMES if options.names in ([], ['all']) else options.names
    unknown = [name for name in names if name not in CIRCUITS]
    if unknown:
        parser.error(f'no such circuit: {", ".join(unknown)}; there are {", ".join(NAMES)}')
    if options.output == '-' and len(names) > 1:
        parser.error('--output - prints one circuit; name it')
    try:
        if options.output == '-':
            sys.stdout.write(make(names[0], options.qubits, options.seed).qasm())
        else:
            for name in names:
                write(options.output, name, options.qubits, options.seed)
    except SizeError as error:
        parser.error(str(error))


if __name__ == '__main__':
    main()
