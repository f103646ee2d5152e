/* mood.h - energy and valence as listeners would put them.
 *
 * Linear regressions over logarithms of features of a segment: mean square,
 * centroid, roll-off, zero crossings, chroma. The listeners' averages of DEAM from
 * 1 to 9 (arousal is called energy here) become 0 to 1. The numbers, and how
 * little they explain, stand in mood_model.inc, which tools/train.c makes: a third
 * of the differences between songs. Right for "more or less", not for one song.
 *
 * Floor: 1 (media); pure.
 */
#ifndef OGMA_MEDIA_ANALYSE_MOOD_H
#define OGMA_MEDIA_ANALYSE_MOOD_H

#include <stdbool.h>

#include "media/analyse/segment.h"

struct mood_votes {
	double energy, valence;
	size_t count;
};

/* A zeroed struct is ready. Silence has no vote. */
void mood_vote(struct mood_votes *votes, const struct features *features);

/* False without a vote. */
bool mood_finish(const struct mood_votes *votes, double *energy,
		 double *valence);

#endif /* OGMA_MEDIA_ANALYSE_MOOD_H */
