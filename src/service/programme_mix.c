/* programme_mix.c - the arithmetic of a programme; see programme_private.h. */
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

void
mix_add(float *to, const float *from, size_t frames, float gain,
	struct fade *fade)
{
	size_t i = 0;

	for (; i < frames && fade->kind != FADE_NONE; i++) {
		float level = 0;

		if (fade->at < fade->length)
			level = gain * fade_gain(fade);
		else if (fade->kind == FADE_IN)
			fade->kind = FADE_NONE;
		if (fade->kind == FADE_NONE)
			break;
		fade->at++;
		to[2 * i] += level * from[2 * i];
		to[2 * i + 1] += level * from[2 * i + 1];
	}
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
		if (!isfinite(fresh[i]))
			fresh[i] = 0;
		peak = fmaxf(peak, fabsf(fresh[i]));
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

	for (int side = 0; side < 2; side++) {
		float peak = 0, square = 0;

		for (size_t i = 0; i < count; i++) {
			float sample = frames[2 * i + (size_t)side];

			peak = fmaxf(peak, fabsf(sample));
			square += sample * sample;
		}
		meter->peak[at][side] = peak;
		meter->square[at][side] = square / (double)count;
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
