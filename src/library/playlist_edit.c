/* playlist_edit.c - see playlist_edit_private.h. */
#include "library/playlist_edit_private.h"

#include "base/clock.h"
#include "library/page_private.h"

#define PLACE_FARTHEST ((int64_t)1 << 61)

/* ---- edits as a whole ---------------------------------------------------- */

static enum status
edit_check(struct store_rows *rows, int64_t expected_version,
	   struct playlist_edit *edit, struct fault *fault)
{
	int64_t version = sql_column_int(rows, 0);

	if (expected_version != 0 && expected_version != version)
		return fault_field(fault, STATUS_CONFLICT, "expected_version",
				   "the playlist is at version %lld by now",
				   (long long)version);
	if (!sql_column_null(rows, 3))
		return fault_field(fault, STATUS_CONFLICT, "rules",
				   "a playlist of rules chooses its tracks "
				   "itself");
	edit->entries = sql_column_int(rows, 1) + sql_column_int(rows, 2);
	return STATUS_OK;
}

enum status
playlist_edit_begin(struct playlist_edit *edit, int64_t expected_version,
		    struct fault *fault)
{
	struct store_rows *rows;
	enum status status =
		sql_query(edit->session,
			  "select version, track_count, hidden_count, rules "
			  "from playlists where id = $1",
			  SQL_ARGS(SQL_INT(edit->playlist_id)), &rows, fault);

	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault))
			status =
				edit_check(rows, expected_version, edit, fault);
		else if (status == STATUS_OK)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "there is no such playlist");
	}
	sql_end(rows);
	return status;
}

enum status
playlist_edit_end(const struct playlist_edit *edit, struct playlist_state *out,
		  struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		edit->session,
		"update playlists set version = version + 1, "
		"track_count = track_count + $1, "
		"hidden_count = hidden_count + $2, "
		"duration_ms = duration_ms + $3, updated_at = $4 "
		"where id = $5 returning version, track_count, duration_ms",
		SQL_ARGS(SQL_INT(edit->tracks), SQL_INT(edit->hidden),
			 SQL_INT(edit->duration_ms), SQL_INT(clock_now_ms()),
			 SQL_INT(edit->playlist_id)),
		&rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct playlist_state){
			.version = sql_column_int(rows, 0),
			.track_count = sql_column_int(rows, 1),
			.duration_ms = sql_column_int(rows, 2),
		};
	sql_end(rows);
	return status;
}

size_t
playlist_edit_ids(const struct playlist_edit *edit, const int64_t *ids,
		  size_t count, struct buffer *sql, struct sql_value *args)
{
	size_t given;

	buffer_add_char(sql, '(');
	given = id_list(sql, ids, count, args);
	args[given++] = SQL_INT(edit->playlist_id);
	buffer_print(sql, ") and playlist_id = $%zu", given);
	return given;
}

/* ---- places -------------------------------------------------------------- */

/* Between which places something goes. */
struct opening {
	bool has_before, has_after;
	int64_t before, after;
};

static enum status
place_find(const struct playlist_edit *edit, const char *sql, int64_t argument,
	   bool *found, int64_t *out, struct fault *fault)
{
	enum status status = sql_query_int(
		edit->session, sql,
		SQL_ARGS(SQL_INT(edit->playlist_id), SQL_INT(argument)), out,
		NULL);

	*found = status == STATUS_OK;
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		return STATUS_OK;
	return fault_set(fault, status, "cannot find a place in a playlist");
}

static enum status
opening_at(const struct playlist_edit *edit, int64_t position,
	   struct opening *out, struct fault *fault)
{
	enum status status = STATUS_OK;

	*out = (struct opening){ .after = INT64_MAX };
	if (position >= 0)
		status = place_find(edit,
				    "select place from playlist_tracks "
				    "where playlist_id = $1 and hidden = 0 "
				    "order by place, id limit 1 offset $2",
				    position, &out->has_after, &out->after,
				    fault);
	if (status == STATUS_OK && !out->has_after)
		out->after = INT64_MAX;
	if (status == STATUS_OK)
		status = place_find(edit,
				    "select place from playlist_tracks "
				    "where playlist_id = $1 and hidden < 2 "
				    "and place < $2 order by place desc, "
				    "id desc limit 1",
				    out->after, &out->has_before, &out->before,
				    fault);
	return status;
}

/* False: there is no room for `count`. */
static bool
opening_divide(const struct opening *opening, size_t count, int64_t *first,
	       int64_t *step)
{
	int64_t many = (int64_t)count;

	*step = PLAYLIST_PLACE_GAP;
	if (opening->has_before && opening->has_after) {
		*step = (opening->after - opening->before) / (many + 1);
		*first = opening->before + *step;
		return *step > 0;
	}
	*first = opening->has_before ? opening->before + PLAYLIST_PLACE_GAP
		 : opening->has_after
			 ? opening->after - many * PLAYLIST_PLACE_GAP
			 : 0;
	return *first > -PLACE_FARTHEST &&
	       *first + many * PLAYLIST_PLACE_GAP < PLACE_FARTHEST;
}

static enum status
spread_anew(const struct playlist_edit *edit, struct fault *fault)
{
	return sql_exec(edit->session,
			"update playlist_tracks set place = n.nth * $1 "
			"from (select id, row_number() over "
			"(order by place, id) as nth from playlist_tracks "
			"where playlist_id = $2) n "
			"where playlist_tracks.id = n.id",
			SQL_ARGS(SQL_INT(PLAYLIST_PLACE_GAP),
				 SQL_INT(edit->playlist_id)),
			NULL, fault);
}

enum status
playlist_places_find(const struct playlist_edit *edit, int64_t position,
		     size_t count, int64_t *first, int64_t *step,
		     struct fault *fault)
{
	struct opening opening;
	enum status status = opening_at(edit, position, &opening, fault);

	if (status != STATUS_OK || opening_divide(&opening, count, first, step))
		return status;
	status = spread_anew(edit, fault);
	if (status == STATUS_OK)
		status = opening_at(edit, position, &opening, fault);
	if (status == STATUS_OK &&
	    !opening_divide(&opening, count, first, step))
		return fault_set(fault, STATUS_FULL,
				 "there is no room for %zu entries", count);
	return status;
}
