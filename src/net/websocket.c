/* websocket.c - one WebSocket; see websocket.h.
 *
 * Two worlds: wslay's context and the connection belong to the loop; the queue
 * of messages belongs to whoever holds the lock. wslay never sees our messages:
 * its own frames (pongs, closes) are put into the same queue, whole, so that
 * frames do not mix.
 *
 * Nothing is ended inside a call of wslay's: what has to happen is noted and
 * done by settle(), the last act of every entry. */
#include "net/websocket.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <wslay/wslay.h>

#include "net/takeover.h"

#define FRAMES_AT_ONCE 64
#define TURN_BYTES 65536 /* read from one client before others come */
#define SEND_BUFFER_BYTES 65536
#define OVERHEAD_BYTES 64 /* of a message in a queue */

/* The timers of one loop. */
struct ws_loop {
	struct loop *loop;
	struct loop_timers ping, close;
	struct ws_loop *next;
};

struct websockets {
	struct websocket_settings settings;
	pthread_mutex_t lock;
	struct ws_loop *loops;
	_Atomic uint64_t dropped;
};

enum ws_state {
	WS_OPEN,
	WS_CLOSING,   /* a close frame is in the queue, or to be put there */
	WS_LINGERING, /* it has left; waiting for the client's */
};

struct websocket {
	atomic_uint references; /* the connection; tasks on their way */
	struct websockets *all;
	const struct websocket_handlers *handlers;
	void *cookie;
	bool deflates;

	/* The loop's. */
	struct http_taken *taken; /* NULL: not yet begun, or over */
	struct loop *loop;
	struct ws_loop *timers;
	wslay_event_context_ptr frames;
	enum ws_state state;
	struct span early;
	struct buffer control; /* frames of wslay's */
	size_t turn_bytes;     /* read in this turn */
	bool heard, ended, broken, unreadable;
	bool shut; /* our side of the connection */
	struct loop_timer ping_timer, close_timer;
	struct loop_task again; /* the rest of what can be read */
	bool again_waits;

	pthread_mutex_t lock; /* of the rest */
	struct ws_message **queue; /* a ring */
	size_t queue_room, first, count, queue_bytes;
	size_t sent_bytes; /* of the first */
	struct loop_task task;
	bool task_waits, overflown, close_asked;
	bool deaf; /* nothing is taken into the queue any more */
	uint16_t close_code;
	char close_reason[124];
};

/* ---- what they share --------------------------------------------------------- */

struct websockets *
websockets_new(const struct websocket_settings *settings)
{
	struct websockets *all = mem_new(1, sizeof *all);

	all->settings = *settings;
	pthread_mutex_init(&all->lock, NULL);
	return all;
}

void
websockets_free(struct websockets *all)
{
	if (all == NULL)
		return;
	while (all->loops != NULL) {
		struct ws_loop *next = all->loops->next;

		loop_drop(all->loops->loop);
		free(all->loops);
		all->loops = next;
	}
	pthread_mutex_destroy(&all->lock);
	free(all);
}

uint64_t
websockets_dropped(const struct websockets *all)
{
	return atomic_load(&all->dropped);
}

static struct ws_loop *
timers_of(struct websockets *all, struct loop *loop)
{
	struct ws_loop *timers;

	pthread_mutex_lock(&all->lock);
	for (timers = all->loops; timers != NULL; timers = timers->next) {
		if (timers->loop == loop)
			break;
	}
	if (timers == NULL) {
		timers = mem_new(1, sizeof *timers);
		timers->loop = loop;
		loop_hold(loop);
		loop_timers_init(loop, &timers->ping, all->settings.ping_ms);
		loop_timers_init(loop, &timers->close,
				 all->settings.close_ms);
		timers->next = all->loops;
		all->loops = timers;
	}
	pthread_mutex_unlock(&all->lock);
	return timers;
}

static void
socket_drop(struct websocket *socket)
{
	if (atomic_fetch_sub(&socket->references, 1) > 1)
		return;
	for (size_t i = 0; i < socket->count; i++)
		ws_message_drop(socket->queue[(socket->first + i) %
					      socket->queue_room]);
	free(socket->queue);
	buffer_release(&socket->control);
	pthread_mutex_destroy(&socket->lock);
	free(socket);
}

/* ---- the queue ----------------------------------------------------------------- */

static void
queue_grow(struct websocket *socket)
{
	size_t room = socket->queue_room == 0 ? 8 : 2 * socket->queue_room;
	struct ws_message **queue = mem_new(room, sizeof *queue);

	for (size_t i = 0; i < socket->count; i++)
		queue[i] = socket->queue[(socket->first + i) %
					 socket->queue_room];
	free(socket->queue);
	socket->queue = queue;
	socket->queue_room = room;
	socket->first = 0;
}

static size_t
message_weight(const struct websocket *socket,
	       const struct ws_message *message)
{
	return ws_message_frame(message, socket->deflates).length +
	       OVERHEAD_BYTES;
}

/* Under the lock. */
static void
queue_add(struct websocket *socket, struct ws_message *message)
{
	size_t weight = message_weight(socket, message);

	if (socket->deaf || socket->overflown)
		return;
	if (socket->queue_bytes + weight >
	    socket->all->settings.queue_max_bytes) {
		socket->overflown = true;
		return;
	}
	if (socket->count == socket->queue_room)
		queue_grow(socket);
	socket->queue[(socket->first + socket->count++) %
		      socket->queue_room] = ws_message_hold(message);
	socket->queue_bytes += weight;
}

/* Under the lock: what was sent goes out of the queue. */
static void
queue_take(struct websocket *socket, size_t bytes)
{
	socket->sent_bytes += bytes;
	while (socket->count > 0) {
		struct ws_message *message = socket->queue[socket->first];
		size_t length =
			ws_message_frame(message, socket->deflates).length;

		if (socket->sent_bytes < length)
			return;
		socket->sent_bytes -= length;
		socket->queue_bytes -= message_weight(socket, message);
		socket->first = (socket->first + 1) % socket->queue_room;
		socket->count--;
		ws_message_drop(message);
	}
}

/* Under the lock. The frames stay where they are: only the loop takes out. */
static size_t
queue_look(const struct websocket *socket, struct iovec *out)
{
	size_t count = 0, skip = socket->sent_bytes;

	for (; count < socket->count && count < FRAMES_AT_ONCE; count++) {
		struct span frame = ws_message_frame(
			socket->queue[(socket->first + count) %
				      socket->queue_room],
			socket->deflates);

		out[count] = (struct iovec){
			(void *)(uintptr_t)(frame.at + skip),
			frame.length - skip };
		skip = 0;
	}
	return count;
}

/* True when nothing waits any more. */
static bool
queue_send(struct websocket *socket)
{
	for (;;) {
		struct iovec parts[FRAMES_AT_ONCE];
		struct msghdr message = { .msg_iov = parts };
		ssize_t sent;

		pthread_mutex_lock(&socket->lock);
		message.msg_iovlen = queue_look(socket, parts);
		pthread_mutex_unlock(&socket->lock);
		if (message.msg_iovlen == 0)
			return true;
		sent = sendmsg(http_taken_fd(socket->taken), &message,
			       MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0) {
			socket->broken |= errno != EAGAIN;
			return false;
		}
		http_taken_sent(socket->taken, (uint64_t)sent);
		pthread_mutex_lock(&socket->lock);
		queue_take(socket, (size_t)sent);
		pthread_mutex_unlock(&socket->lock);
	}
}

/* ---- wslay ------------------------------------------------------------------------ */

static ssize_t
on_receive(wslay_event_context_ptr frames, uint8_t *room, size_t room_bytes,
	   int flags, void *cookie)
{
	struct websocket *socket = cookie;
	ssize_t count;

	(void)flags;
	if (socket->early.length > 0) {
		count = (ssize_t)(socket->early.length < room_bytes ?
					  socket->early.length :
					  room_bytes);
		memcpy(room, socket->early.at, (size_t)count);
		socket->early.at += count;
		socket->early.length -= (size_t)count;
		return count;
	}
	if (socket->turn_bytes >= TURN_BYTES) {
		socket->again_waits = true;
		wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	do
		count = recv(http_taken_fd(socket->taken), room, room_bytes,
			     MSG_DONTWAIT);
	while (count < 0 && errno == EINTR);
	if (count > 0) {
		socket->heard = true;
		socket->turn_bytes += (size_t)count;
		return count;
	}
	if (count < 0 && errno == EAGAIN) {
		wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
		return -1;
	}
	socket->ended = count == 0;
	socket->broken |= count < 0;
	wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
	return -1;
}

static ssize_t
on_send(wslay_event_context_ptr frames, const uint8_t *bytes, size_t count,
	int flags, void *cookie)
{
	struct websocket *socket = cookie;

	(void)frames;
	(void)flags;
	buffer_add(&socket->control, bytes, count);
	return (ssize_t)count;
}

/* Frames that wslay wants to send go into the queue, behind what waits. */
static void
control_gather(struct websocket *socket)
{
	struct ws_message *message;

	while (wslay_event_want_write(socket->frames)) {
		if (wslay_event_send(socket->frames) != 0) {
			socket->broken = true;
			break;
		}
	}
	/* It gives no code where a frame's head was wrong (7.4.1). */
	if (socket->unreadable && socket->control.length >= 2 &&
	    memcmp(socket->control.bytes + socket->control.length - 2,
		   "\x88\x00", 2) == 0) {
		socket->control.length -= 2;
		buffer_add(&socket->control, "\x88\x02\x03\xea", 4);
	}
	/* Also one of its own accord: an answer, or a broken protocol. */
	if (wslay_event_get_close_sent(socket->frames) &&
	    socket->state == WS_OPEN)
		socket->state = WS_CLOSING;
	if (socket->control.length > 0) {
		message = ws_message_from_frame(
			(struct span){ socket->control.bytes,
				       socket->control.length });
		pthread_mutex_lock(&socket->lock);
		queue_add(socket, message);
		pthread_mutex_unlock(&socket->lock);
		ws_message_drop(message);
		buffer_clear(&socket->control);
	}
	if (socket->state == WS_OPEN)
		return;
	pthread_mutex_lock(&socket->lock);
	socket->deaf = true; /* nothing follows a close frame */
	pthread_mutex_unlock(&socket->lock);
}

static void
close_queue(struct websocket *socket, uint16_t code, const char *reason)
{
	if (socket->state != WS_OPEN)
		return;
	socket->state = WS_CLOSING;
	wslay_event_queue_close(socket->frames, code, (const uint8_t *)reason,
				strlen(reason));
}

static void
text_arrived(struct websocket *socket, struct span text)
{
	bool close_asked;

	control_gather(socket); /* pongs go before answers to what came later */
	pthread_mutex_lock(&socket->lock);
	close_asked = socket->close_asked;
	pthread_mutex_unlock(&socket->lock);
	if (socket->state == WS_OPEN && !close_asked)
		socket->handlers->text(socket->cookie, text);
}

static void
deflated_arrived(struct websocket *socket, struct span packed)
{
	struct buffer text;
	bool too_large;

	buffer_init(&text, socket->all->settings.message_max_bytes);
	if (!ws_inflate(packed, &text, &too_large))
		close_queue(socket,
			    too_large ? WSLAY_CODE_MESSAGE_TOO_BIG :
					WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA,
			    "");
	else if (!utf8_valid(text.bytes, text.length))
		close_queue(socket, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, "");
	else
		text_arrived(socket,
			     (struct span){ text.bytes, text.length });
	buffer_release(&text);
}

static void
on_message(wslay_event_context_ptr frames,
	   const struct wslay_event_on_msg_recv_arg *message, void *cookie)
{
	struct websocket *socket = cookie;
	struct span bytes = { (const char *)message->msg,
			      message->msg_length };

	(void)frames;
	if (wslay_is_ctrl_frame(message->opcode))
		return;
	if (message->opcode != WSLAY_TEXT_FRAME)
		close_queue(socket, WSLAY_CODE_UNSUPPORTED_DATA, "");
	else if (wslay_get_rsv1(message->rsv))
		deflated_arrived(socket, bytes);
	else
		text_arrived(socket, bytes);
}

/* Wslay answers a close of one byte, half a code, without one. */
static void
on_frame(wslay_event_context_ptr frames,
	 const struct wslay_event_on_frame_recv_start_arg *frame, void *cookie)
{
	struct websocket *socket = cookie;

	(void)frames;
	if (frame->opcode == WSLAY_CONNECTION_CLOSE &&
	    frame->payload_length == 1)
		socket->unreadable = true;
}

static void
frames_open(struct websocket *socket)
{
	static const struct wslay_event_callbacks callbacks = {
		.recv_callback = on_receive,
		.send_callback = on_send,
		.on_frame_recv_start_callback = on_frame,
		.on_msg_recv_callback = on_message,
	};

	if (wslay_event_context_server_init(&socket->frames, &callbacks,
					    socket) != 0)
		abort(); /* a few kilobytes of memory */
	wslay_event_config_set_max_recv_msg_length(
		socket->frames, socket->all->settings.message_max_bytes);
	if (socket->deflates)
		wslay_event_config_set_allowed_rsv_bits(socket->frames,
							WSLAY_RSV1_BIT);
}

/* ---- turns ------------------------------------------------------------------------- */

static void
task_run_again(struct loop_task *task);

/* The close frame has left: the client's is waited for, where its frames can
 * still be read; then the end of its side, so that what it sends meanwhile does
 * not make the kernel throw our frame away. */
static void
linger(struct websocket *socket)
{
	if (socket->state == WS_CLOSING) {
		socket->state = WS_LINGERING;
		loop_timer_stop(&socket->ping_timer);
		loop_timer_start(socket->loop, &socket->timers->close,
				 &socket->close_timer);
	}
	if (socket->state != WS_LINGERING || socket->shut ||
	    wslay_event_want_read(socket->frames))
		return;
	socket->shut = true;
	shutdown(http_taken_fd(socket->taken), SHUT_WR);
}

/* Reads what is of no interest any more. */
static void
discard(struct websocket *socket)
{
	char room[4096];
	ssize_t count;

	do
		count = recv(http_taken_fd(socket->taken), room, sizeof room,
			     MSG_DONTWAIT);
	while (count > 0 || (count < 0 && errno == EINTR));
	socket->ended |= count == 0;
	socket->broken |= count < 0 && errno != EAGAIN;
}

static void
receive(struct websocket *socket)
{
	socket->turn_bytes = 0;
	if (!wslay_event_want_read(socket->frames))
		discard(socket);
	else if (wslay_event_recv(socket->frames) != 0)
		/* A frame that cannot be read; or the connection is at its
		 * end, which is noted elsewhere. */
		socket->unreadable = true;
	if (!socket->again_waits || socket->broken)
		return;
	socket->again_waits = false;
	atomic_fetch_add(&socket->references, 1);
	socket->again.run = task_run_again;
	loop_defer(socket->loop, &socket->again);
}

/* Everything is done that can be; the socket may be gone after it. */
static void
settle(struct websocket *socket)
{
	bool overflown;

	control_gather(socket);
	if (!socket->broken && queue_send(socket))
		linger(socket);
	pthread_mutex_lock(&socket->lock);
	overflown = socket->overflown;
	pthread_mutex_unlock(&socket->lock);
	if (overflown)
		atomic_fetch_add(&socket->all->dropped, 1);
	if (overflown || socket->broken || socket->ended)
		http_taken_close(socket->taken, overflown || socket->broken);
}

static void
task_run_again(struct loop_task *task)
{
	struct websocket *socket =
		container_of(task, struct websocket, again);

	if (socket->taken != NULL) {
		receive(socket);
		settle(socket);
	}
	socket_drop(socket);
}

/* Something was put into the queue by another thread. */
static void
task_run(struct loop_task *task)
{
	struct websocket *socket = container_of(task, struct websocket, task);
	bool close_asked;

	pthread_mutex_lock(&socket->lock);
	socket->task_waits = false;
	close_asked = socket->close_asked;
	pthread_mutex_unlock(&socket->lock);
	if (socket->taken != NULL) {
		if (close_asked)
			close_queue(socket, socket->close_code,
				    socket->close_reason);
		settle(socket);
	}
	socket_drop(socket);
}

/* Under the lock. */
static void
task_post(struct websocket *socket)
{
	if (socket->task_waits)
		return;
	socket->task_waits = true;
	socket->task.run = task_run;
	atomic_fetch_add(&socket->references, 1);
	if (!loop_post(socket->loop, &socket->task)) {
		socket->task_waits = false;
		atomic_fetch_sub(&socket->references, 1);
	}
}

void
websocket_send(struct websocket *socket, struct ws_message *message)
{
	pthread_mutex_lock(&socket->lock);
	if (!socket->close_asked) {
		queue_add(socket, message);
		task_post(socket);
	}
	pthread_mutex_unlock(&socket->lock);
}

void
websocket_close(struct websocket *socket, uint16_t code, const char *reason)
{
	size_t length = utf8_cut(reason, strlen(reason),
				 sizeof socket->close_reason - 1);

	pthread_mutex_lock(&socket->lock);
	if (!socket->close_asked) {
		socket->close_asked = true;
		socket->close_code = code;
		memcpy(socket->close_reason, reason, length);
		socket->close_reason[length] = '\0';
	}
	task_post(socket);
	pthread_mutex_unlock(&socket->lock);
}

/* ---- timers ------------------------------------------------------------------------- */

static void
ping_expired(struct loop_timer *timer)
{
	struct websocket *socket =
		container_of(timer, struct websocket, ping_timer);
	static const struct wslay_event_msg ping = { .opcode = WSLAY_PING };

	if (!socket->heard) { /* since the last ping */
		http_taken_close(socket->taken, true);
		return;
	}
	socket->heard = false;
	loop_timer_start(socket->loop, &socket->timers->ping,
			 &socket->ping_timer);
	if (socket->state == WS_OPEN)
		wslay_event_queue_msg(socket->frames, &ping);
	settle(socket);
}

static void
close_expired(struct loop_timer *timer)
{
	struct websocket *socket =
		container_of(timer, struct websocket, close_timer);

	http_taken_close(socket->taken, true);
}

/* ---- the connection ------------------------------------------------------------------ */

static void
taken_begin(void *cookie, struct http_taken *taken, struct span early)
{
	struct websocket *socket = cookie;
	int bytes = SEND_BUFFER_BYTES;

	socket->taken = taken;
	socket->loop = http_taken_loop(taken);
	socket->timers = timers_of(socket->all, socket->loop);
	socket->ping_timer.expire = ping_expired;
	socket->close_timer.expire = close_expired;
	socket->heard = true;
	/* What waits is bounded in the kernel too. */
	setsockopt(http_taken_fd(taken), SOL_SOCKET, SO_SNDBUF, &bytes,
		   sizeof bytes);
	frames_open(socket);
	loop_timer_start(socket->loop, &socket->timers->ping,
			 &socket->ping_timer);
	socket->handlers->opened(socket->cookie, socket);
	socket->early = early;
	receive(socket);
	socket->early = (struct span){ 0 };
	settle(socket);
}

static void
taken_events(void *cookie, uint32_t events)
{
	struct websocket *socket = cookie;

	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		receive(socket);
	settle(socket);
}

static void
taken_drain(void *cookie)
{
	struct websocket *socket = cookie;

	close_queue(socket, WSLAY_CODE_GOING_AWAY, "");
	settle(socket);
}

static void
taken_closed(void *cookie)
{
	struct websocket *socket = cookie;

	if (socket->taken != NULL) {
		loop_timer_stop(&socket->ping_timer);
		loop_timer_stop(&socket->close_timer);
		wslay_event_context_free(socket->frames);
		socket->frames = NULL;
		socket->taken = NULL;
	}
	socket->handlers->closed(socket->cookie);
	socket_drop(socket);
}

/* ---- opening ---------------------------------------------------------------------------- */

static void
opening_of(const struct http_request *request, struct ws_opening *out)
{
	const struct {
		const char *name;
		struct span *value;
	} fields[] = {
		{ "upgrade", &out->upgrade },
		{ "connection", &out->connection },
		{ "sec-websocket-version", &out->version },
		{ "sec-websocket-key", &out->key },
		{ "sec-websocket-extensions", &out->extensions },
	};

	*out = (struct ws_opening){ 0 };
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		http_request_field(request, fields[i].name, fields[i].value);
}

enum ws_opening_result
websocket_check(const struct http_request *request)
{
	struct ws_opening opening;

	if (http_request_method(request) != HTTP_GET)
		return WS_OPENING_NONE;
	opening_of(request, &opening);
	return ws_opening_check(&opening);
}

void
websocket_answer(struct websockets *all, struct http_request *request,
		 const struct websocket_handlers *handlers, void *cookie)
{
	static const struct http_takeover takeover = {
		taken_begin, taken_events, taken_drain, taken_closed
	};
	struct websocket *socket = mem_new(1, sizeof *socket);
	char accept[WS_ACCEPT_BYTES];
	struct ws_opening opening;

	opening_of(request, &opening);
	atomic_init(&socket->references, 1);
	socket->all = all;
	socket->handlers = handlers;
	socket->cookie = cookie;
	socket->deflates = ws_deflate_offered(opening.extensions);
	pthread_mutex_init(&socket->lock, NULL);
	buffer_init(&socket->control, 0);
	ws_accept_print(opening.key, accept);
	http_answer_field(request, "Upgrade", "websocket");
	http_answer_field(request, "Connection", "Upgrade");
	http_answer_field(request, "Sec-WebSocket-Accept", accept);
	if (socket->deflates)
		http_answer_field(request, "Sec-WebSocket-Extensions",
				  WS_DEFLATE_ANSWER);
	http_answer_takeover(request, 101, &takeover, socket);
}
