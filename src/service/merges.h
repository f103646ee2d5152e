/* merges.h - which tracks were merged into which, kept in memory for those who
 * ask the log of listens (kept_plays.h).
 *
 * Each question would else read all of them: with five thousand that cost as much
 * as the answer itself. The store has a number that changes with each merge and
 * each one taken back, by whatever process; it alone is read each time.
 *
 * Floor: 4 (service). Threads: any. What is held never changes.
 */
#ifndef OGMA_SERVICE_MERGES_H
#define OGMA_SERVICE_MERGES_H

#include "library/duplicates.h"

struct merges;

struct merges *merges_new(struct store *store);
void merges_free(struct merges *merges); /* when nothing is held; NULL is fine */

struct merged_tracks {
	const struct merged_track *by_id;
	const struct merged_track *by_kept; /* by kept_id, then by id */
	size_t count;
};

/* Give it back with merged_release(). */
enum status merges_hold(struct merges *merges,
			const struct merged_tracks **out, struct fault *fault);
void merged_release(const struct merged_tracks *held); /* NULL is fine */

/* The track that answers for it: itself, when it is not merged. */
int64_t merged_kept(const struct merged_tracks *held, int64_t id);

/* Of the group of a track, which need not be the kept one: the kept track first,
 * then what was merged into it. */
size_t merged_group(const struct merged_tracks *held, int64_t id,
		    struct arena *arena, int64_t **out);

#endif /* OGMA_SERVICE_MERGES_H */
