/* SPDX-License-Identifier: Apache-2.0
 *
 * The steps that work on a tile: rotate, diagonal, linear, exchange, scale, dense.
 *
 * For each, what the kernel must make of `tile_before` is worked out in `tile_wanted`, and how far off it may be from its count of
 * roundings.
 */
#include "checkkernel.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST 1.4143L /* modulus of a random amplitude, at most */

static size_t begin(const subject *s, uint32_t bits) {
    size_t size = (size_t)1 << bits;
    random_amplitudes(s, tile_before, size);
    memcpy(tile_wanted, tile_before, size * sizeof *tile_before);
    return size;
}

static const char *end_name(int end) { return end == HIGH ? "high" : "low"; }
static number number_of(const double *re_im) { return (number)re_im[0] + I * (number)re_im[1]; }

/* ── rotate ── */

static void check_rotations(const subject *s, uint32_t bits, const kt_rotation *rotations, uint32_t count) {
    size_t size = begin(s, bits);
    long double most = LARGEST;
    char text[200] = "";
    for (uint32_t i = 0; i < count; i++) {
        number t = rotations[i].tangent, above = rotations[i].imaginary ? -I * t : -t, below = rotations[i].imaginary ? -I * t : t;
        size_t bit = (size_t)1 << rotations[i].bit;
        for (size_t l = 0; l < size; l++)
            if (!(l & bit)) {
                number zero = tile_wanted[l], one = tile_wanted[l | bit];
                tile_wanted[l] = zero + above * one;
                tile_wanted[l | bit] = below * zero + one;
            }
        most *= 1 + fabsl(rotations[i].tangent);
        size_t used = strlen(text);
        snprintf(text + used, sizeof text - used, " %s%u", rotations[i].imaginary ? "x" : "y", rotations[i].bit);
    }
    for (int end = LOW; end < END_COUNT; end++) {
        const kt_rotation *given = place_copy(ARGUMENT, rotations, count * sizeof *rotations, end);
        void *tile = place_tile(s, TILE, tile_before, bits, end);
        describe("%s %s rotate, bits %u, rotations%s, at the %s end", s->isa, s->precision, bits, text, end_name(end));
        read_only(ARGUMENT, true);
        s->kernels->rotate(tile, bits, given, count);
        read_only(ARGUMENT, false);
        check_tile(s, tile, bits, tile_wanted, 2 * (count + 1) * (long double)s->epsilon * most, 0, 0, end);
    }
}

static kt_rotation random_rotation(uint32_t bit) {
    double special[] = {0, 1, -1};
    return (kt_rotation){random_below(5) ? random_number() : special[random_below(3)], (uint8_t)bit, (uint8_t)random_below(2)};
}

void check_rotate(const subject *s, uint32_t bits) {
    kt_rotation rotations[KT_TILE_MOST];
    for (uint32_t bit = 0; bit < bits && bits <= 12; bit++)
        for (uint8_t imaginary = 0; imaginary < 2; imaginary++) {
            rotations[0] = random_rotation(bit);
            rotations[0].imaginary = imaginary;
            check_rotations(s, bits, rotations, 1);
        }
    for (uint32_t round = 0; round < rounds(bits, 120); round++) {
        uint8_t order[KT_TILE_MOST];
        uint32_t count = round ? random_below(bits + 1) : bits, kind = random_below(3); /* mixed, all real, all imaginary */
        random_order(order, bits);
        for (uint32_t i = 0; i < count; i++) {
            rotations[i] = random_rotation(order[i]);
            if (kind) rotations[i].imaginary = kind == 2;
        }
        check_rotations(s, bits, rotations, count);
    }
}

/* ── diagonal ── */

static long double angles[(size_t)1 << KT_TILE_MOST]; /* of the pairs, summed, of each amplitude */

/* Pairs anywhere, of lanes with others, or of vectors among themselves: what kernels tell apart. */
static long double random_angles(const subject *s, double *out, uint32_t bits) {
    uint32_t density = random_below(4); /* none, few, half, all */
    uint32_t kind = random_below(3), lanes = s->kernels->lane_bits;
    long double most = 0;
    for (uint32_t i = 0; i < bits * bits; i++) out[i] = NAN; /* i >= j is not to be read */
    angles[0] = 0;
    for (uint32_t j = 0; j < bits; j++) {
        for (uint32_t i = 0; i < j; i++) {
            bool there = density == 3 || (density && random_below(density == 1 ? 8 : 2) == 0);
            if ((kind == 1 && i >= lanes) || (kind == 2 && i < lanes)) there = false;
            out[i * bits + j] = there ? 3.2 * random_number() : 0;
            most += fabs(out[i * bits + j]);
        }
        for (size_t l = 0; l < (size_t)1 << j; l++) {
            angles[l | (size_t)1 << j] = angles[l];
            for (uint32_t i = 0; i < j; i++)
                if (l >> i & 1) angles[l | (size_t)1 << j] += out[i * bits + j];
        }
    }
    return most;
}

static void check_one_diagonal(const subject *s, uint32_t bits) {
    double angle[KT_TILE_MOST * KT_TILE_MOST], single[2 * (KT_TILE_MOST + 1)];
    number product[KT_TILE_MOST + 1], *singles = tile_wanted;
    long double most_angle = random_angles(s, angle, bits);
    size_t size = begin(s, bits);
    for (uint32_t i = 0; i <= bits; i++) {
        product[i] = random_below(4) ? random_phase() : 1;
        single[2 * i] = (double)creall(product[i]);
        single[2 * i + 1] = (double)cimagl(product[i]);
    }
    singles[0] = product[bits];
    for (uint32_t i = 0; i < bits; i++)
        for (size_t l = 0; l < (size_t)1 << i; l++) singles[l | (size_t)1 << i] = singles[l] * product[i];
    for (size_t l = 0; l < size; l++) tile_wanted[l] = tile_before[l] * singles[l] * (cosl(angles[l]) + I * sinl(angles[l]));
    long double tolerance = 2 * LARGEST * ((6 * bits + 16) * (long double)s->epsilon + 0x1p-52L * most_angle);
    for (int end = LOW; end < END_COUNT; end++) {
        const double *given = place_copy(ARGUMENT, angle, bits * bits * sizeof *angle, end);
        const double *given_single = place_copy(ARGUMENT2, single, 2 * (bits + 1) * sizeof *single, end);
        kt_diagonal *diagonal = place(TABLE, KT_DIAGONAL_BYTES, end);
        void *tile = place_tile(s, TILE, tile_before, bits, end);
        describe("%s %s diagonal, bits %u, angles up to %Lg, at the %s end", s->isa, s->precision, bits, most_angle, end_name(end));
        read_only(ARGUMENT, true);
        s->kernels->prepare_diagonal(diagonal, bits, given);
        read_only(ARGUMENT, false);
        place(ARGUMENT, bits * bits * sizeof *angle, end); /* gone by the time that it is applied */
        read_only(ARGUMENT2, true);
        read_only(TABLE, true);
        s->kernels->diagonal(tile, bits, diagonal, given_single);
        read_only(ARGUMENT2, false);
        read_only(TABLE, false);
        check_tile(s, tile, bits, tile_wanted, tolerance, 0, 0, end);
    }
}

void check_diagonal(const subject *s, uint32_t bits) {
    for (uint32_t round = 0; round < rounds(bits, 30); round++) check_one_diagonal(s, bits);
}

/* ── linear ── */

static const char *random_map(uint32_t *columns, uint32_t bits) {
    uint8_t order[KT_TILE_MOST];
    uint32_t steps = random_below(5) * bits / 2;
    random_order(order, bits);
    bool moved = random_below(2);
    for (uint32_t i = 0; i < bits; i++) columns[i] = 1u << (moved ? order[i] : i);
    for (uint32_t i = 0; i < steps; i++) { /* CX: what was invertible stays so */
        uint32_t to = random_below(bits), from = random_below(bits);
        if (to != from) columns[to] ^= columns[from];
    }
    return steps ? "with CX" : moved ? "permuted bits" : "identity";
}

void check_linear(const subject *s, uint32_t bits) {
    for (uint32_t round = 0; round < rounds(bits, 90); round++) {
        uint32_t columns[KT_TILE_MOST], offset = random_below(2) ? 0 : (uint32_t)random_bits() & ((1u << bits) - 1);
        const char *kind = random_map(columns, bits);
        size_t size = begin(s, bits);
        for (size_t l = 0; l < size; l++) {
            uint32_t to = offset;
            for (uint32_t i = 0; i < bits; i++)
                if (l >> i & 1) to ^= columns[i];
            tile_wanted[to] = tile_before[l];
        }
        for (int end = LOW; end < END_COUNT; end++) {
            const uint32_t *given = place_copy(ARGUMENT, columns, bits * sizeof *columns, end);
            kt_linear *map = place(TABLE, KT_LINEAR_BYTES, end);
            void *tile = place_tile(s, TILE, tile_before, bits, end), *out = place(TILE_OUT, amplitude_size(s) << bits, end);
            describe("%s %s linear, bits %u, %s, offset %#x, at the %s end", s->isa, s->precision, bits, kind, offset, end_name(end));
            read_only(ARGUMENT, true);
            s->kernels->prepare_linear(map, bits, given);
            read_only(ARGUMENT, false);
            place(ARGUMENT, bits * sizeof *columns, end); /* gone by the time that it is applied */
            read_only(TABLE, true);
            read_only(TILE, true);
            s->kernels->linear(out, tile, bits, map, offset);
            read_only(TABLE, false);
            read_only(TILE, false);
            check_tile(s, out, bits, tile_wanted, 0, 0, 0, end);
        }
    }
}

/* ── exchange ── */

static void check_one_exchange(const subject *s, uint32_t bits, uint32_t target, uint32_t mask, uint32_t value) {
    size_t size = begin(s, bits);
    for (size_t l = 0; l < size; l++)
        if ((l & mask) == value) tile_wanted[l] = tile_before[l ^ (size_t)1 << target];
    for (int end = LOW; end < END_COUNT; end++) {
        void *tile = place_tile(s, TILE, tile_before, bits, end);
        describe("%s %s exchange, bits %u, target %u, mask %#x, value %#x, at the %s end", s->isa, s->precision, bits, target, mask, value,
                 end_name(end));
        s->kernels->exchange(tile, bits, target, mask, value);
        check_tile(s, tile, bits, tile_wanted, 0, 0, 0, end);
    }
}

void check_exchange(const subject *s, uint32_t bits) {
    for (uint32_t target = 0; target < bits && bits <= 9; target++) { /* with every single bit as a condition */
        check_one_exchange(s, bits, target, 0, 0);
        for (uint32_t bit = 0; bit < bits; bit++)
            if (bit != target) check_one_exchange(s, bits, target, 1u << bit, random_below(2) << bit);
    }
    for (uint32_t round = 0; round < rounds(bits, 90); round++) {
        uint32_t target = random_below(bits), mask = random_mask(bits, 1u << target);
        check_one_exchange(s, bits, target, mask, mask & (uint32_t)random_bits());
    }
}

/* ── scale ── */

static void check_one_scale(const subject *s, uint32_t bits, uint32_t mask, uint32_t value) {
    size_t size = begin(s, bits);
    double kinds[][2] = {{random_number(), random_number()}, {random_number(), 0}, {0, random_number()}, {-1, 0}, {0, 1}, {1, 0}};
    const double *factor = kinds[random_below(sizeof kinds / sizeof *kinds)];
    for (size_t l = 0; l < size; l++)
        if ((l & mask) == value) tile_wanted[l] *= number_of(factor);
    for (int end = LOW; end < END_COUNT; end++) {
        void *tile = place_tile(s, TILE, tile_before, bits, end);
        const double *given = place_copy(ARGUMENT, factor, 2 * sizeof *factor, end);
        describe("%s %s scale, bits %u, mask %#x, value %#x, factor (%g, %g), at the %s end", s->isa, s->precision, bits, mask, value,
                 factor[0], factor[1], end_name(end));
        read_only(ARGUMENT, true);
        s->kernels->scale(tile, bits, mask, value, given);
        read_only(ARGUMENT, false);
        check_tile(s, tile, bits, tile_wanted, 4 * LARGEST * (long double)s->epsilon, mask, value, end);
    }
}

void check_scale(const subject *s, uint32_t bits) {
    for (uint32_t bit = 0; bit < bits && bits <= 10; bit++)
        for (uint32_t value = 0; value < 2; value++) check_one_scale(s, bits, 1u << bit, value << bit);
    for (uint32_t round = 0; round < rounds(bits, 120); round++) {
        uint32_t mask = random_mask(bits, 0);
        check_one_scale(s, bits, mask, mask & (uint32_t)random_bits());
    }
}

/* ── dense ── */

static void random_matrix(double *out, uint32_t rows) {
    uint32_t kind = random_below(6); /* complex (thrice), real, imaginary, few entries */
    for (uint32_t i = 0; i < rows * rows; i++) {
        bool there = kind != 5 || random_below(rows) == 0;
        out[2 * i] = kind == 4 || !there ? 0 : random_number();
        out[2 * i + 1] = kind == 3 || !there ? 0 : random_number();
    }
}

static void check_one_dense(const subject *s, uint32_t bits, const uint8_t *targets, uint32_t count, uint32_t mask, uint32_t value) {
    double matrix[2 * 64 * 64];
    uint32_t rows = 1u << count;
    random_matrix(matrix, rows);
    size_t size = begin(s, bits), place_of[64];
    long double most = 0; /* sum of moduli of a row */
    uint32_t all_targets = 0;
    for (uint32_t row = 0; row < rows; row++) {
        place_of[row] = 0;
        long double sum = 0;
        for (uint32_t t = 0; t < count; t++) place_of[row] |= (size_t)(row >> t & 1) << targets[t];
        for (uint32_t column = 0; column < rows; column++) sum += cabsl(number_of(matrix + 2 * (row * rows + column)));
        most = fmaxl(most, sum);
    }
    for (uint32_t t = 0; t < count; t++) all_targets |= 1u << targets[t];
    for (size_t l = 0; l < size; l++) {
        if ((l & all_targets) || (l & mask) != value) continue;
        for (uint32_t row = 0; row < rows; row++) {
            long double re = 0, im = 0;
            for (uint32_t column = 0; column < rows; column++) {
                const double *m = matrix + 2 * (row * rows + column);
                number a = tile_before[l | place_of[column]];
                re += m[0] * creall(a) - m[1] * cimagl(a);
                im += m[0] * cimagl(a) + m[1] * creall(a);
            }
            tile_wanted[l | place_of[row]] = re + I * im;
        }
    }
    char text[64] = "";
    for (uint32_t t = 0; t < count; t++) snprintf(text + strlen(text), sizeof text - strlen(text), " %u", targets[t]);
    for (int end = LOW; end < END_COUNT; end++) {
        void *tile = place_tile(s, TILE, tile_before, bits, end);
        const uint8_t *given_targets = place_copy(ARGUMENT2, targets, count, end);
        const double *given = place_copy(ARGUMENT, matrix, 2 * rows * rows * sizeof *matrix, end);
        describe("%s %s dense, bits %u, targets%s, mask %#x, value %#x, at the %s end", s->isa, s->precision, bits, text, mask, value,
                 end_name(end));
        read_only(ARGUMENT, true);
        read_only(ARGUMENT2, true);
        s->kernels->dense(tile, bits, given_targets, count, mask, value, given);
        read_only(ARGUMENT, false);
        read_only(ARGUMENT2, false);
        check_tile(s, tile, bits, tile_wanted, 2 * (rows + 2) * LARGEST * most * (long double)s->epsilon, mask, value, end);
    }
}

void check_dense(const subject *s, uint32_t bits) {
    uint8_t targets[KT_TILE_MOST];
    for (uint8_t i = 0; i < bits && bits <= 12; i++) check_one_dense(s, bits, &i, 1, 0, 0);
    for (uint8_t i = 0; i < bits && bits <= 9; i++)
        for (uint8_t j = 0; j < bits; j++)
            if (i != j) check_one_dense(s, bits, (const uint8_t[]){i, j}, 2, 0, 0);
    for (uint32_t round = 0; round < rounds(bits, 180); round++) {
        uint32_t count = 1 + random_below(bits > 12 ? 3 : round % 4 ? 4 : 6), all_targets = 0;
        random_order(targets, bits);
        for (uint32_t t = 0; t < count; t++) all_targets |= 1u << targets[t];
        uint32_t mask = random_mask(bits, all_targets);
        check_one_dense(s, bits, targets, count, mask, mask & (uint32_t)random_bits());
    }
}
