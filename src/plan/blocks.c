/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense two-qubit blocks. Gates on one pair of wires with nothing else on either wire in between form a block; so do the one-qubit gates
 * before them:
 *
 *   0  --u--@--ry--x--u--@--       block of (0, 1): everything up to the gate on (0, 2)
 *   1  --u--x------@--u--|--       where that is cheaper as one 4 x 4 matrix than as rotations, tables and CX, it becomes one action
 *   2  ------------------x--
 */
#include "plan/planned.h"

static bool turns(const kt_item *item) {
    return item->form == KT_FORM_ABOUT_X || item->form == KT_FORM_REAL || item->form == KT_FORM_GENERAL;
}

static bool is_diagonal(const kt_item *item) { return item->form == KT_FORM_Z || item->form == KT_FORM_DIAGONAL; }

/* A gate on two wires costs its share of a table or a linear map, which others of the same pass use, too. */
static double pair_cost(const kt_costs *costs, const kt_item *item, double share) {
    if (is_diagonal(item)) return share * costs->diagonal;
    if (item->form == KT_FORM_X || item->form == KT_FORM_DOUBLE_CX || item->form == KT_FORM_SWAP) return share * costs->linear;
    return item->target_count == 2 ? costs->dense[2] : costs->dense[1] / 2;
}

typedef struct kt_finder {
    kt_builder *builder;
    uint32_t open[64]; /* by wire: its block, or KT_NONE */
    double share;
    uint64_t turned; /* wires that a rotation has met since the last gate on two wires: a further one merges with it */
} kt_finder;

static void close_block(kt_finder *finder, uint32_t wire) {
    uint32_t index = finder->open[wire];
    if (index == KT_NONE) return;
    kt_block_of_two *block = &finder->builder->blocks[index];
    block->dense = block->pair && block->cost > kt_dense_cost(finder->builder->plan, 2, block->item_count);
    finder->open[wire] = KT_NONE;
    if (block->pair) finder->open[block->wires[0] == wire ? block->wires[1] : block->wires[0]] = KT_NONE;
    finder->turned &= ~(kt_bit(block->wires[0]) | kt_bit(block->wires[1]));
}

static uint32_t new_block(kt_finder *finder, const uint8_t wires[2], bool pair) {
    kt_builder *builder = finder->builder;
    uint32_t index = (uint32_t)builder->block_count;
    if (!kt_reserve(&builder->blocks, &builder->block_capacity, builder->block_count + 1, sizeof *builder->blocks)) return KT_NONE;
    builder->blocks[builder->block_count++] =
        (kt_block_of_two){.first = KT_NONE, .last = KT_NONE, .parent = index, .wires = {wires[0], wires[1]}, .pair = pair};
    return index;
}

/* The open block of a pair, made where there is none from the one-qubit gates that are waiting on its wires. */
static uint32_t block_of_pair(kt_finder *finder, uint32_t a, uint32_t b) {
    kt_block_of_two *blocks = finder->builder->blocks;
    if (finder->open[a] != KT_NONE && finder->open[a] == finder->open[b]) return finder->open[a];
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t wire = k ? b : a;
        if (finder->open[wire] != KT_NONE && blocks[finder->open[wire]].pair) close_block(finder, wire);
    }
    uint32_t index = new_block(finder, (const uint8_t[]){(uint8_t)a, (uint8_t)b}, true);
    if (index == KT_NONE) return KT_NONE;
    blocks = finder->builder->blocks;
    for (uint32_t k = 0; k < 2; k++) {
        uint32_t wire = k ? b : a, before = finder->open[wire];
        if (before != KT_NONE) {
            blocks[before].parent = index;
            blocks[index].cost += blocks[before].cost;
            blocks[index].item_count += blocks[before].item_count;
        }
        finder->open[wire] = index;
    }
    return index;
}

static bool put_in_block(kt_finder *finder, kt_item *item) {
    kt_builder *builder = finder->builder;
    uint32_t width = kt_count_bits(item->wires);
    if (width > 2) {
        for (uint64_t left = item->wires; left; left &= left - 1) close_block(finder, kt_lowest(left));
        return true;
    }
    if (width == 0) return true;
    uint32_t wire = kt_lowest(item->wires), index = finder->open[wire];
    if (width == 2)
        index = block_of_pair(finder, wire, kt_lowest(item->wires & (item->wires - 1)));
    else if (index == KT_NONE)
        index = finder->open[wire] = new_block(finder, (const uint8_t[]){(uint8_t)wire, (uint8_t)wire}, false);
    if (index == KT_NONE) return false;
    item->block = index;
    builder->blocks[index].item_count++;
    if (width == 2) {
        builder->blocks[index].cost += pair_cost(builder->costs, item, finder->share);
        finder->turned &= ~item->wires;
    } else if (turns(item) && !(finder->turned & item->wires)) {
        builder->blocks[index].cost += builder->costs->rotation;
        finder->turned |= item->wires;
    }
    return true;
}

/* Items of dense blocks get their block's number, in lists; the others KT_NONE. */
static void list_items(kt_builder *builder) {
    for (uint32_t i = 0; i < builder->item_count; i++) {
        kt_item *item = &builder->items[i];
        if (item->block == KT_NONE) continue;
        item->block = builder->blocks[item->block].parent;
        kt_block_of_two *block = &builder->blocks[item->block];
        if (!block->dense) {
            item->block = KT_NONE;
            continue;
        }
        builder->dense_count += block->first == KT_NONE;
        if (block->first == KT_NONE)
            block->first = i;
        else
            builder->items[block->last].next = i;
        block->last = i;
    }
}

ketch_status kt_find_blocks(kt_builder *builder, double share) {
    kt_finder finder = {.builder = builder, .share = share};
    builder->block_count = builder->dense_count = 0;
    for (size_t i = 0; i < builder->item_count; i++) builder->items[i].block = builder->items[i].next = KT_NONE;
    for (uint32_t wire = 0; wire < builder->plan->wires; wire++) finder.open[wire] = KT_NONE;
    ketch_status status = KETCH_OK;
    for (size_t i = 0; i < builder->item_count && !status; i++) {
        status = kt_watch_work(builder->watch, 1);
        if (!builder->items[i].gone && !put_in_block(&finder, &builder->items[i])) status = kt_no_memory(builder->diag);
    }
    if (status) return status;
    for (uint32_t wire = 0; wire < builder->plan->wires; wire++) close_block(&finder, wire);
    list_items(builder);
    return KETCH_OK;
}
