/* SPDX-License-Identifier: Apache-2.0
 *
 * Option values: numbers, sizes, words, small expressions, basis states. The program never calls setlocale, so strtod reads a point.
 */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool refuse(char problem[PROBLEM_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool refuse(char problem[PROBLEM_SIZE], const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(problem, PROBLEM_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

bool read_count(uint64_t *out, const char *text, uint64_t least, uint64_t most, char problem[PROBLEM_SIZE]) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = isdigit((unsigned char)*text) ? strtoull(text, &end, 10) : 0;
    if (!end || *end) return refuse(problem, "'%.60s' is not a whole number", text);
    if (errno || value < least || value > most)
        return refuse(problem, "%.60s is out of range: %llu to %llu", text, (unsigned long long)least, (unsigned long long)most);
    *out = value;
    return true;
}

bool read_bytes(uint64_t *out, const char *text, char problem[PROBLEM_SIZE]) {
    static const char units[] = "KMGTP";
    char *end = NULL;
    double value = isdigit((unsigned char)*text) || *text == '.' ? strtod(text, &end) : 0;
    if (!end || end == text) return refuse(problem, "'%.60s' is not a size such as 500M or 2G", text);
    const char *unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
    if (unit) {
        value = ldexp(value, 10 * (int)(unit - units + 1));
        end++;
    }
    if (*end == 'i' && unit) end++;
    if (*end == 'B' || *end == 'b') end++;
    if (*end) return refuse(problem, "'%.60s' is not a size such as 500M or 2G", text);
    if (!(value >= 1 && value < 0x1p64)) return refuse(problem, "%.60s is out of range: 1 byte to 16384P", text);
    *out = (uint64_t)value;
    return true;
}

bool read_seconds(double *out, const char *text, char problem[PROBLEM_SIZE]) {
    char *end = NULL;
    double value = isdigit((unsigned char)*text) || *text == '.' ? strtod(text, &end) : 0;
    if (end && *end) {
        double unit = !strcmp(end, "ms")                         ? 1e-3
                      : !strcmp(end, "s")                        ? 1
                      : !strcmp(end, "m") || !strcmp(end, "min") ? 60
                      : !strcmp(end, "h")                        ? 3600
                                                                 : 0;
        if (unit == 0) end = NULL;
        value *= unit;
    }
    if (!end || end == text) return refuse(problem, "'%.60s' is not a time such as 10, 500ms or 5m", text);
    if (!(value > 0 && value < 1e9)) return refuse(problem, "%.60s is out of range: more than 0, less than 1e9 seconds", text);
    *out = value;
    return true;
}

static int find_part(const char *words, const char *word, size_t size) {
    int place = 0;
    for (const char *next = words; *next; place++) {
        size_t length = strcspn(next, " ");
        if (length == size && !memcmp(next, word, size)) return place;
        next += length;
        next += strspn(next, " ");
    }
    return -1;
}

int find_word(const char *words, const char *word) { return find_part(words, word, strlen(word)); }

/* Edits (a character more, less or another, or two exchanged) that make one word the other; at most `limit` + 1. */
static unsigned count_edits(const char *a, size_t a_size, const char *b, size_t b_size, unsigned limit) {
    enum { MOST = 40 };
    unsigned rows[3][MOST + 1];
    if (a_size > MOST || b_size > MOST) return limit + 1;
    for (size_t j = 0; j <= b_size; j++) rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= a_size; i++) {
        unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_size; j++) {
            unsigned least = above[j - 1] + (a[i - 1] != b[j - 1]);
            if (above[j] + 1 < least) least = above[j] + 1;
            if (row[j - 1] + 1 < least) least = row[j - 1] + 1;
            bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (exchanged && two_above[j - 2] + 1 < least) least = two_above[j - 2] + 1;
            row[j] = least;
        }
    }
    return rows[a_size % 3][b_size];
}

const char *nearest_word(const char *words, const char *typed, size_t typed_size, size_t *size) {
    const char *best = NULL;
    unsigned fewest = typed_size < 5 ? 1 : 2;
    for (const char *next = words; *next;) {
        size_t length = strcspn(next, " ");
        unsigned edits = count_edits(next, length, typed, typed_size, fewest);
        if (edits < fewest || (edits == fewest && !best)) {
            best = next;
            *size = length;
            fewest = edits;
        }
        next += length;
        next += strspn(next, " ");
    }
    return best;
}

bool refuse_word(char problem[PROBLEM_SIZE], const char *words, const char *typed, size_t typed_size) {
    size_t size = 0;
    const char *near = nearest_word(words, typed, typed_size, &size);
    refuse(problem, "'%.*s' is none of: %s%s%.*s%s", (int)(typed_size < 60 ? typed_size : 60), typed, words, near ? "; did you mean " : "",
           (int)size, near ? near : "", near ? "?" : "");
    return false;
}

bool read_words(unsigned *out, const char *words, const char *text, char problem[PROBLEM_SIZE]) {
    for (;; text++) {
        size_t size = strcspn(text, ",");
        int place = find_part(words, text, size);
        if (place < 0) return refuse_word(problem, words, text, size);
        *out |= 1u << place;
        text += size;
        if (!*text) return true;
    }
}

/* sum = product { (+|-) product }   product = unary { (*|/) unary }   unary = (+|-) unary | power
 * power = primary [ ** unary ]      primary = number | pi | tau | ( sum ) */
typedef struct expression {
    const char *text, *next;
    int depth;
    bool wrong;
} expression;

enum { MAX_DEPTH = 100 };

static double read_sum(expression *at);

static bool take(expression *at, const char *token) {
    while (isspace((unsigned char)*at->next)) at->next++;
    size_t size = strlen(token);
    if (strncmp(at->next, token, size) != 0) return false;
    at->next += size;
    return true;
}

static double read_primary(expression *at) {
    if (take(at, "(")) {
        double value = read_sum(at);
        if (!take(at, ")")) at->wrong = true;
        return value;
    }
    if (take(at, "pi") || take(at, "π")) return M_PI;
    if (take(at, "tau") || take(at, "τ")) return 2 * M_PI;
    char *end;
    if (!isdigit((unsigned char)*at->next) && *at->next != '.') {
        at->wrong = true;
        return 0;
    }
    double value = strtod(at->next, &end);
    if (end == at->next) at->wrong = true;
    at->next = end;
    return value;
}

static double read_unary(expression *at) {
    if (++at->depth > MAX_DEPTH) at->wrong = true;
    double value = 0;
    if (at->wrong) return value;
    if (take(at, "-"))
        value = -read_unary(at);
    else if (take(at, "+"))
        value = read_unary(at);
    else {
        value = read_primary(at);
        if (take(at, "**") || take(at, "^")) value = pow(value, read_unary(at));
    }
    at->depth--;
    return value;
}

static double read_product(expression *at) {
    double value = read_unary(at);
    while (!at->wrong) {
        if (take(at, "*"))
            value *= read_unary(at);
        else if (take(at, "/"))
            value /= read_unary(at);
        else
            break;
    }
    return value;
}

static double read_sum(expression *at) {
    double value = read_product(at);
    while (!at->wrong) {
        if (take(at, "+"))
            value += read_product(at);
        else if (take(at, "-"))
            value -= read_product(at);
        else
            break;
    }
    return value;
}

bool read_expression(double *out, const char *text, char problem[PROBLEM_SIZE]) {
    expression at = {.text = text, .next = text};
    double value = read_sum(&at);
    if (!at.wrong) take(&at, "");
    if (at.wrong || *at.next)
        return refuse(problem, "'%.60s' is not a number or an expression such as -3*pi/4 (it goes wrong at character %d)", text,
                      (int)(at.next - text) + 1);
    if (!isfinite(value)) return refuse(problem, "'%.60s' is not a finite number", text);
    *out = value;
    return true;
}

static bool add_state(uint64_t **out, size_t *count, const char *bits, size_t size, uint64_t qubits, bool bit0_first,
                      char problem[PROBLEM_SIZE]) {
    if (size != qubits)
        return refuse(problem, "'%.*s' is %zu long, but the circuit has %llu qubit%s", (int)(size < 70 ? size : 70), bits, size,
                      (unsigned long long)qubits, qubits == 1 ? "" : "s");
    uint64_t state = 0;
    for (size_t i = 0; i < size; i++) {
        if (bits[i] != '0' && bits[i] != '1') return refuse(problem, "'%.*s' is not a bitstring", (int)(size < 70 ? size : 70), bits);
        size_t qubit = bit0_first ? i : size - 1 - i;
        if (bits[i] == '1' && qubit > 63) return refuse(problem, "amplitudes can be asked of states in which qubits 64 and above are 0");
        if (bits[i] == '1') state |= 1ull << qubit;
    }
    if (!(*count & (*count - 1))) { /* a power of two: room for twice as many */
        uint64_t *grown = realloc(*out, (*count ? 2 * *count : 1) * sizeof *grown);
        if (!grown) return refuse(problem, "out of memory");
        *out = grown;
    }
    (*out)[(*count)++] = state;
    return true;
}

/* The bitstrings of a file, one a line; blank lines and lines that begin with # are skipped. */
static bool read_state_file(uint64_t **out, size_t *count, const char *path, uint64_t qubits, bool bit0_first, char problem[PROBLEM_SIZE]) {
    FILE *file = fopen(path, "re");
    if (!file) return refuse(problem, "'%.60s' is neither a list of bitstrings nor a file that can be read: %s", path, strerror(errno));
    char *line = NULL;
    size_t room = 0;
    bool fine = true;
    for (ssize_t size; fine && (size = getline(&line, &room, file)) >= 0;) {
        while (size && isspace((unsigned char)line[size - 1])) size--;
        if (size && line[0] != '#') fine = add_state(out, count, line, (size_t)size, qubits, bit0_first, problem);
    }
    if (fine && ferror(file)) fine = refuse(problem, "cannot read %.60s", path);
    free(line);
    fclose(file);
    return fine;
}

bool read_states(uint64_t **out, size_t *count, const char *text, uint64_t qubits, bool bit0_first, char problem[PROBLEM_SIZE]) {
    *out = NULL;
    *count = 0;
    bool fine = true;
    if (text[strspn(text, "01,")]) {
        fine = read_state_file(out, count, text + (*text == '@'), qubits, bit0_first, problem);
    } else {
        for (const char *next = text; fine;) {
            size_t size = strcspn(next, ",");
            fine = add_state(out, count, next, size, qubits, bit0_first, problem);
            next += size;
            if (!*next++) break;
        }
    }
    if (fine && !*count) fine = refuse(problem, "no bitstring in '%.60s'", text);
    if (!fine) {
        free(*out);
        *out = NULL;
    }
    return fine;
}
