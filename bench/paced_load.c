/* paced_load.c - asks at a fixed rate and tells how long answers took.
 *
 *	paced_load PORT RATE SECONDS PATH [JSON_BODY]
 *
 * RATE requests a second, each at its own moment whether earlier ones were
 * answered or not, as people do; its time counts from that moment, so a server
 * that stands still is not asked less. Each request has a connection of its own
 * out of a few that are kept open. With a body it is a POST. Prints
 * "requests p50_us p99_us max_us"; ends with 1 on any answer but 200.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define CONNECTIONS_MAX 512
#define ROOM_BYTES 262144

struct connection {
	int fd;
	int64_t due_us; /* of the request that waits; 0: free */
	char room[ROOM_BYTES];
	size_t length;
};

struct pace {
	uint16_t port;
	char request[4096];
	size_t request_length;
	struct connection *connections[CONNECTIONS_MAX];
	size_t count;
	int64_t *took_us;
	size_t done;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "paced_load: %s\n", what);
	exit(1);
}

static struct connection *
connection_open(struct pace *pace)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(pace->port),
				       .sin_addr.s_addr =
					       htonl(INADDR_LOOPBACK) };
	struct connection *connection = calloc(1, sizeof *connection);
	static const int on = 1;

	if (pace->count == CONNECTIONS_MAX || connection == NULL)
		die("the server falls behind for good");
	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(connection->fd, (const struct sockaddr *)&address,
		    sizeof address) != 0)
		die("cannot connect");
	setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	pace->connections[pace->count++] = connection;
	return connection;
}

static void
ask(struct pace *pace, int64_t due_us)
{
	struct connection *free_one = NULL;

	for (size_t i = 0; i < pace->count && free_one == NULL; i++) {
		if (pace->connections[i]->due_us == 0)
			free_one = pace->connections[i];
	}
	if (free_one == NULL)
		free_one = connection_open(pace);
	free_one->due_us = due_us;
	free_one->length = 0;
	if (send(free_one->fd, pace->request, pace->request_length,
		 MSG_NOSIGNAL) != (ssize_t)pace->request_length)
		die("cannot send");
}

/* True when the whole answer is there. */
static bool
answer_complete(const struct connection *connection)
{
	const char *end = strstr(connection->room, "\r\n\r\n");
	const char *length = strstr(connection->room, "\r\nContent-Length: ");

	if (end == NULL)
		return false;
	if (strncmp(connection->room, "HTTP/1.1 200", 12) != 0 ||
	    length == NULL || length > end)
		die(connection->room);
	return connection->length >= (size_t)(end + 4 - connection->room) +
					     strtoul(length + 18, NULL, 10);
}

static void
receive(struct pace *pace, struct connection *connection)
{
	ssize_t got = recv(connection->fd,
			   connection->room + connection->length,
			   ROOM_BYTES - 1 - connection->length, MSG_DONTWAIT);

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0)
		die("the server has closed");
	connection->length += (size_t)got;
	connection->room[connection->length] = '\0';
	if (!answer_complete(connection))
		return;
	pace->took_us[pace->done++] =
		clock_monotonic_us() - connection->due_us;
	connection->due_us = 0;
}

/* What comes until then. */
static void
wait_until(struct pace *pace, int64_t until_us)
{
	struct pollfd polls[CONNECTIONS_MAX];
	int64_t left_us;

	while ((left_us = until_us - clock_monotonic_us()) > 0) {
		struct timespec wait = { left_us / 1000000,
					 left_us % 1000000 * 1000 };

		for (size_t i = 0; i < pace->count; i++)
			polls[i] = (struct pollfd){
				.fd = pace->connections[i]->fd,
				.events = POLLIN
			};
		if (ppoll(polls, pace->count, &wait, NULL) <= 0)
			continue;
		for (size_t i = 0; i < pace->count; i++) {
			if (polls[i].revents != 0)
				receive(pace, pace->connections[i]);
		}
	}
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
request_write(struct pace *pace, const char *path, const char *body)
{
	int length = body == NULL ?
			     snprintf(pace->request, sizeof pace->request,
				      "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n",
				      path) :
			     snprintf(pace->request, sizeof pace->request,
				      "POST %s HTTP/1.1\r\nHost: bench\r\n"
				      "Content-Type: application/json\r\n"
				      "Content-Length: %zu\r\n\r\n%s",
				      path, strlen(body), body);

	if (length < 0 || (size_t)length >= sizeof pace->request)
		die("the request is too long");
	pace->request_length = (size_t)length;
}

int
main(int count, char **arguments)
{
	static struct pace pace;
	double rate, seconds;
	size_t total;
	int64_t begun_us;

	if (count != 5 && count != 6)
		die("PORT RATE SECONDS PATH [JSON_BODY]");
	pace.port = (uint16_t)strtoul(arguments[1], NULL, 10);
	rate = strtod(arguments[2], NULL);
	seconds = strtod(arguments[3], NULL);
	request_write(&pace, arguments[4], count == 6 ? arguments[5] : NULL);
	total = (size_t)(rate * seconds);
	if (total == 0)
		die("nothing to ask");
	pace.took_us = calloc(total, sizeof *pace.took_us);
	begun_us = clock_monotonic_us();
	for (size_t i = 0; i < total; i++) {
		int64_t due_us = begun_us + (int64_t)((double)i * 1e6 / rate);

		wait_until(&pace, due_us);
		ask(&pace, due_us);
	}
	for (int i = 0; i < 1000 && pace.done < total; i++)
		wait_until(&pace, clock_monotonic_us() + 10000);
	if (pace.done < total)
		die("some requests were not answered in ten seconds");
	qsort(pace.took_us, total, sizeof *pace.took_us, compare);
	printf("%zu %lld %lld %lld\n", total,
	       (long long)pace.took_us[total / 2],
	       (long long)pace.took_us[total * 99 / 100],
	       (long long)pace.took_us[total - 1]);
	return 0;
}
