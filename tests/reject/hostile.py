# SPDX-License-Identifier: Apache-2.0
"""Inputs made to break a reader: too deep, too long, too many, or no text at all.

Each entry has a name, the program (text or bytes, or a function that writes files into a folder and returns the program), the exit codes
allowed and a text that the message must hold.
"""
import contextlib
import pathlib
import random
import tempfile

from hostile_programs import hostile_programs

HEAD2 = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[3];\ncreg c[3];\n'
HEAD3 = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[3] q;\nbit[3] c;\n'
DEEP = 200_000
SYNTAX, SEMANTICS, LIMIT = 3, 4, 5
SECONDS = 1.0


def doubling_gates(levels):
    gates = ['gate g0 a { x a; }'] + [f'gate g{n} a {{ g{n - 1} a; g{n - 1} a; }}' for n in range(1, levels + 1)]
    return HEAD2 + '\n'.join(gates) + f'\ng{levels} q[0];\n'


def gates_in_a_chain(length):
    gates = ['gate g0 a { x a; }'] + [f'gate g{n} a {{ g{n - 1} a; }}' for n in range(1, length + 1)]
    return HEAD2 + '\n'.join(gates) + f'\ng{length} q[0];\n'


def gate_on_many(width):
    names = ', '.join(f'a{n}' for n in range(width))
    operands = ', '.join(f'r[{n}]' for n in range(width))
    return f'gate wide {names} {{ {"".join(f"x a{n};" for n in range(width))} }}\nqreg r[{width}];\nwide {operands};\n'


def gates_of_one_name(count):
    return ''.join(f'gate many {", ".join(f"a{n}" for n in range(width))} {{ x a0; }}\n' for width in range(1, count + 1))


def barrier_on_many(width):
    names = ', '.join(f'a{n}' for n in range(width))
    return f'gate wide {names} {{ barrier {names}; barrier {names}; }}\n'


def includes_in_a_chain(length):
    def write(folder):
        for n in range(length):
            (folder / f'{n}.inc').write_text(f'include "{n + 1}.inc";\n')
        (folder / f'{length}.inc').write_text('x q[0];\n')
        return HEAD2 + 'include "0.inc";\n'
    return write


def doubling_includes(levels):
    """Each file includes the next one twice: 2^levels files to read."""
    def write(folder):
        for n in range(levels):
            (folder / f'{n}.inc').write_text(f'include "{n + 1}.inc";\n' * 2)
        (folder / f'{levels}.inc').write_text('// the end\n')
        return HEAD2 + 'include "0.inc";\nhh q[0];\n'
    return write


SIX = 'a, b, c, d, e, f'
LADDER = f'gate h6 {SIX} {{ h a; cx a, b; cx b, c; cx c, d; cx d, e; cx e, f; t f; h f; }}\n'


def doubling_blocks(levels, call, power):
    """A gate that makes `call` 2^levels times, on six qubits."""
    gates = [f'gate g0(t) {SIX} {{ {call} }}']
    gates += [f'gate g{n}(t) {SIX} {{ g{n - 1}(t) {SIX}; g{n - 1}(t) {SIX}; }}' for n in range(1, levels + 1)]
    operands = ', '.join(f'q[{n}]' for n in range(6))
    return 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[6] q;\n' + LADDER + '\n'.join(gates) + f'\n{power} g{levels}(0.3) {operands};\n'


def random_bytes(seed, size):
    return random.Random(seed).randbytes(size)


def random_tokens(seed, count):
    """Words of the language in no order."""
    words = ('qreg creg gate if else include opaque barrier reset measure -> == = ( ) { } [ ] , ; @ ctrl inv pow negctrl U CX cx h q '
             'c pi 1 2.5 0x1f "a" + - * / ** ^ ++ & | : qubit bit input output const float angle int let for while in def return box delay '
             '10ns $0 gphase OPENQASM 3.0 switch case default cal defcal extern array #dim stretch duration durationof end '
             'break pragma').split()
    source = random.Random(seed)
    return HEAD3 + ' '.join(source.choice(words) for _ in range(count))


ANY = (SYNTAX, SEMANTICS, LIMIT)
FINE = (0,)
SEVEN = '''qubit[7] r;
gate seven a, b, c, d, e, f, g {{ h a; cx a, b; cx b, c; cx c, d; cx d, e; cx e, f; cx f, g; }}
{} seven r[0], r[1], r[2], r[3], r[4], r[5], r[6];
'''
WHOLE = 'gate g(a, b) x, y { ctrl @ rx(a * -b) x, y; }\ng(pi, 1.5e-3) q[0], q[2];\n'

INPUTS = [
    # Nesting.
    ('200,000 nested parentheses', HEAD2 + f'rx({"(" * DEEP}1{")" * DEEP}) q[0];\n', (LIMIT,), ':5:'),
    ('200,000 parentheses never closed', HEAD3 + f'rx({"(" * DEEP}', (LIMIT,), ':5:'),
    ('200,000 minus signs', HEAD3 + f'rx({"- " * DEEP}1) q[0];\n', (LIMIT,), ':5:'),
    ('200,000 powers', HEAD3 + f'rx({"1**" * DEEP}1) q[0];\n', (LIMIT,), ':5:'),
    ('200,000 nested calls', HEAD3 + f'rx({"sin(" * DEEP}1{")" * DEEP}) q[0];\n', (LIMIT,), ':5:'),
    ('200,000 nested indices', HEAD3 + f'h {"q[" * DEEP}0{"]" * DEEP};\n', ANY, ':5:'),
    ('200,000 nested blocks', HEAD3 + 'if (c[0]) { ' * DEEP + 'x q[0];' + '}' * DEEP, (LIMIT,), ':5:'),
    ('200,000 blocks never closed', HEAD3 + '{' * DEEP, (LIMIT, SEMANTICS), ':5:'),
    ('200,000 conditions in a row', HEAD3 + 'if (c[0]) ' * DEEP + 'x q[0];', (LIMIT,), ':5:'),
    ('200,000 controls', HEAD3 + 'ctrl @ ' * DEEP + 'x q[0];\n', (LIMIT, SEMANTICS), ':5:'),
    ('200,000 nested index sets', HEAD3 + f'h q[{"{" * DEEP}0{"}" * DEEP}];\n', ANY, ':5:'),
    ('200,000 nested array types', HEAD3 + f'{"array[" * DEEP}int, 2] a;\n', ANY, ':5:'),
    ('200,000 closing braces', HEAD3 + '}' * DEEP, (SYNTAX,), ':5:'),
    # Expansion.
    ('a gate that expands 2^39 times', doubling_gates(39), (LIMIT,), 'gates'),
    ('a gate that expands 2^2000 times', doubling_gates(2000), (LIMIT,), ''),
    ('a billion repetitions of a large gate', HEAD3 + SEVEN.format('pow(1000000000) @'), (LIMIT,), 'input.qasm:'),
    ('a billion billion repetitions', HEAD3 + SEVEN.format('pow(1000000000) @ pow(-1000000000) @'), (LIMIT,), 'input.qasm:'),
    ('repetitions beyond 64 bits', HEAD3 + 'pow(99999999999999999999) @ x q[0];\n', ANY, ':5:'),
    ('a billion controls', HEAD3 + 'ctrl(1000000000) @ x q[0];\n', ANY, ':5:'),
    ('controls beyond 64 bits', HEAD3 + 'ctrl(18446744073709551617) @ x q[0], q[1];\n', ANY, ':5:'),
    ('an integer power without end', HEAD3 + 'const uint n = 3 ** 1000000000000;\n', ANY, ':5:'),
    ('the smallest integer divided by -1', HEAD3 + 'const int n = (-9223372036854775807 - 1) / -1;\n', ANY, ':5:'),
    ('the smallest integer modulo -1', HEAD3 + 'const int n = (-9223372036854775807 - 1) % -1;\nqubit[n] r;\n', ANY, ''),
    ('a shift by 64', HEAD3 + 'const int n = 1 << 64;\nqubit[n - 1] r;\n', ANY, ''),
    ('a range without end', HEAD3 + 'h q[0:1:9223372036854775807];\n', ANY, ':5:'),
    ('a range backwards without end', HEAD3 + 'h q[0:-1:-9223372036854775807];\n', ANY, ':5:'),
    ('the smallest index', HEAD3 + 'h q[-9223372036854775808];\n', ANY, ':5:'),
    ('a hundred wide registers', 'OPENQASM 2.0;\n' + ''.join(f'qreg q{n}[1000000];\n' for n in range(100)), (LIMIT,), ':3:'),
    ('16 million bits', 'OPENQASM 2.0;\nqreg q[1];\ncreg c[16777216];\n', (LIMIT,), ':3:'),
    ('400 conditions on a million bits', HEAD2 + 'creg wide[1000000];\n' + 'if (wide == 1) x q[0];\n' * 400, (0, LIMIT), ''),
    ('a million powers of matrices', doubling_blocks(20, f'pow(t) @ h6 {SIX};', ''), (LIMIT,), ':5:'),
    ('the root of two million gates', doubling_blocks(18, f'h6 {SIX};', 'pow(0.5) @'), (LIMIT,), ':24:1:'),
    ('conditions on two wide registers', HEAD2 + 'creg a[1000000];\ncreg b[1000];\n' + 'if (a == 1) x q[0];\nif (b == 1) x q[0];\n' * 200,
     (0, LIMIT), ''),
    ('an angle of 2,000 terms, 20,000 times', HEAD3 + f'input float w;\nqubit[20000] r;\ngate long(a) b {{ rx(a{" + a" * 2000}) b; }}\n'
     'long(w) r;\n', (0, LIMIT), ''),
    ('an angle of 2,000 terms, always another one', HEAD3 + f'input float w;\ngate g0(a) b {{ rx(a{" + a" * 2000}) b; }}\n' + ''.join(
        f'gate g{n}(a) b {{ g{n - 1}(a) b; g{n - 1}(a + {n}) b; }}\n' for n in range(1, 18)) + 'g17(w) q[0];\n', (LIMIT,), 'gates'),
    ('aliases of a million qubits', HEAD3 + 'qubit[500000] a;\nqubit[500000] b;\n' + ''.join(f'let c{n} = a ++ b;\n' for n in range(250)),
     (LIMIT,), ''),
    ('6,000 constants of a million bits', HEAD3 + ''.join(f'const bit[1000000] c{n} = 0;\n' for n in range(6000)), (LIMIT,), ''),
    ('a barrier over a million qubits 4,000 times', f'OPENQASM 2.0;\nqreg q[1000000];\nbarrier {", ".join(["q"] * 4000)};\n', (LIMIT,), ':3:1:'),
    ('a thousand single qubits with a register of a million', HEAD3.replace('[3] q', '[1000] q') + 'qubit[1000000] r;\n'
     f'gate wide {", ".join(f"a{n}" for n in range(1001))} {{ x a0; }}\nwide {", ".join(f"q[{n}]" for n in range(1000))}, r;\n', (LIMIT,), ':7:1:'),
    ('60,000 outputs', HEAD3 + ''.join(f'output bit a{n};\n' for n in range(60_000)), (0,), ''),
    # Length.
    ('a name of a megabyte', HEAD2 + f'{"x" * 1_000_000} q[0];\n', (LIMIT,), ':5:'),
    ('a number of a megabyte', HEAD2 + f'rx({"1" * 1_000_000}) q[0];\n', (LIMIT,), ':5:'),
    ('a fraction of a megabyte', HEAD2 + f'rx(0.{"1" * 1_000_000}) q[0];\n', (LIMIT,), ':5:'),
    ('a size of 60,000 digits', f'OPENQASM 2.0;\nqreg q[{"9" * 60_000}];\n', ANY, ':2:'),
    ('a condition of a megabyte', HEAD2 + f'if(c=={"9" * 1_000_000}) x q[0];\n', (LIMIT,), ':5:'),
    ('a string of a megabyte', HEAD2 + f'include "{"x" * 1_000_000}";\n', (LIMIT,), ':5:'),
    ('a file name of 60,000 characters', HEAD2 + f'include "{"x" * 60_000}";\n', ANY, ':5:'),
    ('a bit string of a megabyte', HEAD3 + f'bit[1000000] d = "{"1" * 1_000_000}";\n', ANY, ':5:'),
    ('an error in a line of a megabyte', HEAD2 + 'x q[0];' * 150_000 + 'hh q[0];', (SEMANTICS,), ':5:1050001:'),
    ('a comment of a megabyte, never closed', HEAD2 + '/*' + 'x' * 1_000_000, (SYNTAX,), ':5:'),
    ('a hundred thousand errors', HEAD2 + 'hh q[0];\n' * 100_000, (SEMANTICS,), ':5:'),
    ('a hundred thousand syntax errors', HEAD2 + 'h q[0] q[1]\n;' * 100_000, (SYNTAX,), ':5:'),
    ('a hundred thousand semicolons', HEAD2 + ';' * 100_000, (SYNTAX,), ':5:'),
    # Files.
    ('includes 100 deep', includes_in_a_chain(100), (LIMIT,), 'include'),
    ('includes that double 30 times', doubling_includes(30), (LIMIT,), 'include'),
    ('includes that double 16 times', doubling_includes(16), ANY, ''),
    # No text.
    ('bytes that are not UTF-8', HEAD2.encode() + b'h q[0]; // \xff\xfe\n', (SYNTAX,), ':5:'),
    ('an overlong encoding', HEAD2.encode() + b'h q[0]; // \xc0\xaf\n', (SYNTAX,), ':5:'),
    ('a surrogate', HEAD3.encode() + b'bit \xed\xa0\x80;\n', (SYNTAX,), ':5:'),
    ('a character cut off', HEAD3.encode() + 'bit θ'.encode()[:-1], (SYNTAX,), ':5:'),
    ('a NUL byte between statements', HEAD2.encode() + b'h q[0];\0h q[1];\n', (SYNTAX,), ':5:'),
    ('a NUL byte in a name', HEAD2.encode() + b'h q\0[0];\n', (SYNTAX,), ':5:'),
    ('a NUL byte in a file name', HEAD2.encode() + b'include "qelib1.inc\0";\n', ANY, ':5:'),
    ('a megabyte of NUL bytes', b'\0' * 1_000_000, (SYNTAX,), ':1:'),
    ('UTF-16', ('\ufeff' + HEAD2).encode('utf-16-le'), (SYNTAX,), ':1:'),
    ('UTF-32', ('\ufeff' + HEAD2).encode('utf-32-be'), (SYNTAX,), ':1:'),
    ('a terminal escape in a name', HEAD2.encode() + b'\x1b[31mh q[0];\n', (SYNTAX,), ':5:'),
    ('control characters in a string', HEAD2.encode() + b'include "\x1b[2Jx\x07";\n', ANY, ':5:'),
    ('a right-to-left override', HEAD3 + 'h q[0]; \u202e x q[1];\n', (SYNTAX,), ':5:'),
    # Large, but right.
    ('a line of a megabyte', HEAD2 + 'cx q[0],q[1];' * 80_000, FINE, ''),
    ('a comment of a megabyte', HEAD2 + '/*' + 'x' * 1_000_000 + '*/ x q[0];', FINE, ''),
    ('250 nested parentheses', HEAD2 + f'rx({"(" * 250}1{")" * 250}) q[0];\n', FINE, ''),
    ('a sum of 20,000 terms', HEAD2 + f'rx(1{" + 1" * 20_000}) q[0];\n', FINE, ''),
    ('a name of 60,000 characters', HEAD3 + f'bit {"x" * 60_000};\n', FINE, ''),
    ('a gate on 2,000 qubits', HEAD2 + gate_on_many(2000), FINE, ''),
    ('10,000 registers', HEAD2 + ''.join(f'qreg r{n}[1];\nx r{n};\n' for n in range(10_000)), FINE, ''),
    ('a million qubits', 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[1000000];\ncreg c[1000000];\nh q;\nmeasure q -> c;\n', FINE, ''),
    ('a gate that expands 2^16 times', doubling_gates(16), FINE, ''),
    ('100 gates in a chain', gates_in_a_chain(100), FINE, ''),
    ('includes 30 deep', includes_in_a_chain(30), FINE, ''),
    ('400 gates of one name', HEAD2 + gates_of_one_name(400), FINE, ''),
    ('16,000 parameters on a line', HEAD3 + 'input float w;\n' + 'rx(w) q[0];' * 16_000, FINE, ''),
    ('a barrier over 30,000 names', HEAD2 + barrier_on_many(30_000), FINE, ''),
    ('a thousand conditions with else', HEAD3 + 'if (c[0]) x q[0]; else if (c == 3) y q[0]; else { z q[0]; }\n' * 1000, FINE, ''),
] + [
    (f'random bytes, seed {seed}', random_bytes(seed, 100_000), (SYNTAX,), ':') for seed in range(4)
] + [
    (f'random ASCII, seed {seed}', bytes(byte & 0x7f for byte in random_bytes(seed, 50_000)), (SYNTAX,), ':') for seed in range(4)
] + [
    (f'random words, seed {seed}', random_tokens(seed, 20_000), ANY, ':') for seed in range(8)
] + [
    (f'half of a program, {size} bytes', (HEAD3 + WHOLE)[:size], ANY, ':')
    for size in range(62, 131, 3)
]


def hostile_inputs():
    """Yields (name, context manager giving (command, folder, stdin), allowed exit codes, text, seconds of the processor allowed)."""
    for name, program, codes, text in INPUTS:
        yield name, lambda program=program: prepared(program), codes, text, SECONDS
    for name, command, program, codes, text, seconds in hostile_programs():
        yield name, lambda command=command, program=program: prepared(program, command), codes, text, seconds


@contextlib.contextmanager
def prepared(program, command='ketch check input.qasm'):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if callable(program):
            program = program(folder)
        if isinstance(program, str):
            program = program.encode()
        (folder / 'input.qasm').write_bytes(program)
        yield command, folder, None
