/* tags.c - the set of found fields; see tags.h. */
#include "media/read/tags.h"

#include <stdlib.h>

#include "media/read/codepage.h"

/* Sorted by name as tag_field_named() folds it: small, no blanks, _ or -. */
static const struct {
	const char *name;
	enum tag_field field;
} names[] = {
	{ "album", TAG_ALBUM },
	{ "albumartist", TAG_ALBUM_ARTIST },
	{ "albumartists", TAG_ALBUM_ARTISTS },
	{ "albumgenre", TAG_GENRE },
	{ "albumtitle", TAG_ALBUM },
	{ "arranger", TAG_NONE },
	{ "artist", TAG_ARTIST },
	{ "artists", TAG_ARTISTS },
	{ "author", TAG_ARTIST },
	{ "band", TAG_ALBUM_ARTIST },
	{ "beatsperminute", TAG_TEMPO },
	{ "bpm", TAG_TEMPO },
	{ "comment", TAG_COMMENT },
	{ "compilation", TAG_COMPILATION },
	{ "composer", TAG_COMPOSER },
	{ "conductor", TAG_CONDUCTOR },
	{ "contentgroup", TAG_NONE },
	{ "creationtime", TAG_NONE },
	{ "date", TAG_DATE },
	{ "debutalbum", TAG_NONE },
	{ "description", TAG_COMMENT },
	{ "disc", TAG_DISC },
	{ "discnumber", TAG_DISC },
	{ "discsubtitle", TAG_DISC_TITLE },
	{ "disctitle", TAG_DISC_TITLE },
	{ "disctotal", TAG_DISC_TOTAL },
	{ "ensemble", TAG_ALBUM_ARTIST },
	{ "genre", TAG_GENRE },
	{ "initialkey", TAG_KEY },
	{ "iscompilation", TAG_COMPILATION },
	{ "isrc", TAG_ISRC },
	{ "itunescompilation", TAG_COMPILATION },
	{ "itunsmpb", TAG_ITUNES_GAPLESS },
	{ "key", TAG_KEY },
	{ "lyricist", TAG_LYRICIST },
	{ "lyrics", TAG_LYRICS },
	{ "mixartist", TAG_REMIXER },
	{ "modifiedby", TAG_REMIXER },
	{ "musicbrainzalbumartistid", TAG_MBID_ALBUM_ARTIST },
	{ "musicbrainzalbumid", TAG_MBID_RELEASE },
	{ "musicbrainzartistid", TAG_MBID_ARTIST },
	{ "musicbrainzreleasegroupid", TAG_MBID_RELEASE_GROUP },
	{ "musicbrainzreleasetrackid", TAG_NONE },
	{ "musicbrainztrackid", TAG_MBID_RECORDING },
	{ "originaldate", TAG_ORIGINAL_DATE },
	{ "originalreleasedate", TAG_ORIGINAL_DATE },
	{ "originalreleaseyear", TAG_ORIGINAL_DATE },
	{ "originalyear", TAG_ORIGINAL_DATE },
	{ "partofacompilation", TAG_COMPILATION },
	{ "performer", TAG_PERFORMER },
	{ "producer", TAG_PRODUCER },
	{ "r128albumgain", TAG_R128_ALBUM_GAIN },
	{ "r128trackgain", TAG_R128_TRACK_GAIN },
	{ "recorddate", TAG_NONE },
	{ "releasedate", TAG_DATE },
	{ "remixer", TAG_REMIXER },
	{ "replaygainalbumgain", TAG_ALBUM_GAIN },
	{ "replaygainalbumpeak", TAG_ALBUM_PEAK },
	{ "replaygaintrackgain", TAG_TRACK_GAIN },
	{ "replaygaintrackpeak", TAG_TRACK_PEAK },
	{ "setsubtitle", TAG_DISC_TITLE },
	{ "syncedlyrics", TAG_LYRICS_SYNCED },
	{ "synclyrics", TAG_LYRICS_SYNCED },
	{ "tbpm", TAG_TEMPO },
	{ "tcmp", TAG_COMPILATION },
	{ "tempo", TAG_TEMPO },
	{ "text", TAG_LYRICIST },
	{ "title", TAG_TITLE },
	{ "tkey", TAG_KEY },
	{ "totaldiscs", TAG_DISC_TOTAL },
	{ "totaltracks", TAG_TRACK_TOTAL },
	{ "track", TAG_TRACK },
	{ "tracknumber", TAG_TRACK },
	{ "tracktotal", TAG_TRACK_TOTAL },
	{ "tsrc", TAG_ISRC },
	{ "unsyncedlyrics", TAG_LYRICS },
	{ "unsynchronisedlyrics", TAG_LYRICS },
	{ "uslt", TAG_LYRICS }, /* a text of that name, by ffmpeg */
	{ "wm/albumartist", TAG_ALBUM_ARTIST },
	{ "wm/albumtitle", TAG_ALBUM },
	{ "wm/beatsperminute", TAG_TEMPO },
	{ "wm/composer", TAG_COMPOSER },
	{ "wm/conductor", TAG_CONDUCTOR },
	{ "wm/genre", TAG_GENRE },
	{ "wm/initialkey", TAG_KEY },
	{ "wm/iscompilation", TAG_COMPILATION },
	{ "wm/isrc", TAG_ISRC },
	{ "wm/lyrics", TAG_LYRICS },
	{ "wm/modifiedby", TAG_REMIXER },
	{ "wm/originalreleasetime", TAG_ORIGINAL_DATE },
	{ "wm/originalreleaseyear", TAG_ORIGINAL_DATE },
	{ "wm/partofset", TAG_DISC },
	{ "wm/producer", TAG_PRODUCER },
	{ "wm/setsubtitle", TAG_DISC_TITLE },
	{ "wm/tracknumber", TAG_TRACK },
	{ "wm/writer", TAG_LYRICIST },
	{ "wm/year", TAG_DATE },
	{ "writer", TAG_LYRICIST },
	{ "year", TAG_DATE },
};

static const char *const field_names[TAG_FIELD_COUNT] = {
	[TAG_TITLE] = "title",
	[TAG_ARTIST] = "artist",
	[TAG_ARTISTS] = "artists",
	[TAG_ALBUM] = "album",
	[TAG_ALBUM_ARTIST] = "album artist",
	[TAG_ALBUM_ARTISTS] = "album artists",
	[TAG_GENRE] = "genre",
	[TAG_DISC_TITLE] = "disc title",
	[TAG_COMMENT] = "comment",
	[TAG_COMPOSER] = "composer",
	[TAG_CONDUCTOR] = "conductor",
	[TAG_LYRICIST] = "lyricist",
	[TAG_REMIXER] = "remixer",
	[TAG_PERFORMER] = "performer",
	[TAG_PRODUCER] = "producer",
	[TAG_LYRICS] = "lyrics",
	[TAG_LYRICS_SYNCED] = "synced lyrics",
};

void
tag_set_init(struct tag_set *set, struct arena *arena)
{
	set->arena = arena;
	set->count = 0;
	set->bytes = 0;
	set->picture = (struct tag_picture){ 0 };
}

/* Blanks, line ends and NULs at both ends say nothing. */
static struct span
value_trim(struct span value)
{
	while (value.length > 0 &&
	       (uint8_t)value.at[value.length - 1] <= ' ')
		value.length--;
	while (value.length > 0 && (uint8_t)value.at[0] <= ' ') {
		value.at++;
		value.length--;
	}
	return value;
}

void
tag_add(struct tag_set *set, enum tag_field field, enum tag_rank rank,
	struct span value, bool legacy)
{
	struct tag *tag;

	value = value_trim(value);
	if (field == TAG_NONE || value.length == 0 ||
	    set->count == TAGS_MAX || value.length > TAG_VALUE_BYTES_MAX ||
	    set->bytes + value.length > TAG_BYTES_MAX)
		return;
	tag = &set->tags[set->count++];
	*tag = (struct tag){ .field = field, .rank = rank, .legacy = legacy };
	tag->value.at = arena_copy_bytes(set->arena, value.at, value.length);
	tag->value.length = value.length;
	set->bytes += value.length;
}

void
tag_add_list(struct tag_set *set, enum tag_field field, enum tag_rank rank,
	     struct span values, bool legacy)
{
	struct span one;

	if (values.at == NULL)
		return;
	while (span_next(&values, '\0', &one))
		tag_add(set, field, rank, one, legacy);
}

static int
picture_worth(const struct tag_picture *picture)
{
	switch (picture->kind) {
	case 3: /* front cover */
		return 3;
	case 1: /* file icons */
	case 2:
		return 1;
	default:
		return 2;
	}
}

void
tag_offer_picture(struct tag_set *set, const struct tag_picture *picture)
{
	const struct tag_picture *old = &set->picture;
	int worth = picture_worth(picture), old_worth = picture_worth(old);

	if (picture->length == 0)
		return;
	if (old->present && (worth < old_worth ||
			     (worth == old_worth && picture->rank <= old->rank)))
		return;
	set->picture = *picture;
	set->picture.present = true;
}

#define FOLDED_BYTES 40

/* Small letters without blanks, _ and -; false when too long for any row. */
static bool
name_fold(struct span name, char out[FOLDED_BYTES])
{
	size_t length = 0;

	for (size_t i = 0; i < name.length; i++) {
		char c = name.at[i];

		if (c == ' ' || c == '_' || c == '-')
			continue;
		if (length + 1 == FOLDED_BYTES)
			return false;
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + ('a' - 'A'));
		out[length++] = c;
	}
	out[length] = '\0';
	return true;
}

static int
name_compare(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

enum tag_field
tag_field_named(struct span name)
{
	char folded[FOLDED_BYTES];
	const void *row;

	if (!name_fold(name, folded))
		return TAG_NONE;
	row = bsearch(folded, names, ARRAY_LENGTH(names), sizeof names[0],
		      name_compare);
	if (row == NULL)
		return TAG_NONE;
	return names[((const char *)row - (const char *)names) /
		     (ptrdiff_t)sizeof names[0]]
		.field;
}

const char *
tag_field_name(enum tag_field field)
{
	const char *name = field < TAG_FIELD_COUNT ? field_names[field] : NULL;

	return name != NULL ? name : "other";
}

/* The 8-bit form in which a value may be judged: itself, or what it was
 * before somebody took it for Western text. */
static bool
tag_bytes(const struct tag_set *set, const struct tag *tag, struct span *out)
{
	if (!tag->legacy)
		return codepage_unread(set->arena, tag->value, out);
	*out = tag->value;
	return true;
}

struct repair {
	bool fields[TAG_FIELD_COUNT][CODEPAGE_COUNT];
};

/* Decodes one value; true when it was not what it said it was. */
static bool
tag_repair(struct tag_set *set, struct tag *tag, const double *others,
	   enum codepage *page)
{
	struct span bytes;
	bool unicode = !tag->legacy;
	const char *text;

	if (!tag_bytes(set, tag, &bytes))
		return false;
	*page = codepage_guess(bytes, others,
			       unicode ? CODEPAGE_THRESHOLD_UNICODE :
					 CODEPAGE_THRESHOLD_LEGACY);
	if (unicode && *page == CODEPAGE_WESTERN)
		return false;
	text = codepage_decode(set->arena, bytes, *page);
	tag->value = value_trim(span_of(text));
	tag->legacy = false;
	return *page != CODEPAGE_WESTERN;
}

static void
tags_weigh(const struct tag_set *set, double sums[][CODEPAGE_COUNT])
{
	for (size_t i = 0; i < set->count; i++) {
		struct span bytes;

		if (!tag_bytes(set, &set->tags[i], &bytes) ||
		    utf8_valid(bytes.at, bytes.length))
			bytes.length = 0;
		for (int page = CODEPAGE_1251; page <= CODEPAGE_866; page++)
			sums[i][page] = codepage_evidence(
				bytes, (enum codepage)page);
	}
}

static const char *
repair_sentence(struct tag_set *set, const struct repair *repair)
{
	char *text = NULL;

	for (int page = 0; page < CODEPAGE_COUNT; page++) {
		char *fields = NULL;

		for (int f = 0; f < TAG_FIELD_COUNT; f++) {
			const char *name = tag_field_name((enum tag_field)f);

			if (!repair->fields[f][page])
				continue;
			fields = fields == NULL ?
					 arena_copy_text(set->arena, name) :
					 arena_print(set->arena, "%s, %s",
						     fields, name);
		}
		if (fields == NULL)
			continue;
		text = arena_print(set->arena, "%s%s%s: read as %s",
				   text == NULL ? "" : text,
				   text == NULL ? "" : "; ", fields,
				   codepage_name((enum codepage)page));
	}
	return text;
}

const char *
tags_repair(struct tag_set *set)
{
	double (*sums)[CODEPAGE_COUNT] =
		arena_alloc_array(set->arena, set->count + 1, sizeof *sums);
	double total[CODEPAGE_COUNT] = { 0 };
	struct repair repair = { 0 };

	tags_weigh(set, sums);
	for (size_t i = 0; i < set->count; i++) {
		for (int page = 0; page < CODEPAGE_COUNT; page++)
			total[page] += sums[i][page];
	}
	for (size_t i = 0; i < set->count; i++) {
		struct tag *tag = &set->tags[i];
		double others[CODEPAGE_COUNT];
		enum codepage page;

		for (int p = 0; p < CODEPAGE_COUNT; p++)
			others[p] = total[p] - sums[i][p];
		if (tag_repair(set, tag, others, &page))
			repair.fields[tag->field][page] = true;
	}
	return repair_sentence(set, &repair);
}
