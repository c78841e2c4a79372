/* SPDX-License-Identifier: Apache-2.0
 *
 * Every file of a folder and of the folders in it, for tests that take what programs there are. Behind cmocka.h.
 */
#ifndef KETCH_TESTS_BASE_FOLDER_H
#define KETCH_TESTS_BASE_FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static inline bool ends_in(const char *name, const char *end) {
    size_t size = strlen(name), length = strlen(end);
    return size > length && strcmp(name + size - length, end) == 0;
}

static void each_file(const char *folder, void (*visit)(const char *path)) {
    DIR *listing = opendir(folder);
    if (!listing) fail_msg("%s is missing", folder);
    for (struct dirent *entry; (entry = readdir(listing));) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.') continue;
        DIR *inner = opendir(path);
        if (inner) closedir(inner);
        if (inner)
            each_file(path, visit);
        else
            visit(path);
    }
    closedir(listing);
}

#endif
