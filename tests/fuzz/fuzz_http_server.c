/* fuzz_http_server.c - a whole server: whatever a client sends before it closes
 * its side, the server answers what it can and ends the connection. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http.h"

/* Shorter than any time-out of the server: those hide a forgotten event. */
#define WAIT_MS 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments);

static struct http_server *server;
static int file_fd;

static enum status
swallow(struct http_request *request, const void *bytes, size_t count,
	struct fault *fault)
{
	(void)request;
	if (memchr(bytes, '!', count) != NULL)
		return fault_field(fault, STATUS_INVALID, "body", "a mark");
	return STATUS_OK;
}

static void
on_head(void *cookie, struct http_request *request, struct http_plan *plan)
{
	struct span path = http_request_path(request);

	(void)cookie;
	if (path.length == 0)
		abort();
	plan->body_limit_bytes = 4096;
	if (span_equal(path, SPAN("/u")))
		plan->body_write = swallow;
	else if (span_equal(path, SPAN("/e")))
		http_answer_problem(request, 404, "not_found", "Not there.");
}

static ssize_t
source_read(void *cookie, void *room, size_t room_bytes)
{
	int *left = cookie;

	if (*left == 0)
		return 0;
	--*left;
	memset(room, 'x', room_bytes < 100 ? room_bytes : 100);
	return room_bytes < 100 ? (ssize_t)room_bytes : 100;
}

static void
answer_source(struct http_request *request)
{
	struct http_source source = { .read = source_read,
				      .release = free,
				      .length_bytes = -1,
				      .content_type = "audio/mpeg" };
	int *left = malloc(sizeof *left);

	*left = 3;
	source.cookie = left;
	http_answer_source(request, 200, &source);
}

static void
on_request(void *cookie, struct http_request *request)
{
	struct span path = http_request_path(request);
	struct http_file file = { .size_bytes = 1000,
				  .content_type = "audio/mpeg",
				  .etag = "a",
				  .modified_ms = 1700000000000 };

	(void)cookie;
	if (span_equal(path, SPAN("/f"))) {
		file.fd = dup(file_fd);
		http_answer_file(request, &file);
	} else if (span_equal(path, SPAN("/s"))) {
		answer_source(request);
	} else {
		http_answer_etag(request, "a", false);
		http_answer_bytes(request, 200, "text/plain",
				  http_request_body(request));
	}
}

int
LLVMFuzzerInitialize(int *count, char ***arguments)
{
	static const struct http_settings settings = {
		.host = "127.0.0.1",
		.loops = 1,
		.connections_max = 1000,
		.connections_per_address_max = 1000,
		.head_limit_bytes = 16384,
		.fields_max = 100,
		.head_timeout_ms = 60000,
		.body_timeout_ms = 60000,
		.idle_timeout_ms = 60000,
		.write_timeout_ms = 60000,
		.trusted_proxies = "127.0.0.1",
	};
	const struct http_server_args args = { .settings = &settings,
					       .on_head = on_head,
					       .on_request = on_request };
	struct fault fault;

	(void)count;
	(void)arguments;
	file_fd = memfd_create("file", MFD_CLOEXEC);
	if (ftruncate(file_fd, 1000) != 0 ||
	    http_server_open(&args, &server, &fault) != STATUS_OK)
		abort();
	return 0;
}

/* Reads to the end of the connection. libFuzzer's alarm may interrupt. */
static void
wait_for_end(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char room[65536];
	ssize_t got;

	do {
		int ready = poll(&wait, 1, WAIT_MS);

		if (ready == 0) {
			fputs("the connection hangs\n", stderr);
			abort();
		}
		got = ready == 1 ? recv(fd, room, sizeof room, 0) : -1;
	} while (got > 0 || (got < 0 && errno == EINTR));
}

/* A connect() that libFuzzer's alarm interrupts goes on by itself (POSIX). */
static void
connect_to(int fd, const struct sockaddr_in *address)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int failure = 0;
	socklen_t length = sizeof failure;

	if (connect(fd, (const struct sockaddr *)address, sizeof *address) ==
	    0)
		return;
	failure = errno;
	if (failure == EINTR) {
		while (poll(&wait, 1, WAIT_MS) < 0 && errno == EINTR)
			;
		getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &length);
	}
	if (failure != 0) {
		fprintf(stderr, "connect: %s\n", strerror(failure));
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(http_server_port(server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	connect_to(fd, &address);
	if (size > 0)
		send(fd, data, size, MSG_NOSIGNAL);
	shutdown(fd, SHUT_WR);
	wait_for_end(fd);
	close(fd);
	return 0;
}
