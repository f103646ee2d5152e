/* jobs.c - see jobs.h. A job is claimed by one UPDATE that only succeeds while
 * nobody holds a live lease, so two processes cannot both get it. */
#include "library/jobs.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"

static const char *const state_names[] = {
	[JOB_QUEUED] = "queued",
	[JOB_RUNNING] = "running",
	[JOB_DONE] = "done",
	[JOB_FAILED] = "failed",
	[JOB_CANCELLED] = "cancelled",
};

const char *
job_state_name(enum job_state state)
{
	return state_names[state];
}

#define JOB_COLUMNS \
	"select t.id, t.kind, t.source_id, t.detail, t.state, " \
	"t.cancel_asked, t.done, t.total, t.rate, t.eta_seconds, t.added, " \
	"t.updated, t.moved, t.removed, t.restored, t.unchanged, t.rejected, " \
	"t.checkpoint, t.error, t.owner, t.lease_until, t.created_at, " \
	"t.started_at, t.finished_at from jobs t "

static void
job_read(struct store_rows *rows, struct arena *arena, struct job_row *out)
{
	*out = (struct job_row){
		.id = sql_column_int(rows, 0),
		.kind = sql_column_text(rows, 1, arena),
		.source_id = sql_column_int(rows, 2),
		.detail = sql_column_text(rows, 3, arena),
		.state = (enum job_state)sql_column_int(rows, 4),
		.cancel_asked = sql_column_int(rows, 5) != 0,
		.progress = {
			.done = sql_column_int(rows, 6),
			.total = sql_column_int(rows, 7),
			.rate = sql_column_double(rows, 8),
			.eta_seconds = sql_column_int(rows, 9),
			.added = sql_column_int(rows, 10),
			.updated = sql_column_int(rows, 11),
			.moved = sql_column_int(rows, 12),
			.removed = sql_column_int(rows, 13),
			.restored = sql_column_int(rows, 14),
			.unchanged = sql_column_int(rows, 15),
			.rejected = sql_column_int(rows, 16),
		},
		.checkpoint = sql_column_text(rows, 17, arena),
		.error = sql_column_text(rows, 18, arena),
		.owner = sql_column_text(rows, 19, arena),
		.lease_until_ms = sql_column_int(rows, 20),
		.created_at_ms = sql_column_int(rows, 21),
		.started_at_ms = sql_column_int(rows, 22),
		.finished_at_ms = sql_column_int(rows, 23),
	};
}

enum status
jobs_get(struct store_session *session, int64_t id, struct arena *arena,
	 struct job_row *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(session, JOB_COLUMNS "where t.id = $1",
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status != STATUS_OK)
		return status;
	if (sql_next(rows, &status, fault))
		job_read(rows, arena, out);
	else if (status == STATUS_OK)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "there is no job %lld", (long long)id);
	sql_end(rows);
	return status;
}

/* ---- life of a job -------------------------------------------------------- */

enum status
jobs_add(struct store_session *session, const char *kind, int64_t source_id,
	 const char *detail, int64_t *id, struct fault *fault)
{
	const char *text = detail == NULL ? "" : detail;
	enum status status;

	/* Two askers at the same time: the second waits and finds the first. */
	status = sql_lock(session, "jobs", fault);
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select id from jobs where state = $1 "
				       "and kind = $2 and source_id = $3 "
				       "and detail = $4",
				       SQL_ARGS(SQL_INT(JOB_QUEUED),
						sql_text(kind),
						SQL_INT(source_id),
						sql_text(text)),
				       id, NULL);
	if (status == STATUS_OK)
		return fault_set(fault, STATUS_CONFLICT,
				 "such a job waits already");
	if (status != STATUS_NOT_FOUND)
		return status;
	return sql_query_int(
		session,
		"insert into jobs (kind, source_id, detail, state, "
		"cancel_asked, done, total, rate, eta_seconds, added, updated, "
		"moved, removed, restored, unchanged, rejected, lease_until, "
		"log_lines, created_at, started_at, finished_at) values "
		"($1, $2, $3, $4, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
		"$5, 0, 0) returning id",
		SQL_ARGS(sql_text(kind), SQL_INT(source_id), sql_text(text),
			 SQL_INT(JOB_QUEUED), SQL_INT(clock_now_ms())),
		id, fault);
}

/* Takes one job when nobody holds it and nothing of its kind and source runs.
 * *taken says whether it did. */
static enum status
take_lease(struct store_session *session, int64_t id, const char *owner,
	   bool *taken, struct fault *fault)
{
	int64_t now_ms = clock_now_ms(), changed = 0;
	enum status status;

	status = sql_exec(
		session,
		"update jobs set state = 1, owner = $1, lease_until = $2, "
		"started_at = case when started_at = 0 then $3 "
		"else started_at end, finished_at = 0, error = null "
		"where id = $4 "
		"and (state = 0 or (state = 1 and lease_until < $5)) "
		"and not exists (select 1 from jobs o where o.state = 1 "
		"and o.kind = jobs.kind and o.source_id = jobs.source_id "
		"and o.id <> jobs.id and o.lease_until >= $6)",
		SQL_ARGS(sql_text(owner), SQL_INT(now_ms + JOBS_LEASE_MS),
			 SQL_INT(now_ms), SQL_INT(id), SQL_INT(now_ms),
			 SQL_INT(now_ms)),
		&changed, fault);
	*taken = changed > 0;
	return status;
}

enum status
jobs_claim(struct store_session *session, const char *kind, const char *owner,
	   struct arena *arena, struct job_row *out, struct fault *fault)
{
	int64_t now_ms = clock_now_ms(), id = 0;
	bool taken = false;
	enum status status = sql_lock(session, "jobs", fault);

	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"select t.id from jobs t where t.state in (0, 1) "
			"and (t.state = 0 or t.lease_until < $1) "
			"and (t.kind = $2 or $3 = 1) "
			"and not exists (select 1 from jobs o "
			"where o.state = 1 and o.kind = t.kind "
			"and o.source_id = t.source_id and o.id <> t.id "
			"and o.lease_until >= $4) "
			"order by t.id limit 1",
			SQL_ARGS(SQL_INT(now_ms),
				 sql_text(kind == NULL ? "" : kind),
				 SQL_INT(kind == NULL), SQL_INT(now_ms)),
			&id, fault);
	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, STATUS_NOT_FOUND, "no job waits");
	if (status == STATUS_OK)
		status = take_lease(session, id, owner, &taken, fault);
	if (status != STATUS_OK)
		return status;
	if (!taken)
		return fault_set(fault, STATUS_NOT_FOUND, "no job waits");
	return jobs_get(session, id, arena, out, fault);
}

enum status
jobs_claim_id(struct store_session *session, int64_t id, const char *owner,
	      struct arena *arena, struct job_row *out, struct fault *fault)
{
	bool taken = false;
	enum status status = sql_lock(session, "jobs", fault);

	if (status == STATUS_OK)
		status = take_lease(session, id, owner, &taken, fault);
	if (status == STATUS_OK && taken)
		return jobs_get(session, id, arena, out, fault);
	if (status == STATUS_OK)
		status = jobs_get(session, id, arena, out, fault);
	if (status != STATUS_OK)
		return status;
	return fault_set(fault, STATUS_CONFLICT,
			 "job %lld, or one like it, is running or over",
			 (long long)id);
}

static enum status
write_progress(struct store_session *session, int64_t id,
	       const struct job_progress *progress, struct fault *fault)
{
	return sql_exec(session,
			"update jobs set done = $1, total = $2, rate = $3, "
			"eta_seconds = $4, added = $5, updated = $6, "
			"moved = $7, removed = $8, restored = $9, "
			"unchanged = $10, rejected = $11 where id = $12",
			SQL_ARGS(SQL_INT(progress->done),
				 SQL_INT(progress->total),
				 SQL_DOUBLE(progress->rate),
				 SQL_INT(progress->eta_seconds),
				 SQL_INT(progress->added),
				 SQL_INT(progress->updated),
				 SQL_INT(progress->moved),
				 SQL_INT(progress->removed),
				 SQL_INT(progress->restored),
				 SQL_INT(progress->unchanged),
				 SQL_INT(progress->rejected), SQL_INT(id)),
			NULL, fault);
}

static enum status
lease_lost(int64_t id, struct fault *fault)
{
	return fault_set(fault, STATUS_CONFLICT,
			 "job %lld belongs to another process now",
			 (long long)id);
}

enum status
jobs_renew(struct store_session *session, int64_t id, const char *owner,
	   const struct job_progress *progress, const char *checkpoint,
	   bool *cancel_asked, struct fault *fault)
{
	int64_t asked = 0;
	enum status status;

	status = sql_query_int(session,
			       "update jobs set lease_until = $1, "
			       "checkpoint = coalesce($2, checkpoint) "
			       "where id = $3 and state = 1 and owner = $4 "
			       "returning cancel_asked",
			       SQL_ARGS(SQL_INT(clock_now_ms() + JOBS_LEASE_MS),
					sql_text(checkpoint), SQL_INT(id),
					sql_text(owner)),
			       &asked, NULL);
	if (status == STATUS_NOT_FOUND)
		return lease_lost(id, fault);
	if (status == STATUS_OK && progress != NULL)
		status = write_progress(session, id, progress, fault);
	if (status == STATUS_OK && cancel_asked != NULL)
		*cancel_asked = asked != 0;
	return status;
}

enum status
jobs_finish(struct store_session *session, int64_t id, const char *owner,
	    enum job_state state, const char *error, struct fault *fault)
{
	int64_t changed = 0;
	enum status status;

	assert(state != JOB_RUNNING);
	status = sql_exec(session,
			  "update jobs set state = $1, error = $2, "
			  "finished_at = $3, owner = null, lease_until = 0, "
			  "eta_seconds = 0, cancel_asked = 0 "
			  "where id = $4 and state = 1 and owner = $5",
			  SQL_ARGS(SQL_INT(state), sql_text(error),
				   SQL_INT(state == JOB_QUEUED
						   ? 0
						   : clock_now_ms()),
				   SQL_INT(id), sql_text(owner)),
			  &changed, fault);
	if (status == STATUS_OK && changed == 0)
		return lease_lost(id, fault);
	return status;
}

/* Explains why a change did not apply: no such job, or the wrong state. */
static enum status
not_changed(struct store_session *session, int64_t id, const char *why,
	    struct fault *fault)
{
	int64_t state;
	enum status status = sql_query_int(session,
					   "select state from jobs "
					   "where id = $1",
					   SQL_ARGS(SQL_INT(id)), &state, NULL);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no job %lld", (long long)id);
	if (status != STATUS_OK)
		return status;
	return fault_set(fault, STATUS_CONFLICT, "job %lld is %s: %s",
			 (long long)id, state_names[state], why);
}

enum status
jobs_cancel(struct store_session *session, int64_t id, struct fault *fault)
{
	int64_t changed = 0;
	enum status status;

	/* One whose owner died is as good as queued. */
	status = sql_exec(session,
			  "update jobs set state = 4, finished_at = $1, "
			  "owner = null, lease_until = 0 where id = $2 "
			  "and (state = 0 or (state = 1 and lease_until < $3))",
			  SQL_ARGS(SQL_INT(clock_now_ms()), SQL_INT(id),
				   SQL_INT(clock_now_ms())),
			  &changed, fault);
	if (status == STATUS_OK && changed == 0)
		status = sql_exec(session,
				  "update jobs set cancel_asked = 1 "
				  "where id = $1 and state = 1",
				  SQL_ARGS(SQL_INT(id)), &changed, fault);
	if (status == STATUS_OK && changed == 0)
		return not_changed(session, id, "it cannot be cancelled",
				   fault);
	return status;
}

enum status
jobs_retry(struct store_session *session, int64_t id, struct fault *fault)
{
	int64_t changed = 0;
	enum status status;

	status = sql_exec(session,
			  "update jobs set state = 0, cancel_asked = 0, "
			  "error = null, finished_at = 0, started_at = 0 "
			  "where id = $1 and state in (3, 4)",
			  SQL_ARGS(SQL_INT(id)), &changed, fault);
	if (status == STATUS_OK && changed == 0)
		return not_changed(session, id, "it cannot be retried", fault);
	return status;
}

enum status
jobs_running(struct store_session *session, const char *kind, bool *out,
	     struct fault *fault)
{
	int64_t count = 0;
	enum status status;

	status = sql_query_int(session,
			       "select count(*) from jobs where state = 1 "
			       "and kind = $1 and lease_until >= $2",
			       SQL_ARGS(sql_text(kind),
					SQL_INT(clock_now_ms())),
			       &count, fault);
	if (status == STATUS_OK)
		*out = count > 0;
	return status;
}

/* ---- lists ---------------------------------------------------------------- */

static const struct page_sort newest_first[] = { { "-id", { { 0 } }, true } };
static const struct page_sort oldest_first[] = { { "id", { { 0 } }, false } };

static enum status
jobs_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct job_row *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	if (count == 0)
		return STATUS_OK;
	status = query_by_ids(session, JOB_COLUMNS "where t.id in ", "", ids,
			      count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct job_row job;

		job_read(rows, arena, &job);
		for (size_t i = 0; i < count; i++)
			if (ids[i] == job.id)
				out[i] = job;
	}
	sql_end(rows);
	return status;
}

enum status
jobs_list(struct store_session *session, const struct job_filter *filter,
	  const struct page_request *page, struct arena *arena,
	  struct job_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "jobs t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = newest_first,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct job_list list = { 0 };
	enum status status;

	if (filter->kind != NULL)
		page_filter(&query, "t.kind = ?", "t.kind = ?",
			    sql_text(filter->kind));
	if (filter->source_id != 0)
		page_filter(&query, "t.source_id = ?", "t.source_id = ?",
			    SQL_INT(filter->source_id));
	if (filter->state_given)
		page_filter(&query, "t.state = ?", "t.state = ?",
			    SQL_INT(filter->state));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct job_row, list.count);
	status = jobs_of_ids(session, ids, list.count, arena, list.items,
			     fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

/* ---- log ------------------------------------------------------------------ */

enum status
jobs_log_add(struct store_session *session, int64_t id, const char *level,
	     const char *path, const char *reason, struct fault *fault)
{
	int64_t changed = 0;
	enum status status;

	status = sql_exec(session,
			  "update jobs set log_lines = log_lines + 1 "
			  "where id = $1 and log_lines < $2",
			  SQL_ARGS(SQL_INT(id), SQL_INT(JOB_LOG_KEEP)),
			  &changed, fault);
	if (status != STATUS_OK || changed == 0)
		return status;
	return sql_post(session,
			"insert into job_log (job_id, at, level, path, reason) "
			"values ($1, $2, $3, $4, $5)",
			SQL_ARGS(SQL_INT(id), SQL_INT(clock_now_ms()),
				 sql_text(level), sql_text(path),
				 sql_text(reason)),
			fault);
}

static enum status
lines_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	     struct arena *arena, struct job_line *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	if (count == 0)
		return STATUS_OK;
	status = query_by_ids(session,
			      "select t.id, t.at, t.level, t.path, t.reason "
			      "from job_log t where t.id in ",
			      "", ids, count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct job_line line = {
			.id = sql_column_int(rows, 0),
			.at_ms = sql_column_int(rows, 1),
			.level = sql_column_text(rows, 2, arena),
			.path = sql_column_text(rows, 3, arena),
			.reason = sql_column_text(rows, 4, arena),
		};

		for (size_t i = 0; i < count; i++)
			if (ids[i] == line.id)
				out[i] = line;
	}
	sql_end(rows);
	return status;
}

enum status
jobs_log_list(struct store_session *session, int64_t id,
	      const struct page_request *page, struct arena *arena,
	      struct job_line_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "job_log t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = oldest_first,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct job_line_list list = { 0 };
	enum status status;

	status = sql_query_int(session,
			       "select log_lines from jobs where id = $1",
			       SQL_ARGS(SQL_INT(id)), &query.known_total,
			       NULL);
	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no job %lld", (long long)id);
	/* The index has the job first: both forms are the same. */
	page_filter(&query, "t.job_id = ?", "t.job_id = ?", SQL_INT(id));
	if (status == STATUS_OK)
		status = page_read(session, &query, page, arena, ids,
				   &list.count, &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct job_line, list.count);
	status = lines_of_ids(session, ids, list.count, arena, list.items,
			      fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
jobs_trim(struct store_session *session, struct fault *fault)
{
	int64_t last = 0;
	enum status status;

	status = sql_query_int(session,
			       "select id from jobs where state in (2, 3, 4) "
			       "order by id desc limit 1 offset $1",
			       SQL_ARGS(SQL_INT(JOBS_KEEP)), &last, NULL);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "delete from job_log where job_id in ("
				  "select id from jobs where id <= $1 "
				  "and state in (2, 3, 4))",
				  SQL_ARGS(SQL_INT(last)), NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "delete from jobs where id <= $1 "
				  "and state in (2, 3, 4)",
				  SQL_ARGS(SQL_INT(last)), NULL, fault);
	return status;
}
