/* chunk.c - see chunk.h. */
#include "media/read/chunk.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"

#define CHUNKS_MAX 1000

/* RF64 keeps the length of `data` in `ds64`, as 64 bits. */
static uint64_t
chunk_length(const uint8_t head[8], bool little,
	     uint64_t data_length)
{
	uint32_t length = little ? le32(head + 4) : be32(head + 4);

	if (length == UINT32_MAX && memcmp(head, "data", 4) == 0 &&
	    data_length > 0)
		return data_length;
	return length;
}

static uint64_t
find_in_chunks(struct source *source, bool little)
{
	uint64_t at = 12, data_length = 0;

	for (int i = 0; i < CHUNKS_MAX; i++) {
		uint8_t head[8], sizes[16];
		uint64_t length;

		if (!source_read_all(source, at, head, sizeof head))
			return 0;
		if (strncasecmp((const char *)head, "id3 ", 4) == 0)
			return at + 8;
		if (memcmp(head, "ds64", 4) == 0 &&
		    source_read_all(source, at + 8, sizes, sizeof sizes))
			data_length = le64(sizes + 8);
		length = chunk_length(head, little, data_length);
		if (length > source->size_bytes)
			return 0;
		at += 8 + length + (length & 1);
	}
	return 0;
}

uint64_t
chunk_find_id3(struct source *source)
{
	uint8_t head[28];

	if (!source_read_all(source, 0, head, sizeof head))
		return 0;
	if (memcmp(head, "RIFF", 4) == 0 || memcmp(head, "RF64", 4) == 0)
		return find_in_chunks(source, true);
	if (memcmp(head, "FORM", 4) == 0)
		return find_in_chunks(source, false);
	if (memcmp(head, "DSD ", 4) == 0 && le64(head + 20) > 28)
		return le64(head + 20);
	return 0;
}
