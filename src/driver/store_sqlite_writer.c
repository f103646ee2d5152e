/* store_sqlite_writer.c - the one thread that writes, and the keeper of the
 * write-ahead log; see store_sqlite.h.
 *
 * Group commit: all works that wait when the writer becomes free run in one
 * BEGIN IMMEDIATE transaction, each in a savepoint of its own, and one COMMIT
 * (one fsync) makes them durable together. A work that fails rolls back its
 * savepoint and nothing else. When SQLite itself undid the whole transaction
 * (disk full, I/O error), the work during which it happened fails and the
 * others run again.
 *
 * Invariants: callers sleep until their work is settled, so the queue holds at
 * most as many entries as there are threads, and entries live on the callers'
 * stacks. The keeper has a connection of its own: the writer never copies the
 * log into the database and never waits for that copy, except when the log
 * passed WAL_HARD_PAGES. */
#include "driver/store_sqlite.h"

#include <assert.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"

#define GROUP_MAX 256        /* works per transaction */
#define WAL_SOFT_PAGES 1000  /* 4 MiB: copy when it suits */
#define WAL_HARD_PAGES 16384 /* 64 MiB: make writers wait for the copy */
#define WAL_RETRY_MS 200     /* when a reader held the copy up */
#define STATISTICS_PAGES 20000 /* written since the planner last looked */
#define IDLE_MS 3000         /* then give page cache back */

struct waiting_work {
	store_work *work;
	void *cookie;
	struct fault *fault;
	enum status status;
	bool settled; /* status is final */
	bool done;    /* the caller may go on; under lock */
	pthread_cond_t wake;
	struct waiting_work *next;
};

struct sqlite_writer {
	struct sqlite_writer_args args;
	struct sqlite_connection *connection, *keeper;
	pthread_t writer_thread, keeper_thread;
	bool writer_runs, keeper_runs;

	pthread_mutex_t lock;
	pthread_cond_t work_wake, keeper_wake;
	struct waiting_work *first, **last; /* queue */
	bool ending;
	int wal_pages;          /* in the log after the last commit */
	uint64_t pages_written; /* since the planner last looked */

	atomic_uint_fast64_t commits;
};

/* ---- one group ------------------------------------------------------------ */

static bool
transaction_open(const struct sqlite_writer *writer)
{
	return sqlite3_get_autocommit(writer->connection->db) == 0;
}

static void
settle(struct waiting_work *work, enum status status,
       const struct fault *fault)
{
	work->status = status;
	work->settled = true;
	if (fault != NULL && work->fault != NULL)
		*work->fault = *fault;
}

/* Runs one work, in a savepoint when there are others in the transaction (a
 * savepoint copies every page before its first change). False: the whole
 * transaction is gone, or to be undone. */
static bool
run_one(struct sqlite_writer *writer, struct waiting_work *work, bool alone)
{
	struct sqlite_connection *connection = writer->connection;
	struct fault fault = { 0 };
	enum status status = STATUS_OK;

	if (!alone)
		status = sqlite_run(connection, "savepoint work", &fault);
	if (status == STATUS_OK)
		status = work->work(&connection->session, work->cookie, &fault);
	if (!transaction_open(writer)) {
		if (status == STATUS_OK)
			status = fault_field(&fault, STATUS_FAILED, "store",
					     "store: the transaction was lost");
		settle(work, status, &fault);
		return false;
	}
	if (status != STATUS_OK) {
		settle(work, status, &fault);
		if (alone || sqlite_run(connection, "rollback to work",
					&fault) != STATUS_OK)
			return false;
	}
	return alone ||
	       sqlite_run(connection, "release work", &fault) == STATUS_OK;
}

static void
fail_unsettled(struct waiting_work *group, enum status status,
	       const struct fault *fault)
{
	for (struct waiting_work *work = group; work != NULL;
	     work = work->next)
		if (!work->settled)
			settle(work, status, fault);
}

static int
count_unsettled(const struct waiting_work *group)
{
	int count = 0;

	for (; group != NULL; group = group->next)
		count += !group->settled;
	return count;
}

/* One try at the works that are not settled. True: the group is over. */
static bool
try_group(struct sqlite_writer *writer, struct waiting_work *group)
{
	struct fault fault = { 0 };
	bool whole = true, alone = count_unsettled(group) == 1;
	enum status status;

	status = sqlite_run(writer->connection, "begin immediate", &fault);
	if (status != STATUS_OK) {
		fail_unsettled(group, status, &fault);
		return true;
	}
	for (struct waiting_work *work = group; work != NULL && whole;
	     work = work->next)
		if (!work->settled)
			whole = run_one(writer, work, alone);
	if (whole)
		status = sqlite_run(writer->connection, "commit", &fault);
	if (transaction_open(writer))
		sqlite_run(writer->connection, "rollback", NULL);
	if (!whole)
		return count_unsettled(group) == 0;
	fail_unsettled(group, status, &fault); /* or fill in STATUS_OK */
	return true;
}

static void
run_group(struct sqlite_writer *writer, struct waiting_work *group)
{
	/* Each lost transaction settles at least one work, unless even the
	 * rollback failed; the bound is for that case. */
	for (int tries = 0; tries < GROUP_MAX + 1; tries++)
		if (try_group(writer, group))
			return;
	fail_unsettled(group, STATUS_FAILED,
		       &(struct fault){ .status = STATUS_FAILED,
					.field = "store",
					.message = "store: the transaction "
						   "cannot be kept open" });
}

/* ---- the writer thread ---------------------------------------------------- */

static void
deadline_in_ms(struct timespec *out, int64_t ms)
{
	clock_gettime(CLOCK_MONOTONIC, out);
	out->tv_sec += ms / 1000;
	out->tv_nsec += (ms % 1000) * 1000000;
	if (out->tv_nsec >= 1000000000) {
		out->tv_sec++;
		out->tv_nsec -= 1000000000;
	}
}

/* Takes up to GROUP_MAX works off the queue. Under lock. */
static struct waiting_work *
take_group(struct sqlite_writer *writer)
{
	struct waiting_work *group = writer->first, *end = group;

	for (int i = 1; i < GROUP_MAX && end->next != NULL; i++)
		end = end->next;
	writer->first = end->next;
	if (writer->first == NULL)
		writer->last = &writer->first;
	end->next = NULL;
	return group;
}

/* Waits for works; gives memory back when none came for a while. Under lock. */
static void
wait_for_work(struct sqlite_writer *writer)
{
	struct timespec deadline;
	bool released = false;

	while (writer->first == NULL && !writer->ending) {
		if (released) {
			pthread_cond_wait(&writer->work_wake, &writer->lock);
			continue;
		}
		deadline_in_ms(&deadline, IDLE_MS);
		if (pthread_cond_timedwait(&writer->work_wake, &writer->lock,
					   &deadline) != ETIMEDOUT)
			continue;
		sqlite3_db_release_memory(writer->connection->db);
		malloc_trim(0);
		released = true;
	}
}

static void *
writer_run(void *cookie)
{
	struct sqlite_writer *writer = cookie;
	struct waiting_work *group, *next;

	pthread_mutex_lock(&writer->lock);
	for (;;) {
		wait_for_work(writer);
		if (writer->first == NULL)
			break; /* ending, and nothing waits */
		group = take_group(writer);
		pthread_mutex_unlock(&writer->lock);
		run_group(writer, group);
		pthread_mutex_lock(&writer->lock);
		for (; group != NULL; group = next) {
			next = group->next; /* gone once it is done */
			group->done = true;
			pthread_cond_signal(&group->wake);
		}
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

/* Under lock, which it gives up while it waits. */
static enum status
have_done(struct sqlite_writer *writer, store_work *work, void *cookie,
	  struct fault *fault)
{
	struct waiting_work mine = { .work = work, .cookie = cookie,
				     .fault = fault };

	assert(!writer->ending);
	pthread_cond_init(&mine.wake, NULL);
	*writer->last = &mine;
	writer->last = &mine.next;
	pthread_cond_signal(&writer->work_wake);
	while (!mine.done)
		pthread_cond_wait(&mine.wake, &writer->lock);
	pthread_cond_destroy(&mine.wake);
	return mine.status;
}

enum status
sqlite_writer_do(struct sqlite_writer *writer, store_work *work, void *cookie,
		 struct fault *fault)
{
	enum status status;

	pthread_mutex_lock(&writer->lock);
	status = have_done(writer, work, cookie, fault);
	pthread_mutex_unlock(&writer->lock);
	return status;
}

uint64_t
sqlite_writer_commits(struct sqlite_writer *writer)
{
	return atomic_load(&writer->commits);
}

/* ---- the keeper thread ---------------------------------------------------- */

/* Called by SQLite in the writer thread after each commit. */
static int
wal_grew(void *cookie, sqlite3 *db, const char *name, int pages)
{
	struct sqlite_writer *writer = cookie;

	(void)db;
	(void)name;
	atomic_fetch_add(&writer->commits, 1);
	pthread_mutex_lock(&writer->lock);
	/* No more than before: the log began anew. */
	writer->pages_written += (uint64_t)(
		pages > writer->wal_pages ? pages - writer->wal_pages : pages);
	writer->wal_pages = pages;
	if (pages >= WAL_SOFT_PAGES)
		pthread_cond_signal(&writer->keeper_wake);
	pthread_mutex_unlock(&writer->lock);
	return SQLITE_OK;
}

/* Copies the log into the database. True: all of it was copied, so that the
 * next writer starts the log anew. */
static bool
checkpoint(struct sqlite_writer *writer, int pages)
{
	sqlite3 *db = writer->keeper->db;
	int in_log = 0, copied = 0;
	int code = sqlite3_wal_checkpoint_v2(db, NULL,
					     SQLITE_CHECKPOINT_PASSIVE,
					     &in_log, &copied);

	if (code == SQLITE_OK && pages >= WAL_HARD_PAGES)
		code = sqlite3_wal_checkpoint_v2(db, NULL,
						 SQLITE_CHECKPOINT_RESTART,
						 &in_log, &copied);
	if (code != SQLITE_OK && code != SQLITE_BUSY)
		log_warning("store", "cannot copy the write-ahead log",
			    LOG_TEXT("reason", sqlite3_errmsg(db)));
	return code == SQLITE_OK && in_log == copied;
}

static enum status
analyze_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return sqlite_script(session, "pragma analysis_limit=1000; analyze",
			     fault);
}

/* Lets the planner look at a sample of each index again. That is a write: in the
 * keeper's own connection it would find the database locked for as long as
 * works come without a pause. Under lock. */
static void
refresh_statistics(struct sqlite_writer *writer)
{
	struct fault fault = { 0 };
	enum status status = have_done(writer, analyze_work, NULL, &fault);

	writer->pages_written = 0;
	pthread_mutex_unlock(&writer->lock);
	if (status != STATUS_OK)
		log_warning("store", "cannot refresh statistics",
			    LOG_TEXT("reason", fault.message));
	else
		writer->args.statistics_changed(writer->args.cookie);
	pthread_mutex_lock(&writer->lock);
}

/* Sleeps until there is something to keep. Under lock. */
static void
keeper_wait(struct sqlite_writer *writer, bool held_up)
{
	struct timespec deadline;

	if (held_up) {
		deadline_in_ms(&deadline, WAL_RETRY_MS);
		while (!writer->ending &&
		       pthread_cond_timedwait(&writer->keeper_wake,
					      &writer->lock,
					      &deadline) != ETIMEDOUT)
			;
		return;
	}
	while (!writer->ending && writer->wal_pages < WAL_SOFT_PAGES)
		pthread_cond_wait(&writer->keeper_wake, &writer->lock);
}

static void *
keeper_run(void *cookie)
{
	struct sqlite_writer *writer = cookie;
	bool held_up = false;

	pthread_mutex_lock(&writer->lock);
	for (;;) {
		int pages;

		keeper_wait(writer, held_up);
		if (!writer->ending && writer->pages_written >= STATISTICS_PAGES)
			refresh_statistics(writer);
		if (writer->ending)
			break;
		pages = writer->wal_pages;
		pthread_mutex_unlock(&writer->lock);
		held_up = !checkpoint(writer, pages);
		pthread_mutex_lock(&writer->lock);
		if (!held_up && writer->wal_pages == pages)
			writer->wal_pages = 0; /* nothing came meanwhile */
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

/* ---- opening -------------------------------------------------------------- */

static enum status
start_threads(struct sqlite_writer *writer, struct fault *fault)
{
	if (pthread_create(&writer->writer_thread, NULL, writer_run, writer) !=
	    0)
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the store's writer thread");
	writer->writer_runs = true;
	pthread_setname_np(writer->writer_thread, "store-writer");
	if (pthread_create(&writer->keeper_thread, NULL, keeper_run, writer) !=
	    0)
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the store's keeper thread");
	writer->keeper_runs = true;
	pthread_setname_np(writer->keeper_thread, "store-keeper");
	return STATUS_OK;
}

static void
init_locks(struct sqlite_writer *writer)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&writer->lock, NULL);
	pthread_cond_init(&writer->work_wake, &monotonic);
	pthread_cond_init(&writer->keeper_wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

enum status
sqlite_writer_open(const struct sqlite_writer_args *args,
		   struct sqlite_writer **out, struct fault *fault)
{
	struct sqlite_writer *writer = mem_new(1, sizeof *writer);
	struct sqlite_connection_args keeper = args->connection;
	enum status status;

	writer->args = *args;
	writer->last = &writer->first;
	init_locks(writer);
	keeper.cache_kib = 256;
	status = sqlite_connection_open(args->store, &args->connection,
					&writer->connection, fault);
	if (status == STATUS_OK)
		status = sqlite_connection_open(args->store, &keeper,
						&writer->keeper, fault);
	if (status == STATUS_OK) {
		sqlite3_wal_hook(writer->connection->db, wal_grew, writer);
		status = start_threads(writer, fault);
	}
	if (status != STATUS_OK) {
		sqlite_writer_close(writer);
		return status;
	}
	*out = writer;
	return STATUS_OK;
}

void
sqlite_writer_close(struct sqlite_writer *writer)
{
	if (writer == NULL)
		return;
	pthread_mutex_lock(&writer->lock);
	writer->ending = true;
	pthread_cond_broadcast(&writer->work_wake);
	pthread_cond_broadcast(&writer->keeper_wake);
	pthread_mutex_unlock(&writer->lock);
	if (writer->writer_runs)
		pthread_join(writer->writer_thread, NULL);
	if (writer->keeper_runs)
		pthread_join(writer->keeper_thread, NULL);
	sqlite_connection_close(writer->keeper);
	sqlite_connection_close(writer->connection);
	pthread_mutex_destroy(&writer->lock);
	pthread_cond_destroy(&writer->work_wake);
	pthread_cond_destroy(&writer->keeper_wake);
	free(writer);
}
