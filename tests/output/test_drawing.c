/* SPDX-License-Identifier: Apache-2.0
 *
 * Circuits drawn and described. Small drawings are compared whole; random circuits of every gate for what must hold in any drawing.
 */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>

static char *drawn(const ketch_circuit *circuit, ketch_write_options options) {
    kt_buffer out = {0};
    if (!options.width) options.width = 80;
    assert_int_equal(kt_output_drawing(circuit, &options, kt_buffer_sink(&out), NULL), KETCH_OK);
    assert_false(out.failed);
    return out.bytes;
}

static void is_drawn(const ketch_circuit *circuit, ketch_write_options options, const char *wanted) {
    char *text = drawn(circuit, options);
    if (strcmp(text, wanted) != 0) print_message("%s", text);
    assert_string_equal(text, wanted);
    kt_free(text);
}

static ketch_circuit *circuit_of(uint32_t qubits, uint32_t bits) {
    ketch_circuit *circuit;
    assert_int_equal(ketch_circuit_create(&circuit, qubits, bits, NULL), KETCH_OK);
    return circuit;
}

static void add(ketch_circuit *circuit, const char *name, const uint32_t *qubits, const double *parameters) {
    assert_int_equal(ketch_circuit_append(circuit, name, 1, qubits, parameters, NULL), KETCH_OK);
}
#define QUBITS(...) ((const uint32_t[]){__VA_ARGS__})
#define ANGLES(...) ((const double[]){__VA_ARGS__})

static void bell(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(2, 2);
    add(circuit, "h", QUBITS(0), NULL);
    add(circuit, "cx", QUBITS(0, 1), NULL);
    assert_int_equal(ketch_circuit_measure(circuit, 2, QUBITS(0, 1), QUBITS(0, 1), NULL), KETCH_OK);
    is_drawn(circuit, (ketch_write_options){0},
             "       ┌───┐       ┌─┐\n"
             "q[0]: ─┤ H ├───●───┤M├─────\n"
             "       └───┘ ┌─┴─┐ └╥┘ ┌─┐\n"
             "q[1]: ───────┤ X ├──╫──┤M├─\n"
             "             └───┘  ║  └╥┘\n"
             "c[2]: ══════════════╩═══╩══\n"
             "                    0   1\n");
    is_drawn(circuit, (ketch_write_options){.ascii = 1, .width = 20, .name = "bell"},
             "==> bell <==\n"
             "       +---+\n"
             "q[0]: -| H |---*--->\n"
             "       +---+ +-+-+\n"
             "q[1]: -------| X |->\n"
             "             +---+\n"
             "c[2]: =============>\n"
             "\n"
             "       +-+\n"
             "q[0]: -|M|-----\n"
             "       +++ +-+\n"
             "q[1]: --H--|M|-\n"
             "        H  +++\n"
             "c[2]: ==+===+==\n"
             "        0   1\n");
    ketch_circuit_free(&circuit);
}

/* Shared border lines: a wide box over a narrow one, and the other way round. */
static void neighbours(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(3, 0);
    add(circuit, "rx", QUBITS(0), ANGLES(0.5));
    add(circuit, "h", QUBITS(1), NULL);
    add(circuit, "u", QUBITS(2), ANGLES(3.14159265358979323846 / 2, -3 * 3.14159265358979323846 / 4, 1e-3));
    is_drawn(circuit, (ketch_write_options){0},
             "             ┌─────────┐\n"
             "q[0]: ───────┤ Rx(0.5) ├────────\n"
             "             └──┬───┬──┘\n"
             "q[1]: ──────────┤ H ├───────────\n"
             "       ┌────────┴───┴─────────┐\n"
             "q[2]: ─┤ U(π/2, -3π/4, 0.001) ├─\n"
             "       └──────────────────────┘\n");
    ketch_circuit_free(&circuit);
}

static void controls_swaps_and_boxes(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(4, 0);
    add(circuit, "swap", QUBITS(0, 2), NULL);
    add(circuit, "cswap", QUBITS(3, 1, 0), NULL);
    assert_int_equal(ketch_circuit_append_controlled(circuit, "x", 1, 2, 1, QUBITS(0, 3, 1), NULL, NULL), KETCH_OK); /* 3 is active at 0 */
    add(circuit, "rzz", QUBITS(2, 0), ANGLES(1));
    assert_int_equal(ketch_circuit_barrier(circuit, 2, QUBITS(1, 2), NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_reset(circuit, 1, QUBITS(3), NULL), KETCH_OK);
    is_drawn(circuit, (ketch_write_options){0},
             "                 ┌─────────┐\n"
             "q[0]: ─×─×───●───┤1        ├───\n"
             "       │ │ ┌─┴─┐ │         │ ░\n"
             "q[1]: ─┼─×─┤ X ├─┤  Rzz(1) ├─░─\n"
             "       │ │ └─┬─┘ │         │ ░\n"
             "q[2]: ─×─┼───┼───┤0        ├─░─\n"
             "         │   │   └──┬───┬──┘ ░\n"
             "q[3]: ───●───○──────┤|0>├──────\n"
             "                    └───┘\n");
    ketch_circuit_free(&circuit);
}

static void conditions(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(2, 2);
    assert_int_equal(ketch_circuit_begin_if(circuit, 2, QUBITS(0, 1), 2, NULL), KETCH_OK);
    add(circuit, "x", QUBITS(1), NULL);
    assert_int_equal(ketch_circuit_end_if(circuit, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_begin_if(circuit, 1, QUBITS(1), 1, NULL), KETCH_OK);
    add(circuit, "h", QUBITS(0), NULL);
    add(circuit, "h", QUBITS(1), NULL);
    assert_int_equal(ketch_circuit_end_if(circuit, NULL), KETCH_OK);
    is_drawn(circuit, (ketch_write_options){0},
             "               ┌──────────────┐ ┌───┐ ┌─────┐\n"
             "q[0]: ─────────┤              ├─┤ H ├─┤     ├─\n"
             "        ┌───┐  │              │ ├───┤ │     │\n"
             "q[1]: ──┤ X ├──┤ if c[1] == 1 ├─┤ H ├─┤ end ├─\n"
             "        └─╥─┘  │              │ └───┘ │     │\n"
             "c[2]: ════╩════╡              ╞═══════╡     ╞═\n"
             "       c == 2  └──────────────┘       └─────┘\n");
    ketch_circuit_free(&circuit);
}

/* What is too large is cut, and said: operations, and wires that nothing touches. */
static void limits(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(5, 0);
    enum { GATES = 200000 };
    uint32_t *qubits = kt_zalloc(GATES * sizeof *qubits);
    assert_int_equal(ketch_circuit_append(circuit, "h", GATES, qubits, NULL, NULL), KETCH_OK);
    kt_free(qubits);
    char *text = drawn(circuit, (ketch_write_options){.width = 200});
    size_t size = strlen(text), boxes = 0;
    assert_true(size < 8u << 20);
    for (const char *next = text; (next = strstr(next, "┤ H ├")); next++) boxes++;
    char rest[80];
    snprintf(rest, sizeof rest, "… %zu more operations\n", GATES - boxes);
    assert_true(boxes > 10000);
    assert_string_equal(text + size - strlen(rest), rest);
    kt_free(text);
    ketch_circuit_free(&circuit);

    circuit = circuit_of(1000000, 0);
    add(circuit, "cx", QUBITS(17, 999999), NULL);
    is_drawn(circuit, (ketch_write_options){.ascii = 1},
             "    q[17]: ---*---\n"
             "            +-+-+\n"
             "q[999999]: -| X |-\n"
             "            +---+\n"
             "... 999998 more wires, not in use here\n");
    ketch_circuit_free(&circuit);
}

/* A block over operations of which some have wires beyond those that are drawn. */
static void a_block_beyond_what_is_drawn(void **state) {
    (void)state;
    enum { WIRES = 3000 };
    ketch_circuit *circuit = circuit_of(WIRES, 1);
    uint32_t qubits[WIRES];
    for (uint32_t q = 0; q < WIRES; q++) qubits[q] = q;
    assert_int_equal(ketch_circuit_begin_if(circuit, 1, (const uint32_t[]){0}, 1, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_append(circuit, "h", WIRES, qubits, NULL, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_end_if(circuit, NULL), KETCH_OK);
    char *text = drawn(circuit, (ketch_write_options){.width = 80});
    assert_non_null(strstr(text, "more operations"));
    kt_free(text);
    text = drawn(circuit, (ketch_write_options){.format = KETCH_FORMAT_SVG});
    assert_non_null(strstr(text, "</svg>"));
    kt_free(text);
    ketch_circuit_free(&circuit);
}

/* ── Random circuits ── */

/* Lines that fit, wires as long as each other, a box or cross for each target and a dot for each control. */
static size_t occurrences(const char *text, const char *what) {
    size_t count = 0;
    for (const char *next = text; (next = strstr(next, what)); next += strlen(what)) count++;
    return count;
}

static void check_lines(const char *text, size_t width) {
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
        size_t columns = 0;
        for (const char *c = line; *c && *c != '\n'; c++) columns += ((unsigned char)*c & 0xc0) != 0x80;
        assert_true(columns <= width);
        if (columns) assert_true(line[strcspn(line, "\n") - 1] != ' ');
    }
}

/* Something that is no gate: measurement, reset, barrier, a condition over what follows or its end. */
static void add_other(ketch_circuit *circuit, uint32_t qubits, uint32_t bits, unsigned *depth) {
    uint32_t qubit = (uint32_t)lrand48() % qubits, pair[] = {qubit, (qubit + 1) % qubits}, bit = (uint32_t)lrand48() % bits;
    ketch_status status = KETCH_OK;
    switch (lrand48() % 5) {
    case 0: status = ketch_circuit_measure(circuit, 1, &qubit, &bit, NULL); break;
    case 1: status = ketch_circuit_reset(circuit, 1, &qubit, NULL); break;
    case 2: status = ketch_circuit_barrier(circuit, 2, pair, NULL); break;
    case 3:
        if ((*depth)++ < 5)
            status = ketch_circuit_begin_if(circuit, 1, &bit, 1, NULL);
        else
            --*depth;
        break;
    default:
        if (*depth) status = ketch_circuit_end_if(circuit, NULL);
        *depth -= *depth > 0;
    }
    assert_int_equal(status, KETCH_OK);
}

static void random_circuits(void **state) {
    (void)state;
    enum { QUBITS_HERE = 7, GATES = 60 };
    srand48(3);
    for (int round = 0; round < 60; round++) {
        ketch_circuit *circuit = circuit_of(QUBITS_HERE, 3);
        unsigned depth = 0;
        size_t controls = 0, crosses = 0;
        for (int g = 0; g < GATES; g++) {
            const kt_gate *gate;
            do gate = &kt_gates[lrand48() % KT_GATE_COUNT];
            while (!(gate->provided_by & KT_IN_CALLS) || !gate->target_count);
            uint32_t order[QUBITS_HERE];
            for (uint32_t q = 0; q < QUBITS_HERE; q++) { /* a random order */
                uint32_t other = (uint32_t)lrand48() % (q + 1);
                order[q] = order[other];
                order[other] = q;
            }
            add(circuit, gate->name, order, ANGLES(drand48(), drand48(), drand48(), drand48()));
            controls += gate->control_count;
            if (round % 2) add_other(circuit, QUBITS_HERE, 3, &depth);
            if (!strcmp(gate->name, "swap") || !strcmp(gate->name, "cswap")) crosses += 2;
        }
        for (; depth; depth--) assert_int_equal(ketch_circuit_end_if(circuit, NULL), KETCH_OK);
        char *text = drawn(circuit, (ketch_write_options){.width = 100});
        check_lines(text, 100);
        assert_int_equal(occurrences(text, "●"), controls);
        assert_int_equal(occurrences(text, "×"), crosses);
        kt_free(text);
        char *svg = drawn(circuit, (ketch_write_options){.format = KETCH_FORMAT_SVG});
        if (round % 2 == 0) assert_int_equal(occurrences(svg, "<circle"), controls); /* links end in a dot too */
        assert_non_null(strstr(svg, "</svg>\n"));
        kt_free(svg);
        ketch_circuit_free(&circuit);
    }
}

static void described(void **state) {
    (void)state;
    ketch_circuit *circuit = circuit_of(3, 2);
    add(circuit, "h", QUBITS(0), NULL);
    add(circuit, "h", QUBITS(1), NULL);
    assert_int_equal(ketch_circuit_append_controlled(circuit, "cx", 1, 1, 1, QUBITS(0, 1, 2), NULL, NULL), KETCH_OK);
    assert_int_equal(ketch_circuit_measure(circuit, 1, QUBITS(0), QUBITS(1), NULL), KETCH_OK);
    kt_buffer out = {0};
    ketch_write_options options = {.width = 80};
    assert_int_equal(kt_output_circuit(circuit, &options, kt_buffer_sink(&out), NULL), KETCH_OK);
    const char *memory = strstr(out.bytes, "; circuit ");
    assert_non_null(memory);
    out.bytes[memory - out.bytes] = '\0';
    assert_string_equal(out.bytes, "qubits          3: q[3]\n"
                                   "bits            2: c[2]\n"
                                   "depth           3\n"
                                   "operations      4\n"
                                   "gates           3\n"
                                   "  h             2\n"
                                   "  ctrl @ cx     1\n"
                                   "measurements    1\n"
                                   "memory          state 128 B in fp64, 64 B in fp32");
    kt_buffer_free(&out);
    options.format = KETCH_FORMAT_CSV;
    assert_int_equal(kt_output_circuit(circuit, &options, kt_buffer_sink(&out), NULL), KETCH_ERROR_USAGE);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bell),
        cmocka_unit_test(neighbours),
        cmocka_unit_test(controls_swaps_and_boxes),
        cmocka_unit_test(conditions),
        cmocka_unit_test(limits),
        cmocka_unit_test(a_block_beyond_what_is_drawn),
        cmocka_unit_test(random_circuits),
        cmocka_unit_test(described),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
