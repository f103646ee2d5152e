/* figures.h - how statistics are asked for, and written: periods, sums, steps
 * of time, parts, things by their ids and ranks.
 *
 * Floor: 5 (api). Threads: no shared state.
 */
#ifndef OGMA_API_FIGURES_H
#define OGMA_API_FIGURES_H

#include "api/things.h"

/* ---- what is asked -------------------------------------------------------- */

/* from, to and interval of the query. False: answered already. */
bool figures_period_read(struct call *call, struct report_period *out);

/* Whether ?format=csv. */
bool figures_as_csv(const struct call *call);

/* ---- an answer ------------------------------------------------------------ */

/* False: there was no fault. Else it is answered. */
bool figures_failed(struct call *call, enum status status,
		    const struct fault *fault);

/* The object that an answer is; end answers it. */
void figures_begin(struct buffer *body, struct json_writer *json);
void figures_end(struct call *call, struct buffer *body,
		 struct json_writer *json);

/* ---- its members ---------------------------------------------------------- */

void figures_period(struct json_writer *json, const char *name,
		    const struct report_period *period);

/* Plays, starts, … as members of the object that is open. */
void figures_sums(struct json_writer *json, const struct events_sum *sum);

void figures_parts(struct json_writer *json, const char *name,
		   const struct report_parts *parts);

enum figures_points { /* bits: what steps tell beside plays */
	FIGURES_SKIPS = 1,
	FIGURES_LISTENERS = 2,
	FIGURES_WINDOW = 4,
	FIGURES_PLATFORM = 8,
};
#define FIGURES_OF_ARTIST (FIGURES_SKIPS | FIGURES_LISTENERS | FIGURES_WINDOW)

/* The steps, as "series" or as the CSV file that is the answer. */
void figures_series(struct json_writer *json,
		    const struct report_series *series, unsigned members);
void figures_series_csv(struct call *call, const struct report_series *series,
			unsigned members);

/* ---- things --------------------------------------------------------------- */

void figures_artist(struct json_writer *json, struct call *call,
		    const struct artist *artist);

/* Opens an object with "track": {…} or the like in it. False, and nothing is
 * written: it is gone. */
bool figures_thing(struct json_writer *json, struct call *call,
		   const struct things *things, enum thing_kind kind,
		   int64_t id);

/* NULL: it is gone, or is an album. */
const char *figures_thing_title(const struct things *things,
				enum thing_kind kind, int64_t id);

/* Things of a ranking are wanted first and, when loaded, written. */
void figures_ranks_want(struct things *things, struct arena *arena,
			enum thing_kind kind,
			const struct report_ranks *ranks);
void figures_ranks(struct json_writer *json, struct call *call,
		   const char *name, const struct things *things,
		   enum thing_kind kind, const struct report_ranks *ranks);

#endif
