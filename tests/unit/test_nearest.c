/* test_nearest.c - what is said to be nearest is nearest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#include "base/memory.h"
#include "service/nearest.h"

#define POINTS 20000
#define ASKED 12

static uint32_t seed;

static uint32_t
dice(uint32_t sides)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % sides;
}

/* Wide in the first coordinates, as sounds are; `spread` of the last ones. */
static void
point_make(uint8_t out[SOUND_CODES], uint32_t spread)
{
	for (uint32_t i = 0; i < SOUND_CODES; i++) {
		uint32_t width = i < 8 ? 240 / (i + 1) + spread : spread;

		out[i] = (uint8_t)(128 - width / 2 + dice(width + 1));
	}
}

struct known { /* the same points, in a plain list */
	uint8_t codes[POINTS][SOUND_CODES];
	bool there[POINTS]; /* id: index + 1 */
	struct nearest *nearest;
};

static void
known_fill(struct known *known, uint32_t spread)
{
	known->nearest = nearest_new();
	for (size_t i = 0; i < POINTS; i++) {
		point_make(known->codes[i], spread);
		known->there[i] = true;
		nearest_put(known->nearest, (int64_t)i + 1, known->codes[i]);
	}
}

static uint32_t
squared(const uint8_t *a, const uint8_t *b)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < SOUND_CODES; i++)
		sum += (uint32_t)((a[i] - b[i]) * (a[i] - b[i]));
	return sum;
}

static bool
comes_before(const struct near_point *a, const struct near_point *b)
{
	return a->squared != b->squared ? a->squared < b->squared :
					  a->id < b->id;
}

/* Against comparing with every point: what is found is in order and as far as it
 * says, and no other point comes before the last. */
static void
known_check(const struct known *known, const uint8_t *codes, size_t limit)
{
	struct near_point *out = mem_new(limit, sizeof *out);
	size_t count = 0, before = 0, found;

	found = nearest_find(known->nearest, codes, limit, out);
	for (size_t i = 0; i < found; i++) {
		size_t at = (size_t)out[i].id - 1;

		assert_true(at < POINTS && known->there[at]);
		assert_int_equal(out[i].squared,
				 squared(known->codes[at], codes));
		assert_true(i == 0 || comes_before(&out[i - 1], &out[i]));
	}
	for (size_t i = 0; i < POINTS; i++) {
		struct near_point one = { (int64_t)i + 1,
					  squared(known->codes[i], codes) };

		count += known->there[i];
		before += known->there[i] && found > 0 &&
			  comes_before(&one, &out[found - 1]);
	}
	assert_int_equal(found, count < limit ? count : limit);
	assert_int_equal(before, found > 0 ? found - 1 : 0);
	free(out);
}

static void
known_ask(const struct known *known, uint32_t spread)
{
	uint8_t codes[SOUND_CODES];

	for (size_t i = 0; i < ASKED; i++) {
		point_make(codes, spread);
		known_check(known, codes, 1 + dice(60));
		known_check(known, known->codes[dice(POINTS)], 1 + dice(60));
	}
}

/* Near, far and so far that differences are cut off. */
static void
the_nearest_are_those_that_comparing_with_every_point_finds(void **state)
{
	static const uint32_t spreads[] = { 8, 40, 250 };
	struct known *known = mem_new(1, sizeof *known);

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(spreads); i++) {
		seed = (uint32_t)i;
		known_fill(known, spreads[i]);
		known_ask(known, spreads[i]);
		known->nearest = nearest_arrange(known->nearest);
		assert_int_equal(nearest_count(known->nearest), POINTS);
		known_ask(known, spreads[i]);
		known_check(known, known->codes[0], NEAREST_LIMIT_MAX);
		nearest_free(known->nearest);
	}
	free(known);
}

static void
points_may_come_go_and_move(void **state)
{
	struct known *known = mem_new(1, sizeof *known);
	uint8_t codes[SOUND_CODES];
	size_t left = POINTS;

	(void)state;
	seed = 7;
	known_fill(known, 20);
	known->nearest = nearest_arrange(known->nearest);
	for (size_t i = 0; i < POINTS; i++) {
		size_t at = dice(POINTS);
		int64_t id = (int64_t)at + 1;

		if (dice(3) == 0) {
			point_make(known->codes[at], 20);
			left += !known->there[at];
			known->there[at] = true;
			nearest_put(known->nearest, id, known->codes[at]);
		} else {
			assert_int_equal(nearest_remove(known->nearest, id),
					 known->there[at]);
			left -= known->there[at];
			known->there[at] = false;
		}
		assert_int_equal(nearest_count(known->nearest), left);
	}
	for (size_t i = 0; i < POINTS; i++) {
		assert_int_equal(nearest_get(known->nearest, (int64_t)i + 1,
					     codes),
				 known->there[i]);
		if (known->there[i])
			assert_memory_equal(codes, known->codes[i],
					    SOUND_CODES);
	}
	known_ask(known, 20);
	for (size_t i = 0; i < POINTS; i++)
		nearest_remove(known->nearest, (int64_t)i + 1);
	assert_int_equal(nearest_find(known->nearest, codes, 3,
				      (struct near_point[3]){ 0 }), 0);
	nearest_free(known->nearest);
	free(known);
}

/* Ids that fall onto one place of the table, and equal points. */
static void
equal_points_come_in_order_of_their_ids(void **state)
{
	struct nearest *nearest = nearest_new();
	struct near_point out[100];
	uint8_t codes[SOUND_CODES];

	(void)state;
	memset(codes, 9, sizeof codes);
	for (int64_t i = 300; i > 0; i--)
		nearest_put(nearest, i << 40, codes);
	assert_int_equal(nearest_find(nearest, codes, 100, out), 100);
	for (int64_t i = 0; i < 100; i++) {
		assert_int_equal(out[i].id, (i + 1) << 40);
		assert_int_equal(out[i].squared, 0);
	}
	nearest_free(nearest);
}

static void
the_memory_of_a_million_points_is_below_64_mib(void **state)
{
	struct nearest *nearest = nearest_new();
	uint8_t codes[SOUND_CODES];

	(void)state;
	seed = 3;
	for (int64_t i = 1; i <= 1000000; i++) {
		if (i % 16 == 1) /* equal ones take as much */
			point_make(codes, 20);
		nearest_put(nearest, i, codes);
	}
	assert_true(nearest_bytes(nearest) < 64 << 20);
	nearest_free(nearest);
}

static void
a_point_says_what_was_heard(void **state)
{
	double means[MEDIA_FEATURES] = { 0.4, 0.1, 2200, 2200, 4500, 0.1 };
	double variances[MEDIA_FEATURES] = { 0.08, 0.002 }, chroma[12] = { 0 };
	struct sound_facts facts = { .means = means, .variances = variances,
				     .chroma = chroma, .tempo_bpm = 60 };
	uint8_t a[SOUND_CODES], b[SOUND_CODES];

	(void)state;
	chroma[0] = chroma[4] = chroma[7] = 1;
	assert_true(sound_make(&facts, a));
	facts.tempo_bpm = 120; /* an octave */
	assert_true(sound_make(&facts, b));
	assert_memory_equal(a, b, sizeof a);
	memset(chroma, 0, sizeof chroma);
	chroma[2] = chroma[6] = chroma[9] = 1; /* another key */
	assert_true(sound_make(&facts, b));
	assert_memory_equal(a, b, sizeof a);
	facts.tempo_bpm = 85;
	assert_true(sound_make(&facts, b));
	assert_true(sound_distance(a, b) > 1 && sound_distance(a, b) < 3);
	means[0] = 1e300; /* held within bounds */
	assert_true(sound_make(&facts, b));
	memset(means, 0, sizeof means);
	memset(variances, 0, sizeof variances);
	assert_false(sound_make(&facts, b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_nearest_are_those_that_comparing_with_every_point_finds),
		cmocka_unit_test(points_may_come_go_and_move),
		cmocka_unit_test(equal_points_come_in_order_of_their_ids),
		cmocka_unit_test(the_memory_of_a_million_points_is_below_64_mib),
		cmocka_unit_test(a_point_says_what_was_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
