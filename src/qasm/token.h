/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of OpenQASM 2 and 3. A token is a small value that points into its source; nothing is copied. Every name becomes a symbol
 * (a small integer), and the keywords are the first symbols, so that telling a keyword from a name is one comparison:
 *
 *   symbols   [ OPENQASM include ... negctrl | pi sin cos ... | q c theta ... ]
 *               keywords: symbol == kind       well known       the program's own
 */
#ifndef KETCH_QASM_TOKEN_H
#define KETCH_QASM_TOKEN_H

#include "qasm/message.h"

/* Which dialects know a word. */
enum { KT_DIALECT2 = 1, KT_DIALECT3 = 2, KT_DIALECTS = 3 };

/* KT_KEYWORD(name, text, dialects) */
#define KT_KEYWORDS(KT_KEYWORD)                             \
    KT_KEYWORD(OPENQASM, "OPENQASM", KT_DIALECTS)           \
    KT_KEYWORD(INCLUDE, "include", KT_DIALECTS)             \
    KT_KEYWORD(QREG, "qreg", KT_DIALECTS)                   \
    KT_KEYWORD(CREG, "creg", KT_DIALECTS)                   \
    KT_KEYWORD(GATE, "gate", KT_DIALECTS)                   \
    KT_KEYWORD(OPAQUE, "opaque", KT_DIALECT2)               \
    KT_KEYWORD(MEASURE, "measure", KT_DIALECTS)             \
    KT_KEYWORD(RESET, "reset", KT_DIALECTS)                 \
    KT_KEYWORD(BARRIER, "barrier", KT_DIALECTS)             \
    KT_KEYWORD(IF, "if", KT_DIALECTS)                       \
    KT_KEYWORD(ELSE, "else", KT_DIALECT3)                   \
    KT_KEYWORD(DEFCALGRAMMAR, "defcalgrammar", KT_DIALECT3) \
    KT_KEYWORD(DEF, "def", KT_DIALECT3)                     \
    KT_KEYWORD(CAL, "cal", KT_DIALECT3)                     \
    KT_KEYWORD(DEFCAL, "defcal", KT_DIALECT3)               \
    KT_KEYWORD(EXTERN, "extern", KT_DIALECT3)               \
    KT_KEYWORD(BOX, "box", KT_DIALECT3)                     \
    KT_KEYWORD(LET, "let", KT_DIALECT3)                     \
    KT_KEYWORD(BREAK, "break", KT_DIALECT3)                 \
    KT_KEYWORD(CONTINUE, "continue", KT_DIALECT3)           \
    KT_KEYWORD(END, "end", KT_DIALECT3)                     \
    KT_KEYWORD(RETURN, "return", KT_DIALECT3)               \
    KT_KEYWORD(FOR, "for", KT_DIALECT3)                     \
    KT_KEYWORD(WHILE, "while", KT_DIALECT3)                 \
    KT_KEYWORD(IN, "in", KT_DIALECT3)                       \
    KT_KEYWORD(SWITCH, "switch", KT_DIALECT3)               \
    KT_KEYWORD(CASE, "case", KT_DIALECT3)                   \
    KT_KEYWORD(DEFAULT, "default", KT_DIALECT3)             \
    KT_KEYWORD(NOP, "nop", KT_DIALECT3)                     \
    KT_KEYWORD(PRAGMA, "pragma", KT_DIALECT3)               \
    KT_KEYWORD(INPUT, "input", KT_DIALECT3)                 \
    KT_KEYWORD(OUTPUT, "output", KT_DIALECT3)               \
    KT_KEYWORD(CONST, "const", KT_DIALECT3)                 \
    KT_KEYWORD(READONLY, "readonly", KT_DIALECT3)           \
    KT_KEYWORD(MUTABLE, "mutable", KT_DIALECT3)             \
    KT_KEYWORD(QUBIT, "qubit", KT_DIALECT3)                 \
    KT_KEYWORD(BOOL, "bool", KT_DIALECT3)                   \
    KT_KEYWORD(BIT, "bit", KT_DIALECT3)                     \
    KT_KEYWORD(INT, "int", KT_DIALECT3)                     \
    KT_KEYWORD(UINT, "uint", KT_DIALECT3)                   \
    KT_KEYWORD(FLOAT, "float", KT_DIALECT3)                 \
    KT_KEYWORD(ANGLE, "angle", KT_DIALECT3)                 \
    KT_KEYWORD(COMPLEX, "complex", KT_DIALECT3)             \
    KT_KEYWORD(DURATION, "duration", KT_DIALECT3)           \
    KT_KEYWORD(STRETCH, "stretch", KT_DIALECT3)             \
    KT_KEYWORD(ARRAY, "array", KT_DIALECT3)                 \
    KT_KEYWORD(VOID, "void", KT_DIALECT3)                   \
    KT_KEYWORD(GPHASE, "gphase", KT_DIALECT3)               \
    KT_KEYWORD(INV, "inv", KT_DIALECT3)                     \
    KT_KEYWORD(POW, "pow", KT_DIALECT3)                     \
    KT_KEYWORD(CTRL, "ctrl", KT_DIALECT3)                   \
    KT_KEYWORD(NEGCTRL, "negctrl", KT_DIALECT3)             \
    KT_KEYWORD(DURATIONOF, "durationof", KT_DIALECT3)       \
    KT_KEYWORD(DELAY, "delay", KT_DIALECT3)                 \
    KT_KEYWORD(TRUE, "true", KT_DIALECT3)                   \
    KT_KEYWORD(FALSE, "false", KT_DIALECT3)

typedef enum kt_token_kind {
#define KT_KEYWORD(name, text, dialects) KT_TOKEN_##name,
    KT_KEYWORDS(KT_KEYWORD)
#undef KT_KEYWORD
        KT_TOKEN_NAME, /* also the number of keywords */
    KT_TOKEN_END_OF_FILE,
    KT_TOKEN_WRONG, /* a message has been given */
    KT_TOKEN_INTEGER,
    KT_TOKEN_REAL,
    KT_TOKEN_IMAGINARY,
    KT_TOKEN_TIMING,
    KT_TOKEN_BITSTRING,
    KT_TOKEN_STRING,
    KT_TOKEN_HARDWARE_QUBIT,
    KT_TOKEN_DIM,         /* #dim */
    KT_TOKEN_HASH_PRAGMA, /* #pragma */
    KT_TOKEN_LEFT_BRACKET,
    KT_TOKEN_RIGHT_BRACKET,
    KT_TOKEN_LEFT_BRACE,
    KT_TOKEN_RIGHT_BRACE,
    KT_TOKEN_LEFT_PAREN,
    KT_TOKEN_RIGHT_PAREN,
    KT_TOKEN_COLON,
    KT_TOKEN_SEMICOLON,
    KT_TOKEN_COMMA,
    KT_TOKEN_EQUALS,
    KT_TOKEN_COMPOUND, /* += ...; the token's symbol is the operator's kind */
    KT_TOKEN_ARROW,
    KT_TOKEN_AT,
    KT_TOKEN_TILDE,
    KT_TOKEN_EXCLAMATION,
    KT_TOKEN_CONCATENATE,
    /* binary operators */
    KT_TOKEN_OR,
    KT_TOKEN_AND,
    KT_TOKEN_PIPE,
    KT_TOKEN_CARET,
    KT_TOKEN_AMPERSAND,
    KT_TOKEN_EQUAL,
    KT_TOKEN_NOT_EQUAL,
    KT_TOKEN_LESS,
    KT_TOKEN_LESS_EQUAL,
    KT_TOKEN_GREATER,
    KT_TOKEN_GREATER_EQUAL,
    KT_TOKEN_SHIFT_LEFT,
    KT_TOKEN_SHIFT_RIGHT,
    KT_TOKEN_PLUS,
    KT_TOKEN_MINUS,
    KT_TOKEN_ASTERISK,
    KT_TOKEN_SLASH,
    KT_TOKEN_PERCENT,
    KT_TOKEN_POWER,
    KT_TOKEN_COUNT
} kt_token_kind;

/* Names that mean something without being keywords: they follow the keywords among the symbols. */
#define KT_WELL_KNOWN_NAMES(KT_NAME) \
    KT_NAME(U, "U")                  \
    KT_NAME(CX, "CX")                \
    KT_NAME(PI, "pi")                \
    KT_NAME(PI_GREEK, "\u03c0")      \
    KT_NAME(TAU, "tau")              \
    KT_NAME(TAU_GREEK, "\u03c4")     \
    KT_NAME(EULER, "euler")          \
    KT_NAME(EULER_SIGN, "\u2107")

typedef enum kt_well_known {
    KT_WELL_KNOWN_FIRST = KT_TOKEN_NAME - 1,
#define KT_NAME(name, text) KT_SYMBOL_##name,
    KT_WELL_KNOWN_NAMES(KT_NAME)
#undef KT_NAME
        KT_WELL_KNOWN_END
} kt_well_known;

typedef struct kt_token {
    uint8_t kind;
    uint32_t line;
    uint32_t size;
    uint32_t symbol; /* of names and keywords */
    const char *at;
} kt_token;

static inline kt_span kt_token_span(const kt_token *token) { return (kt_span){token->at, token->size}; }

/* Short names seen lately, so that the few names of a program are mostly found without hashing: their bytes as a number, and the symbol. */
typedef struct kt_recent_name {
    uint64_t bytes; /* 0: none */
    uint32_t symbol;
} kt_recent_name;
enum { KT_RECENT_NAMES = 64 };

typedef struct kt_lexer {
    const char *next, *end;
    uint32_t line;
    int dialect;        /* 2 or 3 */
    uint32_t max_token; /* bytes */
    kt_symbols *symbols;
    kt_report *report;
    kt_recent_name recent[KT_RECENT_NAMES];
} kt_lexer;

/* Puts keywords and well-known names first. False when out of memory. */
bool kt_lexer_prepare(kt_symbols *symbols);

void kt_lexer_next(kt_token *token, kt_lexer *lexer);

/* The rest of the line (a pragma or an annotation), blanks at its start left out. */
kt_span kt_lexer_rest_of_line(kt_lexer *lexer);

/* Skips a calibration body up to the brace that closes the one already read; its text goes to *body. False at the end of the file. */
bool kt_lexer_calibration(kt_span *body, kt_lexer *lexer);

bool kt_keyword_in(uint32_t symbol, int dialect);
const char *kt_token_text(kt_token_kind kind); /* "`;`", "a name": for "expected ..." */

/* Is this code point a letter in identifiers (categories Lu, Ll, Lt, Lm, Lo, Nl)? Beyond ASCII only. */
bool kt_unicode_letter(uint32_t code_point);

/* The first byte that is not UTF-8, or NULL. */
const char *kt_utf8_check(const char *text, size_t size);
uint32_t kt_utf8_decode(const char *at, const char *end, uint32_t *size); /* valid text only */

#endif
