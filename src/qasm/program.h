/* SPDX-License-Identifier: Apache-2.0
 *
 * A program while it is read: what its names mean, and the circuit that grows. The parser hands over one statement at a time; each
 * lower_*.c turns some kinds of them into operations.
 *
 *   qasm.c                the door: sources, dialect, the loop over statements
 *   scope.c               what a name means, innermost scope first
 *   evaluate.c            expressions to values
 *   value_rule.c          what operators and casts do with types; value_symbolic.c: values that depend on inputs
 *   runtime.c             instructions and cells; runtime_operate.c, _convert.c, _call.c: operators, casts, functions, known or run-time
 *   variable.c            variables; variable_bits.c, _index.c, _region.c: bits, indices, what may be followed how far
 *   array.c               arrays and their parts; array_elements.c: what is in them
 *   assign.c              assignments
 *   lower.c               one statement, by kind
 *   lower_declaration.c   registers, bits, constants, inputs, aliases
 *   lower_operand.c       q, q[3], q[0:2], $5 to qubits and bits
 *   gate_definition.c     gate and opaque
 *   gate_call.c           which gate a call means; broadcast
 *   gate_expand.c         modifiers and bodies to operations
 *   lower_choice.c        operands chosen while the program runs
 *   lower_quantum.c       measure, reset, barrier, delay, nop
 *   lower_timing.c        durations, box, durationof; timeline.c, stretch.c, simplex.c: see timing.h
 *   input_output.c        input and output
 *   extern.c              functions of the caller's
 *   remark.c              annotations, pragmas, calibrations
 *   lower_condition.c     if
 *   trial.c               code that no run comes to
 *   include.c             include
 */
#ifndef KETCH_QASM_PROGRAM_H
#define KETCH_QASM_PROGRAM_H

#include "qasm/parser.h"
#include "qasm/timing.h"
#include "qasm/value.h"

/* Some qubits or bits, in order: first, first + step, ..., or a list. Where it moves they are chosen while the program runs, and numbers
 * are those of cells: `list` has cells with the qubits or bits; without it a cell has the first, one the step, one the count. */
typedef struct kt_selection {
    bool scalar; /* a single one, not a register of one */
    bool moves;
    uint32_t count; /* of a range that moves: a cell */
    int64_t first, step;
    const uint32_t *list;            /* NULL: first and step tell */
    const struct kt_selection *from; /* what it moves in */
} kt_selection;

static inline uint32_t kt_selection_at(const kt_selection *selection, uint32_t i) {
    return selection->list ? selection->list[i] : (uint32_t)(selection->first + selection->step * (int64_t)i);
}

/* What a name means. */
typedef enum kt_binding_kind {
    KT_BINDING_SPOILED, /* its declaration went wrong: uses of it are not reported */
    KT_BINDING_QUBITS,
    KT_BINDING_BITS,
    KT_BINDING_VALUE,     /* constant or input */
    KT_BINDING_PARAMETER, /* of the gate being defined: index */
    KT_BINDING_FORMAL,    /* a qubit of the gate being defined: index */
    KT_BINDING_VARIABLE,
    KT_BINDING_ARRAY,
    KT_BINDING_ROUTINE,
    KT_BINDING_EXTERN
} kt_binding_kind;

#define KT_NO_CELL UINT32_MAX

/* A variable of a scalar type other than bits (those are KT_BINDING_BITS, in the circuit's bits). */
typedef struct kt_scalar_variable {
    kt_value value; /* its type and width; runtime: it is in its cells; else it is followed, and the cells may hold something older */
    uint32_t cell;
    uint32_t region; /* where it was declared: further inside each assignment is stored */
    bool stored;     /* the cells hold `value` */
    bool constant;   /* no assignments: a loop variable is none */
    bool unset;      /* nothing can have given it a value yet */
} kt_scalar_variable;

/* Memory of an array, and what is followed of it. */
typedef struct kt_elements {
    uint8_t type; /* kt_type of an element */
    uint32_t width;
    uint32_t element_cells; /* cells of an element */
    uint32_t cell, count;   /* first cell; elements */
    uint32_t region;
    bool constant;
    bool readonly;   /* a reference that must not be assigned through is a view, see there; this is the array itself */
    uint64_t *image; /* followed contents, as they are in cells; NULL: not followed */
    uint8_t *states; /* by element: KT_ELEMENT_... */
} kt_elements;
enum { KT_ELEMENT_KNOWN = 1, KT_ELEMENT_SYMBOLIC = 2 /* image: a node */, KT_ELEMENT_STORED = 4 /* the cells hold it */ };

/* An array, or a part of one: element (i, j, ...) is number first + i strides[0] + j strides[1] + ... of the array. */
typedef struct kt_view {
    kt_elements *array;
    kt_dimensions shape; /* dimension_count 0: one element */
    int64_t first, strides[7];
    uint32_t moved; /* KT_NO_CELL, or the cell with a further number of elements, computed while the program runs */
    bool readonly;
} kt_view;

typedef struct kt_binding {
    uint8_t kind;
    uint32_t symbol, depth; /* depth: of the scope */
    uint32_t hidden;        /* the binding that it hides, + 1 */
    bool owned;             /* bits that are given back when the scope ends */
    uint32_t shown;         /* its number among the circuit's variables, + 1 */
    kt_span span;           /* where it was declared */
    union {
        kt_selection selection;
        kt_value value;
        uint32_t index;
        kt_scalar_variable variable;
        const kt_view *array;       /* in the arena `kept` */
        struct kt_routine *routine; /* of a def */
    } as;
} kt_binding;

/* ── Gates ── */

typedef struct kt_definition kt_definition;

/* A gate that a call means: a record of the table, or a definition of the program. */
typedef struct kt_callee {
    kt_definition *definition; /* NULL: `gate` */
    uint16_t gate;
    uint32_t parameter_count, qubit_count;
} kt_callee;

typedef struct kt_resolved_modifier {
    uint8_t kind; /* KT_TOKEN_INV, _POW, _CTRL, _NEGCTRL */
    bool known;   /* the exponent is computed already */
    kt_span span;
    uint32_t controls;               /* of ctrl and negctrl */
    kt_value exponent;               /* of pow */
    const kt_expression *expression; /* of the exponent */
    uint32_t blocks[2];              /* of a pow that was made a matrix: its block + 1, plain and inverted, where it can be used again */
} kt_resolved_modifier;

/* A gate with its modifiers, as written once in the source. */
typedef struct kt_application {
    kt_callee callee;
    kt_resolved_modifier *modifiers; /* from left to right */
    uint32_t modifier_count, control_count;
    bool fixed; /* angles and exponents are the same each time it is applied */
    kt_span span;
    uint32_t line;
} kt_application;

struct kt_body_loop;

typedef struct kt_body_item {
    bool barrier;
    struct kt_body_loop *loop; /* NULL: a gate or a barrier */
    kt_application application;
    const kt_expression *arguments; /* with the gate's parameters resolved */
    kt_value *values;               /* of the arguments, */
    uint64_t generation;            /* for this generation of the gate's parameters */
    uint32_t qubit_count;
    uint32_t *qubits; /* by index among the gate's own */
} kt_body_item;

typedef struct kt_body {
    kt_body_item *items;
    uint32_t count;
    uint64_t cost; /* operations that it makes, saturating; if it varies, without those of the loops that do */
    bool varies;   /* how often some loop in it goes around depends on the turn of one around it */
} kt_body;

typedef struct kt_body_loop {
    const kt_statement *statement;
    uint32_t variable; /* where its value is, among the gate's parameters: behind them */
    kt_typed type;
    bool varies; /* it, or its body */
    kt_body body;
} kt_body_loop;

struct kt_definition {
    kt_definition *next; /* of the same name, with another number of parameters or qubits */
    kt_span name, text;
    uint32_t parameter_count, qubit_count;
    bool opaque, broken; /* broken: its body was refused, calls do nothing */
    uint32_t depth;      /* how deep its calls nest */
    uint32_t variable_count; /* of loops, one in another */
    kt_body body;
    kt_value *last;      /* the parameters that it was expanded with before, and variables of loops */
    uint64_t generation; /* counts how often they changed */
};

/* What is known of a name as a gate. */
typedef struct kt_gate_name {
    uint16_t gate; /* of the table, KT_GATE_NONE if it has none of this name in the program's includes */
    bool looked_up;
    bool reported; /* unknown or refused, and said so */
    bool calibrated; /* by pulses, which are skipped */
    kt_definition *definitions;
} kt_gate_name;

typedef struct kt_compared { /* a register in a condition, */
    kt_selection bits;
    uint32_t at; /* whose bits are in the pool of operands there */
} kt_compared;

/* Cells are handed out like a stack. Temporary ones are gone at the end of the statement, those of variables at the end of the scope. */
typedef struct kt_cells {
    uint32_t top;  /* the next one free */
    uint32_t kept; /* below it: those of variables */
    uint32_t high; /* the most so far */
} kt_cells;

typedef struct kt_cell_range {
    uint32_t first, end;
} kt_cell_range;

typedef struct kt_scope { /* what its end gives back */
    kt_cells cells;
} kt_scope;

/* ── Control flow ── */

/* Where it goes on behind a statement. */
typedef enum kt_flow {
    KT_FLOW_ON,       /* to the next one */
    KT_FLOW_BREAK,    /* out of the loop that is being unrolled; this and the next two are known while reading, and took no jump */
    KT_FLOW_CONTINUE, /* to its next turn */
    KT_FLOW_RETURN,   /* out of the call that is being inlined */
    KT_FLOW_NOWHERE   /* it never gets there: it has jumped, or ended */
} kt_flow;

/* What carrying out statements takes, as far as it can be told before; see region_extent.c. */
typedef struct kt_extent {
    uint64_t statements; /* that are carried out, loops of known bounds and calls included; saturating */
    uint64_t operations; /* of those that are carried out for certain; saturating */
    bool quantum;        /* they touch qubits */
    bool breaks;         /* break or continue leads out of them */
    bool ends;           /* return or end does */
    bool stops;          /* end does: out of calls, too */
} kt_extent;

/* A loop or a call that is being carried out (unrolled, inlined) or compiled, and the jumps out of it that wait for their label. */
typedef struct kt_exit {
    struct kt_exit *outer;
    struct kt_routine *routine;          /* called; NULL: a loop */
    const struct kt_statement *tree;     /* the statements inside, linked by `next` */
    bool compiled;                       /* once for all turns or calls: each way out is a jump */
    uint32_t depth;                      /* circuit->condition_depth where nothing has branched off: a way out from there is no jump */
    uint32_t bindings;                   /* names declared outside: those below this number */
    uint32_t breaks, continues;          /* chains of jumps, see kt_jump; a return is the break of a call */
    bool break_branched, continue_branched; /* code up to that label counts as conditional */
    uint32_t result;                     /* of a call: its cell, if one was needed, */
    kt_value value;                      /* or what it is, known while reading or not */
} kt_exit;
typedef struct kt_output { /* of another type than bits: its binding's number, and the first bit that takes its value where a shot ends */
    size_t binding;
    uint32_t bit;
} kt_output;

typedef struct kt_program {
    kt_parser parser;
    kt_report report;
    kt_symbols symbols;
    const ketch_load_options *options;
    ketch_diag *diag;
    ketch_circuit *circuit;
    int dialect;
    bool before_switch; /* the version is 3.0 */
    unsigned provided;  /* KT_IN_...: whose gates are known */
    kt_arena statement; /* of the statement at hand */
    kt_arena kept;      /* definitions, aliases, words */
    kt_source *source;  /* being read */
    uint32_t include_depth, include_count;
    uint64_t source_bytes;
    const char *folder; /* of the program itself; NULL: none */
    const kt_kept_source *given; /* what includes mean, one after the other, where a program is read again; NULL: files */
    size_t given_count;
    /* scope.c */
    kt_binding *bindings;
    size_t bindings_count, bindings_capacity;
    uint32_t *binding_of; /* by symbol: number + 1 */
    size_t binding_of_capacity;
    uint8_t *blamed; /* by symbol: see kt_scope_blamed */
    size_t blamed_capacity;
    uint32_t depth;   /* of the scope: 0 is the program's */
    kt_scope *scopes; /* what to give back when they end, by depth */
    size_t scopes_capacity;
    kt_gate_name *gates; /* by symbol */
    size_t gates_capacity;
    kt_definition *defining; /* the gate whose body is being read */
    uint32_t defining_symbol;
    /* evaluation */
    kt_arithmetic arithmetic;
    const kt_value *arguments; /* of the gate being expanded */
    kt_span call;              /* the call at the top that is being expanded */
    struct {
        const char *at;
        uint32_t size, index;
    } places[64];  /* saved in the circuit lately: a gate's body is expanded again and again */
    bool constant; /* a constant is wanted: values of variables, even if followed, are refused */
    /* what is computed while the program runs */
    kt_cells cells;
    kt_cell_range *reserved; /* cells of routines, in order */
    size_t reserved_count, reserved_capacity;
    uint32_t routine_depth; /* of routines being compiled out of line */
    kt_cell_range *spare_bits; /* of scopes that have ended */
    size_t spare_bits_count, spare_bits_capacity, owned_bits; /* owned: to be given back, for which there is room */
    kt_span statement_span; /* of the statement at hand */
    uint32_t region;                      /* how deep in code that may run never, or more than once; see kt_materialize */
    uint32_t line;                        /* of the statement at hand, for its instructions */
    uint64_t *bits_known, *bits_followed; /* by bit: is its value known, and it */
    size_t bits_capacity;                 /* words of both */
    /* control flow */
    kt_exit *exit;            /* the innermost */
    kt_flow flow;             /* behind the statement lowered last */
    struct kt_routine *routines; /* the newest first */
    uint32_t visible;         /* bindings with lower numbers are seen only if constant; and 0 outside of subroutines */
    uint32_t known_names;     /* of those, the ones that were there when the subroutine was defined */
    uint32_t nested;          /* levels of text of the calls that are being read, one in another */
    uint32_t recursions;      /* calls of recursive subroutines that were inlined */
    bool old_calls_warned;
    bool trial;               /* what is read now is thrown away; see trial.c */
    uint64_t tried;           /* operations of trials; against max_gates */
    uint64_t unrolled;        /* statements carried out in loops and calls; against max_unroll */
    bool inexpressible;       /* the condition at hand needs instructions */
    /* operations */
    uint64_t operations; /* made or promised; against max_gates */
    uint32_t *stamps;    /* by qubit or bit: the last time it was seen */
    size_t stamps_capacity;
    uint32_t stamp;
    uint32_t *operands; /* scratch */
    size_t operands_capacity;
    uint32_t *hardware; /* physical qubits: number to index */
    size_t hardware_count, hardware_capacity;
    kt_compared compared[16]; /* lately */
    bool outputs;             /* an `output` was declared */
    bool include_failed;      /* a library or file was refused: gates may be unknown for that reason */
    bool statements;          /* there was one */
    bool calibration_warned, timing_warned;
    kt_timing timing;
    kt_output *stored; /* outputs that are no bits */
    size_t stored_count, stored_capacity;
    uint32_t notes;        /* pragmas and annotations passed over */
    bool selecting_qubits; /* for a message: a register of qubits or bits is indexed */
    bool division_matters; /* warn where an integer division drops a fraction */
    uint32_t scratch_bits, scratch_bit_count; /* that measurements pass through on their way to cells: first, how many */
    bool qubits_in_cells;  /* a gate is being applied to qubits that cells name */
} kt_program;

/* lower_choice.c: statements carried out as often as a cell says. */
typedef struct kt_repetition {
    uint32_t turn; /* cell: 0, 1, ... */
    uint32_t last, one;
    size_t over; /* the jump that passes it by */
} kt_repetition;
bool kt_repeat(kt_repetition *out, kt_program *program, uint32_t count, kt_span span);
bool kt_repeat_end(kt_program *program, const kt_repetition *repetition, kt_span span);
bool kt_number_in_cell(uint32_t *cell, kt_program *program, int64_t number, kt_span span);

/* scope.c */
kt_binding *kt_scope_find(kt_program *program, uint32_t symbol);                                        /* NULL: nothing of this name */
bool kt_scope_is_free(kt_program *program, uint32_t symbol, kt_span span); /* in this scope; else an error */
kt_binding *kt_scope_declare(kt_program *program, kt_binding_kind kind, uint32_t symbol, kt_span span); /* NULL after an error */
void kt_scope_spoil(kt_program *program, uint32_t symbol);
bool kt_scope_enter(kt_program *program); /* false: no memory, nothing entered */
void kt_scope_leave(kt_program *program);
/* A name that is the cause of an error: what follows from it again is not reported. To be blamed behind the error that was reported. */
void kt_scope_blame(kt_program *program, uint32_t symbol);
bool kt_scope_blamed(const kt_program *program, uint32_t symbol);
bool kt_scope_unknown(kt_program *program, uint32_t symbol, kt_span span, const char *what); /* reports once; false */
kt_gate_name *kt_gate_name_of(kt_program *program, uint32_t symbol);                         /* NULL when out of memory */
void kt_gate_names_changed(kt_program *program);                                             /* after an include */

/* evaluate.c: a value is known, symbolic, or runtime, in which case instructions that compute it have been emitted */
bool kt_evaluate_constant(kt_value *out, kt_program *program, const kt_expression *expression); /* known, and not of a variable */
bool kt_evaluate(kt_value *out, kt_program *program, const kt_expression *expression);
bool kt_evaluate_constant_integer(int64_t *out, kt_program *program, const kt_expression *expression, const char *what);
bool kt_evaluate_integer(int64_t *out, kt_program *program, const kt_expression *expression, const char *what);
bool kt_evaluate_width(int64_t *out, kt_program *program, const kt_expression *expression, const char *what, bool quantum);
bool kt_to_radians(kt_value *value, kt_program *program, kt_span span); /* a float, or symbolic */
bool kt_evaluate_angle(kt_value *out, kt_program *program, const kt_expression *expression); /* finite, or symbolic */
bool kt_evaluate_type(kt_type *type, uint32_t *width, kt_program *program, const kt_type_name *name);
bool kt_arithmetic_failed(kt_program *program, kt_span span); /* reports what arithmetic says; false */

/* runtime.c: instructions and cells */
static inline bool kt_follows(const kt_program *program) { return program->options->max_unroll != KETCH_UNROLL_NONE && !program->trial; }
bool kt_emit(kt_program *program, kt_op op, kt_span span);       /* `span`: what to point at if it fails; {0} for what cannot */
uint32_t kt_new_cells(kt_program *program, uint32_t count);      /* temporary; KT_NO_CELL after an error */
uint32_t kt_new_kept_cells(kt_program *program, uint32_t count); /* until the scope ends; no temporary ones are held */
bool kt_to_cells(uint32_t *cell, kt_program *program, kt_value value, kt_span span);   /* where it is, or in new cells */
bool kt_store_cells(kt_program *program, uint32_t cell, kt_value value, kt_span span); /* there */
/* Cells of a routine compiled out of line: above all others, for good. Between the two calls all new cells are its own. */
kt_cells kt_cells_begin_routine(kt_program *program);
bool kt_cells_end_routine(uint32_t *first, uint32_t *count, kt_program *program, kt_cells outside);
bool kt_save_place(uint32_t *index, kt_program *program, kt_span span); /* into the circuit's places */
/* An instruction: carried out at once where its operands are known, else emitted. `base`: what D holds before, where that matters. */
typedef struct kt_computation {
    uint8_t code; /* kt_instruction, of those that kt_compute takes */
    uint32_t width, data;
    kt_typed type; /* of the result */
} kt_computation;
bool kt_carry_out(kt_value *out, kt_program *program, kt_computation work, const kt_value *base, const kt_value *left, const kt_value *right,
                  kt_span span);
bool kt_narrow_last(kt_program *program, kt_value value, bool is_signed, uint32_t width);
kt_value kt_in_cells(kt_type type, uint32_t width, uint32_t cell);                     /* the run-time value there */
bool kt_convert(kt_value *out, kt_program *program, kt_type type, uint32_t width, bool explicitly, kt_value value, kt_span span);
bool kt_become(kt_value *out, kt_program *program, kt_typed type, kt_value value, kt_span span); /* the same, allowed or not; variables wrap */
bool kt_unsymbolic(kt_value *value, kt_program *program, kt_span span); /* a symbolic one becomes run-time */
bool kt_call_function(kt_value *out, kt_program *program, const kt_expression *call, const kt_value *arguments, uint32_t count);
bool kt_unary(kt_value *out, kt_program *program, uint8_t op, kt_value a, kt_span span);              /* known or run-time */
bool kt_binary(kt_value *out, kt_program *program, uint8_t op, kt_value a, kt_value b, kt_span span); /* known or run-time */
bool kt_truth(kt_value *out, kt_program *program, const kt_expression *condition); /* bool: known, or a cell with 0 or 1 */

/* variable.c: variables, and what is followed of them */
kt_binding *kt_declare_variable(kt_program *program, kt_type type, uint32_t width, uint32_t symbol, kt_span name); /* followed as 0 */
bool kt_set_variable(kt_program *program, kt_binding *binding, kt_value value, kt_span span); /* converts implicitly; stores or follows */
void kt_forget_variable(kt_binding *binding);                                                 /* its cells hold it: it was written there */
kt_value kt_value_of_variable(const kt_program *program, const kt_scalar_variable *variable);
bool kt_show_variable(kt_program *program, kt_binding *binding); /* to those who look at the run */
void kt_show_from_here(kt_program *program, const kt_binding *binding); /* a variable: its first value is in its cells */
void kt_hide_followed(kt_program *program); /* at the end: those that are not always in their cells */
bool kt_lower_variable(kt_program *program, const kt_statement *statement);
bool kt_store_variable(kt_program *program, kt_binding *binding, bool marking); /* followed still; `marking`: so that all who come here know */
/* Local ones, with the bits that an ended scope has left; width 0: a single one. Whoever declares them sets them. */
kt_binding *kt_declare_bits(kt_program *program, uint32_t width, uint32_t symbol, kt_span name);
void kt_give_bits_back(kt_program *program, const kt_binding *binding); /* its scope ends */
bool kt_set_bits(kt_program *program, const kt_selection *bits, kt_value value, kt_span span); /* converts implicitly */
bool kt_load_bits(kt_value *out, kt_program *program, const kt_selection *bits, kt_span span);
void kt_forget_bits(kt_program *program, const kt_selection *bits); /* something else has written them */
/* Code that may run never or more than once is a region. Before it: each variable that is assigned in it is stored and forgotten, and
 * program->region counts one more. Behind it (and between alternatives): all that is assigned in it is forgotten. `tree`: statements
 * linked by `next`. */
bool kt_materialize(kt_program *program, const kt_statement *tree);
void kt_forget(kt_program *program, const kt_statement *tree);
bool kt_store_assigned(kt_program *program, const kt_statement *tree, uint32_t bindings); /* without forgetting; among the first bindings */
bool kt_is_assigned(kt_program *program, const kt_statement *tree, uint32_t symbol);
/* The value stays what it is, though calls in the list of expressions `later` may change the element of an array that it was read from. */
bool kt_hold(kt_value *value, kt_program *program, const kt_expression *later);
bool kt_materialize_in(kt_program *program, const kt_expression *expression); /* the same for what calls in an expression may change */
void kt_forget_in(kt_program *program, const kt_expression *expression);

/* array.c */
bool kt_is_array(kt_program *program, const kt_expression *expression); /* an array or a part of one of at least one dimension */
bool kt_select_array(kt_view *out, kt_program *program, const kt_expression *expression);
bool kt_bind_array(kt_program *program, const kt_view *view, uint32_t symbol, kt_span name); /* an array by reference */
bool kt_declare_array(kt_program *program, const kt_statement *statement);
bool kt_array_type(kt_typed *element, kt_dimensions *shape, kt_program *program, const kt_type_name *name);
const kt_view *kt_array_named(kt_program *program, const kt_expression *expression); /* the one that it begins with; NULL: none */
bool kt_view_of(kt_view *out, kt_program *program, const kt_expression *expression, const kt_expression **bits); /* bits: items behind */
bool kt_move_view(kt_view *view, kt_program *program, uint32_t cell, int64_t stride, kt_span span); /* by a run-time index */

/* array_elements.c */
bool kt_load_element(kt_value *out, kt_program *program, const kt_view *view, kt_span span); /* a view without dimensions */
bool kt_load_element_at(kt_value *out, kt_program *program, const kt_view *view, uint32_t cell, kt_span span); /* of one dimension; in range */
bool kt_store_element(kt_program *program, const kt_view *view, kt_value value, kt_span span); /* converts implicitly */
bool kt_assign_array(kt_program *program, const kt_view *to, const kt_expression *value);
bool kt_store_view(kt_program *program, const kt_view *view); /* what is followed of it goes to its cells, and stays followed */
bool kt_store_view_unmarked(kt_program *program, const kt_view *view); /* the same on one of several ways through the program */
void kt_forget_view(kt_program *program, const kt_view *view);

/* variable_index.c: what stands in brackets */
typedef struct kt_items {
    bool moving; /* one index, computed while the program runs */
    kt_value index;
    kt_span span;        /* of it */
    kt_selection chosen; /* else these */
} kt_items;
bool kt_evaluate_items(kt_items *out, kt_program *program, const kt_expression *items, uint32_t count, kt_span span);
bool kt_index_in_cell(uint32_t *cell, kt_program *program, kt_value index, uint32_t count, kt_span span); /* checked, from the start */
bool kt_has_bits(kt_program *program, kt_value value, kt_span span); /* or an error */
bool kt_take_bits_of(kt_value *out, kt_program *program, kt_value from, const kt_items *items, kt_span span);
bool kt_put_bits_in(kt_value *out, kt_program *program, kt_value into, const kt_items *items, kt_value value, kt_span span);
bool kt_evaluate_indexed(kt_value *out, kt_program *program, const kt_expression *expression);
bool kt_load_bit_at(kt_value *out, kt_program *program, const kt_selection *bits, const kt_items *at);
bool kt_set_bit_at(kt_program *program, const kt_selection *bits, const kt_items *at, kt_value value, kt_span span);

/* assign.c */
bool kt_assign_value(kt_program *program, const kt_expression *target, kt_value value, kt_span span);
bool kt_assign(kt_program *program, const kt_expression *target, uint8_t op, const kt_expression *value, kt_span span);

bool kt_assign_value(kt_program *program, const kt_expression *target, kt_value value, kt_span span);

/* Elsewhere: what only others know to evaluate. */
bool kt_call_routine(kt_value *out, kt_program *program, const kt_expression *call); /* of a def; a value of type void is refused here */
bool kt_call_routine_statement(kt_program *program, const kt_statement *call); /* in the old way: name(arguments) qubits; */
bool kt_call_extern(kt_value *out, kt_program *program, const kt_expression *call);
bool kt_evaluate_measure(kt_value *out, kt_program *program, const kt_expression *measure); /* run-time bits, or a bool for one qubit */
bool kt_assign_measure(kt_program *program, const kt_expression *target, const kt_expression *measure, kt_span span, uint32_t line);
bool kt_declare_output(kt_program *program, const kt_statement *statement);
bool kt_declare_stretch(kt_program *program, const kt_statement *statement);
bool kt_evaluate_durationof(kt_value *out, kt_program *program, const kt_expression *expression);

/* lower_operand.c, lower_choice.c */
bool kt_choose(kt_selection *out, kt_program *program, const kt_expression *expression, bool quantum); /* it may move */
bool kt_evaluate_position(kt_value *out, kt_program *program, const kt_expression *expression, const char *what); /* an int, known or not */
bool kt_choose_cells(kt_selection *out, kt_program *program, const kt_selection *from, const kt_value *indices, uint32_t count, bool scalar,
                     kt_span span);
typedef struct kt_ends { /* of a range, as ints */
    kt_value start, step, stop;
    bool has_start, has_stop;
} kt_ends;
bool kt_choose_range(kt_selection *out, kt_program *program, const kt_selection *from, const kt_ends *ends, kt_span span);
/* The cell with the number of element `i` or, where a repetition goes through it, of the one whose turn it is. */
bool kt_chosen_cell(uint32_t *cell, kt_program *program, const kt_selection *selection, uint32_t i, const kt_repetition *turn, kt_span span);
bool kt_check_sizes(kt_program *program, const kt_selection *a, const kt_selection *b, kt_span span); /* by the run: one is such a range */
bool kt_require(kt_program *program, kt_value condition, kt_span span); /* the run cannot go on where the bool is false */
static inline bool kt_is_choice_range(const kt_selection *selection) { return selection->moves && !selection->list; }
bool kt_keep_choice(kt_selection *choice, kt_program *program); /* its cells last as long as the scope */
bool kt_select(kt_selection *out, kt_program *program, const kt_expression *expression, bool quantum);
bool kt_compose(kt_selection *out, kt_program *program, kt_selection from, kt_selection positions, kt_span span, kt_arena *arena);
bool kt_select_index(kt_selection *out, kt_program *program, kt_selection from, const kt_expression *items, kt_span span, kt_arena *arena);
bool kt_all_different(kt_program *program, const kt_selection *selections, const kt_expression *operands, uint32_t count);
bool kt_first_repeated(uint32_t *at, kt_program *program, const uint32_t *numbers, uint32_t count, uint32_t below); /* *at count: none */
bool kt_once_each(kt_program *program, uint32_t *qubits, uint32_t count, uint32_t *kept);                           /* drops repetitions */
bool kt_concatenate(kt_selection *out, kt_program *program, const kt_selection *parts, const kt_expression *expressions, uint32_t count);
bool kt_same_sizes(kt_program *program, const kt_selection *a, const kt_selection *b, kt_span span);

/* lower_loop.c: what a `for` goes over */
typedef struct kt_loop_items {
    enum { KT_LOOP_RANGE, KT_LOOP_SET, KT_LOOP_ARRAY, KT_LOOP_BITS } kind;
    kt_span span;
    /* of a range: all three are integers; `known` and then `turns` */
    kt_value start, step, stop;
    kt_span step_span;
    kt_type type;
    bool known;
    uint64_t turns; /* of the others always */
    const kt_expression *set;
    kt_view view;
    kt_selection bits;
    kt_value *values; /* of a set that is gone through while reading */
    uint32_t cell;    /* of a set's values while the loop runs */
    kt_value element; /* their type and width */
} kt_loop_items;
bool kt_loop_items_of(kt_loop_items *out, kt_program *program, const kt_expression *values);
bool kt_loop_read_set(kt_loop_items *items, kt_program *program, kt_typed type); /* before the first turn */
bool kt_loop_item(kt_value *out, kt_program *program, const kt_loop_items *items, uint64_t turn); /* known while reading */

/* gate_definition.c, gate_call.c, gate_expand.c */
bool kt_define_gate(kt_program *program, const kt_statement *statement);
bool kt_resolve_application(kt_application *out, kt_program *program, const kt_statement *call, kt_arena *arena);
bool kt_lower_gate_call(kt_program *program, const kt_statement *statement);
bool kt_names_clash(kt_program *program, kt_span include, unsigned newly, const char *file);
bool kt_apply(kt_program *program, kt_application *application, const kt_value *arguments, const uint32_t *qubits);
uint64_t kt_application_cost(const kt_application *application);
/* A loop of a body, where program->arguments are the gate's parameters; the value of a turn goes among them. */
bool kt_body_loop_items(kt_loop_items *out, kt_program *program, const kt_body_loop *loop);
bool kt_body_loop_turn(kt_value *parameters, kt_program *program, const kt_body_loop *loop, const kt_loop_items *items, uint64_t turn);
bool kt_evaluate_exponent(kt_value *out, kt_program *program, const kt_expression *expression);
bool kt_charge(kt_program *program, uint64_t operations, kt_span span);
static inline uint64_t kt_weight(uint64_t operands) { return 1 + operands / 8; } /* wide operations count for as much as they hold */
uint64_t kt_saturating_multiply(uint64_t a, uint64_t b);

/* region.c: jumps and labels, and ways out of loops and calls. A chain of jumps that wait for a label begins at operation number chain - 1;
 * each knows the one before by its `data`. */
bool kt_jump(kt_program *program, uint32_t *chain, kt_op op, kt_span span);
void kt_patch(kt_program *program, uint32_t *chain, size_t target);
bool kt_land(kt_program *program, uint32_t *chain); /* here, with a label; does nothing for an empty chain */
bool kt_label(uint32_t *at, kt_program *program);
/* Code that may run never, or more than once. `statement` alone, without those behind it. Between begin and enter stands what is computed
 * and tested before. */
bool kt_region_begin(kt_program *program, const kt_statement *statement);
void kt_region_enter(kt_program *program);
void kt_region_next(kt_program *program, const kt_statement *statement); /* between alternatives */
void kt_region_end(kt_program *program, const kt_statement *statement);
void kt_exit_open(kt_program *program, kt_exit *exit, const kt_statement *tree);
bool kt_exit_land(kt_program *program, kt_exit *exit, uint32_t *chain); /* the label of its breaks or continues, where there are any */
void kt_exit_close(kt_program *program, kt_exit *exit);
bool kt_leave(kt_program *program, kt_exit *exit, kt_flow flow); /* by break, continue or return */
bool kt_lower_break(kt_program *program, const kt_statement *statement);       /* and continue */

/* region_extent.c */
void kt_extent_of(kt_extent *out, kt_program *program, const kt_statement *list);
bool kt_may_unroll(const kt_program *program, const kt_extent *turn, uint64_t turns);
bool kt_check_certain(kt_program *program, uint64_t turns, const kt_extent *turn, kt_span span, const char *what);
uint64_t kt_saturating_add(uint64_t a, uint64_t b);

/* lower_condition.c: a condition known while reading, or a jump that is taken where it is false. */
typedef struct kt_guard {
    bool known, truth;
    bool followed; /* known, but of variables */
    kt_op jump;
} kt_guard;
bool kt_guard_of(kt_guard *out, kt_program *program, const kt_expression *condition, kt_span span);

/* trial.c: code that no run comes to is read once, for its mistakes, and thrown away. `known`: whether it is reached depends on constants
 * alone. False where there are mistakes. */
typedef struct kt_trial kt_trial;
bool kt_try_body(kt_program *program, kt_statement *body, bool known);
bool kt_try_list(kt_program *program, kt_statement *list, bool known);
kt_trial *kt_trial_begin(kt_program *program, kt_leniency leniency); /* NULL: no memory, or enough was tried */
bool kt_trial_end(kt_program *program, kt_trial *trial);

/* routine*.c: subroutines */
bool kt_define_routine(kt_program *program, const kt_statement *statement);
bool kt_call_statement(kt_program *program, const kt_expression *call); /* the result is dropped, if there is one */
bool kt_lower_return(kt_program *program, const kt_statement *statement);
void kt_check_routines(kt_program *program); /* at the end: those that were never called */
void kt_routine_extent(kt_extent *out, struct kt_routine *routine);

/* lower*.c */
bool kt_lower(kt_program *program, const kt_statement *statement);
bool kt_lower_body(kt_program *program, const kt_statement *body); /* in a scope of its own */
bool kt_lower_register(kt_program *program, const kt_statement *statement);
bool kt_lower_classical(kt_program *program, const kt_statement *statement);
bool kt_lower_let(kt_program *program, const kt_statement *statement);
bool kt_lower_if(kt_program *program, const kt_statement *statement);
/* input_output.c, extern.c, remark.c, lower_timing.c */
bool kt_declare_input(kt_program *program, const kt_statement *statement);
bool kt_declare_output(kt_program *program, const kt_statement *statement);
void kt_count_outputs_only(kt_program *program);
/* At the end: where outcomes are kept, but neither in outputs nor in bits, all variables are the result. Arrays are not. */
bool kt_count_variables(kt_program *program);
bool kt_store_outputs(kt_program *program);  /* where a shot ends */
bool kt_settle_outputs(kt_program *program); /* before a call of a routine that may end it */
bool kt_lower_extern(kt_program *program, const kt_statement *statement);
bool kt_keep_annotations(kt_program *program, const kt_statement *statement);
bool kt_lower_pragma(kt_program *program, const kt_statement *statement);
bool kt_lower_calibration(kt_program *program, const kt_statement *statement);
bool kt_lower_box(kt_program *program, const kt_statement *statement);
bool kt_declare_stretch(kt_program *program, const kt_statement *statement);
bool kt_evaluate_time(kt_value *out, kt_program *program, const kt_expression *expression); /* a duration that is not negative */
bool kt_note_nop(kt_program *program, const kt_selection *qubits);                           /* they belong to the box, if there is one */

/* stretch.c */
static inline bool kt_is_stretchy(kt_value a) { return a.symbolic && a.type == KT_TYPE_DURATION; }
bool kt_linear_add(kt_linear *out, kt_program *program, const kt_linear *a, double times_a, const kt_linear *b, double times_b);
bool kt_linear_parallel(const kt_linear *a, const kt_linear *b); /* they differ by a number */
bool kt_linear_not_negative(const kt_linear *a);                 /* whatever the unknowns are */
bool kt_linear_unknown(kt_linear *out, kt_program *program, uint32_t unknown);
bool kt_fill_forms(kt_program *program); /* program->timing.forms, of all nodes that there are */
void kt_forget_forms(kt_program *program); /* of nodes that are gone */
bool kt_duration_of(kt_value *out, kt_program *program, const kt_linear *time);
bool kt_note_stretchy(kt_program *program, kt_value time, kt_span span);
bool kt_resolve_stretches(kt_program *program); /* at the end of the program */

/* timeline.c */
/* The time that the operations from `first` on take; `box` is the number of the first box among them. */
bool kt_time_of(kt_linear *out, bool *decided, kt_program *program, size_t first, size_t box);
bool kt_time_constraints(kt_constraints *out, kt_program *program); /* of the whole program */

bool kt_lower_barrier(kt_program *program, const kt_statement *statement);
bool kt_lower_reset(kt_program *program, const kt_statement *statement);
bool kt_lower_delay(kt_program *program, const kt_statement *statement);
bool kt_lower_nop(kt_program *program, const kt_statement *statement);
bool kt_lower_measure(kt_program *program, const kt_statement *statement);
bool kt_assign_measure(kt_program *program, const kt_expression *target, const kt_expression *measure, kt_span span, uint32_t line);
bool kt_lower_for(kt_program *program, const kt_statement *statement);
bool kt_lower_while(kt_program *program, const kt_statement *statement);
bool kt_lower_switch(kt_program *program, const kt_statement *statement);
bool kt_lower_list(kt_program *program, const kt_statement *list); /* up to where the flow leaves it; in the scope at hand */
bool kt_assign_bits(kt_program *program, const kt_selection *bits, const kt_expression *value, kt_span span, uint32_t line);
bool kt_add_op(kt_program *program, kt_op op, const uint32_t *operands, uint32_t count);
bool kt_operands_reserve(kt_program *program, size_t count);
bool kt_other_dialect(kt_program *program, kt_span span, const char *what); /* false */

/* include.c and qasm.c */
bool kt_include(kt_program *program, const kt_statement *statement);
bool kt_include_library(kt_program *program, kt_span name, kt_span at, bool *known); /* `at` empty: the prelude */
bool kt_read_source(kt_program *program, kt_source *source);

#endif
