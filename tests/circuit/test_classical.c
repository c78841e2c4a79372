/* SPDX-License-Identifier: Apache-2.0
 *
 * How the machine goes through a program: loops, jumps, calls, functions of the caller, limits, stacks; and whether instructions say truly
 * what they read and write.
 */
#include "machine.h"

/* ── Control ── */

static void parameters_inputs_and_nodes(void **unused) {
    (void)unused;
    uint64_t words[] = {42, 7, 8, 9};
    kt_node nodes[] = {{.value = 0.25, .known = true}};
    kt_input inputs[] = {{.name = "a", .type = KT_SCALAR_INT, .width = 8, .words = 1, .dimensions = {2, {1, 3}}}};
    circuit.words = words, circuit.input_words = words, circuit.nodes = nodes, circuit.inputs = inputs;
    kt_op set = OP(SET_PARAM, 64, 0, 5, 0), input = OP(INPUT, 64, 10, 0, 0);
    set.data = 2;
    cells[13] = 1;
    assert_int_equal(run((kt_op[]){OP(SET, 64, 1, 0, 0), OP(NODE, 64, 5, 0, 0), set, input, END}), KETCH_OK);
    assert_int_equal(cells[1], 42);
    assert_true(params[2] == 0.25);
    assert_int_equal(cells[10], 7), assert_int_equal(cells[12], 9), assert_int_equal(cells[13], 1);
    cells[5] = kt_double_cell(NAN);
    assert_int_equal(run_one(set), KETCH_ERROR_RUNTIME);
}

static void loops_count_to_the_last_number_that_is_not_passed(void **unused) {
    (void)unused;
    for (int round = 0; round < 2000; round++) {
        int64_t first = (int64_t)(draw() % 40) - 20, last = (int64_t)(draw() % 40) - 20, step = (int64_t)(draw() % 11) - 5;
        if (round % 10 == 0) first += INT64_MAX - 25, last = INT64_MAX - (int64_t)(draw() % 10);
        if (round % 10 == 1) first -= INT64_MAX - 25, last = INT64_MIN + (int64_t)(draw() % 10);
        uint64_t turns = 1; /* the test comes behind the body */
        for (wide i = first; step > 0 ? i + step <= last : step < 0 && i + step >= last; i += step) turns++;
        if (turns > 1000) continue;
        cells[1] = (uint64_t)first, cells[2] = (uint64_t)last, cells[3] = (uint64_t)step, cells[4] = 0;
        kt_op loop = OP(LOOP, 64, 3, 1, 2);
        loop.data = 0;
        assert_int_equal(run((kt_op[]){OP(ADD_CONSTANT_S, 64, 4, 4, 1), loop, END}), KETCH_OK);
        assert_int_equal(cells[4], turns);
        assert_true(cells[1] == (uint64_t)(first + (int64_t)(turns - 1) * step));
    }
}

static void jumps_and_conditions(void **unused) {
    (void)unused;
    uint32_t operands[] = {5};
    kt_condition conditions[] = {{.code = KT_CONDITION_BIT, .first = 5}};
    circuit.operands = operands, circuit.conditions = conditions;
    for (uint32_t bit = 0; bit < 2; bit++) {
        const kt_op program[] = {
            {.code = KT_OP_SET_BIT, .operands = 0, .operand_count = 1, .data = bit},
            {.code = KT_OP_JUMP_UNLESS, .operands = 0, .operand_count = 1, .data = 4},
            OP(ADD_CONSTANT_S, 64, 1, 1, 1),
            {.code = KT_OP_BARRIER},
            {.code = KT_DO_JUMP_IF, .left = 2, .data = 6},
            OP(ADD_CONSTANT_S, 64, 1, 1, 10),
            {.code = KT_DO_JUMP_IF_NOT, .left = 2, .data = 8},
            OP(ADD_CONSTANT_S, 64, 1, 1, 100),
            {.code = KT_OP_JUMP, .data = 10},
            OP(ADD_CONSTANT_S, 64, 1, 1, 1000),
            {.code = KT_DO_LABEL},
            END,
        };
        for (uint64_t flag = 0; flag < 2; flag++) {
            cells[1] = 0, cells[2] = flag << 40;
            assert_int_equal(run(program), KETCH_OK);
            assert_int_equal(cells[1], (bit ? 1 : 0) + (flag ? 100 : 10));
        }
        assert_int_equal(bits[0] >> 5 & 1, bit);
    }
}

/* n! by recursion: cell 0: the argument, 1: the result, 2: n kept by the call, 3: scratch. */
static void recursion_keeps_its_own(void **unused) {
    (void)unused;
    uint32_t operands[] = {2, 2, 70, 3};
    circuit.operands = operands;
    kt_op outer = {.code = KT_DO_CALL, .left = 0, .data = 2, .destination = 1, .right = 1}, inner = outer;
    const kt_op program[] = {
        outer,
        END,
        OP(COPY, 64, 2, 0, 1),
        OP(STORE_BITS, 1, 70, 2, 3), /* its bits, too */
        OP(ADD_CONSTANT_S, 64, 1, 3, 1),
        OP(IS_ZERO, 64, 3, 2, 0),
        {.code = KT_DO_JUMP_IF_NOT, .left = 3, .data = 9},
        OP(POWER_S, 64, 1, 2, 2), /* 0 ** 0 = 1 */
        {.code = KT_DO_RETURN},
        OP(ADD_CONSTANT_S, 64, 0, 2, (uint32_t)-1),
        inner,
        OP(MULTIPLY_S, 64, 1, 1, 2),
        OP(LOAD_BITS, 1, 3, 70, 3),
        OP(ADD_S, 64, 4, 4, 3), /* sum of the bits seen behind the calls */
        {.code = KT_DO_RETURN},
    };
    cells[0] = 10, cells[2] = 1234, cells[4] = 0;
    bits[1] = (uint64_t)5 << 6;
    assert_int_equal(run(program), KETCH_OK);
    assert_int_equal(cells[1], 3628800);
    assert_int_equal(cells[2], 1234);
    uint64_t sum = 0;
    for (uint64_t n = 1; n <= 10; n++) sum += n % 8;
    assert_int_equal(cells[4], sum);
    assert_int_equal(bits[1], (uint64_t)5 << 6);

    cells[0] = 1000; /* deeper than the limit */
    assert_int_equal(run(program), KETCH_ERROR_LIMIT);
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0722");
}

static void the_result_of_a_call_stays(void **unused) {
    (void)unused;
    uint32_t operands[] = {10, 10, 0, 0};
    circuit.operands = operands;
    for (uint32_t from = 5; from < 25; from++) {
        for (uint32_t count = 0; count < 12; count += 3) {
            for (uint32_t i = 0; i < CELLS; i++) cells[i] = i;
            const kt_op program[] = {{.code = KT_DO_CALL, .data = 2, .destination = from, .right = count},
                                     END,
                                     OP(COPY, 64, 5, 30, 20),
                                     OP(COPY, 64, 5, 30, 20),
                                     {.code = KT_DO_RETURN}};
            assert_int_equal(run(program), KETCH_OK);
            for (uint32_t i = 5; i < 25; i++) {
                bool kept = i < 10 || i >= 20 || (i >= from && i < from + count);
                assert_int_equal(cells[i], kept ? i + 25 : i);
            }
        }
    }
}

static int add_up(void *user, const ketch_value *arguments, size_t count, ketch_value *result) {
    (void)user;
    assert_int_equal(count, 4);
    if (arguments[0].as.integer == -99) return 3;
    double sum = (double)arguments[0].as.integer + arguments[1].as.number + arguments[2].as.complex[0] - arguments[2].as.complex[1];
    sum += (double)(arguments[3].as.words[1] >> 6);
    result->as.number = sum;
    return 0;
}

static int all_ones(void *user, const ketch_value *arguments, size_t count, ketch_value *result) {
    (void)user, (void)arguments;
    assert_int_equal(count, 0);
    for (int i = 0; i < 2; i++) assert_int_equal(result->as.result[i], 0);
    for (int i = 0; i < 2; i++) result->as.result[i] = UINT64_MAX;
    return 0;
}

static void functions_of_the_caller(void **unused) {
    (void)unused;
    ketch_value_type types[] = {{KETCH_TYPE_INT, 8}, {KETCH_TYPE_ANGLE, 16}, {KETCH_TYPE_COMPLEX, 128}, {KETCH_TYPE_BITS, 71}};
    kt_extern externs[] = {
        {.name = "add_up", .function = add_up, .argument_count = 4, .arguments = types, .returns = {KETCH_TYPE_FLOAT, 32}},
        {.name = "all_ones", .function = all_ones, .returns = {KETCH_TYPE_BITS, 71}},
        {.name = "missing"},
    };
    circuit.externs = externs;
    kt_op first = OP(EXTERN, 1, 20, 10, 0), second = OP(EXTERN, 1, 30, 0, 0), third = second;
    first.data = 0, second.data = 1, third.data = 2;
    cells[10] = (uint64_t)-3, cells[11] = 1 << 14, cells[12] = kt_double_cell(0.5), cells[13] = kt_double_cell(0.25);
    cells[14] = 9, cells[15] = 1 << 6, cells[32] = 17;
    assert_int_equal(run((kt_op[]){first, second, END}), KETCH_OK);
    assert_true(number_of(cells[20]) == (double)(float)(-3 + M_PI_2 + 0.25 + 1));
    assert_true(cells[30] == UINT64_MAX && cells[31] == 127 && cells[32] == 17);
    cells[10] = (uint64_t)-99;
    assert_int_equal(run_one(first), KETCH_ERROR_RUNTIME);
    assert_non_null(strstr(ketch_diag_text(diag), "`add_up` has failed (3)"));
    assert_int_equal(run_one(third), KETCH_ERROR_SEMANTICS);
}

/* ── Stopping ── */

static void operations_of_the_run_are_left_to_it(void **unused) {
    (void)unused;
    const kt_op program[] = {OP(ADD_CONSTANT_S, 64, 1, 1, 1), {.code = KT_OP_GATE},     {.code = KT_OP_MEASURE},
                             OP(ADD_CONSTANT_S, 64, 1, 1, 1), {.code = KT_OP_RESET_AT}, END};
    kt_machine machine = machine_of(program);
    ketch_status status;
    const uint32_t stops[] = {1, 2, 4, 5};
    cells[1] = 0;
    for (int i = 0; i < 4; i++) {
        assert_int_equal(kt_machine_run(&machine, &status), i < 3 ? KT_PAUSE_OPERATION : KT_PAUSE_END);
        assert_int_equal(status, KETCH_OK);
        assert_int_equal(machine.at, stops[i]);
        machine.at++;
    }
    assert_int_equal(cells[1], 2);
    assert_int_equal(machine.operations_left, 1000000 - 6);
    kt_machine_free(&machine);
}

static ketch_status stop_at_third(void *user) { return ++*(int *)user == 3 ? KETCH_ERROR_CANCELLED : KETCH_OK; }

static void endless_loops_end(void **unused) {
    (void)unused;
    kt_op_place op_places[] = {{.op = 7, .place = 0}};
    kt_saved_place places[] = {{.file = "loop.qasm", .source_line = "while (true) x += 1;", .line = 3, .column = 1, .length = 5}};
    circuit.op_places = op_places, circuit.op_places_count = 1, circuit.places = places;
    const uint32_t program_ops[] = {6, 7};
    const kt_op program[] = {OP(ADD_CONSTANT_S, 64, 1, 1, 1), {.code = KT_OP_JUMP, .data = 0}};
    kt_machine machine = machine_of(program);
    machine.program_ops = program_ops;
    ketch_status status;
    cells[1] = 0;
    machine.operations_left = 200001;
    assert_int_equal(kt_machine_run(&machine, &status), KT_PAUSE_FAILED);
    assert_int_equal(status, KETCH_ERROR_LIMIT);
    assert_int_equal(cells[1], 100001);
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0721");
    assert_int_equal(ketch_diag_message(diag, 0)->line, 3);

    int looked = 0;
    kt_watch watch = {.look = stop_at_third, .user = &looked};
    machine = machine_of(program);
    machine.operations_left = UINT64_MAX, machine.watch = &watch;
    assert_int_equal(kt_machine_run(&machine, &status), KT_PAUSE_FAILED);
    assert_int_equal(status, KETCH_ERROR_CANCELLED);
    kt_machine_free(&machine);
}

static void large_moves_count_for_more(void **unused) {
    (void)unused;
    enum { MANY = 100000 };
    uint64_t *many = calloc(2 * MANY, sizeof *many);
    circuit.cell_count = 2 * MANY;
    const kt_op program[] = {OP(COPY, 64, MANY, 0, MANY), {.code = KT_OP_JUMP, .data = 0}};
    kt_machine machine = machine_of(program);
    machine.memory.cells = many;
    ketch_status status;
    assert_int_equal(kt_machine_run(&machine, &status), KT_PAUSE_FAILED);
    assert_int_equal(status, KETCH_ERROR_LIMIT);
    assert_true(machine.operations_left == 0);
    free(many);
}

static void stacks_are_copied(void **unused) {
    (void)unused;
    uint32_t operands[] = {0, 3, 0, 0};
    circuit.operands = operands;
    const kt_op program[] = {{.code = KT_DO_CALL, .data = 2}, END, OP(COPY, 64, 0, 10, 3), {.code = KT_OP_GATE}, {.code = KT_DO_RETURN}};
    kt_machine machine = machine_of(program), copy = machine_of(program);
    ketch_status status;
    cells[0] = 1, cells[1] = 2, cells[2] = 3;
    assert_int_equal(kt_machine_run(&machine, &status), KT_PAUSE_OPERATION);
    assert_true(kt_machine_copy_stacks(&copy, &machine));
    kt_machine_free(&machine);
    assert_int_equal(cells[1], 0);
    copy.at = 4;
    assert_int_equal(kt_machine_run(&copy, &status), KT_PAUSE_END);
    assert_int_equal(cells[0], 1), assert_int_equal(cells[2], 3);
    kt_machine_free(&copy);
}

/* ── What instructions say about themselves ── */

static bool within(kt_access access, uint32_t cell) { return cell >= access.first && cell < access.first + access.count; }

/* What is not said to be read does not matter, and what is not said to be written stays. */
static void accesses_are_true(void **unused) {
    (void)unused;
    uint64_t words[] = {11};
    kt_node nodes[] = {{.value = 0.5}};
    kt_input inputs[] = {{.name = "a", .type = KT_SCALAR_BITS, .width = 70}};
    circuit.words = circuit.input_words = words, circuit.nodes = nodes, circuit.inputs = inputs;
    uint64_t input_words[] = {5, 6};
    circuit.input_words = input_words;
    for (int code = KT_DO_SET; code < KT_INSTRUCTION_END; code++) {
        bool jumps = code == KT_DO_FAIL || code == KT_DO_LABEL || code == KT_DO_CALL || code == KT_DO_RETURN || code == KT_DO_EXTERN;
        assert_non_null(kt_instruction_name((uint8_t)code));
        for (int round = 0; round < 200 && !jumps; round++) {
            uint16_t w = (uint16_t)(code >= KT_DO_AND && code <= KT_DO_SPLICE ? 1 + draw() % 200 : code >= KT_DO_ADD_C ? 128 : 64);
            kt_op op = {.code = (uint8_t)code, .width = w, .destination = 20, .left = 0, .right = 10};
            if (code == KT_DO_COPY || code == KT_DO_LOAD_BITS || code == KT_DO_STORE_BITS) op.right = 1 + (uint32_t)(draw() % 9);
            if (code == KT_DO_INDEX || code == KT_DO_RESIZE_ANGLE) op.data = 64;
            if (code == KT_DO_SLICE || code == KT_DO_SPLICE) op.data = (uint32_t)(draw() % 100);
            if (code == KT_DO_FUNCTION_F || code == KT_DO_FUNCTION_C) op.data = KT_NODE_COS;
            if (code == KT_DO_JUMP_IF || code == KT_DO_JUMP_IF_NOT || code == KT_DO_LOOP) op.data = 1;
            kt_accesses accesses;
            if (!kt_instruction_access(&accesses, &circuit, &op)) {
                assert_true(code == KT_DO_LOAD_AT || code == KT_DO_STORE_AT || code == KT_DO_LOAD_BIT_AT || code == KT_DO_STORE_BIT_AT);
                continue;
            }
            uint64_t before[CELLS], first[CELLS];
            for (int i = 0; i < CELLS; i++) before[i] = code >= KT_DO_ADD_F ? kt_double_cell((double)(1 + draw() % 50)) : draw() % 60;
            memcpy(cells, before, sizeof cells);
            kt_op program[] = {op, END};
            if (run(program)) continue;
            memcpy(first, cells, sizeof cells);
            for (uint32_t i = 0; i < CELLS; i++) assert_true(first[i] == before[i] || within(accesses.written, i));
            memcpy(cells, before, sizeof cells);
            for (uint32_t i = 0; i < CELLS; i++) {
                bool read = false;
                for (int k = 0; k < 3; k++) read = read || within(accesses.reads[k], i);
                if (!read) cells[i] = draw();
            }
            assert_int_equal(run(program), KETCH_OK);
            for (uint32_t i = 0; i < CELLS; i++) assert_true(!within(accesses.written, i) || cells[i] == first[i]);
        }
    }
    assert_null(kt_instruction_name(KT_OP_GATE));
    assert_null(kt_instruction_name(KT_INSTRUCTION_END));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(parameters_inputs_and_nodes),
        TEST(loops_count_to_the_last_number_that_is_not_passed),
        TEST(jumps_and_conditions),
        TEST(recursion_keeps_its_own),
        TEST(the_result_of_a_call_stays),
        TEST(functions_of_the_caller),
        TEST(operations_of_the_run_are_left_to_it),
        TEST(endless_loops_end),
        TEST(large_moves_count_for_more),
        TEST(stacks_are_copied),
        TEST(accesses_are_true),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
