/* takeover.h - an answer that gives the connection away.
 *
 * For what is no longer requests and answers: WebSockets, listeners of live
 * streams, source clients. The head is sent like any other; then the connection
 * is its taker's until it is closed. It still counts among the connections (and
 * those of its address), and the server waits for it when it drains.
 *
 * Calls of one taker, all on the connection's loop: begin() once, on_events()
 * and on_drain() as they come, closed() once, last, whoever closed it. When the
 * client goes before the head has left, closed() is the only call; when the
 * loop has ended by then it comes on the thread that answered.
 *
 * on_done() of the server (http.h) is called before begin(), with the bytes of
 * the head: the request is over then, and nothing of it may be touched.
 *
 * Floor: 1 (net).
 */
#ifndef OGMA_NET_TAKEOVER_H
#define OGMA_NET_TAKEOVER_H

#include "net/http.h"
#include "net/loop.h"

struct http_taken; /* a connection that was given away */

struct http_takeover {
	/* `early`: what the client sent behind its head, valid during the
	 * call. Events are edge-triggered and may have come already: read and
	 * write until the socket says no. */
	void (*begin)(void *cookie, struct http_taken *taken,
		      struct span early);

	/* epoll's: EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR. */
	void (*on_events)(void *cookie, uint32_t events);

	/* The server ends: say good-bye and close within its drain time. NULL:
	 * it is closed at once. */
	void (*on_drain)(void *cookie);

	void (*closed)(void *cookie);
};

/* Answers with `status` and the fields added so far. 101 is sent without a field
 * Connection of the server's own (add Upgrade and Connection), others with
 * "Connection: close". Any thread. A server that drains answers 503 instead and
 * calls closed(). `takeover` lives as long as the program. */
void http_answer_takeover(struct http_request *request, unsigned status,
			  const struct http_takeover *takeover, void *cookie);

/* The rest: on the loop, between begin() and closed(). */
struct loop *http_taken_loop(const struct http_taken *taken);
int http_taken_fd(const struct http_taken *taken);

/* For the metric of bytes sent. */
void http_taken_sent(const struct http_taken *taken, uint64_t bytes);

/* Calls closed(). `reset`: throws away what the kernel still holds for a client
 * that does not take it. */
void http_taken_close(struct http_taken *taken, bool reset);

#endif /* OGMA_NET_TAKEOVER_H */
