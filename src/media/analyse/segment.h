/* segment.h - the spectral side of a recording, in segments of 30 s.
 *
 * The published features that the models were trained on describe clips of 30 s,
 * so a recording is cut into such clips and each is described as one of them was:
 * features do not depend on how long a song is, and memory is that of one clip.
 *
 * Definitions, those of librosa 0.10 with its presets: mono at 22,050 Hz, the
 * mean of the channels; frames of 2,048 samples every 512, the first centred on
 * the first sample, zeros outside; periodic Hann window.
 *	mel	128 Slaney bands of equal area over the power spectrum, in dB, not
 *		less than 80 dB under the segment's largest
 *	mfcc	orthonormal DCT-II of mel, the first 20
 *	centroid, bandwidth, roll-off (85 %)  of the magnitude spectrum
 *	zero crossings, root mean square  of the frames themselves
 *	chroma	12 pitch classes of the power spectrum as librosa.filters.chroma,
 *		without its guess of the tuning; the largest of a frame is 1
 * Each is a row of means and variances over the frames. Beside them, for the
 * analysers of rhythm and key:
 *	onsets	the mean over mel bands of what grew since the frame before
 *
 * Floor: 1 (media); pure. Threads: one owner.
 */
#ifndef OGMA_MEDIA_ANALYSE_SEGMENT_H
#define OGMA_MEDIA_ANALYSE_SEGMENT_H

#include <stddef.h>

#define SEGMENT_RATE_HZ 22050
#define SEGMENT_SAMPLES (30 * SEGMENT_RATE_HZ)
#define SEGMENT_SAMPLES_MIN SEGMENT_RATE_HZ /* shorter ones say nothing */
#define SEGMENT_FRAME 2048
#define SEGMENT_HOP 512
#define SEGMENT_FRAMES_MAX (SEGMENT_SAMPLES / SEGMENT_HOP + 1)
#define SEGMENT_MFCC 20

enum feature {
	FEATURE_CHROMA,
	FEATURE_RMS,
	FEATURE_CENTROID,
	FEATURE_BANDWIDTH,
	FEATURE_ROLLOFF,
	FEATURE_ZERO_CROSSINGS,
	FEATURE_MFCC,
	FEATURE_COUNT = FEATURE_MFCC + SEGMENT_MFCC,
};

struct features {
	double mean[FEATURE_COUNT], variance[FEATURE_COUNT];
};

struct segment {
	struct features features;
	double chroma[12]; /* means, from C on */
	size_t frames;
	float onsets[SEGMENT_FRAMES_MAX];
};

struct segment_maker;

struct segment_maker *segment_maker_new(void);
void segment_maker_free(struct segment_maker *maker);

/* Describes SEGMENT_SAMPLES_MIN to SEGMENT_SAMPLES samples. */
void segment_make(struct segment_maker *maker, const float *samples,
		  size_t count, struct segment *out);

#endif /* OGMA_MEDIA_ANALYSE_SEGMENT_H */
