/* conditional.h - preconditions of requests (RFC 9110 13).
 *
 * Pure functions. Precedence is that of 13.2.2; dates that cannot be read are
 * as if they were absent.
 *
 * Floor: 1 (net). Threads: no shared state.
 */
#ifndef OGMA_NET_CONDITIONAL_H
#define OGMA_NET_CONDITIONAL_H

#include "net/request_head.h"

/* Of the representation that would be sent. */
struct validators {
	struct span etag;    /* with quotes, W/ when weak; NULL: none */
	int64_t modified_ms; /* 0: unknown */
};

enum condition {
	CONDITION_PASSED,
	CONDITION_NOT_MODIFIED, /* 304 */
	CONDITION_FAILED,       /* 412 */
};

enum condition condition_check(const struct request_head *head,
			       const struct validators *validators,
			       struct arena *arena);

/* Whether Range counts: no If-Range, or one that names exactly this
 * representation by a strong validator (13.1.5). A date is strong when it is
 * more than a second ago at `now_ms`. */
bool condition_range_counts(const struct request_head *head,
			    const struct validators *validators,
			    int64_t now_ms);

/* True when the list ("*" or entity tags) names the tag. False for a list that
 * is malformed. */
bool etag_list_has(struct span list, struct span etag, bool strong);

#endif /* OGMA_NET_CONDITIONAL_H */
