/* SPDX-License-Identifier: Apache-2.0
 *
 * What the planned engine does with the gates between two measurements: a segment.
 *
 *   gates     h 0 | t 0 | x 3 | cx 0,3 | swap 1,2 | rzz 0,3 | u 5 | ...                    as in the circuit
 *   actions   rotation 0 | phases 0 | pauli 3 | cx 0,3 | phases 0,3 | phases 5 | rotation 5 | phases 5      in the same order
 *   stages    { local bits 0-7, 9, 12 ... : steps }  { ... }                               an order that does the same
 *   steps     rotations on distinct bits | phases merged into one table | cx merged into one linear map | exchange | phase | dense
 *
 * Actions are found from the gates' names alone, never from angles: numbers are computed when a segment runs ("bound"), in the order of the
 * actions, with the Pauli frame carried along. The frame says what memory holds:
 *
 *   psi(x) = e^(i phase) (-1)^(signs . y) phi(y),   y = x xor flips
 *
 * so that X, Y and Z move nothing: they change flips, signs and phase, which are run-time data, and with them the signs of the angles that
 * follow. A swap of wires changes which bit of the index a wire is, at planning time (`bits` below are bits of the memory index, not
 * wires); a conditional one is three CX.
 *
 * A step may follow another whenever all actions taken before their turn commute with those that they overtook.
 */
#ifndef KETCH_PLAN_ACTION_H
#define KETCH_PLAN_ACTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KT_ACTION_BITS 6

typedef enum kt_action_kind {
    KT_ACTION_PAULI,    /* the gate is x, y or z on bits[0]: into the frame, by binding alone; never in `order` */
    KT_ACTION_ROTATION, /* cos(theta/2) - i sin(theta/2) P, P = Y, or X if `imaginary`, on bits[0]; what else is in the matrix (see the
                           parts) goes into the frame */
    KT_ACTION_PHASES,   /* a diagonal of one or two bits: all operands of the gate, in its order, controls too. Of none (a global phase): by
                           binding alone, never in `order` */
    KT_ACTION_CX, /* bits[0] controls (active at 1), bits[1] is the target; also one of the three of a swap: the gate has no numbers */
    KT_ACTION_EXCHANGE, /* X on bits[0] where (index & controls) == values; a CX whose control is active at 0, too */
    KT_ACTION_PHASE,    /* no bits: the factor where (index & controls) == values; three controls or more */
    KT_ACTION_DENSE     /* a matrix on bits[0 ... bit_count), bits[0] first, where (index & controls) == values */
} kt_action_kind;

/* Which numbers of the gates' product an action takes. */
typedef enum kt_action_part {
    KT_PART_WHOLE,   /* the matrix of the gate(s) on `bits`. Of a ROTATION it is e^(i g) R(theta) Z^k, k = 0 or 1, R about Y or X: first Z^k
                        goes into the frame, g into its phase (h = Ry(pi/2) Z, sx = e^(i pi/4) Rx(pi/2), h rz h is about X) */
    KT_PART_BEFORE,  /* of a one-qubit matrix = e^(i d) diag(1, e^(ic)) . Ry(b) . diag(1, e^(ia)): the diagonal that acts first, */
    KT_PART_MIDDLE,  /* the rotation about Y, */
    KT_PART_AFTER,   /* and the diagonal that acts last, with the global phase; these three follow one another */
    KT_PART_ENTRY_0, /* entry (0, 0) of a diagonal one-qubit matrix: KT_ACTION_PHASE where the target is 0, */
    KT_PART_ENTRY_1  /* and where it is 1 (the target is among `controls` then), or the one entry of a phase that is all controls: the last
                        of the gate's matrix */
} kt_action_part;

/* Sources: operations of the circuit, in order, whose product is meant: plan->sources[first_source, first_source + source_count). With one
 * source, `bits` are its targets in order and `controls` the rest (of PHASES: `bits` all operands, `controls` none). With several, all act
 * on `bits` only, controls included, and there are no `controls`: which of bits[0] and bits[1] an operand is, is told beside each source.
 */
typedef struct kt_action {
    uint8_t kind;      /* kt_action_kind */
    uint8_t part;      /* kt_action_part */
    uint8_t imaginary; /* of a rotation */
    uint8_t bit_count;
    uint8_t bits[KT_ACTION_BITS];
    uint16_t gap; /* 0, as is the other: plans are compared byte by byte */
    uint32_t first_source, source_count;
    uint32_t other_gap;
    uint64_t controls, values; /* as if no flips were there: the engine adds them */
} kt_action;

/* One operation of the circuit in an action. */
typedef struct kt_action_source {
    uint32_t op;
    uint8_t operand[2]; /* of an operation of one or two operands (controls first, as in the circuit): its place in the action's `bits` */
} kt_action_source;

typedef enum kt_work_kind {
    KT_WORK_ROTATIONS, /* actions on distinct bits, all local */
    KT_WORK_DIAGONAL,  /* phases, merged; a few may be done one by one where that is cheaper, */
    KT_WORK_LINEAR,    /* as may a few CX: a run of them in this order, composed; targets local, controls anywhere */
    KT_WORK_EXCHANGE,  /* one action: target local, controls anywhere */
    KT_WORK_PHASE,     /* one action, controls anywhere */
    KT_WORK_DENSE      /* one action: targets local, controls anywhere */
} kt_work_kind;

/* A step of a stage: actions plan->order[first, first + count). */
typedef struct kt_work {
    uint8_t kind;
    uint32_t first, count;
} kt_work;

/* One pass over the state: tiles of 2^popcount(local) amplitudes. Actions, and the frame, speak of wires; where a wire is in memory may
 * change from stage to stage: `position` says which bit of the memory index it is while this stage works. A pass writes its tiles back in
 * the order that the next stage of the segment wants: wires that are local here may exchange their places among the local bits (a
 * permutation of the tile's address bits, composed with the linear work that comes last, if one does), others stay. So the lowest bits,
 * which every tile must contain, need not be the same wires throughout. The first stage of a segment that starts may have them anywhere;
 * that of any other has them in order. After the last stage of any segment all are in order: wire w is bit w. */
typedef struct kt_stage {
    uint64_t local;    /* bits of the memory index inside a tile: at least the lowest run_bits; popcount = min(tile bits, wires) */
    uint32_t run_bits; /* the lowest bits, that stay together */
    uint32_t first_work, work_count; /* maybe none: a stage that only writes the initial state, or moves wires */
    uint8_t position[64];            /* by wire: its bit of the memory index */
} kt_stage;

/* Gates between two measurements, resets or conditions. */
typedef struct kt_segment {
    uint32_t first_action, action_count;
    uint32_t first_stage, stage_count; /* none where Paulis are all there is */
    uint32_t first_start, start_count; /* in plan->order: one-bit actions done on |0...0> before the first stage, so that it needs not be
                                          read; only of a segment that begins there (`starts`) */
    bool starts;                       /* memory holds |0...0> before it, in every shot */
} kt_segment;

/* What an instruction set takes for each kind of work: nanoseconds an amplitude, on both threads of a two-core machine. Compiled in: plans
 * are chosen with it, so that they do not depend on the machine. */
typedef struct kt_costs {
    double pass[2];  /* a tiled pass with runs of 4 KiB, and with shorter ones */
    double first;    /* the pass that begins with a product state: it writes only */
    double rotation; /* one of three at once */
    double diagonal; /* a merged table */
    double linear;   /* a linear map of a tile */
    double dense[7]; /* by targets; [0] unused */
    double touch;    /* exchange or phase, an amplitude touched */
} kt_costs;

#endif
