/* SPDX-License-Identifier: Apache-2.0
 *
 * What a value is, and how it reads as a number, a truth value or words. See value.h.
 */
#include "qasm/value.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

kt_value kt_value_bool(bool truth) { return (kt_value){.type = KT_TYPE_BOOL, .as.natural = truth}; }

kt_scalar kt_scalar_of(kt_type type) {
    static const uint8_t scalars[KT_TYPE_COUNT] = {
        [KT_TYPE_BOOL] = KT_SCALAR_BOOL,   [KT_TYPE_BITS] = KT_SCALAR_BITS,         [KT_TYPE_INT] = KT_SCALAR_INT,
        [KT_TYPE_UINT] = KT_SCALAR_UINT,   [KT_TYPE_BIG] = KT_SCALAR_BITS,          [KT_TYPE_FLOAT] = KT_SCALAR_FLOAT,
        [KT_TYPE_ANGLE] = KT_SCALAR_ANGLE, [KT_TYPE_DURATION] = KT_SCALAR_DURATION, [KT_TYPE_COMPLEX] = KT_SCALAR_COMPLEX};
    return (kt_scalar)scalars[type];
}

static bool in_words(kt_value a) { return a.type == KT_TYPE_BITS || a.type == KT_TYPE_BIG; }
static uint32_t word_count(uint32_t width) { return width ? (width + 63) / 64 : 1; }

uint32_t kt_value_width(kt_value a) {
    if (a.type == KT_TYPE_BOOL) return 1;
    return a.width ? a.width : a.type == KT_TYPE_COMPLEX ? 128 : 64;
}

uint32_t kt_value_cells(kt_value a) {
    if (a.type == KT_TYPE_COMPLEX) return 2;
    return in_words(a) ? word_count(a.width) : 1;
}

const uint64_t *kt_value_words_of(const kt_value *a, uint64_t room[2]) {
    if (in_words(*a)) return a->as.words;
    memcpy(room, &a->as, 2 * sizeof *room);
    return room;
}

kt_value kt_value_of_words(kt_type type, uint32_t width, const uint64_t *words) {
    kt_value value = {.type = (uint8_t)type, .width = width};
    if (in_words(value))
        value.as.words = words;
    else
        memcpy(&value.as, words, kt_value_cells(value) * sizeof *words);
    return value;
}

const char *kt_value_type_text(char out[KT_VALUE_TEXT], kt_value a) {
    static const char *const names[KT_TYPE_COUNT] = {"bool", "bit", "int", "uint", "int", "float", "angle", "duration", "complex"};
    if (a.type == KT_TYPE_COMPLEX && a.width)
        snprintf(out, KT_VALUE_TEXT, "complex[float[%u]]", a.width / 2);
    else if (a.width && a.type != KT_TYPE_BIG)
        snprintf(out, KT_VALUE_TEXT, "%s[%u]", names[a.type], a.width);
    else
        snprintf(out, KT_VALUE_TEXT, "%s", names[a.type]);
    return out;
}

bool kt_value_fail(kt_arithmetic *arithmetic, kt_code code, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(arithmetic->problem, sizeof arithmetic->problem, format, list);
    va_end(list);
    arithmetic->code = code;
    return false;
}

double kt_value_real_of(kt_value a) {
    if (a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_DURATION) return a.as.number;
    if (a.type == KT_TYPE_ANGLE) return ldexp((double)a.as.natural, -(int)kt_value_width(a)) * 6.283185307179586;
    if (!in_words(a)) return a.type == KT_TYPE_INT ? (double)a.as.integer : (double)a.as.natural;
    double sum = 0;
    for (uint32_t i = word_count(a.width); i-- > 0;) sum = sum * 0x1p64 + (double)a.as.words[i];
    return sum;
}

bool kt_value_integer(int64_t *out, kt_value a) {
    if (!kt_value_known(a) || !kt_value_whole(a) || (a.type == KT_TYPE_UINT && a.as.natural > INT64_MAX)) return false;
    *out = a.as.integer;
    return true;
}

bool kt_value_truth(bool *out, kt_value a) {
    if (!kt_value_known(a)) return false;
    if (in_words(a)) {
        *out = false;
        for (uint32_t i = 0; i < word_count(a.width); i++) *out = *out || a.as.words[i];
    } else if (a.type == KT_TYPE_COMPLEX) {
        *out = a.as.complex[0] != 0 || a.as.complex[1] != 0;
    } else {
        *out = a.type == KT_TYPE_FLOAT || a.type == KT_TYPE_DURATION ? a.as.number != 0 : a.as.natural != 0;
    }
    return true;
}

uint64_t *kt_value_words(kt_arithmetic *arithmetic, kt_value a, uint32_t width) {
    uint64_t room[2], count = word_count(width), have = in_words(a) ? word_count(a.width) : 1;
    uint64_t *words = kt_arena_alloc(arithmetic->arena, count * sizeof *words);
    if (!words) return NULL;
    arithmetic->work += count;
    const uint64_t *from = kt_value_words_of(&a, room);
    uint64_t fill = a.type == KT_TYPE_INT && a.as.integer < 0 ? UINT64_MAX : 0;
    for (uint64_t i = 0; i < count; i++) words[i] = i < have ? from[i] : fill;
    if (width % 64) words[count - 1] = kt_wrap_unsigned(words[count - 1], width % 64);
    return words;
}
