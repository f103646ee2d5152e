/* bench_store.c - what a page and a track cost in a library of this size.
 *
 *	bench_store LIBRARY [lists]
 *
 * LIBRARY is an ogma.db that nobody writes to; with "lists" only the last part. Prints one line each:
 * "name median_us p99_us", for the first page of 50 by title, for all pages
 * from there to the last one by their cursors, for the last hundred of these
 * alone, for single tracks by random ids, and for first pages of filtered lists,
 * each with artists, genres, years and letters by chance and in every order:
 * "name median_us p99_us cpu_median_us cpu_p99_us". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/memory.h"
#include "driver/store.h"
#include "library/albums.h"
#include "library/artists.h"
#include "library/tracks.h"

#define FIRST_TIMES 200
#define GET_TIMES 20000
#define LAST_PAGES 100
#define LIST_TIMES 400
#define GENRES 12 /* of bench_library */

struct times {
	int64_t *us;
	size_t count, room;
};

/* Processor time of this thread, where SQLite's reads run. */
static int64_t
cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

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

/* Of the newest `count`, sorted in place; no end of line. */
static void
times_show(struct times *times, size_t count)
{
	int64_t *us;

	if (count > times->count)
		count = times->count;
	if (count == 0)
		die("the library is empty");
	us = times->us + times->count - count;
	qsort(us, count, sizeof *us, time_compare);
	printf(" %lld %lld", (long long)us[count / 2],
	       (long long)us[count * 99 / 100]);
}

static void
times_print(const char *name, struct times *times, size_t count)
{
	printf("%s", name);
	times_show(times, count);
	printf("\n");
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

/* What a filtered list is asked with. */
struct asking {
	struct measuring measuring;
	struct track_filter tracks;
	struct album_filter albums;
	struct artist_filter artists;
	size_t sort;
	unsigned seed;
	int64_t artist_count;
};

static int64_t
some(struct asking *asking, int64_t count)
{
	return 1 + rand_r(&asking->seed) % count;
}

static enum status
tracks_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;
	struct measuring *measuring = &asking->measuring;

	return tracks_list(session, &asking->tracks,
			   (enum track_sort)(asking->sort % TRACK_SORTS),
			   &measuring->page, &measuring->arena,
			   &measuring->list, fault);
}

static enum status
albums_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;
	struct measuring *measuring = &asking->measuring;
	struct album_list list;

	return albums_list(session, &asking->albums,
			   (enum album_sort)(asking->sort % ALBUM_SORTS),
			   &measuring->page, &measuring->arena, &list, fault);
}

static enum status
artists_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;
	struct measuring *measuring = &asking->measuring;
	struct artist_list list;

	return artists_list(session, &asking->artists,
			    (enum artist_sort)(asking->sort % ARTIST_SORTS),
			    &measuring->page, &measuring->arena, &list, fault);
}

static enum status
letters_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;
	struct letter_count *letters;
	size_t count;

	return artists_letters(session, &asking->measuring.arena, &letters,
			       &count, fault);
}

static void
ask_artist(struct asking *asking)
{
	asking->tracks.artist_id = some(asking, asking->artist_count);
}

static void
ask_genre(struct asking *asking)
{
	asking->tracks.genre_id = some(asking, GENRES);
}

static void
ask_artist_genre(struct asking *asking)
{
	ask_artist(asking);
	ask_genre(asking);
}

static void
ask_genre_year(struct asking *asking)
{
	ask_genre(asking);
	asking->tracks.year = 1960 + (int32_t)some(asking, 60);
}

static void
ask_albums_artist(struct asking *asking)
{
	asking->albums.artist_id = some(asking, asking->artist_count);
}

static void
ask_albums_role(struct asking *asking)
{
	ask_albums_artist(asking);
	asking->albums.role_given = true;
	asking->albums.role = rand_r(&asking->seed) % 2 ? CREDIT_FEATURED
							: CREDIT_COMPOSER;
}

static void
ask_albums_any_role(struct asking *asking)
{
	ask_albums_artist(asking);
	asking->albums.any_role = true;
}

static void
ask_albums_genre(struct asking *asking)
{
	asking->albums.genre_id = some(asking, GENRES);
}

static void
ask_albums_genre_year(struct asking *asking)
{
	ask_albums_genre(asking);
	asking->albums.year = 1960 + (int32_t)some(asking, 60);
}

static void
ask_letter(struct asking *asking)
{
	static const char *const letters[] = { "a", "s", "m", "к", "м",
					       "#", "z", "ш", "q" };

	asking->artists.letter = letters[(size_t)rand_r(&asking->seed) %
					 ARRAY_LENGTH(letters)];
}

static void
ask_nothing(struct asking *asking)
{
	(void)asking;
}

static const struct {
	const char *name;
	store_work *work;
	void (*ask)(struct asking *asking);
} lists[] = {
	{ "tracks_artist", tracks_work, ask_artist },
	{ "tracks_genre", tracks_work, ask_genre },
	{ "tracks_artist_genre", tracks_work, ask_artist_genre },
	{ "tracks_genre_year", tracks_work, ask_genre_year },
	{ "albums_all", albums_work, ask_nothing },
	{ "albums_artist", albums_work, ask_albums_artist },
	{ "albums_role", albums_work, ask_albums_role },
	{ "albums_any_role", albums_work, ask_albums_any_role },
	{ "albums_genre", albums_work, ask_albums_genre },
	{ "albums_genre_year", albums_work, ask_albums_genre_year },
	{ "artists_all", artists_work, ask_nothing },
	{ "artists_letter", artists_work, ask_letter },
	{ "artists_letters", letters_work, ask_nothing },
};

static void
filtered_lists(struct store *store, int64_t tracks)
{
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		struct asking asking = { .seed = 7,
					 .artist_count = tracks / 25,
					 .measuring.page.limit = 50 };
		struct times times = { 0 }, cpu = { 0 };

		arena_init(&asking.measuring.arena);
		for (size_t k = 0; k < LIST_TIMES; k++) {
			int64_t begun_us, cpu_begun_us;
			struct fault fault;

			asking.sort = k;
			lists[i].ask(&asking);
			begun_us = clock_monotonic_us();
			cpu_begun_us = cpu_us();
			if (store_read(store, lists[i].work, &asking, &fault) !=
			    STATUS_OK)
				die(fault.message);
			time_add(&cpu, cpu_us() - cpu_begun_us);
			time_add(&times, clock_monotonic_us() - begun_us);
			arena_reset(&asking.measuring.arena);
		}
		printf("%s", lists[i].name);
		times_show(&times, times.count);
		times_show(&cpu, cpu.count);
		printf("\n");
		arena_release(&asking.measuring.arena);
		free(times.us);
		free(cpu.us);
	}
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
	bool all = count == 2;

	if (!all && (count != 3 || strcmp(arguments[2], "lists") != 0))
		die("usage: bench_store LIBRARY [lists]");
	setvbuf(stdout, NULL, _IOLBF, 0);
	sqlite.path = arguments[1];
	if (store_open(&store_driver_sqlite, &sqlite, &store, &fault) !=
	    STATUS_OK)
		die(fault.message);
	total = first_pages(store);
	if (all) {
		all_pages(store);
		single_tracks(store, total);
	}
	filtered_lists(store, total);
	store_close(store);
	return 0;
}
