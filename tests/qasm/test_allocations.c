/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that runs out while a program is read: the first allocation fails, then the second, and so on. Each time reading says so, leaves
 * nothing behind and can be asked again. The linker sends the library's allocations here (-Wl,--wrap=malloc ...).
 */
#include "helper.h"

static long live, countdown;
static bool fired;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);

static bool refused(void) {
    if (!countdown || --countdown) return false;
    fired = true;
    return true;
}
static void *counted(void *block) {
    live += block != NULL;
    return block;
}
void *__wrap_malloc(size_t size) { return refused() ? NULL : counted(__real_malloc(size)); }
void *__wrap_calloc(size_t count, size_t size) { return refused() ? NULL : counted(__real_calloc(count, size)); }
void *__wrap_realloc(void *block, size_t size) {
    if (refused()) return NULL;
    void *grown = __real_realloc(block, size);
    live += !block && grown;
    return grown;
}
void __wrap_free(void *block) {
    live -= block != NULL;
    __real_free(block);
}

static const char *const programs[] = {
    QASM2
    "qreg q[3]; creg c[70]; gate g(a,b) x,y { rx(a/2) x; barrier x,y; cx x,y; u3(a,b,pi) y; } gate k x,y { g(1,2) x,y; g(3,4) y,x; }\n"
    "k q[0],q[1]; g(0.5,sin(pi/3)) q[0],q[2]; opaque o q; measure q[0] -> c[0]; if(c==1180591620717411303424) x q; reset q; barrier q;",
    QASM3
    "input float t; input angle[8] u; const int[8] n = 3; const bit[4] w = \"1010\" << 1; qubit[9] q; bit[n] c = \"101\"; output bit d;",
    QASM3 "input float t; input angle[8] u; const int[8] n = 3; qubit[12] q; bit[n] c = \"101\"; output bit d; let a = q[0:2] ++ q[{5,7}]; "
          "rx(t*2+u) a;\n"
          "gate g(x) p,r { ctrl @ rx(sin(x)) p,r; pow(0.5) @ inv @ s r; pow(x) @ y p; } g(t) q[1],q[0]; ctrl(2) @ negctrl @ g(2) "
          "q[3],q[4],q[5],q[6],q[7];\n"
          "pow(t) @ x q; barrier; delay[100ns] q; c = measure q[0:2]; if (c[0] && !(int[3](c) < -1) || c == \"011\") { x $12; bit e; e = "
          "measure q[8]; } else { d = 1; }\n"
          "ctrl(9) @ x q[0],q[1],q[2],q[3],q[4],q[5],q[6],q[7],q[8],q[9]; @note\nend; pragma x y\n",
};

static const char *const refusals[] = {
    QASM2 "qreg q[3]; cnot q[0],q[1]; x r; gate g a { g a; } rx(1/0) q[0]; cx q[0],q[0]; x q[7];",
    QASM3 "qubit[3] q; const uint n = 3 - 4; x qq; for int i in [0:1] { x q; } let a = q ++ q; bit[2] c; if (c + 1) x q;",
};

/* Reads until nothing is refused any more; returns how often it failed. */
static long exhaust(const char *text, ketch_status expected, ketch_diag *diag) {
    ketch_load_options options = ordinary_options();
    for (long n = 1;; n++) {
        ketch_circuit *circuit = NULL;
        ketch_diag_clear(diag);
        long before = live;
        fired = false;
        countdown = n;
        ketch_status status = kt_qasm_parse(&circuit, text, strlen(text), &options, diag);
        countdown = 0;
        if (fired && status != KETCH_ERROR_MEMORY && status != expected) fail_msg("allocation %ld: status %d\n%s", n, status, text);
        if (fired && expected == KETCH_OK && status != KETCH_ERROR_MEMORY) fail_msg("allocation %ld went unnoticed\n%s", n, text);
        assert_int_equal(status == KETCH_OK, circuit != NULL);
        kt_circuit_free(circuit);
        if (live != before) fail_msg("allocation %ld: %ld blocks are left\n%s", n, live - before, text);
        if (!fired) {
            if (status != expected) fail_msg("%s", ketch_diag_text(diag));
            return n;
        }
        assert_true(n < 10000);
    }
}

static void test_programs(void **state) {
    (void)state;
    ketch_diag *diag = ketch_diag_create();
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) assert_true(exhaust(programs[i], KETCH_OK, diag) > 20);
    ketch_diag_free(&diag);
}

static void test_refusals(void **state) {
    (void)state;
    ketch_diag *diag = ketch_diag_create();
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) assert_true(exhaust(refusals[i], KETCH_ERROR_SEMANTICS, diag) > 10);
    ketch_diag_free(&diag);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_programs), cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
