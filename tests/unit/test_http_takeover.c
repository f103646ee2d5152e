/* test_http_takeover.c - connections that are given away, over real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/worker.h"
#include "net/takeover.h"
#include "tests/support/http_client.h"
#include "tests/support/loopback.h"

/* An application that gives back what it gets, in capital letters, until it gets
 * a full stop. */
static struct {
	struct http_server *server;
	struct worker_pool *pool;
	atomic_uint done, begun, closed, drained, last_status;
	_Atomic uint64_t sent_bytes;
	atomic_bool wait_for_client_to_go;
} app;

struct taker {
	struct http_taken *taken;
};

static void
give_back(struct taker *taker, const char *bytes, size_t count)
{
	char out[256];
	bool over = false;

	for (size_t i = 0; i < count; i++) {
		out[i] = (char)(bytes[i] >= 'a' && bytes[i] <= 'z' ?
					bytes[i] - 32 :
					bytes[i]);
		over |= bytes[i] == '.';
	}
	if (count > 0) {
		send(http_taken_fd(taker->taken), out, count, MSG_NOSIGNAL);
		http_taken_sent(taker->taken, count);
	}
	if (over)
		http_taken_close(taker->taken, false);
}

static void
read_all(struct taker *taker)
{
	char bytes[256];
	ssize_t count = recv(http_taken_fd(taker->taken), bytes, sizeof bytes,
			     0);

	if (count == 0 || (count < 0 && errno != EAGAIN))
		http_taken_close(taker->taken, false);
	else if (count > 0)
		give_back(taker, bytes, (size_t)count);
}

static void
taker_begin(void *cookie, struct http_taken *taken, struct span early)
{
	struct taker *taker = cookie;

	taker->taken = taken;
	assert_true(loop_is_current(http_taken_loop(taken)));
	atomic_fetch_add(&app.begun, 1);
	if (early.length > 0)
		give_back(taker, early.at, early.length);
	else
		read_all(taker);
}

static void
taker_events(void *cookie, uint32_t events)
{
	if (events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP | EPOLLERR))
		read_all(cookie);
}

static void
taker_drain(void *cookie)
{
	struct taker *taker = cookie;

	atomic_fetch_add(&app.drained, 1);
	send(http_taken_fd(taker->taken), "bye", 3, MSG_NOSIGNAL);
	http_taken_close(taker->taken, false);
}

static void
taker_closed(void *cookie)
{
	free(cookie);
	atomic_fetch_add(&app.closed, 1);
}

static const struct http_takeover polite = { taker_begin, taker_events,
					     taker_drain, taker_closed };
static const struct http_takeover silent = { taker_begin, taker_events, NULL,
					     taker_closed };

static void
upgrade(struct http_request *request)
{
	http_answer_field(request, "Upgrade", "capitals");
	http_answer_field(request, "Connection", "Upgrade");
	http_answer_takeover(request, 101, &polite,
			     calloc(1, sizeof(struct taker)));
}

static void
upgrade_on_worker(void *cookie)
{
	struct http_request *request = cookie;

	if (atomic_load(&app.wait_for_client_to_go))
		for (int i = 0; i < 500 && !http_request_gone(request); i++)
			usleep(10000);
	upgrade(request);
}

static void
on_request(void *cookie, struct http_request *request)
{
	struct span path = http_request_path(request);

	(void)cookie;
	if (span_equal(path, SPAN("/worker")))
		worker_pool_submit(app.pool, upgrade_on_worker, request);
	else if (span_equal(path, SPAN("/upgrade")))
		upgrade(request);
	else if (span_equal(path, SPAN("/stream")))
		http_answer_takeover(request, 200, &silent,
				     calloc(1, sizeof(struct taker)));
	else
		http_answer_empty(request, 204);
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

static uint16_t
app_open(void)
{
	struct worker_pool_args pool = { .name = "test",
					 .threads = 1,
					 .queue_max = 100 };
	struct http_settings settings = loopback_settings();
	struct http_server_args args = { .settings = &settings,
					 .on_request = on_request,
					 .on_done = on_done };
	struct fault fault = { 0 };

	settings.connections_per_address_max = 4;
	memset(&app, 0, sizeof app);
	assert_int_equal(worker_pool_open(&pool, &app.pool, &fault),
			 STATUS_OK);
	app.server = loopback_open(&args);
	return http_server_port(app.server);
}

static void
app_close(void)
{
	http_server_close(app.server, 2000);
	worker_pool_close(app.pool);
}

static void
expect_bytes(int fd, const char *text)
{
	char got[64] = { 0 };
	size_t length = strlen(text);

	assert_int_equal(recv(fd, got, length, MSG_WAITALL), length);
	assert_string_equal(got, text);
}

#define ASK(path) "GET " path " HTTP/1.1\r\nHost: test\r\n\r\n"
#define SWITCHED "HTTP/1.1 101 Switching Protocols\r\n"

/* Reads the head of the answer, which has no body. */
static void
expect_head(int fd, const char *first_line, const char *connection)
{
	char head[1024] = { 0 };
	size_t length = 0;

	while (strstr(head, "\r\n\r\n") == NULL) {
		assert_true(length < sizeof head - 1);
		assert_int_equal(recv(fd, head + length, 1, 0), 1);
		length++;
	}
	assert_memory_equal(head, first_line, strlen(first_line));
	assert_non_null(strstr(head, connection));
	assert_null(strstr(head, "Content-Length"));
	assert_null(strstr(head, "Transfer-Encoding"));
}

static void
a_connection_is_given_away_and_comes_to_its_end(void **state)
{
	static const char *const paths[] = { ASK("/upgrade"), ASK("/worker") };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		int fd = client_connect(app_open());

		client_send_text(fd, paths[i]);
		expect_head(fd, SWITCHED, "Connection: Upgrade\r\n");
		wait_for(&app.done, 1);
		assert_int_equal(app.last_status, 101);
		assert_int_equal(app.sent_bytes, 0);
		client_send_text(fd, "hello");
		expect_bytes(fd, "HELLO");
		assert_int_equal(app.closed, 0);
		client_send_text(fd, "over.");
		expect_bytes(fd, "OVER.");
		assert_true(client_sees_end(fd));
		wait_for(&app.closed, 1);
		assert_int_equal(http_server_connections(app.server), 0);
		close(fd);
		app_close();
		assert_int_equal(app.closed, 1);
		assert_int_equal(app.done, 1);
	}
}

static void
what_came_behind_the_head_reaches_the_taker(void **state)
{
	int fd = client_connect(app_open());

	(void)state;
	client_send_text(fd, ASK("/upgrade") "early");
	expect_head(fd, SWITCHED, "Upgrade: capitals\r\n");
	expect_bytes(fd, "EARLY");
	client_send_text(fd, "late");
	expect_bytes(fd, "LATE");
	close(fd);
	wait_for(&app.closed, 1);
	app_close();
}

static void
an_old_client_is_given_a_stream_that_ends_with_the_connection(void **state)
{
	int fd = client_connect(app_open());

	(void)state;
	client_send_text(fd, "GET /stream HTTP/1.0\r\n\r\n");
	expect_head(fd, "HTTP/1.1 200 OK\r\n", "Connection: close\r\n");
	client_send_text(fd, "end.");
	expect_bytes(fd, "END.");
	assert_true(client_sees_end(fd));
	close(fd);
	app_close();
}

static void
a_client_that_goes_before_the_head_is_only_closed(void **state)
{
	static const struct linger at_once = { 1, 0 };
	int fd;

	(void)state;
	fd = client_connect(app_open());
	atomic_store(&app.wait_for_client_to_go, true);
	client_send_text(fd, ASK("/worker"));
	usleep(50000);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	close(fd);
	wait_for(&app.closed, 1);
	app_close();
	assert_int_equal(app.closed, 1);
	assert_int_equal(app.begun, 0);
	assert_int_equal(app.done, 1);
}

static void
a_connection_given_away_still_counts_for_its_address(void **state)
{
	uint16_t port = app_open();
	int fds[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		fds[i] = client_connect(port);
		client_send_text(fds[i], ASK("/upgrade"));
		expect_head(fds[i], SWITCHED, "Upgrade");
	}
	assert_int_equal(client_status(port, ASK("/")), 429);
	close(fds[0]);
	wait_for(&app.closed, 1);
	assert_int_equal(client_status(port, ASK("/")), 204);
	for (int i = 1; i < 4; i++)
		close(fds[i]);
	app_close();
	assert_int_equal(app.closed, 4);
}

static void
a_server_that_ends_lets_its_takers_say_good_bye(void **state)
{
	uint16_t port = app_open();
	int polite_fd = client_connect(port), silent_fd = client_connect(port);

	(void)state;
	client_send_text(polite_fd, ASK("/upgrade"));
	expect_head(polite_fd, SWITCHED, "Upgrade");
	client_send_text(silent_fd, ASK("/stream"));
	expect_head(silent_fd, "HTTP/1.1 200", "close");
	app_close();
	assert_int_equal(app.drained, 1);
	assert_int_equal(app.closed, 2);
	expect_bytes(polite_fd, "bye");
	assert_true(client_sees_end(polite_fd));
	assert_true(client_sees_end(silent_fd));
	close(polite_fd);
	close(silent_fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_connection_is_given_away_and_comes_to_its_end),
		cmocka_unit_test(what_came_behind_the_head_reaches_the_taker),
		cmocka_unit_test(
			an_old_client_is_given_a_stream_that_ends_with_the_connection),
		cmocka_unit_test(
			a_client_that_goes_before_the_head_is_only_closed),
		cmocka_unit_test(
			a_connection_given_away_still_counts_for_its_address),
		cmocka_unit_test(
			a_server_that_ends_lets_its_takers_say_good_bye),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
