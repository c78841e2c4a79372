/* SPDX-License-Identifier: Apache-2.0
 *
 * Literals: from their text to a node's value.
 */
#ifndef KETCH_QASM_LITERAL_H
#define KETCH_QASM_LITERAL_H

#include "qasm/ast.h"

/* Fills the value of a node of a literal's kind; an integer beyond 64 bits makes it BIG. False when out of memory. */
bool kt_literal_read(kt_expression *expression, const char *text, uint32_t size);

/* A BIG literal's words, least significant first, in the arena; NULL when out of memory. */
uint64_t *kt_literal_words(kt_arena *arena, const char *text, uint32_t size, uint32_t *count);

/* A bit string's words, bit 0 rightmost, and its width. */
uint64_t *kt_literal_bits(kt_arena *arena, const char *text, uint32_t size, uint32_t *width);

#endif
