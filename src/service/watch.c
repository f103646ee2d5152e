/* watch.c - keeps the library in step with its folders while Ogma serves; see
 * watch.h.
 *
 * A keeper thread looks at the sources table and gives each active source a
 * thread of its own. That thread first sets the watch and then scans, so that
 * nothing falls between the two. A source that is not there is looked for every
 * few seconds and scanned when it comes back. */
#include "service/watch.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "driver/source.h"
#include "driver/store.h"
#include "library/sources.h"
#include "service/place.h"

#define KEEPER_TICK_MS 3000
#define WAIT_MAX_MS 5000      /* one wait for changes, to see the stop flag */
#define BUSY_AGAIN_MS 1000    /* somebody else scans this source */
#define GONE_AGAIN_MS 5000    /* the source is not there */
#define FAILED_AGAIN_MS 60000 /* the scan failed for another reason */

const struct option watch_options[] = {
	{ .name = "SCAN_AT_START", .type = OPTION_BOOL, .preset = "yes",
	  .summary = "Scan all sources when the server starts.",
	  .offset = offsetof(struct watch_settings, scan_at_start) },
	{ .name = "WATCH_FOLDERS", .type = OPTION_BOOL, .preset = "yes",
	  .summary = "Notice changed files at once, by inotify.",
	  .offset = offsetof(struct watch_settings, folders) },
	{ .name = "WATCH_FOLDERS_MAX", .type = OPTION_U32, .preset = "0",
	  .summary = "Folders watched in one source; 0: as many as the kernel "
		     "allows. With more, only the rescan interval counts.",
	  .offset = offsetof(struct watch_settings, folders_max) },
	{ .name = "WATCH_QUIET_MS", .type = OPTION_U32, .preset = "1000",
	  .unit = "ms",
	  .summary = "A changed folder is scanned when it rested so long.",
	  .min = 50, .max = 600000,
	  .offset = offsetof(struct watch_settings, quiet_ms) },
	{ .name = "RESCAN_INTERVAL_SECONDS", .type = OPTION_U32,
	  .preset = "21600", .unit = "s",
	  .summary = "All sources are scanned so often; 0: never.",
	  .offset = offsetof(struct watch_settings,
			     rescan_interval_seconds) },
	{ 0 },
};

struct watched_source {
	struct watched_source *next;
	struct watch *watch;
	int64_t id;
	char *kind, *root, *config;
	bool wanted; /* still in the table; of the keeper */
	pthread_t thread;
	atomic_bool stop;

	pthread_mutex_t lock; /* of what is below */
	pthread_cond_t woken;
	struct source_watch *changes; /* NULL: not watched */

	/* of the thread */
	struct source *source;
	bool unwatchable, was_gone;
	bool scan_due;
	int64_t scan_not_before_ms, rescan_ms, watch_retry_ms;
};

struct watch {
	const struct scan_services *services;
	const struct watch_settings *settings;
	pthread_t keeper;
	struct watched_source *sources; /* of the keeper */

	pthread_mutex_t lock; /* of what is below */
	pthread_cond_t woken;
	bool closing;
	uint64_t wakes;
};

static struct timespec
time_in(int64_t wait_ms)
{
	int64_t end_ms = clock_now_ms() + wait_ms;

	return (struct timespec){ .tv_sec = end_ms / 1000,
				  .tv_nsec = end_ms % 1000 * 1000000 };
}

/* ---- one source ----------------------------------------------------------- */

/* Scans all of it, or some parts; plans what comes next by how it ended. */
static void
source_scan(struct watched_source *watched, const struct source_changes *parts)
{
	struct scan_args args = { .source_id = watched->id,
				  .stop = &watched->stop };
	const struct watch_settings *settings = watched->watch->settings;
	int64_t now_ms, again_ms = 0;
	struct fault fault = { 0 };
	enum status status;

	if (parts != NULL) {
		args.parts = parts->items;
		args.part_count = parts->count;
	}
	status = scan_run(watched->watch->services, &args, NULL, NULL, &fault);
	now_ms = clock_monotonic_ms();
	if (status == STATUS_OK || status == STATUS_CANCELLED) {
		/* One that was cancelled by a person is not begun again. */
		if (parts == NULL)
			watched->scan_due = false;
		watched->was_gone = false;
	} else if (status == STATUS_CONFLICT) {
		again_ms = BUSY_AGAIN_MS;
	} else if (status == STATUS_UNAVAILABLE) {
		again_ms = GONE_AGAIN_MS;
		watched->was_gone = true;
	} else {
		again_ms = FAILED_AGAIN_MS;
	}
	if (again_ms > 0) {
		watched->scan_due = true;
		watched->scan_not_before_ms = now_ms + again_ms;
	}
	if (parts == NULL && settings->rescan_interval_seconds > 0)
		watched->rescan_ms =
			now_ms +
			(int64_t)settings->rescan_interval_seconds * 1000;
}

static void
changes_set(struct watched_source *watched, struct source_watch *changes)
{
	struct source_watch *old;

	pthread_mutex_lock(&watched->lock);
	old = watched->changes;
	watched->changes = changes;
	pthread_mutex_unlock(&watched->lock);
	source_watch_close(old);
}

/* Sets the watch when there is none and there may be one. */
static void
changes_open(struct watched_source *watched)
{
	int64_t now_ms = clock_monotonic_ms();
	struct source_watch *changes;
	struct fault fault = { 0 };
	enum status status;

	if (watched->changes != NULL || watched->unwatchable ||
	    now_ms < watched->watch_retry_ms)
		return;
	status = source_watch_open(watched->source, &changes, &fault);
	if (status == STATUS_OK) {
		changes_set(watched, changes);
		return;
	}
	watched->watch_retry_ms = now_ms + GONE_AGAIN_MS;
	if (status != STATUS_FULL)
		return;
	watched->unwatchable = true;
	log_warning("watch", "folders are not watched: changes are found at "
			     "the rescan interval only",
		    LOG_TEXT("root", watched->root),
		    LOG_TEXT("reason", fault.message));
}

static void
changes_wait(struct watched_source *watched, uint32_t timeout_ms)
{
	const struct watch_settings *settings = watched->watch->settings;
	struct source_changes changes;
	struct fault fault = { 0 };
	enum status status;

	status = source_watch_wait(watched->changes, settings->quiet_ms,
				   timeout_ms, &changes, &fault);
	if (status != STATUS_OK) {
		/* A watch that was lost misses things: scan when it is back. */
		changes_set(watched, NULL);
		watched->scan_due = true;
		watched->scan_not_before_ms =
			clock_monotonic_ms() + BUSY_AGAIN_MS;
		watched->unwatchable = status == STATUS_FULL;
		return;
	}
	if (atomic_load(&watched->stop))
		return;
	if (changes.rescan)
		watched->scan_due = true;
	else if (changes.count > 0 && !watched->scan_due)
		source_scan(watched, &changes);
}

static void
plain_wait(struct watched_source *watched, uint32_t timeout_ms)
{
	struct timespec end = time_in(timeout_ms);

	pthread_mutex_lock(&watched->lock);
	if (!atomic_load(&watched->stop))
		pthread_cond_timedwait(&watched->woken, &watched->lock, &end);
	pthread_mutex_unlock(&watched->lock);
}

static uint32_t
wait_until_due(const struct watched_source *watched)
{
	int64_t now_ms = clock_monotonic_ms(), wait_ms = WAIT_MAX_MS;

	if (watched->scan_due && watched->scan_not_before_ms - now_ms < wait_ms)
		wait_ms = watched->scan_not_before_ms - now_ms;
	if (watched->rescan_ms > 0 && watched->rescan_ms - now_ms < wait_ms)
		wait_ms = watched->rescan_ms - now_ms;
	return wait_ms < 1 ? 1 : (uint32_t)wait_ms;
}

static void *
source_run(void *cookie)
{
	struct watched_source *watched = cookie;

	while (!atomic_load(&watched->stop)) {
		int64_t now_ms = clock_monotonic_ms();

		changes_open(watched);
		if (watched->rescan_ms > 0 && now_ms >= watched->rescan_ms)
			watched->scan_due = true;
		/* A disk that is away fails the scan each time; the check
		 * costs nothing and leaves no row. */
		if (watched->scan_due && now_ms >= watched->scan_not_before_ms) {
			if (watched->was_gone &&
			    source_check(watched->source, NULL) != STATUS_OK)
				watched->scan_not_before_ms =
					now_ms + GONE_AGAIN_MS;
			else
				source_scan(watched, NULL);
			continue;
		}
		if (watched->changes != NULL)
			changes_wait(watched, wait_until_due(watched));
		else
			plain_wait(watched, wait_until_due(watched));
	}
	changes_set(watched, NULL);
	return NULL;
}

static void
source_free(struct watched_source *watched)
{
	source_close(watched->source);
	pthread_cond_destroy(&watched->woken);
	pthread_mutex_destroy(&watched->lock);
	free(watched->kind);
	free(watched->root);
	free(watched->config);
	free(watched);
}

static void
source_stop(struct watched_source *watched)
{
	atomic_store(&watched->stop, true);
	pthread_mutex_lock(&watched->lock);
	if (watched->changes != NULL)
		source_watch_wake(watched->changes);
	pthread_cond_broadcast(&watched->woken);
	pthread_mutex_unlock(&watched->lock);
}

static void
source_start(struct watch *watch, const struct source_row *row)
{
	const struct place place = { row->kind, row->root, row->config };
	const struct source_args args = {
		.walkers = watch->services->settings->walkers,
		.watches_max = watch->settings->folders_max,
		.links = watch->services->settings->links,
		.s3 = watch->services->s3,
	};
	struct watched_source *watched = mem_new(1, sizeof *watched);
	struct fault fault;

	watched->watch = watch;
	watched->id = row->id;
	watched->kind = mem_copy_text(row->kind);
	watched->root = mem_copy_text(row->root);
	watched->config = mem_copy_text(row->config);
	watched->wanted = true;
	pthread_mutex_init(&watched->lock, NULL);
	pthread_cond_init(&watched->woken, NULL);
	if (place_open(&place, &args, &watched->source, &fault) != STATUS_OK) {
		log_warning("watch", "a source cannot be opened",
			    LOG_TEXT("root", row->root),
			    LOG_TEXT("reason", fault.message));
		source_free(watched);
		return;
	}
	watched->unwatchable = !watch->settings->folders ||
			       !source_can_watch(watched->source);
	watched->scan_due = watch->settings->scan_at_start;
	if (watch->settings->rescan_interval_seconds > 0)
		watched->rescan_ms =
			clock_monotonic_ms() +
			(int64_t)watch->settings->rescan_interval_seconds *
				1000;
	if (pthread_create(&watched->thread, NULL, source_run, watched) != 0) {
		log_warning("watch", "cannot start a thread for a source",
			    LOG_TEXT("root", row->root));
		source_free(watched);
		return;
	}
	watched->next = watch->sources;
	watch->sources = watched;
}

/* ---- the keeper ----------------------------------------------------------- */

struct sources_question {
	struct arena *arena;
	struct source_row *rows;
	size_t count;
};

static enum status
sources_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct sources_question *question = cookie;

	return sources_list(session, question->arena, &question->rows,
			    &question->count, fault);
}

static struct watched_source *
source_find(struct watch *watch, const struct source_row *row)
{
	struct watched_source *at = watch->sources;

	while (at != NULL && (at->id != row->id ||
			      strcmp(at->root, row->root) != 0 ||
			      strcmp(at->config, row->config) != 0 ||
			      strcmp(at->kind, row->kind) != 0))
		at = at->next;
	return at;
}

static void
unwanted_end(struct watch *watch, bool all)
{
	struct watched_source **link;

	for (struct watched_source *at = watch->sources; at != NULL;
	     at = at->next) {
		if (all || !at->wanted)
			source_stop(at);
	}
	for (link = &watch->sources; *link != NULL;) {
		struct watched_source *gone = *link;

		if (!all && gone->wanted) {
			link = &gone->next;
			continue;
		}
		*link = gone->next;
		pthread_join(gone->thread, NULL);
		source_free(gone);
	}
}

static void
sources_follow(struct watch *watch)
{
	struct sources_question question = { 0 };
	struct arena arena;

	arena_init(&arena);
	question.arena = &arena;
	if (store_read(watch->services->store, sources_ask, &question, NULL) ==
	    STATUS_OK) {
		for (struct watched_source *at = watch->sources; at != NULL;
		     at = at->next)
			at->wanted = false;
		for (size_t i = 0; i < question.count; i++) {
			struct watched_source *known =
				source_find(watch, &question.rows[i]);

			if (question.rows[i].state != SOURCE_ACTIVE)
				continue;
			if (known != NULL)
				known->wanted = true;
			else
				source_start(watch, &question.rows[i]);
		}
		unwanted_end(watch, false);
	}
	arena_release(&arena);
}

static void *
keeper_run(void *cookie)
{
	struct watch *watch = cookie;
	uint64_t wakes = 0;

	for (;;) {
		struct timespec end = time_in(KEEPER_TICK_MS);
		bool closing;

		sources_follow(watch);
		pthread_mutex_lock(&watch->lock);
		while (!watch->closing && watch->wakes == wakes &&
		       pthread_cond_timedwait(&watch->woken, &watch->lock,
					      &end) == 0)
			;
		wakes = watch->wakes;
		closing = watch->closing;
		pthread_mutex_unlock(&watch->lock);
		if (closing)
			break;
	}
	unwanted_end(watch, true);
	return NULL;
}

enum status
watch_open(const struct scan_services *services,
	   const struct watch_settings *settings, struct watch **out,
	   struct fault *fault)
{
	struct watch *watch = mem_new(1, sizeof *watch);

	watch->services = services;
	watch->settings = settings;
	pthread_mutex_init(&watch->lock, NULL);
	pthread_cond_init(&watch->woken, NULL);
	if (pthread_create(&watch->keeper, NULL, keeper_run, watch) != 0) {
		free(watch);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the thread that watches");
	}
	*out = watch;
	return STATUS_OK;
}

void
watch_close(struct watch *watch)
{
	if (watch == NULL)
		return;
	pthread_mutex_lock(&watch->lock);
	watch->closing = true;
	pthread_cond_broadcast(&watch->woken);
	pthread_mutex_unlock(&watch->lock);
	pthread_join(watch->keeper, NULL);
	pthread_cond_destroy(&watch->woken);
	pthread_mutex_destroy(&watch->lock);
	free(watch);
}

void
watch_wake(struct watch *watch)
{
	pthread_mutex_lock(&watch->lock);
	watch->wakes++;
	pthread_cond_broadcast(&watch->woken);
	pthread_mutex_unlock(&watch->lock);
}
