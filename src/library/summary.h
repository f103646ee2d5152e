/* summary.h - the whole library in a few numbers, and its own identity.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_SUMMARY_H
#define OGMA_LIBRARY_SUMMARY_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

struct library_summary {
	int64_t tracks, albums, artists, genres; /* visible; kept counters */
	int64_t duration_ms, size_bytes;
	int64_t last_scan_at_ms; /* 0: never */
	bool scanning;           /* a scan job holds a live lease */
};
enum status library_summary_get(struct store_session *session,
				struct library_summary *out,
				struct fault *fault);

/* Random text made with the schema, the same for all processes on a store. */
enum status library_instance_id(struct store_session *session,
				struct arena *arena, const char **out,
				struct fault *fault);

/* Small values by name. NULL for a name that was never set. */
enum status library_meta_get(struct store_session *session, const char *key,
			     struct arena *arena, const char **out,
			     struct fault *fault);
enum status library_meta_set(struct store_session *session, const char *key,
			     const char *value, struct fault *fault);

#endif /* OGMA_LIBRARY_SUMMARY_H */
