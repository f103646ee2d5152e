/* catalogue_hide.c - tracks that people take out of sight; see edits.h. */
#include "library/catalogue_private.h"

#include <assert.h>

/* A merged track is shown again by taking the merge back only. */
static enum status
merged_refuse(struct catalogue *catalogue, int64_t id, bool hidden,
	      struct fault *fault)
{
	int64_t into = 0;
	enum status status;

	if (hidden)
		return STATUS_OK;
	status = sql_query_int(catalogue->session,
			       "select coalesce(merged_into, 0) from tracks "
			       "where id = $1",
			       SQL_ARGS(SQL_INT(id)), &into, fault);
	if (status == STATUS_OK && into != 0)
		return fault_field(fault, STATUS_CONFLICT, "hidden",
				   "track %lld is a duplicate that was merged "
				   "into track %lld: take that back",
				   (long long)id, (long long)into);
	return status;
}

static enum status
track_set_hidden(struct catalogue *catalogue, int64_t id, bool hidden,
		 size_t *changed, struct fault *fault)
{
	int64_t state = FILE_MISSING;
	bool was = false;
	enum status status = track_hidden(catalogue->session, id, &was, fault);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK || was == hidden)
		return status;
	status = merged_refuse(catalogue, id, hidden, fault);
	if (status != STATUS_OK)
		return status;
	(*changed)++;
	status = sql_query_int(catalogue->session,
			       "select state from files where track_id = $1",
			       SQL_ARGS(SQL_INT(id)), &state, NULL);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	status = sql_exec(catalogue->session,
			  "update tracks set hidden = $1, updated_at = $2 "
			  "where id = $3",
			  SQL_ARGS(SQL_INT(hidden), SQL_INT(catalogue->now_ms),
				   SQL_INT(id)),
			  NULL, fault);
	if (status == STATUS_OK && state == FILE_OK)
		status = track_set_visible(catalogue, id, !hidden, fault);
	return status;
}

enum status
tracks_set_hidden(struct catalogue *catalogue, const int64_t *ids, size_t count,
		  bool hidden, size_t *changed, struct fault *fault)
{
	enum status status = STATUS_OK;
	size_t otherwise = 0;

	assert(catalogue->session != NULL);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		status = track_set_hidden(catalogue, ids[i], hidden, &otherwise,
					  fault);
	if (status == STATUS_OK && changed != NULL)
		*changed = otherwise;
	return status;
}

enum status
tracks_of_thing(struct store_session *session, enum edit_kind kind, int64_t id,
		bool hidden, int64_t after, int64_t *ids, size_t room,
		size_t *count, struct fault *fault)
{
	static const char of_album[] =
		"select t.id from tracks t where t.album_id = $1 and ";
	static const char of_artist[] =
		"select distinct t.id from track_artists l "
		"join tracks t on t.id = l.track_id where l.artist_id = $1 "
		"and l.role = 0 and ";
	struct store_rows *rows;
	struct buffer sql;
	size_t found = 0;
	enum status status;

	buffer_init(&sql, 0);
	buffer_print(&sql, "%s%s and t.id > $2 order by t.id limit $3",
		     kind == EDIT_ALBUM ? of_album : of_artist,
		     hidden ? "t.hidden = 1 and t.merged_into is null"
			    : "t.visible = 1");
	status = sql_query(session, sql.bytes,
			   SQL_ARGS(SQL_INT(id), SQL_INT(after), SQL_INT(room)),
			   &rows, fault);
	buffer_release(&sql);

	while (status == STATUS_OK && found < room &&
	       sql_next(rows, &status, fault))
		ids[found++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK)
		*count = found;
	return status;
}
