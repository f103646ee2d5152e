/* push_rtmp.c - a publisher to a server of RTMP; see push_private.h.
 *
 * The connection is a media process's (media/push.h). Where private servers are
 * not allowed, all addresses of the name are looked at before that process is
 * started: it resolves the name again by itself, so this keeps an operator's
 * admins from pointing inwards, and is no wall against a name that changes in
 * that moment. */
#include <netdb.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "media/push.h"
#include "service/cover.h"
#include "service/fetch.h"
#include "service/push_private.h"

#define COVER_BYTES_MAX (8u << 20)
#define COVER_PX 1200

/* Scheme, host and port end before the path. */
static char *
host_of(struct arena *arena, const char *url)
{
	const char *at = strstr(url, "://") + 3;
	char *host = arena_copy_bytes(arena, at, strcspn(at, "/"));

	if (*host == '[') {
		host++;
		host[strcspn(host, "]")] = '\0';
	} else {
		host[strcspn(host, ":")] = '\0';
	}
	return host;
}

static enum status
address_check(struct push_run *run, struct fault *fault)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	enum status status = STATUS_OK;
	struct arena arena;

	if (run->pushes->args.options->private_servers)
		return STATUS_OK;
	arena_init(&arena);
	if (getaddrinfo(host_of(&arena, run->row.url), NULL, &hints, &found) !=
	    0)
		status = fault_set(fault, STATUS_UNAVAILABLE,
				   "the server's name is not known");
	for (struct addrinfo *one = found; one != NULL; one = one->ai_next) {
		struct sockaddr_storage storage = { 0 };
		struct address address;

		memcpy(&storage, one->ai_addr, one->ai_addrlen);
		address = address_of(&storage);
		if (!fetch_address_allowed(&address))
			status = fault_set(fault, STATUS_DENIED,
					   "that address is not on the public "
					   "Internet");
	}
	if (found != NULL)
		freeaddrinfo(found);
	arena_release(&arena);
	return status;
}

/* Services give an address and a key; the stream's name is the one behind the
 * other. */
static char *
address_of_stream(struct arena *arena, const struct push_run *run)
{
	const char *url = run->row.url;
	size_t length = strlen(url);

	if (run->secret == NULL)
		return arena_copy_text(arena, url);
	return arena_print(arena, "%s%s%s", url,
			   url[length - 1] == '/' ? "" : "/", run->secret);
}

static enum status
connected_wait(struct push_run *run, struct fault *fault)
{
	int64_t deadline = clock_monotonic_ms() + 2 * PUSH_CONNECT_MS;
	enum status status = STATUS_AGAIN_LATER;

	while (status == STATUS_AGAIN_LATER) {
		if (atomic_load(&run->stopped))
			return fault_set(fault, STATUS_CANCELLED, "stopped");
		if (clock_monotonic_ms() > deadline)
			return fault_set(fault, STATUS_TIMED_OUT,
					 "the server does not answer");
		status = media_push_look(run->connection, PUSH_SLICE_MS,
					 fault);
	}
	return status;
}

static enum status
rtmp_open(struct push_run *run, struct fault *fault)
{
	static const enum media_push_picture pictures[] = {
		[PUSH_CARD] = MEDIA_PUSH_CARD,
		[PUSH_COVER] = MEDIA_PUSH_COVER,
		[PUSH_NO_PICTURE] = MEDIA_PUSH_NONE,
	};
	const char *ca_file = run->pushes->args.options->ca_file;
	struct media_push_args args = {
		.ca_file = *ca_file != '\0' ? ca_file : NULL,
		.picture = pictures[run->row.settings.picture],
	};
	struct media_push *push = NULL;
	enum status status = address_check(run, fault);
	struct arena arena;

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	args.url = address_of_stream(&arena, run);
	status = media_push_open(run->pushes->args.media, &args, &push, fault);
	run->connection = push;
	arena_release(&arena);
	return status != STATUS_OK ? status : connected_wait(run, fault);
}

static enum status
rtmp_send(struct push_run *run, const struct push_packet *packet,
	  struct fault *fault)
{
	const struct span bytes = { packet->bytes, packet->length };
	int64_t deadline = clock_monotonic_ms() + PUSH_SEND_MS;
	enum status status;

	do {
		if (atomic_load(&run->stopped))
			return fault_set(fault, STATUS_CANCELLED, "stopped");
		status = media_push_sound(run->connection, bytes,
					  packet->samples, PUSH_SLICE_MS,
					  fault);
	} while (status == STATUS_AGAIN_LATER &&
		 clock_monotonic_ms() < deadline);
	if (status == STATUS_AGAIN_LATER)
		return fault_set(fault, STATUS_TIMED_OUT,
				 "the server takes nothing any more");
	return status;
}

struct naming {
	int64_t track_id;
	struct arena arena;
	const char *name;
};

static enum status
naming_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct naming *naming = cookie;

	return cover_name(session, COVER_OF_TRACK, naming->track_id,
			  &naming->arena, &naming->name, fault);
}

/* Its own, or one that is drawn. */
static enum status
cover_of_track(const struct pushes_args *args, int64_t track_id,
	       struct cover_file *out)
{
	struct naming naming = { .track_id = track_id };
	enum status status = cover_open(args->covers, COVER_OF_TRACK, track_id,
					COVER_PX, false, out, NULL);

	if (status != STATUS_NOT_FOUND && status != STATUS_CORRUPT)
		return status;
	arena_init(&naming.arena);
	status = store_read(args->store, naming_read, &naming, NULL);
	if (status == STATUS_OK)
		status = cover_draw(args->covers, naming.name, COVER_PX, false,
				    out, NULL);
	arena_release(&naming.arena);
	return status;
}

/* An empty one for what is no track. */
static void
cover_read(struct push_run *run, int64_t track_id, struct buffer *out)
{
	const struct pushes_args *args = &run->pushes->args;
	struct cover_file file;
	ssize_t got;

	if (args->covers == NULL || track_id == 0 ||
	    cover_of_track(args, track_id, &file) != STATUS_OK)
		return;
	if (file.size_bytes <= COVER_BYTES_MAX) {
		char *at = buffer_reserve(out, (size_t)file.size_bytes);

		got = pread(file.fd, at, (size_t)file.size_bytes, 0);
		if (got == (ssize_t)file.size_bytes)
			out->length = (size_t)got;
	}
	close(file.fd);
}

static void
rtmp_playing(struct push_run *run, const char *title, int64_t track_id)
{
	struct buffer cover;

	(void)title; /* the picture has no text */
	if (run->row.settings.picture == PUSH_NO_PICTURE)
		return;
	buffer_init(&cover, COVER_BYTES_MAX + 1);
	cover_read(run, track_id, &cover);
	/* a process that is gone is told by the next packet */
	media_push_show(run->connection,
			(struct span){ cover.bytes, cover.length }, NULL);
	buffer_release(&cover);
}

static void
rtmp_close(struct push_run *run)
{
	media_push_close(run->connection);
	run->connection = NULL;
}

const struct push_sink push_sink_rtmp = {
	.open = rtmp_open,
	.send = rtmp_send,
	.playing = rtmp_playing,
	.close = rtmp_close,
};
