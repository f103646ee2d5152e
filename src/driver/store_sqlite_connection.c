/* store_sqlite_connection.c - one SQLite connection; see store_sqlite.h.
 *
 * Invariants: a statement is prepared once per text and kept; the same text
 * may run several times at once (nested), the further ones get a statement of
 * their own that is not kept. Connections have no lock of their own
 * (SQLITE_OPEN_NOMUTEX): one thread at a time. */
#include "driver/store_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/sqlite_process.h"

#define STATEMENTS_KEPT 96

static const struct store_word words[] = {
	{ "@id@", "integer primary key autoincrement" },
	{ "@int@", "integer" },
	{ "@real@", "real" },
	{ "@bytes@", "blob" },
	{ "@json@", "text" },
	{ "@strict@", "strict" },
	{ "@keyed@", "strict, without rowid" },
	{ "@refuse_ready@", "" },
	{ "@refuse@", "begin select raise(abort, "
		      "'rows of this table are never changed'); end" },
	{ "@matches@", "glob" }, /* library/pattern.h */
	{ "@any@", "'*'" },
	{ NULL, NULL },
};

struct sqlite_statement {
	struct statement statement;
	sqlite3_stmt *prepared;
};

struct sqlite_rows {
	struct store_rows rows;
	sqlite3_stmt *prepared;
	struct sqlite_statement *kept; /* NULL: prepared for this run only */
};

/* ---- errors --------------------------------------------------------------- */

static enum status
status_of_constraint(int extended)
{
	switch (extended) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_ROWID:
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return STATUS_CONFLICT;
	default:
		return STATUS_INVALID;
	}
}

/* What the operating system said when SQLite could not read or write. SQLite
 * keeps it of some calls only; errno, cleared before each step, has the rest. */
static enum status
status_of_io(sqlite3 *db)
{
	int system_error = errno != 0 ? errno : sqlite3_system_errno(db);

	switch (system_error) {
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return STATUS_FULL;
	default:
		return STATUS_UNAVAILABLE;
	}
}

static enum status
status_of_sqlite(sqlite3 *db)
{
	int extended = sqlite3_extended_errcode(db);

	switch (extended & 0xff) {
	case SQLITE_CONSTRAINT:
		return status_of_constraint(extended);
	case SQLITE_FULL:
		return STATUS_FULL;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return STATUS_AGAIN_LATER;
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return status_of_io(db);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return STATUS_CORRUPT;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return STATUS_DENIED;
	case SQLITE_TOOBIG:
		return STATUS_TOO_LARGE;
	case SQLITE_MISMATCH:
	case SQLITE_RANGE:
		return STATUS_INVALID;
	default:
		return STATUS_FAILED;
	}
}

enum status
sqlite_failure(sqlite3 *db, struct fault *fault)
{
	return fault_field(fault, status_of_sqlite(db), "store", "store: %s",
			   sqlite3_errmsg(db));
}

/* ---- opening -------------------------------------------------------------- */

enum status
sqlite_run(struct sqlite_connection *connection, const char *sql,
	   struct fault *fault)
{
	int64_t changed;

	return sqlite_exec(&connection->session, sql, NULL, 0, &changed, fault);
}

static enum status
connection_configure(struct sqlite_connection *connection,
		     const struct sqlite_connection_args *args,
		     struct fault *fault)
{
	sqlite3 *db = connection->db;
	char script[512];

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, (int)args->busy_timeout_ms);
	/* "text" in double quotes is a mistake here as it is on PostgreSQL. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	snprintf(script, sizeof script,
		 "pragma journal_mode=wal;"
		 "pragma synchronous=%s;"
		 "pragma foreign_keys=on;"
		 "pragma secure_delete=fast;"
		 "pragma wal_autocheckpoint=0;"
		 "pragma journal_size_limit=67108864;"
		 "pragma mmap_size=0;"
		 "pragma temp_store=%s;"
		 "pragma cache_size=-%u;"
		 "pragma query_only=%d;",
		 args->relaxed ? "normal" : "full",
		 args->read_only ? "file" : "memory", args->cache_kib,
		 args->read_only);
	return sqlite_script(&connection->session, script, fault);
}

static void
statement_free(void *cookie, struct statement *statement)
{
	struct sqlite_statement *kept =
		container_of(statement, struct sqlite_statement, statement);

	(void)cookie;
	sqlite3_finalize(kept->prepared);
	free(kept);
}

enum status
sqlite_connection_open(struct store *store,
		       const struct sqlite_connection_args *args,
		       struct sqlite_connection **out, struct fault *fault)
{
	struct sqlite_connection *connection = mem_new(1, sizeof *connection);
	enum status status;
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
		    SQLITE_OPEN_NOMUTEX;

	sqlite_process_prepare();
	sqlite_file_make(args->path);
	connection->session.store = store;
	statement_cache_init(&connection->statements, STATEMENTS_KEPT,
			     statement_free, NULL);
	if (sqlite3_open_v2(args->path, &connection->db, flags, NULL) !=
	    SQLITE_OK)
		status = fault_field(fault, status_of_sqlite(connection->db),
				     "store", "cannot open %s: %s", args->path,
				     sqlite3_errmsg(connection->db));
	else
		status = connection_configure(connection, args, fault);
	if (status != STATUS_OK) {
		sqlite_connection_close(connection);
		return status;
	}
	*out = connection;
	return STATUS_OK;
}

void
sqlite_connection_close(struct sqlite_connection *connection)
{
	if (connection == NULL)
		return;
	statement_cache_release(&connection->statements);
	sqlite3_close(connection->db);
	free(connection);
}

/* ---- statements ----------------------------------------------------------- */

static enum status
prepare(struct sqlite_connection *connection, const char *sql,
	sqlite3_stmt **out, struct fault *fault)
{
	char *text = store_render(sql, words, '?');
	int code = sqlite3_prepare_v3(connection->db, text, -1,
				      SQLITE_PREPARE_PERSISTENT, out, NULL);

	free(text);
	if (code != SQLITE_OK)
		return sqlite_failure(connection->db, fault);
	assert(*out != NULL); /* an empty statement is a bug */
	return STATUS_OK;
}

/* A statement for `sql` that nobody uses: a kept one (*kept) or a new one. */
static enum status
statement_take(struct sqlite_connection *connection, const char *sql,
	       struct sqlite_statement **kept, sqlite3_stmt **prepared,
	       struct fault *fault)
{
	struct statement *found =
		statement_cache_find(&connection->statements, sql);
	enum status status;

	*kept = NULL;
	if (found != NULL && found->users == 0) {
		*kept = container_of(found, struct sqlite_statement, statement);
		*prepared = (*kept)->prepared;
		found->users = 1;
		return STATUS_OK;
	}
	status = prepare(connection, sql, prepared, fault);
	if (status != STATUS_OK || found != NULL)
		return status;
	*kept = mem_new(1, sizeof **kept);
	(*kept)->prepared = *prepared;
	(*kept)->statement.users = 1;
	statement_cache_add(&connection->statements, &(*kept)->statement, sql);
	return STATUS_OK;
}

static void
statement_give_back(struct sqlite_statement *kept, sqlite3_stmt *prepared)
{
	if (kept == NULL) {
		sqlite3_finalize(prepared);
		return;
	}
	sqlite3_reset(prepared);
	sqlite3_clear_bindings(prepared);
	kept->statement.users = 0;
}

static int
bind_one(sqlite3_stmt *prepared, int index, const struct sql_value *value,
	 sqlite3_destructor_type life)
{
	switch (value->type) {
	case SQL_IS_INT:
		return sqlite3_bind_int64(prepared, index, value->number);
	case SQL_IS_DOUBLE:
		return sqlite3_bind_double(prepared, index, value->real);
	case SQL_IS_TEXT:
		return sqlite3_bind_text64(prepared, index, value->span.at,
					   value->span.length, life, SQLITE_UTF8);
	case SQL_IS_BYTES:
		/* No bytes are bytes too, not NULL. */
		if (value->span.length == 0)
			return sqlite3_bind_zeroblob(prepared, index, 0);
		return sqlite3_bind_blob64(prepared, index, value->span.at,
					   value->span.length, life);
	case SQL_IS_NULL:
		break;
	}
	return sqlite3_bind_null(prepared, index);
}

static enum status
bind_all(sqlite3 *db, sqlite3_stmt *prepared, const struct sql_value *args,
	 size_t count, sqlite3_destructor_type life, struct fault *fault)
{
	assert(sqlite3_bind_parameter_count(prepared) == (int)count);
	for (size_t i = 0; i < count; i++)
		if (bind_one(prepared, (int)i + 1, &args[i], life) != SQLITE_OK)
			return sqlite_failure(db, fault);
	return STATUS_OK;
}

enum status
sqlite_exec(struct store_session *session, const char *sql,
	    const struct sql_value *args, size_t count, int64_t *changed,
	    struct fault *fault)
{
	struct sqlite_connection *connection =
		container_of(session, struct sqlite_connection, session);
	struct sqlite_statement *kept;
	sqlite3_stmt *prepared;
	enum status status;
	int code;

	status = statement_take(connection, sql, &kept, &prepared, fault);
	if (status != STATUS_OK)
		return status;
	status = bind_all(connection->db, prepared, args, count, SQLITE_STATIC,
			  fault);
	if (status == STATUS_OK) {
		errno = 0;
		do
			code = sqlite3_step(prepared);
		while (code == SQLITE_ROW);
		if (code == SQLITE_DONE)
			*changed = sqlite3_changes64(connection->db);
		else
			status = sqlite_failure(connection->db, fault);
	}
	statement_give_back(kept, prepared);
	return status;
}

enum status
sqlite_script(struct store_session *session, const char *sql,
	      struct fault *fault)
{
	struct sqlite_connection *connection =
		container_of(session, struct sqlite_connection, session);
	char *text = store_render(sql, words, '?');
	enum status status = STATUS_OK;

	errno = 0;
	if (sqlite3_exec(connection->db, text, NULL, NULL, NULL) != SQLITE_OK)
		status = sqlite_failure(connection->db, fault);
	free(text);
	return status;
}

/* ---- rows ----------------------------------------------------------------- */

enum status
sqlite_query(struct store_session *session, const char *sql,
	     const struct sql_value *args, size_t count,
	     struct store_rows **out, struct fault *fault)
{
	struct sqlite_connection *connection =
		container_of(session, struct sqlite_connection, session);
	struct sqlite_statement *kept;
	struct sqlite_rows *rows;
	sqlite3_stmt *prepared;
	enum status status;

	status = statement_take(connection, sql, &kept, &prepared, fault);
	if (status != STATUS_OK)
		return status;
	status = bind_all(connection->db, prepared, args, count, SQLITE_TRANSIENT,
			  fault); /* the caller's may go before the rows */
	if (status != STATUS_OK) {
		statement_give_back(kept, prepared);
		return status;
	}
	rows = mem_new(1, sizeof *rows);
	rows->rows.session = session;
	rows->prepared = prepared;
	rows->kept = kept;
	*out = &rows->rows;
	return STATUS_OK;
}

bool
sqlite_next(struct store_rows *rows, enum status *status, struct fault *fault)
{
	struct sqlite_rows *mine = container_of(rows, struct sqlite_rows, rows);

	errno = 0;
	switch (sqlite3_step(mine->prepared)) {
	case SQLITE_ROW:
		return true;
	case SQLITE_DONE:
		return false;
	default:
		*status = sqlite_failure(sqlite3_db_handle(mine->prepared),
					 fault);
		return false;
	}
}

void
sqlite_end(struct store_rows *rows)
{
	struct sqlite_rows *mine = container_of(rows, struct sqlite_rows, rows);

	statement_give_back(mine->kept, mine->prepared);
	free(mine);
}

static sqlite3_stmt *
prepared_of(struct store_rows *rows)
{
	return container_of(rows, struct sqlite_rows, rows)->prepared;
}

bool
sqlite_column_null(struct store_rows *rows, int column)
{
	return sqlite3_column_type(prepared_of(rows), column) == SQLITE_NULL;
}

int64_t
sqlite_column_int(struct store_rows *rows, int column)
{
	return sqlite3_column_int64(prepared_of(rows), column);
}

double
sqlite_column_double(struct store_rows *rows, int column)
{
	return sqlite3_column_double(prepared_of(rows), column);
}

struct span
sqlite_column_span(struct store_rows *rows, int column)
{
	sqlite3_stmt *prepared = prepared_of(rows);
	const void *at;

	if (sqlite3_column_type(prepared, column) == SQLITE_BLOB)
		at = sqlite3_column_blob(prepared, column);
	else
		at = sqlite3_column_text(prepared, column);
	return (struct span){ at, (size_t)sqlite3_column_bytes(prepared,
							       column) };
}
