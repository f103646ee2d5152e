/* job_reports.c - see job_reports.h. */
#include "library/job_reports.h"

#include "library/page_private.h"

static const struct page_sort newest_first[] = { { "-id", { { 0 } }, true } };

enum status
job_reports_add(struct store_session *session, const char *kind,
		int64_t created_at_ms, const char *body, struct fault *fault)
{
	enum status status = sql_exec(
		session,
		"insert into job_reports (kind, created_at, body) "
		"values ($1, $2, $3)",
		SQL_ARGS(sql_text(kind), SQL_INT(created_at_ms),
			 sql_text(body)),
		NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(session,
			"delete from job_reports where kind = $1 and id <= "
			"(select id from job_reports where kind = $2 "
			"order by id desc limit 1 offset $3)",
			SQL_ARGS(sql_text(kind), sql_text(kind),
				 SQL_INT(JOB_REPORTS_KEEP)),
			NULL, fault);
}

static void
report_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	*(struct job_report *)thing = (struct job_report){
		.id = sql_column_int(rows, 0),
		.kind = sql_column_text(rows, 1, arena),
		.created_at_ms = sql_column_int(rows, 2),
		.body = sql_column_text(rows, 3, arena),
	};
}

static enum status
reports_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	       struct arena *arena, struct job_report *out,
	       struct fault *fault)
{
	return rows_of_ids(session,
			   "select t.id, t.kind, t.created_at, t.body "
			   "from job_reports t where t.id in ",
			   ids, count, report_read, sizeof *out, arena, out,
			   fault);
}

enum status
job_reports_list(struct store_session *session, const char *kind,
		 const struct page_request *page, struct arena *arena,
		 struct job_report_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "job_reports t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = newest_first,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct job_report_list list = { 0 };
	enum status status;

	page_filter(&query, "t.kind = ?", "t.kind = ?", sql_text(kind));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct job_report, list.count);
	status = reports_of_ids(session, ids, list.count, arena, list.items,
				fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}
