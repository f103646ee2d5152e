/* genres.c - see genres.h. */
#include "library/genres.h"

#include <string.h>

#include "base/fold.h"
#include "library/catalogue_private.h"
#include "library/covers_private.h"
#include "library/page_private.h"
#include "library/pattern.h"

static const struct page_sort sorts[] = {
	[GENRES_BY_NAME] = { "name", { { "t.sort_key", true } }, false },
	[GENRES_BY_TRACKS_DESC] = { "-track_count",
				    { { "t.track_count", false } },
				    true },
};

bool
genre_sort_parse(const char *name, enum genre_sort *out)
{
	size_t sort;

	if (!page_sort_parse(sorts, ARRAY_LENGTH(sorts), name, &sort))
		return false;
	*out = (enum genre_sort)sort;
	return true;
}

#define GENRE_COLUMNS \
	"select t.id, t.name, t.track_count, t.album_count, t.artist_count, " \
	"t.duration_ms, c.id, c.blob_key from genres t " \
	"left join covers c on c.id = t.cover_id where "
#define GENRE_VISIBLE "t.track_count > 0 and "

static void
genre_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct genre *out = thing;
	struct cover_ref cover = cover_ref_read(rows, 6);

	*out = (struct genre){
		.id = sql_column_int(rows, 0),
		.name = sql_column_text(rows, 1, arena),
		.track_count = sql_column_int(rows, 2),
		.album_count = sql_column_int(rows, 3),
		.artist_count = sql_column_int(rows, 4),
		.duration_ms = sql_column_int(rows, 5),
		.cover_id = cover.id,
	};
	memcpy(out->cover_version, cover.version, sizeof cover.version);
}

/* `ids` are those of one page; *out is in their order. */
static enum status
genres_of_ids(struct store_session *session, const int64_t *ids, size_t count,
	      struct arena *arena, struct genre **out, struct fault *fault)
{
	struct genre *genres = arena_new(arena, struct genre, count);

	*out = genres;
	return rows_of_ids(session,
			   GENRE_COLUMNS GENRE_VISIBLE "t.id in ",
			   ids, count, genre_read, sizeof *genres, arena,
			   genres, fault);
}

enum status
genres_list(struct store_session *session, enum genre_sort sort,
	    const char *text, const struct page_request *page, struct arena *arena,
	    struct genre_list *out, struct fault *fault)
{
	static const char named[] = "t.name @matches@ (@any@ || ? || @any@)";
	struct page_query query = {
		.from = "genres t",
		.id = "t.id",
		.visible = "t.track_count > 0",
		.all_key = "genres",
		.sorts = sorts,
		.sort = sort,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct genre_list list = { 0 };
	enum status status;

	if (text != NULL)
		page_filter(&query, named, named,
			    sql_text(pattern_of(arena, text)));
	status = page_read(session, &query, page, arena, ids, &list.count,
			   &list.page, fault);
	if (status == STATUS_OK)
		status = genres_of_ids(session, ids, list.count, arena,
				       &list.items, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

static enum status
get_one(struct store_session *session, bool any, int64_t id,
	struct arena *arena, struct genre *out, struct fault *fault)
{
	return row_find(session,
			any ? GENRE_COLUMNS "t.id = $1" :
			      GENRE_COLUMNS GENRE_VISIBLE "t.id = $1",
			SQL_ARGS(SQL_INT(id)), genre_read, arena, out, fault,
			"there is no genre %lld", (long long)id);
}

enum status
genres_get(struct store_session *session, int64_t id, struct arena *arena,
	   struct genre *out, struct fault *fault)
{
	return get_one(session, false, id, arena, out, fault);
}

enum status
genres_get_any(struct store_session *session, int64_t id, struct arena *arena,
	       struct genre *out, struct fault *fault)
{
	return get_one(session, true, id, arena, out, fault);
}

enum status
genres_find(struct store_session *session, const char *name,
	    struct arena *arena, struct genre *out, struct fault *fault)
{
	struct identity identity =
		IDENTITY(span_of(fold_identity(arena, name)));
	int64_t id = 0;
	enum status status;

	status = sql_query_int(session,
			       "select coalesce(g.merged_into, g.id) "
			       "from identities i "
			       "join genres g on g.id = i.entity_id "
			       "where i.kind = $1 and i.identity = $2",
			       SQL_ARGS(SQL_INT(IDENTITY_GENRE),
					sql_bytes(identity.bytes,
						  IDENTITY_BYTES)),
			       &id, fault);
	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such genre");
	if (status != STATUS_OK)
		return status;
	return genres_get(session, id, arena, out, fault);
}

enum status
genres_top_artists(struct store_session *session, int64_t id, uint32_t limit,
		   struct arena *arena, int64_t **ids, size_t *count,
		   struct fault *fault)
{
	uint32_t room = limit < PAGE_LIMIT_MAX ? limit : PAGE_LIMIT_MAX;
	int64_t *found = arena_new(arena, int64_t, room);
	struct store_rows *rows;
	size_t n = 0;
	enum status status;

	status = sql_query(session,
			   "select artist_id from genre_artists "
			   "where genre_id = $1 order by tracks desc limit $2",
			   SQL_ARGS(SQL_INT(id), SQL_INT(room)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		found[n++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK) {
		*ids = found;
		*count = n;
	}
	return status;
}
