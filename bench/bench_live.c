/* bench_live.c - many listeners of one stream, beside another server.
 *
 *	bench_live serve STALL_MS             a mount at any path; prints its port
 *	bench_live feed PORT                  the same stream to an Icecast server
 *	bench_live listen PORT N SECONDS      N listeners of /live; prints
 *	    "heard STAMPS p50_ms p99_ms max_ms listeners_lost"
 *
 * The stream is 128 kbit/s in chunks of 4,000 bytes four times a second. Each
 * chunk begins with a mark and the time it was made at, so that a listener knows
 * how late it came. Chunks that were made before everybody was there (bursts)
 * are not counted. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "net/broadcast.h"

#define CHUNK_BYTES 4000
#define CHUNKS_PER_SECOND 4
#define RECEIVE_BYTES 65536
#define LATENESS_MAX_MS 20000

static const char mark[8] = "OGMASTMP";

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
chunk_make(char chunk[CHUNK_BYTES])
{
	int64_t now_us = clock_monotonic_us();

	memset(chunk, 'x', CHUNK_BYTES);
	memcpy(chunk, mark, sizeof mark);
	memcpy(chunk + sizeof mark, &now_us, sizeof now_us);
}

static void
wait_for_chunk(int64_t began_us, int64_t n)
{
	int64_t at_us = began_us + n * 1000000 / CHUNKS_PER_SECOND;
	struct timespec at = { at_us / 1000000, at_us % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) != 0)
		continue;
}

/* ---- Ogma's side -------------------------------------------------------- */

static struct broadcast *mount;

static void
on_head(void *cookie, struct http_request *request, struct http_plan *plan)
{
	(void)cookie;
	(void)request;
	(void)plan;
}

static void
on_request(void *cookie, struct http_request *request)
{
	static const struct broadcast_listener_args args;
	struct fault fault = { 0 };

	(void)cookie;
	http_answer_field(request, "Content-Type", "audio/mpeg");
	if (broadcast_join(mount, request, 0, &args, &fault) != STATUS_OK)
		http_answer_fault(request, &fault);
}

static void
serve(uint32_t stall_ms)
{
	struct http_settings settings = { .host = "127.0.0.1",
					  .loops = 1,
					  .connections_max = 100000,
					  .connections_per_address_max = 100000,
					  .head_limit_bytes = 16384,
					  .fields_max = 100,
					  .head_timeout_ms = 60000,
					  .body_timeout_ms = 60000,
					  .idle_timeout_ms = 60000,
					  .write_timeout_ms = 60000,
					  .trusted_proxies = "",
					  .tcp_congestion = "cubic" };
	struct http_server_args args = { .settings = &settings,
					 .on_head = on_head,
					 .on_request = on_request };
	struct broadcast_args ring = { .ring_bytes = 512 << 10,
				       .burst_bytes = 64 << 10,
				       .stall_ms = stall_ms };
	int64_t began_us = clock_monotonic_us();
	struct http_server *server;
	struct fault fault = { 0 };
	char chunk[CHUNK_BYTES];

	mount = broadcast_new(&ring);
	if (http_server_open(&args, &server, &fault) != STATUS_OK)
		die(fault.message);
	printf("%u\n", http_server_port(server));
	fflush(stdout);
	for (int64_t n = 1;; n++) {
		wait_for_chunk(began_us, n);
		chunk_make(chunk);
		broadcast_write(mount, chunk, sizeof chunk, BROADCAST_JOIN);
	}
}

/* ---- a source client ---------------------------------------------------- */

static int
connect_to(uint16_t port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr =
					       htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
		die("connect");
	return fd;
}

static void
feed(uint16_t port)
{
	static const char head[] =
		"PUT /live HTTP/1.1\r\nHost: localhost\r\n"
		"Authorization: Basic c291cmNlOmhhY2ttZQ==\r\n"
		"Content-Type: audio/mpeg\r\nIce-Public: 0\r\n\r\n";
	int fd = connect_to(port);
	int64_t began_us;
	char chunk[CHUNK_BYTES], answer[512];
	ssize_t got;

	if (send(fd, head, sizeof head - 1, 0) < 0)
		die("send");
	got = recv(fd, answer, sizeof answer - 1, 0);
	if (got <= 0 || memcmp(answer, "HTTP/1.", 7) != 0 ||
	    memcmp(answer + 9, "200", 3) != 0) {
		fprintf(stderr, "the source was refused: %.*s\n",
			(int)(got > 0 ? got : 0), answer);
		exit(1);
	}
	began_us = clock_monotonic_us();
	for (int64_t n = 1;; n++) {
		wait_for_chunk(began_us, n);
		chunk_make(chunk);
		if (send(fd, chunk, sizeof chunk, MSG_NOSIGNAL) < 0)
			die("send");
	}
}

/* ---- listeners ---------------------------------------------------------- */

struct heard {
	int fd;
	uint32_t until_mark; /* bytes; only when `synchronous` */
	bool synchronous, lost;
	uint8_t held; /* bytes of a mark and stamp cut in two */
	char begun[sizeof mark + sizeof(int64_t)];
};

static int64_t count_from_us;
static uint64_t *late_ms; /* a histogram */
static uint64_t stamps;

static void
stamp_take(const char *at)
{
	int64_t made_us, late_us;

	memcpy(&made_us, at + sizeof mark, sizeof made_us);
	if (made_us < count_from_us)
		return;
	late_us = clock_monotonic_us() - made_us;
	late_ms[late_us / 1000 < LATENESS_MAX_MS ? late_us / 1000 :
						   LATENESS_MAX_MS]++;
	stamps++;
}

/* Goes over what came; marks are CHUNK_BYTES apart once one was found. */
static void
bytes_take(struct heard *heard, const char *bytes, size_t count)
{
	const size_t whole = sizeof heard->begun;
	size_t at = 0;

	if (!heard->synchronous) {
		const char *found = memmem(bytes, count, mark, sizeof mark);

		if (found == NULL)
			return;
		heard->synchronous = true;
		at = (size_t)(found - bytes);
		heard->until_mark = 0;
	}
	while (at < count) {
		size_t part;

		if (heard->until_mark > 0) {
			part = count - at < heard->until_mark ?
				       count - at :
				       heard->until_mark;
			heard->until_mark -= (uint32_t)part;
			at += part;
			continue;
		}
		part = whole - heard->held;
		part = part < count - at ? part : count - at;
		memcpy(heard->begun + heard->held, bytes + at, part);
		heard->held += (uint8_t)part;
		at += part;
		if (heard->held < whole)
			return;
		heard->held = 0;
		heard->until_mark = CHUNK_BYTES - (uint32_t)whole;
		if (memcmp(heard->begun, mark, sizeof mark) == 0)
			stamp_take(heard->begun);
		else
			heard->synchronous = false;
	}
}

static void
listener_read(struct heard *heard)
{
	static char bytes[RECEIVE_BYTES];
	ssize_t got;

	while ((got = recv(heard->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		bytes_take(heard, bytes, (size_t)got);
	if (got == 0 || (got < 0 && errno != EAGAIN)) {
		heard->lost = true;
		close(heard->fd);
	}
}

static int64_t
percentile(unsigned percent)
{
	uint64_t seen = 0, wanted = stamps * percent / 100;

	for (int64_t ms = 0; ms <= LATENESS_MAX_MS; ms++) {
		seen += late_ms[ms];
		if (seen > wanted || seen == stamps)
			return ms;
	}
	return LATENESS_MAX_MS;
}

static void
read_until(int epoll, int64_t until_us)
{
	struct epoll_event events[256];

	while (clock_monotonic_us() < until_us) {
		int count = epoll_wait(epoll, events, 256, 100);

		for (int i = 0; i < count; i++) {
			struct heard *heard = events[i].data.ptr;

			if (!heard->lost)
				listener_read(heard);
		}
	}
}

static void
listen_all(uint16_t port, size_t wanted, int seconds)
{
	static const char ask[] = "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n";
	struct heard *all = mem_new(wanted, sizeof *all);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	size_t lost = 0;

	late_ms = mem_new(LATENESS_MAX_MS + 1, sizeof *late_ms);
	count_from_us = INT64_MAX;
	for (size_t i = 0; i < wanted; i++) {
		struct epoll_event event = { .events = EPOLLIN,
					     .data.ptr = &all[i] };

		all[i].fd = connect_to(port);
		if (send(all[i].fd, ask, sizeof ask - 1, 0) < 0)
			die("send");
		epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
		if (i % 200 == 0)
			read_until(epoll, clock_monotonic_us() + 20000);
	}
	read_until(epoll, clock_monotonic_us() + 3000000);
	puts("begun");
	fflush(stdout);
	count_from_us = clock_monotonic_us();
	read_until(epoll, count_from_us + (int64_t)seconds * 1000000);
	for (size_t i = 0; i < wanted; i++)
		lost += all[i].lost;
	printf("heard %llu %lld %lld %lld %zu\n", (unsigned long long)stamps,
	       (long long)percentile(50), (long long)percentile(99),
	       (long long)percentile(100), lost);
	free(all);
}

static uint32_t
number_of(const char *text)
{
	uint64_t number;

	if (!span_to_u64(span_of(text), &number) || number > UINT32_MAX) {
		fprintf(stderr, "%s is no number\n", text);
		exit(2);
	}
	return (uint32_t)number;
}

int
main(int argc, char **argv)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		serve(number_of(argv[2]));
	else if (argc == 3 && strcmp(argv[1], "feed") == 0)
		feed((uint16_t)number_of(argv[2]));
	else if (argc == 5 && strcmp(argv[1], "listen") == 0)
		listen_all((uint16_t)number_of(argv[2]), number_of(argv[3]),
			   (int)number_of(argv[4]));
	else
		fprintf(stderr, "usage: bench_live serve MS | feed PORT | "
				"listen PORT N SECONDS\n");
	return argc < 3;
}
