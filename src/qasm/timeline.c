/* SPDX-License-Identifier: Apache-2.0
 *
 * How long operations take: a clock for each qubit, which delays and boxes with a time advance. An operation on several qubits begins when
 * the last of them is ready; a barrier and the two ends of a box bring theirs to one time.
 *
 *   q[0] ──delay[s]──●──────────────────┤        at the barrier: q[0]  s          filled by its stretch: this is the barrier's time
 *   q[1] ────────────x──────────────────┤                        q[1]  s          (at the gate it has waited for q[0])
 *   q[2] ──delay[100ns]─────────────────┤                        q[2]  100 ns     waits: s - 100 ns >= 0
 *
 * What has a stretch on its way from the barrier or box before (through gates, too) fills the time up to where it is brought together with
 * others; what has none waits for them. Of those that share a stretch, as by a gate, the latest fills. Where nothing stretches, the later
 * time is a further unknown, which is as small as can be. Elsewhere gates take time: where some stand before, what does not fill exactly
 * is no mistake.
 *
 * Where the run decides what comes next, time cannot be told: behind jumps and at their targets clocks begin anew.
 */
#include "qasm/program.h"

#include <math.h>
#include <string.h>

typedef kt_clock clock;

typedef struct open_box {
    const kt_box *box;
    clock begin;
    uint32_t *qubits, count;
} open_box;

typedef struct walk {
    kt_program *program;
    const ketch_circuit *circuit;
    clock *clocks;
    uint32_t age;
    uint32_t *stamps, stamp;
    uint8_t *cuts, *computed; /* by operation from `first` on: a jump arrives; by the same: its delay is computed by the run */
    uint32_t first, end;
    uint32_t depth; /* of boxes around all of it */
    KT_POOL(open_box, open);
    KT_POOL(clock, latest); /* times of those that are brought together */
    size_t stretchy;        /* of those asked for, how many stand before */
    bool undecided;         /* the run decides how long it takes, or stretches do in a way that is not linear */
    bool solving;           /* constraints are wanted */
    bool pending, warned;   /* a stretch waits to be filled; one was not, and it was said */
    kt_constraints *constraints;
} walk;

static clock read_clock(const walk *w, uint32_t qubit) {
    clock found = w->clocks[qubit];
    return found.age == w->age ? found : (clock){.age = w->age};
}

static bool constrain(walk *w, kt_constraint constraint) {
    kt_constraints *all = w->constraints;
    if (!constraint.equal && kt_linear_not_negative(&constraint.value)) return true;
    if (!kt_reserve(&all->items, &all->items_capacity, all->items_count + 1, sizeof *all->items))
        return kt_report_no_memory(&w->program->report);
    all->items[all->items_count++] = constraint;
    return true;
}

/* ── Times that are brought together ── */

/* Their different times: of those that differ by a number alone the latest. */
static bool collect(walk *w, const uint32_t *qubits, uint32_t count) {
    w->latest_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        clock one = read_clock(w, qubits[i] & ~KT_NEGATED);
        size_t at = 0;
        while (at < w->latest_count && !kt_linear_parallel(&w->latest[at].time, &one.time)) at++;
        if (at && !kt_charge(w->program, at, w->program->statement_span)) return false;
        if (at == w->latest_count) {
            if (!kt_reserve(&w->latest, &w->latest_capacity, at + 1, sizeof *w->latest)) return kt_report_no_memory(&w->program->report);
            w->latest[w->latest_count++] = one;
            continue;
        }
        clock *other = &w->latest[at];
        if (one.time.constant > other->time.constant) other->time = one.time;
        if (one.stretch > other->stretch) other->stretch = one.stretch, other->shared = one.shared;
        other->gates = other->gates || one.gates;
    }
    return true;
}

/* The one that none of the others is later than, whatever the stretches are. */
static size_t last_of_all(walk *w, bool *good) {
    kt_linear difference;
    for (size_t i = 0; i < w->latest_count; i++) {
        size_t k = 0;
        for (; k < w->latest_count; k++) {
            if (!(*good = kt_linear_add(&difference, w->program, &w->latest[i].time, 1, &w->latest[k].time, -1))) return SIZE_MAX;
            if (!kt_linear_not_negative(&difference)) break;
        }
        if (k == w->latest_count) return i;
    }
    return SIZE_MAX;
}

/* One that shares its last stretch with a later one leaves it to that one to fill the time. */
static bool leave_to_later(walk *w) {
    kt_linear difference;
    for (size_t i = 0; i < w->latest_count; i++) {
        clock *one = &w->latest[i];
        if (!one->stretch || one->stretch != one->shared) continue;
        for (size_t k = 0; k < w->latest_count && one->stretch; k++) {
            const clock *other = &w->latest[k];
            if (k == i || (other->stretch != one->shared && other->shared != one->shared)) continue;
            if (!kt_linear_add(&difference, w->program, &other->time, 1, &one->time, -1)) return false;
            if (kt_linear_not_negative(&difference)) one->stretch = 0;
        }
    }
    return true;
}

/* All of `latest` are ready at `end`; `filled` by those with stretches, if it is not one of them that says when. */
static bool await(walk *w, const kt_linear *end, size_t lead, kt_span span) {
    bool gates = false;
    for (size_t i = 0; i < w->latest_count; i++) gates = gates || w->latest[i].gates;
    for (int wishes = 0; wishes <= gates; wishes++) {
        for (size_t i = 0; i < w->latest_count; i++) {
            const clock *one = &w->latest[i];
            kt_constraint wait = {.equal = one->stretch && wishes == gates, .wish = wishes, .span = span};
            if (i == lead || (wishes && !one->stretch)) continue;
            if (!kt_linear_add(&wait.value, w->program, end, 1, &one->time, -1)) return false;
            if (fabs(wait.value.constant) <= 1e-12 * fabs(end->constant)) wait.value.constant = 0; /* sums in another order */
            if (!constrain(w, wait)) return false;
        }
    }
    return true;
}

/* A further unknown, behind all that the times have in common. */
static bool later_time(walk *w, kt_linear *out) {
    kt_linear base = w->latest[0].time, rest, more;
    base.constant = 0;
    for (size_t i = 0; i < w->latest_count; i++) {
        if (!kt_linear_add(&rest, w->program, &w->latest[i].time, 1, &base, -1)) return false;
        if (!kt_linear_not_negative(&rest)) base = (kt_linear){0};
    }
    return kt_linear_unknown(&more, w->program, w->constraints->unknowns++) && kt_linear_add(out, w->program, &base, 1, &more, 1);
}

/* The time at which all of `latest` are ready. */
static bool meet(walk *w, clock *out, kt_span span) {
    bool good = true;
    size_t lead = 0;
    *out = (clock){.age = w->age};
    if (!w->latest_count) return true;
    for (size_t i = 0; i < w->latest_count; i++) {
        if (w->latest[i].stretch > out->stretch) out->stretch = w->latest[i].stretch;
        out->gates = out->gates || w->latest[i].gates;
    }
    out->shared = out->stretch;
    if (w->latest_count == 1) return out->time = w->latest[0].time, true;
    if (w->solving && !leave_to_later(w)) return false;
    while (lead < w->latest_count && !w->latest[lead].stretch) lead++;
    if (!w->solving || lead == w->latest_count)
        lead = last_of_all(w, &good);
    else if (out->gates)
        lead = SIZE_MAX;
    if (!good) return false;
    if (lead == SIZE_MAX && !w->solving) return w->undecided = true;
    if (lead != SIZE_MAX)
        out->time = w->latest[lead].time;
    else if (!later_time(w, &out->time))
        return false;
    if (out->stretch) span = w->program->timing.stretchy[out->stretch - 1].span;
    return !w->solving || await(w, &out->time, lead, span);
}

static void set_clocks(walk *w, const uint32_t *qubits, uint32_t count, clock time) {
    time.age = w->age;
    for (uint32_t i = 0; i < count; i++) w->clocks[qubits[i] & ~KT_NEGATED] = time;
}

static bool bring_together(walk *w, const uint32_t *qubits, uint32_t count, bool barrier) {
    clock time;
    if (!collect(w, qubits, count) || !meet(w, &time, w->program->statement_span)) return false;
    if (barrier) time.stretch = time.shared = time.gates = 0;
    if (barrier && w->solving && !w->open_count && count == w->circuit->qubit_count)
        w->age++; /* nothing that comes depends on what was before */
    else
        set_clocks(w, qubits, count, time);
    return true;
}

/* The run decides how long what comes before takes. */
static bool begin_anew(walk *w) {
    uint32_t qubits = w->pending ? w->circuit->qubit_count : 0;
    if (!kt_charge(w->program, qubits / 8, w->program->statement_span)) return false;
    for (uint32_t q = 0; q < qubits && !w->warned; q++) {
        uint32_t stretch = read_clock(w, q).stretch;
        if (!stretch) continue;
        kt_warning_at(&w->program->report, KT_NO_TIME, w->program->timing.stretchy[stretch - 1].span,
                      "the run decides what comes behind this, so that nothing says how long it stretches");
        w->warned = true;
    }
    w->pending = false;
    w->undecided = true;
    w->age++;
    return true;
}

/* Where a jump arrives: behind boxes that end there, and before those that begin. */
static bool arrive(walk *w, uint32_t at) {
    if (!w->cuts[at - w->first]) return true;
    w->cuts[at - w->first] = 0;
    return begin_anew(w);
}

/* ── Boxes ── */

/* Each qubit that is used in it, once. */
static bool qubits_in(walk *w, open_box *open) {
    const kt_box *box = open->box;
    const kt_timing *timing = &w->program->timing;
    if (!kt_charge(w->program, (box->end - box->first) / 8, box->span)) return false;
    for (int storing = 0; storing < 2; storing++) {
        uint32_t found = 0, stamp = ++w->stamp;
        if (storing && !(open->qubits = kt_arena_alloc(&w->program->statement, (open->count + 1) * sizeof *open->qubits)))
            return kt_report_no_memory(&w->program->report);
        for (uint32_t i = box->first; i < box->end + 1; i++) { /* the last turn: `nop` */
            bool nop = i == box->end;
            const kt_op *op = nop ? NULL : &w->circuit->ops[i];
            if (!nop && op->code > KT_OP_DELAY) continue;
            const uint32_t *operands = nop ? timing->nops + box->nops : kt_op_operands(w->circuit, op);
            uint32_t count = nop ? box->nops_end - box->nops : op->code == KT_OP_MEASURE ? 1 : op->operand_count;
            for (uint32_t k = 0; k < count; k++) {
                uint32_t qubit = operands[k] & ~KT_NEGATED;
                if (w->stamps[qubit] == stamp) continue;
                w->stamps[qubit] = stamp;
                if (storing) open->qubits[found] = qubit;
                found++;
            }
        }
        open->count = found;
    }
    return true;
}

static bool open_a_box(walk *w, const kt_box *box) {
    open_box open = {.box = box};
    if (!qubits_in(w, &open) || !bring_together(w, open.qubits, open.count, true)) return false;
    open.begin = open.count ? read_clock(w, open.qubits[0]) : (clock){.age = w->age};
    if (!kt_reserve(&w->open, &w->open_capacity, w->open_count + 1, sizeof *w->open)) return kt_report_no_memory(&w->program->report);
    w->open[w->open_count++] = open;
    return true;
}

static bool close_a_box(walk *w) {
    open_box open = w->open[--w->open_count];
    const kt_box *box = open.box;
    kt_program *program = w->program;
    if (open.begin.age != w->age || box->computed) {
        if (w->solving && box->stretchy_end > box->stretchy)
            return kt_error_at(&program->report, KT_NOT_CONSTANT, box->span,
                               "how long this box takes is decided by the run, so that its stretches cannot be");
        return begin_anew(w);
    }
    if (!box->timed) return bring_together(w, open.qubits, open.count, false);
    kt_linear time = {.constant = box->seconds};
    clock end = {.age = w->age};
    if (box->symbolic) {
        time = program->timing.forms[box->node];
        end.stretch = end.shared = box->stretchy;
    }
    if (!kt_linear_add(&end.time, program, &open.begin.time, 1, &time, 1) || !collect(w, open.qubits, open.count)) return false;
    if (w->solving && !(leave_to_later(w) && await(w, &end.time, SIZE_MAX, box->span))) return false;
    set_clocks(w, open.qubits, open.count, end);
    return true;
}

static bool boxes_at(walk *w, size_t *next, uint32_t op) {
    const kt_timing *timing = &w->program->timing;
    for (;;) {
        const kt_box *box = *next < timing->boxes_count ? &timing->boxes[*next] : NULL;
        bool begins = box && box->first == op && box->depth == w->depth + w->open_count;
        bool ends = w->open_count && w->open[w->open_count - 1].box->end == op;
        if (!begins && !ends) return true;
        *next += begins;
        if (begins && box->end > op && !arrive(w, op)) return false;
        if (!(begins ? open_a_box(w, box) : close_a_box(w))) return false;
    }
}

/* ── Operations ── */

static bool is_jump(uint8_t code) {
    return code == KT_OP_JUMP || code == KT_OP_JUMP_UNLESS || (code >= KT_DO_JUMP_IF && code <= KT_DO_CALL);
}

static bool delay(walk *w, const kt_op *op, const uint32_t *qubits) {
    kt_program *program = w->program;
    kt_linear time = {.constant = w->circuit->params[op->data]};
    uint32_t node = kt_circuit_slot_node(w->circuit, op->data);
    if (node != UINT32_MAX) time = program->timing.forms[node];
    w->pending = w->pending || (w->solving && node != UINT32_MAX);
    for (uint32_t k = 0; k < op->operand_count; k++) {
        clock now = read_clock(w, qubits[k]);
        if (!kt_linear_add(&now.time, program, &now.time, 1, &time, 1)) return false;
        if (node != UINT32_MAX) now.stretch = (uint32_t)w->stretchy;
        if (node != UINT32_MAX && op->operand_count > 1) now.shared = now.stretch;
        set_clocks(w, qubits + k, 1, now);
    }
    return true;
}

static void pass_gate(walk *w, const uint32_t *qubits, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        clock now = read_clock(w, qubits[i] & ~KT_NEGATED);
        now.gates = true;
        set_clocks(w, qubits + i, 1, now);
    }
}

static bool step(walk *w, uint32_t at) {
    const kt_op *op = &w->circuit->ops[at];
    uint32_t count = op->operand_count;
    bool computed = op->code == KT_OP_DELAY && w->computed[at - w->first];
    bool unknown =
        is_jump(op->code) || op->code == KT_DO_RETURN || op->code == KT_OP_END || (op->code == KT_OP_GATE_AT && count > 1) || computed;
    if (!arrive(w, at) || (unknown && !begin_anew(w))) return false;
    if (op->code > KT_OP_DELAY) return true;
    const uint32_t *qubits = kt_op_operands(w->circuit, op);
    if (op->code == KT_OP_MEASURE) count = 1;
    if (count > 1 && !bring_together(w, qubits, count, op->code == KT_OP_BARRIER)) return false;
    if (op->code < KT_OP_BARRIER && w->solving) pass_gate(w, qubits, count);
    return op->code != KT_OP_DELAY || computed || delay(w, op, qubits);
}

/* Stretchy times up to this operation, none of them negative. */
static bool pass_stretchy(walk *w, uint32_t op) {
    const kt_timing *timing = &w->program->timing;
    for (; w->stretchy < timing->stretchy_count && timing->stretchy[w->stretchy].op <= op; w->stretchy++) {
        const kt_stretchy *one = &timing->stretchy[w->stretchy];
        if (w->solving && !constrain(w, (kt_constraint){.value = timing->forms[one->node], .span = one->span})) return false;
    }
    return true;
}

/* Clocks stay from walk to walk: what an earlier one has left is of another age. */
static bool room_for_clocks(kt_program *program) {
    kt_timing *timing = &program->timing;
    size_t before = timing->clocks_count, qubits = program->circuit->qubit_count;
    if (qubits <= before) return true;
    if (!kt_reserve(&timing->clocks, &timing->clocks_capacity, qubits, sizeof *timing->clocks) ||
        !kt_reserve(&timing->stamps, &timing->stamps_capacity, qubits, sizeof *timing->stamps))
        return false;
    memset(timing->clocks + before, 0, (qubits - before) * sizeof *timing->clocks);
    memset(timing->stamps + before, 0, (qubits - before) * sizeof *timing->stamps);
    timing->clocks_count = timing->stamps_count = qubits;
    return true;
}

static bool prepare(walk *w) {
    const ketch_circuit *circuit = w->circuit;
    size_t ops = w->end - w->first + 1;
    w->cuts = kt_zalloc(ops);
    w->computed = kt_zalloc(ops);
    if (!w->cuts || !w->computed || !room_for_clocks(w->program)) return kt_report_no_memory(&w->program->report);
    w->clocks = w->program->timing.clocks;
    w->stamps = w->program->timing.stamps;
    w->stamp = w->program->timing.stamp;
    w->age = w->program->timing.age + 1;
    uint32_t last_set = UINT32_MAX; /* the parameter of a delay is set right before it */
    for (uint32_t i = w->first; i < w->end; i++) {
        const kt_op *op = &circuit->ops[i];
        if (is_jump(op->code) && op->data >= w->first && op->data < w->end) w->cuts[op->data - w->first] = 1;
        if (op->code == KT_DO_SET_PARAM) last_set = op->data;
        w->computed[i - w->first] = op->code == KT_OP_DELAY && op->data == last_set;
    }
    return true;
}

static bool go(walk *w, size_t box) {
    bool good = prepare(w);
    for (uint32_t i = w->first; i <= w->end && good; i++) good = pass_stretchy(w, i) && boxes_at(w, &box, i) && (i == w->end || step(w, i));
    return good;
}

static void finish(walk *w) {
    w->program->timing.age = w->age;
    w->program->timing.stamp = w->stamp;
    kt_free(w->cuts);
    kt_free(w->computed);
    kt_free(w->open);
    kt_free(w->latest);
}

bool kt_time_of(kt_linear *out, bool *decided, kt_program *program, size_t first, size_t box) {
    walk w = {.program = program, .circuit = program->circuit, .first = (uint32_t)first, .end = (uint32_t)program->circuit->ops_count};
    kt_timing *timing = &program->timing;
    clock end = {.age = 0};
    w.depth = timing->depth;
    *out = (kt_linear){0};
    while (w.stretchy < timing->stretchy_count && timing->stretchy[w.stretchy].op < first) w.stretchy++;
    const kt_box whole = {.first = w.first, .end = w.end, .span = program->statement_span};
    open_box all = {.box = &whole};
    bool good = kt_fill_forms(program) && go(&w, box) && qubits_in(&w, &all) && collect(&w, all.qubits, all.count) &&
                meet(&w, &end, program->statement_span);
    finish(&w);
    *out = end.time;
    *decided = !w.undecided;
    return good;
}

bool kt_time_constraints(kt_constraints *out, kt_program *program) {
    walk w = {.program = program, .circuit = program->circuit, .end = (uint32_t)program->circuit->ops_count};
    w.solving = true;
    w.constraints = out;
    bool good = go(&w, 0);
    finish(&w);
    return good;
}
