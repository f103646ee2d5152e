/* scan.h - brings the library in step with what lies in a source.
 *
 * Life of a scan: a job row is made → the source is walked (stat calls only)
 * and compared folder by folder with the files table → new and changed files
 * are probed by the media pool, several at a time → tracks and their files are
 * saved together, some hundreds per transaction → files that are gone are
 * marked missing → the job row gets its last state.
 *
 * What holds after every scan, and after a scan that was killed anywhere and
 * then run again: the library is what a scan of an empty library would make of
 * the same tree, except that ids are kept. A file is saved with its track or
 * not at all. A file that moved keeps its track (same inode, or same audio and
 * the old path is gone). Missing files keep their track hidden and get it back
 * when they return. A file that cannot be read is kept in the files table with
 * its reason and looked at again only when its size or time changed. A source
 * that is not there, or is empty while the library knows files of it, fails
 * the job and changes nothing.
 *
 * One scan per source at a time, in whatever process: the job row carries a
 * lease that its owner renews; a dead owner's lease runs out.
 *
 * Threads: scan_run() blocks until the end: from a worker. Several scans of
 * different sources may run at the same time.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_SCAN_H
#define OGMA_SERVICE_SCAN_H

#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/option.h"
#include "driver/source.h"

struct blob_store;
struct job;
struct media_pool;
struct s3_access;
struct store;
struct store_session;

struct scan_settings {
	uint32_t walkers;       /* SCAN_WALKERS */
	uint32_t probes;        /* SCAN_PROBES; 0: as many as the media pool */
	uint32_t batch;         /* SCAN_BATCH: tracks per transaction */
	uint64_t picture_limit_bytes; /* SCAN_PICTURE_LIMIT_BYTES */
	bool links;             /* SCAN_FOLLOW_LINKS */
};

/* Rows that fill a struct scan_settings. */
extern const struct option scan_options[];

/* What a scan works with; all borrowed. */
struct scan_services {
	struct store *store;
	struct blob_store *blobs;
	struct media_pool *media;
	const struct scan_settings *settings;
	const struct s3_access *s3; /* as places_new() */
};

enum scan_phase { SCAN_WALKING, SCAN_FINISHING, SCAN_ENDED };

struct scan_progress {
	enum scan_phase phase;
	uint64_t done;         /* files compared, and probed where needed */
	uint64_t total;        /* files seen so far; final once walk_ended */
	bool walk_ended;
	double rate;           /* files per second since the start */
	int64_t eta_seconds;   /* -1: not known yet */
	uint64_t added, updated, moved, removed, restored, unchanged, rejected;
	int64_t elapsed_ms;
};

/* Both may be NULL. Called from the thread of scan_run() only: progress about
 * twice a second and once at the end, rejected for each file (and unreadable
 * folder) that was looked at in this scan. `path` is for display. */
struct scan_watcher {
	void (*progress)(void *cookie, const struct scan_progress *progress);
	void (*rejected)(void *cookie, const char *path, const char *reason);
	void *cookie;
};

struct scan_args {
	int64_t source_id;
	const struct source_change *parts; /* scan these folders only */
	size_t part_count;                 /* 0: the whole source */
	bool again;              /* read every file anew, changed or not */
	struct scan_watcher watcher;
	const atomic_bool *stop; /* may be NULL; true: end soon, CANCELLED */
};

/* Runs one scan to its end and leaves a finished job row, also when it fails.
 * *out and *job_id (either may be NULL) are set whenever a job row was made.
 * STATUS_CONFLICT: another scan of this source is running. STATUS_NOT_FOUND:
 * no such source. STATUS_UNAVAILABLE: the source is not there (not mounted).
 * STATUS_CANCELLED: stop was set, or the job was cancelled from outside. */
enum status scan_run(const struct scan_services *services,
		     const struct scan_args *args, struct scan_progress *out,
		     int64_t *job_id, struct fault *fault);

/* The row of the table of job kinds: `cookie` is a struct scan_services. A job
 * is asked for by jobs_add(session, "scan", source_id, detail), where detail is
 * "" or SCAN_AGAIN (read every file anew). */
#define SCAN_JOB "scan"
#define SCAN_AGAIN "again"
enum status scan_job_run(struct job *job, void *cookie, struct fault *fault);

/* ---- one file, without a job ---- */

struct catalogue;
struct media_facts;
struct scan_found; /* what a file turned out to be */

/* Reads `fd`, which is or will be the file `name` of a source, as a scan would.
 * STATUS_INVALID: it cannot be a track, with the reason in the sentence;
 * STATUS_UNAVAILABLE: it is not to blame. The caller frees *out. */
enum status scan_file_look(const struct scan_services *services, int fd,
			   const char *name, struct scan_found **out,
			   struct fault *fault);
const struct media_facts *scan_found_media(const struct scan_found *found);
void scan_found_free(struct scan_found *found); /* NULL is fine */

/* Work in the transaction that saves a file. */
typedef enum status scan_file_work(struct catalogue *catalogue,
				   struct store_session *session,
				   int64_t track_id, void *cookie,
				   struct fault *fault);

struct scan_file {
	int64_t source_id;
	struct source *source;
	const char *path; /* below its root */
	bool rehearsal; /* it is not there yet: tell only whether all of it
			 * would be done, and undo it; *track_id is 0 then */
	scan_file_work *before; /* track_id 0; may be NULL */
	scan_file_work *after;  /* may be NULL */
	void *cookie;
};

/* Saves it as the scan that comes to this path would; idempotent, and whatever
 * the two works do is saved with it or not at all. */
enum status scan_file_save(const struct scan_services *services,
			   const struct scan_file *file,
			   const struct scan_found *found, int64_t *track_id,
			   struct fault *fault);

/* ---- sources ---- */

/* Finds the source with this root or makes it. A folder's path is made absolute
 * and free of links first; "s3://bucket/prefix" is a bucket. STATUS_NOT_FOUND
 * when there is no such folder; STATUS_CONFLICT when it lies inside another
 * source or around one, with that one's root in the sentence. */
enum status scan_source_add(struct store *store, const char *path,
			    int64_t *source_id, bool *is_new,
			    struct fault *fault);

/* Its two halves: the root as it is kept, and its row in a transaction (config
 * is for a new one; NULL: "{}"). */
enum status scan_source_root(const char *path, char root[PATH_MAX],
			     struct fault *fault);
enum status scan_source_write(struct store_session *session, const char *root,
			      const char *config, int64_t *id, bool *is_new,
			      struct fault *fault);

#endif /* OGMA_SERVICE_SCAN_H */
