/* transcode_cache.h - transcodes that are running, and those that are kept.
 *
 * A transcode writes into an unfinished file of the cache; readers follow it
 * while it grows, any number of them on one. When it is whole it gets its name
 * and from then on is a plain file. When nobody reads a running one any more it
 * goes on, because the next asker is likely to come, until its place is wanted
 * by somebody else.
 *
 * When the disk is full a short transcode runs in memory and is not kept.
 *
 * Threads: as service/stream.h, which is its only user.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_TRANSCODE_CACHE_H
#define OGMA_SERVICE_TRANSCODE_CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "media/media.h"
#include "service/stream.h"

struct transcode_cache;

struct transcode_cache_args {
	struct media_pool *media; /* borrowed */
	const char *folder;
	uint64_t limit_bytes;
	uint32_t running_max;     /* at least 1 */
};

enum status transcode_cache_open(const struct transcode_cache_args *args,
				 struct transcode_cache **out,
				 struct fault *fault);

/* Stops what runs. All readers were closed before. NULL is fine. */
void transcode_cache_close(struct transcode_cache *cache);

struct transcode_order {
	const char *name;       /* of the entry; NULL: not kept, not shared */
	int input_fd;           /* borrowed during the call */
	struct media_target target;
	int64_t offset_ms;
	uint64_t expected_bytes; /* about how large it will be */
};

/* A finished entry: *fd (the caller's) and *size_bytes. STATUS_NOT_FOUND. */
enum status transcode_cache_get(struct transcode_cache *cache,
				const char *name, int *fd,
				uint64_t *size_bytes, struct fault *fault);

/* Joins the one of this name, running or being started, or starts one. Statuses
 * as stream_open(). */
enum status transcode_cache_start(struct transcode_cache *cache,
				  const struct transcode_order *order,
				  struct stream_reader **out,
				  struct fault *fault);

void transcode_cache_count(struct transcode_cache *cache,
			   struct stream_counts *out);

#endif /* OGMA_SERVICE_TRANSCODE_CACHE_H */
