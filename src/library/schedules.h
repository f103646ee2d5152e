/* schedules.h - work by the clock, as rows: when each comes next, whether it is
 * on, and what came of the times before. What a schedule does is a job
 * (library/jobs.h) of its name.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_SCHEDULES_H
#define OGMA_LIBRARY_SCHEDULES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/jobs.h"
#include "library/page.h"

#define SCHEDULE_RUNS_KEEP 1000 /* of one schedule; older are forgotten */

struct schedule_row {
	const char *name;
	const char *cron; /* a person's; NULL: as the setting says */
	bool enabled;
	const char *next_cron; /* what next_run_ms was reckoned from */
	int64_t next_run_ms;   /* 0: never */
	int64_t last_run_ms;   /* 0: not yet */
};

/* By name. */
enum status schedules_list(struct store_session *session, struct arena *arena,
			   struct schedule_row **out, size_t *count,
			   struct fault *fault);
enum status schedules_get(struct store_session *session, const char *name,
			  struct arena *arena, struct schedule_row *out,
			  struct fault *fault);

/* Writes the row as it is given, new or not. */
enum status schedules_put(struct store_session *session,
			  const struct schedule_row *row,
			  struct fault *fault);

struct schedule_run {
	int64_t id, job_id;
	const char *reason; /* "clock", "catch_up", "person" */
	int64_t due_at_ms, started_at_ms;
	enum job_state state;
	const char *error;   /* NULL: none */
	int64_t ended_at_ms; /* 0: not yet */
};

struct schedule_run_list {
	struct schedule_run *items;
	size_t count;
	struct page_info page;
};

enum status schedule_runs_add(struct store_session *session, const char *name,
			      const struct schedule_run *run,
			      struct fault *fault);

/* Newest first, with how their jobs are or ended. */
enum status schedule_runs_list(struct store_session *session, const char *name,
			       const struct page_request *page,
			       struct arena *arena,
			       struct schedule_run_list *out,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_SCHEDULES_H */
