/* far_file.h - descriptors for files that are in no file system: the serving end
 * of base/ranged.h, for source drivers whose bytes come over a network.
 *
 * Each open file has a thread, which waits for questions, keeps some of what it
 * fetched (at most 1 MiB), and fetches more at a time the longer it is read in
 * order: tags cost little, and sound does not wait for a round trip each time.
 * The thread ends when the reader closes its end.
 *
 * Floor: 2 (driver). Threads: any; a far file is read by its own thread.
 */
#ifndef OGMA_DRIVER_FAR_FILE_H
#define OGMA_DRIVER_FAR_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

#define FAR_FILES_MAX 512 /* open at a time, in the whole process */

/* What a driver says of one file. */
struct far_file {
	uint64_t size_bytes;
	int64_t modified_ns;
	uint64_t mark; /* of its content; see struct ranged_file */

	/* Required. All of these bytes, which lie inside of the file; may
	 * block, within the driver's own time limits. */
	enum status (*read)(void *cookie, uint64_t offset, char *room,
			    size_t count, struct fault *fault);
	/* Required. Once, when the file is closed. */
	void (*release)(void *cookie);
	void *cookie;
};

struct far_files; /* those of one source */

/* `kind`: the driver's name, for metrics; lives as long as the program. */
struct far_files *far_files_new(const char *kind);

/* Cuts off all readers and waits until the files are released. NULL is fine. */
void far_files_free(struct far_files *files);

/* Takes the file; *out_fd is the reader's end. On failure the file is released.
 * STATUS_AGAIN_LATER: too many are open. */
enum status far_files_open(struct far_files *files,
			   const struct far_file *file, int *out_fd,
			   struct fault *fault);

/* Bytes fetched through far_file.read so far. */
uint64_t far_files_fetched(const struct far_files *files);

#endif /* OGMA_DRIVER_FAR_FILE_H */
