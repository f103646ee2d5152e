/* visits.h - how long people are here at a time, and what they do meanwhile. In
 * memory only, until a visit is over and goes to the log of events.
 *
 * A visit is over when its person was not seen for VISIT_GAP_MS.
 *
 * Floor: 4 (service). Threads: any; one lock, held for moments.
 */
#ifndef OGMA_SERVICE_VISITS_H
#define OGMA_SERVICE_VISITS_H

#include <stddef.h>
#include <stdint.h>

#define VISIT_GAP_MS 1800000
#define VISITS_MAX 65536 /* at once; more are not told of */

struct visits;

struct visit {
	int64_t user_id;
	int64_t began_at_ms, seen_at_ms;
	uint32_t tracks;   /* plays that counted */
	uint32_t searches;
};

struct visits *visits_new(void);
void visits_free(struct visits *visits); /* NULL is fine */

/* Somebody did something: played so many tracks, searched so often. */
void visits_see(struct visits *visits, int64_t user_id, int64_t now_ms,
		uint32_t tracks, uint32_t searches);

/* Takes out at most `room` that are over; INT64_MAX: all. */
size_t visits_take(struct visits *visits, int64_t now_ms, struct visit *out,
		   size_t room);

void visits_forget(struct visits *visits, int64_t user_id);

#endif /* OGMA_SERVICE_VISITS_H */
