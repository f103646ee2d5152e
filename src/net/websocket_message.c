/* websocket_message.c - see websocket_message.h. */
#include "net/websocket_message.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <wslay/wslay.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/memory.h"

#define LEVEL 6
#define RAW_WINDOW_BITS (-15)
#define PIECE_BYTES 4096
#define BETWEEN_BLOCKS 128 /* z_stream.data_type, see zlib.h */
#define FRAME_HEAD_MAX 10 /* unmasked */

/* What RFC 7692 7.2.1 cuts off the end of each message. */
static const uint8_t flush_tail[4] = { 0x00, 0x00, 0xff, 0xff };

struct ws_message {
	atomic_uint references;
	struct buffer plain;
	struct buffer deflated; /* empty: the plain one is sent */
};

/* ---- frames -------------------------------------------------------------- */

static ssize_t
frame_take(const uint8_t *bytes, size_t count, int flags, void *cookie)
{
	(void)flags;
	buffer_add(cookie, bytes, count);
	return (ssize_t)count;
}

/* One whole text message in one frame. */
static void
frame_print(struct buffer *out, struct span payload, bool deflated)
{
	static const struct wslay_frame_callbacks callbacks = {
		.send_callback = frame_take,
	};
	struct wslay_frame_iocb frame = {
		.fin = 1,
		.rsv = deflated ? WSLAY_RSV1_BIT : WSLAY_RSV_NONE,
		.opcode = WSLAY_TEXT_FRAME,
		.payload_length = payload.length,
		.data = (const uint8_t *)payload.at,
		.data_length = payload.length,
	};
	wslay_frame_context_ptr context = NULL;
	ssize_t sent;

	buffer_init(out, payload.length + FRAME_HEAD_MAX);
	if (wslay_frame_context_init(&context, &callbacks, out) != 0)
		abort(); /* it asks for a few bytes of memory only */
	sent = wslay_frame_send(context, &frame);
	wslay_frame_context_free(context);
	if (sent != (ssize_t)payload.length || out->full)
		abort();
}

struct ws_message *
ws_message_new(struct span text)
{
	struct ws_message *message = mem_new(1, sizeof *message);
	struct buffer packed;

	assert(utf8_valid(text.at, text.length));
	atomic_init(&message->references, 1);
	frame_print(&message->plain, text, false);
	buffer_init(&message->deflated, 1);
	if (text.length < WS_DEFLATE_FROM_BYTES)
		return message;
	buffer_init(&packed, text.length);
	if (ws_deflate(text, &packed))
		frame_print(&message->deflated,
			    (struct span){ packed.bytes, packed.length },
			    true);
	buffer_release(&packed);
	return message;
}

struct ws_message *
ws_message_from_frame(struct span frame)
{
	struct ws_message *message = mem_new(1, sizeof *message);

	atomic_init(&message->references, 1);
	buffer_init(&message->plain, frame.length);
	buffer_add_span(&message->plain, frame);
	buffer_init(&message->deflated, 1);
	return message;
}

struct ws_message *
ws_message_hold(struct ws_message *message)
{
	atomic_fetch_add_explicit(&message->references, 1,
				  memory_order_relaxed);
	return message;
}

void
ws_message_drop(struct ws_message *message)
{
	if (message == NULL || atomic_fetch_sub(&message->references, 1) > 1)
		return;
	buffer_release(&message->plain);
	buffer_release(&message->deflated);
	free(message);
}

struct span
ws_message_frame(const struct ws_message *message, bool deflated)
{
	const struct buffer *frame = deflated && message->deflated.length > 0 ?
					     &message->deflated :
					     &message->plain;

	return (struct span){ frame->bytes, frame->length };
}

size_t
ws_message_bytes(const struct ws_message *message)
{
	return message->plain.length + message->deflated.length;
}

/* ---- permessage-deflate ---------------------------------------------------- */

bool
ws_deflate(struct span text, struct buffer *out)
{
	z_stream stream = { .next_in = (const Bytef *)text.at,
			    .avail_in = (uInt)text.length };
	size_t start = out->length;
	bool good = text.length <= UINT32_MAX / 2 &&
		    deflateInit2(&stream, LEVEL, Z_DEFLATED, RAW_WINDOW_BITS,
				 8, Z_DEFAULT_STRATEGY) == Z_OK;

	if (!good)
		return false;
	do {
		char piece[PIECE_BYTES];

		stream.next_out = (Bytef *)piece;
		stream.avail_out = sizeof piece;
		good = deflate(&stream, Z_SYNC_FLUSH) == Z_OK;
		buffer_add(out, piece, sizeof piece - stream.avail_out);
	} while (good && stream.avail_out == 0);
	deflateEnd(&stream);
	good = good && !out->full && out->length - start >= sizeof flush_tail;
	if (good)
		out->length -= sizeof flush_tail;
	return good;
}

/* One part of the input through to its end. */
static bool
inflate_part(z_stream *stream, const void *bytes, size_t count,
	     struct buffer *out)
{
	char piece[PIECE_BYTES];
	int result;

	stream->next_in = bytes;
	stream->avail_in = (uInt)count;
	do {
		stream->next_out = (Bytef *)piece;
		stream->avail_out = sizeof piece;
		result = inflate(stream, Z_BLOCK);
		buffer_add(out, piece, sizeof piece - stream->avail_out);
		if (out->full)
			return false;
		/* A block may be marked as the last; others may follow. */
		if (result == Z_STREAM_END)
			result = inflateReset(stream);
	} while (result == Z_OK &&
		 (stream->avail_in > 0 || stream->avail_out == 0));
	return result == Z_OK || result == Z_BUF_ERROR;
}

bool
ws_inflate(struct span packed, struct buffer *out, bool *too_large)
{
	z_stream stream = { 0 };
	bool good;

	*too_large = false;
	if (packed.length > UINT32_MAX / 2 ||
	    inflateInit2(&stream, RAW_WINDOW_BITS) != Z_OK)
		return false;
	good = inflate_part(&stream, packed.at, packed.length, out);
	/* Nothing was cut off when it ends between two blocks. */
	good = good &&
	       inflate_part(&stream, flush_tail, sizeof flush_tail, out) &&
	       (stream.data_type & BETWEEN_BLOCKS) != 0;
	inflateEnd(&stream);
	*too_large = out->full;
	return good && !out->full;
}
