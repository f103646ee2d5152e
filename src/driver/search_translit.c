/* search_translit.c - keys of sound; see search_translit.h.
 *
 * Two steps: latin_of() spells the word in a-z and 0-9, level() walks over that
 * once from left to right and takes the longest rule that fits, so that the key
 * of a word begun is most often the beginning of the word's key. */
#include "driver/search_translit.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#include "base/memory.h"
#include "base/text.h"

#define LATIN_BYTES 256

/* а … я */
static const char *const russian_latin[32] = {
	"a",  "b",  "v",  "g",	  "d", "e", "zh", "z", "i",  "y",  "k",
	"l",  "m",  "n",  "o",	  "p", "r", "s",  "t", "u",  "f",  "kh",
	"ts", "ch", "sh", "shch", "",  "y", "",	  "e", "yu", "ya",
};

/* Letters of Latin alphabets that fold_identity() leaves as they are. */
static const struct {
	uint16_t letter;
	const char *latin;
} latin_letters[] = {
	{ 0xE6, "ae" },
	{ 0xF0, "d" },
	{ 0xF8, "o" },
	{ 0xFE, "th" },
	{ 0x111, "d" },
	{ 0x127, "h" },
	{ 0x131, "i" },
	{ 0x142, "l" },
	{ 0x14B, "n" },
	{ 0x153, "oe" },
	{ 0x167, "t" },
	{ 0x259, "e" },
	/* Ukrainian, Belarusian */
	{ 0x454, "ie" },
	{ 0x456, "i" },
	{ 0x457, "i" },
	{ 0x45E, "u" },
	{ 0x491, "g" },
};

/* Spelling and what it becomes; a longer one comes before its beginning. */
static const struct level_rule {
	const char *spelling, *key;
} level_rules[] = {
	{ "shch", "sh" }, { "tsch", "ch" }, { "tch", "ch" }, { "sch", "sh" },
	{ "ch", "ch" },	  { "ck", "k" },    { "ce", "ce" },  { "ci", "ci" },
	{ "cy", "ci" },	  { "c", "k" },	    { "dzh", "zh" }, { "dj", "zh" },
	{ "ie", "e" },	  { "io", "e" },    { "je", "e" },   { "jo", "e" },
	{ "j", "i" },	  { "kh", "h" },    { "ph", "f" },   { "qu", "kv" },
	{ "q", "k" },	  { "th", "t" },    { "ts", "c" },   { "tz", "c" },
	{ "w", "v" },	  { "x", "ks" },    { "ye", "e" },   { "yo", "e" },
	{ "y", "i" },
};

static UTransliterator *transliterator;
static pthread_mutex_t transliterator_lock = PTHREAD_MUTEX_INITIALIZER;

static UTransliterator *
transliterator_open(void)
{
	static const char rules[] =
		"Greek-Latin/UNGEGN; Any-Latin; Latin-ASCII; Lower";
	UChar id[sizeof rules];
	UErrorCode code = U_ZERO_ERROR;

	u_uastrcpy(id, rules);
	return utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &code);
}

/* ICU's Latin spelling of the word; false when it has none. */
static bool
latin_by_icu(const char *word, size_t length, char out[LATIN_BYTES])
{
	UChar wide[LATIN_BYTES] = { 0 };
	UErrorCode code = U_ZERO_ERROR;
	int32_t units = 0, limit;

	u_strFromUTF8(wide, LATIN_BYTES / 4, &units, word, (int32_t)length,
		      &code);
	if (U_FAILURE(code))
		return false;
	limit = units;
	pthread_mutex_lock(&transliterator_lock);
	if (transliterator == NULL)
		transliterator = transliterator_open();
	if (transliterator != NULL)
		utrans_transUChars(transliterator, wide, &units,
				   LATIN_BYTES - 1, 0, &limit, &code);
	pthread_mutex_unlock(&transliterator_lock);
	if (U_FAILURE(code))
		return false;
	u_strToUTF8(out, LATIN_BYTES, NULL, wide, units, &code);
	return U_SUCCESS(code) && memchr(out, '\0', LATIN_BYTES) != NULL;
}

static const char *
letter_latin(uint32_t c, char own[2])
{
	own[0] = (char)c;
	own[1] = '\0';
	if (c < 0x80)
		return own;
	if (c >= 0x430 && c <= 0x44F)
		return russian_latin[c - 0x430];
	for (size_t i = 0; i < ARRAY_LENGTH(latin_letters); i++) {
		if (latin_letters[i].letter == c)
			return latin_letters[i].latin;
	}
	return NULL;
}

/* By our tables; false when a letter is in none of them. */
static bool
latin_by_table(const char *word, size_t length, char out[LATIN_BYTES])
{
	const char *at = word, *end = word + length;
	size_t used = 0;

	while (at < end) {
		char own[2];
		const char *latin = letter_latin(utf8_next(&at, end), own);
		size_t count = latin == NULL ? 0 : strlen(latin);

		if (latin == NULL || used + count >= LATIN_BYTES)
			return false;
		memcpy(out + used, latin, count);
		used += count;
	}
	out[used] = '\0';
	return true;
}

static const struct level_rule *
level_rule_at(const char *latin)
{
	for (size_t i = 0; i < ARRAY_LENGTH(level_rules); i++) {
		const char *spelling = level_rules[i].spelling;

		if (spelling[0] == latin[0] &&
		    strncmp(latin, spelling, strlen(spelling)) == 0)
			return &level_rules[i];
	}
	return NULL;
}

static size_t
level(const char *latin, char key[SEARCH_KEY_BYTES])
{
	size_t used = 0;

	while (*latin != '\0' && used + 4 < SEARCH_KEY_BYTES) {
		const struct level_rule *rule = level_rule_at(latin);
		char own[2] = { *latin, '\0' };
		const char *add = rule != NULL ? rule->key : own;

		latin += rule != NULL ? strlen(rule->spelling) : 1;
		for (; *add != '\0'; add++) {
			bool letter = *add >= 'a' && *add <= 'z';
			bool digit = *add >= '0' && *add <= '9';

			if (digit ||
			    (letter && (used == 0 || key[used - 1] != *add)))
				key[used++] = *add;
		}
	}
	if (used > 2 && key[used - 1] == 'f' &&
	    (key[used - 2] == 'o' || key[used - 2] == 'e'))
		key[used - 1] = 'v';
	key[used] = '\0';
	return used;
}

size_t
search_translit_key(const char *word, size_t length_bytes,
		    char key[SEARCH_KEY_BYTES])
{
	char latin[LATIN_BYTES];

	if (!latin_by_table(word, length_bytes, latin) &&
	    !latin_by_icu(word, length_bytes, latin)) {
		key[0] = '\0';
		return 0;
	}
	return level(latin, key);
}

size_t
search_translit_begun(const char *word, size_t length_bytes, const char *key,
		      size_t key_length)
{
	const char *at = word, *end = word + length_bytes;
	char latin[LATIN_BYTES], begun[SEARCH_KEY_BYTES];

	while (at < end) {
		utf8_next(&at, end);
		if (!latin_by_table(word, (size_t)(at - word), latin))
			break;
		if (level(latin, begun) >= key_length &&
		    memcmp(begun, key, key_length) == 0)
			return (size_t)(at - word);
	}
	return length_bytes;
}
