/* test_websocket_message.c - frames made once, and what is packed in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "net/websocket_message.h"

static void
a_short_text_is_one_plain_frame(void **state)
{
	struct ws_message *message = ws_message_new(SPAN("Hello"));
	struct span frame = ws_message_frame(message, true);

	(void)state; /* the bytes are those of RFC 6455 5.7 */
	assert_int_equal(frame.length, 7);
	assert_memory_equal(frame.at, "\x81\x05Hello", 7);
	ws_message_drop(message);
}

static void
lengths_are_written_in_the_shortest_form(void **state)
{
	static const struct {
		size_t length, head;
		const char *start;
	} cases[] = {
		{ 0, 2, "\x81\x00" },
		{ 125, 2, "\x81\x7d" },
		{ 126, 4, "\x81\x7e\x00\x7e" },
		{ 65535, 4, "\x81\x7e\xff\xff" },
		{ 65536, 10, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = malloc(cases[i].length + 1);
		struct ws_message *message;
		struct span frame;

		memset(text, 'a', cases[i].length);
		message = ws_message_new(
			(struct span){ text, cases[i].length });
		frame = ws_message_frame(message, false);
		assert_int_equal(frame.length,
				 cases[i].head + cases[i].length);
		assert_memory_equal(frame.at, cases[i].start, cases[i].head);
		ws_message_drop(message);
		free(text);
	}
}

static void
a_long_text_has_a_deflated_form_that_gives_it_back(void **state)
{
	char text[3000];
	struct ws_message *message;
	struct span frame;
	struct buffer back;
	bool too_large;

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (char)('a' + i % 23);
	message = ws_message_new((struct span){ text, sizeof text });
	frame = ws_message_frame(message, true);
	assert_true(frame.length < 200);
	assert_int_equal((uint8_t)frame.at[0], 0xc1); /* FIN, RSV1, text */
	assert_int_equal(ws_message_bytes(message),
			 frame.length +
				 ws_message_frame(message, false).length);
	buffer_init(&back, 0);
	assert_true(ws_inflate((struct span){ frame.at + 2, frame.length - 2 },
			       &back, &too_large));
	assert_int_equal(back.length, sizeof text);
	assert_memory_equal(back.bytes, text, sizeof text);
	buffer_release(&back);
	ws_message_drop(message);
}

static void
the_examples_of_the_standard_are_inflated(void **state)
{
	/* RFC 7692 7.2.3.1, .3 (stored block), .4 (last block) */
	static const struct span examples[] = {
		{ "\xf2\x48\xcd\xc9\xc9\x07\x00", 7 },
		{ "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00", 11 },
		{ "\xf3\x48\xcd\xc9\xc9\x07\x00\x00", 8 },
		{ "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00", 13 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		struct buffer out;
		bool too_large = true;

		buffer_init(&out, 100);
		assert_true(ws_inflate(examples[i], &out, &too_large));
		assert_false(too_large);
		assert_string_equal(out.bytes, "Hello");
		buffer_release(&out);
	}
}

static void
what_is_no_deflate_stream_is_refused(void **state)
{
	static const struct span bad[] = {
		{ "\xff\xff\xff", 3 },               /* no such block */
		{ "\xf2\x48\xcd", 3 },               /* cut off */
		{ "\x00\x20\x00\xdf\xff\x48", 6 },   /* stored, cut off */
		{ "\x00\x05\x00\xfa\xfe\x48", 6 },   /* length does not fit */
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct buffer out;
		bool too_large = true;

		buffer_init(&out, 100);
		assert_false(ws_inflate(bad[i], &out, &too_large));
		assert_false(too_large);
		buffer_release(&out);
	}
}

static void
a_bomb_stops_at_the_limit(void **state)
{
	char *text = calloc(1, 10u << 20);
	struct buffer packed, out;
	bool too_large = false;

	(void)state;
	buffer_init(&packed, 0);
	assert_true(ws_deflate((struct span){ text, 10u << 20 }, &packed));
	assert_true(packed.length < 16384);
	buffer_init(&out, 16384);
	assert_false(ws_inflate((struct span){ packed.bytes, packed.length },
				&out, &too_large));
	assert_true(too_large);
	assert_true(out.length <= 16384);
	buffer_release(&packed);
	buffer_release(&out);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_text_is_one_plain_frame),
		cmocka_unit_test(lengths_are_written_in_the_shortest_form),
		cmocka_unit_test(
			a_long_text_has_a_deflated_form_that_gives_it_back),
		cmocka_unit_test(the_examples_of_the_standard_are_inflated),
		cmocka_unit_test(what_is_no_deflate_stream_is_refused),
		cmocka_unit_test(a_bomb_stops_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
