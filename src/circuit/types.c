/* SPDX-License-Identifier: Apache-2.0
 *
 * Types of what comes in and goes out, as text.
 */
#include "circuit/circuit.h"

void kt_type_text(kt_buffer *out, ketch_value_type type, const kt_dimensions *dimensions) {
    static const char *const names[] = {"void", "bit", "bool", "int", "uint", "float", "angle", "complex[float", "duration"};
    static const bool wide[] = {
        [KETCH_TYPE_BITS] = true,  [KETCH_TYPE_INT] = true,     [KETCH_TYPE_UINT] = true,     [KETCH_TYPE_FLOAT] = true,
        [KETCH_TYPE_ANGLE] = true, [KETCH_TYPE_COMPLEX] = true, [KETCH_TYPE_DURATION] = false};
    bool array = dimensions && dimensions->dimension_count;
    if (array) kt_buffer_text(out, "array[");
    kt_buffer_text(out, names[type.type]);
    uint32_t width = type.type == KETCH_TYPE_COMPLEX ? type.width / 2 : type.width;
    if (wide[type.type] && !(type.type == KETCH_TYPE_BITS && width == 1)) kt_buffer_format(out, "[%u]", width);
    if (type.type == KETCH_TYPE_COMPLEX) kt_buffer_text(out, "]");
    for (uint32_t i = 0; array && i < dimensions->dimension_count; i++) kt_buffer_format(out, ", %u", dimensions->dimensions[i]);
    if (array) kt_buffer_text(out, "]");
}
