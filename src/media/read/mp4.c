/* mp4.c - boxes: see mp4.h. Every walk is bounded by BOXES_MAX boxes and by the
 * box it is in, so that no size can lead outside or in circles. */
#include "media/read/mp4.h"

#include <stdio.h>
#include <strings.h>

#include "media/read/unicode.h"
#include "media/read/value.h"

#define AAC_FRAME_SAMPLES 1024
#define BOXES_MAX 4000
#define TRACKS_MAX 16
#define NAME_BYTES 64

#define FOURCC(a, b, c, d)                                        \
	((uint32_t)(uint8_t)(a) << 24 | (uint32_t)(uint8_t)(b) << 16 | \
	 (uint32_t)(uint8_t)(c) << 8 | (uint32_t)(uint8_t)(d))
#define COPYRIGHT "\xA9"

struct box {
	uint32_t type;
	uint64_t body, end;
};

struct mp4 {
	struct source *source;
	struct tag_set *set;
	struct mp4_edit *edit;
	uint32_t movie_scale;
	int boxes; /* seen, against BOXES_MAX */
};

static const struct {
	char type[5];
	enum tag_field field;
} text_atoms[] = {
	{ COPYRIGHT "nam", TAG_TITLE },	  { COPYRIGHT "ART", TAG_ARTIST },
	{ "aART", TAG_ALBUM_ARTIST },	  { COPYRIGHT "alb", TAG_ALBUM },
	{ COPYRIGHT "gen", TAG_GENRE },	  { COPYRIGHT "day", TAG_DATE },
	{ COPYRIGHT "wrt", TAG_COMPOSER }, { COPYRIGHT "com", TAG_COMPOSER },
	{ COPYRIGHT "cmt", TAG_COMMENT }, { COPYRIGHT "lyr", TAG_LYRICS },
	{ COPYRIGHT "con", TAG_CONDUCTOR }, { COPYRIGHT "prd", TAG_PRODUCER },
};

static bool
next_box(struct mp4 *mp4, uint64_t *at, uint64_t end, struct box *box)
{
	uint8_t head[16];
	uint64_t length, head_bytes = 8;

	if (++mp4->boxes > BOXES_MAX || end - *at < 8 ||
	    !source_read_all(mp4->source, *at, head, 8))
		return false;
	length = be32(head);
	box->type = be32(head + 4);
	if (length == 1) {
		if (!source_read_all(mp4->source, *at + 8, head + 8, 8))
			return false;
		length = be64(head + 8);
		head_bytes = 16;
	} else if (length == 0) {
		length = end - *at;
	}
	if (length < head_bytes)
		return false;
	box->body = *at + head_bytes;
	/* the last box of a cut file reaches past its end */
	box->end = length > end - *at ? end : *at + length;
	*at = box->end;
	return box->body <= box->end;
}

static bool
find_box(struct mp4 *mp4, uint64_t from, uint64_t end, uint32_t type,
	 struct box *box)
{
	while (next_box(mp4, &from, end, box)) {
		if (box->type == type)
			return true;
	}
	return false;
}

/* Reads the value of a `data` box, whole. */
static struct span
data_value(struct mp4 *mp4, const struct box *data, uint32_t *kind)
{
	uint8_t head[8];
	struct span value = { NULL, 0 };
	char *bytes;
	uint64_t length;

	if (data->end - data->body < 8 ||
	    !source_read_all(mp4->source, data->body, head, 8))
		return value;
	*kind = be32(head) & 0xFFFFFF;
	length = data->end - data->body - 8;
	if (length > TAG_VALUE_BYTES_MAX)
		return value;
	bytes = arena_alloc(mp4->set->arena, (size_t)length + 1);
	value.at = bytes;
	value.length = source_read(mp4->source, data->body + 8, bytes,
				   (size_t)length);
	return value;
}

static void
add_text(struct mp4 *mp4, enum tag_field field, struct span value,
	 uint32_t kind)
{
	if (kind == 2) /* UTF-16 */
		value = utf16_to_utf8(mp4->set->arena, value, true);
	tag_add(mp4->set, field, TAG_RANK_NATIVE, value,
		!utf8_valid(value.at, value.length));
}

static void
add_number(struct mp4 *mp4, enum tag_field field, uint64_t number)
{
	char text[24];

	if (number == 0)
		return;
	snprintf(text, sizeof text, "%llu", (unsigned long long)number);
	tag_add(mp4->set, field, TAG_RANK_NATIVE, span_of(text), false);
}

static void
add_position(struct mp4 *mp4, struct span value, enum tag_field number,
	     enum tag_field total)
{
	const uint8_t *at = (const uint8_t *)value.at;

	if (value.length < 6)
		return;
	add_number(mp4, number, be16(at + 2));
	add_number(mp4, total, be16(at + 4));
}

static uint64_t
data_number(struct span value)
{
	uint64_t number = 0;

	if (value.length > 8)
		return 0;
	for (size_t i = 0; i < value.length; i++)
		number = number << 8 | (uint8_t)value.at[i];
	return number;
}

/* "(17)" and the like is ID3's; here 1-based numbers. */
static void
add_genre(struct mp4 *mp4, struct span value)
{
	uint64_t number = data_number(value);
	const char *name = number > 0 && number < 300 ?
				   genre_numbered((uint32_t)number - 1) :
				   NULL;

	if (name != NULL)
		tag_add(mp4->set, TAG_GENRE, TAG_RANK_NATIVE, span_of(name),
			false);
}

static void
offer_cover(struct mp4 *mp4, const struct box *data)
{
	struct tag_picture picture = { .rank = TAG_RANK_NATIVE, .kind = 3 };

	if (data->end - data->body <= 8)
		return;
	picture.offset = data->body + 8;
	picture.length = data->end - data->body - 8;
	tag_offer_picture(mp4->set, &picture);
}

static void
read_value(struct mp4 *mp4, uint32_t type, const struct box *data)
{
	uint32_t kind = 0;
	struct span value;
	char name[5] = { (char)(type >> 24), (char)(type >> 16),
			 (char)(type >> 8), (char)type, 0 };

	if (type == FOURCC('c', 'o', 'v', 'r')) {
		offer_cover(mp4, data);
		return;
	}
	value = data_value(mp4, data, &kind);
	if (value.length == 0)
		return;
	if (type == FOURCC('t', 'r', 'k', 'n'))
		add_position(mp4, value, TAG_TRACK, TAG_TRACK_TOTAL);
	else if (type == FOURCC('d', 'i', 's', 'k'))
		add_position(mp4, value, TAG_DISC, TAG_DISC_TOTAL);
	else if (type == FOURCC('g', 'n', 'r', 'e'))
		add_genre(mp4, value);
	else if (type == FOURCC('t', 'm', 'p', 'o'))
		add_number(mp4, TAG_TEMPO, data_number(value));
	else if (type == FOURCC('c', 'p', 'i', 'l'))
		add_number(mp4, TAG_COMPILATION, data_number(value));
	for (size_t i = 0; i < ARRAY_LENGTH(text_atoms); i++) {
		if (strcmp(name, text_atoms[i].type) == 0)
			add_text(mp4, text_atoms[i].field, value, kind);
	}
}

/* ---- : `mean`, `name`, then the values. */
static enum tag_field
freeform_field(struct mp4 *mp4, const struct box *item)
{
	char name[NAME_BYTES];
	struct box box;
	size_t length;

	if (!find_box(mp4, item->body, item->end, FOURCC('n', 'a', 'm', 'e'),
		      &box) ||
	    box.end - box.body <= 4)
		return TAG_NONE;
	length = (size_t)(box.end - box.body) - 4;
	if (length > sizeof name)
		return TAG_NONE;
	length = source_read(mp4->source, box.body + 4, name, length);
	return tag_field_named((struct span){ name, length });
}

static void
read_item(struct mp4 *mp4, const struct box *item)
{
	bool freeform = item->type == FOURCC('-', '-', '-', '-');
	enum tag_field field = freeform ? freeform_field(mp4, item) : TAG_NONE;
	uint64_t at = item->body;
	struct box data;

	while (next_box(mp4, &at, item->end, &data)) {
		uint32_t kind = 0;

		if (data.type != FOURCC('d', 'a', 't', 'a'))
			continue;
		if (!freeform)
			read_value(mp4, item->type, &data);
		else if (field != TAG_NONE)
			add_text(mp4, field, data_value(mp4, &data, &kind),
				 kind);
	}
}

/* `meta` is a full box in MP4 and a plain one in QuickTime. */
static uint64_t
meta_children(struct mp4 *mp4, const struct box *meta)
{
	uint8_t head[8];

	if (meta->end - meta->body >= 8 &&
	    source_read_all(mp4->source, meta->body, head, 8) &&
	    be32(head + 4) == FOURCC('h', 'd', 'l', 'r'))
		return meta->body;
	return meta->body + 4 < meta->end ? meta->body + 4 : meta->end;
}

static void
read_meta(struct mp4 *mp4, const struct box *udta)
{
	struct box meta, list, item;
	uint64_t at;

	if (!find_box(mp4, udta->body, udta->end, FOURCC('m', 'e', 't', 'a'),
		      &meta))
		return;
	at = meta_children(mp4, &meta);
	if (!find_box(mp4, at, meta.end, FOURCC('i', 'l', 's', 't'), &list))
		return;
	at = list.body;
	while (next_box(mp4, &at, list.end, &item))
		read_item(mp4, &item);
}

/* Time scale and length of mvhd and mdhd, whose layouts begin alike. */
static uint32_t
header_times(struct mp4 *mp4, const struct box *box, uint64_t *length)
{
	uint8_t head[32] = { 0 };

	source_read(mp4->source, box->body, head, sizeof head);
	if (head[0] == 1) {
		*length = be64(head + 24);
		return be32(head + 20);
	}
	*length = be32(head + 16);
	return be32(head + 12);
}

/* A film's time scale is often a millisecond, while a last frame that was cut
 * short in the track's own scale says where the sound ends to the sample. */
static uint64_t
edit_length(const struct mp4 *mp4, uint64_t start, uint64_t told,
	    uint32_t scale)
{
	uint64_t media = mp4->edit->media_samples;
	uint64_t unit = scale / mp4->movie_scale;
	uint64_t whole = media > start ? media - start : 0;

	if (media % AAC_FRAME_SAMPLES != 0 && whole > told &&
	    whole - told <= unit)
		return whole;
	return told;
}

/* One edit, or an empty one and one: anything else is no simple trim. */
static void
read_edits(struct mp4 *mp4, const struct box *list, uint32_t scale)
{
	uint8_t bytes[8 + 2 * 20] = { 0 };
	bool wide;
	uint64_t length;
	int64_t start;

	source_read(mp4->source, list->body, bytes, sizeof bytes);
	wide = bytes[0] == 1;
	if (be32(bytes + 4) != 1 || mp4->movie_scale == 0)
		return;
	length = wide ? be64(bytes + 8) : be32(bytes + 8);
	start = wide ? (int64_t)be64(bytes + 16) : (int32_t)be32(bytes + 12);
	if (start < 0 || length > UINT32_MAX * 64ull)
		return;
	mp4->edit->known = true;
	mp4->edit->start_samples = (uint64_t)start;
	mp4->edit->duration_samples = edit_length(
		mp4, (uint64_t)start,
		(uint64_t)((double)length * scale / mp4->movie_scale + 0.5),
		scale);
}

static bool
read_track(struct mp4 *mp4, const struct box *track)
{
	struct box media, box;
	uint8_t handler[12];
	uint32_t scale;

	if (!find_box(mp4, track->body, track->end,
		      FOURCC('m', 'd', 'i', 'a'), &media) ||
	    !find_box(mp4, media.body, media.end, FOURCC('h', 'd', 'l', 'r'),
		      &box) ||
	    !source_read_all(mp4->source, box.body, handler, 12) ||
	    be32(handler + 8) != FOURCC('s', 'o', 'u', 'n') ||
	    !find_box(mp4, media.body, media.end, FOURCC('m', 'd', 'h', 'd'),
		      &box))
		return false;
	scale = header_times(mp4, &box, &mp4->edit->media_samples);
	mp4->edit->time_scale = scale;
	if (find_box(mp4, track->body, track->end, FOURCC('e', 'd', 't', 's'),
		     &box) &&
	    find_box(mp4, box.body, box.end, FOURCC('e', 'l', 's', 't'), &box))
		read_edits(mp4, &box, scale);
	return true;
}

static void
read_movie(struct mp4 *mp4, const struct box *movie)
{
	uint64_t at = movie->body, length;
	bool found = false;
	struct box box;

	if (find_box(mp4, movie->body, movie->end, FOURCC('m', 'v', 'h', 'd'),
		     &box))
		mp4->movie_scale = header_times(mp4, &box, &length);
	while (next_box(mp4, &at, movie->end, &box)) {
		if (box.type == FOURCC('t', 'r', 'a', 'k') && !found)
			found = read_track(mp4, &box);
		else if (box.type == FOURCC('u', 'd', 't', 'a'))
			read_meta(mp4, &box);
		else if (box.type == FOURCC('m', 'e', 't', 'a')) {
			struct box wrap = { .body = box.body - 8,
					    .end = box.end };

			read_meta(mp4, &wrap);
		}
	}
}

bool
mp4_read(struct source *source, struct tag_set *set, struct mp4_edit *edit)
{
	struct mp4 mp4 = { .source = source, .set = set, .edit = edit };
	struct box movie;

	memset(edit, 0, sizeof *edit);
	if (!find_box(&mp4, 0, source->size_bytes, FOURCC('m', 'o', 'o', 'v'),
		      &movie))
		return false;
	read_movie(&mp4, &movie);
	return true;
}
