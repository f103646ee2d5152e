/* fingerprints.h - the library's fingerprints, and which tracks sound like one.
 *
 * A track that was heard (library/track_analysis.h) waits until it is looked
 * up; then its marks are entered and later ones find it. A look-up reads the
 * tracks that share marks, at most FINGERPRINT_SHARERS for each mark, compares
 * the FINGERPRINT_CANDIDATES that share most of them, and so costs the same in
 * any library; nothing is kept in memory between look-ups.
 *
 * The same recording is what sounds the same and is as long, to
 * FINGERPRINT_SLACK_MS: a radio edit begins like the album's version. The same
 * file is what has the same key of its encoded sound and is as long.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_FINGERPRINTS_H
#define OGMA_LIBRARY_FINGERPRINTS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/fingerprint.h"

#define FINGERPRINT_SHARERS 256
#define FINGERPRINT_CANDIDATES 48
#define FINGERPRINT_SLACK_MS 10000

/* Tracks that were heard and not looked up, after `after_id` in order of id. */
enum status fingerprints_pending(struct store_session *session,
				 int64_t after_id, uint32_t limit,
				 struct arena *arena, int64_t **ids,
				 size_t *count, struct fault *fault);
enum status fingerprints_pending_count(struct store_session *session,
				       int64_t *out, struct fault *fault);

/* Another track that sounds the same. */
struct fingerprint_found {
	int64_t track_id;
	double error_rate; /* 0 when the file is the same */
	bool same_audio;
};

/* What a track is compared by. */
struct fingerprint_wanted {
	struct fingerprint print; /* count 0: none */
	int64_t duration_ms;
	int64_t track_id; /* itself, which is not found; 0: none */
};

/* A visible track's own. STATUS_NOT_FOUND: gone, or not heard yet. */
enum status fingerprint_get(struct store_session *session, int64_t track_id,
			    struct arena *arena, struct fingerprint_wanted *out,
			    struct fault *fault);

/* Visible tracks that sound the same, the likest first. The print alone is
 * looked at, and for a track of the library its file's key too. */
enum status fingerprints_find(struct store_session *session,
			      const struct fingerprint_wanted *wanted,
			      struct arena *arena,
			      struct fingerprint_found **out, size_t *count,
			      struct fault *fault);

/* Enters the track's marks in place of those it had, and notes that it was
 * looked up. */
enum status fingerprints_enter(struct store_session *session,
			       const struct fingerprint_wanted *wanted,
			       struct fault *fault);

/* Notes that a track needs no looking up: it was hidden, or has no file. */
enum status fingerprints_pass(struct store_session *session, int64_t track_id,
			      struct fault *fault);

#endif /* OGMA_LIBRARY_FINGERPRINTS_H */
