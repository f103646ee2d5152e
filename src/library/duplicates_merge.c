/* duplicates_merge.c - one track in place of others, and the way back; see
 * duplicates.h.
 *
 * What goes over from one track to another is a table of moves. Most are one
 * column of a row: the statement that finds the rows, and the one that changes
 * what a row names when it still names what it was left with. Playlists have
 * counters besides, and what somebody heard is a sum. */
#include "library/duplicates.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "library/catalogue_private.h"
#include "library/duplicates_private.h"
#include "library/taste.h"

enum merge_move { /* kept in the store */
	MOVE_FAVORITE = 1,
	MOVE_RATING,
	MOVE_QUEUE_ITEM,
	MOVE_JINGLE,
	MOVE_PLAYLIST_ENTRY,
	MOVE_HEARD,
};

struct merge {
	struct catalogue *catalogue;
	struct store_session *session;
	int64_t group_id, kept_id, other_id;
	int64_t kept_ms, other_ms; /* their lengths */
};

/* A row that goes over, or went. */
struct move {
	const char *row;
	int64_t value, kept_value;
};

static enum status
move_note(const struct merge *merge, enum merge_move what,
	  const struct move *move, struct fault *fault)
{
	return sql_post(merge->session,
			"insert into duplicate_moves (group_id, what, row, "
			"track_id, value, kept_value) "
			"values ($1, $2, $3, $4, $5, $6)",
			SQL_ARGS(SQL_INT(merge->group_id), SQL_INT(what),
				 sql_text(move->row), SQL_INT(merge->other_id),
				 SQL_INT(move->value),
				 SQL_INT(move->kept_value)),
			fault);
}

/* ---- rows with one name in them ------------------------------------------------ */

/* `find`: $1 the other track, $2 the kept one; gives row and value. `change`: $1
 * the row, $2 what it names, $3 what it shall name. `unchanged`: added to it on
 * the way back, $4 the value. */
static const struct plain_move {
	enum merge_move what;
	bool number; /* the row's name is one */
	const char *find, *change, *unchanged;
} plain_moves[] = {
	{ MOVE_FAVORITE, true,
	  "select f.id, 0 from favorites f where f.kind = 1 "
	  "and f.entity_id = $1 and not exists (select 1 from favorites k "
	  "where k.user_id = f.user_id and k.kind = 1 and k.entity_id = $2)",
	  "update favorites set entity_id = $3 where id = $1 "
	  "and entity_id = $2", "" },
	{ MOVE_RATING, true,
	  "select f.user_id, f.updated_at from ratings f where f.kind = 1 "
	  "and f.entity_id = $1 and not exists (select 1 from ratings k "
	  "where k.user_id = f.user_id and k.kind = 1 and k.entity_id = $2)",
	  "update ratings set entity_id = $3 where user_id = $1 "
	  "and kind = 1 and entity_id = $2", " and updated_at = $4" },
	{ MOVE_QUEUE_ITEM, false,
	  "select id, 0 from queue_items where track_id = $1 "
	  "and track_id <> $2",
	  "update queue_items set track_id = $3 where id = $1 "
	  "and track_id = $2", "" },
	{ MOVE_JINGLE, true,
	  "select id, 0 from channel_jingles where track_id = $1 "
	  "and track_id <> $2",
	  "update channel_jingles set track_id = $3 where id = $1 "
	  "and track_id = $2", "" },
};
_Static_assert(TASTE_TRACK == 1, "it stands in the statements above");

static struct sql_value
row_name(const struct plain_move *plain, const char *row)
{
	int64_t number = 0;

	if (!plain->number)
		return sql_text(row);
	span_to_i64(span_of(row), &number);
	return SQL_INT(number);
}

static enum status
plain_change(const struct merge *merge, const struct plain_move *plain,
	     const struct move *move, bool back, struct fault *fault)
{
	const struct sql_value args[] = {
		row_name(plain, move->row),
		SQL_INT(back ? merge->kept_id : merge->other_id),
		SQL_INT(back ? merge->other_id : merge->kept_id),
		SQL_INT(move->value),
	};
	bool guarded = back && plain->unchanged[0] != '\0';
	char sql[256];

	snprintf(sql, sizeof sql, "%s%s", plain->change,
		 guarded ? plain->unchanged : "");
	return sql_exec(merge->session, sql, args, guarded ? 4 : 3, NULL,
			fault);
}

/* The rows that a statement gives: row, value, kept value. */
static enum status
moves_read(const struct merge *merge, const char *sql,
	   const struct sql_value *args, size_t arg_count, int columns,
	   struct buffer *out, struct fault *fault)
{
	struct arena *arena = &merge->catalogue->arena;
	struct store_rows *rows;
	enum status status = sql_query(merge->session, sql, args, arg_count,
				       &rows, fault);

	while (status == STATUS_OK && sql_next(rows, &status, fault)) {
		struct move move = {
			.row = sql_column_text(rows, 0, arena),
			.value = sql_column_int(rows, 1),
			.kept_value = columns > 2 ? sql_column_int(rows, 2) : 0,
		};

		buffer_add(out, &move, sizeof move);
	}
	sql_end(rows);
	return status;
}

/* What is done with each of these rows. */
typedef enum status move_work(const struct merge *merge, const void *how,
			      const struct move *move, struct fault *fault);

static enum status
moves_each(const struct merge *merge, const struct buffer *moves,
	   move_work *work, const void *how, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t at = 0; at < moves->length && status == STATUS_OK;
	     at += sizeof(struct move)) {
		struct move move;

		memcpy(&move, moves->bytes + at, sizeof move);
		status = work(merge, how, &move, fault);
	}
	return status;
}

static enum status
plain_over(const struct merge *merge, const void *how, const struct move *move,
	   struct fault *fault)
{
	const struct plain_move *plain = how;
	enum status status = move_note(merge, plain->what, move, fault);

	return status == STATUS_OK ?
		       plain_change(merge, plain, move, false, fault) : status;
}

static enum status
plain_back(const struct merge *merge, const void *how, const struct move *move,
	   struct fault *fault)
{
	return plain_change(merge, how, move, true, fault);
}

/* ---- playlists ----------------------------------------------------------------- */

/* An entry names another track: the playlist is another one. */
static enum status
entry_change(const struct merge *merge, const struct move *move, int64_t from,
	     int64_t to, struct fault *fault)
{
	int64_t id = 0;

	span_to_i64(span_of(move->row), &id);
	return sql_exec(merge->session,
			"update playlist_tracks set track_id = $3 "
			"where id = $1 and track_id = $2",
			SQL_ARGS(SQL_INT(id), SQL_INT(from), SQL_INT(to)),
			NULL, fault);
}

static enum status
playlist_count(const struct merge *merge, int64_t playlist_id,
	       int64_t shown, int64_t duration_ms, struct fault *fault)
{
	return sql_exec(merge->session,
			"update playlists set version = version + 1, "
			"track_count = track_count + $2, "
			"hidden_count = hidden_count - $3, "
			"duration_ms = duration_ms + $4, updated_at = $5 "
			"where id = $1",
			SQL_ARGS(SQL_INT(playlist_id), SQL_INT(shown),
				 SQL_INT(shown), SQL_INT(duration_ms),
				 SQL_INT(merge->catalogue->now_ms)),
			NULL, fault);
}

/* Where the kept track is in already, the entry of the other one stays and is
 * hidden with its track. */
static enum status
entry_over(const struct merge *merge, const void *how, const struct move *move,
	   struct fault *fault)
{
	enum status status = move_note(merge, MOVE_PLAYLIST_ENTRY, move, fault);

	(void)how;
	if (status == STATUS_OK)
		status = entry_change(merge, move, merge->other_id,
				      merge->kept_id, fault);
	return status == STATUS_OK ?
		       playlist_count(merge, move->value, 0,
				      merge->kept_ms - merge->other_ms, fault) :
		       status;
}

/* The entry goes back hidden; it is shown when its track is, at the end of the
 * transaction (playlist_tracks_follow()). */
static enum status
entry_back(const struct merge *merge, const void *how, const struct move *move,
	   struct fault *fault)
{
	int64_t id = 0, hidden = 0;
	enum status status;

	(void)how;
	span_to_i64(span_of(move->row), &id);
	status = sql_query_int(merge->session,
			       "select hidden from playlist_tracks "
			       "where id = $1 and track_id = $2",
			       SQL_ARGS(SQL_INT(id), SQL_INT(merge->kept_id)),
			       &hidden, NULL);
	if (status == STATUS_NOT_FOUND)
		return STATUS_OK; /* somebody took it out since */
	if (status == STATUS_OK)
		status = entry_change(merge, move, merge->kept_id,
				      merge->other_id, fault);
	if (status == STATUS_OK)
		status = sql_exec(merge->session,
				  "update playlist_tracks set hidden = 1 "
				  "where id = $1",
				  SQL_ARGS(SQL_INT(id)), NULL, fault);
	return status == STATUS_OK ?
		       playlist_count(merge, move->value, hidden ? 0 : -1,
				      hidden ? 0 : -merge->kept_ms, fault) :
		       status;
}

#define ENTRIES_FIND                                                       \
	"select p.id, p.playlist_id from playlist_tracks p "               \
	"where p.track_id = $1 and not exists (select 1 from "             \
	"playlist_tracks k where k.playlist_id = p.playlist_id "           \
	"and k.track_id = $2) order by p.id"

/* ---- what people heard ------------------------------------------------------------- */

/* value: plays and kept_value: when the kept one was heard last, before. */
#define HEARD_FIND                                                         \
	"select u.user_id, u.plays, coalesce(k.last_played_at, 0) "        \
	"from user_tracks u left join user_tracks k "                      \
	"on k.user_id = u.user_id and k.track_id = $2 where u.track_id = $1"

static enum status
heard_over(const struct merge *merge, const void *how, const struct move *move,
	   struct fault *fault)
{
	int64_t user_id = 0;
	enum status status = move_note(merge, MOVE_HEARD, move, fault);

	(void)how;
	span_to_i64(span_of(move->row), &user_id);
	if (status == STATUS_OK)
		status = sql_exec(
			merge->session,
			"insert into user_tracks (user_id, track_id, plays, "
			"last_played_at) select user_id, $3, plays, "
			"last_played_at from user_tracks where user_id = $1 "
			"and track_id = $2 "
			"on conflict (user_id, track_id) do update "
			"set plays = user_tracks.plays + excluded.plays, "
			"last_played_at = case when "
			"user_tracks.last_played_at > excluded.last_played_at "
			"then user_tracks.last_played_at "
			"else excluded.last_played_at end",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(merge->other_id),
				 SQL_INT(merge->kept_id)),
			NULL, fault);
	return status;
}

/* The other's own row stayed as it was: it is out of sight with its track. */
static enum status
heard_back(const struct merge *merge, const void *how, const struct move *move,
	   struct fault *fault)
{
	int64_t user_id = 0;
	enum status status;

	(void)how;
	span_to_i64(span_of(move->row), &user_id);
	status = sql_exec(merge->session,
			  "update user_tracks set plays = plays - $3 "
			  "where user_id = $1 and track_id = $2",
			  SQL_ARGS(SQL_INT(user_id), SQL_INT(merge->kept_id),
				   SQL_INT(move->value)),
			  NULL, fault);
	if (status == STATUS_OK && move->kept_value > 0)
		status = sql_exec(
			merge->session,
			"update user_tracks set last_played_at = $3 "
			"where user_id = $1 and track_id = $2 "
			"and last_played_at = (select o.last_played_at "
			"from user_tracks o where o.user_id = $1 "
			"and o.track_id = $4)",
			SQL_ARGS(SQL_INT(user_id), SQL_INT(merge->kept_id),
				 SQL_INT(move->kept_value),
				 SQL_INT(merge->other_id)),
			NULL, fault);
	if (status == STATUS_OK)
		status = sql_exec(merge->session,
				  "delete from user_tracks where user_id = $1 "
				  "and track_id = $2 and plays <= 0",
				  SQL_ARGS(SQL_INT(user_id),
					   SQL_INT(merge->kept_id)),
				  NULL, fault);
	return status;
}

/* ---- all of them ---------------------------------------------------------------------- */

static const struct special_move {
	enum merge_move what;
	int columns;
	const char *find;
	move_work *over, *back;
} special_moves[] = {
	{ MOVE_PLAYLIST_ENTRY, 2, ENTRIES_FIND, entry_over, entry_back },
	{ MOVE_HEARD, 3, HEARD_FIND, heard_over, heard_back },
};

static enum status
found_over(const struct merge *merge, const char *find, int columns,
	   move_work *over, const void *how, struct fault *fault)
{
	struct buffer moves;
	enum status status;

	buffer_init(&moves, 0);
	status = moves_read(merge, find,
			    SQL_ARGS(SQL_INT(merge->other_id),
				     SQL_INT(merge->kept_id)),
			    columns, &moves, fault);
	if (status == STATUS_OK)
		status = moves_each(merge, &moves, over, how, fault);
	buffer_release(&moves);
	return status;
}

static enum status
noted_back(const struct merge *merge, enum merge_move what, move_work *back,
	   const void *how, struct fault *fault)
{
	struct buffer moves;
	enum status status;

	buffer_init(&moves, 0);
	status = moves_read(merge,
			    "select row, value, kept_value "
			    "from duplicate_moves where group_id = $1 "
			    "and what = $2 and track_id = $3 order by id desc",
			    SQL_ARGS(SQL_INT(merge->group_id), SQL_INT(what),
				     SQL_INT(merge->other_id)),
			    3, &moves, fault);
	if (status == STATUS_OK)
		status = moves_each(merge, &moves, back, how, fault);
	buffer_release(&moves);
	return status;
}

static enum status
all_over(const struct merge *merge, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(plain_moves) &&
			   status == STATUS_OK; i++)
		status = found_over(merge, plain_moves[i].find, 2, plain_over,
				    &plain_moves[i], fault);
	for (size_t i = 0; i < ARRAY_LENGTH(special_moves) &&
			   status == STATUS_OK; i++)
		status = found_over(merge, special_moves[i].find,
				    special_moves[i].columns,
				    special_moves[i].over, NULL, fault);
	return status;
}

static enum status
all_back(const struct merge *merge, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(plain_moves) &&
			   status == STATUS_OK; i++)
		status = noted_back(merge, plain_moves[i].what, plain_back,
				    &plain_moves[i], fault);
	for (size_t i = 0; i < ARRAY_LENGTH(special_moves) &&
			   status == STATUS_OK; i++)
		status = noted_back(merge, special_moves[i].what,
				    special_moves[i].back, NULL, fault);
	return status;
}

/* ---- the tracks themselves --------------------------------------------------------------- */

/* Plays of the other are added to the kept one, or taken off again: while it is
 * merged, nothing is counted for the other. */
static enum status
plays_add(const struct merge *merge, int sign, struct fault *fault)
{
	int64_t album_id = 0;
	enum status status = sql_exec(
		merge->session,
		"update tracks set play_count = play_count + $2 * "
		"(select o.play_count from tracks o where o.id = $3), "
		"popularity = popularity + $4 * "
		"(select o.popularity from tracks o where o.id = $5), "
		"updated_at = $6 where id = $1",
		SQL_ARGS(SQL_INT(merge->kept_id), SQL_INT(sign),
			 SQL_INT(merge->other_id), SQL_INT(sign),
			 SQL_INT(merge->other_id),
			 SQL_INT(merge->catalogue->now_ms)),
		NULL, fault);

	if (status == STATUS_OK)
		status = sql_query_int(merge->session,
				       "select coalesce(album_id, 0) "
				       "from tracks where id = $1",
				       SQL_ARGS(SQL_INT(merge->kept_id)),
				       &album_id, fault);
	if (status != STATUS_OK)
		return status;
	if (album_id != 0)
		delta_of(merge->catalogue, DELTA_ALBUM, album_id, 0, 0);
	delta_of(merge->catalogue, DELTA_TRACK_CHANGED, merge->kept_id, 0, 0);
	return STATUS_OK;
}

static enum status
merged_into_set(const struct merge *merge, int64_t kept_id,
		struct fault *fault)
{
	enum status status = sql_exec(
		merge->session,
		"update tracks set merged_into = $2 where id = $1",
		SQL_ARGS(SQL_INT(merge->other_id),
			 sql_int_or_null(kept_id, kept_id != 0)),
		NULL, fault);

	if (status != STATUS_OK)
		return status;
	return sql_exec(merge->session,
			"insert into totals (key, value) values ('merges', 1) "
			"on conflict (key) do update "
			"set value = totals.value + 1",
			SQL_NO_ARGS, NULL, fault);
}

static enum status
track_over(const struct merge *merge, struct fault *fault)
{
	enum status status = all_over(merge, fault);

	if (status == STATUS_OK)
		status = plays_add(merge, 1, fault);
	if (status == STATUS_OK)
		status = tracks_set_hidden(merge->catalogue, &merge->other_id,
					   1, true, NULL, fault);
	if (status == STATUS_OK)
		status = merged_into_set(merge, merge->kept_id, fault);
	return status;
}

static enum status
track_back(const struct merge *merge, struct fault *fault)
{
	enum status status = all_back(merge, fault);

	if (status == STATUS_OK)
		status = plays_add(merge, -1, fault);
	if (status == STATUS_OK)
		status = merged_into_set(merge, 0, fault);
	if (status == STATUS_OK)
		status = tracks_set_hidden(merge->catalogue, &merge->other_id,
					   1, false, NULL, fault);
	return status;
}

/* ---- a group -------------------------------------------------------------------------------- */

static const struct duplicate_track *
track_of(const struct duplicate_group *group, int64_t id)
{
	for (size_t i = 0; i < group->count; i++)
		if (group->tracks[i].track.id == id)
			return &group->tracks[i];
	return NULL;
}

static enum status
merge_check(const struct duplicate_group *group, int64_t keep,
	    struct fault *fault)
{
	const struct duplicate_track *kept = track_of(group, keep);
	size_t others = 0;

	if (group->state != DUPLICATES_OPEN)
		return fault_field(fault, STATUS_CONFLICT, "state",
				   "this group was decided about already");
	if (kept == NULL || !kept->visible)
		return fault_field(fault, STATUS_INVALID, "keep",
				   "track %lld is not there to be kept",
				   (long long)keep);
	for (size_t i = 0; i < group->count; i++)
		others += group->tracks[i].visible &&
			  group->tracks[i].track.id != keep;
	if (others == 0)
		return fault_field(fault, STATUS_CONFLICT, "state",
				   "the other tracks have left the library: "
				   "there is nothing to merge");
	return STATUS_OK;
}

enum status
duplicates_merge(struct catalogue *catalogue,
		 const struct duplicate_decision *decision,
		 struct fault *fault)
{
	struct merge merge = {
		.catalogue = catalogue,
		.session = catalogue->session,
		.group_id = decision->group_id,
		.kept_id = decision->track_id,
	};
	struct duplicate_group group;
	enum status status;

	assert(catalogue->session != NULL);
	status = duplicates_get(merge.session, merge.group_id,
				&catalogue->arena, &group, fault);
	if (status == STATUS_OK)
		status = merge_check(&group, merge.kept_id, fault);
	if (status != STATUS_OK)
		return status;
	merge.kept_ms = track_of(&group, merge.kept_id)->track.duration_ms;
	for (size_t i = 0; i < group.count && status == STATUS_OK; i++) {
		const struct duplicate_track *other = &group.tracks[i];

		if (!other->visible || other->track.id == merge.kept_id)
			continue;
		merge.other_id = other->track.id;
		merge.other_ms = other->track.duration_ms;
		status = track_over(&merge, fault);
	}
	if (status == STATUS_OK)
		status = duplicates_decide(merge.session, decision,
					   DUPLICATES_MERGED, merge.kept_id,
					   catalogue->now_ms, fault);
	return status;
}

static enum status
unmerge(struct catalogue *catalogue, const struct duplicate_group *group,
	struct fault *fault)
{
	struct merge merge = {
		.catalogue = catalogue,
		.session = catalogue->session,
		.group_id = group->id,
		.kept_id = group->kept_id,
	};
	int64_t further = 0;
	enum status status = sql_query_int(
		merge.session,
		"select coalesce(merged_into, 0) from tracks where id = $1",
		SQL_ARGS(SQL_INT(merge.kept_id)), &further, fault);

	if (status == STATUS_OK && further != 0)
		return fault_field(fault, STATUS_CONFLICT, "state",
				   "the kept track was itself merged into "
				   "track %lld since: take that back first",
				   (long long)further);
	merge.kept_ms = track_of(group, merge.kept_id)->track.duration_ms;
	for (size_t i = group->count; i-- > 0 && status == STATUS_OK;) {
		int64_t into = 0;

		merge.other_id = group->tracks[i].track.id;
		merge.other_ms = group->tracks[i].track.duration_ms;
		status = sql_query_int(merge.session,
				       "select coalesce(merged_into, 0) "
				       "from tracks where id = $1",
				       SQL_ARGS(SQL_INT(merge.other_id)),
				       &into, fault);
		if (status == STATUS_OK && into == merge.kept_id)
			status = track_back(&merge, fault);
	}
	if (status == STATUS_OK)
		status = sql_exec(merge.session,
				  "delete from duplicate_moves "
				  "where group_id = $1",
				  SQL_ARGS(SQL_INT(group->id)), NULL, fault);
	return status;
}

enum status
duplicates_undo(struct catalogue *catalogue, int64_t group_id,
		struct fault *fault)
{
	struct duplicate_group group;
	enum status status;

	assert(catalogue->session != NULL);
	status = duplicates_get(catalogue->session, group_id,
				&catalogue->arena, &group, fault);
	if (status != STATUS_OK)
		return status;
	if (group.state == DUPLICATES_OPEN)
		return fault_field(fault, STATUS_CONFLICT, "state",
				   "nothing was decided about this group");
	status = duplicates_reopen(catalogue->session, group_id, fault);
	if (status == STATUS_OK && group.state == DUPLICATES_DISMISSED)
		status = duplicates_pairs_mark(catalogue->session, &group, 0,
					       false, fault);
	else if (status == STATUS_OK)
		status = unmerge(catalogue, &group, fault);
	if (status == STATUS_OK)
		status = duplicates_weigh(catalogue->session, group_id, fault);
	return status;
}
