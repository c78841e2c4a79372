/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements that do something: gate calls, measurements, assignments, control flow. Those that declare are in parser_declaration.c.
 */
#include "qasm/parser.h"

/* INV | POW ( expression ) | (CTRL | NEGCTRL) (( expression ))?   each followed by @ */
static bool parse_modifiers(kt_parser *parser, kt_modifier **last) {
    while (parser->token.kind >= KT_TOKEN_INV && parser->token.kind <= KT_TOKEN_NEGCTRL) {
        kt_modifier *modifier = kt_parser_alloc(parser, sizeof *modifier);
        if (!modifier) return false;
        *modifier = (kt_modifier){.kind = parser->token.kind, .span = kt_token_span(&parser->token)};
        kt_parser_advance(parser);
        bool argument = modifier->kind == KT_TOKEN_POW || (modifier->kind != KT_TOKEN_INV && kt_parser_at(parser, KT_TOKEN_LEFT_PAREN));
        if (argument) {
            if (!kt_parser_expect(parser, KT_TOKEN_LEFT_PAREN, "`pow`") || !kt_parser_enter(parser)) return false;
            modifier->argument = kt_parse_expression(parser);
            kt_parser_leave(parser);
            if (!modifier->argument || !kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the modifier's argument")) return false;
        }
        if (!kt_parser_expect(parser, KT_TOKEN_AT, "the modifier")) return false;
        *last = modifier;
        last = &modifier->next;
    }
    return true;
}

/* gateModifier* Identifier (( expressionList? ))? designator? gateOperandList ;
   gateModifier* GPHASE (( expressionList? ))? designator? gateOperandList? ; */
static kt_statement *parse_modified_call(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_GATE_CALL);
    if (!statement || !parse_modifiers(parser, &statement->as.call.modifiers)) return NULL;
    bool phase = kt_parser_at(parser, KT_TOKEN_GPHASE);
    if (!phase && !kt_parser_at(parser, KT_TOKEN_NAME)) return kt_parser_wrong(parser, "a gate", NULL);
    statement->name = kt_token_span(&parser->token);
    statement->symbol = parser->token.symbol;
    kt_parser_advance(parser);
    if (kt_parser_accept(parser, KT_TOKEN_LEFT_PAREN)) {
        if (!kt_parser_enter(parser)) return NULL;
        bool good =
            kt_parse_expression_list(parser, KT_TOKEN_RIGHT_PAREN, &statement->as.call.arguments, &statement->as.call.argument_count);
        kt_parser_leave(parser);
        if (!good || !kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the angles")) return NULL;
    }
    if (kt_parser_at(parser, KT_TOKEN_LEFT_BRACKET) && !(statement->as.call.designator = kt_parse_designator(parser))) return NULL;
    bool operands = !phase || kt_parser_at(parser, KT_TOKEN_NAME) || kt_parser_at(parser, KT_TOKEN_HARDWARE_QUBIT);
    if (operands && !kt_parse_operands(parser, &statement->as.call.operands, &statement->as.call.operand_count)) return NULL;
    return kt_parser_finish_list(parser) ? statement : NULL;
}

static bool at_operand(const kt_parser *parser) {
    return kt_parser_at(parser, KT_TOKEN_NAME) || kt_parser_at(parser, KT_TOKEN_HARDWARE_QUBIT);
}

/* -> indexedIdentifier, behind a measurement or a call that stands for one */
static kt_statement *parse_arrow(kt_parser *parser, kt_statement *statement, kt_expression *measured) {
    statement->kind = KT_STATEMENT_MEASURE;
    statement->as.assign.target = NULL;
    statement->as.assign.value = measured;
    if (!kt_parser_accept(parser, KT_TOKEN_ARROW)) return kt_parser_finish_or(parser, "`->` or `;`") ? statement : NULL;
    return (statement->as.assign.target = kt_parse_lvalue(parser)) && kt_parser_finish(parser) ? statement : NULL;
}

/* indexedIdentifier (= | op=) (expression | measureExpression | quantumCallExpression) ; at the operator */
static kt_statement *parse_assignment(kt_parser *parser, kt_statement *statement, kt_expression *target) {
    statement->kind = KT_STATEMENT_ASSIGN;
    statement->op = kt_parser_at(parser, KT_TOKEN_COMPOUND) ? (uint8_t)parser->token.symbol : (uint8_t)KT_TOKEN_EQUALS;
    statement->as.assign.target = target;
    kt_parser_advance(parser);
    if (!(statement->as.assign.value = kt_parse_assigned(parser))) return NULL;
    return kt_parser_finish(parser) ? statement : NULL;
}

/* A call with operands becomes an expression where an arrow shows that it was one. */
static kt_statement *finish_call(kt_parser *parser, kt_statement *statement) {
    if (!kt_parse_operands(parser, &statement->as.call.operands, &statement->as.call.operand_count)) return NULL;
    if (!kt_parser_at(parser, KT_TOKEN_ARROW) || statement->as.call.designator) return kt_parser_finish_list(parser) ? statement : NULL;
    kt_expression *call = kt_parser_alloc(parser, sizeof *call);
    if (!call) return NULL;
    *call = (kt_expression){.kind = KT_EXPRESSION_QUANTUM_CALL, .size = statement->name.size, .at = statement->name.at};
    call->as.call.symbol = statement->symbol;
    call->as.call.arguments = statement->as.call.arguments;
    call->as.call.argument_count = statement->as.call.argument_count;
    call->as.call.operands = statement->as.call.operands;
    return parse_arrow(parser, statement, call);
}

/* Statements that begin with a name: a gate call, an assignment, or an expression. What follows the name decides. */
static kt_statement *parse_name_statement(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_GATE_CALL);
    if (!statement) return NULL;
    kt_token name = parser->token;
    kt_parser_advance(parser);
    if (at_operand(parser)) return finish_call(parser, statement);
    kt_expression *expression = kt_parser_alloc(parser, sizeof *expression);
    if (!expression) return NULL;
    *expression = (kt_expression){.kind = KT_EXPRESSION_NAME, .size = name.size, .at = name.at, .as.symbol = name.symbol};
    if (kt_parser_at(parser, KT_TOKEN_LEFT_PAREN)) {
        if (!kt_parse_call(parser, expression)) return NULL;
        statement->as.call.arguments = expression->as.call.arguments;
        statement->as.call.argument_count = expression->as.call.argument_count;
        if (at_operand(parser)) return finish_call(parser, statement);
    }
    for (bool first = true; kt_parser_at(parser, KT_TOKEN_LEFT_BRACKET); first = false) {
        if (!(expression = kt_parse_index(parser, expression))) return NULL;
        const kt_expression *item = expression->as.index.items;
        if (first && at_operand(parser) && !item->next && item->kind != KT_EXPRESSION_RANGE && item->kind != KT_EXPRESSION_SET) {
            statement->as.call.designator = expression->as.index.items;
            return finish_call(parser, statement);
        }
    }
    bool assignable = expression->kind == KT_EXPRESSION_NAME || (expression->kind == KT_EXPRESSION_INDEX && !statement->as.call.arguments);
    if (assignable && (kt_parser_at(parser, KT_TOKEN_EQUALS) || kt_parser_at(parser, KT_TOKEN_COMPOUND)))
        return parse_assignment(parser, statement, expression);
    if (expression->kind == KT_EXPRESSION_NAME && parser->lexer.dialect == 2)
        return kt_parser_wrong(parser, "a qubit or register", "the gate");
    statement->kind = KT_STATEMENT_EXPRESSION;
    if (!(expression = kt_parse_expression_after(parser, expression))) return NULL;
    statement->as.expression = expression;
    return kt_parser_finish(parser) ? statement : NULL;
}

/* expression ; */
static kt_statement *parse_expression_statement(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_EXPRESSION);
    if (!statement || !(statement->as.expression = kt_parse_expression(parser))) return NULL;
    return kt_parser_finish(parser) ? statement : NULL;
}

/* measure gateOperand (-> indexedIdentifier)? ; */
static kt_statement *parse_measure(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_MEASURE);
    kt_expression *measured = statement ? kt_parse_assigned(parser) : NULL;
    return measured ? parse_arrow(parser, statement, measured) : NULL;
}

/* BARRIER | NOP gateOperandList? ;   RESET gateOperand ;   DELAY designator gateOperandList? ; */
static kt_statement *parse_directive(kt_parser *parser, kt_statement_kind kind) {
    kt_statement *statement = kt_parser_statement(parser, kind);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (kind == KT_STATEMENT_DELAY && !(statement->as.call.designator = kt_parse_designator(parser))) return NULL;
    if (kind == KT_STATEMENT_RESET) {
        statement->as.call.operand_count = 1;
        if (!(statement->as.call.operands = kt_parse_operand(parser))) return NULL;
    } else if (!kt_parser_at(parser, KT_TOKEN_SEMICOLON) || parser->lexer.dialect == 2) {
        if (!kt_parse_operands(parser, &statement->as.call.operands, &statement->as.call.operand_count)) return NULL;
    }
    return kt_parser_finish(parser) ? statement : NULL;
}

/* ( expression ) behind if, while, switch */
static kt_expression *parse_condition(kt_parser *parser, const char *after) {
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_PAREN, after) || !kt_parser_enter(parser)) return NULL;
    kt_expression *condition = kt_parse_expression(parser);
    kt_parser_leave(parser);
    return condition && kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the condition") ? condition : NULL;
}

/* IF ( expression ) statementOrScope (ELSE statementOrScope)?   In OpenQASM 2 the body is one operation. */
static kt_statement *parse_if(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_IF);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!(statement->as.control.condition = parse_condition(parser, "`if`"))) return NULL;
    kt_token_kind kind = parser->token.kind;
    if (parser->lexer.dialect == 2 && kind != KT_TOKEN_NAME && kind != KT_TOKEN_MEASURE && kind != KT_TOKEN_RESET &&
        kind != KT_TOKEN_BARRIER)
        return kt_parser_wrong(parser, "a gate, `measure` or `reset`", "the condition");
    if (!(statement->as.control.body = kt_parse_body(parser))) return NULL;
    if (kt_parser_accept(parser, KT_TOKEN_ELSE) && !(statement->as.control.otherwise = kt_parse_body(parser))) return NULL;
    return statement;
}

/* WHILE ( expression ) statementOrScope */
static kt_statement *parse_while(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_WHILE);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!(statement->as.control.condition = parse_condition(parser, "`while`"))) return NULL;
    return (statement->as.control.body = kt_parse_body(parser)) ? statement : NULL;
}

/* FOR scalarType Identifier IN ({ ... } | [ range ] | expression) statementOrScope */
static kt_statement *parse_for(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_FOR);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!kt_parser_at_type(parser) || kt_parser_at(parser, KT_TOKEN_ARRAY))
        return kt_parser_wrong(parser, "the loop variable's type", "`for`");
    if (!(statement->as.control.type = kt_parse_type(parser))) return NULL;
    statement->name = kt_token_span(&parser->token);
    statement->symbol = parser->token.symbol;
    if (!kt_parser_expect(parser, KT_TOKEN_NAME, "the loop variable's type") || !kt_parser_expect(parser, KT_TOKEN_IN, "the loop variable"))
        return NULL;
    kt_expression *values;
    if (kt_parser_accept(parser, KT_TOKEN_LEFT_BRACKET)) {
        values = kt_parse_range(parser);
        if (values && values->kind != KT_EXPRESSION_RANGE) return kt_parser_wrong(parser, "`:`", "the start of the range");
        if (!values || !kt_parser_expect(parser, KT_TOKEN_RIGHT_BRACKET, "the range")) return NULL;
    } else {
        values = kt_parser_at(parser, KT_TOKEN_LEFT_BRACE) ? kt_parse_set(parser) : kt_parse_expression(parser);
    }
    if (!(statement->as.control.condition = values)) return NULL;
    return (statement->as.control.body = kt_parse_body(parser)) ? statement : NULL;
}

/* SWITCH ( expression ) { (CASE expressionList scope | DEFAULT scope)* } */
static kt_statement *parse_switch(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_SWITCH);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!(statement->as.control.condition = parse_condition(parser, "`switch`"))) return NULL;
    if (!kt_parser_expect(parser, KT_TOKEN_LEFT_BRACE, "the value")) return NULL;
    parser->opened++;
    for (kt_case **last = &statement->as.control.cases; !kt_parser_accept(parser, KT_TOKEN_RIGHT_BRACE); last = &(*last)->next) {
        kt_case *item = *last = kt_parser_alloc(parser, sizeof *item);
        if (!item) return NULL;
        *item = (kt_case){.span = kt_token_span(&parser->token)};
        uint32_t count = 1;
        if (kt_parser_accept(parser, KT_TOKEN_CASE)) {
            if (!kt_parse_expression_list(parser, KT_TOKEN_LEFT_BRACE, &item->values, &count)) return NULL;
            if (!count) return kt_parser_wrong(parser, "a value", "`case`");
        } else if (!kt_parser_accept(parser, KT_TOKEN_DEFAULT)) {
            return kt_parser_wrong(parser, "`case`, `default` or `}`", NULL);
        }
        if (!kt_parse_block(parser, &item->body)) return NULL;
    }
    return statement;
}

/* RETURN (expression | measureExpression | quantumCallExpression)? ; */
static kt_statement *parse_return(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_RETURN);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!kt_parser_at(parser, KT_TOKEN_SEMICOLON) && !(statement->as.expression = kt_parse_assigned(parser))) return NULL;
    return kt_parser_finish(parser) ? statement : NULL;
}

/* BREAK ; CONTINUE ; END ; */
static kt_statement *parse_word(kt_parser *parser, kt_statement_kind kind) {
    kt_statement *statement = kt_parser_statement(parser, kind);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    return kt_parser_finish(parser) ? statement : NULL;
}

/* BOX designator? scope */
static kt_statement *parse_box(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_BOX);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (kt_parser_at(parser, KT_TOKEN_LEFT_BRACKET) && !(statement->as.control.condition = kt_parse_designator(parser))) return NULL;
    return kt_parse_block(parser, &statement->as.control.body) ? statement : NULL;
}

/* INCLUDE StringLiteral ;   DEFCALGRAMMAR StringLiteral ; */
static kt_statement *parse_quoted(kt_parser *parser, kt_statement_kind kind) {
    kt_statement *statement = kt_parser_statement(parser, kind);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    kt_token token = parser->token;
    if (token.kind != KT_TOKEN_STRING && token.kind != KT_TOKEN_BITSTRING) return kt_parser_wrong(parser, "a name in quotes", NULL);
    statement->name = kt_token_span(&token);
    statement->as.text = (kt_span){token.at + 1, token.size - 2};
    if (token.size == 2) return kt_parser_wrong(parser, "a name in the quotes", NULL);
    kt_parser_advance(parser);
    return kt_parser_finish(parser) ? statement : NULL;
}

/* PRAGMA RemainingLineContent */
static kt_statement *parse_pragma(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_PRAGMA);
    if (!statement) return NULL;
    statement->as.text = kt_lexer_rest_of_line(&parser->lexer);
    if (!statement->as.text.size)
        return kt_error_at(parser->report, KT_SYNTAX, statement->span, "a pragma without text"), (kt_statement *)NULL;
    kt_parser_advance(parser);
    return statement;
}

/* CAL { ... }   DEFCAL target (( arguments? ))? operands returnSignature? { ... } */
static kt_statement *parse_calibration(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_CALIBRATION);
    if (!statement) return NULL;
    bool defines = kt_parser_at(parser, KT_TOKEN_DEFCAL);
    kt_parser_advance(parser);
    if (defines) {
        statement->name = kt_token_span(&parser->token);
        statement->symbol = parser->token.symbol;
    }
    if (defines && !kt_parse_calibration_head(parser)) return NULL;
    kt_token brace = parser->token;
    if (brace.kind != KT_TOKEN_LEFT_BRACE) return kt_parser_wrong(parser, "`{`", NULL);
    if (!kt_lexer_calibration(&statement->as.text, &parser->lexer))
        kt_error_at(parser->report, KT_UNCLOSED_BLOCK, kt_token_span(&brace), "this `{` is never closed");
    kt_parser_advance(parser);
    return statement;
}

/* @name rest-of-line, before a statement */
static bool parse_annotations(kt_parser *parser, kt_annotation **last) {
    while (kt_parser_at(parser, KT_TOKEN_AT)) {
        kt_annotation *annotation = kt_parser_alloc(parser, sizeof *annotation);
        if (!annotation) return false;
        const char *at = parser->token.at;
        if (parser->lexer.next < parser->lexer.end && (*parser->lexer.next == ' ' || *parser->lexer.next == '\t')) {
            kt_parser_advance(parser);
            return kt_parser_wrong(parser, "the annotation's name directly after `@`", NULL);
        }
        kt_span text = kt_lexer_rest_of_line(&parser->lexer);
        *annotation = (kt_annotation){.span = {at, text.size + 1}};
        parser->token.size = text.size + 1;
        kt_parser_advance(parser);
        if (kt_parser_at(parser, KT_TOKEN_END_OF_FILE) || kt_parser_at(parser, KT_TOKEN_RIGHT_BRACE))
            return kt_parser_wrong(parser, "a statement", "the annotation");
        *last = annotation;
        last = &annotation->next;
    }
    return true;
}

static kt_statement *parse_by_first_token(kt_parser *parser) {
    switch (parser->token.kind) {
    case KT_TOKEN_NAME: return parse_name_statement(parser);
    case KT_TOKEN_GPHASE:
    case KT_TOKEN_INV:
    case KT_TOKEN_POW:
    case KT_TOKEN_CTRL:
    case KT_TOKEN_NEGCTRL: return parse_modified_call(parser);
    case KT_TOKEN_MEASURE: return parse_measure(parser);
    case KT_TOKEN_BARRIER: return parse_directive(parser, KT_STATEMENT_BARRIER);
    case KT_TOKEN_NOP: return parse_directive(parser, KT_STATEMENT_NOP);
    case KT_TOKEN_RESET: return parse_directive(parser, KT_STATEMENT_RESET);
    case KT_TOKEN_DELAY: return parse_directive(parser, KT_STATEMENT_DELAY);
    case KT_TOKEN_IF: return parse_if(parser);
    case KT_TOKEN_FOR: return parse_for(parser);
    case KT_TOKEN_WHILE: return parse_while(parser);
    case KT_TOKEN_SWITCH: return parse_switch(parser);
    case KT_TOKEN_BREAK: return parse_word(parser, KT_STATEMENT_BREAK);
    case KT_TOKEN_CONTINUE: return parse_word(parser, KT_STATEMENT_CONTINUE);
    case KT_TOKEN_END: return parse_word(parser, KT_STATEMENT_END);
    case KT_TOKEN_RETURN: return parse_return(parser);
    case KT_TOKEN_BOX: return parse_box(parser);
    case KT_TOKEN_INCLUDE: return parse_quoted(parser, KT_STATEMENT_INCLUDE);
    case KT_TOKEN_DEFCALGRAMMAR: return parse_quoted(parser, KT_STATEMENT_CALIBRATION);
    case KT_TOKEN_CAL:
    case KT_TOKEN_DEFCAL: return parse_calibration(parser);
    case KT_TOKEN_PRAGMA:
    case KT_TOKEN_HASH_PRAGMA: return parse_pragma(parser);
    case KT_TOKEN_LET: return kt_parse_let(parser);
    case KT_TOKEN_GATE:
    case KT_TOKEN_OPAQUE: return kt_parse_gate_definition(parser);
    case KT_TOKEN_DEF:
    case KT_TOKEN_EXTERN: return kt_parse_routine(parser);
    case KT_TOKEN_QREG:
    case KT_TOKEN_CREG:
    case KT_TOKEN_QUBIT:
    case KT_TOKEN_CONST:
    case KT_TOKEN_INPUT:
    case KT_TOKEN_OUTPUT: return kt_parse_declaration(parser);
    case KT_TOKEN_LEFT_BRACE:
        if (parser->lexer.dialect == 3) return kt_parse_body(parser);
        break;
    case KT_TOKEN_OPENQASM:
        kt_error_at(parser->report, KT_BAD_VERSION, kt_token_span(&parser->token),
                    "the version may stand only at the very start of a program");
        return NULL;
    case KT_TOKEN_INTEGER:
    case KT_TOKEN_REAL:
    case KT_TOKEN_IMAGINARY:
    case KT_TOKEN_TIMING:
    case KT_TOKEN_BITSTRING:
    case KT_TOKEN_HARDWARE_QUBIT:
    case KT_TOKEN_TRUE:
    case KT_TOKEN_FALSE:
    case KT_TOKEN_DURATIONOF:
    case KT_TOKEN_LEFT_PAREN:
    case KT_TOKEN_MINUS:
    case KT_TOKEN_TILDE:
    case KT_TOKEN_EXCLAMATION:
        if (parser->lexer.dialect == 3) return parse_expression_statement(parser);
        break;
    default:
        if (kt_parser_at_type(parser)) return kt_parse_declaration(parser);
        break;
    }
    return kt_parser_wrong(parser, "a statement", NULL);
}

kt_statement *kt_parse_statement_here(kt_parser *parser) {
    parser->statement = parser->token;
    kt_annotation *annotations = NULL;
    if (kt_parser_at(parser, KT_TOKEN_AT) && parser->lexer.dialect == 3 && !parse_annotations(parser, &annotations)) return NULL;
    kt_statement *statement = parse_by_first_token(parser);
    if (statement) statement->annotations = annotations;
    return statement;
}
