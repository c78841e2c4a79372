/* SPDX-License-Identifier: Apache-2.0
 *
 * The session's threads: workers, of which each runs narrow runs, and the coordinator, which runs wide ones. A thread is started when there
 * is work and none is idle, and ends after two idle seconds. See scheduler.h.
 *
 * They take no signals, but for those that report a fault of the thread itself: a host's handlers run on the host's threads, and Ctrl-C
 * wakes whoever waits for it. The mask is part of how a thread is created, so that the caller's is never touched.
 */
#include "session/scheduler.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

#define STACK_BYTES ((size_t)2 << 20)

static void join(kt_thread *thread) {
    while (thread) {
        kt_thread *next = thread->next;
        pthread_join(thread->id, NULL);
        kt_free(thread);
        thread = next;
    }
}

/* A thread that ends leaves what was kept for later, if it is the last. */
static kt_state leave(kt_scheduler *s, kt_thread *self) {
    kt_thread **link = &s->there;
    while (*link != self) link = &(*link)->next;
    *link = self->next;
    self->next = s->gone;
    s->gone = self;
    s->lanes[self->lane].count--;
    kt_state spare = {0};
    if (!s->there && !s->busy) {
        spare = s->spare;
        s->spare = (kt_state){0};
    }
    return spare;
}

static struct timespec in_a_while(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += KT_IDLE_SECONDS;
    return time;
}

static void *serve(void *argument) {
    kt_thread *self = argument;
    kt_scheduler *s = self->scheduler;
    kt_lane lane = self->lane;
    kt_rounding_enter(); /* a thread begins with its maker's */
    pthread_mutex_lock(&s->lock);
    if (lane == KT_WIDE) s->wide.engine.team = 0; /* parallel regions begin from this thread now */
    struct timespec end = in_a_while();
    for (bool late = false;;) {
        kt_turn turn;
        if (kt_take_turn(&turn, s, lane) || (s->stuck && kt_take_turn(&turn, s, KT_NARROW))) { /* the coordinator may be the only thread */
            kt_do_turn(s, &turn);
            end = in_a_while();
            late = false;
            continue;
        }
        if (late || s->closing) break;
        s->lanes[lane].idle++;
        late = pthread_cond_timedwait(&s->lanes[lane].work, &s->lock, &end) == ETIMEDOUT;
        s->lanes[lane].idle--;
    }
    kt_state spare = leave(s, self);
    pthread_mutex_unlock(&s->lock);
    if (spare.amplitudes) kt_pages_free(spare.amplitudes, spare.bytes);
    return NULL;
}

static bool prepare_attributes(pthread_attr_t *attributes) {
    if (pthread_attr_init(attributes) != 0) return false;
    pthread_attr_setstacksize(attributes, STACK_BYTES);
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 32)
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF};
    sigset_t mask;
    sigfillset(&mask);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&mask, faults[i]);
    pthread_attr_setsigmask_np(attributes, &mask);
#endif
    return true;
}

static bool start(kt_scheduler *s, kt_lane lane) {
    join(s->gone); /* they have let go of the lock: they are at their end */
    s->gone = NULL;
    pthread_attr_t attributes;
    kt_thread *thread = kt_zalloc(sizeof *thread);
    if (!thread || !prepare_attributes(&attributes)) {
        kt_free(thread);
        return false;
    }
    thread->scheduler = s;
    thread->lane = lane;
    bool started = pthread_create(&thread->id, &attributes, serve, thread) == 0;
    pthread_attr_destroy(&attributes);
    if (!started) {
        kt_free(thread);
        return false;
    }
    thread->next = s->there;
    s->there = thread;
    s->lanes[lane].count++;
    return true;
}

bool kt_call_thread(kt_scheduler *s, kt_lane lane) {
    if (s->lanes[lane].called) return true;
    if (s->lanes[lane].idle) {
        s->lanes[lane].called = true;
        pthread_cond_signal(&s->lanes[lane].work);
        return true;
    }
    if (lane == KT_WIDE && s->lanes[lane].count) return true; /* it looks again when it is done */
    s->lanes[lane].called = start(s, lane);
    return s->lanes[lane].called || s->lanes[lane].count;
}

void kt_join_threads(kt_scheduler *s) {
    pthread_mutex_lock(&s->lock);
    for (int lane = 0; lane < KT_LANES; lane++) pthread_cond_broadcast(&s->lanes[lane].work);
    while (s->there) {
        pthread_t id = s->there->id;
        pthread_mutex_unlock(&s->lock);
        pthread_join(id, NULL);
        pthread_mutex_lock(&s->lock);
        kt_thread **link = &s->gone;
        while (!pthread_equal((*link)->id, id)) link = &(*link)->next;
        kt_thread *thread = *link;
        *link = thread->next;
        kt_free(thread);
    }
    kt_thread *gone = s->gone;
    s->gone = NULL;
    pthread_mutex_unlock(&s->lock);
    join(gone);
}
