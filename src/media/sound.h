/* sound.h - how a recording sounds, as a point; near points sound alike.
 *
 * A point has SOUND_CODES coordinates, a byte each: STEP deviations of the set
 * GTZAN are one, 128 is the set's mean. The constants are fixed (sound_model.inc,
 * made by tools/train.c), so that a point says the same in every library and on
 * every node, and never needs to be made anew because others came.
 *	30	timbre: means and logarithms of variances of the 26 features of
 *		analyse/segment.h, each standardised and held within 5
 *		deviations, turned to the set's principal axes, the widest first:
 *		they keep 0.956 of what tells its clips apart, and distances bear
 *		being cut off after any of them
 *	2	tempo, on a circle that goes round once in an octave: 60 is where
 *		120 is (guesses of tempo err by octaves); its middle when unknown
 *	2	energy and valence
 *	6	how tones lie to one another whatever the key: absolute values of
 *		the Fourier coefficients 1 to 6 of the mean chroma, by the 0th
 *		(D. Lewin 1959; E. Amiot, Music Through Fourier Space, 2016)
 * The distance is Euclid's, as in the first systems of this kind (Tzanetakis and
 * Cook, Musical Genre Classification of Audio Signals, 2002); axes are not made
 * equal (whitened): of the 5 nearest clips of other artists then 0.34 would share
 * the genre and not 0.43 (make train prints it). Weights of tempo, mood and tones
 * were set so that each may differ by about as much as one of the smaller axes.
 *
 * Floor: 1 (media); pure.
 */
#ifndef OGMA_MEDIA_SOUND_H
#define OGMA_MEDIA_SOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "media/analysis.h"

/* Raised when the same recording would be put elsewhere. */
#define SOUND_VERSION 1
#define SOUND_CODES 40
#define SOUND_STEP (1 / 8.0)

/* What a point is made of, as in struct media_analysis. */
struct sound_facts {
	const double *means, *variances; /* MEDIA_FEATURES each */
	const double *chroma;		 /* 12 */
	double tempo_bpm;		 /* 0: unknown */
	bool mood_known;
	double energy, valence;
};

/* False: so short or silent that it has no sound to speak of. */
bool sound_make(const struct sound_facts *facts, uint8_t out[SOUND_CODES]);

/* In deviations. */
double sound_distance(const uint8_t a[SOUND_CODES],
		      const uint8_t b[SOUND_CODES]);

#endif /* OGMA_MEDIA_SOUND_H */
