/* message.h - where one request ends and what its body is: llhttp, wrapped.
 *
 * llhttp's header and net/http.h both have names like HTTP_GET, so that only
 * message.c includes it; its state is kept here as plain bytes.
 *
 * Floor: 1 (net). Threads: one message belongs to one thread.
 * Source: RFC 9112 6 and 7.
 */
#ifndef OGMA_NET_MESSAGE_H
#define OGMA_NET_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define MESSAGE_PARSER_BYTES 160

/* Bytes of chunk lines, chunk extensions and trailers without one byte of
 * body between them. */
#define MESSAGE_OVERHEAD_LIMIT_BYTES 16384

struct message {
	union {
		void *align;
		unsigned char bytes[MESSAGE_PARSER_BYTES];
	} parser;
	struct span piece;
	size_t overhead_bytes;
	bool ended;
};

/* What llhttp understood of the head, to be compared with what
 * request_head_parse() did. */
struct message_facts {
	bool chunked;
	bool has_length;
	uint64_t length_bytes;
	unsigned minor;
};

enum message_head {
	MESSAGE_HEAD_GOOD,
	MESSAGE_HEAD_BAD,
	MESSAGE_HEAD_UNKNOWN_METHOD,
};

/* Starts a message with its complete head, to the empty line. */
enum message_head message_begin(struct message *message, struct span head,
				struct message_facts *facts);

enum message_step {
	MESSAGE_MORE,  /* all input is used up */
	MESSAGE_PIECE, /* *piece points at bytes of the body */
	MESSAGE_END,   /* *input starts with what follows the message */
	MESSAGE_BAD,   /* not a chunked body */
};

/* Takes the next piece of the body off *input. Trailers are dropped. */
enum message_step message_body(struct message *message, struct span *input,
			       struct span *piece);

#endif /* OGMA_NET_MESSAGE_H */
