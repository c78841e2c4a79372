/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in functions, one line each; `mod` and `pow` are the operators.
 */
#include "qasm/program.h"

#include <string.h>

typedef enum kind { REAL, PERIODIC, ANALYTIC, OPERATOR, POPCOUNT, ROTATE, PART } kind;

static const struct {
    const char *name;
    uint8_t kind, arguments, dialects;
    uint8_t code; /* a node, an operator, an instruction, or which part */
} functions[] = {
    /* of real numbers; periodic ones of angles too, analytic ones of complex numbers too */
    {"sin", PERIODIC, 1, KT_DIALECTS, KT_NODE_SIN},
    {"cos", PERIODIC, 1, KT_DIALECTS, KT_NODE_COS},
    {"tan", PERIODIC, 1, KT_DIALECTS, KT_NODE_TAN},
    {"exp", ANALYTIC, 1, KT_DIALECTS, KT_NODE_EXP},
    {"ln", ANALYTIC, 1, KT_DIALECTS, KT_NODE_LOG},
    {"log", ANALYTIC, 1, KT_DIALECT3, KT_NODE_LOG},
    {"sqrt", ANALYTIC, 1, KT_DIALECTS, KT_NODE_SQRT},
    {"arcsin", REAL, 1, KT_DIALECT3, KT_NODE_ARCSIN},
    {"arccos", REAL, 1, KT_DIALECT3, KT_NODE_ARCCOS},
    {"arctan", REAL, 1, KT_DIALECT3, KT_NODE_ARCTAN},
    {"asin", REAL, 1, KT_DIALECT2, KT_NODE_ARCSIN},
    {"acos", REAL, 1, KT_DIALECT2, KT_NODE_ARCCOS},
    {"atan", REAL, 1, KT_DIALECT2, KT_NODE_ARCTAN},
    {"ceiling", REAL, 1, KT_DIALECT3, KT_NODE_CEILING},
    {"floor", REAL, 1, KT_DIALECT3, KT_NODE_FLOOR},
    {"mod", OPERATOR, 2, KT_DIALECT3, KT_TOKEN_PERCENT},
    {"pow", OPERATOR, 2, KT_DIALECT3, KT_TOKEN_POWER},
    /* of bits */
    {"popcount", POPCOUNT, 1, KT_DIALECT3, KT_DO_COUNT_BITS},
    {"rotl", ROTATE, 2, KT_DIALECT3, KT_DO_ROTATE_LEFT},
    {"rotr", ROTATE, 2, KT_DIALECT3, KT_DO_ROTATE_RIGHT},
    /* of complex numbers */
    {"real", PART, 1, KT_DIALECT3, 0},
    {"imag", PART, 1, KT_DIALECT3, 1},
};
enum { COUNT = sizeof functions / sizeof *functions };

static void try_all(kt_nearest *nearest, uint8_t dialect) {
    for (size_t i = 0; i < COUNT; i++)
        if (functions[i].dialects & dialect) kt_nearest_try(nearest, functions[i].name, strlen(functions[i].name));
    if (dialect == KT_DIALECT3) kt_nearest_try(nearest, "sizeof", 6);
}

static bool wrong_argument(kt_program *program, kt_span span, const char *name, const char *wanted, kt_value a) {
    char text[KT_VALUE_TEXT];
    return kt_error_at(&program->report, KT_BAD_CALL, span, "`%s` takes %s, not %s", name, wanted, kt_value_type_text(text, a));
}

/* sin(x) ... of a number, an angle or a complex number. */
static bool call_node(kt_value *out, kt_program *program, size_t function, kt_value a, kt_span span) {
    kind of = (kind)functions[function].kind;
    kt_typed number = {KT_TYPE_FLOAT, 0}, pair = {KT_TYPE_COMPLEX, a.width};
    if (a.type == KT_TYPE_COMPLEX &&
        (of == ANALYTIC || functions[function].code == KT_NODE_SIN || functions[function].code == KT_NODE_COS)) {
        kt_computation work = {KT_DO_FUNCTION_C, kt_value_width(a), functions[function].code, pair};
        return kt_carry_out(out, program, work, NULL, &a, NULL, span);
    }
    bool defined = kt_value_may_become(a, KT_TYPE_FLOAT, 0, false) || (a.type == KT_TYPE_ANGLE && of == PERIODIC);
    if (!defined)
        return wrong_argument(program, span, functions[function].name, of == ANALYTIC ? "a real or complex number" : "a real number", a);
    if (a.symbolic)
        return kt_symbolic_call(out, &program->arithmetic, (kt_node_code)functions[function].code, a) ||
               kt_arithmetic_failed(program, span);
    kt_computation work = {KT_DO_FUNCTION_F, 64, functions[function].code, number};
    return kt_become(&a, program, number, a, span) && kt_carry_out(out, program, work, NULL, &a, NULL, span);
}

static bool popcount(kt_value *out, kt_program *program, kt_value a, kt_span span) {
    if (a.type != KT_TYPE_BITS && a.type != KT_TYPE_UINT && a.type != KT_TYPE_BOOL)
        return wrong_argument(program, span, "popcount", "bits", a);
    kt_computation work = {KT_DO_COUNT_BITS, kt_value_width(a), 0, {KT_TYPE_UINT, 0}};
    return kt_carry_out(out, program, work, NULL, &a, NULL, span);
}

static bool rotate(kt_value *out, kt_program *program, size_t function, kt_value a, kt_value by, kt_span span) {
    const char *name = functions[function].name;
    if (a.type != KT_TYPE_BITS && a.type != KT_TYPE_UINT && a.type != KT_TYPE_ANGLE)
        return wrong_argument(program, span, name, "bits, a uint or an angle", a);
    if (!kt_value_whole(by)) return wrong_argument(program, span, name, "an integer as its second argument", by);
    kt_computation work = {functions[function].code, kt_value_width(a), 0, {(kt_type)a.type, a.width}};
    return kt_become(&by, program, (kt_typed){KT_TYPE_INT, 0}, by, span) && kt_unsymbolic(&a, program, span) &&
           kt_carry_out(out, program, work, NULL, &a, &by, span);
}

static bool part(kt_value *out, kt_program *program, size_t function, kt_value a, kt_span span) {
    if (a.type != KT_TYPE_COMPLEX) return wrong_argument(program, span, functions[function].name, "a complex number", a);
    uint32_t width = a.width / 2, which = functions[function].code;
    if (a.runtime) {
        *out = kt_in_cells(KT_TYPE_FLOAT, width, a.as.cell + which);
    } else {
        *out = kt_value_float(a.as.complex[which]);
        out->width = width;
        out->followed = a.followed;
    }
    return true;
}

bool kt_call_function(kt_value *out, kt_program *program, const kt_expression *call, const kt_value *arguments, uint32_t count) {
    const kt_symbol *symbol = &program->symbols.items[call->as.call.symbol];
    kt_span name = {call->at, symbol->size}, span = kt_expression_span(call);
    uint8_t dialect = program->dialect == 2 ? KT_DIALECT2 : KT_DIALECT3;
    size_t function = 0;
    while (function < COUNT && !((functions[function].dialects & dialect) && strlen(functions[function].name) == symbol->size &&
                                 memcmp(functions[function].name, symbol->name, symbol->size) == 0))
        function++;
    if (function == COUNT) {
        kt_error_at(&program->report, KT_UNKNOWN_NAME, name, "the function `%.*s` is not known", KT_SHOWN(name));
        kt_nearest nearest = kt_nearest_to(name);
        try_all(&nearest, dialect);
        if (nearest.best.size) kt_hint_add(&program->report, "did you mean `%.*s`?", KT_SHOWN(nearest.best));
        kt_scope_spoil(program, call->as.call.symbol);
        return false;
    }
    if (count != functions[function].arguments)
        return kt_error_at(&program->report, KT_BAD_CALL, span, "`%s` takes %u argument%s, not %u", functions[function].name,
                           functions[function].arguments, functions[function].arguments == 1 ? "" : "s", count);
    switch ((kind)functions[function].kind) {
    case REAL:
    case PERIODIC:
    case ANALYTIC: return call_node(out, program, function, arguments[0], span);
    case OPERATOR: return kt_binary(out, program, functions[function].code, arguments[0], arguments[1], span);
    case POPCOUNT: return popcount(out, program, arguments[0], span);
    case ROTATE: return rotate(out, program, function, arguments[0], arguments[1], span);
    case PART: return part(out, program, function, arguments[0], span);
    }
    return false;
}
