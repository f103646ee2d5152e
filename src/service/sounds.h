/* sounds.h - the tracks that sound most like a track.
 *
 * The points of all heard tracks (library/track_sounds.h) lie in memory, in
 * service/nearest.h. At start a thread reads them out of the store, in the
 * background: until then nothing sounds like anything. From then on it looks,
 * when the store changed, for points that were made since, by whatever process;
 * transactions that commit out of order are met by looking SOUNDS_OVERLAP_MS back.
 * Every SOUNDS_ANEW_MS, when anything changed, all is read anew and arranged,
 * which forgets tracks that are gone; the memory is twice as large meanwhile.
 * What is hidden or gone before that is left out when asked for.
 *
 * Floor: 4 (service). Threads: all functions from any; an own thread inside.
 */
#ifndef OGMA_SERVICE_SOUNDS_H
#define OGMA_SERVICE_SOUNDS_H

#include "driver/store.h"

#define SOUNDS_MAX 200
#define SOUNDS_OVERLAP_MS 60000
#define SOUNDS_ANEW_MS 3600000

struct sounds;

struct sound_alike {
	int64_t track_id;
	double distance; /* media/sound.h */
};

enum status sounds_open(struct store *store, struct sounds **out,
			struct fault *fault);
void sounds_close(struct sounds *sounds); /* NULL is fine */

/* Takes in what was made since, now and not within a second: for tests. */
enum status sounds_catch_up(struct sounds *sounds, struct fault *fault);

/* How many tracks it knows. */
size_t sounds_count(struct sounds *sounds);

/* In a store_read(). The `limit` (at most SOUNDS_MAX) visible tracks that sound
 * most like it, without itself, the nearest first; none when it was not heard
 * yet, or sounds is NULL. `out` has room for limit. */
enum status sounds_alike(struct sounds *sounds, struct store_session *session,
			 int64_t track_id, size_t limit,
			 struct sound_alike *out, size_t *count,
			 struct fault *fault);

/* How near that is, of 1 (the same) down to 0. */
double sounds_score(double distance);

#endif /* OGMA_SERVICE_SOUNDS_H */
