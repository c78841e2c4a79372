/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory and processors under cgroups of both versions, read from trees made for the test.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char root[] = "/tmp/ketch-machine-XXXXXX";

static void put(const char *path, const char *text) {
    char full[512];
    snprintf(full, sizeof full, "%s/%s", root, path);
    for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(full, 0777);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state) {
    (void)state;
    strcpy(root + sizeof root - 7, "XXXXXX");
    if (!mkdtemp(root)) return -1;
    put("proc/meminfo", "MemTotal: 1000 kB\nMemFree: 10 kB\nMemAvailable:    800 kB\n");
    return 0;
}

static int end(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", root);
    return system(command);
}

static void without_cgroups(void **state) {
    (void)state;
    assert_int_equal(kt_memory_available_at(root), 800 * 1024);
    assert_true(kt_processors_at(root) >= 1);
}

static void version_2_asks_every_ancestor(void **state) {
    (void)state;
    put("proc/self/cgroup", "0::/a/b\n");
    put("sys/fs/cgroup/a/b/memory.max", "max\n");
    put("sys/fs/cgroup/a/b/memory.current", "1000\n");
    assert_int_equal(kt_memory_available_at(root), 800 * 1024);
    put("sys/fs/cgroup/a/memory.max", "500000\n");
    put("sys/fs/cgroup/a/memory.current", "200000\n");
    assert_int_equal(kt_memory_available_at(root), 300000);
    put("sys/fs/cgroup/a/memory.stat", "anon 5\ninactive_file 50000\nactive_file 9\n");
    assert_int_equal(kt_memory_available_at(root), 350000); /* page cache is given back */
    put("sys/fs/cgroup/memory.max", "400000\n");
    put("sys/fs/cgroup/memory.current", "399000\n");
    assert_int_equal(kt_memory_available_at(root), 1000);
    put("sys/fs/cgroup/memory.current", "500000\n");
    assert_int_equal(kt_memory_available_at(root), 0);
    put("sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
    uint32_t all = kt_processors_at(root);
    put("sys/fs/cgroup/a/cpu.max", "50000 100000\n");
    assert_int_equal(kt_processors_at(root), 1);
    put("sys/fs/cgroup/a/cpu.max", "1000000 1000\n");
    assert_int_equal(kt_processors_at(root), all);
}

static void version_1_by_controller(void **state) {
    (void)state;
    put("proc/self/cgroup", "9:name=systemd:/\n4:memory:/x\n2:cpu,cpuacct:/y\n0::/\n");
    put("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/memory/x/memory.usage_in_bytes", "100\n");
    assert_int_equal(kt_memory_available_at(root), 800 * 1024);
    put("sys/fs/cgroup/memory/x/memory.limit_in_bytes", "4096\n");
    assert_int_equal(kt_memory_available_at(root), 3996);
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "2048\n");
    put("sys/fs/cgroup/memory/memory.usage_in_bytes", "1024\n");
    assert_int_equal(kt_memory_available_at(root), 1024);
    put("sys/fs/cgroup/cpu/y/cpu.cfs_period_us", "100000\n");
    put("sys/fs/cgroup/cpu/y/cpu.cfs_quota_us", "-1\n");
    uint32_t all = kt_processors_at(root);
    put("sys/fs/cgroup/cpu/y/cpu.cfs_quota_us", "100000\n");
    assert_int_equal(kt_processors_at(root), 1);
    assert_true(all >= 1);
}

static void the_real_machine(void **state) {
    (void)state;
    assert_true(kt_processors() >= 1);
    assert_true(kt_memory_available() > 1 << 20);
    double before = kt_seconds();
    assert_true(kt_seconds() >= before);
    uint64_t seed;
    assert_true(kt_system_seed(&seed));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(without_cgroups, begin, end),
                                       cmocka_unit_test_setup_teardown(version_2_asks_every_ancestor, begin, end),
                                       cmocka_unit_test_setup_teardown(version_1_by_controller, begin, end),
                                       cmocka_unit_test(the_real_machine)};
    return cmocka_run_group_tests_name("machine", tests, NULL, NULL);
}
