# SPDX-License-Identifier: Apache-2.0
"""Exact outcome distributions of Qiskit circuits: every branch of every measurement and reset, never a sample.

A circuit is first laid out flat, its conditional blocks as forward jumps, and then walked depth first. Needs numpy and qiskit; it makes
and checks the numbers that the tests read, and is not used by the tests themselves.
"""
import operator

import numpy
from qiskit.circuit import Clbit, IfElseOp, library
from qiskit.circuit.classical import expr
from qiskit.quantum_info import Operator

NEGLIGIBLE = 1e-15  # what is less likely comes from rounding

OPERATORS = {'EQUAL': operator.eq, 'NOT_EQUAL': operator.ne, 'LESS': operator.lt, 'LESS_EQUAL': operator.le, 'GREATER': operator.gt,
             'GREATER_EQUAL': operator.ge, 'LOGIC_AND': lambda a, b: a and b, 'LOGIC_OR': lambda a, b: a or b,
             'BIT_AND': operator.and_, 'BIT_OR': operator.or_, 'BIT_XOR': operator.xor}


def apply_matrix(state, matrix, qubits):
    """`matrix` on `qubits`, the first of which is the lowest bit of its indices; `state` has qubit 0 as its lowest bit."""
    count, width = len(qubits), state.size.bit_length() - 1
    tensor = state.reshape([2] * width)  # axis i is qubit width - 1 - i
    axes = [width - 1 - qubit for qubit in reversed(qubits)]
    result = numpy.tensordot(matrix.reshape([2] * (2 * count)), tensor, axes=(range(count, 2 * count), axes))
    return numpy.moveaxis(result, range(count), axes).reshape(-1)


class Flat:
    """The circuit as a list of ('gate', matrix, qubits), ('measure', qubit, bit), ('reset', qubit), ('jump unless', condition, target) and
    ('jump', target). A condition is a function of the classical bits, which are one integer."""

    def __init__(self, circuit):
        self.program, self.matrices = [], {}
        self.phase = 0.0
        self.bits = {bit: index for index, bit in enumerate(circuit.clbits)}
        self.add(circuit, list(range(circuit.num_qubits)))

    def add(self, circuit, qubits):
        position = {qubit: qubits[index] for index, qubit in enumerate(circuit.qubits)}
        self.gate(numpy.array([[numpy.exp(1j * float(circuit.global_phase))]]), [])
        for item in circuit.data:
            operation, operands = item.operation, [position[qubit] for qubit in item.qubits]
            if isinstance(operation, IfElseOp):
                self.add_if(operation, operands)
            elif operation.name == 'measure':
                self.program.append(('measure', operands[0], self.bits[item.clbits[0]]))
            elif operation.name == 'reset':
                self.program.append(('reset', operands[0]))
            elif operation.name not in ('barrier', 'delay'):
                self.gate(self.matrix(operation), operands)

    def add_if(self, operation, operands):
        at = len(self.program)
        self.program.append(None)
        blocks = [block for block in operation.blocks if block is not None]
        self.add(blocks[0], operands)
        end = len(self.program)
        if len(blocks) > 1:
            self.program.append(None)
            self.add(blocks[1], operands)
            self.program[end] = ('jump', len(self.program))
            end += 1
        self.program[at] = ('jump unless', self.condition(operation.condition), end)

    def gate(self, matrix, operands):
        self.program.append(('gate', matrix, operands))

    def matrix(self, operation):
        key = (operation.name, tuple(operation.params), getattr(operation, 'ctrl_state', None), operation.num_qubits)
        simple = operation.base_class.__module__.startswith(library.__name__)  # others may share a name
        if not simple or key not in self.matrices:
            self.matrices[key] = Operator(operation).data
        return self.matrices[key]

    def lines(self, target):
        return [self.bits[target]] if isinstance(target, Clbit) else [self.bits[bit] for bit in target]

    def condition(self, node):
        """A function of the bits. Old conditions are pairs (register or bit, value), new ones expression trees."""
        if isinstance(node, tuple):
            read, wanted = self.read(self.lines(node[0])), int(node[1])
            return lambda bits: read(bits) == wanted
        if isinstance(node, expr.Var):
            return self.read(self.lines(node.var))
        if isinstance(node, expr.Value):
            return lambda bits: node.value
        if isinstance(node, expr.Cast):
            return self.condition(node.operand)
        if isinstance(node, expr.Unary):
            inner = self.condition(node.operand)
            return lambda bits: not inner(bits)
        left, right, apply = self.condition(node.left), self.condition(node.right), OPERATORS[node.op.name]
        return lambda bits: apply(left(bits), right(bits))

    @staticmethod
    def read(lines):
        return lambda bits: sum((bits >> line & 1) << place for place, line in enumerate(lines))


def run(circuit):
    """Returns ({bits as an integer: probability}, state). The state is the one just before the final measurements, or None where some
    measurement, reset or condition is not final."""
    flat = Flat(circuit)
    program, outcomes, kinds = flat.program, {}, [step[0] for step in flat.program]
    state = numpy.zeros(2 ** circuit.num_qubits, complex)
    state[0] = 1
    before_measuring = state_before_measuring(program, kinds, state)

    todo = [(0, state, 0, 1.0)]
    while todo:
        at, state, bits, weight = todo.pop()
        while at < len(program):
            step = program[at]
            at += 1
            if step[0] == 'gate':
                state = apply_matrix(state, step[1], step[2])
            elif step[0] == 'jump':
                at = step[1]
            elif step[0] == 'jump unless':
                at = at if step[1](bits) else step[2]
            else:
                halves = numpy.moveaxis(state.reshape([2] * circuit.num_qubits), circuit.num_qubits - 1 - step[1], 0)
                branches = []
                for outcome in (0, 1):
                    chance = float(numpy.vdot(halves[outcome], halves[outcome]).real)
                    if weight * chance < NEGLIGIBLE:
                        continue
                    after = numpy.zeros_like(halves)
                    after[outcome if step[0] == 'measure' else 0] = halves[outcome] / numpy.sqrt(chance)
                    after = numpy.moveaxis(after, 0, circuit.num_qubits - 1 - step[1]).reshape(-1)
                    read = bits & ~(1 << step[2]) | outcome << step[2] if step[0] == 'measure' else bits
                    branches.append((at, after, read, weight * chance))
                at, state, bits, weight = branches.pop()
                todo += branches
        outcomes[bits] = outcomes.get(bits, 0.0) + weight
    return outcomes, before_measuring


def state_before_measuring(program, kinds, state):
    """The state before final measurements, or None. Final: nothing but another measurement touches the qubit afterwards."""
    measured = set()
    if set(kinds) - {'gate', 'measure'}:
        return None
    for step in program:
        if step[0] == 'gate':
            if measured.intersection(step[2]):
                return None
            state = apply_matrix(state, step[1], step[2])
        else:
            measured.add(step[1])
    return state


def bit_text(value, sizes):
    """Registers of `sizes` bits, in order of declaration: the last leftmost, bit 0 rightmost."""
    parts = []
    for size in sizes:
        parts.append(format(value & (1 << size) - 1, f'0{size}b'))
        value >>= size
    return ' '.join(reversed(parts))
