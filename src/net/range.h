/* range.h - byte ranges of requests (RFC 9110 14).
 *
 * Pure. Ranges that overlap or touch are made one. A server may ignore what
 * looks like an attack (14.2); ours then sends the whole, as it does for a
 * malformed field or another unit: more than RANGES_MAX ranges, or more than
 * two that overlap others.
 *
 * Floor: 1 (net). Threads: no shared state.
 */
#ifndef OGMA_NET_RANGE_H
#define OGMA_NET_RANGE_H

#include "base/text.h"

#define RANGES_MAX 16

struct byte_range {
	uint64_t first_byte;
	uint64_t length_bytes; /* never 0 */
};

enum range_result {
	RANGE_IGNORED,       /* send the whole, 200 */
	RANGE_GRANTED,       /* 206 */
	RANGE_UNSATISFIABLE, /* 416 */
};

/* Reads the value of Range for a representation of that size. On RANGE_GRANTED
 * *count (1..RANGES_MAX) ranges in the order of the request are at `out`. */
enum range_result range_parse(struct span value, uint64_t size_bytes,
			      struct byte_range out[RANGES_MAX],
			      size_t *count);

#endif /* OGMA_NET_RANGE_H */
