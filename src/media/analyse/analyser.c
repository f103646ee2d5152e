/* analyser.c - see analyser.h. */
#include "media/analyse/analyser.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "media/analyse/dance.h"
#include "media/analyse/genre.h"
#include "media/analyse/key.h"
#include "media/analyse/loudness.h"
#include "media/analyse/mood.h"
#include "media/analyse/segment.h"
#include "media/analyse/silence.h"
#include "media/analyse/tempo.h"
#include "media/analyse/waveform.h"

/* A last segment shorter than this does not count beside whole ones. */
#define REST_SAMPLES_MIN (10 * SEGMENT_RATE_HZ)

_Static_assert(MEDIA_FEATURES == FEATURE_COUNT, "the features of a segment");

struct analyser {
	uint32_t rate_hz;
	size_t channels;
	struct loudness *loudness;
	struct silence silence;
	struct waveform waveform;

	struct segment_maker *maker;
	struct key_finder *key;
	struct tempo tempo;
	struct dance dance;
	struct genre_votes genre;
	struct mood_votes mood;
	struct segment segment; /* the newest */
	size_t segments;
	struct features features; /* sums over segments */
	double chroma[12];
	size_t filled;
	float samples[SEGMENT_SAMPLES];
};

struct analyser *
analyser_new(uint32_t rate_hz, size_t channels, const double *weights)
{
	struct analyser *analyser = mem_new(1, sizeof *analyser);

	analyser->rate_hz = rate_hz;
	analyser->channels = channels;
	analyser->loudness = loudness_new(rate_hz, channels, weights);
	analyser->maker = segment_maker_new();
	analyser->key = key_finder_new();
	return analyser;
}

void
analyser_free(struct analyser *analyser)
{
	if (analyser == NULL)
		return;
	loudness_free(analyser->loudness);
	segment_maker_free(analyser->maker);
	key_finder_free(analyser->key);
	free(analyser);
}

void
analyser_add(struct analyser *analyser, const float *const *channels,
	     size_t count)
{
	loudness_add(analyser->loudness, channels, count);
	silence_add(&analyser->silence, channels, analyser->channels, count);
	waveform_add(&analyser->waveform, channels, analyser->channels, count);
}

static void
segment_end(struct analyser *analyser)
{
	struct segment *segment = &analyser->segment;

	segment_make(analyser->maker, analyser->samples, analyser->filled,
		     segment);
	for (size_t i = 0; i < FEATURE_COUNT; i++) {
		analyser->features.mean[i] += segment->features.mean[i];
		analyser->features.variance[i] +=
			segment->features.variance[i];
	}
	for (size_t i = 0; i < 12; i++)
		analyser->chroma[i] += segment->chroma[i];
	tempo_add(&analyser->tempo, segment->onsets, segment->frames);
	key_finder_add(analyser->key, analyser->samples, analyser->filled);
	dance_add(&analyser->dance, analyser->samples, analyser->filled);
	genre_vote(&analyser->genre, &segment->features);
	mood_vote(&analyser->mood, &segment->features);
	analyser->segments++;
	analyser->filled = 0;
}

void
analyser_add_mono(struct analyser *analyser, const float *samples,
		  size_t count)
{
	while (count > 0) {
		size_t part = SEGMENT_SAMPLES - analyser->filled;

		if (part > count)
			part = count;
		memcpy(analyser->samples + analyser->filled, samples,
		       part * sizeof *samples);
		analyser->filled += part;
		samples += part;
		count -= part;
		if (analyser->filled == SEGMENT_SAMPLES)
			segment_end(analyser);
	}
}

static void
loudness_out(const struct analyser *analyser, struct media_analysis *out)
{
	struct loudness_result loudness;

	loudness_finish(analyser->loudness, &loudness);
	out->loudness_known = loudness.known;
	out->loudness_lufs = loudness.integrated_lufs;
	out->loudness_range_lu = loudness.range_lu;
	out->true_peak_dbtp = loudness.true_peak_dbtp;
}

static void
music_out(const struct analyser *analyser, struct media_analysis *out)
{
	struct tempo_result tempo;
	struct key_result key;

	tempo_finish(&analyser->tempo, &tempo);
	out->tempo_known = tempo.known;
	out->tempo_bpm = tempo.bpm;
	out->other_tempo_bpm = tempo.other_bpm;
	out->tempo_confidence = tempo.confidence;
	key_finder_finish(analyser->key, &key);
	if (key.known)
		out->key = key_name(key.tonic, key.minor);
	out->key_confidence = key.confidence;
	out->danceability_known = dance_finish(&analyser->dance,
					       &out->danceability);
}

static void
features_out(const struct analyser *analyser, struct media_analysis *out)
{
	double count = (double)analyser->segments;

	for (size_t i = 0; i < FEATURE_COUNT; i++) {
		out->feature_means[i] = analyser->features.mean[i] / count;
		out->feature_variances[i] =
			analyser->features.variance[i] / count;
	}
	for (size_t i = 0; i < 12; i++)
		out->chroma[i] = analyser->chroma[i] / count;
}

void
analyser_finish(struct analyser *analyser, struct arena *arena,
		struct media_analysis *out)
{
	uint8_t *waveform = arena_alloc(arena, WAVEFORM_BYTES);

	if (analyser->filled >= REST_SAMPLES_MIN ||
	    (analyser->segments == 0 &&
	     analyser->filled >= SEGMENT_SAMPLES_MIN))
		segment_end(analyser);
	memset(out, 0, sizeof *out);
	out->sample_rate_hz = analyser->rate_hz;
	out->channels = (uint32_t)analyser->channels;
	out->samples = analyser->silence.samples;
	out->start_silence_samples = silence_at_start(&analyser->silence);
	out->end_silence_samples = silence_at_end(&analyser->silence);
	loudness_out(analyser, out);
	music_out(analyser, out);
	if (analyser->segments > 0)
		features_out(analyser, out);
	genre_finish(&analyser->genre, out->genres);
	out->mood_known = mood_finish(&analyser->mood, &out->energy,
				      &out->valence);
	waveform_finish(&analyser->waveform, waveform);
	out->waveform = (struct span){ (const char *)waveform, WAVEFORM_BYTES };
}
