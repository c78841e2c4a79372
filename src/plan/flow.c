/* SPDX-License-Identifier: Apache-2.0
 *
 * Which ways a dynamic circuit can go. Jumps may lead forwards and backwards, so what an operation's place in the array says is found from
 * the ranges that jumps span:
 *
 *   0  set        in order      happens once, in this order, in every shot that does not end before
 *   1  measure    repeated      a jump leads back over it: it may happen more than once
 *   2  add        repeated
 *   3  jump_if 1  repeated
 *   4  jump_if 6  in order
 *   5  x          skipped       a jump leads forwards over it
 *   6  end        in order, a landing
 *
 * The body of a subroutine, from where calls lead to the last return before the next body, is skipped and repeated.
 */
#include "plan/analysis.h"

#include <string.h>

static bool jumps(uint8_t code) {
    return code == KT_OP_JUMP || code == KT_OP_JUMP_UNLESS || code == KT_DO_JUMP_IF || code == KT_DO_JUMP_IF_NOT || code == KT_DO_LOOP;
}

bool kt_flow_leads(uint8_t code) { return jumps(code) || code == KT_DO_CALL; }

/* By operation, how many ranges begin there minus how many end before it. */
typedef struct kt_ranges {
    int32_t *skipped, *repeated;
} kt_ranges;

static void add_range(int32_t *changes, size_t first, size_t end) {
    if (first >= end) return;
    changes[first]++;
    changes[end]--;
}

static void add_bodies(kt_flow *flow, const ketch_circuit *circuit, kt_ranges *ranges) {
    size_t body = SIZE_MAX, end = 0;
    for (size_t i = 0; i <= circuit->ops_count; i++) {
        bool begins = i < circuit->ops_count && flow->marks[i] & KT_FLOW_CALLED;
        if ((begins || i == circuit->ops_count) && body != SIZE_MAX) {
            add_range(ranges->skipped, body, end);
            add_range(ranges->repeated, body, end);
        }
        if (begins) body = end = i;
        if (i < circuit->ops_count && circuit->ops[i].code == KT_DO_RETURN) end = i + 1;
    }
}

static ketch_status find_ranges(kt_flow *flow, const ketch_circuit *circuit, kt_ranges *ranges, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    size_t count = circuit->ops_count;
    for (size_t i = 0; i < count && !status; i++) {
        const kt_op *op = &circuit->ops[i];
        status = kt_watch_work(watch, 1);
        flow->chosen |= op->code == KT_OP_GATE_AT || op->code == KT_OP_MEASURE_AT || op->code == KT_OP_RESET_AT;
        if (!kt_flow_leads(op->code)) continue;
        size_t to = op->data < count ? op->data : count;
        flow->marks[to] |= KT_FLOW_LANDING;
        if (op->code == KT_DO_CALL) {
            flow->calls = true;
            flow->marks[to] |= KT_FLOW_CALLED;
        } else if (to > i) {
            add_range(ranges->skipped, i + 1, to);
        } else {
            flow->loops = true;
            add_range(ranges->repeated, to, i + 1);
        }
    }
    if (flow->calls) add_bodies(flow, circuit, ranges);
    return status;
}

static ketch_status fill_marks(kt_flow *flow, const ketch_circuit *circuit, const kt_ranges *ranges, kt_watch *watch) {
    ketch_status status = KETCH_OK;
    int64_t skipped = 0, repeated = 0;
    for (size_t i = 0; i <= circuit->ops_count && !status; i++) {
        status = kt_watch_work(watch, 1);
        skipped += ranges->skipped[i];
        repeated += ranges->repeated[i];
        if (skipped) flow->marks[i] |= KT_FLOW_SKIPPED;
        if (repeated) flow->marks[i] |= KT_FLOW_REPEATED;
    }
    return status;
}

ketch_status kt_flow_find(kt_flow *out, const ketch_circuit *circuit, kt_watch *watch, ketch_diag *diag) {
    size_t places = circuit->ops_count + 2;
    kt_ranges ranges = {kt_zalloc(places * sizeof *ranges.skipped), kt_zalloc(places * sizeof *ranges.repeated)};
    out->marks = kt_zalloc(places);
    bool enough = ranges.skipped && ranges.repeated && out->marks;
    ketch_status status = enough ? find_ranges(out, circuit, &ranges, watch) : kt_no_memory(diag);
    if (!status) status = fill_marks(out, circuit, &ranges, watch);
    kt_free(ranges.skipped);
    kt_free(ranges.repeated);
    return status;
}

void kt_flow_free(kt_flow *flow) {
    kt_free(flow->marks);
    flow->marks = NULL;
}
