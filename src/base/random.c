/* SPDX-License-Identifier: Apache-2.0
 *
 * Draws. See random.h. The key is (seed, circuit and row of the batch), the counter (shot, measurement, execution, 0).
 */
#include "base/random.h"

#include <Random123/philox.h>
#include <errno.h>
#include <sys/random.h>

uint64_t kt_draw_bits(const kt_draw *draw) {
    philox4x64_key_t key = {{draw->seed, (uint64_t)draw->circuit << 32 | draw->row}};
    philox4x64_ctr_t counter = {{draw->shot, draw->measurement, draw->execution, 0}};
    return philox4x64(counter, key).v[0];
}

double kt_draw_uniform(const kt_draw *draw) { return (double)(kt_draw_bits(draw) >> 11) * 0x1p-53; }

bool kt_system_seed(uint64_t *out) {
    ssize_t got;
    do {
        got = getrandom(out, sizeof *out, GRND_NONBLOCK);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof *out;
}
