/* genre.c - see genre.h. */
#include "media/analyse/genre.h"

#include <math.h>
#include <string.h>

#include "media/analyse/genre_model.inc"

#define INPUTS (2 * FEATURE_COUNT)
#define FAR 5.0 /* deviations: beyond them nothing was learned */

_Static_assert(sizeof genre_mean / sizeof genre_mean[0] == INPUTS,
	       "make the model anew: make train");

static void
inputs_make(const struct features *features, double out[INPUTS])
{
	for (size_t f = 0; f < FEATURE_COUNT; f++) {
		out[2 * f] = features->mean[f];
		out[2 * f + 1] = log(fmax(features->variance[f], 1e-12));
	}
	for (size_t i = 0; i < INPUTS; i++) {
		double off = (out[i] - (double)genre_mean[i]) *
			     (double)genre_scale[i];

		out[i] = fmin(fmax(off, -FAR), FAR);
	}
}

void
genre_vote(struct genre_votes *votes, const struct features *features)
{
	double inputs[INPUTS], p[GENRES_KNOWN], most = -INFINITY, sum = 0;

	inputs_make(features, inputs);
	for (int g = 0; g < GENRES_KNOWN; g++) {
		p[g] = (double)genre_weights[g][INPUTS];
		for (size_t i = 0; i < INPUTS; i++)
			p[g] += (double)genre_weights[g][i] * inputs[i];
		most = fmax(most, p[g]);
	}
	for (int g = 0; g < GENRES_KNOWN; g++)
		sum += p[g] = exp(p[g] - most);
	for (int g = 0; g < GENRES_KNOWN; g++)
		votes->sums[g] += p[g] / sum;
	votes->count++;
}

void
genre_finish(const struct genre_votes *votes,
	     struct media_genre_guess out[MEDIA_GENRE_GUESSES])
{
	bool taken[GENRES_KNOWN] = { false };

	memset(out, 0, MEDIA_GENRE_GUESSES * sizeof *out);
	for (int n = 0; n < MEDIA_GENRE_GUESSES && votes->count > 0; n++) {
		int best = -1;

		for (int g = 0; g < GENRES_KNOWN; g++)
			if (!taken[g] && (best < 0 || votes->sums[g] >
							      votes->sums[best]))
				best = g;
		taken[best] = true;
		out[n].name = genre_names[best];
		out[n].probability =
			votes->sums[best] / (double)votes->count;
	}
}
