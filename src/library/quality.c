/* quality.c - see quality.h. Each check is a condition, counted and listed by
 * the same words. */
#include "library/quality.h"

#include "base/memory.h"
#include "base/text.h"

/* Title, detail, source and folder of a thing, and where it is read from. */
static const char track_columns[] =
	"select t.id, t.title, t.artist, t.source_id, null ";
static const char album_columns[] = "select t.id, t.title, t.artist, 0, null ";
static const char file_columns[] =
	"select t.id, t.name, t.reason, t.source_id, d.path ";
static const char from_files[] =
	"from files t join folders d on d.id = t.folder_id where ";

static const struct {
	const char *name, *kind, *columns, *from, *condition;
} checks[QUALITY_CHECKS] = {
	[QUALITY_ORPHAN_TRACKS] = {
		"orphan_tracks", "track", track_columns,
		"from tracks t where ",
		"t.visible = 1 and not exists (select 1 from files f "
		"where f.track_id = t.id and f.state = 0)" },
	[QUALITY_NO_DURATION] = {
		"tracks_without_duration", "track", track_columns,
		"from tracks t where ",
		"t.visible = 1 and t.duration_ms <= 0" },
	[QUALITY_NO_ARTIST] = {
		"tracks_without_artist", "track", track_columns,
		"from tracks t where ",
		"t.visible = 1 and t.artist_id is null" },
	[QUALITY_NO_ALBUM] = {
		"tracks_without_album", "track", track_columns,
		"from tracks t where ",
		"t.visible = 1 and t.album_id is null" },
	[QUALITY_NO_GENRE] = {
		"tracks_without_genre", "track", track_columns,
		"from tracks t where ",
		"t.visible = 1 and t.genre_id is null" },
	[QUALITY_NO_COVER] = {
		"tracks_without_cover", "track", track_columns,
		"from tracks t where ",
		"t.visible = 1 and t.cover_id is null and not exists "
		"(select 1 from albums a where a.id = t.album_id "
		"and a.cover_id is not null)" },
	[QUALITY_DUPLICATE_ALBUMS] = {
		"duplicate_albums", "album", album_columns,
		"from albums t where ",
		"t.track_count > 0 and exists (select 1 from albums o "
		"where o.sort_key = t.sort_key and o.track_count > 0 "
		"and o.artist_key = t.artist_key and o.id < t.id)" },
	[QUALITY_REJECTED_FILES] = {
		"rejected_files", "file", file_columns, from_files,
		"t.state = 1" },
	[QUALITY_MISSING_FILES] = {
		"missing_files", "file", file_columns, from_files,
		"t.state = 2" },
};

const char *
quality_name(enum quality_check check)
{
	return checks[check].name;
}

const char *
quality_kind(enum quality_check check)
{
	return checks[check].kind;
}

enum status
quality_count(struct store_session *session, enum quality_check check,
	      int64_t *out, struct fault *fault)
{
	struct buffer sql;
	enum status status;

	buffer_init(&sql, 0);
	buffer_print(&sql, "select count(*) %s%s", checks[check].from,
		     checks[check].condition);
	status = sql_query_int(session, sql.bytes, SQL_NO_ARGS, out, fault);
	buffer_release(&sql);
	return status;
}

enum status
library_quality_get(struct store_session *session,
		    struct library_quality *out, struct fault *fault)
{
	struct library_quality found = { { 0 } };
	enum status status = STATUS_OK;

	for (size_t i = 0; i < QUALITY_CHECKS && status == STATUS_OK; i++)
		status = quality_count(session, (enum quality_check)i,
				       &found.counts[i], fault);
	if (status == STATUS_OK)
		*out = found;
	return status;
}

enum status
quality_things(struct store_session *session, enum quality_check check,
	       bool oldest_first, int64_t after_id, uint32_t limit,
	       struct arena *arena, struct odd_thing **out, size_t *count,
	       struct fault *fault)
{
	struct odd_thing *list = arena_new(arena, struct odd_thing, limit);
	struct store_rows *rows;
	struct buffer sql;
	size_t found = 0;
	enum status status;

	buffer_init(&sql, 0);
	buffer_print(&sql, "%s%s%s and t.id %s $1 order by t.id%s limit $2",
		     checks[check].columns, checks[check].from,
		     checks[check].condition, oldest_first ? ">" : "<",
		     oldest_first ? "" : " desc");
	if (after_id == 0 && !oldest_first)
		after_id = INT64_MAX;
	status = sql_query(session, sql.bytes,
			   SQL_ARGS(SQL_INT(after_id), SQL_INT(limit)), &rows,
			   fault);
	buffer_release(&sql);
	while (status == STATUS_OK && found < limit &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct odd_thing){
			.id = sql_column_int(rows, 0),
			.title = sql_column_text(rows, 1, arena),
			.detail = sql_column_text(rows, 2, arena),
			.source_id = sql_column_int(rows, 3),
			.folder = sql_column_text(rows, 4, arena),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}
