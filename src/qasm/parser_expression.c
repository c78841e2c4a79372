/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions, operands, indices and types. Binary operators by precedence climbing over one table.
 */
#include "qasm/parser.h"

#include "qasm/literal.h"

/* Binding strength; 0: no binary operator. Unary operators stand between * and **. In OpenQASM 2 `^` is the power. */
enum { UNARY_LEVEL = 12, POWER_LEVEL = 13 };

static int level_of(const kt_parser *parser) {
    static const uint8_t levels[KT_TOKEN_COUNT] = {
        [KT_TOKEN_CONCATENATE] = 1, [KT_TOKEN_OR] = 2,          [KT_TOKEN_AND] = 3,      [KT_TOKEN_PIPE] = 4,
        [KT_TOKEN_CARET] = 5,       [KT_TOKEN_AMPERSAND] = 6,   [KT_TOKEN_EQUAL] = 7,    [KT_TOKEN_NOT_EQUAL] = 7,
        [KT_TOKEN_LESS] = 8,        [KT_TOKEN_LESS_EQUAL] = 8,  [KT_TOKEN_GREATER] = 8,  [KT_TOKEN_GREATER_EQUAL] = 8,
        [KT_TOKEN_SHIFT_LEFT] = 9,  [KT_TOKEN_SHIFT_RIGHT] = 9, [KT_TOKEN_PLUS] = 10,    [KT_TOKEN_MINUS] = 10,
        [KT_TOKEN_ASTERISK] = 11,   [KT_TOKEN_SLASH] = 11,      [KT_TOKEN_PERCENT] = 11, [KT_TOKEN_POWER] = POWER_LEVEL,
    };
    if (parser->token.kind == KT_TOKEN_CARET && parser->lexer.dialect == 2) return POWER_LEVEL;
    return levels[parser->token.kind];
}

static kt_expression *new_expression(kt_parser *parser, kt_expression_kind kind, const char *at) {
    kt_expression *expression = kt_parser_alloc(parser, sizeof *expression);
    if (!expression) return NULL;
    expression->kind = (uint8_t)kind;
    expression->op = 0;
    expression->parenthesized = false;
    expression->size = (uint32_t)(parser->last_end > at ? parser->last_end - at : 1);
    expression->at = at;
    expression->next = NULL;
    return expression;
}

static void end_here(kt_parser *parser, kt_expression *expression) { expression->size = (uint32_t)(parser->last_end - expression->at); }

static kt_expression *parse_binary(kt_parser *parser, kt_expression *left, int weakest);

/* expression | scalarType ( expression ) | durationof ( scope ) | literals */
static kt_expression *parse_literal(kt_parser *parser, kt_expression_kind kind) {
    kt_token token = parser->token;
    kt_parser_advance(parser);
    kt_expression *expression = new_expression(parser, kind, token.at);
    if (!expression) return NULL;
    if (!kt_literal_read(expression, token.at, token.size)) {
        kt_report_no_memory(parser->report);
        return NULL;
    }
    return expression;
}

kt_expression *kt_parse_name(kt_parser *parser) {
    kt_token token = parser->token;
    kt_parser_advance(parser);
    kt_expression *expression = new_expression(parser, KT_EXPRESSION_NAME, token.at);
    if (expression) expression->as.symbol = token.symbol;
    return expression;
}

/* name ( expressionList? ): at the parenthesis */
kt_expression *kt_parse_call(kt_parser *parser, kt_expression *name) {
    kt_expression *list = NULL;
    uint32_t count = 0, symbol = name->as.symbol;
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_PAREN, "a name") || !kt_parser_enter(parser)) return NULL;
    bool good = kt_parse_expression_list(parser, KT_TOKEN_RIGHT_PAREN, &list, &count);
    kt_parser_leave(parser);
    if (!good || !kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the arguments")) return NULL;
    name->kind = KT_EXPRESSION_CALL;
    name->as.call.arguments = list;
    name->as.call.operands = NULL;
    name->as.call.symbol = symbol;
    name->as.call.argument_count = count;
    end_here(parser, name);
    return name;
}

/* (scalarType | arrayType) ( expression ), with its indices */
kt_expression *kt_parse_cast_of(kt_parser *parser, kt_type_name *type) {
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_PAREN, "a type in an expression") || !kt_parser_enter(parser)) return NULL;
    kt_expression *operand = kt_parse_expression(parser);
    kt_parser_leave(parser);
    if (!operand || !kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "what is cast")) return NULL;
    kt_expression *cast = new_expression(parser, KT_EXPRESSION_CAST, type->span.at);
    if (!cast) return NULL;
    cast->as.cast.type = type;
    cast->as.cast.operand = operand;
    return cast;
}

/* durationof ( scope ) */
static kt_expression *parse_durationof(kt_parser *parser) {
    const char *at = parser->token.at;
    kt_statement *body = NULL;
    kt_parser_advance(parser);
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_PAREN, "`durationof`") || !kt_parse_block(parser, &body) ||
        !kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the block"))
        return NULL;
    kt_expression *expression = new_expression(parser, KT_EXPRESSION_DURATIONOF, at);
    if (expression) expression->as.block = body;
    return expression;
}

static kt_expression *parse_primary(kt_parser *parser) {
    switch (parser->token.kind) {
    case KT_TOKEN_INTEGER: return parse_literal(parser, KT_EXPRESSION_INTEGER);
    case KT_TOKEN_REAL: return parse_literal(parser, KT_EXPRESSION_REAL);
    case KT_TOKEN_IMAGINARY: return parse_literal(parser, KT_EXPRESSION_IMAGINARY);
    case KT_TOKEN_TIMING: return parse_literal(parser, KT_EXPRESSION_TIMING);
    case KT_TOKEN_BITSTRING: return parse_literal(parser, KT_EXPRESSION_BITSTRING);
    case KT_TOKEN_HARDWARE_QUBIT: return parse_literal(parser, KT_EXPRESSION_HARDWARE);
    case KT_TOKEN_TRUE:
    case KT_TOKEN_FALSE: return parse_literal(parser, KT_EXPRESSION_BOOL);
    case KT_TOKEN_DURATIONOF: return parse_durationof(parser);
    case KT_TOKEN_POW: { /* the function: a modifier begins a statement */
        kt_expression *name = kt_parse_name(parser);
        if (name) name->as.symbol = KT_TOKEN_POW;
        return name ? kt_parse_call(parser, name) : NULL;
    }
    case KT_TOKEN_NAME: {
        kt_expression *name = kt_parse_name(parser);
        return name && kt_parser_at(parser, KT_TOKEN_LEFT_PAREN) ? kt_parse_call(parser, name) : name;
    }
    case KT_TOKEN_LEFT_PAREN: {
        if (!kt_parser_enter(parser)) return NULL;
        kt_parser_advance(parser);
        kt_expression *inner = kt_parse_expression(parser);
        kt_parser_leave(parser);
        if (!inner || !kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "an expression in parentheses")) return NULL;
        inner->parenthesized = true;
        return inner;
    }
    default: {
        if (!kt_parser_at_type(parser)) return kt_parser_wrong(parser, "an expression", NULL);
        kt_type_name *type = kt_parse_type(parser);
        return type ? kt_parse_cast_of(parser, type) : NULL;
    }
    }
}

/* A primary with its indices: expression indexOperator */
static kt_expression *parse_postfix(kt_parser *parser, kt_expression *expression) {
    while (expression && kt_parser_at(parser, KT_TOKEN_LEFT_BRACKET)) expression = kt_parse_index(parser, expression);
    return expression;
}

static kt_expression *parse_unary(kt_parser *parser);

/* op=(~ | ! | -) expression; OpenQASM 2 files have a unary plus, too */
static kt_expression *parse_signed(kt_parser *parser) {
    kt_token token = parser->token;
    bool plus = token.kind == KT_TOKEN_PLUS;
    if (!kt_parser_enter(parser)) return NULL;
    kt_parser_advance(parser);
    kt_expression *operand = parse_binary(parser, parse_unary(parser), UNARY_LEVEL);
    kt_parser_leave(parser);
    if (!operand || plus) return operand;
    kt_expression *unary = new_expression(parser, KT_EXPRESSION_UNARY, token.at);
    if (!unary) return NULL;
    unary->op = token.kind;
    unary->as.first = operand;
    return unary;
}

static kt_expression *parse_unary(kt_parser *parser) {
    kt_token_kind kind = parser->token.kind;
    bool sign = kind == KT_TOKEN_MINUS || kind == KT_TOKEN_TILDE || kind == KT_TOKEN_EXCLAMATION ||
                (kind == KT_TOKEN_PLUS && parser->lexer.dialect == 2);
    return sign ? parse_signed(parser) : parse_postfix(parser, parse_primary(parser));
}

/* Goes on behind `left` with operators that bind as `weakest` or stronger. A level's operators make one chain; ** binds from the right. */
static kt_expression *parse_binary(kt_parser *parser, kt_expression *left, int weakest) {
    while (left) {
        int level = level_of(parser);
        if (!level || level < weakest) return left;
        kt_expression *chain = new_expression(parser, KT_EXPRESSION_CHAIN, left->at), *last = left;
        if (!chain) return NULL;
        chain->as.first = left;
        while (level_of(parser) == level) {
            uint8_t op = level == POWER_LEVEL ? KT_TOKEN_POWER : parser->token.kind;
            if (!kt_parser_enter(parser)) return NULL;
            kt_parser_advance(parser);
            kt_expression *right = parse_binary(parser, parse_unary(parser), level == POWER_LEVEL ? level : level + 1);
            kt_parser_leave(parser);
            if (!right) return NULL;
            right->joint = op;
            last = last->next = right;
        }
        end_here(parser, chain);
        left = chain;
    }
    return NULL;
}

kt_expression *kt_parse_expression_after(kt_parser *parser, kt_expression *first) {
    return parse_binary(parser, parse_postfix(parser, first), 1);
}

kt_expression *kt_parse_expression(kt_parser *parser) {
    kt_expression *expression = parse_unary(parser);
    return level_of(parser) ? parse_binary(parser, expression, 1) : expression;
}

/* ── Lists, indices, operands ── */

/* expression (, expression)* ,?  possibly empty: up to `end`, which is left there */
bool kt_parse_expression_list(kt_parser *parser, kt_token_kind end, kt_expression **list, uint32_t *count) {
    *list = NULL;
    *count = 0;
    if (kt_parser_at(parser, end)) return true;
    do {
        kt_expression *item = kt_parse_expression(parser);
        if (!item) return false;
        *list = item;
        list = &item->next;
        ++*count;
    } while (kt_parser_more(parser, end));
    return true;
}

/* expression? : expression? (: expression)?  or a single expression */
kt_expression *kt_parse_range(kt_parser *parser) {
    const char *at = parser->token.at;
    kt_expression *parts[3] = {NULL, NULL, NULL};
    if (!kt_parser_at(parser, KT_TOKEN_COLON) && !(parts[0] = kt_parse_expression(parser))) return NULL;
    if (!kt_parser_accept(parser, KT_TOKEN_COLON)) return parts[0];
    bool ends = kt_parser_at(parser, KT_TOKEN_RIGHT_BRACKET) || kt_parser_at(parser, KT_TOKEN_COMMA);
    if (!ends && !kt_parser_at(parser, KT_TOKEN_COLON) && !(parts[1] = kt_parse_expression(parser))) return NULL;
    bool stepped = kt_parser_accept(parser, KT_TOKEN_COLON);
    if (stepped && !(parts[2] = kt_parse_expression(parser))) return NULL;
    kt_expression *range = new_expression(parser, KT_EXPRESSION_RANGE, at);
    if (!range) return NULL;
    range->as.range.start = parts[0];
    range->as.range.step = stepped ? parts[1] : NULL;
    range->as.range.stop = stepped ? parts[2] : parts[1];
    return range;
}

/* { expression (, expression)* ,? }, where an item may be such a list again (array literals) */
kt_expression *kt_parse_braces(kt_parser *parser) {
    const char *at = parser->token.at;
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_BRACE, NULL) || !kt_parser_enter(parser)) return NULL;
    kt_expression *first = NULL, **last = &first;
    bool good = true;
    if (!kt_parser_at(parser, KT_TOKEN_RIGHT_BRACE)) {
        do {
            kt_expression *item = kt_parser_at(parser, KT_TOKEN_LEFT_BRACE) ? kt_parse_braces(parser) : kt_parse_expression(parser);
            good = item != NULL;
            if (good) *last = item, last = &item->next;
        } while (good && kt_parser_more(parser, KT_TOKEN_RIGHT_BRACE));
    }
    kt_parser_leave(parser);
    if (!good || !kt_parser_expect(parser, KT_TOKEN_RIGHT_BRACE, "the list")) return NULL;
    kt_expression *set = new_expression(parser, KT_EXPRESSION_SET, at);
    if (set) set->as.first = first;
    return set;
}

/* setExpression of an index or a loop: not empty, not nested */
kt_expression *kt_parse_set(kt_parser *parser) {
    kt_expression *set = kt_parse_braces(parser);
    if (!set) return NULL;
    const kt_expression *wrong = set->as.first ? NULL : set;
    for (const kt_expression *item = set->as.first; item && !wrong; item = item->next)
        if (item->kind == KT_EXPRESSION_SET) wrong = item;
    if (!wrong) return set;
    kt_error_at(parser->report, KT_SYNTAX, (kt_span){wrong->at, wrong->size}, "an index set holds integers");
    return NULL;
}

/* [ setExpression | (expression | range) (, ...)* ,? ] */
kt_expression *kt_parse_index(kt_parser *parser, kt_expression *base) {
    uint32_t indices = 0; /* one behind the other, so far */
    for (const kt_expression *inner = base; inner && inner->kind == KT_EXPRESSION_INDEX; inner = inner->as.index.base)
        if (++indices == parser->max_nesting) {
            kt_error_at(parser->report, KT_NESTING_LIMIT, kt_token_span(&parser->token), "more than %u indices", parser->max_nesting);
            return NULL;
        }
    if (!kt_parser_enter(parser)) return NULL;
    kt_parser_advance(parser);
    kt_expression *items = NULL, **last = &items;
    bool good;
    if (kt_parser_at(parser, KT_TOKEN_LEFT_BRACE)) {
        good = (items = kt_parse_set(parser)) != NULL;
    } else {
        do {
            good = (*last = kt_parse_range(parser)) != NULL;
            if (good) last = &(*last)->next;
        } while (good && kt_parser_more(parser, KT_TOKEN_RIGHT_BRACKET));
    }
    kt_parser_leave(parser);
    if (!good || !kt_parser_expect(parser, KT_TOKEN_RIGHT_BRACKET, "the index")) return NULL;
    kt_expression *index = base;
    if (base->kind == KT_EXPRESSION_NAME && !base->parenthesized) { /* the common q[3] needs no node for q */
        uint32_t symbol = base->as.symbol;
        index->kind = KT_EXPRESSION_INDEX;
        index->as.index.base = NULL;
        index->as.index.symbol = symbol;
    } else {
        if (!(index = new_expression(parser, KT_EXPRESSION_INDEX, base->at))) return NULL;
        index->as.index.base = base;
        index->as.index.symbol = KT_NO_SYMBOL;
    }
    index->as.index.items = items;
    end_here(parser, index);
    return index;
}

/* indexedIdentifier: Identifier indexOperator* */
kt_expression *kt_parse_lvalue(kt_parser *parser) {
    if (!kt_parser_at(parser, KT_TOKEN_NAME)) return kt_parser_wrong(parser, "a name", NULL);
    return parse_postfix(parser, kt_parse_name(parser));
}

/* gateOperand: indexedIdentifier | HardwareQubit */
kt_expression *kt_parse_operand(kt_parser *parser) {
    if (kt_parser_at(parser, KT_TOKEN_HARDWARE_QUBIT)) return parse_literal(parser, KT_EXPRESSION_HARDWARE);
    if (!kt_parser_at(parser, KT_TOKEN_NAME)) return kt_parser_wrong(parser, "a qubit or register", NULL);
    return parse_postfix(parser, kt_parse_name(parser));
}

/* gateOperand (, gateOperand)* ,? */
bool kt_parse_operands(kt_parser *parser, kt_expression **list, uint32_t *count) {
    *list = NULL;
    *count = 0;
    do {
        kt_expression *operand = kt_parse_operand(parser);
        if (!operand) return false;
        *list = operand;
        list = &operand->next;
        ++*count;
    } while (kt_parser_more(parser, KT_TOKEN_SEMICOLON));
    return true;
}

/* expression | measure gateOperand | Identifier (( expressionList? ))? gateOperandList */
kt_expression *kt_parse_assigned(kt_parser *parser) {
    const char *at = parser->token.at;
    if (kt_parser_accept(parser, KT_TOKEN_MEASURE)) {
        kt_expression *operand = kt_parse_operand(parser);
        kt_expression *measured = operand ? new_expression(parser, KT_EXPRESSION_MEASURE, at) : NULL;
        if (measured) measured->as.first = operand;
        return measured;
    }
    kt_expression *expression = kt_parse_expression(parser);
    if (!expression || expression->parenthesized) return expression;
    if (!kt_parser_at(parser, KT_TOKEN_NAME) && !kt_parser_at(parser, KT_TOKEN_HARDWARE_QUBIT)) return expression;
    if (expression->kind == KT_EXPRESSION_NAME) {
        uint32_t symbol = expression->as.symbol;
        expression->as.call.arguments = NULL;
        expression->as.call.argument_count = 0;
        expression->as.call.symbol = symbol;
    } else if (expression->kind != KT_EXPRESSION_CALL) {
        return expression;
    }
    uint32_t count;
    expression->kind = KT_EXPRESSION_QUANTUM_CALL;
    if (!kt_parse_operands(parser, &expression->as.call.operands, &count)) return NULL;
    end_here(parser, expression);
    return expression;
}

/* ── Types ── */

bool kt_parser_at_type(const kt_parser *parser) {
    uint8_t kind = parser->token.kind;
    return (kind >= KT_TOKEN_BOOL && kind <= KT_TOKEN_ARRAY);
}

/* [ expression ] */
kt_expression *kt_parse_designator(kt_parser *parser) {
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_BRACKET, NULL) || !kt_parser_enter(parser)) return NULL;
    kt_expression *width = kt_parse_expression(parser);
    kt_parser_leave(parser);
    return width && kt_parser_expect(parser, KT_TOKEN_RIGHT_BRACKET, "the width") ? width : NULL;
}

/* array [ scalarType , expressionList ], and #dim = expression instead of the list where it is a reference: behind `array` */
static bool parse_array(kt_parser *parser, kt_type_name *type, bool reference) {
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_BRACKET, "`array`")) return false;
    if (!kt_parser_at_type(parser) || kt_parser_at(parser, KT_TOKEN_ARRAY))
        return kt_parser_wrong(parser, "the type of the elements", NULL);
    if (!(type->element = kt_parse_type(parser)) || !kt_parser_expect(parser, KT_TOKEN_COMMA, "the type of the elements")) return false;
    uint32_t count = 0;
    if (reference && kt_parser_at(parser, KT_TOKEN_DIM)) {
        type->dimension_count = true;
        kt_parser_advance(parser);
        if (!kt_parser_expect(parser, KT_TOKEN_EQUALS, "`#dim`")) return false;
        if (!(type->dimensions = kt_parse_expression(parser))) return false;
    } else if (!kt_parse_expression_list(parser, KT_TOKEN_RIGHT_BRACKET, &type->dimensions, &count)) {
        return false;
    } else if (!count) {
        return kt_parser_wrong(parser, "the array's dimensions", NULL);
    }
    return kt_parser_expect(parser, KT_TOKEN_RIGHT_BRACKET, "the dimensions");
}

kt_type_name *kt_parse_type(kt_parser *parser) { return kt_parse_type_or_reference(parser, false); }

/* bit int uint float angle with designator?; bool duration stretch; complex with [ scalarType ]?; array */
kt_type_name *kt_parse_type_or_reference(kt_parser *parser, bool reference) {
    kt_type_name *type = kt_parser_alloc(parser, sizeof *type);
    if (!type) return NULL;
    kt_token token = parser->token;
    *type = (kt_type_name){.keyword = token.kind, .span = kt_token_span(&token)};
    kt_parser_advance(parser);
    if (token.kind == KT_TOKEN_ARRAY) {
        if (!kt_parser_enter(parser)) return NULL;
        bool good = parse_array(parser, type, reference);
        kt_parser_leave(parser);
        return good ? type : NULL;
    }
    if (!kt_parser_at(parser, KT_TOKEN_LEFT_BRACKET)) return type;
    switch (token.kind) {
    case KT_TOKEN_BIT:
    case KT_TOKEN_INT:
    case KT_TOKEN_UINT:
    case KT_TOKEN_FLOAT:
    case KT_TOKEN_ANGLE: return (type->width = kt_parse_designator(parser)) ? type : NULL;
    case KT_TOKEN_COMPLEX: {
        kt_parser_advance(parser);
        if (!kt_parser_at_type(parser) || kt_parser_at(parser, KT_TOKEN_ARRAY)) return kt_parser_wrong(parser, "a type", NULL);
        if (!kt_parser_enter(parser)) return NULL;
        type->element = kt_parse_type(parser);
        kt_parser_leave(parser);
        return type->element && kt_parser_expect(parser, KT_TOKEN_RIGHT_BRACKET, "the type") ? type : NULL;
    }
    default: return type; /* the bracket is wrong: whoever comes next says so */
    }
}
