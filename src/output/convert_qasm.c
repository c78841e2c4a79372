/* SPDX-License-Identifier: Apache-2.0
 *
 * Circuits as programs of OpenQASM 2 and 3: names, declarations, conditions, and the operations in order.
 *
 * A jump over operations is an `if`; where the last of them jumps further on, what it skips is the `else`. OpenQASM 2 has an `if` of one
 * operation on one register that equals a number: each operation of a block gets its own, as long as none of them changes the register.
 */
#include "output/convert.h"

#include "output/label.h"

#include <stdio.h>
#include <string.h>

static kt_buffer *out_of(kt_conversion *conversion) { return &conversion->stream.out; }

/* ── Names ── */

static bool is_letter(char c, int version) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (version == 3 && (unsigned char)c >= 0x80);
}

/* Words that no register may be called: those of either language, and functions. Gates are looked up. */
static const char *const reserved[] = {"OPENQASM", "include",  "qreg",    "creg",       "gate",    "opaque", "measure",       "reset",
                                       "barrier",  "if",       "else",    "def",        "cal",     "defcal", "defcalgrammar", "extern",
                                       "box",      "let",      "break",   "continue",   "end",     "return", "for",           "while",
                                       "in",       "switch",   "case",    "default",    "nop",     "pragma", "input",         "output",
                                       "const",    "readonly", "mutable", "qubit",      "bool",    "bit",    "int",           "uint",
                                       "float",    "angle",    "complex", "duration",   "stretch", "array",  "void",          "inv",
                                       "pow",      "ctrl",     "negctrl", "durationof", "delay",   "true",   "false",         "pi",
                                       "tau",      "euler",    "im",      "sin",        "cos",     "tan",    "exp",           "ln",
                                       "sqrt",     "log",      "mod",     "arcsin",     "arccos",  "arctan", "ceiling",       "floor",
                                       "popcount", "rotl",     "rotr",    "sizeof",     "real",    "imag"};

static bool reserve_names(kt_conversion *conversion) {
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (kt_symbols_add(&conversion->names, reserved[i], strlen(reserved[i])) == KT_NO_SYMBOL) return false;
    for (size_t i = 0; i < conversion->circuit->inputs_count; i++) {
        const char *name = conversion->circuit->inputs[i].name;
        if (kt_symbols_add(&conversion->names, name, strlen(name)) == KT_NO_SYMBOL) return false;
    }
    return true;
}

/* Adds the name if it is no gate of the program and not taken; NULL where it is, and *failed when out of memory. */
static const char *take_name(kt_conversion *conversion, const kt_buffer *name, bool *failed) {
    size_t before = conversion->names.count;
    unsigned others = conversion->version == 2 ? KT_IN_QELIB1 : 0; /* gates of some readers */
    if (conversion->included && kt_gate_find(name->bytes, name->size, conversion->provided | others) != KT_GATE_NONE) return NULL;
    for (kt_gate_id gate = 0; gate < KT_GATE_COUNT; gate++)
        if (conversion->defined[gate] && strcmp(kt_gates[gate].name, name->bytes) == 0) return NULL;
    uint32_t symbol = kt_symbols_add(&conversion->names, name->bytes, name->size);
    *failed = symbol == KT_NO_SYMBOL;
    return !*failed && symbol == before ? conversion->names.items[symbol].name : NULL;
}

/* The name itself where the language takes it; else one that is like it. */
static const char *choose_name(kt_conversion *conversion, const char *name) {
    kt_buffer text = {0};
    bool lower = name[0] >= 'a' && name[0] <= 'z';
    if (name[0] == '$')
        kt_buffer_text(&text, "physical_");
    else if (conversion->version == 2 ? !lower : !is_letter(name[0], 3))
        kt_buffer_text(&text, "r_");
    for (const char *c = name + (name[0] == '$'); *c; c++) {
        bool kept = is_letter(*c, conversion->version) || (*c >= '0' && *c <= '9');
        kt_buffer_add(&text, kept ? c : "_", 1);
    }
    size_t size = text.size;
    const char *chosen = NULL;
    for (unsigned number = 2; !text.failed && !(chosen = take_name(conversion, &text, &text.failed)) && !text.failed; number++) {
        text.bytes[text.size = size] = '\0';
        kt_buffer_format(&text, "_%u", number);
    }
    kt_buffer_free(&text);
    return chosen;
}

static bool make_room(kt_conversion *conversion) {
    const ketch_circuit *circuit = conversion->circuit;
    conversion->qubit_names = kt_zalloc((circuit->qubit_registers_count + 1) * sizeof *conversion->qubit_names);
    conversion->bit_names = kt_zalloc((circuit->bit_registers_count + 1) * sizeof *conversion->bit_names);
    conversion->block_names = kt_zalloc((circuit->blocks_count + 1) * sizeof *conversion->block_names);
    conversion->defined_blocks = kt_zalloc((circuit->blocks_count + 1) * sizeof *conversion->defined_blocks);
    return conversion->qubit_names && conversion->bit_names && conversion->block_names && conversion->defined_blocks;
}

/* Again once the gates are known that need a definition: their names are theirs. */
static bool choose_names(kt_conversion *conversion) {
    const ketch_circuit *circuit = conversion->circuit;
    kt_symbols_free(&conversion->names);
    conversion->names = (kt_symbols){0};
    if (!reserve_names(conversion)) return false;
    for (size_t i = 0; i < circuit->qubit_registers_count; i++)
        if (!(conversion->qubit_names[i] = choose_name(conversion, circuit->qubit_registers[i].name))) return false;
    for (size_t i = 0; i < circuit->bit_registers_count; i++)
        if (!(conversion->bit_names[i] = choose_name(conversion, circuit->bit_registers[i].name))) return false;
    for (size_t i = 0; i < circuit->blocks_count; i++) {
        char name[40];
        snprintf(name, sizeof name, "block_%zu", i);
        if (!(conversion->block_names[i] = choose_name(conversion, name))) return false;
    }
    return true;
}

/* ── Declarations ── */

/* An angle is a float here: expressions of the circuit hold radians, and say themselves where they are brought to a width. */
static void declare_inputs(kt_conversion *conversion) {
    static const char *const types[] = {
        [KT_SCALAR_BITS] = "bit",    [KT_SCALAR_BOOL] = "bool",   [KT_SCALAR_INT] = "int",         [KT_SCALAR_UINT] = "uint",
        [KT_SCALAR_FLOAT] = "float", [KT_SCALAR_ANGLE] = "float", [KT_SCALAR_COMPLEX] = "complex", [KT_SCALAR_DURATION] = "duration"};
    for (size_t i = 0; i < conversion->circuit->inputs_count; i++) {
        const kt_input *input = &conversion->circuit->inputs[i];
        if (input->bound) continue;
        if (conversion->version == 2 || input->dimensions.dimension_count || input->type == KT_SCALAR_COMPLEX) {
            kt_conversion_refuse(conversion, "the input `%s`, which has no value", input->name);
            return;
        }
        kt_buffer_format(out_of(conversion), "input %s", types[input->type]);
        bool sized = input->width && input->type != KT_SCALAR_BOOL && input->type != KT_SCALAR_DURATION && input->type != KT_SCALAR_ANGLE;
        if (sized) kt_buffer_format(out_of(conversion), "[%u]", input->width);
        kt_buffer_format(out_of(conversion), " %s;\n", input->name);
    }
}

static void declare_registers(kt_conversion *conversion) {
    const ketch_circuit *circuit = conversion->circuit;
    bool some_counted = false, some_not = false;
    for (size_t i = 0; i < circuit->qubit_registers_count && kt_conversion_going(conversion); i++) {
        const char *name = conversion->qubit_names[i];
        uint32_t size = circuit->qubit_registers[i].size;
        if (conversion->version == 2)
            kt_buffer_format(out_of(conversion), "qreg %s[%u];\n", name, size);
        else
            kt_buffer_format(out_of(conversion), "qubit[%u] %s;\n", size, name);
    }
    for (size_t i = 0; i < circuit->bit_registers_count; i++) *(circuit->bit_registers[i].counted ? &some_counted : &some_not) = true;
    for (size_t i = 0; i < circuit->bit_registers_count && kt_conversion_going(conversion); i++) {
        const kt_register_info *bits = &circuit->bit_registers[i];
        if (bits->type != KT_SCALAR_BITS || bits->width)
            kt_conversion_refuse(conversion, "the output `%s`, which is computed", bits->name);
        else if (conversion->version == 2 && !bits->counted)
            kt_conversion_refuse(conversion, "the bits `%s`, which are no output", bits->name);
        else if (conversion->version == 2)
            kt_buffer_format(out_of(conversion), "creg %s[%u];\n", conversion->bit_names[i], bits->size);
        else
            kt_buffer_format(out_of(conversion), "%sbit[%u] %s;\n", some_not && bits->counted ? "output " : "", bits->size,
                             conversion->bit_names[i]);
    }
}

static void put_bit(kt_conversion *conversion, uint32_t bit) {
    const ketch_circuit *circuit = conversion->circuit;
    size_t named = kt_circuit_register_of(circuit->bit_registers, circuit->bit_registers_count, bit);
    kt_buffer_format(out_of(conversion), "%s[%u]", conversion->bit_names[named], bit - circuit->bit_registers[named].first);
}

/* ── Conditions ── */

/* The register whose bits these are, all of them in order; or NULL. */
static const kt_register_info *whole_register(const ketch_circuit *circuit, const uint32_t *bits, uint32_t count) {
    if (!count) return NULL;
    const kt_register_info *named =
        &circuit->bit_registers[kt_circuit_register_of(circuit->bit_registers, circuit->bit_registers_count, bits[0])];
    if (named->size != count) return NULL;
    for (uint32_t i = 0; i < count; i++)
        if (bits[i] != named->first + i) return NULL;
    return named;
}

static const char *name_of(const kt_conversion *conversion, const kt_register_info *named) {
    return conversion->bit_names[named - conversion->circuit->bit_registers];
}

static bool bit_of(const ketch_circuit *circuit, const kt_condition *condition, uint32_t i) {
    return circuit->words[condition->value + i / 64] >> i % 64 & 1;
}

/* Equal: a conjunction over the bits from `low` up. */
static void put_equal(kt_conversion *conversion, const kt_condition *condition, uint32_t low) {
    const ketch_circuit *circuit = conversion->circuit;
    for (uint32_t i = condition->count; i-- > low;) {
        kt_buffer_text(out_of(conversion), bit_of(circuit, condition, i) ? "" : "!");
        put_bit(conversion, circuit->operands[condition->first + i]);
        if (i > low) kt_buffer_text(out_of(conversion), " && ");
    }
    if (low == condition->count) kt_buffer_text(out_of(conversion), "true");
}

/* Less than the number: for one of its ones the bit is 0 and all above are equal. */
static void put_less(kt_conversion *conversion, const kt_condition *condition, bool or_equal) {
    const ketch_circuit *circuit = conversion->circuit;
    for (uint32_t i = condition->count; i-- > 0;) {
        if (!bit_of(circuit, condition, i)) continue;
        kt_buffer_text(out_of(conversion), "(");
        if (i + 1 < condition->count) put_equal(conversion, condition, i + 1);
        kt_buffer_text(out_of(conversion), i + 1 < condition->count ? " && !" : "!");
        put_bit(conversion, circuit->operands[condition->first + i]);
        kt_buffer_text(out_of(conversion), ") || ");
    }
    kt_buffer_text(out_of(conversion), or_equal ? "(" : "false");
    if (or_equal) put_equal(conversion, condition, 0);
    if (or_equal) kt_buffer_text(out_of(conversion), ")");
}

static void put_comparison(kt_conversion *conversion, const kt_condition *condition) {
    const ketch_circuit *circuit = conversion->circuit;
    const kt_register_info *named = whole_register(circuit, circuit->operands + condition->first, condition->count);
    bool equality = condition->comparison == KT_EQUAL || condition->comparison == KT_NOT_EQUAL;
    if (named && equality && condition->count < 32) {
        kt_buffer_format(out_of(conversion), "%s %s %llu", name_of(conversion, named),
                         condition->comparison == KT_EQUAL ? "==" : "!=", (unsigned long long)circuit->words[condition->value]);
        return;
    }
    bool inverted =
        condition->comparison == KT_NOT_EQUAL || condition->comparison == KT_GREATER || condition->comparison == KT_GREATER_EQUAL;
    kt_buffer_text(out_of(conversion), inverted ? "!(" : "(");
    if (equality)
        put_equal(conversion, condition, 0);
    else
        put_less(conversion, condition, condition->comparison == KT_LESS_EQUAL || condition->comparison == KT_GREATER);
    kt_buffer_text(out_of(conversion), ")");
}

/* Where the part of the stack program that computes its last value begins. */
static uint32_t part_begins(const kt_condition *program, uint32_t end) {
    for (uint32_t wanted = 1; wanted && end; end--) {
        uint8_t code = program[end - 1].code;
        wanted = code == KT_CONDITION_NOT ? wanted : code >= KT_CONDITION_AND ? wanted + 1 : wanted - 1;
    }
    return end;
}

/* The value of program[first ... end), as deep as the condition nests. */
static void put_condition(kt_conversion *conversion, const kt_condition *program, uint32_t end) {
    static const char *const signs[] = {[KT_CONDITION_AND] = " && ", [KT_CONDITION_OR] = " || ", [KT_CONDITION_XOR] = " ^ "};
    const kt_condition *last = &program[end - 1];
    switch ((kt_condition_code)last->code) {
    case KT_CONDITION_BIT: put_bit(conversion, last->first); break;
    case KT_CONDITION_CONSTANT: kt_buffer_text(out_of(conversion), last->first ? "true" : "false"); break;
    case KT_CONDITION_COMPARE: put_comparison(conversion, last); break;
    case KT_CONDITION_NOT:
        kt_buffer_text(out_of(conversion), "!(");
        put_condition(conversion, program, end - 1);
        kt_buffer_text(out_of(conversion), ")");
        break;
    default:
        kt_buffer_text(out_of(conversion), "(");
        put_condition(conversion, program, part_begins(program, end - 1));
        kt_buffer_text(out_of(conversion), signs[last->code]);
        put_condition(conversion, program, end - 1);
        kt_buffer_text(out_of(conversion), ")");
    }
}

/* The register and number of a condition that OpenQASM 2 can say; `otherwise`: of its opposite. */
static bool simple_condition(const ketch_circuit *circuit, const kt_op *jump, bool otherwise, const kt_register_info **named,
                             uint64_t *value) {
    const kt_condition *program = circuit->conditions + jump->operands, *last = &program[jump->operand_count - 1];
    bool inverted = otherwise ^ (jump->operand_count == 2 && last->code == KT_CONDITION_NOT);
    if (jump->operand_count > 2 || (jump->operand_count == 2 && last->code != KT_CONDITION_NOT)) return false;
    if (program->code == KT_CONDITION_BIT) {
        *named = whole_register(circuit, &program->first, 1);
        *value = !inverted;
        return *named;
    }
    if (program->code != KT_CONDITION_COMPARE || program->comparison > KT_NOT_EQUAL) return false;
    *named = whole_register(circuit, circuit->operands + program->first, program->count);
    if (!*named || program->count > 63) return false;
    *value = circuit->words[program->value];
    inverted ^= program->comparison == KT_NOT_EQUAL;
    if (inverted && program->count == 1) *value ^= 1;
    return !inverted || program->count == 1;
}

/* ── Operations ── */

static void put_operations(kt_conversion *conversion, uint32_t first, uint32_t end);

static void put_measurement(kt_conversion *conversion, const uint32_t *operands) {
    bool kept = operands[1] != KT_NO_BIT;
    if (conversion->version == 2 && !kept) {
        kt_conversion_refuse(conversion, "a measurement whose outcome is not kept");
        return;
    }
    kt_convert_begin(conversion);
    if (conversion->version == 3 && kept) {
        put_bit(conversion, operands[1]);
        kt_buffer_text(out_of(conversion), " = ");
    }
    kt_buffer_text(out_of(conversion), "measure ");
    kt_convert_qubit(conversion, operands[0]);
    if (conversion->version == 2) {
        kt_buffer_text(out_of(conversion), " -> ");
        put_bit(conversion, operands[1]);
    }
    kt_buffer_text(out_of(conversion), ";\n");
}

/* Qubits, whole registers by their names. */
static void put_qubits(kt_conversion *conversion, const uint32_t *qubits, uint32_t count) {
    const ketch_circuit *circuit = conversion->circuit;
    for (uint32_t i = 0, taken; i < count; i += taken) {
        size_t r = kt_circuit_register_of(circuit->qubit_registers, circuit->qubit_registers_count, qubits[i]);
        const kt_register_info *named = &circuit->qubit_registers[r];
        taken = 0;
        while (taken < named->size && i + taken < count && qubits[i + taken] == named->first + taken) taken++;
        kt_buffer_text(out_of(conversion), i ? ", " : " ");
        if (taken == named->size) {
            kt_buffer_text(out_of(conversion), conversion->qubit_names[r]);
        } else {
            taken = 1;
            kt_convert_qubit(conversion, qubits[i]);
        }
    }
    kt_buffer_text(out_of(conversion), ";\n");
}

static void put_delay(kt_conversion *conversion, const kt_op *op) {
    if (conversion->version == 2) {
        kt_conversion_refuse(conversion, "`delay`");
        return;
    }
    kt_angle seconds = kt_convert_slot(conversion, op->data);
    kt_convert_begin(conversion);
    kt_buffer_text(out_of(conversion), "delay[");
    if (seconds.node != UINT32_MAX) {
        kt_convert_expression(conversion, seconds.node);
        kt_buffer_text(out_of(conversion), " * 1s");
    } else {
        kt_buffer_number(out_of(conversion), seconds.number);
        kt_buffer_text(out_of(conversion), "s");
    }
    kt_buffer_text(out_of(conversion), "]");
    put_qubits(conversion, kt_op_operands(conversion->circuit, op), op->operand_count);
}

static void put_operation(kt_conversion *conversion, const kt_op *op) {
    const uint32_t *operands = kt_op_operands(conversion->circuit, op);
    conversion->line = op->line;
    switch (op->code) {
    case KT_OP_GATE: kt_convert_gate(conversion, op, operands); break;
    case KT_OP_MEASURE: put_measurement(conversion, operands); break;
    case KT_OP_RESET:
        kt_convert_begin(conversion);
        kt_buffer_text(out_of(conversion), "reset");
        put_qubits(conversion, operands, 1);
        break;
    case KT_OP_BARRIER:
        kt_convert_begin(conversion);
        kt_buffer_text(out_of(conversion), "barrier");
        put_qubits(conversion, operands, op->operand_count);
        break;
    case KT_OP_DELAY: put_delay(conversion, op); break;
    case KT_OP_SET_BIT:
        if (conversion->version == 2) {
            kt_conversion_refuse(conversion, "a bit that is set");
            break;
        }
        kt_convert_begin(conversion);
        put_bit(conversion, operands[0]);
        kt_buffer_format(out_of(conversion), " = %u;\n", op->data);
        break;
    case KT_OP_END:
        if (conversion->version == 2) {
            kt_conversion_refuse(conversion, "`end`");
            break;
        }
        kt_convert_begin(conversion);
        kt_buffer_text(out_of(conversion), "end;\n");
        break;
    default:
        kt_conversion_refuse(conversion, "what a program computes while it runs (%s can)",
                             conversion->version == 2 ? "OpenQASM 3" : "JSON");
    }
}

static bool writes(const ketch_circuit *circuit, const kt_op *op, const kt_register_info *named) {
    return op->code == KT_OP_MEASURE && kt_op_operands(circuit, op)[1] - named->first < named->size;
}

/* The operations [first, end), each with an `if` of its own. */
static void put_each_if(kt_conversion *conversion, const kt_op *jump, bool otherwise, uint32_t first, uint32_t end) {
    const ketch_circuit *circuit = conversion->circuit;
    const kt_register_info *named;
    uint64_t value;
    if (first == end) return;
    if (conversion->prefix.size) {
        kt_conversion_refuse(conversion, "an `if` inside another");
    } else if (!simple_condition(circuit, jump, otherwise, &named, &value)) {
        kt_conversion_refuse(conversion, otherwise ? "`else`" : "a condition other than register == number");
    } else {
        kt_buffer_format(&conversion->prefix, "if (%s == %llu) ", name_of(conversion, named), (unsigned long long)value);
        for (uint32_t i = first; i < end; i++) {
            conversion->line = circuit->ops[i].line;
            if (i + 1 < end && writes(circuit, &circuit->ops[i], named))
                kt_conversion_refuse(conversion, "an `if` of several operations that change what it asks");
        }
        put_operations(conversion, first, end);
        kt_buffer_clear(&conversion->prefix);
    }
}

/* A jump and all it skips; gives the operation to go on with. */
static uint32_t put_if(kt_conversion *conversion, uint32_t index) {
    const ketch_circuit *circuit = conversion->circuit;
    const kt_op *jump = &circuit->ops[index], *last = &circuit->ops[jump->data - 1];
    bool otherwise = jump->data - 1 > index && last->code == KT_OP_JUMP && last->data >= jump->data;
    uint32_t body = otherwise ? jump->data - 1 : jump->data, end = otherwise ? last->data : jump->data;
    if (conversion->version == 2) {
        put_each_if(conversion, jump, false, index + 1, body);
        conversion->line = jump->line;
        if (otherwise) put_each_if(conversion, jump, true, jump->data, end);
        return end;
    }
    kt_convert_begin(conversion);
    kt_buffer_text(out_of(conversion), "if (");
    put_condition(conversion, circuit->conditions + jump->operands, jump->operand_count);
    kt_buffer_text(out_of(conversion), ") {\n");
    conversion->indent++;
    put_operations(conversion, index + 1, body);
    conversion->indent--;
    if (otherwise && end > jump->data) {
        kt_convert_begin(conversion);
        kt_buffer_text(out_of(conversion), "} else {\n");
        conversion->indent++;
        put_operations(conversion, jump->data, end);
        conversion->indent--;
    }
    kt_convert_begin(conversion);
    kt_buffer_text(out_of(conversion), "}\n");
    return end;
}

static void put_operations(kt_conversion *conversion, uint32_t first, uint32_t end) {
    const ketch_circuit *circuit = conversion->circuit;
    for (uint32_t i = first; i < end && kt_conversion_going(conversion);) {
        const kt_op *op = &circuit->ops[i];
        conversion->line = op->line;
        bool nested = op->code == KT_OP_JUMP_UNLESS && op->data > i && op->data <= end;
        if (nested) {
            i = put_if(conversion, i);
        } else {
            put_operation(conversion, op);
            i++;
        }
    }
}

/* ── The program ── */

static void put_program(kt_conversion *conversion, bool writing) {
    bool older = conversion->version == 2;
    conversion->writing = writing;
    conversion->line = 0;
    kt_buffer_clear(out_of(conversion));
    if (!choose_names(conversion)) {
        kt_stream_fail(&conversion->stream, kt_no_memory(conversion->stream.diag));
        return;
    }
    if (writing) {
        kt_buffer_text(out_of(conversion), older ? "OPENQASM 2.0;\ninclude \"qelib1.inc\";\n" : "OPENQASM 3.0;\n");
        if (!older && conversion->included) kt_buffer_text(out_of(conversion), "include \"stdgates.inc\";\n");
        kt_convert_definitions(conversion);
    }
    declare_inputs(conversion);
    declare_registers(conversion);
    put_operations(conversion, 0, (uint32_t)conversion->circuit->ops_count);
    if (!writing) kt_convert_definitions(conversion);
}

/* Says that the program computes while it runs, and where it begins to. */
static void refuse_dynamic(kt_conversion *conversion) {
    const ketch_circuit *circuit = conversion->circuit;
    for (size_t i = 0; i < circuit->ops_count && !conversion->line; i++) {
        const kt_op *op = &circuit->ops[i];
        bool back = (op->code == KT_OP_JUMP || op->code == KT_OP_JUMP_UNLESS) && op->data <= i;
        if (op->code >= KT_OP_GATE_AT || back) conversion->line = op->line;
    }
    kt_conversion_refuse(conversion, "what a program computes while it runs (%s can)", conversion->version == 2 ? "OpenQASM 3" : "JSON");
}

ketch_status kt_convert_qasm(const ketch_circuit *circuit, int version, ketch_sink sink, ketch_diag *diag) {
    kt_conversion conversion = {.stream = {.sink = sink, .diag = diag},
                                .circuit = circuit,
                                .version = version,
                                .included = version == 2,
                                .provided = version == 2 ? KT_IN_PAPER | KT_IN_LANGUAGE2 : KT_IN_STDGATES | KT_IN_LANGUAGE3};
    if (circuit->dynamic)
        refuse_dynamic(&conversion);
    else if (!make_room(&conversion))
        kt_stream_fail(&conversion.stream, kt_no_memory(diag));
    if (conversion.stream.status == KETCH_OK) put_program(&conversion, false);
    if (conversion.stream.status == KETCH_OK) put_program(&conversion, true);
    if (conversion.stream.status != KETCH_OK) kt_buffer_clear(&conversion.stream.out);
    if (conversion.prefix.failed) kt_stream_fail(&conversion.stream, kt_no_memory(diag));
    ketch_status status = kt_stream_end(&conversion.stream);
    kt_buffer_free(&conversion.prefix);
    kt_symbols_free(&conversion.names);
    kt_free(conversion.qubit_names);
    kt_free(conversion.bit_names);
    kt_free(conversion.block_names);
    kt_free(conversion.defined_blocks);
    return status;
}
