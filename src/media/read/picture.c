/* picture.c - see picture.h. */
#include "media/read/picture.h"

#include "media/read/source.h"
#include "media/sniff.h"

#define SEGMENTS_MAX 500
#define ENTRIES_MAX 200
#define ORIENTATION 0x112

static const uint8_t *
at_of(struct span bytes)
{
	return (const uint8_t *)bytes.at;
}

/* TIFF inside Exif: the orientation entry of the first directory. */
static unsigned
exif_turn(struct span tiff)
{
	const uint8_t *at = at_of(tiff);
	uint32_t directory, count;
	bool little;

	if (tiff.length < 8)
		return 1;
	little = at[0] == 'I';
	directory = little ? le32(at + 4) : be32(at + 4);
	if (directory > tiff.length - 2)
		return 1;
	count = little ? le16(at + directory) : be16(at + directory);
	for (uint32_t i = 0; i < count && i < ENTRIES_MAX; i++) {
		size_t entry = directory + 2 + (size_t)i * 12;
		uint32_t tag, value;

		if (entry + 12 > tiff.length)
			break;
		tag = little ? le16(at + entry) : be16(at + entry);
		value = little ? le16(at + entry + 8) : be16(at + entry + 8);
		if (tag == ORIENTATION)
			return value >= 1 && value <= 8 ? value : 1;
	}
	return 1;
}

static bool
is_frame_header(uint8_t marker)
{
	return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 &&
	       marker != 0xC8 && marker != 0xCC;
}

static bool
measure_jpeg(struct span bytes, struct picture_head *out)
{
	const uint8_t *at = at_of(bytes);
	size_t place = 2;

	for (int i = 0; i < SEGMENTS_MAX; i++) {
		uint32_t length;
		uint8_t marker;

		while (place < bytes.length && at[place] != 0xFF)
			place++;
		while (place < bytes.length && at[place] == 0xFF)
			place++;
		if (bytes.length < 9 || place > bytes.length - 9)
			return false;
		marker = at[place++];
		if (marker == 0xD8 || (marker >= 0xD0 && marker <= 0xD7))
			continue;
		length = be16(at + place);
		if (is_frame_header(marker)) {
			out->height = be16(at + place + 3);
			out->width = be16(at + place + 5);
			return true;
		}
		if (length < 2 || length > bytes.length - place)
			return false;
		if (marker == 0xE1 && length > 8 &&
		    memcmp(at + place + 2, "Exif\0", 6) == 0)
			out->turn = exif_turn((struct span){
				bytes.at + place + 8, length - 8 });
		if (marker == 0xEE && length >= 12 &&
		    memcmp(at + place + 2, "Adobe", 5) == 0)
			out->adobe = true;
		place += length;
	}
	return false;
}

static bool
measure_webp(struct span bytes, struct picture_head *out)
{
	const uint8_t *at = at_of(bytes);

	if (bytes.length < 30)
		return false;
	if (memcmp(at + 12, "VP8X", 4) == 0) {
		out->width = (le32(at + 24) & 0xFFFFFF) + 1;
		out->height = (le32(at + 26) >> 8) + 1;
	} else if (memcmp(at + 12, "VP8L", 4) == 0) {
		out->width = (le32(at + 21) & 0x3FFF) + 1;
		out->height = (le32(at + 21) >> 14 & 0x3FFF) + 1;
	} else if (memcmp(at + 12, "VP8 ", 4) == 0) {
		out->width = le16(at + 26) & 0x3FFF;
		out->height = le16(at + 28) & 0x3FFF;
	} else {
		return false;
	}
	return true;
}

static bool
measure_bmp(struct span bytes, struct picture_head *out)
{
	const uint8_t *at = at_of(bytes);
	int32_t height;

	if (bytes.length < 26)
		return false;
	if (le32(at + 14) == 12) { /* OS/2 */
		out->width = le16(at + 18);
		out->height = le16(at + 20);
		return true;
	}
	height = (int32_t)le32(at + 22);
	if (height == INT32_MIN)
		return false;
	out->width = le32(at + 18);
	out->height = (uint32_t)(height < 0 ? -height : height);
	return true;
}

bool
picture_measure(struct span bytes, struct picture_head *out)
{
	const uint8_t *at = at_of(bytes);
	const char *type = picture_sniff(at, bytes.length);
	struct picture_head head = { .turn = 1 };
	bool fine = false;

	if (type == NULL)
		return false;
	if (strcmp(type, "image/jpeg") == 0) {
		head.kind = PICTURE_JPEG;
		fine = measure_jpeg(bytes, &head);
	} else if (strcmp(type, "image/png") == 0) {
		head.kind = PICTURE_PNG;
		fine = bytes.length >= 24;
		head.width = fine ? be32(at + 16) : 0;
		head.height = fine ? be32(at + 20) : 0;
	} else if (strcmp(type, "image/webp") == 0) {
		head.kind = PICTURE_WEBP;
		fine = measure_webp(bytes, &head);
	} else if (strcmp(type, "image/gif") == 0) {
		head.kind = PICTURE_GIF;
		fine = bytes.length >= 10;
		head.width = fine ? le16(at + 6) : 0;
		head.height = fine ? le16(at + 8) : 0;
	} else {
		head.kind = PICTURE_BMP;
		fine = measure_bmp(bytes, &head);
	}
	if (!fine || head.width == 0 || head.height == 0)
		return false;
	*out = head;
	return true;
}
