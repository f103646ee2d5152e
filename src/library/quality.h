/* quality.h - what is odd in the library, in numbers: for the people who look
 * after it. Reads every track and album: seconds at a million.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_QUALITY_H
#define OGMA_LIBRARY_QUALITY_H

#include <stdint.h>

#include "driver/store.h"

struct library_quality {
	int64_t orphan_tracks; /* shown, with no file that is there */
	int64_t tracks_without_duration;
	int64_t tracks_without_artist;
	int64_t duplicate_albums; /* that share title and artist with one more */
	int64_t rejected_files;
};

enum status library_quality_get(struct store_session *session,
				struct library_quality *out,
				struct fault *fault);

#endif /* OGMA_LIBRARY_QUALITY_H */
