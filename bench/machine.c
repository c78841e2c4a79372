/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-machine [THREADS...]: what the machine can do at most, one line of JSON for each number of threads (1 and all).
 *
 *   bytes       a pass over an array far beyond the caches that reads and writes each number where it lies; read + written are counted
 *   arithmetic  multiply-adds in registers, in as many independent chains as hide their latency, of the widest vectors
 *
 * Every thread owns a piece of the array, written by itself first. All begin at a barrier, and the time ends with the last of them. Others
 * may use the machine, so that the best of several short rounds is what counts.
 */
#include "bench.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

enum { MOST_THREADS = 1024, ROUNDS = 24, PASSES = 2, CHAINS = 12, STEPS = 1 << 20 };

#define MOST_BYTES ((size_t)1 << 29)

/* Steps of CHAINS vectors each: chain = chain * factor + term, which goes to 1. The sum is returned so that it must be computed. */
#define MULTIPLY_ADDS(NAME, TARGET, VECTOR, NUMBER, SPREAD, MULTIPLY_ADD)                                                \
    TARGET static double NAME(void) {                                                                                    \
        VECTOR chains[CHAINS], factor = SPREAD((NUMBER)0.999), term = SPREAD((NUMBER)0.001);                             \
        for (int i = 0; i < CHAINS; i++) chains[i] = SPREAD((NUMBER)(i + 2));                                            \
        for (int step = 0; step < STEPS; step++) {                                                                       \
            _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) chains[i] = MULTIPLY_ADD(chains[i], factor, term); \
        }                                                                                                                \
        double sum = 0;                                                                                                  \
        for (int i = 0; i < CHAINS; i++) {                                                                               \
            NUMBER lanes[sizeof(VECTOR) / sizeof(NUMBER)];                                                               \
            memcpy(lanes, &chains[i], sizeof lanes);                                                                     \
            sum += (double)lanes[0];                                                                                     \
        }                                                                                                                \
        return sum;                                                                                                      \
    }

#define SAME(x)              x
#define PLAIN_ADD(x, y, z)   ((x) * (y) + (z))
#define NEON_ADD_64(x, y, z) vfmaq_f64(z, x, y)
#define NEON_ADD_32(x, y, z) vfmaq_f32(z, x, y)
#define WITH(instructions)   __attribute__((target(instructions)))

MULTIPLY_ADDS(plain_fp64, , double, double, SAME, PLAIN_ADD)
MULTIPLY_ADDS(plain_fp32, , float, float, SAME, PLAIN_ADD)
#if defined(__x86_64__)
MULTIPLY_ADDS(avx2_fp64, WITH("avx2,fma"), __m256d, double, _mm256_set1_pd, _mm256_fmadd_pd)
MULTIPLY_ADDS(avx2_fp32, WITH("avx2,fma"), __m256, float, _mm256_set1_ps, _mm256_fmadd_ps)
MULTIPLY_ADDS(avx512_fp64, WITH("avx512f"), __m512d, double, _mm512_set1_pd, _mm512_fmadd_pd)
MULTIPLY_ADDS(avx512_fp32, WITH("avx512f"), __m512, float, _mm512_set1_ps, _mm512_fmadd_ps)
#elif defined(__aarch64__)
MULTIPLY_ADDS(neon_fp64, , float64x2_t, double, vdupq_n_f64, NEON_ADD_64)
MULTIPLY_ADDS(neon_fp32, , float32x4_t, float, vdupq_n_f32, NEON_ADD_32)
#endif

typedef struct instructions {
    const char *name;
    double (*fp64)(void), (*fp32)(void);
    unsigned bytes; /* of a vector */
} instructions;

static instructions widest(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return (instructions){"avx512", avx512_fp64, avx512_fp32, 64};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return (instructions){"avx2", avx2_fp64, avx2_fp32, 32};
#elif defined(__aarch64__)
    return (instructions){"neon", neon_fp64, neon_fp32, 16};
#endif
    return (instructions){"plain", plain_fp64, plain_fp32, 0};
}

/* What the threads share. */
typedef struct work_team {
    pthread_barrier_t begin, end;
    instructions set;
    uint64_t *words;
    size_t word_count;
    unsigned threads;
    double pass, fp64, fp32; /* seconds of the best round */
} work_team;

typedef struct work_member {
    work_team *team;
    unsigned index;
    uint64_t *words;
    size_t word_count;
    volatile double sum; /* so that the arithmetic has a purpose */
} work_member;

static void fill(work_member *self) {
    for (size_t i = 0; i < self->word_count; i++) self->words[i] = i;
}

static void pass(work_member *self) {
    for (int p = 0; p < PASSES; p++) {
        for (size_t i = 0; i < self->word_count; i++) self->words[i] ^= (uint64_t)1 << 63;
        __asm__ volatile("" ::: "memory"); /* each pass is one of its own */
    }
}

static void fp64(work_member *self) { self->sum = self->team->set.fp64(); }
static void fp32(work_member *self) { self->sum = self->team->set.fp32(); }

/* All threads do the work at once; thread 0 keeps the least time from the first to begin to the last to end. */
static void together(work_member *self, void (*work)(work_member *), double *best) {
    pthread_barrier_wait(&self->team->begin);
    double start = bench_seconds();
    work(self);
    pthread_barrier_wait(&self->team->end);
    double seconds = bench_seconds() - start;
    if (self->index == 0 && best && (*best == 0 || seconds < *best)) *best = seconds;
}

static void *work(void *of) {
    work_member *self = of;
    work_team *team = self->team;
    together(self, fill, NULL);
    for (int round = 0; round < ROUNDS; round++) { /* the three in turn: what disturbs one for a while does not spoil all its rounds */
        if (round % 2 == 0) together(self, pass, &team->pass);
        together(self, fp64, &team->fp64);
        together(self, fp32, &team->fp32);
    }
    return NULL;
}

static void give_up(const char *why) {
    fprintf(stderr, "bench-machine: %s\n", why);
    exit(1);
}

static void measure(work_team *team) {
    static work_member members[MOST_THREADS];
    static pthread_t threads[MOST_THREADS];
    if (pthread_barrier_init(&team->begin, NULL, team->threads) || pthread_barrier_init(&team->end, NULL, team->threads))
        give_up("no barrier");
    size_t share = team->word_count / team->threads;
    for (unsigned t = 0; t < team->threads; t++) {
        members[t] = (work_member){team, t, team->words + t * share, share, 0};
        if (t && pthread_create(&threads[t], NULL, work, &members[t])) give_up("cannot start so many threads");
    }
    work(&members[0]);
    for (unsigned t = 1; t < team->threads; t++) pthread_join(threads[t], NULL);
    pthread_barrier_destroy(&team->begin);
    pthread_barrier_destroy(&team->end);
    double steps = (double)STEPS * CHAINS * team->threads, bytes = team->set.bytes;
    printf("{\"threads\": %u, \"instructions\": \"%s\", \"bytes_per_second\": %.4g, \"multiply_adds_per_second\": {\"fp64\": %.4g, "
           "\"fp32\": %.4g}}\n",
           team->threads, team->set.name, 2.0 * PASSES * (double)(share * team->threads * sizeof *team->words) / team->pass,
           steps * (bytes ? bytes / 8 : 1) / team->fp64, steps * (bytes ? bytes / 4 : 1) / team->fp32);
    fflush(stdout);
}

int main(int count, char **arguments) {
    size_t free_bytes = (size_t)sysconf(_SC_AVPHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    size_t bytes = free_bytes / 4 < MOST_BYTES ? free_bytes / 4 & ~(((size_t)1 << 21) - 1) : MOST_BYTES;
    unsigned long all = (unsigned long)sysconf(_SC_NPROCESSORS_ONLN);
    int given = count > 1;
    for (int i = given; i < (given ? count : 2); i++) {
        unsigned long threads = bench_argument(count, arguments, given ? i : count, i == 0 ? 1 : all);
        if (threads < 1 || threads > MOST_THREADS) give_up("threads: 1 to 1024");
        /* Fresh memory each time, so that each thread is the first to touch its piece. */
        void *words = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (words == MAP_FAILED) give_up("no memory");
        madvise(words, bytes, MADV_HUGEPAGE);
        work_team team = {.set = widest(), .words = words, .word_count = bytes / sizeof(uint64_t), .threads = (unsigned)threads};
        measure(&team);
        munmap(words, bytes);
        if (!given && all == 1) break;
    }
    return 0;
}
