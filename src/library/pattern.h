/* pattern.h - a text as a pattern that the store's engines match without regard
 * to case and accents, as fold_identity() would compare.
 *
 * No engine folds as we do, but both know classes of letters. So each letter of
 * the text becomes the class of all letters that fold to it ("рок" becomes
 * "[Рр][Оо][Кк]"), and nothing a person typed is an operator. For use after the
 * word @matches@, with @any@ for any run of letters:
 *
 *	t.title @matches@ (@any@ || $1 || @any@)
 *
 * Floor: 3 (library); private. Threads: all functions may be called from any.
 */
#ifndef OGMA_LIBRARY_PATTERN_H
#define OGMA_LIBRARY_PATTERN_H

#include "base/memory.h"

/* Text is cut to so many letters, and the pattern has a bound that both engines
 * take. */
#define PATTERN_LETTERS_MAX 100

/* Arena-owned. "" for blank text. */
const char *pattern_of(struct arena *arena, const char *text);

#endif /* OGMA_LIBRARY_PATTERN_H */
