/* SPDX-License-Identifier: Apache-2.0
 *
 * Every gate of the table, with 0 to 3 further controls, positive and negative, at all placements on up to 6 qubits, in both precisions, on
 * 1, 2 and 3 threads: each step of the reference engine is applied to a random state and compared with the oracle, phase included.
 */
#include "engine/run.h"
#include "lab.h"
#include "oracle.h"

#include <math.h>

typedef struct amplitudes {
    double numbers[2 * ORACLE_SIZE]; /* floats where single */
} amplitudes;

/* One way to run: a precision and a number of threads. */
typedef struct kt_way {
    kt_run run;
    kt_engine engine;
    ketch_run_options options;
} kt_way;

static atomic_bool cancelled;
static uint64_t steps_checked;

/* A gate with `more` controls in front: all placements on n qubits, all signs of those controls; beyond the oracle's patience, every so
 * many. */
static void place(ketch_circuit *circuit, kt_gate_id gate, uint32_t more, uint32_t *operands, uint32_t placed, uint32_t *skip,
                  uint32_t every) {
    const kt_gate *record = &kt_gates[gate];
    uint32_t count = record->control_count + record->target_count + more;
    if (placed < count) {
        for (uint32_t q = 0; q < circuit->qubit_count; q++) {
            bool used = false;
            for (uint32_t k = 0; k < placed; k++) used = used || (operands[k] & ~KT_NEGATED) == q;
            for (uint32_t sign = 0; !used && sign < (placed < more ? 2 : 1); sign++) {
                operands[placed] = sign ? q | KT_NEGATED : q;
                place(circuit, gate, more, operands, placed + 1, skip, every);
            }
        }
        return;
    }
    if ((*skip)++ % every) return;
    double params[KT_GATE_PARAMS];
    for (int p = 0; p < KT_GATE_PARAMS; p++) params[p] = 7 * random_number();
    OK(kt_circuit_add_gate(circuit, gate, more + record->control_count, operands, params, 0, diag));
}

static void random_state(double *state, uint32_t qubits) {
    double norm = 0;
    for (size_t i = 0; i < (size_t)2 << qubits; i++) norm += pow(state[i] = random_number(), 2);
    for (size_t i = 0; i < (size_t)2 << qubits; i++) state[i] /= sqrt(norm);
}

static void load(amplitudes *to, const double *from, uint32_t qubits, bool single) {
    for (size_t i = 0; i < (size_t)2 << qubits; i++) {
        if (single)
            ((float *)to->numbers)[i] = (float)from[i];
        else
            to->numbers[i] = from[i];
    }
}

static void compare(const amplitudes *found, const double *wanted, uint32_t qubits, const kt_way *way, const kt_op *op) {
    bool single = way->options.precision == KETCH_PRECISION_FP32;
    double tolerance = single ? 1e-6 : 2e-15;
    for (size_t i = 0; i < (size_t)2 << qubits; i++) {
        double number = single ? (double)((const float *)found->numbers)[i] : found->numbers[i];
        if (fabs(number - wanted[i]) <= tolerance) continue;
        fail_msg("%s with %u controls on %u qubits, %s, %u threads: number %zu is %.17g instead of %.17g", kt_gates[op->gate].name,
                 op->control_count, qubits, single ? "fp32" : "fp64", way->engine.threads, i, number, wanted[i]);
    }
}

/* One way through the circuit's steps, each from its own random state; every so many of them. */
static void check_way(const ketch_circuit *circuit, kt_way *way, const double *starts, const double *wanted, size_t every) {
    static amplitudes found;
    uint32_t n = circuit->qubit_count;
    kt_plan *plan;
    OK(kt_plan_make(&plan, circuit, &way->options, NULL, diag));
    kt_run_set_up(&way->run, &way->engine, plan, circuit, &way->options, diag);
    for (size_t s = 0; s < plan->step_count; s += every) {
        load(&found, starts + (s << (n + 1)), n, way->options.precision == KETCH_PRECISION_FP32);
        OK(kt_apply_gate(&way->run, &found, &plan->steps[s]));
        compare(&found, wanted + (s << (n + 1)), n, way, &circuit->ops[plan->steps[s].op]);
        steps_checked++;
    }
    kt_plan_free(plan);
}

/* More threads take the same groups, only shared out, and waking them costs more than the oracle: they get a sample of the placements. */
static void check_circuit(const ketch_circuit *circuit) {
    static double matrix[2 * ORACLE_SIZE * ORACLE_SIZE];
    uint32_t n = circuit->qubit_count;
    double *starts = malloc((circuit->ops_count << (n + 1)) * sizeof *starts),
           *wanted = malloc((circuit->ops_count << (n + 1)) * sizeof *wanted);
    size_t steps = 0;
    assert_true(starts && wanted);
    for (size_t i = 0; i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        if (op->gate == KT_GATE_ID || op->gate == KT_GATE_U0) continue; /* no step */
        double *start = starts + (steps << (n + 1)), *end = wanted + (steps++ << (n + 1));
        random_state(start, n);
        memcpy(end, start, (2 * sizeof *end) << n);
        oracle_matrix(matrix, circuit, op, n);
        oracle_multiply(end, matrix, n);
    }
    static kt_way way;
    for (uint32_t threads = 1; threads <= 3; threads++)
        for (int single = 0; single < 2; single++) {
            way.options = (ketch_run_options){.outputs = KETCH_OUTPUT_STATE,
                                              .engine = KETCH_ENGINE_REFERENCE,
                                              .precision = single ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64};
            way.engine = (kt_engine){.threads = threads, .cancelled = &cancelled, .grain = 4};
            check_way(circuit, &way, starts, wanted, threads == 1 ? 1 : 1 + steps / (quick() ? 5 : 50));
        }
    free(starts);
    free(wanted);
}

static void check_gate(kt_gate_id gate, uint32_t more, uint32_t qubits, uint32_t every) {
    uint32_t operands[16], skip = 0;
    ketch_circuit *circuit = circuit_of(qubits, 0);
    place(circuit, gate, more, operands, 0, &skip, every);
    check_circuit(circuit);
    ketch_circuit_free(&circuit);
}

static void gates_of_the_table(void **unused) {
    (void)unused;
    uint32_t most = quick() ? 4 : 6;
    for (uint32_t gate = 0; gate < KT_GATE_COUNT; gate++) {
        for (uint32_t more = 0; more <= 3; more++) {
            uint32_t count = kt_gates[gate].control_count + kt_gates[gate].target_count + more;
            for (uint32_t qubits = count ? count : 1; qubits <= most; qubits++) check_gate((kt_gate_id)gate, more, qubits, 1);
            if (count > most && count <= ORACLE_QUBITS) check_gate((kt_gate_id)gate, more, count, quick() ? 4999 : 499);
        }
    }
    print_message("%llu steps compared\n", (unsigned long long)steps_checked);
}

/* Random matrices on 1 to 6 qubits, with controls as the parser writes them. */
static void matrices_of_the_circuit(void **unused) {
    (void)unused;
    static double matrix[KT_MATRIX_ROOM];
    for (uint32_t qubits = 1; qubits <= KT_BLOCK_QUBITS; qubits++) {
        ketch_circuit *circuit = circuit_of(ORACLE_QUBITS, 0);
        for (int round = 0; round < 12; round++) {
            uint32_t operands[ORACLE_QUBITS], controls = (uint32_t)round % 3, block;
            random_unitary(matrix, qubits);
            random_operands(operands, controls + qubits, ORACLE_QUBITS);
            for (uint32_t k = 0; k < controls; k++) operands[k] |= random_below(2) ? KT_NEGATED : 0;
            OK(kt_circuit_add_block(&block, circuit, (kt_block){.qubit_count = qubits}, matrix, diag));
            kt_op op = {.code = KT_OP_GATE, .gate = KT_GATE_MATRIX, .control_count = controls, .data = block};
            OK(kt_circuit_add_op(circuit, op, operands, controls + qubits, diag));
        }
        check_circuit(circuit);
        ketch_circuit_free(&circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gates_of_the_table), cmocka_unit_test(matrices_of_the_circuit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
