/* option.h - settings as rows of tables.
 *
 * Every part that can be set declares a settings struct and a table of rows
 * that fill it; app/settings.c gathers the tables. A value comes from, in this
 * order: command line flag, environment, ogma.conf, the row's default. From the
 * rows are printed `ogma settings`, the example file and the operator guide.
 *
 * Floor: 0 (base). Threads: loaded once before threads start; read-only after.
 */
#ifndef OGMA_BASE_OPTION_H
#define OGMA_BASE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"

enum option_type {
	OPTION_TEXT, /* const char *, never NULL */
	OPTION_U32,  /* uint32_t within min..max; "5m", "64k" not accepted:
		      * the unit is in the row */
	OPTION_U64,
	OPTION_BOOL, /* true false yes no on off 1 0 */
	OPTION_DOUBLE,
};

struct option {
	const char *name;    /* of the environment variable and in ogma.conf */
	const char *flag;    /* "--port", or NULL */
	enum option_type type;
	const char *preset;  /* the default, as text */
	const char *unit;    /* "ms", "bytes", …; NULL when there is none */
	const char *summary; /* one sentence */
	bool secret;         /* its value is never printed */
	double min, max;     /* of numbers; both 0: no bound */
	size_t offset;       /* of the field in the settings struct */
};

/* A settings struct and its rows ({0} ends them). */
struct option_table {
	const char *title; /* "HTTP", for the printed page */
	const struct option *rows;
	void *settings;
};

/* Where a value came from, for `ogma settings` and `ogma doctor`. */
enum option_origin {
	OPTION_FROM_PRESET,
	OPTION_FROM_FILE,
	OPTION_FROM_ENVIRONMENT,
	OPTION_FROM_FLAG,
};

struct options; /* the loaded values of several tables */

/* Tables end with a NULL title; borrowed until options_free(). */
struct options *options_new(const struct option_table *tables);
void options_free(struct options *options);

/* Reads NAME=value lines (# comments, optional quotes). Unknown names and bad
 * values are STATUS_INVALID with file, line and name. */
enum status options_read_file(struct options *options, const char *path,
			      struct fault *fault);
enum status options_read_environment(struct options *options,
				     struct fault *fault);

/* Takes "--port 80", "--port=80" and, for bools, "--flag". STATUS_NOT_FOUND
 * when no row has the flag; *used is how many of the arguments it took. */
enum status options_read_flag(struct options *options, char **arguments,
			      int count, int *used, struct fault *fault);

/* Writes every value into its settings struct. Call once, after reading. */
enum status options_apply(struct options *options, struct fault *fault);

/* Calls back for each row with its present text ("***" for a secret that is
 * set) and origin. */
typedef void option_visit(void *cookie, const struct option_table *table,
			  const struct option *row, const char *value,
			  enum option_origin origin);
void options_each(const struct options *options, option_visit *visit,
		  void *cookie);

/* The present text of one setting, or NULL when no row has the name. */
const char *options_value(const struct options *options, const char *name);

#endif /* OGMA_BASE_OPTION_H */
