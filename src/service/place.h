/* place.h - the places that rows of sources name, opened: one door for scans,
 * watches, streams and whatever else reads files of the library.
 *
 * Remote places stay open for the next who asks (struct places), with their
 * connections; and a far file lives no longer than its source is open.
 *
 * Floor: 4 (service). Threads: any; calls may block.
 */
#ifndef OGMA_SERVICE_PLACE_H
#define OGMA_SERVICE_PLACE_H

#include "base/fault.h"

struct s3_access;
struct source;
struct source_args;

/* What a row says of where its files are. */
struct place {
	const char *kind, *root, *config; /* config NULL: "{}" */
};

/* args: all but root and config. STATUS_UNSUPPORTED: no such driver. */
enum status place_open(const struct place *place,
		       const struct source_args *args, struct source **out,
		       struct fault *fault);

struct places;

/* s3: what the rows of buckets leave out; borrowed, may be NULL. */
struct places *places_new(const struct s3_access *s3);

/* Cuts off who still reads a far file. NULL is fine. */
void places_free(struct places *places);

/* As source_open_file(). */
enum status places_open_file(struct places *places, const struct place *place,
			     const char *path, int *out_fd,
			     struct fault *fault);

#endif /* OGMA_SERVICE_PLACE_H */
