/* value.c - numbers, dates, genres and names inside tags; see value.h. */
#include "media/read/value.h"

#include <math.h>
#include <stdlib.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Reads digits at *at, moving it; at most 9 of them count. */
static bool
take_number(const char **at, const char *end, uint32_t *out)
{
	uint32_t number = 0;
	int digits = 0;

	while (*at < end && is_digit(**at)) {
		if (digits < 9)
			number = number * 10 + (uint32_t)(**at - '0');
		digits++;
		(*at)++;
	}
	if (digits == 0 || digits > 9)
		return false;
	*out = number;
	return true;
}

#define POSITION_MAX 99999

void
value_position(struct span text, uint32_t *number, uint32_t *total)
{
	const char *at = text.at, *end = text.at + text.length;
	uint32_t found[2] = { 0, 0 };

	for (int i = 0; i < 2; i++) {
		while (at < end && !is_digit(*at) && *at != '-')
			at++;
		if (!take_number(&at, end, &found[i]) ||
		    found[i] > POSITION_MAX) {
			found[i] = 0;
			break;
		}
	}
	*number = found[0];
	*total = found[1];
}

int32_t
value_year(struct span text)
{
	const char *at = text.at, *end = text.at + text.length;

	while (at < end) {
		const char *start = at;
		uint32_t number;

		if (!is_digit(*at)) {
			at++;
			continue;
		}
		if (!take_number(&at, end, &number))
			continue;
		/* also the start of "20040501" */
		if (at - start == 8)
			number /= 10000;
		else if (at - start != 4)
			continue;
		if (number >= 1000 && number <= 2999)
			return (int32_t)number;
	}
	return 0;
}

bool
value_flag(struct span text)
{
	return span_equal(text, SPAN("1")) ||
	       span_equal_nocase(text, SPAN("true")) ||
	       span_equal_nocase(text, SPAN("yes"));
}

bool
value_decimal(struct span text, double bound, double *out)
{
	char digits[24];
	size_t length = 0;
	double number;

	text = span_trim(text);
	if (text.length > 0 && text.at[0] == '+') {
		text.at++;
		text.length--;
	}
	for (size_t i = 0; i < text.length && length + 1 < sizeof digits; i++) {
		char c = text.at[i] == ',' ? '.' : text.at[i];

		if (!is_digit(c) && c != '.' && c != '-')
			break;
		digits[length++] = c;
	}
	if (!span_to_double((struct span){ digits, length }, &number) ||
	    fabs(number) > bound)
		return false;
	*out = number;
	return true;
}

#define R128_TO_REPLAYGAIN_DB 5.0

bool
value_r128_gain(struct span text, double *out)
{
	int64_t fixed;

	if (!span_to_i64(span_trim(text), &fixed) || fixed < -32768 ||
	    fixed > 32767)
		return false;
	*out = (double)fixed / 256 + R128_TO_REPLAYGAIN_DB;
	return true;
}

static const char *const genre_names[] = {
	"Blues", "Classic Rock", "Country", "Dance", "Disco", "Funk", "Grunge",
	"Hip-Hop", "Jazz", "Metal", "New Age", "Oldies", "Other", "Pop", "R&B",
	"Rap", "Reggae", "Rock", "Techno", "Industrial", "Alternative", "Ska",
	"Death Metal", "Pranks", "Soundtrack", "Euro-Techno", "Ambient",
	"Trip-Hop", "Vocal", "Jazz+Funk", "Fusion", "Trance", "Classical",
	"Instrumental", "Acid", "House", "Game", "Sound Clip", "Gospel",
	"Noise", "Alternative Rock", "Bass", "Soul", "Punk", "Space",
	"Meditative", "Instrumental Pop", "Instrumental Rock", "Ethnic",
	"Gothic", "Darkwave", "Techno-Industrial", "Electronic", "Pop-Folk",
	"Eurodance", "Dream", "Southern Rock", "Comedy", "Cult", "Gangsta",
	"Top 40", "Christian Rap", "Pop/Funk", "Jungle", "Native American",
	"Cabaret", "New Wave", "Psychedelic", "Rave", "Showtunes", "Trailer",
	"Lo-Fi", "Tribal", "Acid Punk", "Acid Jazz", "Polka", "Retro",
	"Musical", "Rock & Roll", "Hard Rock", "Folk", "Folk Rock",
	"National Folk", "Swing", "Fast Fusion", "Bebop", "Latin", "Revival",
	"Celtic", "Bluegrass", "Avant-garde", "Gothic Rock",
	"Progressive Rock", "Psychedelic Rock", "Symphonic Rock", "Slow Rock",
	"Big Band", "Chorus", "Easy Listening", "Acoustic", "Humour", "Speech",
	"Chanson", "Opera", "Chamber Music", "Sonata", "Symphony",
	"Booty Bass", "Primus", "Porn Groove", "Satire", "Slow Jam", "Club",
	"Tango", "Samba", "Folklore", "Ballad", "Power Ballad",
	"Rhythmic Soul", "Freestyle", "Duet", "Punk Rock", "Drum Solo",
	"A Cappella", "Euro-House", "Dancehall", "Goa", "Drum & Bass",
	"Club-House", "Hardcore Techno", "Terror", "Indie", "Britpop",
	"Worldbeat", "Polsk Punk", "Beat", "Christian Gangsta Rap",
	"Heavy Metal", "Black Metal", "Crossover", "Contemporary Christian",
	"Christian Rock", "Merengue", "Salsa", "Thrash Metal", "Anime", "J-Pop",
	"Synthpop", "Abstract", "Art Rock", "Baroque", "Bhangra", "Big Beat",
	"Breakbeat", "Chillout", "Downtempo", "Dub", "EBM", "Eclectic",
	"Electro", "Electroclash", "Emo", "Experimental", "Garage", "Global",
	"IDM", "Illbient", "Industro-Goth", "Jam Band", "Krautrock",
	"Leftfield", "Lounge", "Math Rock", "New Romantic", "Nu-Breakz",
	"Post-Punk", "Post-Rock", "Psytrance", "Shoegaze", "Space Rock",
	"Trop Rock", "World Music", "Neoclassical", "Audiobook",
	"Audio Theatre", "Neue Deutsche Welle", "Podcast", "Indie Rock",
	"G-Funk", "Dubstep", "Garage Rock", "Psybient",
};

const char *
genre_numbered(uint32_t number)
{
	return number < ARRAY_LENGTH(genre_names) ? genre_names[number] : NULL;
}

/* A name with the bytes of `text`, known by number when it is one. */
static const char *
genre_name(struct arena *arena, struct span text)
{
	uint64_t number;

	if (span_to_u64(text, &number))
		return number < ARRAY_LENGTH(genre_names) ?
			       genre_names[number] :
			       NULL;
	if (span_equal(text, SPAN("RX")))
		return "Remix";
	if (span_equal(text, SPAN("CR")))
		return "Cover";
	if (text.length == 0)
		return NULL;
	return arena_copy_bytes(arena, text.at, text.length);
}

static size_t
genre_add(struct arena *arena, struct span text, const char **out,
	  size_t count, size_t room)
{
	const char *name = genre_name(arena, span_trim(text));

	if (name == NULL || count == room)
		return count;
	for (size_t i = 0; i < count; i++) {
		if (span_equal_nocase(span_of(out[i]), span_of(name)))
			return count;
	}
	out[count] = name;
	return count + 1;
}

/* Takes "(17)" off the front: ID3v2.3's references. "((" is a real bracket. */
static bool
genre_reference(struct span *text, struct span *inside)
{
	const char *close;
	uint64_t number;

	if (text->length < 3 || text->at[0] != '(')
		return false;
	close = memchr(text->at, ')', text->length);
	if (close == NULL)
		return false;
	*inside = (struct span){ text->at + 1,
				 (size_t)(close - text->at) - 1 };
	if (!span_to_u64(*inside, &number) &&
	    !span_equal(*inside, SPAN("RX")) &&
	    !span_equal(*inside, SPAN("CR")))
		return false;
	text->length -= (size_t)(close + 1 - text->at);
	text->at = close + 1;
	return true;
}

size_t
value_genres(struct arena *arena, struct span text, const char **out,
	     size_t count, size_t room)
{
	struct span part, inside;

	while (value_next_name(&text, false, &part)) {
		while (genre_reference(&part, &inside))
			count = genre_add(arena, inside, out, count, room);
		count = genre_add(arena, part, out, count, room);
	}
	return count;
}

/* The length of the separator at text[i], 0 when there is none. */
static size_t
separator_at(struct span text, size_t i, bool slashes)
{
	char c = text.at[i];

	if (c == ';')
		return 1;
	if (c != '/')
		return 0;
	if (slashes)
		return 1;
	return i > 0 && text.at[i - 1] == ' ' && i + 1 < text.length &&
			       text.at[i + 1] == ' ' ?
		       1 :
		       0;
}

bool
value_next_name(struct span *rest, bool slashes, struct span *name)
{
	while (rest->length > 0) {
		size_t i = 0, skip = 0;

		while (i < rest->length &&
		       (skip = separator_at(*rest, i, slashes)) == 0)
			i++;
		*name = span_trim((struct span){ rest->at, i });
		rest->at += i + skip;
		rest->length -= i + skip;
		if (name->length > 0)
			return true;
	}
	return false;
}

/* In a title, words that mean something else too count in brackets only ("No
 * Small Feat at All", "Six ft Under"). */
static const struct {
	const char *word;
	bool plain;
} featured_words[] = {
	{ "featuring", true },	 { "feat.", true },   { "feat", false },
	{ "ft.", true },	 { "ft", false },     { "при участии", true },
	{ "при уч.", true }, { "п.у.", true }, { "п/у", false },
};

/* Case of ASCII and of Russian letters does not count. */
static uint32_t
small_letter(uint32_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c + 32;
	if (c >= 0x410 && c <= 0x42F)
		return c + 0x20;
	return c;
}

/* How many bytes of `text` spell `word`; 0: they do not. */
static size_t
word_matches(struct span text, const char *word)
{
	const char *at = text.at, *end = text.at + text.length;
	const char *w = word, *w_end = word + strlen(word);

	while (w < w_end) {
		if (at >= end || small_letter(utf8_next(&at, end)) !=
					 utf8_next(&w, w_end))
			return 0;
	}
	return (size_t)(at - text.at);
}

/* The length of a "feat." that stands at text[i] and is followed by a blank. */
static size_t
featured_at(struct span text, size_t i, bool sure)
{
	struct span rest = { text.at + i, text.length - i };

	for (size_t w = 0; w < ARRAY_LENGTH(featured_words); w++) {
		size_t length;

		if (!sure && !featured_words[w].plain)
			continue;
		length = word_matches(rest, featured_words[w].word);
		if (length > 0 && length < rest.length &&
		    (rest.at[length] == ' ' ||
		     rest.at[length - 1] == '.'))
			return length;
	}
	return 0;
}

bool
value_featured(struct span text, bool is_title, struct span *main,
	       struct span *featured)
{
	for (size_t i = 1; i < text.length; i++) {
		char before = text.at[i - 1], close = 0;
		size_t length, end;

		if (before == '(' || before == '[')
			close = before == '(' ? ')' : ']';
		else if (before != ' ')
			continue;
		length = featured_at(text, i, close != 0 || !is_title);
		if (length == 0)
			continue;
		end = i + length;
		while (end < text.length && (close == 0 || text.at[end] != close))
			end++;
		*main = span_trim((struct span){ text.at,
						 i - (close != 0 ? 1 : 0) });
		*featured = span_trim((struct span){
			text.at + i + length, end - i - length });
		return featured->length > 0;
	}
	return false;
}

static bool
lrc_line(struct span line)
{
	line = span_trim(line);
	return line.length >= 6 && line.at[0] == '[' && is_digit(line.at[1]) &&
	       is_digit(line.at[2]) && line.at[3] == ':' &&
	       is_digit(line.at[4]) && is_digit(line.at[5]);
}

bool
value_is_lrc(struct span text)
{
	struct span line;
	int stamped = 0;

	while (text.length > 0 && span_next(&text, '\n', &line)) {
		if (lrc_line(line) && ++stamped == 2)
			return true;
	}
	return false;
}
