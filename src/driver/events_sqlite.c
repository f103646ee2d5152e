/* events_sqlite.c - events in an SQLite file of their own; see events.h and
 * events_sqlite.h.
 *
 * The file is a store (driver/store.h) with another schema. Batches that arrive
 * while one is being written wait and are written together: the first of those
 * who wait writes for all (nobody sleeps while there is work and no writer).
 * Appends only add to the tail; a thread packs it.
 *
 * EVENTS_DURABILITY=second: commits do not fsync; a thread does each second. */
#include "driver/events_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define GROUP_EVENTS 16384
#define SCHEMA_VERSION 1
#define RETRY_MS 5000 /* after the packer failed */

static const char schema[] =
	"create table about (key text primary key, value integer not null) "
	"strict, without rowid;"
	"insert into about values ('version', 1), ('seq', 0), ('packed', 0), "
	"('raw_from', -1000000);"
	"create table people (number integer primary key, "
	"user_id integer unique, session integer unique) strict;"
	"create table words (number integer primary key, "
	"word text not null unique) strict;"
	"create table keys (key integer primary key, day integer not null) "
	"strict;"
	"create table tail (seq integer primary key, "
	"listens integer not null, bytes blob not null) strict;"
	"create table plays (seq integer primary key, bytes blob not null) "
	"strict;"
	"create table runs (day integer not null, run integer not null, "
	"listens integer not null, primary key (day, run)) "
	"strict, without rowid;"
	"create table blocks (number integer primary key, "
	"kind integer not null, day integer not null, run integer not null, "
	"first integer not null, bytes blob not null, "
	"unique (kind, day, run, first)) strict;"
	"create table active (day integer not null, "
	"listener integer not null, primary key (day, listener)) "
	"strict, without rowid;"
	"create table active_sets (day integer primary key, "
	"bytes blob not null) strict;"
	"create table requests (seq integer primary key autoincrement, "
	"at integer not null, listener integer not null, "
	"method integer, route integer, "
	"status integer not null, took integer not null, "
	"address text, client text) strict;"
	"create table searches (seq integer primary key autoincrement, "
	"at integer not null, listener integer not null, "
	"query text not null, surface integer, "
	"results integer not null, took integer not null, "
	"clicked integer, clicked_id integer) strict;"
	"create table activities (seq integer primary key autoincrement, "
	"at integer not null, listener integer not null, "
	"action integer, object integer, object_id integer) strict;"
	"create table counts (day integer not null, kind integer not null, "
	"id integer not null, count integer not null, "
	"primary key (day, kind, id)) strict, without rowid;"
	"create table queries (day integer not null, query text not null, "
	"count integer not null, empty integer not null, "
	"primary key (day, query)) strict, without rowid;";

/* Not in the logs of all that were made before, as marks. minutes is null but
 * for what sums up. */
static const char visits_schema[] =
	"alter table activities add column minutes integer;"
	"alter table activities add column tracks integer not null default 0;"
	"alter table activities add column searches integer not null "
	"default 0;";

static const char marks_schema[] =
	"create table if not exists marks (number integer primary key, "
	"first_at integer not null, last_at integer not null, "
	"bytes blob not null) strict;";

/* ---- maps ----------------------------------------------------------------- */

static size_t
slot_of(const struct number_map *map, uint64_t key)
{
	size_t slot = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) &
		      (map->room - 1);

	while (map->keys[slot] != 0 && map->keys[slot] != key)
		slot = (slot + 1) & (map->room - 1);
	return slot;
}

bool
number_map_get(const struct number_map *map, uint64_t key, int64_t *out)
{
	size_t slot;

	if (map->room == 0)
		return false;
	slot = slot_of(map, key);
	if (map->keys[slot] == 0)
		return false;
	*out = map->values[slot];
	return true;
}

static void
map_grow(struct number_map *map)
{
	struct number_map old = *map;

	map->room = old.room > 0 ? 2 * old.room : 256;
	map->keys = mem_new(map->room, sizeof *map->keys);
	map->values = mem_new(map->room, sizeof *map->values);
	for (size_t i = 0; i < old.room; i++)
		if (old.keys[i] != 0) {
			size_t slot = slot_of(map, old.keys[i]);

			map->keys[slot] = old.keys[i];
			map->values[slot] = old.values[i];
		}
	free(old.keys);
	free(old.values);
}

void
number_map_put(struct number_map *map, uint64_t key, int64_t value)
{
	size_t slot;

	if (2 * (map->count + 1) > map->room)
		map_grow(map);
	slot = slot_of(map, key);
	map->count += map->keys[slot] == 0;
	map->keys[slot] = key;
	map->values[slot] = value;
}

void
number_map_clear(struct number_map *map)
{
	free(map->keys);
	free(map->values);
	*map = (struct number_map){ 0 };
}

/* ---- opening -------------------------------------------------------------- */

static enum status
visits_columns(struct store_session *session, struct fault *fault)
{
	int64_t there = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from pragma_table_info('activities') "
		"where name = 'minutes'",
		SQL_NO_ARGS, &there, fault);

	if (status == STATUS_OK && there == 0)
		status = sql_script(session, visits_schema, fault);
	return status;
}

static enum status
schema_work(struct store_session *session, void *cookie, struct fault *fault)
{
	int64_t tables, version, *waiting = cookie;
	enum status status;

	status = sql_query_int(session,
			       "select count(*) from sqlite_schema "
			       "where name = 'about'",
			       SQL_NO_ARGS, &tables, fault);
	if (status == STATUS_OK && tables == 0)
		status = sql_script(session, schema, fault);
	if (status == STATUS_OK)
		status = sql_script(session, marks_schema, fault);
	if (status == STATUS_OK)
		status = visits_columns(session, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "insert into about values ('log', "
				  "abs(random() / 2) + 1) "
				  "on conflict do nothing",
				  SQL_NO_ARGS, NULL, fault);
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select value from about "
				       "where key = 'version'",
				       SQL_NO_ARGS, &version, fault);
	if (status == STATUS_OK && version != SCHEMA_VERSION)
		return fault_field(fault, STATUS_UNSUPPORTED, "events",
				   "the log of events has version %lld, this "
				   "program knows %d",
				   (long long)version, SCHEMA_VERSION);
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select coalesce(sum(listens), 0) "
				       "from tail",
				       SQL_NO_ARGS, waiting, fault);
	return status;
}

static void
wal_sync(struct sqlite_log *mine)
{
	struct buffer path;
	int fd;

	buffer_init(&path, 0);
	buffer_print(&path, "%s-wal", mine->path);
	fd = open(path.bytes, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && fdatasync(fd) != 0)
		log_error("events", "cannot sync the log of events",
			  LOG_TEXT("reason", strerror(errno)));
	if (fd >= 0)
		close(fd);
	buffer_release(&path);
}

static void
deadline_in_ms(struct timespec *out, int64_t ms)
{
	clock_gettime(CLOCK_MONOTONIC, out);
	out->tv_sec += ms / 1000;
	out->tv_nsec += ms % 1000 * 1000000;
	if (out->tv_nsec >= 1000000000) {
		out->tv_sec++;
		out->tv_nsec -= 1000000000;
	}
}

static void *
syncer_run(void *cookie)
{
	struct sqlite_log *mine = cookie;
	struct timespec at;

	pthread_mutex_lock(&mine->lock);
	while (!mine->ending) {
		deadline_in_ms(&at, 1000);
		pthread_cond_timedwait(&mine->syncer_wake, &mine->lock, &at);
		if (!atomic_exchange(&mine->sync_needed, false))
			continue;
		pthread_mutex_unlock(&mine->lock);
		wal_sync(mine);
		pthread_mutex_lock(&mine->lock);
	}
	pthread_mutex_unlock(&mine->lock);
	return NULL;
}

/* Packs while the tail is long. Under lock between packs. */
static void *
packer_run(void *cookie)
{
	struct sqlite_log *mine = cookie;
	struct fault fault = { 0 };
	struct timespec at;
	enum status status;

	pthread_mutex_lock(&mine->lock);
	while (!mine->ending) {
		if (atomic_load(&mine->tail_listens) < TAIL_LISTENS) {
			pthread_cond_wait(&mine->packer_wake, &mine->lock);
			continue;
		}
		pthread_mutex_unlock(&mine->lock);
		status = sqlite_log_pack(mine, &fault);
		if (status != STATUS_OK)
			log_warning("events", "cannot pack the newest events",
				    LOG_TEXT("reason", fault.message));
		pthread_mutex_lock(&mine->lock);
		mine->pack_failed = status != STATUS_OK;
		pthread_cond_broadcast(&mine->settled);
		if (status == STATUS_OK)
			continue;
		deadline_in_ms(&at, RETRY_MS);
		while (!mine->ending &&
		       pthread_cond_timedwait(&mine->packer_wake, &mine->lock,
					      &at) != ETIMEDOUT)
			;
	}
	pthread_mutex_unlock(&mine->lock);
	return NULL;
}

static void
log_close_all(struct events_log *log)
{
	struct sqlite_log *mine = sqlite_log_of(log);

	pthread_mutex_lock(&mine->lock);
	mine->ending = true;
	pthread_cond_signal(&mine->syncer_wake);
	pthread_cond_signal(&mine->packer_wake);
	pthread_mutex_unlock(&mine->lock);
	if (mine->has_syncer)
		pthread_join(mine->syncer, NULL);
	if (mine->has_packer)
		pthread_join(mine->packer, NULL);
	store_close(mine->store);
	number_map_clear(&mine->people);
	number_map_clear(&mine->sessions);
	number_map_clear(&mine->words);
	number_map_clear(&mine->active);
	pthread_mutex_destroy(&mine->lock);
	pthread_mutex_destroy(&mine->pack_lock);
	pthread_mutex_destroy(&mine->tail_lock);
	pthread_cond_destroy(&mine->settled);
	pthread_cond_destroy(&mine->syncer_wake);
	pthread_cond_destroy(&mine->packer_wake);
	free(mine->tail);
	free(mine->path);
	free(mine);
}

static void
init_locks(struct sqlite_log *mine)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&mine->lock, NULL);
	pthread_mutex_init(&mine->pack_lock, NULL);
	pthread_mutex_init(&mine->tail_lock, NULL);
	pthread_cond_init(&mine->settled, NULL);
	pthread_cond_init(&mine->syncer_wake, &monotonic);
	pthread_cond_init(&mine->packer_wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static enum status
open_threads(struct sqlite_log *mine, bool relaxed, struct fault *fault)
{
	mine->has_packer = pthread_create(&mine->packer, NULL, packer_run,
					  mine) == 0;
	if (mine->has_packer && relaxed)
		mine->has_syncer = pthread_create(&mine->syncer, NULL,
						  syncer_run, mine) == 0;
	if (!mine->has_packer || (relaxed && !mine->has_syncer))
		return fault_set(fault, STATUS_FAILED,
				 "cannot start a thread for events");
	pthread_setname_np(mine->packer, "events-packer");
	if (relaxed)
		pthread_setname_np(mine->syncer, "events-sync");
	return STATUS_OK;
}

static enum status
open_all(struct sqlite_log *mine, struct fault *fault)
{
	struct store_sqlite_settings sqlite = {
		.path = mine->path,
		.readers_max = mine->settings.readers_max,
		.cache_kib = mine->settings.cache_kib,
		.busy_timeout_ms = 10000,
		.relaxed = strcmp(mine->settings.durability, "second") == 0,
	};
	int64_t waiting = 0;
	enum status status = store_open(&store_driver_sqlite, &sqlite,
					&mine->store, fault);

	if (status == STATUS_OK)
		status = store_write(mine->store, schema_work, &waiting, fault);
	if (status != STATUS_OK)
		return status;
	atomic_store(&mine->tail_listens, waiting);
	return open_threads(mine, sqlite.relaxed, fault);
}

static enum status
log_open_all(const struct events_open_args *args, struct events_log **out,
	     struct fault *fault)
{
	struct sqlite_log *mine = mem_new(1, sizeof *mine);
	enum status status;

	mine->settings = *args->settings;
	mine->path = mem_copy_text(args->path);
	mine->last = &mine->first;
	mine->keys_tidied_day = INT32_MIN;
	init_locks(mine);
	status = open_all(mine, fault);
	if (status != STATUS_OK) {
		log_close_all(&mine->log);
		return status;
	}
	*out = &mine->log;
	return STATUS_OK;
}

/* ---- the queue ------------------------------------------------------------ */

static size_t
batch_size(const struct events_batch *batch)
{
	return batch->listen_count + batch->request_count +
	       batch->search_count + batch->activity_count;
}

/* Takes what waits, at most about GROUP_EVENTS. Under lock. */
static struct waiting_batch *
take_group(struct sqlite_log *mine)
{
	struct waiting_batch *group = mine->first, *end = group;
	size_t size = batch_size(group->batch);

	while (end->next != NULL &&
	       size + batch_size(end->next->batch) <= GROUP_EVENTS) {
		end = end->next;
		size += batch_size(end->batch);
	}
	mine->first = end->next;
	if (mine->first == NULL)
		mine->last = &mine->first;
	end->next = NULL;
	return group;
}

/* Writes a group; when that fails, each batch alone, so that one fails for
 * itself only. */
static void
run_group(struct sqlite_log *mine, struct waiting_batch *group)
{
	struct fault fault = { 0 };
	enum status status = sqlite_log_write(mine, group, &fault);

	for (struct waiting_batch *one = group, *next; one != NULL;
	     one = next) {
		next = one->next;
		one->status = status;
		one->fault = fault;
		if (status == STATUS_OK || group->next == NULL)
			continue;
		one->next = NULL;
		one->status = sqlite_log_write(mine, one, &one->fault);
		one->next = next;
	}
	atomic_store(&mine->sync_needed, true);
}

/* The packer cannot keep up: the tail is not to grow without a bound. */
static bool
tail_full(const struct sqlite_log *mine)
{
	return !mine->pack_failed &&
	       atomic_load(&mine->tail_listens) > TAIL_LISTENS_MAX;
}

static void
lead(struct sqlite_log *mine)
{
	struct waiting_batch *group = take_group(mine), *next;

	mine->busy = true;
	pthread_mutex_unlock(&mine->lock);
	run_group(mine, group);
	pthread_mutex_lock(&mine->lock);
	mine->busy = false;
	for (; group != NULL; group = next) {
		next = group->next; /* gone once it is done */
		group->done = true;
	}
	pthread_cond_broadcast(&mine->settled);
	if (atomic_load(&mine->tail_listens) >= TAIL_LISTENS)
		pthread_cond_signal(&mine->packer_wake);
}

void
sqlite_log_alone(struct sqlite_log *mine)
{
	pthread_mutex_lock(&mine->lock);
	while (mine->busy)
		pthread_cond_wait(&mine->settled, &mine->lock);
	mine->busy = true;
	pthread_mutex_unlock(&mine->lock);
}

void
sqlite_log_leave(struct sqlite_log *mine)
{
	pthread_mutex_lock(&mine->lock);
	mine->busy = false;
	pthread_cond_broadcast(&mine->settled);
	pthread_mutex_unlock(&mine->lock);
}

static enum status
log_append(struct events_log *log, const struct events_batch *batch,
	   struct events_receipt *receipt, struct fault *fault)
{
	struct sqlite_log *mine = sqlite_log_of(log);
	struct waiting_batch own = { .batch = batch };

	pthread_mutex_lock(&mine->lock);
	*mine->last = &own;
	mine->last = &own.next;
	while (!own.done)
		if (!mine->busy && !tail_full(mine))
			lead(mine);
		else
			pthread_cond_wait(&mine->settled, &mine->lock);
	pthread_mutex_unlock(&mine->lock);
	if (own.status != STATUS_OK) {
		if (fault != NULL)
			*fault = own.fault;
		return own.status;
	}
	*receipt = own.receipt;
	return STATUS_OK;
}

const struct events_driver events_driver_sqlite = {
	.name = "sqlite",
	.summary = "events.db in the data folder, with daily sums",
	.open = log_open_all,
	.close = log_close_all,
	.append = log_append,
	.state = sqlite_log_state,
	.sums = sqlite_log_sums,
	.top = sqlite_log_top,
	.totals = sqlite_log_totals,
	.listeners = sqlite_log_listeners,
	.listens = sqlite_log_listens,
	.counts = sqlite_log_counts,
	.queries = sqlite_log_queries,
	.requests = sqlite_log_requests,
	.searches = sqlite_log_searches,
	.activities = sqlite_log_activities,
	.plays_read = sqlite_log_plays_read,
	.plays_drop = sqlite_log_plays_drop,
	.forget_user = sqlite_log_forget_user,
	.tidy = sqlite_log_tidy,
	.check = sqlite_log_check,
};
