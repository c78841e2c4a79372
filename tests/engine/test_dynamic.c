/* SPDX-License-Identifier: Apache-2.0
 *
 * Programs that compute while they run: loops until something is measured, against the draws that decide them; qubits and angles chosen by
 * the program; what follows the final measurements; limits; branches that meet, against the same shots without.
 */
#include "engine/run.h"
#include "lab.h"

#include <math.h>

/* A program of `cells` cells; instructions and gates are added to it. */
static ketch_circuit *program_of(uint32_t qubits, uint32_t bits, uint32_t cells) {
    ketch_circuit *circuit = circuit_of(qubits, bits);
    circuit->cell_count = cells;
    circuit->dynamic = true;
    return circuit;
}

/* An instruction: its cells stand in the operation itself. */
static void add(ketch_circuit *circuit, kt_op op) {
    assert_true(kt_reserve(&circuit->ops, &circuit->ops_capacity, circuit->ops_count + 1, sizeof *circuit->ops));
    circuit->ops[circuit->ops_count++] = op;
}

/* An operation with operands in the pool. */
static void add_with(ketch_circuit *circuit, kt_op op, const uint32_t *operands, uint32_t count) {
    OK(kt_circuit_add_op(circuit, op, operands, count, diag));
}

static uint32_t label(ketch_circuit *circuit) {
    add(circuit, (kt_op){.code = KT_DO_LABEL});
    return (uint32_t)circuit->ops_count - 1;
}

static void set_cell(ketch_circuit *circuit, uint32_t cell, uint64_t value) {
    assert_true(kt_reserve(&circuit->words, &circuit->words_capacity, circuit->words_count + 1, sizeof *circuit->words));
    circuit->words[circuit->words_count++] = value;
    add(circuit, (kt_op){.code = KT_DO_SET, .width = 64, .destination = cell, .left = (uint32_t)circuit->words_count - 1});
}

static void increment(ketch_circuit *circuit, uint32_t cell) {
    add(circuit, (kt_op){.code = KT_DO_ADD_CONSTANT_U, .width = 64, .destination = cell, .left = cell, .right = 1});
}

static void store_bits(ketch_circuit *circuit, uint32_t first, uint32_t count, uint32_t cell) {
    add(circuit, (kt_op){.code = KT_DO_STORE_BITS, .destination = first, .left = cell, .right = count});
}

static void load_bits(ketch_circuit *circuit, uint32_t cell, uint32_t first, uint32_t count) {
    add(circuit, (kt_op){.code = KT_DO_LOAD_BITS, .destination = cell, .left = first, .right = count});
}

static void jump_if(ketch_circuit *circuit, kt_instruction code, uint32_t cell, uint32_t to) {
    add(circuit, (kt_op){.code = (uint8_t)code, .left = cell, .data = to});
}

static void expect_same_shots(const ketch_circuit *circuit, uint64_t shots) {
    static const struct {
        uint32_t threads;
        uint64_t copies;
        unsigned without;
    } ways[] = {{1, UINT64_MAX, 0}, {2, UINT64_MAX, 0}, {3, UINT64_MAX, KETCH_WITHOUT_MEETING}, {1, 0, 0}, {1, 20, 0}, {1, 2, 0}};
    ketch_result *first = NULL;
    for (size_t w = 0; w < LENGTH(ways); w++) {
        lab_setup lab = lab_with(shots, KETCH_OUTPUT_SHOTS, ways[w].threads);
        lab.grain = 0;
        lab.copies = ways[w].copies;
        lab.options.without = ways[w].without;
        ketch_result *result = lab_run(&lab, circuit);
        if (first)
            expect_same_result(first, result);
        else
            first = result;
        if (first != result) kt_result_free(result);
    }
    kt_result_free(first);
}

/* ── Loops ── */

/* do { h; measure; n++ } while (0): each shot stops at its first draw below one half; n is the result. */
static ketch_circuit *first_success(void) {
    ketch_circuit *circuit = program_of(1, 9, 2);
    uint32_t loop = label(circuit);
    GATE(circuit, "h", 0);
    measure(circuit, 0, 8);
    increment(circuit, 0);
    load_bits(circuit, 1, 8, 1);
    jump_if(circuit, KT_DO_JUMP_IF_NOT, 1, loop);
    store_bits(circuit, 0, 8, 0);
    return circuit;
}

static void loops_end_with_a_draw(void **unused) {
    (void)unused;
    enum { SHOTS = 3000 };
    ketch_circuit *circuit = first_success();
    lab_setup lab = lab_with(SHOTS, KETCH_OUTPUT_SHOTS, 2);
    ketch_result *result = lab_run(&lab, circuit);
    for (uint64_t shot = 0; shot < SHOTS; shot++) {
        uint64_t n = 0;
        while (kt_draw_uniform(&(kt_draw){.seed = 1, .shot = shot, .measurement = 0, .execution = n}) >= 0.5) n++;
        assert_int_equal(result->shots[shot] & 0xff, n + 1);
    }
    kt_result_free(result);
    expect_same_shots(circuit, 500);
    ketch_circuit_free(&circuit);
}

/* ── Angles and qubits of the program's own ── */

/* For n = 0, 1, 2, 3: ry(n pi) on qubit n. The circuit's own parameter stays what it was. */
static ketch_circuit *turn_each(uint32_t *param) {
    ketch_circuit *circuit = program_of(4, 4, 4);
    uint32_t cell = 0;
    set_cell(circuit, 1, kt_double_cell(0));
    set_cell(circuit, 2, kt_double_cell(M_PI));
    set_cell(circuit, 3, 4);
    uint32_t loop = label(circuit);
    kt_op turn = {.code = KT_OP_GATE_AT, .gate = KT_GATE_RY, .data = (uint32_t)circuit->params_count};
    *param = turn.data;
    assert_true(kt_reserve(&circuit->params, &circuit->params_capacity, circuit->params_count + 1, sizeof *circuit->params));
    circuit->params[circuit->params_count++] = 0.25;
    add(circuit, (kt_op){.code = KT_DO_SET_PARAM, .left = 1, .data = *param});
    add_with(circuit, turn, &cell, 1);
    add(circuit, (kt_op){.code = KT_DO_ADD_F, .width = 64, .destination = 1, .left = 1, .right = 2});
    increment(circuit, 0);
    add(circuit, (kt_op){.code = KT_DO_LESS_U, .destination = 3, .left = 0, .right = 3});
    jump_if(circuit, KT_DO_JUMP_IF_NOT, 3, (uint32_t)circuit->ops_count + 3);
    set_cell(circuit, 3, 4);
    jump_if(circuit, KT_DO_JUMP_IF, 3, loop);
    label(circuit);
    measure_all(circuit);
    return circuit;
}

static void gates_by_cells(void **unused) {
    (void)unused;
    uint32_t param;
    ketch_circuit *circuit = turn_each(&param);
    lab_setup lab = lab_with(100, 0, 1);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(count_of(result, "1010"), 100);
    assert_true(circuit->params[param] == 0.25);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* A controlled gate on qubits in cells; the same qubit twice is refused. */
static void gates_at_different_qubits(void **unused) {
    (void)unused;
    for (uint64_t target = 1; target < 3; target++) {
        ketch_circuit *circuit = program_of(3, 3, 2);
        set_cell(circuit, 0, 1);
        set_cell(circuit, 1, target);
        GATE(circuit, "x", 1);
        add_with(circuit, (kt_op){.code = KT_OP_GATE_AT, .gate = KT_GATE_CX, .control_count = 1, .line = 7}, (const uint32_t[]){0, 1}, 2);
        measure_all(circuit);
        lab_setup lab = lab_with(10, 0, 1);
        ketch_result *result;
        if (target == 1) {
            FAILS(QUBIT_TWICE, lab_try(&result, &lab, circuit));
        } else {
            result = lab_run(&lab, circuit);
            assert_int_equal(count_of(result, "110"), 10);
            kt_result_free(result);
        }
        ketch_circuit_free(&circuit);
    }
}

/* Measured and reset by cells: a coin, its copy, and 0 behind the reset. */
static void measured_by_cells(void **unused) {
    (void)unused;
    ketch_circuit *circuit = program_of(2, 3, 3);
    set_cell(circuit, 0, 1);
    GATE(circuit, "h", 1);
    add_with(circuit, (kt_op){.code = KT_OP_MEASURE_AT}, (const uint32_t[]){0, 1}, 2);
    add_with(circuit, (kt_op){.code = KT_OP_MEASURE_AT}, (const uint32_t[]){0, 2}, 2);
    store_bits(circuit, 0, 1, 1);
    store_bits(circuit, 1, 1, 2);
    add_with(circuit, (kt_op){.code = KT_OP_RESET_AT}, (const uint32_t[]){0}, 1);
    measure(circuit, 1, 2);
    lab_setup lab = lab_with(2000, 0, 1);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(result->outcome_count, 2);
    assert_int_equal(count_of(result, "000") + count_of(result, "011"), 2000);
    assert_true(count_of(result, "000") > 850 && count_of(result, "000") < 1150);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* ── After the final measurements ── */

/* n = the number of ones measured, of 6 qubits turned by ry; distributed as the sum of coins. */
static void computed_from_final_bits(void **unused) {
    (void)unused;
    enum { COINS = 6 };
    ketch_circuit *circuit = program_of(COINS, COINS + 3, 2);
    double p[COINS + 1] = {1};
    for (uint32_t q = 0; q < COINS; q++) {
        double one = 0.1 + 0.12 * q;
        gate(circuit, "ry", &(double){2 * asin(sqrt(one))}, q, 0, 0);
        for (uint32_t n = q + 1; n > 0; n--) p[n] = p[n] * (1 - one) + p[n - 1] * one;
        p[0] *= 1 - one;
        measure(circuit, q, 3 + q);
    }
    load_bits(circuit, 0, 3, COINS);
    add(circuit, (kt_op){.code = KT_DO_COUNT_BITS, .width = COINS, .destination = 1, .left = 0});
    store_bits(circuit, 0, 3, 1);
    lab_setup lab = lab_with(20000, KETCH_OUTPUT_SHOTS, 2);
    ketch_result *result = lab_run(&lab, circuit);
    uint64_t observed[COINS + 1] = {0};
    for (size_t shot = 0; shot < 20000; shot++) {
        uint64_t row = result->shots[shot], ones = (uint64_t)__builtin_popcountll(row >> 3);
        assert_int_equal(row & 7, ones);
        observed[ones]++;
    }
    expect_distribution(observed, p, COINS + 1);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* Nothing is measured, or nothing sampled; a division by zero behind the last gate is found all the same. */
static void fails_behind_the_last_gate(void **unused) {
    (void)unused;
    for (unsigned without = 0; without < 2; without++) {
        ketch_circuit *circuit = program_of(1, 1, 1);
        ketch_result *result;
        GATE(circuit, "h", 0);
        if (without) store_bits(circuit, 0, 1, 0);
        add(circuit, (kt_op){.code = KT_DO_DIVIDE_S, .width = 8});
        lab_setup lab = lab_with(10, without ? KETCH_OUTPUT_NO_SHOTS : 0, 1);
        FAILS(RUN_ARITHMETIC, lab_try(&result, &lab, circuit));
        ketch_circuit_free(&circuit);
    }
}

/* Where nothing is sampled, what follows from the outcomes of final measurements is not looked at: 1 / 0 would come of none. */
static void no_outcomes_to_compute_with(void **unused) {
    (void)unused;
    ketch_circuit *circuit = program_of(1, 1, 2);
    GATE(circuit, "x", 0);
    measure(circuit, 0, 0);
    load_bits(circuit, 0, 0, 1);
    add(circuit, (kt_op){.code = KT_DO_DIVIDE_S, .width = 8, .destination = 1, .left = 0, .right = 0});
    for (unsigned outputs = 0; outputs < 2; outputs++) {
        lab_setup lab = lab_with(10, outputs ? KETCH_OUTPUT_NO_SHOTS : 0, 1);
        kt_result_free(lab_run(&lab, circuit));
    }
    ketch_circuit_free(&circuit);
}

/* A qubit that nothing acts on, and then another, are measured into one bit at the end: the last one counts. */
static void last_final_measurement_counts(void **unused) {
    (void)unused;
    for (uint32_t last = 0; last < 2; last++) {
        ketch_circuit *circuit = program_of(2, 1, 1);
        GATE(circuit, "x", 1);
        measure(circuit, !last, 0);
        measure(circuit, last, 0);
        increment(circuit, 0);
        lab_setup lab = lab_with(10, 0, 1);
        ketch_result *result = lab_run(&lab, circuit);
        assert_int_equal(count_of(result, last ? "1" : "0"), 10);
        kt_result_free(result);
        ketch_circuit_free(&circuit);
    }
}

/* do { h...; measure 0; h... } while (1): the last step of the plan is not what follows last, so it makes no sums
 * for sampling, for which there is no room. */
static void sums_only_where_they_are_used(void **unused) {
    (void)unused;
    enum { QUBITS = 16 };
    ketch_circuit *circuit = program_of(QUBITS, 1, 1);
    uint32_t loop = label(circuit);
    for (uint32_t q = 0; q < QUBITS; q++) GATE(circuit, "h", q);
    measure(circuit, 0, 0);
    for (uint32_t q = 1; q < QUBITS; q++) GATE(circuit, "h", q);
    load_bits(circuit, 0, 0, 1);
    jump_if(circuit, KT_DO_JUMP_IF, 0, loop);
    lab_setup lab = lab_with(20, 0, 1);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(count_of(result, "0"), 20);
    kt_result_free(result);
    ketch_circuit_free(&circuit);
}

/* ── Limits ── */

static void expect_quickly(double began) {
    if (!getenv("KETCH_TEST_SLOW")) assert_true(kt_seconds() - began < 20); /* 2 where nothing else runs and nothing is checked */
}

/* Loops that never end: of instructions, and of measurements; with one shot, and with many that part. */
static void endless_loops(void **unused) {
    (void)unused;
    for (int kind = 0; kind < 3; kind++) {
        ketch_circuit *circuit = program_of(1, 1, 1);
        ketch_result *result;
        uint32_t loop = label(circuit);
        if (kind) GATE(circuit, "h", 0);
        if (kind) measure(circuit, 0, 0);
        increment(circuit, 0);
        jump_if(circuit, KT_DO_JUMP_IF, 0, loop);
        lab_setup lab = lab_with(kind == 2 ? 1000 : 1, 0, 1);
        lab.options.max_operations = 1000000;
        double began = kt_seconds();
        FAILS(OPERATION_LIMIT, lab_try(&result, &lab, circuit));
        expect_quickly(began);
        lab.options.max_operations = UINT64_MAX;
        lab.seconds = 0.05;
        began = kt_seconds();
        FAILS(RUN_TIMEOUT, lab_try(&result, &lab, circuit));
        expect_quickly(began);
        ketch_circuit_free(&circuit);
    }
}

/* ── Meeting ── */

/* Rounds of error correction: an error by chance, its syndrome measured and undone. After each round two branches are one. */
static void branches_meet(void **unused) {
    (void)unused;
    enum { ROUNDS = 60 };
    ketch_circuit *circuit = program_of(4, 4, 3);
    gate(circuit, "ry", &(double){0.7}, 0, 0, 0);
    GATE(circuit, "cx", 0, 1);
    GATE(circuit, "cx", 0, 2);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        gate(circuit, "ry", &(double){0.6 + 0.01 * round}, 3, 0, 0);
        GATE(circuit, "cx", 3, round % 3);
        measure(circuit, 3, 3);
        begin_if(circuit, 3);
        GATE(circuit, "x", round % 3);
        GATE(circuit, "x", 3);
        end_if(circuit);
    }
    for (uint32_t q = 0; q < 3; q++) measure(circuit, q, q);
    store_bits(circuit, 3, 1, 2);
    lab_setup lab = lab_with(2000, KETCH_OUTPUT_SHOTS, 1);
    ketch_result *result = lab_run(&lab, circuit);
    assert_int_equal(count_of(result, "0000") + count_of(result, "0111"), 2000);
    kt_result_free(result);
    expect_same_shots(circuit, 600);
    ketch_circuit_free(&circuit);
}

/* Shots that never meet, more than wait: a crew takes them. */
static void a_crew_takes_what_waits(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(5, 24);
    for (uint32_t layer = 0; layer < 24; layer++) {
        for (uint32_t q = 0; q < 5; q++) gate(circuit, "ry", &(double){0.9 + 0.1 * (layer + q)}, q, 0, 0);
        for (uint32_t q = 0; q < 4; q++) GATE(circuit, "cx", q, q + 1);
        measure(circuit, layer % 5, layer);
        begin_if(circuit, layer);
        GATE(circuit, "h", (layer + 2) % 5);
        end_if(circuit);
    }
    expect_same_shots(circuit, quick() ? 600 : 3000);
    ketch_circuit_free(&circuit);
}

/* ── Traces ── */

typedef struct told {
    size_t count;
    char text[4000];
} told;

static int write_down(void *user, const ketch_trace *trace) {
    told *all = user;
    size_t size = strlen(all->text), room = sizeof all->text - size;
    size += (size_t)snprintf(all->text + size, room, "%u %s", trace->line, trace->operation);
    for (size_t i = 0; i < trace->variable_count; i++)
        size += (size_t)snprintf(all->text + size, sizeof all->text - size, " %s=%s", trace->variables[i].name, trace->variables[i].value);
    double ones = 0;
    assert_non_null(trace->amplitudes);
    for (size_t x = 0; x < (size_t)2 << trace->qubits; x++) ones += trace->amplitudes[x] * trace->amplitudes[x];
    assert_true(fabs(ones - 1) < 1e-14);
    snprintf(all->text + size, sizeof all->text - size, "\n");
    all->count++;
    return strstr(all->text, "stop") != NULL;
}

/* n = -3; do { x; measure } while (++n < -1): twice, then the end. */
static void traced(void **unused) {
    (void)unused;
    ketch_circuit *circuit = program_of(1, 1, 3);
    kt_variable variables[] = {{.name = "n", .type = KT_SCALAR_INT, .width = 8, .first = 0, .ends = UINT32_MAX},
                               {.name = "c", .type = KT_SCALAR_BITS, .in_bits = true, .width = 1, .first = 0, .ends = UINT32_MAX}};
    circuit->variables = variables;
    circuit->variables_count = 2;
    set_cell(circuit, 0, (uint64_t)-3);
    circuit->ops[circuit->ops_count - 1].line = 1;
    set_cell(circuit, 1, (uint64_t)-1);
    uint32_t loop = label(circuit);
    GATE(circuit, "x", 0);
    circuit->ops[circuit->ops_count - 1].line = 3;
    measure(circuit, 0, 0);
    circuit->ops[circuit->ops_count - 1].line = 4;
    add(circuit, (kt_op){.code = KT_DO_ADD_CONSTANT_S, .width = 8, .destination = 0, .left = 0, .right = 1, .line = 5});
    add(circuit, (kt_op){.code = KT_DO_LESS_S, .destination = 2, .left = 0, .right = 1, .line = 5});
    add(circuit, (kt_op){.code = KT_DO_JUMP_IF, .left = 2, .data = loop, .line = 5});
    told all = {0};
    lab_setup lab = lab_with(1, 0, 1);
    lab.options.engine = KETCH_ENGINE_REFERENCE;
    lab.options.trace = write_down;
    lab.options.trace_user = &all;
    kt_result_free(lab_run(&lab, circuit));
    assert_string_equal(all.text, "1 classical n=0 c=0\n"
                                  "3 x q n=-3 c=0\n4 measure q -> c n=-3 c=0\n5 classical n=-3 c=1\n"
                                  "3 x q n=-2 c=1\n4 measure q -> c n=-2 c=1\n5 classical n=-2 c=0\n"
                                  "0  n=-1 c=0\n");
    strcpy(all.text, "stop");
    ketch_result *result;
    FAILS(RUN_CANCELLED, lab_try(&result, &lab, circuit));
    assert_int_equal(all.count, 9);
    circuit->variables = NULL;
    circuit->variables_count = 0;
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loops_end_with_a_draw),
        cmocka_unit_test(gates_by_cells),
        cmocka_unit_test(gates_at_different_qubits),
        cmocka_unit_test(measured_by_cells),
        cmocka_unit_test(computed_from_final_bits),
        cmocka_unit_test(fails_behind_the_last_gate),
        cmocka_unit_test(no_outcomes_to_compute_with),
        cmocka_unit_test(last_final_measurement_counts),
        cmocka_unit_test(sums_only_where_they_are_used),
        cmocka_unit_test(endless_loops),
        cmocka_unit_test(branches_meet),
        cmocka_unit_test(a_crew_takes_what_waits),
        cmocka_unit_test(traced),
    };
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
