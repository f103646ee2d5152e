/* auto_end.h - when a live channel that nobody hears leaves the air.
 *
 * A pure machine: it is told how it stands at a time and says what to do then.
 * The clock counts while a channel is on the air, not paused, not live, without
 * listeners; a listener, a pause, or somebody who says "keep it on" begins it
 * anew. On the way it warns once each at AUTO_END_WARNINGS seconds before the
 * end.
 *
 * Floor: 4 (service). Threads: one at a time for each machine.
 */
#ifndef OGMA_SERVICE_AUTO_END_H
#define OGMA_SERVICE_AUTO_END_H

#include <stdbool.h>
#include <stdint.h>

struct auto_end {
	int64_t alone_since_ms; /* 0: the clock does not run */
	int64_t timeout_ms;     /* as it was when it began */
	int64_t warned_seconds; /* the last warning given; 0: none */
};

struct auto_end_state {
	bool enabled, paused;
	int64_t timeout_ms;
	uint64_t listeners;
};

enum auto_end_act {
	AUTO_END_NOTHING,
	AUTO_END_WARN,      /* so many seconds are left: out->seconds */
	AUTO_END_CANCELLED, /* after a warning somebody came */
	AUTO_END_NOW,
};

struct auto_end_advice {
	enum auto_end_act act;
	int64_t seconds;
	int64_t look_again_ms; /* the next time at which something may happen
				* by itself; 0: never */
};

/* `now_ms` never goes back. A timeout that is changed while the clock runs
 * counts from the same beginning. */
struct auto_end_advice auto_end_step(struct auto_end *machine,
				     const struct auto_end_state *state,
				     int64_t now_ms);

/* Somebody wants it to go on. */
void auto_end_keep(struct auto_end *machine, int64_t now_ms);

/* Milliseconds to the end; -1: the clock does not run. */
int64_t auto_end_left_ms(const struct auto_end *machine, int64_t now_ms);

#endif /* OGMA_SERVICE_AUTO_END_H */
