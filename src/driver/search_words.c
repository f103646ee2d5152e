/* search_words.c - cutting text into words; see search_words.h. */
#include "driver/search_words.h"

#include <unicode/uchar.h>

#include "base/fold.h"
#include "driver/search.h"

#define GROUP_WORDS_MAX 8 /* longer groups are not joined */

enum letter_kind { NOT_A_LETTER, LETTER, IDEOGRAPH, APOSTROPHE, BLANK };

static bool
is_mark_or_number(uint32_t c)
{
	return (U_MASK(u_charType((UChar32)c)) &
		(U_GC_M_MASK | U_GC_NL_MASK | U_GC_NO_MASK)) != 0 ||
	       u_hasBinaryProperty((UChar32)c,
				   UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

static enum letter_kind
letter_kind_of(uint32_t c)
{
	if (c < 0x80) {
		if ((c | 0x20) - 'a' < 26 || c - '0' < 10)
			return LETTER;
		if (c == '\'' || c == '`')
			return APOSTROPHE;
		return c <= ' ' || c == 0x7F ? BLANK : NOT_A_LETTER;
	}
	if (c >= 0x400 && c < 0x482)
		return LETTER;
	if (c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0xB4)
		return APOSTROPHE;
	if (u_hasBinaryProperty((UChar32)c, UCHAR_IDEOGRAPHIC))
		return IDEOGRAPH;
	if (c != 0xFFFD && (u_isalnum((UChar32)c) || is_mark_or_number(c)))
		return LETTER;
	return u_isUWhiteSpace((UChar32)c) || u_iscntrl((UChar32)c)
		       ? BLANK
		       : NOT_A_LETTER;
}

static void
words_push(struct arena *arena, struct search_words *words,
	   struct search_word word)
{
	if (words->count == SEARCH_TEXT_WORDS_MAX)
		return;
	if (words->count == words->room) {
		size_t room = words->room > 0 ? words->room * 2 : 16;
		struct search_word *at =
			arena_new(arena, struct search_word, room);

		if (words->count > 0)
			memcpy(at, words->at, words->count * sizeof *at);
		words->at = at;
		words->room = room;
	}
	words->at[words->count++] = word;
}

/* Length in bytes of the first SEARCH_WORD_LETTERS_MAX letters. */
static size_t
letters_cut(const char *text, size_t length, uint16_t *letters)
{
	const char *at = text, *end = text + length;

	*letters = 0;
	while (at < end && *letters < SEARCH_WORD_LETTERS_MAX) {
		utf8_next(&at, end);
		++*letters;
	}
	return (size_t)(at - text);
}

static void
word_push(struct arena *arena, struct search_words *words, char *folded,
	  size_t length, size_t start, size_t end)
{
	struct search_word word = { .text = folded,
				    .start = (uint32_t)start,
				    .end = (uint32_t)end };

	word.length_bytes =
		(uint16_t)letters_cut(folded, length, &word.letters);
	folded[word.length_bytes] = 0;
	if (word.letters > 0)
		words_push(arena, words, word);
}

/* Folds ASCII and Russian letters in place of fold_identity(), which gives the
 * same for them. NULL: some other letter. */
static char *
fold_short(struct arena *arena, const char *text, size_t length)
{
	char *folded = arena_alloc(arena, length + 1);

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		unsigned char next = (unsigned char)text[i + 1];

		if (c < 0x80) {
			folded[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
			continue;
		}
		if (i + 1 == length || (c != 0xD0 && c != 0xD1))
			return NULL;
		if (c == 0xD0 && next >= 0x90 && next <= 0x9F)
			next = (unsigned char)(next + 0x20); /* А-П */
		else if (c == 0xD0 && next >= 0xA0 && next <= 0xAF) {
			c = 0xD1; /* Р-Я */
			next = (unsigned char)(next - 0x20);
		} else if ((c == 0xD0 && next == 0x81) ||
			   (c == 0xD1 && next == 0x91)) {
			c = 0xD0; /* Ё, ё */
			next = 0xB5;
		} else if (!(c == 0xD0 && next >= 0xB0 && next <= 0xBF) &&
			   !(c == 0xD1 && next >= 0x80 && next <= 0x8F))
			return NULL;
		folded[i] = (char)c;
		folded[++i] = (char)next;
	}
	return folded;
}

/* How a word hangs together with the one before it. */
enum join { JOIN_NONE, JOIN_TOUCH, JOIN_SIGN, JOIN_APOSTROPHE };

/* One group of words that is being gathered. */
struct group {
	struct arena *arena;
	struct search_words *out;
	enum search_words_for side;
	struct search_words words;
	uint8_t joins[GROUP_WORDS_MAX]; /* of the first words: to the left */
};

/* The words first..end-1 as one. */
static void
group_join(struct group *group, size_t first, size_t end)
{
	const struct search_word *words = group->words.at;
	size_t length = 0;
	char *joined;

	for (size_t i = first; i < end; i++)
		length += words[i].length_bytes;
	joined = arena_alloc(group->arena, length + 1);
	length = 0;
	for (size_t i = first; i < end; i++) {
		memcpy(joined + length, words[i].text, words[i].length_bytes);
		length += words[i].length_bytes;
	}
	word_push(group->arena, group->out, joined, length, words[first].start,
		  words[end - 1].end);
}

/* Where the run of words joined by apostrophes that begins at `first` ends. */
static size_t
group_phrase_end(const struct group *group, size_t first)
{
	size_t end = first + 1;

	while (end < group->words.count && group->joins[end] == JOIN_APOSTROPHE)
		end++;
	return end;
}

static void
group_copy(struct group *group, size_t first, size_t end)
{
	for (size_t i = first; i < end; i++)
		words_push(group->arena, group->out, group->words.at[i]);
}

static void
group_end(struct group *group)
{
	size_t count = group->words.count, end;
	bool document = group->side == SEARCH_WORDS_OF_DOCUMENT;

	if (document || count > GROUP_WORDS_MAX)
		group_copy(group, 0, count);
	if (count > GROUP_WORDS_MAX)
		count = 0;
	for (size_t first = 0; first < count; first = end) {
		end = group_phrase_end(group, first);
		if (end > first + 1)
			group_join(group, first, end);
		else if (!document)
			group_copy(group, first, end);
		if (document && first == 0 && end < count)
			group_join(group, 0, count);
	}
	group->words.count = 0;
}

static void
group_note_join(struct group *group, enum join join)
{
	if (group->words.count < GROUP_WORDS_MAX)
		group->joins[group->words.count] = (uint8_t)join;
}

/* Adds what lies at start..end of the text. Folding may bring signs to light
 * ("½" is "1⁄2"), which part it again; the parts stand where the whole does. */
static void
group_add(struct group *group, const char *text, size_t start, size_t end,
	  enum join join)
{
	size_t length = end - start;
	char *folded = fold_short(group->arena, text + start, length);
	const char *at, *stop, *part = NULL;

	if (join == JOIN_NONE)
		group_end(group);
	group_note_join(group, join);
	if (folded != NULL) {
		word_push(group->arena, &group->words, folded, length, start,
			  end);
		return;
	}
	folded = arena_copy_bytes(group->arena, text + start, length);
	folded = fold_identity(group->arena, folded);
	stop = folded + strlen(folded);
	for (at = folded; at <= stop;) {
		const char *next = at;
		enum letter_kind kind =
			at < stop ? letter_kind_of(utf8_next(&next, stop))
				  : BLANK;

		if (kind == LETTER || kind == IDEOGRAPH) {
			part = part == NULL ? at : part;
		} else if (part != NULL) {
			length = (size_t)(at - part);
			word_push(group->arena, &group->words,
				  arena_copy_bytes(group->arena, part, length),
				  length, start, end);
			group_note_join(group, JOIN_SIGN);
			part = NULL;
		}
		at = at < stop ? next : stop + 1;
	}
}

/* Runs of signs as words, for a text that has nothing else. */
static void
signs_add(struct arena *arena, struct span text, struct search_words *out)
{
	const char *at = text.at, *end = text.at + text.length, *next;

	while (at < end) {
		const char *start = at;
		char *folded;
		size_t length = 0;

		for (next = at; at < end; at = next) {
			if (letter_kind_of(utf8_next(&next, end)) == BLANK)
				break;
		}
		folded = fold_identity(
			arena,
			arena_copy_bytes(arena, start, (size_t)(at - start)));
		for (const char *c = folded; *c != '\0'; c++) {
			if (*c != ' ')
				folded[length++] = *c;
		}
		word_push(arena, out, folded, length, (size_t)(start - text.at),
			  (size_t)(at - text.at));
		at = at < end ? next : end;
	}
}

bool
search_is_blank(uint32_t letter)
{
	return letter_kind_of(letter) == BLANK;
}

void
search_words_add(struct arena *arena, struct span text,
		 enum search_words_for side, struct search_words *out)
{
	struct group group = { .arena = arena, .out = out, .side = side };
	const char *at = text.at, *end = text.at + text.length;
	size_t had = out->count, run = SIZE_MAX;
	enum join join = JOIN_NONE;

	while (at < end) {
		size_t here = (size_t)(at - text.at);
		enum letter_kind kind = letter_kind_of(utf8_next(&at, end));

		if (kind == LETTER) {
			run = run == SIZE_MAX ? here : run;
			continue;
		}
		if (run != SIZE_MAX) {
			group_add(&group, text.at, run, here, join);
			run = SIZE_MAX;
			join = JOIN_TOUCH;
		}
		if (kind == IDEOGRAPH) {
			group_add(&group, text.at, here, (size_t)(at - text.at),
				  join);
			join = JOIN_TOUCH;
		} else if (kind == BLANK || join != JOIN_TOUCH) {
			join = JOIN_NONE;
		} else {
			join = kind == APOSTROPHE ? JOIN_APOSTROPHE : JOIN_SIGN;
		}
	}
	if (run != SIZE_MAX)
		group_add(&group, text.at, run, text.length, join);
	group_end(&group);
	out->only_signs = out->count == had;
	if (out->only_signs)
		signs_add(arena, text, out);
}

uint32_t
search_letter_loose(uint32_t letter)
{
	switch (letter) {
	case 0x0439: /* й */
		return 0x0438;
	case 0x0457: /* ї */
		return 0x0456;
	case 0x045E: /* ў */
		return 0x0443;
	default:
		return letter;
	}
}

size_t
search_word_loosen(const char *word, size_t length_bytes, char *out)
{
	const char *at = word, *end = word + length_bytes;
	size_t length = 0;

	while (at < end) {
		const char *letter = at;
		uint32_t c = utf8_next(&at, end), loose;

		loose = search_letter_loose(c);
		if (loose != c) {
			length += utf8_write(loose, out + length);
			continue;
		}
		memcpy(out + length, letter, (size_t)(at - letter));
		length += (size_t)(at - letter);
	}
	out[length] = '\0';
	return length;
}

int64_t
search_title_hash(struct arena *arena, struct span text)
{
	struct search_words words = { 0 };
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	search_words_add(arena, text, SEARCH_WORDS_OF_QUERY, &words);
	for (size_t i = 0; i < words.count; i++) {
		for (size_t k = 0; k <= words.at[i].length_bytes; k++) {
			hash ^= (unsigned char)words.at[i].text[k];
			hash *= 1099511628211u;
		}
	}
	hash &= INT64_MAX; /* a positive number is shorter in the index */
	return words.count == 0 ? 0 : hash == 0 ? 1 : (int64_t)hash;
}
