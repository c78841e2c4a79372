/* SPDX-License-Identifier: Apache-2.0
 *
 * The reference engine's steps on amplitudes: each picks a kernel, makes its layout and matrix, and is one pass. Measurements, sums and
 * what undoes a frame are passes of both engines. Sums are made of partial sums over chunks of a fixed size, added in order, so that they
 * have the same bits at any number of threads.
 */
#include "engine/run.h"

#include <math.h>
#include <string.h>

#define BLOCK_AMPLITUDES (UINT64_C(1) << 16)

size_t kt_amplitude_size(const kt_run *run) { return run->plan->precision == KETCH_PRECISION_FP32 ? 8 : 16; }
uint64_t kt_amplitude_count(const kt_run *run) { return UINT64_C(1) << run->plan->wires; }

/* ── Bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_byte_task {
    char *to;
    const char *from; /* NULL: zeros */
    size_t size;      /* of an amplitude */
} kt_byte_task;

static void move_bytes(void *context, uint64_t first, uint64_t last) {
    const kt_byte_task *task = context;
    if (task->from)
        memcpy(task->to + first * task->size, task->from + first * task->size, (last - first) * task->size);
    else
        memset(task->to + first * task->size, 0, (last - first) * task->size);
}

ketch_status kt_copy_state(kt_run *run, void *to, const void *from) {
    kt_byte_task task = {to, from, kt_amplitude_size(run)};
    return kt_parallel(run, kt_amplitude_count(run), BLOCK_AMPLITUDES, move_bytes, &task);
}

ketch_status kt_set_zero_state(kt_run *run, void *amplitudes) {
    ketch_status status = kt_copy_state(run, amplitudes, NULL);
    if (status) return status;
    if (run->plan->precision == KETCH_PRECISION_FP32)
        *(float *)amplitudes = 1;
    else
        *(double *)amplitudes = 1;
    return KETCH_OK;
}

ketch_status kt_fill_blank(kt_run *run, kt_state_at_hand *state) {
    if (!state->blank) return KETCH_OK;
    state->blank = false;
    return kt_set_zero_state(run, state->amplitudes);
}

/* ── Kernels ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_kernel_task {
    kt_kernel_apply *apply;
    void *amplitudes;
    const kt_layout *layout;
    const double *matrix;
} kt_kernel_task;

static void apply_kernel(void *context, uint64_t first, uint64_t last) {
    const kt_kernel_task *task = context;
    task->apply(task->amplitudes, first, last, task->layout, task->matrix);
}

/* Runs a kernel with run->layout and run->matrix. A block of groups has the multiply-adds of 2^16 dense one-qubit groups. */
static ketch_status pass(kt_run *run, void *amplitudes, uint8_t kernel) {
    kt_kernel_task task = {kt_kernels[kernel].apply[run->plan->precision], amplitudes, &run->layout, run->matrix};
    uint32_t targets = run->layout.target_count ? run->layout.target_count : 1;
    return kt_parallel(run, kt_layout_groups(&run->layout, run->plan->wires), (4 * BLOCK_AMPLITUDES) >> (2 * targets), apply_kernel, &task);
}

/* From the operation's matrix to what the kernel reads: see kt_kernel_id. */
static void make_matrix(kt_run *run, const kt_step *step) {
    const kt_op *op = &run->circuit->ops[step->op];
    size_t size = (size_t)1 << kt_op_target_count(op);
    double *matrix = run->matrix;
    kt_op_matrix(matrix, run->circuit, op);
    if (step->kernel == KT_KERNEL_PHASE) {
        memmove(matrix, matrix + 2 * (size * size - 1), 2 * sizeof *matrix);
    } else if (step->kernel == KT_KERNEL_DIAGONAL) {
        for (size_t j = 1; j < size; j++) memcpy(matrix + 2 * j, matrix + 2 * (j * size + j), 2 * sizeof *matrix);
    } else if (step->kernel == KT_KERNEL_PERMUTE) {
        uint8_t image[KT_MAX_GROUP];
        for (size_t row = 0; row < size; row++)
            for (size_t column = 0; column < size; column++) {
                if (matrix[2 * (row * size + column)] != 0) image[column] = (uint8_t)row;
            }
        kt_layout_permute(&run->layout, image);
    }
}

ketch_status kt_apply_gate(kt_run *run, void *amplitudes, const kt_step *step) {
    kt_layout_make(&run->layout, step->targets, step->target_count, step->controls, step->values);
    make_matrix(run, step);
    run->pass_work = (double)kt_amplitude_count(run);
    ketch_status status = pass(run, amplitudes, step->kernel);
    if (status) return status;
    run->gates_done++;
    run->work_done += run->pass_work;
    return KETCH_OK;
}

ketch_status kt_flip(kt_run *run, void *amplitudes, uint8_t wire) {
    kt_layout_make(&run->layout, &wire, 1, 0, 0);
    kt_layout_permute(&run->layout, (const uint8_t[]){1, 0});
    return pass(run, amplitudes, KT_KERNEL_PERMUTE);
}

typedef struct kt_collapse_task {
    kt_kernel_collapse *collapse;
    void *to;
    const void *from;
    uint64_t bit, value;
    double factor;
} kt_collapse_task;

static void collapse_block(void *context, uint64_t first, uint64_t last) {
    const kt_collapse_task *task = context;
    task->collapse(task->to, task->from, first, last, task->bit, task->value, task->factor);
}

ketch_status kt_collapse(kt_run *run, void *to, const void *from, uint8_t wire, int outcome, const double probabilities[2]) {
    if (probabilities[!outcome] == 0 && to == from) return KETCH_OK; /* a tiny one lets the other round to 1, and yet is to be cleared */
    uint64_t bit = UINT64_C(1) << wire;
    kt_collapse_task task = {kt_collapse_kernels[run->plan->precision], to, from, bit, outcome ? bit : 0, 1 / sqrt(probabilities[outcome])};
    return kt_parallel(run, kt_amplitude_count(run), BLOCK_AMPLITUDES, collapse_block, &task);
}

/* ── The frame ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_settle_task {
    kt_kernel_settle *settle;
    void *amplitudes;
    uint64_t flips, signs;
    double factor[2];
} kt_settle_task;

static void settle_groups(void *context, uint64_t first, uint64_t last) {
    const kt_settle_task *task = context;
    task->settle(task->amplitudes, first, last, task->flips, task->signs, task->factor);
}

ketch_status kt_settle(kt_run *run, kt_state_at_hand *state) {
    kt_frame *frame = &state->frame;
    kt_settle_task task = {kt_settle_kernels[run->plan->precision], state->amplitudes, frame->flips, frame->signs, {1, 0}};
    kt_frame_factor(task.factor, frame);
    *frame = (kt_frame){0};
    if (!task.flips && !task.signs && task.factor[0] == 1 && task.factor[1] == 0) return KETCH_OK;
    return kt_parallel(run, kt_amplitude_count(run) >> (task.flips != 0), BLOCK_AMPLITUDES, settle_groups, &task);
}

/* ── Sums ───────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_sum_task {
    kt_kernel_sum *sum;
    const void *amplitudes;
    const kt_layout *layout;
    uint64_t groups;
    double *sums;
} kt_sum_task;

static void sum_chunks(void *context, uint64_t first, uint64_t last) {
    const kt_sum_task *task = context;
    for (uint64_t chunk = first; chunk < last; chunk++) {
        uint64_t begin = chunk * KT_CHUNK, end = begin + KT_CHUNK < task->groups ? begin + KT_CHUNK : task->groups;
        task->sums[chunk] = task->sum(task->amplitudes, begin, end, task->layout);
    }
}

static uint64_t chunks_of(uint64_t groups) { return (groups + KT_CHUNK - 1) / KT_CHUNK; }

/* Partial sums into run->sums; their number is chunks_of(groups of the layout). */
static ketch_status make_sums(kt_run *run, const void *amplitudes, const kt_layout *layout) {
    uint64_t groups = kt_layout_groups(layout, run->plan->wires);
    kt_sum_task task = {kt_sum_kernels[run->plan->precision], amplitudes, layout, groups, run->sums};
    return kt_parallel(run, chunks_of(groups), BLOCK_AMPLITUDES / KT_CHUNK, sum_chunks, &task);
}

typedef struct kt_halves_task {
    kt_kernel_halves *halves;
    const void *amplitudes;
    uint64_t bit, count;
    double *sums;
} kt_halves_task;

/* Of two chunks of amplitudes, a sum each for the two halves. */
static void halve_chunks(void *context, uint64_t first, uint64_t last) {
    const kt_halves_task *task = context;
    for (uint64_t chunk = first; chunk < last; chunk++) {
        uint64_t begin = chunk * 2 * KT_CHUNK, end = begin + 2 * KT_CHUNK < task->count ? begin + 2 * KT_CHUNK : task->count;
        task->halves(task->amplitudes, begin, end, task->bit, task->sums + 2 * chunk);
    }
}

/* Each from its own half: 1 - p would have lost the digits of a small one. */
ketch_status kt_probabilities(kt_run *run, const void *amplitudes, uint8_t wire, double out[2]) {
    uint64_t count = kt_amplitude_count(run), chunks = (count + 2 * KT_CHUNK - 1) / (2 * KT_CHUNK);
    double sums[2] = {0, 0};
    kt_halves_task task = {kt_halves_kernels[run->plan->precision], amplitudes, UINT64_C(1) << wire, count, run->sums};
    ketch_status status = kt_parallel(run, chunks, BLOCK_AMPLITUDES / (2 * KT_CHUNK), halve_chunks, &task);
    for (uint64_t chunk = 0; chunk < chunks && !status; chunk++)
        for (uint64_t half = 0; half < 2; half++) sums[half] += run->sums[2 * chunk + half];
    for (uint64_t half = 0; half < 2; half++) out[half] = sums[half] / (sums[0] + sums[1]);
    return status;
}

/* ── Comparing states ───────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_mark_task {
    kt_kernel_mark *mark;
    const kt_state_at_hand *state;
    uint64_t amplitudes;
    double *sums;
} kt_mark_task;

static void mark_chunks(void *context, uint64_t first, uint64_t last) {
    const kt_mark_task *task = context;
    for (uint64_t chunk = first; chunk < last; chunk++) {
        uint64_t begin = chunk * KT_CHUNK, end = begin + KT_CHUNK < task->amplitudes ? begin + KT_CHUNK : task->amplitudes;
        task->sums[chunk] = task->mark(task->state->amplitudes, begin, end, task->state->frame.flips);
    }
}

ketch_status kt_mark(kt_run *run, const kt_state_at_hand *state, double *out) {
    uint64_t amplitudes = kt_amplitude_count(run), chunks = chunks_of(amplitudes);
    kt_mark_task task = {kt_mark_kernels[run->plan->precision], state, amplitudes, run->sums};
    ketch_status status = kt_parallel(run, chunks, BLOCK_AMPLITUDES / KT_CHUNK, mark_chunks, &task);
    *out = 0;
    for (uint64_t chunk = 0; chunk < chunks && !status; chunk++) *out += run->sums[chunk];
    return status;
}

typedef struct kt_same_task {
    kt_kernel_same *same;
    const void *one, *other;
    uint64_t flips, signs;
    double factor[2], tolerance;
    atomic_bool differ;
} kt_same_task;

static void compare_states(void *context, uint64_t first, uint64_t last) {
    kt_same_task *task = context;
    if (atomic_load_explicit(&task->differ, memory_order_relaxed)) return;
    if (!task->same(task->one, task->other, first, last, task->flips, task->signs, task->factor, task->tolerance))
        atomic_store_explicit(&task->differ, true, memory_order_relaxed);
}

static void read_amplitude(double out[2], const kt_run *run, const void *amplitudes, uint64_t i) {
    bool fp32 = run->plan->precision == KETCH_PRECISION_FP32;
    for (uint64_t k = 0; k < 2; k++)
        out[k] = fp32 ? (double)((const float *)amplitudes)[2 * i + k] : ((const double *)amplitudes)[2 * i + k];
}

/* The phase between them is that of the first amplitude that is not below the mean; there is one. Frames differ by flips and signs:
 * y of the one is y xor the difference of the flips of the other. */
ketch_status kt_same_state(kt_run *run, const kt_state_at_hand *one, const kt_state_at_hand *other, bool *out) {
    kt_same_task task = {kt_same_kernels[run->plan->precision],
                         one->amplitudes,
                         other->amplitudes,
                         .flips = one->frame.flips ^ other->frame.flips,
                         .signs = one->frame.signs ^ other->frame.signs,
                         .tolerance = run->plan->precision == KETCH_PRECISION_FP32 ? 4e-6 : 1e-12};
    uint64_t count = kt_amplitude_count(run);
    double a[2] = {0, 0}, b[2], least = 0.5 / (double)count;
    uint64_t i = 0;
    *out = false;
    while (i < count && (read_amplitude(a, run, one->amplitudes, i), a[0] * a[0] + a[1] * a[1] < least)) i++;
    if (i == count) return KETCH_OK;
    read_amplitude(b, run, other->amplitudes, i ^ task.flips);
    double re = a[0] * b[0] + a[1] * b[1], im = a[1] * b[0] - a[0] * b[1], length = sqrt(re * re + im * im);
    if (!(length > 0)) return KETCH_OK;
    if (__builtin_parityll(task.signs & i)) length = -length;
    task.factor[0] = re / length;
    task.factor[1] = im / length;
    atomic_init(&task.differ, false);
    ketch_status status = kt_parallel(run, count, BLOCK_AMPLITUDES, compare_states, &task);
    *out = !atomic_load(&task.differ);
    return status;
}

/* ── The norm ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define MOST_TOLERANCE 0.1

double kt_norm_tolerance(const kt_plan *plan, double gates) {
    double unit = plan->precision == KETCH_PRECISION_FP32 ? 0x1p-23 : 0x1p-52;
    double tolerance = 64 * unit * fmax(gates, 64) + 1e-7 * (double)plan->totals.matrices;
    return tolerance < MOST_TOLERANCE ? tolerance : MOST_TOLERANCE;
}

#define WRITTEN 1e-7 /* amplitudes that the caller wrote need be of norm 1 nearly only */

/* A given state brings what earlier runs may have left. */
static double tolerance_of(const kt_run *run) {
    const ketch_state *given = run->options->state;
    double tolerance = kt_norm_tolerance(run->plan, run->gates) + (given ? given->drift + WRITTEN : 0);
    return tolerance < MOST_TOLERANCE ? tolerance : MOST_TOLERANCE;
}

#define SUM_GROUP 64 /* chunks added up by themselves before what rounding took is minded */

/* From the sums of chunks to those of the chunks before each. A chunk without probability gets none by rounding: nothing is sampled there.
 */
static void add_up(kt_run *run, uint64_t chunks) {
    double *sums = run->sums, before = 0, base = 0, lost = 0;
    for (uint64_t first = 0; first < chunks; first += SUM_GROUP) {
        uint64_t end = first + SUM_GROUP < chunks ? first + SUM_GROUP : chunks;
        double group = 0;
        for (uint64_t chunk = first; chunk < end; chunk++) {
            double sum = sums[chunk];
            sums[chunk] = before;
            group += sum;
            if (sum > 0) before = fmax(before, base + group);
        }
        double total = base + (group + lost); /* group is the smaller one, but for the first few */
        lost = (base - total) + (group + lost);
        base = total;
    }
    sums[chunks] = run->norm = isnan(base) ? base : before; /* one amplitude that is no number, wherever it is */
}

/* Chunk c is that of the basis states, not of memory. */
static void order_chunks(double *sums, uint64_t chunks, uint64_t flips) {
    for (uint64_t c = 0; flips && c < chunks; c++) {
        if (c > (c ^ flips)) continue;
        double sum = sums[c];
        sums[c] = sums[c ^ flips];
        sums[c ^ flips] = sum;
    }
}

ketch_status kt_check_norm(kt_run *run, const kt_state_at_hand *state) {
    if (!run->summed) {
        kt_layout_make(&run->layout, NULL, 0, 0, 0);
        ketch_status status = make_sums(run, state->amplitudes, &run->layout);
        if (status) return status;
        run->sum_bits = KT_CHUNK_BITS;
    }
    run->summed = false;
    uint64_t chunks = ((kt_amplitude_count(run) - 1) >> run->sum_bits) + 1;
    order_chunks(run->sums, chunks, kt_sampled_flips(run, state) >> run->sum_bits);
    add_up(run, chunks);
    double tolerance = run->options->norm_tolerance > 0 ? run->options->norm_tolerance : tolerance_of(run);
    if (fabs(1 - run->norm) <= tolerance) return KETCH_OK; /* false for NaN too */
    char norm[KT_NUMBER_TEXT], limit[KT_NUMBER_TEXT];
    kt_number_text(norm, run->norm);
    kt_number_round(limit, tolerance, 2);
    return kt_fail(run->diag, KT_NORM_DRIFTED, "the squared norm of the state is %s, further from 1 than %s", norm, limit);
}
