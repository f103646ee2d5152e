/* upload_path.c - where the file of an uploaded track goes:
 * {artist}/{album}/{nn title}.{ending}, with names that every file system
 * takes. */
#include "service/upload_private.h"

#include <stdio.h>
#include <string.h>

#include "driver/source.h"
#include "media/facts.h"

#define PART_MAX_BYTES 120 /* leaves room for numbers and endings */

/* What no name may hold on one of the usual file systems becomes "_"; dots and
 * blanks go from both ends. NULL when nothing is left. */
static const char *
part_make(struct arena *arena, const char *text)
{
	size_t length = text == NULL ? 0 : strlen(text);
	char *part;

	if (length == 0 || !utf8_valid(text, length))
		return NULL;
	while (*text == '.' || *text == ' ') {
		text++;
		length--;
	}
	part = arena_copy_bytes(arena, text,
				utf8_cut(text, length, PART_MAX_BYTES));
	for (char *at = part; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == 0x7F ||
		    strchr("/\\<>:\"|?*", *at) != NULL)
			*at = '_';
	}
	for (length = strlen(part);
	     length > 0 && (part[length - 1] == '.' || part[length - 1] == ' ');
	     length--)
		part[length - 1] = '\0';
	if (length == 0)
		return NULL;
	return source_folder_ignored(part) ? arena_print(arena, "_%s", part) :
					     part;
}

/* "01 Song.mp3" → "01 Song". */
static const char *
name_stem(struct arena *arena, const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot == NULL || dot == name ?
		       name :
		       arena_copy_bytes(arena, name, (size_t)(dot - name));
}

/* The file's own ending when it is one of audio that fits; else the usual one
 * of its container. */
static const char *
ending_of(struct arena *arena, const char *name, const char *container)
{
	static const struct {
		const char *container, *ending;
	} usual[] = {
		{ "mp4", "m4a" }, { "matroska", "mka" }, { "asf", "wma" },
		{ "wavpack", "wv" }, { "musepack", "mpc" },
	};
	const char *dot = strrchr(name, '.');

	if (source_name_kind(arena_print(arena, "x%s", dot == NULL ? "" :
								      dot)) ==
	    SOURCE_AUDIO) {
		char *ending = arena_copy_text(arena, dot + 1);

		for (char *at = ending; *at != '\0'; at++)
			*at = *at >= 'A' && *at <= 'Z' ? (char)(*at + 32) : *at;
		return ending;
	}
	for (size_t i = 0; container != NULL && i < ARRAY_LENGTH(usual); i++) {
		if (strcmp(usual[i].container, container) == 0)
			return usual[i].ending;
	}
	if (container != NULL &&
	    source_name_kind(arena_print(arena, "x.%s", container)) ==
		    SOURCE_AUDIO)
		return container;
	return "mka"; /* a name that scans take; what is inside decides */
}

struct upload_names
upload_names_of(struct arena *arena, const struct upload *upload,
		const struct media_facts *media)
{
	const char *artist = media->album_artist_text;

	if (artist == NULL && media->compilation)
		artist = "Various artists";
	if (artist == NULL)
		artist = media->artist_text;
	return (struct upload_names){
		.artist = artist != NULL ? artist : upload->artist,
		.album = media->album != NULL ? media->album : upload->album,
		.title = media->title != NULL ?
				 media->title :
				 name_stem(arena, upload->name),
		.disc_no = media->disc_total > 1 || media->disc_no > 1 ?
				   media->disc_no :
				   0,
		.track_no = media->title != NULL ? media->track_no : 0,
		.ending = ending_of(arena, upload->name, media->container),
	};
}

const char *
upload_album_part(struct arena *arena, const struct upload_names *names)
{
	const char *album = part_make(arena, names->album);

	return album != NULL ? album : "Singles";
}

const char *
upload_folder_of(struct arena *arena, const struct upload_names *names)
{
	const char *artist = part_make(arena, names->artist);

	return arena_print(arena, "%s/%s",
			   artist != NULL ? artist : "Unknown artist",
			   upload_album_part(arena, names));
}

const char *
upload_path_of(struct arena *arena, const char *folder,
	       const struct upload_names *names, unsigned number)
{
	const char *title = part_make(arena, names->title);
	char numbers[32] = "", again[16] = "";

	if (names->disc_no > 0 && names->track_no > 0)
		snprintf(numbers, sizeof numbers, "%u-%02u ", names->disc_no,
			 names->track_no);
	else if (names->track_no > 0)
		snprintf(numbers, sizeof numbers, "%02u ", names->track_no);
	if (number > 1)
		snprintf(again, sizeof again, " (%u)", number);
	return arena_print(arena, "%s/%s%s%s.%s", folder, numbers,
			   title != NULL ? title : "Untitled", again,
			   names->ending);
}
