/* store_sqlite.c - rows in one SQLite file; see store.h and store_sqlite.h.
 *
 * Reads take a connection from a bounded pool and run in a deferred
 * transaction, that is on a snapshot that writers do not disturb and that does
 * not hold writers up. Writes go to the writer thread.
 *
 * Invariants: WAL with synchronous=FULL, so a commit that was acknowledged
 * survives power loss. Pages are read by pread() into small caches, not mapped:
 * every connection would map the file again and the kernel counts each mapping
 * as memory of the process. */
#include "driver/store_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>


#define POOL_WAIT_SECONDS 30
#define ASK_AGAIN_MS 5 /* whether another process committed */
#define WRITER_CACHE_FACTOR 16

struct sqlite_store {
	struct store store;
	struct sqlite_connection_args readers_args;
	char *path;
	struct sqlite_writer *writer;

	pthread_mutex_t lock;
	pthread_cond_t reader_free;
	struct sqlite_connection *idle;
	uint32_t readers, readers_max;
	uint64_t generation; /* grows with the planner's statistics */

	struct sqlite_connection *watch; /* only asks "did anybody commit?" */
};

const struct option store_sqlite_options[] = {
	{ .name = "STORE_PATH", .type = OPTION_TEXT, .preset = "",
	  .summary = "The library's SQLite file; empty: ogma.db in the data "
		     "folder.",
	  .offset = offsetof(struct store_sqlite_settings, path) },
	{ .name = "STORE_READERS", .type = OPTION_U32, .preset = "4",
	  .summary = "SQLite connections that read at the same time.",
	  .min = 1, .max = 64,
	  .offset = offsetof(struct store_sqlite_settings, readers_max) },
	{ .name = "STORE_CACHE_KIB", .type = OPTION_U32, .preset = "512",
	  .unit = "KiB",
	  .summary = "Page cache of each SQLite connection (16 times as much "
		     "while writing).",
	  .min = 64, .max = 1048576,
	  .offset = offsetof(struct store_sqlite_settings, cache_kib) },
	{ .name = "STORE_BUSY_TIMEOUT_MS", .type = OPTION_U32,
	  .preset = "10000", .unit = "ms",
	  .summary = "How long a write waits for another process that writes.",
	  .min = 0, .max = 600000,
	  .offset = offsetof(struct store_sqlite_settings, busy_timeout_ms) },
	{ 0 },
};

static struct sqlite_store *
sqlite_store_of(struct store *store)
{
	return container_of(store, struct sqlite_store, store);
}

/* ---- readers -------------------------------------------------------------- */

/* Takes an idle reader, or a place to open one (*out NULL). Under lock. */
static enum status
pool_wait(struct sqlite_store *mine, struct sqlite_connection **out,
	  struct fault *fault)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += POOL_WAIT_SECONDS;
	while (mine->idle == NULL && mine->readers >= mine->readers_max)
		if (pthread_cond_timedwait(&mine->reader_free, &mine->lock,
					   &deadline) == ETIMEDOUT)
			return fault_field(fault, STATUS_AGAIN_LATER, "store",
					   "store: all %u readers are busy",
					   mine->readers_max);
	*out = mine->idle;
	if (*out != NULL)
		mine->idle = (*out)->next_idle;
	else
		mine->readers++;
	return STATUS_OK;
}

static void
pool_forget(struct sqlite_store *mine)
{
	pthread_mutex_lock(&mine->lock);
	mine->readers--;
	pthread_cond_signal(&mine->reader_free);
	pthread_mutex_unlock(&mine->lock);
}

static enum status
reader_take(struct sqlite_store *mine, struct sqlite_connection **out,
	    struct fault *fault)
{
	struct sqlite_connection *reader = NULL;
	uint64_t generation;
	enum status status;

	pthread_mutex_lock(&mine->lock);
	status = pool_wait(mine, &reader, fault);
	generation = mine->generation;
	pthread_mutex_unlock(&mine->lock);
	if (status != STATUS_OK)
		return status;
	/* Statistics are read when a connection is opened. */
	if (reader != NULL && reader->generation != generation) {
		sqlite_connection_close(reader);
		reader = NULL;
	}
	if (reader == NULL) {
		status = sqlite_connection_open(&mine->store,
						&mine->readers_args, &reader,
						fault);
		if (status != STATUS_OK) {
			pool_forget(mine);
			return status;
		}
		reader->generation = generation;
	}
	*out = reader;
	return STATUS_OK;
}

static void
reader_give_back(struct sqlite_store *mine, struct sqlite_connection *reader)
{
	if (sqlite3_get_autocommit(reader->db) == 0 &&
	    sqlite_run(reader, "rollback", NULL) != STATUS_OK) {
		sqlite_connection_close(reader);
		pool_forget(mine);
		return;
	}
	pthread_mutex_lock(&mine->lock);
	reader->next_idle = mine->idle;
	mine->idle = reader;
	pthread_cond_signal(&mine->reader_free);
	pthread_mutex_unlock(&mine->lock);
}

static enum status
sqlite_read(struct store *store, store_work *work, void *cookie,
	    struct fault *fault)
{
	struct sqlite_store *mine = sqlite_store_of(store);
	struct sqlite_connection *reader;
	enum status status = reader_take(mine, &reader, fault);

	if (status != STATUS_OK)
		return status;
	status = sqlite_run(reader, "begin", fault);
	if (status == STATUS_OK)
		status = work(&reader->session, cookie, fault);
	if (status == STATUS_OK)
		sqlite_run(reader, "commit", NULL);
	reader_give_back(mine, reader);
	return status;
}

static void
statistics_changed(void *cookie)
{
	struct sqlite_store *mine = cookie;

	pthread_mutex_lock(&mine->lock);
	mine->generation++;
	pthread_mutex_unlock(&mine->lock);
}

/* ---- writes --------------------------------------------------------------- */

static enum status
sqlite_write(struct store *store, store_work *work, void *cookie,
	     struct fault *fault)
{
	return sqlite_writer_do(sqlite_store_of(store)->writer, work, cookie,
				fault);
}

static enum status
sqlite_post(struct store_session *session, const char *sql,
	    const struct sql_value *args, size_t count, struct fault *fault)
{
	int64_t changed;

	return sqlite_exec(session, sql, args, count, &changed, fault);
}

/* Writers are alone. */
static enum status
sqlite_lock(struct store_session *session, const char *table,
	    struct fault *fault)
{
	(void)session;
	(void)table;
	(void)fault;
	return STATUS_OK;
}

/* ---- the whole store ------------------------------------------------------ */

static enum status
ping_work(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t tables;

	(void)cookie;
	return sql_query_int(session, "select count(*) from sqlite_schema",
			     SQL_NO_ARGS, &tables, fault);
}

static enum status
sqlite_ping(struct store *store, struct fault *fault)
{
	return store_read(store, ping_work, NULL, fault);
}

/* SQLite's own counter of commits by other connections, seen from a connection
 * that never commits itself; 0: it cannot be asked. */
static uint64_t
sqlite_others_commits(struct store *store)
{
	struct sqlite_store *mine = sqlite_store_of(store);
	struct store_rows *rows = NULL;
	enum status status = sqlite_query(&mine->watch->session,
					  "pragma data_version", NULL, 0,
					  &rows, NULL);
	uint64_t seen = 0;

	if (status == STATUS_OK && sqlite_next(rows, &status, NULL))
		seen = (uint64_t)1 << 32 |
		       (uint32_t)sqlite_column_int(rows, 0);
	if (rows != NULL)
		sqlite_end(rows);
	return seen;
}

static uint64_t
sqlite_own_commits(struct store *store)
{
	return sqlite_writer_commits(sqlite_store_of(store)->writer);
}

static void
sqlite_close(struct store *store)
{
	struct sqlite_store *mine = sqlite_store_of(store);
	struct sqlite_connection *reader;

	while ((reader = mine->idle) != NULL) {
		mine->idle = reader->next_idle;
		sqlite_connection_close(reader);
	}
	sqlite_connection_close(mine->watch);
	sqlite_writer_close(mine->writer); /* the last one: copies the log */
	pthread_mutex_destroy(&mine->lock);
	pthread_cond_destroy(&mine->reader_free);
	free(mine->path);
	free(mine);
}

static void
init_locks(struct sqlite_store *mine)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&mine->lock, NULL);
	pthread_cond_init(&mine->reader_free, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static enum status
open_connections(struct sqlite_store *mine, struct fault *fault)
{
	struct sqlite_writer_args writer = {
		.store = &mine->store,
		.connection = mine->readers_args,
		.statistics_changed = statistics_changed,
		.cookie = mine,
	};
	struct sqlite_connection_args watch = mine->readers_args;
	enum status status;

	writer.connection.read_only = false;
	writer.connection.cache_kib *= WRITER_CACHE_FACTOR;
	watch.cache_kib = 64;
	status = sqlite_writer_open(&writer, &mine->writer, fault);
	if (status == STATUS_OK)
		status = sqlite_connection_open(&mine->store, &watch,
						&mine->watch, fault);
	return status;
}

static enum status
sqlite_open(const void *settings, struct store **out, struct fault *fault)
{
	const struct store_sqlite_settings *given = settings;
	struct sqlite_store *mine = mem_new(1, sizeof *mine);
	enum status status;

	assert(given->readers_max > 0 && given->path[0] != '\0');
	mine->store.driver = &store_driver_sqlite;
	mine->path = mem_copy_text(given->path);
	mine->readers_max = given->readers_max;
	mine->readers_args = (struct sqlite_connection_args){
		.path = mine->path,
		.cache_kib = given->cache_kib,
		.busy_timeout_ms = given->busy_timeout_ms,
		.read_only = true,
		.relaxed = given->relaxed,
	};
	init_locks(mine);
	status = open_connections(mine, fault);
	if (status != STATUS_OK) {
		sqlite_close(&mine->store);
		return status;
	}
	*out = &mine->store;
	return STATUS_OK;
}

const struct store_driver store_driver_sqlite = {
	.name = "sqlite",
	.summary = "one SQLite file in the data folder",
	.options = store_sqlite_options,
	.open = sqlite_open,
	.close = sqlite_close,
	.read = sqlite_read,
	.write = sqlite_write,
	.exec = sqlite_exec,
	.query = sqlite_query,
	.post = sqlite_post,
	.lock = sqlite_lock,
	.script = sqlite_script,
	.next = sqlite_next,
	.end = sqlite_end,
	.column_null = sqlite_column_null,
	.column_int = sqlite_column_int,
	.column_double = sqlite_column_double,
	.column_span = sqlite_column_span,
	.ping = sqlite_ping,
	.own_commits = sqlite_own_commits,
	.others_commits = sqlite_others_commits,
	.others_asked_each_ms = ASK_AGAIN_MS,
};
