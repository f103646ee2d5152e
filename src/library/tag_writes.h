/* tag_writes.h - tags that were written into files, and where the files as they
 * were before are kept (service/write_back.h).
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_TAG_WRITES_H
#define OGMA_LIBRARY_TAG_WRITES_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

enum tag_write_state { /* kept in the store */
	TAG_WRITE_PREPARED, /* nobody knows yet how it went */
	TAG_WRITE_WRITTEN,  /* the original is kept */
	TAG_WRITE_CONFIRMED, /* the original is gone */
	TAG_WRITE_UNDONE,   /* the original is back in its place */
	TAG_WRITE_REFUSED,  /* nothing was changed; the reason says why */
};
#define TAG_WRITE_STATES 5
#define TAG_WRITE_STATE_NAMES "prepared|written|confirmed|undone|refused"
const char *tag_write_state_name(enum tag_write_state state);

struct tag_write {
	int64_t id, track_id;
	const char *path; /* raw bytes, absolute */
	enum tag_write_state state;
	const char *reason;   /* NULL: none */
	const char *asked;    /* JSON object */
	const char *original; /* raw bytes, absolute */
	int64_t was_inode, was_size, modified_ns;
	int64_t new_inode, new_size; /* 0: not written */
	int64_t created_by; /* 0: the operator */
	int64_t created_at_ms, updated_at_ms;
	const char *title, *artist; /* of the track now */
};

/* Writes track, path, asked, original and what was; *id is the new one's. */
enum status tag_writes_add(struct store_session *session,
			   const struct tag_write *write, int64_t *id,
			   struct fault *fault);

/* Writes state, reason, new inode and size of the row `write->id`. */
enum status tag_writes_set(struct store_session *session,
			   const struct tag_write *write, int64_t now_ms,
			   struct fault *fault);

/* STATUS_NOT_FOUND. */
enum status tag_writes_get(struct store_session *session, int64_t id,
			   struct arena *arena, struct tag_write *out,
			   struct fault *fault);

/* What a track has besides what its file says: the picture out of the file (0:
 * none), and the mark of what lies beside it. */
enum status tag_writes_beside(struct store_session *session,
			      int64_t track_id, int64_t *cover_id,
			      int64_t *beside_key, struct fault *fault);

struct tag_write_filter {
	bool state_given;
	enum tag_write_state state;
	int64_t track_id; /* 0: any */
};
struct tag_write_list {
	struct tag_write *items;
	size_t count;
	struct page_info page;
};

/* Newest first. */
enum status tag_writes_list(struct store_session *session,
			    const struct tag_write_filter *filter,
			    const struct page_request *page,
			    struct arena *arena, struct tag_write_list *out,
			    struct fault *fault);

#endif /* OGMA_LIBRARY_TAG_WRITES_H */
