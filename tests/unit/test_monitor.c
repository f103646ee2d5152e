/* test_monitor.c - when a figure of the server is an alarm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "service/monitor.h"

static void
a_figure_that_wavers_is_told_once(void **state)
{
	static const struct {
		double percent;
		enum alarm_change change;
	} steps[] = {
		{ 89.9, ALARM_SAME }, { 90, ALARM_RAISED },
		{ 89, ALARM_SAME },   { 95, ALARM_SAME },
		{ 85, ALARM_SAME },   { 84.9, ALARM_OVER },
		{ 86, ALARM_SAME },   { 90.1, ALARM_RAISED },
	};
	struct alarm alarm = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
		assert_int_equal(alarm_step(&alarm, steps[i].percent, 90),
				 steps[i].change);
}

static void
without_a_limit_there_is_no_alarm(void **state)
{
	struct alarm alarm = { 0 };

	(void)state;
	assert_int_equal(alarm_step(&alarm, 100, 0), ALARM_SAME);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_figure_that_wavers_is_told_once),
		cmocka_unit_test(without_a_limit_there_is_no_alarm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
