/* playlist_add.c - tracks put into a playlist; see playlist_tracks.h. */
#include "library/playlist_tracks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "library/page_private.h"
#include "library/playlist_edit_private.h"

#define INSERT_AT_ONCE 50

/* ---- adding -------------------------------------------------------------- */

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
wanted_look_inside(const struct wanted_set *set,
		   const struct playlist_edit *edit, const int64_t *ids,
		   size_t count, struct fault *fault)
{
	struct sql_value args[IDS_AT_ONCE + 1];
	struct store_rows *rows;
	struct buffer sql;
	size_t given;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, "select distinct track_id from playlist_tracks "
			      "where track_id in ");
	given = playlist_edit_ids(edit, ids, count, &sql, args);
	status = sql_query(edit->session, sql.bytes, args, given, &rows, fault);
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		wanted_find(set, sql_column_int(rows, 0))->inside = true;
	sql_end(rows);
	buffer_release(&sql);
	return status;
}

static enum status
wanted_read(struct wanted_set *set, const struct playlist_edit *edit,
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
	      struct playlist_edit *edit)
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
rows_insert(const struct playlist_edit *edit, const int64_t *track_ids,
	    size_t count, int64_t place, int64_t step, int64_t added_by,
	    struct fault *fault)
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
item_ids_read(const struct playlist_edit *edit, int64_t first, int64_t last,
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
tracks_insert(const struct playlist_edit *edit,
	      const struct playlist_addition *addition,
	      const int64_t *track_ids, struct playlist_added *out,
	      struct arena *arena, struct fault *fault)
{
	int64_t first = 0, step = 0;
	enum status status;

	if (out->added == 0)
		return STATUS_OK;
	status = playlist_places_find(edit, addition->position, out->added,
				      &first, &step, fault);
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

/* Puts the chosen ones in and ends the edit; *out is what was added then. */
static enum status
addition_end(const struct playlist_edit *edit,
	     const struct playlist_addition *addition, const int64_t *chosen,
	     struct playlist_added *added, struct arena *arena,
	     struct playlist_added *out, struct fault *fault)
{
	enum status status = tracks_insert(edit, addition, chosen, added, arena,
					   fault);

	if (status == STATUS_OK)
		status = playlist_edit_end(edit, &added->state, fault);
	if (status == STATUS_OK)
		*out = *added;
	return status;
}

static enum status
room_check(const struct playlist_edit *edit, size_t added, struct fault *fault)
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
	struct playlist_edit edit = { .session = session,
				      .playlist_id = playlist_id };
	struct playlist_added added = { 0 };
	struct wanted_set set = { 0 };
	int64_t *chosen;
	enum status status =
		playlist_edit_begin(&edit, addition->expected_version, fault);

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
		status = addition_end(&edit, addition, chosen, &added, arena,
				      out, fault);
	return status;
}

/* Takes all entries out, and their counts. */
static enum status
edit_clear(struct playlist_edit *edit, struct fault *fault)
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
	struct playlist_edit edit = { .session = session,
				      .playlist_id = playlist_id };
	struct playlist_added added = { 0 };
	struct wanted_set set = { 0 };
	int64_t *chosen;
	enum status status =
		playlist_edit_begin(&edit, addition->expected_version, fault);

	assert(addition->count <= PLAYLIST_EDIT_MAX);
	if (status == STATUS_OK)
		status =
			wanted_read(&set, &edit, addition, false, arena, fault);
	if (status == STATUS_OK)
		status = edit_clear(&edit, fault);
	if (status != STATUS_OK)
		return status;
	chosen = wanted_choose(&set, addition, arena, &added, &edit);
	return addition_end(&edit, addition, chosen, &added, arena, out, fault);
}
