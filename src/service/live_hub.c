/* live_hub.c - see live_hub.h.
 *
 * One lock for the numbers, the ring and the subscribers, so that what one
 * subscriber gets is in the order of the numbers. Under it an event is packed,
 * once, and its pointer put into queues. */
#include "service/live_hub.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "net/websocket_message.h"

static const char *const stats_events[] = { "stats", "stream_update",
					    "auto_end_warning", "error",
					    NULL };
static const char *const monitoring_events[] = {
	"metrics_update", "stream_status",	"listeners_update",
	"auto_end_warning", "auto_end_cancelled", "system_alert", "levels",
	NULL
};
static const char *const playlist_events[] = {
	"playlist_update",  "track_change",     "queue_update",
	"stream_status",    "listeners_update", "auto_end_warning",
	"auto_end_cancelled", NULL
};

static const char *const *const topics[] = {
	[LIVE_STATS] = stats_events,
	[LIVE_MONITORING] = monitoring_events,
	[LIVE_PLAYLIST] = playlist_events,
};

struct kept {
	struct ws_message *message;
	int64_t seq, channel_id;
	uint32_t bit;
	uint8_t topic;
	bool is_public;
};

struct live_hub {
	pthread_mutex_t lock;
	struct live_subscriber *subscribers;
	uint32_t listening;
	struct kept ring[LIVE_EVENTS_KEPT];
	size_t first, count, bytes;
	int64_t seq, forgotten; /* the newest; the newest that is kept no more */

	pthread_rwlock_t source_lock;
	struct live_source source;
};

struct live_hub *
live_hub_new(void)
{
	struct live_hub *hub = mem_new(1, sizeof *hub);

	pthread_mutex_init(&hub->lock, NULL);
	pthread_rwlock_init(&hub->source_lock, NULL);
	/* Exact in JavaScript's numbers for the next two hundred years. */
	hub->seq = clock_now_ms() * 1000;
	hub->forgotten = hub->seq;
	return hub;
}

static void
forget_oldest(struct live_hub *hub)
{
	struct kept *oldest = &hub->ring[hub->first];

	hub->bytes -= ws_message_bytes(oldest->message);
	hub->forgotten = oldest->seq;
	ws_message_drop(oldest->message);
	hub->first = (hub->first + 1) % LIVE_EVENTS_KEPT;
	hub->count--;
}

void
live_hub_free(struct live_hub *hub)
{
	if (hub == NULL)
		return;
	while (hub->count > 0)
		forget_oldest(hub);
	pthread_mutex_destroy(&hub->lock);
	pthread_rwlock_destroy(&hub->source_lock);
	free(hub);
}

/* ---- names ------------------------------------------------------------------ */

const char *const *
live_topic_events(enum live_topic topic)
{
	return topics[topic];
}

uint32_t
live_event_bit(enum live_topic topic, struct span name)
{
	for (uint32_t i = 0; topics[topic][i] != NULL; i++) {
		if (span_equal(name, span_of(topics[topic][i])))
			return 1u << i;
	}
	return 0;
}

uint32_t
live_topic_usual(enum live_topic topic)
{
	return UINT32_MAX & ~live_event_bit(topic, SPAN("levels"));
}

/* ---- envelopes ------------------------------------------------------------- */

struct ws_message *
live_message(enum live_topic topic, const char *event, int64_t channel_id,
	     int64_t seq, struct span data)
{
	struct ws_message *message;
	struct json_writer json;
	struct buffer text;

	buffer_init(&text, 0);
	json_writer_init(&json, &text);
	json_object_begin(&json);
	json_member_text(&json, topic == LIVE_STATS ? "type" : "event", event);
	if (topic != LIVE_STATS && channel_id != 0)
		json_member_int(&json, "channel_id", channel_id);
	else if (topic != LIVE_STATS)
		json_member_null(&json, "channel_id");
	json_member_time(&json, "timestamp", clock_now_ms());
	if (seq > 0)
		json_member_int(&json, "seq", seq);
	json_name(&json, "data");
	json_raw(&json, data);
	json_object_end(&json);
	message = ws_message_new((struct span){ text.bytes, text.length });
	buffer_release(&text);
	return message;
}

/* ---- handing over ----------------------------------------------------------- */

static bool
wants(const struct live_subscriber *subscriber, const struct kept *event)
{
	return subscriber->topic == event->topic &&
	       (subscriber->events & event->bit) != 0 &&
	       (event->is_public || subscriber->sees_private) &&
	       (subscriber->channel_id == LIVE_CHANNEL_ANY ||
		event->channel_id == 0 ||
		subscriber->channel_id == event->channel_id);
}

static void
keep(struct live_hub *hub, const struct kept *event)
{
	size_t bytes = ws_message_bytes(event->message);

	while (hub->count > 0 && (hub->count == LIVE_EVENTS_KEPT ||
				  hub->bytes + bytes > LIVE_BYTES_KEPT))
		forget_oldest(hub);
	hub->ring[(hub->first + hub->count++) % LIVE_EVENTS_KEPT] = *event;
	hub->bytes += bytes;
	ws_message_hold(event->message);
}

/* `steady`: a figure in a rhythm, which has no number of its own. */
static void
publish(struct live_hub *hub, enum live_topic topic, const char *name,
	struct live_channel channel, const struct buffer *data, bool steady)
{
	struct kept event = {
		.topic = (uint8_t)topic,
		.bit = live_event_bit(topic, span_of(name)),
		.channel_id = channel.id,
		.is_public = channel.is_public,
	};

	pthread_mutex_lock(&hub->lock);
	event.seq = steady ? hub->seq : ++hub->seq;
	event.message = live_message(topic, name, channel.id, event.seq,
				     (struct span){ data->bytes,
						    data->length });
	if (!steady)
		keep(hub, &event);
	for (struct live_subscriber *subscriber = hub->subscribers;
	     subscriber != NULL; subscriber = subscriber->next) {
		if (wants(subscriber, &event))
			subscriber->deliver(subscriber->cookie, event.message);
	}
	pthread_mutex_unlock(&hub->lock);
	ws_message_drop(event.message);
}

void
live_hub_join(struct live_hub *hub, struct live_subscriber *subscriber,
	      int64_t since)
{
	bool resumed;

	pthread_mutex_lock(&hub->lock);
	resumed = since >= hub->forgotten && since <= hub->seq;
	subscriber->greet(subscriber->cookie, resumed, hub->seq);
	for (size_t i = 0; resumed && i < hub->count; i++) {
		const struct kept *event =
			&hub->ring[(hub->first + i) % LIVE_EVENTS_KEPT];

		if (event->seq > since && wants(subscriber, event))
			subscriber->deliver(subscriber->cookie,
					    event->message);
	}
	subscriber->previous = NULL;
	subscriber->next = hub->subscribers;
	if (subscriber->next != NULL)
		subscriber->next->previous = subscriber;
	hub->subscribers = subscriber;
	hub->listening++;
	pthread_mutex_unlock(&hub->lock);
}

void
live_hub_leave(struct live_hub *hub, struct live_subscriber *subscriber)
{
	pthread_mutex_lock(&hub->lock);
	if (subscriber->previous != NULL)
		subscriber->previous->next = subscriber->next;
	else
		hub->subscribers = subscriber->next;
	if (subscriber->next != NULL)
		subscriber->next->previous = subscriber->previous;
	hub->listening--;
	pthread_mutex_unlock(&hub->lock);
}

uint32_t
live_hub_listening(struct live_hub *hub)
{
	uint32_t listening;

	pthread_mutex_lock(&hub->lock);
	listening = hub->listening;
	pthread_mutex_unlock(&hub->lock);
	return listening;
}

void
live_hub_choose(struct live_hub *hub, struct live_subscriber *subscriber,
		uint32_t events)
{
	pthread_mutex_lock(&hub->lock);
	subscriber->events = events;
	pthread_mutex_unlock(&hub->lock);
}

/* ---- the source -------------------------------------------------------------- */

void
live_hub_set_source(struct live_hub *hub, const struct live_source *source)
{
	pthread_rwlock_wrlock(&hub->source_lock);
	hub->source = source != NULL ? *source : (struct live_source){ 0 };
	pthread_rwlock_unlock(&hub->source_lock);
}

void
live_hub_list(struct live_hub *hub, struct arena *arena,
	      struct live_stream **out, size_t *count)
{
	*out = NULL;
	*count = 0;
	pthread_rwlock_rdlock(&hub->source_lock);
	if (hub->source.list != NULL)
		hub->source.list(hub->source.cookie, arena, out, count);
	pthread_rwlock_unlock(&hub->source_lock);
}

bool
live_hub_find(struct live_hub *hub, int64_t channel_id, bool *is_public)
{
	bool found;

	pthread_rwlock_rdlock(&hub->source_lock);
	found = hub->source.find != NULL &&
		hub->source.find(hub->source.cookie, channel_id, is_public);
	pthread_rwlock_unlock(&hub->source_lock);
	return found;
}

void
live_figures_sum(const struct live_stream *streams, size_t count,
		 struct live_figures *out)
{
	out->active_streams = out->total_listeners = out->queue_items = 0;
	for (size_t i = 0; i < count; i++) {
		out->active_streams += streams[i].on_air;
		out->total_listeners += streams[i].listeners;
		out->queue_items += streams[i].queue_size;
	}
}

void
live_figures_count(struct live_hub *hub, struct live_figures *out)
{
	struct live_stream *streams;
	struct arena arena;
	size_t count;

	arena_init(&arena);
	live_hub_list(hub, &arena, &streams, &count);
	live_figures_sum(streams, count, out);
	arena_release(&arena);
}

/* ---- events ------------------------------------------------------------------- */

/* `data` of an event while it is printed. */
struct draft {
	struct buffer text;
	struct json_writer json;
};

static void
draft_begin(struct draft *draft)
{
	buffer_init(&draft->text, 0);
	json_writer_init(&draft->json, &draft->text);
	json_object_begin(&draft->json);
}

static void
member_raw(struct draft *draft, const char *name, struct span value)
{
	json_name(&draft->json, name);
	json_raw(&draft->json, value.length > 0 ? value : SPAN("null"));
}

static void
draft_publish(struct draft *draft, struct live_hub *hub,
	      const enum live_topic *to, size_t count, const char *name,
	      struct live_channel channel, bool steady)
{
	json_object_end(&draft->json);
	for (size_t i = 0; i < count; i++)
		publish(hub, to[i], name, channel, &draft->text, steady);
	buffer_release(&draft->text);
}

static const enum live_topic to_stats[] = { LIVE_STATS };
static const enum live_topic to_monitoring[] = { LIVE_MONITORING };
static const enum live_topic to_playlist[] = { LIVE_PLAYLIST };
static const enum live_topic to_channel[] = { LIVE_MONITORING,
					      LIVE_PLAYLIST };

#define DRAFT_PUBLISH(draft, hub, to, name, channel) \
	draft_publish((draft), (hub), (to), ARRAY_LENGTH(to), (name), \
		      (channel), false)

void
live_hub_publish_status(struct live_hub *hub, struct live_channel channel,
			const char *status, struct span current_track,
			uint32_t listeners)
{
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	json_member_text(&draft.json, "status", status);
	member_raw(&draft, "current_track", current_track);
	json_member_int(&draft.json, "listeners", listeners);
	DRAFT_PUBLISH(&draft, hub, to_channel, "stream_status", channel);
}

void
live_hub_publish_stream_update(struct live_hub *hub,
			       struct live_channel channel,
			       enum live_change change, const char *status,
			       struct span current_track, uint32_t listeners)
{
	static const char *const changes[] = {
		[LIVE_STARTED] = "started",
		[LIVE_STOPPED] = "stopped",
		[LIVE_TRACK_CHANGED] = "track_changed",
	};
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	json_member_int(&draft.json, "channel_id", channel.id);
	json_member_text(&draft.json, "event", changes[change]);
	json_member_text(&draft.json, "status", status);
	member_raw(&draft, "current_track", current_track);
	json_member_int(&draft.json, "listeners", listeners);
	DRAFT_PUBLISH(&draft, hub, to_stats, "stream_update", channel);
	live_hub_publish_status(hub, channel, status, current_track,
				listeners);
}

void
live_hub_publish_listeners(struct live_hub *hub, struct live_channel channel,
			   uint32_t listeners, int32_t change)
{
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	json_member_int(&draft.json, "listeners", listeners);
	json_member_int(&draft.json, "change", change);
	DRAFT_PUBLISH(&draft, hub, to_channel, "listeners_update", channel);
}

static void
warn_stats(struct live_hub *hub, struct live_channel channel, uint32_t seconds)
{
	struct draft draft;

	draft_begin(&draft);
	json_member_int(&draft.json, "channel_id", channel.id);
	json_member_int(&draft.json, "seconds_remaining", seconds);
	json_member_text(&draft.json, "reason", "no_listeners");
	DRAFT_PUBLISH(&draft, hub, to_stats, "auto_end_warning", channel);
}

void
live_hub_publish_auto_end_warning(struct live_hub *hub,
				  struct live_channel channel,
				  uint32_t seconds_remaining,
				  int64_t timeout_at_ms)
{
	struct draft draft;
	char message[96];

	if (hub == NULL)
		return;
	warn_stats(hub, channel, seconds_remaining);
	snprintf(message, sizeof message,
		 "Nobody listens: the channel ends in %u seconds.",
		 seconds_remaining);
	draft_begin(&draft);
	json_member_text(&draft.json, "message", message);
	json_member_int(&draft.json, "remaining_seconds", seconds_remaining);
	json_member_time(&draft.json, "timeout_at", timeout_at_ms);
	json_member_bool(&draft.json, "can_cancel", true);
	json_member_text(&draft.json, "reason", "no_listeners");
	DRAFT_PUBLISH(&draft, hub, to_channel, "auto_end_warning", channel);
}

void
live_hub_publish_auto_end_cancelled(struct live_hub *hub,
				    struct live_channel channel)
{
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	DRAFT_PUBLISH(&draft, hub, to_channel, "auto_end_cancelled", channel);
}

void
live_hub_publish_queue_update(struct live_hub *hub,
			      struct live_channel channel, struct span items,
			      uint32_t total, int64_t version,
			      const char *current_id, bool is_placeholder)
{
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	member_raw(&draft, "items", items.length > 0 ? items : SPAN("[]"));
	json_member_int(&draft.json, "total", total);
	json_member_int(&draft.json, "version", version);
	json_member_text(&draft.json, "current_playing_id", current_id);
	json_member_bool(&draft.json, "is_placeholder", is_placeholder);
	DRAFT_PUBLISH(&draft, hub, to_playlist, "queue_update", channel);
}

void
live_hub_publish_playlist_update(struct live_hub *hub,
				 struct live_channel channel,
				 const char *action, struct span item,
				 uint32_t queue_size, int64_t version)
{
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	json_member_text(&draft.json, "action", action);
	member_raw(&draft, "item", item);
	json_member_int(&draft.json, "queue_size", queue_size);
	json_member_int(&draft.json, "version", version);
	DRAFT_PUBLISH(&draft, hub, to_playlist, "playlist_update", channel);
}

void
live_hub_publish_track_change(struct live_hub *hub,
			      struct live_channel channel,
			      struct span previous, struct span current,
			      const char *reason)
{
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	member_raw(&draft, "previous_track", previous);
	member_raw(&draft, "current_track", current);
	json_member_text(&draft.json, "reason", reason);
	DRAFT_PUBLISH(&draft, hub, to_playlist, "track_change", channel);
}

void
live_hub_publish_alert(struct live_hub *hub, const char *level,
		       const char *code, const char *message,
		       struct span details, int64_t channel_id)
{
	struct live_channel channel = { .id = channel_id, .is_public = true };
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	json_member_text(&draft.json, "level", level);
	json_member_text(&draft.json, "code", code);
	json_member_text(&draft.json, "message", message);
	member_raw(&draft, "details", details);
	DRAFT_PUBLISH(&draft, hub, to_monitoring, "system_alert", channel);
}

/* ---- figures -------------------------------------------------------------------- */

static void
figures_print(struct draft *draft, const struct live_figures *figures)
{
	struct json_writer *json = &draft->json;

	json_member_int(json, "active_streams", figures->active_streams);
	json_member_int(json, "total_listeners", figures->total_listeners);
	json_member_int(json, "queue_items", figures->queue_items);
	json_member_double(json, "cpu_percent", figures->cpu_percent);
	json_member_double(json, "memory_percent", figures->memory_percent);
	json_member_int(json, "uptime_seconds", figures->uptime_seconds);
}

void
live_hub_publish_figures(struct live_hub *hub,
			 const struct live_figures *figures)
{
	struct live_channel server = { .id = 0, .is_public = true };
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	figures_print(&draft, figures);
	draft_publish(&draft, hub, to_stats, 1, "stats", server, true);
	draft_begin(&draft);
	figures_print(&draft, figures);
	json_member_double(&draft.json, "disk_percent", figures->disk_percent);
	json_member_int(&draft.json, "websocket_connections",
			figures->websocket_connections);
	draft_publish(&draft, hub, to_monitoring, 1, "metrics_update", server,
		      true);
}

static void
member_pair(struct draft *draft, const char *name, const double pair[2])
{
	json_member_array_begin(&draft->json, name);
	json_double(&draft->json, round(pair[0] * 10) / 10);
	json_double(&draft->json, round(pair[1] * 10) / 10);
	json_array_end(&draft->json);
}

void
live_hub_publish_levels(struct live_hub *hub, struct live_channel channel,
			const struct live_levels *levels)
{
	struct draft draft;

	if (hub == NULL)
		return;
	draft_begin(&draft);
	member_pair(&draft, "peak_db", levels->peak_db);
	member_pair(&draft, "rms_db", levels->rms_db);
	json_member_double(&draft.json, "gain_db",
			   round(levels->gain_db * 10) / 10);
	json_object_end(&draft.json);
	publish(hub, LIVE_MONITORING, "levels", channel, &draft.text, true);
	buffer_release(&draft.text);
}

bool
live_hub_wants_levels(struct live_hub *hub)
{
	uint32_t bit = live_event_bit(LIVE_MONITORING, SPAN("levels"));
	bool wanted = false;

	if (hub == NULL)
		return false;
	pthread_mutex_lock(&hub->lock);
	for (const struct live_subscriber *subscriber = hub->subscribers;
	     subscriber != NULL && !wanted; subscriber = subscriber->next)
		wanted = subscriber->topic == LIVE_MONITORING &&
			 (subscriber->events & bit) != 0;
	pthread_mutex_unlock(&hub->lock);
	return wanted;
}
