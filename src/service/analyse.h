/* analyse.h - listens to the tracks that were not listened to yet.
 *
 * While Ogma serves, as many threads as MEDIA_ANALYSES take one track after the
 * other, hand its file to a media process and keep what was heard
 * (library/track_analysis.h). The rows are the progress: whatever breaks off is
 * taken up again, and a new version of the analyser goes through all tracks once
 * more. A file that cannot be heard gets a row with the reason and is left alone.
 *
 * Threads: analyse_open() and analyse_close() by one thread; own threads inside.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_ANALYSE_H
#define OGMA_SERVICE_ANALYSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/option.h"
#include "media/media.h"

struct analyse;
struct store;
struct streams;

struct analyse_settings {
	bool enabled;          /* ANALYSIS */
	uint32_t look_seconds; /* ANALYSIS_LOOK_SECONDS */
};
extern const struct option analyse_options[];

struct analyse_args {
	struct store *store; /* all borrowed */
	struct streams *streams;
	struct media_pool *media;
	const struct analyse_settings *settings;
	uint32_t threads; /* 0: 1 */
};

enum status analyse_open(const struct analyse_args *args,
			 struct analyse **out, struct fault *fault);

/* Breaks off what runs. NULL is fine. */
void analyse_close(struct analyse *analyse);

/* One track, now: for the threads, and for tests. STATUS_UNAVAILABLE: its file or
 * the media program is away, nothing was written; STATUS_CANCELLED as go_on said.
 * A file that could not be heard is STATUS_OK. */
enum status analyse_track(const struct analyse_args *args, int64_t track_id,
			  media_go_on *go_on, void *cookie,
			  struct fault *fault);

#endif /* OGMA_SERVICE_ANALYSE_H */
