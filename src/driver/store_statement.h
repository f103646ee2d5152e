/* store_statement.h - what both store drivers do with the text of a statement:
 * replace the words of the dialect, and remember what was prepared.
 *
 * Floor: 2 (driver); private to store_sqlite.c and store_postgres.c. Threads:
 * a cache belongs to one connection.
 */
#ifndef OGMA_DRIVER_STORE_STATEMENT_H
#define OGMA_DRIVER_STORE_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store_word {
	const char *word; /* "@id@"; NULL ends a table */
	const char *means;
};

/* The text as the engine wants it: words replaced, and every "$" before a
 * digit written as `parameter`. Quoted text and comments are left alone.
 * Free with free(). */
char *store_render(const char *sql, const struct store_word *words,
		   char parameter);

/* A prepared statement puts this first in its own struct. */
struct statement {
	char *sql; /* as the caller wrote it */
	uint64_t hash;
	struct statement *same_bucket;
	struct statement *newer, *older;
	uint32_t users; /* running now: never evicted */
};

#define STATEMENT_BUCKETS 64

struct statement_cache {
	struct statement *buckets[STATEMENT_BUCKETS];
	struct statement *newest, *oldest;
	uint32_t count, limit;
	void (*free_one)(void *cookie, struct statement *statement);
	void *cookie;
};

/* `free_one` frees the statement but not its sql. */
void statement_cache_init(struct statement_cache *cache, uint32_t limit,
			  void (*free_one)(void *, struct statement *),
			  void *cookie);
void statement_cache_release(struct statement_cache *cache);

/* NULL when it is not there. A found one becomes the newest. */
struct statement *statement_cache_find(struct statement_cache *cache,
				       const char *sql);

/* Takes the statement over; the least recently used one leaves when there are
 * too many. */
void statement_cache_add(struct statement_cache *cache,
			 struct statement *statement, const char *sql);
void statement_cache_drop(struct statement_cache *cache,
			  struct statement *statement);

#endif /* OGMA_DRIVER_STORE_STATEMENT_H */
