/* test_scheduler.c - work by the clock, with a clock of the test's own, on both
 * stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "library/jobs.h"
#include "service/scheduler.h"
#include "tests/support/stores.h"

#define HOUR_MS INT64_C(3600000)

static const struct scheduler_settings settings = {
	.music_etl = "0 * * * *", .monitoring = "off", .log_cleanup = "off",
	.daily_report = "30 6 * * *", .backup = "off",
	.cleanup = "off",
};

static int64_t
at(const char *text)
{
	int64_t ms;

	assert_true(clock_parse_rfc3339(text, &ms));
	return ms;
}

/* One look; how many jobs it queued. */
static int64_t
look(struct scheduler *scheduler, int64_t now_ms)
{
	struct fault fault;
	int64_t queued = -1;

	if (scheduler_look(scheduler, now_ms, &queued, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return queued;
}

struct history {
	struct arena arena;
	const char *name;
	struct schedule_run_list runs;
	struct job_list jobs;
};

static enum status
history_read(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct page_request page = { .limit = 100 };
	struct history *history = cookie;
	const struct job_filter filter = { .kind = history->name };
	enum status status = schedule_runs_list(session, history->name, &page,
						&history->arena,
						&history->runs, fault);

	if (status == STATUS_OK)
		status = jobs_list(session, &filter, &page, &history->arena,
				   &history->jobs, fault);
	return status;
}

static void
history_of(struct store *store, const char *name, struct history *out)
{
	struct fault fault;

	*out = (struct history){ .name = name };
	arena_init(&out->arena);
	if (store_read(store, history_read, out, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

/* As a runner would: takes the job and is done with it. */
static enum status
jobs_done(struct store_session *session, void *cookie, struct fault *fault)
{
	struct arena arena;
	struct job_row row;
	enum status status;

	(void)cookie;
	arena_init(&arena);
	status = jobs_claim(session, "music_etl", "test", &arena, &row, fault);
	if (status == STATUS_OK)
		status = jobs_finish(session, row.id, "test", JOB_DONE, NULL,
				     fault);
	arena_release(&arena);
	return status;
}

static void
a_job_is_queued_when_its_time_comes_and_missed_ones_once(void **state)
{
	struct test_store test;
	struct scheduler *scheduler;
	struct history history;
	struct scheduler_args args = { .settings = &settings };
	int64_t start_ms = at("2026-03-01T10:20:00Z");

	test_store_open(&test, *state, true);
	args.store = test.store;
	scheduler = scheduler_new(&args);
	assert_int_equal(look(scheduler, start_ms), 0);
	assert_int_equal(look(scheduler, at("2026-03-01T10:59:59Z")), 0);
	assert_int_equal(look(scheduler, at("2026-03-01T11:00:01Z")), 1);
	assert_int_equal(look(scheduler, at("2026-03-01T11:00:06Z")), 0);
	assert_int_equal(store_write(test.store, jobs_done, NULL, NULL),
			 STATUS_OK);
	scheduler_free(scheduler);

	/* Nothing ran for five hours; another process finds it. */
	scheduler = scheduler_new(&args);
	assert_int_equal(look(scheduler, at("2026-03-01T16:10:00Z")), 1);
	assert_int_equal(look(scheduler, at("2026-03-01T16:10:05Z")), 0);
	history_of(test.store, "music_etl", &history);
	assert_int_equal(history.runs.count, 2);
	assert_string_equal(history.runs.items[0].reason, "catch_up");
	assert_int_equal(history.runs.items[0].due_at_ms,
			 at("2026-03-01T12:00:00Z"));
	assert_int_equal(history.runs.items[0].state, JOB_QUEUED);
	assert_string_equal(history.runs.items[1].reason, "clock");
	assert_int_equal(history.runs.items[1].state, JOB_DONE);
	assert_int_equal(history.jobs.count, 2);
	arena_release(&history.arena);

	/* The job before still waits: it is as good. */
	assert_int_equal(look(scheduler, at("2026-03-01T17:00:00Z")), 1);
	history_of(test.store, "music_etl", &history);
	assert_int_equal(history.runs.count, 3);
	assert_int_equal(history.jobs.count, 2);
	arena_release(&history.arena);
	/* The daily one came too, in its own time. */
	assert_int_equal(look(scheduler, at("2026-03-02T06:30:00Z")), 2);
	scheduler_free(scheduler);
	test_store_close(&test);
}

static void
of_two_processes_one_looks_until_its_lease_is_over(void **state)
{
	struct scheduler *first, *second;
	struct history history;
	struct scheduler_args args = { .settings = &settings };
	struct test_store test;
	int64_t due_ms = at("2026-03-01T11:00:00Z");

	test_store_open(&test, *state, true);
	args.store = test.store;
	first = scheduler_new(&args);
	args.store = test_store_again(&test);
	second = scheduler_new(&args);
	assert_int_equal(look(first, at("2026-03-01T10:59:50Z")), 0);
	/* The first holds the lease, but is held up. */
	assert_int_equal(look(second, due_ms), 0);
	assert_int_equal(look(first, due_ms), 1);
	assert_int_equal(look(second, due_ms), 0);
	/* The first is gone: the second takes over. */
	assert_int_equal(look(second, due_ms + HOUR_MS), 1);
	history_of(test.store, "music_etl", &history);
	assert_int_equal(history.runs.count, 2);
	arena_release(&history.arena);
	scheduler_free(first);
	scheduler_free(second);
	store_close(args.store);
	test_store_close(&test);
}

static enum status
view_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct history *history = cookie;
	struct schedule_view *views;
	size_t count;
	enum status status = scheduler_list(session, &settings,
					    &history->arena, &views, &count,
					    fault);

	if (status == STATUS_OK) {
		assert_int_equal(count, 6);
		assert_string_equal(views[0].row.name, "music_etl");
		history->name = views[0].cron;
		history->runs.count = views[0].row.next_run_ms != 0;
	}
	return status;
}

static void
a_person_changes_the_time_and_switches_it_off(void **state)
{
	const struct caller operator = { 0 };
	struct schedule_change change = { .name = "music_etl",
					  .cron_given = true,
					  .cron = "15 12 * * *" };
	struct scheduler_args args = { .settings = &settings };
	struct history view = { 0 };
	struct scheduler *scheduler;
	struct test_store test;
	struct fault fault;
	int64_t now_ms = clock_now_ms(), job_id;

	test_store_open(&test, *state, true);
	args.store = test.store;
	scheduler = scheduler_new(&args);
	arena_init(&view.arena);
	look(scheduler, now_ms);
	assert_int_equal(scheduler_change(test.store, &operator, &settings,
					  &change, &fault),
			 STATUS_OK);
	assert_int_equal(store_read(test.store, view_read, &view, &fault),
			 STATUS_OK);
	assert_string_equal(view.name, "15 12 * * *");
	assert_int_equal(view.runs.count, 1);
	/* No more than once in a day and an hour. */
	assert_true(look(scheduler, now_ms + 2 * HOUR_MS) <= 1);
	change = (struct schedule_change){ .name = "music_etl",
					   .enabled_given = true };
	assert_int_equal(scheduler_change(test.store, &operator, &settings,
					  &change, &fault),
			 STATUS_OK);
	assert_int_equal(store_read(test.store, view_read, &view, &fault),
			 STATUS_OK);
	assert_int_equal(view.runs.count, 0);
	assert_int_equal(scheduler_run_now(test.store, &operator, &settings,
					   "music_etl", &job_id, &fault),
			 STATUS_OK);
	assert_true(job_id > 0);

	change = (struct schedule_change){ .name = "music_etl",
					   .cron_given = true,
					   .cron = "61 * * * *" };
	assert_int_equal(scheduler_change(test.store, &operator, &settings,
					  &change, &fault),
			 STATUS_INVALID);
	assert_string_equal(fault.field, "cron");
	change.name = "coffee";
	assert_int_equal(scheduler_change(test.store, &operator, &settings,
					  &change, &fault),
			 STATUS_NOT_FOUND);
	arena_release(&view.arena);
	scheduler_free(scheduler);
	test_store_close(&test);
}

#define ON(scenario, store) \
	{ #scenario " on " store, scenario, NULL, NULL, \
	  (void *)(uintptr_t)store }
#define BOTH(scenario) ON(scenario, "sqlite"), ON(scenario, "postgres")

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_job_is_queued_when_its_time_comes_and_missed_ones_once),
		BOTH(of_two_processes_one_looks_until_its_lease_is_over),
		BOTH(a_person_changes_the_time_and_switches_it_off),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
