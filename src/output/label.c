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

size_t kt_label_register(const kt_register_info *registers, size_t count, uint32_t bit) {
    size_t low = 0, high = count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (registers[middle].first <= bit)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void kt_label_bit(kt_buffer *out, const kt_register_info *registers, size_t count, uint32_t bit) {
    const kt_register_info *named = &registers[kt_label_register(registers, count, bit)];
    kt_buffer_text(out, named->name);
    if (named->size > 1) kt_buffer_format(out, "[%u]", bit - named->first);
}

/* ── Conditions: the stack program run on texts instead of truth values ── */

enum { LONGEST = 60 };

/* The bits of a comparison: a register's name where they are all of one, else "c[2], c[0]" from the highest. */
static void add_bits(kt_buffer *out, const ketch_circuit *circuit, const kt_condition *condition) {
    const uint32_t *bits = circuit->operands + condition->first;
    const kt_register_info *named =
        &circuit->bit_registers[kt_label_register(circuit->bit_registers, circuit->bit_registers_count, bits[0])];
    bool whole = named->size == condition->count;
    for (uint32_t b = 0; b < condition->count && whole; b++) whole = bits[b] == named->first + b;
    if (whole) {
        kt_buffer_text(out, named->name);
        return;
    }
    for (uint32_t b = condition->count; b > 0 && out->size < LONGEST; b--) {
        kt_label_bit(out, circuit->bit_registers, circuit->bit_registers_count, bits[b - 1]);
        if (b > 1) kt_buffer_text(out, ",");
    }
}

static void add_comparison(kt_buffer *out, const ketch_circuit *circuit, const kt_condition *condition) {
    static const char *const signs[] = {"==", "!=", "<", "<=", ">", ">="};
    add_bits(out, circuit, condition);
    kt_buffer_format(out, " %s ", signs[condition->comparison]);
    uint32_t words = (condition->count + 63) / 64;
    bool large = false;
    for (uint32_t w = 1; w < words; w++) large |= circuit->words[condition->value + w] != 0;
    if (!large) {
        kt_buffer_format(out, "%llu", words ? (unsigned long long)circuit->words[condition->value] : 0ull);
        return;
    }
    kt_buffer_text(out, "0x");
    bool begun = false;
    for (uint32_t w = words; w > 0 && out->size < LONGEST; w--) {
        uint64_t word = circuit->words[condition->value + w - 1];
        if (begun || word) kt_buffer_format(out, begun ? "%016llx" : "%llx", (unsigned long long)word);
        begun |= word != 0;
    }
}

/* Joins the two topmost texts. */
static void join(kt_buffer *left, kt_buffer *right, const char *sign) {
    kt_buffer both = {0};
    kt_buffer_format(&both, "(%s%s%s)", left->size ? left->bytes : "", sign, right->size ? right->bytes : "");
    both.failed |= left->failed | right->failed;
    kt_buffer_free(left);
    kt_buffer_free(right);
    *left = both;
}

static void cut(kt_buffer *text) {
    if (text->size <= LONGEST) return;
    text->size = LONGEST - 3;
    while (text->size && ((unsigned char)text->bytes[text->size] & 0xc0) == 0x80) text->size--;
    kt_buffer_text(text, "...");
}

void kt_label_condition(kt_buffer *out, const ketch_circuit *circuit, const kt_op *jump) {
    static const char *const signs[] = {[KT_CONDITION_AND] = " && ", [KT_CONDITION_OR] = " || ", [KT_CONDITION_XOR] = " ^ "};
    kt_buffer stack[KT_CONDITION_DEPTH] = {0};
    size_t depth = 0;
    for (uint32_t i = 0; i < jump->operand_count && depth < KT_CONDITION_DEPTH; i++) {
        const kt_condition *condition = &circuit->conditions[jump->operands + i];
        switch ((kt_condition_code)condition->code) {
        case KT_CONDITION_BIT: kt_label_bit(&stack[depth++], circuit->bit_registers, circuit->bit_registers_count, condition->first); break;
        case KT_CONDITION_CONSTANT: kt_buffer_text(&stack[depth++], condition->first ? "true" : "false"); break;
        case KT_CONDITION_COMPARE: add_comparison(&stack[depth++], circuit, condition); break;
        case KT_CONDITION_NOT:
            if (depth) {
                kt_buffer none = {0}; /* "!" before the text */
                kt_buffer_format(&none, "!%s", stack[depth - 1].size ? stack[depth - 1].bytes : "");
                none.failed |= stack[depth - 1].failed;
                kt_buffer_free(&stack[depth - 1]);
                stack[depth - 1] = none;
            }
            break;
        default:
            if (depth > 1) {
                join(&stack[depth - 2], &stack[depth - 1], signs[condition->code]);
                depth--;
            }
        }
        if (depth) cut(&stack[depth - 1]);
    }
    if (depth && stack[0].size) {
        const char *text = stack[0].bytes;
        size_t size = stack[0].size;
        bool enclosed = text[0] == '(' && text[size - 1] == ')'; /* the outermost pair of a join says nothing */
        kt_buffer_add(out, text + enclosed, size - 2 * enclosed);
    }
    for (size_t i = 0; i < KT_CONDITION_DEPTH; i++) {
        out->failed |= stack[i].failed;
        kt_buffer_free(&stack[i]);
    }
}
