/* suspects.c - things as the rules of clean-up look at them; see
 * suggestions.h. */
#include "library/suggestions.h"

#include <string.h>

/* id, updated_at, visible, title, artist, artist_id, year, artist's name, file,
 * album_id, tracks of the album, number, disc, duration, tracks, mbid */
static const char *const selects[] = {
	[EDIT_TRACK] =
		"select t.id, t.updated_at, t.visible, t.title, t.artist, "
		"t.artist_id, t.year, r.name, f.name, t.album_id, "
		"a.track_count, t.track_no, t.disc_no, t.duration_ms, 0, null "
		"from tracks t left join artists r on r.id = t.artist_id "
		"left join albums a on a.id = t.album_id "
		"left join files f on f.track_id = t.id where ",
	[EDIT_ALBUM] =
		"select t.id, t.updated_at, case when t.track_count > 0 then 1 "
		"else 0 end, t.title, t.artist, t.artist_id, t.year, null, "
		"null, 0, 0, 0, 0, 0, t.track_count, t.mbid from albums t "
		"where ",
	[EDIT_ARTIST] =
		"select t.id, t.updated_at, case when t.track_count + "
		"t.album_count > 0 then 1 else 0 end, t.name, null, t.id, 0, "
		"null, null, 0, 0, 0, 0, 0, t.track_count, t.mbid "
		"from artists t where ",
};

static void
suspect_read(struct store_rows *rows, enum edit_kind kind,
	     struct arena *arena, struct suspect *out)
{
	*out = (struct suspect){
		.kind = kind,
		.id = sql_column_int(rows, 0),
		.updated_at_ms = sql_column_int(rows, 1),
		.visible = sql_column_int(rows, 2) != 0,
		.title = sql_column_text(rows, 3, arena),
		.artist = sql_column_text(rows, 4, arena),
		.artist_id = sql_column_int(rows, 5),
		.year = (int32_t)sql_column_int(rows, 6),
		.artist_name = sql_column_text(rows, 7, arena),
		.file_name = sql_column_text(rows, 8, arena),
		.album_id = sql_column_int(rows, 9),
		.album_tracks = sql_column_int(rows, 10),
		.track_no = (int32_t)sql_column_int(rows, 11),
		.disc_no = (int32_t)sql_column_int(rows, 12),
		.duration_ms = sql_column_int(rows, 13),
		.track_count = sql_column_int(rows, 14),
		.mbid = sql_column_text(rows, 15, arena),
	};
}

/* All rows of a query by one of `selects`, which answered `status`. */
static enum status
suspects_take(struct store_rows *rows, enum status status,
	      enum edit_kind kind, size_t room, struct arena *arena,
	      struct suspect **out, size_t *count, struct fault *fault)
{
	struct suspect *list = arena_new(arena, struct suspect, room);
	size_t found = 0;

	while (status == STATUS_OK && found < room &&
	       sql_next(rows, &status, fault))
		suspect_read(rows, kind, arena, &list[found++]);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

enum status
suspects_read(struct store_session *session, enum edit_kind kind,
	      int64_t since_ms, int64_t after_id, int64_t id, size_t room,
	      struct arena *arena, struct suspect **out, size_t *count,
	      struct fault *fault)
{
	struct store_rows *rows;
	struct buffer sql;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, selects[kind]);
	if (id != 0) {
		buffer_add_text(&sql, "t.id = $1");
		status = sql_query(session, sql.bytes, SQL_ARGS(SQL_INT(id)),
				   &rows, fault);
	} else {
		buffer_add_text(&sql, "(t.updated_at, t.id) > ($1, $2) "
				      "order by t.updated_at, t.id limit $3");
		status = sql_query(session, sql.bytes,
				   SQL_ARGS(SQL_INT(since_ms),
					    SQL_INT(after_id), SQL_INT(room)),
				   &rows, fault);
	}
	buffer_release(&sql);
	return suspects_take(rows, status, kind, room, arena, out, count,
			     fault);
}

enum status
suspect_credits(struct store_session *session, int64_t track_id,
		struct arena *arena, struct suspect_credit **out,
		size_t *count, struct fault *fault)
{
	struct suspect_credit *list =
		arena_new(arena, struct suspect_credit, MEDIA_CREDITS_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select l.artist_id, l.role, r.name from track_artists l "
		"join artists r on r.id = l.artist_id "
		"where l.track_id = $1 order by l.position",
		SQL_ARGS(SQL_INT(track_id)), &rows, fault);

	while (status == STATUS_OK && found < MEDIA_CREDITS_MAX &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct suspect_credit){
			.artist_id = sql_column_int(rows, 0),
			.role = (enum credit_role)sql_column_int(rows, 1),
			.name = sql_column_text(rows, 2, arena),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

enum status
suspect_spellings(struct store_session *session, int64_t artist_id,
		  struct arena *arena, const char **out, size_t *count,
		  struct fault *fault)
{
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select distinct t.artist from track_artists l "
		"join tracks t on t.id = l.track_id where l.artist_id = $1 "
		"and t.visible = 1 order by t.artist limit $2",
		SQL_ARGS(SQL_INT(artist_id), SQL_INT(SPELLINGS_MAX)), &rows,
		fault);

	while (status == STATUS_OK && found < SPELLINGS_MAX &&
	       sql_next(rows, &status, fault))
		out[found++] = sql_column_text(rows, 0, arena);
	sql_end(rows);
	if (status == STATUS_OK)
		*count = found;
	return status;
}

enum status
suspect_twins(struct store_session *session, const struct suspect *album,
	      struct arena *arena, struct suspect **out, size_t *count,
	      struct fault *fault)
{
	struct store_rows *rows;
	struct buffer sql;
	enum status status;

	buffer_init(&sql, 0);
	buffer_print(&sql,
		     "%st.artist_id = $1 and t.id <> $2 and t.track_count > 0 "
		     "order by t.id limit $3",
		     selects[EDIT_ALBUM]);
	status = sql_query(session, sql.bytes,
			   SQL_ARGS(SQL_INT(album->artist_id),
				    SQL_INT(album->id), SQL_INT(TWINS_MAX)),
			   &rows, fault);
	buffer_release(&sql);
	return suspects_take(rows, status, EDIT_ALBUM, TWINS_MAX, arena, out,
			     count, fault);
}
