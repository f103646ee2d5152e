/* store_postgres.h - the parts of the PostgreSQL driver among themselves.
 *
 * store_postgres.c             settings, pool, transactions, the driver's table
 * store_postgres_connection.c  one connection: pipeline, statements, errors
 * store_postgres_rows.c        the rows of a query
 *
 * Floor: 2 (driver); private.
 */
#ifndef OGMA_DRIVER_STORE_POSTGRES_H
#define OGMA_DRIVER_STORE_POSTGRES_H

#include <libpq-fe.h>

#include "driver/store.h"
#include "driver/store_statement.h"

#define PG_PENDING_MAX 128 /* sent, answer not read */

struct pg_statement {
	struct statement statement;
	char name[24];
};

enum pg_pending_kind { PG_PENDING_PREPARE, PG_PENDING_RUN, PG_PENDING_SYNC };

struct pg_pending {
	enum pg_pending_kind kind;
	struct pg_statement *statement; /* of a PREPARE */
};

struct pg_rows {
	struct store_rows rows;
	struct pg_connection *connection;
	PGresult *result;   /* the row that is read now; NULL: none */
	PGresult **kept;    /* rows fetched ahead of their turn */
	size_t kept_first, kept_count, kept_room;
	bool streaming;     /* the server still sends rows of it */
	enum status status; /* why it ended early */
	struct fault fault;
	struct arena bytes; /* decoded columns of the present row */
};

struct pg_connection {
	struct store_session session;
	PGconn *pg; /* always in pipeline mode between calls */
	struct statement_cache statements;
	bool prepare;
	uint64_t names; /* given to statements so far */

	struct pg_pending pending[PG_PENDING_MAX];
	size_t pending_first, pending_count;
	struct pg_rows *streaming; /* the one query whose rows arrive now */

	bool in_transaction;
	bool broken;      /* the connection is lost: close it */
	bool lost_race;   /* serialization failure or deadlock: run again */
	enum status status; /* of the first failure in this transaction */
	struct fault fault;

	uint64_t generation;
	struct pg_connection *next_idle;
};

struct pg_connection_args {
	const char *dsn;
	uint32_t connect_timeout_seconds;
	uint32_t statement_timeout_ms;
	bool prepare;
};

enum status pg_connection_open(struct store *store,
			       const struct pg_connection_args *args,
			       struct pg_connection **out,
			       struct fault *fault);
void pg_connection_close(struct pg_connection *connection);

/* Begins a transaction with this statement; costs no round trip of its own. */
enum status pg_begin(struct pg_connection *connection, const char *sql);

/* Sends COMMIT. `wait` false: the answer is read with the next one, for reads
 * whose outcome nobody asks for. */
enum status pg_commit(struct pg_connection *connection, bool wait,
		      struct fault *fault);

/* Leaves the connection without a transaction, or broken. */
void pg_rollback(struct pg_connection *connection);

/* Reads the answers to all that was sent. */
enum status pg_settle(struct pg_connection *connection, struct fault *fault);

/* Reads the rest of the streaming query's rows into memory. */
void pg_rows_keep(struct pg_rows *rows);

/* Turns a failed result (NULL: the connection's own error) into a status, and
 * marks the connection. */
enum status pg_failure(struct pg_connection *connection, const PGresult *result,
		       struct fault *fault);

/* Reads past the SYNC that ends a query. */
void pg_end_query(struct pg_connection *connection);

/* The driver's callbacks. */
enum status pg_exec(struct store_session *session, const char *sql,
		    const struct sql_value *args, size_t count,
		    int64_t *changed, struct fault *fault);
enum status pg_query(struct store_session *session, const char *sql,
		     const struct sql_value *args, size_t count,
		     struct store_rows **out, struct fault *fault);
enum status pg_post(struct store_session *session, const char *sql,
		    const struct sql_value *args, size_t count,
		    struct fault *fault);
enum status pg_lock(struct store_session *session, const char *table,
		    struct fault *fault);
enum status pg_script(struct store_session *session, const char *sql,
		      struct fault *fault);
bool pg_next(struct store_rows *rows, enum status *status,
	     struct fault *fault);
void pg_end(struct store_rows *rows);
bool pg_column_null(struct store_rows *rows, int column);
int64_t pg_column_int(struct store_rows *rows, int column);
double pg_column_double(struct store_rows *rows, int column);
struct span pg_column_span(struct store_rows *rows, int column);

#endif /* OGMA_DRIVER_STORE_POSTGRES_H */
