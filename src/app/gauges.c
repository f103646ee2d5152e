/* gauges.c - numbers read from services when /metrics is asked for. */
#include "app/gauges.h"

#include <string.h>

#include "base/counter.h"

static struct metric transcodes_running = METRIC_GAUGE(
	"ogma_transcodes_running", "Transcodes that are being made now.");
static struct metric transcode_readers =
	METRIC_GAUGE("ogma_transcode_readers",
		     "Answers that follow a transcode as it grows.");
static struct metric cache_bytes = METRIC_GAUGE(
	"ogma_transcode_cache_bytes", "Finished transcodes kept on disk.");
static struct metric admin_sessions = METRIC_GAUGE(
	"ogma_admin_sessions_active",
	"Sessions of admins that asked for anything in the last five minutes.");

/* As Sattva Streamer calls them. */
static const struct metric_alias sattva_names[] = {
	{ "ogma_http_requests_total", "sattva_http_requests_total",
	  { "method", "endpoint", "status" } },
	{ "ogma_http_request_duration_seconds",
	  "sattva_http_request_duration_seconds",
	  { "method", "endpoint" } },
	{ "ogma_active_streams", "sattva_active_streams", { 0 } },
	{ "ogma_stream_listeners", "sattva_stream_listeners",
	  { "channel_id" } },
	{ "ogma_queue_size", "sattva_queue_size", { "channel_id" } },
	{ "ogma_queue_operations_total", "sattva_queue_operations_total",
	  { "channel_id", "operation" } },
	{ "ogma_auto_end_total", "sattva_auto_end_events_total",
	  { "channel_id", "reason" } },
	{ "ogma_websocket_connections", "sattva_websocket_connections",
	  { "channel_id" } },
	{ 0 }
};

static void
refresh(void *cookie)
{
	struct app *app = cookie;
	struct stream_counts streams;

	streams_count(app->streams, &streams);
	gauge_set(metric_cell(&transcodes_running),
		  streams.transcodes_running);
	gauge_set(metric_cell(&transcode_readers), streams.transcode_readers);
	gauge_set(metric_cell(&cache_bytes), (double)streams.cache_bytes);
	gauge_set(metric_cell(&admin_sessions),
		  access_admin_sessions(app->access));
}

void
gauges_start(struct app *app)
{
	metric_on_print(refresh, app);
	if (strcmp(app->settings->program.metrics_aliases, "sattva") == 0)
		metric_aliases_use(sattva_names);
}

void
gauges_stop(struct app *app)
{
	metric_off_print(app);
}
