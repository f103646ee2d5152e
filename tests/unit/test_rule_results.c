/* test_rule_results.c - what rules gave is kept when it took long, for a while. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/memory.h"
#include "service/rule_results.h"

#define SLOW RULE_RESULTS_SLOW_US

static struct arena arena;

static void
key_of(int64_t playlist, uint8_t key[SHA256_BYTES])
{
	rule_results_key(NULL, 1, playlist, "{\"rules\":[]}", key);
}

static void
keep(int64_t playlist, int64_t now_ms, int64_t took_us)
{
	int64_t ids[] = { playlist, playlist + 1, playlist + 2 };
	struct rules_found found = { ids, 3, 1000 * playlist };
	uint8_t key[SHA256_BYTES];

	key_of(playlist, key);
	rule_results_keep(key, now_ms, took_us, &found);
}

static bool
is_kept(int64_t playlist, int64_t now_ms)
{
	struct rules_found found = { 0 };
	uint8_t key[SHA256_BYTES];

	key_of(playlist, key);
	if (!rule_results_find(key, now_ms, &arena, &found))
		return false;
	assert_int_equal(found.count, 3);
	assert_int_equal(found.duration_ms, 1000 * playlist);
	for (int64_t i = 0; i < 3; i++)
		assert_int_equal(found.ids[i], playlist + i);
	return true;
}

static void
what_took_long_is_kept_for_a_minute(void **state)
{
	(void)state;
	assert_false(is_kept(1, 1000));
	keep(1, 1000, SLOW);
	assert_true(is_kept(1, 1000));
	assert_true(is_kept(1, 999 + RULE_RESULTS_KEPT_MS));
	assert_false(is_kept(1, 1000 + RULE_RESULTS_KEPT_MS));
	assert_false(is_kept(2, 1000));
}

static void
what_was_found_quickly_is_found_anew(void **state)
{
	(void)state;
	keep(3, 1000, SLOW - 1);
	assert_false(is_kept(3, 1000));
}

static void
the_list_kept_longest_makes_room(void **state)
{
	(void)state;
	for (int64_t n = 0; n <= RULE_RESULTS_MAX; n++)
		keep(100 + n, 100000 + n, SLOW);
	assert_false(is_kept(100, 100000));
	for (int64_t n = 1; n <= RULE_RESULTS_MAX; n++)
		assert_true(is_kept(100 + n, 100000 + n));
}

static void
owners_texts_and_playlists_are_kept_apart(void **state)
{
	uint8_t key[SHA256_BYTES], other[SHA256_BYTES];

	(void)state;
	rule_results_key(NULL, 1, 5, "a", key);
	rule_results_key(NULL, 2, 5, "a", other);
	assert_memory_not_equal(key, other, sizeof key);
	rule_results_key(NULL, 1, 6, "a", other);
	assert_memory_not_equal(key, other, sizeof key);
	rule_results_key(NULL, 1, 5, "b", other);
	assert_memory_not_equal(key, other, sizeof key);
}

static int
arena_open(void **state)
{
	(void)state;
	arena_init(&arena);
	return 0;
}

static int
arena_close(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_took_long_is_kept_for_a_minute),
		cmocka_unit_test(what_was_found_quickly_is_found_anew),
		cmocka_unit_test(the_list_kept_longest_makes_room),
		cmocka_unit_test(owners_texts_and_playlists_are_kept_apart),
	};

	return cmocka_run_group_tests(tests, arena_open, arena_close);
}
