/* listening.c - notes, the thread that writes them, plays on their way to the
 * library; see listening.h. */
#include "service/listening_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "library/listening.h"
#include "service/kept_plays.h"
#include "service/merges.h"
#include "service/visits.h"

#define NOTES_MAX 8192	   /* of each type */
#define NOTES_WAKE 1024	   /* then the thread does not wait for its second */
#define TICK_MS 1000
#define TIDY_MS 60000
#define MINUTE_MS 60000
#define VISITS_AT_ONCE 64
#define TIDY_STEPS 50
#define RETRY_MS 5000	   /* after a failure */
#define CARRY_PLAYS 500
#define NEIGHBOURS_A_TICK 20
#define ACTIVE_MS 300000

static struct metric events_total = METRIC_COUNTER(
	"ogma_events_written_total", "Events written to the log of events.", "type");
static struct metric dropped_total = METRIC_COUNTER(
	"ogma_events_dropped_total",
	"Notes of requests that were dropped because too many waited.");
static struct metric waiting_now = METRIC_GAUGE(
	"ogma_event_queue_length", "Notes that wait to be written to the log.");
static struct metric plays_total = METRIC_COUNTER(
	"ogma_plays_total", "Plays counted in the library.");
static struct metric active_users = METRIC_GAUGE(
	"ogma_active_users", "People who did something in five minutes.");
static struct metric listening_users = METRIC_GAUGE(
	"ogma_listening_users", "People and sessions that listen now.");

#define OFFSET(field) offsetof(struct listening_settings, field)

const struct option listening_options[] = {
	{ .name = "GEOIP_DB", .type = OPTION_TEXT, .preset = "",
	  .summary = "A MaxMind file (.mmdb) that tells the country of an "
		     "address; empty: countries are not kept.",
	  .offset = OFFSET(geoip_path) },
	{ .name = "LISTEN_ANONYMOUS", .type = OPTION_BOOL, .preset = "true",
	  .summary = "Count what people hear who are not signed in.",
	  .offset = OFFSET(anonymous) },
	{ .name = "LISTEN_LATE_DAYS", .type = OPTION_U32, .preset = "14",
	  .unit = "days", .min = 1, .max = 36,
	  .summary = "How late a player may report what was heard without a "
		     "connection.",
	  .offset = OFFSET(late_days) },
	{ .name = "REQUEST_LOG", .type = OPTION_BOOL, .preset = "true",
	  .summary = "Keep API requests in the log of events.",
	  .offset = OFFSET(request_log) },
	{ 0 }
};

/* ---- notes ---------------------------------------------------------------- */

static void
notes_init(struct notes *notes)
{
	*notes = (struct notes){ 0 };
	arena_init(&notes->texts);
}

static void
notes_release(struct notes *notes)
{
	arena_release(&notes->texts);
	free(notes->requests);
	free(notes->searches);
	free(notes->activities);
}

static size_t
notes_count(const struct notes *notes)
{
	return notes->request_count + notes->search_count +
	       notes->activity_count;
}

/* After a note was added. Under lock. */
static void
noted(struct listening *listening)
{
	size_t count = notes_count(&listening->notes);

	atomic_store(&listening->waiting, count);
	if (count == NOTES_WAKE)
		pthread_cond_signal(&listening->wake);
}

void
listening_accepted(struct listening *listening, const char *type, size_t count)
{
	if (count == 0)
		return;
	atomic_fetch_add(&listening->accepted, count);
	counter_add(metric_cell(&events_total, type), (double)count);
}

/* At most EVENTS_BATCH_MAX of all. */
static enum status
notes_append(struct listening *listening, const struct notes *notes,
	     struct fault *fault)
{
	struct events_batch batch = {
		.requests = notes->requests,
		.request_count = notes->request_count,
		.searches = notes->searches,
		.search_count = notes->search_count,
		.activities = notes->activities,
		.activity_count = notes->activity_count,
	};
	struct events_receipt receipt;
	enum status status = events_append(listening->args.log, &batch,
					   &receipt, fault);

	if (status != STATUS_OK)
		return status;
	listening_accepted(listening, "request", notes->request_count);
	listening_accepted(listening, "search", notes->search_count);
	listening_accepted(listening, "activity", notes->activity_count);
	return STATUS_OK;
}

static void
append_logged(struct listening *listening, const struct notes *notes)
{
	struct fault fault = { 0 };

	if (notes_append(listening, notes, &fault) != STATUS_OK)
		log_warning("events", "cannot write notes",
			    LOG_INT("lost", notes_count(notes)),
			    LOG_TEXT("reason", fault.message));
}

/* Writes each type by itself, so that none is larger than a batch may be. */
static void
notes_flush(struct listening *listening)
{
	struct notes notes, part;

	pthread_mutex_lock(&listening->lock);
	notes = listening->notes;
	notes_init(&listening->notes);
	atomic_store(&listening->waiting, 0);
	pthread_mutex_unlock(&listening->lock);
	if (notes.request_count > 0) {
		part = (struct notes){ .requests = notes.requests,
				       .request_count = notes.request_count };
		append_logged(listening, &part);
	}
	if (notes.search_count > 0) {
		part = (struct notes){ .searches = notes.searches,
				       .search_count = notes.search_count };
		append_logged(listening, &part);
	}
	if (notes.activity_count > 0) {
		part = (struct notes){ .activities = notes.activities,
				       .activity_count =
					       notes.activity_count };
		append_logged(listening, &part);
	}
	notes_release(&notes);
}

/* What somebody asked for when the account was erased (the erasing itself, too)
 * is noted after the log has forgotten them. Under the lock. */
static bool
is_forgotten(const struct listening *listening, int64_t user_id)
{
	for (size_t i = 0; i < FORGOTTEN_KEPT; i++)
		if (user_id != 0 && listening->forgotten[i] == user_id)
			return true;
	return false;
}

static void
here_see(struct listening *listening, int64_t user_id, int64_t now_ms)
{
	bool gone;

	pthread_mutex_lock(&listening->lock);
	gone = is_forgotten(listening, user_id);
	pthread_mutex_unlock(&listening->lock);
	if (gone)
		return;
	presence_see(listening->presence, user_id, now_ms);
	visits_see(listening->visits, user_id, now_ms, 0, 0);
}

void
listening_note_request(struct listening *listening,
		       const struct event_request *request)
{
	struct notes *notes = &listening->notes;
	struct event_request *kept;

	if (request->user_id > 0)
		here_see(listening, request->user_id, request->at_ms);
	if (!listening->args.settings->request_log)
		return;
	pthread_mutex_lock(&listening->lock);
	if (notes->request_count == NOTES_MAX) {
		pthread_mutex_unlock(&listening->lock);
		atomic_fetch_add(&listening->dropped, 1);
		counter_add(metric_cell(&dropped_total), 1);
		return;
	}
	if (notes->requests == NULL)
		notes->requests = mem_new(NOTES_MAX, sizeof *notes->requests);
	kept = &notes->requests[notes->request_count++];
	*kept = *request;
	if (is_forgotten(listening, request->user_id)) {
		kept->user_id = 0;
		kept->address = kept->client = NULL;
	}
	kept->address = arena_copy_text(&notes->texts, kept->address);
	kept->client = arena_copy_text(&notes->texts, kept->client);
	noted(listening);
	pthread_mutex_unlock(&listening->lock);
}

void
listening_note_search(struct listening *listening,
		      const struct event_search *search)
{
	struct notes *notes = &listening->notes;
	struct event_search *kept;

	if (search->user_id > 0 && search->clicked == NULL)
		visits_see(listening->visits, search->user_id, search->at_ms,
			   0, 1);
	pthread_mutex_lock(&listening->lock);
	if (notes->search_count == NOTES_MAX) {
		struct event_search copy = *search;
		struct notes one = { .searches = &copy, .search_count = 1 };

		pthread_mutex_unlock(&listening->lock);
		append_logged(listening, &one);
		return;
	}
	if (notes->searches == NULL)
		notes->searches = mem_new(NOTES_MAX, sizeof *notes->searches);
	kept = &notes->searches[notes->search_count++];
	*kept = *search;
	if (is_forgotten(listening, search->user_id))
		kept->user_id = 0;
	kept->query = arena_copy_text(&notes->texts, search->query);
	kept->surface = arena_copy_text(&notes->texts, search->surface);
	kept->clicked = arena_copy_text(&notes->texts, search->clicked);
	noted(listening);
	pthread_mutex_unlock(&listening->lock);
}

void
listening_note_activity(struct listening *listening,
			const struct event_activity *activity)
{
	struct notes *notes = &listening->notes;
	struct event_activity *kept;

	pthread_mutex_lock(&listening->lock);
	if (notes->activity_count == NOTES_MAX) {
		struct event_activity copy = *activity;
		struct notes one = { .activities = &copy,
				     .activity_count = 1 };

		pthread_mutex_unlock(&listening->lock);
		append_logged(listening, &one);
		return;
	}
	if (notes->activities == NULL)
		notes->activities =
			mem_new(NOTES_MAX, sizeof *notes->activities);
	kept = &notes->activities[notes->activity_count++];
	*kept = *activity;
	if (is_forgotten(listening, activity->user_id))
		kept->user_id = 0;
	kept->action = arena_copy_text(&notes->texts, activity->action);
	kept->object = arena_copy_text(&notes->texts, activity->object);
	noted(listening);
	pthread_mutex_unlock(&listening->lock);
}

/* Visits that are over, as activities; all of them when now_ms is INT64_MAX. */
static void
visits_note(struct listening *listening, int64_t now_ms)
{
	struct visit over[VISITS_AT_ONCE];
	size_t count;

	do {
		count = visits_take(listening->visits, now_ms, over,
				    VISITS_AT_ONCE);
		for (size_t i = 0; i < count; i++) {
			int64_t stay_ms =
				over[i].seen_at_ms - over[i].began_at_ms;
			struct event_activity activity = {
				.at_ms = clock_now_ms(),
				.user_id = over[i].user_id,
				.action = "visit",
				.sums_up = true,
				.visit_minutes =
					(uint32_t)((stay_ms + MINUTE_MS / 2) /
						   MINUTE_MS),
				.tracks_played = over[i].tracks,
				.searches_made = over[i].searches,
			};

			listening_note_activity(listening, &activity);
		}
	} while (count == VISITS_AT_ONCE);
}

/* ---- plays to the library ------------------------------------------------- */

struct carrying {
	struct counted_play plays[CARRY_PLAYS];
	size_t count;
	int64_t counted, log_id;
};

static enum status
counted_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct carrying *carrying = cookie;

	return plays_counted(session, carrying->log_id, &carrying->counted,
			     fault);
}

static enum status
count_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct carrying *carrying = cookie;

	return plays_count(session, carrying->log_id, carrying->plays,
			   carrying->count, fault);
}

/* The store first, then the log's own copy: a play carried twice counts once,
 * because its number is kept with the counts. */
static enum status
carry_some(struct listening *listening, struct carrying *carrying,
	   struct fault *fault)
{
	struct events_play plays[CARRY_PLAYS];
	enum status status;

	status = events_plays_read(listening->args.log, carrying->counted,
				   plays, CARRY_PLAYS, &carrying->count, fault);
	if (status != STATUS_OK || carrying->count == 0)
		return status;
	for (size_t i = 0; i < carrying->count; i++)
		carrying->plays[i] = (struct counted_play){
			.seq = plays[i].seq,
			.at_ms = plays[i].at_ms,
			.user_id = plays[i].user_id,
			.track_id = plays[i].track_id,
		};
	status = store_write(listening->args.store, count_work, carrying,
			     fault);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < carrying->count; i++)
		recommend_mark(listening->recommend, plays[i].track_id);
	counter_add(metric_cell(&plays_total), (double)carrying->count);
	carrying->counted = plays[carrying->count - 1].seq;
	return events_plays_drop(listening->args.log, carrying->counted, fault);
}

static enum status
carry_plays(struct listening *listening, struct fault *fault)
{
	struct carrying *carrying = mem_new(1, sizeof *carrying);
	enum status status;

	carrying->log_id = listening->log_id;
	pthread_mutex_lock(&listening->carry_lock);
	status = store_read(listening->args.store, counted_work, carrying,
			    fault);
	do {
		if (status == STATUS_OK)
			status = carry_some(listening, carrying, fault);
	} while (status == STATUS_OK && carrying->count == CARRY_PLAYS);
	pthread_mutex_unlock(&listening->carry_lock);
	free(carrying);
	return status;
}

enum status
listening_catch_up(struct listening *listening, struct fault *fault)
{
	notes_flush(listening);
	return carry_plays(listening, fault);
}

/* ---- the thread ----------------------------------------------------------- */

static enum status
tidy(struct listening *listening, int64_t now_ms, struct fault *fault)
{
	bool more = true;
	enum status status = STATUS_OK;

	if (now_ms - listening->tidied_at_ms < TIDY_MS)
		return STATUS_OK;
	listening->tidied_at_ms = now_ms;
	for (int i = 0; i < TIDY_STEPS && more && status == STATUS_OK; i++)
		status = events_tidy(listening->args.log, now_ms, &more,
				     fault);
	return status;
}

static void
tick(struct listening *listening)
{
	int64_t now_ms = clock_now_ms();
	struct fault fault = { 0 };
	uint32_t left;
	enum status status;

	if (now_ms - listening->visits_at_ms >= MINUTE_MS) {
		listening->visits_at_ms = now_ms;
		visits_note(listening, now_ms);
	}
	notes_flush(listening);
	if (now_ms < listening->retry_at_ms)
		return;
	status = carry_plays(listening, &fault);
	if (status == STATUS_OK)
		status = recommend_step(listening->recommend,
					NEIGHBOURS_A_TICK, now_ms, &left,
					&fault);
	if (status == STATUS_OK)
		status = tidy(listening, now_ms, &fault);
	if (status == STATUS_OK)
		return;
	listening->retry_at_ms = now_ms + RETRY_MS;
	log_warning("events", "housekeeping of listens failed",
		    LOG_TEXT("reason", fault.message));
}

static void *
thread_run(void *cookie)
{
	struct listening *listening = cookie;
	struct timespec at;

	pthread_mutex_lock(&listening->lock);
	while (!listening->ending) {
		clock_gettime(CLOCK_MONOTONIC, &at);
		at.tv_sec += TICK_MS / 1000;
		if (notes_count(&listening->notes) < NOTES_WAKE)
			pthread_cond_timedwait(&listening->wake,
					       &listening->lock, &at);
		pthread_mutex_unlock(&listening->lock);
		tick(listening);
		pthread_mutex_lock(&listening->lock);
	}
	pthread_mutex_unlock(&listening->lock);
	return NULL;
}

static struct kept_top *tops_new(void);
static void tops_free(struct kept_top *tops);

/* ---- opening -------------------------------------------------------------- */

static void
refresh(void *cookie)
{
	struct listening *listening = cookie;
	int64_t now_ms = clock_now_ms();

	gauge_set(metric_cell(&waiting_now),
		  (double)atomic_load(&listening->waiting));
	gauge_set(metric_cell(&active_users),
		  presence_count(listening->presence, now_ms - ACTIVE_MS));
	gauge_set(metric_cell(&listening_users),
		  presence_listening_count(listening->presence, now_ms));
}

static void
init_locks(struct listening *listening)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&listening->lock, NULL);
	pthread_mutex_init(&listening->carry_lock, NULL);
	pthread_mutex_init(&listening->players_lock, NULL);
	pthread_mutex_init(&listening->tops_lock, NULL);
	pthread_cond_init(&listening->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void
register_metrics(void)
{
	metric_register(&events_total);
	metric_cell(&dropped_total);
	metric_cell(&plays_total);
	metric_register(&waiting_now);
	metric_register(&active_users);
	metric_register(&listening_users);
}

struct rewinding {
	struct events_state state;
};

static enum status
rewind_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct rewinding *rewinding = cookie;

	return plays_rewind(session, rewinding->state.log_id,
			    rewinding->state.seq, fault);
}

/* Which log it is, and whether it came out of a backup. */
static enum status
log_meet(struct listening *listening, struct fault *fault)
{
	struct rewinding rewinding;
	enum status status = events_get_state(listening->args.log,
					      &rewinding.state, fault);

	if (status != STATUS_OK)
		return status;
	listening->log_id = rewinding.state.log_id;
	return store_write(listening->args.store, rewind_work, &rewinding,
			   fault);
}

enum status
listening_open(const struct listening_args *args, struct listening **out,
	       struct fault *fault)
{
	struct listening *listening = mem_new(1, sizeof *listening);
	enum status status;

	listening->args = *args;
	notes_init(&listening->notes);
	init_locks(listening);
	players_init(listening);
	listening->tops = tops_new();
	register_metrics();
	listening->presence = presence_new();
	listening->recommend = recommend_new(args->store);
	listening->merges = merges_new(args->store);
	listening->visits = visits_new();
	metric_on_print(refresh, listening);
	status = countries_open(args->settings->geoip_path,
				&listening->countries, fault);
	if (status == STATUS_OK)
		status = log_meet(listening, fault);
	if (status == STATUS_OK && args->follow) {
		listening->has_thread = pthread_create(&listening->thread, NULL,
						       thread_run,
						       listening) == 0;
		if (!listening->has_thread)
			status = fault_set(fault, STATUS_FAILED,
					   "cannot start a thread for events");
	}
	if (status != STATUS_OK) {
		listening_close(listening);
		return status;
	}
	if (listening->has_thread)
		pthread_setname_np(listening->thread, "events");
	*out = listening;
	return STATUS_OK;
}

void
listening_close(struct listening *listening)
{
	if (listening == NULL)
		return;
	pthread_mutex_lock(&listening->lock);
	listening->ending = true;
	pthread_cond_signal(&listening->wake);
	pthread_mutex_unlock(&listening->lock);
	if (listening->has_thread)
		pthread_join(listening->thread, NULL);
	visits_note(listening, INT64_MAX);
	notes_flush(listening);
	metric_off_print(listening);
	notes_release(&listening->notes);
	players_release(listening);
	tops_free(listening->tops);
	merges_free(listening->merges);
	visits_free(listening->visits);
	recommend_free(listening->recommend);
	presence_free(listening->presence);
	countries_close(listening->countries);
	pthread_mutex_destroy(&listening->lock);
	pthread_mutex_destroy(&listening->carry_lock);
	pthread_mutex_destroy(&listening->players_lock);
	pthread_mutex_destroy(&listening->tops_lock);
	pthread_cond_destroy(&listening->wake);
	free(listening);
}

struct events_log *
listening_log(struct listening *listening)
{
	return listening->args.log;
}

struct store *
listening_store(struct listening *listening)
{
	return listening->args.store;
}

/* ---- tops that are remembered --------------------------------------------- */

#define KEPT_TOPS 64
#define KEPT_TOP_MS 60000

struct kept_top {
	enum events_kind kind;
	struct events_range range;
	int64_t made_at_ms; /* 0: free */
	int64_t total;
	size_t count;
	struct events_rank *items;
};

static struct kept_top *
tops_new(void)
{
	return mem_new(KEPT_TOPS, sizeof(struct kept_top));
}

static void
tops_free(struct kept_top *tops)
{
	for (size_t i = 0; i < KEPT_TOPS; i++)
		free(tops[i].items);
	free(tops);
}

static bool
top_recall(struct listening *listening, struct arena *arena,
	   enum events_kind kind, const struct events_range *range,
	   struct events_top *out)
{
	int64_t after_ms = clock_monotonic_ms() - KEPT_TOP_MS;
	bool found = false;

	pthread_mutex_lock(&listening->tops_lock);
	for (size_t i = 0; i < KEPT_TOPS && !found; i++) {
		const struct kept_top *top = &listening->tops[i];

		found = top->items != NULL && top->kind == kind &&
			top->range.first_day == range->first_day &&
			top->range.last_day == range->last_day &&
			top->made_at_ms > after_ms;
		if (!found)
			continue;
		out->items = arena_new(arena, struct events_rank,
				       top->count + 1);
		memcpy(out->items, top->items,
		       top->count * sizeof *out->items);
		out->count = top->count;
		out->total = top->total;
	}
	pthread_mutex_unlock(&listening->tops_lock);
	return found;
}

static void
top_remember(struct listening *listening, enum events_kind kind,
	     const struct events_range *range, const struct events_top *top)
{
	struct kept_top *kept;

	pthread_mutex_lock(&listening->tops_lock);
	kept = &listening->tops[listening->next_top++ % KEPT_TOPS];
	free(kept->items);
	*kept = (struct kept_top){
		.kind = kind,
		.range = *range,
		.made_at_ms = clock_monotonic_ms(),
		.total = top->total,
		.count = top->count,
		.items = mem_new(top->count + 1, sizeof *kept->items),
	};
	if (top->count > 0)
		memcpy(kept->items, top->items,
		       top->count * sizeof *kept->items);
	pthread_mutex_unlock(&listening->tops_lock);
}

enum status
listening_top(struct listening *listening, struct arena *arena,
	      enum events_kind kind, const struct events_range *range,
	      struct events_top *out, struct fault *fault)
{
	enum status status;

	if (top_recall(listening, arena, kind, range, out))
		return STATUS_OK;
	status = kept_top(listening, arena, kind, range, out, fault);
	if (status == STATUS_OK)
		top_remember(listening, kind, range, out);
	return status;
}

void
listening_tops_forget(struct listening *listening)
{
	pthread_mutex_lock(&listening->tops_lock);
	for (size_t i = 0; i < KEPT_TOPS; i++) {
		free(listening->tops[i].items);
		listening->tops[i] = (struct kept_top){ 0 };
	}
	pthread_mutex_unlock(&listening->tops_lock);
}

struct presence *
listening_presence(struct listening *listening)
{
	return listening->presence;
}

void
listening_count(struct listening *listening, struct listening_counts *out)
{
	*out = (struct listening_counts){
		.accepted = atomic_load(&listening->accepted),
		.dropped = atomic_load(&listening->dropped),
		.waiting = atomic_load(&listening->waiting),
	};
}

static enum status
forget_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const int64_t *user_id = cookie;

	return heard_forget_user(session, *user_id, fault);
}

/* Plays under way are carried first: they would come back else. */
enum status
listening_forget_user(struct listening *listening, int64_t user_id,
		      struct fault *fault)
{
	enum status status;

	pthread_mutex_lock(&listening->lock);
	listening->forgotten[listening->next_forgotten++ % FORGOTTEN_KEPT] =
		user_id;
	pthread_mutex_unlock(&listening->lock);
	visits_forget(listening->visits, user_id);
	status = listening_catch_up(listening, fault);
	if (status == STATUS_OK)
		status = events_forget_user(listening->args.log, user_id,
					    fault);
	if (status == STATUS_OK)
		status = store_write(listening->args.store, forget_work,
				     &user_id, fault);
	return status;
}
