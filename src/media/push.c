/* push.c - see push.h. */
#include "media/push.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "media/pool.h"
#include "media/protocol.h"

#define START_WAIT_MS 10000
#define SHOW_WAIT_MS 5000
#define PIPE_BYTES (256 << 10)

struct media_push {
	struct media_pool *pool;
	struct pool_child *child;
	int pipe;
	bool connected;
	enum status ended; /* STATUS_OK: not yet */
	struct fault fault;
	struct buffer left; /* of a packet that was half written */
};

static enum status
push_begin(struct media_push *push, const struct media_push_args *args,
	   struct fault *fault)
{
	const struct wire_push ask = { args->url, args->ca_file,
				       args->picture };
	enum status status;
	struct buffer body;
	int pair[2];

	if (pipe2(pair, O_CLOEXEC) < 0)
		return fault_errno(fault, errno, "cannot make a pipe");
	push->pipe = pair[1];
	fcntl(pair[1], F_SETPIPE_SZ, PIPE_BYTES);
	fcntl(pair[1], F_SETFL, O_NONBLOCK);
	buffer_init(&body, 0);
	wire_add_push(&body, &ask);
	status = pool_borrow(push->pool, POOL_PUSH, &push->child, fault);
	if (status == STATUS_OK)
		status = protocol_send(pool_child_socket(push->child),
				       PROTOCOL_PUSH,
				       (struct span){ body.bytes,
						      body.length },
				       &pair[0], 1,
				       clock_monotonic_ms() + START_WAIT_MS,
				       fault);
	buffer_release(&body);
	close(pair[0]);
	return status;
}

enum status
media_push_open(struct media_pool *pool, const struct media_push_args *args,
		struct media_push **out, struct fault *fault)
{
	struct media_push *push = mem_new(1, sizeof *push);
	enum status status;

	push->pool = pool;
	push->pipe = -1;
	buffer_init(&push->left, 0);
	status = push_begin(push, args, fault);
	if (status != STATUS_OK)
		media_push_close(push);
	else
		*out = push;
	return status;
}

static void
fault_take(struct media_push *push, const struct protocol_message *message)
{
	const struct span body = { message->body.bytes,
				   message->body.length };
	struct arena arena;

	arena_init(&arena);
	if (message->type != PROTOCOL_FAULT ||
	    !wire_read_fault(body, &arena, &push->fault))
		fault_set(&push->fault, STATUS_UNAVAILABLE,
			  "the push ended");
	push->ended = push->fault.status == STATUS_AGAIN_LATER ?
			      STATUS_UNAVAILABLE :
			      push->fault.status;
	arena_release(&arena);
}

/* Hears what the process says. */
static void
news_take(struct media_push *push)
{
	struct protocol_message message;
	enum status status;

	protocol_message_init(&message);
	status = protocol_receive(pool_child_socket(push->child), &message,
				  PROTOCOL_NO_WAIT, NULL);
	if (status == STATUS_OK && message.type == PROTOCOL_PROGRESS)
		push->connected = true;
	else if (status == STATUS_OK)
		fault_take(push, &message);
	else if (status != STATUS_AGAIN_LATER)
		push->ended = fault_set(&push->fault, STATUS_UNAVAILABLE,
					"the media process ended");
	protocol_message_release(&message);
}

static enum status
ended(const struct media_push *push, struct fault *fault)
{
	if (fault != NULL)
		*fault = push->fault;
	return push->ended;
}

enum status
media_push_look(struct media_push *push, uint32_t wait_ms,
		struct fault *fault)
{
	struct pollfd one = { .fd = pool_child_socket(push->child),
			      .events = POLLIN };

	if (push->ended == STATUS_OK && poll(&one, 1, (int)wait_ms) > 0)
		news_take(push);
	if (push->ended != STATUS_OK)
		return ended(push, fault);
	return push->connected ? STATUS_OK : STATUS_AGAIN_LATER;
}

/* Writes what is left; true: all of it. */
static bool
left_write(struct media_push *push)
{
	ssize_t put;

	do
		put = write(push->pipe, push->left.bytes, push->left.length);
	while (put < 0 && errno == EINTR);
	if (put > 0)
		buffer_drop(&push->left, (size_t)put);
	return push->left.length == 0;
}

enum status
media_push_sound(struct media_push *push, struct span bytes, uint32_t samples,
		 uint32_t wait_ms, struct fault *fault)
{
	const struct wire_packet head = {
		.kind = MEDIA_PACKET_SOUND,
		.join = 1,
		.samples = samples,
		.length = (uint32_t)bytes.length,
	};
	enum status status = media_push_look(push, 0, fault);

	if (status != STATUS_OK)
		return status;
	if (push->left.length > 0) {
		struct pollfd one = { .fd = push->pipe, .events = POLLOUT };

		poll(&one, 1, (int)wait_ms);
		if (!left_write(push))
			return STATUS_AGAIN_LATER;
	}
	buffer_add(&push->left, &head, sizeof head);
	buffer_add_span(&push->left, bytes);
	left_write(push);
	return STATUS_OK;
}

enum status
media_push_show(struct media_push *push, struct span picture,
		struct fault *fault)
{
	if (push->ended != STATUS_OK)
		return ended(push, fault);
	return protocol_send(pool_child_socket(push->child), PROTOCOL_PICTURE,
			     picture, NULL, 0,
			     clock_monotonic_ms() + SHOW_WAIT_MS, fault);
}

void
media_push_close(struct media_push *push)
{
	if (push == NULL)
		return;
	if (push->pipe >= 0)
		close(push->pipe);
	if (push->child != NULL &&
	    pool_return(push->pool, push->child, false) == POOL_CRASHED)
		log_warning("media", "a media process crashed",
			    LOG_TEXT("on", "a push"));
	buffer_release(&push->left);
	free(push);
}
