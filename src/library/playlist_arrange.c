/* playlist_arrange.c - entries of a playlist taken out, moved and put in order;
 * see playlist_tracks.h. */
#include "library/playlist_tracks.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "library/page_private.h"
#include "library/playlist_edit_private.h"

/* ---- removing ------------------------------------------------------------ */

/* Which of the entries are there, with what they add to the counters. */
static enum status
entries_weigh(struct playlist_edit *edit, const int64_t *ids, size_t count,
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
			      "where i.id in ");
	given = playlist_edit_ids(edit, ids, count, &sql, args);
	status = sql_query(edit->session, sql.bytes, args, given, &rows, fault);
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
entries_exec(const struct playlist_edit *edit, const char *before,
	     const int64_t *ids, size_t count, int64_t *changed,
	     struct fault *fault)
{
	struct sql_value args[IDS_AT_ONCE + 1];
	struct buffer sql;
	size_t given;
	enum status status;

	buffer_init(&sql, 0);
	buffer_add_text(&sql, before);
	given = playlist_edit_ids(edit, ids, count, &sql, args);
	status = sql_exec(edit->session, sql.bytes, args, given, changed,
			  fault);
	buffer_release(&sql);
	return status;
}

static enum status
entries_remove(struct playlist_edit *edit, const int64_t *ids, size_t count,
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
	struct playlist_edit edit = { .session = session,
				      .playlist_id = playlist_id };
	size_t gone = 0;
	enum status status =
		playlist_edit_begin(&edit, expected_version, fault);

	if (status == STATUS_OK)
		status = entries_remove(&edit, item_ids, count, &gone, fault);
	if (status == STATUS_OK)
		status = playlist_edit_end(&edit, out, fault);
	if (status == STATUS_OK && removed != NULL)
		*removed = gone;
	return status;
}

/* ---- moving -------------------------------------------------------------- */

static enum status
entries_mark(const struct playlist_edit *edit, const int64_t *ids, size_t count,
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
entries_place(const struct playlist_edit *edit, const int64_t *ids,
	      size_t count, int64_t place, int64_t step, struct fault *fault)
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
	struct playlist_edit edit = { .session = session,
				      .playlist_id = playlist_id };
	int64_t first = 0, step = 0, marked = 0, stands = 0;
	enum status status =
		playlist_edit_begin(&edit, expected_version, fault);

	assert(count <= PLAYLIST_MOVE_MAX);
	if (status == STATUS_OK)
		status = entries_mark(&edit, item_ids, count, &marked, fault);
	if (status == STATUS_OK && marked == 0)
		status = fault_set(fault, STATUS_NOT_FOUND,
				   "these entries are not in the playlist");
	if (status == STATUS_OK)
		status = playlist_places_find(&edit, to, (size_t)marked, &first,
					      &step, fault);
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
		status = playlist_edit_end(&edit, out, fault);
	if (status == STATUS_OK)
		*position = stands;
	return status;
}

/* ---- arranging all ------------------------------------------------------- */

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
standing_read(const struct playlist_edit *edit, struct arena *arena,
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
standing_write(struct playlist_edit *edit, const struct standing *list,
	       size_t count, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t place = 0;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		if (!list[i].kept)
			continue;
		place += PLAYLIST_PLACE_GAP;
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
	struct playlist_edit edit = { .session = session,
				      .playlist_id = playlist_id };
	size_t standing_count = 0, leaving = 0, removed = 0;
	struct standing *list;
	struct arena arena;
	int64_t *gone;
	enum status status =
		playlist_edit_begin(&edit, expected_version, fault);

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
		status = playlist_edit_end(&edit, out, fault);
out:
	arena_release(&arena);
	return status;
}
