/* SPDX-License-Identifier: Apache-2.0
 *
 * The least non-negative solution of linear equations and inequalities, by the simplex method on a dense table:
 *
 *            x0  x1  x2 ...            one column for each unknown, and one for what is left over in each inequality
 *   x2     [  .   .   1  ... |  3 ]    each row is solved for one of them: its basic variable; the others are 0
 *   x5     [  .   .   .  ... |  8 ]
 *
 * Constraints are added one by one, each solved before the next: so the one that fits no more is known. Then the unknowns are made as
 * small as can be, one by one, and stay so. Ties go to the lowest number (Bland's rule), so that it always ends.
 *
 * Unknowns that no constraint connects are solved apart, since tables grow with the square.
 */
#include "qasm/timing.h"

#include <math.h>
#include <string.h>

static const double tiny = 1e-9; /* beside constants below 1 */
enum { NONE = -1 };

typedef struct table {
    double *cells; /* row by row; the last column is the constant */
    int *basic;    /* by row: the variable that it is solved for */
    bool *closed;  /* by column: it stays 0 */
    size_t rows, columns, width;
    uint64_t *work;
} table;

static double *row_of(const table *t, size_t row) { return t->cells + row * t->width; }

static bool spend(const table *t, size_t rows) {
    uint64_t steps = (uint64_t)rows * t->width;
    if (steps > *t->work) return *t->work = 0, false;
    *t->work -= steps;
    return true;
}

/* row -= factor * other, so that `column` is cleared exactly. */
static void clear(const table *t, double *row, const double *other, size_t column) {
    double factor = row[column];
    if (factor == 0) return;
    for (size_t j = 0; j < t->width; j++) row[j] -= factor * other[j];
    row[column] = 0;
}

static bool pivot(table *t, size_t row, size_t column) {
    double *chosen = row_of(t, row), divisor = chosen[column];
    for (size_t j = 0; j < t->width; j++) chosen[j] /= divisor;
    chosen[column] = 1;
    for (size_t i = 0; i < t->rows; i++)
        if (i != row) clear(t, row_of(t, i), chosen, column);
    t->basic[row] = (int)column;
    return spend(t, t->rows);
}

/* Which row allows the variable of `column` to grow least; `preferred` where it is among those. */
static size_t tightest(const table *t, size_t column, size_t preferred) {
    size_t best = SIZE_MAX;
    double least = INFINITY;
    for (size_t i = 0; i < t->rows; i++) {
        const double *row = row_of(t, i);
        if (row[column] <= tiny) continue;
        double limit = fmax(row[t->columns], 0) / row[column];
        bool tie = fabs(limit - least) <= tiny * (1 + limit);
        if (tie ? i == preferred || (best != preferred && t->basic[i] < t->basic[best]) : limit < least) {
            best = i;
            least = fmin(limit, least);
        }
    }
    return best;
}

/* Makes the basic variable of the row as small as can be. *gone: it is 0 and basic no more. */
static bool minimise(bool *gone, table *t, size_t row) {
    *gone = false;
    for (;;) {
        size_t column = 0;
        while (column < t->columns && (t->closed[column] || row_of(t, row)[column] <= tiny || (int)column == t->basic[row])) column++;
        if (column == t->columns) return true;
        size_t leaves = tightest(t, column, row);
        *gone = leaves == row;
        if (!pivot(t, leaves, column)) return false;
        if (*gone) return true;
    }
}

/* False: no room for it (*fits false), or no work left. */
static bool add(table *t, const kt_constraint *constraint, const uint32_t *column_of, size_t slack, double scale, bool *fits) {
    double *row = row_of(t, t->rows);
    memset(row, 0, t->width * sizeof *row);
    for (uint32_t k = 0; k < constraint->value.count; k++)
        row[column_of[constraint->value.terms[k].unknown]] = constraint->value.terms[k].coefficient;
    row[t->columns] = -constraint->value.constant * scale;
    if (!constraint->equal) row[slack] = -1;
    for (size_t i = 0; i < t->rows; i++) clear(t, row, row_of(t, i), (size_t)t->basic[i]);
    if (!spend(t, t->rows + 1)) return false;
    bool negative = row[t->columns] < 0 || (row[t->columns] == 0 && row[slack] < 0 && !constraint->equal);
    if (negative)
        for (size_t j = 0; j < t->width; j++) row[j] = -row[j];
    size_t at = t->rows++;
    t->basic[at] = !constraint->equal && negative ? (int)slack : NONE; /* NONE: what is missing still */
    if (t->basic[at] != NONE) return true;
    bool gone;
    if (!minimise(&gone, t, at)) return false;
    if (gone) return true;
    *fits = row[t->columns] <= tiny;
    size_t column = 0;
    while (column < t->columns && fabs(row[column]) <= tiny) column++;
    if (*fits && column < t->columns) return pivot(t, at, column); /* by nothing: no value changes */
    t->rows--;                                                     /* it says nothing new */
    return *fits;
}

/* One after the other the unknowns become as small as can be. */
static bool settle(table *t, size_t unknowns) {
    for (size_t k = 0; k < unknowns; k++) {
        size_t row = 0;
        bool gone = true;
        while (row < t->rows && t->basic[row] != (int)k) row++;
        if (row < t->rows && !minimise(&gone, t, row)) return false;
        if (gone) {
            t->closed[k] = true;
            continue;
        }
        for (size_t j = 0; j < t->columns; j++)
            if (row_of(t, row)[j] < -tiny) t->closed[j] = true; /* it would make this one larger */
    }
    return true;
}

/* ── Parts that nothing connects ── */

static uint32_t root_of(uint32_t *parent, uint32_t unknown) {
    while (parent[unknown] != unknown) unknown = parent[unknown] = parent[parent[unknown]];
    return unknown;
}

typedef struct parts {
    uint32_t *parent;      /* by unknown; in the end that of the lowest number */
    uint32_t *next, *last; /* unknowns of one part, in ascending order; by the first: its last */
    uint32_t *column_of;
    size_t *next_constraint, *first_constraint, *last_constraint; /* constraints of one part, in order, + 1 */
} parts;

static void connect(parts *p, uint32_t unknowns, const kt_constraint *constraints, size_t count) {
    for (uint32_t u = 0; u < unknowns; u++) {
        p->parent[u] = p->last[u] = u;
        p->next[u] = UINT32_MAX;
        p->first_constraint[u] = p->last_constraint[u] = 0;
    }
    for (size_t c = 0; c < count; c++) {
        const kt_linear *value = &constraints[c].value;
        for (uint32_t k = 1; k < value->count; k++) {
            uint32_t a = root_of(p->parent, value->terms[0].unknown), b = root_of(p->parent, value->terms[k].unknown);
            p->parent[a > b ? a : b] = a < b ? a : b;
        }
    }
    for (uint32_t u = 0; u < unknowns; u++) {
        uint32_t root = root_of(p->parent, u);
        if (root == u) continue;
        p->next[p->last[root]] = u;
        p->last[root] = u;
    }
    for (size_t c = 0; c < count; c++) {
        p->next_constraint[c] = 0;
        if (!constraints[c].value.count) continue;
        uint32_t root = root_of(p->parent, constraints[c].value.terms[0].unknown);
        *(p->last_constraint[root] ? &p->next_constraint[p->last_constraint[root] - 1] : &p->first_constraint[root]) = c + 1;
        p->last_constraint[root] = c + 1;
    }
}

static bool solve_part(double *values, const parts *p, uint32_t root, kt_constraint *constraints, size_t *contradiction, uint64_t *work) {
    size_t unknowns = 0, inequalities = 0, most_rows = 0, none = *contradiction;
    double largest = 0;
    for (uint32_t u = root; u != UINT32_MAX; u = p->next[u]) p->column_of[u] = (uint32_t)unknowns++;
    for (size_t c = p->first_constraint[root]; c; c = p->next_constraint[c - 1]) {
        inequalities += !constraints[c - 1].equal;
        most_rows++;
        largest = fmax(largest, fabs(constraints[c - 1].value.constant));
    }
    int exponent = 0;
    if (largest > 0) frexp(largest, &exponent);
    table t = {.columns = unknowns + inequalities, .width = unknowns + inequalities + 1, .work = work};
    if (!spend(&t, 64 * (most_rows + 1))) return false; /* it takes memory, too */
    t.cells = kt_array((most_rows + 1) * t.width, sizeof *t.cells);
    t.basic = kt_array(most_rows + 1, sizeof *t.basic);
    t.closed = kt_zalloc(t.width * sizeof *t.closed);
    bool good = t.cells && t.basic && t.closed, fits = true;
    size_t slack = unknowns;
    for (size_t c = p->first_constraint[root]; c && good; c = p->next_constraint[c - 1]) {
        good = add(&t, &constraints[c - 1], p->column_of, slack, ldexp(1, -exponent), &fits);
        if (!fits && constraints[c - 1].wish) fits = good = constraints[c - 1].dropped = true;
        *contradiction = fits ? none : c - 1;
        slack += !constraints[c - 1].equal;
    }
    good = good && settle(&t, unknowns);
    for (uint32_t u = root; u != UINT32_MAX && good; u = p->next[u]) values[u] = 0;
    for (size_t i = 0; i < t.rows && good; i++)
        for (uint32_t u = root; u != UINT32_MAX; u = p->next[u])
            if (t.basic[i] == (int)p->column_of[u]) values[u] = ldexp(fmax(row_of(&t, i)[t.columns], 0), exponent);
    kt_free(t.cells);
    kt_free(t.basic);
    kt_free(t.closed);
    return good;
}

bool kt_least_solution(double *values, uint32_t unknowns, kt_constraint *constraints, size_t count, size_t *contradiction, uint64_t *work) {
    uint32_t *numbers = kt_array((size_t)unknowns + 1, 4 * sizeof *numbers);
    size_t *places = kt_array(count + 2 * (size_t)unknowns + 1, sizeof *places);
    bool good = numbers && places;
    *contradiction = count;
    if (good) {
        parts p = {numbers, numbers + unknowns, numbers + 2 * (size_t)unknowns, numbers + 3 * (size_t)unknowns,
                   places,  places + count,     places + count + unknowns};
        connect(&p, unknowns, constraints, count);
        for (uint32_t u = 0; u < unknowns && good; u++)
            if (p.parent[u] == u) good = solve_part(values, &p, u, constraints, contradiction, work);
    }
    kt_free(numbers);
    kt_free(places);
    return good;
}
