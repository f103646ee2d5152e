/* test_http_head.c - reading heads of requests, and llhttp's view of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>

#include "net/accept.h"
#include "net/message.h"
#include "net/request_head.h"

static const struct request_limits limits = { 16384, 100 };

static bool
parse(struct arena *arena, const char *text, struct request_head *head,
      struct refusal *refusal)
{
	size_t length;

	if (request_head_end(span_of(text), &limits, &length, refusal) !=
	    HEAD_COMPLETE)
		return false;
	return request_head_parse((struct span){ text, length }, &limits,
				  arena, head, refusal);
}

static void
assert_span(struct span span, const char *want)
{
	if (!span_equal(span, span_of(want)))
		fail_msg("\"%.*s\" is not \"%s\"", (int)span.length, span.at,
			 want);
}

static void
the_parts_of_a_head_are_found(void **state)
{
	struct request_head head;
	struct refusal refusal;
	struct arena arena;
	struct span value;

	(void)state;
	arena_init(&arena);
	assert_true(parse(&arena,
			  "POST /a/b?c=d?e HTTP/1.1\r\nhOsT:x:80\r\n"
			  "Content-Length: 007\r\nA: \t one two \t\r\n"
			  "A:three\r\nEmpty:\r\n\r\nrest",
			  &head, &refusal));
	assert_int_equal(head.method, HTTP_POST);
	assert_span(head.path, "/a/b");
	assert_span(head.query, "c=d?e");
	assert_true(head.keep_alive);
	assert_true(head.has_length);
	assert_int_equal(head.length_bytes, 7);
	assert_int_equal(head.field_count, 5);
	assert_true(request_head_field(&head, "a", &value));
	assert_span(value, "one two");
	assert_true(request_head_field(&head, "EMPTY", &value));
	assert_span(value, "");
	assert_false(request_head_field(&head, "b", &value));
	assert_span(request_head_list(&head, "a", &arena), "one two,three");
	assert_null(request_head_list(&head, "b", &arena).at);
	arena_release(&arena);
}

static void
the_end_of_a_head_is_found_at_any_cut(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\nbody";
	struct refusal refusal;
	size_t length;

	(void)state;
	for (size_t cut = 0; cut < sizeof text; cut++) {
		enum head_state want =
			cut >= 27 ? HEAD_COMPLETE : HEAD_INCOMPLETE;

		assert_int_equal(request_head_end((struct span){ text, cut },
						  &limits, &length, &refusal),
				 want);
		if (want == HEAD_COMPLETE)
			assert_int_equal(length, 27);
	}
}

static void
limits_are_exact(void **state)
{
	const struct request_limits small = { 40, 2 };
	struct request_head head;
	struct refusal refusal;
	struct arena arena;
	size_t length;

	(void)state;
	arena_init(&arena);
	/* 40 and 41 bytes. */
	assert_int_equal(request_head_end(
				 SPAN("GET / HTTP/1.1\r\nHost: 34567890123456"
				      "\r\n\r\n"),
				 &small, &length, &refusal),
			 HEAD_COMPLETE);
	assert_int_equal(request_head_end(
				 SPAN("GET / HTTP/1.1\r\nHost: 345678901234567"
				      "\r\n\r\n"),
				 &small, &length, &refusal),
			 HEAD_REFUSED);
	assert_int_equal(refusal.status, 431);
	assert_true(request_head_parse(
		SPAN("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n"), &small,
		&arena, &head, &refusal));
	assert_false(request_head_parse(
		SPAN("GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nC: d\r\n\r\n"),
		&small, &arena, &head, &refusal));
	assert_int_equal(refusal.status, 431);
	arena_release(&arena);
}

static void
ice_is_spoken_by_source_clients_alone(void **state)
{
	struct request_head head;
	struct refusal refusal;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_true(request_head_parse(
		SPAN("SOURCE /live/1 ICE/1.0\r\nice-name: x\r\n\r\n"),
		&limits, &arena, &head, &refusal));
	assert_int_equal(head.method, HTTP_SOURCE);
	assert_int_equal(head.minor, 0);
	assert_false(head.keep_alive);
	assert_false(request_head_parse(SPAN("GET / ICE/1.0\r\n\r\n"),
					&limits, &arena, &head, &refusal));
	assert_false(request_head_parse(SPAN("SOURCE / ICE/1.1\r\n\r\n"),
					&limits, &arena, &head, &refusal));
	arena_release(&arena);
}

static void
connection_fields_of_both_versions_are_understood(void **state)
{
	static const struct {
		const char *text;
		bool keep_alive;
	} cases[] = {
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", true },
		{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
		  false },
		{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: a,CLOSE ,b\r\n\r\n",
		  false },
		{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n",
		  true },
		{ "GET / HTTP/1.0\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n"
		  "Connection: close\r\n\r\n",
		  false },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct request_head head;
		struct refusal refusal;

		assert_true(parse(&arena, cases[i].text, &head, &refusal));
		assert_int_equal(head.keep_alive, cases[i].keep_alive);
	}
	arena_release(&arena);
}

static void
hosts_are_authorities_or_refused(void **state)
{
	static const struct {
		const char *host;
		bool valid;
	} cases[] = {
		{ "a", true },	     { "a.b:80", true },   { "a:", true },
		{ "[::1]", true },   { "[::1]:9", true },  { "", true },
		{ "1.2.3.4", true }, { "a%41", true },     { "a:65536", false },
		{ "a:8o", false },   { "a b", false },	   { "a/b", false },
		{ "u@a", false },    { "[::1", false },	   { "[]", false },
		{ "::1", false },    { "a,b", true },	   { "a:1:2", false },
		{ "[::1]x", false }, { "a\xc3\xa9", false },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct request_head head;
		struct refusal refusal;
		char *text = arena_print(&arena,
					 "GET / HTTP/1.1\r\nHost: %s\r\n\r\n",
					 cases[i].host);

		if (parse(&arena, text, &head, &refusal) != cases[i].valid)
			fail_msg("%s", cases[i].host);
	}
	arena_release(&arena);
}

/* Feeds the body in pieces of `step` bytes and joins what comes out. */
static enum message_step
body_of(const char *text, size_t step, struct buffer *out, size_t *rest)
{
	struct span input = span_of(text), piece, window;
	struct message_facts facts;
	struct message message;
	struct refusal refusal;
	enum message_step result = MESSAGE_MORE;
	size_t head;

	assert_int_equal(request_head_end(input, &limits, &head, &refusal),
			 HEAD_COMPLETE);
	assert_int_equal(message_begin(&message,
				       (struct span){ input.at, head }, &facts),
			 MESSAGE_HEAD_GOOD);
	input.at += head;
	input.length -= head;
	while (result == MESSAGE_MORE || result == MESSAGE_PIECE) {
		size_t before;

		window = (struct span){ input.at, input.length < step ?
							  input.length :
							  step };
		before = window.length;
		result = message_body(&message, &window, &piece);
		if (result == MESSAGE_PIECE)
			buffer_add_span(out, piece);
		input.at += before - window.length;
		input.length -= before - window.length;
		if (result == MESSAGE_MORE && input.length == 0)
			break;
	}
	*rest = input.length;
	return result;
}

static void
bodies_are_found_whatever_the_pieces_they_come_in(void **state)
{
	static const struct {
		const char *text, *body;
		size_t rest;
	} cases[] = {
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET", "", 3 },
		{ "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\nG", "", 1 },
		{ "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloGET",
		  "hello", 3 },
		{ "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "3\r\nabc\r\nA;x=y\r\n0123456789\r\n000\r\nT: t\r\n\r\nGET",
		  "abc0123456789", 3 },
		{ "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
		  "0\r\n\r\n",
		  "", 0 },
		{ "GET / HTTP/1.1\r\nConnection: upgrade\r\n"
		  "Upgrade: websocket\r\n\r\nGET",
		  "", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		for (size_t step = 1; step < 40; step++) {
			struct buffer body;
			size_t rest;

			buffer_init(&body, 0);
			assert_int_equal(body_of(cases[i].text, step, &body,
						 &rest),
					 MESSAGE_END);
			assert_int_equal(rest, cases[i].rest);
			assert_span((struct span){ body.bytes, body.length },
				    cases[i].body);
			buffer_release(&body);
		}
	}
}

static void
bodies_that_are_not_chunked_as_they_say_are_bad(void **state)
{
	static const char *const bodies[] = {
		"g\r\n",	  "-1\r\n",	      "3\nabc",
		"3\r\nabcd\r\n",  "3\r\nabc0\r\n",    "1 \r\na\r\n0\r\n\r\n",
		" 1\r\na\r\n",	  "1\r\na\n0\r\n\r\n", "ffffffffffffffff1\r\n",
		"\r\n1\r\na\r\n", "0\r\nT: \x01\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(bodies); i++) {
		for (size_t step = 1; step < 20; step++) {
			struct buffer body;
			char text[200];
			size_t rest;

			snprintf(text, sizeof text,
				 "POST / HTTP/1.1\r\n"
				 "Transfer-Encoding: chunked\r\n\r\n%s",
				 bodies[i]);
			buffer_init(&body, 0);
			if (body_of(text, step, &body, &rest) != MESSAGE_BAD)
				fail_msg("case %zu in steps of %zu", i, step);
			buffer_release(&body);
		}
	}
}

static void
weights_of_codings_are_read(void **state)
{
	static const struct {
		const char *value;
		unsigned weight;
	} cases[] = {
		{ "gzip", 1000 },	  { "GZIP;q=0.5", 500 },
		{ "br, gzip ; q=0.25", 250 }, { "gzip;q=0", 0 },
		{ "gzip;q=0.000", 0 },	  { "*", 1000 },
		{ "*;q=0.1, gzip;q=1.000", 1000 }, { "gzip;q=0, *", 0 },
		{ "identity", 0 },	  { "", 0 },
		{ "gzip;q=1.001", 0 },	  { "gzip;q=x", 0 },
		{ "gzip;q=", 0 },	  { "x-gzip", 0 },
		{ "gzip;level=9;q=0.3", 300 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		if (accept_encoding_weight(span_of(cases[i].value),
					   SPAN("gzip")) != cases[i].weight)
			fail_msg("%s", cases[i].value);
	}
	assert_true(media_type_is_text(SPAN("text/html; charset=utf-8")));
	assert_true(media_type_is_text(SPAN("application/ld+json")));
	assert_false(media_type_is_text(SPAN("audio/flac")));
	assert_false(media_type_is_text(SPAN("text/event-stream")));
	assert_false(media_type_is_text((struct span){ NULL, 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parts_of_a_head_are_found),
		cmocka_unit_test(the_end_of_a_head_is_found_at_any_cut),
		cmocka_unit_test(limits_are_exact),
		cmocka_unit_test(
			ice_is_spoken_by_source_clients_alone),
		cmocka_unit_test(
			connection_fields_of_both_versions_are_understood),
		cmocka_unit_test(hosts_are_authorities_or_refused),
		cmocka_unit_test(
			bodies_are_found_whatever_the_pieces_they_come_in),
		cmocka_unit_test(
			bodies_that_are_not_chunked_as_they_say_are_bad),
		cmocka_unit_test(weights_of_codings_are_read),
	};

	return cmocka_run_group_tests_name("http head", tests, NULL, NULL);
}
