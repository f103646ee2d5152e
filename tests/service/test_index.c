/* test_index.c - the index follows the library: at once, from other processes,
 * after a loss, and across a rebuild. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "service/index.h"
#include "tests/support/folder.h"
#include "tests/support/music.h"

/* A library, a folder for the index and one service on both. */
struct shop {
	struct music music;
	char folder[64];
	struct index_args args;
	struct index_service *index;
	int songs;
};

static void
shop_open(struct shop *shop, const struct search_driver *driver)
{
	struct fault fault;

	*shop = (struct shop){ 0 };
	music_open(&shop->music, "sqlite");
	test_folder_make(shop->folder);
	shop->args = (struct index_args){ .store = shop->music.store,
					  .driver = driver,
					  .folder = shop->folder };
	if (index_open(&shop->args, &shop->index, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static int
shop_setup(void **state)
{
	struct shop *shop = mem_new(1, sizeof *shop);

	shop_open(shop, *state);
	*state = shop;
	return 0;
}

static int
shop_teardown(void **state)
{
	struct shop *shop = *state;

	index_close(shop->index);
	test_folder_remove(shop->folder);
	music_close(&shop->music);
	free(shop);
	return 0;
}

static int64_t
save(struct shop *shop, const char *title)
{
	char path[64];
	struct music_file file;

	snprintf(path, sizeof path, "Album/%d.flac", ++shop->songs);
	file = music_file(&shop->music, path);
	music_tag(&file, title, "Кино", "Группа крови", "Rock");
	return music_save(&shop->music, &file).track_id;
}

/* How many tracks the query finds. */
static size_t
found(struct index_service *index, const char *text)
{
	struct search_query query = { .text = text, .limit = 20 };
	struct search_answer answer = { 0 };
	struct arena arena;
	struct fault fault;
	size_t count;

	arena_init(&arena);
	if (index_query(index, &arena, &query, &answer, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	count = answer.found[SEARCH_TRACK].count;
	arena_release(&arena);
	return count;
}

/* Waits for what a thread does. */
static void
comes_to_be_found(struct index_service *index, const char *text)
{
	int64_t until_ms = clock_monotonic_ms() + 20000;

	while (found(index, text) == 0) {
		assert_true(clock_monotonic_ms() < until_ms);
		usleep(10000);
	}
}

static void
what_was_saved_is_found_by_the_next_query(void **state)
{
	struct shop *shop = *state;

	assert_int_equal(index_catch_up(shop->index, 0, NULL), STATUS_OK);
	assert_int_equal(found(shop->index, "закрой"), 0);
	save(shop, "Закрой за мной дверь");
	assert_int_equal(found(shop->index, "закрой"), 1);
	assert_int_equal(found(shop->index, "pfrhjq"), 1);
	save(shop, "Закрой окно");
	assert_int_equal(found(shop->index, "закрой"), 2);
}

static void
what_is_missing_is_found_no_more_until_it_returns(void **state)
{
	struct shop *shop = *state;
	struct music_file file = music_file(&shop->music, "a/b.flac");
	struct save_outcome saved;

	assert_int_equal(index_catch_up(shop->index, 0, NULL), STATUS_OK);
	music_tag(&file, "Бошетунмай", "Кино", "Чёрный альбом", NULL);
	saved = music_save(&shop->music, &file);
	assert_int_equal(found(shop->index, "бошетунмай"), 1);
	music_missing(&shop->music, saved.file_id);
	assert_int_equal(found(shop->index, "бошетунмай"), 0);
	music_restore(&shop->music, saved.file_id);
	assert_int_equal(found(shop->index, "бошетунмай"), 1);
}

static void
a_library_that_was_there_first_is_built_by_a_short_command(void **state)
{
	struct shop *shop = *state;

	for (int i = 0; i < 300; i++)
		save(shop, "Пачка сигарет");
	assert_int_equal(index_catch_up(shop->index, 0, NULL), STATUS_OK);
	assert_int_equal(found(shop->index, "пачка сигарет"), 20);
}

static void
a_new_index_is_filled_by_the_thread(void **state)
{
	struct shop *shop = *state;

	save(shop, "Спокойная ночь");
	index_close(shop->index);
	shop->args.follow = true;
	assert_int_equal(index_open(&shop->args, &shop->index, NULL),
			 STATUS_OK);
	comes_to_be_found(shop->index, "спокойная");
	save(shop, "Спокойное утро");
	comes_to_be_found(shop->index, "спокойное утро");
}

static void
an_index_that_is_damaged_is_built_again(void **state)
{
	struct shop *shop = *state;
	char path[100];

	save(shop, "Троллейбус");
	assert_int_equal(index_catch_up(shop->index, 0, NULL), STATUS_OK);
	index_close(shop->index);
	snprintf(path, sizeof path, "%s/search.db", shop->folder);
	assert_int_equal(file_write(path, SPAN("no index at all"), 0600, NULL),
			 STATUS_OK);
	shop->args.follow = true;
	assert_int_equal(index_open(&shop->args, &shop->index, NULL),
			 STATUS_OK);
	comes_to_be_found(shop->index, "троллейбус");
}

/* Another process is another service on the same folder and store. */
static void
what_another_process_took_in_is_found_here(void **state)
{
	struct shop *shop = *state;
	struct index_service *other;

	assert_int_equal(index_catch_up(shop->index, 0, NULL), STATUS_OK);
	assert_int_equal(index_open(&shop->args, &other, NULL), STATUS_OK);
	for (int i = 0; i < 20; i++) {
		char title[64];

		snprintf(title, sizeof title, "song%c%c", 'a' + i, 'a' + i);
		save(shop, title);
		assert_int_equal(
			index_catch_up(i % 2 ? other : shop->index, 0, NULL),
			STATUS_OK);
		assert_true(found(other, title) > 0);
		assert_true(found(shop->index, title) > 0);
	}
	index_close(other);
}

/* Saves a song after everything was read and before the swap. */
struct late_song {
	struct shop *shop;
	struct index_service *other;
	size_t found; /* by the other, before the swap */
	bool saved;
};

static void *
save_and_find(void *cookie)
{
	struct late_song *late = cookie;

	save(late->shop, "Последний герой");
	late->found = found(late->other, "последний герой");
	return NULL;
}

/* In a thread, because the rebuild is inside a reading of the store here. */
static void
save_late(void *cookie, uint64_t done, uint64_t total)
{
	struct late_song *late = cookie;
	pthread_t thread;

	if (done < total || late->saved)
		return;
	late->saved = pthread_create(&thread, NULL, save_and_find, late) == 0;
	if (late->saved)
		pthread_join(thread, NULL);
}

static void
a_change_that_crosses_a_rebuild_is_not_lost(void **state)
{
	struct shop *shop = *state;
	struct late_song late = { .shop = shop };

	save(shop, "Мама, мы все сошли с ума");
	assert_int_equal(index_catch_up(shop->index, 0, NULL), STATUS_OK);
	assert_int_equal(index_open(&shop->args, &late.other, NULL), STATUS_OK);
	assert_int_equal(index_rebuild(shop->index, save_late, &late, NULL),
			 STATUS_OK);
	assert_true(late.saved);
	assert_int_equal(late.found, 1);
	assert_int_equal(found(late.other, "последний герой"), 1);
	assert_int_equal(found(shop->index, "последний герой"), 1);
	assert_int_equal(found(shop->index, "мама"), 1);
	index_close(late.other);
}

#define OVER(name, driver)                                                     \
	{                                                                      \
#name "_in_" #driver, name, shop_setup, shop_teardown,         \
			(void *)(uintptr_t)&search_driver_##driver             \
	}
#define OVER_ALL(name) OVER(name, memory), OVER(name, fts5)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_ALL(what_was_saved_is_found_by_the_next_query),
		OVER_ALL(what_is_missing_is_found_no_more_until_it_returns),
		OVER_ALL(
			a_library_that_was_there_first_is_built_by_a_short_command),
		OVER_ALL(a_new_index_is_filled_by_the_thread),
		OVER(an_index_that_is_damaged_is_built_again, fts5),
		OVER(what_another_process_took_in_is_found_here, fts5),
		OVER(a_change_that_crosses_a_rebuild_is_not_lost, fts5),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
