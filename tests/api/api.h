/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of the public interface share: expecting a status, collecting bytes, and the circuits that they begin with.
 */
#ifndef KETCH_TESTS_API_H
#define KETCH_TESTS_API_H

#include <ketch/ketch.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* Fails the test with the messages of `diag` unless `got` is `wanted`. */
static inline void expect_status(ketch_status wanted, ketch_status got, const ketch_diag *diag, const char *call, const char *file,
                                 int line) {
    if (wanted == got) return;
    print_error("%s\nwanted '%s', got '%s'\n%s", call, ketch_status_name(wanted), ketch_status_name(got),
                diag ? ketch_diag_text(diag) : "");
    _fail(file, line);
}
#define EXPECT(wanted, diag, call) expect_status(wanted, call, diag, #call, __FILE__, __LINE__)
#define OK(diag, call)             EXPECT(KETCH_OK, diag, call)

/* A sink that keeps what it is given, and refuses what goes beyond `room`. */
typedef struct bytes {
    char *data; /* NUL-terminated */
    size_t size, room;
} bytes;

static inline int take_bytes(void *user, const void *data, size_t size) {
    bytes *all = user;
    if (size > all->room - all->size) return 1;
    char *grown = realloc(all->data, all->size + size + 1);
    if (!grown) return 1;
    memcpy(grown + all->size, data, size);
    all->data = grown;
    all->size += size;
    grown[all->size] = '\0';
    return 0;
}

static inline ketch_sink into(bytes *all) {
    free(all->data);
    all->data = NULL;
    all->size = 0;
    if (!all->room) all->room = SIZE_MAX;
    return (ketch_sink){take_bytes, all};
}

static inline ketch_circuit *parsed(const char *text) {
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    OK(diag, ketch_circuit_parse(&circuit, text, strlen(text), NULL, diag));
    assert_non_null(circuit);
    ketch_diag_free(&diag);
    return circuit;
}

#define BELL "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; creg c[2]; h q[0]; cx q[0],q[1]; measure q -> c;"

/* A measurement, a condition and a reset in the middle: q[0] ends where q[2] began, at |1>. */
#define TELEPORT                                                                                                                        \
    "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[3]; creg m0[1]; creg m1[1]; creg out[1]; x q[2]; h q[1]; cx q[1],q[0]; cx q[2],q[1];" \
    "h q[2]; measure q[2] -> m0[0]; measure q[1] -> m1[0]; if (m1 == 1) x q[0]; if (m0 == 1) z q[0]; reset q[1]; measure q[0] -> out[0];"

#define PARAMETERS \
    "OPENQASM 3.0; include \"stdgates.inc\"; input float theta; input angle phi; qubit[2] q; rx(2 * theta) q[0]; rz(phi) q[1];"

/* Layers of rotations on `qubits` qubits, with a chain of cx between, so that they cannot be merged: as much work as is wanted. */
static inline ketch_circuit *heavy(uint32_t qubits, unsigned layers) {
    ketch_circuit *circuit = NULL;
    OK(NULL, ketch_circuit_create(&circuit, qubits, qubits, NULL));
    for (unsigned layer = 0; layer < layers; layer++) {
        for (uint32_t q = 0; q < qubits; q++) {
            double angle = 0.1 + 0.01 * q;
            OK(NULL, ketch_circuit_append(circuit, "rx", 1, &q, &angle, NULL));
        }
        for (uint32_t q = 0; q + 1 < qubits; q++)
            OK(NULL, ketch_circuit_append(circuit, "cx", 1, (const uint32_t[]){q, q + 1}, NULL, NULL));
    }
    return circuit;
}

#endif
