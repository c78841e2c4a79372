/* SPDX-License-Identifier: Apache-2.0
 *
 * See differ.h.
 */
#include "differ.h"

#include <math.h>

/* ── Gates ── */

static double random_angle(void) {
    static const double special[] = {0,      -0.0,     M_PI,      -M_PI,          2 * M_PI, -2 * M_PI, 4 * M_PI, M_PI / 2,
                                     1e-9,   1e-20,    1e-300,    M_PI + 1e-9,    1e3,      -1e6,      1e15,     M_PI / 2 + 1e-15,
                                     1e-160, 3 * M_PI, -M_PI / 2, M_PI / 2 - 1e-9};
    switch (random_below(3)) {
    case 0: return 7 * random_number();
    case 1: return M_PI / 4 * ((double)random_below(33) - 16);
    default: return special[random_below(LENGTH(special))];
    }
}

/* One of the names in `names`, which are separated by spaces. */
static const kt_gate *pick(const char *names) {
    char word[16];
    uint32_t count = 1, size = 0;
    for (const char *c = names; *c; c++) count += *c == ' ';
    for (uint64_t skip = random_below(count); skip; names++) skip -= *names == ' ';
    for (; names[size] && names[size] != ' '; size++) word[size] = names[size];
    kt_gate_id id = kt_gate_find(word, size, KT_IN_CALLS);
    assert_int_not_equal(id, KT_GATE_NONE);
    return &kt_gates[id];
}

static void append(ketch_circuit *circuit, const kt_gate *record, uint32_t more, uint64_t values, const uint32_t *operands,
                   const double *params) {
    OK(ketch_circuit_append_controlled(circuit, record->name, 1, more, values, operands, params, diag));
}

/* The gate, or now and then the gate and what undoes it. */
static void append_or_cancel(ketch_circuit *circuit, const kt_gate *record, uint32_t more, uint64_t values, const uint32_t *operands) {
    double params[KT_GATE_PARAMS], back[KT_GATE_PARAMS] = {0};
    for (int p = 0; p < KT_GATE_PARAMS; p++) params[p] = random_angle();
    append(circuit, record, more, values, operands, params);
    const kt_inverse *inverse = &record->inverse;
    if (inverse->adjoint || random_below(8) || kt_gates[inverse->gate].control_count != record->control_count) return;
    for (int p = 0; p < KT_GATE_PARAMS; p++) {
        back[p] = inverse->params[p].offset;
        if (inverse->params[p].source >= 0) back[p] += inverse->params[p].sign * params[inverse->params[p].source];
    }
    append(circuit, &kt_gates[inverse->gate], more, values, operands, back);
}

/* A gate of `names` on qubits among the `count` in `among`, with up to `most_controls` further controls. */
static void random_gate(ketch_circuit *circuit, const char *names, uint32_t most_controls, const uint32_t *among, uint32_t count) {
    for (int attempt = 0; attempt < 50; attempt++) {
        const kt_gate *record = pick(names);
        uint32_t own = record->control_count + record->target_count, more = random_below(3) ? 0 : (uint32_t)random_below(most_controls + 1);
        uint32_t operands[64];
        if (own + more > count) continue;
        random_operands(operands, own + more, count);
        for (uint32_t i = 0; i < own + more; i++) operands[i] = among[operands[i]];
        append_or_cancel(circuit, record, more, random_below(2) ? UINT64_MAX : random_below(UINT64_MAX), operands);
        return;
    }
}

static void random_matrix(ketch_circuit *circuit, uint32_t most, const uint32_t *among, uint32_t count) {
    static double matrix[KT_MATRIX_ROOM];
    uint32_t qubits = 1 + (uint32_t)random_below(most < count ? most : count), operands[KT_BLOCK_QUBITS];
    random_unitary(matrix, qubits);
    random_operands(operands, qubits, count);
    for (uint32_t i = 0; i < qubits; i++) operands[i] = among[operands[i]];
    OK(ketch_circuit_append_matrix(circuit, qubits, operands, matrix, diag));
}

/* ── Circuits ── */

#define ONE       "id u0 x y z h s sdg t tdg sx sxdg p rx ry rz r u2 u"
#define PHASES    "z s sdg t tdg p rz cz cs csdg ct ctdg cp crz rzz ccz gphase u0 id"
#define MOVES     "x cx cx cx swap dcx ccx cswap c3x c4x"
#define TWO       "cx cy cz ch cs csx csxdg cp crx cry crz cu3 cu swap iswap dcx ecr rxx ryy rzz rzx"
#define MANY      "ccx ccz cswap rccx c3x c3sx rc3x c4x"
#define SPREADING "h rx ry u sx"

const char *const style_names[STYLE_COUNT] = {"all", "one qubit", "diagonal", "permutation", "Pauli", "two qubits", "dense", "layers"};

static void style_step(ketch_circuit *circuit, style kind, const uint32_t *all, uint32_t qubits) {
    uint32_t few[3] = {0};
    switch (kind) {
    case STYLE_ALL: random_gate(circuit, ONE " " PHASES " " MOVES " " TWO " " MANY, 3, all, qubits); break;
    case STYLE_ONE_QUBIT:
        random_operands(few, 1, qubits);
        for (uint64_t i = random_below(6); i < 6; i++) random_gate(circuit, ONE, 0, few, 1);
        if (random_below(3) == 0) random_gate(circuit, "cx cz rzz cp", 0, all, qubits);
        break;
    case STYLE_DIAGONAL:
        random_gate(circuit, PHASES, 4, all, qubits);
        if (random_below(8) == 0) random_gate(circuit, SPREADING " cx swap", 0, all, qubits);
        break;
    case STYLE_PERMUTATION:
        random_gate(circuit, MOVES, random_below(4) ? 0 : 3, all, qubits);
        if (random_below(8) == 0) random_gate(circuit, SPREADING " t cp", 0, all, qubits);
        break;
    case STYLE_PAULI:
        random_gate(circuit, "x y z", 0, all, qubits);
        if (random_below(2)) random_gate(circuit, ONE " cx cz swap rzz cp rxx ccx cy cry", 2, all, qubits);
        break;
    case STYLE_TWO_QUBITS: {
        uint32_t count = qubits < 2 ? qubits : 2;
        random_operands(few, count, qubits);
        for (uint64_t i = random_below(8); i < 8; i++) random_gate(circuit, random_below(2) ? ONE : TWO, 0, few, count);
        if (random_below(4) == 0) random_matrix(circuit, 2, few, count);
        break;
    }
    case STYLE_DENSE:
        random_matrix(circuit, KT_BLOCK_QUBITS, all, qubits);
        if (random_below(2)) random_gate(circuit, ONE " " TWO " " MANY, 3, all, qubits);
        break;
    case STYLE_LAYERS: {
        const char *names[] = {"u", "ry", "rx", "h", "rz", "x", "sx", "t"};
        const char *name = names[random_below(LENGTH(names))], *link = random_below(3) ? "cx" : random_below(2) ? "cz" : "rzz";
        for (uint32_t q = 0; q < qubits; q++) random_gate(circuit, name, 0, all + q, 1);
        for (uint32_t q = 0; q + 1 < qubits; q++) random_gate(circuit, link, 0, all + q, 2);
        break;
    }
    case STYLE_COUNT: break;
    }
}

typedef struct qubit_list {
    uint32_t at[64], count;
} qubit_list;

static qubit_list all_qubits(const ketch_circuit *circuit) {
    qubit_list all = {.count = circuit->qubit_count};
    for (uint32_t q = 0; q < all.count; q++) all.at[q] = q;
    return all;
}

void styled_gates(ketch_circuit *circuit, style kind, uint32_t count) {
    qubit_list all = all_qubits(circuit);
    size_t end = circuit->ops_count + count;
    if (random_below(4)) { /* amplitudes that differ, rather than zeros */
        for (uint32_t q = 0; q < all.count; q++) random_gate(circuit, "u ry h", 0, all.at + q, 1);
    }
    while (circuit->ops_count < end) style_step(circuit, kind, all.at, all.count);
}

void styled_program(ketch_circuit *circuit, style kind, uint32_t count) {
    qubit_list all = all_qubits(circuit);
    size_t end = circuit->ops_count + count;
    styled_gates(circuit, kind, count / 8);
    while (circuit->ops_count < end) {
        uint32_t qubit = (uint32_t)random_below(all.count), bit = (uint32_t)random_below(all.count);
        switch (random_below(4)) {
        case 0: measure(circuit, qubit, bit); break;
        case 1: OK(ketch_circuit_reset(circuit, 1, &qubit, diag)); break;
        case 2: {
            OK(ketch_circuit_begin_if(circuit, 1, &bit, random_below(2), diag));
            for (uint64_t i = random_below(4); i < 4; i++) style_step(circuit, kind, all.at, all.count);
            if (random_below(3) == 0) random_gate(circuit, "x y z swap", 0, all.at, all.count);
            end_if(circuit);
            break;
        }
        default: break;
        }
        for (uint64_t i = random_below(6); i < 6; i++) style_step(circuit, kind, all.at, all.count);
    }
}

/* ── Settings ── */

ketch_instruction_set best_instructions(void) { return (ketch_instruction_set)(KETCH_INSTRUCTIONS_PLAIN + kt_isa_best()); }

setting random_setting(uint32_t qubits) {
    uint32_t most = qubits < KT_TILE_LEAST ? KT_TILE_LEAST + 1 : qubits + 1;
    if (most > KT_TILE_MOST) most = KT_TILE_MOST;
    setting how = {.instructions = (ketch_instruction_set)(1 + random_below(best_instructions())),
                   .precision = random_below(2) ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64,
                   .tile_bits = KT_TILE_LEAST + (uint32_t)random_below(most - KT_TILE_LEAST + 1),
                   .threads = 1 + (uint32_t)random_below(3)};
    switch (random_below(4)) {
    case 0: break;
    case 1: how.without = 1u << random_below(10); break;
    case 2: how.without = (unsigned)random_below(WITHOUT_ALL + 1); break;
    default: how.without = random_below(4) ? 0 : WITHOUT_ALL; break;
    }
    return how;
}

lab_setup lab_of(const setting *how, uint64_t shots, unsigned outputs, uint64_t seed) {
    lab_setup lab = lab_with(shots, outputs, how->threads);
    lab.options.seed = seed;
    lab.options.engine = KETCH_ENGINE_PLANNED;
    lab.options.instructions = how->instructions;
    lab.options.precision = how->precision;
    lab.options.tile_bits = how->tile_bits;
    lab.options.without = how->without;
    return lab;
}

/* ── Comparing ── */

double amplitude_part(const ketch_result *result, size_t i) {
    const void *numbers = result->state.amplitudes;
    return result->state.precision == KETCH_PRECISION_FP32 ? (double)((const float *)numbers)[i] : ((const double *)numbers)[i];
}

double distance(const ketch_result *result, const double *wanted) {
    double most = 0;
    for (size_t i = 0; i < (size_t)2 << result->state.wires; i++) {
        double difference = fabs(amplitude_part(result, i) - wanted[i]);
        if (!(difference <= most)) most = isnan(difference) ? INFINITY : difference;
    }
    return most;
}

double *reference_state(const ketch_circuit *circuit) {
    lab_setup lab = lab_with(1, KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS, 1);
    lab.grain = 0;
    lab.options.engine = KETCH_ENGINE_REFERENCE;
    ketch_result *result = lab_run(&lab, circuit);
    size_t bytes = (2 * sizeof(double)) << result->state.wires;
    double *copy = malloc(bytes);
    assert_non_null(copy);
    memcpy(copy, result->state.amplitudes, bytes);
    kt_result_free(result);
    return copy;
}

/* Runs with the planned engine, and no other. */
static ketch_status run_planned(ketch_result **out, const lab_setup *lab, const ketch_circuit *circuit) {
    kt_plan *plan = NULL;
    *out = NULL;
    ketch_diag_clear(diag);
    ketch_status status = kt_plan_make(&plan, circuit, &lab->options, NULL, diag);
    if (!status) assert_true(plan->planned);
    if (!status) status = lab_try_plan(out, lab, circuit, plan);
    kt_plan_free(plan);
    return status;
}

/* ── Where it fails ── */

static void print_op(const ketch_circuit *circuit, const kt_op *op) {
    const uint32_t *operands = kt_op_operands(circuit, op);
    switch (op->code) {
    case KT_OP_MEASURE: print_error("c[%u] = measure q[%u];\n", operands[1], operands[0]); return;
    case KT_OP_RESET: print_error("reset q[%u];\n", operands[0]); return;
    case KT_OP_JUMP_UNLESS: print_error("// if (bit %u) up to operation %u\n", circuit->conditions[op->operands].first, op->data); return;
    case KT_OP_GATE: break;
    default: print_error("// operation of code %d\n", op->code); return;
    }
    bool matrix = op->gate == KT_GATE_MATRIX;
    uint32_t own = matrix ? 0 : kt_gates[op->gate].control_count, explicit = op->control_count - own;
    for (uint32_t k = 0; k < op->control_count; k++) {
        bool negated = operands[k] & KT_NEGATED;
        if (k < explicit)
            print_error(negated ? "negctrl @ " : "ctrl @ ");
        else if (negated)
            print_error("/* its own control %u is active at 0 */ ", operands[k] & ~KT_NEGATED);
    }
    print_error("%s", matrix ? "matrix" : kt_gates[op->gate].name);
    for (uint32_t p = 0; !matrix && p < kt_gates[op->gate].parameter_count; p++)
        print_error("%s%.17g%s", p ? ", " : "(", circuit->params[op->data + p], p + 1 < kt_gates[op->gate].parameter_count ? "" : ")");
    for (uint32_t k = 0; k < op->operand_count; k++) print_error("%s q[%u]", k ? "," : "", operands[k] & ~KT_NEGATED);
    print_error(";\n");
}

static void print_failure(const ketch_circuit *circuit, const setting *how, const char *what) {
    print_error("%s\nwith --engine planned --isa %d --precision %s --tile %u, without 0x%x, %u threads:\nqubit[%u] q; bit[%u] c;\n", what,
                (int)how->instructions, how->precision == KETCH_PRECISION_FP32 ? "fp32" : "fp64", how->tile_bits, how->without,
                how->threads, circuit->qubit_count, circuit->bit_count);
    for (size_t i = 0; i < circuit->ops_count; i++) print_op(circuit, &circuit->ops[i]);
}

static void remove_op(ketch_circuit *circuit, size_t index) {
    memmove(circuit->ops + index, circuit->ops + index + 1, (circuit->ops_count - index - 1) * sizeof *circuit->ops);
    circuit->ops_count--;
    for (size_t i = 0; i < circuit->ops_count; i++) {
        kt_op *op = &circuit->ops[i];
        if ((op->code == KT_OP_JUMP_UNLESS || op->code == KT_OP_JUMP) && op->data > index) op->data--;
    }
}

typedef bool agreement(char *what, size_t size, const ketch_circuit *circuit, const setting *how, double tolerance);

/* Leaves operations out, in ever smaller pieces, while the rest still fails. */
static void shrink_and_fail(agreement *agrees, const ketch_circuit *circuit, const setting *how, double tolerance) {
    char what[300] = "", now[300];
    ketch_circuit *least;
    OK(ketch_circuit_copy(&least, circuit, diag));
    agrees(what, sizeof what, least, how, tolerance);
    for (size_t piece = least->ops_count / 2 + 1; piece; piece /= 2) {
        for (size_t i = 0; i < least->ops_count;) {
            ketch_circuit *less;
            OK(ketch_circuit_copy(&less, least, diag));
            for (size_t k = 0; k < piece && i < less->ops_count; k++) remove_op(less, i);
            bool fails = !agrees(now, sizeof now, less, how, tolerance);
            if (fails) {
                memcpy(what, now, sizeof what);
                ketch_circuit_free(&least);
                least = less;
            } else {
                ketch_circuit_free(&less);
                i += piece;
            }
        }
    }
    print_failure(least, how, what);
    ketch_circuit_free(&least);
    fail();
}

static bool state_agrees(char *what, size_t size, const ketch_circuit *circuit, const setting *how, double tolerance) {
    double *wanted = reference_state(circuit);
    lab_setup lab = lab_of(how, 1, KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS, 1);
    ketch_result *result;
    ketch_status status = run_planned(&result, &lab, circuit);
    double off = status ? INFINITY : distance(result, wanted);
    snprintf(what, size, "%s: amplitudes are %g off", status ? ketch_diag_text(diag) : "done", off);
    if (!status) kt_result_free(result);
    free(wanted);
    return off <= tolerance;
}

void expect_agreement(const ketch_circuit *circuit, const double *wanted, const setting *how, double tolerance) {
    lab_setup lab = lab_of(how, 1, KETCH_OUTPUT_STATE | KETCH_OUTPUT_NO_SHOTS, 1);
    ketch_result *result;
    ketch_status status = run_planned(&result, &lab, circuit);
    bool agrees = !status && distance(result, wanted) <= tolerance;
    if (!status) kt_result_free(result);
    if (!agrees) shrink_and_fail(state_agrees, circuit, how, tolerance);
}

/* Bits that measurements in the middle wrote are compared shot by shot, and the state of single shots. (What final measurements draw
 * depends on the order in which basis states stand in memory, which is the engine's own.) A draw within rounding of its threshold is one in
 * 10^12 in fp64; in fp32 it is not that rare, and the way of a single shot that differs says nothing. */
static bool program_agrees(char *what, size_t size, const ketch_circuit *circuit, const setting *how, double tolerance) {
    bool agrees = true, single = how->precision == KETCH_PRECISION_FP32;
    for (uint64_t seed = 1; seed <= 4 && agrees; seed++) {
        uint64_t shots = seed < 4 ? 1 : 300;
        unsigned outputs = KETCH_OUTPUT_SHOTS | (shots == 1 ? KETCH_OUTPUT_STATE : 0);
        lab_setup lab = lab_of(how, shots, outputs, seed), other = lab;
        other.options.engine = KETCH_ENGINE_REFERENCE;
        other.threads = 1;
        other.grain = 0;
        kt_plan *plan = NULL;
        ketch_result *planned = NULL, *reference = lab_run(&other, circuit);
        ketch_status status = kt_plan_make(&plan, circuit, &lab.options, NULL, diag);
        if (!status) status = lab_try_plan(&planned, &lab, circuit, plan);
        uint64_t differ = 0;
        double off = 0;
        for (size_t i = 0; !status && i < shots; i++) {
            for (size_t w = 0; w < planned->words; w++) {
                size_t at = i * planned->words + w;
                if (((planned->shots[at] ^ reference->shots[at]) & ~plan->sampled[w]) == 0) continue;
                differ++;
                break;
            }
        }
        for (size_t i = 0; !status && shots == 1 && !differ && i < (size_t)2 << reference->state.wires; i++)
            off = fmax(off, fabs(amplitude_part(planned, i) - amplitude_part(reference, i)));
        agrees = !status && differ <= (single ? 2 : 0) && off <= tolerance;
        snprintf(what, size, "%s: seed %llu, %llu of %llu shots differ, amplitudes are %g off", status ? ketch_diag_text(diag) : "done",
                 (unsigned long long)seed, (unsigned long long)differ, (unsigned long long)shots, off);
        if (!status) kt_result_free(planned);
        kt_plan_free(plan);
        kt_result_free(reference);
    }
    return agrees;
}

void expect_same_program(const ketch_circuit *circuit, const setting *how, double tolerance) {
    char what[300];
    if (!program_agrees(what, sizeof what, circuit, how, tolerance)) shrink_and_fail(program_agrees, circuit, how, tolerance);
}
