/* albums.c - see albums.h. */
#include "library/albums.h"

#include "library/covers_private.h"
#include "library/loader_private.h"
#include "library/page_private.h"

static const struct page_sort sorts[ALBUM_SORTS] = {
	[ALBUMS_BY_TITLE] = { "title", { { "t.sort_key", true } }, false },
	[ALBUMS_BY_YEAR_DESC] = { "-year", { { "t.year", false } }, true },
	[ALBUMS_BY_YEAR] = { "year", { { "t.year_rank", false } }, false },
	[ALBUMS_BY_CREATED_DESC] = { "-created_at",
				     { { "t.created_at", false } },
				     true },
	[ALBUMS_BY_POPULARITY_DESC] = { "-popularity",
					{ { "t.popularity", false } },
					true },
	[ALBUMS_BY_ARTIST] = { "artist",
			       { { "t.artist_key", true },
				 { "t.year_rank", false } },
			       false },
};

bool
album_sort_parse(const char *name, enum album_sort *out)
{
	size_t sort;

	if (!page_sort_parse(sorts, ALBUM_SORTS, name, &sort))
		return false;
	*out = (enum album_sort)sort;
	return true;
}

/* ---- filters -------------------------------------------------------------- */

/* By the names on the cover, not by those of single tracks. */
static bool
is_of_cover(const struct album_filter *filter)
{
	return !filter->any_role &&
	       (!filter->role_given || filter->role == CREDIT_MAIN ||
		filter->role == CREDIT_ALBUM_MAIN);
}

static void
filter_artist(struct page_query *query, const struct album_filter *filter,
	      struct arena *arena)
{
	struct sql_value artist = SQL_INT(filter->artist_id);

	if (filter->any_role) {
		page_filter(query,
			    "t.id in (select l.album_id from artist_albums l "
			    "where l.artist_id = ? "
			    "union select m.album_id from album_artists m "
			    "where m.artist_id = ?)",
			    "(exists (select 1 from artist_albums l "
			    "where l.artist_id = ? and l.album_id = t.id) "
			    "or exists (select 1 from album_artists m "
			    "where m.artist_id = ? and m.album_id = t.id))",
			    artist);
		return;
	}
	if (is_of_cover(filter)) {
		page_filter(query,
			    "t.id in (select l.album_id from album_artists l "
			    "where l.artist_id = ?)",
			    "exists (select 1 from album_artists l "
			    "where l.artist_id = ? and l.album_id = t.id)",
			    artist);
		return;
	}
	page_filter(query,
		    arena_print(arena,
				"t.id in (select l.album_id "
				"from artist_albums l "
				"where l.artist_id = ? and l.role = %d)",
				filter->role),
		    arena_print(arena,
				"exists (select 1 from artist_albums l "
				"where l.artist_id = ? and l.role = %d "
				"and l.album_id = t.id)",
				filter->role),
		    artist);
}

/* The genre's id by its name; 0 when neither is given. */
static enum status
filter_genre(struct store_session *session, const struct album_filter *filter,
	     struct arena *arena, int64_t *out, bool *nothing,
	     struct fault *fault)
{
	struct genre genre;
	enum status status;

	*out = filter->genre_id;
	if (filter->genre == NULL)
		return STATUS_OK;
	status = genres_find(session, filter->genre, arena, &genre, fault);
	if (status == STATUS_OK)
		*out = genre.id;
	if (status == STATUS_NOT_FOUND ||
	    (status == STATUS_OK && filter->genre_id != 0 &&
	     filter->genre_id != genre.id)) {
		*nothing = true;
		return STATUS_OK;
	}
	return status;
}

static enum status
known_total(struct store_session *session, const struct album_filter *filter,
	    int64_t genre_id, struct page_query *query, struct fault *fault)
{
	const char *sql;
	int64_t id;
	enum status status;

	if (query->condition_count != 1)
		return STATUS_OK;
	if (genre_id != 0) {
		sql = "select album_count from genres where id = $1";
		id = genre_id;
	} else if (filter->artist_id != 0 && is_of_cover(filter)) {
		sql = "select album_count from artists where id = $1";
		id = filter->artist_id;
	} else {
		return STATUS_OK;
	}
	status = sql_query_int(session, sql, SQL_ARGS(SQL_INT(id)),
			       &query->known_total, fault);
	if (status != STATUS_NOT_FOUND)
		return status;
	query->nothing = true;
	return STATUS_OK;
}

#define OF_GENRE                                             \
	"exists (select 1 from genre_albums l where l.genre_id = ? " \
	"and l.album_id = t.id)"

enum status
albums_list(struct store_session *session, const struct album_filter *filter,
	    enum album_sort sort, const struct page_request *page,
	    struct arena *arena, struct album_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "albums t",
		.id = "t.id",
		.visible = "t.track_count > 0",
		.all_key = "albums",
		.sorts = sorts,
		.sort = sort,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX], genre_id = 0;
	struct album_list list = { 0 };
	size_t count = 0;
	enum status status;

	status = filter_genre(session, filter, arena, &genre_id, &query.nothing,
			      fault);
	if (status != STATUS_OK)
		return status;
	/* As with tracks: beside something narrow a genre is tested. */
	if (genre_id != 0)
		page_filter(&query,
			    filter->artist_id != 0 || filter->year != 0
				    ? OF_GENRE
				    : "t.id in (select l.album_id "
				      "from genre_albums l "
				      "where l.genre_id = ?)",
			    OF_GENRE, SQL_INT(genre_id));
	if (filter->artist_id != 0)
		filter_artist(&query, filter, arena);
	if (filter->year != 0)
		page_filter(&query, "t.year = ?", "(t.year + 0) = ?",
			    SQL_INT(filter->year));
	if (page->cursor == NULL)
		status = known_total(session, filter, genre_id, &query, fault);
	if (status == STATUS_OK)
		status = page_read(session, &query, page, arena, ids, &count,
				   &list.page, fault);
	if (status == STATUS_OK)
		status = albums_get_many(session, ids, count, arena,
					 &list.items, &list.count, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

/* ---- the albums of some ids ----------------------------------------------- */

#define ALBUM_COLUMNS \
	"select t.id, t.title, t.artist, t.artist_id, t.year, t.track_count, " \
	"t.disc_count, t.duration_ms, c.id, c.blob_key, t.compilation, " \
	"t.popularity, t.created_at, t.updated_at from albums t " \
	"left join covers c on c.id = t.cover_id "

static void
album_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct album *out = thing;

	*out = (struct album){
		.id = sql_column_int(rows, 0),
		.title = sql_column_text(rows, 1, arena),
		.artist = sql_column_text(rows, 2, arena),
		.artist_id = sql_column_int(rows, 3),
		.year = (int32_t)sql_column_int(rows, 4),
		.track_count = sql_column_int(rows, 5),
		.disc_count = (int32_t)sql_column_int(rows, 6),
		.duration_ms = sql_column_int(rows, 7),
		.cover = cover_ref_read(rows, 8),
		.is_compilation = sql_column_int(rows, 10) != 0,
		.popularity = sql_column_int(rows, 11),
		.created_at_ms = sql_column_int(rows, 12),
		.updated_at_ms = sql_column_int(rows, 13),
	};
}

#define ALBUM_LOADER(select_) \
	{ \
		.noun = "album", \
		.size = sizeof(struct album), \
		.select = (select_), \
		.read = album_read, \
		.artists = "select l.album_id, l.artist_id, a.name, 0 " \
			   "from album_artists l " \
			   "join artists a on a.id = l.artist_id " \
			   "where l.album_id in ", \
		.artists_order = "order by l.album_id, l.position", \
		.genres = "select l.album_id, l.genre_id, g.name, 0 " \
			  "from genre_albums l " \
			  "join genres g on g.id = l.genre_id " \
			  "where l.album_id in ", \
		.genres_order = "order by l.album_id, l.tracks desc, l.genre_id", \
		.places = LOADER_PLACES(struct album), \
	}

static const struct loader loader =
	ALBUM_LOADER(ALBUM_COLUMNS "where t.track_count > 0 and t.id in ");
static const struct loader any_loader =
	ALBUM_LOADER(ALBUM_COLUMNS "where t.id in ");

enum status
albums_get_many(struct store_session *session, const int64_t *ids,
		size_t count, struct arena *arena, struct album **out,
		size_t *out_count, struct fault *fault)
{
	void *albums;
	enum status status = loader_get_many(session, &loader, ids, count,
					     arena, &albums, out_count, fault);

	if (status == STATUS_OK)
		*out = albums;
	return status;
}

enum status
albums_get(struct store_session *session, int64_t id, struct arena *arena,
	   struct album *out, struct fault *fault)
{
	return loader_get(session, &loader, id, arena, out, fault);
}

enum status
albums_get_any(struct store_session *session, int64_t id, struct arena *arena,
	       struct album *out, struct fault *fault)
{
	return loader_get(session, &any_loader, id, arena, out, fault);
}

/* ---- the tracks of one album ---------------------------------------------- */

static const struct page_sort album_order[] = {
	{ "disc", { { "t.disc_no", false }, { "t.track_no", false } }, false },
};

enum status
albums_tracks(struct store_session *session, int64_t id,
	      const struct page_request *page, struct arena *arena,
	      struct track_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "tracks t",
		.id = "t.id",
		.visible = "t.visible = 1",
		.sorts = album_order,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct track_list list = { 0 };
	size_t count = 0;
	enum status status;

	status = sql_query_int(session,
			       "select track_count from albums "
			       "where id = $1 and track_count > 0",
			       SQL_ARGS(SQL_INT(id)), &query.known_total,
			       NULL);
	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no album %lld", (long long)id);
	/* The order's index begins with the album: both forms are the same. */
	page_filter(&query, "t.album_id = ?", "t.album_id = ?", SQL_INT(id));
	if (status == STATUS_OK)
		status = page_read(session, &query, page, arena, ids, &count,
				   &list.page, fault);
	if (status == STATUS_OK)
		status = tracks_get_many(session, ids, count, arena,
					 &list.items, &list.count, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}
