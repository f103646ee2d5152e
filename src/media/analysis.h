/* analysis.h - what was heard in a recording, beside what its tags say.
 *
 * Filled by media_analyse() in a media process. How each number is defined and
 * where that comes from stands in the header of its analyser, media/analyse/.
 *
 * Floor: 1 (media).
 */
#ifndef OGMA_MEDIA_ANALYSIS_H
#define OGMA_MEDIA_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Raised when any number would come out differently: what was analysed by an
 * older version is analysed anew. */
#define MEDIA_ANALYSIS_VERSION 1

#define MEDIA_FEATURES 26 /* analyse/segment.h, enum feature */
#define MEDIA_GENRE_GUESSES 3

struct media_genre_guess {
	const char *name; /* NULL: none */
	double probability;
};

struct media_analysis {
	uint32_t sample_rate_hz, channels;
	uint64_t samples; /* in a channel, without delay and padding */

	bool loudness_known; /* louder than silence for 400 ms */
	double loudness_lufs, loudness_range_lu, true_peak_dbtp;

	uint64_t start_silence_samples, end_silence_samples;

	bool tempo_known;
	double tempo_bpm, other_tempo_bpm, tempo_confidence;

	const char *key; /* "F#m"; NULL: there were no tones */
	double key_confidence;

	bool danceability_known;
	double danceability; /* 0 to 1 */

	/* What listeners said of such music, 0 to 1. */
	bool mood_known;
	double energy, valence;

	/* The likeliest first; unsure ones too, the reader decides. */
	struct media_genre_guess genres[MEDIA_GENRE_GUESSES];

	/* Means over segments of 30 s; zeros when shorter than 1 s. */
	double feature_means[MEDIA_FEATURES];
	double feature_variances[MEDIA_FEATURES];
	double chroma[12];

	struct span waveform;	 /* analyse/waveform.h: WAVEFORM_BYTES */
	struct span fingerprint; /* Chromaprint 1.5, algorithm 2 (that of
				  * AcoustID), raw 32-bit words of the first
				  * 120 s, little endian */
};

#endif /* OGMA_MEDIA_ANALYSIS_H */
