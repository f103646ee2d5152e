/* silence.c - see silence.h. */
#include "media/analyse/silence.h"

#include <math.h>

void
silence_add(struct silence *silence, const float *const *channels,
	    size_t channel_count, size_t count)
{
	for (size_t c = 0; c < channel_count; c++) {
		const float *samples = channels[c];
		size_t first = 0, last = count;

		while (last > 0 && !(fabsf(samples[last - 1]) > SILENCE_LEVEL))
			last--;
		if (last == 0)
			continue;
		while (!(fabsf(samples[first]) > SILENCE_LEVEL))
			first++;
		if (silence->last == 0 ||
		    silence->samples + first < silence->first)
			silence->first = silence->samples + first;
		if (silence->samples + last > silence->last)
			silence->last = silence->samples + last;
	}
	silence->samples += count;
}

uint64_t
silence_at_start(const struct silence *silence)
{
	return silence->last > 0 ? silence->first : silence->samples;
}

uint64_t
silence_at_end(const struct silence *silence)
{
	return silence->last > 0 ? silence->samples - silence->last : 0;
}
