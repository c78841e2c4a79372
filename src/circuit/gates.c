/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate table's matrices and look-up. See gates.h and gates.def. A matrix is written row by row; `at` names an entry.
 */
#include "circuit/gates.h"

#include <math.h>
#include <string.h>
#include <strings.h>

typedef struct complex_number {
    double re, im;
} complex_number;

static complex_number phase(double angle) { return (complex_number){cos(angle), sin(angle)}; }

static void put(double *out, size_t entry, double re, double im) {
    out[2 * entry] = re;
    out[2 * entry + 1] = im;
}

static void put_phase(double *out, size_t entry, double size, double angle) {
    complex_number unit = phase(angle);
    put(out, entry, size * unit.re, size * unit.im);
}

static void clear(double *out, size_t entries) { memset(out, 0, 2 * entries * sizeof *out); }

/* diag(1, b) */
static void put_z_power(double *out, double re, double im) {
    clear(out, 4);
    put(out, 0, 1, 0);
    put(out, 3, re, im);
}

static void matrix_gphase(double *out, const double *p) { put_phase(out, 0, 1, p[0]); }

static void matrix_id(double *out, const double *p) {
    (void)p;
    put_z_power(out, 1, 0);
}

static void matrix_x(double *out, const double *p) {
    (void)p;
    clear(out, 4);
    put(out, 1, 1, 0);
    put(out, 2, 1, 0);
}

static void matrix_y(double *out, const double *p) {
    (void)p;
    clear(out, 4);
    put(out, 1, 0, -1);
    put(out, 2, 0, 1);
}

static void matrix_z(double *out, const double *p) {
    (void)p;
    put_z_power(out, -1, 0);
}

static void matrix_h(double *out, const double *p) {
    (void)p;
    for (size_t i = 0; i < 4; i++) put(out, i, i == 3 ? -M_SQRT1_2 : M_SQRT1_2, 0);
}

static void matrix_s(double *out, const double *p) {
    (void)p;
    put_z_power(out, 0, 1);
}

static void matrix_sdg(double *out, const double *p) {
    (void)p;
    put_z_power(out, 0, -1);
}

static void matrix_t(double *out, const double *p) {
    (void)p;
    put_z_power(out, M_SQRT1_2, M_SQRT1_2);
}

static void matrix_tdg(double *out, const double *p) {
    (void)p;
    put_z_power(out, M_SQRT1_2, -M_SQRT1_2);
}

static void put_root_of_x(double *out, double sign) {
    for (size_t i = 0; i < 4; i++) put(out, i, 0.5, i == 0 || i == 3 ? sign * 0.5 : sign * -0.5);
}

static void matrix_sx(double *out, const double *p) {
    (void)p;
    put_root_of_x(out, 1);
}

static void matrix_sxdg(double *out, const double *p) {
    (void)p;
    put_root_of_x(out, -1);
}

static void matrix_p(double *out, const double *p) {
    complex_number unit = phase(p[0]);
    put_z_power(out, unit.re, unit.im);
}

static void matrix_rx(double *out, const double *p) {
    double c = cos(p[0] / 2), s = sin(p[0] / 2);
    put(out, 0, c, 0);
    put(out, 1, 0, -s);
    put(out, 2, 0, -s);
    put(out, 3, c, 0);
}

static void matrix_ry(double *out, const double *p) {
    double c = cos(p[0] / 2), s = sin(p[0] / 2);
    put(out, 0, c, 0);
    put(out, 1, -s, 0);
    put(out, 2, s, 0);
    put(out, 3, c, 0);
}

static void matrix_rz(double *out, const double *p) {
    clear(out, 4);
    put_phase(out, 0, 1, -p[0] / 2);
    put_phase(out, 3, 1, p[0] / 2);
}

static void matrix_r(double *out, const double *p) {
    double c = cos(p[0] / 2), s = sin(p[0] / 2);
    put(out, 0, c, 0);
    double axis = kt_small_angle(p[1]);
    put_phase(out, 1, s, -axis - M_PI_2);
    put_phase(out, 2, s, axis - M_PI_2);
    put(out, 3, c, 0);
}

/* The textbook matrix times e^(i extra). */
static void put_u(double *out, double theta, double phi, double lambda, double extra) {
    double c = cos(theta / 2), s = sin(theta / 2);
    phi = kt_small_angle(phi), lambda = kt_small_angle(lambda), extra = kt_small_angle(extra);
    put_phase(out, 0, c, extra);
    put_phase(out, 1, -s, lambda + extra);
    put_phase(out, 2, s, phi + extra);
    put_phase(out, 3, c, phi + lambda + extra);
}

static double half_sum(double a, double b) { return (kt_small_angle(a) + kt_small_angle(b)) / 2; }

static void matrix_u(double *out, const double *p) { put_u(out, p[0], p[1], p[2], 0); }
static void matrix_u_su2(double *out, const double *p) { put_u(out, p[0], p[1], p[2], -half_sum(p[1], p[2])); }
static void matrix_u_openqasm3(double *out, const double *p) { put_u(out, p[0], p[1], p[2], half_sum(p[0], 0)); }
static void matrix_u2(double *out, const double *p) { put_u(out, M_PI_2, p[0], p[1], 0); }
static void matrix_u2_su2(double *out, const double *p) { put_u(out, M_PI_2, p[0], p[1], -half_sum(p[0], p[1])); }
static void matrix_cu(double *out, const double *p) { put_u(out, p[0], p[1], p[2], p[3]); }

/* Column c has its only entry, a 1, in row rows[c]. */
static void put_permutation(double *out, const unsigned char *rows, size_t size) {
    clear(out, size * size);
    for (size_t c = 0; c < size; c++) put(out, rows[c] * size + c, 1, 0);
}

static void matrix_swap(double *out, const double *p) {
    (void)p;
    put_permutation(out, (const unsigned char[]){0, 2, 1, 3}, 4);
}

static void matrix_dcx(double *out, const double *p) {
    (void)p;
    put_permutation(out, (const unsigned char[]){0, 2, 3, 1}, 4);
}

static void matrix_iswap(double *out, const double *p) {
    matrix_swap(out, p);
    put(out, 1 * 4 + 2, 0, 1);
    put(out, 2 * 4 + 1, 0, 1);
}

static void matrix_ecr(double *out, const double *p) {
    (void)p;
    clear(out, 16);
    put(out, 0 * 4 + 1, M_SQRT1_2, 0);
    put(out, 0 * 4 + 3, 0, M_SQRT1_2);
    put(out, 1 * 4 + 0, M_SQRT1_2, 0);
    put(out, 1 * 4 + 2, 0, -M_SQRT1_2);
    put(out, 2 * 4 + 1, 0, M_SQRT1_2);
    put(out, 2 * 4 + 3, M_SQRT1_2, 0);
    put(out, 3 * 4 + 0, 0, -M_SQRT1_2);
    put(out, 3 * 4 + 2, M_SQRT1_2, 0);
}

/* cos(theta/2) on the diagonal, and i sin(theta/2) times a sign at (row, row ^ flip). */
static void put_pair_rotation(double *out, double theta, size_t flip, const signed char signs[4]) {
    double c = cos(theta / 2), s = sin(theta / 2);
    clear(out, 16);
    for (size_t row = 0; row < 4; row++) {
        put(out, row * 4 + row, c, 0);
        put(out, row * 4 + (row ^ flip), 0, signs[row] * s);
    }
}

static void matrix_rxx(double *out, const double *p) { put_pair_rotation(out, p[0], 3, (const signed char[]){-1, -1, -1, -1}); }
static void matrix_ryy(double *out, const double *p) { put_pair_rotation(out, p[0], 3, (const signed char[]){1, -1, -1, 1}); }
static void matrix_rzx(double *out, const double *p) { put_pair_rotation(out, p[0], 2, (const signed char[]){-1, 1, -1, 1}); }

static void matrix_rzz(double *out, const double *p) {
    clear(out, 16);
    for (size_t i = 0; i < 4; i++) put_phase(out, i * 5, 1, i == 0 || i == 3 ? -p[0] / 2 : p[0] / 2);
}

static void matrix_rccx(double *out, const double *p) {
    (void)p;
    put_permutation(out, (const unsigned char[]){0, 1, 2, 7, 4, 5, 6, 3}, 8);
    put(out, 5 * 8 + 5, -1, 0);
    put(out, 3 * 8 + 7, 0, -1);
    put(out, 7 * 8 + 3, 0, 1);
}

static void matrix_rc3x(double *out, const double *p) {
    (void)p;
    put_permutation(out, (const unsigned char[]){0, 1, 2, 3, 4, 5, 6, 15, 8, 9, 10, 11, 12, 13, 14, 7}, 16);
    put(out, 3 * 16 + 3, 0, 1);
    put(out, 11 * 16 + 11, 0, -1);
    put(out, 7 * 16 + 15, 1, 0);
    put(out, 15 * 16 + 7, -1, 0);
}

#define ITSELF(id, text) \
    { .gate = KT_GATE_##id }
#define IS(id, text) \
    { .gate = KT_GATE_##id }
#define ADJOINT(id, text) \
    { .gate = KT_GATE_##id, .adjoint = true }
#define NEGATED(id, text)                              \
    {                                                  \
        .gate = KT_GATE_##id, .params = { {0, -1, 0} } \
    }
#define FIRST_NEGATED(id, text)                                   \
    {                                                             \
        .gate = KT_GATE_##id, .params = { {0, -1, 0}, {1, 1, 0} } \
    }
#define TURNED(id, text)                                                                   \
    {                                                                                      \
        .gate = KT_GATE_##id, .params = { {0, -1, 0}, {2, -1, 0}, {1, -1, 0}, {3, -1, 0} } \
    } /* u(t, p, l) and u(-t, -l, -p) */
#define FROM_U2(id, text)                                                            \
    {                                                                                \
        .gate = KT_GATE_##id, .params = { {-1, 0, -M_PI_2}, {1, -1, 0}, {0, -1, 0} } \
    }

/* Aliases as one string: each brings a blank before it, and the first blank is passed over. */
#define ALIAS(id, alias, provided) " " alias
#define NONE
#define KT_GATE(id, name, aliases, parameters, parameter_count, controls, targets, family, provided, matrix, inverse, symbol, help) \
    [KT_GATE_##id] = {name,                                                                                                         \
                      &("" aliases)[sizeof("" aliases) > 1],                                                                        \
                      parameters,                                                                                                   \
                      parameter_count,                                                                                              \
                      controls,                                                                                                     \
                      targets,                                                                                                      \
                      KT_FAMILY_##family,                                                                                           \
                      provided,                                                                                                     \
                      matrix,                                                                                                       \
                      inverse,                                                                                                      \
                      symbol,                                                                                                       \
                      help},
const kt_gate kt_gates[KT_GATE_COUNT] = {
#include "circuit/gates.def"
};
#undef KT_GATE

/* The public record: texts only. */
#undef ITSELF
#undef IS
#undef ADJOINT
#undef NEGATED
#undef FIRST_NEGATED
#undef TURNED
#undef FROM_U2
#define ITSELF(id, text)        text
#define IS(id, text)            text
#define ADJOINT(id, text)       text
#define NEGATED(id, text)       text
#define FIRST_NEGATED(id, text) text
#define TURNED(id, text)        text
#define FROM_U2(id, text)       text
#define FAMILY_DIAGONAL         "diagonal"
#define FAMILY_PERMUTATION      "permutation"
#define FAMILY_REAL             "real"
#define FAMILY_DENSE            "dense"
#define PROVIDERS(mask)                                                            \
    (mask) & KT_IN_LANGUAGE2                           ? "OpenQASM-2"              \
    : (mask)&KT_IN_LANGUAGE3                           ? "OpenQASM-3"              \
    : ((mask)&KT_IN_QELIB1) && ((mask)&KT_IN_STDGATES) ? "qelib1.inc stdgates.inc" \
    : (mask)&KT_IN_QELIB1                              ? "qelib1.inc"              \
    : (mask)&KT_IN_STDGATES                            ? "stdgates.inc"            \
                                                       : ""
#define KT_GATE(id, name, aliases, parameters, parameter_count, controls, targets, family, provided, matrix, inverse, symbol, help) \
    [KT_GATE_##id] = {name,                                                                                                         \
                      &("" aliases)[sizeof("" aliases) > 1],                                                                        \
                      parameters,                                                                                                   \
                      parameter_count,                                                                                              \
                      (controls) + (targets),                                                                                       \
                      controls,                                                                                                     \
                      FAMILY_##family,                                                                                              \
                      inverse,                                                                                                      \
                      PROVIDERS(provided),                                                                                          \
                      help},
static const ketch_gate_info infos[KT_GATE_COUNT] = {
#include "circuit/gates.def"
};

const ketch_gate_info *kt_gate_info(size_t index) { return index < KT_GATE_COUNT ? &infos[index] : NULL; }
#undef KT_GATE
#undef ALIAS

/* Every name, aliases included, with who provides it. */
static const struct name_entry {
    const char *name;
    uint16_t gate;
    uint8_t provided_by;
} names[] = {
#define ALIAS(id, alias, provided) {alias, KT_GATE_##id, provided},
#define KT_GATE(id, name, aliases, parameters, parameter_count, controls, targets, family, provided, ...) \
    {name, KT_GATE_##id, provided}, aliases
#include "circuit/gates.def"
#undef KT_GATE
};
#undef ALIAS
#undef NONE

kt_gate_id kt_gate_find(const char *name, size_t size, unsigned provided_by) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((names[i].provided_by & provided_by) && strncmp(names[i].name, name, size) == 0 && names[i].name[size] == '\0')
            return (kt_gate_id)names[i].gate;
    }
    return (kt_gate_id)KT_GATE_NONE;
}

const char *kt_gate_name_in(kt_gate_id gate, unsigned provided_by) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].gate == gate && (names[i].provided_by & provided_by)) return names[i].name;
    return NULL;
}

void kt_gate_names(unsigned provided_by, void (*visit)(void *user, const char *name, size_t size, kt_gate_id gate), void *user) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].provided_by & provided_by) visit(user, names[i].name, strlen(names[i].name), (kt_gate_id)names[i].gate);
    }
}

const char *kt_gate_habit(kt_span name) {
    static const char *const habits[][2] = {{"cnot", "cx"},        {"not", "x"},      {"toffoli", "ccx"}, {"ccnot", "ccx"},
                                            {"fredkin", "cswap"},  {"hadamard", "h"}, {"cphase", "cp"},   {"phase", "p"},
                                            {"controlledz", "cz"}, {"identity", "id"}};
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (strlen(habits[i][0]) == name.size && strncasecmp(habits[i][0], name.at, name.size) == 0) return habits[i][1];
    return NULL;
}

ketch_status kt_gate_whole_matrix(double *out, const char *name, const double *params, ketch_diag *diag) {
    kt_gate_id gate = kt_gate_find(name, strlen(name), KT_IN_CALLS);
    if ((unsigned)gate == KT_GATE_NONE) gate = kt_gate_find(name, strlen(name), ~0u);
    if ((unsigned)gate == KT_GATE_NONE) return kt_fail(diag, KT_BAD_GATE, "unknown gate `%s`", name);
    return kt_gate_record_matrix(out, gate, params, diag);
}

ketch_status kt_gate_record_matrix(double *out, kt_gate_id gate, const double *params, ketch_diag *diag) {
    const kt_gate *record = &kt_gates[gate];
    if (record->parameter_count && !params) return kt_fail(diag, KT_BAD_ARGUMENT, "`%s` has parameters, but they are NULL", record->name);
    for (unsigned i = 0; i < record->parameter_count; i++) {
        if (!isfinite(params[i])) return kt_fail(diag, KT_PARAMETER_NOT_FINITE, "angle %u of `%s` is NaN or infinite", i + 1, record->name);
    }
    double targets[2 << (2 * KT_GATE_TARGETS)];
    record->matrix(targets, params);
    /* controls are the low bits of an index: the matrix acts where they are all 1, and is the identity elsewhere */
    size_t all = ((size_t)1 << record->control_count) - 1, n = (size_t)1 << (record->control_count + record->target_count);
    size_t target_size = (size_t)1 << record->target_count;
    kt_matrix_identity(out, n);
    for (size_t r = 0; r < target_size; r++) {
        for (size_t c = 0; c < target_size; c++) {
            size_t row = r << record->control_count | all, column = c << record->control_count | all;
            memcpy(out + 2 * (row * n + column), targets + 2 * (r * target_size + c), 2 * sizeof *out);
        }
    }
    return KETCH_OK;
}
