/* playlist_file_private.h - the parts of playlist_file among themselves.
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_PLAYLIST_FILE_PRIVATE_H
#define OGMA_SERVICE_PLAYLIST_FILE_PRIVATE_H

#include "service/playlist_file.h"

/* A file that is being read. */
struct file_reading {
	struct arena *arena;
	struct playlist_file file;
	size_t room; /* for entries */
};

/* An empty entry; NULL: too many, and the fault says so. */
struct track_wanted *reading_add(struct file_reading *reading,
				 struct fault *fault);
const char *reading_text(struct file_reading *reading, struct span text);
const char *reading_address(struct file_reading *reading, const char *text);

enum status xspf_read(struct file_reading *reading, struct span bytes,
		      struct fault *fault);
void xspf_write(const struct playlist_export *what, struct buffer *out);

#endif /* OGMA_SERVICE_PLAYLIST_FILE_PRIVATE_H */
