/* test_live_out.c - listeners of channels on the air, over real sockets; the
 * programme behind them is the test's. */
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
#include "service/hls.h"
#include "service/live_out.h"
#include "tests/support/http_client.h"
#include "tests/support/loopback.h"

#define CHANNEL (-1001234)
#define SECOND 48000

/* ---- a programme that says what the test wants -------------------------- */

struct programme_tap {
	struct programme_tap_args args;
};

static struct {
	struct http_server *server;
	struct live_out *out;
	pthread_mutex_t lock; /* of the taps, as a programme's */
	struct programme_tap *taps[MEDIA_LIVE_FORMATS];
	atomic_uint opened, closed, count, counts, left;
	_Atomic uint64_t left_bytes;
	_Atomic int64_t left_user;
	char left_format[16], left_agent[64];
} app;

static struct programme_tap *
tap_open(struct programme *programme, const struct programme_tap_args *args)
{
	struct programme_tap *tap = mem_new(1, sizeof *tap);

	assert_null(programme);
	tap->args = *args;
	pthread_mutex_lock(&app.lock);
	assert_null(app.taps[args->format]);
	app.taps[args->format] = tap;
	pthread_mutex_unlock(&app.lock);
	atomic_fetch_add(&app.opened, 1);
	return tap;
}

static void
tap_close(struct programme_tap *tap)
{
	pthread_mutex_lock(&app.lock);
	app.taps[tap->args.format] = NULL;
	pthread_mutex_unlock(&app.lock);
	free(tap);
	atomic_fetch_add(&app.closed, 1);
}

static const struct live_sound sound = { NULL, tap_open, tap_close };

static void
wait_until_is(atomic_uint *number, unsigned wanted)
{
	for (int i = 0; i < 1000 && atomic_load(number) != wanted; i++)
		usleep(10000);
	assert_int_equal(atomic_load(number), wanted);
}

static void
say(enum media_live_format format, enum media_packet_kind kind,
    const char *bytes, size_t count, uint32_t samples)
{
	const struct media_packet packet = { .kind = kind,
					     .join = kind ==
						     MEDIA_PACKET_SOUND,
					     .samples = samples,
					     .bytes = { bytes, count } };
	struct programme_tap *tap;

	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&app.lock);
		tap = app.taps[format];
		if (tap != NULL)
			tap->args.on_packet(tap->args.cookie, &packet);
		pthread_mutex_unlock(&app.lock);
		if (tap != NULL)
			return;
		usleep(10000);
	}
	fail_msg("nobody taps the programme");
}

/* ---- a server ----------------------------------------------------------- */

static void
on_count(void *cookie, int64_t channel_id, uint32_t listeners, int32_t change)
{
	(void)cookie;
	assert_int_equal(channel_id, CHANNEL);
	assert_int_not_equal(change, 0);
	atomic_store(&app.count, listeners);
	atomic_fetch_add(&app.counts, 1);
}

static void
on_left(void *cookie, const struct live_listen *listen)
{
	(void)cookie;
	assert_int_equal(listen->channel_id, CHANNEL);
	assert_string_equal(listen->address, "127.0.0.1");
	assert_true(listen->ended_at_ms >= listen->started_at_ms);
	if (atomic_load(&app.left) == 0) { /* nobody reads them yet */
		snprintf(app.left_format, sizeof app.left_format, "%s",
			 listen->format);
		snprintf(app.left_agent, sizeof app.left_agent, "%s",
			 listen->agent);
	}
	atomic_store(&app.left_bytes, listen->bytes);
	atomic_store(&app.left_user, listen->user_id);
	atomic_fetch_add(&app.left, 1);
}

/* "/aac", "/list" or the name of a file of HLS; "?moderator". */
static void
on_request(void *cookie, struct http_request *request)
{
	const char *path = arena_copy_bytes(http_request_arena(request),
					    http_request_path(request).at + 1,
					    http_request_path(request).length -
						    1);
	const struct live_ask ask = {
		.channel_id = CHANNEL,
		.user_id = 7,
		.sees_private = http_request_query(request).length > 0,
		.query = "",
	};
	enum media_live_format format;
	struct fault fault = { 0 };
	enum status status;

	(void)cookie;
	if (live_format_parse(path, &format))
		status = live_out_listen(app.out, &ask, format, request,
					 &fault);
	else if (strcmp(path, "list") == 0)
		status = live_out_hls_list(app.out, &ask, request, &fault);
	else
		status = live_out_hls_file(app.out, &ask, path, request,
					   &fault);
	if (status != STATUS_OK)
		http_answer_fault(request, &fault);
}

static uint16_t
app_open(bool is_public, uint32_t channel_max, uint32_t all_max)
{
	const struct live_out_settings settings = {
		.listeners_max = all_max,
		.burst_bytes = 1000,
		.queue_bytes = 100000,
		.stall_seconds = 10,
		.linger_ms = 50,
	};
	const struct live_out_watcher watcher = { on_count, on_left, NULL };
	const struct live_out_channel channel = {
		.id = CHANNEL,
		.title = "Ночь\nи день",
		.description = "All of it",
		.is_public = is_public,
		.listeners_max = channel_max,
	};
	struct http_server_args args = { .on_request = on_request };
	struct fault fault = { 0 };

	memset(&app, 0, sizeof app);
	pthread_mutex_init(&app.lock, NULL);
	assert_int_equal(live_out_open(&settings, &app.out, &fault),
			 STATUS_OK);
	live_out_watch(app.out, &watcher);
	assert_int_equal(live_out_begin(app.out, &channel, &sound, &fault),
			 STATUS_OK);
	assert_int_equal(live_out_begin(app.out, &channel, &sound, &fault),
			 STATUS_CONFLICT);
	app.server = loopback_open(&args);
	return http_server_port(app.server);
}

static void
app_close(void)
{
	http_server_close(app.server, 1000);
	live_out_close(app.out);
	assert_int_equal(atomic_load(&app.opened), atomic_load(&app.closed));
}

#define ASK(path) \
	"GET /" path " HTTP/1.1\r\nHost: t\r\nUser-Agent: player/1\r\n\r\n"

/* Reads the head byte by byte, so that what follows stays unread. */
static int
listen_to(uint16_t port, const char *request, char head[1024])
{
	int fd = client_connect(port);
	size_t length = 0;

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
expect_bytes(int fd, const char *text)
{
	char got[256] = { 0 };

	assert_int_equal(recv(fd, got, strlen(text), MSG_WAITALL),
			 (ssize_t)strlen(text));
	assert_string_equal(got, text);
}

/* ---- streams ------------------------------------------------------------ */

static void
an_encoder_runs_only_while_somebody_listens(void **state)
{
	uint16_t port = app_open(true, 0, 0);
	char head[1024];
	int one, other;

	(void)state;
	assert_int_equal(atomic_load(&app.opened), 0);
	one = listen_to(port, ASK("mp3"), head);
	assert_non_null(strstr(head, "HTTP/1.1 200 "));
	assert_non_null(strstr(head, "Content-Type: audio/mpeg\r\n"));
	assert_non_null(strstr(head, "icy-name: Ночь и день\r\n"));
	assert_non_null(strstr(head, "icy-br: 128\r\n"));
	assert_null(strstr(head, "icy-metaint"));
	wait_until_is(&app.count, 1);
	other = listen_to(port, ASK("mp3"), head);
	wait_until_is(&app.count, 2);
	assert_int_equal(atomic_load(&app.opened), 1);
	assert_int_equal(live_out_listeners(app.out, CHANNEL), 2);
	say(MEDIA_LIVE_MP3, MEDIA_PACKET_SOUND, "frame", 5, 1152);
	expect_bytes(one, "frame");
	expect_bytes(other, "frame");
	close(one);
	wait_until_is(&app.left, 1);
	assert_string_equal(app.left_format, "mp3");
	assert_string_equal(app.left_agent, "player/1");
	assert_int_equal(atomic_load(&app.left_user), 7);
	assert_int_equal(atomic_load(&app.left_bytes), 5);
	wait_until_is(&app.count, 1);
	close(other);
	wait_until_is(&app.left, 2);
	wait_until_is(&app.count, 0);
	wait_until_is(&app.closed, 1); /* a little later */
	app_close();
}

static void
whoever_waits_for_the_first_page_of_ogg_gets_it_once(void **state)
{
	uint16_t port = app_open(true, 0, 0);
	char head[1024];
	int early = listen_to(port, ASK("opus"), head), late;

	(void)state;
	wait_until_is(&app.count, 1);
	say(MEDIA_LIVE_OPUS, MEDIA_PACKET_HEADER, "HEADER", 6, 0);
	say(MEDIA_LIVE_OPUS, MEDIA_PACKET_SOUND, "page1", 5, 960);
	expect_bytes(early, "HEADERpage1");
	late = listen_to(port, ASK("opus"), head);
	expect_bytes(late, "HEADERpage1");
	say(MEDIA_LIVE_OPUS, MEDIA_PACKET_SOUND, "page2", 5, 960);
	expect_bytes(early, "page2");
	expect_bytes(late, "page2");
	close(early);
	close(late);
	app_close();
}

static void
limits_hold_for_a_channel_and_for_all(void **state)
{
	uint16_t port = app_open(true, 2, 3);
	char head[1024];
	int one = listen_to(port, ASK("mp3"), head);
	int other = listen_to(port, ASK("aac"), head);

	(void)state;
	assert_non_null(strstr(head, " 200 "));
	assert_int_equal(client_status(port, ASK("ogg")), 503);
	assert_int_equal(client_status(port, ASK("list")), 503);
	close(one);
	wait_until_is(&app.left, 1);
	one = listen_to(port, ASK("ogg"), head);
	assert_non_null(strstr(head, " 200 "));
	close(one);
	close(other);
	app_close();
	port = app_open(true, 0, 1);
	one = listen_to(port, ASK("mp3"), head);
	assert_int_equal(client_status(port, ASK("mp3")), 503);
	assert_int_equal(live_out_total(app.out), 1);
	close(one);
	app_close();
}

static void
a_private_channel_is_not_there_for_visitors(void **state)
{
	uint16_t port = app_open(false, 0, 0);
	char head[1024];
	int fd;

	(void)state;
	assert_int_equal(client_status(port, ASK("mp3")), 404);
	assert_int_equal(client_status(port, ASK("list")), 404);
	fd = listen_to(port, ASK("mp3?moderator"), head);
	assert_non_null(strstr(head, "icy-pub: 0\r\n"));
	close(fd);
	app_close();
}

static void
the_end_of_a_channel_is_the_end_for_its_listeners(void **state)
{
	uint16_t port = app_open(true, 0, 0);
	char head[1024];
	int fd = listen_to(port, ASK("mp3"), head);

	(void)state;
	say(MEDIA_LIVE_MP3, MEDIA_PACKET_SOUND, "last", 4, 1152);
	live_out_end(app.out, CHANNEL);
	assert_int_equal(atomic_load(&app.closed), 1);
	expect_bytes(fd, "last");
	assert_true(client_sees_end(fd));
	wait_until_is(&app.left, 1);
	assert_int_equal(client_status(port, ASK("mp3")), 404);
	assert_int_equal(live_out_listeners(app.out, CHANNEL), 0);
	close(fd);
	app_close();
}

static void
titles_come_between_the_bytes_of_mp3_for_those_who_ask(void **state)
{
	static char sound_bytes[16000];
	uint16_t port = app_open(true, 0, 0);
	char head[1024], got[16000], meta[65];
	int fd;

	(void)state;
	live_out_title(app.out, CHANNEL, "Кино - Группа крови");
	fd = listen_to(port,
		       "GET /mp3 HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n", head);
	assert_non_null(strstr(head, "icy-metaint: 16000\r\n"));
	say(MEDIA_LIVE_MP3, MEDIA_PACKET_SOUND, sound_bytes,
	    sizeof sound_bytes, 1152);
	assert_int_equal(recv(fd, got, sizeof got, MSG_WAITALL), sizeof got);
	assert_int_equal(recv(fd, meta, sizeof meta, MSG_WAITALL),
			 sizeof meta);
	assert_int_equal(meta[0], 4);
	assert_memory_equal(meta + 1, "StreamTitle='Кино - Группа крови';",
			    strlen("StreamTitle='Кино - Группа крови';"));
	close(fd);
	fd = listen_to(port, "GET /opus HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n",
		       head);
	assert_null(strstr(head, "icy-metaint"));
	close(fd);
	app_close();
}

/* ---- HLS ---------------------------------------------------------------- */

static void
the_first_list_waits_for_the_first_segment(void **state)
{
	uint16_t port = app_open(true, 0, 0);
	struct client_answer answer;
	char name[32] = "", *segment;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, ASK("list"));
	wait_until_is(&app.count, 1);
	say(MEDIA_LIVE_FMP4, MEDIA_PACKET_HEADER, "ftypmoov", 8, 0);
	say(MEDIA_LIVE_FMP4, MEDIA_PACKET_SOUND, "moofmdat", 8, 4 * SECOND);
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	assert_string_equal(client_field(&answer, "content-type"), HLS_TYPE);
	assert_non_null(strstr(answer.body, "#EXT-X-TARGETDURATION:4\n"));
	assert_non_null(
		strstr(answer.body, "#EXT-X-MAP:URI=\"init-0.mp4\"\n"));
	segment = strstr(answer.body, "#EXTINF:4.000,\n");
	assert_non_null(segment);
	assert_int_equal(sscanf(segment, "#EXTINF:4.000,\n%31s", name), 1);
	client_answer_free(&answer);
	close(fd);

	client_ask(port, ASK("init-0.mp4"), &answer);
	assert_int_equal(answer.body_length, 8);
	assert_memory_equal(answer.body, "ftypmoov", 8);
	client_answer_free(&answer);
	fd = client_connect(port);
	client_send_text(fd, "GET /");
	client_send_text(fd, name);
	client_send_text(fd, " HTTP/1.1\r\nHost: t\r\n"
			     "User-Agent: player/1\r\n\r\n");
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 200);
	assert_memory_equal(answer.body, "moofmdat", 8);
	client_answer_free(&answer);
	close(fd);
	assert_int_equal(client_status(port, ASK("0.m4s")), 404);
	assert_int_equal(client_status(port, ASK("init-1.mp4")), 404);
	assert_int_equal(client_status(port, ASK("passwd")), 404);
	/* One player, however often it asks. */
	assert_int_equal(live_out_listeners(app.out, CHANNEL), 1);
	live_out_end(app.out, CHANNEL);
	wait_until_is(&app.left, 1);
	assert_string_equal(app.left_format, "hls");
	assert_int_equal(atomic_load(&app.left_bytes), 16);
	app_close();
}

static void
a_list_that_never_began_is_refused_when_the_channel_ends(void **state)
{
	uint16_t port = app_open(true, 0, 0);
	struct client_answer answer;
	int fd = client_connect(port);

	(void)state;
	client_send_text(fd, ASK("list"));
	wait_until_is(&app.count, 1);
	live_out_end(app.out, CHANNEL);
	client_read(fd, false, &answer);
	assert_int_equal(answer.status, 503);
	client_answer_free(&answer);
	close(fd);
	app_close();
}

static void
segments_are_listed_six_at_a_time_and_numbers_never_repeat(void **state)
{
	struct hls *hls = hls_new(40000000);
	struct buffer list;

	(void)state;
	buffer_init(&list, 0);
	assert_false(hls_print(hls, "", &list));
	hls_header(hls, SPAN("one"));
	for (int i = 0; i < 20; i++)
		hls_segment(hls, SPAN("x"), 4 * SECOND, SECOND);
	assert_true(hls_print(hls, "", &list));
	assert_non_null(strstr(list.bytes, "#EXT-X-MEDIA-SEQUENCE:10014\n"));
	assert_non_null(strstr(list.bytes, "\n10019.m4s\n"));
	assert_null(strstr(list.bytes, "\n10013.m4s\n"));
	assert_null(strstr(list.bytes, "#EXT-X-DISCONTINUITY\n"));
	buffer_release(&list);
	hls_free(hls);
}

static void
a_stream_that_begins_anew_says_so_in_the_list(void **state)
{
	struct hls *hls = hls_new(0);
	struct buffer list;

	(void)state;
	buffer_init(&list, 0);
	hls_header(hls, SPAN("one"));
	hls_segment(hls, SPAN("x"), 4 * SECOND, SECOND);
	hls_header(hls, SPAN("two"));
	hls_segment(hls, SPAN("y"), 5 * SECOND - 1, SECOND);
	assert_true(hls_print(hls, "", &list));
	assert_string_equal(list.bytes,
			    "#EXTM3U\n#EXT-X-VERSION:7\n"
			    "#EXT-X-TARGETDURATION:5\n"
			    "#EXT-X-MEDIA-SEQUENCE:0\n"
			    "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
			    "#EXT-X-INDEPENDENT-SEGMENTS\n"
			    "#EXT-X-MAP:URI=\"init-0.mp4\"\n"
			    "#EXTINF:4.000,\n0.m4s\n"
			    "#EXT-X-DISCONTINUITY\n"
			    "#EXT-X-MAP:URI=\"init-1.mp4\"\n"
			    "#EXTINF:4.999,\n1.m4s\n");
	buffer_clear(&list);
	assert_true(hls_print(hls, "?sig=a.b", &list));
	assert_non_null(strstr(list.bytes, "\"init-0.mp4?sig=a.b\"\n"));
	assert_non_null(strstr(list.bytes, "\n0.m4s?sig=a.b\n"));
	assert_non_null(strstr(list.bytes, "\"init-1.mp4?sig=a.b\"\n"));
	assert_non_null(strstr(list.bytes, "\n1.m4s?sig=a.b\n"));
	buffer_clear(&list);
	/* A third header: what needs the first one is gone. */
	hls_header(hls, SPAN("three"));
	hls_segment(hls, SPAN("z"), 4 * SECOND, SECOND);
	assert_true(hls_print(hls, "", &list));
	assert_null(strstr(list.bytes, "init-0.mp4"));
	assert_non_null(
		strstr(list.bytes, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n"));
	buffer_release(&list);
	hls_free(hls);
}

static bool
visit(struct hls *hls, int64_t id, const char *address, struct span agent,
      int64_t user_id, int64_t now_ms)
{
	const struct hls_visit visit = { .id = id,
					 .user_id = user_id,
					 .address = address,
					 .agent = agent,
					 .bytes = 10,
					 .now_ms = now_ms };

	return hls_visit(hls, &visit);
}

static void
who_stops_asking_has_left(void **state)
{
	struct hls *hls = hls_new(0);
	struct hls_listener *gone;

	(void)state;
	assert_true(visit(hls, 1, "1.2.3.4", SPAN("vlc"), 0, 1000));
	assert_false(visit(hls, 2, "1.2.3.4", SPAN("vlc"), 5, 3000));
	assert_true(visit(hls, 3, "1.2.3.4", SPAN("mpv"), 0, 3000));
	assert_true(visit(hls, 4, "1.2.3.5", SPAN("vlc"), 0, 9000));
	assert_int_equal(hls_listeners(hls), 3);
	assert_true(hls_knows(hls, "1.2.3.4", SPAN("mpv")));
	assert_false(hls_knows(hls, "1.2.3.5", SPAN("mpv")));
	assert_null(hls_sweep(hls, 2999 + HLS_AWAY_MS, false));
	gone = hls_sweep(hls, 3000 + HLS_AWAY_MS, false);
	assert_non_null(gone);
	assert_non_null(gone->next);
	assert_null(gone->next->next);
	if (strcmp(gone->agent, "vlc") != 0) {
		struct hls_listener *other = gone->next;

		other->next = gone;
		gone->next = NULL;
		gone = other;
	}
	assert_string_equal(gone->agent, "vlc");
	assert_string_equal(gone->address, "1.2.3.4");
	assert_int_equal(gone->user_id, 5);
	assert_int_equal(gone->bytes, 20);
	assert_int_equal(gone->started_ms, 1000);
	assert_int_equal(gone->asked_ms, 3000);
	free(gone->next);
	free(gone);
	assert_int_equal(hls_listeners(hls), 1);
	hls_free(hls);
}

static void
who_is_sent_away_from_segments_is_refused_for_a_while(void **state)
{
	struct hls *hls = hls_new(0);
	struct hls_listener *list;
	struct arena arena;
	size_t count;

	(void)state;
	arena_init(&arena);
	visit(hls, 4, "1.2.3.4", SPAN("vlc"), 9, 1000);
	visit(hls, 5, "1.2.3.4", SPAN("mpv"), 0, 1000);
	assert_false(hls_refuses(hls, "1.2.3.4", SPAN("vlc")));
	assert_false(hls_dismiss(hls, 6, 2000));
	assert_true(hls_dismiss(hls, 4, 2000));
	assert_false(hls_dismiss(hls, 4, 2000));
	assert_true(hls_refuses(hls, "1.2.3.4", SPAN("vlc")));
	assert_false(hls_refuses(hls, "1.2.3.4", SPAN("mpv")));
	assert_int_equal(hls_listeners(hls), 1);
	hls_listener_list(hls, &arena, &list, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].id, 5);
	assert_string_equal(list[0].agent, "mpv");
	list = hls_sweep(hls, 1000 + HLS_AWAY_MS, false);
	assert_int_equal(list->id, 5);
	free(list);
	list = hls_sweep(hls, 2000 + HLS_AWAY_MS, false);
	assert_true(list->dismissed);
	assert_int_equal(list->user_id, 9);
	free(list);
	assert_false(hls_refuses(hls, "1.2.3.4", SPAN("vlc")));
	assert_int_equal(hls_listeners(hls), 0);
	arena_release(&arena);
	hls_free(hls);
}

/* ---- looking, and much at once ------------------------------------------ */

static void
one_listener_is_sent_away_and_the_others_hear_on(void **state)
{
	uint16_t port = app_open(true, 0, 0);
	struct live_listener *listeners;
	struct fault fault = { 0 };
	struct arena arena;
	char head[1024], byte = 0;
	size_t count;
	int one, other;

	(void)state;
	arena_init(&arena);
	one = listen_to(port, ASK("mp3"), head);
	say(MEDIA_LIVE_MP3, MEDIA_PACKET_SOUND, "abc", 3, 0);
	expect_bytes(one, "abc");
	other = listen_to(port, ASK("mp3"), head);
	expect_bytes(other, "abc");
	live_out_listener_list(app.out, CHANNEL, &arena, &listeners, &count);
	assert_int_equal(count, 2);
	assert_true(listeners[0].id > listeners[1].id);
	assert_string_equal(listeners[1].agent, "player/1");
	assert_string_equal(listeners[1].format, "mp3");
	assert_int_equal(listeners[1].user_id, 7);
	assert_int_equal(listeners[1].bytes, 3);
	assert_int_equal(live_out_dismiss(app.out, CHANNEL, 999, &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(live_out_dismiss(app.out, CHANNEL + 1,
					  listeners[1].id, &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(live_out_dismiss(app.out, CHANNEL, listeners[1].id,
					  &fault),
			 STATUS_OK);
	say(MEDIA_LIVE_MP3, MEDIA_PACKET_SOUND, "def", 3, 0);
	expect_bytes(other, "def");
	assert_int_equal(recv(one, &byte, 1, 0), 0);
	wait_until_is(&app.left, 1);
	live_out_listener_list(app.out, CHANNEL, &arena, &listeners, &count);
	assert_int_equal(count, 1);
	assert_int_equal(live_out_listeners(app.out, CHANNEL), 1);
	close(one);
	close(other);
	arena_release(&arena);
	app_close();
}

static void
only_streams_that_are_heard_are_listed(void **state)
{
	uint16_t port = app_open(true, 0, 0);
	struct live_mount *mounts;
	struct arena arena;
	char head[1024];
	size_t count;
	int one, other;

	(void)state;
	arena_init(&arena);
	live_out_list(app.out, &arena, &mounts, &count);
	assert_int_equal(count, 0);
	one = listen_to(port, ASK("aac"), head);
	other = listen_to(port, ASK("mp3"), head);
	live_out_title(app.out, CHANNEL, "A - B");
	live_out_list(app.out, &arena, &mounts, &count);
	assert_int_equal(count, 2);
	assert_int_equal(mounts[0].format, MEDIA_LIVE_MP3);
	assert_int_equal(mounts[0].listeners, 1);
	assert_int_equal(mounts[0].peak, 1);
	assert_string_equal(mounts[0].playing, "A - B");
	assert_int_equal(mounts[1].format, MEDIA_LIVE_AAC);
	arena_release(&arena);
	close(one);
	close(other);
	app_close();
}

static void *
come_and_go(void *cookie)
{
	static const char *const asks[] = { ASK("mp3"), ASK("opus"),
					    ASK("aac") };
	uint16_t port = *(uint16_t *)cookie;
	char head[1024];

	for (int i = 0; i < 60; i++)
		close(listen_to(port, asks[i % 3], head));
	return NULL;
}

static void
listeners_come_and_go_while_sound_is_made_and_channels_end(void **state)
{
	static const struct live_out_channel channel = { .id = CHANNEL,
							 .title = "x",
							 .is_public = true };
	uint16_t port = app_open(true, 0, 0);
	pthread_t threads[3];
	struct fault fault = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, come_and_go, &port);
	for (int i = 0; i < 50; i++) {
		for (int f = 0; f < MEDIA_LIVE_FMP4; f++) {
			const struct media_packet packet = {
				.kind = MEDIA_PACKET_SOUND,
				.join = true,
				.samples = 1152,
				.bytes = { "sound", 5 },
			};
			struct programme_tap *tap;

			pthread_mutex_lock(&app.lock);
			tap = app.taps[f];
			if (tap != NULL)
				tap->args.on_packet(tap->args.cookie, &packet);
			pthread_mutex_unlock(&app.lock);
		}
		live_out_title(app.out, CHANNEL, i % 2 ? "one" : "two");
		if (i % 10 == 9) {
			live_out_end(app.out, CHANNEL);
			assert_int_equal(live_out_begin(app.out, &channel,
							&sound, &fault),
					 STATUS_OK);
		}
		usleep(2000);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	http_server_close(app.server, 1000);
	for (int i = 0; i < 1000 && live_out_total(app.out) > 0; i++)
		usleep(10000);
	assert_int_equal(live_out_total(app.out), 0);
	live_out_close(app.out);
	assert_int_equal(atomic_load(&app.opened), atomic_load(&app.closed));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_encoder_runs_only_while_somebody_listens),
		cmocka_unit_test(
			whoever_waits_for_the_first_page_of_ogg_gets_it_once),
		cmocka_unit_test(limits_hold_for_a_channel_and_for_all),
		cmocka_unit_test(a_private_channel_is_not_there_for_visitors),
		cmocka_unit_test(
			the_end_of_a_channel_is_the_end_for_its_listeners),
		cmocka_unit_test(
			titles_come_between_the_bytes_of_mp3_for_those_who_ask),
		cmocka_unit_test(the_first_list_waits_for_the_first_segment),
		cmocka_unit_test(
			a_list_that_never_began_is_refused_when_the_channel_ends),
		cmocka_unit_test(
			segments_are_listed_six_at_a_time_and_numbers_never_repeat),
		cmocka_unit_test(a_stream_that_begins_anew_says_so_in_the_list),
		cmocka_unit_test(who_stops_asking_has_left),
		cmocka_unit_test(
			who_is_sent_away_from_segments_is_refused_for_a_while),
		cmocka_unit_test(
			one_listener_is_sent_away_and_the_others_hear_on),
		cmocka_unit_test(only_streams_that_are_heard_are_listed),
		cmocka_unit_test(
			listeners_come_and_go_while_sound_is_made_and_channels_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
