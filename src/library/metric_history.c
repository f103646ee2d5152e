/* metric_history.c - see metric_history.h. */
#include "library/metric_history.h"

#include "base/memory.h"

enum status
metric_history_add(struct store_session *session, int64_t at_ms,
		   const struct metric_sample *samples, size_t count,
		   struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; status == STATUS_OK && i < count; i++)
		status = sql_post(session,
				  "insert into metric_history (metric, "
				  "channel_id, at, value) "
				  "values ($1, $2, $3, $4) "
				  "on conflict do nothing",
				  SQL_ARGS(sql_text(samples[i].metric),
					   SQL_INT(samples[i].channel_id),
					   SQL_INT(at_ms),
					   SQL_DOUBLE(samples[i].value)),
				  fault);
	return status;
}

enum status
metric_history_trim(struct store_session *session, int64_t before_ms,
		    struct fault *fault)
{
	return sql_exec(session, "delete from metric_history where at < $1",
			SQL_ARGS(SQL_INT(before_ms)), NULL, fault);
}

enum status
metric_history_read(struct store_session *session, const char *metric,
		    int64_t channel_id, int64_t from_ms, int64_t to_ms,
		    int64_t interval_ms, struct arena *arena,
		    struct metric_point **out, size_t *count,
		    struct fault *fault)
{
	size_t room = (size_t)((to_ms - from_ms) / interval_ms) + 2;
	struct metric_point *points = arena_new(arena, struct metric_point,
						room);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select t.slot, avg(t.value), min(t.value), max(t.value) from "
		"(select at / $5 as slot, value from metric_history "
		"where metric = $1 and channel_id = $2 and at >= $3 "
		"and at < $4) t group by t.slot order by t.slot",
		SQL_ARGS(sql_text(metric), SQL_INT(channel_id),
			 SQL_INT(from_ms), SQL_INT(to_ms),
			 SQL_INT(interval_ms)),
		&rows, fault);

	if (status != STATUS_OK)
		return status;
	while (found < room && sql_next(rows, &status, fault))
		points[found++] = (struct metric_point){
			.at_ms = sql_column_int(rows, 0) * interval_ms,
			.mean = sql_column_double(rows, 1),
			.min = sql_column_double(rows, 2),
			.max = sql_column_double(rows, 3),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = points;
		*count = found;
	}
	return status;
}
