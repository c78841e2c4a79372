/* SPDX-License-Identifier: Apache-2.0
 *
 * Text to tokens. One table says what a byte can begin; the dialect decides which words are keywords and whether numbers have units.
 */
#include "qasm/token.h"

#include <string.h>

enum {
    WRONG,
    B /* blank */,
    L /* line feed */,
    N /* letter or _ */,
    D /* digit */,
    P /* a token alone */,
    S /* may go on */,
    H /* beyond ASCII */
};

/* clang-format off */
static const uint8_t classes[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, B, L, B, B, B, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    B, S, S, S, S, S, S, S, P, P, S, S, P, S, S, S,
    D, D, D, D, D, D, D, D, D, D, P, P, S, S, S, 0,
    P, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, P, 0, P, S, N,
    0, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
    N, N, N, N, N, N, N, N, N, N, N, P, S, P, P, 0,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
    H, H, H, H, H, H, H, H, H, H, H, H, H, H, H, H,
};
/* clang-format on */

static uint8_t class_of(char c) { return classes[(unsigned char)c]; }

static const struct {
    const char *text;
    uint8_t size, dialects;
} keywords[] = {
#define KT_KEYWORD(name, text, dialects) {text, sizeof text - 1, dialects},
    KT_KEYWORDS(KT_KEYWORD)
#undef KT_KEYWORD
};

bool kt_lexer_prepare(kt_symbols *symbols) {
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (kt_symbols_add(symbols, keywords[i].text, keywords[i].size) == KT_NO_SYMBOL) return false;
#define KT_NAME(name, text) \
    if (kt_symbols_add(symbols, text, sizeof text - 1) == KT_NO_SYMBOL) return false;
    KT_WELL_KNOWN_NAMES(KT_NAME)
#undef KT_NAME
    return true;
}

bool kt_keyword_in(uint32_t symbol, int dialect) {
    return symbol < KT_TOKEN_NAME && (keywords[symbol].dialects & (dialect == 2 ? KT_DIALECT2 : KT_DIALECT3));
}

const char *kt_token_text(kt_token_kind kind) {
    static const char *const texts[KT_TOKEN_COUNT] = {
#define KT_KEYWORD(name, text, dialects) [KT_TOKEN_##name] = "`" text "`",
        KT_KEYWORDS(KT_KEYWORD)
#undef KT_KEYWORD
            [KT_TOKEN_NAME] = "a name",
        [KT_TOKEN_END_OF_FILE] = "the end of the file",
        [KT_TOKEN_INTEGER] = "an integer",
        [KT_TOKEN_REAL] = "a number",
        [KT_TOKEN_IMAGINARY] = "an imaginary number",
        [KT_TOKEN_TIMING] = "a duration",
        [KT_TOKEN_BITSTRING] = "a bit string",
        [KT_TOKEN_STRING] = "a string",
        [KT_TOKEN_HARDWARE_QUBIT] = "a physical qubit",
        [KT_TOKEN_DIM] = "`#dim`",
        [KT_TOKEN_HASH_PRAGMA] = "`#pragma`",
        [KT_TOKEN_LEFT_BRACKET] = "`[`",
        [KT_TOKEN_RIGHT_BRACKET] = "`]`",
        [KT_TOKEN_LEFT_BRACE] = "`{`",
        [KT_TOKEN_RIGHT_BRACE] = "`}`",
        [KT_TOKEN_LEFT_PAREN] = "`(`",
        [KT_TOKEN_RIGHT_PAREN] = "`)`",
        [KT_TOKEN_COLON] = "`:`",
        [KT_TOKEN_SEMICOLON] = "`;`",
        [KT_TOKEN_COMMA] = "`,`",
        [KT_TOKEN_EQUALS] = "`=`",
        [KT_TOKEN_COMPOUND] = "an assignment operator",
        [KT_TOKEN_ARROW] = "`->`",
        [KT_TOKEN_AT] = "`@`",
        [KT_TOKEN_TILDE] = "`~`",
        [KT_TOKEN_EXCLAMATION] = "`!`",
        [KT_TOKEN_CONCATENATE] = "`++`",
        [KT_TOKEN_OR] = "`||`",
        [KT_TOKEN_AND] = "`&&`",
        [KT_TOKEN_PIPE] = "`|`",
        [KT_TOKEN_CARET] = "`^`",
        [KT_TOKEN_AMPERSAND] = "`&`",
        [KT_TOKEN_EQUAL] = "`==`",
        [KT_TOKEN_NOT_EQUAL] = "`!=`",
        [KT_TOKEN_LESS] = "`<`",
        [KT_TOKEN_LESS_EQUAL] = "`<=`",
        [KT_TOKEN_GREATER] = "`>`",
        [KT_TOKEN_GREATER_EQUAL] = "`>=`",
        [KT_TOKEN_SHIFT_LEFT] = "`<<`",
        [KT_TOKEN_SHIFT_RIGHT] = "`>>`",
        [KT_TOKEN_PLUS] = "`+`",
        [KT_TOKEN_MINUS] = "`-`",
        [KT_TOKEN_ASTERISK] = "`*`",
        [KT_TOKEN_SLASH] = "`/`",
        [KT_TOKEN_PERCENT] = "`%`",
        [KT_TOKEN_POWER] = "`**`",
    };
    return texts[kind] ? texts[kind] : "a token";
}

/* Blanks, lines and comments. False at an unclosed comment. */
static bool skip_blanks(kt_lexer *lexer) {
    const char *p = lexer->next, *end = lexer->end;
    for (;;) {
        while (p < end && (class_of(*p) == B || class_of(*p) == L)) lexer->line += *p++ == '\n';
        if (end - p < 2 || *p != '/') break;
        if (p[1] == '/') {
            while (p < end && *p != '\n' && *p != '\r') p++;
        } else if (p[1] == '*') {
            const char *start = p;
            uint32_t line = lexer->line;
            for (p += 2; end - p >= 2 && !(p[0] == '*' && p[1] == '/'); p++) line += *p == '\n';
            if (end - p < 2) {
                lexer->next = end;
                return kt_error_at(lexer->report, KT_UNCLOSED_COMMENT, (kt_span){start, 2}, "a comment that is never closed");
            }
            lexer->line = line;
            p += 2;
        } else {
            break;
        }
    }
    lexer->next = p;
    return true;
}

/* Where the run of letters and digits from `p` ends. */
static const char *name_end(const char *p, const char *end) {
    for (;;) {
        while (p < end && (class_of(*p) == N || class_of(*p) == D)) p++;
        if (p == end || class_of(*p) != H) return p;
        uint32_t size;
        if (!kt_unicode_letter(kt_utf8_decode(p, end, &size))) return p;
        p += size;
    }
}

static bool is_digit(char c, unsigned base) {
    if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return true;
    return c >= '0' && c <= '9' && (unsigned)(c - '0') < base;
}

/* Digits, single underscores between them. */
static const char *digits_end(const char *p, const char *end, unsigned base) {
    while (base == 10 && p < end && class_of(*p) == D) p++;
    while (p < end && (is_digit(*p, base) || (*p == '_' && is_digit(p[-1], base) && end - p > 1 && is_digit(p[1], base)))) p++;
    return p;
}

/* ns, us, µs (either code point), ms, s, dt: a duration; im: an imaginary number; else an integer or real stays what it is. */
static void read_unit(kt_token *token, const char **p, const char *end) {
    static const struct {
        const char *text;
        kt_token_kind kind;
    } units[] = {{"ns", KT_TOKEN_TIMING}, {"us", KT_TOKEN_TIMING}, {"\u00b5s", KT_TOKEN_TIMING}, {"\u03bcs", KT_TOKEN_TIMING},
                 {"ms", KT_TOKEN_TIMING}, {"s", KT_TOKEN_TIMING},  {"dt", KT_TOKEN_TIMING},      {"im", KT_TOKEN_IMAGINARY}};
    const char *start = *p;
    while (start < end && (*start == ' ' || *start == '\t')) start++;
    if (start == end || (class_of(*start) != N && class_of(*start) != H)) return;
    const char *stop = name_end(start, end);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t size = strlen(units[i].text);
        if ((size_t)(stop - start) != size || memcmp(start, units[i].text, size) != 0) continue;
        token->kind = (uint8_t)units[i].kind;
        *p = stop;
    }
}

static bool is_constant(kt_span name) {
    static const char *const names[] = {"pi", "tau", "\u03c0", "\u03c4"};
    size_t i = 0, count = sizeof names / sizeof *names;
    while (i < count && (strlen(names[i]) != name.size || memcmp(names[i], name.at, name.size) != 0)) i++;
    return i < count;
}

static const char *read_number(kt_token *token, kt_lexer *lexer) {
    const char *p = token->at, *end = lexer->end;
    token->kind = KT_TOKEN_INTEGER;
    while (p < end && class_of(*p) == D) p++;
    if (p < end && class_of(*p) == P) return p; /* nearly always: 12] */
    p = token->at;
    unsigned base = 10;
    if (lexer->dialect == 3 && *p == '0' && end - p > 2) {
        base = p[1] == 'x' || p[1] == 'X' ? 16 : p[1] == 'b' || p[1] == 'B' ? 2 : p[1] == 'o' ? 8 : 10;
        if (base != 10 && !is_digit(p[2], base)) base = 10;
    }
    if (base != 10) {
        p = digits_end(p + 2, end, base);
    } else {
        p = digits_end(p, end, 10);
        if (p < end && *p == '.') {
            token->kind = KT_TOKEN_REAL;
            p = digits_end(p + 1, end, 10);
        }
        if (p < end && (*p == 'e' || *p == 'E')) {
            const char *exponent = p + 1 + (end - p > 1 && (p[1] == '+' || p[1] == '-'));
            if (exponent < end && class_of(*exponent) == D) {
                token->kind = KT_TOKEN_REAL;
                p = digits_end(exponent, end, 10);
            }
        }
        if (lexer->dialect == 3) read_unit(token, &p, end);
    }
    if (p < end && class_of(*p) != S && (class_of(*p) == N || class_of(*p) == D || class_of(*p) == H)) {
        kt_span number = {token->at, (uint32_t)(p - token->at)}, name = {p, 0};
        bool degrees = end - p >= 2 && memcmp(p, "\xc2\xb0", 2) == 0; /* the sign */
        p = degrees ? p + 2 : name_end(p, end);
        name.size = (uint32_t)(p - name.at);
        token->kind = KT_TOKEN_WRONG;
        kt_span span = {token->at, p > token->at ? (uint32_t)(p - token->at) : 1};
        kt_error_at(lexer->report, KT_BAD_NUMBER, span, "`%.*s` is neither a number nor a name", KT_SHOWN(span));
        if (is_constant(name)) kt_hint_add(lexer->report, "a product is written with `*`: %.*s*%.*s", KT_SHOWN(number), KT_SHOWN(name));
        if (degrees) kt_hint_add(lexer->report, "angles are in radians: %.*s * pi / 180", KT_SHOWN(number));
    }
    return p;
}

static const char *read_string(kt_token *token, kt_lexer *lexer) {
    char quote = *token->at;
    const char *p = token->at + 1, *end = lexer->end;
    bool bits = quote == '"' && p < end && *p != quote;
    for (; p < end && *p != quote && *p != '\n' && *p != '\r'; p++)
        bits = bits && (*p == '0' || *p == '1' || (*p == '_' && class_of(p[-1]) == D && end - p > 1 && class_of(p[1]) == D));
    if (p == end || *p != quote) {
        token->kind = KT_TOKEN_WRONG;
        kt_error_at(lexer->report, KT_UNCLOSED_STRING, (kt_span){token->at, 1}, "a string that its line does not close");
        return p;
    }
    token->kind = bits ? KT_TOKEN_BITSTRING : KT_TOKEN_STRING;
    return p + 1;
}

static const char *wrong_character(kt_token *token, kt_lexer *lexer) {
    uint32_t size, code_point = kt_utf8_decode(token->at, lexer->end, &size);
    kt_span span = {token->at, size};
    token->kind = KT_TOKEN_WRONG;
    if (code_point > 0x20 && code_point != 0x7f && (code_point < 0x80 || code_point > 0x9f))
        kt_error_at(lexer->report, KT_BAD_CHARACTER, span, "`%.*s` has no meaning here", KT_SHOWN(span));
    else
        kt_error_at(lexer->report, KT_BAD_CHARACTER, span, "the character U+%04X has no meaning here", code_point);
    return token->at + size;
}

/* #dim, #pragma, $0 */
static const char *read_hash_or_dollar(kt_token *token, kt_lexer *lexer) {
    const char *start = token->at + 1, *stop = name_end(start, lexer->end);
    size_t size = (size_t)(stop - start);
    if (*token->at == '$') {
        stop = start;
        while (stop < lexer->end && class_of(*stop) == D) stop++;
        token->kind = KT_TOKEN_HARDWARE_QUBIT;
        if (stop > start) return stop;
    } else if (size == 3 && memcmp(start, "dim", 3) == 0) {
        token->kind = KT_TOKEN_DIM;
        return stop;
    } else if (size == 6 && memcmp(start, "pragma", 6) == 0) {
        token->kind = KT_TOKEN_HASH_PRAGMA;
        return stop;
    }
    return wrong_character(token, lexer);
}

/* Signs that nothing can lengthen. */
static const uint8_t lone_signs[128] = {
    ['['] = KT_TOKEN_LEFT_BRACKET, [']'] = KT_TOKEN_RIGHT_BRACKET, ['{'] = KT_TOKEN_LEFT_BRACE,
    ['}'] = KT_TOKEN_RIGHT_BRACE,  ['('] = KT_TOKEN_LEFT_PAREN,    [')'] = KT_TOKEN_RIGHT_PAREN,
    [':'] = KT_TOKEN_COLON,        [';'] = KT_TOKEN_SEMICOLON,     [','] = KT_TOKEN_COMMA,
    ['@'] = KT_TOKEN_AT,           ['~'] = KT_TOKEN_TILDE,
};

/* The other signs: the longest that matches. */
static const char *read_sign(kt_token *token, kt_lexer *lexer) {
    const char *p = token->at;
    char second = lexer->end - p > 1 ? p[1] : '\0', third = lexer->end - p > 2 ? p[2] : '\0';
    kt_token_kind alone = KT_TOKEN_WRONG;
    size_t size = 1;
    bool compound = false; /* may be followed by = */
    switch (*p) {
    case '%': alone = KT_TOKEN_PERCENT, compound = true; break;
    case '/': alone = KT_TOKEN_SLASH, compound = true; break;
    case '^': alone = KT_TOKEN_CARET, compound = true; break;
    case '=': alone = second == '=' ? (size = 2, KT_TOKEN_EQUAL) : KT_TOKEN_EQUALS; break;
    case '!': alone = second == '=' ? (size = 2, KT_TOKEN_NOT_EQUAL) : KT_TOKEN_EXCLAMATION; break;
    case '-': alone = second == '>' ? (size = 2, KT_TOKEN_ARROW) : (compound = true, KT_TOKEN_MINUS); break;
    case '+': alone = second == '+' && lexer->dialect == 3 ? (size = 2, KT_TOKEN_CONCATENATE) : (compound = true, KT_TOKEN_PLUS); break;
    case '*': alone = second == '*' ? (size = 2, KT_TOKEN_POWER) : KT_TOKEN_ASTERISK, compound = true; break;
    case '|': alone = second == '|' ? (size = 2, KT_TOKEN_OR) : (compound = true, KT_TOKEN_PIPE); break;
    case '&': alone = second == '&' ? (size = 2, KT_TOKEN_AND) : (compound = true, KT_TOKEN_AMPERSAND); break;
    case '<':
    case '>': {
        bool less = *p == '<';
        if (second == *p)
            alone = less ? KT_TOKEN_SHIFT_LEFT : KT_TOKEN_SHIFT_RIGHT, size = 2, compound = true;
        else if (second == '=')
            alone = less ? KT_TOKEN_LESS_EQUAL : KT_TOKEN_GREATER_EQUAL, size = 2;
        else
            alone = less ? KT_TOKEN_LESS : KT_TOKEN_GREATER;
        break;
    }
    default: return wrong_character(token, lexer);
    }
    if (compound && (size == 1 ? second : third) == '=') {
        token->kind = KT_TOKEN_COMPOUND;
        token->symbol = alone;
        return p + size + 1;
    }
    token->kind = (uint8_t)alone;
    return p + size;
}

static uint32_t symbol_of(kt_lexer *lexer, const char *name, size_t size) {
    uint64_t bytes = 0;
    if (size > sizeof bytes) return kt_symbols_add(lexer->symbols, name, size);
    if ((size_t)(lexer->end - name) >= sizeof bytes) { /* what stands behind the name is cut off: no name has a byte 0 */
        unsigned behind = (unsigned)(8 * (sizeof bytes - size));
        memcpy(&bytes, name, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        bytes &= UINT64_MAX << behind;
#else
        bytes &= UINT64_MAX >> behind;
#endif
    } else {
        memcpy(&bytes, name, size);
    }
    kt_recent_name *recent = &lexer->recent[bytes * 0x9e3779b97f4a7c15u >> 58]; /* the upper 6 bits spread best */
    if (recent->bytes != bytes) {
        uint32_t symbol = kt_symbols_add(lexer->symbols, name, size);
        if (symbol == KT_NO_SYMBOL) return symbol;
        *recent = (kt_recent_name){.bytes = bytes, .symbol = symbol};
    }
    return recent->symbol;
}

static const char *read_name(kt_token *token, kt_lexer *lexer) {
    const char *stop = name_end(token->at, lexer->end);
    if (stop == token->at) return wrong_character(token, lexer);
    token->kind = KT_TOKEN_NAME;
    if ((size_t)(stop - token->at) > lexer->max_token) return stop; /* refused below, not kept */
    token->symbol = symbol_of(lexer, token->at, (size_t)(stop - token->at));
    if (token->symbol == KT_NO_SYMBOL) {
        token->kind = KT_TOKEN_WRONG;
        kt_report_no_memory(lexer->report);
    } else if (kt_keyword_in(token->symbol, lexer->dialect)) {
        token->kind = (uint8_t)token->symbol;
    }
    return stop;
}

/* Behind blanks, or anything longer than one byte. */
static __attribute__((noinline)) void read_token(kt_token *token, kt_lexer *lexer) {
    token->size = 0;
    bool blank = lexer->next < lexer->end && (class_of(*lexer->next) <= L || *lexer->next == '/');
    bool good = !blank || skip_blanks(lexer);
    token->at = lexer->next;
    token->line = lexer->line;
    if (!good || lexer->next == lexer->end) {
        token->kind = good ? KT_TOKEN_END_OF_FILE : KT_TOKEN_WRONG;
        return;
    }
    const char *stop;
    char first = *token->at;
    switch (class_of(first)) {
    case N:
    case H: stop = read_name(token, lexer); break;
    case D: stop = read_number(token, lexer); break;
    case P:
        token->kind = lone_signs[(unsigned char)first];
        stop = token->at + 1;
        break;
    case S:
        if (first == '"' || first == '\'')
            stop = read_string(token, lexer);
        else if (first == '#' || first == '$')
            stop = read_hash_or_dollar(token, lexer);
        else if (first == '.' && lexer->end - token->at > 1 && class_of(token->at[1]) == D)
            stop = read_number(token, lexer);
        else
            stop = read_sign(token, lexer);
        break;
    default: stop = wrong_character(token, lexer); break;
    }
    lexer->next = stop;
    size_t size = (size_t)(stop - token->at);
    if (size > lexer->max_token && token->kind != KT_TOKEN_WRONG) {
        token->kind = KT_TOKEN_WRONG;
        kt_error_at(lexer->report, KT_TOKEN_LIMIT, (kt_span){token->at, 1}, "a name, number or string of %zu bytes; the limit is %u", size,
                    lexer->max_token);
    }
    token->size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size;
}

void kt_lexer_next(kt_token *token, kt_lexer *lexer) {
    const char *at = lexer->next;
    token->symbol = KT_NO_SYMBOL;
    if (at == lexer->end || class_of(*at) != P) {
        read_token(token, lexer);
        return;
    }
    *token = (kt_token){.kind = lone_signs[(unsigned char)*at], .line = lexer->line, .size = 1, .symbol = KT_NO_SYMBOL, .at = at};
    lexer->next = at + 1;
}

kt_span kt_lexer_rest_of_line(kt_lexer *lexer) {
    while (lexer->next < lexer->end && (*lexer->next == ' ' || *lexer->next == '\t')) lexer->next++;
    const char *start = lexer->next;
    while (lexer->next < lexer->end && *lexer->next != '\n' && *lexer->next != '\r') lexer->next++;
    return (kt_span){start, (uint32_t)(lexer->next - start)};
}

bool kt_lexer_calibration(kt_span *body, kt_lexer *lexer) {
    const char *start = lexer->next;
    size_t depth = 1;
    for (; lexer->next < lexer->end; lexer->next++) {
        char c = *lexer->next;
        lexer->line += c == '\n';
        if (c == '{') depth++;
        if (c == '}' && --depth == 0) {
            *body = (kt_span){start, (uint32_t)(lexer->next - start)};
            lexer->next++;
            return true;
        }
    }
    return false;
}
