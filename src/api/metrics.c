/* metrics.c - routes of figures for people: now, and over the last days. What
 * Prometheus reads is in system.c. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/sockets.h"
#include "base/clock.h"
#include "library/metric_history.h"
#include "service/live_hub.h"
#include "service/monitor.h"

#define POINTS_MAX 12000
#define PRESET_MS 3600000

static void
answer(struct call *call, struct buffer *body)
{
	http_answer_field(call->request, "Cache-Control", "no-store");
	http_answer_buffer(call->request, 200, "application/json", body);
}

void
handle_metrics_system(struct call *call)
{
	struct live_figures figures;
	struct json_writer json;
	struct buffer body;

	monitor_look(call->api->args.monitor, &figures);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_double(&json, "cpu_percent", figures.cpu_percent);
	json_member_double(&json, "memory_percent", figures.memory_percent);
	json_member_double(&json, "disk_percent", figures.disk_percent);
	json_member_int(&json, "active_streams", figures.active_streams);
	json_member_int(&json, "total_listeners", figures.total_listeners);
	json_member_int(&json, "queue_items", figures.queue_items);
	json_member_int(&json, "websocket_connections",
			figures.websocket_connections);
	json_member_int(&json, "uptime_seconds", figures.uptime_seconds);
	json_member_time(&json, "timestamp", clock_now_ms());
	json_object_end(&json);
	answer(call, &body);
}

/* ---- streams -------------------------------------------------------------- */

static void
stream_print(struct json_writer *json, const struct live_stream *stream)
{
	json_object_begin(json);
	json_member_int(json, "channel_id", stream->channel_id);
	json_member_text(json, "title", stream->title);
	json_member_text(json, "status", stream->status);
	json_member_bool(json, "on_air", stream->on_air);
	json_member_bool(json, "is_public", stream->is_public);
	json_member_int(json, "listeners", stream->listeners);
	json_member_int(json, "queue_size", stream->queue_size);
	json_member_time(json, "started_at", stream->started_at_ms);
	json_member_text(json, "current_track", stream->track_title);
	json_object_end(json);
}

void
handle_metrics_streams(struct call *call)
{
	struct live_stream *streams;
	struct json_writer json;
	struct buffer body;
	size_t count;

	live_hub_list(call->api->args.live, call->arena, &streams, &count);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_array_begin(&json, "items");
	for (size_t i = 0; i < count; i++)
		stream_print(&json, &streams[i]);
	json_array_end(&json);
	json_member_int(&json, "total", (int64_t)count);
	json_object_end(&json);
	answer(call, &body);
}

void
handle_metrics_stream(struct call *call)
{
	int64_t id = call_int(call, "channel_id");
	struct live_stream *streams;
	struct json_writer json;
	struct buffer body;
	size_t count, i = 0;

	live_hub_list(call->api->args.live, call->arena, &streams, &count);
	while (i < count && streams[i].channel_id != id)
		i++;
	if (i == count) {
		call_answer_not_found(call);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	stream_print(&json, &streams[i]);
	answer(call, &body);
}

/* ---- sockets ----------------------------------------------------------------- */

void
handle_metrics_websocket(struct call *call)
{
	struct sockets_figures figures;
	struct json_writer json;
	struct buffer body;

	sockets_figures(call->api->sockets, &figures);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "connections", figures.count);
	json_member_int(&json, "stats", figures.by_topic[LIVE_STATS]);
	json_member_int(&json, "monitoring",
			figures.by_topic[LIVE_MONITORING]);
	json_member_int(&json, "playlist", figures.by_topic[LIVE_PLAYLIST]);
	json_member_int(&json, "max", figures.max);
	json_member_int(&json, "dropped", (int64_t)figures.dropped);
	json_object_end(&json);
	answer(call, &body);
}

/* ---- history ------------------------------------------------------------------ */

struct history {
	struct call *call;
	int64_t from_ms, to_ms, interval_ms;
	struct metric_point *points;
	size_t count;
};

static enum status
history_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct history *history = cookie;
	struct call *call = history->call;

	return metric_history_read(session, call_text(call, "metric"),
				   call_int(call, "channel_id"),
				   history->from_ms, history->to_ms,
				   history->interval_ms, call->arena,
				   &history->points, &history->count, fault);
}

/* False: answered. */
static bool
history_span(struct history *out)
{
	static const struct {
		const char *name;
		int64_t ms;
	} intervals[] = { { "1m", 60000 },
			  { "5m", 300000 },
			  { "15m", 900000 },
			  { "1h", 3600000 } };
	struct call *call = out->call;
	bool russian = call->language == LANGUAGE_RU;

	out->to_ms = call_value(call, "to")->given ? call_int(call, "to") :
						     clock_now_ms() + 1;
	out->from_ms = call_value(call, "from")->given ?
			       call_int(call, "from") :
			       out->to_ms - PRESET_MS;
	for (size_t i = 0; i < ARRAY_LENGTH(intervals); i++) {
		if (strcmp(intervals[i].name, call_text(call, "interval")) ==
		    0)
			out->interval_ms = intervals[i].ms;
	}
	if (out->from_ms > out->to_ms) {
		call_answer_field(call, "from",
				  russian ? "позже конца" :
					    "is behind the end");
		return false;
	}
	if ((out->to_ms - out->from_ms) / out->interval_ms <= POINTS_MAX)
		return true;
	call_answer_field(call, "interval",
			  russian ? "слишком мелко для такого срока" :
				    "is too fine for so long a time");
	return false;
}

static void
history_print(struct json_writer *json, const struct history *history)
{
	json_object_begin(json);
	json_member_text(json, "metric", call_text(history->call, "metric"));
	json_member_text(json, "interval",
			 call_text(history->call, "interval"));
	json_member_time(json, "from", history->from_ms);
	json_member_time(json, "to", history->to_ms);
	json_member_array_begin(json, "points");
	for (size_t i = 0; i < history->count; i++) {
		json_object_begin(json);
		json_member_time(json, "at", history->points[i].at_ms);
		json_member_double(json, "value", history->points[i].mean);
		json_member_double(json, "min", history->points[i].min);
		json_member_double(json, "max", history->points[i].max);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

void
handle_metrics_history(struct call *call)
{
	struct history history = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!history_span(&history) ||
	    !call_read_store(call, history_read, &history))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	history_print(&json, &history);
	answer(call, &body);
}
