/* test_library.c - reading the library: lists with filters and cursors, search
 * documents, files, sources, jobs; on both stores. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "library/albums.h"
#include "library/artists.h"
#include "library/documents.h"
#include "library/files.h"
#include "library/genres.h"
#include "library/jobs.h"
#include "library/sources.h"
#include "library/summary.h"
#include "library/tracks.h"
#include "tests/support/music.h"

/* ---- a small library ------------------------------------------------------ */

#define TRACKS 240

/* 24 albums of ten tracks by eight artists; three genres; years 2000-2005 and
 * unknown; titles "Title 1" … in numeric order. */
static void
fill(struct music *music)
{
	music->check = false;
	for (int i = 0; i < TRACKS; i++) {
		static const char *const genres[] = { "Rock", "Джаз", "Pop" };
		struct music_file file;
		char path[64], title[32], artist[32], album[32];
		int k = (i * 7) % TRACKS, disc = k / 10;

		snprintf(path, sizeof path, "%d/%d.flac", disc, k);
		snprintf(title, sizeof title, "Title %d", k);
		snprintf(artist, sizeof artist, "%s %d",
			 disc % 8 < 4 ? "Artist" : "Артист", disc % 8);
		snprintf(album, sizeof album, "Album %d", disc);
		file = music_file(music, path);
		music_tag(&file, title, artist, album, genres[disc % 3]);
		if (k % 10 == 9)
			music_artist(&file, "Guest", CREDIT_FEATURED);
		file.media.track_no = (uint32_t)(k % 10) + 1;
		file.media.year = disc % 7 == 0 ? 0 : 1999 + disc % 7;
		file.media.duration_ms = 100000 + (k * 37 % TRACKS) * 100;
		file.media.codec = k % 4 == 0 ? "mp3" : "flac";
		music_save(music, &file);
	}
}

static struct music shared[2]; /* one for each store: lists change nothing */

static enum status
analyze_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return sql_script(session, "analyze", fault);
}

/* As both engines do by themselves after a while. */
static void
analyze(struct music *music)
{
	struct fault fault = { 0 };

	assert_int_equal(store_write(music->store, analyze_work, NULL, &fault),
			 STATUS_OK);
}

static struct music *
library_on(const char *driver)
{
	struct music *music = &shared[strcmp(driver, "sqlite") != 0];

	if (music->store == NULL) {
		music_open(music, driver);
		fill(music);
		analyze(music);
	}
	arena_reset(&music->arena);
	return music;
}

static int
close_shared(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++)
		if (shared[i].store != NULL)
			music_close(&shared[i]);
	return 0;
}

/* ---- lists of tracks ------------------------------------------------------ */

struct listing {
	struct track_filter filter;
	enum track_sort sort;
	struct page_request page;
	struct arena *arena;
	struct track_list out;
	enum status status;
	struct fault fault;
};

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct listing *listing = cookie;

	(void)fault;
	listing->status = tracks_list(session, &listing->filter, listing->sort,
				      &listing->page, listing->arena,
				      &listing->out, &listing->fault);
	return STATUS_OK;
}

static enum status
list(struct music *music, struct listing *listing)
{
	listing->arena = &music->arena;
	music_read(music, list_work, listing);
	return listing->status;
}

/* Reads all pages; checks that they add up; returns the ids. */
static size_t
list_all(struct music *music, struct track_filter filter, enum track_sort sort,
	 uint32_t limit, struct track *out)
{
	struct listing listing = { .filter = filter, .sort = sort,
				   .page = { .limit = limit } };
	int64_t total = -1;
	size_t count = 0;

	for (int pages = 0; pages < 100; pages++) {
		assert_int_equal(list(music, &listing), STATUS_OK);
		if (total < 0)
			total = listing.out.page.total;
		assert_int_equal(listing.out.page.total, total);
		assert_false(listing.out.page.total_is_lower_bound);
		for (size_t i = 0; i < listing.out.count; i++)
			out[count++] = listing.out.items[i];
		if (listing.out.page.next_cursor == NULL)
			break;
		assert_int_equal(listing.out.count, limit);
		listing.page.cursor = listing.out.page.next_cursor;
	}
	assert_int_equal(count, total);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(out[i].id, out[k].id);
	return count;
}

/* The number that follows a word: "Title 12". */
static int64_t
number_after(const char *word, const char *text)
{
	int64_t number = -1;

	assert_true(span_to_i64(span_of(text + strlen(word)), &number));
	return number;
}

static int64_t
number_of(const struct track *track)
{
	return number_after("Title ", track->title);
}

static bool
in_order(const struct track *a, const struct track *b, enum track_sort sort)
{
	int32_t year_a = a->year, year_b = b->year;

	switch (sort) {
	case TRACKS_BY_TITLE:
		return number_of(a) < number_of(b);
	case TRACKS_BY_CREATED_DESC:
		return a->created_at_ms > b->created_at_ms ||
		       (a->created_at_ms == b->created_at_ms && a->id > b->id);
	case TRACKS_BY_POPULARITY_DESC:
		return a->popularity >= b->popularity && a->id > b->id;
	case TRACKS_BY_YEAR:
		return (year_a == 0 ? 9999 : year_a) <=
		       (year_b == 0 ? 9999 : year_b);
	case TRACKS_BY_YEAR_DESC:
		return year_a >= year_b;
	case TRACKS_BY_DURATION:
		return a->duration_ms <= b->duration_ms;
	case TRACKS_BY_ARTIST:
		/* Latin before Cyrillic, then album, then number */
		if (a->artist[0] != b->artist[0])
			return a->artist[0] == 'A';
		if (strcmp(a->artist, b->artist) != 0)
			return strcmp(a->artist, b->artist) < 0;
		if (a->album_id != b->album_id)
			return number_after("Album ", a->album) <
			       number_after("Album ", b->album);
		return a->track_no < b->track_no;
	case TRACKS_BY_ALBUM:
		if (a->album_id != b->album_id)
			return number_after("Album ", a->album) <
			       number_after("Album ", b->album);
		return a->track_no < b->track_no;
	}
	return false;
}

static void
every_order_pages_through_all_tracks_once_and_in_order(void **state)
{
	struct music *music = library_on(*state);
	static struct track tracks[TRACKS];

	for (int sort = 0; sort < TRACK_SORTS; sort++) {
		size_t count = list_all(music, (struct track_filter){ 0 },
					(enum track_sort)sort, 37, tracks);

		assert_int_equal(count, TRACKS);
		for (size_t i = 1; i < count; i++)
			if (!in_order(&tracks[i - 1], &tracks[i],
				      (enum track_sort)sort))
				fail_msg("sort %d: %s before %s", sort,
					 tracks[i - 1].title, tracks[i].title);
	}
}

static void
filters_give_what_matches_in_every_order(void **state)
{
	static const struct {
		struct track_filter filter;
		size_t count;
	} cases[] = {
		{ { .genre = "ДЖАЗ" }, 80 },
		{ { .genre = "unheard of" }, 0 },
		{ { .year = 2003 }, 30 },
		{ { .year_min = 2001, .year_max = 2003 }, 100 },
		{ { .year_max = 2000 }, 40 }, /* unknown is not before 2000 */
		{ { .codec = "mp3" }, 60 },
		{ { .codec = "mp3", .genre = "Rock" }, 20 },
		{ { .source = "folder" }, 240 },
		{ { .source = "s3" }, 0 },
		{ { .artist_id = 999999 }, 0 },
		{ { .album_id = 999999 }, 0 },
		{ { .genre = "Rock", .genre_id = 999999 }, 0 },
		{ { .genre = "Rock", .year = 2003 }, 10 },
		{ { .genre = "Rock", .album_id = 999999 }, 0 },
	};
	struct music *music = library_on(*state);
	static struct track tracks[TRACKS];

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		for (int sort = 0; sort < TRACK_SORTS; sort++) {
			size_t count = list_all(music, cases[i].filter,
						(enum track_sort)sort, 19,
						tracks);

			if (count != cases[i].count)
				fail_msg("case %zu: %zu", i, count);
			for (size_t k = 1; k < count; k++)
				assert_true(in_order(&tracks[k - 1],
						     &tracks[k],
						     (enum track_sort)sort));
		}
}

static void
filters_by_artist_and_album_use_any_role(void **state)
{
	struct music *music = library_on(*state);
	static struct track tracks[TRACKS];
	struct track_filter filter = { 0 };
	size_t count;

	filter.artist_id = music_number(
		music, "select id from artists where name = 'Guest'", 0);
	count = list_all(music, filter, TRACKS_BY_TITLE, 10, tracks);
	assert_int_equal(count, 24);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(tracks[i].artist_count, 2);
		assert_string_equal(tracks[i].artists[1].name, "Guest");
		assert_int_equal(tracks[i].artists[1].role, CREDIT_FEATURED);
	}
	filter.genre = "Rock";
	assert_int_equal(list_all(music, filter, TRACKS_BY_TITLE, 3, tracks),
			 8);
	filter = (struct track_filter){ .album_id = tracks[0].album_id };
	count = list_all(music, filter, TRACKS_BY_ALBUM, 3, tracks);
	assert_int_equal(count, 10);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(tracks[i].track_no, i + 1);
}

static void
bad_pages_are_refused_with_their_field(void **state)
{
	struct music *music = library_on(*state);
	struct listing listing = { .page = { .limit = 101 } };
	const char *cursor;

	assert_int_equal(list(music, &listing), STATUS_INVALID);
	assert_string_equal(listing.fault.field, "limit");
	listing.page = (struct page_request){ .offset = PAGE_OFFSET_MAX + 1 };
	assert_int_equal(list(music, &listing), STATUS_INVALID);
	assert_string_equal(listing.fault.field, "offset");

	listing.page = (struct page_request){ .limit = 5 };
	assert_int_equal(list(music, &listing), STATUS_OK);
	cursor = listing.out.page.next_cursor;
	assert_non_null(cursor);
	listing.page.cursor = cursor;
	listing.page.offset = 1;
	assert_int_equal(list(music, &listing), STATUS_INVALID);
	listing.page.offset = 0;
	listing.sort = TRACKS_BY_YEAR; /* a cursor of another order */
	assert_int_equal(list(music, &listing), STATUS_INVALID);
	assert_string_equal(listing.fault.field, "cursor");
	listing.sort = TRACKS_BY_TITLE;
	listing.filter.codec = "mp3"; /* of other filters */
	assert_int_equal(list(music, &listing), STATUS_INVALID);
	listing.filter.codec = NULL;
	for (size_t cut = 0; cut < strlen(cursor); cut++) {
		listing.page.cursor = arena_copy_bytes(&music->arena, cursor,
						       cut);
		assert_int_equal(list(music, &listing), STATUS_INVALID);
	}
	listing.page.cursor = "not base64!";
	assert_int_equal(list(music, &listing), STATUS_INVALID);
	listing.page.cursor = cursor;
	assert_int_equal(list(music, &listing), STATUS_OK);
}

static void
an_offset_gives_the_same_rows_as_the_cursor(void **state)
{
	struct music *music = library_on(*state);
	static struct track tracks[TRACKS];
	struct listing listing = { .page = { .limit = 10, .offset = 233 } };

	list_all(music, (struct track_filter){ 0 }, TRACKS_BY_TITLE, 50,
		 tracks);
	assert_int_equal(list(music, &listing), STATUS_OK);
	assert_int_equal(listing.out.count, 7);
	assert_null(listing.out.page.next_cursor);
	for (size_t i = 0; i < 7; i++)
		assert_int_equal(listing.out.items[i].id, tracks[233 + i].id);
	listing.page.offset = 240;
	assert_int_equal(list(music, &listing), STATUS_OK);
	assert_int_equal(listing.out.count, 0);
}

struct many {
	int64_t ids[250];
	size_t id_count;
	struct arena *arena;
	struct track *out;
	size_t count;
};

static enum status
many_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct many *many = cookie;

	return tracks_get_many(session, many->ids, many->id_count, many->arena,
			       &many->out, &many->count, fault);
}

static void
tracks_by_id_come_in_the_order_asked_for(void **state)
{
	struct music *music = library_on(*state);
	struct many many = { .arena = &music->arena };

	for (int i = 0; i < TRACKS; i++)
		many.ids[many.id_count++] = TRACKS - i;
	many.ids[many.id_count++] = 987654321; /* not there */
	many.ids[many.id_count++] = 5;         /* again */
	music_read(music, many_work, &many);
	assert_int_equal(many.count, TRACKS + 1);
	for (int i = 0; i < TRACKS; i++) {
		assert_int_equal(many.out[i].id, TRACKS - i);
		assert_true(many.out[i].artist_count >= 1);
		assert_int_equal(many.out[i].genre_count, 1);
	}
	assert_int_equal(many.out[TRACKS].id, 5);
	assert_int_equal(many.out[TRACKS].artist_count,
			 many.out[TRACKS - 5].artist_count);
}

/* ---- which index is used --------------------------------------------------- */

/* A driver between the library and the real one that has each query explained
 * before it runs. */
static struct {
	const struct store_driver *real;
	struct buffer plans; /* since it was put in place */
} explaining;

static void
explain(struct store_session *session, const char *sql,
	const struct sql_value *args, size_t count)
{
	bool sqlite = explaining.real == &store_driver_sqlite;
	struct store_rows *rows;
	struct buffer text;
	struct fault fault;
	enum status status;

	buffer_init(&text, 0);
	buffer_print(&text, "%s %s", sqlite ? "explain query plan" : "explain",
		     sql);
	status = explaining.real->query(session, text.bytes, args, count, &rows,
					&fault);
	assert_int_equal(status, STATUS_OK);
	buffer_print(&explaining.plans, "# %s\n", sql);
	while (explaining.real->next(rows, &status, &fault)) {
		struct span line = explaining.real->column_span(
			rows, sqlite ? 3 : 0);

		buffer_print(&explaining.plans, "  %.*s\n", (int)line.length,
			     line.at);
	}
	explaining.real->end(rows);
	buffer_release(&text);
}

static enum status
query_explained(struct store_session *session, const char *sql,
		const struct sql_value *args, size_t count,
		struct store_rows **out, struct fault *fault)
{
	explain(session, sql, args, count);
	return explaining.real->query(session, sql, args, count, out, fault);
}

static enum status
no_seqscan(struct store_session *session, struct fault *fault)
{
	if (explaining.real == &store_driver_sqlite)
		return STATUS_OK;
	/* On a few rows PostgreSQL would rightly read the table. */
	return sql_script(session, "set local enable_seqscan = off; "
				   "set local enable_bitmapscan = off; "
				   "set local enable_sort = off",
			  fault);
}

struct explained {
	store_work *work;
	void *cookie;
};

static enum status
explained_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct explained *explained = cookie;
	enum status status = no_seqscan(session, fault);

	if (status == STATUS_OK)
		status = explained->work(session, explained->cookie, fault);
	return status;
}

/* The plans of all queries of a work, valid until the next call. */
static const char *
plans_of(struct music *music, store_work *work, void *cookie)
{
	static struct store_driver between;
	struct explained explained = { work, cookie };

	explaining.real = music->store->driver;
	between = *explaining.real;
	between.query = query_explained;
	buffer_clear(&explaining.plans);
	music->store->driver = &between;
	music_read(music, explained_work, &explained);
	music->store->driver = explaining.real;
	return explaining.plans.bytes;
}

/* True when a line reads a big table from one end to the other. */
static bool
reads_whole_table(const char *plans)
{
	static const char *const tables[] = { "t", "f", "l", "tracks", "files" };
	char needle[64];

	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		snprintf(needle, sizeof needle, "  SCAN %s\n", tables[i]);
		if (strstr(plans, needle) != NULL)
			return true;
	}
	return strstr(plans, "Seq Scan on tracks") != NULL ||
	       strstr(plans, "Seq Scan on files") != NULL ||
	       strstr(plans, "Seq Scan on track_artists") != NULL;
}

static bool
sorts(const char *plans)
{
	return strstr(plans, "USE TEMP B-TREE FOR ORDER BY") != NULL ||
	       strstr(plans, "Sort Key") != NULL;
}

static void
no_list_reads_a_whole_table_and_no_plain_list_sorts(void **state)
{
	static const struct {
		struct track_filter filter;
		bool may_sort; /* few matches are gathered and sorted */
	} cases[] = {
		{ { 0 }, false },
		{ { .artist_id = 3 }, true },
		{ { .album_id = 3 }, true },
		{ { .genre_id = 1 }, true },
		{ { .year = 2003 }, true },
		{ { .year_min = 2001, .year_max = 2003 }, true },
		{ { .codec = "mp3" }, true },
		{ { .source = "folder" }, true },
		{ { .codec = "mp3", .genre_id = 1, .year = 2003 }, true },
	};
	struct music *music = library_on(*state);

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		for (int sort = 0; sort < TRACK_SORTS; sort++) {
			struct listing listing = {
				.filter = cases[i].filter,
				.sort = (enum track_sort)sort,
				.page = { .limit = 2 },
				.arena = &music->arena,
			};
			const char *plans =
				plans_of(music, list_work, &listing);

			if (reads_whole_table(plans) ||
			    (sorts(plans) && !cases[i].may_sort))
				fail_msg("case %zu, sort %d:\n%s", i, sort,
					 plans);
			listing.page.cursor = listing.out.page.next_cursor;
			if (listing.page.cursor == NULL)
				continue;
			plans = plans_of(music, list_work, &listing);
			if (reads_whole_table(plans) ||
			    (sorts(plans) && !cases[i].may_sort))
				fail_msg("case %zu, sort %d, page 2:\n%s", i,
					 sort, plans);
		}
}

struct album_listing {
	struct album_filter filter;
	enum album_sort sort;
	struct page_request page;
	struct arena *arena;
	struct album_list out;
};

static enum status
albums_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct album_listing *listing = cookie;

	return albums_list(session, &listing->filter, listing->sort,
			   &listing->page, listing->arena, &listing->out,
			   fault);
}

/* Reads all pages of two; how many albums there are. */
static size_t
albums_all(struct music *music, const struct album_filter *filter,
	   enum album_sort sort)
{
	struct album_listing listing = { .filter = *filter,
					 .sort = sort,
					 .page.limit = 2,
					 .arena = &music->arena };
	size_t count = 0;

	do {
		music_read(music, albums_work, &listing);
		count += listing.out.count;
		listing.page.cursor = listing.out.page.next_cursor;
	} while (listing.page.cursor != NULL);
	assert_int_equal(count, listing.out.page.total);
	return count;
}

static void
albums_are_filtered_by_artist_and_role_genre_and_year(void **state)
{
	struct music *music = library_on(*state);
	int64_t guest = music_number(
		music, "select id from artists where name = 'Guest'", 0);
	int64_t artist = music_number(
		music, "select id from artists where name = 'Artist 0'", 0);
	const struct {
		struct album_filter filter;
		size_t count;
	} cases[] = {
		{ { 0 }, 24 },
		{ { .artist_id = artist }, 3 },
		{ { .artist_id = artist, .any_role = true }, 3 },
		{ { .artist_id = guest }, 0 },
		{ { .artist_id = guest, .any_role = true }, 24 },
		{ { .artist_id = guest, .role_given = true,
		    .role = CREDIT_FEATURED }, 24 },
		{ { .artist_id = artist, .role_given = true,
		    .role = CREDIT_FEATURED }, 0 },
		{ { .genre = "Rock" }, 8 },
		{ { .genre = "Rock", .artist_id = artist }, 1 },
		{ { .genre = "Rock", .artist_id = guest, .any_role = true },
		  8 },
		{ { .genre = "Rock", .year = 2003 }, 1 },
		{ { .year = 2003 }, 3 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		for (int sort = 0; sort < ALBUM_SORTS; sort++) {
			struct album_listing listing = {
				.filter = cases[i].filter,
				.sort = (enum album_sort)sort,
				.page.limit = 2,
				.arena = &music->arena,
			};
			size_t count = albums_all(music, &cases[i].filter,
						  (enum album_sort)sort);
			const char *plans =
				plans_of(music, albums_work, &listing);

			if (count != cases[i].count)
				fail_msg("case %zu, sort %d: %zu", i, sort,
					 count);
			/* The links of all artists, for those of one. */
			if (strstr(plans, "SCAN artist_albums") != NULL ||
			    strstr(plans, "SCAN l") != NULL)
				fail_msg("case %zu, sort %d:\n%s", i, sort,
					 plans);
		}
}

int
main(void)
{
#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, NULL, NULL, (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, every_order_pages_through_all_tracks_once_and_in_order), \
	ON(driver, filters_give_what_matches_in_every_order), \
	ON(driver, filters_by_artist_and_album_use_any_role), \
	ON(driver, albums_are_filtered_by_artist_and_role_genre_and_year), \
	ON(driver, bad_pages_are_refused_with_their_field), \
	ON(driver, an_offset_gives_the_same_rows_as_the_cursor), \
	ON(driver, tracks_by_id_come_in_the_order_asked_for), \
	ON(driver, no_list_reads_a_whole_table_and_no_plain_list_sorts)

	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	return cmocka_run_group_tests(tests, NULL, close_shared);
}
