/* alerts.h - what is wrong now, or was, with hysteresis: an alert is raised
 * when several looks in a row found something and ends when as many found
 * nothing, so that a figure around its bound does not make it flutter.
 *
 * Floor: 3 (library). Threads: as the session. Results are arena-owned.
 */
#ifndef OGMA_LIBRARY_ALERTS_H
#define OGMA_LIBRARY_ALERTS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/store.h"

#define ALERT_STREAK 2 /* looks in a row that it takes to change */

struct alert {
	const char *name;  /* "search_index_behind" */
	const char *level; /* "warning", "error" */
	const char *message;
	bool active;
	int64_t raised_at_ms, ended_at_ms; /* 0: never */
};

enum alert_change { ALERT_SAME, ALERT_RAISED, ALERT_ENDED };

/* One look at one thing. `at_once`: a single look raises it (a service that
 * does not answer). *change says what it did to the alert. */
struct alert_look {
	const char *name, *level, *message;
	bool bad, at_once;
	int64_t now_ms;
};
enum status alerts_look(struct store_session *session,
			const struct alert_look *look,
			enum alert_change *change, struct fault *fault);

/* All that were ever raised: active ones first, by name. */
enum status alerts_list(struct store_session *session, struct arena *arena,
			struct alert **out, size_t *count,
			struct fault *fault);

#endif /* OGMA_LIBRARY_ALERTS_H */
