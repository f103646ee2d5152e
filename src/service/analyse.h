/* analyse.h - listens to the tracks that were not listened to yet.
 *
 * A kind of job: as many threads as MEDIA_ANALYSES take one track after the
 * other, hand its file to a media process and keep what was heard
 * (library/track_analysis.h). The rows are the progress: whatever breaks off is
 * taken up again, and a new version of the analyser goes through all tracks once
 * more. A file that cannot be heard gets a row with the reason and is left alone;
 * one that is away is passed over.
 *
 * The job is asked for by people, by the pipeline, and by a thread here, which
 * looks every ANALYSIS_LOOK_SECONDS whether tracks wait. Of several processes on
 * one store the one that holds the job's lease does the work. Somebody who
 * cancels it is obeyed until the next scan or upload has ended.
 *
 * Threads: analyse_open() and analyse_close() by one thread; own threads inside.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_ANALYSE_H
#define OGMA_SERVICE_ANALYSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/option.h"
#include "media/media.h"
#include "service/job.h"

struct analyse;
struct caller;
struct store;
struct streams;

struct analyse_settings {
	bool enabled;          /* ANALYSIS: by itself, too */
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

/* The kind; its cookie is a struct analyse_args. Detail "again": tracks too that
 * were listened to before the job began. */
#define ANALYSE_JOB "analyse"
#define ANALYSE_AGAIN "again"
extern const struct job_kind analyse_kinds[];

/* Asks for the job in somebody's name. *job_id is one that waits already, if
 * any. */
enum status analyse_ask(struct store *store, const struct caller *caller,
			bool again, int64_t *job_id, struct fault *fault);

/* Asks when tracks wait and nobody stopped it; STATUS_OK in either case. *asked:
 * a job waits now. */
enum status analyse_look(struct store *store, bool *asked,
			 struct fault *fault);

/* The thread that looks. `jobs` is woken. */
enum status analyse_open(const struct analyse_args *args,
			 struct job_runner *jobs, struct analyse **out,
			 struct fault *fault);
void analyse_close(struct analyse *analyse); /* NULL is fine */

/* One track, now: for the job, and for tests. STATUS_UNAVAILABLE: its file or
 * the media program is away, nothing was written; STATUS_CANCELLED as go_on said.
 * A file that could not be heard is STATUS_OK, with *why when that is not NULL. */
enum status analyse_track(const struct analyse_args *args, int64_t track_id,
			  media_go_on *go_on, void *cookie,
			  struct fault *why, struct fault *fault);

#endif /* OGMA_SERVICE_ANALYSE_H */
