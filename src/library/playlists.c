/* playlists.c - see playlists.h. */
#include "library/playlists.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/fold.h"
#include "driver/search.h"
#include "library/covers_private.h"
#include "library/outbox.h"
#include "library/page_private.h"
#include "library/pattern.h"
#include "library/taste.h"

#define TITLE_KEY_BYTES 32
#define TOKEN_BYTES 18 /* 24 letters of base64url */

static const char *const visibility_names[] = { "private", "unlisted",
						"public" };

const char *
playlist_visibility_name(enum playlist_visibility visibility)
{
	return visibility_names[visibility];
}

bool
playlist_visibility_parse(const char *name, enum playlist_visibility *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(visibility_names); i++) {
		if (strcmp(visibility_names[i], name) != 0)
			continue;
		*out = (enum playlist_visibility)i;
		return true;
	}
	return false;
}

bool
playlist_shows(const struct playlist *playlist, int64_t user_id,
	       const char *token)
{
	const char *own = playlist->link_token;

	if (playlist->visibility == PLAYLIST_PUBLIC ||
	    (user_id != 0 && user_id == playlist->owner_id))
		return true;
	return playlist->visibility == PLAYLIST_UNLISTED && token != NULL &&
	       own != NULL && strlen(token) == strlen(own) &&
	       bytes_equal_secret(token, own, strlen(own));
}

/* ---- reading --------------------------------------------------------------
 */

#define COLUMNS                                                                \
	"select t.id, t.owner_id, u.username, t.title, t.description, "        \
	"t.visibility, t.link_token, t.rules, c.id, c.blob_key, t.version, "   \
	"t.track_count, t.hidden_count, t.duration_ms, t.play_count, "         \
	"t.created_at, t.updated_at from playlists t "                         \
	"join users u on u.id = t.owner_id "                                   \
	"left join covers c on c.id = t.cover_id "

static void
playlist_read(struct store_rows *rows, struct arena *arena,
	      void *thing)
{
	struct playlist *out = thing;

	*out = (struct playlist){
		.id = sql_column_int(rows, 0),
		.owner_id = sql_column_int(rows, 1),
		.owner = sql_column_text(rows, 2, arena),
		.title = sql_column_text(rows, 3, arena),
		.description = sql_column_text(rows, 4, arena),
		.visibility = (enum playlist_visibility)sql_column_int(rows, 5),
		.link_token = sql_column_text(rows, 6, arena),
		.rules = sql_column_text(rows, 7, arena),
		.cover = cover_ref_read(rows, 8),
		.version = sql_column_int(rows, 10),
		.track_count = sql_column_int(rows, 11),
		.hidden_count = sql_column_int(rows, 12),
		.duration_ms = sql_column_int(rows, 13),
		.play_count = sql_column_int(rows, 14),
		.created_at_ms = sql_column_int(rows, 15),
		.updated_at_ms = sql_column_int(rows, 16),
	};
}

/* Album pictures of the first entries, each once. */
static enum status
mosaic_read(struct store_session *session, struct playlist *playlist,
	    struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		session,
		"select c.id, c.blob_key, a.id from (select track_id, place, "
		"id from playlist_tracks where playlist_id = $1 "
		"and hidden = 0 order by place, id limit 40) i "
		"join tracks t on t.id = i.track_id "
		"join albums a on a.id = t.album_id "
		"join covers c on c.id = a.cover_id order by i.place, i.id",
		SQL_ARGS(SQL_INT(playlist->id)), &rows, fault);

	while (status == STATUS_OK &&
	       playlist->mosaic_count < PLAYLIST_MOSAIC_MAX &&
	       sql_next(rows, &status, fault)) {
		struct cover_ref cover = cover_ref_read(rows, 0);
		size_t seen = 0;

		while (seen < playlist->mosaic_count &&
		       playlist->mosaic[seen].id != cover.id)
			seen++;
		if (seen < playlist->mosaic_count)
			continue;
		playlist->mosaic_albums[seen] = sql_column_int(rows, 2);
		playlist->mosaic[playlist->mosaic_count++] = cover;
	}
	sql_end(rows);
	return status;
}

static enum status
playlist_find(struct store_session *session, const char *sql,
	      struct sql_value key, struct arena *arena, struct playlist *out,
	      struct fault *fault)
{
	struct playlist found = { 0 };
	enum status status;

	status = row_find(session, sql, &key, 1, playlist_read, arena, &found,
			  fault, "there is no such playlist");
	if (status == STATUS_OK)
		status = mosaic_read(session, &found, fault);
	if (status == STATUS_OK)
		*out = found;
	return status;
}

enum status
playlists_get(struct store_session *session, int64_t id, struct arena *arena,
	      struct playlist *out, struct fault *fault)
{
	return playlist_find(session, COLUMNS "where t.id = $1", SQL_INT(id),
			     arena, out, fault);
}

enum status
playlists_of_token(struct store_session *session, const char *token,
		   struct arena *arena, struct playlist *out,
		   struct fault *fault)
{
	enum status status =
		playlist_find(session, COLUMNS "where t.link_token = $1",
			      sql_text(token), arena, out, fault);

	if (status == STATUS_OK && !playlist_shows(out, 0, token))
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such playlist");
	return status;
}

enum status
playlists_get_many(struct store_session *session, int64_t viewer_id,
		   const int64_t *ids, size_t count, struct arena *arena,
		   struct playlist **out, size_t *out_count,
		   struct fault *fault)
{
	struct playlist *read = arena_new(arena, struct playlist, count + 1);
	struct playlist *list = arena_new(arena, struct playlist, count + 1);
	size_t read_count = 0, found = 0;
	struct store_rows *rows = NULL;
	enum status status = STATUS_OK;

	assert(count <= PAGE_LIMIT_MAX);
	if (count > 0)
		status = query_by_ids(session, COLUMNS "where t.id in ", "",
				      ids, count, &rows, fault);
	while (status == STATUS_OK && rows != NULL && read_count < count &&
	       sql_next(rows, &status, fault)) {
		playlist_read(rows, arena, &read[read_count]);
		if (playlist_shows(&read[read_count], viewer_id, NULL))
			read_count++;
	}
	sql_end(rows);
	for (size_t i = 0; i < read_count && status == STATUS_OK; i++)
		status = mosaic_read(session, &read[i], fault);
	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < read_count; k++) {
			if (read[k].id == ids[i])
				list[found++] = read[k];
		}
	}
	*out = list;
	*out_count = found;
	return STATUS_OK;
}

/* ---- lists ----------------------------------------------------------------
 */

static const struct page_sort sorts[PLAYLIST_SORTS] = {
	[PLAYLISTS_BY_TITLE] = { "title", { { "t.title_key", true } }, false },
	[PLAYLISTS_BY_UPDATED_DESC] = { "-updated_at",
					{ { "t.updated_at", false } },
					true },
	[PLAYLISTS_BY_CREATED_DESC] = { "-created_at",
					{ { "t.created_at", false } },
					true },
	[PLAYLISTS_BY_PLAYS_DESC] = { "-popularity",
				      { { "t.play_count", false } },
				      true },
};

bool
playlist_sort_parse(const char *name, enum playlist_sort *out)
{
	size_t sort;

	if (!page_sort_parse(sorts, PLAYLIST_SORTS, name, &sort))
		return false;
	*out = (enum playlist_sort)sort;
	return true;
}

static void
same_filter(struct page_query *query, const char *condition,
	    struct sql_value value)
{
	page_filter(query, condition, condition, value);
}

static void
filters_add(struct page_query *query, const struct playlist_filter *filter,
	    struct arena *arena)
{
	if (!filter->see_all && filter->owner_id != 0 &&
	    filter->owner_id == filter->viewer_id)
		; /* one's own: all of them */
	else if (!filter->see_all && filter->viewer_id != 0)
		same_filter(query, "(t.visibility = 2 or t.owner_id = ?)",
			    SQL_INT(filter->viewer_id));
	else if (!filter->see_all)
		same_filter(query, "t.visibility = 2", SQL_NULL);
	if (filter->owner_id != 0)
		same_filter(query, "t.owner_id = ?", SQL_INT(filter->owner_id));
	if (filter->others_only)
		same_filter(query, "t.owner_id <> ?",
			    SQL_INT(filter->viewer_id));
	if (filter->kinds == PLAYLISTS_BY_HAND)
		same_filter(query, "t.rules is null", SQL_NULL);
	else if (filter->kinds == PLAYLISTS_BY_RULES)
		same_filter(query, "t.rules is not null", SQL_NULL);
	if (filter->visibility != NULL)
		same_filter(query, "t.visibility = ?",
			    SQL_INT(*filter->visibility));
	if (filter->text != NULL)
		same_filter(query, "t.title @matches@ (@any@ || ? || @any@)",
			    sql_text(pattern_of(arena, filter->text)));
}

enum status
playlists_list(struct store_session *session,
	       const struct playlist_filter *filter, enum playlist_sort sort,
	       const struct page_request *page, struct arena *arena,
	       struct playlist_list *out, struct fault *fault)
{
	struct page_query query = {
		.from = "playlists t",
		.id = "t.id",
		.visible = "t.version > 0",
		.all_key = "playlists",
		.sorts = sorts,
		.sort = sort,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX];
	struct playlist_list list = { 0 };
	size_t count = 0;
	enum status status;

	filters_add(&query, filter, arena);
	status = page_read(session, &query, page, arena, ids, &count,
			   &list.page, fault);
	if (status == STATUS_OK && filter->see_all) {
		list.items = arena_new(arena, struct playlist, count + 1);
		for (; list.count < count && status == STATUS_OK; list.count++)
			status = playlists_get(session, ids[list.count], arena,
					       &list.items[list.count], fault);
	} else if (status == STATUS_OK) {
		status = playlists_get_many(session, filter->viewer_id, ids,
					    count, arena, &list.items,
					    &list.count, fault);
	}
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
playlists_hidden_of(struct store_session *session, int64_t owner_id,
		    size_t limit, struct arena *arena, struct playlist **out,
		    size_t *count, struct fault *fault)
{
	struct playlist *list = arena_new(arena, struct playlist, limit);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select t.id, t.title, t.description, u.username, t.play_count "
		"from playlists t join users u on u.id = t.owner_id "
		"where t.owner_id = $1 and t.visibility < 2 "
		"order by t.updated_at desc, t.id desc limit $2",
		SQL_ARGS(SQL_INT(owner_id), SQL_INT(limit)), &rows, fault);

	while (status == STATUS_OK && found < limit &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct playlist){
			.id = sql_column_int(rows, 0),
			.owner_id = owner_id,
			.title = sql_column_text(rows, 1, arena),
			.description = sql_column_text(rows, 2, arena),
			.owner = sql_column_text(rows, 3, arena),
			.play_count = sql_column_int(rows, 4),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = list;
		*count = found;
	}
	return status;
}

/* ---- changes --------------------------------------------------------------
 */

static struct sql_value
title_key(struct arena *arena, const char *title)
{
	struct span key = fold_sort_key(arena, title);

	return sql_bytes(key.at, key.length < TITLE_KEY_BYTES
					 ? key.length
					 : TITLE_KEY_BYTES);
}

static enum status
title_check(const char *title, struct fault *fault)
{
	size_t length = strlen(title);

	if (length == 0 || strspn(title, " \t\r\n") == length)
		return fault_field(fault, STATUS_INVALID, "title",
				   "a playlist needs a title");
	if (length > PLAYLIST_TITLE_MAX_BYTES || !utf8_valid(title, length))
		return fault_field(fault, STATUS_INVALID, "title",
				   "a title has at most %d bytes",
				   PLAYLIST_TITLE_MAX_BYTES);
	return STATUS_OK;
}

static enum status
description_check(const char *description, struct fault *fault)
{
	if (description == NULL)
		return STATUS_OK;
	if (strlen(description) > PLAYLIST_TEXT_MAX_BYTES ||
	    !utf8_valid(description, strlen(description)))
		return fault_field(fault, STATUS_INVALID, "description",
				   "a description has at most %d bytes",
				   PLAYLIST_TEXT_MAX_BYTES);
	return STATUS_OK;
}

static const char *
token_new(struct arena *arena)
{
	uint8_t bytes[TOKEN_BYTES];
	struct buffer text;
	const char *token;

	random_bytes(bytes, sizeof bytes);
	buffer_init(&text, 0);
	base64url_add(&text, bytes, sizeof bytes);
	token = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return token;
}

static enum status
totals_add(struct store_session *session, int64_t all, int64_t public_ones,
	   struct fault *fault)
{
	enum status status = STATUS_OK;

	if (all != 0)
		status = sql_post(session,
				  "update totals set value = value + $1 "
				  "where key = 'playlists'",
				  SQL_ARGS(SQL_INT(all)), fault);
	if (status == STATUS_OK && public_ones != 0)
		status = sql_post(session,
				  "update totals set value = value + $1 "
				  "where key = 'public_playlists'",
				  SQL_ARGS(SQL_INT(public_ones)), fault);
	return status;
}

static enum status
room_check(struct store_session *session, int64_t owner_id, struct fault *fault)
{
	int64_t count = 0;
	enum status status = sql_query_int(
		session, "select count(*) from playlists where owner_id = $1",
		SQL_ARGS(SQL_INT(owner_id)), &count, fault);

	if (status == STATUS_OK && count >= PLAYLISTS_OF_ONE_MAX)
		return fault_set(fault, STATUS_FULL,
				 "nobody has more than %d playlists",
				 PLAYLISTS_OF_ONE_MAX);
	return status;
}

static enum status
draft_insert(struct store_session *session, const struct playlist_draft *draft,
	     struct arena *arena, int64_t *id, struct fault *fault)
{
	const char *token = draft->visibility == PLAYLIST_UNLISTED
				    ? token_new(arena)
				    : NULL;

	return sql_query_int(
		session,
		"insert into playlists (owner_id, title, title_key, "
		"description, visibility, link_token, rules, version, "
		"track_count, hidden_count, duration_ms, play_count, "
		"created_at, updated_at) values ($1, $2, $3, $4, $5, $6, $7, "
		"1, 0, 0, 0, 0, $8, $9) returning id",
		SQL_ARGS(SQL_INT(draft->owner_id), sql_text(draft->title),
			 title_key(arena, draft->title),
			 sql_text(draft->description),
			 SQL_INT(draft->visibility), sql_text(token),
			 sql_text(draft->rules), SQL_INT(clock_now_ms()),
			 SQL_INT(clock_now_ms())),
		id, fault);
}

enum status
playlists_add(struct store_session *session, const struct playlist_draft *draft,
	      int64_t *id, struct fault *fault)
{
	bool is_public = draft->visibility == PLAYLIST_PUBLIC;
	struct arena arena;
	int64_t made = 0;
	enum status status = title_check(draft->title, fault);

	if (status == STATUS_OK)
		status = description_check(draft->description, fault);
	if (status == STATUS_OK)
		status = room_check(session, draft->owner_id, fault);
	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	status = draft_insert(session, draft, &arena, &made, fault);
	if (status == STATUS_OK)
		status = totals_add(session, 1, is_public, fault);
	if (status == STATUS_OK && is_public)
		status = outbox_add(session, SEARCH_PLAYLIST, made, fault);
	arena_release(&arena);
	if (status == STATUS_OK)
		*id = made;
	return status;
}

static enum status
change_check(const struct playlist *before,
	     const struct playlist_change *change, struct fault *fault)
{
	if (change->expected_version != 0 &&
	    change->expected_version != before->version)
		return fault_field(fault, STATUS_CONFLICT, "expected_version",
				   "the playlist is at version %lld by now",
				   (long long)before->version);
	if (change->rules != NULL && *change->rules != NULL &&
	    before->rules == NULL &&
	    before->track_count + before->hidden_count > 0)
		return fault_field(fault, STATUS_CONFLICT, "rules",
				   "a playlist that holds tracks cannot get "
				   "rules: make a new one");
	if (change->title != NULL &&
	    title_check(change->title, fault) != STATUS_OK)
		return STATUS_INVALID;
	return change->description == NULL
		       ? STATUS_OK
		       : description_check(*change->description, fault);
}

/* What stands in the row after the change. */
static void
change_apply(struct playlist *row, const struct playlist_change *change,
	     struct arena *arena)
{
	if (change->title != NULL)
		row->title = change->title;
	if (change->description != NULL)
		row->description = *change->description;
	if (change->visibility != NULL)
		row->visibility = *change->visibility;
	if (change->cover_id != NULL)
		row->cover.id = *change->cover_id;
	if (change->rules != NULL &&
	    (*change->rules == NULL) != (row->rules == NULL))
		row->track_count = row->duration_ms = 0;
	if (change->rules != NULL)
		row->rules = *change->rules;
	if (row->visibility == PLAYLIST_PRIVATE)
		row->link_token = NULL;
	else if (change->new_link || (row->link_token == NULL &&
				      row->visibility == PLAYLIST_UNLISTED))
		row->link_token = token_new(arena);
}

static enum status
row_write(struct store_session *session, const struct playlist *row,
	  struct arena *arena, struct fault *fault)
{
	return sql_exec(
		session,
		"update playlists set title = $1, title_key = $2, "
		"description = $3, visibility = $4, link_token = $5, "
		"rules = $6, cover_id = $7, track_count = $8, "
		"duration_ms = $9, updated_at = $10, "
		"version = version + 1 where id = $11",
		SQL_ARGS(sql_text(row->title), title_key(arena, row->title),
			 sql_text(row->description), SQL_INT(row->visibility),
			 sql_text(row->link_token), sql_text(row->rules),
			 sql_int_or_null(row->cover.id, row->cover.id != 0),
			 SQL_INT(row->track_count), SQL_INT(row->duration_ms),
			 SQL_INT(clock_now_ms()), SQL_INT(row->id)),
		NULL, fault);
}

enum status
playlists_change(struct store_session *session, int64_t id,
		 const struct playlist_change *change, struct fault *fault)
{
	struct playlist row;
	struct arena arena;
	bool was_public, is_public;
	enum status status;

	arena_init(&arena);
	status = playlists_get(session, id, &arena, &row, fault);
	if (status == STATUS_OK)
		status = change_check(&row, change, fault);
	if (status != STATUS_OK)
		goto out;
	was_public = row.visibility == PLAYLIST_PUBLIC;
	change_apply(&row, change, &arena);
	is_public = row.visibility == PLAYLIST_PUBLIC;
	status = row_write(session, &row, &arena, fault);
	if (status == STATUS_OK)
		status = totals_add(session, 0, is_public - was_public, fault);
	if (status == STATUS_OK && (is_public || was_public))
		status = outbox_add(session, SEARCH_PLAYLIST, id, fault);
out:
	arena_release(&arena);
	return status;
}

enum status
playlists_remove(struct store_session *session, int64_t id, struct fault *fault)
{
	static const char *const statements[] = {
		"delete from playlist_tracks where playlist_id = $1",
		("delete from play_contexts where kind = 'playlist' "
		 "and entity_id = $1"),
		"delete from playlists where id = $1",
	};
	int64_t visibility = 0;
	enum status status = sql_query_int(
		session, "select visibility from playlists where id = $1",
		SQL_ARGS(SQL_INT(id)), &visibility, NULL);

	if (status == STATUS_NOT_FOUND)
		return fault_set(fault, status, "there is no such playlist");
	if (status == STATUS_OK)
		status = taste_forget_thing(session, TASTE_PLAYLIST, id, fault);
	for (size_t i = 0; i < ARRAY_LENGTH(statements) && status == STATUS_OK;
	     i++)
		status = sql_exec(session, statements[i], SQL_ARGS(SQL_INT(id)),
				  NULL, fault);
	if (status == STATUS_OK)
		status = totals_add(session, -1,
				    -(visibility == PLAYLIST_PUBLIC), fault);
	if (status == STATUS_OK && visibility == PLAYLIST_PUBLIC)
		status = outbox_add(session, SEARCH_PLAYLIST, id, fault);
	return status;
}

enum status
playlists_count_plays(struct store_session *session, int64_t id, int64_t plays,
		      struct fault *fault)
{
	int64_t now = 0;
	enum status status = sql_query_int(
		session,
		"update playlists set play_count = play_count + $1 "
		"where id = $2 returning case when visibility = 2 "
		"then play_count else 0 end",
		SQL_ARGS(SQL_INT(plays), SQL_INT(id)), &now, NULL);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status != STATUS_OK)
		return fault_set(fault, status, "cannot count a play");
	/* Search orders by steps of popularity: only those matter to it. */
	if (now == 0 || search_popularity_step((double)now) ==
				search_popularity_step((double)(now - plays)))
		return STATUS_OK;
	return outbox_add(session, SEARCH_PLAYLIST, id, fault);
}

enum status
playlists_note_counts(struct store_session *session, int64_t id,
		      int64_t track_count, int64_t duration_ms,
		      struct fault *fault)
{
	return sql_exec(session,
			"update playlists set track_count = $1, "
			"duration_ms = $2 where id = $3 "
			"and rules is not null",
			SQL_ARGS(SQL_INT(track_count), SQL_INT(duration_ms),
				 SQL_INT(id)),
			NULL, fault);
}
