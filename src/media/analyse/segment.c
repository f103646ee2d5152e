/* segment.c - see segment.h. */
#include "media/analyse/segment.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <kissfft/kiss_fftr.h>

#include "base/memory.h"

#define BINS (SEGMENT_FRAME / 2 + 1)
#define BANDS 128
#define FLOOR_DB 80.0f
#define POWER_LEAST 1e-10f
#define ROLLOFF_SHARE 0.85f
#define CHROMA_LEAST 1e-5f

/* The bins of one band that are not zero. */
struct band {
	size_t first, count;
	float weights[BINS];
};

struct sums {
	double sum, squares;
	size_t count;
};

struct segment_maker {
	kiss_fftr_cfg fft;
	float window[SEGMENT_FRAME];
	struct band mel[BANDS], chroma[12];
	float dct[SEGMENT_MFCC][BANDS];
	float magnitude[BINS], power[BINS];
	float levels[SEGMENT_FRAMES_MAX][BANDS]; /* dB */
	struct sums sums[FEATURE_COUNT];
	struct sums pitch[12];
};

/* ---- tables ---- */

static double
bin_hz(size_t bin)
{
	return (double)bin * SEGMENT_RATE_HZ / SEGMENT_FRAME;
}

static void
band_trim(struct band *band, const double *weights, double least)
{
	size_t first = 0, last = BINS;

	while (first < last && fabs(weights[first]) <= least)
		first++;
	while (last > first && fabs(weights[last - 1]) <= least)
		last--;
	band->first = first;
	band->count = last - first;
	for (size_t i = 0; i < band->count; i++)
		band->weights[i] = (float)weights[first + i];
}

/* Slaney's mel: linear up to 1 kHz, then logarithmic. */
static double
mel_to_hz(double mel)
{
	return mel < 15 ? mel * 200 / 3 :
			  1000 * exp((mel - 15) * log(6.4) / 27);
}

static void
mel_design(struct segment_maker *maker)
{
	double top = 15 + log(SEGMENT_RATE_HZ / 2.0 / 1000) / (log(6.4) / 27);

	for (size_t b = 0; b < BANDS; b++) {
		double low = mel_to_hz(top * (double)b / (BANDS + 1));
		double mid = mel_to_hz(top * (double)(b + 1) / (BANDS + 1));
		double high = mel_to_hz(top * (double)(b + 2) / (BANDS + 1));
		double weights[BINS];

		for (size_t i = 0; i < BINS; i++) {
			double up = (bin_hz(i) - low) / (mid - low);
			double down = (high - bin_hz(i)) / (high - mid);

			weights[i] = fmax(0, fmin(up, down)) * 2 /
				     (high - low);
		}
		band_trim(&maker->mel[b], weights, 0);
	}
}

/* The place of a bin among the semitones from C on; the lowest has none. */
static double
semitone(size_t bin)
{
	return bin == 0 ? semitone(1) - 18 :
			  12 * log2(bin_hz(bin) / (440.0 / 16)) + 9;
}

static void
chroma_design(struct segment_maker *maker)
{
	static double weights[12][BINS];

	for (size_t i = 0; i < BINS; i++) {
		double at = semitone(i), sum = 0;
		double width = i + 1 < BINS ? fmax(semitone(i + 1) - at, 1) :
					      1;
		double octave = (at - 9) / 12 - 5;

		for (int c = 0; c < 12; c++) {
			double far = fmod(at - c + 126, 12) - 6;
			double value = exp(-2 * far * far / (width * width));

			weights[c][i] = value;
			sum += value * value;
		}
		for (int c = 0; c < 12; c++)
			weights[c][i] *= exp(-octave * octave / 8) / sqrt(sum);
	}
	for (int c = 0; c < 12; c++)
		band_trim(&maker->chroma[c], weights[c], 1e-4);
}

struct segment_maker *
segment_maker_new(void)
{
	struct segment_maker *maker = mem_new(1, sizeof *maker);

	maker->fft = kiss_fftr_alloc(SEGMENT_FRAME, 0, NULL, NULL);
	if (maker->fft == NULL)
		abort(); /* as mem_new() */
	for (size_t i = 0; i < SEGMENT_FRAME; i++)
		maker->window[i] = (float)(0.5 - 0.5 * cos(2 * M_PI *
							   (double)i /
							   SEGMENT_FRAME));
	mel_design(maker);
	chroma_design(maker);
	for (size_t k = 0; k < SEGMENT_MFCC; k++)
		for (size_t b = 0; b < BANDS; b++)
			maker->dct[k][b] =
				(float)(sqrt((k == 0 ? 1.0 : 2.0) / BANDS) *
					cos(M_PI * (double)k *
					    ((double)b + 0.5) / BANDS));
	return maker;
}

void
segment_maker_free(struct segment_maker *maker)
{
	if (maker == NULL)
		return;
	kiss_fftr_free(maker->fft);
	free(maker);
}

/* ---- frames ---- */

static void
note(struct sums *sums, double value)
{
	sums->sum += value;
	sums->squares += value * value;
	sums->count++;
}

static float
band_sum(const struct band *band, const float *bins)
{
	const float *at = bins + band->first;
	float sums[4] = { 0 };
	size_t i = 0;

	for (; i + 4 <= band->count; i += 4)
		for (size_t k = 0; k < 4; k++)
			sums[k] += band->weights[i + k] * at[i + k];
	for (; i < band->count; i++)
		sums[0] += band->weights[i] * at[i];
	return sums[0] + sums[1] + sums[2] + sums[3];
}

/* How often the sign changes; outside of the sound it stays as at its end. */
static void
crossings_note(struct segment_maker *maker, const float *samples,
	       ptrdiff_t from, ptrdiff_t to)
{
	unsigned changes = 0;

	for (ptrdiff_t i = from + 1; i < to; i++)
		changes += signbit(samples[i]) != signbit(samples[i - 1]);
	note(&maker->sums[FEATURE_ZERO_CROSSINGS],
	     (double)changes / SEGMENT_FRAME);
}

static void
shape_note(struct segment_maker *maker)
{
	const float *magnitude = maker->magnitude;
	double sum = 0, weighted = 0, spread = 0, centroid = 0, passed = 0;
	size_t edge = 0;

	for (size_t i = 0; i < BINS; i++) {
		sum += (double)magnitude[i];
		weighted += (double)magnitude[i] * (double)i;
	}
	if (sum > 0) {
		centroid = weighted / sum;
		for (size_t i = 0; i < BINS; i++) {
			double far = (double)i - centroid;

			spread += (double)magnitude[i] * far * far;
		}
		spread = sqrt(spread / sum);
		while (edge + 1 < BINS &&
		       (passed += (double)magnitude[edge]) <
			       (double)ROLLOFF_SHARE * sum)
			edge++;
	}
	note(&maker->sums[FEATURE_CENTROID], centroid * bin_hz(1));
	note(&maker->sums[FEATURE_BANDWIDTH], spread * bin_hz(1));
	note(&maker->sums[FEATURE_ROLLOFF], bin_hz(edge));
}

static void
chroma_note(struct segment_maker *maker)
{
	float classes[12], most = 0;

	for (int c = 0; c < 12; c++) {
		classes[c] = band_sum(&maker->chroma[c], maker->power);
		most = fmaxf(most, classes[c]);
	}
	for (int c = 0; c < 12; c++) {
		double share = most > CHROMA_LEAST * CHROMA_LEAST ?
				       (double)(classes[c] / most) :
				       0;

		note(&maker->sums[FEATURE_CHROMA], share);
		note(&maker->pitch[c], share);
	}
}

static void
frame_make(struct segment_maker *maker, const float *samples, size_t count,
	   size_t frame)
{
	ptrdiff_t start = (ptrdiff_t)(frame * SEGMENT_HOP) - SEGMENT_FRAME / 2;
	ptrdiff_t from = start < 0 ? 0 : start;
	ptrdiff_t to = start + SEGMENT_FRAME;
	kiss_fft_scalar in[SEGMENT_FRAME] = { 0 };
	kiss_fft_cpx spectrum[BINS];
	double energy = 0;

	if (to > (ptrdiff_t)count)
		to = (ptrdiff_t)count;
	for (ptrdiff_t i = from; i < to; i++) {
		energy += (double)(samples[i] * samples[i]);
		in[i - start] = samples[i] * maker->window[i - start];
	}
	note(&maker->sums[FEATURE_RMS], sqrt(energy / SEGMENT_FRAME));
	crossings_note(maker, samples, from, to);
	kiss_fftr(maker->fft, in, spectrum);
	for (size_t i = 0; i < BINS; i++) {
		float power = spectrum[i].r * spectrum[i].r +
			      spectrum[i].i * spectrum[i].i;

		maker->power[i] = power;
		maker->magnitude[i] = sqrtf(power);
	}
	shape_note(maker);
	chroma_note(maker);
	for (size_t b = 0; b < BANDS; b++)
		maker->levels[frame][b] =
			10 * log10f(fmaxf(band_sum(&maker->mel[b],
						   maker->power),
					  POWER_LEAST));
}

/* ---- levels ---- */

static void
levels_floor(struct segment_maker *maker, size_t frames)
{
	float *levels = maker->levels[0], most = levels[0];
	size_t count = frames * BANDS;

	for (size_t i = 0; i < count; i++)
		most = fmaxf(most, levels[i]);
	for (size_t i = 0; i < count; i++)
		levels[i] = fmaxf(levels[i], most - FLOOR_DB);
}

static void
mfcc_note(struct segment_maker *maker, const float *levels)
{
	for (size_t k = 0; k < SEGMENT_MFCC; k++) {
		float sums[8] = { 0 }, sum = 0;

		for (size_t b = 0; b < BANDS; b += 8)
			for (size_t i = 0; i < 8; i++)
				sums[i] += maker->dct[k][b + i] *
					   levels[b + i];
		for (size_t i = 0; i < 8; i++)
			sum += sums[i];
		note(&maker->sums[FEATURE_MFCC + k], (double)sum);
	}
}

static float
growth(const float *before, const float *levels)
{
	float sum = 0;

	for (size_t b = 0; b < BANDS; b++)
		sum += fmaxf(levels[b] - before[b], 0);
	return sum / BANDS;
}

void
segment_make(struct segment_maker *maker, const float *samples, size_t count,
	     struct segment *out)
{
	memset(maker->sums, 0, sizeof maker->sums);
	memset(maker->pitch, 0, sizeof maker->pitch);
	out->frames = count / SEGMENT_HOP + 1;
	for (size_t f = 0; f < out->frames; f++)
		frame_make(maker, samples, count, f);
	levels_floor(maker, out->frames);
	out->onsets[0] = 0;
	for (size_t f = 0; f < out->frames; f++) {
		mfcc_note(maker, maker->levels[f]);
		if (f > 0)
			out->onsets[f] = growth(maker->levels[f - 1],
						maker->levels[f]);
	}
	for (size_t i = 0; i < FEATURE_COUNT; i++) {
		const struct sums *sums = &maker->sums[i];
		double mean = sums->sum / (double)sums->count;
		double square = sums->squares / (double)sums->count;

		out->features.mean[i] = mean;
		out->features.variance[i] = fmax(square - mean * mean, 0);
	}
	for (int c = 0; c < 12; c++)
		out->chroma[c] = maker->pitch[c].sum / (double)out->frames;
}
