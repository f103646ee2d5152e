/* sockets.h - the WebSockets of the API: what happens on the air, as it happens.
 *
 * /ws/stats, /api/ws/monitoring and /api/ws/playlist hand the events of
 * service/live_hub.h to their clients. docs/websockets.md is the page for them.
 *
 * Floor: 5 (api). Threads: opening and closing on the main thread; the count
 * may be asked for from any.
 */
#ifndef OGMA_API_SOCKETS_H
#define OGMA_API_SOCKETS_H

#include "base/option.h"

struct access;
struct live_hub;
struct sockets;

struct sockets_settings {
	uint32_t max;             /* at once */
	uint32_t per_address_max; /* of them from one address */
	uint32_t ping_seconds;
	uint32_t queue_bytes;     /* waiting for one client */
};

extern const struct option sockets_options[];

/* All borrowed. Who opened a socket is looked at again every two seconds: it is
 * closed when they may not listen any more. */
enum status sockets_open(const struct sockets_settings *settings,
			 struct live_hub *hub, struct access *access,
			 struct sockets **out, struct fault *fault);

/* After the HTTP server was closed. */
void sockets_close(struct sockets *sockets);

struct sockets_figures {
	uint32_t count, max;
	uint32_t by_topic[3]; /* enum live_topic */
	uint64_t dropped;     /* since the start, because they did not read */
};
void sockets_figures(struct sockets *sockets, struct sockets_figures *out);

#endif /* OGMA_API_SOCKETS_H */
