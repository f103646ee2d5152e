/* listen.h - takes what players report: the rule of plays.
 *
 * One listening is one time somebody puts on a track. Its player reports from
 * time to time how much was heard in it so far; a play counts once in it, when
 * half of the track or four minutes were heard, and the track is over thirty
 * seconds long.
 *
 * What is reported is checked: nobody hears more than the clock allows since
 * the report before, and a listening began neither in the future nor longer ago
 * than the setting allows. Time that is too much is cut; the report stays.
 * Reports with an event_id that was seen are passed over.
 *
 * Floor: 4 (service). Threads: from workers; may block for the time that the
 * durability setting of the log costs.
 */
#ifndef OGMA_SERVICE_LISTEN_H
#define OGMA_SERVICE_LISTEN_H

#include "service/listening.h"

#define LISTEN_BATCH_MAX 200
#define LISTEN_PLAY_MIN_TRACK_MS 30000
#define LISTEN_PLAY_HEARD_MS 240000
#define LISTEN_SLACK_MS 5000 /* of clocks and networks */

struct listen_report {
	int64_t track_id;
	int64_t heard_ms; /* in this listening so far */
	enum event_action action;
	int64_t position_ms;
	int64_t began_at_ms; /* 0: not said */
	enum event_source source;
	int64_t source_id;
	const char *session_id, *event_id; /* NULL: none */
	const char *platform, *device_type, *client; /* NULL: unknown */
};

struct listener {
	int64_t user_id;     /* 0: nobody is signed in */
	const char *address; /* for the country; may be NULL */
};

struct listen_rejection {
	size_t index;
	const char *field;
	enum status status; /* STATUS_NOT_FOUND: no such track */
};

struct listen_receipt {
	size_t accepted, duplicates, plays;
	struct listen_rejection *rejections; /* arena-owned */
	size_t rejection_count;
};

/* At most LISTEN_BATCH_MAX reports, in the order they happened.
 * STATUS_UNAUTHENTICATED when nobody is signed in and the setting forbids
 * that, or no session is named. */
enum status listen_take(struct listening *listening,
			const struct listener *who,
			const struct listen_report *reports, size_t count,
			struct arena *arena, struct listen_receipt *out,
			struct fault *fault);

#endif /* OGMA_SERVICE_LISTEN_H */
