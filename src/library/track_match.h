/* track_match.h - which track of the library somebody else's entry is: by where
 * its file lies, by its encoded sound, by what its tags say, by its fingerprint.
 *
 * Paths are compared from their end: "D:\Music\Queen\Jazz\01.flac" is the file
 * Queen/Jazz/01.flac of a source, whatever lies above. At least one folder must
 * agree, or the entry named none. Names are compared as fold_identity() does,
 * lengths may differ by TRACK_MATCH_SLACK_MS. Fingerprints find the recording in
 * another format and with other tags (library/fingerprints.h); they cost most, so
 * they come after names and only for some entries.
 *
 * A track that was merged into another is that one.
 *
 * Floor: 3 (library). Threads: as the session; a matcher belongs to one.
 */
#ifndef OGMA_LIBRARY_TRACK_MATCH_H
#define OGMA_LIBRARY_TRACK_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "driver/store.h"

#define TRACK_MATCH_SLACK_MS 3000
#define TRACK_AUDIO_KEY_BYTES 16
#define TRACK_MATCH_PRINTS_MAX 1000 /* looked up by one matcher */

/* What is said of a track; NULL and 0: nothing. */
struct track_wanted {
	const char *path; /* "/" or "\" between parts */
	const char *title, *artist, *album;
	int64_t duration_ms;
	int64_t track_id; /* of our own, from an export of ours */
	bool has_audio_key;
	uint8_t audio_key[TRACK_AUDIO_KEY_BYTES];
	const char *fingerprint; /* library/fingerprint.h, as text */
};

enum track_matched {
	MATCHED_NOT,
	MATCHED_PATH,
	MATCHED_AUDIO,
	MATCHED_TAGS,
	MATCHED_FINGERPRINT,
	MATCHED_ID,
};

struct track_matcher; /* remembers folders from one entry to the next */

enum status track_matcher_new(struct store_session *session,
			      struct track_matcher **out, struct fault *fault);
void track_matcher_free(struct track_matcher *matcher); /* NULL is fine */

/* *track_id is 0 when nothing matches. Only visible tracks are found. */
enum status track_match(struct track_matcher *matcher,
			const struct track_wanted *wanted, int64_t *track_id,
			enum track_matched *how, struct fault *fault);

/* The other way round: where tracks lie and what they are, for a file. */
struct track_place {
	int64_t track_id;
	const char *path; /* of folder and file, as people read it */
	const char *title, *artist, *album; /* album NULL: none */
	int64_t duration_ms;
	uint8_t audio_key[TRACK_AUDIO_KEY_BYTES];
	const char *fingerprint; /* as text; NULL: none, or not asked for */
};

/* In the order of the ids, twice where an id is there twice; those that are not
 * visible are left out. Arena-owned. */
enum status track_places(struct store_session *session, const int64_t *ids,
			 size_t count, struct arena *arena,
			 struct track_place **out, size_t *out_count,
			 struct fault *fault);

/* Adds the fingerprints of the first `limit` places. */
enum status track_places_hear(struct store_session *session,
			      struct track_place *places, size_t count,
			      size_t limit, struct arena *arena,
			      struct fault *fault);

#endif /* OGMA_LIBRARY_TRACK_MATCH_H */
