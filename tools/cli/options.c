/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of commands, the table of options, and reading arguments by them. Help, man page and completions are made from the same
 * tables (help.c), so an option is added in one place.
 */
#include "cli.h"

#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const command_record commands[COMMAND_COUNT] = {
    [COMMAND_RUN] = {"run", "[OPTIONS] FILE...", "simulate circuits and print what was measured",
                     "Reads each OpenQASM 2 or 3 FILE (- is standard input), simulates it and prints how often each outcome came, the most "
                     "frequent first.\n"
                     "An outcome shows the classical registers, the last declared leftmost, with bit 0 rightmost. A circuit that measures "
                     "nothing has all "
                     "its qubits measured at the end.",
                     perform_run},
    [COMMAND_CHECK] = {"check", "[OPTIONS] FILE...", "read circuits and report every mistake",
                       "Reads each FILE and says whether it is a circuit that can be run. Nothing is simulated.", perform_check},
    [COMMAND_INFO] = {"info", "[OPTIONS] FILE...", "describe circuits: qubits, gates by kind, depth, memory",
                      "Describes each FILE: its registers, its gates by kind, its depth and the memory that a state of it takes.",
                      perform_info},
    [COMMAND_DRAW] = {"draw", "[OPTIONS] FILE...", "draw circuits as text or SVG",
                      "Draws each FILE as text that fits the terminal, in as many bands as that takes, or as an SVG image.", perform_draw},
    [COMMAND_PLAN] = {"plan", "[OPTIONS] FILE...", "show how circuits would be simulated",
                      "Prints the steps that a run of each FILE would take. Nothing is simulated.", perform_plan},
    [COMMAND_FORMAT] = {"format", "[OPTIONS] FILE...", "lay programs out anew",
                        "Prints each FILE (- is standard input) laid out anew: a statement a line, 4 blanks for each block, blanks around "
                        "operators, long lines broken. Comments, empty lines and the meaning stay. A program with syntax errors is left as "
                        "it is.",
                        perform_format},
    [COMMAND_CONVERT] = {"convert", "[OPTIONS] FILE...", "write circuits as OpenQASM 2, OpenQASM 3 or JSON",
                         "Writes each FILE as a program of another language that means the same, global phase included. Gates that the "
                         "program defines are expanded. What the other language cannot say is refused, with its line.",
                         perform_convert},
    [COMMAND_GATES] = {"gates", "[OPTIONS] [NAME...]", "list the gates known by name, or describe some",
                       "Lists every gate that is built in, or describes the gates called NAME with their matrices.", perform_gates},
    [COMMAND_EXPLAIN] = {"explain", "[OPTIONS] [CODE...]", "say what a message's code means",
                         "Says what the messages with each CODE (KQ0301) are about, what to do, and where it helps shows an example. "
                         "Without CODE it lists all of them.",
                         perform_explain},
    [COMMAND_BENCH] =
        {"bench", "[OPTIONS]", "compare the speed with that of other simulators",
         "Runs 14 benchmark circuits with Ketch and with other simulators, compares amplitudes, and prints how many times faster "
         "Ketch is.\n"
         "The others are installed from PyPI, with Python's venv and pip, into a folder of their own, which takes 1.2 GB. Without "
         "options it runs the three that are known as the fastest on each circuit of 24 qubits, and takes about half an hour; "
         "close other programs before.",
         perform_bench},
    [COMMAND_HELP] = {"help", "[COMMAND]", "show help", "Shows help on COMMAND, or an overview.", perform_help},
    [COMMAND_COMPLETION] = {"completion", "bash|zsh|fish", "print a completion script for a shell",
                            "Prints a script that teaches a shell to complete ketch's commands and options.", perform_completion},
};

enum {
    RUN = 1 << COMMAND_RUN,
    CHECK = 1 << COMMAND_CHECK,
    INFO = 1 << COMMAND_INFO,
    DRAW = 1 << COMMAND_DRAW,
    PLAN = 1 << COMMAND_PLAN,
    FORMAT = 1 << COMMAND_FORMAT,
    CONVERT = 1 << COMMAND_CONVERT,
    GATES = 1 << COMMAND_GATES,
    BENCH = 1 << COMMAND_BENCH,
    READING = RUN | CHECK | INFO | DRAW | PLAN | CONVERT, /* commands that read circuits */
    WRITING = RUN | INFO | DRAW | PLAN | CONVERT | GATES,
    ALL = (1 << COMMAND_COUNT) - 1
};

#define AT(member) offsetof(settings, member)
#define FORMATS    "text json jsonl csv svg"                                                       /* in the order of ketch_format */
#define LANGUAGES  "none qasm2 qasm3 json"                                                         /* see perform_convert */
#define PARTS      "stages frame merging blocks tables linear start sums huge-pages cache meeting" /* in the order of KETCH_WITHOUT_... */

/* clang-format off */
const option_record option_table[] = {
    {"shots", 'n', RUN | PLAN, VALUE_SHOTS, AT(run.shots), "COUNT", .group = "Run",
     "how often the circuit is run (1024); 0: nothing is sampled"},
    {"seed", 's', RUN, VALUE_SEED, AT(run.seed), "NUMBER", .group = "Run",
     "makes the draws repeatable: the same seed gives the same results; otherwise one is taken from the system and reported"},
    {"precision", 0, RUN | PLAN, VALUE_WORD, AT(run.precision), "PRECISION", "fp64 fp32", .group = "Run",
     "of the amplitudes: fp64 (the default) or fp32, which takes half the memory"},
    {"threads", 't', RUN, VALUE_COUNT, AT(session.threads), "COUNT", .group = "Run",
     "threads to use; otherwise $KETCH_NUM_THREADS, $OMP_NUM_THREADS, or as many as there are processors"},
    {"trace", 0, RUN, VALUE_FLAG, AT(trace), .group = "Run",
     "one shot, statement by statement: the source line, the variables that changed, and up to 6 qubits the state"},
    {"dry-run", 0, RUN, VALUE_FLAG, AT(dry_run), .group = "Run",
     "says what would be done and what memory it takes, and simulates nothing"},

    {"engine", 0, RUN | PLAN, VALUE_WORD, AT(run.engine), "ENGINE", "auto reference planned", .group = "Engine",
     "auto (the default), planned (gates gathered into few passes over the state) or reference (one pass for each gate)"},
    {"isa", 0, RUN | PLAN, VALUE_WORD, AT(run.instructions), "SET", "auto plain avx2 avx512", .group = "Engine",
     "instructions that the planned engine computes with: auto (the default: the best of this processor), plain, avx2 or avx512"},
    {"tile", 0, RUN | PLAN, VALUE_TILE, AT(run.tile_bits), "BITS", .group = "Engine",
     "qubits inside a tile of the planned engine, 7 to 18; otherwise chosen by precision"},
    {"without", 0, RUN | PLAN, VALUE_WORDS, AT(run.without), "PARTS", PARTS, .group = "Engine",
     "switches parts of the planned engine off, to see what they gain: words separated by commas, of " PARTS},

    {"write", 0, FORMAT, VALUE_FLAG, AT(in_place), .group = "Layout",
     "changes the files themselves, each at once or not at all, and prints nothing"},
    {"check", 0, FORMAT, VALUE_FLAG, AT(only_check), .group = "Layout",
     "prints only which files are laid out otherwise; exit code 1 if there are any"},
    {"to", 0, CONVERT, VALUE_WORD, AT(language), "LANGUAGE", LANGUAGES, "qasm2 qasm3 json", .group = "Conversion",
     "qasm2, qasm3 or json: what to write"},

    {"circuits", 0, BENCH, VALUE_PASSED, 0, "LIST", .group = "Comparison",
     "some of the circuits, separated by commas: ghz qft qv rqc hea realamp qaoa qaoa_full tfim hidden_shift grover qpe adder clifford_t"},
    {"qubits", 0, BENCH, VALUE_PASSED, 0, "COUNT", .group = "Comparison",
     "of each circuit (24)"},
    {"seed", 0, BENCH, VALUE_PASSED, 0, "NUMBER", .group = "Comparison",
     "of what is random in the circuits (1)"},
    {"threads", 0, BENCH, VALUE_PASSED, 0, "COUNT", .group = "Comparison",
     "of each simulator; otherwise as many as there are processors"},
    {"precision", 0, BENCH, VALUE_PASSED, 0, "PRECISION", "fp64 fp32 both", .group = "Comparison",
     "of each simulator that has it: fp64, fp32 or both (the default)"},
    {"peers", 0, BENCH, VALUE_PASSED, 0, "LIST", .group = "Comparison",
     "the other simulators, separated by commas, of: qsim qulacs scaluq aer lightning qibo ddsim qrack; otherwise the three fastest"},
    {"full", 0, BENCH, VALUE_PASSED, 0, .group = "Comparison",
     "all of them"},
    {"repeats", 0, BENCH, VALUE_PASSED, 0, "COUNT", .group = "Comparison",
     "runs, of which the best counts (3)"},
    {"limit", 0, BENCH, VALUE_PASSED, 0, "SECONDS", .group = "Comparison",
     "for all runs of one circuit with one simulator (120)"},
    {"quick", 0, BENCH, VALUE_PASSED, 0, .group = "Comparison",
     "only sees whether everything works: 16 qubits, one run"},
    {"list", 0, BENCH, VALUE_PASSED, 0, .group = "Comparison",
     "says what would be run, and runs nothing"},
    {"json", 0, BENCH, VALUE_PASSED, 0, "FILE", .complete = "file", .group = "Comparison",
     "also writes the results to FILE"},
    {"environment", 0, BENCH, VALUE_PASSED, 0, "FOLDER", .complete = "dir", .group = "Comparison",
     "where the other simulators are installed; otherwise ketch/bench-environment in the user's cache folder"},

    {"top", 'k', RUN, VALUE_COUNT, AT(write.top), "COUNT", .group = "Results",
     "only the most frequent outcomes and the likeliest states"},
    {"memory", 'm', RUN, VALUE_FLAG, AT(memory), .group = "Results",
     "also the bits of each shot, in order"},
    {"probabilities", 0, RUN, VALUE_FLAG, AT(probabilities), .group = "Results",
     "also the probability of each basis state just before the final measurements"},
    {"amplitudes", 0, RUN, VALUE_TEXT, AT(amplitudes), "LIST", .complete = "file", .group = "Results",
     "also amplitudes: of bitstrings separated by commas, of those in a file (one a line), or 'all'"},
    {"state", 0, RUN, VALUE_TEXT, AT(state_path), "FILE.npy", .complete = "file", .group = "Results",
     "also the whole state, as a NumPy array in a file"},
    {"order", 0, RUN, VALUE_WORD, AT(write.bit0_first), "ORDER", "lsb msb", .group = "Results",
     "lsb (the default): bit and qubit 0 rightmost in every bitstring; msb: leftmost"},

    {"format", 'f', RUN, VALUE_WORD, AT(write.format), "FORMAT", FORMATS, "text json jsonl csv", .group = "Output",
     "text (the default), json, jsonl (a line a file) or csv"},
    {"format", 'f', INFO | PLAN | GATES, VALUE_WORD, AT(write.format), "FORMAT", FORMATS, "text json jsonl", .group = "Output",
     "text (the default), json or jsonl (a line each)"},
    {"format", 'f', DRAW, VALUE_WORD, AT(write.format), "FORMAT", FORMATS, "text svg", .group = "Output",
     "text (the default) or svg"},
    {"out", 'o', WRITING, VALUE_TEXT, AT(out_path), "FILE", .complete = "file", .group = "Output",
     "writes to FILE, which appears whole or not at all, instead of standard output"},
    {"no-run-info", 0, RUN, VALUE_FLAG, AT(write.omit_run), .group = "Output",
     "JSON without the object \"run\" (times, threads, seed): the same bytes each time"},
    {"width", 'w', RUN | DRAW, VALUE_COUNT32, AT(write.width), "COLUMNS", .group = "Output",
     "columns that text should fit in; otherwise those of the terminal, or 80"},
    {"ascii", 0, RUN | DRAW, VALUE_FLAG, AT(write.ascii), .group = "Output",
     "text without characters beyond ASCII"},
    {"color", 0, ALL, VALUE_WORD, AT(color), "WHEN", "auto always never", .group = "Output",
     "auto (the default: on terminals, unless $NO_COLOR is set), always or never"},
    {"error-format", 0, ALL, VALUE_WORD, AT(json_errors), "FORMAT", "text json", .group = "Output",
     "of messages: text (the default) or json, one object a line"},
    {"progress", 0, RUN, VALUE_FLAG, AT(progress), .group = "Output",
     "shows a progress bar at once, not only in runs of more than a second; on terminals alone"},
    {"quiet", 'q', READING | FORMAT, VALUE_FLAG, AT(quiet), .group = "Output",
     "no notes and warnings, only results and errors"},
    {"verbose", 'v', READING, VALUE_FLAG, AT(verbose), .group = "Output",
     "says what takes how long"},

    {"param", 'p', READING | GATES, VALUE_LIST, AT(parameters), "NAME=VALUE", .group = "Reading",
     "gives an input its value: a number or an expression such as -3*pi/4, true, \"0101\" for bits, [1, 2] for an array; "
     "may be repeated"},
    {"param-file", 0, READING, VALUE_TEXT, AT(parameter_file), "FILE", .complete = "file", .group = "Reading",
     "values of inputs from a JSON object, {\"theta\": 0.5, \"n\": 3}; --param comes after it"},
    {"include-dir", 'I', READING, VALUE_LIST, AT(include_dirs), "FOLDER", .complete = "dir", .group = "Reading",
     "where included files are looked for after the file's own folder; may be repeated"},
    {"safe-include", 0, READING, VALUE_FLAG, AT(load.safe_include), .group = "Reading",
     "includes nothing outside these folders"},
    {"prelude", 0, READING | FORMAT, VALUE_TEXT, AT(load.prelude), "NAME", .group = "Reading",
     "as if each file began by including NAME: stdgates.inc or qelib1.inc"},
    {"max-memory", 0, RUN | PLAN, VALUE_BYTES, AT(run.max_memory), "SIZE", .group = "Limits",
     "memory that a run may take, such as 500M or 2G; otherwise what is free"},
    {"max-qubits", 0, RUN | PLAN, VALUE_COUNT32, AT(run.max_qubits), "COUNT", .group = "Limits",
     "refuses circuits with more qubits in use"},
    {"max-operations", 0, RUN | CHECK | INFO | DRAW | PLAN, VALUE_COUNT, AT(run.max_operations), "COUNT", .group = "Limits",
     "that one shot may take, gates and classical ones (50000000)"},
    {"max-call-depth", 0, RUN | PLAN, VALUE_COUNT32, AT(run.max_call_depth), "COUNT", .group = "Limits",
     "of subroutines that call themselves while the program runs (10000)"},
    {"max-cells", 0, READING, VALUE_COUNT, AT(load.max_cells), "COUNT", .group = "Limits",
     "of 8 bytes, for classical variables and arrays (16777216)"},
    {"unroll", 0, READING, VALUE_UNROLL, AT(load.max_unroll), "COUNT", .group = "Limits",
     "statements of loops and calls that become plain operations while reading (4194304); none: they stay loops and calls, which "
     "is slower"},
    {"timeout", 0, READING | FORMAT, VALUE_SECONDS, AT(run.timeout_seconds), "TIME", .group = "Limits",
     "gives up on a file after TIME: 10, 500ms, 5m"},
    {"max-source-bytes", 0, READING | FORMAT, VALUE_BYTES, AT(load.max_source_bytes), "SIZE", .group = "Limits",
     "of a file and what it includes (1G)"},
    {"max-gates", 0, READING, VALUE_COUNT, AT(load.max_gates), "COUNT", .group = "Limits",
     "after gates and broadcasts are expanded (100000000)"},
    {"max-declared-qubits", 0, READING, VALUE_COUNT, AT(load.max_qubits), "COUNT", .group = "Limits",
     "in use or not (1048576)"},
    {"max-bits", 0, READING, VALUE_COUNT, AT(load.max_bits), "COUNT", .group = "Limits",
     "classical bits (1048576)"},
    {"max-nesting", 0, READING | FORMAT, VALUE_COUNT32, AT(load.max_nesting), "COUNT", .group = "Limits",
     "of parentheses, blocks and modifiers (256)"},
    {"max-include-depth", 0, READING, VALUE_COUNT32, AT(load.max_include_depth), "COUNT", .group = "Limits",
     "of files that include files (32)"},
    {"max-token-bytes", 0, READING | FORMAT, VALUE_COUNT32, AT(load.max_token_bytes), "COUNT", .group = "Limits",
     "of one name, number or string (65536)"},
    {"max-errors", 0, READING | FORMAT, VALUE_COUNT32, AT(load.max_errors), "COUNT", .group = "Limits",
     "reported for a file before giving up (20, which is also the most)"},
    {"help", 'h', ALL, VALUE_FLAG, AT(help), .group = "Other",
     "shows this help"},
};
/* clang-format on */
const size_t option_count = sizeof option_table / sizeof *option_table;

command_number find_command(const char *name) {
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        if (!strcmp(commands[command].name, name)) return command;
    }
    return COMMAND_COUNT;
}

static bool add_text(text_list *list, const char *text) {
    if (!(list->count & (list->count - 1))) {
        const char **grown = realloc(list->items, (list->count ? 2 * list->count : 1) * sizeof *grown);
        if (!grown) return false;
        list->items = grown;
    }
    list->items[list->count++] = text;
    return true;
}

/* Puts an option's value where the table says; false after saying what is wrong with it. */
static bool store(settings *options, const option_record *option, const char *value) {
    void *place = (char *)options + option->offset;
    char problem[PROBLEM_SIZE] = "out of memory";
    uint64_t number = 0;
    bool fine = true;
    switch (option->kind) {
    case VALUE_FLAG: *(int *)place = 1; break;
    case VALUE_COUNT:
    case VALUE_COUNT32:
        fine = read_count(&number, value, 1, option->kind == VALUE_COUNT ? UINT64_MAX : UINT32_MAX, problem);
        if (fine && option->kind == VALUE_COUNT)
            *(uint64_t *)place = number;
        else if (fine)
            *(uint32_t *)place = (uint32_t)number;
        break;
    case VALUE_TILE:
        fine = read_count(&number, value, 7, 18, problem);
        if (fine) *(uint32_t *)place = (uint32_t)number;
        break;
    case VALUE_SHOTS:
        fine = read_count(place, value, 0, UINT64_MAX, problem);
        if (options->run.shots)
            options->run.outputs &= ~(unsigned)KETCH_OUTPUT_NO_SHOTS;
        else
            options->run.outputs |= KETCH_OUTPUT_NO_SHOTS;
        break;
    case VALUE_SEED:
        fine = read_count(place, value, 0, UINT64_MAX, problem);
        options->run.has_seed = 1;
        break;
    case VALUE_UNROLL:
        number = KETCH_UNROLL_NONE;
        fine = !strcmp(value, "none") || read_count(&number, value, 1, UINT64_MAX, problem);
        if (fine) *(uint64_t *)place = number;
        break;
    case VALUE_BYTES: fine = read_bytes(place, value, problem); break;
    case VALUE_SECONDS: fine = read_seconds(place, value, problem); break;
    case VALUE_WORD:
        fine = find_word(option->choices ? option->choices : option->words, value) >= 0;
        if (fine)
            *(int *)place = find_word(option->words, value);
        else
            refuse_word(problem, option->choices ? option->choices : option->words, value, strlen(value));
        break;
    case VALUE_WORDS: fine = read_words(place, option->words, value, problem); break;
    case VALUE_TEXT: *(const char **)place = value; break;
    case VALUE_LIST: fine = add_text(place, value); break;
    case VALUE_PASSED:
        fine = !option->words || find_word(option->words, value) >= 0;
        if (fine)
            fine = add_text(&options->passed, option->name) && add_text(&options->passed, value);
        else
            refuse_word(problem, option->words, value, strlen(value));
        break;
    }
    if (!fine) complain(NULL, "--%s: %s", option->name, problem);
    return fine;
}

/* The option nearest to what was typed, for a hint: shares the longest beginning, at least two characters; else the one most like it. */
static const char *nearest_option(const char *typed, unsigned command) {
    const char *best = NULL;
    size_t best_size = 1;
    for (size_t i = 0; i < option_count; i++) {
        size_t size = 0;
        while (typed[size] && typed[size] == option_table[i].name[size]) size++;
        if ((option_table[i].commands >> command & 1) && size > best_size) {
            best = option_table[i].name;
            best_size = size;
        }
    }
    for (size_t i = 0, size; i < option_count && !best; i++) {
        if ((option_table[i].commands >> command & 1) && nearest_word(option_table[i].name, typed, strlen(typed), &size))
            best = option_table[i].name;
    }
    return best;
}

static int refuse_option(command_number command, int result, char **arguments, int index) {
    const char *typed = index > 0 ? arguments[index - 1] : "";
    char hint[PROBLEM_SIZE];
    const char *near = !strncmp(typed, "--", 2) ? nearest_option(typed + 2, command) : NULL;
    if (near)
        snprintf(hint, sizeof hint, "did you mean --%s? 'ketch help %s' lists the options", near, commands[command].name);
    else
        snprintf(hint, sizeof hint, "'ketch help %s' lists the options", commands[command].name);
    if (result == ':')
        complain(NULL, "%s needs a value", typed);
    else if (optopt && strncmp(typed, "--", 2) != 0)
        complain(hint, "ketch %s has no option -%c", commands[command].name, optopt);
    else if (near && optopt)
        complain(NULL, "%s takes no value", typed);
    else
        complain(hint, "ketch %s has no option %s", commands[command].name, typed);
    return EXIT_USAGE;
}

int read_options(settings *options, command_number command, int count, char **arguments) {
    struct option longs[sizeof option_table / sizeof *option_table + 1] = {0};
    char shorts[2 * (sizeof option_table / sizeof *option_table) + 2] = ":";
    size_t used = 0, size = 1;
    for (size_t i = 0; i < option_count; i++) {
        const option_record *option = &option_table[i];
        if (!(option->commands >> command & 1)) continue;
        longs[used++] = (struct option){option->name, option->argument ? required_argument : no_argument, NULL, 256 + (int)i};
        if (!option->letter) continue;
        shorts[size++] = option->letter;
        if (option->argument) shorts[size++] = ':';
    }
    opterr = 0;
    for (int result; (result = getopt_long(count, arguments, shorts, longs, NULL)) != -1;) {
        if (result == '?' || result == ':') return refuse_option(command, result, arguments, optind);
        const option_record *option = NULL;
        for (size_t i = 0; i < option_count && !option; i++) {
            bool same =
                result >= 256 ? (size_t)(result - 256) == i : option_table[i].letter == result && (option_table[i].commands >> command & 1);
            if (same) option = &option_table[i];
        }
        if (!store(options, option, optarg)) return EXIT_USAGE;
    }
    for (int i = optind; i < count; i++) {
        if (!add_text(&options->arguments, arguments[i])) {
            complain(NULL, "out of memory");
            return EXIT_LIMIT;
        }
    }
    options->load.include_dirs = options->include_dirs.items;
    options->load.include_dir_count = options->include_dirs.count;
    options->load.max_operations = options->run.max_operations;
    return 0;
}

void free_options(settings *options) {
    free(options->include_dirs.items);
    free(options->parameters.items);
    free(options->passed.items);
    free(options->arguments.items);
}
