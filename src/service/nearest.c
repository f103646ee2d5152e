/* nearest.c - see nearest.h.
 *
 * Slots are numbered without gaps; what is removed is replaced by the last one.
 * `places` is a hash table of slot + 1 by id, open, tried one after the other.
 * Each block has a box around its points in the first STAGE coordinates; a box
 * may be too large, never too small. */
#include "service/nearest.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define ABREAST 32
#define STAGE 8 /* coordinates whose squares fit 15 bits: 8 * 63 * 63 */
#define OFF_MAX 63
#define BLOCKS 512
#define CHUNK ((size_t)BLOCKS * ABREAST)
#define PLACES_MIN 1024

_Static_assert(SOUND_CODES % STAGE == 0, "whole stages");

struct block {
	uint8_t codes[SOUND_CODES][ABREAST];
};

struct chunk {
	uint8_t low[STAGE][BLOCKS], high[STAGE][BLOCKS]; /* boxes */
	struct block blocks[BLOCKS];
	int64_t ids[CHUNK];
};

struct nearest {
	struct chunk **chunks;
	size_t chunk_count, count;
	uint32_t *places; /* 0: free */
	size_t place_count; /* a power of 2 */
};

struct nearest *
nearest_new(void)
{
	struct nearest *nearest = mem_new(1, sizeof *nearest);

	nearest->place_count = PLACES_MIN;
	nearest->places = mem_new(PLACES_MIN, sizeof *nearest->places);
	return nearest;
}

void
nearest_free(struct nearest *nearest)
{
	if (nearest == NULL)
		return;
	for (size_t i = 0; i < nearest->chunk_count; i++)
		free(nearest->chunks[i]);
	free(nearest->chunks);
	free(nearest->places);
	free(nearest);
}

size_t
nearest_count(const struct nearest *nearest)
{
	return nearest->count;
}

size_t
nearest_bytes(const struct nearest *nearest)
{
	return nearest->chunk_count * sizeof(struct chunk) +
	       nearest->place_count * sizeof *nearest->places;
}

/* ---- slots and places ----------------------------------------------------- */

static int64_t *
id_at(const struct nearest *nearest, size_t slot)
{
	return &nearest->chunks[slot / CHUNK]->ids[slot % CHUNK];
}

static struct block *
block_at(const struct nearest *nearest, size_t slot)
{
	return &nearest->chunks[slot / CHUNK]->blocks[slot % CHUNK / ABREAST];
}

static void
codes_read(const struct nearest *nearest, size_t slot,
	   uint8_t out[SOUND_CODES])
{
	const struct block *block = block_at(nearest, slot);

	for (size_t i = 0; i < SOUND_CODES; i++)
		out[i] = block->codes[i][slot % ABREAST];
}

static void
codes_write(struct nearest *nearest, size_t slot,
	    const uint8_t codes[SOUND_CODES])
{
	struct chunk *chunk = nearest->chunks[slot / CHUNK];
	size_t at = slot % CHUNK / ABREAST;
	bool first = slot % ABREAST == 0 && slot >= nearest->count;

	for (size_t i = 0; i < SOUND_CODES; i++)
		chunk->blocks[at].codes[i][slot % ABREAST] = codes[i];
	for (size_t i = 0; i < STAGE; i++) {
		uint8_t *low = &chunk->low[i][at], *high = &chunk->high[i][at];

		*low = first || codes[i] < *low ? codes[i] : *low;
		*high = first || codes[i] > *high ? codes[i] : *high;
	}
}

static size_t
home_of(const struct nearest *nearest, int64_t id)
{
	uint64_t mixed = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mixed >> 32) & (nearest->place_count - 1);
}

/* Where the id is, or the free place where it belongs. */
static size_t
place_of(const struct nearest *nearest, int64_t id)
{
	size_t place = home_of(nearest, id);

	while (nearest->places[place] != 0 &&
	       *id_at(nearest, nearest->places[place] - 1) != id)
		place = (place + 1) & (nearest->place_count - 1);
	return place;
}

/* Three quarters full at most. */
static void
places_grow(struct nearest *nearest)
{
	if (4 * (nearest->count + 1) <= 3 * nearest->place_count)
		return;
	free(nearest->places);
	nearest->place_count *= 2;
	nearest->places = mem_new(nearest->place_count,
				  sizeof *nearest->places);
	for (size_t slot = 0; slot < nearest->count; slot++)
		nearest->places[place_of(nearest, *id_at(nearest, slot))] =
			(uint32_t)(slot + 1);
}

/* Frees a place and moves those after it that were pushed past it. */
static void
place_clear(struct nearest *nearest, size_t hole)
{
	size_t mask = nearest->place_count - 1, at = hole;

	nearest->places[hole] = 0;
	for (;;) {
		size_t home;

		at = (at + 1) & mask;
		if (nearest->places[at] == 0)
			return;
		home = home_of(nearest,
			       *id_at(nearest, nearest->places[at] - 1));
		if (((at - home) & mask) < ((at - hole) & mask))
			continue; /* it is not past the hole */
		nearest->places[hole] = nearest->places[at];
		nearest->places[at] = 0;
		hole = at;
	}
}

/* ---- coming and going ----------------------------------------------------- */

void
nearest_put(struct nearest *nearest, int64_t id,
	    const uint8_t codes[SOUND_CODES])
{
	size_t place, slot = nearest->count;

	assert(id > 0 && nearest->count < UINT32_MAX - 1);
	places_grow(nearest);
	place = place_of(nearest, id);
	if (nearest->places[place] != 0) {
		codes_write(nearest, nearest->places[place] - 1, codes);
		return;
	}
	if (slot == nearest->chunk_count * CHUNK) {
		nearest->chunks = mem_grow(nearest->chunks,
					     nearest->chunk_count + 1,
					     sizeof *nearest->chunks);
		nearest->chunks[nearest->chunk_count++] =
			mem_new(1, sizeof(struct chunk));
	}
	*id_at(nearest, slot) = id;
	codes_write(nearest, slot, codes);
	nearest->places[place] = (uint32_t)(slot + 1);
	nearest->count++;
}

bool
nearest_remove(struct nearest *nearest, int64_t id)
{
	size_t place = place_of(nearest, id), slot, last;
	uint8_t codes[SOUND_CODES];
	int64_t moved;

	if (nearest->places[place] == 0)
		return false;
	slot = nearest->places[place] - 1;
	last = nearest->count - 1;
	place_clear(nearest, place);
	if (slot != last) {
		moved = *id_at(nearest, last);
		codes_read(nearest, last, codes);
		nearest->places[place_of(nearest, moved)] =
			(uint32_t)(slot + 1);
		*id_at(nearest, slot) = moved;
		codes_write(nearest, slot, codes);
	}
	nearest->count--;
	return true;
}

bool
nearest_get(const struct nearest *nearest, int64_t id,
	    uint8_t out[SOUND_CODES])
{
	size_t place = place_of(nearest, id);

	if (nearest->places[place] == 0)
		return false;
	codes_read(nearest, nearest->places[place] - 1, out);
	return true;
}

/* ---- arranging ------------------------------------------------------------ */

static uint8_t
code_at(const struct nearest *nearest, uint32_t slot, size_t axis)
{
	return block_at(nearest, slot)->codes[axis][slot % ABREAST];
}

/* Of the first STAGE, by at most so many points. */
#define LOOKED_AT 4096
static size_t
widest_axis(const struct nearest *nearest, const uint32_t *order, size_t count)
{
	size_t step = count / LOOKED_AT + 1, widest = 0;
	double most = -1;

	for (size_t axis = 0; axis < STAGE; axis++) {
		double sum = 0, squares = 0, n = 0, spread;

		for (size_t i = 0; i < count; i += step, n++) {
			double code = code_at(nearest, order[i], axis);

			sum += code;
			squares += code * code;
		}
		spread = squares / n - sum / n * (sum / n);
		if (spread > most) {
			most = spread;
			widest = axis;
		}
	}
	return widest;
}

/* Sorts along the axis, by counting: a code is a byte. */
static void
order_sort(const struct nearest *nearest, uint32_t *order, uint32_t *room,
	    size_t count, size_t axis)
{
	size_t counts[256] = { 0 }, starts[256], sum = 0;

	for (size_t i = 0; i < count; i++)
		counts[code_at(nearest, order[i], axis)]++;
	for (size_t code = 0; code < 256; code++) {
		starts[code] = sum;
		sum += counts[code];
	}
	for (size_t i = 0; i < count; i++)
		room[starts[code_at(nearest, order[i], axis)]++] = order[i];
	memcpy(order, room, count * sizeof *order);
}

static void
order_part(const struct nearest *nearest, uint32_t *order, uint32_t *room,
	   size_t count)
{
	size_t half;

	if (count <= ABREAST)
		return;
	half = (count / 2 + ABREAST - 1) / ABREAST * ABREAST; /* whole blocks */
	order_sort(nearest, order, room, count,
		   widest_axis(nearest, order, count));
	order_part(nearest, order, room, half);
	order_part(nearest, order + half, room, count - half);
}

struct nearest *
nearest_arrange(struct nearest *nearest)
{
	struct nearest *out = nearest_new();
	uint32_t *order = mem_new(nearest->count + 1, sizeof *order);
	uint32_t *room = mem_new(nearest->count + 1, sizeof *room);
	uint8_t codes[SOUND_CODES];

	for (size_t i = 0; i < nearest->count; i++)
		order[i] = (uint32_t)i;
	order_part(nearest, order, room, nearest->count);
	for (size_t i = 0; i < nearest->count; i++) {
		codes_read(nearest, order[i], codes);
		nearest_put(out, *id_at(nearest, order[i]), codes);
	}
	free(room);
	free(order);
	nearest_free(nearest);
	return out;
}

/* ---- searching ------------------------------------------------------------ */

struct search { /* the nearest so far, a heap whose first is the farthest */
	const uint8_t *codes;
	struct near_point *heap;
	size_t count, limit;
	uint32_t bound; /* what is farther need not be looked at */
};

static bool
farther(const struct near_point *a, const struct near_point *b)
{
	return a->squared != b->squared ? a->squared > b->squared :
					  a->id > b->id;
}

static void
heap_sink(struct near_point *heap, size_t count, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		struct near_point held = heap[at];

		if (child + 1 < count && farther(&heap[child + 1],
						 &heap[child]))
			child++;
		if (child >= count || !farther(&heap[child], &held))
			return;
		heap[at] = heap[child];
		heap[child] = held;
		at = child;
	}
}

static void
search_offer(struct search *search, struct near_point point)
{
	if (search->count < search->limit) {
		search->heap[search->count++] = point;
		if (search->count < search->limit)
			return;
		for (size_t i = search->limit / 2 + 1; i-- > 0;)
			heap_sink(search->heap, search->limit, i);
	} else if (farther(&search->heap[0], &point)) {
		search->heap[0] = point;
		heap_sink(search->heap, search->limit, 0);
	}
	search->bound = search->heap[0].squared;
}

static int16_t
off_square(uint8_t a, uint8_t b)
{
	uint8_t off = a > b ? (uint8_t)(a - b) : (uint8_t)(b - a);

	off = off < OFF_MAX ? off : OFF_MAX;
	return (int16_t)(off * off);
}

/* Adds the squares of STAGE coordinates to the sums of all points of a block;
 * returns the smallest sum. Signed, for the sake of the vector instructions that
 * all x86-64 have. */
static int32_t
stage_add(const struct block *block, const uint8_t *codes, size_t from,
	  int32_t sums[ABREAST])
{
	int16_t squares[ABREAST] = { 0 };
	int32_t least = INT32_MAX;

	for (size_t n = from; n < from + STAGE; n++)
		for (size_t i = 0; i < ABREAST; i++)
			squares[i] = (int16_t)(squares[i] +
					       off_square(block->codes[n][i],
							  codes[n]));
	for (size_t i = 0; i < ABREAST; i++)
		sums[i] += squares[i];
	for (size_t i = 0; i < ABREAST; i++)
		least = sums[i] < least ? sums[i] : least;
	return least;
}

/* In full, until it is too far. */
static uint32_t
squared_at(const struct block *block, size_t i, const uint8_t *codes,
	   uint32_t bound)
{
	uint32_t sum = 0;

	for (size_t n = 0; n < SOUND_CODES; n += STAGE) {
		for (size_t k = n; k < n + STAGE; k++) {
			int32_t off = (int32_t)block->codes[k][i] -
				      (int32_t)codes[k];

			sum += (uint32_t)(off * off);
		}
		if (sum > bound)
			break;
	}
	return sum;
}

static void
block_search(struct search *search, const struct block *block,
	     const int64_t *ids, size_t filled)
{
	int32_t sums[ABREAST] = { 0 };

	for (size_t n = 0; n < SOUND_CODES; n += STAGE)
		if ((uint32_t)stage_add(block, search->codes, n, sums) >
		    search->bound)
			return;
	for (size_t i = 0; i < filled; i++) {
		struct near_point point = { ids[i], 0 };

		if ((uint32_t)sums[i] > search->bound)
			continue;
		point.squared = squared_at(block, i, search->codes,
					   search->bound);
		if (point.squared <= search->bound)
			search_offer(search, point);
	}
}

/* How near the boxes of a chunk come to the point, at least. */
static void
boxes_measure(const struct chunk *chunk, const uint8_t *codes,
	      int16_t out[BLOCKS])
{
	memset(out, 0, BLOCKS * sizeof *out);
	for (size_t n = 0; n < STAGE; n++) {
		const uint8_t *low = chunk->low[n], *high = chunk->high[n];
		uint8_t mine = codes[n];

		for (size_t i = 0; i < BLOCKS; i++) {
			uint8_t held = mine < low[i] ? low[i] : mine;

			held = held > high[i] ? high[i] : held;
			out[i] = (int16_t)(out[i] + off_square(held, mine));
		}
	}
}

/* The blocks whose box is at least `from` and less than `to` away. */
static void
chunk_search(struct search *search, const struct nearest *nearest, size_t c,
	     uint32_t from, uint32_t to)
{
	const struct chunk *chunk = nearest->chunks[c];
	size_t left = nearest->count > c * CHUNK ? nearest->count - c * CHUNK :
						   0;
	int16_t away[BLOCKS];

	boxes_measure(chunk, search->codes, away);
	for (size_t i = 0; i < BLOCKS && left > 0; i++) {
		size_t filled = left < ABREAST ? left : ABREAST;

		left -= filled;
		if ((uint32_t)away[i] >= from && (uint32_t)away[i] < to &&
		    (uint32_t)away[i] <= search->bound)
			block_search(search, &chunk->blocks[i],
				     &chunk->ids[i * ABREAST], filled);
	}
}

static int
near_compare(const void *a, const void *b)
{
	return farther(a, b) ? 1 : farther(b, a) ? -1 : 0;
}

/* Squared: boxes so far away are looked into one ring after the other. */
static const uint32_t rings[] = { 0, 16, 128, 512, 2048, UINT32_MAX };

size_t
nearest_find(const struct nearest *nearest, const uint8_t codes[SOUND_CODES],
	     size_t limit, struct near_point *out)
{
	struct search search = { .codes = codes, .heap = out,
				 .limit = limit < NEAREST_LIMIT_MAX ?
						  limit : NEAREST_LIMIT_MAX,
				 .bound = UINT32_MAX };

	if (limit == 0)
		return 0;
	/* What is near first: then little of the rest is near enough. */
	for (size_t r = 0; r + 1 < ARRAY_LENGTH(rings) &&
			   search.bound >= rings[r];
	     r++)
		for (size_t c = 0; c < nearest->chunk_count; c++)
			chunk_search(&search, nearest, c, rings[r],
				     rings[r + 1]);
	if (search.count > 0)
		qsort(out, search.count, sizeof *out, near_compare);
	return search.count;
}
