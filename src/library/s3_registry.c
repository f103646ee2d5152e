/* s3_registry.c - see s3_registry.h. */
#include "library/s3_registry.h"

#include "base/clock.h"

static const char *const status_names[] = {
	[S3_OBJECT_SEEN] = "seen",
	[S3_OBJECT_DONE] = "done",
	[S3_OBJECT_FAILED] = "failed",
	[S3_OBJECT_GONE] = "gone",
};

static enum status
seen_note(struct store_session *session, const struct s3_registry_row *row,
	  struct fault *fault)
{
	return sql_exec(session,
			"insert into etl_s3_file_registry (source_id, bucket, "
			"path, etag, size, status, seen_at) "
			"values ($1, $2, $3, $4, $5, 'seen', $6) "
			"on conflict (source_id, path) do update set "
			"etag = excluded.etag, size = excluded.size, "
			"status = 'seen', error = null, "
			"seen_at = excluded.seen_at "
			"where etl_s3_file_registry.etag <> excluded.etag "
			"or etl_s3_file_registry.status = 'gone'",
			SQL_ARGS(SQL_INT(row->source_id),
				 sql_text(row->bucket), sql_text(row->path),
				 sql_text(row->etag), SQL_INT(row->size_bytes),
				 SQL_INT(clock_now_ms())),
			NULL, fault);
}

enum status
s3_registry_note(struct store_session *session,
		 const struct s3_registry_row *row, struct fault *fault)
{
	int64_t now_ms = clock_now_ms(), changed = 0;
	const char *name = status_names[row->status];
	enum status status;

	if (row->status == S3_OBJECT_SEEN)
		return seen_note(session, row, fault);
	status = sql_exec(session,
			  "update etl_s3_file_registry set status = $1, "
			  "error = $2, track_id = coalesce($3, track_id), "
			  "etag = coalesce($4, etag), processed_at = $5 "
			  "where source_id = $6 and path = $7",
			  SQL_ARGS(sql_text(name), sql_text(row->error),
				   sql_int_or_null(row->track_id,
						   row->track_id != 0),
				   sql_text(row->etag), SQL_INT(now_ms),
				   SQL_INT(row->source_id),
				   sql_text(row->path)),
			  &changed, fault);
	if (status != STATUS_OK || changed > 0 ||
	    row->status == S3_OBJECT_GONE)
		return status;
	return sql_exec(session,
			"insert into etl_s3_file_registry (source_id, bucket, "
			"path, etag, size, status, track_id, error, seen_at, "
			"processed_at) "
			"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
			SQL_ARGS(SQL_INT(row->source_id),
				 sql_text(row->bucket), sql_text(row->path),
				 sql_text(row->etag == NULL ? "" : row->etag),
				 SQL_INT(row->size_bytes), sql_text(name),
				 sql_int_or_null(row->track_id,
						 row->track_id != 0),
				 sql_text(row->error), SQL_INT(now_ms),
				 SQL_INT(now_ms)),
			NULL, fault);
}

enum status
s3_registry_moved(struct store_session *session,
		  const struct s3_registry_row *row, struct fault *fault)
{
	return sql_exec(session,
			"update etl_s3_file_registry set status = 'gone' "
			"where track_id = $1 and source_id = $2 and "
			"path <> $3",
			SQL_ARGS(SQL_INT(row->track_id),
				 SQL_INT(row->source_id), sql_text(row->path)),
			NULL, fault);
}
