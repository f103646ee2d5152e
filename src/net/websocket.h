/* websocket.h - WebSockets on the loops of the HTTP server.
 *
 * A request whose fields ask for one is answered with websocket_answer(); from
 * then on texts come in by a callback and messages go out by websocket_send().
 * Frames, fragments, pings of the client, UTF-8 and closing are looked after
 * here (wslay, RFC 6455), permessage-deflate too (RFC 7692).
 *
 * A socket closes by itself: 1001 when the server drains, 1002 when the
 * protocol was broken, 1003 for a binary message, 1007 for text that is not
 * UTF-8, 1009 for one that is too long. A client is cut off that does not answer
 * pings or lets more than queue_max_bytes wait for it.
 *
 * Floor: 1 (net). Threads: callbacks run on the socket's loop and must not
 * block; websocket_send() and websocket_close() may be called from any thread,
 * between opened() and closed().
 */
#ifndef OGMA_NET_WEBSOCKET_H
#define OGMA_NET_WEBSOCKET_H

#include "net/http.h"
#include "net/websocket_handshake.h"
#include "net/websocket_message.h"

struct websocket;
struct websockets;

struct websocket_settings {
	uint32_t ping_ms;           /* cut off when one was not answered */
	uint32_t close_ms;          /* wait for the client's end */
	uint32_t message_max_bytes; /* of a client, inflated */
	uint32_t queue_max_bytes;   /* waiting for one client */
};

struct websocket_handlers {
	void (*opened)(void *cookie, struct websocket *socket);
	void (*text)(void *cookie, struct span text); /* UTF-8 */

	/* Last and once in every case; without opened() when the client went
	 * before. */
	void (*closed)(void *cookie);
};

/* What all sockets of a server share. Freed after the server was closed. */
struct websockets *websockets_new(const struct websocket_settings *settings);
void websockets_free(struct websockets *all); /* NULL is fine */

/* Clients that were cut off because they did not read. */
uint64_t websockets_dropped(const struct websockets *all);

enum ws_opening_result
websocket_check(const struct http_request *request);

/* Of a request that websocket_check() found good; any thread, like an answer.
 * `handlers` live as long as the program. */
void websocket_answer(struct websockets *all, struct http_request *request,
		      const struct websocket_handlers *handlers, void *cookie);

/* Puts the message into the socket's queue; holds a reference of its own. */
void websocket_send(struct websocket *socket, struct ws_message *message);

/* After what is in the queue. `code` as RFC 6455 7.4, `reason` at most 123
 * bytes of UTF-8. closed() comes later. */
void websocket_close(struct websocket *socket, uint16_t code,
		     const char *reason);

#endif /* OGMA_NET_WEBSOCKET_H */
