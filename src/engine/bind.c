/* SPDX-License-Identifier: Apache-2.0
 *
 * Binding. See bind.h, and frame.h for the rules by which Paulis pass. Each gate is split:
 *
 *   u(theta, phi, lambda)   =  e^(i global) diag(1, e^(i after)) . Ry(middle) . diag(1, e^(i before))        kt_angles
 *   diagonal                =  e^(i constant) e^(i (a x0 + b x1 + c x0 x1))        the constant goes into the frame, as do a, b = +-pi
 *   Ry(theta), Rx(theta)    =  Pauli^m . R(theta - m pi)      |theta - m pi| <= pi/2; the Pauli goes into the frame, and what remains is
 *                              cos . (1 + tan ...), tan <= 1; the cosines of a stage are multiplied by its write-back
 */
#include "engine/bind.h"

#include <string.h>

typedef struct kt_binder {
    const kt_plan *plan;
    const ketch_circuit *circuit;
    kt_frame *frame;
    kt_bounds *bounds;
    kt_angles angles;       /* of the product made last ... */
    double modulus;         /* ... and what it stretches by */
    uint32_t angles_source; /* ... whose first source this is, and one more; 0: none yet */
    kt_watch *watch;
    ketch_status status; /* of a look, or of an allocation */
} kt_binder;

static bool stopped(kt_binder *binder) {
    const uint64_t source = 4; /* takes so many times some nanoseconds */
    if (!binder->status) binder->status = kt_watch_work(binder->watch, source);
    return binder->status;
}

/* ── Small matrices ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* out = a b, size x size */
static void multiply(double *out, const double *a, const double *b, size_t size) {
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            double re = 0, im = 0;
            for (size_t k = 0; k < size; k++) {
                const double *x = a + 2 * (i * size + k), *y = b + 2 * (k * size + j);
                re += x[0] * y[0] - x[1] * y[1];
                im += x[0] * y[1] + x[1] * y[0];
            }
            out[2 * (i * size + j)] = re;
            out[2 * (i * size + j) + 1] = im;
        }
}

/* The operation's matrix on the bits of an action of at most two: operand k is bit `operand[k]` there, controls included. */
static void embed(double *out, const ketch_circuit *circuit, const kt_op *op, const uint8_t *operand, uint32_t bit_count) {
    double small[2 * 16];
    const uint32_t *operands = kt_op_operands(circuit, op);
    size_t size = (size_t)1 << bit_count, small_size = (size_t)1 << kt_op_target_count(op), targets = 0;
    kt_op_matrix(small, circuit, op);
    for (uint32_t k = op->control_count; k < op->operand_count; k++) targets |= (size_t)1 << operand[k];
    memset(out, 0, 2 * size * size * sizeof *out);
    for (size_t row = 0; row < size; row++) {
        bool active = true;
        for (uint32_t k = 0; k < op->control_count; k++) active = active && (row >> operand[k] & 1) == (size_t) !(operands[k] & KT_NEGATED);
        for (size_t column = 0; column < size; column++) {
            if ((row ^ column) & ~targets) continue;
            double *entry = out + 2 * (row * size + column);
            size_t i = 0, j = 0;
            for (uint32_t k = op->control_count; k < op->operand_count; k++) {
                i |= (row >> operand[k] & 1) << (k - op->control_count);
                j |= (column >> operand[k] & 1) << (k - op->control_count);
            }
            entry[0] = active ? small[2 * (i * small_size + j)] : row == column;
            entry[1] = active ? small[2 * (i * small_size + j) + 1] : 0;
        }
    }
}

/* The product of an action's sources on its one or two bits. */
static void product(double *out, kt_binder *binder, const kt_action *action) {
    const kt_action_source *source = binder->plan->sources + action->first_source;
    embed(out, binder->circuit, &binder->circuit->ops[source->op], source->operand, action->bit_count);
    for (uint32_t i = 1; i < action->source_count && !stopped(binder); i++) {
        double next[2 * 16], before[2 * 16];
        size_t size = (size_t)1 << action->bit_count;
        embed(next, binder->circuit, &binder->circuit->ops[source[i].op], source[i].operand, action->bit_count);
        memcpy(before, out, 2 * size * size * sizeof *out);
        multiply(out, next, before, size);
    }
}

/* ── Angles ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static double modulus(const double *entry) { return sqrt(entry[0] * entry[0] + entry[1] * entry[1]); }
static double argument(const double *entry) { return atan2(entry[1], entry[0]); }

/* From the larger entries, so that a small one's phase, which is little but rounding, does no harm. Of a real matrix all but `middle` are
 * exact multiples of pi. */
static kt_angles matrix_angles(const double *matrix) {
    double cosine = modulus(matrix), sine = modulus(matrix + 4);
    const double minus[2] = {-matrix[2], -matrix[3]};
    kt_angles out = {.global = argument(matrix), .middle = 2 * atan2(sine, cosine)};
    out.after = kt_reduced(argument(matrix + 4) - out.global);
    out.before = kt_reduced((cosine >= sine ? argument(matrix + 6) : argument(minus)) - out.global);
    if (cosine >= sine) out.before = kt_reduced(out.before - out.after);
    return out;
}

/* Of one operation with one target. */
static kt_angles target_angles(const ketch_circuit *circuit, const kt_op *op) {
    kt_angles out;
    double matrix[8];
    if (op->gate < KT_GATE_COUNT && kt_gate_angles(&out, (kt_gate_id)op->gate, circuit->params + op->data)) return out;
    kt_op_matrix(matrix, circuit, op);
    return matrix_angles(matrix);
}

/* Of an operation without targets: a global phase, or a power of one. */
static double phase_angle(const ketch_circuit *circuit, const kt_op *op) {
    double entry[2];
    if (op->gate < KT_GATE_COUNT) return circuit->params[op->data];
    kt_op_matrix(entry, circuit, op);
    return argument(entry);
}

/* Of one operation with one operand, which may be the control of a global phase. */
static kt_angles operand_angles(const ketch_circuit *circuit, const kt_op *op) {
    if (kt_op_target_count(op)) return target_angles(circuit, op);
    double angle = kt_small_angle(phase_angle(circuit, op));
    bool negated = kt_op_operands(circuit, op)[0] & KT_NEGATED;
    return negated ? (kt_angles){.global = angle, .before = -angle} : (kt_angles){.before = angle};
}

/* A product of gates: each one's diagonals go into the matrix, but for the outermost, which are put aside; `middle` is not set.
 *
 *   diag(after) . Ry . diag(before) diag(after) . Ry . diag(before)
 *        `-- aside                                          `-- aside */
static kt_angles split_product(double matrix[8], kt_binder *binder, const kt_action *action) {
    const kt_action_source *sources = binder->plan->sources + action->first_source;
    kt_angles total = {0};
    for (uint32_t i = 0; i < action->source_count && !stopped(binder); i++) {
        kt_angles next = operand_angles(binder->circuit, &binder->circuit->ops[sources[i].op]);
        double unit[2], cosine = cos(next.middle / 2), sine = sin(next.middle / 2), turned[4];
        double between = kt_reduced(next.before + total.after);
        total.after = next.after;
        total.global = kt_reduced(total.global + next.global);
        if (!i) {
            total.before = next.before;
            memcpy(matrix, (const double[]){cosine, 0, -sine, 0, sine, 0, cosine, 0}, 8 * sizeof *matrix);
            continue;
        }
        kt_unit(unit, between);
        for (uint32_t k = 0; k < 2; k++) { /* the second row */
            turned[2 * k] = unit[0] * matrix[4 + 2 * k] - unit[1] * matrix[5 + 2 * k];
            turned[2 * k + 1] = unit[0] * matrix[5 + 2 * k] + unit[1] * matrix[4 + 2 * k];
        }
        for (uint32_t k = 0; k < 4; k++) {
            matrix[4 + k] = sine * matrix[k] + cosine * turned[k];
            matrix[k] = cosine * matrix[k] - sine * turned[k];
        }
    }
    return total;
}

static kt_angles product_angles(kt_binder *binder, const kt_action *action) {
    double matrix[8] = {1, 0, 0, 0, 0, 0, 1, 0};
    kt_angles total = split_product(matrix, binder, action), inner = matrix_angles(matrix);
    total.global = kt_reduced(total.global + inner.global);
    total.before = kt_reduced(total.before + inner.before);
    total.after = kt_reduced(total.after + inner.after);
    total.middle = inner.middle;
    return total;
}

/* What one-qubit matrices of the circuit's own stretch a state by, on the average of all. */
static double stretch(const kt_binder *binder, const kt_action *action) {
    const kt_action_source *sources = binder->plan->sources + action->first_source;
    double squares = 1;
    for (uint32_t i = 0; i < action->source_count; i++) {
        const kt_op *op = &binder->circuit->ops[sources[i].op];
        double matrix[8], sum = 0;
        if (op->gate != KT_GATE_MATRIX) continue;
        kt_op_matrix(matrix, binder->circuit, op);
        uint32_t size = 1u << kt_op_target_count(op); /* 1: a phase under a control */
        for (uint32_t k = 0; k < 2 * size * size; k++) sum += matrix[k] * matrix[k];
        squares *= sum / size;
    }
    return sqrt(squares);
}

/* Of the product of an action's sources on one bit. */
static const kt_angles *action_angles(kt_binder *binder, const kt_action *action) {
    if (binder->angles_source == action->first_source + 1) return &binder->angles;
    const kt_action_source *sources = binder->plan->sources + action->first_source;
    binder->angles =
        action->source_count == 1 ? operand_angles(binder->circuit, &binder->circuit->ops[sources->op]) : product_angles(binder, action);
    binder->angles_source = action->first_source + 1;
    binder->modulus = binder->plan->totals.matrices ? stretch(binder, action) : 1;
    if (!action->controls) binder->bounds->modulus *= binder->modulus;
    return &binder->angles;
}

/* ── Actions ────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t bit_of(const kt_action *action, uint32_t i) { return UINT64_C(1) << action->bits[i]; }

static void bind_pauli(kt_binder *binder, const kt_action *action) {
    uint16_t gate = binder->circuit->ops[binder->plan->sources[action->first_source].op].gate;
    if (gate == KT_GATE_Y)
        kt_frame_y(binder->frame, bit_of(action, 0));
    else if (gate == KT_GATE_Z)
        kt_frame_z(binder->frame, bit_of(action, 0));
    else
        kt_frame_x(binder->frame, bit_of(action, 0)); /* x itself, or what a control that is active at 0 takes */
}

/* A diagonal of two bits: phases[0] x0 + phases[1] x1 + phases[2] x0 x1. */
static void flip_phases(kt_frame *frame, double *phases, uint32_t bit) {
    kt_frame_turn(frame, phases[bit]);
    phases[!bit] += phases[2];
    phases[bit] = -phases[bit];
    phases[2] = -phases[2];
}

/* Adds what memory is to see of a diagonal on psi. */
static void add_phases(kt_binder *binder, const kt_action *action, kt_bound *bound, double constant, const double *given) {
    double phases[3] = {kt_reduced(given[0]), kt_reduced(given[1]), kt_reduced(given[2])};
    kt_frame_turn(binder->frame, constant);
    for (uint32_t i = 0; i < action->bit_count; i++) {
        if (binder->frame->flips & bit_of(action, i)) flip_phases(binder->frame, phases, i);
    }
    for (uint32_t i = 0; i < 3; i++) bound->phases[i] = kt_reduced(bound->phases[i] + phases[i]);
    for (uint32_t i = 0; i < action->bit_count; i++) {
        if (fabs(bound->phases[i]) != M_PI) continue;
        kt_frame_take_z(binder->frame, bit_of(action, i));
        bound->phases[i] = 0;
    }
}

/* From the four entries of a diagonal two-target gate. */
static void pair_phases(double *constant, double phases[3], const ketch_circuit *circuit, const kt_op *op) {
    double matrix[2 * 16], argument_of[4];
    kt_op_matrix(matrix, circuit, op);
    for (size_t i = 0; i < 4; i++) argument_of[i] = argument(matrix + 2 * 5 * i);
    *constant = argument_of[0];
    phases[0] = argument_of[1] - argument_of[0];
    phases[1] = argument_of[2] - argument_of[0];
    phases[2] = argument_of[3] - argument_of[2] - argument_of[1] + argument_of[0];
}

/* A diagonal operation on the bits of its action; operand k is bit `operand[k]`. */
static void add_source(kt_binder *binder, const kt_action *action, kt_bound *bound, const kt_action_source *source) {
    const kt_op *op = &binder->circuit->ops[source->op];
    const uint32_t *operands = kt_op_operands(binder->circuit, op);
    double constant = 0, phases[3] = {0, 0, 0}; /* by operand */
    uint32_t targets = kt_op_target_count(op);
    if (targets == 2) {
        pair_phases(&constant, phases, binder->circuit, op);
    } else {
        kt_angles angles = {0};
        if (targets)
            angles = target_angles(binder->circuit, op);
        else
            angles.global = phase_angle(binder->circuit, op); /* or of its controls */
        double *by_size[3] = {&constant, &phases[0], &phases[2]};
        *by_size[op->control_count] = kt_reduced(angles.global);
        if (targets) *by_size[op->control_count + 1] = kt_reduced(angles.before);
    }
    for (uint32_t k = 0; k < op->control_count; k++) { /* active at 0: x becomes 1 - x */
        if (!(operands[k] & KT_NEGATED)) continue;
        constant += phases[k];
        phases[!k] += phases[2];
        phases[k] = -phases[k];
        phases[2] = -phases[2];
    }
    double placed[3] = {0, 0, phases[2]};
    for (uint32_t k = 0; k < op->operand_count; k++) placed[source->operand[k]] += phases[k];
    add_phases(binder, action, bound, constant, placed);
}

static void bind_phases(kt_binder *binder, const kt_action *action, kt_bound *bound) {
    memset(bound->phases, 0, sizeof bound->phases);
    if (action->part == KT_PART_WHOLE) {
        const kt_action_source *sources = binder->plan->sources + action->first_source;
        for (uint32_t i = 0; i < action->source_count; i++) add_source(binder, action, bound, &sources[i]);
        return;
    }
    const kt_angles *angles = action_angles(binder, action);
    bool after = action->part == KT_PART_AFTER;
    add_phases(binder, action, bound, after ? angles->global : 0, (const double[]){after ? angles->after : angles->before, 0, 0});
}

static double tangent_of_half(double angle, ketch_precision precision) {
    double tangent = tan(angle / 2);
    if (fabs(tangent) > 1) tangent = tangent > 0 ? 1 : -1; /* a rounding beyond */
    return precision == KETCH_PRECISION_FP32 ? (double)(float)tangent : tangent;
}

/* exp(-i theta/2 P) on psi, P = Y or X. R(m pi) = (-i P)^m. */
static void rotate(kt_binder *binder, const kt_action *action, kt_bound *bound, double theta) {
    kt_frame *frame = binder->frame;
    uint64_t bit = bit_of(action, 0), reverse = action->imaginary ? frame->signs : frame->flips ^ frame->signs;
    if (reverse & bit) theta = -theta;
    if (fabs(theta) >= KT_LARGE_ANGLE) theta = 2 * atan2(sin(theta / 2), cos(theta / 2));
    double turns;
    theta = kt_take_turns(theta, &turns);
    if (fmod(turns, 2) != 0) frame->quarters += 2;
    if (fabs(theta) > M_PI_2) {
        frame->quarters += theta > 0 ? 3 : 1;
        theta -= theta > 0 ? M_PI : -M_PI;
        (action->imaginary ? kt_frame_take_x : kt_frame_take_y)(frame, bit);
    }
    bound->tangent = tangent_of_half(theta, binder->plan->precision);
}

static bool is_half_turn(double angle) { return fabs(kt_reduced(angle)) > M_PI_2; } /* of 0 and pi, up to rounding */

/* A product known to be e^(i global) R(theta) Z^k: the diagonals before and after are signs, unless the rotation is by 0 or pi, which
 * leaves open what is before and what after it. D(after) Ry D(before) = D(after + pi/2) Rx D(before - pi/2). */
static void bind_known_rotation(kt_binder *binder, const kt_action *action, kt_bound *bound) {
    kt_angles angles = *action_angles(binder, action);
    if (action->imaginary) {
        angles.after += M_PI_2;
        angles.before -= M_PI_2;
    }
    double theta = angles.middle;
    bool small = angles.after == 0 || fabs(cos(theta / 2)) >= fabs(sin(theta / 2));
    if (is_half_turn(angles.after)) theta = small ? -theta : 2 * M_PI - theta; /* sine, or cosine, has the other sign */
    if (is_half_turn(small ? angles.before + angles.after : angles.before - angles.after)) kt_frame_z(binder->frame, bit_of(action, 0));
    kt_frame_turn(binder->frame, kt_reduced(angles.global) + (small ? 0 : kt_reduced(angles.after)));
    rotate(binder, action, bound, theta);
}

static void bind_rotation(kt_binder *binder, const kt_action *action, kt_bound *bound) {
    if (action->part == KT_PART_MIDDLE)
        rotate(binder, action, bound, action_angles(binder, action)->middle);
    else
        bind_known_rotation(binder, action, bound);
}

static void bind_phase(kt_binder *binder, const kt_action *action, kt_bound *bound) {
    const kt_op *op = &binder->circuit->ops[binder->plan->sources[action->first_source].op];
    double angle;
    if (kt_op_target_count(op)) {
        kt_angles angles = target_angles(binder->circuit, op);
        angle = angles.global + (action->part == KT_PART_ENTRY_0 ? 0 : angles.before);
    } else {
        angle = phase_angle(binder->circuit, op);
    }
    bound->factor[0] = cos(angle);
    bound->factor[1] = sin(angle);
}

/* M'(i, j) = (-1)^(signs . i) M(i xor flips, j xor flips) (-1)^(signs . j) */
static void conjugate(double *matrix, const kt_action *action, const kt_frame *frame) {
    double before[2 * KT_MAX_GROUP * KT_MAX_GROUP];
    size_t size = (size_t)1 << action->bit_count, flips = 0, signs = 0;
    for (uint32_t i = 0; i < action->bit_count; i++) {
        flips |= (size_t)(frame->flips >> action->bits[i] & 1) << i;
        signs |= (size_t)(frame->signs >> action->bits[i] & 1) << i;
    }
    if (!flips && !signs) return;
    memcpy(before, matrix, 2 * size * size * sizeof *matrix);
    for (size_t i = 0; i < size; i++)
        for (size_t j = 0; j < size; j++) {
            const double *from = before + 2 * ((i ^ flips) * size + (j ^ flips));
            double sign = __builtin_parity((unsigned)(signs & (i ^ j))) ? -1 : 1;
            matrix[2 * (i * size + j)] = sign * from[0];
            matrix[2 * (i * size + j) + 1] = sign * from[1];
        }
}

static void turn_entry(double *entry, const double *unit) {
    double re = entry[0];
    entry[0] = re * unit[0] - entry[1] * unit[1];
    entry[1] = re * unit[1] + entry[1] * unit[0];
}

/* A one-qubit matrix; its global phase is the frame's where there are no controls. */
static void bind_one_target(double *out, kt_binder *binder, const kt_action *action) {
    const kt_angles outer = split_product(out, binder, action);
    double before[2], after[2], common[2], modulus = binder->plan->totals.matrices ? stretch(binder, action) : 1;
    kt_unit(before, outer.before);
    kt_unit(after, outer.after);
    turn_entry(out + 2, before);
    turn_entry(out + 4, after);
    turn_entry(out + 6, before);
    turn_entry(out + 6, after);
    if (!action->controls) {
        kt_frame_turn(binder->frame, outer.global);
        binder->bounds->modulus *= modulus;
        return;
    }
    kt_unit(common, outer.global);
    for (uint32_t i = 0; i < 2; i++) common[i] *= modulus;
    for (uint32_t i = 0; i < 4; i++) turn_entry(out + 2 * i, common);
}

static void bind_dense(kt_binder *binder, const kt_action *action, kt_bound *bound) {
    kt_bounds *bounds = binder->bounds;
    const kt_op *op = &binder->circuit->ops[binder->plan->sources[action->first_source].op];
    size_t count = (size_t)2 << (2 * action->bit_count);
    if (!kt_reserve(&bounds->numbers, &bounds->numbers_capacity, bounds->number_count + count, sizeof *bounds->numbers)) {
        binder->status = KETCH_ERROR_MEMORY;
        return;
    }
    double *matrix = bounds->numbers + bounds->number_count;
    if (action->bit_count == 1)
        bind_one_target(matrix, binder, action);
    else if (action->source_count == 1 && kt_op_target_count(op) == action->bit_count)
        kt_op_matrix(matrix, binder->circuit, op);
    else
        product(matrix, binder, action);
    conjugate(matrix, action, binder->frame);
    bound->matrix = bounds->number_count;
    bounds->number_count += count;
}

static void bind_action(kt_binder *binder, const kt_action *action, kt_bound *bound) {
    bound->values = action->values ^ (binder->frame->flips & action->controls);
    switch ((kt_action_kind)action->kind) {
    case KT_ACTION_PAULI: bind_pauli(binder, action); break;
    case KT_ACTION_ROTATION: bind_rotation(binder, action, bound); break;
    case KT_ACTION_PHASES: bind_phases(binder, action, bound); break;
    case KT_ACTION_CX: kt_frame_cx(binder->frame, action->bits[0], action->bits[1]); break;
    case KT_ACTION_EXCHANGE: bound->negative = binder->frame->signs & bit_of(action, 0); break;
    case KT_ACTION_PHASE: bind_phase(binder, action, bound); break;
    case KT_ACTION_DENSE: bind_dense(binder, action, bound); break;
    }
}

ketch_status kt_bind(kt_bounds *out, kt_frame *frame, const kt_plan *plan, const kt_segment *segment, const ketch_circuit *circuit,
                     kt_watch *watch, ketch_diag *diag) {
    kt_binder binder = {.plan = plan, .circuit = circuit, .frame = frame, .bounds = out, .watch = watch};
    out->number_count = 0;
    out->modulus = 1;
    if (!kt_reserve(&out->actions, &out->actions_capacity, segment->action_count, sizeof *out->actions)) return kt_no_memory(diag);
    for (uint32_t i = 0; i < segment->action_count && !stopped(&binder); i++)
        bind_action(&binder, &plan->actions[segment->first_action + i], &out->actions[i]);
    return binder.status == KETCH_ERROR_MEMORY ? kt_no_memory(diag) : binder.status;
}

void kt_bounds_free(kt_bounds *bounds) {
    kt_free(bounds->actions);
    kt_free(bounds->numbers);
    *bounds = (kt_bounds){0};
}
