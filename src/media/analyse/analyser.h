/* analyser.h - all analysers in a row: samples in, a struct media_analysis out.
 *
 * Memory is the same for a jingle and for ten hours: about 8 MiB.
 *
 * Floor: 1 (media); pure, so that it can be tested and measured without files.
 * Threads: one owner.
 */
#ifndef OGMA_MEDIA_ANALYSE_ANALYSER_H
#define OGMA_MEDIA_ANALYSE_ANALYSER_H

#include "base/memory.h"
#include "media/analysis.h"

struct analyser;

/* `weights`: as of loudness_new(). At most LOUDNESS_CHANNELS_MAX channels. */
struct analyser *analyser_new(uint32_t rate_hz, size_t channels,
			      const double *weights);
void analyser_free(struct analyser *analyser);

/* The sound itself, one array for each channel; no NaN and no infinity. */
void analyser_add(struct analyser *analyser, const float *const *channels,
		  size_t count);

/* The same sound once more: mono, the mean of the channels, at 22,050 Hz. */
void analyser_add_mono(struct analyser *analyser, const float *samples,
		       size_t count);

/* The waveform's bytes are of the arena; there is no fingerprint yet. */
void analyser_finish(struct analyser *analyser, struct arena *arena,
		     struct media_analysis *out);

#endif /* OGMA_MEDIA_ANALYSE_ANALYSER_H */
