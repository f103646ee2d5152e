/* chunk.h - where an ID3 tag lies inside RIFF, AIFF and DSF files.
 *
 * Floor: 1 (media).
 */
#ifndef OGMA_MEDIA_READ_CHUNK_H
#define OGMA_MEDIA_READ_CHUNK_H

#include "media/read/source.h"

/* Offset of the "ID3" in a chunk "id3 "/"ID3 " of WAV, RF64 and AIFF, or where a
 * DSF header points to; 0 when there is none. */
uint64_t chunk_find_id3(struct source *source);

#endif /* OGMA_MEDIA_READ_CHUNK_H */
