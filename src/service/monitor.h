/* monitor.h - figures of the whole server in a rhythm: told to the live hub
 * every STATS_BROADCAST_INTERVAL, kept in the store every 15 seconds.
 *
 * Floor: 4 (service). Threads: one of its own; monitor_look() from any worker.
 */
#ifndef OGMA_SERVICE_MONITOR_H
#define OGMA_SERVICE_MONITOR_H

#include "base/option.h"
#include "driver/store.h"
#include "service/live_hub.h"

struct monitor;

struct monitor_settings {
	double stats_seconds;
	double sample_seconds;
	uint32_t history_days; /* 0: nothing is kept */
	uint32_t alert_load_percent, alert_disk_percent; /* 0: never */
};

extern const struct option monitor_options[];

struct monitor_args {
	const struct monitor_settings *settings; /* all borrowed */
	struct store *store;
	struct live_hub *hub;
	const char *data_dir;
};

enum status monitor_open(const struct monitor_args *args,
			 struct monitor **out, struct fault *fault);
void monitor_close(struct monitor *monitor); /* NULL is fine */

/* The figures of this moment; asks the hub's source. */
void monitor_look(struct monitor *monitor, struct live_figures *out);

/* ---- alarms ---- */

#define ALARM_BACK_PERCENT 5

/* Of one figure; zeroed before the first step. */
struct alarm {
	bool on;
};

enum alarm_change { ALARM_SAME, ALARM_RAISED, ALARM_OVER };

/* On from `limit` up, and off again only ALARM_BACK_PERCENT below it, so that a
 * figure that wavers is told once. A pure function; limit 0: never on. */
enum alarm_change alarm_step(struct alarm *alarm, double percent,
			     double limit);

/* "cpu_percent|…": the names that are kept. */
#define MONITOR_METRICS \
	"cpu_percent|memory_percent|disk_percent|active_streams|" \
	"total_listeners|queue_items|websocket_connections|listeners"

#endif /* OGMA_SERVICE_MONITOR_H */
