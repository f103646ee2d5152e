/* file.h - files and folders of our own, written so that power loss is safe.
 *
 * Floor: 0 (base). Threads: no shared state.
 */
#ifndef OGMA_BASE_FILE_H
#define OGMA_BASE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"

/* Reads the whole file, at most limit_bytes (STATUS_TOO_LARGE). */
enum status file_read(const char *path, size_t limit_bytes,
		      struct buffer *out, struct fault *fault);

/* Replaces the file in one step: written beside it, fsync, rename, fsync of
 * the folder. */
enum status file_write(const char *path, struct span bytes, int mode,
		       struct fault *fault);

/* mkdir -p with mode 0750. */
enum status folder_make(const char *path, struct fault *fault);

/* fsync of a folder, after a rename in it. */
enum status folder_sync(const char *path, struct fault *fault);

/* Takes an exclusive lock that the kernel drops when the process ends; *out_fd
 * is kept open by the holder. STATUS_CONFLICT: somebody else holds it. */
enum status file_lock(const char *path, int *out_fd, struct fault *fault);

/* Writes all of it, over short writes and EINTR. */
enum status fd_write(int fd, const void *bytes, size_t count,
		     struct fault *fault);

#endif /* OGMA_BASE_FILE_H */
