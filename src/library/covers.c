/* covers.c - see covers.h. */
#include "library/covers.h"

#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "library/covers_private.h"
#include "library/tracks.h"

enum status
covers_save(struct store_session *session, const struct cover *cover,
	    int64_t *id, struct fault *fault)
{
	struct sql_value key =
		sql_bytes(cover->key.sha256, sizeof cover->key.sha256);
	enum status status;

	status = sql_query_int(session,
			       "select id from covers where blob_key = $1",
			       SQL_ARGS(key), id, NULL);
	if (status != STATUS_NOT_FOUND)
		return status;
	/* Another process may have been faster: its row is as good. */
	return sql_query_int(
		session,
		"insert into covers (blob_key, mime, width, height, "
		"size_bytes, colour, created_at) "
		"values ($1, $2, $3, $4, $5, $6, $7) "
		"on conflict (blob_key) do update set mime = excluded.mime "
		"returning id",
		SQL_ARGS(key, sql_text(cover->mime), SQL_INT(cover->width),
			 SQL_INT(cover->height), SQL_INT(cover->size_bytes),
			 sql_text(cover->colour), SQL_INT(clock_now_ms())),
		id, fault);
}

enum status
covers_describe(struct store_session *session, int64_t id, uint32_t width,
		uint32_t height, const char *colour, struct fault *fault)
{
	return sql_exec(session,
			"update covers set width = $1, height = $2, "
			"colour = $3 where id = $4",
			SQL_ARGS(SQL_INT(width), SQL_INT(height),
				 sql_text(colour), SQL_INT(id)),
			NULL, fault);
}

#define COVER_COLUMNS \
	"select c.id, c.blob_key, c.mime, c.width, c.height, c.size_bytes, " \
	"c.colour from covers c "

static const char *const cover_queries[] = {
	[COVER_ITSELF] = COVER_COLUMNS "where c.id = $1",
	[COVER_TRACK] = COVER_COLUMNS
	"join tracks t on t.id = $1 left join albums a on a.id = t.album_id "
	"where c.id = coalesce(t.cover_id, a.cover_id) and t.visible = 1",
	[COVER_ALBUM] = COVER_COLUMNS
	"join albums a on a.cover_id = c.id "
	"where a.id = $1 and a.track_count > 0",
	[COVER_ARTIST] = COVER_COLUMNS
	"join artists a on a.cover_id = c.id "
	"where a.id = $1 and a.track_count + a.album_count > 0",
	[COVER_GENRE] = COVER_COLUMNS
	"join genres g on g.cover_id = c.id "
	"where g.id = $1 and g.track_count > 0",
};

enum status
covers_of(struct store_session *session, enum cover_owner owner, int64_t id,
	  struct arena *arena, struct cover *out, struct fault *fault)
{
	struct store_rows *rows;
	struct span key;
	enum status status = STATUS_OK;

	if (owner == COVER_TRACK)
		status = tracks_kept(session, id, &id, fault);
	if (status != STATUS_OK)
		return status;
	status = sql_query(session, cover_queries[owner],
			   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status != STATUS_OK)
		return status;
	if (!sql_next(rows, &status, fault)) {
		if (status == STATUS_OK)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "there is no cover");
		goto out;
	}
	key = sql_column_span(rows, 1);
	if (key.length != BLOB_KEY_BYTES) {
		status = fault_field(fault, STATUS_CORRUPT, "store",
				     "a cover's key has %zu bytes",
				     key.length);
		goto out;
	}
	*out = (struct cover){
		.id = sql_column_int(rows, 0),
		.mime = sql_column_text(rows, 2, arena),
		.width = (uint32_t)sql_column_int(rows, 3),
		.height = (uint32_t)sql_column_int(rows, 4),
		.size_bytes = (uint64_t)sql_column_int(rows, 5),
		.colour = sql_column_text(rows, 6, arena),
	};
	memcpy(out->key.sha256, sql_column_span(rows, 1).at, BLOB_KEY_BYTES);
out:
	sql_end(rows);
	return status;
}

struct cover_ref
cover_ref_read(struct store_rows *rows, int column)
{
	struct cover_ref ref = { .id = sql_column_int(rows, column) };
	struct span key = sql_column_span(rows, column + 1);

	if (ref.id != 0 && key.length >= 4)
		hex_print(key.at, 4, ref.version);
	return ref;
}
