/* SPDX-License-Identifier: Apache-2.0
 *
 * Growing bytes, and numbers to and from text. See buffer.h.
 */
#include "base/buffer.h"

#include "base/memory.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kt_buffer_add(kt_buffer *buffer, const void *bytes, size_t size) {
    if (buffer->failed) return;
    if (size >= SIZE_MAX - buffer->size || !kt_reserve(&buffer->bytes, &buffer->capacity, buffer->size + size + 1, 1)) {
        buffer->failed = true;
        return;
    }
    if (size) memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    buffer->bytes[buffer->size] = '\0';
}

void kt_buffer_text(kt_buffer *buffer, const char *text) { kt_buffer_add(buffer, text, strlen(text)); }

void kt_buffer_format(kt_buffer *buffer, const char *format, ...) {
    if (buffer->failed) return;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0 || !kt_reserve(&buffer->bytes, &buffer->capacity, buffer->size + (size_t)size + 1, 1)) {
        buffer->failed = true;
        return;
    }
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->size, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)size;
}

void kt_buffer_repeat(kt_buffer *buffer, const char *text, size_t count) {
    for (size_t i = 0; i < count && !buffer->failed; i++) kt_buffer_text(buffer, text);
}

void kt_buffer_clear(kt_buffer *buffer) {
    buffer->size = 0;
    if (buffer->bytes) buffer->bytes[0] = '\0';
}

void kt_buffer_free(kt_buffer *buffer) {
    kt_free(buffer->bytes);
    *buffer = (kt_buffer){0};
}

/* snprintf writes the decimal separator of the caller's locale, which may be several bytes: put a point there. */
static size_t format_general(char out[KT_NUMBER_TEXT], double value, int digits) {
    char text[KT_NUMBER_TEXT + 16];
    int size = snprintf(text, sizeof text, "%.*g", digits, value);
    size_t kept = 0;
    bool separator = false;
    for (int i = 0; i < size && kept + 1 < KT_NUMBER_TEXT; i++) {
        char c = text[i];
        bool plain = (c >= '0' && c <= '9') || c == '-' || c == '+' || (c >= 'a' && c <= 'z');
        if (plain) {
            out[kept++] = c;
        } else if (!separator) {
            out[kept++] = '.';
            separator = true;
        }
    }
    out[kept] = '\0';
    return kept;
}

size_t kt_number_text(char out[KT_NUMBER_TEXT], double value) {
    if (isnan(value)) return (size_t)snprintf(out, KT_NUMBER_TEXT, "nan");
    if (isinf(value)) return (size_t)snprintf(out, KT_NUMBER_TEXT, value < 0 ? "-inf" : "inf");
    size_t size = 0;
    for (int digits = 15; digits <= 17; digits++) { /* 17 always read back the same, 15 or 16 often do */
        size = format_general(out, value, digits);
        double back;
        if (kt_number_read(&back, out, size) && back == value) break;
    }
    return size;
}

size_t kt_number_round(char out[KT_NUMBER_TEXT], double value, int digits) { return format_general(out, value, digits); }

void kt_buffer_number(kt_buffer *buffer, double value) {
    char text[KT_NUMBER_TEXT];
    kt_buffer_add(buffer, text, kt_number_text(text, value));
}

size_t kt_bytes_text(char out[KT_NUMBER_TEXT], double bytes) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB"};
    size_t unit = 0;
    while (bytes >= 1024 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1024;
        unit++;
    }
    if (!unit) return (size_t)snprintf(out, KT_NUMBER_TEXT, "%d B", (int)bytes);
    uint64_t tenths = bytes < 1e18 ? (uint64_t)(bytes * 10 + 0.5) : UINT64_MAX;
    return (size_t)snprintf(out, KT_NUMBER_TEXT, "%llu.%llu %s", (unsigned long long)(tenths / 10), (unsigned long long)(tenths % 10),
                            units[unit]);
}

/* strtod in the C locale, whatever the caller's is. */
static bool read_slowly(double *out, const char *text, size_t size) {
    char small[64], *copy = size < sizeof small ? small : kt_alloc(size + 1);
    if (!copy) return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    bool read = false;
    if (c_locale) {
        char *end;
        *out = strtod_l(copy, &end, c_locale);
        read = end == copy + size && size > 0;
        freelocale(c_locale);
    }
    if (copy != small) kt_free(copy);
    return read;
}

__extension__ typedef unsigned __int128 wide;

/* digits / 10^power, for digits that a double may not hold: 64 bits of the quotient or a few more, and whether something is left, tell how
 * it is rounded. */
static double divide_exactly(uint64_t digits, unsigned power) {
    uint64_t divisor = 1;
    while (power--) divisor *= 10;
    int shift = 64 + __builtin_clzll(digits), extra = 0;
    wide dividend = (wide)digits << shift, quotient = dividend / divisor;
    bool rest = dividend % divisor != 0;
    uint64_t high = (uint64_t)(quotient >> 64);
    if (high) extra = 64 - __builtin_clzll(high);
    uint64_t first = (uint64_t)(quotient >> extra);
    rest = rest || (quotient & (((wide)1 << extra) - 1)) != 0;
    return ldexp((double)(first | rest), extra - shift);
}

/* Up to 15 digits and a power of ten up to 22 are exact doubles, so one multiplication or division rounds correctly (W. D. Clinger,
 * "How to read floating point numbers accurately", PLDI 1990). That covers most numbers in a circuit; a few digits more, as of angles that
 * were written to be read back, nearly all others. */
bool kt_number_read(double *out, const char *text, size_t size) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    size_t i = 0;
    bool negative = false, any = false, point = false;
    if (i < size && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
    uint64_t digits = 0;
    int digit_count = 0, scale = 0;
    for (; i < size; i++) {
        char c = text[i];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            any = true;
            if (digit_count < 18) {
                digits = digits * 10 + (uint64_t)(c - '0');
                digit_count += digits != 0;
            } else {
                digit_count = 19; /* too many for the fast way */
            }
            scale -= point;
        } else {
            break;
        }
    }
    if (!any) return false;
    int exponent = 0;
    if (i < size && (text[i] == 'e' || text[i] == 'E')) {
        i++;
        bool down = false;
        if (i < size && (text[i] == '-' || text[i] == '+')) down = text[i++] == '-';
        if (i == size) return false;
        for (; i < size && text[i] >= '0' && text[i] <= '9'; i++) {
            if (exponent < 100000)
                exponent = exponent * 10 + (text[i] - '0');
            else
                digit_count = 19; /* what is known of the exponent does not tell its size */
        }
        if (down) exponent = -exponent;
    }
    if (i != size) return false;
    exponent += scale;
    double value = (double)digits;
    if (digit_count <= 18 && digits < (1ull << 53) && exponent >= -22 && exponent <= 22)
        value = exponent < 0 ? value / powers[-exponent] : value * powers[exponent];
    else if (digit_count <= 18 && exponent >= -19 && exponent <= 0)
        value = divide_exactly(digits, (unsigned)-exponent);
    else
        return read_slowly(out, text, size);
    *out = negative ? -value : value;
    return true;
}

static int buffer_write(void *user, const void *bytes, size_t size) {
    kt_buffer *buffer = user;
    kt_buffer_add(buffer, bytes, size);
    return buffer->failed;
}

ketch_sink kt_buffer_sink(kt_buffer *buffer) { return (ketch_sink){buffer_write, buffer}; }

ketch_status kt_buffer_flush(kt_buffer *buffer, ketch_sink sink, ketch_diag *diag) {
    if (buffer->failed) return kt_no_memory(diag);
    if (buffer->size && sink.write(sink.user, buffer->bytes, buffer->size) != 0)
        return kt_fail(diag, KT_SINK_FAILED, "the output could not be written");
    kt_buffer_clear(buffer);
    return KETCH_OK;
}
