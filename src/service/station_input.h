/* station_input.h - where the sound of a picked item comes from, as a
 * descriptor.
 *
 * Floor: 4 (service). Threads: any; may block.
 */
#ifndef OGMA_SERVICE_STATION_INPUT_H
#define OGMA_SERVICE_STATION_INPUT_H

#include "service/station.h"

struct streams;
struct telegram;

#define STATION_HINT_BYTES 64

/* A track's file, a file below a source, what an address sends, what yt-dlp
 * fetches, or a post's file; the caller takes *fd. `hint`: the type of what is no regular file, ""
 * else. Addresses that are not public are refused (service/fetch.h). */
enum status station_input_open(struct store *store, struct streams *streams,
			       struct telegram *telegram,
			       const struct station_pick *pick, int *fd,
			       char hint[STATION_HINT_BYTES],
			       struct fault *fault);

#endif /* OGMA_SERVICE_STATION_INPUT_H */
