/* programme_mix.c - the arithmetic of a programme; see programme_private.h. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "service/programme_private.h"

#define CEILING 0.977f     /* -0.2 dB */
#define RELEASE 0.0165f    /* of what is missing, every LIMITER_FRAMES: 150 ms */
#define QUARTER_TURN 1.57079632679
#define SILENCE_DB (-120.0)
#define TONE_LEVEL 0.006f  /* each; all together about -38 dB */

static float
fade_gain(const struct fade *fade)
{
	double turn = QUARTER_TURN * ((double)fade->at + 0.5) /
		      (double)fade->length;

	return (float)(fade->kind == FADE_IN ? sin(turn) : cos(turn));
}

float
fade_level(const struct fade *fade)
{
	if (fade->kind == FADE_NONE)
		return 1;
	if (fade->at >= fade->length)
		return fade->kind == FADE_IN ? 1 : 0;
	return fade_gain(fade);
}

/* The fade's part of the frames; returns how many they are. The angle is turned
 * on by one step a frame: a sine and a cosine a call, not a frame. */
static size_t
mix_add_faded(float *to, const float *from, size_t frames, float gain,
	      struct fade *fade)
{
	double step = QUARTER_TURN / (double)fade->length;
	double turn = step * ((double)fade->at + 0.5);
	double step_x = cos(step), step_y = sin(step);
	double x = gain * cos(turn), y = gain * sin(turn);
	size_t left = fade->length - fade->at;

	if (frames > left)
		frames = left;
	for (size_t i = 0; i < frames; i++) {
		float level = (float)(fade->kind == FADE_IN ? y : x);
		double next = x * step_x - y * step_y;

		to[2 * i] += level * from[2 * i];
		to[2 * i + 1] += level * from[2 * i + 1];
		y = x * step_y + y * step_x;
		x = next;
	}
	fade->at += frames;
	return frames;
}

void
mix_add(float *to, const float *from, size_t frames, float gain,
	struct fade *fade)
{
	size_t i = 0;

	if (fade->kind != FADE_NONE && fade->at < fade->length)
		i = mix_add_faded(to, from, frames, gain, fade);
	if (i == frames || fade->kind == FADE_OUT)
		return;
	fade->kind = FADE_NONE;
	for (; i < frames; i++) {
		to[2 * i] += gain * from[2 * i];
		to[2 * i + 1] += gain * from[2 * i + 1];
	}
}

void
mix_ramp(float *frames, size_t count, float from, float to)
{
	if (from == 1.0f && to == 1.0f)
		return;
	for (size_t i = 0; i < count; i++) {
		float level = from + (to - from) * ((float)i + 1) /
					     (float)count;

		frames[2 * i] *= level;
		frames[2 * i + 1] *= level;
	}
}

/* ---- limiter ---- */

void
limiter_init(struct limiter *limiter)
{
	memset(limiter, 0, sizeof *limiter);
	limiter->gain = 1;
}

/* Unlike fmaxf() this is one instruction; neither is a NaN. */
static float
larger(float a, float b)
{
	return a > b ? a : b;
}

static float
gain_for(float peak)
{
	return peak > CEILING ? CEILING / peak : 1;
}

/* The gain moves in a straight line over each block, from one that fits this
 * block to one that fits this block and the next, so it always fits. */
static void
limiter_block(struct limiter *limiter, float *frames)
{
	float before = limiter->gain, gain, peak = 0;
	float fresh[2 * LIMITER_FRAMES];

	memcpy(fresh, frames, sizeof fresh);
	for (size_t i = 0; i < 2 * LIMITER_FRAMES; i++) {
		if (!(fabsf(fresh[i]) <= FLT_MAX))
			fresh[i] = 0;
		peak = larger(peak, fabsf(fresh[i]));
	}
	gain = before + (1 - before) * RELEASE;
	if (gain > 0.9999f)
		gain = 1;
	gain = fminf(gain, gain_for(limiter->held_peak));
	gain = fminf(gain, gain_for(peak));
	memcpy(frames, limiter->held, sizeof fresh);
	mix_ramp(frames, LIMITER_FRAMES, before, gain);
	memcpy(limiter->held, fresh, sizeof fresh);
	limiter->held_peak = peak;
	limiter->gain = gain;
}

void
limiter_run(struct limiter *limiter, float *frames, size_t count)
{
	for (size_t at = 0; at + LIMITER_FRAMES <= count; at += LIMITER_FRAMES)
		limiter_block(limiter, frames + 2 * at);
}

/* ---- levels ---- */

void
level_add(struct level_meter *meter, const float *frames, size_t count)
{
	unsigned at = meter->at++ % LEVEL_TICKS;

	float peak[2] = { 0 }, square[2] = { 0 };

	for (size_t i = 0; i < 2 * count; i++) {
		float sample = frames[i];

		peak[i % 2] = larger(peak[i % 2], fabsf(sample));
		square[i % 2] += sample * sample;
	}
	for (int side = 0; side < 2; side++) {
		meter->peak[at][side] = peak[side];
		meter->square[at][side] = square[side] / (float)count;
	}
}

static double
decibels(double power)
{
	return power > 1e-12 ? 10 * log10(power) : SILENCE_DB;
}

void
level_read(const struct level_meter *meter, struct programme_levels *out)
{
	for (int side = 0; side < 2; side++) {
		double peak = 0, square = 0;

		for (int i = 0; i < LEVEL_TICKS; i++) {
			peak = fmax(peak, (double)meter->peak[i][side]);
			square += meter->square[i][side];
		}
		out->peak_db[side] = decibels(peak * peak);
		out->rms_db[side] = decibels(square / LEVEL_TICKS);
	}
}

/* ---- the bed of tones ---- */

/* An open fifth and its octave, two of them a little apart, so that they beat
 * slowly. */
void
tone_init(struct tone_bed *bed)
{
	static const double hertz[TONES] = { 110, 164.81, 220, 220.25 };

	for (int i = 0; i < TONES; i++) {
		double turn = 4 * QUARTER_TURN * hertz[i] / RATE;

		bed->turn[i][0] = 1;
		bed->turn[i][1] = 0;
		bed->step[i][0] = cos(turn);
		bed->step[i][1] = sin(turn);
	}
}

void
tone_fill(struct tone_bed *bed, float *frames, size_t count)
{
	memset(frames, 0, count * FRAME_BYTES);
	for (int i = 0; i < TONES; i++) {
		double x = bed->turn[i][0], y = bed->turn[i][1], length;

		for (size_t f = 0; f < count; f++) {
			double next = x * bed->step[i][0] -
				      y * bed->step[i][1];

			y = x * bed->step[i][1] + y * bed->step[i][0];
			x = next;
			frames[2 * f] += TONE_LEVEL * (float)y;
			frames[2 * f + 1] += TONE_LEVEL * (float)y;
		}
		length = sqrt(x * x + y * y); /* rounding drifts */
		bed->turn[i][0] = x / length;
		bed->turn[i][1] = y / length;
	}
}
