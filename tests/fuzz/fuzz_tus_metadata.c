/* fuzz_tus_metadata.c - whatever Upload-Metadata and Upload-Checksum hold: what
 * is read is text without control characters, and what is printed reads back. */
#include <stdlib.h>
#include <string.h>

#include "api/tus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
text_check(const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text);

	if (text != NULL && (length == 0 || !utf8_valid(text, length)))
		abort();
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7F)
			abort();
	}
}

static void
round_check(const struct tus_metadata *metadata, struct arena *arena)
{
	const struct upload upload = {
		.name = metadata->filename != NULL ? metadata->filename : "x",
		.album = metadata->album,
		.artist = metadata->artist,
	};
	struct tus_metadata again;
	const char *printed = tus_metadata_print(&upload, arena);

	if (tus_metadata_parse(span_of(printed), arena, &again, NULL) !=
		    STATUS_OK ||
	    strcmp(again.filename, upload.name) != 0 ||
	    (again.album == NULL) != (upload.album == NULL) ||
	    (again.artist == NULL) != (upload.artist == NULL))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span value = { size > 0 ? (const char *)data : "", size };
	struct upload_writing writing = { 0 };
	struct tus_metadata metadata;
	struct arena arena;

	arena_init(&arena);
	if (tus_metadata_parse(value, &arena, &metadata, NULL) == STATUS_OK) {
		text_check(metadata.filename);
		text_check(metadata.album);
		text_check(metadata.artist);
		text_check(metadata.batch);
		text_check(metadata.relative_path);
		round_check(&metadata, &arena);
	}
	if (tus_checksum_parse(value, &writing, NULL) == STATUS_OK &&
	    writing.checksum == UPLOAD_UNCHECKED)
		abort();
	arena_release(&arena);
	return 0;
}
