/* SPDX-License-Identifier: Apache-2.0
 *
 * Trees of one statement. They live in the statement's arena and are gone when the next statement is read; only bodies of gates stay.
 *
 * Operators of one precedence level form a chain, not a tree leaning left: `a + b - c` is
 *
 *     CHAIN
 *       first ──> a ──next──> b (joint +) ──next──> c (joint -)
 *
 * so that a sum of a million terms is a loop, and recursion is as deep as the source nests.
 */
#ifndef KETCH_QASM_AST_H
#define KETCH_QASM_AST_H

#include "qasm/token.h"

struct kt_value;

typedef enum kt_expression_kind {
    KT_EXPRESSION_INTEGER, /* integer; beyond 64 bits: BIG, read from the text when needed */
    KT_EXPRESSION_BIG,
    KT_EXPRESSION_REAL,      /* number */
    KT_EXPRESSION_IMAGINARY, /* number */
    KT_EXPRESSION_TIMING,    /* number, in the unit that op names */
    KT_EXPRESSION_BOOL,      /* integer: 0 or 1 */
    KT_EXPRESSION_BITSTRING,
    KT_EXPRESSION_NAME,     /* symbol */
    KT_EXPRESSION_HARDWARE, /* integer: the number of a physical qubit */
    KT_EXPRESSION_UNARY,    /* op, first */
    KT_EXPRESSION_CHAIN,    /* first: operands; each but the first has the operator before it in joint */
    KT_EXPRESSION_INDEX,    /* index */
    KT_EXPRESSION_RANGE,    /* range */
    KT_EXPRESSION_SET,      /* first: items in braces; an array literal too */
    KT_EXPRESSION_CALL,     /* call */
    KT_EXPRESSION_CAST,     /* cast */
    KT_EXPRESSION_DURATIONOF, /* block */
    KT_EXPRESSION_MEASURE,      /* first: what is measured */
    KT_EXPRESSION_QUANTUM_CALL, /* call, with operands */
    KT_EXPRESSION_PARAMETER,    /* integer: parameter of the gate being defined; made by its definition */
    KT_EXPRESSION_VALUE         /* value: computed already */
} kt_expression_kind;

typedef enum kt_unit { KT_UNIT_SECONDS, KT_UNIT_DT } kt_unit;

typedef struct kt_expression kt_expression;
typedef struct kt_statement kt_statement;

typedef struct kt_type_name { /* a type as written */
    uint8_t keyword;          /* kt_token_kind */
    bool dimension_count;     /* #dim = the only dimension */
    bool readonly;            /* of an array by reference: not mutable */
    kt_span span;
    kt_expression *width;
    struct kt_type_name *element; /* of complex and array */
    kt_expression *dimensions;
} kt_type_name;

struct kt_expression {
    uint8_t kind;
    uint8_t op;    /* kt_token_kind or kt_unit */
    uint8_t joint; /* kt_token_kind: the operator before it in a chain */
    bool parenthesized;
    uint32_t size; /* with `at`: where it is written */
    const char *at;
    kt_expression *next; /* in the list or chain that it belongs to */
    union {
        uint64_t integer;
        double number;
        uint32_t symbol;
        kt_expression *first;
        const struct kt_value *value;
        const kt_statement *block;
        struct {
            kt_expression *base; /* NULL: the name `symbol` itself */
            kt_expression *items;
            uint32_t symbol;
        } index;
        struct {
            kt_expression *start, *step, *stop; /* each may be NULL */
        } range;
        struct {
            kt_expression *arguments, *operands;
            uint32_t symbol, argument_count;
        } call;
        struct {
            kt_type_name *type;
            kt_expression *operand;
        } cast;
    } as;
};

/* a ++ b ++ ... */
static inline bool kt_is_concatenation(const kt_expression *expression) {
    return expression->kind == KT_EXPRESSION_CHAIN && expression->as.first->next->joint == KT_TOKEN_CONCATENATE;
}

static inline kt_span kt_expression_span(const kt_expression *expression) { return (kt_span){expression->at, expression->size}; }

typedef struct kt_modifier {
    struct kt_modifier *next; /* the one to its right */
    uint8_t kind;             /* KT_TOKEN_INV, _POW, _CTRL, _NEGCTRL */
    kt_span span;
    kt_expression *argument; /* NULL: one control */
} kt_modifier;

typedef struct kt_name {
    struct kt_name *next;
    kt_span span;
    uint32_t symbol;
} kt_name;

typedef struct kt_annotation {
    struct kt_annotation *next;
    kt_span span; /* "@name rest of the line" */
} kt_annotation;

typedef enum kt_statement_kind {
    KT_STATEMENT_GATE_CALL,
    KT_STATEMENT_BARRIER,
    KT_STATEMENT_RESET,
    KT_STATEMENT_DELAY,
    KT_STATEMENT_NOP,
    KT_STATEMENT_MEASURE, /* measure q; measure q -> c; and with a call for the measurement */
    KT_STATEMENT_ASSIGN,
    KT_STATEMENT_EXPRESSION,
    KT_STATEMENT_REGISTER,  /* qreg creg qubit */
    KT_STATEMENT_CLASSICAL, /* a type, also const, input, output */
    KT_STATEMENT_LET,
    KT_STATEMENT_GATE,
    KT_STATEMENT_OPAQUE,
    KT_STATEMENT_INCLUDE,
    KT_STATEMENT_IF,
    KT_STATEMENT_BLOCK,
    KT_STATEMENT_END,
    KT_STATEMENT_PRAGMA,
    KT_STATEMENT_CALIBRATION, /* cal, defcal, defcalgrammar */
    KT_STATEMENT_FOR,
    KT_STATEMENT_WHILE,
    KT_STATEMENT_SWITCH,
    KT_STATEMENT_BREAK,
    KT_STATEMENT_CONTINUE,
    KT_STATEMENT_RETURN,
    KT_STATEMENT_DEF,
    KT_STATEMENT_EXTERN,
    KT_STATEMENT_BOX
} kt_statement_kind;

typedef struct kt_argument_definition { /* of def and extern */
    struct kt_argument_definition *next;
    kt_type_name *type; /* also qubit, qreg, creg, and arrays by reference */
    kt_span name;       /* empty in extern */
    uint32_t symbol;
} kt_argument_definition;

typedef struct kt_case {
    struct kt_case *next;
    kt_span span;          /* the word */
    kt_expression *values; /* NULL: default */
    kt_statement *body;
} kt_case;

struct kt_statement {
    uint8_t kind;
    uint8_t op;       /* keyword of a declaration; operator of an assignment; input, output or const below */
    uint8_t modifier; /* KT_TOKEN_CONST, _INPUT, _OUTPUT of a declaration, or KT_TOKEN_NAME for none */
    bool read;        /* of a body's first statement: some run comes here, or it was looked at all the same; see trial.c */
    uint32_t line;
    kt_span span; /* its first token */
    kt_span name; /* of what it declares or calls */
    uint32_t symbol;
    kt_statement *next;
    kt_annotation *annotations;
    union {
        struct {
            kt_modifier *modifiers;
            kt_expression *arguments, *operands, *designator; /* the designator: a duration in brackets */
            uint32_t argument_count, operand_count;
        } call; /* also barrier, reset, delay, nop */
        struct {
            kt_expression *target, *value;
        } assign; /* target NULL: measured only */
        struct {
            kt_type_name *type;
            kt_expression *width, *value;
        } declaration;
        struct {
            kt_name *parameters, *qubits;
            uint32_t parameter_count, qubit_count;
            kt_statement *body;
            kt_span text; /* from the name to the closing brace */
        } gate;
        struct {
            kt_argument_definition *arguments;
            kt_type_name *returns;
            kt_statement *body;
        } routine;
        struct {
            kt_expression *condition;
            kt_statement *body, *otherwise;
            kt_case *cases;
            kt_type_name *type; /* of a loop variable */
        } control;
        kt_expression *expression;
        kt_statement *block;
        kt_span text; /* path of an include, rest of a pragma */
    } as;
};

#endif
