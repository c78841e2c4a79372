/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room output: a drawing before it is text or SVG. Rows are wires: qubits from the top, then one for each classical
 * register. Every operation becomes a mark in a column; it takes all rows from its first to its last, and as early a column as these allow:
 *
 *            column 0   1       2
 *   row 0  q[0]: ─┤ H ├──●────┤M├───
 *   row 1  q[1]: ────────┤ X ├──╫──
 *   row 2  c[2]: ═══════════════╩══   note "0" below
 */
#ifndef KETCH_OUTPUT_DRAW_H
#define KETCH_OUTPUT_DRAW_H

#include "output/label.h"

#define KT_NO_ROW UINT32_MAX

typedef enum kt_mark_kind {
    KT_MARK_BOX,     /* controls, and a box over the targets */
    KT_MARK_SWAP,    /* controls, and two crosses */
    KT_MARK_BARRIER, /* on each operand */
    KT_MARK_BLOCK    /* a box over all its rows: where a condition begins and ends */
} kt_mark_kind;

typedef struct kt_mark {
    uint8_t kind;
    uint32_t op;                  /* its operands are read again when drawn */
    uint32_t column, top, bottom; /* rows taken */
    uint32_t box_top, box_bottom; /* rows of the box */
    uint32_t label, note;         /* offsets into labels; 0: none. The note stands below the row where the double line ends */
    uint32_t link;                /* classical row to which a double line leads, or KT_NO_ROW */
} kt_mark;

typedef struct kt_drawing {
    const ketch_circuit *circuit;
    bool ascii;
    uint32_t qubit_rows, rows; /* classical rows follow the qubits' */
    uint32_t *row_of_qubit;    /* KT_NO_ROW: not drawn */
    uint32_t *row_of_register; /* classical */
    uint32_t *subject;         /* by row: the qubit or register */
    kt_mark *marks;            /* in order of the circuit */
    size_t mark_count, mark_capacity;
    uint32_t *widths; /* by column, in characters */
    size_t column_count, width_capacity;
    uint32_t *fronts; /* by row: first free column */
    kt_buffer labels; /* NUL-terminated texts */
    kt_buffer phase;  /* global phase, or empty */
    uint8_t *set;     /* of a program, by parameter: it is computed while it runs */
    uint64_t operations_left_out, wires_left_out;
} kt_drawing;

ketch_status kt_drawing_make(kt_drawing *drawing, const ketch_circuit *circuit, bool ascii, ketch_diag *diag);
void kt_drawing_free(kt_drawing *drawing);

/* "q[0]", "c[2]": what stands before a row. */
void kt_drawing_row_name(kt_buffer *out, const kt_drawing *drawing, uint32_t row);
/* The row of an operand of a mark's operation. */
uint32_t kt_drawing_row(const kt_drawing *drawing, uint32_t operand);
/* The lowest qubit row that a mark's operation touches. */
uint32_t kt_drawing_lowest(const kt_drawing *drawing, const kt_mark *mark);
const char *kt_drawing_label(const kt_drawing *drawing, uint32_t offset);
/* Digits of the numbers beside the targets of a mark's box; 0 where there is one target or none. */
uint32_t kt_drawing_digits(const kt_drawing *drawing, const kt_mark *mark);

/* Steps of making a drawing. False where it is full. */
bool kt_drawing_goes_on(const ketch_circuit *circuit, size_t op); /* it stands in the box of the one before */
bool kt_drawing_place(kt_drawing *drawing, uint32_t op, const kt_op *jump); /* an operation, with the condition that guards it alone */
bool kt_drawing_place_block(kt_drawing *drawing, uint32_t op, uint32_t top, uint32_t bottom, uint32_t label);
bool kt_drawing_guards_one(const ketch_circuit *circuit, size_t jump);
uint32_t kt_drawing_add_label(kt_drawing *drawing, const char *text);
void kt_drawing_add_phase(kt_drawing *drawing, double *phase, const kt_op *op);

/* draw_program.c: circuits that compute while they run. Gives the first operation that found no room. */
size_t kt_drawing_program(kt_drawing *drawing, size_t fitting, double *phase);
ketch_status kt_drawing_find_set(kt_drawing *drawing, ketch_diag *diag);
bool kt_drawing_angle_is_set(const kt_drawing *drawing, const kt_op *op);
void kt_drawing_hide_angles(kt_drawing *drawing, size_t label); /* "Ry(0)" becomes "Ry(...)" */

void kt_drawing_as_text(kt_stream *stream, const kt_drawing *drawing, uint32_t width);
void kt_drawing_as_svg(kt_stream *stream, const kt_drawing *drawing);

#endif
