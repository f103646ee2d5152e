/* stream.c - the audio key; see stream.h. */
#include "media/read/stream.h"

#include <string.h>

#define PACKET_HEAD_BYTES 8 /* frame numbers and the like */

void
audio_key_begin(struct audio_key *key, const char *codec,
		uint32_t sample_rate_hz, uint32_t channels)
{
	uint8_t head[6];

	memset(key, 0, sizeof *key);
	key->digest = digest_new();
	digest_add(key->digest, codec, strlen(codec) + 1);
	for (int i = 0; i < 4; i++)
		head[i] = (uint8_t)(sample_rate_hz >> (8 * i));
	head[4] = (uint8_t)channels;
	head[5] = (uint8_t)(channels >> 8);
	digest_add(key->digest, head, sizeof head);
}

void
audio_key_setup(struct audio_key *key, const void *bytes, size_t count)
{
	digest_add(key->digest, bytes, count);
}

/* Like the packet before, as far as 64 bytes from its middle tell. */
static bool
packet_repeats(struct audio_key *key, const uint8_t *bytes, size_t count)
{
	size_t from = count > 2 * PACKET_HEAD_BYTES ? PACKET_HEAD_BYTES : 0;
	size_t length = count - from;
	bool same;

	if (length > sizeof key->last)
		length = sizeof key->last;
	same = key->last_bytes == length &&
	       memcmp(key->last, bytes + from, length) == 0;
	memcpy(key->last, bytes + from, length);
	key->last_bytes = (uint32_t)length;
	return same;
}

bool
audio_key_packet(struct audio_key *key, const void *bytes, size_t count)
{
	bool repeats;

	if (key->bytes >= KEY_BYTES || key->packets >= KEY_PACKETS)
		return false;
	if (count > KEY_BYTES)
		count = KEY_BYTES;
	repeats = packet_repeats(key, bytes, count);
	key->packets++;
	if (!repeats) {
		digest_add(key->digest, bytes, count);
		key->bytes += (uint32_t)count;
	}
	return key->bytes < KEY_BYTES && key->packets < KEY_PACKETS;
}

void
audio_key_end(struct audio_key *key, uint8_t out[SHA256_BYTES])
{
	/* how much was passed over tells two silences apart */
	digest_add(key->digest, &key->packets, sizeof key->packets);
	digest_finish(key->digest, out);
}
