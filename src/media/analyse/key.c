/* key.c - see key.h. */
#include "media/analyse/key.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <kissfft/kiss_fftr.h>

#include "base/memory.h"
#include "media/analyse/segment.h"

#define FRAME 8192
#define HOP 4096
#define BINS (FRAME / 2 + 1)
#define LOW_HZ 65.0
#define HIGH_HZ 1000.0
#define PARTS_PER_TONE 10
#define PARTS (12 * PARTS_PER_TONE)
#define QUIET 0.01f /* of the frame's strongest: no peak */

struct key_finder {
	kiss_fftr_cfg fft;
	float window[FRAME];
	double circle[PARTS];
	double turn_sine, turn_cosine; /* of the deviations from the scale */
};

static const double profiles[2][12] = {
	{ 5, 2, 3.5, 2, 4.5, 4, 2, 4.5, 2, 3.5, 1.5, 4 },
	{ 5, 2, 3.5, 4.5, 2, 4, 2, 4.5, 3.5, 2, 1.5, 4 },
};

struct key_finder *
key_finder_new(void)
{
	struct key_finder *finder = mem_new(1, sizeof *finder);

	finder->fft = kiss_fftr_alloc(FRAME, 0, NULL, NULL);
	if (finder->fft == NULL)
		abort(); /* as mem_new() */
	for (size_t i = 0; i < FRAME; i++)
		finder->window[i] =
			(float)(0.5 - 0.5 * cos(2 * M_PI * (double)i / FRAME));
	return finder;
}

void
key_finder_free(struct key_finder *finder)
{
	if (finder == NULL)
		return;
	kiss_fftr_free(finder->fft);
	free(finder);
}

/* One peak at a fraction of a bin. */
static void
peak_note(struct key_finder *finder, double circle[PARTS], double bin,
	  double strength)
{
	double hz = bin * SEGMENT_RATE_HZ / FRAME;
	double tone = 12 * log2(hz / 440) + 9 + 120; /* from some C on */
	double off = (tone - round(tone)) * 2 * M_PI;
	long part = lround(tone * PARTS_PER_TONE) % PARTS;

	circle[part] += strength;
	finder->turn_sine += strength * sin(off);
	finder->turn_cosine += strength * cos(off);
}

static void
frame_add(struct key_finder *finder, const float *samples)
{
	const size_t low = (size_t)(LOW_HZ * FRAME / SEGMENT_RATE_HZ);
	const size_t high = (size_t)(HIGH_HZ * FRAME / SEGMENT_RATE_HZ);
	kiss_fft_scalar in[FRAME];
	kiss_fft_cpx spectrum[BINS];
	float size[BINS] = { 0 }, most = 0;
	double circle[PARTS] = { 0 }, sum = 0;

	for (size_t i = 0; i < FRAME; i++)
		in[i] = samples[i] * finder->window[i];
	kiss_fftr(finder->fft, in, spectrum);
	for (size_t i = low - 1; i <= high + 1; i++) {
		size[i] = hypotf(spectrum[i].r, spectrum[i].i);
		most = fmaxf(most, size[i]);
	}
	if (most < 1e-2f)
		return; /* silence */
	for (size_t i = low; i <= high; i++) {
		double a = (double)size[i - 1], b = (double)size[i];
		double c = (double)size[i + 1];

		if (size[i] < QUIET * most || a > b || c >= b)
			continue;
		peak_note(finder, circle,
			  (double)i + 0.5 * (a - c) / (a - 2 * b + c), b);
	}
	for (size_t i = 0; i < PARTS; i++)
		sum += circle[i];
	for (size_t i = 0; i < PARTS && sum > 0; i++)
		finder->circle[i] += circle[i] / sum;
}

void
key_finder_add(struct key_finder *finder, const float *samples, size_t count)
{
	for (size_t at = 0; at + FRAME <= count; at += HOP)
		frame_add(finder, samples + at);
}

static double
correlation(const double *chroma, const double *profile, int tonic)
{
	double mean = 0, other = 0, both = 0, a = 0, b = 0;

	for (int i = 0; i < 12; i++) {
		mean += chroma[i] / 12;
		other += profile[i] / 12;
	}
	for (int i = 0; i < 12; i++) {
		double x = chroma[(i + tonic) % 12] - mean;
		double y = profile[i] - other;

		both += x * y;
		a += x * x;
		b += y * y;
	}
	return a > 0 ? both / sqrt(a * b) : 0;
}

void
key_finder_finish(const struct key_finder *finder, struct key_result *out)
{
	double chroma[12] = { 0 }, best = -1, next = -1, sum = 0;
	double turn = atan2(finder->turn_sine, finder->turn_cosine) /
		      (2 * M_PI) * PARTS_PER_TONE;

	memset(out, 0, sizeof *out);
	for (int i = 0; i < PARTS; i++) {
		double tone = (i - turn) / PARTS_PER_TONE;

		chroma[((int)lround(tone) + 12) % 12] += finder->circle[i];
		sum += finder->circle[i];
	}
	if (sum <= 0)
		return;
	for (int k = 0; k < 24; k++) {
		double value = correlation(chroma, profiles[k / 12], k % 12);

		if (value > best) {
			next = best;
			best = value;
			out->tonic = k % 12;
			out->minor = k >= 12;
		} else if (value > next) {
			next = value;
		}
	}
	out->known = best > 0;
	out->confidence = fmax(best, 0) * fmin((best - next) * 10, 1);
}

const char *
key_name(int tonic, bool minor)
{
	static const char *const names[2][12] = {
		{ "C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb",
		  "B" },
		{ "Cm", "C#m", "Dm", "Ebm", "Em", "Fm", "F#m", "Gm", "G#m",
		  "Am", "Bbm", "Bm" },
	};

	return names[minor][tonic];
}
