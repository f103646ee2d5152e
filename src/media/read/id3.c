/* id3.c - ID3 tags; see id3.h.
 *
 * A tag is walked frame by frame. Frames that may be large (pictures) are only
 * looked at at their start and noted by place; others are read whole when they
 * are under FRAME_BYTES_MAX. Unsynchronised tags before v2.4 must be undone as
 * a whole before frame sizes make sense, so those are copied to memory, up to
 * UNSYNC_BYTES_MAX. */
#include "media/read/id3.h"

#include <stdio.h>
#include <zlib.h>

#include "media/read/unicode.h"
#include "media/read/value.h"

#define FRAME_BYTES_MAX (256u << 10)
#define UNSYNC_BYTES_MAX (16u << 20)
#define PICTURE_HEAD_BYTES 512
#define FRAMES_MAX 2000

enum tag_flags {
	TAG_UNSYNC = 0x80,
	TAG_EXTENDED = 0x40, /* v2.2: compressed, in a way nobody defined */
	TAG_FOOTER = 0x10,
};

/* v2.4; v2.3's are moved to these when read */
enum frame_flags {
	FRAME_GROUP = 0x40,
	FRAME_PACKED = 0x08,
	FRAME_ENCRYPTED = 0x04,
	FRAME_UNSYNC = 0x02,
	FRAME_LENGTH = 0x01,
};

enum text_encoding { TEXT_LATIN1, TEXT_UTF16, TEXT_UTF16BE, TEXT_UTF8 };

/* One tag under way. */
struct walk {
	struct source *source; /* of the tag: the file, or undone bytes */
	bool in_memory;
	bool unsync_frames; /* v2.4: one by one, whatever their flags say */
	int version; /* 2, 3, 4 */
	uint64_t at, end;
	struct tag_set *set;
};

struct frame {
	char id[5]; /* of v2.3/2.4; v2.2's are translated */
	unsigned flags;
	uint64_t body, length;
};

static const struct {
	char id[5], old[4];
	enum tag_field field;
} text_frames[] = {
	{ "TIT2", "TT2", TAG_TITLE },
	{ "TPE1", "TP1", TAG_ARTIST },
	{ "TPE2", "TP2", TAG_ALBUM_ARTIST },
	{ "TPE3", "TP3", TAG_CONDUCTOR },
	{ "TPE4", "TP4", TAG_REMIXER },
	{ "TALB", "TAL", TAG_ALBUM },
	{ "TCON", "TCO", TAG_GENRE },
	{ "TRCK", "TRK", TAG_TRACK },
	{ "TPOS", "TPA", TAG_DISC },
	{ "TSST", "", TAG_DISC_TITLE },
	{ "TDRC", "", TAG_DATE },
	{ "TYER", "TYE", TAG_DATE },
	{ "TDRL", "", TAG_DATE },
	{ "TDOR", "", TAG_ORIGINAL_DATE },
	{ "TORY", "TOR", TAG_ORIGINAL_DATE },
	{ "TCOM", "TCM", TAG_COMPOSER },
	{ "TEXT", "TXT", TAG_LYRICIST },
	{ "TBPM", "TBP", TAG_TEMPO },
	{ "TKEY", "TKE", TAG_KEY },
	{ "TSRC", "TRC", TAG_ISRC },
	{ "TCMP", "TCP", TAG_COMPILATION },
};

/* Frames that are not plain text, and their names in v2.2. */
static const char other_frames[][2][5] = {
	{ "TXXX", "TXX" }, { "COMM", "COM" }, { "USLT", "ULT" },
	{ "SYLT", "SLT" }, { "APIC", "PIC" }, { "UFID", "UFI" },
	{ "IPLS", "IPL" },
};

/* "producer", "mix" … in TIPL, IPLS; other words are instruments (TMCL). */
static const struct {
	const char *word;
	enum tag_field field;
} people[] = {
	{ "producer", TAG_PRODUCER }, { "remixer", TAG_REMIXER },
	{ "composer", TAG_COMPOSER }, { "conductor", TAG_CONDUCTOR },
	{ "lyricist", TAG_LYRICIST }, { "arranger", TAG_NONE },
	{ "engineer", TAG_NONE },     { "mix", TAG_NONE },
	{ "mixer", TAG_NONE },	      { "dj-mix", TAG_NONE },
};

/* Four bytes of 7 bits; UINT32_MAX when a top bit is set. */
static uint32_t
syncsafe(const uint8_t *at)
{
	if ((at[0] | at[1] | at[2] | at[3]) & 0x80)
		return UINT32_MAX;
	return (uint32_t)at[0] << 21 | (uint32_t)at[1] << 14 |
	       (uint32_t)at[2] << 7 | at[3];
}

uint64_t
id3v2_length(const uint8_t header[ID3V2_HEADER_BYTES])
{
	uint32_t size;

	if (memcmp(header, "ID3", 3) != 0 || header[3] < 2 || header[3] > 4 ||
	    header[4] == 0xFF)
		return 0;
	size = syncsafe(header + 6);
	if (size == UINT32_MAX)
		return 0;
	return size + (uint64_t)ID3V2_HEADER_BYTES +
	       (header[3] == 4 && (header[5] & TAG_FOOTER) ? 10 : 0);
}

/* Undoes FF 00 -> FF in place; returns the new length. */
static size_t
unsync_undo(uint8_t *bytes, size_t length)
{
	size_t to = 0;

	for (size_t i = 0; i < length; i++) {
		bytes[to++] = bytes[i];
		if (bytes[i] == 0xFF && i + 1 < length && bytes[i + 1] == 0)
			i++;
	}
	return to;
}

/* The bytes of one text item with a length up to its terminator, which is two
 * bytes wide in UTF-16. *rest is what follows. */
static struct span
item_take(struct span body, enum text_encoding encoding, struct span *rest)
{
	size_t wide = encoding == TEXT_UTF16 || encoding == TEXT_UTF16BE ? 2 :
									   1;

	for (size_t i = 0; i + wide <= body.length; i += wide) {
		if (body.at[i] != 0 || (wide == 2 && body.at[i + 1] != 0))
			continue;
		*rest = (struct span){ body.at + i + wide,
				       body.length - i - wide };
		return (struct span){ body.at, i };
	}
	*rest = (struct span){ body.at + body.length, 0 };
	return body;
}

/* To UTF-8; TEXT_LATIN1 stays as it is, for tags_repair(). */
static struct span
text_decode(struct arena *arena, struct span bytes,
	    enum text_encoding encoding)
{
	switch (encoding) {
	case TEXT_UTF16:
		return utf16_to_utf8(arena, bytes, false);
	case TEXT_UTF16BE:
		return utf16_to_utf8(arena, bytes, true);
	case TEXT_UTF8:
		return utf8_repaired(arena, bytes);
	case TEXT_LATIN1:
		break;
	}
	return bytes;
}

static bool
encoding_take(struct span *body, enum text_encoding *out)
{
	if (body->length == 0 || (uint8_t)body->at[0] > TEXT_UTF8)
		return false;
	*out = (enum text_encoding)body->at[0];
	body->at++;
	body->length--;
	return true;
}

/* Adds every value of a list, noting where "/" may separate names. */
static void
add_values(struct walk *walk, enum tag_field field, struct span values,
	   enum text_encoding encoding)
{
	size_t first = walk->set->count;

	tag_add_list(walk->set, field, TAG_RANK_ID3V2,
		     text_decode(walk->set->arena, values, encoding),
		     encoding == TEXT_LATIN1);
	for (size_t i = first; i < walk->set->count; i++)
		walk->set->tags[i].slashes = walk->version < 4;
}

static void
read_text(struct walk *walk, const char *id, struct span body)
{
	enum text_encoding encoding;

	if (!encoding_take(&body, &encoding))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(text_frames); i++) {
		if (strcmp(id, text_frames[i].id) == 0)
			add_values(walk, text_frames[i].field, body, encoding);
	}
}

static void
read_user_text(struct walk *walk, struct span body)
{
	enum text_encoding encoding;
	struct span name, values;

	if (!encoding_take(&body, &encoding))
		return;
	name = item_take(body, encoding, &values);
	name = text_decode(walk->set->arena, name, encoding);
	add_values(walk, tag_field_named(name), values, encoding);
}

/* Programs keep notes of their own in comments. */
static bool
comment_is_for_programs(struct span name)
{
	static const char *const starts[] = { "iTun", "Songs-DB", "ID3v1",
					      "MusicMatch", "DISCID" };

	for (size_t i = 0; i < ARRAY_LENGTH(starts); i++) {
		if (span_starts(name, span_of(starts[i])))
			return true;
	}
	return false;
}

/* COMM and USLT: encoding, language, description, text. */
static void
read_comment(struct walk *walk, struct span body, bool lyrics)
{
	enum text_encoding encoding;
	struct span name, text;
	enum tag_field field = lyrics ? TAG_LYRICS : TAG_COMMENT;

	if (!encoding_take(&body, &encoding) || body.length < 3)
		return;
	body.at += 3;
	body.length -= 3;
	name = item_take(body, encoding, &text);
	name = text_decode(walk->set->arena, name, encoding);
	if (!lyrics && span_equal_nocase(name, SPAN("iTunSMPB")))
		field = TAG_ITUNES_GAPLESS;
	else if (!lyrics && comment_is_for_programs(name))
		return;
	text = item_take(text, encoding, &name);
	add_values(walk, field, text, encoding);
}

/* SYLT with times in milliseconds, as LRC lines. */
static void
read_synced_lyrics(struct walk *walk, struct span body)
{
	enum text_encoding encoding;
	struct buffer lrc;

	if (!encoding_take(&body, &encoding) || body.length < 5 ||
	    body.at[3] != 2 || (uint8_t)body.at[4] > 2)
		return;
	body.at += 5;
	body.length -= 5;
	item_take(body, encoding, &body);
	buffer_init(&lrc, TAG_VALUE_BYTES_MAX);
	while (body.length > 4) {
		struct span text = item_take(body, encoding, &body);
		uint32_t ms;

		if (body.length < 4)
			break;
		ms = be32((const uint8_t *)body.at);
		body.at += 4;
		body.length -= 4;
		text = text_decode(walk->set->arena, text, encoding);
		if (text.length > 0 && text.at[0] == '\n') {
			text.at++;
			text.length--;
		}
		buffer_print(&lrc, "[%02u:%02u.%02u]", ms / 60000,
			     ms / 1000 % 60, ms / 10 % 100);
		buffer_add_span(&lrc, text);
		buffer_add_char(&lrc, '\n');
	}
	if (!lrc.full)
		tag_add(walk->set, TAG_LYRICS_SYNCED, TAG_RANK_ID3V2,
			(struct span){ lrc.bytes, lrc.length },
			encoding == TEXT_LATIN1);
	buffer_release(&lrc);
}

/* TIPL, TMCL, IPLS: role and name by turns. */
static void
read_people(struct walk *walk, struct span body)
{
	enum text_encoding encoding;
	struct span role, name;
	bool legacy;

	if (!encoding_take(&body, &encoding))
		return;
	legacy = encoding == TEXT_LATIN1;
	body = text_decode(walk->set->arena, body, encoding);
	while (body.at != NULL && span_next(&body, '\0', &role) &&
	       body.at != NULL && span_next(&body, '\0', &name)) {
		enum tag_field field = TAG_PERFORMER;

		for (size_t i = 0; i < ARRAY_LENGTH(people); i++) {
			if (span_equal_nocase(role, span_of(people[i].word)))
				field = people[i].field;
		}
		tag_add(walk->set, field, TAG_RANK_ID3V2, name, legacy);
	}
}

static void
read_owner_id(struct walk *walk, struct span body)
{
	struct span owner = item_take(body, TEXT_LATIN1, &body);

	if (span_equal(owner, SPAN("http://musicbrainz.org")))
		tag_add(walk->set, TAG_MBID_RECORDING, TAG_RANK_ID3V2, body,
			false);
}

/* RVA2: name, then channels of (type, gain in 1/512 dB, peak bits, peak). */
static void
read_volume(struct walk *walk, struct span body)
{
	struct span name = item_take(body, TEXT_LATIN1, &body);
	bool album = span_equal_nocase(name, SPAN("album"));
	char text[32];

	while (body.length >= 4) {
		const uint8_t *at = (const uint8_t *)body.at;
		size_t used = 4 + (at[3] + 7u) / 8;

		if (at[0] == 1) { /* master volume */
			snprintf(text, sizeof text, "%.2f dB",
				 (double)(int16_t)be16(at + 1) / 512);
			tag_add(walk->set,
				album ? TAG_ALBUM_GAIN : TAG_TRACK_GAIN,
				TAG_RANK_ID3V2, span_of(text), false);
		}
		if (used > body.length)
			return;
		body.at += used;
		body.length -= used;
	}
}

static const char *
old_picture_type(const char *three)
{
	if (memcmp(three, "JPG", 3) == 0)
		return "image/jpeg";
	if (memcmp(three, "PNG", 3) == 0)
		return "image/png";
	return NULL;
}

/* APIC (encoding, type, kind, description, bytes) and v2.2's PIC (the type is
 * three letters). `head` is the start of the body; *skip is how much of the
 * body is not picture. */
static bool
picture_head(struct walk *walk, struct span head, struct tag_picture *out,
	     size_t *skip)
{
	struct span rest = head, type;
	enum text_encoding encoding;

	if (!encoding_take(&rest, &encoding) || rest.length < 4)
		return false;
	if (walk->version == 2) {
		out->type = old_picture_type(rest.at);
		rest.at += 3;
		rest.length -= 3;
	} else {
		type = item_take(rest, TEXT_LATIN1, &rest);
		if (span_equal(type, SPAN("-->"))) /* a link */
			return false;
		if (span_starts(type, SPAN("image/")) &&
		    utf8_valid(type.at, type.length) && type.length < 30)
			out->type = arena_copy_bytes(walk->set->arena, type.at,
						     type.length);
	}
	if (rest.length == 0)
		return false;
	out->kind = (uint8_t)rest.at[0];
	rest.at++;
	rest.length--;
	item_take(rest, encoding, &rest);
	*skip = (size_t)(rest.at - head.at);
	return true;
}

static void
offer_bytes(struct walk *walk, struct span body)
{
	struct tag_picture picture = { .rank = TAG_RANK_ID3V2 };
	size_t skip;

	if (!picture_head(walk, body, &picture, &skip))
		return;
	picture.length = body.length - skip;
	picture.bytes.at = arena_copy_bytes(walk->set->arena, body.at + skip,
					    body.length - skip);
	picture.bytes.length = body.length - skip;
	tag_offer_picture(walk->set, &picture);
}

static void
offer_place(struct walk *walk, const struct frame *frame)
{
	struct tag_picture picture = { .rank = TAG_RANK_ID3V2 };
	char head[PICTURE_HEAD_BYTES];
	size_t skip, got = PICTURE_HEAD_BYTES;

	if (got > frame->length)
		got = (size_t)frame->length;
	got = source_read(walk->source, frame->body, head, got);
	if (!picture_head(walk, (struct span){ head, got }, &picture, &skip) ||
	    skip >= frame->length)
		return;
	picture.offset = frame->body + skip;
	picture.length = frame->length - skip;
	tag_offer_picture(walk->set, &picture);
}

static void
read_frame(struct walk *walk, const char *id, struct span body)
{
	if (strcmp(id, "TXXX") == 0)
		read_user_text(walk, body);
	else if (id[0] == 'T' && strcmp(id, "TIPL") != 0 &&
		 strcmp(id, "TMCL") != 0)
		read_text(walk, id, body);
	else if (id[0] == 'T' || strcmp(id, "IPLS") == 0)
		read_people(walk, body);
	else if (strcmp(id, "COMM") == 0)
		read_comment(walk, body, false);
	else if (strcmp(id, "USLT") == 0)
		read_comment(walk, body, true);
	else if (strcmp(id, "SYLT") == 0)
		read_synced_lyrics(walk, body);
	else if (strcmp(id, "UFID") == 0)
		read_owner_id(walk, body);
	else if (strcmp(id, "RVA2") == 0)
		read_volume(walk, body);
	else if (strcmp(id, "APIC") == 0)
		offer_bytes(walk, body);
}

static bool
frame_is_wanted(const char *id)
{
	static const char *const others[] = { "COMM", "USLT", "SYLT", "UFID",
					      "RVA2", "APIC", "IPLS" };

	if (id[0] == 'T')
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		if (strcmp(id, others[i]) == 0)
			return true;
	}
	return false;
}

/* zlib data of a known length, within the bound. */
static bool
unpack(struct arena *arena, struct span *body, uint32_t length)
{
	uLongf got = length;
	uint8_t *out;

	if (length == 0 || length > FRAME_BYTES_MAX)
		return false;
	out = arena_alloc(arena, length);
	if (uncompress(out, &got, (const Bytef *)body->at, body->length) !=
	    Z_OK)
		return false;
	*body = (struct span){ (const char *)out, got };
	return true;
}

/* Reads the body whole and undoes what its flags say was done to it. */
static void
take_frame(struct walk *walk, const struct frame *frame)
{
	struct arena *arena = walk->set->arena;
	struct span body;
	uint8_t *bytes;
	uint32_t length = 0;

	bytes = arena_alloc(arena, (size_t)frame->length + 1);
	body.length = source_read(walk->source, frame->body, bytes,
				  (size_t)frame->length);
	if (frame->flags & FRAME_UNSYNC)
		body.length = unsync_undo(bytes, body.length);
	body.at = (const char *)bytes;
	if (frame->flags & FRAME_GROUP && body.length > 0) {
		body.at++;
		body.length--;
	}
	if (frame->flags & FRAME_LENGTH && body.length >= 4) {
		length = walk->version == 4 ?
				 syncsafe((const uint8_t *)body.at) :
				 be32((const uint8_t *)body.at);
		body.at += 4;
		body.length -= 4;
	}
	if (frame->flags & FRAME_PACKED && !unpack(arena, &body, length))
		return;
	read_frame(walk, frame->id, body);
}

static void
visit_frame(struct walk *walk, const struct frame *frame)
{
	bool plain = (frame->flags & ~(unsigned)FRAME_LENGTH) == 0;

	if (!frame_is_wanted(frame->id) || frame->length == 0 ||
	    frame->flags & FRAME_ENCRYPTED)
		return;
	if (strcmp(frame->id, "APIC") == 0 && plain && !walk->in_memory) {
		struct frame moved = *frame;

		if (frame->flags & FRAME_LENGTH && frame->length > 4) {
			moved.body += 4;
			moved.length -= 4;
		}
		offer_place(walk, &moved);
	} else if (frame->length <= FRAME_BYTES_MAX ||
		   (strcmp(frame->id, "APIC") == 0 &&
		    frame->length <= UNSYNC_BYTES_MAX)) {
		take_frame(walk, frame);
	}
}

static bool
id_is_plausible(const char *id, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!(id[i] >= 'A' && id[i] <= 'Z') &&
		    !(id[i] >= '0' && id[i] <= '9' && i > 0) &&
		    !(id[i] == ' ' && i == 3)) /* old iTunes */
			return false;
	}
	return true;
}

static void
old_id_translate(char id[5])
{
	for (size_t i = 0; i < ARRAY_LENGTH(text_frames); i++) {
		if (strcmp(id, text_frames[i].old) == 0) {
			memcpy(id, text_frames[i].id, 5);
			return;
		}
	}
	for (size_t i = 0; i < ARRAY_LENGTH(other_frames); i++) {
		if (strcmp(id, other_frames[i][1]) == 0) {
			memcpy(id, other_frames[i][0], 5);
			return;
		}
	}
}

/* True when a frame, padding or the end of the tag begins at `at`. */
static bool
lands_well(struct walk *walk, uint64_t at)
{
	char id[4];

	if (at == walk->end)
		return true;
	if (at > walk->end || walk->end - at < 10 ||
	    !source_read_all(walk->source, at, id, 4))
		return false;
	return id[0] == 0 || id_is_plausible(id, 4);
}

/* v2.4 sizes are syncsafe, but some programs wrote plain numbers. */
static uint64_t
frame_length_v24(struct walk *walk, const uint8_t *size)
{
	uint32_t safe = syncsafe(size), plain = be32(size);

	if (safe == UINT32_MAX)
		return plain;
	if (safe != plain && !lands_well(walk, walk->at + 10 + safe) &&
	    lands_well(walk, walk->at + 10 + plain))
		return plain;
	return safe;
}

static unsigned
frame_flags_v23(unsigned second)
{
	return (second & 0x80 ? FRAME_PACKED | FRAME_LENGTH : 0u) |
	       (second & 0x40 ? FRAME_ENCRYPTED : 0u) |
	       (second & 0x20 ? FRAME_GROUP : 0u);
}

/* Reads the frame header at walk->at; false at padding, at the end, and where
 * it makes no sense. */
static bool
next_frame(struct walk *walk, struct frame *frame)
{
	size_t head_bytes = walk->version == 2 ? 6 : 10;
	size_t id_bytes = walk->version == 2 ? 3 : 4;
	uint8_t head[10];

	memset(frame, 0, sizeof *frame);
	if (walk->end - walk->at < head_bytes ||
	    !source_read_all(walk->source, walk->at, head, head_bytes))
		return false;
	memcpy(frame->id, head, id_bytes);
	if (!id_is_plausible(frame->id, id_bytes))
		return false;
	frame->body = walk->at + head_bytes;
	if (walk->version == 2) {
		frame->length = be24(head + 3);
		old_id_translate(frame->id);
	} else if (walk->version == 3) {
		frame->length = be32(head + 4);
		frame->flags = frame_flags_v23(head[9]);
	} else {
		frame->length = frame_length_v24(walk, head + 4);
		frame->flags = head[9] |
			       (walk->unsync_frames ? FRAME_UNSYNC : 0u);
	}
	return true;
}

/* A frame that reaches past the tag is cut off there and is the last. */
static void
walk_frames(struct walk *walk)
{
	struct frame frame;

	for (int i = 0; i < FRAMES_MAX && next_frame(walk, &frame); i++) {
		uint64_t room = walk->end - frame.body;
		bool cut = frame.length > room;

		if (cut)
			frame.length = room;
		visit_frame(walk, &frame);
		if (cut)
			break;
		walk->at = frame.body + frame.length;
	}
}

static void
skip_extended_header(struct walk *walk)
{
	uint8_t size[4];
	uint64_t length;

	if (!source_read_all(walk->source, walk->at, size, 4))
		return;
	length = walk->version == 4 ? syncsafe(size) : be32(size) + 4ull;
	if (length < 4 || length > walk->end - walk->at)
		return;
	walk->at += length;
}

/* The tag as it was before unsynchronisation, in memory. */
static bool
undo_tag(struct walk *walk, struct source *copy)
{
	uint64_t length = walk->end - walk->at;
	uint8_t *bytes;
	size_t got;

	if (length > UNSYNC_BYTES_MAX)
		return false;
	bytes = arena_alloc(walk->set->arena, (size_t)length + 1);
	got = source_read(walk->source, walk->at, bytes, (size_t)length);
	got = unsync_undo(bytes, got);
	source_from_memory(copy, bytes, got);
	walk->source = copy;
	walk->in_memory = true;
	walk->at = 0;
	walk->end = got;
	return true;
}

uint64_t
id3v2_read(struct source *source, uint64_t offset, struct tag_set *set)
{
	uint8_t header[ID3V2_HEADER_BYTES];
	struct walk walk = { .source = source, .set = set };
	struct source *copy;
	uint64_t length;

	if (!source_read_all(source, offset, header, sizeof header))
		return 0;
	length = id3v2_length(header);
	if (length == 0)
		return 0;
	walk.version = header[3];
	walk.at = offset + ID3V2_HEADER_BYTES;
	walk.end = walk.at + syncsafe(header + 6);
	if (walk.end > source->size_bytes)
		walk.end = source->size_bytes;
	if (walk.version == 2 && header[5] & TAG_EXTENDED)
		return length;
	walk.unsync_frames = walk.version == 4 && header[5] & TAG_UNSYNC;
	if (walk.version < 4 && header[5] & TAG_UNSYNC) {
		copy = arena_alloc(set->arena, sizeof *copy);
		if (!undo_tag(&walk, copy))
			return length;
	}
	if (walk.version > 2 && header[5] & TAG_EXTENDED)
		skip_extended_header(&walk);
	walk_frames(&walk);
	return length;
}

bool
id3v1_read(struct source *source, uint64_t end, struct tag_set *set)
{
	static const struct {
		enum tag_field field;
		size_t at, length;
	} fields[] = {
		{ TAG_TITLE, 3, 30 }, { TAG_ARTIST, 33, 30 },
		{ TAG_ALBUM, 63, 30 }, { TAG_DATE, 93, 4 },
		{ TAG_COMMENT, 97, 30 },
	};
	char tag[ID3V1_BYTES], number[12];
	const char *genre;

	if (end < ID3V1_BYTES ||
	    !source_read_all(source, end - ID3V1_BYTES, tag, sizeof tag) ||
	    memcmp(tag, "TAG", 3) != 0)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
		struct span text = { tag + fields[i].at, fields[i].length };

		text.length = strnlen(text.at, text.length);
		tag_add(set, fields[i].field, TAG_RANK_ID3V1, text, true);
	}
	if (tag[125] == 0 && tag[126] != 0) { /* ID3v1.1 */
		snprintf(number, sizeof number, "%u", (uint8_t)tag[126]);
		tag_add(set, TAG_TRACK, TAG_RANK_ID3V1, span_of(number),
			false);
	}
	genre = genre_numbered((uint8_t)tag[127]);
	if (genre != NULL)
		tag_add(set, TAG_GENRE, TAG_RANK_ID3V1, span_of(genre), false);
	return true;
}
