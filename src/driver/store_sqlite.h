/* store_sqlite.h - the parts of the SQLite driver among themselves.
 *
 * store_sqlite.c             settings, reader pool, the driver's table
 * store_sqlite_connection.c  one connection: statements, rows, errors
 * store_sqlite_writer.c      the writer thread (group commit) and the keeper
 *                            thread (checkpoints, statistics)
 *
 * Floor: 2 (driver); private.
 */
#ifndef OGMA_DRIVER_STORE_SQLITE_H
#define OGMA_DRIVER_STORE_SQLITE_H

#include <pthread.h>
#include <sqlite3.h>

#include "driver/store.h"
#include "driver/store_statement.h"

struct sqlite_connection {
	struct store_session session;
	sqlite3 *db;
	struct statement_cache statements;
	uint64_t generation; /* of the statistics it was opened with */
	struct sqlite_connection *next_idle;
};

struct sqlite_connection_args {
	const char *path;
	uint32_t cache_kib;
	uint32_t busy_timeout_ms;
	bool read_only;
	bool relaxed; /* no fsync at each commit */
};

enum status sqlite_connection_open(struct store *store,
				   const struct sqlite_connection_args *args,
				   struct sqlite_connection **out,
				   struct fault *fault);
void sqlite_connection_close(struct sqlite_connection *connection);

/* BEGIN, COMMIT, PRAGMA …: no parameters, rows are passed over. */
enum status sqlite_run(struct sqlite_connection *connection, const char *sql,
		       struct fault *fault);

/* Fills *fault from the connection's last error. */
enum status sqlite_failure(sqlite3 *db, struct fault *fault);

/* The driver's callbacks for sessions and rows. */
enum status sqlite_exec(struct store_session *session, const char *sql,
			const struct sql_value *args, size_t count,
			int64_t *changed, struct fault *fault);
enum status sqlite_query(struct store_session *session, const char *sql,
			 const struct sql_value *args, size_t count,
			 struct store_rows **out, struct fault *fault);
enum status sqlite_script(struct store_session *session, const char *sql,
			  struct fault *fault);
bool sqlite_next(struct store_rows *rows, enum status *status,
		 struct fault *fault);
void sqlite_end(struct store_rows *rows);
bool sqlite_column_null(struct store_rows *rows, int column);
int64_t sqlite_column_int(struct store_rows *rows, int column);
double sqlite_column_double(struct store_rows *rows, int column);
struct span sqlite_column_span(struct store_rows *rows, int column);

/* ---- writer and keeper --------------------------------------------------- */

struct sqlite_writer;

struct sqlite_writer_args {
	struct store *store;
	struct sqlite_connection_args connection;
	void (*statistics_changed)(void *cookie); /* from the keeper thread */
	void *cookie;
};

enum status sqlite_writer_open(const struct sqlite_writer_args *args,
			       struct sqlite_writer **out,
			       struct fault *fault);
void sqlite_writer_close(struct sqlite_writer *writer);

/* Waits until the work's transaction is durable or undone. */
enum status sqlite_writer_do(struct sqlite_writer *writer, store_work *work,
			     void *cookie, struct fault *fault);

/* How many transactions were kept; grows before their callers are told. */
uint64_t sqlite_writer_commits(struct sqlite_writer *writer);

#endif /* OGMA_DRIVER_STORE_SQLITE_H */
