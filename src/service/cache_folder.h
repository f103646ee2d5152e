/* cache_folder.h - a folder of derived files, bounded in bytes.
 *
 * Entries have names of letters, digits, "-" and "."; the first two letters are
 * the folder they lie in. An entry is written beside the others and renamed
 * when it is whole and on the disk, so that what can be found is whole, also
 * after a crash. The least recently used leave when the bound is passed;
 * readers that have them open are not disturbed. The time of use is the file's
 * time, so that the order survives a restart.
 *
 * Threads: all functions may be called from any; all may block. An entry that
 * is being written belongs to one thread at a time.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_CACHE_FOLDER_H
#define OGMA_SERVICE_CACHE_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

struct cache_folder;

/* The folder is made when it is missing; what a dead process was writing is
 * removed. */
enum status cache_folder_open(const char *path, uint64_t limit_bytes,
			      struct cache_folder **out, struct fault *fault);
void cache_folder_close(struct cache_folder *cache); /* NULL is fine */

/* Opens an entry and notes its use. The caller closes *fd. STATUS_NOT_FOUND. */
enum status cache_folder_get(struct cache_folder *cache, const char *name,
			     int *fd, uint64_t *size_bytes,
			     struct fault *fault);

#define CACHE_NEW_BYTES 48

struct cache_new {
	int fd; /* open for reading and writing; -1: ended */
	char name[CACHE_NEW_BYTES];
};

/* Starts an entry of about expected_bytes (0: unknown), for which room is made
 * and reserved. STATUS_FULL: the disk has no room, or the entry would not fit
 * into the bound. */
enum status cache_folder_begin(struct cache_folder *cache,
			       uint64_t expected_bytes, struct cache_new *out,
			       struct fault *fault);

/* Gives the written file its name. `keep_fd`: out->fd stays open and is the
 * caller's. Frees the entry whether or not it worked. */
enum status cache_folder_commit(struct cache_folder *cache,
				struct cache_new *entry, const char *name,
				bool keep_fd, struct fault *fault);
void cache_folder_abort(struct cache_folder *cache, struct cache_new *entry);

/* What is kept now. */
void cache_folder_count(struct cache_folder *cache, uint64_t *bytes,
			uint64_t *entries);

#endif /* OGMA_SERVICE_CACHE_FOLDER_H */
