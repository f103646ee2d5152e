/* track_sounds.h - where each track lies among sounds (media/sound.h).
 *
 * A narrow row beside that of library/track_analysis.h, from which it is made
 * and with which it is written: who keeps all points in memory reads 40 bytes a
 * track and not a page of the store.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_TRACK_SOUNDS_H
#define OGMA_LIBRARY_TRACK_SOUNDS_H

#include "driver/store.h"
#include "media/sound.h"

struct track_sound {
	int64_t track_id, made_at_ms;
	uint8_t codes[SOUND_CODES];
};

/* Replaces the track's row; `heard` NULL or without a sound: there is none. */
enum status track_sounds_put(struct store_session *session, int64_t track_id,
			     const struct media_analysis *heard, int64_t now_ms,
			     struct fault *fault);

/* Visible tracks after `after_id`, in order of id; at most `limit`. */
enum status track_sounds_page(struct store_session *session, int64_t after_id,
			      uint32_t limit, struct arena *arena,
			      struct track_sound **out, size_t *count,
			      struct fault *fault);

/* Visible tracks in order of (made_at, id), from after that place on. */
enum status track_sounds_since(struct store_session *session, int64_t made_at_ms,
			       int64_t after_id, uint32_t limit,
			       struct arena *arena, struct track_sound **out,
			       size_t *count, struct fault *fault);

/* Makes rows for the first `limit` tracks after *after_id, which goes on to the
 * last of them, that were heard when there were none of this version yet. */
enum status track_sounds_make(struct store_session *session, int64_t *after_id,
			      uint32_t limit, int64_t now_ms, bool *more,
			      struct fault *fault);

/* Whether the track is there to be heard. */
enum status track_sounds_visible(struct store_session *session,
				 int64_t track_id, bool *out,
				 struct fault *fault);

#endif /* OGMA_LIBRARY_TRACK_SOUNDS_H */
