#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""random_programs.py KETCH [FIRST COUNT]: programs drawn at random compute what a few lines of Python compute.

A program has variables of types int[n], uint[n] and bit[n], assignments with all operators, branches and loops. The evaluator here works with
Python's unbounded integers and the rules of types.rst and classical.rst: an operand narrower than 64 bits is promoted, bitwise operators
keep equal widths, assignments keep the low bits.
"""
import pathlib
import random
import sys

from runner import results
from table import Program, Section

from harness import Ketch, Tap

PROGRAMS = 150
WIDTHS = 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64


class Undefined(Exception):
    """A division by zero and the like: such a statement is not used."""


def wrap(value, signed, width):
    value &= (1 << width) - 1
    return value - (1 << width) if signed and value >> (width - 1) else value


def arithmetic(op, a, b):
    """(value, signed, width) of two such operands."""
    (x, x_signed, x_width), (y, y_signed, y_width) = a, b
    signed = not any(not sign and width == 64 for _, sign, width in (a, b))
    x, y = wrap(x, signed, 64), wrap(y, signed, 64)
    if op in ('/', '%'):
        if y == 0:
            raise Undefined
        quotient = abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        value = quotient if op == '/' else x - y * quotient
    elif op == '**':
        if y < 0 or y > 6:
            raise Undefined
        value = x ** y
    else:
        value = {'+': x + y, '-': x - y, '*': x * y}[op]
    return wrap(value, signed, 64), signed, 64


def compare(op, a, b):
    """Both become unsigned where one is an unsigned number of 64 bits, as in C."""
    signed = not any(not sign and width == 64 for _, sign, width in (a, b))
    x, y = (wrap(value, signed, 64) for value, _, _ in (a, b))
    return {'<': x < y, '<=': x <= y, '>': x > y, '>=': x >= y, '==': x == y, '!=': x != y}[op]


def bitwise(op, a, b):
    (x, x_signed, x_width), (y, y_signed, y_width) = a, b
    width = x_width if x_width == y_width else 64
    signed = x_signed and y_signed
    return wrap({'&': x & y, '|': x | y, '^': x ^ y}[op], signed, width), signed, width


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.types, self.values, self.lines, self.loops = {}, {}, [], 0
        for index in range(6):
            signed, width = self.random.random() < 0.5, self.random.choice(WIDTHS)
            self.types[f'v{index}'] = signed, width
            self.values[f'v{index}'] = 0

    def literal(self):
        value = self.random.choice([0, 1, 2, 3, 5, 100, 1000, self.random.getrandbits(20), self.random.getrandbits(30)])
        return str(value), (value, True, 64)

    def expression(self, depth):
        """(text, (value, signed, width))."""
        draw = self.random.random()
        if depth == 0 or draw < 0.15:
            if self.random.random() < 0.3:
                return self.literal()
            name = self.random.choice(list(self.types))
            return name, (self.values[name], *self.types[name])
        text, a = self.expression(depth - 1)
        if draw < 0.2 and text in self.types:
            return f'(~{text})', (wrap(~a[0], a[1], a[2]), a[1], a[2])
        if draw < 0.25:
            signed = a[1] or a[2] < 64
            return f'(-{text})', (wrap(-wrap(a[0], signed, 64), signed, 64), signed, 64)
        if draw < 0.35:
            signed, width = self.random.random() < 0.5, self.random.choice(WIDTHS)
            if text not in self.types:
                return text, a
            return f'{"int" if signed else "uint"}[{width}]({text})', (wrap(a[0], signed, width), signed, width)
        if draw < 0.43:
            distance, op = self.random.randrange(70), self.random.choice(['<<', '>>'])
            if text not in self.types or a[1]:
                return text, a
            bits = a[0] << distance if op == '<<' else a[0] >> distance
            return f'({text} {op} {distance})', (wrap(bits, False, a[2]), False, a[2])
        other, b = self.expression(depth - 1)
        if draw < 0.6:
            if text not in self.types or other not in self.types:
                return text, a
            op = self.random.choice('&|^')
            return f'({text} {op} {other})', bitwise(op, a, b)
        op = self.random.choice(['+', '-', '*', '*', '/', '%', '**', '+', '-'])
        if op == '**' and not self.varies(text + other):
            raise Undefined  # a constant may overflow, which is refused
        return f'({text} {op} {other})', arithmetic(op, a, b)

    def condition(self):
        (text, a), (other, b) = self.expression(1), self.expression(1)
        op = self.random.choice(['<', '<=', '>', '>=', '==', '!='])
        return f'{text} {op} {other}', compare(op, a, b)

    def assign(self, name, value):
        self.values[name] = wrap(value, *self.types[name])

    def varies(self, text):
        return any(variable in text for variable in self.types)

    def fits(self, text, value, name):
        """A constant that does not fit is refused, so it is not drawn."""
        return self.varies(text) or wrap(value, *self.types[name]) == value

    def assignment(self):
        name = self.random.choice(list(self.types))
        text, a = self.expression(3)
        op = self.random.choice(['', '', '', '+', '-', '*', '/', '%'])
        if op:
            a = arithmetic(op, (self.values[name], *self.types[name]), a)
        elif not self.fits(text, a[0], name):
            raise Undefined
        self.assign(name, a[0])
        return f'{name} {op}= {text};'

    def statement(self):
        draw = self.random.random()
        if draw < 0.7:
            return self.assignment()
        if draw < 0.85:
            text, truth = self.condition()
            before = dict(self.values)
            first = self.assignment()
            after_first, self.values = self.values, dict(before)
            second = self.assignment()
            if truth:
                self.values = after_first
            return f'if ({text}) {{ {first} }} else {{ {second} }}'
        name, (text, _) = self.random.choice(list(self.types)), self.literal()
        first, last, step = self.random.randrange(-5, 6), self.random.randrange(-5, 12), self.random.choice([1, 2, 3, -1, -2])
        for index in range(first, last + (1 if step > 0 else -1), step):
            self.assign(name, arithmetic('+', arithmetic('*', (self.values[name], *self.types[name]), (int(text), True, 64)),
                                         (index, True, 64))[0])
        self.loops += 1
        return f'for int i{self.loops} in [{first}:{step}:{last}] {{ {name} = {name} * {text} + i{self.loops}; }}'

    def program(self, section, seed):
        for _ in range(12):
            values = dict(self.values)
            try:
                self.lines.append(self.statement())
            except Undefined:
                self.values = values
        declared = ' '.join(f'output {"int" if signed else "uint"}[{width}] {name};' for name, (signed, width) in self.types.items())
        return Program(section, f'seed {seed}', 0, declared + '\n' + '\n'.join(self.lines) + '\n', values=[self.values])


def main(program, first=0, count=PROGRAMS):
    tap, section = Tap(), Section(pathlib.Path(__file__), 'random')
    programs = [Maker(seed).program(section, seed) for seed in range(int(first), int(first) + int(count))]
    found = results(Ketch(str(pathlib.Path(program).resolve())), programs)
    for one in programs:
        problems = [f'{mode}: {problem}' for mode, problem in found[id(one)] if problem]
        tap.check(one.name, '\n'.join([*problems, one.text]) if problems else None)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
