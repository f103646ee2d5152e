/* write_back_private.h - the parts of write-back among themselves.
 *
 * write_back.c       what is written, why not, rows, the job
 * write_back_file.c  one file replaced by another, whole or not at all
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_WRITE_BACK_PRIVATE_H
#define OGMA_SERVICE_WRITE_BACK_PRIVATE_H

#include <stdint.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "base/memory.h"

/* Opens the file to be replaced and looks at it: a plain file whose folder and
 * owner let us. The sentence says why not. */
enum status replace_open(const char *path, int *fd, struct stat *facts,
			 struct fault *fault);

/* Keeps the file behind `fd`, which is at `path`, as `original`: durable. */
enum status original_keep(const char *path, int fd, const struct stat *facts,
			  const char *original, struct fault *fault);

/* The hidden name beside `path` that a replacement is made under. */
const char *replacement_name(struct arena *arena, const char *path);

/* A copy of `fd` under that name, open to read and write. */
enum status replacement_make(const char *name, int fd, int *out,
			     struct fault *fault);

/* Owner, mode and time of `facts`, synced, renamed over `path`, durable. Only
 * while the file at `path` is still the one that `expected` describes:
 * STATUS_CONFLICT. */
enum status replacement_settle(const char *name, int fd, const char *path,
			       const struct stat *facts,
			       const struct stat *expected,
			       struct fault *fault);

/* A link or copy of `original` in the place of `path`. */
enum status original_return(struct arena *arena, const char *original,
			    const char *path, const struct stat *expected,
			    struct fault *fault);

int64_t modified_ns(const struct stat *facts);

#endif /* OGMA_SERVICE_WRITE_BACK_PRIVATE_H */
