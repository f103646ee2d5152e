/* counter.h - what Ogma counts, printed as Prometheus text and OpenMetrics.
 *
 * A metric is a row: a static `struct metric` that its owner registers once.
 * A cell is one (metric, label values) pair; look it up once and keep the
 * pointer where a request is on a hot path. Cells live until the end.
 * Counting is one relaxed atomic add.
 *
 *	static struct metric requests = METRIC_COUNTER(
 *		"ogma_http_requests_total", "Requests answered.",
 *		"method", "path", "status");
 *	counter_add(metric_cell(&requests, "GET", "/health", "200"), 1);
 *
 * Floor: 0 (base). Threads: all functions may be called from any.
 * Source: Prometheus text format 0.0.4; OpenMetrics 1.0.
 */
#ifndef OGMA_BASE_COUNTER_H
#define OGMA_BASE_COUNTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define METRIC_LABELS_MAX 3
#define METRIC_CELLS_MAX 5000 /* per metric; more share one cell "other" */
#define METRIC_BUCKETS_MAX 16

enum metric_kind { METRIC_IS_COUNTER, METRIC_IS_GAUGE, METRIC_IS_HISTOGRAM };

struct metric_cell;

struct metric {
	const char *name;
	const char *help;
	enum metric_kind kind;
	const char *labels[METRIC_LABELS_MAX + 1]; /* NULL ends them */
	const double *buckets; /* upper bounds in seconds, ascending, 0 ends */
	struct metric_cell *_Atomic cells;
	uint32_t cell_count;
	struct metric *next;
	bool registered;
};

#define METRIC_COUNTER(name_, help_, ...) \
	{ .name = (name_), .help = (help_), .kind = METRIC_IS_COUNTER, \
	  .labels = { __VA_ARGS__ __VA_OPT__(,) 0 } }
#define METRIC_GAUGE(name_, help_, ...) \
	{ .name = (name_), .help = (help_), .kind = METRIC_IS_GAUGE, \
	  .labels = { __VA_ARGS__ __VA_OPT__(,) 0 } }
#define METRIC_HISTOGRAM(name_, help_, ...) \
	{ .name = (name_), .help = (help_), .kind = METRIC_IS_HISTOGRAM, \
	  .buckets = metric_seconds_buckets, .labels = { __VA_ARGS__ __VA_OPT__(,) 0 } }

/* 0.5 ms … 10 s */
extern const double metric_seconds_buckets[];

/* Puts the metric on /metrics even while it has no cell. Idempotent; also done
 * by the first metric_cell(). */
void metric_register(struct metric *metric);

/* Finds or makes the cell. Pass as many label values as the metric has. */
#define metric_cell(metric, ...) \
	metric_cell_find((metric), (const char *[METRIC_LABELS_MAX + 1]){ \
					   __VA_ARGS__ __VA_OPT__(,) 0 })
struct metric_cell *metric_cell_find(struct metric *metric,
				     const char *const values[]);

void counter_add(struct metric_cell *cell, double amount);
void gauge_set(struct metric_cell *cell, double value);
void gauge_add(struct metric_cell *cell, double amount);
void histogram_observe(struct metric_cell *cell, double seconds);
double metric_value(const struct metric_cell *cell); /* histogram: count */

/* Called before each print, for gauges that are read rather than counted. */
typedef void metric_refresh(void *cookie);
void metric_on_print(metric_refresh *refresh, void *cookie);

/* Before the cookie goes away. No call with it runs after this returns. */
void metric_off_print(void *cookie);

/* Another name for a metric, printed beside its own. `labels` take the places
 * of its own labels. The table ends with a NULL metric and stays. Before the
 * first print. */
struct metric_alias {
	const char *metric, *name;
	const char *labels[METRIC_LABELS_MAX];
};
void metric_aliases_use(const struct metric_alias *table);

void metrics_print(struct buffer *out, bool openmetrics);

#endif /* OGMA_BASE_COUNTER_H */
