/* ogg.c - see ogg.h. Packets of one logical stream are put together from its
 * pages, in the arena, each within a bound. */
#include "media/read/ogg.h"

#include <stdlib.h>

#include "media/read/flac.h"
#include "media/read/vorbis.h"

#define PAGE_HEAD_BYTES 27
#define PAGE_BYTES_MAX (PAGE_HEAD_BYTES + 255 + 255 * 255)
#define STREAMS_MAX 8
#define HEADER_PACKET_MAX (16u << 20)
#define AUDIO_PACKET_MAX (64u << 10)
#define PAGES_PER_PACKET 600
#define OPUS_RATE 48000
#define START_SECONDS_MAX 12 /* longest first page that is no late start */
#define FLAC_HEADERS_MAX 64

enum page_flags { PAGE_CONTINUES = 1, PAGE_FIRST = 2, PAGE_LAST = 4 };

struct page {
	uint64_t at, body;
	uint8_t flags, segments;
	int64_t granule;
	uint32_t serial, length; /* of the body */
	uint8_t lacing[255];
};

/* Reading packets of one stream. */
struct stream {
	struct source *source;
	struct arena *arena;
	uint32_t serial;
	uint64_t next_page;
	struct page page;
	bool have_page;
	unsigned segment;   /* next in the page */
	uint32_t body_used; /* bytes of the page before that segment */
	int64_t first_granule; /* of the first page with audio; -1: none yet */
};

static bool
page_read(struct source *source, uint64_t at, struct page *page)
{
	uint8_t head[PAGE_HEAD_BYTES];

	if (!source_read_all(source, at, head, sizeof head) ||
	    memcmp(head, "OggS", 4) != 0 || head[4] != 0)
		return false;
	page->at = at;
	page->flags = head[5];
	page->granule = (int64_t)le64(head + 6);
	page->serial = le32(head + 14);
	page->segments = head[26];
	if (!source_read_all(source, at + PAGE_HEAD_BYTES, page->lacing,
			     page->segments))
		return false;
	page->length = 0;
	for (unsigned i = 0; i < page->segments; i++)
		page->length += page->lacing[i];
	page->body = at + PAGE_HEAD_BYTES + page->segments;
	return true;
}

/* Moves to the next page of the stream. */
static bool
stream_next_page(struct stream *stream)
{
	for (int i = 0; i < PAGES_PER_PACKET; i++) {
		if (!page_read(stream->source, stream->next_page,
			       &stream->page))
			return false;
		stream->next_page = stream->page.body + stream->page.length;
		if (stream->page.serial == stream->serial) {
			stream->segment = 0;
			stream->body_used = 0;
			stream->have_page = true;
			return true;
		}
	}
	return false;
}

/* The run of segments from here to the end of the packet or of the page. */
static uint32_t
segments_take(struct stream *stream, bool *whole)
{
	uint32_t length = 0;

	*whole = false;
	while (stream->segment < stream->page.segments && !*whole) {
		uint8_t lace = stream->page.lacing[stream->segment++];

		length += lace;
		*whole = lace < 255;
	}
	return length;
}

static bool
stream_next_packet(struct stream *stream, size_t limit, struct span *packet)
{
	struct buffer bytes;
	bool whole = false;

	buffer_init(&bytes, limit);
	for (int i = 0; i < PAGES_PER_PACKET && !whole; i++) {
		uint32_t length;
		char *room;

		if ((!stream->have_page ||
		     stream->segment == stream->page.segments) &&
		    !stream_next_page(stream))
			break;
		length = segments_take(stream, &whole);
		room = buffer_reserve(&bytes, length);
		if (room == NULL ||
		    !source_read_all(stream->source,
				     stream->page.body + stream->body_used,
				     room, length)) {
			whole = false;
			break;
		}
		bytes.length += length;
		stream->body_used += length;
	}
	if (whole) {
		packet->at = arena_copy_bytes(stream->arena, bytes.bytes,
					      bytes.length);
		packet->length = bytes.length;
	}
	buffer_release(&bytes);
	return whole;
}

uint32_t
opus_packet_samples(const uint8_t *packet, size_t length)
{
	static const uint32_t silk[4] = { 480, 960, 1920, 2880 };
	uint32_t config, frame, count;

	if (length == 0)
		return 0;
	config = packet[0] >> 3;
	if (config < 12)
		frame = silk[config & 3];
	else if (config < 16)
		frame = config & 1 ? 960 : 480;
	else
		frame = 120u << (config & 3);
	switch (packet[0] & 3) {
	case 0:
		count = 1;
		break;
	case 3:
		if (length < 2)
			return 0;
		count = packet[1] & 0x3F;
		break;
	default:
		count = 2;
	}
	return frame * count <= 5760 ? frame * count : 0;
}

static bool
starts_with(struct span packet, const char *magic, size_t length)
{
	return packet.length >= length && memcmp(packet.at, magic, length) == 0;
}

/* Reads the identification packet of a codec we know. */
static bool
identify(struct span packet, struct stream_facts *facts)
{
	const uint8_t *at = (const uint8_t *)packet.at;

	if (starts_with(packet, "\x01vorbis", 7) && packet.length >= 30) {
		facts->codec = "vorbis";
		facts->channels = at[11];
		facts->sample_rate_hz = le32(at + 12);
	} else if (starts_with(packet, "OpusHead", 8) && packet.length >= 19) {
		facts->codec = "opus";
		facts->channels = at[9];
		facts->sample_rate_hz = OPUS_RATE;
		facts->start_trim_samples = le16(at + 10);
	} else if (starts_with(packet, "\x7f" "FLAC", 5) &&
		   packet.length >= 17 + FLAC_STREAMINFO_BYTES) {
		if (!flac_streaminfo_read(at + 17, facts))
			return false;
	} else if (starts_with(packet, "Speex   ", 8) && packet.length >= 80) {
		facts->codec = "speex";
		facts->sample_rate_hz = le32(at + 36);
		facts->channels = le32(at + 48);
	} else {
		return false;
	}
	facts->gapless_known = true;
	return facts->channels > 0 && facts->channels <= 64 &&
	       facts->sample_rate_hz > 0 && facts->sample_rate_hz <= 768000;
}

/* Among the streams that begin together, the first with audio. */
static enum ogg_result
find_stream(struct stream *stream, struct span *head,
	    struct stream_facts *facts)
{
	struct page page;
	uint64_t at = 0;

	for (int i = 0; i < STREAMS_MAX; i++) {
		if (!page_read(stream->source, at, &page))
			return i == 0 ? OGG_BROKEN : OGG_NO_AUDIO;
		if (!(page.flags & PAGE_FIRST))
			return OGG_NO_AUDIO;
		stream->serial = page.serial;
		stream->next_page = at;
		stream->have_page = false;
		if (!stream_next_packet(stream, HEADER_PACKET_MAX, head))
			return OGG_BROKEN;
		if (identify(*head, facts))
			return OGG_READ;
		at = page.body + page.length;
	}
	return OGG_NO_AUDIO;
}

/* Ogg FLAC: metadata blocks as packets until the one marked last. The count in
 * the first packet may be 0 (unknown), the mark is always there. */
static bool
flac_headers(struct stream *stream, struct tag_set *set)
{
	struct source *block = arena_alloc(stream->arena, sizeof *block);
	struct span packet;

	for (int i = 0; i < FLAC_HEADERS_MAX; i++) {
		const uint8_t *at;

		if (!stream_next_packet(stream, HEADER_PACKET_MAX, &packet) ||
		    packet.length < 4)
			return false;
		at = (const uint8_t *)packet.at;
		if ((at[0] & 0x7F) == 4)
			vorbis_comment_read((struct span){ packet.at + 4,
							   packet.length - 4 },
					    set);
		if ((at[0] & 0x7F) == 6) {
			struct tag_picture old = set->picture;

			source_from_memory(block, at + 4, packet.length - 4);
			flac_block_read(block, 6, 0,
					(uint32_t)packet.length - 4, set);
			/* its place is in this packet, not in the file */
			if (set->picture.offset != old.offset ||
			    set->picture.length != old.length)
				set->picture.bytes = (struct span){
					packet.at + 4 + set->picture.offset,
					set->picture.length
				};
		}
		if (at[0] & 0x80)
			return true;
	}
	return false;
}

/* Reads comments and what else stands before the audio. */
static bool
read_headers(struct stream *stream, struct span head, struct tag_set *set,
	     struct stream_facts *facts, struct audio_key *key)
{
	struct span packet;
	size_t skip;

	if (strcmp(facts->codec, "flac") == 0)
		return flac_headers(stream, set);
	if (!stream_next_packet(stream, HEADER_PACKET_MAX, &packet))
		return false;
	skip = facts->codec[0] == 'v' ? 7 : facts->codec[0] == 'o' ? 8 : 0;
	if (packet.length < skip)
		return false;
	vorbis_comment_read((struct span){ packet.at + skip,
					   packet.length - skip }, set);
	/* Opus' gain (bytes 16, 17) is changed by taggers */
	audio_key_setup(key, head.at, head.length < 16 ? head.length : 16);
	if (facts->codec[0] == 'v') {
		if (!stream_next_packet(stream, HEADER_PACKET_MAX, &packet))
			return false;
		audio_key_setup(key, packet.at, packet.length);
	}
	return true;
}

/* Packets that end in a page, in samples; Opus only. */
static uint32_t
page_opus_samples(struct source *source, const struct page *page)
{
	uint32_t samples = 0, at = 0, start = 0;
	bool fresh = !(page->flags & PAGE_CONTINUES);

	for (unsigned i = 0; i < page->segments; i++) {
		uint8_t head[2] = { 0 };

		at += page->lacing[i];
		if (page->lacing[i] == 255)
			continue;
		if (fresh) {
			size_t got = source_read(source, page->body + start,
						 head, sizeof head);

			samples += opus_packet_samples(head, got);
		}
		fresh = true;
		start = at;
	}
	return samples;
}

/* The last two pages of the stream that end a packet. False when the file ends
 * in another stream. */
static bool
last_pages(struct source *source, uint32_t serial, struct page *last,
	   struct page *before)
{
	uint64_t size = source->size_bytes, from, at;
	uint8_t *tail;
	size_t got, reach = 2 * PAGE_BYTES_MAX;
	struct page page;

	from = size > reach ? size - reach : 0;
	tail = mem_new(1, reach);
	got = source_read(source, from, tail, reach);
	last->granule = before->granule = -1;
	for (size_t i = 0; i + PAGE_HEAD_BYTES <= got;) {
		if (memcmp(tail + i, "OggS", 4) != 0 ||
		    !page_read(source, from + i, &page)) {
			i++;
			continue;
		}
		at = page.body + page.length;
		if (page.serial == serial && page.granule != -1) {
			*before = *last;
			*last = page;
		} else if (page.serial != serial && page.flags & PAGE_FIRST) {
			last->granule = -1; /* another song follows */
			break;
		}
		if (at > size)
			break;
		i = (size_t)(at - from);
	}
	free(tail);
	return last->granule >= 0;
}

static void
opus_end_trim(struct source *source, const struct page *last,
	      const struct page *before, struct stream_facts *facts)
{
	int64_t full;

	facts->gapless_known = before->granule >= 0;
	if (!facts->gapless_known)
		return;
	full = before->granule + page_opus_samples(source, last);
	if (full > last->granule && full - last->granule < OPUS_RATE)
		facts->end_trim_samples = (uint32_t)(full - last->granule);
}

/* Hashes the first packets and learns where the stream's time begins. */
static void
read_audio(struct stream *stream, struct audio_key *key, uint64_t *start)
{
	struct span packet;
	bool more = true;

	*start = stream->have_page &&
				 stream->segment < stream->page.segments ?
			 stream->page.at :
			 stream->next_page;
	while (more && stream_next_packet(stream, AUDIO_PACKET_MAX, &packet)) {
		if (stream->first_granule < 0)
			stream->first_granule = stream->page.granule;
		more = audio_key_packet(key, packet.at, packet.length);
	}
}

static enum ogg_result
read_length(struct stream *stream, struct stream_facts *facts)
{
	struct page last, before;
	int64_t start = stream->first_granule;

	if (start < 0 || start > (int64_t)facts->sample_rate_hz *
					 START_SECONDS_MAX ||
	    !last_pages(stream->source, stream->serial, &last, &before) ||
	    last.granule <= facts->start_trim_samples)
		return OGG_UNSURE;
	if (strcmp(facts->codec, "opus") == 0)
		opus_end_trim(stream->source, &last, &before, facts);
	facts->samples = (uint64_t)last.granule - facts->start_trim_samples;
	facts->exact = true;
	return OGG_READ;
}

enum ogg_result
ogg_read(struct source *source, struct tag_set *set,
	 struct stream_facts *facts, uint8_t key[SHA256_BYTES])
{
	struct stream *stream = arena_alloc(set->arena, sizeof *stream);
	struct audio_key running;
	enum ogg_result result;
	struct span head;
	uint64_t start;

	stream->source = source;
	stream->arena = set->arena;
	stream->first_granule = -1;
	result = find_stream(stream, &head, facts);
	if (result != OGG_READ)
		return result;
	facts->container = "ogg";
	audio_key_begin(&running, facts->codec, facts->sample_rate_hz,
			facts->channels);
	if (read_headers(stream, head, set, facts, &running)) {
		read_audio(stream, &running, &start);
		facts->audio_bytes = source->size_bytes - start;
		result = read_length(stream, facts);
	} else {
		result = OGG_BROKEN;
	}
	audio_key_end(&running, key);
	if (strcmp(facts->codec, "flac") == 0)
		flac_md5_key((const uint8_t *)head.at + 17, key);
	return result;
}
