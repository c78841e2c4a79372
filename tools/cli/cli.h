/* SPDX-License-Identifier: Apache-2.0
 *
 * The program `ketch`, on the public header alone.
 *
 *   main.c       which command; exit codes
 *   options.c    the table of commands and the table of options, and reading arguments by them
 *   values.c     option values: numbers, sizes, words, expressions, bitstrings
 *   help.c       help, the man page and shell completions, made from the two tables
 *   run.c        ketch run
 *   show.c       ketch check, info, draw, plan, convert
 *   format.c     ketch format
 *   explain.c    ketch explain
 *   trace.c      ketch run --trace
 *   inputs.c     --param and --param-file: values of a program's inputs
 *   gates.c      ketch gates
 *   bench.c      ketch bench
 *   report.c     messages on standard error: text or JSON; progress
 *   output.c     where results go: standard output or a file that appears whole
 *   interrupt.c  signals and the time limit
 */
#ifndef KETCH_CLI_H
#define KETCH_CLI_H

#include <ketch/ketch.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>

/* Exit codes; 128 + signal when interrupted. */
enum { EXIT_RUNTIME = 1, EXIT_USAGE = 2, EXIT_SYNTAX = 3, EXIT_SEMANTICS = 4, EXIT_LIMIT = 5, EXIT_TIMEOUT = 6 };

typedef struct text_list {
    const char **items;
    size_t count;
} text_list;

/* Everything that options set. Zero means "not given"; the library chooses. */
typedef struct settings {
    ketch_load_options load;
    ketch_run_options run;
    ketch_write_options write;
    ketch_session_options session;
    text_list include_dirs, parameters;
    const char *amplitudes, *state_path, *out_path, *parameter_file;
    int memory, probabilities, dry_run, trace;
    int in_place, only_check; /* ketch format */
    int language;             /* ketch convert: place in its table, from 1 */
    int progress, quiet, verbose, color, json_errors;
    int help, version;
    text_list passed;    /* VALUE_PASSED: name and value (NULL: takes none) of each option given */
    text_list arguments; /* what is no option: files, names */
} settings;

typedef enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color_choice;

/* ── options.c ── */

typedef enum value_kind {
    VALUE_FLAG,    /* int: 1 */
    VALUE_COUNT,   /* uint64_t */
    VALUE_COUNT32, /* uint32_t */
    VALUE_TILE,    /* uint32_t, 7 to 18 */
    VALUE_SHOTS,   /* run.shots, or KETCH_OUTPUT_NO_SHOTS for 0 */
    VALUE_SEED,    /* run.seed and has_seed */
    VALUE_UNROLL,  /* uint64_t, or the word none */
    VALUE_BYTES,   /* uint64_t: 500M, 2G */
    VALUE_SECONDS, /* double */
    VALUE_WORD,    /* int: the place of the word among `words` */
    VALUE_WORDS,   /* unsigned: a bit for each word given, by its place among `words` */
    VALUE_TEXT,    /* const char * */
    VALUE_LIST,    /* text_list; may be given again */
    VALUE_PASSED   /* added to `passed`, for the program that does the work */
} value_kind;

typedef struct option_record {
    const char *name;
    char letter;       /* 0: none */
    unsigned commands; /* bit set: command numbers */
    value_kind kind;
    size_t offset;        /* into settings */
    const char *argument; /* its name in help; NULL: takes none */
    const char *words;    /* VALUE_WORD, VALUE_WORDS: all words, separated by spaces; the place of one is its value, or its bit */
    const char *choices;  /* ... those that these commands take; NULL: all */
    const char *complete; /* what shells offer: "file", "dir" or NULL */
    const char *group;    /* heading in help */
    const char *help;
} option_record;

typedef struct command_record {
    const char *name;
    const char *arguments; /* in the usage line */
    const char *summary;   /* a line */
    const char *text;      /* paragraphs for help and man page */
    int (*perform)(settings *options);
} command_record;

typedef enum command_number {
    COMMAND_RUN,
    COMMAND_CHECK,
    COMMAND_INFO,
    COMMAND_DRAW,
    COMMAND_PLAN,
    COMMAND_FORMAT,
    COMMAND_CONVERT,
    COMMAND_GATES,
    COMMAND_EXPLAIN,
    COMMAND_BENCH,
    COMMAND_HELP,
    COMMAND_COMPLETION,
    COMMAND_COUNT
} command_number;

extern const command_record commands[COMMAND_COUNT];
extern const option_record option_table[];
extern const size_t option_count;

/* The number of the command called `name`, or COMMAND_COUNT. */
command_number find_command(const char *name);

/* Reads the arguments of a command. 0, or the exit code after a message. `options` starts with defaults. */
int read_options(settings *options, command_number command, int count, char **arguments);
void free_options(settings *options);

/* ── values.c: all say what is wrong in `problem` and return false ── */

enum { PROBLEM_SIZE = 300 };
bool read_count(uint64_t *out, const char *text, uint64_t least, uint64_t most, char problem[PROBLEM_SIZE]);
bool read_bytes(uint64_t *out, const char *text, char problem[PROBLEM_SIZE]);
bool read_seconds(double *out, const char *text, char problem[PROBLEM_SIZE]);
bool read_expression(double *out, const char *text, char problem[PROBLEM_SIZE]); /* "0.5", "-3*pi/4" */
/* The place of `word` among space-separated `words`, or -1. */
int find_word(const char *words, const char *word);
/* The one of space-separated `words` that is most like what was typed, if any is: its size is in *size. */
const char *nearest_word(const char *words, const char *typed, size_t typed_size, size_t *size);
bool refuse_word(char problem[PROBLEM_SIZE], const char *words, const char *typed, size_t typed_size); /* false */
/* Words separated by commas, each among space-separated `words`: their bits are added to *out. */
bool read_words(unsigned *out, const char *words, const char *text, char problem[PROBLEM_SIZE]);
/* Bitstrings of `qubits` characters each, from a list or a file, as basis states: *count of them (free). */
bool read_states(uint64_t **out, size_t *count, const char *text, uint64_t qubits, bool bit0_first, char problem[PROBLEM_SIZE]);

/* ── report.c ── */

/* Says which command is at work and how messages look; before anything is reported. */
void report_setup(const settings *options);
/* One message of the program itself. `hint` may be NULL. */
void complain(const char *hint, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A note; not with --quiet. */
void note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* All messages of a diagnostic; those without a place are about the file `name` (NULL: none). Warnings and notes not with --quiet. */
void report(const ketch_diag *diag, const char *name);
int exit_code_of(ketch_status status);
/* The same, and the exit code that belongs to the status. */
int failed(ketch_status status, const ketch_diag *diag, const char *name);
void show_progress(const ketch_progress *progress, const char *name);
void clear_progress(void);
/* Text as a JSON string, quotes included. */
void write_json_string(FILE *stream, const char *text);
bool is_terminal(int descriptor); /* and one that knows colours and cursor movement */
bool wants_color(const settings *options, int descriptor);
unsigned terminal_width(void); /* 80 where there is none */
/* Settles width, colours, bars and ASCII for text that goes to --out or to this descriptor. */
void prepare_text(settings *options, int descriptor);

/* ── output.c ── */

/* Where results go: standard output, or --out. */
typedef struct output {
    ketch_file *file; /* NULL: standard output */
    ketch_sink sink;
    const char *path;
    bool used;   /* something was written */
    bool broken; /* a write failed */
} output;

int output_open(output *out, const char *path); /* 0, or an exit code after a message */
int output_commit(output *out);                 /* 0 or the exit code after a message; a file that nothing was written to does not appear */
void output_discard(output *out);
int output_text(output *out, const char *text);
/* What stands between the documents of several files: a line, or the brackets and commas of a JSON array. 0 or the exit code. */
int begin_document(output *out, const settings *options);
void end_documents(output *out, const settings *options);
bool output_broken(const output *out); /* a write failed: further results are pointless, and output_commit says why */
/* The exit code after a call that wrote to `out` had this status. The reason of a failed write is left to output_commit. */
int output_status(output *out, ketch_status status, const ketch_diag *diag, const char *name);

/* ── interrupt.c ── */

/* SIGINT, SIGTERM and SIGHUP from now on: remember, and cancel the session that runs. The second one kills as usual. */
void catch_signals(void);
int interrupted(void); /* the signal that came, or 0 */
void set_session(ketch_session *session);

/* What is being done, for the message about an interruption: "reading", "simulating", how far it is and how many shots are done (0:
 * unknown). */
void set_stage(const char *stage, double fraction, uint64_t shots);
/* Says that a signal stopped the work on `name`, and what was finished. */
void report_interruption(const char *name, size_t finished, size_t count, const char *out_path);

/* Runs call(user) on a thread of its own and waits until it is done, a signal came or `deadline` (of now()) has passed; 0 is no deadline.
 * False: it was left behind, still at work, and nothing that it uses may be touched or freed. */
bool run_watched(void (*call)(void *), void *user, double deadline);
bool left_behind(void); /* something was: end by _exit */
double now(void);       /* seconds, of a clock that only goes forward */
/* Taken around each write to an output, so that one can be discarded while a call that was left behind still writes. */
void lock_output(void);
void unlock_output(void);

/* ── trace.c ── */

typedef struct tracer tracer;
/* Follows a run of one shot: makes run->trace print each statement to `out`. NULL when out of memory. */
tracer *begin_trace(ketch_run_options *run, const settings *options, output *out, const char *path);
int end_trace(tracer *trace); /* 0, or the exit code where `out` refused something */

/* ── inputs.c ── */

/* Gives the circuit's inputs their values, from --param-file and then --param. 0, or the exit code after a message. */
int bind_inputs(ketch_circuit *circuit, const char *path, const settings *options, ketch_diag *diag);

/* ── run.c, show.c, format.c, explain.c, gates.c, bench.c, help.c ── */

int perform_run(settings *options);
int perform_check(settings *options);
int perform_info(settings *options);
int perform_draw(settings *options);
int perform_plan(settings *options);
int perform_format(settings *options);
int perform_convert(settings *options);
int perform_gates(settings *options);
int perform_explain(settings *options);
int perform_bench(settings *options);
int perform_help(settings *options);
int perform_completion(settings *options);

/* Loads a circuit and gives its inputs their values; "-" is standard input. 0, or the exit code after a message. `deadline` as for
 * run_watched. */
int load_circuit(ketch_circuit **out, const char *path, const settings *options, double deadline);
/* All of a file or of standard input ("-", once; asked again it is what was read), up to a byte more than the limit. NULL: *error says why
 * (an errno). To be freed. */
char *read_source(size_t *size, const char *path, uint64_t limit, int *error);
const char *shown_name(const char *path);                           /* "<stdin>" for "-" */
int require_files(const settings *options, command_number command); /* 0, or EXIT_USAGE after a message */
/* Calls `one` for every file and returns the worst exit code. */
int each_file(settings *options, output *out, int (*one)(settings *options, output *out, const char *path));

/* Text in lines of at most `width` columns, each after `indent` blanks; a line feed begins a new line. */
void print_wrapped(FILE *stream, const char *text, size_t indent, size_t width);
void print_usage(FILE *stream, command_number command);
void print_overview(FILE *stream);

#endif
