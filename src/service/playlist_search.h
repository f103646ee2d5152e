/* playlist_search.h - a person's own playlists that are not public, found by
 * words.
 *
 * They are never in the search index, so that nothing of them, not even a word
 * in "did you mean", reaches anybody else. A person has few: the memory driver
 * looks through them, by the same rules (driver/search.h), and what it finds is
 * merged into the answer of the index.
 *
 * Floor: 4 (service). Threads: all functions may be called from any; they
 * block.
 */
#ifndef OGMA_SERVICE_PLAYLIST_SEARCH_H
#define OGMA_SERVICE_PLAYLIST_SEARCH_H

#include "driver/search.h"
#include "driver/store.h"

struct index_service;

/* The last changed of a person's playlists that are looked through. */
#define PLAYLIST_SEARCH_MAX 1000

/* As index_query() in the name of a person (0: nobody). Of several kinds only
 * the first page may be asked for. */
enum status playlist_search_query(struct index_service *index,
				  struct store *store, int64_t user_id,
				  struct arena *arena,
				  const struct search_query *query,
				  struct search_answer *out,
				  struct fault *fault);

/* As index_suggest(). */
enum status playlist_search_suggest(struct index_service *index,
				    struct store *store, int64_t user_id,
				    struct arena *arena, const char *text,
				    uint32_t limit,
				    struct search_suggestions *out,
				    struct fault *fault);

#endif /* OGMA_SERVICE_PLAYLIST_SEARCH_H */
