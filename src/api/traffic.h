/* traffic.h - counts and logs answered requests.
 *
 * Floor: 5 (api). Threads: all functions may be called from any.
 */
#ifndef OGMA_API_TRAFFIC_H
#define OGMA_API_TRAFFIC_H

#include "api/route.h"

struct listening;
struct route_metrics;

struct traffic { /* one answered request */
	struct http_request *request;
	const struct route *route; /* NULL: none matched */
	size_t route_index;
	bool asset; /* a file of the web app */
	unsigned status;
	uint64_t sent_bytes;
	int64_t took_us;
};

struct route_metrics *traffic_metrics_new(const struct route *routes);
void traffic_metrics_free(struct route_metrics *metrics);

void traffic_count(struct route_metrics *metrics,
		   const struct traffic *traffic);
void traffic_log(const struct traffic *traffic);

/* Keeps a request of the API in the log of events. */
void traffic_note(struct listening *listening, const struct traffic *traffic,
		  int64_t user_id);

#endif /* OGMA_API_TRAFFIC_H */
