/* job.c - one job, run by its asker or by the runner (job_runner.c); see
 * job.h. */
#include "service/job_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

/* ---- jobs whose owner is gone ------------------------------------------------ */

struct revival {
	int64_t revived;
};

static enum status
jobs_revive(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_filter filter = { .state_given = true,
				     .state = JOB_RUNNING };
	struct page_request page = { .limit = PAGE_LIMIT_MAX };
	const struct job_again again = { 0 };
	struct revival *revival = cookie;
	struct job_list list;
	enum status status;
	struct arena arena;

	revival->revived = 0;
	arena_init(&arena);
	status = jobs_list(session, &filter, &page, &arena, &list, fault);
	for (size_t i = 0; status == STATUS_OK && i < list.count; i++) {
		const struct job_row *row = &list.items[i];

		if (row->owner == NULL || !owner_dead(row->owner))
			continue;
		status = jobs_put_back(session, row->id, row->owner, &again,
				       fault);
		if (status == STATUS_CONFLICT)
			status = STATUS_OK; /* somebody was faster */
		revival->revived++;
	}
	arena_release(&arena);
	return status;
}

static enum status
dead_count(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_filter filter = { .state_given = true,
				     .state = JOB_RUNNING };
	struct page_request page = { .limit = PAGE_LIMIT_MAX };
	struct revival *revival = cookie;
	struct job_list list;
	enum status status;
	struct arena arena;

	revival->revived = 0;
	arena_init(&arena);
	status = jobs_list(session, &filter, &page, &arena, &list, fault);
	for (size_t i = 0; status == STATUS_OK && i < list.count; i++)
		revival->revived += list.items[i].owner != NULL &&
				    owner_dead(list.items[i].owner);
	arena_release(&arena);
	return status;
}

enum status
job_revive_dead(struct store *store, struct fault *fault)
{
	struct revival revival;
	enum status status = store_read(store, dead_count, &revival, fault);

	if (status != STATUS_OK || revival.revived == 0)
		return status;
	status = store_write(store, jobs_revive, &revival, fault);
	if (status == STATUS_OK && revival.revived > 0)
		log_info("job", "jobs of ended processes are queued again",
			 LOG_INT("count", revival.revived));
	return status;
}

/* ---- one job -------------------------------------------------------------- */

int64_t
job_id(const struct job *job)
{
	return job->row.id;
}

int64_t
job_source_id(const struct job *job)
{
	return job->row.source_id;
}

const char *
job_detail(const struct job *job)
{
	return job->row.detail == NULL ? "" : job->row.detail;
}

int64_t
job_requested_by(const struct job *job)
{
	return job->row.requested_by;
}

const char *
job_cursor(const struct job *job)
{
	return job->row.checkpoint;
}

bool
job_stopping(const struct job *job)
{
	return atomic_load(&job->stop) || atomic_load(&job->cancelled) ||
	       atomic_load(&job->lost) || atomic_load(&job->late);
}

void
job_stop(struct job *job)
{
	atomic_store(&job->stop, true);
}

struct job *
job_new(struct store *store)
{
	struct job *job = mem_new(1, sizeof *job);

	job->store = store;
	arena_init(&job->arena);
	owner_name(job->owner);
	return job;
}

static void
lines_release(struct job *job)
{
	for (size_t i = 0; i < job->line_count; i++) {
		free(job->lines[i].level);
		free(job->lines[i].path);
		free(job->lines[i].reason);
	}
	job->line_count = 0;
}

void
job_free(struct job *job)
{
	lines_release(job);
	arena_release(&job->arena);
	free(job);
}

struct job_noting {
	struct job *job;
	const struct job_progress *progress;
	const char *cursor;
	bool cancel_asked;
};

enum status
job_lines_write(struct job *job, struct store_session *session,
	    struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < job->line_count && status == STATUS_OK; i++)
		status = jobs_log_add(session, job->row.id,
				      job->lines[i].level, job->lines[i].path,
				      job->lines[i].reason, fault);
	return status;
}

static enum status
note_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_noting *noting = cookie;
	struct job *job = noting->job;
	enum status status;

	status = jobs_renew(session, job->row.id, job->owner, noting->progress,
			    noting->cursor, &noting->cancel_asked, fault);
	if (status != STATUS_OK)
		return status;
	return job_lines_write(job, session, fault);
}

enum status
job_note_at(struct job *job, const struct job_progress *progress,
	    const char *cursor, struct fault *fault)
{
	struct job_noting noting = { job, progress, cursor, false };
	enum status status = store_write(job->store, note_write, &noting,
					 fault);

	if (status == STATUS_CONFLICT)
		atomic_store(&job->lost, true);
	if (status != STATUS_OK)
		return status;
	lines_release(job);
	if (noting.cancel_asked)
		atomic_store(&job->cancelled, true);
	return STATUS_OK;
}

enum status
job_note(struct job *job, const struct job_progress *progress,
	 struct fault *fault)
{
	return job_note_at(job, progress, NULL, fault);
}

static enum status
step_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job *job = cookie;

	return jobs_set_step(session, job->row.id, job->owner, job->step,
			     fault);
}

enum status
job_step(struct job *job, const char *step, struct fault *fault)
{
	enum status status;

	if (job->step != NULL && strcmp(job->step, step) == 0)
		return STATUS_OK;
	job->step = step;
	status = store_write(job->store, step_write, job, fault);
	if (status == STATUS_CONFLICT)
		atomic_store(&job->lost, true);
	return status;
}

void
job_log(struct job *job, const char *level, const char *path,
	const char *reason)
{
	struct fault fault;

	if (job->line_count == JOB_LINES_MAX &&
	    job_note(job, NULL, &fault) != STATUS_OK) {
		log_warning("job", "lines of a job's log are lost",
			    LOG_INT("job_id", job->row.id),
			    LOG_TEXT("reason", fault.message));
		lines_release(job);
	}
	job->lines[job->line_count++] = (struct job_pending_line){
		.level = mem_copy_text(level),
		.path = path == NULL ? NULL : mem_copy_text(path),
		.reason = mem_copy_text(reason),
	};
}

/* ---- beginning and ending ------------------------------------------------- */

struct job_claiming {
	struct job *job;
	const char *kind;
	int64_t source_id;
	const char *detail;
};

static enum status
begin_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_claiming *claiming = cookie;
	struct job *job = claiming->job;
	enum status status;
	int64_t id = 0;

	arena_reset(&job->arena);
	status = jobs_add(session, claiming->kind, claiming->source_id,
			  claiming->detail, &id, fault);
	/* The same was asked for already: that row is as good. */
	if (status != STATUS_OK && (status != STATUS_CONFLICT || id == 0))
		return status;
	return jobs_claim_id(session, id, job->owner, &job->arena, &job->row,
			     fault);
}

enum status
job_begin(struct store *store, const char *kind, int64_t source_id,
	  const char *detail, struct job **out, struct fault *fault)
{
	struct job_claiming claiming = { .kind = kind,
					 .source_id = source_id,
					 .detail = detail };
	enum status status = job_revive_dead(store, fault);

	if (status != STATUS_OK)
		return status;
	claiming.job = job_new(store);
	status = store_write(store, begin_write, &claiming, fault);
	if (status == STATUS_OK)
		*out = claiming.job;
	else
		job_free(claiming.job);
	return status;
}

struct job_ending {
	struct job *job;
	const struct job_progress *progress;
	enum job_state state;
	const char *error;
};

static enum status
end_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_ending *ending = cookie;
	struct job *job = ending->job;
	enum status status;
	bool cancel_asked;

	status = jobs_renew(session, job->row.id, job->owner, ending->progress,
			    NULL, &cancel_asked, fault);
	if (status == STATUS_OK)
		status = job_lines_write(job, session, fault);
	if (status == STATUS_OK)
		status = jobs_finish(session, job->row.id, job->owner,
				     ending->state, ending->error, fault);
	if (status == STATUS_OK)
		status = jobs_trim(session, job->row.kind, fault);
	return status;
}

enum status
job_end_as(struct job *job, enum job_state state, const char *error,
	   const struct job_progress *progress, struct fault *fault)
{
	struct job_ending ending = { job, progress, state, error };
	enum status status = STATUS_OK;

	if (!atomic_load(&job->lost))
		status = store_write(job->store, end_write, &ending, fault);
	job_free(job);
	return status;
}

enum job_state
job_state_of(enum status result)
{
	return result == STATUS_OK	  ? JOB_DONE :
	       result == STATUS_CANCELLED ? JOB_CANCELLED :
					    JOB_FAILED;
}

enum status
job_end(struct job *job, enum status result,
	const struct job_progress *progress, struct fault *fault)
{
	enum job_state state = job_state_of(result);
	struct fault other;
	enum status status;

	status = job_end_as(job, state,
			    state == JOB_FAILED && fault != NULL ?
				    fault->message :
				    NULL,
			    progress, &other);
	if (result != STATUS_OK)
		return result;
	if (status != STATUS_OK && fault != NULL)
		*fault = other;
	return status;
}
