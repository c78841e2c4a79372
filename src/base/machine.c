/* SPDX-License-Identifier: Apache-2.0
 *
 * What the machine offers. See machine.h. Linux tells in /proc and /sys/fs/cgroup:
 *
 *   /proc/self/cgroup        "4:memory:/a/b" (version 1, one line a controller), "0::/a/b" (version 2)
 *   <mount>/a/b/memory.max   the limit of that group; those of /a and / hold as well, so every ancestor is asked
 *
 * A container often sees its own group mounted as the root, so paths that do not exist are passed over up to the mount itself.
 */
#include "base/machine.h"

#include <fcntl.h>
#include <fenv.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { PATH_SIZE = 4096, TEXT_SIZE = 8192 };

/* Reads the start of a small file as text; false if there is none. */
static bool read_text(char *out, size_t room, const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    size_t used = 0;
    ssize_t got;
    while (used + 1 < room && (got = read(file, out + used, room - used - 1)) > 0) used += (size_t)got;
    close(file);
    out[used] = '\0';
    return used > 0;
}

static bool read_number(uint64_t *out, const char *folder, const char *name) {
    char path[PATH_SIZE + 64], text[64];
    if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, name) >= sizeof path || !read_text(text, sizeof text, path)) return false;
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (end == text) return false; /* "max" */
    *out = value;
    return true;
}

/* The number after "key" at the start of a line. */
static bool find_number(uint64_t *out, const char *text, const char *key) {
    size_t size = strlen(key);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, key, size) == 0) {
            *out = strtoull(line + size, NULL, 10);
            return true;
        }
    }
    return false;
}

/* One controller of one version: where it is mounted, and what to do with each folder from the process's group up to the mount. */
typedef void visit_group(void *user, const char *folder);

static void visit_ancestors(const char *mount, const char *group, visit_group *visit, void *user) {
    char folder[PATH_SIZE];
    int size = snprintf(folder, sizeof folder, "%s%s", mount, group);
    if (size < 0 || (size_t)size >= sizeof folder) return;
    size_t shortest = strlen(mount);
    for (;;) {
        visit(user, folder);
        char *slash = strrchr(folder, '/');
        if (!slash || (size_t)(slash - folder) < shortest) break;
        *slash = '\0';
    }
}

/* Calls visit(user, folder) for the groups of `controller`, in whichever version rules it. */
static void visit_groups(const char *root, const char *controller, visit_group *visit, void *user) {
    char path[PATH_SIZE], mount[PATH_SIZE], text[TEXT_SIZE];
    snprintf(path, sizeof path, "%s/proc/self/cgroup", root);
    if (!read_text(text, sizeof text, path)) return;
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));) {
        char *names = strchr(line, ':'), *group = names ? strchr(names + 1, ':') : NULL;
        if (!group) continue;
        *group++ = '\0';
        names++;
        if (!*names) { /* version 2 */
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup", root);
            visit_ancestors(mount, group, visit, user);
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/unified", root);
            visit_ancestors(mount, group, visit, user);
            continue;
        }
        for (char *list = names, *name; (name = strsep(&list, ","));) {
            if (strcmp(name, controller) != 0) continue;
            snprintf(mount, sizeof mount, "%s/sys/fs/cgroup/%s", root, controller);
            visit_ancestors(mount, group, visit, user);
        }
    }
}

static void least(uint64_t *value, uint64_t other) {
    if (other < *value) *value = other;
}

/* Memory that the group may still take; its page cache counts as used there but is given back on demand. */
static void memory_of_group(void *user, const char *folder) {
    uint64_t limit, used, cache = 0;
    bool version2 = read_number(&limit, folder, "memory.max") && read_number(&used, folder, "memory.current");
    if (!version2 && !(read_number(&limit, folder, "memory.limit_in_bytes") && read_number(&used, folder, "memory.usage_in_bytes"))) return;
    char path[PATH_SIZE + 64], text[TEXT_SIZE];
    snprintf(path, sizeof path, "%s/memory.stat", folder);
    if (read_text(text, sizeof text, path) && !find_number(&cache, text, version2 ? "inactive_file " : "total_inactive_file "))
        find_number(&cache, text, "inactive_file ");
    used -= cache < used ? cache : used;
    least(user, limit > used ? limit - used : 0);
}

uint64_t kt_memory_available_at(const char *root) {
    char path[PATH_SIZE], text[TEXT_SIZE];
    uint64_t available = UINT64_MAX, kibibytes;
    snprintf(path, sizeof path, "%s/proc/meminfo", root);
    if (read_text(text, sizeof text, path) && find_number(&kibibytes, text, "MemAvailable:")) available = kibibytes * 1024;
    visit_groups(root, "memory", memory_of_group, &available);
    struct rlimit limit;
    uint64_t pages;
    if (!*root && getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && read_number(&pages, "/proc/self", "statm")) {
        uint64_t used = pages * (uint64_t)sysconf(_SC_PAGESIZE);
        least(&available, limit.rlim_cur > used ? limit.rlim_cur - used : 0);
    }
    return available;
}

static void quota_of_group(void *user, const char *folder) {
    uint64_t quota, period;
    char path[PATH_SIZE + 64], text[64];
    snprintf(path, sizeof path, "%s/cpu.max", folder);
    if (read_text(text, sizeof text, path)) { /* version 2: "max 100000" or "150000 100000" */
        char *end;
        quota = strtoull(text, &end, 10);
        if (end == text) return;
        period = strtoull(end, NULL, 10);
    } else if (!read_number(&quota, folder, "cpu.cfs_quota_us") || !read_number(&period, folder, "cpu.cfs_period_us") ||
               quota > INT64_MAX) {
        return; /* version 1: -1 is no quota */
    }
    if (period && quota) least(user, quota / period + (quota % period != 0));
}

static uint64_t processors_allowed(void) {
    /* the set grows until the kernel's fits, for machines beyond 1024 processors */
    for (int size = 1024; size <= 1 << 20; size *= 4) {
        cpu_set_t *set = CPU_ALLOC((size_t)size);
        if (!set) return 1;
        bool fits = sched_getaffinity(0, CPU_ALLOC_SIZE((size_t)size), set) == 0;
        int count = fits ? CPU_COUNT_S(CPU_ALLOC_SIZE((size_t)size), set) : 0;
        CPU_FREE(set);
        if (fits) return count > 0 ? (uint64_t)count : 1;
    }
    return 1;
}

uint32_t kt_processors_at(const char *root) {
    uint64_t count = processors_allowed();
    visit_groups(root, "cpu", quota_of_group, &count);
    return count ? (uint32_t)count : 1;
}

uint32_t kt_processors(void) { return kt_processors_at(""); }

uint64_t kt_memory_available(void) { return kt_memory_available_at(""); }

uint32_t kt_process(void) { return (uint32_t)getpid(); }

double kt_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void round_as(int mode) {
    if (fegetround() != mode) fesetround(mode);
}

int kt_rounding_enter(void) {
    int before = fegetround();
    round_as(FE_TONEAREST);
    return before;
}

void kt_rounding_leave(int before) { round_as(before); }

const char *kt_instruction_set(void) {
#if defined(__x86_64__)
    return "x86-64";
#elif defined(__aarch64__)
    return "aarch64";
#else
    return "generic";
#endif
}
