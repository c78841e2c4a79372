/* SPDX-License-Identifier: Apache-2.0
 *
 * `if`, and conditions. What is known while reading takes one branch at once. Bits and registers compared with constants, exactly and at
 * any width, and such tests combined, are a small program of truth values inside the jump, which static plans understand; any other
 * condition is computed by instructions.
 */
#include "qasm/program.h"

#include <string.h>

/* What no program of truth values says. */
static bool beyond(kt_program *program) {
    program->inexpressible = true;
    return false;
}

/* ── What a condition reads ── */

typedef enum kt_reading { READS_NOTHING, READS_BITS, READS_MORE } kt_reading; /* that is known only to the run */

static kt_reading reads(kt_program *program, const kt_expression *expression);

static kt_reading reads_any(kt_program *program, const kt_expression *first) {
    kt_reading most = READS_NOTHING;
    for (; first && most < READS_MORE; first = first->next) {
        kt_reading one = reads(program, first);
        if (one > most) most = one;
    }
    return most;
}

static kt_reading reads_bits(kt_program *program, const kt_selection *bits) {
    if (!kt_follows(program) || program->dialect == 2) return READS_BITS;
    for (uint32_t i = 0; i < bits->count; i++) {
        uint32_t bit = kt_selection_at(bits, i);
        if (bit / 64 >= program->bits_capacity || !(program->bits_known[bit / 64] >> bit % 64 & 1)) return READS_BITS;
    }
    return READS_NOTHING;
}

/* The base is bits; so is what is chosen of them, if that is known. */
static kt_reading reads_index(kt_program *program, const kt_expression *expression) {
    const kt_expression *base = expression;
    while (base->as.index.base) {
        if (reads_any(program, base->as.index.items) != READS_NOTHING) return READS_MORE;
        if (base->as.index.base->kind == KT_EXPRESSION_NAME) return READS_MORE;
        if (base->as.index.base->kind != KT_EXPRESSION_INDEX) return READS_MORE;
        base = base->as.index.base;
    }
    if (reads_any(program, base->as.index.items) != READS_NOTHING) return READS_MORE;
    const kt_binding *binding = kt_scope_find(program, base->as.index.symbol);
    kt_selection bits;
    if (!binding || binding->kind == KT_BINDING_SPOILED) return READS_NOTHING; /* whoever evaluates it says so */
    if (binding->kind == KT_BINDING_VALUE) return kt_value_known(binding->as.value) ? READS_NOTHING : READS_MORE;
    if (binding->kind == KT_BINDING_VARIABLE)
        return kt_value_known(kt_value_of_variable(program, &binding->as.variable)) ? READS_NOTHING : READS_MORE;
    if (binding->kind != KT_BINDING_BITS) return READS_MORE;
    const kt_expression *item = base->as.index.items;
    bool simple =
        base == expression && item->kind == KT_EXPRESSION_INTEGER && !item->next && item->as.integer < binding->as.selection.count;
    if (!simple) return reads_bits(program, &binding->as.selection);
    bits = (kt_selection){.count = 1, .first = kt_selection_at(&binding->as.selection, (uint32_t)item->as.integer), .step = 1};
    return reads_bits(program, &bits);
}

static kt_reading reads(kt_program *program, const kt_expression *expression) {
    const kt_binding *binding;
    switch (expression->kind) {
    case KT_EXPRESSION_NAME:
        binding = kt_scope_find(program, expression->as.symbol);
        if (!binding || binding->kind == KT_BINDING_SPOILED) return READS_NOTHING;
        if (binding->kind == KT_BINDING_VALUE) return kt_value_known(binding->as.value) ? READS_NOTHING : READS_MORE;
        if (binding->kind == KT_BINDING_VARIABLE)
            return kt_value_known(kt_value_of_variable(program, &binding->as.variable)) ? READS_NOTHING : READS_MORE;
        return binding->kind == KT_BINDING_BITS ? reads_bits(program, &binding->as.selection) : READS_MORE;
    case KT_EXPRESSION_INDEX: return reads_index(program, expression);
    case KT_EXPRESSION_CAST: return reads(program, expression->as.cast.operand);
    case KT_EXPRESSION_UNARY:
    case KT_EXPRESSION_CHAIN:
    case KT_EXPRESSION_SET: return reads_any(program, expression->as.first);
    case KT_EXPRESSION_RANGE: {
        const kt_expression *const parts[] = {expression->as.range.start, expression->as.range.step, expression->as.range.stop};
        for (size_t i = 0; i < 3; i++)
            if (parts[i] && reads(program, parts[i]) != READS_NOTHING) return READS_MORE;
        return READS_NOTHING;
    }
    case KT_EXPRESSION_CALL:
        binding = kt_scope_find(program, expression->as.call.symbol);
        if (binding && (binding->kind == KT_BINDING_ROUTINE || binding->kind == KT_BINDING_EXTERN)) return READS_MORE;
        return reads_any(program, expression->as.call.arguments);
    case KT_EXPRESSION_MEASURE:
    case KT_EXPRESSION_QUANTUM_CALL: return READS_MORE;
    default: return READS_NOTHING;
    }
}

static bool add(kt_program *program, kt_condition condition) {
    uint32_t index;
    return kt_report_status(&program->report, kt_circuit_add_condition(&index, program->circuit, condition, program->diag));
}

static bool constant(kt_program *program, bool truth) {
    return add(program, (kt_condition){.code = KT_CONDITION_CONSTANT, .first = truth});
}
static bool apply(kt_program *program, kt_condition_code code) { return add(program, (kt_condition){.code = (uint8_t)code}); }
static bool push_bit(kt_program *program, uint32_t bit) { return add(program, (kt_condition){.code = KT_CONDITION_BIT, .first = bit}); }

/* ── Registers against constants ── */

/* Run-time bits read as a number. */
typedef struct number {
    kt_selection bits;
    bool is_signed;
} number;

/* Is the expression some bits, perhaps cast to int, uint or bit? 1: yes, 0: no, -1: an error was reported. */
static int number_of(number *out, kt_program *program, const kt_expression *expression) {
    if (expression->kind == KT_EXPRESSION_NAME || expression->kind == KT_EXPRESSION_INDEX) {
        *out = (number){0};
        if (reads(program, expression) != READS_BITS) return 0;
        if (!kt_choose(&out->bits, program, expression, false)) return -1;
        return out->bits.moves ? (beyond(program), -1) : 1; /* an index that cannot be computed: the run says why, if it comes to it */
    }
    if (expression->kind != KT_EXPRESSION_CAST || expression->as.cast.type->keyword == KT_TOKEN_BOOL) return 0;
    kt_type type;
    uint32_t width;
    int found = number_of(out, program, expression->as.cast.operand);
    if (found != 1) return found;
    if (!kt_evaluate_type(&type, &width, program, expression->as.cast.type)) return -1;
    if (type != KT_TYPE_INT && type != KT_TYPE_UINT && type != KT_TYPE_BITS) return beyond(program), -1;
    if (width && width != out->bits.count && !out->bits.scalar) {
        kt_error_at(&program->report, KT_WRONG_TYPE, kt_expression_span(expression), "%u bits cannot be cast to a width of %u",
                    out->bits.count, width);
        return -1;
    }
    /* a single bit is false or true, so 0 or 1 at any width but that of int[1] */
    out->is_signed = type == KT_TYPE_INT && width && (width == 1 || !out->bits.scalar);
    return 1;
}

/* The bits' indices in the operand pool; those of comparisons before are mostly used again. */
static bool pool_bits(uint32_t *first, kt_program *program, const kt_selection *bits, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    kt_compared *slot = &program->compared[((uint64_t)bits->first + bits->count) % (sizeof program->compared / sizeof *program->compared)];
    const kt_selection *last = &slot->bits;
    if (!bits->list && last->count == bits->count && last->first == bits->first && last->step == bits->step) {
        *first = slot->at;
        return true;
    }
    if (!kt_charge(program, bits->count / 2, span)) return false;
    if (circuit->operands_count + bits->count > UINT32_MAX)
        return kt_report_status(&program->report, kt_fail(program->diag, KT_CIRCUIT_TOO_LARGE, "more than 2^32 operands"));
    if (!kt_reserve(&circuit->operands, &circuit->operands_capacity, circuit->operands_count + bits->count, sizeof *circuit->operands))
        return kt_report_no_memory(&program->report);
    *first = (uint32_t)circuit->operands_count;
    for (uint32_t i = 0; i < bits->count; i++) circuit->operands[circuit->operands_count++] = kt_selection_at(bits, i);
    if (bits->list) return true;
    *slot = (kt_compared){*bits, *first};
    return true;
}

static bool compare_words(kt_program *program, const kt_selection *bits, kt_comparison comparison, const uint64_t *words, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    uint32_t first = 0, count = (bits->count + 63) / 64;
    if (!pool_bits(&first, program, bits, span) || !kt_charge(program, count, span)) return false;
    if (!kt_reserve(&circuit->words, &circuit->words_capacity, circuit->words_count + count, sizeof *circuit->words))
        return kt_report_no_memory(&program->report);
    kt_condition condition = {.code = KT_CONDITION_COMPARE,
                              .comparison = (uint8_t)comparison,
                              .first = first,
                              .count = bits->count,
                              .value = (uint32_t)circuit->words_count};
    memcpy(circuit->words + circuit->words_count, words, count * sizeof *words);
    circuit->words_count += count;
    return add(program, condition);
}

/* What the comparison says where the number is always smaller (-1) or always larger (1) than the constant. */
static bool always(kt_program *program, const number *left, kt_comparison comparison, int order, kt_span span) {
    bool truth = order < 0 ? comparison == KT_NOT_EQUAL || comparison == KT_LESS || comparison == KT_LESS_EQUAL
                           : comparison == KT_NOT_EQUAL || comparison == KT_GREATER || comparison == KT_GREATER_EQUAL;
    const char *when = truth ? "always" : "never";
    uint32_t width = left->bits.count;
    if (left->is_signed && width <= 32)
        kt_warning_at(&program->report, KT_NEVER_TRUE, span, "this condition is %s true: int[%u] holds %lld to %lld, uint[%u] more", when,
                      width, -(1ll << (width - 1)), (1ll << (width - 1)) - 1, width);
    else
        kt_warning_at(&program->report, KT_NEVER_TRUE, span, "this condition is %s true: the register cannot hold the number", when);
    return constant(program, truth);
}

static bool fits(kt_value value, uint32_t width) {
    if (value.type == KT_TYPE_BITS) return value.width <= width;
    if (value.type == KT_TYPE_BIG) return value.width <= width;
    return width >= 64 || value.as.natural >> width == 0;
}

/* In two's complement the bits order like numbers on each side of zero: the highest bit decides between the sides. */
static bool compare_signed(kt_program *program, const number *left, kt_comparison comparison, kt_value value, kt_span span) {
    const kt_selection *bits = &left->bits;
    uint32_t width = bits->count;
    bool negative = value.type == KT_TYPE_INT && value.as.integer < 0;
    bool fitting =
        value.type != KT_TYPE_BIG && (negative ? width >= 64 || value.as.integer >= -((int64_t)1 << (width - 1)) : fits(value, width - 1));
    if (!fitting) return always(program, left, comparison, negative ? 1 : -1, span);
    const uint64_t *words = kt_value_words(&program->arithmetic, value, width);
    if (!words) return kt_report_no_memory(&program->report);
    if (comparison == KT_EQUAL || comparison == KT_NOT_EQUAL) return compare_words(program, bits, comparison, words, span);
    bool less = comparison == KT_LESS || comparison == KT_LESS_EQUAL;
    if (!push_bit(program, kt_selection_at(bits, width - 1)) || (!less && !apply(program, KT_CONDITION_NOT))) return false;
    /* less than k: (negative) or (bits < k) for k >= 0, (negative) and (bits < k) for k < 0; greater mirrors it */
    return compare_words(program, bits, comparison, words, span) && apply(program, less == negative ? KT_CONDITION_AND : KT_CONDITION_OR);
}

static bool compare_number(kt_program *program, const number *left, kt_comparison comparison, const kt_expression *constant_side) {
    kt_value value;
    kt_span span = kt_expression_span(constant_side);
    const kt_selection *bits = &left->bits;
    if (!kt_evaluate(&value, program, constant_side)) return false;
    if (value.runtime) return beyond(program);
    bool whole = !value.symbolic &&
                 (value.type == KT_TYPE_BOOL || value.type == KT_TYPE_INT || value.type == KT_TYPE_UINT || value.type == KT_TYPE_BIG);
    if (!whole && (value.type != KT_TYPE_BITS || value.width != bits->count)) {
        char text[KT_VALUE_TEXT];
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "%u bit%s cannot be compared with %s", bits->count,
                           bits->count == 1 ? "" : "s", kt_value_type_text(text, value));
    }
    if (left->is_signed) return compare_signed(program, left, comparison, value, span);
    if (value.type == KT_TYPE_INT && value.as.integer < 0) return always(program, left, comparison, 1, span);
    if (!fits(value, bits->count)) return always(program, left, comparison, -1, span);
    const uint64_t *words = kt_value_words(&program->arithmetic, value, bits->count);
    if (!words) return kt_report_no_memory(&program->report);
    if (bits->count > 1 || (comparison != KT_EQUAL && comparison != KT_NOT_EQUAL))
        return compare_words(program, bits, comparison, words, span);
    bool plain = (words[0] == 1) == (comparison == KT_EQUAL);
    return push_bit(program, kt_selection_at(bits, 0)) && (plain || apply(program, KT_CONDITION_NOT));
}

/* ── Truth values ── */

static bool truth_of(kt_program *program, const kt_expression *expression, uint32_t depth);

static kt_comparison comparison_of(uint8_t op, bool mirrored) {
    switch (op) {
    case KT_TOKEN_EQUAL: return KT_EQUAL;
    case KT_TOKEN_NOT_EQUAL: return KT_NOT_EQUAL;
    case KT_TOKEN_LESS: return mirrored ? KT_GREATER : KT_LESS;
    case KT_TOKEN_LESS_EQUAL: return mirrored ? KT_GREATER_EQUAL : KT_LESS_EQUAL;
    case KT_TOKEN_GREATER: return mirrored ? KT_LESS : KT_GREATER;
    default: return mirrored ? KT_LESS_EQUAL : KT_GREATER_EQUAL;
    }
}

/* Is the expression one truth value, so that & | ^ == on it are those of truth values? */
static bool is_single(kt_program *program, const kt_expression *expression) {
    number bits;
    switch (expression->kind) {
    case KT_EXPRESSION_NAME:
    case KT_EXPRESSION_INDEX:
        return reads(program, expression) == READS_NOTHING || (number_of(&bits, program, expression) == 1 && bits.bits.scalar);
    case KT_EXPRESSION_CAST: return expression->as.cast.type->keyword == KT_TOKEN_BOOL;
    case KT_EXPRESSION_UNARY: return expression->op == KT_TOKEN_EXCLAMATION || is_single(program, expression->as.first);
    case KT_EXPRESSION_CHAIN:
        if (expression->as.first->next->joint >= KT_TOKEN_EQUAL && expression->as.first->next->joint <= KT_TOKEN_GREATER_EQUAL) return true;
        if (expression->as.first->next->joint <= KT_TOKEN_AND) return true;
        for (const kt_expression *item = expression->as.first; item; item = item->next)
            if (!is_single(program, item)) return false;
        return true;
    default: return true;
    }
}

static bool comparison_truth(kt_program *program, const kt_expression *chain, uint32_t depth) {
    const kt_expression *left = chain->as.first, *right = left->next;
    uint8_t op = right->joint;
    if (right->next) return beyond(program);
    bool mirrored = reads(program, left) == READS_NOTHING;
    if (mirrored) {
        const kt_expression *swap = left;
        left = right, right = swap;
    }
    kt_comparison comparison = comparison_of(op, mirrored);
    number bits;
    if (reads(program, right) == READS_NOTHING) {
        int found = number_of(&bits, program, left);
        if (found < 0) return false;
        if (found) return compare_number(program, &bits, comparison, right);
    }
    /* two truth values */
    if ((comparison != KT_EQUAL && comparison != KT_NOT_EQUAL) || !is_single(program, left) || !is_single(program, right))
        return beyond(program);
    return truth_of(program, left, depth) && truth_of(program, right, depth + 1) && apply(program, KT_CONDITION_XOR) &&
           (comparison == KT_NOT_EQUAL || apply(program, KT_CONDITION_NOT));
}

static bool chain_truth(kt_program *program, const kt_expression *chain, uint32_t depth) {
    uint8_t op = chain->as.first->next->joint;
    if (op >= KT_TOKEN_EQUAL && op <= KT_TOKEN_GREATER_EQUAL) return comparison_truth(program, chain, depth);
    kt_condition_code code;
    switch (op) {
    case KT_TOKEN_AND:
    case KT_TOKEN_AMPERSAND: code = KT_CONDITION_AND; break;
    case KT_TOKEN_OR:
    case KT_TOKEN_PIPE: code = KT_CONDITION_OR; break;
    case KT_TOKEN_CARET: code = KT_CONDITION_XOR; break;
    default: return beyond(program);
    }
    bool bitwise = op == KT_TOKEN_AMPERSAND || op == KT_TOKEN_PIPE || op == KT_TOKEN_CARET;
    for (const kt_expression *item = chain->as.first; item; item = item->next) {
        if (bitwise && !is_single(program, item)) return beyond(program);
        bool first = item == chain->as.first;
        if (!truth_of(program, item, depth + !first) || (!first && !apply(program, code))) return false;
    }
    return true;
}

/* Appends what leaves the expression's truth on a stack that holds `depth` values already. */
static bool truth_of(kt_program *program, const kt_expression *expression, uint32_t depth) {
    if (depth + 2 > KT_CONDITION_DEPTH)
        return kt_error_at(&program->report, KT_NESTING_LIMIT, kt_expression_span(expression), "a condition nested more than %d deep",
                           KT_CONDITION_DEPTH);
    if (reads(program, expression) == READS_NOTHING) {
        kt_value value;
        if (!kt_truth(&value, program, expression)) return false;
        return value.runtime ? beyond(program) : constant(program, value.as.natural); /* 1 / 0: the run says so, if it comes to it */
    }
    number bits;
    int found = number_of(&bits, program, expression);
    if (found < 0) return false;
    if (found) {
        kt_expression zero = {.kind = KT_EXPRESSION_INTEGER, .size = expression->size, .at = expression->at};
        return compare_number(program, &(number){.bits = bits.bits}, KT_NOT_EQUAL, &zero);
    }
    switch (expression->kind) {
    case KT_EXPRESSION_CHAIN: return chain_truth(program, expression, depth);
    case KT_EXPRESSION_CAST: return truth_of(program, expression->as.cast.operand, depth); /* to bool */
    case KT_EXPRESSION_UNARY:
        if (expression->op == KT_TOKEN_EXCLAMATION || (expression->op == KT_TOKEN_TILDE && is_single(program, expression->as.first)))
            return truth_of(program, expression->as.first, depth) && apply(program, KT_CONDITION_NOT);
        break;
    default: break;
    }
    return beyond(program);
}

/* ── Guards ── */

/* As a program of truth values; false, with `inexpressible` set, where that cannot be. */
static bool guard_of_bits(kt_guard *out, kt_program *program, const kt_expression *condition, kt_span span) {
    ketch_circuit *circuit = program->circuit;
    size_t first = circuit->conditions_count, ops = circuit->ops_count, places = circuit->op_places_count;
    program->inexpressible = false;
    bool good = truth_of(program, condition, 0);
    if (program->inexpressible) {
        circuit->conditions_count = first; /* what it left in other pools does no harm */
        circuit->ops_count = ops;
        circuit->op_places_count = places;
        return false;
    }
    uint32_t count = (uint32_t)(circuit->conditions_count - first);
    out->jump = (kt_op){.code = KT_OP_JUMP_UNLESS, .operands = (uint32_t)first, .operand_count = count, .line = program->line};
    return kt_charge(program, 1 + (uint64_t)count, span) && good;
}

bool kt_guard_of(kt_guard *out, kt_program *program, const kt_expression *condition, kt_span span) {
    kt_value truth;
    *out = (kt_guard){.jump = {.code = KT_OP_JUMP_UNLESS, .line = program->line}};
    kt_reading reading = program->dialect == 2 ? READS_BITS : reads(program, condition);
    if (reading == READS_BITS) {
        uint32_t errors = program->report.errors;
        if (guard_of_bits(out, program, condition, span)) return true;
        if (!program->inexpressible || program->report.errors != errors) return false;
    }
    if (!kt_truth(&truth, program, condition)) return false;
    if (program->dialect == 2) {
        kt_other_dialect(program, kt_expression_span(condition), "such a condition");
        kt_hint_add(&program->report, "in OpenQASM 2 a register is compared with a number: if (c == 1) x q[0];");
        return false;
    }
    out->known = kt_value_known(truth);
    if (out->known) {
        out->truth = truth.as.natural != 0;
        out->followed = truth.followed;
        return true;
    }
    uint32_t cell = 0;
    if (!kt_to_cells(&cell, program, truth, span)) return false;
    out->jump = (kt_op){.code = KT_DO_JUMP_IF_NOT, .left = cell, .line = program->line};
    return true;
}

/* ── if ── */

static bool jump_on(kt_program *program, uint32_t *chain, kt_op op) {
    op.data = *chain;
    if (op.code != KT_OP_JUMP_UNLESS && op.code != KT_OP_JUMP) return kt_jump(program, chain, op, (kt_span){0});
    if (!kt_add_op(program, op, NULL, 0)) return false;
    *chain = (uint32_t)program->circuit->ops_count;
    return true;
}

/* A jump of the static kind needs no label. */
static bool land(kt_program *program, uint32_t *chain, const kt_guard *guard) {
    if (guard->jump.code != KT_OP_JUMP_UNLESS) return kt_land(program, chain);
    kt_patch(program, chain, program->circuit->ops_count);
    return true;
}

bool kt_lower_if(kt_program *program, const kt_statement *statement) {
    kt_guard guard;
    kt_statement *otherwise = statement->as.control.otherwise;
    uint32_t over = 0, past = 0;
    bool good = kt_guard_of(&guard, program, statement->as.control.condition, statement->span);
    if (program->report.stopped) return false;
    if (good && guard.known) {
        kt_statement *taken = guard.truth ? statement->as.control.body : otherwise;
        good = kt_try_body(program, guard.truth ? otherwise : statement->as.control.body, !guard.followed);
        if (!taken) return good;
        taken->read = true;
        return kt_lower_body(program, taken) && good;
    }
    if (!kt_region_begin(program, statement)) return false;
    good = jump_on(program, &over, guard.jump) && good;
    kt_region_enter(program);
    statement->as.control.body->read = true;
    if (otherwise) otherwise->read = true;
    good = kt_lower_body(program, statement->as.control.body) && good;
    bool reached = program->flow != KT_FLOW_NOWHERE || !otherwise;
    program->flow = KT_FLOW_ON;
    if (otherwise && !program->report.stopped) {
        kt_region_next(program, statement);
        if (reached) good = jump_on(program, &past, (kt_op){.code = KT_OP_JUMP, .line = statement->line}) && good;
        good = land(program, &over, &guard) && good;
        good = kt_lower_body(program, otherwise) && good;
        reached = reached || program->flow != KT_FLOW_NOWHERE;
        good = land(program, &past, &guard) && good;
    } else {
        good = land(program, &over, &guard) && good;
    }
    kt_region_end(program, statement);
    program->flow = reached ? KT_FLOW_ON : KT_FLOW_NOWHERE;
    return good;
}
