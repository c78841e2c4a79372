/* SPDX-License-Identifier: Apache-2.0
 *
 * Files that appear whole or not at all, and the state as a NumPy array.
 */
#include "api.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static ketch_diag *diag;
static char folder[] = "/tmp/ketch-files-XXXXXX";

static int create(void **state) {
    (void)state;
    diag = ketch_diag_create();
    return diag && mkdtemp(folder) ? 0 : 1;
}

static int release(void **state) {
    (void)state;
    ketch_diag_free(&diag);
    return rmdir(folder); /* fails if anything was left behind */
}

static const char *in_folder(const char *name) {
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int files_there(void) {
    int count = 0;
    DIR *open = opendir(folder);
    for (struct dirent *entry; (entry = readdir(open));) count += entry->d_name[0] != '.' || strlen(entry->d_name) > 2;
    closedir(open);
    return count;
}

static void assert_content(const char *path, const char *content, size_t size) {
    char *read_back = malloc(size + 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(read_back, 1, size + 1, file), size);
    assert_memory_equal(read_back, content, size);
    fclose(file);
    free(read_back);
}

static void a_committed_file_is_whole(void **state) {
    (void)state;
    ketch_file *file = NULL;
    OK(diag, ketch_file_create(&file, in_folder("a"), diag));
    ketch_sink sink = ketch_file_sink(file);
    assert_int_equal(sink.write(sink.user, "half", 4), 0);
    assert_int_equal(access(in_folder("a"), F_OK), -1); /* not there yet under its name */
    assert_int_equal(sink.write(sink.user, " and half", 9), 0);
    OK(diag, ketch_file_commit(file, diag));
    ketch_file_free(&file);
    assert_null(file);
    ketch_file_free(&file);
    ketch_file_free(NULL);
    assert_content(in_folder("a"), "half and half", 13);
    assert_int_equal(files_there(), 1);
}

static void without_commit_the_old_file_stays(void **state) {
    (void)state;
    ketch_file *file = NULL;
    OK(diag, ketch_file_create(&file, in_folder("a"), diag));
    ketch_sink sink = ketch_file_sink(file);
    assert_int_equal(sink.write(sink.user, "other", 5), 0);
    ketch_file_free(&file);
    assert_content(in_folder("a"), "half and half", 13);
    assert_int_equal(files_there(), 1);

    OK(diag, ketch_file_create(&file, in_folder("a"), diag));
    sink = ketch_file_sink(file);
    assert_int_equal(sink.write(sink.user, "new", 3), 0);
    OK(diag, ketch_file_commit(file, diag));
    ketch_file_free(&file);
    assert_content(in_folder("a"), "new", 3);
    unlink(in_folder("a"));
    assert_int_equal(files_there(), 0);
}

static void what_cannot_be_written_is_an_error(void **state) {
    (void)state;
    ketch_file *file = NULL;
    EXPECT(KETCH_ERROR_IO, diag, ketch_file_create(&file, in_folder("none/a"), diag));
    assert_null(file);
    assert_non_null(strstr(ketch_diag_text(diag), "none/a"));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_file_create(&file, NULL, diag));
    EXPECT(KETCH_ERROR_USAGE, diag, ketch_file_create(NULL, "a", diag));
    OK(diag, ketch_file_create(&file, "/dev/full", diag)); /* no regular file: written directly */
    ketch_sink sink = ketch_file_sink(file);
    char block[4096] = {0};
    int refused = 0;
    for (int i = 0; i < 1000 && !refused; i++) refused = sink.write(sink.user, block, sizeof block);
    assert_true(refused || ketch_file_commit(file, diag) == KETCH_ERROR_IO);
    ketch_file_free(&file);
    struct stat status;
    assert_int_equal(stat("/dev/full", &status), 0);
    assert_true(S_ISCHR(status.st_mode)); /* still the device */
}

static void a_state_is_a_numpy_array(void **state) {
    (void)state;
    ketch_circuit *circuit = heavy(5, 2);
    ketch_session *session = NULL;
    OK(diag, ketch_session_create(&session, NULL, diag));
    for (int fp32 = 0; fp32 < 2; fp32++) {
        ketch_run_options options = KETCH_RUN_OPTIONS_INIT;
        options.outputs = KETCH_OUTPUT_STATE;
        options.precision = fp32 ? KETCH_PRECISION_FP32 : KETCH_PRECISION_FP64;
        ketch_result *result = NULL;
        OK(diag, ketch_run(&result, session, circuit, &options, diag));
        const char *path = in_folder("state.npy");
        OK(diag, ketch_result_save_state(result, path, diag));
        char file[4096] = {0};
        FILE *open = fopen(path, "rb");
        size_t size = fread(file, 1, sizeof file, open), amplitudes = 32 * (fp32 ? 8 : 16);
        fclose(open);
        assert_memory_equal(file, "\x93NUMPY", 6);
        size_t header = 10 + (size_t)(unsigned char)file[8] + 256 * (size_t)(unsigned char)file[9];
        assert_int_equal(header % 64, 0);
        assert_int_equal(size, header + amplitudes);
        assert_non_null(strstr(file + 10, fp32 ? "'<c8'" : "'<c16'"));
        assert_non_null(strstr(file + 10, "(32,)"));
        assert_memory_equal(file + header, ketch_result_state(result, NULL, NULL), amplitudes);
        bytes all = {0};
        OK(diag, ketch_result_write_state(result, into(&all), diag));
        assert_int_equal(all.size, size);
        assert_memory_equal(all.data, file, size);
        all.room = 200;
        EXPECT(KETCH_ERROR_IO, diag, ketch_result_write_state(result, into(&all), diag));
        free(all.data);
        unlink(path);
        EXPECT(KETCH_ERROR_IO, diag, ketch_result_save_state(result, in_folder("none/state.npy"), diag));
        EXPECT(KETCH_ERROR_IO, diag, ketch_result_save_state(result, "/dev/full", diag));
        EXPECT(KETCH_ERROR_USAGE, diag, ketch_result_save_state(result, NULL, diag));
        ketch_result_free(&result);
    }
    assert_int_equal(files_there(), 0);
    ketch_session_free(&session);
    ketch_circuit_free(&circuit);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_committed_file_is_whole),
        cmocka_unit_test(without_commit_the_old_file_stays),
        cmocka_unit_test(what_cannot_be_written_is_an_error),
        cmocka_unit_test(a_state_is_a_numpy_array),
    };
    return cmocka_run_group_tests(tests, create, release);
}
