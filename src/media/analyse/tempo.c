/* tempo.c - see tempo.h. */
#include "media/analyse/tempo.h"

#include <math.h>
#include <string.h>

#include "media/analyse/segment.h"

#define FRAMES_PER_MINUTE (60.0 * SEGMENT_RATE_HZ / SEGMENT_HOP)
#define WINDOW 512 /* 12 s of frames */
#define STEP 256
#define EDGE 3	   /* frames that see the zeros around a segment */
#define AROUND 8   /* frames of the mean on each side */
#define BPM_LEAST 40.0
#define BPM_MOST 220.0
#define BPM_STEP 1.002
#define MULTIPLES 4
#define PRIOR_BPM 115.0

/* What rises above its surroundings. */
static void
sharpen(const float *onsets, size_t count, float *out)
{
	for (size_t i = 0; i < count; i++) {
		size_t from = i > AROUND ? i - AROUND : 0;
		size_t to = i + AROUND + 1 < count ? i + AROUND + 1 : count;
		float sum = 0;

		for (size_t k = from; k < to; k++)
			sum += onsets[k];
		out[i] = fmaxf(onsets[i] - sum / (float)(to - from), 0);
	}
}

static void
window_add(struct tempo *tempo, const float *onsets)
{
	float sharp[WINDOW], mean = 0;
	double energy = 0;

	sharpen(onsets, WINDOW, sharp);
	for (size_t i = 0; i < WINDOW; i++)
		mean += sharp[i] / WINDOW;
	for (size_t i = 0; i < WINDOW; i++) {
		sharp[i] -= mean;
		energy += (double)(sharp[i] * sharp[i]);
	}
	if (energy < 1e-3)
		return; /* nothing begins here */
	for (size_t lag = 0; lag < TEMPO_LAGS; lag++) {
		float sum = 0;

		for (size_t i = 0; i + lag < WINDOW; i++)
			sum += sharp[i] * sharp[i + lag];
		tempo->repeats[lag] += (double)sum / energy * WINDOW /
				       (double)(WINDOW - lag);
	}
	tempo->windows++;
}

void
tempo_add(struct tempo *tempo, const float *onsets, size_t count)
{
	for (size_t at = EDGE; at + WINDOW + EDGE <= count; at += STEP)
		window_add(tempo, onsets + at);
}

/* The autocorrelation between two lags. */
static double
repeats_at(const struct tempo *tempo, double lag)
{
	size_t below = (size_t)lag;
	double share = lag - (double)below;

	if (below + 1 >= TEMPO_LAGS)
		return 0;
	return ((1 - share) * tempo->repeats[below] +
		share * tempo->repeats[below + 1]) /
	       (double)tempo->windows;
}

/* How well a tempo's multiples repeat, without the prior. */
static double
comb(const struct tempo *tempo, double bpm)
{
	double lag = FRAMES_PER_MINUTE / bpm, sum = 0;
	int used = 0;

	for (int k = 1; k <= MULTIPLES && lag * k + 1 < TEMPO_LAGS; k++) {
		sum += repeats_at(tempo, lag * k);
		used++;
	}
	return used > 0 ? sum / used : 0;
}

static double
prior(double bpm)
{
	double octaves = log2(bpm / PRIOR_BPM);

	return exp(-0.5 * octaves * octaves);
}

/* The best tempo within a range. */
static double
best_between(const struct tempo *tempo, double low, double high, double *score)
{
	int steps = (int)(log(high / low) / log(BPM_STEP));
	double best = low;

	*score = -1;
	for (int i = 0; i <= steps; i++) {
		double bpm = low * pow(BPM_STEP, i);
		double value = comb(tempo, bpm) * prior(bpm);

		if (value > *score) {
			*score = value;
			best = bpm;
		}
	}
	return best;
}

void
tempo_finish(const struct tempo *tempo, struct tempo_result *out)
{
	double score, twice, half;
	double twice_score, half_score;

	memset(out, 0, sizeof *out);
	if (tempo->windows == 0)
		return;
	out->bpm = best_between(tempo, BPM_LEAST, BPM_MOST, &score);
	if (score <= 0)
		return;
	twice = best_between(tempo, out->bpm * 1.96, out->bpm * 2.04,
			     &twice_score);
	half = best_between(tempo, out->bpm * 0.49, out->bpm * 0.51,
			    &half_score);
	out->known = true;
	out->other_bpm = twice_score > half_score ? twice : half;
	out->confidence = fmin(comb(tempo, out->bpm), 1);
}
