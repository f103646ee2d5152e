/* jobs.h - what routes that begin long work share.
 *
 * Floor: 5 (api). Threads: a call's.
 */
#ifndef OGMA_API_JOBS_H
#define OGMA_API_JOBS_H

#include "api/call.h"

/* False: the fault was answered. */
bool work_done(struct call *call, enum status status,
	       const struct fault *fault);

/* New work is looked at now and not at the next tick. */
void jobs_wake(struct call *call);

/* Answers with a job as it is now. */
void job_answer(struct call *call, int64_t id, unsigned status);

#endif /* OGMA_API_JOBS_H */
