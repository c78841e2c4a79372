/* SPDX-License-Identifier: Apache-2.0
 *
 * Help, the man page (in scdoc's format: "ketch help man") and shell completions, all made from the tables in options.c.
 */
#include "cli.h"

#include <string.h>

static const char exit_codes[] =
    "0  success\n"
    "1  the run went wrong, a file could not be read or written, or format --check met one that is laid out otherwise\n"
    "2  wrong usage\n"
    "3  a file is not OpenQASM (syntax)\n"
    "4  a file is OpenQASM but means nothing (an unknown gate, an index out of range)\n"
    "5  a limit, or memory, does not suffice\n"
    "6  the time limit was met\n"
    "128 + N  interrupted by signal N\n";

static bool takes(command_number command, const option_record *option) { return option->commands >> command & 1; }

void print_overview(FILE *stream) {
    fprintf(stream, "Ketch %s: a quantum circuit statevector simulator\n\nusage: ketch COMMAND [OPTIONS] [FILE...]\n\n", ketch_version());
    for (command_number command = 0; command < COMMAND_COUNT; command++)
        fprintf(stream, "  %-11s %s\n", commands[command].name, commands[command].summary);
    fputs("\n  ketch run bell.qasm             simulate a file\n"
          "  ketch help COMMAND              what a command does, and its options\n"
          "  ketch --version [--verbose]     the version; what it was built with\n",
          stream);
}

/* `text` in lines of at most `width` columns, continued at `indent`; the cursor stands at `column`. */
static void wrap(FILE *stream, const char *text, size_t column, size_t indent, size_t width) {
    while (*text) {
        size_t size = strcspn(text, " \n");
        if (column > indent && column + 1 + size > width) {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putc(' ', stream);
            column++;
        }
        fwrite(text, 1, size, stream);
        column += size;
        text += size;
        if (*text == '\n') {
            fprintf(stream, "\n%*s", (int)indent, "");
            column = indent;
        }
        if (*text) text++;
    }
    putc('\n', stream);
}

void print_wrapped(FILE *stream, const char *text, size_t indent, size_t width) {
    fprintf(stream, "%*s", (int)indent, "");
    wrap(stream, text, indent, indent, width);
}

void print_usage(FILE *stream, command_number command) {
    enum { INDENT = 28, WIDTH = 80 };
    const command_record *record = &commands[command];
    fprintf(stream, "usage: ketch %s %s\n\n", record->name, record->arguments);
    wrap(stream, record->text, 0, 0, WIDTH);
    const char *group = "";
    for (size_t i = 0; i < option_count; i++) {
        const option_record *option = &option_table[i];
        if (!takes(command, option)) continue;
        if (strcmp(group, option->group) != 0) fprintf(stream, "\n%s\n", option->group);
        group = option->group;
        char left[80];
        int size = option->letter ? snprintf(left, sizeof left, "  -%c, ", option->letter) : snprintf(left, sizeof left, "      ");
        size += snprintf(left + size, sizeof left - (size_t)size, "--%s%s%s", option->name, option->argument ? " " : "",
                         option->argument ? option->argument : "");
        fputs(left, stream);
        if (size + 2 > INDENT)
            fprintf(stream, "\n%*s", INDENT, "");
        else
            fprintf(stream, "%*s", INDENT - size, "");
        wrap(stream, option->help, INDENT, INDENT, WIDTH);
    }
}

/* ── Man page ── */

/* Characters that mean something in scdoc are escaped. */
static void put_man(const char *text) {
    for (; *text; text++) {
        if (strchr("_*\\#[]<>~`.", *text)) putchar('\\');
        putchar(*text);
    }
}

static void print_man_option(const option_record *option) {
    if (option->letter) printf("*-%c*, ", option->letter);
    printf("*--%s*", option->name);
    if (option->argument) {
        fputs(" _", stdout);
        put_man(option->argument);
        putchar('_');
    }
    fputs("\n\t", stdout);
    put_man(option->help);
    const char *separator = " (";
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        if (option->commands + 1 == 1u << COMMAND_COUNT || !takes(command, option)) continue;
        printf("%s*%s*", separator, commands[command].name);
        separator = ", ";
    }
    fputs(*separator == ',' ? ")\n\n" : "\n\n", stdout);
}

static int print_man(void) {
    fputs("ketch(1)\n\n# NAME\n\nketch - simulate quantum circuits\n\n# SYNOPSIS\n\n", stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        printf("*ketch %s* ", commands[command].name);
        put_man(commands[command].arguments);
        fputs(command + 1 < COMMAND_COUNT ? "++\n" : "\n\n", stdout);
    }
    fputs("# DESCRIPTION\n\nKetch reads quantum circuits written in OpenQASM 2 or 3 and simulates them on their full state vector.\n\n# "
          "COMMANDS\n\n",
          stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        printf("*%s* ", commands[command].name);
        put_man(commands[command].arguments);
        fputs("\n\t", stdout);
        for (const char *text = commands[command].text; *text;) { /* a paragraph keeps its indentation */
            char line[1024];
            size_t size = strcspn(text, "\n");
            snprintf(line, sizeof line, "%.*s", (int)size, text);
            put_man(line);
            text += size;
            if (*text++ == '\n')
                putchar(' ');
            else
                break;
        }
        fputs("\n\n", stdout);
    }
    fputs("# OPTIONS\n\nBehind each, in parentheses, the commands that take it, unless all do.\n\n", stdout);
    for (size_t i = 0; i < option_count; i++) {
        if (i == 0 || strcmp(option_table[i].group, option_table[i - 1].group) != 0) printf("## %s\n\n", option_table[i].group);
        print_man_option(&option_table[i]);
    }
    fputs("# EXIT STATUS\n\n", stdout);
    for (const char *line = exit_codes; *line;) {
        const char *text = strstr(line, "  ");
        size_t size = strcspn(text + 2, "\n");
        printf("*%.*s*\n\t%.*s\n\n", (int)(text - line), line, (int)size, text + 2);
        line = text + 2 + size + 1;
    }
    fputs("# ENVIRONMENT\n\n"
          "*KETCH\\_NUM\\_THREADS*, *OMP\\_NUM\\_THREADS*\n\tThreads of *ketch run*, unless *--threads* is given; the first that is set "
          "counts.\n\n"
          "*NO\\_COLOR*\n\tIf set to anything, nothing is coloured.\n\n"
          "*TERM*\n\tOn a \"dumb\" terminal there are no colours, no progress bar and no characters beyond ASCII.\n\n"
          "# EXAMPLES\n\n"
          "*ketch run --shots 1000 --seed 7 bell.qasm*\n\tCounts of a thousand shots.\n\n"
          "*ketch run --format json --no-run-info --amplitudes 00,11 bell.qasm*\n\tThe same bytes each time.\n\n"
          "*ketch run --param theta=pi/3 -I gates ansatz.qasm*\n\tAn input of the circuit gets its value; included files are looked for in "
          "_gates_.\n\n"
          "*ketch run --trace teleport.qasm*\n\tOne shot, statement by statement.\n\n"
          "*ketch format --write \\*.qasm*\n\tEvery program laid out anew, in place.\n\n"
          "*ketch convert --to qasm2 --out old.qasm new.qasm*\n\tThe same circuit in OpenQASM 2.\n\n"
          "*ketch draw --format svg --out bell.svg bell.qasm*\n\tA drawing.\n\n"
          "# STANDARDS\n\nOpenQASM 2.0 and 3.1.\n",
          stdout);
    return 0;
}

int perform_help(settings *options) {
    if (!options->arguments.count) {
        print_overview(stdout);
        return 0;
    }
    const char *word = options->arguments.items[0];
    if (!strcmp(word, "man")) return print_man();
    command_number command = find_command(word);
    if (command == COMMAND_COUNT) {
        complain("'ketch help' lists the commands", "unknown command '%.120s'", word);
        return EXIT_USAGE;
    }
    print_usage(stdout, command);
    return 0;
}

/* ── Completions ── */

/* What the arguments of a command can be, separated by blanks, where they are not files. */
static void print_arguments(command_number command) {
    switch (command) {
    case COMMAND_HELP:
        for (command_number other = 0; other < COMMAND_COUNT; other++) printf("%s ", commands[other].name);
        break;
    case COMMAND_COMPLETION: fputs("bash zsh fish", stdout); break;
    case COMMAND_GATES:
        for (size_t i = 0; ketch_gate_at(i); i++) printf("%s ", ketch_gate_at(i)->name);
        break;
    case COMMAND_EXPLAIN:
        for (size_t i = 0; ketch_code_at(i); i++) printf("%s ", ketch_code_at(i)->code);
        break;
    default: break;
    }
}

static const struct {
    command_number command;
    const char *argument; /* for zsh: which one, and its name */
} argument_words[] = {{COMMAND_HELP, "1:command"}, {COMMAND_COMPLETION, "1:shell"}, {COMMAND_GATES, "*:gate"}, {COMMAND_EXPLAIN, "*:code"}};
enum { ARGUMENT_WORDS = sizeof argument_words / sizeof *argument_words };

static const char *values_of(const option_record *option) { return option->choices ? option->choices : option->words; }

static void print_bash(void) {
    fputs("# bash completion for ketch, made by: ketch completion bash\n"
          "_ketch() {\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
          "    COMPREPLY=()\n"
          "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        COMPREPLY=($(compgen -W '",
          stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) printf("%s ", commands[command].name);
    fputs("--version --help' -- \"$word\"))\n        return\n    fi\n    case $command:$before in\n", stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        for (size_t i = 0; i < option_count; i++) {
            const option_record *option = &option_table[i];
            if (!takes(command, option) || !option->argument) continue;
            printf("    %s:--%s", commands[command].name, option->name);
            if (option->letter) printf("|%s:-%c", commands[command].name, option->letter);
            if (values_of(option))
                printf(") COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;\n", values_of(option));
            else if (option->complete)
                printf(") COMPREPLY=($(compgen -%c -- \"$word\")); return ;;\n", !strcmp(option->complete, "dir") ? 'd' : 'f');
            else
                fputs(") return ;;\n", stdout);
        }
    }
    fputs("    esac\n    if [[ $word == -* ]]; then\n        case $command in\n", stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        printf("        %s) COMPREPLY=($(compgen -W '", commands[command].name);
        for (size_t i = 0; i < option_count; i++) {
            if (takes(command, &option_table[i])) printf("--%s ", option_table[i].name);
        }
        fputs("' -- \"$word\")) ;;\n", stdout);
    }
    fputs("        esac\n        return\n    fi\n    case $command in\n", stdout);
    for (size_t i = 0; i < ARGUMENT_WORDS; i++) {
        printf("        %s) COMPREPLY=($(compgen -W '", commands[argument_words[i].command].name);
        print_arguments(argument_words[i].command);
        fputs("' -- \"$word\")) ;;\n", stdout);
    }
    fputs("        *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n    esac\n}\ncomplete -o filenames -F _ketch ketch\n", stdout);
}

/* Text inside a single-quoted specification of _arguments, or of fish. */
static void put_quoted(const char *text, const char *escaped) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr(escaped, *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void print_zsh(void) {
    fputs("#compdef ketch\n# zsh completion for ketch, made by: ketch completion zsh\n_ketch() {\n    local -a commands\n    commands=(\n",
          stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        printf("        '%s:", commands[command].name);
        put_quoted(commands[command].summary, ":");
        fputs("'\n", stdout);
    }
    fputs("    )\n    if (( CURRENT == 2 )); then\n        _describe 'command' commands\n        return\n    fi\n"
          "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n",
          stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        printf("    %s)\n        _arguments -s", commands[command].name);
        for (size_t i = 0; i < option_count; i++) {
            const option_record *option = &option_table[i];
            if (!takes(command, option)) continue;
            const char *again = option->kind == VALUE_LIST ? "*" : "";
            for (int form = option->letter ? 0 : 1; form < 2; form++) {
                if (form == 0)
                    printf(" \\\n            '%s-%c[", again, option->letter);
                else
                    printf(" \\\n            '%s--%s%s[", again, option->name, option->argument ? "=" : "");
                put_quoted(option->help, "[]:\\");
                putchar(']');
                if (option->argument) {
                    printf(":%s:", option->argument);
                    if (values_of(option))
                        printf("(%s)", values_of(option));
                    else if (option->complete)
                        fputs(!strcmp(option->complete, "dir") ? "_files -/" : "_files", stdout);
                }
                putchar('\'');
            }
        }
        size_t words = 0;
        while (words < ARGUMENT_WORDS && argument_words[words].command != command) words++;
        if (words < ARGUMENT_WORDS) {
            printf(" \\\n            '%s:(", argument_words[words].argument);
            print_arguments(command);
            fputs(")'", stdout);
        } else {
            fputs(" \\\n            '*:file:_files'", stdout);
        }
        fputs("\n        ;;\n", stdout);
    }
    fputs("    esac\n}\nif [ \"$funcstack[1]\" = _ketch ]; then\n    _ketch \"$@\"\nelse\n    compdef _ketch ketch\nfi\n", stdout);
}

static void print_fish(void) {
    fputs("# fish completion for ketch, made by: ketch completion fish\n", stdout);
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        printf("complete -c ketch -n __fish_use_subcommand -f -a %s -d '", commands[command].name);
        put_quoted(commands[command].summary, "\\");
        fputs("'\n", stdout);
    }
    for (command_number command = 0; command < COMMAND_COUNT; command++) {
        for (size_t i = 0; i < option_count; i++) {
            const option_record *option = &option_table[i];
            if (!takes(command, option)) continue;
            printf("complete -c ketch -n '__fish_seen_subcommand_from %s' -l %s", commands[command].name, option->name);
            if (option->letter) printf(" -s %c", option->letter);
            if (values_of(option))
                printf(" -x -a '%s'", values_of(option));
            else if (option->complete)
                fputs(!strcmp(option->complete, "dir") ? " -x -a '(__fish_complete_directories)'" : " -r", stdout);
            else if (option->argument)
                fputs(" -x", stdout);
            fputs(" -d '", stdout);
            put_quoted(option->help, "\\");
            fputs("'\n", stdout);
        }
    }
    for (size_t i = 0; i < ARGUMENT_WORDS; i++) {
        printf("complete -c ketch -n '__fish_seen_subcommand_from %s' -f -a '", commands[argument_words[i].command].name);
        print_arguments(argument_words[i].command);
        fputs("'\n", stdout);
    }
}

int perform_completion(settings *options) {
    static const struct {
        const char *shell;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    const char *word = options->arguments.count ? options->arguments.items[0] : "";
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        if (strcmp(word, shells[i].shell) != 0) continue;
        shells[i].print();
        return 0;
    }
    complain("ketch completion bash|zsh|fish",
             *word ? "no completion for the shell '%.60s'" : "ketch completion needs the name of a shell%s", word);
    return EXIT_USAGE;
}
