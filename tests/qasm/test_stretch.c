/* SPDX-License-Identifier: Apache-2.0
 *
 * The least solution of small systems of equations and inequalities, against all points in which as many of them as there are unknowns
 * hold with equality: if there is a solution the least is among them. What delays become of it.
 */
#include "helper.h"
#include "qasm/timing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { UNKNOWNS = 3, CONSTRAINTS = 5, SYSTEMS = 20000 };

static uint64_t state;

static int draw(int below) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (int)((state >> 33) % (unsigned)below);
}

typedef struct system {
    double rows[CONSTRAINTS + UNKNOWNS][UNKNOWNS + 1]; /* the last ones: each unknown >= 0; the last number of a row is its constant */
    bool equal[CONSTRAINTS + UNKNOWNS];
    int unknowns, count;
} system_of;

static double value_at(const double *row, const double *x, int unknowns) {
    double sum = row[UNKNOWNS];
    for (int j = 0; j < unknowns; j++) sum += row[j] * x[j];
    return sum;
}

static bool fits(const system_of *s, int count, const double *x) {
    for (int i = 0; i < CONSTRAINTS + UNKNOWNS; i++) {
        if (i >= count && i < CONSTRAINTS) continue;
        if (i >= CONSTRAINTS + s->unknowns) break;
        double value = value_at(s->rows[i], x, s->unknowns);
        if (value < -1e-7 || (s->equal[i] && value > 1e-7)) return false;
    }
    return true;
}

/* Cramer's rule: the point at which the chosen rows are 0. */
static double determinant(double m[UNKNOWNS][UNKNOWNS], int n) {
    if (n == 1) return m[0][0];
    if (n == 2) return m[0][0] * m[1][1] - m[0][1] * m[1][0];
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

static bool corner(double *x, const system_of *s, const int *rows) {
    double m[UNKNOWNS][UNKNOWNS], d;
    int n = s->unknowns;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) m[i][j] = s->rows[rows[i]][j];
    if (fabs(d = determinant(m, n)) < 1e-9) return false;
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++) m[i][j] = j == k ? -s->rows[rows[i]][UNKNOWNS] : s->rows[rows[i]][j];
        x[k] = determinant(m, n) / d;
    }
    return true;
}

/* The least of all corners that fit the first `count` constraints; false: there is none. */
static bool least_corner(double *least, const system_of *s, int count) {
    bool found = false;
    int all = CONSTRAINTS + s->unknowns, rows[UNKNOWNS];
    int combinations = all * (s->unknowns > 1 ? all : 1) * (s->unknowns > 2 ? all : 1);
    for (int number = 0; number < combinations; number++) {
        double x[UNKNOWNS];
        rows[0] = number % all, rows[1] = number / all % all, rows[2] = number / all / all;
        bool given = true;
        for (int i = 0; i < s->unknowns; i++) given = given && (rows[i] < count || rows[i] >= CONSTRAINTS);
        if (!given || !corner(x, s, rows) || !fits(s, count, x)) continue;
        int k = 0;
        while (found && k < s->unknowns && fabs(x[k] - least[k]) < 1e-7) k++;
        if (!found || (k < s->unknowns && x[k] < least[k])) memcpy(least, x, sizeof x);
        found = true;
    }
    return found;
}

static void make_system(system_of *s, kt_constraint *constraints, kt_term terms[CONSTRAINTS][UNKNOWNS]) {
    memset(s, 0, sizeof *s);
    s->unknowns = 1 + draw(UNKNOWNS);
    s->count = 1 + draw(CONSTRAINTS);
    for (int i = 0; i < s->count; i++) {
        uint32_t kept = 0;
        while (!kept)
            for (int j = 0; j < s->unknowns; j++) {
                int coefficient = draw(7) - 3;
                s->rows[i][j] = coefficient;
                if (coefficient) terms[i][kept++] = (kt_term){(uint32_t)j, coefficient};
            }
        s->rows[i][UNKNOWNS] = 10 * (draw(21) - 10);
        s->equal[i] = draw(3) == 0;
        constraints[i] = (kt_constraint){.value = {s->rows[i][UNKNOWNS], kept, terms[i]}, .equal = s->equal[i]};
    }
    for (int j = 0; j < s->unknowns; j++) s->rows[CONSTRAINTS + j][j] = 1;
}

static void least_solutions(void **unused) {
    (void)unused;
    int solved = 0, refused = 0;
    state = 20;
    for (int number = 0; number < SYSTEMS; number++) {
        system_of s;
        kt_constraint constraints[CONSTRAINTS];
        kt_term terms[CONSTRAINTS][UNKNOWNS];
        double values[UNKNOWNS], wanted[UNKNOWNS];
        size_t contradiction;
        uint64_t work = 10000000;
        make_system(&s, constraints, terms);
        bool good = kt_least_solution(values, (uint32_t)s.unknowns, constraints, (size_t)s.count, &contradiction, &work);
        if (least_corner(wanted, &s, s.count) != good) fail_msg("system %d: %s", number, good ? "solved, but there is none" : "not solved");
        if (good) {
            solved++;
            for (int j = 0; j < s.unknowns; j++)
                if (fabs(values[j] - wanted[j]) > 1e-6) fail_msg("system %d: unknown %d is %g, not %g", number, j, values[j], wanted[j]);
            continue;
        }
        refused++;
        assert_true(contradiction < (size_t)s.count);
    }
    if (solved < SYSTEMS / 10 || refused < SYSTEMS / 10) fail_msg("%d solved and %d refused say little", solved, refused);
}

/* In a system whose unknowns hang together the first constraint that does not fit is named. */
static void names_the_contradiction(void **unused) {
    (void)unused;
    kt_term a = {0, 1}, minus = {0, -1};
    kt_constraint constraints[] = {
        {.value = {-100, 1, &a}}, {.value = {120, 1, &minus}}, {.value = {-130, 1, &a}}, {.value = {-10, 1, &a}, .equal = true}};
    double value;
    size_t contradiction;
    uint64_t work = 100000;
    assert_false(kt_least_solution(&value, 1, constraints, 4, &contradiction, &work));
    assert_int_equal(contradiction, 2);
    constraints[2].wish = constraints[3].wish = true;
    assert_true(kt_least_solution(&value, 1, constraints, 4, &contradiction, &work));
    assert_true(value == 100 && constraints[2].dropped && constraints[3].dropped && !constraints[1].dropped);
    work = 3;
    assert_false(kt_least_solution(&value, 1, constraints, 4, &contradiction, &work));
    assert_true(contradiction == 4 && !work);
}

/* Parts that nothing connects do not make each other's tables larger. */
static void many_parts(void **unused) {
    (void)unused;
    enum { MANY = 20000 };
    static kt_term terms[MANY][2];
    static kt_constraint constraints[MANY];
    static double values[2 * MANY];
    size_t contradiction;
    uint64_t work = 1000 * MANY;
    for (uint32_t i = 0; i < MANY; i++) {
        terms[i][0] = (kt_term){2 * i, 1};
        terms[i][1] = (kt_term){2 * i + 1, 2};
        constraints[i] = (kt_constraint){.value = {-(double)i, 2, terms[i]}, .equal = true};
    }
    assert_true(kt_least_solution(values, 2 * MANY, constraints, MANY, &contradiction, &work));
    for (uint32_t i = 0; i < MANY; i++) assert_true(values[2 * i] == 0 && values[2 * i + 1] == i / 2.0);
}

/* What is left between equal times is nothing, and not a rounding error below it. */
static void no_delay_is_negative(void **unused) {
    (void)unused;
    for (int divisor = 1; divisor < 32; divisor++) {
        char text[256];
        snprintf(text, sizeof text, QASM3 "qubit[2] q; stretch h; box[70ns] { delay[h / %d] q[0]; } delay[h / %d - 70ns] q[1];", divisor,
                 divisor);
        ketch_circuit *circuit = circuit_of(text);
        assert_int_equal(circuit->ops_count, 2);
        double filled = circuit->params[circuit->ops[0].data], left = circuit->params[circuit->ops[1].data];
        assert_true(fabs(filled - 70e-9) < 1e-20 && left >= 0 && left < 1e-20);
        kt_circuit_free(circuit);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_solutions),
        cmocka_unit_test(names_the_contradiction),
        cmocka_unit_test(many_parts),
        cmocka_unit_test(no_delay_is_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
