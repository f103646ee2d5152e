/* test_jobs.c - the queue, its leases, schedules, reports and alerts, on both
 * stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "library/alerts.h"
#include "library/job_reports.h"
#include "library/jobs.h"
#include "library/leases.h"
#include "library/schedules.h"
#include "tests/support/stores.h"

struct place {
	struct test_store test;
	struct store_session *session;
	struct arena arena;
	struct fault fault;
	int64_t id, other;
};

static void
must(enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		fail_msg("%s", fault->message);
}

#define MUST(call_) must((call_), fault)

/* Each scenario is one piece of work in one transaction, but for those that
 * are about several processes. */
static void
in_one(void **state, store_work *work)
{
	struct place place = { 0 };

	test_store_open(&place.test, *state, true);
	arena_init(&place.arena);
	must(store_write(place.test.store, work, &place, &place.fault),
	     &place.fault);
	arena_release(&place.arena);
	test_store_close(&place.test);
}

static struct job_row
job_of(struct store_session *session, struct place *place, int64_t id)
{
	struct job_row row;

	must(jobs_get(session, id, &place->arena, &row, &place->fault),
	     &place->fault);
	return row;
}

static enum status
retry_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place *place = cookie;
	const struct job_ask ask = { .kind = "thumb", .detail = "a",
				     .requested_by = 7 };
	struct job_again again = { "away", clock_now_ms() + 60000, false };
	struct job_row row;
	int64_t id, same = 0, count = 0;
	bool due = true;

	MUST(jobs_ask(session, &ask, &id, fault));
	MUST(jobs_claim(session, "thumb", "me", &place->arena, &row,
			     fault));
	assert_int_equal(row.id, id);
	assert_int_equal(row.attempts, 1);
	assert_int_equal(row.requested_by, 7);
	MUST(jobs_renew(session, id, "me", NULL, "{\"at\": 5}", NULL,
			     fault));
	MUST(jobs_set_step(session, id, "me", "load", fault));
	MUST(jobs_put_back(session, id, "me", &again, fault));
	row = job_of(session, place, id);
	assert_int_equal(row.state, JOB_QUEUED);
	assert_string_equal(row.error, "away");
	assert_int_equal(row.next_try_at_ms, again.next_try_at_ms);

	/* Its time has not come. */
	MUST(jobs_due(session, "thumb", &due, fault));
	assert_false(due);
	assert_int_equal(jobs_claim(session, "thumb", "me", &place->arena,
				    &row, NULL),
			 STATUS_NOT_FOUND);
	/* Whoever asks for the same brings it forward. */
	assert_int_equal(jobs_ask(session, &ask, &same, NULL),
			 STATUS_CONFLICT);
	assert_int_equal(same, id);
	MUST(jobs_due(session, "thumb", &due, fault));
	assert_true(due);
	MUST(jobs_claim(session, "thumb", "you", &place->arena, &row,
			     fault));
	assert_int_equal(row.attempts, 2);
	assert_non_null(strstr(row.checkpoint, "5"));
	assert_string_equal(row.step, "load");
	assert_int_equal(jobs_put_back(session, id, "me", &again, NULL),
			 STATUS_CONFLICT);
	again.uncounted = true;
	MUST(jobs_put_back(session, id, "you", &again, fault));
	assert_int_equal(job_of(session, place, id).attempts, 1);
	MUST(jobs_claim_id(session, id, "you", &place->arena, &row,
				fault));
	MUST(jobs_finish(session, id, "you", JOB_DEAD, "no use", fault));
	MUST(jobs_retry_dead(session, "other", &count, fault));
	assert_int_equal(count, 0);
	MUST(jobs_retry_dead(session, NULL, &count, fault));
	assert_int_equal(count, 1);
	row = job_of(session, place, id);
	assert_int_equal(row.state, JOB_QUEUED);
	assert_int_equal(row.attempts, 0);
	assert_null(row.error);
	assert_non_null(row.checkpoint);
	return STATUS_OK;
}

static void
a_job_waits_for_its_next_try_and_a_dead_one_can_be_asked_for(void **state)
{
	in_one(state, retry_work);
}

static enum status
parts_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place *place = cookie;
	struct job_ask ask = { .kind = "whole" };
	const struct job_progress progress = { .done = 3, .total = 9,
					       .added = 2 };
	int64_t whole, ids[3], counts[JOB_STATES];
	struct job_family family;
	struct job_filter filter = { 0 };
	const struct page_request page = { .limit = 10 };
	struct job_list list;
	struct job_row row;
	bool held, asked;

	MUST(jobs_ask(session, &ask, &whole, fault));
	ask = (struct job_ask){ .kind = "part", .parent_id = whole };
	for (int i = 0; i < 3; i++) {
		ask.source_id = i + 1;
		MUST(jobs_ask(session, &ask, &ids[i], fault));
	}
	MUST(jobs_claim(session, "part", "me", &place->arena, &row,
			     fault));
	MUST(jobs_renew(session, row.id, "me", &progress, NULL, NULL,
			     fault));
	MUST(jobs_of_parent(session, whole, &family, fault));
	assert_int_equal(family.counts[JOB_QUEUED], 2);
	assert_int_equal(family.counts[JOB_RUNNING], 1);
	assert_int_equal(family.progress.total, 9);
	assert_int_equal(family.progress.added, 2);
	filter.parent_id = whole;
	MUST(jobs_list(session, &filter, &page, &place->arena, &list,
			    fault));
	assert_int_equal(list.count, 3);

	MUST(jobs_cancel(session, whole, fault));
	MUST(jobs_hold(session, row.id, "me", &held, &asked, fault));
	assert_true(held && asked);
	MUST(jobs_hold(session, row.id, "you", &held, &asked, fault));
	assert_false(held);
	assert_int_equal(job_of(session, place, ids[2]).state, JOB_CANCELLED);
	MUST(jobs_count(session, counts, fault));
	assert_int_equal(counts[JOB_CANCELLED], 3);
	assert_int_equal(counts[JOB_RUNNING], 1);
	return STATUS_OK;
}

static void
the_parts_of_a_job_are_summed_and_cancelled_with_it(void **state)
{
	in_one(state, parts_work);
}

static enum status
shared_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place *place = cookie;
	struct job_ask ask = { .kind = "each", .detail = "1",
			       .shared = true };
	struct job_row row;
	int64_t id;

	for (int i = 0; i < 2; i++) {
		MUST(jobs_ask(session, &ask, &id, fault));
		ask.detail = "2";
	}
	MUST(jobs_claim(session, "each", "me", &place->arena, &row,
			     fault));
	MUST(jobs_claim(session, "each", "you", &place->arena, &row,
			     fault));
	assert_int_equal(row.id, id);

	ask = (struct job_ask){ .kind = "alone", .detail = "1" };
	for (int i = 0; i < 2; i++) {
		MUST(jobs_ask(session, &ask, &id, fault));
		ask.detail = "2";
	}
	MUST(jobs_claim(session, "alone", "me", &place->arena, &row,
			     fault));
	assert_int_equal(jobs_claim(session, "alone", "you", &place->arena,
				    &row, NULL),
			 STATUS_NOT_FOUND);
	return STATUS_OK;
}

static void
jobs_of_a_kind_run_side_by_side_only_where_they_say_so(void **state)
{
	in_one(state, shared_work);
}

/* ---- many claimants ------------------------------------------------------------ */

#define MANY 60

struct claimant {
	pthread_t thread;
	struct store *store;
	char name[8];
	atomic_int *claims; /* by id */
	int64_t first;
};

static enum status
many_work(struct store_session *session, void *cookie, struct fault *fault)
{
	enum status status = STATUS_OK;
	int64_t *first = cookie, id;

	*first = 0;
	for (int i = 0; status == STATUS_OK && i < MANY; i++) {
		const struct job_ask ask = { .kind = "many",
					     .source_id = i + 1 };

		status = jobs_ask(session, &ask, &id, fault);
		if (*first == 0)
			*first = id;
	}
	return status;
}

struct one_claim {
	const char *name;
	int64_t id;
};

static enum status
claim_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct one_claim *claim = cookie;
	struct job_row row;
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = jobs_claim(session, "many", claim->name, &arena, &row, fault);
	if (status == STATUS_OK)
		claim->id = row.id;
	arena_release(&arena);
	return status;
}

static void *
claimant_run(void *cookie)
{
	struct claimant *me = cookie;
	struct one_claim claim = { .name = me->name };

	while (store_write(me->store, claim_work, &claim, NULL) == STATUS_OK)
		atomic_fetch_add(&me->claims[claim.id - me->first], 1);
	return NULL;
}

static void
two_processes_never_claim_one_job(void **state)
{
	atomic_int claims[MANY] = { 0 };
	struct claimant claimants[4];
	struct store *again;
	struct test_store test;
	struct fault fault;
	int64_t first;

	test_store_open(&test, *state, true);
	again = test_store_again(&test);
	must(store_write(test.store, many_work, &first, &fault), &fault);
	for (int i = 0; i < 4; i++) {
		claimants[i] = (struct claimant){
			.store = i % 2 == 0 ? test.store : again,
			.claims = claims, .first = first };
		snprintf(claimants[i].name, sizeof claimants[i].name, "p%d",
			 i);
		assert_int_equal(pthread_create(&claimants[i].thread, NULL,
						claimant_run, &claimants[i]),
				 0);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(claimants[i].thread, NULL);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(claims[i], 1);
	store_close(again);
	test_store_close(&test);
}

/* ---- beside the queue ------------------------------------------------------------ */

static enum status
lease_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place *place = cookie;
	const char *holder;
	int64_t until_ms;
	bool held;

	MUST(leases_take(session, "clock", "a", 100, 200, &held, fault));
	assert_true(held);
	MUST(leases_take(session, "clock", "b", 150, 250, &held, fault));
	assert_false(held);
	MUST(leases_take(session, "clock", "a", 150, 300, &held, fault));
	assert_true(held);
	MUST(leases_take(session, "clock", "b", 300, 400, &held, fault));
	assert_true(held);
	MUST(leases_drop(session, "clock", "a", fault));
	MUST(leases_get(session, "clock", &place->arena, &holder,
			     &until_ms, fault));
	assert_string_equal(holder, "b");
	assert_int_equal(until_ms, 400);
	MUST(leases_drop(session, "clock", "b", fault));
	MUST(leases_take(session, "clock", "a", 301, 400, &held, fault));
	assert_true(held);
	return STATUS_OK;
}

static void
a_lease_has_one_holder_until_its_time_is_over(void **state)
{
	in_one(state, lease_work);
}

static enum status
schedule_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct place *place = cookie;
	struct schedule_row row = { "backup", NULL, true, "0 3 * * *", 500,
				    0 }, found, *rows;
	const struct job_ask ask = { .kind = "backup" };
	struct schedule_run run = { .reason = "catch_up", .due_at_ms = 500,
				    .started_at_ms = 900 };
	const struct page_request page = { .limit = 10 };
	struct schedule_run_list list;
	struct job_row job;
	size_t count;

	MUST(schedules_put(session, &row, fault));
	row.cron = "@daily";
	row.enabled = false;
	row.last_run_ms = 900;
	MUST(schedules_put(session, &row, fault));
	MUST(schedules_get(session, "backup", &place->arena, &found,
				fault));
	assert_string_equal(found.cron, "@daily");
	assert_false(found.enabled);
	assert_int_equal(found.last_run_ms, 900);
	MUST(schedules_list(session, &place->arena, &rows, &count,
				 fault));
	assert_int_equal(count, 1);
	assert_int_equal(schedules_get(session, "none", &place->arena, &found,
				       NULL),
			 STATUS_NOT_FOUND);

	MUST(jobs_ask(session, &ask, &run.job_id, fault));
	MUST(schedule_runs_add(session, "backup", &run, fault));
	MUST(jobs_claim(session, "backup", "me", &place->arena, &job,
			     fault));
	MUST(jobs_finish(session, job.id, "me", JOB_FAILED, "no room",
			      fault));
	MUST(schedule_runs_list(session, "backup", &page, &place->arena,
				     &list, fault));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.items[0].state, JOB_FAILED);
	assert_string_equal(list.items[0].error, "no room");
	assert_string_equal(list.items[0].reason, "catch_up");
	return STATUS_OK;
}

static void
a_schedule_keeps_what_came_of_its_runs(void **state)
{
	in_one(state, schedule_work);
}

/* One look; what it did. */
static enum alert_change
look(struct store_session *session, struct place *place, bool bad,
     bool at_once)
{
	const struct alert_look asked = { "disk_full", "warning",
					  bad ? "95 % of it" : "", bad,
					  at_once, 1000 };
	enum alert_change change = ALERT_SAME;

	must(alerts_look(session, &asked, &change, &place->fault),
	     &place->fault);
	return change;
}

static enum status
alert_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place *place = cookie;
	struct alert *alerts;
	size_t count;

	assert_int_equal(look(session, place, true, false), ALERT_SAME);
	assert_int_equal(look(session, place, false, false), ALERT_SAME);
	assert_int_equal(look(session, place, true, false), ALERT_SAME);
	MUST(alerts_list(session, &place->arena, &alerts, &count, fault));
	assert_int_equal(count, 0);
	assert_int_equal(look(session, place, true, false), ALERT_RAISED);
	assert_int_equal(look(session, place, true, false), ALERT_SAME);
	assert_int_equal(look(session, place, false, false), ALERT_SAME);
	assert_int_equal(look(session, place, true, false), ALERT_SAME);
	assert_int_equal(look(session, place, false, false), ALERT_SAME);
	assert_int_equal(look(session, place, false, false), ALERT_ENDED);
	MUST(alerts_list(session, &place->arena, &alerts, &count, fault));
	assert_int_equal(count, 1);
	assert_false(alerts[0].active);
	assert_string_equal(alerts[0].message, "95 % of it");
	assert_int_equal(look(session, place, true, true), ALERT_RAISED);
	return STATUS_OK;
}

static void
an_alert_takes_several_looks_to_come_and_to_go(void **state)
{
	in_one(state, alert_work);
}

static enum status
report_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct place *place = cookie;
	const struct page_request page = { .limit = 2 };
	struct job_report_list list;

	for (int i = 0; i < JOB_REPORTS_KEEP + 5; i++)
		MUST(job_reports_add(session, "daily", i,
					  "{\"plays\": 3}", fault));
	MUST(job_reports_list(session, "daily", &page, &place->arena,
				   &list, fault));
	assert_int_equal(list.page.total, JOB_REPORTS_KEEP);
	assert_int_equal(list.items[0].created_at_ms, JOB_REPORTS_KEEP + 4);
	assert_non_null(strstr(list.items[0].body, "plays"));
	return STATUS_OK;
}

static void
the_newest_reports_are_kept(void **state)
{
	in_one(state, report_work);
}

#define ON(scenario, store) \
	{ #scenario " on " store, scenario, NULL, NULL, \
	  (void *)(uintptr_t)store }
#define BOTH(scenario) ON(scenario, "sqlite"), ON(scenario, "postgres")

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(a_job_waits_for_its_next_try_and_a_dead_one_can_be_asked_for),
		BOTH(the_parts_of_a_job_are_summed_and_cancelled_with_it),
		BOTH(jobs_of_a_kind_run_side_by_side_only_where_they_say_so),
		BOTH(two_processes_never_claim_one_job),
		BOTH(a_lease_has_one_holder_until_its_time_is_over),
		BOTH(a_schedule_keeps_what_came_of_its_runs),
		BOTH(an_alert_takes_several_looks_to_come_and_to_go),
		BOTH(the_newest_reports_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
