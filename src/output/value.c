/* SPDX-License-Identifier: Apache-2.0
 *
 * What the bits of a counted register mean: a number of its type, an array of them, or the bits themselves.
 */
#include "output/value.h"

#include <math.h>
#include <string.h>

bool kt_is_plain(const ketch_register *bits) {
    return bits->type.type == KETCH_TYPE_VOID || (bits->type.type == KETCH_TYPE_BITS && bits->type.width == bits->size);
}

bool kt_has_values(const ketch_result *result) {
    for (size_t i = 0; i < result->register_count; i++)
        if (!kt_is_plain(&result->registers[i])) return true;
    return false;
}

static uint64_t number_at(const uint64_t *row, uint32_t first, uint32_t width) {
    uint64_t number = row[first / 64] >> first % 64;
    if (first % 64 + width > 64) number |= row[first / 64 + 1] << (64 - first % 64);
    return width < 64 ? number & (((uint64_t)1 << width) - 1) : number;
}

static double double_at(const uint64_t *row, uint32_t first) {
    uint64_t bits = number_at(row, first, 64);
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static bool is_real(ketch_value_type type) {
    return type.type == KETCH_TYPE_FLOAT || type.type == KETCH_TYPE_DURATION || type.type == KETCH_TYPE_ANGLE;
}

static double real_at(ketch_value_type type, const uint64_t *row, uint32_t first) {
    static const double two_pi = 6.283185307179586;
    if (type.type != KETCH_TYPE_ANGLE) return double_at(row, first);
    return ldexp((double)number_at(row, first, type.width), -(int)type.width) * two_pi;
}

static void write_bits(kt_json *json, const char *name, const uint64_t *row, uint32_t first, uint32_t width, bool bit0_first) {
    kt_buffer text = {0};
    for (uint32_t i = 0; i < width; i++) {
        uint32_t bit = first + (bit0_first ? i : width - 1 - i);
        kt_buffer_add(&text, row[bit / 64] >> bit % 64 & 1 ? "1" : "0", 1);
    }
    if (text.failed)
        json->out->failed = true;
    else
        kt_json_text(json, name, text.bytes ? text.bytes : "", text.size);
    kt_buffer_free(&text);
}

static void write_signed(kt_json *json, const char *name, uint64_t number, uint32_t width) {
    uint64_t sign = (uint64_t)1 << (width - 1);
    if (number & sign)
        kt_json_negative(json, name, (~number & (sign | (sign - 1))) + 1);
    else
        kt_json_integer(json, name, number);
}

static void write_scalar(kt_json *json, const char *name, ketch_value_type type, const uint64_t *row, uint32_t first, bool bit0_first) {
    switch (type.type) {
    case KETCH_TYPE_BOOL: kt_json_bool(json, name, number_at(row, first, 1)); break;
    case KETCH_TYPE_INT: write_signed(json, name, number_at(row, first, type.width), type.width); break;
    case KETCH_TYPE_UINT: kt_json_integer(json, name, number_at(row, first, type.width)); break;
    case KETCH_TYPE_FLOAT:
    case KETCH_TYPE_DURATION:
    case KETCH_TYPE_ANGLE: kt_json_number(json, name, real_at(type, row, first)); break;
    case KETCH_TYPE_COMPLEX:
        kt_json_open_inline(json, name, '[');
        kt_json_number(json, NULL, double_at(row, first));
        kt_json_number(json, NULL, double_at(row, first + 64));
        kt_json_close(json, ']');
        break;
    default: write_bits(json, name, row, first, type.width, bit0_first); break;
    }
}

void kt_value_text(kt_buffer *out, ketch_value_type type, const uint64_t *words) {
    kt_json json = {.out = out};
    char text[KT_NUMBER_TEXT];
    if (is_real(type))
        kt_buffer_add(out, text, kt_number_round(text, real_at(type, words, 0), 6));
    else
        write_scalar(&json, NULL, type, words, 0, false);
}

static uint32_t write_level(kt_json *json, const char *name, const ketch_register *bits, const kt_dimensions *shape, uint32_t dimension,
                            const uint64_t *row, uint32_t first, bool bit0_first) {
    if (dimension == shape->dimension_count) {
        write_scalar(json, name, bits->type, row, first, bit0_first);
        return first + bits->type.width;
    }
    kt_json_open_inline(json, name, '[');
    for (uint32_t i = 0; i < shape->dimensions[dimension]; i++)
        first = write_level(json, NULL, bits, shape, dimension + 1, row, first, bit0_first);
    kt_json_close(json, ']');
    return first;
}

void kt_write_value(kt_json *json, const char *name, const ketch_result *result, size_t index, const uint64_t *row, bool bit0_first) {
    const ketch_register *bits = &result->registers[index];
    if (kt_is_plain(bits))
        write_bits(json, name, row, bits->offset, bits->size, bit0_first);
    else
        write_level(json, name, bits, &result->shapes[index], 0, row, bits->offset, bit0_first);
}
