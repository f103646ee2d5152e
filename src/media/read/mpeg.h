/* mpeg.h - MPEG audio layers I-III as bare frames (.mp3), and ADTS AAC (.aac).
 *
 * Reads frame headers, the Xing/Info/VBRI header and LAME's delays, and counts
 * frames where no header tells how many there are: exactly when the bit rate is
 * constant or the file is under SCAN_BYTES_MAX, else by extrapolation.
 *
 * Floor: 1 (media). Sources: ISO 11172-3, 13818-3; gabriel.mp3-tech.org Xing,
 * LAME and VBRI notes; ISO 14496-3 1.A.2 (ADTS).
 */
#ifndef OGMA_MEDIA_READ_MPEG_H
#define OGMA_MEDIA_READ_MPEG_H

#include "media/read/source.h"
#include "media/read/stream.h"

struct mpeg_frame {
	int layer;	 /* 1..3; 0: ADTS */
	bool low_rate;	 /* MPEG-2 and 2.5 */
	bool mono;
	uint32_t sample_rate_hz, channels;
	uint32_t bitrate_bps; /* ADTS: 0 */
	uint32_t length;      /* bytes with the header */
	uint32_t samples;
};

#define MPEG_HEADER_BYTES 4
#define ADTS_HEADER_BYTES 7

/* False for anything but a header with a known frame length ("free format" is
 * refused). */
bool mpeg_frame_read(const uint8_t header[MPEG_HEADER_BYTES],
		     struct mpeg_frame *out);
bool adts_frame_read(const uint8_t header[ADTS_HEADER_BYTES],
		     struct mpeg_frame *out);

/* Finds the first of three frames in a row of one kind (two when the file ends)
 * within `reach` bytes. */
bool mpeg_find(struct source *source, uint64_t from, uint64_t end,
	       uint64_t reach, uint64_t *at, struct mpeg_frame *out);
bool adts_find(struct source *source, uint64_t from, uint64_t end,
	       uint64_t reach, uint64_t *at, struct mpeg_frame *out);

/* Finds the frame (after a Xing, Info or VBRI frame) that plays `samples`, and
 * the ones before it, since decoding has to begin earlier. */
#define MPEG_PREROLL 12
struct mpeg_place {
	uint64_t at[MPEG_PREROLL]; /* places of frames in a row */
	uint64_t first_sample;	   /* that at[0] plays, before any trimming */
	uint32_t count, frame_samples;
};
bool mpeg_locate(struct source *source, bool adts, uint64_t from,
		 uint64_t end, uint64_t samples, struct mpeg_place *out);

/* Reads the frames between `from` and `end` (tags excluded). */
bool mpeg_read(struct source *source, uint64_t from, uint64_t end,
	       struct stream_facts *facts, uint8_t key[SHA256_BYTES]);
bool adts_read(struct source *source, uint64_t from, uint64_t end,
	       struct stream_facts *facts, uint8_t key[SHA256_BYTES]);

#endif /* OGMA_MEDIA_READ_MPEG_H */
