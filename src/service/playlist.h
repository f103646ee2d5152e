/* playlist.h - what is in a playlist, whichever way it is filled.
 *
 * A playlist filled by hand keeps its entries; one of rules is evaluated when
 * somebody looks. This is the one place that knows both.
 *
 * Floor: 4 (service). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_SERVICE_PLAYLIST_H
#define OGMA_SERVICE_PLAYLIST_H

#include "library/playlist_rules.h"
#include "library/playlist_tracks.h"
#include "library/playlists.h"

/* One page of the tracks; entries of a playlist of rules have no item_id (0)
 * and no added_at. STATUS_INVALID with field "limit", "offset" or "cursor". */
enum status playlist_page(struct store_session *session,
			  const struct playlist *playlist,
			  const struct page_request *page, struct arena *arena,
			  struct playlist_entries *out, struct fault *fault);

/* The ids of all its visible tracks, in order. */
enum status playlist_all(struct store_session *session,
			 const struct playlist *playlist, struct arena *arena,
			 int64_t **ids, size_t *count, struct fault *fault);

/* For a playlist of rules: what its rules give now goes into track_count,
 * duration_ms and the mosaic; *differs says whether that is not what is kept.
 * Does nothing to one filled by hand. */
enum status playlist_refresh(struct store_session *session,
			     struct playlist *playlist, struct arena *arena,
			     bool *differs, struct fault *fault);

/* The same for rules that nobody saved yet. */
enum status playlist_evaluate(struct store_session *session,
			      const struct playlist_rules *rules,
			      int64_t owner_id, int64_t seed,
			      struct arena *arena, struct rules_found *out,
			      struct fault *fault);

/* What some tracks are, added up. */
#define PLAYLIST_GENRES_MAX 10
#define PLAYLIST_DECADES_MAX 30
struct playlist_stats {
	int64_t track_count, duration_ms, artist_count, album_count;
	int64_t last_added_at_ms; /* 0: never, or a playlist of rules */
	struct {
		const char *name;
		int64_t count;
	} genres[PLAYLIST_GENRES_MAX]; /* most frequent first */
	size_t genre_count;
	struct {
		int32_t decade;
		int64_t count;
	} decades[PLAYLIST_DECADES_MAX]; /* in order */
	size_t decade_count;
};

/* Of at most PLAYLIST_STATS_TRACKS of the tracks; what is looked at is
 * track_count. */
#define PLAYLIST_STATS_TRACKS 10000
enum status playlist_stats_of(struct store_session *session,
			      int64_t playlist_id, const int64_t *ids,
			      size_t count, struct arena *arena,
			      struct playlist_stats *out, struct fault *fault);

#endif /* OGMA_SERVICE_PLAYLIST_H */
