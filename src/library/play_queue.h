/* play_queue.h - where a person's player stands, so that another device goes on
 * there; and where the person stopped in what was heard last.
 *
 * The list and the place are kept apart: a player saves its place every few
 * seconds, its list seldom. `version` grows with every save; a device that
 * names the version it knows is told when another one was faster.
 *
 * A queue that says what it plays (an album, a playlist, …) also leaves a
 * context: the track and the place in it, for "continue listening".
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_PLAY_QUEUE_H
#define OGMA_LIBRARY_PLAY_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "driver/store.h"

#define PLAY_QUEUE_TRACKS_MAX 5000
#define PLAY_CONTEXTS_MAX 50 /* kept of one person */
#define PLAY_DEVICE_MAX_BYTES 400

/* What can be gone on with. */
#define PLAY_CONTEXT_KINDS "album|playlist|artist|genre|track"

struct play_queue {
	int64_t version;    /* 0: nothing was ever saved */
	int64_t *track_ids; /* as saved; some may have left the library */
	size_t track_count;
	int64_t current_index;
	int64_t position_ms;
	const char *device; /* NULL: not said */
	bool shuffle;
	const char *repeat;	  /* "off", "all", "one" */
	const char *context_kind; /* NULL: none */
	int64_t context_id;
	int64_t updated_at_ms;
};

enum status play_queue_get(struct store_session *session, int64_t user_id,
			   struct arena *arena, struct play_queue *out,
			   struct fault *fault);

struct play_queue_save {
	const int64_t *track_ids; /* NULL: the list stays as it is */
	size_t track_count;
	int64_t current_index, position_ms;
	const char *device;
	const bool *shuffle; /* NULL: as it is */
	const char *repeat;  /* NULL: as it is */
	bool sets_context;
	const char *context_kind; /* NULL: none */
	int64_t context_id;
	int64_t expected_version; /* 0: any */
};

/* STATUS_INVALID with field "current_index" when it is not in the list;
 * STATUS_CONFLICT with field "expected_version". */
enum status play_queue_put(struct store_session *session, int64_t user_id,
			   const struct play_queue_save *save,
			   struct arena *arena, struct play_queue *out,
			   struct fault *fault);

struct play_context {
	const char *kind;
	int64_t id, track_id, index, position_ms, updated_at_ms;
};

/* The last ones, the newest first. */
enum status play_contexts_list(struct store_session *session, int64_t user_id,
			       size_t limit, struct arena *arena,
			       struct play_context **out, size_t *count,
			       struct fault *fault);

#endif /* OGMA_LIBRARY_PLAY_QUEUE_H */
