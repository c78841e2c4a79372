/* SPDX-License-Identifier: Apache-2.0
 *
 * The flat circuit: what calls append, conditions, named parameters, blocks, copies, depth.
 */
#include "check.h"
#include "circuit/circuit.h"

#include <math.h>
#include <string.h>

static ketch_circuit *circuit;
static ketch_diag *diag;

static int begin(void **state) {
    (void)state;
    diag = ketch_diag_create();
    return ketch_circuit_create(&circuit, 4, 70, NULL);
}

static int end(void **state) {
    (void)state;
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    return 0;
}

static void one_call_appends_many(void **state) {
    (void)state;
    const uint32_t qubits[] = {0, 1, 1, 2, 2, 3};
    const double angles[] = {0.1, 0.2, 0.3};
    assert_int_equal(ketch_circuit_append(circuit, "crx", 3, qubits, angles, diag), KETCH_OK);
    assert_int_equal(circuit->ops_count, 3);
    const kt_op *op = &circuit->ops[2];
    assert_int_equal(op->gate, KT_GATE_CRX);
    assert_int_equal(op->control_count, 1);
    assert_int_equal(op->operand_count, 2);
    assert_int_equal(kt_op_operands(circuit, op)[1], 3);
    assert_true(circuit->params[op->data] == 0.3);
    const uint32_t controlled[] = {3, 2, 0, 1};
    assert_int_equal(ketch_circuit_append_controlled(circuit, "cx", 1, 2, 1, controlled, NULL, diag), KETCH_OK);
    op = &circuit->ops[3];
    assert_int_equal(op->control_count, 3);
    assert_int_equal(kt_op_operands(circuit, op)[0], 3);
    assert_int_equal(kt_op_operands(circuit, op)[1], 2 | KT_NEGATED);
    assert_int_equal(kt_op_operands(circuit, op)[2], 0);
}

static void a_bad_call_appends_nothing(void **state) {
    (void)state;
    const uint32_t beyond[] = {0, 1, 2, 4}, twice[] = {0, 1, 2, 2}, bits[] = {0, 70};
    const double nan[] = {0, NAN}, skewed[8] = {1, 0, 0.1, 0, 0, 0, 1, 0};
    assert_int_equal(ketch_circuit_append(circuit, "cx", 2, beyond, NULL, diag), KETCH_ERROR_SEMANTICS);
    assert_non_null(strstr(ketch_diag_text(diag), "application 1: qubit 4 does not exist"));
    assert_int_equal(ketch_circuit_append(circuit, "cx", 2, twice, NULL, diag), KETCH_ERROR_SEMANTICS);
    assert_non_null(strstr(ketch_diag_text(diag), "qubit 2 is given twice"));
    assert_int_equal(ketch_circuit_append(circuit, "cnx", 1, twice, NULL, diag), KETCH_ERROR_SEMANTICS);
    assert_non_null(strstr(ketch_diag_text(diag), "did you mean `cx`?"));
    assert_int_equal(ketch_circuit_append(circuit, "rx", 2, beyond, nan, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_circuit_append(circuit, "rx", 1, beyond, NULL, diag), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_circuit_append_controlled(circuit, "x", 1, 65, 0, beyond, NULL, diag), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_circuit_measure(circuit, 2, beyond, bits, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_circuit_reset(circuit, 4, beyond, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_circuit_append_matrix(circuit, 1, beyond, skewed, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_circuit_append_matrix(circuit, 7, beyond, skewed, diag), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_circuit_end_if(circuit, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_circuit_begin_if(circuit, 0, NULL, 0, diag), KETCH_ERROR_USAGE);
    assert_int_equal(ketch_circuit_begin_if(circuit, 2, bits, 1, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_circuit_begin_if(circuit, 1, bits, 2, diag), KETCH_ERROR_USAGE);
    assert_int_equal(circuit->ops_count, 0);
    assert_int_equal(circuit->draw_count, 0);
    assert_int_equal(circuit->blocks_count, 0);
}

static void conditions_compare_wide_registers(void **state) {
    (void)state;
    uint32_t bits[70];
    for (uint32_t i = 0; i < 70; i++) bits[i] = i;
    assert_int_equal(ketch_circuit_begin_if(circuit, 70, bits, 5, diag), KETCH_OK);
    assert_int_equal(ketch_circuit_append(circuit, "x", 1, bits, NULL, diag), KETCH_OK);
    assert_int_equal(ketch_circuit_begin_if(circuit, 2, bits + 68, 0, diag), KETCH_OK);
    assert_int_equal(ketch_circuit_reset(circuit, 1, bits, diag), KETCH_OK);
    assert_int_equal(ketch_circuit_end_if(circuit, diag), KETCH_OK);
    assert_int_equal(ketch_circuit_end_if(circuit, diag), KETCH_OK);
    assert_int_equal(ketch_circuit_measure(circuit, 1, bits, bits, diag), KETCH_OK);
    const kt_op *ops = circuit->ops;
    assert_int_equal(ops[0].code, KT_OP_JUMP_UNLESS);
    assert_int_equal(ops[0].data, 4);
    assert_int_equal(ops[2].data, 4);
    assert_false(ops[0].conditional);
    assert_true(ops[1].conditional && ops[2].conditional && ops[3].conditional);
    assert_false(ops[4].conditional);
    const struct {
        uint64_t memory[2];
        bool holds;
    } cases[] = {{{5, 0}, true}, {{4, 0}, false}, {{5, 1}, false}, {{5, 32}, false}, {{5, 64}, true}};
    for (size_t i = 0; i < 5; i++) assert_int_equal(kt_condition_holds(circuit, &ops[0], cases[i].memory), cases[i].holds);
}

static void open_conditions_are_refused_by_every_reader(void **state) {
    (void)state;
    kt_buffer out = {0};
    ketch_memory memory = KETCH_MEMORY_INIT;
    ketch_session *session;
    ketch_result *result;
    assert_int_equal(ketch_session_create(&session, NULL, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_begin_if(circuit, 1, (const uint32_t[]){0}, 1, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_append(circuit, "x", 1, (const uint32_t[]){0}, NULL, NULL), KETCH_OK);
    for (int closed = 0; closed < 2; closed++) {
        ketch_status expected = closed ? KETCH_OK : KETCH_ERROR_SEMANTICS;
        assert_int_equal(ketch_circuit_draw(circuit, NULL, kt_buffer_sink(&out), NULL), expected);
        assert_int_equal(ketch_circuit_describe(circuit, NULL, kt_buffer_sink(&out), NULL), expected);
        assert_int_equal(ketch_plan_write(circuit, NULL, NULL, kt_buffer_sink(&out), NULL), expected);
        assert_int_equal(ketch_memory_needed(&memory, circuit, NULL, NULL), expected);
        assert_int_equal(ketch_run(&result, session, circuit, NULL, NULL), expected);
        ketch_result_free(&result);
        if (!closed) assert_int_equal(ketch_circuit_end_if(circuit, NULL), KETCH_OK);
    }
    ketch_session_free(&session);
    kt_buffer_free(&out);
}

/* A register wider than what is compared in pairs: quick, and a repetition is still found. */
static void very_wide_conditions(void **state) {
    (void)state;
    enum { WIDTH = 1000000 };
    ketch_circuit *wide;
    uint32_t *bits = kt_array(WIDTH, sizeof *bits);
    for (uint32_t i = 0; i < WIDTH; i++) bits[i] = i;
    assert_int_equal(ketch_circuit_create(&wide, 1, WIDTH, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_begin_if(wide, WIDTH, bits, 1, NULL), KETCH_OK);
    bits[WIDTH - 1] = 17;
    assert_int_equal(ketch_circuit_begin_if(wide, WIDTH, bits, 1, diag), KETCH_ERROR_SEMANTICS);
    assert_non_null(strstr(ketch_diag_text(diag), "bit 17 is given twice"));
    ketch_circuit_free(&wide);
    kt_free(bits);
}

static void all_comparisons_and_connectives(void **state) {
    (void)state;
    circuit->operands_count = 0;
    assert_true(kt_reserve(&circuit->operands, &circuit->operands_capacity, 3, sizeof *circuit->operands));
    assert_true(kt_reserve(&circuit->words, &circuit->words_capacity, 8, sizeof *circuit->words));
    for (uint32_t i = 0; i < 3; i++) circuit->operands[circuit->operands_count++] = i;
    for (uint64_t value = 0; value < 8; value++) circuit->words[circuit->words_count++] = value;
    for (uint32_t comparison = KT_EQUAL; comparison <= KT_GREATER_EQUAL; comparison++) {
        for (uint32_t value = 0; value < 8; value++) {
            for (uint64_t bits = 0; bits < 8; bits++) {
                circuit->conditions_count = 0;
                uint32_t index;
                kt_condition condition = {.code = KT_CONDITION_COMPARE, .comparison = (uint8_t)comparison, .count = 3, .value = value};
                assert_int_equal(kt_circuit_add_condition(&index, circuit, condition, NULL), KETCH_OK);
                kt_op jump = {.code = KT_OP_JUMP_UNLESS, .operand_count = 1};
                const bool expected[] = {bits == value, bits != value, bits<value, bits <= value, bits> value, bits >= value};
                assert_int_equal(kt_condition_holds(circuit, &jump, &bits), expected[comparison]);
            }
        }
    }
    const kt_condition_code connectives[] = {KT_CONDITION_AND, KT_CONDITION_OR, KT_CONDITION_XOR};
    for (uint64_t bits = 0; bits < 4; bits++) {
        bool a = bits & 1, b = bits >> 1;
        const bool expected[] = {a && !b, a || !b, a != !b};
        for (size_t c = 0; c < 3; c++) { /* a ? not b */
            const kt_condition program[] = {{.code = KT_CONDITION_BIT, .first = 0},
                                            {.code = KT_CONDITION_BIT, .first = 1},
                                            {.code = KT_CONDITION_NOT},
                                            {.code = (uint8_t)connectives[c]}};
            circuit->conditions_count = 0;
            uint32_t index;
            for (size_t i = 0; i < 4; i++) assert_int_equal(kt_circuit_add_condition(&index, circuit, program[i], NULL), KETCH_OK);
            assert_int_equal(kt_condition_holds(circuit, &(kt_op){.operand_count = 4}, &bits), expected[c]);
        }
    }
}

static uint32_t node(kt_node_code code, uint32_t a, uint32_t b, double value) {
    uint32_t index;
    assert_int_equal(kt_circuit_add_node(&index, circuit, code, a, b, value, NULL), KETCH_OK);
    return index;
}

static void parameters_are_bound_again_and_again(void **state) {
    (void)state;
    uint32_t theta, phi, place;
    assert_int_equal(kt_circuit_add_input(&theta, circuit, "thetaX", 5, (kt_input){.type = KT_SCALAR_FLOAT, .width = 64}, NULL), KETCH_OK);
    assert_int_equal(kt_circuit_add_input(&phi, circuit, "phi", 3, (kt_input){.type = KT_SCALAR_FLOAT, .width = 64}, NULL), KETCH_OK);
    assert_int_equal(
        kt_circuit_add_place(
            &place, circuit,
            &(kt_place){.file = "p.qasm", .line = 7, .column = 4, .length = 3, .source_line = "rx(1/phi) q;", .source_size = 12}, NULL),
        KETCH_OK);
    uint32_t t = node(KT_NODE_INPUT, theta, 0, 0), p = node(KT_NODE_INPUT, phi, 0, 0), two = node(KT_NODE_CONSTANT, 0, 0, 2);
    uint32_t sum = node(KT_NODE_ADD, node(KT_NODE_MULTIPLY, two, t, 0), node(KT_NODE_SIN, p, 0, 0), 0);
    uint32_t quotient = node(KT_NODE_DIVIDE, node(KT_NODE_SUBTRACT, t, two, 0), p, 0);
    uint32_t four = node(KT_NODE_POWER, two, two, 0);
    assert_int_equal(circuit->nodes[four].code, KT_NODE_CONSTANT); /* folded */
    const uint32_t qubits[] = {0, 1};
    const double zeros[] = {0, 0};
    assert_int_equal(ketch_circuit_append(circuit, "rx", 2, qubits, zeros, NULL), KETCH_OK);
    assert_int_equal(kt_circuit_add_slot(circuit, 1, quotient, place, NULL), KETCH_OK);
    assert_int_equal(kt_circuit_add_slot(circuit, 0, sum, place, NULL), KETCH_OK); /* out of order */
    assert_int_equal(kt_circuit_slot_node(circuit, 0), sum);
    assert_int_equal(kt_circuit_slot_node(circuit, 1), quotient);
    assert_int_equal(kt_circuit_slot_node(circuit, 2), UINT32_MAX);

    assert_int_equal(kt_circuit_check_bound(circuit, diag), KETCH_ERROR_SEMANTICS);
    assert_non_null(strstr(ketch_diag_text(diag), "`theta`, `phi`"));
    assert_int_equal(ketch_circuit_bind(circuit, "theta", 1.5, diag), KETCH_OK);
    assert_true(isnan(circuit->params[0]));
    assert_int_equal(ketch_circuit_bind(circuit, "phi", 0.25, diag), KETCH_OK);
    assert_int_equal(kt_circuit_check_bound(circuit, diag), KETCH_OK);
    assert_true(circuit->params[0] == 2 * 1.5 + sin(0.25) && circuit->params[1] == (1.5 - 2) / 0.25);

    assert_int_equal(ketch_circuit_bind(circuit, "phi", 0, diag), KETCH_ERROR_SEMANTICS);
    assert_non_null(strstr(ketch_diag_text(diag), "p.qasm:7:4: error[KQ0709]"));
    assert_true(circuit->params[1] == (1.5 - 2) / 0.25); /* unchanged */
    assert_int_equal(ketch_circuit_bind(circuit, "phi", INFINITY, diag), KETCH_ERROR_SEMANTICS);
    assert_int_equal(ketch_circuit_bind(circuit, "thet", 0, diag), KETCH_ERROR_SEMANTICS);
    assert_non_null(strstr(ketch_diag_text(diag), "did you mean `theta`?"));
    assert_int_equal(ketch_circuit_bind(circuit, "phi", -1, diag), KETCH_OK);
    assert_true(circuit->params[1] == 0.5);
    assert_string_equal(ketch_circuit_parameter(circuit, 1), "phi");
    assert_null(ketch_circuit_parameter(circuit, 2));

    kt_buffer text = {0};
    kt_circuit_node_text(&text, circuit, sum);
    kt_buffer_text(&text, " | ");
    kt_circuit_node_text(&text, circuit, quotient);
    assert_string_equal(text.bytes, "2*theta + sin(phi) | (theta - 2)/phi");
    kt_buffer_free(&text);
}

/* A square root of rx(theta) that follows theta: its square is rx(theta) for angles within (-pi, pi]. */
static void blocks_follow_their_parameters(void **state) {
    (void)state;
    uint32_t theta, index, place;
    assert_int_equal(kt_circuit_add_input(&theta, circuit, "theta", 5, (kt_input){.type = KT_SCALAR_FLOAT, .width = 64}, NULL), KETCH_OK);
    assert_int_equal(kt_circuit_add_place(&place, circuit, &(kt_place){.file = "b"}, NULL), KETCH_OK);
    uint32_t t = node(KT_NODE_INPUT, theta, 0, 0);
    assert_true(kt_reserve(&circuit->params, &circuit->params_capacity, 2, sizeof *circuit->params));
    circuit->params[0] = 0, circuit->params[1] = 0.5, circuit->params_count = 2;
    assert_int_equal(kt_circuit_add_slot(circuit, 0, t, place, NULL), KETCH_OK);
    assert_true(kt_reserve(&circuit->block_ops, &circuit->block_ops_capacity, 1, sizeof *circuit->block_ops));
    circuit->operands[circuit->operands_count++] = 0;
    circuit->block_ops[circuit->block_ops_count++] = (kt_op){.code = KT_OP_GATE, .gate = KT_GATE_RX, .operand_count = 1};
    assert_int_equal(kt_circuit_add_block(&index, circuit, (kt_block){.qubit_count = 1, .count = 1, .exponent = 1}, NULL, NULL), KETCH_OK);
    const kt_op op = {.code = KT_OP_GATE, .gate = KT_GATE_MATRIX, .operand_count = 1, .data = index};
    for (double angle = -3; angle < 3.2; angle += 0.75) {
        assert_int_equal(ketch_circuit_bind(circuit, "theta", angle, NULL), KETCH_OK);
        double root[KT_MATRIX_ROOM], expected[8];
        kt_op_matrix(root, circuit, &op);
        kt_gates[KT_GATE_RX].matrix(expected, &(double){angle / 2});
        for (size_t i = 0; i < 8; i++) assert_true(fabs(root[i] - expected[i]) < 1e-14);
    }
}

static int begin_for_blocks(void **state) {
    int failed = begin(state);
    return failed || !kt_reserve(&circuit->operands, &circuit->operands_capacity, 8, sizeof *circuit->operands);
}

static void depth_is_the_longest_chain(void **state) {
    (void)state;
    const uint32_t q[] = {0, 1, 2, 3};
    ketch_circuit_summary summary = {.struct_size = sizeof summary};
#define DEPTH(expected)                                                     \
    assert_int_equal(ketch_circuit_summarize(&summary, circuit, NULL), KETCH_OK); \
    assert_int_equal(summary.depth, expected)
    DEPTH(0);
    assert_int_equal(ketch_circuit_append(circuit, "h", 3, q, NULL, NULL), KETCH_OK);
    DEPTH(1);
    assert_int_equal(ketch_circuit_append(circuit, "cx", 1, q, NULL, NULL), KETCH_OK);
    DEPTH(2);
    assert_int_equal(ketch_circuit_append(circuit, "x", 1, q + 2, NULL, NULL), KETCH_OK);
    DEPTH(2);
    assert_int_equal(ketch_circuit_barrier(circuit, 4, q, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_append(circuit, "x", 1, q + 3, NULL, NULL), KETCH_OK);
    DEPTH(3); /* qubit 3 waited at the barrier */
    assert_int_equal(ketch_circuit_measure(circuit, 1, q + 3, q, NULL), KETCH_OK);
    DEPTH(4);
    assert_int_equal(ketch_circuit_begin_if(circuit, 1, q, 1, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_append(circuit, "x", 1, q, NULL, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_end_if(circuit, NULL), KETCH_OK);
    DEPTH(5); /* waits for the bit */
    assert_int_equal(ketch_circuit_append(circuit, "x", 1, q + 1, NULL, NULL), KETCH_OK);
    DEPTH(5); /* does not */
    assert_int_equal(summary.qubits, 4);
    assert_int_equal(summary.used_qubits, 4);
    assert_int_equal(summary.bits, 70);
    assert_int_equal(summary.gates, 8);
    assert_int_equal(summary.measurements, 1);
    assert_int_equal(summary.conditions, 1);
    assert_int_equal(summary.operations, 11);
    assert_true(summary.memory_bytes > sizeof *circuit);
}

static void copies_are_whole_and_independent(void **state) {
    (void)state;
    conditions_compare_wide_registers(state);
    uint32_t input;
    assert_int_equal(kt_circuit_add_input(&input, circuit, "theta", 5, (kt_input){.type = KT_SCALAR_FLOAT, .width = 64}, NULL), KETCH_OK);
    ketch_circuit *copy;
    assert_int_equal(ketch_circuit_copy(&copy, circuit, NULL), KETCH_OK);
    uint64_t a[2], b[2];
    kt_circuit_hash(a, circuit);
    kt_circuit_hash(b, copy);
    assert_memory_equal(a, b, sizeof a);
    assert_int_equal(ketch_circuit_append(copy, "x", 1, (const uint32_t[]){3}, NULL, NULL), KETCH_OK);
    kt_circuit_hash(b, copy);
    assert_memory_not_equal(a, b, sizeof a);
    copy->hash[0] = 1; /* as if it came from a source: that hash holds until the circuit is changed */
    kt_circuit_hash(a, copy);
    assert_true(a[0] == 1);
    assert_int_equal(ketch_circuit_barrier(copy, 0, NULL, NULL), KETCH_OK);
    kt_circuit_hash(a, copy);
    assert_memory_not_equal(a, b, sizeof a);
    assert_true(a[0] != 1);
    assert_int_equal(circuit->ops_count + 2, copy->ops_count);
    ketch_circuit_free(&circuit);
    assert_string_equal(copy->inputs[0].name, "theta");
    assert_string_equal(copy->bit_registers[0].name, "c");
    assert_int_equal(copy->bit_registers[0].size, 70);
    circuit = copy;
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {TEST(one_call_appends_many),
                                       TEST(a_bad_call_appends_nothing),
                                       TEST(conditions_compare_wide_registers),
                                       TEST(open_conditions_are_refused_by_every_reader),
                                       TEST(very_wide_conditions),
                                       TEST(all_comparisons_and_connectives),
                                       TEST(parameters_are_bound_again_and_again),
                                       cmocka_unit_test_setup_teardown(blocks_follow_their_parameters, begin_for_blocks, end),
                                       TEST(depth_is_the_longest_chain),
                                       TEST(copies_are_whole_and_independent)};
    return cmocka_run_group_tests_name("circuit", tests, NULL, NULL);
}
