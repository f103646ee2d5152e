/* key.h - the musical key, with a confidence.
 *
 * Definition: peaks of the spectrum between 65 and 1,000 Hz (frames of 8,192
 * samples at 22,050 Hz, half overlapping, Hann), each counted by its magnitude
 * in a circle of 120 parts an octave, every frame alike; the circle is
 * turned by the mean deviation from equal temperament at 440 Hz and folded into
 * 12 classes; the key is the profile of D. Temperley, "What's key for key?"
 * (Music Perception 1999) in 24 rotations that correlates best.
 *
 * Confidence from 0 to 1: the correlation times how far the runner-up is behind
 * (0.1 and more count as whole).
 *
 * Floor: 1 (media); pure. Threads: one owner.
 */
#ifndef OGMA_MEDIA_ANALYSE_KEY_H
#define OGMA_MEDIA_ANALYSE_KEY_H

#include <stdbool.h>
#include <stddef.h>

struct key_result {
	bool known; /* there were tones */
	int tonic;  /* 0: C … 11: B */
	bool minor;
	double confidence;
};

struct key_finder;

struct key_finder *key_finder_new(void);
void key_finder_free(struct key_finder *finder);

/* Mono samples at 22,050 Hz, a segment at a time. */
void key_finder_add(struct key_finder *finder, const float *samples,
		    size_t count);
void key_finder_finish(const struct key_finder *finder,
		       struct key_result *out);

/* "C", "F#m", as in ID3's TKEY. */
const char *key_name(int tonic, bool minor);

#endif /* OGMA_MEDIA_ANALYSE_KEY_H */
