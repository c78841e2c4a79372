/* SPDX-License-Identifier: Apache-2.0
 *
 * A diag and a session for each of a program's tests.
 */
#ifndef KETCH_TESTS_API_SESSION_H
#define KETCH_TESTS_API_SESSION_H

#include "api.h"

static ketch_diag *diag;
static ketch_session *session;

static int create(void **state) {
    (void)state;
    diag = ketch_diag_create();
    return diag && ketch_session_create(&session, NULL, diag) == KETCH_OK ? 0 : 1;
}

static int release(void **state) {
    (void)state;
    ketch_session_free(&session);
    ketch_session_free(&session);
    ketch_session_free(NULL);
    ketch_diag_free(&diag);
    return 0;
}

#endif
