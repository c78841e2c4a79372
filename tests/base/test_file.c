/* SPDX-License-Identifier: Apache-2.0
 *
 * Files appear whole or not at all.
 */
#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/ketch-file-XXXXXX", path[128];

static int begin(void **state) {
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/out", folder);
    return 0;
}

static size_t entries(void) {
    DIR *list = opendir(folder);
    size_t count = 0;
    while (readdir(list)) count++;
    closedir(list);
    return count - 2; /* . and .. */
}

static int end(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

static void put(ketch_file *file, const char *text) {
    ketch_sink sink = ketch_file_sink(file);
    assert_int_equal(sink.write(sink.user, text, strlen(text)), 0);
}

static void committed_or_absent(void **state) {
    (void)state;
    ketch_file *file;
    assert_int_equal(ketch_file_create(&file, path, NULL), KETCH_OK);
    put(file, "half");
    ketch_file_free(&file);
    assert_null(file);
    assert_int_equal(entries(), 0);

    assert_int_equal(ketch_file_create(&file, path, NULL), KETCH_OK);
    put(file, "who");
    put(file, "le");
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(ketch_file_commit(file, NULL), KETCH_OK);
    assert_int_equal(ketch_file_commit(file, NULL), KETCH_ERROR_USAGE);
    ketch_file_free(&file);
    char *text;
    size_t size;
    assert_int_equal(kt_file_read(&text, &size, path, 5, NULL), KETCH_OK);
    assert_string_equal(text, "whole");
    kt_free(text);
    assert_int_equal(entries(), 1);

    assert_int_equal(chmod(path, 0640), 0); /* an existing file keeps its mode and, without a commit, its bytes */
    assert_int_equal(ketch_file_create(&file, path, NULL), KETCH_OK);
    put(file, "other");
    ketch_file_free(&file);
    assert_int_equal(kt_file_read(&text, &size, path, 1000, NULL), KETCH_OK);
    assert_string_equal(text, "whole");
    kt_free(text);
    assert_int_equal(entries(), 1);
}

static void links_stay_and_long_names_fit(void **state) {
    (void)state;
    char link[160], longest[600], *text;
    size_t size;
    ketch_file *file;
    assert_int_equal(ketch_file_create(&file, path, NULL), KETCH_OK);
    put(file, "old");
    assert_int_equal(ketch_file_commit(file, NULL), KETCH_OK);
    ketch_file_free(&file);
    snprintf(link, sizeof link, "%s/link", folder);
    assert_int_equal(symlink("out", link), 0);
    assert_int_equal(ketch_file_create(&file, link, NULL), KETCH_OK);
    put(file, "new");
    assert_int_equal(ketch_file_commit(file, NULL), KETCH_OK);
    ketch_file_free(&file);
    struct stat about;
    assert_true(lstat(link, &about) == 0 && S_ISLNK(about.st_mode));
    assert_int_equal(kt_file_read(&text, &size, path, 100, NULL), KETCH_OK);
    assert_string_equal(text, "new");
    kt_free(text);
    assert_int_equal(entries(), 2);

    int used = snprintf(longest, sizeof longest, "%s/", folder);
    memset(longest + used, 'n', 255);
    longest[used + 255] = '\0';
    assert_int_equal(ketch_file_create(&file, longest, NULL), KETCH_OK);
    put(file, "x");
    assert_int_equal(ketch_file_commit(file, NULL), KETCH_OK);
    ketch_file_free(&file);
    assert_int_equal(entries(), 3);
}

static void failures_have_reasons(void **state) {
    (void)state;
    ketch_diag *diag = ketch_diag_create();
    ketch_file *file;
    char missing[160];
    snprintf(missing, sizeof missing, "%s/none/out", folder);
    assert_int_equal(ketch_file_create(&file, missing, diag), KETCH_ERROR_IO);
    assert_null(file);
    assert_non_null(strstr(ketch_diag_text(diag), "No such file or directory"));
    assert_int_equal(ketch_diag_message(diag, 0)->system_error, ENOENT);
    assert_int_equal(ketch_file_create(&file, folder, diag), KETCH_ERROR_IO);
    assert_non_null(strstr(ketch_diag_text(diag), "Is a directory"));
    assert_int_equal(ketch_file_create(&file, "", diag), KETCH_ERROR_USAGE);

    assert_int_equal(ketch_file_create(&file, "/dev/full", diag), KETCH_OK);
    ketch_sink sink = ketch_file_sink(file);
    assert_int_not_equal(sink.write(sink.user, "x", 1), 0);
    assert_int_equal(ketch_file_commit(file, diag), KETCH_ERROR_IO);
    assert_non_null(strstr(ketch_diag_text(diag), "No space left on device"));
    ketch_file_free(&file);

    char *text;
    size_t size;
    assert_int_equal(kt_file_read(&text, &size, missing, 10, diag), KETCH_ERROR_IO);
    assert_int_equal(kt_file_read(&text, &size, folder, 10, diag), KETCH_ERROR_IO);
    assert_null(text);
    assert_int_equal(kt_file_read(&text, &size, "/dev/zero", 1000, diag), KETCH_ERROR_LIMIT);
    assert_int_equal(kt_file_read(&text, &size, "/dev/null", 1000, diag), KETCH_OK);
    assert_int_equal(size, 0);
    kt_free(text);
    ketch_diag_free(&diag);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(committed_or_absent, begin, end),
                                       cmocka_unit_test_setup_teardown(links_stay_and_long_names_fit, begin, end),
                                       cmocka_unit_test_setup_teardown(failures_have_reasons, begin, end)};
    return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
