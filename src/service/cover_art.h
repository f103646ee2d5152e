/* cover_art.h - a drawn cover for what has none: two colours and the name's
 * letters as strokes along a stem, in the manner of Ogham. All of it follows from
 * the name alone, so that everybody sees the same one again; spelling (case,
 * accents) does not count.
 *
 * Floor: 4 (service). Threads: no shared state.
 */
#ifndef OGMA_SERVICE_COVER_ART_H
#define OGMA_SERVICE_COVER_ART_H

#include "base/digest.h"
#include "base/memory.h"
#include "base/text.h"

/* An SVG of size_px, with up to two initials: its reader has fonts. */
void cover_art_svg(struct arena *arena, const char *name, uint32_t size_px,
		   struct buffer *out);

/* A BMP of size_px (1..2048), for media_thumbnail() to make small. */
void cover_art_bmp(struct arena *arena, const char *name, uint32_t size_px,
		   struct buffer *out);

/* Equal for names that are drawn alike, another one when the drawing changes. */
void cover_art_digest(struct arena *arena, const char *name,
		      uint8_t out[SHA256_BYTES]);

#endif /* OGMA_SERVICE_COVER_ART_H */
