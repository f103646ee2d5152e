/* uploads.h - files that people send, until they are tracks and after: table
 * staging_track_uploads.
 *
 * A row is made before the first byte. Its bytes lie outside of the store under
 * `key` while it is received and queued. A row that is done stays: it tells who
 * sent what, and that the same bytes are known.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_UPLOADS_H
#define OGMA_LIBRARY_UPLOADS_H

#include "base/digest.h"
#include "driver/store.h"
#include "library/page.h"

#define UPLOAD_SIZE_UNKNOWN (-1)

enum upload_state {
	UPLOAD_RECEIVING,
	UPLOAD_QUEUED, /* all is there (or will be fetched): a job has it */
	UPLOAD_DONE,
	UPLOAD_FAILED,
};
#define UPLOAD_STATES (UPLOAD_FAILED + 1)
const char *upload_state_name(enum upload_state state);

struct upload {
	int64_t id, user_id;
	const char *username;
	int64_t job_id; /* 0: none yet */
	const char *name; /* of the file, as its sender has it */
	const char *key;
	int64_t size_bytes; /* or UPLOAD_SIZE_UNKNOWN */
	int64_t received_bytes; /* durable */
	enum upload_state state; /* failed too when its job gave up */
	const char *reason; /* why it failed; NULL: it did not */
	int64_t track_id;   /* 0: none */
	int64_t source_id;  /* where it is put; 0: not decided */
	const char *path;   /* below the source's root; NULL: likewise */
	const char *url;    /* where it is fetched from; NULL: it is sent */
	const char *batch;  /* "": sent alone */
	const char *album, *artist; /* where the tags say nothing; or NULL */
	int64_t created_at_ms, updated_at_ms;
};

struct upload_draft {
	int64_t user_id;
	const char *name, *key;
	int64_t size_bytes;
	const char *url, *batch, *album, *artist; /* any may be NULL */
};

enum status uploads_add(struct store_session *session,
			const struct upload_draft *draft, int64_t *id,
			struct fault *fault);
enum status uploads_get(struct store_session *session, int64_t id,
			struct arena *arena, struct upload *out,
			struct fault *fault);

struct upload_list {
	struct upload *items;
	size_t count;
	struct page_info page;
};

/* Newest first. user_id 0: everybody's. batch NULL: any. */
struct upload_filter {
	int64_t user_id;
	const char *batch;
	bool state_given;
	enum upload_state state;
};
enum status uploads_list(struct store_session *session,
			 const struct upload_filter *filter,
			 const struct page_request *page, struct arena *arena,
			 struct upload_list *out, struct fault *fault);

/* What a person has begun and not finished. */
struct upload_usage {
	int64_t count, bytes;
};
enum status uploads_usage(struct store_session *session, int64_t user_id,
			  struct upload_usage *out, struct fault *fault);

/* While it is received; STATUS_CONFLICT when it is not any more. */
enum status uploads_received(struct store_session *session, int64_t id,
			     int64_t received_bytes, struct fault *fault);
enum status uploads_describe(struct store_session *session, int64_t id,
			     const char *album, const char *artist,
			     struct fault *fault);

/* All is there: size_bytes is what was received. */
enum status uploads_queue(struct store_session *session, int64_t id,
			  int64_t job_id, struct fault *fault);

/* ---- by its job ----------------------------------------------------------- */

/* The size of what was fetched. */
enum status uploads_fetched(struct store_session *session, int64_t id,
			    int64_t size_bytes, struct fault *fault);

/* Where its file is going to be, before it is put there. */
enum status uploads_place(struct store_session *session, int64_t id,
			  int64_t source_id, const char *path,
			  const uint8_t sha256[SHA256_BYTES],
			  struct fault *fault);
enum status uploads_done(struct store_session *session, int64_t id,
			 int64_t track_id, struct fault *fault);
enum status uploads_fail(struct store_session *session, int64_t id,
			 const char *reason, struct fault *fault);

/* The newest that is done and has these bytes. STATUS_NOT_FOUND. */
enum status uploads_known(struct store_session *session, int64_t source_id,
			  const uint8_t sha256[SHA256_BYTES],
			  struct arena *arena, struct upload *out,
			  struct fault *fault);

/* Paths of a person's batch in one source, oldest first; false ends it. */
typedef bool upload_path_visit(void *cookie, const char *path);
enum status uploads_of_batch(struct store_session *session, int64_t user_id,
			     const char *batch, int64_t source_id,
			     upload_path_visit *visit, void *cookie,
			     struct fault *fault);

/* ---- tidying -------------------------------------------------------------- */

enum status uploads_remove(struct store_session *session, int64_t id,
			   struct fault *fault);

/* Rows in this state that nothing happened to since `before_ms`; at most
 * `room` ids. Of queued ones: those whose job gave up. */
enum status uploads_old(struct store_session *session,
			enum upload_state state, int64_t before_ms,
			int64_t *ids, size_t room, size_t *count,
			struct fault *fault);

/* Are the bytes of this key still needed? */
enum status uploads_needs(struct store_session *session, const char *key,
			  bool *out, struct fault *fault);

#endif /* OGMA_LIBRARY_UPLOADS_H */
