/* documents.c - see documents.h. One query per kind gives the rows, ordered
 * for a rebuild or limited to some ids. */
#include "library/documents.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "library/page_private.h"

/* Columns: id, title, artist, album, genre, year, artist id, popularity. */
struct document_query {
	const char *select;
	const char *visible;
	const char *all_key; /* in totals */
	const char *popularity; /* the column; NULL: t.popularity */
};

static const struct document_query queries[] = {
	[SEARCH_TRACK] = {
		.select = "select t.id, t.title, t.artist, a.title, g.name, "
			  "t.year, t.artist_id, t.popularity from tracks t "
			  "left join albums a on a.id = t.album_id "
			  "left join genres g on g.id = t.genre_id ",
		.visible = "where t.visible = 1 ",
		.all_key = "tracks",
	},
	[SEARCH_ALBUM] = {
		.select = "select t.id, t.title, t.artist, t.title, g.name, "
			  "t.year, t.artist_id, t.popularity from albums t "
			  "left join genres g on g.id = t.genre_id ",
		.visible = "where t.track_count > 0 ",
		.all_key = "albums",
	},
	[SEARCH_ARTIST] = {
		.select = "select t.id, t.name, t.name, null, null, 0, t.id, "
			  "t.popularity from artists t ",
		.visible = "where t.track_count + t.album_count > 0 ",
		.all_key = "artists",
	},
	/* Public ones only: whoever asks may read the whole index. */
	[SEARCH_PLAYLIST] = {
		.select = "select t.id, t.title, u.username, null, null, 0, "
			  "null, t.play_count from playlists t "
			  "join users u on u.id = t.owner_id ",
		.visible = "where t.visibility = 2 ",
		.all_key = "public_playlists",
		.popularity = "t.play_count",
	},
};

static const char *
text_or_null(struct store_rows *rows, int column, struct arena *arena)
{
	const char *text = sql_column_text(rows, column, arena);

	return text != NULL && text[0] != '\0' ? text : NULL;
}

static void
document_read(struct store_rows *rows, enum search_kind kind,
	      struct arena *arena, struct search_document *out)
{
	*out = (struct search_document){
		.kind = kind,
		.id = sql_column_int(rows, 0),
		.title = sql_column_text(rows, 1, arena),
		.artist = text_or_null(rows, 2, arena),
		.album = text_or_null(rows, 3, arena),
		.genre = text_or_null(rows, 4, arena),
		.year = (int32_t)sql_column_int(rows, 5),
		.artist_id = sql_column_int(rows, 6),
		.popularity = (double)sql_column_int(rows, 7),
	};
}

static enum status
load_some(struct store_session *session, enum search_kind kind,
	  const int64_t *ids, size_t count, struct arena *arena,
	  struct search_document *out, struct fault *fault)
{
	const struct document_query *query = &queries[kind];
	const char *before = arena_print(arena, "%s%sand t.id in ",
					 query->select, query->visible);
	struct store_rows *rows;
	enum status status;

	status = query_by_ids(session, before, "", ids, count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct search_document document;

		document_read(rows, kind, arena, &document);
		for (size_t i = 0; i < count; i++)
			if (ids[i] == document.id)
				out[i] = document;
	}
	sql_end(rows);
	return status;
}

enum status
documents_load(struct store_session *session, enum search_kind kind,
	       const int64_t *ids, size_t count, struct arena *arena,
	       struct search_document *out, struct fault *fault)
{
	enum status status = STATUS_OK;

	assert(count <= DOCUMENTS_LOAD_MAX);
	for (size_t i = 0; i < count; i++)
		out[i] = (struct search_document){ .kind = kind,
						   .id = ids[i],
						   .gone = true };
	for (size_t i = 0; i < count && status == STATUS_OK; i += IDS_AT_ONCE) {
		size_t some = count - i < IDS_AT_ONCE ? count - i : IDS_AT_ONCE;

		status = load_some(session, kind, ids + i, some, arena, out + i,
				   fault);
	}
	return status;
}

enum status
documents_each(struct store_session *session, enum search_kind kind,
	       document_visit *visit, void *cookie, struct fault *fault)
{
	struct store_rows *rows = NULL;
	struct arena arena;
	struct buffer sql;
	enum status status;

	arena_init(&arena);
	buffer_init(&sql, 0);
	buffer_print(&sql, "%s%sorder by %s desc, t.id desc",
		     queries[kind].select, queries[kind].visible,
		     queries[kind].popularity != NULL ?
			     queries[kind].popularity :
			     "t.popularity");
	status = sql_query(session, sql.bytes, SQL_NO_ARGS, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct search_document document;

		arena_reset(&arena);
		document_read(rows, kind, &arena, &document);
		status = visit(cookie, &document, fault);
	}
	sql_end(rows);
	buffer_release(&sql);
	arena_release(&arena);
	return status;
}

enum status
documents_count(struct store_session *session, enum search_kind kind,
		int64_t *out, struct fault *fault)
{
	return sql_query_int(session, "select value from totals where key = $1",
			     SQL_ARGS(sql_text(queries[kind].all_key)), out,
			     fault);
}
