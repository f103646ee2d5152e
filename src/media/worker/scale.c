/* scale.c - Lanczos-3 in two passes, turns and colours; see pixels.h. */
#include "media/worker/pixels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

#define LOBES 3.0
#define PI 3.14159265358979323846

/* For each output place: where its inputs begin and their weights. */
struct kernel {
	uint32_t taps;
	uint32_t *first;
	float *weights; /* taps of them for each place */
};

static double
lanczos(double x)
{
	if (fabs(x) < 1e-9)
		return 1;
	if (fabs(x) >= LOBES)
		return 0;
	return LOBES * sin(PI * x) * sin(PI * x / LOBES) / (PI * PI * x * x);
}

static void
kernel_make(struct kernel *kernel, uint32_t from, uint32_t to)
{
	double ratio = (double)from / to, width = ratio > 1 ? ratio : 1;

	kernel->taps = (uint32_t)ceil(2 * LOBES * width) + 1;
	if (kernel->taps > from)
		kernel->taps = from;
	kernel->first = mem_new(to, sizeof *kernel->first);
	kernel->weights = mem_new((size_t)to * kernel->taps, sizeof(float));
	for (uint32_t i = 0; i < to; i++) {
		float *weights = kernel->weights + (size_t)i * kernel->taps;
		double centre = (i + 0.5) * ratio - 0.5, sum = 0;
		double first = ceil(centre - LOBES * width);
		double last = (double)from - kernel->taps;

		first = first < 0 ? 0 : first > last ? last : first;
		kernel->first[i] = (uint32_t)first;
		for (uint32_t t = 0; t < kernel->taps; t++) {
			weights[t] = (float)lanczos((first + t - centre) /
						    width);
			sum += weights[t];
		}
		for (uint32_t t = 0; t < kernel->taps; t++)
			weights[t] = (float)(weights[t] / sum);
	}
}

static void
kernel_release(struct kernel *kernel)
{
	free(kernel->first);
	free(kernel->weights);
}

static uint8_t
to_byte(float value)
{
	return value <= 0 ? 0 : value >= 255 ? 255 : (uint8_t)(value + 0.5F);
}

/* The four channels of a pixel at once; gcc and clang make SIMD of these on any
 * processor that has it. */
typedef float channels __attribute__((vector_size(16)));
typedef uint8_t channel_bytes __attribute__((vector_size(4)));

/* One pixel: the weighted sum of `taps` pixels that lie `step` bytes apart. */
static void
weigh(const uint8_t *in, size_t step, const float *weights, uint32_t taps,
      uint8_t *out)
{
	channels sum = { 0, 0, 0, 0 };
	channel_bytes pixel;

	for (uint32_t t = 0; t < taps; t++, in += step) {
		memcpy(&pixel, in, sizeof pixel);
		sum += weights[t] * __builtin_convertvector(pixel, channels);
	}
	for (int c = 0; c < 4; c++)
		out[c] = to_byte(sum[c]);
}

static void
premultiply(struct pixels *pixels)
{
	size_t count = (size_t)pixels->width * pixels->height;

	for (size_t i = 0; pixels->has_alpha && i < count; i++) {
		uint8_t *at = pixels->rgba + 4 * i;

		for (int c = 0; c < 3; c++)
			at[c] = (uint8_t)((at[c] * at[3] + 127) / 255);
	}
}

static void
unpremultiply(struct pixels *pixels)
{
	size_t count = (size_t)pixels->width * pixels->height;

	for (size_t i = 0; pixels->has_alpha && i < count; i++) {
		uint8_t *at = pixels->rgba + 4 * i;

		for (int c = 0; c < 3 && at[3] > 0; c++) {
			int value = (at[c] * 255 + at[3] / 2) / at[3];

			at[c] = (uint8_t)(value > 255 ? 255 : value);
		}
	}
}

void
pixels_scale(const struct pixels *in, uint32_t width, uint32_t height,
	     struct pixels *out)
{
	struct pixels whole = *in;
	struct kernel across, down;
	size_t row = 4 * (size_t)width;
	uint8_t *narrow = mem_new((size_t)in->height, row);

	out->width = width;
	out->height = height;
	out->has_alpha = in->has_alpha;
	out->rgba = mem_new(height, row);
	premultiply(&whole); /* in place: the input is not used again */
	kernel_make(&across, in->width, width);
	kernel_make(&down, in->height, height);
	for (uint32_t y = 0; y < in->height; y++) {
		const uint8_t *line = in->rgba + 4 * (size_t)in->width * y;

		for (uint32_t x = 0; x < width; x++)
			weigh(line + 4 * (size_t)across.first[x], 4,
			      across.weights + (size_t)x * across.taps,
			      across.taps, narrow + y * row + 4 * (size_t)x);
	}
	for (uint32_t y = 0; y < height; y++) {
		for (uint32_t x = 0; x < width; x++)
			weigh(narrow + down.first[y] * row + 4 * (size_t)x,
			      row, down.weights + (size_t)y * down.taps,
			      down.taps, out->rgba + y * row + 4 * (size_t)x);
	}
	unpremultiply(out);
	kernel_release(&across);
	kernel_release(&down);
	free(narrow);
}

/* Where the pixel (x, y) of the upright picture is in the stored one. */
static size_t
turned_place(const struct pixels *in, unsigned turn, uint32_t x, uint32_t y)
{
	uint32_t w = in->width, h = in->height, sx = x, sy = y;

	switch (turn) {
	case 2:
		sx = w - 1 - x;
		break;
	case 3:
		sx = w - 1 - x;
		sy = h - 1 - y;
		break;
	case 4:
		sy = h - 1 - y;
		break;
	case 5:
		sx = y;
		sy = x;
		break;
	case 6:
		sx = y;
		sy = h - 1 - x;
		break;
	case 7:
		sx = w - 1 - y;
		sy = h - 1 - x;
		break;
	case 8:
		sx = w - 1 - y;
		sy = x;
		break;
	default:
		break;
	}
	return 4 * ((size_t)sy * w + sx);
}

void
pixels_turn(struct pixels *pixels, unsigned turn)
{
	struct pixels out = *pixels;

	if (turn < 2 || turn > 8)
		return;
	if (turn >= 5) {
		out.width = pixels->height;
		out.height = pixels->width;
	}
	out.rgba = mem_new((size_t)out.width * out.height, 4);
	for (uint32_t y = 0; y < out.height; y++) {
		for (uint32_t x = 0; x < out.width; x++)
			memcpy(out.rgba + 4 * ((size_t)y * out.width + x),
			       pixels->rgba + turned_place(pixels, turn, x, y),
			       4);
	}
	free(pixels->rgba);
	*pixels = out;
}

#define COLOUR_BITS 4
#define COLOUR_BINS (1u << (3 * COLOUR_BITS))
#define COLOUR_GRID 64u
#define LIVELY_WEIGHT 3.0F
#define EXTREME_WEIGHT 0.3F

struct colour_bin {
	float weight, sum[3];
};

static float
colour_weight(const uint8_t *at)
{
	int low = at[0], high = at[0];
	float weight;

	for (int c = 1; c < 3; c++) {
		low = at[c] < low ? at[c] : low;
		high = at[c] > high ? at[c] : high;
	}
	weight = 1 + LIVELY_WEIGHT * (float)(high - low) / 255;
	if (high < 24 || low > 232)
		weight *= EXTREME_WEIGHT;
	return weight;
}

void
pixels_colour(const struct pixels *pixels, char out[8])
{
	struct colour_bin *bins = mem_new(COLOUR_BINS, sizeof *bins);
	struct colour_bin *best = bins;
	uint32_t step_x = pixels->width / COLOUR_GRID + 1;
	uint32_t step_y = pixels->height / COLOUR_GRID + 1;
	float weight;

	for (uint32_t y = 0; y < pixels->height; y += step_y) {
		for (uint32_t x = 0; x < pixels->width; x += step_x) {
			const uint8_t *at =
				pixels->rgba +
				4 * ((size_t)y * pixels->width + x);
			struct colour_bin *bin =
				bins + ((at[0] >> 4) << 8 |
					(at[1] >> 4) << 4 | at[2] >> 4);

			if (at[3] < 128)
				continue;
			weight = colour_weight(at);
			bin->weight += weight;
			for (int c = 0; c < 3; c++)
				bin->sum[c] += weight * at[c];
		}
	}
	for (uint32_t i = 0; i < COLOUR_BINS; i++)
		best = bins[i].weight > best->weight ? bins + i : best;
	weight = best->weight > 0 ? best->weight : 1;
	snprintf(out, 8, "#%02x%02x%02x", to_byte(best->sum[0] / weight),
		 to_byte(best->sum[1] / weight),
		 to_byte(best->sum[2] / weight));
	free(bins);
}

void
pixels_flatten(struct pixels *pixels)
{
	size_t count = (size_t)pixels->width * pixels->height;

	for (size_t i = 0; pixels->has_alpha && i < count; i++) {
		uint8_t *at = pixels->rgba + 4 * i;
		unsigned alpha = at[3];

		for (int c = 0; c < 3; c++)
			at[c] = (uint8_t)((at[c] * alpha +
					   255 * (255 - alpha) + 127) / 255);
		at[3] = 255;
	}
	pixels->has_alpha = false;
}
