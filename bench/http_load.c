/* http_load.c - a client that is never the limit: keep-alive connections, one
 * request each at a time, bodies dropped inside the kernel (MSG_TRUNC).
 *
 *	http_load PORT PATH SECONDS CONNECTIONS [FILE_BYTES RANGE_BYTES]
 *
 * With the last two it asks for ranges at random places. Prints
 * "requests bytes seconds"; ends with 1 on any answer that is not 200 or 206.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define HEAD_ROOM_BYTES 8192
#define SINK_BYTES ((size_t)1 << 20)

struct load {
	uint16_t port;
	const char *path;
	uint64_t file_bytes, range_bytes; /* 0: no ranges */
	uint64_t requests, bytes;
	uint64_t dice;
};

struct client {
	int fd;
	char head[HEAD_ROOM_BYTES];
	size_t head_length;
	bool in_body;
	uint64_t body_left;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "http_load: %s\n", what);
	exit(1);
}

static uint64_t
random_below(struct load *load, uint64_t end)
{
	load->dice ^= load->dice << 13;
	load->dice ^= load->dice >> 7;
	load->dice ^= load->dice << 17;
	return load->dice % end;
}

static void
client_ask(struct load *load, struct client *client)
{
	char text[1024], range[80] = "";
	int length;

	if (load->range_bytes > 0) {
		uint64_t first = random_below(
			load, load->file_bytes - load->range_bytes + 1);

		snprintf(range, sizeof range,
			 "Range: bytes=%" PRIu64 "-%" PRIu64 "\r\n", first,
			 first + load->range_bytes - 1);
	}
	length = snprintf(text, sizeof text,
			  "GET %s HTTP/1.1\r\nHost: bench\r\n%s\r\n",
			  load->path, range);
	if (send(client->fd, text, (size_t)length, MSG_NOSIGNAL) != length)
		die("cannot send");
	client->head_length = 0;
	client->in_body = false;
}

static void
client_open(struct load *load, struct client *client, int epoll_fd)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(load->port),
				       .sin_addr.s_addr =
					       htonl(INADDR_LOOPBACK) };
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
	static const int on = 1;

	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(client->fd, (const struct sockaddr *)&address,
		    sizeof address) != 0)
		die("cannot connect");
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, client->fd, &event);
	client_ask(load, client);
}

/* Takes the head apart; what of the body came with it counts. */
static void
head_done(struct client *client, const char *end)
{
	const char *length = strstr(client->head, "\r\nContent-Length: ");
	size_t came = client->head_length - (size_t)(end - client->head);

	if (strncmp(client->head, "HTTP/1.1 20", 11) != 0 || length == NULL)
		die(client->head);
	client->body_left = strtoull(length + 18, NULL, 10);
	if (came > client->body_left)
		die("more than was asked for");
	client->body_left -= came;
	client->in_body = true;
}

static bool
receive(struct load *load, struct client *client)
{
	static char sink[SINK_BYTES];
	size_t room = client->in_body ?
			      (client->body_left < SINK_BYTES ?
				       (size_t)client->body_left :
				       SINK_BYTES) :
			      HEAD_ROOM_BYTES - 1 - client->head_length;
	ssize_t got = recv(client->fd,
			   client->in_body ? sink :
					     client->head +
						     client->head_length,
			   room,
			   MSG_DONTWAIT | (client->in_body ? MSG_TRUNC : 0));
	const char *end;

	if (got < 0 && errno == EAGAIN)
		return false;
	if (got <= 0)
		die("the server has closed");
	load->bytes += (uint64_t)got;
	if (client->in_body) {
		client->body_left -= (uint64_t)got;
		return true;
	}
	client->head_length += (size_t)got;
	client->head[client->head_length] = '\0';
	end = strstr(client->head, "\r\n\r\n");
	if (end != NULL)
		head_done(client, end + 4);
	return true;
}

static void
client_run(struct load *load, struct client *client)
{
	while (receive(load, client)) {
		if (!client->in_body || client->body_left > 0)
			continue;
		load->requests++;
		client_ask(load, client);
		return; /* nothing can have come yet */
	}
}

int
main(int count, char **arguments)
{
	struct load load = { .dice = 88172645463325252u };
	struct epoll_event events[256];
	int64_t begun_us, end_us;
	unsigned long connections;
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);

	if (count != 5 && count != 7)
		die("PORT PATH SECONDS CONNECTIONS [FILE_BYTES RANGE_BYTES]");
	load.port = (uint16_t)strtoul(arguments[1], NULL, 10);
	load.path = arguments[2];
	connections = strtoul(arguments[4], NULL, 10);
	if (count == 7) {
		load.file_bytes = strtoull(arguments[5], NULL, 10);
		load.range_bytes = strtoull(arguments[6], NULL, 10);
	}
	begun_us = clock_monotonic_us();
	end_us = begun_us +
		 (int64_t)(strtod(arguments[3], NULL) * 1000000);
	for (unsigned long i = 0; i < connections; i++)
		client_open(&load, calloc(1, sizeof(struct client)), epoll_fd);
	while (clock_monotonic_us() < end_us) {
		int ready = epoll_wait(epoll_fd, events, 256, 100);

		for (int i = 0; i < ready; i++)
			client_run(&load, events[i].data.ptr);
	}
	printf("%" PRIu64 " %" PRIu64 " %.6f\n", load.requests, load.bytes,
	       (double)(clock_monotonic_us() - begun_us) / 1e6);
	return 0;
}
