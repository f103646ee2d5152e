/* genre.h - which genre a recording sounds like.
 *
 * A multinomial logistic regression over the features of a segment (means, and
 * logarithms of variances), one vote for each segment; the votes' probabilities
 * are averaged. Its numbers, and how often it is right, stand in genre_model.inc,
 * which tools/train.c makes. It knows ten genres and is right for little more
 * than half of all songs: what it says below GENRE_SURE means "unknown", and what
 * a tag or a person says goes before it.
 *
 * Floor: 1 (media); pure.
 */
#ifndef OGMA_MEDIA_ANALYSE_GENRE_H
#define OGMA_MEDIA_ANALYSE_GENRE_H

#include "media/analyse/segment.h"
#include "media/analysis.h"

#define GENRES_KNOWN 10

struct genre_votes {
	double sums[GENRES_KNOWN];
	size_t count;
};

/* A zeroed struct is ready. */
void genre_vote(struct genre_votes *votes, const struct features *features);

/* The likeliest first; names are NULL without a vote. */
void genre_finish(const struct genre_votes *votes,
		  struct media_genre_guess out[MEDIA_GENRE_GUESSES]);

#endif /* OGMA_MEDIA_ANALYSE_GENRE_H */
