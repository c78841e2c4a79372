# SPDX-License-Identifier: Apache-2.0
"""What a circuit's opening comment promises, read by the test that holds it to its word.

    // expect: 00 1/2, 11 1/2                 outcomes and their probabilities: exactly these, and no others
    // expect: each 1/256                     every outcome of the registers, equally likely
    // run: --param theta=0.2                 options for the `expect:` that follows, until the next `run:`

A list goes on in the next line after a trailing comma. Probabilities are fractions or decimal numbers; a decimal number is true to half
a unit of its last digit. Bits are written as `ketch run` prints them.
"""
from fractions import Fraction


def promises(path):
    """Yields (options, outcomes) for each `expect:` line; outcomes maps bits to a probability, or is {'each': probability}."""
    options, pending = [], None
    with open(path, encoding='utf-8-sig') as source:
        for line in source:
            if not line.startswith('//'):
                break
            text = line[2:].strip()
            if pending is not None:
                pending += ' ' + text
            elif text.startswith('run:'):
                options = text[4:].split()
            elif text.startswith('expect:'):
                pending = text[7:]
            if pending is not None and not pending.endswith(','):
                yield options, read_outcomes(pending)
                pending = None


def read_outcomes(text):
    outcomes = {}
    for item in text.split(','):
        bits, _, probability = item.strip().rpartition(' ')
        if bits in outcomes:
            raise ValueError(f'{bits} is promised twice')
        outcomes[bits] = float(Fraction(probability))
    if 'each' not in outcomes and abs(sum(outcomes.values()) - 1) > 1e-6:
        raise ValueError(f'the probabilities sum to {sum(outcomes.values())}')
    return outcomes


def spread(outcomes, shape):
    """Writes {'each': p} out for all outcomes of registers as wide as those of `shape` ("0 11")."""
    if 'each' not in outcomes:
        return outcomes
    groups = [len(group) for group in shape.split()]
    written = {}
    for value in range(2 ** sum(groups)):
        bits, parts = format(value, f'0{sum(groups)}b'), []
        for size in groups:
            parts.append(bits[:size])
            bits = bits[size:]
        written[' '.join(parts)] = outcomes['each']
    if abs(sum(written.values()) - 1) > 1e-9:
        raise ValueError(f'{len(written)} outcomes of probability {outcomes["each"]}')
    return written
