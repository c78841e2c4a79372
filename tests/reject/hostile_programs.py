# SPDX-License-Identifier: Apache-2.0
"""Programs made never to end, to fill memory, or to fail while they run: each is answered in time, with the place.

Each entry has a name, the program (text, or a function that gives it), the exit codes allowed and a text that the message must hold.
CHECKED programs are refused without being run, RUN ones may be refused only once they run.
"""
HEAD = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[3] q;\nbit[3] c;\n'
COIN = HEAD + 'h q[0];\nc[0] = measure q[0];\n'  # what depends on c[0] cannot be known to a reader
RUNTIME, SEMANTICS, LIMIT = 1, 4, 5
ENDLESS = (SEMANTICS, LIMIT)
HERE, BELOW = 'input.qasm:5:', 'input.qasm:7:'


def doubling_routines(levels, body, call):
    """Each subroutine calls the one before twice: 2^levels calls."""
    text = [f'def f0({body[0]}) {{ {body[1]} }}']
    text += [f'def f{n}({body[0]}) {{ f{n - 1}({body[2]}); f{n - 1}({body[2]}); }}' for n in range(1, levels + 1)]
    return HEAD + '\n'.join(text) + f'\n{call.format(levels)};\n'


def looping_gate(levels, turns, body):
    return HEAD + f'gate g a {{ for int i in [0:1] {f"for int i in {turns} " * (levels - 1)}{{ {body} }} }}\ng q[0];\n'


def deep(opening, closing, depth=200_000):
    return HEAD + opening * depth + 'x q[0];' + closing * depth


CHECKED = [
    # Without end.
    ('while (true)', HEAD + 'while (true) x q[0];\n', ENDLESS, HERE),
    ('while (true) without a body', HEAD + 'while (true) { }\n', ENDLESS, HERE),
    ('while (1 < 2) with work on variables', HEAD + 'while (1 < 2) { int i = 1; i += 1; }\n', ENDLESS, HERE),
    ('a while that forgets to count', HEAD + 'int i = 0;\nwhile (i < 3) { x q[0]; }\n', ENDLESS, 'input.qasm:6:'),
    ('a for of 10^12 gates', HEAD + 'for int i in [1:1000000000000] x q[0];\n', (LIMIT,), HERE),
    ('a for of 10^12 turns', HEAD + 'int s = 0;\nfor int i in [1:1000000000000] s += i;\n', (LIMIT,), 'input.qasm:6:'),
    ('a for of 2^64 - 1 turns', HEAD + 'for uint i in [0:18446744073709551614] { c[0] = 1; }\n', (LIMIT, SEMANTICS), HERE),
    ('a for by tiny steps', HEAD + 'for float f in [0:1e-300:1] x q[0];\n', (LIMIT, SEMANTICS), HERE),
    ('a for in a for in a for', HEAD + 'for int i in [1:100000] for int j in [1:100000] for int k in [1:100000] x q[0];\n', (LIMIT,), HERE),
    ('a for with a step of 0', HEAD + 'for int i in [1:0:5] x q[0];\n', (SEMANTICS,), HERE),
    ('a for within a box', HEAD + 'box { for int i in [1:1000000000000] x q[0]; }\n', (LIMIT,), HERE),
    ('loops in a gate that go around 2^39 times', lambda: looping_gate(39, '[0:1]', 'x a;'), (LIMIT,), 'input.qasm:6:'),
    ('such loops whose turns have to be counted', lambda: looping_gate(39, '[i:1 + i]', 'x a;'), (LIMIT,), HERE),
    ('such loops around nothing', lambda: looping_gate(39, '[i:1 + i]', ''), (0, LIMIT), ''),
    ('a loop of 2^64 - 1 turns in a gate', HEAD + 'gate g a { for uint i in [0:18446744073709551614] x a; }\ng q[0];\n', (LIMIT,), 'input.qasm:6:'),
    # Stretches and boxes.
    ('30,000 stretches in one line', lambda: HEAD + ''.join(f'stretch s{n}; delay[s{n}] q[0];\n' for n in range(30_000)), (LIMIT,), 'input.qasm:'),
    ('30,000 qubits, each with its stretch', lambda: HEAD + 'qubit[30000] r;\n' + ''.join(
        f'stretch s{n}; delay[s{n}] r[{n}];\n' for n in range(30_000)) + 'barrier r;\n', (LIMIT,), 'input.qasm:'),
    ('100,000 boxes beside a million qubits', lambda: HEAD + 'qubit[1000000] r;\n' + 'box[1ns] { }\n' * 100_000, (0, LIMIT), ''),
    ('stretches that contradict each other', HEAD + 'stretch s; box[9ns] { delay[s] q[0]; }\nbox[8ns] { delay[s] q[0]; }\n', (SEMANTICS,), 'input.qasm:6:'),
    # Subroutines.
    ('a subroutine that calls itself for ever', HEAD + 'def f(qubit a) { f(a); }\nf(q[0]);\n', (0, LIMIT, SEMANTICS), ''),
    ('a subroutine that counts up for ever', HEAD + 'def f(int n) -> int { return f(n + 1) + 1; }\nint k = f(0);\n', (0, LIMIT, SEMANTICS), ''),
    ('subroutines that call 2^39 times', lambda: doubling_routines(39, ('qubit a', 'x a;', 'a'), 'f{}(q[0])'), (LIMIT,), 'input.qasm:'),
    ('subroutines that call 2^39 times and do nothing', lambda: doubling_routines(39, ('int n', '', 'n'), 'f{}(1)'), (0, LIMIT), ''),
    ('subroutines 100,000 deep', HEAD + 'def f0(qubit a) { x a; }\n' + ''.join(
        f'def f{n}(qubit a) {{ f{n - 1}(a); }}\n' for n in range(1, 100_000)) + 'f99999(q[0]);\n', (LIMIT,), 'input.qasm:'),
    ('an argument too few', HEAD + 'def f(int n, qubit a) { }\nf(1);\n', (SEMANTICS,), 'input.qasm:6:'),
    ('an argument too many', HEAD + 'def f(int n) { }\nf(1, 2);\n', (SEMANTICS,), 'input.qasm:6:'),
    ('a number for a qubit', HEAD + 'def f(qubit a) { }\nf(1);\n', (SEMANTICS,), 'input.qasm:6:'),
    ('a qubit for a number', HEAD + 'def f(int n) { }\nf(q[0]);\n', (SEMANTICS,), 'input.qasm:6:'),
    ('three qubits for two', HEAD + 'def f(qubit[2] a) { }\nf(q);\n', (SEMANTICS,), 'input.qasm:6:'),
    ('an array of another shape', HEAD + 'def f(readonly array[int, 3] a) { }\narray[int, 2] b = {1, 2};\nf(b);\n', (SEMANTICS,), 'input.qasm:7:'),
    ('the value of a subroutine that has none', HEAD + 'def f(int n) { }\nint k = f(1);\n', (SEMANTICS,), 'input.qasm:6:'),
    ('a subroutine within a subroutine', HEAD + 'def f() { def g() { } }\n', (SEMANTICS, 3), HERE),
    # Memory.
    ('an array of 2^40 elements', HEAD + 'array[int[8], 1099511627776] a;\n', (LIMIT, SEMANTICS), HERE),
    ('an array of 2^70 elements', HEAD + 'array[int, 1024, 1024, 1024, 1024, 1024, 1024, 1024] a;\n', (LIMIT,), HERE),
    ('an array of 2^40 elements in a subroutine', HEAD + 'def f() { array[int, 1048576, 1048576] a; }\nf();\n', (LIMIT, SEMANTICS), 'input.qasm:'),
    ('a thousand arrays of a million', HEAD + ''.join(f'array[int, 1000000] a{n};\n' for n in range(1000)), (LIMIT,), 'input.qasm:'),
    ('an array of eight dimensions', HEAD + 'array[int, 1, 1, 1, 1, 1, 1, 1, 1] a;\n', (SEMANTICS, 3), HERE),
    ('a bit of 2^40', HEAD + 'bit[1099511627776] b;\n', (LIMIT, SEMANTICS), HERE),
    # Numbers.
    ('a designator that overflows', HEAD + 'bit[9223372036854775807 + 1] b;\n', (SEMANTICS,), HERE),
    ('a designator beyond 64 bits', HEAD + 'int[99999999999999999999999] i;\n', (SEMANTICS, LIMIT, 3), HERE),
    ('an integer of 0 bits', HEAD + 'int[0] i;\n', (SEMANTICS,), HERE),
    ('an integer of -1 bits', HEAD + 'uint[-1] i;\n', (SEMANTICS,), HERE),
    ('a float of 17 bits', HEAD + 'float[17] f;\n', (SEMANTICS,), HERE),
    ('a constant divided by zero', HEAD + 'const int a = 1 / 0;\n', (SEMANTICS,), HERE),
    ('a constant modulo zero', HEAD + 'const int a = 1 % 0;\n', (SEMANTICS,), HERE),
    ('a constant used as an index out of range', HEAD + 'const int n = 3;\nx q[n];\n', (SEMANTICS,), 'input.qasm:6:'),
    ('an array index out of range', HEAD + 'array[int, 3] a;\na[3] = 1;\n', (SEMANTICS, RUNTIME), 'input.qasm:6:'),
    # Names.
    ('a variable before it is declared', HEAD + 'x = 1;\nint x;\n', (SEMANTICS,), HERE),
    ('a subroutine before it is defined', HEAD + 'f(q[0]);\ndef f(qubit a) { }\n', (SEMANTICS,), HERE),
    ('a variable after its block', HEAD + '{ int i = 1; }\ni = 2;\n', (SEMANTICS, 3), 'input.qasm:'),
    ('a loop variable after its loop', HEAD + 'for int i in [0:1] { }\nx q[i];\n', (SEMANTICS,), 'input.qasm:6:'),
    ('a variable initialised by itself', HEAD + 'int i = i + 1;\n', (SEMANTICS,), HERE),
    ('one name for two variables', HEAD + 'int a;\nfloat a;\n', (SEMANTICS,), 'input.qasm:6:'),
    ('one name for a gate and a variable', HEAD + 'gate a b { }\nint a;\n', (SEMANTICS,), 'input.qasm:6:'),
    ('one name for two parameters', HEAD + 'def f(int a, int a) { }\n', (SEMANTICS,), HERE),
    ('one name for two subroutines', HEAD + 'def f() { }\ndef f() { }\n', (SEMANTICS,), 'input.qasm:6:'),
    ('a constant assigned', HEAD + 'const int a = 1;\na = 2;\n', (SEMANTICS,), 'input.qasm:6:'),
    ('a constant incremented', HEAD + 'const int a = 1;\na += 1;\n', (SEMANTICS,), 'input.qasm:6:'),
    ('an element of a readonly array assigned', HEAD + 'def f(readonly array[int, 3] a) { a[0] = 1; }\n'
     'array[int, 3] b;\nf(b);\n', (SEMANTICS,), HERE),
    ('an input assigned', HEAD + 'input int a;\na = 2;\n', (SEMANTICS, 0), ''),
    # Words in the wrong place.
    ('break outside of a loop', HEAD + 'break;\n', (SEMANTICS, 3), HERE),
    ('continue outside of a loop', HEAD + 'if (c[0]) continue;\n', (SEMANTICS, 3), HERE),
    ('return outside of a subroutine', HEAD + 'return 1;\n', (SEMANTICS, 3), HERE),
    ('a case without a switch', HEAD + 'case 1 { }\n', (SEMANTICS, 3), HERE),
    ('one value in two cases', HEAD.replace('3.0', '3.1') + 'int i = 1;\nswitch (i) { case 1 { } case 1 { } }\n', (SEMANTICS, 3), 'input.qasm:6:'),
    # Nesting.
    ('200,000 nested while', lambda: deep('while (c[0]) { ', '}'), (LIMIT,), HERE),
    ('200,000 nested for', lambda: deep('for int i in [0:1] ', ''), (LIMIT,), HERE),
    ('200,000 nested switch', lambda: deep('switch (1) { case 1 { ', '} }'), (LIMIT,), HERE),
    ('200,000 nested def', lambda: deep('def f() { ', '}'), (LIMIT, SEMANTICS, 3), HERE),
    ('200,000 nested casts', HEAD + f'int i = {"int(" * 200_000}1{")" * 200_000};\n', (LIMIT,), HERE),
    ('200,000 nested array values', HEAD + f'array[int, 1] a = {"{" * 200_000}1{"}" * 200_000};\n', (LIMIT,), HERE),
    ('200,000 indices in a row', HEAD + f'array[int, 1] a;\na{"[0]" * 200_000} = 1;\n', (LIMIT, SEMANTICS), 'input.qasm:6:'),
]

RUN = [
    ('a subroutine that calls itself for ever', HEAD + 'def f(qubit a) { f(a); }\nf(q[0]);\n', ENDLESS, 'input.qasm:'),
    ('a subroutine that counts up for ever', HEAD + 'def f(int n) -> int { return f(n + 1) + 1; }\nint k = f(0);\n', ENDLESS, 'input.qasm:'),
    ('a count of 50,000,000 beyond the limit', HEAD + 'int i = 0;\nwhile (i < 1000000000) i += 1;\n', (LIMIT,), 'input.qasm:6:'),
    ('while without end on a coin', COIN + 'while (true) { h q[0]; c[0] = measure q[0]; }\n', ENDLESS, BELOW),
    ('while on what never changes', HEAD + 'x q[0];\nc[0] = measure q[0];\nwhile (c[0]) { c[1] = 1; }\n', (LIMIT,), BELOW),
    ('a count that a coin starts', COIN + 'int i = 0;\nif (c[0]) i = 1;\nwhile (i >= 0) { if (i < 5) i += 1; else i -= 2; }\n', (LIMIT,),
     'input.qasm:'),
    ('a subroutine without end', COIN + 'def f(int n) -> int { return f(n + 1) + 1; }\nint k = 0;\nif (c[0]) k = 1;\nk = f(k);\n', (LIMIT,),
     'input.qasm:'),
    ('division by zero', COIN + 'int i = 1;\nif (c[0]) i = 0;\ni = 5 / i;\n', (RUNTIME,), 'input.qasm:9:'),
    ('modulo zero', COIN + 'uint[8] i = 1;\nif (c[0]) i = 0;\ni = 5 % i;\n', (RUNTIME,), 'input.qasm:9:'),
    ('division of floats by zero', COIN + 'float f = 1;\nif (c[0]) f = 0;\nf = 1 / f;\n', (RUNTIME,), 'input.qasm:9:'),
    ('the root of a negative number', COIN + 'float f = 1;\nif (c[0]) f = -1;\nrx(sqrt(f)) q[1];\n', (RUNTIME,), 'input.qasm:9:'),
    ('an angle that is infinite', COIN + 'float f = 1;\nif (c[0]) f = 1e308;\nrx(f * 10) q[1];\n', (RUNTIME,), 'input.qasm:9:'),
    ('an index of a qubit out of range', COIN + 'int i = 1;\nif (c[0]) i = 3;\nx q[i];\n', (RUNTIME,), 'input.qasm:9:'),
    ('an index of a bit out of range', COIN + 'int i = 1;\nif (c[0]) i = -4;\nc[i] = 1;\n', (RUNTIME,), 'input.qasm:9:'),
    ('an index of an array out of range', COIN + 'array[int, 3] a;\nint i = 1;\nif (c[0]) i = 100;\na[i] = 1;\n', (RUNTIME,), 'input.qasm:10:'),
    ('one qubit twice', COIN + 'int i = 1;\nif (c[0]) i = 2;\ncx q[i], q[2];\n', (RUNTIME, SEMANTICS), 'input.qasm:9:'),
    ('a shift by a negative number', COIN + 'int i = 1;\nif (c[0]) i = -1;\ni = 1 << i;\n', (RUNTIME, SEMANTICS), 'input.qasm:9:'),
    ('an input without a value', HEAD + 'input int[8] n;\nfor int i in [0:n] x q[0];\n', (SEMANTICS,), 'n'),
    ('an extern without a function', HEAD + 'extern f(int) -> int;\nint k = f(1);\n', (SEMANTICS,), 'f'),
]


def hostile_programs():
    """Yields (name, command, program, exit codes, text, seconds)."""
    for entries, command, seconds in ((CHECKED, 'ketch check', 1.0), (RUN, 'ketch run --shots 100 --seed 1 --quiet', 2.0)):
        for name, program, codes, text in entries:
            yield f'{name}: {command.split()[1]}', f'{command} input.qasm', program() if callable(program) else program, codes, text, seconds
