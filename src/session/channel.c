/* SPDX-License-Identifier: Apache-2.0
 *
 * Channels. See channel.h.
 */
#include "session/channel.h"

#include "session/job.h"
#include "session/session.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ── Mailboxes ──────────────────────────────────────────────────────────────────────────────────────────────────────────── */

static kt_mailbox *create(void) {
    kt_mailbox *box = kt_zalloc(sizeof *box);
    if (!box) return NULL;
    if (pthread_mutex_init(&box->lock, NULL) != 0) {
        kt_free(box);
        return NULL;
    }
    box->process = getpid();
    atomic_init(&box->references, 1);
    atomic_init(&box->fd, -1);
    return box;
}

static void destroy(kt_mailbox *box) {
    int fd = atomic_load(&box->fd);
    if (fd >= 0) close(fd);
    pthread_mutex_destroy(&box->lock);
    kt_free(box);
}

void kt_mailbox_release(kt_mailbox *box) {
    if (box && atomic_fetch_sub(&box->references, 1) == 1) destroy(box);
}

/* In a child the descriptor goes, and the rest stays as it was at the fork. */
static void leave_to_parent(const kt_mailbox *box) {
    int fd = atomic_load(&box->fd);
    if (fd >= 0) close(fd);
}

kt_mailbox *kt_channel_mailbox(ketch_channel *channel) {
    kt_mailbox *box = atomic_load(&channel->mailbox);
    if (!box || box->process != getpid()) {
        kt_mailbox *made = create();
        if (!made) return NULL;
        if (atomic_compare_exchange_strong(&channel->mailbox, &box, made)) {
            if (box) leave_to_parent(box);
            box = made;
        } else {
            destroy(made); /* another thread was faster: `box` is its */
        }
    }
    atomic_fetch_add(&box->references, 1);
    return box;
}

/* A full counter is readable, which is all that is wanted. */
static void ring(const kt_mailbox *box) {
    int fd = atomic_load(&box->fd), before = errno;
    uint64_t one = 1;
    if (fd >= 0 && write(fd, &one, sizeof one) < 0) errno = before;
}

/* Under the lock: the stack, newest first, to the end of the queue. */
static void drain(kt_mailbox *box) {
    ketch_job *newest = atomic_exchange(&box->ended, NULL), *oldest = NULL, *last = newest;
    while (newest) {
        ketch_job *older = newest->announced_before;
        newest->next_announced = oldest;
        if (oldest) oldest->announced_before = newest;
        oldest = newest;
        newest = older;
    }
    if (!oldest) return;
    oldest->announced_before = box->last;
    if (box->last)
        box->last->next_announced = oldest;
    else
        box->first = oldest;
    box->last = last;
    for (ketch_job *job = oldest; job; job = job->next_announced) job->waits_to_be_taken = true;
}

/* Under the lock. */
static void take_out(kt_mailbox *box, ketch_job *job) {
    ketch_job *before = job->announced_before, *after = job->next_announced;
    *(before ? &before->next_announced : &box->first) = after;
    *(after ? &after->announced_before : &box->last) = before;
    job->waits_to_be_taken = false;
}

static void empty(kt_mailbox *box) {
    pthread_mutex_lock(&box->lock);
    drain(box);
    ketch_job *job = box->first;
    box->first = box->last = NULL;
    for (ketch_job *each = job; each; each = each->next_announced) each->waits_to_be_taken = false;
    pthread_mutex_unlock(&box->lock);
    while (job) {
        ketch_job *next = job->next_announced;
        kt_job_release(job);
        job = next;
    }
}

/* Whoever ends a job has a reference to it, and so to the mailbox: it does not go while this is under way. */
void kt_mailbox_announce(kt_mailbox *box, ketch_job *job) {
    ketch_job *top = atomic_load(&box->ended);
    do {
        job->announced_before = top;
    } while (!atomic_compare_exchange_weak(&box->ended, &top, job));
    if (!top) ring(box);
}

void kt_mailbox_withdraw(kt_mailbox *box, ketch_job *job) {
    pthread_mutex_lock(&box->lock);
    drain(box);
    bool here = job->waits_to_be_taken;
    if (here) take_out(box, job);
    pthread_mutex_unlock(&box->lock);
    if (here) kt_job_release(job);
}

/* ── Channels ───────────────────────────────────────────────────────────────────────────────────────────────────────────── */

void kt_channel_close(ketch_channel *channel) {
    kt_mailbox *box = atomic_exchange(&channel->mailbox, NULL);
    if (!box) return;
    if (box->process != getpid()) {
        leave_to_parent(box);
        return;
    }
    atomic_store(&box->closed, true);
    empty(box);
    kt_mailbox_release(box);
}

ketch_status kt_channel_create(ketch_channel **out, ketch_diag *diag) {
    *out = NULL;
    ketch_channel *channel = kt_zalloc(sizeof *channel);
    if (!channel) return kt_no_memory(diag);
    kt_mailbox_release(kt_channel_mailbox(channel));
    if (!atomic_load(&channel->mailbox)) {
        kt_free(channel);
        return kt_no_memory(diag);
    }
    *out = channel;
    return KETCH_OK;
}

int kt_channel_fd(ketch_channel *channel) {
    kt_mailbox *box = kt_channel_mailbox(channel);
    if (!box) return -1;
    int fd = atomic_load(&box->fd);
    if (fd < 0) {
        int made = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (made >= 0 && atomic_compare_exchange_strong(&box->fd, &fd, made)) {
            fd = made;
            pthread_mutex_lock(&box->lock);
            if (box->first || atomic_load(&box->ended)) ring(box);
            pthread_mutex_unlock(&box->lock);
        } else if (made >= 0) {
            close(made);
        }
    }
    kt_mailbox_release(box);
    return fd;
}

size_t kt_channel_take(ketch_job **out, ketch_channel *channel, size_t most) {
    kt_mailbox *box = kt_channel_mailbox(channel);
    if (!box) return 0;
    int fd = atomic_load(&box->fd), before = errno;
    uint64_t count;
    size_t taken = 0;
    pthread_mutex_lock(&box->lock);
    if (fd >= 0 && read(fd, &count, sizeof count) < 0) errno = before; /* before looking: who comes later rings again */
    drain(box);
    while (box->first && taken < most) {
        ketch_job *job = box->first;
        take_out(box, job);
        out[taken++] = job;
    }
    if (box->first) ring(box);
    pthread_mutex_unlock(&box->lock);
    size_t kept = 0;
    for (size_t i = 0; i < taken; i++) {
        bool wanted = !atomic_load(&out[i]->given_up); /* by its owner, while it was being announced */
        kt_job_release(out[i]);
        if (wanted) out[kept++] = out[i];
    }
    kt_mailbox_release(box);
    return kept;
}

void kt_channel_free(ketch_channel *channel) {
    if (!channel) return;
    kt_channel_close(channel);
    kt_free(channel);
}
