/* SPDX-License-Identifier: Apache-2.0
 *
 * The parser's core: looking at tokens, saying what was expected, and going on after an error.
 */
#include "qasm/parser.h"

#include <string.h>

bool kt_parser_missing(kt_parser *parser, kt_token_kind kind, const char *after) {
    kt_parser_wrong(parser, kt_token_text(kind), after);
    return false;
}

/* A statement that begins with a word of OpenQASM 3 in an OpenQASM 2 program goes wrong somewhere behind it: that word is the reason. */
static bool hint_dialect(kt_parser *parser) {
    uint32_t symbol = parser->statement.symbol;
    if (parser->statement.kind != KT_TOKEN_NAME || !kt_keyword_in(symbol, 5 - parser->lexer.dialect)) return false;
    kt_hint_add(parser->report, "`%.*s` belongs to OpenQASM %d; this program is OpenQASM %d", KT_SHOWN(kt_token_span(&parser->statement)),
                5 - parser->lexer.dialect, parser->lexer.dialect);
    return true;
}

/* Is the last character before the token, within its statement, a `=`? */
static bool behind_equals(const kt_parser *parser) {
    const char *at = parser->token.at;
    while (at > parser->statement.at && (at[-1] == ' ' || at[-1] == '\t')) at--;
    return at > parser->statement.at && at[-1] == '=';
}

static bool is_text(kt_span span, const char *text) { return span.size == strlen(text) && memcmp(span.at, text, span.size) == 0; }

/* Is this the end of the statement so far, as a word or as a sign? */
static bool comes_behind(const kt_parser *parser, const char *text) {
    ptrdiff_t size = (ptrdiff_t)strlen(text), before = parser->last_end - parser->statement.at - size;
    if (before < 0 || memcmp(parser->last_end - size, text, (size_t)size) != 0) return false;
    char c = before ? parser->last_end[-size - 1] : ' ', lower = (char)(c | 0x20);
    return (*text | 0x20) < 'a' || !((lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80);
}

/* What other languages write in another way. */
static const char *foreign_habit(const kt_parser *parser) {
    uint8_t first = parser->statement.kind, found = parser->token.kind;
    kt_span word = kt_token_span(&parser->token), begins = kt_token_span(&parser->statement);
    if (first == KT_TOKEN_FOR && found == KT_TOKEN_NAME && comes_behind(parser, "for"))
        return "the loop variable has a type: for int i in [0:9] { ... }";
    if (first == KT_TOKEN_FOR && found == KT_TOKEN_LEFT_PAREN) return "a loop runs over a range or a set: for int i in [0:9] { ... }";
    if (first == KT_TOKEN_SWITCH && found == KT_TOKEN_COLON) return "a block follows, and needs no `break`: case 0 { ... } default { ... }";
    if (found == KT_TOKEN_LEFT_PAREN && comes_behind(parser, "measure")) return "`measure` is no function: c[0] = measure q[0];";
    if (found == KT_TOKEN_LEFT_BRACE && (is_text(begins, "elif") || is_text(begins, "elsif") || is_text(begins, "elseif")))
        return "it is written `else if`";
    if (comes_behind(parser, "++")) return "`++` joins registers; `i += 1` counts";
    if (comes_behind(parser, "--")) return "`i -= 1` counts down";
    if (is_text(word, "and")) return "it is written `&&`";
    if (is_text(word, "or")) return "it is written `||`";
    if (comes_behind(parser, "not")) return "it is written `!`";
    return NULL;
}

/* Mistakes that the token found and the statement's first word give away. */
static void hint_habit(kt_parser *parser, const char *expected) {
    uint8_t first = parser->statement.kind, found = parser->token.kind;
    const char *foreign = parser->lexer.dialect == 3 ? foreign_habit(parser) : NULL;
    bool declares = first == KT_TOKEN_QUBIT || (first >= KT_TOKEN_BOOL && first < KT_TOKEN_ARRAY);
    if (hint_dialect(parser)) return;
    if (found == KT_TOKEN_LEFT_BRACKET && declares) {
        kt_hint_add(parser->report, "the size belongs to the type: %.*s[...] name", KT_SHOWN(kt_token_span(&parser->statement)));
    } else if (found == KT_TOKEN_EQUALS && (first == KT_TOKEN_IF || first == KT_TOKEN_WHILE)) {
        kt_hint_add(parser->report, "`==` compares, `=` assigns");
    } else if (found == KT_TOKEN_MEASURE && first == KT_TOKEN_NAME && behind_equals(parser)) {
        kt_hint_add(parser->report, "an assignment is written with a single `=`");
    } else if (found == KT_TOKEN_MEASURE && !strcmp(expected, "an expression")) {
        kt_hint_add(parser->report, "a measurement stands alone behind `=`: bit m = measure q; then use m");
    } else if (found == KT_TOKEN_LEFT_BRACE && first == KT_TOKEN_IF && parser->lexer.dialect == 2) {
        kt_hint_add(parser->report, "blocks belong to OpenQASM 3; here each operation has an `if` of its own");
    } else if (found == KT_TOKEN_AT && first == KT_TOKEN_NAME) {
        kt_nearest nearest = kt_nearest_to(kt_token_span(&parser->statement));
        for (uint32_t word = KT_TOKEN_INV; word <= KT_TOKEN_NEGCTRL; word++)
            kt_nearest_try(&nearest, parser->lexer.symbols->items[word].name, parser->lexer.symbols->items[word].size);
        if (nearest.best.size) kt_hint_add(parser->report, "did you mean `%.*s`?", KT_SHOWN(nearest.best));
    } else if (foreign) {
        kt_hint_add(parser->report, "%s", foreign);
    }
}

void *kt_parser_wrong(kt_parser *parser, const char *expected, const char *after) {
    const kt_token *token = &parser->token;
    if (token->kind == KT_TOKEN_WRONG || parser->report->stopped) return NULL; /* said already */
    const char *link = after ? " after " : "";
    if (!after) after = "";
    kt_span span = kt_token_span(token);
    if (token->kind == KT_TOKEN_END_OF_FILE)
        kt_error_at(parser->report, KT_SYNTAX, span, "expected %s%s%s, but the file ends", expected, link, after);
    else
        kt_error_at(parser->report, KT_SYNTAX, span, "expected %s%s%s, found `%.*s`", expected, link, after, KT_SHOWN(span));
    hint_habit(parser, expected);
    return NULL;
}

bool kt_parser_too_deep(kt_parser *parser) {
    kt_error_at(parser->report, KT_NESTING_LIMIT, kt_token_span(&parser->token), "nested more than %u deep", parser->max_nesting);
    kt_hint_add(parser->report, "--max-nesting raises the limit, up to 1000");
    return false;
}

void *kt_parser_no_room(kt_parser *parser, size_t size) {
    if (parser->arena->budget && parser->arena->used + size + 16 > parser->arena->budget)
        kt_error_at(parser->report, KT_STATEMENT_LIMIT, kt_token_span(&parser->statement),
                    "this statement, or the definitions so far, take more than %zu bytes", parser->arena->budget);
    else
        kt_report_no_memory(parser->report);
    return NULL;
}

bool kt_parser_take_comma(kt_parser *parser, kt_token_kind end) {
    kt_token comma = parser->token;
    kt_parser_advance(parser);
    if (!kt_parser_at(parser, end)) return true;
    if (parser->lexer.dialect == 2 && !parser->trailing_comma) {
        parser->trailing_comma = true;
        kt_warning_at(parser->report, KT_TRAILING_COMMA, kt_token_span(&comma),
                      "a comma at the end of a list, which OpenQASM 2 does not know");
    }
    return false;
}

static bool begins_statement(const kt_token *token) {
    return token->kind < KT_TOKEN_NAME && token->kind != KT_TOKEN_IN && token->kind != KT_TOKEN_ELSE && token->kind != KT_TOKEN_TRUE &&
           token->kind != KT_TOKEN_FALSE && token->kind != KT_TOKEN_DURATIONOF;
}

/* The `;` of a statement. Where it is plainly missing, that is said at the place where it belongs and the statement counts as read. */
bool kt_parser_finish_or(kt_parser *parser, const char *expected) {
    if (kt_parser_accept(parser, KT_TOKEN_SEMICOLON)) return true;
    const kt_token *token = &parser->token;
    bool missing = token->kind == KT_TOKEN_END_OF_FILE || token->kind == KT_TOKEN_RIGHT_BRACE || begins_statement(token) ||
                   (token->line > parser->last_line && token->kind == KT_TOKEN_NAME);
    if (!missing) return kt_parser_wrong(parser, expected, NULL);
    kt_error_at(parser->report, KT_MISSING_SEMICOLON, (kt_span){parser->last_end, 1}, "`;` is missing");
    hint_dialect(parser);
    parser->complete = false;
    return true;
}

bool kt_parser_finish(kt_parser *parser) { return kt_parser_finish_or(parser, kt_token_text(KT_TOKEN_SEMICOLON)); }

bool kt_parser_finish_list(kt_parser *parser) { return kt_parser_finish_or(parser, "`,` or `;`"); }

/* ── Going on after an error ── */

static bool declares(kt_token_kind kind) {
    return kind == KT_TOKEN_QREG || kind == KT_TOKEN_CREG || kind == KT_TOKEN_GATE || kind == KT_TOKEN_OPAQUE || kind == KT_TOKEN_LET ||
           kind == KT_TOKEN_DEF || kind == KT_TOKEN_EXTERN || (kind >= KT_TOKEN_INPUT && kind <= KT_TOKEN_ARRAY);
}

/* Names in a declaration that could not be read. */
static void spoil_names(kt_parser *parser, const kt_token *first) {
    bool other_word = first->kind == KT_TOKEN_NAME && first->symbol < KT_TOKEN_NAME; /* `int` in OpenQASM 2 */
    if (!parser->spoiled) return;
    if (first->kind == KT_TOKEN_INCLUDE) parser->spoiled(parser->user, KT_TOKEN_INCLUDE);
    if (!declares(other_word ? (kt_token_kind)first->symbol : (kt_token_kind)first->kind)) return;
    kt_report silence = {.stopped = true};
    kt_lexer lexer = parser->lexer;
    lexer.next = first->at;
    lexer.end = parser->last_end > first->at ? parser->last_end : first->at;
    lexer.report = &silence;
    for (kt_token token;;) {
        kt_lexer_next(&token, &lexer);
        if (token.kind == KT_TOKEN_END_OF_FILE) return;
        if (token.kind == KT_TOKEN_NAME) parser->spoiled(parser->user, token.symbol);
    }
}

/* Skips to behind the next `;` or block, or to before a `}` that closes a block around, or to a line that begins like a statement. The head
 * of a loop as other languages write it, for (;;), is one piece. */
static void recover(kt_parser *parser, const kt_token *first, bool inside_block) {
    size_t depth = parser->opened, parentheses = 0;
    kt_report silence = {.stopped = true}; /* one statement, one message */
    while (!kt_parser_at(parser, KT_TOKEN_END_OF_FILE) && !parser->report->stopped) {
        bool moved = parser->token.at > first->at;
        if (depth == 0 && moved && parser->token.line > parser->last_line && begins_statement(&parser->token)) break;
        kt_token_kind kind = parser->token.kind;
        if (kind == KT_TOKEN_RIGHT_BRACE && depth == 0 && inside_block) break;
        if (kind == KT_TOKEN_LEFT_BRACE) depth++;
        if (kind == KT_TOKEN_LEFT_PAREN && first->kind == KT_TOKEN_FOR) parentheses++;
        if (kind == KT_TOKEN_RIGHT_PAREN && parentheses) parentheses--;
        bool ends = (kind == KT_TOKEN_RIGHT_BRACE && (depth == 0 || --depth == 0)) ||
                    (kind == KT_TOKEN_SEMICOLON && depth == 0 && parentheses == 0);
        parser->lexer.report = ends ? parser->report : &silence;
        kt_parser_advance(parser);
        if (ends) break;
    }
    parser->lexer.report = parser->report;
    spoil_names(parser, first);
}

/* A statement, or what is left of it; *list gets it where there is one. */
static void parse_or_recover(kt_parser *parser, kt_statement **out, bool inside_block) {
    kt_token first = parser->token;
    uint32_t nesting = parser->nesting, opened = parser->opened;
    parser->opened = 0;
    *out = kt_parse_statement_here(parser);
    parser->nesting = nesting;
    if (!*out) {
        parser->complete = false;
        recover(parser, &first, inside_block);
    }
    parser->opened = opened;
}

/* { statementOrScope* } */
bool kt_parse_block(kt_parser *parser, kt_statement **list) {
    kt_token brace = parser->token;
    *list = NULL;
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_BRACE, NULL) || !kt_parser_enter(parser)) return false;
    while (!kt_parser_at(parser, KT_TOKEN_RIGHT_BRACE)) {
        if (parser->report->stopped) return false;
        if (kt_parser_at(parser, KT_TOKEN_END_OF_FILE))
            return kt_error_at(parser->report, KT_UNCLOSED_BLOCK, kt_token_span(&brace), "this `{` is never closed");
        parse_or_recover(parser, list, true);
        if (*list) list = &(*list)->next;
    }
    kt_parser_leave(parser);
    kt_parser_advance(parser);
    return true;
}

/* statementOrScope, as a list */
kt_statement *kt_parse_body(kt_parser *parser) {
    if (!kt_parser_at(parser, KT_TOKEN_LEFT_BRACE)) {
        if (!kt_parser_enter(parser)) return NULL;
        kt_statement *statement = kt_parse_statement_here(parser);
        kt_parser_leave(parser);
        return statement;
    }
    kt_statement *block = kt_parser_statement(parser, KT_STATEMENT_BLOCK);
    return block && kt_parse_block(parser, &block->as.block) ? block : NULL;
}

kt_statement *kt_parse_statement(kt_parser *parser, bool *end) {
    parser->complete = true;
    parser->nesting = parser->deepest = 0;
    *end = kt_parser_at(parser, KT_TOKEN_END_OF_FILE) || parser->report->stopped;
    if (*end) return NULL;
    kt_statement *statement;
    parse_or_recover(parser, &statement, false);
    return statement;
}

kt_statement *kt_parser_statement(kt_parser *parser, kt_statement_kind kind) {
    kt_statement *statement = kt_parser_alloc(parser, sizeof *statement);
    if (!statement) return NULL;
    statement->kind = (uint8_t)kind;
    statement->op = parser->token.kind;
    statement->modifier = KT_TOKEN_NAME;
    statement->read = false;
    statement->line = parser->token.line;
    statement->span = statement->name = kt_token_span(&parser->token);
    statement->symbol = parser->token.symbol;
    statement->next = NULL;
    statement->annotations = NULL;
    memset(&statement->as, 0, sizeof statement->as);
    return statement;
}

/* ── Whole texts ── */

void kt_parser_begin(kt_parser *parser, const kt_source *source, int dialect) {
    const char *start = source->text;
    if (source->size >= 3 && memcmp(start, "\xef\xbb\xbf", 3) == 0) start += 3; /* a byte order mark */
    parser->lexer.next = parser->last_end = start;
    parser->lexer.end = source->text + source->size;
    parser->lexer.line = parser->last_line = 1;
    parser->lexer.dialect = dialect;
    parser->nesting = 0;
    kt_lexer_next(&parser->token, &parser->lexer);
}

/* OPENQASM VersionSpecifier ; */
bool kt_parse_version(kt_parser *parser, int *major, kt_span *span) {
    *major = 0;
    if (!kt_parser_at(parser, KT_TOKEN_OPENQASM)) return true;
    parser->statement = parser->token;
    kt_parser_advance(parser);
    const kt_token *token = &parser->token;
    *span = kt_token_span(token);
    bool number =
        token->kind == KT_TOKEN_INTEGER || (token->kind == KT_TOKEN_REAL && token->at[token->size - 1] != '.' && token->at[0] != '.');
    uint64_t value = 0;
    for (uint32_t i = 0; number && i < token->size; i++) {
        bool digit = token->at[i] >= '0' && token->at[i] <= '9';
        number = digit || token->at[i] == '.';
        if (token->at[i] == '.') break;
        if (value < 1000) value = value * 10 + (uint64_t)(token->at[i] - '0');
    }
    if (!number) return kt_parser_wrong(parser, "a version number", "`OPENQASM`");
    *major = (int)value;
    parser->lexer.dialect = value == 2 ? 2 : 3; /* from the next token on */
    kt_parser_advance(parser);
    return kt_parser_finish(parser);
}

ketch_status kt_qasm_check_grammar(const char *text, size_t size, int dialect, const ketch_load_options *options, ketch_diag *diag) {
    kt_source source = {.name = "<text>", .text = text, .size = size, .line = text, .line_number = 1};
    kt_report report = {.diag = diag, .sources = &source, .max_errors = options->max_errors};
    kt_symbols symbols = {0};
    kt_arena arena = {0};
    kt_parser parser = {.lexer = {.max_token = options->max_token_bytes, .symbols = &symbols, .report = &report},
                        .max_nesting = options->max_nesting,
                        .arena = &arena,
                        .report = &report};
    kt_span span;
    int major;
    if (!kt_lexer_prepare(&symbols)) {
        kt_report_no_memory(&report);
    } else {
        kt_parser_begin(&parser, &source, dialect);
        if (kt_parse_version(&parser, &major, &span)) {
            for (bool end = false; !end;) {
                kt_arena_mark mark = kt_arena_save(&arena);
                kt_parse_statement(&parser, &end);
                kt_arena_restore(&arena, mark);
            }
        }
    }
    kt_arena_free(&arena);
    kt_symbols_free(&symbols);
    return report.errors ? report.status : KETCH_OK;
}
