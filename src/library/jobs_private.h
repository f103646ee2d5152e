/* jobs_private.h - shared by jobs.c (the life of a job) and jobs_list.c (looking
 * at many).
 *
 * Floor: 3 (library).
 */
#ifndef OGMA_LIBRARY_JOBS_PRIVATE_H
#define OGMA_LIBRARY_JOBS_PRIVATE_H

#include "library/jobs.h"
#include "library/page_private.h"

#define JOB_COLUMNS \
	"select t.id, t.kind, t.source_id, t.detail, t.state, " \
	"t.cancel_asked, t.done, t.total, t.rate, t.eta_seconds, t.added, " \
	"t.updated, t.moved, t.removed, t.restored, t.unchanged, t.rejected, " \
	"t.checkpoint, t.error, t.owner, t.lease_until, t.created_at, " \
	"t.started_at, t.finished_at, t.step, t.attempts, t.next_try_at, " \
	"t.requested_by, t.parent_id from etl_jobs t "

/* Of a row of JOB_COLUMNS. */
/* Of a struct job_row. */
void job_read(struct store_rows *rows, struct arena *arena, void *thing);

#endif /* OGMA_LIBRARY_JOBS_PRIVATE_H */
