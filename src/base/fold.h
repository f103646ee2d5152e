/* fold.h - one text in the several forms by which people compare and sort it.
 *
 * All rules are Unicode's own, by ICU: NFKC_Casefold (UAX #31), collation
 * (UTS #10, root locale). What ICU does not do is added here: ё is compared as
 * е. Input that is not UTF-8 is repaired to U+FFFD first.
 *
 * Floor: 0 (base); uses ICU. Threads: all functions may be called from any.
 */
#ifndef OGMA_BASE_FOLD_H
#define OGMA_BASE_FOLD_H

#include "base/memory.h"
#include "base/text.h"

/* The form by which two names are the same name: case, width, compatibility
 * forms, accents and runs of blanks do not count ("Beyoncé" = "BEYONCE",
 * "Ёлка" = "елка"; but й is not и). "" for blank input. Arena-owned. */
char *fold_identity(struct arena *arena, const char *text);

/* A key whose bytes, compared as unsigned, sort as a person expects (digits by
 * value, Latin before Cyrillic, case last); leading articles "The", "A", "An"
 * are passed over. Stored beside the name. Arena-owned. */
struct span fold_sort_key(struct arena *arena, const char *text);

#endif /* OGMA_BASE_FOLD_H */
