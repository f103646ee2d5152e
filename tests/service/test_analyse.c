/* test_analyse.c - when listening to tracks is asked for, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/clock.h"
#include "library/jobs.h"
#include "library/track_analysis.h"
#include "service/analyse.h"
#include "service/scan.h"
#include "tests/support/music.h"

#define TRACKS 3

struct house {
	struct music music;
	int64_t tracks[TRACKS];
	struct fault fault;
	/* for works */
	const char *kind;
	int64_t job_id, heard_id;
	enum job_state state;
};

static void
ok(struct house *house, enum status status)
{
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), house->fault.message);
}

static void
does(struct house *house, store_work *work)
{
	ok(house, store_write(house->music.store, work, house, &house->fault));
}

static int
set_up(void **state)
{
	struct house *house = mem_new(1, sizeof *house);

	music_open(&house->music, *state);
	for (int i = 0; i < TRACKS; i++) {
		char path[] = "a/0.flac";
		struct music_file file;

		path[2] = (char)('0' + i);
		file = music_file(&house->music, path);
		house->tracks[i] = music_save(&house->music, &file).track_id;
	}
	*state = house;
	return 0;
}

static int
tear_down(void **state)
{
	struct house *house = *state;

	music_close(&house->music);
	free(house);
	return 0;
}

static bool
looks(struct house *house)
{
	bool asked = false;

	ok(house, analyse_look(house->music.store, &asked, &house->fault));
	return asked;
}

static enum status
run_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct house *house = cookie;
	struct job_row row;
	enum status status = STATUS_OK;

	if (house->kind != NULL)
		status = jobs_add(session, house->kind, 0, NULL,
				  &house->job_id, fault);
	if (status == STATUS_OK)
		status = jobs_claim(session,
				    house->kind != NULL ? house->kind :
							  ANALYSE_JOB,
				    "test", &house->music.arena, &row, fault);
	house->job_id = row.id;
	return status;
}

static enum status
end_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct house *house = cookie;

	return jobs_finish(session, house->job_id, "test", house->state, NULL,
			   fault);
}

/* Somebody takes the waiting job, or a new one of a kind, and ends it so. */
static void
job_runs(struct house *house, const char *kind, enum job_state state)
{
	house->kind = kind;
	house->state = state;
	does(house, run_work);
	does(house, end_work);
}

static enum status
hear_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct media_analysis heard = { .sample_rate_hz = 44100 };
	const struct house *house = cookie;

	return analysis_save(session, house->heard_id, MEDIA_ANALYSIS_VERSION,
			     &heard, NULL, 1000, fault);
}

static void
tracks_that_wait_are_asked_for_once(void **state)
{
	struct house *house = *state;

	assert_true(looks(house));
	assert_false(looks(house)); /* it waits */
	house->kind = NULL;
	does(house, run_work);
	assert_false(looks(house)); /* it runs */
	for (int i = 0; i < TRACKS; i++) {
		house->heard_id = house->tracks[i];
		does(house, hear_work);
	}
	house->state = JOB_DONE;
	does(house, end_work);
	assert_false(looks(house)); /* nothing is left */
}

static void
what_somebody_cancelled_rests_until_something_came_in(void **state)
{
	struct house *house = *state;

	assert_true(looks(house));
	job_runs(house, NULL, JOB_CANCELLED);
	assert_false(looks(house));
	for (int64_t then = clock_now_ms(); clock_now_ms() == then;)
		continue; /* ends are told apart by the millisecond */
	job_runs(house, SCAN_JOB, JOB_DONE);
	assert_true(looks(house));
}

static enum status
passed_over_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct house *house = cookie;
	bool cancelled;

	return jobs_renew(session, house->job_id, "test", NULL,
			  "{\"passed_over\":3}", &cancelled, fault);
}

static void
tracks_that_were_passed_over_are_no_news(void **state)
{
	struct house *house = *state;
	struct music_file file;

	assert_true(looks(house));
	house->kind = NULL;
	does(house, run_work);
	does(house, passed_over_work);
	house->state = JOB_DONE;
	does(house, end_work);
	assert_false(looks(house));
	file = music_file(&house->music, "a/new.flac");
	music_save(&house->music, &file);
	assert_true(looks(house));
}

#define OVER_BOTH(scenario)                                              \
	{ #scenario " (sqlite)", scenario, set_up, tear_down,           \
	  (void *)"sqlite" },                                           \
	{                                                               \
		#scenario " (postgres)", scenario, set_up, tear_down,   \
			(void *)"postgres"                              \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_BOTH(tracks_that_wait_are_asked_for_once),
		OVER_BOTH(what_somebody_cancelled_rests_until_something_came_in),
		OVER_BOTH(tracks_that_were_passed_over_are_no_news),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
