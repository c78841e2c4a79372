/* SPDX-License-Identifier: Apache-2.0
 *
 * Between memory and tile: load and store, with gathers of all kinds, near and far, and start.
 *
 *   state   gap | run | run | gap | run        a tile's runs, at multiples of their length; what lies between belongs to other tiles
 *   tile          0     1           2    zeros
 */
#include "checkkernel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static uint64_t offsets[(size_t)1 << KT_TILE_MOST];

/* A gather, and how many amplitudes the state must have for it. The offsets are not yet those that the kernel is given. */
static size_t random_gather(kt_gather *out, uint32_t bits) {
    *out = (kt_gather){.bits = bits, .run_bits = random_below(bits + 1), .run_count = 1};
    uint32_t most = 1u << (bits - out->run_bits);
    if (random_below(3)) out->run_count = random_below(3) ? most : 1 + random_below(most);
    uint64_t place_of_run = random_below(2) ? 0 : random_below(3); /* in runs */
    uint32_t most_gap = random_below(4);
    for (uint64_t r = 0; r < out->run_count; r++) {
        offsets[r] = place_of_run << out->run_bits;
        place_of_run += 1 + random_below(most_gap + 1);
    }
    return (size_t)(offsets[out->run_count - 1] + (UINT64_C(1) << out->run_bits));
}

/* A state begins at a multiple of KT_TILE_ALIGN; what that leaves behind its end is poison. */
static size_t state_size(const subject *s, size_t amplitudes) {
    return (amplitudes * amplitude_size(s) + KT_TILE_ALIGN - 1) & ~(size_t)(KT_TILE_ALIGN - 1);
}

static void random_state_bytes(const subject *s, unsigned char *out, size_t amplitudes) {
    memset(out, 0xff, state_size(s, amplitudes));
    for (size_t i = 0; i < amplitudes; i++) {
        number a;
        random_amplitudes(s, &a, 1);
        put_state_amplitude(s, out, i, a);
    }
}

static void check_load_once(const subject *s, const kt_gather *drawn, const unsigned char *bytes, size_t amplitudes, int next, int end) {
    kt_gather gather = *drawn;
    size_t size = state_size(s, amplitudes);
    gather.offset = place_copy(ARGUMENT, offsets, gather.run_count * sizeof *offsets, end);
    const unsigned char *base = place_copy(STATE, bytes, size, end);
    void *tile = place(TILE, amplitude_size(s) << gather.bits, end);
    describe("%s %s load, bits %u, %llu runs of 2^%u, first at %llu, at the %s end", s->isa, s->precision, gather.bits,
             (unsigned long long)gather.run_count, gather.run_bits, (unsigned long long)offsets[0], end == HIGH ? "high" : "low");
    read_only(STATE, true);
    read_only(ARGUMENT, true);
    /* The tile after this one may be prefetched and no more: it lies where nothing can be read. */
    s->kernels->load(tile, base, &gather, next == 0 ? NULL : next == 1 ? base : base + size);
    read_only(STATE, false);
    read_only(ARGUMENT, false);
    check_tile(s, tile, gather.bits, tile_wanted, 0, 0, 0, end);
}

void check_load(const subject *s, uint32_t bits) {
    for (uint32_t round = 0; round < rounds(bits, 90); round++) {
        kt_gather gather;
        size_t amplitudes = random_gather(&gather, bits);
        unsigned char *bytes = malloc(state_size(s, amplitudes));
        if (!bytes) exit(1);
        random_state_bytes(s, bytes, amplitudes);
        size_t run = (size_t)1 << gather.run_bits;
        for (size_t l = 0; l < (size_t)1 << bits; l++)
            tile_wanted[l] = l / run < gather.run_count ? state_amplitude(s, bytes, offsets[l / run] + l % run) : 0;
        for (int end = LOW; end < END_COUNT; end++) check_load_once(s, &gather, bytes, amplitudes, (int)(round % 3), end);
        free(bytes);
    }
}

/* `after` is what store left of `before`: the runs, times the factor, and nothing else; the sums are those of what is there now. */
static void check_stored(const subject *s, const kt_gather *gather, const unsigned char *before, const unsigned char *after, size_t size,
                         number factor, const double *sums) {
    size_t run = (size_t)1 << gather->run_bits, next = 0; /* first amplitude that was not looked at */
    long double tolerance = 4 * cabsl(factor) * (long double)s->epsilon;
    for (size_t r = 0; r < gather->run_count; r++) {
        size_t first = offsets[r], size_of_gap = (first - next) * amplitude_size(s);
        if (memcmp(before + next * amplitude_size(s), after + next * amplitude_size(s), size_of_gap)) fail("writes before run %zu", r);
        long double sum = 0;
        for (size_t i = 0; i < run; i++) {
            number got = state_amplitude(s, after, first + i), wanted = factor * tile_before[r * run + i];
            if (!(cabsl(got - wanted) <= tolerance)) {
                fail("amplitude %zu of run %zu is (%.17Lg, %.17Lg), not (%.17Lg, %.17Lg)", i, r, creall(got), cimagl(got), creall(wanted),
                     cimagl(wanted));
                return;
            }
            sum += creall(got) * creall(got) + cimagl(got) * cimagl(got);
        }
        if (sums && !(fabsl(sums[r] - sum) <= sum * 0x1p-52L * (long double)(run + 4)))
            fail("sum %zu is %.17g, not %.17Lg", r, sums[r], sum);
        next = first + run;
    }
    if (memcmp(before + next * amplitude_size(s), after + next * amplitude_size(s), size - next * amplitude_size(s)))
        fail("writes behind the last run");
}

/* A sum depends on its run alone: written once more, as the only run of a tile, it has the same one. */
static void check_sum_alone(const subject *s, const kt_gather *gather, unsigned char *state, double sum) {
    uint64_t zero = 0;
    kt_gather alone = {.bits = gather->bits, .run_bits = gather->run_bits, .run_count = 1, .offset = &zero};
    unsigned char *base = state + offsets[gather->run_count - 1] * amplitude_size(s);
    void *tile = place(TILE, amplitude_size(s) << gather->bits, LOW);
    double again = 0;
    s->kernels->load(tile, base, &alone, NULL);
    s->kernels->store(base, tile, &alone, (const double[2]){1, 0}, &again, false);
    if (memcmp(&sum, &again, sizeof sum)) fail("the last sum, %.17g, is %.17g when its run is stored alone", sum, again);
}

void check_store(const subject *s, uint32_t bits) {
    for (uint32_t round = 0; round < rounds(bits, 90); round++) {
        kt_gather drawn;
        size_t amplitudes = random_gather(&drawn, bits), size = state_size(s, amplitudes);
        unsigned char *before = malloc(2 * size);
        if (!before) exit(1);
        random_state_bytes(s, before, amplitudes);
        random_amplitudes(s, tile_before, (size_t)1 << bits);
        double factor[2] = {round % 4 ? random_number() : 1, round % 4 ? random_number() : 0};
        bool summed = random_below(2), fresh = random_below(2);
        for (int end = LOW; end < END_COUNT; end++) {
            kt_gather gather = drawn;
            gather.offset = place_copy(ARGUMENT, offsets, gather.run_count * sizeof *offsets, end);
            const double *given = place_copy(ARGUMENT2, factor, sizeof factor, end);
            void *tile = place_tile(s, TILE, tile_before, bits, end);
            unsigned char *base = place_copy(STATE, before, size, end);
            double *sums = summed ? place(SUMS, gather.run_count * sizeof *sums, end) : NULL;
            describe("%s %s store, bits %u, %llu runs of 2^%u, factor (%g, %g)%s%s, at the %s end", s->isa, s->precision, bits,
                     (unsigned long long)gather.run_count, gather.run_bits, factor[0], factor[1], summed ? ", sums" : "",
                     fresh ? ", fresh" : "", end == HIGH ? "high" : "low");
            for (arena i = TILE; i <= ARGUMENT2; i++) read_only(i, i != STATE);
            s->kernels->store(base, tile, &gather, given, sums, fresh);
            for (arena i = TILE; i <= ARGUMENT2; i++) read_only(i, false);
            check_stored(s, &gather, before, base, size, (number)factor[0] + I * (number)factor[1], sums);
            if (end == LOW)
                memcpy(before + size, base, size);
            else if (memcmp(before + size, base, size))
                fail("done again, the bytes differ");
            /* At its place the run must begin at a multiple of KT_TILE_ALIGN to be a state by itself. */
            if (sums && offsets[gather.run_count - 1] * amplitude_size(s) % KT_TILE_ALIGN == 0)
                check_sum_alone(s, &gather, base, sums[gather.run_count - 1]);
        }
        free(before);
    }
}

/* Two runs more than 2^32 amplitudes apart, in a mapping of which only what is touched takes memory. */
void check_far(const subject *s, uint32_t bits) {
    if (bits > KT_TILE_LEAST) return;
    const uint64_t run = UINT64_C(1) << (bits - 1), offset[2] = {0, (UINT64_C(1) << 32) + run};
    const kt_gather gather = {.bits = bits, .run_bits = bits - 1, .run_count = 2, .offset = offset};
    size_t size = (size_t)(offset[1] + run) * amplitude_size(s);
    describe("%s %s load and store of far runs", s->isa, s->precision);
    unsigned char *state = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (state == MAP_FAILED) {
        printf("# no addresses for far runs\n");
        return;
    }
    random_amplitudes(s, tile_before, 2 * run);
    for (size_t l = 0; l < 2 * run; l++) put_state_amplitude(s, state, offset[l / run] + l % run, tile_before[l]);
    void *tile = place(TILE, amplitude_size(s) << bits, LOW);
    s->kernels->load(tile, state, &gather, NULL);
    check_tile(s, tile, bits, tile_before, 0, 0, 0, LOW);
    s->kernels->store(state, tile, &gather, (const double[2]){-1, 0}, NULL, false);
    for (size_t l = 0; l < 2 * run; l++)
        if (state_amplitude(s, state, offset[l / run] + l % run) != -tile_before[l]) fail("amplitude %zu of the tile was not stored", l);
    munmap(state, size);
}

void check_start(const subject *s, uint32_t bits) {
    for (uint32_t round = 0; round < rounds(bits, 60); round++) {
        double wires[4 * KT_TILE_MOST], factor[2] = {random_number(), random_number()};
        long double tolerance = 2 * (bits + 2) * (long double)s->epsilon * hypotl(factor[0], factor[1]);
        tile_wanted[0] = (number)factor[0] + I * (number)factor[1];
        for (uint32_t i = 0; i < bits; i++) {
            for (uint32_t j = 0; j < 4; j++) wires[4 * i + j] = random_below(8) ? random_number() : 0;
            number zero = (number)wires[4 * i] + I * (number)wires[4 * i + 1],
                   one = (number)wires[4 * i + 2] + I * (number)wires[4 * i + 3];
            tolerance *= fmaxl(cabsl(zero), cabsl(one));
            for (size_t l = 0; l < (size_t)1 << i; l++) {
                tile_wanted[l | (size_t)1 << i] = tile_wanted[l] * one;
                tile_wanted[l] *= zero;
            }
        }
        for (int end = LOW; end < END_COUNT; end++) {
            const double *given = place_copy(ARGUMENT, wires, 4 * bits * sizeof *wires, end);
            const double *times = place_copy(ARGUMENT2, factor, sizeof factor, end);
            void *tile = place(TILE, amplitude_size(s) << bits, end);
            describe("%s %s start, bits %u, round %u, at the %s end", s->isa, s->precision, bits, round, end == HIGH ? "high" : "low");
            read_only(ARGUMENT, true);
            read_only(ARGUMENT2, true);
            s->kernels->start(tile, bits, given, times);
            read_only(ARGUMENT, false);
            read_only(ARGUMENT2, false);
            check_tile(s, tile, bits, tile_wanted, tolerance, 0, 0, end);
        }
    }
}
