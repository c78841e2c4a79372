/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON as a stream: results are huge arrays, so no tree is ever built. Commas and indentation are the writer's business; numbers are the
 * shortest that read back the same, NaN and infinity become null, strings are escaped and invalid UTF-8 is replaced.
 */
#ifndef KETCH_BASE_JSON_H
#define KETCH_BASE_JSON_H

#include "base/buffer.h"

#include <stdint.h>

typedef struct kt_json {
    kt_buffer *out;
    bool indent; /* one member a line; else everything on one line */
    unsigned depth;
    uint64_t occupied; /* bit d: the container at depth d already holds something */
    uint64_t inlined;  /* bit d: the container at depth d stays on one line */
} kt_json;             /* {.out = &buffer, .indent = true} */

/* `name` is the member's name inside an object, NULL inside an array or at the top. */
void kt_json_open(kt_json *json, const char *name, char bracket);        /* '{' or '[' */
void kt_json_open_inline(kt_json *json, const char *name, char bracket); /* its members stay on one line */
void kt_json_close(kt_json *json, char bracket);                         /* '}' or ']' */
void kt_json_string(kt_json *json, const char *name, const char *text);
void kt_json_text(kt_json *json, const char *name, const char *text, size_t size);
void kt_json_number(kt_json *json, const char *name, double value);
void kt_json_integer(kt_json *json, const char *name, uint64_t value);
void kt_json_negative(kt_json *json, const char *name, uint64_t size); /* -size */
void kt_json_bool(kt_json *json, const char *name, bool value);
void kt_json_null(kt_json *json, const char *name);

#endif
