/* test_websocket.c - the protocol of RFC 6455, case by case, over real sockets.
 *
 * The application gives every text back; "close" makes it close the socket,
 * "flood" makes it send much at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/websocket.h"
#include "tests/support/http_client.h"
#include "tests/support/loopback.h"

#define MESSAGE_MAX 70000

static struct {
	struct http_server *server;
	struct websockets *sockets;
	atomic_uint opened, closed;
	pthread_mutex_t lock; /* of the newest socket */
	struct websocket *newest;
} app;

/* ---- the application ------------------------------------------------------------ */

struct session {
	struct websocket *socket;
};

static void
session_opened(void *cookie, struct websocket *socket)
{
	struct session *session = cookie;

	session->socket = socket;
	pthread_mutex_lock(&app.lock);
	app.newest = socket;
	pthread_mutex_unlock(&app.lock);
	atomic_fetch_add(&app.opened, 1);
}

static void
flood(struct websocket *socket)
{
	char *text = malloc(MESSAGE_MAX);
	struct ws_message *message;

	memset(text, 'x', MESSAGE_MAX);
	message = ws_message_new((struct span){ text, MESSAGE_MAX });
	for (int i = 0; i < 1000; i++)
		websocket_send(socket, message);
	ws_message_drop(message);
	free(text);
}

static void
session_text(void *cookie, struct span text)
{
	struct session *session = cookie;
	struct ws_message *message;

	if (span_equal(text, SPAN("close"))) {
		websocket_close(session->socket, 4000, "as you like");
		return;
	}
	if (span_equal(text, SPAN("flood"))) {
		flood(session->socket);
		return;
	}
	message = ws_message_new(text);
	websocket_send(session->socket, message);
	ws_message_drop(message);
}

static void
session_closed(void *cookie)
{
	struct session *session = cookie;

	pthread_mutex_lock(&app.lock);
	if (app.newest == session->socket)
		app.newest = NULL;
	pthread_mutex_unlock(&app.lock);
	free(session);
	atomic_fetch_add(&app.closed, 1);
}

static const struct websocket_handlers handlers = {
	session_opened, session_text, session_closed
};

static void
on_request(void *cookie, struct http_request *request)
{
	(void)cookie;
	if (websocket_check(request) == WS_OPENING_GOOD)
		websocket_answer(app.sockets, request, &handlers,
				 calloc(1, sizeof(struct session)));
	else
		http_answer_empty(request, 426);
}

static void
app_open(uint32_t ping_ms)
{
	struct http_server_args args = { .on_request = on_request };
	struct websocket_settings settings = { .ping_ms = ping_ms,
					       .close_ms = 2000,
					       .message_max_bytes =
						       MESSAGE_MAX,
					       .queue_max_bytes = 1 << 18 };

	memset(&app, 0, sizeof app);
	pthread_mutex_init(&app.lock, NULL);
	app.sockets = websockets_new(&settings);
	app.server = loopback_open(&args);
}

static void *
app_end(void *cookie)
{
	(void)cookie;
	http_server_close(app.server, 2000);
	websockets_free(app.sockets);
	assert_int_equal(atomic_load(&app.opened), atomic_load(&app.closed));
	return NULL;
}

static void
app_close(void)
{
	app_end(NULL);
}

static int
before(void **state)
{
	(void)state;
	app_open(30000);
	return 0;
}

static int
after(void **state)
{
	(void)state;
	app_close();
	return 0;
}

/* ---- the client ------------------------------------------------------------------ */

#define OPENING \
	"GET / HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\n" \
	"Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static int
open_with(const char *fields, char *head, size_t room)
{
	int fd = client_connect(http_server_port(app.server));
	size_t length = 0;
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	client_send_text(fd, OPENING);
	client_send_text(fd, fields);
	client_send_text(fd, "\r\n");
	head[0] = '\0';
	while (strstr(head, "\r\n\r\n") == NULL) {
		assert_true(length < room - 1);
		assert_int_equal(recv(fd, head + length, 1, 0), 1);
		head[++length] = '\0';
	}
	return fd;
}

static int
open_socket(bool deflates)
{
	char head[1024];
	int fd = open_with(deflates ? "Sec-WebSocket-Extensions: "
				      "permessage-deflate\r\n" :
				      "",
			   head, sizeof head);

	assert_non_null(strstr(head, "101 Switching Protocols"));
	return fd;
}

#define BARE 1   /* not masked */
#define LONG_16 2 /* length in 16 bits whatever it is */
#define LONG_64 4

struct frame {
	uint8_t first; /* FIN, RSV, opcode */
	struct span payload;
	unsigned flags;
};

static size_t
length_print(const struct frame *frame, uint8_t *out)
{
	size_t length = frame->payload.length, count = 1;
	uint8_t mask = frame->flags & BARE ? 0 : 0x80;

	if (frame->flags & LONG_64 || length > 65535) {
		out[0] = mask | 127;
		for (int shift = 56; shift >= 0; shift -= 8)
			out[count++] = (uint8_t)((uint64_t)length >> shift);
	} else if (frame->flags & LONG_16 || length > 125) {
		out[0] = mask | 126;
		out[count++] = (uint8_t)(length >> 8);
		out[count++] = (uint8_t)length;
	} else {
		out[0] = mask | (uint8_t)length;
	}
	return count;
}

static void
frame_send(int fd, const struct frame *frame)
{
	static const uint8_t mask[4] = { 0x37, 0xfa, 0x21, 0x3d };
	size_t length = frame->payload.length, count = 1;
	uint8_t *bytes = malloc(length + 14);

	bytes[0] = frame->first;
	count += length_print(frame, bytes + 1);
	if (!(frame->flags & BARE)) {
		memcpy(bytes + count, mask, sizeof mask);
		count += sizeof mask;
	}
	for (size_t i = 0; i < length; i++)
		bytes[count + i] = (uint8_t)frame->payload.at[i] ^
				   (frame->flags & BARE ? 0 : mask[i % 4]);
	client_send(fd, (const char *)bytes, count + length);
	free(bytes);
}

struct got {
	uint8_t first;
	size_t length;
	char bytes[MESSAGE_MAX + 1];
};

/* False at the end of the connection. */
static bool
frame_read(int fd, struct got *out)
{
	uint8_t head[2], more[8];
	size_t extra = 0;

	if (recv(fd, head, 2, MSG_WAITALL) != 2)
		return false;
	out->first = head[0];
	out->length = head[1]; /* a server masks nothing */
	assert_true(head[1] < 128);
	if (head[1] >= 126)
		extra = head[1] == 126 ? 2 : 8;
	if (extra > 0) {
		assert_int_equal(recv(fd, more, extra, MSG_WAITALL), extra);
		out->length = 0;
		for (size_t i = 0; i < extra; i++)
			out->length = out->length << 8 | more[i];
	}
	assert_true(out->length <= MESSAGE_MAX);
	if (out->length > 0)
		assert_int_equal(recv(fd, out->bytes, out->length,
				      MSG_WAITALL),
				 out->length);
	out->bytes[out->length] = '\0';
	return true;
}

static struct got got; /* large */

static void
expect_frame(int fd, uint8_t first, struct span payload)
{
	assert_true(frame_read(fd, &got));
	assert_int_equal(got.first, first);
	assert_int_equal(got.length, payload.length);
	assert_memory_equal(got.bytes, payload.at, payload.length);
}

static void
expect_close(int fd, unsigned code)
{
	static const char answer[] = "\x88\x80\x01\x02\x03\x04";

	assert_true(frame_read(fd, &got));
	assert_int_equal(got.first, 0x88);
	send(fd, answer, sizeof answer - 1, MSG_NOSIGNAL);
	if (code == 0) {
		assert_int_equal(got.length, 0);
	} else {
		assert_true(got.length >= 2);
		assert_int_equal((uint8_t)got.bytes[0] << 8 |
					 (uint8_t)got.bytes[1],
				 code);
	}
	assert_true(client_sees_end(fd));
}

static void
say(int fd, const char *text)
{
	struct frame frame = { 0x81, span_of(text), 0 };

	frame_send(fd, &frame);
}

/* ---- opening ------------------------------------------------------------------------ */

static void
the_opening_is_answered_as_the_standard_has_it(void **state)
{
	char head[1024];
	int fd = open_with("", head, sizeof head);

	(void)state;
	assert_non_null(strstr(head, "HTTP/1.1 101 "));
	assert_non_null(strstr(head, "Upgrade: websocket\r\n"));
	assert_non_null(strstr(head, "Connection: Upgrade\r\n"));
	assert_non_null(strstr(head, "Sec-WebSocket-Accept: "
				     "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
	assert_null(strstr(head, "Sec-WebSocket-Extensions"));
	close(fd);
}

static void
openings_that_ask_for_something_else_are_told_apart(void **state)
{
	static const struct {
		struct ws_opening opening;
		enum ws_opening_result result;
	} cases[] = {
#define LITERAL(text) { (text), sizeof(text) - 1 }
#define KEY LITERAL("dGhlIHNhbXBsZSBub25jZQ==")
#define OPEN(upgrade, connection, version, key) \
	{ LITERAL(upgrade), LITERAL(connection), LITERAL(version), key, { NULL, 0 } }
		{ OPEN("websocket", "Upgrade", "13", KEY), WS_OPENING_GOOD },
		{ OPEN("WebSocket", "close, UPGRADE", " 13 ", KEY),
		  WS_OPENING_GOOD },
		{ OPEN("h2c, websocket", "upgrade", "13", KEY),
		  WS_OPENING_GOOD },
		{ OPEN("h2c", "Upgrade", "13", KEY), WS_OPENING_NONE },
		{ OPEN("", "Upgrade", "13", KEY), WS_OPENING_NONE },
		{ OPEN("websocket", "keep-alive", "13", KEY),
		  WS_OPENING_NONE },
		{ OPEN("websocket", "Upgrade", "8", KEY),
		  WS_OPENING_VERSION },
		{ OPEN("websocket", "Upgrade", "", KEY), WS_OPENING_VERSION },
		{ OPEN("websocket", "Upgrade", "13", LITERAL("")),
		  WS_OPENING_BAD },
		{ OPEN("websocket", "Upgrade", "13",
		       LITERAL("dGhlIHNhbXBsZSBub25jZQ")),
		  WS_OPENING_BAD },
		{ OPEN("websocket", "Upgrade", "13",
		       LITERAL("dGhlIHNhbXBsZSBub25jZR==")),
		  WS_OPENING_BAD }, /* bits behind the sixteenth byte */
		{ OPEN("websocket", "Upgrade", "13",
		       LITERAL("dGhlIHNhbXBsZSBub25j!Q==")),
		  WS_OPENING_BAD },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (ws_opening_check(&cases[i].opening) != cases[i].result)
			fail_msg("case %zu", i);
	}
}

static void
offers_of_deflate_are_taken_when_they_can_be_met(void **state)
{
	static const struct {
		const char *offer;
		bool met;
	} cases[] = {
		{ "", false },
		{ "permessage-deflate", true },
		{ "permessage-deflate; client_max_window_bits", true },
		{ "permessage-deflate;client_max_window_bits=10", true },
		{ "permessage-deflate; client_max_window_bits=\"15\"", true },
		{ "permessage-deflate; server_no_context_takeover; "
		  "client_no_context_takeover",
		  true },
		{ "permessage-deflate; server_max_window_bits=15", true },
		{ "permessage-deflate; server_max_window_bits=10", false },
		{ "permessage-deflate; server_max_window_bits=10, "
		  "permessage-deflate",
		  true },
		{ "permessage-deflate; server_max_window_bits", false },
		{ "permessage-deflate; client_max_window_bits=7", false },
		{ "permessage-deflate; client_max_window_bits=16", false },
		{ "permessage-deflate; client_max_window_bits=010", false },
		{ "permessage-deflate; server_no_context_takeover=1", false },
		{ "permessage-deflate; client_max_window_bits; "
		  "client_max_window_bits",
		  false },
		{ "permessage-deflate; unheard_of", false },
		{ "x-webkit-deflate-frame, permessage-deflate", true },
		{ "x-webkit-deflate-frame", false },
		{ ",,;=,", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (ws_deflate_offered(span_of(cases[i].offer)) !=
		    cases[i].met)
			fail_msg("%s", cases[i].offer);
	}
}

/* ---- frames --------------------------------------------------------------------------- */

#define FRAMES_MAX 6
#define TEXT(text) { (text), sizeof(text) - 1 }
#define NONE { { 0, { NULL, 0 }, 0 } }

/* What the client sends; then what comes back: frames, a close with its code
 * (0xffff: none), and the end. */
struct protocol_case {
	const char *name;
	struct frame sent[FRAMES_MAX];
	struct frame back[FRAMES_MAX];
	unsigned close_code;
};

#define OPEN_STILL 0xffff
#define SIXTY "123456789012345678901234567890123456789012345678901234567890"
#define BYTES_125 SIXTY SIXTY "12345"
#define BYTES_126 BYTES_125 "6"

static const struct protocol_case protocol_cases[] = {
	/* lengths, 5.2 */
	{ "an empty text", { { 0x81, TEXT(""), 0 } },
	  { { 0x81, TEXT(""), 0 } }, OPEN_STILL },
	{ "a text of 125 bytes", { { 0x81, TEXT(BYTES_125), 0 } },
	  { { 0x81, TEXT(BYTES_125), 0 } }, OPEN_STILL },
	{ "a text of 126 bytes", { { 0x81, TEXT(BYTES_126), 0 } },
	  { { 0x81, TEXT(BYTES_126), 0 } }, OPEN_STILL },
	{ "a length in 16 bits that fits into 7",
	  { { 0x81, TEXT("short"), LONG_16 } }, NONE, 1002 },
	{ "a length in 64 bits that fits into 7",
	  { { 0x81, TEXT("short"), LONG_64 } }, NONE, 1002 },

	/* fragments, 5.4 */
	{ "a text in three parts",
	  { { 0x01, TEXT("one "), 0 }, { 0x00, TEXT("two "), 0 },
	    { 0x80, TEXT("three"), 0 } },
	  { { 0x81, TEXT("one two three"), 0 } }, OPEN_STILL },
	{ "empty parts",
	  { { 0x01, TEXT(""), 0 }, { 0x00, TEXT(""), 0 },
	    { 0x80, TEXT("x"), 0 } },
	  { { 0x81, TEXT("x"), 0 } }, OPEN_STILL },
	{ "a ping between two parts",
	  { { 0x01, TEXT("a"), 0 }, { 0x89, TEXT("p"), 0 },
	    { 0x80, TEXT("b"), 0 } },
	  { { 0x8a, TEXT("p"), 0 }, { 0x81, TEXT("ab"), 0 } }, OPEN_STILL },
	{ "a part without a beginning", { { 0x80, TEXT("b"), 0 } }, NONE,
	  1002 },
	{ "a part without a beginning, not the last",
	  { { 0x00, TEXT("b"), 0 } }, NONE, 1002 },
	{ "a text within a text",
	  { { 0x01, TEXT("a"), 0 }, { 0x81, TEXT("b"), 0 } }, NONE, 1002 },
	{ "a binary within a text",
	  { { 0x01, TEXT("a"), 0 }, { 0x82, TEXT("b"), 0 } }, NONE, 1002 },

	/* control frames, 5.5 */
	{ "a ping", { { 0x89, TEXT(""), 0 } }, { { 0x8a, TEXT(""), 0 } },
	  OPEN_STILL },
	{ "a ping of 125 bytes", { { 0x89, TEXT(BYTES_125), 0 } },
	  { { 0x8a, TEXT(BYTES_125), 0 } }, OPEN_STILL },
	{ "a ping of 126 bytes", { { 0x89, TEXT(BYTES_126), 0 } }, NONE,
	  1002 },
	{ "a ping in parts", { { 0x09, TEXT("a"), 0 } }, NONE, 1002 },
	{ "a pong nobody asked for",
	  { { 0x8a, TEXT("hm"), 0 }, { 0x81, TEXT("on"), 0 } },
	  { { 0x81, TEXT("on"), 0 } }, OPEN_STILL },
	{ "a pong of 126 bytes", { { 0x8a, TEXT(BYTES_126), 0 } }, NONE,
	  1002 },
	{ "several pings",
	  { { 0x89, TEXT("1"), 0 }, { 0x89, TEXT("2"), 0 },
	    { 0x89, TEXT("3"), 0 } },
	  { { 0x8a, TEXT("1"), 0 }, { 0x8a, TEXT("2"), 0 },
	    { 0x8a, TEXT("3"), 0 } },
	  OPEN_STILL },

	/* opcodes, 5.2 */
	{ "binary", { { 0x82, TEXT("\x01\x02"), 0 } }, NONE, 1003 },
	{ "opcode 3", { { 0x83, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 4", { { 0x84, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 5", { { 0x85, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 6", { { 0x86, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 7", { { 0x87, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 11", { { 0x8b, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 12", { { 0x8c, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 13", { { 0x8d, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 14", { { 0x8e, TEXT("x"), 0 } }, NONE, 1002 },
	{ "opcode 15", { { 0x8f, TEXT("x"), 0 } }, NONE, 1002 },

	/* reserved bits without an extension, 5.2 */
	{ "RSV1", { { 0xc1, TEXT("x"), 0 } }, NONE, 1002 },
	{ "RSV2", { { 0xa1, TEXT("x"), 0 } }, NONE, 1002 },
	{ "RSV3", { { 0x91, TEXT("x"), 0 } }, NONE, 1002 },
	{ "RSV1 on a ping", { { 0xc9, TEXT("x"), 0 } }, NONE, 1002 },
	{ "RSV2 on a close", { { 0xa8, TEXT(""), 0 } }, NONE, 1002 },

	/* masking, 5.1 */
	{ "a text without a mask", { { 0x81, TEXT("x"), BARE } }, NONE, 1002 },
	{ "a ping without a mask", { { 0x89, TEXT("x"), BARE } }, NONE, 1002 },
	{ "a close without a mask", { { 0x88, TEXT(""), BARE } }, NONE,
	  1002 },

	/* UTF-8, 8.1 */
	{ "text of all lengths of characters",
	  { { 0x81, TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xb5"), 0 } },
	  { { 0x81, TEXT("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x8e\xb5"), 0 } },
	  OPEN_STILL },
	{ "a character over two parts",
	  { { 0x01, TEXT("\xe2\x82"), 0 }, { 0x80, TEXT("\xac"), 0 } },
	  { { 0x81, TEXT("\xe2\x82\xac"), 0 } }, OPEN_STILL },
	{ "a byte that is never in UTF-8", { { 0x81, TEXT("a\xff"), 0 } },
	  NONE, 1007 },
	{ "an overlong slash", { { 0x81, TEXT("\xc0\xaf"), 0 } }, NONE, 1007 },
	{ "half a surrogate pair", { { 0x81, TEXT("\xed\xa0\x80"), 0 } },
	  NONE, 1007 },
	{ "beyond the last character",
	  { { 0x81, TEXT("\xf4\x90\x80\x80"), 0 } }, NONE, 1007 },
	{ "a character cut off at the end", { { 0x81, TEXT("a\xe2\x82"), 0 } },
	  NONE, 1007 },
	{ "bad bytes in a later part",
	  { { 0x01, TEXT("fine"), 0 }, { 0x80, TEXT("\x80"), 0 } }, NONE,
	  1007 },

	/* closing, 5.5.1 and 7.4 */
	{ "a close without a code", { { 0x88, TEXT(""), 0 } }, NONE, 0 },
	{ "a close of one byte", { { 0x88, TEXT("\x03"), 0 } }, NONE, 1002 },
	{ "1000", { { 0x88, TEXT("\x03\xe8"), 0 } }, NONE, 1000 },
	{ "1000 with a reason", { { 0x88, TEXT("\x03\xe8" "bye"), 0 } }, NONE,
	  1000 },
	{ "1001", { { 0x88, TEXT("\x03\xe9"), 0 } }, NONE, 1001 },
	{ "1011", { { 0x88, TEXT("\x03\xf3"), 0 } }, NONE, 1011 },
	{ "3000", { { 0x88, TEXT("\x0b\xb8"), 0 } }, NONE, 3000 },
	{ "4999", { { 0x88, TEXT("\x13\x87"), 0 } }, NONE, 4999 },
	{ "0", { { 0x88, { "\0\0", 2 }, 0 } }, NONE, 1002 },
	{ "999", { { 0x88, TEXT("\x03\xe7"), 0 } }, NONE, 1002 },
	{ "1004", { { 0x88, TEXT("\x03\xec"), 0 } }, NONE, 1002 },
	{ "1005", { { 0x88, TEXT("\x03\xed"), 0 } }, NONE, 1002 },
	{ "1006", { { 0x88, TEXT("\x03\xee"), 0 } }, NONE, 1002 },
	{ "1015", { { 0x88, TEXT("\x03\xf7"), 0 } }, NONE, 1002 },
	{ "1100", { { 0x88, TEXT("\x04\x4c"), 0 } }, NONE, 1002 },
	{ "2999", { { 0x88, TEXT("\x0b\xb7"), 0 } }, NONE, 1002 },
	{ "5000", { { 0x88, TEXT("\x13\x88"), 0 } }, NONE, 1002 },
	{ "a reason that is not UTF-8",
	  { { 0x88, TEXT("\x03\xe8\xff"), 0 } }, NONE, 1007 },
	{ "nothing is answered after a close",
	  { { 0x88, TEXT("\x03\xe8"), 0 }, { 0x89, TEXT("late"), 0 } }, NONE,
	  1000 },
};

static void
run_case(const struct protocol_case *c)
{
	int fd = open_socket(false);

	for (size_t i = 0; i < FRAMES_MAX && c->sent[i].payload.at != NULL;
	     i++)
		frame_send(fd, &c->sent[i]);
	for (size_t i = 0; i < FRAMES_MAX && c->back[i].payload.at != NULL;
	     i++)
		expect_frame(fd, c->back[i].first, c->back[i].payload);
	if (c->close_code == OPEN_STILL) {
		say(fd, "and now");
		expect_frame(fd, 0x81, SPAN("and now"));
		frame_send(fd, &(struct frame){ 0x88, SPAN("\x03\xe8"), 0 });
		expect_close(fd, 1000);
	} else {
		expect_close(fd, c->close_code);
	}
	close(fd);
}

static void
every_rule_of_frames_is_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(protocol_cases); i++) {
		if (getenv("SHOW_CASES") != NULL)
			print_message("# %s\n", protocol_cases[i].name);
		run_case(&protocol_cases[i]);
	}
}

static void
a_frame_that_comes_byte_by_byte_is_read(void **state)
{
	static const char bytes[] = "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d"
				    "\x51\x58"; /* RFC 6455 5.7 */
	int fd = open_socket(false);

	(void)state;
	for (size_t i = 0; i < sizeof bytes - 1; i++) {
		client_send(fd, bytes + i, 1);
		usleep(1000);
	}
	expect_frame(fd, 0x81, SPAN("Hello"));
	close(fd);
}

static void
a_frame_right_behind_the_opening_is_read(void **state)
{
	int fd = client_connect(http_server_port(app.server));
	char head[1024] = "";
	size_t length = 0;

	(void)state;
	client_send_text(fd, OPENING "\r\n"
				     "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d"
				     "\x51\x58");
	while (strstr(head, "\r\n\r\n") == NULL) {
		assert_true(length < sizeof head - 1);
		assert_int_equal(recv(fd, head + length, 1, 0), 1);
		head[++length] = '\0';
	}
	expect_frame(fd, 0x81, SPAN("Hello"));
	close(fd);
}

static void
long_messages_pass_up_to_the_limit(void **state)
{
	char *text = malloc(MESSAGE_MAX + 1);
	struct frame frame = { 0x81, { text, MESSAGE_MAX }, 0 };
	int fd = open_socket(false);

	(void)state;
	memset(text, 'a', MESSAGE_MAX + 1);
	frame_send(fd, &frame);
	expect_frame(fd, 0x81, frame.payload);
	frame.payload.length++;
	frame_send(fd, &frame);
	expect_close(fd, 1009);
	close(fd);
	/* the sum of its parts counts as well */
	fd = open_socket(false);
	frame = (struct frame){ 0x01, { text, MESSAGE_MAX }, 0 };
	frame_send(fd, &frame);
	frame_send(fd, &(struct frame){ 0x80, SPAN("a"), 0 });
	expect_close(fd, 1009);
	close(fd);
	free(text);
}

/* ---- permessage-deflate ----------------------------------------------------- */

static void
deflated_texts_go_both_ways(void **state)
{
	static const struct span hello = { "\xf2\x48\xcd\xc9\xc9\x07\x00",
					   7 };
	int fd = open_socket(true);
	struct buffer packed, text;
	bool too_large;

	(void)state;
	/* 7.2.3.1 whole, and in two parts of which the first has the mark */
	frame_send(fd, &(struct frame){ 0xc1, hello, 0 });
	expect_frame(fd, 0x81, SPAN("Hello"));
	frame_send(fd, &(struct frame){ 0x41, { hello.at, 3 }, 0 });
	frame_send(fd, &(struct frame){ 0x80, { hello.at + 3, 4 }, 0 });
	expect_frame(fd, 0x81, SPAN("Hello"));
	say(fd, "plain is allowed");
	expect_frame(fd, 0x81, SPAN("plain is allowed"));
	buffer_init(&packed, 0);
	assert_true(ws_deflate(SPAN(SIXTY SIXTY SIXTY SIXTY), &packed));
	frame_send(fd, &(struct frame){ 0xc1,
					{ packed.bytes, packed.length },
					0 });
	assert_true(frame_read(fd, &got));
	assert_int_equal(got.first, 0xc1);
	buffer_init(&text, 0);
	assert_true(ws_inflate((struct span){ got.bytes, got.length }, &text,
			       &too_large));
	assert_string_equal(text.bytes, SIXTY SIXTY SIXTY SIXTY);
	buffer_release(&packed);
	buffer_release(&text);
	close(fd);
}

static void
bad_deflated_messages_end_the_socket(void **state)
{
	char *zeros = calloc(1, MESSAGE_MAX + 1);
	struct buffer bomb, bad_text;
	struct {
		struct frame sent[2];
		unsigned code;
	} cases[] = {
		{ { { 0xc1, SPAN("\xff\xff\xff"), 0 } }, 1007 },
		{ { { 0xc1, { 0 }, 0 } }, 1009 },
		{ { { 0xc1, { 0 }, 0 } }, 1007 },
		{ { { 0x41, SPAN("\xf2"), 0 }, { 0xc0, SPAN("\x48"), 0 } },
		  1002 }, /* the mark on a later part */
		{ { { 0xc9, SPAN("x"), 0 } }, 1002 },
		{ { { 0xe1, SPAN("x"), 0 } }, 1002 },
	};

	(void)state;
	buffer_init(&bomb, 0);
	buffer_init(&bad_text, 0);
	assert_true(ws_deflate((struct span){ zeros, MESSAGE_MAX + 1 },
			       &bomb));
	assert_true(ws_deflate(SPAN("\xc0\xaf"), &bad_text));
	cases[1].sent[0].payload = (struct span){ bomb.bytes, bomb.length };
	cases[2].sent[0].payload = (struct span){ bad_text.bytes,
						  bad_text.length };
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int fd = open_socket(true);

		for (size_t j = 0; j < 2 && cases[i].sent[j].first != 0; j++)
			frame_send(fd, &cases[i].sent[j]);
		expect_close(fd, cases[i].code);
		close(fd);
	}
	buffer_release(&bomb);
	buffer_release(&bad_text);
	free(zeros);
}

/* ---- life -------------------------------------------------------------------------- */

static void
the_application_closes_with_its_own_code(void **state)
{
	int fd = open_socket(false);

	(void)state;
	say(fd, "close");
	say(fd, "not answered any more");
	assert_true(frame_read(fd, &got));
	assert_int_equal(got.first, 0x88);
	assert_memory_equal(got.bytes, "\x0f\xa0" "as you like", 13);
	frame_send(fd, &(struct frame){ 0x88, SPAN("\x0f\xa0"), 0 });
	assert_true(client_sees_end(fd));
	close(fd);
	wait_for(&app.closed, 1);
}

static void
a_message_from_another_thread_arrives(void **state)
{
	int fd = open_socket(false);
	struct ws_message *message = ws_message_new(SPAN("news"));

	(void)state;
	wait_for(&app.opened, 1);
	pthread_mutex_lock(&app.lock);
	websocket_send(app.newest, message);
	pthread_mutex_unlock(&app.lock);
	ws_message_drop(message);
	expect_frame(fd, 0x81, SPAN("news"));
	close(fd);
}

static void
a_client_that_does_not_read_is_cut_off(void **state)
{
	int fd = open_socket(false), other = open_socket(false);

	(void)state;
	say(fd, "flood");
	wait_for(&app.closed, 1);
	assert_int_equal(websockets_dropped(app.sockets), 1);
	say(other, "still here");
	expect_frame(other, 0x81, SPAN("still here"));
	close(fd);
	close(other);
}

static void
a_client_that_vanishes_is_noticed(void **state)
{
	int fd = open_socket(false);

	(void)state;
	wait_for(&app.opened, 1);
	close(fd);
	wait_for(&app.closed, 1);
}

static void
who_answers_no_ping_is_cut_off_and_who_does_stays(void **state)
{
	int silent, lively;

	(void)state;
	app_close();
	app_open(50);
	silent = open_socket(false);
	lively = open_socket(false);
	for (int i = 0; i < 5; i++) {
		expect_frame(lively, 0x89, SPAN(""));
		frame_send(lively, &(struct frame){ 0x8a, SPAN(""), 0 });
	}
	wait_for(&app.closed, 1);
	say(lively, "here");
	do
		assert_true(frame_read(lively, &got));
	while (got.first == 0x89);
	assert_string_equal(got.bytes, "here");
	close(silent);
	close(lively);
}

static void
at_the_end_of_the_server_all_are_told(void **state)
{
	int fd = open_socket(false);
	pthread_t thread;

	(void)state;
	wait_for(&app.opened, 1);
	assert_int_equal(pthread_create(&thread, NULL, app_end, NULL), 0);
	expect_close(fd, 1001);
	close(fd);
	pthread_join(thread, NULL);
	app_open(30000);
}

#define SERVED(test) cmocka_unit_test_setup_teardown(test, before, after)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SERVED(the_opening_is_answered_as_the_standard_has_it),
		cmocka_unit_test(
			openings_that_ask_for_something_else_are_told_apart),
		cmocka_unit_test(
			offers_of_deflate_are_taken_when_they_can_be_met),
		SERVED(every_rule_of_frames_is_kept),
		SERVED(a_frame_that_comes_byte_by_byte_is_read),
		SERVED(a_frame_right_behind_the_opening_is_read),
		SERVED(long_messages_pass_up_to_the_limit),
		SERVED(deflated_texts_go_both_ways),
		SERVED(bad_deflated_messages_end_the_socket),
		SERVED(the_application_closes_with_its_own_code),
		SERVED(a_message_from_another_thread_arrives),
		SERVED(a_client_that_does_not_read_is_cut_off),
		SERVED(a_client_that_vanishes_is_noticed),
		SERVED(who_answers_no_ping_is_cut_off_and_who_does_stays),
		SERVED(at_the_end_of_the_server_all_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
