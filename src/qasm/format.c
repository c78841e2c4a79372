/* SPDX-License-Identifier: Apache-2.0
 *
 * The formatter: a program's tokens laid out anew. The text is read twice. First the grammar is checked, so that nothing is written for a
 * program with mistakes. Then the parser goes ahead statement by statement and notes where statements begin, and the tokens follow:
 *
 *   parser    h q[0];        if (c) x q[0];                     trees, of which only the places are used
 *             ^              ^      ^
 *   tokens    h q [ 0 ] ;    if ( c ) x q [ 0 ] ;               spacing by neighbours, lines by `;` `{` `}`
 *   gaps                  // a comment                          between tokens: comments, and empty lines
 *
 * What is written again has the same tokens and comments in the same order, and is laid out the same.
 */
#include "qasm/format.h"

#include "qasm/parser.h"
#include "qasm/qasm.h"

#include <string.h>

typedef struct beginning { /* where a statement, or an annotation of it, begins */
    const char *at;
    uint8_t statement; /* kt_statement_kind */
    bool annotation;
} beginning;

typedef struct formatter {
    kt_parser parser;
    kt_lexer lexer; /* follows the parser */
    kt_token token;
    kt_line line;
    beginning *marks; /* of the statement that was parsed last */
    size_t mark_count, mark_capacity, next_mark;
    const char *end;       /* of the token or comment before */
    uint8_t before;        /* kind of the token before; KT_TOKEN_END_OF_FILE: a line begins */
    bool unary;            /* ... which is a sign */
    bool ended;            /* the line is complete, but for a comment behind it */
    bool only_comments;    /* nothing else is in the line so far */
    bool break_next;       /* behind a comment up to the end of its line */
    bool opened;           /* the line before opened a block, or there is none */
    bool calibration;      /* the next brace begins text that is not OpenQASM */
    unsigned newlines;     /* between the token or comment before and the one at hand */
    uint32_t level, depth; /* blocks; brackets */
} formatter;

/* ── Where statements begin ── */

static void add_mark(formatter *f, const char *at, uint8_t statement, bool annotation) {
    if (!kt_reserve(&f->marks, &f->mark_capacity, f->mark_count + 1, sizeof *f->marks))
        f->line.status = kt_no_memory(f->line.diag);
    else
        f->marks[f->mark_count++] = (beginning){.at = at, .statement = statement, .annotation = annotation};
}

static void mark_statements(formatter *f, const kt_statement *statement) {
    for (; statement; statement = statement->next) {
        for (const kt_annotation *note = statement->annotations; note; note = note->next) add_mark(f, note->span.at, statement->kind, true);
        add_mark(f, statement->span.at, statement->kind, false);
        switch ((kt_statement_kind)statement->kind) {
        case KT_STATEMENT_BLOCK: mark_statements(f, statement->as.block); break;
        case KT_STATEMENT_GATE: mark_statements(f, statement->as.gate.body); break;
        case KT_STATEMENT_DEF: mark_statements(f, statement->as.routine.body); break;
        case KT_STATEMENT_SWITCH:
            for (const kt_case *item = statement->as.control.cases; item; item = item->next) mark_statements(f, item->body);
            break;
        case KT_STATEMENT_IF:
        case KT_STATEMENT_FOR:
        case KT_STATEMENT_WHILE:
        case KT_STATEMENT_BOX:
            mark_statements(f, statement->as.control.body);
            mark_statements(f, statement->as.control.otherwise);
            break;
        default: break;
        }
    }
}

/* ── Spacing ── */

static bool ends_operand(uint8_t kind) {
    return kind == KT_TOKEN_NAME || (kind >= KT_TOKEN_INTEGER && kind <= KT_TOKEN_DIM) || kind == KT_TOKEN_RIGHT_BRACKET ||
           kind == KT_TOKEN_RIGHT_PAREN || kind == KT_TOKEN_RIGHT_BRACE || kind == KT_TOKEN_TRUE || kind == KT_TOKEN_FALSE;
}

/* A word that brackets or parentheses follow directly. */
static bool takes_brackets(uint8_t kind) {
    return ends_operand(kind) || (kind >= KT_TOKEN_QUBIT && kind <= KT_TOKEN_ARRAY) ||
           (kind >= KT_TOKEN_GPHASE && kind <= KT_TOKEN_DELAY) || kind == KT_TOKEN_BOX || kind == KT_TOKEN_QREG || kind == KT_TOKEN_CREG;
}

static bool blank_before(const formatter *f, uint8_t kind, bool begins) {
    if (begins) return true;
    if (f->unary || f->before == KT_TOKEN_LEFT_PAREN || f->before == KT_TOKEN_LEFT_BRACKET || f->before == KT_TOKEN_COLON) return false;
    if (f->before == KT_TOKEN_LEFT_BRACE && f->depth) return false;
    switch (kind) {
    case KT_TOKEN_SEMICOLON:
    case KT_TOKEN_COMMA:
    case KT_TOKEN_COLON:
    case KT_TOKEN_RIGHT_PAREN:
    case KT_TOKEN_RIGHT_BRACKET: return false;
    case KT_TOKEN_RIGHT_BRACE: return !f->depth;
    case KT_TOKEN_LEFT_PAREN:
    case KT_TOKEN_LEFT_BRACKET: return !takes_brackets(f->before);
    default: return true;
    }
}

static bool is_sign(const formatter *f, uint8_t kind, bool begins) {
    if (kind == KT_TOKEN_TILDE || kind == KT_TOKEN_EXCLAMATION) return true;
    return (kind == KT_TOKEN_MINUS || kind == KT_TOKEN_PLUS) && (begins || !ends_operand(f->before));
}

/* ── Lines ── */

static void end_line(formatter *f) {
    kt_line_end(&f->line);
    f->ended = f->only_comments = f->break_next = false;
    f->before = KT_TOKEN_END_OF_FILE;
}

/* Before the first piece of a line. */
static void begin_line(formatter *f, bool closes) {
    if (f->newlines > 1 && !f->opened && !closes) kt_line_blank(&f->line);
    f->opened = false;
    f->line.indent = f->level * KT_INDENT;
}

static bool last_is_comment(const formatter *f) { return f->line.count && f->line.pieces[f->line.count - 1].comment; }

static void add_comment(formatter *f, kt_span text, bool to_line_end) {
    bool behind = f->ended && f->newlines == 0;
    if (f->ended && !behind) end_line(f);
    if (f->only_comments && f->newlines) end_line(f);
    bool first = f->line.count == 0;
    if (first) {
        begin_line(f, false);
        f->only_comments = true;
    }
    bool newline = !first && !behind && (f->newlines > 0 || f->break_next);
    bool inside = (f->before == KT_TOKEN_LEFT_PAREN || f->before == KT_TOKEN_LEFT_BRACKET) && !last_is_comment(f);
    kt_line_add(&f->line, (kt_piece){.text = text, .blank = !first && !inside, .newline = newline, .comment = true});
    f->break_next = to_line_end && !f->ended;
    if (f->only_comments && to_line_end) end_line(f);
}

/* Comments and empty lines between the token before and `stop`. */
static void lay_gap(formatter *f, const char *stop) {
    const char *p = f->end;
    f->newlines = 0;
    while (p < stop) {
        if (*p != '/') {
            f->newlines += *p == '\n' || (*p == '\r' && (stop - p == 1 || p[1] != '\n'));
            p++;
            continue;
        }
        const char *start = p;
        bool to_line_end = p[1] == '/';
        p += 2;
        if (to_line_end)
            while (p < stop && *p != '\n' && *p != '\r') p++;
        else
            for (p += 2; !(p[-2] == '*' && p[-1] == '/');) p++;
        const char *last = p;
        while (to_line_end && (last[-1] == ' ' || last[-1] == '\t')) last--;
        add_comment(f, (kt_span){start, (uint32_t)(last - start)}, to_line_end);
        f->newlines = 0;
    }
    f->end = stop;
}

/* The rest of the line, blanks at its end left out, as one piece that stands alone: a pragma, an annotation. */
static void lay_rest_of_line(formatter *f) {
    const char *start = f->token.at;
    kt_lexer_rest_of_line(&f->lexer);
    const char *last = f->end = f->lexer.next;
    while (last > start && (last[-1] == ' ' || last[-1] == '\t')) last--;
    if (f->line.count) end_line(f);
    begin_line(f, false);
    kt_line_add(&f->line, (kt_piece){.text = {start, (uint32_t)(last - start)}});
    f->ended = true;
}

/* The body of a calibration, as it is. */
static void lay_calibration(formatter *f) {
    kt_span body;
    f->calibration = false;
    if (!kt_lexer_calibration(&body, &f->lexer)) return; /* the parser has found its end */
    kt_line_add(&f->line, (kt_piece){.text = {body.at, body.size + 1}});
    f->end = f->lexer.next;
    f->before = KT_TOKEN_RIGHT_BRACE;
    f->ended = true;
}

/* ── Tokens ── */

/* Is the line that was complete to be continued by this token? */
static bool joins(const formatter *f, uint8_t kind) {
    if (last_is_comment(f) || f->depth) return false;
    return (f->before == KT_TOKEN_RIGHT_BRACE && kind == KT_TOKEN_ELSE) ||
           (f->before == KT_TOKEN_LEFT_BRACE && kind == KT_TOKEN_RIGHT_BRACE);
}

static void lay_token(formatter *f, bool begins) {
    const kt_token *token = &f->token;
    uint8_t kind = token->kind;
    bool set = kind == KT_TOKEN_LEFT_BRACE && !begins &&
               (f->depth || f->before == KT_TOKEN_EQUALS || f->before == KT_TOKEN_COMPOUND || f->before == KT_TOKEN_IN);
    bool closes = kind == KT_TOKEN_RIGHT_BRACE && !f->depth, opens = kind == KT_TOKEN_LEFT_BRACE && !set,
         joined = f->ended && joins(f, kind);
    if (closes) f->level--;
    if ((f->ended && !joined) || (f->only_comments && (f->newlines || closes))) end_line(f);
    f->ended = f->only_comments = false;
    if (!f->line.count) begin_line(f, closes);
    bool sign = is_sign(f, kind, begins), operator_here = kind == KT_TOKEN_ARROW || kind >= KT_TOKEN_CONCATENATE;
    bool right = kind == KT_TOKEN_RIGHT_PAREN || kind == KT_TOKEN_RIGHT_BRACKET || (kind == KT_TOKEN_RIGHT_BRACE && !closes);
    kt_piece piece = {.text = kt_token_span(token), .depth = (uint16_t)f->depth, .newline = f->break_next && f->line.count};
    piece.blank = last_is_comment(f) || (blank_before(f, kind, begins) && !(joined && closes));
    piece.breaks = f->before == KT_TOKEN_COMMA || (operator_here && !sign && !f->unary);
    kt_line_add(&f->line, piece);
    if (right) f->depth--;
    if (set || kind == KT_TOKEN_LEFT_PAREN || kind == KT_TOKEN_LEFT_BRACKET) f->depth++;
    f->break_next = false;
    f->before = kind;
    f->unary = sign;
    f->end = token->at + token->size;
    f->ended = closes || opens || (kind == KT_TOKEN_SEMICOLON && !f->depth);
    f->opened = opens;
    f->level += opens && !f->calibration;
    if (opens && f->calibration) lay_calibration(f);
}

/* The tokens up to the one that the parser looks at. */
static void follow(formatter *f) {
    while (f->token.at < f->parser.token.at && f->line.status == KETCH_OK) {
        lay_gap(f, f->token.at);
        bool begins = f->next_mark < f->mark_count && f->marks[f->next_mark].at == f->token.at;
        const beginning *here = begins ? &f->marks[f->next_mark++] : NULL;
        if (here && (here->annotation || here->statement == KT_STATEMENT_PRAGMA)) {
            lay_rest_of_line(f);
        } else {
            if (here && here->statement == KT_STATEMENT_CALIBRATION) f->calibration = f->token.kind != KT_TOKEN_DEFCALGRAMMAR;
            lay_token(f, begins);
        }
        kt_lexer_next(&f->token, &f->lexer);
    }
}

static void begin(formatter *f, const kt_source *source, int dialect) {
    kt_parser_begin(&f->parser, source, dialect);
    f->lexer = f->parser.lexer;
    f->token = f->parser.token;
    f->end = f->parser.last_end;
}

/* One reading of the text; `written`: with output. */
static void read_text(formatter *f, const kt_source *source, const char *prelude, bool written) {
    int major;
    kt_span span;
    begin(f, source, 3);
    if (!kt_parse_version(&f->parser, &major, &span)) return;
    if (!major && kt_guess_dialect(&f->parser, prelude) == 2) begin(f, source, 2);
    f->lexer.dialect = f->parser.lexer.dialect;
    for (bool end = false; !end && f->line.status == KETCH_OK;) {
        kt_arena_mark mark = kt_arena_save(f->parser.arena);
        const kt_statement *statement = kt_parse_statement(&f->parser, &end);
        f->mark_count = f->next_mark = 0;
        if (written) mark_statements(f, statement);
        if (written) follow(f);
        kt_arena_restore(f->parser.arena, mark);
    }
    if (written) lay_gap(f, f->lexer.end);
    if (f->line.count) end_line(f);
}

ketch_status kt_qasm_format(const char *text, size_t size, const ketch_load_options *options, ketch_sink sink, ketch_diag *diag) {
    kt_source source = {.name = options->name ? options->name : "<text>", .text = text, .size = size, .line = text, .line_number = 1};
    kt_report report = {.diag = diag, .sources = &source, .max_errors = options->max_errors};
    kt_symbols symbols = {0};
    kt_arena arena = {0};
    formatter f = {.parser = {.lexer = {.max_token = options->max_token_bytes, .symbols = &symbols, .report = &report},
                              .max_nesting = options->max_nesting,
                              .arena = &arena,
                              .report = &report},
                   .line = {.sink = sink, .diag = diag},
                   .before = KT_TOKEN_END_OF_FILE,
                   .opened = true};
    if (size > options->max_source_bytes)
        return kt_fail(diag, KT_SOURCE_TOO_LARGE, "the text has %zu bytes; the limit is %llu", size,
                       (unsigned long long)options->max_source_bytes);
    if (!kt_lexer_prepare(&symbols))
        kt_report_no_memory(&report);
    else if (kt_check_encoding(&report, &source))
        read_text(&f, &source, options->prelude, false);
    if (!report.errors) {
        f.parser.report = f.parser.lexer.report = &(kt_report){.sources = &source, .max_errors = 1}; /* warnings were given */
        read_text(&f, &source, options->prelude, true);
        if (f.parser.report->errors && f.line.status == KETCH_OK) f.line.status = kt_no_memory(diag); /* nothing else has changed */
    }
    kt_free(f.marks);
    kt_arena_free(&arena);
    kt_symbols_free(&symbols);
    ketch_status written = kt_line_finish(&f.line);
    return report.errors ? report.status : written;
}
