/* SPDX-License-Identifier: Apache-2.0
 *
 * --param NAME=VALUE and --param-file FILE: values of a program's inputs. Both hand the library a name and a value as text, which it reads
 * by the input's type; of a JSON object only the members are found here:
 *
 *   { "theta": 0.5, "mask": "0110", "table": [1, 2, 3] }
 *      name    value  ...
 */
#include "cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 64, MAX_NAME = 1000 };

static int bind_one(ketch_circuit *circuit, const char *name, const char *value, size_t size, const char *path, ketch_diag *diag) {
    ketch_status status = ketch_circuit_bind_text(circuit, name, value, size, diag);
    return status == KETCH_OK ? 0 : failed(status, diag, shown_name(path));
}

static int bind_option(ketch_circuit *circuit, const char *text, const char *path, ketch_diag *diag) {
    const char *equals = strchr(text, '=');
    char name[MAX_NAME];
    if (!equals || equals == text || (size_t)(equals - text) >= sizeof name) {
        complain("write --param theta=pi/4", "--param: '%.60s' is not NAME=VALUE", text);
        return EXIT_USAGE;
    }
    snprintf(name, sizeof name, "%.*s", (int)(equals - text), text);
    return bind_one(circuit, name, equals + 1, strlen(equals + 1), path, diag);
}

/* ── The members of a JSON object ── */

typedef struct json_text {
    const char *start, *next, *end;
} json_text;

static void skip_blanks(json_text *json) {
    while (json->next < json->end && strchr(" \t\r\n", *json->next) && *json->next) json->next++;
}

static bool take(json_text *json, char wanted) {
    skip_blanks(json);
    if (json->next == json->end || *json->next != wanted) return false;
    json->next++;
    return true;
}

static bool skip_string(json_text *json) {
    if (!take(json, '"')) return false;
    for (; json->next < json->end && (unsigned char)*json->next >= 0x20; json->next++) {
        if (*json->next == '\\' && json->end - json->next > 1)
            json->next++;
        else if (*json->next == '"')
            return json->next++, true;
    }
    return false;
}

/* A value; what its scalars are is left to who reads it by its type. */
static bool skip_value(json_text *json) {
    char open[MAX_DEPTH];
    size_t depth = 0;
    do {
        skip_blanks(json);
        if (json->next == json->end) return false;
        char c = *json->next;
        if (c == '[' || c == '{') {
            if (depth == MAX_DEPTH) return false;
            open[depth++] = c;
            json->next++;
        } else if (c == ']' || c == '}') {
            if (!depth || (open[--depth] == '[') != (c == ']')) return false;
            json->next++;
        } else if (c == '"') {
            if (!skip_string(json)) return false;
        } else if (depth && (c == ',' || c == ':')) {
            json->next++;
        } else {
            const char *start = json->next;
            while (json->next < json->end && (isalnum((unsigned char)*json->next) || strchr("+-.", *json->next)) && *json->next)
                json->next++;
            if (json->next == start) return false;
        }
    } while (depth);
    return true;
}

static bool add_character(char name[MAX_NAME], size_t *size, unsigned long code) {
    if (!code) return false;
    unsigned char bytes[4];
    size_t count = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = count; i-- > 1; code >>= 6) bytes[i] = (unsigned char)(0x80 | (code & 0x3f));
    bytes[0] = (unsigned char)(leads[count] | code);
    if (*size + count >= MAX_NAME) return false;
    memcpy(name + *size, bytes, count);
    *size += count;
    return true;
}

/* Four hexadecimal digits behind \u. */
static bool read_unit(unsigned long *code, const char **at, const char *end) {
    char digits[5] = "";
    if (end - *at < 4) return false;
    memcpy(digits, *at, 4);
    *at += 4;
    *code = strtoul(digits, NULL, 16);
    return strspn(digits, "0123456789abcdefABCDEF") == 4;
}

/* The string between two quotation marks, its escapes resolved. */
static bool read_name(char name[MAX_NAME], const char *at, const char *end) {
    size_t size = 0;
    while (at < end) {
        unsigned long code = (unsigned char)*at++, low;
        if (code != '\\') {
            if (size + 1 >= MAX_NAME) return false;
            name[size++] = (char)code;
            continue;
        }
        static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
        const char *escape = strchr(escapes, *at);
        if (*at == 'u') {
            at++;
            if (!read_unit(&code, &at, end)) return false;
            bool high = code >= 0xd800 && code < 0xdc00;
            if (high && (end - at < 6 || at[0] != '\\' || at[1] != 'u' || (at += 2, !read_unit(&low, &at, end)))) return false;
            if (high) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        } else if (escape && *escape) {
            code = (unsigned char)meant[escape - escapes];
            at++;
        } else {
            return false;
        }
        if (!add_character(name, &size, code)) return false;
    }
    name[size] = '\0';
    return size > 0;
}

static int refuse_file(const json_text *json, const char *file, const char *why) {
    unsigned line = 1;
    for (const char *c = json->start; c < json->next && c < json->end; c++) line += *c == '\n';
    complain("a JSON object as {\"theta\": 0.5, \"mask\": \"0110\"}", "--param-file: %s:%u: %s", file, line, why);
    return EXIT_USAGE;
}

static int bind_members(ketch_circuit *circuit, json_text *json, const char *file, const char *path, ketch_diag *diag) {
    char name[MAX_NAME];
    if (!take(json, '{')) return refuse_file(json, file, "not a JSON object");
    for (bool more = !take(json, '}'); more;) {
        skip_blanks(json);
        const char *key = json->next + 1;
        if (!skip_string(json) || !read_name(name, key, json->next - 1))
            return refuse_file(json, file, "a name in quotation marks is missing");
        if (!take(json, ':')) return refuse_file(json, file, "`:` is missing behind a name");
        skip_blanks(json);
        const char *value = json->next;
        if (!skip_value(json)) return refuse_file(json, file, "not a JSON value");
        int code = bind_one(circuit, name, value, (size_t)(json->next - value), path, diag);
        if (code) return code;
        more = take(json, ',');
        if (!more && !take(json, '}')) return refuse_file(json, file, "`,` or `}` is missing behind a value");
    }
    skip_blanks(json);
    return json->next == json->end ? 0 : refuse_file(json, file, "something stands behind the object");
}

static int bind_file(ketch_circuit *circuit, const char *file, const char *path, ketch_diag *diag) {
    enum { LIMIT = 1 << 30 };
    size_t size;
    int error;
    char *text = read_source(&size, file, LIMIT, &error);
    if (!text) {
        complain(NULL, "--param-file: cannot read %s: %s", shown_name(file), strerror(error));
        return EXIT_RUNTIME;
    }
    json_text json = {text, text, text + size};
    int code = bind_members(circuit, &json, shown_name(file), path, diag);
    free(text);
    return code;
}

int bind_inputs(ketch_circuit *circuit, const char *path, const settings *options, ketch_diag *diag) {
    int code = options->parameter_file ? bind_file(circuit, options->parameter_file, path, diag) : 0;
    for (size_t i = 0; i < options->parameters.count && code == 0; i++)
        code = bind_option(circuit, options->parameters.items[i], path, diag);
    return code;
}
