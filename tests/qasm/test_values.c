/* SPDX-License-Identifier: Apache-2.0
 *
 * Variables, arrays, operators and functions. Each program is read twice: with the values of variables followed, and with all of them
 * computed by the machine; both must give the number that the specification says, worked out by hand.
 */
#include "helper.h"

/* ── Running ── */

static ketch_circuit *read(const char *text, uint64_t unroll, ketch_diag *diag) {
    ketch_load_options options = ordinary_options();
    ketch_circuit *circuit = NULL;
    options.max_unroll = unroll;
    ketch_status status = kt_qasm_parse(&circuit, text, strlen(text), &options, diag);
    if (status != KETCH_OK) fail_msg("refused: %s\n%s", text, ketch_diag_text(diag));
    return circuit;
}

/* Carries a circuit out, every measured qubit being 1. Gives the 64 bits of its last counted register. */
static ketch_status carry_out(uint64_t *out, ketch_circuit *circuit, ketch_diag *diag) {
    kt_op *program = kt_array(circuit->ops_count + 1, sizeof *program);
    kt_memory memory = {kt_zalloc((circuit->bit_count / 64 + 2) * 8), kt_zalloc((circuit->cell_count + 1) * 8)};
    assert_non_null(program);
    if (circuit->ops_count) memcpy(program, circuit->ops, circuit->ops_count * sizeof *program);
    program[circuit->ops_count] = (kt_op){.code = KT_OP_END};
    kt_machine machine = {.circuit = circuit,
                          .program = program,
                          .params = circuit->params,
                          .memory = memory,
                          .operations_left = 1000000,
                          .max_call_depth = 100,
                          .diag = diag};
    ketch_status status = KETCH_OK;
    kt_pause pause;
    while ((pause = kt_machine_run(&machine, &status)) == KT_PAUSE_OPERATION) {
        const kt_op *op = &program[machine.at++];
        if (op->code != KT_OP_MEASURE) continue;
        uint32_t bit = kt_op_operands(circuit, op)[1];
        if (bit != KT_NO_BIT) memory.bits[bit / 64] |= UINT64_C(1) << bit % 64;
    }
    const kt_register_info *last = NULL;
    for (size_t i = 0; i < circuit->bit_registers_count; i++)
        if (circuit->bit_registers[i].counted) last = &circuit->bit_registers[i];
    *out = 0;
    for (uint32_t i = 0; last && i < last->size && i < 64; i++)
        *out |= (memory.bits[(last->first + i) / 64] >> (last->first + i) % 64 & 1) << i;
    kt_machine_free(&machine);
    kt_free(memory.bits);
    kt_free(memory.cells);
    kt_free(program);
    return status;
}

typedef struct row {
    const char *statements, *expression;
    int64_t value;
} row;

static void check_row(const row *one, uint64_t unroll, bool computed) {
    char text[4096];
    uint64_t seen;
    ketch_diag *diag = ketch_diag_create();
    snprintf(text, sizeof text, QASM3 "qubit q; %s int[64] result_ = %s; bit[64] r = bit[64](result_);", one->statements, one->expression);
    ketch_circuit *circuit = read(text, unroll, diag);
    if (carry_out(&seen, circuit, diag) != KETCH_OK) fail_msg("%s\n%s", text, ketch_diag_text(diag));
    if ((int64_t)seen != one->value)
        fail_msg("%s %s is %lld instead of %lld %s", one->statements, one->expression, (long long)seen, (long long)one->value,
                 unroll == KETCH_UNROLL_NONE ? "where the machine computes it" : "where it is followed");
    if (!computed && circuit->dynamic) fail_msg("%s %s is not followed", one->statements, one->expression);
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
}

static void check_rows(const row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        check_row(&rows[i], 1 << 20, false);
        check_row(&rows[i], KETCH_UNROLL_NONE, true);
    }
}
#define CHECK(rows) check_rows(rows, sizeof(rows) / sizeof *(rows))

/* ── Scalars ── */

static void test_integers(void **state) {
    (void)state;
    static const row rows[] = {
        {"int[8] x = 100;", "x", 100},
        {"int x;", "x", 0},
        {"int[8] x = 100; x = x + 100;", "x", -56},
        {"int[8] x = 100; x += 100;", "x", -56},
        {"uint[8] x = 250; x += 10;", "x", 4},
        {"uint[8] x = 0; x -= 1;", "x", 255},
        {"int[8] x = 100;", "x + x", 200},
        {"uint[8] x = 200;", "x + x", 400},
        {"int[32] a = 2; int[32] b = 3;", "a * b", 6},
        {"int[32] a = 2; int[32] b = 3;", "b / a", 1},
        {"int[32] a = 2; int[32] b = 3;", "b % a", 1},
        {"int[32] a = 2; int[32] b = 3;", "a ** b", 8},
        {"int[32] a = 2; a += 4;", "a", 6},
        {"int a = -7;", "a / 2", -3},
        {"int a = -7;", "a % 2", -1},
        {"int a = 7; a *= 3; a -= 1; a /= 4; a %= 3;", "a", 2},
        {"int a = 3; a **= 4;", "a", 81},
        {"int a = 2;", "a ** -1", 0},
        {"int a = -1;", "a ** -3", -1},
        {"int a = 9223372036854775807;", "a + 1", INT64_MIN},
        {"int a = 4611686018427387904;", "a * 2", INT64_MIN},
        {"int[8] a = -128; a = -a;", "a", -128},
        {"uint[8] a = 1;", "-a", -1},
        {"uint a = 1; uint b = -a;", "int[64](b >> 63)", 1},
        {"uint[16] u = 65535; int[16] i = int[16](u);", "i", -1},
        {"int[4] i = -3; uint[4] u = uint[4](i);", "u", 13},
        {"int[16] i = 300;", "int[8](i)", 44},
        {"int[16] i = 300; uint[4] u = i;", "u", 12},
        {"int[8] a = 5; int[8] b = 3;", "a & b", 1},
        {"int[8] a = 5; int[8] b = 3;", "a | b", 7},
        {"int[8] a = 5; int[8] b = 3;", "a ^ b", 6},
        {"int[8] a = -1; uint[8] b = 129;", "a & b", 129},
        {"int[8] a = 5;", "~a", -6},
        {"uint[4] a = 5;", "~a", 10},
        {"uint[4] a = 12;", "a << 1", 8},
        {"uint[4] a = 12;", "a >> 2", 3},
        {"int[4] a = -8;", "a >> 1", -4},
        {"int[4] a = 7;", "a << 1", -2},
        {"int a = -8; int s = 70;", "a >> s", -1},
        {"uint[8] a = 255; int s = 9;", "a << s", 0},
        {"uint[8] a = 3; a <<= 2;", "a", 12},
        {"uint[8] a = 12; a >>= 2;", "a", 3},
        {"uint[8] a = 12; a &= 10; a |= 1; a ^= 3;", "a", 10},
        {"bool t = true; int a = 4;", "a + t", 5},
        {"bit t = 1; int[1] a = t;", "a", -1},
        {"bit t = 1; int[8] a = t;", "a", 1},
        {"int a = 3; int b = 4;", "int[64](a < b) + int[64](a >= b) * 2 + int[64](a != b) * 4", 5},
        {"uint[8] a = 3; int b = -4;", "int[64](a > b)", 1},
        {"uint a = 3; int b = -4;", "int[64](a > b)", 0}, /* as in C: -4 is 2^64 - 4 there */
        {"int x = 1; int y = x; x = 7;", "x * 10 + y", 71},
        {"int x = 1; { int x = 5; x += 1; } x += 1;", "x", 2},
        {"const int n = 5; int x = n; x += n;", "x + n", 15},
    };
    CHECK(rows);
}

static void test_reals(void **state) {
    (void)state;
    static const row rows[] = {
        {"float x = 2; int i = 3;", "int[64](pow(x, 3)) * 100 + pow(i, 2)", 809},
        {"float x = 2.5; x += 0.25;", "int[64](x * 100)", 275},
        {"float[32] x = 0.1;", "int[64](x * 1e17)", 10000000149011612},
        {"float[32] x = 16777216; x += 1;", "int[64](x)", 16777216},
        {"float[32] x = 16777216; float[64] y = x; y += 1;", "int[64](y)", 16777217},
        {"float x = 7;", "int[64](x / 2 * 10)", 35},
        {"float x = -7.9;", "int[64](x)", -7},
        {"float x = 300.7;", "uint[8](x)", 44},
        {"float x = 5.5;", "int[64](10 * (x % 2))", 15},
        {"float x = 2; float y = 0.5;", "int[64](1e6 * x ** y)", 1414213},
        {"float x = 1; int i = 3;", "int[64]((x + i) * i)", 12},
        {"float x = 1.5;", "int[64](x > 1) + 2 * int[64](x == 1.5) + 4 * int[64](x <= 1) + 8 * int[64](x != 2)", 11},
        {"float x = 0.0; bool b = bool(x);", "int[64](b)", 0},
        {"float x = 0.5; bool b = bool(x);", "int[64](b)", 1},
        {"float x = -0.5;", "int[64](-x * 4)", 2},
        {"float x = 1;", "int[64](1e6 * (sin(x) + cos(x) * tan(x)))", 1682941},
        {"float x = 0.5;", "int[64](1e6 * (arcsin(x) + arccos(x) + arctan(x)))", 2034443},
        {"float x = 2;", "int[64](1e6 * (exp(x) + log(x) + sqrt(x)))", 9496416},
        {"float x = 2.5;", "int[64](ceiling(x) * 10 + floor(x))", 32},
        {"float x = 17.5; int i = 17;", "int[64](10 * mod(x, 5)) * 10 + mod(i, 5)", 252},
        {"int i = 4;", "int[64](sqrt(i))", 2},
        {"duration d = 100ns; duration e = d * 2 + 1us;", "int[64](e / d)", 12},
        {"duration d = 100ns; d += 20ns;", "int[64](d > 110ns) + int[64](d / 3 < 50ns)", 2},
    };
    CHECK(rows);
}

static void test_angles(void **state) {
    (void)state;
    static const char *const four = "angle[4] a = 7 * (pi / 8); angle[4] b = pi / 8; angle[4] c = 5 * (pi / 4); uint[4] two = 2;";
    static const row rows[] = {
        {four, "uint[4](bit[4](a + b))", 8},
        {four, "uint[4](bit[4](b - a))", 10},
        {four, "uint[4](bit[4](a / two))", 3},
        {four, "uint[4](bit[4](two * c))", 4},
        {four, "c / b", 10},
        {four, "uint[4](bit[4](-a))", 9},
        {four, "uint[4](bit[4](~a))", 8},
        {four, "uint[4](bit[4](a & c))", 2},
        {four, "int[64](a > b) + 2 * int[64](a == b) + 4 * int[64](b < pi)", 5},
        {"angle[4] a = 9 * (pi / 8);", "uint[4](bit[4](a << 2))", 4},
        {"angle[4] a = 9 * (pi / 8);", "uint[4](bit[4](a >> 2))", 2},
        {"angle[4] a = 9 * (pi / 8); a += pi;", "uint[4](bit[4](a))", 1},
        {"angle[4] a = pi / 8; a *= 3; a -= pi / 8;", "uint[4](bit[4](a))", 2},
        {"angle[8] a = pi / 3; angle[4] b = a;", "uint[4](bit[4](b))", 3},
        {"angle[4] a = pi / 8; angle[8] b = a;", "uint[8](bit[8](b))", 16},
        {"float f = 3 * pi; angle[4] a = f;", "uint[4](bit[4](a))", 8},
        {"angle[4] a = pi / 2;", "int[64](sin(a) * 100)", 100},
        {"angle[4] a = pi; a[0] = 1; a[1:2] = \"10\";", "uint[4](bit[4](a))", 13},
        {"angle[20] a = pi / 2; angle[20] b = pi;", "int[64](1e3 * a ** b)", 4131},
    };
    CHECK(rows);
}

static void test_complex(void **state) {
    (void)state;
    static const char *const two = "complex[float[64]] a = 10.0 + 5.0im; complex[float[64]] b = -2.0 - 7.0im;";
    static const row rows[] = {
        {two, "int[64](real(a + b) * 100 + imag(a + b))", 798},
        {two, "int[64](real(a - b) * 100 + imag(a - b))", 1212},
        {two, "int[64](real(a * b) * 100 + imag(a * b))", 1420},
        {two, "int[64](1e6 * (real(a / b) * 53 + imag(a / b) * 53 * 2))", 65000000},
        {two, "int[64](1e12 * real(a ** b))", 106946956407},
        {"complex c = 2.5 + 3.5im; c *= 2;", "int[64](real(c) * 10 + imag(c))", 57},
        {"float t; complex c = 2.0 + 1im; float s = 7; t = real(c + c); s = s;", "int[64](t * 10 + imag(c)) * 10 + int[64](s)", 417},
        {"complex c = 2; complex d = -c;", "int[64](real(d)) + int[64](d == -2.0 + 0im) * 10 + int[64](d != c) * 100", 108},
        {"complex c = -4;", "int[64](imag(sqrt(c)) * 10)", 20},
        {"complex[float[32]] c = 0.1im;", "int[64](imag(c) * 1e17)", 10000000149011612},
    };
    CHECK(rows);
}

/* ── Bits ── */

static void test_bits(void **state) {
    (void)state;
    static const char *const two = "bit[8] a = \"10001111\"; bit[8] b = \"01110000\";";
    static const row rows[] = {
        {two, "uint[8](a << 1)", 30},
        {two, "uint[8](rotl(a, 2))", 62},
        {two, "uint[8](rotr(a, 2))", 227},
        {two, "uint[8](a | b)", 255},
        {two, "uint[8](a & b)", 0},
        {two, "uint[8](~a)", 112},
        {two, "int[8](a)", -113},
        {two, "popcount(a) * 10 + popcount(b)", 53},
        {two, "int[64](a > b) + 2 * int[64](a == b) + 4 * int[64](b <= a)", 5},
        {two, "int[64](a == 143) + int[64](a < 200)", 2},
        {"bit[8] a = \"10001111\"; a[0:3] = \"0101\"; a[7] = 0; a[-2] = 1;", "uint[8](a)", 69},
        {"bit[8] a = \"10001111\"; a ^= \"11110000\"; a <<= 1;", "uint[8](a)", 254},
        {"bit[8] a = \"10001111\";", "uint[4](a[1:2:7]) * 100 + uint[4](a[3:-1:0])", 1115},
        {"bit[8] a = \"10001111\"; let b = a[4:7]; b[0] = 1; b |= \"0100\";", "uint[8](a)", 223},
        {"bit[4] a = \"0001\"; bit[4] b = \"1010\"; a[{3, 1}] = b[2:3];", "uint[4](a)", 3},
        {"bit[3] a = \"001\"; bit[2] b = \"10\"; bit[6] c = a ++ b ++ a[0];",
         "uint[6](c) * 100 + popcount(a ++ b) * 10 + uint[2](a[0] ++ b[0])", 4921},
        {"bit a; bit b = 1; a = b; b = !a;", "int[64](a) * 10 + int[64](b)", 10},
        {"uint[6] b = 37;", "popcount(b) * 1000 + rotl(b, 3) * 10 + int[64](rotr(b, -3) == 44)", 3441},
        {"int[32] x = 15; x[4:7] = \"1010\";", "x", 0xaf},
        {"int[32] x = 15;", "int[64](x[0]) + 2 * int[64](x[31]) + 4 * uint[16](x[0:2:31])", 13},
        {"int[8] x = 15; x[7] = 1;", "x", -113},
        {"int[8] x = 15; x[-1] = 1; x[0] ^= 1;", "x", -114},
        {"uint[16] x = 0x1234;", "uint[16](x[-1:-1:0])", 0x2c48},
        {"bit[70] a = \"1000000000000000000000000000000000000000000000000000000000000000000001\"; bit[70] b = rotl(a, 1); b = b << 60;",
         "int[64](b[60]) + 2 * int[64](b[61]) + 4 * int[64](b[62]) + 8 * popcount(b) + 64 * int[64](b > a)", 19},
        {"bit[70] a = 0; a[69] = 1; a = a >> 60; a = ~a;", "popcount(a) * 2 + int[64](a == a[0:69])", 139},
        {"bit[4] a = 5; int[4] b = int[4](a); a = 10;", "b", 5},
        {"bit[2] c = \"10\"; bool t = bool(c); bool f = c == \"11\";", "int[64](t) * 2 + int[64](f)", 2},
    };
    CHECK(rows);
}

static void test_logic(void **state) {
    (void)state;
    static const row rows[] = {
        {"bool a = true; bool b = false;",
         "int[64](a && b) + 2 * int[64](a || b) + 4 * int[64](!b) + 8 * int[64](a ^ b) + 16 * int[64](a == b)", 14},
        {"int n = 0; int x = 5;", "int[64](n != 0 && x / n > 1) + 2 * int[64](n == 0 || x / n > 1)", 2},
        {"int n = 2; int x = 5;", "int[64](n != 0 && x / n > 1) + 2 * int[64](n == 0 || x / n > 3)", 1},
        {"int n = 4;", "int[64](n > 1 && n < 10 && n != 5)", 1},
    };
    CHECK(rows);
}

/* ── Arrays ── */

static void test_arrays(void **state) {
    (void)state;
    static const char *const grid = "array[int[8], 2, 3] a = {{1, 2, 3}, {4, 5, 6}};";
    static const row rows[] = {
        {"array[int[32], 5] a = {0, 1, 2, 3, 4}; a[4] = 10;", "a[0] + a[4] * 10 + a[-1] * 100 + a[-4] * 1000", 2100},
        {grid, "a[0, 1] * 100 + a[1][2] * 10 + a[-1, -3]", 264},
        {"array[float[32], 3, 2] m = {{1.1, 1.2}, {2.1, 2.2}, {3.1, 3.2}}; m[0, 0] = 0.0; m[-1, 1] = 0.5;",
         "int[64](10 * (m[0, 0] + m[2, 1] + m[0, 1]))", 17},
        {"array[int[8], 3] aa = {7, 8, 9}; array[int[8], 4, 3] bb; bb[0] = aa; bb[1, 1] = aa[2];",
         "bb[0, 2] * 100 + bb[1, 1] * 10 + bb[3, 2]", 990},
        {"array[int[8], 3] a = {2, 3, 4}; array[int[8], 2] b = {0, 1}; a[1:2] = b[0:1];", "a[0] * 100 + a[1] * 10 + a[2]", 201},
        {"array[int[8], 4] a = {1, 2, 3, 4}; a[1:3] = a[0:2];", "a[0] * 1000 + a[1] * 100 + a[2] * 10 + a[3]", 1123},
        {"array[int[8], 4] a = {1, 2, 3, 4}; a[0:3] = a[3:-1:0];", "a[0] * 1000 + a[1] * 100 + a[2] * 10 + a[3]", 4321},
        {"array[int[8], 3, 2] t; array[int[8], 3, 2] u = {{1, 2}, {3, 4}, {5, 6}}; t[1:2] = u[0:1]; t[0:1, 0] = u[1:2, 1];",
         "t[0, 0] * 10000 + t[1, 0] * 1000 + t[1, 1] * 100 + t[2, 0] * 10 + t[2, 1]", 46234},
        {"array[int[32], 5] a = {0, 1, 2, 3, 4}; a[0][0] = 1; bit[5] b = a[4][0:4]; a[3][0:1] = \"00\";",
         "a[0] * 100 + uint[5](b) * 10 + a[3]", 140},
        {"array[int[8], 3] a = {100, 1, 2}; a[0] += 100; a[1] <<= 3;", "a[0] + a[1]", -48},
        {grid, "sizeof(a) * 100 + sizeof(a, 1) * 10 + sizeof(a[0])", 233},
        {"array[uint[8], 1, 1, 1, 1, 1, 1, 2] a = {{{{{{{3, 4}}}}}}};", "a[0, 0, 0, 0, 0, 0, 1]", 4},
        {"array[bool, 2] a = {true, false}; array[angle[4], 2] g = {pi, 0}; array[complex, 2] c = {1im, 2};",
         "int[64](a[0]) + 2 * int[64](a[1]) + 4 * uint[4](bit[4](g[0])) + 100 * int[64](imag(c[0]) + real(c[1]))", 333},
        {"array[int[8], 2] a = {1, 2}; array[int[8], 2] b = a; a[0] = 9;", "b[0]", 1},
        {"array[int[8], 2] f = {0, 1}; array[int[8], 3] s = {2, 3, 4}; array[int[8], 5] c = f ++ s; c[0:3] = c[2:3] ++ f;",
         "c[0] * 10000 + c[1] * 1000 + c[2] * 100 + c[3] * 10 + c[4]", 23014},
    };
    CHECK(rows);
}

/* What an index computed by the machine does; these are not followed. */
static void test_moving(void **state) {
    (void)state;
    static const char *const one = "bit m = measure q; int i = int[8](m);";
    static const row rows[] = {
        {"array[int[8], 4] a = {5, 6, 7, 8};", "a[i] * 100 + a[-i] * 10 + a[2 * i]", 687},
        {"array[int[8], 4] a = {5, 6, 7, 8}; a[i] = 50; a[i + 1] += 2;", "a[0] * 1000 + a[1] * 10 + a[2]", 5509},
        {"array[int[8], 2, 3] a = {{1, 2, 3}, {4, 5, 6}}; a[i, i + 1] += a[1, 0]; a[i] [0] = 0;", "a[1, 2] * 10 + a[i, 0]", 100},
        {"array[int[8], 2, 3] a = {{1, 2, 3}, {4, 5, 6}}; a[0] = a[i];", "a[0, 0] * 100 + a[0, 1] * 10 + a[0, 2]", 456},
        {"array[int[8], 2, 3] a = {{1, 2, 3}, {4, 5, 6}}; a[i] = a[0]; a[i, 2:-1:0] = a[0];", "a[1, 0] * 100 + a[1, 1] * 10 + a[1, 2]",
         321},
        {"bit[4] c = \"1010\";", "int[64](c[i]) * 10 + int[64](c[i + 1])", 10},
        {"bit[4] c = \"1010\"; c[i] = 0; c[2 * i] = 1;", "uint[4](c)", 12},
        {"bit[8] c = \"10100101\"; let d = c[{7, 5, 2, 0}]; d[i] = 0;", "uint[8](c) * 10 + int[64](d[2 * i])", 1331},
        {"uint[8] x = 5; x[i] = 1; bool b = x[2 * i]; x[3] = m;", "x * 10 + int[64](b)", 151},
        {"int[8] x = 100; x += 100 * i;", "x", -56},
        {"float x = 1.5; x = x * i + 0.25;", "int[64](x * 100)", 175},
        {"angle[4] a = pi / 8; a *= 3 * i;", "uint[4](bit[4](a))", 3},
        {"int n = i - 1; int x = 5;", "int[64](n != 0 && x / n > 1) + 2 * int[64](n == 0 || x / n > 1)", 2},
        {"bit[70] a = \"1000000000000000000000000000000000000000000000000000000000000000000001\"; bit[70] b = rotl(a, i); b[68] = m;",
         "int[64](b[0]) + 2 * int[64](b[1]) + 4 * popcount(b) + 64 * int[64](b > a)", 15},
        {"complex c = 2.0 + 1im; c = c * i;", "int[64](real(c) * 10 + imag(c))", 21},
        {"array[int[8], 3] a = {4, 5, 6}; int x = 0; for int k in [0:1] { if (m) continue; x = a[i]; }", "a[0] * 100 + a[i] * 10 + x", 450},
        {"int x = i + 3 - 5; int y = 10 - i;", "x * 100 + y", -91},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char statements[1024];
        snprintf(statements, sizeof statements, "%s %s", one, rows[i].statements);
        row whole = {statements, rows[i].expression, rows[i].value};
        check_row(&whole, 1 << 20, true);
        check_row(&whole, KETCH_UNROLL_NONE, true);
    }
}

/* ── What goes wrong ── */

static void test_failures(void **state) {
    (void)state;
    static const struct {
        const char *statements, *code;
        unsigned column; /* in the statements */
    } rows[] = {
        {"int n = 0; int x = 5 / n;", "KQ0719", 20},
        {"int n = 0; int x = 5 % n;", "KQ0719", 20},
        {"float f = 0; float g = 1 / f;", "KQ0719", 24},
        {"int s = -1; uint[8] x = 1; x = x << s;", "KQ0719", 32},
        {"float f = 2; f = arcsin(f);", "KQ0719", 18},
        {"int n = 0; int x = n ** -1;", "KQ0719", 20},
        {"bit m = measure q; int i = int[8](m); array[int[8], 1] a; a[i] = 1;", "KQ0720", 61},
        {"bit m = measure q; int i = int[8](m); bit[1] a; a[i] = 1;", "KQ0720", 51},
        {"bit m = measure q; int i = int[8](m); uint[4] a; a[i - 6] = 1;", "KQ0720", 52},
    };
    for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
        char text[1024];
        uint64_t seen;
        ketch_diag *diag = ketch_diag_create();
        snprintf(text, sizeof text, QASM3 "qubit q;\n%s", rows[i / 2].statements);
        ketch_circuit *circuit = read(text, i % 2 ? KETCH_UNROLL_NONE : 1 << 20, diag);
        ketch_diag_clear(diag);
        assert_int_not_equal(carry_out(&seen, circuit, diag), KETCH_OK);
        const ketch_message *message = ketch_diag_message(diag, 0);
        if (strcmp(message->code, rows[i / 2].code) != 0 || message->line != 4 || message->column != rows[i / 2].column)
            fail_msg("%s\n%s", text, ketch_diag_text(diag));
        kt_circuit_free(circuit);
        ketch_diag_free(&diag);
    }
}

#define BAD(text, code, column, words) check_refused(QASM3 "qubit q;\n" text, code, 4, column, words)

static void test_refused(void **state) {
    (void)state;
    BAD("int[8] x = 200;", "KQ0323", 12, "int[8]");
    BAD("uint x = -1;", "KQ0323", 10, "uint");
    BAD("int x = 1.5;", "KQ0311", 9, "int(...)");
    BAD("int x = 9223372036854775807 + 1;", "KQ0323", 9, "overflow");
    BAD("int x = 1 / 0;", "KQ0323", 9, "zero");
    BAD("int x = 3; const int y = x;", "KQ0310", 26, "constant");
    BAD("int x = 3; bit[x] y;", "KQ0310", 16, "constant");
    BAD("bit[8] b; int[4] x = int[4](b);", "KQ0311", 22, "bit[8]");
    BAD("bit[8] b; int[8] x = b;", "KQ0311", 22, "int[8](...)");
    BAD("angle a; float f = a;", "KQ0311", 20, NULL);
    BAD("bool b = 1.5;", "KQ0311", 10, "bool(...)");
    BAD("bit[4] a; bit[3] b; a = a & b;", "KQ0311", 25, "bit[3]");
    BAD("duration d = 3;", "KQ0311", 14, NULL);
    BAD("duration d = 3ns; float f = d;", "KQ0311", 29, NULL);
    BAD("const int n = 3; n = 4;", "KQ0309", 18, "constant");
    BAD("n = 4;", "KQ0302", 1, NULL);
    BAD("q = 4;", "KQ0309", 1, NULL);
    BAD("int x; int x;", "KQ0303", 12, "a variable");
    BAD("float x; x[0] = 1;", "KQ0311", 10, "no bits");
    BAD("int x; x[64] = 1;", "KQ0306", 10, NULL);
    BAD("array[int[8], 3] a; a[3] = 1;", "KQ0306", 23, "0 to 2");
    BAD("array[int[8], 3] a; a[0, 0] = 1;", "KQ0309", 26, "1 dimension");
    BAD("array[int[8], 3] a; a = 1;", "KQ0311", 25, "array");
    BAD("array[int[8], 3] a; int x = a;", "KQ0309", 29, "element");
    BAD("array[int[8], 3] a; a += 1;", "KQ0309", 21, NULL);
    BAD("array[int[8], 3] a = {1, 2};", "KQ0308", 22, "2 values");
    BAD("array[int[8], 3] a; array[int[8], 4] b; a = b;", "KQ0308", 45, "shapes");
    BAD("array[int[8], 3] a; array[int[4], 3] b; a = b;", "KQ0311", 45, "int[4]");
    BAD("array[int[8], 3] a = {1, 2, 300};", "KQ0323", 29, "int[8]");
    BAD("array[int[8], 3] a; array[int[8], 5] b = a ++ a;", "KQ0308", 42, "more than 5");
    BAD("bit[3] b; int x = 3 ++ b;", "KQ0311", 19, "`++`");
    BAD("array[int, 1099511627776] a;", "KQ0409", 12, "limit");
    BAD("array[int, 1048576, 1048576] a;", "KQ0409", 21, "limit");
    BAD("array[int, 1, 1, 1, 1, 1, 1, 1, 1] a;", "KQ0312", 33, "7");
    BAD("array[bit[4], 3] a;", "KQ0507", 7, NULL);
    BAD("{ array[int, 3] a; }", "KQ0317", 3, NULL);
    BAD("int x = sizeof(q);", "KQ0325", 16, "array");
    BAD("array[int[8], 3] a; int x = sizeof(a, 1);", "KQ0306", 39, NULL);
    BAD("int x = popcount(3.0);", "KQ0325", 9, "bits");
    BAD("int x = sin(1, 2);", "KQ0325", 9, "1 argument");
    BAD("bool b = \"101\" && 1ns;", "KQ0311", 19, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers), cmocka_unit_test(test_reals),   cmocka_unit_test(test_angles), cmocka_unit_test(test_complex),
        cmocka_unit_test(test_bits),     cmocka_unit_test(test_logic),   cmocka_unit_test(test_arrays), cmocka_unit_test(test_moving),
        cmocka_unit_test(test_failures), cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
