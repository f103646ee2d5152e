/* pixels.h - pictures as pixels: decoded, scaled, turned, judged by colour.
 *
 * Floor: 1 (media); ogma-media only.
 */
#ifndef OGMA_MEDIA_WORKER_PIXELS_H
#define OGMA_MEDIA_WORKER_PIXELS_H

#include "base/fault.h"
#include "media/read/picture.h"

/* Red, green, blue, alpha of 8 bits, rows without gaps; not premultiplied. */
struct pixels {
	uint32_t width, height;
	bool has_alpha; /* some pixel is not opaque */
	uint8_t *rgba;	/* freed by pixels_release() */
};

void pixels_release(struct pixels *pixels);

/* Decodes to no less than twice size_px on the longer side where the format
 * lets us leave detail out early, so that memory and time follow the result
 * and not the original. STATUS_CORRUPT, STATUS_TOO_LARGE. */
enum status pixels_decode(struct span bytes, const struct picture_head *head,
			  uint32_t size_px, struct pixels *out,
			  struct fault *fault);

/* Scales down to width x height with a Lanczos-3 filter as wide as the ratio
 * asks (no aliasing), in premultiplied colour. */
void pixels_scale(const struct pixels *in, uint32_t width, uint32_t height,
		  struct pixels *out);

/* Undoes an EXIF turn 2..8. */
void pixels_turn(struct pixels *pixels, unsigned turn);

/* "#rrggbb": the colour that most of the picture has, where lively colours
 * weigh more than greys, black and white. */
void pixels_colour(const struct pixels *pixels, char out[8]);

/* Puts the picture on white. */
void pixels_flatten(struct pixels *pixels);

#endif /* OGMA_MEDIA_WORKER_PIXELS_H */
