/* cover_art.c - see cover_art.h. */
#include "api/cover_art.h"

#include "base/fold.h"

#define INITIALS 2

static uint32_t
hash_of(const char *text)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

/* Letters and digits need no escape in XML. */
static bool
is_initial(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0xD800);
}

/* The first letters of the first words. */
static void
initials_write(const char *name, struct buffer *out)
{
	const char *at = name, *end = name + strlen(name);
	bool word = true;
	int count = 0;

	while (at < end && count < INITIALS) {
		const char *start = at;
		uint32_t c = utf8_next(&at, end);

		if (word && is_initial(c)) {
			buffer_add(out, start, (size_t)(at - start));
			count++;
			word = false;
		} else if (c == ' ') {
			word = true;
		}
	}
}

void
cover_art_draw(struct arena *arena, const char *name, uint32_t size_px,
	       struct buffer *out)
{
	uint32_t hash = hash_of(fold_identity(arena, name));
	unsigned hue = hash % 360, other = (hue + 40 + (hash >> 9) % 80) % 360;

	buffer_print(out,
		     "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" "
		     "height=\"%u\" viewBox=\"0 0 300 300\">"
		     "<defs><linearGradient id=\"g\" x1=\"0\" y1=\"0\" "
		     "x2=\"1\" y2=\"1\">"
		     "<stop offset=\"0\" stop-color=\"hsl(%u,45%%,38%%)\"/>"
		     "<stop offset=\"1\" stop-color=\"hsl(%u,55%%,22%%)\"/>"
		     "</linearGradient></defs>"
		     "<rect width=\"300\" height=\"300\" fill=\"url(#g)\"/>"
		     "<circle cx=\"%u\" cy=\"%u\" r=\"%u\" "
		     "fill=\"#fff\" fill-opacity=\".08\"/>"
		     "<text x=\"150\" y=\"192\" text-anchor=\"middle\" "
		     "font-family=\"sans-serif\" font-weight=\"700\" "
		     "font-size=\"120\" fill=\"#fff\" fill-opacity=\".92\">",
		     size_px, size_px, hue, other, (hash >> 3) % 300,
		     (hash >> 13) % 300, 70 + (hash >> 20) % 90);
	initials_write(name, out);
	buffer_add_text(out, "</text></svg>");
}
