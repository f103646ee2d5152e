/* monitor.c - see monitor.h. */
#include "service/monitor.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "library/metric_history.h"
#include "service/machine.h"

#define DAY_MS 86400000
#define TRIM_EVERY_MS 3600000
#define SERVER_METRICS 7

#define OFFSET(field) offsetof(struct monitor_settings, field)

const struct option monitor_options[] = {
	{ .name = "STATS_BROADCAST_INTERVAL", .type = OPTION_DOUBLE,
	  .preset = "5", .min = 0.05, .max = 3600, .unit = "s",
	  .summary = "How often figures are told to WebSockets.",
	  .offset = OFFSET(stats_seconds) },
	{ .name = "METRIC_SAMPLE_SECONDS", .type = OPTION_DOUBLE,
	  .preset = "15", .min = 0.05, .max = 3600, .unit = "s",
	  .summary = "How often figures are kept for charts.",
	  .offset = OFFSET(sample_seconds) },
	{ .name = "METRIC_HISTORY_DAYS", .type = OPTION_U32, .preset = "7",
	  .max = 366, .unit = "days",
	  .summary = "How long figures are kept for charts; 0: not at all.",
	  .offset = OFFSET(history_days) },
	{ .name = "ALERT_LOAD_PERCENT", .type = OPTION_U32, .preset = "95",
	  .max = 100, .unit = "%",
	  .summary = "Moderators are alerted when the processors are so busy; "
		     "0: never.",
	  .offset = OFFSET(alert_load_percent) },
	{ .name = "ALERT_DISK_PERCENT", .type = OPTION_U32, .preset = "90",
	  .max = 100, .unit = "%",
	  .summary = "Moderators are alerted when the disk of the data folder "
		     "is so full; 0: never.",
	  .offset = OFFSET(alert_disk_percent) },
	{ 0 }
};

struct monitor {
	struct monitor_args args;
	int64_t started_at_ms;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool ending;
	struct machine_look look; /* under the lock */
	int64_t looked_at_ms, trimmed_at_ms;
	struct alarm load, disk;
};

/* ---- looking ----------------------------------------------------------------- */

static void
machine_figures(struct monitor *monitor, struct live_figures *out)
{
	int64_t now = clock_monotonic_ms();

	pthread_mutex_lock(&monitor->lock);
	/* Of a shorter time the kernel's ticks tell little. */
	if (now - monitor->looked_at_ms >= 1000) {
		machine_cpu_percent(&monitor->look);
		monitor->looked_at_ms = now;
	}
	out->cpu_percent = monitor->look.cpu_percent;
	pthread_mutex_unlock(&monitor->lock);
	out->memory_percent = machine_memory_percent();
	out->disk_percent = machine_disk_percent(monitor->args.data_dir);
	out->uptime_seconds = (clock_now_ms() - monitor->started_at_ms) / 1000;
}

static void
look_at(struct monitor *monitor, struct arena *arena,
	struct live_stream **streams, size_t *count, struct live_figures *out)
{
	live_hub_list(monitor->args.hub, arena, streams, count);
	live_figures_sum(*streams, *count, out);
	out->websocket_connections = live_hub_listening(monitor->args.hub);
	machine_figures(monitor, out);
}

void
monitor_look(struct monitor *monitor, struct live_figures *out)
{
	struct live_stream *streams;
	struct arena arena;
	size_t count;

	arena_init(&arena);
	look_at(monitor, &arena, &streams, &count, out);
	arena_release(&arena);
}

/* ---- keeping ------------------------------------------------------------------- */

struct samples {
	struct metric_sample *rows;
	size_t count;
	int64_t at_ms, trim_before_ms; /* 0: not now */
};

static enum status
samples_write(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct samples *samples = cookie;
	enum status status = metric_history_add(session, samples->at_ms,
						samples->rows, samples->count,
						fault);

	if (status == STATUS_OK && samples->trim_before_ms != 0)
		status = metric_history_trim(session, samples->trim_before_ms,
					     fault);
	return status;
}

/* Of channels only those on the air: the others stand still. */
static void
samples_fill(struct samples *out, const struct live_stream *streams,
	     size_t count, const struct live_figures *figures)
{
	const struct metric_sample server[SERVER_METRICS] = {
		{ "cpu_percent", 0, figures->cpu_percent },
		{ "memory_percent", 0, figures->memory_percent },
		{ "disk_percent", 0, figures->disk_percent },
		{ "active_streams", 0, figures->active_streams },
		{ "total_listeners", 0, figures->total_listeners },
		{ "queue_items", 0, figures->queue_items },
		{ "websocket_connections", 0, figures->websocket_connections },
	};

	memcpy(out->rows, server, sizeof server);
	out->count = SERVER_METRICS;
	for (size_t i = 0; i < count; i++) {
		if (streams[i].on_air)
			out->rows[out->count++] = (struct metric_sample){
				"listeners", streams[i].channel_id,
				streams[i].listeners };
	}
}

static void
sample(struct monitor *monitor, struct arena *arena,
       const struct live_stream *streams, size_t count,
       const struct live_figures *figures)
{
	int64_t now = clock_now_ms();
	uint32_t days = monitor->args.settings->history_days;
	struct samples samples = {
		.rows = arena_new(arena, struct metric_sample,
				  SERVER_METRICS + count),
		.at_ms = now,
	};
	struct fault fault = { 0 };

	samples_fill(&samples, streams, count, figures);
	if (now - monitor->trimmed_at_ms >= TRIM_EVERY_MS) {
		samples.trim_before_ms = now - days * (int64_t)DAY_MS;
		monitor->trimmed_at_ms = now;
	}
	if (store_write(monitor->args.store, samples_write, &samples,
			&fault) != STATUS_OK)
		log_warning("monitor", "figures were not kept",
			    LOG_TEXT("reason", fault.message));
}

/* ---- alarms -------------------------------------------------------------------- */

enum alarm_change
alarm_step(struct alarm *alarm, double percent, double limit)
{
	bool was_on = alarm->on;

	if (limit > 0 && percent >= limit)
		alarm->on = true;
	else if (limit <= 0 || percent < limit - ALARM_BACK_PERCENT)
		alarm->on = false;
	if (alarm->on == was_on)
		return ALARM_SAME;
	return alarm->on ? ALARM_RAISED : ALARM_OVER;
}

static void
alarm_tell(struct monitor *monitor, struct alarm *alarm, double percent,
	   double limit, const char *const codes[2],
	   const char *const messages[2])
{
	enum alarm_change change = alarm_step(alarm, percent, limit);
	bool over = change == ALARM_OVER;
	char details[64];

	if (change == ALARM_SAME)
		return;
	snprintf(details, sizeof details, "{\"percent\":%.1f}", percent);
	live_hub_publish_alert(monitor->args.hub, over ? "info" : "warning",
			       codes[over], messages[over], span_of(details),
			       0);
	log_warning("monitor", messages[over], LOG_INT("percent",
						       (int64_t)percent));
}

static void
alarms_check(struct monitor *monitor, const struct live_figures *figures)
{
	static const char *const load_codes[] = { "load_high", "load_normal" };
	static const char *const load_messages[] = {
		"The processors are busy.", "The processors have time again."
	};
	static const char *const disk_codes[] = { "disk_full", "disk_normal" };
	static const char *const disk_messages[] = {
		"The disk is nearly full.", "The disk has room again."
	};
	const struct monitor_settings *settings = monitor->args.settings;

	alarm_tell(monitor, &monitor->load, figures->cpu_percent,
		   settings->alert_load_percent, load_codes, load_messages);
	alarm_tell(monitor, &monitor->disk, figures->disk_percent,
		   settings->alert_disk_percent, disk_codes, disk_messages);
}

/* ---- the rhythm -------------------------------------------------------------------- */

static void
turn(struct monitor *monitor, bool publishes, bool samples)
{
	struct live_stream *streams;
	struct live_figures figures;
	struct arena arena;
	size_t count;

	arena_init(&arena);
	look_at(monitor, &arena, &streams, &count, &figures);
	if (publishes)
		live_hub_publish_figures(monitor->args.hub, &figures);
	if (publishes)
		alarms_check(monitor, &figures);
	if (samples)
		sample(monitor, &arena, streams, count, &figures);
	arena_release(&arena);
}

/* True: it is time; false: the end. */
static bool
wait_until(struct monitor *monitor, int64_t at_ms)
{
	struct timespec at = { at_ms / 1000, at_ms % 1000 * 1000000 };
	bool goes_on;

	pthread_mutex_lock(&monitor->lock);
	while (!monitor->ending &&
	       pthread_cond_timedwait(&monitor->wake, &monitor->lock, &at) !=
		       ETIMEDOUT)
		continue;
	goes_on = !monitor->ending;
	pthread_mutex_unlock(&monitor->lock);
	return goes_on;
}

static void *
run(void *cookie)
{
	struct monitor *monitor = cookie;
	const struct monitor_settings *settings = monitor->args.settings;
	int64_t stats_ms = llround(settings->stats_seconds * 1000);
	int64_t sample_ms = llround(settings->sample_seconds * 1000);
	int64_t next_stats = clock_monotonic_ms() + stats_ms;
	int64_t next_sample = clock_monotonic_ms() + sample_ms;

	while (wait_until(monitor, next_stats < next_sample ? next_stats :
							       next_sample)) {
		int64_t now = clock_monotonic_ms();
		bool publishes = now >= next_stats, samples = now >= next_sample;

		turn(monitor, publishes,
		     samples && settings->history_days > 0);
		/* What was missed is not made up for. */
		if (publishes)
			next_stats = now + stats_ms;
		if (samples)
			next_sample = now + sample_ms;
	}
	return NULL;
}

enum status
monitor_open(const struct monitor_args *args, struct monitor **out,
	     struct fault *fault)
{
	struct monitor *monitor = mem_new(1, sizeof *monitor);
	pthread_condattr_t attributes;

	monitor->args = *args;
	monitor->started_at_ms = clock_now_ms();
	machine_cpu_percent(&monitor->look);
	pthread_mutex_init(&monitor->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&monitor->wake, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&monitor->thread, NULL, run, monitor) != 0) {
		pthread_cond_destroy(&monitor->wake);
		pthread_mutex_destroy(&monitor->lock);
		free(monitor);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the thread of figures");
	}
	*out = monitor;
	return STATUS_OK;
}

void
monitor_close(struct monitor *monitor)
{
	if (monitor == NULL)
		return;
	pthread_mutex_lock(&monitor->lock);
	monitor->ending = true;
	pthread_cond_signal(&monitor->wake);
	pthread_mutex_unlock(&monitor->lock);
	pthread_join(monitor->thread, NULL);
	pthread_cond_destroy(&monitor->wake);
	pthread_mutex_destroy(&monitor->lock);
	free(monitor);
}
