/* SPDX-License-Identifier: Apache-2.0
 *
 * Ketch: a quantum circuit statevector simulator.
 *
 *   text or calls ──> ketch_circuit ──> ketch_session runs it ──> ketch_result ──> counts, bits, state, bytes
 *
 * The header follows a user's day: version, diagnostics, load or build a circuit, bind parameters, options, session, run,
 * read, write, free.
 *
 * Conventions, everywhere in this header:
 *   Bit order   Qubit 0 is the least significant bit of a basis state and the rightmost character of a bitstring.
 *   Ownership   An `out` parameter comes first and receives something the caller frees with the matching `_free`, which takes the
 *               address of the pointer, sets it to NULL and accepts NULL. A returned pointer is borrowed: it lives as long as the
 *               object that it was asked of, and is not freed.
 *   Errors      Every fallible function returns a ketch_status. On failure `*out` is NULL (or untouched for plain numbers), nothing
 *               is half-changed, and `diag`, where given, says what is wrong and where. `diag` may always be NULL. Any call may
 *               return KETCH_ERROR_USAGE (an argument is NULL or out of its range, a structure has no size) and, where it makes
 *               something, KETCH_ERROR_MEMORY; what else it returns stands beside it.
 *   Structures  Those that you hand over begin with their own size, so that they can grow: initialise with KETCH_..._INIT, or zero the
 *               structure and set `struct_size`. A zero in any other field means "Ketch chooses". A NULL pointer to options means
 *               all defaults.
 *   Threads     Different objects are independent: use them from different threads freely. One object is used by one thread at a
 *               time, except: a ketch_session and its jobs may be used by many threads at once (freeing one of them apart);
 *               ketch_session_cancel and ketch_job_cancel may be called by signal handlers too; a ketch_circuit that is no longer
 *               changed may be read (run, drawn, printed) by many threads at once.
 *   Fork        A child may go on using what it inherited. Jobs and states that were at work at the fork are lost in it (KETCH_ERROR_LOST);
 *               a session starts threads of its own there when it is first used.
 *   Guest       The library never prints, exits, reads the environment, installs handlers or changes global state.
 *
 * The header is C99 and C++ clean. The formats that are written are described in docs/formats.md.
 */
#ifndef KETCH_KETCH_H
#define KETCH_KETCH_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define KETCH_API __attribute__((visibility("default")))
#else
#define KETCH_API
#endif

/* ── Version ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

#define KETCH_VERSION_MAJOR 0
#define KETCH_VERSION_MINOR 1
#define KETCH_VERSION_PATCH 0
#define KETCH_VERSION       "0.1.0"

/* The version of the library in use, "0.1.0"; KETCH_VERSION is that of the header compiled against. */
KETCH_API const char *ketch_version(void);

/* What the library was built with and runs on, one "name: value" a line (compiler, OpenMP, BLAS, the instruction sets that this
 * processor runs). */
KETCH_API const char *ketch_build_info(void);

/* ── Status and diagnostics ───────────────────────────────────────────────────────────────────────────────────────────── */

typedef enum ketch_status {
    KETCH_OK = 0,
    KETCH_ERROR_RUNTIME = 1,      /* the run went wrong: the norm drifted, an internal limit was met */
    KETCH_ERROR_USAGE = 2,        /* an argument or option that makes no sense */
    KETCH_ERROR_SYNTAX = 3,       /* not OpenQASM */
    KETCH_ERROR_SEMANTICS = 4,    /* OpenQASM, but it means nothing: unknown gate, index out of range, unbound parameter */
    KETCH_ERROR_LIMIT = 5,        /* a limit (ketch_load_options, ketch_run_options) was met */
    KETCH_ERROR_TIMEOUT = 6,      /* ketch_run_options.timeout_seconds went by */
    KETCH_ERROR_MEMORY = 7,       /* memory does not suffice, or an allocation failed */
    KETCH_ERROR_CANCELLED = 8,    /* the progress callback or ketch_session_cancel asked to stop */
    KETCH_ERROR_IO = 9,           /* a file could not be read or written */
    KETCH_ERROR_UNAVAILABLE = 10, /* the result does not hold what was asked for (ketch_run_options.outputs); the processor lacks it */
    KETCH_ERROR_BUSY = 11,        /* the session's queue is full */
    KETCH_ERROR_LOST = 12 /* a job or state that was at work when this process was forked from its parent, or a state whose run failed */
} ketch_status;

/* "ok", "syntax", "out of memory"...: a word for a status. */
KETCH_API const char *ketch_status_name(ketch_status status);

typedef enum ketch_severity { KETCH_SEVERITY_ERROR = 0, KETCH_SEVERITY_WARNING = 1, KETCH_SEVERITY_NOTE = 2 } ketch_severity;

/* One thing said about the input or the run. Strings are UTF-8, never NULL, and live until the diagnostic is cleared, refilled or freed. */
typedef struct ketch_message {
    ketch_severity severity;
    const char *code;        /* "KQ0301"; stable, listed in docs/errors.md; "" on notes without one */
    const char *text;        /* one line, no trailing stop */
    const char *hint;        /* what to do about it, or "" */
    const char *file;        /* as it was given, "<stdin>", "<text>", or "" where no file is concerned */
    uint32_t line;           /* from 1; 0 where there is no position */
    uint32_t column;         /* from 1, counted in characters (code points) */
    uint32_t length;         /* characters that the caret line underlines, at least 1 */
    const char *source_line; /* the line itself, or an excerpt around the column where it is very long; "" if none */
    uint32_t source_column;  /* the caret's column inside source_line, from 1 */
    int system_error;        /* the system's number (errno) where a file could not be read or written; 0 elsewhere */
} ketch_message;

/* Where messages are collected. Calls that take one clear it first. Holds up to 20 errors and 20 warnings or notes; what comes
 * after is only counted. Its memory is taken when it is created, so filling it never fails. */
typedef struct ketch_diag ketch_diag;

KETCH_API ketch_diag *ketch_diag_create(void); /* NULL when out of memory */
KETCH_API void ketch_diag_free(ketch_diag **diag);
KETCH_API void ketch_diag_clear(ketch_diag *diag);
KETCH_API size_t ketch_diag_count(const ketch_diag *diag);                               /* messages held */
KETCH_API size_t ketch_diag_dropped(const ketch_diag *diag);                             /* messages that found no room */
KETCH_API const ketch_message *ketch_diag_message(const ketch_diag *diag, size_t index); /* NULL beyond the count */

/* All messages as text ("file:line:col: error[KQ0301]: ...", the source line, a caret, the hint), NUL-terminated; borrowed until the
 * diagnostic changes. "" when empty. */
KETCH_API const char *ketch_diag_text(const ketch_diag *diag);

/* The table of codes behind docs/errors.md; NULL beyond the end. */
typedef struct ketch_code_info {
    const char *code;    /* "KQ0301" */
    ketch_status status; /* what a call returns when this is its first error */
    const char *summary; /* "unknown gate" */
    const char *help;    /* a sentence or two: what it means and how to mend it */
} ketch_code_info;
KETCH_API const ketch_code_info *ketch_code_at(size_t index);

/* ── Where bytes go ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Everything that Ketch writes goes through a sink. `write` returns 0 when all `size` bytes were taken and anything else on failure, which
 * ends the call with KETCH_ERROR_IO. */
typedef struct ketch_sink {
    int (*write)(void *user, const void *bytes, size_t size);
    void *user;
} ketch_sink;

/* A file that appears whole or not at all: bytes go to a temporary name beside `path`; commit flushes them to the disk and renames;
 * freeing without a commit leaves nothing behind. A path that exists and is no regular file (a pipe, /dev/stdout) is written directly. */
typedef struct ketch_file ketch_file;
KETCH_API ketch_status ketch_file_create(ketch_file **out, const char *path, ketch_diag *diag);
KETCH_API ketch_sink ketch_file_sink(ketch_file *file);
KETCH_API ketch_status ketch_file_commit(ketch_file *file, ketch_diag *diag);
KETCH_API void ketch_file_free(ketch_file **file);

/* ── Gates known by name ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* One record of the gate table. */
typedef struct ketch_gate_info {
    const char *name;
    const char *aliases;    /* other names, separated by spaces, or "" */
    const char *parameters; /* names of the angles (radians), separated by spaces, or "" */
    uint32_t parameter_count;
    uint32_t qubit_count;    /* operands: controls first, then targets */
    uint32_t control_count;  /* how many of them are controls */
    const char *family;      /* "diagonal", "permutation", "real" or "dense" */
    const char *inverse;     /* the gate that undoes it, as text: "sdg", "rx(-theta)" */
    const char *provided_by; /* the includes or languages that define it: "qelib1.inc stdgates.inc", "OpenQASM-3"; "": calls alone */
    const char *help;        /* a line */
} ketch_gate_info;

/* The table by index; NULL beyond the end. */
KETCH_API const ketch_gate_info *ketch_gate_at(size_t index);

/* The record's matrix for `parameters` (parameter_count numbers): 4^qubit_count complex numbers, row by row, interleaved re im, `out`
 * having room for them. Row and column indices count the first operand as bit 0. */
KETCH_API ketch_status ketch_gate_matrix(double *out, const char *name, const double *parameters, ketch_diag *diag);

/* The same by index: one name may have several records, by language. */
KETCH_API ketch_status ketch_gate_matrix_at(double *out, size_t index, const double *parameters, ketch_diag *diag);

/* ── A circuit: loaded ────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct ketch_circuit ketch_circuit;

typedef struct ketch_load_options {
    size_t struct_size;
    const char *const *include_dirs; /* folders searched after the file's own */
    size_t include_dir_count;
    int safe_include;    /* nonzero: includes only from the file's folder and include_dirs, never outside them */
    const char *prelude; /* "stdgates.inc" or "qelib1.inc": as if the program included it first */
    const char *name;    /* the file's name in messages when text is parsed; "<text>" by default */
    const char *folder;  /* where text's includes are looked for; none by default */
    /* Limits; each error names the one that was met. */
    uint64_t max_source_bytes;  /* all files together; 1 GiB */
    uint64_t max_gates;         /* flat list, after expansion of gates and broadcasts; 100,000,000 */
    uint64_t max_qubits;        /* declared; 1,048,576 */
    uint64_t max_bits;          /* declared; 1,048,576 */
    uint32_t max_nesting;       /* parentheses, blocks, modifiers; 256, at most 1,000 */
    uint32_t max_include_depth; /* 32, at most 256 */
    uint32_t max_token_bytes;   /* one name, number or string; 65,536 */
    uint32_t max_errors;        /* reported before giving up; 20, which is also the most */
    uint64_t max_cells;         /* memory of classical variables, in cells of 8 bytes; 16,777,216 */
    uint64_t max_unroll;     /* statements carried out while reading, in loops of known bounds and calls of subroutines, so that they become
                                plain     operations; what exceeds it stays a loop or a call, which is slower; 4,194,304. KETCH_UNROLL_NONE:
                                never,     and     values of variables are not followed either */
    uint64_t max_operations; /* a loop that would take more operations than this for certain is refused; 50,000,000 */
} ketch_load_options;
#define KETCH_UNROLL_NONE 1
#define KETCH_LOAD_OPTIONS_INIT \
    { sizeof(ketch_load_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Reads an OpenQASM 2 or 3 file, or text of `length` bytes (no NUL needed at its end). Warnings are left in `diag` on success too.
 * The first error decides: KETCH_ERROR_SYNTAX, _SEMANTICS, _LIMIT, or _IO where a file cannot be read. */
KETCH_API ketch_status ketch_circuit_load(ketch_circuit **out, const char *path, const ketch_load_options *options, ketch_diag *diag);
KETCH_API ketch_status ketch_circuit_parse(ketch_circuit **out, const char *text, size_t length, const ketch_load_options *options,
                                           ketch_diag *diag);

/* ── A circuit: built ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* An empty circuit over `qubits` qubits (register "q") and `bits` classical bits (register "c"), all 0. */
KETCH_API ketch_status ketch_circuit_create(ketch_circuit **out, uint32_t qubits, uint32_t bits, ketch_diag *diag);

/* Appends the gate `name` `count` times: application i acts on qubits[i * qubit_count ...] with parameters[i * parameter_count ...]
 * (see ketch_gate_at; names mean what they mean in Qiskit and qelib1.inc). All are checked before any is appended. */
KETCH_API ketch_status ketch_circuit_append(ketch_circuit *circuit, const char *name, size_t count, const uint32_t *qubits,
                                            const double *parameters, ketch_diag *diag);

/* The same with `control_count` further controls before each application's qubits; bit k of `control_values` is the value at which
 * control k is active (control_count <= 64; use ~0 for ordinary controls). */
KETCH_API ketch_status ketch_circuit_append_controlled(ketch_circuit *circuit, const char *name, size_t count, uint32_t control_count,
                                                       uint64_t control_values, const uint32_t *qubits, const double *parameters,
                                                       ketch_diag *diag);

/* Appends a unitary matrix on `qubit_count` (1 to 6) qubits: 4^qubit_count complex numbers as in ketch_gate_matrix. One that is not
 * unitary within 1e-9 is KETCH_ERROR_SEMANTICS. */
KETCH_API ketch_status ketch_circuit_append_matrix(ketch_circuit *circuit, uint32_t qubit_count, const uint32_t *qubits,
                                                   const double *matrix, ketch_diag *diag);

/* Measures qubits[i] into bits[i]. */
KETCH_API ketch_status ketch_circuit_measure(ketch_circuit *circuit, size_t count, const uint32_t *qubits, const uint32_t *bits,
                                             ketch_diag *diag);
KETCH_API ketch_status ketch_circuit_reset(ketch_circuit *circuit, size_t count, const uint32_t *qubits, ketch_diag *diag);
KETCH_API ketch_status ketch_circuit_barrier(ketch_circuit *circuit, size_t count, const uint32_t *qubits, ketch_diag *diag);

/* What follows, up to the matching ketch_circuit_end_if, happens only where the `count` bits read as a number (bits[0] lowest) equal
 * `value`. Conditions nest. */
KETCH_API ketch_status ketch_circuit_begin_if(ketch_circuit *circuit, size_t count, const uint32_t *bits, uint64_t value, ketch_diag *diag);
KETCH_API ketch_status ketch_circuit_end_if(ketch_circuit *circuit, ketch_diag *diag);

KETCH_API ketch_status ketch_circuit_copy(ketch_circuit **out, const ketch_circuit *circuit, ketch_diag *diag);
KETCH_API void ketch_circuit_free(ketch_circuit **circuit);

/* ── A circuit: looked at ─────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct ketch_circuit_summary {
    size_t struct_size;
    uint64_t qubits, used_qubits; /* declared; touched by some operation */
    uint64_t bits;                /* classical, declared */
    uint64_t operations, gates, measurements, resets, conditions;
    uint64_t depth;        /* longest chain of gates, measurements and resets that share a qubit or bit; a barrier makes its qubits wait */
    uint64_t parameters;   /* named, to be bound */
    int version;           /* of OpenQASM: 2 or 3; 0 when built by calls */
    uint64_t memory_bytes; /* held by the circuit itself */
} ketch_circuit_summary;
#define KETCH_CIRCUIT_SUMMARY_INIT \
    { sizeof(ketch_circuit_summary), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* Fills `out`, whose struct_size is set. */
KETCH_API ketch_status ketch_circuit_summarize(ketch_circuit_summary *out, const ketch_circuit *circuit, ketch_diag *diag);

/* Named parameters (`input float theta;`), in order of declaration; NULL beyond the end. */
KETCH_API const char *ketch_circuit_parameter(const ketch_circuit *circuit, size_t index);

/* Gives a named parameter its value, in radians where it is an angle; may be called again with another. Refused: an unknown name, a
 * number that is NaN or infinite, and a value for which some gate's angle becomes so (the message has its position). */
KETCH_API ketch_status ketch_circuit_bind(ketch_circuit *circuit, const char *name, double value, ketch_diag *diag);

/* The same for `count` parameters at once, all or none: angles are evaluated once. */
KETCH_API ketch_status ketch_circuit_bind_all(ketch_circuit *circuit, size_t count, const char *const *names, const double *values,
                                              ketch_diag *diag);

/* Types of OpenQASM 3 as they cross this interface. */
typedef enum ketch_type {
    KETCH_TYPE_VOID = 0,
    KETCH_TYPE_BITS = 1, /* bit[width]; bit is width 1 */
    KETCH_TYPE_BOOL = 2,
    KETCH_TYPE_INT = 3,
    KETCH_TYPE_UINT = 4,
    KETCH_TYPE_FLOAT = 5,
    KETCH_TYPE_ANGLE = 6,
    KETCH_TYPE_COMPLEX = 7,
    KETCH_TYPE_DURATION = 8
} ketch_type;

typedef struct ketch_value_type {
    ketch_type type;
    uint32_t width; /* in bits; of BITS, INT, UINT, ANGLE (1 to 64; BITS more) and FLOAT (32, 64), of COMPLEX 64 or 128 for both parts */
} ketch_value_type;

/* A value: the member that its type names. */
typedef struct ketch_value {
    ketch_value_type type;
    union {
        int64_t integer;       /* INT */
        uint64_t natural;      /* UINT, BOOL (0 or 1) */
        double number;         /* FLOAT; DURATION: seconds; ANGLE: radians in [0, 2 pi) */
        double complex[2];     /* re, im */
        const uint64_t *words; /* BITS: ceil(width / 64) words, bit b in word b / 64 */
        uint64_t *result;      /* the same, for what a function gives back: room for its words, all 0 */
    } as;
} ketch_value;

/* Gives an input of any type its value, written as in JSON: a number, true, false, "0101" for bits (bit 0 rightmost), [1, 2] for an array
 * (nested as its dimensions), [re, im] for a complex number; a number may also be an expression as `2*pi/3`, and bits a number. Exact
 * for integers of 64 bits. Refused, with the reason: what the input's type cannot hold. */
KETCH_API ketch_status ketch_circuit_bind_text(ketch_circuit *circuit, const char *name, const char *value, size_t length,
                                               ketch_diag *diag);

/* A function that a program declares `extern`, given by the caller: called while the program runs, from any of the session's threads and
 * perhaps from several at once, once for each branch of a run (not once for each shot); the same arguments must give the same result.
 * Nonzero ends the run with KETCH_ERROR_RUNTIME. It must not run anything on the same session, which may be waiting for it. */
typedef int (*ketch_extern_function)(void *user, const ketch_value *arguments, size_t count, ketch_value *result);

/* Names of `extern` declarations, in order; NULL beyond the end. */
KETCH_API const char *ketch_circuit_extern(const ketch_circuit *circuit, size_t index);
/* Gives the extern `name` its function; refused where its declared types are not those given (`returns` may be VOID). */
KETCH_API ketch_status ketch_circuit_set_extern(ketch_circuit *circuit, const char *name, const ketch_value_type *arguments, size_t count,
                                                ketch_value_type returns, ketch_extern_function function, void *user, ketch_diag *diag);

/* Annotations ("@name ...") and pragmas ("pragma ...") of the source, in order: kept, without effect. NULL text beyond the end. */
typedef struct ketch_remark {
    const char *text;
    uint32_t line;
} ketch_remark;
KETCH_API ketch_remark ketch_circuit_remark(const ketch_circuit *circuit, size_t index);

typedef enum ketch_format {
    KETCH_FORMAT_TEXT = 0,
    KETCH_FORMAT_JSON = 1,  /* one document, indented */
    KETCH_FORMAT_JSONL = 2, /* one document on one line */
    KETCH_FORMAT_CSV = 3,
    KETCH_FORMAT_SVG = 4 /* drawings only */
} ketch_format;

typedef struct ketch_write_options {
    size_t struct_size;
    ketch_format format;
    uint32_t width;   /* columns that text should fit in; 80 */
    int color;        /* nonzero: ANSI colours in text */
    int histogram;    /* nonzero: bars beside the counts in text */
    int ascii;        /* nonzero: no character beyond ASCII in text */
    int bit0_first;   /* nonzero: bit and qubit 0 leftmost (the default is rightmost), registers in order of declaration */
    uint64_t top;     /* only the K most frequent counts or probabilities; 0: all */
    int omit_run;     /* nonzero: JSON without the object "run" */
    const char *name; /* the input's name in the output; omitted by default */
    /* Basis states whose amplitudes are wanted (outputs must include KETCH_OUTPUT_AMPLITUDES or _STATE); NULL: all that are not 0, where
     * they include KETCH_OUTPUT_AMPLITUDES. */
    const uint64_t *amplitudes;
    size_t amplitude_count;
} ketch_write_options;
#define KETCH_WRITE_OPTIONS_INIT \
    { sizeof(ketch_write_options), KETCH_FORMAT_TEXT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/* The circuit drawn (TEXT, SVG), or described: qubits, gates by kind, depth, memory (TEXT, JSON, JSONL). */
KETCH_API ketch_status ketch_circuit_draw(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink,
                                          ketch_diag *diag);
KETCH_API ketch_status ketch_circuit_describe(const ketch_circuit *circuit, const ketch_write_options *options, ketch_sink sink,
                                              ketch_diag *diag);

/* Languages that a circuit can be written in. */
typedef enum ketch_language { KETCH_LANGUAGE_QASM2 = 2, KETCH_LANGUAGE_QASM3 = 3, KETCH_LANGUAGE_JSON = 4 } ketch_language;

/* The circuit as a program of that language that means the same, its gates expanded; KETCH_ERROR_UNAVAILABLE, with the construct and its
 * line, where the language cannot say it. The JSON is described in docs/formats.md. */
KETCH_API ketch_status ketch_circuit_convert(const ketch_circuit *circuit, ketch_language language, ketch_sink sink, ketch_diag *diag);

/* The circuit as bytes, versioned, to keep or to send, and back: the same circuit, parameters bound as they were, externs without their
 * functions. Restoring trusts nothing: bytes that no circuit was saved as are KETCH_ERROR_SYNTAX or the error that they make; `options`
 * limit it as they limit reading. KETCH_ERROR_UNAVAILABLE: a program that computes while it runs, to which calls have added. The bytes are
 * described in docs/formats.md. */
KETCH_API ketch_status ketch_circuit_save(const ketch_circuit *circuit, ketch_sink sink, ketch_diag *diag);
KETCH_API ketch_status ketch_circuit_restore(ketch_circuit **out, const void *bytes, size_t size, const ketch_load_options *options,
                                             ketch_diag *diag);

/* An OpenQASM text laid out anew: comments, meaning and order stay. `options` as in ketch_circuit_parse; includes are not read. */
KETCH_API ketch_status ketch_source_format(const char *text, size_t length, const ketch_load_options *options, ketch_sink sink,
                                           ketch_diag *diag);

/* ── Options of a run ─────────────────────────────────────────────────────────────────────────────────────────────────── */

typedef enum ketch_precision { KETCH_PRECISION_FP64 = 0, KETCH_PRECISION_FP32 = 1 } ketch_precision;

/* The reference engine makes one pass over the state for each gate. The planned one gathers gates into few passes; it is the default. Their
 * amplitudes agree to rounding. */
typedef enum ketch_engine { KETCH_ENGINE_AUTO = 0, KETCH_ENGINE_REFERENCE = 1, KETCH_ENGINE_PLANNED = 2 } ketch_engine;

/* What the planned engine computes with; by default the best that the processor has. One that it lacks is refused
 * (KETCH_ERROR_UNAVAILABLE). */
typedef enum ketch_instruction_set {
    KETCH_INSTRUCTIONS_AUTO = 0,
    KETCH_INSTRUCTIONS_PLAIN = 1, /* plain C */
    KETCH_INSTRUCTIONS_AVX2 = 2,  /* with FMA */
    KETCH_INSTRUCTIONS_AVX512 = 3
} ketch_instruction_set;

/* Parts of the planned engine that can be switched off, each alone, to see what it gains or to find a fault; to be or-ed. */
enum {
    KETCH_WITHOUT_STAGES = 1,       /* gathering gates into passes: each step is a pass of its own */
    KETCH_WITHOUT_FRAME = 2,        /* X, Y, Z and swaps as bookkeeping: they move amplitudes */
    KETCH_WITHOUT_MERGING = 4,      /* one-qubit gates in a row as one, and inverse pairs as none */
    KETCH_WITHOUT_BLOCKS = 8,       /* dense two-qubit blocks where they are cheaper */
    KETCH_WITHOUT_TABLES = 16,      /* diagonal gates in a row as one table */
    KETCH_WITHOUT_LINEAR = 32,      /* CX in a row as one permutation */
    KETCH_WITHOUT_START = 64,       /* the first gates of each qubit as part of the initial state, written without being read */
    KETCH_WITHOUT_SUMS = 128,       /* sums for the norm and for sampling in the last pass */
    KETCH_WITHOUT_HUGE_PAGES = 256, /* the state in huge pages, where the system has them */
    KETCH_WITHOUT_CACHE = 512,      /* plans kept by the session for circuits of the same structure */
    KETCH_WITHOUT_MEETING = 1024    /* branches of shots that meet in the same place and state going on as one */
};

/* What a result shall hold; to be or-ed. Counts are always made, except where shots are not asked for: KETCH_OUTPUT_NO_SHOTS. State,
 * amplitudes and probabilities describe the qubits just before the final measurements, global phase included. */
enum {
    KETCH_OUTPUT_SHOTS = 1,         /* the bits of each shot, in order */
    KETCH_OUTPUT_STATE = 2,         /* all 2^qubits amplitudes as one array, idle qubits included */
    KETCH_OUTPUT_AMPLITUDES = 4,    /* ketch_result_amplitudes may be asked */
    KETCH_OUTPUT_PROBABILITIES = 8, /* ketch_result_probabilities may be asked */
    KETCH_OUTPUT_NO_SHOTS = 16      /* nothing is sampled; needs a circuit without measurement or reset in the middle */
};

typedef struct ketch_progress {
    double fraction;     /* 0 to 1, by estimated work */
    double seconds;      /* since the run began */
    const char *stage;   /* "allocate", "simulate", "sample" */
    uint64_t shots_done; /* of circuits with measurements in the middle */
} ketch_progress;

/* A program looked at while it runs, before the statement at `line` and once at the end (`line` 0). Pointers live as long as the call. */
typedef struct ketch_trace_variable {
    const char *name;
    const char *value; /* as text: "0101", "-3", "[1, 2]" */
} ketch_trace_variable;
typedef struct ketch_trace {
    uint32_t line;
    const char *operation; /* what comes next: "h q[0]", "measure q[0] -> c[0]", "classical" */
    const ketch_trace_variable *variables;
    size_t variable_count;
    uint32_t qubits; /* declared; `amplitudes` has 2^qubits complex numbers, interleaved, or is NULL beyond 6 qubits */
    const double *amplitudes;
} ketch_trace;

typedef struct ketch_run_options {
    size_t struct_size;
    uint64_t shots; /* 1024 */
    uint64_t seed;  /* used if has_seed; otherwise one is drawn from the system and reported in the result */
    int has_seed;
    unsigned outputs; /* KETCH_OUTPUT_... */
    ketch_precision precision;
    ketch_engine engine;
    uint64_t max_memory;    /* bytes; what is free on the machine and in its cgroups by default */
    uint32_t max_qubits;    /* simulated at once (idle ones are not); as many as fit by default */
    double timeout_seconds; /* from when the run begins, its time in a queue apart; none */
    /* Called about ten times a second from the thread that called ketch_run, and when a stage begins; nonzero cancels. It must not use the
     * session. */
    int (*progress)(void *user, const ketch_progress *progress);
    void *progress_user;
    double norm_tolerance; /* |1 - norm²| beyond which the run fails; scaled with gates and precision by default */
    ketch_instruction_set instructions;
    uint32_t tile_bits;      /* qubits inside a tile of the planned engine, 7 to 18; by default 15, in fp32 16 */
    unsigned without;        /* KETCH_WITHOUT_... */
    uint64_t max_operations; /* that one shot may take, classical ones included; 50,000,000 */
    uint32_t max_call_depth; /* of subroutines; 10,000 */
    /* Called for each statement of a run of one shot, on the thread that called ketch_run; nonzero cancels. For all statements to be seen
     * as written, and variables that are no bits at all, load the circuit with KETCH_UNROLL_NONE. The run is slow. */
    int (*trace)(void *user, const ketch_trace *trace);
    void *trace_user;
    uint64_t threads; /* of the session's that may work on this run; by default as many as are worth it. Never changes a byte */
    /* The run begins with this state and leaves its final state there; |0...0> by default. Its precision is the run's; it has at least the
     * circuit's qubits, and where it has more those are left alone (and measured by a circuit that measures nothing). Final measurements
     * are sampled from it and leave it as it is; a circuit that measures or resets in the middle takes one shot with it, which `shots` is
     * by default then. Outputs of the result are copies. A run that fails or is cancelled leaves it lost (ketch_state_reset). Not for
     * batches. */
    struct ketch_state *state;
} ketch_run_options;
#define KETCH_RUN_OPTIONS_INIT                                                                                                            \
    {                                                                                                                                     \
        sizeof(ketch_run_options), 0, 0, 0, 0, KETCH_PRECISION_FP64, KETCH_ENGINE_AUTO, 0, 0, 0.0, 0, 0, 0.0, KETCH_INSTRUCTIONS_AUTO, 0, \
            0, 0, 0, 0, 0, 0, 0                                                                                                           \
    }

/* Bytes that a run takes at most, known before anything is allocated, and the memory that is free for it here (physical and cgroup); by
 * as many threads as a session has by default. */
typedef struct ketch_memory {
    size_t struct_size;
    uint64_t needed_bytes; /* UINT64_MAX where it exceeds 64 bits */
    uint64_t available_bytes;
    uint32_t qubits;         /* that will be simulated */
    uint32_t fitting_qubits; /* how many would fit with this precision */
    uint32_t fitting_qubits_fp32;
    uint32_t reserved;
} ketch_memory;
#define KETCH_MEMORY_INIT \
    { sizeof(ketch_memory), 0, 0, 0, 0, 0, 0 }
KETCH_API ketch_status ketch_memory_needed(ketch_memory *out, const ketch_circuit *circuit, const ketch_run_options *options,
                                           ketch_diag *diag);

/* How a run would go, step by step, without running (TEXT, JSON, JSONL). */
KETCH_API ketch_status ketch_plan_write(const ketch_circuit *circuit, const ketch_run_options *run, const ketch_write_options *options,
                                        ketch_sink sink, ketch_diag *diag);

/* ── States ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* 2^qubits amplitudes that outlive runs: see ketch_run_options.state. To sample from one, run a circuit without operations on it. */
typedef struct ketch_state ketch_state;

/* |0...0>. At least one qubit. */
KETCH_API ketch_status ketch_state_create(ketch_state **out, uint32_t qubits, ketch_precision precision, ketch_diag *diag);
KETCH_API ketch_status ketch_state_copy(ketch_state **out, const ketch_state *state, ketch_diag *diag);
/* Back to |0...0>, whatever happened to it. */
KETCH_API ketch_status ketch_state_reset(ketch_state *state, ketch_diag *diag);
KETCH_API uint32_t ketch_state_qubits(const ketch_state *state);
KETCH_API ketch_precision ketch_state_precision(const ketch_state *state);
/* The amplitudes: 2^qubits complex numbers, interleaved re im, of double or float, 64-byte aligned; the caller may write them between runs
 * (of squared norm 1 within 1e-7, or the next run fails at its end). The address stays the same as long as the state lives. */
KETCH_API void *ketch_state_amplitudes(ketch_state *state);
/* KETCH_OK, or KETCH_ERROR_LOST where a run on it failed, was cancelled or cut off by a fork. */
KETCH_API ketch_status ketch_state_check(const ketch_state *state, ketch_diag *diag);
/* The marginal distribution of `count` (1 to 30) qubits, into out[2^count]; qubits[0] is bit 0 of the index. */
KETCH_API ketch_status ketch_state_marginal(double *out, const ketch_state *state, const uint32_t *qubits, size_t count, ketch_diag *diag);
KETCH_API void ketch_state_free(ketch_state **state);

/* ── Session and run ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A scheduler: owns threads, buffers and plans, and shares them among the runs that it is given, from any thread. What is predicted to be
 * over in a moment runs on the calling thread; other small runs on one thread each, side by side; large ones one after the other on all.
 * Which of these a run takes never changes a byte of its result. Threads start when they are needed and end after 2 idle seconds. */
typedef struct ketch_session ketch_session;
typedef struct ketch_result ketch_result;

typedef struct ketch_session_options {
    size_t struct_size;
    uint64_t threads;    /* at work at once, all runs together; min(processors this process may use, cgroup quota) */
    uint64_t max_jobs;   /* submitted and not begun; 65,536 */
    uint64_t max_memory; /* bytes of all runs together, those that find no room wait; what is free on the machine by default */
} ketch_session_options;
#define KETCH_SESSION_OPTIONS_INIT \
    { sizeof(ketch_session_options), 0, 0, 0 }

KETCH_API ketch_status ketch_session_create(ketch_session **out, const ketch_session_options *options, ketch_diag *diag);
KETCH_API uint32_t ketch_session_threads(const ketch_session *session);
/* Cancels what still runs and waits for it to stop. Results, and jobs not yet freed, outlive their session. */
KETCH_API void ketch_session_free(ketch_session **session);

/* Runs the circuit. Same circuit, parameters, options and seed, same version of the library and same instruction set (see
 * ketch_run_options): the same bytes in the result, at any number of threads. The caller frees *out; it is NULL on failure, and the session
 * can be used again. */
KETCH_API ketch_status ketch_run(ketch_result **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                                 ketch_diag *diag);

/* Makes all runs and jobs that the session has now stop within 50 ms with KETCH_ERROR_CANCELLED. Async-signal-safe. */
KETCH_API void ketch_session_cancel(ketch_session *session);

/* ── Jobs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A run, or many, that goes on while the caller does something else. */
typedef struct ketch_job ketch_job;

/* Where jobs are announced when they end: a descriptor for poll, select and event loops. A session has one of its own; a loop that shall
 * not see others' jobs makes another. A forked child gets a new descriptor: ask again. */
typedef struct ketch_channel ketch_channel;
KETCH_API ketch_status ketch_channel_create(ketch_channel **out, ketch_session *session, ketch_diag *diag);
/* The descriptor (an eventfd, non-blocking, closed by exec), readable while an ended job has not been taken, now and then also when there
 * is none (take, and wait again); -1 where the system has no more. It belongs to the channel: do not read or close it. */
KETCH_API int ketch_channel_fd(ketch_channel *channel);
/* Up to `most` jobs that have ended, in that order, into out; each job once. Their owner still frees them. */
KETCH_API size_t ketch_channel_take(ketch_job **out, ketch_channel *channel, size_t most);
/* Jobs of the channel go on, announced nowhere. */
KETCH_API void ketch_channel_free(ketch_channel **channel);
/* The session's own channel, where jobs without another are announced. */
KETCH_API int ketch_session_fd(ketch_session *session);
KETCH_API size_t ketch_session_take(ketch_job **out, ketch_session *session, size_t most);

enum {
    KETCH_SUBMIT_INLINE = 1, /* what is predicted to take under 1 ms, with nothing waiting before it, is done before the call returns */
    KETCH_SUBMIT_WAIT = 2,   /* a full queue: wait for room; by default KETCH_ERROR_BUSY */
    KETCH_SUBMIT_QUIET = 4   /* announced nowhere */
};

typedef struct ketch_submit_options {
    size_t struct_size;
    unsigned flags;         /* KETCH_SUBMIT_... */
    ketch_channel *channel; /* NULL: the session's own */
} ketch_submit_options;
#define KETCH_SUBMIT_OPTIONS_INIT \
    { sizeof(ketch_submit_options), 0, 0 }

/* The runs of a job: each circuit with each row of the table. Element i * max(1, row_count) + j is circuit i with row j. All that is
 * pointed to stays as it is until the job has ended. */
typedef struct ketch_batch {
    size_t struct_size;
    const ketch_circuit *const *circuits;
    size_t circuit_count;
    const char *const *parameters; /* names; every circuit has them all */
    size_t parameter_count;
    const double *table; /* row_count rows of parameter_count numbers */
    size_t row_count;    /* 0: each circuit once, as it is bound */
} ketch_batch;
#define KETCH_BATCH_INIT \
    { sizeof(ketch_batch), 0, 0, 0, 0, 0, 0 }

/* Of the element that is circuit `circuit` with row `row`, where ketch_run_options.seed is `seed`: run alone with it, it gives the same
 * bytes. That of (0, 0) is `seed` itself. */
KETCH_API uint64_t ketch_batch_seed(uint64_t seed, uint64_t circuit, uint64_t row);

/* Hands a run, or a batch, to the session's threads. `circuit` is not changed or freed until the job has ended; options are copied (their
 * callbacks are called from threads of the session). What is wrong with the circuit may be found now or when it runs.
 * KETCH_ERROR_BUSY: the queue is full. The caller frees *out. */
KETCH_API ketch_status ketch_submit(ketch_job **out, ketch_session *session, const ketch_circuit *circuit, const ketch_run_options *options,
                                    const ketch_submit_options *how, ketch_diag *diag);
KETCH_API ketch_status ketch_submit_batch(ketch_job **out, ketch_session *session, const ketch_batch *batch,
                                          const ketch_run_options *options, const ketch_submit_options *how, ketch_diag *diag);

typedef enum ketch_job_state { KETCH_JOB_QUEUED = 0, KETCH_JOB_RUNNING = 1, KETCH_JOB_ENDED = 2 } ketch_job_state;

typedef struct ketch_job_info {
    size_t struct_size;
    ketch_job_state state;
    ketch_status status;     /* once ended: KETCH_OK, or that of the first element that failed; the others after a failure are cancelled */
    uint64_t elements, done; /* runs of the job */
    double fraction;         /* 0 to 1, by estimated work */
    double queued_seconds, run_seconds;
    uint64_t shots_done; /* of the element that runs, where it measures in the middle */
    const char *stage;   /* "queued", "plan", "allocate", "simulate", "sample", "ended" */
    uint32_t threads;    /* at work on it; 0 while queued */
} ketch_job_info;
#define KETCH_JOB_INFO_INIT \
    { sizeof(ketch_job_info), KETCH_JOB_QUEUED, KETCH_OK, 0, 0, 0.0, 0.0, 0.0, 0, 0, 0 }

/* How the job stands; fills `out`, whose struct_size is set. Never waits. */
KETCH_API ketch_status ketch_job_poll(ketch_job_info *out, ketch_job *job, ketch_diag *diag);
/* Waits for its end, at most `seconds` (below 0: for ever): KETCH_OK when it has ended, however it did, else KETCH_ERROR_TIMEOUT. */
KETCH_API ketch_status ketch_job_wait(ketch_job *job, double seconds);
/* Stops the job within 50 ms; ended, it stays as it is. Any thread or signal handler. */
KETCH_API void ketch_job_cancel(ketch_job *job);
/* The result of an element, once the job has ended; taken: the caller frees it, and the next call gives none (KETCH_ERROR_UNAVAILABLE).
 * Otherwise what went wrong with the element, and its messages in `diag`. */
KETCH_API ketch_status ketch_job_result(ketch_result **out, ketch_job *job, size_t element, ketch_diag *diag);
/* Cancels the job and waits for its end, if it has not ended, and gives back the results that nobody took. */
KETCH_API void ketch_job_free(ketch_job **job);

/* ── Reading a result ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Distinct outcomes, the most frequent first, equal counts by bits as a number. */
KETCH_API size_t ketch_result_outcome_count(const ketch_result *result);
KETCH_API uint64_t ketch_result_count(const ketch_result *result, size_t outcome);

/* The outcome as text, registers as declared from right to left with a space between, bit 0 rightmost; borrowed until the next call
 * on this result. NULL beyond the end, and where memory runs out. */
KETCH_API const char *ketch_result_bitstring(ketch_result *result, size_t outcome);

/* All outcomes in that order, and their counts: rows of `*words_per_outcome` words as those of ketch_result_shots. NULL where there are
 * none. */
KETCH_API const uint64_t *ketch_result_outcomes(const ketch_result *result, const uint64_t **counts, size_t *words_per_outcome);

/* The count of the outcome written `bitstring` (spaces are ignored), 0 if it never came. */
KETCH_API uint64_t ketch_result_count_of(const ketch_result *result, const char *bitstring);

/* The registers counted, in order of declaration; register i takes bits [offset, offset + size) of an outcome. NULL name beyond the end. */
typedef struct ketch_register {
    const char *name;
    uint32_t offset, size;
    ketch_value_type type; /* how to read the bits: of an output that is no register of bits its IEEE or two's complement form; where
                              `size` is a multiple of the type's width, an array */
} ketch_register;
KETCH_API ketch_register ketch_result_register(const ketch_result *result, size_t index);

/* The bits of each shot, in order (KETCH_OUTPUT_SHOTS): `shots` rows of `*words_per_shot` words; bit b of an outcome is bit b % 64 of
 * word b / 64. NULL if not asked for. */
KETCH_API const uint64_t *ketch_result_shots(const ketch_result *result, size_t *words_per_shot);

/* The state (KETCH_OUTPUT_STATE): 2^qubits complex numbers, interleaved re im, of double or float by `*precision`, at least 64-byte
 * aligned. Lives as long as the result. NULL if not asked for. */
KETCH_API const void *ketch_result_state(const ketch_result *result, uint32_t *qubits, ketch_precision *precision);

/* The same, taken out of the result, which holds no state afterwards. Nothing is copied. */
KETCH_API ketch_status ketch_result_take_state(ketch_state **out, ketch_result *result, ketch_diag *diag);

/* `count` amplitudes (KETCH_OUTPUT_AMPLITUDES or _STATE) of the basis states `indices`, into out[2 * count], interleaved. */
KETCH_API ketch_status ketch_result_amplitudes(double *out, const ketch_result *result, const uint64_t *indices, size_t count,
                                               ketch_diag *diag);

/* Probabilities (KETCH_OUTPUT_PROBABILITIES, _AMPLITUDES or _STATE) of the basis states [first, first + count), into out[count]. */
KETCH_API ketch_status ketch_result_probabilities(double *out, const ketch_result *result, uint64_t first, uint64_t count,
                                                  ketch_diag *diag);

/* The marginal distribution of `count` (1 to 30) qubits, into out[2^count]; qubits[0] is bit 0 of the index. */
KETCH_API ketch_status ketch_result_marginal(double *out, const ketch_result *result, const uint32_t *qubits, size_t count,
                                             ketch_diag *diag);

typedef struct ketch_run_info {
    size_t struct_size;
    uint64_t shots, seed;
    uint32_t threads; /* that there were for the run; a small one takes one of them */
    uint32_t qubits, simulated_qubits;
    ketch_precision precision;
    double norm; /* the state's squared norm at the end, as computed */
    double plan_seconds, simulate_seconds, sample_seconds, total_seconds;
    uint64_t peak_memory_bytes;  /* taken by the run for states and samples */
    uint64_t circuit_hash[2];    /* XXH3 (128 bits, low word first) of the source and what it includes, or of the operations when built by
                                  * calls; bound parameters do not enter */
    const char *instruction_set; /* of the planned engine "plain", "avx2", "avx512"; of the reference one "x86-64", "generic" ... */
    const char *engine;          /* "planned", "reference" */
    int all_qubits_measured;     /* nonzero: the circuit measures nothing, so every qubit was */
    uint32_t tile_bits;          /* of the planned engine; else 0 */
    uint64_t passes;             /* over the state: stages of the planned engine, gates of the reference one */
    unsigned without;            /* KETCH_WITHOUT_... */
    int plan_reused;             /* nonzero: the session had the plan of an earlier run of the same structure */
} ketch_run_info;
#define KETCH_RUN_INFO_INIT \
    { sizeof(ketch_run_info), 0, 0, 0, 0, 0, KETCH_PRECISION_FP64, 0.0, 0.0, 0.0, 0.0, 0.0, 0, {0, 0}, 0, 0, 0, 0, 0, 0, 0 }

/* Fills `out`, whose struct_size is set. */
KETCH_API ketch_status ketch_result_info(ketch_run_info *out, const ketch_result *result, ketch_diag *diag);

/* Everything the result holds, written out (TEXT, JSON, JSONL, CSV). */
KETCH_API ketch_status ketch_result_write(ketch_result *result, const ketch_write_options *options, ketch_sink sink, ketch_diag *diag);

/* The state as a NumPy .npy array (complex128 or complex64, shape (2^qubits,)), written whole or not at all. */
KETCH_API ketch_status ketch_result_save_state(const ketch_result *result, const char *path, ketch_diag *diag);

/* The same array to a sink. */
KETCH_API ketch_status ketch_result_write_state(const ketch_result *result, ketch_sink sink, ketch_diag *diag);

/* The result as bytes, versioned, to keep or to send, and back. The sink is given large arrays as they lie in the result, each in one call:
 * a sink that keeps their addresses needs no copy while the result lives. Restoring takes the bytes in pieces, the first of
 * which is what the sink was given first, or more; it trusts nothing: bytes that no result was saved as are KETCH_ERROR_SYNTAX. */
typedef struct ketch_bytes {
    const void *bytes;
    size_t size;
} ketch_bytes;
KETCH_API ketch_status ketch_result_save(const ketch_result *result, ketch_sink sink, ketch_diag *diag);
KETCH_API ketch_status ketch_result_restore(ketch_result **out, const ketch_bytes *pieces, size_t count, ketch_diag *diag);

KETCH_API void ketch_result_free(ketch_result **result);

#ifdef __cplusplus
}
#endif
#endif
