/* connection.c - the life of one connection; see connection.h.
 *
 *	HEAD -> BODY -> HANDLER -> ANSWER -> HEAD ... -> LINGER -> CLOSED
 *	                                 \-> TAKEN -> CLOSED
 *
 * connection_run() drives it as far as it goes without waiting. Events come
 * edge-triggered: `readable` and the socket itself remember what epoll said.
 *
 * Invariants: unread input lies in shard->input during connection_run() and in
 * `kept` otherwise. A request belongs to its handler in state HANDLER and the
 * connection then touches only `gone`. */
#include "net/connection.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/shard.h"

/* A body that nobody wants is read past up to this size, so that the
 * connection can be used again. */
#define DROPPED_BODY_BYTES 65536
#define STATUS_CLIENT_GONE 499

/* Of one connection in one turn: some hundred pipelined requests or some
 * megabytes of a body. */
#define STEPS_PER_TURN 256

enum connection_state {
	CONNECTION_HEAD,
	CONNECTION_BODY,
	CONNECTION_HANDLER, /* the request is with its handler */
	CONNECTION_ANSWER,
	CONNECTION_LINGER, /* answered; what still comes is thrown away */
	CONNECTION_TAKEN,  /* given away: takeover.h */
	CONNECTION_CLOSED,
};

struct connection {
	struct loop_watch watch;
	struct loop_timer timer;
	struct loop_task again;
	struct shard *shard;
	struct connection *previous, *next; /* in shard->connections */
	struct http_request *request;
	const struct http_takeover *takeover; /* in state TAKEN */
	void *taker;
	char *kept; /* unread input between runs, NULL when there is none */
	uint32_t kept_length;
	int fd;
	struct address peer;
	char peer_text[ADDRESS_TEXT_BYTES];
	uint8_t state;
	bool readable;     /* reading may give something */
	bool at_end;       /* all the client sent has been read */
	bool half_closed;  /* the client sends no more, or has gone */
	bool head_begun;   /* the first bytes of a head have come */
	bool again_queued; /* that task also frees a closed connection */
	bool admitted;     /* counted; else it is only told why not */
};

/* Unread bytes, in shard->input. */
struct input {
	char *base;
	size_t at, end;
};

static void
timer_start(struct connection *c, struct loop_timers *timers)
{
	loop_timer_start(c->shard->loop, timers, &c->timer);
}

/* ---- the end ------------------------------------------------------------ */

static void
run_again(struct connection *c)
{
	if (c->again_queued)
		return;
	c->again_queued = true;
	loop_defer(c->shard->loop, &c->again);
}

static void
connection_unlink(struct connection *c)
{
	if (c->previous != NULL)
		c->previous->next = c->next;
	else
		c->shard->connections = c->next;
	if (c->next != NULL)
		c->next->previous = c->previous;
}

/* Reports the request to the floor above and gives it back. */
static void
request_done(struct http_request *request, unsigned status)
{
	struct shard *shard = request->shard;
	const struct http_server_args *args = &shard->server->args;
	uint64_t head_bytes = request->answer.head_bytes;
	uint64_t body_bytes = request->sent_bytes > head_bytes ?
				      request->sent_bytes - head_bytes :
				      0;

	if (args->on_done != NULL)
		args->on_done(args->cookie, request, status, body_bytes,
			      clock_monotonic_us() - request->begun_us);
	shard->requests--;
	request_end(request);
}

/* The request of a connection that ends. One that is with its handler, or whose
 * body is being written by a worker, lives on until it comes back. */
static void
request_abandon(struct connection *c)
{
	struct http_request *request = c->request;

	if (request == NULL)
		return;
	c->request = NULL;
	request->connection = NULL;
	atomic_store(&request->gone, true);
	if (c->state == CONNECTION_HANDLER || request->body_paused)
		return;
	request_done(request, request->answer.status != 0 ?
				      request->answer.status :
				      STATUS_CLIENT_GONE);
}

/* `reset`: throw away what the kernel still holds for a client that does not
 * take it. */
static void
connection_close(struct connection *c, bool reset)
{
	static const struct linger at_once = { 1, 0 };
	struct shard *shard = c->shard;
	bool was_taken = c->state == CONNECTION_TAKEN;

	if (c->state == CONNECTION_CLOSED)
		return;
	request_abandon(c);
	c->state = CONNECTION_CLOSED;
	loop_timer_stop(&c->timer);
	connection_unlink(c);
	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once,
			   sizeof at_once);
	loop_watch_end(shard->loop, c->fd);
	close(c->fd);
	if (c->admitted) {
		admission_leave(&shard->server->admission, &c->peer);
		gauge_add(metric_cell(&http_connections_metric), -1);
	} else {
		shard->refused--;
	}
	if (was_taken)
		c->takeover->closed(c->taker);
	run_again(c); /* frees it, when nobody uses it any more */
	shard_check_drained(shard);
}

/* ---- input -------------------------------------------------------------- */

static struct span
input_span(const struct input *in)
{
	return (struct span){ in->base + in->at, in->end - in->at };
}

/* Reads more behind what is there. False when there is nothing now. */
static bool
input_read(struct connection *c, struct input *in)
{
	ssize_t got;
	size_t room;

	if (in->at > 0) {
		memmove(in->base, in->base + in->at, in->end - in->at);
		in->end -= in->at;
		in->at = 0;
	}
	room = SCRATCH_BYTES - in->end;
	if (!c->readable || c->at_end || room == 0)
		return false;
	got = recv(c->fd, in->base + in->end, room, 0);
	if (got > 0) {
		/* A short read has emptied the socket, and the next bytes make
		 * a new edge; the end, when epoll has told of it, does not. */
		c->readable = (size_t)got == room || c->half_closed;
		in->end += (size_t)got;
		return true;
	}
	c->readable = false;
	c->at_end = got == 0 || (errno != EAGAIN && errno != EINTR);
	return false;
}

static void
input_take_kept(struct connection *c, struct input *in)
{
	*in = (struct input){ c->shard->input, 0, c->kept_length };
	if (c->kept != NULL)
		memcpy(in->base, c->kept, c->kept_length);
	free(c->kept);
	c->kept = NULL;
	c->kept_length = 0;
}

static void
input_keep(struct connection *c, const struct input *in)
{
	struct span rest = input_span(in);

	if (rest.length == 0)
		return;
	c->kept = mem_new(rest.length, 1);
	memcpy(c->kept, rest.at, rest.length);
	c->kept_length = (uint32_t)rest.length;
}

/* ---- requests ----------------------------------------------------------- */

static struct http_request *
request_of(struct connection *c)
{
	struct http_request *request = request_new(c->shard, c);

	memcpy(request->peer, c->peer_text, sizeof request->peer);
	memcpy(request->address, c->peer_text, sizeof request->address);
	return request;
}

/* Where a proxy that is trusted says it came from. */
static void
client_address_find(struct http_request *request, const struct connection *c)
{
	const struct networks *trusted = &c->shard->server->trusted;
	bool is_forwarded = false;
	struct address client;
	struct span chain;

	if (trusted->count == 0 || !networks_contain(trusted, &c->peer))
		return;
	chain = request_head_list(&request->head, "x-forwarded-for",
				  &request->arena);
	if (chain.at == NULL) {
		is_forwarded = true;
		chain = request_head_list(&request->head, "forwarded",
					  &request->arena);
	}
	client = address_behind(trusted, &c->peer, chain, is_forwarded);
	address_print(&client, request->address);
}

/* The client's own id, when it is one that can stand in a log line. */
static void
client_id_take(struct http_request *request)
{
	struct span id;

	if (!request_head_field(&request->head, "x-request-id", &id) ||
	    id.length == 0 || id.length >= sizeof request->id)
		return;
	for (size_t i = 0; i < id.length; i++) {
		char c = id.at[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && strchr("-_.:", c) == NULL)
			return;
	}
	memcpy(request->id, id.at, id.length);
	request->id[id.length] = '\0';
}

/* llhttp's reading of the head, which must be ours. */
static bool
message_agrees(struct http_request *request, struct span bytes,
	       struct refusal *refusal)
{
	const struct request_head *head = &request->head;
	struct message_facts facts;
	bool same = false;

	switch (message_begin(&request->message, bytes, &facts)) {
	case MESSAGE_HEAD_UNKNOWN_METHOD:
		*refusal = (struct refusal){ 501, "not_implemented",
					     "The method is not known here." };
		return false;
	case MESSAGE_HEAD_BAD:
		break;
	case MESSAGE_HEAD_GOOD:
		same = request->message.ended ?
			       !head->chunked && head->length_bytes == 0 :
			       facts.chunked == head->chunked &&
				       facts.has_length == head->has_length &&
				       facts.length_bytes ==
					       head->length_bytes;
		break;
	}
	if (!same)
		*refusal = (struct refusal){ 400, "bad_request",
					     "The request is malformed." };
	return same;
}

static bool
head_read(struct http_request *request, const struct connection *c,
	  struct span bytes, struct refusal *refusal)
{
	bytes.at = arena_copy_bytes(&request->arena, bytes.at, bytes.length);
	if (!request_head_parse(bytes, &c->shard->server->limits,
				&request->arena, &request->head, refusal))
		return false;
	client_address_find(request, c);
	client_id_take(request);
	return message_agrees(request, bytes, refusal);
}

static void
answer_begin(struct connection *c)
{
	c->state = CONNECTION_ANSWER;
	timer_start(c, &c->shard->write);
}

/* An answer by the protocol itself: the last of this connection. */
static void
refuse(struct connection *c, const struct refusal *refusal)
{
	struct http_request *request = c->request;

	if (request == NULL) {
		request = request_of(c);
		c->request = request;
	}
	request->in_callback = true;
	request_refuse(request, refusal);
	request->in_callback = false;
	answer_begin(c);
}

static bool
has_body(const struct http_request *request)
{
	return !request->message.ended;
}

/* Whether the body of a request that on_head answers is short enough to be read
 * past. */
static bool
body_is_droppable(const struct request_head *head)
{
	return !head->chunked && !head->expects_continue &&
	       head->length_bytes <= DROPPED_BODY_BYTES;
}

static void
dispatch(struct connection *c)
{
	struct http_request *request = c->request;
	const struct http_server_args *args = &c->shard->server->args;

	loop_timer_stop(&c->timer);
	c->state = CONNECTION_HANDLER;
	if (c->half_closed)
		atomic_store(&request->gone, true);
	request->in_callback = true;
	args->on_request(args->cookie, request);
	/* From here a handler elsewhere may own it; these two are the loop's */
	request->in_callback = false;
	if (request->answered)
		answer_begin(c);
}

/* Lets the client send the body it holds back. */
static void
invite_body(struct connection *c)
{
	static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";

	/* A new connection's buffer takes 25 bytes; a client that fills it by
	 * pipelining gets its answer without them. */
	ssize_t count = send(c->fd, line, sizeof line - 1, MSG_NOSIGNAL);

	(void)count;
}

static void
body_begin(struct connection *c, bool body_came_along)
{
	struct http_request *request = c->request;
	static const struct refusal too_large = {
		413, "too_large", "The body of the request is too large."
	};

	if (request->head.length_bytes > request->plan.body_limit_bytes) {
		refuse(c, &too_large);
		return;
	}
	request->body.limit_bytes = (size_t)request->plan.body_limit_bytes;
	if (request->head.expects_continue && !body_came_along)
		invite_body(c);
	c->state = CONNECTION_BODY;
	timer_start(c, &c->shard->body);
}

static void
request_begin(struct connection *c, struct span bytes, bool body_came_along)
{
	const struct http_server_args *args = &c->shard->server->args;
	struct http_request *request = request_of(c);
	struct refusal refusal;
	bool keep_alive;

	c->request = request;
	c->head_begun = false;
	if (!head_read(request, c, bytes, &refusal)) {
		/* As http.h says of heads that are refused. */
		request->head = (struct request_head){
			.method = HTTP_METHOD_OTHER,
			.minor = 1,
			.path = { "", 0 },
			.query = { "", 0 },
		};
		refuse(c, &refusal);
		return;
	}
	keep_alive = request->head.keep_alive;
	request->keep_alive = keep_alive &&
			      (!has_body(request) ||
			       body_is_droppable(&request->head));
	request->in_callback = true;
	args->on_head(args->cookie, request, &request->plan);
	request->in_callback = false;
	if (request->plan.is_stream)
		keep_alive = request->keep_alive = false;
	if (request->answered && request->keep_alive && has_body(request)) {
		request->body_dropped = true;
		c->state = CONNECTION_BODY;
		timer_start(c, &c->shard->body);
	} else if (request->answered) {
		answer_begin(c);
	} else {
		request->keep_alive = keep_alive;
		if (has_body(request) && !request->plan.is_stream)
			body_begin(c, body_came_along);
		else
			dispatch(c);
	}
}

/* ---- steps of connection_run(): true when there is more to do ----------- */

/* Empty lines before a request are ignored (RFC 9112 2.2). */
static void
skip_empty_lines(struct input *in)
{
	while (in->end - in->at >= 2 && in->base[in->at] == '\r' &&
	       in->base[in->at + 1] == '\n')
		in->at += 2;
}

static bool
head_step(struct connection *c, struct input *in)
{
	const struct request_limits *limits = &c->shard->server->limits;
	struct refusal refusal;
	size_t length = 0;

	skip_empty_lines(in);
	if (in->end > in->at) {
		switch (request_head_end(input_span(in), limits, &length,
					 &refusal)) {
		case HEAD_REFUSED:
			in->at = in->end;
			refuse(c, &refusal);
			return true;
		case HEAD_COMPLETE:
			in->at += length;
			request_begin(c,
				      (struct span){ in->base + in->at - length,
						     length },
				      in->end > in->at);
			return true;
		case HEAD_INCOMPLETE:
			break;
		}
	}
	if (in->end > in->at && !c->head_begun) {
		c->head_begun = true;
		timer_start(c, &c->shard->head);
	}
	if (input_read(c, in))
		return true;
	if (c->at_end)
		connection_close(c, false);
	return false;
}

/* Gives one piece to who wants it. */
static enum status
body_take(struct http_request *request, struct span piece, struct fault *fault)
{
	enum status status;

	if (request->body_dropped)
		return STATUS_OK;
	request->body_bytes += piece.length;
	if (request->body_bytes > request->plan.body_limit_bytes)
		return fault_set(fault, STATUS_TOO_LARGE,
				 "The body of the request is too large.");
	if (request->plan.body_write == NULL) {
		buffer_add_span(&request->body, piece);
		return STATUS_OK;
	}
	request->in_callback = true;
	status = request->plan.body_write(request, piece.at, piece.length,
					  fault);
	request->in_callback = false;
	return status;
}

/* Ends the request in the middle of its body, unless body_write() answered. */
static void
body_fail(struct connection *c, const struct fault *fault)
{
	struct http_request *request = c->request;

	request->keep_alive = false;
	request->in_callback = true;
	if (!request->answered)
		http_answer_fault(request, fault);
	request->in_callback = false;
	answer_begin(c);
}

static bool
body_step(struct connection *c, struct input *in)
{
	static const struct refusal bad_body = {
		400, "bad_request", "The body of the request is malformed."
	};
	struct http_request *request = c->request;
	struct fault fault = { 0 };
	struct span rest = input_span(in), piece;
	enum message_step step;

	if (request->body_paused) {
		loop_timer_stop(&c->timer);
		return false;
	}
	step = message_body(&request->message, &rest, &piece);
	in->at = in->end - rest.length;
	switch (step) {
	case MESSAGE_PIECE:
		if (body_take(request, piece, &fault) != STATUS_OK ||
		    (request->answered && !request->body_dropped))
			body_fail(c, &fault);
		return true;
	case MESSAGE_END:
		if (request->body_dropped)
			answer_begin(c);
		else
			dispatch(c);
		return true;
	case MESSAGE_BAD:
		if (request->body_dropped)
			connection_close(c, false);
		else
			refuse(c, &bad_body);
		return true;
	case MESSAGE_MORE:
		break;
	}
	if (input_read(c, in)) {
		timer_start(c, &c->shard->body);
		return true;
	}
	if (c->at_end)
		connection_close(c, false);
	return false;
}

/* After an answer: the next request, or the end. The client may still be
 * sending; closing at once could make its kernel throw our answer away, so that
 * its last bytes are waited for (RFC 9112 9.6). */
static void
answer_end(struct connection *c)
{
	struct http_request *request = c->request;
	bool keep_alive = request->keep_alive &&
			  !loop_is_draining(c->shard->loop);

	c->request = NULL;
	counter_add(metric_cell(&http_sent_metric),
		    (double)request->sent_bytes);
	request_done(request, request->answer.status);
	if (keep_alive) {
		c->state = CONNECTION_HEAD;
		timer_start(c, &c->shard->idle);
		return;
	}
	if (c->at_end) {
		connection_close(c, false);
		return;
	}
	shutdown(c->fd, SHUT_WR);
	c->state = CONNECTION_LINGER;
	timer_start(c, &c->shard->linger);
}

/* The head has left: from here it is somebody else's. */
static void
give_away(struct connection *c, struct input *in)
{
	struct http_request *request = c->request;
	struct span early = input_span(in);

	loop_timer_stop(&c->timer);
	c->takeover = request->answer.takeover;
	c->taker = request->answer.taker;
	request->answer.takeover = NULL;
	c->request = NULL;
	c->state = CONNECTION_TAKEN;
	in->at = in->end;
	counter_add(metric_cell(&http_sent_metric),
		    (double)request->sent_bytes);
	request_done(request, request->answer.status);
	c->takeover->begin(c->taker, (struct http_taken *)c, early);
}

static bool
answer_step(struct connection *c, struct input *in)
{
	struct shard *shard = c->shard;
	bool progress = false;
	enum transmit_result result = transmit(
		c->request, c->fd, (struct span){ shard->room, SCRATCH_BYTES },
		&progress);

	switch (result) {
	case TRANSMIT_DONE:
		if (c->request->answer.takeover != NULL) {
			give_away(c, in);
			return false;
		}
		answer_end(c);
		return true;
	case TRANSMIT_BLOCKED:
		if (progress || c->timer.next == NULL)
			timer_start(c, &shard->write);
		return false;
	case TRANSMIT_WAIT:
		loop_timer_stop(&c->timer);
		if (atomic_load(&c->request->gone))
			connection_close(c, false);
		return false;
	case TRANSMIT_YIELD:
		timer_start(c, &shard->write);
		run_again(c);
		return false;
	case TRANSMIT_FAILED:
		connection_close(c, true);
		return false;
	}
	return false;
}

static bool
linger_step(struct connection *c, struct input *in)
{
	in->at = in->end = 0;
	if (input_read(c, in))
		return true;
	if (c->at_end)
		connection_close(c, false);
	return false;
}

static void
connection_run(struct connection *c)
{
	struct input in;
	bool more = true;

	input_take_kept(c, &in);
	for (int steps = 0; more; steps++) {
		if (steps == STEPS_PER_TURN) {
			run_again(c);
			break;
		}
		switch ((enum connection_state)c->state) {
		case CONNECTION_HEAD:
			more = head_step(c, &in);
			break;
		case CONNECTION_BODY:
			more = body_step(c, &in);
			break;
		case CONNECTION_ANSWER:
			more = answer_step(c, &in);
			break;
		case CONNECTION_LINGER:
			more = linger_step(c, &in);
			break;
		case CONNECTION_HANDLER:
		case CONNECTION_TAKEN:
		case CONNECTION_CLOSED:
			more = false;
			break;
		}
	}
	if (c->state != CONNECTION_CLOSED)
		input_keep(c, &in);
}

/* ---- what wakes it ------------------------------------------------------ */

static void
again_run(struct loop_task *task)
{
	struct connection *c = container_of(task, struct connection, again);

	c->again_queued = false;
	if (c->state != CONNECTION_CLOSED) {
		connection_run(c);
		return;
	}
	free(c->kept);
	free(c);
}

/* Both directions are down: whatever is on its way cannot arrive. */
static bool
is_dead(const struct connection *c, uint32_t events)
{
	return (events & (EPOLLERR | EPOLLHUP)) != 0 &&
	       (c->state == CONNECTION_HANDLER ||
		c->state == CONNECTION_ANSWER ||
		(c->request != NULL && c->request->body_paused));
}

static void
on_events(struct loop_watch *watch, uint32_t events)
{
	struct connection *c = container_of(watch, struct connection, watch);

	if (c->state == CONNECTION_TAKEN) {
		c->takeover->on_events(c->taker, events);
		return;
	}
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		c->readable = true;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
		c->half_closed = true;
		if (c->request != NULL)
			atomic_store(&c->request->gone, true);
	}
	if (is_dead(c, events))
		connection_close(c, false);
	else
		connection_run(c);
}

static void
on_timeout(struct loop_timer *timer)
{
	static const struct refusal too_slow = {
		408, "request_timeout", "The request took too long to arrive."
	};
	struct connection *c = container_of(timer, struct connection, timer);
	bool can_say = (c->state == CONNECTION_HEAD && c->head_begun) ||
		       (c->state == CONNECTION_BODY &&
			!c->request->body_dropped);

	if (can_say) {
		refuse(c, &too_slow);
		connection_run(c);
	} else {
		connection_close(c, c->state != CONNECTION_HEAD);
	}
}

void
connection_answered(struct http_request *request)
{
	struct connection *c = request->connection;

	if (c == NULL) {
		struct shard *shard = request->shard;

		request_done(request, STATUS_CLIENT_GONE);
		shard_check_drained(shard);
		return;
	}
	assert(c->request == request &&
	       (c->state == CONNECTION_HANDLER || request->body_paused));
	request->body_paused = false;
	answer_begin(c);
	connection_run(c);
}

void
connection_wake(struct http_request *request)
{
	struct connection *c = request->connection;
	bool was_paused = request->body_paused;

	request->body_paused = false;
	if (c == NULL) {
		struct shard *shard = request->shard;

		if (was_paused)
			request_done(request, STATUS_CLIENT_GONE);
		shard_check_drained(shard);
		return;
	}
	if (was_paused)
		timer_start(c, &c->shard->body);
	connection_run(c);
}

/* ---- the beginning ------------------------------------------------------ */

static struct connection *
connection_new(struct shard *shard, int fd, const struct address *peer)
{
	struct connection *c = mem_new(1, sizeof *c);

	c->watch.on_events = on_events;
	c->timer.expire = on_timeout;
	c->again.run = again_run;
	c->shard = shard;
	c->fd = fd;
	c->peer = *peer;
	address_print(peer, c->peer_text);
	c->readable = true;
	c->next = shard->connections;
	if (c->next != NULL)
		c->next->previous = c;
	shard->connections = c;
	return c;
}

static bool
connection_watch(struct connection *c)
{
	return loop_watch_add(c->shard->loop, &c->watch, c->fd,
			      EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
			      NULL) == STATUS_OK;
}

void
connection_open(struct shard *shard, int fd, const struct address *peer)
{
	struct connection *c = connection_new(shard, fd, peer);

	c->admitted = true;
	gauge_add(metric_cell(&http_connections_metric), 1);
	c->state = CONNECTION_HEAD;
	timer_start(c, &shard->idle);
	if (connection_watch(c))
		connection_run(c);
	else
		connection_close(c, false);
}

void
connection_refuse(struct shard *shard, int fd, enum admission_result reason)
{
	static const char full[] =
		"HTTP/1.1 503 Service Unavailable\r\n"
		"Content-Type: application/json\r\nRetry-After: 5\r\n"
		"Connection: close\r\n\r\n"
		"{\"error\":\"busy\",\"message\":\"The server has as many "
		"connections as it takes.\",\"details\":null,"
		"\"request_id\":\"\"}";
	static const char too_many[] =
		"HTTP/1.1 429 Too Many Requests\r\n"
		"Content-Type: application/json\r\nRetry-After: 5\r\n"
		"Connection: close\r\n\r\n"
		"{\"error\":\"rate_limit_exceeded\",\"message\":\"Too many "
		"connections from this address.\",\"details\":null,"
		"\"request_id\":\"\"}";
	struct span text = reason == ADMISSION_FULL ?
				   (struct span){ full, sizeof full - 1 } :
				   (struct span){ too_many,
						  sizeof too_many - 1 };
	static const struct address nobody;
	struct connection *c;
	ssize_t count = send(fd, text.at, text.length, MSG_NOSIGNAL);

	if (count < 0 || shard->refused >= REFUSED_MAX) {
		close(fd);
		return;
	}
	shutdown(fd, SHUT_WR);
	c = connection_new(shard, fd, &nobody);
	shard->refused++;
	c->state = CONNECTION_LINGER;
	timer_start(c, &shard->linger);
	if (!connection_watch(c))
		connection_close(c, false);
}

/* ---- given away --------------------------------------------------------- */

static void
taken_drain(struct connection *c)
{
	if (c->takeover->on_drain != NULL)
		c->takeover->on_drain(c->taker);
	else
		connection_close(c, false);
}

static struct connection *
connection_of(struct http_taken *taken)
{
	return (struct connection *)taken;
}

struct loop *
http_taken_loop(const struct http_taken *taken)
{
	return ((const struct connection *)taken)->shard->loop;
}

int
http_taken_fd(const struct http_taken *taken)
{
	return ((const struct connection *)taken)->fd;
}

void
http_taken_sent(const struct http_taken *taken, uint64_t bytes)
{
	(void)taken;
	counter_add(metric_cell(&http_sent_metric), (double)bytes);
}

void
http_taken_close(struct http_taken *taken, bool reset)
{
	connection_close(connection_of(taken), reset);
}

void
connections_close(struct shard *shard, bool all)
{
	struct connection *next;

	for (struct connection *c = shard->connections; c != NULL; c = next) {
		next = c->next;
		if (all)
			connection_close(c, true);
		else if (c->state == CONNECTION_TAKEN)
			taken_drain(c);
		else if (c->state == CONNECTION_LINGER ||
			 (c->state == CONNECTION_HEAD && !c->head_begun))
			connection_close(c, false);
	}
}
