/* duplicates_private.h - the parts of duplicates among themselves.
 *
 * duplicates.c        finding: pairs and groups; dismissing
 * duplicates_read.c   groups for reading, which one is best
 * duplicates_merge.c  one track in place of others, and the way back
 *
 * Floor: 3 (library); private.
 */
#ifndef OGMA_LIBRARY_DUPLICATES_PRIVATE_H
#define OGMA_LIBRARY_DUPLICATES_PRIVATE_H

#include "library/duplicates.h"

/* Counts the group's confidence anew and whether it is sure. */
enum status duplicates_weigh(struct store_session *session, int64_t group_id,
			     struct fault *fault);

/* Writes what was decided. kept_id 0: none. */
enum status duplicates_decide(struct store_session *session,
			      const struct duplicate_decision *decision,
			      enum duplicates_state state, int64_t kept_id,
			      int64_t now_ms, struct fault *fault);

/* The group is open again. STATUS_CONFLICT: a track is in another open one. */
enum status duplicates_reopen(struct store_session *session, int64_t group_id,
			      struct fault *fault);

/* All pairs of the group, or those with one track, count again. */
enum status duplicates_pairs_mark(struct store_session *session,
				  const struct duplicate_group *group,
				  int64_t only_track_id, bool dismissed,
				  struct fault *fault);

#endif /* OGMA_LIBRARY_DUPLICATES_PRIVATE_H */
