/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

#include "circuit/classical.h"

ketch_load_options ordinary_options(void) {
    ketch_load_options options = KETCH_LOAD_OPTIONS_INIT;
    options.max_source_bytes = 1u << 30;
    options.max_gates = 100000000;
    options.max_qubits = options.max_bits = 1u << 20;
    options.max_nesting = 256;
    options.max_include_depth = 32;
    options.max_token_bytes = 65536;
    options.max_errors = 20;
    options.max_cells = 1u << 24;
    options.max_unroll = 1u << 22;
    options.max_operations = 50000000;
    return options;
}

ketch_circuit *circuit_with_messages(const char *text, ketch_diag *diag) {
    ketch_load_options options = ordinary_options();
    ketch_circuit *circuit = NULL;
    ketch_status status = kt_qasm_parse(&circuit, text, strlen(text), &options, diag);
    if (status != KETCH_OK) fail_msg("refused: %s\n%s", text, ketch_diag_text(diag));
    assert_non_null(circuit);
    return circuit;
}

ketch_circuit *circuit_of(const char *text) {
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = circuit_with_messages(text, diag);
    for (size_t i = 0; i < ketch_diag_count(diag); i++)
        if (ketch_diag_message(diag, i)->severity != KETCH_SEVERITY_NOTE) fail_msg("%s\n%s", text, ketch_diag_text(diag));
    ketch_diag_free(&diag);
    return circuit;
}

static char shown[1 << 16];
static size_t shown_size;

static void show(const char *format, ...) KT_PRINTF(1, 2);
static void show(const char *format, ...) {
    va_list list;
    va_start(list, format);
    int size = vsnprintf(shown + shown_size, sizeof shown - shown_size, format, list);
    va_end(list);
    assert_true(size >= 0 && shown_size + (size_t)size < sizeof shown);
    shown_size += (size_t)size;
}

static void show_condition(const ketch_circuit *circuit, const kt_op *op) {
    static const char *const comparisons[] = {"==", "!=", "<", "<=", ">", ">="};
    for (uint32_t i = 0; i < op->operand_count; i++) {
        const kt_condition *condition = &circuit->conditions[op->operands + i];
        switch ((kt_condition_code)condition->code) {
        case KT_CONDITION_BIT: show(" c%u", condition->first); break;
        case KT_CONDITION_CONSTANT: show(" %s", condition->first ? "true" : "false"); break;
        case KT_CONDITION_COMPARE:
            show(" (");
            for (uint32_t k = condition->count; k-- > 0;)
                show("%sc%u", k + 1 < condition->count ? " " : "", circuit->operands[condition->first + k]);
            show(" %s 0x", comparisons[condition->comparison]);
            for (uint32_t k = (condition->count + 63) / 64; k-- > 0;)
                show("%llx", (unsigned long long)circuit->words[condition->value + k]);
            show(")");
            break;
        case KT_CONDITION_NOT: show(" not"); break;
        case KT_CONDITION_AND: show(" and"); break;
        case KT_CONDITION_OR: show(" or"); break;
        case KT_CONDITION_XOR: show(" xor"); break;
        }
    }
}

static void show_gate(const ketch_circuit *circuit, const kt_op *op) {
    uint32_t count = op->gate == KT_GATE_MATRIX ? 0 : kt_gates[op->gate].parameter_count;
    uint32_t own = op->gate == KT_GATE_MATRIX ? 0 : kt_gates[op->gate].control_count;
    for (uint32_t i = own; i < op->control_count; i++) show("c-");
    show("%s", op->gate == KT_GATE_MATRIX ? "matrix" : kt_gates[op->gate].name);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t node = kt_circuit_slot_node(circuit, op->data + i);
        kt_buffer text = {0};
        if (node == UINT32_MAX)
            kt_buffer_number(&text, circuit->params[op->data + i]);
        else
            kt_circuit_node_text(&text, circuit, node);
        show("%s%s", i ? "," : "(", text.bytes);
        kt_buffer_free(&text);
    }
    if (count) show(")");
    for (uint32_t i = 0; i < op->operand_count; i++) {
        uint32_t operand = kt_op_operands(circuit, op)[i];
        show(" %s%u", operand & KT_NEGATED ? "!" : "", operand & ~KT_NEGATED);
    }
}

const char *operations_of(const ketch_circuit *circuit) {
    shown_size = 0;
    shown[0] = '\0';
    for (size_t i = 0; i < circuit->ops_count; i++) {
        const kt_op *op = &circuit->ops[i];
        const uint32_t *operands = op->code == KT_OP_JUMP_UNLESS ? NULL : kt_op_operands(circuit, op);
        if (op->conditional) show("? ");
        switch (op->code) {
        case KT_OP_GATE: show_gate(circuit, op); break;
        case KT_OP_MEASURE:
            show("measure %u", operands[0]);
            if (operands[1] != KT_NO_BIT) show(" -> %u", operands[1]);
            break;
        case KT_OP_RESET: show("reset %u", operands[0]); break;
        case KT_OP_BARRIER: show("barrier"); break;
        case KT_OP_DELAY: show("delay(%g)", circuit->params[op->data]); break;
        case KT_OP_SET_BIT: show("bit %u = %u", operands[0], op->data); break;
        case KT_OP_JUMP_UNLESS:
            show("unless");
            show_condition(circuit, op);
            show(" goto %u", op->data);
            break;
        case KT_OP_JUMP: show("goto %u", op->data); break;
        case KT_OP_END: show("end"); break;
        case KT_OP_GATE_AT: show("gate_at"); break;
        case KT_OP_MEASURE_AT: show("measure_at %u -> %u", operands[0], operands[1]); break;
        case KT_OP_RESET_AT: show("reset_at %u", operands[0]); break;
        default:
            show("%s %u %u %u %u w%u", kt_instruction_name(op->code), op->destination, op->left, op->right, op->data, op->width);
            break;
        }
        if (op->code == KT_OP_BARRIER || op->code == KT_OP_DELAY)
            for (uint32_t k = 0; k < op->operand_count; k++) show(" %u", operands[k]);
        show("\n");
    }
    return shown;
}

void check_operations(const char *text, const char *expected) {
    ketch_circuit *circuit = circuit_of(text);
    const char *found = operations_of(circuit);
    if (strcmp(found, expected) != 0) fail_msg("%s\ngave\n%s\ninstead of\n%s", text, found, expected);
    kt_circuit_free(circuit);
}

void check_refused(const char *text, const char *code, unsigned line, unsigned column, const char *words) {
    ketch_load_options options = ordinary_options();
    ketch_diag *diag = ketch_diag_create();
    ketch_circuit *circuit = NULL;
    ketch_status status = kt_qasm_parse(&circuit, text, strlen(text), &options, diag);
    if (status == KETCH_OK) fail_msg("accepted: %s", text);
    assert_null(circuit);
    const ketch_message *first = NULL;
    for (size_t i = 0; !first && i < ketch_diag_count(diag); i++)
        if (ketch_diag_message(diag, i)->severity == KETCH_SEVERITY_ERROR) first = ketch_diag_message(diag, i);
    assert_non_null(first);
    bool worded = !words || strstr(first->text, words) || strstr(first->hint, words);
    if (strcmp(first->code, code) != 0 || first->line != line || first->column != column || !worded)
        fail_msg("%s\nexpected %s at %u:%u with \"%s\", got\n%s", text, code, line, column, words ? words : "", ketch_diag_text(diag));
    size_t index = 0;
    while (strcmp(ketch_code_at(index)->code, code) != 0) index++;
    assert_int_equal(status, ketch_code_at(index)->status);
    ketch_diag_free(&diag);
}
