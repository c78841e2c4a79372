/* SPDX-License-Identifier: Apache-2.0
 *
 * Sampling: draws to basis states to outcomes, in one walk over the state and without an array beside it.
 *
 *   draws      one a shot, keyed by the shot, times the norm                    0.71   0.02   0.43
 *   picks      the same sorted, each knowing its shot                           0.02:1 0.43:2 0.71:0
 *   walk       a chunk adds up its probabilities and serves the picks that fall into it; the sums of the chunks, which the norm
 *              check has made, tell which those are, so that picks are served in parallel and chunks without picks not looked at
 *   outcomes   scattered back to shot order; then the bits that were measured are picked from each basis state, as the frame reads it
 *
 * Of a small state all sums are made once, and each draw is looked up in them: nothing is sorted, and the outcomes are the same.
 */
#include "engine/run.h"

#include <math.h>
#include <string.h>

#define SHOT_BLOCK 4096
#define CREW_SHOTS 4096 /* in one walk of a thread by itself */
#define FEW        256  /* amplitudes whose sums are made once */
#define PICK       32   /* what serving a pick takes beside the walk, in amplitudes */

typedef union kt_shot {
    double draw;    /* until the walk */
    uint64_t index; /* of the basis state, after it */
} kt_shot;

struct kt_sampler {
    uint64_t capacity; /* shots in one walk */
    kt_shot *shots;    /* in order */
    kt_pick *picks;    /* sorted */
    uint32_t *ends;    /* bucket b of the picks is [ends[b - 1], ends[b]) */
    uint64_t *row;     /* an outcome with the bits that do not depend on the sample */
};

/* One walk: shots [0, count) of a list or of all. */
typedef struct kt_walk {
    kt_run *run;
    const struct kt_sampler *sampler;
    const kt_state_at_hand *state;
    struct kt_tail *tail; /* or NULL */
    uint64_t flips, undo; /* of the frame: made up for while walking, and afterwards */
    const uint64_t *list; /* NULL: shot first_shot + i */
    uint64_t first_shot, count;
    uint64_t buckets;
} kt_walk;

static uint64_t shot_number(const kt_walk *walk, uint64_t i) { return walk->list ? walk->list[i] : walk->first_shot + i; }

static void make_draws(void *context, uint64_t first, uint64_t last) {
    const kt_walk *walk = context;
    kt_draw draw = {.seed = walk->run->options->seed, .measurement = KT_DRAW_SAMPLE};
    for (uint64_t i = first; i < last; i++) {
        draw.shot = shot_number(walk, i);
        walk->sampler->shots[i].draw = kt_draw_uniform(&draw);
    }
}

/* Draws are uniform, so a bucket for every few of them leaves hardly anything to sort inside a bucket. First the buckets' sizes, then the
 * picks in their buckets. */
static ketch_status count_buckets(const kt_walk *walk) {
    uint32_t *ends = walk->sampler->ends;
    double scale = (double)walk->buckets;
    ketch_status status = KETCH_OK;
    memset(ends, 0, (walk->buckets + 1) * sizeof *ends);
    for (uint64_t i = 0; i < walk->count && !status; i++) {
        ends[(uint64_t)(walk->sampler->shots[i].draw * scale) + 1]++;
        if (i % KT_PIECE == KT_PIECE - 1) status = kt_look(walk->run);
    }
    for (uint64_t b = 0; b < walk->buckets; b++) ends[b + 1] += ends[b];
    return status;
}

/* A threshold stays below the norm, where rounding would make it equal. */
static ketch_status fill_buckets(const kt_walk *walk) {
    const struct kt_sampler *sampler = walk->sampler;
    double scale = (double)walk->buckets, norm = walk->run->norm, most = nextafter(norm, 0);
    ketch_status status = KETCH_OK;
    for (uint64_t i = 0; i < walk->count && !status; i++) {
        double draw = sampler->shots[i].draw;
        sampler->picks[sampler->ends[(uint64_t)(draw * scale)]++] = (kt_pick){fmin(draw * norm, most), i};
        if (i % KT_PIECE == KT_PIECE - 1) status = kt_look(walk->run);
    }
    return status;
}

static void sort_buckets(void *context, uint64_t first, uint64_t last) {
    const kt_walk *walk = context;
    kt_pick *picks = walk->sampler->picks;
    for (uint64_t b = first; b < last; b++) {
        uint64_t begin = b ? walk->sampler->ends[b - 1] : 0, end = walk->sampler->ends[b];
        for (uint64_t i = begin + 1; i < end; i++) {
            kt_pick pick = picks[i];
            uint64_t hole = i;
            for (; hole > begin && picks[hole - 1].threshold > pick.threshold; hole--) picks[hole] = picks[hole - 1];
            picks[hole] = pick;
        }
    }
}

/* The chunk that a threshold falls into: the last one that begins at or below it, not before `chunk`. The next one is the likeliest. */
static uint64_t chunk_of(const double *sums, uint64_t chunk, uint64_t chunks, double threshold) {
    uint64_t step = 1;
    for (; chunk + step < chunks && sums[chunk + step] <= threshold; step *= 2) chunk += step;
    for (; step; step /= 2) {
        if (chunk + step < chunks && sums[chunk + step] <= threshold) chunk += step;
    }
    return chunk;
}

static void serve_picks(void *context, uint64_t first, uint64_t last) {
    const kt_walk *walk = context;
    const double *sums = walk->run->sums;
    const kt_pick *picks = walk->sampler->picks;
    uint32_t bits = walk->run->sum_bits;
    uint64_t amplitudes = kt_amplitude_count(walk->run), chunks = ((amplitudes - 1) >> bits) + 1, chunk = 0;
    while (first < last) {
        chunk = chunk_of(sums, chunk, chunks, picks[first].threshold);
        uint64_t end = first + 1, begin = chunk << bits, stop = chunk + 1 < chunks ? (chunk + 1) << bits : amplitudes;
        while (end < last && picks[end].threshold < sums[chunk + 1]) end++;
        kt_pick_kernels[walk->run->plan->precision](walk->state->amplitudes, begin, stop, sums[chunk], picks + first, end - first,
                                                    walk->flips, &walk->sampler->shots->index);
        first = end;
    }
}

/* Where the sums of a small state are. */
typedef struct kt_table {
    const kt_walk *walk;
    double sums[FEW];
    uint64_t count, last;
} kt_table;

static bool is_small(const kt_run *run) {
    uint64_t amplitudes = kt_amplitude_count(run);
    return amplitudes <= FEW && (amplitudes - 1) >> run->sum_bits == 0;
}

/* The first amplitude whose sum exceeds the threshold, by halves. */
static void look_up(void *context, uint64_t first, uint64_t last) {
    const kt_table *table = context;
    double norm = table->walk->run->norm, most = nextafter(norm, 0);
    for (uint64_t i = first; i < last; i++) {
        kt_shot *shot = &table->walk->sampler->shots[i];
        double threshold = fmin(shot->draw * norm, most);
        uint64_t at = 0;
        for (uint64_t step = table->count / 2; step; step /= 2) at += table->sums[at + step - 1] > threshold ? 0 : step;
        shot->index = table->sums[at] > threshold ? at : table->last;
    }
}

static ketch_status serve_small(const kt_walk *walk) {
    kt_run *run = walk->run;
    kt_table table = {.walk = walk, .count = kt_amplitude_count(run)};
    table.last = kt_running_kernels[run->plan->precision](table.sums, walk->state->amplitudes, table.count, run->sums[0], walk->flips);
    return kt_parallel(run, walk->count, SHOT_BLOCK, look_up, &table);
}

static void write_rows(void *context, uint64_t first, uint64_t last) {
    const kt_walk *walk = context;
    const kt_plan *plan = walk->run->plan;
    for (uint64_t i = first; i < last; i++) {
        uint64_t index = walk->sampler->shots[i].index ^ walk->undo, *row = walk->run->rows + shot_number(walk, i) * plan->outcome_words;
        for (size_t w = 0; w < plan->outcome_words; w++) row[w] = walk->sampler->row[w];
        for (size_t m = 0; m < plan->move_count; m++) {
            kt_move move = plan->moves[m];
            uint64_t bits = index >> move.wire & (UINT64_MAX >> (64 - move.count));
            row[move.position / 64] |= bits << (move.position % 64);
        }
    }
}

void kt_make_row(const kt_plan *plan, uint64_t *row, const uint64_t *bits) {
    memset(row, 0, plan->outcome_words * sizeof *row);
    for (size_t i = 0; i < plan->counted_count; i++) {
        kt_counted counted = plan->counted[i];
        for (uint32_t k = 0; k < counted.count; k++) {
            uint32_t bit = counted.first + k, position = counted.position + k;
            row[position / 64] |= (bits[bit / 64] >> (bit % 64) & 1) << (position % 64);
        }
    }
    for (size_t w = 0; !plan->dynamic && w < plan->outcome_words; w++) row[w] &= ~plan->sampled[w];
}

/* One after the other: the machine has one memory. */
static ketch_status end_shots(const kt_walk *walk) {
    ketch_status status = KETCH_OK;
    for (uint64_t i = 0; i < walk->count && !status; i++) {
        status = kt_tail_row(walk->tail, shot_number(walk, i), walk->sampler->shots[i].index ^ walk->undo);
        if (!status && i % KT_PIECE == KT_PIECE - 1) status = kt_look(walk->run);
    }
    return status;
}

static ketch_status make_sampler(kt_run *run) {
    if (run->sampler) return KETCH_OK;
    struct kt_sampler *sampler = run->sampler = kt_zalloc(sizeof *sampler);
    if (!sampler) return kt_no_memory(run->diag);
    uint64_t capacity = kt_plan_sample_batch(run->plan, run->shots);
    if (run->whole != run && capacity > CREW_SHOTS) capacity = CREW_SHOTS;
    sampler->capacity = capacity;
    sampler->shots = kt_run_alloc(run, capacity, sizeof *sampler->shots);
    sampler->picks = kt_run_alloc(run, capacity, sizeof *sampler->picks);
    sampler->ends = kt_run_alloc(run, capacity + 2, sizeof *sampler->ends);
    sampler->row = kt_run_alloc(run, run->plan->outcome_words, sizeof *sampler->row);
    return sampler->shots && sampler->picks && sampler->ends && sampler->row ? KETCH_OK : kt_no_memory(run->diag);
}

void kt_sampler_free(kt_run *run) {
    struct kt_sampler *sampler = run->sampler;
    if (!sampler) return;
    kt_run_free(run, sampler->shots, sampler->capacity, sizeof *sampler->shots);
    kt_run_free(run, sampler->picks, sampler->capacity, sizeof *sampler->picks);
    kt_run_free(run, sampler->ends, sampler->capacity + 2, sizeof *sampler->ends);
    kt_run_free(run, sampler->row, run->plan->outcome_words, sizeof *sampler->row);
    kt_free(sampler);
    run->sampler = NULL;
}

/* Picks that walk some 2^16 amplitudes: from one to the next, or a chunk where they are further apart. */
static uint64_t pick_block(const kt_walk *walk) {
    uint64_t chunk = UINT64_C(1) << walk->run->sum_bits, apart = kt_amplitude_count(walk->run) / walk->count;
    return (UINT64_C(1) << 16) / (PICK + (apart < chunk ? apart : chunk)) + 1;
}

static ketch_status serve_sorted(kt_walk *walk) {
    kt_run *run = walk->run;
    walk->buckets = 1;
    while (walk->buckets * 4 <= walk->count) walk->buckets *= 2;
    ketch_status status = count_buckets(walk);
    if (!status) status = fill_buckets(walk);
    if (!status) status = kt_parallel(run, walk->buckets, SHOT_BLOCK, sort_buckets, walk);
    return status ? status : kt_parallel(run, walk->count, pick_block(walk), serve_picks, walk);
}

static ketch_status sample_once(kt_walk *walk) {
    kt_run *run = walk->run;
    ketch_status status = kt_parallel(run, walk->count, SHOT_BLOCK, make_draws, walk);
    if (!status) status = is_small(run) ? serve_small(walk) : serve_sorted(walk);
    if (!status) status = walk->tail ? end_shots(walk) : kt_parallel(run, walk->count, SHOT_BLOCK, write_rows, walk);
    return status;
}

ketch_status kt_sample(kt_run *run, const kt_state_at_hand *state, const uint64_t *shots, uint64_t count, const uint64_t *bits,
                       struct kt_tail *tail) {
    ketch_status status = make_sampler(run);
    if (status) return status;
    kt_make_row(run->plan, run->sampler->row, bits);
    uint64_t flips = kt_sampled_flips(run, state);
    for (uint64_t done = 0; done < count && !status;) {
        uint64_t left = count - done, batch = left < run->sampler->capacity ? left : run->sampler->capacity;
        kt_walk walk = {run, run->sampler, state, tail, flips, flips ^ state->frame.flips, shots ? shots + done : NULL, done, batch, 0};
        status = sample_once(&walk);
        done += batch;
    }
    return status;
}
