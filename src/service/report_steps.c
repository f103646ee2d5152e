/* report_steps.c - steps of time and parts of a whole; see report_steps.h. */
#include "service/report_steps.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "service/kept_plays.h"

/* ---- periods ------------------------------------------------------------- */

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
void
report_series_make(const struct report_period *period, struct arena *arena,
		   struct report_series *out)
{
	size_t room = (size_t)report_days(period);
	int32_t last = INT32_MIN;

	if (period->step == REPORT_BY_HOUR)
		room *= 24;
	out->points = arena_new(arena, struct report_point, room);
	out->count = 0;
	for (int32_t day = period->days.first_day; day <= period->days.last_day;
	     day++) {
		int32_t step = step_of_day(period->step, day);

		if (period->step == REPORT_BY_HOUR) {
			for (int64_t hour = 0; hour < 24; hour++)
				out->points[out->count++].at_ms =
					(int64_t)day * DAY_MS + hour * 3600000;
			continue;
		}
		if (step != last)
			out->points[out->count++].at_ms =
				(int64_t)step * DAY_MS;
		last = step;
	}
}

/* The point a day belongs to. Days ascend, so *at only moves on. */
struct report_point *
report_point_of_day(struct report_series *series, int32_t day, size_t *at)
{
	int64_t at_ms = (int64_t)day * DAY_MS;

	while (*at + 1 < series->count &&
	       series->points[*at + 1].at_ms <= at_ms)
		++*at;
	return &series->points[*at];
}

void
report_sum_join(struct events_sum *sum, const struct events_sum *more)
{
	sum->plays += more->plays;
	sum->starts += more->starts;
	sum->completes += more->completes;
	sum->skips += more->skips;
	sum->heard_ms += more->heard_ms;
}

/* Adds a thing's daily sums to steps and totals. */
void
report_series_add(struct report_series *series, const struct events_sum *sums,
		  size_t count, struct events_sum *totals)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		struct report_point *point =
			report_point_of_day(series, sums[i].day, &at);

		point->plays += sums[i].plays;
		point->skips += sums[i].skips;
		point->heard_ms += sums[i].heard_ms;
		report_sum_join(totals, &sums[i]);
	}
}

enum status
report_sums_total(struct listening *listening, struct arena *arena,
		  enum events_kind kind, int64_t id,
		  const struct report_period *period, struct events_sum *out,
		  struct fault *fault)
{
	struct events_sum *sums;
	size_t count;
	enum status status = kept_sums(listening, arena, kind, id,
				       &period->days, &sums, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		report_sum_join(out, &sums[i]);
	return status;
}

/* ---- parts --------------------------------------------------------------- */

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

void
report_part_add(struct report_parts_making *making, const char *name,
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
	report_sum_join(&parts->items[i].sum, sum);
}

struct report_parts
report_parts_end(struct report_parts_making *making)
{
	if (making->parts.count > 0)
		qsort(making->parts.items, making->parts.count,
		      sizeof *making->parts.items, part_compare);
	return making->parts;
}

struct report_parts
report_parts_of_sources(const struct events_sum *sums, size_t count,
			struct arena *arena)
{
	struct report_parts_making making = { .arena = arena };

	for (size_t i = 0; i < count; i++)
		report_part_add(
			&making,
			event_source_name((enum event_source)sums[i].part),
			&sums[i]);
	return report_parts_end(&making);
}

enum status
report_parts_of_kind(struct listening *listening, enum events_kind kind,
		     const struct report_period *period, struct arena *arena,
		     struct report_parts *out, struct fault *fault)
{
	struct report_parts_making making = { .arena = arena };
	struct events_sum *sums;
	size_t count;
	enum status status =
		events_sums(listening_log(listening), arena, kind, EVENTS_EVERY,
			    &period->days, &sums, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		report_part_add(&making,
				kind == EVENTS_SOURCE
					? event_source_name(
						  (enum event_source)sums[i].id)
					: sums[i].word,
				&sums[i]);
	if (status == STATUS_OK)
		*out = report_parts_end(&making);
	return status;
}

/* ---- listeners ----------------------------------------------------------- */

/* Fills in listeners of each step, and their window at its end. */
enum status
report_series_listeners(struct listening *listening, enum events_kind kind,
			int64_t id, const struct report_period *period,
			struct arena *arena, struct report_series *series,
			int64_t *distinct, int64_t *window, struct fault *fault)
{
	struct events_listeners found;
	int32_t days = report_days(period);
	size_t at = 0;
	enum status status =
		kept_listeners(listening, arena, kind, id, &period->days,
			       REPORT_WINDOW_DAYS, &found, fault);

	if (status != STATUS_OK)
		return status;
	*distinct = found.distinct;
	if (window != NULL)
		*window = found.rolling[days - 1];
	for (int32_t i = 0; i < days && period->step != REPORT_BY_HOUR; i++) {
		struct report_point *point = report_point_of_day(
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
			i + 1 < series->count
				? events_day_of(series->points[i + 1].at_ms) - 1
				: period->days.last_day
		};

		if (step.first_day < period->days.first_day)
			step.first_day = period->days.first_day;
		status = kept_listeners(listening, arena, kind, id, &step, 1,
					&found, fault);
		if (status == STATUS_OK)
			series->points[i].listeners = found.distinct;
	}
	return status;
}

enum status
report_listeners_before(struct listening *listening, enum events_kind kind,
			int64_t id, const struct report_period *period,
			struct arena *arena, int64_t *out, struct fault *fault)
{
	struct report_period before = report_before(period);
	struct events_listeners found;
	enum status status = kept_listeners(listening, arena, kind, id,
					    &before.days, 1, &found, fault);

	if (status == STATUS_OK)
		*out = found.distinct;
	return status;
}
