/* SPDX-License-Identifier: Apache-2.0
 *
 * Subroutines: what a definition says, and what a call hands over. Private to routine*.c.
 */
#ifndef KETCH_QASM_ROUTINE_H
#define KETCH_QASM_ROUTINE_H

#include "qasm/program.h"

typedef enum kt_parameter_kind { KT_BY_VALUE, KT_AS_BITS, KT_AS_QUBITS, KT_AS_ARRAY } kt_parameter_kind;

typedef struct kt_parameter {
    uint8_t kind;     /* kt_parameter_kind; AS_BITS: by value, too, but in the circuit's bits */
    bool readonly;    /* of an array */
    bool any_lengths; /* of an array: only the number of its dimensions is given */
    kt_type type;     /* of a value or an element */
    uint32_t width;   /* of a value or an element; bits or qubits, 0 for a single one */
    kt_dimensions shape;
    kt_span name;
    uint32_t symbol;
} kt_parameter;

typedef struct kt_argument {
    kt_value value;         /* converted to the parameter's type */
    kt_selection selection; /* of qubits */
    kt_view view;           /* of an array */
    kt_span span;
} kt_argument;

/* A subroutine compiled out of line, for some qubits and arrays. */
typedef struct kt_compiled {
    struct kt_compiled *next;
    const kt_argument *key; /* its qubits and arrays */
    uint32_t entry;         /* the operation that calls lead to */
    uint32_t arguments;     /* cells in which the others are handed over, */
    uint32_t result;        /* and the result comes back */
    uint32_t saved;         /* operands: what a call from inside itself saves */
    uint32_t nothing;       /* operands: any other call saves nothing */
    bool open;              /* it is being compiled */
} kt_compiled;

typedef struct kt_routine {
    struct kt_routine *older;
    kt_span name;
    uint32_t line, symbol;
    uint32_t visible; /* names declared before it */
    uint32_t nesting; /* of its text: how deep reading it goes */
    const kt_statement *body;
    kt_parameter *parameters;
    uint32_t parameter_count;
    bool returns;
    kt_type type; /* of the result */
    uint32_t width;
    kt_extent extent;
    bool defining, recursive;
    bool broken; /* an error in it has been reported */
    bool called;
    kt_compiled *compiled;
} kt_routine;

static inline kt_value kt_result_in(const kt_routine *routine, uint32_t cell) { return kt_in_cells(routine->type, routine->width, cell); }
static inline uint32_t kt_result_cells(const kt_routine *routine) {
    return routine->returns ? kt_value_cells(kt_result_in(routine, 0)) : 0;
}

/* routine_argument.c: what a call hands over, in the arena `statement`; `operands` behind the arguments, as in a gate call. */
bool kt_read_arguments(kt_argument **out, kt_program *program, const kt_routine *routine, const kt_expression *arguments,
                       const kt_expression *operands, kt_span call);
bool kt_bind_parameter(kt_program *program, const kt_parameter *parameter, const kt_argument *argument);

/* routine_call.c: carries a call out, inlined or by CALL. The value is of the routine's type. */
bool kt_carry_out_call(kt_value *out, kt_program *program, kt_routine *routine, const kt_argument *arguments, kt_span call);
/* The subroutine out of line, for the qubits and arrays among the arguments; NULL after an error. */
kt_compiled *kt_compile_routine(kt_program *program, kt_routine *routine, const kt_argument *arguments, kt_span call);

#endif
