/* SPDX-License-Identifier: Apache-2.0
 *
 * The machine: moves, jumps and calls, one operation after the other. What an instruction computes from cells alone is in
 * classical_numbers.c.
 *
 * Operations are counted in slices: as many as one look at the watch is worth, or as few as are left. An operation that moves many words
 * counts for more, so that a limit of operations is a limit of time.
 */
#include "circuit/classical_run.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { SLICE = 1 << 16 };

/* How far a slice has come; registers of the loop below. */
typedef struct kt_slice {
    uint64_t left, taken;
} kt_slice;

/* A slice that is used up: the watch looks, and the next one begins. Gives KETCH_OK where there is one. */
static ketch_status next_slice(kt_machine *machine, kt_slice *slice, uint32_t at) {
    ketch_status status = kt_watch_work(machine->watch, slice->taken);
    slice->left = slice->taken = 0;
    if (status) return status;
    if (!machine->operations_left)
        return kt_machine_fail(machine, at, KT_OPERATION_LIMIT, "this shot takes more operations than its limit");
    slice->left = slice->taken = machine->operations_left < SLICE ? machine->operations_left : SLICE;
    machine->operations_left -= slice->taken;
    return KETCH_OK;
}

static void end_slice(kt_machine *machine, const kt_slice *slice) {
    machine->operations_left += slice->left;
    if (machine->watch) machine->watch->unseen += slice->taken - slice->left;
}

/* An operation moves so many words. */
static void charge(kt_machine *machine, kt_slice *slice, uint64_t words) {
    uint64_t more = words / 8, now = more < slice->left ? more : slice->left;
    slice->left -= now;
    more -= now;
    slice->taken += more < machine->operations_left ? more : machine->operations_left;
    machine->operations_left -= more < machine->operations_left ? more : machine->operations_left;
}

/* ── Moves ── */

static bool in_range(uint64_t first, uint64_t count, uint64_t size) { return first <= size && count <= size - first; }

/* Those that move words, or reach memory by a number that the program computed. */
static ketch_status move(kt_machine *machine, const kt_op *op, uint32_t at, kt_slice *slice) {
    const ketch_circuit *circuit = machine->circuit;
    uint64_t *cells = machine->memory.cells, *bits = machine->memory.bits, from, to;
    switch (op->code) {
    case KT_DO_LOAD_BITS:
        charge(machine, slice, op->right / 64);
        kt_take_bits(cells + op->destination, bits, op->left, op->right);
        return KETCH_OK;
    case KT_DO_STORE_BITS:
        charge(machine, slice, op->right / 64);
        kt_put_bits(bits, op->destination, cells + op->left, op->right);
        return KETCH_OK;
    case KT_DO_LOAD_BIT_AT:
        from = cells[op->left];
        if (from >= circuit->bit_count) break;
        cells[op->destination] = bits[from / 64] >> (from % 64) & 1;
        return KETCH_OK;
    case KT_DO_STORE_BIT_AT:
        to = cells[op->destination];
        if (to >= circuit->bit_count) break;
        kt_put_bits(bits, to, cells + op->left, 1);
        return KETCH_OK;
    case KT_DO_COPY:
    case KT_DO_LOAD_AT:
    case KT_DO_STORE_AT:
        from = op->left + (op->code == KT_DO_LOAD_AT ? cells[op->data] : 0);
        to = op->destination + (op->code == KT_DO_STORE_AT ? cells[op->data] : 0);
        if (!in_range(from, op->right, circuit->cell_count) || !in_range(to, op->right, circuit->cell_count)) break;
        charge(machine, slice, op->right);
        memmove(cells + to, cells + from, op->right * sizeof *cells);
        return KETCH_OK;
    case KT_DO_INPUT: {
        const kt_input *input = &circuit->inputs[op->data];
        uint64_t count = kt_cells_in_all((kt_scalar)input->type, input->width, &input->dimensions);
        charge(machine, slice, count);
        memcpy(cells + op->destination, circuit->input_words + input->words, count * sizeof *cells);
        return KETCH_OK;
    }
    default: break;
    }
    return kt_machine_fail(machine, at, KT_RUN_INDEX, "an index is out of range");
}

static ketch_status find_index(kt_machine *machine, const kt_op *op, uint32_t at) {
    int64_t index = (int64_t)machine->memory.cells[op->left], size = op->data;
    if (index < -size || index >= size)
        return kt_machine_fail(machine, at, KT_RUN_INDEX, "index %" PRId64 " is out of range: there are %" PRId64 " elements", index, size);
    machine->memory.cells[op->destination] = (uint64_t)(index < 0 ? index + size : index);
    return KETCH_OK;
}

static ketch_status set_param(kt_machine *machine, const kt_op *op, uint32_t at) {
    double number = kt_cell_double(machine->memory.cells[op->left]);
    if (!isfinite(number)) return kt_machine_fail(machine, at, KT_RUN_ARITHMETIC, "this angle is NaN or infinite");
    machine->params[op->data] = number;
    return KETCH_OK;
}

/* ── Calls ── */

static ketch_status call(kt_machine *machine, const kt_op *op, uint32_t at, kt_slice *slice) {
    const uint32_t *own = machine->circuit->operands + op->left;
    size_t words = own[1] + (own[3] + 63u) / 64;
    if (machine->call_count >= machine->max_call_depth)
        return kt_machine_fail(machine, at, KT_CALL_LIMIT, "%u calls of subroutines are under way, as many as may be", machine->call_count);
    if (words > KT_STACK_WORDS - machine->stack_count)
        return kt_machine_fail(machine, at, KT_CALL_LIMIT, "the variables of %u calls under way take too much memory", machine->call_count);
    if (!kt_reserve(&machine->calls, &machine->call_capacity, machine->call_count + 1, sizeof *machine->calls) ||
        !kt_reserve(&machine->stack, &machine->stack_capacity, machine->stack_count + words + 1, sizeof *machine->stack)) /* there even for none */
        return kt_no_memory(machine->diag);
    charge(machine, slice, words);
    machine->calls[machine->call_count++] = (kt_call){.back = at + 1, .call = at, .saved = machine->stack_count};
    uint64_t *saved = machine->stack + machine->stack_count;
    if (own[1]) memcpy(saved, machine->memory.cells + own[0], own[1] * sizeof *saved);
    kt_take_bits(saved + own[1], machine->memory.bits, own[2], own[3]);
    machine->stack_count += words;
    return KETCH_OK;
}

/* Gives where to go on. */
static uint32_t give_back(kt_machine *machine, kt_slice *slice) {
    const kt_call *done = &machine->calls[--machine->call_count];
    const kt_op *op = &machine->program[done->call];
    const uint32_t *own = machine->circuit->operands + op->left;
    const uint64_t *saved = machine->stack + done->saved;
    uint64_t *cells = machine->memory.cells;
    uint64_t end = own[0] + (uint64_t)own[1], kept = op->destination, kept_end = kept + op->right;
    if (kept < own[0]) kept = own[0];
    if (kept > end) kept = end;
    if (kept_end < kept) kept_end = kept;
    if (kept_end > end) kept_end = end;
    if (own[1]) {
        memcpy(cells + own[0], saved, (kept - own[0]) * sizeof *cells);
        memcpy(cells + kept_end, saved + (kept_end - own[0]), (end - kept_end) * sizeof *cells);
    }
    kt_put_bits(machine->memory.bits, own[2], saved + own[1], own[3]);
    charge(machine, slice, own[1]);
    machine->stack_count = done->saved;
    return done->back;
}

/* ── The loop ── */

/* One more turn? */
static bool turns(uint64_t *cells, const kt_op *op) {
    uint64_t now = cells[op->left], last = cells[op->right], step = cells[op->destination];
    bool up = step && (op->width & KT_LOOP_STEP_U || (int64_t)step > 0), down = step && !up;
    bool below = op->width & KT_LOOP_BOUNDS_U ? now < last : (int64_t)now < (int64_t)last;
    uint64_t way = up ? last - now : now - last, stride = up ? step : 0 - step;
    if (now == last || (up ? !below : !down || below) || way < stride) return false;
    cells[op->left] += step;
    return true;
}

kt_pause kt_machine_run(kt_machine *machine, ketch_status *status) {
    const ketch_circuit *circuit = machine->circuit;
    const kt_op *program = machine->program;
    uint64_t *cells = machine->memory.cells;
    uint32_t at = machine->at;
    kt_pause pause = KT_PAUSE_FAILED;
    kt_slice slice = {0};
    *status = kt_watch_work(machine->watch, 0);
    while (!*status) {
        const kt_op *op = &program[at];
        if (!slice.left && (*status = next_slice(machine, &slice, at))) break;
        slice.left--;
        uint32_t next = at + 1;
        switch (op->code) {
        case KT_OP_END: pause = KT_PAUSE_END; goto paused;
        case KT_OP_GATE:
        case KT_OP_MEASURE:
        case KT_OP_RESET:
        case KT_OP_GATE_AT:
        case KT_OP_MEASURE_AT:
        case KT_OP_RESET_AT: pause = KT_PAUSE_OPERATION; goto paused;
        case KT_OP_BARRIER:
        case KT_OP_DELAY:
        case KT_DO_LABEL: break;
        case KT_OP_SET_BIT: kt_put_bits(machine->memory.bits, circuit->operands[op->operands], &(uint64_t){op->data}, 1); break;
        case KT_OP_JUMP_UNLESS:
            charge(machine, &slice, op->operand_count);
            if (!kt_condition_holds(circuit, op, machine->memory.bits)) next = op->data;
            break;
        case KT_OP_JUMP: next = op->data; break;
        case KT_DO_JUMP_IF: next = cells[op->left] ? op->data : next; break;
        case KT_DO_JUMP_IF_NOT: next = cells[op->left] ? next : op->data; break;
        case KT_DO_LOOP: next = turns(cells, op) ? op->data : next; break;
        case KT_DO_CALL:
            *status = call(machine, op, at, &slice);
            next = op->data;
            break;
        case KT_DO_RETURN:
            if (machine->call_count)
                next = give_back(machine, &slice);
            else
                *status = kt_machine_fail(machine, at, KT_RUN_STUCK, "a return without a call");
            break;
        case KT_DO_EXTERN: *status = kt_machine_extern(machine, op, at); break;
        case KT_DO_FAIL: *status = kt_machine_fail(machine, at, KT_RUN_STUCK, "the program cannot go on from here"); break;
        case KT_DO_SET: cells[op->destination] = circuit->words[op->left]; break;
        case KT_DO_NODE: cells[op->destination] = kt_double_cell(circuit->nodes[op->data].value); break;
        case KT_DO_SET_PARAM: *status = set_param(machine, op, at); break;
        case KT_DO_INDEX: *status = find_index(machine, op, at); break;
        case KT_DO_COPY:
            if (op->right == 1) {
                cells[op->destination] = cells[op->left];
                break;
            } /* fall through */
        case KT_DO_LOAD_BITS:
        case KT_DO_STORE_BITS:
        case KT_DO_LOAD_BIT_AT:
        case KT_DO_STORE_BIT_AT:
        case KT_DO_LOAD_AT:
        case KT_DO_STORE_AT:
        case KT_DO_INPUT: *status = move(machine, op, at, &slice); break;
        default: {
            const char *problem = kt_compute(cells, op);
            if (problem) *status = kt_machine_fail(machine, at, KT_RUN_ARITHMETIC, "%s", problem);
        }
        }
        if (*status) break;
        at = next;
    }
paused:
    machine->at = at;
    end_slice(machine, &slice);
    return pause;
}
