/* kept_plays.h - what the log of listens tells of tracks, where some were merged
 * as duplicates: what was heard of a merged track counts for the kept one.
 *
 * The log keeps what happened, so ids are put together when it is asked. What is
 * merged, or taken back, is seen by the next question.
 *
 * Of other kinds than EVENTS_TRACK the answers are the log's own (driver/events.h).
 *
 * Floor: 4 (service). Threads: any; calls block.
 */
#ifndef OGMA_SERVICE_KEPT_PLAYS_H
#define OGMA_SERVICE_KEPT_PLAYS_H

#include "driver/events.h"

struct listening;

enum status kept_sums(struct listening *listening, struct arena *arena,
		      enum events_kind kind, int64_t id,
		      const struct events_range *range,
		      struct events_sum **out, size_t *count,
		      struct fault *fault);

enum status kept_totals(struct listening *listening, struct arena *arena,
			enum events_kind kind, const int64_t *ids,
			size_t count, const struct events_range *range,
			struct events_sum **out, struct fault *fault);

enum status kept_listeners(struct listening *listening, struct arena *arena,
			   enum events_kind kind, int64_t id,
			   const struct events_range *range,
			   uint32_t window_days, struct events_listeners *out,
			   struct fault *fault);

/* At most EVENTS_TOP_MAX; fewer where merged tracks stand among the first: all
 * that are given stand where they belong. */
enum status kept_top(struct listening *listening, struct arena *arena,
		     enum events_kind kind, const struct events_range *range,
		     struct events_top *out, struct fault *fault);

/* Each listen is one of the kept track. */
enum status kept_listens(struct listening *listening,
			 const struct events_walk *walk,
			 event_listen_visit *visit, void *cookie,
			 struct fault *fault);

#endif /* OGMA_SERVICE_KEPT_PLAYS_H */
