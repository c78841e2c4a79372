/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room output: what the bits of a counted register mean, as JSON; text takes the same.
 */
#ifndef KETCH_OUTPUT_VALUE_H
#define KETCH_OUTPUT_VALUE_H

#include "circuit/circuit.h"

bool kt_is_plain(const ketch_register *bits);   /* a register of bits, whose bits are what there is to say */
bool kt_has_values(const ketch_result *result); /* some register is not */

/* The value of register `index` in an outcome: a number, true or false, "0101", [re, im], nested arrays. */
void kt_write_value(kt_json *json, const char *name, const ketch_result *result, size_t index, const uint64_t *row, bool bit0_first);

/* One value of that type, for people: numbers to six digits. */
void kt_value_text(kt_buffer *out, ketch_value_type type, const uint64_t *words);

#endif
