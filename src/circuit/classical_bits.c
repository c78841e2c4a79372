/* SPDX-License-Identifier: Apache-2.0
 *
 * Bits in memory, and numbers of more than 64 of them: ceil(w / 64) words, least significant first, bits beyond the width 0. A result may
 * stand where an operand did.
 */
#include "circuit/classical_run.h"

#include <string.h>

/* `width` bits of a word, 0 to 64. */
static uint64_t low(uint64_t word, uint64_t width) { return width >= 64 ? word : word & ((UINT64_C(1) << width) - 1); }

void kt_take_bits(uint64_t *out, const uint64_t *from, uint64_t first, uint64_t count) {
    const uint64_t *word = from + first / 64;
    uint32_t shift = first % 64;
    for (uint64_t done = 0; done < count; done += 64, word++) {
        uint64_t bits = count - done, value = word[0] >> shift;
        if (shift && bits > 64 - shift) value |= word[1] << (64 - shift);
        *out++ = low(value, bits);
    }
}

void kt_put_bits(uint64_t *to, uint64_t first, const uint64_t *number, uint64_t count) {
    uint64_t *word = to + first / 64;
    uint32_t shift = first % 64;
    for (uint64_t done = 0; done < count; done += 64, word++) {
        uint64_t bits = count - done, mask = low(UINT64_MAX, bits), value = *number++ & mask;
        word[0] = (word[0] & ~(mask << shift)) | value << shift;
        if (shift && bits > 64 - shift) word[1] = (word[1] & ~(mask >> (64 - shift))) | value >> (64 - shift);
    }
}

enum { MOST_WORDS = (UINT16_MAX + 63) / 64 };

/* The number moved up by `by` < width places, zeros coming in and bits beyond the width lost. */
static void shift_up(uint64_t *out, const uint64_t *number, uint32_t width, uint32_t by) {
    uint32_t words = (width + 63) / 64, skip = by / 64, shift = by % 64;
    for (uint32_t i = words; i-- > 0;) {
        uint64_t value = i >= skip ? number[i - skip] << shift : 0;
        if (shift && i > skip) value |= number[i - skip - 1] >> (64 - shift);
        out[i] = value;
    }
    if (width % 64) out[words - 1] = low(out[words - 1], width % 64);
}

static void shift_down(uint64_t *out, const uint64_t *number, uint32_t width, uint32_t by) {
    uint32_t kept = width - by;
    kt_take_bits(out, number, by, kept);
    for (uint32_t i = (kept + 63) / 64; i < (width + 63) / 64; i++) out[i] = 0;
}

static void rotate_up(uint64_t *out, const uint64_t *number, uint32_t width, uint32_t by) {
    uint64_t up[MOST_WORDS], down[MOST_WORDS];
    shift_up(up, number, width, by);
    shift_down(down, number, width, by ? width - by : 0);
    for (uint32_t i = 0; i < (width + 63) / 64; i++) out[i] = up[i] | down[i];
}

static const char *shift_or_rotate(uint64_t *cells, const kt_op *op) {
    int64_t by = (int64_t)cells[op->right];
    uint32_t width = op->width;
    uint64_t *out = cells + op->destination;
    const uint64_t *number = cells + op->left;
    if (op->code == KT_DO_ROTATE_LEFT || op->code == KT_DO_ROTATE_RIGHT) {
        int64_t places = by % (int64_t)width; /* of the sign of `by` */
        if (op->code == KT_DO_ROTATE_RIGHT) places = -places;
        rotate_up(out, number, width, (uint32_t)(places < 0 ? places + width : places));
        return NULL;
    }
    if (by < 0) return "a shift by a negative number";
    if (by >= width)
        memset(out, 0, (width + 63u) / 64 * sizeof *out);
    else if (op->code == KT_DO_SHIFT_LEFT)
        shift_up(out, number, width, (uint32_t)by);
    else
        shift_down(out, number, width, (uint32_t)by);
    return NULL;
}

static bool is_less(const uint64_t *a, const uint64_t *b, uint32_t words) {
    while (words-- > 0) {
        if (a[words] != b[words]) return a[words] < b[words];
    }
    return false;
}

const char *kt_compute_wide(uint64_t *cells, const kt_op *op) {
    uint32_t words = (op->width + 63u) / 64;
    uint64_t *out = cells + op->destination, ones = 0;
    const uint64_t *a = cells + op->left, *b = cells + op->right;
    switch (op->code) {
    case KT_DO_AND:
        for (uint32_t i = 0; i < words; i++) out[i] = a[i] & b[i];
        break;
    case KT_DO_OR:
        for (uint32_t i = 0; i < words; i++) out[i] = a[i] | b[i];
        break;
    case KT_DO_XOR:
        for (uint32_t i = 0; i < words; i++) out[i] = a[i] ^ b[i];
        break;
    case KT_DO_NOT:
        for (uint32_t i = 0; i < words; i++) out[i] = low(~a[i], op->width - 64 * (uint64_t)i);
        break;
    case KT_DO_COUNT_BITS:
        for (uint32_t i = 0; i < words; i++) ones += (uint64_t)__builtin_popcountll(a[i]);
        *out = ones;
        break;
    case KT_DO_EQUAL_BITS: *out = memcmp(a, b, words * sizeof *a) == 0; break;
    case KT_DO_LESS_BITS: *out = is_less(a, b, words); break;
    case KT_DO_SLICE: kt_take_bits(out, a, op->data, op->width); break;
    case KT_DO_SPLICE: kt_put_bits(out, op->data, a, op->width); break;
    case KT_DO_GET_BIT:
        if (*b >= op->width) return "a bit that the number does not have";
        *out = a[*b / 64] >> (*b % 64) & 1;
        break;
    case KT_DO_PUT_BIT:
        if (*b >= op->width) return "a bit that the number does not have";
        kt_put_bits(out, *b, a, 1);
        break;
    default: return shift_or_rotate(cells, op);
    }
    return NULL;
}
