/* shard.h - the part of a server that belongs to one loop.
 *
 * Floor: 1 (net). Threads: the loop's own, but for the atomics.
 */
#ifndef OGMA_NET_SHARD_H
#define OGMA_NET_SHARD_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/counter.h"
#include "net/address.h"
#include "net/admission.h"
#include "net/http.h"
#include "net/loop.h"
#include "net/request_head.h"

#define LISTENERS_MAX 4
#define SCRATCH_BYTES 65536
#define FREE_REQUESTS_MAX 32
#define REFUSED_MAX 64 /* connections that are only told why not */

struct connection;
struct shard;

struct listener {
	struct loop_watch watch;
	struct loop_timer retry; /* after the descriptors ran out */
	struct shard *shard;
	int fd;
};

struct shard {
	struct loop *loop; /* holds a reference */
	struct http_server *server;
	pthread_t thread;
	bool started;
	struct listener listeners[LISTENERS_MAX];
	size_t listener_count;

	struct connection *connections; /* all that are open */
	struct http_request *free_requests;
	uint32_t free_request_count;
	uint32_t requests; /* not yet done */
	uint32_t refused;
	uint64_t id_state; /* of request ids */
	bool draining;

	struct loop_timers head, body, idle, write, linger, retry, drain;
	struct loop_timer drain_timer;
	struct loop_task drain_task;

	char input[SCRATCH_BYTES]; /* what was read in this turn */
	char room[SCRATCH_BYTES];  /* what a source gives */
};

struct http_server {
	struct http_server_args args;
	struct http_settings settings;
	struct request_limits limits;
	struct networks trusted;
	struct admission admission;
	uint32_t drain_ms;
	uint16_t port;
	uint32_t shard_count;
	struct shard *shards[];
};

extern struct metric http_connections_metric;
extern struct metric http_accepted_metric;
extern struct metric http_refused_metric;
extern struct metric http_sent_metric;

/* Ends the loop when it drains and nothing is left. */
void shard_check_drained(struct shard *shard);

#endif /* OGMA_NET_SHARD_H */
