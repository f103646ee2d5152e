/* store.h - where rows are kept: a small SQL session over SQLite or PostgreSQL.
 *
 * Work is a function that gets a session. store_read() runs it on a snapshot;
 * store_write() runs it as one transaction that is durable when the call
 * returns STATUS_OK and undone when the work returns anything else. Work may be
 * run more than once (a lost race on PostgreSQL), so it must set its results
 * anew each time and have no other effects.
 *
 * SQL is written once, with $1 … $9 parameters. The few differences between
 * the two engines are words in @at-signs@ that the driver replaces:
 * @id@ (an identity primary key column's type), @bytes@, @json@, … (the table
 * is at the top of driver/store_sqlite.c and driver/store_postgres.c).
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
	uint64_t (*version)(struct store *store);
};

struct store { const struct store_driver *driver; };
struct store_session { struct store *store; };
struct store_rows { struct store_session *session; };

extern const struct store_driver store_driver_sqlite;
extern const struct store_driver store_driver_postgres;

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

/* Changes whenever a transaction was committed by anybody, this process or
 * another; costs microseconds. 0: the driver cannot tell. */
uint64_t store_version(struct store *store);

#endif /* OGMA_DRIVER_STORE_H */
