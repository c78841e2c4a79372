/* SPDX-License-Identifier: Apache-2.0
 *
 * Bits and conditions as people write them: "c[3]", "c == 3", "!(c[0] && d[1])". A condition is a program for a stack; here it is run on
 * texts instead of truth values.
 */
#include "circuit/circuit.h"

size_t kt_circuit_register_of(const kt_register_info *registers, size_t count, uint32_t bit) {
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

void kt_circuit_bit_text(kt_buffer *out, const kt_register_info *registers, size_t count, uint32_t bit) {
    const kt_register_info *named = &registers[kt_circuit_register_of(registers, count, bit)];
    kt_buffer_text(out, named->name);
    if (named->size > 1) kt_buffer_format(out, "[%u]", bit - named->first);
}

enum { LONGEST = 60 };

/* The bits of a comparison: a register's name where they are all of one, else "c[2], c[0]" from the highest. */
static void add_bits(kt_buffer *out, const ketch_circuit *circuit, const kt_condition *condition) {
    const uint32_t *bits = circuit->operands + condition->first;
    const kt_register_info *named =
        &circuit->bit_registers[kt_circuit_register_of(circuit->bit_registers, circuit->bit_registers_count, bits[0])];
    bool whole = named->size == condition->count;
    for (uint32_t b = 0; b < condition->count && whole; b++) whole = bits[b] == named->first + b;
    if (whole) {
        kt_buffer_text(out, named->name);
        return;
    }
    for (uint32_t b = condition->count; b > 0 && out->size < LONGEST; b--) {
        kt_circuit_bit_text(out, circuit->bit_registers, circuit->bit_registers_count, bits[b - 1]);
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

void kt_circuit_condition_text(kt_buffer *out, const ketch_circuit *circuit, const kt_op *jump) {
    static const char *const signs[] = {[KT_CONDITION_AND] = " && ", [KT_CONDITION_OR] = " || ", [KT_CONDITION_XOR] = " ^ "};
    kt_buffer stack[KT_CONDITION_DEPTH] = {0};
    size_t depth = 0;
    for (uint32_t i = 0; i < jump->operand_count && depth < KT_CONDITION_DEPTH; i++) {
        const kt_condition *condition = &circuit->conditions[jump->operands + i];
        switch ((kt_condition_code)condition->code) {
        case KT_CONDITION_BIT:
            kt_circuit_bit_text(&stack[depth++], circuit->bit_registers, circuit->bit_registers_count, condition->first);
            break;
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
