/* metric_history.h - figures of the last days, for charts without Prometheus.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_METRIC_HISTORY_H
#define OGMA_LIBRARY_METRIC_HISTORY_H

#include "driver/store.h"

struct metric_sample {
	const char *metric; /* "cpu_percent" */
	int64_t channel_id; /* 0: the whole server */
	double value;
};

enum status metric_history_add(struct store_session *session, int64_t at_ms,
			       const struct metric_sample *samples,
			       size_t count, struct fault *fault);

/* Forgets what is older. */
enum status metric_history_trim(struct store_session *session,
				int64_t before_ms, struct fault *fault);

struct metric_point {
	int64_t at_ms; /* beginning of the interval */
	double mean, min, max;
};

/* In the order of time; intervals without a sample are left out. */
enum status metric_history_read(struct store_session *session,
				const char *metric, int64_t channel_id,
				int64_t from_ms, int64_t to_ms,
				int64_t interval_ms, struct arena *arena,
				struct metric_point **out, size_t *count,
				struct fault *fault);

#endif /* OGMA_LIBRARY_METRIC_HISTORY_H */
