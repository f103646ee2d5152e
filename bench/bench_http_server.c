/* bench_http_server.c - the net floor alone, to be measured beside nginx.
 *
 *	bench_http_server FILE LOOPS
 *
 * Serves FILE at /file and 300 bytes of JSON elsewhere; prints its port and
 * runs until it is ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/http.h"

#define JSON_BYTES 300

static const char *file_path;
static char json[JSON_BYTES];

static void
on_head(void *cookie, struct http_request *request, struct http_plan *plan)
{
	(void)cookie;
	(void)request;
	(void)plan;
}

/* Opens and stats for each request, as a real handler does. */
static void
answer_file(struct http_request *request)
{
	int fd = open(file_path, O_RDONLY | O_CLOEXEC);
	struct stat facts;
	struct http_file file = { .fd = fd,
				  .content_type = "application/octet-stream" };
	char etag[40];

	if (fd < 0 || fstat(fd, &facts) != 0) {
		struct fault fault;

		fault_errno(&fault, errno, "cannot open the file");
		http_answer_fault(request, &fault);
		return;
	}
	file.size_bytes = (uint64_t)facts.st_size;
	file.modified_ms = (int64_t)facts.st_mtim.tv_sec * 1000;
	snprintf(etag, sizeof etag, "%llx-%llx",
		 (unsigned long long)facts.st_mtim.tv_sec,
		 (unsigned long long)facts.st_size);
	file.etag = etag;
	http_answer_file(request, &file);
}

static void
on_request(void *cookie, struct http_request *request)
{
	(void)cookie;
	if (span_equal(http_request_path(request), SPAN("/file")))
		answer_file(request);
	else
		http_answer_bytes(request, 200, "application/json",
				  (struct span){ json, sizeof json });
}

int
main(int count, char **arguments)
{
	struct http_settings settings = {
		.host = "127.0.0.1",
		.loops = 1,
		.connections_max = 10000,
		.connections_per_address_max = 10000,
		.head_limit_bytes = 16384,
		.fields_max = 100,
		.head_timeout_ms = 10000,
		.body_timeout_ms = 10000,
		.idle_timeout_ms = 60000,
		.write_timeout_ms = 10000,
		.trusted_proxies = "",
	};
	struct http_server_args args = { .settings = &settings,
					 .on_head = on_head,
					 .on_request = on_request };
	struct http_server *server;
	struct fault fault;

	if (count != 3) {
		fputs("usage: bench_http_server FILE LOOPS\n", stderr);
		return 2;
	}
	file_path = arguments[1];
	settings.loops = (uint32_t)strtoul(arguments[2], NULL, 10);
	memset(json, 'x', sizeof json);
	memcpy(json, "{\"text\":\"", 9);
	memcpy(json + sizeof json - 2, "\"}", 2);
	if (http_server_open(&args, &server, &fault) != STATUS_OK) {
		fprintf(stderr, "%s\n", fault.message);
		return 1;
	}
	printf("%u\n", http_server_port(server));
	fflush(stdout);
	pause();
	return 0;
}
