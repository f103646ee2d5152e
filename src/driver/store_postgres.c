/* store_postgres.c - rows in PostgreSQL; see store.h and store_postgres.h.
 *
 * Transactions run at REPEATABLE READ: a read sees one snapshot, and a write
 * that would overwrite what it did not see fails and is run again, so that
 * works can be written as if they were alone (they must lock what they only
 * read, see sql_lock()).
 *
 * Invariants: at most pool_max connections. After a failed connect others are
 * not tried until a pause is over, and everybody is told at once that the store
 * is not there; the first success after that ends it. When one connection
 * breaks, the idle ones are taken for broken too. */
#include "driver/store_postgres.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/log.h"

#define POOL_WAIT_SECONDS 30
#define PAUSE_FIRST_MS 100  /* after a failed connect; doubled each time */
#define PAUSE_LAST_MS 5000
#define RACE_TRIES 20       /* of one work that loses races */
#define BREAK_TRIES 2       /* of one work whose connection breaks */

static const char begin_read[] =
	"begin isolation level repeatable read read only";
static const char begin_write[] = "begin isolation level repeatable read";

struct pg_store {
	struct store store;
	struct pg_connection_args args;
	char *dsn;
	uint32_t pool_max;

	pthread_mutex_t lock;
	pthread_cond_t free_one;
	struct pg_connection *idle;
	uint32_t connections;
	uint64_t generation; /* grows when connections break */
	uint32_t failures;   /* connects in a row */
	int64_t pause_until_ms;
	struct fault last_fault; /* told to everybody during a pause */

	atomic_uint_fast64_t commits; /* of this process */
};

const struct option store_postgres_options[] = {
	{ .name = "PG_DSN", .type = OPTION_TEXT, .preset = "", .secret = true,
	  .summary = "Address of PostgreSQL, e.g. "
		     "postgresql://ogma:secret@127.0.0.1:5432/ogma; empty: the "
		     "library is kept in SQLite.",
	  .offset = offsetof(struct store_postgres_settings, dsn) },
	{ .name = "DATABASE_URL", .type = OPTION_TEXT, .preset = "",
	  .secret = true, .summary = "Read when PG_DSN is empty.",
	  .offset = offsetof(struct store_postgres_settings, database_url) },
	{ .name = "PG_POOL_MIN", .type = OPTION_U32, .preset = "1",
	  .summary = "PostgreSQL connections opened at start.",
	  .min = 0, .max = 1000,
	  .offset = offsetof(struct store_postgres_settings, pool_min) },
	{ .name = "PG_POOL_MAX", .type = OPTION_U32, .preset = "16",
	  .summary = "PostgreSQL connections at the most.",
	  .min = 1, .max = 1000,
	  .offset = offsetof(struct store_postgres_settings, pool_max) },
	{ .name = "PG_POOL_INIT_RETRIES", .type = OPTION_U32, .preset = "10",
	  .summary = "How often the first connection is tried again at start.",
	  .min = 0, .max = 10000,
	  .offset = offsetof(struct store_postgres_settings, init_retries) },
	{ .name = "PG_POOL_INIT_DELAY", .type = OPTION_U32, .preset = "2",
	  .unit = "s", .summary = "Pause between these tries.",
	  .min = 0, .max = 600,
	  .offset = offsetof(struct store_postgres_settings,
			     init_delay_seconds) },
	{ .name = "PG_STATEMENT_TIMEOUT_MS", .type = OPTION_U32,
	  .preset = "60000", .unit = "ms",
	  .summary = "Longest time of one statement; 0: no limit.",
	  .min = 0, .max = 86400000,
	  .offset = offsetof(struct store_postgres_settings,
			     statement_timeout_ms) },
	{ .name = "PG_CONNECT_TIMEOUT", .type = OPTION_U32, .preset = "5",
	  .unit = "s", .summary = "Longest wait for a connection.",
	  .min = 1, .max = 600,
	  .offset = offsetof(struct store_postgres_settings,
			     connect_timeout_seconds) },
	{ .name = "PG_PREPARE", .type = OPTION_BOOL, .preset = "on",
	  .summary = "Prepare statements; off behind a pooler that shares "
		     "connections between transactions.",
	  .offset = offsetof(struct store_postgres_settings, prepare) },
	{ 0 },
};

static struct pg_store *
pg_store_of(struct store *store)
{
	return container_of(store, struct pg_store, store);
}

/* ---- pool ----------------------------------------------------------------- */

/* Waits for an idle connection or for room to open one (*out NULL). Under
 * lock. */
static enum status
pool_wait(struct pg_store *mine, struct pg_connection **out,
	  struct fault *fault)
{
	struct timespec deadline;

	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += POOL_WAIT_SECONDS;
	while (mine->idle == NULL && mine->connections >= mine->pool_max)
		if (pthread_cond_timedwait(&mine->free_one, &mine->lock,
					   &deadline) == ETIMEDOUT)
			return fault_field(fault, STATUS_AGAIN_LATER, "store",
					   "store: all %u connections are busy",
					   mine->pool_max);
	*out = mine->idle;
	if (*out != NULL) {
		mine->idle = (*out)->next_idle;
		return STATUS_OK;
	}
	if (clock_monotonic_ms() < mine->pause_until_ms) {
		if (fault != NULL)
			*fault = mine->last_fault;
		return mine->last_fault.status;
	}
	mine->connections++;
	return STATUS_OK;
}

static void
pool_forget(struct pg_store *mine)
{
	pthread_mutex_lock(&mine->lock);
	mine->connections--;
	pthread_cond_signal(&mine->free_one);
	pthread_mutex_unlock(&mine->lock);
}

/* Notes how a connect went: the pause grows while it fails. */
static void
note_connect(struct pg_store *mine, enum status status,
	     const struct fault *fault)
{
	int64_t pause_ms = PAUSE_FIRST_MS;

	pthread_mutex_lock(&mine->lock);
	if (status == STATUS_OK) {
		if (mine->failures > 0)
			log_info("store", "PostgreSQL is back");
		mine->failures = 0;
		mine->pause_until_ms = 0;
	} else {
		for (uint32_t i = 0; i < mine->failures && i < 10; i++)
			pause_ms *= 2;
		if (pause_ms > PAUSE_LAST_MS)
			pause_ms = PAUSE_LAST_MS;
		mine->failures++;
		mine->pause_until_ms = clock_monotonic_ms() + pause_ms;
		mine->last_fault = *fault;
	}
	pthread_mutex_unlock(&mine->lock);
	if (status != STATUS_OK)
		log_warning("store", "cannot connect to PostgreSQL",
			    LOG_TEXT("reason", fault->message));
}

/* Opens a connection for a place that was counted already. */
static enum status
pool_connect(struct pg_store *mine, uint64_t generation,
	     struct pg_connection **out, struct fault *fault)
{
	struct fault reason = { 0 };
	enum status status =
		pg_connection_open(&mine->store, &mine->args, out, &reason);

	note_connect(mine, status, &reason);
	if (status != STATUS_OK) {
		pool_forget(mine);
		if (fault != NULL)
			*fault = reason;
		return status;
	}
	(*out)->generation = generation;
	return STATUS_OK;
}

static enum status
pool_take(struct pg_store *mine, struct pg_connection **out,
	  struct fault *fault)
{
	struct pg_connection *connection = NULL;
	uint64_t generation;
	enum status status;

	for (;;) {
		pthread_mutex_lock(&mine->lock);
		status = pool_wait(mine, &connection, fault);
		generation = mine->generation;
		pthread_mutex_unlock(&mine->lock);
		if (status != STATUS_OK)
			return status;
		if (connection == NULL)
			return pool_connect(mine, generation, out, fault);
		if (connection->generation == generation)
			break;
		pg_connection_close(connection); /* opened before a break */
		pool_forget(mine);
	}
	*out = connection;
	return STATUS_OK;
}

static void
pool_give_back(struct pg_store *mine, struct pg_connection *connection)
{
	if (connection->broken) {
		pthread_mutex_lock(&mine->lock);
		if (connection->generation == mine->generation)
			mine->generation++;
		pthread_mutex_unlock(&mine->lock);
		pg_connection_close(connection);
		pool_forget(mine);
		return;
	}
	pthread_mutex_lock(&mine->lock);
	connection->next_idle = mine->idle;
	mine->idle = connection;
	pthread_cond_signal(&mine->free_one);
	pthread_mutex_unlock(&mine->lock);
}

/* ---- transactions --------------------------------------------------------- */

struct pg_run {
	store_work *work;
	void *cookie;
	bool write;
	bool lost_race;   /* out: run it again */
	bool broke_early; /* out: the connection broke before COMMIT was sent */
};

/* One transaction on one connection. */
static enum status
run_transaction(struct pg_connection *connection, struct pg_run *run,
		struct fault *fault)
{
	enum status status;

	status = pg_begin(connection, run->write ? begin_write : begin_read);
	if (status == STATUS_OK)
		status = run->work(&connection->session, run->cookie, fault);
	else if (fault != NULL)
		*fault = connection->fault;
	run->broke_early = connection->broken;
	if (status == STATUS_OK)
		status = pg_commit(connection, run->write, fault);
	if (status != STATUS_OK)
		pg_rollback(connection);
	run->lost_race = connection->lost_race;
	return status;
}

static enum status
run_once(struct pg_store *mine, struct pg_run *run, struct fault *fault)
{
	struct pg_connection *connection;
	enum status status;

	run->lost_race = run->broke_early = false;
	status = pool_take(mine, &connection, fault);
	if (status != STATUS_OK)
		return status;
	status = run_transaction(connection, run, fault);
	pool_give_back(mine, connection);
	return status;
}

/* Waits a moment, the longer the more often the race was lost. */
static void
pause_after_race(int tries)
{
	uint32_t random;
	int64_t most_us = 1000 << (tries < 7 ? tries : 7);
	struct timespec pause = { 0 };

	random_bytes(&random, sizeof random);
	pause.tv_nsec = (random % most_us) * 1000;
	nanosleep(&pause, NULL);
}

static enum status
run(struct pg_store *mine, struct pg_run *run, struct fault *fault)
{
	int races = 0, breaks = 0;
	enum status status;

	for (;;) {
		status = run_once(mine, run, fault);
		if (status == STATUS_OK)
			return status;
		if (run->lost_race && ++races < RACE_TRIES) {
			pause_after_race(races);
			continue;
		}
		/* An idle connection may have died unseen. */
		if (run->broke_early && ++breaks < BREAK_TRIES)
			continue;
		return status;
	}
}

static enum status
pg_read(struct store *store, store_work *work, void *cookie,
	struct fault *fault)
{
	return run(pg_store_of(store),
		   &(struct pg_run){ .work = work, .cookie = cookie }, fault);
}

static enum status
pg_write(struct store *store, store_work *work, void *cookie,
	 struct fault *fault)
{
	struct pg_store *mine = pg_store_of(store);
	enum status status = run(mine,
				 &(struct pg_run){ .work = work,
						   .cookie = cookie,
						   .write = true },
				 fault);

	if (status == STATUS_OK)
		atomic_fetch_add(&mine->commits, 1);
	return status;
}

/* ---- the whole store ------------------------------------------------------ */

static enum status
ping_work(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t one;

	(void)cookie;
	return sql_query_int(session, "select 1", SQL_NO_ARGS, &one, fault);
}

static enum status
pg_ping(struct store *store, struct fault *fault)
{
	return pg_read(store, ping_work, NULL, fault);
}

/* Which transactions have ended, as text: changes with each commit. */
static enum status
snapshot_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct store_rows *rows;
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
	enum status status;

	status = sql_query(session, "select txid_current_snapshot()::text",
			   SQL_NO_ARGS, &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct span text = sql_column_span(rows, 0);

		for (size_t i = 0; i < text.length; i++)
			hash = (hash ^ (unsigned char)text.at[i]) *
			       0x100000001b3u;
		*(uint64_t *)cookie = hash;
	}
	sql_end(rows);
	return status;
}

static uint64_t
pg_others_commits(struct store *store)
{
	uint64_t seen = 0;

	pg_read(store, snapshot_work, &seen, NULL);
	return seen;
}

static uint64_t
pg_own_commits(struct store *store)
{
	return atomic_load(&pg_store_of(store)->commits);
}

static void
pg_close(struct store *store)
{
	struct pg_store *mine = pg_store_of(store);
	struct pg_connection *connection;

	while ((connection = mine->idle) != NULL) {
		mine->idle = connection->next_idle;
		pg_connection_close(connection);
	}
	pthread_mutex_destroy(&mine->lock);
	pthread_cond_destroy(&mine->free_one);
	free(mine->dsn);
	free(mine);
}

/* "postgresql+driver://…" as Python programs write it: without "+driver". */
static char *
dsn_plain(const char *dsn)
{
	const char *colon = strstr(dsn, "://");
	const char *plus = strchr(dsn, '+');
	char *plain;

	if (colon == NULL || plus == NULL || plus > colon)
		return mem_copy_text(dsn);
	plain = mem_copy_text(dsn);
	memmove(plain + (plus - dsn), colon, strlen(colon) + 1);
	return plain;
}

/* The first connection, with the tries and pauses of the settings. */
static enum status
first_connection(struct pg_store *mine,
		 const struct store_postgres_settings *given,
		 struct fault *fault)
{
	enum status status = STATUS_OK;

	for (uint32_t i = 0; i <= given->init_retries; i++) {
		struct timespec pause = { .tv_sec = given->init_delay_seconds };

		if (i > 0)
			nanosleep(&pause, NULL);
		mine->pause_until_ms = 0;
		status = pg_ping(&mine->store, fault);
		if (status == STATUS_OK || status != STATUS_UNAVAILABLE)
			break;
	}
	return status;
}

/* Opens the rest of pool_min, which are all in use at the same time here. */
static void
fill_pool(struct pg_store *mine, uint32_t count)
{
	struct pg_connection *taken = NULL, *next;

	for (uint32_t i = 0; i < count && i < mine->pool_max; i++) {
		struct pg_connection *one;

		if (pool_take(mine, &one, NULL) != STATUS_OK)
			break;
		one->next_idle = taken;
		taken = one;
	}
	for (; taken != NULL; taken = next) {
		next = taken->next_idle;
		pool_give_back(mine, taken);
	}
}

static void
init_locks(struct pg_store *mine)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&mine->lock, NULL);
	pthread_cond_init(&mine->free_one, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static enum status
pg_open(const void *settings, struct store **out, struct fault *fault)
{
	const struct store_postgres_settings *given = settings;
	struct pg_store *mine = mem_new(1, sizeof *mine);
	enum status status;

	assert(given->pool_max > 0);
	mine->store.driver = &store_driver_postgres;
	mine->dsn = dsn_plain(given->dsn[0] != '\0' ? given->dsn
						    : given->database_url);
	mine->pool_max = given->pool_max;
	mine->args = (struct pg_connection_args){
		.dsn = mine->dsn,
		.connect_timeout_seconds = given->connect_timeout_seconds,
		.statement_timeout_ms = given->statement_timeout_ms,
		.prepare = given->prepare,
	};
	init_locks(mine);
	status = first_connection(mine, given, fault);
	if (status != STATUS_OK) {
		pg_close(&mine->store);
		return status;
	}
	fill_pool(mine, given->pool_min);
	*out = &mine->store;
	return STATUS_OK;
}

const struct store_driver store_driver_postgres = {
	.name = "postgres",
	.summary = "a PostgreSQL server (PG_DSN)",
	.options = store_postgres_options,
	.open = pg_open,
	.close = pg_close,
	.read = pg_read,
	.write = pg_write,
	.exec = pg_exec,
	.query = pg_query,
	.post = pg_post,
	.lock = pg_lock,
	.script = pg_script,
	.next = pg_next,
	.end = pg_end,
	.column_null = pg_column_null,
	.column_int = pg_column_int,
	.column_double = pg_column_double,
	.column_span = pg_column_span,
	.ping = pg_ping,
	.own_commits = pg_own_commits,
	.others_commits = pg_others_commits,
	.others_asked_each_ms = STORE_VERSION_STALE_MS,
};
