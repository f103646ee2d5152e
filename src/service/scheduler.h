/* scheduler.h - work by the clock: a job of the schedule's name is queued when
 * its time comes.
 *
 * When each comes next is a row (library/schedules.h), so a time that passed
 * while nothing ran is made up for: once, however many were missed. Of several
 * processes on one store the one that holds the lease looks; the job and the
 * next time are written in one transaction, so none comes twice. Times are of
 * the server's zone.
 *
 * Threads: one of its own; the calls about rows from workers.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_SCHEDULER_H
#define OGMA_SERVICE_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "library/schedules.h"
#include "service/caller.h"
#include "service/job.h"

struct scheduler;

struct scheduler_settings { /* each in the words of cron, or "off" */
	const char *music_etl;    /* SCHEDULE_MUSIC_ETL */
	const char *monitoring;   /* SCHEDULE_MONITORING */
	const char *log_cleanup;  /* SCHEDULE_LOG_CLEANUP */
	const char *daily_report; /* SCHEDULE_DAILY_REPORT */
	const char *backup;       /* SCHEDULE_BACKUP */
	const char *cleanup;      /* SCHEDULE_CLEANUP */
};
extern const struct option scheduler_options[];

#define SCHEDULE_NAMES \
	"music_etl|monitoring|log_cleanup|daily_report|backup|cleanup"
#define SCHEDULER_LEASE_MS 30000

struct scheduler_args {
	struct store *store; /* all borrowed */
	const struct scheduler_settings *settings;
	struct job_runner *jobs; /* woken when a job was queued; may be NULL */
};

/* STATUS_INVALID with the setting's name when it is no time. */
enum status scheduler_open(const struct scheduler_args *args,
			   struct scheduler **out, struct fault *fault);
void scheduler_close(struct scheduler *scheduler); /* NULL is fine */

/* What the thread does again and again: queues what is due at `now_ms`;
 * *queued counts it. For tests with a clock of their own. */
enum status scheduler_look(struct scheduler *scheduler, int64_t now_ms,
			   int64_t *queued, struct fault *fault);

/* The same without a thread, for tests. */
struct scheduler *scheduler_new(const struct scheduler_args *args);
void scheduler_free(struct scheduler *scheduler);

/* ---- for the admin page ---- */

struct schedule_view {
	struct schedule_row row; /* next_run_ms is 0 while it is off */
	const char *cron;        /* what counts now; "off" */
	const char *preset;      /* what the setting says */
	const char *summary;
};

/* All of them, in the order of the table. *out is arena-owned. */
enum status scheduler_list(struct store_session *session,
			   const struct scheduler_settings *settings,
			   struct arena *arena, struct schedule_view **out,
			   size_t *count, struct fault *fault);

struct schedule_change {
	const char *name;
	bool cron_given, enabled_given;
	const char *cron; /* NULL: as the setting says */
	bool enabled;
};

/* With its audit row. STATUS_INVALID with field "cron". */
enum status scheduler_change(struct store *store, const struct caller *caller,
			     const struct scheduler_settings *settings,
			     const struct schedule_change *change,
			     struct fault *fault);

/* Queues it now, whether it is on or not, with its audit row. */
enum status scheduler_run_now(struct store *store,
			      const struct caller *caller,
			      const struct scheduler_settings *settings,
			      const char *name, int64_t *job_id,
			      struct fault *fault);

#endif /* OGMA_SERVICE_SCHEDULER_H */
