/* SPDX-License-Identifier: Apache-2.0
 *
 * Statements that declare or define a name.
 */
#include "qasm/parser.h"

static bool take_name(kt_parser *parser, kt_statement *statement, const char *after) {
    statement->name = kt_token_span(&parser->token);
    statement->symbol = parser->token.symbol;
    return kt_parser_expect(parser, KT_TOKEN_NAME, after);
}

static bool optional_width(kt_parser *parser, kt_expression **width) {
    return !kt_parser_at(parser, KT_TOKEN_LEFT_BRACKET) || (*width = kt_parse_designator(parser));
}

/* (CREG | QREG) Identifier designator? ;   QUBIT designator? Identifier ; */
static kt_statement *parse_register(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_REGISTER);
    if (!statement) return NULL;
    bool width_first = kt_parser_at(parser, KT_TOKEN_QUBIT);
    kt_parser_advance(parser);
    if (width_first && !optional_width(parser, &statement->as.declaration.width)) return NULL;
    if (!take_name(parser, statement, width_first ? "the type" : kt_token_text(statement->op))) return NULL;
    if (!width_first && !optional_width(parser, &statement->as.declaration.width)) return NULL;
    return kt_parser_finish(parser) ? statement : NULL;
}

/* (scalarType | arrayType) Identifier (= declarationExpression)? ;   or a cast as a statement
   CONST scalarType Identifier = declarationExpression ;
   (INPUT | OUTPUT) (scalarType | arrayType) Identifier ; */
kt_statement *kt_parse_declaration(kt_parser *parser) {
    kt_token_kind first = parser->token.kind;
    if (first == KT_TOKEN_QREG || first == KT_TOKEN_CREG || first == KT_TOKEN_QUBIT) return parse_register(parser);
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_CLASSICAL);
    if (!statement) return NULL;
    if (first == KT_TOKEN_CONST || first == KT_TOKEN_INPUT || first == KT_TOKEN_OUTPUT) {
        statement->modifier = (uint8_t)first;
        kt_parser_advance(parser);
        bool array = kt_parser_at(parser, KT_TOKEN_ARRAY) && first != KT_TOKEN_CONST;
        if (!array && (!kt_parser_at_type(parser) || kt_parser_at(parser, KT_TOKEN_ARRAY)))
            return kt_parser_wrong(parser, "a type", kt_token_text(first));
    }
    if (!(statement->as.declaration.type = kt_parse_type(parser))) return NULL;
    if (statement->modifier == KT_TOKEN_NAME && kt_parser_at(parser, KT_TOKEN_LEFT_PAREN)) {
        statement->kind = KT_STATEMENT_EXPRESSION;
        kt_expression *cast = kt_parse_cast_of(parser, statement->as.declaration.type);
        statement->as.expression = cast ? kt_parse_expression_after(parser, cast) : NULL;
        return statement->as.expression && kt_parser_finish(parser) ? statement : NULL;
    }
    if (!take_name(parser, statement, "the type")) return NULL;
    bool valued = statement->modifier == KT_TOKEN_CONST || (statement->modifier == KT_TOKEN_NAME && kt_parser_at(parser, KT_TOKEN_EQUALS));
    if (valued) {
        if (!kt_parser_expect(parser, KT_TOKEN_EQUALS, "the name of a constant")) return NULL;
        statement->as.declaration.value = kt_parser_at(parser, KT_TOKEN_LEFT_BRACE) ? kt_parse_braces(parser) : kt_parse_assigned(parser);
        if (!statement->as.declaration.value) return NULL;
    }
    return kt_parser_finish(parser) ? statement : NULL;
}

/* LET Identifier = expression (++ expression)* ; */
kt_statement *kt_parse_let(kt_parser *parser) {
    kt_statement *statement = kt_parser_statement(parser, KT_STATEMENT_LET);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!take_name(parser, statement, "`let`") || !kt_parser_expect(parser, KT_TOKEN_EQUALS, "the alias")) return NULL;
    kt_expression *whole = kt_parse_expression(parser);
    if (!whole) return NULL;
    bool parts = kt_is_concatenation(whole) && !whole->parenthesized;
    statement->as.expression = parts ? whole->as.first : whole;
    return kt_parser_finish(parser) ? statement : NULL;
}

/* Identifier (, Identifier)* ,? */
static bool parse_names(kt_parser *parser, kt_token_kind end, kt_name **last, uint32_t *count) {
    do {
        kt_name *name = kt_parser_alloc(parser, sizeof *name);
        if (!name) return false;
        *name = (kt_name){.span = kt_token_span(&parser->token), .symbol = parser->token.symbol};
        if (!kt_parser_expect(parser, KT_TOKEN_NAME, NULL)) return false;
        *last = name;
        last = &name->next;
        ++*count;
    } while (kt_parser_more(parser, end));
    return true;
}

/* GATE Identifier (( identifierList? ))? identifierList scope
   OPAQUE Identifier (( identifierList? ))? identifierList ; */
kt_statement *kt_parse_gate_definition(kt_parser *parser) {
    bool opaque = kt_parser_at(parser, KT_TOKEN_OPAQUE);
    kt_statement *statement = kt_parser_statement(parser, opaque ? KT_STATEMENT_OPAQUE : KT_STATEMENT_GATE);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!take_name(parser, statement, opaque ? "`opaque`" : "`gate`")) return NULL;
    if (kt_parser_accept(parser, KT_TOKEN_LEFT_PAREN)) {
        if (!kt_parser_at(parser, KT_TOKEN_RIGHT_PAREN) &&
            !parse_names(parser, KT_TOKEN_RIGHT_PAREN, &statement->as.gate.parameters, &statement->as.gate.parameter_count))
            return NULL;
        if (!kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the parameters")) return NULL;
    }
    kt_token_kind end = opaque ? KT_TOKEN_SEMICOLON : KT_TOKEN_LEFT_BRACE;
    if (!parse_names(parser, end, &statement->as.gate.qubits, &statement->as.gate.qubit_count)) return NULL;
    if (opaque) return kt_parser_finish(parser) ? statement : NULL;
    if (!kt_parse_block(parser, &statement->as.gate.body)) return NULL;
    statement->as.gate.text = (kt_span){statement->name.at, (uint32_t)(parser->last_end - statement->name.at)};
    return statement;
}

/* ── Routines ── */

/* (READONLY | MUTABLE) array */
static kt_type_name *parse_reference(kt_parser *parser) {
    bool readonly = kt_parser_at(parser, KT_TOKEN_READONLY);
    kt_parser_advance(parser);
    if (!kt_parser_at(parser, KT_TOKEN_ARRAY)) return kt_parser_wrong(parser, "`array`", NULL);
    kt_type_name *type = kt_parse_type_or_reference(parser, true);
    if (type) type->readonly = readonly;
    return type;
}

/* of def: scalarType Identifier | QUBIT designator? Identifier | (CREG | QREG) Identifier designator? | reference Identifier
   of extern: scalarType | reference | CREG designator? */
static kt_argument_definition *parse_argument(kt_parser *parser, bool named) {
    kt_argument_definition *argument = kt_parser_alloc(parser, sizeof *argument);
    if (!argument) return NULL;
    *argument = (kt_argument_definition){0};
    kt_token token = parser->token;
    bool width_last = token.kind == KT_TOKEN_CREG || (token.kind == KT_TOKEN_QREG && named);
    if (token.kind == KT_TOKEN_READONLY || token.kind == KT_TOKEN_MUTABLE) {
        if (!(argument->type = parse_reference(parser))) return NULL;
    } else if (width_last || (token.kind == KT_TOKEN_QUBIT && named)) {
        if (!(argument->type = kt_parser_alloc(parser, sizeof *argument->type))) return NULL;
        *argument->type = (kt_type_name){.keyword = token.kind, .span = kt_token_span(&token)};
        kt_parser_advance(parser);
        if ((!width_last || !named) && !optional_width(parser, &argument->type->width)) return NULL;
    } else {
        if (!kt_parser_at_type(parser) || token.kind == KT_TOKEN_ARRAY) return kt_parser_wrong(parser, "the type of an argument", NULL);
        if (!(argument->type = kt_parse_type(parser))) return NULL;
    }
    if (!named) return argument;
    argument->name = kt_token_span(&parser->token);
    argument->symbol = parser->token.symbol;
    if (!kt_parser_expect(parser, KT_TOKEN_NAME, "the type")) return NULL;
    return !width_last || optional_width(parser, &argument->type->width) ? argument : NULL;
}

/* (-> scalarType)? */
static bool parse_return_type(kt_parser *parser, kt_type_name **type) {
    if (!kt_parser_accept(parser, KT_TOKEN_ARROW)) return true;
    if (!kt_parser_at_type(parser) || kt_parser_at(parser, KT_TOKEN_ARRAY)) return kt_parser_wrong(parser, "a type", "`->`");
    return (*type = kt_parse_type(parser));
}

/* DEF Identifier ( argumentDefinitionList? ) returnSignature? scope
   EXTERN Identifier ( externArgumentList? ) returnSignature? ; */
kt_statement *kt_parse_routine(kt_parser *parser) {
    bool def = kt_parser_at(parser, KT_TOKEN_DEF);
    kt_statement *statement = kt_parser_statement(parser, def ? KT_STATEMENT_DEF : KT_STATEMENT_EXTERN);
    if (!statement) return NULL;
    kt_parser_advance(parser);
    if (!take_name(parser, statement, def ? "`def`" : "`extern`") || !kt_parser_expect(parser, KT_TOKEN_LEFT_PAREN, "the name"))
        return NULL;
    if (!kt_parser_at(parser, KT_TOKEN_RIGHT_PAREN)) {
        kt_argument_definition **last = &statement->as.routine.arguments;
        do {
            if (!(*last = parse_argument(parser, def))) return NULL;
            last = &(*last)->next;
        } while (kt_parser_more(parser, KT_TOKEN_RIGHT_PAREN));
    }
    if (!kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the arguments") || !parse_return_type(parser, &statement->as.routine.returns))
        return NULL;
    if (def) return kt_parse_block(parser, &statement->as.routine.body) ? statement : NULL;
    return kt_parser_finish(parser) ? statement : NULL;
}

/* MEASURE | RESET | DELAY | Identifier, then (( (expression | argumentDefinition), ... ))?, (HardwareQubit | Identifier), ...,
 * returnSignature? */
bool kt_parse_calibration_head(kt_parser *parser) {
    kt_token_kind kind = parser->token.kind;
    if (kind != KT_TOKEN_MEASURE && kind != KT_TOKEN_RESET && kind != KT_TOKEN_DELAY && kind != KT_TOKEN_NAME)
        return kt_parser_wrong(parser, "what is calibrated", "`defcal`");
    kt_parser_advance(parser);
    if (kt_parser_accept(parser, KT_TOKEN_LEFT_PAREN)) {
        while (!kt_parser_at(parser, KT_TOKEN_RIGHT_PAREN)) {
            kind = parser->token.kind;
            bool definition = kind == KT_TOKEN_QUBIT || kind == KT_TOKEN_CREG || kind == KT_TOKEN_QREG || kind == KT_TOKEN_READONLY ||
                              kind == KT_TOKEN_MUTABLE || kt_parser_at_type(parser);
            if (definition ? !parse_argument(parser, true) : !kt_parse_expression(parser)) return false;
            if (!kt_parser_more(parser, KT_TOKEN_RIGHT_PAREN)) break;
        }
        if (!kt_parser_expect(parser, KT_TOKEN_RIGHT_PAREN, "the arguments")) return false;
    }
    do {
        if (!kt_parser_accept(parser, KT_TOKEN_HARDWARE_QUBIT) && !kt_parser_expect(parser, KT_TOKEN_NAME, NULL)) return false;
    } while (kt_parser_more(parser, KT_TOKEN_LEFT_BRACE));
    kt_type_name *returns = NULL;
    return parse_return_type(parser, &returns);
}
