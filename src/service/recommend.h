/* recommend.h - what somebody may like: from what people hear together, else
 * from what sounds alike (service/sounds.h), from artists and genres.
 *
 * Two tracks are neighbours when the same people hear them. Neighbours of a
 * track are made anew when somebody played it, some tracks at a time, and kept
 * in the store; asking reads them and nothing larger.
 *
 * Floor: 4 (service). Threads: all functions may be called from any; all but
 * recommend_mark() may block.
 */
#ifndef OGMA_SERVICE_RECOMMEND_H
#define OGMA_SERVICE_RECOMMEND_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

struct recommend;
struct sounds;

#define RECOMMEND_MAX 100

enum recommend_reason {
	RECOMMEND_TOGETHER, /* because_track */
	RECOMMEND_SOUND,    /* because_track */
	RECOMMEND_ARTIST,   /* because_artist */
	RECOMMEND_GENRE,    /* because_genre */
	RECOMMEND_POPULAR,
};

/* "co_listening", "sound", "artist", "genre", "popular". */
const char *recommend_reason_name(enum recommend_reason reason);

struct recommended {
	int64_t track_id;
	enum recommend_reason reason;
	int64_t because_id; /* track, artist or genre; 0: none */
	double score;	    /* 0..1 */
};

struct recommend *recommend_new(struct store *store);
void recommend_free(struct recommend *recommend); /* NULL is fine */

/* Somebody played it: its neighbours are to be made anew. */
void recommend_mark(struct recommend *recommend, int64_t track_id);

/* Makes the neighbours of at most `limit` marked tracks; *left: how many wait.
 * STATUS_OK too when there was nothing to do. */
enum status recommend_step(struct recommend *recommend, uint32_t limit,
			   int64_t now_ms, uint32_t *left,
			   struct fault *fault);

/* In a store_read(). Tracks the person never played, best first. `sounds` NULL:
 * without what sounds alike. */
enum status recommend_for_user(struct store_session *session,
			       struct sounds *sounds, int64_t user_id,
			       uint32_t limit, struct arena *arena,
			       struct recommended **out, size_t *count,
			       struct fault *fault);

/* In a store_read(). What goes with a track: what is heard with it, then what
 * sounds like it, then, when there is not enough, the artist's and the genre's.
 * STATUS_NOT_FOUND when there is no such track. */
enum status recommend_similar(struct store_session *session,
			      struct sounds *sounds, int64_t track_id,
			      uint32_t limit, struct arena *arena,
			      struct recommended **out, size_t *count,
			      struct fault *fault);

#endif /* OGMA_SERVICE_RECOMMEND_H */
