/* SPDX-License-Identifier: Apache-2.0
 *
 * save_seeds FOLDER PATH...: saves each program found under the paths, for a fuzzer of saved circuits to begin with.
 */
#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <ftw.h>
#include <string.h>

enum { LARGEST = 20000 };

static const char *folder;
static unsigned count;

static int write_file(void *user, const void *data, size_t size) { return fwrite(data, 1, size, user) != size; }

static int save(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)place;
    char name[4096];
    const char *dot = strrchr(path, '.');
    ketch_circuit *circuit = NULL;
    if (kind != FTW_F || !dot || strcmp(dot, ".qasm") != 0 || status->st_size > LARGEST) return 0;
    if (ketch_circuit_load(&circuit, path, NULL, NULL) != KETCH_OK) return 0;
    snprintf(name, sizeof name, "%s/%04u", folder, count++);
    FILE *file = fopen(name, "wb");
    fuzz_require(file && ketch_circuit_save(circuit, (ketch_sink){write_file, file}, NULL) == KETCH_OK);
    fclose(file);
    ketch_circuit_free(&circuit);
    return 0;
}

int main(int arguments, char **argument) {
    fuzz_require(arguments > 1);
    folder = argument[1];
    for (int i = 2; i < arguments; i++) fuzz_require(nftw(argument[i], save, 16, FTW_PHYS) == 0);
    return count > 0 ? 0 : 1;
}
