/* schedules.c - see schedules.h. */
#include "library/schedules.h"

#include "library/page_private.h"

#define SCHEDULES_MAX 64 /* rows; there is one for each kind that has a clock */

#define COLUMNS \
	"select name, cron, enabled, next_cron, next_run, last_run " \
	"from schedules "

static void
row_read(struct store_rows *rows, struct arena *arena,
	 void *thing)
{
	struct schedule_row *out = thing;

	*out = (struct schedule_row){
		.name = sql_column_text(rows, 0, arena),
		.cron = sql_column_text(rows, 1, arena),
		.enabled = sql_column_int(rows, 2) != 0,
		.next_cron = sql_column_text(rows, 3, arena),
		.next_run_ms = sql_column_int(rows, 4),
		.last_run_ms = sql_column_int(rows, 5),
	};
}

enum status
schedules_list(struct store_session *session, struct arena *arena,
	       struct schedule_row **out, size_t *count, struct fault *fault)
{
	struct schedule_row *items =
		arena_new(arena, struct schedule_row, SCHEDULES_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(session, COLUMNS "order by name",
				       SQL_NO_ARGS, &rows, fault);

	while (status == STATUS_OK && found < SCHEDULES_MAX &&
	       sql_next(rows, &status, fault))
		row_read(rows, arena, &items[found++]);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = items;
		*count = found;
	}
	return status;
}

enum status
schedules_get(struct store_session *session, const char *name,
	      struct arena *arena, struct schedule_row *out,
	      struct fault *fault)
{
	return row_find(session, COLUMNS "where name = $1",
			SQL_ARGS(sql_text(name)), row_read, arena, out, fault,
			"there is no schedule %s", name);
}

enum status
schedules_put(struct store_session *session, const struct schedule_row *row,
	      struct fault *fault)
{
	return sql_exec(
		session,
		"insert into schedules (name, cron, enabled, next_cron, "
		"next_run, last_run) values ($1, $2, $3, $4, $5, $6) "
		"on conflict (name) do update set cron = excluded.cron, "
		"enabled = excluded.enabled, next_cron = excluded.next_cron, "
		"next_run = excluded.next_run, last_run = excluded.last_run",
		SQL_ARGS(sql_text(row->name), sql_text(row->cron),
			 SQL_INT(row->enabled), sql_text(row->next_cron),
			 SQL_INT(row->next_run_ms), SQL_INT(row->last_run_ms)),
		NULL, fault);
}

/* ---- runs ------------------------------------------------------------------- */

enum status
schedule_runs_add(struct store_session *session, const char *name,
		  const struct schedule_run *run, struct fault *fault)
{
	enum status status = sql_exec(
		session,
		"insert into schedule_runs (schedule, reason, due_at, "
		"started_at, job_id) values ($1, $2, $3, $4, $5)",
		SQL_ARGS(sql_text(name), sql_text(run->reason),
			 SQL_INT(run->due_at_ms), SQL_INT(run->started_at_ms),
			 SQL_INT(run->job_id)),
		NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(session,
			"delete from schedule_runs where schedule = $1 "
			"and id <= (select id from schedule_runs "
			"where schedule = $2 order by id desc "
			"limit 1 offset $3)",
			SQL_ARGS(sql_text(name), sql_text(name),
				 SQL_INT(SCHEDULE_RUNS_KEEP)),
			NULL, fault);
}

static void
run_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	*(struct schedule_run *)thing = (struct schedule_run){
		.id = sql_column_int(rows, 0),
		.job_id = sql_column_int(rows, 1),
		.reason = sql_column_text(rows, 2, arena),
		.due_at_ms = sql_column_int(rows, 3),
		.started_at_ms = sql_column_int(rows, 4),
		.state = (enum job_state)sql_column_int(rows, 5),
		.error = sql_column_text(rows, 6, arena),
		.ended_at_ms = sql_column_int(rows, 7),
	};
}

static enum status
runs_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	    struct arena *arena, struct schedule_run *out,
	    struct fault *fault)
{
	return rows_of_ids(session,
			   "select t.id, t.job_id, t.reason, t.due_at, "
			   "t.started_at, coalesce(j.state, t.state), "
			   "coalesce(j.error, t.error), "
			   "coalesce(j.finished_at, t.ended_at) "
			   "from schedule_runs t left join etl_jobs j "
			   "on j.id = t.job_id where t.id in ",
			   ids, count, run_read, sizeof *out, arena, out,
			   fault);
}

static const struct page_sort newest_first[] = { { "-id", { { 0 } }, true } };

enum status
schedule_runs_list(struct store_session *session, const char *name,
		   const struct page_request *page, struct arena *arena,
		   struct schedule_run_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "schedule_runs t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = newest_first,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct schedule_run_list list = { 0 };
	enum status status;

	page_filter(&query, "t.schedule = ?", "t.schedule = ?",
		    sql_text(name));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct schedule_run, list.count);
	status = runs_of_ids(session, ids, list.count, arena, list.items,
			     fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}
