# SPDX-License-Identifier: Apache-2.0
"""The outputs of a shot as values: from the bits of an outcome, by the types of the registers.

An integer is as wide as its type, a float always 64 bits (its double), a complex number 128, real part first; elements of an array follow
one another, the first lowest.
"""
import math
import re
import struct

from table import AlmostZero

TOLERANCE = 4e-16  # of functions and powers, relative: two units in the last place


def double_of(bits):
    return struct.unpack('<d', struct.pack('<Q', bits & 0xFFFF_FFFF_FFFF_FFFF))[0]


def single(number):
    return struct.unpack('<f', struct.pack('<f', number))[0]


def scalar_width(kind):
    """The bits that a scalar takes: "int[8]", "float[32]", "complex[float[64]]", "bit"."""
    base = re.match(r'\w+', kind).group()
    if base in ('float', 'duration'):
        return 64
    if base == 'complex':
        return 128
    size = re.search(r'\[(\d+)\]', kind)
    return int(size.group(1)) if size else 1 if base in ('bool', 'bit') else 64


def scalar(bits, kind):
    base, width = re.match(r'\w+', kind).group(), scalar_width(kind)
    bits &= (1 << width) - 1
    if base == 'bool':
        return bool(bits)
    if base == 'bit':
        return f'{bits:0{width}b}'
    if base == 'int':
        return bits - (1 << width) if bits >> (width - 1) else bits
    if base in ('float', 'duration'):
        return double_of(bits)
    if base == 'complex':
        return double_of(bits), double_of(bits >> 64)
    return bits  # uint; an angle in units of 2 pi / 2^width


def value(bits, kind):
    """The value of a register of this type: nested lists for an array."""
    if not kind.startswith('array['):
        return scalar(bits, kind)
    element, *sizes = kind[len('array['):-1].split(', ')
    width = scalar_width(element)

    def nest(first, dimensions):
        if not dimensions:
            return scalar(bits >> first * width, element)
        step = math.prod(dimensions[1:])
        return [nest(first + index * step, dimensions[1:]) for index in range(dimensions[0])]
    return nest(0, [int(size) for size in sizes])


def outputs(outcome, registers):
    """{name: (value, type)} for an outcome as in the results."""
    number = int('0' + outcome.replace(' ', ''), 2)
    values = {}
    for register in registers:
        size = register['size']
        bits = number >> register['offset'] & ((1 << size) - 1)
        kind = register.get('type') or f'bit[{size}]'
        values[register['name']] = value(bits, kind), kind
    return values


def close(seen, expected, kind):
    if isinstance(expected, AlmostZero):
        return abs(seen) < 1e-15
    if 'float[32]' in kind:
        return seen == single(expected)
    return abs(seen - expected) <= TOLERANCE * abs(expected)


def same(seen, expected, kind):
    """Is this the value that the table states?"""
    if isinstance(expected, list):
        element = kind.split(', ')[0].removeprefix('array[')
        return isinstance(seen, list) and len(seen) == len(expected) and all(same(*pair, element) for pair in zip(seen, expected))
    if isinstance(expected, tuple):
        return isinstance(seen, tuple) and all(close(*pair, kind) for pair in zip(seen, expected))
    if kind.startswith('angle'):
        width = scalar_width(kind)
        if isinstance(expected, str):
            return f'{seen:0{width}b}' == expected
        return abs(seen * math.tau / 2 ** width - expected) < 1e-12
    if kind.startswith('float'):
        return isinstance(seen, float) and close(seen, expected, kind)
    return type(seen) is type(expected) and seen == expected
