/* channel_history.h - what a live channel plays and has played.
 *
 * The row that plays has no end yet, and the channel names it. Floor: 3
 * (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_CHANNEL_HISTORY_H
#define OGMA_LIBRARY_CHANNEL_HISTORY_H

#include "library/channel_queue.h"
#include "library/page.h"

/* What made it play. */
enum play_kind { PLAY_QUEUE, PLAY_SCHEDULE, PLAY_AUTO_DJ, PLAY_JINGLE,
		 PLAY_LIVE };
const char *play_kind_name(enum play_kind kind);

enum end_reason { END_TRACK_ENDED, END_SKIP, END_ERROR, END_STOPPED };
const char *end_reason_name(enum end_reason reason);

struct played {
	int64_t id;
	enum play_kind kind;
	struct queue_item item; /* as it was in the queue; no metadata */
	const char *artist;     /* NULL: not known */
	int64_t started_at_ms;
	int64_t ended_at_ms; /* 0: it plays */
	enum end_reason reason;
};

struct played_list {
	struct played *items;
	size_t count;
	struct page_info page;
};

/* Newest first. It does not ask whether the channel is there. */
enum status channel_history_list(struct store_session *session,
				 int64_t channel_id,
				 const struct page_request *page,
				 struct arena *arena, struct played_list *out,
				 struct fault *fault);

/* One row, e.g. the current one. */
enum status channel_history_get(struct store_session *session, int64_t id,
				struct arena *arena, struct played *out,
				struct fault *fault);

/* An item begins: it leaves the queue when it is in it (which moves the
 * version), gets a row, becomes the current one, and jingles count it. When the
 * same item is current already (it goes on after a restart) nothing changes.
 * *left_queue says whether the queue changed. `resumed`: it was current before a
 * restart. STATUS_CONFLICT: somebody took it out of the queue, or ended it,
 * before it began. */
enum status channel_history_begin(struct store_session *session,
				  const struct queue_item *item,
				  enum play_kind kind, int64_t jingle_id,
				  bool resumed, bool *left_queue,
				  struct fault *fault);

/* The current item ended; nothing when another is current. An item that never
 * began (it could not be opened) is taken from the queue and noted as such. */
enum status channel_history_end(struct store_session *session,
				const struct queue_item *item,
				enum play_kind kind, enum end_reason reason,
				bool *left_queue, struct fault *fault);

/* What a live DJ plays from now on, instead of what he played before; title NULL:
 * nothing, he left. It is never the current one. */
enum status channel_history_live(struct store_session *session,
				 int64_t channel_id, const char *item_id,
				 const char *artist, const char *title,
				 struct fault *fault);

/* What played last, for no-repeat windows: whether the track, or anything by
 * its artist, began after the moment. */
enum status channel_history_heard(struct store_session *session,
				  int64_t channel_id, int64_t track_id,
				  int64_t track_after_ms,
				  int64_t artist_after_ms, bool *heard,
				  struct fault *fault);

/* The tracks that began last, no jingles, the newest first, each once. `out` has
 * room for `limit`. */
enum status channel_history_tracks(struct store_session *session,
				   int64_t channel_id, uint32_t limit,
				   int64_t *out, size_t *count,
				   struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNEL_HISTORY_H */
