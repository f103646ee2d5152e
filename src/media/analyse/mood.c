/* mood.c - see mood.h. */
#include "media/analyse/mood.h"

#include <math.h>

#include "base/memory.h"
#include "media/analyse/mood_model.inc"

#define INPUTS ARRAY_LENGTH(mood_mean)
#define FAR 4.0 /* deviations: beyond them nothing was learned */

static double
bounded(double value)
{
	return fmin(fmax(value, 0), 1);
}

void
mood_vote(struct mood_votes *votes, const struct features *features)
{
	const double *mean = features->mean;
	double rms = mean[FEATURE_RMS];
	double square = rms * rms + features->variance[FEATURE_RMS];
	const double inputs[INPUTS] = {
		square,
		mean[FEATURE_CENTROID],
		mean[FEATURE_ROLLOFF],
		mean[FEATURE_ZERO_CROSSINGS],
		mean[FEATURE_CHROMA],
	};
	double energy = (double)energy_bias, valence = (double)valence_bias;

	if (square < 1e-9)
		return;
	for (size_t i = 0; i < INPUTS; i++) {
		double value = log(fmax(inputs[i], i == 0 ? 1e-9 : 1e-4));

		value = (value - (double)mood_mean[i]) *
			(double)mood_scale[i];
		value = fmin(fmax(value, -FAR), FAR);
		energy += value * (double)energy_weights[i];
		valence += value * (double)valence_weights[i];
	}
	votes->energy += bounded(energy);
	votes->valence += bounded(valence);
	votes->count++;
}

bool
mood_finish(const struct mood_votes *votes, double *energy, double *valence)
{
	if (votes->count == 0)
		return false;
	*energy = votes->energy / (double)votes->count;
	*valence = votes->valence / (double)votes->count;
	return true;
}
