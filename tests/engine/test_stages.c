/* SPDX-License-Identifier: Apache-2.0
 *
 * Plans of the planned engine, carried out by the slowest means: whole actions on a state of few wires, in the order of the works, each
 * between the Paulis that the frame holds at its turn. The result must be what the circuit's gates give one by one, and what kernels rely
 * on must hold: wires that are local, distinct bits, places that change only where a pass can change them.
 */
#include "lab.h"

#include <complex.h>
#include <math.h>
#include <time.h>

typedef double complex amplitude;
#define MOST_WIRES 10

/* ── Matrices on states ── */

/* matrix: 2^count x 2^count on `bits`, bits[0] lowest, where (index & controls) == values. */
static void apply(amplitude *state, uint32_t wires, const amplitude *matrix, const uint8_t *bits, uint32_t count, uint64_t controls,
                  uint64_t values) {
    uint64_t mask = 0, size = UINT64_C(1) << count;
    for (uint32_t b = 0; b < count; b++) mask |= UINT64_C(1) << bits[b];
    for (uint64_t base = 0; base < UINT64_C(1) << wires; base++) {
        if ((base & mask) || (base & controls) != values) continue;
        amplitude before[64];
        uint64_t index[64];
        for (uint64_t j = 0; j < size; j++) {
            index[j] = base;
            for (uint32_t b = 0; b < count; b++) index[j] |= (j >> b & 1) << bits[b];
            before[j] = state[index[j]];
        }
        for (uint64_t row = 0; row < size; row++) {
            state[index[row]] = 0;
            for (uint64_t column = 0; column < size; column++) state[index[row]] += matrix[row * size + column] * before[column];
        }
    }
}

static void matrix_of(amplitude *out, const ketch_circuit *circuit, const kt_op *op) {
    double numbers[KT_MATRIX_ROOM];
    kt_op_matrix(numbers, circuit, op);
    size_t size = (size_t)1 << kt_op_target_count(op);
    for (size_t i = 0; i < size * size; i++) out[i] = numbers[2 * i] + I * numbers[2 * i + 1];
}

/* A gate with its operands at these places. */
static void apply_op(amplitude *state, uint32_t wires, const ketch_circuit *circuit, const kt_op *op, const uint8_t *places) {
    amplitude matrix[64 * 64];
    uint64_t controls = 0, values = 0;
    for (uint32_t k = 0; k < op->control_count; k++) {
        controls |= UINT64_C(1) << places[k];
        if (!(kt_op_operands(circuit, op)[k] & KT_NEGATED)) values |= UINT64_C(1) << places[k];
    }
    matrix_of(matrix, circuit, op);
    apply(state, wires, matrix, places + op->control_count, kt_op_target_count(op), controls, values);
}

static void project(amplitude *state, uint32_t wires, uint32_t wire) {
    for (uint64_t i = 0; i < UINT64_C(1) << wires; i++) {
        if (i >> wire & 1) state[i] = 0;
    }
}

/* ── The circuit, gate by gate; measurements and resets take outcome 0, without normalising; all classical bits stay 0 ── */

static void run_circuit(amplitude *state, const ketch_circuit *circuit) {
    memset(state, 0, sizeof *state << circuit->qubit_count);
    state[0] = 1;
    for (size_t i = 0; i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        const uint32_t *operands = kt_op_operands(circuit, op);
        if (op->code == KT_OP_JUMP_UNLESS && !kt_condition_holds(circuit, op, (const uint64_t[]){0})) i = op->data - 1;
        if (op->code == KT_OP_JUMP) i = op->data - 1;
        if (op->code == KT_OP_END) return;
        if (op->code == KT_OP_RESET) project(state, circuit->qubit_count, operands[0]);
        if (op->code != KT_OP_GATE) continue;
        uint8_t places[MOST_WIRES];
        for (uint32_t k = 0; k < op->operand_count; k++) places[k] = (uint8_t)(operands[k] & ~KT_NEGATED);
        apply_op(state, circuit->qubit_count, circuit, op, places);
    }
}

/* ── Actions ── */

typedef struct pauli {
    uint64_t x, z; /* X^x Z^z; the phase is told by carrying it out */
} pauli;

static void apply_pauli(amplitude *state, uint32_t wires, pauli frame, bool inverse) {
    amplitude x[] = {0, 1, 1, 0}, z[] = {1, 0, 0, -1};
    for (uint32_t k = 0; k < 2; k++) {
        bool flips = (k == 0) == inverse;
        for (uint8_t w = 0; w < wires; w++) {
            if ((flips ? frame.x : frame.z) >> w & 1) apply(state, wires, flips ? x : z, &w, 1, 0, 0);
        }
    }
}

/* The product of the action's sources on its bits. */
static void product_of(amplitude *out, const kt_plan *plan, const ketch_circuit *circuit, const kt_action *action) {
    size_t size = (size_t)1 << action->bit_count;
    amplitude columns[64 * 64] = {0}; /* column after column: states that the sources act on */
    for (size_t c = 0; c < size; c++) columns[c * size + c] = 1;
    for (uint32_t s = 0; s < action->source_count; s++) {
        const kt_action_source *source = &plan->sources[action->first_source + s];
        const kt_op *op = &circuit->ops[source->op];
        if (action->source_count == 1 && action->kind != KT_ACTION_PHASES) {
            amplitude matrix[64 * 64];
            matrix_of(matrix, circuit, op); /* of the targets alone */
            for (size_t row = 0; row < size; row++) {
                for (size_t c = 0; c < size; c++) columns[c * size + row] = matrix[row * size + c];
            }
        } else {
            for (size_t c = 0; c < size; c++) apply_op(columns + c * size, action->bit_count, circuit, op, source->operand);
        }
    }
    for (size_t row = 0; row < size; row++) {
        for (size_t c = 0; c < size; c++) out[row * size + c] = columns[c * size + row];
    }
}

/* e^(i d) diag(1, e^(ic)) Ry(b) diag(1, e^(ia)) */
static void euler_part(amplitude out[4], const amplitude m[4], kt_action_part part) {
    double c = cabs(m[0]), s = cabs(m[2]);
    amplitude before = 1, after = 1, all = 1; /* the phases */
    if (c > 1e-9) all = m[0] / c;
    if (s > 1e-9) after = m[2] / s / all;
    before = s > 1e-9 ? -m[1] / s / all : m[3] / c / all / after;
    if (c <= 1e-9) before = -m[1] / s / all;
    const amplitude parts[3][4] = {{1, 0, 0, before}, {c, -s, s, c}, {all, 0, 0, all * after}};
    memcpy(out, parts[part - KT_PART_BEFORE], sizeof *parts);
}

/* Turns e^(i g) R Z^k to e^(i g) R; gives k. */
static bool take_z(amplitude m[4], bool imaginary) {
    amplitude sign = imaginary ? 1 : -1;
    if (cabs(m[0] - m[3]) < 1e-9 && cabs(m[1] - sign * m[2]) < 1e-9) return false;
    m[1] = -m[1];
    m[3] = -m[3];
    assert_true(cabs(m[0] - m[3]) < 1e-9 && cabs(m[1] - sign * m[2]) < 1e-9);
    return true;
}

typedef struct laboratory {
    const kt_plan *plan;
    const ketch_circuit *circuit;
    amplitude *state;
    pauli *frames; /* by action: when its turn comes */
    uint8_t *done; /* by action */
} laboratory;

/* Matrix of an action that is carried out, the Z before it taken off. */
static void action_matrix(amplitude *out, const laboratory *lab, const kt_action *action) {
    product_of(out, lab->plan, lab->circuit, action);
    if (action->kind == KT_ACTION_ROTATION && action->part == KT_PART_WHOLE) take_z(out, action->imaginary);
    if (action->part >= KT_PART_BEFORE && action->part <= KT_PART_AFTER) {
        amplitude whole[4];
        memcpy(whole, out, sizeof whole);
        euler_part(out, whole, (kt_action_part)action->part);
    }
}

/* Binding: the frame at each action's turn; gives the frame at the end. Global phases are carried out at once. */
static pauli bind(laboratory *lab, const kt_segment *segment) {
    pauli frame = {0, 0};
    for (uint32_t a = segment->first_action; a < segment->first_action + segment->action_count; a++) {
        const kt_action *action = &lab->plan->actions[a];
        amplitude matrix[64 * 64];
        if (action->kind == KT_ACTION_PAULI) {
            product_of(matrix, lab->plan, lab->circuit, action);
            bool flips = cabs(matrix[0]) < 0.5, signs = cabs(matrix[flips] + matrix[flips ? 2 : 3]) < 1e-9;
            amplitude factor = matrix[flips ? 2 : 0]; /* X^x Z^z has a 1 here */
            uint64_t bit = UINT64_C(1) << action->bits[0];
            if (flips && __builtin_parityll(frame.z & 0)) factor = -factor;
            /* P X^x Z^z: P's Z moves past the frame's X */
            if (signs && (frame.x & bit)) factor = -factor;
            frame.x ^= flips ? bit : 0;
            frame.z ^= signs ? bit : 0;
            for (uint64_t i = 0; i < UINT64_C(1) << lab->plan->wires; i++) lab->state[i] *= factor;
        }
        if (action->kind == KT_ACTION_PHASES && !action->bit_count) {
            product_of(matrix, lab->plan, lab->circuit, action);
            for (uint64_t i = 0; i < UINT64_C(1) << lab->plan->wires; i++) lab->state[i] *= matrix[0];
        }
        if (action->kind == KT_ACTION_ROTATION && action->part == KT_PART_WHOLE) {
            product_of(matrix, lab->plan, lab->circuit, action);
            uint64_t bit = UINT64_C(1) << action->bits[0];
            if (take_z(matrix, action->imaginary)) {
                for (uint64_t i = 0; (frame.x & bit) && i < UINT64_C(1) << lab->plan->wires; i++) lab->state[i] *= -1;
                frame.z ^= bit;
            }
        }
        lab->frames[a] = frame;
    }
    return frame;
}

/* frame^-1 action frame */
static void carry_out(laboratory *lab, uint32_t a) {
    const kt_action *action = &lab->plan->actions[a];
    uint32_t wires = lab->plan->wires;
    amplitude matrix[64 * 64], x[] = {0, 1, 1, 0};
    assert_int_equal(lab->done[a]++, 0);
    apply_pauli(lab->state, wires, lab->frames[a], false);
    switch ((kt_action_kind)action->kind) {
    case KT_ACTION_CX:
        apply(lab->state, wires, x, action->bits + 1, 1, UINT64_C(1) << action->bits[0], UINT64_C(1) << action->bits[0]);
        break;
    case KT_ACTION_EXCHANGE: apply(lab->state, wires, x, action->bits, 1, action->controls, action->values); break;
    case KT_ACTION_PHASE: {
        const kt_op *op = &lab->circuit->ops[lab->plan->sources[action->first_source].op];
        matrix_of(matrix, lab->circuit, op);
        size_t size = (size_t)1 << kt_op_target_count(op);
        amplitude factor = action->part == KT_PART_ENTRY_0 ? matrix[0] : matrix[size * size - 1];
        apply(lab->state, wires, &factor, NULL, 0, action->controls, action->values);
        break;
    }
    default:
        action_matrix(matrix, lab, action);
        apply(lab->state, wires, matrix, action->bits, action->bit_count, action->controls, action->values);
    }
    apply_pauli(lab->state, wires, lab->frames[a], true);
}

/* ── What kernels and passes rely on ── */

static uint64_t places_of(const kt_stage *stage, uint64_t wires) {
    uint64_t places = 0;
    for (; wires; wires &= wires - 1) places |= UINT64_C(1) << stage->position[__builtin_ctzll(wires)];
    return places;
}

static void check_stage(const kt_plan *plan, const kt_stage *stage) {
    uint32_t tile = plan->tile_bits < plan->wires ? plan->tile_bits : plan->wires;
    uint64_t all = 0;
    for (uint32_t w = 0; w < plan->wires; w++) all |= UINT64_C(1) << stage->position[w];
    assert_int_equal(all, (UINT64_C(1) << plan->wires) - 1);
    assert_int_equal(__builtin_popcountll(stage->local), tile);
    assert_int_equal(stage->local & ~all, 0);
    uint64_t low = (UINT64_C(1) << stage->run_bits) - 1;
    assert_int_equal(stage->local & low, low);
    if (plan->without & KETCH_WITHOUT_STAGES) assert_true(stage->work_count <= 1);
}

/* Only wires that are local in the pass before change places. */
static void check_move(const kt_plan *plan, const kt_stage *from, const uint8_t *to) {
    for (uint32_t w = 0; w < plan->wires; w++) {
        if (from->local >> from->position[w] & 1)
            assert_true(from->local >> to[w] & 1);
        else
            assert_int_equal(to[w], from->position[w]);
    }
}

static void check_work(const kt_plan *plan, const kt_stage *stage, const kt_work *work) {
    static const uint8_t kinds[] = {KT_ACTION_ROTATION, KT_ACTION_PHASES, KT_ACTION_CX,
                                    KT_ACTION_EXCHANGE, KT_ACTION_PHASE,  KT_ACTION_DENSE};
    uint64_t used = 0;
    assert_true(work->count > 0);
    if (work->kind >= KT_WORK_EXCHANGE) assert_int_equal(work->count, 1);
    if (work->kind == KT_WORK_DIAGONAL && (plan->without & KETCH_WITHOUT_TABLES)) assert_int_equal(work->count, 1);
    if (work->kind == KT_WORK_LINEAR && (plan->without & KETCH_WITHOUT_LINEAR)) assert_int_equal(work->count, 1);
    for (uint32_t i = 0; i < work->count; i++) {
        const kt_action *action = &plan->actions[plan->order[work->first + i]];
        uint64_t moved = 0;
        assert_int_equal(action->kind, kinds[work->kind]);
        for (uint32_t b = action->kind == KT_ACTION_CX; b < action->bit_count; b++) moved |= UINT64_C(1) << action->bits[b];
        if (action->kind != KT_ACTION_PHASES) assert_int_equal(places_of(stage, moved) & ~stage->local, 0);
        if (action->kind == KT_ACTION_ROTATION) assert_int_equal(used & moved, 0);
        used |= moved;
    }
}

static void run_segment(laboratory *lab, const kt_segment *segment) {
    const kt_plan *plan = lab->plan;
    pauli frame = bind(lab, segment);
    uint8_t in_order[64];
    for (uint8_t w = 0; w < 64; w++) in_order[w] = w;
    uint64_t touched = 0;
    for (uint32_t i = 0; i < segment->start_count; i++) {
        uint32_t a = plan->order[segment->first_start + i];
        assert_true(segment->starts && segment->stage_count);
        assert_int_equal(plan->actions[a].bit_count, 1);
        assert_int_equal(plan->actions[a].controls, 0);
        carry_out(lab, a);
        touched |= UINT64_C(1) << plan->actions[a].bits[0];
    }
    for (uint32_t k = 0; k < segment->stage_count; k++) {
        const kt_stage *stage = &plan->stages[segment->first_stage + k];
        check_stage(plan, stage);
        if (!k && !segment->starts) assert_memory_equal(stage->position, in_order, plan->wires);
        check_move(plan, stage, k + 1 < segment->stage_count ? stage[1].position : in_order);
        for (uint32_t j = 0; j < stage->work_count; j++) {
            const kt_work *work = &plan->works[stage->first_work + j];
            check_work(plan, stage, work);
            for (uint32_t i = 0; i < work->count; i++) carry_out(lab, plan->order[work->first + i]);
        }
    }
    for (uint32_t a = segment->first_action; a < segment->first_action + segment->action_count; a++) {
        const kt_action *action = &plan->actions[a];
        bool bound_away = action->kind == KT_ACTION_PAULI || (action->kind == KT_ACTION_PHASES && !action->bit_count);
        assert_int_equal(lab->done[a], !bound_away);
        lab->done[a] = 0;
    }
    apply_pauli(lab->state, plan->wires, frame, false);
}

static void run_plan(laboratory *lab) {
    const kt_plan *plan = lab->plan;
    for (size_t i = 0; i < plan->step_count; i++) {
        const kt_step *step = &plan->steps[i];
        switch ((kt_step_code)step->code) {
        case KT_STEP_SEGMENT: run_segment(lab, &plan->segments[step->segment]); break;
        case KT_STEP_RESET: project(lab->state, plan->wires, step->targets[0]); break;
        case KT_STEP_JUMP_UNLESS:
            if (!kt_condition_holds(lab->circuit, &lab->circuit->ops[step->op], (const uint64_t[]){0})) i = (size_t)step->next - 1;
            break;
        case KT_STEP_JUMP: i = (size_t)step->next - 1; break;
        default: fail_msg("step %d", step->code);
        }
    }
}

/* Wires in use by qubit: the amplitude where each is what its qubit is; idle qubits are 0. */
static void compare(const laboratory *lab, const amplitude *expected) {
    const ketch_circuit *circuit = lab->circuit;
    for (uint64_t x = 0; x < UINT64_C(1) << circuit->qubit_count; x++) {
        uint64_t y = 0;
        bool idle = false;
        for (uint32_t q = 0; q < circuit->qubit_count; q++) {
            uint8_t wire = lab->plan->wire_of[q];
            if (wire == KT_IDLE)
                idle |= x >> q & 1;
            else
                y |= (x >> q & 1) << wire;
        }
        amplitude got = idle ? 0 : lab->state[y];
        if (cabs(got - expected[x]) > 1e-9)
            fail_msg("amplitude %llu is %g%+gi, not %g%+gi", (unsigned long long)x, creal(got), cimag(got), creal(expected[x]),
                     cimag(expected[x]));
    }
}

static kt_plan *plan_of(const ketch_circuit *circuit, unsigned outputs, unsigned without) {
    kt_plan *plan;
    lab_setup lab = lab_with(100, outputs, 1);
    lab.options.engine = KETCH_ENGINE_PLANNED;
    lab.options.tile_bits = KT_TILE_LEAST;
    lab.options.without = without;
    OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
    return plan;
}

static void expect_plan_right(const ketch_circuit *circuit, unsigned outputs, unsigned without) {
    static amplitude expected[1 << MOST_WIRES], state[1 << MOST_WIRES];
    kt_plan *plan = plan_of(circuit, outputs, without);
    laboratory lab = {.plan = plan, .circuit = circuit, .state = state};
    lab.frames = calloc(plan->action_count + 1, sizeof *lab.frames);
    lab.done = calloc(plan->action_count + 1, 1);
    assert_true(lab.frames && lab.done);
    memset(state, 0, sizeof state);
    state[0] = 1;
    run_circuit(expected, circuit);
    run_plan(&lab);
    compare(&lab, expected);
    if (outputs & KETCH_OUTPUT_STATE) {
        for (uint32_t q = 0; q < circuit->qubit_count; q++) assert_int_equal(plan->wire_of[q], q);
    }
    free(lab.frames);
    free(lab.done);
    kt_plan_free(plan);
}

/* ── Tests ── */

static unsigned random_parts(void) { return random_below(2) ? 0 : 1u << random_below(7); }
static unsigned random_outputs(void) { return random_below(2) ? KETCH_OUTPUT_STATE : 0; }

static void gates_of_all_kinds(void **unused) {
    (void)unused;
    uint32_t circuits = quick() ? 100 : 1500;
    for (uint32_t i = 0; i < circuits; i++) {
        uint32_t qubits = 1 + (uint32_t)random_below(MOST_WIRES);
        ketch_circuit *circuit = circuit_of(qubits, 0);
        random_gates(circuit, 1 + (uint32_t)random_below(40));
        expect_plan_right(circuit, random_outputs(), random_parts());
        ketch_circuit_free(&circuit);
    }
}

/* Few kinds of gates on few wires meet and merge, cancel and overtake far more often. */
static void gates_of_few_kinds(void **unused) {
    (void)unused;
    static const char *const names[] = {"h", "x",  "y",  "z",  "s",    "t",  "sx",  "rx",  "ry",    "rz",
                                        "u", "cx", "cx", "cz", "swap", "cp", "rzz", "ccx", "cswap", "ch"};
    uint32_t circuits = quick() ? 100 : 3000;
    for (uint32_t i = 0; i < circuits; i++) {
        uint32_t qubits = 3 + (uint32_t)random_below(MOST_WIRES - 2), kinds = 1 + (uint32_t)random_below(6), used[6];
        ketch_circuit *circuit = circuit_of(qubits, 0);
        for (uint32_t k = 0; k < kinds; k++) used[k] = (uint32_t)random_below(LENGTH(names));
        for (uint32_t k = (uint32_t)random_below(150); k-- > 0;) {
            uint32_t operands[3], near = (uint32_t)random_below(qubits);
            random_operands(operands, 3, qubits);
            if (random_below(2)) operands[0] = near, operands[1] = (near + 1) % qubits, operands[2] = (near + 2) % qubits;
            gate(circuit, names[used[random_below(kinds)]], (double[]){3 * random_number(), 3 * random_number(), 3 * random_number()},
                 operands[0], operands[1], operands[2]);
        }
        expect_plan_right(circuit, random_outputs(), random_parts());
        ketch_circuit_free(&circuit);
    }
}

/* Segments end at resets and conditions; swaps inside conditions cannot be names alone. */
static void conditions_and_resets(void **unused) {
    (void)unused;
    uint32_t circuits = quick() ? 50 : 500;
    for (uint32_t i = 0; i < circuits; i++) {
        uint32_t qubits = 3 + (uint32_t)random_below(MOST_WIRES - 2), open = 0;
        ketch_circuit *circuit = circuit_of(qubits, 1);
        for (uint32_t k = 0; k < 30; k++) {
            uint32_t wire = (uint32_t)random_below(qubits);
            switch (random_below(8)) {
            case 0:
                OK(ketch_circuit_begin_if(circuit, 1, (const uint32_t[]){0}, random_below(2), diag));
                open++;
                break;
            case 1:
                if (open) OK(ketch_circuit_end_if(circuit, diag)), open--;
                break;
            case 2: OK(ketch_circuit_reset(circuit, 1, &wire, diag)); break;
            case 3: GATE(circuit, "swap", wire, (wire + 1) % qubits); break;
            default: random_gates(circuit, 1 + (uint32_t)random_below(3));
            }
        }
        while (open--) OK(ketch_circuit_end_if(circuit, diag));
        expect_plan_right(circuit, random_outputs(), random_parts());
        ketch_circuit_free(&circuit);
    }
}

/* The same gates with other angles: the same plan. */
static void angles_do_not_matter(void **unused) {
    (void)unused;
    const double angles[] = {0.3, 0, M_PI, 2 * M_PI};
    for (uint32_t i = 0; i < 50; i++) {
        kt_plan *first = NULL;
        ketch_circuit *circuits[LENGTH(angles)];
        for (size_t a = 0; a < LENGTH(angles); a++) circuits[a] = circuit_of(9, 0);
        for (uint32_t k = 0; k < 60; k++) {
            uint32_t gate_id = (uint32_t)random_below(KT_GATE_COUNT), operands[8];
            random_operands(operands, 8, 9);
            for (size_t a = 0; a < LENGTH(angles); a++)
                OK(kt_circuit_add_gate(circuits[a], (kt_gate_id)gate_id, kt_gates[gate_id].control_count, operands,
                                       (const double[]){angles[a], angles[a], angles[a], angles[a]}, 0, diag));
        }
        for (size_t a = 0; a < LENGTH(angles); a++) {
            kt_plan *plan = plan_of(circuits[a], 0, 0);
            if (!first) first = plan;
            assert_int_equal(plan->action_count, first->action_count);
            assert_int_equal(plan->order_count, first->order_count);
            assert_int_equal(plan->work_count, first->work_count);
            assert_int_equal(plan->stage_count, first->stage_count);
            assert_memory_equal(plan->actions, first->actions, plan->action_count * sizeof *plan->actions);
            assert_memory_equal(plan->order, first->order, plan->order_count * sizeof *plan->order);
            assert_memory_equal(plan->stages, first->stages, plan->stage_count * sizeof *plan->stages);
            if (plan != first) kt_plan_free(plan);
            ketch_circuit_free(&circuits[a]);
        }
        kt_plan_free(first);
    }
}

/* Processor seconds that planning takes: rotations, phases and CX on some wires, and at last something on the others. */
static double seconds_to_plan(uint32_t busy_qubits, uint32_t qubits, unsigned without) {
    ketch_circuit *circuit = circuit_of(qubits, 0);
    for (uint32_t k = 0; k < 40000; k++) {
        uint32_t operands[2];
        random_operands(operands, 2, busy_qubits);
        gate(circuit, (const char *const[]){"u", "cx", "cp"}[random_below(3)], (double[]){0.3, 0.4, 0.5}, operands[0], operands[1], 0);
    }
    for (uint32_t q = 0; q < qubits; q++) GATE(circuit, "cx", q, (q + 1) % qubits);
    lab_setup lab = lab_with(100, 0, 1);
    lab.options.engine = KETCH_ENGINE_PLANNED;
    lab.options.without = without;
    kt_plan *plan;
    clock_t before = clock();
    OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
    double seconds = (double)(clock() - before) / CLOCKS_PER_SEC;
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
    return seconds;
}

/* A wire on which something is open to the end keeps no search going to the end. */
static void planning_is_linear(void **unused) {
    (void)unused;
    for (uint32_t qubits = 15; qubits <= 20; qubits += 5) {
        for (unsigned without = 0; without <= KETCH_WITHOUT_TABLES; without += KETCH_WITHOUT_TABLES) {
            double all_busy = seconds_to_plan(qubits, qubits, without), one_idle = seconds_to_plan(qubits - 1, qubits, without);
            if (one_idle > 10 * all_busy + 0.2) fail_msg("%u qubits: %g s instead of %g", qubits, one_idle, all_busy);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gates_of_all_kinds),   cmocka_unit_test(gates_of_few_kinds), cmocka_unit_test(conditions_and_resets),
        cmocka_unit_test(angles_do_not_matter), cmocka_unit_test(planning_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
