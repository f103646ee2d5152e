/* waveform.c - see waveform.h. */
#include "media/analyse/waveform.h"

#include <math.h>

static void
join_pairs(struct waveform *waveform)
{
	for (size_t i = 0; i < WAVEFORM_PARTS / 2; i++) {
		waveform->peak[i] = fmaxf(waveform->peak[2 * i],
					  waveform->peak[2 * i + 1]);
		waveform->energy[i] = waveform->energy[2 * i] +
				      waveform->energy[2 * i + 1];
	}
	waveform->count = WAVEFORM_PARTS / 2;
	waveform->peak[waveform->count] = 0;
	waveform->energy[waveform->count] = 0;
	waveform->part_samples *= 2;
}

static void
part_add(struct waveform *waveform, const float *samples, size_t count,
	 double share)
{
	float peak = 0, energy = 0;

	for (size_t i = 0; i < count; i++) {
		float level = fabsf(samples[i]);

		peak = level > peak ? level : peak;
		energy += level * level;
	}
	if (peak > waveform->peak[waveform->count])
		waveform->peak[waveform->count] = peak;
	waveform->energy[waveform->count] += (double)energy * share;
}

void
waveform_add(struct waveform *waveform, const float *const *channels,
	     size_t channel_count, size_t count)
{
	size_t done = 0;

	if (waveform->part_samples == 0)
		waveform->part_samples = 1;
	while (done < count) {
		uint64_t room = waveform->part_samples - waveform->filled;
		size_t part = count - done < room ? count - done :
						    (size_t)room;

		for (size_t c = 0; c < channel_count; c++)
			part_add(waveform, channels[c] + done, part,
				 1.0 / (double)channel_count);
		done += part;
		waveform->filled += part;
		if (waveform->filled < waveform->part_samples)
			break;
		waveform->filled = 0;
		waveform->count++;
		if (waveform->count == WAVEFORM_PARTS)
			join_pairs(waveform);
		waveform->peak[waveform->count] = 0;
		waveform->energy[waveform->count] = 0;
	}
}

static uint8_t
to_byte(double level)
{
	return level >= 1 ? 255 : (uint8_t)lround(level * 255);
}

void
waveform_finish(const struct waveform *waveform, uint8_t out[WAVEFORM_BYTES])
{
	size_t count = waveform->count + (waveform->filled > 0);
	uint64_t samples = waveform->count * waveform->part_samples +
			   waveform->filled;

	for (size_t i = 0; i < WAVEFORM_POINTS; i++) {
		size_t from = i * count / WAVEFORM_POINTS;
		size_t to = (i + 1) * count / WAVEFORM_POINTS;
		double energy = 0, length;
		float peak = 0;

		if (to == from)
			to = from + 1;
		for (size_t p = from; p < to && p < count; p++) {
			peak = fmaxf(peak, waveform->peak[p]);
			energy += waveform->energy[p];
		}
		length = (double)((to - from) * waveform->part_samples);
		if (to == count && waveform->filled > 0)
			length = (double)(samples -
					  from * waveform->part_samples);
		out[2 * i] = to_byte((double)peak);
		out[2 * i + 1] = length > 0 ? to_byte(sqrt(energy / length)) :
					      0;
	}
}
