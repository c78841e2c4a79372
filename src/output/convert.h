/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room output: a circuit as a program of another language.
 *
 *   convert.c         which language; names; refusals
 *   convert_rules.c   gates as products of simpler ones
 *   convert_gate.c    one gate as statements of OpenQASM 2 or 3
 *   convert_qasm.c    whole programs of OpenQASM 2 or 3
 *   convert_json.c    every operation and instruction as JSON
 *
 * Programs of OpenQASM are written twice: the first time nothing is kept but which gates need a definition, and whatever cannot be said is
 * refused before anything is written.
 */
#ifndef KETCH_OUTPUT_CONVERT_H
#define KETCH_OUTPUT_CONVERT_H

#include "output/stream.h"

enum {
    KT_MOST_CONTROLS = 13,  /* that are expanded for OpenQASM 2: 2^14 gates */
    KT_MOST_MODIFIED = 1000 /* that a gate of OpenQASM 3 gets */
};

/* ── Rules: a gate as simpler ones, in order ── */

typedef struct kt_rule_angle {
    double constant, factor; /* constant + factor * (sum of the parameters) */
    uint8_t parameters;      /* bit p: parameter p is part of the sum */
} kt_rule_angle;

typedef struct kt_rule_step {
    uint16_t gate; /* that the rule is for; steps of one gate stand together */
    uint16_t step; /* what is applied, */
    bool free;     /* and the same where the whole is controlled: what stands around it undoes it */
    uint8_t on[4]; /* its operands, by place among those of the gate */
    kt_rule_angle angles[3];
} kt_rule_step;

/* The steps of a gate: *count of them, 0 where there is no rule. */
const kt_rule_step *kt_rule_of(kt_gate_id gate, size_t *count);

/* ── A conversion ── */

typedef struct kt_angle { /* a parameter: a number, or a node that depends on an input */
    double number;
    uint32_t node; /* UINT32_MAX: none */
} kt_angle;

typedef struct kt_conversion {
    kt_stream stream;
    const ketch_circuit *circuit;
    int version;                 /* of OpenQASM: 2 or 3 */
    unsigned provided;           /* KT_IN_... whose gates are used */
    const char **qubit_names;    /* by register; unlike all words of the language and all gates */
    const char **bit_names;      /* by register */
    const char **block_names;    /* by block of the circuit */
    kt_symbols names;            /* taken */
    bool included;               /* some gate is applied: the include is needed, and its names are taken */
    bool defined[KT_GATE_COUNT]; /* gates that need a definition */
    bool *defined_blocks;        /* by block */
    bool writing;                /* the second time */
    bool in_definition;          /* operands are those of a gate: a, b, c ... */
    uint32_t line;               /* of the operation at work */
    uint32_t indent;             /* blocks */
    kt_buffer prefix;            /* "if (c == 1) " */
} kt_conversion;

/* Says that the language cannot say `what`. */
void kt_conversion_refuse(kt_conversion *conversion, const char *format, ...) KT_PRINTF(2, 3);
bool kt_conversion_going(kt_conversion *conversion); /* pumps; false: stop */

ketch_status kt_convert_qasm(const ketch_circuit *circuit, int version, ketch_sink sink, ketch_diag *diag);
ketch_status kt_convert_json(const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag);

/* convert_gate.c */
void kt_convert_gate(kt_conversion *conversion, const kt_op *op, const uint32_t *operands);
/* The definitions that the gates need, in an order in which each is known before it is used. */
void kt_convert_definitions(kt_conversion *conversion);
void kt_convert_begin(kt_conversion *conversion); /* what stands before a statement: blanks, `if` */
void kt_convert_qubit(kt_conversion *conversion, uint32_t qubit);

/* Numbers and expressions as OpenQASM writes them. */
void kt_convert_angle(kt_conversion *conversion, kt_angle angle);
kt_angle kt_convert_slot(const kt_conversion *conversion, uint32_t param);
void kt_convert_expression(kt_conversion *conversion, uint32_t node);

#endif
