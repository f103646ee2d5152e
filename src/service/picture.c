/* picture.c - the kind and size of a picture; see picture.h. Every read is
 * checked against the length first. */
#include "service/picture.h"

#include <string.h>

static uint32_t
be16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t
be32(const uint8_t *at)
{
	return be16(at) << 16 | be16(at + 2);
}

static uint32_t
le16(const uint8_t *at)
{
	return (uint32_t)at[1] << 8 | at[0];
}

static uint32_t
le24(const uint8_t *at)
{
	return le16(at) | (uint32_t)at[2] << 16;
}

static uint32_t
le32(const uint8_t *at)
{
	return le16(at) | le16(at + 2) << 16;
}

/* Walks the segments to the start of frame, which holds the size. */
static bool
jpeg_look(const uint8_t *at, size_t length, struct picture_look *out)
{
	size_t i = 2;

	if (length < 4 || memcmp(at, "\xFF\xD8\xFF", 3) != 0)
		return false;
	while (i + 4 <= length) {
		uint8_t marker;

		if (at[i] != 0xFF)
			return false;
		marker = at[i + 1];
		if (marker == 0xFF) { /* fill byte */
			i++;
			continue;
		}
		if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {
			i += 2;
			continue;
		}
		if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 &&
		    marker != 0xC8 && marker != 0xCC) {
			if (i + 9 > length)
				return false;
			out->mime = "image/jpeg";
			out->height = be16(at + i + 5);
			out->width = be16(at + i + 7);
			return true;
		}
		if (marker == 0xD9 || marker == 0xDA)
			return false;
		i += 2 + be16(at + i + 2);
	}
	return false;
}

static bool
png_look(const uint8_t *at, size_t length, struct picture_look *out)
{
	if (length < 24 || memcmp(at, "\x89PNG\r\n\x1A\n", 8) != 0 ||
	    memcmp(at + 12, "IHDR", 4) != 0)
		return false;
	out->mime = "image/png";
	out->width = be32(at + 16);
	out->height = be32(at + 20);
	return true;
}

static bool
webp_look(const uint8_t *at, size_t length, struct picture_look *out)
{
	if (length < 30 || memcmp(at, "RIFF", 4) != 0 ||
	    memcmp(at + 8, "WEBP", 4) != 0)
		return false;
	out->mime = "image/webp";
	if (memcmp(at + 12, "VP8X", 4) == 0) {
		out->width = le24(at + 24) + 1;
		out->height = le24(at + 27) + 1;
	} else if (memcmp(at + 12, "VP8L", 4) == 0 && at[20] == 0x2F) {
		uint32_t bits = le32(at + 21);

		out->width = (bits & 0x3FFF) + 1;
		out->height = (bits >> 14 & 0x3FFF) + 1;
	} else if (memcmp(at + 12, "VP8 ", 4) == 0 &&
		   memcmp(at + 23, "\x9D\x01\x2A", 3) == 0) {
		out->width = le16(at + 26) & 0x3FFF;
		out->height = le16(at + 28) & 0x3FFF;
	} else {
		return false;
	}
	return true;
}

static bool
gif_look(const uint8_t *at, size_t length, struct picture_look *out)
{
	if (length < 10 || (memcmp(at, "GIF87a", 6) != 0 &&
			    memcmp(at, "GIF89a", 6) != 0))
		return false;
	out->mime = "image/gif";
	out->width = le16(at + 6);
	out->height = le16(at + 8);
	return true;
}

static bool
bmp_look(const uint8_t *at, size_t length, struct picture_look *out)
{
	uint32_t height;

	if (length < 26 || memcmp(at, "BM", 2) != 0 || le32(at + 14) < 40)
		return false;
	out->mime = "image/bmp";
	out->width = le32(at + 18);
	height = le32(at + 22); /* negative: rows from the top */
	out->height = height & 0x80000000u ? 0u - height : height;
	return true;
}

bool
picture_look(struct span bytes, struct picture_look *out)
{
	const uint8_t *at = (const uint8_t *)bytes.at;
	struct picture_look look;

	if (!jpeg_look(at, bytes.length, &look) &&
	    !png_look(at, bytes.length, &look) &&
	    !webp_look(at, bytes.length, &look) &&
	    !gif_look(at, bytes.length, &look) &&
	    !bmp_look(at, bytes.length, &look))
		return false;
	if (look.width == 0 || look.width > PICTURE_SIDE_MAX ||
	    look.height == 0 || look.height > PICTURE_SIDE_MAX)
		return false;
	*out = look;
	return true;
}
