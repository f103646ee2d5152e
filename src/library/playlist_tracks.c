/* playlist_tracks.c - see playlist_tracks.h.
 *
 * Invariants: places of one playlist differ from each other; a new entry gets
 * one between its neighbours', PLACE_GAP away from the last when it goes to an
 * end. Where two neighbours have no room between them, all entries of the
 * playlist are spread anew, which happens after some forty inserts at one spot.
 * While entries are moved they are marked (MOVING is added to hidden), so that
 * the rest can be counted without them; no mark outlives its transaction. */
#include "library/playlist_tracks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"

#define PLACE_GAP ((int64_t)1 << 40)
#define PLACE_FARTHEST ((int64_t)1 << 61)
#define INSERT_AT_ONCE 50
#define MOVING 2

/* ---- edits as a whole -----------------------------------------------------
 */

struct edit {
	struct store_session *session;
	int64_t playlist_id;
	int64_t entries; /* hidden ones too, before the edit */

	/* What the edit adds to the counters. */
	int64_t tracks, hidden, duration_ms;
};

static enum status
edit_check(struct store_rows *rows, int64_t expected_version, struct edit *edit,
	   struct fault *fault)
{
	int64_t version = sql_column_int(rows, 0);

	if (expected_version != 0 && expected_version != version)
		return fault_field(fault, STATUS_CONFLICT, "expected_version",
				   "the playlist is at version %lld by now",
				   (long long)version);
	if (!sql_column_null(rows, 3))
		return fault_field(fault, STATUS_CONFLICT, "rules",
				   "a playlist of rules chooses its tracks "
				   "itself");
	edit->entries = sql_column_int(rows, 1) + sql_column_int(rows, 2);
	return STATUS_OK;
}

static enum status
edit_begin(struct edit *edit, int64_t expected_version, struct fault *fault)
{
	struct store_rows *rows;
	enum status status =
		sql_query(edit->session,
			  "select version, track_count, hidden_count, rules "
			  "from playlists where id = $1",
			  SQL_ARGS(SQL_INT(edit->playlist_id)), &rows, fault);

	if (status == STATUS_OK) {
		if (sql_next(rows, &status, fault))
			status =
				edit_check(rows, expected_version, edit, fault);
		else if (status == STATUS_OK)
			status = fault_set(fault, STATUS_NOT_FOUND,
					   "there is no such playlist");
	}
	sql_end(rows);
	return status;
}

static enum status
edit_end(const struct edit *edit, struct playlist_state *out,
	 struct fault *fault)
{
	struct store_rows *rows;
	enum status status = sql_query(
		edit->session,
		"update playlists set version = version + 1, "
		"track_count = track_count + $1, "
		"hidden_count = hidden_count + $2, "
		"duration_ms = duration_ms + $3, updated_at = $4 "
		"where id = $5 returning version, track_count, duration_ms",
		SQL_ARGS(SQL_INT(edit->tracks), SQL_INT(edit->hidden),
			 SQL_INT(edit->duration_ms), SQL_INT(clock_now_ms()),
			 SQL_INT(edit->playlist_id)),
		&rows, fault);

	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct playlist_state){
			.version = sql_column_int(rows, 0),
			.track_count = sql_column_int(rows, 1),
			.duration_ms = sql_column_int(rows, 2),
		};
	sql_end(rows);
	return status;
}

/* ---- places ---------------------------------------------------------------
 */

/* Between which places something goes. */
struct opening {
	bool has_before, has_after;
	int64_t before, after;
};

static enum status
place_find(const struct edit *edit, const char *sql, int64_t argument,
	   bool *found, int64_t *out, struct fault *fault)
{
	enum status status = sql_query_int(
		edit->session, sql,
		SQL_ARGS(SQL_INT(edit->playlist_id), SQL_INT(argument)), out,
		NULL);

	*found = status == STATUS_OK;
	if (status == STATUS_OK || status == STATUS_NOT_FOUND)
		return STATUS_OK;
	return fault_set(fault, status, "cannot find a place in a playlist");
}

static enum status
opening_at(const struct edit *edit, int64_t position, struct opening *out,
	   struct fault *fault)
{
	enum status status = STATUS_OK;

	*out = (struct opening){ .after = INT64_MAX };
	if (position >= 0)
		status = place_find(edit,
				    "select place from playlist_tracks "
				    "where playlist_id = $1 and hidden = 0 "
				    "order by place, id limit 1 offset $2",
				    position, &out->has_after, &out->after,
				    fault);
	if (status == STATUS_OK && !out->has_after)
		out->after = INT64_MAX;
	if (status == STATUS_OK)
		status = place_find(edit,
				    "select place from playlist_tracks "
				    "where playlist_id = $1 and hidden < 2 "
				    "and place < $2 order by place desc, "
				    "id desc limit 1",
				    out->after, &out->has_before, &out->before,
				    fault);
	return status;
}

/* False: there is no room for `count`. */
static bool
opening_divide(const struct opening *opening, size_t count, int64_t *first,
	       int64_t *step)
{
	int64_t many = (int64_t)count;

	*step = PLACE_GAP;
	if (opening->has_before && opening->has_after) {
		*step = (opening->after - opening->before) / (many + 1);
		*first = opening->before + *step;
		return *step > 0;
	}
	*first = opening->has_before  ? opening->before + PLACE_GAP
		 : opening->has_after ? opening->after - many * PLACE_GAP
				      : 0;
	return *first > -PLACE_FARTHEST &&
	       *first + many * PLACE_GAP < PLACE_FARTHEST;
}

static enum status
spread_anew(const struct edit *edit, struct fault *fault)
{
	return sql_exec(
		edit->session,
		"update playlist_tracks set place = n.nth * $1 "
		"from (select id, row_number() over "
		"(order by place, id) as nth from playlist_tracks "
		"where playlist_id = $2) n "
		"where playlist_tracks.id = n.id",
		SQL_ARGS(SQL_INT(PLACE_GAP), SQL_INT(edit->playlist_id)), NULL,
		fault);
}

/* Room for `count` entries so that the first of them is at `position`. */
static enum status
places_find(const struct edit *edit, int64_t position, size_t count,
	    int64_t *first, int64_t *step, struct fault *fault)
{
	struct opening opening;
	enum status status = opening_at(edit, position, &opening, fault);

	if (status != STATUS_OK || opening_divide(&opening, count, first, step))
		return status;
	status = spread_anew(edit, fault);
	if (status == STATUS_OK)
		status = opening_at(edit, position, &opening, fault);
	if (status == STATUS_OK &&
	    !opening_divide(&opening, count, first, step))
		return fault_set(fault, STATUS_FULL,
				 "there is no room for %zu entries", count);
	return status;
}

/* ---- reading --------------------------------------------------------------
 */

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

/* ---- adding ---------------------------------------------------------------
 */

/* A track that somebody wants to add, once for each id. */
struct wanted {
	int64_t id, duration_ms;
	bool known;  /* a visible track */
	bool inside; /* in the playlist, or named before */
};

struct wanted_set {
	struct wanted *items; /* by id */
	size_t count;
};

static int
wanted_compare(const void *a, const void *b)
{
	int64_t left = ((const struct wanted *)a)->id;
	int64_t right = ((const struct wanted *)b)->id;

	return (left > right) - (left < right);
}

static struct wanted *
wanted_find(const struct wanted_set *set, int64_t id)
{
	struct wanted key = { .id = id };

	return bsearch(&key, set->items, set->count, sizeof key,
		       wanted_compare);
}

static void
wanted_gather(struct wanted_set *set, const int64_t *ids, size_t count,
	      struct arena *arena)
{
	size_t kept = 0;

	set->items = arena_new(arena, struct wanted, count + 1);
	for (size_t i = 0; i < count; i++)
		set->items[i].id = ids[i];
	qsort(set->items, count, sizeof *set->items, wanted_compare);
	for (size_t i = 0; i < count; i++) {
		if (i == 0 || set->items[i].id != set->items[kept - 1].id)
			set->items[kept++] = set->items[i];
	}
	set->count = kept;
}

static enum status
wanted_look(const struct wanted_set *set, struct store_session *session,
	    const int64_t *ids, size_t count, struct fault *fault)
{
	struct store_rows *rows;
	enum status status = query_by_ids(
		session,
		"select id, duration_ms from tracks where visible = 1 "
		"and id in ",
		"", ids, count, &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct wanted *one = wanted_find(set, sql_column_int(rows, 0));

		one->known = true;
		one->duration_ms = sql_column_int(rows, 1);
	}
	sql_end(rows);
	return status;
}

static enum status
wanted_look_inside(const struct wanted_set *set, const struct edit *edit,
		   const int64_t *ids, size_t count, struct fault *fault)
{
	struct sql_value args[IDS_AT_ONCE + 1];
	struct store_rows *rows;
	struct buffer sql;
	size_t given;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, "select distinct track_id from playlist_tracks "
			      "where track_id in (");
	given = id_list(&sql, ids, count, args);
	buffer_print(&sql, ") and playlist_id = $%zu", given + 1);
	args[given] = SQL_INT(edit->playlist_id);
	status = sql_query(edit->session, sql.bytes, args, given + 1, &rows,
			   fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		wanted_find(set, sql_column_int(rows, 0))->inside = true;
	sql_end(rows);
	buffer_release(&sql);
	return status;
}

static enum status
wanted_read(struct wanted_set *set, const struct edit *edit,
	    const struct playlist_addition *addition, bool inside_too,
	    struct arena *arena, struct fault *fault)
{
	int64_t *ids = arena_new(arena, int64_t, addition->count + 1);
	enum status status = STATUS_OK;

	wanted_gather(set, addition->track_ids, addition->count, arena);
	for (size_t i = 0; i < set->count; i++)
		ids[i] = set->items[i].id;
	for (size_t i = 0; i < set->count && status == STATUS_OK;
	     i += IDS_AT_ONCE) {
		size_t some = set->count - i < IDS_AT_ONCE ? set->count - i
							   : IDS_AT_ONCE;

		status = wanted_look(set, edit->session, ids + i, some, fault);
		if (status == STATUS_OK && inside_too)
			status = wanted_look_inside(set, edit, ids + i, some,
						    fault);
	}
	return status;
}

/* Decides for every id what becomes of it; gives the ids to put in. */
static int64_t *
wanted_choose(struct wanted_set *set, const struct playlist_addition *addition,
	      struct arena *arena, struct playlist_added *out,
	      struct edit *edit)
{
	int64_t *chosen = arena_new(arena, int64_t, addition->count + 1);

	out->duplicates = arena_new(arena, int64_t, addition->count + 1);
	out->unknown = arena_new(arena, int64_t, addition->count + 1);
	for (size_t i = 0; i < addition->count; i++) {
		struct wanted *one = wanted_find(set, addition->track_ids[i]);

		if (!one->known) {
			out->unknown[out->unknown_count++] = one->id;
			continue;
		}
		if (one->inside && addition->duplicates != DUPLICATES_ADD) {
			out->duplicates[out->duplicate_count++] = one->id;
			continue;
		}
		one->inside = true;
		chosen[out->added++] = one->id;
		edit->duration_ms += one->duration_ms;
	}
	edit->tracks += (int64_t)out->added;
	return chosen;
}

static enum status
rows_insert(const struct edit *edit, const int64_t *track_ids, size_t count,
	    int64_t place, int64_t step, int64_t added_by, struct fault *fault)
{
	struct sql_value args[3 + 2 * INSERT_AT_ONCE] = {
		SQL_INT(edit->playlist_id),
		sql_int_or_null(added_by, added_by != 0),
		SQL_INT(clock_now_ms()),
	};
	size_t given = 3;
	struct buffer sql;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, "insert into playlist_tracks (playlist_id, "
			      "added_by, added_at, track_id, place, hidden) "
			      "values ");
	for (size_t i = 0; i < count; i++) {
		buffer_print(&sql, "%s($1, $2, $3, $%zu, $%zu, 0)",
			     i == 0 ? "" : ", ", given + 1, given + 2);
		args[given++] = SQL_INT(track_ids[i]);
		args[given++] = SQL_INT(place + (int64_t)i * step);
	}
	status = sql_post(edit->session, sql.bytes, args, given, fault);
	buffer_release(&sql);
	return status;
}

/* The ids of what was put between two places. */
static enum status
item_ids_read(const struct edit *edit, int64_t first, int64_t last,
	      struct playlist_added *out, struct arena *arena,
	      struct fault *fault)
{
	struct store_rows *rows;
	size_t found = 0;
	enum status status = sql_query(
		edit->session,
		"select id from playlist_tracks where playlist_id = $1 "
		"and place >= $2 and place <= $3 order by place",
		SQL_ARGS(SQL_INT(edit->playlist_id), SQL_INT(first),
			 SQL_INT(last)),
		&rows, fault);

	out->item_ids = arena_new(arena, int64_t, out->added + 1);
	while (status == STATUS_OK && found < out->added &&
	       sql_next(rows, &status, fault))
		out->item_ids[found++] = sql_column_int(rows, 0);
	sql_end(rows);
	return status;
}

static enum status
tracks_insert(const struct edit *edit, const struct playlist_addition *addition,
	      const int64_t *track_ids, struct playlist_added *out,
	      struct arena *arena, struct fault *fault)
{
	int64_t first = 0, step = 0;
	enum status status;

	if (out->added == 0)
		return STATUS_OK;
	status = places_find(edit, addition->position, out->added, &first,
			     &step, fault);
	/* Few statements are prepared: whole rounds, then one at a time. */
	for (size_t i = 0; i < out->added && status == STATUS_OK;) {
		size_t some =
			out->added - i < INSERT_AT_ONCE ? 1 : INSERT_AT_ONCE;

		status = rows_insert(edit, track_ids + i, some,
				     first + (int64_t)i * step, step,
				     addition->added_by, fault);
		i += some;
	}
	if (status != STATUS_OK)
		return status;
	return item_ids_read(edit, first,
			     first + ((int64_t)out->added - 1) * step, out,
			     arena, fault);
}

static enum status
room_check(const struct edit *edit, size_t added, struct fault *fault)
{
	if (edit->entries + (int64_t)added > PLAYLIST_TRACKS_MAX)
		return fault_field(fault, STATUS_FULL, "track_ids",
				   "a playlist holds at most %d tracks",
				   PLAYLIST_TRACKS_MAX);
	return STATUS_OK;
}

enum status
playlist_tracks_add(struct store_session *session, int64_t playlist_id,
		    const struct playlist_addition *addition,
		    struct arena *arena, struct playlist_added *out,
		    struct fault *fault)
{
	struct edit edit = { .session = session, .playlist_id = playlist_id };
	struct playlist_added added = { 0 };
	struct wanted_set set = { 0 };
	int64_t *chosen;
	enum status status =
		edit_begin(&edit, addition->expected_version, fault);

	assert(addition->count <= PLAYLIST_EDIT_MAX);
	if (status == STATUS_OK)
		status = wanted_read(&set, &edit, addition,
				     addition->duplicates != DUPLICATES_ADD,
				     arena, fault);
	if (status != STATUS_OK)
		return status;
	chosen = wanted_choose(&set, addition, arena, &added, &edit);
	if (addition->duplicates == DUPLICATES_REPORT &&
	    added.duplicate_count > 0) {
		added.added = 0;
		*out = added;
		return fault_field(fault, STATUS_CONFLICT, "track_ids",
				   "%zu of these tracks are in it already",
				   added.duplicate_count);
	}
	status = room_check(&edit, added.added, fault);
	if (status == STATUS_OK)
		status = tracks_insert(&edit, addition, chosen, &added, arena,
				       fault);
	if (status == STATUS_OK)
		status = edit_end(&edit, &added.state, fault);
	if (status == STATUS_OK)
		*out = added;
	return status;
}

/* Takes all entries out, and their counts. */
static enum status
edit_clear(struct edit *edit, struct fault *fault)
{
	enum status status =
		sql_exec(edit->session,
			 "delete from playlist_tracks where playlist_id = $1",
			 SQL_ARGS(SQL_INT(edit->playlist_id)), NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(edit->session,
			"update playlists set track_count = 0, "
			"hidden_count = 0, duration_ms = 0 where id = $1",
			SQL_ARGS(SQL_INT(edit->playlist_id)), NULL, fault);
}

enum status
playlist_tracks_replace(struct store_session *session, int64_t playlist_id,
			const struct playlist_addition *addition,
			struct arena *arena, struct playlist_added *out,
			struct fault *fault)
{
	struct edit edit = { .session = session, .playlist_id = playlist_id };
	struct playlist_added added = { 0 };
	struct wanted_set set = { 0 };
	int64_t *chosen;
	enum status status =
		edit_begin(&edit, addition->expected_version, fault);

	assert(addition->count <= PLAYLIST_EDIT_MAX);
	if (status == STATUS_OK)
		status =
			wanted_read(&set, &edit, addition, false, arena, fault);
	if (status == STATUS_OK)
		status = edit_clear(&edit, fault);
	if (status != STATUS_OK)
		return status;
	chosen = wanted_choose(&set, addition, arena, &added, &edit);
	status = tracks_insert(&edit, addition, chosen, &added, arena, fault);
	if (status == STATUS_OK)
		status = edit_end(&edit, &added.state, fault);
	if (status == STATUS_OK)
		*out = added;
	return status;
}

/* ---- removing -------------------------------------------------------------
 */

/* Which of the entries are there, with what they add to the counters. */
static enum status
entries_weigh(struct edit *edit, const int64_t *ids, size_t count,
	      struct fault *fault)
{
	struct sql_value args[IDS_AT_ONCE + 1];
	struct store_rows *rows;
	struct buffer sql;
	size_t given;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, "select i.hidden, t.duration_ms "
			      "from playlist_tracks i "
			      "join tracks t on t.id = i.track_id "
			      "where i.id in (");
	given = id_list(&sql, ids, count, args);
	buffer_print(&sql, ") and i.playlist_id = $%zu", given + 1);
	args[given] = SQL_INT(edit->playlist_id);
	status = sql_query(edit->session, sql.bytes, args, given + 1, &rows,
			   fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		if (sql_column_int(rows, 0) != 0) {
			edit->hidden--;
			continue;
		}
		edit->tracks--;
		edit->duration_ms -= sql_column_int(rows, 1);
	}
	sql_end(rows);
	buffer_release(&sql);
	return status;
}

/* Runs `before` + "(ids) and playlist_id = …". */
static enum status
entries_exec(const struct edit *edit, const char *before, const int64_t *ids,
	     size_t count, int64_t *changed, struct fault *fault)
{
	struct sql_value args[IDS_AT_ONCE + 1];
	struct buffer sql;
	size_t given;
	enum status status;

	buffer_init(&sql, 0);
	buffer_print(&sql, "%s(", before);
	given = id_list(&sql, ids, count, args);
	buffer_print(&sql, ") and playlist_id = $%zu", given + 1);
	args[given] = SQL_INT(edit->playlist_id);
	status = sql_exec(edit->session, sql.bytes, args, given + 1, changed,
			  fault);
	buffer_release(&sql);
	return status;
}

static enum status
entries_remove(struct edit *edit, const int64_t *ids, size_t count,
	       size_t *removed, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i += IDS_AT_ONCE) {
		size_t some = count - i < IDS_AT_ONCE ? count - i : IDS_AT_ONCE;
		int64_t changed = 0;

		status = entries_weigh(edit, ids + i, some, fault);
		if (status == STATUS_OK)
			status = entries_exec(edit,
					      "delete from playlist_tracks "
					      "where id in ",
					      ids + i, some, &changed, fault);
		*removed += (size_t)changed;
	}
	return status;
}

enum status
playlist_tracks_remove(struct store_session *session, int64_t playlist_id,
		       const int64_t *item_ids, size_t count,
		       int64_t expected_version, size_t *removed,
		       struct playlist_state *out, struct fault *fault)
{
	struct edit edit = { .session = session, .playlist_id = playlist_id };
	size_t gone = 0;
	enum status status = edit_begin(&edit, expected_version, fault);

	if (status == STATUS_OK)
		status = entries_remove(&edit, item_ids, count, &gone, fault);
	if (status == STATUS_OK)
		status = edit_end(&edit, out, fault);
	if (status == STATUS_OK && removed != NULL)
		*removed = gone;
	return status;
}

/* ---- moving ---------------------------------------------------------------
 */

static enum status
entries_mark(const struct edit *edit, const int64_t *ids, size_t count,
	     int64_t *marked, struct fault *fault)
{
	enum status status = STATUS_OK;

	*marked = 0;
	for (size_t i = 0; i < count && status == STATUS_OK; i += IDS_AT_ONCE) {
		size_t some = count - i < IDS_AT_ONCE ? count - i : IDS_AT_ONCE;
		int64_t changed = 0;

		status = entries_exec(edit,
				      "update playlist_tracks set hidden = 2 "
				      "where hidden = 0 and id in ",
				      ids + i, some, &changed, fault);
		*marked += changed;
	}
	return status;
}

/* Gives the marked ones their places, in order, and takes the marks away. One
 * that was not marked (it is not there, or was placed already) takes none. */
static enum status
entries_place(const struct edit *edit, const int64_t *ids, size_t count,
	      int64_t place, int64_t step, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		int64_t changed = 0;

		status = sql_exec(edit->session,
				  "update playlist_tracks set place = $1, "
				  "hidden = 0 where id = $2 and hidden = 2 "
				  "and playlist_id = $3",
				  SQL_ARGS(SQL_INT(place), SQL_INT(ids[i]),
					   SQL_INT(edit->playlist_id)),
				  &changed, fault);
		if (changed > 0)
			place += step;
	}
	return status;
}

enum status
playlist_tracks_move(struct store_session *session, int64_t playlist_id,
		     const int64_t *item_ids, size_t count, int64_t to,
		     int64_t expected_version, int64_t *position,
		     struct playlist_state *out, struct fault *fault)
{
	struct edit edit = { .session = session, .playlist_id = playlist_id };
	int64_t first = 0, step = 0, marked = 0, stands = 0;
	enum status status = edit_begin(&edit, expected_version, fault);

	assert(count <= PLAYLIST_MOVE_MAX);
	if (status == STATUS_OK)
		status = entries_mark(&edit, item_ids, count, &marked, fault);
	if (status == STATUS_OK && marked == 0)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "these entries are not in the playlist");
	if (status == STATUS_OK)
		status = places_find(&edit, to, (size_t)marked, &first, &step,
				     fault);
	if (status == STATUS_OK)
		status = entries_place(&edit, item_ids, count, first, step,
				       fault);
	if (status == STATUS_OK)
		status = sql_query_int(
			session,
			"select count(*) from playlist_tracks "
			"where playlist_id = $1 and hidden = 0 "
			"and place < $2",
			SQL_ARGS(SQL_INT(playlist_id), SQL_INT(first)), &stands,
			fault);
	if (status == STATUS_OK)
		status = edit_end(&edit, out, fault);
	if (status == STATUS_OK)
		*position = stands;
	return status;
}

/* ---- arranging all --------------------------------------------------------
 */

struct standing {
	int64_t id, place;
	int64_t order; /* wanted; hidden ones follow the one before them */
	bool hidden, kept;
};

static int
standing_by_id(const void *a, const void *b)
{
	int64_t left = ((const struct standing *)a)->id;
	int64_t right = ((const struct standing *)b)->id;

	return (left > right) - (left < right);
}

/* By the wanted order, then as they stood. */
static int
standing_by_order(const void *a, const void *b)
{
	const struct standing *left = a, *right = b;

	if (left->order != right->order)
		return left->order < right->order ? -1 : 1;
	if (left->hidden != right->hidden)
		return left->hidden ? 1 : -1;
	return (left->place > right->place) - (left->place < right->place);
}

static enum status
standing_read(const struct edit *edit, struct arena *arena,
	      struct standing **out, size_t *count, struct fault *fault)
{
	struct standing *list =
		arena_new(arena, struct standing, (size_t)edit->entries + 1);
	struct store_rows *rows;
	size_t found = 0;
	enum status status =
		sql_query(edit->session,
			  "select id, place, hidden from playlist_tracks "
			  "where playlist_id = $1 order by place, id",
			  SQL_ARGS(SQL_INT(edit->playlist_id)), &rows, fault);

	while (status == STATUS_OK && found < (size_t)edit->entries &&
	       sql_next(rows, &status, fault))
		list[found++] = (struct standing){
			.id = sql_column_int(rows, 0),
			.place = sql_column_int(rows, 1),
			.hidden = sql_column_int(rows, 2) != 0,
			.order = -1,
		};
	sql_end(rows);
	*out = list;
	*count = found;
	return status;
}

/* Writes down where each goes; those not named and not hidden go away. */
static void
standing_order(struct standing *list, size_t count, const int64_t *item_ids,
	       size_t item_count, struct arena *arena)
{
	struct standing *by_id = arena_new(arena, struct standing, count + 1);
	int64_t anchor = -1;

	memcpy(by_id, list, count * sizeof *list);
	qsort(by_id, count, sizeof *by_id, standing_by_id);
	for (size_t i = 0; i < item_count; i++) {
		struct standing key = { .id = item_ids[i] };
		struct standing *one =
			bsearch(&key, by_id, count, sizeof key, standing_by_id);

		if (one != NULL && !one->hidden && one->order < 0)
			one->order = (int64_t)i;
	}
	for (size_t i = 0; i < count; i++) {
		const struct standing *one = bsearch(
			&list[i], by_id, count, sizeof list[i], standing_by_id);

		if (!list[i].hidden) {
			list[i].order = anchor = one->order;
			list[i].kept = one->order >= 0;
			/* What stood behind one that goes away: the end. */
			if (anchor < 0)
				anchor = INT64_MAX;
			continue;
		}
		list[i].order = anchor;
		list[i].kept = true;
	}
}

static enum status
standing_write(struct edit *edit, const struct standing *list, size_t count,
	       struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t place = 0;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (!list[i].kept)
			continue;
		place += PLACE_GAP;
		if (list[i].place != place)
			status = sql_post(
				edit->session,
				"update playlist_tracks "
				"set place = $1 where id = $2",
				SQL_ARGS(SQL_INT(place), SQL_INT(list[i].id)),
				fault);
	}
	return status;
}

enum status
playlist_tracks_arrange(struct store_session *session, int64_t playlist_id,
			const int64_t *item_ids, size_t count,
			int64_t expected_version, struct playlist_state *out,
			struct fault *fault)
{
	struct edit edit = { .session = session, .playlist_id = playlist_id };
	size_t standing_count = 0, leaving = 0, removed = 0;
	struct standing *list;
	struct arena arena;
	int64_t *gone;
	enum status status = edit_begin(&edit, expected_version, fault);

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	status = standing_read(&edit, &arena, &list, &standing_count, fault);
	if (status != STATUS_OK)
		goto out;
	standing_order(list, standing_count, item_ids, count, &arena);
	gone = arena_new(&arena, int64_t, standing_count + 1);
	for (size_t i = 0; i < standing_count; i++) {
		if (!list[i].kept)
			gone[leaving++] = list[i].id;
	}
	status = entries_remove(&edit, gone, leaving, &removed, fault);
	qsort(list, standing_count, sizeof *list, standing_by_order);
	if (status == STATUS_OK)
		status = standing_write(&edit, list, standing_count, fault);
	if (status == STATUS_OK)
		status = edit_end(&edit, out, fault);
out:
	arena_release(&arena);
	return status;
}

/* ---- following the library ------------------------------------------------
 */

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
