/* flac.c - see flac.h. */
#include "media/read/flac.h"

#include "media/read/vorbis.h"

#define BLOCKS_MAX 200
#define COMMENT_BYTES_MAX (16u << 20)
#define PICTURE_HEAD_BYTES 1024
#define SAMPLE_BYTES 4096 /* of frames, when there is no MD5 */

enum block_type { BLOCK_STREAMINFO = 0, BLOCK_COMMENT = 4, BLOCK_PICTURE = 6 };

bool
flac_streaminfo_read(const uint8_t body[FLAC_STREAMINFO_BYTES],
		     struct stream_facts *facts)
{
	uint32_t rate = be24(body + 10) >> 4;
	uint32_t channels = (body[12] >> 1 & 7u) + 1;
	uint32_t depth = ((body[12] & 1u) << 4 | body[13] >> 4) + 1u;

	if (rate == 0 || rate > 655350 || depth < 4)
		return false;
	facts->codec = "flac";
	facts->sample_rate_hz = rate;
	facts->channels = channels;
	facts->bit_depth = depth;
	facts->samples = (uint64_t)(body[13] & 15u) << 32 | be32(body + 14);
	facts->exact = facts->samples > 0;
	facts->gapless_known = true;
	return true;
}

bool
flac_md5_key(const uint8_t body[FLAC_STREAMINFO_BYTES],
	     uint8_t out[SHA256_BYTES])
{
	static const uint8_t none[16];
	struct digest *digest;

	if (memcmp(body + 18, none, sizeof none) == 0)
		return false;
	digest = digest_new();
	digest_add(digest, "flac", 5);
	digest_add(digest, body + 10, 24); /* rate … samples, MD5 */
	digest_finish(digest, out);
	return true;
}

static void
read_comments(struct source *source, uint64_t at, uint32_t length,
	      struct tag_set *set)
{
	char *bytes;

	if (length > COMMENT_BYTES_MAX)
		return;
	bytes = arena_alloc(set->arena, (size_t)length + 1);
	vorbis_comment_read(
		(struct span){ bytes, source_read(source, at, bytes, length) },
		set);
}

static void
read_picture(struct source *source, uint64_t at, uint32_t length,
	     struct tag_set *set)
{
	struct tag_picture picture = { .rank = TAG_RANK_NATIVE };
	char head[PICTURE_HEAD_BYTES];
	size_t got = length < sizeof head ? length : sizeof head, skip;
	uint32_t bytes;

	got = source_read(source, at, head, got);
	if (!flac_picture_head(set->arena, (struct span){ head, got },
			       &picture, &skip, &bytes))
		return;
	picture.offset = at + skip;
	picture.length = length - skip; /* `bytes` lies when over 16 MiB */
	if (bytes < picture.length)
		picture.length = bytes;
	tag_offer_picture(set, &picture);
}

void
flac_block_read(struct source *source, unsigned type, uint64_t body,
		uint32_t length, struct tag_set *set)
{
	if (type == BLOCK_COMMENT)
		read_comments(source, body, length, set);
	else if (type == BLOCK_PICTURE)
		read_picture(source, body, length, set);
}

/* Frames cannot be told apart cheaply, but their bytes are the same in every
 * copy, so slices of bytes serve as packets. */
static void
frames_key(struct source *source, uint64_t at, uint64_t end,
	   const struct stream_facts *facts, uint8_t out[SHA256_BYTES])
{
	struct audio_key key;
	uint8_t slice[SAMPLE_BYTES];
	size_t got;

	audio_key_begin(&key, "flac", facts->sample_rate_hz, facts->channels);
	do {
		got = at < end ? source_read(source, at, slice, sizeof slice) :
				 0;
		at += got;
	} while (got > 0 && audio_key_packet(&key, slice, got));
	audio_key_end(&key, out);
}

/* Walks the metadata blocks; *at ends at the first frame. */
static bool
read_blocks(struct source *source, uint64_t *at, struct tag_set *set,
	    uint8_t info[FLAC_STREAMINFO_BYTES])
{
	bool have_info = false, last = false;

	for (int i = 0; i < BLOCKS_MAX && !last; i++) {
		uint8_t head[4];
		uint32_t length;

		if (!source_read_all(source, *at, head, sizeof head))
			break;
		last = head[0] & 0x80;
		length = be24(head + 1);
		*at += 4;
		if ((head[0] & 0x7F) == BLOCK_STREAMINFO && !have_info)
			have_info = length >= FLAC_STREAMINFO_BYTES &&
				    source_read_all(source, *at, info,
						    FLAC_STREAMINFO_BYTES);
		else
			flac_block_read(source, head[0] & 0x7F, *at, length,
					set);
		*at += length;
	}
	return have_info;
}

bool
flac_read(struct source *source, uint64_t offset, uint64_t end,
	  struct tag_set *set, struct stream_facts *facts,
	  uint8_t key[SHA256_BYTES])
{
	uint8_t magic[4], info[FLAC_STREAMINFO_BYTES];
	uint64_t at = offset + 4;

	if (!source_read_all(source, offset, magic, 4) ||
	    memcmp(magic, "fLaC", 4) != 0 ||
	    !read_blocks(source, &at, set, info) ||
	    !flac_streaminfo_read(info, facts) || at >= end)
		return false;
	facts->container = "flac";
	facts->audio_bytes = end - at;
	if (!flac_md5_key(info, key))
		frames_key(source, at, end, facts, key);
	return true;
}
