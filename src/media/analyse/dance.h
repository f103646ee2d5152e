/* dance.h - how danceable a recording is, from 0 to 1.
 *
 * Source: S. Streich, P. Herrera, "Detrended fluctuation analysis of music
 * signals: danceability estimation and further semantic characterization" (AES
 * 118, 2005). Definition: the loudness of music with a steady beat is bound to
 * that beat, so its sum wanders less over time than that of music without. The
 * standard deviations of frames of 10 ms less their mean are summed up; of that
 * sum the root of the mean square about straight lines is taken over lengths
 * from 0.31 to 8.8 s; `alpha` is the mean slope of its logarithm over that of
 * the length. Danceability is 1.4 - alpha within 0 and 1: the paper's inverse of
 * alpha has no upper end, and falls with alpha alike.
 *
 * Floor: 1 (media); pure.
 */
#ifndef OGMA_MEDIA_ANALYSE_DANCE_H
#define OGMA_MEDIA_ANALYSE_DANCE_H

#include <stdbool.h>
#include <stddef.h>

struct dance {
	double alphas;
	size_t segments;
};

/* A zeroed struct is ready. Mono samples at 22,050 Hz, a segment at a time; one
 * shorter than 20 s is passed over. */
void dance_add(struct dance *dance, const float *samples, size_t count);

/* False: the recording was too short. */
bool dance_finish(const struct dance *dance, double *out);

#endif /* OGMA_MEDIA_ANALYSE_DANCE_H */
