/* analytics_user.c - statistics of one person, and of a person's year. */
#include "api/figures.h"

#include <time.h>

#include "api/api.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "library/listening.h"

#define REDISCOVER_PLAYS 3
#define REDISCOVER_MS (90 * (int64_t)DAY_MS)

/* ---- one person ---------------------------------------------------------- */

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
	figures_sums(json, &report->totals);
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
	figures_ranks_want(things, arena, THING_TRACK, &report->top_tracks);
	figures_ranks_want(things, arena, THING_ARTIST, &report->top_artists);
	figures_ranks_want(things, arena, THING_ALBUM, &report->top_albums);
	figures_ranks_want(things, arena, THING_GENRE, &report->top_genres);
}

static void
user_tops_form(struct json_writer *json, struct call *call,
	       const struct things *things, const struct report_user *report)
{
	figures_ranks(json, call, "top_tracks", things, THING_TRACK,
		      &report->top_tracks);
	figures_ranks(json, call, "top_artists", things, THING_ARTIST,
		      &report->top_artists);
	figures_ranks(json, call, "top_albums", things, THING_ALBUM,
		      &report->top_albums);
	figures_ranks(json, call, "top_genres", things, THING_GENRE,
		      &report->top_genres);
}

static void
rediscover_form(struct json_writer *json, struct call *call,
		const struct things *things, const struct faded_work *faded)
{
	json_member_array_begin(json, "rediscover");
	for (size_t i = 0; i < faded->count; i++) {
		const struct user_track *item = &faded->items[i];

		if (!figures_thing(json, call, things, THING_TRACK,
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
	    !figures_period_read(call, &period) ||
	    figures_failed(call,
			   report_user(call->api->args.listening, faded.user_id,
				       &period,
				       (int32_t)call_int(call, "tz_minutes"),
				       (uint32_t)call_int(call, "limit"), false,
				       call->arena, &report, &fault),
			   &fault))
		return;
	if (figures_as_csv(call)) {
		figures_series_csv(call, &report.series, FIGURES_SKIPS);
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
	figures_begin(&body, &json);
	json_member_int(&json, "user_id", faded.user_id);
	figures_period(&json, "period", &period);
	user_totals_form(&json, &report);
	figures_series(&json, &report.series, FIGURES_SKIPS);
	weekday_hours_form(&json, report.weekday_hours);
	streaks_form(&json, &report.streaks);
	user_tops_form(&json, call, &things, &report);
	figures_parts(&json, "sources", &report.sources);
	figures_parts(&json, "platforms", &report.platforms);
	figures_parts(&json, "devices", &report.devices);
	figures_parts(&json, "clients", &report.clients);
	rediscover_form(&json, call, &things, &faded);
	figures_end(call, &body, &json);
}

/* ---- a year --------------------------------------------------------------- */

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
	    figures_thing(json, call, things, THING_TRACK,
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
			EVENTS_USER, call->caller.user_id, &period->days, &sums,
			&count, fault) != STATUS_OK)
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
	if (figures_failed(
		    call,
		    report_user(call->api->args.listening, person.user_id,
				&period, (int32_t)call_int(call, "tz_minutes"),
				RECAP_TOP, true, call->arena, &report, &fault),
		    &fault) ||
	    !call_read_store(call, recap_user_run, &person))
		return;
	user_tops_want(&things, call->arena, &report);
	things_want(&things, call->arena, THING_TRACK, report.first_track_id);
	if (!things_load(&things, call))
		return;
	figures_begin(&body, &json);
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
	figures_end(call, &body, &json);
}
