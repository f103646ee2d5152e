/* jobs.c - see jobs.h. A job is claimed by one UPDATE that only succeeds while
 * nobody holds a live lease, so two processes cannot both get it. */
#include "library/jobs.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "library/jobs_private.h"

static const char *const state_names[] = {
	[JOB_QUEUED] = "queued",
	[JOB_RUNNING] = "running",
	[JOB_DONE] = "done",
	[JOB_FAILED] = "failed",
	[JOB_CANCELLED] = "cancelled",
	[JOB_DEAD] = "dead",
};

const char *
job_state_name(enum job_state state)
{
	return state_names[state];
}

void
job_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct job_row *out = thing;

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
		.step = sql_column_text(rows, 24, arena),
		.attempts = sql_column_int(rows, 25),
		.next_try_at_ms = sql_column_int(rows, 26),
		.requested_by = sql_column_int(rows, 27),
		.parent_id = sql_column_int(rows, 28),
	};
}

enum status
jobs_get(struct store_session *session, int64_t id, struct arena *arena,
	 struct job_row *out, struct fault *fault)
{
	return row_find(session, JOB_COLUMNS "where t.id = $1",
			SQL_ARGS(SQL_INT(id)), job_read, arena, out, fault,
			"there is no job %lld", (long long)id);
}

/* ---- life of a job -------------------------------------------------------- */

/* One that waits for its next try is brought forward. */
static enum status
same_waits(struct store_session *session, const struct job_ask *ask,
	   int64_t *id, struct fault *fault)
{
	enum status status = sql_query_int(
		session,
		"select id from etl_jobs where state = $1 and kind = $2 "
		"and source_id = $3 and detail = $4",
		SQL_ARGS(SQL_INT(JOB_QUEUED), sql_text(ask->kind),
			 SQL_INT(ask->source_id), sql_text(ask->detail)),
		id, NULL);

	if (status != STATUS_OK)
		return status;
	status = sql_exec(session,
			  "update etl_jobs set next_try_at = 0 where id = $1",
			  SQL_ARGS(SQL_INT(*id)), NULL, fault);
	if (status != STATUS_OK)
		return status;
	return fault_set(fault, STATUS_CONFLICT, "such a job waits already");
}

enum status
jobs_ask(struct store_session *session, const struct job_ask *asked,
	 int64_t *id, struct fault *fault)
{
	struct job_ask ask = *asked;
	enum status status;

	if (ask.detail == NULL)
		ask.detail = "";
	status = same_waits(session, &ask, id, fault);
	if (status != STATUS_NOT_FOUND)
		return status;
	return sql_query_int(
		session,
		"insert into etl_jobs (kind, source_id, detail, state, "
		"cancel_asked, done, total, rate, eta_seconds, added, updated, "
		"moved, removed, restored, unchanged, rejected, lease_until, "
		"log_lines, created_at, started_at, finished_at, shared, "
		"requested_by, parent_id) values "
		"($1, $2, $3, $4, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
		"$5, 0, 0, $6, $7, $8) returning id",
		SQL_ARGS(sql_text(ask.kind), SQL_INT(ask.source_id),
			 sql_text(ask.detail), SQL_INT(JOB_QUEUED),
			 SQL_INT(clock_now_ms()), SQL_INT(ask.shared),
			 SQL_INT(ask.requested_by), SQL_INT(ask.parent_id)),
		id, fault);
}

enum status
jobs_add(struct store_session *session, const char *kind, int64_t source_id,
	 const char *detail, int64_t *id, struct fault *fault)
{
	const struct job_ask ask = { .kind = kind, .source_id = source_id,
				     .detail = detail };
	/* Two askers at the same time: the second waits and finds the first. */
	enum status status = sql_lock(session, "etl_jobs", fault);

	return status == STATUS_OK ? jobs_ask(session, &ask, id, fault) :
				     status;
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
		"update etl_jobs set state = 1, owner = $1, lease_until = $2, "
		"started_at = case when started_at = 0 then $3 "
		"else started_at end, finished_at = 0, "
		"attempts = attempts + 1, next_try_at = 0 "
		"where id = $4 "
		"and (state = 0 or (state = 1 and lease_until < $5)) "
		"and (shared = 1 or not exists ("
		"select 1 from etl_jobs o where o.state = 1 "
		"and o.kind = etl_jobs.kind and o.source_id = etl_jobs.source_id "
		"and o.id <> etl_jobs.id and o.lease_until >= $6))",
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
	enum status status = sql_lock(session, "etl_jobs", fault);

	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"select t.id from etl_jobs t where t.state in (0, 1) "
			"and ((t.state = 0 and t.next_try_at <= $1) or "
			"(t.state = 1 and t.lease_until < $2)) "
			"and t.kind = $3 "
			"and (t.shared = 1 or not exists ("
			"select 1 from etl_jobs o "
			"where o.state = 1 and o.kind = t.kind "
			"and o.source_id = t.source_id and o.id <> t.id "
			"and o.lease_until >= $4)) "
			"order by t.id limit 1",
			SQL_ARGS(SQL_INT(now_ms), SQL_INT(now_ms),
				 sql_text(kind), SQL_INT(now_ms)),
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
	enum status status = sql_lock(session, "etl_jobs", fault);

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
			"update etl_jobs set done = $1, total = $2, rate = $3, "
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
			       "update etl_jobs set lease_until = $1, "
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

	assert(state != JOB_RUNNING && state != JOB_QUEUED);
	status = sql_exec(session,
			  "update etl_jobs set state = $1, error = $2, "
			  "finished_at = $3, owner = null, lease_until = 0, "
			  "eta_seconds = 0, cancel_asked = 0 "
			  "where id = $4 and state = 1 and owner = $5",
			  SQL_ARGS(SQL_INT(state), sql_text(error),
				   SQL_INT(clock_now_ms()), SQL_INT(id),
				   sql_text(owner)),
			  &changed, fault);
	if (status == STATUS_OK && changed == 0)
		return lease_lost(id, fault);
	return status;
}

enum status
jobs_put_back(struct store_session *session, int64_t id, const char *owner,
	      const struct job_again *again, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(
		session,
		"update etl_jobs set state = 0, owner = null, "
		"lease_until = 0, error = coalesce($1, error), "
		"next_try_at = $2, attempts = attempts - $3, "
		"eta_seconds = -1 "
		"where id = $4 and state = 1 and owner = $5",
		SQL_ARGS(sql_text(again->error), SQL_INT(again->next_try_at_ms),
			 SQL_INT(again->uncounted), SQL_INT(id),
			 sql_text(owner)),
		&changed, fault);

	if (status == STATUS_OK && changed == 0)
		return lease_lost(id, fault);
	return status;
}

enum status
jobs_set_step(struct store_session *session, int64_t id, const char *owner,
	      const char *step, struct fault *fault)
{
	int64_t changed = 0;
	enum status status = sql_exec(session,
				      "update etl_jobs set step = $1 "
				      "where id = $2 and state = 1 "
				      "and owner = $3",
				      SQL_ARGS(sql_text(step), SQL_INT(id),
					       sql_text(owner)),
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
					   "select state from etl_jobs "
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

/* One whose owner died is as good as queued. */
static enum status
cancel_where(struct store_session *session, const char *column, int64_t value,
	     int64_t *changed, struct fault *fault)
{
	int64_t now_ms = clock_now_ms(), asked = 0;
	char sql[300];
	enum status status;

	snprintf(sql, sizeof sql,
		 "update etl_jobs set state = 4, finished_at = $1, "
		 "owner = null, lease_until = 0 where %s = $2 "
		 "and (state = 0 or (state = 1 and lease_until < $3))",
		 column);
	status = sql_exec(session, sql,
			  SQL_ARGS(SQL_INT(now_ms), SQL_INT(value),
				   SQL_INT(now_ms)),
			  changed, fault);
	snprintf(sql, sizeof sql,
		 "update etl_jobs set cancel_asked = 1 "
		 "where %s = $1 and state = 1",
		 column);
	if (status == STATUS_OK)
		status = sql_exec(session, sql, SQL_ARGS(SQL_INT(value)),
				  &asked, fault);
	*changed += asked;
	return status;
}

enum status
jobs_cancel(struct store_session *session, int64_t id, struct fault *fault)
{
	int64_t changed = 0, parts = 0;
	enum status status = cancel_where(session, "id", id, &changed, fault);

	if (status == STATUS_OK && changed == 0)
		return not_changed(session, id, "it cannot be cancelled",
				   fault);
	if (status == STATUS_OK)
		status = cancel_where(session, "parent_id", id, &parts, fault);
	return status;
}

#define AGAIN \
	"update etl_jobs set state = 0, cancel_asked = 0, error = null, " \
	"finished_at = 0, started_at = 0, attempts = 0, next_try_at = 0 "

enum status
jobs_retry(struct store_session *session, int64_t id, struct fault *fault)
{
	int64_t changed = 0;
	enum status status;

	status = sql_exec(session,
			  AGAIN "where id = $1 and state in (3, 4, 5)",
			  SQL_ARGS(SQL_INT(id)), &changed, fault);
	if (status == STATUS_OK && changed == 0)
		return not_changed(session, id, "it cannot be retried", fault);
	return status;
}

enum status
jobs_retry_dead(struct store_session *session, const char *kind,
		int64_t *count, struct fault *fault)
{
	return sql_exec(session,
			AGAIN "where state = $1 and (kind = $2 or $3 = 1)",
			SQL_ARGS(SQL_INT(JOB_DEAD),
				 sql_text(kind == NULL ? "" : kind),
				 SQL_INT(kind == NULL)),
			count, fault);
}

enum status
jobs_due(struct store_session *session, const char *kind, bool *out,
	 struct fault *fault)
{
	int64_t now_ms = clock_now_ms(), id = 0;
	enum status status = sql_query_int(
		session,
		"select id from etl_jobs where state = 0 and kind = $1 "
		"and next_try_at <= $2 order by id limit 1",
		SQL_ARGS(sql_text(kind), SQL_INT(now_ms)), &id, NULL);

	if (status == STATUS_NOT_FOUND)
		status = sql_query_int(session,
				       "select id from etl_jobs "
				       "where state = 1 and kind = $1 "
				       "and lease_until < $2 limit 1",
				       SQL_ARGS(sql_text(kind),
						SQL_INT(now_ms)),
				       &id, NULL);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return fault_set(fault, status, "the queue cannot be read");
	*out = status == STATUS_OK;
	return STATUS_OK;
}

enum status
jobs_hold(struct store_session *session, int64_t id, const char *owner,
	  bool *held, bool *cancel_asked, struct fault *fault)
{
	int64_t asked = 0;
	enum status status = sql_query_int(session,
					   "select cancel_asked from etl_jobs "
					   "where id = $1 and state = 1 "
					   "and owner = $2",
					   SQL_ARGS(SQL_INT(id),
						    sql_text(owner)),
					   &asked, NULL);

	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return fault_set(fault, status, "the job cannot be read");
	*held = status == STATUS_OK;
	*cancel_asked = asked != 0;
	return STATUS_OK;
}

enum status
jobs_running(struct store_session *session, const char *kind, bool *out,
	     struct fault *fault)
{
	int64_t count = 0;
	enum status status;

	status = sql_query_int(session,
			       "select count(*) from etl_jobs where state = 1 "
			       "and kind = $1 and lease_until >= $2",
			       SQL_ARGS(sql_text(kind),
					SQL_INT(clock_now_ms())),
			       &count, fault);
	if (status == STATUS_OK)
		*out = count > 0;
	return status;
}

enum status
jobs_trim(struct store_session *session, const char *kind, struct fault *fault)
{
	/* The history of a schedule is kept longer than its jobs. */
	static const char keep_runs[] =
		"update schedule_runs set "
		"state = (select j.state from etl_jobs j "
		"where j.id = schedule_runs.job_id), "
		"error = (select j.error from etl_jobs j "
		"where j.id = schedule_runs.job_id), "
		"ended_at = (select j.finished_at from etl_jobs j "
		"where j.id = schedule_runs.job_id) "
		"where job_id in (select id from etl_jobs where kind = $1 "
		"and id <= $2 and state in (2, 3, 4, 5))";
	static const char drop_lines[] =
		"delete from etl_job_log where job_id in ("
		"select id from etl_jobs where kind = $1 and id <= $2 "
		"and state in (2, 3, 4, 5))";
	static const char drop_jobs[] =
		"delete from etl_jobs where kind = $1 and id <= $2 "
		"and state in (2, 3, 4, 5)";
	static const char *const steps[] = { keep_runs, drop_lines,
					     drop_jobs };
	int64_t last = 0;
	enum status status;

	status = sql_query_int(session,
			       "select id from etl_jobs where kind = $1 "
			       "and state in (2, 3, 4, 5) "
			       "order by id desc limit 1 offset $2",
			       SQL_ARGS(sql_text(kind), SQL_INT(JOBS_KEEP)),
			       &last, NULL);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	for (size_t i = 0; i < ARRAY_LENGTH(steps) && status == STATUS_OK; i++)
		status = sql_exec(session, steps[i],
				  SQL_ARGS(sql_text(kind), SQL_INT(last)),
				  NULL, fault);
	return status;
}
