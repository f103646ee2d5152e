/* figures.c - see figures.h. */
#include "api/figures.h"

#include <stdio.h>
#include <string.h>

#include "api/csv.h"
#include "api/forms_people.h"
#include "base/clock.h"

#define PRESET_DAYS 30

/* ---- periods ------------------------------------------------------------- */

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

bool
figures_period_read(struct call *call, struct report_period *out)
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

void
figures_period(struct json_writer *json, const char *name,
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

/* ---- members ------------------------------------------------------------- */

void
figures_sums(struct json_writer *json, const struct events_sum *sum)
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

void
figures_parts(struct json_writer *json, const char *name,
	      const struct report_parts *parts)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < parts->count; i++) {
		json_object_begin(json);
		json_member_text(json, "name", parts->items[i].name);
		figures_sums(json, &parts->items[i].sum);
		json_object_end(json);
	}
	json_array_end(json);
}

/* Members beside "at", in their order; bits 0: every page has it. */
static const struct {
	unsigned bits;
	const char *name;
	size_t offset;
} point_members[] = {
	{ 0, "plays", offsetof(struct report_point, plays) },
	{ 0, "heard_ms", offsetof(struct report_point, heard_ms) },
	{ FIGURES_SKIPS, "skips", offsetof(struct report_point, skips) },
	{ FIGURES_LISTENERS, "listeners",
	  offsetof(struct report_point, listeners) },
	{ FIGURES_WINDOW, "listeners_28d",
	  offsetof(struct report_point, listeners_window) },
	{ FIGURES_PLATFORM, "active_users",
	  offsetof(struct report_point, active_users) },
	{ FIGURES_PLATFORM, "new_users",
	  offsetof(struct report_point, new_users) },
	{ FIGURES_PLATFORM, "searches",
	  offsetof(struct report_point, searches) },
	{ FIGURES_PLATFORM, "requests",
	  offsetof(struct report_point, requests) },
	{ FIGURES_PLATFORM, "errors", offsetof(struct report_point, errors) },
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

void
figures_series(struct json_writer *json, const struct report_series *series,
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

void
figures_series_csv(struct call *call, const struct report_series *series,
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

bool
figures_as_csv(const struct call *call)
{
	const char *format = call_text(call, "format");

	return format != NULL && strcmp(format, "csv") == 0;
}

void
figures_begin(struct buffer *body, struct json_writer *json)
{
	buffer_init(body, 0);
	json_writer_init(json, body);
	json_object_begin(json);
}

void
figures_end(struct call *call, struct buffer *body, struct json_writer *json)
{
	json_object_end(json);
	call_answer_json(call, 200, body);
}

bool
figures_failed(struct call *call, enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		call_answer_fault(call, fault);
	return status != STATUS_OK;
}

/* ---- things in short ----------------------------------------------------- */

void
figures_artist(struct json_writer *json, struct call *call,
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

bool
figures_thing(struct json_writer *json, struct call *call,
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
		figures_artist(json, call, artist);
	else if (album != NULL)
		album_ref_form(json, call, album);
	else
		genre_ref_form(json, genre);
	return true;
}

const char *
figures_thing_title(const struct things *things, enum thing_kind kind,
		    int64_t id)
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

void
figures_ranks_want(struct things *things, struct arena *arena,
		   enum thing_kind kind, const struct report_ranks *ranks)
{
	for (size_t i = 0; i < ranks->count; i++)
		things_want(things, arena, kind, ranks->items[i].id);
}

void
figures_ranks(struct json_writer *json, struct call *call, const char *name,
	      const struct things *things, enum thing_kind kind,
	      const struct report_ranks *ranks)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < ranks->count; i++) {
		const struct report_rank *rank = &ranks->items[i];

		if (!figures_thing(json, call, things, kind, rank->id))
			continue;
		json_member_int(json, "plays", rank->plays);
		json_member_int(json, "heard_ms", rank->heard_ms);
		json_object_end(json);
	}
	json_array_end(json);
}
