/* test_http_server.c - the HTTP server over real sockets: what is served, what
 * is refused, and how it behaves with slow, vanishing and hostile clients. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/worker.h"
#include "net/http.h"
#include "tests/support/http_client.h"
#include "tests/support/loopback.h"

#define FILE_BYTES 100000

/* ---- a small application ------------------------------------------------ */

struct app {
	struct http_server *server;
	struct worker_pool *pool;
	int file_fd;
	uint64_t file_bytes;
	atomic_uint heads, requests, done, last_status, gone_seen;
	_Atomic uint64_t body_bytes, sent_bytes;
	atomic_uint released;
	pthread_mutex_t lock;      /* of the source below */
	struct http_request *live; /* of the running live source */
	uint32_t live_pieces;      /* it may give so many */
	bool live_over;
};

static struct app app;

static bool
path_is(const struct http_request *request, const char *path)
{
	return span_equal(http_request_path(request), span_of(path));
}

static enum status
count_body(struct http_request *request, const void *bytes, size_t count,
	   struct fault *fault)
{
	(void)request;
	(void)bytes;
	atomic_fetch_add(&app.body_bytes, count);
	if (path_is(request, "/upload-full"))
		return fault_set(fault, STATUS_FULL, "the disk is full");
	return STATUS_OK;
}

static void
resume_job(void *cookie)
{
	http_body_resume(cookie);
}

static enum status
count_body_on_worker(struct http_request *request, const void *bytes,
		     size_t count, struct fault *fault)
{
	(void)fault;
	(void)bytes;
	atomic_fetch_add(&app.body_bytes, count);
	http_body_pause(request);
	worker_pool_submit(app.pool, resume_job, request);
	return STATUS_OK;
}

static void
refuse_job(void *cookie)
{
	http_answer_problem(cookie, 409, "conflict", "Not this.");
}

static enum status
refuse_body_on_worker(struct http_request *request, const void *bytes,
		      size_t count, struct fault *fault)
{
	(void)fault;
	(void)bytes;
	atomic_fetch_add(&app.body_bytes, count);
	http_body_pause(request);
	worker_pool_submit(app.pool, refuse_job, request);
	return STATUS_OK;
}

static void
on_head(void *cookie, struct http_request *request, struct http_plan *plan)
{
	(void)cookie;
	atomic_fetch_add(&app.heads, 1);
	if (path_is(request, "/early"))
		http_answer_problem(request, 401, "unauthenticated",
				    "Sign in first.");
	else if (path_is(request, "/echo"))
		plan->body_limit_bytes = 1 << 20;
	else if (path_is(request, "/upload") ||
		 path_is(request, "/upload-full")) {
		plan->body_limit_bytes = (uint64_t)4 << 30;
		plan->body_write = count_body;
	} else if (path_is(request, "/upload-worker")) {
		plan->body_limit_bytes = (uint64_t)4 << 30;
		plan->body_write = count_body_on_worker;
	} else if (path_is(request, "/upload-refused")) {
		plan->body_limit_bytes = (uint64_t)4 << 30;
		plan->body_write = refuse_body_on_worker;
	}
}

static void
answer_from_worker(void *cookie)
{
	struct http_request *request = cookie;

	http_answer_bytes(request, 200, "text/plain", SPAN("from a worker"));
}

static void
answer_when_gone(void *cookie)
{
	struct http_request *request = cookie;

	for (int i = 0; i < 500 && !http_request_gone(request); i++)
		usleep(10000);
	atomic_store(&app.gone_seen, http_request_gone(request));
	http_answer_bytes(request, 200, "text/plain", SPAN("too late"));
}

struct counting_source {
	int left;
};

static ssize_t
counting_read(void *cookie, void *room, size_t room_bytes)
{
	struct counting_source *source = cookie;

	if (source->left < 0)
		return HTTP_SOURCE_FAILED;
	if (source->left == 0)
		return 0;
	if (--source->left == 0 && room_bytes > 1000)
		room_bytes = 1000;
	memset(room, 'x', room_bytes);
	return (ssize_t)room_bytes;
}

static void
counting_release(void *cookie)
{
	atomic_fetch_add(&app.released, 1);
	free(cookie);
}

static void
answer_counting(struct http_request *request, int pieces, int64_t length)
{
	struct counting_source *counting = malloc(sizeof *counting);
	struct http_source source = { .read = counting_read,
				      .release = counting_release,
				      .cookie = counting,
				      .length_bytes = length,
				      .content_type = "audio/mpeg" };

	counting->left = pieces;
	http_answer_source(request, 200, &source);
}

static ssize_t
live_read(void *cookie, void *room, size_t room_bytes)
{
	ssize_t result = HTTP_SOURCE_WAIT;

	(void)cookie;
	(void)room_bytes;
	pthread_mutex_lock(&app.lock);
	if (app.live_pieces > 0) {
		app.live_pieces--;
		memcpy(room, "piece.", 6);
		result = 6;
	} else if (app.live_over) {
		result = 0;
	}
	pthread_mutex_unlock(&app.lock);
	return result;
}

static void
live_release(void *cookie)
{
	(void)cookie;
	pthread_mutex_lock(&app.lock);
	app.live = NULL;
	pthread_mutex_unlock(&app.lock);
	atomic_fetch_add(&app.released, 1);
}

static void
answer_live(struct http_request *request)
{
	static const struct http_source source = { .read = live_read,
						   .release = live_release,
						   .length_bytes = -1,
						   .content_type =
							   "audio/mpeg" };

	pthread_mutex_lock(&app.lock);
	app.live = request;
	pthread_mutex_unlock(&app.lock);
	http_answer_source(request, 200, &source);
}

static void
live_give(uint32_t pieces, bool over)
{
	pthread_mutex_lock(&app.lock);
	app.live_pieces += pieces;
	app.live_over = over;
	if (app.live != NULL)
		http_source_wake(app.live);
	pthread_mutex_unlock(&app.lock);
}

static void
answer_file(struct http_request *request)
{
	struct http_file file = { .fd = dup(app.file_fd),
				  .size_bytes = app.file_bytes,
				  .content_type = "audio/flac",
				  .etag = "tag-1",
				  .modified_ms = 1700000000000 };

	http_answer_field(request, "Cache-Control", "max-age=60");
	http_answer_file(request, &file);
}

static void
answer_text(struct http_request *request, bool with_etag)
{
	struct buffer body;

	buffer_init(&body, 0);
	for (int i = 0; i < 400; i++)
		buffer_print(&body, "line %d of a text\n", i);
	if (with_etag)
		http_answer_etag(request, "v1", false);
	http_answer_buffer(request, 200, "text/plain; charset=utf-8", &body);
	buffer_release(&body);
}

static void
on_request(void *cookie, struct http_request *request)
{
	struct span path = http_request_path(request);

	(void)cookie;
	atomic_fetch_add(&app.requests, 1);
	if (path_is(request, "/echo"))
		http_answer_bytes(request, 200, "application/octet-stream",
				  http_request_body(request));
	else if (path_is(request, "/worker"))
		worker_pool_submit(app.pool, answer_from_worker, request);
	else if (path_is(request, "/when-gone"))
		worker_pool_submit(app.pool, answer_when_gone, request);
	else if (path_is(request, "/file"))
		answer_file(request);
	else if (path_is(request, "/text"))
		answer_text(request, false);
	else if (path_is(request, "/tagged"))
		answer_text(request, true);
	else if (path_is(request, "/chunks"))
		answer_counting(request, 20, -1);
	else if (path_is(request, "/endless"))
		answer_counting(request, 1 << 30, -1);
	else if (path_is(request, "/short"))
		answer_counting(request, 1, 5000);
	else if (path_is(request, "/failing"))
		answer_counting(request, -1, -1);
	else if (path_is(request, "/live"))
		answer_live(request);
	else if (path_is(request, "/empty"))
		http_answer_empty(request, 204);
	else if (path_is(request, "/two-ms")) {
		usleep(2000);
		http_answer_empty(request, 200);
	} else if (path_is(request, "/address"))
		http_answer_bytes(request, 200, "text/plain",
				  span_of(http_request_address(request)));
	else
		http_answer_bytes(request, 200, "text/plain", path);
}

static void
on_done(void *cookie, struct http_request *request, unsigned status,
	uint64_t sent_bytes, int64_t took_us)
{
	(void)cookie;
	(void)request;
	(void)took_us;
	atomic_store(&app.last_status, status);
	atomic_store(&app.sent_bytes, sent_bytes);
	atomic_fetch_add(&app.done, 1);
}

/* ---- setting up --------------------------------------------------------- */

/* NULL: the settings of loopback.h. */
static uint16_t
app_open(const struct http_settings *settings)
{
	struct worker_pool_args pool_args = { .name = "test",
					      .threads = 2,
					      .queue_max = 1000 };
	struct http_server_args args = { .settings = settings,
					 .on_head = on_head,
					 .on_request = on_request,
					 .on_done = on_done };
	struct fault fault = { 0 };

	memset(&app, 0, sizeof app);
	app.file_fd = -1;
	pthread_mutex_init(&app.lock, NULL);
	assert_int_equal(worker_pool_open(&pool_args, &app.pool, &fault),
			 STATUS_OK);
	app.server = loopback_open(&args);
	return http_server_port(app.server);
}

static void
app_close(void)
{
	http_server_close(app.server, 2000);
	worker_pool_close(app.pool);
	if (app.file_fd >= 0)
		close(app.file_fd);
	/* Every request that began was reported. */
	assert_true(atomic_load(&app.done) >= atomic_load(&app.requests));
}

static void
file_make(uint64_t size)
{
	char block[1000];

	app.file_fd = memfd_create("file", MFD_CLOEXEC);
	app.file_bytes = size;
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = (char)(i * 7 % 251);
	for (uint64_t at = 0; at < FILE_BYTES && at < size; at += sizeof block)
		assert_int_equal(pwrite(app.file_fd, block, sizeof block,
					(off_t)at),
				 sizeof block);
	assert_int_equal(ftruncate(app.file_fd, (off_t)size), 0);
}

static char
file_byte(uint64_t at)
{
	return (char)(at % 1000 * 7 % 251);
}

#define HOST "Host: test\r\n"

/* ---- ordinary service --------------------------------------------------- */

static void
a_get_is_answered_with_length_date_and_id(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;

	(void)state;
	client_ask(port, "GET /hello?x=1 HTTP/1.1\r\n" HOST "\r\n", &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "/hello");
	assert_string_equal(client_field(&answer, "Content-Length"), "6");
	assert_non_null(client_field(&answer, "Date"));
	assert_int_equal(strlen(client_field(&answer, "X-Request-Id")), 16);
	assert_null(client_field(&answer, "Connection"));
	client_answer_free(&answer);
	app_close();
	assert_int_equal(app.last_status, 200);
	assert_int_equal(app.sent_bytes, 6);
}

static void
a_connection_serves_many_requests_and_an_own_request_id_comes_back(
	void **state)
{
	uint16_t port = app_open(NULL);
	int fd = client_connect(port);

	(void)state;
	for (int i = 0; i < 50; i++) {
		struct client_answer answer;

		client_send_text(fd, "GET /a HTTP/1.1\r\n" HOST
				     "X-Request-Id: abc-1\r\n\r\n");
		client_read(fd, false, &answer);
		assert_int_equal(answer.status, 200);
		assert_string_equal(client_field(&answer, "X-Request-Id"),
				    "abc-1");
		client_answer_free(&answer);
	}
	close(fd);
	app_close();
}

static void
pipelined_requests_are_answered_in_order(void **state)
{
	uint16_t port = app_open(NULL);
	int fd = client_connect(port);
	struct buffer all;
	char want[16];

	(void)state;
	buffer_init(&all, 0);
	/* Slow and quick ones mixed: order is kept all the same. */
	for (int i = 0; i < 200; i++) {
		if (i % 3 == 0)
			buffer_add_text(&all,
					"GET /worker HTTP/1.1\r\n" HOST "\r\n");
		else
			buffer_print(&all,
				     "POST /echo HTTP/1.1\r\n" HOST
				     "Content-Length: 3\r\n\r\n%03d",
				     i);
	}
	client_send(fd, all.bytes, all.length);
	for (int i = 0; i < 200; i++) {
		struct client_answer answer;

		snprintf(want, sizeof want,
			 i % 3 == 0 ? "from a worker" : "%03d", i);
		client_read(fd, false, &answer);
		assert_int_equal(answer.status, 200);
		assert_string_equal(answer.body, want);
		client_answer_free(&answer);
	}
	buffer_release(&all);
	close(fd);
	app_close();
}

static void
a_request_that_comes_byte_by_byte_is_served(void **state)
{
	static const char request[] = "\r\nPOST /echo HTTP/1.1\r\n" HOST
				      "Transfer-Encoding: chunked\r\n\r\n"
				      "3;name=value\r\nabc\r\n1\r\nd\r\n0\r\n"
				      "Trailer: dropped\r\n\r\n";
	uint16_t port = app_open(NULL);
	int fd = client_connect(port);
	struct client_answer answer;

	(void)state;
	for (size_t i = 0; i < sizeof request - 1; i++) {
		client_send(fd, request + i, 1);
		usleep(500);
	}
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "abcd");
	client_answer_free(&answer);
	client_send_text(fd, "GET /next HTTP/1.1\r\n" HOST "\r\n");
	client_read(fd, false, &answer);
	assert_string_equal(answer.body, "/next");
	client_answer_free(&answer);
	close(fd);
	app_close();
}

/* ---- the regression list of hostile and odd requests -------------------- */

struct odd_request {
	const char *name;
	const char *bytes;
	size_t length; /* 0: a text */
	unsigned status;
};

#define GET_ROOT "GET / HTTP/1.1\r\n"
#define CASE(name, bytes, status) { name, bytes, sizeof(bytes) - 1, status }

static const struct odd_request odd_requests[] = {
	CASE("no Host", GET_ROOT "\r\n", 400),
	CASE("two Hosts", GET_ROOT "Host: a\r\nHost: b\r\n\r\n", 400),
	CASE("a Host that is no authority", GET_ROOT "Host: a b\r\n\r\n", 400),
	CASE("a Host with userinfo", GET_ROOT "Host: u@a\r\n\r\n", 400),
	CASE("Content-Length with Transfer-Encoding",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
	     "0\r\n\r\n",
	     400),
	CASE("Transfer-Encoding with Content-Length",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
	     "0\r\n\r\n",
	     400),
	CASE("two different Content-Lengths",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
	     400),
	CASE("the same Content-Length twice",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
	     400),
	CASE("a list as Content-Length",
	     "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 5, 5\r\n\r\nhello",
	     400),
	CASE("Content-Length +5",
	     "POST /echo HTTP/1.1\r\n" HOST "Content-Length: +5\r\n\r\nhello",
	     400),
	CASE("Content-Length -1",
	     "POST /echo HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n", 400),
	CASE("Content-Length 2^64",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Content-Length: 18446744073709551616\r\n\r\n",
	     400),
	CASE("an empty Content-Length",
	     "POST /echo HTTP/1.1\r\n" HOST "Content-Length: \r\n\r\n", 400),
	CASE("Content-Length in hex",
	     "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0x5\r\n\r\nhello",
	     400),
	CASE("bare LF between lines", "GET / HTTP/1.1\nHost: a\n\n", 400),
	CASE("bare LF after one field",
	     GET_ROOT HOST "A: b\nC: d\r\n\r\n", 400),
	CASE("bare CR in a value", GET_ROOT HOST "A: b\rc\r\n\r\n", 400),
	CASE("CR CR LF", GET_ROOT HOST "A: b\r\r\n\r\n", 400),
	CASE("NUL in a value", GET_ROOT HOST "A: b\0c\r\n\r\n", 400),
	CASE("a control character in a value", GET_ROOT HOST "A: \001\r\n\r\n",
	     400),
	CASE("a control character in a name", GET_ROOT HOST "A\001: b\r\n\r\n",
	     400),
	CASE("obs-fold", GET_ROOT HOST "A: b\r\n c\r\n\r\n", 400),
	CASE("obs-fold of the first field", GET_ROOT " Host: a\r\n\r\n", 400),
	CASE("space before the colon", GET_ROOT HOST "A : b\r\n\r\n", 400),
	CASE("no colon", GET_ROOT HOST "A\r\n\r\n", 400),
	CASE("an empty name", GET_ROOT HOST ": b\r\n\r\n", 400),
	CASE("unknown transfer coding",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
	     501),
	CASE("gzip, chunked",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	     501),
	CASE("two Transfer-Encodings",
	     "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
	     "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n",
	     400),
	CASE("Transfer-Encoding with a vertical tab",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding:\vchunked\r\n\r\n0\r\n\r\n",
	     400),
	CASE("chunked in HTTP/1.0",
	     "POST /echo HTTP/1.0\r\n" HOST
	     "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	     400),
	CASE("chunk size overflow",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: chunked\r\n\r\n"
	     "fffffffffffffffff\r\nabc\r\n0\r\n\r\n",
	     400),
	CASE("chunk line with bare LF",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n",
	     400),
	CASE("chunk size with 0x",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
	     400),
	CASE("chunk longer than its size",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
	     400),
	CASE("two spaces after the method", "GET  / HTTP/1.1\r\n" HOST "\r\n",
	     400),
	CASE("a tab in the request line", "GET\t/ HTTP/1.1\r\n" HOST "\r\n",
	     400),
	CASE("a space in the target", "GET /a b HTTP/1.1\r\n" HOST "\r\n",
	     400),
	CASE("a fragment in the target", "GET /a#b HTTP/1.1\r\n" HOST "\r\n",
	     400),
	CASE("a raw UTF-8 target", "GET /\xd0\xb0 HTTP/1.1\r\n" HOST "\r\n",
	     400),
	CASE("a target that is no path", "GET index HTTP/1.1\r\n" HOST "\r\n",
	     400),
	CASE("* for GET", "GET * HTTP/1.1\r\n" HOST "\r\n", 400),
	CASE("an absolute target with userinfo",
	     "GET http://u@a/b HTTP/1.1\r\n" HOST "\r\n", 400),
	CASE("an absolute target of another scheme",
	     "GET ftp://a/b HTTP/1.1\r\n" HOST "\r\n", 400),
	CASE("HTTP/9.9", "GET / HTTP/9.9\r\n" HOST "\r\n", 505),
	CASE("HTTP/2.0", "GET / HTTP/2.0\r\n" HOST "\r\n", 505),
	CASE("HTTP/1.2", "GET / HTTP/1.2\r\n" HOST "\r\n", 505),
	CASE("a version in lower case", "GET / http/1.1\r\n" HOST "\r\n", 400),
	CASE("no version", "GET /\r\n\r\n", 400),
	CASE("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
	CASE("CONNECT", "CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n", 501),
	CASE("an unknown method", "BREW / HTTP/1.1\r\n" HOST "\r\n", 501),
	CASE("an unknown expectation",
	     "POST /echo HTTP/1.1\r\n" HOST
	     "Expect: miracles\r\nContent-Length: 1\r\n\r\na",
	     417),
	CASE("a TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\n", 400),
};

static void
hostile_requests_are_refused_and_the_connection_closed(void **state)
{
	uint16_t port = app_open(NULL);
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(odd_requests); i++) {
		const struct odd_request *odd = &odd_requests[i];
		int fd = client_connect(port);
		struct client_answer answer;

		client_send(fd, odd->bytes, odd->length);
		/* What a smuggler would want to be served. */
		client_send_text(fd, "GET /smuggled HTTP/1.1\r\n" HOST "\r\n");
		client_read(fd, false, &answer);
		if (answer.status != odd->status || !client_sees_end(fd) ||
		    strstr(answer.body, "\"request_id\":") == NULL) {
			print_error("%s: %u %s\n", odd->name, answer.status,
				    answer.body);
			wrong++;
		}
		client_answer_free(&answer);
		close(fd);
	}
	assert_int_equal(wrong, 0);
	app_close();
}

static void
heads_that_are_too_large_are_refused_as_soon_as_that_is_known(void **state)
{
	uint16_t port = app_open(NULL);
	struct buffer text;

	(void)state;
	buffer_init(&text, 0);
	buffer_add_text(&text, "GET /");
	while (text.length < 20000)
		buffer_add_char(&text, 'a');
	assert_int_equal(client_status(port, text.bytes), 414);
	text.bytes[8300] = '\0';
	assert_int_equal(client_status(port, text.bytes), 414);

	buffer_clear(&text);
	buffer_add_text(&text, GET_ROOT HOST "A: ");
	while (text.length < 100000)
		buffer_add_char(&text, 'a');
	assert_int_equal(client_status(port, text.bytes), 431);

	buffer_clear(&text);
	buffer_add_text(&text, GET_ROOT HOST);
	for (int i = 0; i < 200; i++)
		buffer_add_text(&text, "A: b\r\n");
	buffer_add_text(&text, "\r\n");
	assert_int_equal(client_status(port, text.bytes), 431);
	buffer_release(&text);
	app_close();
}

static void
odd_requests_that_are_right_are_served(void **state)
{
	static const struct odd_request right[] = {
		CASE("an absolute target",
		     "GET http://other:80/a?b HTTP/1.1\r\n" HOST "\r\n", 200),
		CASE("an absolute target without a path",
		     "GET http://other HTTP/1.1\r\n" HOST "\r\n", 200),
		CASE("an IPv6 Host", GET_ROOT "Host: [::1]:8080\r\n\r\n", 200),
		CASE("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 200),
		CASE("a method others have", "PROPFIND / HTTP/1.1\r\n" HOST
					     "\r\n",
		     200),
		CASE("empty lines before", "\r\n\r\n" GET_ROOT HOST "\r\n",
		     200),
		CASE("a value in Latin-1", GET_ROOT HOST "A: \xe9\r\n\r\n",
		     200),
		CASE("an upgrade nobody does",
		     GET_ROOT HOST "Connection: Upgrade\r\n"
				   "Upgrade: websocket\r\n\r\n",
		     200),
		CASE("an upgrade with a body",
		     "POST /echo HTTP/1.1\r\n" HOST
		     "Connection: Upgrade\r\nUpgrade: h2c\r\n"
		     "Content-Length: 2\r\n\r\nhi",
		     200),
		CASE("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", 200),
		CASE("CHUNKED", "POST /echo HTTP/1.1\r\n" HOST
				"Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n",
		     200),
	};
	uint16_t port = app_open(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(right); i++) {
		unsigned status = client_status(port, right[i].bytes);

		if (status != right[i].status)
			fail_msg("%s: %u", right[i].name, status);
	}
	app_close();
}

/* ---- connections that end ----------------------------------------------- */

static void
http_1_0_closes_unless_it_asks_to_keep_alive(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
	client_read(fd, false, &answer);
	assert_string_equal(client_field(&answer, "Connection"), "keep-alive");
	client_answer_free(&answer);
	client_send_text(fd, "GET /a HTTP/1.0\r\n\r\n");
	client_read(fd, false, &answer);
	assert_string_equal(client_field(&answer, "Connection"), "close");
	assert_true(client_sees_end(fd));
	client_answer_free(&answer);
	close(fd);

	/* No chunks for HTTP/1.0: the body ends with the connection. */
	client_ask(port, "GET /chunks HTTP/1.0\r\n\r\n", &answer);
	assert_null(client_field(&answer, "Transfer-Encoding"));
	assert_int_equal(answer.body_length, 19 * 32768 + 1000);
	client_answer_free(&answer);
	app_close();
}

static void
connection_close_is_obeyed(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, GET_ROOT HOST "Connection: x, Close\r\n\r\n"
					   GET_ROOT HOST "\r\n");
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	assert_true(client_sees_end(fd));
	client_answer_free(&answer);
	close(fd);
	app_close();
	assert_int_equal(app.requests, 1);
}

static void
head_gets_the_fields_without_the_body(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "HEAD /abc HTTP/1.1\r\n" HOST "\r\n"
			     "HEAD /chunks HTTP/1.1\r\n" HOST "\r\n"
			     "GET /empty HTTP/1.1\r\n" HOST "\r\n"
			     "GET /last HTTP/1.1\r\n" HOST "\r\n");
	client_read(fd, true, &answer);
	assert_string_equal(client_field(&answer, "Content-Length"), "4");
	client_answer_free(&answer);
	client_read(fd, true, &answer);
	assert_string_equal(client_field(&answer, "Transfer-Encoding"),
			    "chunked");
	client_answer_free(&answer);
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 204);
	assert_null(client_field(&answer, "Content-Length"));
	client_answer_free(&answer);
	client_read(fd, false, &answer);
	assert_string_equal(answer.body, "/last");
	client_answer_free(&answer);
	close(fd);
	app_close();
}

/* ---- bodies ------------------------------------------------------------- */

static void
a_body_over_the_limit_is_refused_before_it_is_read(void **state)
{
	uint16_t port = app_open(NULL);

	(void)state;
	assert_int_equal(client_status(port, "POST /echo HTTP/1.1\r\n" HOST
					     "Content-Length: 1048577\r\n\r\n"),
			 413);
	/* No body is wanted here at all. */
	assert_int_equal(client_status(port, "POST /a HTTP/1.1\r\n" HOST
					     "Content-Length: 1\r\n\r\nx"),
			 413);
	assert_int_equal(client_status(port,
				       "POST /a HTTP/1.1\r\n" HOST
				       "Transfer-Encoding: chunked\r\n\r\n"
				       "1\r\nx\r\n0\r\n\r\n"),
			 413);
	app_close();
	assert_int_equal(app.requests, 0);
}

static void
endless_chunk_extensions_and_trailers_are_refused(void **state)
{
	uint16_t port = app_open(NULL);
	struct buffer text;

	(void)state;
	buffer_init(&text, 0);
	buffer_add_text(&text, "POST /echo HTTP/1.1\r\n" HOST
			       "Transfer-Encoding: chunked\r\n\r\n1;a=");
	while (text.length < 100000)
		buffer_add_char(&text, 'b');
	assert_int_equal(client_status(port, text.bytes), 400);

	buffer_clear(&text);
	buffer_add_text(&text, "POST /echo HTTP/1.1\r\n" HOST
			       "Transfer-Encoding: chunked\r\n\r\n0\r\n");
	while (text.length < 100000)
		buffer_add_text(&text, "Trailer: more\r\n");
	assert_int_equal(client_status(port, text.bytes), 400);
	buffer_release(&text);
	app_close();
}

static void
a_client_that_expects_100_is_told_to_go_on(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "POST /echo HTTP/1.1\r\n" HOST
			     "Expect: 100-Continue\r\n"
			     "Content-Length: 5\r\n\r\n");
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 100);
	client_answer_free(&answer);
	client_send_text(fd, "hello");
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.body, "hello");
	client_answer_free(&answer);
	close(fd);

	/* Not when the body is not wanted. */
	assert_int_equal(client_status(port, "POST /echo HTTP/1.1\r\n" HOST
					     "Expect: 100-continue\r\n"
					     "Content-Length: 9999999\r\n\r\n"),
			 413);
	assert_int_equal(client_status(port, "POST /early HTTP/1.1\r\n" HOST
					     "Expect: 100-continue\r\n"
					     "Content-Length: 5\r\n\r\n"),
			 401);
	/* And HTTP/1.0 cannot wait for one. */
	client_ask(port,
		   "POST /echo HTTP/1.0\r\nExpect: 100-continue\r\n"
		   "Content-Length: 2\r\n\r\nhi",
		   &answer);
	assert_int_equal(answer.status, 200);
	client_answer_free(&answer);
	app_close();
}

static void
an_answer_from_the_head_skips_a_short_body_and_closes_after_a_long_one(
	void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "POST /early HTTP/1.1\r\n" HOST
			     "Content-Length: 5\r\n\r\nhello"
			     "GET /next HTTP/1.1\r\n" HOST "\r\n");
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 401);
	client_answer_free(&answer);
	client_read(fd, false, &answer);
	assert_string_equal(answer.body, "/next");
	client_answer_free(&answer);

	client_send_text(fd, "POST /early HTTP/1.1\r\n" HOST
			     "Content-Length: 50000000\r\n\r\n");
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 401);
	assert_string_equal(client_field(&answer, "Connection"), "close");
	assert_true(client_sees_end(fd));
	client_answer_free(&answer);
	close(fd);
	app_close();
}

static uint64_t
resident_bytes(void)
{
	unsigned long long pages = 0, resident = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu %llu", &pages, &resident), 2);
	fclose(file);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
upload(uint16_t port, const char *path, uint64_t bytes)
{
	static char block[1 << 20];
	struct client_answer answer;
	int fd = client_connect(port);
	char head[200];

	snprintf(head, sizeof head,
		 "POST %s HTTP/1.1\r\n" HOST "Content-Length: %llu\r\n\r\n",
		 path, (unsigned long long)bytes);
	client_send_text(fd, head);
	for (uint64_t sent = 0; sent < bytes; sent += sizeof block)
		client_send(fd, block, sizeof block);
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	client_answer_free(&answer);
	close(fd);
}

static void
an_upload_of_2_gib_needs_no_more_memory_than_a_small_one(void **state)
{
	uint16_t port = app_open(NULL);
	const uint64_t size = (uint64_t)2 << 30;
	uint64_t before;

	(void)state;
	upload(port, "/upload", 1 << 20);
	before = resident_bytes();
	upload(port, "/upload", size);
	assert_int_equal(app.body_bytes, size + (1 << 20));
	assert_in_range(resident_bytes(), 0, before + (4 << 20));
	app_close();
}

static void
an_upload_waits_for_the_worker_that_writes_it(void **state)
{
	uint16_t port = app_open(NULL);

	(void)state;
	upload(port, "/upload-worker", 20 << 20);
	assert_int_equal(app.body_bytes, 20 << 20);
	app_close();
}

static void
an_upload_that_cannot_be_stored_is_answered_in_the_middle(void **state)
{
	static char block[200000];
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "POST /upload-full HTTP/1.1\r\n" HOST
			     "Content-Length: 10000000\r\n\r\n");
	client_send(fd, block, sizeof block);
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 507);
	assert_non_null(strstr(answer.body, "\"error\":\"full\""));
	assert_non_null(strstr(answer.body, "the disk is full"));
	client_answer_free(&answer);
	close(fd);
	app_close();
	assert_int_equal(app.requests, 0);
}

/* Whole bodies too: the worker's answer comes when nothing is left to read. */
static void
a_worker_that_refuses_a_piece_answers_and_nothing_more_is_read(void **state)
{
	static char block[200000];
	uint16_t port = app_open(NULL);

	(void)state;
	for (int round = 0; round < 3; round++) {
		struct client_answer answer;
		int fd = client_connect(port);

		app.body_bytes = 0;
		client_send_text(fd, round == 2 ?
				     "POST /upload-refused HTTP/1.1\r\n" HOST
				     "Content-Length: 100\r\n\r\n" :
				     "POST /upload-refused HTTP/1.1\r\n" HOST
				     "Content-Length: 10000000\r\n\r\n");
		client_send(fd, block, round == 2 ? 100 : sizeof block);
		client_read(fd, false, &answer);
		assert_int_equal(answer.status, 409);
		assert_string_equal(client_field(&answer, "Connection"),
				    "close");
		client_answer_free(&answer);
		assert_in_range(app.body_bytes, 1, 65536);
		/* One that sends on is heard out, another may go away. */
		if (round == 0)
			client_send(fd, block, sizeof block);
		close(fd);
	}
	app_close();
	assert_int_equal(app.requests, 0);
	assert_int_equal(app.done, 3);
}

/* ---- files -------------------------------------------------------------- */

static void
ask_file(uint16_t port, const char *method, const char *fields,
	 struct client_answer *answer)
{
	char request[2000];

	snprintf(request, sizeof request, "%s /file HTTP/1.1\r\n" HOST "%s\r\n",
		 method, fields);
	client_ask(port, request, answer);
}

static void
assert_file_bytes(const char *bytes, uint64_t first, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (bytes[i] != file_byte(first + i))
			fail_msg("byte %llu differs",
				 (unsigned long long)(first + i));
	}
}

static void
a_whole_file_comes_with_its_validators(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;

	(void)state;
	file_make(FILE_BYTES);
	ask_file(port, "GET", "", &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.body_length, FILE_BYTES);
	assert_file_bytes(answer.body, 0, FILE_BYTES);
	assert_string_equal(client_field(&answer, "ETag"), "\"tag-1\"");
	assert_string_equal(client_field(&answer, "Last-Modified"),
			    "Tue, 14 Nov 2023 22:13:20 GMT");
	assert_string_equal(client_field(&answer, "Accept-Ranges"), "bytes");
	assert_string_equal(client_field(&answer, "Content-Type"),
			    "audio/flac");
	client_answer_free(&answer);
	ask_file(port, "HEAD", "Range: bytes=0-9\r\n", &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(client_field(&answer, "Content-Length"), "100000");
	client_answer_free(&answer);
	app_close();
}

static void
one_range_of_a_file_is_a_206_with_just_that(void **state)
{
	static const struct {
		const char *range, *content_range;
		uint64_t first;
		size_t length;
	} cases[] = {
		{ "bytes=0-0", "bytes 0-0/100000", 0, 1 },
		{ "bytes=10-1009", "bytes 10-1009/100000", 10, 1000 },
		{ "bytes=99990-", "bytes 99990-99999/100000", 99990, 10 },
		{ "bytes=-5", "bytes 99995-99999/100000", 99995, 5 },
		{ "bytes=99000-999999", "bytes 99000-99999/100000", 99000,
		  1000 },
		{ "bytes=5-9, 10-19", "bytes 5-19/100000", 5, 15 },
	};
	uint16_t port = app_open(NULL);

	(void)state;
	file_make(FILE_BYTES);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct client_answer answer;
		char field[100];

		snprintf(field, sizeof field, "Range: %s\r\n", cases[i].range);
		ask_file(port, "GET", field, &answer);
		assert_int_equal(answer.status, 206);
		assert_string_equal(client_field(&answer, "Content-Range"),
				    cases[i].content_range);
		assert_int_equal(answer.body_length, cases[i].length);
		assert_file_bytes(answer.body, cases[i].first,
				  cases[i].length);
		client_answer_free(&answer);
	}
	app_close();
}

static void
several_ranges_come_as_parts_of_one_answer(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	char boundary[100], want[600];
	int length;

	(void)state;
	file_make(FILE_BYTES);
	ask_file(port, "GET", "Range: bytes=50-52,-2, 0-1\r\n", &answer);
	assert_int_equal(answer.status, 206);
	assert_null(client_field(&answer, "Content-Range"));
	assert_int_equal(sscanf(client_field(&answer, "Content-Type"),
				"multipart/byteranges; boundary=%99s",
				boundary),
			 1);
	length = snprintf(
		want, sizeof want,
		"--%s\r\nContent-Type: audio/flac\r\n"
		"Content-Range: bytes 50-52/100000\r\n\r\n%c%c%c\r\n"
		"--%s\r\nContent-Type: audio/flac\r\n"
		"Content-Range: bytes 99998-99999/100000\r\n\r\n%c%c\r\n"
		"--%s\r\nContent-Type: audio/flac\r\n"
		"Content-Range: bytes 0-1/100000\r\n\r\n%c%c\r\n"
		"--%s--\r\n",
		boundary, file_byte(50), file_byte(51), file_byte(52),
		boundary, file_byte(99998), file_byte(99999), boundary,
		file_byte(0), file_byte(1), boundary);
	assert_int_equal(answer.body_length, length);
	assert_memory_equal(answer.body, want, answer.body_length);
	client_answer_free(&answer);
	app_close();
}

static void
conditions_and_ranges_outside_get_their_own_answers(void **state)
{
	static const struct {
		const char *method, *fields;
		unsigned status;
	} cases[] = {
		{ "GET", "Range: bytes=100000-\r\n", 416 },
		{ "GET", "Range: bytes=-0\r\n", 416 },
		{ "GET", "Range: bytes=9-1\r\n", 200 },
		{ "GET", "Range: lines=1-2\r\n", 200 },
		{ "GET", "If-None-Match: \"tag-1\"\r\n", 304 },
		{ "HEAD", "If-None-Match: W/\"tag-1\"\r\n", 304 },
		{ "GET", "If-None-Match: \"x\", \"tag-1\"\r\n", 304 },
		{ "GET", "If-None-Match: \"x\"\r\n"
			 "If-None-Match: \"tag-1\"\r\n",
		  304 },
		{ "GET", "If-None-Match: *\r\n", 304 },
		{ "GET", "If-None-Match: \"x\"\r\n", 200 },
		{ "GET", "If-Match: \"x\"\r\n", 412 },
		{ "GET", "If-Match: W/\"tag-1\"\r\n", 412 },
		{ "GET", "If-Match: \"tag-1\"\r\nRange: bytes=0-1\r\n", 206 },
		{ "GET", "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT\r\n",
		  304 },
		{ "GET", "If-Modified-Since: Tue, 14 Nov 2023 22:13:19 GMT\r\n",
		  200 },
		{ "GET", "If-Modified-Since: yesterday\r\n", 200 },
		{ "GET",
		  "If-None-Match: \"x\"\r\n"
		  "If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT\r\n",
		  200 },
		{ "GET",
		  "If-Unmodified-Since: Tue, 14 Nov 2023 22:13:19 GMT\r\n",
		  412 },
		{ "GET", "If-Range: \"tag-1\"\r\nRange: bytes=0-1\r\n", 206 },
		{ "GET", "If-Range: \"x\"\r\nRange: bytes=0-1\r\n", 200 },
		{ "GET", "If-Range: W/\"tag-1\"\r\nRange: bytes=0-1\r\n",
		  200 },
		{ "GET",
		  "If-Range: Tue, 14 Nov 2023 22:13:20 GMT\r\n"
		  "Range: bytes=0-1\r\n",
		  206 },
		{ "GET",
		  "If-Range: Tue, 14 Nov 2023 22:13:21 GMT\r\n"
		  "Range: bytes=0-1\r\n",
		  200 },
		{ "GET", "If-None-Match: \"tag-1\"\r\nRange: bytes=0-1\r\n",
		  304 },
	};
	uint16_t port = app_open(NULL);

	(void)state;
	file_make(FILE_BYTES);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct client_answer answer;

		ask_file(port, cases[i].method, cases[i].fields, &answer);
		if (answer.status != cases[i].status)
			fail_msg("%s: %u", cases[i].fields, answer.status);
		if (answer.status == 416)
			assert_string_equal(client_field(&answer,
							 "Content-Range"),
					    "bytes */100000");
		if (answer.status == 304) {
			assert_string_equal(client_field(&answer, "ETag"),
					    "\"tag-1\"");
			assert_string_equal(client_field(&answer,
							 "Cache-Control"),
					    "max-age=60");
		}
		client_answer_free(&answer);
	}
	app_close();
}

static void
a_range_beyond_4_gib_comes_from_the_right_place(void **state)
{
	static const char mark[] = "here, at four and a half";
	const uint64_t at = (uint64_t)4608 << 20;
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	char fields[100], want[100];

	(void)state;
	file_make((uint64_t)5 << 30);
	assert_int_equal(pwrite(app.file_fd, mark, sizeof mark, (off_t)at),
			 sizeof mark);
	snprintf(fields, sizeof fields, "Range: bytes=%llu-%llu\r\n",
		 (unsigned long long)at,
		 (unsigned long long)(at + sizeof mark - 1));
	ask_file(port, "GET", fields, &answer);
	assert_int_equal(answer.status, 206);
	assert_memory_equal(answer.body, mark, sizeof mark);
	snprintf(want, sizeof want, "bytes %llu-%llu/5368709120",
		 (unsigned long long)at,
		 (unsigned long long)(at + sizeof mark - 1));
	assert_string_equal(client_field(&answer, "Content-Range"), want);
	client_answer_free(&answer);
	ask_file(port, "HEAD", "", &answer);
	assert_string_equal(client_field(&answer, "Content-Length"),
			    "5368709120");
	client_answer_free(&answer);
	app_close();
}

static void
a_file_that_shrinks_while_it_is_sent_cuts_the_connection(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;

	(void)state;
	file_make(FILE_BYTES);
	app.file_bytes = FILE_BYTES * 2;
	ask_file(port, "GET", "", &answer);
	assert_int_equal(answer.status, 200);
	assert_true(answer.cut);
	client_answer_free(&answer);
	app_close();
}

/* ---- gzip and conditions of answers from memory ------------------------- */

static void
text_is_packed_for_those_who_accept_it(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	size_t plain;

	(void)state;
	client_ask(port, "GET /text HTTP/1.1\r\n" HOST "\r\n", &answer);
	plain = answer.body_length;
	assert_null(client_field(&answer, "Content-Encoding"));
	assert_string_equal(client_field(&answer, "Vary"), "Accept-Encoding");
	client_answer_free(&answer);

	client_ask(port,
		   "GET /text HTTP/1.1\r\n" HOST
		   "Accept-Encoding: br, gzip;q=0.5\r\n\r\n",
		   &answer);
	assert_string_equal(client_field(&answer, "Content-Encoding"), "gzip");
	assert_true(answer.body_length < plain / 2);
	assert_memory_equal(answer.body, "\x1f\x8b", 2);
	client_answer_free(&answer);

	client_ask(port,
		   "GET /text HTTP/1.1\r\n" HOST
		   "Accept-Encoding: gzip;q=0, *\r\n\r\n",
		   &answer);
	assert_null(client_field(&answer, "Content-Encoding"));
	assert_int_equal(answer.body_length, plain);
	client_answer_free(&answer);
	app_close();
}

static void
a_tagged_answer_is_not_sent_again_to_who_has_it(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;

	(void)state;
	client_ask(port,
		   "GET /tagged HTTP/1.1\r\n" HOST
		   "Accept-Encoding: gzip\r\n\r\n",
		   &answer);
	/* Packed bytes are not the tagged bytes. */
	assert_string_equal(client_field(&answer, "ETag"), "W/\"v1\"");
	client_answer_free(&answer);
	client_ask(port,
		   "GET /tagged HTTP/1.1\r\n" HOST
		   "If-None-Match: W/\"v1\"\r\n\r\n",
		   &answer);
	assert_int_equal(answer.status, 304);
	assert_int_equal(answer.body_length, 0);
	client_answer_free(&answer);
	app_close();
}

/* ---- sources ------------------------------------------------------------ */

static void
a_source_of_unknown_length_is_sent_in_chunks(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	for (int round = 1; round <= 2; round++) {
		client_send_text(fd, "GET /chunks HTTP/1.1\r\n" HOST "\r\n");
		client_read(fd, false, &answer);
		assert_string_equal(client_field(&answer, "Transfer-Encoding"),
				    "chunked");
		assert_false(answer.cut);
		assert_int_equal(answer.body_length, 19 * 32768 + 1000);
		client_answer_free(&answer);
	}
	close(fd);
	app_close();
	assert_int_equal(app.released, 2);
}

static void
a_source_that_fails_or_ends_early_cuts_the_connection(void **state)
{
	static const char *const paths[] = { "/short", "/failing" };
	uint16_t port = app_open(NULL);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		struct client_answer answer;
		char request[100];

		snprintf(request, sizeof request,
			 "GET %s HTTP/1.1\r\n" HOST "\r\n", paths[i]);
		client_ask(port, request, &answer);
		assert_int_equal(answer.status, 200);
		assert_true(answer.cut);
		client_answer_free(&answer);
	}
	app_close();
	assert_int_equal(app.released, 2);
}

static void
a_live_source_is_woken_from_another_thread(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "GET /live HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&app.requests, 1);
	for (int i = 0; i < 100; i++)
		live_give(3, i == 99);
	client_read(fd, false, &answer);
	assert_false(answer.cut);
	assert_int_equal(answer.body_length, 300 * 6);
	client_answer_free(&answer);
	close(fd);
	app_close();
	assert_int_equal(app.released, 1);
}

static void
a_waiting_source_is_released_when_its_client_goes(void **state)
{
	uint16_t port = app_open(NULL);
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "GET /live HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&app.requests, 1);
	usleep(20000);
	close(fd);
	wait_for(&app.released, 1);
	live_give(1, false); /* to nobody */
	app_close();
}

static void
a_client_that_does_not_read_holds_a_source_back_and_is_dropped(void **state)
{
	struct http_settings settings = loopback_settings();
	uint16_t port;
	int fd;

	(void)state;
	settings.write_timeout_ms = 300;
	port = app_open(&settings);
	fd = client_connect(port);
	client_send_text(fd, "GET /endless HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&app.released, 1);
	/* The kernel's buffers, and no more. */
	wait_for(&app.done, 1);
	assert_in_range(app.sent_bytes, 1, 64 << 20);
	close(fd);
	app_close();
}

static void
a_handler_learns_that_its_client_has_gone(void **state)
{
	uint16_t port = app_open(NULL);
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "GET /when-gone HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&app.requests, 1);
	close(fd);
	wait_for(&app.gone_seen, 1);
	app_close();
}

static void
a_client_that_closes_its_sending_side_still_gets_its_answer(void **state)
{
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, "GET /worker HTTP/1.1\r\n" HOST "\r\n"
			     "GET /a HTTP/1.1\r\n" HOST "\r\n");
	shutdown(fd, SHUT_WR);
	client_read(fd, false, &answer);
	assert_string_equal(answer.body, "from a worker");
	client_answer_free(&answer);
	client_read(fd, false, &answer);
	assert_string_equal(answer.body, "/a");
	client_answer_free(&answer);
	assert_true(client_sees_end(fd));
	close(fd);
	app_close();
}

static void
an_end_that_arrives_with_the_last_bytes_is_not_overlooked(void **state)
{
	static const char request[] = "GET /a HTTP/1.1\r\n" HOST "\r\n";
	uint16_t port = app_open(NULL);
	struct client_answer answer;
	int fd = client_connect(port);
	int64_t begun_ms;

	(void)state;
	usleep(20000); /* the server waits for us by now */
	begun_ms = clock_monotonic_ms();
	/* The bytes are held back and leave in one segment with the end. */
	send(fd, request, sizeof request - 1, MSG_NOSIGNAL | MSG_MORE);
	shutdown(fd, SHUT_WR);
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	assert_true(client_sees_end(fd));
	assert_in_range(clock_monotonic_ms() - begun_ms, 0, 1000);
	client_answer_free(&answer);
	close(fd);
	app_close();
}

static void
one_busy_client_does_not_keep_the_loop_from_another(void **state)
{
	struct http_settings settings = loopback_settings();
	struct client_answer answer;
	struct buffer flood;
	uint16_t port;
	int busy, other;

	(void)state;
	settings.loops = 1;
	port = app_open(&settings);
	busy = client_connect(port);
	other = client_connect(port);
	buffer_init(&flood, 0);
	for (int i = 0; i < 1000; i++) /* two seconds of work */
		buffer_add_text(&flood,
				"GET /two-ms HTTP/1.1\r\n" HOST "\r\n");
	client_send(busy, flood.bytes, flood.length);
	wait_for(&app.requests, 1);
	client_send_text(other, "GET /b HTTP/1.1\r\n" HOST "\r\n");
	client_read(other, false, &answer);
	assert_string_equal(answer.body, "/b");
	/* in between, not behind all of the flood */
	assert_true(atomic_load(&app.requests) < 1000);
	client_answer_free(&answer);
	for (int i = 0; i < 1000; i++) {
		client_read(busy, false, &answer);
		assert_int_equal(answer.status, 200);
		client_answer_free(&answer);
	}
	buffer_release(&flood);
	close(busy);
	close(other);
	app_close();
}

/* ---- limits, time-outs, the end ----------------------------------------- */

static void
slow_clients_are_timed_out(void **state)
{
	struct http_settings settings = loopback_settings();
	struct client_answer answer;
	uint16_t port;
	int fd;

	(void)state;
	settings.head_timeout_ms = 200;
	settings.body_timeout_ms = 200;
	settings.idle_timeout_ms = 200;
	port = app_open(&settings);

	fd = client_connect(port); /* sends nothing */
	assert_true(client_sees_end(fd));
	close(fd);

	fd = client_connect(port); /* drips its head */
	for (int i = 0; i < 6; i++) {
		client_send_text(fd, i == 0 ? GET_ROOT : "A: b\r\n");
		usleep(50000);
	}
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 408);
	client_answer_free(&answer);
	close(fd);

	fd = client_connect(port); /* stops in its body */
	client_send_text(fd, "POST /echo HTTP/1.1\r\n" HOST
			     "Content-Length: 10\r\n\r\nhalf");
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 408);
	client_answer_free(&answer);
	close(fd);

	fd = client_connect(port); /* slow, but goes on: a body may */
	client_send_text(fd, "POST /echo HTTP/1.1\r\n" HOST
			     "Content-Length: 10\r\n\r\n");
	for (int i = 0; i < 10; i++) {
		client_send_text(fd, "x");
		usleep(50000);
	}
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	client_answer_free(&answer);
	assert_true(client_sees_end(fd)); /* idle again */
	close(fd);
	app_close();
}

static void
connections_over_the_limits_are_told_why(void **state)
{
	struct http_settings settings = loopback_settings();
	struct client_answer answer;
	uint16_t port;
	int fds[3];

	(void)state;
	settings.connections_per_address_max = 3;
	port = app_open(&settings);
	for (int i = 0; i < 3; i++) {
		fds[i] = client_connect(port);
		client_send_text(fds[i], GET_ROOT HOST "\r\n");
		client_read(fds[i], false, &answer);
		assert_int_equal(answer.status, 200);
		client_answer_free(&answer);
	}
	assert_int_equal(http_server_connections(app.server), 3);
	client_ask(port, GET_ROOT HOST "\r\n", &answer);
	assert_int_equal(answer.status, 429);
	assert_non_null(client_field(&answer, "Retry-After"));
	client_answer_free(&answer);
	close(fds[0]);
	for (int i = 0; i < 100 && http_server_connections(app.server) > 2;
	     i++)
		usleep(10000);
	assert_int_equal(client_status(port, GET_ROOT HOST "\r\n"), 200);
	close(fds[1]);
	close(fds[2]);
	app_close();

	settings.connections_per_address_max = 100;
	settings.connections_max = 1;
	port = app_open(&settings);
	fds[0] = client_connect(port);
	client_send_text(fds[0], GET_ROOT HOST "\r\n");
	client_read(fds[0], false, &answer);
	client_answer_free(&answer);
	assert_int_equal(client_status(port, GET_ROOT HOST "\r\n"), 503);
	close(fds[0]);
	app_close();
}

static void
only_trusted_proxies_name_the_client(void **state)
{
	static const char request[] =
		"GET /address HTTP/1.1\r\n" HOST
		"X-Forwarded-For: 203.0.113.9, 192.0.2.7, 10.1.2.3\r\n\r\n";
	struct http_settings settings = loopback_settings();
	struct client_answer answer;
	uint16_t port = app_open(&settings);

	(void)state;
	client_ask(port, request, &answer);
	assert_string_equal(answer.body, "127.0.0.1");
	client_answer_free(&answer);
	app_close();

	settings.trusted_proxies = "127.0.0.1, 10.0.0.0/8";
	port = app_open(&settings);
	client_ask(port, request, &answer);
	assert_string_equal(answer.body, "192.0.2.7");
	client_answer_free(&answer);
	client_ask(port,
		   "GET /address HTTP/1.1\r\n" HOST
		   "Forwarded: for=\"[2001:db8::7]:4711\";proto=https\r\n\r\n",
		   &answer);
	assert_string_equal(answer.body, "2001:db8::7");
	client_answer_free(&answer);
	app_close();
}

static void
a_server_on_every_address_shows_ipv4_as_such_and_counts(void **state)
{
	struct http_settings settings = loopback_settings();
	struct client_answer answer;
	struct buffer text;
	uint16_t port;

	(void)state;
	settings.host = "*";
	port = app_open(&settings);
	client_ask(port, "GET /address HTTP/1.1\r\n" HOST "\r\n", &answer);
	assert_string_equal(answer.body, "127.0.0.1");
	client_answer_free(&answer);
	app_close();

	buffer_init(&text, 0);
	metrics_print(&text, false);
	assert_non_null(strstr(text.bytes, "\nogma_http_connections 0\n"));
	assert_non_null(strstr(
		text.bytes, "ogma_http_connections_refused_total{reason=\""));
	assert_null(strstr(text.bytes,
			   "\nogma_http_connections_accepted_total 0\n"));
	assert_null(strstr(text.bytes, "\nogma_http_sent_bytes_total 0\n"));
	buffer_release(&text);
}

struct closing {
	pthread_t thread;
	atomic_uint closed;
};

static void *
close_server(void *cookie)
{
	struct closing *closing = cookie;

	http_server_close(app.server, 5000);
	atomic_store(&closing->closed, 1);
	return NULL;
}

static void
a_draining_server_finishes_what_runs_and_takes_nothing_new(void **state)
{
	uint16_t port = app_open(NULL);
	struct closing closing = { .closed = 0 };
	struct client_answer answer;
	int busy = client_connect(port), idle = client_connect(port);

	(void)state;
	client_send_text(idle, GET_ROOT HOST "\r\n");
	client_read(idle, false, &answer);
	client_answer_free(&answer);
	client_send_text(busy, "GET /live HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&app.requests, 2);

	assert_int_equal(pthread_create(&closing.thread, NULL, close_server,
					&closing),
			 0);
	assert_true(client_sees_end(idle));
	live_give(5, true);
	client_read(busy, false, &answer);
	assert_false(answer.cut);
	assert_int_equal(answer.body_length, 30);
	client_answer_free(&answer);
	close(busy);
	close(idle);
	pthread_join(closing.thread, NULL);
	worker_pool_close(app.pool);
}

static void
a_drain_that_takes_too_long_cuts_and_late_answers_are_harmless(void **state)
{
	uint16_t port = app_open(NULL);
	int waiting = client_connect(port), live = client_connect(port);
	int64_t begun_ms;

	(void)state;
	client_send_text(waiting, "GET /when-gone HTTP/1.1\r\n" HOST "\r\n");
	client_send_text(live, "GET /live HTTP/1.1\r\n" HOST "\r\n");
	wait_for(&app.requests, 2);
	begun_ms = clock_monotonic_ms();
	http_server_close(app.server, 100);
	assert_in_range(clock_monotonic_ms() - begun_ms, 90, 2000);
	assert_int_equal(app.released, 1);
	/* The worker sees it and answers a request of a server that is gone */
	worker_pool_close(app.pool);
	assert_int_equal(app.gone_seen, 1);
	close(waiting);
	close(live);
}

static void
a_port_that_is_taken_is_a_conflict_and_not_shared_in_silence(void **state)
{
	uint16_t port = app_open(NULL);
	struct http_settings settings = loopback_settings();
	struct http_server_args args = { .settings = &settings,
					 .on_head = on_head,
					 .on_request = on_request };
	struct http_server *second;
	struct fault fault = { 0 };

	(void)state;
	settings.port = port;
	assert_int_not_equal(http_server_open(&args, &second, &fault),
			     STATUS_OK);
	assert_non_null(strstr(fault.message, "cannot listen"));
	settings.port = 0;
	settings.host = "no.such.host.invalid";
	assert_int_equal(http_server_open(&args, &second, &fault),
			 STATUS_INVALID);
	settings.host = "127.0.0.1";
	settings.trusted_proxies = "10.0.0.0/33";
	assert_int_equal(http_server_open(&args, &second, &fault),
			 STATUS_INVALID);
	settings.trusted_proxies = "";
	settings.tcp_congestion = "no-such-control";
	assert_int_equal(http_server_open(&args, &second, &fault),
			 STATUS_INVALID);
	app_close();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_get_is_answered_with_length_date_and_id),
		cmocka_unit_test(
			a_connection_serves_many_requests_and_an_own_request_id_comes_back),
		cmocka_unit_test(pipelined_requests_are_answered_in_order),
		cmocka_unit_test(a_request_that_comes_byte_by_byte_is_served),
		cmocka_unit_test(
			hostile_requests_are_refused_and_the_connection_closed),
		cmocka_unit_test(
			heads_that_are_too_large_are_refused_as_soon_as_that_is_known),
		cmocka_unit_test(odd_requests_that_are_right_are_served),
		cmocka_unit_test(http_1_0_closes_unless_it_asks_to_keep_alive),
		cmocka_unit_test(connection_close_is_obeyed),
		cmocka_unit_test(head_gets_the_fields_without_the_body),
		cmocka_unit_test(
			a_body_over_the_limit_is_refused_before_it_is_read),
		cmocka_unit_test(
			endless_chunk_extensions_and_trailers_are_refused),
		cmocka_unit_test(a_client_that_expects_100_is_told_to_go_on),
		cmocka_unit_test(
			an_answer_from_the_head_skips_a_short_body_and_closes_after_a_long_one),
		cmocka_unit_test(
			an_upload_of_2_gib_needs_no_more_memory_than_a_small_one),
		cmocka_unit_test(an_upload_waits_for_the_worker_that_writes_it),
		cmocka_unit_test(
			an_upload_that_cannot_be_stored_is_answered_in_the_middle),
		cmocka_unit_test(
			a_worker_that_refuses_a_piece_answers_and_nothing_more_is_read),
		cmocka_unit_test(a_whole_file_comes_with_its_validators),
		cmocka_unit_test(one_range_of_a_file_is_a_206_with_just_that),
		cmocka_unit_test(several_ranges_come_as_parts_of_one_answer),
		cmocka_unit_test(
			conditions_and_ranges_outside_get_their_own_answers),
		cmocka_unit_test(
			a_range_beyond_4_gib_comes_from_the_right_place),
		cmocka_unit_test(
			a_file_that_shrinks_while_it_is_sent_cuts_the_connection),
		cmocka_unit_test(text_is_packed_for_those_who_accept_it),
		cmocka_unit_test(
			a_tagged_answer_is_not_sent_again_to_who_has_it),
		cmocka_unit_test(a_source_of_unknown_length_is_sent_in_chunks),
		cmocka_unit_test(
			a_source_that_fails_or_ends_early_cuts_the_connection),
		cmocka_unit_test(a_live_source_is_woken_from_another_thread),
		cmocka_unit_test(
			a_waiting_source_is_released_when_its_client_goes),
		cmocka_unit_test(
			a_client_that_does_not_read_holds_a_source_back_and_is_dropped),
		cmocka_unit_test(a_handler_learns_that_its_client_has_gone),
		cmocka_unit_test(
			a_client_that_closes_its_sending_side_still_gets_its_answer),
		cmocka_unit_test(
			an_end_that_arrives_with_the_last_bytes_is_not_overlooked),
		cmocka_unit_test(
			one_busy_client_does_not_keep_the_loop_from_another),
		cmocka_unit_test(slow_clients_are_timed_out),
		cmocka_unit_test(connections_over_the_limits_are_told_why),
		cmocka_unit_test(only_trusted_proxies_name_the_client),
		cmocka_unit_test(
			a_server_on_every_address_shows_ipv4_as_such_and_counts),
		cmocka_unit_test(
			a_draining_server_finishes_what_runs_and_takes_nothing_new),
		cmocka_unit_test(
			a_drain_that_takes_too_long_cuts_and_late_answers_are_harmless),
		cmocka_unit_test(
			a_port_that_is_taken_is_a_conflict_and_not_shared_in_silence),
	};

	return cmocka_run_group_tests_name("http server", tests, NULL, NULL);
}
