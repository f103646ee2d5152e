/* far_body.c - see far_body.h. */
#include "net/far_body.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "base/ranged.h"
#include "net/connection.h"
#include "net/loop.h"
#include "net/request.h"

#define WATCHED (EPOLLIN | EPOLLONESHOT)

struct far_body {
	struct loop_watch watch;
	struct loop_task freeing;
	struct http_request *request; /* NULL: it has ended */
	struct ranged_ask asked;      /* length 0: nothing */
	int fd;
};

static void
on_far_events(struct loop_watch *watch, uint32_t events)
{
	struct far_body *far = container_of(watch, struct far_body, watch);

	(void)events;
	if (far->request != NULL)
		connection_wake(far->request);
}

static bool
far_begin(struct http_request *request)
{
	struct far_body *far = mem_new(1, sizeof *far);

	far->watch.on_events = on_far_events;
	far->request = request;
	far->fd = request->answer.fd;
	if (loop_watch_add(request->loop, &far->watch, far->fd, WATCHED,
			   NULL) != STATUS_OK) {
		free(far);
		return false;
	}
	request->far = far;
	return true;
}

static bool
far_ask(struct far_body *far, uint64_t offset, uint64_t left)
{
	char packet[RANGED_HEAD_BYTES];

	far->asked = (struct ranged_ask){
		.kind = RANGED_READ,
		.length = FAR_ROOM_BYTES - RANGED_HEAD_BYTES,
		.offset = offset,
	};
	if (left < far->asked.length)
		far->asked.length = (uint32_t)left;
	ranged_ask_print(&far->asked, packet);
	return send(far->fd, packet, sizeof packet,
		    MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof packet;
}

/* The answer to what was asked; what else comes is passed over. */
static ssize_t
far_hear(struct far_body *far, char *room, const char **bytes)
{
	struct ranged_answer answer;
	ssize_t got;

	do {
		got = recv(far->fd, room, FAR_ROOM_BYTES, MSG_DONTWAIT);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return HTTP_SOURCE_WAIT;
		if (got <= 0 ||
		    !ranged_answer_parse((struct span){ room, (size_t)got },
					 &answer))
			return HTTP_SOURCE_FAILED;
	} while (!ranged_ask_same(&answer.ask, &far->asked));
	if (answer.status != STATUS_OK || answer.bytes.length == 0)
		return HTTP_SOURCE_FAILED;
	*bytes = answer.bytes.at;
	return (ssize_t)answer.bytes.length;
}

ssize_t
far_body_read(struct http_request *request, uint64_t offset, uint64_t left,
	      char room[FAR_ROOM_BYTES], const char **bytes)
{
	struct far_body *far;
	ssize_t got;

	if (request->far == NULL && !far_begin(request))
		return HTTP_SOURCE_FAILED;
	far = request->far;
	if ((far->asked.length == 0 || far->asked.offset != offset) &&
	    !far_ask(far, offset, left))
		return HTTP_SOURCE_FAILED;
	got = far_hear(far, room, bytes);
	if (got == HTTP_SOURCE_WAIT)
		loop_watch_change(request->loop, &far->watch, far->fd, WATCHED);
	if (got <= 0)
		return got;
	far->asked.length = 0;
	if ((uint64_t)got < left &&
	    !far_ask(far, offset + (uint64_t)got, left - (uint64_t)got))
		return HTTP_SOURCE_FAILED;
	return got;
}

static void
far_free(struct loop_task *task)
{
	free(container_of(task, struct far_body, freeing));
}

void
far_body_end(struct far_body *far, struct http_request *request)
{
	if (far == NULL)
		return;
	far->request = NULL;
	if (!loop_is_current(request->loop)) {
		free(far);
		return;
	}
	/* An event of this turn may still be on its way to it. */
	loop_watch_end(request->loop, far->fd);
	far->freeing.run = far_free;
	loop_defer(request->loop, &far->freeing);
}
