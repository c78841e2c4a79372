/* SPDX-License-Identifier: Apache-2.0
 *
 * Instructions by name.
 */
#include "circuit/classical.h"

static const char *const names[] = {
#define X(name, meaning) #name,
    KT_INSTRUCTIONS(X)
#undef X
};

const char *kt_instruction_name(uint8_t code) {
    return code > KT_INSTRUCTION_BEFORE && code < KT_INSTRUCTION_END ? names[code - KT_INSTRUCTION_BEFORE - 1] : NULL;
}
