/* SPDX-License-Identifier: Apache-2.0
 *
 * A stage made ready: its works as arguments of tile kernels, and what depends on the tile as functions of the tile's number.
 *
 *   index of an amplitude    . . . . | . . . . . .        bits of the memory index, some local to a tile, the others its base
 *   local bits, ascending    bits of the address in the tile
 *   base bits, ascending     bits of the tile's number
 *
 * prepare.c makes works ready, batch by batch (tables take room); stage.c takes the tiles through them.
 */
#ifndef KETCH_ENGINE_STAGE_H
#define KETCH_ENGINE_STAGE_H

#include "engine/bind.h"
#include "engine/run.h"

#define KT_BASE_MOST   64
#define KT_TABLES_MOST 32 /* diagonals, and as many linear maps, in a batch */
#define KT_BATCH_MOST  1024

typedef enum kt_ready_kind {
    KT_READY_ROTATE,
    KT_READY_DIAGONAL,
    KT_READY_TURN, /* what a diagonal leaves that is all of base bits: one factor a tile */
    KT_READY_LINEAR,
    KT_READY_EXCHANGE,
    KT_READY_SCALE,
    KT_READY_DENSE
} kt_ready_kind;

/* Places are in the workshop's pools, which move while they grow. */
typedef struct kt_ready {
    uint8_t kind;
    uint8_t count;                   /* rotations; targets */
    uint8_t targets[KT_ACTION_BITS]; /* local */
    uint32_t mask, value;            /* the condition on local bits */
    uint64_t base_mask, base_value;  /* and that on the tile's number */
    uint32_t table;                  /* diagonal, linear: which of the workshop's */
    bool turns;                      /* diagonal: with a factor of base bits */
    bool identity;                   /* linear: but for the offset */
    bool negative;                   /* exchange */
    uint64_t base_used;              /* diagonal: base bits that have pairs with local ones; linear: those with an offset */
    size_t place;                    /* rotations; numbers (diagonal: see prepare.c; scale: the factor; dense: the matrix); columns */
} kt_ready;

/* What the engine keeps from stage to stage and from run to run. */
struct kt_workshop {
    kt_bounds bounds;
    kt_ready *works;
    size_t work_count, works_capacity;
    kt_rotation *rotations;
    size_t rotation_count, rotations_capacity;
    double *numbers;
    size_t number_count, numbers_capacity;
    uint32_t *columns; /* offsets of linear maps by base bit */
    size_t column_count, columns_capacity;
    uint64_t *offsets; /* of the gather's runs */
    size_t offsets_capacity;
    kt_diagonal *diagonals[KT_TABLES_MOST];
    kt_linear *linears[KT_TABLES_MOST];
    uint32_t diagonal_count, linear_count;
    char *rooms; /* scratch of the threads, one after the other */
    size_t rooms_bytes;
    bool rooms_huge; /* huge pages were asked for */
};

/* One pass over the state, or a part of one where all is a single tile. */
typedef struct kt_pass {
    kt_run *run;
    struct kt_workshop *shop;
    const kt_tile_precision *kernels;
    char *amplitudes;
    size_t amplitude_size;
    const kt_stage *stage;
    kt_gather gather;
    uint32_t bits; /* of the tile: at least KT_TILE_LEAST */
    uint32_t base_count;
    uint8_t base_bits[KT_BASE_MOST];   /* bit of the memory index by bit of the tile's number */
    uint8_t local_of[64], base_of[64]; /* by wire: bit of the tile's address, or of its number; 255: not that kind */
    uint64_t tiles;
    uint32_t threads;
    size_t room_bytes;                                            /* of a thread: two tiles, the sums of a tile's runs */
    bool starts;                                                  /* with a product state: tiles are not read */
    double wires[4 * KT_TILE_MOST], base_wires[4 * KT_BASE_MOST]; /* its wires: amplitudes of 0 and of 1 */
    bool loads, stores;                                           /* else the tile stays in scratch */
    bool always;                                                  /* no tile is passed over */
    bool sums;
    double factor[2];
    double touch_cost[2][3]; /* prepare.c's, to choose by: exchanges and phases, by bits of the condition above the lanes */
    double table_cost, map_cost;
    uint32_t next;                                       /* work of the stage */
    bool done;
    /* scalars of rotations, not yet multiplied by: the product of 1 + tangent^2 */
    double pending;
    uint32_t pending_count;
} kt_pass;

/* prepare.c: makes a batch of the stage's works ready, from pass->next on; `done` says that the stage ends with them. `positions_after`:
 * where the wires are to be then. False: no memory. */
bool kt_prepare_works(kt_pass *pass, const kt_segment *segment, const uint8_t *positions_after);

#endif
