/* search_layout.h - what was meant when the keyboard was in the other layout.
 *
 * The Russian (ЙЦУКЕН) and the US layout share their keys: "ghbdtn" is "привет"
 * and "руддщ" is "hello". Keys that are signs on one side are letters on the
 * other ("[" is "х"), so this works on text as typed, before it is cut.
 *
 * Floor: 2 (driver). Threads: no shared state.
 */
#ifndef OGMA_DRIVER_SEARCH_LAYOUT_H
#define OGMA_DRIVER_SEARCH_LAYOUT_H

#include <stddef.h>

#include "base/memory.h"
#include "base/text.h"

/* `typed` as the same keys give it on the other layout: on the US one when it
 * has a Cyrillic letter, else on the Russian one. NULL when no key differs or
 * it mixes both alphabets. Keeps case. Arena-owned. */
char *search_layout_other(struct arena *arena, struct span typed);

#endif /* OGMA_DRIVER_SEARCH_LAYOUT_H */
