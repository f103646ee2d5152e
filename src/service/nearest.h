/* nearest.h - the points that are nearest to a point, exactly, among a million.
 *
 * Points are those of media/sound.h. They lie in memory in blocks of 32, one
 * coordinate after the other, the widest first, and each block has a box around
 * it in the first 8 coordinates. A search looks into near boxes first, passes
 * over those that are farther than the farthest point found so far, and adds up
 * squares of the others, 8 coordinates of 32 points at a time (the compiler makes
 * vector instructions of it). A difference counts as 63 at most, so a sum is never more
 * than the true one, and it only grows: as soon as no point of a block can be
 * near enough, the rest of the block is not read. What remains is reckoned out
 * in full. So the answer is the very one of comparing with every point
 * (tests/unit/test_nearest.c); points that come later only make boxes wider, and
 * nearest_arrange() small again (docs/benchmarks.md).
 *
 * Memory: 49 bytes a point, and 5 to 11 for finding it by its id.
 *
 * Floor: 4 (service); pure. Threads: many may search at once while nobody
 * changes (service/sounds.h sees to that).
 */
#ifndef OGMA_SERVICE_NEAREST_H
#define OGMA_SERVICE_NEAREST_H

#include <stddef.h>

#include "media/sound.h"

#define NEAREST_LIMIT_MAX 4096

struct nearest;

struct near_point {
	int64_t id;
	uint32_t squared; /* distance, in steps */
};

struct nearest *nearest_new(void);
void nearest_free(struct nearest *nearest); /* NULL is fine */

size_t nearest_count(const struct nearest *nearest);
size_t nearest_bytes(const struct nearest *nearest);

/* Puts a point, or moves it. id > 0. */
void nearest_put(struct nearest *nearest, int64_t id,
		 const uint8_t codes[SOUND_CODES]);

/* False: it was not there. */
bool nearest_remove(struct nearest *nearest, int64_t id);
bool nearest_get(const struct nearest *nearest, int64_t id,
		 uint8_t out[SOUND_CODES]);

/* Brings near points together in blocks; the same points in a new memory, the
 * old one is freed. */
struct nearest *nearest_arrange(struct nearest *nearest);

/* The first `limit` (at most NEAREST_LIMIT_MAX) by distance, then by id; a point
 * that is there itself comes first. Returns how many. */
size_t nearest_find(const struct nearest *nearest,
		    const uint8_t codes[SOUND_CODES], size_t limit,
		    struct near_point *out);

#endif /* OGMA_SERVICE_NEAREST_H */
