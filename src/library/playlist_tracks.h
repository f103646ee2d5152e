/* playlist_tracks.h - what a playlist that is filled by hand holds, in order.
 *
 * Every entry has an id of its own that never changes: the same track may be in
 * twice, and an entry may be named safely while somebody else edits. Positions
 * count from 0 among entries whose track is visible; entries whose track has
 * left the library stay between them, hidden, and are shown again when it comes
 * back.
 *
 * An edit is one transaction and moves the playlist's version and its counters
 * with it. expected_version as in playlists.h. Edits of a playlist of rules are
 * STATUS_CONFLICT with field "rules".
 *
 * Edits that change counters need a store_write() that began with
 * outbox_begin(), so that a scan that hides tracks and an edit that adds them
 * do not count past each other.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_PLAYLIST_TRACKS_H
#define OGMA_LIBRARY_PLAYLIST_TRACKS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"
#include "library/tracks.h"

#define PLAYLIST_TRACKS_MAX 100000 /* entries, hidden ones too */
#define PLAYLIST_EDIT_MAX 10000	   /* entries of one edit */
#define PLAYLIST_AT_END (-1)

struct playlist_entry {
	int64_t item_id;
	int64_t position;
	int64_t added_at_ms;
	struct track track;
};

struct playlist_entries {
	struct playlist_entry *items;
	size_t count;
	struct page_info page;
};

/* One page in the playlist's order. It does not ask whether the playlist is
 * there, nor who looks. STATUS_INVALID with field "limit", "offset" or
 * "cursor". */
enum status
playlist_tracks_list(struct store_session *session, int64_t playlist_id,
		     const struct page_request *page, struct arena *arena,
		     struct playlist_entries *out, struct fault *fault);

/* The track ids of all visible entries, in order. */
enum status playlist_tracks_ids(struct store_session *session,
				int64_t playlist_id, struct arena *arena,
				int64_t **ids, size_t *count,
				struct fault *fault);

/* What an edit left behind. */
struct playlist_state {
	int64_t version, track_count, duration_ms;
};

enum playlist_duplicates {
	DUPLICATES_ADD,	   /* they are put in again */
	DUPLICATES_SKIP,   /* they are left out */
	DUPLICATES_REPORT, /* nothing is added when there is one */
};

struct playlist_addition {
	const int64_t *track_ids;
	size_t count;	  /* 1..PLAYLIST_EDIT_MAX */
	int64_t position; /* or PLAYLIST_AT_END; beyond the end: the end */
	enum playlist_duplicates duplicates;
	int64_t added_by; /* user; 0: nobody */
	int64_t expected_version;
};

struct playlist_added {
	struct playlist_state state;
	int64_t *item_ids; /* in the order of their tracks */
	size_t added;
	int64_t *duplicates; /* track ids that were in, or named twice */
	size_t duplicate_count;
	int64_t *unknown; /* ids without a visible track */
	size_t unknown_count;
};

/* STATUS_CONFLICT with field "track_ids" when duplicates are reported: *out
 * names them and nothing is changed. STATUS_FULL at PLAYLIST_TRACKS_MAX. */
enum status playlist_tracks_add(struct store_session *session,
				int64_t playlist_id,
				const struct playlist_addition *addition,
				struct arena *arena, struct playlist_added *out,
				struct fault *fault);

/* Replaces all entries, hidden ones too. */
enum status playlist_tracks_replace(struct store_session *session,
				    int64_t playlist_id,
				    const struct playlist_addition *addition,
				    struct arena *arena,
				    struct playlist_added *out,
				    struct fault *fault);

/* Brings the visible entries named into this order and removes those that are
 * not named; hidden ones stay behind the entry they stood behind. Entries that
 * are not there are passed over. */
enum status playlist_tracks_arrange(struct store_session *session,
				    int64_t playlist_id,
				    const int64_t *item_ids, size_t count,
				    int64_t expected_version,
				    struct playlist_state *out,
				    struct fault *fault);

/* Entries that are not there are passed over; *removed says how many were. */
enum status playlist_tracks_remove(struct store_session *session,
				   int64_t playlist_id, const int64_t *item_ids,
				   size_t count, int64_t expected_version,
				   size_t *removed, struct playlist_state *out,
				   struct fault *fault);

/* STATUS_NOT_FOUND: no entry has the position. */
enum status playlist_tracks_at(struct store_session *session,
			       int64_t playlist_id, int64_t position,
			       int64_t *item_id, struct fault *fault);

/* Moves entries, in the order given, so that the first of them stands at `to`
 * afterwards; beyond the end is the end. A few rows are written, however long
 * the playlist is. *position is where the first came to stand. STATUS_NOT_FOUND
 * when none of them is there. Needs no outbox_begin(). */
#define PLAYLIST_MOVE_MAX 1000
enum status playlist_tracks_move(struct store_session *session,
				 int64_t playlist_id, const int64_t *item_ids,
				 size_t count, int64_t to,
				 int64_t expected_version, int64_t *position,
				 struct playlist_state *out,
				 struct fault *fault);

/* For catalogue_write(): tracks that appeared (shown 1), vanished (-1) or
 * changed their length only (0), after their rows were written. */
struct playlist_track_change {
	int64_t track_id;
	int64_t shown;
	int64_t duration_ms; /* added to the visible length */
};
enum status playlist_tracks_follow(struct store_session *session,
				   const struct playlist_track_change *changes,
				   size_t count, struct fault *fault);

/* Counts all kept numbers anew and compares, for tests. STATUS_CORRUPT. */
enum status playlist_tracks_check(struct store_session *session,
				  struct fault *fault);

#endif /* OGMA_LIBRARY_PLAYLIST_TRACKS_H */
