/* SPDX-License-Identifier: Apache-2.0
 *
 * Variables of bits live in the circuit's bits, where measurements go. Each store is emitted; what is known of a bit is followed beside it,
 * by the number of the bit, so that it does not matter by which alias it is read or written.
 */
#include "qasm/program.h"

#include <string.h>

/* ── What is known of them ── */

static bool reserve(kt_program *program) {
    size_t words = program->circuit->bit_count / 64 + 1, old = program->bits_capacity, room = old;
    if (words <= old) return true;
    if (!kt_reserve(&program->bits_followed, &room, words, sizeof *program->bits_followed)) return kt_report_no_memory(&program->report);
    room = old;
    if (!kt_reserve(&program->bits_known, &room, words, sizeof *program->bits_known)) return kt_report_no_memory(&program->report);
    memset(program->bits_known + old, 0, (room - old) * sizeof *program->bits_known);
    memset(program->bits_followed + old, 0, (room - old) * sizeof *program->bits_followed);
    program->bits_capacity = room;
    return true;
}

static bool test(const uint64_t *words, uint32_t bit) { return words[bit / 64] >> bit % 64 & 1; }

void kt_forget_bits(kt_program *program, const kt_selection *bits) {
    if (program->trial) return;
    for (uint32_t i = 0; i < bits->count; i++) {
        uint32_t bit = kt_selection_at(bits, i);
        if (bit / 64 < program->bits_capacity) program->bits_known[bit / 64] &= ~((uint64_t)1 << bit % 64);
    }
}

/* Outside of regions only, as long as conditions may be jumps that nobody has told of. */
static bool follow(kt_program *program, const kt_selection *bits, const uint64_t *words) {
    if (!kt_follows(program) || program->dialect == 2 || program->circuit->condition_depth > program->region) return true;
    if (!reserve(program)) return false;
    for (uint32_t i = 0; i < bits->count; i++) {
        uint32_t bit = kt_selection_at(bits, i);
        uint64_t mask = (uint64_t)1 << bit % 64;
        program->bits_known[bit / 64] |= mask;
        program->bits_followed[bit / 64] &= ~mask;
        if (test(words, i)) program->bits_followed[bit / 64] |= mask;
    }
    return true;
}

static bool all_known(const kt_program *program, const kt_selection *bits) {
    if (!program->bits_capacity || program->trial) return false;
    for (uint32_t i = 0; i < bits->count; i++) {
        uint32_t bit = kt_selection_at(bits, i);
        if (bit / 64 >= program->bits_capacity || !test(program->bits_known, bit)) return false;
    }
    return true;
}

/* ── Reading and writing ── */

enum { MOST = UINT16_MAX }; /* bits that one instruction takes */

/* How many bits from number `i` on stand side by side. */
static uint32_t run_at(const kt_selection *bits, uint32_t i, uint32_t most) {
    uint32_t first = kt_selection_at(bits, i), count = 1;
    if (!bits->list && bits->step == 1) return bits->count - i < most ? bits->count - i : most;
    while (i + count < bits->count && count < most && kt_selection_at(bits, i + count) == first + count) count++;
    return count;
}

static kt_value zeros(kt_program *program, uint32_t width) {
    kt_value value = {.type = KT_TYPE_BITS, .width = width};
    value.as.words = kt_value_words(&program->arithmetic, kt_value_bool(false), width);
    return value;
}

bool kt_load_bits(kt_value *out, kt_program *program, const kt_selection *bits, kt_span span) {
    if (!bits->count) return kt_error_at(&program->report, KT_BAD_WIDTH, span, "`%.*s` selects nothing", KT_SHOWN(span));
    kt_value none = zeros(program, bits->count);
    if (!none.as.words) return kt_report_no_memory(&program->report);
    if (all_known(program, bits)) {
        uint64_t *words = kt_value_words(&program->arithmetic, none, bits->count);
        if (!words) return kt_report_no_memory(&program->report);
        for (uint32_t i = 0; i < bits->count; i++)
            if (test(program->bits_followed, kt_selection_at(bits, i))) words[i / 64] |= (uint64_t)1 << i % 64;
        *out = bits->scalar ? kt_value_bool(words[0]) : kt_value_of_words(KT_TYPE_BITS, bits->count, words);
        out->followed = true;
        return true;
    }
    uint32_t cell = kt_new_cells(program, kt_value_cells(none)), part;
    if (cell == KT_NO_CELL || !kt_charge(program, bits->count / 16, span)) return false;
    *out = kt_in_cells(bits->scalar ? KT_TYPE_BOOL : KT_TYPE_BITS, bits->scalar ? 0 : bits->count, cell);
    kt_op load = {.code = KT_DO_LOAD_BITS, .width = 64, .destination = cell, .left = kt_selection_at(bits, 0), .right = bits->count};
    if (run_at(bits, 0, UINT32_MAX) == bits->count) return kt_emit(program, load, (kt_span){0});
    if (!kt_store_cells(program, cell, none, span) ||
        (part = kt_new_cells(program, ((bits->count < MOST ? bits->count : MOST) + 63) / 64)) == KT_NO_CELL)
        return false;
    for (uint32_t i = 0, run; i < bits->count; i += run) {
        run = run_at(bits, i, MOST);
        kt_op take = {.code = KT_DO_LOAD_BITS, .width = 64, .destination = part, .left = kt_selection_at(bits, i), .right = run};
        kt_op put = {.code = KT_DO_SPLICE, .width = (uint16_t)run, .destination = cell, .left = part, .data = i};
        if (!kt_emit(program, take, (kt_span){0}) || !kt_emit(program, put, (kt_span){0})) return false;
    }
    return true;
}

bool kt_set_bits(kt_program *program, const kt_selection *bits, kt_value value, kt_span span) {
    kt_type type = bits->scalar ? KT_TYPE_BOOL : KT_TYPE_BITS;
    uint32_t cell, part;
    uint64_t room[2];
    if (!kt_convert(&value, program, type, bits->scalar ? 0 : bits->count, false, value, span)) return false;
    if (!kt_charge(program, bits->count, span)) return false;
    if (kt_value_known(value)) {
        const uint64_t *words = kt_value_words_of(&value, room);
        for (uint32_t i = 0; i < bits->count; i++) {
            uint32_t bit = kt_selection_at(bits, i);
            kt_op set = {.code = KT_OP_SET_BIT, .data = test(words, i), .line = program->line};
            if (!kt_add_op(program, set, &bit, 1)) return false;
        }
        return follow(program, bits, words);
    }
    if (!kt_to_cells(&cell, program, value, span)) return false;
    if (run_at(bits, 0, UINT32_MAX) == bits->count) {
        kt_op store = {.code = KT_DO_STORE_BITS, .width = 64, .destination = kt_selection_at(bits, 0), .left = cell, .right = bits->count};
        return kt_emit(program, store, (kt_span){0});
    }
    if ((part = kt_new_cells(program, ((bits->count < MOST ? bits->count : MOST) + 63) / 64)) == KT_NO_CELL) return false;
    for (uint32_t i = 0, run; i < bits->count; i += run) {
        run = run_at(bits, i, MOST);
        kt_op take = {.code = KT_DO_SLICE, .width = (uint16_t)run, .destination = part, .left = cell, .data = i};
        kt_op put = {.code = KT_DO_STORE_BITS, .width = 64, .destination = kt_selection_at(bits, i), .left = part, .right = run};
        if (!kt_emit(program, take, (kt_span){0}) || !kt_emit(program, put, (kt_span){0})) return false;
    }
    return true;
}

/* The number of the bit that a run-time index chooses, in a cell. */
static bool number_of(uint32_t *cell, kt_program *program, const kt_selection *bits, kt_value index, kt_span span) {
    if (!kt_index_in_cell(cell, program, index, bits->count, span)) return false;
    if (!bits->list) {
        kt_value position = kt_in_cells(KT_TYPE_INT, 0, *cell);
        return kt_binary(&position, program, KT_TOKEN_ASTERISK, position, kt_value_int(bits->step), span) &&
               kt_binary(&position, program, KT_TOKEN_PLUS, position, kt_value_int(bits->first), span) &&
               kt_to_cells(cell, program, position, span);
    }
    uint32_t table = kt_new_cells(program, bits->count), at = *cell; /* of an alias: by a table */
    for (uint32_t i = 0; table != KT_NO_CELL && i < bits->count; i++)
        if (!kt_store_cells(program, table + i, kt_value_int(bits->list[i]), span)) return false;
    *cell = kt_new_cells(program, 1);
    kt_op find = {.code = KT_DO_LOAD_AT, .width = 64, .destination = *cell, .left = table, .right = 1, .data = at};
    return table != KT_NO_CELL && *cell != KT_NO_CELL && kt_emit(program, find, span);
}

bool kt_load_bit_at(kt_value *out, kt_program *program, const kt_selection *bits, const kt_items *at) {
    uint32_t number, cell;
    if (!number_of(&number, program, bits, at->index, at->span) || (cell = kt_new_cells(program, 1)) == KT_NO_CELL) return false;
    *out = kt_in_cells(KT_TYPE_BOOL, 0, cell);
    return kt_emit(program, (kt_op){.code = KT_DO_LOAD_BIT_AT, .width = 1, .destination = cell, .left = number}, at->span);
}

bool kt_set_bit_at(kt_program *program, const kt_selection *bits, const kt_items *at, kt_value value, kt_span span) {
    uint32_t number, cell;
    if (!kt_convert(&value, program, KT_TYPE_BOOL, 0, false, value, span) || !kt_to_cells(&cell, program, value, span) ||
        !number_of(&number, program, bits, at->index, at->span))
        return false;
    kt_forget_bits(program, bits);
    return kt_emit(program, (kt_op){.code = KT_DO_STORE_BIT_AT, .width = 1, .destination = number, .left = cell}, at->span);
}

/* ── Bits of a scope ── */

/* Those that an ended scope has left, if there are as many; else new ones. */
static bool find_bits(uint32_t *first, kt_program *program, uint32_t count, kt_span name) {
    ketch_circuit *circuit = program->circuit;
    for (size_t i = program->routine_depth ? 0 : program->spare_bits_count; i-- > 0;) {
        if (program->spare_bits[i].end - program->spare_bits[i].first != count) continue;
        *first = program->spare_bits[i].first;
        program->spare_bits[i] = program->spare_bits[--program->spare_bits_count];
        return true;
    }
    uint64_t limit = program->options->max_bits < KT_MAX_WIDTH ? program->options->max_bits : KT_MAX_WIDTH;
    if (count > limit || circuit->bit_count > limit - count)
        return kt_error_at(&program->report, KT_BIT_LIMIT, name, "%llu bits in all; the limit is %llu",
                           (unsigned long long)((uint64_t)circuit->bit_count + count), (unsigned long long)limit);
    *first = circuit->bit_count;
    return kt_report_status(&program->report, kt_circuit_add_register(circuit, false, name.at, name.size, count, false, program->diag));
}

kt_binding *kt_declare_bits(kt_program *program, uint32_t width, uint32_t symbol, kt_span name) {
    uint32_t first = 0, count = width ? width : 1;
    if (!find_bits(&first, program, count, name)) return NULL;
    kt_binding *binding = kt_scope_declare(program, KT_BINDING_BITS, symbol, name);
    if (!binding) return NULL;
    if (!kt_reserve(&program->spare_bits, &program->spare_bits_capacity, program->spare_bits_count + program->owned_bits + 1,
                    sizeof *program->spare_bits)) {
        kt_report_no_memory(&program->report);
        return NULL;
    }
    program->owned_bits++;
    binding->owned = true;
    binding->as.selection = (kt_selection){.scalar = width == 0, .count = count, .first = first, .step = 1};
    return kt_show_variable(program, binding) ? binding : NULL;
}

void kt_give_bits_back(kt_program *program, const kt_binding *binding) {
    const kt_selection *bits = &binding->as.selection;
    if (!binding->owned) return;
    program->owned_bits--;
    if (program->routine_depth) return;
    program->spare_bits[program->spare_bits_count++] = (kt_cell_range){(uint32_t)bits->first, (uint32_t)bits->first + bits->count};
}
