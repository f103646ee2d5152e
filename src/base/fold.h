/* fold.h - one text in the several forms by which people compare and sort it.
 *
 * All rules are Unicode's own, by ICU: NFKC_Casefold (UAX #31), collation
 * (UTS #10, root locale). What ICU does not do is added here: ё is compared as
 * е, quotes and dashes of every shape as ' " -. Input that is not UTF-8 is
 * repaired to U+FFFD first; only the first FOLD_TEXT_MAX bytes count.
 *
 * Floor: 0 (base); uses ICU. Threads: all functions may be called from any.
 */
#ifndef OGMA_BASE_FOLD_H
#define OGMA_BASE_FOLD_H

#include "base/memory.h"
#include "base/text.h"

#define FOLD_TEXT_MAX ((size_t)64 << 10)

/* The form by which two names are the same name: case, width, compatibility
 * forms, accents and runs of blanks do not count ("Beyoncé" = "BEYONCE",
 * "Ёлка" = "елка"; but й is not и, ї not і, ў not у, が not か). "" for blank
 * input. Idempotent. Arena-owned. */
char *fold_identity(struct arena *arena, const char *text);

/* The same without the short cut for plain letters, for tests to compare. */
char *fold_identity_icu(struct arena *arena, const char *text);

/* A key whose bytes, compared as unsigned, sort as a person expects (digits by
 * value, Latin before Cyrillic, case last); leading articles "The", "A", "An"
 * are passed over. Stored beside the name. Arena-owned. */
struct span fold_sort_key(struct arena *arena, const char *text);

#endif /* OGMA_BASE_FOLD_H */
