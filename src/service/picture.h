/* picture.h - what kind of picture some bytes are, and how large it is, read
 * from the first bytes without decoding anything.
 *
 * Used before a picture becomes a cover, because file endings and tags lie.
 *
 * Floor: 4 (service). Threads: no state.
 * Sources: ITU-T T.81 B.2 (JPEG), PNG 3rd edition 11.2.1, RFC 9649 (WebP),
 * GIF89a 18, BITMAPINFOHEADER.
 */
#ifndef OGMA_SERVICE_PICTURE_H
#define OGMA_SERVICE_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define PICTURE_SIDE_MAX 30000

struct picture_look {
	const char *mime; /* "image/jpeg", …; lives as long as the program */
	uint32_t width, height;
};

/* False when it is none of JPEG, PNG, WebP, GIF, BMP, or has no sensible
 * size. */
bool picture_look(struct span bytes, struct picture_look *out);

#endif /* OGMA_SERVICE_PICTURE_H */
