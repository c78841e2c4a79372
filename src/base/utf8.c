/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 */
#include "base/utf8.h"

#include <stdbool.h>
#include <string.h>

size_t kt_utf8_size(const char *text, size_t left) {
    const unsigned char *c = (const unsigned char *)text;
    size_t size = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : c[0] >= 0xe0 && c[0] < 0xf0 ? 3 : c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;
    if (!size || size > left) return 0;
    for (size_t i = 1; i < size; i++) {
        if ((c[i] & 0xc0) != 0x80) return 0;
    }
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0)) return 0; /* overlong, surrogate */
    if ((c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90)) return 0; /* overlong, beyond U+10FFFF */
    return size;
}

size_t kt_utf8_show(char *out, size_t *written, const char *text, size_t left) {
    size_t size = kt_utf8_size(text, left);
    unsigned char first = (unsigned char)text[0], second = size > 1 ? (unsigned char)text[1] : 0;
    bool control = size == 0 || first < 0x20 || first == 0x7f || (first == 0xc2 && second < 0xa0);
    *written = control ? 1 : size;
    if (control)
        out[0] = first == '\t' ? ' ' : '?';
    else
        memcpy(out, text, size);
    return size ? size : 1;
}
