/* scan_parts.h - what the files of the scan service share.
 *
 *	scan.c        one run from its job row to its end; progress
 *	scan_walk.c   the walk: compares each folder with its rows   (walkers)
 *	scan_probe.c  opens and probes files, stores pictures        (probers)
 *	scan_save.c   saves in batches, marks what is gone           (caller)
 *	scan_queue.c  bounded queues between the three
 *	scan_file.c   one file that is put into a source, without a job
 *	scan_registry.c  what became of the objects of a bucket
 *
 *	walk ──work──▶ probers ──done──▶ save ──▶ catalogue_write()
 *	  └───────────────done────────────┘   (what needs no probe)
 *
 * An item belongs to who took it from a queue. Memory is bounded: both queues
 * hold a fixed number of items, and no item holds a picture.
 *
 * Floor: 4 (service), private to scan_*.c.
 */
#ifndef OGMA_SERVICE_SCAN_PARTS_H
#define OGMA_SERVICE_SCAN_PARTS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/blob.h"
#include "driver/source.h"
#include "library/catalogue.h"
#include "library/covers.h"
#include "library/files.h"
#include "library/sources.h"
#include "media/media.h"
#include "service/job.h"
#include "service/scan.h"

#define SCAN_WORK_MAX 512    /* items that wait for a prober */
#define SCAN_DONE_MAX 512    /* items that wait to be saved */
#define SCAN_PROBERS_MAX 64
#define SCAN_KEPT_MAX 10000  /* places that could not be looked at */
#define SCAN_PICTURES_MAX 4096

/* ---- items and queues ----------------------------------------------------- */

enum scan_task {
	SCAN_PROBE,   /* a new or changed audio file */
	SCAN_RESTORE, /* a missing file that is back as it was */
	SCAN_REJECT,  /* a file that cannot be a track, with the reason */
	SCAN_GONE,    /* vanished while it was looked at: nothing to save */
	SCAN_PICTURE, /* a folder's own picture changed */
};

struct scan_item {
	struct scan_item *next;
	struct arena arena; /* of all that follows */
	enum scan_task task;
	const char *folder, *name; /* raw bytes */
	struct file_facts file;
	int64_t file_id;         /* its row, 0: none */
	const char *lyrics_name; /* of the .lrc beside it, or NULL */
	const char *reason;      /* SCAN_REJECT */
	int64_t picture_key;     /* SCAN_PICTURE; 0: the folder has none */
	const char *etag;        /* of an object; NULL: the place has none */

	/* found by the prober */
	struct media_facts *media;
	const char *lyrics;
	bool lyrics_synced;
	bool has_cover;
	struct cover cover;
	enum save_result result; /* set by the last run of the transaction */
};

struct scan_item *scan_item_new(enum scan_task task, const char *folder,
				const char *name);
void scan_item_free(struct scan_item *item);

/* The path below the root, in the item's arena. */
const char *scan_item_path(struct scan_item *item);

struct scan_queue {
	pthread_mutex_t lock;
	pthread_cond_t room, filled;
	struct scan_item *first, **last;
	size_t count, limit;
	uint32_t producers; /* who may still push; 0 ends the queue */
	bool broken;        /* pushes and pops fail at once */
};

void scan_queue_init(struct scan_queue *queue, size_t limit,
		     uint32_t producers);
void scan_queue_release(struct scan_queue *queue); /* frees what is in it */

/* Takes the item; waits for room. Frees it when the queue is broken. */
void scan_queue_push(struct scan_queue *queue, struct scan_item *item);

/* Waits for an item, at most timeout_ms (UINT32_MAX: for ever). NULL: none came
 * in time, or (*ended) none ever will. */
struct scan_item *scan_queue_pop(struct scan_queue *queue, uint32_t timeout_ms,
				 bool *ended);
void scan_queue_leave(struct scan_queue *queue); /* one producer less */
void scan_queue_break(struct scan_queue *queue);

/* ---- a set of 64-bit numbers ---------------------------------------------- */

struct scan_set {
	uint64_t *places; /* 0: free */
	size_t room, count;
};

void scan_set_add(struct scan_set *set, uint64_t number);
bool scan_set_has(const struct scan_set *set, uint64_t number);
uint64_t scan_hash(const char *text);

/* ---- one run -------------------------------------------------------------- */

/* A picture seen in this run: the cheap hash of the media pool leads to what is
 * known of it, so that each is stored once. */
struct scan_picture {
	uint8_t hash[SHA256_BYTES];
	bool used, good;
	struct cover cover; /* mime lives as long as the program */
};

struct scan {
	const struct scan_services *services;
	const struct scan_args *args;
	struct job *job;
	struct source *source;
	struct catalogue *catalogue;
	const char *root; /* for sentences */
	const char *bucket, *prefix; /* NULL: the source is no bucket */
	bool whole;       /* not only parts */

	struct scan_queue work, done;
	atomic_bool stop;

	pthread_mutex_t lock; /* of all below */
	enum status status;   /* the first failure */
	struct fault fault;
	struct scan_set visited; /* folders that were compared */
	struct scan_set torn;    /* of those: some files are gone */
	char **kept;             /* what must be left as it is */
	size_t kept_count;
	bool keep_all;           /* more than SCAN_KEPT_MAX */
	bool parts_gone;         /* a part is not there any more */
	struct scan_picture *pictures; /* SCAN_PICTURES_MAX, by hash */

	atomic_uint_fast64_t seen; /* audio files met by the walk */
	atomic_uint_fast64_t compared_same; /* of those: unchanged */
	atomic_uint_fast64_t compared_rejected; /* rejected before, unchanged */
	atomic_bool walk_ended;
	uint64_t saved; /* files that went through the saver */
	uint64_t added, updated, moved, removed, restored, unchanged, rejected;
	int64_t start_ms, tick_ms, note_ms;
	int64_t began_at_ms; /* by the wall clock */
	uint64_t tick_done;
	double rate;
};

/* Remembers the first failure and stops everything. Returns `status`. */
enum status scan_fail(struct scan *scan, enum status status,
		      const struct fault *fault);

/* True when the run should end: failed, cancelled, the program ends. */
bool scan_stopping(struct scan *scan);

/* Tells the watcher and the job's log. From the caller's thread. */
void scan_tell_rejected(struct scan *scan, const char *path,
			const char *reason);

/* Writes progress when it is time (or `now`). */
void scan_tell_progress(struct scan *scan, enum scan_phase phase, bool now);

/* Runs the walk over the wanted parts; from its own thread. */
void scan_walk(struct scan *scan);
void scan_keep(struct scan *scan, const char *path);

/* Reads the audio file that `fd` is open on: item->media and its cover; or the
 * task becomes SCAN_REJECT. */
enum status scan_item_look(struct scan *scan, struct scan_item *item, int fd,
			   struct fault *fault);

/* The body of a prober thread. */
void *scan_probe_run(void *scan);

/* Is the file at the old path gone? Asked inside the transaction; the cookie is
 * the struct scan. */
bool scan_file_gone(void *scan, int64_t source_id, const char *folder,
		    const char *name);

/* Takes items until the queue ends, then returns. */
void scan_save(struct scan *scan);

/* Of a bucket, else they do nothing: rows of the registry (library/
 * s3_registry.h). Items that are to be read, in a transaction of their own: */
enum status scan_registry_seen(struct scan *scan, struct scan_item *items,
			       struct fault *fault);
/* What an item became, in the transaction that saves it; moved: its track was
 * elsewhere before. */
enum status scan_registry_done(struct scan *scan,
			       struct store_session *session,
			       struct scan_item *item, int64_t track_id,
			       bool moved, struct fault *fault);
enum status scan_registry_failed(struct scan *scan,
				 struct store_session *session,
				 struct scan_item *item, struct fault *fault);
enum status scan_registry_gone(struct scan *scan,
			       struct store_session *session,
			       const char *path, struct fault *fault);

/* Marks the files missing that the walk did not see. */
enum status scan_mark_missing(struct scan *scan, struct fault *fault);

#endif /* OGMA_SERVICE_SCAN_PARTS_H */
