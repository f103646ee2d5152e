/* playlist_edit_private.h - one edit of a playlist's tracks, within one
 * transaction: edit_begin(), changes of rows, edit_end().
 *
 * Invariants: places of one playlist differ from each other; a new entry gets
 * one between its neighbours', PLAYLIST_PLACE_GAP away from the last when it
 * goes to an end. Where two neighbours have no room between them, all entries
 * of the playlist are spread anew, which happens after some forty inserts at
 * one spot. While entries are moved they are marked (hidden is 2), so that the
 * rest can be counted without them; no mark outlives its transaction.
 *
 * Floor: 3 (library); private.
 */
#ifndef OGMA_LIBRARY_PLAYLIST_EDIT_PRIVATE_H
#define OGMA_LIBRARY_PLAYLIST_EDIT_PRIVATE_H

#include "library/playlist_tracks.h"

#define PLAYLIST_PLACE_GAP ((int64_t)1 << 40)

struct playlist_edit { /* begin with session and playlist_id */
	struct store_session *session;
	int64_t playlist_id;
	int64_t entries; /* hidden ones too, before the edit */

	/* What the edit adds to the counters. */
	int64_t tracks, hidden, duration_ms;
};

/* STATUS_CONFLICT: the playlist is not at expected_version (0: whichever), or
 * is one of rules. */
enum status playlist_edit_begin(struct playlist_edit *edit,
				int64_t expected_version, struct fault *fault);

/* Writes the counters and the next version. */
enum status playlist_edit_end(const struct playlist_edit *edit,
			      struct playlist_state *out, struct fault *fault);

/* Adds "(ids) and playlist_id = …" to a statement. At most IDS_AT_ONCE ids; args
 * has room for one more. Returns how many args the statement has. */
size_t playlist_edit_ids(const struct playlist_edit *edit, const int64_t *ids,
			 size_t count, struct buffer *sql,
			 struct sql_value *args);

/* Room for `count` entries so that the first of them is at `position`, or
 * behind all (-1): places from *first on, *step apart. */
enum status playlist_places_find(const struct playlist_edit *edit,
				 int64_t position, size_t count,
				 int64_t *first, int64_t *step,
				 struct fault *fault);

#endif
