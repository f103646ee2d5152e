/* storage.h - how much lies where Ogma keeps its own things, and tidying up
 * there; the same whether that is folders or buckets.
 *
 * Floor: 4 (service). Threads: any; calls ask a server or walk folders.
 */
#ifndef OGMA_SERVICE_STORAGE_H
#define OGMA_SERVICE_STORAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/memory.h"
#include "driver/blob.h"

struct s3_access;
struct s3_client;
struct s3_settings;

struct storage_counts; /* what was counted last */

struct storage { /* all borrowed */
	struct storage_counts *counts;
	struct s3_client *s3; /* NULL: folders */
	const struct s3_access *access; /* buckets of other servers too */
	const struct s3_settings *settings;
	const char *music_path;   /* uploaded music */
	const char *blobs_path;   /* pictures */
	const char *uploads_path; /* uploads that are not finished */
};

enum storage_area {
	STORAGE_TRACKS,
	STORAGE_COVERS,
	STORAGE_PLAYLISTS, /* a bucket only */
	STORAGE_TEMP,
	STORAGE_AREAS
};

/* "folder" or "s3". */
const char *storage_driver(const struct storage *storage);

/* Whether what was kept can be read: within two seconds. */
enum status storage_ping(const struct storage *storage, struct fault *fault);

/* The bucket's name or the folder's path; NULL: there is no such folder. */
const char *storage_place(const struct storage *storage,
			  enum storage_area area);

struct storage_figures {
	const char *name;  /* "tracks" */
	const char *place; /* may be NULL, as storage_place() */
	bool present;      /* it is there */
	int64_t objects, size_bytes;
};

struct storage_count {
	struct storage_figures areas[STORAGE_AREAS];
	int64_t counted_at_ms;
};

struct storage_counts *storage_counts_new(void);
void storage_counts_free(struct storage_counts *counts); /* NULL is fine */

/* Counts all that lies there, which means listing all buckets or walking all
 * folders: who asks within STORAGE_COUNT_MS is told the same again, unless the
 * server of the buckets is away. Only one counts at a time. */
#define STORAGE_COUNT_MS 60000
enum status storage_count(const struct storage *storage,
			  struct storage_count *out, struct fault *fault);

/* The name of a picture's object or file, below its place. Arena-owned. */
const char *storage_picture_name(const struct blob_key *key,
				 struct arena *arena);

struct storage_tidied {
	int64_t objects, size_bytes; /* of the bucket for temporary things */
	int64_t uploads;             /* begun in parts and never ended */
};

/* Removes what is older than that. On failure *out says what was removed before
 * it. In folders nothing is left over but uploads, see
 * upload_tidy(): STATUS_OK and zeros. */
enum status storage_tidy(const struct storage *storage, int64_t before_ms,
			 struct storage_tidied *out, struct fault *fault);

#endif /* OGMA_SERVICE_STORAGE_H */
