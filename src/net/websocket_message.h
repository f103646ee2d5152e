/* websocket_message.h - a text message for any number of WebSockets.
 *
 * Its frames, plain and deflated, are made once and shared by all the queues it
 * stands in. A server that never keeps a compression context between messages
 * (server_no_context_takeover) can send the same bytes to everybody.
 *
 * Floor: 1 (net). Threads: holding and dropping from any; else constant.
 * Sources: RFC 6455 5 (frames), RFC 7692 7.2 (permessage-deflate).
 */
#ifndef OGMA_NET_WEBSOCKET_MESSAGE_H
#define OGMA_NET_WEBSOCKET_MESSAGE_H

#include <stdbool.h>

#include "base/text.h"

#define WS_DEFLATE_FROM_BYTES 128 /* less does not shrink */

struct ws_message;

/* One reference. Copies the text, which is UTF-8. */
struct ws_message *ws_message_new(struct span text);

/* One frame as it is, without a deflated form: what else the floor sends. */
struct ws_message *ws_message_from_frame(struct span frame);

struct ws_message *ws_message_hold(struct ws_message *message);
void ws_message_drop(struct ws_message *message); /* NULL is fine */

/* The frame for a client that can inflate, or for one that cannot. */
struct span ws_message_frame(const struct ws_message *message, bool deflated);

/* All the bytes it holds. */
size_t ws_message_bytes(const struct ws_message *message);

/* RFC 7692 7.2.1 and 7.2.2. Inflating: false when the bytes are no deflate
 * stream, *too_large when there are more than out->limit_bytes of them. */
bool ws_deflate(struct span text, struct buffer *out);
bool ws_inflate(struct span packed, struct buffer *out, bool *too_large);

#endif /* OGMA_NET_WEBSOCKET_MESSAGE_H */
