/* test_track_analysis.c - what was heard in tracks, on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "library/track_analysis.h"
#include "library/tracks.h"
#include "tests/support/music.h"

struct asked {
	struct arena *arena;
	int64_t track_id, after_id;
	uint32_t version;
	const struct media_analysis *heard;
	const char *error;
	int64_t *ids;
	size_t count;
	struct analysis_totals totals;
	struct analysis_row row;
	struct analysis_waveform waveform;
	struct track track;
	struct track_filter filter;
	struct track_list list;
};

static const char points[] = "0123456789";

static const struct media_analysis song = {
	.sample_rate_hz = 44100,
	.channels = 2,
	.samples = 441000,
	.start_silence_samples = 4410,
	.loudness_known = true,
	.loudness_lufs = -9.5,
	.true_peak_dbtp = 0.25,
	.tempo_known = true,
	.tempo_bpm = 120.5,
	.other_tempo_bpm = 60.25,
	.tempo_confidence = 0.5,
	.key = "F#m",
	.key_confidence = 0.75,
	.mood_known = true,
	.energy = 0.875,
	.valence = 0.25,
	.genres = { { "Rock", 0.75 }, { "Hip-Hop", 0.125 } },
	.waveform = { points, sizeof points - 1 },
};

static enum status
save_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct asked *asked = cookie;

	return analysis_save(session, asked->track_id, asked->version,
			     asked->heard, asked->error, 1234567, fault);
}

static enum status
pending_work(struct store_session *session, void *cookie,
	     struct fault *fault)
{
	struct asked *asked = cookie;
	enum status status = analysis_pending(
		session, asked->version, 0, asked->after_id, 10, asked->arena,
		&asked->ids, &asked->count, fault);

	return status == STATUS_OK ? analysis_count(session, asked->version,
						    &asked->totals, fault) :
				     status;
}

static enum status
row_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asked *asked = cookie;
	enum status status = analysis_get(session, asked->track_id,
					  asked->arena, &asked->row, fault);

	return status == STATUS_OK ?
		       tracks_get(session, asked->track_id, asked->arena,
				  &asked->track, fault) :
		       status;
}

static enum status
waveform_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct asked *asked = cookie;

	return analysis_waveform(session, asked->track_id, asked->arena,
				 &asked->waveform, fault);
}

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct page_request page = { .limit = 10 };
	struct asked *asked = cookie;

	return tracks_list(session, &asked->filter, TRACKS_BY_TITLE, &page,
			   asked->arena, &asked->list, fault);
}

static void
save(struct music *music, struct asked *asked, int64_t track_id,
     uint32_t version, const struct media_analysis *heard, const char *error)
{
	struct fault fault = { 0 };

	asked->track_id = track_id;
	asked->version = version;
	asked->heard = heard;
	asked->error = error;
	if (store_write(music->store, save_work, asked, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static size_t
pending(struct music *music, struct asked *asked, uint32_t version)
{
	asked->version = version;
	asked->after_id = 0;
	music_read(music, pending_work, asked);
	return asked->count;
}

static int64_t
song_save(struct music *music, const char *path, double tagged_tempo)
{
	struct music_file file = music_file(music, path);

	file.media.title = path;
	file.media.tagged_tempo_bpm = tagged_tempo;
	return music_save(music, &file).track_id;
}

static void
tracks_are_pending_until_their_present_sound_was_heard(void **state)
{
	struct asked asked = { 0 };
	struct music_file other, again;
	struct music music;
	int64_t first, second;

	music_open(&music, *state);
	asked.arena = &music.arena;
	first = song_save(&music, "a/1.flac", 0);
	second = song_save(&music, "a/2.flac", 0);
	assert_int_equal(pending(&music, &asked, 1), 2);
	assert_int_equal(asked.ids[0], first);
	save(&music, &asked, first, 1, &song, NULL);
	assert_int_equal(pending(&music, &asked, 1), 1);
	assert_int_equal(asked.ids[0], second);
	save(&music, &asked, second, 1, NULL, "it is broken");
	assert_int_equal(pending(&music, &asked, 1), 0);
	assert_int_equal(asked.totals.tracks, 2);
	assert_int_equal(asked.totals.done, 2);
	assert_int_equal(asked.totals.failed, 1);
	/* a newer analyser goes through all of them */
	assert_int_equal(pending(&music, &asked, 2), 2);
	/* the same place with other sound */
	other = music_file(&music, "b/other.flac");
	again = music_file(&music, "a/1.flac");
	again.media.title = "a/1.flac";
	music_same_audio(&again, &other);
	music_save(&music, &again);
	assert_int_equal(pending(&music, &asked, 1), 1);
	music_close(&music);
}

static void
what_was_heard_is_read_and_a_tag_wins(void **state)
{
	struct media_analysis later = song;
	struct asked asked = { 0 };
	struct music music;
	int64_t plain, tagged;

	music_open(&music, *state);
	asked.arena = &music.arena;
	plain = song_save(&music, "a/1.flac", 0);
	tagged = song_save(&music, "a/2.flac", 88);
	save(&music, &asked, tagged, 1, &song, NULL);
	music_read(&music, row_work, &asked);
	assert_true(asked.track.tempo.value == 88);
	assert_true(asked.row.tempo.value == 120.5);
	save(&music, &asked, plain, 1, &song, NULL);
	music_read(&music, row_work, &asked);
	assert_true(asked.track.tempo.value == 120.5);
	assert_true(asked.track.loudness_lufs.value == -9.5);
	assert_true(asked.track.energy.value == 0.875);
	assert_false(asked.track.danceability.known);
	assert_string_equal(asked.track.key, "F#m");
	assert_true(asked.row.start_silence_ms == 100);
	assert_int_equal(asked.row.genre_count, 2);
	assert_string_equal(asked.row.genres[1].name, "Hip-Hop");
	assert_true(asked.row.genres[0].probability == 0.75);
	assert_null(asked.row.error);
	music_read(&music, waveform_work, &asked);
	assert_int_equal(asked.waveform.points.length, sizeof points - 1);
	assert_memory_equal(asked.waveform.points.at, points,
			    sizeof points - 1);
	/* a better analyser corrects what no tag said */
	later.tempo_bpm = 121;
	later.key_confidence = 0.1;
	save(&music, &asked, plain, 2, &later, NULL);
	music_read(&music, row_work, &asked);
	assert_true(asked.track.tempo.value == 121);
	assert_null(asked.track.key);
	save(&music, &asked, tagged, 2, &later, NULL);
	music_read(&music, row_work, &asked);
	assert_true(asked.track.tempo.value == 88);
	music_close(&music);
}

static size_t
listed(struct music *music, struct asked *asked)
{
	music_read(music, list_work, asked);
	memset(&asked->filter, 0, sizeof asked->filter);
	return asked->list.count;
}

static void
lists_are_filtered_by_what_was_heard(void **state)
{
	struct media_analysis slow = song;
	struct asked asked = { 0 };
	struct music music;
	int64_t first, second;

	music_open(&music, *state);
	asked.arena = &music.arena;
	first = song_save(&music, "a/1.flac", 0);
	second = song_save(&music, "a/2.flac", 0);
	song_save(&music, "a/unheard.flac", 0);
	slow.tempo_bpm = 70;
	slow.energy = 0.125;
	save(&music, &asked, first, 1, &song, NULL);
	save(&music, &asked, second, 1, &slow, NULL);
	asked.filter.tempo_min = (struct optional_double){ true, 100 };
	assert_int_equal(listed(&music, &asked), 1);
	assert_int_equal(asked.list.items[0].id, first);
	asked.filter.tempo_max = (struct optional_double){ true, 100 };
	assert_int_equal(listed(&music, &asked), 1);
	assert_int_equal(asked.list.items[0].id, second);
	asked.filter.energy_max = (struct optional_double){ true, 0.125 };
	asked.filter.valence_min = (struct optional_double){ true, 0.25 };
	assert_int_equal(listed(&music, &asked), 1);
	asked.filter.valence_max = (struct optional_double){ true, 0 };
	assert_int_equal(listed(&music, &asked), 0);
	assert_int_equal(listed(&music, &asked), 3);
	music_close(&music);
}

#define ON(test, driver) \
	{ #test " on " driver, test, NULL, NULL, (void *)(uintptr_t)driver }
#define ON_BOTH(test) ON(test, "sqlite"), ON(test, "postgres")

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(tracks_are_pending_until_their_present_sound_was_heard),
		ON_BOTH(what_was_heard_is_read_and_a_tag_wins),
		ON_BOTH(lists_are_filtered_by_what_was_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
