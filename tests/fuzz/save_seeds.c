/* SPDX-License-Identifier: Apache-2.0
 *
 * save_seeds circuits|results FOLDER PATH...: saves each program found under the paths, or the result of a small run of it, for a fuzzer
 * of saved ones to begin with.
 */
#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <ftw.h>

static const char *folder;
static int results;
static unsigned count;

static int save(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)place;
    fuzz_bytes saved = {0};
    ketch_circuit *circuit = NULL;
    ketch_result *result = NULL;
    ketch_diag *diag = ketch_diag_create();
    char name[4096];
    if (kind == FTW_F && fuzz_is_input(path, status->st_size)) ketch_circuit_load(&circuit, path, NULL, diag);
    if (circuit && results) result = fuzz_result(circuit, count % 64, diag); /* of each kind some */
    if (result) {
        fuzz_require(ketch_result_save(result, (ketch_sink){fuzz_keep, &saved}, NULL) == KETCH_OK);
        fuzz_keep(&saved, "\xff", 1); /* in one piece: see restore_result.c */
    } else if (circuit && !results) {
        fuzz_require(ketch_circuit_save(circuit, (ketch_sink){fuzz_keep, &saved}, NULL) == KETCH_OK);
    }
    if (saved.size) {
        snprintf(name, sizeof name, "%s/%04u", folder, count++);
        FILE *file = fopen(name, "wb");
        fuzz_require(file && fwrite(saved.data, 1, saved.size, file) == saved.size);
        fclose(file);
    }
    free(saved.data);
    ketch_result_free(&result);
    ketch_circuit_free(&circuit);
    ketch_diag_free(&diag);
    return 0;
}

int main(int arguments, char **argument) {
    fuzz_require(arguments > 2);
    results = strcmp(argument[1], "results") == 0;
    folder = argument[2];
    for (int i = 3; i < arguments; i++) fuzz_require(nftw(argument[i], save, 16, FTW_PHYS) == 0);
    return count > 0 ? 0 : 1;
}
