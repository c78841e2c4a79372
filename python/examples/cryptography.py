# SPDX-License-Identifier: Apache-2.0
"""Two attacks on cryptography: Shor's order finding, which breaks RSA, and Grover's search for a cipher's key.

Orders of all bases, and keys of all messages, are independent of one another: many circuits, each in a few thousand
to a hundred thousand amplitudes. That is where running them side by side gains most: one such run is too small for
several threads to share.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

import ketch
from ways import Way, main

# ── Shor: the order r of a, the least r with a^r = 1 mod N, mostly tells a factor of N ──


def order_circuit(base: int, modulus: int, counting: int) -> ketch.Circuit:
    """Phase estimation of |x> -> |base x mod N>, whose phases are k / r."""
    width = modulus.bit_length()
    numbers = np.arange(2**width)
    circuit = ketch.Circuit(counting + width, counting).append("h", range(counting)).append("x", counting)
    for k in range(counting):
        image = np.where(numbers < modulus, numbers * pow(base, 2**k, modulus) % modulus, numbers)
        matrix = np.eye(2 * len(numbers))  # of the controlling qubit, lowest, and the number
        matrix[1::2, 1::2] = np.eye(len(numbers))[:, np.argsort(image)]
        circuit.append_matrix(matrix, [k, *range(counting, counting + width)])
    for k in reversed(range(counting)):  # the inverse Fourier transform but for its swaps: bits are measured in reverse
        for j in range(k + 1, counting):
            circuit.append("cp", [j, k], -math.pi / 2 ** (j - k))
        circuit.append("h", k)
    return circuit.measure(range(counting), range(counting)[::-1])


def read_order(counts: dict[str, int], base: int, modulus: int) -> int:
    """The least common multiple of denominators that are seen, as soon as it is an order."""
    order = 1
    for outcome in counts:
        phase = Fraction(int(outcome, 2), 2 ** len(outcome))
        order = math.lcm(order, phase.limit_denominator(modulus - 1).denominator)
        if pow(base, order, modulus) == 1:
            return order
    raise ValueError(f"no order of {base} was found")


def find_orders(way: Way, modulus: int = 21, counting: int = 11) -> dict[int, int]:
    """The order of each base that has no factor in common with N."""
    bases = [base for base in range(2, modulus) if math.gcd(base, modulus) == 1]
    results = way([order_circuit(base, modulus, counting) for base in bases], shots=64, seed=1)
    return {base: read_order(result.counts, base, modulus) for base, result in zip(bases, results, strict=True)}


def factors(modulus: int, orders: dict[int, int]) -> set[int]:
    """What a^(r/2) - 1 has in common with N, where that is a factor."""
    found = {math.gcd(pow(base, order // 2, modulus) - 1, modulus) for base, order in orders.items() if order % 2 == 0}
    return found - {1, modulus}


# ── Grover: a cipher's key from one text and what became of it ──

HALF = 4  # bits of half a block, and of half a key: the cipher is a Feistel network, like DES
ROUNDS = 4


def encrypt(text: int, key: int) -> int:
    """Each round adds to one half of the block a function of the other half and half of the key."""
    mask = 2**HALF - 1
    halves, keys = [text & mask, text >> HALF], [key & mask, key >> HALF]
    for i in range(ROUNDS):
        x = halves[i % 2]
        left, right = (x << 1 | x >> (HALF - 1)) & mask, (x << 2 | x >> (HALF - 2)) & mask
        halves[1 - i % 2] ^= left & right ^ keys[i % 2]
    return halves[0] | halves[1] << HALF


def key_circuit(text: int, cipher: int) -> ketch.Circuit:
    """Grover's search for the key among all keys at once."""
    bits = np.arange(HALF)
    keys, halves = [bits, bits + HALF], [bits + 2 * HALF, bits + 3 * HALF]
    key, block = np.concatenate(keys), np.concatenate(halves)
    circuit = ketch.Circuit(4 * HALF, 2 * HALF).append("h", key)

    def flip(qubits: np.ndarray, value: int) -> None:
        """The sign of the states in which the qubits read as this value."""
        zeros = qubits[(value >> np.arange(len(qubits)) & 1) == 0]
        circuit.append("x", zeros).append("z", qubits[0], controls=qubits[1:]).append("x", zeros)

    def encrypt_all(rounds: range) -> None:
        for i in rounds:
            x, y = halves[i % 2], halves[1 - i % 2]
            circuit.append("ccx", np.stack([np.roll(x, 1), np.roll(x, 2), y], axis=1))
            circuit.append("cx", np.stack([keys[i % 2], y], axis=1))

    circuit.append("x", block[(text >> np.arange(2 * HALF) & 1) == 1])
    for _ in range(round(math.pi / 4 * math.sqrt(2 ** len(key)) - 0.5)):
        encrypt_all(range(ROUNDS))
        flip(block, cipher)
        encrypt_all(range(ROUNDS)[::-1])  # backwards: each round undoes itself
        circuit.append("h", key)
        flip(key, 0)
        circuit.append("h", key)
    return circuit.measure(key, range(2 * HALF))


def find_keys(way: Way, messages: list[dict[int, int]]) -> list[int]:
    """The key of each message: some texts and what became of them. Several keys may fit the first text, not all."""
    results = way([key_circuit(*next(iter(message.items()))) for message in messages], shots=200, seed=1)
    tries = [[int(outcome, 2) for outcome in result.counts] for result in results]
    return [
        next(key for key in keys if all(encrypt(text, key) == cipher for text, cipher in message.items()))
        for keys, message in zip(tries, messages, strict=True)
    ]


TEXTS = [0x3D, 0xC6, 0x71, 0xA8]
SECRETS = [0x2A, 0x51, 0x9C, 0xE7, 0x13, 0xB8, 0x64, 0xDF]


def solve(way: Way) -> tuple[dict[int, int], list[int]]:
    """Orders modulo 21, and the keys of eight messages."""
    return find_orders(way), find_keys(way, [{text: encrypt(text, secret) for text in TEXTS} for secret in SECRETS])


def report(solved: tuple[dict[int, int], list[int]]) -> str:
    """What was found."""
    orders, keys = solved
    found = " ".join(f"{key:02x}" for key in keys)
    return f"orders modulo 21: {orders}\nfactors of 21: {factors(21, orders)}\nkeys: {found}"


if __name__ == "__main__":
    main(solve, report)
