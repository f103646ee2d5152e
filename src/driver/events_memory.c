/* events_memory.c - events in memory: for tests, and the rules of events.h in
 * their shortest form. Every question is answered by a walk over all events.
 *
 * Texts live in one arena until the log is closed. A listen that is past its
 * retention is marked: it still counts in sums, but is not walked over. */
#include "driver/events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

struct memory_listen {
	struct event_listen listen;
	int64_t seq, listener;
	bool waiting, expired;
};

struct memory_log {
	struct events_log log;
	struct events_settings settings;
	pthread_mutex_t lock;
	struct arena texts;
	struct memory_listen *listens;
	struct event_request *requests;
	struct event_search *searches;
	struct event_activity *activities;
	size_t listen_count, request_count, search_count, activity_count;
	int64_t request_drop, search_drop, activity_drop; /* gone from front */
	int64_t log_id;
	int64_t forgotten; /* listeners without a name so far */
};

static struct memory_log *
memory_of(struct events_log *log)
{
	return container_of(log, struct memory_log, log);
}

static enum status
memory_open(const struct events_open_args *args, struct events_log **out,
	    struct fault *fault)
{
	struct memory_log *mine = mem_new(1, sizeof *mine);

	(void)fault;
	mine->settings = *args->settings;
	random_bytes(&mine->log_id, sizeof mine->log_id);
	mine->log_id = (mine->log_id & INT64_MAX) | 1;
	pthread_mutex_init(&mine->lock, NULL);
	arena_init(&mine->texts);
	*out = &mine->log;
	return STATUS_OK;
}

static void
memory_close(struct events_log *log)
{
	struct memory_log *mine = memory_of(log);

	arena_release(&mine->texts);
	pthread_mutex_destroy(&mine->lock);
	free(mine->listens);
	free(mine->requests);
	free(mine->searches);
	free(mine->activities);
	free(mine);
}

/* ---- keeping -------------------------------------------------------------- */

/* A copy of at most `limit` bytes, cut between characters. */
static const char *
keep(struct memory_log *mine, const char *text, size_t limit)
{
	size_t length;

	if (text == NULL)
		return NULL;
	length = strlen(text);
	return arena_copy_bytes(&mine->texts, text,
				utf8_cut(text, length, limit));
}

/* Who listened: a person, or a session below zero; 0: nobody known. */
static int64_t
listener_of(const struct event_listen *listen)
{
	if (listen->user_id > 0)
		return listen->user_id;
	return -(int64_t)(listen->session >> 1);
}

static bool
key_known(const struct memory_log *mine, uint64_t key)
{
	for (size_t i = 0; i < mine->listen_count && key != 0; i++)
		if (mine->listens[i].listen.key == key)
			return true;
	return false;
}

/* Room for one behind `count`, which is doubled whenever it is used up. */
static void *
one_more(void *array, size_t count, size_t size)
{
	if ((count & (count - 1)) != 0)
		return array;
	return mem_grow(array, count > 0 ? 2 * count : 1, size);
}

static void
listen_add(struct memory_log *mine, const struct event_listen *listen)
{
	struct memory_listen *kept;

	mine->listens = one_more(mine->listens, mine->listen_count,
				 sizeof *mine->listens);
	kept = &mine->listens[mine->listen_count++];
	*kept = (struct memory_listen){ .listen = *listen,
					.seq = (int64_t)mine->listen_count,
					.listener = listener_of(listen),
					.waiting = listen->counts };
	kept->listen.platform =
		keep(mine, listen->platform, EVENT_WORD_BYTES_MAX);
	kept->listen.device = keep(mine, listen->device, EVENT_WORD_BYTES_MAX);
	kept->listen.client = keep(mine, listen->client, EVENT_WORD_BYTES_MAX);
	kept->listen.country =
		keep(mine, listen->country, EVENT_WORD_BYTES_MAX);
}

static void
request_add(struct memory_log *mine, const struct event_request *request)
{
	struct event_request *kept;

	mine->requests = one_more(mine->requests, mine->request_count,
				 sizeof *mine->requests);
	kept = &mine->requests[mine->request_count++];
	*kept = *request;
	kept->method = keep(mine, request->method, EVENT_WORD_BYTES_MAX);
	kept->route = keep(mine, request->route, EVENT_WORD_BYTES_MAX);
	kept->address = keep(mine, request->address, EVENT_WORD_BYTES_MAX);
	kept->client = keep(mine, request->client, EVENT_WORD_BYTES_MAX);
}

static void
search_add(struct memory_log *mine, const struct event_search *search)
{
	struct event_search *kept;

	mine->searches = one_more(mine->searches, mine->search_count,
				 sizeof *mine->searches);
	kept = &mine->searches[mine->search_count++];
	*kept = *search;
	kept->query = keep(mine, search->query, EVENT_QUERY_BYTES_MAX);
	kept->surface = keep(mine, search->surface, EVENT_WORD_BYTES_MAX);
	kept->clicked = keep(mine, search->clicked, EVENT_WORD_BYTES_MAX);
}

static void
activity_add(struct memory_log *mine, const struct event_activity *activity)
{
	struct event_activity *kept;

	mine->activities = one_more(mine->activities, mine->activity_count,
				 sizeof *mine->activities);
	kept = &mine->activities[mine->activity_count++];
	*kept = *activity;
	kept->action = keep(mine, activity->action, EVENT_WORD_BYTES_MAX);
	kept->object = keep(mine, activity->object, EVENT_WORD_BYTES_MAX);
}

static enum status
memory_append(struct events_log *log, const struct events_batch *batch,
	      struct events_receipt *receipt, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	size_t duplicates = 0;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < batch->listen_count; i++)
		if (key_known(mine, batch->listens[i].key))
			duplicates++;
		else
			listen_add(mine, &batch->listens[i]);
	for (size_t i = 0; i < batch->request_count; i++)
		request_add(mine, &batch->requests[i]);
	for (size_t i = 0; i < batch->search_count; i++)
		search_add(mine, &batch->searches[i]);
	for (size_t i = 0; i < batch->activity_count; i++)
		activity_add(mine, &batch->activities[i]);
	pthread_mutex_unlock(&mine->lock);
	receipt->duplicates = duplicates;
	return STATUS_OK;
}

/* ---- asking --------------------------------------------------------------- */

static enum status
memory_state(struct events_log *log, struct events_state *out,
	     struct fault *fault)
{
	struct memory_log *mine = memory_of(log);

	(void)fault;
	*out = (struct events_state){ .log_id = mine->log_id,
				      .last_day = -1 };
	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < mine->listen_count; i++) {
		const struct memory_listen *kept = &mine->listens[i];
		int32_t day = events_day_of(kept->listen.at_ms);

		if (i == 0)
			out->first_day = out->last_day = day;
		out->first_day = day < out->first_day ? day : out->first_day;
		out->last_day = day > out->last_day ? day : out->last_day;
		out->seq = kept->seq;
		out->listens += !kept->expired;
		out->plays_waiting += kept->waiting;
	}
	pthread_mutex_unlock(&mine->lock);
	return STATUS_OK;
}

static bool
in_range(int64_t at_ms, const struct events_range *range)
{
	int32_t day = events_day_of(at_ms);

	return day >= range->first_day && day <= range->last_day;
}

static const char *
word_of(const struct event_listen *listen, enum events_kind kind)
{
	switch (kind) {
	case EVENTS_PLATFORM:
		return listen->platform;
	case EVENTS_DEVICE:
		return listen->device;
	case EVENTS_CLIENT:
		return listen->client;
	case EVENTS_COUNTRY:
		return listen->country;
	default:
		return NULL;
	}
}

/* The things of a kind that a listen adds to; their number. Words have 0. */
static size_t
things_of(const struct memory_listen *kept, enum events_kind kind,
	  int64_t out[EVENT_ARTISTS_MAX])
{
	const struct event_listen *listen = &kept->listen;
	size_t count = 0;

	switch (kind) {
	case EVENTS_TOTAL:
	case EVENTS_ACTIVE:
		out[0] = 0;
		return 1;
	case EVENTS_HOUR:
		out[0] = (listen->at_ms % DAY_MS + DAY_MS) % DAY_MS / 3600000;
		return 1;
	case EVENTS_TRACK:
		out[0] = listen->track_id;
		return 1;
	case EVENTS_ARTIST:
		while (count < EVENT_ARTISTS_MAX && listen->artists[count] > 0) {
			out[count] = listen->artists[count];
			count++;
		}
		return count;
	case EVENTS_GENRE:
		out[0] = listen->genre_id;
		return listen->genre_id > 0;
	case EVENTS_USER:
		out[0] = listen->user_id;
		return listen->user_id > 0;
	case EVENTS_SOURCE:
		out[0] = listen->source;
		return 1;
	default:
		out[0] = 0;
		return word_of(listen, kind) != NULL;
	}
}

static bool
about(const struct memory_listen *kept, enum events_kind kind, int64_t id)
{
	int64_t things[EVENT_ARTISTS_MAX];
	size_t count = things_of(kept, kind, things);

	for (size_t i = 0; i < count; i++)
		if (things[i] == id)
			return true;
	return false;
}

static bool
words_equal(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void
sum_add(struct events_sum *sum, const struct event_listen *listen)
{
	sum->plays += listen->counts;
	sum->starts += listen->action == EVENT_START;
	sum->completes += listen->action == EVENT_COMPLETE;
	sum->skips += listen->action == EVENT_SKIP;
	sum->heard_ms += listen->heard_ms;
}

struct sums {
	struct arena *arena;
	struct events_sum *items;
	size_t count, room;
};

static struct events_sum *
sums_find(struct sums *sums, const struct events_sum *like)
{
	struct events_sum *grown;

	for (size_t i = 0; i < sums->count; i++) {
		struct events_sum *sum = &sums->items[i];

		if (sum->day == like->day && sum->part == like->part &&
		    sum->id == like->id && words_equal(sum->word, like->word))
			return sum;
	}
	if (sums->count == sums->room) {
		sums->room = sums->room > 0 ? 2 * sums->room : 64;
		grown = arena_new(sums->arena, struct events_sum, sums->room);
		if (sums->count > 0)
			memcpy(grown, sums->items,
			       sums->count * sizeof *grown);
		sums->items = grown;
	}
	sums->items[sums->count] = *like;
	return &sums->items[sums->count++];
}

static int
sum_compare(const void *a, const void *b)
{
	const struct events_sum *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->part < y->part ? -1 : x->part > y->part;
}

static void
sums_of(struct sums *sums, const struct memory_listen *kept,
	enum events_kind kind, int64_t id)
{
	bool parted = kind == EVENTS_TRACK || kind == EVENTS_ARTIST;
	int64_t things[EVENT_ARTISTS_MAX];
	size_t count = things_of(kept, kind, things);

	for (size_t i = 0; i < count; i++) {
		struct events_sum like = {
			.day = events_day_of(kept->listen.at_ms),
			.part = parted ? (int32_t)kept->listen.source : 0,
			.id = things[i],
			.word = word_of(&kept->listen, kind),
		};

		if (id == EVENTS_EVERY || id == things[i])
			sum_add(sums_find(sums, &like), &kept->listen);
	}
}

static enum status
memory_sums(struct events_log *log, struct arena *arena, enum events_kind kind,
	    int64_t id, const struct events_range *range,
	    struct events_sum **out, size_t *count, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	struct sums sums = { .arena = arena };

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < mine->listen_count; i++)
		if (in_range(mine->listens[i].listen.at_ms, range))
			sums_of(&sums, &mine->listens[i], kind, id);
	pthread_mutex_unlock(&mine->lock);
	if (sums.count > 0)
		qsort(sums.items, sums.count, sizeof *sums.items, sum_compare);
	*out = sums.items;
	*count = sums.count;
	return STATUS_OK;
}

/* The sums of every thing of a kind over the range. */
static void
sums_whole(struct memory_log *mine, struct sums *sums, enum events_kind kind,
	   const struct events_range *range)
{
	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < mine->listen_count; i++) {
		const struct memory_listen *kept = &mine->listens[i];
		int64_t things[EVENT_ARTISTS_MAX];
		size_t count = things_of(kept, kind, things);

		for (size_t k = 0; k < count; k++)
			if (in_range(kept->listen.at_ms, range))
				sum_add(sums_find(sums,
						  &(struct events_sum){
							  .id = things[k] }),
					&kept->listen);
	}
	pthread_mutex_unlock(&mine->lock);
}

static enum status
memory_top(struct events_log *log, struct arena *arena, enum events_kind kind,
	   const struct events_range *range, uint32_t limit,
	   struct events_top *out, struct fault *fault)
{
	struct sums sums = { .arena = arena };
	struct events_top top = { 0 };

	(void)fault;
	sums_whole(memory_of(log), &sums, kind, range);
	top.items = arena_new(arena, struct events_rank, sums.count + 1);
	for (size_t i = 0; i < sums.count; i++)
		if (sums.items[i].plays > 0)
			top.items[top.count++] = (struct events_rank){
				sums.items[i].id, sums.items[i].plays,
				sums.items[i].heard_ms
			};
	qsort(top.items, top.count, sizeof *top.items, events_rank_compare);
	top.total = (int64_t)top.count;
	top.count = top.count < limit ? top.count : limit;
	*out = top;
	return STATUS_OK;
}

static enum status
memory_totals(struct events_log *log, struct arena *arena,
	      enum events_kind kind, const int64_t *ids, size_t count,
	      const struct events_range *range, struct events_sum **out,
	      struct fault *fault)
{
	struct events_sum *totals = arena_new(arena, struct events_sum, count);
	struct sums sums = { .arena = arena };

	(void)fault;
	sums_whole(memory_of(log), &sums, kind, range);
	for (size_t i = 0; i < count; i++)
		totals[i] = *sums_find(&sums, &(struct events_sum){
						      .id = ids[i] });
	*out = totals;
	return STATUS_OK;
}

/* ---- listeners ------------------------------------------------------------ */

struct heard {
	int64_t listener;
	int32_t day;
};

static int
heard_compare(const void *a, const void *b)
{
	const struct heard *x = a, *y = b;

	if (x->listener != y->listener)
		return x->listener < y->listener ? -1 : 1;
	return x->day < y->day ? -1 : x->day > y->day;
}

static bool
about_any(const struct memory_listen *kept, enum events_kind kind,
	  const int64_t *ids, size_t id_count)
{
	size_t i = 0;

	while (i < id_count && !about(kept, kind, ids[i]))
		i++;
	return i < id_count;
}

static size_t
heard_collect(struct memory_log *mine, struct heard *out,
	      enum events_kind kind, const int64_t *ids, size_t id_count)
{
	bool active = kind == EVENTS_ACTIVE;
	size_t count = 0;

	for (size_t i = 0; i < mine->listen_count; i++) {
		const struct memory_listen *kept = &mine->listens[i];

		if (active ? kept->listener > 0 && kept->listen.user_id >= 0 :
			     kept->listen.counts && kept->listener != 0 &&
				     about_any(kept, kind, ids, id_count))
			out[count++] = (struct heard){
				kept->listener,
				events_day_of(kept->listen.at_ms)
			};
	}
	for (size_t i = 0; i < mine->request_count && active; i++)
		if (mine->requests[i].user_id != 0)
			out[count++] = (struct heard){
				llabs(mine->requests[i].user_id),
				events_day_of(mine->requests[i].at_ms)
			};
	for (size_t i = 0; i < mine->search_count && active; i++)
		if (mine->searches[i].user_id != 0)
			out[count++] = (struct heard){
				llabs(mine->searches[i].user_id),
				events_day_of(mine->searches[i].at_ms)
			};
	for (size_t i = 0; i < mine->activity_count && active; i++)
		if (mine->activities[i].user_id != 0 &&
		    !mine->activities[i].sums_up)
			out[count++] = (struct heard){
				llabs(mine->activities[i].user_id),
				events_day_of(mine->activities[i].at_ms)
			};
	return count;
}

static void
heard_count(const struct heard *heard, size_t count,
	    const struct events_range *range, uint32_t window,
	    struct events_listeners *out)
{
	int64_t counted = 0, in_day = 0;
	bool any = false, any_day = false;

	for (int32_t day = range->first_day; day <= range->last_day; day++) {
		uint32_t *daily = &out->daily[day - range->first_day];
		uint32_t *rolling = &out->rolling[day - range->first_day];

		any = any_day = false;
		for (size_t i = 0; i < count; i++) {
			int32_t age = day - heard[i].day;

			if (age == 0 &&
			    (!any_day || in_day != heard[i].listener)) {
				++*daily;
				in_day = heard[i].listener;
				any_day = true;
			}
			if (age >= 0 && age < (int32_t)window &&
			    (!any || counted != heard[i].listener)) {
				++*rolling;
				counted = heard[i].listener;
				any = true;
			}
		}
	}
	any = false;
	for (size_t i = 0; i < count; i++)
		if (heard[i].day >= range->first_day &&
		    heard[i].day <= range->last_day &&
		    (!any || counted != heard[i].listener)) {
			out->distinct++;
			counted = heard[i].listener;
			any = true;
		}
}

static enum status
memory_listeners(struct events_log *log, struct arena *arena,
		 enum events_kind kind, const int64_t *ids, size_t id_count,
		 const struct events_range *range, uint32_t window_days,
		 struct events_listeners *out, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	size_t days = (size_t)(range->last_day - range->first_day) + 1;
	struct events_listeners listeners = {
		.daily = arena_new(arena, uint32_t, days),
		.rolling = arena_new(arena, uint32_t, days),
	};
	struct heard *heard;
	size_t count;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	heard = mem_new(mine->listen_count + mine->request_count +
				mine->search_count + mine->activity_count + 1,
			sizeof *heard);
	count = heard_collect(mine, heard, kind, ids, id_count);
	pthread_mutex_unlock(&mine->lock);
	qsort(heard, count, sizeof *heard, heard_compare);
	heard_count(heard, count, range, window_days, &listeners);
	free(heard);
	*out = listeners;
	return STATUS_OK;
}

/* ---- walks ---------------------------------------------------------------- */

static bool
walk_wants(const struct events_walk *walk, const struct memory_listen *kept)
{
	const struct event_listen *listen = &kept->listen;
	int64_t beyond = listen->at_ms - walk->after_ms;

	if (kept->expired || listen->user_id != walk->user_id ||
	    (walk->user_id == 0 && listen->session != walk->session))
		return false;
	if (listen->at_ms < walk->from_ms || listen->at_ms >= walk->until_ms)
		return false;
	if (!walk->has_after)
		return true;
	if (beyond == 0)
		beyond = kept->seq - walk->after_seq;
	return walk->newest_first ? beyond < 0 : beyond > 0;
}

static int
kept_compare(const void *a, const void *b)
{
	const struct memory_listen *x = a, *y = b;

	if (x->listen.at_ms != y->listen.at_ms)
		return x->listen.at_ms < y->listen.at_ms ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static enum status
memory_listens(struct events_log *log, const struct events_walk *walk,
	       event_listen_visit *visit, void *cookie, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	struct memory_listen *found;
	size_t count = 0;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	found = mem_new(mine->listen_count + 1, sizeof *found);
	for (size_t i = 0; i < mine->listen_count; i++)
		if (walk_wants(walk, &mine->listens[i]))
			found[count++] = mine->listens[i];
	pthread_mutex_unlock(&mine->lock);
	qsort(found, count, sizeof *found, kept_compare);
	for (size_t i = 0; i < count; i++) {
		size_t at = walk->newest_first ? count - 1 - i : i;

		if (!visit(cookie, found[at].seq, &found[at].listen))
			break;
	}
	free(found);
	return STATUS_OK;
}

/* The rows of a look that it goes through: numbers, inclusive. */
struct going {
	const struct events_look *look;
	int64_t first, last;
	int64_t seq; /* 0: before the first one */
	int64_t left;
	bool ended; /* the visitor has enough */
};

static void
go(struct going *going, const struct events_look *look, int64_t dropped,
   size_t count)
{
	*going = (struct going){ .look = look,
				 .first = dropped + 1,
				 .last = (int64_t)count,
				 .left = INT64_MAX };
	if (look->reach != NULL) {
		going->left = look->reach->rows;
		look->reach->seq = look->reach->at_ms = 0;
	}
	if (look->after_seq == 0)
		return;
	if (look->oldest_first && look->after_seq >= going->first)
		going->first = look->after_seq + 1;
	if (!look->oldest_first && look->after_seq <= going->last)
		going->last = look->after_seq - 1;
}

static bool
go_next(struct going *going, int64_t *seq)
{
	bool up = going->look->oldest_first;

	if (going->ended || going->left-- <= 0 ||
	    going->first > going->last)
		return false;
	*seq = going->seq = up ? going->first++ : going->last--;
	return true;
}

/* Whether, and where, the look had to stop. */
static bool
go_stopped(const struct going *going)
{
	return going->look->reach != NULL && !going->ended &&
	       going->first <= going->last && going->seq != 0;
}

static void
go_note(const struct going *going, int64_t at_ms)
{
	going->look->reach->seq = going->seq;
	going->look->reach->at_ms = at_ms;
}

static enum status
memory_requests(struct events_log *log, const struct events_look *look,
		event_request_visit *visit, void *cookie, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	struct going going;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	go(&going, look, mine->request_drop, mine->request_count);
	for (int64_t seq; go_next(&going, &seq);) {
		struct event_request request = mine->requests[seq - 1];
		const struct events_look_row row = {
			seq, request.at_ms, request.user_id, request.status,
			request.method, request.route };

		if (request.user_id < 0)
			request.user_id = 0;
		if (events_look_takes(look, &row))
			going.ended = !visit(cookie, seq, &request);
	}
	if (go_stopped(&going))
		go_note(&going, mine->requests[going.seq - 1].at_ms);
	pthread_mutex_unlock(&mine->lock);
	return STATUS_OK;
}

static enum status
memory_searches(struct events_log *log, const struct events_look *look,
		event_search_visit *visit, void *cookie, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	struct going going;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	go(&going, look, mine->search_drop, mine->search_count);
	for (int64_t seq; go_next(&going, &seq);) {
		const struct event_search *search = &mine->searches[seq - 1];
		const struct events_look_row row = {
			seq, search->at_ms, search->user_id, search->results,
			search->surface, search->query };

		if (search->query != NULL && events_look_takes(look, &row))
			going.ended = !visit(cookie, seq, search);
	}
	if (go_stopped(&going))
		go_note(&going, mine->searches[going.seq - 1].at_ms);
	pthread_mutex_unlock(&mine->lock);
	return STATUS_OK;
}

static enum status
memory_activities(struct events_log *log, const struct events_look *look,
		  event_activity_visit *visit, void *cookie,
		  struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	struct going going;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	go(&going, look, mine->activity_drop, mine->activity_count);
	for (int64_t seq; go_next(&going, &seq);) {
		const struct event_activity *activity =
			&mine->activities[seq - 1];
		const struct events_look_row row = {
			seq, activity->at_ms, activity->user_id,
			activity->object_id, activity->action,
			activity->object };

		if (activity->user_id >= 0 && events_look_takes(look, &row))
			going.ended = !visit(cookie, seq, activity);
	}
	if (go_stopped(&going))
		go_note(&going, mine->activities[going.seq - 1].at_ms);
	pthread_mutex_unlock(&mine->lock);
	return STATUS_OK;
}

/* ---- other counts --------------------------------------------------------- */

struct counting {
	struct arena *arena;
	struct events_count *items;
	size_t count;
};

static void
count_add(struct counting *counting, int64_t at_ms, int64_t id,
	  const char *word)
{
	int32_t day = events_day_of(at_ms);
	size_t i = 0;

	while (i < counting->count &&
	       (counting->items[i].day != day || counting->items[i].id != id ||
		!words_equal(counting->items[i].word, word)))
		i++;
	if (i == counting->count)
		counting->items[counting->count++] =
			(struct events_count){ day, id, word, 0 };
	counting->items[i].count++;
}

static int
count_compare(const void *a, const void *b)
{
	const struct events_count *x = a, *y = b;

	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static bool
is_click(const struct event_search *search)
{
	return search->clicked != NULL;
}

static void
counts_collect(const struct memory_log *mine, struct counting *counting,
	       enum events_count_kind kind, const struct events_range *range)
{
	for (size_t i = 0; kind == EVENTS_REQUESTS && i < mine->request_count;
	     i++)
		if (in_range(mine->requests[i].at_ms, range))
			count_add(counting, mine->requests[i].at_ms,
				  mine->requests[i].status, NULL);
	for (size_t i = 0; kind == EVENTS_SEARCHES && i < mine->search_count;
	     i++)
		if (in_range(mine->searches[i].at_ms, range) &&
		    !is_click(&mine->searches[i]))
			count_add(counting, mine->searches[i].at_ms,
				  mine->searches[i].results == 0, NULL);
	for (size_t i = 0; kind == EVENTS_ACTIONS && i < mine->activity_count;
	     i++)
		if (in_range(mine->activities[i].at_ms, range))
			count_add(counting, mine->activities[i].at_ms, 0,
				  mine->activities[i].action);
}

static enum status
memory_counts(struct events_log *log, struct arena *arena,
	      enum events_count_kind kind, const struct events_range *range,
	      struct events_count **out, size_t *count, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	struct counting counting = { .arena = arena };

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	counting.items = arena_new(arena, struct events_count,
				   mine->request_count + mine->search_count +
					   mine->activity_count + 1);
	counts_collect(mine, &counting, kind, range);
	pthread_mutex_unlock(&mine->lock);
	qsort(counting.items, counting.count, sizeof *counting.items,
	      count_compare);
	*out = counting.items;
	*count = counting.count;
	return STATUS_OK;
}

static int
query_compare(const void *a, const void *b)
{
	const struct events_query_rank *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->text, y->text);
}

static enum status
memory_queries(struct events_log *log, struct arena *arena,
	       const struct events_range *range, uint32_t limit,
	       struct events_query_rank **out, size_t *count,
	       struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	struct events_query_rank *ranks;
	size_t found = 0;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	ranks = arena_new(arena, struct events_query_rank,
			  mine->search_count + 1);
	for (size_t i = 0; i < mine->search_count; i++) {
		const struct event_search *search = &mine->searches[i];
		size_t k = 0;

		if (search->query == NULL || is_click(search) ||
		    !in_range(search->at_ms, range))
			continue;
		while (k < found && strcmp(ranks[k].text, search->query) != 0)
			k++;
		if (k == found)
			ranks[found++].text =
				arena_copy_text(arena, search->query);
		ranks[k].count++;
		ranks[k].empty += search->results == 0;
	}
	pthread_mutex_unlock(&mine->lock);
	qsort(ranks, found, sizeof *ranks, query_compare);
	*out = ranks;
	*count = found < limit ? found : limit;
	return STATUS_OK;
}

/* ---- plays put aside ------------------------------------------------------ */

static enum status
memory_plays_read(struct events_log *log, int64_t after_seq,
		  struct events_play *out, size_t room, size_t *count,
		  struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	size_t found = 0;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < mine->listen_count && found < room; i++) {
		const struct memory_listen *kept = &mine->listens[i];

		if (kept->waiting && kept->seq > after_seq)
			out[found++] = (struct events_play){
				kept->seq, kept->listen.at_ms,
				kept->listen.user_id, kept->listen.track_id
			};
	}
	pthread_mutex_unlock(&mine->lock);
	*count = found;
	return STATUS_OK;
}

static enum status
memory_plays_drop(struct events_log *log, int64_t seq, struct fault *fault)
{
	struct memory_log *mine = memory_of(log);

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < mine->listen_count; i++)
		if (mine->listens[i].seq <= seq)
			mine->listens[i].waiting = false;
	pthread_mutex_unlock(&mine->lock);
	return STATUS_OK;
}

/* ---- forgetting ----------------------------------------------------------- */

/* Listeners keep a number that leads to nobody. */
static enum status
memory_forget_user(struct events_log *log, int64_t user_id,
		   struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	int64_t nobody;

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	nobody = INT64_MAX - mine->forgotten++;
	for (size_t i = 0; i < mine->listen_count; i++)
		if (mine->listens[i].listen.user_id == user_id) {
			mine->listens[i].listen.user_id = 0;
			mine->listens[i].listen.session = 0;
			mine->listens[i].listener = nobody;
		}
	for (size_t i = 0; i < mine->request_count; i++)
		if (mine->requests[i].user_id == user_id) {
			mine->requests[i].user_id = -nobody;
			mine->requests[i].address = NULL;
		}
	for (size_t i = 0; i < mine->search_count; i++)
		if (mine->searches[i].user_id == user_id) {
			mine->searches[i].user_id = -nobody;
			mine->searches[i].query = NULL;
		}
	for (size_t i = 0; i < mine->activity_count; i++)
		if (mine->activities[i].user_id == user_id)
			mine->activities[i].user_id = -nobody;
	pthread_mutex_unlock(&mine->lock);
	return STATUS_OK;
}

static enum status
memory_tidy(struct events_log *log, int64_t now_ms, bool *more,
	    struct fault *fault)
{
	struct memory_log *mine = memory_of(log);
	const struct events_settings *keep_for = &mine->settings;
	int32_t today = events_day_of(now_ms);

	(void)fault;
	pthread_mutex_lock(&mine->lock);
	for (size_t i = 0; i < mine->listen_count &&
			   keep_for->keep_listens_days > 0;
	     i++)
		if (today - events_day_of(mine->listens[i].listen.at_ms) >
		    (int32_t)keep_for->keep_listens_days)
			mine->listens[i].expired = true;
	while (mine->request_drop < (int64_t)mine->request_count &&
	       today - events_day_of(
			       mine->requests[mine->request_drop].at_ms) >
		       (int32_t)keep_for->keep_requests_days)
		mine->request_drop++;
	while (mine->search_drop < (int64_t)mine->search_count &&
	       today - events_day_of(mine->searches[mine->search_drop].at_ms) >
		       (int32_t)keep_for->keep_searches_days)
		mine->search_drop++;
	while (mine->activity_drop < (int64_t)mine->activity_count &&
	       today - events_day_of(
			       mine->activities[mine->activity_drop].at_ms) >
		       (int32_t)keep_for->keep_activity_days)
		mine->activity_drop++;
	pthread_mutex_unlock(&mine->lock);
	*more = false;
	return STATUS_OK;
}

/* There are no sums to compare with. */
static enum status
memory_check(struct events_log *log, const struct events_range *range,
	     struct fault *fault)
{
	(void)log;
	(void)range;
	(void)fault;
	return STATUS_OK;
}

const struct events_driver events_driver_memory = {
	.name = "memory",
	.summary = "events in memory, for tests",
	.open = memory_open,
	.close = memory_close,
	.append = memory_append,
	.state = memory_state,
	.sums = memory_sums,
	.top = memory_top,
	.totals = memory_totals,
	.listeners = memory_listeners,
	.listens = memory_listens,
	.counts = memory_counts,
	.queries = memory_queries,
	.requests = memory_requests,
	.searches = memory_searches,
	.activities = memory_activities,
	.plays_read = memory_plays_read,
	.plays_drop = memory_plays_drop,
	.forget_user = memory_forget_user,
	.tidy = memory_tidy,
	.check = memory_check,
};
