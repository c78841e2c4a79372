/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions to values, as far as they are known while the program is read.
 */
#include "qasm/program.h"

#include "qasm/literal.h"

#include <math.h>
#include <string.h>

bool kt_arithmetic_failed(kt_program *program, kt_span span) {
    if (program->arithmetic.code == KT_NO_MEMORY) return kt_report_no_memory(&program->report);
    return kt_error_at(&program->report, program->arithmetic.code, span, "%s", program->arithmetic.problem);
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

static bool not_constant(kt_program *program, kt_span span, const char *why) {
    return kt_error_at(&program->report, KT_NOT_CONSTANT, span, "`%.*s` %s", KT_SHOWN(span), why);
}

static kt_value read_variable(kt_program *program, kt_scalar_variable *variable, kt_span span) {
    if (variable->unset && !program->trial) {
        kt_warning_at(&program->report, KT_READ_UNSET, span, "`%.*s` is read before it is given a value: it is 0", KT_SHOWN(span));
        variable->unset = false; /* once is enough */
    }
    return kt_value_of_variable(program, variable);
}

static bool evaluate_name(kt_value *out, kt_program *program, uint32_t symbol, kt_span span) {
    kt_binding *binding = kt_scope_find(program, symbol);
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
    bool changes = binding->kind == KT_BINDING_BITS || binding->kind == KT_BINDING_VARIABLE;
    if (changes && program->constant) return not_constant(program, span, "may change while the program runs; a constant is needed here");
    switch (binding->kind) {
    case KT_BINDING_VALUE: *out = binding->as.value; return true;
    case KT_BINDING_VARIABLE: *out = read_variable(program, &binding->as.variable, span); return true;
    case KT_BINDING_BITS: {
        kt_selection bits = binding->as.selection;
        return kt_load_bits(out, program, &bits, span);
    }
    case KT_BINDING_SPOILED: return false;
    case KT_BINDING_ARRAY:
        kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is an array, not one value", KT_SHOWN(span));
        kt_hint_add(&program->report, "an element: %.*s[0]", KT_SHOWN(span));
        return false;
    default: return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is no number", KT_SHOWN(span));
    }
}

/* Can it be computed in advance, though `&&` or `||` may not need it: nothing in it can fail or have an effect. */
static bool is_harmless(const kt_expression *expression) {
    switch (expression->kind) {
    case KT_EXPRESSION_INTEGER:
    case KT_EXPRESSION_REAL:
    case KT_EXPRESSION_BOOL:
    case KT_EXPRESSION_BITSTRING:
    case KT_EXPRESSION_NAME:
    case KT_EXPRESSION_VALUE: return true;
    case KT_EXPRESSION_UNARY: return is_harmless(expression->as.first);
    case KT_EXPRESSION_INDEX: {
        const kt_expression *item = expression->as.index.items;
        return !expression->as.index.base && !item->next && item->kind == KT_EXPRESSION_INTEGER;
    }
    case KT_EXPRESSION_CHAIN:
        for (const kt_expression *item = expression->as.first; item; item = item->next) {
            bool fails = item->joint == KT_TOKEN_SLASH || item->joint == KT_TOKEN_PERCENT || item->joint == KT_TOKEN_POWER ||
                         item->joint == KT_TOKEN_SHIFT_LEFT || item->joint == KT_TOKEN_SHIFT_RIGHT;
            if ((item != expression->as.first && fails) || !is_harmless(item)) return false;
        }
        return true;
    default: return false;
    }
}

/* The right side only where the left one does not decide, as in C. */
static bool evaluate_when(kt_value *out, kt_program *program, uint8_t op, kt_value left, const kt_expression *item) {
    kt_span span = kt_expression_span(item);
    kt_value right;
    bool stop = op == KT_TOKEN_OR, truth; /* the truth of the left side that decides */
    uint32_t cell = kt_new_cells(program, 1);
    if (!kt_value_may_become(left, KT_TYPE_BOOL, 0, true)) return kt_binary(out, program, op, left, kt_value_bool(false), span);
    if (cell == KT_NO_CELL || !kt_become(&left, program, (kt_typed){KT_TYPE_BOOL, 0}, left, span)) return false;
    if (kt_value_truth(&truth, left)) {
        *out = left;
        if (truth == stop) return true;
        return kt_evaluate(&right, program, item) && kt_binary(out, program, op, left, right, span);
    }
    ketch_circuit *circuit = program->circuit;
    if (!kt_store_cells(program, cell, left, span) || !kt_materialize_in(program, item)) return false;
    size_t jump = circuit->ops_count;
    kt_op past = {.code = stop ? KT_DO_JUMP_IF : KT_DO_JUMP_IF_NOT, .left = cell};
    if (!kt_emit(program, past, (kt_span){0})) return false;
    circuit->condition_depth++;
    program->region++;
    bool good = kt_evaluate(&right, program, item) && kt_binary(&right, program, op, kt_value_bool(!stop), right, span) &&
                kt_store_cells(program, cell, right, span);
    program->region--;
    circuit->condition_depth--;
    circuit->ops[jump].data = (uint32_t)circuit->ops_count;
    kt_forget_in(program, item);
    *out = kt_in_cells(KT_TYPE_BOOL, 0, cell);
    return good && kt_emit(program, (kt_op){.code = KT_DO_LABEL}, (kt_span){0});
}

/* a ++ b ++ ...: bits, those of the first lowest */
static bool evaluate_concatenation(kt_value *out, kt_program *program, const kt_expression *chain) {
    kt_value bits = {.type = KT_TYPE_BITS}, part;
    kt_span span = kt_expression_span(chain);
    for (const kt_expression *item = chain->as.first; item; item = item->next) {
        char text[KT_VALUE_TEXT];
        kt_span at = kt_expression_span(item);
        if (!kt_evaluate(&part, program, item)) return false;
        if (part.type != KT_TYPE_BITS && part.type != KT_TYPE_BOOL)
            return kt_error_at(&program->report, KT_WRONG_TYPE, at, "`++` joins bits, not %s", kt_value_type_text(text, part));
        uint32_t width = bits.width, more = kt_value_width(part);
        kt_computation put = {KT_DO_SPLICE, more, width, {KT_TYPE_BITS, width + more}};
        if (!width) {
            if (!kt_become(&bits, program, (kt_typed){KT_TYPE_BITS, more}, part, at)) return false;
        } else if (!kt_become(&bits, program, put.type, bits, at) || !kt_carry_out(&bits, program, put, &bits, &part, NULL, at)) {
            return false;
        }
        if (!charge_work(program, span)) return false;
    }
    *out = bits;
    return true;
}

/* Operators of one level, from left to right. */
static bool evaluate_chain(kt_value *out, kt_program *program, const kt_expression *chain) {
    const kt_expression *item = chain->as.first;
    kt_value value, right;
    if (kt_is_concatenation(chain)) return evaluate_concatenation(out, program, chain);
    if (!kt_evaluate(&value, program, item)) return false;
    for (item = item->next; item; item = item->next) {
        if ((item->joint == KT_TOKEN_AND || item->joint == KT_TOKEN_OR) && !is_harmless(item)) {
            if (!evaluate_when(&value, program, item->joint, value, item)) return false;
            continue;
        }
        if (!kt_hold(&value, program, item) || !kt_evaluate(&right, program, item)) return false;
        program->arithmetic.fraction_dropped = false;
        if (!kt_binary(&value, program, item->joint, value, right, kt_expression_span(chain))) return false;
        if (program->arithmetic.fraction_dropped && program->division_matters)
            kt_warning_at(&program->report, KT_INTEGER_DIVISION, kt_expression_span(chain), "a division of integers drops its fraction");
    }
    *out = value;
    return true;
}

/* sizeof(array), sizeof(array, dimension) */
static bool evaluate_sizeof(kt_value *out, kt_program *program, const kt_expression *call) {
    const kt_expression *array = call->as.call.arguments, *which = array ? array->next : NULL;
    kt_span span = kt_expression_span(call);
    kt_view view;
    int64_t dimension = 0;
    if (!array || (which && which->next))
        return kt_error_at(&program->report, KT_BAD_CALL, span, "`sizeof` takes an array, and perhaps the number of a dimension");
    if (!kt_is_array(program, array))
        return kt_error_at(&program->report, KT_BAD_CALL, kt_expression_span(array), "`sizeof` takes an array");
    if (!kt_select_array(&view, program, array)) return false;
    if (which && !kt_evaluate_integer(&dimension, program, which, "a dimension")) return false;
    if (dimension < 0 || dimension >= view.shape.dimension_count)
        return kt_error_at(&program->report, KT_INDEX_RANGE, kt_expression_span(which), "this array has %u dimension%s, numbered from 0",
                           view.shape.dimension_count, view.shape.dimension_count == 1 ? "" : "s");
    *out = (kt_value){.type = KT_TYPE_UINT, .as.natural = view.shape.dimensions[dimension]};
    return true;
}

static bool evaluate_call(kt_value *out, kt_program *program, const kt_expression *expression) {
    enum { MOST = 4 };
    kt_value arguments[MOST];
    const kt_symbol *symbol = &program->symbols.items[expression->as.call.symbol];
    const kt_binding *binding = kt_scope_find(program, expression->as.call.symbol);
    if (binding && binding->kind == KT_BINDING_SPOILED) return false;
    bool routine = binding && binding->kind == KT_BINDING_ROUTINE, external = binding && binding->kind == KT_BINDING_EXTERN;
    if ((routine || external) && program->constant)
        return not_constant(program, kt_expression_span(expression), "is computed while the program runs; a constant is needed here");
    if (routine) return kt_call_routine(out, program, expression);
    if (external) return kt_call_extern(out, program, expression);
    if (program->dialect == 3 && symbol->size == 6 && memcmp(symbol->name, "sizeof", 6) == 0)
        return evaluate_sizeof(out, program, expression);
    uint32_t count = 0;
    for (const kt_expression *item = expression->as.call.arguments; item; item = item->next, count++)
        if (count < MOST && !kt_evaluate(&arguments[count], program, item)) return false;
    return kt_call_function(out, program, expression, arguments, count);
}

bool kt_evaluate_constant_integer(int64_t *out, kt_program *program, const kt_expression *expression, const char *what) {
    bool before = program->constant;
    program->constant = true;
    bool good = kt_evaluate_integer(out, program, expression, what);
    program->constant = before;
    return good;
}

bool kt_evaluate_width(int64_t *out, kt_program *program, const kt_expression *expression, const char *what, bool quantum) {
    kt_span span = kt_expression_span(expression);
    uint64_t limit = quantum ? program->options->max_qubits : program->options->max_bits;
    if (expression->kind == KT_EXPRESSION_BIG || (expression->kind == KT_EXPRESSION_INTEGER && expression->as.integer > INT64_MAX))
        return kt_error_at(&program->report, quantum ? KT_QUBIT_LIMIT : KT_BIT_LIMIT, span, "%.*s %s; the limit is %llu", KT_SHOWN(span),
                           quantum ? "qubits" : "bits", (unsigned long long)limit);
    return kt_evaluate_constant_integer(out, program, expression, what);
}

/* complex, complex[float], complex[float[32]] */
static bool complex_width(int64_t *bits, kt_program *program, const kt_type_name *name) {
    kt_type part;
    uint32_t width = 0;
    if (name->element && !kt_evaluate_type(&part, &width, program, name->element)) return false;
    if (name->element && part != KT_TYPE_FLOAT)
        return kt_error_at(&program->report, KT_NO_TYPE, name->element->span, "the parts of a complex number are floats");
    *bits = 2 * width;
    return true;
}

/* Said once of a constant that gives the width of several. */
static bool bad_width(kt_program *program, const kt_expression *width, const char *what) {
    if (width->kind == KT_EXPRESSION_NAME && kt_scope_blamed(program, width->as.symbol)) return false;
    kt_error_at(&program->report, KT_BAD_WIDTH, kt_expression_span(width), "%s", what);
    if (width->kind == KT_EXPRESSION_NAME) kt_scope_blame(program, width->as.symbol);
    return false;
}

bool kt_evaluate_type(kt_type *type, uint32_t *width, kt_program *program, const kt_type_name *name) {
    kt_report *report = &program->report;
    int64_t bits = 0;
    *width = 0;
    if (name->width) {
        if (!kt_evaluate_width(&bits, program, name->width, "a width", false)) return false;
        if (bits < 1) return bad_width(program, name->width, "a width is at least 1");
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
        if (name->width && bits != 32 && bits != 64) return bad_width(program, name->width, "a float has 32 or 64 bits here");
        break;
    case KT_TOKEN_DURATION: *type = KT_TYPE_DURATION; break;
    case KT_TOKEN_COMPLEX:
        *type = KT_TYPE_COMPLEX;
        if (!complex_width(&bits, program, name)) return false;
        break;
    case KT_TOKEN_ARRAY: return kt_error_at(report, KT_WRONG_KIND, name->span, "an array is no single value");
    case KT_TOKEN_STRETCH: return kt_error_at(report, KT_NO_TYPE, name->span, "a stretch is declared alone; elsewhere it is a `duration`");
    default: return kt_error_at(report, KT_NO_TYPE, name->span, "`%.*s` is not supported yet", KT_SHOWN(name->span));
    }
    if (number && bits > 64) return kt_error_at(report, KT_NO_TYPE, kt_expression_span(name->width), "a number has at most 64 bits here");
    *width = (uint32_t)bits;
    return true;
}

static bool evaluate_cast(kt_value *out, kt_program *program, const kt_expression *expression) {
    kt_type type;
    uint32_t width;
    kt_value operand;
    return kt_evaluate_type(&type, &width, program, expression->as.cast.type) &&
           kt_evaluate(&operand, program, expression->as.cast.operand) &&
           kt_convert(out, program, type, width, true, operand, kt_expression_span(expression));
}

/* name(arguments) qubits, as older programs call subroutines; often a misspelt `measure` */
static bool evaluate_quantum_call(kt_value *out, kt_program *program, const kt_expression *call) {
    const kt_binding *binding = kt_scope_find(program, call->as.call.symbol);
    const kt_symbol *measure = &program->symbols.items[KT_TOKEN_MEASURE];
    kt_span name = {call->at, program->symbols.items[call->as.call.symbol].size};
    if (binding && binding->kind == KT_BINDING_SPOILED) return false;
    if (binding && binding->kind == KT_BINDING_ROUTINE) return kt_call_routine(out, program, call);
    kt_error_at(&program->report, KT_UNKNOWN_NAME, name, "the subroutine `%.*s` is not known", KT_SHOWN(name));
    kt_nearest nearest = kt_nearest_to(name);
    kt_nearest_try(&nearest, measure->name, measure->size);
    if (nearest.best.size) kt_hint_add(&program->report, "did you mean `measure`?");
    return false;
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
                          .as.number = expression->op == KT_UNIT_DT ? expression->as.number / KT_DT_PER_SECOND : expression->as.number};
        return true;
    case KT_EXPRESSION_NAME: return evaluate_name(out, program, expression->as.symbol, span);
    case KT_EXPRESSION_PARAMETER:
        if (program->constant) return not_constant(program, span, "differs from call to call or turn to turn; a constant is needed here");
        *out = program->arguments[expression->as.integer];
        return true;
    case KT_EXPRESSION_VALUE: *out = *expression->as.value; return true;
    case KT_EXPRESSION_CHAIN: return evaluate_chain(out, program, expression);
    case KT_EXPRESSION_UNARY:
        if (!kt_evaluate(out, program, expression->as.first)) return false;
        return kt_unary(out, program, expression->op, *out, span);
    case KT_EXPRESSION_CALL: return evaluate_call(out, program, expression);
    case KT_EXPRESSION_CAST: return evaluate_cast(out, program, expression);
    case KT_EXPRESSION_INDEX: return kt_evaluate_indexed(out, program, expression);
    case KT_EXPRESSION_DURATIONOF: return kt_evaluate_durationof(out, program, expression);
    case KT_EXPRESSION_IMAGINARY: *out = (kt_value){.type = KT_TYPE_COMPLEX, .as.complex = {0, expression->as.number}}; return true;
    case KT_EXPRESSION_HARDWARE: return kt_error_at(&program->report, KT_WRONG_KIND, span, "`%.*s` is a qubit, no number", KT_SHOWN(span));
    case KT_EXPRESSION_SET: return kt_error_at(&program->report, KT_WRONG_KIND, span, "a list in braces is no single value");
    case KT_EXPRESSION_RANGE: return kt_error_at(&program->report, KT_WRONG_KIND, span, "a range is no single value");
    default: break;
    }
    if (program->constant) return not_constant(program, span, "is computed while the program runs; a constant is needed here");
    switch (expression->kind) {
    case KT_EXPRESSION_MEASURE: return kt_evaluate_measure(out, program, expression);
    case KT_EXPRESSION_QUANTUM_CALL: return evaluate_quantum_call(out, program, expression);
    default: return false;
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
    if (!kt_value_known(value)) return not_constant(program, span, "is not known while the program is read");
    if (kt_value_integer(out, value)) return true;
    if (value.type == KT_TYPE_BIG || value.type == KT_TYPE_UINT)
        return kt_error_at(&program->report, KT_ARITHMETIC, span, "%s of more than 63 bits", what);
    return kt_error_at(&program->report, KT_WRONG_TYPE, span, "%s is an integer", what);
}

bool kt_evaluate_constant(kt_value *out, kt_program *program, const kt_expression *expression) {
    bool before = program->constant;
    program->constant = true;
    bool good = kt_evaluate(out, program, expression);
    program->constant = before;
    if (good && out->symbolic)
        return not_constant(program, kt_expression_span(expression),
                            kt_is_stretchy(*out) ? "depends on a stretch, which is not known before the whole program is read"
                                                 : "depends on an `input`, which is not known while the program is read");
    return good;
}

bool kt_truth(kt_value *out, kt_program *program, const kt_expression *condition) {
    kt_span span = kt_expression_span(condition);
    char text[KT_VALUE_TEXT];
    if (!kt_evaluate(out, program, condition)) return false;
    if (!kt_value_may_become(*out, KT_TYPE_BOOL, 0, true))
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "a condition is true or false, not %s", kt_value_type_text(text, *out));
    return kt_become(out, program, (kt_typed){KT_TYPE_BOOL, 0}, *out, span);
}

bool kt_to_radians(kt_value *value, kt_program *program, kt_span span) {
    char text[KT_VALUE_TEXT];
    double number;
    if (kt_value_plain(&number, *value)) return *value = kt_value_float(number), true; /* nearly always */
    if (value->type != KT_TYPE_ANGLE && !kt_value_may_become(*value, KT_TYPE_FLOAT, 0, false))
        return kt_error_at(&program->report, KT_WRONG_TYPE, span, "an angle is expected, not %s", kt_value_type_text(text, *value));
    if (value->symbolic) return true;
    return kt_become(value, program, (kt_typed){KT_TYPE_FLOAT, 0}, *value, span);
}

bool kt_evaluate_angle(kt_value *out, kt_program *program, const kt_expression *expression) {
    if (expression->kind == KT_EXPRESSION_REAL) {
        *out = kt_value_float(expression->as.number);
    } else {
        program->division_matters = program->dialect == 3;
        bool good = kt_evaluate(out, program, expression);
        program->division_matters = false;
        if (!good) return false;
        if (!kt_to_radians(out, program, kt_expression_span(expression))) return false;
    }
    if (!kt_value_known(*out) || isfinite(out->as.number)) return true;
    kt_error_at(&program->report, KT_ANGLE_NOT_FINITE, kt_expression_span(expression), "this angle is %s",
                isnan(out->as.number) ? "not a number" : "infinite");
    if (program->call.at && program->arguments) {
        kt_place place = kt_report_place(&program->report, program->call);
        kt_hint_add(&program->report, "in the gate applied at %s:%u", place.file, place.line);
    }
    return false;
}
