/* websocket_handshake.h - the fields that turn a request into a WebSocket.
 *
 * Floor: 1 (net). Threads: pure functions.
 * Sources: RFC 6455 4.2 (opening), RFC 7692 5 and 7.1 (the extension's offer).
 */
#ifndef OGMA_NET_WEBSOCKET_HANDSHAKE_H
#define OGMA_NET_WEBSOCKET_HANDSHAKE_H

#include <stdbool.h>

#include "base/text.h"

#define WS_ACCEPT_BYTES 29 /* with the terminator */
#define WS_KEY_LENGTH 24

/* What a client sent; length 0: the field is absent. */
struct ws_opening {
	struct span upgrade, connection, version, key, extensions;
};

enum ws_opening_result {
	WS_OPENING_GOOD,
	WS_OPENING_NONE,    /* asks for no WebSocket: 426 */
	WS_OPENING_VERSION, /* for one that is not version 13: 426 */
	WS_OPENING_BAD,     /* its key is no 16 bytes in base64: 400 */
};

enum ws_opening_result ws_opening_check(const struct ws_opening *opening);

/* Sec-WebSocket-Accept for a key. */
void ws_accept_print(struct span key, char out[WS_ACCEPT_BYTES]);

/* Whether some offer among Sec-WebSocket-Extensions can be met by keeping no
 * context on either side and windows of 32 KiB. The answer to it is
 * WS_DEFLATE_ANSWER. Offers that cannot be read are passed over. */
#define WS_DEFLATE_ANSWER \
	"permessage-deflate; server_no_context_takeover; " \
	"client_no_context_takeover"
bool ws_deflate_offered(struct span extensions);

#endif /* OGMA_NET_WEBSOCKET_HANDSHAKE_H */
