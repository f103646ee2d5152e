/* waveform.h - a recording drawn with WAVEFORM_POINTS strokes.
 *
 * Definition: of each of as many equal parts of the recording the largest sample
 * of any channel and the root of the mean square over all, both in 1/255 of full
 * scale. How long a recording is shows at its end: parts are gathered small and
 * joined in pairs when there are too many, so an edge between two strokes may be
 * off by an eighth of a stroke.
 *
 * Floor: 1 (media); pure.
 */
#ifndef OGMA_MEDIA_ANALYSE_WAVEFORM_H
#define OGMA_MEDIA_ANALYSE_WAVEFORM_H

#include <stddef.h>
#include <stdint.h>

#define WAVEFORM_POINTS 1000
#define WAVEFORM_BYTES (2 * WAVEFORM_POINTS) /* peak, root mean square, … */
#define WAVEFORM_PARTS (8 * WAVEFORM_POINTS)

struct waveform {
	uint64_t part_samples; /* of a whole part; 0 at first: 1 */
	uint64_t filled;       /* of the part that is gathered */
	size_t count;	       /* of whole parts */
	float peak[WAVEFORM_PARTS + 1];
	double energy[WAVEFORM_PARTS + 1];
};

/* A zeroed struct is ready. */
void waveform_add(struct waveform *waveform, const float *const *channels,
		  size_t channel_count, size_t count);

/* A recording with fewer samples than points repeats them. */
void waveform_finish(const struct waveform *waveform,
		     uint8_t out[WAVEFORM_BYTES]);

#endif /* OGMA_MEDIA_ANALYSE_WAVEFORM_H */
