/* transmit.c - carries one answer to its socket, as far as the socket takes it.
 *
 * Order: out (the head and a small body), body, parts of the file with their
 * part heads, or what the source gives. One call sends at most TURN_BYTES, so
 * that a fast client does not keep the loop from the others.
 *
 * MSG_MORE joins a head with what follows it, and with TCP_NODELAY the last piece
 * leaves at once. Long files are sent corked: sendfile() gives the kernel 64 KiB
 * at a time, and without a cork each of them is pushed on its own (13 % more
 * processor time per byte, measured on 1 MiB ranges). */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "net/far_body.h"
#include "net/request.h"

#define TURN_BYTES ((uint64_t)4 << 20)
#define SENDFILE_BYTES ((uint64_t)2 << 20)
#define SOURCE_BYTES 32768
#define CORK_FROM_BYTES 65536

/* "8000\r\n" before and "\r\n" behind a chunk. */
#define CHUNK_HEAD_BYTES 6

struct sender {
	struct http_request *request;
	int fd;
	uint64_t sent; /* in this call */
	enum transmit_result stop; /* why sending stopped */
};

/* Counts what was sent, or says why not. */
static bool
sent(struct sender *sender, ssize_t count)
{
	if (count >= 0) {
		sender->sent += (uint64_t)count;
		sender->request->sent_bytes += (uint64_t)count;
		return true;
	}
	sender->stop = errno == EAGAIN || errno == EINTR ? TRANSMIT_BLOCKED :
							    TRANSMIT_FAILED;
	return false;
}

static bool
send_memory(struct sender *sender, struct span bytes, size_t *done, bool more)
{
	while (*done < bytes.length) {
		ssize_t count = send(sender->fd, bytes.at + *done,
				     bytes.length - *done,
				     MSG_NOSIGNAL | (more ? MSG_MORE : 0));

		if (!sent(sender, count))
			return false;
		*done += (size_t)count;
	}
	return true;
}

/* Head and body by one call while both are left. */
static bool
send_out_and_body(struct sender *sender)
{
	struct http_request *request = sender->request;
	struct answer *answer = &request->answer;
	bool more = answer->part_count > 0;

	while (answer->body.length > 0 &&
	       request->out_sent < answer->out.length) {
		struct iovec pieces[2] = {
			{ answer->out.bytes + request->out_sent,
			  answer->out.length - request->out_sent },
			{ (void *)(uintptr_t)answer->body.at,
			  answer->body.length },
		};
		struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };
		ssize_t count = sendmsg(sender->fd, &message, MSG_NOSIGNAL);

		if (!sent(sender, count))
			return false;
		request->out_sent += (size_t)count;
		if (request->out_sent > answer->out.length) {
			request->body_sent =
				request->out_sent - answer->out.length;
			request->out_sent = answer->out.length;
		}
	}
	return send_memory(sender,
			   (struct span){ answer->out.bytes,
					  answer->out.length },
			   &request->out_sent, more) &&
	       send_memory(sender, answer->body, &request->body_sent, false);
}

/* ---- what is sent from scratch memory ------------------------------------- */

/* What of a piece the client did not take at once waits in `stage`. */
static bool
send_piece(struct sender *sender, struct span piece)
{
	struct http_request *request = sender->request;
	size_t done = 0;

	if (send_memory(sender, piece, &done, false))
		return true;
	if (sender->stop == TRANSMIT_BLOCKED) {
		buffer_clear(&request->stage);
		request->stage_sent = 0;
		buffer_add(&request->stage, piece.at + done,
			   piece.length - done);
	}
	return false;
}

static bool
send_stage(struct sender *sender)
{
	struct http_request *request = sender->request;

	return send_memory(sender,
			   (struct span){ request->stage.bytes,
					  request->stage.length },
			   &request->stage_sent, false);
}

/* ---- files -------------------------------------------------------------- */

static bool
send_file_part(struct sender *sender, const struct answer_part *part)
{
	struct http_request *request = sender->request;

	while (request->part_sent < part->length_bytes) {
		off_t at = (off_t)(part->first_byte + request->part_sent);
		uint64_t left = part->length_bytes - request->part_sent;
		ssize_t count;

		if (sender->sent >= TURN_BYTES) {
			sender->stop = TRANSMIT_YIELD;
			return false;
		}
		count = sendfile(sender->fd, request->answer.fd, &at,
				 left < SENDFILE_BYTES ? left :
							 SENDFILE_BYTES);
		if (count == 0) { /* the file has become shorter */
			sender->stop = TRANSMIT_FAILED;
			return false;
		}
		if (!sent(sender, count))
			return false;
		request->part_sent += (uint64_t)count;
	}
	return true;
}

static bool
send_far_part(struct sender *sender, const struct answer_part *part,
	      char *room)
{
	struct http_request *request = sender->request;

	if (!send_stage(sender))
		return false;
	while (request->part_sent < part->length_bytes) {
		const char *bytes = NULL;
		ssize_t got;

		if (sender->sent >= TURN_BYTES) {
			sender->stop = TRANSMIT_YIELD;
			return false;
		}
		got = far_body_read(request,
				    part->first_byte + request->part_sent,
				    part->length_bytes - request->part_sent,
				    room, &bytes);
		if (got < 0) {
			sender->stop = got == HTTP_SOURCE_WAIT ?
					       TRANSMIT_WAIT :
					       TRANSMIT_FAILED;
			return false;
		}
		request->part_sent += (uint64_t)got;
		if (!send_piece(sender, (struct span){ bytes, (size_t)got }))
			return false;
	}
	return true;
}

static bool
send_part(struct sender *sender, const struct answer_part *part, char *room)
{
	struct http_request *request = sender->request;

	return send_memory(sender, part->before, &request->before_sent,
			   true) &&
	       (request->answer.far ? send_far_part(sender, part, room) :
				      send_file_part(sender, part));
}

static void
cork(struct sender *sender, bool on)
{
	int value = on;

	setsockopt(sender->fd, IPPROTO_TCP, TCP_CORK, &value, sizeof value);
	sender->request->corked = on;
}

static void
cork_if_long(struct sender *sender)
{
	const struct http_request *request = sender->request;
	const struct answer *answer = &request->answer;
	bool at_start = request->out_sent == 0 && !request->corked &&
			!answer->far;

	for (size_t i = 0; i < answer->part_count && at_start; i++) {
		if (answer->parts[i].length_bytes >= CORK_FROM_BYTES) {
			cork(sender, true);
			return;
		}
	}
}

static bool
send_parts(struct sender *sender, char *room)
{
	struct http_request *request = sender->request;
	struct answer *answer = &request->answer;

	while (request->part < answer->part_count) {
		if (!send_part(sender, &answer->parts[request->part], room))
			return false;
		request->part++;
		request->part_sent = 0;
		request->before_sent = 0;
	}
	return send_memory(sender, answer->trailer, &request->trailer_sent,
			   false);
}

/* ---- sources ------------------------------------------------------------ */

/* Puts the chunk's lines around `count` bytes that lie at room + 6. */
static struct span
chunk_frame(char *room, size_t count)
{
	static const char digits[] = "0123456789abcdef";

	if (count == 0)
		return SPAN("0\r\n\r\n");
	for (int i = 0; i < 4; i++)
		room[i] = digits[count >> (12 - 4 * i) & 15];
	memcpy(room + 4, "\r\n", 2);
	memcpy(room + CHUNK_HEAD_BYTES + count, "\r\n", 2);
	return (struct span){ room, CHUNK_HEAD_BYTES + count + 2 };
}

/* One read of the source. False with `stop` set when there is no more to do
 * now. */
static bool
send_from_source(struct sender *sender, char *room)
{
	struct http_request *request = sender->request;
	struct http_source *source = &request->answer.source;
	ssize_t got = source->read(source->cookie, room + CHUNK_HEAD_BYTES,
				   SOURCE_BYTES);
	struct span piece;

	if (got == HTTP_SOURCE_WAIT) {
		sender->stop = TRANSMIT_WAIT;
		return false;
	}
	assert(got <= SOURCE_BYTES);
	request->source_ended = got == 0;
	if (source->length_bytes >= 0)
		request->source_left -= got;
	/* More than was announced, or an end before it. */
	if (got < 0 || (source->length_bytes >= 0 &&
			(request->source_left < 0 ||
			 (got == 0 && request->source_left > 0)))) {
		sender->stop = TRANSMIT_FAILED;
		return false;
	}
	if (source->length_bytes >= 0 && request->source_left == 0)
		request->source_ended = true;
	piece = request->answer.chunked ?
			chunk_frame(room, (size_t)got) :
			(struct span){ room + CHUNK_HEAD_BYTES, (size_t)got };
	return send_piece(sender, piece);
}

static bool
send_source(struct sender *sender, char *room)
{
	if (!send_stage(sender))
		return false;
	while (!sender->request->source_ended) {
		if (sender->sent >= TURN_BYTES) {
			sender->stop = TRANSMIT_YIELD;
			return false;
		}
		if (!send_from_source(sender, room))
			return false;
	}
	return true;
}

enum transmit_result
transmit(struct http_request *request, int fd, struct span room,
	 bool *progress)
{
	struct sender sender = { .request = request, .fd = fd };
	char *bytes = (char *)(uintptr_t)room.at;
	bool done;

	assert(room.length >= SOURCE_BYTES + CHUNK_HEAD_BYTES + 2 &&
	       room.length >= FAR_ROOM_BYTES);
	cork_if_long(&sender);
	done = send_out_and_body(&sender) && send_parts(&sender, bytes) &&
	       (request->answer.source.read == NULL ||
		send_source(&sender, bytes));
	if (done && request->corked)
		cork(&sender, false); /* and what is left leaves */
	*progress = sender.sent > 0;
	return done ? TRANSMIT_DONE : sender.stop;
}
