/* SPDX-License-Identifier: Apache-2.0
 *
 * Works of a stage to arguments of tile kernels. See stage.h.
 *
 * The numbers of a diagonal, of B tile bits and N base bits:
 *
 *   units         B + 1 complex   of the local bits alone; the last is 1
 *   rows          N x (B + 1)     row k: what base bit k, where it is 1, multiplies the units by
 *   turns         N x N real      angle of base bit k (k, k), and of the pair k > j (k, j)
 */
#include "engine/stage.h"

#include <math.h>
#include <string.h>

#define NOT_THERE 255

static bool is_identity(const uint32_t *columns, uint32_t bits) {
    for (uint32_t i = 0; i < bits; i++) {
        if (columns[i] != 1u << i) return false;
    }
    return true;
}

static double *take_numbers(struct kt_workshop *shop, size_t count, size_t *place) {
    if (!kt_reserve(&shop->numbers, &shop->numbers_capacity, shop->number_count + count, sizeof *shop->numbers)) return NULL;
    *place = shop->number_count;
    shop->number_count += count;
    return shop->numbers + *place;
}

static bool add_ready(struct kt_workshop *shop, kt_ready ready) {
    if (!kt_reserve(&shop->works, &shop->works_capacity, shop->work_count + 1, sizeof *shop->works)) return false;
    shop->works[shop->work_count++] = ready;
    return true;
}

/* A table of its own, kept for later batches. */
static void *take_table(void **tables, uint32_t *count, size_t bytes) {
    if (!tables[*count]) tables[*count] = kt_pages_alloc(bytes, true);
    return tables[*count] ? tables[(*count)++] : NULL;
}

/* ── Scalars ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Numbers that are rounded to fp32 change the norm a little, and the same numbers always the same way. It is made up for by the scalars
 * of the write-back, as if the condition left its share of the norm. */
static void make_up(kt_pass *pass, const kt_ready *ready, const double *numbers, size_t count) {
    if (pass->run->plan->precision != KETCH_PRECISION_FP32) return;
    double wanted = 0, rounded = 0;
    for (size_t i = 0; i < count; i++) {
        double number = (double)(float)numbers[i];
        wanted += numbers[i] * numbers[i];
        rounded += number * number;
    }
    if (wanted == 0) return;
    uint32_t controls = (uint32_t)(__builtin_popcount(ready->mask) + __builtin_popcountll(ready->base_mask));
    pass->pending *= 1 + ldexp(rounded / wanted - 1, -(int)controls);
}

static bool add_scale(kt_pass *pass, const double factor[2], kt_ready ready) {
    struct kt_workshop *shop = pass->shop;
    double *numbers = take_numbers(shop, 2, &ready.place);
    if (!numbers) return false;
    make_up(pass, &ready, factor, 2);
    memcpy(numbers, factor, 2 * sizeof *numbers);
    ready.kind = KT_READY_SCALE;
    return add_ready(shop, ready);
}

/* Amplitudes grow by up to the root of 2 a rotation: before they leave the range of numbers the scalars are multiplied in. */
static bool count_scalars(kt_pass *pass, uint32_t rotations) {
    uint32_t most = pass->run->plan->precision == KETCH_PRECISION_FP32 ? 64 : 500;
    if (pass->pending_count + rotations <= most) return true;
    const double factor[2] = {1 / sqrt(pass->pending), 0};
    pass->pending = 1;
    pass->pending_count = 0;
    return add_scale(pass, factor, (kt_ready){0});
}

static bool ready_rotations(kt_pass *pass, const kt_segment *segment, const kt_work *work) {
    const kt_plan *plan = pass->run->plan;
    struct kt_workshop *shop = pass->shop;
    if (!count_scalars(pass, work->count)) return false;
    if (!kt_reserve(&shop->rotations, &shop->rotations_capacity, shop->rotation_count + work->count, sizeof *shop->rotations)) return false;
    kt_ready ready = {.kind = KT_READY_ROTATE, .place = shop->rotation_count};
    for (uint32_t i = 0; i < work->count; i++) {
        uint32_t number = plan->order[work->first + i];
        const kt_action *action = &plan->actions[number];
        double tangent = shop->bounds.actions[number - segment->first_action].tangent;
        if (tangent == 0) continue;
        shop->rotations[shop->rotation_count++] = (kt_rotation){tangent, pass->local_of[action->bits[0]], action->imaginary};
        pass->pending *= 1 + tangent * tangent;
        pass->pending_count++;
        ready.count++;
    }
    return !ready.count || add_ready(shop, ready);
}

static void set_condition(kt_ready *ready, const kt_pass *pass, uint64_t controls, uint64_t values) {
    for (uint64_t left = controls; left; left &= left - 1) {
        uint32_t wire = (uint32_t)__builtin_ctzll(left), value = values >> wire & 1;
        if (pass->local_of[wire] != NOT_THERE) {
            ready->mask |= 1u << pass->local_of[wire];
            ready->value |= value << pass->local_of[wire];
        } else {
            ready->base_mask |= UINT64_C(1) << pass->base_of[wire];
            ready->base_value |= (uint64_t)value << pass->base_of[wire];
        }
    }
}

/* ── Diagonals ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The angle of a diagonal as a quadratic form in the bits of the tile's address and of its number. */
typedef struct kt_quadratic {
    double single[KT_TILE_MOST];
    double pair[KT_TILE_MOST * KT_TILE_MOST];       /* i * bits + j, i < j */
    double base_local[KT_BASE_MOST * KT_TILE_MOST]; /* k * bits + i */
    double base[KT_BASE_MOST * KT_BASE_MOST];       /* k * base_count + j, j <= k */
    uint64_t base_used;                             /* rows of base_local that hold something */
    bool locals, bases;                             /* the first two, and the last, do */
} kt_quadratic;

static void add_single(kt_quadratic *form, const kt_pass *pass, uint32_t wire, double angle) {
    if (angle == 0) return;
    uint32_t local = pass->local_of[wire], base = pass->base_of[wire];
    if (local != NOT_THERE)
        form->single[local] += angle, form->locals = true;
    else
        form->base[base * pass->base_count + base] += angle, form->bases = true;
}

static void add_pair(kt_quadratic *form, const kt_pass *pass, uint32_t a, uint32_t b, double angle) {
    if (angle == 0) return;
    uint32_t i = pass->local_of[a], j = pass->local_of[b], k = pass->base_of[a], l = pass->base_of[b];
    if (i != NOT_THERE && j != NOT_THERE) {
        form->pair[i < j ? i * pass->bits + j : j * pass->bits + i] += angle;
        form->locals = true;
    } else if (i == NOT_THERE && j == NOT_THERE) {
        form->base[k > l ? k * pass->base_count + l : l * pass->base_count + k] += angle;
        form->bases = true;
    } else {
        uint32_t base = i == NOT_THERE ? k : l, local = i == NOT_THERE ? j : i;
        form->base_local[base * pass->bits + local] += angle;
        form->base_used |= UINT64_C(1) << base;
    }
}

static void clear_quadratic(kt_quadratic *form, const kt_pass *pass) {
    memset(form->single, 0, pass->bits * sizeof *form->single);
    memset(form->pair, 0, (size_t)pass->bits * pass->bits * sizeof *form->pair);
    form->base_used = 0;
    form->locals = form->bases = false;
    if (!pass->base_count) return;
    memset(form->base_local, 0, (size_t)pass->base_count * pass->bits * sizeof *form->base_local);
    memset(form->base, 0, (size_t)pass->base_count * pass->base_count * sizeof *form->base);
}

/* Phases one by one: e^(i angle) where a local bit is 1, and another, or a base bit, besides. */
static bool add_phase(kt_pass *pass, double angle, uint32_t mask, uint64_t base_mask) {
    double unit[2];
    if (angle == 0) return true;
    kt_unit(unit, angle);
    return add_scale(pass, unit, (kt_ready){.mask = mask, .value = mask, .base_mask = base_mask, .base_value = base_mask});
}

static bool add_phases(kt_pass *pass, const kt_quadratic *form) {
    uint32_t bits = pass->bits;
    bool enough = true;
    for (uint32_t i = 0; i < bits && enough; i++) {
        enough = add_phase(pass, form->single[i], 1u << i, 0);
        for (uint32_t j = i + 1; j < bits && enough; j++) enough = add_phase(pass, form->pair[i * bits + j], 1u << i | 1u << j, 0);
    }
    for (uint64_t left = form->base_used; left && enough; left &= left - 1) {
        const double *row = form->base_local + (size_t)__builtin_ctzll(left) * bits;
        for (uint32_t i = 0; i < bits && enough; i++) enough = add_phase(pass, row[i], 1u << i, left & (~left + 1));
    }
    return enough;
}

/* Lanes that a condition leaves out are loaded and stored with the others. */
static double phase_cost(const kt_pass *pass, uint32_t local_mask, uint32_t base_bits) {
    return pass->touch_cost[1][(uint32_t)__builtin_popcount(local_mask >> pass->kernels->lane_bits) + base_bits];
}

/* Do phases one by one cost less than a table? */
static bool are_few(const kt_pass *pass, const kt_quadratic *form) {
    const uint32_t bits = pass->bits;
    double cost = 0;
    for (uint32_t i = 0; i < bits && cost < pass->table_cost; i++) {
        if (form->single[i] != 0) cost += phase_cost(pass, 1u << i, 0);
        for (uint32_t j = i + 1; j < bits; j++)
            if (form->pair[i * bits + j] != 0) cost += phase_cost(pass, 1u << i | 1u << j, 0);
    }
    for (uint64_t left = form->base_used; left && cost < pass->table_cost; left &= left - 1) {
        const double *row = form->base_local + (size_t)__builtin_ctzll(left) * bits;
        for (uint32_t i = 0; i < bits; i++)
            if (row[i] != 0) cost += phase_cost(pass, 1u << i, 1);
    }
    return cost < pass->table_cost;
}

static bool ready_diagonal(kt_pass *pass, const kt_segment *segment, const kt_work *work) {
    const kt_plan *plan = pass->run->plan;
    struct kt_workshop *shop = pass->shop;
    uint32_t bits = pass->bits, bases = pass->base_count;
    kt_quadratic form;
    clear_quadratic(&form, pass);
    for (uint32_t n = 0; n < work->count; n++) {
        uint32_t number = plan->order[work->first + n];
        const kt_action *action = &plan->actions[number];
        const double *phases = shop->bounds.actions[number - segment->first_action].phases;
        for (uint32_t i = 0; i < action->bit_count; i++) add_single(&form, pass, action->bits[i], phases[i]);
        if (action->bit_count == 2) add_pair(&form, pass, action->bits[0], action->bits[1], phases[2]);
    }
    if (!form.locals && !form.base_used && !form.bases) return true;
    bool few = (form.locals || form.base_used) && are_few(pass, &form);
    if (few && !add_phases(pass, &form)) return false;
    if (few && !form.bases) return true;
    kt_ready ready = {.kind = KT_READY_DIAGONAL, .base_used = few ? 0 : form.base_used, .turns = form.bases};
    size_t row = 2 * (bits + 1);
    double *numbers = take_numbers(shop, row * (1 + bases) + (size_t)bases * bases, &ready.place);
    if (!numbers) return false;
    memcpy(numbers + row * (1 + bases), form.base, (size_t)bases * bases * sizeof *numbers);
    if (few || (!form.locals && !form.base_used)) {
        ready.kind = KT_READY_TURN;
        return add_ready(shop, ready);
    }
    for (uint32_t i = 0; i < bits; i++) kt_unit(numbers + 2 * i, form.single[i]);
    kt_unit(numbers + 2 * bits, 0);
    for (uint32_t k = 0; k < bases; k++) {
        if (!(form.base_used >> k & 1)) continue;
        for (uint32_t i = 0; i < bits; i++) kt_unit(numbers + row * (1 + k) + 2 * i, form.base_local[k * bits + i]);
        kt_unit(numbers + row * (1 + k) + 2 * bits, 0);
    }
    ready.table = shop->diagonal_count;
    kt_diagonal *table = take_table((void **)shop->diagonals, &shop->diagonal_count, KT_DIAGONAL_BYTES);
    if (!table) return false;
    pass->kernels->prepare_diagonal(table, bits, form.pair);
    return add_ready(shop, ready);
}

/* ── Linear maps ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct kt_map {
    uint32_t columns[KT_TILE_MOST];      /* where local bit i goes */
    uint32_t base_columns[KT_BASE_MOST]; /* what base bit k, where it is 1, adds */
} kt_map;

static void identity_map(kt_map *map, const kt_pass *pass) {
    for (uint32_t i = 0; i < pass->bits; i++) map->columns[i] = 1u << i;
    memset(map->base_columns, 0, pass->base_count * sizeof *map->base_columns);
}

static void add_cx(kt_map *map, const kt_pass *pass, const kt_action *action) {
    uint32_t control = pass->local_of[action->bits[0]], target = pass->local_of[action->bits[1]];
    if (control == NOT_THERE) {
        map->base_columns[pass->base_of[action->bits[0]]] ^= 1u << target;
        return;
    }
    for (uint32_t i = 0; i < pass->bits; i++) map->columns[i] ^= (map->columns[i] >> control & 1) << target;
    for (uint32_t k = 0; k < pass->base_count; k++) map->base_columns[k] ^= (map->base_columns[k] >> control & 1) << target;
}

/* Address bit i becomes bit to[i]. */
static uint32_t permute_bits(uint32_t word, const uint8_t *to, uint32_t bits) {
    uint32_t out = 0;
    for (uint32_t i = 0; i < bits; i++) out |= (word >> i & 1) << to[i];
    return out;
}

static bool ready_map(kt_pass *pass, const kt_map *map) {
    struct kt_workshop *shop = pass->shop;
    kt_ready ready = {.kind = KT_READY_LINEAR, .identity = is_identity(map->columns, pass->bits), .place = shop->column_count};
    for (uint32_t k = 0; k < pass->base_count; k++) ready.base_used |= (uint64_t)(map->base_columns[k] != 0) << k;
    if (ready.identity && !ready.base_used) return true;
    if (!kt_reserve(&shop->columns, &shop->columns_capacity, shop->column_count + pass->base_count, sizeof *shop->columns)) return false;
    if (pass->base_count) memcpy(shop->columns + shop->column_count, map->base_columns, pass->base_count * sizeof *shop->columns);
    shop->column_count += pass->base_count;
    ready.table = shop->linear_count;
    kt_linear *table = take_table((void **)shop->linears, &shop->linear_count, KT_LINEAR_BYTES);
    if (!table) return false;
    pass->kernels->prepare_linear(table, pass->bits, map->columns);
    return add_ready(shop, ready);
}

static void map_of_work(kt_map *map, const kt_pass *pass, const kt_work *work) {
    const kt_plan *plan = pass->run->plan;
    identity_map(map, pass);
    for (uint32_t i = 0; i < work->count; i++) add_cx(map, pass, &plan->actions[plan->order[work->first + i]]);
}

/* CX one by one, where that is cheaper than a map. */
static bool ready_exchanges(kt_pass *pass, const kt_work *work) {
    const kt_plan *plan = pass->run->plan;
    bool enough = true;
    for (uint32_t i = 0; i < work->count && enough; i++) {
        const kt_action *action = &plan->actions[plan->order[work->first + i]];
        uint64_t control = UINT64_C(1) << action->bits[0];
        kt_ready ready = {.kind = KT_READY_EXCHANGE, .count = 1, .targets = {pass->local_of[action->bits[1]]}};
        set_condition(&ready, pass, control, control);
        enough = add_ready(pass->shop, ready);
    }
    return enough;
}

static bool ready_linear(kt_pass *pass, const kt_work *work) {
    const kt_plan *plan = pass->run->plan;
    double cost = 0;
    for (uint32_t i = 0; i < work->count && cost < pass->map_cost; i++) {
        uint32_t control = pass->local_of[plan->actions[plan->order[work->first + i]].bits[0]];
        cost += pass->touch_cost[0][control >= pass->kernels->lane_bits];
    }
    if (cost < pass->map_cost) return ready_exchanges(pass, work);
    kt_map map;
    map_of_work(&map, pass, work);
    return ready_map(pass, &map);
}

/* Wires change places for the stage that follows: after `work`, a linear one, or NULL. */
static bool ready_moves(kt_pass *pass, const kt_work *work, const uint8_t *positions_after) {
    uint8_t to[KT_TILE_MOST], at[64];
    uint32_t local = 0;
    for (uint32_t bit = 0; bit < 64; bit++) at[bit] = pass->stage->local >> bit & 1 ? (uint8_t)local++ : NOT_THERE;
    for (uint32_t i = 0; i < pass->bits; i++) to[i] = (uint8_t)i;
    for (uint32_t wire = 0; wire < pass->run->plan->wires; wire++) {
        if (pass->local_of[wire] != NOT_THERE) to[pass->local_of[wire]] = at[positions_after[wire]];
    }
    kt_map map;
    if (work)
        map_of_work(&map, pass, work);
    else
        identity_map(&map, pass);
    for (uint32_t i = 0; i < pass->bits; i++) map.columns[i] = permute_bits(map.columns[i], to, pass->bits);
    for (uint32_t k = 0; k < pass->base_count; k++) map.base_columns[k] = permute_bits(map.base_columns[k], to, pass->bits);
    return ready_map(pass, &map);
}

/* ── Works of one action ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool ready_action(kt_pass *pass, const kt_segment *segment, const kt_work *work) {
    const kt_plan *plan = pass->run->plan;
    struct kt_workshop *shop = pass->shop;
    uint32_t number = plan->order[work->first];
    const kt_action *action = &plan->actions[number];
    const kt_bound *bound = &shop->bounds.actions[number - segment->first_action];
    kt_ready ready = {.count = action->bit_count};
    set_condition(&ready, pass, action->controls, bound->values);
    if (work->kind == KT_WORK_PHASE) return add_scale(pass, bound->factor, ready);
    for (uint32_t i = 0; i < action->bit_count; i++) ready.targets[i] = pass->local_of[action->bits[i]];
    ready.kind = work->kind == KT_WORK_EXCHANGE ? KT_READY_EXCHANGE : KT_READY_DENSE;
    if (work->kind == KT_WORK_EXCHANGE)
        ready.negative = bound->negative;
    else {
        ready.place = bound->matrix;
        make_up(pass, &ready, shop->bounds.numbers + bound->matrix, (size_t)2 << (2 * action->bit_count));
    }
    return add_ready(shop, ready);
}

/* ── The door ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool ready_work(kt_pass *pass, const kt_segment *segment, const kt_work *work) {
    switch ((kt_work_kind)work->kind) {
    case KT_WORK_ROTATIONS: return ready_rotations(pass, segment, work);
    case KT_WORK_DIAGONAL: return ready_diagonal(pass, segment, work);
    case KT_WORK_LINEAR: return ready_linear(pass, work);
    default: return ready_action(pass, segment, work);
    }
}

static bool batch_is_full(const struct kt_workshop *shop) {
    return shop->work_count >= KT_BATCH_MOST || shop->diagonal_count == KT_TABLES_MOST || shop->linear_count == KT_TABLES_MOST;
}

static bool wires_move(const kt_pass *pass, const uint8_t *positions_after) {
    return memcmp(pass->stage->position, positions_after, pass->run->plan->wires) != 0;
}

/* The plan was made in the knowledge that the cheaper will be done. */
static void set_costs(kt_pass *pass) {
    const kt_plan *plan = pass->run->plan;
    for (uint32_t bits = 0; bits < 3; bits++) {
        pass->touch_cost[0][bits] = kt_touch_cost(plan, KT_WORK_EXCHANGE, 1.0 / (1u << bits));
        pass->touch_cost[1][bits] = kt_touch_cost(plan, KT_WORK_PHASE, 1.0 / (1u << bits));
    }
    pass->table_cost = kt_whole_cost(plan, KT_WORK_DIAGONAL);
    pass->map_cost = kt_whole_cost(plan, KT_WORK_LINEAR);
}

bool kt_prepare_works(kt_pass *pass, const kt_segment *segment, const uint8_t *positions_after) {
    struct kt_workshop *shop = pass->shop;
    const kt_work *works = pass->run->plan->works + pass->stage->first_work, *last_linear = NULL;
    uint32_t count = pass->stage->work_count;
    bool move = wires_move(pass, positions_after);
    if (move && count && works[count - 1].kind == KT_WORK_LINEAR) last_linear = &works[--count]; /* composed with the move */
    shop->work_count = shop->rotation_count = shop->number_count = shop->column_count = 0;
    shop->diagonal_count = shop->linear_count = 0;
    pass->done = false;
    set_costs(pass);
    for (; pass->next < count; pass->next++) {
        if (batch_is_full(shop)) return true;
        if (!ready_work(pass, segment, &works[pass->next])) return false;
    }
    if (move && batch_is_full(shop)) return true;
    pass->done = true;
    return !move || ready_moves(pass, last_linear, positions_after);
}
