/* fuzz_playlist_file.c - whatever the bytes, a playlist file is read within its
 * bounds or refused, its texts are text, and what is written of it reads the
 * same. The first byte chooses the format. */
#include <stdlib.h>
#include <string.h>

#include "service/playlist_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
text_check(const char *text)
{
	if (text == NULL)
		return;
	if (text[0] == '\0' || strlen(text) > PLAYLIST_FILE_TEXT_MAX ||
	    !utf8_valid(text, strlen(text)) || strpbrk(text, "\r\n\t") != NULL)
		abort();
}

static void
file_check(const struct playlist_file *file)
{
	if (file->count > PLAYLIST_FILE_ENTRIES_MAX)
		abort();
	text_check(file->title);
	text_check(file->description);
	for (size_t i = 0; i < file->count; i++) {
		text_check(file->entries[i].path);
		text_check(file->entries[i].title);
		text_check(file->entries[i].artist);
		text_check(file->entries[i].album);
		if (file->entries[i].duration_ms < 0)
			abort();
	}
}

/* Written and read again there are as many entries. */
static void
write_check(const struct playlist_file *file, struct arena *arena)
{
	struct track_place *tracks =
		arena_new(arena, struct track_place, file->count + 1);
	struct playlist_export what = { .title = file->title != NULL
							 ? file->title
							 : "x",
					.tracks = tracks,
					.count = file->count };
	enum playlist_format format = PLAYLIST_FORMAT_M3U;

	for (size_t i = 0; i < file->count; i++) {
		const struct track_wanted *entry = &file->entries[i];

		tracks[i].path = entry->path != NULL ? entry->path : "x";
		tracks[i].title = entry->title != NULL ? entry->title : "x";
		tracks[i].artist = entry->artist != NULL ? entry->artist : "";
		tracks[i].album = entry->album;
	}
	for (; format <= PLAYLIST_FORMAT_JSON; format++) {
		struct playlist_file again;
		struct buffer text;

		buffer_init(&text, 0);
		playlist_file_write(&what, format, &text);
		if (text.length <= PLAYLIST_FILE_BYTES_MAX &&
		    (playlist_file_read(
			     (struct span){ text.bytes, text.length }, format,
			     arena, &again, NULL) != STATUS_OK ||
		     again.count != file->count))
			abort();
		buffer_release(&text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct playlist_file file;
	struct arena arena;

	if (size == 0)
		return 0;
	arena_init(&arena);
	if (playlist_file_read(
		    (struct span){ (const char *)data + 1, size - 1 },
		    (enum playlist_format)(data[0] % 4), &arena, &file,
		    NULL) == STATUS_OK) {
		file_check(&file);
		if (file.count < 200)
			write_check(&file, &arena);
	}
	arena_release(&arena);
	return 0;
}
