/* fuzz_http_head.c - a request as bytes: our reader and llhttp agree about
 * every head that both accept, and a body comes out the same whatever the
 * pieces it arrives in. */
#include <stdlib.h>

#include "net/message.h"
#include "net/request_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct request_limits limits = { 16384, 100 };

static void
head_check(const struct request_head *head)
{
	for (size_t i = 0; i < head->field_count; i++) {
		struct span value = head->fields[i].value;

		for (size_t j = 0; j < value.length; j++) {
			if (value.at[j] == '\r' || value.at[j] == '\n' ||
			    value.at[j] == '\0')
				abort();
		}
	}
	if (head->chunked && head->has_length)
		abort();
	if (head->path.length == 0)
		abort();
}

/* How the message ends and what its body is, fed in steps. */
static enum message_step
body_read(struct message *message, struct span input, size_t step,
	  struct buffer *out, size_t *rest)
{
	enum message_step result = MESSAGE_MORE;
	struct span piece;

	while (result == MESSAGE_MORE || result == MESSAGE_PIECE) {
		struct span window = { input.at, input.length < step ?
							 input.length :
							 step };
		size_t before = window.length;

		result = message_body(message, &window, &piece);
		if (result == MESSAGE_PIECE)
			buffer_add_span(out, piece);
		input.at += before - window.length;
		input.length -= before - window.length;
		if (result == MESSAGE_MORE && input.length == 0)
			break;
	}
	*rest = input.length;
	return result;
}

static void
bodies_check(const char *head_bytes, size_t head_length, struct span input)
{
	size_t whole_rest, pieces_rest;
	enum message_step whole, pieces;
	struct buffer a, b;
	struct message message;
	struct message_facts facts;

	buffer_init(&a, 0);
	buffer_init(&b, 0);
	message_begin(&message, (struct span){ head_bytes, head_length },
		      &facts);
	whole = body_read(&message, input, SIZE_MAX, &a, &whole_rest);
	message_begin(&message, (struct span){ head_bytes, head_length },
		      &facts);
	pieces = body_read(&message, input, 1, &b, &pieces_rest);
	if (whole != pieces ||
	    (whole == MESSAGE_END &&
	     (whole_rest != pieces_rest || a.length != b.length ||
	      (a.length > 0 && memcmp(a.bytes, b.bytes, a.length) != 0))))
		abort();
	buffer_release(&a);
	buffer_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = { (const char *)data, size };
	struct request_head head;
	struct message_facts facts;
	struct message message;
	struct refusal refusal;
	struct arena arena;
	size_t length;

	if (size == 0 || request_head_end(input, &limits, &length, &refusal) !=
				 HEAD_COMPLETE)
		return 0;
	arena_init(&arena);
	input.length = length;
	if (request_head_parse(input, &limits, &arena, &head, &refusal)) {
		head_check(&head);
		if (message_begin(&message, input, &facts) ==
		    MESSAGE_HEAD_GOOD) {
			/* Where ours is content, llhttp sees the same. */
			if (!message.ended &&
			    (facts.chunked != head.chunked ||
			     facts.length_bytes != head.length_bytes))
				abort();
			bodies_check(input.at, length,
				     (struct span){ input.at + length,
						    size - length });
		}
	} else if (refusal.status < 400 || refusal.status > 505) {
		abort();
	}
	arena_release(&arena);
	return 0;
}
