/* test_auto_end.c - when a channel that nobody hears leaves the air, by a clock
 * of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "service/auto_end.h"

#define MINUTE 60000
#define START 1000000

static const struct auto_end_state alone = { .enabled = true, .timeout_ms = 5 * MINUTE };
static const struct auto_end_state heard = { .enabled = true,
					     .timeout_ms = 5 * MINUTE,
					     .listeners = 1 };

static struct auto_end_advice
at(struct auto_end *machine, const struct auto_end_state *state, int64_t ms)
{
	return auto_end_step(machine, state, START + ms);
}

static void
it_warns_three_times_and_ends_to_the_millisecond(void **state)
{
	static const struct {
		int64_t ms;
		enum auto_end_act act;
		int64_t seconds;
	} steps[] = {
		{ 0, AUTO_END_NOTHING, 0 },
		{ 4 * MINUTE - 1, AUTO_END_NOTHING, 0 },
		{ 4 * MINUTE, AUTO_END_WARN, 60 },
		{ 4 * MINUTE + 1, AUTO_END_NOTHING, 0 },
		{ 4 * MINUTE + 30000, AUTO_END_WARN, 30 },
		{ 4 * MINUTE + 50000, AUTO_END_WARN, 10 },
		{ 5 * MINUTE - 1, AUTO_END_NOTHING, 0 },
		{ 5 * MINUTE, AUTO_END_NOW, 0 },
	};
	struct auto_end machine = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct auto_end_advice advice =
			at(&machine, &alone, steps[i].ms);

		assert_int_equal(advice.act, steps[i].act);
		assert_int_equal(advice.seconds, steps[i].seconds);
	}
}

static void
it_says_when_to_look_again(void **state)
{
	struct auto_end machine = { 0 };
	int64_t now = START, warned[4] = { 0 };
	size_t count = 0;
	struct auto_end_advice advice;

	(void)state;
	while ((advice = auto_end_step(&machine, &alone, now)).act !=
	       AUTO_END_NOW) {
		if (advice.act == AUTO_END_WARN)
			warned[count++] = advice.seconds;
		assert_true(advice.look_again_ms > now && count < 4);
		now = advice.look_again_ms;
	}
	assert_int_equal(now, START + 5 * MINUTE);
	assert_int_equal(count, 3);
	assert_int_equal(warned[0], 60);
	assert_int_equal(warned[1], 30);
	assert_int_equal(warned[2], 10);
}

static void
a_listener_begins_it_anew(void **state)
{
	struct auto_end machine = { 0 };

	(void)state;
	at(&machine, &alone, 0);
	assert_int_equal(at(&machine, &alone, 4 * MINUTE).act, AUTO_END_WARN);
	assert_int_equal(at(&machine, &heard, 4 * MINUTE + 1).act,
			 AUTO_END_CANCELLED);
	assert_int_equal(auto_end_left_ms(&machine, START), -1);
	at(&machine, &alone, 6 * MINUTE);
	assert_int_equal(at(&machine, &alone, 9 * MINUTE).act,
			 AUTO_END_NOTHING);
	assert_int_equal(at(&machine, &alone, 10 * MINUTE).act, AUTO_END_WARN);
	assert_int_equal(at(&machine, &alone, 11 * MINUTE).act, AUTO_END_NOW);
}

static void
a_paused_channel_and_one_without_it_never_end(void **state)
{
	const struct auto_end_state paused = { .enabled = true,
					       .timeout_ms = MINUTE,
					       .paused = true };
	const struct auto_end_state off = { .timeout_ms = MINUTE };
	struct auto_end machine = { 0 };

	(void)state;
	at(&machine, &paused, 0);
	assert_int_equal(at(&machine, &paused, 60 * MINUTE).act,
			 AUTO_END_NOTHING);
	at(&machine, &off, 61 * MINUTE);
	assert_int_equal(at(&machine, &off, 120 * MINUTE).act,
			 AUTO_END_NOTHING);
}

static void
somebody_keeps_it_on(void **state)
{
	struct auto_end machine = { 0 };

	(void)state;
	at(&machine, &alone, 0);
	at(&machine, &alone, 4 * MINUTE + 55000);
	auto_end_keep(&machine, START + 4 * MINUTE + 55000);
	assert_int_equal(at(&machine, &alone, 5 * MINUTE).act,
			 AUTO_END_NOTHING);
	assert_int_equal(auto_end_left_ms(&machine, START + 5 * MINUTE),
			 5 * MINUTE - 5000);
}

static void
another_timeout_counts_from_the_same_beginning(void **state)
{
	const struct auto_end_state longer = { .enabled = true,
					       .timeout_ms = 10 * MINUTE };
	const struct auto_end_state shorter = { .enabled = true,
						.timeout_ms = MINUTE };
	struct auto_end machine = { 0 };

	(void)state;
	at(&machine, &alone, 0);
	assert_int_equal(at(&machine, &alone, 4 * MINUTE).act, AUTO_END_WARN);
	assert_int_equal(at(&machine, &longer, 4 * MINUTE + 1).act,
			 AUTO_END_NOTHING);
	assert_int_equal(at(&machine, &longer, 9 * MINUTE).act, AUTO_END_WARN);
	assert_int_equal(at(&machine, &shorter, 9 * MINUTE + 1).act,
			 AUTO_END_NOW);
}

static void
a_timeout_of_one_minute_warns_at_once(void **state)
{
	const struct auto_end_state minute = { .enabled = true, .timeout_ms = MINUTE };
	struct auto_end machine = { 0 };
	struct auto_end_advice advice = at(&machine, &minute, 0);

	(void)state;
	assert_int_equal(advice.act, AUTO_END_WARN);
	assert_int_equal(advice.seconds, 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			it_warns_three_times_and_ends_to_the_millisecond),
		cmocka_unit_test(it_says_when_to_look_again),
		cmocka_unit_test(a_listener_begins_it_anew),
		cmocka_unit_test(a_paused_channel_and_one_without_it_never_end),
		cmocka_unit_test(somebody_keeps_it_on),
		cmocka_unit_test(
			another_timeout_counts_from_the_same_beginning),
		cmocka_unit_test(a_timeout_of_one_minute_warns_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
