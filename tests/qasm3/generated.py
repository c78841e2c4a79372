#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""generated.py KETCH [FIRST [COUNT]]: control flow on programs made at random.

A program is written twice at once, in OpenQASM and in Python; Python says what it computes. Ketch must say the same with loops unrolled and
calls inlined, with nothing of it (--unroll none), and with a budget that ends in the middle. Variables are of type int[16], qubits are reset,
flipped or not, and measured, so that Python knows what the run will see and the reader does not.
"""
import math
import random
import sys
import pathlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / 'circuits'))

from harness import Ketch, Tap  # noqa: E402

COUNT, BATCH = 400, 50
MODES = ([], ['--unroll', 'none'], ['--unroll', '37'])
MOST_TURNS = 20000


class TooLong(Exception):
    """The program takes more turns than a test should."""


def wrap(number):
    return (number + 0x8000) % 0x10000 - 0x8000


def numbers(first, step, last):
    while first <= last if step > 0 else first >= last:
        yield first
        first += step


class Variable:
    def __init__(self, name, python=None, writable=True):
        self.name, self.python, self.writable = name, python or name, writable


class Program:
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

    names = {'wrap': wrap, 'numbers': numbers, 'fmod': math.fmod, 'tick': tick}
    exec(compile(python, 'generated', 'exec'), names)  # pylint: disable=exec-used
    try:
        return names['main']()
    except (TooLong, RecursionError):
        return None


def problem(ketch, qasm, expected):
    for mode in MODES:
        code, out, error = ketch('run', '--format', 'csv', '--shots', 2, '--seed', 1, *mode, '-', stdin=qasm.encode())
        wanted = ' '.join(format(number % 0x10000, '016b') for number in reversed(expected))
        if code or wanted not in out:
            return f'{" ".join(mode) or "by default"}: exit code {code}\n{out}{error}\nexpected {wanted} ({expected})\n{qasm}'
    return None


def main(program, first='0', count=str(COUNT)):
    tap, ketch, ran = Tap(), Ketch(program), 0
    for begin in range(int(first), int(first) + int(count), BATCH):
        problems = []
        for seed in range(begin, min(begin + BATCH, int(first) + int(count))):
            qasm, python = Program(seed).write()
            expected = computed(python)
            if expected is None:
                continue
            ran += 1
            found = problem(ketch, qasm, expected)
            if found:
                problems.append(f'program {seed}: {found}')
        tap.check(f'programs {begin} to {begin + BATCH - 1}', '\n'.join(problems[:1]))
    tap.check('nearly all programs are short enough', None if ran > 0.9 * int(count) else f'only {ran} ran')
    return tap.end()


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
