/* report.c - what the pages of statistics show; see report.h. */
#include "service/report.h"

#include <stdlib.h>

#include "service/kept_plays.h"
#include "service/report_steps.h"

#define RISING_LOOKED_AT EVENTS_TOP_MAX

/* ---- things -------------------------------------------------------------- */

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
	report_series_make(period, arena, &out->series);
	status = kept_sums(listening, arena, kind, id, &period->days, &sums,
			   &count, fault);
	if (status != STATUS_OK)
		return status;
	report_series_add(&out->series, sums, count, &out->totals);
	out->sources = report_parts_of_sources(sums, count, arena);
	status = report_sums_total(listening, arena, kind, id, &before,
				   &previous, fault);
	out->previous_plays = previous.plays;
	out->previous_heard_ms = previous.heard_ms;
	if (status == STATUS_OK)
		status = report_series_listeners(
			listening, kind, id, period, arena, &out->series,
			&out->listeners, &out->listeners_window, fault);
	if (status == STATUS_OK)
		status = report_listeners_before(
			listening, kind, id, period, arena,
			&out->previous_listeners, fault);
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
	enum status status =
		events_sums(listening_log(listening), arena, EVENTS_TOTAL, 0,
			    &period->days, &sums, &count, fault);

	if (status != STATUS_OK)
		return status;
	*totals = *before = (struct events_sum){ 0 };
	report_series_make(period, arena, series);
	report_series_add(series, sums, count, totals);
	return report_sums_total(listening, arena, EVENTS_TOTAL, 0, &earlier,
				 before, fault);
}

/* ---- tops ---------------------------------------------------------------- */

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
				ranks->items[i].previous_rank = (uint32_t)k + 1;
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
	enum status status =
		report_top(listening, kind, period, RISING_LOOKED_AT, true,
			   arena, out, fault);

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
