/* SPDX-License-Identifier: Apache-2.0
 *
 * What instructions compute, each against arithmetic of another kind: integers of 128 bits for wrapping ones, arrays of single bits for
 * wide ones, long doubles for floats.
 */
#include "machine.h"

/* ── Integers ── */

/* The number modulo 2^w, as a value of the type. */
static wide wrapped(wide number, int w, bool is_signed) {
    wide size = (wide)1 << w, rest = number % size;
    if (rest < 0) rest += size;
    return is_signed && rest >= size / 2 ? rest - size : rest;
}

static wide value_of(uint64_t cell, bool is_signed) { return is_signed ? (wide)(int64_t)cell : (wide)cell; }

static wide power_of(wide base, wide exponent, int w, bool is_signed) {
    wide result = 1;
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
    exponent %= (wide)1 << 20; /* the tests take small ones */
    for (wide k = 0; k < exponent; k++) result = wrapped((wide)((unsigned_wide)result * (unsigned_wide)base), w, is_signed);
    return wrapped(result, w, is_signed);
}

typedef enum arithmetic { ADD, SUBTRACT, MULTIPLY, DIVIDE, MODULO, POWER, NEGATE, WRAP, LESS, LESS_EQUAL } arithmetic;
static const struct {
    arithmetic operation;
    uint8_t code[2]; /* unsigned, signed */
} integer_operations[] = {
    {ADD, {KT_DO_ADD_U, KT_DO_ADD_S}},
    {SUBTRACT, {KT_DO_SUBTRACT_U, KT_DO_SUBTRACT_S}},
    {MULTIPLY, {KT_DO_MULTIPLY_U, KT_DO_MULTIPLY_S}},
    {DIVIDE, {KT_DO_DIVIDE_U, KT_DO_DIVIDE_S}},
    {MODULO, {KT_DO_MODULO_U, KT_DO_MODULO_S}},
    {POWER, {KT_DO_POWER_U, KT_DO_POWER_S}},
    {NEGATE, {KT_DO_NEGATE_U, KT_DO_NEGATE_S}},
    {WRAP, {KT_DO_WRAP_U, KT_DO_WRAP_S}},
    {LESS, {KT_DO_LESS_U, KT_DO_LESS_S}},
    {LESS_EQUAL, {KT_DO_LESS_EQUAL_U, KT_DO_LESS_EQUAL_S}},
};

static void integers_wrap(void **unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        int w = 1 + (int)(draw() % 64), is_signed = (int)(draw() % 2);
        size_t which = draw() % (sizeof integer_operations / sizeof *integer_operations);
        arithmetic operation = integer_operations[which].operation;
        wide a = wrapped((wide)draw(), w, is_signed), b = wrapped((wide)draw(), w, is_signed), expected = 0;
        if (round % 7 == 0) a = is_signed ? -((wide)1 << (w - 1)) : 0;
        if (round % 11 == 0) b = wrapped(-1, w, is_signed);
        if (operation == POWER && b > 70) b = wrapped(b % 70, w, is_signed);
        if (operation == WRAP) a = value_of(draw(), is_signed);
        bool fails = ((operation == DIVIDE || operation == MODULO) && b == 0) || (operation == POWER && a == 0 && b < 0);
        switch (operation) {
        case ADD: expected = a + b; break;
        case SUBTRACT: expected = a - b; break;
        case MULTIPLY: expected = wrapped(a * (b >> 32), 96, true) * ((wide)1 << 32) + a * (b & 0xffffffff); break;
        case DIVIDE: expected = fails ? 0 : a / b; break;
        case MODULO: expected = fails ? 0 : a % b; break;
        case POWER: expected = fails ? 0 : power_of(a, b, w, is_signed); break;
        case NEGATE: expected = -a; break;
        case WRAP: expected = a; break;
        case LESS: expected = a < b; break;
        case LESS_EQUAL: expected = a <= b; break;
        }
        if (operation != LESS && operation != LESS_EQUAL) expected = wrapped(expected, w, is_signed);
        cells[1] = (uint64_t)a, cells[2] = (uint64_t)b, cells[3] = 77;
        kt_op op = {.code = integer_operations[which].code[is_signed], .width = (uint16_t)w, .destination = 3, .left = 1, .right = 2};
        assert_int_equal(run_one(op), fails ? KETCH_ERROR_RUNTIME : KETCH_OK);
        if (!fails) assert_true((uint64_t)expected == cells[3]);
        if (fails) assert_int_equal(cells[3], 77);
    }
}

static void constants_are_added_and_numbers_compared(void **unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        int w = 1 + (int)(draw() % 64), is_signed = (int)(draw() % 2);
        int32_t constant = (int32_t)draw();
        wide a = wrapped((wide)draw(), w, is_signed), b = round % 3 ? a : wrapped((wide)draw(), w, is_signed);
        cells[1] = (uint64_t)a, cells[2] = (uint64_t)b;
        const kt_op program[] = {is_signed ? OP(ADD_CONSTANT_S, w, 3, 1, (uint32_t)constant)
                                           : OP(ADD_CONSTANT_U, w, 3, 1, (uint32_t)constant),
                                 OP(EQUAL, w, 4, 1, 2),
                                 OP(NOT_EQUAL, w, 5, 1, 2),
                                 OP(NOT_ZERO, w, 6, 1, 0),
                                 OP(IS_ZERO, w, 7, 1, 0),
                                 END};
        assert_int_equal(run(program), KETCH_OK);
        assert_true(cells[3] == (uint64_t)wrapped(a + constant, w, is_signed));
        assert_int_equal(cells[4], a == b);
        assert_int_equal(cells[5], a != b);
        assert_int_equal(cells[6], a != 0);
        assert_int_equal(cells[7], a == 0);
    }
}

/* ── Bits of numbers ── */

typedef uint8_t loose[512]; /* one bit a byte */

static void loosen(loose out, const uint64_t *words, int count) {
    for (int i = 0; i < count; i++) out[i] = words[i / 64] >> (i % 64) & 1;
}

static void fill(uint64_t *words, int width) {
    for (int i = 0; i < (width + 63) / 64; i++) words[i] = draw();
    if (width % 64) words[width / 64] &= ((uint64_t)1 << (width % 64)) - 1;
}

/* Bit i of what the operation gives. */
static int expected_bit(uint8_t code, const loose a, const loose b, int w, int64_t by, int i) {
    int64_t from = 0;
    switch (code) {
    case KT_DO_AND: return a[i] && b[i];
    case KT_DO_OR: return a[i] || b[i];
    case KT_DO_XOR: return a[i] != b[i];
    case KT_DO_NOT: return !a[i];
    case KT_DO_SHIFT_LEFT: return by <= i ? a[i - by] : 0;
    case KT_DO_SHIFT_RIGHT: return by < w - i ? a[i + by] : 0;
    case KT_DO_ROTATE_LEFT: from = i - by % w; break;
    default: from = i + by % w; break;
    }
    return a[((from % w) + w) % w];
}

static void bits_of_any_width(void **unused) {
    (void)unused;
    static const uint8_t codes[] = {KT_DO_AND,        KT_DO_OR,          KT_DO_XOR,         KT_DO_NOT,
                                    KT_DO_SHIFT_LEFT, KT_DO_SHIFT_RIGHT, KT_DO_ROTATE_LEFT, KT_DO_ROTATE_RIGHT};
    for (int round = 0; round < ROUNDS; round++) {
        int w = 1 + (int)(draw() % (round % 2 ? 64 : 300)), words = (w + 63) / 64;
        uint8_t code = codes[draw() % sizeof codes];
        bool moves = code >= KT_DO_SHIFT_LEFT, rotates = code >= KT_DO_ROTATE_LEFT;
        int64_t by = (int64_t)(draw() % (2 * (unsigned)w + 3)) - (rotates || round % 50 == 0 ? w : 0);
        uint32_t to = round % 3 ? 20 : round % 2 ? 0 : 10; /* or in place of an operand */
        fill(cells, w), fill(cells + 10, w);
        if (moves) cells[10] = (uint64_t)by, to = to == 10 ? 0 : to;
        loose a, b, result;
        loosen(a, cells, w), loosen(b, cells + 10, w);
        cells[to + (unsigned)words] = 4711;
        kt_op op = {.code = code, .width = (uint16_t)w, .destination = to, .left = 0, .right = 10};
        bool fails = moves && !rotates && by < 0;
        assert_int_equal(run_one(op), fails ? KETCH_ERROR_RUNTIME : KETCH_OK);
        if (fails) continue;
        loosen(result, cells + to, words * 64);
        for (int i = 0; i < words * 64; i++) assert_int_equal(result[i], i < w ? expected_bit(code, a, b, w, by, i) : 0);
        assert_int_equal(cells[to + (unsigned)words], 4711);
    }
}

static void bits_are_counted_and_compared(void **unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        int w = 1 + (int)(draw() % 300), words = (w + 63) / 64, ones = 0, order = 0;
        fill(cells, w);
        memcpy(cells + 10, cells, sizeof *cells * (size_t)words);
        if (round % 3) {
            int at = (int)(draw() % (unsigned)w);
            cells[10 + at / 64] ^= (uint64_t)1 << (at % 64);
        }
        loose a, b;
        loosen(a, cells, w), loosen(b, cells + 10, w);
        for (int i = 0; i < w; i++) ones += a[i], order = a[i] != b[i] ? a[i] - b[i] : order;
        assert_int_equal(run((kt_op[]){OP(COUNT_BITS, w, 20, 0, 0), OP(EQUAL_BITS, w, 21, 0, 10), OP(LESS_BITS, w, 22, 0, 10), END}),
                         KETCH_OK);
        assert_int_equal(cells[20], ones);
        assert_int_equal(cells[21], order == 0);
        assert_int_equal(cells[22], order < 0);
    }
}

static void parts_of_numbers_and_of_memory(void **unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        int whole = 1 + (int)(draw() % 290), first = (int)(draw() % (unsigned)whole), count = 1 + (int)(draw() % (unsigned)(whole - first));
        loose number, memory, part, result;
        fill(cells, whole), fill(cells + 10, count), fill(bits, BITS);
        cells[30] = (uint64_t)first;
        cells[16] = cells[17] = cells[18] = cells[19] = cells[40 + (count + 63) / 64] = 99;
        memcpy(cells + 50, cells, 5 * sizeof *cells);
        loosen(number, cells, whole), loosen(memory, bits, BITS), loosen(part, cells + 10, count);
        kt_op slice = OP(SLICE, count, 40, 0, 0), splice = OP(SPLICE, count, 50, 10, 0);
        slice.data = splice.data = (uint32_t)first;
        const kt_op program[] = {slice, splice, OP(GET_BIT, whole, 60, 0, 30), OP(LOAD_BIT_AT, 1, 61, 30, 0), END};
        assert_int_equal(run(program), KETCH_OK);
        loosen(result, cells + 40, (count + 63) / 64 * 64);
        for (int i = 0; i < (count + 63) / 64 * 64; i++) assert_int_equal(result[i], i < count ? number[first + i] : 0);
        assert_int_equal(cells[40 + (count + 63) / 64], 99);
        loosen(result, cells + 50, whole);
        for (int i = 0; i < whole; i++) assert_int_equal(result[i], i >= first && i < first + count ? part[i - first] : number[i]);
        assert_int_equal(cells[60], number[first]);
        assert_int_equal(cells[61], memory[first]);

        cells[31] = !memory[first], cells[32] = (uint64_t)whole - 1;
        const kt_op more[] = {OP(LOAD_BITS, 1, 40, (uint32_t)first, (uint32_t)count),
                              OP(STORE_BITS, 1, (uint32_t)first, 10, (uint32_t)count), OP(STORE_BIT_AT, 1, 32, 31, 0),
                              OP(PUT_BIT, whole, 0, 31, 32), END};
        assert_int_equal(run(more), KETCH_OK);
        loosen(result, cells + 40, count);
        assert_memory_equal(result, memory + first, (size_t)count);
        loosen(result, bits, BITS);
        for (int i = 0; i < BITS; i++) {
            int expected = i == whole - 1 ? (int)cells[31] : i >= first && i < first + count ? part[i - first] : memory[i];
            assert_int_equal(result[i], expected);
        }
        loosen(result, cells, whole);
        for (int i = 0; i < whole; i++) assert_int_equal(result[i], i == whole - 1 ? (int)cells[31] : number[i]);
    }
}

static void nothing_beyond_memory_is_reached(void **unused) {
    (void)unused;
    const uint64_t beyond[] = {BITS, CELLS, 1u << 31, UINT64_MAX, UINT64_MAX / 2};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        cells[1] = beyond[i], cells[2] = 1;
        kt_op load = OP(LOAD_AT, 64, 3, 0, 1), store = OP(STORE_AT, 64, 0, 2, 1);
        load.data = store.data = 1;
        assert_int_equal(run_one(OP(LOAD_BIT_AT, 1, 3, 1, 0)), i == 1 ? KETCH_OK : KETCH_ERROR_RUNTIME);
        assert_int_equal(run_one(OP(STORE_BIT_AT, 1, 1, 2, 0)), i == 1 ? KETCH_OK : KETCH_ERROR_RUNTIME);
        assert_int_equal(run_one(load), KETCH_ERROR_RUNTIME);
        assert_int_equal(run_one(store), KETCH_ERROR_RUNTIME);
        assert_int_equal(run_one(OP(GET_BIT, 64, 3, 2, 1)), KETCH_ERROR_RUNTIME);
        assert_int_equal(run_one(OP(PUT_BIT, 64, 3, 2, 1)), KETCH_ERROR_RUNTIME);
    }
}

static void arrays_by_computed_places(void **unused) {
    (void)unused;
    for (int i = 0; i < 12; i++) cells[20 + i] = 100 + (uint64_t)i;
    cells[1] = 6;
    kt_op load = OP(LOAD_AT, 64, 40, 20, 3), store = OP(STORE_AT, 64, 20, 40, 2);
    load.data = store.data = 1;
    cells[45] = 5;
    const kt_op program[] = {load, OP(COPY, 64, 50, 21, 4), OP(COPY, 64, 54, 45, 1), OP(ADD_CONSTANT_S, 64, 1, 1, (uint32_t)-5), store,
                             END};
    assert_int_equal(run(program), KETCH_OK);
    assert_int_equal(cells[40], 106), assert_int_equal(cells[42], 108), assert_int_equal(cells[43], 0);
    assert_int_equal(cells[50], 101), assert_int_equal(cells[53], 104), assert_int_equal(cells[54], 5);
    assert_int_equal(cells[21], 106), assert_int_equal(cells[22], 107), assert_int_equal(cells[23], 103);
}

static void indices_count_from_both_ends(void **unused) {
    (void)unused;
    for (int64_t index = -9; index < 9; index++) {
        kt_op op = OP(INDEX, 64, 2, 1, 0);
        op.data = 7;
        cells[1] = (uint64_t)index, cells[2] = 99;
        bool good = index >= -7 && index < 7;
        assert_int_equal(run_one(op), good ? KETCH_OK : KETCH_ERROR_RUNTIME);
        assert_int_equal(cells[2], !good ? 99 : index < 0 ? index + 7 : index);
    }
    assert_non_null(strstr(ketch_diag_text(diag), "index 8 is out of range: there are 7 elements"));
    assert_string_equal(ketch_diag_message(diag, 0)->code, "KQ0720");
}

/* ── Floats ── */

static double draw_float(int w) {
    double number = ldexp((double)(int64_t)draw(), (int)(draw() % 90) - 100);
    return w == 32 ? (double)(float)number : number;
}

/* Of two numbers of the type: rounded once from the exact sum and product (113 bits or more suffice for what is drawn), else from a long
 * double, whose rounding is looked at within half a unit. */
static void floats_round_once(void **unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        int w = round % 2 ? 32 : 64;
        double a = draw_float(w), b = draw_float(w);
        if (round % 5 == 0) b = a;
        if (b == 0) b = 1;
        cells[1] = kt_double_cell(a), cells[2] = kt_double_cell(b);
        const kt_op program[] = {OP(ADD_F, w, 10, 1, 2),
                                 OP(SUBTRACT_F, w, 11, 1, 2),
                                 OP(MULTIPLY_F, w, 12, 1, 2),
                                 OP(DIVIDE_F, w, 13, 1, 2),
                                 OP(MODULO_F, w, 14, 1, 2),
                                 OP(NEGATE_F, w, 15, 1, 0),
                                 OP(ROUND_F, 32, 16, 1, 0),
                                 OP(EQUAL_F, w, 17, 1, 2),
                                 OP(NOT_EQUAL_F, w, 18, 1, 2),
                                 OP(LESS_F, w, 19, 1, 2),
                                 OP(LESS_EQUAL_F, w, 20, 1, 2),
                                 OP(NOT_ZERO_F, w, 21, 1, 0),
                                 END};
        assert_int_equal(run(program), KETCH_OK);
        if (w == 32) {
            float x = (float)a, y = (float)b;
            volatile float sum = x + y, difference = x - y, product = x * y, quotient = x / y;
            assert_true(number_of(cells[10]) == (double)sum && number_of(cells[11]) == (double)difference);
            assert_true(number_of(cells[12]) == (double)product && number_of(cells[13]) == (double)quotient);
        } else {
            volatile double sum = a + b, difference = a - b, product = a * b, quotient = a / b;
            assert_true(number_of(cells[10]) == sum && number_of(cells[11]) == difference);
            assert_true(number_of(cells[12]) == product && number_of(cells[13]) == quotient);
            assert_true(fabsl((long double)product - (long double)a * b) <= fabsl((long double)a * b) * 0x1p-52L);
        }
        double rest = number_of(cells[14]); /* |rest| < |b|, of a's sign, a - rest a whole multiple of b (exact where that is small) */
        assert_true(fabs(rest) < fabs(b) && (rest == 0 || signbit(rest) == signbit(a)));
        if (fabs(a / b) < 1000) assert_true(fabs(((a - rest) / b) - nearbyint((a - rest) / b)) < 1e-4);
        assert_true(number_of(cells[15]) == 0 - a || a == 0);
        assert_true(number_of(cells[16]) == (double)(float)a);
        assert_int_equal(cells[17], a == b), assert_int_equal(cells[18], a != b), assert_int_equal(cells[19], a < b);
        assert_int_equal(cells[20], a <= b), assert_int_equal(cells[21], a != 0);
    }
}

static void functions_and_their_domains(void **unused) {
    (void)unused;
    static const struct {
        kt_node_code code;
        double x, expected; /* NAN: refused */
    } cases[] = {
        {KT_NODE_SIN, 1.25, 0.9489846193555862143},
        {KT_NODE_COS, 1.25, 0.3153223623952686787},
        {KT_NODE_TAN, 1.25, 3.009569673862831288},
        {KT_NODE_ARCSIN, 0.75, 0.848062078981481},
        {KT_NODE_ARCCOS, 0.75, 0.7227342478134157},
        {KT_NODE_ARCTAN, 0.75, 0.6435011087932844},
        {KT_NODE_EXP, 1.5, 4.4816890703380645},
        {KT_NODE_LOG, 10, 2.302585092994045684},
        {KT_NODE_SQRT, 2, 1.414213562373095049},
        {KT_NODE_CEILING, -1.5, -1},
        {KT_NODE_CEILING, 1.25, 2},
        {KT_NODE_FLOOR, -1.5, -2},
        {KT_NODE_FLOOR, 1.75, 1},
        {KT_NODE_ARCSIN, 1.01, NAN},
        {KT_NODE_ARCCOS, -2, NAN},
        {KT_NODE_LOG, 0, NAN},
        {KT_NODE_LOG, -1, NAN},
        {KT_NODE_SQRT, -1e-300, NAN},
        {KT_NODE_SIN, INFINITY, NAN},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int w = 32; w <= 64; w += 32) {
            kt_op op = OP(FUNCTION_F, w, 2, 1, 0);
            op.data = cases[i].code;
            cells[1] = kt_double_cell(cases[i].x);
            assert_int_equal(run_one(op), isnan(cases[i].expected) ? KETCH_ERROR_RUNTIME : KETCH_OK);
            if (isnan(cases[i].expected)) continue;
            double result = number_of(cells[2]);
            assert_true(fabs(result - cases[i].expected) <= fabs(cases[i].expected) * (w == 32 ? 6e-8 : 4e-16));
            assert_true(w == 64 || result == (double)(float)result);
        }
    }
    cells[1] = kt_double_cell(2), cells[2] = kt_double_cell(0.5), cells[3] = kt_double_cell(0);
    assert_int_equal(run_one(OP(POWER_F, 64, 4, 1, 2)), KETCH_OK);
    assert_true(fabs(number_of(cells[4]) - 1.4142135623730951) < 1e-15);
    assert_int_equal(run_one(OP(DIVIDE_F, 64, 4, 1, 3)), KETCH_ERROR_RUNTIME);
    assert_int_equal(run_one(OP(MODULO_F, 64, 4, 1, 3)), KETCH_ERROR_RUNTIME);
    assert_non_null(strstr(ketch_diag_text(diag), "division by zero"));
}

static void between_kinds_of_numbers(void **unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        int w = 1 + (int)(draw() % 64), f = round % 2 ? 32 : 64;
        wide natural = wrapped((wide)draw(), w, false), integer = wrapped((wide)draw(), w, true);
        double real = ldexp((double)(int64_t)draw(), (int)(draw() % 80) - 70);
        cells[1] = (uint64_t)integer, cells[2] = (uint64_t)natural, cells[3] = kt_double_cell(real);
        const kt_op program[] = {OP(INT_TO_FLOAT, f, 10, 1, 0), OP(UINT_TO_FLOAT, f, 11, 2, 0), OP(FLOAT_TO_INT, w, 12, 3, 0),
                                 OP(FLOAT_TO_UINT, w, 13, 3, 0), END};
        assert_int_equal(run(program), KETCH_OK);
        assert_true(number_of(cells[10]) == (f == 32 ? (double)(float)integer : (double)integer));
        assert_true(number_of(cells[11]) == (f == 32 ? (double)(float)natural : (double)natural));
        wide whole = (wide)real; /* towards zero */
        assert_true(cells[12] == (uint64_t)wrapped(whole, w, true));
        assert_true(cells[13] == (uint64_t)wrapped(whole, w, false));
    }
    const double never[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        cells[1] = kt_double_cell(never[i]);
        assert_int_equal(run_one(OP(FLOAT_TO_INT, 32, 2, 1, 0)), KETCH_ERROR_RUNTIME);
        assert_int_equal(run_one(OP(FLOAT_TO_UINT, 32, 2, 1, 0)), KETCH_ERROR_RUNTIME);
        assert_int_equal(run_one(OP(FLOAT_TO_ANGLE, 32, 2, 1, 0)), KETCH_ERROR_RUNTIME);
    }
    cells[1] = kt_double_cell(0x1.8p70 + 0x1p30); /* multiples of 2^64 vanish */
    assert_int_equal(run((kt_op[]){OP(FLOAT_TO_UINT, 64, 2, 1, 0), END}), KETCH_OK);
    assert_int_equal(cells[2], (uint64_t)1 << 30);
}

static void angles(void **unused) {
    (void)unused;
    const long double pi = 3.14159265358979323846264338327950288L;
    for (int round = 0; round < ROUNDS; round++) {
        int w = 1 + (int)(draw() % 50), to = 1 + (int)(draw() % 64), from = 1 + (int)(draw() % 64);
        double radians = ldexp((double)(int64_t)draw(), -59 - (int)(draw() % 10));
        uint64_t angle = from < 64 ? draw() & (((uint64_t)1 << from) - 1) : draw();
        cells[1] = kt_double_cell(radians), cells[2] = angle;
        kt_op resize = OP(RESIZE_ANGLE, to, 12, 2, 0);
        resize.data = (uint32_t)from;
        assert_int_equal(run((kt_op[]){OP(FLOAT_TO_ANGLE, w, 10, 1, 0), OP(ANGLE_TO_FLOAT, from, 11, 2, 0), resize, END}), KETCH_OK);
        long double units = ldexpl((long double)radians / (2 * pi), w), off = units - (long double)cells[10];
        off -= ldexpl(rintl(ldexpl(off, -w)), w);
        assert_true(fabsl(off) <= 0.5L + ldexpl(1, w - 46)); /* the nearest, but for the rounding of a double's turns */
        assert_true(w == 64 || cells[10] >> w == 0);
        double back = number_of(cells[11]), exact = (double)(ldexpl((long double)angle, -from) * 2 * pi);
        assert_true(back >= 0 && back < 6.283185307179586 && fabs(back - exact) <= 2e-15 * (1 + exact));
        long double scaled = ldexpl((long double)angle, to - from), difference = scaled - (long double)cells[12];
        if (to < 64 && difference > ldexpl(1, to - 1)) difference -= ldexpl(1, to); /* a whole turn is none */
        assert_true(fabsl(difference) <= 0.5L || (to == 64 && from == 64));
        if (to >= from) assert_true(difference == 0);
    }
    cells[1] = 0xb, cells[2] = 0x9; /* 1011, 1001: halves go to the even neighbour */
    kt_op first = OP(RESIZE_ANGLE, 3, 3, 1, 0), second = OP(RESIZE_ANGLE, 3, 4, 2, 0);
    first.data = second.data = 4;
    assert_int_equal(run((kt_op[]){first, second, END}), KETCH_OK);
    assert_int_equal(cells[3], 6), assert_int_equal(cells[4], 4);
}

static void complex_numbers(void **unused) {
    (void)unused;
    for (int round = 0; round < ROUNDS; round++) {
        int w = round % 2 ? 64 : 128;
        double a[2], b[2], limit = w == 64 ? 2e-7 : 1e-14;
        for (int k = 0; k < 2; k++) {
            a[k] = (double)(int64_t)draw() * 0x1p-62, b[k] = (double)(int64_t)draw() * 0x1p-62;
            if (w == 64) a[k] = (double)(float)a[k], b[k] = (double)(float)b[k];
            cells[k] = kt_double_cell(a[k]), cells[2 + k] = kt_double_cell(b[k]);
        }
        long double norm = (long double)b[0] * b[0] + (long double)b[1] * b[1];
        const kt_op program[] = {
            OP(ADD_C, w, 10, 0, 2),    OP(SUBTRACT_C, w, 12, 0, 2), OP(MULTIPLY_C, w, 14, 0, 2), OP(NEGATE_C, w, 16, 0, 0),
            OP(ROUND_C, 64, 18, 0, 0), OP(EQUAL_C, w, 20, 0, 2),    OP(EQUAL_C, w, 21, 0, 0),    END};
        assert_int_equal(run(program), KETCH_OK);
        const long double expected[][2] = {
            {(long double)a[0] + b[0], (long double)a[1] + b[1]},
            {(long double)a[0] - b[0], (long double)a[1] - b[1]},
            {(long double)a[0] * b[0] - (long double)a[1] * b[1], (long double)a[0] * b[1] + (long double)a[1] * b[0]},
            {-(long double)a[0], -(long double)a[1]},
            {(long double)(float)a[0], (long double)(float)a[1]}};
        for (int i = 0; i < 5; i++) {
            for (int k = 0; k < 2; k++) assert_true(fabsl((long double)number_of(cells[10 + 2 * i + k]) - expected[i][k]) <= limit * 8);
        }
        assert_int_equal(cells[20], a[0] == b[0] && a[1] == b[1]);
        assert_int_equal(cells[21], 1);
        assert_int_equal(run_one(OP(DIVIDE_C, w, 22, 0, 2)), norm == 0 ? KETCH_ERROR_RUNTIME : KETCH_OK);
        if (norm < 1e-3L) continue;
        const long double quotient[2] = {(a[0] * (long double)b[0] + a[1] * (long double)b[1]) / norm,
                                         (a[1] * (long double)b[0] - a[0] * (long double)b[1]) / norm};
        for (int k = 0; k < 2; k++) assert_true(fabsl((long double)number_of(cells[22 + k]) - quotient[k]) <= limit * 100);
    }
}

static void complex_functions(void **unused) {
    (void)unused;
    static const struct {
        kt_node_code code;
        double x[2], expected[2];
    } cases[] = {
        /* e^(a + ib) = e^a (cos b + i sin b); the others by hand from it */
        {KT_NODE_EXP, {0, M_PI}, {-1, 0}},
        {KT_NODE_EXP, {1, M_PI_2}, {0, 2.718281828459045}},
        {KT_NODE_LOG, {-1, 0}, {0, M_PI}},
        {KT_NODE_SQRT, {-4, 0}, {0, 2}},
        {KT_NODE_SQRT, {0, 2}, {1, 1}},
        {KT_NODE_SIN, {0, 1}, {0, 1.1752011936438014}},
        {KT_NODE_COS, {0, 1}, {1.5430806348152437, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kt_op op = OP(FUNCTION_C, 128, 4, 0, 0);
        op.data = cases[i].code;
        for (int k = 0; k < 2; k++) cells[k] = kt_double_cell(cases[i].x[k]);
        assert_int_equal(run_one(op), KETCH_OK);
        for (int k = 0; k < 2; k++) assert_true(fabs(number_of(cells[4 + k]) - cases[i].expected[k]) < 1e-15 * 4);
    }
    cells[0] = kt_double_cell(0), cells[1] = kt_double_cell(1); /* i ** 2 */
    cells[2] = kt_double_cell(2), cells[3] = kt_double_cell(0);
    assert_int_equal(run_one(OP(POWER_C, 128, 4, 0, 2)), KETCH_OK);
    assert_true(number_of(cells[4]) == -1 && number_of(cells[5]) == 0);
    cells[2] = kt_double_cell(-1);
    assert_int_equal(run_one(OP(POWER_C, 128, 4, 0, 2)), KETCH_OK);
    assert_true(number_of(cells[4]) == 0 && number_of(cells[5]) == -1);
    cells[2] = kt_double_cell(0), cells[3] = kt_double_cell(1); /* i ** i = e^(-pi/2) */
    assert_int_equal(run_one(OP(POWER_C, 128, 4, 0, 2)), KETCH_OK);
    assert_true(fabs(number_of(cells[4]) - 0.20787957635076193) < 1e-15 && fabs(number_of(cells[5])) < 1e-15);
    cells[1] = kt_double_cell(0); /* 0 ** i */
    assert_int_equal(run_one(OP(POWER_C, 128, 4, 0, 2)), KETCH_ERROR_RUNTIME);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(integers_wrap),
        TEST(constants_are_added_and_numbers_compared),
        TEST(bits_of_any_width),
        TEST(bits_are_counted_and_compared),
        TEST(parts_of_numbers_and_of_memory),
        TEST(nothing_beyond_memory_is_reached),
        TEST(arrays_by_computed_places),
        TEST(indices_count_from_both_ends),
        TEST(floats_round_once),
        TEST(functions_and_their_domains),
        TEST(between_kinds_of_numbers),
        TEST(angles),
        TEST(complex_numbers),
        TEST(complex_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
