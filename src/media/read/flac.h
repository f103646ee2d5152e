/* flac.h - native FLAC files: stream facts, comments, pictures.
 *
 * Floor: 1 (media). Source: RFC 9639.
 */
#ifndef OGMA_MEDIA_READ_FLAC_H
#define OGMA_MEDIA_READ_FLAC_H

#include "media/read/source.h"
#include "media/read/stream.h"
#include "media/read/tags.h"

#define FLAC_STREAMINFO_BYTES 34

/* Reads STREAMINFO; false when its numbers make no sense. */
bool flac_streaminfo_read(const uint8_t body[FLAC_STREAMINFO_BYTES],
			  struct stream_facts *facts);

/* The key of FLAC audio in any container: the MD5 of the samples when the
 * encoder gave one. False: there is none, hash packets instead. */
bool flac_md5_key(const uint8_t body[FLAC_STREAMINFO_BYTES],
		  uint8_t out[SHA256_BYTES]);

/* Reads the file whose "fLaC" is at `offset`, up to `end` where its frames
 * end. False when it is not one. */
bool flac_read(struct source *source, uint64_t offset, uint64_t end,
	       struct tag_set *set, struct stream_facts *facts,
	       uint8_t key[SHA256_BYTES]);

/* One metadata block, also out of an Ogg packet: comments or a picture. */
void flac_block_read(struct source *source, unsigned type, uint64_t body,
		     uint32_t length, struct tag_set *set);

#endif /* OGMA_MEDIA_READ_FLAC_H */
