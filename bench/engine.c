/* SPDX-License-Identifier: Apache-2.0
 *
 * bench-engine [OPTIONS] FILE...: each circuit read, planned, run and sampled by one session; a line of JSON for each.
 *
 *   --threads T   --precision fp64|fp32   --engine auto|reference|planned   --isa auto|plain|avx2|avx512   --tile BITS   --without MASK
 *   --shots S     1000, with seed 1
 *   --repeat N    timed runs after one that warms up, more where they are short; the best by total time is reported, and the totals of all
 *   --limit S     seconds after which a circuit is not repeated; where the first run alone takes longer, it is the one that counts
 *
 * A run begins with the flat circuit and ends with its counts; planning is part of it, since plans are not kept. Reading the file is timed
 * apart. The line holds the library's own plan, as ketch_plan_write has it, so that what was expected stands beside what was measured.
 */
#include "bench.h"

#include <getopt.h>

enum { MOST_REPEATS = 100 };

#define ENOUGH_SECONDS 0.2 /* of repeated runs: what is short is repeated more often than asked for */

typedef struct bench_settings {
    ketch_session_options session;
    ketch_run_options run;
    unsigned long repeats;
    double limit;
} bench_settings;

static void give_up(const char *what, const char *why) {
    fprintf(stderr, "bench-engine: %s: %s\n", what, why);
    exit(2);
}

/* The place of the word in a list that ends with NULL. */
static int choice(const char *option, const char *const *words, const char *word) {
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) return i;
    }
    give_up(option, word);
    return 0;
}

static void read_options(bench_settings *out, int count, char **arguments) {
    static const char *const precisions[] = {"fp64", "fp32", NULL};              /* in the order of ketch_precision, */
    static const char *const engines[] = {"auto", "reference", "planned", NULL}; /* ketch_engine */
    static const char *const sets[] = {"auto", "plain", "avx2", "avx512", NULL}; /* and ketch_instruction_set */
    static const struct option names[] = {
        {"threads", required_argument, NULL, 't'}, {"precision", required_argument, NULL, 'p'},
        {"engine", required_argument, NULL, 'e'},  {"isa", required_argument, NULL, 'i'},
        {"tile", required_argument, NULL, 'b'},    {"without", required_argument, NULL, 'w'},
        {"shots", required_argument, NULL, 's'},   {"repeat", required_argument, NULL, 'r'},
        {"limit", required_argument, NULL, 'l'},   {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(count, arguments, "", names, NULL)) != -1;) {
        switch (option) {
        case 't': out->session.threads = strtoul(optarg, NULL, 0); break;
        case 'p': out->run.precision = (ketch_precision)choice("--precision", precisions, optarg); break;
        case 'e': out->run.engine = (ketch_engine)choice("--engine", engines, optarg); break;
        case 'i': out->run.instructions = (ketch_instruction_set)choice("--isa", sets, optarg); break;
        case 'b': out->run.tile_bits = (uint32_t)strtoul(optarg, NULL, 0); break;
        case 'w': out->run.without |= (unsigned)strtoul(optarg, NULL, 0); break;
        case 's': out->run.shots = strtoul(optarg, NULL, 0); break;
        case 'r': out->repeats = strtoul(optarg, NULL, 0); break;
        case 'l': out->limit = strtod(optarg, NULL); break;
        default: exit(2);
        }
    }
    if (out->repeats < 1 || out->repeats > MOST_REPEATS) give_up("--repeat", "1 to 100");
    if (optind == count) give_up("FILE", "none given");
}

/* ── Text that grows, for the plan ──────────────────────────────────────────────────────────────────────────────────────── */

typedef struct text {
    char *bytes;
    size_t size;
} text;

static int append(void *user, const void *bytes, size_t size) {
    text *out = user;
    char *grown = realloc(out->bytes, out->size + size + 1);
    if (!grown) return 1;
    memcpy(grown + out->size, bytes, size);
    out->bytes = grown;
    out->size += size;
    grown[out->size] = 0;
    return 0;
}

static void print_plan(const bench_settings *settings, const ketch_circuit *circuit, ketch_diag *diag) {
    ketch_write_options options = KETCH_WRITE_OPTIONS_INIT;
    options.format = KETCH_FORMAT_JSONL;
    text plan = {0};
    bench_ok(ketch_plan_write(circuit, &settings->run, &options, (ketch_sink){append, &plan}, diag), diag);
    printf("\"plan\": %.*s", (int)strcspn(plan.bytes, "\n"), plan.bytes);
    free(plan.bytes);
}

/* ── One circuit ────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static double best_parse(ketch_circuit **out, const char *path, unsigned long repeats, ketch_diag *diag) {
    double best = 0;
    for (unsigned long i = 0; i <= repeats; i++) {
        ketch_circuit_free(out);
        double start = bench_seconds();
        bench_ok(ketch_circuit_load(out, path, NULL, diag), diag);
        double seconds = bench_seconds() - start;
        if (i == 0 || seconds < best) best = seconds;
    }
    return best;
}

/* Of all threads together: what a run takes where others keep the processors busy, too. */
static double processor_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static ketch_run_info run_once(ketch_session *session, const ketch_circuit *circuit, const bench_settings *settings, double *processors,
                               ketch_diag *diag) {
    ketch_result *result = NULL;
    ketch_run_info info = {.struct_size = sizeof info};
    double start = processor_seconds();
    bench_ok(ketch_run(&result, session, circuit, &settings->run, diag), diag);
    double seconds = processor_seconds() - start;
    if (*processors == 0 || seconds < *processors) *processors = seconds;
    bench_ok(ketch_result_info(&info, result, diag), diag);
    ketch_result_free(&result); /* strings in `info` are the library's own constants */
    return info;
}

static void print_circuit(ketch_session *session, const char *path, const bench_settings *settings, ketch_diag *diag) {
    static double totals[MOST_REPEATS];
    ketch_circuit *circuit = NULL;
    double parse = best_parse(&circuit, path, settings->repeats, diag), start = bench_seconds(), processors = 0;
    ketch_run_info best = run_once(session, circuit, settings, &processors, diag);
    double first = best.total_seconds, spent = bench_seconds() - start;
    size_t count = 0;
    while (count < MOST_REPEATS && spent < (count < settings->repeats ? settings->limit : ENOUGH_SECONDS)) {
        ketch_run_info info = run_once(session, circuit, settings, &processors, diag);
        if (count == 0 || info.total_seconds < best.total_seconds) best = info;
        totals[count++] = info.total_seconds;
        spent = bench_seconds() - start;
    }
    printf("{\"parse_seconds\": %.9g, \"plan_seconds\": %.9g, \"simulate_seconds\": %.9g, \"sample_seconds\": %.9g, \"seconds\": %.9g, ",
           parse, best.plan_seconds, best.simulate_seconds, best.sample_seconds, best.total_seconds);
    printf("\"first_seconds\": %.9g, \"processor_seconds\": %.9g, \"all_seconds\": [", first, processors);
    for (size_t i = 0; i < count; i++) printf("%s%.9g", i ? ", " : "", totals[i]);
    printf("], \"threads\": %u, \"engine\": \"%s\", \"instruction_set\": \"%s\", \"norm\": %.17g, \"peak_memory_bytes\": %llu, ",
           best.threads, best.engine, best.instruction_set, best.norm, (unsigned long long)best.peak_memory_bytes);
    print_plan(settings, circuit, diag);
    puts("}");
    fflush(stdout);
    ketch_circuit_free(&circuit);
}

int main(int count, char **arguments) {
    bench_settings settings = {.session = KETCH_SESSION_OPTIONS_INIT, .run = KETCH_RUN_OPTIONS_INIT, .repeats = 3, .limit = 1e9};
    settings.run.shots = 1000;
    settings.run.seed = 1;
    settings.run.has_seed = 1;
    settings.run.without = KETCH_WITHOUT_CACHE;
    read_options(&settings, count, arguments);
    ketch_session *session = NULL;
    ketch_diag *diag = ketch_diag_create();
    bench_ok(ketch_session_create(&session, &settings.session, diag), diag);
    for (int i = optind; i < count; i++) print_circuit(session, arguments[i], &settings, diag);
    ketch_session_free(&session);
    ketch_diag_free(&diag);
    return 0;
}
