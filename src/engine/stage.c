/* SPDX-License-Identifier: Apache-2.0
 *
 * Segments of a plan, stage by stage; a stage's tiles through its works. See stage.h.
 *
 *   memory  --load-->  scratch  --works-->  scratch  --store, times the scalars of the rotations-->  memory
 *
 * Tiles are shared out as blocks of kt_parallel, so that a thread has the same tiles in every stage of the same shape. Where all is one
 * tile it stays in scratch until the stage ends, and no thread is woken.
 */
#include "engine/stage.h"

#include <math.h>
#include <string.h>

#define LOOK_BITS         19      /* 2^so many amplitudes are worked on between two looks whether to stop, within a tile */
#define APART             2048    /* bytes: so that the two tiles of a thread are not at equal places of their pages */
#define LITTLE_BYTES      0x20000 /* that an earlier run may leave in the workshop and this one does not need */
#define THREAD_AMPLITUDES 0x4000u /* that a stage has at least for each of its threads */

/* ── The workshop ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_workshop_free(struct kt_workshop *shop) {
    if (!shop) return;
    kt_bounds_free(&shop->bounds);
    kt_free(shop->works);
    kt_free(shop->rotations);
    kt_free(shop->numbers);
    kt_free(shop->columns);
    kt_free(shop->offsets);
    for (uint32_t i = 0; i < KT_TABLES_MOST; i++) {
        kt_pages_free(shop->diagonals[i], KT_DIAGONAL_BYTES);
        kt_pages_free(shop->linears[i], KT_LINEAR_BYTES);
    }
    kt_pages_free(shop->rooms, shop->rooms_bytes);
    kt_free(shop);
}

static ketch_status open_workshop(kt_run *run) {
    if (!run->engine->workshop) run->engine->workshop = kt_zalloc(sizeof *run->engine->workshop);
    return run->engine->workshop ? KETCH_OK : kt_no_memory(run->diag);
}

static uint64_t workshop_bytes(const struct kt_workshop *shop) {
    uint64_t bytes = shop->rooms_bytes + shop->bounds.actions_capacity * sizeof *shop->bounds.actions +
                     shop->bounds.numbers_capacity * sizeof *shop->bounds.numbers + shop->works_capacity * sizeof *shop->works +
                     shop->rotations_capacity * sizeof *shop->rotations + shop->numbers_capacity * sizeof *shop->numbers +
                     shop->columns_capacity * sizeof *shop->columns + shop->offsets_capacity * sizeof *shop->offsets;
    for (uint32_t i = 0; i < KT_TABLES_MOST; i++)
        bytes += (shop->diagonals[i] ? KT_DIAGONAL_BYTES : 0) + (shop->linears[i] ? KT_LINEAR_BYTES : 0);
    return bytes;
}

/* What it has grown to is the run's memory. */
static void count_workshop(kt_run *run) {
    uint64_t bytes = workshop_bytes(run->engine->workshop);
    kt_run_took(run, bytes - run->workshop_bytes);
    run->workshop_bytes = bytes;
}

void kt_trim_workshop(kt_engine *engine, const kt_plan *plan) {
    if (!engine->workshop || workshop_bytes(engine->workshop) <= kt_plan_scratch(plan, engine->threads) + LITTLE_BYTES) return;
    kt_workshop_free(engine->workshop);
    engine->workshop = NULL;
}

static bool take_rooms(struct kt_workshop *shop, size_t bytes, bool huge) {
    if (bytes <= shop->rooms_bytes && huge == shop->rooms_huge) return true;
    kt_pages_free(shop->rooms, shop->rooms_bytes);
    shop->rooms = kt_pages_alloc(bytes, huge);
    shop->rooms_bytes = shop->rooms ? bytes : 0;
    shop->rooms_huge = huge;
    return shop->rooms;
}

/* ── The shape of a stage ───────────────────────────────────────────────────────────────────────────────────────────────── */

/* The bits of `number` at the places that are set in `mask`. */
static uint64_t deposit(uint64_t number, uint64_t mask) {
    uint64_t out = 0;
    for (; mask && number; mask &= mask - 1, number >>= 1) {
        if (number & 1) out |= mask & (~mask + 1);
    }
    return out;
}

/* Where the runs of a tile are, behind its base. */
static bool make_gather(kt_pass *pass) {
    struct kt_workshop *shop = pass->shop;
    uint32_t local = (uint32_t)__builtin_popcountll(pass->stage->local), run_bits = pass->stage->run_bits;
    uint64_t runs = UINT64_C(1) << (local - run_bits), high = pass->stage->local >> run_bits << run_bits;
    if (!kt_reserve(&shop->offsets, &shop->offsets_capacity, runs, sizeof *shop->offsets)) return false;
    shop->offsets[0] = 0;
    for (uint64_t step = 1; high; high &= high - 1, step <<= 1)
        for (uint64_t r = 0; r < step; r++) shop->offsets[step + r] = shop->offsets[r] | (high & (~high + 1));
    pass->gather = (kt_gather){.bits = pass->bits, .run_bits = run_bits, .run_count = runs, .offset = shop->offsets};
    return true;
}

/* Which wire is which bit of a tile's address, or of its number. */
static void place_wires(kt_pass *pass) {
    const kt_stage *stage = pass->stage;
    uint32_t wires = pass->run->plan->wires;
    uint64_t all = (UINT64_C(1) << wires) - 1, base = all & ~stage->local;
    pass->base_count = 0;
    for (uint64_t left = base; left; left &= left - 1) pass->base_bits[pass->base_count++] = (uint8_t)__builtin_ctzll(left);
    for (uint32_t wire = 0; wire < wires; wire++) {
        uint64_t bit = UINT64_C(1) << stage->position[wire];
        uint8_t local = (uint8_t)__builtin_popcountll(stage->local & (bit - 1)), number = (uint8_t)__builtin_popcountll(base & (bit - 1));
        pass->local_of[wire] = stage->local & bit ? local : 255;
        pass->base_of[wire] = stage->local & bit ? 255 : number;
    }
    uint32_t bits = (uint32_t)__builtin_popcountll(stage->local);
    pass->tiles = UINT64_C(1) << (wires - bits);
    pass->bits = bits < KT_TILE_LEAST ? KT_TILE_LEAST : bits;
}

/* ── The product state that a segment starts with ───────────────────────────────────────────────────────────────────────── */

/* A wire's two amplitudes, re im re im, after an action of one bit, as memory sees it. */
static void start_action(double *wire, const kt_action *action, const kt_bound *bound, const double *matrices) {
    if (action->kind == KT_ACTION_DENSE) {
        const double *matrix = matrices + bound->matrix;
        double a[4];
        memcpy(a, wire, sizeof a);
        for (uint32_t i = 0; i < 2; i++, matrix += 4) {
            wire[2 * i] = matrix[0] * a[0] - matrix[1] * a[1] + matrix[2] * a[2] - matrix[3] * a[3];
            wire[2 * i + 1] = matrix[0] * a[1] + matrix[1] * a[0] + matrix[2] * a[3] + matrix[3] * a[2];
        }
    } else if (action->kind == KT_ACTION_PHASES) {
        double c = cos(bound->phases[0]), s = sin(bound->phases[0]), re = wire[2], im = wire[3];
        wire[2] = c * re - s * im;
        wire[3] = c * im + s * re;
    } else if (action->kind == KT_ACTION_ROTATION) {
        double t = bound->tangent, scale = 1 / sqrt(1 + t * t), a[4];
        memcpy(a, wire, sizeof a);
        if (action->imaginary) { /* (1, -it; -it, 1) */
            wire[0] = a[0] + t * a[3];
            wire[1] = a[1] - t * a[2];
            wire[2] = a[2] + t * a[1];
            wire[3] = a[3] - t * a[0];
        } else {
            wire[0] = a[0] - t * a[2];
            wire[1] = a[1] - t * a[3];
            wire[2] = a[2] + t * a[0];
            wire[3] = a[3] + t * a[1];
        }
        for (uint32_t i = 0; i < 4; i++) wire[i] *= scale;
    }
}

static void make_start(kt_pass *pass, const kt_segment *segment) {
    const kt_plan *plan = pass->run->plan;
    static const double zero[4] = {1, 0, 0, 0};
    for (uint32_t i = 0; i < pass->bits; i++) memcpy(pass->wires + 4 * i, zero, sizeof zero);
    for (uint32_t k = 0; k < pass->base_count; k++) memcpy(pass->base_wires + 4 * k, zero, sizeof zero);
    for (uint32_t i = 0; i < segment->start_count; i++) {
        uint32_t number = plan->order[segment->first_start + i];
        const kt_action *action = &plan->actions[number];
        uint8_t wire = action->bits[0];
        double *amplitudes =
            pass->local_of[wire] != 255 ? pass->wires + 4 * pass->local_of[wire] : pass->base_wires + 4 * pass->base_of[wire];
        start_action(amplitudes, action, &pass->shop->bounds.actions[number - segment->first_action], pass->shop->bounds.numbers);
    }
}

static void multiply_by(double factor[2], const double *by) {
    double re = factor[0], im = factor[1];
    factor[0] = re * by[0] - im * by[1];
    factor[1] = re * by[1] + im * by[0];
}

/* ── A tile ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What a thread has for the tile at hand. */
typedef struct kt_room {
    char *tile, *other; /* the tile, and room for it */
    double *sums;       /* of its runs */
    double factor[2];   /* at the write-back */
} kt_room;

static bool takes_part(const kt_ready *ready, uint64_t tile) {
    if (ready->kind == KT_READY_LINEAR) return !ready->identity || (ready->base_used & tile);
    return (tile & ready->base_mask) == ready->base_value;
}

static bool tile_has_work(const kt_pass *pass, uint64_t tile) {
    if (pass->always) return true;
    for (size_t i = 0; i < pass->shop->work_count; i++) {
        if (takes_part(&pass->shop->works[i], tile)) return true;
    }
    return false;
}

/* The factor that comes from base bits alone: their angles, and those of their pairs. */
static void turn(double factor[2], const kt_pass *pass, const kt_ready *ready, uint64_t tile) {
    const double *angles = pass->shop->numbers + ready->place + 2 * (pass->bits + 1) * (1 + (size_t)pass->base_count);
    double angle = 0;
    for (uint64_t left = tile; left; left &= left - 1) {
        uint32_t k = (uint32_t)__builtin_ctzll(left);
        const double *row = angles + (size_t)k * pass->base_count;
        angle += row[k];
        for (uint64_t below = tile & ((UINT64_C(1) << k) - 1); below; below &= below - 1) angle += row[__builtin_ctzll(below)];
    }
    multiply_by(factor, (const double[]){cos(angle), sin(angle)});
}

static void do_diagonal(const kt_pass *pass, const kt_ready *ready, kt_room *room, uint64_t tile) {
    const double *units = pass->shop->numbers + ready->place;
    double single[2 * (KT_TILE_MOST + 1)];
    uint32_t count = pass->bits + 1;
    uint64_t rows = tile & ready->base_used;
    if (ready->turns) turn(room->factor, pass, ready, tile);
    if (rows) {
        memcpy(single, units, 2 * count * sizeof *single);
        for (; rows; rows &= rows - 1) {
            const double *row = units + 2 * count * (1 + (size_t)__builtin_ctzll(rows));
            for (uint32_t i = 0; i < count; i++) multiply_by(single + 2 * i, row + 2 * i);
        }
        units = single;
    }
    pass->kernels->diagonal(room->tile, pass->bits, pass->shop->diagonals[ready->table], units);
}

static void do_linear(const kt_pass *pass, const kt_ready *ready, kt_room *room, uint64_t tile) {
    const uint32_t *columns = pass->shop->columns + ready->place;
    uint32_t offset = 0;
    for (uint64_t left = tile & ready->base_used; left; left &= left - 1) offset ^= columns[__builtin_ctzll(left)];
    if (ready->identity && !offset) return;
    pass->kernels->linear(room->other, room->tile, pass->bits, pass->shop->linears[ready->table], offset);
    char *tile_now = room->other;
    room->other = room->tile;
    room->tile = tile_now;
}

static void do_work(const kt_pass *pass, const kt_ready *ready, kt_room *room, uint64_t tile) {
    const struct kt_workshop *shop = pass->shop;
    const kt_tile_precision *kernels = pass->kernels;
    static const double minus[2] = {-1, 0};
    if (!takes_part(ready, tile)) return;
    switch ((kt_ready_kind)ready->kind) {
    case KT_READY_ROTATE: kernels->rotate(room->tile, pass->bits, shop->rotations + ready->place, ready->count); break;
    case KT_READY_DIAGONAL: do_diagonal(pass, ready, room, tile); break;
    case KT_READY_TURN: turn(room->factor, pass, ready, tile); break;
    case KT_READY_LINEAR: do_linear(pass, ready, room, tile); break;
    case KT_READY_EXCHANGE:
        kernels->exchange(room->tile, pass->bits, ready->targets[0], ready->mask, ready->value);
        if (ready->negative) kernels->scale(room->tile, pass->bits, ready->mask, ready->value, minus);
        break;
    case KT_READY_SCALE: kernels->scale(room->tile, pass->bits, ready->mask, ready->value, shop->numbers + ready->place); break;
    case KT_READY_DENSE:
        kernels->dense(room->tile, pass->bits, ready->targets, ready->count, ready->mask, ready->value,
                       shop->bounds.numbers + ready->place);
        break;
    }
}

/* Zero where a base wire of the product state has nothing of this tile. */
static bool start_tile(const kt_pass *pass, kt_room *room, uint64_t tile) {
    double factor[2] = {1, 0};
    for (uint32_t k = 0; k < pass->base_count; k++) multiply_by(factor, pass->base_wires + 4 * k + 2 * (tile >> k & 1));
    pass->kernels->start(room->tile, pass->bits, pass->wires, factor);
    return factor[0] != 0 || factor[1] != 0;
}

static void keep_sums(const kt_pass *pass, const kt_room *room, uint64_t base) {
    for (uint64_t r = 0; r < pass->gather.run_count; r++)
        pass->run->sums[(base + pass->gather.offset[r]) >> pass->gather.run_bits] = room->sums[r];
}

/* The only tile, for the next batch, where that looks for it. */
static void keep_tile(const kt_pass *pass, const kt_room *room) {
    if (room->tile != pass->shop->rooms) memcpy(pass->shop->rooms, room->tile, pass->amplitude_size << pass->bits);
}

static void do_tile(const kt_pass *pass, kt_room *room, uint64_t tile, uint64_t base, const void *next) {
    bool busy = true;
    if (pass->starts)
        busy = start_tile(pass, room, tile);
    else if (pass->loads)
        pass->kernels->load(room->tile, pass->amplitudes + base * pass->amplitude_size, &pass->gather, next);
    memcpy(room->factor, pass->factor, sizeof room->factor);
    size_t look = (size_t)1 << (LOOK_BITS - pass->bits);
    for (size_t i = 0; busy && i < pass->shop->work_count; i++) {
        do_work(pass, &pass->shop->works[i], room, tile);
        if ((i + 1) % look == 0 && kt_glance(pass->run)) return;
    }
    if (!pass->stores) {
        keep_tile(pass, room);
        return;
    }
    double *sums = pass->sums ? room->sums : NULL;
    pass->kernels->store(pass->amplitudes + base * pass->amplitude_size, room->tile, &pass->gather, room->factor, sums, pass->starts);
    if (sums) keep_sums(pass, room, base);
}

static kt_room room_of(const kt_pass *pass, uint32_t thread) {
    char *room = pass->shop->rooms + thread * pass->room_bytes;
    size_t tile_bytes = pass->amplitude_size << pass->bits;
    return (kt_room){.tile = room, .other = room + tile_bytes + APART, .sums = (double *)(room + 2 * tile_bytes + APART)};
}

static uint64_t base_mask(const kt_pass *pass) { return ((UINT64_C(1) << pass->run->plan->wires) - 1) & ~pass->stage->local; }

static void do_tiles(void *context, uint64_t first, uint64_t last) {
    const kt_pass *pass = context;
    kt_room room = room_of(pass, kt_thread(pass->run));
    for (uint64_t tile = first; tile < last; tile++) {
        if (!tile_has_work(pass, tile)) continue;
        bool more = tile + 1 < pass->tiles && tile_has_work(pass, tile + 1);
        const void *next = more ? pass->amplitudes + deposit(tile + 1, base_mask(pass)) * pass->amplitude_size : NULL;
        do_tile(pass, &room, tile, deposit(tile, base_mask(pass)), next);
    }
}

/* ── A stage ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What a batch leaves to the write-back: the scalars, and, with the last batch of a segment whose amplitudes will be looked at, the frame's
 * phase. */
static void set_factor(kt_pass *pass, kt_state_at_hand *state, bool phase) {
    kt_frame *frame = &state->frame;
    double factor[2], wanted = 1 / sqrt(pass->pending), rounded = (double)(float)wanted;
    if (pass->run->plan->precision != KETCH_PRECISION_FP32) rounded = wanted;
    pass->factor[0] = rounded;
    pass->factor[1] = 0;
    state->excess = rounded * rounded * pass->pending - 1;
    pass->pending = 1;
    pass->pending_count = 0;
    if (!phase) return;
    kt_frame_factor(factor, frame);
    multiply_by(pass->factor, factor);
    frame->phase = 0;
    frame->quarters = 0;
}

static bool every_tile(const kt_pass *pass) {
    if (pass->starts || pass->sums || pass->factor[0] != 1 || pass->factor[1] != 0) return true;
    for (size_t i = 0; i < pass->shop->work_count; i++) {
        const kt_ready *ready = &pass->shop->works[i];
        if (ready->kind == KT_READY_LINEAR ? !ready->identity : !ready->base_mask) return true;
    }
    return false;
}

static bool begin_pass(kt_pass *pass) {
    kt_run *run = pass->run;
    place_wires(pass);
    if (!make_gather(pass)) return false;
    size_t bytes = (2 * pass->amplitude_size << pass->bits) + APART + pass->gather.run_count * sizeof(double);
    pass->room_bytes = (bytes + 4095) / 4096 * 4096;
    uint64_t least = THREAD_AMPLITUDES >> pass->bits;
    pass->threads = kt_threads(run, pass->tiles, least ? least : 1);
    return take_rooms(pass->shop, pass->room_bytes * pass->threads, kt_huge_pages(run->plan));
}

static ketch_status run_stage(kt_run *run, kt_state_at_hand *state, const kt_segment *segment, uint32_t number, bool last_of_run) {
    const kt_plan *plan = run->plan;
    const kt_stage *stage = &plan->stages[segment->first_stage + number];
    bool last = number + 1 == segment->stage_count;
    uint8_t positions_after[64]; /* behind a segment wires are in order */
    for (uint32_t wire = 0; wire < plan->wires; wire++) positions_after[wire] = last ? (uint8_t)wire : stage[1].position[wire];
    kt_pass pass = {.run = run, .shop = run->engine->workshop, .stage = stage, .amplitudes = state->amplitudes};
    pass.pending = number ? 1 : 1 / (pass.shop->bounds.modulus * pass.shop->bounds.modulus);
    pass.kernels = kt_tile_kernels_of((kt_isa)plan->isa)->precision[plan->precision];
    pass.amplitude_size = kt_amplitude_size(run);
    if (!begin_pass(&pass)) return kt_no_memory(run->diag);
    pass.starts = state->blank;
    if (pass.starts) make_start(&pass, segment);
    double work = (double)kt_amplitude_count(run), left = work;
    ketch_status status = KETCH_OK;
    bool one_tile = pass.tiles == 1;
    for (pass.loads = !pass.starts; !status && !pass.done; pass.starts = false, pass.loads = !one_tile) {
        uint32_t first = pass.next;
        pass.pending *= 1 + state->excess;
        state->excess = 0;
        if (!kt_prepare_works(&pass, segment, positions_after)) return kt_no_memory(run->diag);
        run->pass_work = pass.done ? left : work * (pass.next - first) / stage->work_count;
        left -= run->pass_work;
        pass.stores = pass.done || !one_tile;
        pass.sums = pass.done && last && last_of_run;
        if (pass.stores) set_factor(&pass, state, pass.done && last && kt_plan_shows_state(plan));
        pass.always = every_tile(&pass);
        status = kt_share(run, pass.threads, pass.tiles, 1, do_tiles, &pass);
        run->work_done += run->pass_work;
    }
    count_workshop(run);
    state->blank = false;
    run->sum_bits = stage->run_bits;
    run->summed = pass.sums;
    run->passes_done++;
    return status;
}

ketch_status kt_run_segment(kt_run *run, kt_state_at_hand *state, const kt_segment *segment, bool last_of_run) {
    ketch_status status = open_workshop(run);
    kt_watch watch = kt_run_watch(run);
    if (!status) status = kt_bind(&run->engine->workshop->bounds, &state->frame, run->plan, segment, run->circuit, &watch, run->diag);
    if (status) return status;
    if (state->blank && segment->stage_count && !segment->starts) status = kt_fill_blank(run, state);
    state->excess = 0; /* of earlier segments: a measurement came between, or copies were made that do not know it */
    for (uint32_t i = 0; i < segment->stage_count && !status; i++) status = run_stage(run, state, segment, i, last_of_run);
    return status;
}
