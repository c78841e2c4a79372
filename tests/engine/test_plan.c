/* SPDX-License-Identifier: Apache-2.0
 *
 * Plans: which kernel a gate takes, which measurements are final, what memory and work they foresee, and how they print themselves.
 */
#include "lab.h"

#include <math.h>

static kt_plan *plan_of(const ketch_circuit *circuit, unsigned outputs) {
    kt_plan *plan;
    lab_setup lab = lab_with(100, outputs, 1);
    lab.options.engine = KETCH_ENGINE_REFERENCE;
    OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
    return plan;
}

/* ── Kernels ── */

/* Every gate of the table: the kernel's amplitudes touched, against what the matrix says for some angles. */
static void kernels_touch_what_changes(void **unused) {
    (void)unused;
    for (uint32_t gate = 0; gate < KT_GATE_COUNT; gate++) {
        const kt_gate *record = &kt_gates[gate];
        ketch_circuit *circuit = circuit_of(7, 0);
        uint32_t operands[8] = {6, 1, 4, 2, 5, 0, 3};
        double params[KT_GATE_PARAMS] = {0.3, 0.8, 1.9, 2.3}, matrix[2 * 16 * 16];
        OK(kt_circuit_add_gate(circuit, (kt_gate_id)gate, record->control_count, operands, params, 0, diag));
        kt_plan *plan = plan_of(circuit, KETCH_OUTPUT_STATE);
        size_t size = (size_t)1 << record->target_count, changed = 0;
        record->matrix(matrix, params);
        for (size_t row = 0; row < size; row++) {
            bool same = true;
            for (size_t column = 0; column < size; column++)
                same = same && matrix[2 * (row * size + column)] == (row == column) && matrix[2 * (row * size + column) + 1] == 0;
            changed += !same;
        }
        assert_int_equal(plan->step_count, changed ? 1 : 0);
        double expected = ldexp((double)changed, 7 - record->control_count - record->target_count);
        bool matrix_kernel = plan->step_count && plan->steps[0].kernel >= KT_KERNEL_REAL1;
        if (!matrix_kernel)
            assert_true(plan->totals.amplitudes == expected);
        else
            assert_true(plan->totals.amplitudes >= expected);
        kt_plan_free(plan);
        ketch_circuit_free(&circuit);
    }
}

static void kernels_by_structure(void **unused) {
    (void)unused;
    static const struct {
        const char *name;
        kt_kernel_id kernel;
        uint32_t targets, controls;
        double amplitudes; /* of 64 */
    } rows[] = {
        {"x", KT_KERNEL_PERMUTE, 1, 0, 64},    {"cx", KT_KERNEL_PERMUTE, 1, 1, 32},  {"ccx", KT_KERNEL_PERMUTE, 1, 2, 16},
        {"swap", KT_KERNEL_PERMUTE, 2, 0, 32}, {"dcx", KT_KERNEL_PERMUTE, 2, 0, 48}, {"z", KT_KERNEL_PHASE, 0, 1, 32},
        {"t", KT_KERNEL_PHASE, 0, 1, 32},      {"cz", KT_KERNEL_PHASE, 0, 2, 16},    {"ccz", KT_KERNEL_PHASE, 0, 3, 8},
        {"h", KT_KERNEL_REAL1, 1, 0, 64},      {"ch", KT_KERNEL_REAL1, 1, 1, 32},    {"y", KT_KERNEL_DENSE1, 1, 0, 64},
        {"iswap", KT_KERNEL_DENSE2, 2, 0, 64}, {"rccx", KT_KERNEL_DENSE, 3, 0, 64},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        ketch_circuit *circuit = circuit_of(6, 0);
        GATE(circuit, rows[i].name, 4, 1, 3);
        kt_plan *plan = plan_of(circuit, KETCH_OUTPUT_STATE);
        assert_int_equal(plan->steps[0].kernel, rows[i].kernel);
        assert_int_equal(plan->steps[0].target_count, rows[i].targets);
        assert_int_equal(__builtin_popcountll(plan->steps[0].controls), rows[i].controls);
        assert_true(plan->totals.amplitudes == rows[i].amplitudes);
        kt_plan_free(plan);
        ketch_circuit_free(&circuit);
    }
}

/* Never by value: rz(0) and rx(pi) are planned as any other angle. */
static void angles_do_not_matter(void **unused) {
    (void)unused;
    const double angles[] = {0, 0.3, M_PI, 2 * M_PI};
    for (uint32_t gate = 0; gate < KT_GATE_COUNT; gate++) {
        kt_step steps[LENGTH(angles)] = {0};
        for (size_t a = 0; a < LENGTH(angles); a++) {
            ketch_circuit *circuit = circuit_of(6, 0);
            const uint32_t operands[] = {3, 1, 4, 0, 5};
            OK(kt_circuit_add_gate(circuit, (kt_gate_id)gate, kt_gates[gate].control_count, operands,
                                   (const double[]){angles[a], angles[a], angles[a], angles[a]}, 0, diag));
            kt_plan *plan = plan_of(circuit, 0);
            if (plan->step_count) steps[a] = plan->steps[0];
            kt_plan_free(plan);
            ketch_circuit_free(&circuit);
        }
        for (size_t a = 1; a < LENGTH(angles); a++) assert_memory_equal(&steps[a], &steps[0], sizeof *steps);
    }
}

/* ── Final measurements ── */

static size_t count_steps(const kt_plan *plan, kt_step_code code) {
    size_t count = 0;
    for (size_t i = 0; i < plan->step_count; i++) count += plan->steps[i].code == code;
    return count;
}

/* After `h 0; h 1; measure 0 -> 0`, something that makes it final or not. */
static void expect_final(bool final, void (*then)(ketch_circuit *circuit)) {
    ketch_circuit *circuit = circuit_of(2, 2);
    GATE(circuit, "h", 0);
    GATE(circuit, "h", 1);
    measure(circuit, 0, 0);
    then(circuit);
    kt_plan *plan = plan_of(circuit, 0);
    assert_int_equal(count_steps(plan, KT_STEP_MEASURE), final ? 0 : 1);
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
}

static void nothing(ketch_circuit *circuit) { (void)circuit; }
static void gate_on_it(ketch_circuit *circuit) { GATE(circuit, "z", 0); }
static void gate_on_another(ketch_circuit *circuit) { GATE(circuit, "x", 1); }
static void control_on_it(ketch_circuit *circuit) { GATE(circuit, "cx", 0, 1); }
static void reset_of_it(ketch_circuit *circuit) { OK(ketch_circuit_reset(circuit, 1, (const uint32_t[]){0}, diag)); }
static void measured_again(ketch_circuit *circuit) { measure(circuit, 0, 1); }
static void overwritten_at_the_end(ketch_circuit *circuit) { measure(circuit, 1, 0); }
static void barrier_behind(ketch_circuit *circuit) { OK(ketch_circuit_barrier(circuit, 2, (const uint32_t[]){0, 1}, diag)); }
static void bit_is_read(ketch_circuit *circuit) {
    begin_if(circuit, 0);
    GATE(circuit, "x", 1);
    end_if(circuit);
}
static void other_bit_is_read(ketch_circuit *circuit) {
    begin_if(circuit, 1);
    GATE(circuit, "x", 1);
    end_if(circuit);
}
static void gate_on_it_somewhere(ketch_circuit *circuit) {
    begin_if(circuit, 1);
    GATE(circuit, "x", 0);
    end_if(circuit);
}
static void overwritten_by_a_constant(ketch_circuit *circuit) {
    OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_SET_BIT, .data = 1}, (const uint32_t[]){0}, 1, diag));
}

static void final_measurements(void **unused) {
    (void)unused;
    expect_final(true, nothing);
    expect_final(true, gate_on_another);
    expect_final(true, measured_again);
    expect_final(true, overwritten_at_the_end);
    expect_final(true, barrier_behind);
    expect_final(true, other_bit_is_read);
    expect_final(false, gate_on_it);
    expect_final(false, control_on_it);
    expect_final(false, bit_is_read);
    expect_final(false, gate_on_it_somewhere);
    expect_final(false, overwritten_by_a_constant);
    expect_final(false, reset_of_it);
}

static void conditions_jump_where_they_should(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(2, 1);
    GATE(circuit, "h", 0);
    measure(circuit, 0, 0);
    begin_if(circuit, 0);
    OK(ketch_circuit_barrier(circuit, 2, (const uint32_t[]){0, 1}, diag)); /* no step */
    GATE(circuit, "x", 1);
    GATE(circuit, "id", 1); /* no step */
    end_if(circuit);
    GATE(circuit, "h", 1);
    kt_plan *plan = plan_of(circuit, 0);
    assert_int_equal(plan->step_count, 5); /* h, measure, jump, x, h */
    assert_int_equal(plan->steps[2].code, KT_STEP_JUMP_UNLESS);
    assert_int_equal(plan->steps[2].next, 4);
    assert_int_equal(plan->totals.segments, 3);
    assert_int_equal(plan->totals.gates, 3);
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
}

/* ── Memory ── */

static void memory_saturates(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(63, 0);
    for (uint32_t q = 0; q < 63; q++) GATE(circuit, "h", q);
    kt_plan *plan = plan_of(circuit, 0);
    lab_setup lab = lab_with(1, 0, 1);
    assert_int_equal(kt_plan_memory(plan, &lab.options, 1), UINT64_MAX);
    assert_int_equal(kt_plan_wires(plan), 63);
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
    circuit = circuit_of(30, 0);
    for (uint32_t q = 0; q < 30; q++) GATE(circuit, "h", q);
    plan = plan_of(circuit, 0);
    uint64_t state = UINT64_C(1) << 34, memory = kt_plan_memory(plan, &lab.options, 1);
    assert_true(memory > state && memory < state + (4 << 20));
    lab.options.shots = UINT64_MAX;
    assert_int_equal(kt_plan_memory(plan, &lab.options, 1), UINT64_MAX);
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
}

/* ── Printing ── */

static void plans_print_themselves(void **unused) {
    (void)unused;
    ketch_circuit *circuit = circuit_of(5, 2);
    GATE(circuit, "h", 1);
    OK(ketch_circuit_append_controlled(circuit, "rz", 1, 2, 1, (const uint32_t[]){1, 3, 4}, (const double[]){0.5}, diag));
    measure(circuit, 1, 0);
    begin_if(circuit, 0);
    GATE(circuit, "swap", 3, 4);
    end_if(circuit);
    measure(circuit, 3, 1);
    kt_plan *plan = plan_of(circuit, 0);
    lab_setup lab = lab_with(100, 0, 1);
    kt_buffer out = {0};
    ketch_write_options write = KETCH_WRITE_OPTIONS_INIT;
    OK(kt_plan_write(plan, circuit, &lab.options, &write, kt_buffer_sink(&out), diag));
    static const char *const lines[] = {
        "qubits         5 declared, 3 simulated\n",
        "steps          5: 3 gates in 2 segments, each shot taking its own way through measurements\n",
        "passes         3\n",
        "     0  h             real1     0                           8            256 B\n",
        "     1  rz            diagonal  2             0 !1          2            64 B\n",
        "     2  measure                 0\n",
        "     3  jump unless                                         to step 5 unless c[0] == 1\n",
        "     4  swap          permute   1 2                         4            128 B\n",
    };
    for (size_t i = 0; i < LENGTH(lines); i++) {
        if (!strstr(out.bytes, lines[i])) fail_msg("no line %s in\n%s", lines[i], out.bytes);
    }
    kt_buffer_clear(&out);
    write.format = KETCH_FORMAT_JSONL;
    OK(kt_plan_write(plan, circuit, &lab.options, &write, kt_buffer_sink(&out), diag));
    static const char *const parts[] = {
        "{\"schema\": \"ketch-plan/1\", \"qubits\": 5, \"simulated_qubits\": 3, \"precision\": \"fp64\", \"engine\": \"reference\", "
        "\"gates\": 3, ",
        "{\"operation\": \"rz\", \"kernel\": \"diagonal\", \"wires\": [2], ",
        "\"controls\": [0], \"negative_controls\": [1], \"amplitudes\": 2, ",
        "{\"operation\": \"jump unless\", \"next\": 5, \"condition\": \"c[0] == 1\"}",
    };
    for (size_t i = 0; i < LENGTH(parts); i++) {
        if (!strstr(out.bytes, parts[i])) fail_msg("no %s in\n%s", parts[i], out.bytes);
    }
    write.format = KETCH_FORMAT_CSV;
    FAILS(BAD_ARGUMENT, kt_plan_write(plan, circuit, &lab.options, &write, kt_buffer_sink(&out), diag));
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
    circuit = circuit_of(1, 0);
    GATE(circuit, "h", 0);
    plan = plan_of(circuit, 0);
    kt_buffer_clear(&out);
    write.format = KETCH_FORMAT_TEXT;
    OK(kt_plan_write(plan, circuit, &lab.options, &write, kt_buffer_sink(&out), diag));
    assert_non_null(strstr(out.bytes, "steps          1: 1 gate in 1 segment\n"));
    kt_buffer_free(&out);
    kt_plan_free(plan);
    ketch_circuit_free(&circuit);
}

/* ── Stopping ── */

static ketch_status look(void *left) { return (*(size_t *)left)-- ? KETCH_OK : KETCH_ERROR_CANCELLED; }

/* Gates and wide conditions: both are work. Stopped at each look in turn, until the plan is made. */
static void planning_can_be_stopped(void **unused) {
    (void)unused;
    enum { GATES = 100000, WIDE = 1000, BITS = 300 };
    ketch_circuit *circuit = circuit_of(2, BITS);
    uint32_t bits[BITS];
    for (uint32_t b = 0; b < BITS; b++) bits[b] = b;
    for (uint32_t i = 0; i < GATES; i++) OK(kt_circuit_add_gate(circuit, KT_GATE_H, 0, &(uint32_t){i % 2}, NULL, 0, diag));
    for (uint32_t i = 0; i < WIDE; i++) {
        OK(ketch_circuit_begin_if(circuit, BITS, bits, 0, diag));
        GATE(circuit, "x", 1);
        end_if(circuit);
    }
    lab_setup lab = lab_with(100, 0, 1);
    size_t looks = 0;
    for (ketch_status status = KETCH_ERROR_CANCELLED; status; looks++) {
        kt_plan *plan;
        size_t left = looks;
        kt_watch watch = {.look = look, .user = &left};
        status = kt_plan_make(&plan, circuit, &lab.options, &watch, diag);
        assert_int_equal(status, left == SIZE_MAX ? KETCH_ERROR_CANCELLED : KETCH_OK);
        assert_true(!plan == (status != KETCH_OK));
        kt_plan_free(plan);
    }
    assert_true(looks > (5 * GATES + WIDE * BITS) >> 16);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_touch_what_changes),
        cmocka_unit_test(kernels_by_structure),
        cmocka_unit_test(angles_do_not_matter),
        cmocka_unit_test(final_measurements),
        cmocka_unit_test(conditions_jump_where_they_should),
        cmocka_unit_test(memory_saturates),
        cmocka_unit_test(plans_print_themselves),
        cmocka_unit_test(planning_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
