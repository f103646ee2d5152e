/* analytics.c - statistics of tracks, artists and everything.
 * service/report.h has the numbers; here they get their names. */
#include "api/figures.h"

#include <stdlib.h>

#include "api/api.h"
#include "api/csv.h"
#include "api/forms_people.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "library/listening.h"
#include "library/ownership.h"
#include "service/kept_plays.h"

#define NOW_PLAYING_MAX 50
#define MINUTE_MS 60000

/* ---- tracks and artists -------------------------------------------------- */

struct owned_work {
	struct call *call;
	enum owned_kind kind;
	int64_t id;
	struct track track;
	struct artist artist;
	int64_t *track_ids;
	size_t track_count;
	bool owned;
};

static enum status
owned_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct owned_work *work = cookie;
	struct arena *arena = work->call->arena;
	enum status status;

	if (work->kind == OWNED_TRACK)
		status = tracks_get(session, work->id, arena, &work->track,
				    fault);
	else
		status = artists_get(session, work->id, arena, &work->artist,
				     fault);
	if (status == STATUS_OK)
		status = ownership_check(session, work->call->caller.user_id,
					 work->kind, work->id, &work->owned,
					 fault);
	if (status == STATUS_OK && work->kind == OWNED_ARTIST)
		status = popular_track_ids(
			session, work->id, 0,
			(uint32_t)call_int(work->call, "limit"), arena,
			&work->track_ids, &work->track_count, fault);
	return status;
}

/* Loads the thing; false: it is not there or not the caller's, answered. */
static bool
owned_read(struct owned_work *work, bool all_may)
{
	struct call *call = work->call;

	if (!call_read_store(call, owned_run, work))
		return false;
	return all_may ||
	       call_may_touch(call, work->owned ? call->caller.user_id : 0);
}

void
handle_analytics_track(struct call *call)
{
	struct owned_work work = { .call = call,
				   .kind = OWNED_TRACK,
				   .id = call_int(call, "id") };
	struct report_period period;
	struct report_thing report;
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!owned_read(&work, false) || !figures_period_read(call, &period) ||
	    figures_failed(call,
			   report_thing(call->api->args.listening, EVENTS_TRACK,
					work.id, &period, call->arena, &report,
					&fault),
			   &fault))
		return;
	if (figures_as_csv(call)) {
		figures_series_csv(call, &report.series,
				   FIGURES_SKIPS | FIGURES_LISTENERS);
		return;
	}
	figures_begin(&body, &json);
	json_name(&json, "track");
	form_track(&json, &work.track, false);
	figures_period(&json, "period", &period);
	json_member_object_begin(&json, "totals");
	figures_sums(&json, &report.totals);
	json_member_int(&json, "listeners", report.listeners);
	json_object_end(&json);
	figures_series(&json, &report.series,
		       FIGURES_SKIPS | FIGURES_LISTENERS);
	figures_parts(&json, "sources", &report.sources);
	figures_end(call, &body, &json);
}

static void
artist_head_form(struct json_writer *json, struct call *call,
		 const struct owned_work *work,
		 const struct report_period *period,
		 const struct report_thing *report, bool whole)
{
	json_name(json, "artist");
	figures_artist(json, call, &work->artist);
	figures_period(json, "period", period);
	json_member_object_begin(json, "totals");
	figures_sums(json, &report->totals);
	json_member_int(json, "listeners", report->listeners);
	if (whole)
		json_member_int(json, "listeners_28d",
				report->listeners_window);
	json_object_end(json);
	figures_series(json, &report->series,
		       whole ? FIGURES_OF_ARTIST
			     : FIGURES_SKIPS | FIGURES_LISTENERS);
}

static int
total_compare(const void *a, const void *b)
{
	const struct events_sum *x = a, *y = b;

	if (x->plays != y->plays)
		return x->plays > y->plays ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void
artist_tracks_form(struct json_writer *json, struct call *call,
		   const struct things *things, struct events_sum *totals,
		   size_t count)
{
	if (count > 0)
		qsort(totals, count, sizeof *totals, total_compare);
	json_member_array_begin(json, "tracks");
	for (size_t i = 0; i < count; i++) {
		if (!figures_thing(json, call, things, THING_TRACK,
				   totals[i].id))
			continue;
		figures_sums(json, &totals[i]);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
previous_thing_form(struct json_writer *json, const struct report_thing *report)
{
	json_member_object_begin(json, "previous");
	json_member_int(json, "plays", report->previous_plays);
	json_member_int(json, "heard_ms", report->previous_heard_ms);
	json_member_int(json, "listeners", report->previous_listeners);
	json_object_end(json);
}

static bool
artist_report(struct owned_work *work, struct report_period *period,
	      struct report_thing *report, bool all_may)
{
	struct call *call = work->call;
	struct fault fault = { 0 };

	return owned_read(work, all_may) && figures_period_read(call, period) &&
	       !figures_failed(call,
			       report_thing(call->api->args.listening,
					    EVENTS_ARTIST, work->id, period,
					    call->arena, report, &fault),
			       &fault);
}

void
handle_analytics_artist(struct call *call)
{
	struct owned_work work = { .call = call,
				   .kind = OWNED_ARTIST,
				   .id = call_int(call, "id") };
	struct report_period period;
	struct report_thing report;
	struct events_sum *totals;
	struct things things = { 0 };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!artist_report(&work, &period, &report, false))
		return;
	if (figures_as_csv(call)) {
		figures_series_csv(call, &report.series, FIGURES_OF_ARTIST);
		return;
	}
	if (figures_failed(call,
			   kept_totals(call->api->args.listening, call->arena,
				       EVENTS_TRACK, work.track_ids,
				       work.track_count, &period.days, &totals,
				       &fault),
			   &fault))
		return;
	for (size_t i = 0; i < work.track_count; i++)
		things_want(&things, call->arena, THING_TRACK,
			    work.track_ids[i]);
	if (!things_load(&things, call))
		return;
	figures_begin(&body, &json);
	artist_head_form(&json, call, &work, &period, &report, true);
	previous_thing_form(&json, &report);
	figures_parts(&json, "sources", &report.sources);
	artist_tracks_form(&json, call, &things, totals, work.track_count);
	figures_end(call, &body, &json);
}

void
handle_artist_stats(struct call *call)
{
	struct owned_work work = { .call = call,
				   .kind = OWNED_ARTIST,
				   .id = call_int(call, "id") };
	struct report_period period;
	struct report_thing report;
	struct json_writer json;
	struct buffer body;

	if (!artist_report(&work, &period, &report, true))
		return;
	if (figures_as_csv(call)) {
		figures_series_csv(call, &report.series,
				   FIGURES_SKIPS | FIGURES_LISTENERS);
		return;
	}
	figures_begin(&body, &json);
	artist_head_form(&json, call, &work, &period, &report, false);
	figures_end(call, &body, &json);
}

/* ---- everything ---------------------------------------------------------- */

static void
platform_totals_form(struct json_writer *json,
		     const struct report_platform *report)
{
	json_member_object_begin(json, "totals");
	figures_sums(json, &report->totals);
	json_member_int(json, "listeners", report->listeners);
	json_member_int(json, "active_users", report->active_users);
	json_member_int(json, "new_users", report->new_users);
	json_member_int(json, "users", report->users);
	json_member_int(json, "searches", report->searches);
	json_member_int(json, "searches_without_results",
			report->empty_searches);
	json_member_int(json, "requests", report->requests);
	json_member_int(json, "errors", report->errors);
	json_member_int(json, "refused", report->refused);
	json_object_end(json);
	json_member_object_begin(json, "previous");
	json_member_int(json, "plays", report->previous.plays);
	json_member_int(json, "heard_ms", report->previous.heard_ms);
	json_member_int(json, "active_users", report->previous.active_users);
	json_member_int(json, "new_users", report->previous.new_users);
	json_member_int(json, "searches", report->previous.searches);
	json_member_int(json, "requests", report->previous.requests);
	json_member_int(json, "errors", report->previous.errors);
	json_object_end(json);
}

static void
platform_parts_form(struct json_writer *json,
		    const struct report_platform *report)
{
	json_member_array_begin(json, "hours");
	for (int hour = 0; hour < 24; hour++)
		json_int(json, report->hours[hour]);
	json_array_end(json);
	figures_parts(json, "platforms", &report->platforms);
	figures_parts(json, "devices", &report->devices);
	figures_parts(json, "clients", &report->clients);
	figures_parts(json, "countries", &report->countries);
	figures_parts(json, "sources", &report->sources);
	json_member_array_begin(json, "actions");
	for (size_t i = 0; i < report->action_count; i++) {
		json_object_begin(json);
		json_member_text(json, "name", report->actions[i].word);
		json_member_int(json, "count", report->actions[i].count);
		json_object_end(json);
	}
	json_array_end(json);
	json_member_array_begin(json, "top_queries");
	for (size_t i = 0; i < report->query_count; i++) {
		json_object_begin(json);
		json_member_text(json, "query", report->queries[i].text);
		json_member_int(json, "count", report->queries[i].count);
		json_member_int(json, "without_results",
				report->queries[i].empty);
		json_object_end(json);
	}
	json_array_end(json);
}

void
handle_analytics_platform(struct call *call)
{
	struct listening_counts counts;
	struct report_platform report;
	struct report_period period;
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;
	unsigned members =
		FIGURES_LISTENERS | FIGURES_WINDOW | FIGURES_PLATFORM;

	if (!figures_period_read(call, &period) ||
	    figures_failed(call,
			   report_platform(call->api->args.listening, &period,
					   call->arena, &report, &fault),
			   &fault))
		return;
	if (figures_as_csv(call)) {
		figures_series_csv(call, &report.series, members);
		return;
	}
	listening_count(call->api->args.listening, &counts);
	figures_begin(&body, &json);
	figures_period(&json, "period", &period);
	platform_totals_form(&json, &report);
	figures_series(&json, &report.series, members);
	platform_parts_form(&json, &report);
	json_member_object_begin(&json, "events");
	json_member_int(&json, "accepted", (int64_t)counts.accepted);
	json_member_int(&json, "dropped", (int64_t)counts.dropped);
	json_member_int(&json, "waiting", (int64_t)counts.waiting);
	json_object_end(&json);
	figures_end(call, &body, &json);
}

/* ---- tops ---------------------------------------------------------------- */

static enum events_kind
events_kind_of(enum thing_kind kind)
{
	return kind == THING_TRACK    ? EVENTS_TRACK
	       : kind == THING_ARTIST ? EVENTS_ARTIST
				      : EVENTS_GENRE;
}

static void
top_csv(struct call *call, const struct things *things, enum thing_kind kind,
	const struct report_ranks *ranks)
{
	struct csv_writer csv;
	struct buffer file;

	buffer_init(&file, 0);
	csv_writer_init(&csv, &file);
	csv_head(&csv, "rank,previous_rank,id,title,plays,heard_ms");
	for (size_t i = 0; i < ranks->count; i++) {
		csv_int(&csv, (int64_t)i + 1);
		csv_int_or_empty(&csv, ranks->items[i].previous_rank);
		csv_int(&csv, ranks->items[i].id);
		csv_text(&csv,
			 figures_thing_title(things, kind, ranks->items[i].id));
		csv_int(&csv, ranks->items[i].plays);
		csv_int(&csv, ranks->items[i].heard_ms);
		csv_row_end(&csv);
	}
	answer_export(call, "ogma-popular", &file);
}

static void
rank_form(struct json_writer *json, struct call *call,
	  const struct things *things, enum thing_kind kind, size_t place,
	  const struct report_rank *rank)
{
	if (!figures_thing(json, call, things, kind, rank->id))
		return;
	json_member_int(json, "rank", (int64_t)place);
	form_int_or_null(json, "previous_rank", rank->previous_rank);
	json_member_int(json, "plays", rank->plays);
	json_member_int(json, "heard_ms", rank->heard_ms);
	json_object_end(json);
}

static void
answer_top(struct call *call, enum thing_kind kind)
{
	struct report_period period;
	struct report_ranks ranks;
	struct things things = { 0 };
	struct page_info page = { 0 };
	struct page_answer answer;
	struct fault fault = { 0 };

	if (!figures_period_read(call, &period) ||
	    figures_failed(call,
			   report_top(call->api->args.listening,
				      events_kind_of(kind), &period,
				      (uint32_t)call_int(call, "limit"), true,
				      call->arena, &ranks, &fault),
			   &fault))
		return;
	figures_ranks_want(&things, call->arena, kind, &ranks);
	if (!things_load(&things, call))
		return;
	if (figures_as_csv(call)) {
		top_csv(call, &things, kind, &ranks);
		return;
	}
	page_begin(&answer);
	for (size_t i = 0; i < ranks.count; i++)
		rank_form(&answer.json, call, &things, kind, i + 1,
			  &ranks.items[i]);
	page.total = ranks.total;
	page_items_end(&answer, &page);
	figures_period(&answer.json, "period", &period);
	page_send(&answer, call);
}

void
handle_popular_tracks(struct call *call)
{
	answer_top(call, THING_TRACK);
}

void
handle_popular_artists(struct call *call)
{
	answer_top(call, THING_ARTIST);
}

void
handle_genres_stats(struct call *call)
{
	answer_top(call, THING_GENRE);
}

struct trends {
	struct events_sum totals, before;
	struct report_series series;
	struct report_ranks rising[THING_KINDS];
	struct things things;
};

static const enum thing_kind rising_kinds[] = { THING_TRACK, THING_ARTIST,
						THING_GENRE };

static bool
trends_read(struct call *call, const struct report_period *period,
	    struct trends *trends)
{
	struct listening *listening = call->api->args.listening;
	struct fault fault = { 0 };
	enum status status =
		report_total(listening, period, call->arena, &trends->totals,
			     &trends->before, &trends->series, &fault);

	for (size_t i = 0;
	     i < ARRAY_LENGTH(rising_kinds) && status == STATUS_OK; i++) {
		enum thing_kind kind = rising_kinds[i];

		status = report_rising(listening, events_kind_of(kind), period,
				       (uint32_t)call_int(call, "limit"),
				       call->arena, &trends->rising[kind],
				       &fault);
		if (status == STATUS_OK)
			figures_ranks_want(&trends->things, call->arena, kind,
					   &trends->rising[kind]);
	}
	return !figures_failed(call, status, &fault) &&
	       things_load(&trends->things, call);
}

static void
rising_form(struct json_writer *json, struct call *call,
	    const struct trends *trends, enum thing_kind kind, const char *name)
{
	const struct report_ranks *ranks = &trends->rising[kind];

	json_member_array_begin(json, name);
	for (size_t i = 0; i < ranks->count; i++) {
		const struct report_rank *rank = &ranks->items[i];
		int64_t before = rank->previous_plays;

		if (!figures_thing(json, call, &trends->things, kind, rank->id))
			continue;
		json_member_int(json, "plays", rank->plays);
		json_member_int(json, "previous_plays", before);
		if (before > 0)
			json_member_double(json, "change",
					   (double)(rank->plays - before) /
						   (double)before);
		else
			json_member_null(json, "change");
		json_object_end(json);
	}
	json_array_end(json);
}

void
handle_trends(struct call *call)
{
	struct trends trends = { .series = { 0 } };
	struct report_period period, before;
	struct json_writer json;
	struct buffer body;

	if (!figures_period_read(call, &period) ||
	    !trends_read(call, &period, &trends))
		return;
	if (figures_as_csv(call)) {
		figures_series_csv(call, &trends.series, 0);
		return;
	}
	before = report_before(&period);
	figures_begin(&body, &json);
	figures_period(&json, "period", &period);
	figures_period(&json, "previous_period", &before);
	json_member_object_begin(&json, "totals");
	json_member_int(&json, "plays", trends.totals.plays);
	json_member_int(&json, "previous_plays", trends.before.plays);
	json_member_int(&json, "heard_ms", trends.totals.heard_ms);
	json_member_int(&json, "previous_heard_ms", trends.before.heard_ms);
	json_object_end(&json);
	rising_form(&json, call, &trends, THING_TRACK, "rising_tracks");
	rising_form(&json, call, &trends, THING_ARTIST, "rising_artists");
	rising_form(&json, call, &trends, THING_GENRE, "rising_genres");
	figures_series(&json, &trends.series, 0);
	figures_end(call, &body, &json);
}

/* ---- now ----------------------------------------------------------------- */

struct now_work {
	struct call *call;
	const struct present *present;
	size_t count;
	struct user *users; /* as present; id 0: nobody */
};

static enum status
now_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct now_work *work = cookie;
	enum status status = STATUS_OK;

	for (size_t i = 0; i < work->count && status == STATUS_OK; i++) {
		work->users[i] = (struct user){ 0 };
		if (work->present[i].user_id == 0)
			continue;
		status = users_get(session, work->present[i].user_id,
				   work->call->arena, &work->users[i], fault);
		if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
	}
	return status;
}

static void
present_form(struct json_writer *json, struct call *call,
	     const struct things *things, const struct present *present,
	     const struct user *user)
{
	if (!figures_thing(json, call, things, THING_TRACK, present->track_id))
		return;
	if (user->id != 0) {
		json_member_object_begin(json, "user");
		json_member_int(json, "id", user->id);
		json_member_text(json, "username", user->username);
		json_object_end(json);
	} else {
		json_member_null(json, "user");
	}
	json_member_time(json, "since", present->began_at_ms);
	json_member_text(json, "platform",
			 *present->platform != '\0' ? present->platform : NULL);
	json_object_end(json);
}

void
handle_active_users(struct call *call)
{
	struct presence *presence =
		listening_presence(call->api->args.listening);
	struct present *present =
		arena_new(call->arena, struct present, NOW_PLAYING_MAX);
	int64_t now_ms = clock_now_ms();
	struct now_work work = {
		.call = call,
		.present = present,
		.count = presence_listening(presence, now_ms, present,
					    NOW_PLAYING_MAX),
		.users = arena_new(call->arena, struct user, NOW_PLAYING_MAX),
	};
	struct things things = { 0 };
	struct json_writer json;
	struct buffer body;

	for (size_t i = 0; i < work.count; i++)
		things_want(&things, call->arena, THING_TRACK,
			    present[i].track_id);
	if (!call_read_store(call, now_run, &work) ||
	    !things_load(&things, call))
		return;
	figures_begin(&body, &json);
	json_member_time(&json, "at", now_ms);
	json_member_int(&json, "active_users",
			presence_count(presence, now_ms - 5 * MINUTE_MS));
	json_member_int(&json, "last_15_minutes",
			presence_count(presence, now_ms - 15 * MINUTE_MS));
	json_member_int(&json, "last_hour",
			presence_count(presence, now_ms - 60 * MINUTE_MS));
	json_member_int(&json, "listening",
			presence_listening_count(presence, now_ms));
	json_member_array_begin(&json, "now_playing");
	for (size_t i = 0; i < work.count; i++)
		present_form(&json, call, &things, &present[i], &work.users[i]);
	json_array_end(&json);
	figures_end(call, &body, &json);
}
