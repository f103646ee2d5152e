/* catalogue_counters.c - numbers that are kept and not counted, and the outbox.
 *
 * During a transaction changes are only added up in memory; catalogue_settle()
 * writes each changed number once. Something is visible while its counters are
 * above zero, so the same place finds out what appeared and what vanished. */
#include "library/catalogue_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "driver/search.h"
#include "library/outbox.h"
#include "library/playlist_tracks.h"

/* ---- sums in memory ------------------------------------------------------- */

static size_t
delta_hash(enum delta_kind kind, int64_t a, int64_t b, int32_t role)
{
	uint64_t hash = (uint64_t)a * 0x9e3779b97f4a7c15u;

	hash ^= ((uint64_t)b + 1) * 0xc2b2ae3d27d4eb4fu;
	hash ^= ((uint64_t)role * 64 + (uint64_t)kind) * 0x165667b19e3779f9u;
	hash ^= hash >> 29;
	return (size_t)(hash * 0xbf58476d1ce4e5b9u >> 20);
}

static size_t
delta_slot(const struct delta_set *set, const struct delta *wanted)
{
	size_t at = delta_hash(wanted->kind, wanted->a, wanted->b,
			       wanted->role) &
		    (set->slot_count - 1);

	while (set->slots[at] != 0) {
		const struct delta *delta = &set->items[set->slots[at] - 1];

		if (delta->kind == wanted->kind && delta->a == wanted->a &&
		    delta->b == wanted->b && delta->role == wanted->role)
			break;
		at = (at + 1) & (set->slot_count - 1);
	}
	return at;
}

static void
delta_set_widen(struct delta_set *set)
{
	free(set->slots);
	set->room = set->room == 0 ? 256 : set->room * 2;
	set->items = mem_grow(set->items, set->room, sizeof *set->items);
	set->slot_count = set->room * 4;
	set->slots = mem_new(set->slot_count, sizeof *set->slots);
	for (size_t i = 0; i < set->count; i++)
		set->slots[delta_slot(set, &set->items[i])] = (uint32_t)i + 1;
}

struct delta *
delta_of(struct catalogue *catalogue, enum delta_kind kind, int64_t a,
	 int64_t b, int32_t role)
{
	struct delta_set *set = &catalogue->deltas;
	struct delta wanted = { .kind = kind, .role = role, .a = a, .b = b };
	size_t at;

	if (set->count == set->room)
		delta_set_widen(set);
	at = delta_slot(set, &wanted);
	if (set->slots[at] == 0) {
		set->items[set->count++] = wanted;
		set->slots[at] = (uint32_t)set->count;
	}
	return &set->items[set->slots[at] - 1];
}

/* ---- what one track adds -------------------------------------------------- */

static enum status
load_artists(struct catalogue *catalogue, struct contribution *out,
	     struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select artist_id, role from track_artists "
			   "where track_id = $1 order by position",
			   SQL_ARGS(SQL_INT(out->track_id)), &rows, fault);
	while (status == STATUS_OK && out->artist_count < MEDIA_CREDITS_MAX &&
	       sql_next(rows, &status, fault))
		out->artists[out->artist_count++] = (struct track_link){
			sql_column_int(rows, 0),
			(int32_t)sql_column_int(rows, 1)
		};
	sql_end(rows);
	return status;
}

static enum status
load_genres(struct catalogue *catalogue, struct contribution *out,
	    struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	status = sql_query(catalogue->session,
			   "select genre_id from track_genres "
			   "where track_id = $1 order by position",
			   SQL_ARGS(SQL_INT(out->track_id)), &rows, fault);
	while (status == STATUS_OK && out->genre_count < MEDIA_GENRES_MAX &&
	       sql_next(rows, &status, fault))
		out->genres[out->genre_count++] = sql_column_int(rows, 0);
	sql_end(rows);
	return status;
}

enum status
contribution_load(struct catalogue *catalogue, int64_t track_id,
		  struct contribution *out, struct fault *fault)
{
	struct store_rows *rows;
	enum status status;

	*out = (struct contribution){ .track_id = track_id };
	status = sql_query(catalogue->session,
			   "select t.album_id, t.duration_ms, f.size_bytes "
			   "from tracks t join files f on f.track_id = t.id "
			   "where t.id = $1",
			   SQL_ARGS(SQL_INT(track_id)), &rows, fault);
	if (status == STATUS_OK && sql_next(rows, &status, fault)) {
		out->album_id = sql_column_int(rows, 0);
		out->duration_ms = sql_column_int(rows, 1);
		out->size_bytes = sql_column_int(rows, 2);
	}
	sql_end(rows);
	if (status == STATUS_OK)
		status = load_artists(catalogue, out, fault);
	if (status == STATUS_OK)
		status = load_genres(catalogue, out, fault);
	return status;
}

/* True when an artist is named again in another role. */
static bool
artist_seen_before(const struct contribution *contribution, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (contribution->artists[i].artist_id ==
		    contribution->artists[index].artist_id)
			return true;
	return false;
}

static void
apply_genre(struct catalogue *catalogue,
	    const struct contribution *contribution, int64_t genre, int sign)
{
	struct delta *delta = delta_of(catalogue, DELTA_GENRE, genre, 0, 0);

	delta->tracks += sign;
	delta->duration_ms += sign * contribution->duration_ms;
	if (contribution->album_id != 0)
		delta_of(catalogue, DELTA_GENRE_ALBUM, genre,
			 contribution->album_id, 0)
			->tracks += sign;
	for (size_t i = 0; i < contribution->artist_count; i++)
		if (!artist_seen_before(contribution, i))
			delta_of(catalogue, DELTA_GENRE_ARTIST, genre,
				 contribution->artists[i].artist_id, 0)
				->tracks += sign;
}

static void
apply_artist(struct catalogue *catalogue,
	     const struct contribution *contribution, size_t index, int sign)
{
	const struct track_link *link = &contribution->artists[index];
	struct delta *delta;

	if (contribution->album_id != 0)
		delta_of(catalogue, DELTA_ARTIST_ALBUM, link->artist_id,
			 contribution->album_id, link->role)
			->tracks += sign;
	if (artist_seen_before(contribution, index))
		return;
	delta = delta_of(catalogue, DELTA_ARTIST, link->artist_id, 0, 0);
	delta->tracks += sign;
	delta->duration_ms += sign * contribution->duration_ms;
}

void
contribution_apply(struct catalogue *catalogue,
		   const struct contribution *contribution, int sign)
{
	struct totals *totals = &catalogue->totals;
	struct delta *track;

	totals->tracks += sign;
	totals->duration_ms += sign * contribution->duration_ms;
	totals->size_bytes += sign * contribution->size_bytes;
	if (contribution->album_id != 0)
		delta_of(catalogue, DELTA_ALBUM, contribution->album_id, 0, 0);
	for (size_t i = 0; i < contribution->artist_count; i++)
		apply_artist(catalogue, contribution, i, sign);
	for (size_t i = 0; i < contribution->genre_count; i++)
		apply_genre(catalogue, contribution, contribution->genres[i],
			    sign);
	track = delta_of(catalogue, DELTA_TRACK_CHANGED,
			 contribution->track_id, 0, 0);
	track->tracks += sign;
	track->duration_ms += sign * contribution->duration_ms;
}

/* ---- links with a count --------------------------------------------------- */

struct link_table {
	const char *add;    /* $1 a, $2 b, $3 tracks[, $4 role] */
	const char *remove; /* $1 a, $2 b[, $3 role], where tracks = 0 */
	bool has_role;
};

static const struct link_table artist_albums = {
	.add = "insert into artist_albums (artist_id, album_id, tracks, role) "
	       "values ($1, $2, $3, $4) "
	       "on conflict (artist_id, album_id, role) do update "
	       "set tracks = artist_albums.tracks + excluded.tracks "
	       "returning tracks",
	.remove = "delete from artist_albums where artist_id = $1 "
		  "and album_id = $2 and role = $3 and tracks = 0",
	.has_role = true,
};

static const struct link_table genre_albums = {
	.add = "insert into genre_albums (genre_id, album_id, tracks) "
	       "values ($1, $2, $3) "
	       "on conflict (genre_id, album_id) do update "
	       "set tracks = genre_albums.tracks + excluded.tracks "
	       "returning tracks",
	.remove = "delete from genre_albums where genre_id = $1 "
		  "and album_id = $2 and tracks = 0",
};

static const struct link_table genre_artists = {
	.add = "insert into genre_artists (genre_id, artist_id, tracks) "
	       "values ($1, $2, $3) "
	       "on conflict (genre_id, artist_id) do update "
	       "set tracks = genre_artists.tracks + excluded.tracks "
	       "returning tracks",
	.remove = "delete from genre_artists where genre_id = $1 "
		  "and artist_id = $2 and tracks = 0",
};

/* *appeared: 1 when the link is new, -1 when it is gone, else 0. */
static enum status
settle_link(struct catalogue *catalogue, const struct link_table *table,
	    const struct delta *delta, int *appeared, struct fault *fault)
{
	struct sql_value a = SQL_INT(delta->a), b = SQL_INT(delta->b);
	const struct sql_value add[] = { a, b, SQL_INT(delta->tracks),
					 SQL_INT(delta->role) };
	const struct sql_value remove[] = { a, b, SQL_INT(delta->role) };
	size_t role = table->has_role ? 1 : 0;
	int64_t tracks = 0;
	enum status status;

	*appeared = 0;
	if (delta->tracks == 0)
		return STATUS_OK;
	status = sql_query_int(catalogue->session, table->add, add, 3 + role,
			       &tracks, fault);
	if (status != STATUS_OK)
		return status;
	assert(tracks >= 0);
	if (tracks == delta->tracks)
		*appeared = 1;
	if (tracks > 0)
		return STATUS_OK;
	*appeared = -1;
	return sql_post(catalogue->session, table->remove, remove, 2 + role,
			fault);
}

/* ---- one kind of thing ---------------------------------------------------- */

/* 1 appeared, -1 vanished, 0 neither, of something that is visible while its
 * number is above zero. */
static int
appeared(int64_t now, int64_t change)
{
	return (now > 0) - (now - change > 0);
}

static enum status
settle_genre(struct catalogue *catalogue, const struct delta *delta,
	     struct fault *fault)
{
	int64_t tracks = 0;
	enum status status;

	status = sql_query_int(
		catalogue->session,
		"update genres set track_count = track_count + $1, "
		"album_count = album_count + $2, "
		"artist_count = artist_count + $3, "
		"duration_ms = duration_ms + $4, "
		"cover_id = coalesce(cover_id, $5), updated_at = $6 "
		"where id = $7 returning track_count",
		SQL_ARGS(SQL_INT(delta->tracks), SQL_INT(delta->albums),
			 SQL_INT(delta->artists), SQL_INT(delta->duration_ms),
			 sql_id(delta->cover_id), SQL_INT(catalogue->now_ms),
			 SQL_INT(delta->a)),
		&tracks, fault);
	if (status != STATUS_OK)
		return status;
	catalogue->totals.genres += appeared(tracks, delta->tracks);
	if (delta->albums >= 0)
		return STATUS_OK;
	return sql_post(catalogue->session,
			"update genres set cover_id = (select a.cover_id "
			"from genre_albums g join albums a on a.id = g.album_id "
			"where g.genre_id = $1 and a.cover_id is not null "
			"order by a.popularity desc, a.id limit 1) "
			"where id = $2",
			SQL_ARGS(SQL_INT(delta->a), SQL_INT(delta->a)), fault);
}

static bool
artist_pictured(const struct catalogue *catalogue, int64_t id)
{
	const struct artist_edited *edited = artist_edited_find(catalogue, id);

	return edited != NULL && edited->pictured;
}

/* The cover of an album of the artist's own, else of one with his tracks. */
enum status
artist_choose_cover(struct catalogue *catalogue, int64_t artist_id,
		    struct fault *fault)
{
	return sql_post(catalogue->session,
			"update artists set cover_id = coalesce("
			"(select a.cover_id from album_artists l "
			"join albums a on a.id = l.album_id "
			"where l.artist_id = $1 and a.cover_id is not null "
			"and a.track_count > 0 "
			"order by a.popularity desc, a.year desc, a.id "
			"limit 1), "
			"(select a.cover_id from artist_albums l "
			"join albums a on a.id = l.album_id "
			"where l.artist_id = $2 and a.cover_id is not null "
			"order by l.role, a.popularity desc, a.id limit 1)) "
			"where id = $3",
			SQL_ARGS(SQL_INT(artist_id), SQL_INT(artist_id),
				 SQL_INT(artist_id)),
			fault);
}

static enum status
settle_artist(struct catalogue *catalogue, const struct delta *delta,
	      struct fault *fault)
{
	int64_t things = 0;
	enum status status;
	int change;

	status = sql_query_int(
		catalogue->session,
		"update artists set track_count = track_count + $1, "
		"album_count = album_count + $2, "
		"duration_ms = duration_ms + $3, "
		"cover_id = coalesce(cover_id, $4), updated_at = $5 "
		"where id = $6 returning track_count + album_count",
		SQL_ARGS(SQL_INT(delta->tracks), SQL_INT(delta->albums),
			 SQL_INT(delta->duration_ms), sql_id(delta->cover_id),
			 SQL_INT(catalogue->now_ms), SQL_INT(delta->a)),
		&things, fault);
	if (status != STATUS_OK)
		return status;
	change = appeared(things, delta->tracks + delta->albums);
	catalogue->totals.artists += change;
	if ((delta->tracks < 0 || delta->albums < 0) &&
	    !artist_pictured(catalogue, delta->a))
		status = artist_choose_cover(catalogue, delta->a, fault);
	if (change != 0)
		delta_of(catalogue, DELTA_ARTIST_CHANGED, delta->a, 0, 0);
	return status;
}

static enum status
settle_places(struct catalogue *catalogue, const struct delta *delta,
	      struct fault *fault)
{
	if (delta->kind == DELTA_FOLDER)
		return sql_post(catalogue->session,
				"update folders set file_count = file_count + $1 "
				"where id = $2",
				SQL_ARGS(SQL_INT(delta->tracks),
					 SQL_INT(delta->a)),
				fault);
	return sql_post(catalogue->session,
			"update sources set file_count = file_count + $1, "
			"rejected_count = rejected_count + $2 where id = $3",
			SQL_ARGS(SQL_INT(delta->tracks), SQL_INT(delta->albums),
				 SQL_INT(delta->a)),
			fault);
}

/* ---- all of them ---------------------------------------------------------- */

/* Albums and links first: they change the sums of artists and genres. */
static enum status
settle_first(struct catalogue *catalogue, struct delta delta,
	     struct fault *fault)
{
	enum status status = STATUS_OK;
	int change = 0;

	switch (delta.kind) {
	case DELTA_ALBUM:
		return album_settle(catalogue, delta.a, fault);
	case DELTA_ARTIST_ALBUM:
		return settle_link(catalogue, &artist_albums, &delta, &change,
				   fault);
	case DELTA_GENRE_ALBUM:
		status = settle_link(catalogue, &genre_albums, &delta, &change,
				     fault);
		delta_of(catalogue, DELTA_GENRE, delta.a, 0, 0)->albums +=
			change;
		return status;
	case DELTA_GENRE_ARTIST:
		status = settle_link(catalogue, &genre_artists, &delta,
				     &change, fault);
		delta_of(catalogue, DELTA_GENRE, delta.a, 0, 0)->artists +=
			change;
		return status;
	default:
		return STATUS_OK;
	}
}

static bool
delta_is_empty(const struct delta *delta)
{
	return delta->tracks == 0 && delta->duration_ms == 0 &&
	       delta->albums == 0 && delta->artists == 0 &&
	       delta->cover_id == 0;
}

static enum status
settle_second(struct catalogue *catalogue, struct delta delta,
	      struct fault *fault)
{
	if (delta_is_empty(&delta))
		return STATUS_OK;
	switch (delta.kind) {
	case DELTA_GENRE:
		return settle_genre(catalogue, &delta, fault);
	case DELTA_ARTIST:
		return settle_artist(catalogue, &delta, fault);
	case DELTA_FOLDER:
	case DELTA_SOURCE:
		return settle_places(catalogue, &delta, fault);
	default:
		return STATUS_OK;
	}
}

static enum status
settle_outbox(struct catalogue *catalogue, struct delta delta,
	      struct fault *fault)
{
	switch (delta.kind) {
	case DELTA_TRACK_CHANGED:
		return outbox_add(catalogue->session, SEARCH_TRACK, delta.a,
				  fault);
	case DELTA_ALBUM_CHANGED:
		return outbox_add(catalogue->session, SEARCH_ALBUM, delta.a,
				  fault);
	case DELTA_ARTIST_CHANGED:
		return outbox_add(catalogue->session, SEARCH_ARTIST, delta.a,
				  fault);
	default:
		return STATUS_OK;
	}
}

/* Playlists hide and show their entries with the tracks. */
static enum status
settle_playlists(struct catalogue *catalogue, struct fault *fault)
{
	const struct delta_set *set = &catalogue->deltas;
	struct playlist_track_change *changes =
		arena_new(&catalogue->arena, struct playlist_track_change,
			  set->count + 1);
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct delta *delta = &set->items[i];

		if (delta->kind == DELTA_TRACK_CHANGED &&
		    (delta->tracks != 0 || delta->duration_ms != 0))
			changes[count++] = (struct playlist_track_change){
				.track_id = delta->a,
				.shown = delta->tracks,
				.duration_ms = delta->duration_ms,
			};
	}
	return playlist_tracks_follow(catalogue->session, changes, count,
				      fault);
}

static enum status
settle_totals(struct catalogue *catalogue, struct fault *fault)
{
	const struct totals *totals = &catalogue->totals;
	const struct {
		const char *key;
		int64_t change;
	} rows[] = {
		{ "tracks", totals->tracks },
		{ "albums", totals->albums },
		{ "artists", totals->artists },
		{ "genres", totals->genres },
		{ "duration_ms", totals->duration_ms },
		{ "size_bytes", totals->size_bytes },
	};
	enum status status = STATUS_OK;

	for (size_t i = 0; i < ARRAY_LENGTH(rows) && status == STATUS_OK; i++)
		if (rows[i].change != 0)
			status = sql_post(catalogue->session,
					  "update totals set value = value + $1 "
					  "where key = $2",
					  SQL_ARGS(SQL_INT(rows[i].change),
						   sql_text(rows[i].key)),
					  fault);
	return status;
}

typedef enum status settle_step(struct catalogue *catalogue,
				struct delta delta, struct fault *fault);

enum status
catalogue_settle(struct catalogue *catalogue, struct fault *fault)
{
	static settle_step *const steps[] = { settle_first, settle_second,
					      settle_outbox };
	const struct delta_set *set = &catalogue->deltas;
	enum status status = STATUS_OK;

	/* A step may add deltas, which it then sees too. */
	for (size_t step = 0; step < ARRAY_LENGTH(steps); step++)
		for (size_t i = 0; i < set->count && status == STATUS_OK; i++)
			status = steps[step](catalogue, set->items[i], fault);
	if (status == STATUS_OK)
		status = settle_playlists(catalogue, fault);
	if (status == STATUS_OK)
		status = settle_totals(catalogue, fault);
	return status;
}
