/* SPDX-License-Identifier: Apache-2.0
 *
 * guest LIBRARY: a good guest leaves the house as it was. The library is loaded with dlopen, as a language binding does, and the process
 * compared before and after: denormals, rounding mode, control word, locale, signal handlers and mask, open files, and what was printed.
 */
#include "api.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __SSE__
#include <xmmintrin.h>
#else
static unsigned _mm_getcsr(void) { return 0; }
#endif

static const char *library;

typedef struct house {
    int rounding, files, handlers;
    unsigned control;
    double denormal;
    char locale[64];
    sigset_t mask;
} house;

static int open_files(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder) return 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

static house look(void) {
    house seen;
    memset(&seen, 0, sizeof seen);
    volatile double small = 1e-308;
    seen.denormal = small / 10;
    seen.rounding = fegetround();
    seen.control = _mm_getcsr() & ~0x3fu; /* without the sticky flags */
    seen.files = open_files();
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL) seen.handlers |= 1 << (number - 1);
    }
    snprintf(seen.locale, sizeof seen.locale, "%s", setlocale(LC_ALL, NULL));
    sigprocmask(SIG_BLOCK, NULL, &seen.mask);
    return seen;
}

static void assert_same_house(const house *before) {
    house after = look();
    assert_true(after.denormal != 0);
    assert_true(after.denormal == before->denormal);
    assert_int_equal(after.rounding, before->rounding);
    assert_int_equal(after.control, before->control);
    assert_int_equal(after.files, before->files);
    assert_int_equal(after.handlers, before->handlers);
    assert_string_equal(after.locale, before->locale);
    for (int number = 1; number < 32; number++) assert_int_equal(sigismember(&after.mask, number), sigismember(&before->mask, number));
}

/* Calls of the loaded library; each name once. */
#define CALLS(X)            \
    X(ketch_diag_create)    \
    X(ketch_diag_free)      \
    X(ketch_circuit_parse)  \
    X(ketch_circuit_bind)   \
    X(ketch_circuit_free)   \
    X(ketch_session_create) \
    X(ketch_session_free)   \
    X(ketch_run)            \
    X(ketch_result_write)   \
    X(ketch_result_free)

static void a_day_in_the_house(void **state) {
    (void)state;
    house before = look();
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (!handle) fail_msg("%s", dlerror());
#define LOAD(name)                                                    \
    __typeof__(name) *p_##name;                                       \
    *(void **)&p_##name = dlsym(handle, #name); /* as POSIX has it */ \
    assert_non_null(*(void **)&p_##name);
    CALLS(LOAD)
    assert_same_house(&before);

    /* A run on two threads, an error, and a power of a gate (which asks LAPACK), with what is printed going to a file. */
    char path[] = "/tmp/ketch-guest-XXXXXX";
    int capture = mkstemp(path), out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    unlink(path);
    fflush(stdout);
    fflush(stderr);
    dup2(capture, STDOUT_FILENO);
    dup2(capture, STDERR_FILENO);
    static const char wrong[] = "OPENQASM 3.0; qubit q; nogate q;";
    static const char runs[] = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[14] q; bit[14] c; h q; pow(0.3) @ x q[0]; c = measure q;";
    ketch_status statuses[5] = {0};
    ketch_diag *diag = p_ketch_diag_create();
    ketch_circuit *circuit = NULL;
    ketch_session *session = NULL;
    ketch_result *result = NULL;
    ketch_session_options options = KETCH_SESSION_OPTIONS_INIT;
    options.threads = 2;
    bytes all = {0};
    statuses[0] = p_ketch_circuit_parse(&circuit, wrong, strlen(wrong), NULL, diag);
    statuses[1] = p_ketch_circuit_parse(&circuit, runs, strlen(runs), NULL, diag);
    statuses[2] = p_ketch_session_create(&session, &options, diag);
    if (circuit && session) statuses[3] = p_ketch_run(&result, session, circuit, NULL, diag);
    if (result) statuses[4] = p_ketch_result_write(result, NULL, into(&all), diag);
    p_ketch_result_free(&result);
    p_ketch_session_free(&session);
    p_ketch_circuit_free(&circuit);
    p_ketch_diag_free(&diag);
    fflush(stdout);
    fflush(stderr);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    struct stat printed;
    fstat(capture, &printed);
    close(out);
    close(err);
    close(capture);

    assert_int_equal(printed.st_size, 0);
    assert_int_not_equal(statuses[0], KETCH_OK);
    for (size_t i = 1; i < LENGTH(statuses); i++) assert_int_equal(statuses[i], KETCH_OK);
    assert_true(all.size > 100);
    free(all.data);
    assert_same_house(&before);
}

/* A decimal comma changes no result, and the rounding mode is the user's business. */
static void a_house_with_other_habits(void **state) {
    (void)state;
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    assert_non_null(handle);
    CALLS(LOAD)
    (void)p_ketch_diag_create;
    (void)p_ketch_diag_free;
    static const char text[] =
        "OPENQASM 3.0; include \"stdgates.inc\"; input float t; qubit[2] q; U(1.25e-1, 0.5, .75) q[0]; ry(t / 3) q[1];"
        "pow(0.3) @ cx q[0], q[1]; rx(sin(2 / 3)) q[0]; bit[2] c; c = measure q;";
    bytes outputs[3] = {{0}, {0}, {0}};
    for (int i = 0; i < 3; i++) {
        if (i == 1 && !setlocale(LC_ALL, "de_DE.UTF-8")) print_message("# no locale with a decimal comma here\n");
        if (i == 2) fesetround(FE_UPWARD);
        house before = look();
        ketch_circuit *circuit = NULL;
        ketch_session *session = NULL;
        ketch_result *result = NULL;
        ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
        options.outputs = KETCH_OUTPUT_PROBABILITIES;
        options.seed = 4;
        options.has_seed = 1;
        ketch_write_options write = KETCH_WRITE_OPTIONS_INIT;
        write.format = KETCH_FORMAT_JSON;
        write.omit_run = 1;
        assert_int_equal(p_ketch_circuit_parse(&circuit, text, strlen(text), NULL, NULL), KETCH_OK);
        assert_int_equal(p_ketch_circuit_bind(circuit, "t", 0.7, NULL), KETCH_OK);
        assert_int_equal(p_ketch_session_create(&session, NULL, NULL), KETCH_OK);
        assert_int_equal(p_ketch_run(&result, session, circuit, &options, NULL), KETCH_OK);
        assert_int_equal(p_ketch_result_write(result, &write, into(outputs + i), NULL), KETCH_OK);
        p_ketch_result_free(&result);
        p_ketch_session_free(&session);
        p_ketch_circuit_free(&circuit);
        assert_same_house(&before);
    }
    setlocale(LC_ALL, "C");
    fesetround(FE_TONEAREST);
    assert_string_equal(outputs[0].data, outputs[1].data);
    assert_string_equal(outputs[0].data, outputs[2].data);
    for (int i = 0; i < 3; i++) free(outputs[i].data);
}

int main(int count, char **arguments) {
    if (count != 2) return 2;
    library = arguments[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_in_the_house),
        cmocka_unit_test(a_house_with_other_habits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
