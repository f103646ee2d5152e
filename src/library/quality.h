/* quality.h - what is odd in the library: how much of it, and which things, for
 * the people who look after it. Counting reads every track and album: seconds
 * at a million.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_QUALITY_H
#define OGMA_LIBRARY_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

enum quality_check {
	QUALITY_ORPHAN_TRACKS, /* shown, with no file that is there */
	QUALITY_NO_DURATION,
	QUALITY_NO_ARTIST,
	QUALITY_NO_ALBUM,
	QUALITY_NO_GENRE,
	QUALITY_NO_COVER, /* neither its own nor its album's */
	QUALITY_DUPLICATE_ALBUMS, /* share title and artist with an older one */
	QUALITY_REJECTED_FILES,
	QUALITY_MISSING_FILES, /* were there once; their tracks are hidden */
};
#define QUALITY_CHECKS 9

/* "orphan_tracks", …; as members of the monitoring report. */
const char *quality_name(enum quality_check check);
const char *quality_kind(enum quality_check check); /* track, album, file */

enum status quality_count(struct store_session *session,
			  enum quality_check check, int64_t *out,
			  struct fault *fault);

struct library_quality {
	int64_t counts[QUALITY_CHECKS];
};

enum status library_quality_get(struct store_session *session,
				struct library_quality *out,
				struct fault *fault);

struct odd_thing {
	int64_t id; /* of the track, album or file */
	const char *title;  /* of a file: its name, raw bytes */
	const char *detail; /* the artist; of a file the reason; or NULL */
	int64_t source_id;  /* of a track or file */
	const char *folder; /* of a file, raw bytes; or NULL */
};

/* Those a check counts, newest first or oldest; only those that come behind
 * `after_id` then (0: from the start). */
enum status quality_things(struct store_session *session,
			   enum quality_check check, bool oldest_first,
			   int64_t after_id, uint32_t limit,
			   struct arena *arena,
			   struct odd_thing **out, size_t *count,
			   struct fault *fault);

#endif /* OGMA_LIBRARY_QUALITY_H */
