/* SPDX-License-Identifier: Apache-2.0
 *
 * What a plan finds out about bits that are read no more, against the definition: of random circuits with conditions, all ways from a
 * measurement on are followed, and a bit is read on one of them before it is written, or it is not. Those that are read must be live;
 * where the others are not, branches meet, and shots stay what they were.
 */
#include "lab.h"

enum { QUBITS = 3, BITS = 70, PARTS = 24 };

static uint32_t any_bit(void) { return random_below(2) ? (uint32_t)random_below(3) : BITS - 1 - (uint32_t)random_below(3); }

static void condition(ketch_circuit *circuit) {
    uint32_t bits[2] = {any_bit(), 0};
    do bits[1] = any_bit();
    while (bits[1] == bits[0]);
    OK(ketch_circuit_begin_if(circuit, 1 + random_below(2), bits, random_below(2), diag));
}

/* Conditions may be in one another. */
static ketch_circuit *random_circuit(void) {
    ketch_circuit *circuit = circuit_of(QUBITS, BITS);
    uint32_t open = 0;
    for (int i = 0; i < PARTS; i++) {
        uint32_t qubit = (uint32_t)random_below(QUBITS), bit = any_bit();
        gate(circuit, "ry", &(double){1.5}, qubit, 0, 0);
        switch (random_below(6)) {
        case 0:
        case 1:
            measure(circuit, qubit, bit);
            OK(ketch_circuit_reset(circuit, 1, &qubit, diag));
            break;
        case 2: OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_SET_BIT, .data = (uint32_t)random_below(2)}, &bit, 1, diag)); break;
        case 3:
            if (open < 3) condition(circuit), open++;
            break;
        case 4:
            if (open) end_if(circuit), open--;
            break;
        default: GATE(circuit, "cx", qubit, (qubit + 1) % QUBITS); break;
        }
    }
    while (open--) end_if(circuit);
    return circuit;
}

static bool condition_reads(const ketch_circuit *circuit, const kt_op *jump, uint32_t bit) {
    for (uint32_t i = 0; i < jump->operand_count; i++) {
        const kt_condition *part = &circuit->conditions[jump->operands + i];
        for (uint32_t k = 0; k < part->count; k++) {
            if (circuit->operands[part->first + k] == bit) return true;
        }
    }
    return false;
}

/* From operation `at` on. At the end all bits are looked at. */
static bool is_read(const ketch_circuit *circuit, size_t at, uint32_t bit) {
    for (; at < circuit->ops_count; at++) {
        const kt_op *op = &circuit->ops[at];
        const uint32_t *operands = kt_op_operands(circuit, op);
        if (op->code == KT_OP_MEASURE && operands[1] == bit) return false;
        if (op->code == KT_OP_SET_BIT && operands[0] == bit) return false;
        if (op->code != KT_OP_JUMP_UNLESS) continue;
        if (condition_reads(circuit, op, bit) || is_read(circuit, op->data, bit)) return true;
    }
    return true;
}

static void bits_that_are_read_are_live(void **unused) {
    (void)unused;
    size_t dead = 0, found = 0;
    for (int i = 0; i < (quick() ? 100 : 1000); i++) {
        ketch_circuit *circuit = random_circuit();
        lab_setup lab = lab_with(200, KETCH_OUTPUT_SHOTS, 1);
        kt_plan *plan = NULL;
        OK(kt_plan_make(&plan, circuit, &lab.options, NULL, diag));
        for (size_t k = 0; k < plan->live_count; k++) {
            const uint64_t *live = plan->live_words + plan->lives[k].first;
            for (uint32_t bit = 0; bit < BITS; bit++) {
                bool read = is_read(circuit, plan->steps[plan->lives[k].step].op, bit), told = live[bit / 64] >> (bit % 64) & 1;
                assert_true(told || !read);
                dead += !read;
                found += !told;
            }
        }
        ketch_result *met, *apart;
        OK(lab_try_plan(&met, &lab, circuit, plan));
        kt_plan_free(plan);
        lab.options.without = KETCH_WITHOUT_MEETING;
        apart = lab_run(&lab, circuit);
        expect_same_result(met, apart);
        kt_result_free(met);
        kt_result_free(apart);
        ketch_circuit_free(&circuit);
    }
    assert_true(found > 100 && found > dead / 2); /* a measurement that waits for the end writes nothing on the way */
}

/* A syndrome that each round measures anew, and corrects: 2^200 ways, of which two are left at a time. */
static void what_is_overwritten_keeps_nothing_apart(void **unused) {
    (void)unused;
    enum { ROUNDS = 200, SHOTS = 4000, SYNDROMES = 40 };
    ketch_circuit *circuit = circuit_of(2, SYNDROMES);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        gate(circuit, "ry", &(double){1.2}, 0, 0, 0);
        measure(circuit, 0, round % SYNDROMES);
        begin_if(circuit, round % SYNDROMES);
        GATE(circuit, "x", 0);
        end_if(circuit);
    }
    for (uint32_t bit = 0; bit < SYNDROMES; bit++) OK(kt_circuit_add_op(circuit, (kt_op){.code = KT_OP_SET_BIT}, &bit, 1, diag));
    lab_setup lab = lab_with(SHOTS, KETCH_OUTPUT_SHOTS, 1);
    double start = kt_seconds();
    ketch_result *met = lab_run(&lab, circuit);
    double middle = kt_seconds();
    lab.options.without = KETCH_WITHOUT_MEETING;
    ketch_result *apart = lab_run(&lab, circuit);
    assert_true(middle - start < (kt_seconds() - middle) / 2);
    expect_same_result(met, apart);
    kt_result_free(met);
    kt_result_free(apart);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bits_that_are_read_are_live),
                                       cmocka_unit_test(what_is_overwritten_keeps_nothing_apart)};
    return RUN_WITH_BOTH_ENGINES(tests, NULL, NULL);
}
