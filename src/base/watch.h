/* SPDX-License-Identifier: Apache-2.0
 *
 * How long work is stopped from outside: it says now and then how much it has done, and is told when to end.
 */
#ifndef KETCH_BASE_WATCH_H
#define KETCH_BASE_WATCH_H

#include <ketch/ketch.h>

#include <stdint.h>

typedef struct kt_watch {
    ketch_status (*look)(void *user); /* anything but KETCH_OK ends the work; the reason has been said */
    void *user;
    uint64_t unseen; /* work since the last look */
} kt_watch;

/* `work` more is done: items of some nanoseconds each. Nobody may be watching: NULL. */
static inline ketch_status kt_watch_work(kt_watch *watch, uint64_t work) {
    const uint64_t enough = UINT64_C(1) << 16; /* a millisecond or so */
    if (!watch || (watch->unseen += work) < enough) return KETCH_OK;
    watch->unseen = 0;
    return watch->look(watch->user);
}

#endif
