/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions to values, as far as they are known while the program is read.
 */
#include "qasm/program.h"

#include "qasm/literal.h"

#include <math.h>

bool kt_arithmetic_failed(kt_program *program, kt_span span) {
    if (program->arithmetic.code == KT_NO_MEMORY) return kt_report_no_memory(&program->report);
    return kt_error_at(&program->report, program->arithmetic.code, span, "%s", program->arithmetic.problem);
}

static bool not_constant(kt_program *program, const kt_expression *expression) {
    kt_span span = kt_expression_span(expression);
    return kt_error_at(&program->report, KT_NOT_CONSTANT, span, "`%.*s` is not known while the program is read", KT_SHOWN(span));
}

static bool evaluate_name(kt_value *out, kt_program *program, const kt_expression *expression) {
    uint32_t symbol = expression->as.symbol;
    const kt_binding *binding = kt_scope_find(program, symbol);
    kt_span span = kt_expression_span(expression);
    if (!binding) {
        switch (symbol) {
        case KT_SYMBOL_PI:
        case KT_SYMBOL_PI_GREEK: *out = kt_value_float(3.14159265358979323846); break;
        case KT_SYMBOL_TAU:
        case KT_SYMBOL_TAU_GREEK: *out = kt_value_float(6.28318530717958647693); break;
        case KT_SYMBOL_EULER:
        case KT_SYMBOL_EULER_SIGN: *out = kt_value_float(2.71828182845904523536); break;
        default: return kt_scope_unknown(program, symbol, span, "the name");
        }
        if (program->dialect == 2 && symbol != KT_SYMBOL_PI) return kt_scope_unknown(program, symbol, span, "the name");
        return true;
    }
    switch (binding->kind) {
    case KT_BINDING_VALUE: *out = binding->as.value; return true;
    case KT_BINDING_SPOILED: return false;
    case KT_BINDING_BITS: return not_constant(program, expression);
    default: return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is no number", KT_SHOWN(span));
    }
}

/* Operators of one level, from left to right. */
static bool evaluate_chain(kt_value *out, kt_program *program, const kt_expression *chain) {
    const kt_expression *item = chain->as.first;
    kt_value value, right;
    if (!kt_evaluate(&value, program, item)) return false;
    for (item = item->next; item; item = item->next) {
        if (!kt_evaluate(&right, program, item)) return false;
        program->arithmetic.fraction_dropped = false;
        if (!kt_value_binary(&value, &program->arithmetic, item->joint, value, right)) {
            kt_arithmetic_failed(program, kt_expression_span(chain));
            if (item->joint == KT_TOKEN_CARET && program->dialect == 3) kt_hint_add(&program->report, "a power is written `**`");
            return false;
        }
        if (program->arithmetic.fraction_dropped && program->division_matters)
            kt_warning_at(&program->report, KT_INTEGER_DIVISION, kt_expression_span(chain), "a division of integers drops its fraction");
    }
    *out = value;
    return true;
}

static void try_name(void *nearest, const char *name, size_t size) { kt_nearest_try(nearest, name, size); }

static bool evaluate_call(kt_value *out, kt_program *program, const kt_expression *expression) {
    enum { MOST = 4 };
    kt_value arguments[MOST];
    const kt_symbol *symbol = &program->symbols.items[expression->as.call.symbol];
    kt_span name = {expression->at, symbol->size};
    const kt_binding *binding = kt_scope_find(program, expression->as.call.symbol);
    if (binding && binding->kind == KT_BINDING_SPOILED) return false;
    uint32_t count = 0;
    for (const kt_expression *item = expression->as.call.arguments; item; item = item->next, count++)
        if (count < MOST && !kt_evaluate(&arguments[count], program, item)) return false;
    bool known;
    if (kt_value_call(out, &program->arithmetic, (kt_span){symbol->name, symbol->size}, arguments, count, &known)) return true;
    if (known) return kt_arithmetic_failed(program, kt_expression_span(expression));
    kt_error_at(&program->report, KT_UNKNOWN_NAME, name, "the function `%.*s` is not known", KT_SHOWN(name));
    kt_nearest nearest = kt_nearest_to(name);
    kt_value_functions(try_name, &nearest);
    if (nearest.best.size) kt_hint_add(&program->report, "did you mean `%.*s`?", KT_SHOWN(nearest.best));
    return false;
}

bool kt_evaluate_width(int64_t *out, kt_program *program, const kt_expression *expression, const char *what, bool quantum) {
    kt_span span = kt_expression_span(expression);
    uint64_t limit = quantum ? program->options->max_qubits : program->options->max_bits;
    if (expression->kind == KT_EXPRESSION_BIG || (expression->kind == KT_EXPRESSION_INTEGER && expression->as.integer > INT64_MAX))
        return kt_error_at(&program->report, quantum ? KT_QUBIT_LIMIT : KT_BIT_LIMIT, span, "%.*s %s; the limit is %llu", KT_SHOWN(span),
                           quantum ? "qubits" : "bits", (unsigned long long)limit);
    return kt_evaluate_integer(out, program, expression, what);
}

bool kt_evaluate_type(kt_type *type, uint32_t *width, kt_program *program, const kt_type_name *name) {
    kt_report *report = &program->report;
    int64_t bits = 0;
    *width = 0;
    if (name->width) {
        if (!kt_evaluate_width(&bits, program, name->width, "a width", false)) return false;
        if (bits < 1) return kt_error_at(report, KT_BAD_WIDTH, kt_expression_span(name->width), "a width is at least 1");
    }
    bool number = false;
    switch (name->keyword) {
    case KT_TOKEN_BOOL: *type = KT_TYPE_BOOL; return true;
    case KT_TOKEN_BIT:
        *type = name->width ? KT_TYPE_BITS : KT_TYPE_BOOL;
        if ((uint64_t)bits > program->options->max_bits)
            return kt_error_at(report, KT_BIT_LIMIT, kt_expression_span(name->width), "%lld bits; the limit is %llu", (long long)bits,
                               (unsigned long long)program->options->max_bits);
        break;
    case KT_TOKEN_INT: *type = KT_TYPE_INT, number = true; break;
    case KT_TOKEN_UINT: *type = KT_TYPE_UINT, number = true; break;
    case KT_TOKEN_ANGLE: *type = KT_TYPE_ANGLE, number = true; break;
    case KT_TOKEN_FLOAT:
        *type = KT_TYPE_FLOAT;
        if (name->width && bits != 32 && bits != 64)
            return kt_error_at(report, KT_BAD_WIDTH, kt_expression_span(name->width), "a float has 32 or 64 bits here");
        break;
    case KT_TOKEN_DURATION: *type = KT_TYPE_DURATION; break;
    default:
        return kt_error_at(report, name->keyword == KT_TOKEN_STRETCH ? KT_NO_TIMING : KT_NO_TYPE, name->span, "`%.*s` is not supported yet",
                           KT_SHOWN(name->span));
    }
    if (number && bits > 64)
        return kt_error_at(report, KT_NO_TYPE, kt_expression_span(name->width), "numbers of more than 64 bits are not supported yet");
    *width = (uint32_t)bits;
    return true;
}

static bool evaluate_cast(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_type type;
    uint32_t width;
    kt_value operand;
    if (!kt_evaluate_type(&type, &width, program, expression->as.cast.type) || !kt_evaluate(&operand, program, expression->as.cast.operand))
        return false;
    return kt_value_cast(out, &program->arithmetic, type, width, true, operand) ||
           kt_arithmetic_failed(program, kt_expression_span(expression));
}

/* Bits of a constant: value[3], value[0:2]. */
static bool evaluate_index(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_value from;
    kt_span span = kt_expression_span(expression);
    kt_expression name = {.kind = KT_EXPRESSION_NAME, .at = expression->at, .as.symbol = expression->as.index.symbol};
    name.size = expression->as.index.base ? 0 : program->symbols.items[expression->as.index.symbol].size;
    if (!kt_evaluate(&from, program, expression->as.index.base ? expression->as.index.base : &name)) return false;
    bool bits = from.type == KT_TYPE_BITS || (!from.symbolic && from.type != KT_TYPE_BOOL && from.type != KT_TYPE_BIG &&
                                              from.type != KT_TYPE_FLOAT && from.type != KT_TYPE_DURATION);
    if (!bits) return kt_error_at(&program->report, KT_WRONG_TYPE, span, "this value has no bits to be indexed");
    uint32_t width = from.width ? from.width : 64;
    uint64_t *words = kt_value_words(&program->arithmetic, from, width);
    if (!words) return kt_report_no_memory(&program->report);
    kt_selection all = {.count = width, .step = 1}, chosen;
    program->selecting_qubits = false;
    if (!kt_select_index(&chosen, program, all, expression->as.index.items, span, &program->statement)) return false;
    if (chosen.scalar) {
        uint32_t bit = kt_selection_at(&chosen, 0);
        *out = kt_value_bool(words[bit / 64] >> bit % 64 & 1);
        return true;
    }
    kt_value result = {.type = KT_TYPE_BITS, .width = chosen.count};
    program->arithmetic.work += chosen.count;
    uint64_t *picked = kt_value_words(&program->arithmetic, kt_value_bool(false), chosen.count);
    if (!picked) return kt_report_no_memory(&program->report);
    for (uint32_t i = 0; i < chosen.count; i++) {
        uint32_t bit = kt_selection_at(&chosen, i);
        picked[i / 64] |= (words[bit / 64] >> bit % 64 & 1) << i % 64;
    }
    result.as.words = picked;
    *out = result;
    return true;
}

/* Arithmetic on very wide bit strings, and expressions in the bodies of gates, count like operations, so that short texts cannot make much
 * work. */
static bool charge_work(kt_program *program, kt_span span) {
    enum { FREE = 4096, STEPS = 16 };
    uint64_t work = program->arithmetic.work;
    if (work < FREE) return true;
    program->arithmetic.work = 0;
    return kt_charge(program, work / STEPS, span);
}

bool kt_evaluate(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_span span = kt_expression_span(expression);
    if (program->arguments) program->arithmetic.work += 2; /* in a gate's body a short text is gone through again and again */
    if (!charge_work(program, span)) return false;
    switch (expression->kind) {
    case KT_EXPRESSION_REAL: *out = kt_value_float(expression->as.number); return true;
    case KT_EXPRESSION_INTEGER:
        *out = kt_value_int((int64_t)expression->as.integer);
        if (expression->as.integer > INT64_MAX) *out = (kt_value){.type = KT_TYPE_UINT, .as.natural = expression->as.integer};
        return true;
    case KT_EXPRESSION_BIG: {
        uint32_t words;
        *out = (kt_value){.type = KT_TYPE_BIG};
        if (!(out->as.words = kt_literal_words(program->arithmetic.arena, expression->at, expression->size, &words)))
            return kt_report_no_memory(&program->report);
        out->width = words * 64 - (uint32_t)__builtin_clzll(out->as.words[words - 1]);
        return true;
    }
    case KT_EXPRESSION_BITSTRING:
        *out = (kt_value){.type = KT_TYPE_BITS};
        out->as.words = kt_literal_bits(program->arithmetic.arena, expression->at, expression->size, &out->width);
        return out->as.words || kt_report_no_memory(&program->report);
    case KT_EXPRESSION_BOOL: *out = kt_value_bool(expression->as.integer); return true;
    case KT_EXPRESSION_TIMING:
        /* dt is a backend's own unit; none is here, so a nanosecond stands for it */
        *out = (kt_value){.type = KT_TYPE_DURATION,
                          .as.number = expression->op == KT_UNIT_DT ? expression->as.number * 1e-9 : expression->as.number};
        return true;
    case KT_EXPRESSION_NAME: return evaluate_name(out, program, expression);
    case KT_EXPRESSION_PARAMETER: *out = program->arguments[expression->as.integer]; return true;
    case KT_EXPRESSION_VALUE: *out = *expression->as.value; return true;
    case KT_EXPRESSION_CHAIN: return evaluate_chain(out, program, expression);
    case KT_EXPRESSION_UNARY:
        if (!kt_evaluate(out, program, expression->as.first)) return false;
        return kt_value_unary(out, &program->arithmetic, expression->op, *out) || kt_arithmetic_failed(program, span);
    case KT_EXPRESSION_CALL: return evaluate_call(out, program, expression);
    case KT_EXPRESSION_CAST: return evaluate_cast(out, program, expression);
    case KT_EXPRESSION_INDEX: return evaluate_index(out, program, expression);
    case KT_EXPRESSION_DURATIONOF: return kt_error_at(&program->report, KT_NO_TIMING, span, "`durationof` is not supported yet");
    case KT_EXPRESSION_IMAGINARY: return kt_error_at(&program->report, KT_NO_TYPE, span, "complex numbers are not supported yet");
    case KT_EXPRESSION_HARDWARE: return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is a qubit, no number", KT_SHOWN(span));
    case KT_EXPRESSION_SET: return kt_error_at(&program->report, KT_NO_VARIABLES, span, "arrays are not supported yet");
    default: return not_constant(program, expression);
    }
}

bool kt_evaluate_integer(int64_t *out, kt_program *program, const kt_expression *expression, const char *what) {
    kt_value value;
    if (expression->kind == KT_EXPRESSION_INTEGER && expression->as.integer <= INT64_MAX) { /* nearly always */
        *out = (int64_t)expression->as.integer;
        return true;
    }
    kt_span span = kt_expression_span(expression);
    if (!kt_evaluate(&value, program, expression)) return false;
    if (value.symbolic) return not_constant(program, expression);
    if (kt_value_integer(out, value)) return true;
    if (value.type == KT_TYPE_BIG || value.type == KT_TYPE_UINT)
        return kt_error_at(&program->report, KT_ARITHMETIC, span, "%s of more than 63 bits", what);
    return kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s is an integer", what);
}

bool kt_evaluate_angle(kt_value *out, kt_program *program, const kt_expression *expression) {
    if (expression->kind == KT_EXPRESSION_REAL) {
        *out = kt_value_float(expression->as.number);
    } else {
        program->division_matters = program->dialect == 3;
        bool good = kt_evaluate(out, program, expression);
        program->division_matters = false;
        if (!good) return false;
        if (!kt_value_real(out, &program->arithmetic, *out)) return kt_arithmetic_failed(program, kt_expression_span(expression));
    }
    if (out->symbolic || isfinite(out->as.number)) return true;
    kt_error_at(&program->report, KT_ANGLE_NOT_FINITE, kt_expression_span(expression), "this angle is %s",
                isnan(out->as.number) ? "not a number" : "infinite");
    if (program->call.at && program->arguments) {
        kt_place place = kt_report_place(&program->report, program->call);
        kt_hint_add(&program->report, "in the gate applied at %s:%u", place.file, place.line);
    }
    return false;
}
