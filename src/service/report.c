/* report.c - what the pages of statistics show; see report.h. */
#include "service/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "library/listening.h"
#include "service/kept_plays.h"

#define STREAK_DAYS 3990
#define RISING_LOOKED_AT EVENTS_TOP_MAX
#define QUERIES_TOP 20

/* ---- periods -------------------------------------------------------------- */

int32_t
report_days(const struct report_period *period)
{
	return period->days.last_day - period->days.first_day + 1;
}

struct report_period
report_before(const struct report_period *period)
{
	int32_t days = report_days(period);
	struct report_period before = *period;

	before.days.first_day -= days;
	before.days.last_day -= days;
	return before;
}

/* The first day of the step that a day is in. */
static int32_t
step_of_day(enum report_step step, int32_t day)
{
	time_t at = (time_t)day * (DAY_MS / 1000);
	struct tm parts;

	switch (step) {
	case REPORT_BY_WEEK:
		return day - (day + 3) % 7; /* day 0 was a Thursday */
	case REPORT_BY_MONTH:
		gmtime_r(&at, &parts);
		return day - (parts.tm_mday - 1);
	case REPORT_BY_DAY:
	case REPORT_BY_HOUR:
		break;
	}
	return day;
}

/* All steps of the period, with nothing in them. */
static void
series_make(const struct report_period *period, struct arena *arena,
	    struct report_series *out)
{
	size_t room = (size_t)report_days(period);
	int32_t last = INT32_MIN;

	if (period->step == REPORT_BY_HOUR)
		room *= 24;
	out->points = arena_new(arena, struct report_point, room);
	out->count = 0;
	for (int32_t day = period->days.first_day;
	     day <= period->days.last_day; day++) {
		int32_t step = step_of_day(period->step, day);

		if (period->step == REPORT_BY_HOUR) {
			for (int64_t hour = 0; hour < 24; hour++)
				out->points[out->count++].at_ms =
					(int64_t)day * DAY_MS +
					hour * 3600000;
			continue;
		}
		if (step != last)
			out->points[out->count++].at_ms =
				(int64_t)step * DAY_MS;
		last = step;
	}
}

/* The point a day belongs to. Days ascend, so *at only moves on. */
static struct report_point *
point_of_day(struct report_series *series, int32_t day, size_t *at)
{
	int64_t at_ms = (int64_t)day * DAY_MS;

	while (*at + 1 < series->count &&
	       series->points[*at + 1].at_ms <= at_ms)
		++*at;
	return &series->points[*at];
}

static void
sum_join(struct events_sum *sum, const struct events_sum *more)
{
	sum->plays += more->plays;
	sum->starts += more->starts;
	sum->completes += more->completes;
	sum->skips += more->skips;
	sum->heard_ms += more->heard_ms;
}

/* Adds a thing's daily sums to steps and totals. */
static void
series_add(struct report_series *series, const struct events_sum *sums,
	   size_t count, struct events_sum *totals)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		struct report_point *point =
			point_of_day(series, sums[i].day, &at);

		point->plays += sums[i].plays;
		point->skips += sums[i].skips;
		point->heard_ms += sums[i].heard_ms;
		sum_join(totals, &sums[i]);
	}
}

static enum status
sums_total(struct listening *listening, struct arena *arena,
	   enum events_kind kind, int64_t id,
	   const struct report_period *period, struct events_sum *out,
	   struct fault *fault)
{
	struct events_sum *sums;
	size_t count;
	enum status status = kept_sums(listening, arena, kind, id,
				       &period->days, &sums, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		sum_join(out, &sums[i]);
	return status;
}

/* ---- parts ---------------------------------------------------------------- */

static int
part_compare(const void *a, const void *b)
{
	const struct report_part *x = a, *y = b;

	if (x->sum.plays != y->sum.plays)
		return x->sum.plays > y->sum.plays ? -1 : 1;
	if (x->sum.heard_ms != y->sum.heard_ms)
		return x->sum.heard_ms > y->sum.heard_ms ? -1 : 1;
	return strcmp(x->name, y->name);
}

struct parts_making {
	struct arena *arena;
	struct report_parts parts;
	size_t room;
};

static void
part_add(struct parts_making *making, const char *name,
	 const struct events_sum *sum)
{
	struct report_parts *parts = &making->parts;
	struct report_part *grown;
	size_t i = 0;

	while (i < parts->count && strcmp(parts->items[i].name, name) != 0)
		i++;
	if (i == parts->count) {
		if (parts->count == making->room) {
			making->room = making->room > 0 ? 2 * making->room : 16;
			grown = arena_new(making->arena, struct report_part,
					  making->room);
			if (parts->count > 0)
				memcpy(grown, parts->items,
				       parts->count * sizeof *grown);
			parts->items = grown;
		}
		parts->items[parts->count++] = (struct report_part){
			.name = arena_copy_text(making->arena, name)
		};
	}
	sum_join(&parts->items[i].sum, sum);
}

static struct report_parts
parts_end(struct parts_making *making)
{
	if (making->parts.count > 0)
		qsort(making->parts.items, making->parts.count,
		      sizeof *making->parts.items, part_compare);
	return making->parts;
}

static struct report_parts
parts_of_sources(const struct events_sum *sums, size_t count,
		 struct arena *arena)
{
	struct parts_making making = { .arena = arena };

	for (size_t i = 0; i < count; i++)
		part_add(&making,
			 event_source_name((enum event_source)sums[i].part),
			 &sums[i]);
	return parts_end(&making);
}

static enum status
parts_of_kind(struct listening *listening, enum events_kind kind,
	      const struct report_period *period, struct arena *arena,
	      struct report_parts *out, struct fault *fault)
{
	struct parts_making making = { .arena = arena };
	struct events_sum *sums;
	size_t count;
	enum status status = events_sums(listening_log(listening), arena, kind,
					 EVENTS_EVERY, &period->days, &sums,
					 &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		part_add(&making,
			 kind == EVENTS_SOURCE ?
				 event_source_name(
					 (enum event_source)sums[i].id) :
				 sums[i].word,
			 &sums[i]);
	if (status == STATUS_OK)
		*out = parts_end(&making);
	return status;
}

/* ---- one person ----------------------------------------------------------- */

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
	struct parts_making sources, platforms, devices, clients;
};

static void
word_add(struct parts_making *making, const char *word,
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
		part_add(making, word, &sum);
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
	enum status status = events_sums(listening_log(listening), arena,
					 EVENTS_USER, user_id, &all, &sums,
					 &count, fault);

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
			point_of_day(&out->series, day, &at);

		point->plays += sums[i].plays;
		point->skips += sums[i].skips;
		point->heard_ms += sums[i].heard_ms;
		sum_join(&out->totals, &sums[i]);
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
	out->sources = parts_end(&walk->sources);
	out->platforms = parts_end(&walk->platforms);
	out->devices = parts_end(&walk->devices);
	out->clients = parts_end(&walk->clients);
}

enum status
report_user(struct listening *listening, int64_t user_id,
	    const struct report_period *period, int32_t zone_minutes,
	    uint32_t top, bool history, struct arena *arena,
	    struct report_user *out, struct fault *fault)
{
	struct events_walk asked = walk_of(user_id, period->days.first_day,
					   period->days.last_day);
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
	series_make(period, arena, &out->series);
	status = user_days(listening, user_id, period, arena, out, fault);
	if (status == STATUS_OK)
		status = kept_listens(listening, &asked,
					user_visit, &walk, fault);
	if (status == STATUS_OK && history)
		status = count_new_artists(listening, user_id, period,
					   &walk.artists, &out->new_artists,
					   fault);
	user_walk_end(&walk, top, arena);
	return status;
}

/* ---- listeners ------------------------------------------------------------ */

/* Fills in listeners of each step, and their window at its end. */
static enum status
series_listeners(struct listening *listening, enum events_kind kind, int64_t id,
		 const struct report_period *period, struct arena *arena,
		 struct report_series *series, int64_t *distinct,
		 int64_t *window, struct fault *fault)
{
	struct events_listeners found;
	int32_t days = report_days(period);
	size_t at = 0;
	enum status status = kept_listeners(listening, arena,
					      kind, id, &period->days,
					      REPORT_WINDOW_DAYS, &found,
					      fault);

	if (status != STATUS_OK)
		return status;
	*distinct = found.distinct;
	if (window != NULL)
		*window = found.rolling[days - 1];
	for (int32_t i = 0; i < days && period->step != REPORT_BY_HOUR; i++) {
		struct report_point *point = point_of_day(
			series, period->days.first_day + i, &at);

		point->listeners = found.daily[i];
		point->listeners_window = found.rolling[i];
	}
	/* Who listened in a step of many days is to be counted anew. */
	for (size_t i = 0; i < series->count && status == STATUS_OK &&
			   (period->step == REPORT_BY_WEEK ||
			    period->step == REPORT_BY_MONTH);
	     i++) {
		struct events_range step = {
			events_day_of(series->points[i].at_ms),
			i + 1 < series->count ?
				events_day_of(series->points[i + 1].at_ms) - 1 :
				period->days.last_day
		};

		if (step.first_day < period->days.first_day)
			step.first_day = period->days.first_day;
		status = kept_listeners(listening, arena,
					  kind, id, &step, 1, &found, fault);
		if (status == STATUS_OK)
			series->points[i].listeners = found.distinct;
	}
	return status;
}

static enum status
listeners_before(struct listening *listening, enum events_kind kind,
		 int64_t id, const struct report_period *period,
		 struct arena *arena, int64_t *out, struct fault *fault)
{
	struct report_period before = report_before(period);
	struct events_listeners found;
	enum status status = kept_listeners(listening, arena,
					      kind, id, &before.days, 1,
					      &found, fault);

	if (status == STATUS_OK)
		*out = found.distinct;
	return status;
}

enum status
report_thing(struct listening *listening, enum events_kind kind, int64_t id,
	     const struct report_period *period, struct arena *arena,
	     struct report_thing *out, struct fault *fault)
{
	struct report_period before = report_before(period);
	struct events_sum previous = { 0 };
	struct events_sum *sums;
	size_t count;
	enum status status;

	*out = (struct report_thing){ 0 };
	series_make(period, arena, &out->series);
	status = kept_sums(listening, arena, kind, id,
			   &period->days, &sums, &count, fault);
	if (status != STATUS_OK)
		return status;
	series_add(&out->series, sums, count, &out->totals);
	out->sources = parts_of_sources(sums, count, arena);
	status = sums_total(listening, arena, kind, id, &before, &previous,
			    fault);
	out->previous_plays = previous.plays;
	out->previous_heard_ms = previous.heard_ms;
	if (status == STATUS_OK)
		status = series_listeners(listening, kind, id, period, arena,
					  &out->series, &out->listeners,
					  &out->listeners_window, fault);
	if (status == STATUS_OK)
		status = listeners_before(listening, kind, id, period, arena,
					  &out->previous_listeners, fault);
	return status;
}

/* ---- everything ----------------------------------------------------------- */

struct joined_read {
	int64_t from_ms, until_ms;
	struct arena *arena;
	struct joined_day *days;
	size_t count;
	int64_t users;
};

static enum status
joined_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct joined_read *read = cookie;

	return users_joined(session, read->from_ms, read->until_ms,
			    read->arena, &read->days, &read->count,
			    &read->users, fault);
}

static enum status
platform_joined(struct listening *listening, const struct report_period *period,
		struct arena *arena, struct report_platform *out,
		struct fault *fault)
{
	struct report_period before = report_before(period);
	struct joined_read read = {
		.from_ms = (int64_t)before.days.first_day * DAY_MS,
		.until_ms = ((int64_t)period->days.last_day + 1) * DAY_MS,
		.arena = arena,
	};
	size_t at = 0;
	enum status status = store_read(listening_store(listening),
					joined_work, &read, fault);

	out->users = read.users;
	for (size_t i = 0; status == STATUS_OK && i < read.count; i++) {
		if (read.days[i].day < period->days.first_day) {
			out->previous.new_users += read.days[i].count;
			continue;
		}
		out->new_users += read.days[i].count;
		point_of_day(&out->series, read.days[i].day, &at)->new_users +=
			read.days[i].count;
	}
	return status;
}

static void
count_take(struct report_platform *out, struct report_point *point,
	   enum events_count_kind kind, const struct events_count *count)
{
	if (kind == EVENTS_SEARCHES) {
		point->searches += count->count;
		out->searches += count->count;
		if (count->id == 1)
			out->empty_searches += count->count;
		return;
	}
	point->requests += count->count;
	out->requests += count->count;
	if (count->id >= 500) {
		point->errors += count->count;
		out->errors += count->count;
	} else if (count->id >= 400) {
		out->refused += count->count;
	}
}

static void
previous_take(struct report_point *point, enum events_count_kind kind,
	      const struct events_count *count)
{
	if (kind == EVENTS_SEARCHES)
		point->searches += count->count;
	else
		point->requests += count->count;
	if (kind == EVENTS_REQUESTS && count->id >= 500)
		point->errors += count->count;
}

static enum status
platform_counts(struct listening *listening, const struct report_period *period,
		enum events_count_kind kind, struct arena *arena,
		struct report_platform *out, struct fault *fault)
{
	struct report_period before = report_before(period);
	struct events_count *counts;
	size_t count, at = 0;
	enum status status = events_counts(listening_log(listening), arena,
					   kind, &period->days, &counts, &count,
					   fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		count_take(out, point_of_day(&out->series, counts[i].day, &at),
			   kind, &counts[i]);
	if (status == STATUS_OK)
		status = events_counts(listening_log(listening), arena, kind,
				       &before.days, &counts, &count, fault);
	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		previous_take(&out->previous, kind, &counts[i]);
	return status;
}

static int
count_compare(const void *a, const void *b)
{
	const struct events_count *x = a, *y = b;

	return x->count > y->count ? -1 : x->count < y->count;
}

static enum status
platform_actions(struct listening *listening,
		 const struct report_period *period, struct arena *arena,
		 struct report_platform *out, struct fault *fault)
{
	struct events_count *counts;
	size_t count, kept = 0;
	enum status status = events_counts(listening_log(listening), arena,
					   EVENTS_ACTIONS, &period->days,
					   &counts, &count, fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		size_t k = 0;

		while (k < kept && strcmp(counts[k].word, counts[i].word) != 0)
			k++;
		if (k == kept)
			counts[kept++] = counts[i];
		else
			counts[k].count += counts[i].count;
	}
	if (kept > 0)
		qsort(counts, kept, sizeof *counts, count_compare);
	out->actions = counts;
	out->action_count = kept;
	return STATUS_OK;
}

static enum status
platform_active(struct listening *listening, const struct report_period *period,
		struct arena *arena, struct report_platform *out,
		struct fault *fault)
{
	struct report_series active;
	enum status status;

	series_make(period, arena, &active);
	status = series_listeners(listening, EVENTS_ACTIVE, 0, period, arena,
				  &active, &out->active_users, NULL, fault);
	for (size_t i = 0; i < active.count; i++)
		out->series.points[i].active_users =
			active.points[i].listeners;
	if (status == STATUS_OK)
		status = listeners_before(listening, EVENTS_ACTIVE, 0, period,
					  arena, &out->previous.active_users,
					  fault);
	return status;
}

static enum status
platform_hours(struct listening *listening, const struct report_period *period,
	       struct arena *arena, struct report_platform *out,
	       struct fault *fault)
{
	struct events_sum *sums;
	size_t count;
	enum status status = events_sums(listening_log(listening), arena,
					 EVENTS_HOUR, EVENTS_EVERY,
					 &period->days, &sums, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		int64_t place =
			(sums[i].day - period->days.first_day) * 24 +
			sums[i].id;

		out->hours[sums[i].id] += sums[i].plays;
		if (period->step != REPORT_BY_HOUR)
			continue;
		out->series.points[place].plays += sums[i].plays;
		out->series.points[place].skips += sums[i].skips;
		out->series.points[place].heard_ms += sums[i].heard_ms;
	}
	return status;
}

static enum status
platform_plays(struct listening *listening, const struct report_period *period,
	       struct arena *arena, struct report_platform *out,
	       struct fault *fault)
{
	struct report_period before = report_before(period);
	struct events_sum previous = { 0 };
	struct events_sum *sums;
	size_t count;
	enum status status = events_sums(listening_log(listening), arena,
					 EVENTS_TOTAL, 0, &period->days, &sums,
					 &count, fault);

	if (status != STATUS_OK)
		return status;
	if (period->step == REPORT_BY_HOUR)
		for (size_t i = 0; i < count; i++)
			sum_join(&out->totals, &sums[i]);
	else
		series_add(&out->series, sums, count, &out->totals);
	status = sums_total(listening, arena, EVENTS_TOTAL, 0, &before,
			    &previous, fault);
	out->previous.plays = previous.plays;
	out->previous.heard_ms = previous.heard_ms;
	if (status == STATUS_OK)
		status = platform_hours(listening, period, arena, out, fault);
	if (status == STATUS_OK)
		status = series_listeners(listening, EVENTS_TOTAL, 0, period,
					  arena, &out->series, &out->listeners,
					  NULL, fault);
	return status;
}

static enum status
platform_parts(struct listening *listening, const struct report_period *period,
	       struct arena *arena, struct report_platform *out,
	       struct fault *fault)
{
	const struct {
		enum events_kind kind;
		struct report_parts *parts;
	} rows[] = { { EVENTS_PLATFORM, &out->platforms },
		     { EVENTS_DEVICE, &out->devices },
		     { EVENTS_CLIENT, &out->clients },
		     { EVENTS_COUNTRY, &out->countries },
		     { EVENTS_SOURCE, &out->sources } };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(rows) && status == STATUS_OK; i++)
		status = parts_of_kind(listening, rows[i].kind, period, arena,
				       rows[i].parts, fault);
	return status;
}

enum status
report_platform(struct listening *listening, const struct report_period *period,
		struct arena *arena, struct report_platform *out,
		struct fault *fault)
{
	enum status status;

	*out = (struct report_platform){ 0 };
	series_make(period, arena, &out->series);
	status = platform_plays(listening, period, arena, out, fault);
	if (status == STATUS_OK)
		status = platform_parts(listening, period, arena, out, fault);
	if (status == STATUS_OK)
		status = platform_active(listening, period, arena, out, fault);
	if (status == STATUS_OK)
		status = platform_joined(listening, period, arena, out, fault);
	if (status == STATUS_OK)
		status = platform_counts(listening, period, EVENTS_REQUESTS,
					 arena, out, fault);
	if (status == STATUS_OK)
		status = platform_counts(listening, period, EVENTS_SEARCHES,
					 arena, out, fault);
	if (status == STATUS_OK)
		status = platform_actions(listening, period, arena, out,
					  fault);
	if (status == STATUS_OK)
		status = events_queries(listening_log(listening), arena,
					&period->days, QUERIES_TOP,
					&out->queries, &out->query_count,
					fault);
	return status;
}

enum status
report_total(struct listening *listening, const struct report_period *period,
	     struct arena *arena, struct events_sum *totals,
	     struct events_sum *before, struct report_series *series,
	     struct fault *fault)
{
	struct report_period earlier = report_before(period);
	struct events_sum *sums;
	size_t count;
	enum status status = events_sums(listening_log(listening), arena,
					 EVENTS_TOTAL, 0, &period->days, &sums,
					 &count, fault);

	if (status != STATUS_OK)
		return status;
	*totals = *before = (struct events_sum){ 0 };
	series_make(period, arena, series);
	series_add(series, sums, count, totals);
	return sums_total(listening, arena, EVENTS_TOTAL, 0, &earlier, before,
			  fault);
}

/* ---- tops ----------------------------------------------------------------- */

static void
ranks_take(const struct events_top *top, struct arena *arena,
	   struct report_ranks *out)
{
	*out = (struct report_ranks){
		.items = arena_new(arena, struct report_rank, top->count + 1),
		.count = top->count,
		.total = top->total,
	};
	for (size_t i = 0; i < top->count; i++)
		out->items[i] = (struct report_rank){
			.id = top->items[i].id,
			.plays = top->items[i].plays,
			.heard_ms = top->items[i].heard_ms,
		};
}

/* Places in the period before; those far behind have none. */
static void
ranks_compare(struct report_ranks *ranks, const struct events_top *before)
{
	for (size_t i = 0; i < ranks->count; i++)
		for (size_t k = 0; k < before->count; k++)
			if (before->items[k].id == ranks->items[i].id) {
				ranks->items[i].previous_rank =
					(uint32_t)k + 1;
				ranks->items[i].previous_plays =
					before->items[k].plays;
				break;
			}
}

enum status
report_top(struct listening *listening, enum events_kind kind,
	   const struct report_period *period, uint32_t limit,
	   bool ranked_before, struct arena *arena, struct report_ranks *out,
	   struct fault *fault)
{
	struct report_period earlier = report_before(period);
	struct events_top top, before;
	enum status status = listening_top(listening, arena, kind,
					   &period->days, &top, fault);

	if (status != STATUS_OK)
		return status;
	top.count = top.count < limit ? top.count : limit;
	ranks_take(&top, arena, out);
	if (!ranked_before || report_days(period) > REPORT_PREVIOUS_DAYS_MAX)
		return STATUS_OK;
	status = listening_top(listening, arena, kind, &earlier.days, &before,
			       fault);
	if (status == STATUS_OK)
		ranks_compare(out, &before);
	return status;
}

static int
growth_compare(const void *a, const void *b)
{
	const struct report_rank *x = a, *y = b;
	int64_t mine = x->plays - x->previous_plays;
	int64_t other = y->plays - y->previous_plays;

	if (mine != other)
		return mine > other ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

enum status
report_rising(struct listening *listening, enum events_kind kind,
	      const struct report_period *period, uint32_t limit,
	      struct arena *arena, struct report_ranks *out,
	      struct fault *fault)
{
	size_t kept = 0;
	enum status status = report_top(listening, kind, period,
					RISING_LOOKED_AT, true, arena, out,
					fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].plays > out->items[i].previous_plays)
			out->items[kept++] = out->items[i];
	if (kept > 0)
		qsort(out->items, kept, sizeof *out->items, growth_compare);
	out->count = kept < limit ? kept : limit;
	return STATUS_OK;
}

/* ---- history -------------------------------------------------------------- */

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
	status = kept_listens(listening, &asked,
				history_visit, &walk, fault);
	if (status == STATUS_OK && walk.more)
		out->next_cursor = arena_print(arena, "%lld.%lld",
					       (long long)walk.last_ms,
					       (long long)walk.last_seq);
	return status;
}
