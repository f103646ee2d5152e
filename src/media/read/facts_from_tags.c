/* facts_from_tags.c - see facts_from_tags.h. */
#include "media/read/facts_from_tags.h"

#include <math.h>
#include <stdlib.h>

#include "media/read/value.h"

#define LINE_BYTES_MAX 1000
#define NAME_BYTES_MAX 500
#define NAMES_MAX 32
#define MBID_BYTES 36
#define TEMPO_MAX 1000.0
#define GAIN_MAX_DB 100.0
#define PEAK_MAX 100.0

/* Values of one field from its best container. */
struct values {
	const struct tag *at[NAMES_MAX];
	size_t count;
};

static struct values
values_of(const struct tag_set *set, enum tag_field field)
{
	struct values values = { .count = 0 };
	enum tag_rank best = 0;

	for (size_t i = 0; i < set->count; i++) {
		const struct tag *tag = &set->tags[i];

		if (tag->field != field || tag->value.length == 0 ||
		    tag->rank < best)
			continue;
		if (tag->rank > best)
			values.count = 0;
		best = tag->rank;
		if (values.count < NAMES_MAX)
			values.at[values.count++] = tag;
	}
	return values;
}

struct span
tag_first(const struct tag_set *set, enum tag_field field)
{
	struct values values = values_of(set, field);

	return values.count > 0 ? values.at[0]->value :
				  (struct span){ NULL, 0 };
}

/* One line: control characters are blanks, runs of them one; cut to `limit`
 * bytes. NULL when nothing is left. */
static const char *
line_of(struct arena *arena, struct span text, size_t limit)
{
	size_t cut = utf8_cut(text.at, text.length, limit), length = 0;
	char *line = arena_copy_bytes(arena, text.at, cut);

	for (size_t i = 0; i < cut; i++) {
		char c = (uint8_t)line[i] < ' ' ? ' ' : line[i];

		if (c == ' ' && (length == 0 || line[length - 1] == ' '))
			continue;
		line[length++] = c;
	}
	while (length > 0 && line[length - 1] == ' ')
		length--;
	line[length] = '\0';
	return length > 0 ? line : NULL;
}

static const char *
line_field(const struct tag_set *set, enum tag_field field)
{
	struct span text = tag_first(set, field);

	return text.length == 0 ?
		       NULL :
		       line_of(set->arena, text, LINE_BYTES_MAX);
}

/* All values in one text, for display. */
static const char *
joined_field(const struct tag_set *set, enum tag_field field)
{
	struct values values = values_of(set, field);
	const char *text = NULL;

	for (size_t i = 0; i < values.count; i++) {
		const char *one = line_of(set->arena, values.at[i]->value,
					  LINE_BYTES_MAX);

		if (one != NULL && text != NULL)
			text = arena_print(set->arena, "%s, %s", text, one);
		else if (one != NULL)
			text = one;
	}
	return text == NULL ? NULL :
			      line_of(set->arena, span_of(text),
				      LINE_BYTES_MAX);
}

static bool
has_credit(const struct media_facts *facts, const char *name,
	   enum credit_role role)
{
	for (size_t i = 0; i < facts->credit_count; i++) {
		const struct media_credit *credit = &facts->credits[i];
		bool same_group = credit->role == role ||
				  (credit->role == CREDIT_MAIN &&
				   role == CREDIT_FEATURED);

		if (same_group && span_equal_nocase(span_of(credit->name),
						    span_of(name)))
			return true;
	}
	return false;
}

static void
add_credit(const struct tag_set *set, struct media_facts *facts,
	   struct span text, enum credit_role role)
{
	const char *name = line_of(set->arena, text, NAME_BYTES_MAX);

	if (name == NULL || facts->credit_count == MEDIA_CREDITS_MAX ||
	    has_credit(facts, name, role))
		return;
	facts->credits[facts->credit_count++] =
		(struct media_credit){ .name = name, .role = role };
}

static void
add_names(const struct tag_set *set, struct media_facts *facts,
	  struct span list, bool slashes, enum credit_role role)
{
	struct span name;

	while (value_next_name(&list, slashes, &name))
		add_credit(set, facts, name, role);
}

static size_t
count_names(struct span list, bool slashes)
{
	struct span name;
	size_t count = 0;

	while (value_next_name(&list, slashes, &name))
		count++;
	return count;
}

/* Ids stand one per value, or in one value with "/" or ";" between. */
static size_t
mbids_of(const struct tag_set *set, enum tag_field field,
	 struct span ids[NAMES_MAX])
{
	struct values values = values_of(set, field);
	size_t count = 0;

	for (size_t i = 0; i < values.count; i++) {
		struct span list = values.at[i]->value, id;

		while (count < NAMES_MAX &&
		       value_next_name(&list, true, &id)) {
			if (id.length == MBID_BYTES)
				ids[count++] = id;
		}
	}
	return count;
}

/* Ids belong to names only when there is one for each. */
static void
attach_mbids(const struct tag_set *set, struct media_facts *facts,
	     size_t first, enum tag_field field)
{
	struct span ids[NAMES_MAX];
	size_t count = mbids_of(set, field, ids);

	if (count != facts->credit_count - first)
		return;
	for (size_t i = 0; i < count; i++)
		facts->credits[first + i].mbid = arena_copy_bytes(
			set->arena, ids[i].at, ids[i].length);
}

/* True when `name` stands behind the "feat." of the text for display. */
static bool
is_featured_in(struct span text, struct span name)
{
	struct span main, featured;

	if (!value_featured(text, false, &main, &featured) ||
	    name.length == 0)
		return false;
	return memmem(featured.at, featured.length, name.at, name.length) !=
		       NULL &&
	       memmem(main.at, main.length, name.at, name.length) == NULL;
}

static void
artists_from_list(const struct tag_set *set, struct media_facts *facts,
		  const struct values *list, struct span display)
{
	for (size_t i = 0; i < list->count; i++) {
		struct span names = list->at[i]->value, name;

		while (value_next_name(&names, false, &name))
			add_credit(set, facts, name,
				   is_featured_in(display, name) ?
					   CREDIT_FEATURED :
					   CREDIT_MAIN);
	}
}

static void
artist_from_text(const struct tag_set *set, struct media_facts *facts,
		 const struct tag *tag)
{
	struct span ids[NAMES_MAX], main = tag->value, featured;
	bool has_featured = value_featured(tag->value, false, &main,
					   &featured);
	bool slashes = tag->slashes &&
		       mbids_of(set, TAG_MBID_ARTIST, ids) > 1 &&
		       mbids_of(set, TAG_MBID_ARTIST, ids) ==
			       count_names(tag->value, true);

	add_names(set, facts, main, slashes, CREDIT_MAIN);
	if (has_featured)
		add_names(set, facts, featured, slashes, CREDIT_FEATURED);
}

static void
artists_read(const struct tag_set *set, struct media_facts *facts)
{
	struct values artists = values_of(set, TAG_ARTIST);
	struct values list = values_of(set, TAG_ARTISTS);
	struct span title = tag_first(set, TAG_TITLE), main, featured;

	if (list.count > 0)
		artists_from_list(set, facts, &list,
				  artists.count > 0 ?
					  artists.at[0]->value :
					  (struct span){ NULL, 0 });
	else
		for (size_t i = 0; i < artists.count; i++)
			artist_from_text(set, facts, artists.at[i]);
	attach_mbids(set, facts, 0, TAG_MBID_ARTIST);
	if (title.length > 0 && value_featured(title, true, &main, &featured))
		add_names(set, facts, featured, false, CREDIT_FEATURED);
	facts->artist_text = joined_field(set, TAG_ARTIST);
	if (facts->artist_text == NULL)
		facts->artist_text = joined_field(set, TAG_ARTISTS);
}

static void
album_artists_read(const struct tag_set *set, struct media_facts *facts)
{
	struct values names = values_of(set, TAG_ALBUM_ARTISTS);
	size_t first = facts->credit_count;

	if (names.count == 0)
		names = values_of(set, TAG_ALBUM_ARTIST);
	for (size_t i = 0; i < names.count; i++)
		add_names(set, facts, names.at[i]->value, false,
			  CREDIT_ALBUM_MAIN);
	attach_mbids(set, facts, first, TAG_MBID_ALBUM_ARTIST);
	facts->album_artist_text = joined_field(set, TAG_ALBUM_ARTIST);
	if (facts->album_artist_text == NULL)
		facts->album_artist_text =
			joined_field(set, TAG_ALBUM_ARTISTS);
}

/* "Name (instrument)" -> "Name". */
static struct span
without_instrument(struct span text)
{
	const char *open;

	if (text.length < 3 || text.at[text.length - 1] != ')')
		return text;
	open = memrchr(text.at, '(', text.length);
	if (open == NULL || open == text.at)
		return text;
	return span_trim((struct span){ text.at, (size_t)(open - text.at) });
}

static void
other_credits_read(const struct tag_set *set, struct media_facts *facts)
{
	static const struct {
		enum tag_field field;
		enum credit_role role;
	} rows[] = {
		{ TAG_COMPOSER, CREDIT_COMPOSER },
		{ TAG_CONDUCTOR, CREDIT_CONDUCTOR },
		{ TAG_LYRICIST, CREDIT_LYRICIST },
		{ TAG_REMIXER, CREDIT_REMIXER },
		{ TAG_PERFORMER, CREDIT_PERFORMER },
		{ TAG_PRODUCER, CREDIT_PRODUCER },
	};

	for (size_t r = 0; r < ARRAY_LENGTH(rows); r++) {
		struct values values = values_of(set, rows[r].field);

		for (size_t i = 0; i < values.count; i++) {
			struct span text = values.at[i]->value;
			bool slashes = values.at[i]->slashes &&
				       (rows[r].field == TAG_COMPOSER ||
					rows[r].field == TAG_LYRICIST);

			if (rows[r].field == TAG_PERFORMER)
				text = without_instrument(text);
			add_names(set, facts, text, slashes, rows[r].role);
		}
	}
}

static void
genres_read(const struct tag_set *set, struct media_facts *facts)
{
	struct values values = values_of(set, TAG_GENRE);

	for (size_t i = 0; i < values.count; i++)
		facts->genre_count = value_genres(
			set->arena, values.at[i]->value, facts->genres,
			facts->genre_count, MEDIA_GENRES_MAX);
	for (size_t i = 0; i < facts->genre_count; i++) {
		const char *line = line_of(set->arena,
					   span_of(facts->genres[i]),
					   NAME_BYTES_MAX);

		facts->genres[i] = line != NULL ? line : "Other";
	}
}

static void
position_read(const struct tag_set *set, enum tag_field field,
	      enum tag_field total_field, uint32_t *number, uint32_t *total)
{
	struct span text = tag_first(set, field);
	uint32_t none;

	if (text.length > 0)
		value_position(text, number, total);
	text = tag_first(set, total_field);
	if (*total == 0 && text.length > 0)
		value_position(text, total, &none);
}

static int32_t
year_read(const struct tag_set *set, enum tag_field field)
{
	struct values values = values_of(set, field);

	for (size_t i = 0; i < values.count; i++) {
		int32_t year = value_year(values.at[i]->value);

		if (year != 0)
			return year;
	}
	return 0;
}

static void
gain_read(const struct tag_set *set, enum tag_field gain_field,
	  enum tag_field peak_field, enum tag_field r128_field,
	  struct media_gain *out)
{
	struct span gain = tag_first(set, gain_field);
	struct span peak = tag_first(set, peak_field);
	struct span r128 = tag_first(set, r128_field);
	double value;

	if (gain.length > 0 && value_decimal(gain, GAIN_MAX_DB, &value)) {
		out->known = true;
		out->gain_db = value;
	} else if (r128.length > 0 && value_r128_gain(r128, &value)) {
		out->known = true;
		out->gain_db = value;
	}
	if (peak.length > 0 && value_decimal(peak, PEAK_MAX, &value) &&
	    value >= 0)
		out->peak = value;
}

static bool
is_various(const char *name)
{
	static const char *const names[] = {
		"Various Artists", "Various", "VA", "V.A.", "V/A",
		"Разные исполнители", "Сборник",
	};

	for (size_t i = 0; name != NULL && i < ARRAY_LENGTH(names); i++) {
		if (span_equal_nocase(span_of(name), span_of(names[i])))
			return true;
	}
	return false;
}

static void
lyrics_read(const struct tag_set *set, struct media_facts *facts)
{
	struct span synced = tag_first(set, TAG_LYRICS_SYNCED);
	struct span text = tag_first(set, TAG_LYRICS);

	if (synced.length > 0)
		text = synced;
	if (text.length == 0)
		return;
	facts->lyrics = arena_copy_bytes(set->arena, text.at, text.length);
	facts->lyrics_synced = value_is_lrc(text);
}

static void
numbers_read(const struct tag_set *set, struct media_facts *facts)
{
	struct span tempo = tag_first(set, TAG_TEMPO);
	struct span flag = tag_first(set, TAG_COMPILATION);
	double value;

	position_read(set, TAG_TRACK, TAG_TRACK_TOTAL, &facts->track_no,
		      &facts->track_total);
	position_read(set, TAG_DISC, TAG_DISC_TOTAL, &facts->disc_no,
		      &facts->disc_total);
	facts->year = year_read(set, TAG_DATE);
	facts->original_year = year_read(set, TAG_ORIGINAL_DATE);
	if (tempo.length > 0 && value_decimal(tempo, TEMPO_MAX, &value) &&
	    value > 0)
		facts->tagged_tempo_bpm = value;
	facts->compilation = (flag.length > 0 && value_flag(flag)) ||
			     is_various(facts->album_artist_text);
	gain_read(set, TAG_TRACK_GAIN, TAG_TRACK_PEAK, TAG_R128_TRACK_GAIN,
		  &facts->track_gain);
	gain_read(set, TAG_ALBUM_GAIN, TAG_ALBUM_PEAK, TAG_R128_ALBUM_GAIN,
		  &facts->album_gain);
}

void
facts_from_tags(struct tag_set *set, struct media_facts *facts)
{
	facts->repairs = tags_repair(set);
	facts->title = line_field(set, TAG_TITLE);
	facts->album = line_field(set, TAG_ALBUM);
	facts->disc_title = line_field(set, TAG_DISC_TITLE);
	facts->comment = line_field(set, TAG_COMMENT);
	facts->isrc = line_field(set, TAG_ISRC);
	facts->tagged_key = line_field(set, TAG_KEY);
	facts->mbid_recording = line_field(set, TAG_MBID_RECORDING);
	facts->mbid_release = line_field(set, TAG_MBID_RELEASE);
	facts->mbid_release_group = line_field(set, TAG_MBID_RELEASE_GROUP);
	artists_read(set, facts);
	album_artists_read(set, facts);
	other_credits_read(set, facts);
	genres_read(set, facts);
	numbers_read(set, facts);
	lyrics_read(set, facts);
}

/* One hexadecimal number off the front. */
static bool
take_hex(struct span *text, uint64_t *out)
{
	uint64_t number = 0;
	size_t digits = 0;

	*text = span_trim(*text);
	while (text->length > 0 && digits < 16) {
		char c = (char)(text->at[0] | 0x20);
		int digit = c >= '0' && c <= '9' ? c - '0' :
			    c >= 'a' && c <= 'f' ? c - 'a' + 10 :
						   -1;

		if (text->at[0] == ' ' || digit < 0)
			break;
		number = number << 4 | (uint64_t)digit;
		digits++;
		text->at++;
		text->length--;
	}
	*out = number;
	return digits > 0;
}

bool
itunes_gapless_read(struct span text, uint32_t *delay, uint32_t *padding,
		    uint64_t *samples)
{
	uint64_t numbers[4];

	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		if (!take_hex(&text, &numbers[i]))
			return false;
	}
	if (numbers[1] > 65536 || numbers[2] > 65536 || numbers[3] == 0 ||
	    numbers[3] > 1ull << 40)
		return false;
	*delay = (uint32_t)numbers[1];
	*padding = (uint32_t)numbers[2];
	*samples = numbers[3];
	return true;
}
