/* catalogue_files.c - files that cannot be tracks, vanish, come back; see
 * catalogue.h. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void
file_count(struct catalogue *catalogue, int64_t source_id, int64_t folder_id,
	   enum file_state state, int sign)
{
	struct delta *source;

	if (state == FILE_MISSING)
		return;
	delta_of(catalogue, DELTA_FOLDER, folder_id, 0, 0)->tracks += sign;
	source = delta_of(catalogue, DELTA_SOURCE, source_id, 0, 0);
	source->tracks += sign;
	if (state == FILE_REJECTED)
		source->albums += sign;
}

static enum status
file_state_read(struct catalogue *catalogue, const char *sql,
		const struct sql_value *args, size_t count,
		struct file_state_row *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status =
		sql_query(catalogue->session, sql, args, count, &rows, fault);

	*out = (struct file_state_row){ .id = 0 };
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct file_state_row){
			.id = sql_column_int(rows, 0),
			.folder_id = sql_column_int(rows, 1),
			.source_id = sql_column_int(rows, 2),
			.track_id = sql_column_int(rows, 3),
			.state = (enum file_state)sql_column_int(rows, 4),
			.facts_key = sql_column_int(rows, 5),
		};
	sql_end(rows);
	return status;
}

enum status
file_state_find(struct catalogue *catalogue, int64_t folder_id,
		const char *name, struct file_state_row *out,
		struct fault *fault)
{
	return file_state_read(catalogue,
			       "select id, folder_id, source_id, track_id, "
			       "state, facts_key from files "
			       "where folder_id = $1 and name = $2",
			       SQL_ARGS(SQL_INT(folder_id),
					sql_bytes(name, strlen(name))),
			       out, fault);
}

static enum status
file_state_get(struct catalogue *catalogue, int64_t id,
	       struct file_state_row *out, struct fault *fault)
{
	return file_state_read(catalogue,
			       "select id, folder_id, source_id, track_id, "
			       "state, facts_key from files where id = $1",
			       SQL_ARGS(SQL_INT(id)), out, fault);
}

enum status
track_set_visible(struct catalogue *catalogue, int64_t track_id, bool visible,
		  struct fault *fault)
{
	struct contribution contribution;
	enum status status = contribution_load(catalogue, track_id,
					       &contribution, fault);

	if (status != STATUS_OK)
		return status;
	contribution_apply(catalogue, &contribution, visible ? 1 : -1);
	return sql_post(catalogue->session,
			"update tracks set visible = $1, updated_at = $2 "
			"where id = $3",
			SQL_ARGS(SQL_INT(visible), SQL_INT(catalogue->now_ms),
				 SQL_INT(track_id)),
			fault);
}

/* Moves a file from one state to another, with its track and its counts. */
static enum status
file_set_state(struct catalogue *catalogue, const struct file_state_row *file,
	       enum file_state state, struct fault *fault)
{
	bool was = file->state == FILE_OK, is = state == FILE_OK;
	bool hidden = false; /* by a person, whatever the file does */
	enum status status = STATUS_OK;

	if (file->state == state)
		return STATUS_OK;
	if (was != is && file->track_id != 0)
		status = track_hidden(catalogue->session, file->track_id,
				      &hidden, fault);
	if (status == STATUS_OK && was != is && file->track_id != 0 && !hidden)
		status = track_set_visible(catalogue, file->track_id, is,
					   fault);
	if (status != STATUS_OK)
		return status;
	file_count(catalogue, file->source_id, file->folder_id, file->state,
		   -1);
	file_count(catalogue, file->source_id, file->folder_id, state, 1);
	return sql_post(catalogue->session,
			"update files set state = $1, updated_at = $2 "
			"where id = $3",
			SQL_ARGS(SQL_INT(state), SQL_INT(catalogue->now_ms),
				 SQL_INT(file->id)),
			fault);
}

/* ---- rejected ------------------------------------------------------------- */

static enum status
reject_new(struct catalogue *catalogue, const struct file_facts *file,
	   int64_t folder_id, const char *reason, struct fault *fault)
{
	enum status status;

	status = sql_post(catalogue->session,
			  "insert into files (source_id, folder_id, name, "
			  "state, reason, size_bytes, modified_ns, inode, "
			  "device, beside_key, facts_key, created_at, "
			  "updated_at) values ($1, $2, $3, $4, $5, $6, $7, "
			  "$8, $9, $10, 0, $11, $12)",
			  SQL_ARGS(SQL_INT(file->source_id),
				   SQL_INT(folder_id),
				   sql_bytes(file->name, strlen(file->name)),
				   SQL_INT(FILE_REJECTED), sql_text(reason),
				   SQL_INT(file->size_bytes),
				   SQL_INT(file->modified_ns),
				   SQL_INT(file->inode), SQL_INT(file->device),
				   SQL_INT(file->beside_key),
				   SQL_INT(catalogue->now_ms),
				   SQL_INT(catalogue->now_ms)),
			  fault);
	file_count(catalogue, file->source_id, folder_id, FILE_REJECTED, 1);
	return status;
}

enum status
files_reject(struct catalogue *catalogue, const struct file_facts *file,
	     const char *reason, struct fault *fault)
{
	struct file_state_row row;
	int64_t folder_id = 0;
	enum status status;

	assert(catalogue->session != NULL);
	status = folder_resolve(catalogue, file->source_id, file->folder,
				&folder_id, fault);
	if (status == STATUS_OK)
		status = file_state_find(catalogue, folder_id, file->name,
					 &row, fault);
	if (status != STATUS_OK)
		return status;
	if (row.id == 0)
		return reject_new(catalogue, file, folder_id, reason, fault);
	status = file_set_state(catalogue, &row, FILE_REJECTED, fault);
	if (status == STATUS_OK)
		status = sql_post(catalogue->session,
				  "update files set reason = $1, "
				  "facts_key = 0 where id = $2",
				  SQL_ARGS(sql_text(reason), SQL_INT(row.id)),
				  fault);
	if (status == STATUS_OK)
		status = files_touch(catalogue, row.id, file, fault);
	return status;
}

/* ---- touched, missing, back ----------------------------------------------- */

enum status
files_touch(struct catalogue *catalogue, int64_t file_id,
	    const struct file_facts *file, struct fault *fault)
{
	enum status status;
	int64_t visible_bytes = 0;

	/* The library's size counts visible files. */
	status = sql_query_int(catalogue->session,
			       "select f.size_bytes from files f "
			       "join tracks t on t.id = f.track_id "
			       "where f.id = $1 and t.visible = 1",
			       SQL_ARGS(SQL_INT(file_id)), &visible_bytes,
			       NULL);
	if (status == STATUS_OK)
		catalogue->totals.size_bytes +=
			file->size_bytes - visible_bytes;
	else if (status != STATUS_NOT_FOUND)
		return status;
	return sql_post(catalogue->session,
			"update files set size_bytes = $1, modified_ns = $2, "
			"inode = $3, device = $4, beside_key = $5 "
			"where id = $6",
			SQL_ARGS(SQL_INT(file->size_bytes),
				 SQL_INT(file->modified_ns),
				 SQL_INT(file->inode), SQL_INT(file->device),
				 SQL_INT(file->beside_key), SQL_INT(file_id)),
			fault);
}

enum status
files_mark_missing(struct catalogue *catalogue, const int64_t *ids,
		   size_t count, int64_t *hidden, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t tracks = 0;

	assert(catalogue->session != NULL);
	known_clear(&catalogue->unmoved);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct file_state_row row;

		status = file_state_get(catalogue, ids[i], &row, fault);
		if (status != STATUS_OK || row.id == 0)
			continue;
		if (row.state == FILE_OK)
			tracks++;
		status = file_set_state(catalogue, &row, FILE_MISSING, fault);
	}
	if (status == STATUS_OK && hidden != NULL)
		*hidden = tracks;
	return status;
}

enum status
files_restore(struct catalogue *catalogue, const int64_t *ids, size_t count,
	      struct fault *fault)
{
	enum status status = STATUS_OK;

	assert(catalogue->session != NULL);
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		struct file_state_row row;
		bool whole;

		status = file_state_get(catalogue, ids[i], &row, fault);
		if (status != STATUS_OK || row.state != FILE_MISSING)
			continue;
		whole = row.track_id != 0 && row.facts_key != 0;
		status = file_set_state(catalogue, &row,
					whole ? FILE_OK : FILE_REJECTED, fault);
	}
	return status;
}

/* ---- folders and sources -------------------------------------------------- */

/* Has the albums of all tracks in a folder look for their cover again. */
static enum status
touch_albums_in_folder(struct catalogue *catalogue, int64_t folder_id,
		       struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select distinct t.album_id from files f "
			   "join tracks t on t.id = f.track_id "
			   "where f.folder_id = $1 and t.album_id is not null",
			   SQL_ARGS(SQL_INT(folder_id)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		delta_of(catalogue, DELTA_ALBUM, sql_column_int(rows, 0), 0, 0);
	sql_end(rows);
	return status;
}

enum status
folders_set_picture(struct catalogue *catalogue, int64_t source_id,
		    const char *folder, int64_t key, int64_t cover_id,
		    struct fault *fault)
{
	int64_t folder_id = 0;
	enum status status;

	assert(catalogue->session != NULL);
	status = folder_resolve(catalogue, source_id, folder, &folder_id,
				fault);
	if (status == STATUS_OK)
		status = sql_exec(catalogue->session,
				  "update folders set picture_key = $1, "
				  "cover_id = $2 where id = $3",
				  SQL_ARGS(SQL_INT(key), sql_id(cover_id),
					   SQL_INT(folder_id)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = touch_albums_in_folder(catalogue, folder_id, fault);
	return status;
}

/* Ids of a source's files that are not missing yet. */
static enum status
files_to_hide(struct catalogue *catalogue, int64_t source_id, int64_t limit,
	      int64_t *ids, size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*count = 0;
	status = sql_query(catalogue->session,
			   "select f.id from tracks t "
			   "join files f on f.track_id = t.id "
			   "where t.source_id = $1 and t.visible = 1 "
			   "union all select id from files "
			   "where source_id = $2 and state = 1 and state > 0 "
			   "union all select f.id from tracks t "
			   "join files f on f.track_id = t.id "
			   "where t.hidden = 1 and t.source_id = $3 "
			   "and f.state = 0 limit $4",
			   SQL_ARGS(SQL_INT(source_id), SQL_INT(source_id),
				    SQL_INT(source_id), SQL_INT(limit)),
			   &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		ids[(*count)++] = sql_column_int(rows, 0);
	sql_end(rows);
	return status;
}

enum status
catalogue_empty_source(struct catalogue *catalogue, int64_t source_id,
		       int64_t limit, int64_t *left, struct fault *fault)
{
	int64_t *ids = mem_new((size_t)limit, sizeof *ids);
	int64_t stored = 0;
	size_t count;
	enum status status;

	assert(catalogue->session != NULL && limit > 0);
	status = files_to_hide(catalogue, source_id, limit, ids, &count,
			       fault);
	if (status == STATUS_OK)
		status = files_mark_missing(catalogue, ids, count, NULL, fault);
	if (status == STATUS_OK)
		status = sql_query_int(catalogue->session,
				       "select file_count from sources "
				       "where id = $1",
				       SQL_ARGS(SQL_INT(source_id)), &stored,
				       fault);
	if (status == STATUS_OK)
		*left = stored +
			delta_of(catalogue, DELTA_SOURCE, source_id, 0, 0)
				->tracks;
	free(ids);
	return status;
}
