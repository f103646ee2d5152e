/* sniff.c - magic numbers; see sniff.h. */
#include "media/sniff.h"

#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "media/read/mpeg.h"

static const struct media_kind_row rows[KIND_COUNT] = {
	[KIND_UNKNOWN] = { "unknown", NULL, NULL, false },
	[KIND_MPEG] = { "MPEG audio", "mp3", "mp3", true },
	[KIND_FLAC] = { "FLAC audio", "flac", "flac", true },
	[KIND_MP4] = { "MP4 audio", "mp4", "mov", false },
	[KIND_ADTS] = { "AAC audio", "aac", "aac", true },
	[KIND_OGG] = { "Ogg audio", "ogg", "ogg", false },
	[KIND_WAV] = { "WAV audio", "wav", "wav", false },
	[KIND_W64] = { "Wave64 audio", "w64", "w64", false },
	[KIND_AIFF] = { "AIFF audio", "aiff", "aiff", false },
	[KIND_ASF] = { "Windows Media audio", "asf", "asf", false },
	[KIND_APE] = { "Monkey's Audio", "ape", "ape", true },
	[KIND_WAVPACK] = { "WavPack audio", "wavpack", "wv", true },
	[KIND_DSF] = { "DSF audio", "dsf", "dsf", false },
	[KIND_TTA] = { "True Audio", "tta", "tta", true },
	[KIND_MUSEPACK7] = { "Musepack audio", "musepack", "mpc", true },
	[KIND_MUSEPACK8] = { "Musepack audio", "musepack", "mpc8", true },
	[KIND_MATROSKA] = { "Matroska audio", "matroska", "matroska", false },
	[KIND_EMPTY] = { "an empty file", NULL, NULL, false },
	[KIND_TEXT] = { "text", NULL, NULL, false },
	[KIND_HTML] = { "a web page", NULL, NULL, false },
	[KIND_PICTURE] = { "a picture", NULL, NULL, false },
	[KIND_ARCHIVE] = { "an archive", NULL, NULL, false },
	[KIND_DOCUMENT] = { "a document", NULL, NULL, false },
	[KIND_VIDEO] = { "a video", NULL, NULL, false },
	[KIND_MIDI] = { "a MIDI file", NULL, NULL, false },
	[KIND_PLAYLIST] = { "a playlist", NULL, NULL, false },
	[KIND_ZEROS] = { "nothing but zeros", NULL, NULL, false },
};

const struct media_kind_row *
media_kind_row(enum media_kind kind)
{
	return &rows[kind < KIND_COUNT ? kind : KIND_UNKNOWN];
}

/* Magic at one place; `also` at a second place when it is not NULL. */
static const struct {
	enum media_kind kind;
	const char *magic;
	size_t length, at;
	const char *also;
	size_t also_at;
} magics[] = {
	{ KIND_FLAC, "fLaC", 4, 0, NULL, 0 },
	{ KIND_OGG, "OggS", 4, 0, NULL, 0 },
	{ KIND_MP4, "ftyp", 4, 4, NULL, 0 },
	{ KIND_MP4, "moov", 4, 4, NULL, 0 },
	{ KIND_MP4, "mdat", 4, 4, NULL, 0 },
	{ KIND_WAV, "RIFF", 4, 0, "WAVE", 8 },
	{ KIND_WAV, "RF64", 4, 0, "WAVE", 8 },
	{ KIND_WAV, "RIFX", 4, 0, "WAVE", 8 },
	{ KIND_W64, "riff\x2E\x91\xCF\x11", 8, 0, NULL, 0 },
	{ KIND_AIFF, "FORM", 4, 0, "AIF", 8 },
	{ KIND_ASF, "\x30\x26\xB2\x75\x8E\x66\xCF\x11", 8, 0, NULL, 0 },
	{ KIND_APE, "MAC ", 4, 0, NULL, 0 },
	{ KIND_WAVPACK, "wvpk", 4, 0, NULL, 0 },
	{ KIND_DSF, "DSD ", 4, 0, "fmt ", 28 },
	{ KIND_TTA, "TTA1", 4, 0, NULL, 0 },
	{ KIND_MUSEPACK7, "MP+", 3, 0, NULL, 0 },
	{ KIND_MUSEPACK8, "MPCK", 4, 0, NULL, 0 },
	{ KIND_MATROSKA, "\x1A\x45\xDF\xA3", 4, 0, NULL, 0 },
	{ KIND_PICTURE, "\xFF\xD8\xFF", 3, 0, NULL, 0 },
	{ KIND_PICTURE, "\x89PNG\r\n\x1A\n", 8, 0, NULL, 0 },
	{ KIND_PICTURE, "GIF8", 4, 0, NULL, 0 },
	{ KIND_PICTURE, "RIFF", 4, 0, "WEBP", 8 },
	{ KIND_PICTURE, "II*\0", 4, 0, NULL, 0 },
	{ KIND_PICTURE, "MM\0*", 4, 0, NULL, 0 },
	{ KIND_VIDEO, "RIFF", 4, 0, "AVI ", 8 },
	{ KIND_VIDEO, "\0\0\1\xBA", 4, 0, NULL, 0 },
	{ KIND_VIDEO, "\0\0\1\xB3", 4, 0, NULL, 0 },
	{ KIND_VIDEO, "FLV\1", 4, 0, NULL, 0 },
	{ KIND_ARCHIVE, "PK\3\4", 4, 0, NULL, 0 },
	{ KIND_ARCHIVE, "Rar!", 4, 0, NULL, 0 },
	{ KIND_ARCHIVE, "7z\xBC\xAF\x27\x1C", 6, 0, NULL, 0 },
	{ KIND_ARCHIVE, "\x1F\x8B\x08", 3, 0, NULL, 0 },
	{ KIND_ARCHIVE, "BZh", 3, 0, NULL, 0 },
	{ KIND_ARCHIVE, "\xFD" "7zXZ", 5, 0, NULL, 0 },
	{ KIND_DOCUMENT, "%PDF", 4, 0, NULL, 0 },
	{ KIND_DOCUMENT, "\xD0\xCF\x11\xE0", 4, 0, NULL, 0 },
	{ KIND_MIDI, "MThd", 4, 0, NULL, 0 },
	{ KIND_PLAYLIST, "#EXTM3U", 7, 0, NULL, 0 },
	{ KIND_PLAYLIST, "[playlist]", 10, 0, NULL, 0 },
	{ KIND_UNKNOWN, "\x7F" "ELF", 4, 0, NULL, 0 },
};

static bool
bytes_are(const uint8_t *head, size_t length, size_t at, const char *magic,
	  size_t count)
{
	return at + count <= length && memcmp(head + at, magic, count) == 0;
}

static bool
magic_kind(const uint8_t *head, size_t length, enum media_kind *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(magics); i++) {
		const char *also = magics[i].also;

		if (!bytes_are(head, length, magics[i].at, magics[i].magic,
			       magics[i].length))
			continue;
		if (also != NULL && !bytes_are(head, length,
					       magics[i].also_at, also,
					       strlen(also)))
			continue;
		*out = magics[i].kind;
		return true;
	}
	return false;
}

static bool
name_ends(const char *name, const char *ending)
{
	const char *dot = name != NULL ? strrchr(name, '.') : NULL;

	return dot != NULL && strcasecmp(dot + 1, ending) == 0;
}

/* Bare frames of MPEG audio or ADTS in a row. */
static enum media_kind
frames_kind(const uint8_t *head, size_t length, bool had_id3, const char *name)
{
	struct mpeg_frame frame;
	struct source source;
	uint64_t at, reach;
	bool adts_first = name_ends(name, "aac");

	source_from_memory(&source, head, length);
	/* junk before the first frame is only forgiven to what looks like it */
	reach = had_id3 || adts_first || name_ends(name, "mp3") ||
				name_ends(name, "mp2") ? length : 4;
	if (adts_first && adts_find(&source, 0, length, reach, &at, &frame))
		return KIND_ADTS;
	if (mpeg_find(&source, 0, length, reach, &at, &frame))
		return KIND_MPEG;
	if (adts_find(&source, 0, length, reach, &at, &frame))
		return KIND_ADTS;
	return KIND_UNKNOWN;
}

static bool
is_html(const uint8_t *head, size_t length)
{
	static const char *const starts[] = { "<!doctype html", "<html",
					      "<head", "<?xml", "<body" };
	size_t at = 0;

	if (bytes_are(head, length, 0, "\xEF\xBB\xBF", 3))
		at = 3;
	while (at < length && strchr(" \t\r\n", head[at]) && head[at] != 0)
		at++;
	for (size_t i = 0; i < ARRAY_LENGTH(starts); i++) {
		size_t n = strlen(starts[i]);

		if (at + n <= length &&
		    strncasecmp((const char *)head + at, starts[i], n) == 0)
			return true;
	}
	return false;
}

/* No control characters but blanks and line ends. */
static bool
is_text(const uint8_t *head, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (head[i] < ' ' && (head[i] == 0 ||
				      strchr("\t\r\n\f\x1B", head[i]) == NULL))
			return false;
	}
	return true;
}

static bool
is_zeros(const uint8_t *head, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (head[i] != 0)
			return false;
	}
	return true;
}

enum media_kind
media_sniff(const uint8_t *head, size_t length, bool had_id3, const char *name)
{
	enum media_kind kind;

	if (length == 0)
		return had_id3 ? KIND_UNKNOWN : KIND_EMPTY;
	if (magic_kind(head, length, &kind))
		return kind;
	kind = frames_kind(head, length, had_id3, name);
	if (kind != KIND_UNKNOWN)
		return kind;
	if (is_html(head, length))
		return KIND_HTML;
	if (is_zeros(head, length) && !had_id3)
		return KIND_ZEROS;
	/* its frames may begin further on */
	if (had_id3 || name_ends(name, "mp3"))
		return is_text(head, length) ? KIND_TEXT : KIND_MPEG;
	return is_text(head, length) ? KIND_TEXT : KIND_UNKNOWN;
}

const char *
picture_sniff(const uint8_t *head, size_t length)
{
	if (bytes_are(head, length, 0, "\xFF\xD8\xFF", 3))
		return "image/jpeg";
	if (bytes_are(head, length, 0, "\x89PNG\r\n\x1A\n", 8))
		return "image/png";
	if (bytes_are(head, length, 0, "GIF8", 4))
		return "image/gif";
	if (bytes_are(head, length, 0, "RIFF", 4) &&
	    bytes_are(head, length, 8, "WEBP", 4))
		return "image/webp";
	if (bytes_are(head, length, 0, "BM", 2))
		return "image/bmp";
	return NULL;
}
