/* channel_plans.h - what a live channel plays when nobody puts anything on: its
 * schedule and its jingles; and what listeners ask for.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_CHANNEL_PLANS_H
#define OGMA_LIBRARY_CHANNEL_PLANS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

#define CHANNEL_PLANS_MAX 100 /* rows of each kind on a channel */

/* ---- schedule ---- */

struct schedule_row {
	int64_t id, channel_id, playlist_id;
	const char *playlist_title; /* NULL: it is gone */
	int64_t weekdays; /* bit 0: Monday; 0: every day */
	int64_t starts_minute, ends_minute; /* of the day; an end that is not
					     * after the start is the next
					     * day's */
	int64_t priority;
	bool enabled;
};

/* Whether the row is on then; weekday 0 is Monday. */
bool schedule_covers(const struct schedule_row *row, int weekday, int minute);

/* The highest priority first. */
enum status channel_schedule_list(struct store_session *session,
				  int64_t channel_id, struct arena *arena,
				  struct schedule_row **out, size_t *count,
				  struct fault *fault);

/* id 0: a new row, whose id comes back. STATUS_NOT_FOUND; STATUS_INVALID with
 * field "playlist_id"; STATUS_FULL. */
enum status channel_schedule_save(struct store_session *session,
				  struct schedule_row *row,
				  struct fault *fault);
enum status channel_schedule_remove(struct store_session *session,
				    int64_t channel_id, int64_t id,
				    struct fault *fault);

/* ---- jingles ---- */

struct jingle_row {
	int64_t id, channel_id, track_id;
	const char *title;
	int64_t every_tracks, every_minutes; /* 0: not counted so */
	bool enabled;
	int64_t tracks_since, played_at_ms; /* 0: never */
};

/* Whether it is due when `more` other tracks will have played by then. */
bool jingle_is_due(const struct jingle_row *row, int64_t more,
		   int64_t now_ms);

enum status channel_jingles_list(struct store_session *session,
				 int64_t channel_id, struct arena *arena,
				 struct jingle_row **out, size_t *count,
				 struct fault *fault);

/* As channel_schedule_save(), with field "track_id"; a new one counts from
 * now. */
enum status channel_jingle_save(struct store_session *session,
				struct jingle_row *row, struct fault *fault);
enum status channel_jingle_remove(struct store_session *session,
				  int64_t channel_id, int64_t id,
				  struct fault *fault);

/* ---- requests ---- */

struct request_row {
	int64_t id, track_id, user_id;
	const char *item_id, *username, *message, *title, *artist;
	bool waits; /* it is in the queue still */
	int64_t created_at_ms;
};

struct request_list {
	struct request_row *items;
	size_t count;
	struct page_info page;
};

/* Newest first. */
enum status channel_requests_list(struct store_session *session,
				  int64_t channel_id,
				  const struct page_request *page,
				  struct arena *arena,
				  struct request_list *out,
				  struct fault *fault);

/* Puts a track at the end of the queue in the person's name. STATUS_DENIED when
 * the channel takes no requests; STATUS_AGAIN_LATER in the cool-down (*wait_ms
 * is what is left of it); STATUS_CONFLICT with field "track_id" when the track
 * waits already; else as channel_queue_add(). Writers of one channel wait for
 * each other, so nobody asks twice at once. */
enum status channel_request_add(struct store_session *session,
				int64_t channel_id, int64_t user_id,
				int64_t track_id, const char *item_id,
				const char *message, int64_t now_ms,
				int64_t *id, int64_t *wait_ms,
				struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNEL_PLANS_H */
