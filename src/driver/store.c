/* store.c - the calls of store.h: assertions and what holds for every driver.
 *
 * Invariants kept here: a session that failed once stays failed; a work never
 * opens another read or write; text that reaches an engine is UTF-8. */
#include "driver/store.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"

/* True while this thread runs a work. */
static _Thread_local bool inside_work;

struct sql_value
sql_text(const char *text)
{
	if (text == NULL)
		return SQL_NULL;
	return (struct sql_value){ .type = SQL_IS_TEXT,
				   .span = span_of(text) };
}

struct sql_value
sql_bytes(const void *bytes, size_t count)
{
	return (struct sql_value){ .type = SQL_IS_BYTES,
				   .span = { bytes, count } };
}

struct sql_value
sql_int_or_null(int64_t value, bool known)
{
	return known ? SQL_INT(value) : SQL_NULL;
}

static const struct store_driver *const drivers[] = {
	&store_driver_sqlite,
	&store_driver_postgres,
};

const struct store_driver *
store_driver_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(drivers); i++)
		if (strcmp(drivers[i]->name, name) == 0)
			return drivers[i];
	return NULL;
}

void
store_driver_check(const struct store_driver *driver)
{
	assert(driver->name != NULL && driver->summary != NULL);
	assert(driver->options != NULL);
	assert(driver->open != NULL && driver->close != NULL);
	assert(driver->read != NULL && driver->write != NULL);
	assert(driver->exec != NULL && driver->query != NULL);
	assert(driver->post != NULL && driver->lock != NULL);
	assert(driver->script != NULL && driver->next != NULL);
	assert(driver->end != NULL && driver->column_null != NULL);
	assert(driver->column_int != NULL && driver->column_double != NULL);
	assert(driver->column_span != NULL && driver->ping != NULL);
	assert(driver->own_commits != NULL && driver->others_commits != NULL);
	assert(driver->others_asked_each_ms <= STORE_VERSION_STALE_MS);
	(void)driver;
}

enum status
store_open(const struct store_driver *driver, const void *settings,
	   struct store **out, struct fault *fault)
{
	enum status status;

	store_driver_check(driver);
	status = driver->open(settings, out, fault);
	if (status == STATUS_OK) {
		pthread_mutex_init(&(*out)->watch.lock, NULL);
		random_bytes(&(*out)->watch.base, sizeof (*out)->watch.base);
	}
	return status;
}

enum status
store_open_by_settings(const struct store_sqlite_settings *sqlite,
		       const struct store_postgres_settings *pg,
		       struct store **out, struct fault *fault)
{
	if (pg->dsn[0] != '\0' || pg->database_url[0] != '\0')
		return store_open(&store_driver_postgres, pg, out, fault);
	return store_open(&store_driver_sqlite, sqlite, out, fault);
}

void
store_close(struct store *store)
{
	if (store == NULL)
		return;
	pthread_mutex_destroy(&store->watch.lock);
	store->driver->close(store);
}

/* ---- works --------------------------------------------------------------- */

struct guarded_work {
	store_work *work;
	void *cookie;
};

/* Runs in the thread that owns the session, which may not be the caller's. */
static enum status
run_guarded(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct guarded_work *guarded = cookie;
	enum status status;

	session->failed = false;
	inside_work = true;
	status = guarded->work(session, guarded->cookie, fault);
	inside_work = false;
	if (session->failed) {
		if (fault != NULL)
			*fault = session->failure;
		status = session->failure.status;
	}
	return status;
}

enum status
store_read(struct store *store, store_work *work, void *cookie,
	   struct fault *fault)
{
	struct guarded_work guarded = { work, cookie };

	assert(!inside_work);
	return store->driver->read(store, run_guarded, &guarded, fault);
}

enum status
store_write(struct store *store, store_work *work, void *cookie,
	    struct fault *fault)
{
	struct guarded_work guarded = { work, cookie };

	assert(!inside_work);
	return store->driver->write(store, run_guarded, &guarded, fault);
}

enum status
store_ping(struct store *store, struct fault *fault)
{
	return store->driver->ping(store, fault);
}

static uint64_t
others_seen(struct store *store)
{
	const struct store_driver *driver = store->driver;
	struct store_watch *watch = &store->watch;
	int64_t now_ms = clock_monotonic_ms();
	uint64_t others;

	pthread_mutex_lock(&watch->lock);
	if (watch->others == 0 ||
	    now_ms - watch->asked_at_ms >= driver->others_asked_each_ms) {
		watch->others = driver->others_commits(store);
		watch->asked_at_ms = now_ms;
	}
	others = watch->others;
	pthread_mutex_unlock(&watch->lock);
	return others;
}

uint64_t
store_version(struct store *store)
{
	uint64_t own = store->driver->own_commits(store);
	uint64_t others = others_seen(store), version;

	if (others == 0)
		return 0;
	version = store->watch.base ^ others ^ (own * 0x9e3779b97f4a7c15u);
	return version == 0 ? 1 : version;
}

/* ---- statements ---------------------------------------------------------- */

/* Gives the session's failure to the caller. */
static enum status
session_failure(struct store_session *session, struct fault *fault)
{
	session->failed = true;
	if (fault != NULL)
		*fault = session->failure;
	return session->failure.status;
}

static enum status
session_check(struct store_session *session, const struct sql_value *args,
	      size_t count)
{
	assert(count <= SQL_ARGS_MAX);
	if (session->failed)
		return session->failure.status;
	for (size_t i = 0; i < count; i++)
		if (args[i].type == SQL_IS_TEXT &&
		    (memchr(args[i].span.at, '\0', args[i].span.length) ||
		     !utf8_valid(args[i].span.at, args[i].span.length)))
			return fault_set(&session->failure, STATUS_INVALID,
					 "parameter %zu is not UTF-8 text",
					 i + 1);
	return STATUS_OK;
}

enum status
sql_exec(struct store_session *session, const char *sql,
	 const struct sql_value *args, size_t count, int64_t *changed,
	 struct fault *fault)
{
	enum status status = session_check(session, args, count);
	int64_t ignored;

	if (status == STATUS_OK)
		status = session->store->driver->exec(
			session, sql, args, count,
			changed != NULL ? changed : &ignored,
			&session->failure);
	if (status != STATUS_OK)
		return session_failure(session, fault);
	return STATUS_OK;
}

enum status
sql_post(struct store_session *session, const char *sql,
	 const struct sql_value *args, size_t count, struct fault *fault)
{
	enum status status = session_check(session, args, count);

	if (status == STATUS_OK)
		status = session->store->driver->post(session, sql, args,
						      count,
						      &session->failure);
	if (status != STATUS_OK)
		return session_failure(session, fault);
	return STATUS_OK;
}

enum status
sql_lock(struct store_session *session, const char *table,
	 struct fault *fault)
{
	enum status status = session_check(session, NULL, 0);

	if (status == STATUS_OK)
		status = session->store->driver->lock(session, table,
						      &session->failure);
	if (status != STATUS_OK)
		return session_failure(session, fault);
	return STATUS_OK;
}

enum status
sql_script(struct store_session *session, const char *sql,
	   struct fault *fault)
{
	enum status status = session_check(session, NULL, 0);

	if (status == STATUS_OK)
		status = session->store->driver->script(session, sql,
							&session->failure);
	if (status != STATUS_OK)
		return session_failure(session, fault);
	return STATUS_OK;
}

enum status
sql_query(struct store_session *session, const char *sql,
	  const struct sql_value *args, size_t count, struct store_rows **out,
	  struct fault *fault)
{
	enum status status = session_check(session, args, count);

	*out = NULL;
	if (status == STATUS_OK)
		status = session->store->driver->query(session, sql, args,
						       count, out,
						       &session->failure);
	if (status != STATUS_OK)
		return session_failure(session, fault);
	return STATUS_OK;
}

bool
sql_next(struct store_rows *rows, enum status *status, struct fault *fault)
{
	struct store_session *session = rows->session;

	if (session->failed) {
		*status = session_failure(session, fault);
		return false;
	}
	*status = STATUS_OK;
	if (session->store->driver->next(rows, status, &session->failure))
		return true;
	if (*status != STATUS_OK)
		*status = session_failure(session, fault);
	return false;
}

void
sql_end(struct store_rows *rows)
{
	if (rows != NULL)
		rows->session->store->driver->end(rows);
}

bool
sql_column_null(struct store_rows *rows, int column)
{
	return rows->session->store->driver->column_null(rows, column);
}

int64_t
sql_column_int(struct store_rows *rows, int column)
{
	return rows->session->store->driver->column_int(rows, column);
}

double
sql_column_double(struct store_rows *rows, int column)
{
	return rows->session->store->driver->column_double(rows, column);
}

struct span
sql_column_span(struct store_rows *rows, int column)
{
	return rows->session->store->driver->column_span(rows, column);
}

const char *
sql_column_text(struct store_rows *rows, int column, struct arena *arena)
{
	struct span span;

	if (sql_column_null(rows, column))
		return NULL;
	span = sql_column_span(rows, column);
	return arena_copy_bytes(arena, span.at, span.length);
}

enum status
sql_query_int(struct store_session *session, const char *sql,
	      const struct sql_value *args, size_t count, int64_t *out,
	      struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(session, sql, args, count, &rows, fault);

	if (status != STATUS_OK)
		return status;
	if (sql_next(rows, &status, fault))
		*out = sql_column_int(rows, 0);
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND, "no such row");
	sql_end(rows);
	return status;
}
