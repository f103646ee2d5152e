/* unicode.c - see unicode.h. */
#include "media/read/unicode.h"

static uint32_t
unit_at(struct span bytes, size_t i, bool big_endian)
{
	uint32_t a = (uint8_t)bytes.at[i], b = (uint8_t)bytes.at[i + 1];

	return big_endian ? a << 8 | b : b << 8 | a;
}

struct span
utf16_to_utf8(struct arena *arena, struct span bytes, bool big_endian)
{
	char *text = arena_alloc(arena, bytes.length / 2 * 3 + 1);
	char *end = text;
	bool at_start = true;

	for (size_t i = 0; i + 1 < bytes.length; i += 2) {
		uint32_t unit = unit_at(bytes, i, big_endian);

		if (at_start && (unit == 0xFEFF || unit == 0xFFFE)) {
			big_endian = (unit == 0xFEFF) == big_endian;
			continue;
		}
		at_start = unit == 0;
		if (unit >= 0xD800 && unit < 0xDC00 && i + 3 < bytes.length) {
			uint32_t low = unit_at(bytes, i + 2, big_endian);

			if (low >= 0xDC00 && low < 0xE000) {
				unit = 0x10000 + ((unit - 0xD800) << 10) +
				       (low - 0xDC00);
				i += 2;
			}
		}
		if (unit >= 0xD800 && unit < 0xE000)
			unit = 0xFFFD;
		end += utf8_write(unit, end);
	}
	return (struct span){ text, (size_t)(end - text) };
}

struct span
utf8_repaired(struct arena *arena, struct span bytes)
{
	const char *at = bytes.at, *end = bytes.at + bytes.length;
	char *text, *to;

	if (utf8_valid(bytes.at, bytes.length))
		return bytes;
	text = arena_alloc(arena, 3 * bytes.length + 1);
	to = text;
	while (at < end)
		to += utf8_write(utf8_next(&at, end), to);
	return (struct span){ text, (size_t)(to - text) };
}
