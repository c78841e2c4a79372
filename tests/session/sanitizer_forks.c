/* SPDX-License-Identifier: Apache-2.0
 *
 * A heap that survives forks. The C library's does; that of Clang 14's AddressSanitizer is copied with its locks as they are, so that a
 * child of a process in which another thread was allocating waits for ever at its own first allocation. Its runtime has functions, for its
 * search for leaks, that hold these locks: they are held here over every fork, as Clang 18's runtime does by itself (llvm/llvm-project,
 * pull request 75290). That one has other names for them; where one of the names is unknown, nothing is done.
 */
#include <pthread.h>

#define OF_THE_RUNTIME(name, symbol) void name(void) __asm__(symbol) __attribute__((weak))

OF_THE_RUNTIME(lock_threads, "_ZN6__lsan18LockThreadRegistryEv");
OF_THE_RUNTIME(unlock_threads, "_ZN6__lsan20UnlockThreadRegistryEv");
OF_THE_RUNTIME(lock_allocator, "_ZN6__lsan13LockAllocatorEv");
OF_THE_RUNTIME(unlock_allocator, "_ZN6__lsan15UnlockAllocatorEv");
OF_THE_RUNTIME(lock_stacks, "_ZN11__sanitizer17StackDepotLockAllEv");
OF_THE_RUNTIME(unlock_stacks, "_ZN11__sanitizer19StackDepotUnlockAllEv");

static void before_fork(void) {
    lock_threads();
    lock_allocator();
    lock_stacks();
}

static void after_fork(void) {
    unlock_stacks();
    unlock_allocator();
    unlock_threads();
}

__attribute__((constructor)) static void hold_over_forks(void) {
    if (lock_threads && unlock_threads && lock_allocator && unlock_allocator && lock_stacks && unlock_stacks)
        (void)pthread_atfork(before_fork, after_fork, after_fork);
}
