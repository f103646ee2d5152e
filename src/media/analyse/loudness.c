/* loudness.c - see loudness.h. */
#include "media/analyse/loudness.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define PARTS_PER_SECOND 10
#define MOMENTARY_PARTS 4
#define SHORT_PARTS 30

#define BIN_LOWEST (-70.0)
#define BINS_PER_LU 100
#define BINS (BINS_PER_LU * 90) /* up to +20 LUFS */

#define PEAK_TAPS 16 /* of one phase; fours */
#define PEAK_PHASES_MAX 4
#define PEAK_CHUNK 128

struct biquad {
	double b0, b1, b2, a1, a2;
};

struct histogram {
	uint64_t count[BINS];
	double energy[BINS];
};

struct channel {
	double weight;
	double shelf[2], pass[2]; /* states of the two filters */
	float tail[PEAK_TAPS - 1 + PEAK_CHUNK];
};

struct loudness {
	uint32_t rate_hz;
	size_t channel_count;
	struct channel channels[LOUDNESS_CHANNELS_MAX];
	struct biquad shelf, pass;

	uint64_t samples, parts; /* so far */
	double part_energy;
	uint64_t part_start;
	double ring[SHORT_PARTS]; /* mean squares of the last parts */
	struct histogram momentary, short_term;

	unsigned phases; /* 1: the rate is high enough as it is */
	float taps[PEAK_PHASES_MAX][PEAK_TAPS];
	float reach; /* the largest gain of any phase */
	float peak;
};

/* The first stage: a head in the way of the sound. */
static struct biquad
shelf_design(double rate)
{
	const double f0 = 1681.974450955533, q = 0.7071752369554196;
	double k = tan(M_PI * f0 / rate), vh = pow(10, 3.999843853973347 / 20);
	double vb = pow(vh, 0.4996667741545416), a0 = 1 + k / q + k * k;

	return (struct biquad){
		.b0 = (vh + vb * k / q + k * k) / a0,
		.b1 = 2 * (k * k - vh) / a0,
		.b2 = (vh - vb * k / q + k * k) / a0,
		.a1 = 2 * (k * k - 1) / a0,
		.a2 = (1 - k / q + k * k) / a0,
	};
}

/* The second: deep sound counts less. */
static struct biquad
pass_design(double rate)
{
	const double f0 = 38.13547087602444, q = 0.5003270373238773;
	double k = tan(M_PI * f0 / rate), a0 = 1 + k / q + k * k;

	return (struct biquad){
		.b0 = 1, .b1 = -2, .b2 = 1,
		.a1 = 2 * (k * k - 1) / a0,
		.a2 = (1 - k / q + k * k) / a0,
	};
}

/* A low pass at the old half rate, cut into phases. */
static void
peak_design(struct loudness *loudness)
{
	unsigned phases = loudness->phases;

	for (unsigned p = 0; p < phases; p++) {
		double sum = 0;

		for (unsigned i = 0; i < PEAK_TAPS; i++) {
			double at = (double)i - (0.5 * PEAK_TAPS - 1) -
				    (double)p / phases;
			double window = 0.5 + 0.5 * cos(2 * M_PI * at /
							(PEAK_TAPS + 1));
			double sinc = fabs(at) < 1e-9 ?
					      1 :
					      sin(M_PI * at) / (M_PI * at);

			loudness->taps[p][i] = (float)(sinc * window);
			sum += fabs(sinc * window);
		}
		if ((float)sum > loudness->reach)
			loudness->reach = (float)sum;
	}
}

struct loudness *
loudness_new(uint32_t rate_hz, size_t channels, const double *weights)
{
	struct loudness *loudness = mem_new(1, sizeof *loudness);

	loudness->rate_hz = rate_hz;
	loudness->channel_count = channels;
	for (size_t c = 0; c < channels; c++)
		loudness->channels[c].weight = weights[c];
	loudness->shelf = shelf_design(rate_hz);
	loudness->pass = pass_design(rate_hz);
	loudness->phases = rate_hz < 96000 ? 4 : rate_hz < 192000 ? 2 : 1;
	peak_design(loudness);
	return loudness;
}

void
loudness_free(struct loudness *loudness)
{
	free(loudness);
}

static double
to_lufs(double energy)
{
	return energy > 0 ? -0.691 + 10 * log10(energy) : -200;
}

static void
histogram_add(struct histogram *histogram, double energy)
{
	double bin = (to_lufs(energy) - BIN_LOWEST) * BINS_PER_LU;

	if (bin < 0)
		return; /* the absolute gate */
	if (bin >= BINS)
		bin = BINS - 1;
	histogram->count[(size_t)bin]++;
	histogram->energy[(size_t)bin] += energy;
}

/* The mean of all blocks not under `lowest`; *count of them. */
static double
histogram_mean(const struct histogram *histogram, size_t lowest,
	       uint64_t *count)
{
	double energy = 0;

	*count = 0;
	for (size_t i = lowest; i < BINS; i++) {
		*count += histogram->count[i];
		energy += histogram->energy[i];
	}
	return *count > 0 ? energy / (double)*count : 0;
}

/* The first bin that is not gated out. */
static size_t
histogram_gate(const struct histogram *histogram, double below_lu)
{
	uint64_t count;
	double mean = histogram_mean(histogram, 0, &count);
	double bin = (to_lufs(mean) - below_lu - BIN_LOWEST) * BINS_PER_LU;

	return bin > 0 ? (size_t)bin : 0;
}

static double
mean_of_last(const struct loudness *loudness, size_t parts)
{
	double sum = 0;

	for (size_t i = 1; i <= parts; i++)
		sum += loudness->ring[(loudness->parts - i) % SHORT_PARTS];
	return sum / (double)parts;
}

/* 100 ms are over. */
static void
part_end(struct loudness *loudness)
{
	uint64_t length = loudness->samples - loudness->part_start;

	loudness->ring[loudness->parts++ % SHORT_PARTS] =
		loudness->part_energy / (double)length;
	loudness->part_energy = 0;
	loudness->part_start = loudness->samples;
	if (loudness->parts >= MOMENTARY_PARTS)
		histogram_add(&loudness->momentary,
			      mean_of_last(loudness, MOMENTARY_PARTS));
	if (loudness->parts >= SHORT_PARTS)
		histogram_add(&loudness->short_term,
			      mean_of_last(loudness, SHORT_PARTS));
}

/* The weighted energy of one channel. */
static double
channel_energy(const struct loudness *loudness, struct channel *channel,
	       const float *samples, size_t count)
{
	const struct biquad s = loudness->shelf, p = loudness->pass;
	double s1 = channel->shelf[0], s2 = channel->shelf[1];
	double p1 = channel->pass[0], p2 = channel->pass[1];
	double energy = 0;

	for (size_t i = 0; i < count; i++) {
		double in = samples[i], mid = s.b0 * in + s1, out;

		s1 = s.b1 * in - s.a1 * mid + s2;
		s2 = s.b2 * in - s.a2 * mid;
		out = mid + p1;
		p1 = p.b1 * mid - p.a1 * out + p2;
		p2 = mid - p.a2 * out;
		energy += out * out;
	}
	/* what is left of a sound long past only costs time */
	channel->shelf[0] = fabs(s1) < 1e-30 ? 0 : s1;
	channel->shelf[1] = fabs(s2) < 1e-30 ? 0 : s2;
	channel->pass[0] = fabs(p1) < 1e-30 ? 0 : p1;
	channel->pass[1] = fabs(p2) < 1e-30 ? 0 : p2;
	return energy * channel->weight;
}

static float
largest(const float *samples, size_t count)
{
	float peak = 0;

	for (size_t i = 0; i < count; i++) {
		float level = fabsf(samples[i]);

		peak = level > peak ? level : peak;
	}
	return peak;
}

/* What the samples from `at` on are between them. */
static void
peak_between(struct loudness *loudness, const float *at, size_t count)
{
	for (unsigned p = 1; p < loudness->phases; p++) {
		float sums[PEAK_CHUNK] = { 0 }, peak;

		/* four at a time: sums are fetched and kept less often */
		for (size_t t = 0; t < PEAK_TAPS; t += 4) {
			const float *tap = loudness->taps[p] + t, *from = at + t;
			float a = tap[0], b = tap[1], c = tap[2], d = tap[3];

			for (size_t i = 0; i < count; i++)
				sums[i] += a * from[i] + b * from[i + 1] +
					   c * from[i + 2] + d * from[i + 3];
		}
		peak = largest(sums, count);
		if (peak > loudness->peak)
			loudness->peak = peak;
	}
}

/* Looks between the samples only where a new peak is possible at all. */
static void
channel_peak(struct loudness *loudness, struct channel *channel,
	     const float *samples, size_t count)
{
	while (count > 0) {
		size_t part = count < PEAK_CHUNK ? count : PEAK_CHUNK;
		float *tail = channel->tail;
		float here;

		memcpy(tail + PEAK_TAPS - 1, samples, part * sizeof *tail);
		here = largest(tail, PEAK_TAPS - 1 + part);
		if (here > loudness->peak)
			loudness->peak = here;
		if (here * loudness->reach > loudness->peak)
			peak_between(loudness, tail, part);
		memmove(tail, tail + part, (PEAK_TAPS - 1) * sizeof *tail);
		samples += part;
		count -= part;
	}
}

void
loudness_add(struct loudness *loudness, const float *const *channels,
	     size_t count)
{
	size_t done = 0;

	for (size_t c = 0; c < loudness->channel_count; c++)
		channel_peak(loudness, &loudness->channels[c], channels[c],
			     count);
	while (done < count) {
		uint64_t end = (loudness->parts + 1) * loudness->rate_hz /
			       PARTS_PER_SECOND;
		size_t part = count - done;

		if (part > end - loudness->samples)
			part = (size_t)(end - loudness->samples);
		for (size_t c = 0; c < loudness->channel_count; c++)
			loudness->part_energy += channel_energy(
				loudness, &loudness->channels[c],
				channels[c] + done, part);
		loudness->samples += part;
		done += part;
		if (loudness->samples == end)
			part_end(loudness);
	}
}

/* The level under which this share of the counted blocks lies. */
static double
percentile(const struct histogram *histogram, size_t lowest, uint64_t count,
	   double share)
{
	uint64_t wanted = (uint64_t)((double)(count - 1) * share + 0.5);
	size_t bin = lowest;

	for (uint64_t seen = 0; bin < BINS; bin++) {
		seen += histogram->count[bin];
		if (seen > wanted)
			break;
	}
	return BIN_LOWEST + ((double)bin + 0.5) / BINS_PER_LU;
}

void
loudness_finish(const struct loudness *loudness, struct loudness_result *out)
{
	uint64_t count;
	double mean = histogram_mean(&loudness->momentary,
				     histogram_gate(&loudness->momentary, 10),
				     &count);
	size_t lowest = histogram_gate(&loudness->short_term, 20);

	memset(out, 0, sizeof *out);
	out->known = count > 0;
	out->integrated_lufs = to_lufs(mean);
	out->true_peak_dbtp = loudness->peak > 0 ?
				      20 * log10((double)loudness->peak) :
				      -200;
	histogram_mean(&loudness->short_term, lowest, &count);
	if (count > 0)
		out->range_lu =
			percentile(&loudness->short_term, lowest, count, 0.95) -
			percentile(&loudness->short_term, lowest, count, 0.10);
}
