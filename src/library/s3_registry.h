/* s3_registry.h - what became of the objects of buckets: one row for each that a
 * scan ever saw (table etl_s3_file_registry).
 *
 * Written in the transactions of the scan, so that it says what the library
 * says. Nothing is decided by it: it is for people who look why an object is no
 * track.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_S3_REGISTRY_H
#define OGMA_LIBRARY_S3_REGISTRY_H

#include <stdint.h>

#include "driver/store.h"

enum s3_object_status {
	S3_OBJECT_SEEN,   /* new or changed; not read yet */
	S3_OBJECT_DONE,   /* a track */
	S3_OBJECT_FAILED, /* could not be one; tried again when it changes */
	S3_OBJECT_GONE,   /* not there any more */
};

struct s3_registry_row {
	int64_t source_id;
	const char *bucket, *path; /* path: the whole key */
	const char *etag;          /* NULL: as it is known */
	int64_t size_bytes;
	enum s3_object_status status;
	int64_t track_id;  /* 0: none, or as it is known */
	const char *error; /* of S3_OBJECT_FAILED */
};

/* Writes the object's row. S3_OBJECT_SEEN leaves alone what has the same ETag
 * and is not gone. */
enum status s3_registry_note(struct store_session *session,
			     const struct s3_registry_row *row,
			     struct fault *fault);

/* A track that is at `path` now: its other paths are gone. */
enum status s3_registry_moved(struct store_session *session,
			      const struct s3_registry_row *row,
			      struct fault *fault);

#endif /* OGMA_LIBRARY_S3_REGISTRY_H */
