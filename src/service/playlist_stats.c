/* playlist_stats.c - what the tracks of a playlist are, added up; see
 * playlist.h. */
#include <stdlib.h>
#include <string.h>

#include "service/playlist.h"

/* Ids gathered to be counted once each, or by how often. */
struct tally {
	int64_t *ids;
	size_t count, room;
};

static void
tally_add(struct tally *tally, int64_t id)
{
	if (id == 0)
		return;
	if (tally->count == tally->room) {
		tally->room = tally->room == 0 ? 256 : tally->room * 2;
		tally->ids =
			mem_grow(tally->ids, tally->room, sizeof *tally->ids);
	}
	tally->ids[tally->count++] = id;
}

static int
id_compare(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void
tally_sort(struct tally *tally)
{
	if (tally->count > 0)
		qsort(tally->ids, tally->count, sizeof *tally->ids, id_compare);
}

static int64_t
tally_distinct(struct tally *tally)
{
	int64_t distinct = 0;

	tally_sort(tally);
	for (size_t i = 0; i < tally->count; i++)
		distinct += i == 0 || tally->ids[i] != tally->ids[i - 1];
	return distinct;
}

/* How many equal ones begin at `at`. */
static size_t
tally_run(const struct tally *tally, size_t at)
{
	size_t end = at;

	while (end < tally->count && tally->ids[end] == tally->ids[at])
		end++;
	return end - at;
}

struct adding {
	struct tally artists, albums, genres, decades;
	struct playlist_stats *stats;
};

static void
track_add(struct adding *adding, const struct track *track)
{
	adding->stats->track_count++;
	adding->stats->duration_ms += track->duration_ms;
	tally_add(&adding->albums, track->album_id);
	for (size_t i = 0; i < track->artist_count; i++) {
		if (track->artists[i].role == CREDIT_MAIN ||
		    track->artists[i].role == CREDIT_FEATURED)
			tally_add(&adding->artists, track->artists[i].id);
	}
	if (track->genre_count > 0)
		tally_add(&adding->genres, track->genres[0].id);
	tally_add(&adding->decades, track->year / 10 * 10);
}

/* Puts one in its place among the most frequent. */
static void
genre_rank(struct playlist_stats *stats, const char *name, int64_t count)
{
	size_t at = stats->genre_count;

	while (at > 0 && stats->genres[at - 1].count < count)
		at--;
	if (at == PLAYLIST_GENRES_MAX)
		return;
	if (stats->genre_count < PLAYLIST_GENRES_MAX)
		stats->genre_count++;
	memmove(&stats->genres[at + 1], &stats->genres[at],
		(stats->genre_count - at - 1) * sizeof stats->genres[0]);
	stats->genres[at].name = name;
	stats->genres[at].count = count;
}

static enum status
genres_rank(struct store_session *session, struct adding *adding,
	    struct arena *arena, struct fault *fault)
{
	struct tally *genres = &adding->genres;
	enum status status = STATUS_OK;

	tally_sort(genres);
	for (size_t at = 0; at < genres->count && status == STATUS_OK;) {
		size_t run = tally_run(genres, at);
		struct genre genre;

		status = genres_get(session, genres->ids[at], arena, &genre,
				    fault);
		if (status == STATUS_OK)
			genre_rank(adding->stats, genre.name, (int64_t)run);
		else if (status == STATUS_NOT_FOUND)
			status = STATUS_OK;
		at += run;
	}
	return status;
}

static void
decades_count(struct adding *adding)
{
	struct playlist_stats *stats = adding->stats;
	struct tally *decades = &adding->decades;

	tally_sort(decades);
	for (size_t at = 0; at < decades->count &&
			    stats->decade_count < PLAYLIST_DECADES_MAX;) {
		size_t run = tally_run(decades, at);

		stats->decades[stats->decade_count].decade =
			(int32_t)decades->ids[at];
		stats->decades[stats->decade_count++].count = (int64_t)run;
		at += run;
	}
}

static enum status
tracks_add(struct store_session *session, struct adding *adding,
	   const int64_t *ids, size_t count, struct fault *fault)
{
	enum status status = STATUS_OK;
	struct arena arena;

	arena_init(&arena);
	for (size_t i = 0; i < count && status == STATUS_OK;
	     i += TRACKS_GET_MAX) {
		size_t some =
			count - i < TRACKS_GET_MAX ? count - i : TRACKS_GET_MAX;
		struct track *tracks;
		size_t found = 0;

		arena_reset(&arena);
		status = tracks_get_many(session, ids + i, some, &arena,
					 &tracks, &found, fault);
		for (size_t k = 0; k < found && status == STATUS_OK; k++)
			track_add(adding, &tracks[k]);
	}
	arena_release(&arena);
	return status;
}

enum status
playlist_stats_of(struct store_session *session, int64_t playlist_id,
		  const int64_t *ids, size_t count, struct arena *arena,
		  struct playlist_stats *out, struct fault *fault)
{
	struct playlist_stats stats = { 0 };
	struct adding adding = { .stats = &stats };
	enum status status;

	if (count > PLAYLIST_STATS_TRACKS)
		count = PLAYLIST_STATS_TRACKS;
	status = tracks_add(session, &adding, ids, count, fault);
	if (status == STATUS_OK)
		status = genres_rank(session, &adding, arena, fault);
	if (status == STATUS_OK)
		status = sql_query_int(session,
				       "select coalesce(max(added_at), 0) "
				       "from playlist_tracks "
				       "where playlist_id = $1",
				       SQL_ARGS(SQL_INT(playlist_id)),
				       &stats.last_added_at_ms, fault);
	decades_count(&adding);
	stats.artist_count = tally_distinct(&adding.artists);
	stats.album_count = tally_distinct(&adding.albums);
	free(adding.artists.ids);
	free(adding.albums.ids);
	free(adding.genres.ids);
	free(adding.decades.ids);
	if (status == STATUS_OK)
		*out = stats;
	return status;
}
