/* jobs_list.c - many jobs, and what one had to say; see jobs.h. */
#include "library/jobs_private.h"

#include <string.h>

#include "base/clock.h"

/* ---- lists ---------------------------------------------------------------- */


static enum status
jobs_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct job_row *out, struct fault *fault)
{
	return rows_of_ids(session,
			   JOB_COLUMNS "where t.id in ",
			   ids, count, job_read, sizeof *out, arena, out,
			   fault);
}

enum status
jobs_list(struct store_session *session, const struct job_filter *filter,
	  const struct page_request *page, struct arena *arena,
	  struct job_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "etl_jobs t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = page_by_age,
		.sort = page->oldest_first,
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
	if (filter->parent_id != 0)
		page_filter(&query, "t.parent_id = ?", "t.parent_id = ?",
			    SQL_INT(filter->parent_id));
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
			  "update etl_jobs set log_lines = log_lines + 1 "
			  "where id = $1 and log_lines < $2",
			  SQL_ARGS(SQL_INT(id), SQL_INT(JOB_LOG_KEEP)),
			  &changed, fault);
	if (status != STATUS_OK || changed == 0)
		return status;
	return sql_post(session,
			"insert into etl_job_log (job_id, at, level, path, reason) "
			"values ($1, $2, $3, $4, $5)",
			SQL_ARGS(SQL_INT(id), SQL_INT(clock_now_ms()),
				 sql_text(level), sql_text(path),
				 sql_text(reason)),
			fault);
}

static void
line_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	*(struct job_line *)thing = (struct job_line){
		.id = sql_column_int(rows, 0),
		.at_ms = sql_column_int(rows, 1),
		.level = sql_column_text(rows, 2, arena),
		.path = sql_column_text(rows, 3, arena),
		.reason = sql_column_text(rows, 4, arena),
	};
}

static enum status
lines_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	     struct arena *arena, struct job_line *out, struct fault *fault)
{
	return rows_of_ids(session,
			   "select t.id, t.at, t.level, t.path, t.reason "
			   "from etl_job_log t where t.id in ",
			   ids, count, line_read, sizeof *out, arena, out,
			   fault);
}

enum status
jobs_log_list(struct store_session *session, int64_t id,
	      const struct page_request *page, struct arena *arena,
	      struct job_line_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "etl_job_log t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = page_by_age,
		.sort = 1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct job_line_list list = { 0 };
	enum status status;

	status = sql_query_int(session,
			       "select log_lines from etl_jobs where id = $1",
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
jobs_of_parent(struct store_session *session, int64_t parent_id,
	       struct job_family *out, struct fault *fault)
{
	struct job_family family = { 0 };
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select state, count(*), sum(done), sum(total), sum(added), "
		"sum(updated), sum(moved), sum(removed), sum(restored), "
		"sum(unchanged), sum(rejected) from etl_jobs "
		"where parent_id = $1 group by state",
		SQL_ARGS(SQL_INT(parent_id)), &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct job_progress *sum = &family.progress;

		family.counts[sql_column_int(rows, 0)] =
			sql_column_int(rows, 1);
		sum->done += sql_column_int(rows, 2);
		sum->total += sql_column_int(rows, 3);
		sum->added += sql_column_int(rows, 4);
		sum->updated += sql_column_int(rows, 5);
		sum->moved += sql_column_int(rows, 6);
		sum->removed += sql_column_int(rows, 7);
		sum->restored += sql_column_int(rows, 8);
		sum->unchanged += sql_column_int(rows, 9);
		sum->rejected += sql_column_int(rows, 10);
	}
	sql_end(rows);
	if (status == STATUS_OK)
		*out = family;
	return status;
}

enum status
jobs_count(struct store_session *session, int64_t counts[JOB_STATES],
	   struct fault *fault)
{
	int64_t found[JOB_STATES] = { 0 };
	struct store_rows *rows;
	enum status status = sql_query(session,
				       "select state, count(*) from etl_jobs "
				       "group by state",
				       SQL_NO_ARGS, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault))
		found[sql_column_int(rows, 0)] = sql_column_int(rows, 1);
	sql_end(rows);
	if (status == STATUS_OK)
		memcpy(counts, found, sizeof found);
	return status;
}
