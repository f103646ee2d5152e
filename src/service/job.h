/* job.h - long work that is asked for now and done in the background.
 *
 * A job is a row (library/jobs.h): queued → running → done, failed, dead or
 * cancelled. Who runs it holds a lease and renews it while noting progress, so
 * that two processes never run one job. A lease runs out by itself; when its
 * owner was a process of this machine that is no longer there, the job is
 * queued again at once (job_revive_dead).
 *
 * Work that failed for a reason that may pass is tried again after a while,
 * longer each time; after the attempts of its kind it is dead. Work that failed
 * for good (bad input, nothing there) has failed. Who goes on from a job that
 * broke off starts from its cursor.
 *
 * Two ways: a runner takes up queued rows in its own threads (ogma serve), or
 * the asker runs the work itself between job_begin() and job_end() (ogma scan).
 *
 * Threads: job_runner_*() from any; a struct job belongs to the thread of its
 * work, but job_stopping() and job_stop() may be called from any.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_JOB_H
#define OGMA_SERVICE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "library/jobs.h"

struct job;        /* one running job, given to its work */
struct job_runner; /* the threads that run jobs of this process */
struct store;

/* A kind of job. The table of kinds ends with a NULL name. */
struct job_kind {
	const char *name;    /* in the jobs table: "scan" */
	const char *summary;
	uint32_t concurrency;     /* at the same time in this process; 0: 1 */
	uint32_t attempts;        /* before it is dead; 0: 1, it fails */
	uint32_t backoff_seconds; /* before the second try, doubled for each
				   * further one; 0: JOB_BACKOFF_SECONDS */
	uint32_t timeout_seconds; /* of one try; 0: none */

	/* STATUS_CANCELLED: job_stopping() was obeyed. Any other failure is
	 * written into the row with its sentence. */
	enum status (*run)(struct job *job, void *cookie, struct fault *fault);
};

#define JOB_BACKOFF_SECONDS 30
#define JOB_BACKOFF_MAX_SECONDS 3600
#define JOB_CRASHES_MAX 10 /* beyond its attempts, when its process died */

/* Kinds that work with the same things. */
struct job_group {
	const struct job_kind *kinds; /* ends with a NULL name */
	void *cookie;                 /* for the work */
};

struct job_runner_args {
	struct store *store;            /* all borrowed */
	const struct job_group *groups; /* copied; ends with NULL kinds */
};

/* How long to wait before the next try: doubled each time, bounded, and a
 * quarter more or less by `dice` (any number), so that what failed together
 * does not come back together. */
int64_t job_backoff_ms(const struct job_kind *kind, int64_t attempts,
		       uint32_t dice);

enum status job_runner_open(const struct job_runner_args *args,
			    struct job_runner **out, struct fault *fault);

/* Tells running work to stop, waits for it, leaves its rows queued so that the
 * next start takes them up. NULL is fine. A job that is cancelled by whatever
 * process is told so within JOB_LOOK_MS. */
#define JOB_LOOK_MS 300
void job_runner_close(struct job_runner *runner);

/* Looks for queued jobs now and not at the next tick. */
void job_runner_wake(struct job_runner *runner);

int64_t job_id(const struct job *job);
int64_t job_source_id(const struct job *job); /* 0: none */
const char *job_detail(const struct job *job); /* text of the asker, or "" */
int64_t job_requested_by(const struct job *job); /* a user; 0: nobody */

/* JSON of the work's own, as the try before left it; NULL: from the start. */
const char *job_cursor(const struct job *job);

/* True when the process ends, job_stop() was called, somebody cancelled the
 * job, its time is over or its lease was lost: return soon. */
bool job_stopping(const struct job *job);
void job_stop(struct job *job);

/* Writes progress, the gathered log lines, and renews the lease; call it once
 * or twice a second. (The runner renews the lease of what it runs too; who runs
 * a job itself notes at least every JOBS_LEASE_MS / 3.) STATUS_CONFLICT when
 * the lease was lost: job_stopping() is true from then on. */
enum status job_note(struct job *job, const struct job_progress *progress,
		     struct fault *fault);

/* The same with the place where a later try goes on. */
enum status job_note_at(struct job *job, const struct job_progress *progress,
			const char *cursor, struct fault *fault);

/* The name (a constant text) of what it does now. */
enum status job_step(struct job *job, const char *step, struct fault *fault);

/* A line for GET /jobs/{id}/log: gathered, written with the next note or when
 * there are many. `path` (may be NULL) is UTF-8 for people. */
void job_log(struct job *job, const char *level, const char *path,
	     const char *reason);

/* ---- running a job oneself ---- */

/* Makes a row (or takes the same one that is queued) and claims it.
 * STATUS_CONFLICT: another job of its kind and source is running. The caller
 * owns *out and gives it back with job_end(). */
enum status job_begin(struct store *store, const char *kind, int64_t source_id,
		      const char *detail, struct job **out,
		      struct fault *fault);

/* Writes the last state by what the work returned (STATUS_CANCELLED: cancelled;
 * OK: done; else failed with fault->message) and frees the job. `progress` may
 * be NULL. Returns `result`, or the failure to write it. */
enum status job_end(struct job *job, enum status result,
		    const struct job_progress *progress, struct fault *fault);

/* Queues the jobs again whose process was on this machine and is gone. Done by
 * job_runner_open() and job_begin(). */
enum status job_revive_dead(struct store *store, struct fault *fault);

#endif /* OGMA_SERVICE_JOB_H */
