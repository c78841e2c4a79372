/* SPDX-License-Identifier: Apache-2.0
 *
 * Files. See file.h and "Where bytes go" in the public header.
 */
#include "base/file.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    REASON_SIZE = 128,
    SYNC_BYTES = 16 << 20 /* written between two looks at the disk */
};

/* The system's words for an error number, in the C locale's English, without strerror's static buffer. */
static const char *reason(char out[REASON_SIZE], int number) {
    const char *description = strerrordesc_np(number);
    snprintf(out, REASON_SIZE, "%s", description ? description : "unknown error");
    return out;
}

static ketch_status not_read(ketch_diag *diag, const char *path, int number) {
    char why[REASON_SIZE];
    return kt_fail_at(diag, KT_FILE_NOT_READ, &(kt_place){.file = path, .system_error = number}, "cannot read this file: %s",
                      reason(why, number));
}

ketch_status kt_file_read(char **bytes, size_t *size, const char *path, size_t limit, ketch_diag *diag) {
    *bytes = NULL;
    *size = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return not_read(diag, path, errno);
    struct stat about;
    size_t capacity = 0, used = 0;
    char *text = NULL;
    ketch_status status = KETCH_OK;
    if (fstat(file, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
        /* one byte more than its length, so that the end is seen without growing */
        size_t expected = (uint64_t)about.st_size < limit ? (size_t)about.st_size : limit;
        if (!kt_reserve(&text, &capacity, expected + 2, 1)) status = kt_no_memory(diag);
    }
    while (status == KETCH_OK) {
        if (!kt_reserve(&text, &capacity, used + 2, 1)) {
            status = kt_no_memory(diag);
            break;
        }
        ssize_t got = read(file, text + used, capacity - used - 1);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) status = not_read(diag, path, errno);
        if (got <= 0) break;
        used += (size_t)got;
        if (used > limit)
            status = kt_fail_at(diag, KT_SOURCE_TOO_LARGE, &(kt_place){.file = path}, "more than the limit of %zu bytes", limit);
    }
    close(file);
    if (status != KETCH_OK) {
        kt_free(text);
        return status;
    }
    text[used] = '\0';
    *bytes = text;
    *size = used;
    return KETCH_OK;
}

struct ketch_file {
    int descriptor;
    int failure;     /* errno of the first failed write */
    off_t written;   /* bytes */
    off_t started;   /* of them, what the system was told to bring to the disk */
    char *path;      /* as it was given */
    char *target;    /* behind symbolic links; `path` itself where there are none */
    char *temporary; /* NULL: `path` itself is written (a device, a pipe) */
};

static ketch_status not_written(ketch_diag *diag, const char *path, int number) {
    char why[REASON_SIZE];
    return kt_fail_at(diag, KT_FILE_NOT_WRITTEN, &(kt_place){.file = path, .system_error = number}, "cannot write this file: %s",
                      reason(why, number));
}

/* Opens a new file in the target's folder, under a name of its own that no limit on names can cut. */
static int open_temporary(ketch_file *file, mode_t mode) {
    const char *slash = strrchr(file->target, '/');
    int folder = slash ? (int)(slash - file->target) + 1 : 0;
    size_t room = (size_t)folder + 64;
    file->temporary = kt_alloc(room);
    if (!file->temporary) {
        errno = ENOMEM;
        return -1;
    }
    for (unsigned attempt = 0; attempt < 1000; attempt++) {
        snprintf(file->temporary, room, "%.*s.ketch-%ld-%u.tmp", folder, file->target, (long)getpid(), attempt);
        int descriptor = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (descriptor >= 0 || errno != EEXIST) return descriptor;
    }
    return -1;
}

/* Opens what the bytes go to, or leaves the reason in errno. */
static int open_output(ketch_file *file) {
    struct stat about;
    if (stat(file->path, &about) != 0) return open_temporary(file, 0666);
    if (S_ISDIR(about.st_mode)) {
        errno = EISDIR;
        return -1;
    }
    if (!S_ISREG(about.st_mode)) return open(file->path, O_WRONLY | O_CLOEXEC);
    return access(file->path, W_OK) == 0 ? open_temporary(file, about.st_mode & 0777) : -1;
}

static void release(ketch_file *file) {
    kt_free(file->temporary);
    if (file->target != file->path) kt_free(file->target);
    kt_free(file->path);
    kt_free(file);
}

ketch_status ketch_file_create(ketch_file **out, const char *path, ketch_diag *diag) {
    if (!out) return kt_fail(diag, KT_BAD_ARGUMENT, "out is NULL");
    *out = NULL;
    ketch_diag_clear(diag);
    if (!path || !*path) return kt_fail(diag, KT_BAD_ARGUMENT, "a file to write needs a name");
    ketch_file *file = kt_zalloc(sizeof *file);
    if (!file || !(file->path = kt_strdup(path))) {
        kt_free(file);
        return kt_no_memory(diag);
    }
    char resolved[PATH_MAX]; /* through symbolic links: the file is replaced, the link stays */
    file->target = realpath(path, resolved) ? kt_strdup(resolved) : file->path;
    if (file->target)
        file->descriptor = open_output(file);
    else
        file->descriptor = -1, errno = ENOMEM;
    if (file->descriptor < 0) {
        int number = errno;
        release(file);
        return number == ENOMEM ? kt_no_memory(diag) : not_written(diag, path, number);
    }
    *out = file;
    return KETCH_OK;
}

/* Keeps at most two pieces on the way to the disk, so that the commit of a large file does not block for long where nothing can
 * interrupt it. Only ever a hint: the commit asks for all of it. */
static void start_syncing(ketch_file *file) {
    if (!file->temporary || file->written - file->started < SYNC_BYTES) return;
    if (file->started) sync_file_range(file->descriptor, 0, file->started, SYNC_FILE_RANGE_WAIT_BEFORE);
    sync_file_range(file->descriptor, file->started, file->written - file->started, SYNC_FILE_RANGE_WRITE);
    file->started = file->written;
}

static int file_write(void *user, const void *bytes, size_t size) {
    ketch_file *file = user;
    const char *next = bytes;
    while (size && !file->failure) {
        ssize_t put = write(file->descriptor, next, size < (1u << 30) ? size : 1u << 30);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) {
            file->failure = errno;
            break;
        }
        next += put;
        size -= (size_t)put;
        file->written += put;
    }
    start_syncing(file);
    return file->failure != 0;
}

ketch_sink ketch_file_sink(ketch_file *file) { return (ketch_sink){file_write, file}; }

/* The rename itself must reach the disk: the folder is synchronised too. Best effort, some file systems refuse. */
static void sync_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash ? kt_strndup(path, slash == path ? 1 : (size_t)(slash - path)) : kt_strdup(".");
    if (!folder) return;
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    kt_free(folder);
    if (descriptor < 0) return;
    fsync(descriptor);
    close(descriptor);
}

ketch_status ketch_file_commit(ketch_file *file, ketch_diag *diag) {
    ketch_diag_clear(diag);
    if (!file || file->descriptor < 0) return kt_fail(diag, KT_BAD_ARGUMENT, "no file to commit, or committed already");
    int number = file->failure;
    if (!number && file->temporary && fsync(file->descriptor) != 0 && errno != EINVAL && errno != EROFS) number = errno;
    if (close(file->descriptor) != 0 && !number) number = errno;
    file->descriptor = -1;
    if (!number && file->temporary && rename(file->temporary, file->target) != 0) number = errno;
    if (number) return not_written(diag, file->path, number);
    if (file->temporary) {
        sync_folder(file->target);
        kt_free(file->temporary);
        file->temporary = NULL;
    }
    return KETCH_OK;
}

void ketch_file_free(ketch_file **file) {
    if (!file || !*file) return;
    if ((*file)->descriptor >= 0) close((*file)->descriptor);
    if ((*file)->temporary) unlink((*file)->temporary);
    release(*file);
    *file = NULL;
}
