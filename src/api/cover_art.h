/* cover_art.h - a drawn cover for what has none: two colours and up to two
 * initials, which follow from the name alone, so that everybody sees the same
 * one again.
 *
 * Floor: 5 (api). Threads: no shared state.
 */
#ifndef OGMA_API_COVER_ART_H
#define OGMA_API_COVER_ART_H

#include "base/memory.h"
#include "base/text.h"

/* An SVG of size_px; spelling (case, accents) of the name does not count for the
 * colours. */
void cover_art_draw(struct arena *arena, const char *name, uint32_t size_px,
		    struct buffer *out);

#endif /* OGMA_API_COVER_ART_H */
