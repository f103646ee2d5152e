/* picture.h - size and turn of a picture from its header, before any decoder
 * sees it, so that a bomb of a few kilobytes is refused for nothing.
 *
 * Floor: 1 (media). Threads: no shared state. Sources: ITU T.81 (JPEG), Exif 2.3,
 * W3C PNG, RFC 9649 (WebP), GIF89a, BITMAPINFOHEADER.
 */
#ifndef OGMA_MEDIA_READ_PICTURE_H
#define OGMA_MEDIA_READ_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum picture_kind {
	PICTURE_JPEG,
	PICTURE_PNG,
	PICTURE_WEBP,
	PICTURE_GIF,
	PICTURE_BMP,
};

struct picture_head {
	enum picture_kind kind;
	uint32_t width, height;
	unsigned turn;	   /* EXIF orientation 1..8 */
	bool adobe;	   /* JPEG: has Adobe's marker, so CMYK is inverted */
};

/* False when the bytes are no picture that we read, or have no size. */
bool picture_measure(struct span bytes, struct picture_head *out);

#endif /* OGMA_MEDIA_READ_PICTURE_H */
