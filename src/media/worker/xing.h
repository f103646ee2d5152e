/* xing.h - the frame at the start of an mp3 that tells players how long it is
 * and which samples to drop, and the small ID3v2 tag before it.
 *
 * Floor: 1 (media); ogma-media only. Source: gabriel.mp3-tech.org, Xing and LAME
 * header notes.
 */
#ifndef OGMA_MEDIA_WORKER_XING_H
#define OGMA_MEDIA_WORKER_XING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

#define XING_FRAME_MAX 1500
#define XING_TOC 100

struct xing_facts {
	uint8_t header[4];   /* of the stream's frames */
	bool variable;
	uint32_t frames;     /* without this one; 0: unknown */
	uint32_t bytes;	     /* with this one; 0: unknown */
	uint32_t delay;	     /* of the encoder alone, in samples */
	uint32_t padding;
	bool has_toc;
	uint8_t toc[XING_TOC];
};

/* Writes the frame into `out` and returns its length, which depends on `header`
 * alone; 0 when the header makes no sense. */
size_t xing_print(const struct xing_facts *facts, uint8_t out[XING_FRAME_MAX]);

/* How many frames LAME makes of so many samples, and the padding in the last. */
uint32_t lame_frames(uint64_t samples, uint32_t frame_samples, uint32_t delay,
		     uint32_t *padding);

/* ID3v2.4 with what is not NULL, in UTF-8. */
void id3v2_print(struct buffer *out, const char *title, const char *artist,
		 const char *album);

#endif /* OGMA_MEDIA_WORKER_XING_H */
