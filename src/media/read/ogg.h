/* ogg.h - Ogg files with Vorbis, Opus, FLAC or Speex.
 *
 * Floor: 1 (media). Sources: RFC 3533 (Ogg), RFC 7845 (Opus), Vorbis I
 * specification, xiph.org Ogg FLAC mapping.
 */
#ifndef OGMA_MEDIA_READ_OGG_H
#define OGMA_MEDIA_READ_OGG_H

#include "media/read/source.h"
#include "media/read/stream.h"
#include "media/read/tags.h"

enum ogg_result {
	OGG_READ,     /* all is known */
	OGG_UNSURE,   /* tags are read; ask libavformat about the stream */
	OGG_NO_AUDIO, /* video, or nothing that we know */
	OGG_BROKEN,
};

/* Reads headers, comments, the first packets and the last page. A file of
 * several streams one after the other, or whose times do not start near 0, is
 * OGG_UNSURE. */
enum ogg_result ogg_read(struct source *source, struct tag_set *set,
			 struct stream_facts *facts,
			 uint8_t key[SHA256_BYTES]);

/* Samples at 48 kHz in an Opus packet (RFC 6716 3.1); 0: not a packet. */
uint32_t opus_packet_samples(const uint8_t *packet, size_t length);

#endif /* OGMA_MEDIA_READ_OGG_H */
