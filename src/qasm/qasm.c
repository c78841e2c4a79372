/* SPDX-License-Identifier: Apache-2.0
 *
 * The door of the room: a text, its dialect, and the loop that reads a statement, turns it into operations and forgets it.
 */
#include "qasm/qasm.h"

#include "qasm/program.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static const size_t tree_budget = (size_t)1 << 30; /* bytes that one statement may take; all definitions twice that */

/* ── Sources ── */

bool kt_check_encoding(kt_report *report, const kt_source *source) {
    const char *wrong = kt_utf8_check(source->text, source->size);
    if (!wrong) return true;
    unsigned byte = (unsigned char)*wrong;
    kt_error_at(report, KT_NOT_UTF8, (kt_span){wrong, 1}, "the byte 0x%02X is not UTF-8", byte);
    bool utf16 = wrong == source->text && (byte == 0xff || byte == 0xfe);
    kt_hint_add(report, utf16 ? "the file looks like UTF-16; save it as UTF-8" : "a program is UTF-8 text; is this file one?");
    return false;
}

/* The circuit's hash covers every source in the order in which they are read. */
static void hash_source(uint64_t hash[2], const kt_source *source) {
    uint64_t both[4] = {hash[0], hash[1]};
    kt_hash128(source->includer ? both + 2 : hash, source->text, source->size);
    if (source->includer) kt_hash128(hash, both, sizeof both);
}

/* Reads statements up to the end of the source; an included one inside its includer. */
bool kt_read_source(kt_program *program, kt_source *source) {
    bool included = source->includer != NULL;
    hash_source(program->circuit->hash, source);
    if (included && !kt_check_encoding(&program->report, source)) return false;
    kt_parser outer = program->parser;
    kt_source *outer_source = program->source;
    program->source = source;
    if (included) kt_parser_begin(&program->parser, source, program->dialect);
    uint32_t errors = program->report.errors;
    for (bool end = false; !end;) {
        kt_arena_mark mark = kt_arena_save(&program->statement);
        /* The body of a gate or a subroutine is used as long as the program is read; what an annotation stands before may be one. */
        bool defines = kt_parser_at(&program->parser, KT_TOKEN_GATE) || kt_parser_at(&program->parser, KT_TOKEN_DEF) ||
                       kt_parser_at(&program->parser, KT_TOKEN_AT);
        program->parser.arena = defines ? &program->kept : &program->statement;
        const kt_statement *statement = kt_parse_statement(&program->parser, &end);
        if (statement) {
            program->statements = true;
            kt_lower(program, statement);
        }
        kt_arena_restore(&program->statement, mark);
    }
    program->source = outer_source;
    if (included) program->parser = outer;
    return program->report.errors == errors;
}

/* ── Dialect ── */

/* Without a version line: OpenQASM 2 if qelib1.inc or a qreg comes before anything that only OpenQASM 3 has. Only tokens that begin a
 * statement count, since others may be names. */
int kt_guess_dialect(const kt_parser *parser, const char *prelude) {
    if (prelude && strcmp(prelude, "qelib1.inc") == 0) return 2;
    kt_report silence = {.stopped = true};
    kt_lexer lexer = parser->lexer;
    lexer.report = &silence;
    kt_token token = parser->token;
    for (bool begins = true; token.kind != KT_TOKEN_END_OF_FILE; kt_lexer_next(&token, &lexer)) {
        kt_token_kind kind = token.kind;
        if (begins && kind == KT_TOKEN_INCLUDE) {
            kt_lexer_next(&token, &lexer);
            if (token.size == 12 && memcmp(token.at + 1, "qelib1.inc", 10) == 0) return 2;
            if (token.size == 14 && memcmp(token.at + 1, "stdgates.inc", 12) == 0) return 3;
        } else if (begins && (kind == KT_TOKEN_QREG || (kind == KT_TOKEN_NAME && token.symbol == KT_TOKEN_OPAQUE))) {
            return 2;
        } else if (begins && ((kind < KT_TOKEN_NAME && !kt_keyword_in(kind, 2)) || kind == KT_TOKEN_AT || kind == KT_TOKEN_HASH_PRAGMA)) {
            return 3;
        }
        begins = kind == KT_TOKEN_SEMICOLON || kind == KT_TOKEN_LEFT_BRACE || kind == KT_TOKEN_RIGHT_BRACE;
    }
    return 3;
}

static bool settle_dialect(kt_program *program) {
    int major;
    kt_span span;
    kt_parser *parser = &program->parser;
    kt_parser_begin(parser, program->source, 3);
    if (!kt_parse_version(parser, &major, &span)) return false;
    if (!major) {
        program->dialect = kt_guess_dialect(parser, program->options->prelude);
        if (program->dialect == 2) kt_parser_begin(parser, program->source, 2);
        if (!kt_parser_at(parser, KT_TOKEN_END_OF_FILE))
            kt_note(program->diag, "without a version line: read as OpenQASM %d", program->dialect);
        return true;
    }
    static const char *const known[] = {"2", "2.0", "3", "3.0", "3.1", "3.2"};
    size_t i = 0, count = sizeof known / sizeof *known;
    while (i < count && (strlen(known[i]) != span.size || memcmp(known[i], span.at, span.size) != 0)) i++;
    if (i == count) {
        kt_error_at(&program->report, KT_BAD_VERSION, span, "OpenQASM %.*s is not known", KT_SHOWN(span));
        kt_hint_add(&program->report, "known are 2.0, 3.0, 3.1 and 3.2");
        return false;
    }
    if (i == 0) kt_warning_at(&program->report, KT_VERSION_FORM, span, "the version is written 2.0");
    program->dialect = major;
    program->before_switch = i == 3;
    return true;
}

static bool include_prelude(kt_program *program) {
    const char *prelude = program->options->prelude;
    bool known;
    if (!prelude) return true;
    kt_span name = {prelude, (uint32_t)strlen(prelude)};
    bool good = kt_include_library(program, name, (kt_span){program->source->text, 0}, &known);
    if (known) return good;
    return kt_report_status(&program->report,
                            kt_fail(program->diag, KT_BAD_ARGUMENT, "the prelude is qelib1.inc or stdgates.inc, not %s", prelude));
}

/* ── A program ── */

static void spoiled(void *user, uint32_t symbol) {
    kt_program *program = user;
    if (symbol == KT_TOKEN_INCLUDE)
        program->include_failed = true;
    else
        kt_scope_spoil(program, symbol);
}

static void finish(kt_program *program) {
    kt_report *report = &program->report;
    kt_span start = {program->source->text, 1};
    if (report->errors) return;
    if (!program->statements) {
        kt_error_at(report, KT_EMPTY_PROGRAM, start, "there is no statement in this program");
    } else if (!program->circuit->qubit_count && program->calibration_warned) {
        kt_error_at(report, KT_PULSES, start, "the program has no qubits, only calibrations: pulses are not simulated");
    } else if (!program->circuit->qubit_count && (program->dialect == 2 || !program->circuit->bit_count)) {
        kt_error_at(report, KT_NO_QUBITS, start, "the program declares no qubit");
        kt_hint_add(report, program->dialect == 2 ? "qreg q[2];" : "qubit[2] q;");
    } else {
        if (program->notes)
            kt_note(program->diag, "%u pragma%s or annotation%s kept, without effect", program->notes, program->notes == 1 ? "" : "s",
                    program->notes == 1 ? "" : "s");
        bool stored = kt_count_variables(program) && kt_store_outputs(program);
        kt_hide_followed(program);
        if (stored && kt_resolve_stretches(program)) kt_report_status(report, kt_circuit_resolve(program->circuit, program->diag));
    }
}

static void read_program(kt_program *program) {
    kt_source *source = program->source;
    bool ready = kt_circuit_new(&program->circuit, program->diag) == KETCH_OK && kt_lexer_prepare(&program->symbols) &&
                 kt_arena_alloc(&program->statement, 16); /* keeps the arena's first block */
    if (!ready) {
        kt_report_no_memory(&program->report);
        return;
    }
    program->arithmetic.circuit = program->circuit;
    if (!kt_check_encoding(&program->report, source) || !settle_dialect(program)) return;
    program->arithmetic.dialect = program->circuit->version = program->dialect;
    program->provided = program->dialect == 2 ? KT_IN_LANGUAGE2 : KT_IN_LANGUAGE3;
    if (!include_prelude(program)) return;
    kt_read_source(program, source);
    kt_check_routines(program);
    finish(program);
}

/* In the order in which they were read: they are listed with the newest first. */
static ketch_status keep_sources(kt_program *program) {
    ketch_circuit *circuit = program->circuit;
    if (!kt_circuit_needs_sources(circuit)) return KETCH_OK;
    const char *prelude = program->options->prelude;
    circuit->prelude = !prelude ? 0 : strcmp(prelude, "qelib1.inc") == 0 ? 2 : 3;
    circuit->max_unroll = program->options->max_unroll;
    kt_source *in_order = NULL, *next;
    for (kt_source *source = program->report.sources; source; source = next) {
        next = source->older;
        source->older = in_order;
        in_order = source;
    }
    program->report.sources = in_order;
    ketch_status status = KETCH_OK;
    for (const kt_source *source = in_order; source && status == KETCH_OK; source = source->older)
        status = kt_circuit_keep_source(circuit, source->name, source->text, source->size);
    return status == KETCH_OK ? status : kt_no_memory(program->diag);
}

/* `given`, `given_count`: see kt_program. */
static ketch_status read_text(ketch_circuit **out, kt_source *source, const char *folder, const kt_kept_source *given, size_t given_count,
                              const ketch_load_options *options, ketch_diag *diag) {
    kt_program program = {.options = options,
                          .given = given,
                          .given_count = given_count,
                          .diag = diag,
                          .source = source,
                          .source_bytes = source->size,
                          .folder = folder};
    program.report = (kt_report){.diag = diag, .sources = source, .max_errors = options->max_errors};
    program.statement.budget = tree_budget;
    program.kept.budget = 2 * tree_budget;
    program.arithmetic.arena = &program.statement;
    program.parser = (kt_parser){.lexer = {.max_token = options->max_token_bytes, .symbols = &program.symbols, .report = &program.report},
                                 .max_nesting = options->max_nesting,
                                 .arena = &program.statement,
                                 .report = &program.report,
                                 .spoiled = spoiled,
                                 .user = &program};
    *out = NULL;
    read_program(&program);
    if (program.report.errors > 1 && program.report.errors >= program.report.max_errors)
        kt_warn_at(diag, KT_READING_STOPPED, &(kt_place){.file = source->name}, "reading stopped after %u errors", program.report.errors);
    ketch_status status = program.report.errors ? program.report.status : keep_sources(&program);
    if (status == KETCH_OK)
        *out = program.circuit;
    else
        kt_circuit_free(program.circuit);
    for (kt_source *read = program.report.sources; read; read = read->older) kt_free(read->owned);
    kt_free(program.bindings);
    kt_free(program.binding_of);
    kt_free(program.blamed);
    kt_free(program.scopes);
    kt_free(program.reserved);
    kt_free(program.spare_bits);
    kt_free(program.bits_known);
    kt_free(program.bits_followed);
    kt_free(program.gates);
    kt_free(program.stamps);
    kt_free(program.operands);
    kt_free(program.hardware);
    kt_free(program.stored);
    kt_free(program.timing.boxes);
    kt_free(program.timing.stretchy);
    kt_free(program.timing.nops);
    kt_free(program.timing.forms);
    kt_free(program.timing.stretch_nodes);
    kt_free(program.timing.clocks);
    kt_free(program.timing.stamps);
    kt_symbols_free(&program.symbols);
    kt_arena_free(&program.statement);
    kt_arena_free(&program.kept);
    return status;
}

ketch_status kt_qasm_load(ketch_circuit **out, const char *path, const ketch_load_options *options, ketch_diag *diag) {
    kt_source source = {.name = path, .line_number = 1};
    char resolved[PATH_MAX];
    *out = NULL;
    ketch_status status = kt_file_read(&source.owned, &source.size, path,
                                       options->max_source_bytes < SIZE_MAX ? (size_t)options->max_source_bytes : SIZE_MAX, diag);
    if (status != KETCH_OK) return status;
    const char *slash = strrchr(path, '/');
    char *folder = slash ? kt_strndup(path, (size_t)(slash - path) + (slash == path)) : kt_strdup(".");
    source.identity = realpath(path, resolved);
    source.text = source.line = source.owned;
    if (folder) {
        status = read_text(out, &source, folder, NULL, 0, options, diag);
    } else {
        status = kt_no_memory(diag);
        kt_free(source.owned);
    }
    kt_free(folder);
    return status;
}

ketch_status kt_qasm_parse(ketch_circuit **out, const char *text, size_t size, const ketch_load_options *options, ketch_diag *diag) {
    kt_source source = {.name = options->name ? options->name : "<text>", .text = text ? text : "", .size = size, .line_number = 1};
    source.line = source.text;
    *out = NULL;
    if (size > options->max_source_bytes)
        return kt_fail(diag, KT_SOURCE_TOO_LARGE, "the text has %zu bytes; the limit is %llu", size,
                       (unsigned long long)options->max_source_bytes);
    return read_text(out, &source, options->folder, NULL, 0, options, diag);
}

ketch_status kt_qasm_read_again(ketch_circuit **out, const kt_kept_source *sources, size_t count, const ketch_load_options *options,
                                ketch_diag *diag) {
    kt_source source = {.name = sources->name, .text = sources->text, .size = sources->size, .line_number = 1};
    source.line = source.text;
    *out = NULL;
    return read_text(out, &source, NULL, sources + 1, count - 1, options, diag);
}
