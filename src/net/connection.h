/* connection.h - one client's connection: reads requests, sends answers.
 *
 * Requests are answered one after the other: while one is answered nothing more
 * is read, so that what a client may pipeline is bounded by the socket's buffer
 * and one read.
 *
 * A connection is one kind of loop_watch. A protocol that takes over after an
 * upgrade registers its own watch for the descriptor.
 *
 * Floor: 1 (net). Threads: the loop's.
 */
#ifndef OGMA_NET_CONNECTION_H
#define OGMA_NET_CONNECTION_H

#include "net/address.h"
#include "net/admission.h"
#include "net/request.h"

struct shard;

/* Takes the descriptor, which was admitted. */
void connection_open(struct shard *shard, int fd, const struct address *peer);

/* Says why a descriptor was not admitted, and closes it. */
void connection_refuse(struct shard *shard, int fd,
		       enum admission_result reason);

/* The answer to one of its requests has come back from a handler; the
 * connection may have ended meanwhile. */
void connection_answered(struct http_request *request);

/* A source or the reader of a body can go on. */
void connection_wake(struct http_request *request);

/* Ends those that wait for a next request; `all`: the others too, in the
 * middle. */
void connections_close(struct shard *shard, bool all);

#endif /* OGMA_NET_CONNECTION_H */
