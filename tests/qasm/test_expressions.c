/* SPDX-License-Identifier: Apache-2.0
 *
 * Constants: precedence, types, casts, functions. The values were worked out by hand or with another language, not with this code.
 */
#include "helper.h"

#include <math.h>

/* The value of an expression, as the angle of a gate. */
static double value_in(const char *header, const char *declarations, const char *expression) {
    char text[2048];
    snprintf(text, sizeof text, "%sqreg q[1]; %s rz(%s) q[0];", header, declarations, expression);
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = circuit_with_messages(text, diag);
    assert_int_equal(circuit->ops_count, 1);
    double value = circuit->params[circuit->ops[0].data];
    kt_circuit_free(circuit);
    ketch_diag_free(&diag);
    return value;
}

typedef struct example {
    const char *declarations, *expression;
    double value;
} example;

static void check_all(const char *header, const example *examples, size_t count) {
    for (size_t i = 0; i < count; i++) {
        double value = value_in(header, examples[i].declarations, examples[i].expression);
        if (!(fabs(value - examples[i].value) <= 4e-16 * fabs(examples[i].value)))
            fail_msg("%s %s is %.17g instead of %.17g", examples[i].declarations, examples[i].expression, value, examples[i].value);
    }
}
#define CHECK(header, examples) check_all(header, examples, sizeof(examples) / sizeof *(examples))

static void test_precedence(void **state) {
    (void)state;
    static const example examples[] = {
        {"", "2+3*4", 14},
        {"", "(2+3)*4", 20},
        {"", "2*3**2", 18},
        {"", "2**3**2", 512},
        {"", "-2**2", -4},
        {"", "2.0**-1", 0.5},
        {"", "10-4-3", 3},
        {"", "100/10/5", 2},
        {"", "7%4*2", 6},
        {"", "1<<2+1", 8},
        {"", "16>>1+1", 4},
        {"", "1|2^3&1", 3},
        {"", "6&3|8", 10},
        {"", "1+2<<1", 6},
        {"", "float(1<2==true)", 1},
        {"", "float(3>2&&1>2||true)", 1},
        {"", "float(!false&&false)", 0},
        {"", "~0", -1},
        {"", "-(-3)", 3},
        {"", "--3", 3},
        {"", "2*-3", -6},
        {"", "float(1==1!=false)", 1},
        {"", "float(2<3&1)", 1},
    };
    CHECK(QASM3, examples);
}

static void test_integers(void **state) {
    (void)state;
    static const example examples[] = {
        {"", "7/2", 3},
        {"", "-7/2", -3},
        {"", "-7%4", -3},
        {"", "2**10", 1024},
        {"", "0**0", 1},
        {"", "(-1)**1000001", -1},
        {"", "0xff + 0b101 + 0o17 + 1_000", 1275},
        {"const uint SIZE = 4;", "SIZE-2", 2},
        {"const uint[8] SIZE = 5; const uint[16] u1 = 2 * SIZE; const float[64] f1 = 5.0 * SIZE;", "u1 + f1", 35},
        {"const int[8] a = 100;", "a+a", 200},
        {"const uint[8] a = 200;", "a+a", 400},
        {"const uint[4] a = 12;", "~a", 3},
        {"const uint[4] a = 12;", "a<<1", 8},
        {"const uint[4] a = 12;", "a>>2", 3},
        {"const int[4] a = -8;", "a>>1", -4},
        {"const uint[6] b = 37;", "popcount(b)", 3},
        {"const uint[6] b = 37;", "rotl(b, 3)", 44},
        {"const uint[6] b = 37;", "rotr(b, -3)", 44},
        {"", "9223372036854775807", 9223372036854775807.0},
        {"", "-9223372036854775808", -9223372036854775808.0},
        {"", "18446744073709551615", 18446744073709551615.0},
        {"", "mod(17, 5)", 2},
        {"", "mod(-17.5, 5)", -2.5},
        {"const float[64] f1 = 2.5; const int[8] i1 = int[8](f1); const uint u1 = 2 * uint(f1);", "i1 * 10 + u1", 24},
        {"const int[8] i = int[8](uint[8](200));", "i", -56},
        {"const uint[8] u = uint[8](int[8](-1));", "u", 255},
        {"const int[4] i = int[4](\"1010\");", "i", -6},
        {"const uint[4] i = uint[4](\"1010\");", "i", 10},
        {"const bit[8] b = bit[8](uint[8](170));", "uint[8](b)", 170},
        {"const uint[16] u1 = 10; const bit b1 = u1[1]; const bit[4] b2 = u1[0:3];", "float(bool(b1)) * 100 + uint[4](b2)", 110},
        {"const uint[16] u1 = 10; const bit[2] b = u1[{3, 0}];", "uint[2](b)", 1},
        {"const int[32] i = 15; const bit[1] s = i[-1];", "uint[1](s)", 0},
    };
    CHECK(QASM3, examples);
}

static void test_reals(void **state) {
    (void)state;
    static const example examples[] = {
        {"", "pi", 3.14159265358979323846},
        {"", "\u03c0/2", 1.57079632679489661923},
        {"", "tau", 6.28318530717958647693},
        {"", "\u03c4 - 2*pi", 0},
        {"", "euler", 2.71828182845904523536},
        {"", "\u2107", 2.71828182845904523536},
        {"", "sin(1)", 0.8414709848078965},
        {"", "cos(1)", 0.5403023058681398},
        {"", "tan(1)", 1.5574077246549023},
        {"", "exp(1)", 2.718281828459045},
        {"", "log(10)", 2.302585092994046},
        {"", "ln(10)", 2.302585092994046},
        {"", "sqrt(2)", 1.4142135623730951},
        {"", "arcsin(0.5)", 0.5235987755982989},
        {"", "arccos(0.5)", 1.0471975511965979},
        {"", "arctan(2)", 1.1071487177940904},
        {"", "ceiling(2.1) + floor(-2.1)", 0},
        {"", "1/2.0 + 3.", 3.5},
        {"", "5.5 % 2", 1.5},
        {"const float[32] f = 0.1;", "f", 0.100000001490116119384765625},
        {"const float f = 3;", "f / 2", 1.5},
        {"", "float(true)", 1},
        {"", "1_0.5e-1", 1.05},
        {"", "2.0 ** 0.5", 1.4142135623730951},
        {"const bool b = 2.5 > 2;", "float(b)", 1},
        {"const duration a = 500ns; const duration b = 1us;", "b / a + (a + a) / b + 2 * a / b", 4},
    };
    CHECK(QASM3, examples);
}

/* The specification's own examples. */
static void test_angles(void **state) {
    (void)state;
    static const char *const four =
        "const angle[4] a = 7 * (pi / 8); const angle[4] b = pi / 8; const angle[4] c = 5 * (pi / 4); const uint[4] two = 2;";
    const double pi = 3.14159265358979323846;
    const example examples[] = {
        {four, "a + b", pi},
        {four, "b - a", 5 * (pi / 4)},
        {four, "a / two", 3 * (pi / 8)},
        {four, "two * c", pi / 2},
        {four, "c / b", 10},
        {"const angle[4] p = pi;", "p * 2", 0},
        {"const angle[4] a = pi / 4;", "-a", 7 * (pi / 4)},
        {"const angle[4] a = 9 * (pi / 8);", "a << 2", pi / 2},
        {"const angle[4] a = 9 * (pi / 8);", "a >> 2", pi / 4},
        {"const angle[4] a = pi;", "uint[4](bit[4](a))", 8},
        {"const angle[6] a = pi / 2;", "uint[6](bit[6](a))", 16},
        {"const angle[8] a = 7 * (pi / 8);", "uint[8](bit[8](a))", 112},
        /* ties to even: 63.5 steps of 256 give 64 */
        {"const float[64] two_pi = 6.283185307179586; const float[64] f = two_pi * (127. / 512.); const angle[8] a = angle[8](f);",
         "uint[8](bit[8](a))", 64},
        {"const angle[4] a = -pi / 2;", "a", 3 * pi / 2},
        {"const angle[4] a = 5 * pi;", "a", pi},
        {"const angle a = pi / 3;", "a * 3", pi},
        {"const angle[8] a = pi / 3; const angle[4] b = a;", "b", pi * 6 / 16}, /* 42.67 of 256 is 43, and that 2.69 of 16: 3 */
        {"const angle[4] a = pi / 8; const angle[8] b = a;", "uint[8](bit[8](b))", 16},
        {"const angle[32] d = pi;", "float(d == pi) + float(d > pi / 2)", 2},
        {"const angle[4] a = pi / 2;", "sin(a)", 1},
    };
    CHECK(QASM3, examples);
}

static void test_bits(void **state) {
    (void)state;
    static const char *const two = "const bit[8] a = \"10001111\"; const bit[8] b = \"01110000\";";
    static const example examples[] = {
        {two, "uint[8](a << 1)", 30},
        {two, "uint[8](rotl(a, 2))", 62},
        {two, "uint[8](a | b)", 255},
        {two, "uint[8](a & b)", 0},
        {two, "uint[8](~a)", 112},
        {two, "uint[8](a ^ \"11111111\")", 112},
        {two, "popcount(a)", 5},
        {two, "float(a > b)", 1},
        {"const bit[8] b1 = \"0010_1010\"; const bit[8] b2 = rotl(b1, 3);", "uint[8](b2)", 81},
        {"const bit[70] a = \"1000000000000000000000000000000000000000000000000000000000000000000001\"; const bit[70] b = a >> 69;",
         "popcount(b)", 1},
        {"const bit[70] a = \"1000000000000000000000000000000000000000000000000000000000000000000001\"; const bit[2] b = (rotl(a, "
         "1))[0:1];",
         "uint[2](b)", 3},
    };
    CHECK(QASM3, examples);
}

/* In OpenQASM 2 every number is real, and ^ is the power. */
static void test_dialect2(void **state) {
    (void)state;
    static const example examples[] = {
        {"", "1/2", 0.5},
        {"", "2^3", 8},
        {"", "-2^2", -4},
        {"", "2^-1", 0.5},
        {"", "2^3^2", 512},
        {"", "-pi/4", -0.78539816339744830962},
        {"", "3*pi/4", 2.35619449019234492885},
        {"", "+0.5", 0.5},
        {"", "sin(pi/6)*2", 0.9999999999999999},
        {"", "ln(exp(2))", 2},
        {"", "sqrt(9)", 3},
        {"", "cos(0)+tan(0)", 1},
        {"", "7-2-1", 4},
        {"", "100000000000000000000/10^20", 1},
        {"", "1e-3", 0.001},
        {"", "(1+2)*(3-1)", 6},
    };
    CHECK(QASM2, examples);
}

/* A long sum is a loop, not a recursion. */
static void test_long_sum(void **state) {
    (void)state;
    static char text[1 << 20];
    size_t size = (size_t)snprintf(text, sizeof text, "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[1]; rz(0");
    for (size_t i = 0; i < 100000; i++) size += (size_t)snprintf(text + size, sizeof text - size, "+1-0.5");
    snprintf(text + size, sizeof text - size, ") q[0];");
    ketch_circuit *circuit = circuit_of(text);
    assert_true(circuit->params[circuit->ops[0].data] == 50000);
    kt_circuit_free(circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_precedence), cmocka_unit_test(test_integers), cmocka_unit_test(test_reals),    cmocka_unit_test(test_angles),
        cmocka_unit_test(test_bits),       cmocka_unit_test(test_dialect2), cmocka_unit_test(test_long_sum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
