/* SPDX-License-Identifier: Apache-2.0
 *
 * Bits of a number in other places, a byte at a time: from a basis state of qubits to a place in memory, and back. Who goes through many
 * numbers in order looks up the upper bytes once in 256.
 */
#ifndef KETCH_CIRCUIT_SPREAD_H
#define KETCH_CIRCUIT_SPREAD_H

#include <stddef.h>
#include <stdint.h>

typedef struct kt_spread {
    uint64_t bytes[8][256];
} kt_spread;

/* Bit b becomes images[b], of any bits. */
static inline void kt_spread_make(kt_spread *out, const uint64_t images[64]) {
    for (size_t byte = 0; byte < 8; byte++) {
        out->bytes[byte][0] = 0;
        for (size_t value = 1; value < 256; value++)
            out->bytes[byte][value] = out->bytes[byte][value & (value - 1)] | images[8 * byte + (size_t)__builtin_ctzll(value)];
    }
}

/* Of all bytes but the lowest. */
static inline uint64_t kt_spread_upper(const kt_spread *spread, uint64_t number) {
    uint64_t image = 0;
    for (size_t byte = 1; byte < 8; byte++) image |= spread->bytes[byte][number >> (8 * byte) & 255];
    return image;
}

#endif
