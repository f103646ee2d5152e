/* test_analysers.c - what is heard in sounds whose answer is known. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "media/analyse/analyser.h"
#include "media/analyse/dance.h"
#include "media/analyse/genre.h"
#include "media/analyse/key.h"
#include "media/analyse/loudness.h"
#include "media/analyse/mood.h"
#include "media/analyse/segment.h"
#include "media/analyse/silence.h"
#include "media/analyse/tempo.h"
#include "media/analyse/waveform.h"

static uint32_t seed = 7;

static float
noise(void)
{
	seed = seed * 1664525u + 1013904223u;
	return (float)(int32_t)seed / 2147483648.0f;
}

/* ---- loudness: EBU Tech 3341 and 3342, tables of minimum requirements ----
 *
 * Tones that do not change are as loud after three seconds as after twenty. */

#define LOW_HZ 8000 /* for what takes minutes and is the same at all rates */

struct part {
	double seconds;
	double dbfs[5]; /* of each channel */
};

/* A tone that begins at once rings over its own peak. */
static double
fade(uint64_t at, uint32_t rate)
{
	return fmin((double)at / (0.05 * rate), 1);
}

static struct loudness_result
measure(uint32_t rate, size_t channels, const struct part *parts, size_t count,
	double hz, double phase)
{
	static const double weights[5] = { 1, 1, 1, 1.41, 1.41 };
	struct loudness *loudness = loudness_new(rate, channels, weights);
	struct loudness_result result;
	double wave[1000];
	float planes[5][1000];
	const float *at[5];
	uint64_t t = 0;

	for (size_t p = 0; p < count; p++) {
		size_t left = (size_t)(parts[p].seconds * rate);

		while (left > 0) {
			size_t n = left < 1000 ? left : 1000;

			for (size_t i = 0; i < n; i++)
				wave[i] = fade(t + i, rate) *
					  sin(2 * M_PI * hz * (double)(t + i) /
						      rate +
					      phase);
			for (size_t c = 0; c < channels; c++) {
				double level = pow(10, parts[p].dbfs[c] / 20);

				at[c] = planes[c];
				for (size_t i = 0; i < n; i++)
					planes[c][i] = (float)(level * wave[i]);
			}
			loudness_add(loudness, at, n);
			t += n;
			left -= n;
		}
	}
	loudness_finish(loudness, &result);
	loudness_free(loudness);
	return result;
}

#define STEREO(seconds_, level) { seconds_, { level, level } }

static void
assert_near(double value, double wanted, double off)
{
	if (!(fabs(value - wanted) <= off))
		fail_msg("%.3f is not %.3f", value, wanted);
}

struct tech_3341 {
	size_t channels, count;
	struct part parts[5];
	double lufs;
};

static double
tech_3341(uint32_t rate, const struct tech_3341 *one)
{
	return measure(rate, one->channels, one->parts, one->count, 1000, 0)
		.integrated_lufs;
}

static void
loudness_is_that_of_ebu_tech_3341_at_all_rates(void **state)
{
	static const struct tech_3341 cases[] = {
		{ 2, 1, { STEREO(3, -23) }, -23 },
		{ 2, 1, { STEREO(3, -33) }, -33 },
		{ 2, 3, { STEREO(10, -36), STEREO(60, -23), STEREO(10, -36) },
		  -23 },
		{ 2, 5,
		  { STEREO(10, -72), STEREO(10, -36), STEREO(60, -23),
		    STEREO(10, -36), STEREO(10, -72) },
		  -23 },
		{ 2, 3,
		  { STEREO(20, -26), STEREO(20.1, -20), STEREO(20, -26) },
		  -23 },
		{ 5, 1, { { 3, { -28, -28, -24, -30, -30 } } }, -23 },
	};
	static const uint32_t rates[] = { 48000, 44100, 22050, 96000 };
	/* at other rates the filters differ, not what is done with gates and steps */
	static const size_t of_filters[] = { 0, 5 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_near(tech_3341(LOW_HZ, &cases[i]), cases[i].lufs, 0.1);
	for (size_t r = 0; r < ARRAY_LENGTH(rates); r++)
		for (size_t n = 0; n < ARRAY_LENGTH(of_filters); n++)
			assert_near(tech_3341(rates[r], &cases[of_filters[n]]),
				    cases[of_filters[n]].lufs, 0.1);
}

static void
the_loudness_range_is_that_of_ebu_tech_3342(void **state)
{
	static const struct {
		size_t count;
		struct part parts[5];
		double range;
	} cases[] = {
		{ 2, { STEREO(20, -20), STEREO(20, -30) }, 10 },
		{ 2, { STEREO(20, -20), STEREO(20, -15) }, 5 },
		{ 2, { STEREO(20, -40), STEREO(20, -20) }, 20 },
		{ 5,
		  { STEREO(20, -50), STEREO(20, -35), STEREO(20, -20),
		    STEREO(20, -35), STEREO(20, -50) },
		  15 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_near(measure(LOW_HZ, 2, cases[i].parts, cases[i].count,
				    1000, 0)
				    .range_lu,
			    cases[i].range, 1);
}

static void
a_true_peak_between_the_samples_is_found(void **state)
{
	const struct part half = STEREO(1, -6.02);

	(void)state;
	/* Tech 3341, cases 15 to 18: +0.2, -0.4 dB */
	assert_near(measure(48000, 2, &half, 1, 12000, 0).true_peak_dbtp,
		    -6.1, 0.3);
	assert_near(measure(48000, 2, &half, 1, 12000, M_PI / 4)
			    .true_peak_dbtp,
		    -6.1, 0.3);
	assert_near(measure(48000, 2, &half, 1, 8000, M_PI / 3).true_peak_dbtp,
		    -6.1, 0.3);
	assert_near(measure(48000, 2, &half, 1, 6000, 67.5 * M_PI / 180)
			    .true_peak_dbtp,
		    -6.1, 0.3);
}

static void
silence_has_no_loudness(void **state)
{
	const struct part quiet = STEREO(5, -90), none = STEREO(0.2, -10);

	(void)state;
	assert_false(measure(48000, 2, &quiet, 1, 1000, 0).known);
	assert_false(measure(48000, 2, &none, 1, 1000, 0).known);
}

/* ---- ends and shape ---- */

static void
silence_at_the_ends_is_counted_to_the_sample(void **state)
{
	static float left[5000], right[5000];
	const float *planes[2] = { left, right };
	struct silence silence = { 0 };

	(void)state;
	right[1234] = -0.5f;
	left[4321] = 0.25f;
	left[100] = 0.0009f; /* under the level */
	for (size_t at = 0; at < 5000; at += 500) {
		const float *here[2] = { left + at, right + at };

		silence_add(&silence, here, 2, 500);
	}
	assert_int_equal(silence_at_start(&silence), 1234);
	assert_int_equal(silence_at_end(&silence), 5000 - 4322);

	memset(&silence, 0, sizeof silence);
	memset(left, 0, sizeof left);
	memset(right, 0, sizeof right);
	silence_add(&silence, planes, 2, 5000);
	assert_int_equal(silence_at_start(&silence), 5000);
	assert_int_equal(silence_at_end(&silence), 0);
}

static void
a_waveform_has_its_points_at_any_length(void **state)
{
	static const size_t lengths[] = { 1, 999, 8000, 8001, 123457, 3000000 };
	static struct waveform waveform;
	uint8_t points[WAVEFORM_BYTES];

	(void)state;
	for (size_t n = 0; n < ARRAY_LENGTH(lengths); n++) {
		memset(&waveform, 0, sizeof waveform);
		for (size_t at = 0; at < lengths[n]; at++) {
			/* silent, then at half level */
			float value = at < lengths[n] / 2 ? 0 :
				      at % 2 == 0	  ? 0.5f :
							    -0.5f;
			const float *plane = &value;

			waveform_add(&waveform, &plane, 1, 1);
		}
		waveform_finish(&waveform, points);
		assert_int_equal(points[WAVEFORM_BYTES - 2], 128);
		assert_in_range(points[WAVEFORM_BYTES - 1], 126, 128);
		if (lengths[n] < 2)
			continue;
		assert_int_equal(points[0], 0);
		for (size_t i = 0; lengths[n] > 8000 && i < 1000; i++)
			if (i < 498)
				assert_int_equal(points[2 * i], 0);
			else if (i > 501)
				assert_in_range(points[2 * i + 1], 120, 128);
	}
}

/* ---- spectra ---- */

static float sound[SEGMENT_SAMPLES];
static struct segment segment;

static void
tone(double hz, float level)
{
	for (size_t i = 0; i < SEGMENT_SAMPLES; i++)
		sound[i] = level * (float)sin(2 * M_PI * hz * (double)i /
					      SEGMENT_RATE_HZ);
}

static void
describe(void)
{
	struct segment_maker *maker = segment_maker_new();

	segment_make(maker, sound, SEGMENT_SAMPLES, &segment);
	segment_maker_free(maker);
}

static void
a_tone_has_the_features_that_it_must_have(void **state)
{
	const double *mean = segment.features.mean;

	(void)state;
	tone(880, 0.5f);
	describe();
	assert_int_equal(segment.frames, 1292);
	assert_near(mean[FEATURE_CENTROID], 880, 15);
	assert_near(mean[FEATURE_ROLLOFF], 880, 15);
	assert_near(mean[FEATURE_ZERO_CROSSINGS], 2 * 880.0 / 22050, 0.001);
	assert_near(mean[FEATURE_RMS], 0.5 / sqrt(2), 0.002);
	assert_near(segment.chroma[9], 1, 0.01); /* A */
	assert_true(segment.chroma[3] < 0.1);	 /* E flat */
}

static void
silence_has_the_features_of_librosa(void **state)
{
	(void)state;
	memset(sound, 0, sizeof sound);
	describe();
	/* -100 dB in all bands: their sum over the root of 128 */
	assert_near(segment.features.mean[FEATURE_MFCC], -1131.37, 0.01);
	assert_near(segment.features.mean[FEATURE_MFCC + 1], 0, 0.01);
	assert_near(segment.features.mean[FEATURE_CENTROID], 0, 0);
	assert_near(segment.features.mean[FEATURE_CHROMA], 0, 0);
}

static void
brighter_noise_has_a_higher_centroid_and_a_lower_second_coefficient(
	void **state)
{
	double centroid, second;
	float before = 0;

	(void)state;
	for (size_t i = 0; i < SEGMENT_SAMPLES; i++)
		sound[i] = before = 0.95f * before + 0.05f * noise();
	describe();
	centroid = segment.features.mean[FEATURE_CENTROID];
	second = segment.features.mean[FEATURE_MFCC + 1];
	for (size_t i = 0; i < SEGMENT_SAMPLES; i++)
		sound[i] = 0.1f * noise();
	describe();
	assert_true(segment.features.mean[FEATURE_CENTROID] > 2 * centroid);
	assert_true(segment.features.mean[FEATURE_MFCC + 1] < second / 2);
	/* white noise: the middle of the band */
	assert_near(segment.features.mean[FEATURE_CENTROID], 5512, 100);
}

/* ---- rhythm ---- */

static void
clicks(double bpm, double jitter)
{
	memset(sound, 0, sizeof sound);
	for (double at = 0.1; at < 29.9;
	     at += 60 / bpm * (1 + jitter * (double)noise())) {
		size_t from = (size_t)(at * SEGMENT_RATE_HZ);

		for (size_t i = 0; i < 800; i++)
			sound[from + i] = 0.8f * noise() *
					  expf(-(float)i / 200);
	}
}

static struct tempo_result
tempo_of_sound(void)
{
	struct tempo tempo = { 0 };
	struct tempo_result result;

	describe();
	tempo_add(&tempo, segment.onsets, segment.frames);
	tempo_finish(&tempo, &result);
	return result;
}

static bool
same_within(double value, double wanted, double share)
{
	return fabs(value - wanted) <= share * wanted;
}

static void
clicks_have_their_tempo_within_a_hundredth_or_an_octave_of_it(void **state)
{
	(void)state;
	for (double bpm = 50; bpm <= 200; bpm += 15) {
		struct tempo_result tempo;

		clicks(bpm, 0);
		tempo = tempo_of_sound();
		assert_true(tempo.known);
		if (!same_within(tempo.bpm, bpm, 0.01) &&
		    !same_within(tempo.bpm, 2 * bpm, 0.01) &&
		    !same_within(tempo.bpm, bpm / 2, 0.01))
			fail_msg("%.1f for %.1f", tempo.bpm, bpm);
		if (bpm > 85 && bpm < 150)
			assert_true(same_within(tempo.bpm, bpm, 0.01));
		assert_true(tempo.confidence > 0.6);
	}
}

static void
clicks_without_a_beat_have_less_confidence(void **state)
{
	struct tempo_result steady, wild;

	(void)state;
	clicks(120, 0);
	steady = tempo_of_sound();
	clicks(120, 0.9);
	wild = tempo_of_sound();
	assert_true(wild.confidence < steady.confidence / 2);
}

static void
silence_has_no_tempo(void **state)
{
	(void)state;
	memset(sound, 0, sizeof sound);
	assert_false(tempo_of_sound().known);
}

static void
a_beat_is_more_danceable_than_a_sea(void **state)
{
	struct dance beat = { 0 }, sea = { 0 };
	double beat_value, sea_value;
	float level = 0;

	(void)state;
	clicks(120, 0);
	dance_add(&beat, sound, SEGMENT_SAMPLES);
	for (size_t i = 0; i < SEGMENT_SAMPLES; i++) {
		if (i % 2205 == 0)
			level = fminf(fmaxf(level + 0.05f * noise(), 0.01f),
				      0.9f);
		sound[i] = level * noise();
	}
	dance_add(&sea, sound, SEGMENT_SAMPLES);
	assert_true(dance_finish(&beat, &beat_value));
	assert_true(dance_finish(&sea, &sea_value));
	assert_true(beat_value > sea_value + 0.3);
	assert_in_range((int)(beat_value * 1000), 0, 1000);
}

/* ---- key ---- */

/* Each sample of a sine follows from the two before it. */
static void
tone_add(size_t from, size_t count, double hz, double level)
{
	double step = 2 * M_PI * hz / SEGMENT_RATE_HZ;
	double factor = 2 * cos(step), now = 0, before = -level * sin(step);

	for (size_t i = 0; i < count; i++) {
		double next = factor * now - before;

		sound[from + i] += (float)now;
		before = now;
		now = next;
	}
}

static void
chord_add(size_t from, size_t count, int root, bool minor)
{
	const int notes[3] = { root, root + (minor ? 3 : 4), root + 7 };

	for (int n = 0; n < 3; n++) {
		for (int h = 1; h <= 4; h++) {
			double hz = h * 261.6256 * pow(2, notes[n] / 12.0);

			tone_add(from, count, hz, 0.1 / h);
		}
	}
}

static void
chords_have_their_key_however_they_are_tuned(void **state)
{
	(void)state;
	for (int k = 0; k < 24; k++) {
		bool minor = k >= 12;
		struct key_finder *finder = key_finder_new();
		struct key_result key;
		/* tonic, fourth, fifth, tonic */
		const int steps[4] = { 0, 5, 7, 0 };

		memset(sound, 0, sizeof sound);
		for (int c = 0; c < 8; c++)
			chord_add((size_t)c * 2 * SEGMENT_RATE_HZ,
				  2 * SEGMENT_RATE_HZ,
				  (k % 12 + steps[c % 4]) % 12,
				  minor && steps[c % 4] != 7);
		key_finder_add(finder, sound, SEGMENT_SAMPLES);
		key_finder_finish(finder, &key);
		key_finder_free(finder);
		assert_true(key.known);
		if (key.tonic != k % 12 || key.minor != minor)
			fail_msg("%s for %s", key_name(key.tonic, key.minor),
				 key_name(k % 12, minor));
		assert_true(key.confidence > 0.3);
	}
}

static void
noise_has_no_key_to_speak_of(void **state)
{
	struct key_finder *finder = key_finder_new();
	struct key_result key;

	(void)state;
	for (size_t i = 0; i < SEGMENT_SAMPLES; i++)
		sound[i] = 0.1f * noise();
	key_finder_add(finder, sound, SEGMENT_SAMPLES);
	key_finder_finish(finder, &key);
	key_finder_free(finder);
	assert_true(!key.known || key.confidence < 0.3);
}

/* ---- models ---- */

static void
guesses_come_in_order_and_are_probabilities(void **state)
{
	struct media_genre_guess guesses[MEDIA_GENRE_GUESSES];
	struct genre_votes votes = { 0 };
	double energy, valence, sum = 0;
	struct mood_votes mood = { 0 };

	(void)state;
	genre_finish(&votes, guesses);
	assert_null(guesses[0].name);
	assert_false(mood_finish(&mood, &energy, &valence));
	clicks(120, 0);
	describe();
	genre_vote(&votes, &segment.features);
	genre_finish(&votes, guesses);
	for (int i = 0; i < MEDIA_GENRE_GUESSES; i++) {
		assert_non_null(guesses[i].name);
		sum += guesses[i].probability;
		assert_true(i == 0 || guesses[i].probability <=
					      guesses[i - 1].probability);
	}
	assert_true(sum > 0.3 && sum <= 1.000001);
}

static void
loud_bright_noise_has_more_energy_than_a_quiet_low_tone(void **state)
{
	double wild, calm, valence;
	struct mood_votes mood = { 0 };

	(void)state;
	for (size_t i = 0; i < SEGMENT_SAMPLES; i++)
		sound[i] = 0.7f * noise();
	describe();
	mood_vote(&mood, &segment.features);
	assert_true(mood_finish(&mood, &wild, &valence));
	memset(&mood, 0, sizeof mood);
	tone(220, 0.02f);
	describe();
	mood_vote(&mood, &segment.features);
	assert_true(mood_finish(&mood, &calm, &valence));
	assert_true(wild > calm + 0.15);
}

static void
a_recording_is_the_mean_of_its_segments_however_it_comes(void **state)
{
	static const double one = 1;
	struct media_analysis whole, pieces;
	struct analyser *a = analyser_new(22050, 1, &one);
	struct analyser *b = analyser_new(22050, 1, &one);
	const float *plane = sound;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	clicks(100, 0);
	for (int n = 0; n < 2; n++) {
		analyser_add(a, &plane, SEGMENT_SAMPLES);
		analyser_add_mono(a, sound, SEGMENT_SAMPLES);
		for (size_t at = 0; at < SEGMENT_SAMPLES; at += 4410) {
			const float *here = sound + at;

			analyser_add(b, &here, 4410);
			analyser_add_mono(b, here, 4410);
		}
	}
	analyser_finish(a, &arena, &whole);
	analyser_finish(b, &arena, &pieces);
	assert_int_equal(whole.samples, 2 * SEGMENT_SAMPLES);
	assert_near(pieces.loudness_lufs, whole.loudness_lufs, 1e-9);
	assert_near(pieces.tempo_bpm, whole.tempo_bpm, 0);
	assert_near(whole.tempo_bpm, 100, 1);
	assert_near(pieces.energy, whole.energy, 0);
	assert_memory_equal(whole.feature_means, pieces.feature_means,
			    sizeof whole.feature_means);
	assert_memory_equal(whole.waveform.at, pieces.waveform.at,
			    WAVEFORM_BYTES);
	analyser_free(a);
	analyser_free(b);
	arena_release(&arena);
}

static void
one_sample_is_a_recording_too(void **state)
{
	static const double one = 1;
	struct analyser *analyser = analyser_new(44100, 1, &one);
	const float value = 0.5f, *plane = &value;
	struct media_analysis heard;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	analyser_add(analyser, &plane, 1);
	analyser_add_mono(analyser, &value, 1);
	analyser_finish(analyser, &arena, &heard);
	assert_int_equal(heard.samples, 1);
	assert_false(heard.loudness_known);
	assert_false(heard.tempo_known);
	assert_false(heard.mood_known);
	assert_null(heard.key);
	assert_null(heard.genres[0].name);
	analyser_free(analyser);
	arena_release(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loudness_is_that_of_ebu_tech_3341_at_all_rates),
		cmocka_unit_test(the_loudness_range_is_that_of_ebu_tech_3342),
		cmocka_unit_test(a_true_peak_between_the_samples_is_found),
		cmocka_unit_test(silence_has_no_loudness),
		cmocka_unit_test(silence_at_the_ends_is_counted_to_the_sample),
		cmocka_unit_test(a_waveform_has_its_points_at_any_length),
		cmocka_unit_test(a_tone_has_the_features_that_it_must_have),
		cmocka_unit_test(silence_has_the_features_of_librosa),
		cmocka_unit_test(
			brighter_noise_has_a_higher_centroid_and_a_lower_second_coefficient),
		cmocka_unit_test(
			clicks_have_their_tempo_within_a_hundredth_or_an_octave_of_it),
		cmocka_unit_test(clicks_without_a_beat_have_less_confidence),
		cmocka_unit_test(silence_has_no_tempo),
		cmocka_unit_test(a_beat_is_more_danceable_than_a_sea),
		cmocka_unit_test(chords_have_their_key_however_they_are_tuned),
		cmocka_unit_test(noise_has_no_key_to_speak_of),
		cmocka_unit_test(guesses_come_in_order_and_are_probabilities),
		cmocka_unit_test(
			loud_bright_noise_has_more_energy_than_a_quiet_low_tone),
		cmocka_unit_test(
			a_recording_is_the_mean_of_its_segments_however_it_comes),
		cmocka_unit_test(one_sample_is_a_recording_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
