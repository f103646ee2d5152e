/* report.h - what the pages of statistics show, out of the log of events.
 *
 * A report is about a period: whole UTC days, cut into steps. Things are told
 * by their ids; whoever shows them loads them from the library.
 *
 * Floor: 4 (service). Threads: from workers; all may block. Results are
 * arena-owned.
 */
#ifndef OGMA_SERVICE_REPORT_H
#define OGMA_SERVICE_REPORT_H

#include "service/listening.h"

#define REPORT_DAYS_MAX 3660
#define REPORT_HOURS_DAYS_MAX 31 /* of a period in steps of an hour */
#define REPORT_WINDOW_DAYS 28
#define REPORT_PREVIOUS_DAYS_MAX 92 /* ranks before are told up to here */

enum report_step { REPORT_BY_DAY, REPORT_BY_WEEK, REPORT_BY_MONTH,
		   REPORT_BY_HOUR };

struct report_period {
	struct events_range days;
	enum report_step step;
};

int32_t report_days(const struct report_period *period);

/* The period of the same length before. */
struct report_period report_before(const struct report_period *period);

struct report_point {
	int64_t at_ms; /* where the step begins */
	int64_t plays, skips, heard_ms;
	int64_t listeners, listeners_window;
	int64_t active_users, new_users, searches, requests, errors;
};

struct report_series {
	struct report_point *points; /* one for each step */
	size_t count;
};

struct report_part { /* a source, platform, … */
	const char *name;
	struct events_sum sum;
};

struct report_parts { /* most plays first */
	struct report_part *items;
	size_t count;
};

struct report_rank {
	int64_t id;
	int64_t plays, heard_ms;
	int64_t previous_plays;
	uint32_t previous_rank; /* 0: none, or not asked */
};

struct report_ranks {
	struct report_rank *items;
	size_t count;
	int64_t total;
};

/* ---- one person ----------------------------------------------------------- */

struct report_streaks {
	int32_t current_days, longest_days;
	int32_t first_day, last_day; /* of the longest */
};

struct report_user {
	struct events_sum totals;
	int64_t tracks, artists, albums, genres, active_days;
	int64_t previous_plays, previous_heard_ms;
	struct report_series series;
	int64_t weekday_hours[7][24]; /* milliseconds; Monday first */
	struct report_streaks streaks;
	struct report_ranks top_tracks, top_artists, top_albums, top_genres;
	struct report_parts sources, platforms, devices, clients;
	int64_t new_artists;  /* never heard before the period */
	int32_t top_day;      /* the most was heard; 0: none */
	int64_t top_day_ms, top_day_plays;
	int64_t first_track_id, first_at_ms; /* the first play; 0: none */
};

/* `zone_minutes`: of the viewer's clock against UTC, for weekdays and hours.
 * `history`: also what takes a look at all years (new_artists). */
enum status report_user(struct listening *listening, int64_t user_id,
			const struct report_period *period,
			int32_t zone_minutes, uint32_t top, bool history,
			struct arena *arena, struct report_user *out,
			struct fault *fault);

/* ---- tracks and artists --------------------------------------------------- */

struct report_thing {
	struct events_sum totals;
	int64_t listeners, listeners_window; /* the latter at the end */
	int64_t previous_plays, previous_heard_ms, previous_listeners;
	struct report_series series;
	struct report_parts sources;
};

/* kind: EVENTS_TRACK or EVENTS_ARTIST. */
enum status report_thing(struct listening *listening, enum events_kind kind,
			 int64_t id, const struct report_period *period,
			 struct arena *arena, struct report_thing *out,
			 struct fault *fault);

/* ---- everything ----------------------------------------------------------- */

struct report_platform {
	struct events_sum totals;
	int64_t listeners, active_users, new_users, users;
	int64_t searches, empty_searches, requests, errors, refused;
	struct report_point previous; /* sums of the period before */
	struct report_series series;
	int64_t hours[24]; /* plays by UTC hour */
	struct report_parts platforms, devices, clients, countries, sources;
	struct events_count *actions; /* summed up */
	size_t action_count;
	struct events_query_rank *queries;
	size_t query_count;
};

enum status report_platform(struct listening *listening,
			    const struct report_period *period,
			    struct arena *arena, struct report_platform *out,
			    struct fault *fault);

/* The most played. `ranked_before`: with places in the period before. */
enum status report_top(struct listening *listening, enum events_kind kind,
		       const struct report_period *period, uint32_t limit,
		       bool ranked_before, struct arena *arena,
		       struct report_ranks *out, struct fault *fault);

/* What grew most against the period before, most growth first. */
enum status report_rising(struct listening *listening, enum events_kind kind,
			  const struct report_period *period, uint32_t limit,
			  struct arena *arena, struct report_ranks *out,
			  struct fault *fault);

/* Plays and time of everything, step by step, and the period before. */
enum status report_total(struct listening *listening,
			 const struct report_period *period,
			 struct arena *arena, struct events_sum *totals,
			 struct events_sum *before,
			 struct report_series *series, struct fault *fault);

/* ---- history -------------------------------------------------------------- */

struct report_listen { /* one listening that ended or counted */
	int64_t seq;
	struct event_listen listen; /* total_ms: heard in it */
};

struct report_history {
	struct report_listen *items;
	size_t count;
	const char *next_cursor; /* NULL: the end */
};

/* Newest first. STATUS_INVALID with field "cursor". */
enum status report_history(struct listening *listening, int64_t user_id,
			   int64_t from_ms, int64_t until_ms, bool plays_only,
			   const char *cursor, uint32_t limit,
			   struct arena *arena, struct report_history *out,
			   struct fault *fault);

#endif /* OGMA_SERVICE_REPORT_H */
