/* store.h - where rows are kept: a small SQL session over SQLite or PostgreSQL.
 *
 * Work is a function that gets a session. store_read() runs it on a snapshot;
 * store_write() runs it as one transaction that is durable when the call
 * returns STATUS_OK and undone when the work returns anything else. Work may be
 * run more than once (a lost race on PostgreSQL), so it must set its results
 * anew each time and have no other effects.
 *
 * SQL is written once, with $1, $2, … parameters (at most SQL_ARGS_MAX). The few
 * differences between the two engines are words in @at-signs@ that the driver
 * replaces: @id@ (an identity primary key column), @int@, @real@, @bytes@,
 * @json@, @strict@ and @keyed@ (what follows a table's columns), @refuse_ready@
 * (once) and @refuse@ (the body of a trigger that forbids a change), @matches@
 * and @any@ (patterns, see library/pattern.h); the table is at the top of
 * store_sqlite_connection.c and store_postgres_connection.c.
 *
 * After a statement failed, the session answers every further one with the same
 * failure and store_write() undoes the work even when it returns STATUS_OK (as
 * PostgreSQL does). So a work that expects a conflict says "on conflict do
 * nothing" and looks at *changed. Text that is not UTF-8 is STATUS_INVALID.
 *
 * Threads: every call may block: from workers, never from an event loop. One
 * store may be used by many threads; a session by the thread it was given to.
 * SQLite has one writer thread with group commit; readers never wait for it.
 * store_write() inside store_read() or store_write() is a bug (asserted).
 *
 * Floor: 2 (driver).
 */
#ifndef OGMA_DRIVER_STORE_H
#define OGMA_DRIVER_STORE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "base/option.h"
#include "base/text.h"

struct store;         /* one open store */
struct store_session; /* what work runs its statements on */
struct store_rows;    /* the rows of one running query */

enum sql_type { SQL_IS_NULL, SQL_IS_INT, SQL_IS_DOUBLE, SQL_IS_TEXT,
		SQL_IS_BYTES };

struct sql_value {
	enum sql_type type;
	int64_t number;
	double real;
	struct span span; /* text is UTF-8 without NUL */
};

#define SQL_ARGS_MAX 200

#define SQL_NULL ((struct sql_value){ .type = SQL_IS_NULL })
#define SQL_INT(value) \
	((struct sql_value){ .type = SQL_IS_INT, .number = (int64_t)(value) })
#define SQL_DOUBLE(value) \
	((struct sql_value){ .type = SQL_IS_DOUBLE, .real = (value) })
struct sql_value sql_text(const char *text); /* NULL pointer: SQL NULL */
struct sql_value sql_bytes(const void *bytes, size_t count);
struct sql_value sql_int_or_null(int64_t value, bool known);

#define SQL_ARGS(...) \
	(const struct sql_value[]){ __VA_ARGS__ }, \
		sizeof((const struct sql_value[]){ __VA_ARGS__ }) / \
			sizeof(struct sql_value)
#define SQL_NO_ARGS NULL, 0

typedef enum status store_work(struct store_session *session, void *cookie,
			       struct fault *fault);

struct store_driver {
	const char *name;    /* "sqlite", "postgres" */
	const char *summary; /* one line for `ogma drivers` */
	const struct option *options;

	/* All required; the contract is at the function of the same name. */
	enum status (*open)(const void *settings, struct store **out,
			    struct fault *fault);
	void (*close)(struct store *store);
	enum status (*read)(struct store *store, store_work *work, void *cookie,
			    struct fault *fault);
	enum status (*write)(struct store *store, store_work *work,
			     void *cookie, struct fault *fault);
	enum status (*exec)(struct store_session *session, const char *sql,
			    const struct sql_value *args, size_t count,
			    int64_t *changed, struct fault *fault);
	enum status (*query)(struct store_session *session, const char *sql,
			     const struct sql_value *args, size_t count,
			     struct store_rows **out, struct fault *fault);
	enum status (*post)(struct store_session *session, const char *sql,
			    const struct sql_value *args, size_t count,
			    struct fault *fault);
	enum status (*lock)(struct store_session *session, const char *table,
			    struct fault *fault);
	enum status (*script)(struct store_session *session, const char *sql,
			      struct fault *fault);
	bool (*next)(struct store_rows *rows, enum status *status,
		     struct fault *fault);
	void (*end)(struct store_rows *rows);
	bool (*column_null)(struct store_rows *rows, int column);
	int64_t (*column_int)(struct store_rows *rows, int column);
	double (*column_double)(struct store_rows *rows, int column);
	struct span (*column_span)(struct store_rows *rows, int column);
	enum status (*ping)(struct store *store, struct fault *fault);

	/* What store_version() is made of: how many commits of this process
	 * there were, and what changes with those of all others (0: it cannot be
	 * asked now), which is asked for again after so long. One thread at a
	 * time asks. */
	uint64_t (*own_commits)(struct store *store);
	uint64_t (*others_commits)(struct store *store);
	int64_t others_asked_each_ms; /* at most STORE_VERSION_STALE_MS */
};

struct store {
	const struct store_driver *driver;
	struct store_watch { /* of store_version() */
		pthread_mutex_t lock;
		uint64_t base;   /* differs between runs */
		uint64_t others; /* what they answered last */
		int64_t asked_at_ms;
	} watch;
};
struct store_session {
	struct store *store;
	bool failed;          /* a statement failed: the work is lost */
	struct fault failure; /* its sentence, when failed */
};
struct store_rows { struct store_session *session; };

extern const struct store_driver store_driver_sqlite;
extern const struct store_driver store_driver_postgres;

struct store_sqlite_settings {
	const char *path;         /* STORE_PATH; its folder must be there */
	uint32_t readers_max;     /* STORE_READERS: connections kept for reading */
	uint32_t cache_kib;       /* STORE_CACHE_KIB: page cache of each */
	uint32_t busy_timeout_ms; /* STORE_BUSY_TIMEOUT_MS: wait for another
				   * process that writes */
	bool relaxed; /* commits survive a crash, not a power loss; no setting:
		       * for files of our own (events_sqlite.c) */
};

struct store_postgres_settings {
	const char *dsn;          /* PG_DSN */
	const char *database_url; /* DATABASE_URL, when there is no PG_DSN */
	uint32_t pool_min, pool_max;      /* PG_POOL_MIN, PG_POOL_MAX */
	uint32_t init_retries;            /* PG_POOL_INIT_RETRIES */
	uint32_t init_delay_seconds;      /* PG_POOL_INIT_DELAY */
	uint32_t statement_timeout_ms;    /* PG_STATEMENT_TIMEOUT_MS; 0: none */
	uint32_t connect_timeout_seconds; /* PG_CONNECT_TIMEOUT */
	bool prepare; /* PG_PREPARE; off behind a pooler that shares
		       * connections between transactions */
};

/* Rows that fill the settings; the structs belong to whoever gathers them. */
extern const struct option store_sqlite_options[];
extern const struct option store_postgres_options[];

/* NULL when no driver has the name. */
const struct store_driver *store_driver_find(const char *name);

/* Asserts that every callback is set. */
void store_driver_check(const struct store_driver *driver);

/* Opens a store of the driver with its settings (copied). PostgreSQL when
 * either address of its settings is set, SQLite else: store_open_by_settings().
 * STATUS_UNAVAILABLE after all retries. */
enum status store_open(const struct store_driver *driver, const void *settings,
		       struct store **out, struct fault *fault);
enum status store_open_by_settings(const struct store_sqlite_settings *sqlite,
				   const struct store_postgres_settings *pg,
				   struct store **out, struct fault *fault);

/* All calls have returned before. NULL is fine. */
void store_close(struct store *store);

/* STATUS_UNAVAILABLE with field "store" when the engine cannot be reached, here
 * and in every call below. */
enum status store_read(struct store *store, store_work *work, void *cookie,
		       struct fault *fault);
enum status store_write(struct store *store, store_work *work, void *cookie,
			struct fault *fault);

/* One statement that gives no rows (or whose rows do not matter). *changed may
 * be NULL. STATUS_CONFLICT on a unique or foreign key; STATUS_FULL when the
 * disk is. Statements are prepared once per connection and text. */
enum status sql_exec(struct store_session *session, const char *sql,
		     const struct sql_value *args, size_t count,
		     int64_t *changed, struct fault *fault);

/* The same, but the answer may be fetched later, together with others: many
 * small changes cost one round trip on PostgreSQL. A failure shows at a later
 * statement or at the end of the work. */
enum status sql_post(struct store_session *session, const char *sql,
		     const struct sql_value *args, size_t count,
		     struct fault *fault);

/* Waits until no other work that locked this table is running, and keeps
 * others out until the end of the transaction. Only as the first statement of
 * a store_write(). (On SQLite writers are alone anyway.) NULL, for who makes
 * tables that may be there: waits for others that do, in all processes. */
enum status sql_lock(struct store_session *session, const char *table,
		     struct fault *fault);

/* Several statements without parameters, for migrations. */
enum status sql_script(struct store_session *session, const char *sql,
		       struct fault *fault);

/* Use:	status = sql_query(session, "select …", SQL_ARGS(SQL_INT(id)), &rows, fault);
 *	while (status == STATUS_OK && sql_next(rows, &status, fault))
 *		… sql_column_int(rows, 0) …
 *	sql_end(rows);     (NULL is fine; always call it)
 */
enum status sql_query(struct store_session *session, const char *sql,
		      const struct sql_value *args, size_t count,
		      struct store_rows **out, struct fault *fault);

/* True: the columns of one row can be read until the next call. False: the end
 * (STATUS_OK) or a failure (*status). */
bool sql_next(struct store_rows *rows, enum status *status,
	      struct fault *fault);
void sql_end(struct store_rows *rows);

bool sql_column_null(struct store_rows *rows, int column);
int64_t sql_column_int(struct store_rows *rows, int column); /* NULL: 0 */
double sql_column_double(struct store_rows *rows, int column);
struct span sql_column_span(struct store_rows *rows, int column); /* until next */
const char *sql_column_text(struct store_rows *rows, int column,
			    struct arena *arena); /* NULL for NULL */

/* The first column of the first row. STATUS_NOT_FOUND when there is no row. */
enum status sql_query_int(struct store_session *session, const char *sql,
			  const struct sql_value *args, size_t count,
			  int64_t *out, struct fault *fault);

/* Cheap round trip, for /health/ready. */
enum status store_ping(struct store *store, struct fault *fault);

/* Changes whenever a transaction was committed by anybody, and differs between
 * two runs of a process; costs less than a microsecond. Commits of this process
 * show at once, those of others after STORE_VERSION_STALE_MS at the latest. 0:
 * the engine cannot be asked now. */
#define STORE_VERSION_STALE_MS 100
uint64_t store_version(struct store *store);

#endif /* OGMA_DRIVER_STORE_H */
