/* live_in.c - see live_in.h.
 *
 * A guest belongs to the loop of its connection. `lock` guards the list, which
 * the watching thread reads. A guest holds the bytes it has read and not yet
 * passed on in `room`; it reads again when all of them are gone. */
#include "service/live_in.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/message.h"
#include "net/takeover.h"
#include "service/on_air.h"

#define ROOM_BYTES 65536 /* also what came behind the head fits in */
#define FADE_MS 1000
#define WATCH_SECONDS 1
#define DJS_AT_ONCE 1024
#define AGAIN_MS 3000 /* a fade, and what it takes to end */
#define AGAIN_LOOK_MS 50

struct guest {
	struct live_in *in;
	struct guest *next; /* in->guests */
	int64_t channel_id, dj_id;
	uint64_t session; /* of the air */
	struct loop_watch watch; /* of the pipe */
	struct loop_task farewell;
	struct loop *loop; /* NULL: it has not begun */
	struct http_taken *taken;
	int pipe;
	bool framed;      /* chunked, or of a known length */
	bool invited;     /* answered with 100: a last answer is due */
	bool ended;       /* it sends no more */
	bool gone;        /* only its memory is left */
	struct message message;
	struct span rest, piece; /* in room: as it came; to be passed on */
	char room[ROOM_BYTES];
	uint64_t bytes;
};

struct live_in {
	struct store *store;
	struct on_air *on_air;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t watcher;
	struct guest *guests;
	bool closing;
};

/* ---- may he? ---- */

bool
live_in_is_his_time(const struct dj_row *dj)
{
	time_t now = (time_t)(clock_now_ms() / 1000);
	struct tm local;

	localtime_r(&now, &local);
	return dj_may_play(dj, (local.tm_wday + 6) % 7,
			   local.tm_hour * 60 + local.tm_min);
}

const char *
live_in_hint(const char *type, const char *ending)
{
	static const struct {
		const char *type, *hint;
	} types[] = {
		{ "audio/mpeg", "mp3" },      { "audio/mp3", "mp3" },
		{ "audio/x-mpeg", "mp3" },    { "audio/aac", "aac" },
		{ "audio/aacp", "aac" },      { "audio/x-aac", "aac" },
		{ "audio/ogg", "ogg" },	      { "application/ogg", "ogg" },
		{ "audio/opus", "ogg" },      { "audio/vorbis", "ogg" },
		{ "audio/x-ogg", "ogg" },     { "audio/flac", "flac" },
		{ "audio/x-flac", "flac" },   { "audio/webm", "webm" },
		{ "audio/x-matroska", "mka" }, { "audio/wav", "wav" },
		{ "audio/x-wav", "wav" },
	};
	size_t length;

	if (ending != NULL)
		return ending;
	if (type == NULL)
		return "mp3"; /* as Icecast takes it */
	length = strcspn(type, "; ");
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
		if (strlen(types[i].type) == length &&
		    strncasecmp(types[i].type, type, length) == 0)
			return types[i].hint;
	}
	return NULL;
}

/* ---- a guest's loop ---- */

static void
guest_forget(struct guest *guest)
{
	struct live_in *in = guest->in;
	struct guest **at = &in->guests;

	pthread_mutex_lock(&in->lock);
	while (*at != guest)
		at = &(*at)->next;
	*at = guest->next;
	pthread_mutex_unlock(&in->lock);
	log_info("live_in", "a DJ's program left",
		 LOG_INT("channel_id", guest->channel_id),
		 LOG_INT("dj_id", guest->dj_id),
		 LOG_INT("bytes", (int64_t)guest->bytes));
	if (guest->loop != NULL)
		loop_watch_end(guest->loop, guest->pipe);
	close(guest->pipe);
}

/* An event of the pipe may be on its way still. */
static void
guest_free(struct loop_task *task)
{
	free(container_of(task, struct guest, farewell));
}

/* Who was told to go on waits for a last answer. */
static void
guest_close(struct guest *guest)
{
	static const char done[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"
				   "Connection: close\r\n\r\n";
	ssize_t sent;

	if (guest->invited && guest->ended) {
		sent = send(http_taken_fd(guest->taken), done, sizeof done - 1,
			    MSG_NOSIGNAL);
		(void)sent; /* as good as it goes */
	}
	http_taken_close(guest->taken, false);
}

/* The next bytes of the stream out of what has come. False: it has ended. */
static bool
piece_take(struct guest *guest)
{
	if (!guest->framed) {
		guest->piece = guest->rest;
		guest->rest.length = 0;
		return true;
	}
	switch (message_body(&guest->message, &guest->rest, &guest->piece)) {
	case MESSAGE_PIECE:
	case MESSAGE_MORE:
		return true;
	case MESSAGE_END:
		guest->ended = true;
		return false;
	case MESSAGE_BAD:
		break;
	}
	return false;
}

/* False: nothing now, or never again, which `ended` says. */
static bool
room_fill(struct guest *guest)
{
	ssize_t got = recv(http_taken_fd(guest->taken), guest->room,
			   sizeof guest->room, 0);

	if (got > 0) {
		guest->rest = (struct span){ guest->room, (size_t)got };
		guest->bytes += (uint64_t)got;
		return true;
	}
	guest->ended = got == 0 || (errno != EAGAIN && errno != EINTR);
	return false;
}

/* False: the pipe is full, or nobody reads it, which `gone` says. */
static bool
piece_pass(struct guest *guest, bool *gone)
{
	ssize_t passed = write(guest->pipe, guest->piece.at,
			       guest->piece.length);

	if (passed < 0) {
		*gone = errno != EAGAIN && errno != EINTR;
		return false;
	}
	guest->piece.at += passed;
	guest->piece.length -= (size_t)passed;
	return true;
}

/* Carries bytes on until one side says no. */
static void
guest_pump(struct guest *guest)
{
	bool gone = false;

	for (;;) {
		if (guest->piece.length > 0) {
			if (!piece_pass(guest, &gone))
				break;
		} else if (guest->rest.length > 0) {
			gone = !piece_take(guest);
			if (gone)
				break;
		} else if (!room_fill(guest)) {
			gone = guest->ended;
			break;
		}
	}
	if (gone)
		guest_close(guest);
}

static void
on_pipe(struct loop_watch *watch, uint32_t events)
{
	struct guest *guest = container_of(watch, struct guest, watch);

	if (guest->gone)
		return;
	if (events & (EPOLLERR | EPOLLHUP)) /* the programme has closed it */
		guest_close(guest);
	else
		guest_pump(guest);
}

static void
guest_begin(void *cookie, struct http_taken *taken, struct span early)
{
	struct guest *guest = cookie;
	size_t kept = early.length < ROOM_BYTES ? early.length : 0;

	guest->taken = taken;
	guest->loop = http_taken_loop(taken);
	if (kept != early.length ||
	    loop_watch_add(http_taken_loop(taken), &guest->watch, guest->pipe,
			   EPOLLOUT | EPOLLET, NULL) != STATUS_OK) {
		http_taken_close(taken, true);
		return;
	}
	memcpy(guest->room, early.at, kept);
	guest->rest = (struct span){ guest->room, kept };
	guest_pump(guest);
}

static void
guest_events(void *cookie, uint32_t events)
{
	(void)events;
	guest_pump(cookie);
}

static void
guest_closed(void *cookie)
{
	struct guest *guest = cookie;

	guest->gone = true;
	guest_forget(guest);
	if (guest->loop != NULL)
		loop_defer(guest->loop, &guest->farewell);
	else
		free(guest);
}

static const struct http_takeover guest_takeover = {
	.begin = guest_begin,
	.on_events = guest_events,
	.closed = guest_closed,
};

/* ---- going live ---- */

/* The framing of the body goes on where the head ended; llhttp gets a head of
 * its own that says the same of it. */
static void
framing_take(struct guest *guest, const struct http_request *request)
{
	static const char chunked[] = "PUT / HTTP/1.1\r\nHost: x\r\n"
				      "Transfer-Encoding: chunked\r\n\r\n";
	struct message_facts facts;
	struct span value;

	guest->framed = http_request_field(request, "transfer-encoding",
					   &value);
	if (guest->framed)
		message_begin(&guest->message,
			      (struct span){ chunked, sizeof chunked - 1 },
			      &facts);
}

static bool
waits_for_100(const struct http_request *request)
{
	struct span value;

	return http_request_field(request, "expect", &value) &&
	       span_equal_nocase(value, SPAN("100-continue"));
}

static enum status
pipe_make(struct guest *guest, int *reader, struct fault *fault)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return fault_errno(fault, errno, "pipe");
	fcntl(ends[1], F_SETFL, O_NONBLOCK);
	guest->pipe = ends[1];
	*reader = ends[0];
	return STATUS_OK;
}

static enum status
air_ask(struct guest *guest, const struct dj_row *dj, const char *hint,
	struct fault *fault)
{
	struct on_air_live live = { .name = dj->username,
				    .fd = -1,
				    .hint = hint,
				    .fade_ms = FADE_MS };
	enum status status = pipe_make(guest, &live.fd, fault);

	if (status != STATUS_OK)
		return status;
	status = on_air_live_begin(guest->in->on_air, dj->channel_id, &live,
				   &guest->session, fault);
	if (status != STATUS_OK) {
		close(guest->pipe);
		guest->pipe = -1;
	}
	return status;
}

/* 0: he is not here. Whoever came last stands first. */
static uint64_t
session_of(struct live_in *in, const struct dj_row *dj)
{
	const struct guest *guest;
	uint64_t session;

	pthread_mutex_lock(&in->lock);
	guest = in->guests;
	while (guest != NULL && (guest->channel_id != dj->channel_id ||
				 guest->dj_id != dj->id))
		guest = guest->next;
	session = guest == NULL ? 0 : guest->session;
	pthread_mutex_unlock(&in->lock);
	return session;
}

/* Who is live already by a connection that his program lost takes over from
 * himself. */
static enum status
air_take(struct guest *guest, const struct dj_row *dj, const char *hint,
	 struct fault *fault)
{
	const struct timespec pause = { .tv_nsec = AGAIN_LOOK_MS * 1000000 };
	int64_t until = clock_monotonic_ms() + AGAIN_MS;
	enum status status = air_ask(guest, dj, hint, fault);
	uint64_t before = status == STATUS_CONFLICT ?
				  session_of(guest->in, dj) :
				  0;

	if (before == 0)
		return status;
	on_air_live_end(guest->in->on_air, dj->channel_id, before);
	while (status == STATUS_CONFLICT && clock_monotonic_ms() < until) {
		nanosleep(&pause, NULL);
		status = air_ask(guest, dj, hint, fault);
	}
	return status;
}

enum status
live_in_begin(struct live_in *in, const struct dj_row *dj, const char *hint,
	      struct http_request *request, struct fault *fault)
{
	struct guest *guest;
	enum status status;

	if (in == NULL)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "the channel is not on the air");
	if (!live_in_is_his_time(dj))
		return fault_field(fault, STATUS_DENIED, "time",
				   "the channel is not open for this DJ now");
	guest = mem_new(1, sizeof *guest);
	*guest = (struct guest){ .in = in,
				 .channel_id = dj->channel_id,
				 .dj_id = dj->id,
				 .watch.on_events = on_pipe,
				 .farewell.run = guest_free,
				 .pipe = -1,
				 .invited = waits_for_100(request) };
	framing_take(guest, request);
	status = air_take(guest, dj, hint, fault);
	if (status != STATUS_OK) {
		free(guest);
		return status;
	}
	pthread_mutex_lock(&in->lock);
	guest->next = in->guests;
	in->guests = guest;
	pthread_mutex_unlock(&in->lock);
	log_info("live_in", "a DJ is live",
		 LOG_INT("channel_id", dj->channel_id),
		 LOG_INT("dj_id", dj->id),
		 LOG_TEXT("address", http_request_address(request)));
	http_answer_takeover(request, guest->invited ? 100 : 200,
			     &guest_takeover, guest);
	return STATUS_OK;
}

/* ---- watching their time ---- */

struct watched {
	int64_t channel_id, dj_id;
	uint64_t session;
	bool may;
	struct arena *arena;
};

static enum status
watch_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct watched *one = cookie;
	struct dj_row row;
	enum status status = channel_djs_get(session, one->channel_id,
					     one->dj_id, one->arena, &row,
					     fault);

	one->may = status == STATUS_OK && live_in_is_his_time(&row);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

static void
watch_one(struct live_in *in, struct watched *one)
{
	struct fault fault = { 0 };
	struct arena arena;

	arena_init(&arena);
	one->arena = &arena;
	/* A store that cannot be asked ends nobody. */
	if (store_read(in->store, watch_work, one, &fault) == STATUS_OK &&
	    !one->may)
		on_air_live_end(in->on_air, one->channel_id, one->session);
	arena_release(&arena);
}

/* With `lock` held. */
static size_t
watch_list(const struct live_in *in, struct watched *list)
{
	size_t count = 0;

	for (const struct guest *guest = in->guests;
	     guest != NULL && count < DJS_AT_ONCE; guest = guest->next)
		list[count++] = (struct watched){
			.channel_id = guest->channel_id,
			.dj_id = guest->dj_id,
			.session = guest->session,
		};
	return count;
}

static void *
watcher_run(void *cookie)
{
	struct live_in *in = cookie;
	struct watched *list = mem_new(DJS_AT_ONCE, sizeof *list);
	struct timespec until;
	bool closing;
	size_t count;

	do {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += WATCH_SECONDS;
		pthread_mutex_lock(&in->lock);
		while (!in->closing &&
		       pthread_cond_timedwait(&in->wake, &in->lock, &until) !=
			       ETIMEDOUT)
			;
		closing = in->closing;
		count = closing ? 0 : watch_list(in, list);
		pthread_mutex_unlock(&in->lock);
		for (size_t i = 0; i < count; i++)
			watch_one(in, &list[i]);
	} while (!closing);
	free(list);
	return NULL;
}

/* ---- opening and closing ---- */

enum status
live_in_open(struct store *store, struct on_air *on_air, struct live_in **out,
	     struct fault *fault)
{
	struct live_in *in = mem_new(1, sizeof *in);
	pthread_condattr_t clock;

	*in = (struct live_in){ .store = store, .on_air = on_air };
	pthread_mutex_init(&in->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&in->wake, &clock);
	pthread_condattr_destroy(&clock);
	if (pthread_create(&in->watcher, NULL, watcher_run, in) != 0) {
		pthread_cond_destroy(&in->wake);
		pthread_mutex_destroy(&in->lock);
		free(in);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the thread that watches DJs");
	}
	*out = in;
	return STATUS_OK;
}

void
live_in_close(struct live_in *in)
{
	if (in == NULL)
		return;
	pthread_mutex_lock(&in->lock);
	in->closing = true;
	pthread_cond_broadcast(&in->wake);
	pthread_mutex_unlock(&in->lock);
	pthread_join(in->watcher, NULL);
	pthread_cond_destroy(&in->wake);
	pthread_mutex_destroy(&in->lock);
	free(in);
}
