/* SPDX-License-Identifier: Apache-2.0
 *
 * One gate as statements of OpenQASM. Where the language's includes have the gate it is one statement. Else OpenQASM 3 writes controls as
 * modifiers and defines the gate that they stand before. OpenQASM 2 has no modifiers, and of its include only the gates of the paper are
 * found everywhere; one reader's has swap, another's iswap, and each refuses a second definition of what it has. So the steps of the gate's
 * rule (convert_rules.c) take its place, and controls are carried through them down to phases. The phase of n qubits that are all 1 is a
 * product of phases of their parities:
 *
 *   x1 x2 = (x1 + x2 - (x1 xor x2)) / 2      and so on: 2^n - 1 parities, in Gray order, a cx from each to the next
 */
#include "output/convert.h"

#include "output/label.h"

#include <math.h>
#include <string.h>

/* What is applied: `gate` with controls (KT_NEGATED: active at 0) before its own targets. */
typedef struct application {
    kt_gate_id gate; /* a record without controls of its own, or CU standing for what it does to its target */
    uint32_t controls[KT_MOST_MODIFIED + 8], targets[KT_BLOCK_QUBITS];
    uint32_t control_count, target_count;
    kt_angle angles[KT_GATE_PARAMS];
} application;

static void apply(kt_conversion *conversion, const application *applied);

static kt_buffer *out_of(kt_conversion *conversion) { return &conversion->stream.out; }

/* ── Numbers ── */

static void put_number(kt_buffer *out, double value) {
    char text[KT_NUMBER_TEXT];
    size_t size = kt_number_text(text, value);
    kt_buffer_add(out, text, size);
    if (!memchr(text, '.', size) && !memchr(text, 'e', size)) kt_buffer_text(out, ".0"); /* an integer would divide as one */
}

/* A simple multiple of pi where it gives exactly this double. */
static void put_angle(kt_buffer *out, double value) {
    static const int divisors[] = {1, 2, 3, 4, 5, 6, 8, 12, 16, 32, 64, 128, 256, 512, 1024};
    double size = fabs(value);
    for (size_t i = 0; size > 0 && size < 100 && i < sizeof divisors / sizeof *divisors; i++) {
        double factor = round(size * divisors[i] / M_PI);
        if (factor < 1 || factor > 64 || factor * M_PI / divisors[i] != size) continue;
        kt_buffer_text(out, value < 0 ? "-" : "");
        if (factor > 1) kt_buffer_format(out, "%d * ", (int)factor);
        kt_buffer_text(out, "pi");
        if (divisors[i] > 1) kt_buffer_format(out, " / %d", divisors[i]);
        return;
    }
    put_number(out, value);
}

enum { MOST_EXPRESSION = 100000 }; /* bytes of one angle; shared parts are written out each time */

static void put_node(kt_conversion *conversion, uint32_t index, size_t limit) {
    static const char *const functions[] = {
        [KT_NODE_SIN] = "sin",       [KT_NODE_COS] = "cos",         [KT_NODE_TAN] = "tan",    [KT_NODE_ARCSIN] = "arcsin",
        [KT_NODE_ARCCOS] = "arccos", [KT_NODE_ARCTAN] = "arctan",   [KT_NODE_EXP] = "exp",    [KT_NODE_LOG] = "log",
        [KT_NODE_SQRT] = "sqrt",     [KT_NODE_CEILING] = "ceiling", [KT_NODE_FLOOR] = "floor"};
    static const char *const signs[] = {
        [KT_NODE_ADD] = " + ", [KT_NODE_SUBTRACT] = " - ", [KT_NODE_MULTIPLY] = " * ", [KT_NODE_DIVIDE] = " / ", [KT_NODE_POWER] = " ** "};
    kt_buffer *out = out_of(conversion);
    const kt_node *node = &conversion->circuit->nodes[index];
    if (conversion->stream.status != KETCH_OK) return;
    if (out->size > limit) {
        kt_conversion_refuse(conversion, "an angle's expression of more than %d characters", MOST_EXPRESSION);
    } else if (node->code == KT_NODE_INPUT && !node->known) {
        kt_buffer_text(out, conversion->circuit->inputs[node->a].name);
    } else if (node->known || node->code == KT_NODE_CONSTANT) {
        kt_buffer text = {0};
        put_angle(&text, node->value);
        bool product = text.size && (text.bytes[0] == '-' || memchr(text.bytes, ' ', text.size)); /* x / (2 * pi) */
        kt_buffer_text(out, product ? "(" : "");
        kt_buffer_add(out, text.bytes, text.size);
        kt_buffer_text(out, product ? ")" : "");
        out->failed = out->failed || text.failed;
        kt_buffer_free(&text);
    } else if (node->code == KT_NODE_NEGATE) {
        kt_buffer_text(out, "(-");
        put_node(conversion, node->a, limit);
        kt_buffer_text(out, ")");
    } else {
        bool binary = node->code <= KT_NODE_POWER && node->code != KT_NODE_MODULO;
        kt_buffer_text(out, binary ? "" : node->code == KT_NODE_MODULO ? "mod" : functions[node->code]);
        kt_buffer_text(out, "(");
        put_node(conversion, node->a, limit);
        if (node->code <= KT_NODE_POWER) {
            kt_buffer_text(out, binary ? signs[node->code] : ", ");
            put_node(conversion, node->b, limit);
        }
        kt_buffer_text(out, ")");
    }
}

void kt_convert_expression(kt_conversion *conversion, uint32_t node) {
    put_node(conversion, node, out_of(conversion)->size + MOST_EXPRESSION);
}

void kt_convert_angle(kt_conversion *conversion, kt_angle angle) {
    if (angle.node == UINT32_MAX) {
        put_angle(out_of(conversion), angle.number);
    } else if (conversion->version == 2) {
        kt_conversion_refuse(conversion, "an input without a value");
    } else if (conversion->in_definition) {
        kt_conversion_refuse(conversion, "a power of a gate with an input without a value inside");
    } else {
        kt_convert_expression(conversion, angle.node);
    }
}

kt_angle kt_convert_slot(const kt_conversion *conversion, uint32_t param) {
    uint32_t node = kt_circuit_slot_node(conversion->circuit, param);
    bool open = node != UINT32_MAX && !conversion->circuit->nodes[node].known;
    return (kt_angle){.number = conversion->circuit->params[param], .node = open ? node : UINT32_MAX};
}

static kt_angle number(double value) { return (kt_angle){.number = value, .node = UINT32_MAX}; }

/* ── Statements ── */

void kt_convert_begin(kt_conversion *conversion) {
    kt_buffer *out = out_of(conversion);
    kt_buffer_repeat(out, "    ", conversion->indent);
    if (conversion->prefix.size) kt_buffer_add(out, conversion->prefix.bytes, conversion->prefix.size);
}

void kt_convert_qubit(kt_conversion *conversion, uint32_t qubit) {
    const ketch_circuit *circuit = conversion->circuit;
    if (conversion->in_definition) {
        kt_buffer_format(out_of(conversion), "%c", 'a' + (int)qubit);
        return;
    }
    size_t named = kt_circuit_register_of(circuit->qubit_registers, circuit->qubit_registers_count, qubit);
    kt_buffer_format(out_of(conversion), "%s[%u]", conversion->qubit_names[named], qubit - circuit->qubit_registers[named].first);
}

static void put_angles(kt_conversion *conversion, const kt_angle *angles, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        kt_buffer_text(out_of(conversion), i ? ", " : "(");
        kt_convert_angle(conversion, angles[i]);
    }
    if (count) kt_buffer_text(out_of(conversion), ")");
}

static void put_operands(kt_conversion *conversion, const application *applied) {
    const char *separator = " ";
    for (uint32_t i = 0; i < applied->control_count + applied->target_count; i++) {
        bool control = i < applied->control_count;
        kt_buffer_text(out_of(conversion), separator);
        kt_convert_qubit(conversion, (control ? applied->controls[i] : applied->targets[i - applied->control_count]) & ~KT_NEGATED);
        separator = ", ";
    }
    kt_buffer_text(out_of(conversion), ";\n");
}

/* ctrl(2) @ negctrl @ : for the first `count` controls. */
static void put_modifiers(kt_conversion *conversion, const uint32_t *controls, uint32_t count) {
    for (uint32_t i = 0, same; i < count; i += same) {
        for (same = 1; i + same < count && (controls[i] & KT_NEGATED) == (controls[i + same] & KT_NEGATED);) same++;
        kt_buffer_text(out_of(conversion), controls[i] & KT_NEGATED ? "negctrl" : "ctrl");
        kt_buffer_format(out_of(conversion), same > 1 ? "(%u) @ " : " @ ", same);
    }
}

/* What the language calls this matrix with so many controls, or NULL. The cu3 of the paper has not the phase of the control that others
 * give it, so that it is not used. */
static const char *provided(const kt_conversion *conversion, kt_gate_id gate, uint32_t controls) {
    const kt_gate *wanted = &kt_gates[gate];
    const char *name = NULL;
    for (kt_gate_id id = 0; id < KT_GATE_COUNT && !name; id++) {
        const kt_gate *record = &kt_gates[id];
        bool same = record->matrix == wanted->matrix && record->parameter_count == wanted->parameter_count;
        if (same && record->control_count == controls && id != KT_GATE_CU3) name = kt_gate_name_in(id, conversion->provided);
    }
    return name;
}

static void put_gate(kt_conversion *conversion, const char *name, const application *applied, uint32_t modified) {
    conversion->included = true;
    kt_convert_begin(conversion);
    put_modifiers(conversion, applied->controls, modified);
    kt_buffer_text(out_of(conversion), name);
    put_angles(conversion, applied->angles, kt_gates[applied->gate].parameter_count);
    put_operands(conversion, applied);
}

/* ── Rules ── */

static kt_angle angle_of(kt_rule_angle rule, const kt_angle *angles) {
    kt_angle sum = number(rule.constant);
    for (int p = 0; p < KT_GATE_PARAMS; p++) {
        if (!(rule.parameters >> p & 1)) continue;
        if (angles[p].node != UINT32_MAX) return angles[p]; /* OpenQASM 3 expands only rules that take it as it is */
        sum.number += rule.factor * angles[p].number;
    }
    return sum;
}

/* Carries the steps out in place of the gate. */
static void expand(kt_conversion *conversion, const application *applied) {
    size_t count;
    const kt_rule_step *step = kt_rule_of(applied->gate, &count);
    if (!count) kt_conversion_refuse(conversion, "%s with these controls", kt_gates[applied->gate].name);
    for (const kt_rule_step *end = step + count; step < end && conversion->stream.status == KETCH_OK; step++) {
        const kt_gate *record = &kt_gates[step->step];
        application part = {.gate = (kt_gate_id)step->step, .target_count = record->target_count};
        if (!step->free) {
            memcpy(part.controls, applied->controls, sizeof part.controls);
            part.control_count = applied->control_count;
        }
        uint32_t own = record->control_count;
        for (uint32_t i = 0; i < own; i++) part.controls[part.control_count++] = applied->targets[step->on[i]];
        for (uint32_t i = 0; i < record->target_count; i++) part.targets[i] = applied->targets[step->on[own + i]];
        for (uint32_t i = 0; i < record->parameter_count; i++) part.angles[i] = angle_of(step->angles[i], applied->angles);
        if (own) part.gate = KT_GATE_X; /* steps have no controlled gate but cx */
        apply(conversion, &part);
    }
}

/* ── OpenQASM 3 ── */

/* Is the gate's rule one that is worth a definition? */
static bool is_definable(kt_gate_id gate) {
    size_t count;
    kt_rule_of(gate, &count);
    return count > 1 && gate != KT_GATE_CU;
}

static void apply3(kt_conversion *conversion, const application *applied) {
    const char *own = NULL;
    uint32_t plain = 0; /* controls at the end that a gate with controls of its own could take */
    while (plain < applied->control_count && !(applied->controls[applied->control_count - 1 - plain] & KT_NEGATED)) plain++;
    uint32_t taken = plain + 1;
    while (!own && taken > 0) own = provided(conversion, applied->gate, --taken);
    if (own) {
        put_gate(conversion, own, applied, applied->control_count - taken);
    } else if (is_definable(applied->gate)) {
        conversion->defined[applied->gate] = true;
        put_gate(conversion, kt_gates[applied->gate].name, applied, applied->control_count);
    } else {
        expand(conversion, applied);
    }
}

/* ── OpenQASM 2 ── */

static void simple(kt_conversion *conversion, kt_gate_id gate, const uint32_t *qubits, uint32_t count, double angle) {
    application applied = {.gate = gate, .target_count = count, .angles = {number(angle)}};
    memcpy(applied.targets, qubits, count * sizeof *qubits);
    put_gate(conversion, gate == KT_GATE_P ? count == 1 ? "u1" : "cu1" : kt_gates[gate].name, &applied, 0);
}

/* e^(i angle) where all the qubits are 1. */
static void put_phase(kt_conversion *conversion, double angle, const uint32_t *qubits, uint32_t count) {
    uint32_t first = 0;
    if (angle == 0) return;
    if (count == 0) { /* of every state: of a qubit's 1, then of its 0 */
        for (int i = 0; i < 2; i++) {
            simple(conversion, KT_GATE_P, &first, 1, angle);
            simple(conversion, KT_GATE_X, &first, 1, 0);
        }
    } else if (count <= 2) {
        simple(conversion, KT_GATE_P, qubits, count, angle);
    } else if (count > KT_MOST_CONTROLS + 1) {
        kt_conversion_refuse(conversion, "a gate with more than %d controls", KT_MOST_CONTROLS);
    } else {
        double part = ldexp(angle, 1 - (int)count);
        for (uint32_t top = 0; top < count; top++) {
            simple(conversion, KT_GATE_P, &qubits[top], 1, part);
            for (uint32_t gray = 1; gray < 1u << top && conversion->stream.status == KETCH_OK; gray++) {
                uint32_t pair[] = {qubits[__builtin_ctz(gray)], qubits[top]};
                bool odd = __builtin_popcount(gray ^ gray >> 1) & 1; /* of the lower qubits; with `top` the parity has one more */
                simple(conversion, KT_GATE_CX, pair, 2, 0);
                simple(conversion, KT_GATE_P, &qubits[top], 1, odd ? -part : part);
            }
            if (top) simple(conversion, KT_GATE_CX, (const uint32_t[]){qubits[top - 1], qubits[top]}, 2, 0);
        }
    }
}

/* Is the gate a phase of its target's 1 (or of everything), and which? */
static bool is_phase(double *angle, kt_gate_id gate, const kt_angle *angles) {
    switch (gate) {
    case KT_GATE_ID: *angle = 0; return true;
    case KT_GATE_Z: *angle = M_PI; return true;
    case KT_GATE_S: *angle = M_PI_2; return true;
    case KT_GATE_SDG: *angle = -M_PI_2; return true;
    case KT_GATE_T: *angle = M_PI_4; return true;
    case KT_GATE_TDG: *angle = -M_PI_4; return true;
    case KT_GATE_P:
    case KT_GATE_GPHASE: *angle = angles[0].number; return true;
    default: return false;
    }
}

static void apply2(kt_conversion *conversion, const application *applied) {
    for (uint32_t i = 0; i < kt_gates[applied->gate].parameter_count; i++) {
        if (applied->angles[i].node == UINT32_MAX) continue;
        kt_conversion_refuse(conversion, "an input without a value");
        return;
    }
    const char *own = provided(conversion, applied->gate, applied->control_count);
    double angle;
    if (own) {
        put_gate(conversion, own, applied, 0);
    } else if (applied->gate == KT_GATE_Z && provided(conversion, KT_GATE_X, applied->control_count)) { /* ccz: shorter than its phases */
        application flip = *applied;
        flip.gate = KT_GATE_X;
        simple(conversion, KT_GATE_H, applied->targets, 1, 0);
        apply(conversion, &flip);
        simple(conversion, KT_GATE_H, applied->targets, 1, 0);
    } else if (is_phase(&angle, applied->gate, applied->angles)) {
        uint32_t qubits[KT_MOST_MODIFIED + 8 + KT_BLOCK_QUBITS];
        memcpy(qubits, applied->controls, applied->control_count * sizeof *qubits);
        memcpy(qubits + applied->control_count, applied->targets, applied->target_count * sizeof *qubits);
        put_phase(conversion, angle, qubits, applied->control_count + applied->target_count);
    } else {
        expand(conversion, applied);
    }
}

static void apply(kt_conversion *conversion, const application *applied) {
    if (!kt_conversion_going(conversion)) return;
    (conversion->version == 3 ? apply3 : apply2)(conversion, applied);
}

/* ── Matrices ── */

/* A one-qubit matrix: e^(i phase) u(theta, phi, lambda). */
static void apply_matrix(kt_conversion *conversion, const double *matrix, application *applied) {
    double complex_size[2] = {hypot(matrix[0], matrix[1]), hypot(matrix[4], matrix[5])};
    bool diagonal = complex_size[1] < 1e-15, crossed = complex_size[0] < 1e-15;
    double phase = crossed ? 0 : atan2(matrix[1], matrix[0]);
    double phi = diagonal ? 0 : atan2(matrix[5], matrix[4]) - phase;
    double lambda = diagonal ? atan2(matrix[7], matrix[6]) - phase : atan2(-matrix[3], -matrix[2]) - phase;
    applied->gate = KT_GATE_U;
    applied->angles[0] = number(2 * atan2(complex_size[1], complex_size[0]));
    applied->angles[1] = number(phi);
    applied->angles[2] = number(lambda);
    apply(conversion, applied);
    applied->gate = KT_GATE_GPHASE;
    applied->angles[0] = number(phase);
    applied->target_count = 0;
    if (phase != 0) apply(conversion, applied);
}

/* inv @ pow(e) @ the gate that the block's operations make up */
static void apply_power(kt_conversion *conversion, uint32_t index, const application *applied) {
    const kt_block *block = &conversion->circuit->blocks[index];
    conversion->defined_blocks[index] = true;
    kt_convert_begin(conversion);
    put_modifiers(conversion, applied->controls, applied->control_count);
    kt_angle exponent = kt_convert_slot(conversion, block->exponent);
    if (block->adjoint) kt_buffer_text(out_of(conversion), "inv @ ");
    if (exponent.node != UINT32_MAX || exponent.number != 1) {
        kt_buffer_text(out_of(conversion), "pow(");
        if (exponent.node == UINT32_MAX)
            kt_buffer_number(out_of(conversion), exponent.number);
        else
            kt_convert_angle(conversion, exponent);
        kt_buffer_text(out_of(conversion), ") @ ");
    }
    kt_buffer_text(out_of(conversion), conversion->block_names[index]);
    put_operands(conversion, applied);
}

static void convert_block(kt_conversion *conversion, const kt_op *op, application *applied) {
    const kt_block *block = &conversion->circuit->blocks[op->data];
    double matrix[KT_MATRIX_ROOM];
    bool known = !block->count || (block->signature[0] | block->signature[1]);
    if (applied->target_count == 0 && known) { /* a power of a phase: there are no gates without qubits that could be defined */
        kt_op_matrix(matrix, conversion->circuit, op);
        applied->gate = KT_GATE_GPHASE;
        applied->angles[0] = number(atan2(matrix[1], matrix[0]));
        apply(conversion, applied);
    } else if (conversion->version == 3 && block->count && applied->target_count) {
        apply_power(conversion, op->data, applied);
    } else if (applied->target_count == 1 && known) {
        kt_op_matrix(matrix, conversion->circuit, op);
        apply_matrix(conversion, matrix, applied);
    } else {
        kt_conversion_refuse(conversion, "a %s on %u qubits", block->count ? "power of a gate" : "matrix", applied->target_count);
    }
}

/* ── From operations ── */

/* What a controlled record does to its targets. */
static kt_gate_id without_controls(kt_gate_id gate) {
    for (kt_gate_id id = 0; id < KT_GATE_COUNT; id++) {
        bool same = kt_gates[id].matrix == kt_gates[gate].matrix && kt_gates[id].parameter_count == kt_gates[gate].parameter_count;
        if (same && !kt_gates[id].control_count) return id;
    }
    return gate;
}

static void flip_negated(kt_conversion *conversion, const application *applied) {
    for (uint32_t i = 0; i < applied->control_count; i++) {
        uint32_t qubit = applied->controls[i] & ~KT_NEGATED;
        if (applied->controls[i] & KT_NEGATED) simple(conversion, KT_GATE_X, &qubit, 1, 0);
    }
}

void kt_convert_gate(kt_conversion *conversion, const kt_op *op, const uint32_t *operands) {
    application applied = {.control_count = op->control_count, .target_count = kt_op_target_count(op)};
    uint32_t most = conversion->version == 2 ? KT_MOST_CONTROLS : KT_MOST_MODIFIED;
    if (op->control_count > most) {
        kt_conversion_refuse(conversion, "a gate with more than %u controls", most);
        return;
    }
    memcpy(applied.controls, operands, applied.control_count * sizeof *operands);
    memcpy(applied.targets, operands + applied.control_count, applied.target_count * sizeof *operands);
    application negated = applied;
    if (conversion->version == 2) {
        flip_negated(conversion, &negated);
        for (uint32_t i = 0; i < applied.control_count; i++) applied.controls[i] &= ~KT_NEGATED;
    }
    if (op->gate == KT_GATE_MATRIX) {
        convert_block(conversion, op, &applied);
    } else {
        applied.gate = without_controls((kt_gate_id)op->gate);
        for (uint32_t i = 0; i < kt_gates[op->gate].parameter_count; i++) applied.angles[i] = kt_convert_slot(conversion, op->data + i);
        apply(conversion, &applied);
    }
    if (conversion->version == 2) flip_negated(conversion, &negated);
}

/* ── Definitions ── */

static void put_rule_angle(kt_buffer *out, kt_rule_angle angle, const kt_gate *record) {
    if (!angle.parameters) {
        put_angle(out, angle.constant);
        return;
    }
    const char *separator = angle.factor < 0 ? "-" : "";
    bool sum = angle.parameters & (angle.parameters - 1);
    const char *names = record->parameters;
    if (sum) kt_buffer_text(out, "(");
    for (int p = 0; *names; p++) {
        size_t size = strcspn(names, " ");
        if (angle.parameters >> p & 1) {
            kt_buffer_text(out, separator);
            kt_buffer_add(out, names, size);
            separator = " + ";
        }
        names += size + (names[size] == ' ');
    }
    if (sum) kt_buffer_text(out, ")");
    if (fabs(angle.factor) != 1) kt_buffer_text(out, " / 2");
}

static void put_heading(kt_conversion *conversion, const char *name, const char *parameters, uint32_t qubits) {
    kt_buffer *out = out_of(conversion);
    kt_buffer_format(out, "gate %s", name);
    for (const char *next = parameters; *next;) {
        size_t size = strcspn(next, " ");
        kt_buffer_text(out, next == parameters ? "(" : ", ");
        kt_buffer_add(out, next, size);
        next += size + (next[size] == ' ');
    }
    if (*parameters) kt_buffer_text(out, ")");
    for (uint32_t i = 0; i < qubits; i++) kt_buffer_format(out, "%s%c", i ? ", " : " ", 'a' + (int)i);
    kt_buffer_text(out, " {\n");
}

/* Gates of a rule are looked for once more, so that the definitions that they need come first. */
static void define_gate(kt_conversion *conversion, kt_gate_id gate, bool done[KT_GATE_COUNT]) {
    size_t count;
    const kt_rule_step *step = kt_rule_of(gate, &count);
    const kt_gate *record = &kt_gates[gate];
    done[gate] = true;
    for (size_t i = 0; i < count; i++) {
        kt_gate_id needed = (kt_gate_id)step[i].step;
        if (!done[needed] && provided(conversion, needed, kt_gates[needed].control_count) == NULL) define_gate(conversion, needed, done);
    }
    put_heading(conversion, record->name, record->parameters, record->target_count);
    for (size_t i = 0; i < count; i++) {
        const kt_gate *applied = &kt_gates[step[i].step];
        kt_buffer *out = out_of(conversion);
        kt_buffer_format(out, "    %s", applied->name);
        for (uint32_t p = 0; p < applied->parameter_count; p++) {
            kt_buffer_text(out, p ? ", " : "(");
            put_rule_angle(out, step[i].angles[p], record);
        }
        if (applied->parameter_count) kt_buffer_text(out, ")");
        for (uint32_t q = 0; q < (uint32_t)applied->control_count + applied->target_count; q++)
            kt_buffer_format(out, "%s%c", q ? ", " : " ", 'a' + step[i].on[q]);
        kt_buffer_text(out, ";\n");
    }
    kt_buffer_text(out_of(conversion), "}\n");
}

static void define_block(kt_conversion *conversion, uint32_t index) {
    const ketch_circuit *circuit = conversion->circuit;
    const kt_block *block = &circuit->blocks[index];
    put_heading(conversion, conversion->block_names[index], "", block->qubit_count);
    conversion->in_definition = true;
    conversion->indent++;
    for (uint32_t i = 0; i < block->count && kt_conversion_going(conversion); i++) {
        const kt_op *op = &circuit->block_ops[block->first + i];
        kt_convert_gate(conversion, op, kt_op_operands(circuit, op));
    }
    conversion->indent--;
    conversion->in_definition = false;
    kt_buffer_text(out_of(conversion), "}\n");
}

void kt_convert_definitions(kt_conversion *conversion) {
    bool done[KT_GATE_COUNT] = {false};
    for (kt_gate_id gate = 0; gate < KT_GATE_COUNT; gate++)
        if (conversion->defined[gate] && !done[gate]) define_gate(conversion, gate, done);
    for (size_t i = 0; i < conversion->circuit->blocks_count; i++) { /* a block is made of earlier ones: the first time is to find them */
        size_t block = conversion->writing ? i : conversion->circuit->blocks_count - 1 - i;
        if (conversion->defined_blocks[block]) define_block(conversion, (uint32_t)block);
    }
}
