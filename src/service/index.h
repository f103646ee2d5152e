/* index.h - keeps the search index in step with the library.
 *
 * The library's outbox (library/outbox.h) names what changed; this service
 * reads the documents and gives them to the driver, in batches whose last
 * outbox number is kept in the index. So it may be stopped anywhere, and two
 * processes may do it at once.
 *
 * A change is found by the next query: index_query() first takes in what is
 * pending, for a bounded time while a big scan runs. Between queries a thread
 * does the same, woken by index_wake() and by looking at store_version().
 *
 * Threads: all functions may be called from any; all may block.
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_INDEX_H
#define OGMA_SERVICE_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/search.h"
#include "driver/store.h"

struct index_service;

struct index_args {
	struct store *store;                /* all borrowed */
	const struct search_driver *driver; /* search_driver_fts5, … */
	const char *folder;                 /* where search.db lives */
	bool follow; /* start the thread; false for short commands */
};

/* An index that is new or of another version is rebuilt by the thread; queries
 * meanwhile answer from what is there. */
enum status index_open(const struct index_args *args,
		       struct index_service **out, struct fault *fault);
void index_close(struct index_service *index); /* NULL is fine */

/* As search_run() and search_suggest(), on an index that knows what was
 * committed before the call. STATUS_UNAVAILABLE with field "search". */
enum status index_query(struct index_service *index, struct arena *arena,
			const struct search_query *query,
			struct search_answer *out, struct fault *fault);
enum status index_suggest(struct index_service *index, struct arena *arena,
			  const char *text, uint32_t limit,
			  struct search_suggestions *out,
			  struct fault *fault);

/* Takes in what is pending, for at most about budget_ms; 0: all of it.
 * STATUS_AGAIN_LATER when something was left. */
enum status index_catch_up(struct index_service *index, uint32_t budget_ms,
			   struct fault *fault);

/* Something was committed: the thread looks now. */
void index_wake(struct index_service *index);

/* Builds the index anew beside the old one, then swaps. `progress` may be
 * NULL. */
typedef void index_progress(void *cookie, uint64_t done, uint64_t total);
enum status index_rebuild(struct index_service *index,
			  index_progress *progress, void *cookie,
			  struct fault *fault);

/* For health: the driver's name, and whether it answers. */
const char *index_engine(const struct index_service *index);
enum status index_ping(struct index_service *index, struct fault *fault);

/* How many documents it has, and up to where. */
enum status index_get_state(struct index_service *index,
			    struct search_state *out, struct fault *fault);

#endif /* OGMA_SERVICE_INDEX_H */
