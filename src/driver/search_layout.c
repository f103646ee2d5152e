/* search_layout.c - the keys of two keyboards; see search_layout.h. */
#include "driver/search_layout.h"

#include <stdbool.h>
#include <stdint.h>

/* The same keys, row by row: US without and with Shift, Russian likewise. Only
 * keys that carry a letter on one side at least. */
static const char us_keys[] = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
			      "~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>";
static const uint16_t russian_keys[] = {
	0x451, 0x439, 0x446, 0x443, 0x43A, 0x435, 0x43D, 0x433, 0x448, 0x449,
	0x437, 0x445, 0x44A, 0x444, 0x44B, 0x432, 0x430, 0x43F, 0x440, 0x43E,
	0x43B, 0x434, 0x436, 0x44D, 0x44F, 0x447, 0x441, 0x43C, 0x438, 0x442,
	0x44C, 0x431, 0x44E, 0x401, 0x419, 0x426, 0x423, 0x41A, 0x415, 0x41D,
	0x413, 0x428, 0x429, 0x417, 0x425, 0x42A, 0x424, 0x42B, 0x412, 0x410,
	0x41F, 0x420, 0x41E, 0x41B, 0x414, 0x416, 0x42D, 0x42F, 0x427, 0x421,
	0x41C, 0x418, 0x422, 0x42C, 0x411, 0x42E,
};
_Static_assert(sizeof us_keys - 1 == ARRAY_LENGTH(russian_keys),
	       "both keyboards have the same keys");

static uint32_t
key_to_russian(uint32_t c)
{
	const char *key;

	if (c == 0 || c >= 0x80)
		return c;
	key = strchr(us_keys, (char)c);
	return key == NULL ? c : russian_keys[key - us_keys];
}

static uint32_t
key_to_us(uint32_t c)
{
	for (size_t i = 0; i < ARRAY_LENGTH(russian_keys); i++) {
		if (russian_keys[i] == c)
			return (unsigned char)us_keys[i];
	}
	return c;
}

static bool
is_latin(uint32_t c)
{
	return (c | 0x20) - 'a' < 26;
}

static bool
is_russian(uint32_t c)
{
	return (c >= 0x410 && c <= 0x44F) || c == 0x401 || c == 0x451;
}

char *
search_layout_other(struct arena *arena, struct span typed)
{
	const char *at, *end = typed.at + typed.length;
	bool latin = false, russian = false, differs = false;
	char *other = arena_alloc(arena, typed.length * 4 + 1), *out = other;

	for (at = typed.at; at < end;) {
		uint32_t c = utf8_next(&at, end);

		latin = latin || is_latin(c);
		russian = russian || is_russian(c);
	}
	if (latin && russian)
		return NULL;
	for (at = typed.at; at < end;) {
		uint32_t c = utf8_next(&at, end);
		uint32_t key = russian ? key_to_us(c) : key_to_russian(c);

		differs = differs || key != c;
		out += utf8_write(key, out);
	}
	*out = '\0';
	return differs ? other : NULL;
}
