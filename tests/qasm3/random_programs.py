#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""random_programs.py KETCH [arithmetic|control [FIRST COUNT]]: programs drawn at random compute what Python says.

Arithmetic: variables of types int[n], uint[n] and bit[n], assignments with all operators, branches and loops. The evaluator here works with
Python's unbounded integers and the rules of types.rst and classical.rst: an operand narrower than 64 bits is promoted, bitwise operators
keep equal widths, assignments keep the low bits.

Control flow: a program is written twice at once, in OpenQASM and in Python. Variables are of type int[16]; qubits are reset, flipped or not,
and measured, so that Python knows what the run will see and the reader does not.

Each program runs with loops unrolled and calls inlined, with nothing of it, and with a budget for that which ends in the middle.
"""
import math
import pathlib
import random
import sys

from runner import MODES, results
from table import Program, Section

from harness import Ketch, Tap

COUNTS = {'arithmetic': 150, 'control': 400}
WIDTHS = 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64
MOST_TURNS = 20000


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


class Arithmetic:
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

    def write(self):
        """(OpenQASM, what the variables are in the end)"""
        for _ in range(12):
            values = dict(self.values)
            try:
                self.lines.append(self.statement())
            except Undefined:
                self.values = values
        declared = ' '.join(f'output {"int" if signed else "uint"}[{width}] {name};' for name, (signed, width) in self.types.items())
        return declared + '\n' + '\n'.join(self.lines) + '\n', self.values


class TooLong(Exception):
    """The program takes more turns than a test should."""


def numbers(first, step, last):
    while first <= last if step > 0 else first >= last:
        yield first
        first += step


class Variable:
    def __init__(self, name, python=None, writable=True):
        self.name, self.python, self.writable = name, python or name, writable


class ControlFlow:
    """Statements, added one by one to both texts."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.qasm, self.python, self.functions, self.names = [], [], [], 0

    def add(self, depth, qasm, python):
        for lines, text in ((self.qasm, qasm), (self.python, python)):
            if text is not None:
                lines.append('  ' * depth + text)

    def new_name(self, letter):
        self.names += 1
        return f'{letter}{self.names}'

    def expression(self, variables, depth=2):
        """Both texts. Numbers are computed exactly, and wrapped where they are assigned or handed over."""
        if not depth or self.random.random() < 0.35:
            if self.random.random() < 0.7:
                variable = self.random.choice(variables)
                return variable.name, variable.python
            number = self.random.randint(0, 20)
            return f'int[16]({number})', str(number)
        a, b = self.expression(variables, depth - 1), self.expression(variables, depth - 1)
        if self.functions and self.random.random() < 0.15:
            name = self.random.choice(self.functions)
            return f'{name}({a[0]}, {b[0]})', f'{name}(wrap({a[1]}), wrap({b[1]}))'
        operator = self.random.choice('+-*')
        return f'({a[0]} {operator} {b[0]})', f'({a[1]} {operator} {b[1]})'

    def condition(self, variables, bits):
        if bits and self.random.random() < 0.4:
            bit, kind = self.random.choice(bits), self.random.random()
            if kind < 0.6:
                return (bit.name, bit.python) if kind < 0.4 else (f'!{bit.name}', f'(not {bit.python})')
            qasm, python = self.condition(variables, [])
            return f'{bit.name} && {qasm}', f'({bit.python} and {python})'
        a, b = self.expression(variables, 1), self.expression(variables, 1)
        operator = self.random.choice(['<', '<=', '>', '==', '!='])
        return f'{a[0]} {operator} {b[0]}', f'({a[1]} {operator} {b[1]})'

    def block(self, depth, head, python, variables, bits, loop, function, count=True):
        """A body in braces, with statements of its own; `count`: a turn of it is counted."""
        self.add(depth, head + ' {', python)
        self.add(depth + 1, *(('g += 1;', 'tick(); g = wrap(g + 1)') if count else (None, 'pass')))
        inner = list(variables)
        for _ in range(self.random.randint(1, 2 if function else 3)):
            self.statement(depth + 1, inner, bits, loop, function)
        self.add(depth, '}', None)

    def statement(self, depth, variables, bits, loop, function):
        kinds = [(25, self.assign), (8, self.measure), (6, self.declare), (5, self.shadow)]
        if depth <= 5:
            kinds += [(18, self.branch), (15, self.repeat), (8, self.repeat_while), (5, self.choose)]
        kinds += [(4, self.jump)] * bool(loop) + [(3, self.leave)] * bool(function)
        kind = self.random.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0]
        kind(depth, variables, bits, loop, function)

    def assign(self, depth, variables, bits, loop, function):
        variable = self.random.choice([variable for variable in variables if variable.writable])
        qasm, python = self.expression(variables)
        operator = self.random.choice(['', '', '+', '-'])
        old = f'{variable.python} {operator} ' if operator else ''
        self.add(depth, f'{variable.name} {operator}= {qasm};', f'{variable.python} = wrap({old}({python}))')

    def measure(self, depth, variables, bits, loop, function):
        bit, value = self.random.choice(bits), self.random.randint(0, 1)
        if function or self.random.random() < 0.2:
            self.add(depth, f'{bit.name} = {value};', f'{bit.python} = {value}')
        else:
            self.add(depth, f'reset q; {"x q; " * value}{bit.name} = measure q;', f'{bit.python} = {value}')

    def declare(self, depth, variables, bits, loop, function):
        name, (qasm, python) = self.new_name('v'), self.expression(variables)
        self.add(depth, f'int[16] {name} = {qasm};', f'{name} = wrap({python})')
        variables.append(Variable(name))

    def shadow(self, depth, variables, bits, loop, function):
        candidates = [variable for variable in variables if variable.writable and variable.name != 'g']
        if not candidates:
            return
        hidden, name, (qasm, python) = self.random.choice(candidates), self.new_name('s'), self.expression(variables, 1)
        self.add(depth, '{ ' + f'int[16] {hidden.name} = {qasm};', f'{name} = wrap({python})')
        inner = [variable for variable in variables if variable.name != hidden.name] + [Variable(hidden.name, name)]
        self.block(depth, '', 'if True:', inner, bits, loop, function, count=False)
        self.add(depth, '}', None)

    def branch(self, depth, variables, bits, loop, function):
        qasm, python = self.condition(variables, bits)
        self.block(depth, f'if ({qasm})', f'if {python}:', variables, bits, loop, function, count=False)
        if self.random.random() < 0.5:
            self.block(depth, 'else', 'else:', variables, bits, loop, function, count=False)

    def repeat(self, depth, variables, bits, loop, function):
        name, kind = self.new_name('i'), self.random.random()
        if kind < 0.7:
            step = self.random.choice([1, 1, 2, -1, -2, 3])
            first = self.random.randint(-3, 5)
            last = first + step * self.random.randint(-1, 4) + self.random.randint(0, 1)
            if kind < 0.1:
                first, step, last = 1, 1, 40
            start = str(first), str(first)
            if self.random.random() < 0.3:
                variable = self.random.choice(variables)
                start = f'({variable.name} % 3)', f'int(fmod({variable.python}, 3))'
            values = f'[{start[0]}:{step}:{last}]', f'numbers({start[1]}, {step}, {last})'
        else:
            items = [self.expression(variables, 1) for _ in range(self.random.randint(1, 4))]
            values = '{' + ', '.join(item[0] for item in items) + '}', f'[{", ".join(f"wrap({item[1]})" for item in items)}]'
        inner = variables + [Variable(name, writable=self.random.random() < 0.5)]
        self.block(depth, f'for int[16] {name} in {values[0]}', f'for {name} in {values[1]}:', inner, bits, True, function)

    def repeat_while(self, depth, variables, bits, loop, function):
        name, most = self.new_name('k'), self.random.randint(1, 6)
        qasm, python = self.condition(variables, bits) if self.random.random() < 0.4 else ('true', 'True')
        self.add(depth, f'int[16] {name} = -1;', f'{name} = -1')
        head = f'while ({name} < {most} && {qasm})', f'while {name} < {most} and {python}:'
        place = len(self.qasm) + 1, len(self.python) + 1
        self.block(depth, *head, variables + [Variable(name, writable=False)], bits, True, function)
        self.qasm.insert(place[0], '  ' * depth + f'  {name} += 1;')
        self.python.insert(place[1], '  ' * depth + f'  {name} += 1')

    def choose(self, depth, variables, bits, loop, function):
        name, (qasm, python) = self.new_name('t'), self.expression(variables, 1)
        values = self.random.sample([-2, -1, 0, 1, 2, 3], self.random.randint(2, 5))
        cut = self.random.randint(1, len(values) - 1)
        self.add(depth, f'switch (({qasm}) % 4) {{', f'{name} = int(fmod({python}, 4))')
        for word, part in (('if', values[:cut]), ('elif', values[cut:])):
            self.block(depth, f'case {", ".join(map(str, part))}', f'{word} {name} in {part}:', variables, bits, loop, function, count=False)
        if self.random.random() < 0.5:
            self.block(depth, 'default', 'else:', variables, bits, loop, function, count=False)
        self.add(depth, '}', None)

    def jump(self, depth, variables, bits, loop, function):
        word = self.random.choice(['break', 'continue'])
        self.add(depth, word + ';', word)

    def leave(self, depth, variables, bits, loop, function):
        qasm, python = self.expression(variables)
        self.add(depth, f'return {qasm};', f'return wrap({python})')

    def function(self, name):
        self.add(0, f'def {name}(int[16] a, int[16] b) -> int[16] {{ int[16] g; bit c;', f'def {name}(a, b):')
        self.add(1, None, 'g = c = 0; tick()')
        if self.random.random() < 0.4:
            self.add(1, f'if (a <= 0) return b; b += {name}(a / 2 - 1, b);',
                     f'if a <= 0: return b\n  b = wrap(b + {name}(int(a / 2) - 1, b))')
        variables = [Variable('a'), Variable('b'), Variable('g')]
        for _ in range(self.random.randint(1, 3)):
            self.statement(1, variables, [Variable('c')], False, True)
        self.leave(1, variables, [], False, True)
        self.add(0, '}', None)
        self.functions.append(name)

    def write(self):
        """(OpenQASM, Python)"""
        self.add(0, 'OPENQASM 3.1; include "stdgates.inc"; qubit q;', None)
        for name in ['first', 'second'][:self.random.randint(0, 2)]:
            self.function(name)
        self.add(0, 'output int[16] x; output int[16] y; output int[16] g; bit c; bit d;', 'def main():')
        self.add(0, 'x = 3; y = 5; reset q; d = measure q;', '  c = d = g = 0; x = 3; y = 5')
        body, variables = len(self.python), [Variable('x'), Variable('y'), Variable('g')]
        for _ in range(self.random.randint(3, 7)):
            self.statement(0, variables, [Variable('c'), Variable('d')], False, False)
        self.python[body:] = ['  ' + line for line in self.python[body:]]
        self.add(1, None, 'return x, y, g')
        return '\n'.join(self.qasm) + '\n', '\n'.join(self.python) + '\n'


def computed(python):
    """What Python says; None if it takes too long."""
    turns = 0

    def tick():
        nonlocal turns
        turns += 1
        if turns > MOST_TURNS:
            raise TooLong()

    names = {'wrap': lambda number: wrap(number, True, 16), 'numbers': numbers, 'fmod': math.fmod, 'tick': tick}
    exec(compile(python, 'random', 'exec'), names)  # pylint: disable=exec-used
    try:
        return dict(zip(('x', 'y', 'g'), names['main']()))
    except (TooLong, RecursionError):
        return None


def programs_of(family, first, count):
    section = Section(pathlib.Path(__file__), family)
    for seed in range(first, first + count):
        if family == 'arithmetic':
            text, values = Arithmetic(seed).write()
        else:
            text, python = ControlFlow(seed).write()
            values = computed(python)
        if values is not None:
            yield Program(section, f'seed {seed}', 0, text, values=[values])


def main(program, only=None, first=0, count=None):
    tap, ketch = Tap(), Ketch(str(pathlib.Path(program).resolve()))
    for family in [only] if only else COUNTS:
        wanted = int(count or COUNTS[family])
        programs = list(programs_of(family, int(first), wanted))
        tap.check(f'{family}: nearly all are short enough', None if len(programs) > 0.9 * wanted else f'only {len(programs)} run')
        found = results(ketch, programs, {**MODES, 'with --unroll 37': ('--unroll', '37')})
        for one in programs:
            problems = [f'{mode}: {problem}' for mode, problem in found[id(one)] if problem]
            tap.check(f'{family}: {one.name}', '\n'.join([*problems, one.text]) if problems else None)
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
