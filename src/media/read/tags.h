/* tags.h - what the readers of tags hand over: fields and values as found.
 *
 * Every container (ID3v2, APEv2, Vorbis comment, MP4, …) has its own reader
 * that puts (field, value) pairs here; tags_to_facts() (facts_from_tags.h)
 * makes sense of them. A field may have several values, in file order. When
 * several containers carry one field, the one of the highest rank wins whole.
 *
 * Bounds: TAGS_MAX values, each at most TAG_VALUE_BYTES_MAX; more are dropped.
 *
 * Floor: 1 (media). Threads: one set belongs to one thread.
 */
#ifndef OGMA_MEDIA_READ_TAGS_H
#define OGMA_MEDIA_READ_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/text.h"

#define TAGS_MAX 256
#define TAG_VALUE_BYTES_MAX (128u << 10)
#define TAG_BYTES_MAX (512u << 10) /* of all values */

enum tag_field {
	TAG_NONE,
	TAG_TITLE,
	TAG_ARTIST,
	TAG_ARTISTS, /* one name per value, where ARTIST is for display */
	TAG_ALBUM,
	TAG_ALBUM_ARTIST,
	TAG_ALBUM_ARTISTS,
	TAG_GENRE,
	TAG_TRACK, /* "3" or "3/12" */
	TAG_TRACK_TOTAL,
	TAG_DISC,
	TAG_DISC_TOTAL,
	TAG_DISC_TITLE,
	TAG_DATE,
	TAG_ORIGINAL_DATE,
	TAG_COMMENT,
	TAG_ISRC,
	TAG_COMPILATION,
	TAG_TEMPO,
	TAG_KEY,
	TAG_COMPOSER,
	TAG_CONDUCTOR,
	TAG_LYRICIST,
	TAG_REMIXER,
	TAG_PERFORMER, /* "Name" or "Name (instrument)" */
	TAG_PRODUCER,
	TAG_LYRICS,
	TAG_LYRICS_SYNCED, /* LRC */
	TAG_TRACK_GAIN,	   /* "-6.10 dB", ReplayGain's level */
	TAG_TRACK_PEAK,
	TAG_ALBUM_GAIN,
	TAG_ALBUM_PEAK,
	TAG_R128_TRACK_GAIN, /* Q7.8 fixed point, -23 LUFS (RFC 7845 5.2.1) */
	TAG_R128_ALBUM_GAIN,
	TAG_ITUNES_GAPLESS, /* iTunSMPB */
	TAG_MBID_RECORDING,
	TAG_MBID_RELEASE,
	TAG_MBID_RELEASE_GROUP,
	TAG_MBID_ARTIST,
	TAG_MBID_ALBUM_ARTIST,
	TAG_FIELD_COUNT
};

/* Which container spoke; a higher one wins. */
enum tag_rank {
	TAG_RANK_ID3V1 = 1,
	TAG_RANK_CHUNKS, /* RIFF INFO, AIFF NAME: little room, old text */
	TAG_RANK_LIBAV,
	TAG_RANK_APE,
	TAG_RANK_ID3V2,
	TAG_RANK_NATIVE, /* Vorbis comment, MP4 */
};

struct tag {
	enum tag_field field;
	enum tag_rank rank;
	bool legacy; /* `value` is in some 8-bit code page, not in UTF-8 */
	bool slashes; /* ID3v2.3: "/" may stand between names */
	struct span value;
};

/* A picture is noted by its place; its bytes are read only when wanted. */
struct tag_picture {
	bool present;
	enum tag_rank rank;
	uint32_t kind;	    /* as in ID3 APIC: 3 is the front cover */
	const char *type;   /* "image/jpeg"; NULL: look at the bytes */
	uint64_t offset;    /* in the file, when `bytes` is empty */
	uint64_t length;
	struct span bytes;  /* or here, in the arena */
	bool base64;        /* `bytes` still is base64 of a FLAC picture */
};

struct tag_set {
	struct arena *arena;
	size_t count;
	size_t bytes;
	struct tag_picture picture; /* the best so far */
	struct tag tags[TAGS_MAX];
};

void tag_set_init(struct tag_set *set, struct arena *arena);

/* Copies the value. Empty values, TAG_NONE, and what is over a bound are
 * dropped. */
void tag_add(struct tag_set *set, enum tag_field field, enum tag_rank rank,
	     struct span value, bool legacy);

/* Adds UTF-8 that holds several values with NUL between them. */
void tag_add_list(struct tag_set *set, enum tag_field field,
		  enum tag_rank rank, struct span values, bool legacy);

/* Keeps it when it is better than the one before: front cover, then other
 * kinds, then file icons; then rank; then first come. */
void tag_offer_picture(struct tag_set *set, const struct tag_picture *picture);

/* The field that people mean by a name: Vorbis comment and APEv2 keys, TXXX
 * descriptions, MP4 freeform names, WM/…, libavformat's. ASCII case, blanks and
 * _ - do not count. TAG_NONE when we have no use for it. */
enum tag_field tag_field_named(struct span name);

/* "title", … for the person who reads about repairs. */
const char *tag_field_name(enum tag_field field);

/* Reads 8-bit text and mojibake by codepage.h; afterwards every value is
 * trimmed UTF-8 and none is `legacy`. Returns one sentence of what was
 * repaired, or NULL. */
const char *tags_repair(struct tag_set *set);

#endif /* OGMA_MEDIA_READ_TAGS_H */
