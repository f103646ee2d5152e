/* report_steps.h - steps of time and parts of a whole, which reports are made
 * of; only for report*.c.
 *
 * Floor: 4 (service). Threads: from workers. Results are arena-owned.
 */
#ifndef OGMA_SERVICE_REPORT_STEPS_H
#define OGMA_SERVICE_REPORT_STEPS_H

#include "service/report.h"

/* ---- steps of time -------------------------------------------------------- */

/* All steps of the period, with nothing in them. */
void report_series_make(const struct report_period *period,
			struct arena *arena, struct report_series *out);

/* The point a day belongs to. Days ascend, so *at, 0 at first, only moves on. */
struct report_point *report_point_of_day(struct report_series *series,
					 int32_t day, size_t *at);

/* Adds a thing's daily sums to steps and totals. */
void report_series_add(struct report_series *series,
		       const struct events_sum *sums, size_t count,
		       struct events_sum *totals);

/* Fills in listeners of each step and, at its end, of the last
 * REPORT_WINDOW_DAYS. *distinct: of the period; *window, unless NULL: of the
 * window at its end. */
enum status report_series_listeners(
	struct listening *listening, enum events_kind kind, int64_t id,
	const struct report_period *period, struct arena *arena,
	struct report_series *series, int64_t *distinct, int64_t *window,
	struct fault *fault);

/* How many listened in the period of the same length before. */
enum status report_listeners_before(struct listening *listening,
				    enum events_kind kind, int64_t id,
				    const struct report_period *period,
				    struct arena *arena, int64_t *out,
				    struct fault *fault);

/* ---- sums ----------------------------------------------------------------- */

void report_sum_join(struct events_sum *sum, const struct events_sum *more);

/* Joins the whole period's sums of a thing to *out. */
enum status report_sums_total(struct listening *listening, struct arena *arena,
			      enum events_kind kind, int64_t id,
			      const struct report_period *period,
			      struct events_sum *out, struct fault *fault);

/* ---- parts of a whole ----------------------------------------------------- */

struct report_parts_making { /* begin with zeros and an arena */
	struct arena *arena;
	struct report_parts parts;
	size_t room;
};

/* Joins a sum to the part of this name, which is copied. */
void report_part_add(struct report_parts_making *making, const char *name,
		     const struct events_sum *sum);

/* The parts, most plays first. */
struct report_parts report_parts_end(struct report_parts_making *making);

struct report_parts report_parts_of_sources(const struct events_sum *sums,
					    size_t count, struct arena *arena);

/* Of everything that was listened to: by source, platform, device or client. */
enum status report_parts_of_kind(struct listening *listening,
				 enum events_kind kind,
				 const struct report_period *period,
				 struct arena *arena, struct report_parts *out,
				 struct fault *fault);

#endif
