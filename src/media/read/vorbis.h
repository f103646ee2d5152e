/* vorbis.h - Vorbis comments and FLAC picture blocks, wherever they stand.
 *
 * Floor: 1 (media). Sources: xiph.org v-comment; RFC 9639 8.6, 8.8.
 */
#ifndef OGMA_MEDIA_READ_VORBIS_H
#define OGMA_MEDIA_READ_VORBIS_H

#include "media/read/source.h"
#include "media/read/tags.h"

/* Reads vendor and comments; false when they do not fit into `bytes` (what
 * was before the break is kept). */
bool vorbis_comment_read(struct span bytes, struct tag_set *set);

/* Reads the head of a picture block (up to its bytes): kind, type, and where in
 * the block the bytes begin. False when it makes no sense. */
bool flac_picture_head(struct arena *arena, struct span head,
		       struct tag_picture *out, size_t *skip,
		       uint32_t *length);

/* The picture out of a METADATA_BLOCK_PICTURE comment, in the arena. */
bool flac_picture_from_base64(struct arena *arena, struct span text,
			      struct span *bytes);

#endif /* OGMA_MEDIA_READ_VORBIS_H */
