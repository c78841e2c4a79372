/* SPDX-License-Identifier: Apache-2.0
 *
 * What a gate's structure allows, whatever its angles. The gate table says the family; what the family leaves open is told here by the
 * gate's id, so that no matrix is looked at while planning. (The tests compare with the matrices.)
 */
#include "plan/analysis.h"

/* Only where the family does not say it. */
static const uint8_t forms[KT_GATE_COUNT] = {
    [KT_GATE_ID] = KT_FORM_IDENTITY,   [KT_GATE_U0] = KT_FORM_IDENTITY,  [KT_GATE_Z] = KT_FORM_Z,         [KT_GATE_CZ] = KT_FORM_Z,
    [KT_GATE_CCZ] = KT_FORM_Z,         [KT_GATE_Y] = KT_FORM_Y,          [KT_GATE_CY] = KT_FORM_Y,        [KT_GATE_SX] = KT_FORM_ABOUT_X,
    [KT_GATE_SXDG] = KT_FORM_ABOUT_X,  [KT_GATE_RX] = KT_FORM_ABOUT_X,   [KT_GATE_CSX] = KT_FORM_ABOUT_X, [KT_GATE_CSXDG] = KT_FORM_ABOUT_X,
    [KT_GATE_CRX] = KT_FORM_ABOUT_X,   [KT_GATE_C3SX] = KT_FORM_ABOUT_X, [KT_GATE_SWAP] = KT_FORM_SWAP,   [KT_GATE_CSWAP] = KT_FORM_SWAP,
    [KT_GATE_DCX] = KT_FORM_DOUBLE_CX,
};

/* Diagonals with more than one entry that is not 1. */
static bool varies(uint16_t gate) { return gate == KT_GATE_RZ || gate == KT_GATE_CRZ || gate == KT_GATE_RZZ; }

kt_form kt_gate_form(uint16_t gate, uint32_t target_count) {
    if (gate == KT_GATE_MATRIX) return target_count ? KT_FORM_GENERAL : KT_FORM_DIAGONAL; /* on no qubit: a phase */
    if (forms[gate]) return (kt_form)forms[gate];
    switch ((kt_family)kt_gates[gate].family) {
    case KT_FAMILY_DIAGONAL: return KT_FORM_DIAGONAL;
    case KT_FAMILY_PERMUTATION: return KT_FORM_X;
    case KT_FAMILY_REAL: return KT_FORM_REAL;
    default: return KT_FORM_GENERAL;
    }
}

/* Which kernel of the reference engine a family takes, by number of targets (3 standing for more). */
static const uint8_t kernel_of[4][4] = {
    [KT_FAMILY_DIAGONAL] = {KT_KERNEL_PHASE, KT_KERNEL_DIAGONAL, KT_KERNEL_DIAGONAL, KT_KERNEL_DIAGONAL},
    [KT_FAMILY_PERMUTATION] = {KT_KERNEL_PERMUTE, KT_KERNEL_PERMUTE, KT_KERNEL_PERMUTE, KT_KERNEL_PERMUTE},
    [KT_FAMILY_REAL] = {KT_KERNEL_DENSE, KT_KERNEL_REAL1, KT_KERNEL_REAL2, KT_KERNEL_DENSE},
    [KT_FAMILY_DENSE] = {KT_KERNEL_DENSE, KT_KERNEL_DENSE1, KT_KERNEL_DENSE2, KT_KERNEL_DENSE},
};

kt_shape kt_gate_shape(uint16_t gate, uint32_t target_count) {
    kt_form form = kt_gate_form(gate, target_count);
    kt_family family = gate == KT_GATE_MATRIX ? target_count ? KT_FAMILY_DENSE : KT_FAMILY_DIAGONAL : (kt_family)kt_gates[gate].family;
    kt_shape shape = {
        .form = (uint8_t)form, .kernel = kernel_of[family][target_count < 3 ? target_count : 3], .touched = (uint8_t)(1u << target_count)};
    shape.identity = form == KT_FORM_IDENTITY;
    if (form == KT_FORM_SWAP) shape.touched = 2;
    if (form == KT_FORM_DOUBLE_CX) shape.touched = 3;
    if (family != KT_FAMILY_DIAGONAL || shape.identity || varies(gate)) return shape;
    shape.targets_held = true;
    shape.kernel = KT_KERNEL_PHASE;
    shape.touched = 1;
    return shape;
}
