/* summary.c - see summary.h. */
#include "library/summary.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "library/jobs.h"

static void
summary_set(struct library_summary *out, const char *key, int64_t value)
{
	if (strcmp(key, "tracks") == 0)
		out->tracks = value;
	else if (strcmp(key, "albums") == 0)
		out->albums = value;
	else if (strcmp(key, "artists") == 0)
		out->artists = value;
	else if (strcmp(key, "genres") == 0)
		out->genres = value;
	else if (strcmp(key, "duration_ms") == 0)
		out->duration_ms = value;
	else if (strcmp(key, "size_bytes") == 0)
		out->size_bytes = value;
}

static enum status
read_totals(struct store_session *session, struct library_summary *out,
	    struct fault *fault)
{
	struct store_rows *rows;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = sql_query(session, "select key, value from totals",
			   SQL_NO_ARGS, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		summary_set(out, sql_column_text(rows, 0, &arena),
			    sql_column_int(rows, 1));
	sql_end(rows);
	arena_release(&arena);
	return status;
}

enum status
library_summary_get(struct store_session *session, struct library_summary *out,
		    struct fault *fault)
{
	struct library_summary summary = { 0 };
	enum status status = read_totals(session, &summary, fault);

	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select coalesce(max(last_scan_at), 0) "
				       "from sources",
				       SQL_NO_ARGS, &summary.last_scan_at_ms,
				       fault);
	if (status == STATUS_OK)
		status = jobs_running(session, "scan", &summary.scanning,
				      fault);
	if (status == STATUS_OK)
		*out = summary;
	return status;
}

enum status
library_meta_get(struct store_session *session, const char *key,
		 struct arena *arena, const char **out, struct fault *fault)
{
	const char *value = NULL;
	struct store_rows *rows;
	enum status status;

	status = sql_query(session, "select value from meta where key = $1",
			   SQL_ARGS(sql_text(key)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		value = sql_column_text(rows, 0, arena);
	sql_end(rows);
	if (status == STATUS_OK)
		*out = value;
	return status;
}

enum status
library_meta_set(struct store_session *session, const char *key,
		 const char *value, struct fault *fault)
{
	return sql_exec(session,
			"insert into meta (key, value) values ($1, $2) "
			"on conflict (key) do update set value = excluded.value",
			SQL_ARGS(sql_text(key), sql_text(value)), NULL, fault);
}

enum status
library_instance_id(struct store_session *session, struct arena *arena,
		    const char **out, struct fault *fault)
{
	enum status status =
		library_meta_get(session, "instance_id", arena, out, fault);

	if (status == STATUS_OK && *out == NULL)
		status = fault_field(fault, STATUS_CORRUPT, "store",
				     "the store has no instance id");
	return status;
}
