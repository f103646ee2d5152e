/* unicode.h - UTF-16 text of tags as UTF-8.
 *
 * Floor: 1 (media). Threads: no shared state.
 */
#ifndef OGMA_MEDIA_READ_UNICODE_H
#define OGMA_MEDIA_READ_UNICODE_H

#include <stdbool.h>

#include "base/memory.h"
#include "base/text.h"

/* Converts; NULs stay, so that lists stay lists. A byte order mark at the start
 * or after a NUL decides the order from there; before any, `big_endian` holds.
 * Lone surrogates become U+FFFD. Arena-owned. */
struct span utf16_to_utf8(struct arena *arena, struct span bytes,
			  bool big_endian);

/* UTF-8 with what is not well-formed made U+FFFD; returns `bytes` itself when
 * nothing was wrong. */
struct span utf8_repaired(struct arena *arena, struct span bytes);

#endif /* OGMA_MEDIA_READ_UNICODE_H */
