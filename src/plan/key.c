/* SPDX-License-Identifier: Apache-2.0
 *
 * What a plan follows from, as 128 bits, so that a session can keep plans: circuits with the same key have the same plan.
 *
 *   in      operations, operands, conditions and what they compare with, registers of bits, numbers of qubits and bits; the options that
 *           planning reads; of a dynamic circuit, how much memory its instructions have
 *   not in  parameters, matrices, names: plans do not depend on them (an operation's `data` says which slot its angles are in)
 *
 * Everything that goes in is hashed whole, with XXH3: two structures of one key are as unlikely as a wrong bit of memory. A key of 100
 * gates takes some 200 nanoseconds, so circuits need not keep theirs.
 */
#include "plan/plan.h"

/* Of a dynamic circuit, what its instructions work on. */
static void hash_machine(uint64_t out[2], const ketch_circuit *circuit) {
    uint64_t link[4] = {circuit->dynamic, circuit->cell_count, circuit->params_count, circuit->inputs_count};
    kt_hash128(out, link, sizeof link);
    for (size_t i = 0; i < circuit->inputs_count; i++) {
        const kt_input *input = &circuit->inputs[i];
        uint64_t cells = kt_cells_in_all((kt_scalar)input->type, input->width, &input->dimensions);
        kt_hash128(out, (uint64_t[]){out[0], out[1], cells}, 3 * sizeof cells);
    }
}

void kt_plan_key(uint64_t out[2], const ketch_circuit *circuit, const ketch_run_options *options) {
    uint64_t registers[2] = {0, 0};
    for (size_t i = 0; i < circuit->bit_registers_count; i++) {
        const kt_register_info *info = &circuit->bit_registers[i];
        uint64_t link[4] = {registers[0], registers[1], info->first | (uint64_t)info->size << 32, info->counted};
        kt_hash128(registers, link, sizeof link);
    }
    struct {
        uint64_t ops[2], operands[2], conditions[2], words[2], registers[2], counts[6], options[9], machine[2];
    } all = {.registers = {registers[0], registers[1]},
             .counts = {circuit->ops_count, circuit->operands_count, circuit->conditions_count, circuit->words_count,
                        circuit->bit_registers_count, circuit->qubit_count | (uint64_t)circuit->bit_count << 32},
             .options = {options->outputs, options->precision, options->engine, options->instructions, options->tile_bits, options->without,
                         options->max_qubits, options->trace != NULL, options->state ? options->state->memory.wires : 0}};
    kt_hash128(all.ops, circuit->ops, circuit->ops_count * sizeof *circuit->ops);
    kt_hash128(all.operands, circuit->operands, circuit->operands_count * sizeof *circuit->operands);
    kt_hash128(all.conditions, circuit->conditions, circuit->conditions_count * sizeof *circuit->conditions);
    kt_hash128(all.words, circuit->words, circuit->words_count * sizeof *circuit->words);
    if (circuit->dynamic) hash_machine(all.machine, circuit);
    kt_hash128(out, &all, sizeof all);
}

uint64_t kt_plan_bytes(const kt_plan *plan) {
    return sizeof *plan + plan->program_count * (sizeof *plan->program + sizeof *plan->program_ops) +
           plan->live_count * sizeof *plan->lives + plan->live_word_count * sizeof *plan->live_words +
           plan->step_count * sizeof *plan->steps + plan->counted_count * sizeof *plan->counted + plan->move_count * sizeof *plan->moves +
           plan->outcome_words * sizeof *plan->sampled + plan->action_count * sizeof *plan->actions +
           plan->source_count * sizeof *plan->sources + plan->order_count * sizeof *plan->order + plan->work_count * sizeof *plan->works +
           plan->stage_count * sizeof *plan->stages + plan->segment_count * sizeof *plan->segments;
}
