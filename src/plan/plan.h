/* SPDX-License-Identifier: Apache-2.0
 *
 * Door of the room plan: circuit to plan. A plan is a pure function of the circuit's structure and of the options that kt_plan_key names,
 * never of angles, threads, free memory or time, so that it outlives the binding of parameters: a step's matrix is made when the step runs.
 *
 *   circuit   h 5 | cx 5,9 | measure 9 -> c0 | if (c0) x 5 | measure 5 -> c1
 *   wires     qubit 5 is wire 0, qubit 9 is wire 1; the other qubits are idle: they stay 0 and take no room
 *   steps     gate dense | gate permute | measure | jump unless c0 | gate permute
 *   moves     wire 0 -> bit 1 of an outcome       (the last measurement is final: no step, the shots are sampled)
 *
 * In a plan for the reference engine one gate is one step, and one step one pass over the amplitudes that it touches. In a plan for the
 * planned engine the gates between two other steps are one step, a segment: see action.h.
 */
#ifndef KETCH_PLAN_PLAN_H
#define KETCH_PLAN_PLAN_H

#include "circuit/circuit.h"
#include "kernel/kernel.h"
#include "plan/action.h"

#define KT_MAX_WIRES 63

typedef enum kt_step_code {
    KT_STEP_GATE,        /* reference engine only */
    KT_STEP_SEGMENT,     /* planned engine only: `segment` */
    KT_STEP_MEASURE,     /* in the middle: targets[0] is the wire, the bit is the operation's */
    KT_STEP_RESET,       /* targets[0] is the wire */
    KT_STEP_SET_BIT,     /* `value` to `bit` */
    KT_STEP_JUMP_UNLESS, /* to step `next` where the operation's condition is false */
    KT_STEP_JUMP,        /* to step `next`; an end is a jump behind the last step */
    KT_STEP_GATE_AT,     /* of qubits chosen at run time: the operation's cells */
    KT_STEP_MEASURE_AT,
    KT_STEP_RESET_AT
} kt_step_code;
#define KT_NO_COUNTER 0xffffffffu

typedef struct kt_step {
    uint8_t code;                    /* kt_step_code */
    uint8_t kernel;                  /* kt_kernel_id */
    uint8_t target_count;            /* of the kernel: less than the gate's where targets became controls */
    uint8_t targets[KT_MAX_TARGETS]; /* wires, first target first */
    uint32_t op;                     /* the operation in the circuit */
    uint32_t counter;                /* of a measurement or reset that a shot may carry out more than once; else KT_NO_COUNTER */
    union {
        struct {
            uint64_t controls, values; /* masks of wires: which are controls, which of those are active at 1 */
        };
        struct {
            uint32_t bit, value;
        };
        uint32_t next;
        uint32_t segment;
    };
} kt_step;

static inline bool kt_step_measures(const kt_step *step) {
    return step->code == KT_STEP_MEASURE || step->code == KT_STEP_RESET || step->code == KT_STEP_MEASURE_AT ||
           step->code == KT_STEP_RESET_AT;
}

/* Final measurements: wires [wire, wire + count) are bits [position, position + count) of an outcome, within one word of it. */
typedef struct kt_move {
    uint32_t position;
    uint8_t wire, count;
} kt_move;

/* Classical bits [first, first + count) of a branch are bits [position, position + count) of an outcome, except where a move says
 * otherwise. */
typedef struct kt_counted {
    uint32_t first, count, position;
} kt_counted;

typedef struct kt_plan_totals {
    uint64_t gates, segments;               /* steps that are gates; runs of them between measurements, resets and conditions */
    uint64_t last_segment, largest_segment; /* gates */
    uint64_t matrices;                      /* gates with a matrix of the circuit's own */
    double amplitudes;                      /* touched by all gates */
    double multiply_adds;                   /* real ones */
    uint64_t stages;                        /* passes over the state; of the planned engine, as are those that follow */
    double bytes;                           /* read and written */
    double seconds;                         /* expected, on two threads of a machine of the kind that the costs were measured on */
} kt_plan_totals;

/* Of a dynamic circuit (circuit->dynamic): what the machine of circuit/classical.h carries out. Instructions are the circuit's, in an order
 * in which those of a straight stretch come before its gates, so that the gates are one segment; jumps lead to places in `program`. What
 * is not the machine's stands there as an operation GATE: steps [data, data + operand_count), which come from the operations
 * [program_ops[...], operands) of the circuit. Its last entry is END.
 *
 *   circuit   x = 0.1 | rx(x) q | y = x/2 | ry(y) r | c = measure q | jump_if_not | x r | measure r -> d | z = int(d)
 *   program   x = 0.1 | y = x/2 | GATE: segment, measure | jump_if_not | GATE: segment | GATE: nothing | z = int(d) | END
 *                                                                                         `-- tail
 *
 * Moves are of bits of the circuit's memory, not of an outcome: final measurements come first, then the tail, then the row is made from
 * the memory. Shots take them at `tail` (an empty GATE, or END); where some end at another END, none is final. */
typedef struct kt_program_live { /* what a branch that waits at a measuring step still needs; see kt_plan.lives */
    uint32_t step;
    uint32_t loop;  /* the same for all that one loop repeats, loops inside it included; 0: none does */
    uint32_t first; /* word in live_words: the bits, in as many words as in memory; then one bit for each cell, then for each counter */
} kt_program_live;

typedef struct kt_plan {
    bool dynamic; /* `program` says what comes after what; else steps and their jumps do */
    kt_op *program;
    uint32_t *program_ops; /* by place in program: the operation of the circuit, for messages and traces */
    size_t program_count;
    size_t tail; /* from here on only instructions follow, after the final measurements: for each shot, once its bits are known */
    uint64_t machine_bytes; /* bits, cells and parameters */
    uint32_t counter_count; /* see kt_step.counter */
    kt_program_live *lives; /* by step, for steps that measure; NULL: everything is live */
    uint64_t *live_words;
    size_t live_count, live_word_count;
    bool given;      /* begins with a state of the caller's and leaves the final one there: wire q is qubit q, all is kept, nothing is 0 */
    uint32_t qubits; /* the circuit's, or those of the given state where they are more */
    uint32_t wires;
    uint8_t *wire_of; /* by qubit: its wire, or KT_IDLE */
    kt_step *steps;
    size_t step_count;
    bool branches;         /* measures or resets in the middle: the state depends on the shot */
    bool measures_nothing; /* so every qubit is measured into one register, "meas" */
    uint32_t outcome_bits;
    size_t outcome_words; /* a row of outcome */
    kt_counted *counted;
    size_t counted_count;
    kt_move *moves;
    size_t move_count;
    uint64_t *sampled; /* a row: bits of an outcome that final measurements write, idle qubits included */
    unsigned outputs;
    ketch_precision precision;
    kt_plan_totals totals;
    /* the planned engine's */
    bool planned;
    uint8_t isa; /* kt_isa */
    uint32_t tile_bits;
    unsigned without; /* KETCH_WITHOUT_... */
    kt_action *actions;
    kt_action_source *sources;
    uint32_t *order; /* actions, by number, as steps of stages take them */
    kt_work *works;
    kt_stage *stages;
    kt_segment *segments;
    size_t action_count, source_count, order_count, work_count, stage_count, segment_count;
    uint64_t bound_bytes; /* that numbers of the actions take, and tables of a stage */
} kt_plan;

/* `watch` may be NULL: then it takes the time that it takes. */
ketch_status kt_plan_make(kt_plan **out, const ketch_circuit *circuit, const ketch_run_options *options, kt_watch *watch, ketch_diag *diag);
/* Circuits and options of the same key have the same plan. */
void kt_plan_key(uint64_t out[2], const ketch_circuit *circuit, const ketch_run_options *options);
uint64_t kt_plan_bytes(const kt_plan *plan); /* that the plan itself takes */
/* Bytes that the run takes at most beyond the circuit and the plan; UINT64_MAX where that exceeds 64 bits. Copies at branches come on top
 * where memory allows: the run does not need them. */
uint64_t kt_plan_memory(const kt_plan *plan, const ketch_run_options *options, uint32_t threads);
uint32_t kt_plan_wires(const kt_plan *plan);
const kt_program_live *kt_plan_live(const kt_plan *plan, uint32_t step); /* NULL: everything is live */
/* Shots of a run: those asked for, none where they are not wanted; by default 1024, but one of a circuit that measures in the middle of a
 * given state. */
uint64_t kt_plan_shots(const kt_plan *plan, const ketch_run_options *options);
/* Is the state looked at after the run? */
bool kt_plan_shows_state(const kt_plan *plan);
ketch_status kt_plan_write(const kt_plan *plan, const ketch_circuit *circuit, const ketch_run_options *run,
                           const ketch_write_options *options, ketch_sink sink, ketch_diag *diag);
void kt_plan_free(kt_plan *plan);

/* What plans are made by. */
const kt_costs *kt_costs_of(uint8_t isa, ketch_precision precision);

/* By these, nanoseconds an amplitude: a work that touches a share of the amplitudes, as a phase or an exchange; a work of all amplitudes,
 * as a table of phases (DIAGONAL) or as a LINEAR map. The plan counts on the cheaper. */
double kt_touch_cost(const kt_plan *plan, kt_work_kind kind, double share);
double kt_whole_cost(const kt_plan *plan, kt_work_kind kind);

/* What memory and time follow from; 2^wires as a double where it may exceed 64 bits. */
uint64_t kt_plan_state_bytes(const kt_plan *plan);
uint64_t kt_plan_scratch(const kt_plan *plan, uint32_t threads); /* bytes of the planned engine's, tiles and tables */
uint32_t kt_plan_sum_bits(const kt_plan *plan); /* the last pass leaves a sum for 2^this amplitudes each; 64: it leaves none */
uint64_t kt_plan_sample_batch(const kt_plan *plan, uint64_t shots); /* shots sampled in one walk over the state */
double kt_step_amplitudes(const kt_plan *plan, const kt_step *step, const ketch_circuit *circuit); /* touched */

#endif
