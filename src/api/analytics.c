/* analytics.c - routes of statistics: of people, tracks, artists and of
 * everything. service/report.h has the numbers; here they get their names. */
#include "api/analytics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/api.h"
#include "api/csv.h"
#include "api/forms_people.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "library/listening.h"
#include "library/ownership.h"
#include "service/kept_plays.h"

#define PRESET_DAYS 30
#define REDISCOVER_PLAYS 3
#define REDISCOVER_MS (90 * (int64_t)DAY_MS)
#define NOW_PLAYING_MAX 50
#define MINUTE_MS 60000

/* ---- periods -------------------------------------------------------------- */

/* "2026-01-31", or a time. */
static bool
day_read(const char *text, int32_t *out)
{
	char with_time[CLOCK_TEXT_BYTES + 16], again[CLOCK_TEXT_BYTES];
	bool plain = strlen(text) == 10;
	int64_t at_ms;

	if (plain)
		snprintf(with_time, sizeof with_time, "%sT00:00:00Z", text);
	if (!clock_parse_rfc3339(plain ? with_time : text, &at_ms))
		return false;
	*out = events_day_of(at_ms);
	clock_print_rfc3339(at_ms, again);
	return !plain || strncmp(again, text, 10) == 0; /* no 31 February */
}

static bool
period_refuse(struct call *call, const char *field, const char *english,
	      const char *russian)
{
	call_answer_field(call, field,
			  call->language == LANGUAGE_RU ? russian : english);
	return false;
}

static bool
days_read(struct call *call, struct events_range *out)
{
	const char *from = call_text(call, "from"), *to = call_text(call, "to");
	int32_t today = events_day_of(clock_now_ms());

	out->last_day = today;
	if (to != NULL && !day_read(to, &out->last_day))
		return period_refuse(call, "to",
				     "must be a day such as 2026-01-31",
				     "должно быть днём, например 2026-01-31");
	out->first_day = out->last_day - (PRESET_DAYS - 1);
	if (from != NULL && !day_read(from, &out->first_day))
		return period_refuse(call, "from",
				     "must be a day such as 2026-01-31",
				     "должно быть днём, например 2026-01-31");
	if (out->first_day > out->last_day)
		return period_refuse(call, "from", "is behind the end",
				     "позже конца");
	if (out->last_day - out->first_day >= REPORT_DAYS_MAX ||
	    out->first_day < 0 || out->last_day > today + 366)
		return period_refuse(call, "from", "is too far away",
				     "слишком далеко");
	return true;
}

/* False: answered already. */
static bool
period_read(struct call *call, struct report_period *out)
{
	static const char *const names[] = {
		[REPORT_BY_DAY] = "day",
		[REPORT_BY_WEEK] = "week",
		[REPORT_BY_MONTH] = "month",
		[REPORT_BY_HOUR] = "hour",
	};
	const char *step = call_text(call, "interval");

	out->step = REPORT_BY_DAY;
	for (size_t i = 0; step != NULL && i < ARRAY_LENGTH(names); i++)
		if (strcmp(step, names[i]) == 0)
			out->step = (enum report_step)i;
	if (!days_read(call, &out->days))
		return false;
	if (out->step == REPORT_BY_HOUR &&
	    report_days(out) > REPORT_HOURS_DAYS_MAX)
		return period_refuse(call, "interval",
				     "hour is for 31 days at most",
				     "час — не больше чем для 31 дня");
	return true;
}

static void
period_form(struct json_writer *json, const char *name,
	    const struct report_period *period)
{
	static const char *const steps[] = { "day", "week", "month", "hour" };

	json_member_object_begin(json, name);
	json_member_time(json, "from",
			 (int64_t)period->days.first_day * DAY_MS);
	json_member_time(json, "to",
			 ((int64_t)period->days.last_day + 1) * DAY_MS);
	json_member_text(json, "interval", steps[period->step]);
	json_member_int(json, "days", report_days(period));
	json_object_end(json);
}

/* ---- members -------------------------------------------------------------- */

static void
sums_members(struct json_writer *json, const struct events_sum *sum)
{
	int64_t ended = sum->completes + sum->skips;

	json_member_int(json, "plays", sum->plays);
	json_member_int(json, "starts", sum->starts);
	json_member_int(json, "completes", sum->completes);
	json_member_int(json, "skips", sum->skips);
	json_member_int(json, "heard_ms", sum->heard_ms);
	if (ended > 0)
		json_member_double(json, "completion_rate",
				   (double)sum->completes / (double)ended);
	else
		json_member_null(json, "completion_rate");
}

static void
parts_form(struct json_writer *json, const char *name,
	   const struct report_parts *parts)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < parts->count; i++) {
		json_object_begin(json);
		json_member_text(json, "name", parts->items[i].name);
		sums_members(json, &parts->items[i].sum);
		json_object_end(json);
	}
	json_array_end(json);
}

enum point_members { /* bits: what the points of a page tell */
	POINT_SKIPS = 1,
	POINT_LISTENERS = 2,
	POINT_WINDOW = 4,
	POINT_PLATFORM = 8,
};
#define ARTIST_POINTS (POINT_SKIPS | POINT_LISTENERS | POINT_WINDOW)

/* Members beside "at", in their order; bits 0: every page has it. */
static const struct {
	unsigned bits;
	const char *name;
	size_t offset;
} point_members[] = {
	{ 0, "plays", offsetof(struct report_point, plays) },
	{ 0, "heard_ms", offsetof(struct report_point, heard_ms) },
	{ POINT_SKIPS, "skips", offsetof(struct report_point, skips) },
	{ POINT_LISTENERS, "listeners",
	  offsetof(struct report_point, listeners) },
	{ POINT_WINDOW, "listeners_28d",
	  offsetof(struct report_point, listeners_window) },
	{ POINT_PLATFORM, "active_users",
	  offsetof(struct report_point, active_users) },
	{ POINT_PLATFORM, "new_users",
	  offsetof(struct report_point, new_users) },
	{ POINT_PLATFORM, "searches", offsetof(struct report_point, searches) },
	{ POINT_PLATFORM, "requests", offsetof(struct report_point, requests) },
	{ POINT_PLATFORM, "errors", offsetof(struct report_point, errors) },
};

static bool
point_has(unsigned members, size_t at)
{
	return (point_members[at].bits & ~members) == 0;
}

static int64_t
point_value(const struct report_point *point, size_t at)
{
	int64_t value;

	memcpy(&value, (const char *)point + point_members[at].offset,
	       sizeof value);
	return value;
}

static void
series_form(struct json_writer *json, const struct report_series *series,
	    unsigned members)
{
	json_member_array_begin(json, "series");
	for (size_t i = 0; i < series->count; i++) {
		const struct report_point *point = &series->points[i];

		json_object_begin(json);
		json_member_time(json, "at", point->at_ms);
		for (size_t m = 0; m < ARRAY_LENGTH(point_members); m++)
			if (point_has(members, m))
				json_member_int(json, point_members[m].name,
						point_value(point, m));
		json_object_end(json);
	}
	json_array_end(json);
}

static void
series_csv(struct call *call, const struct report_series *series,
	   unsigned members)
{
	struct csv_writer csv;
	struct buffer head, file;

	buffer_init(&head, 0);
	buffer_add_text(&head, "at");
	for (size_t m = 0; m < ARRAY_LENGTH(point_members); m++)
		if (point_has(members, m))
			buffer_print(&head, ",%s", point_members[m].name);
	buffer_init(&file, 0);
	csv_writer_init(&csv, &file);
	csv_head(&csv, head.bytes);
	buffer_release(&head);
	for (size_t i = 0; i < series->count; i++) {
		const struct report_point *point = &series->points[i];

		csv_time(&csv, point->at_ms);
		for (size_t m = 0; m < ARRAY_LENGTH(point_members); m++)
			if (point_has(members, m))
				csv_int(&csv, point_value(point, m));
		csv_row_end(&csv);
	}
	answer_export(call, "ogma-statistics", &file);
}

static bool
wants_csv(const struct call *call)
{
	const char *format = call_text(call, "format");

	return format != NULL && strcmp(format, "csv") == 0;
}

static void
report_begin(struct buffer *body, struct json_writer *json)
{
	buffer_init(body, 0);
	json_writer_init(json, body);
	json_object_begin(json);
}

static void
report_end(struct call *call, struct buffer *body, struct json_writer *json)
{
	json_object_end(json);
	call_answer_json(call, 200, body);
}

static bool
report_failed(struct call *call, enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		call_answer_fault(call, fault);
	return status != STATUS_OK;
}

/* ---- things in short ------------------------------------------------------ */

static void
artist_ref_form(struct json_writer *json, struct call *call,
		const struct artist *artist)
{
	json_object_begin(json);
	json_member_int(json, "id", artist->id);
	json_member_text(json, "name", artist->name);
	json_member_text(json, "cover_url",
			 form_cover_url(call->arena, "artists", artist->id,
					&artist->cover));
	json_object_end(json);
}

static void
album_ref_form(struct json_writer *json, struct call *call,
	       const struct album *album)
{
	json_object_begin(json);
	json_member_int(json, "id", album->id);
	json_member_text(json, "title", album->title);
	json_member_text(json, "artist", album->artist);
	form_int_or_null(json, "artist_id", album->artist_id);
	form_int_or_null(json, "year", album->year);
	json_member_text(json, "cover_url",
			 form_cover_url(call->arena, "albums", album->id,
					&album->cover));
	json_object_end(json);
}

static void
genre_ref_form(struct json_writer *json, const struct genre *genre)
{
	json_object_begin(json);
	json_member_int(json, "id", genre->id);
	json_member_text(json, "name", genre->name);
	json_object_end(json);
}

static const char *const thing_names[THING_KINDS] = { "track", "artist",
						      "album", "genre" };

/* Writes "track": {…} and the like. False, and nothing is written: it is gone. */
static bool
thing_member(struct json_writer *json, struct call *call,
	     const struct things *things, enum thing_kind kind, int64_t id)
{
	const struct track *track = NULL;
	const struct artist *artist = NULL;
	const struct album *album = NULL;
	const struct genre *genre = NULL;

	if (kind == THING_TRACK)
		track = things_track(things, id);
	else if (kind == THING_ARTIST)
		artist = things_artist(things, id);
	else if (kind == THING_ALBUM)
		album = things_album(things, id);
	else
		genre = things_genre(things, id);
	if (track == NULL && artist == NULL && album == NULL && genre == NULL)
		return false;
	json_object_begin(json);
	json_name(json, thing_names[kind]);
	if (track != NULL)
		form_track(json, track, false);
	else if (artist != NULL)
		artist_ref_form(json, call, artist);
	else if (album != NULL)
		album_ref_form(json, call, album);
	else
		genre_ref_form(json, genre);
	return true;
}

static const char *
thing_title(const struct things *things, enum thing_kind kind, int64_t id)
{
	const struct track *track = things_track(things, id);
	const struct artist *artist = things_artist(things, id);
	const struct genre *genre = things_genre(things, id);

	if (kind == THING_TRACK)
		return track != NULL ? track->title : NULL;
	if (kind == THING_ARTIST)
		return artist != NULL ? artist->name : NULL;
	return genre != NULL ? genre->name : NULL;
}

static void
ranks_want(struct things *things, struct arena *arena, enum thing_kind kind,
	   const struct report_ranks *ranks)
{
	for (size_t i = 0; i < ranks->count; i++)
		things_want(things, arena, kind, ranks->items[i].id);
}

static void
ranks_form(struct json_writer *json, struct call *call, const char *name,
	   const struct things *things, enum thing_kind kind,
	   const struct report_ranks *ranks)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < ranks->count; i++) {
		const struct report_rank *rank = &ranks->items[i];

		if (!thing_member(json, call, things, kind, rank->id))
			continue;
		json_member_int(json, "plays", rank->plays);
		json_member_int(json, "heard_ms", rank->heard_ms);
		json_object_end(json);
	}
	json_array_end(json);
}

/* ---- one person ----------------------------------------------------------- */

struct faded_work {
	struct call *call;
	int64_t user_id;
	struct user_track *items;
	size_t count;
	struct user user;
};

static enum status
faded_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct faded_work *work = cookie;

	return user_tracks_faded(session, work->user_id, REDISCOVER_PLAYS,
				 clock_now_ms() - REDISCOVER_MS,
				 (uint32_t)call_int(work->call, "limit"),
				 work->call->arena, &work->items, &work->count,
				 fault);
}

static void
weekday_hours_form(struct json_writer *json, int64_t hours[7][24])
{
	json_member_array_begin(json, "weekday_hours");
	for (int day = 0; day < 7; day++) {
		json_array_begin(json);
		for (int hour = 0; hour < 24; hour++)
			json_int(json, hours[day][hour]);
		json_array_end(json);
	}
	json_array_end(json);
}

static void
day_member(struct json_writer *json, const char *name, int32_t day, bool known)
{
	char text[CLOCK_TEXT_BYTES];

	if (!known) {
		json_member_null(json, name);
		return;
	}
	clock_print_rfc3339((int64_t)day * DAY_MS, text);
	text[10] = '\0';
	json_member_text(json, name, text);
}

static void
streaks_form(struct json_writer *json, const struct report_streaks *streaks)
{
	bool any = streaks->longest_days > 0;

	json_member_object_begin(json, "streaks");
	json_member_int(json, "current_days", streaks->current_days);
	json_member_int(json, "longest_days", streaks->longest_days);
	day_member(json, "longest_from", streaks->first_day, any);
	day_member(json, "longest_to", streaks->last_day, any);
	json_object_end(json);
}

static void
user_totals_form(struct json_writer *json, const struct report_user *report)
{
	json_member_object_begin(json, "totals");
	sums_members(json, &report->totals);
	json_member_int(json, "tracks", report->tracks);
	json_member_int(json, "artists", report->artists);
	json_member_int(json, "albums", report->albums);
	json_member_int(json, "active_days", report->active_days);
	json_object_end(json);
	json_member_object_begin(json, "previous");
	json_member_int(json, "plays", report->previous_plays);
	json_member_int(json, "heard_ms", report->previous_heard_ms);
	json_object_end(json);
}

static void
user_tops_want(struct things *things, struct arena *arena,
	       const struct report_user *report)
{
	ranks_want(things, arena, THING_TRACK, &report->top_tracks);
	ranks_want(things, arena, THING_ARTIST, &report->top_artists);
	ranks_want(things, arena, THING_ALBUM, &report->top_albums);
	ranks_want(things, arena, THING_GENRE, &report->top_genres);
}

static void
user_tops_form(struct json_writer *json, struct call *call,
	       const struct things *things, const struct report_user *report)
{
	ranks_form(json, call, "top_tracks", things, THING_TRACK,
		   &report->top_tracks);
	ranks_form(json, call, "top_artists", things, THING_ARTIST,
		   &report->top_artists);
	ranks_form(json, call, "top_albums", things, THING_ALBUM,
		   &report->top_albums);
	ranks_form(json, call, "top_genres", things, THING_GENRE,
		   &report->top_genres);
}

static void
rediscover_form(struct json_writer *json, struct call *call,
		const struct things *things, const struct faded_work *faded)
{
	json_member_array_begin(json, "rediscover");
	for (size_t i = 0; i < faded->count; i++) {
		const struct user_track *item = &faded->items[i];

		if (!thing_member(json, call, things, THING_TRACK,
				  item->track_id))
			continue;
		json_member_int(json, "plays", item->plays);
		json_member_time(json, "last_played_at",
				 item->last_played_at_ms);
		json_object_end(json);
	}
	json_array_end(json);
}

void
handle_analytics_user(struct call *call)
{
	struct faded_work faded = { .call = call,
				    .user_id = call_int(call, "id") };
	struct report_period period;
	struct report_user report;
	struct things things = { 0 };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!user_may_be_seen(call, faded.user_id) ||
	    !period_read(call, &period) ||
	    report_failed(call,
			  report_user(call->api->args.listening, faded.user_id,
				      &period,
				      (int32_t)call_int(call, "tz_minutes"),
				      (uint32_t)call_int(call, "limit"), false,
				      call->arena, &report, &fault),
			  &fault))
		return;
	if (wants_csv(call)) {
		series_csv(call, &report.series, POINT_SKIPS);
		return;
	}
	if (!call_read_store(call, faded_run, &faded))
		return;
	user_tops_want(&things, call->arena, &report);
	for (size_t i = 0; i < faded.count; i++)
		things_want(&things, call->arena, THING_TRACK,
			    faded.items[i].track_id);
	if (!things_load(&things, call))
		return;
	report_begin(&body, &json);
	json_member_int(&json, "user_id", faded.user_id);
	period_form(&json, "period", &period);
	user_totals_form(&json, &report);
	series_form(&json, &report.series, POINT_SKIPS);
	weekday_hours_form(&json, report.weekday_hours);
	streaks_form(&json, &report.streaks);
	user_tops_form(&json, call, &things, &report);
	parts_form(&json, "sources", &report.sources);
	parts_form(&json, "platforms", &report.platforms);
	parts_form(&json, "devices", &report.devices);
	parts_form(&json, "clients", &report.clients);
	rediscover_form(&json, call, &things, &faded);
	report_end(call, &body, &json);
}

/* ---- a year ---------------------------------------------------------------- */

static int32_t
day_of_year_start(int64_t year)
{
	struct tm parts = { .tm_year = (int)year - 1900, .tm_mday = 1 };

	return (int32_t)(timegm(&parts) / (DAY_MS / 1000));
}

static int64_t
year_now(void)
{
	time_t now = (time_t)(clock_now_ms() / 1000);
	struct tm parts;

	gmtime_r(&now, &parts);
	return parts.tm_year + 1900;
}

static void
recap_months_form(struct json_writer *json, const struct report_series *series)
{
	json_member_array_begin(json, "months");
	for (size_t i = 0; i < series->count; i++) {
		json_object_begin(json);
		json_member_int(json, "month", (int64_t)i + 1);
		json_member_int(json, "plays", series->points[i].plays);
		json_member_int(json, "heard_ms", series->points[i].heard_ms);
		json_object_end(json);
	}
	json_array_end(json);
}

static void
peak_form(struct json_writer *json, const int64_t hours[7][24])
{
	int best = 0;

	for (int i = 1; i < 7 * 24; i++)
		if (hours[i / 24][i % 24] > hours[best / 24][best % 24])
			best = i;
	if (hours[best / 24][best % 24] == 0) {
		json_member_null(json, "peak");
		return;
	}
	json_member_object_begin(json, "peak");
	json_member_int(json, "weekday", best / 24);
	json_member_int(json, "hour", best % 24);
	json_object_end(json);
}

static void
recap_marks_form(struct json_writer *json, struct call *call,
		 const struct things *things, const struct report_user *report)
{
	peak_form(json, report->weekday_hours);
	if (report->top_day_ms > 0) {
		json_member_object_begin(json, "top_day");
		day_member(json, "date", report->top_day, true);
		json_member_int(json, "heard_ms", report->top_day_ms);
		json_member_int(json, "plays", report->top_day_plays);
		json_object_end(json);
	} else {
		json_member_null(json, "top_day");
	}
	json_name(json, "first_play");
	if (report->first_at_ms != 0 &&
	    thing_member(json, call, things, THING_TRACK,
			 report->first_track_id)) {
		json_member_time(json, "played_at", report->first_at_ms);
		json_object_end(json);
	} else {
		json_null_value(json);
	}
}

static void
recap_numbers_form(struct json_writer *json, const struct report_user *report)
{
	json_member_int(json, "heard_ms", report->totals.heard_ms);
	json_member_int(json, "plays", report->totals.plays);
	json_member_int(json, "tracks", report->tracks);
	json_member_int(json, "artists", report->artists);
	json_member_int(json, "albums", report->albums);
	json_member_int(json, "genres", report->genres);
	json_member_int(json, "active_days", report->active_days);
	json_member_int(json, "new_artists", report->new_artists);
	json_member_object_begin(json, "previous_year");
	json_member_int(json, "plays", report->previous_plays);
	json_member_int(json, "heard_ms", report->previous_heard_ms);
	json_object_end(json);
}

static enum status
recap_user_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct faded_work *work = cookie;

	return users_get(session, work->user_id, work->call->arena, &work->user,
			 fault);
}

/* The longest run of days within the year. */
static int32_t
recap_streak(struct call *call, const struct report_period *period,
	     struct fault *fault)
{
	int32_t length = 0, longest = 0, last = INT32_MIN;
	struct events_sum *sums;
	size_t count = 0;

	if (events_sums(listening_log(call->api->args.listening), call->arena,
			EVENTS_USER, call->caller.user_id, &period->days,
			&sums, &count, fault) != STATUS_OK)
		return 0;
	for (size_t i = 0; i < count; i++) {
		if (sums[i].plays == 0)
			continue;
		length = sums[i].day == last + 1 ? length + 1 : 1;
		last = sums[i].day;
		longest = length > longest ? length : longest;
	}
	return longest;
}

#define RECAP_TOP 5

void
handle_me_recap(struct call *call)
{
	int64_t year = call_int(call, "year");
	struct faded_work person = { .call = call,
				     .user_id = call->caller.user_id };
	struct report_period period = { .step = REPORT_BY_MONTH };
	struct report_user report;
	struct things things = { 0 };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (year == 0)
		year = year_now();
	period.days.first_day = day_of_year_start(year);
	period.days.last_day = day_of_year_start(year + 1) - 1;
	if (report_failed(call,
			  report_user(call->api->args.listening,
				      person.user_id, &period,
				      (int32_t)call_int(call, "tz_minutes"),
				      RECAP_TOP, true, call->arena, &report,
				      &fault),
			  &fault) ||
	    !call_read_store(call, recap_user_run, &person))
		return;
	user_tops_want(&things, call->arena, &report);
	things_want(&things, call->arena, THING_TRACK, report.first_track_id);
	if (!things_load(&things, call))
		return;
	report_begin(&body, &json);
	json_member_int(&json, "year", year);
	json_member_object_begin(&json, "user");
	json_member_int(&json, "id", person.user.id);
	json_member_text(&json, "username", person.user.username);
	json_member_text(&json, "full_name", person.user.full_name);
	json_object_end(&json);
	recap_numbers_form(&json, &report);
	json_member_int(&json, "longest_streak_days",
			recap_streak(call, &period, &fault));
	recap_months_form(&json, &report.series);
	weekday_hours_form(&json, report.weekday_hours);
	recap_marks_form(&json, call, &things, &report);
	user_tops_form(&json, call, &things, &report);
	report_end(call, &body, &json);
}

/* ---- tracks and artists --------------------------------------------------- */

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

	if (!owned_read(&work, false) || !period_read(call, &period) ||
	    report_failed(call,
			  report_thing(call->api->args.listening, EVENTS_TRACK,
				       work.id, &period, call->arena, &report,
				       &fault),
			  &fault))
		return;
	if (wants_csv(call)) {
		series_csv(call, &report.series,
			   POINT_SKIPS | POINT_LISTENERS);
		return;
	}
	report_begin(&body, &json);
	json_name(&json, "track");
	form_track(&json, &work.track, false);
	period_form(&json, "period", &period);
	json_member_object_begin(&json, "totals");
	sums_members(&json, &report.totals);
	json_member_int(&json, "listeners", report.listeners);
	json_object_end(&json);
	series_form(&json, &report.series, POINT_SKIPS | POINT_LISTENERS);
	parts_form(&json, "sources", &report.sources);
	report_end(call, &body, &json);
}

static void
artist_head_form(struct json_writer *json, struct call *call,
		 const struct owned_work *work,
		 const struct report_period *period,
		 const struct report_thing *report, bool whole)
{
	json_name(json, "artist");
	artist_ref_form(json, call, &work->artist);
	period_form(json, "period", period);
	json_member_object_begin(json, "totals");
	sums_members(json, &report->totals);
	json_member_int(json, "listeners", report->listeners);
	if (whole)
		json_member_int(json, "listeners_28d",
				report->listeners_window);
	json_object_end(json);
	series_form(json, &report->series,
		    whole ? ARTIST_POINTS : POINT_SKIPS | POINT_LISTENERS);
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
		if (!thing_member(json, call, things, THING_TRACK,
				  totals[i].id))
			continue;
		sums_members(json, &totals[i]);
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

	return owned_read(work, all_may) && period_read(call, period) &&
	       !report_failed(call,
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
	if (wants_csv(call)) {
		series_csv(call, &report.series, ARTIST_POINTS);
		return;
	}
	if (report_failed(call,
			  kept_totals(
				  call->api->args.listening, call->arena, EVENTS_TRACK, work.track_ids,
				  work.track_count, &period.days, &totals,
				  &fault),
			  &fault))
		return;
	for (size_t i = 0; i < work.track_count; i++)
		things_want(&things, call->arena, THING_TRACK,
			    work.track_ids[i]);
	if (!things_load(&things, call))
		return;
	report_begin(&body, &json);
	artist_head_form(&json, call, &work, &period, &report, true);
	previous_thing_form(&json, &report);
	parts_form(&json, "sources", &report.sources);
	artist_tracks_form(&json, call, &things, totals, work.track_count);
	report_end(call, &body, &json);
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
	if (wants_csv(call)) {
		series_csv(call, &report.series,
			   POINT_SKIPS | POINT_LISTENERS);
		return;
	}
	report_begin(&body, &json);
	artist_head_form(&json, call, &work, &period, &report, false);
	report_end(call, &body, &json);
}

/* ---- everything ----------------------------------------------------------- */

static void
platform_totals_form(struct json_writer *json,
		     const struct report_platform *report)
{
	json_member_object_begin(json, "totals");
	sums_members(json, &report->totals);
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
	parts_form(json, "platforms", &report->platforms);
	parts_form(json, "devices", &report->devices);
	parts_form(json, "clients", &report->clients);
	parts_form(json, "countries", &report->countries);
	parts_form(json, "sources", &report->sources);
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
	unsigned members = POINT_LISTENERS | POINT_WINDOW | POINT_PLATFORM;

	if (!period_read(call, &period) ||
	    report_failed(call,
			  report_platform(call->api->args.listening, &period,
					  call->arena, &report, &fault),
			  &fault))
		return;
	if (wants_csv(call)) {
		series_csv(call, &report.series, members);
		return;
	}
	listening_count(call->api->args.listening, &counts);
	report_begin(&body, &json);
	period_form(&json, "period", &period);
	platform_totals_form(&json, &report);
	series_form(&json, &report.series, members);
	platform_parts_form(&json, &report);
	json_member_object_begin(&json, "events");
	json_member_int(&json, "accepted", (int64_t)counts.accepted);
	json_member_int(&json, "dropped", (int64_t)counts.dropped);
	json_member_int(&json, "waiting", (int64_t)counts.waiting);
	json_object_end(&json);
	report_end(call, &body, &json);
}

/* ---- tops ----------------------------------------------------------------- */

static enum events_kind
events_kind_of(enum thing_kind kind)
{
	return kind == THING_TRACK  ? EVENTS_TRACK :
	       kind == THING_ARTIST ? EVENTS_ARTIST :
				      EVENTS_GENRE;
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
		csv_text(&csv, thing_title(things, kind, ranks->items[i].id));
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
	if (!thing_member(json, call, things, kind, rank->id))
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

	if (!period_read(call, &period) ||
	    report_failed(call,
			  report_top(call->api->args.listening,
				     events_kind_of(kind), &period,
				     (uint32_t)call_int(call, "limit"), true,
				     call->arena, &ranks, &fault),
			  &fault))
		return;
	ranks_want(&things, call->arena, kind, &ranks);
	if (!things_load(&things, call))
		return;
	if (wants_csv(call)) {
		top_csv(call, &things, kind, &ranks);
		return;
	}
	page_begin(&answer);
	for (size_t i = 0; i < ranks.count; i++)
		rank_form(&answer.json, call, &things, kind, i + 1,
			  &ranks.items[i]);
	page.total = ranks.total;
	page_items_end(&answer, &page);
	period_form(&answer.json, "period", &period);
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
	enum status status = report_total(listening, period, call->arena,
					  &trends->totals, &trends->before,
					  &trends->series, &fault);

	for (size_t i = 0;
	     i < ARRAY_LENGTH(rising_kinds) && status == STATUS_OK; i++) {
		enum thing_kind kind = rising_kinds[i];

		status = report_rising(listening, events_kind_of(kind), period,
				       (uint32_t)call_int(call, "limit"),
				       call->arena, &trends->rising[kind],
				       &fault);
		if (status == STATUS_OK)
			ranks_want(&trends->things, call->arena, kind,
				   &trends->rising[kind]);
	}
	return !report_failed(call, status, &fault) &&
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

		if (!thing_member(json, call, &trends->things, kind, rank->id))
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

	if (!period_read(call, &period) ||
	    !trends_read(call, &period, &trends))
		return;
	if (wants_csv(call)) {
		series_csv(call, &trends.series, 0);
		return;
	}
	before = report_before(&period);
	report_begin(&body, &json);
	period_form(&json, "period", &period);
	period_form(&json, "previous_period", &before);
	json_member_object_begin(&json, "totals");
	json_member_int(&json, "plays", trends.totals.plays);
	json_member_int(&json, "previous_plays", trends.before.plays);
	json_member_int(&json, "heard_ms", trends.totals.heard_ms);
	json_member_int(&json, "previous_heard_ms", trends.before.heard_ms);
	json_object_end(&json);
	rising_form(&json, call, &trends, THING_TRACK, "rising_tracks");
	rising_form(&json, call, &trends, THING_ARTIST, "rising_artists");
	rising_form(&json, call, &trends, THING_GENRE, "rising_genres");
	series_form(&json, &trends.series, 0);
	report_end(call, &body, &json);
}

/* ---- now ------------------------------------------------------------------ */

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
	if (!thing_member(json, call, things, THING_TRACK, present->track_id))
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
	report_begin(&body, &json);
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
		present_form(&json, call, &things, &present[i],
			     &work.users[i]);
	json_array_end(&json);
	report_end(call, &body, &json);
}
