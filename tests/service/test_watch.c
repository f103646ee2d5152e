/* test_watch.c - the library follows its folders while Ogma serves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "house.h"

#include "base/clock.h"
#include "service/watch.h"

static const struct song song = { .title = "A", .artist = "B" };
static const struct song other = { .title = "C", .artist = "D", .tone = 1 };

struct keeper {
	struct house *house;
	struct watch_settings settings;
	struct watch *watch;
};

static void
keeper_open(struct keeper *keeper)
{
	struct fault fault;

	if (watch_open(&keeper->house->services, &keeper->settings,
		       &keeper->watch, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static int
keeper_setup(void **state)
{
	struct keeper *keeper = mem_new(1, sizeof *keeper);
	void *house = NULL; /* on SQLite */

	house_setup(&house);
	keeper->house = house;
	keeper->settings = (struct watch_settings){
		.scan_at_start = true,
		.folders = true,
		.quiet_ms = 300,
	};
	house_source(keeper->house);
	*state = keeper;
	return 0;
}

static int
keeper_teardown(void **state)
{
	struct keeper *keeper = *state;
	void *house = keeper->house;

	watch_close(keeper->watch);
	house_teardown(&house);
	free(keeper);
	return 0;
}

/* Milliseconds until the file has (or has no) track; -1 after the limit. */
static int64_t
track_comes(struct keeper *keeper, const char *path, bool wanted,
	    int64_t limit_ms)
{
	int64_t start_ms = clock_monotonic_ms(), passed_ms;

	do {
		passed_ms = clock_monotonic_ms() - start_ms;
		if ((house_track(keeper->house, path) != 0) == wanted)
			return passed_ms;
		usleep(20000);
	} while (passed_ms < limit_ms);
	return -1;
}

static void
a_start_scans_and_changes_are_seen_within_two_seconds(void **state)
{
	struct keeper *keeper = *state;
	struct house *house = keeper->house;
	int64_t id;

	house_song(house, "a/1.mp3", &song);
	keeper_open(keeper);
	assert_true(track_comes(keeper, "a/1.mp3", true, 10000) >= 0);
	usleep(300000); /* the watch is set before the scan, but let it end */

	house_song(house, "a/2.mp3", &other);
	assert_in_range(track_comes(keeper, "a/2.mp3", true, 5000), 0, 2000);
	id = house_track(house, "a/2.mp3");
	house_rename(house, "a/2.mp3", "a/3.mp3");
	assert_in_range(track_comes(keeper, "a/3.mp3", true, 5000), 0, 2000);
	assert_int_equal(house_track(house, "a/3.mp3"), id);
	house_song(house, "new/deep/4.mp3", &song);
	assert_in_range(track_comes(keeper, "new/deep/4.mp3", true, 5000), 0,
			2000);
	house_remove(house, "new");
	assert_in_range(track_comes(keeper, "new/deep/4.mp3", false, 5000), 0,
			2000);
	assert_int_equal(house_track(house, "a/3.mp3"), id);
	house_check(house);
}

static void
a_source_that_goes_away_keeps_its_tracks_and_is_scanned_when_it_returns(
	void **state)
{
	struct keeper *keeper = *state;
	struct house *house = keeper->house;
	char away[128], path[160];

	house_song(house, "1.mp3", &song);
	keeper_open(keeper);
	assert_true(track_comes(keeper, "1.mp3", true, 10000) >= 0);
	usleep(300000);
	snprintf(away, sizeof away, "%s.away", house->music);
	assert_int_equal(rename(house->music, away), 0);
	usleep(1500000);
	assert_int_not_equal(house_track(house, "1.mp3"), 0);
	assert_int_equal(rename(away, house->music), 0);
	snprintf(path, sizeof path, "2.mp3");
	house_song(house, path, &other);
	assert_true(track_comes(keeper, "2.mp3", true, 15000) >= 0);
	house_check(house);
}

static void
without_watches_the_rescan_interval_finds_changes(void **state)
{
	struct keeper *keeper = *state;

	keeper->settings.folders = false;
	keeper->settings.rescan_interval_seconds = 1;
	house_song(keeper->house, "1.mp3", &song);
	keeper_open(keeper);
	assert_true(track_comes(keeper, "1.mp3", true, 10000) >= 0);
	house_song(keeper->house, "2.mp3", &other);
	assert_true(track_comes(keeper, "2.mp3", true, 10000) >= 0);
}

static void
more_folders_than_may_be_watched_fall_back_to_the_interval(void **state)
{
	struct keeper *keeper = *state;
	char path[32];

	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof path, "%d/1.mp3", i);
		house_song(keeper->house, path, &song);
	}
	keeper->settings.folders_max = 3;
	keeper->settings.rescan_interval_seconds = 1;
	keeper_open(keeper);
	assert_true(track_comes(keeper, "4/1.mp3", true, 10000) >= 0);
	house_song(keeper->house, "4/2.mp3", &other);
	assert_true(track_comes(keeper, "4/2.mp3", true, 10000) >= 0);
}

static void
a_scan_by_hand_beside_the_watch_is_fine(void **state)
{
	struct keeper *keeper = *state;
	struct house *house = keeper->house;
	char path[32];

	for (int i = 0; i < 60; i++) {
		snprintf(path, sizeof path, "%d/%d.mp3", i % 7, i);
		house_song(house, path, &song);
	}
	keeper_open(keeper);
	for (int i = 0; i < 100; i++) {
		enum status status = house_try_scan(house, NULL, NULL);

		assert_true(status == STATUS_OK || status == STATUS_CONFLICT);
		if (status == STATUS_OK)
			break;
		usleep(50000);
	}
	assert_true(track_comes(keeper, "3/59.mp3", true, 5000) >= 0);
	house_check(house);
}

static void
closing_during_a_scan_takes_no_time(void **state)
{
	struct keeper *keeper = *state;
	struct song many = song;
	int64_t start_ms;
	char path[32];

	for (int i = 0; i < 800; i++) {
		snprintf(path, sizeof path, "%d/%d.mp3", i % 7, i);
		many.tone = i % HOUSE_TONES;
		house_song(keeper->house, path, &many);
	}
	keeper_open(keeper);
	usleep(150000);
	start_ms = clock_monotonic_ms();
	watch_close(keeper->watch);
	keeper->watch = NULL;
	assert_true(clock_monotonic_ms() - start_ms < 2000);
	house_check(keeper->house);
}

#define SCENARIO(scenario) \
	cmocka_unit_test_setup_teardown(scenario, keeper_setup, keeper_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_start_scans_and_changes_are_seen_within_two_seconds),
		SCENARIO(
			a_source_that_goes_away_keeps_its_tracks_and_is_scanned_when_it_returns),
		SCENARIO(without_watches_the_rescan_interval_finds_changes),
		SCENARIO(
			more_folders_than_may_be_watched_fall_back_to_the_interval),
		SCENARIO(a_scan_by_hand_beside_the_watch_is_fine),
		SCENARIO(closing_during_a_scan_takes_no_time),
	};

	return cmocka_run_group_tests(tests, house_prepare, NULL);
}
