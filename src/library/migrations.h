/* migrations.h - brings the schema of a store to what this program needs.
 *
 * Migrations are the numbered files of library/migrations/, built into the
 * program. They only go forward, each in its own transaction (on an empty store
 * all in one: it costs one flush, and no half-made store is ever left), under a
 * lock so that several processes may start at the same time. A migration that was
 * applied is kept with the SHA-256 of its text: one that changed since is
 * refused, and so is a schema newer than this program.
 *
 * Floor: 3 (library). Threads: call once, before anything else uses the store.
 */
#ifndef OGMA_LIBRARY_MIGRATIONS_H
#define OGMA_LIBRARY_MIGRATIONS_H

#include <stdint.h>

#include "driver/store.h"

struct migration {
	int64_t number; /* 1, 2, 3, … without gaps; 0 ends a table */
	const char *name;
	const char *sql;
};

/* The program's own, in order; made from the files by tools/embed_sql. */
extern const struct migration migrations[];

/* Applies all that are missing. STATUS_UNSUPPORTED: the schema is newer than
 * the program; STATUS_CORRUPT: an applied migration differs from ours. */
enum status migrations_apply(struct store *store, struct fault *fault);

/* The same up to `last` (for tests), from any table. */
enum status migrations_apply_table(struct store *store,
				   const struct migration *table, int64_t last,
				   struct fault *fault);

/* 0 on an empty store. */
enum status migrations_version(struct store *store, int64_t *out,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_MIGRATIONS_H */
