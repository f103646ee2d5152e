/* search_translit.h - one key for the spellings of a word in all scripts.
 *
 * A word is written in Latin letters (Russian by a table of ours, which is
 * fast, other scripts by ICU: modern Greek by UNGEGN, the rest by Any-Latin)
 * and what spellings differ in is levelled: shch, sch, tsch → sh or ch, kh → h,
 * ts, tz → c, w → v, y, j → i, yo → e, ck, q → k, ph, final ff → f, v, double
 * letters → one. Чайковский, Tchaikovsky, Chaikovskii and Tschaikowsky all give
 * "chaikovski". A key is for comparing only; nobody sees it.
 *
 * Floor: 2 (driver). Threads: all functions may be called from any; words in
 * other scripts than Latin and Russian take turns.
 */
#ifndef OGMA_DRIVER_SEARCH_TRANSLIT_H
#define OGMA_DRIVER_SEARCH_TRANSLIT_H

#include <stddef.h>

#define SEARCH_TRANSLIT_VERSION 1
#define SEARCH_KEY_BYTES 200

/* `word` is folded (base/fold.h). Writes the key, ASCII letters and digits,
 * terminated, and gives its length; 0: the word has no key. */
size_t search_translit_key(const char *word, size_t length_bytes,
			   char key[SEARCH_KEY_BYTES]);

/* The bytes of the shortest beginning of `word` whose own key begins with
 * `key`; all of them when none has, or when only ICU can spell it. */
size_t search_translit_begun(const char *word, size_t length_bytes,
			     const char *key, size_t key_length);

#endif /* OGMA_DRIVER_SEARCH_TRANSLIT_H */
