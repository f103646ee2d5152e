/* channel_queue.h - what a live channel plays next, edited by several people at
 * once.
 *
 * Every edit is one transaction that moves the channel's queue_version. An edit
 * that names the version it knows is refused when it is not the newest:
 * STATUS_CONFLICT with field "version". Without one, edits of several people
 * follow each other, and none is lost: items are named by their ids, which
 * never change.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_CHANNEL_QUEUE_H
#define OGMA_LIBRARY_CHANNEL_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

#define QUEUE_ITEMS_MAX 100
#define QUEUE_ID_BYTES 37 /* a UUID, terminated */
#define QUEUE_TITLE_MAX 500
#define QUEUE_AT_END (-1)

enum item_source {
	ITEM_TRACK,
	ITEM_FILE,
	ITEM_STREAM,
	ITEM_TELEGRAM,
	ITEM_YOUTUBE,
};
#define ITEM_SOURCES "track|file|stream|telegram|youtube"
const char *item_source_name(enum item_source source);
bool item_source_parse(const char *name, enum item_source *out);

struct queue_item {
	const char *id;
	int64_t channel_id;
	int64_t position; /* from 0 */
	const char *title;
	enum item_source source;
	int64_t track_id;      /* 0: none */
	const char *url;       /* NULL: none */
	int64_t duration_ms;   /* 0: not known */
	const char *metadata;  /* JSON; NULL: none */
	int64_t requested_by;  /* user; 0: nobody */
	const char *requester; /* username; NULL: nobody */
	int64_t added_at_ms;
};

struct channel_queue {
	struct queue_item *items;
	size_t count;
	int64_t version;
};

/* STATUS_NOT_FOUND: no such channel. */
enum status channel_queue_get(struct store_session *session,
			      int64_t channel_id, struct arena *arena,
			      struct channel_queue *out, struct fault *fault);

/* A fresh id. */
void queue_id_make(char out[QUEUE_ID_BYTES]);

/* Adds at a position, or QUEUE_AT_END; the item's id is given by the caller
 * (queue_id_make()), so that a work that is run again adds the same. title NULL
 * and duration 0: a track's own. STATUS_FULL at QUEUE_ITEMS_MAX; STATUS_INVALID
 * with field "track_id" when there is no such visible track. *version: the new
 * one, here and below. */
enum status channel_queue_add(struct store_session *session,
			      const struct queue_item *item, int64_t position,
			      int64_t expected_version, int64_t *version,
			      struct fault *fault);

/* STATUS_NOT_FOUND when the item is not in the queue (any more). */
enum status channel_queue_remove(struct store_session *session,
				 int64_t channel_id, const char *item_id,
				 int64_t expected_version, int64_t *version,
				 struct fault *fault);

/* To a position from 0; beyond the end is the end. */
enum status channel_queue_move(struct store_session *session,
			       int64_t channel_id, const char *item_id,
			       int64_t position, int64_t expected_version,
			       int64_t *version, struct fault *fault);

enum status channel_queue_clear(struct store_session *session,
				int64_t channel_id, int64_t expected_version,
				int64_t *removed, int64_t *version,
				struct fault *fault);

/* Positions are 0, 1, 2, … and the count is right, for tests. STATUS_CORRUPT. */
enum status channel_queue_check(struct store_session *session,
				struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNEL_QUEUE_H */
