/* command.c - the command table and how a word becomes a call; see command.h. */
#include "app/command.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/version.h"
#include "driver/registry.h"

const struct command commands[] = {
	{ "serve", "[--port N] [--host A] [--roles a,b]",
	  "runs the music service",
	  "Ready when it prints its address. SIGTERM lets running answers "
	  "finish and ends;\nSIGHUP opens the log files anew.",
	  command_serve },
	{ "scan", "PATH… [--again]",
	  "reads a folder of music into the library",
	  "A folder that is new becomes a source. Works beside a running "
	  "server on the same\ndata; what was found is there at once. "
	  "--again reads unchanged files too.",
	  command_scan },
	{ "user", "add NAME --role R --email E [--password P]",
	  "adds a person who may sign in",
	  "Roles: user, artist, moderator, admin, superadmin. Without "
	  "--password it asks.\n--password-hash HASH takes a hash of an older "
	  "system along (bcrypt, Argon2id).\n"
	  "\tuser list\t\tshows everybody\n"
	  "\tuser passwd NAME\tsets a new password",
	  command_user },
	{ "jobs", "[ID]", "shows scans, or one with its log", NULL,
	  command_jobs },
	{ "index", "--rebuild", "builds the search index anew", NULL,
	  command_index },
	{ "backup", "--to DIR", "saves all that cannot be made again",
	  "DIR must be new or empty. Works beside a running server. Secrets "
	  "of ogma.conf are\nleft out. With PostgreSQL use pg_dump.",
	  command_backup },
	{ "restore", "--from DIR", "makes a data folder of a backup",
	  "The data folder (--data) must be new or empty; every file is "
	  "compared with the\nbackup's manifest.",
	  command_restore },
	{ "telegram", "login [--bot] | logout | status",
	  "signs an account at Telegram in or out",
	  "login asks for a telephone number (or a bot's token), the code and "
	  "the password;\n--bot takes TELEGRAM_BOT_TOKEN. Works beside a "
	  "running server, which takes the\naccount up by itself. Channels "
	  "can then play posts.",
	  command_telegram },
	{ "settings", "[--example]",
	  "shows every setting, or an ogma.conf to start from", NULL,
	  command_settings },
	{ "drivers", "", "shows what rows, bytes and words can be kept in",
	  NULL, command_drivers },
	{ "doctor", "", "checks that all it needs is here", NULL,
	  command_doctor },
	{ "version", "", "prints the version", NULL, command_version },
	{ "help", "[COMMAND]", "prints this", NULL, command_help },
	{ 0 },
};

static const struct command *
command_find(const char *name)
{
	const struct command *command = commands;

	while (command->name != NULL && strcmp(command->name, name) != 0)
		command++;
	return command->name != NULL ? command : NULL;
}

int
command_fail(const struct invocation *invocation, const struct fault *fault)
{
	struct json_writer json;
	struct buffer line;

	if (!invocation->json) {
		fprintf(stderr, "ogma: %s\n", fault->message);
		return EXIT_FAILED;
	}
	buffer_init(&line, 0);
	json_writer_init(&json, &line);
	json_object_begin(&json);
	json_member_text(&json, "error", status_name(fault->status));
	json_member_text(&json, "message", fault->message);
	json_object_end(&json);
	puts(line.bytes);
	buffer_release(&line);
	return EXIT_FAILED;
}

static void
usage_print(FILE *out, const struct command *command)
{
	fprintf(out, "usage: ogma %s%s%s\n%s\n", command->name,
		*command->usage != '\0' ? " " : "", command->usage,
		command->summary);
	if (command->details != NULL)
		fprintf(out, "\n%s\n", command->details);
	fputs("\n--data DIR, --config FILE, --json and --help go with every "
	      "command.\n", out);
}

int
command_usage(const struct command *command)
{
	usage_print(stderr, command);
	return EXIT_USAGE;
}

static void
help_print(FILE *out)
{
	fputs("Ogma " OGMA_VERSION " - a self-hosted music service\n\n"
	      "usage: ogma COMMAND [OPTIONS]\n\n", out);
	for (const struct command *row = commands; row->name != NULL; row++)
		fprintf(out, "  %-9s %s\n", row->name, row->summary);
	fputs("\n`ogma help COMMAND` tells more. Settings: `ogma settings`.\n",
	      out);
}

int
command_help(struct invocation *invocation)
{
	const struct command *command;

	if (invocation->count > 1)
		return command_usage(command_find("help"));
	if (invocation->count == 0) {
		help_print(stdout);
		return EXIT_DONE;
	}
	command = command_find(invocation->arguments[0]);
	if (command == NULL) {
		fprintf(stderr, "ogma: no command is called \"%s\"\n",
			invocation->arguments[0]);
		return EXIT_USAGE;
	}
	usage_print(stdout, command);
	return EXIT_DONE;
}

int
command_version(struct invocation *invocation)
{
	if (invocation->count > 0)
		return EXIT_USAGE;
	if (invocation->json)
		puts("{\"version\":\"" OGMA_VERSION "\"}");
	else
		puts("ogma " OGMA_VERSION);
	return EXIT_DONE;
}

/* Removes `used` arguments at `at`. */
static void
arguments_drop(struct invocation *invocation, int at, int used)
{
	for (int i = at; i + used < invocation->count; i++)
		invocation->arguments[i] = invocation->arguments[i + used];
	invocation->count -= used;
}

const char *
invocation_take(struct invocation *invocation, const char *flag)
{
	size_t length = strlen(flag);

	for (int i = 0; i < invocation->count; i++) {
		const char *argument = invocation->arguments[i];

		if (strncmp(argument, flag, length) != 0)
			continue;
		if (argument[length] == '=') {
			arguments_drop(invocation, i, 1);
			return argument + length + 1;
		}
		if (argument[length] == '\0' && i + 1 < invocation->count) {
			const char *value = invocation->arguments[i + 1];

			arguments_drop(invocation, i, 2);
			return value;
		}
	}
	return NULL;
}

bool
invocation_take_switch(struct invocation *invocation, const char *flag)
{
	for (int i = 0; i < invocation->count; i++) {
		if (strcmp(invocation->arguments[i], flag) == 0) {
			arguments_drop(invocation, i, 1);
			return true;
		}
	}
	return false;
}

const char *
invocation_stray(const struct invocation *invocation)
{
	for (int i = 0; i < invocation->count; i++) {
		if (strncmp(invocation->arguments[i], "--", 2) == 0)
			return invocation->arguments[i];
	}
	return NULL;
}

static int
command_run(const struct command *command, struct invocation *invocation)
{
	struct log_settings quiet = { .level = LOG_WARNING };
	struct settings settings;
	struct fault fault = { 0 };
	const char *config = invocation_take(invocation, "--config");
	int code;

	if (invocation_take_switch(invocation, "--help")) {
		usage_print(stdout, command);
		return EXIT_DONE;
	}
	if (settings_load(&settings, config, invocation->arguments,
			  &invocation->count, &fault) != STATUS_OK) {
		command_fail(invocation, &fault);
		return EXIT_USAGE;
	}
	invocation->settings = &settings;
	/* Who typed a command wants its answer; `serve` opens its own log. */
	log_open(&quiet, NULL);
	code = command->run(invocation);
	settings_release(&settings);
	return code == EXIT_USAGE && command->run != command_help ?
		       command_usage(command) :
		       code;
}

int
command_main(int argc, char **argv)
{
	struct invocation invocation = { .arguments = argv + 1,
					 .count = argc - 1,
					 .started_us = clock_monotonic_us() };
	const struct command *command;
	const char *word;

	drivers_check();
	invocation.json = invocation_take_switch(&invocation, "--json");
	if (invocation.count == 0) {
		help_print(stderr);
		return EXIT_USAGE;
	}
	word = invocation.arguments[0];
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		word = "help";
	else if (strcmp(word, "--version") == 0)
		word = "version";
	command = command_find(word);
	if (command == NULL) {
		fprintf(stderr, "ogma: no command is called \"%s\"; try "
				"`ogma help`\n", word);
		return EXIT_USAGE;
	}
	arguments_drop(&invocation, 0, 1);
	return command_run(command, &invocation);
}
