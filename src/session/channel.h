/* SPDX-License-Identifier: Apache-2.0
 *
 * Private to the room session: where jobs are announced when they end.
 *
 *   whoever ends a job ──> ended: a stack, pushed by compare-and-swap ──> first ... last: a queue, under a lock ──> ketch_channel_take
 *
 * A job may be ended by a signal handler (a cancelled one that had not begun), so announcing takes no lock: it pushes, and writes to the
 * descriptor where the stack was empty, so that one wake stands for many jobs. A channel is a handle of a mailbox of this process; in a
 * forked child it gets a new mailbox, and the inherited one, whose lock may be held by a thread that is not there, is left alone.
 */
#ifndef KETCH_SESSION_CHANNEL_H
#define KETCH_SESSION_CHANNEL_H

#include "base/base.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

typedef struct kt_mailbox {
    pid_t process;
    atomic_uint references; /* the channel, and the jobs that will be announced here or have been */
    atomic_int fd;          /* an eventfd, or -1: nobody has asked for it */
    atomic_bool closed;     /* by ketch_channel_free */
    _Atomic(ketch_job *) ended;
    pthread_mutex_t lock; /* of what follows */
    ketch_job *first, *last;
} kt_mailbox;

struct ketch_channel {
    _Atomic(kt_mailbox *) mailbox; /* NULL: none yet */
};

/* This process's mailbox of the channel, with a reference for the caller; NULL: out of memory. */
kt_mailbox *kt_channel_mailbox(ketch_channel *channel);
void kt_mailbox_release(kt_mailbox *mailbox);
void kt_mailbox_announce(kt_mailbox *mailbox, ketch_job *job); /* with a reference to the job */
void kt_mailbox_withdraw(kt_mailbox *mailbox, ketch_job *job); /* what was announced and not taken */
void kt_channel_close(ketch_channel *channel);                 /* what it holds, not the handle */

#endif
