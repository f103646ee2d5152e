/* uploads.c - see uploads.h. */
#include "library/uploads.h"

#include <string.h>

#include "base/clock.h"
#include "library/jobs.h"
#include "library/page_private.h"

static const char *const state_names[] = {
	[UPLOAD_RECEIVING] = "receiving",
	[UPLOAD_QUEUED] = "queued",
	[UPLOAD_DONE] = "done",
	[UPLOAD_FAILED] = "failed",
};

static const struct page_sort newest_first[] = { { "-id", { { 0 } }, true } };

#define UPLOAD_COLUMNS \
	"select t.id, t.user_id, u.username, t.job_id, t.name, t.blob_key, " \
	"t.size, t.received, t.status, t.error, t.track_id, t.source_id, " \
	"t.path, t.url, t.batch, t.album, t.artist, t.created_at, " \
	"t.updated_at, j.state, j.error from staging_track_uploads t " \
	"join users u on u.id = t.user_id " \
	"left join etl_jobs j on j.id = t.job_id "

const char *
upload_state_name(enum upload_state state)
{
	return state_names[state];
}

static enum upload_state
state_of(const char *name)
{
	for (int i = 0; i < UPLOAD_STATES; i++) {
		if (strcmp(state_names[i], name) == 0)
			return (enum upload_state)i;
	}
	return UPLOAD_FAILED;
}

/* A job that ended otherwise than by writing the row gave up. */
static void
job_verdict(struct upload *upload, bool known, enum job_state state,
	    const char *error)
{
	if (upload->state != UPLOAD_QUEUED ||
	    (known && (state == JOB_QUEUED || state == JOB_RUNNING)))
		return;
	upload->state = UPLOAD_FAILED;
	upload->reason = error != NULL ? error : "it was cancelled";
}

static void
upload_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct upload *out = thing;

	*out = (struct upload){
		.id = sql_column_int(rows, 0),
		.user_id = sql_column_int(rows, 1),
		.username = sql_column_text(rows, 2, arena),
		.job_id = sql_column_int(rows, 3),
		.name = sql_column_text(rows, 4, arena),
		.key = sql_column_text(rows, 5, arena),
		.size_bytes = sql_column_int(rows, 6),
		.received_bytes = sql_column_int(rows, 7),
		.state = state_of(sql_column_text(rows, 8, arena)),
		.reason = sql_column_text(rows, 9, arena),
		.track_id = sql_column_int(rows, 10),
		.source_id = sql_column_int(rows, 11),
		.path = sql_column_text(rows, 12, arena),
		.url = sql_column_text(rows, 13, arena),
		.batch = sql_column_text(rows, 14, arena),
		.album = sql_column_text(rows, 15, arena),
		.artist = sql_column_text(rows, 16, arena),
		.created_at_ms = sql_column_int(rows, 17),
		.updated_at_ms = sql_column_int(rows, 18),
	};
	job_verdict(out, !sql_column_null(rows, 19),
		    (enum job_state)sql_column_int(rows, 19),
		    sql_column_text(rows, 20, arena));
}

enum status
uploads_add(struct store_session *session, const struct upload_draft *draft,
	    int64_t *id, struct fault *fault)
{
	int64_t now_ms = clock_now_ms();

	return sql_query_int(
		session,
		"insert into staging_track_uploads (user_id, name, blob_key, "
		"size, status, url, batch, album, artist, created_at, "
		"updated_at) values ($1, $2, $3, $4, 'receiving', $5, $6, $7, "
		"$8, $9, $10) returning id",
		SQL_ARGS(SQL_INT(draft->user_id), sql_text(draft->name),
			 sql_text(draft->key), SQL_INT(draft->size_bytes),
			 sql_text(draft->url),
			 sql_text(draft->batch == NULL ? "" : draft->batch),
			 sql_text(draft->album), sql_text(draft->artist),
			 SQL_INT(now_ms), SQL_INT(now_ms)),
		id, fault);
}

/* One row, or STATUS_NOT_FOUND. */
static enum status
upload_find(struct store_session *session, const char *sql,
	    const struct sql_value *args, size_t count, struct arena *arena,
	    struct upload *out, struct fault *fault)
{
	return row_find(session, sql, args, count, upload_read, arena, out,
			fault, "there is no such upload");
}

enum status
uploads_get(struct store_session *session, int64_t id, struct arena *arena,
	    struct upload *out, struct fault *fault)
{
	return upload_find(session, UPLOAD_COLUMNS "where t.id = $1",
			   SQL_ARGS(SQL_INT(id)), arena, out, fault);
}

enum status
uploads_known(struct store_session *session, int64_t source_id,
	      const uint8_t sha256[SHA256_BYTES], struct arena *arena,
	      struct upload *out, struct fault *fault)
{
	return upload_find(session,
			   UPLOAD_COLUMNS
			   "where t.sha256 = $1 and t.source_id = $2 "
			   "and t.status = 'done' order by t.id desc limit 1",
			   SQL_ARGS(sql_bytes(sha256, SHA256_BYTES),
				    SQL_INT(source_id)),
			   arena, out, fault);
}

/* ---- lists ---------------------------------------------------------------- */

static enum status
uploads_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	       struct arena *arena, struct upload *out, struct fault *fault)
{
	return rows_of_ids(session,
			   UPLOAD_COLUMNS "where t.id in ",
			   ids, count, upload_read, sizeof *out, arena, out,
			   fault);
}

enum status
uploads_list(struct store_session *session, const struct upload_filter *filter,
	     const struct page_request *page, struct arena *arena,
	     struct upload_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "staging_track_uploads t",
		.id = "t.id",
		.visible = "t.id > 0",
		.sorts = newest_first,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct upload_list list = { 0 };
	enum status status;

	if (filter->user_id != 0)
		page_filter(&query, "t.user_id = ?", "t.user_id = ?",
			    SQL_INT(filter->user_id));
	if (filter->batch != NULL)
		page_filter(&query, "t.batch = ?", "t.batch = ?",
			    sql_text(filter->batch));
	if (filter->state_given)
		page_filter(&query, "t.status = ?", "t.status = ?",
			    sql_text(state_names[filter->state]));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct upload, list.count);
	status = uploads_of_ids(session, ids, list.count, arena, list.items,
				fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
uploads_usage(struct store_session *session, int64_t user_id,
	      struct upload_usage *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select count(*), coalesce(sum(case when size > received "
		"then size else received end), 0) "
		"from staging_track_uploads "
		"where user_id = $1 and status = 'receiving'",
		SQL_ARGS(SQL_INT(user_id)), &rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct upload_usage){ sql_column_int(rows, 0),
					      sql_column_int(rows, 1) };
	sql_end(rows);
	return status;
}

enum status
uploads_of_batch(struct store_session *session, int64_t user_id,
		 const char *batch, int64_t source_id,
		 upload_path_visit *visit, void *cookie, struct fault *fault)
{
	struct store_rows *rows;
	struct arena arena;
	bool more = true;
	enum status status;

	arena_init(&arena);
	status = sql_query(session,
			   "select path from staging_track_uploads "
			   "where user_id = $1 and batch = $2 "
			   "and source_id = $3 and path is not null "
			   "order by id",
			   SQL_ARGS(SQL_INT(user_id), sql_text(batch),
				    SQL_INT(source_id)),
			   &rows, fault);
	while (status == STATUS_OK && more && sql_next(rows, &status, fault)) {
		arena_reset(&arena);
		more = visit(cookie, sql_column_text(rows, 0, &arena));
	}
	sql_end(rows);
	arena_release(&arena);
	return status;
}

/* ---- changes -------------------------------------------------------------- */

static enum status
upload_change(struct store_session *session, const char *sql,
	      const struct sql_value *args, size_t count, struct fault *fault)
{
	int64_t changed = 0;
	enum status status =
		sql_exec(session, sql, args, count, &changed, fault);

	if (status == STATUS_OK && changed == 0)
		return fault_set(fault, STATUS_CONFLICT,
				 "the upload is not waiting for this any more");
	return status;
}

enum status
uploads_received(struct store_session *session, int64_t id,
		 int64_t received_bytes, struct fault *fault)
{
	return upload_change(session,
			     "update staging_track_uploads set received = $1, "
			     "updated_at = $2 "
			     "where id = $3 and status = 'receiving'",
			     SQL_ARGS(SQL_INT(received_bytes),
				      SQL_INT(clock_now_ms()), SQL_INT(id)),
			     fault);
}

enum status
uploads_describe(struct store_session *session, int64_t id, const char *album,
		 const char *artist, struct fault *fault)
{
	return upload_change(session,
			     "update staging_track_uploads set album = $1, "
			     "artist = $2 "
			     "where id = $3 and status = 'receiving'",
			     SQL_ARGS(sql_text(album), sql_text(artist),
				      SQL_INT(id)),
			     fault);
}

enum status
uploads_queue(struct store_session *session, int64_t id, int64_t job_id,
	      struct fault *fault)
{
	return upload_change(session,
			     "update staging_track_uploads "
			     "set status = 'queued', job_id = $1, "
			     "size = case when url is null then received "
			     "else size end, updated_at = $2 "
			     "where id = $3 and status = 'receiving'",
			     SQL_ARGS(SQL_INT(job_id), SQL_INT(clock_now_ms()),
				      SQL_INT(id)),
			     fault);
}

enum status
uploads_fetched(struct store_session *session, int64_t id, int64_t size_bytes,
		struct fault *fault)
{
	return upload_change(session,
			     "update staging_track_uploads set size = $1, "
			     "received = $2, updated_at = $3 "
			     "where id = $4 and status = 'queued'",
			     SQL_ARGS(SQL_INT(size_bytes), SQL_INT(size_bytes),
				      SQL_INT(clock_now_ms()), SQL_INT(id)),
			     fault);
}

enum status
uploads_place(struct store_session *session, int64_t id, int64_t source_id,
	      const char *path, const uint8_t sha256[SHA256_BYTES],
	      struct fault *fault)
{
	return upload_change(session,
			     "update staging_track_uploads set source_id = $1, "
			     "path = $2, sha256 = $3, updated_at = $4 "
			     "where id = $5 and status = 'queued'",
			     SQL_ARGS(SQL_INT(source_id),
				      sql_bytes(path, strlen(path)),
				      sql_bytes(sha256, SHA256_BYTES),
				      SQL_INT(clock_now_ms()), SQL_INT(id)),
			     fault);
}

enum status
uploads_done(struct store_session *session, int64_t id, int64_t track_id,
	     struct fault *fault)
{
	return upload_change(session,
			     "update staging_track_uploads "
			     "set status = 'done', track_id = $1, "
			     "updated_at = $2 "
			     "where id = $3 and status = 'queued'",
			     SQL_ARGS(SQL_INT(track_id),
				      SQL_INT(clock_now_ms()), SQL_INT(id)),
			     fault);
}

enum status
uploads_fail(struct store_session *session, int64_t id, const char *reason,
	     struct fault *fault)
{
	return upload_change(session,
			     "update staging_track_uploads "
			     "set status = 'failed', error = $1, path = null, "
			     "updated_at = $2 "
			     "where id = $3 and status <> 'done'",
			     SQL_ARGS(sql_text(reason),
				      SQL_INT(clock_now_ms()), SQL_INT(id)),
			     fault);
}

/* ---- tidying -------------------------------------------------------------- */

enum status
uploads_remove(struct store_session *session, int64_t id, struct fault *fault)
{
	return upload_change(session,
			     "delete from staging_track_uploads where id = $1",
			     SQL_ARGS(SQL_INT(id)), fault);
}

enum status
uploads_old(struct store_session *session, enum upload_state state,
	    int64_t before_ms, int64_t *ids, size_t room, size_t *count,
	    struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select id from staging_track_uploads t "
		"where status = $1 and updated_at < $2 and (status <> 'queued' "
		"or not exists (select 1 from etl_jobs j "
		"where j.id = t.job_id and j.state in (0, 1))) "
		"order by id limit $3",
		SQL_ARGS(sql_text(state_names[state]), SQL_INT(before_ms),
			 SQL_INT(room)),
		&rows, fault);

	*count = 0;
	while (status == STATUS_OK && *count < room &&
	       sql_next(rows, &status, fault))
		ids[(*count)++] = sql_column_int(rows, 0);
	sql_end(rows);
	return status;
}

_Static_assert(JOB_QUEUED == 0 && JOB_RUNNING == 1,
	       "uploads_old names the states by number");

enum status
uploads_needs(struct store_session *session, const char *key, bool *out,
	      struct fault *fault)
{
	int64_t count = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from staging_track_uploads "
		"where blob_key = $1 and status in ('receiving', 'queued')",
		SQL_ARGS(sql_text(key)), &count, fault);

	if (status == STATUS_OK)
		*out = count > 0;
	return status;
}
