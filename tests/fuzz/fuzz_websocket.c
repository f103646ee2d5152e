/* fuzz_websocket.c - openings and packed messages from anybody. The first byte
 * says which. What is packed gives itself back; what is not packed keeps within
 * its limit. */
#include <stdlib.h>

#include "net/websocket_handshake.h"
#include "net/websocket_message.h"

#define LIMIT_BYTES 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
opening_try(struct span text)
{
	struct ws_opening opening = { 0 };
	struct span *fields[] = { &opening.upgrade, &opening.connection,
				  &opening.version, &opening.key,
				  &opening.extensions };
	char accept[WS_ACCEPT_BYTES];

	for (size_t i = 0; i < 5 && span_next(&text, '\n', fields[i]); i++)
		continue;
	ws_deflate_offered(opening.extensions);
	if (ws_opening_check(&opening) != WS_OPENING_GOOD)
		return;
	ws_accept_print(opening.key, accept);
	if (strlen(accept) != WS_ACCEPT_BYTES - 1)
		abort();
}

static void
inflate_try(struct span bytes)
{
	bool too_large = false, good;
	struct buffer out;

	buffer_init(&out, LIMIT_BYTES);
	good = ws_inflate(bytes, &out, &too_large);
	if (out.length > LIMIT_BYTES || (good && too_large))
		abort();
	buffer_release(&out);
}

static void
deflate_try(struct span bytes)
{
	struct buffer packed, back;
	bool too_large;

	buffer_init(&packed, 0);
	buffer_init(&back, 0);
	if (!ws_deflate(bytes, &packed) ||
	    !ws_inflate((struct span){ packed.bytes, packed.length }, &back,
			&too_large) ||
	    !span_equal((struct span){ back.bytes, back.length }, bytes))
		abort();
	buffer_release(&packed);
	buffer_release(&back);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest;

	if (size == 0)
		return 0;
	rest = (struct span){ (const char *)data + 1, size - 1 };
	if (data[0] % 3 == 0)
		opening_try(rest);
	else if (data[0] % 3 == 1)
		inflate_try(rest);
	else
		deflate_try(rest);
	return 0;
}
