# SPDX-License-Identifier: Apache-2.0
"""The table of programs: programs/*.txt, a file a construct, to be read and written by people.

    # Title                          the first line
    types.rst: Integers              where the specification speaks of it
    > A sentence.                    what Ketch decides where the specification is silent, or contradicts itself

    == name of the program
    <-- n=3                          a value for an input
    <-- --max-operations 1000        an option of the command
    the program
    --> x = 16, b = "0101"           what its outputs hold (bit 0 rightmost, {1, 2} an array, (1, -2) a complex number, ~0 almost zero)
    --> outcomes x = 1 | x = 2       one of these each time, and all of them come
    --> chance 0.25 x = 1            how often this comes
    --> amplitude 0 = (1, 0)         of the state at the end, basis states named as in the results
    --> only x                       the outputs are these
    --> error KQ0306 2:3             it is refused, or fails while it runs: code (or none: any), line and column
    --> wrong today                  that is not so yet, as the page says too
"""
import math
import pathlib
import re
from dataclasses import dataclass, field

FOLDER = pathlib.Path(__file__).resolve().parent / 'programs'


@dataclass
class Program:
    section: 'Section'
    name: str
    line: int  # in its file
    text: str = ''
    parameters: list = field(default_factory=list)
    options: list = field(default_factory=list)
    kind: str = 'values'
    values: list = field(default_factory=list)  # of each outcome, {name: value}
    chance: float = 1.0
    code: str = ''
    position: str = ''
    known_wrong: bool = False

    def __str__(self):
        return f'{self.section.title}: {self.name}'

    @property
    def outputs(self):
        """{name: type} as declared."""
        found = re.findall(r'\boutput\s+(array\[.*?\]\]?|complex\[float\[\d+\]\]|\w+(?:\[[^;]*?\])?)\s+([^\s;]+);', self.text)
        return {name: kind for kind, name in found}


@dataclass
class Section:
    path: pathlib.Path
    title: str = ''
    source: str = ''
    decisions: list = field(default_factory=list)
    programs: list = field(default_factory=list)


class AlmostZero:
    def __repr__(self):
        return '~0'


def split(text, separator):
    """Splits at the separators that stand outside brackets and quotation marks."""
    parts, depth, quoted, begin = [], 0, False, 0
    for at, character in enumerate(text):
        quoted ^= character == '"'
        depth += (character in '({') - (character in ')}')
        if not quoted and depth == 0 and character == separator:
            parts.append(text[begin:at].strip())
            begin = at + 1
    return parts + [text[begin:].strip()]


def value_of(text):
    if text in ('true', 'false'):
        return text == 'true'
    if text.startswith('"'):
        return text[1:-1]
    if text.startswith('{'):
        return [value_of(part) for part in split(text[1:-1], ',')]
    if text.startswith('('):
        return tuple(value_of(part) for part in split(text[1:-1], ','))
    if text == '~0':
        return AlmostZero()
    if re.fullmatch(r'-?\d+', text):
        return int(text)
    if 'pi' in text:
        return eval(text, {'__builtins__': {}, 'pi': math.pi})  # pylint: disable=eval-used
    return float(text)


def values_of(text):
    pairs = (pair.split(' = ', 1) for pair in split(text, ','))
    return {name.strip(): value_of(value.strip()) for name, value in pairs}


def expect(program, text):
    word, _, rest = text.partition(' ')
    if text == 'wrong today':
        program.known_wrong = True
    elif word == 'error':
        program.kind = 'error'
        for part in rest.split():
            if part.startswith('KQ'):
                program.code = part
            else:
                program.position = part
    elif word == 'outcomes':
        program.kind, program.values = 'outcomes', [values_of(part) for part in split(rest, '|')]
    elif word == 'chance':
        chance, _, rest = rest.partition(' ')
        program.kind, program.chance, program.values = 'chance', float(chance), [values_of(rest)]
    elif word == 'amplitude':
        program.kind, program.values = 'amplitudes', [values_of(rest)]
    elif word == 'only':
        program.kind, program.values = 'only', [dict.fromkeys(rest.split(', '))]
    else:
        program.values = program.values or [{}]
        program.values[0].update(values_of(text))


def read(path):
    section, program = Section(path), None
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        if line.startswith('== '):
            program = Program(section, line[3:], number)
            section.programs.append(program)
        elif program is None:
            if line.startswith('# '):
                section.title = line[2:]
            elif line.startswith('> '):
                section.decisions.append(line[2:])
            elif line:
                section.source = line
        elif line.startswith('--> '):
            expect(program, line[4:])
        elif line == '-->' or line.startswith('-->'):
            raise ValueError(f'{path.name}:{number}: nothing is expected')
        elif line.startswith('<-- '):
            (program.options if line[4:].startswith('--') else program.parameters).append(line[4:])
        elif line:
            program.text += line + '\n'
    return section


def sections():
    """All of the table, in order. A program without an expectation is a mistake in it."""
    found = [read(path) for path in sorted(FOLDER.glob('*.txt'))]
    for section in found:
        names = [program.name for program in section.programs]
        for program in section.programs:
            if program.kind != 'error' and not program.values:
                raise ValueError(f'{section.path.name}:{program.line}: nothing is expected')
            if names.count(program.name) > 1:
                raise ValueError(f'{section.path.name}:{program.line}: the name comes twice')
    return found
