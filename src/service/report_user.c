/* report_user.c - what one person has listened to; see report.h. */
#include "service/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "service/kept_plays.h"
#include "service/report_steps.h"

#define STREAK_DAYS 3990

/* ---- one person ---------------------------------------------------------- */

struct tally_map { /* by id; open addressing */
	struct report_rank *items;
	size_t count, room;
};

static struct report_rank *
tally_slot(const struct tally_map *map, int64_t id)
{
	size_t slot = (size_t)((uint64_t)id * 0x9e3779b97f4a7c15u >> 20) &
		      (map->room - 1);

	while (map->items[slot].id != 0 && map->items[slot].id != id)
		slot = (slot + 1) & (map->room - 1);
	return &map->items[slot];
}

static void
tally_grow(struct tally_map *map)
{
	struct tally_map old = *map;

	map->room = old.room > 0 ? 2 * old.room : 256;
	map->items = mem_new(map->room, sizeof *map->items);
	for (size_t i = 0; i < old.room; i++)
		if (old.items[i].id != 0)
			*tally_slot(map, old.items[i].id) = old.items[i];
	free(old.items);
}

static void
tally(struct tally_map *map, int64_t id, const struct event_listen *listen)
{
	struct report_rank *rank;

	if (id <= 0)
		return;
	if (2 * (map->count + 1) > map->room)
		tally_grow(map);
	rank = tally_slot(map, id);
	map->count += rank->id == 0;
	rank->id = id;
	rank->plays += listen->counts;
	rank->heard_ms += listen->heard_ms;
}

static int
rank_compare(const void *a, const void *b)
{
	const struct report_rank *x = a, *y = b;

	if (x->plays != y->plays)
		return x->plays > y->plays ? -1 : 1;
	if (x->heard_ms != y->heard_ms)
		return x->heard_ms > y->heard_ms ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* The first `limit` that were played; empties the map. */
static struct report_ranks
tally_end(struct tally_map *map, uint32_t limit, struct arena *arena)
{
	struct report_ranks ranks = { .total = (int64_t)map->count };
	size_t kept = 0;

	for (size_t i = 0; i < map->room; i++)
		if (map->items[i].id != 0 && map->items[i].plays > 0)
			map->items[kept++] = map->items[i];
	if (kept > 0)
		qsort(map->items, kept, sizeof *map->items, rank_compare);
	ranks.count = kept < limit ? kept : limit;
	ranks.items = arena_new(arena, struct report_rank, ranks.count + 1);
	if (ranks.count > 0)
		memcpy(ranks.items, map->items,
		       ranks.count * sizeof *ranks.items);
	free(map->items);
	*map = (struct tally_map){ 0 };
	return ranks;
}

struct user_walk {
	struct report_user *out;
	int64_t zone_ms;
	struct tally_map tracks, artists, albums, genres;
	struct report_parts_making sources, platforms, devices, clients;
};

static void
word_add(struct report_parts_making *making, const char *word,
	 const struct event_listen *listen)
{
	struct events_sum sum = {
		.plays = listen->counts,
		.starts = listen->action == EVENT_START,
		.completes = listen->action == EVENT_COMPLETE,
		.skips = listen->action == EVENT_SKIP,
		.heard_ms = listen->heard_ms,
	};

	if (word != NULL)
		report_part_add(making, word, &sum);
}

static bool
user_visit(void *cookie, int64_t seq, const struct event_listen *listen)
{
	struct user_walk *walk = cookie;
	int64_t local_ms = listen->at_ms + walk->zone_ms;
	int32_t day = events_day_of(local_ms);
	int64_t hour = (local_ms - (int64_t)day * DAY_MS) / 3600000;

	(void)seq;
	walk->out->weekday_hours[((day + 3) % 7 + 7) % 7][hour] +=
		listen->heard_ms;
	tally(&walk->tracks, listen->track_id, listen);
	tally(&walk->albums, listen->album_id, listen);
	tally(&walk->genres, listen->genre_id, listen);
	for (size_t i = 0; i < EVENT_ARTISTS_MAX && listen->artists[i] > 0; i++)
		tally(&walk->artists, listen->artists[i], listen);
	word_add(&walk->sources, event_source_name(listen->source), listen);
	word_add(&walk->platforms, listen->platform, listen);
	word_add(&walk->devices, listen->device, listen);
	word_add(&walk->clients, listen->client, listen);
	if (listen->counts && walk->out->first_at_ms == 0) {
		walk->out->first_at_ms = listen->began_at_ms;
		walk->out->first_track_id = listen->track_id;
	}
	return true;
}

static bool
earlier_visit(void *cookie, int64_t seq, const struct event_listen *listen)
{
	struct tally_map *artists = cookie;

	(void)seq;
	for (size_t i = 0; i < EVENT_ARTISTS_MAX && listen->artists[i] > 0; i++)
		tally(artists, listen->artists[i], listen);
	return true;
}

static struct events_walk
walk_of(int64_t user_id, int32_t first_day, int32_t last_day)
{
	return (struct events_walk){
		.user_id = user_id,
		.from_ms = (int64_t)first_day * DAY_MS,
		.until_ms = ((int64_t)last_day + 1) * DAY_MS,
	};
}

/* Artists of the period that were not heard before it. */
static enum status
count_new_artists(struct listening *listening, int64_t user_id,
		  const struct report_period *period,
		  const struct tally_map *artists, int64_t *out,
		  struct fault *fault)
{
	struct events_walk before =
		walk_of(user_id, 0, period->days.first_day - 1);
	struct tally_map earlier = { 0 };
	enum status status = events_listens(listening_log(listening), &before,
					    earlier_visit, &earlier, fault);

	*out = 0;
	for (size_t i = 0; i < artists->room; i++)
		if (artists->items[i].id != 0 &&
		    (earlier.room == 0 ||
		     tally_slot(&earlier, artists->items[i].id)->id == 0))
			++*out;
	free(earlier.items);
	return status;
}

static void
streaks_of(const struct events_sum *sums, size_t count, int32_t today,
	   struct report_streaks *out)
{
	int32_t length = 0, last = INT32_MIN;

	*out = (struct report_streaks){ 0 };
	for (size_t i = 0; i < count; i++) {
		if (sums[i].plays == 0)
			continue;
		length = sums[i].day == last + 1 ? length + 1 : 1;
		last = sums[i].day;
		if (length <= out->longest_days)
			continue;
		out->longest_days = length;
		out->first_day = last - length + 1;
		out->last_day = last;
	}
	if (last >= today - 1)
		out->current_days = length;
}

static enum status
user_days(struct listening *listening, int64_t user_id,
	  const struct report_period *period, struct arena *arena,
	  struct report_user *out, struct fault *fault)
{
	int32_t today = events_day_of(clock_now_ms());
	struct events_range all = { today - STREAK_DAYS, today + 1 };
	struct report_period before = report_before(period);
	size_t at = 0;
	struct events_sum *sums;
	size_t count;
	enum status status =
		events_sums(listening_log(listening), arena, EVENTS_USER,
			    user_id, &all, &sums, &count, fault);

	if (status != STATUS_OK)
		return status;
	streaks_of(sums, count, today, &out->streaks);
	for (size_t i = 0; i < count; i++) {
		int32_t day = sums[i].day;

		if (day >= before.days.first_day &&
		    day <= before.days.last_day) {
			out->previous_plays += sums[i].plays;
			out->previous_heard_ms += sums[i].heard_ms;
		}
		if (day < period->days.first_day || day > period->days.last_day)
			continue;
		struct report_point *point =
			report_point_of_day(&out->series, day, &at);

		point->plays += sums[i].plays;
		point->skips += sums[i].skips;
		point->heard_ms += sums[i].heard_ms;
		report_sum_join(&out->totals, &sums[i]);
		out->active_days += sums[i].plays > 0;
		if (sums[i].heard_ms > out->top_day_ms) {
			out->top_day = day;
			out->top_day_ms = sums[i].heard_ms;
			out->top_day_plays = sums[i].plays;
		}
	}
	return STATUS_OK;
}

static void
user_walk_end(struct user_walk *walk, uint32_t top, struct arena *arena)
{
	struct report_user *out = walk->out;

	out->top_tracks = tally_end(&walk->tracks, top, arena);
	out->top_artists = tally_end(&walk->artists, top, arena);
	out->top_albums = tally_end(&walk->albums, top, arena);
	out->top_genres = tally_end(&walk->genres, top, arena);
	out->tracks = out->top_tracks.total;
	out->artists = out->top_artists.total;
	out->albums = out->top_albums.total;
	out->genres = out->top_genres.total;
	out->sources = report_parts_end(&walk->sources);
	out->platforms = report_parts_end(&walk->platforms);
	out->devices = report_parts_end(&walk->devices);
	out->clients = report_parts_end(&walk->clients);
}

enum status
report_user(struct listening *listening, int64_t user_id,
	    const struct report_period *period, int32_t zone_minutes,
	    uint32_t top, bool history, struct arena *arena,
	    struct report_user *out, struct fault *fault)
{
	struct events_walk asked =
		walk_of(user_id, period->days.first_day, period->days.last_day);
	struct user_walk walk = {
		.out = out,
		.zone_ms = (int64_t)zone_minutes * 60000,
		.sources.arena = arena,
		.platforms.arena = arena,
		.devices.arena = arena,
		.clients.arena = arena,
	};
	enum status status;

	*out = (struct report_user){ 0 };
	report_series_make(period, arena, &out->series);
	status = user_days(listening, user_id, period, arena, out, fault);
	if (status == STATUS_OK)
		status = kept_listens(listening, &asked, user_visit, &walk,
				      fault);
	if (status == STATUS_OK && history)
		status = count_new_artists(listening, user_id, period,
					   &walk.artists, &out->new_artists,
					   fault);
	user_walk_end(&walk, top, arena);
	return status;
}

/* ---- history ------------------------------------------------------------- */

#define LOOKED_BACK 16 /* reports of one listening lie near each other */

struct history_walk {
	struct arena *arena;
	bool plays_only;
	uint32_t limit;
	struct report_history *out;
	struct {
		int64_t track_id, began_at_ms;
	} seen[LOOKED_BACK];
	size_t seen_count;
	int64_t last_ms, last_seq;
	bool more;
};

/* Whether a later report of the same listening was given already. */
static bool
seen_already(struct history_walk *walk, const struct event_listen *listen)
{
	for (size_t i = 0; i < LOOKED_BACK && i < walk->seen_count; i++)
		if (walk->seen[i].track_id == listen->track_id &&
		    walk->seen[i].began_at_ms == listen->began_at_ms)
			return true;
	walk->seen[walk->seen_count % LOOKED_BACK].track_id = listen->track_id;
	walk->seen[walk->seen_count++ % LOOKED_BACK].began_at_ms =
		listen->began_at_ms;
	return false;
}

static bool
history_visit(void *cookie, int64_t seq, const struct event_listen *listen)
{
	struct history_walk *walk = cookie;
	bool ended = listen->action == EVENT_COMPLETE ||
		     listen->action == EVENT_SKIP;
	struct report_listen *item;

	if (walk->plays_only ? !listen->counts : !ended && !listen->counts)
		return true;
	if (!walk->plays_only && seen_already(walk, listen)) {
		for (size_t i = 0; i < walk->out->count; i++)
			if (walk->out->items[i].listen.track_id ==
				    listen->track_id &&
			    walk->out->items[i].listen.began_at_ms ==
				    listen->began_at_ms)
				walk->out->items[i].listen.counts |=
					listen->counts;
		walk->last_ms = listen->at_ms;
		walk->last_seq = seq;
		return true;
	}
	if (walk->out->count == walk->limit) {
		walk->more = true;
		return false;
	}
	item = &walk->out->items[walk->out->count++];
	item->seq = seq;
	item->listen = *listen;
	item->listen.platform = arena_copy_text(walk->arena, listen->platform);
	item->listen.device = arena_copy_text(walk->arena, listen->device);
	item->listen.client = arena_copy_text(walk->arena, listen->client);
	item->listen.country = arena_copy_text(walk->arena, listen->country);
	walk->last_ms = listen->at_ms;
	walk->last_seq = seq;
	return true;
}

static bool
cursor_read(const char *cursor, struct events_walk *walk)
{
	struct span rest = span_of(cursor), at, seq;

	walk->has_after = true;
	return span_next(&rest, '.', &at) && span_next(&rest, '.', &seq) &&
	       rest.length == 0 && span_to_i64(at, &walk->after_ms) &&
	       span_to_i64(seq, &walk->after_seq) && walk->after_ms >= 0 &&
	       walk->after_seq >= 0;
}

enum status
report_history(struct listening *listening, int64_t user_id, int64_t from_ms,
	       int64_t until_ms, bool plays_only, const char *cursor,
	       uint32_t limit, struct arena *arena, struct report_history *out,
	       struct fault *fault)
{
	struct events_walk asked = { .user_id = user_id,
				     .from_ms = from_ms,
				     .until_ms = until_ms,
				     .newest_first = true };
	struct history_walk walk = { .arena = arena,
				     .plays_only = plays_only,
				     .limit = limit,
				     .out = out };
	enum status status;

	if (cursor != NULL && !cursor_read(cursor, &asked))
		return fault_field(fault, STATUS_INVALID, "cursor",
				   "the cursor is not one of this list's");
	*out = (struct report_history){
		.items = arena_new(arena, struct report_listen, limit),
	};
	status = kept_listens(listening, &asked, history_visit, &walk, fault);
	if (status == STATUS_OK && walk.more)
		out->next_cursor =
			arena_print(arena, "%lld.%lld", (long long)walk.last_ms,
				    (long long)walk.last_seq);
	return status;
}
