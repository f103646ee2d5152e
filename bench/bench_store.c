/* bench_store.c - what a page and a track cost in a library of this size.
 *
 *	bench_store LIBRARY
 *
 * LIBRARY is an ogma.db that nobody writes to. Prints one line each:
 * "name median_us p99_us", for the first page of 50 by title, for all pages
 * from there to the last one by their cursors, for the last hundred of these
 * alone, and for single tracks by random ids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "driver/store.h"
#include "library/tracks.h"

#define FIRST_TIMES 200
#define GET_TIMES 20000
#define LAST_PAGES 100

struct times {
	int64_t *us;
	size_t count, room;
};

struct measuring {
	struct arena arena;
	struct page_request page;
	struct track_list list;
	struct track track;
	int64_t id;
};

static _Noreturn void
die(const char *what)
{
	fprintf(stderr, "bench_store: %s\n", what);
	exit(1);
}

static void
time_add(struct times *times, int64_t us)
{
	if (times->count == times->room) {
		times->room = times->room ? 2 * times->room : 1024;
		times->us = mem_grow(times->us, times->room,
				     sizeof *times->us);
	}
	times->us[times->count++] = us;
}

static int
time_compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of the newest `count`, sorted in place. */
static void
times_print(const char *name, struct times *times, size_t count)
{
	int64_t *us;

	if (count > times->count)
		count = times->count;
	if (count == 0)
		die("the library is empty");
	us = times->us + times->count - count;
	qsort(us, count, sizeof *us, time_compare);
	printf("%s %lld %lld\n", name, (long long)us[count / 2],
	       (long long)us[count * 99 / 100]);
}

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct measuring *measuring = cookie;
	struct track_filter filter = { 0 };

	return tracks_list(session, &filter, TRACKS_BY_TITLE, &measuring->page,
			   &measuring->arena, &measuring->list, fault);
}

static enum status
get_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct measuring *measuring = cookie;

	return tracks_get(session, measuring->id, &measuring->arena,
			  &measuring->track, fault);
}

static void
timed(struct store *store, store_work *work, struct measuring *measuring,
      struct times *times)
{
	int64_t begun_us = clock_monotonic_us();
	struct fault fault;

	if (store_read(store, work, measuring, &fault) != STATUS_OK)
		die(fault.message);
	time_add(times, clock_monotonic_us() - begun_us);
}

static int64_t
first_pages(struct store *store)
{
	struct measuring measuring = { .page = { .limit = 50 } };
	struct times times = { 0 };
	int64_t total;

	arena_init(&measuring.arena);
	for (size_t i = 0; i < FIRST_TIMES; i++) {
		arena_reset(&measuring.arena);
		timed(store, list_work, &measuring, &times);
	}
	total = measuring.list.page.total;
	times_print("first_page", &times, times.count);
	arena_release(&measuring.arena);
	free(times.us);
	return total;
}

static void
all_pages(struct store *store)
{
	struct measuring measuring = { .page = { .limit = 50 } };
	struct times times = { 0 };
	char cursor[4096];

	arena_init(&measuring.arena);
	do {
		arena_reset(&measuring.arena);
		timed(store, list_work, &measuring, &times);
		snprintf(cursor, sizeof cursor, "%s",
			 measuring.list.page.next_cursor ?
				 measuring.list.page.next_cursor : "");
		measuring.page.cursor = cursor;
	} while (cursor[0] != '\0');
	times_print("last_pages", &times, LAST_PAGES);
	times_print("all_pages", &times, times.count);
	arena_release(&measuring.arena);
	free(times.us);
}

static void
single_tracks(struct store *store, int64_t total)
{
	struct measuring measuring = { 0 };
	struct times times = { 0 };
	unsigned seed = 1;

	arena_init(&measuring.arena);
	for (size_t i = 0; i < GET_TIMES; i++) {
		arena_reset(&measuring.arena);
		measuring.id = 1 + rand_r(&seed) % total;
		timed(store, get_work, &measuring, &times);
	}
	times_print("by_id", &times, times.count);
	arena_release(&measuring.arena);
	free(times.us);
}

int
main(int count, char **arguments)
{
	struct store_sqlite_settings sqlite = { .readers_max = 4,
						.cache_kib = 512,
						.busy_timeout_ms = 5000 };
	struct store *store;
	struct fault fault;
	int64_t total;

	if (count != 2)
		die("usage: bench_store LIBRARY");
	sqlite.path = arguments[1];
	if (store_open(&store_driver_sqlite, &sqlite, &store, &fault) !=
	    STATUS_OK)
		die(fault.message);
	total = first_pages(store);
	all_pages(store);
	single_tracks(store, total);
	store_close(store);
	return 0;
}
