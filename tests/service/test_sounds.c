/* test_sounds.c - which tracks sound alike, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "library/track_analysis.h"
#include "library/track_sounds.h"
#include "service/sounds.h"
#include "tests/support/music.h"

#define TRACKS 40

/* Tracks in a row: each sounds most like those next to it. */
struct house {
	struct music music;
	struct sounds *sounds;
	int64_t tracks[TRACKS], files[TRACKS];
	struct fault fault;
};

static void
ok(struct house *house, enum status status)
{
	if (status != STATUS_OK)
		fail_msg("%s: %s", status_name(status), house->fault.message);
}

struct heard_work {
	int64_t track_id;
	double brightness;
};

static enum status
heard_run(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct heard_work *work = cookie;
	struct media_analysis heard = { .sample_rate_hz = 44100 };

	for (size_t i = 0; i < MEDIA_FEATURES; i++)
		heard.feature_variances[i] = 1;
	heard.feature_means[2] = 1000 + 150 * work->brightness;
	heard.feature_means[6] = -200 + 8 * work->brightness;
	return analysis_save(session, work->track_id, 1, &heard, NULL,
			     1000 + (int64_t)work->brightness, fault);
}

static void
hear(struct house *house, struct store *store, size_t i, double brightness)
{
	struct heard_work work = { house->tracks[i], brightness };

	ok(house, store_write(store, heard_run, &work, &house->fault));
}

static void
house_open(struct house *house, const char *driver)
{
	*house = (struct house){ 0 };
	music_open(&house->music, driver);
	for (size_t i = 0; i < TRACKS; i++) {
		struct save_outcome saved;
		struct music_file file;
		char path[40];

		snprintf(path, sizeof path, "a/%zu.flac", i);
		file = music_file(&house->music, path);
		saved = music_save(&house->music, &file);
		house->tracks[i] = saved.track_id;
		house->files[i] = saved.file_id;
	}
}

static void
house_close(struct house *house)
{
	sounds_close(house->sounds);
	music_close(&house->music);
}

static void
listen_to_all(struct house *house)
{
	for (size_t i = 0; i < TRACKS; i++)
		hear(house, house->music.store, i, (double)i);
}

static void
sounds_begin(struct house *house)
{
	ok(house, sounds_open(house->music.store, &house->sounds,
			      &house->fault));
	ok(house, sounds_catch_up(house->sounds, &house->fault));
}

struct asked {
	struct house *house;
	int64_t track_id;
	size_t limit, count;
	struct sound_alike out[SOUNDS_MAX];
};

static enum status
alike_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asked *asked = cookie;

	return sounds_alike(asked->house->sounds, session, asked->track_id,
			    asked->limit, asked->out, &asked->count, fault);
}

static void
ask(struct house *house, struct asked *asked, size_t i, size_t limit)
{
	*asked = (struct asked){ .house = house, .limit = limit,
				 .track_id = house->tracks[i] };
	ok(house, store_read(house->music.store, alike_run, asked,
			     &house->fault));
}

static bool
among(const struct asked *asked, int64_t track_id)
{
	for (size_t i = 0; i < asked->count; i++)
		if (asked->out[i].track_id == track_id)
			return true;
	return false;
}

static void
nearest_come_first(const char *driver)
{
	struct house house;
	struct asked asked;

	house_open(&house, driver);
	listen_to_all(&house);
	sounds_begin(&house);
	assert_int_equal(sounds_count(house.sounds), TRACKS);
	ask(&house, &asked, 0, 5);
	assert_int_equal(asked.count, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(asked.out[i].track_id, house.tracks[i + 1]);
		assert_true(i == 0 || asked.out[i].distance >
					      asked.out[i - 1].distance);
	}
	ask(&house, &asked, 20, 2);
	assert_true(among(&asked, house.tracks[19]));
	assert_true(among(&asked, house.tracks[21]));
	assert_false(among(&asked, house.tracks[20]));
	house_close(&house);
}

static void
new_ones_are_seen_from_another_node(const char *driver)
{
	struct house house;
	struct asked asked;
	struct store *other;

	house_open(&house, driver);
	for (size_t i = 0; i < TRACKS; i += 2)
		hear(&house, house.music.store, i, (double)i);
	sounds_begin(&house);
	ask(&house, &asked, 11, 3);
	assert_int_equal(asked.count, 0); /* not heard yet */
	other = test_store_again(&house.music.stores);
	hear(&house, other, 11, 11);
	hear(&house, other, 0, 12.5); /* heard anew: it moved */
	ok(&house, sounds_catch_up(house.sounds, &house.fault));
	ask(&house, &asked, 11, 3);
	assert_int_equal(asked.count, 3);
	assert_true(among(&asked, house.tracks[10]));
	assert_true(among(&asked, house.tracks[12]));
	assert_true(among(&asked, house.tracks[0]));
	store_close(other);
	house_close(&house);
}

static void
hidden_and_removed_ones_are_left_out(const char *driver)
{
	struct house house;
	struct asked asked;

	house_open(&house, driver);
	listen_to_all(&house);
	sounds_begin(&house);
	for (size_t i = 1; i < TRACKS - 2; i++)
		music_missing(&house.music, house.files[i]);
	ask(&house, &asked, 0, 2);
	assert_int_equal(asked.count, 2);
	assert_true(among(&asked, house.tracks[TRACKS - 2]));
	assert_true(among(&asked, house.tracks[TRACKS - 1]));
	music_restore(&house.music, house.files[3]);
	ask(&house, &asked, 0, 2);
	assert_int_equal(asked.out[0].track_id, house.tracks[3]);
	house_close(&house);
}

static enum status
forget_run(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return sql_exec(session, "delete from track_sounds", NULL, 0, NULL,
			fault);
}

static void
what_was_heard_before_there_were_points_gets_them(const char *driver)
{
	struct house house;
	struct asked asked;

	house_open(&house, driver);
	listen_to_all(&house);
	ok(&house, store_write(house.music.store, forget_run, NULL,
			       &house.fault));
	sounds_begin(&house);
	assert_int_equal(sounds_count(house.sounds), TRACKS);
	ask(&house, &asked, 39, 1);
	assert_int_equal(asked.out[0].track_id, house.tracks[38]);
	house_close(&house);
}

/* ---- many at once --------------------------------------------------------- */

static atomic_bool over;

static void *
reader_run(void *cookie)
{
	struct house *house = cookie;
	struct asked *asked = calloc(1, sizeof *asked);
	size_t n = 0;

	while (!atomic_load(&over)) {
		*asked = (struct asked){ .house = house, .limit = 10,
					 .track_id =
						 house->tracks[n++ % TRACKS] };
		if (store_read(house->music.store, alike_run, asked, NULL) !=
		    STATUS_OK)
			break;
	}
	free(asked);
	return NULL;
}

static void
readers_ask_while_it_grows(const char *driver)
{
	pthread_t readers[3];
	struct house house;
	struct asked asked;

	house_open(&house, driver);
	sounds_begin(&house);
	atomic_store(&over, false);
	for (size_t i = 0; i < 3; i++)
		pthread_create(&readers[i], NULL, reader_run, &house);
	for (size_t i = 0; i < TRACKS; i++) {
		hear(&house, house.music.store, i, (double)i);
		ok(&house, sounds_catch_up(house.sounds, &house.fault));
	}
	atomic_store(&over, true);
	for (size_t i = 0; i < 3; i++)
		pthread_join(readers[i], NULL);
	ask(&house, &asked, 7, 2);
	assert_int_equal(asked.count, 2);
	assert_true(among(&asked, house.tracks[6]) &&
		    among(&asked, house.tracks[8]));
	house_close(&house);
}

#define BOTH(name)                                                           \
	static void name##_sqlite(void **state)                              \
	{                                                                    \
		(void)state;                                                 \
		name("sqlite");                                              \
	}                                                                    \
	static void name##_postgres(void **state)                            \
	{                                                                    \
		(void)state;                                                 \
		name("postgres");                                            \
	}

BOTH(nearest_come_first)
BOTH(new_ones_are_seen_from_another_node)
BOTH(hidden_and_removed_ones_are_left_out)
BOTH(what_was_heard_before_there_were_points_gets_them)
BOTH(readers_ask_while_it_grows)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_come_first_sqlite),
		cmocka_unit_test(nearest_come_first_postgres),
		cmocka_unit_test(new_ones_are_seen_from_another_node_sqlite),
		cmocka_unit_test(new_ones_are_seen_from_another_node_postgres),
		cmocka_unit_test(hidden_and_removed_ones_are_left_out_sqlite),
		cmocka_unit_test(hidden_and_removed_ones_are_left_out_postgres),
		cmocka_unit_test(
			what_was_heard_before_there_were_points_gets_them_sqlite),
		cmocka_unit_test(
			what_was_heard_before_there_were_points_gets_them_postgres),
		cmocka_unit_test(readers_ask_while_it_grows_sqlite),
		cmocka_unit_test(readers_ask_while_it_grows_postgres),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
