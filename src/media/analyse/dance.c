/* dance.c - see dance.h. */
#include "media/analyse/dance.h"

#include <math.h>

#include "media/analyse/segment.h"

#define FRAME 220 /* 10 ms */
#define POINTS_MAX (SEGMENT_SAMPLES / FRAME)
#define POINTS_MIN 2000
#define LENGTH_LEAST 31
#define LENGTH_STEP 1.1
#define LENGTHS 36 /* up to 8.8 s */
#define STEADY 1.4

static double
deviation(const float *samples)
{
	float sum = 0, squares = 0, mean;

	for (size_t i = 0; i < FRAME; i++) {
		sum += samples[i];
		squares += samples[i] * samples[i];
	}
	mean = sum / FRAME;
	return sqrt((double)fmaxf(squares / FRAME - mean * mean, 0));
}

/* The mean square about the straight line through some points. */
static double
residue(const double *points, size_t count)
{
	double n = (double)count, middle = (n - 1) / 2, mean = 0;
	double both = 0, all = 0, width = n * (n * n - 1) / 12;

	for (size_t i = 0; i < count; i++)
		mean += points[i] / n;
	for (size_t i = 0; i < count; i++) {
		both += ((double)i - middle) * (points[i] - mean);
		all += (points[i] - mean) * (points[i] - mean);
	}
	return fmax(all - both * both / width, 0) / n;
}

static double
fluctuation(const double *points, size_t count, size_t length)
{
	double sum = 0;
	size_t step = length / 4, blocks = 0;

	for (size_t at = 0; at + length <= count; at += step, blocks++)
		sum += residue(points + at, length);
	return sqrt(sum / (double)blocks);
}

/* The slope over all lengths; false in silence. */
static bool
alpha_of(const double *points, size_t count, double *out)
{
	double x = 0, y = 0, xx = 0, xy = 0, n = 0;

	for (int i = 0; i < LENGTHS; i++) {
		size_t length = (size_t)(LENGTH_LEAST * pow(LENGTH_STEP, i));
		double value = fluctuation(points, count, length);
		double at = log((double)length);

		if (value < 1e-9)
			return false;
		x += at;
		y += log(value);
		xx += at * at;
		xy += at * log(value);
		n++;
	}
	*out = (n * xy - x * y) / (n * xx - x * x);
	return true;
}

void
dance_add(struct dance *dance, const float *samples, size_t count)
{
	double points[POINTS_MAX], mean = 0, sum = 0, alpha;
	size_t length = count / FRAME;

	if (length < POINTS_MIN)
		return;
	for (size_t i = 0; i < length; i++) {
		points[i] = deviation(samples + i * FRAME);
		mean += points[i] / (double)length;
	}
	for (size_t i = 0; i < length; i++) {
		sum += points[i] - mean;
		points[i] = sum;
	}
	if (!alpha_of(points, length, &alpha))
		return;
	dance->alphas += alpha;
	dance->segments++;
}

bool
dance_finish(const struct dance *dance, double *out)
{
	if (dance->segments == 0)
		return false;
	*out = fmin(fmax(STEADY - dance->alphas / (double)dance->segments, 0),
		    1);
	return true;
}
