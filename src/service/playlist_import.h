/* playlist_import.h - what the entries of a playlist file are in the library,
 * and what of them is not there.
 *
 * Floor: 4 (service). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_SERVICE_PLAYLIST_IMPORT_H
#define OGMA_SERVICE_PLAYLIST_IMPORT_H

#include "service/playlist_file.h"

struct import_report {
	int64_t *track_ids; /* of what was found, in the file's order */
	size_t matched;
	size_t by_path, by_audio, by_tags, by_fingerprint, by_id;
	size_t *unmatched; /* indices of entries */
	size_t unmatched_count;
};

enum status playlist_import_match(struct store_session *session,
				  const struct playlist_file *file,
				  struct arena *arena,
				  struct import_report *out,
				  struct fault *fault);

#endif /* OGMA_SERVICE_PLAYLIST_IMPORT_H */
