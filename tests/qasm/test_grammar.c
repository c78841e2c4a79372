/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar alone, against the language's own tests: every line of its invalid statements is refused by itself, every source of its
 * reference trees and every example is accepted. They are read from the folder KETCH_CIRCUITS.
 */
#include "helper.h"

#include "qasm/parser.h"

#include <dirent.h>
#include <stdlib.h>

static void read_whole(char **bytes, size_t *size, const char *path) {
    ketch_diag *diag = ketch_diag_create();
    if (kt_file_read(bytes, size, path, 1 << 28, diag) != KETCH_OK) fail_msg("%s", ketch_diag_text(diag));
    ketch_diag_free(&diag);
}

static ketch_status check(const char *text, size_t size, int dialect, char message[512]) {
    ketch_load_options options = ordinary_options();
    ketch_diag *diag = ketch_diag_create();
    ketch_status status = kt_qasm_check_grammar(text, size, dialect, &options, diag);
    snprintf(message, 512, "%s", ketch_diag_text(diag));
    assert_int_equal(status != KETCH_OK, kt_error_count(diag) != 0);
    ketch_diag_free(&diag);
    return status;
}

/* Visits all files of a folder whose names end so; returns how many there were. */
static size_t each_file(const char *folder, const char *end, void (*visit)(const char *path)) {
    DIR *listing = opendir(folder);
    if (!listing) fail_msg("%s is missing", folder);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(listing));) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        size_t size = strlen(entry->d_name);
        if (entry->d_name[0] == '.') continue;
        DIR *inner = opendir(path);
        if (inner) {
            closedir(inner);
            count += each_file(path, end, visit);
        } else if (size > strlen(end) && strcmp(entry->d_name + size - strlen(end), end) == 0) {
            visit(path);
            count++;
        }
    }
    closedir(listing);
    return count;
}

static const char *folder_of(char path[4096], const char *name) {
    const char *root = getenv("KETCH_CIRCUITS");
    if (!root || !*root) {
        print_message("no folder of circuits is given (-Dcircuits=...): skipped\n");
        skip();
    }
    snprintf(path, 4096, "%s/%s", root, name);
    return path;
}

static void refuse_lines(const char *path) {
    size_t size;
    char *text, message[512];
    read_whole(&text, &size, path);
    size_t number = 1;
    for (char *line = text; line < text + size; number++) {
        char *end = memchr(line, '\n', (size_t)(text + size - line));
        if (!end) end = text + size;
        while (line < end && *line == ' ') line++;
        bool comment = end - line >= 2 && line[0] == '/' && line[1] == '/';
        if (line < end && !comment && check(line, (size_t)(end - line), 3, message) != KETCH_ERROR_SYNTAX)
            fail_msg("%s:%zu is accepted: %.*s", path, number, (int)(end - line), line);
        line = end + 1;
    }
    kt_free(text);
}

static void accept_source(const char *path) {
    size_t size;
    char *text, message[512];
    read_whole(&text, &size, path);
    char *source = strstr(text, "source: |\n");
    if (!source) fail_msg("%s holds no source", path);
    char *plain = kt_alloc(size + 1), *out = plain;
    for (char *line = strchr(source, '\n') + 1; *line == ' ' || *line == '\n';) { /* an indented block */
        char *end = strchr(line, '\n');
        if (!end) end = line + strlen(line);
        size_t skipped = (size_t)(end - line) < 2 ? (size_t)(end - line) : 2;
        memcpy(out, line + skipped, (size_t)(end - line) - skipped);
        out += (size_t)(end - line) - skipped;
        *out++ = '\n';
        line = *end ? end + 1 : end;
    }
    if (check(plain, (size_t)(out - plain), 3, message) != KETCH_OK) fail_msg("%s is refused: %s", path, message);
    assert_true(out - plain > 4);
    kt_free(plain);
    kt_free(text);
}

static void accept_file(const char *path, int dialect) {
    size_t size;
    char *text, message[512];
    read_whole(&text, &size, path);
    if (check(text, size, dialect, message) != KETCH_OK) fail_msg("%s is refused: %s", path, message);
    kt_free(text);
}
static void accept_file2(const char *path) {
    bool wrong = strstr(path, "invalid_missing_semicolon") || strstr(path, "example_fail");
    if (!wrong) accept_file(path, 2);
}
static void accept_file3(const char *path) { accept_file(path, 3); }

static void test_invalid_lines(void **state) {
    (void)state;
    char path[4096];
    assert_true(each_file(folder_of(path, "openqasm3/source/grammar/tests/invalid"), ".qasm", refuse_lines) >= 11);
}

static void test_reference_sources(void **state) {
    (void)state;
    char path[4096];
    assert_true(each_file(folder_of(path, "openqasm3/source/grammar/tests/reference"), ".yaml", accept_source) >= 35);
}

static void test_examples(void **state) {
    (void)state;
    char path[4096];
    assert_true(each_file(folder_of(path, "openqasm3/examples"), ".qasm", accept_file3) >= 21);
    assert_true(each_file(folder_of(path, "openqasm3/examples"), ".inc", accept_file3) >= 1);
    assert_true(each_file(folder_of(path, "openqasm2/examples"), ".qasm", accept_file2) >= 15);
    assert_true(each_file(folder_of(path, "openqasm2/examples"), ".inc", accept_file2) >= 1);
    assert_true(each_file(folder_of(path, "qiskit-tests"), ".qasm", accept_file2) >= 23);
    assert_true(each_file(folder_of(path, "qasmbench-small"), ".qasm", accept_file2) >= 40);
}

/* A few of each kind, so that something is checked without the folder too. */
static void test_own_statements(void **state) {
    (void)state;
    static const char *const good[] = {
        "qubit[2] q;",
        "bit c = measure q[0];",
        "ctrl(2) @ inv @ pow(-1./2.) @ g(a,b,) q, $1,;",
        "gphase(pi);",
        "ctrl @ gphase(pi) q;",
        "for uint i in [0:2:9] { x q[i]; }",
        "for bit b in c x q;",
        "while (a < 3) { a += 1; }",
        "switch (i) { case 1, 2, {} default {} }",
        "def f(int[8] a, qubit q, creg c[3], readonly array[int[8], #dim=2] d) -> bit { return measure q; }",
        "extern f(int, creg[4],) -> int;",
        "a[0:1][{1,2}] **= b[2, :];",
        "let x = a ++ b[0:2];",
        "box[100ns] { delay[1.5µs] q; nop; }",
        "cal { any {thing} at all }",
        "defcal rz(angle[20] t, 3) $0, q -> bit { }",
        "#pragma one two",
        "@note x y\nint i;",
        "array[int[8], 2, 3] a = {{1,2,3},{4,5,6}};",
        "const float[64] x = 1e3 + .5 - 2.;",
        "int[32](10);",
        "durationof({x $0;}) * 2;",
        "f(x)[2] + 1;",
        "g(1)[3ns] q;",
        "f(1) q -> c;",
        "end;",
        "input angle[32] a;",
        "output bit[2] b;",
        "/* a */ include 'x';",
        "complex[float[32]] z = 1 + 2.5im;",
        "if (a) x q; else if (b) y q; else { }",
        "x $0;",
        "OPENQASM 3.1;",
        "{ int i = 3; }",
        "a = b == c;",
        "U(0,0,0) q;",
        "qreg q[3];",
        "creg c;",
    };
    static const char *const bad[] = {
        "a b c;",
        "qubit[2] [3] q;",
        "x q[];",
        "x q[{}];",
        "let x = ;",
        "if (a) ;",
        "else x q;",
        "gate g { }",
        "gate g(a b) q { }",
        "measure q -> ;",
        "for i in [0:2] {}",
        "for int i in [3] {}",
        "switch (i) { x q; }",
        "return 1",
        "pow @ x q;",
        "ctrl @ x;",
        "array[int[8]] a;",
        "const int a;",
        "input int a = 3;",
        "def f { }",
        "extern f() { }",
        "a = = b;",
        "1 + ;",
        "(1;",
        "x q[1;",
        "\"01\" = c;",
        "@ x\nint i;",
        "@alone",
        "pragma",
        "cal {",
        "}",
        "];",
        "x q y;",
        "$ q;",
        "box x q;",
        "#dim;",
        "a +* b;",
        "array[int[8], 3] a = {1, {2, };",
        "int[32]10;",
    };
    char message[512];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        if (check(good[i], strlen(good[i]), 3, message) != KETCH_OK) fail_msg("%s is refused: %s", good[i], message);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (check(bad[i], strlen(bad[i]), 3, message) != KETCH_ERROR_SYNTAX) fail_msg("%s is accepted", bad[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_own_statements),
        cmocka_unit_test(test_invalid_lines),
        cmocka_unit_test(test_reference_sources),
        cmocka_unit_test(test_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
