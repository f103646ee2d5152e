/* buckets.h - many token buckets in a bounded table.
 *
 * A bucket holds up to `burst` tokens and fills up with `per_second`. One that
 * is full again says nothing and needs no place; when the table is crowded, the
 * fullest of a few neighbours makes room, so that those who are being held back
 * stay held back.
 *
 * Floor: 4 (service). Threads: all functions from any, also from event loops:
 * one short lock of a shard, no memory is allocated.
 */
#ifndef OGMA_SERVICE_BUCKETS_H
#define OGMA_SERVICE_BUCKETS_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct buckets;

struct bucket_rate {
	double per_second, burst; /* burst 0: no limit */
};

/* Room for about so many buckets (at least 1,024), 24 bytes each. */
struct buckets *buckets_new(size_t room);
void buckets_free(struct buckets *buckets);

/* `kind` keeps keys of different meaning apart. 0: a token was taken; else how
 * many milliseconds until there is one, and nothing was taken. now_ms is
 * monotonic. */
uint32_t buckets_take(struct buckets *buckets, unsigned kind, struct span key,
		      struct bucket_rate rate, int64_t now_ms);

/* The same without taking. */
uint32_t buckets_look(struct buckets *buckets, unsigned kind, struct span key,
		      struct bucket_rate rate, int64_t now_ms);

/* Puts one token back: the try turned out to be harmless. */
void buckets_return(struct buckets *buckets, unsigned kind, struct span key,
		    struct bucket_rate rate, int64_t now_ms);

#endif /* OGMA_SERVICE_BUCKETS_H */
