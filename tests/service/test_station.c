/* test_station.c - what a live channel plays next, by a clock of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "library/channel_plans.h"
#include "library/outbox.h"
#include "library/playlist_tracks.h"
#include "library/playlists.h"
#include "library/track_analysis.h"
#include "library/users.h"
#include "service/sounds.h"
#include "service/station.h"
#include "tests/support/music.h"

#define TRACKS 8 /* two of each artist */

struct studio {
	struct music music;
	int64_t channel, user, playlist;
	int64_t tracks[TRACKS];
	struct sounds *sounds; /* NULL until a test opens them */
	struct station *station;
	int64_t now_ms;
	const struct station_pick *picks[STATION_PLAN_MAX];
	size_t count;

	/* for works */
	struct channel_settings settings;
	struct queue_item item;
	struct schedule_row schedule;
	struct jingle_row jingle;
	struct channel found;
	struct channel_queue queue;
};

static void
does(struct studio *studio, store_work *work)
{
	struct fault fault = { 0 };

	if (store_write(studio->music.store, work, studio, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
}

static enum status
make_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;
	struct playlist_draft draft = { .title = "All" };
	struct playlist_addition addition = { .track_ids = studio->tracks,
					      .count = TRACKS,
					      .position = PLAYLIST_AT_END };
	struct playlist_added added;
	enum status status = outbox_begin(session, fault);

	if (status == STATUS_OK)
		status = users_add(session,
				   &(struct user_draft){ .username = "dj",
							 .role = "user" },
				   &studio->user, fault);
	draft.owner_id = studio->user;
	addition.added_by = studio->user;
	if (status == STATUS_OK)
		status = playlists_add(session, &draft, &studio->playlist,
				       fault);
	if (status == STATUS_OK)
		status = playlist_tracks_add(session, studio->playlist,
					     &addition, &studio->music.arena,
					     &added, fault);
	return status;
}

static enum status
channel_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;

	return channels_add(session, 0, &studio->settings, &studio->channel,
			    fault);
}

static enum status
settings_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;

	return channels_change(session, studio->channel, &studio->settings,
			       fault);
}

static enum status
put_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;
	int64_t version;

	return channel_queue_add(session, &studio->item, QUEUE_AT_END, 0,
				 &version, fault);
}

static enum status
schedule_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;

	return channel_schedule_save(session, &studio->schedule, fault);
}

static enum status
jingle_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;

	return channel_jingle_save(session, &studio->jingle, fault);
}

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;
	enum status status =
		channels_get(session, studio->channel, &studio->music.arena,
			     &studio->found, fault);

	if (status == STATUS_OK)
		status = channel_queue_get(session, studio->channel,
					   &studio->music.arena,
					   &studio->queue, fault);
	return status;
}

static int
set_up(void **state)
{
	struct studio *studio = mem_new(1, sizeof *studio);

	music_open(&studio->music, "sqlite");
	for (int i = 0; i < TRACKS; i++) {
		char path[32], title[32], artist[32];
		struct music_file file;

		snprintf(path, sizeof path, "%d.flac", i);
		snprintf(title, sizeof title, "Track %d", i);
		snprintf(artist, sizeof artist, "Artist %d", i / 2);
		file = music_file(&studio->music, path);
		music_tag(&file, title, artist, "One", "Rock");
		file.media.duration_ms = 180000;
		studio->tracks[i] = music_save(&studio->music, &file).track_id;
	}
	does(studio, make_work);
	studio->settings = (struct channel_settings){ .title = "Air",
						      .auto_end_minutes = 5 };
	does(studio, channel_work);
	studio->station = station_new(studio->music.store, studio->sounds,
				      studio->channel);
	studio->now_ms = clock_now_ms();
	*state = studio;
	return 0;
}

static int
tear_down(void **state)
{
	struct studio *studio = *state;

	station_free(studio->station);
	sounds_close(studio->sounds);
	music_close(&studio->music);
	free(studio);
	return 0;
}

static void
put(struct studio *studio, const char *id, int track)
{
	studio->item = (struct queue_item){
		.id = id,
		.channel_id = studio->channel,
		.track_id = studio->tracks[track],
	};
	does(studio, put_work);
}

static void
auto_dj(struct studio *studio, int track_window, int artist_window)
{
	studio->settings.auto_dj = arena_print(
		&studio->music.arena,
		"{\"playlist_id\":%lld,\"track_window_minutes\":%d,"
		"\"artist_window_minutes\":%d}",
		(long long)studio->playlist, track_window, artist_window);
	does(studio, settings_work);
}

static size_t
plan(struct studio *studio)
{
	studio->count = station_plan(studio->station, studio->now_ms,
				     studio->picks);
	return studio->count;
}

/* The ids with blanks between. */
static void
expect_plan(struct studio *studio, const char *expected)
{
	const char *text = "";

	plan(studio);
	for (size_t i = 0; i < studio->count; i++)
		text = arena_print(&studio->music.arena, "%s%s%s", text,
				   i == 0 ? "" : " ",
				   studio->picks[i]->item.id);
	assert_string_equal(text, expected);
}

static void
begin(struct studio *studio, const char *id)
{
	struct fault fault = { 0 };
	bool left;

	if (station_started(studio->station, id, &left, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static void
end(struct studio *studio, const char *id, enum end_reason reason)
{
	struct fault fault = { 0 };
	bool left;

	if (station_ended(studio->station, id, reason, studio->now_ms, &left,
			  &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

/* Plays what comes next; gives its track. */
static int64_t
play(struct studio *studio)
{
	const char *id;
	int64_t track;

	assert_true(plan(studio) > 0);
	id = arena_copy_text(&studio->music.arena, studio->picks[0]->item.id);
	track = studio->picks[0]->item.track_id;
	begin(studio, id);
	end(studio, id, END_TRACK_ENDED);
	return track;
}

/* ---- scenarios ------------------------------------------------------------ */

static void
the_queue_plays_in_order_and_leaves_as_it_begins(void **state)
{
	struct studio *studio = *state;

	expect_plan(studio, "");
	put(studio, "a", 0);
	put(studio, "b", 1);
	put(studio, "c", 2);
	put(studio, "d", 3);
	expect_plan(studio, "a b c");
	assert_string_equal(studio->picks[0]->item.title, "Track 0");
	assert_string_equal(studio->picks[0]->artist, "Artist 0");
	begin(studio, "a");
	expect_plan(studio, "b c d");
	music_read(&studio->music, look_work, studio);
	assert_int_equal(studio->queue.count, 3);
	assert_true(studio->found.current_id != 0);
	end(studio, "a", END_TRACK_ENDED);
	begin(studio, "b");
	expect_plan(studio, "c d");
}

static void
an_item_that_was_playing_goes_on_after_a_restart(void **state)
{
	struct studio *studio = *state;

	put(studio, "a", 0);
	put(studio, "b", 1);
	expect_plan(studio, "a b");
	begin(studio, "a");
	station_free(studio->station); /* as if it was killed */
	studio->station = station_new(studio->music.store, studio->sounds,
				      studio->channel);
	station_resume(studio->station, "a", 61500);
	expect_plan(studio, "a b");
	assert_int_equal(studio->picks[0]->start_ms, 61500);
	assert_int_equal(studio->picks[0]->kind, PLAY_QUEUE);
	begin(studio, "a");
	expect_plan(studio, "b");
	music_read(&studio->music, look_work, studio);
	assert_int_equal(studio->queue.count, 1);
}

static enum status
take_out_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;
	int64_t version;

	return channel_queue_remove(session, studio->channel, studio->item.id,
				    0, &version, fault);
}

/* As a skip does it. */
static enum status
skip_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;
	struct played current;
	bool left;
	enum status status = channels_get(session, studio->channel,
					  &studio->music.arena, &studio->found,
					  fault);

	if (status == STATUS_OK)
		status = channel_history_get(session, studio->found.current_id,
					     &studio->music.arena, &current,
					     fault);
	return status != STATUS_OK ? status :
				     channel_history_end(session, &current.item,
							 current.kind, END_SKIP,
							 &left, fault);
}

static void
expect_no_begin(struct studio *studio, const char *id)
{
	struct fault fault = { 0 };
	bool left;

	assert_int_equal(station_started(studio->station, id, &left, &fault),
			 STATUS_CONFLICT);
	assert_false(left);
	music_read(&studio->music, look_work, studio);
	assert_int_equal(studio->found.current_id, 0);
}

static int64_t
plays(struct studio *studio)
{
	return music_number(&studio->music,
			    "select count(*) from channel_history "
			    "where channel_id = $1",
			    studio->channel);
}

static void
what_was_taken_out_while_it_was_opened_does_not_begin(void **state)
{
	struct studio *studio = *state;

	put(studio, "a", 0);
	expect_plan(studio, "a");
	does(studio, take_out_work);
	expect_no_begin(studio, "a");
	end(studio, "a", END_SKIP);
	assert_int_equal(plays(studio), 0);
}

static void
what_was_skipped_while_it_was_opened_after_a_restart_stays_so(void **state)
{
	struct studio *studio = *state;

	put(studio, "a", 0);
	for (int drawn = 0; drawn < 2; drawn++) {
		int64_t before;
		const char *id;

		if (drawn)
			auto_dj(studio, 0, 0);
		assert_true(plan(studio) > 0);
		id = arena_copy_text(&studio->music.arena,
				     studio->picks[0]->item.id);
		begin(studio, id);
		before = plays(studio);
		station_free(studio->station); /* as if it was killed */
		studio->station = station_new(studio->music.store,
					      studio->sounds, studio->channel);
		assert_true(plan(studio) > 0);
		assert_string_equal(studio->picks[0]->item.id, id);
		does(studio, skip_work);
		expect_no_begin(studio, id);
		assert_int_equal(plays(studio), before);
	}
}

static void
the_automatic_dj_fills_what_the_queue_leaves(void **state)
{
	struct studio *studio = *state;
	char first[QUEUE_ID_BYTES];

	put(studio, "a", 0);
	auto_dj(studio, 60, 0);
	assert_int_equal(plan(studio), 3);
	assert_string_equal(studio->picks[0]->item.id, "a");
	assert_int_equal(studio->picks[1]->kind, PLAY_AUTO_DJ);
	snprintf(first, sizeof first, "%s", studio->picks[1]->item.id);
	assert_int_equal(plan(studio), 3); /* what was drawn stays */
	assert_string_equal(studio->picks[1]->item.id, first);
	put(studio, "b", 1);
	assert_int_equal(plan(studio), 3); /* the queue comes first */
	assert_string_equal(studio->picks[1]->item.id, "b");
	assert_string_equal(studio->picks[2]->item.id, first);
	studio->settings.auto_dj = NULL;
	does(studio, settings_work);
	expect_plan(studio, "a b");
}

static void
no_track_comes_again_within_its_window(void **state)
{
	struct studio *studio = *state;
	int64_t heard[TRACKS];

	auto_dj(studio, 60, 0);
	for (int i = 0; i < TRACKS; i++) {
		heard[i] = play(studio);
		for (int k = 0; k < i; k++)
			assert_int_not_equal(heard[k], heard[i]);
	}
	play(studio); /* all were heard: it plays on all the same */
}

static void
no_artist_comes_again_within_the_window_while_there_are_others(void **state)
{
	struct studio *studio = *state;
	int artists[4];

	auto_dj(studio, 0, 60);
	for (int i = 0; i < 4; i++) {
		int64_t track = play(studio);

		artists[i] = -1;
		for (int k = 0; k < TRACKS; k++) {
			if (studio->tracks[k] == track)
				artists[i] = k / 2;
		}
		for (int k = 0; k < i; k++)
			assert_int_not_equal(artists[k], artists[i]);
	}
}

static void
rules_can_choose_too(void **state)
{
	struct studio *studio = *state;

	studio->settings.auto_dj =
		"{\"rules\":{\"match\":\"all\",\"rules\":[{\"field\":"
		"\"title\",\"op\":\"is\",\"value\":\"Track 5\"}]}}";
	does(studio, settings_work);
	assert_true(plan(studio) > 0);
	assert_int_equal(studio->picks[0]->item.track_id, studio->tracks[5]);
}

/* 21:30 on a Monday, here. */
static int64_t
monday_evening(void)
{
	struct tm day = { .tm_year = 126, .tm_mon = 10, .tm_mday = 30,
			  .tm_hour = 21, .tm_min = 30, .tm_isdst = -1 };

	return (int64_t)mktime(&day) * 1000;
}

static void
the_schedule_is_on_when_its_hour_is(void **state)
{
	struct studio *studio = *state;

	studio->schedule = (struct schedule_row){
		.channel_id = studio->channel,
		.playlist_id = studio->playlist,
		.weekdays = 1,
		.starts_minute = 21 * 60,
		.ends_minute = 22 * 60,
		.enabled = true,
	};
	does(studio, schedule_work);
	studio->now_ms = monday_evening() - 31 * 60000;
	assert_int_equal(plan(studio), 0);
	studio->now_ms = monday_evening();
	assert_int_equal(plan(studio), 3);
	assert_int_equal(studio->picks[0]->kind, PLAY_SCHEDULE);
	studio->now_ms = monday_evening() + 30 * 60000;
	assert_int_equal(plan(studio), 0);
	studio->now_ms = monday_evening() + (int64_t)86400000;
	assert_int_equal(plan(studio), 0);
}

static void
a_night_of_the_schedule_reaches_into_the_next_day(void **state)
{
	const struct schedule_row night = { .weekdays = 1,
					    .starts_minute = 22 * 60,
					    .ends_minute = 6 * 60,
					    .enabled = true };

	(void)state;
	assert_true(schedule_covers(&night, 0, 23 * 60));
	assert_true(schedule_covers(&night, 1, 5 * 60));
	assert_false(schedule_covers(&night, 0, 5 * 60));
	assert_false(schedule_covers(&night, 1, 23 * 60));
	assert_false(schedule_covers(&night, 1, 6 * 60));
}

static void
a_jingle_comes_after_so_many_tracks(void **state)
{
	struct studio *studio = *state;
	int64_t kinds = 0;

	studio->jingle = (struct jingle_row){
		.channel_id = studio->channel,
		.track_id = studio->tracks[7],
		.title = "Ding",
		.every_tracks = 2,
		.enabled = true,
		.played_at_ms = studio->now_ms,
	};
	does(studio, jingle_work);
	put(studio, "a", 0);
	put(studio, "b", 1);
	put(studio, "c", 2);
	put(studio, "d", 3);
	put(studio, "e", 4);
	plan(studio);
	assert_string_equal(studio->picks[1]->item.id, "b");
	assert_int_equal(studio->picks[2]->kind, PLAY_JINGLE);
	for (int i = 0; i < 7; i++) {
		plan(studio);
		kinds = kinds * 10 + (studio->picks[0]->kind == PLAY_JINGLE);
		play(studio);
	}
	assert_int_equal(kinds, 10010); /* a b - c d - e */
	expect_plan(studio, "");
}

static void
a_jingle_comes_after_so_many_minutes(void **state)
{
	struct studio *studio = *state;

	studio->jingle = (struct jingle_row){
		.channel_id = studio->channel,
		.track_id = studio->tracks[7],
		.title = "Ding",
		.every_minutes = 15,
		.enabled = true,
		.played_at_ms = studio->now_ms,
	};
	does(studio, jingle_work);
	put(studio, "a", 0);
	expect_plan(studio, "a");
	studio->now_ms += 15 * 60000;
	assert_int_equal(plan(studio), 2);
	assert_int_equal(studio->picks[0]->kind, PLAY_JINGLE);
	assert_string_equal(studio->picks[0]->item.title, "Ding");
}

static void
what_fails_again_and_again_makes_it_rest(void **state)
{
	struct studio *studio = *state;

	auto_dj(studio, 0, 0);
	for (int i = 0; i < 5; i++) {
		char id[QUEUE_ID_BYTES];

		assert_true(plan(studio) > 0);
		snprintf(id, sizeof id, "%s", studio->picks[0]->item.id);
		end(studio, id, END_ERROR);
	}
	assert_int_equal(plan(studio), 0);
	studio->now_ms += 10000;
	assert_true(plan(studio) > 0);
}

/* Tracks 0 to 3 sound alike, and so do 4 to 7. */
static enum status
hear_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct studio *studio = cookie;
	enum status status = STATUS_OK;

	for (int i = 0; i < TRACKS && status == STATUS_OK; i++) {
		struct media_analysis heard = { .sample_rate_hz = 44100 };

		for (int f = 0; f < MEDIA_FEATURES; f++)
			heard.feature_variances[f] = 1;
		heard.feature_means[2] = (i < 4 ? 1000 : 4000) + 10 * i;
		status = analysis_save(session, studio->tracks[i], 1, &heard,
				       NULL, 1000, fault);
	}
	return status;
}

static void
what_sounds_like_what_was_played_fills_an_empty_queue(void **state)
{
	struct studio *studio = *state;
	struct fault fault = { 0 };
	int64_t next;

	does(studio, hear_work);
	if (sounds_open(studio->music.store, &studio->sounds, &fault) !=
		    STATUS_OK ||
	    sounds_catch_up(studio->sounds, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	station_free(studio->station);
	studio->station = station_new(studio->music.store, studio->sounds,
				      studio->channel);
	studio->settings.auto_dj = "{\"similar\":true,"
				   "\"track_window_minutes\":60,"
				   "\"artist_window_minutes\":0}";
	does(studio, settings_work);
	assert_true(plan(studio) > 0); /* nothing played: anything will do */
	put(studio, "a", 1);
	assert_int_equal(play(studio), studio->tracks[1]);
	studio->now_ms = clock_now_ms() + 1000; /* the artist may come again */
	next = play(studio);
	assert_true(next == studio->tracks[0] || next == studio->tracks[2] ||
		    next == studio->tracks[3]);
	for (int i = 0; i < 4; i++)
		assert_int_not_equal(play(studio), studio->tracks[1]);
	studio->settings.auto_dj = NULL;
	does(studio, settings_work);
	assert_int_equal(plan(studio), 0);
}

int
main(void)
{
#define SCENARIO(name) \
	cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		SCENARIO(the_queue_plays_in_order_and_leaves_as_it_begins),
		SCENARIO(an_item_that_was_playing_goes_on_after_a_restart),
		SCENARIO(what_was_taken_out_while_it_was_opened_does_not_begin),
		SCENARIO(
			what_was_skipped_while_it_was_opened_after_a_restart_stays_so),
		SCENARIO(the_automatic_dj_fills_what_the_queue_leaves),
		SCENARIO(no_track_comes_again_within_its_window),
		SCENARIO(
			no_artist_comes_again_within_the_window_while_there_are_others),
		SCENARIO(rules_can_choose_too),
		SCENARIO(what_sounds_like_what_was_played_fills_an_empty_queue),
		SCENARIO(the_schedule_is_on_when_its_hour_is),
		SCENARIO(a_night_of_the_schedule_reaches_into_the_next_day),
		SCENARIO(a_jingle_comes_after_so_many_tracks),
		SCENARIO(a_jingle_comes_after_so_many_minutes),
		SCENARIO(what_fails_again_and_again_makes_it_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
