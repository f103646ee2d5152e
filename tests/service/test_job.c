/* test_job.c - background work under leases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house.h"

#include "base/clock.h"
#include "library/jobs.h"
#include "service/job.h"

struct look {
	int64_t id;
	struct arena arena;
	struct job_row row;
	struct job_line_list lines;
};

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct page_request page = { .limit = 100 };
	struct look *look = cookie;
	enum status status;

	status = jobs_get(session, look->id, &look->arena, &look->row, fault);
	if (status == STATUS_OK)
		status = jobs_log_list(session, look->id, &page, &look->arena,
				       &look->lines, fault);
	return status;
}

static enum job_state
state_of(struct house *house, int64_t id)
{
	struct look look = { .id = id };
	struct fault fault;

	arena_init(&look.arena);
	if (store_read(house->store, look_work, &look, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	arena_release(&look.arena);
	return look.row.state;
}

/* True when the job comes to the state within five seconds. */
static bool
state_comes(struct house *house, int64_t id, enum job_state state)
{
	for (int i = 0; i < 250; i++) {
		if (state_of(house, id) == state)
			return true;
		usleep(20000);
	}
	return false;
}

struct asking {
	const char *kind, *detail;
	int64_t source_id, id;
};

static enum status
ask_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;

	return jobs_add(session, asking->kind, asking->source_id,
			asking->detail, &asking->id, fault);
}

static int64_t
job_ask(struct house *house, const char *kind, int64_t source_id)
{
	struct asking asking = { kind, "", source_id, 0 };
	struct fault fault;

	if (store_write(house->store, ask_work, &asking, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return asking.id;
}

static enum status
cancel_work(struct store_session *session, void *cookie, struct fault *fault)
{
	return jobs_cancel(session, *(int64_t *)cookie, fault);
}

/* ---- kinds ------------------------------------------------------------------ */

static atomic_int quick_runs;

static enum status
quick_run(struct job *job, void *cookie, struct fault *fault)
{
	(void)job, (void)cookie, (void)fault;
	quick_runs++;
	return STATUS_OK;
}

static enum status
failing_run(struct job *job, void *cookie, struct fault *fault)
{
	(void)cookie;
	job_log(job, "warning", "a/Кино.mp3", "this one is broken");
	return fault_set(fault, STATUS_FAILED, "it cannot be done");
}

static enum status
endless_run(struct job *job, void *cookie, struct fault *fault)
{
	(void)cookie;
	while (!job_stopping(job)) {
		struct job_progress progress = { .done = 3, .total = 10,
						 .eta_seconds = -1 };

		if (job_note(job, &progress, fault) != STATUS_OK)
			return STATUS_FAILED;
		usleep(20000);
	}
	return STATUS_CANCELLED;
}

static atomic_int flaky_runs;

/* Fails twice, leaving where it was, and then goes on from there. */
static enum status
flaky_run(struct job *job, void *cookie, struct fault *fault)
{
	char cursor[32];

	(void)cookie;
	if (job_step(job, "second half", fault) != STATUS_OK)
		return fault->status;
	if (job_cursor(job) != NULL && strstr(job_cursor(job), "2") != NULL)
		return STATUS_OK;
	snprintf(cursor, sizeof cursor, "{\"at\":%d}", ++flaky_runs);
	if (job_note_at(job, NULL, cursor, fault) != STATUS_OK)
		return fault->status;
	return fault_set(fault, STATUS_UNAVAILABLE, "it is away now");
}

static enum status
away_run(struct job *job, void *cookie, struct fault *fault)
{
	(void)job, (void)cookie;
	return fault_set(fault, STATUS_UNAVAILABLE, "it is away");
}

/* Looks after nothing but the flag. */
static enum status
deaf_run(struct job *job, void *cookie, struct fault *fault)
{
	(void)cookie, (void)fault;
	while (!job_stopping(job))
		usleep(5000);
	return STATUS_CANCELLED;
}

static const struct job_kind kinds[] = {
	{ .name = "quick", .run = quick_run },
	{ .name = "failing", .run = failing_run },
	{ .name = "endless", .run = endless_run },
	{ .name = "flaky", .attempts = 3, .backoff_seconds = 1,
	  .run = flaky_run },
	{ .name = "away", .attempts = 2, .backoff_seconds = 1,
	  .run = away_run },
	{ .name = "slow", .attempts = 1, .timeout_seconds = 1,
	  .run = deaf_run },
	{ .name = "deaf", .concurrency = 2, .run = deaf_run },
	{ 0 },
};

static struct job_runner *
runner_open(struct house *house)
{
	const struct job_group groups[] = { { kinds, NULL }, { 0 } };
	struct job_runner_args args = { .store = house->store,
					.groups = groups };
	struct job_runner *runner;
	struct fault fault;

	if (job_runner_open(&args, &runner, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return runner;
}

static void
queued_jobs_are_run_and_their_rows_tell_how_it_went(void **state)
{
	struct house *house = *state;
	int64_t quick = job_ask(house, "quick", 0);
	int64_t failing = job_ask(house, "failing", 0);
	struct job_runner *runner = runner_open(house);
	struct look look = { .id = failing };
	int64_t later;

	assert_true(state_comes(house, quick, JOB_DONE));
	assert_true(state_comes(house, failing, JOB_FAILED));
	arena_init(&look.arena);
	assert_int_equal(store_read(house->store, look_work, &look, NULL),
			 STATUS_OK);
	assert_string_equal(look.row.error, "it cannot be done");
	assert_int_equal(look.lines.count, 1);
	assert_string_equal(look.lines.items[0].path, "a/Кино.mp3");
	assert_string_equal(look.lines.items[0].reason, "this one is broken");
	arena_release(&look.arena);

	later = job_ask(house, "quick", 0);
	job_runner_wake(runner);
	assert_true(state_comes(house, later, JOB_DONE));
	assert_int_equal(quick_runs, 2);
	job_runner_close(runner);
}

static void
a_cancelled_job_stops_and_a_closed_runner_queues_its_job_again(void **state)
{
	struct house *house = *state;
	int64_t id = job_ask(house, "endless", 0);
	struct job_runner *runner = runner_open(house);

	assert_true(state_comes(house, id, JOB_RUNNING));
	assert_int_equal(store_write(house->store, cancel_work, &id, NULL),
			 STATUS_OK);
	assert_true(state_comes(house, id, JOB_CANCELLED));

	id = job_ask(house, "endless", 0);
	job_runner_wake(runner);
	assert_true(state_comes(house, id, JOB_RUNNING));
	job_runner_close(runner);
	assert_int_equal(state_of(house, id), JOB_QUEUED);
	runner = runner_open(house);
	assert_true(state_comes(house, id, JOB_RUNNING));
	job_runner_close(runner);
}

static void
one_kind_and_source_is_run_by_one_at_a_time(void **state)
{
	struct house *house = *state;
	struct job *job, *other = NULL;
	struct fault fault;

	house_source(house);
	assert_int_equal(job_begin(house->store, "endless", house->source_id,
				   "", &job, &fault),
			 STATUS_OK);
	assert_int_equal(job_begin(house->store, "endless", house->source_id,
				   "", &other, &fault),
			 STATUS_CONFLICT);
	assert_null(other);
	assert_int_equal(job_end(job, STATUS_OK, NULL, NULL), STATUS_OK);
	assert_int_equal(job_begin(house->store, "endless", house->source_id,
				   "", &job, &fault),
			 STATUS_OK);
	assert_int_equal(job_end(job, STATUS_OK, NULL, NULL), STATUS_OK);
}

static void
the_job_of_a_killed_process_is_taken_up_at_once(void **state)
{
	struct house *house = *state;
	struct job_runner *runner;
	int64_t id, start_ms;
	pid_t child;

	id = job_ask(house, "endless", 0);
	house_stop(house);
	child = fork();
	if (child == 0) {
		house_start(house);
		runner = runner_open(house);
		state_comes(house, id, JOB_RUNNING);
		raise(SIGKILL);
	}
	waitpid(child, NULL, 0);
	house_start(house);
	assert_int_equal(state_of(house, id), JOB_RUNNING);
	start_ms = clock_monotonic_ms();
	assert_int_equal(job_revive_dead(house->store, NULL), STATUS_OK);
	assert_int_equal(state_of(house, id), JOB_QUEUED);
	runner = runner_open(house);
	assert_true(state_comes(house, id, JOB_RUNNING));
	assert_true(clock_monotonic_ms() - start_ms < 5000);
	job_runner_close(runner);
}

static void
a_scan_can_be_asked_for_through_the_table(void **state)
{
	static const struct job_kind scans[] = {
		{ .name = SCAN_JOB, .run = scan_job_run },
		{ 0 },
	};
	static const struct song song = { .title = "A", .artist = "B" };
	struct house *house = *state;
	const struct job_group groups[] = { { scans, &house->services },
					    { 0 } };
	struct job_runner_args args = { .store = house->store,
					.groups = groups };
	struct look look = { 0 };
	struct job_runner *runner;

	house_song(house, "a.mp3", &song);
	look.id = job_ask(house, SCAN_JOB, house_source(house));
	assert_int_equal(job_runner_open(&args, &runner, NULL), STATUS_OK);
	assert_true(state_comes(house, look.id, JOB_DONE));
	job_runner_close(runner);
	assert_int_not_equal(house_track(house, "a.mp3"), 0);
	arena_init(&look.arena);
	assert_int_equal(store_read(house->store, look_work, &look, NULL),
			 STATUS_OK);
	assert_int_equal(look.row.progress.added, 1);
	assert_int_equal(look.row.progress.done, 1);
	assert_int_equal(look.row.progress.total, 1);
	arena_release(&look.arena);
}

static void
a_job_is_tried_again_from_its_cursor_and_the_hopeless_one_is_dead(void **state)
{
	struct house *house = *state;
	int64_t flaky = job_ask(house, "flaky", 0);
	int64_t away = job_ask(house, "away", 0);
	struct job_runner *runner = runner_open(house);
	struct look look = { .id = flaky };

	assert_true(state_comes(house, away, JOB_DEAD));
	assert_true(state_comes(house, flaky, JOB_DONE));
	job_runner_close(runner);
	arena_init(&look.arena);
	assert_int_equal(store_read(house->store, look_work, &look, NULL),
			 STATUS_OK);
	assert_int_equal(flaky_runs, 2);
	assert_int_equal(look.row.attempts, 3);
	assert_string_equal(look.row.step, "second half");
	look.id = away;
	assert_int_equal(store_read(house->store, look_work, &look, NULL),
			 STATUS_OK);
	assert_int_equal(look.row.attempts, 2);
	assert_string_equal(look.row.error, "it is away");
	arena_release(&look.arena);
}

static void
each_wait_for_a_try_is_longer_within_its_bounds(void **state)
{
	const struct job_kind kind = { .backoff_seconds = 10 };

	(void)state;
	assert_int_equal(job_backoff_ms(&kind, 1, 0), 7500);
	assert_int_equal(job_backoff_ms(&kind, 1, 999), 12495);
	assert_int_equal(job_backoff_ms(&kind, 3, 500), 40000);
	assert_int_equal(job_backoff_ms(&kind, 60, 500),
			 JOB_BACKOFF_MAX_SECONDS * 1000);
}

static void
a_job_that_takes_too_long_is_ended_and_says_so(void **state)
{
	struct house *house = *state;
	struct look look = { .id = job_ask(house, "slow", 0) };
	struct job_runner *runner = runner_open(house);

	assert_true(state_comes(house, look.id, JOB_FAILED));
	job_runner_close(runner);
	arena_init(&look.arena);
	assert_int_equal(store_read(house->store, look_work, &look, NULL),
			 STATUS_OK);
	assert_string_equal(look.row.error, "it took longer than 1 seconds");
	arena_release(&look.arena);
}

static void
work_that_notes_nothing_is_told_of_a_cancel_and_kinds_have_places(void **state)
{
	struct house *house = *state;
	int64_t first = job_ask(house, "deaf", 1), third;
	int64_t second = job_ask(house, "deaf", 2);
	struct job_runner *runner;

	third = job_ask(house, "deaf", 3);
	runner = runner_open(house);
	assert_true(state_comes(house, first, JOB_RUNNING));
	assert_true(state_comes(house, second, JOB_RUNNING));
	assert_int_equal(state_of(house, third), JOB_QUEUED);
	assert_int_equal(store_write(house->store, cancel_work, &first, NULL),
			 STATUS_OK);
	assert_true(state_comes(house, first, JOB_CANCELLED));
	assert_true(state_comes(house, third, JOB_RUNNING));
	job_runner_close(runner);
	assert_int_equal(state_of(house, second), JOB_QUEUED);
}

#define SCENARIO(scenario) \
	cmocka_unit_test_setup_teardown(scenario, house_setup, house_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(queued_jobs_are_run_and_their_rows_tell_how_it_went),
		SCENARIO(
			a_cancelled_job_stops_and_a_closed_runner_queues_its_job_again),
		SCENARIO(one_kind_and_source_is_run_by_one_at_a_time),
		SCENARIO(the_job_of_a_killed_process_is_taken_up_at_once),
		SCENARIO(a_scan_can_be_asked_for_through_the_table),
		SCENARIO(
			a_job_is_tried_again_from_its_cursor_and_the_hopeless_one_is_dead),
		SCENARIO(each_wait_for_a_try_is_longer_within_its_bounds),
		SCENARIO(a_job_that_takes_too_long_is_ended_and_says_so),
		SCENARIO(
			work_that_notes_nothing_is_told_of_a_cancel_and_kinds_have_places),
	};

	return cmocka_run_group_tests(tests, house_prepare, NULL);
}
