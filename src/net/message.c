/* message.c - llhttp, wrapped; see message.h.
 *
 * llhttp is paused after each piece of the body and at the end, so that the
 * caller pulls pieces at its own pace. */
#include "net/message.h"

#include <assert.h>
#include <llhttp.h>
#include <stdalign.h>

_Static_assert(sizeof(llhttp_t) <= MESSAGE_PARSER_BYTES, "llhttp has grown");
_Static_assert(alignof(llhttp_t) <= alignof(struct message), "alignment");
_Static_assert(LLHTTP_STRICT_MODE, "llhttp must be built strict");

static llhttp_t *
parser_of(struct message *message)
{
	return (llhttp_t *)(void *)message->parser.bytes;
}

static int
on_body(llhttp_t *parser, const char *at, size_t length)
{
	struct message *message = parser->data;

	message->piece = (struct span){ at, length };
	return HPE_PAUSED;
}

static int
on_message_complete(llhttp_t *parser)
{
	struct message *message = parser->data;

	message->ended = true;
	return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
	.on_body = on_body,
	.on_message_complete = on_message_complete,
};

/* llhttp clears its flags at the end of a message, so that those of one
 * without a body are gone: no length and not chunked is what is left. */
enum message_head
message_begin(struct message *message, struct span head,
	      struct message_facts *facts)
{
	llhttp_t *parser = parser_of(message);
	llhttp_errno_t error;

	*message = (struct message){ 0 };
	llhttp_init(parser, HTTP_REQUEST, &settings);
	parser->data = message;
	error = llhttp_execute(parser, head.at, head.length);
	if (error == HPE_INVALID_METHOD)
		return MESSAGE_HEAD_UNKNOWN_METHOD;
	if (message->ended
		    ? llhttp_get_error_pos(parser) != head.at + head.length
		    : error != HPE_OK)
		return MESSAGE_HEAD_BAD;
	*facts = (struct message_facts){
		.chunked = (parser->flags & F_CHUNKED) != 0,
		.has_length = (parser->flags & F_CONTENT_LENGTH) != 0,
		.length_bytes = parser->content_length,
		.minor = parser->http_minor,
	};
	return MESSAGE_HEAD_GOOD;
}

enum message_step
message_body(struct message *message, struct span *input, struct span *piece)
{
	llhttp_t *parser = parser_of(message);
	llhttp_errno_t error;
	size_t used;

	if (message->ended)
		return MESSAGE_END;
	message->piece = (struct span){ NULL, 0 };
	llhttp_resume(parser);
	error = llhttp_execute(parser, input->at, input->length);
	used = error == HPE_OK ? input->length :
				 (size_t)(llhttp_get_error_pos(parser) -
					  input->at);
	if (error != HPE_OK && error != HPE_PAUSED &&
	    error != HPE_PAUSED_UPGRADE)
		return MESSAGE_BAD;
	assert(used <= input->length);
	input->at += used;
	input->length -= used;
	message->overhead_bytes += used;
	if (message->piece.length > 0) {
		message->overhead_bytes = 0;
		*piece = message->piece;
		return MESSAGE_PIECE;
	}
	if (message->ended)
		return MESSAGE_END;
	return message->overhead_bytes > MESSAGE_OVERHEAD_LIMIT_BYTES ?
		       MESSAGE_BAD :
		       MESSAGE_MORE;
}
