/* socket_load.c - many WebSockets, and how late what is told arrives.
 *
 *   socket_load PORT READERS SILENT SECONDS
 *
 * READERS open /ws/stats and read; SILENT open it and never do. The age of each
 * message is the time now less its "timestamp". Prints one line. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#define AGES_MAX 4000000
#define STAMP "\"timestamp\":\""

static int64_t ages[AGES_MAX];
static size_t age_count, closed_count;

static int
open_one(uint16_t port)
{
	static const char opening[] =
		"GET /ws/stats?events=stats HTTP/1.1\r\nHost: bench\r\n"
		"Upgrade: websocket\r\nConnection: Upgrade\r\n"
		"Sec-WebSocket-Version: 13\r\n"
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0 ||
	    send(fd, opening, sizeof opening - 1, 0) < 0) {
		perror("socket_load");
		exit(1);
	}
	return fd;
}

/* Messages are small and come whole. */
static void
read_one(int fd, bool counts)
{
	char bytes[8192], *at = bytes;
	ssize_t count = recv(fd, bytes, sizeof bytes - 1, MSG_DONTWAIT);
	int64_t sent_ms, now_ms = clock_now_ms();

	if (count == 0) {
		closed_count++;
		close(fd);
	}
	if (count <= 0 || !counts)
		return;
	for (ssize_t i = 0; i < count; i++) {
		if (bytes[i] == '\0')
			bytes[i] = ' ';
	}
	bytes[count] = '\0';
	while ((at = strstr(at, "\"stats\"," STAMP)) != NULL) {
		char stamp[CLOCK_TEXT_BYTES] = "";

		at += sizeof "\"stats\"," STAMP - 1;
		memccpy(stamp, at, '"', sizeof stamp - 1);
		if (strchr(stamp, '"') != NULL)
			*strchr(stamp, '"') = '\0';
		if (clock_parse_rfc3339(stamp, &sent_ms) &&
		    age_count < AGES_MAX)
			ages[age_count++] = now_ms - sent_ms;
	}
}

static void
read_for(int epoll, int64_t until_ms, bool counts)
{
	struct epoll_event events[256];

	while (clock_monotonic_ms() < until_ms) {
		int count = epoll_wait(epoll, events, 256, 10);

		for (int i = 0; i < count; i++)
			read_one(events[i].data.fd, counts);
	}
}

static int
compare(const void *a, const void *b)
{
	int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

	return (one > other) - (one < other);
}

int
main(int argc, char **argv)
{
	uint64_t numbers[4] = { 0 };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	for (int i = 0; i < 4; i++) {
		if (argc != 5 || !span_to_u64(span_of(argv[i + 1]),
					      &numbers[i])) {
			fprintf(stderr, "usage: socket_load PORT READERS "
					"SILENT SECONDS\n");
			return 2;
		}
	}
	for (uint64_t i = 0; i < numbers[1] + numbers[2]; i++) {
		struct epoll_event event = { .events = EPOLLIN };

		event.data.fd = open_one((uint16_t)numbers[0]);
		if (i < numbers[1])
			epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
	}
	read_for(epoll, clock_monotonic_ms() + 1500, false); /* to settle */
	read_for(epoll,
		 clock_monotonic_ms() + (int64_t)numbers[3] * 1000, true);
	if (age_count == 0)
		return 1;
	qsort(ages, age_count, sizeof *ages, compare);
	printf("readers=%llu silent=%llu messages=%zu closed=%zu p50_ms=%lld "
	       "p99_ms=%lld max_ms=%lld\n",
	       (unsigned long long)numbers[1], (unsigned long long)numbers[2],
	       age_count, closed_count,
	       (long long)ages[age_count / 2],
	       (long long)ages[age_count * 99 / 100],
	       (long long)ages[age_count - 1]);
	return 0;
}
