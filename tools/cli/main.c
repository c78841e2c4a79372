/* SPDX-License-Identifier: Apache-2.0
 *
 * ketch: which command, and the exit code.
 */
#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const settings defaults = {
    .load = KETCH_LOAD_OPTIONS_INIT,
    .run = KETCH_RUN_OPTIONS_INIT,
    .write = KETCH_WRITE_OPTIONS_INIT,
    .session = KETCH_SESSION_OPTIONS_INIT,
};

static int print_version(bool verbose) {
    printf("ketch %s\n", ketch_version());
    if (verbose) fputs(ketch_build_info(), stdout);
    return 0;
}

/* The word nearest to what was typed, if it is near. */
static int refuse_command(const char *typed) {
    char hint[200];
    if (access(typed, R_OK) == 0 || strchr(typed, '.')) {
        snprintf(hint, sizeof hint, "to simulate a file: ketch run %.120s", typed);
    } else {
        const char *near = NULL;
        for (command_number command = 0; command < COMMAND_COUNT && !near; command++) {
            size_t size;
            if (nearest_word(commands[command].name, typed, strlen(typed), &size)) near = commands[command].name;
        }
        for (command_number command = 0; command < COMMAND_COUNT && !near; command++) {
            if (typed[0] == commands[command].name[0]) near = commands[command].name;
        }
        snprintf(hint, sizeof hint, "%s%s%s'ketch help' lists the commands", near ? "did you mean '" : "", near ? near : "",
                 near ? "'? " : "");
    }
    complain(hint, "unknown command '%.120s'", typed);
    return EXIT_USAGE;
}

/* Messages have their form before the option that sets it is met: look ahead for it. */
static bool asks_for_json_errors(int count, char **arguments) {
    for (int i = 1; i < count; i++) {
        if (!strcmp(arguments[i], "--")) return false;
        if (!strcmp(arguments[i], "--error-format=json")) return true;
        if (!strcmp(arguments[i], "--error-format") && i + 1 < count && !strcmp(arguments[i + 1], "json")) return true;
    }
    return false;
}

static int perform(int count, char **arguments) {
    static settings options; /* not on the stack: a call that was left behind may still look at it */
    options = defaults;
    options.json_errors = asks_for_json_errors(count, arguments);
    report_setup(&options);
    if (count < 2) {
        print_overview(stderr);
        return EXIT_USAGE;
    }
    const char *word = arguments[1];
    if (!strcmp(word, "--version") || !strcmp(word, "-V")) {
        bool verbose = count > 2 && (!strcmp(arguments[2], "--verbose") || !strcmp(arguments[2], "-v"));
        return print_version(verbose);
    }
    if (!strcmp(word, "--verbose") && count > 2 && !strcmp(arguments[2], "--version")) return print_version(true);
    if (!strcmp(word, "--help") || !strcmp(word, "-h")) word = "help";
    command_number command = find_command(word);
    if (command == COMMAND_COUNT) return refuse_command(word);
    int code = read_options(&options, command, count - 1, arguments + 1);
    report_setup(&options);
    if (code == 0 && options.help)
        print_usage(stdout, command);
    else if (code == 0)
        code = commands[command].perform(&options);
    if (!left_behind()) free_options(&options);
    return code;
}

int main(int count, char **arguments) {
    catch_signals();
    int code = perform(count, arguments);
    clear_progress();
    if (fflush(stdout) != 0 || ferror(stdout)) { /* help, version and gates are printed through stdio */
        complain(NULL, "cannot write to standard output: %s", strerror(errno));
        if (!code) code = EXIT_RUNTIME;
    }
    if (interrupted()) code = 128 + interrupted();
    if (left_behind()) _exit(code); /* a thread is still at work on what exit() would tidy */
    return code;
}
