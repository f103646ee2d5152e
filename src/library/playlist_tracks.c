/* playlist_tracks.c - a playlist's tracks read, and kept in step with the
 * library; see playlist_tracks.h. */
#include "library/playlist_tracks.h"

#include <string.h>

#include "library/page_private.h"

/* ---- reading ------------------------------------------------------------- */

static const struct page_sort by_place = { "place",
					   { { "t.place", false } },
					   false };

/* The rows of these entries, in their order; track ids beside. */
static enum status
entries_read(struct store_session *session, const int64_t *item_ids,
	     size_t count, int64_t *track_ids, struct playlist_entry *out,
	     struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = STATUS_OK;

	if (count > 0)
		status = query_by_ids(session,
				      "select id, track_id, added_at "
				      "from playlist_tracks where id in ",
				      "", item_ids, count, &rows, fault);
	while (status == STATUS_OK && rows != NULL &&
	       sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);

		for (size_t i = 0; i < count; i++) {
			if (item_ids[i] != id)
				continue;
			track_ids[i] = sql_column_int(rows, 1);
			out[i].item_id = id;
			out[i].added_at_ms = sql_column_int(rows, 2);
		}
	}
	sql_end(rows);
	return status;
}

/* Where the page begins. */
static enum status
first_position(struct store_session *session, int64_t playlist_id,
	       const struct page_request *page, int64_t first_item,
	       int64_t *out, struct fault *fault)
{
	*out = page->offset;
	if (page->cursor == NULL)
		return STATUS_OK;
	return sql_query_int(
		session,
		"select count(*) from playlist_tracks "
		"where playlist_id = $1 and hidden = 0 "
		"and place < (select place from playlist_tracks "
		"where id = $2)",
		SQL_ARGS(SQL_INT(playlist_id), SQL_INT(first_item)), out,
		fault);
}

static enum status
tracks_attach(struct store_session *session, const int64_t *track_ids,
	      struct arena *arena, struct playlist_entries *entries,
	      struct fault *fault)
{
	struct track *tracks;
	size_t found = 0, at = 0, kept = 0;
	enum status status = tracks_get_many(session, track_ids, entries->count,
					     arena, &tracks, &found, fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < entries->count && at < found; i++) {
		if (tracks[at].id != track_ids[i])
			continue;
		entries->items[kept] = entries->items[i];
		entries->items[kept++].track = tracks[at++];
	}
	entries->count = kept;
	return STATUS_OK;
}

enum status
playlist_tracks_list(struct store_session *session, int64_t playlist_id,
		     const struct page_request *page, struct arena *arena,
		     struct playlist_entries *out, struct fault *fault)
{
	struct page_query query = {
		.from = "playlist_tracks t",
		.id = "t.id",
		.visible = "t.hidden = 0",
		.sorts = &by_place,
		.known_total = -1,
	};
	int64_t ids[PAGE_LIMIT_MAX], track_ids[PAGE_LIMIT_MAX];
	struct playlist_entries list = { 0 };
	int64_t position = 0;
	enum status status = sql_query_int(
		session, "select track_count from playlists where id = $1",
		SQL_ARGS(SQL_INT(playlist_id)), &query.known_total, fault);

	page_filter(&query, "t.playlist_id = ?", "t.playlist_id = ?",
		    SQL_INT(playlist_id));
	if (status == STATUS_OK)
		status = page_read(session, &query, page, arena, ids,
				   &list.count, &list.page, fault);
	if (status != STATUS_OK)
		return status;
	list.items = arena_new(arena, struct playlist_entry, list.count + 1);
	status = entries_read(session, ids, list.count, track_ids, list.items,
			      fault);
	if (status == STATUS_OK && list.count > 0)
		status = first_position(session, playlist_id, page, ids[0],
					&position, fault);
	for (size_t i = 0; i < list.count; i++)
		list.items[i].position = position + (int64_t)i;
	if (status == STATUS_OK)
		status = tracks_attach(session, track_ids, arena, &list, fault);
	if (status == STATUS_OK)
		*out = list;
	return status;
}

enum status
playlist_tracks_ids(struct store_session *session, int64_t playlist_id,
		    struct arena *arena, int64_t **ids, size_t *count,
		    struct fault *fault)
{
	int64_t *list = arena_new(arena, int64_t, PLAYLIST_TRACKS_MAX);
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		session,
		"select track_id from playlist_tracks where playlist_id = $1 "
		"and hidden = 0 order by place, id",
		SQL_ARGS(SQL_INT(playlist_id)), &rows, fault);

	while (status == STATUS_OK && found < PLAYLIST_TRACKS_MAX &&
	       sql_next(rows, &status, fault))
		list[found++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK) {
		*ids = list;
		*count = found;
	}
	return status;
}

enum status
playlist_tracks_at(struct store_session *session, int64_t playlist_id,
		   int64_t position, int64_t *item_id, struct fault *fault)
{
	enum status status = sql_query_int(
		session,
		"select id from playlist_tracks where playlist_id = $1 "
		"and hidden = 0 order by place, id limit 1 offset $2",
		SQL_ARGS(SQL_INT(playlist_id), SQL_INT(position)), item_id,
		NULL);

	if (status == STATUS_NOT_FOUND)
		return fault_field(fault, status, "position",
				   "there is no entry at position %lld",
				   (long long)position);
	return status == STATUS_OK
		       ? STATUS_OK
		       : fault_set(fault, status, "cannot read a playlist");
}

/* ---- following the library ----------------------------------------------- */

/* What some changed tracks add to one playlist. */
struct playlist_sum {
	int64_t playlist_id, shown, duration_ms;
};

static const struct playlist_track_change *
change_of(const struct playlist_track_change *changes, size_t count,
	  int64_t track_id)
{
	for (size_t i = 0; i < count; i++) {
		if (changes[i].track_id == track_id)
			return &changes[i];
	}
	return NULL;
}

static enum status
sum_write(struct store_session *session, const struct playlist_sum *sum,
	  struct fault *fault)
{
	return sql_post(session,
			"update playlists set track_count = track_count + $1, "
			"hidden_count = hidden_count - $2, "
			"duration_ms = duration_ms + $3 where id = $4",
			SQL_ARGS(SQL_INT(sum->shown), SQL_INT(sum->shown),
				 SQL_INT(sum->duration_ms),
				 SQL_INT(sum->playlist_id)),
			fault);
}

/* The sums of all playlists that hold one of the tracks. */
static enum status
sums_read(struct store_session *session,
	  const struct playlist_track_change *changes, const int64_t *ids,
	  size_t count, struct buffer *sums, struct fault *fault)
{
	struct playlist_sum sum = { 0 };
	struct store_rows *rows;
	enum status status =
		query_by_ids(session,
			     "select playlist_id, track_id "
			     "from playlist_tracks "
			     "where track_id in ",
			     "order by playlist_id", ids, count, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		const struct playlist_track_change *change =
			change_of(changes, count, sql_column_int(rows, 1));
		int64_t playlist_id = sql_column_int(rows, 0);

		if (sum.playlist_id != 0 && sum.playlist_id != playlist_id)
			buffer_add(sums, &sum, sizeof sum);
		if (sum.playlist_id != playlist_id)
			sum = (struct playlist_sum){ .playlist_id =
							     playlist_id };
		if (change == NULL)
			continue;
		sum.shown += change->shown;
		sum.duration_ms += change->duration_ms;
	}
	sql_end(rows);
	if (status == STATUS_OK && sum.playlist_id != 0)
		buffer_add(sums, &sum, sizeof sum);
	return status;
}

static enum status
follow_some(struct store_session *session,
	    const struct playlist_track_change *changes, size_t count,
	    struct fault *fault)
{
	int64_t ids[IDS_AT_ONCE];
	struct sql_value args[IDS_AT_ONCE];
	struct buffer sums, sql;
	size_t given;
	enum status status;

	for (size_t i = 0; i < count; i++)
		ids[i] = changes[i].track_id;
	buffer_init(&sums, 0);
	buffer_init(&sql, 0);
	status = sums_read(session, changes, ids, count, &sums, fault);
	if (status != STATUS_OK || sums.length == 0)
		goto out;
	buffer_add_text(&sql, "update playlist_tracks set hidden = "
			      "(select 1 - t.visible from tracks t "
			      "where t.id = playlist_tracks.track_id) "
			      "where track_id in (");
	given = id_list(&sql, ids, count, args);
	buffer_add_char(&sql, ')');
	status = sql_post(session, sql.bytes, args, given, fault);
	for (size_t at = 0; at < sums.length && status == STATUS_OK;
	     at += sizeof(struct playlist_sum)) {
		struct playlist_sum sum;

		memcpy(&sum, sums.bytes + at, sizeof sum);
		status = sum_write(session, &sum, fault);
	}
out:
	buffer_release(&sql);
	buffer_release(&sums);
	return status;
}

enum status
playlist_tracks_follow(struct store_session *session,
		       const struct playlist_track_change *changes,
		       size_t count, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i += IDS_AT_ONCE) {
		size_t some = count - i < IDS_AT_ONCE ? count - i : IDS_AT_ONCE;

		status = follow_some(session, changes + i, some, fault);
	}
	return status;
}

enum status
playlist_tracks_check(struct store_session *session, struct fault *fault)
{
	static const char *const checks[] = {
		"select i.id from playlist_tracks i "
		"join tracks t on t.id = i.track_id "
		"where i.hidden <> 1 - t.visible limit 1",
		"select p.id from playlists p left join ("
		"select i.playlist_id, "
		"sum(case when i.hidden = 0 then 1 else 0 end) as n, "
		"sum(i.hidden) as h, "
		"sum(case when i.hidden = 0 then t.duration_ms else 0 end) "
		"as ms from playlist_tracks i "
		"join tracks t on t.id = i.track_id group by i.playlist_id) c "
		"on c.playlist_id = p.id where p.rules is null "
		"and (p.track_count <> coalesce(c.n, 0) "
		"or p.hidden_count <> coalesce(c.h, 0) "
		"or p.duration_ms <> coalesce(c.ms, 0)) limit 1",
		"select playlist_id from playlist_tracks "
		"group by playlist_id, place having count(*) > 1 limit 1",
		"select t.value from totals t join ("
		"select 'playlists' as k, count(*) as n from playlists "
		"union all select 'public_playlists', count(*) from playlists "
		"where visibility = 2) c on c.k = t.key "
		"where t.value <> c.n limit 1",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(checks); i++) {
		int64_t id = 0;
		enum status status = sql_query_int(session, checks[i],
						   SQL_NO_ARGS, &id, NULL);

		if (status == STATUS_OK)
			return fault_field(fault, STATUS_CORRUPT, "playlists",
					   "check %zu is wrong of %lld", i,
					   (long long)id);
		if (status != STATUS_NOT_FOUND)
			return fault_set(fault, status,
					 "cannot check the playlists: %s",
					 session->failure.message);
	}
	return STATUS_OK;
}
