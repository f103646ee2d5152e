/* codepage.h - telling and undoing text in the wrong code page.
 *
 * Old taggers wrote Cyrillic as Windows-1251 into frames that say Latin-1, and
 * later programs turned that into "correct" Unicode ("Êèíî" for "Кино"). The
 * bytes alone decide, by a ratio of likelihoods in natural logarithms:
 *
 * - inside a word (a run of letters) each pair of neighbours that are both
 *   letters of the upper half speaks for Cyrillic (+3.2: nearly all pairs in
 *   Russian, one in 25 in Western text); a pair of one upper and one ASCII
 *   letter speaks against it (-5.5: "Motörhead", "Für", "Café");
 * - each upper letter adds ln(its share of Russian text / the share of the
 *   Latin-1 letter with the same byte among accented letters), but only in
 *   words of two letters and more, and not when it is the same letter three
 *   times running ("Jäääär");
 * - a capital after a small letter costs 3, which tells KOI8-R (whose cases
 *   are swapped) from Windows-1251.
 *
 * The evidence of all texts of one tag is added up, since one program wrote
 * them, but a text with evidence of its own against is left alone. Bytes that
 * are well-formed UTF-8 with at least one longer character are UTF-8: in a
 * Latin-1 text that does not happen.
 *
 * What cannot be told from a lone text: words of two letters ("Áè" or "Би"), and
 * words in accented capitals ("ÅÄÖ" or "ЕДЦ"). With others in the tag they can.
 *
 * Floor: 1 (media). Threads: no shared state.
 */
#ifndef OGMA_MEDIA_READ_CODEPAGE_H
#define OGMA_MEDIA_READ_CODEPAGE_H

#include <stdbool.h>

#include "base/memory.h"
#include "base/text.h"

enum codepage {
	CODEPAGE_WESTERN, /* Windows-1252, which has Latin-1 inside */
	CODEPAGE_1251,
	CODEPAGE_KOI8R,
	CODEPAGE_866,
	CODEPAGE_UTF8,
	CODEPAGE_COUNT
};

/* Evidence (above) for a Cyrillic page against Western; 0: none either way. */
double codepage_evidence(struct span bytes, enum codepage page);

/* The page of one text, given the evidence that the others of the same tag
 * bring for each page, added up (indexed by enum codepage; may be NULL).
 * `threshold`: how much evidence it takes. */
enum codepage codepage_guess(struct span bytes, const double *others,
			     double threshold);

#define CODEPAGE_THRESHOLD_LEGACY 3.0  /* the text is in some 8-bit page */
#define CODEPAGE_THRESHOLD_UNICODE 6.0 /* the text says it is Unicode */

/* UTF-8, arena-owned. Bytes without a meaning become U+FFFD. */
char *codepage_decode(struct arena *arena, struct span bytes,
		      enum codepage page);

/* The 8-bit text that somebody read as Western to make this Unicode text; false
 * when it has other characters, or none of the upper half. */
bool codepage_unread(struct arena *arena, struct span utf8, struct span *out);

/* "Windows-1251", … for the person. */
const char *codepage_name(enum codepage page);

#endif /* OGMA_MEDIA_READ_CODEPAGE_H */
