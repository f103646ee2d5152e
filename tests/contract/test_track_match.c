/* test_track_match.c - which track of the library somebody else's entry is, on
 * both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "library/track_match.h"
#include "tests/support/music.h"

static const struct {
	const char *path, *title, *artist, *album;
	int seconds;
} shelf[] = {
	/* 0 */ { "Queen/Jazz/01 - Mustapha.flac", "Mustapha", "Queen", "Jazz",
		  180 },
	/* 1 */
	{ "Queen/Live/07.mp3", "Mustapha", "Queen", "Live Killers", 20 },
	/* 2 */
	{ "Кино/Группа крови/01.mp3", "Группа крови", "Кино", "Группа крови",
	  285 },
	/* 3 */
	{ "Mixed/01.mp3", "Under Pressure", "Queen, David Bowie", "Hot Space",
	  248 },
	/* 4 */ { "loose.ogg", "Déjà Vu", "Beyoncé", NULL, 240 },
	/* 5 */
	{ "Other/Jazz/01 - Mustapha.flac", "Cover", "Somebody", "Jazz", 200 },
};
#define TRACKS (sizeof shelf / sizeof shelf[0])

struct desk {
	struct music music;
	int64_t tracks[TRACKS], files[TRACKS];
	uint8_t keys[TRACKS][TRACK_AUDIO_KEY_BYTES];
};

static void
desk_open(struct desk *desk, const char *driver)
{
	music_open(&desk->music, driver);
	for (size_t i = 0; i < TRACKS; i++) {
		struct music_file file =
			music_file(&desk->music, shelf[i].path);
		struct save_outcome saved;

		music_tag(&file, shelf[i].title, shelf[i].artist,
			  shelf[i].album, NULL);
		file.media.duration_ms = 1000 * shelf[i].seconds;
		memcpy(desk->keys[i], file.media.audio_key,
		       TRACK_AUDIO_KEY_BYTES);
		saved = music_save(&desk->music, &file);
		desk->tracks[i] = saved.track_id;
		desk->files[i] = saved.file_id;
	}
}

struct matching {
	struct track_wanted wanted;
	int64_t track_id;
	enum track_matched how;
};

static enum status
match_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct matching *matching = cookie;
	struct track_matcher *matcher = NULL;
	enum status status = track_matcher_new(session, &matcher, fault);

	/* Twice: the second time out of what the first one remembered. */
	for (int i = 0; i < 2 && status == STATUS_OK; i++)
		status =
			track_match(matcher, &matching->wanted,
				    &matching->track_id, &matching->how, fault);
	track_matcher_free(matcher);
	return status;
}

/* The number of the track on the shelf; -1: none. */
static int
match(struct desk *desk, struct track_wanted wanted, enum track_matched *how)
{
	struct matching matching = { .wanted = wanted };

	music_read(&desk->music, match_work, &matching);
	if (how != NULL)
		*how = matching.how;
	for (size_t i = 0; i < TRACKS; i++) {
		if (desk->tracks[i] == matching.track_id)
			return (int)i;
	}
	assert_int_equal(matching.track_id, 0);
	return -1;
}

static void
paths_match_by_their_end(void **state)
{
	static const struct {
		const char *path;
		int track;
	} cases[] = {
		{ "Queen/Jazz/01 - Mustapha.flac", 0 },
		{ "/home/me/music/Queen/Jazz/01 - Mustapha.flac", 0 },
		{ "D:\\Music\\Queen\\Jazz\\01 - Mustapha.flac", 0 },
		{ "file:///srv/./Queen//Jazz/01 - Mustapha.flac", 0 },
		{ "../Кино/Группа крови/01.mp3", 2 },
		{ "loose.ogg", 4 },
		{ "/music/Other/Jazz/01 - Mustapha.flac", 5 },
		{ "Nowhere/loose.ogg", -1 },
		{ "Jazz/99.flac", -1 },
		{ "Queen/Jazz/", -1 },
		{ "", -1 },
		{ "///", -1 },
	};
	struct desk desk;

	desk_open(&desk, *state);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		enum track_matched how;
		int track = match(
			&desk, (struct track_wanted){ .path = cases[i].path },
			&how);

		if (track != cases[i].track)
			fail_msg("%s: %d", cases[i].path, track);
		if (track >= 0)
			assert_int_equal(how, MATCHED_PATH);
	}
	music_close(&desk.music);
}

static void
tags_match_without_case_accents_and_remarks(void **state)
{
	static const struct {
		struct track_wanted wanted;
		int track;
	} cases[] = {
		{ { .title = "MUSTAPHA", .artist = "queen" }, 0 },
		{ { .title = "Mustapha",
		    .artist = "Queen",
		    .duration_ms = 21000 },
		  1 },
		{ { .title = "Mustapha", .duration_ms = 179000 }, 0 },
		{ { .title = "Mustapha" }, -1 },
		{ { .title = "Mustapha", .artist = "Abba" }, -1 },
		{ { .title = "группа  крови", .artist = "КИНО" }, 2 },
		{ { .title = "Deja vu", .artist = "Beyonce" }, 4 },
		{ { .title = "Déjà Vu (feat. JAY-Z)", .artist = "Beyoncé" },
		  4 },
		{ { .title = "Mustapha - Remastered 2011", .artist = "Queen" },
		  0 },
		{ { .title = "Under Pressure", .artist = "David Bowie" }, 3 },
		{ { .title = "(", .artist = "Queen" }, -1 },
		{ { .title = "Must", .artist = "Queen" }, -1 },
	};
	struct desk desk;

	desk_open(&desk, *state);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		enum track_matched how;
		int track = match(&desk, cases[i].wanted, &how);

		if (track != cases[i].track)
			fail_msg("%s: %d", cases[i].wanted.title, track);
		if (track >= 0)
			assert_int_equal(how, MATCHED_TAGS);
	}
	music_close(&desk.music);
}

static void
a_title_that_many_have_is_found_by_its_artist(void **state)
{
	struct desk desk;
	struct matching matching = { .wanted = { .title = "intro",
						 .artist = "the artist 77" } };
	int64_t expected = 0;

	desk_open(&desk, *state);
	desk.music.check = false;
	for (int i = 0; i < 90; i++) {
		char path[32], artist[32];
		struct music_file file;
		int64_t id;

		snprintf(path, sizeof path, "intros/%d.mp3", i);
		snprintf(artist, sizeof artist, "The Artist %d", i);
		file = music_file(&desk.music, path);
		music_tag(&file, "Intro", artist, NULL, NULL);
		id = music_save(&desk.music, &file).track_id;
		if (i == 77)
			expected = id;
	}
	music_read(&desk.music, match_work, &matching);
	assert_int_equal(matching.track_id, expected);
	matching.wanted.artist = "Nobody";
	music_read(&desk.music, match_work, &matching);
	assert_int_equal(matching.track_id, 0);
	music_close(&desk.music);
}

static void
a_file_name_stands_in_for_missing_tags(void **state)
{
	static const struct {
		const char *path;
		int track;
	} cases[] = {
		{ "elsewhere/Queen - Mustapha.mp3", 0 },
		{ "x/Кино/Any album/03. Группа крови.ogg", 2 },
		{ "x/Queen/y/7-Under Pressure.ogg", 3 },
		{ "x/Abba/y/Mustapha.ogg", -1 },
	};
	struct desk desk;

	desk_open(&desk, *state);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_int_equal(
			match(&desk,
			      (struct track_wanted){ .path = cases[i].path },
			      NULL),
			cases[i].track);
	music_close(&desk.music);
}

static void
sound_and_ids_match_what_nothing_else_says(void **state)
{
	struct track_wanted wanted = { .has_audio_key = true,
				       .title = "Unknown",
				       .path = "gone/elsewhere.mp3" };
	enum track_matched how;
	struct desk desk;

	desk_open(&desk, *state);
	memcpy(wanted.audio_key, desk.keys[2], TRACK_AUDIO_KEY_BYTES);
	assert_int_equal(match(&desk, wanted, &how), 2);
	assert_int_equal(how, MATCHED_AUDIO);
	wanted = (struct track_wanted){ .track_id = desk.tracks[3] };
	assert_int_equal(match(&desk, wanted, &how), 3);
	assert_int_equal(how, MATCHED_ID);
	wanted.title = "Another library's";
	assert_int_equal(match(&desk, wanted, NULL), -1);
	wanted.track_id = 999999;
	wanted.title = NULL;
	assert_int_equal(match(&desk, wanted, NULL), -1);
	music_close(&desk.music);
}

static void
tracks_that_have_left_the_library_match_nothing(void **state)
{
	struct track_wanted wanted = { .path = shelf[2].path,
				       .title = shelf[2].title,
				       .artist = shelf[2].artist,
				       .has_audio_key = true };
	struct desk desk;

	desk_open(&desk, *state);
	memcpy(wanted.audio_key, desk.keys[2], TRACK_AUDIO_KEY_BYTES);
	wanted.track_id = desk.tracks[2];
	music_missing(&desk.music, desk.files[2]);
	assert_int_equal(match(&desk, wanted, NULL), -1);
	music_restore(&desk.music, desk.files[2]);
	assert_int_equal(match(&desk, wanted, NULL), 2);
	music_close(&desk.music);
}

struct placing {
	struct desk *desk;
	int64_t ids[4];
	struct track_place *places;
	size_t count;
};

static enum status
places_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct placing *placing = cookie;

	return track_places(session, placing->ids, 4,
			    &placing->desk->music.arena, &placing->places,
			    &placing->count, fault);
}

static void
places_come_in_the_order_of_the_ids(void **state)
{
	struct desk desk;
	struct placing placing = { .desk = &desk };

	desk_open(&desk, *state);
	placing.ids[0] = desk.tracks[2];
	placing.ids[1] = 999999;
	placing.ids[2] = desk.tracks[4];
	placing.ids[3] = desk.tracks[2];
	music_read(&desk.music, places_work, &placing);
	assert_int_equal(placing.count, 3);
	assert_string_equal(placing.places[0].path, shelf[2].path);
	assert_string_equal(placing.places[1].path, "loose.ogg");
	assert_null(placing.places[1].album);
	assert_string_equal(placing.places[2].album, "Группа крови");
	assert_memory_equal(placing.places[2].audio_key, desk.keys[2],
			    TRACK_AUDIO_KEY_BYTES);
	music_close(&desk.music);
}

int
main(void)
{
#define ON(driver, scenario)                                                   \
	{                                                                      \
		driver ": " #scenario, scenario, NULL, NULL, (void *)(driver)  \
	}
#define ALL_ON(driver)                                                         \
	ON(driver, paths_match_by_their_end),                                  \
		ON(driver, tags_match_without_case_accents_and_remarks),       \
		ON(driver, a_title_that_many_have_is_found_by_its_artist),     \
		ON(driver, a_file_name_stands_in_for_missing_tags),            \
		ON(driver, sound_and_ids_match_what_nothing_else_says),        \
		ON(driver, tracks_that_have_left_the_library_match_nothing),   \
		ON(driver, places_come_in_the_order_of_the_ids)

	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
