/* documents.h - tracks, albums, artists and public playlists in the form the
 * search index wants.
 *
 * Floor: 3 (library). Threads: as the session.
 */
#ifndef OGMA_LIBRARY_DOCUMENTS_H
#define OGMA_LIBRARY_DOCUMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/search.h"
#include "driver/store.h"

#define DOCUMENTS_LOAD_MAX 1000

/* One document for each id, in the order given; ids that are not there (or are
 * hidden) come back as gone. `out` has room for `count`. Arena-owned. */
enum status documents_load(struct store_session *session,
			   enum search_kind kind, const int64_t *ids,
			   size_t count, struct arena *arena,
			   struct search_document *out, struct fault *fault);

/* Called for each; the texts are valid during the call. Any status but OK ends
 * the walk with it. */
typedef enum status document_visit(void *cookie,
				   const struct search_document *document,
				   struct fault *fault);

/* All visible things of one kind, most popular first (then by id), as the
 * engine reads them: memory does not grow with the library. */
enum status documents_each(struct store_session *session,
			   enum search_kind kind, document_visit *visit,
			   void *cookie, struct fault *fault);

/* How many documents_each() will visit; from kept counters. */
enum status documents_count(struct store_session *session,
			    enum search_kind kind, int64_t *out,
			    struct fault *fault);

#endif /* OGMA_LIBRARY_DOCUMENTS_H */
