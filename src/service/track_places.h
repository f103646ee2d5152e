/* track_places.h - where the files of tracks lie, remembered while the library
 * stays as it is.
 *
 * A player asks for one track in many ranges. The library is read once for
 * them: what was read is good as long as store_version() has not changed, so
 * the request after a commit reads anew (after one of another process within
 * STORE_VERSION_STALE_MS).
 *
 * Threads: any. Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_TRACK_PLACES_H
#define OGMA_SERVICE_TRACK_PLACES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/ranged.h"
#include "library/files.h"

struct store;
struct track_places;

struct track_place {
	struct file_place file;
	int64_t track_id;
	uint64_t version; /* of the store when it was there */
};

struct track_places *track_places_new(struct store *store); /* borrowed */
void track_places_free(struct track_places *places); /* NULL is fine */

/* As files_of_track(). */
enum status track_places_find(struct track_places *places, int64_t track_id,
			      struct arena *arena, struct track_place *out,
			      struct fault *fault);

/* The name that was given to the file at this place while it was as it is now;
 * false: none was. */
#define TRACK_PLACE_NAME_BYTES (2 * SHA256_BYTES + 1)
bool track_places_name(struct track_places *places,
		       const struct track_place *place,
		       const struct ranged_file *now,
		       char name[TRACK_PLACE_NAME_BYTES]);
void track_places_keep_name(struct track_places *places,
			    const struct track_place *place,
			    const struct ranged_file *now,
			    const char name[TRACK_PLACE_NAME_BYTES]);

#endif /* OGMA_SERVICE_TRACK_PLACES_H */
