/* stream.h - what the readers of containers find out about the sound itself.
 *
 * Floor: 1 (media).
 */
#ifndef OGMA_MEDIA_READ_STREAM_H
#define OGMA_MEDIA_READ_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"

struct stream_facts {
	const char *codec;     /* static text */
	const char *container; /* static text */
	uint32_t sample_rate_hz, channels, bit_depth;
	uint32_t bitrate_bps;    /* 0: not known yet */
	uint64_t samples;        /* per channel, trimmed; 0: unknown */
	int64_t duration_ms;     /* when samples is 0 */
	uint64_t audio_bytes;    /* encoded, without tags; 0: unknown */
	bool exact;              /* samples come from the file, not a guess */
	bool gapless_known;
	uint32_t start_trim_samples, end_trim_samples;
	bool has_gain; /* of the whole track, from a LAME header */
	double gain_db, peak;
};

/* The running audio_key of facts.h: parameters first, then packets. Packets
 * like the one before (digital silence) count little, so that the key sees
 * sound; it is done after KEY_BYTES of packets or KEY_PACKETS packets. */
#define KEY_BYTES 8192
#define KEY_PACKETS 200

struct audio_key {
	struct digest *digest;
	uint32_t bytes, packets;
	uint32_t last_bytes;
	uint8_t last[64];
};

void audio_key_begin(struct audio_key *key, const char *codec,
		     uint32_t sample_rate_hz, uint32_t channels);
/* Codec setup that no tagger changes. */
void audio_key_setup(struct audio_key *key, const void *bytes, size_t count);
/* False when the key has enough. */
bool audio_key_packet(struct audio_key *key, const void *bytes, size_t count);
void audio_key_end(struct audio_key *key, uint8_t out[SHA256_BYTES]);

#endif /* OGMA_MEDIA_READ_STREAM_H */
