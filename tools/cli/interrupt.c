/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals and the time limit. A run is cancelled through its session. Calls of the library that cannot be cancelled (loading, drawing,
 * writing) run on a thread of their own while this one waits for them, for a signal and for the deadline, and are left behind where they
 * take too long: the program ends soon afterwards.
 */
#include "cli.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

static volatile sig_atomic_t received;
static _Atomic(ketch_session *) running;
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

static void remember(int number) {
    if (received) { /* the second time: die of it */
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    received = number;
    ketch_session *session = atomic_load(&running);
    if (session) ketch_session_cancel(session);
}

void catch_signals(void) {
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction before, action = {.sa_handler = remember};
        sigemptyset(&action.sa_mask);
        /* a signal that the caller ignores (nohup) stays ignored */
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) sigaction(numbers[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write, not a silent death */
}

int interrupted(void) { return received; }

static struct {
    const char *stage;
    double fraction;
    uint64_t shots;
} at_work = {"starting", 0, 0};

void set_stage(const char *stage, double fraction, uint64_t shots) {
    at_work.stage = stage;
    at_work.fraction = fraction;
    at_work.shots = shots;
}

void report_interruption(const char *name, size_t finished, size_t count, const char *out_path) {
    char done[80] = "", files[80] = "";
    if (at_work.shots)
        snprintf(done, sizeof done, " (%llu shots done)", (unsigned long long)at_work.shots);
    else if (at_work.fraction > 0)
        snprintf(done, sizeof done, " (%.0f%% done)", 100 * at_work.fraction);
    if (count > 1) snprintf(files, sizeof files, "; %zu of %zu files finished", finished, count);
    const char *signal_name = received == SIGINT ? "SIGINT" : received == SIGTERM ? "SIGTERM" : "SIGHUP";
    complain(NULL, "interrupted by %s while %s %s%s%s%s%s", signal_name, at_work.stage, name, done, files,
             out_path ? "; nothing was written to " : "", out_path ? out_path : "");
}

void set_session(ketch_session *session) { atomic_store(&running, session); }

double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void lock_output(void) { pthread_mutex_lock(&writing); }
void unlock_output(void) { pthread_mutex_unlock(&writing); }

typedef struct watched {
    void (*call)(void *);
    void *user;
    sem_t done;
} watched;

static void *work(void *argument) {
    watched *job = argument;
    job->call(job->user);
    sem_post(&job->done);
    return NULL;
}

static bool some_left_behind;

bool left_behind(void) { return some_left_behind; }

bool run_watched(void (*call)(void *), void *user, double deadline) {
    const double step = 0.02;
    watched *job = malloc(sizeof *job); /* not on the stack: it may be left behind */
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for this thread */
    bool started = false;
    if (job) {
        *job = (watched){.call = call, .user = user};
        sem_init(&job->done, 0, 0);
        started = pthread_create(&thread, NULL, work, job) == 0;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!started) { /* no thread to be had: then without watching */
        free(job);
        call(user);
        return true;
    }
    for (;;) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += (long)(step * 1e9);
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec++;
        }
        if (sem_timedwait(&job->done, &until) == 0) break;
        if (interrupted() || (deadline > 0 && now() >= deadline)) {
            pthread_detach(thread);
            some_left_behind = true;
            return false;
        }
    }
    pthread_join(thread, NULL);
    sem_destroy(&job->done);
    free(job);
    return true;
}
