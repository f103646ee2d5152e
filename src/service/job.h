/* job.h - long work that is asked for now and done in the background.
 *
 * A job is a row (library/jobs): queued → running → done, failed or cancelled.
 * A runner claims queued rows with a lease that it renews while the work runs,
 * so that two processes never run one job and a job of a dead process is taken
 * up again. Work asks job_stopping() at every step and returns soon after.
 *
 * Threads: job_runner_*() from any; the struct job belongs to the work.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_JOB_H
#define OGMA_SERVICE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct job;        /* one running job, given to its work */
struct job_runner; /* the threads that run jobs of this process */
struct store;

/* A kind of job. The table of kinds ends with a NULL name. */
struct job_kind {
	const char *name;    /* in the jobs table: "scan" */
	const char *summary;

	/* STATUS_CANCELLED: job_stopping() was obeyed. Any other failure is
	 * written into the row with its sentence. */
	enum status (*run)(struct job *job, void *cookie, struct fault *fault);
};

struct job_runner_args {
	struct store *store;          /* borrowed */
	const struct job_kind *kinds; /* borrowed */
	void *cookie;                 /* for the work */
	uint32_t threads;             /* jobs at the same time; 0: 1 */
};

enum status job_runner_open(const struct job_runner_args *args,
			    struct job_runner **out, struct fault *fault);

/* Tells running work to stop, waits for it, leaves its rows queued so that the
 * next start takes them up. NULL is fine. */
void job_runner_close(struct job_runner *runner);

/* Looks for queued jobs now and not at the next tick. */
void job_runner_wake(struct job_runner *runner);

int64_t job_id(const struct job *job);
int64_t job_source_id(const struct job *job); /* 0: none */
const char *job_detail(const struct job *job); /* text of the asker, or "" */

/* True when the process ends or somebody cancelled the job. */
bool job_stopping(struct job *job);

#endif /* OGMA_SERVICE_JOB_H */
