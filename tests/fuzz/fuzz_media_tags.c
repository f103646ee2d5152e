/* fuzz_media_tags.c - whatever a file holds, its tags come out as UTF-8 within
 * their bounds, and every reader ends. The first byte chooses the reader. */
#include <stdlib.h>

#include "media/read/apetag.h"
#include "media/read/chunk.h"
#include "media/read/facts_from_tags.h"
#include "media/read/flac.h"
#include "media/read/id3.h"
#include "media/read/mp4.h"
#include "media/read/mpeg.h"
#include "media/read/ogg.h"
#include "media/read/vorbis.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_by(uint8_t choice, struct source *source, struct tag_set *set)
{
	struct stream_facts stream = { 0 };
	uint8_t key[SHA256_BYTES];
	struct mpeg_place place;
	struct mp4_edit edit;

	switch (choice % 8) {
	case 0:
		id3v2_read(source, 0, set);
		id3v1_read(source, source->size_bytes, set);
		break;
	case 1:
		apetag_read(source, source->size_bytes, set);
		break;
	case 2:
		flac_read(source, 0, source->size_bytes, set, &stream, key);
		break;
	case 3:
		ogg_read(source, set, &stream, key);
		break;
	case 4:
		mp4_read(source, set, &edit);
		break;
	case 5:
		mpeg_read(source, 0, source->size_bytes, &stream, key);
		mpeg_locate(source, false, 0, source->size_bytes, 50000,
			    &place);
		break;
	case 6:
		adts_read(source, 0, source->size_bytes, &stream, key);
		mpeg_locate(source, true, 0, source->size_bytes, 50000,
			    &place);
		break;
	default:
		chunk_find_id3(source);
		vorbis_comment_read((struct span){ (const char *)source->memory,
						   (size_t)source->size_bytes },
				    set);
	}
}

static void
check_text(const char *text)
{
	if (text != NULL && (text[0] == '\0' ||
			     !utf8_valid(text, strlen(text))))
		abort();
}

static void
check(const struct tag_set *set, const struct media_facts *facts)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->tags[i].legacy ||
		    !utf8_valid(set->tags[i].value.at,
				set->tags[i].value.length))
			abort();
	}
	check_text(facts->title);
	check_text(facts->artist_text);
	check_text(facts->album);
	check_text(facts->comment);
	check_text(facts->lyrics);
	for (size_t i = 0; i < facts->credit_count; i++)
		check_text(facts->credits[i].name);
	for (size_t i = 0; i < facts->genre_count; i++)
		check_text(facts->genres[i]);
	if (facts->track_no > 99999 || facts->year < 0 || facts->year > 2999)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_facts *facts;
	struct tag_set *set;
	struct source *source;
	struct arena arena;

	if (size < 1)
		return 0;
	arena_init(&arena);
	source = arena_alloc(&arena, sizeof *source);
	set = arena_alloc(&arena, sizeof *set);
	facts = arena_alloc(&arena, sizeof *facts);
	source_from_memory(source, data + 1, size - 1);
	tag_set_init(set, &arena);
	read_by(data[0], source, set);
	facts_from_tags(set, facts);
	check(set, facts);
	arena_release(&arena);
	return 0;
}
