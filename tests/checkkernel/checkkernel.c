/* SPDX-License-Identifier: Apache-2.0
 *
 * checkkernel [--seed N] [NAME]   checks every tile kernel, of every instruction set that this processor runs, in both precisions, against
 *                                 its definition; one test a kernel, in TAP. NAME: only tests whose name contains it, such as
 *                                 "avx512 float dense"
 * checkkernel --bench [NAME]      times them instead, on one thread: variants whose name contains NAME
 *
 * Same seed, same arguments. With KETCH_TEST_QUICK set, fewer draws.
 */
#include "checkkernel.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

number *tile_before, *tile_wanted;

/* ── Numbers from the seed ── */

static uint64_t random_state;

uint64_t random_bits(void) { /* splitmix64 */
    uint64_t z = random_state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

double random_number(void) { return (double)(random_bits() >> 11) * 0x1p-52 - 1; }
uint32_t random_below(uint32_t n) { return (uint32_t)((random_bits() >> 32) * n >> 32); }

number random_phase(void) {
    double angle = 3.14159265358979 * random_number();
    return (number)cos(angle) + I * (number)sin(angle);
}

void random_order(uint8_t *out, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t j = random_below(i + 1);
        out[i] = out[j];
        out[j] = (uint8_t)i;
    }
}

uint32_t random_mask(uint32_t bits, uint32_t without) {
    uint32_t all = ((1u << bits) - 1) & ~without;
    switch (random_below(4)) {
    case 0: return 0;
    case 1: return all & 1u << random_below(bits);
    case 2: return all & (uint32_t)random_bits() & (uint32_t)random_bits();
    default: return random_below(4) ? all & (1u << random_below(bits) | 1u << random_below(bits)) : all;
    }
}

void random_amplitudes(const subject *s, number *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double re = random_number(), im = random_number();
        out[i] = s->single ? (number)(float)re + I * (number)(float)im : (number)re + I * (number)im;
    }
}

uint32_t rounds(uint32_t bits, uint32_t most) {
    if (getenv("KETCH_TEST_QUICK")) most /= 4;
    uint32_t count = bits <= 9 ? most : bits <= 12 ? most / 6 : bits <= 14 ? most / 60 : 1;
    return count ? count : 1;
}

/* ── Memory between guard pages ── */

#define PAGE     ((size_t)65536) /* no processor's pages are larger */
#define CAPACITY ((size_t)32 << 20)

static unsigned char *arenas[ARENA_COUNT]; /* the low end */
static struct {
    unsigned char *pages; /* of the piece that was placed last */
    size_t size;
} placed[ARENA_COUNT];

static void map_arenas(void) {
    for (int i = 0; i < ARENA_COUNT; i++) {
        unsigned char *map = mmap(NULL, CAPACITY + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED || mprotect(map + PAGE, CAPACITY, PROT_READ | PROT_WRITE)) {
            perror("checkkernel: no memory");
            exit(1);
        }
        arenas[i] = placed[i].pages = map + PAGE;
    }
}

void *place(arena where, size_t size, int end) {
    if (size > CAPACITY) {
        fprintf(stderr, "checkkernel: an arena is too small for %zu bytes\n", size);
        exit(1);
    }
    unsigned char *piece = end == HIGH ? arenas[where] + CAPACITY - size : arenas[where];
    placed[where].size = (size + PAGE - 1) / PAGE * PAGE;
    placed[where].pages = end == HIGH ? arenas[where] + CAPACITY - placed[where].size : arenas[where];
    memset(piece, 0xff, size);
    return piece;
}

void *place_copy(arena where, const void *from, size_t size, int end) {
    void *piece = place(where, size, end);
    if (size) memcpy(piece, from, size);
    return piece;
}

void read_only(arena where, bool yes) {
    if (placed[where].size && mprotect(placed[where].pages, placed[where].size, yes ? PROT_READ : PROT_READ | PROT_WRITE)) {
        perror("checkkernel: mprotect");
        exit(1);
    }
}

/* ── Comparison ── */

static char description[512];
static uint32_t failure_count; /* of the test that runs */
static sigjmp_buf crashed;

void describe(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(description, sizeof description, format, arguments);
    va_end(arguments);
}

/* One line a failure, of the first few. */
void fail(const char *format, ...) {
    if (failure_count++ >= 5) return;
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    printf("# %s: %s\n", description, text);
}

size_t amplitude_size(const subject *s) { return s->single ? 2 * sizeof(float) : 2 * sizeof(double); }

static long double get_number(const subject *s, const void *numbers, size_t i) {
    return s->single ? (long double)((const float *)numbers)[i] : (long double)((const double *)numbers)[i];
}

static void put_number(const subject *s, void *numbers, size_t i, long double value) {
    if (s->single)
        ((float *)numbers)[i] = (float)value;
    else
        ((double *)numbers)[i] = (double)value;
}

/* Where the real part of amplitude l is in a tile; the imaginary one is a vector further. */
static size_t tile_index(const subject *s, size_t l) {
    uint32_t lane_bits = s->kernels->lane_bits;
    return (l >> lane_bits << (lane_bits + 1)) + (l & ((1u << lane_bits) - 1));
}

number tile_amplitude(const subject *s, const void *tile, size_t l) {
    size_t i = tile_index(s, l);
    return get_number(s, tile, i) + I * get_number(s, tile, i + (1u << s->kernels->lane_bits));
}

void *place_tile(const subject *s, arena where, const number *amplitudes, uint32_t bits, int end) {
    void *tile = place(where, amplitude_size(s) << bits, end);
    for (size_t l = 0; l < (size_t)1 << bits; l++) {
        size_t i = tile_index(s, l);
        put_number(s, tile, i, creall(amplitudes[l]));
        put_number(s, tile, i + (1u << s->kernels->lane_bits), cimagl(amplitudes[l]));
    }
    return tile;
}

number state_amplitude(const subject *s, const void *state, size_t i) {
    return get_number(s, state, 2 * i) + I * get_number(s, state, 2 * i + 1);
}

void put_state_amplitude(const subject *s, void *state, size_t i, number a) {
    put_number(s, state, 2 * i, creall(a));
    put_number(s, state, 2 * i + 1, cimagl(a));
}

void check_tile(const subject *s, const void *tile, uint32_t bits, const number *wanted, long double tolerance, uint32_t mask,
                uint32_t value, int end) {
    static unsigned char low[(size_t)16 << KT_TILE_MOST]; /* what was there at the low end */
    size_t size = amplitude_size(s) << bits;
    for (size_t l = 0; l < (size_t)1 << bits; l++) {
        number got = tile_amplitude(s, tile, l);
        long double allowed = (l & mask) == value ? tolerance : 0;
        if (!(fabsl(creall(got) - creall(wanted[l])) <= allowed && fabsl(cimagl(got) - cimagl(wanted[l])) <= allowed)) {
            fail("amplitude %zu is (%.17Lg, %.17Lg), not (%.17Lg, %.17Lg), which may be off by %.1Lg", l, creall(got), cimagl(got),
                 creall(wanted[l]), cimagl(wanted[l]), allowed);
            return;
        }
    }
    if (end == LOW)
        memcpy(low, tile, size);
    else if (memcmp(low, tile, size))
        fail("done again, the bytes differ");
}

/* ── All tests ── */

static const struct test {
    const char *name;
    void (*check)(const subject *s, uint32_t bits);
} tests[] = {
    {"load", check_load},         {"store", check_store},   {"far runs", check_far},      {"start", check_start}, {"rotate", check_rotate},
    {"diagonal", check_diagonal}, {"linear", check_linear}, {"exchange", check_exchange}, {"scale", check_scale}, {"dense", check_dense},
};
#define TEST_COUNT (sizeof tests / sizeof *tests)

static void on_crash(int signal_number) { siglongjmp(crashed, signal_number); }

static void run_test(const struct test *test, const subject *s, uint64_t seed) {
    random_state = seed;
    failure_count = 0;
    describe("before the first draw");
    int signal_number = sigsetjmp(crashed, 1);
    if (signal_number) {
        for (arena i = 0; i < ARENA_COUNT; i++) read_only(i, false);
        fail("%s", signal_number == SIGSEGV || signal_number == SIGBUS ? "reads or writes where it must not" : strsignal(signal_number));
    } else
        for (uint32_t bits = KT_TILE_LEAST; bits <= KT_TILE_MOST && !failure_count; bits++) test->check(s, bits);
}

static bool run_tests(const subject *subjects, uint32_t count, uint64_t seed, const char *name) {
    struct sigaction action = {.sa_handler = on_crash};
    int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
    bool good = true;
    uint32_t planned = 0, number_of_test = 0;
    for (int counting = 1; counting >= 0; counting--) {
        if (!counting) printf("1..%u%s\n# seed %llu\n", planned, planned ? "" : " # skip no such kernel", (unsigned long long)seed);
        for (uint32_t i = 0; i < count * TEST_COUNT; i++) {
            const subject *s = &subjects[i / TEST_COUNT];
            const struct test *test = &tests[i % TEST_COUNT];
            char title[64];
            snprintf(title, sizeof title, "%s %s %s", s->isa, s->precision, test->name);
            if (!strstr(title, name)) continue;
            if (counting) {
                planned++;
                continue;
            }
            run_test(test, s, seed);
            printf("%sok %u - %s\n", failure_count ? "not " : "", ++number_of_test, title);
            fflush(stdout);
            good &= !failure_count;
        }
    }
    return good;
}

/* Those that this processor runs. */
static uint32_t find_subjects(subject *out) {
    uint32_t count = 0;
    for (kt_isa isa = 0; isa <= kt_isa_best(); isa++) {
        const kt_tile_kernels *kernels = kt_tile_kernels_of(isa);
        for (int single = 0; kernels && single < 2; single++)
            out[count++] =
                (subject){kernels->name, single ? "float" : "double", kernels->precision[single], single, single ? 0x1p-23 : 0x1p-52};
    }
    return count;
}

int main(int argument_count, char **arguments) {
    uint64_t seed = 1;
    bool timed = false;
    const char *name = "";
    for (int i = 1; i < argument_count; i++) {
        char *end = NULL;
        if (!strcmp(arguments[i], "--bench"))
            timed = true;
        else if (!strcmp(arguments[i], "--seed") && i + 1 < argument_count && (seed = strtoull(arguments[i + 1], &end, 0), !*end))
            i++;
        else if (*arguments[i] != '-')
            name = arguments[i];
        else {
            fprintf(stderr, "usage: %s [--seed N | --bench] [NAME]\n", *arguments);
            return 2;
        }
    }
    subject subjects[2 * KT_ISA_COUNT];
    uint32_t count = find_subjects(subjects);
    if (timed) {
        bench(subjects, count, name);
        return 0;
    }
    map_arenas();
    tile_before = malloc(sizeof(number) << KT_TILE_MOST);
    tile_wanted = malloc(sizeof(number) << KT_TILE_MOST);
    if (!tile_before || !tile_wanted) return 1;
    bool good = run_tests(subjects, count, seed, name);
    free(tile_before);
    free(tile_wanted);
    return good ? 0 : 1;
}
