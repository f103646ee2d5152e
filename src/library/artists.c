/* artists.c - see artists.h. */
#include "library/artists.h"

#include <string.h>

#include <unicode/uchar.h>

#include "base/fold.h"
#include "library/covers_private.h"
#include "library/loader_private.h"
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
artist_read(struct store_rows *rows, struct arena *arena, void *thing)
{
	struct artist *out = thing;

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

#define ARTIST_LOADER(select_) \
	{ \
		.noun = "artist", \
		.size = sizeof(struct artist), \
		.select = (select_), \
		.read = artist_read, \
	}

static const struct loader loader =
	ARTIST_LOADER(ARTIST_COLUMNS "where " ARTIST_VISIBLE " and t.id in ");
static const struct loader any_loader =
	ARTIST_LOADER(ARTIST_COLUMNS "where t.id in ");

enum status
artists_get_many(struct store_session *session, const int64_t *ids,
		 size_t count, struct arena *arena, struct artist **out,
		 size_t *out_count, struct fault *fault)
{
	void *artists;
	enum status status = loader_get_many(session, &loader, ids, count,
					     arena, &artists, out_count, fault);

	if (status == STATUS_OK)
		*out = artists;
	return status;
}

enum status
artists_get(struct store_session *session, int64_t id, struct arena *arena,
	    struct artist *out, struct fault *fault)
{
	return loader_get(session, &loader, id, arena, out, fault);
}

enum status
artists_get_any(struct store_session *session, const int64_t *ids,
		size_t count, struct arena *arena, struct artist **out,
		size_t *out_count, struct fault *fault)
{
	void *artists;
	enum status status = loader_get_many(session, &any_loader, ids, count,
					     arena, &artists, out_count,
					     fault);

	if (status == STATUS_OK)
		*out = artists;
	return status;
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
