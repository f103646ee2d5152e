/* sound.c - see sound.h. */
#include "media/sound.h"

#include <math.h>

#include "base/memory.h"
#include "media/analyse/segment.h"
#include "media/analyse/sound_model.inc"

#define INPUTS (2 * FEATURE_COUNT)
#define AXES ARRAY_LENGTH(sound_axes)
#define TONES 6
#define FAR 5.0 /* deviations: beyond them nothing was learned */

#define TEMPO_WEIGHT 1.0 /* the circle's radius, in deviations */
#define MOOD_WEIGHT 5.0	 /* the whole scale from 0 to 1 */
#define TONES_WEIGHT 6.0

_Static_assert(AXES + 2 + 2 + TONES == SOUND_CODES, "every code has a meaning");
_Static_assert(sizeof sound_mean / sizeof sound_mean[0] == INPUTS,
	       "make the model anew: make train");
_Static_assert((int)MEDIA_FEATURES == (int)FEATURE_COUNT, "the same row");

static void
inputs_make(const struct sound_facts *facts, double out[INPUTS])
{
	for (size_t f = 0; f < FEATURE_COUNT; f++) {
		out[2 * f] = facts->means[f];
		out[2 * f + 1] = log(fmax(facts->variances[f], 1e-12));
	}
	for (size_t i = 0; i < INPUTS; i++) {
		double off = (out[i] - (double)sound_mean[i]) *
			     (double)sound_scale[i];

		out[i] = fmin(fmax(off, -FAR), FAR);
	}
}

static double *
timbre_put(const struct sound_facts *facts, double *at)
{
	double inputs[INPUTS];

	inputs_make(facts, inputs);
	for (size_t n = 0; n < AXES; n++) {
		*at = 0;
		for (size_t i = 0; i < INPUTS; i++)
			*at += (double)sound_axes[n][i] * inputs[i];
		at++;
	}
	return at;
}

static double *
tempo_put(double bpm, double *at)
{
	double turn = bpm > 0 ? 2 * M_PI * log2(bpm) : 0;

	*at++ = bpm > 0 ? TEMPO_WEIGHT * cos(turn) : 0;
	*at++ = bpm > 0 ? TEMPO_WEIGHT * sin(turn) : 0;
	return at;
}

static double *
mood_put(const struct sound_facts *facts, double *at)
{
	*at++ = facts->mood_known ? MOOD_WEIGHT * (facts->energy - 0.5) : 0;
	*at++ = facts->mood_known ? MOOD_WEIGHT * (facts->valence - 0.5) : 0;
	return at;
}

static void
tones_put(const double *chroma, double *at)
{
	double all = 0;

	for (int i = 0; i < 12; i++)
		all += chroma[i];
	for (int k = 1; k <= TONES; k++, at++) {
		double re = 0, im = 0;

		for (int i = 0; i < 12; i++) {
			re += chroma[i] * cos(M_PI * k * i / 6);
			im += chroma[i] * sin(M_PI * k * i / 6);
		}
		*at = all > 0 ? TONES_WEIGHT * hypot(re, im) / all : 0;
	}
}

bool
sound_make(const struct sound_facts *facts, uint8_t out[SOUND_CODES])
{
	double point[SOUND_CODES], any = 0;

	for (size_t f = 0; f < FEATURE_COUNT; f++)
		any += fabs(facts->means[f]) + facts->variances[f];
	if (!(any > 0) || !isfinite(any))
		return false;
	tones_put(facts->chroma,
		  mood_put(facts, tempo_put(facts->tempo_bpm,
					    timbre_put(facts, point))));
	for (size_t i = 0; i < SOUND_CODES; i++) {
		double code = round(point[i] / SOUND_STEP) + 128;

		if (!isfinite(code))
			return false;
		out[i] = (uint8_t)fmin(fmax(code, 0), 255);
	}
	return true;
}

double
sound_distance(const uint8_t a[SOUND_CODES], const uint8_t b[SOUND_CODES])
{
	int32_t sum = 0;

	for (size_t i = 0; i < SOUND_CODES; i++) {
		int32_t off = (int32_t)a[i] - (int32_t)b[i];

		sum += off * off;
	}
	return sqrt(sum) * SOUND_STEP;
}
