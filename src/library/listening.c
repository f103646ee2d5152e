/* listening.c - play counts, popularity and what people heard; see
 * listening.h. */
#include "library/listening.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/search.h"
#include "library/outbox.h"
#include "library/tracks.h"
#include "media/facts.h"

/* ---- what events know of tracks ------------------------------------------- */

static enum status
heard_artists(struct store_session *session, struct heard_track *track,
	      struct fault *fault)
{
	struct store_rows *rows = NULL;
	size_t count = 0;
	enum status status;

	status = sql_query(session,
			   "select artist_id from track_artists "
			   "where track_id = $1 and role in ($2, $3) "
			   "order by position",
			   SQL_ARGS(SQL_INT(track->id), SQL_INT(CREDIT_MAIN),
				    SQL_INT(CREDIT_FEATURED)),
			   &rows, fault);
	while (status == STATUS_OK && count < HEARD_ARTISTS_MAX &&
	       sql_next(rows, &status, fault)) {
		int64_t id = sql_column_int(rows, 0);
		bool seen = false;

		for (size_t i = 0; i < count; i++)
			seen |= track->artists[i] == id;
		if (!seen)
			track->artists[count++] = id;
	}
	sql_end(rows);
	return status;
}

static enum status
heard_track_get(struct store_session *session, int64_t id,
		struct heard_track *out, struct fault *fault)
{
	struct store_rows *rows = NULL;
	enum status status = tracks_kept(session, id, &id, fault);

	*out = (struct heard_track){ 0 };
	if (status == STATUS_OK)
		status = sql_query(session,
				   "select id, duration_ms, album_id, genre_id "
				   "from tracks where id = $1 "
				   "and visible = 1",
				   SQL_ARGS(SQL_INT(id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault))
		*out = (struct heard_track){
			.id = sql_column_int(rows, 0),
			.duration_ms = sql_column_int(rows, 1),
			.album_id = sql_column_int(rows, 2),
			.genre_id = sql_column_int(rows, 3),
		};
	sql_end(rows);
	if (status == STATUS_OK && out->id != 0)
		status = heard_artists(session, out, fault);
	return status;
}

enum status
heard_tracks_get(struct store_session *session, const int64_t *ids,
		 size_t count, struct heard_track *out, struct fault *fault)
{
	enum status status = STATUS_OK;

	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		size_t k = 0;

		while (k < i && ids[k] != ids[i])
			k++;
		if (k < i)
			out[i] = out[k];
		else
			status = heard_track_get(session, ids[i], &out[i],
						 fault);
	}
	return status;
}

/* ---- counting ------------------------------------------------------------- */

#define WEIGHT_EPOCH_MS 1767225600000.0 /* 2026-01-01 */
#define WEIGHT_DOUBLES_MS (365.25 * 86400000)
#define WEIGHT_AT_EPOCH 16.0
#define WEIGHT_MAX 1e12

int64_t
play_weight(int64_t at_ms)
{
	double years = ((double)at_ms - WEIGHT_EPOCH_MS) / WEIGHT_DOUBLES_MS;
	double weight = round(WEIGHT_AT_EPOCH * exp2(years));

	if (weight < 1)
		return 1;
	return weight < WEIGHT_MAX ? (int64_t)weight : (int64_t)WEIGHT_MAX;
}

/* Each log has numbers of its own. */
static struct sql_value
key_of_log(int64_t log_id, char out[40])
{
	snprintf(out, 40, "plays_of_%lld", (long long)log_id);
	return sql_text(out);
}

enum status
plays_counted(struct store_session *session, int64_t log_id, int64_t *seq,
	      struct fault *fault)
{
	char key[40];
	int64_t found = 0;
	enum status status = sql_query_int(
		session, "select value from listening_state where key = $1",
		SQL_ARGS(key_of_log(log_id, key)), &found, fault);

	if (status != STATUS_OK && status != STATUS_NOT_FOUND)
		return status;
	*seq = found;
	return STATUS_OK;
}

static enum status
plays_note(struct store_session *session, int64_t log_id, int64_t seq,
	   struct fault *fault)
{
	char key[40];

	return sql_exec(session,
			"insert into listening_state (key, value) "
			"values ($1, $2) on conflict (key) do update "
			"set value = excluded.value",
			SQL_ARGS(key_of_log(log_id, key), SQL_INT(seq)), NULL,
			fault);
}

enum status
plays_rewind(struct store_session *session, int64_t log_id, int64_t seq,
	     struct fault *fault)
{
	int64_t counted;
	enum status status = plays_counted(session, log_id, &counted, fault);

	if (status == STATUS_OK && counted > seq)
		status = plays_note(session, log_id, seq, fault);
	return status;
}

static const struct {
	const char *read, *add;
} popular_tables[SEARCH_KINDS] = {
	[SEARCH_TRACK] = { "select popularity from tracks where id = $1",
			   "update tracks set popularity = popularity + $2 "
			   "where id = $1" },
	[SEARCH_ALBUM] = { "select popularity from albums where id = $1",
			   "update albums set popularity = popularity + $2 "
			   "where id = $1" },
	[SEARCH_ARTIST] = { "select popularity from artists where id = $1",
			    "update artists set popularity = popularity + $2 "
			    "where id = $1" },
};

static enum status
popularity_add(struct store_session *session, enum search_kind kind,
	       int64_t id, int64_t weight, struct fault *fault)
{
	int64_t before;
	enum status status = sql_query_int(session, popular_tables[kind].read,
					   SQL_ARGS(SQL_INT(id)), &before,
					   fault);

	if (status == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (status == STATUS_OK)
		status = sql_post(session, popular_tables[kind].add,
				  SQL_ARGS(SQL_INT(id), SQL_INT(weight)),
				  fault);
	if (status == STATUS_OK &&
	    search_popularity_step((double)before) !=
		    search_popularity_step((double)(before + weight)))
		status = outbox_add(session, kind, id, fault);
	return status;
}

static enum status
user_track_count(struct store_session *session,
		 const struct counted_play *play, int64_t track_id,
		 struct fault *fault)
{
	if (play->user_id <= 0)
		return STATUS_OK;
	return sql_post(
		session,
		"insert into user_tracks (user_id, track_id, plays, "
		"last_played_at) select u.id, $2, 1, $3 from users u "
		"where u.id = $1 and u.left_at is null "
		"on conflict (user_id, track_id) do update "
		"set plays = user_tracks.plays + 1, "
		"last_played_at = case when user_tracks.last_played_at > "
		"excluded.last_played_at then user_tracks.last_played_at "
		"else excluded.last_played_at end",
		SQL_ARGS(SQL_INT(play->user_id), SQL_INT(track_id),
			 SQL_INT(play->at_ms)),
		fault);
}

static enum status
things_count(struct store_session *session, const struct heard_track *track,
	     int64_t weight, struct fault *fault)
{
	enum status status = popularity_add(session, SEARCH_TRACK, track->id,
					    weight, fault);

	if (status == STATUS_OK && track->album_id != 0)
		status = popularity_add(session, SEARCH_ALBUM, track->album_id,
					weight, fault);
	for (size_t i = 0; i < HEARD_ARTISTS_MAX && track->artists[i] != 0 &&
			   status == STATUS_OK;
	     i++)
		status = popularity_add(session, SEARCH_ARTIST,
					track->artists[i], weight, fault);
	return status;
}

static int
play_compare(const void *a, const void *b)
{
	const struct counted_play *x = a, *y = b;

	if (x->track_id != y->track_id)
		return x->track_id < y->track_id ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* The plays of one track. */
static enum status
track_count(struct store_session *session, const struct counted_play *plays,
	    size_t count, struct fault *fault)
{
	struct heard_track track;
	int64_t weight = 0;
	enum status status = heard_track_get(session, plays->track_id, &track,
					     fault);

	if (status != STATUS_OK || track.id == 0)
		return status; /* it has left the library meanwhile */
	for (size_t i = 0; i < count && status == STATUS_OK; i++) {
		weight += play_weight(plays[i].at_ms);
		status = user_track_count(session, &plays[i], track.id,
					  fault);
	}
	if (status == STATUS_OK)
		status = sql_post(session,
				  "update tracks set play_count = "
				  "play_count + $2 where id = $1",
				  SQL_ARGS(SQL_INT(track.id), SQL_INT(count)),
				  fault);
	return status == STATUS_OK ?
		       things_count(session, &track, weight, fault) :
		       status;
}

static enum status
tracks_count(struct store_session *session, struct counted_play *plays,
	     size_t count, struct fault *fault)
{
	enum status status = STATUS_OK;

	qsort(plays, count, sizeof *plays, play_compare);
	for (size_t i = 0, end; i < count && status == STATUS_OK; i = end) {
		for (end = i;
		     end < count && plays[end].track_id == plays[i].track_id;
		     end++)
			;
		status = track_count(session, plays + i, end - i, fault);
	}
	return status;
}

enum status
plays_count(struct store_session *session, int64_t log_id,
	    const struct counted_play *plays, size_t count,
	    struct fault *fault)
{
	struct counted_play *fresh = mem_new(count + 1, sizeof *fresh);
	size_t fresh_count = 0;
	int64_t counted;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = plays_counted(session, log_id, &counted, fault);
	for (size_t i = 0; i < count && status == STATUS_OK; i++)
		if (plays[i].seq > counted)
			fresh[fresh_count++] = plays[i];
	if (status == STATUS_OK && fresh_count > 0) {
		counted = fresh[fresh_count - 1].seq;
		status = tracks_count(session, fresh, fresh_count, fault);
		if (status == STATUS_OK)
			status = plays_note(session, log_id, counted, fault);
	}
	free(fresh);
	return status;
}

enum status
heard_forget_user(struct store_session *session, int64_t user_id,
		  struct fault *fault)
{
	return sql_exec(session, "delete from user_tracks where user_id = $1",
			SQL_ARGS(SQL_INT(user_id)), NULL, fault);
}

/* ---- what people heard ---------------------------------------------------- */

static enum status
user_tracks_read(struct store_session *session, const char *sql,
		 const struct sql_value *args, size_t arg_count,
		 uint32_t limit, struct arena *arena, struct user_track **out,
		 size_t *count, struct fault *fault)
{
	struct user_track *items = arena_new(arena, struct user_track, limit);
	struct store_rows *rows = NULL;
	size_t filled = 0;
	enum status status = sql_query(session, sql, args, arg_count, &rows,
				       fault);

	while (status == STATUS_OK && filled < limit &&
	       sql_next(rows, &status, fault))
		items[filled++] = (struct user_track){
			.user_id = sql_column_int(rows, 0),
			.track_id = sql_column_int(rows, 1),
			.plays = sql_column_int(rows, 2),
			.last_played_at_ms = sql_column_int(rows, 3),
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = items;
		*count = filled;
	}
	return status;
}

#define USER_TRACK "select user_id, track_id, plays, last_played_at "

enum status
user_tracks_get(struct store_session *session, int64_t user_id,
		enum user_tracks_order order, uint32_t limit,
		struct arena *arena, struct user_track **out, size_t *count,
		struct fault *fault)
{
	return user_tracks_read(session,
				order == USER_TRACKS_TOP ?
					USER_TRACK
					"from user_tracks where user_id = $1 "
					"order by plays desc limit $2" :
					USER_TRACK
					"from user_tracks where user_id = $1 "
					"order by last_played_at desc limit $2",
				SQL_ARGS(SQL_INT(user_id), SQL_INT(limit)),
				limit, arena, out, count, fault);
}

enum status
user_tracks_faded(struct store_session *session, int64_t user_id,
		  int64_t plays, int64_t before_ms, uint32_t limit,
		  struct arena *arena, struct user_track **out, size_t *count,
		  struct fault *fault)
{
	return user_tracks_read(session,
				USER_TRACK
				"from user_tracks where user_id = $1 "
				"and plays >= $2 and last_played_at < $3 "
				"order by plays desc, last_played_at limit $4",
				SQL_ARGS(SQL_INT(user_id), SQL_INT(plays),
					 SQL_INT(before_ms), SQL_INT(limit)),
				limit, arena, out, count, fault);
}

enum status
track_users_get(struct store_session *session, int64_t track_id,
		uint32_t limit, struct arena *arena, struct user_track **out,
		size_t *count, struct fault *fault)
{
	return user_tracks_read(session,
				USER_TRACK
				"from user_tracks where track_id = $1 "
				"order by plays desc limit $2",
				SQL_ARGS(SQL_INT(track_id), SQL_INT(limit)),
				limit, arena, out, count, fault);
}

enum status
track_users_count(struct store_session *session, int64_t track_id,
		  int64_t *out, struct fault *fault)
{
	return sql_query_int(session,
			     "select count(*) from user_tracks "
			     "where track_id = $1",
			     SQL_ARGS(SQL_INT(track_id)), out, fault);
}

/* ---- neighbours ----------------------------------------------------------- */

enum status
neighbours_set(struct store_session *session, int64_t track_id,
	       const struct neighbour *neighbours, size_t count,
	       int64_t now_ms, struct fault *fault)
{
	enum status status;

	status = sql_exec(session,
			  "delete from track_neighbours where track_id = $1",
			  SQL_ARGS(SQL_INT(track_id)), NULL, fault);
	for (size_t i = 0; i < count && i < NEIGHBOURS_MAX &&
			   status == STATUS_OK;
	     i++)
		status = sql_post(session,
				  "insert into track_neighbours (track_id, "
				  "place, other_id, score) "
				  "values ($1, $2, $3, $4)",
				  SQL_ARGS(SQL_INT(track_id), SQL_INT(i),
					   SQL_INT(neighbours[i].id),
					   SQL_DOUBLE(neighbours[i].score)),
				  fault);
	if (status == STATUS_OK)
		status = sql_exec(session,
				  "insert into track_neighbours_made "
				  "(track_id, made_at) values ($1, $2) "
				  "on conflict (track_id) do update "
				  "set made_at = excluded.made_at",
				  SQL_ARGS(SQL_INT(track_id), SQL_INT(now_ms)),
				  NULL, fault);
	return status;
}

enum status
neighbours_get(struct store_session *session, int64_t track_id,
	       struct neighbour *out, size_t *count, int64_t *made_at_ms,
	       struct fault *fault)
{
	struct store_rows *rows = NULL;
	size_t filled = 0;
	int64_t made_at = 0;
	enum status status;

	status = sql_query_int(session,
			       "select made_at from track_neighbours_made "
			       "where track_id = $1",
			       SQL_ARGS(SQL_INT(track_id)), &made_at, fault);
	if (status == STATUS_NOT_FOUND)
		status = STATUS_OK;
	if (status == STATUS_OK)
		status = sql_query(session,
				   "select n.other_id, n.score "
				   "from track_neighbours n join tracks t "
				   "on t.id = n.other_id and t.visible = 1 "
				   "where n.track_id = $1 order by n.place",
				   SQL_ARGS(SQL_INT(track_id)), &rows, fault);
	while (status == STATUS_OK && filled < NEIGHBOURS_MAX &&
	       sql_next(rows, &status, fault))
		out[filled++] = (struct neighbour){
			sql_column_int(rows, 0), sql_column_double(rows, 1)
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*count = filled;
		*made_at_ms = made_at;
	}
	return status;
}

/* ---- by content ----------------------------------------------------------- */

enum status
popular_track_ids(struct store_session *session, int64_t artist_id,
		  int64_t genre_id, uint32_t limit, struct arena *arena,
		  int64_t **out, size_t *count, struct fault *fault)
{
	int64_t *ids = arena_new(arena, int64_t, limit);
	struct sql_value args[] = { SQL_INT(limit),
				    SQL_INT(artist_id != 0 ? artist_id :
							     genre_id) };
	struct store_rows *rows = NULL;
	size_t filled = 0;
	enum status status;

	status = sql_query(
		session,
		artist_id != 0 ?
			"select t.id from tracks t where t.visible = 1 "
			"and t.id in (select l.track_id from track_artists l "
			"where l.artist_id = $2 and l.role < 2) "
			"order by t.popularity desc, t.id limit $1" :
		genre_id != 0 ?
			"select t.id from tracks t where t.visible = 1 "
			"and t.genre_id = $2 "
			"order by t.popularity desc, t.id desc limit $1" :
			"select t.id from tracks t where t.visible = 1 "
			"order by t.popularity desc, t.id desc limit $1",
		args, artist_id != 0 || genre_id != 0 ? 2 : 1, &rows, fault);
	while (status == STATUS_OK && filled < limit &&
	       sql_next(rows, &status, fault))
		ids[filled++] = sql_column_int(rows, 0);
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = ids;
		*count = filled;
	}
	return status;
}

/* ---- people --------------------------------------------------------------- */

enum status
users_joined(struct store_session *session, int64_t from_ms, int64_t until_ms,
	     struct arena *arena, struct joined_day **out, size_t *count,
	     int64_t *users, struct fault *fault)
{
	size_t room = (size_t)((until_ms - from_ms) / 86400000) + 2, filled = 0;
	struct joined_day *days = arena_new(arena, struct joined_day, room);
	struct store_rows *rows = NULL;
	int64_t now = 0;
	enum status status;

	status = sql_query_int(session,
			       "select count(*) from users "
			       "where left_at is null",
			       SQL_NO_ARGS, &now, fault);
	if (status == STATUS_OK)
		status = sql_query(session,
				   "select created_at / 86400000 as day, "
				   "count(*) from users where left_at is null "
				   "and created_at >= $1 and created_at < $2 "
				   "group by created_at / 86400000 order by 1",
				   SQL_ARGS(SQL_INT(from_ms),
					    SQL_INT(until_ms)),
				   &rows, fault);
	while (status == STATUS_OK && filled < room &&
	       sql_next(rows, &status, fault))
		days[filled++] = (struct joined_day){
			(int32_t)sql_column_int(rows, 0),
			sql_column_int(rows, 1)
		};
	sql_end(rows);
	if (status == STATUS_OK) {
		*out = days;
		*count = filled;
		*users = now;
	}
	return status;
}
