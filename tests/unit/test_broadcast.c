/* test_broadcast.c - one stream to many listeners, over real sockets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "net/broadcast.h"
#include "tests/support/http_client.h"
#include "tests/support/loopback.h"

#define BLOCK_BYTES 1000
#define RING_BYTES 100000
#define BURST_BYTES 10000

static struct {
	struct http_server *server;
	struct broadcast *mount;
	uint32_t most;
	atomic_uint ended, stalled, skips;
	_Atomic uint64_t sent_bytes;
} app;

static void
on_ended(void *cookie, const struct broadcast_listening *how)
{
	(void)cookie;
	atomic_fetch_add(&app.stalled, how->reason == BROADCAST_STALLED);
	atomic_fetch_add(&app.skips, how->skips);
	atomic_fetch_add(&app.sent_bytes, how->sent_bytes);
	atomic_fetch_add(&app.ended, 1);
}

static void
on_request(void *cookie, struct http_request *request)
{
	struct broadcast_listener_args args = { .ended = on_ended };
	struct fault fault = { 0 };
	struct span value;

	(void)cookie;
	args.titles = http_request_field(request, "icy-metadata", &value) &&
		      span_equal(value, SPAN("1"));
	http_answer_field(request, "Content-Type", "audio/mpeg");
	if (broadcast_join(app.mount, request, app.most, &args, &fault) !=
	    STATUS_OK)
		http_answer_fault(request, &fault);
}

static uint16_t
app_open(uint32_t stall_ms)
{
	struct broadcast_args mount = { .ring_bytes = RING_BYTES,
					.burst_bytes = BURST_BYTES,
					.stall_ms = stall_ms };
	struct http_server_args args = { .on_request = on_request };

	memset(&app, 0, sizeof app);
	app.mount = broadcast_new(&mount);
	app.server = loopback_open(&args);
	return http_server_port(app.server);
}

static void
app_close(void)
{
	http_server_close(app.server, 1000);
}

/* Block n is BLOCK_BYTES of n's lowest seven bits, so that what comes can be
 * told apart; every fourth is a join point. */
static void
write_blocks(int from, int to)
{
	char bytes[BLOCK_BYTES];

	for (int n = from; n < to; n++) {
		memset(bytes, n & 127, sizeof bytes);
		broadcast_write(app.mount, bytes, sizeof bytes,
				n % 4 == 0 ? BROADCAST_JOIN : 0);
	}
}

#define LISTEN "GET / HTTP/1.1\r\nHost: test\r\n\r\n"
#define LISTEN_ICY "GET / HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n"

/* Asks, and reads the head of the answer into `head` (may be NULL). */
static int
listen_to(uint16_t port, const char *request, char head[1024])
{
	char own[1024];
	size_t length = 0;
	int fd = client_connect(port);

	head = head != NULL ? head : own;
	memset(head, 0, 1024);
	client_send_text(fd, request);
	while (strstr(head, "\r\n\r\n") == NULL) {
		assert_true(length < 1023);
		assert_int_equal(recv(fd, head + length, 1, 0), 1);
		length++;
	}
	return fd;
}

static void
take(int fd, char *out, size_t count)
{
	assert_int_equal(recv(fd, out, count, MSG_WAITALL), count);
}

static void
expect_blocks(int fd, int from, int to)
{
	char bytes[BLOCK_BYTES];

	for (int n = from; n < to; n++) {
		take(fd, bytes, sizeof bytes);
		assert_int_equal(bytes[0], n & 127);
		assert_int_equal(bytes[BLOCK_BYTES - 1], n & 127);
	}
}

/* Until the first byte has come: the listener has its place in the ring then. */
static void
wait_until_heard(int fd)
{
	char byte;

	assert_int_equal(recv(fd, &byte, 1, MSG_PEEK), 1);
}

static void
wait_for_listeners(uint32_t count)
{
	for (int i = 0; i < 1000 && broadcast_listeners(app.mount) != count;
	     i++)
		usleep(10000);
	assert_int_equal(broadcast_listeners(app.mount), count);
}

static void
a_title_is_printed_as_players_expect_it(void **state)
{
	struct buffer out;

	(void)state;
	buffer_init(&out, 0);
	broadcast_meta_print("Кино - Пачка", &out);
	assert_int_equal(out.bytes[0], 3);
	assert_int_equal(out.length, 1 + 3 * 16);
	assert_string_equal(out.bytes + 1, "StreamTitle='Кино - Пачка';");
	assert_int_equal(out.bytes[out.length - 1], 0);
	buffer_clear(&out);
	broadcast_meta_print("it's\na", &out);
	assert_string_equal(out.bytes + 1, "StreamTitle='it’s a';");
	buffer_release(&out);
}

static void
a_title_without_end_is_cut_between_letters(void **state)
{
	struct buffer title, out;

	(void)state;
	buffer_init(&title, 0);
	buffer_init(&out, 0);
	buffer_add_char(&title, 'x');
	for (int i = 0; i < 5000; i++)
		buffer_add_text(&title, "ё");
	broadcast_meta_print(title.bytes, &out);
	assert_true(out.length <= 1 + BROADCAST_META_MAX);
	assert_int_equal((unsigned char)out.bytes[0] * 16 + 1, out.length);
	assert_true(utf8_valid(out.bytes + 1, strlen(out.bytes + 1)));
	assert_non_null(strstr(out.bytes + 1, "';"));
	buffer_release(&title);
	buffer_release(&out);
}

static void
a_listener_begins_some_way_back_at_a_join_point(void **state)
{
	uint16_t port = app_open(5000);
	char head[1024];
	int fd;

	(void)state;
	write_blocks(0, 30);
	fd = listen_to(port, LISTEN, head);
	assert_memory_equal(head, "HTTP/1.1 200 OK\r\n", 17);
	assert_non_null(strstr(head, "Connection: close\r\n"));
	assert_null(strstr(head, "icy-metaint"));
	/* ten blocks back is 20, which is a join point */
	expect_blocks(fd, 20, 30);
	write_blocks(30, 90);
	expect_blocks(fd, 30, 90);
	close(fd);
	wait_for(&app.ended, 1);
	assert_int_equal(app.sent_bytes, 70 * BLOCK_BYTES);
	broadcast_end(app.mount);
	app_close();
}

static void
the_header_comes_before_everything(void **state)
{
	uint16_t port = app_open(5000);
	char bytes[6];
	int fds[2];

	(void)state;
	broadcast_begin(app.mount, "OggS 1", 6);
	fds[0] = listen_to(port, LISTEN, NULL);
	take(fds[0], bytes, 6);
	assert_memory_equal(bytes, "OggS 1", 6);
	write_blocks(0, 8);
	expect_blocks(fds[0], 0, 8);
	fds[1] = listen_to(port, LISTEN, NULL);
	take(fds[1], bytes, 6);
	assert_memory_equal(bytes, "OggS 1", 6);
	expect_blocks(fds[1], 0, 8);
	close(fds[0]);
	close(fds[1]);
	broadcast_end(app.mount);
	app_close();
}

static void
a_stream_that_begins_anew_is_heard_from_its_header_on(void **state)
{
	uint16_t port = app_open(5000);
	char bytes[6];
	int fds[3];

	(void)state;
	broadcast_begin(app.mount, "OggS 1", 6);
	write_blocks(0, 8);
	fds[0] = listen_to(port, LISTEN, NULL);
	take(fds[0], bytes, 6);
	expect_blocks(fds[0], 0, 8);
	broadcast_begin(app.mount, "OggS 2", 6);
	/* who comes now: no page from before, and the header once */
	fds[1] = listen_to(port, LISTEN, NULL);
	take(fds[1], bytes, 6);
	assert_memory_equal(bytes, "OggS 2", 6);
	write_blocks(8, 16);
	fds[2] = listen_to(port, LISTEN, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(fds); i++) {
		if (i != 1)
			take(fds[i], bytes, 6);
		assert_memory_equal(bytes, "OggS 2", 6);
		expect_blocks(fds[i], 8, 16);
		close(fds[i]);
	}
	broadcast_end(app.mount);
	app_close();
}

static void
titles_come_at_their_places_and_only_when_they_change(void **state)
{
	static const char *const expected[] = { "StreamTitle='One';", "",
						"StreamTitle='Two';", "" };
	uint16_t port = app_open(5000);
	char head[1024], stream[BROADCAST_METAINT], meta[1 + 4080];
	int fd, block = 0;

	(void)state;
	broadcast_title(app.mount, "One");
	write_blocks(0, 4);
	fd = listen_to(port, LISTEN_ICY, head);
	assert_non_null(strstr(head, "icy-metaint: 16000\r\n"));
	wait_until_heard(fd);
	write_blocks(4, 40);
	broadcast_title(app.mount, "Two");
	write_blocks(40, 80);
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
		take(fd, stream, sizeof stream);
		for (size_t k = 0; k < sizeof stream; k += BLOCK_BYTES)
			assert_int_equal(stream[k], block++ & 127);
		take(fd, meta, 1);
		memset(meta + 1, 'x', sizeof meta - 1);
		take(fd, meta + 1, (size_t)(unsigned char)meta[0] * 16);
		if (meta[0] == 0)
			assert_string_equal("", expected[i]);
		else
			assert_string_equal(meta + 1, expected[i]);
	}
	close(fd);
	broadcast_end(app.mount);
	app_close();
}

static void
who_reads_slowly_skips_ahead_and_the_others_miss_nothing(void **state)
{
	uint16_t port = app_open(60000);
	int slow, quick, n = 4, last = -1;
	char bytes[BLOCK_BYTES];

	(void)state;
	write_blocks(0, n);
	slow = listen_to(port, LISTEN, NULL);
	quick = listen_to(port, LISTEN, NULL);
	wait_until_heard(slow);
	expect_blocks(quick, 0, n);
	/* more than the ring and the kernel's buffers hold */
	for (; n < 6004; n += 20) {
		write_blocks(n, n + 20);
		expect_blocks(quick, n, n + 20);
	}
	broadcast_end(app.mount);
	/* every block is whole, and the last one arrives */
	while (recv(slow, bytes, sizeof bytes, MSG_WAITALL) ==
	       (ssize_t)sizeof bytes) {
		assert_int_equal(bytes[0], bytes[BLOCK_BYTES - 1]);
		last = bytes[0];
	}
	assert_int_equal(last, (n - 1) & 127);
	assert_true(client_sees_end(quick));
	wait_for(&app.ended, 2);
	assert_true(app.skips >= 1);
	assert_int_equal(app.stalled, 0);
	close(slow);
	close(quick);
	app_close();
}

static void
who_takes_nothing_is_cut_off_and_the_others_miss_nothing(void **state)
{
	uint16_t port = app_open(300);
	int stalled, quick, n = 4;

	(void)state;
	write_blocks(0, n);
	stalled = listen_to(port, LISTEN, NULL);
	quick = listen_to(port, LISTEN, NULL);
	expect_blocks(quick, 0, n);
	for (; n < 20000 && atomic_load(&app.ended) == 0; n += 20) {
		write_blocks(n, n + 20);
		expect_blocks(quick, n, n + 20);
		usleep(1000);
	}
	assert_int_equal(app.ended, 1);
	assert_int_equal(app.stalled, 1);
	wait_for_listeners(1);
	write_blocks(n, n + 20);
	expect_blocks(quick, n, n + 20);
	close(stalled);
	close(quick);
	broadcast_end(app.mount);
	app_close();
}

static void
as_many_listen_as_the_channel_takes(void **state)
{
	uint16_t port = app_open(5000);
	int fd;

	(void)state;
	app.most = 1;
	fd = listen_to(port, LISTEN, NULL);
	wait_for_listeners(1);
	assert_int_equal(client_status(port, LISTEN), 409);
	close(fd);
	wait_for_listeners(0);
	fd = listen_to(port, LISTEN, NULL);
	close(fd);
	broadcast_end(app.mount);
	app_close();
}

static void
a_stream_that_ends_is_heard_to_its_end(void **state)
{
	uint16_t port = app_open(5000);
	int fd;

	(void)state;
	write_blocks(0, 4);
	fd = listen_to(port, LISTEN, NULL);
	wait_until_heard(fd);
	broadcast_hold(app.mount);
	write_blocks(4, 90);
	broadcast_end(app.mount);
	expect_blocks(fd, 0, 90);
	assert_true(client_sees_end(fd));
	assert_int_equal(client_status(port, LISTEN), 404);
	close(fd);
	broadcast_drop(app.mount);
	app_close();
}

static void
a_server_that_ends_lets_its_listeners_go(void **state)
{
	uint16_t port = app_open(5000);
	int fd;

	(void)state;
	write_blocks(0, 8);
	fd = listen_to(port, LISTEN, NULL);
	expect_blocks(fd, 0, 8);
	app_close();
	assert_true(client_sees_end(fd));
	assert_int_equal(app.ended, 1);
	write_blocks(8, 16);
	broadcast_end(app.mount);
	close(fd);
}

/* ---- many at once ------------------------------------------------------- */

static atomic_bool storm_over;

static void *
come_and_go(void *cookie)
{
	uint16_t port = *(uint16_t *)cookie;
	char bytes[BLOCK_BYTES];

	for (int i = 0; i < 40; i++) {
		int fd = listen_to(port, i % 2 ? LISTEN : LISTEN_ICY, NULL);

		for (int k = 0; k < i % 7; k++)
			take(fd, bytes, sizeof bytes);
		close(fd);
	}
	return NULL;
}

static void *
write_on(void *cookie)
{
	char title[32];

	(void)cookie;
	for (int n = 0; !atomic_load(&storm_over); n += 4) {
		write_blocks(n, n + 4);
		snprintf(title, sizeof title, "Title %d", n);
		broadcast_title(app.mount, title);
		usleep(500);
	}
	return NULL;
}

static void
listeners_come_and_go_while_it_is_written(void **state)
{
	uint16_t port = app_open(5000);
	pthread_t writer, listeners[4];

	(void)state;
	atomic_store(&storm_over, false);
	pthread_create(&writer, NULL, write_on, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++)
		pthread_create(&listeners[i], NULL, come_and_go, &port);
	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++)
		pthread_join(listeners[i], NULL);
	atomic_store(&storm_over, true);
	pthread_join(writer, NULL);
	wait_for(&app.ended, 160);
	assert_int_equal(broadcast_listeners(app.mount), 0);
	broadcast_end(app.mount);
	app_close();
	assert_int_equal(app.ended, 160);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_title_is_printed_as_players_expect_it),
		cmocka_unit_test(a_title_without_end_is_cut_between_letters),
		cmocka_unit_test(
			a_listener_begins_some_way_back_at_a_join_point),
		cmocka_unit_test(the_header_comes_before_everything),
		cmocka_unit_test(
			a_stream_that_begins_anew_is_heard_from_its_header_on),
		cmocka_unit_test(
			titles_come_at_their_places_and_only_when_they_change),
		cmocka_unit_test(
			who_reads_slowly_skips_ahead_and_the_others_miss_nothing),
		cmocka_unit_test(
			who_takes_nothing_is_cut_off_and_the_others_miss_nothing),
		cmocka_unit_test(as_many_listen_as_the_channel_takes),
		cmocka_unit_test(a_stream_that_ends_is_heard_to_its_end),
		cmocka_unit_test(a_server_that_ends_lets_its_listeners_go),
		cmocka_unit_test(listeners_come_and_go_while_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
