/* playlist_file.h - reading and writing playlists as files: M3U and M3U8, XSPF,
 * JSON.
 *
 * Reading is a pure function of bytes that a stranger sent: it opens nothing,
 * knows nothing of the library and has a bound for everything. M3U may be in
 * UTF-8 or an old Cyrillic code page, which the bytes tell. XML is read by
 * expat; a document type is refused, so there are no entities to expand. What
 * the entries are in the library is library/track_match.h's to say.
 *
 * Floor: 4 (service). Threads: no shared state. Results are arena-owned.
 */
#ifndef OGMA_SERVICE_PLAYLIST_FILE_H
#define OGMA_SERVICE_PLAYLIST_FILE_H

#include "base/fault.h"
#include "base/memory.h"
#include "base/text.h"
#include "library/track_match.h"

#define PLAYLIST_FILE_BYTES_MAX (10u << 20)
#define PLAYLIST_FILE_ENTRIES_MAX 50000
#define PLAYLIST_FILE_TEXT_MAX 2000 /* bytes of one text; the rest is cut */

enum playlist_format {
	PLAYLIST_FORMAT_AUTO, /* the bytes tell */
	PLAYLIST_FORMAT_M3U,
	PLAYLIST_FORMAT_XSPF,
	PLAYLIST_FORMAT_JSON,
};

/* "auto", "m3u", "m3u8", "xspf", "json". */
bool playlist_format_parse(const char *name, enum playlist_format *out);
const char *playlist_format_name(enum playlist_format format);

struct playlist_file {
	enum playlist_format format;
	const char *encoding;		 /* "UTF-8", "Windows-1251", … */
	const char *title, *description; /* NULL: not said */
	const char *rules; /* JSON of a playlist of rules; NULL: none */
	struct track_wanted *entries;
	size_t count;
};

/* STATUS_INVALID with field "file": not of that format, or too much of it. */
enum status playlist_file_read(struct span bytes, enum playlist_format format,
			       struct arena *arena, struct playlist_file *out,
			       struct fault *fault);

/* What is written of a playlist. */
struct playlist_export {
	const char *title, *description; /* NULL: none */
	const char *rules;		 /* NULL: none */
	const struct track_place *tracks;
	size_t count;
};

/* Appends the file. M3U is M3U8: UTF-8. Paths are below the folder they are
 * in, as the library has them. */
void playlist_file_write(const struct playlist_export *what,
			 enum playlist_format format, struct buffer *out);

/* "audio/mpegurl", "application/xspf+xml", "application/json". */
const char *playlist_format_type(enum playlist_format format);

#endif /* OGMA_SERVICE_PLAYLIST_FILE_H */
