/* command.h - the command table: what `ogma WORD` does, one row each.
 *
 * Floor: 6 (app). Threads: commands run on the main thread.
 */
#ifndef OGMA_APP_COMMAND_H
#define OGMA_APP_COMMAND_H

#include <stdbool.h>

#include "app/settings.h"

#define EXIT_DONE 0
#define EXIT_FAILED 1
#define EXIT_USAGE 2

struct invocation {
	struct settings *settings;
	char **arguments; /* after the command's word, settings taken out */
	int count;
	bool json; /* --json: answers as JSON lines */
	int64_t started_us; /* clock_monotonic_us() at the start of main() */
};

struct command {
	const char *name;
	const char *usage;   /* what follows the name */
	const char *summary; /* one line */
	const char *details; /* more lines for `ogma help NAME`, or NULL */
	int (*run)(struct invocation *invocation);
};

extern const struct command commands[]; /* ends with {0} */

/* Finds the row, reads settings, runs; returns the exit code. */
int command_main(int argc, char **argv);

/* Prints the sentence ("ogma: …", or {"error","message"} with --json). */
int command_fail(const struct invocation *invocation,
		 const struct fault *fault);
int command_usage(const struct command *command);

/* Takes "--flag VALUE" or "--flag=VALUE" out of the arguments; NULL when it is
 * not there. */
const char *invocation_take(struct invocation *invocation, const char *flag);
bool invocation_take_switch(struct invocation *invocation, const char *flag);

/* The first argument left that starts with "--", or NULL. */
const char *invocation_stray(const struct invocation *invocation);

int command_serve(struct invocation *invocation);
int command_scan(struct invocation *invocation);
int command_user(struct invocation *invocation);
int command_index(struct invocation *invocation);
int command_jobs(struct invocation *invocation);
int command_backup(struct invocation *invocation);
int command_restore(struct invocation *invocation);
int command_telegram(struct invocation *invocation);
int command_settings(struct invocation *invocation);
int command_drivers(struct invocation *invocation);
int command_doctor(struct invocation *invocation);
int command_version(struct invocation *invocation);
int command_help(struct invocation *invocation);

#endif /* OGMA_APP_COMMAND_H */
