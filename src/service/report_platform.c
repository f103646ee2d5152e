/* report_platform.c - what everybody does here; see report.h. */
#include "service/report.h"

#include <stdlib.h>

#include "base/clock.h"
#include "library/listening.h"
#include "service/report_steps.h"

#define QUERIES_TOP 20

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

	return users_joined(session, read->from_ms, read->until_ms, read->arena,
			    &read->days, &read->count, &read->users, fault);
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
	enum status status = store_read(listening_store(listening), joined_work,
					&read, fault);

	out->users = read.users;
	for (size_t i = 0; status == STATUS_OK && i < read.count; i++) {
		if (read.days[i].day < period->days.first_day) {
			out->previous.new_users += read.days[i].count;
			continue;
		}
		out->new_users += read.days[i].count;
		report_point_of_day(&out->series, read.days[i].day, &at)
			->new_users += read.days[i].count;
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
	enum status status =
		events_counts(listening_log(listening), arena, kind,
			      &period->days, &counts, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		count_take(
			out,
			report_point_of_day(&out->series, counts[i].day, &at),
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
	enum status status =
		events_counts(listening_log(listening), arena, EVENTS_ACTIONS,
			      &period->days, &counts, &count, fault);

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

	report_series_make(period, arena, &active);
	status = report_series_listeners(listening, EVENTS_ACTIVE, 0, period,
					 arena, &active, &out->active_users,
					 NULL, fault);
	for (size_t i = 0; i < active.count; i++)
		out->series.points[i].active_users = active.points[i].listeners;
	if (status == STATUS_OK)
		status = report_listeners_before(
			listening, EVENTS_ACTIVE, 0, period, arena,
			&out->previous.active_users, fault);
	return status;
}

static enum status
platform_hours(struct listening *listening, const struct report_period *period,
	       struct arena *arena, struct report_platform *out,
	       struct fault *fault)
{
	struct events_sum *sums;
	size_t count;
	enum status status =
		events_sums(listening_log(listening), arena, EVENTS_HOUR,
			    EVENTS_EVERY, &period->days, &sums, &count, fault);

	for (size_t i = 0; status == STATUS_OK && i < count; i++) {
		int64_t place = (sums[i].day - period->days.first_day) * 24 +
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
	enum status status =
		events_sums(listening_log(listening), arena, EVENTS_TOTAL, 0,
			    &period->days, &sums, &count, fault);

	if (status != STATUS_OK)
		return status;
	if (period->step == REPORT_BY_HOUR)
		for (size_t i = 0; i < count; i++)
			report_sum_join(&out->totals, &sums[i]);
	else
		report_series_add(&out->series, sums, count, &out->totals);
	status = report_sums_total(listening, arena, EVENTS_TOTAL, 0, &before,
				   &previous, fault);
	out->previous.plays = previous.plays;
	out->previous.heard_ms = previous.heard_ms;
	if (status == STATUS_OK)
		status = platform_hours(listening, period, arena, out, fault);
	if (status == STATUS_OK)
		status = report_series_listeners(listening, EVENTS_TOTAL, 0,
						 period, arena, &out->series,
						 &out->listeners, NULL, fault);
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
		status = report_parts_of_kind(listening, rows[i].kind, period,
					      arena, rows[i].parts, fault);
	return status;
}

enum status
report_platform(struct listening *listening, const struct report_period *period,
		struct arena *arena, struct report_platform *out,
		struct fault *fault)
{
	enum status status;

	*out = (struct report_platform){ 0 };
	report_series_make(period, arena, &out->series);
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
		status = platform_actions(listening, period, arena, out, fault);
	if (status == STATUS_OK)
		status = events_queries(
			listening_log(listening), arena, &period->days,
			QUERIES_TOP, &out->queries, &out->query_count, fault);
	return status;
}
