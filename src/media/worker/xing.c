/* xing.c - see xing.h. The frame is a silent one of the stream's kind, at the
 * lowest bit rate that has room for header and LAME's part. */
#include "media/worker/xing.h"

#include "media/read/mpeg.h"

#define LAME_PART_BYTES 36
#define NAME "Lavc59" /* decoders know it as one whose delays are right */

static void
put_be(uint8_t *at, uint32_t value, int bytes)
{
	for (int i = 0; i < bytes; i++)
		at[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

/* CRC-16 of LAME's tag: polynomial 0x8005, reflected, from 0. */
static uint16_t
crc16(const uint8_t *bytes, size_t length)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < length; i++) {
		crc = (uint16_t)(crc ^ bytes[i]);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0xA001 :
						   crc >> 1);
	}
	return crc;
}

static size_t
side_bytes(const struct mpeg_frame *frame)
{
	if (frame->mono)
		return frame->low_rate ? 9 : 17;
	return frame->low_rate ? 17 : 32;
}

/* The smallest frame of this kind with room for it all. */
static bool
frame_choose(uint8_t header[4], struct mpeg_frame *frame)
{
	header[1] |= 1;		/* no CRC */
	header[2] &= (uint8_t)~2; /* no padding */
	for (unsigned rate = 1; rate < 15; rate++) {
		header[2] = (uint8_t)((header[2] & 0x0F) | rate << 4);
		if (mpeg_frame_read(header, frame) && frame->layer == 3 &&
		    frame->length <= XING_FRAME_MAX &&
		    frame->length >= 4 + side_bytes(frame) + 16 + XING_TOC +
					     4 + LAME_PART_BYTES)
			return true;
	}
	return false;
}

size_t
xing_print(const struct xing_facts *facts, uint8_t out[XING_FRAME_MAX])
{
	struct mpeg_frame frame;
	uint8_t header[4], *at;
	uint32_t flags = 8; /* quality: keeps the place of what follows */

	memcpy(header, facts->header, 4);
	if (!frame_choose(header, &frame))
		return 0;
	memset(out, 0, frame.length);
	memcpy(out, header, 4);
	at = out + 4 + side_bytes(&frame);
	flags |= (facts->frames > 0 ? 1u : 0u) | (facts->bytes > 0 ? 2u : 0u) |
		 (facts->has_toc ? 4u : 0u);
	memcpy(at, facts->variable ? "Xing" : "Info", 4);
	put_be(at + 4, flags, 4);
	at += 8;
	if (facts->frames > 0) {
		put_be(at, facts->frames, 4);
		at += 4;
	}
	if (facts->bytes > 0) {
		put_be(at, facts->bytes, 4);
		at += 4;
	}
	if (facts->has_toc) {
		memcpy(at, facts->toc, XING_TOC);
		at += XING_TOC;
	}
	put_be(at, 50, 4);
	at += 4;
	memcpy(at, NAME, sizeof NAME - 1);
	put_be(at + 21, facts->delay << 12 | (facts->padding & 0xFFF), 3);
	if (facts->bytes > 0)
		put_be(at + 28, facts->bytes, 4);
	put_be(at + 34, crc16(out, (size_t)(at + 34 - out)), 2);
	return frame.length;
}

uint32_t
lame_frames(uint64_t samples, uint32_t frame_samples, uint32_t delay,
	    uint32_t *padding)
{
	/* at least 576 samples follow the last one, or it is not heard */
	uint64_t all = samples + delay + 576;
	uint64_t frames = (all + frame_samples - 1) / frame_samples;

	*padding = (uint32_t)(frames * frame_samples - delay - samples);
	return (uint32_t)frames;
}

static void
put_syncsafe(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (7 * (3 - i)) & 0x7F);
}

static void
add_text_frame(struct buffer *out, const char *id, const char *text)
{
	uint8_t head[11] = { 0 };

	if (text == NULL)
		return;
	memcpy(head, id, 4);
	put_syncsafe(head + 4, (uint32_t)strlen(text) + 1);
	head[10] = 3; /* UTF-8 */
	buffer_add(out, head, sizeof head);
	buffer_add_text(out, text);
}

void
id3v2_print(struct buffer *out, const char *title, const char *artist,
	    const char *album)
{
	uint8_t head[10] = { 'I', 'D', '3', 4 };

	buffer_add(out, head, sizeof head);
	add_text_frame(out, "TIT2", title);
	add_text_frame(out, "TPE1", artist);
	add_text_frame(out, "TALB", album);
	if (out->length == sizeof head) {
		buffer_clear(out);
		return;
	}
	put_syncsafe((uint8_t *)out->bytes + 6,
		     (uint32_t)(out->length - sizeof head));
}
