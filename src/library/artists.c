/* artists.c - see artists.h. */
#include "library/artists.h"

#include <assert.h>
#include <string.h>

#include <unicode/uchar.h>

#include "base/fold.h"
#include "library/covers_private.h"
#include "library/page_private.h"

#define ARTIST_VISIBLE "t.track_count + t.album_count > 0"

static const struct page_sort sorts[ARTIST_SORTS] = {
	[ARTISTS_BY_NAME] = { "name", { { "t.sort_key", true } }, false },
	[ARTISTS_BY_POPULARITY_DESC] = { "-popularity",
					 { { "t.popularity", false } },
					 true },
	[ARTISTS_BY_CREATED_DESC] = { "-created_at",
				      { { "t.created_at", false } },
				      true },
};

bool
artist_sort_parse(const char *name, enum artist_sort *out)
{
	size_t sort;

	if (!page_sort_parse(sorts, ARTIST_SORTS, name, &sort))
		return false;
	*out = (enum artist_sort)sort;
	return true;
}

/* As letters are kept: the capital without its accent. */
static const char *
letter_as_kept(struct arena *arena, const char *letter)
{
	char *folded = fold_identity(arena, letter);
	const char *at = folded;
	uint32_t c = utf8_next(&at, folded + strlen(folded));
	char out[4];

	if (!u_isalpha((UChar32)c))
		return "#";
	return arena_copy_bytes(
		arena, out,
		utf8_write((uint32_t)u_toupper((UChar32)c), out));
}

enum status
artists_list(struct store_session *session, const struct artist_filter *filter,
	     enum artist_sort sort, const struct page_request *page,
	     struct arena *arena, struct artist_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "artists t",
		.id = "t.id",
		.visible = ARTIST_VISIBLE,
		.all_key = "artists",
		.sorts = sorts,
		.sort = sort,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct artist_list list = { 0 };
	size_t count = 0;
	enum status status;

	/* With the letter in front the index is in order of name already. */
	if (filter->letter != NULL)
		page_filter(&query, "t.letter = ?",
			    sort == ARTISTS_BY_NAME ? "t.letter = ?"
						    : "(t.letter || '') = ?",
			    sql_text(letter_as_kept(arena, filter->letter)));
	status = page_read(session, &query, page, arena, ids, &count,
			   &list.page, fault);
	if (status == STATUS_OK)
		status = artists_get_many(session, ids, count, arena,
					  &list.items, &list.count, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

#define ARTIST_COLUMNS \
	"select t.id, t.name, t.sort_name, t.album_count, t.track_count, " \
	"t.duration_ms, c.id, c.blob_key, t.popularity, t.created_at, " \
	"t.updated_at from artists t left join covers c on c.id = t.cover_id "

static void
artist_read(struct store_rows *rows, struct arena *arena, struct artist *out)
{
	*out = (struct artist){
		.id = sql_column_int(rows, 0),
		.name = sql_column_text(rows, 1, arena),
		.sort_name = sql_column_text(rows, 2, arena),
		.album_count = sql_column_int(rows, 3),
		.track_count = sql_column_int(rows, 4),
		.duration_ms = sql_column_int(rows, 5),
		.cover = cover_ref_read(rows, 6),
		.popularity = sql_column_int(rows, 8),
		.created_at_ms = sql_column_int(rows, 9),
		.updated_at_ms = sql_column_int(rows, 10),
	};
}

/* At most IDS_AT_ONCE; places without an artist keep id 0. */
static enum status
load_some(struct store_session *session, const int64_t *ids, size_t count,
	  struct arena *arena, struct artist *by_place, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = query_by_ids(session,
			      ARTIST_COLUMNS
			      "where " ARTIST_VISIBLE " and t.id in ",
			      "", ids, count, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct artist artist;

		artist_read(rows, arena, &artist);
		for (size_t i = 0; i < count; i++)
			if (ids[i] == artist.id)
				by_place[i] = artist;
	}
	sql_end(rows);
	return status;
}

enum status
artists_get_many(struct store_session *session, const int64_t *ids,
		 size_t count, struct arena *arena, struct artist **out,
		 size_t *out_count, struct fault *fault)
{
	struct artist *artists = arena_new(arena, struct artist, count);
	size_t found = 0;
	enum status status = STATUS_OK;

	assert(count <= TRACKS_GET_MAX);
	for (size_t i = 0; i < count && status == STATUS_OK; i += IDS_AT_ONCE) {
		size_t some = count - i < IDS_AT_ONCE ? count - i : IDS_AT_ONCE;

		status = load_some(session, ids + i, some, arena, artists + i,
				   fault);
	}
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		if (artists[i].id != 0)
			artists[found++] = artists[i];
	*out = artists;
	*out_count = found;
	return STATUS_OK;
}

enum status
artists_get(struct store_session *session, int64_t id, struct arena *arena,
	    struct artist *out, struct fault *fault)
{
	struct artist *artists;
	size_t count;
	enum status status = artists_get_many(session, &id, 1, arena, &artists,
					      &count, fault);

	if (status != STATUS_OK)
		return status;
	if (count == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no artist %lld", (long long)id);
	*out = artists[0];
	return STATUS_OK;
}

#define LETTERS_MAX 1000

enum status
artists_letters(struct store_session *session, struct arena *arena,
		struct letter_count **out, size_t *count, struct fault *fault)
{
	struct letter_count *letters =
		arena_new(arena, struct letter_count, LETTERS_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status;

	status = sql_query(session,
			   "select t.letter, count(*) from artists t "
			   "where " ARTIST_VISIBLE " group by t.letter "
			   "order by min(t.sort_key) limit $1",
			   SQL_ARGS(SQL_INT(LETTERS_MAX)), &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		letters[found++] = (struct letter_count){
			sql_column_text(rows, 0, arena),
			sql_column_int(rows, 1)
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = letters;
		*count = found;
	}
	return status;
}
