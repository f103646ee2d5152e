/* job_private.h - shared by job.c and job_runner.c.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_JOB_PRIVATE_H
#define OGMA_SERVICE_JOB_PRIVATE_H

#include <stdatomic.h>

#include "base/memory.h"
#include "driver/store.h"
#include "service/job.h"
#include "service/owner.h"

#define JOB_LINES_MAX 256 /* gathered before they are written */

struct job_pending_line {
	char *level, *path, *reason;
};

struct job {
	struct store *store;
	struct arena arena; /* of the row's texts */
	struct job_row row;
	char owner[OWNER_BYTES];
	const char *step;      /* as the row has it; NULL: as it was found */
	atomic_bool stop;      /* by job_stop() or the end of the process */
	atomic_bool cancelled; /* asked for through the row */
	atomic_bool lost;      /* somebody else holds the lease */
	atomic_bool late;      /* its time is over */
	struct job_pending_line lines[JOB_LINES_MAX];
	size_t line_count;
};

struct job *job_new(struct store *store);
void job_free(struct job *job);

/* In a transaction of the caller. */
enum status job_lines_write(struct job *job, struct store_session *session,
			    struct fault *fault);

/* What the work returned: done, cancelled or failed. */
enum job_state job_state_of(enum status result);

/* Writes the last state and frees the job. */
enum status job_end_as(struct job *job, enum job_state state,
		       const char *error,
		       const struct job_progress *progress,
		       struct fault *fault);

#endif /* OGMA_SERVICE_JOB_PRIVATE_H */
