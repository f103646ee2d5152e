/* tags.c - writes tags into a file that was handed to us as a descriptor.
 *
 * TagLib opens files by name, and this process may open nothing. So TagLib is
 * given a name that nothing has, and its fopen() is the one below: for that
 * name it makes a stream of the descriptor. The ending of the name tells TagLib
 * the format, which we know from the first bytes. */
#include "media/worker/worker.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <taglib/tag_c.h>

#define NAME "ogma:tags" /* with an ending behind it */

static int handed_fd = -1;

/* The C library's name for it; large files are the same on 64 bits. */
FILE *stream_open(const char *path, const char *mode) __asm__("fopen");

FILE *
stream_open(const char *path, const char *mode)
{
	static FILE *(*real)(const char *, const char *);
	int fd;

	if (strncmp(path, NAME, strlen(NAME)) == 0) {
		fd = fcntl(handed_fd, F_DUPFD_CLOEXEC, 0);
		return fd < 0 ? NULL : fdopen(fd, mode);
	}
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "fopen");
	return real == NULL ? NULL : real(path, mode);
}

/* Bytes of an ID3v2 tag at the start; 0: none. */
static uint64_t
id3_bytes(int fd)
{
	uint8_t head[10];

	if (pread(fd, head, sizeof head, 0) != (ssize_t)sizeof head ||
	    memcmp(head, "ID3", 3) != 0)
		return 0;
	return 10u + ((uint64_t)(head[6] & 0x7F) << 21) +
	       ((uint64_t)(head[7] & 0x7F) << 14) +
	       ((uint64_t)(head[8] & 0x7F) << 7) + (head[9] & 0x7F) +
	       ((head[5] & 0x10) != 0 ? 10u : 0u);
}

/* What is in an Ogg file stands in its first page. TagLib moves the pages of FLAC
 * in Ogg so that it counts as another sound: NULL. */
static const char *
ogg_ending(const uint8_t *head, size_t length)
{
	if (memmem(head, length, "OpusHead", 8) != NULL)
		return ".opus";
	if (memmem(head, length, "Speex   ", 8) != NULL)
		return ".spx";
	return memmem(head, length, "vorbis", 6) != NULL ? ".ogg" : NULL;
}

/* NULL: tags of such files are not written. */
static const char *
ending_of(int fd, struct fault *fault)
{
	static const char *const endings[KIND_COUNT] = {
		[KIND_MPEG] = ".mp3",	 [KIND_FLAC] = ".flac",
		[KIND_MP4] = ".m4a",
		[KIND_WAV] = ".wav",	 [KIND_AIFF] = ".aiff",
		[KIND_ASF] = ".wma",	 [KIND_APE] = ".ape",
		[KIND_WAVPACK] = ".wv",	 [KIND_TTA] = ".tta",
		[KIND_MUSEPACK7] = ".mpc", [KIND_MUSEPACK8] = ".mpc",
	};
	uint64_t tag_bytes = id3_bytes(fd);
	uint8_t head[SNIFF_BYTES];
	ssize_t length = pread(fd, head, sizeof head, (off_t)tag_bytes);
	enum media_kind kind = length <= 0 ?
				       KIND_EMPTY :
				       media_sniff(head, (size_t)length,
						   tag_bytes > 0, NULL);

	const char *ending = endings[kind];

	if (kind == KIND_OGG)
		ending = ogg_ending(head, length > 200 ? 200 : (size_t)length);
	if (ending == NULL)
		fault_set(fault, STATUS_UNSUPPORTED,
			  "tags cannot be written into %s",
			  media_kind_row(kind)->name);
	return ending;
}

static void
tags_set(TagLib_Tag *tag, const struct media_tags *tags)
{
	if (tags->title != NULL)
		taglib_tag_set_title(tag, tags->title);
	if (tags->artist != NULL)
		taglib_tag_set_artist(tag, tags->artist);
	if (tags->album != NULL)
		taglib_tag_set_album(tag, tags->album);
	if (tags->genre != NULL)
		taglib_tag_set_genre(tag, tags->genre);
	if (tags->year >= 0)
		taglib_tag_set_year(tag, (unsigned)tags->year);
	if (tags->track_no >= 0)
		taglib_tag_set_track(tag, (unsigned)tags->track_no);
}

enum status
tags_write(int fd, const struct media_tags *tags, struct fault *fault)
{
	const char *ending = ending_of(fd, fault);
	enum status status = STATUS_OK;
	TagLib_File *file;
	char name[32];

	if (ending == NULL)
		return STATUS_UNSUPPORTED;
	snprintf(name, sizeof name, "%s%s", NAME, ending);
	handed_fd = fd;
	taglib_set_strings_unicode(1);
	file = taglib_file_new(name);
	if (file == NULL || !taglib_file_is_valid(file) ||
	    taglib_file_tag(file) == NULL) {
		status = fault_set(fault, STATUS_CORRUPT,
				   "TagLib cannot read the file");
	} else {
		tags_set(taglib_file_tag(file), tags);
		if (!taglib_file_save(file))
			status = fault_set(fault, STATUS_CORRUPT,
					   "TagLib cannot write the file");
	}
	if (file != NULL)
		taglib_file_free(file);
	handed_fd = -1;
	return status;
}
