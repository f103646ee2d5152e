/* test_listen.c - what counts as a play, what plays change, and what people
 * are recommended; on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "driver/search.h"
#include "library/listening.h"
#include "library/users.h"
#include "service/listen.h"
#include "service/listening_private.h"
#include "service/recommend.h"
#include "service/visits.h"
#include "service/report.h"
#include "tests/support/folder.h"
#include "tests/support/music.h"

#define SECOND_MS 1000
#define MINUTE_MS 60000
#define ANNA 0
#define BORIS 1
#define PEOPLE 6

/* A library with people, a log and the service on both. */
struct house {
	struct music music;
	char folder[64], path[128];
	struct events_settings events_settings;
	struct events_log *log;
	struct listening_settings settings;
	struct listening *listening;
	int64_t people[PEOPLE];
	struct fault fault;
	struct arena arena;
	int songs;
};

static void
ok(struct house *house, enum status status)
{
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), house->fault.message);
}

static enum status
people_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct house *house = cookie;
	enum status status = STATUS_OK;

	for (int i = 0; i < PEOPLE && status == STATUS_OK; i++) {
		char name[16];

		snprintf(name, sizeof name, "person%d", i);
		status = users_add(session,
				   &(struct user_draft){ .username = name,
							 .role = "user" },
				   &house->people[i], fault);
	}
	return status;
}

static void
service_start(struct house *house)
{
	struct listening_args args = { .settings = &house->settings,
				       .store = house->music.store,
				       .log = house->log };

	ok(house, listening_open(&args, &house->listening, &house->fault));
}

/* As after a restart: what was only in memory is gone. */
static void
service_restart(struct house *house)
{
	listening_close(house->listening);
	service_start(house);
}

static int
house_setup(void **state)
{
	struct house *house = mem_new(1, sizeof *house);
	struct events_open_args args = { .settings = &house->events_settings };

	music_open(&house->music, *state);
	house->music.check = false;
	test_folder_make(house->folder);
	snprintf(house->path, sizeof house->path, "%s/events.db",
		 house->folder);
	house->events_settings = (struct events_settings){
		.durability = "commit",
		.keep_requests_days = 10,
		.keep_searches_days = 10,
		.keep_activity_days = 10,
		.readers_max = 2,
		.cache_kib = 256,
	};
	args.path = house->path;
	house->settings = (struct listening_settings){ .geoip_path = "",
						       .anonymous = true,
						       .request_log = true,
						       .late_days = 14 };
	arena_init(&house->arena);
	ok(house, store_write(house->music.store, people_work, house,
			      &house->fault));
	ok(house, events_open(&events_driver_sqlite, &args, &house->log,
			      &house->fault));
	service_start(house);
	*state = house;
	return 0;
}

static int
house_teardown(void **state)
{
	struct house *house = *state;

	listening_close(house->listening);
	events_close(house->log);
	arena_release(&house->arena);
	test_folder_remove(house->folder);
	music_close(&house->music);
	free(house);
	return 0;
}

static int64_t
song(struct house *house, const char *artist, const char *genre,
     int64_t duration_ms)
{
	char path[64], title[64];
	struct music_file file;

	snprintf(path, sizeof path, "%s/%d.flac", artist, ++house->songs);
	snprintf(title, sizeof title, "Song %d", house->songs);
	file = music_file(&house->music, path);
	music_tag(&file, title, artist, "Album", genre);
	file.media.duration_ms = duration_ms;
	return music_save(&house->music, &file).track_id;
}

static struct listen_report
report_of(int64_t track_id, int64_t heard_ms, int64_t began_at_ms)
{
	return (struct listen_report){ .track_id = track_id,
				       .heard_ms = heard_ms,
				       .action = EVENT_PROGRESS,
				       .position_ms = heard_ms,
				       .began_at_ms = began_at_ms,
				       .session_id = "player",
				       .platform = "web" };
}

static struct listen_receipt
take(struct house *house, int person, const struct listen_report *reports,
     size_t count)
{
	struct listener who = {
		.user_id = person >= 0 ? house->people[person] : 0,
	};
	struct listen_receipt receipt = { 0 };

	ok(house, listen_take(house->listening, &who, reports, count,
			      &house->arena, &receipt, &house->fault));
	return receipt;
}

static struct listen_receipt
take_one(struct house *house, int person, struct listen_report report)
{
	return take(house, person, &report, 1);
}

static void
run_program(char *const arguments[])
{
	int result = -1;
	pid_t pid;

	assert_int_equal(posix_spawnp(&pid, arguments[0], NULL, NULL, arguments,
				      environ),
			 0);
	waitpid(pid, &result, 0);
	assert_int_equal(result, 0);
}

/* A whole play of a three minute track, some time ago. */
static void
play_ago(struct house *house, int person, int64_t track_id, int64_t ago_ms)
{
	struct listen_report report = report_of(track_id, 170 * SECOND_MS,
						clock_now_ms() - ago_ms);

	report.action = EVENT_COMPLETE;
	assert_int_equal(take_one(house, person, report).plays, 1);
}

static int64_t
heard_in_all(struct house *house)
{
	int32_t today = events_day_of(clock_now_ms());
	struct events_range range = { today - 30, today + 1 };
	struct events_sum *sums;
	int64_t heard = 0;
	size_t count;

	ok(house, events_sums(house->log, &house->arena, EVENTS_TOTAL, 0,
			      &range, &sums, &count, &house->fault));
	for (size_t i = 0; i < count; i++)
		heard += sums[i].heard_ms;
	return heard;
}

static int64_t
play_count(struct house *house, int64_t track_id)
{
	ok(house, listening_catch_up(house->listening, &house->fault));
	return music_number(&house->music,
			    "select play_count from tracks where id = $1",
			    track_id);
}

/* ---- the rule ------------------------------------------------------------- */

static void
half_of_a_track_is_a_play_once(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t began = clock_now_ms() - 4 * MINUTE_MS;

	assert_int_equal(
		take_one(house, ANNA, report_of(track, 80000, began)).plays, 0);
	assert_int_equal(
		take_one(house, ANNA, report_of(track, 89999, began)).plays, 0);
	assert_int_equal(
		take_one(house, ANNA, report_of(track, 90000, began)).plays, 1);
	assert_int_equal(
		take_one(house, ANNA, report_of(track, 94000, began)).plays, 0);
	assert_int_equal(play_count(house, track), 1);
	assert_int_equal(heard_in_all(house), 94000);
}

static void
four_minutes_of_a_long_track_are_a_play(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Bach", "Classical", 60 * MINUTE_MS);
	int64_t began = clock_now_ms() - 10 * MINUTE_MS;

	assert_int_equal(
		take_one(house, ANNA, report_of(track, 239999, began)).plays,
		0);
	assert_int_equal(
		take_one(house, ANNA, report_of(track, 240000, began)).plays,
		1);
}

static void
a_track_of_thirty_seconds_never_is_a_play(void **state)
{
	struct house *house = *state;
	int64_t jingle = song(house, "Radio", "Jingle", 30000);
	int64_t longer = song(house, "Radio", "Jingle", 30001);
	int64_t began = clock_now_ms() - 10 * MINUTE_MS;

	assert_int_equal(
		take_one(house, ANNA, report_of(jingle, 30000, began)).plays,
		0);
	assert_int_equal(
		take_one(house, ANNA, report_of(longer, 15001, began)).plays,
		1);
}

static void
the_same_track_put_on_again_is_another_play(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);

	play_ago(house, ANNA, track, 20 * MINUTE_MS);
	play_ago(house, ANNA, track, 10 * MINUTE_MS);
	assert_int_equal(play_count(house, track), 2);
}

static void
a_report_that_is_sent_again_changes_nothing(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct listen_report report =
		report_of(track, 170000, clock_now_ms() - 5 * MINUTE_MS);
	struct listen_receipt receipt;

	report.event_id = "b7c2";
	assert_int_equal(take_one(house, ANNA, report).accepted, 1);
	receipt = take_one(house, ANNA, report);
	assert_int_equal(receipt.accepted, 0);
	assert_int_equal(receipt.duplicates, 1);
	assert_int_equal(receipt.plays, 0);
	service_restart(house);
	assert_int_equal(take_one(house, ANNA, report).duplicates, 1);
	assert_int_equal(play_count(house, track), 1);
	assert_int_equal(heard_in_all(house), 170000);
	/* Ids are each person's own. */
	assert_int_equal(take_one(house, BORIS, report).plays, 1);
}

static void
nobody_hears_more_than_the_clock_allows(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct listen_report report = report_of(track, 170000, 0);

	report.began_at_ms = clock_now_ms();
	assert_int_equal(take_one(house, ANNA, report).plays, 0);
	assert_true(heard_in_all(house) <= LISTEN_SLACK_MS + SECOND_MS);
	for (int i = 0; i < 50; i++) {
		report.heard_ms += 5000;
		take_one(house, ANNA, report);
	}
	assert_true(heard_in_all(house) <= 2 * LISTEN_SLACK_MS);
	assert_int_equal(play_count(house, track), 0);
}

static void
what_was_heard_without_a_connection_counts_on_its_day(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t day_ago = clock_now_ms() - 2 * (int64_t)DAY_MS;
	struct listen_report reports[] = {
		report_of(track, 170000, day_ago),
		report_of(track, 175000, day_ago + 5 * MINUTE_MS),
		report_of(track, 20000, day_ago + 10 * MINUTE_MS),
	};
	struct events_range range = { events_day_of(day_ago),
				      events_day_of(day_ago + DAY_MS / 2) };
	struct events_sum *sums;
	size_t count;
	int64_t plays = 0;

	assert_int_equal(take(house, ANNA, reports, 3).plays, 2);
	ok(house, events_sums(house->log, &house->arena, EVENTS_USER,
			      house->people[ANNA], &range, &sums, &count,
			      &house->fault));
	for (size_t i = 0; i < count; i++)
		plays += sums[i].plays;
	assert_int_equal(plays, 2);
}

static void
reports_that_cannot_be_are_refused_one_by_one(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t now = clock_now_ms();
	struct listen_report reports[] = {
		report_of(track + 999, 1000, now),
		report_of(track, 1000, now + 10 * MINUTE_MS),
		report_of(track, 1000, now - 15 * (int64_t)DAY_MS),
		report_of(track, -5, now),
		report_of(track, 1000, now - MINUTE_MS),
	};
	static const char *const fields[] = { "track_id", "played_at",
					      "played_at",
					      "duration_played_ms" };
	struct listen_receipt receipt = take(house, ANNA, reports, 5);

	assert_int_equal(receipt.accepted, 1);
	assert_int_equal(receipt.rejection_count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(receipt.rejections[i].index, i);
		assert_string_equal(receipt.rejections[i].field, fields[i]);
	}
	assert_int_equal(receipt.rejections[0].status, STATUS_NOT_FOUND);
	assert_int_equal(receipt.rejections[1].status, STATUS_INVALID);
}

static void
a_listening_goes_on_after_a_restart(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t began = clock_now_ms() - 4 * MINUTE_MS;

	take_one(house, ANNA, report_of(track, 80000, began));
	service_restart(house);
	assert_int_equal(
		take_one(house, ANNA, report_of(track, 100000, began)).plays,
		1);
	service_restart(house);
	assert_int_equal(
		take_one(house, ANNA, report_of(track, 150000, began)).plays,
		0);
	assert_int_equal(heard_in_all(house), 150000);
	assert_int_equal(play_count(house, track), 1);
}

static void
two_players_of_one_person_do_not_disturb_each_other(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t began = clock_now_ms() - 4 * MINUTE_MS;
	struct listen_report phone = report_of(track, 100000, began);

	phone.session_id = "phone";
	phone.began_at_ms += 30 * SECOND_MS;
	assert_int_equal(
		take_one(house, ANNA, report_of(track, 100000, began)).plays,
		1);
	assert_int_equal(take_one(house, ANNA, phone).plays, 1);
}

static void
a_player_that_never_says_when_it_began_is_understood(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct listen_report report = report_of(track, 100000, 0);

	assert_int_equal(take_one(house, ANNA, report).plays, 1);
	report.heard_ms = 103000; /* goes on */
	assert_int_equal(take_one(house, ANNA, report).plays, 0);
	assert_true(heard_in_all(house) <= 103000);
}

static void
anonymous_listens_need_a_session_and_may_be_forbidden(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct listen_report report =
		report_of(track, 100000, clock_now_ms() - 4 * MINUTE_MS);
	struct listener nobody = { 0 };
	struct listen_receipt receipt;

	assert_int_equal(take_one(house, -1, report).plays, 1);
	report.session_id = NULL;
	receipt = take_one(house, -1, report);
	assert_int_equal(receipt.accepted, 0);
	assert_string_equal(receipt.rejections[0].field, "session_id");
	assert_int_equal(play_count(house, track), 1);
	house->settings.anonymous = false;
	report.session_id = "player";
	assert_int_equal(listen_take(house->listening, &nobody, &report, 1,
				     &house->arena, &receipt, &house->fault),
			 STATUS_UNAUTHENTICATED);
}

/* ---- what plays change ---------------------------------------------------- */

static void
plays_raise_counts_and_popularity_of_all_that_was_heard(void **state)
{
	struct house *house = *state;
	struct music *music = &house->music;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t other = song(house, "ДДТ", "Rock", 3 * MINUTE_MS);
	int64_t weight = play_weight(clock_now_ms() - MINUTE_MS * 10);
	int64_t outbox, now = clock_now_ms();

	ok(house, listening_catch_up(house->listening, &house->fault));
	outbox = music_number(music, "select count(*) from outbox where $1 = 0",
			      0);
	play_ago(house, ANNA, track, 10 * MINUTE_MS);
	play_ago(house, BORIS, track, 20 * MINUTE_MS);
	assert_int_equal(play_count(house, track), 2);
	assert_int_equal(play_count(house, other), 0);
	assert_int_equal(music_number(music, "select popularity from tracks "
					     "where id = $1",
				      track),
			 2 * weight);
	assert_int_equal(music_number(music, "select a.popularity from albums "
					     "a join tracks t on t.album_id = "
					     "a.id where t.id = $1",
				      track),
			 2 * weight);
	assert_int_equal(
		music_number(music, "select a.popularity from artists a "
				    "join tracks t on t.artist_id = a.id "
				    "where t.id = $1",
			     track),
		2 * weight);
	assert_int_equal(music_number(music, "select count(*) from outbox "
					     "where $1 = 0",
				      0),
			 outbox + 3);
	assert_int_equal(music_number(music, "select sum(plays) from "
					     "user_tracks where track_id = $1",
				      track),
			 2);
	assert_true(llabs(music_number(music, "select max(last_played_at) "
					      "from user_tracks "
					      "where track_id = $1",
				       track) -
			  (now - 10 * MINUTE_MS + 170000)) < 5000);
}

static void
a_play_is_worth_twice_one_of_a_year_before(void **state)
{
	(void)state;
	assert_int_equal(play_weight(1767225600000), 16);
	assert_int_equal(play_weight(1767225600000 + 31557600000), 32);
	assert_int_equal(play_weight(0), 1);
	assert_true(play_weight(INT64_MAX) > 0);
}

struct again {
	struct counted_play plays[2];
};

static enum status
again_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct again *again = cookie;

	return plays_count(session, 77, again->plays, 2, fault);
}

static void
plays_that_are_carried_twice_count_once(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct again again = {
		.plays = { { 100, clock_now_ms(), house->people[ANNA], track },
			   { 101, clock_now_ms(), 0, track } },
	};

	for (int i = 0; i < 2; i++)
		ok(house, store_write(house->music.store, again_work, &again,
				      &house->fault));
	assert_int_equal(music_number(&house->music,
				      "select play_count from tracks "
				      "where id = $1",
				      track),
			 2);
}

/* The log has fewer listens than the library counted. */
static void
a_log_out_of_a_backup_counts_on(void **state)
{
	struct house *house = *state;
	struct events_open_args args = { .settings = &house->events_settings,
					 .path = house->path };
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	char backup[160], copy[] = "cp";
	char *arguments[] = { copy, house->path, backup, NULL };
	char *back[] = { copy, backup, house->path, NULL };

	play_ago(house, ANNA, track, 60 * MINUTE_MS);
	assert_int_equal(play_count(house, track), 1);
	listening_close(house->listening);
	events_close(house->log);
	snprintf(backup, sizeof backup, "%s/backup.db", house->folder);
	run_program(arguments);
	ok(house, events_open(&events_driver_sqlite, &args, &house->log,
			      &house->fault));
	service_start(house);
	for (int i = 1; i < 5; i++)
		play_ago(house, ANNA, track, (60 - 10 * i) * MINUTE_MS);
	assert_int_equal(play_count(house, track), 5);
	listening_close(house->listening);
	events_close(house->log);
	run_program(back);
	ok(house, events_open(&events_driver_sqlite, &args, &house->log,
			      &house->fault));
	service_start(house);
	play_ago(house, BORIS, track, 10 * MINUTE_MS);
	assert_int_equal(play_count(house, track), 6);
}

static void
a_forgotten_person_leaves_counts_but_no_trace(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);

	play_ago(house, ANNA, track, 10 * MINUTE_MS);
	ok(house, listening_forget_user(house->listening, house->people[ANNA],
					&house->fault));
	assert_int_equal(play_count(house, track), 1);
	assert_int_equal(music_number(&house->music,
				      "select count(*) from user_tracks "
				      "where user_id = $1",
				      house->people[ANNA]),
			 0);
	service_restart(house);
	assert_int_equal(play_count(house, track), 1);
}

/* ---- notes ---------------------------------------------------------------- */

static bool
count_request(void *cookie, int64_t seq, const struct event_request *request)
{
	size_t *count = cookie;

	(void)seq;
	assert_string_equal(request->route, "/api/v1/tracks");
	++*count;
	return true;
}

static const struct events_look all_rows = { 0 };

static bool
count_search(void *cookie, int64_t seq, const struct event_search *search)
{
	size_t *count = cookie;

	(void)seq;
	assert_string_equal(search->query, "кино");
	++*count;
	return true;
}

static void
notes_of_requests_are_dropped_when_too_many_wait_and_others_are_not(void **state)
{
	struct house *house = *state;
	struct event_request request = { .at_ms = clock_now_ms(),
					 .user_id = house->people[ANNA],
					 .method = "GET",
					 .route = "/api/v1/tracks",
					 .status = 200 };
	struct event_search search = { .at_ms = clock_now_ms(),
				       .query = "кино",
				       .surface = "multi",
				       .results = 1 };
	struct listening_counts counts;
	size_t requests = 0, searches = 0;

	for (int i = 0; i < 9000; i++)
		listening_note_request(house->listening, &request);
	for (int i = 0; i < 8500; i++)
		listening_note_search(house->listening, &search);
	listening_count(house->listening, &counts);
	assert_true(counts.dropped > 0 && counts.dropped < 9000);
	ok(house, listening_catch_up(house->listening, &house->fault));
	ok(house, events_requests(house->log, &all_rows, count_request, &requests,
				  &house->fault));
	ok(house, events_searches(house->log, &all_rows, count_search, &searches,
				  &house->fault));
	assert_int_equal(requests + counts.dropped, 9000);
	assert_int_equal(searches, 8500);
	listening_count(house->listening, &counts);
	assert_int_equal(counts.waiting, 0);
}

static void
a_request_log_that_is_off_keeps_nothing_but_who_is_here(void **state)
{
	struct house *house = *state;
	struct event_request request = { .at_ms = clock_now_ms(),
					 .user_id = house->people[ANNA],
					 .method = "GET",
					 .route = "/api/v1/tracks",
					 .status = 200 };
	size_t requests = 0;

	house->settings.request_log = false;
	listening_note_request(house->listening, &request);
	ok(house, listening_catch_up(house->listening, &house->fault));
	ok(house, events_requests(house->log, &all_rows, count_request, &requests,
				  &house->fault));
	assert_int_equal(requests, 0);
	assert_int_equal(presence_count(listening_presence(house->listening),
					clock_now_ms() - MINUTE_MS),
			 1);
}

struct seen_visit {
	size_t count;
	struct event_activity last;
};

static bool
see_visit(void *cookie, int64_t seq, const struct event_activity *activity)
{
	struct seen_visit *seen = cookie;

	(void)seq;
	seen->count++;
	seen->last = *activity;
	return strcmp(activity->action, "visit") == 0;
}

static void
a_visit_is_noted_when_it_is_over(void **state)
{
	struct house *house = *state;
	int64_t now = clock_now_ms();
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct event_request request = { .at_ms = now - 20 * MINUTE_MS,
					 .user_id = house->people[ANNA],
					 .method = "GET",
					 .route = "/api/v1/tracks",
					 .status = 200 };
	struct event_search search = { .at_ms = now - 10 * MINUTE_MS,
				       .user_id = house->people[ANNA],
				       .query = "кино",
				       .surface = "tracks" };
	struct seen_visit seen = { 0 };

	listening_note_request(house->listening, &request);
	listening_note_search(house->listening, &search);
	take_one(house, ANNA, report_of(track, 2 * MINUTE_MS, now - 2 * MINUTE_MS));
	service_restart(house); /* for this process it is over */
	ok(house, events_activities(house->log, &all_rows, see_visit, &seen,
				    &house->fault));
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.last.user_id, house->people[ANNA]);
	assert_true(seen.last.sums_up);
	assert_int_equal(seen.last.visit_minutes, 20);
	assert_int_equal(seen.last.tracks_played, 1);
	assert_int_equal(seen.last.searches_made, 1);
}

static void
a_visit_ends_after_half_an_hour_away(void **state)
{
	struct visits *visits = visits_new();
	struct visit over[4];

	(void)state;
	visits_see(visits, 7, 0, 0, 0);
	visits_see(visits, 7, VISIT_GAP_MS, 2, 0);
	visits_see(visits, 8, VISIT_GAP_MS, 0, 0);
	assert_int_equal(visits_take(visits, 2 * VISIT_GAP_MS, over, 4), 0);
	visits_see(visits, 7, 2 * VISIT_GAP_MS + 1, 0, 1); /* another one */
	visits_forget(visits, 8);
	assert_int_equal(visits_take(visits, 2 * VISIT_GAP_MS + 1, over, 4), 1);
	assert_int_equal(over[0].user_id, 7);
	assert_int_equal(over[0].seen_at_ms - over[0].began_at_ms, VISIT_GAP_MS);
	assert_int_equal(over[0].tracks, 2);
	assert_int_equal(over[0].searches, 0);
	assert_int_equal(visits_take(visits, INT64_MAX, over, 4), 1);
	assert_int_equal(over[0].searches, 1);
	assert_int_equal(visits_take(visits, INT64_MAX, over, 4), 0);
	visits_free(visits);
}

static void
who_listens_now_is_known(void **state)
{
	struct house *house = *state;
	struct presence *presence = listening_presence(house->listening);
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct listen_report report = report_of(track, 0, clock_now_ms());
	struct present present[4];

	report.action = EVENT_START;
	take_one(house, ANNA, report);
	report.session_id = "somebody";
	take_one(house, -1, report);
	assert_int_equal(presence_listening(presence, clock_now_ms(), present,
					    4),
			 2);
	assert_int_equal(present[0].track_id, track);
	assert_string_equal(present[0].platform, "web");
	report.action = EVENT_PAUSE;
	take_one(house, -1, report);
	assert_int_equal(presence_listening_count(presence, clock_now_ms()), 1);
	assert_int_equal(presence_listening_count(presence,
						  clock_now_ms() + 120000),
			 0);
}

/* One report of everything there is, on either store. */
static void
the_platform_adds_up_listens_people_and_what_they_did(void **state)
{
	struct house *house = *state;
	int64_t track = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int32_t today = events_day_of(clock_now_ms());
	struct report_period period = { { today - 6, today },
					REPORT_BY_DAY };
	struct event_activity login = { .at_ms = clock_now_ms(),
					.user_id = house->people[BORIS],
					.action = "login" };
	struct report_platform report;

	play_ago(house, ANNA, track, 10 * MINUTE_MS);
	listening_note_activity(house->listening, &login);
	ok(house, listening_catch_up(house->listening, &house->fault));
	ok(house, report_platform(house->listening, &period, &house->arena,
				  &report, &house->fault));
	assert_int_equal(report.totals.plays, 1);
	assert_int_equal(report.users, PEOPLE);
	assert_int_equal(report.new_users, PEOPLE);
	assert_int_equal(report.active_users, 2);
	assert_int_equal(report.listeners, 1);
	assert_int_equal(report.series.count, 7);
	assert_int_equal(report.series.points[5].new_users +
				 report.series.points[6].new_users,
			 PEOPLE);
	assert_int_equal(report.action_count, 1);
	assert_string_equal(report.actions[0].word, "login");
	assert_int_equal(report.previous.new_users, 0);
}

static void
a_geoip_file_that_is_not_there_is_told(void **state)
{
	struct house *house = *state;
	struct listening_args args = { .settings = &house->settings,
				       .store = house->music.store,
				       .log = house->log };
	struct listening *none = NULL;

	house->settings.geoip_path = "/nowhere/geo.mmdb";
	assert_int_equal(listening_open(&args, &none, &house->fault),
			 STATUS_INVALID);
	assert_string_equal(house->fault.field, "GEOIP_DB");
}

/* ---- recommendations ------------------------------------------------------ */

struct asking {
	struct house *house;
	int64_t id;
	uint32_t limit;
	struct recommended *items;
	size_t count;
};

static enum status
user_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;

	return recommend_for_user(session, NULL, asking->id, asking->limit,
				  &asking->house->arena, &asking->items,
				  &asking->count, fault);
}

static enum status
similar_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;

	return recommend_similar(session, NULL, asking->id, asking->limit,
				 &asking->house->arena, &asking->items,
				 &asking->count, fault);
}

static void
learn(struct house *house)
{
	uint32_t left = 1;

	ok(house, listening_catch_up(house->listening, &house->fault));
	while (left > 0)
		ok(house, recommend_step(house->listening->recommend, 10,
					 clock_now_ms(), &left,
					 &house->fault));
}

static struct asking
ask(struct house *house, store_work *work, int64_t id, uint32_t limit)
{
	struct asking asking = { .house = house, .id = id, .limit = limit };

	ok(house, store_read(house->music.store, work, &asking,
			     &house->fault));
	return asking;
}

static void
what_others_hear_beside_it_is_recommended_with_the_reason(void **state)
{
	struct house *house = *state;
	int64_t liked = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t beside = song(house, "Björk", "Pop", 3 * MINUTE_MS);
	int64_t apart = song(house, "Bach", "Classical", 3 * MINUTE_MS);
	struct asking asked;

	for (int person = 1; person < 4; person++) {
		play_ago(house, person, liked, 30 * MINUTE_MS);
		play_ago(house, person, beside, 20 * MINUTE_MS);
	}
	play_ago(house, 4, apart, 20 * MINUTE_MS);
	play_ago(house, ANNA, liked, 10 * MINUTE_MS);
	learn(house);
	asked = ask(house, user_work, house->people[ANNA], 10);
	assert_int_equal(asked.count, 2);
	assert_int_equal(asked.items[0].track_id, beside);
	assert_int_equal(asked.items[0].reason, RECOMMEND_TOGETHER);
	assert_int_equal(asked.items[0].because_id, liked);
	assert_true(asked.items[0].score > 0 && asked.items[0].score <= 1);
	assert_int_equal(asked.items[1].track_id, apart);
	assert_int_equal(asked.items[1].reason, RECOMMEND_POPULAR);
	asked = ask(house, similar_work, liked, 10);
	assert_int_equal(asked.items[0].track_id, beside);
}

static void
without_common_listeners_artist_and_genre_decide(void **state)
{
	struct house *house = *state;
	int64_t liked = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	int64_t artist = song(house, "Кино", "Pop", 3 * MINUTE_MS);
	int64_t genre = song(house, "ДДТ", "Rock", 3 * MINUTE_MS);
	struct asking asked;

	play_ago(house, ANNA, liked, 10 * MINUTE_MS);
	learn(house);
	asked = ask(house, user_work, house->people[ANNA], 10);
	assert_int_equal(asked.count, 2);
	assert_int_equal(asked.items[0].track_id, artist);
	assert_int_equal(asked.items[0].reason, RECOMMEND_ARTIST);
	assert_int_equal(asked.items[1].track_id, genre);
	assert_int_equal(asked.items[1].reason, RECOMMEND_GENRE);
	asked = ask(house, similar_work, liked, 1);
	assert_int_equal(asked.count, 1);
	assert_int_equal(asked.items[0].track_id, artist);
}

static void
somebody_new_is_recommended_what_is_popular(void **state)
{
	struct house *house = *state;
	int64_t played = song(house, "Кино", "Rock", 3 * MINUTE_MS);
	struct asking asked;

	song(house, "ДДТ", "Rock", 3 * MINUTE_MS);
	play_ago(house, BORIS, played, 10 * MINUTE_MS);
	learn(house);
	asked = ask(house, user_work, house->people[ANNA], 10);
	assert_int_equal(asked.count, 2);
	assert_int_equal(asked.items[0].track_id, played);
	assert_int_equal(asked.items[0].reason, RECOMMEND_POPULAR);
}

static void
one_artist_does_not_fill_the_list(void **state)
{
	struct house *house = *state;
	int64_t liked = song(house, "ДДТ", "Rock", 3 * MINUTE_MS);
	struct asking asked;
	size_t kino = 0;

	for (int i = 0; i < 6; i++)
		song(house, "Кино", "Rock", 3 * MINUTE_MS);
	for (int i = 0; i < 3; i++)
		song(house, "Алиса", "Rock", 3 * MINUTE_MS);
	play_ago(house, ANNA, liked, 10 * MINUTE_MS);
	learn(house);
	asked = ask(house, user_work, house->people[ANNA], 9);
	for (size_t i = 0; i < asked.count; i++)
		kino += music_number(&house->music,
				     "select case when artist = 'Кино' then 1 "
				     "else 0 end from tracks where id = $1",
				     asked.items[i].track_id) == 1;
	assert_int_equal(kino, 3);
	assert_int_equal(asked.count, 6);
}

static void
nothing_is_similar_to_a_track_that_is_not_there(void **state)
{
	struct house *house = *state;
	struct asking asking = { .house = house, .id = 999, .limit = 5 };

	assert_int_equal(store_read(house->music.store, similar_work, &asking,
				    &house->fault),
			 STATUS_NOT_FOUND);
}

#define OVER_BOTH(scenario)                                      \
	{ #scenario " (sqlite)", scenario, house_setup, house_teardown, \
	  (void *)"sqlite" },                                    \
	{                                                        \
		#scenario " (postgres)", scenario, house_setup,  \
			house_teardown, (void *)"postgres"       \
	}

#define OVER_SQLITE(scenario) \
	{ #scenario, scenario, house_setup, house_teardown, (void *)"sqlite" }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_BOTH(half_of_a_track_is_a_play_once),
		OVER_SQLITE(four_minutes_of_a_long_track_are_a_play),
		OVER_SQLITE(a_track_of_thirty_seconds_never_is_a_play),
		OVER_SQLITE(the_same_track_put_on_again_is_another_play),
		OVER_SQLITE(a_report_that_is_sent_again_changes_nothing),
		OVER_SQLITE(nobody_hears_more_than_the_clock_allows),
		OVER_SQLITE(what_was_heard_without_a_connection_counts_on_its_day),
		OVER_BOTH(reports_that_cannot_be_are_refused_one_by_one),
		OVER_SQLITE(a_listening_goes_on_after_a_restart),
		OVER_SQLITE(two_players_of_one_person_do_not_disturb_each_other),
		OVER_SQLITE(a_player_that_never_says_when_it_began_is_understood),
		OVER_SQLITE(anonymous_listens_need_a_session_and_may_be_forbidden),
		OVER_BOTH(plays_raise_counts_and_popularity_of_all_that_was_heard),
		OVER_SQLITE(a_play_is_worth_twice_one_of_a_year_before),
		OVER_BOTH(plays_that_are_carried_twice_count_once),
		OVER_SQLITE(a_log_out_of_a_backup_counts_on),
		OVER_BOTH(a_forgotten_person_leaves_counts_but_no_trace),
		OVER_SQLITE(
			notes_of_requests_are_dropped_when_too_many_wait_and_others_are_not),
		OVER_SQLITE(a_request_log_that_is_off_keeps_nothing_but_who_is_here),
		OVER_SQLITE(a_visit_is_noted_when_it_is_over),
		cmocka_unit_test(a_visit_ends_after_half_an_hour_away),
		OVER_SQLITE(who_listens_now_is_known),
		OVER_BOTH(the_platform_adds_up_listens_people_and_what_they_did),
		OVER_SQLITE(a_geoip_file_that_is_not_there_is_told),
		OVER_BOTH(
			what_others_hear_beside_it_is_recommended_with_the_reason),
		OVER_BOTH(without_common_listeners_artist_and_genre_decide),
		OVER_SQLITE(somebody_new_is_recommended_what_is_popular),
		OVER_BOTH(one_artist_does_not_fill_the_list),
		OVER_SQLITE(nothing_is_similar_to_a_track_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
