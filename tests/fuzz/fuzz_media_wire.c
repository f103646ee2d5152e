/* fuzz_media_wire.c - what a broken media process may send: read whole and
 * well-formed, or refused; and what was read is written the same again. The
 * first byte chooses the kind of body. */
#include <stdlib.h>

#include "media/protocol.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Facts that were read survive another round. */
static void
check_facts(struct span body, struct arena *arena)
{
	struct media_facts *facts = arena_alloc(arena, sizeof *facts);
	struct media_facts *again = arena_alloc(arena, sizeof *again);
	struct buffer out;

	if (!wire_read_facts(body, arena, facts))
		return;
	buffer_init(&out, 0);
	wire_add_facts(&out, facts);
	if (!wire_read_facts((struct span){ out.bytes, out.length }, arena,
			     again) ||
	    again->credit_count != facts->credit_count ||
	    again->duration_ms != facts->duration_ms)
		abort();
	buffer_release(&out);
}

/* A stream of packets, to its end or to what makes no sense. */
static void
check_packets(struct span rest)
{
	struct media_packet packet;

	for (;;) {
		size_t length = wire_take_packet(rest, &packet);

		if (length == 0 || length == SIZE_MAX)
			return;
		if (length > rest.length ||
		    packet.bytes.length > MEDIA_PACKET_BYTES_MAX ||
		    packet.bytes.at + packet.bytes.length !=
			    rest.at + length)
			abort();
		rest.at += length;
		rest.length -= length;
	}
}

static void
read_body(uint8_t choice, struct span body, struct arena *arena)
{
	struct media_thumbnail thumbnail = { 0 };
	struct media_progress progress;
	struct wire_thumbnail ask;
	struct wire_transcode job;
	struct wire_probe probe;
	struct media_tags tags;
	struct fault fault;

	switch (choice % 10) {
	case 0:
		check_facts(body, arena);
		break;
	case 1:
		wire_read_thumbnail_done(body, arena, &thumbnail);
		break;
	case 2:
		wire_read_progress(body, &progress);
		break;
	case 3:
		wire_read_fault(body, arena, &fault);
		break;
	case 4:
		wire_read_probe(body, arena, &probe);
		break;
	case 5:
		wire_read_thumbnail(body, &ask);
		break;
	case 6:
		wire_read_transcode(body, arena, &job);
		break;
	case 7:
		wire_read_analysis(body, arena,
				   arena_new(arena, struct media_analysis, 1));
		break;
	case 8:
		wire_read_tags(body, arena, &tags);
		break;
	default:
		check_packets(body);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;

	if (size < 1)
		return 0;
	arena_init(&arena);
	read_body(data[0],
		  (struct span){ (const char *)data + 1, size - 1 }, &arena);
	arena_release(&arena);
	return 0;
}
