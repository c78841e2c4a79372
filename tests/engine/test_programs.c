/* SPDX-License-Identifier: Apache-2.0
 *
 * Random programs against the definition: all ways that shots can take are followed one by one, operation by operation as they stand in the
 * circuit, gates as whole matrices, and their probabilities added up by outcome. The machine has its own tests; what is tried here is what
 * a plan makes of a program (order, segments, final measurements, tails, counters) and how the engine walks it.
 */
#include "lab.h"
#include "oracle.h"

#include <math.h>

enum { QUBITS = 3, BITS = 6, CELLS = 10, SIZE = 1 << QUBITS, PARAMS = 400 };
/* Cells: what the program counts with, its scratch, a float and its step, qubits, then counters of loops. */
enum { COUNT, SCRATCH, ANGLE, STEP, QUBIT, OTHER, TURN, LAST, ONE, FREE };

/* ── A program ── */

static void add(ketch_circuit *circuit, kt_op op) {
    assert_true(kt_reserve(&circuit->ops, &circuit->ops_capacity, circuit->ops_count + 1, sizeof *circuit->ops));
    circuit->ops[circuit->ops_count++] = op;
}

static void set_cell(ketch_circuit *circuit, uint32_t cell, uint64_t value) {
    assert_true(kt_reserve(&circuit->words, &circuit->words_capacity, circuit->words_count + 1, sizeof *circuit->words));
    circuit->words[circuit->words_count++] = value;
    add(circuit, (kt_op){.code = KT_DO_SET, .width = 64, .destination = cell, .left = (uint32_t)circuit->words_count - 1});
}

static uint32_t any_qubit(void) { return (uint32_t)random_below(QUBITS); }
static uint32_t any_bit(void) { return (uint32_t)random_below(BITS); }

static void add_gate(ketch_circuit *circuit) {
    uint32_t pair[2];
    random_operands(pair, 2, QUBITS);
    if (random_below(3) == 0)
        gate(circuit, "swap", NULL, pair[0], pair[1], 0);
    else if (random_below(2))
        gate(circuit, "cx", NULL, pair[0], pair[1], 0);
    else
        gate(circuit, "ry", &(double){1 + random_number()}, pair[0], 0, 0);
}

/* A new slot for an angle that the program sets. */
static uint32_t add_angle(ketch_circuit *circuit) {
    assert_true(kt_reserve(&circuit->params, &circuit->params_capacity, circuit->params_count + 1, sizeof *circuit->params));
    circuit->params[circuit->params_count] = 0;
    add(circuit, (kt_op){.code = KT_DO_SET_PARAM, .left = ANGLE, .data = (uint32_t)circuit->params_count});
    add(circuit, (kt_op){.code = KT_DO_ADD_F, .width = 64, .destination = ANGLE, .left = ANGLE, .right = STEP});
    return (uint32_t)circuit->params_count++;
}

static void add_turned(ketch_circuit *circuit) {
    uint32_t param = add_angle(circuit), qubit = any_qubit();
    OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_GATE, .gate = KT_GATE_RY, .data = param}, &qubit, 1, diag));
}

static void count_bits(ketch_circuit *circuit) {
    uint32_t first = any_bit(), count = 1 + (uint32_t)random_below(BITS - first);
    add(circuit, (kt_op){.code = KT_DO_LOAD_BITS, .destination = SCRATCH, .left = first, .right = count});
    add(circuit, (kt_op){.code = KT_DO_ADD_U, .width = 3, .destination = COUNT, .left = COUNT, .right = SCRATCH});
}

static void store_count(ketch_circuit *circuit) {
    uint32_t first = any_bit(), count = 1 + (uint32_t)random_below(BITS - first < 3 ? BITS - first : 3);
    add(circuit, (kt_op){.code = KT_DO_STORE_BITS, .destination = first, .left = COUNT, .right = count});
}

/* QUBIT = a qubit by the count, OTHER = the next one. */
static void choose_qubits(ketch_circuit *circuit) {
    set_cell(circuit, SCRATCH, QUBITS);
    add(circuit, (kt_op){.code = KT_DO_MODULO_U, .width = 64, .destination = QUBIT, .left = COUNT, .right = SCRATCH});
    add(circuit, (kt_op){.code = KT_DO_ADD_U, .width = 64, .destination = OTHER, .left = QUBIT, .right = ONE});
    add(circuit, (kt_op){.code = KT_DO_MODULO_U, .width = 64, .destination = OTHER, .left = OTHER, .right = SCRATCH});
}

static void add_chosen(ketch_circuit *circuit) {
    choose_qubits(circuit);
    uint32_t kind = (uint32_t)random_below(4);
    const uint32_t both[] = {QUBIT, OTHER}, result[] = {QUBIT, COUNT};
    if (kind == 0)
        OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_GATE_AT, .gate = KT_GATE_CX, .control_count = 1}, both, 2, diag));
    else if (kind == 1)
        OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_GATE_AT, .gate = KT_GATE_RY, .data = add_angle(circuit)}, both, 1, diag));
    else if (kind == 2)
        OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_MEASURE_AT}, result, 2, diag));
    else
        OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_RESET_AT}, both, 1, diag));
}

/* What may be in a block; the number of measurements is bounded so that ways can be counted. */
typedef struct recipe {
    int statements, measurements;
    bool chosen, loops, ends;
} recipe;

static void add_statements(ketch_circuit *circuit, recipe *left, int depth, int most);

static void add_if(ketch_circuit *circuit, recipe *left, int depth) {
    size_t jump = circuit->ops_count;
    bool by_bit = random_below(2);
    if (by_bit) {
        kt_condition condition = {.code = KT_CONDITION_BIT, .first = any_bit()};
        uint32_t index;
        OK(kt_circuit_add_condition(&index, circuit, condition, diag));
        add(circuit, (kt_op){.code = KT_OP_JUMP_UNLESS, .operands = index, .operand_count = 1});
    } else {
        add(circuit, (kt_op){.code = random_below(2) ? KT_DO_JUMP_IF : KT_DO_JUMP_IF_NOT, .left = COUNT});
    }
    add_statements(circuit, left, depth + 1, 3);
    if (left->ends && random_below(4) == 0) add(circuit, (kt_op){.code = KT_OP_END, .conditional = 1});
    if (random_below(2)) { /* else */
        size_t over = circuit->ops_count;
        add(circuit, (kt_op){.code = KT_OP_JUMP});
        circuit->ops[jump].data = (uint32_t)circuit->ops_count;
        add_statements(circuit, left, depth + 1, 3);
        circuit->ops[over].data = (uint32_t)circuit->ops_count;
    } else {
        circuit->ops[jump].data = (uint32_t)circuit->ops_count;
    }
}

static void add_loop(ketch_circuit *circuit, recipe *left, int depth) {
    int before = left->measurements;
    set_cell(circuit, TURN, 0);
    set_cell(circuit, LAST, random_below(3));
    uint32_t body = (uint32_t)circuit->ops_count;
    recipe inside = *left;
    inside.loops = inside.ends = false;
    inside.measurements /= 3;
    add_statements(circuit, &inside, depth + 1, 3);
    left->measurements = before - 3 * (before / 3 - inside.measurements);
    add(circuit, (kt_op){.code = KT_DO_LOOP, .destination = ONE, .left = TURN, .right = LAST, .data = body});
}

static void add_statements(ketch_circuit *circuit, recipe *left, int depth, int most) {
    for (int i = 0; i < most && left->statements > 0; i++) {
        left->statements--;
        uint64_t kind = random_below(12);
        if (kind < 3)
            add_gate(circuit);
        else if (kind == 3)
            add_turned(circuit);
        else if (kind == 4)
            count_bits(circuit);
        else if (kind == 5)
            store_count(circuit);
        else if (kind < 8 && left->measurements > 0)
            left->measurements--, measure(circuit, any_qubit(), any_bit());
        else if (kind == 8 && left->measurements > 0)
            left->measurements--, OK(ketch_circuit_reset(circuit, 1, &(uint32_t){any_qubit()}, diag));
        else if (kind == 9 && left->chosen && left->measurements > 0)
            left->measurements--, add_chosen(circuit);
        else if (kind == 10 && depth < 3)
            add_if(circuit, left, depth);
        else if (kind == 11 && left->loops && depth < 2)
            add_loop(circuit, left, depth);
    }
}

static ketch_circuit *random_program(void) {
    ketch_circuit *circuit = circuit_of(QUBITS, BITS);
    circuit->cell_count = CELLS;
    circuit->dynamic = true;
    recipe all = {.statements = 8 + (int)random_below(16),
                  .measurements = 7,
                  .chosen = random_below(2),
                  .loops = random_below(3),
                  .ends = !random_below(4)};
    set_cell(circuit, STEP, kt_double_cell(0.4));
    set_cell(circuit, ONE, 1);
    add_gate(circuit);
    add_gate(circuit);
    add_statements(circuit, &all, 0, all.statements);
    measure(circuit, any_qubit(), any_bit());
    for (uint32_t q = 0; q < QUBITS; q++) { /* final ones, and what is made of them */
        if (random_below(4)) measure(circuit, q, any_bit());
        if (random_below(3) == 0) count_bits(circuit);
        if (random_below(3) == 0) store_count(circuit);
    }
    return circuit;
}

/* ── All its ways ── */

typedef struct kt_way {
    double state[2 * SIZE], params[PARAMS], probability;
    uint64_t cells[CELLS], bits;
    uint32_t at;
} kt_way;

static void apply(ketch_circuit *circuit, kt_way *way, const kt_op *op) {
    double matrix[2 * SIZE * SIZE], *params = circuit->params;
    uint32_t chosen[2], *operands = circuit->operands;
    kt_op one = *op;
    circuit->params = way->params;
    if (op->code == KT_OP_GATE_AT) {
        for (uint32_t k = 0; k < op->operand_count; k++) chosen[k] = (uint32_t)way->cells[operands[op->operands + k]];
        circuit->operands = chosen;
        one.operands = 0;
        one.code = KT_OP_GATE;
    }
    oracle_matrix(matrix, circuit, &one, QUBITS);
    oracle_multiply(way->state, matrix, QUBITS);
    circuit->params = params;
    circuit->operands = operands;
}

static void follow(ketch_circuit *circuit, kt_way way, double *sums);

static void part(ketch_circuit *circuit, const kt_way *before, const kt_op *op, double *sums) {
    const uint32_t *operands = circuit->operands + op->operands;
    bool chosen = op->code == KT_OP_MEASURE_AT || op->code == KT_OP_RESET_AT, reset = op->code == KT_OP_RESET || op->code == KT_OP_RESET_AT;
    uint32_t qubit = chosen ? (uint32_t)before->cells[operands[0]] : operands[0];
    for (uint32_t outcome = 0; outcome < 2; outcome++) {
        kt_way way = *before;
        double p = 0;
        memset(way.state, 0, sizeof way.state);
        for (uint32_t i = 0; i < SIZE; i++) {
            if ((i >> qubit & 1) != outcome) continue;
            p += before->state[2 * i] * before->state[2 * i] + before->state[2 * i + 1] * before->state[2 * i + 1];
            uint32_t to = reset ? i & ~(1u << qubit) : i;
            memcpy(&way.state[2 * to], &before->state[2 * i], 2 * sizeof *way.state);
        }
        if (p < 1e-12) continue;
        for (uint32_t i = 0; i < 2 * SIZE; i++) way.state[i] /= sqrt(p);
        way.probability *= p;
        if (op->code == KT_OP_MEASURE) way.bits = (way.bits & ~(UINT64_C(1) << operands[1])) | (uint64_t)outcome << operands[1];
        if (op->code == KT_OP_MEASURE_AT) way.cells[operands[1]] = outcome;
        follow(circuit, way, sums);
    }
}

static void follow(ketch_circuit *circuit, kt_way way, double *sums) {
    for (;; way.at++) {
        kt_machine machine = {.circuit = circuit,
                              .program = circuit->ops,
                              .params = way.params,
                              .memory = {&way.bits, way.cells},
                              .at = way.at,
                              .operations_left = 100000,
                              .diag = diag};
        ketch_status status;
        kt_pause pause = kt_machine_run(&machine, &status);
        assert_int_equal(status, KETCH_OK);
        way.at = machine.at;
        if (pause == KT_PAUSE_END) break;
        const kt_op *op = &circuit->ops[way.at];
        if (op->code != KT_OP_GATE && op->code != KT_OP_GATE_AT) {
            way.at++;
            part(circuit, &way, op, sums);
            return;
        }
        apply(circuit, &way, op);
    }
    sums[way.bits] += way.probability;
}

static void expect_as_defined(ketch_circuit *circuit, uint32_t threads, unsigned without) {
    enum { SHOTS = 3000 };
    static double sums[1 << BITS];
    uint64_t observed[1 << BITS] = {0};
    lab_setup lab = lab_with(SHOTS, KETCH_OUTPUT_SHOTS, threads);
    lab.options.without = without;
    ketch_result *result = lab_run(&lab, circuit); /* as it is, before an end is added */
    for (uint64_t shot = 0; shot < SHOTS; shot++) observed[result->shots[shot]]++;
    kt_result_free(result);

    memset(sums, 0, sizeof sums);
    kt_way way = {.state = {1}, .probability = 1};
    assert_true(circuit->params_count <= PARAMS);
    memcpy(way.params, circuit->params, circuit->params_count * sizeof *way.params);
    add(circuit, (kt_op){.code = KT_OP_END});
    follow(circuit, way, sums);
    circuit->ops_count--;
    expect_distribution(observed, sums, 1 << BITS);
}

static void random_programs(void **unused) {
    (void)unused;
    for (int i = 0; i < (quick() ? 60 : 400); i++) {
        ketch_circuit *circuit = random_program();
        expect_as_defined(circuit, 1 + i % 2, i % 3 ? 0 : KETCH_WITHOUT_MEETING);
        ketch_circuit_free(&circuit);
    }
}

/* A draw is kept in a cell alone: branches that differ in nothing else stay apart where it is read later, as either operand. */
static void cells_that_are_read_keep_branches_apart(void **unused) {
    (void)unused;
    for (uint32_t right = 0; right < 2; right++) {
        ketch_circuit *circuit = circuit_of(QUBITS, BITS);
        circuit->cell_count = CELLS;
        circuit->dynamic = true;
        gate(circuit, "ry", &(double){1.1}, 0, 0, 0);
        measure(circuit, 0, 0);
        add(circuit, (kt_op){.code = KT_DO_LOAD_BITS, .destination = SCRATCH, .left = 0, .right = 1});
        OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_SET_BIT}, &(uint32_t){0}, 1, diag));
        OK(ketch_circuit_reset(circuit, 1, &(uint32_t){0}, diag));
        for (uint32_t bit = 1; bit < 3; bit++) {
            gate(circuit, "ry", &(double){0.7}, 0, 0, 0);
            measure(circuit, 0, bit);
        }
        add(circuit,
            (kt_op){.code = KT_DO_ADD_U, .width = 2, .destination = COUNT, .left = right ? ONE : SCRATCH, .right = right ? SCRATCH : ONE});
        gate(circuit, "ry", &(double){0.7}, 0, 0, 0);
        measure(circuit, 0, 3);
        add(circuit, (kt_op){.code = KT_DO_STORE_BITS, .destination = 4, .left = COUNT, .right = 2});
        expect_as_defined(circuit, 1, 0);
        ketch_circuit_free(&circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_programs), cmocka_unit_test(cells_that_are_read_keep_branches_apart)};
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
