/* cover_art.c - see cover_art.h. */
#include "service/cover_art.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"

#define DRAWING "1" /* another one: what is kept and cached is made anew */
#define INITIALS 2
#define SIDE 300 /* all figures below are on a square of this side */
#define STEM_X 210
#define STROKES_MAX 64
#define STROKES_END 282 /* what is below does not fit any more */
#define STROKE_WIDTH 4
#define STROKE_ALPHA 0.55
#define CIRCLE_ALPHA 0.08
#define BMP_HEAD_BYTES 54

struct art_stroke {
	double x0, y0, x1, y1;
};

struct art {
	unsigned hue, other_hue;
	unsigned circle_x, circle_y, circle_radius;
	struct art_stroke strokes[STROKES_MAX];
	size_t stroke_count;
};

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
is_letter(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c < 0xD800);
}

static void
stroke_add(struct art *art, double x0, double y0, double x1, double y1)
{
	if (art->stroke_count < STROKES_MAX)
		art->strokes[art->stroke_count++] =
			(struct art_stroke){ x0, y0, x1, y1 };
}

/* One to five strokes for each letter: to the right of the stem, to the left,
 * or aslant through it. */
static void
letters_write(struct art *art, const char *name)
{
	static const int sides[3][2] = { { 0, 54 }, { -54, 0 }, { -40, 40 } };
	const char *at = name, *end = name + strlen(name);
	double y = 24;

	stroke_add(art, STEM_X, -STROKE_WIDTH, STEM_X, SIDE + STROKE_WIDTH);
	while (at < end && y < STROKES_END) {
		uint32_t c = utf8_next(&at, end);
		const int *side = sides[(c >> 2) % 3];
		double slant = (c >> 2) % 3 == 2 ? 10 : 0;

		if (!is_letter(c))
			continue;
		for (uint32_t i = 0; i <= c % 5 && y < STROKES_END; i++) {
			stroke_add(art, STEM_X + side[0], y + slant,
				   STEM_X + side[1], y - slant);
			y += 10;
		}
		y += 12;
	}
}

static void
art_compose(struct arena *arena, const char *name, struct art *out)
{
	const char *folded = fold_identity(arena, name);
	uint32_t hash = hash_of(folded);

	*out = (struct art){
		.hue = hash % 360,
		.other_hue = (hash % 360 + 40 + (hash >> 9) % 80) % 360,
		.circle_x = (hash >> 3) % SIDE,
		.circle_y = (hash >> 13) % SIDE,
		.circle_radius = 70 + (hash >> 20) % 90,
	};
	letters_write(out, folded);
}

void
cover_art_digest(struct arena *arena, const char *name,
		 uint8_t out[SHA256_BYTES])
{
	const char *text = arena_print(arena, "drawing " DRAWING "\n%s",
				       fold_identity(arena, name));

	sha256(text, strlen(text), out);
}

/* ---- as an SVG ---------------------------------------------------------------- */

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

		if (word && is_letter(c)) {
			buffer_add(out, start, (size_t)(at - start));
			count++;
			word = false;
		} else if (c == ' ') {
			word = true;
		}
	}
}

void
cover_art_svg(struct arena *arena, const char *name, uint32_t size_px,
	      struct buffer *out)
{
	struct art art;

	art_compose(arena, name, &art);
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
		     "fill=\"#fff\" fill-opacity=\"%.2f\"/>"
		     "<path stroke=\"#fff\" stroke-opacity=\"%.2f\" "
		     "stroke-width=\"%d\" stroke-linecap=\"round\" d=\"",
		     size_px, size_px, art.hue, art.other_hue, art.circle_x,
		     art.circle_y, art.circle_radius, CIRCLE_ALPHA,
		     STROKE_ALPHA, STROKE_WIDTH);
	for (size_t i = 0; i < art.stroke_count; i++) {
		const struct art_stroke *stroke = &art.strokes[i];

		buffer_print(out, "M%.0f %.0fL%.0f %.0f", stroke->x0,
			     stroke->y0, stroke->x1, stroke->y1);
	}
	buffer_add_text(out, "\"/><text x=\"30\" y=\"266\" "
			     "font-family=\"sans-serif\" font-weight=\"700\" "
			     "font-size=\"90\" fill=\"#fff\" "
			     "fill-opacity=\".92\">");
	initials_write(name, out);
	buffer_add_text(out, "</text></svg>");
}

/* ---- as pixels ------------------------------------------------------------------ */

/* 0..1, all three and all of the result. */
static void
rgb_of_hsl(unsigned hue, double saturation, double light, double out[3])
{
	double reach = saturation * fmin(light, 1 - light);

	for (int i = 0; i < 3; i++) {
		static const int turns[3] = { 0, 8, 4 };
		double k = fmod(turns[i] + hue / 30.0, 12);

		out[i] = light - reach * fmax(-1, fmin(fmin(k - 3, 9 - k), 1));
	}
}

/* How much of a pixel, of side 1, is within `reach` of something `away`. */
static double
part_within(double away, double reach)
{
	return fmax(0, fmin(1, reach - away + 0.5));
}

static double
stroke_away(const struct art_stroke *stroke, double x, double y)
{
	double dx = stroke->x1 - stroke->x0, dy = stroke->y1 - stroke->y0;
	double along = ((x - stroke->x0) * dx + (y - stroke->y0) * dy) /
		       (dx * dx + dy * dy);

	along = fmax(0, fmin(1, along));
	return hypot(x - stroke->x0 - along * dx, y - stroke->y0 - along * dy);
}

static uint32_t
within(double at, uint32_t size_px)
{
	return at < 0 ? 0 : at > size_px ? size_px : (uint32_t)at;
}

/* How much of each pixel a stroke covers; where several do, the most. */
static void
stroke_mark(uint8_t *mask, uint32_t size_px, const struct art_stroke *on_side)
{
	double scale = (double)size_px / SIDE, reach = STROKE_WIDTH * scale / 2;
	struct art_stroke stroke = { on_side->x0 * scale, on_side->y0 * scale,
				     on_side->x1 * scale, on_side->y1 * scale };
	double far = reach + 2;
	uint32_t left = within(fmin(stroke.x0, stroke.x1) - far, size_px);
	uint32_t right = within(fmax(stroke.x0, stroke.x1) + far, size_px);
	uint32_t top = within(fmin(stroke.y0, stroke.y1) - far, size_px);
	uint32_t end = within(fmax(stroke.y0, stroke.y1) + far, size_px);

	for (uint32_t y = top; y < end; y++) {
		for (uint32_t x = left; x < right; x++) {
			double away = stroke_away(&stroke, x + 0.5, y + 0.5);
			uint8_t part = (uint8_t)(255 * part_within(away, reach));
			uint8_t *at = mask + (size_t)y * size_px + x;

			if (part > *at)
				*at = part;
		}
	}
}

static void
row_paint(const struct art *art, const uint8_t *mask, uint32_t size_px,
	  uint32_t y, uint8_t *bgr)
{
	double scale = (double)size_px / SIDE, from[3], to[3];

	rgb_of_hsl(art->hue, 0.45, 0.38, from);
	rgb_of_hsl(art->other_hue, 0.55, 0.22, to);
	for (uint32_t x = 0; x < size_px; x++) {
		double part = (x + y + 1.0) / (2.0 * size_px);
		double away = hypot(x + 0.5 - art->circle_x * scale,
				    y + 0.5 - art->circle_y * scale);
		double circle = CIRCLE_ALPHA *
				part_within(away, art->circle_radius * scale);
		double stroke = STROKE_ALPHA * mask[x] / 255;

		for (int i = 0; i < 3; i++) {
			double one = from[i] + (to[i] - from[i]) * part;

			one += (1 - one) * circle;
			one += (1 - one) * stroke;
			bgr[3 * x + 2 - (uint32_t)i] =
				(uint8_t)(255 * one + 0.5);
		}
	}
}

static void
put_le32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Three bytes for a pixel, rows from the bottom to the top. */
static void
bmp_head(uint8_t head[BMP_HEAD_BYTES], uint32_t size_px, uint32_t bytes)
{
	memcpy(head, "BM", 2);
	put_le32(head + 2, BMP_HEAD_BYTES + bytes);
	put_le32(head + 10, BMP_HEAD_BYTES);
	put_le32(head + 14, BMP_HEAD_BYTES - 14);
	put_le32(head + 18, size_px);
	put_le32(head + 22, size_px);
	head[26] = 1;
	head[28] = 24;
	put_le32(head + 34, bytes);
}

void
cover_art_bmp(struct arena *arena, const char *name, uint32_t size_px,
	      struct buffer *out)
{
	size_t row_bytes = ((size_t)size_px * 3 + 3) / 4 * 4;
	uint8_t *mask = mem_new(size_px, size_px), *row = mem_new(row_bytes, 1);
	uint8_t head[BMP_HEAD_BYTES] = { 0 };
	struct art art;

	art_compose(arena, name, &art);
	for (size_t i = 0; i < art.stroke_count; i++)
		stroke_mark(mask, size_px, &art.strokes[i]);
	bmp_head(head, size_px, (uint32_t)row_bytes * size_px);
	buffer_add(out, (const char *)head, sizeof head);
	for (uint32_t y = size_px; y-- > 0;) {
		row_paint(&art, mask + (size_t)y * size_px, size_px, y, row);
		buffer_add(out, (const char *)row, row_bytes);
	}
	free(mask);
	free(row);
}
