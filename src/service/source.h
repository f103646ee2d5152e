/* source.h - the places files come from, on behalf of an admin: adding,
 * pausing, scanning, removing; each with its audit row.
 *
 * What takes long is a job (service/job.h) that the server's runner takes up:
 * kinds "scan" and "remove".
 *
 * Floor: 4 (service). Threads: every call may block: from workers.
 */
#ifndef OGMA_SERVICE_SOURCE_H
#define OGMA_SERVICE_SOURCE_H

#include "library/sources.h"
#include "service/caller.h"
#include "service/job.h"
#include "service/source_bucket.h"

/* Every kind of job that ogma serve runs; `cookie` of the runner is a struct
 * scan_services. */
extern const struct job_kind job_kinds[];

#define REMOVE_JOB "remove"

/* A new source: a folder, by its absolute path, that is there and not inside the
 * data folder; or a bucket (s3://bucket/folder) that can be asked. */
struct source_wish {
	const char *path;
	struct source_bucket bucket; /* of a bucket */
	bool scan;		     /* at once */
	const char *data_dir;
	const struct s3_access *s3;
};

/* STATUS_INVALID with the field that is wrong. STATUS_CONFLICT: inside another
 * source or around one, or there already. *job_id (scan only) is its scan. */
enum status source_add(struct store *store, const struct caller *caller,
		       const struct source_wish *wish, int64_t *id,
		       int64_t *job_id, struct fault *fault);

/* Another server, or other keys, for a bucket; it is asked first. STATUS_INVALID
 * also for a folder. */
enum status source_change_bucket(struct store *store,
				 const struct caller *caller,
				 const struct s3_access *s3, int64_t id,
				 const struct source_bucket *bucket,
				 struct fault *fault);

/* A paused source is not scanned. STATUS_NOT_FOUND. */
enum status source_pause(struct store *store, const struct caller *caller,
			 int64_t id, bool paused, struct fault *fault);

/* Queues a scan, or finds the one that is queued. STATUS_CONFLICT when the
 * source is paused. */
enum status source_scan(struct store *store, const struct caller *caller,
			int64_t id, bool again, int64_t *job_id,
			struct fault *fault);

/* Pauses it, stops its scans and queues a job that hides its tracks and then
 * takes the source out of the list. Files stay where they are. STATUS_CONFLICT
 * with field "managed": uploads, while there are any. */
enum status source_remove(struct store *store, const struct caller *caller,
			  int64_t id, int64_t *job_id, struct fault *fault);

/* Cancels or retries a job: as jobs_cancel(), jobs_retry(). */
enum status source_job_change(struct store *store, const struct caller *caller,
			      int64_t job_id, bool cancel,
			      struct fault *fault);

/* Queues all dead jobs of a kind (NULL: of any) again. */
enum status source_jobs_retry(struct store *store, const struct caller *caller,
			      const char *kind, int64_t *count,
			      struct fault *fault);

#endif /* OGMA_SERVICE_SOURCE_H */
