/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens to trees: recursive descent, one statement at a time, the grammar's line above each function. OpenQASM 2 is read by the same
 * functions, which ask for the dialect where the two differ.
 *
 * After an error a function returns NULL and everything returns to the nearest list of statements, which skips to the next `;` or `}`
 * and goes on.
 */
#ifndef KETCH_QASM_PARSER_H
#define KETCH_QASM_PARSER_H

#include "qasm/ast.h"

typedef struct kt_parser {
    kt_lexer lexer;
    kt_token token;       /* the one looked at */
    const char *last_end; /* where the one before ends */
    uint32_t last_line;
    kt_token statement;                     /* the first token of the statement being read */
    uint32_t nesting, max_nesting, deepest; /* deepest: of the statement being read */
    kt_arena *arena;                        /* of the statement */
    kt_report *report;
    uint32_t opened;     /* braces of the statement being read that no block of its own closes: a switch's */
    bool complete;       /* false: the statement just read had an error in it */
    bool trailing_comma; /* dialect 2 has been warned of one */
    /* Told of each name in a declaration that could not be read, so that its uses are not reported too; and of such an `include`. */
    void (*spoiled)(void *user, uint32_t symbol);
    void *user;
} kt_parser;

/* Begins a source: the token looked at is its first. */
void kt_parser_begin(kt_parser *parser, const kt_source *source, int dialect);

/* "OPENQASM 3.0;" if it is there: *major is 2 or 3, *span its number; else *major is 0. False after an error. */
bool kt_parse_version(kt_parser *parser, int *major, kt_span *span);

/* The dialect of a program without a version line, by what stands in it from the token looked at; `prelude` may be NULL. */
int kt_guess_dialect(const kt_parser *parser, const char *prelude);
bool kt_check_encoding(kt_report *report, const kt_source *source); /* says what is not UTF-8 */

/* The next statement at the top of a file. NULL at the end of the file, or where an error left nothing of it (the report tells). */
kt_statement *kt_parse_statement(kt_parser *parser, bool *end);

/* Checks a whole text against the grammar, without asking what it means. */
ketch_status kt_qasm_check_grammar(const char *text, size_t size, int dialect, const ketch_load_options *options, ketch_diag *diag);

/* ── Between the parser's files ── */

static inline void kt_parser_advance(kt_parser *parser) {
    parser->last_end = parser->token.at + parser->token.size;
    parser->last_line = parser->token.line;
    kt_lexer_next(&parser->token, &parser->lexer);
}
static inline bool kt_parser_at(const kt_parser *parser, kt_token_kind kind) { return parser->token.kind == kind; }
static inline bool kt_parser_accept(kt_parser *parser, kt_token_kind kind) { /* advances if it is there */
    if (parser->token.kind != kind) return false;
    kt_parser_advance(parser);
    return true;
}
bool kt_parser_missing(kt_parser *parser, kt_token_kind kind, const char *after); /* says "expected ..."; false */
static inline bool kt_parser_expect(kt_parser *parser, kt_token_kind kind, const char *after) {
    return kt_parser_accept(parser, kind) || kt_parser_missing(parser, kind, after);
}
void *kt_parser_wrong(kt_parser *parser, const char *expected, const char *after); /* says "expected ..."; returns NULL */
bool kt_parser_too_deep(kt_parser *parser);                                        /* says so; false */
void *kt_parser_no_room(kt_parser *parser, size_t size);                           /* says so; NULL */
static inline bool kt_parser_enter(kt_parser *parser) {                            /* one level deeper */
    if (parser->nesting >= parser->max_nesting) return kt_parser_too_deep(parser);
    if (++parser->nesting > parser->deepest) parser->deepest = parser->nesting;
    return true;
}
static inline void kt_parser_leave(kt_parser *parser) { parser->nesting--; }
static inline void *kt_parser_alloc(kt_parser *parser, size_t size) {
    void *item = kt_arena_alloc(parser->arena, size);
    return item ? item : kt_parser_no_room(parser, size);
}
bool kt_parser_finish(kt_parser *parser);                                     /* the `;` of a statement */
bool kt_parser_finish_list(kt_parser *parser);                                /* behind a list that a comma would continue */
bool kt_parser_finish_or(kt_parser *parser, const char *expected);            /* behind what else might have gone on */
kt_statement *kt_parser_statement(kt_parser *parser, kt_statement_kind kind); /* one that begins at the token looked at */

/* In a list of items: is there another one? Takes the comma; a comma before `end` is the last. */
bool kt_parser_take_comma(kt_parser *parser, kt_token_kind end); /* one is there */
static inline bool kt_parser_more(kt_parser *parser, kt_token_kind end) {
    return parser->token.kind == KT_TOKEN_COMMA && kt_parser_take_comma(parser, end);
}

kt_expression *kt_parse_expression(kt_parser *parser);
kt_expression *kt_parse_expression_after(kt_parser *parser, kt_expression *first); /* goes on behind a primary */
bool kt_parse_expression_list(kt_parser *parser, kt_token_kind end, kt_expression **list, uint32_t *count);
kt_expression *kt_parse_index(kt_parser *parser, kt_expression *base); /* base[...] */
kt_expression *kt_parse_name(kt_parser *parser);                       /* the name at hand, as an expression */
kt_expression *kt_parse_call(kt_parser *parser, kt_expression *name);
kt_expression *kt_parse_lvalue(kt_parser *parser);
kt_expression *kt_parse_operand(kt_parser *parser);
bool kt_parse_operands(kt_parser *parser, kt_expression **list, uint32_t *count);
kt_expression *kt_parse_assigned(kt_parser *parser);   /* expression, measurement or quantum call */
kt_expression *kt_parse_braces(kt_parser *parser);     /* { ... }: a set or an array literal */
kt_expression *kt_parse_set(kt_parser *parser);        /* the same, not empty, not nested */
kt_expression *kt_parse_range(kt_parser *parser);      /* an expression or a range */
kt_expression *kt_parse_designator(kt_parser *parser); /* [ expression ] */
kt_type_name *kt_parse_type(kt_parser *parser);        /* scalar or array */
kt_type_name *kt_parse_type_or_reference(kt_parser *parser, bool reference);
kt_expression *kt_parse_cast_of(kt_parser *parser, kt_type_name *type); /* ( expression ), behind a type */
bool kt_parser_at_type(const kt_parser *parser);

bool kt_parse_block(kt_parser *parser, kt_statement **list); /* { statements } */
kt_statement *kt_parse_body(kt_parser *parser);              /* a statement or a block */
kt_statement *kt_parse_statement_here(kt_parser *parser);    /* NULL after an error */
kt_statement *kt_parse_declaration(kt_parser *parser);       /* parser_declaration.c: what declares or defines a name */
kt_statement *kt_parse_gate_definition(kt_parser *parser);
kt_statement *kt_parse_routine(kt_parser *parser);
kt_statement *kt_parse_let(kt_parser *parser);
bool kt_parse_calibration_head(kt_parser *parser); /* of a defcal, up to its body */

#endif
