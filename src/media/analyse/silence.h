/* silence.h - the silence at both ends of a recording, to the sample.
 *
 * Definition: silent is a moment at which no channel goes beyond -60 dBFS (0.001
 * of full scale), which is under the noise of what people listen in and above
 * that of 16 bits with dither and of encoders.
 *
 * Floor: 1 (media); pure.
 */
#ifndef OGMA_MEDIA_ANALYSE_SILENCE_H
#define OGMA_MEDIA_ANALYSE_SILENCE_H

#include <stddef.h>
#include <stdint.h>

#define SILENCE_LEVEL 0.001f

struct silence {
	uint64_t samples;     /* so far */
	uint64_t first, last; /* with sound in it; last is one past */
};

/* A zeroed struct is ready. */
void silence_add(struct silence *silence, const float *const *channels,
		 size_t channel_count, size_t count);

/* Of a recording without any sound all is at the start. */
uint64_t silence_at_start(const struct silence *silence);
uint64_t silence_at_end(const struct silence *silence);

#endif /* OGMA_MEDIA_ANALYSE_SILENCE_H */
