/* channels.h - live channels: what each is, and what people want of it.
 *
 * Ids may be given when a channel is made (a Telegram chat's is negative). What
 * a channel will play is in channel_queue.h, what it played in
 * channel_history.h.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_CHANNELS_H
#define OGMA_LIBRARY_CHANNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"
#include "library/page.h"

#define CHANNEL_ID_MAX ((int64_t)1 << 53) /* and its negative */
#define CHANNEL_TITLE_MAX 200
#define CHANNELS_ON_AIR_MAX 1000

enum channel_level { LEVEL_OFF, LEVEL_TRACK, LEVEL_ALBUM };
const char *channel_level_name(enum channel_level level);
bool channel_level_parse(const char *name, enum channel_level *out);

/* What people set. */
struct channel_settings {
	const char *title;
	const char *description; /* NULL: none */
	bool is_public;
	bool auto_end_enabled;
	int64_t auto_end_minutes; /* 1..60 */
	const char *placeholder;  /* a file; NULL: the server's */
	const char *auto_dj;      /* JSON; NULL: none */
	int64_t crossfade_ms;
	enum channel_level level;
	int64_t listeners_max; /* 0: no bound of its own */
	bool requests_enabled;
	int64_t request_cooldown_seconds;
};

struct channel {
	int64_t id;
	struct channel_settings settings;
	bool on_air, paused; /* wanted */
	int64_t queue_version, queue_size;
	int64_t current_id; /* of channel_history; 0: nothing plays */
	int64_t run_id;     /* 0: not on the air */
	int64_t run_started_at_ms;
	int64_t active_at_ms, created_at_ms, updated_at_ms;
};

struct channel_list {
	struct channel *items;
	size_t count;
	struct page_info page;
};

/* By id. public_only: as visitors see it. */
enum status channels_list(struct store_session *session, bool public_only,
			  const struct page_request *page, struct arena *arena,
			  struct channel_list *out, struct fault *fault);

/* What tells that a channel was changed. */
struct channel_pulse {
	int64_t id, updated_at_ms, queue_version;
	int64_t current_id; /* 0: nothing */
	bool paused;
};

/* Of those that are to be on the air, at most CHANNELS_ON_AIR_MAX. */
enum status channels_on_air(struct store_session *session,
			    struct arena *arena, struct channel_pulse **out,
			    size_t *count, struct fault *fault);

enum status channels_get(struct store_session *session, int64_t id,
			 struct arena *arena, struct channel *out,
			 struct fault *fault);

/* id 0: the next free one. STATUS_CONFLICT with field "id" when it is taken.
 * Begins with sql_lock(). */
enum status channels_add(struct store_session *session, int64_t id,
			 const struct channel_settings *settings, int64_t *out,
			 struct fault *fault);

enum status channels_change(struct store_session *session, int64_t id,
			    const struct channel_settings *settings,
			    struct fault *fault);

/* With its queue, history and all else. STATUS_CONFLICT with field "on_air"
 * while it is on the air. */
enum status channels_remove(struct store_session *session, int64_t id,
			    struct fault *fault);

/* What people want. A start opens a run, the end of it says why: "manual",
 * "auto_end", "error". Both are fine when it is so already: *changed says. */
enum status channels_start(struct store_session *session, int64_t id,
			   bool *changed, struct fault *fault);
enum status channels_stop(struct store_session *session, int64_t id,
			  const char *reason, bool *changed,
			  struct fault *fault);
enum status channels_pause(struct store_session *session, int64_t id,
			   bool paused, struct fault *fault);

/* All channels together, for /api/stats. */
struct channel_totals {
	int64_t on_air, queue_items;
};
enum status channels_total(struct store_session *session,
			   struct channel_totals *out, struct fault *fault);

#endif /* OGMA_LIBRARY_CHANNELS_H */
