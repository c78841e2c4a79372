/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8: what is a character, and what only looks like one.
 */
#ifndef KETCH_BASE_UTF8_H
#define KETCH_BASE_UTF8_H

#include <stddef.h>

/* Bytes of the valid sequence at `text`, of which `left` > 0 bytes are there; 0 if it is none. */
size_t kt_utf8_size(const char *text, size_t left);

/* The next character as it is shown, one column wide: what is not UTF-8 and what a terminal might obey becomes '?', a tab a blank. Gives
 * the bytes read; writes at most 4. */
size_t kt_utf8_show(char *out, size_t *written, const char *text, size_t left);

#endif
