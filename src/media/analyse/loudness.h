/* loudness.h - how loud a recording is: integrated loudness, loudness range and
 * true peak, in one pass and in bounded memory.
 *
 * Definitions: ITU-R BS.1770-4 (K weighting, 400 ms blocks every 100 ms, gates
 * at -70 LUFS and 10 LU under the rest; weights of the channels; true peak by
 * oversampling to about 192 kHz), EBU Tech 3342 (range: 10th to 95th percentile
 * of 3 s blocks, gate 20 LU under the rest). The standard's filters are given for
 * 48 kHz; for other rates they are designed anew from the analogue prototypes
 * that they stand for.
 *
 * Blocks are counted in a histogram of 0.01 LU with the sum of energies of each
 * bin, so that only the gate is rounded and not the result.
 *
 * Floor: 1 (media); pure. Threads: one owner.
 */
#ifndef OGMA_MEDIA_ANALYSE_LOUDNESS_H
#define OGMA_MEDIA_ANALYSE_LOUDNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOUDNESS_CHANNELS_MAX 8

struct loudness_result {
	bool known; /* something was louder than -70 LUFS for 400 ms */
	double integrated_lufs;
	double range_lu;       /* 0 when shorter than 3 s */
	double true_peak_dbtp; /* -200 in silence */
};

struct loudness;

/* `weights`: of each channel (1; 1.41 behind the listener; 0 for low-frequency
 * effects). */
struct loudness *loudness_new(uint32_t rate_hz, size_t channels,
			      const double *weights);
void loudness_free(struct loudness *loudness);

/* One array of samples for each channel. */
void loudness_add(struct loudness *loudness, const float *const *channels,
		  size_t count);
void loudness_finish(const struct loudness *loudness,
		     struct loudness_result *out);

#endif /* OGMA_MEDIA_ANALYSE_LOUDNESS_H */
