/* edit_words.h - what a body asks to change, as the library takes it.
 *
 * Floor: 5 (api). Threads: no shared state.
 */
#ifndef OGMA_API_EDIT_WORDS_H
#define OGMA_API_EDIT_WORDS_H

#include "api/call.h"

/* Both are owned by the caller; *reset is NULL when nothing is. False: the
 * body says what cannot be, and is answered. */
bool call_edit_words(struct call *call, json_t **set, json_t **reset);

/* "a,b": an array of texts, owned. */
json_t *words_of_text(const char *text, char separator);

#endif /* OGMA_API_EDIT_WORDS_H */
