/* SPDX-License-Identifier: Apache-2.0
 *
 * A run of one shot, looked at statement by statement. The machine carries out one operation at a time: in a copy of the program each is a
 * mark, before which it stops, but for the one at hand. A statement begins where the line changes or the way leads back.
 *
 *   program   add   | jump_if | gate
 *   marks     STOP  | jump_if | STOP       the machine stands before jump_if
 */
#include "engine/branch.h"

#include <math.h>
#include <string.h>

#define SHOWN_QUBITS 6 /* of which amplitudes are shown */

struct kt_tracer {
    kt_op *marks;
    size_t count;
    uint32_t line, at; /* of the statement told last, and of the operation after which nothing new was told */
    kt_buffer text;    /* all strings of a call, each ended by a zero */
    ketch_trace_variable *variables;
    size_t *places; /* of their texts in `text` */
    double *amplitudes;
};

static const kt_op mark = {.code = KT_OP_GATE};

ketch_status kt_trace_begin(kt_tree *tree) {
    kt_run *run = tree->run;
    if (!run->options->trace) return KETCH_OK;
    struct kt_tracer *tracer = tree->tracer = kt_zalloc(sizeof *tracer);
    if (!tracer) return kt_no_memory(run->diag);
    size_t variables = run->circuit->variables_count + run->circuit->bit_registers_count + 1;
    tracer->count = run->plan->program_count;
    tracer->marks = kt_array(tracer->count, sizeof *tracer->marks);
    tracer->variables = kt_array(variables, sizeof *tracer->variables);
    tracer->places = kt_array(variables, sizeof *tracer->places);
    if (run->plan->qubits <= SHOWN_QUBITS)
        tracer->amplitudes = kt_array((size_t)2 << run->plan->qubits, sizeof *tracer->amplitudes);
    if (!tracer->marks || !tracer->variables || !tracer->places || (run->plan->qubits <= SHOWN_QUBITS && !tracer->amplitudes))
        return kt_no_memory(run->diag);
    for (size_t i = 0; i < tracer->count; i++) tracer->marks[i] = mark;
    return KETCH_OK;
}

void kt_trace_end(kt_tree *tree) {
    struct kt_tracer *tracer = tree->tracer;
    if (!tracer) return;
    kt_free(tracer->marks);
    kt_free(tracer->variables);
    kt_free(tracer->places);
    kt_free(tracer->amplitudes);
    kt_buffer_free(&tracer->text);
    kt_free(tracer);
    tree->tracer = NULL;
}

/* ── Values ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where the next element is read. */
typedef struct kt_reader {
    kt_buffer *out;
    const kt_branch *branch;
    const kt_variable *variable;
    uint32_t at; /* bit or cell */
} kt_reader;

static void write_whole(kt_buffer *out, uint64_t number, bool negative) {
    char digits[24];
    size_t first = sizeof digits;
    do digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    if (negative) digits[--first] = '-';
    kt_buffer_add(out, digits + first, sizeof digits - first);
}

static void write_bits(kt_reader *reader) {
    uint32_t width = reader->variable->width ? reader->variable->width : 1;
    const uint64_t *words = reader->branch->machine.memory.bits;
    uint32_t first = reader->at;
    if (!reader->variable->in_bits) {
        words = reader->branch->machine.memory.cells + reader->at;
        first = 0;
    }
    for (uint32_t i = width; i-- > 0;) kt_buffer_add(reader->out, words[(first + i) / 64] >> ((first + i) % 64) & 1 ? "1" : "0", 1);
    reader->at += reader->variable->in_bits ? width : kt_cells_of(KT_SCALAR_BITS, width);
}

static void write_scalar(kt_reader *reader) {
    kt_buffer *out = reader->out;
    const kt_variable *variable = reader->variable;
    if (variable->in_bits || variable->type == KT_SCALAR_BITS) {
        write_bits(reader);
        return;
    }
    const uint64_t *cell = reader->branch->machine.memory.cells + reader->at;
    reader->at += kt_cells_of((kt_scalar)variable->type, variable->width);
    switch ((kt_scalar)variable->type) {
    case KT_SCALAR_BOOL: kt_buffer_text(out, *cell ? "true" : "false"); break;
    case KT_SCALAR_INT: write_whole(out, (int64_t)*cell < 0 ? 0 - *cell : *cell, (int64_t)*cell < 0); break;
    case KT_SCALAR_UINT: write_whole(out, *cell, false); break;
    case KT_SCALAR_ANGLE: kt_buffer_number(out, ldexp((double)*cell, -(int)variable->width) * 2 * M_PI); break;
    case KT_SCALAR_DURATION:
        kt_buffer_number(out, kt_cell_double(*cell));
        kt_buffer_text(out, "s");
        break;
    case KT_SCALAR_COMPLEX: {
        double im = kt_cell_double(cell[1]);
        kt_buffer_number(out, kt_cell_double(cell[0]));
        kt_buffer_text(out, signbit(im) ? " - " : " + ");
        kt_buffer_number(out, fabs(im));
        kt_buffer_text(out, "im");
        break;
    }
    default: kt_buffer_number(out, kt_cell_double(*cell)); break;
    }
}

static void write_elements(kt_reader *reader, uint32_t dimension) {
    const kt_dimensions *shape = &reader->variable->dimensions;
    if (dimension == shape->dimension_count) {
        write_scalar(reader);
        return;
    }
    kt_buffer_text(reader->out, "[");
    for (uint32_t i = 0; i < shape->dimensions[dimension]; i++) {
        if (i) kt_buffer_text(reader->out, ", ");
        write_elements(reader, dimension + 1);
    }
    kt_buffer_text(reader->out, "]");
}

static size_t show_value(struct kt_tracer *tracer, const kt_branch *branch, const kt_variable *variable) {
    size_t place = tracer->text.size;
    kt_reader reader = {&tracer->text, branch, variable, variable->first};
    write_elements(&reader, 0);
    kt_buffer_add(&tracer->text, "", 1);
    return place;
}

/* Those in scope before an operation; of a circuit that names none, its registers. */
static size_t show_variables(kt_tree *tree, const kt_branch *branch, uint32_t op) {
    const ketch_circuit *circuit = tree->run->circuit;
    struct kt_tracer *tracer = tree->tracer;
    size_t count = 0;
    for (size_t i = 0; i < circuit->variables_count; i++) {
        const kt_variable *variable = &circuit->variables[i];
        if (op < variable->begins || op >= variable->ends) continue;
        tracer->variables[count].name = variable->name;
        tracer->places[count++] = show_value(tracer, branch, variable);
    }
    for (size_t i = 0; i < circuit->bit_registers_count && !circuit->variables_count; i++) {
        const kt_register_info *info = &circuit->bit_registers[i];
        kt_variable variable = {.type = KT_SCALAR_BITS, .in_bits = true, .width = (uint16_t)info->size, .first = info->first};
        if (info->size > UINT16_MAX) continue;
        tracer->variables[count].name = info->name;
        tracer->places[count++] = show_value(tracer, branch, &variable);
    }
    return count;
}

/* ── The operation ──────────────────────────────────────────────────────────────────────────────────────────────────────── */

static void write_qubits(kt_buffer *out, const ketch_circuit *circuit, const uint32_t *operands, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        kt_buffer_text(out, i ? ", " : " ");
        kt_circuit_bit_text(out, circuit->qubit_registers, circuit->qubit_registers_count, operands[i] & ~KT_NEGATED);
    }
}

static void write_cells(kt_buffer *out, const kt_branch *branch, const ketch_circuit *circuit, const uint32_t *cells, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        uint32_t qubit = (uint32_t)branch->machine.memory.cells[cells[i] & ~KT_NEGATED];
        kt_buffer_text(out, i ? ", " : " ");
        if (qubit < circuit->qubit_count) kt_circuit_bit_text(out, circuit->qubit_registers, circuit->qubit_registers_count, qubit);
    }
}

static void write_gate(kt_buffer *out, const ketch_circuit *circuit, const kt_op *op) {
    if (op->gate >= KT_GATE_COUNT) {
        kt_buffer_text(out, "matrix");
        return;
    }
    const kt_gate *gate = &kt_gates[op->gate];
    for (uint32_t i = gate->control_count; i < op->control_count; i++) kt_buffer_text(out, "ctrl @ ");
    kt_buffer_text(out, gate->name);
    for (uint32_t i = 0; i < gate->parameter_count; i++) {
        kt_buffer_text(out, i ? ", " : "(");
        kt_buffer_number(out, circuit->params[op->data + i]);
    }
    if (gate->parameter_count) kt_buffer_text(out, ")");
}

static void write_operation(kt_buffer *out, const kt_branch *branch, const ketch_circuit *circuit, const kt_op *op) {
    const uint32_t *operands = kt_op_operands(circuit, op);
    switch (op->code) {
    case KT_OP_GATE:
    case KT_OP_GATE_AT:
        write_gate(out, circuit, op);
        if (op->code == KT_OP_GATE)
            write_qubits(out, circuit, operands, op->operand_count);
        else
            write_cells(out, branch, circuit, operands, op->operand_count);
        break;
    case KT_OP_MEASURE:
        kt_buffer_text(out, "measure");
        write_qubits(out, circuit, operands, 1);
        if (operands[1] == KT_NO_BIT) break;
        kt_buffer_text(out, " -> ");
        kt_circuit_bit_text(out, circuit->bit_registers, circuit->bit_registers_count, operands[1]);
        break;
    case KT_OP_MEASURE_AT:
        kt_buffer_text(out, "measure");
        write_cells(out, branch, circuit, operands, 1);
        break;
    case KT_OP_RESET:
        kt_buffer_text(out, "reset");
        write_qubits(out, circuit, operands, 1);
        break;
    case KT_OP_RESET_AT:
        kt_buffer_text(out, "reset");
        write_cells(out, branch, circuit, operands, 1);
        break;
    case KT_OP_BARRIER: kt_buffer_text(out, "barrier"); break;
    case KT_OP_DELAY: kt_buffer_text(out, "delay"); break;
    case KT_OP_END: kt_buffer_text(out, "end"); break;
    default: kt_buffer_text(out, "classical"); break;
    }
}

/* ── Telling ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Over the declared qubits: idle ones are 0. */
static ketch_status show_amplitudes(kt_tree *tree, kt_branch *branch) {
    kt_run *run = tree->run;
    double *out = tree->tracer->amplitudes;
    uint32_t qubits = run->plan->qubits;
    ketch_status status = out ? kt_fill_blank(run, &branch->state) : KETCH_OK;
    for (uint64_t x = 0; out && !status && x < UINT64_C(1) << qubits; x++) {
        uint64_t index = 0;
        bool idle = false;
        for (uint32_t q = 0; q < qubits; q++) {
            if (!(x >> q & 1)) continue;
            if (run->plan->wire_of[q] == KT_IDLE)
                idle = true;
            else
                index |= UINT64_C(1) << run->plan->wire_of[q];
        }
        for (uint64_t k = 0; k < 2; k++) {
            double number = run->plan->precision == KETCH_PRECISION_FP32 ? (double)((const float *)branch->state.amplitudes)[2 * index + k]
                                                                         : ((const double *)branch->state.amplitudes)[2 * index + k];
            out[2 * x + k] = idle ? 0 : number;
        }
    }
    return status;
}

static ketch_status tell(kt_tree *tree, kt_branch *branch, const kt_op *op, uint32_t index) {
    kt_run *run = tree->run;
    struct kt_tracer *tracer = tree->tracer;
    tracer->text.size = 0;
    ketch_status status = show_amplitudes(tree, branch);
    if (status) return status;
    if (op) write_operation(&tracer->text, branch, run->circuit, op);
    kt_buffer_add(&tracer->text, "", 1);
    size_t count = show_variables(tree, branch, index);
    if (tracer->text.failed) return kt_no_memory(run->diag);
    const char *text = (const char *)tracer->text.bytes; /* it has stopped moving */
    for (size_t i = 0; i < count; i++) tracer->variables[i].value = text + tracer->places[i];
    ketch_trace trace = {op ? op->line : 0, text, tracer->variables, count, run->plan->qubits, tracer->amplitudes};
    return kt_tell_trace(run, &trace);
}

/* Before the operation at a place of the program. */
static ketch_status look(kt_tree *tree, kt_branch *branch, uint32_t at) {
    struct kt_tracer *tracer = tree->tracer;
    uint32_t index = tree->run->plan->program_ops[at];
    if (index >= tree->run->circuit->ops_count) return KETCH_OK; /* the end of the program */
    const kt_op *op = &tree->run->circuit->ops[index];
    bool same = op->line == tracer->line && at > tracer->at, silent = !op->line || op->code == KT_DO_LABEL;
    if (!silent || at <= tracer->at) tracer->at = at;
    if (same || silent) return KETCH_OK;
    tracer->line = op->line;
    return tell(tree, branch, op, index);
}

ketch_status kt_trace_machine(kt_tree *tree, kt_branch *branch, kt_pause *pause) {
    const kt_op *program = tree->run->plan->program;
    kt_op *marks = tree->tracer->marks;
    kt_machine *machine = &branch->machine;
    for (;;) {
        uint32_t at = machine->at;
        ketch_status status = look(tree, branch, at);
        if (status) return status;
        bool returns = program[at].code == KT_DO_RETURN && machine->call_count;
        uint32_t call = returns ? machine->calls[machine->call_count - 1].call : at; /* which a return reads, too */
        marks[at] = program[at];
        marks[call] = program[call];
        machine->program = marks;
        *pause = kt_machine_run(machine, &status);
        machine->program = program;
        marks[at] = marks[call] = mark;
        if (*pause != KT_PAUSE_OPERATION) return status;
        if (machine->at == at && program[at].code == KT_OP_GATE) return KETCH_OK;
        machine->operations_left++; /* the mark was counted */
    }
}

ketch_status kt_trace_last(kt_tree *tree, kt_branch *branch) {
    uint32_t count = (uint32_t)tree->run->circuit->ops_count;
    return tree->tracer ? tell(tree, branch, NULL, count ? count - 1 : 0) : KETCH_OK;
}
