/* sources.h - the places that files come from, as rows.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_SOURCES_H
#define OGMA_LIBRARY_SOURCES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

#define SOURCES_MAX 1000

enum source_state { SOURCE_ACTIVE, SOURCE_PAUSED, SOURCE_REMOVED };

struct source_row {
	int64_t id;
	const char *kind;   /* of the driver: "folder" */
	const char *root;   /* raw bytes; unique among sources not removed */
	const char *config; /* JSON object of the driver; "{}" */
	enum source_state state;
	bool managed; /* Ogma puts files into it */
	int64_t file_count, rejected_count; /* kept; not missing, rejected */
	int64_t created_at_ms, updated_at_ms;
	int64_t last_scan_at_ms; /* 0: never */
	const char *last_error;  /* of the last scan; NULL: none */
};

/* STATUS_CONFLICT when the kind and root are there already (*id is set then
 * too); STATUS_FULL past SOURCES_MAX. A removed source with this root returns
 * with its id and this config. */
enum status sources_add(struct store_session *session, const char *kind,
			const char *root, const char *config, int64_t *id,
			struct fault *fault);
enum status sources_get(struct store_session *session, int64_t id,
			struct arena *arena, struct source_row *out,
			struct fault *fault);

/* All that are not removed, by id. */
enum status sources_list(struct store_session *session, struct arena *arena,
			 struct source_row **out, size_t *count,
			 struct fault *fault);
enum status sources_set_state(struct store_session *session, int64_t id,
			      enum source_state state, struct fault *fault);

enum status sources_set_managed(struct store_session *session, int64_t id,
				bool managed, struct fault *fault);
enum status sources_set_config(struct store_session *session, int64_t id,
			       const char *config, struct fault *fault);

/* After a scan: now, and why it failed (NULL: it did not). */
enum status sources_note_scan(struct store_session *session, int64_t id,
			      const char *error, struct fault *fault);

/* Hides the row and forgets its config; its files must be gone (catalogue_empty_source). */
enum status sources_remove(struct store_session *session, int64_t id,
			   struct fault *fault);

#endif /* OGMA_LIBRARY_SOURCES_H */
