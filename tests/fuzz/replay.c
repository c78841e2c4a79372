/* SPDX-License-Identifier: Apache-2.0
 *
 * replay PATH...: a fuzz target as an ordinary program. Every .qasm and .saved file found under the paths is given to it, whole, with
 * each option byte in turn, and cut short in places.
 */
#define _XOPEN_SOURCE 700
#include "fuzz.h"

#include <ftw.h>

enum { CUTS = 24 };

static unsigned files;

static int replay(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void)place;
    if (kind != FTW_F || !fuzz_is_input(path, status->st_size)) return 0;
    size_t size = (size_t)status->st_size;
    uint8_t *data = malloc(size + 1);
    FILE *file = fopen(path, "rb");
    fuzz_require(data && file && fread(data, 1, size, file) == size);
    fclose(file);
    files++;
    LLVMFuzzerTestOneInput(data, size);
    for (unsigned bit = 0; bit < 8; bit++) {
        data[size] = (uint8_t)(1u << bit);
        LLVMFuzzerTestOneInput(data, size + 1);
    }
    for (size_t cut = 1; cut < CUTS; cut++) {
        uint8_t *piece = fuzz_exact(data, size * cut / CUTS);
        LLVMFuzzerTestOneInput(piece, size * cut / CUTS);
        free(piece);
    }
    free(data);
    return 0;
}

int main(int count, char **arguments) {
    for (int i = 1; i < count; i++) fuzz_require(nftw(arguments[i], replay, 16, FTW_PHYS) == 0);
    printf("%u files\n", files);
    return files >= 20 ? 0 : 1;
}
