/* SPDX-License-Identifier: Apache-2.0
 *
 * Operations in words. See label.h.
 */
#include "output/label.h"

#include <math.h>
#include <string.h>

void kt_label_name(kt_buffer *out, const kt_op *op) {
    if (op->gate == KT_GATE_MATRIX) {
        if (op->control_count) kt_buffer_format(out, "ctrl(%u) @ ", op->control_count);
        kt_buffer_format(out, "matrix of %u qubit%s", kt_op_target_count(op), kt_op_target_count(op) == 1 ? "" : "s");
        return;
    }
    const kt_gate *gate = &kt_gates[op->gate];
    uint32_t more = op->control_count - gate->control_count;
    if (more == 1)
        kt_buffer_text(out, "ctrl @ ");
    else if (more > 1)
        kt_buffer_format(out, "ctrl(%u) @ ", more);
    kt_buffer_text(out, gate->name);
}

void kt_label_angle(kt_buffer *out, double value, bool ascii) {
    static const int divisors[] = {1, 2, 3, 4, 5, 6, 8, 16, 32, 64, 128, 256, 512, 1024};
    const char *pi = ascii ? "pi" : "π";
    for (size_t i = 0; value != 0 && i < sizeof divisors / sizeof *divisors; i++) {
        double multiple = value * divisors[i] / 3.14159265358979323846;
        double whole = round(multiple);
        if (whole == 0 || fabs(whole) > 64 || fabs(multiple - whole) > 1e-12 * fabs(multiple)) continue;
        kt_buffer_text(out, whole < 0 ? "-" : "");
        if (fabs(whole) != 1) kt_buffer_format(out, "%d", (int)fabs(whole));
        kt_buffer_text(out, pi);
        if (divisors[i] != 1) kt_buffer_format(out, "/%d", divisors[i]);
        return;
    }
    char text[KT_NUMBER_TEXT];
    kt_buffer_add(out, text, kt_number_round(text, value, 4));
}

/* Symbols of the table are UTF-8: in ASCII, the few that are not are spelt out. */
static void add_plain(kt_buffer *out, const char *text, bool ascii) {
    static const struct { const char *symbol, *plain; } spellings[] = {{"†", "dg"}, {"√", "s"}, {"×", "x"}};
    while (*text) {
        size_t size = 1;
        const char *plain = NULL;
        for (size_t i = 0; ascii && i < sizeof spellings / sizeof *spellings; i++) {
            size_t length = strlen(spellings[i].symbol);
            if (strncmp(text, spellings[i].symbol, length) != 0) continue;
            plain = spellings[i].plain;
            size = length;
        }
        if (plain)
            kt_buffer_text(out, plain);
        else
            kt_buffer_add(out, ascii && (unsigned char)*text >= 0x80 ? "?" : text, 1);
        text += size;
    }
}

static void add_parameters(kt_buffer *out, const ketch_circuit *circuit, uint32_t first, uint32_t count, bool ascii) {
    kt_buffer node = {0};
    for (uint32_t i = 0; i < count; i++) {
        kt_buffer_text(out, i ? ", " : "(");
        uint32_t from = kt_circuit_slot_node(circuit, first + i);
        if (from == UINT32_MAX || circuit->nodes[from].known) { /* a number, or a name that has been given one */
            kt_label_angle(out, circuit->params[first + i], ascii);
            continue;
        }
        kt_buffer_clear(&node);
        kt_circuit_node_text(&node, circuit, from);
        add_plain(out, node.size ? node.bytes : "", ascii);
        out->failed |= node.failed;
    }
    if (count) kt_buffer_text(out, ")");
    kt_buffer_free(&node);
}

static void add_time(kt_buffer *out, double seconds, bool ascii) {
    static const struct {
        double seconds;
        const char *unit, *plain;
    } units[] = {{1, "s", "s"}, {1e-3, "ms", "ms"}, {1e-6, "µs", "us"}, {1e-9, "ns", "ns"}};
    size_t i = 0;
    while (i < 3 && seconds < units[i].seconds * (1 - 1e-9)) i++;
    char text[KT_NUMBER_TEXT];
    kt_buffer_text(out, "delay ");
    kt_buffer_add(out, text, kt_number_round(text, seconds / units[i].seconds, 4));
    kt_buffer_text(out, ascii ? units[i].plain : units[i].unit);
}

void kt_label_symbol(kt_buffer *out, const ketch_circuit *circuit, const kt_op *op, bool ascii) {
    if (op->code == KT_OP_DELAY) {
        add_time(out, circuit->params[op->data], ascii);
    } else if (op->gate == KT_GATE_MATRIX) {
        kt_buffer_text(out, "U");
    } else {
        add_plain(out, kt_gates[op->gate].symbol, ascii);
        add_parameters(out, circuit, op->data, kt_gates[op->gate].parameter_count, ascii);
    }
}

void kt_label_remarks(kt_json *json, const ketch_circuit *circuit) {
    kt_json_open(json, "remarks", '[');
    for (size_t i = 0; i < circuit->remarks_count; i++) {
        kt_json_open_inline(json, NULL, '{');
        kt_json_string(json, "text", circuit->remarks[i].text);
        kt_json_integer(json, "line", circuit->remarks[i].line);
        kt_json_close(json, '}');
    }
    kt_json_close(json, ']');
}
