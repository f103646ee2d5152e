/* tidy.c - see tidy.h. Text is taken apart into code points; a rule writes the
 * new ones and says whether they differ. */
#include "base/tidy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/fold.h"
#include "base/text.h"

struct letters {
	uint32_t *at;
	size_t count;
};

/* Empty when the text is too long. */
static struct letters
letters_of(struct arena *arena, const char *text)
{
	size_t length = strnlen(text, TIDY_TEXT_MAX + 1);
	const char *at = text, *end = text + length;
	struct letters letters = { arena_new(arena, uint32_t, length + 1), 0 };

	if (length > TIDY_TEXT_MAX)
		return letters;
	while (at < end)
		letters.at[letters.count++] = utf8_next(&at, end);
	return letters;
}

static bool
is_space(uint32_t c)
{
	return u_isUWhiteSpace((UChar32)c);
}

static bool
is_number(uint32_t c)
{
	return c >= '0' && c <= '9';
}

static struct letters
letters_cut(struct letters letters, size_t from, size_t to)
{
	while (from < to && is_space(letters.at[from]))
		from++;
	while (to > from && is_space(letters.at[to - 1]))
		to--;
	return (struct letters){ letters.at + from, to - from };
}

/* NULL for none: no rule may leave nothing. */
static const char *
text_of(struct arena *arena, struct letters letters)
{
	char *text = arena_alloc(arena, letters.count * 4 + 1), *at = text;

	for (size_t i = 0; i < letters.count; i++)
		at += utf8_write(letters.at[i], at);
	*at = '\0';
	return at == text ? NULL : text;
}

/* ---- blanks, composition ---------------------------------------------------- */

static bool
is_unseen(uint32_t c)
{
	if (c == 0xAD || c == 0xFEFF || c == 0x200B || c == 0x200E ||
	    c == 0x200F || c == 0x061C)
		return true;
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x2069) ||
	       ((c < 0x20 || (c >= 0x7F && c < 0xA0)) && !is_space(c));
}

const char *
tidy_blanks(struct arena *arena, const char *text)
{
	struct letters in = letters_of(arena, text), out = in;
	bool changed = false, after_space = true;

	out.count = 0;
	for (size_t i = 0; i < in.count; i++) {
		uint32_t c = in.at[i];
		bool space = is_space(c);

		if (is_unseen(c) || (space && after_space)) {
			changed = true;
			continue;
		}
		changed = changed || (space && c != ' ');
		out.at[out.count++] = space ? ' ' : c;
		after_space = space;
	}
	if (out.count > 0 && out.at[out.count - 1] == ' ') {
		out.count--;
		changed = true;
	}
	return changed ? text_of(arena, out) : NULL;
}

const char *
tidy_composed(struct arena *arena, const char *text)
{
	size_t length = strnlen(text, TIDY_TEXT_MAX + 1);
	UChar wide[TIDY_TEXT_MAX + 1], composed[TIDY_TEXT_MAX * 3];
	const int32_t room = TIDY_TEXT_MAX * 3;
	UErrorCode code = U_ZERO_ERROR;
	int32_t count = 0, bytes = 0;
	char *out = arena_alloc(arena, (size_t)room * 3 + 1);

	if (length > TIDY_TEXT_MAX)
		return NULL;
	u_strFromUTF8WithSub(wide, TIDY_TEXT_MAX + 1, &count, text,
			     (int32_t)length, 0xFFFD, NULL, &code);
	if (U_SUCCESS(code) &&
	    unorm2_isNormalized(unorm2_getNFCInstance(&code), wide, count,
				&code))
		return NULL;
	count = unorm2_normalize(unorm2_getNFCInstance(&code), wide, count,
				 composed, room, &code);
	u_strToUTF8WithSub(out, room * 3, &bytes, composed, count, 0xFFFD,
			   NULL, &code);
	if (U_FAILURE(code) || bytes == 0)
		return NULL;
	out[bytes] = '\0';
	return out;
}

/* ---- underscores, endings ------------------------------------------------------ */

/* How many letters or digits stand in a row up to `i` (backwards) or from it. */
static size_t
run_at(struct letters in, size_t i, int step)
{
	size_t length = 0;

	while (i < in.count && u_isalnum((UChar32)in.at[i])) {
		length++;
		i += (size_t)step; /* wraps below 0: out of range */
	}
	return length;
}

const char *
tidy_underscores(struct arena *arena, const char *text)
{
	struct letters in = letters_of(arena, text);
	bool between = false;
	const char *out;

	for (size_t i = 0; i < in.count; i++) {
		if (is_space(in.at[i]))
			return NULL;
		if (in.at[i] == '_' && i > 0)
			between = between || (run_at(in, i - 1, -1) >= 2 &&
					      i + 1 < in.count &&
					      in.at[i + 1] != '_');
	}
	if (!between)
		return NULL;
	for (size_t i = 0; i < in.count; i++)
		if (in.at[i] == '_')
			in.at[i] = ' ';
	out = text_of(arena, in);
	text = out == NULL ? NULL : tidy_blanks(arena, out);
	return text == NULL ? out : text;
}

const char *
tidy_ending(struct arena *arena, const char *text)
{
	static const char *const endings[] = {
		".mp3", ".flac", ".m4a", ".ogg", ".opus", ".wav", ".wma",
		".aac", ".ape", ".wv",	 ".aif", ".aiff", ".mp4", ".webm",
		".mka", ".mkv", ".oga",	 ".mpc", ".m4b", ".avi",
	};
	struct span all = span_of(text);
	struct letters in;

	for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
		struct span ending = span_of(endings[i]), tail;

		if (all.length <= ending.length)
			continue;
		tail = (struct span){ all.at + all.length - ending.length,
				      ending.length };
		if (!span_equal_nocase(tail, ending))
			continue;
		in = letters_of(arena, text);
		return text_of(arena, letters_cut(in, 0,
						  in.count < ending.length ?
							  0 :
							  in.count -
								  ending.length));
	}
	return NULL;
}

/* ---- numbers before a title ----------------------------------------------------- */

static bool
is_dash(uint32_t c)
{
	return c == '-' || c == 0x2013 || c == 0x2014 || c == 0x2212;
}

/* One to `digits` digits at *at, moved behind them; 0: there are none. */
static size_t
digits_take(struct letters in, size_t *at, size_t digits, uint32_t *value)
{
	size_t start = *at;

	*value = 0;
	while (*at < in.count && is_number(in.at[*at]))
		*value = *value * 10 + (in.at[(*at)++] - '0') % 10;
	return *at - start <= digits ? *at - start : 0;
}

/* What parts a number from the title; 0: it is part of it. `padded`: the number
 * began with a nought. */
static size_t
separator_at(struct letters in, size_t at, bool padded)
{
	size_t start = at;
	bool spaced = at < in.count && is_space(in.at[at]), mark = false;

	while (at < in.count && is_space(in.at[at]))
		at++;
	if (at < in.count && (is_dash(in.at[at]) || in.at[at] == '.' ||
			      in.at[at] == ')' || in.at[at] == '_')) {
		bool strong = in.at[at] == '.' || in.at[at] == ')';

		mark = true;
		at++;
		spaced = at < in.count && is_space(in.at[at]) &&
			 (spaced || strong);
		while (at < in.count && is_space(in.at[at]))
			at++;
	}
	if (at >= in.count || is_number(in.at[at]))
		return 0;
	if (mark ? !spaced && !padded : !padded || !spaced)
		return 0;
	return at - start;
}

const char *
tidy_number(struct arena *arena, const char *text, uint32_t *number)
{
	struct letters in = letters_of(arena, text);
	uint32_t value = 0, second = 0;
	size_t at = 0, digits = digits_take(in, &at, 3, &value), more, skip;
	bool padded = digits >= 2 && in.at[0] == '0';

	if (digits == 0 || value == 0)
		return NULL;
	/* "1-05 Song": disc and track */
	if (digits == 1 && at + 3 < in.count && is_dash(in.at[at]) &&
	    is_number(in.at[at + 1])) {
		size_t after = at + 1;

		more = digits_take(in, &after, 2, &second);
		if (more != 2 || second == 0)
			return NULL;
		value = second;
		at = after;
		padded = true;
	}
	skip = separator_at(in, at, padded);
	if (skip == 0 || (digits == 3 && !is_dash(in.at[at]) &&
			  in.at[at] != '.' && in.at[at] != ' '))
		return NULL;
	*number = value;
	return text_of(arena, letters_cut(in, at + skip, in.count));
}

/* ---- what sellers and sites add ---------------------------------------------------- */

enum promotion_word { WORD_OTHER, WORD_WEAK, WORD_STRONG };

static enum promotion_word
word_weigh(const char *word)
{
	static const char *const strong[] = {
		"official", "video", "audio", "lyric", "lyrics", "visualizer",
		"visualiser", "videoclip", "hd", "hq", "uhd", "4k", "1080p",
		"720p", "download", "премьера", "клипа", "клип",
		"официальный", "официальное", "официальная", "видео",
		"видеоклип", "аудио", "лирик", "новинка", "текст", "officiel",
		"oficial", "clip",
	};
	static const char *const weak[] = {
		"music", "free", "full", "with", "новый", "новая", "трека",
		"песни", "трек", "and", "the", "in", "и", "со", "словами",
	};
	uint64_t year;

	for (size_t i = 0; i < ARRAY_LENGTH(strong); i++)
		if (strcmp(word, strong[i]) == 0)
			return WORD_STRONG;
	for (size_t i = 0; i < ARRAY_LENGTH(weak); i++)
		if (strcmp(word, weak[i]) == 0)
			return WORD_WEAK;
	if (span_to_u64(span_of(word), &year) && year > 1990 && year < 2100)
		return WORD_WEAK;
	return WORD_OTHER;
}

/* "www.site.com", "site.ru" */
static bool
is_site(const char *word)
{
	static const char *const tops[] = { ".com", ".ru", ".net", ".org",
					    ".info", ".su", ".biz", ".рф",
					    ".ua", ".kz", ".cc" };
	size_t length = strlen(word);

	if (strncmp(word, "http://", 7) == 0 ||
	    strncmp(word, "https://", 8) == 0 ||
	    (strncmp(word, "www.", 4) == 0 && length > 6))
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(tops); i++) {
		size_t top = strlen(tops[i]);

		if (length > top + 1 && strchr(word, '.') != NULL &&
		    strcmp(word + length - top, tops[i]) == 0)
			return true;
	}
	return false;
}

/* Every word of it says that this is a video and the like; at least `least`
 * words, or one site. */
static bool
is_promotion(struct arena *arena, struct letters part, size_t least)
{
	const char *text = text_of(arena, part);
	struct span rest, word;
	size_t words = 0, strong = 0;

	if (text == NULL)
		return false;
	rest = span_of(fold_identity(arena, text));
	if (rest.length == 0)
		return false;
	if (memchr(rest.at, ' ', rest.length) == NULL && is_site(rest.at))
		return true;
	while (span_next(&rest, ' ', &word)) {
		enum promotion_word weight;

		while (word.length > 0 &&
		       strchr(",.!:", word.at[word.length - 1]) != NULL)
			word.length--;
		weight = word_weigh(
			arena_copy_bytes(arena, word.at, word.length));

		if (weight == WORD_OTHER)
			return false;
		words++;
		strong += weight == WORD_STRONG;
	}
	return strong > 0 && words >= least;
}

static size_t
bracket_end(struct letters in, size_t open)
{
	uint32_t close = in.at[open] == '(' ? ')' : ']';
	size_t at = open + 1;

	while (at < in.count && in.at[at] != close)
		at++;
	return at;
}

/* Where " | Official Video" or " - Official Video" begins; in.count: it does
 * not. */
static size_t
tail_find(struct arena *arena, struct letters in)
{
	for (size_t i = in.count; i-- > 1;) {
		if (in.at[i] != '|' && in.at[i] != '/' && !is_dash(in.at[i]))
			continue;
		if (!is_space(in.at[i - 1]))
			return in.count;
		if (is_promotion(arena,
				 letters_cut(in, i + 1, in.count), 2))
			return i;
		return in.count;
	}
	return in.count;
}

const char *
tidy_promotion(struct arena *arena, const char *text)
{
	struct letters in = letters_of(arena, text), out;
	const char *cut, *trimmed;
	size_t end;

	out = (struct letters){ arena_new(arena, uint32_t, in.count + 1), 0 };
	for (size_t i = 0; i < in.count; i++) {
		if (in.at[i] == '(' || in.at[i] == '[') {
			end = bracket_end(in, i);
			if (end < in.count &&
			    is_promotion(arena, letters_cut(in, i + 1, end),
					 1)) {
				i = end;
				continue;
			}
		}
		out.at[out.count++] = in.at[i];
	}
	end = tail_find(arena, out);
	if (end == out.count && out.count == in.count)
		return NULL;
	cut = text_of(arena, letters_cut(out, 0, end));
	if (cut == NULL)
		return NULL;
	trimmed = tidy_blanks(arena, cut);
	return trimmed == NULL ? cut : trimmed;
}

/* ---- the artist before the title ------------------------------------------------------ */

const char *
tidy_artist(struct arena *arena, const char *text, const char *artist)
{
	struct letters in = letters_of(arena, text);
	const char *wanted = fold_identity(arena, artist);

	if (*wanted == '\0')
		return NULL;
	for (size_t i = 1; i + 1 < in.count; i++) {
		const char *before;

		if (!is_dash(in.at[i]) || !is_space(in.at[i - 1]) ||
		    !is_space(in.at[i + 1]))
			continue;
		before = text_of(arena, letters_cut(in, 0, i));
		if (before != NULL &&
		    strcmp(fold_identity(arena, before), wanted) == 0)
			return text_of(arena,
				       letters_cut(in, i + 1, in.count));
	}
	return NULL;
}

/* ---- capitals ---------------------------------------------------------------------------- */

static bool
is_cyrillic(uint32_t c)
{
	return c >= 0x400 && c < 0x530;
}

static bool
is_vowel(uint32_t c)
{
	static const char vowels[] = "AEIOUYАЕЁИОУЫЭЮЯІЇЄÄÖÜÉÈÀÓÍÚÅØ";
	const char *at = vowels, *end = vowels + sizeof vowels - 1;

	while (at < end)
		if (utf8_next(&at, end) == c)
			return true;
	return false;
}

/* Capitals by right. */
static bool
is_acronym(const char *word)
{
	static const char *const known[] = {
		"ABBA", "INXS", "ACDC",	 "ZZ",	 "DJ",	 "MC",	 "USA",
		"UK",	"USSR", "BBC",	 "MTV",	 "UFO",	 "FM",	 "AM",
		"CD",	"EP",	"LP",	 "OK",	 "VIP",	 "NASA", "YMCA",
		"TV",	"LA",	"NYC",	 "SOS",	 "DNA",	 "OMG",	 "BMW",
		"AC",	"DC",	"OST",	 "IQ",	 "ID",	 "AI",	 "EU",
		"HIM",	"MIA",	"ELO",	 "UB",	 "OMD",	 "ДДТ",	 "СССР",
		"США",	"НЛО",	"КГБ",	 "МВД",	 "ВИА",	 "АВИА", "АК",
		"СПБ",	"ЛСП",	 "АИГЕЛ", "IC3PEAK", "БГ", "ГРОБ",
		"NATO", "AIDS", "ASAP",	 "CIA",	 "FBI",	 "ИП",	 "РФ",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (strcmp(word, known[i]) == 0)
			return true;
	return false;
}

static bool
is_numeral(struct letters word)
{
	for (size_t i = 0; i < word.count; i++)
		if (word.at[i] != 'I' && word.at[i] != 'V' &&
		    word.at[i] != 'X')
			return false;
	return word.count > 1;
}

/* A word that was not written in capitals by carelessness. */
static bool
stays_capital(struct arena *arena, struct letters word)
{
	bool vowel = false, dotted = false;
	size_t letters = 0, shortest = SIZE_MAX, run = 0;

	for (size_t i = 0; i <= word.count; i++) {
		uint32_t c = i < word.count ? word.at[i] : '/';

		if (is_number(c))
			return true;
		if (c == '/' || c == '.') {
			dotted = dotted || (i > 0 && i + 1 < word.count);
			shortest = run > 0 && run < shortest ? run : shortest;
			run = 0;
		} else if (u_isalpha((UChar32)c)) {
			letters++;
			run++;
			vowel = vowel || is_vowel(c);
		}
	}
	if (letters > 1 && (!vowel || (dotted && shortest < 4)))
		return true;
	return is_numeral(word) || is_acronym(text_of(arena, word));
}

/* Small in the middle of an English title, a Russian name. */
static bool
is_small_word(const char *folded)
{
	static const char *const small[] = {
		"a",  "an",  "the", "of",   "in",   "on", "and", "to",	"for",
		"at", "by",  "or",  "nor",  "but",  "with", "from", "vs",
		"и",  "в",   "на",  "с",    "по",   "из", "о",	 "от",	"для",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(small); i++)
		if (strcmp(folded, small[i]) == 0)
			return true;
	return false;
}

static uint32_t
small_of(uint32_t c)
{
	return (uint32_t)u_tolower((UChar32)c);
}

/* `capital`: the word begins with one. After a dash or a slash another may
 * follow, after an apostrophe only in names ("O'Connor"). */
static void
word_lower(struct letters word, bool capital, bool each_part)
{
	bool first = capital;

	for (size_t i = 0; i < word.count; i++) {
		uint32_t c = word.at[i];

		if (u_isalpha((UChar32)c)) {
			if (!first)
				word.at[i] = small_of(c);
			first = false;
		} else if (is_dash(c) || c == '/') {
			first = each_part;
		} else if ((c == '\'' || c == 0x2019) && i == 1 &&
			   word.at[0] == 'O' && word.count > 4) {
			first = true;
		}
	}
}

static bool
word_is_cyrillic(struct letters word)
{
	for (size_t i = 0; i < word.count; i++)
		if (is_cyrillic(word.at[i]))
			return true;
	return false;
}

static void
word_write(struct arena *arena, struct letters word, bool first, bool last,
	   bool is_name)
{
	const char *folded = fold_identity(arena, text_of(arena, word));
	bool russian = word_is_cyrillic(word);
	bool capital = first || (russian ? is_name : true);

	if (!first && (!last || russian) && is_small_word(folded))
		capital = false;
	word_lower(word, capital, russian ? is_name : true);
}

/* Words in a row; `first` and `last` of the text or of its brackets. */
static void
words_lower(struct arena *arena, struct letters in, bool is_name)
{
	bool first = true;

	for (size_t i = 0; i < in.count;) {
		size_t end = i;
		bool last;

		while (end < in.count && !is_space(in.at[end]) &&
		       in.at[end] != '(' && in.at[end] != ')' &&
		       in.at[end] != '[' && in.at[end] != ']')
			end++;
		if (end == i) {
			first = first || in.at[i] == '(' || in.at[i] == '[';
			i++;
			continue;
		}
		last = end == in.count || in.at[end] == ')' ||
		       in.at[end] == ']';
		if (!stays_capital(arena,
				   (struct letters){ in.at + i, end - i }))
			word_write(arena,
				   (struct letters){ in.at + i, end - i },
				   first, last, is_name);
		/* after " - " a second title begins */
		first = end - i == 1 && is_dash(in.at[i]);
		i = end;
	}
}

/* True when it shouts: all capitals, and more than a name of a few letters. */
static bool
is_shouted(struct arena *arena, struct letters in, bool is_name)
{
	size_t letters = 0, words = 1, longest = 0, run = 0;

	for (size_t i = 0; i < in.count; i++) {
		UChar32 c = (UChar32)in.at[i];

		if (u_islower(c))
			return false;
		words += is_space(in.at[i]);
		run = u_isalpha(c) ? run + 1 : 0;
		letters += u_isupper(c) != 0;
		longest = run > longest ? run : longest;
	}
	if (words == 1)
		return letters >= (is_name ? 6 : 5) &&
		       !stays_capital(arena, in);
	return letters >= 5 && longest >= 4;
}

const char *
tidy_capitals(struct arena *arena, const char *text, bool is_name)
{
	struct letters in = letters_of(arena, text);
	const char *before = text_of(arena, in), *after;

	if (in.count == 0 || !is_shouted(arena, in, is_name))
		return NULL;
	words_lower(arena, in, is_name);
	after = text_of(arena, in);
	return strcmp(before, after) == 0 ? NULL : after;
}

/* ---- ё -------------------------------------------------------------------------------------- */

bool
tidy_same_but_yo(const char *text, const char *spelled)
{
	const char *a_end = text + strlen(text);
	const char *b_end = spelled + strlen(spelled);
	bool differs = false;

	while (text < a_end && spelled < b_end) {
		uint32_t a = utf8_next(&text, a_end);
		uint32_t b = utf8_next(&spelled, b_end);

		if (a == b)
			continue;
		if (!(a == 0x435 && b == 0x451) && !(a == 0x415 && b == 0x401))
			return false;
		differs = true;
	}
	return differs && text == a_end && spelled == b_end;
}
