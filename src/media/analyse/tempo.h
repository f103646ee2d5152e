/* tempo.h - beats a minute, with the likeliest other reading and a confidence.
 *
 * Definition: onsets (segment.h) less their mean over 0.4 s around; their
 * autocorrelation in windows of 12 s every 6 s, each divided by its energy,
 * averaged over the recording; the tempo between 40 and 220 whose first four
 * multiples together repeat best, under a prior (log-normal, centre 115, one
 * octave). Source: the comb of Scheirer, "Tempo and beat analysis of acoustic
 * musical signals" (JASA 1998), the prior of Ellis, "Beat tracking by dynamic
 * programming" (JNMR 2007).
 *
 * Confidence is the mean autocorrelation at those multiples, from 0 to 1: how
 * much of the rhythm comes again after a beat. A tempo may be off by an octave;
 * `other_bpm` is the better of double and half.
 *
 * Floor: 1 (media); pure.
 */
#ifndef OGMA_MEDIA_ANALYSE_TEMPO_H
#define OGMA_MEDIA_ANALYSE_TEMPO_H

#include <stdbool.h>
#include <stddef.h>

#define TEMPO_LAGS 300 /* 7 s of frames */

struct tempo {
	size_t windows;
	double repeats[TEMPO_LAGS]; /* sum of the autocorrelations */
};

struct tempo_result {
	bool known; /* 12 s of sound with onsets in them */
	double bpm, other_bpm, confidence;
};

/* A zeroed struct is ready. Takes the onsets of one segment after the other. */
void tempo_add(struct tempo *tempo, const float *onsets, size_t count);
void tempo_finish(const struct tempo *tempo, struct tempo_result *out);

#endif /* OGMA_MEDIA_ANALYSE_TEMPO_H */
