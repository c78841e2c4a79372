/* SPDX-License-Identifier: Apache-2.0
 *
 * Files: reading a source whole under a limit, and writing so that a file appears whole or not at all (ketch_file of the public header).
 */
#ifndef KETCH_BASE_FILE_H
#define KETCH_BASE_FILE_H

#include "base/diag.h"

/* Reads all of a file into *bytes (kt_free; one NUL follows). Errors: KT_FILE_NOT_READ with the system's reason, KT_SOURCE_TOO_LARGE beyond
 * `limit`. */
ketch_status kt_file_read(char **bytes, size_t *size, const char *path, size_t limit, ketch_diag *diag);

#endif
