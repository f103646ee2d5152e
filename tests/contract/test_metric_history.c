/* test_metric_history.c - figures of the last days, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/memory.h"
#include "library/metric_history.h"
#include "tests/support/stores.h"

#define MINUTE_MS ((int64_t)60000)
#define START_MS (29000000 * MINUTE_MS)

struct asked {
	struct arena arena;
	const char *metric;
	int64_t channel_id;
	struct metric_point *points;
	size_t count;
};

static enum status
fill_work(struct store_session *session, void *cookie, struct fault *fault)
{
	enum status status = STATUS_OK;

	(void)cookie;
	for (int i = 0; status == STATUS_OK && i < 8; i++) {
		const struct metric_sample samples[] = {
			{ "cpu_percent", 0, i * 10.5 },
			{ "listeners", -7, i },
		};

		status = metric_history_add(session,
					    START_MS + i * 15 * 1000, samples,
					    2, fault);
	}
	return status;
}

static enum status
read_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asked *asked = cookie;

	return metric_history_read(session, asked->metric, asked->channel_id,
				   START_MS, START_MS + 10 * MINUTE_MS,
				   MINUTE_MS, &asked->arena, &asked->points,
				   &asked->count, fault);
}

static enum status
trim_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return metric_history_trim(session, START_MS + MINUTE_MS, fault);
}

static void
samples_become_points_and_old_ones_go(void **state)
{
	struct asked asked = { .metric = "cpu_percent" };
	struct fault fault = { 0 };
	struct test_store test;

	test_store_open(&test, *state, true);
	arena_init(&asked.arena);
	assert_int_equal(store_write(test.store, fill_work, NULL, &fault),
			 STATUS_OK);
	assert_int_equal(store_read(test.store, read_work, &asked, &fault),
			 STATUS_OK);
	assert_int_equal(asked.count, 2);
	assert_int_equal(asked.points[0].at_ms, START_MS);
	assert_int_equal(asked.points[1].at_ms, START_MS + MINUTE_MS);
	assert_true(asked.points[0].mean == 15.75);
	assert_true(asked.points[0].min == 0 && asked.points[0].max == 31.5);
	assert_int_equal(store_write(test.store, trim_work, NULL, &fault),
			 STATUS_OK);
	asked.metric = "listeners";
	asked.channel_id = -7;
	assert_int_equal(store_read(test.store, read_work, &asked, &fault),
			 STATUS_OK);
	assert_int_equal(asked.count, 1);
	assert_true(asked.points[0].mean == 5.5);
	arena_release(&asked.arena);
	test_store_close(&test);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "samples_become_points_and_old_ones_go on sqlite",
		  samples_become_points_and_old_ones_go, NULL, NULL,
		  (void *)(uintptr_t)"sqlite" },
		{ "samples_become_points_and_old_ones_go on postgres",
		  samples_become_points_and_old_ones_go, NULL, NULL,
		  (void *)(uintptr_t)"postgres" },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
