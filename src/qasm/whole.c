/* SPDX-License-Identifier: Apache-2.0
 *
 * The program of a circuit, from the sources that it keeps, in one piece: what it includes stands where it was included, and an input that
 * has a value is declared with it. Only stdgates.inc, which every reader has, stays an include.
 *
 *   main      OPENQASM 3.0; include "stdgates.inc"; include "own.inc"; input float t; rx(t) q[0];
 *   own.inc                                         gate g q {...}
 *   written   OPENQASM 3.0; include "stdgates.inc"; gate g q {...}     const float t = 0.5; rx(t) q[0];
 *
 * The parser says where statements begin and end; all else is copied as it is, and laid out by the formatter.
 */
#include "qasm/qasm.h"

#include "qasm/parser.h"

#include <string.h>

typedef struct writer {
    kt_buffer out;
    const ketch_circuit *circuit;
    const ketch_load_options *options;
    kt_symbols symbols;
    kt_report report; /* what goes wrong has gone well before: memory alone is wanting */
    size_t next;      /* source */
    bool failed;
} writer;

/* ── Values of inputs ── */

static void put_number(kt_buffer *out, double value) {
    char text[KT_NUMBER_TEXT];
    size_t size = kt_number_text(text, value);
    kt_buffer_add(out, text, size);
    if (!memchr(text, '.', size) && !memchr(text, 'e', size)) kt_buffer_text(out, ".0");
}

static void put_bits(kt_buffer *out, const uint64_t *words, uint32_t width) {
    kt_buffer_text(out, "\"");
    for (uint32_t bit = width; bit-- > 0;) kt_buffer_text(out, words[bit / 64] >> bit % 64 & 1 ? "1" : "0");
    kt_buffer_text(out, "\"");
}

static void put_element(kt_buffer *out, const kt_input *input, const uint64_t *words) {
    switch ((kt_scalar)input->type) {
    case KT_SCALAR_BOOL: kt_buffer_text(out, *words ? "true" : "false"); break;
    case KT_SCALAR_INT: kt_buffer_format(out, "%lld", (long long)(int64_t)*words); break;
    case KT_SCALAR_UINT: kt_buffer_format(out, "%llu", (unsigned long long)*words); break;
    case KT_SCALAR_FLOAT: put_number(out, kt_cell_double(*words)); break;
    case KT_SCALAR_DURATION:
        put_number(out, kt_cell_double(*words));
        kt_buffer_text(out, "s");
        break;
    case KT_SCALAR_COMPLEX:
        put_number(out, kt_cell_double(words[0]));
        kt_buffer_text(out, " + ");
        put_number(out, kt_cell_double(words[1]));
        kt_buffer_text(out, "im");
        break;
    case KT_SCALAR_ANGLE:
        kt_buffer_format(out, "angle[%u](", input->width);
        put_bits(out, words, input->width);
        kt_buffer_text(out, ")");
        break;
    case KT_SCALAR_BITS: put_bits(out, words, input->width); break;
    }
}

static const uint64_t *put_level(kt_buffer *out, const kt_input *input, uint32_t dimension, const uint64_t *words) {
    if (dimension == input->dimensions.dimension_count) {
        put_element(out, input, words);
        return words + kt_cells_of((kt_scalar)input->type, input->width);
    }
    for (uint32_t i = 0; i < input->dimensions.dimensions[dimension]; i++) {
        kt_buffer_text(out, i ? ", " : "{");
        words = put_level(out, input, dimension + 1, words);
    }
    kt_buffer_text(out, "}");
    return words;
}

static const kt_input *value_of(const ketch_circuit *circuit, kt_span name) {
    for (size_t i = 0; i < circuit->inputs_count; i++) {
        const kt_input *input = &circuit->inputs[i];
        if (strlen(input->name) == name.size && memcmp(input->name, name.at, name.size) == 0) return input->bound ? input : NULL;
    }
    return NULL;
}

/* What the program could not assign to stays constant; any other input is a variable that begins with its value. */
static void put_input(writer *w, const kt_statement *statement, const kt_input *input) {
    const char *type = statement->span.at + statement->span.size, *end = statement->name.at + statement->name.size;
    kt_buffer_text(&w->out, input->in_cells ? "" : "const");
    kt_buffer_add(&w->out, type, (size_t)(end - type));
    kt_buffer_text(&w->out, " = ");
    const uint64_t *words = w->circuit->input_words + input->words;
    bool single = input->type == KT_SCALAR_BITS && !input->dimensions.dimension_count && !statement->as.declaration.type->width;
    if (single) /* a bit, which is no register of one */
        kt_buffer_text(&w->out, *words ? "1" : "0");
    else if (input->in_cells)
        put_level(&w->out, input, 0, words);
    else
        put_number(&w->out, input->value);
    kt_buffer_text(&w->out, ";");
}

/* ── Sources ── */

static bool is_library(kt_span name) {
    return (name.size == 12 && memcmp(name.at, "stdgates.inc", 12) == 0) || (name.size == 10 && memcmp(name.at, "qelib1.inc", 10) == 0);
}

static void put_beginning(writer *w, const kt_parser *parser, const char *start) {
    if (parser->last_end > start)
        kt_buffer_add(&w->out, start, (size_t)(parser->last_end - start));
    else
        kt_buffer_text(&w->out, "OPENQASM 3;\n"); /* of any kind: 3.0 has no `switch` */
    if (w->circuit->prelude) kt_buffer_text(&w->out, "\ninclude \"stdgates.inc\";");
}

/* As deep as includes nest. */
static void put_source(writer *w, kt_arena *arena) {
    bool first = w->next == 0, end = false;
    const kt_kept_source *kept = &w->circuit->sources[w->next++];
    const kt_source source = {.name = kept->name, .text = kept->text, .size = kept->size, .line = kept->text, .line_number = 1};
    kt_parser parser = {.lexer = {.max_token = w->options->max_token_bytes, .symbols = &w->symbols, .report = &w->report},
                        .max_nesting = w->options->max_nesting,
                        .arena = arena,
                        .report = &w->report};
    int major;
    kt_span version;
    kt_parser_begin(&parser, &source, 3);
    const char *copied = parser.last_end;
    if (first && kt_parse_version(&parser, &major, &version)) {
        put_beginning(w, &parser, copied);
        copied = parser.last_end;
    }
    while (!end && !w->report.errors) {
        kt_arena_mark mark = kt_arena_save(arena);
        const kt_statement *statement = kt_parse_statement(&parser, &end);
        bool include = statement && statement->kind == KT_STATEMENT_INCLUDE && !is_library(statement->as.text);
        bool declared = statement && statement->kind == KT_STATEMENT_CLASSICAL && statement->modifier == KT_TOKEN_INPUT;
        const kt_input *input = declared ? value_of(w->circuit, statement->name) : NULL;
        if (include || input) {
            kt_buffer_add(&w->out, copied, (size_t)(statement->span.at - copied));
            copied = parser.last_end;
        }
        if (input) put_input(w, statement, input);
        kt_arena_restore(arena, mark);
        if (!include) continue;
        if (w->next == w->circuit->sources_count) {
            w->failed = true;
            return;
        }
        kt_buffer_text(&w->out, "\n");
        put_source(w, arena);
    }
    kt_buffer_add(&w->out, copied, (size_t)(source.text + source.size - copied));
    kt_buffer_text(&w->out, "\n");
}

ketch_status kt_qasm_write_whole(const ketch_circuit *circuit, const ketch_load_options *options, ketch_sink sink, ketch_diag *diag) {
    writer w = {.circuit = circuit, .options = options, .report = {.max_errors = 1}};
    kt_arena arena = {0};
    if (kt_lexer_prepare(&w.symbols)) put_source(&w, &arena);
    bool complete = w.next == circuit->sources_count && !w.report.errors && !w.failed && !w.out.failed;
    kt_arena_free(&arena);
    kt_symbols_free(&w.symbols);
    ketch_status status = complete ? kt_qasm_format(w.out.bytes, w.out.size, options, sink, diag) : kt_no_memory(diag);
    kt_buffer_free(&w.out);
    return status;
}
