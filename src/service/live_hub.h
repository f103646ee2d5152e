/* live_hub.h - what happens on the air, told to whoever listens, as it happens.
 *
 * Who changes a channel or its queue calls one live_hub_publish_*() after the
 * change is in the store. The hub numbers the event, prints and packs it once
 * (net/websocket_message.h), keeps it in a bounded ring for those who were away
 * for a moment, and hands it to the subscribers. api/sockets.c is the usual
 * subscriber.
 *
 * Three topics, one for each address. Their envelopes differ, as the contract
 * has it:
 *	stats                 {"type","timestamp","seq","data"}
 *	monitoring, playlist  {"event","channel_id","timestamp","seq","data"}
 *
 * `seq` grows by one with each event, over all topics, and never repeats after
 * a restart (it starts from the clock). Figures that come in a rhythm (stats,
 * metrics_update) are not kept and carry the number of the event before them.
 *
 * Events of a channel that is not public go only to subscribers that may see
 * such.
 *
 * Floor: 4 (service). Threads: all functions may be called from any; none
 * touches the store or waits for a client. Events of one thread arrive in their
 * order. NULL as hub is fine in publish functions: nobody listens then.
 */
#ifndef OGMA_SERVICE_LIVE_HUB_H
#define OGMA_SERVICE_LIVE_HUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

#define LIVE_EVENTS_KEPT 1024
#define LIVE_BYTES_KEPT (8u << 20)

struct live_hub;
struct ws_message;

struct live_hub *live_hub_new(void);

/* No subscriber is left. NULL is fine. */
void live_hub_free(struct live_hub *hub);

/* ---- what on_air and the queue tell -------------------------------------- */

struct live_channel {
	int64_t id;
	bool is_public;
};

enum live_change { LIVE_STARTED, LIVE_STOPPED, LIVE_TRACK_CHANGED };

/* Tracks and queue items are JSON objects as the API answers them, already
 * printed; length 0: null.
 *
 * stats: stream_update {channel_id, event, current_track, listeners};
 * monitoring, playlist: stream_status {status, current_track, listeners}, where
 * `status` is playing, paused, stopped or placeholder. For a pause only the
 * latter exists: live_hub_publish_status(). */
void live_hub_publish_stream_update(struct live_hub *hub,
				    struct live_channel channel,
				    enum live_change change,
				    const char *status,
				    struct span current_track,
				    uint32_t listeners);
void live_hub_publish_status(struct live_hub *hub,
			     struct live_channel channel, const char *status,
			     struct span current_track, uint32_t listeners);

/* monitoring, playlist: listeners_update {listeners, change}. */
void live_hub_publish_listeners(struct live_hub *hub,
				struct live_channel channel,
				uint32_t listeners, int32_t change);

/* stats: auto_end_warning {channel_id, seconds_remaining, reason};
 * monitoring, playlist: the same name {message, remaining_seconds, timeout_at,
 * can_cancel, reason}. */
void live_hub_publish_auto_end_warning(struct live_hub *hub,
				       struct live_channel channel,
				       uint32_t seconds_remaining,
				       int64_t timeout_at_ms);

/* The timer was stopped by a listener. monitoring, playlist:
 * auto_end_cancelled {}. */
void live_hub_publish_auto_end_cancelled(struct live_hub *hub,
					 struct live_channel channel);

/* playlist: queue_update {items, total, version, current_playing_id,
 * is_placeholder}. `items` is a printed JSON array; current_id NULL: none. */
void live_hub_publish_queue_update(struct live_hub *hub,
				   struct live_channel channel,
				   struct span items, uint32_t total,
				   int64_t version, const char *current_id,
				   bool is_placeholder);

/* playlist: playlist_update {action, item, queue_size, version}; `action` is
 * add, remove, move or clear. */
void live_hub_publish_playlist_update(struct live_hub *hub,
				      struct live_channel channel,
				      const char *action, struct span item,
				      uint32_t queue_size, int64_t version);

/* playlist: track_change {previous_track, current_track, reason}; `reason` is
 * track_ended, skip or error. */
void live_hub_publish_track_change(struct live_hub *hub,
				   struct live_channel channel,
				   struct span previous, struct span current,
				   const char *reason);

/* monitoring: system_alert {level, code, message, details}; `level` is info,
 * warning or error. channel_id 0: of the whole server. */
void live_hub_publish_alert(struct live_hub *hub, const char *level,
			    const char *code, const char *message,
			    struct span details, int64_t channel_id);

/* How loud a channel is, of the last moments; dB of full scale, left and
 * right. */
struct live_levels {
	double peak_db[2], rms_db[2];
	double gain_db; /* of what plays, put in already */
};

/* monitoring: levels {peak_db, rms_db, gain_db}; in a rhythm. */
void live_hub_publish_levels(struct live_hub *hub,
			     struct live_channel channel,
			     const struct live_levels *levels);

/* Whether anybody has asked for levels. */
bool live_hub_wants_levels(struct live_hub *hub);

/* ---- what is on the air, asked of on_air --------------------------------- */

struct live_stream {
	int64_t channel_id;
	bool is_public;
	bool on_air;        /* started, also while paused */
	const char *title;  /* of the arena */
	const char *status; /* playing, paused, stopped, placeholder */
	uint32_t listeners, queue_size;
	int64_t started_at_ms; /* 0: not on the air */
	const char *track_title; /* NULL: none */
};

/* Set once by on_air; may touch the store, is called from workers and from the
 * thread of figures. */
struct live_source {
	/* All channels; rows and texts are of the arena. */
	void (*list)(void *cookie, struct arena *arena,
		     struct live_stream **out, size_t *count);

	/* False: there is no such channel. */
	bool (*find)(void *cookie, int64_t channel_id, bool *is_public);
	void *cookie;
};
void live_hub_set_source(struct live_hub *hub,
			 const struct live_source *source); /* NULL: none */

/* Without a source there are no channels. */
void live_hub_list(struct live_hub *hub, struct arena *arena,
		   struct live_stream **out, size_t *count);
bool live_hub_find(struct live_hub *hub, int64_t channel_id, bool *is_public);

/* ---- figures in a rhythm -------------------------------------------------- */

struct live_figures {
	double cpu_percent, memory_percent, disk_percent;
	uint32_t active_streams, total_listeners, queue_items;
	uint32_t websocket_connections;
	int64_t uptime_seconds;
};

/* Streams, listeners and queue items of these channels; or of all that the
 * source knows. */
void live_figures_sum(const struct live_stream *streams, size_t count,
		      struct live_figures *out);
void live_figures_count(struct live_hub *hub, struct live_figures *out);

/* stats: stats; monitoring: metrics_update. */
void live_hub_publish_figures(struct live_hub *hub,
			      const struct live_figures *figures);

/* ---- subscribers ----------------------------------------------------------- */

enum live_topic { LIVE_STATS, LIVE_MONITORING, LIVE_PLAYLIST };

#define LIVE_CHANNEL_ANY INT64_MIN

/* The names of a topic's events, ended by NULL; bit n of a mask is name n. */
const char *const *live_topic_events(enum live_topic topic);

/* Those a subscriber gets that names none: all but levels. */
uint32_t live_topic_usual(enum live_topic topic);

/* The bit, or 0 when the topic has no such event. */
uint32_t live_event_bit(enum live_topic topic, struct span name);

struct live_subscriber {
	enum live_topic topic;
	int64_t channel_id; /* or LIVE_CHANNEL_ANY */
	bool sees_private;
	uint32_t events; /* mask; changed by live_hub_choose() only */

	/* Under the hub's lock: no call back into it. The message is borrowed. */
	void (*deliver)(void *cookie, struct ws_message *message);

	/* Before the first event; `resumed`: all that was missed since the
	 * number given follows. */
	void (*greet)(void *cookie, bool resumed, int64_t seq);
	void *cookie;
	struct live_subscriber *next, *previous; /* the hub's */
};

/* `since`: number of the last event the client has, or 0. Embedded by the
 * caller, in the hub until it leaves. */
void live_hub_join(struct live_hub *hub, struct live_subscriber *subscriber,
		   int64_t since);
void live_hub_leave(struct live_hub *hub, struct live_subscriber *subscriber);
void live_hub_choose(struct live_hub *hub, struct live_subscriber *subscriber,
		     uint32_t events);

/* Subscribers now. */
uint32_t live_hub_listening(struct live_hub *hub);

/* Prints an envelope of the topic around data; for answers to one client. */
struct ws_message *live_message(enum live_topic topic, const char *event,
				int64_t channel_id, int64_t seq,
				struct span data);

#endif /* OGMA_SERVICE_LIVE_HUB_H */
