/* id3.h - ID3v2.2, v2.3, v2.4 and ID3v1 tags.
 *
 * Reads what libavformat loses: several values, 8-bit text as its bytes, kinds
 * of pictures, synchronised lyrics, credits by role, RVA2 gains. Broken frames
 * are passed over; a broken tag gives what stood before the break.
 *
 * Floor: 1 (media). Sources: id3.org id3v2-00 (2.2), id3v2.3.0,
 * id3v2.4.0-structure and -frames; ID3v1.1.
 */
#ifndef OGMA_MEDIA_READ_ID3_H
#define OGMA_MEDIA_READ_ID3_H

#include "media/read/source.h"
#include "media/read/tags.h"

#define ID3V2_HEADER_BYTES 10
#define ID3V1_BYTES 128

/* How long the ID3v2 tag is whose first 10 bytes these are, with header and
 * footer; 0 when it is none. */
uint64_t id3v2_length(const uint8_t header[ID3V2_HEADER_BYTES]);

/* Reads the tag at `offset`; returns its length, 0 when there is none. */
uint64_t id3v2_read(struct source *source, uint64_t offset,
		    struct tag_set *set);

/* Reads the tag that ends at `end`; true when there is one. */
bool id3v1_read(struct source *source, uint64_t end, struct tag_set *set);

#endif /* OGMA_MEDIA_READ_ID3_H */
