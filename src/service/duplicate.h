/* duplicate.h - finding tracks that sound the same, and deciding about them on
 * behalf of somebody; what groups and merges are stands in
 * library/duplicates.h.
 *
 * Finding is a job: it looks up each track that was heard since the last one,
 * some at a time, and what is left waits in the rows themselves. It is asked for
 * when the analysis has nothing left to do and by the pipeline. Each decision is
 * one transaction with its audit row.
 *
 * Threads: every call may block: from workers.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_DUPLICATE_H
#define OGMA_SERVICE_DUPLICATE_H

#include "library/duplicates.h"
#include "service/edit.h"

struct job;

/* The row of the table of job kinds; `cookie` is a struct scan_services. */
#define DUPLICATES_JOB "duplicates"
enum status duplicates_job_run(struct job *job, void *cookie,
			       struct fault *fault);

/* Queues the job when tracks wait to be looked up. */
enum status duplicates_job_ask(struct store *store, struct fault *fault);

/* As duplicates_merge() and its like; track_id as in struct
 * duplicate_decision. */
enum status duplicate_merge(const struct editor *editor,
			    const struct caller *caller, int64_t group_id,
			    int64_t keep, struct fault *fault);
enum status duplicate_dismiss(const struct editor *editor,
			      const struct caller *caller, int64_t group_id,
			      int64_t track_id, struct fault *fault);
enum status duplicate_undo(const struct editor *editor,
			   const struct caller *caller, int64_t group_id,
			   struct fault *fault);

#endif /* OGMA_SERVICE_DUPLICATE_H */
