/* taste.c - favourites and ratings; see taste.h. */
#include "library/taste.h"

#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"
#include "library/tracks.h"

/* One row for each kind of thing. */
static const struct {
	const char *name;
	const char *visible; /* of the favourite t */
	const char *there;   /* $1: the id */
} kinds[] = {
	[TASTE_TRACK] = {
		"track",
		"exists (select 1 from tracks x where x.id = t.entity_id "
		"and x.visible = 1)",
		"select id from tracks where id = $1 and visible = 1",
	},
	[TASTE_ALBUM] = {
		"album",
		"exists (select 1 from albums x where x.id = t.entity_id "
		"and x.track_count > 0)",
		"select id from albums where id = $1 and track_count > 0",
	},
	[TASTE_ARTIST] = {
		"artist",
		"exists (select 1 from artists x where x.id = t.entity_id "
		"and x.track_count + x.album_count > 0)",
		"select id from artists where id = $1 "
		"and track_count + album_count > 0",
	},
	[TASTE_PLAYLIST] = {
		"playlist",
		"exists (select 1 from playlists x where x.id = t.entity_id "
		"and (x.visibility = 2 or x.owner_id = t.user_id))",
		"select id from playlists where id = $1",
	},
};

const char *
taste_kind_name(enum taste_kind kind)
{
	return kinds[kind].name;
}

bool
taste_kind_parse(const char *name, enum taste_kind *out)
{
	for (size_t i = TASTE_TRACK; i < ARRAY_LENGTH(kinds); i++) {
		if (strcmp(kinds[i].name, name) != 0)
			continue;
		*out = (enum taste_kind)i;
		return true;
	}
	return false;
}

/* ---- one thing ------------------------------------------------------------
 */

enum status
taste_get(struct store_session *session, int64_t user_id, enum taste_kind kind,
	  int64_t id, struct taste *out, struct fault *fault)
{
	struct taste *one;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = taste_get_many(session, user_id, kind, &id, 1, &arena, &one,
				fault);
	if (status == STATUS_OK)
		*out = *one;
	arena_release(&arena);
	return status;
}

/* A track that was merged into another is that one. */
static enum status
thing_kept(struct store_session *session, enum taste_kind kind, int64_t *id,
	   struct fault *fault)
{
	return kind == TASTE_TRACK ? tracks_kept(session, *id, id, fault) :
				     STATUS_OK;
}

static enum status
expect_thing(struct store_session *session, enum taste_kind kind, int64_t id,
	     struct fault *fault)
{
	int64_t found;
	enum status status = sql_query_int(session, kinds[kind].there,
					   SQL_ARGS(SQL_INT(id)), &found, NULL);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status, "there is no %s %lld",
				 kinds[kind].name, (long long)id);
	return status == STATUS_OK
		       ? STATUS_OK
		       : fault_set(fault, status, "cannot look for a %s",
				   kinds[kind].name);
}

enum status
favorites_add(struct store_session *session, int64_t user_id,
	      enum taste_kind kind, int64_t id, struct fault *fault)
{
	int64_t count = 0;
	enum status status = thing_kept(session, kind, &id, fault);

	if (status == STATUS_OK)
		status = expect_thing(session, kind, id, fault);
	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"select count(*) from favorites where user_id = $1 "
			"and kind = $2",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(kind)), &count,
			fault);
	if (status == STATUS_OK && count >= FAVORITES_OF_ONE_MAX)
		return fault_set(fault, STATUS_FULL,
				 "nobody has more than %d favourites of a kind",
				 FAVORITES_OF_ONE_MAX);
	if (status != STATUS_OK)
		return status;
	return sql_exec(session,
			"insert into favorites (user_id, kind, entity_id, "
			"created_at) values ($1, $2, $3, $4) "
			"on conflict (user_id, kind, entity_id) do nothing",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(kind), SQL_INT(id),
				 SQL_INT(clock_now_ms())),
			NULL, fault);
}

enum status
favorites_remove(struct store_session *session, int64_t user_id,
		 enum taste_kind kind, int64_t id, struct fault *fault)
{
	enum status status = thing_kept(session, kind, &id, fault);

	return status != STATUS_OK ? status :
		sql_exec(session,
			"delete from favorites where user_id = $1 "
			"and kind = $2 and entity_id = $3",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(kind), SQL_INT(id)),
			NULL, fault);
}

enum status
ratings_set(struct store_session *session, int64_t user_id,
	    enum taste_kind kind, int64_t id, int32_t rating,
	    struct fault *fault)
{
	enum status status;

	if (rating < 0 || rating > 5)
		return fault_field(fault, STATUS_INVALID, "rating",
				   "a rating is 1 to 5");
	status = thing_kept(session, kind, &id, fault);
	if (status != STATUS_OK)
		return status;
	if (rating == 0)
		return sql_exec(
			session,
			"delete from ratings where user_id = $1 "
			"and kind = $2 and entity_id = $3",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(kind), SQL_INT(id)),
			NULL, fault);
	status = expect_thing(session, kind, id, fault);
	if (status != STATUS_OK)
		return status;
	return sql_exec(session,
			"insert into ratings (user_id, kind, entity_id, "
			"rating, updated_at) values ($1, $2, $3, $4, $5) "
			"on conflict (user_id, kind, entity_id) do update "
			"set rating = excluded.rating, "
			"updated_at = excluded.updated_at",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(kind), SQL_INT(id),
				 SQL_INT(rating), SQL_INT(clock_now_ms())),
			NULL, fault);
}

/* ---- many things ----------------------------------------------------------
 */

/* What `before` + "(ids) and user_id = … and kind = …" gives, rows of (id,
 * number), goes to the places of their ids. */
static enum status
fill_in(struct store_session *session, const char *before, bool is_rating,
	int64_t user_id, enum taste_kind kind, const int64_t *ids, size_t count,
	struct taste *out, struct fault *fault)
{
	struct sql_value args[IDS_AT_ONCE + 2];
	struct store_rows *rows;
	struct buffer sql;
	size_t given;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, before);
	given = id_list(&sql, ids, count, args);
	buffer_print(&sql, ") and user_id = $%zu and kind = $%zu", given + 1,
		     given + 2);
	args[given] = SQL_INT(user_id);
	args[given + 1] = SQL_INT(kind);
	status = sql_query(session, sql.bytes, args, given + 2, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);
		int64_t number = sql_column_int(rows, 1);

		for (size_t i = 0; i < count; i++) {
			if (ids[i] != id)
				continue;
			if (is_rating)
				out[i].rating = (int32_t)number;
			else
				out[i].favorited_at_ms = number;
		}
	}
	sql_end(rows);
	buffer_release(&sql);
	return status;
}

enum status
taste_get_many(struct store_session *session, int64_t user_id,
	       enum taste_kind kind, const int64_t *ids, size_t count,
	       struct arena *arena, struct taste **out, struct fault *fault)
{
	struct taste *tastes = arena_new(arena, struct taste, count + 1);
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK && user_id != 0;
	     i += IDS_AT_ONCE) {
		size_t some = count - i < IDS_AT_ONCE ? count - i : IDS_AT_ONCE;

		status = fill_in(session,
				 "select entity_id, created_at "
				 "from favorites where entity_id in (",
				 false, user_id, kind, ids + i, some,
				 tastes + i, fault);
		if (status == STATUS_OK)
			status = fill_in(session,
					 "select entity_id, rating "
					 "from ratings where entity_id in (",
					 true, user_id, kind, ids + i, some,
					 tastes + i, fault);
	}
	if (status == STATUS_OK)
		*out = tastes;
	return status;
}

static const struct page_sort newest_first = { "-id",
					       { { NULL, false } },
					       true };

static enum status
times_read(struct store_session *session, const int64_t *favorites,
	   size_t count, int64_t *ids, int64_t *times_ms, struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = STATUS_OK;

	if (count > 0)
		status = query_by_ids(session,
				      "select id, entity_id, created_at "
				      "from favorites where id in ",
				      "", favorites, count, &rows, fault);
	while (status == STATUS_OK && rows != NULL &&
	       sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);

		for (size_t i = 0; i < count; i++) {
			if (favorites[i] != id)
				continue;
			ids[i] = sql_column_int(rows, 1);
			times_ms[i] = sql_column_int(rows, 2);
		}
	}
	sql_end(rows);
	return status;
}

enum status
favorites_list(struct store_session *session, int64_t user_id,
	       enum taste_kind kind, const struct page_request *page,
	       struct arena *arena, int64_t *ids, int64_t *times_ms,
	       size_t *count, struct page_info *info, struct fault *fault)
{
	struct page_query query = {
		.from = "favorites t",
		.id = "t.id",
		.visible = kinds[kind].visible,
		.sorts = &newest_first,
		.known_total = -1,
	};
	int64_t favorites[PAGE_LIMIT_MAX];
	struct page_info read;
	size_t found = 0;
	enum status status;

	page_filter(&query, "t.user_id = ?", "t.user_id = ?", SQL_INT(user_id));
	page_filter(&query, "t.kind = ?", "t.kind = ?", SQL_INT(kind));
	if (page->cursor == NULL)
		status = sql_query_int(
			session,
			arena_print(arena,
				    "select count(*) from favorites t where "
				    "t.user_id = $1 and t.kind = $2 and %s",
				    query.visible),
			SQL_ARGS(SQL_INT(user_id), SQL_INT(kind)),
			&query.known_total, fault);
	else
		status = STATUS_OK;
	if (status == STATUS_OK)
		status = page_read(session, &query, page, arena, favorites,
				   &found, &read, fault);
	if (status == STATUS_OK)
		status = times_read(session, favorites, found, ids, times_ms,
				    fault);
	if (status == STATUS_OK) {
		*count = found;
		*info = read;
	}
	return status;
}

enum status
favorites_count(struct store_session *session, enum taste_kind kind, int64_t id,
		int64_t *out, struct fault *fault)
{
	return sql_query_int(session,
			     "select count(*) from favorites "
			     "where kind = $1 and entity_id = $2",
			     SQL_ARGS(SQL_INT(kind), SQL_INT(id)), out, fault);
}

enum status
favorites_ids(struct store_session *session, int64_t user_id,
	      enum taste_kind kind, struct arena *arena, int64_t **ids,
	      size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	int64_t *list, most = 0;
	size_t found = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from favorites where user_id = $1 "
		"and kind = $2",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(kind)), &most, fault);

	if (status != STATUS_OK)
		return status;
	list = arena_new(arena, int64_t, (size_t)most + 1);
	status = sql_query(
		session,
		"select entity_id from favorites where user_id = $1 "
		"and kind = $2 order by id desc limit $3",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(kind), SQL_INT(most)), &rows,
		fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		list[found++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK) {
		*ids = list;
		*count = found;
	}
	return status;
}

enum status
ratings_all(struct store_session *session, int64_t user_id,
	    enum taste_kind kind, struct arena *arena, struct rated **out,
	    size_t *count, struct fault *fault)
{
	struct store_rows *rows;
	struct rated *list;
	int64_t most = 0;
	size_t found = 0;
	enum status status = sql_query_int(
		session,
		"select count(*) from ratings where user_id = $1 "
		"and kind = $2",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(kind)), &most, fault);

	if (status != STATUS_OK)
		return status;
	list = arena_new(arena, struct rated, (size_t)most + 1);
	status = sql_query(
		session,
		"select entity_id, rating from ratings "
		"where user_id = $1 and kind = $2 "
		"order by entity_id limit $3",
		SQL_ARGS(SQL_INT(user_id), SQL_INT(kind), SQL_INT(most)), &rows,
		fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		list[found++] =
			(struct rated){ sql_column_int(rows, 0),
					(int32_t)sql_column_int(rows, 1) };
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

enum status
taste_forget_thing(struct store_session *session, enum taste_kind kind,
		   int64_t id, struct fault *fault)
{
	enum status status =
		sql_exec(session,
			 "delete from favorites where kind = $1 "
			 "and entity_id = $2",
			 SQL_ARGS(SQL_INT(kind), SQL_INT(id)), NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(session,
			"delete from ratings where kind = $1 "
			"and entity_id = $2",
			SQL_ARGS(SQL_INT(kind), SQL_INT(id)), NULL, fault);
}
