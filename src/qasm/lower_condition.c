/* SPDX-License-Identifier: Apache-2.0
 *
 * `if`: a jump over what it guards, with a small program of truth values for the condition. Registers are compared with constants exactly,
 * at any width.
 */
#include "qasm/program.h"

#include <string.h>

static bool not_yet(kt_program *program, const kt_expression *expression) {
    kt_span span = kt_expression_span(expression);
    kt_error_at(&program->report, KT_NO_CONDITION, span, "the condition `%.*s` is not supported yet", KT_SHOWN(span));
    return false;
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
        return kt_is_runtime(program, expression) ? kt_select(&out->bits, program, expression, false) ? 1 : -1 : 0;
    }
    if (expression->kind != KT_EXPRESSION_CAST || expression->as.cast.type->keyword == KT_TOKEN_BOOL) return 0;
    kt_type type;
    uint32_t width;
    int found = number_of(out, program, expression->as.cast.operand);
    if (found != 1) return found;
    if (!kt_evaluate_type(&type, &width, program, expression->as.cast.type)) return -1;
    if (type != KT_TYPE_INT && type != KT_TYPE_UINT && type != KT_TYPE_BITS) return not_yet(program, expression), -1;
    if (width && width != out->bits.count && !out->bits.scalar) {
        kt_error_at(&program->report, KT_WRONG_TYPE, kt_expression_span(expression), "%u bits cannot be cast to a width of %u",
                    out->bits.count, width);
        return -1;
    }
    /* a single bit is false or true, so 0 or 1 at any width */
    out->is_signed = type == KT_TYPE_INT && width && !out->bits.scalar;
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
        return !kt_is_runtime(program, expression) || (number_of(&bits, program, expression) == 1 && bits.bits.scalar);
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
    if (right->next) return not_yet(program, chain);
    bool mirrored = !kt_is_runtime(program, left);
    if (mirrored) {
        const kt_expression *swap = left;
        left = right, right = swap;
    }
    kt_comparison comparison = comparison_of(op, mirrored);
    number bits;
    if (!kt_is_runtime(program, right)) {
        int found = number_of(&bits, program, left);
        if (found < 0) return false;
        if (found) return compare_number(program, &bits, comparison, right);
    }
    /* two truth values */
    if ((comparison != KT_EQUAL && comparison != KT_NOT_EQUAL) || !is_single(program, left) || !is_single(program, right))
        return not_yet(program, chain);
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
    default: return not_yet(program, chain);
    }
    bool bitwise = op == KT_TOKEN_AMPERSAND || op == KT_TOKEN_PIPE || op == KT_TOKEN_CARET;
    for (const kt_expression *item = chain->as.first; item; item = item->next) {
        if (bitwise && !is_single(program, item)) return not_yet(program, chain);
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
    if (!kt_is_runtime(program, expression)) {
        kt_value value;
        bool truth;
        if (!kt_evaluate(&value, program, expression)) return false;
        if (!kt_value_truth(&truth, value))
            return kt_error_at(&program->report, KT_NO_CONDITION, kt_expression_span(expression),
                               "a condition on an `input` is not supported yet");
        return constant(program, truth);
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
    return not_yet(program, expression);
}

/* ── if ── */

static bool jump(size_t *at, kt_program *program, kt_op op) {
    *at = program->circuit->ops_count;
    return kt_add_op(program, op, NULL, 0);
}

static void land(kt_program *program, size_t at) { program->circuit->ops[at].data = (uint32_t)program->circuit->ops_count; }

bool kt_lower_if(kt_program *program, const kt_statement *statement) {
    ketch_circuit *circuit = program->circuit;
    size_t first = circuit->conditions_count, over, past;
    uint32_t line = statement->line;
    bool good = truth_of(program, statement->as.control.condition, 0);
    good = kt_charge(program, 1 + circuit->conditions_count - first, statement->span) && good;
    kt_op guard = {.code = KT_OP_JUMP_UNLESS,
                   .operands = (uint32_t)first,
                   .operand_count = (uint32_t)(circuit->conditions_count - first),
                   .line = line};
    if (program->report.stopped || !jump(&over, program, guard)) return false;
    circuit->condition_depth++;
    good = kt_lower_body(program, statement->as.control.body) && good;
    if (statement->as.control.otherwise && !program->report.stopped) {
        bool jumped = jump(&past, program, (kt_op){.code = KT_OP_JUMP, .line = line});
        land(program, over);
        good = jumped && kt_lower_body(program, statement->as.control.otherwise) && good;
        if (jumped) land(program, past);
    } else {
        land(program, over);
    }
    circuit->condition_depth--;
    return good;
}
