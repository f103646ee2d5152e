/* events.c - the calls of events.h: assertions and what holds for every
 * driver. */
#include "driver/events.h"

#include <assert.h>
#include <string.h>

#include "base/fold.h"

static const char *const action_names[EVENT_ACTIONS] = {
	[EVENT_START] = "start",       [EVENT_PROGRESS] = "progress",
	[EVENT_PAUSE] = "pause",       [EVENT_SEEK] = "seek",
	[EVENT_COMPLETE] = "complete", [EVENT_SKIP] = "skip",
};

static const char *const source_names[EVENT_SOURCES] = {
	[EVENT_FROM_LIBRARY] = "library",
	[EVENT_FROM_ALBUM] = "album",
	[EVENT_FROM_ARTIST] = "artist",
	[EVENT_FROM_PLAYLIST] = "playlist",
	[EVENT_FROM_RADIO] = "radio",
	[EVENT_FROM_SEARCH] = "search",
	[EVENT_FROM_RECOMMENDATION] = "recommendation",
	[EVENT_FROM_FAVORITES] = "favorites",
	[EVENT_FROM_QUEUE] = "queue",
	[EVENT_FROM_OTHER] = "other",
};

int
events_rank_compare(const void *a, const void *b)
{
	const struct events_rank *x = a, *y = b;

	if (x->plays != y->plays)
		return x->plays > y->plays ? -1 : 1;
	if (x->heard_ms != y->heard_ms)
		return x->heard_ms > y->heard_ms ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

const struct option events_options[] = {
	{ .name = "EVENTS_DURABILITY", .type = OPTION_TEXT, .preset = "commit",
	  .summary = "When a listen is acknowledged: commit (it survives a "
		     "power loss) or second (it survives a crash of Ogma; a "
		     "power loss may take the last second).",
	  .offset = offsetof(struct events_settings, durability) },
	{ .name = "EVENTS_KEEP_DAYS", .type = OPTION_U32, .preset = "0",
	  .unit = "days", .min = 0, .max = 36500,
	  .summary = "How long single listens are kept; 0: for ever. Daily "
		     "sums stay.",
	  .offset = offsetof(struct events_settings, keep_listens_days) },
	{ .name = "REQUEST_LOG_KEEP_DAYS", .type = OPTION_U32, .preset = "14",
	  .unit = "days", .min = 1, .max = 3650,
	  .summary = "How long the log of API requests is kept.",
	  .offset = offsetof(struct events_settings, keep_requests_days) },
	{ .name = "SEARCH_LOG_KEEP_DAYS", .type = OPTION_U32, .preset = "90",
	  .unit = "days", .min = 1, .max = 3650,
	  .summary = "How long the log of searches is kept.",
	  .offset = offsetof(struct events_settings, keep_searches_days) },
	{ .name = "ACTIVITY_KEEP_DAYS", .type = OPTION_U32, .preset = "180",
	  .unit = "days", .min = 1, .max = 3650,
	  .summary = "How long the log of what people did is kept.",
	  .offset = offsetof(struct events_settings, keep_activity_days) },
	{ .name = "EVENTS_READERS", .type = OPTION_U32, .preset = "3",
	  .summary = "Connections that read the log of events at the same "
		     "time.",
	  .min = 1, .max = 32,
	  .offset = offsetof(struct events_settings, readers_max) },
	{ .name = "EVENTS_CACHE_KIB", .type = OPTION_U32, .preset = "1024",
	  .unit = "KiB", .min = 64, .max = 1048576,
	  .summary = "Page cache of each of them (16 times as much while "
		     "writing).",
	  .offset = offsetof(struct events_settings, cache_kib) },
	{ 0 },
};

const char *
event_action_name(enum event_action action)
{
	assert((unsigned)action < EVENT_ACTIONS);
	return action_names[action];
}

bool
event_action_parse(const char *name, enum event_action *out)
{
	for (int i = 0; i < EVENT_ACTIONS; i++)
		if (strcmp(name, action_names[i]) == 0) {
			*out = (enum event_action)i;
			return true;
		}
	return false;
}

const char *
event_source_name(enum event_source source)
{
	assert((unsigned)source < EVENT_SOURCES);
	return source_names[source];
}

bool
event_source_parse(const char *name, enum event_source *out)
{
	for (int i = 0; i < EVENT_SOURCES; i++)
		if (strcmp(name, source_names[i]) == 0) {
			*out = (enum event_source)i;
			return true;
		}
	return false;
}

int32_t
events_day_of(int64_t at_ms)
{
	int64_t day = at_ms / DAY_MS;

	return (int32_t)(at_ms % DAY_MS < 0 ? day - 1 : day);
}

void
events_driver_check(const struct events_driver *driver)
{
	assert(driver->name && driver->summary);
	assert(driver->open && driver->close && driver->append);
	assert(driver->state && driver->sums && driver->top);
	assert(driver->totals && driver->listeners && driver->listens);
	assert(driver->counts && driver->queries && driver->requests);
	assert(driver->searches && driver->activities);
	assert(driver->plays_read && driver->plays_drop);
	assert(driver->forget_user && driver->tidy && driver->check);
	(void)driver;
}

enum status
events_open(const struct events_driver *driver,
	    const struct events_open_args *args, struct events_log **out,
	    struct fault *fault)
{
	const char *durability = args->settings->durability;
	enum status status;

	events_driver_check(driver);
	if (strcmp(durability, "commit") != 0 &&
	    strcmp(durability, "second") != 0)
		return fault_field(fault, STATUS_INVALID, "EVENTS_DURABILITY",
				   "EVENTS_DURABILITY: \"%s\" is neither "
				   "commit nor second",
				   durability);
	status = driver->open(args, out, fault);
	if (status == STATUS_OK)
		(*out)->driver = driver;
	return status;
}

void
events_close(struct events_log *log)
{
	if (log != NULL)
		log->driver->close(log);
}

static inline bool
range_good(const struct events_range *range)
{
	return range->first_day <= range->last_day &&
	       range->last_day - range->first_day < EVENTS_DAYS_MAX;
}

static inline bool
kind_ranked(enum events_kind kind)
{
	return kind == EVENTS_TRACK || kind == EVENTS_ARTIST ||
	       kind == EVENTS_GENRE;
}

enum status
events_append(struct events_log *log, const struct events_batch *batch,
	      struct events_receipt *receipt, struct fault *fault)
{
	assert(batch->listen_count + batch->request_count +
		       batch->search_count + batch->activity_count <=
	       EVENTS_BATCH_MAX);
	return log->driver->append(log, batch, receipt, fault);
}

enum status
events_get_state(struct events_log *log, struct events_state *out,
		 struct fault *fault)
{
	return log->driver->state(log, out, fault);
}

enum status
events_sums(struct events_log *log, struct arena *arena, enum events_kind kind,
	    int64_t id, const struct events_range *range,
	    struct events_sum **out, size_t *count, struct fault *fault)
{
	assert(range_good(range) && kind != EVENTS_ACTIVE);
	assert(id != EVENTS_EVERY ||
	       (kind != EVENTS_TRACK && kind != EVENTS_ARTIST &&
		kind != EVENTS_USER));
	return log->driver->sums(log, arena, kind, id, range, out, count,
				 fault);
}

enum status
events_top(struct events_log *log, struct arena *arena, enum events_kind kind,
	   const struct events_range *range, uint32_t limit,
	   struct events_top *out, struct fault *fault)
{
	assert(range_good(range) && kind_ranked(kind));
	assert(limit > 0 && limit <= EVENTS_TOP_MAX);
	return log->driver->top(log, arena, kind, range, limit, out, fault);
}

enum status
events_totals(struct events_log *log, struct arena *arena,
	      enum events_kind kind, const int64_t *ids, size_t count,
	      const struct events_range *range, struct events_sum **out,
	      struct fault *fault)
{
	assert(range_good(range) && kind_ranked(kind));
	return log->driver->totals(log, arena, kind, ids, count, range, out,
				   fault);
}

enum status
events_listeners(struct events_log *log, struct arena *arena,
		 enum events_kind kind, int64_t id,
		 const struct events_range *range, uint32_t window_days,
		 struct events_listeners *out, struct fault *fault)
{
	return events_listeners_of_any(log, arena, kind, &id, 1, range,
				       window_days, out, fault);
}

enum status
events_listeners_of_any(struct events_log *log, struct arena *arena,
			enum events_kind kind, const int64_t *ids,
			size_t id_count, const struct events_range *range,
			uint32_t window_days, struct events_listeners *out,
			struct fault *fault)
{
	assert(range_good(range) && window_days > 0 && id_count > 0);
	assert(kind == EVENTS_TRACK || kind == EVENTS_ARTIST ||
	       kind == EVENTS_TOTAL || kind == EVENTS_ACTIVE);
	return log->driver->listeners(log, arena, kind, ids, id_count, range,
				      window_days, out, fault);
}

enum status
events_listens(struct events_log *log, const struct events_walk *walk,
	       event_listen_visit *visit, void *cookie, struct fault *fault)
{
	return log->driver->listens(log, walk, visit, cookie, fault);
}

enum status
events_counts(struct events_log *log, struct arena *arena,
	      enum events_count_kind kind, const struct events_range *range,
	      struct events_count **out, size_t *count, struct fault *fault)
{
	assert(range_good(range));
	return log->driver->counts(log, arena, kind, range, out, count, fault);
}

enum status
events_queries(struct events_log *log, struct arena *arena,
	       const struct events_range *range, uint32_t limit,
	       struct events_query_rank **out, size_t *count,
	       struct fault *fault)
{
	assert(range_good(range));
	return log->driver->queries(log, arena, range, limit, out, count,
				    fault);
}

enum status
events_requests(struct events_log *log, const struct events_look *look,
		event_request_visit *visit, void *cookie, struct fault *fault)
{
	return log->driver->requests(log, look, visit, cookie, fault);
}

enum status
events_searches(struct events_log *log, const struct events_look *look,
		event_search_visit *visit, void *cookie, struct fault *fault)
{
	return log->driver->searches(log, look, visit, cookie, fault);
}

enum status
events_activities(struct events_log *log, const struct events_look *look,
		  event_activity_visit *visit, void *cookie,
		  struct fault *fault)
{
	return log->driver->activities(log, look, visit, cookie, fault);
}

bool
events_text_has(struct arena *arena, const char *folded, const char *text)
{
	return text != NULL &&
	       strstr(fold_identity(arena, text), folded) != NULL;
}

static bool
look_takes_text(const struct events_look *look, const char *text)
{
	struct arena arena;
	bool takes;

	if (look->text == NULL)
		return true;
	arena_init(&arena);
	takes = events_text_has(&arena, fold_identity(&arena, look->text),
				text);
	arena_release(&arena);
	return takes;
}

bool
events_look_takes(const struct events_look *look,
		  const struct events_look_row *row)
{
	int64_t beyond = row->seq - look->after_seq;

	if (look->after_seq != 0 &&
	    (look->oldest_first ? beyond <= 0 : beyond >= 0))
		return false;
	if (row->at_ms < look->from_ms ||
	    (look->until_ms != 0 && row->at_ms >= look->until_ms))
		return false;
	if (look->user_id != 0 && row->user_id != look->user_id)
		return false;
	if (look->bounded &&
	    (row->number < look->least || row->number > look->most))
		return false;
	if (look->word != NULL &&
	    (row->word == NULL || strcmp(look->word, row->word) != 0))
		return false;
	return look_takes_text(look, row->text);
}

enum status
events_plays_read(struct events_log *log, int64_t after_seq,
		  struct events_play *out, size_t room, size_t *count,
		  struct fault *fault)
{
	return log->driver->plays_read(log, after_seq, out, room, count,
				       fault);
}

enum status
events_plays_drop(struct events_log *log, int64_t seq, struct fault *fault)
{
	return log->driver->plays_drop(log, seq, fault);
}

enum status
events_forget_user(struct events_log *log, int64_t user_id,
		   struct fault *fault)
{
	assert(user_id > 0);
	return log->driver->forget_user(log, user_id, fault);
}

enum status
events_tidy(struct events_log *log, int64_t now_ms, bool *more,
	    struct fault *fault)
{
	return log->driver->tidy(log, now_ms, more, fault);
}

enum status
events_check(struct events_log *log, const struct events_range *range,
	     struct fault *fault)
{
	assert(range_good(range));
	return log->driver->check(log, range, fault);
}
