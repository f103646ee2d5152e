/* test_search.c - what every search driver promises, as in driver/search.h; and
 * that the index gives what the plain rules (search_memory.c) give. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sanitized.h"
#include "driver/search.h"
#include "driver/search_fts5.h"
#include "tests/support/folder.h"

#define TRACK(number, name, by, plays)                                         \
	{                                                                      \
		.kind = SEARCH_TRACK, .id = (number), .title = (name),         \
		.artist = (by), .popularity = (plays)                          \
	}
#define ARTIST(number, name, plays)                                            \
	{                                                                      \
		.kind = SEARCH_ARTIST, .id = (number), .title = (name),        \
		.popularity = (plays)                                          \
	}

/* One index of the driver under test, in a folder of its own. */
struct bench {
	const struct search_driver *driver;
	char folder[64];
	struct search_index *index;
	struct arena arena;
	uint64_t watermark;
};

static void
bench_open(struct bench *bench, const struct search_driver *driver)
{
	struct search_open_args args = { .folder = bench->folder };

	*bench = (struct bench){ .driver = driver };
	test_folder_make(bench->folder);
	arena_init(&bench->arena);
	assert_int_equal(search_open(driver, &args, &bench->index, NULL),
			 STATUS_OK);
}

static void
folder_remove(const char *folder)
{
	static const char *const names[] = { "search.db", "search.db-wal",
					     "search.db-shm", "search.db.lock",
					     "search.db.rebuild" };
	char path[80];

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		unlink(path);
	}
	rmdir(folder);
}

static void
bench_close(struct bench *bench)
{
	search_close(bench->index);
	arena_release(&bench->arena);
	folder_remove(bench->folder);
}

static int
bench_setup(void **state)
{
	struct bench *bench = mem_new(1, sizeof *bench);

	bench_open(bench, *state);
	*state = bench;
	return 0;
}

static int
bench_teardown(void **state)
{
	bench_close(*state);
	free(*state);
	return 0;
}

static void
put(struct bench *bench, const struct search_document *documents, size_t count)
{
	assert_int_equal(search_update(bench->index, documents, count, 0,
				       ++bench->watermark, NULL),
			 STATUS_OK);
}
#define PUT(bench, ...)                                                        \
	put(bench, (const struct search_document[]){ __VA_ARGS__ },            \
	    sizeof((const struct search_document[]){ __VA_ARGS__ }) /          \
		    sizeof(struct search_document))

static struct search_answer
ask_query(struct bench *bench, struct search_query query)
{
	struct search_answer answer = { 0 };

	if (query.limit == 0)
		query.limit = 20;
	assert_int_equal(
		search_run(bench->index, &bench->arena, &query, &answer, NULL),
		STATUS_OK);
	return answer;
}

static struct search_answer
ask(struct bench *bench, const char *text)
{
	return ask_query(bench, (struct search_query){ .text = text,
						       .count_up_to = 1000 });
}

/* The ids of the tracks found, in order: "3 1 2". */
static const char *
ids_of(struct bench *bench, const struct search_found *found)
{
	const char *ids = "";

	for (size_t i = 0; i < found->count; i++)
		ids = arena_print(&bench->arena, "%s%s%lld", ids,
				  i > 0 ? " " : "",
				  (long long)found->hits[i].id);
	return ids;
}

static const char *
tracks(struct bench *bench, const char *text)
{
	struct search_answer answer = ask(bench, text);

	return ids_of(bench, &answer.found[SEARCH_TRACK]);
}

static enum search_rank
first_rank(struct bench *bench, const char *text)
{
	struct search_answer answer = ask(bench, text);

	assert_true(answer.found[SEARCH_TRACK].count > 0);
	return answer.found[SEARCH_TRACK].hits[0].rank;
}

static void
a_new_index_is_empty_and_says_so(void **state)
{
	struct bench *bench = *state;
	struct search_state now = { 0 };

	assert_int_equal(search_get_state(bench->index, &now, NULL), STATUS_OK);
	assert_true(now.is_new);
	assert_int_equal(now.watermark, 0);
	assert_string_equal(tracks(bench, "kino"), "");
}

static void
an_answer_outlives_what_it_was_found_in(void **state)
{
	struct bench *bench = *state;
	struct search_answer answer;
	const struct search_hit *hit;

	PUT(bench, TRACK(1, "Привет", "Queen", 1));
	answer = ask_query(bench,
			   (struct search_query){ .text = "привет",
						  .count_up_to = 1000,
						  .want_text = true });
	PUT(bench, TRACK(1, "Something else altogether", "Nobody", 1));
	search_close(bench->index);
	bench->index = NULL;
	assert_int_equal(answer.found[SEARCH_TRACK].count, 1);
	hit = &answer.found[SEARCH_TRACK].hits[0];
	assert_string_equal(hit->title, "Привет");
	assert_string_equal(hit->artist, "Queen");
	assert_true(answer.pattern_count > 0);
	assert_string_equal(answer.patterns[0].text, "привет");
}

static void
a_change_is_found_by_the_next_query(void **state)
{
	struct bench *bench = *state;
	struct search_state now;

	PUT(bench, TRACK(1, "Группа крови", "Кино", 10));
	assert_string_equal(tracks(bench, "группа"), "1");
	PUT(bench, TRACK(1, "Звезда по имени Солнце", "Кино", 10));
	assert_string_equal(tracks(bench, "группа"), "");
	assert_string_equal(tracks(bench, "звезда солнце"), "1");
	PUT(bench, { .kind = SEARCH_TRACK, .id = 1, .gone = true });
	assert_string_equal(tracks(bench, "звезда"), "");
	PUT(bench, { .kind = SEARCH_TRACK, .id = 1, .gone = true });
	assert_int_equal(search_get_state(bench->index, &now, NULL), STATUS_OK);
	assert_int_equal(now.watermark, bench->watermark);
	assert_int_equal(now.documents[SEARCH_TRACK], 0);
}

/* Where ids end that the fts5 driver has in the numbers of its rows. */
#define LARGE ((int64_t)1 << 23)

static void
ids_may_be_of_any_size(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "one songs", NULL, 10),
	    TRACK(LARGE - 1, "two songs", NULL, 9),
	    TRACK(LARGE, "three songs", NULL, 8),
	    TRACK(LARGE + 1, "four songs", NULL, 8),
	    TRACK(INT64_MAX, "five songs", NULL, 4));
	assert_string_equal(
		tracks(bench, "song"),
		"1 8388607 8388608 8388609 9223372036854775807");

	/* Another popularity, another text, gone, come again. */
	PUT(bench, TRACK(LARGE + 1, "four songs", NULL, 20),
	    TRACK(INT64_MAX, "five hymns", NULL, 4),
	    TRACK(LARGE + 2, "six songs", NULL, 8),
	    { .kind = SEARCH_TRACK, .id = LARGE, .gone = true },
	    { .kind = SEARCH_TRACK, .id = LARGE - 1, .gone = true });
	PUT(bench, TRACK(LARGE - 1, "two songs", NULL, 2));
	assert_string_equal(tracks(bench, "song"), "8388609 1 8388610 8388607");
	assert_string_equal(tracks(bench, "hymns"), "9223372036854775807");
	assert_string_equal(tracks(bench, "five"), "9223372036854775807");
}

/* "live" and "и" stand in many things, together in few. */
static void
words_of_two_scripts_find_what_has_both(void **state)
{
	struct bench *bench = *state;
	struct arena *arena = &bench->arena;

	for (int i = 1; i <= 150; i++)
		PUT(bench,
		    TRACK(i, arena_print(arena, "live number %d", i), "Queen",
			  100),
		    TRACK(1000 + i, arena_print(arena, "лёд и пламя %d", i),
			  "Кино", 100));
	PUT(bench, TRACK(5000, "Лёд и пламя (Live in Omsk)", "Кино", 9),
	    TRACK(5001, "Remix 7", "Кино", 5));
	assert_string_equal(tracks(bench, "live и"), "5000");
	assert_string_equal(tracks(bench, "и live"), "5000");
	assert_string_equal(tracks(bench, "лёд liv"), "5000");
	assert_string_equal(tracks(bench, "live пламя 7"), "");
	assert_string_equal(tracks(bench, "кино remix"), "5001");
	assert_string_equal(tracks(bench, "remixx кино"), "5001");
	assert_string_equal(tracks(bench, "кино 7 remix"), "5001");
	assert_string_equal(tracks(bench, "пламя omsk"), "5000");
	assert_string_equal(tracks(bench, "plamya omsk"), "5000");

	PUT(bench, TRACK(5000, "Лёд и пламя (на сцене)", "Кино", 9),
	    TRACK(7, "live number 7", "Queen и Кино", 100));
	assert_string_equal(tracks(bench, "live и"), "7");
	assert_string_equal(tracks(bench, "пламя omsk"), "");
	PUT(bench, { .kind = SEARCH_TRACK, .id = 7, .gone = true });
	assert_string_equal(tracks(bench, "live и"), "");
}

static void
of_two_documents_with_one_id_the_later_counts(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "First", NULL, 1), TRACK(1, "Second", NULL, 9),
	    TRACK(2, "Other", NULL, 1), TRACK(2, "Other", NULL, 5));
	assert_string_equal(tracks(bench, "first"), "");
	assert_string_equal(tracks(bench, "second"), "1");
	assert_string_equal(tracks(bench, "other"), "2");
}

static void
an_update_older_than_the_index_does_nothing(void **state)
{
	struct bench *bench = *state;
	const struct search_document old = TRACK(1, "Old", NULL, 1);

	bench->watermark = 100;
	PUT(bench, TRACK(1, "New", NULL, 1));
	assert_int_equal(search_update(bench->index, &old, 1, 0, 50, NULL),
			 STATUS_OK);
	assert_string_equal(tracks(bench, "old"), "");
	assert_string_equal(tracks(bench, "new"), "1");
}

static void
an_update_that_would_leave_a_gap_is_refused(void **state)
{
	struct bench *bench = *state;
	const struct search_document later = TRACK(2, "Later", NULL, 1);

	bench->watermark = 99;
	PUT(bench, TRACK(1, "Known", NULL, 1));
	assert_int_equal(search_update(bench->index, &later, 1, 101, 110, NULL),
			 STATUS_CONFLICT);
	assert_string_equal(tracks(bench, "later"), "");
	assert_int_equal(search_update(bench->index, &later, 1, 100, 110, NULL),
			 STATUS_OK);
	assert_string_equal(tracks(bench, "later"), "2");
}

static void
all_words_must_be_there_and_the_last_may_be_begun(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Yellow Submarine", "The Beatles", 5),
	    TRACK(2, "Yellow", "Coldplay", 9));
	assert_string_equal(tracks(bench, "yellow"), "2 1");
	assert_string_equal(tracks(bench, "yellow sub"), "1");
	assert_string_equal(tracks(bench, "sub yellow"), "");
	assert_string_equal(tracks(bench, "beatles yellow"), "1");
	assert_string_equal(tracks(bench, "y"), "2 1");
	assert_string_equal(tracks(bench, "yellow coldplay sub"), "");
}

static void
case_accents_and_yo_do_not_count(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Ёлка", NULL, 1), TRACK(2, "Déjà Vu", NULL, 1),
	    TRACK(3, "ПЕСНЯ", NULL, 1));
	assert_string_equal(tracks(bench, "елка"), "1");
	assert_string_equal(tracks(bench, "ЁЛКА"), "1");
	assert_string_equal(tracks(bench, "deja vu"), "2");
	assert_string_equal(tracks(bench, "DÉJÀ"), "2");
	assert_string_equal(tracks(bench, "песня"), "3");
	assert_int_equal(first_rank(bench, "елка"), SEARCH_TITLE);
}

static void
short_i_is_found_by_i_a_rank_below_exact(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Сон мой", NULL, 99), TRACK(2, "Мои сны", NULL, 1),
	    TRACK(3, "Чайка", NULL, 5));
	assert_string_equal(tracks(bench, "мои"), "2 1");
	assert_string_equal(tracks(bench, "мой"), "1 2");
	assert_int_equal(first_rank(bench, "мой"), SEARCH_EXACT);
	assert_string_equal(tracks(bench, "чаи"), "3");
	assert_int_equal(first_rank(bench, "чаи"), SEARCH_PREFIX);
	assert_int_equal(first_rank(bench, "чаика"), SEARCH_LOOSE);
}

static void
words_of_five_letters_forgive_one_slip_and_of_nine_two(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Queen", NULL, 1), TRACK(2, "Metallica", NULL, 1),
	    TRACK(3, "Земфира", NULL, 1), TRACK(4, "Wham", NULL, 1));
	assert_string_equal(tracks(bench, "quene"), "1"); /* swapped */
	assert_string_equal(tracks(bench, "quan"), "");	  /* 4 letters */
	assert_string_equal(tracks(bench, "qween"), "1");
	assert_string_equal(tracks(bench, "qweem"), "");
	assert_string_equal(tracks(bench, "metalicca"), "2");
	assert_string_equal(tracks(bench, "зимфира"), "3");
	assert_string_equal(tracks(bench, "земфра"), "3");
	assert_string_equal(tracks(bench, "whm"), "");
	assert_int_equal(first_rank(bench, "quezn"), SEARCH_TYPO);
	assert_int_equal(first_rank(bench, "metxlxica"), SEARCH_TYPO_TWICE);
}

static void
a_slip_in_the_first_letter_counts_twice(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Queen", NULL, 1), TRACK(2, "Nirvana", NULL, 1),
	    TRACK(3, "Aquariums", NULL, 1));
	assert_string_equal(tracks(bench, "wueen"), "");
	assert_string_equal(tracks(bench, "mirvana"), "");
	assert_string_equal(tracks(bench, "squariums"), "3");
	assert_int_equal(first_rank(bench, "squariums"), SEARCH_TYPO_TWICE);
}

static void
a_begun_word_forgives_slips_too(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Shostakovich", NULL, 1));
	assert_string_equal(tracks(bench, "shastak"), "1");
	assert_string_equal(tracks(bench, "symphony shastak"), "");
}

static void
numbers_forgive_nothing(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "12345", NULL, 1));
	assert_string_equal(tracks(bench, "12346"), "");
	assert_string_equal(tracks(bench, "1234"), "1");
}

static void
the_wrong_keyboard_layout_is_understood_both_ways(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Привет", NULL, 1), TRACK(2, "Hello", NULL, 1),
	    TRACK(3, "Хорошо", NULL, 1), TRACK(4, "Эхо любви", NULL, 1),
	    TRACK(5, "Объезд", NULL, 1), TRACK(6, "Жёлтый", NULL, 1),
	    TRACK(7, "Юбилей", NULL, 1));
	assert_string_equal(tracks(bench, "ghbdtn"), "1");
	assert_string_equal(tracks(bench, "GhBdTn"), "1");
	assert_string_equal(tracks(bench, "руддщ"), "2");
	assert_string_equal(tracks(bench, "[jhjij"), "3");
	assert_string_equal(tracks(bench, "'[j k.,db"), "4");
	assert_string_equal(tracks(bench, "j,]tpl"), "5");
	assert_string_equal(tracks(bench, ";`knsq"), "6");
	assert_string_equal(tracks(bench, ".,bktq"), "7");
	assert_string_equal(tracks(bench, "ghbd"), "1");
	assert_int_equal(first_rank(bench, "ghbdtn"), SEARCH_LAYOUT);
	/* one word right, one wrong */
	assert_string_equal(tracks(bench, "эхо k.,db"), "4");
}

static void
what_is_typed_in_the_wrong_layout_is_offered_in_the_right_one(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Привет, мир", NULL, 1),
	    TRACK(2, "Queen", NULL, 1));
	assert_string_equal(ask(bench, "ghbdtn").did_you_mean, "привет");
	assert_string_equal(ask(bench, "ghbdtn vb").did_you_mean, "привет мир");
	assert_string_equal(ask(bench, "quuen").did_you_mean, "queen");
	assert_null(ask(bench, "queen").did_you_mean);
	assert_null(ask(bench, "que").did_you_mean);
	assert_null(ask(bench, "zzzzzz").did_you_mean);
	/* both are there, but not together */
	assert_non_null(ask(bench, "queen привет").did_you_mean);
	assert_string_equal(ask(bench, "qqqqqq queen").did_you_mean, "queen");
	/* a title without a word in it is never what was meant */
	PUT(bench, TRACK(3, "***", NULL, 1), TRACK(4, "\u202E", NULL, 1));
	assert_null(ask(bench, "qqqqqq wwwwww").did_you_mean);
	assert_string_equal(tracks(bench, "qqqqqq wwwwww"), "");
}

static void
names_are_found_by_their_sound_in_another_script(void **state)
{
	static const char *const rows[][2] = {
		{ "kino", "1" },	 { "Tchaikovsky", "2" },
		{ "Chaikovskii", "2" },	 { "Tschaikowsky", "2" },
		{ "чайковский", "2 3" }, { "битлз", "" },
		{ "металлика", "4" },	 { "theodorakis", "5" },
		{ "sakura", "6" },	 { "kartuli", "7" },
		{ "victor", "8" },	 { "виктор", "8" },
		{ "rachmaninov", "9" },	 { "rahmaninoff", "9" },
		{ "yolka", "10" },	 { "royksopp", "11" },
	};
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Кино", NULL, 1), TRACK(2, "Чайковский", NULL, 2),
	    TRACK(3, "Tchaikovsky", NULL, 1), TRACK(4, "Metallica", NULL, 1),
	    TRACK(5, "Μίκης Θεοδωράκης", NULL, 1), TRACK(6, "さくら", NULL, 1),
	    TRACK(7, "ქართული", NULL, 1), TRACK(8, "Viktor", NULL, 1),
	    TRACK(9, "Рахманинов", NULL, 1), TRACK(10, "Ёлка", NULL, 1),
	    TRACK(11, "Røyksopp", NULL, 1));
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (strncmp(rows[i][0], "T", 1) == 0 ||
		    strncmp(rows[i][0], "C", 1) == 0)
			assert_non_null(strstr(tracks(bench, rows[i][0]), "2"));
		else
			assert_string_equal(tracks(bench, rows[i][0]),
					    rows[i][1]);
	}
	assert_int_equal(first_rank(bench, "kino"), SEARCH_TRANSLIT);
	assert_int_equal(first_rank(bench, "kin"), SEARCH_TRANSLIT);
	assert_int_equal(first_rank(bench, "чайковский"), SEARCH_TITLE);
}

static void
ranks_come_before_popularity(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Rocks", NULL, 1000),
	    TRACK(2, "Rock on", NULL, 100), TRACK(3, "Rock", NULL, 1),
	    TRACK(4, "Рок", NULL, 100000), TRACK(5, "Кщсл", NULL, 10),
	    TRACK(6, "We rock", NULL, 200));
	/* title, exact by popularity, prefix, layout, translit */
	assert_string_equal(tracks(bench, "rock"), "3 6 2 1 5 4");
}

static void
of_one_rank_the_more_popular_come_first(void **state)
{
	struct bench *bench = *state;

	for (int i = 0; i < 60; i++)
		PUT(bench,
		    TRACK(i + 1, arena_print(&bench->arena, "song number%d", i),
			  NULL, pow(1.1, (i * 7) % 60)));
	for (uint32_t offset = 0; offset < 60; offset += 7) {
		struct search_answer answer = ask_query(
			bench, (struct search_query){ .text = "song",
						      .limit = 7,
						      .offset = offset,
						      .count_up_to = 1000 });
		const struct search_found *found = &answer.found[SEARCH_TRACK];

		assert_int_equal(found->total, 60);
		for (size_t i = 0; i < found->count; i++)
			assert_int_equal((found->hits[i].id - 1) * 7 % 60,
					 59 - (int)(offset + i));
	}
}

static void
fallbacks_are_asked_only_while_there_is_not_enough(void **state)
{
	struct bench *bench = *state;
	struct search_answer answer;

	for (int i = 0; i < SEARCH_ENOUGH; i++)
		PUT(bench, TRACK(i + 1, "Queen song", NULL, 1));
	PUT(bench, TRACK(100, "Queer song", NULL, 50));
	answer = ask(bench, "queen");
	assert_int_equal(answer.found[SEARCH_TRACK].total, SEARCH_ENOUGH);
	assert_int_equal(answer.found[SEARCH_TRACK].worst, SEARCH_PREFIX);
	PUT(bench, { .kind = SEARCH_TRACK, .id = 1, .gone = true });
	answer = ask(bench, "queen");
	assert_int_equal(answer.found[SEARCH_TRACK].total, SEARCH_ENOUGH);
	assert_int_equal(answer.found[SEARCH_TRACK].worst, SEARCH_TYPO);
}

static void
kinds_are_answered_by_themselves(void **state)
{
	struct bench *bench = *state;
	struct search_answer answer;

	PUT(bench, ARTIST(7, "Кино", 10), TRACK(1, "Кино", "Кино", 5),
	    { .kind = SEARCH_ALBUM, .id = 3, .title = "Кино", .popularity = 1 },
	    { .kind = SEARCH_PLAYLIST, .id = 9, .title = "Моё кино" });
	answer = ask(bench, "кино");
	assert_string_equal(ids_of(bench, &answer.found[SEARCH_TRACK]), "1");
	assert_string_equal(ids_of(bench, &answer.found[SEARCH_ALBUM]), "3");
	assert_string_equal(ids_of(bench, &answer.found[SEARCH_ARTIST]), "7");
	assert_string_equal(ids_of(bench, &answer.found[SEARCH_PLAYLIST]), "9");
	answer = ask_query(bench,
			   (struct search_query){
				   .text = "кино",
				   .kinds = SEARCH_KIND_BIT(SEARCH_ALBUM) });
	assert_int_equal(answer.found[SEARCH_TRACK].count, 0);
	assert_int_equal(answer.found[SEARCH_ALBUM].count, 1);
}

static void
put_shelf(struct bench *bench)
{
	PUT(bench, ARTIST(7, "Кино", 1), ARTIST(8, "Queen", 1),
	    { .kind = SEARCH_TRACK,
	      .id = 1,
	      .title = "Song one",
	      .genre = "Rock",
	      .year = 1988,
	      .artist_id = 7 },
	    { .kind = SEARCH_TRACK,
	      .id = 2,
	      .title = "Song two",
	      .genre = "rock",
	      .year = 1988,
	      .artist_id = 8 },
	    { .kind = SEARCH_TRACK,
	      .id = 3,
	      .title = "Song three",
	      .genre = "Поп",
	      .year = 1991,
	      .artist_id = 8 },
	    { .kind = SEARCH_TRACK, .id = 4, .title = "Song four" });
}

static void
filters_narrow_what_is_found(void **state)
{
	static const struct {
		struct search_query query;
		uint32_t total;
	} rows[] = {
		{ { .text = "song" }, 4 },
		{ { .text = "song", .genre = "ROCK" }, 2 },
		{ { .text = "song", .genre = "поп" }, 1 },
		{ { .text = "song", .genre = "jazz" }, 0 },
		{ { .text = "song", .year = 1988 }, 2 },
		{ { .text = "song", .artist_id = 8 }, 2 },
		{ { .text = "song", .artist_id = 8, .year = 1988 }, 1 },
		{ { .text = "song one", .year = 1991 }, 0 },
		{ { .text = "s", .genre = "rock", .artist_id = 7 }, 1 },
	};
	struct bench *bench = *state;

	put_shelf(bench);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct search_query query = rows[i].query;

		query.count_up_to = 1000;
		assert_int_equal(
			ask_query(bench, query).found[SEARCH_TRACK].total,
			rows[i].total);
	}
}

static void
facets_count_what_was_found(void **state)
{
	struct bench *bench = *state;
	struct search_answer answer;
	struct search_found *found;

	put_shelf(bench);
	answer = ask_query(bench, (struct search_query){ .text = "song",
							 .limit = 1,
							 .want_facets = true });
	found = &answer.found[SEARCH_TRACK];
	assert_int_equal(found->genres.count, 2);
	assert_string_equal(found->genres.values[0].text, "Rock");
	assert_int_equal(found->genres.values[0].count, 2);
	assert_int_equal(found->years.count, 2);
	assert_int_equal(found->years.values[0].id, 1988);
	assert_int_equal(found->years.values[0].count, 2);
	assert_int_equal(found->artists.values[0].id, 8);
	assert_string_equal(found->artists.values[0].text, "Queen");
	assert_int_equal(found->artists.values[0].count, 2);
	assert_false(found->facets_are_sampled);
}

static void
totals_are_exact_up_to_the_bound_and_then_a_lower_bound(void **state)
{
	struct bench *bench = *state;
	struct search_document *many =
		arena_new(&bench->arena, struct search_document, 1500);
	struct search_found *found;
	struct search_answer answer;

	for (int i = 0; i < 1500; i++)
		many[i] = (struct search_document){
			.kind = SEARCH_TRACK,
			.id = i + 1,
			.title = i < 1000 ? "common rare" : "common"
		};
	put(bench, many, 1500);
	answer = ask(bench, "common rare");
	found = &answer.found[SEARCH_TRACK];
	assert_int_equal(found->total, 1000);
	assert_false(found->total_is_lower_bound);
	answer = ask(bench, "common");
	found = &answer.found[SEARCH_TRACK];
	assert_int_equal(found->total, 1000);
	assert_true(found->total_is_lower_bound);
}

static const char *
marked(struct bench *bench, const char *query, const char *text)
{
	struct search_answer answer = ask(bench, query);
	struct search_segment *segments;
	enum search_rank rank = SEARCH_TYPO_TWICE;
	const char *out = "";
	size_t count, bytes = 0;

	if (answer.found[SEARCH_TRACK].count > 0)
		rank = answer.found[SEARCH_TRACK].hits[0].rank;
	count = search_highlight(&bench->arena, text, &answer, rank, &segments);
	for (size_t i = 0; i < count; i++) {
		out = arena_print(&bench->arena,
				  segments[i].match ? "%s[%.*s]" : "%s%.*s",
				  out, (int)segments[i].text.length,
				  segments[i].text.at);
		bytes += segments[i].text.length;
	}
	if (utf8_valid(text, strlen(text)))
		assert_int_equal(bytes, strlen(text));
	return out;
}

static void
highlights_mark_what_was_meant_in_the_text_as_written(void **state)
{
	struct bench *bench = *state;

	PUT(bench, TRACK(1, "Кино", NULL, 1), TRACK(2, "Привет", NULL, 1),
	    TRACK(3, "Queen", NULL, 1), TRACK(4, "AC/DC", NULL, 1),
	    TRACK(5, "Ёлка", NULL, 1), TRACK(6, "Straße", NULL, 1),
	    TRACK(7, "Cafe\xCC\x81 Noir", NULL, 1));
	assert_string_equal(marked(bench, "кин", "Это Кино!"), "Это [Кин]о!");
	assert_string_equal(marked(bench, "kino", "Это Кино!"), "Это [Кино]!");
	assert_string_equal(marked(bench, "kin", "Это Кино!"), "Это [Кин]о!");
	assert_string_equal(marked(bench, "ghbd", "Привет всем"),
			    "[Прив]ет всем");
	assert_string_equal(marked(bench, "quene", "Queen II"), "[Queen] II");
	assert_string_equal(marked(bench, "acd", "AC/DC"), "[AC/D]C");
	assert_string_equal(marked(bench, "елк", "Ёлка"), "[Ёлк]а");
	assert_string_equal(marked(bench, "stras", "Straße"), "[Straß]e");
	assert_string_equal(marked(bench, "cafe", "Cafe\xCC\x81 Noir"),
			    "[Cafe\xCC\x81] Noir");
	assert_string_equal(marked(bench, "caf", "Cafe\xCC\x81 Noir"),
			    "[Caf]e\xCC\x81 Noir");
	assert_string_equal(marked(bench, "кино", "<Кино> & «Кино»"),
			    "<[Кино]> & «[Кино]»");
	assert_string_equal(marked(bench, "кино", ""), "");
	assert_string_equal(marked(bench, "кино", "\xFFКино"),
			    "\xEF\xBF\xBD[Кино]");
}

static void
suggestions_mix_kinds_and_repeat_nothing(void **state)
{
	struct bench *bench = *state;
	struct search_suggestions out;

	PUT(bench, ARTIST(7, "Queen", 100),
	    TRACK(1, "Queen of Hearts", "Juice Newton", 300),
	    TRACK(2, "Queen of Hearts", "Juice Newton", 200),
	    TRACK(3, "Dancing Queen", "ABBA", 900),
	    { .kind = SEARCH_ALBUM,
	      .id = 4,
	      .title = "Queen II",
	      .artist = "Queen",
	      .popularity = 50 });
	assert_int_equal(search_suggest(bench->index, &bench->arena, "queen", 8,
					&out, NULL),
			 STATUS_OK);
	assert_int_equal(out.count, 4);
	assert_int_equal(out.hits[0].kind, SEARCH_ARTIST);
	assert_string_equal(out.hits[0].title, "Queen");
	assert_int_equal(out.hits[1].id, 3);
	assert_int_equal(out.hits[2].id, 1);
	assert_string_equal(out.hits[3].title, "Queen II");
	assert_string_equal(out.hits[3].artist, "Queen");
	assert_int_equal(search_suggest(bench->index, &bench->arena, "queen", 2,
					&out, NULL),
			 STATUS_OK);
	assert_int_equal(out.count, 2);
}

static void
nothing_that_is_typed_is_an_error(void **state)
{
	static const char *const hostile[] = {
		"",
		" ",
		"\"",
		"\"\"\"",
		"'",
		"a\"b",
		"AND",
		"OR NOT NEAR",
		"NEAR(a b)",
		"*",
		"a*",
		"^a",
		"-a",
		"a:b",
		"{words}:x",
		"(",
		")",
		"a OR",
		"\\",
		"%",
		"_",
		";DROP TABLE state",
		"\x01\x02",
		"\xFF\xFE",
		"\xED\xA0\x80",
		"😀",
		"👩‍👩‍👧",
		"!!!",
		"???",
		"العربية",
		"שלום",
		"\xE2\x80\xAEzyx",
		"ｆｕｌｌ",
		"ﷺ",
		"a\xCC\x81\xCC\x81\xCC\x81",
	};
	struct bench *bench = *state;
	char *big = arena_alloc(&bench->arena, 10241);

	PUT(bench, TRACK(1, "AND \"quoted\" (title) NEAR*", NULL, 1),
	    TRACK(2, "!!!", NULL, 1), TRACK(3, "😀", NULL, 1),
	    TRACK(4, "العربية", NULL, 1));
	for (size_t i = 0; i < ARRAY_LENGTH(hostile); i++)
		ask(bench, hostile[i]);
	for (int fill = 1; fill < 256; fill++) {
		memset(big, fill, 10240);
		ask(bench, big);
	}
	for (size_t i = 0; i < 10240; i++)
		big[i] = i % 3 == 2 ? ' ' : "abcdefghijkl"[i % 12];
	ask(bench, big);
	assert_string_equal(tracks(bench, "and quoted near"), "1");
	assert_string_equal(tracks(bench, "!!!"), "2");
	assert_string_equal(tracks(bench, "😀"), "3");
	assert_string_equal(tracks(bench, "العربية"), "4");
}

static void
a_rebuild_swaps_all_at_once(void **state)
{
	struct bench *bench = *state;
	const struct search_document fresh[] = { TRACK(2, "Fresh", NULL, 1),
						 TRACK(3, "Fresher", NULL, 2) };
	struct search_rebuild *rebuild, *second = NULL;
	struct search_state now;

	PUT(bench, TRACK(1, "Stale", NULL, 1));
	assert_int_equal(search_rebuild_begin(bench->index, &rebuild, NULL),
			 STATUS_OK);
	assert_int_equal(search_rebuild_begin(bench->index, &second, NULL),
			 STATUS_CONFLICT);
	assert_int_equal(search_rebuild_add(rebuild, fresh, 2, NULL),
			 STATUS_OK);
	assert_string_equal(tracks(bench, "stale"), "1");
	assert_string_equal(tracks(bench, "fresh"), "");
	PUT(bench, TRACK(4, "Meanwhile", NULL, 1));
	assert_string_equal(tracks(bench, "meanwhile"), "4");
	assert_int_equal(search_rebuild_commit(rebuild, 77, NULL), STATUS_OK);
	assert_string_equal(tracks(bench, "stale"), "");
	assert_string_equal(tracks(bench, "fresh"), "2 3");
	assert_string_equal(tracks(bench, "frehs"), "3 2");
	assert_string_equal(tracks(bench, "fresger"), "3");
	assert_int_equal(search_get_state(bench->index, &now, NULL), STATUS_OK);
	assert_int_equal(now.watermark, 77);
	assert_false(now.is_new);
	assert_int_equal(now.documents[SEARCH_TRACK], 2);
	bench->watermark = 77;
	PUT(bench, TRACK(2, "Newest", NULL, 1));
	assert_string_equal(tracks(bench, "newest"), "2");
}

static void
an_aborted_rebuild_leaves_no_trace(void **state)
{
	struct bench *bench = *state;
	const struct search_document lost = TRACK(2, "Lost", NULL, 1);
	struct search_rebuild *rebuild;

	PUT(bench, TRACK(1, "Kept", NULL, 1));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			search_rebuild_begin(bench->index, &rebuild, NULL),
			STATUS_OK);
		assert_int_equal(search_rebuild_add(rebuild, &lost, 1, NULL),
				 STATUS_OK);
		search_rebuild_abort(rebuild);
	}
	assert_string_equal(tracks(bench, "kept"), "1");
	assert_string_equal(tracks(bench, "lost"), "");
}

static void
a_reset_index_is_empty_and_new(void **state)
{
	struct bench *bench = *state;
	struct search_state now;

	PUT(bench, TRACK(1, "Gone", NULL, 1));
	assert_int_equal(search_reset(bench->index, NULL), STATUS_OK);
	assert_string_equal(tracks(bench, "gone"), "");
	assert_int_equal(search_get_state(bench->index, &now, NULL), STATUS_OK);
	assert_true(now.is_new);
	assert_int_equal(now.watermark, 0);
	PUT(bench, TRACK(1, "Back", NULL, 1));
	assert_string_equal(tracks(bench, "back"), "1");
}

/* The same word with and without й, some with a slip, in two scripts: small
 * enough that every rank meets every other. */
static const char *const vocabulary[] = {
	"мой",	     "мои",	    "моя",	  "кино",     "киното",
	"кинотеатр", "группа",	    "групы",	  "крови",    "кровь",
	"звезда",    "звёзды",	    "чайка",	  "чаика",    "чайковский",
	"привет",    "приветик",    "любовь",	  "love",     "lovely",
	"lover",     "rock",	    "rocks",	  "rocket",   "queen",
	"queens",    "queer",	    "green",	  "kino",     "krovi",
	"hello",     "hallo",	    "hullo",	  "yellow",   "yello",
	"chaika",    "tchaikovsky", "metallica",  "metalica", "metal",
	"AC/DC",     "don't",	    "dont",	  "a",	      "i",
	"и",	     "1999",	    "2000",	  "симфония", "symphony",
	"simfonia",  "underground", "underworld", "さくら",   "東京",
	"Ωμέγα",     "omega",
};

/* So many of them are in use. */
static size_t vocabulary_used = ARRAY_LENGTH(vocabulary);

static unsigned
pick(unsigned *seed, size_t limit)
{
	return (unsigned)rand_r(seed) % (unsigned)limit;
}

static const char *
random_title(struct arena *arena, unsigned *seed)
{
	const char *title = "";
	unsigned words = 1 + pick(seed, 3);

	for (unsigned i = 0; i < words; i++)
		title = arena_print(
			arena, "%s%s%s", title, i > 0 ? " " : "",
			vocabulary[pick(seed, vocabulary_used)]);
	return title;
}

/* A query out of the same words: whole, begun, with a slip, on the other
 * layout, with odd signs. */
static const char *
random_query(struct arena *arena, unsigned *seed)
{
	static const char *const other[] = { "ghbdtn", "rbyj", "k.,jdm",
					     "руддщ",  "дщму", "vjq",
					     "pdtplf" };
	char *text = arena_copy_text(arena, random_title(arena, seed));
	size_t length = strlen(text);

	switch (pick(seed, 5)) {
	case 0:
		text[utf8_cut(text, length, pick(seed, length + 1))] = '\0';
		break;
	case 1: /* two neighbours changed over, ASCII only */
		if (length > 3) {
			size_t at = 1 + pick(seed, length - 2);
			char c = text[at];

			if ((unsigned char)c < 0x80 &&
			    (unsigned char)text[at + 1] < 0x80) {
				text[at] = text[at + 1];
				text[at + 1] = c;
			}
		}
		break;
	case 2: /* a letter left out */
		if (length > 4 && (unsigned char)text[3] < 0x80)
			memmove(text + 3, text + 4, length - 3);
		break;
	case 3:
		return arena_print(arena, "%s %s",
				   other[pick(seed, ARRAY_LENGTH(other))],
				   pick(seed, 2) ? text : "");
	default:
		break;
	}
	return text;
}

static int
hit_compare(const void *a, const void *b)
{
	const struct search_hit *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->step != y->step)
		return x->step < y->step ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

/* Of one rank and popularity the order is free; all else must be equal. */
static void
found_are_equal(const char *text, struct search_found *a,
		struct search_found *b)
{
	const struct search_hit *last;

	if (a->count != b->count || a->worst != b->worst ||
	    a->total != b->total)
		fail_msg("\"%s\": %zu of %u up to %d, by the rules %zu of %u "
			 "up to %d",
			 text, a->count, a->total, (int)a->worst, b->count,
			 b->total, (int)b->worst);
	if (a->count == 0)
		return;
	qsort(a->hits, a->count, sizeof *a->hits, hit_compare);
	qsort(b->hits, b->count, sizeof *b->hits, hit_compare);
	last = &a->hits[a->count - 1];
	for (size_t i = 0; i < a->count; i++) {
		if (a->total > a->count && a->hits[i].rank == last->rank &&
		    a->hits[i].step == last->step)
			break; /* the page cuts through equals */
		if (hit_compare(&a->hits[i], &b->hits[i]) != 0)
			fail_msg("\"%s\": hit %zu is %lld with rank %d, by "
				 "the rules %lld with rank %d",
				 text, i, (long long)a->hits[i].id,
				 (int)a->hits[i].rank, (long long)b->hits[i].id,
				 (int)b->hits[i].rank);
	}
}

/* One in eight is too large to be part of a row's number. */
static int64_t
random_id(unsigned *seed, int ids)
{
	int64_t id = 1 + pick(seed, (size_t)ids);

	return pick(seed, 8) ? id : id + (1 << 23);
}

static struct search_document *
random_documents(struct arena *arena, unsigned *seed, int ids, size_t count)
{
	static const char *const genres[] = { NULL, "Rock", "Pop", "Джаз" };
	struct search_document *many =
		arena_new(arena, struct search_document, count);

	for (size_t i = 0; i < count; i++)
		many[i] = (struct search_document){
			.kind = (enum search_kind)pick(seed, SEARCH_KINDS),
			.id = random_id(seed, ids),
			.title = random_title(arena, seed),
			.artist = pick(seed, 2) ? random_title(arena, seed)
						: NULL,
			.album = pick(seed, 3) ? NULL
					       : random_title(arena, seed),
			.genre = genres[pick(seed, 4)],
			.year = pick(seed, 3) ? 1990 + (int)pick(seed, 3) : 0,
			.artist_id = pick(seed, 3),
			.popularity = (double)(pick(seed, 6) * 100),
			.gone = pick(seed, 5) == 0,
		};
	return many;
}

static void
random_changes(struct bench *a, struct bench *b, unsigned *seed, int ids,
	       size_t count)
{
	const struct search_document *many =
		random_documents(&a->arena, seed, ids, count);

	put(a, many, count);
	put(b, many, count);
}

static void
rebuild_of(struct bench *bench, const struct search_document *documents,
	   size_t count)
{
	struct search_rebuild *rebuild;

	assert_int_equal(search_rebuild_begin(bench->index, &rebuild, NULL),
			 STATUS_OK);
	assert_int_equal(search_rebuild_add(rebuild, documents, count, NULL),
			 STATUS_OK);
	assert_int_equal(
		search_rebuild_commit(rebuild, bench->watermark, NULL),
		STATUS_OK);
}

/* Both anew, with a document for each of the first ids. */
static void
random_rebuild(struct bench *a, struct bench *b, unsigned *seed, int ids)
{
	struct search_document *many =
		random_documents(&a->arena, seed, ids, (size_t)ids);

	for (int i = 0; i < ids; i++) {
		many[i].id = i + 1;
		many[i].gone = false;
	}
	rebuild_of(a, many, (size_t)ids);
	rebuild_of(b, many, (size_t)ids);
}

static void
compare_query(struct bench *a, struct bench *b, unsigned *seed)
{
	struct search_query query = {
		.text = random_query(&a->arena, seed),
		.limit = 100,
		.count_up_to = 1000,
		.genre = pick(seed, 6) ? NULL : "rock",
		.year = pick(seed, 6) ? 0 : 1991,
		.artist_id = pick(seed, 6) ? 0 : 1,
	};
	struct search_answer x = ask_query(a, query);
	struct search_answer y = ask_query(b, query);

	for (int k = 0; k < SEARCH_KINDS; k++)
		found_are_equal(query.text, &x.found[k], &y.found[k]);
	if ((x.did_you_mean == NULL) != (y.did_you_mean == NULL))
		fail_msg("\"%s\": meant \"%s\", by the rules \"%s\"",
			 query.text, x.did_you_mean ? x.did_you_mean : "-",
			 y.did_you_mean ? y.did_you_mean : "-");
}

/* What is offered in place of a query finds something. */
static void
check_mean(struct bench *bench, unsigned *seed)
{
	const char *mean =
		ask(bench, random_query(&bench->arena, seed)).did_you_mean;
	struct search_answer answer;
	size_t count = 0;

	if (mean == NULL)
		return;
	answer = ask(bench, mean);
	for (int k = 0; k < SEARCH_KINDS; k++)
		count += answer.found[k].count;
	if (count == 0)
		fail_msg("\"%s\" finds nothing", mean);
}

/* `common`: documents that make a word common, see driver/search_fts5.h. */
static void
compare_run(int ids, int rounds, int queries, uint32_t common)
{
	struct bench index, rules;
	unsigned seed = 17 + (unsigned)ids;
	uint32_t common_before = fts5_common_least;

	fts5_common_least = common;

	bench_open(&index, &search_driver_fts5);
	bench_open(&rules, &search_driver_memory);
	for (int round = 0; round < rounds; round++) {
		random_changes(&index, &rules, &seed, ids, 40);
		for (int i = 0; i < queries; i++)
			compare_query(&index, &rules, &seed);
		check_mean(&index, &seed);
		if (round % 16 == 5)
			random_rebuild(&index, &rules, &seed, ids);
		if (round % 8 == 3)
			assert_int_equal(search_tidy(index.index, NULL),
					 STATUS_OK);
		arena_reset(&index.arena);
		arena_reset(&rules.arena);
	}
	bench_close(&index);
	bench_close(&rules);
	fts5_common_least = common_before;
}

static void
the_index_finds_what_the_rules_say_in_a_small_library(void **state)
{
	(void)state;
	compare_run(30, 30, 50, UINT32_MAX);
}

static void
the_index_finds_what_the_rules_say_where_much_is_found(void **state)
{
	(void)state;
	compare_run(1500, 20, 20, UINT32_MAX);
}

/* With every word common that two documents have, and with those of a few. */
static void
the_index_finds_what_the_rules_say_by_bitmaps(void **state)
{
	(void)state;
	compare_run(30, 10, 50, 2);
	compare_run(1500, 5, 20, 8);
	/* more than a page has any two of these words */
	vocabulary_used = 6;
	compare_run(2400, 5, 15, 8);
	vocabulary_used = ARRAY_LENGTH(vocabulary);
}

/* Of the index of tracks, as SQLite's table of them says. */
static int
segments_of_tracks(const struct bench *bench)
{
	sqlite3_stmt *row = NULL;
	sqlite3 *db = NULL;
	char path[80];
	int count;

	snprintf(path, sizeof path, "%s/search.db", bench->folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db,
					    "SELECT count(DISTINCT segid)"
					    " FROM fts_1_0_idx",
					    -1, &row, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	count = sqlite3_column_int(row, 0);
	sqlite3_finalize(row);
	sqlite3_close(db);
	return count;
}

static void
idle_times_merge_what_many_updates_left_in_parts(void **state)
{
	struct bench index, rules;
	int64_t merge_before = fts5_merge_least;
	unsigned seed = 3;

	(void)state;
	fts5_merge_least = 200;
	bench_open(&index, &search_driver_fts5);
	bench_open(&rules, &search_driver_memory);
	for (int i = 0; i < 30; i++)
		random_changes(&index, &rules, &seed, 200, 20);
	assert_true(segments_of_tracks(&index) > 1);
	for (int i = 0; i < 20 && segments_of_tracks(&index) > 1; i++) {
		assert_int_equal(search_tidy(index.index, NULL), STATUS_OK);
		compare_query(&index, &rules, &seed);
	}
	assert_int_equal(segments_of_tracks(&index), 1);
	for (int i = 0; i < 100; i++)
		compare_query(&index, &rules, &seed);
	bench_close(&index);
	bench_close(&rules);
	fts5_merge_least = merge_before;
}

static void
an_index_opened_again_knows_all_it_knew(void **state)
{
	struct bench bench;
	struct search_open_args args = { .folder = bench.folder };
	struct search_state now;

	(void)state;
	bench_open(&bench, &search_driver_fts5);
	PUT(&bench, TRACK(1, "Привет", NULL, 1), TRACK(2, "Queen", NULL, 1));
	search_close(bench.index);
	assert_int_equal(
		search_open(&search_driver_fts5, &args, &bench.index, NULL),
		STATUS_OK);
	assert_string_equal(tracks(&bench, "ghbdtn"), "1");
	assert_string_equal(tracks(&bench, "quuen"), "2");
	assert_int_equal(search_get_state(bench.index, &now, NULL), STATUS_OK);
	assert_int_equal(now.watermark, 1);
	bench_close(&bench);
}

static void
what_is_not_an_index_is_made_anew(void **state)
{
	static const char *const rubbish[] = { "", "this is no database",
					       NULL };
	char path[80];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rubbish); i++) {
		struct bench bench;
		struct search_open_args args = { .folder = bench.folder };
		struct search_state now;

		bench_open(&bench, &search_driver_fts5);
		PUT(&bench, TRACK(1, "Old", NULL, 1));
		search_close(bench.index);
		snprintf(path, sizeof path, "%s/search.db", bench.folder);
		if (rubbish[i] != NULL)
			assert_int_equal(file_write(path, span_of(rubbish[i]),
						    0600, NULL),
					 STATUS_OK);
		else
			assert_int_equal(truncate(path, 5000), 0);
		assert_int_equal(search_open(&search_driver_fts5, &args,
					     &bench.index, NULL),
				 STATUS_OK);
		assert_int_equal(search_get_state(bench.index, &now, NULL),
				 STATUS_OK);
		assert_true(now.is_new);
		bench.watermark = 0;
		PUT(&bench, TRACK(1, "New", NULL, 1));
		assert_string_equal(tracks(&bench, "new"), "1");
		bench_close(&bench);
	}
}

/* Another process is another open index on the same folder. */
static void
what_another_process_adds_is_found_at_once(void **state)
{
	struct bench one, other = { .driver = &search_driver_fts5 };
	struct search_open_args args = { .folder = one.folder };
	const struct search_document swap = TRACK(9, "Aerosmith", NULL, 1);
	struct search_rebuild *rebuild;

	(void)state;
	bench_open(&one, &search_driver_fts5);
	arena_init(&other.arena);
	assert_int_equal(search_open(other.driver, &args, &other.index, NULL),
			 STATUS_OK);
	for (int i = 0; i < 50; i++) {
		struct bench *from = i % 2 ? &one : &other;
		struct bench *to = i % 2 ? &other : &one;
		const char *word = arena_print(&one.arena, "wordy%c%czz",
					       'a' + i / 26, 'a' + i % 26);

		from->watermark = (uint64_t)i;
		PUT(from, TRACK(i + 1, word, NULL, 1));
		assert_int_equal(strtol(tracks(to, word), NULL, 10), i + 1);
		assert_int_equal(first_rank(to, word), SEARCH_TITLE);
		/* the dictionary has it too */
		word = arena_print(&one.arena, "wordy%c%czx", 'a' + i / 26,
				   'a' + i % 26);
		assert_true(ask(to, word).found[SEARCH_TRACK].count > 0);
	}
	assert_int_equal(search_rebuild_begin(one.index, &rebuild, NULL),
			 STATUS_OK);
	assert_int_equal(search_rebuild_add(rebuild, &swap, 1, NULL),
			 STATUS_OK);
	assert_int_equal(search_rebuild_commit(rebuild, 100, NULL), STATUS_OK);
	assert_string_equal(tracks(&other, "aerosmiht"), "9");
	assert_string_equal(tracks(&other, "wordy"), "");
	search_close(other.index);
	arena_release(&other.arena);
	bench_close(&one);
}

struct crowd {
	struct search_index *index;
	int stop;
	int queries;
};

static void *
crowd_ask(void *cookie)
{
	static const char *const texts[] = { "кино", "rbyj",	"metalica",
					     "l",    "love ro", "tchaikovski" };
	struct crowd *crowd = cookie;
	struct arena arena;
	int count = 0;

	arena_init(&arena);
	while (!__atomic_load_n(&crowd->stop, __ATOMIC_ACQUIRE)) {
		struct search_query query = { .text = texts[count++ % 6],
					      .limit = 20,
					      .count_up_to = 1000 };
		struct search_answer answer;

		if (search_run(crowd->index, &arena, &query, &answer, NULL) !=
		    STATUS_OK)
			break;
		arena_reset(&arena);
		__atomic_add_fetch(&crowd->queries, 1, __ATOMIC_RELAXED);
	}
	arena_release(&arena);
	return NULL;
}

static void
readers_go_on_while_updates_rebuilds_and_tidying_happen(void **state)
{
	struct bench bench, shadow;
	struct crowd crowd = { 0 };
	pthread_t threads[3];
	unsigned seed = 5;

	(void)state;
	bench_open(&bench, &search_driver_fts5);
	bench_open(&shadow, &search_driver_memory);
	crowd.index = bench.index;
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, crowd_ask, &crowd),
			0);
	for (int round = 0; round < 30; round++) {
		struct search_rebuild *rebuild;
		const struct search_document one = TRACK(1, "Кино", NULL, 1);

		random_changes(&bench, &shadow, &seed, 500, 60);
		if (round % 10 != 5)
			continue;
		assert_int_equal(
			search_rebuild_begin(bench.index, &rebuild, NULL),
			STATUS_OK);
		assert_int_equal(search_rebuild_add(rebuild, &one, 1, NULL),
				 STATUS_OK);
		assert_int_equal(
			search_rebuild_commit(rebuild, bench.watermark, NULL),
			STATUS_OK);
		assert_int_equal(search_tidy(bench.index, NULL), STATUS_OK);
	}
	__atomic_store_n(&crowd.stop, 1, __ATOMIC_RELEASE);
	for (size_t i = 0; i < ARRAY_LENGTH(threads); i++)
		pthread_join(threads[i], NULL);
	assert_true(crowd.queries > 0);
	bench_close(&shadow);
	bench_close(&bench);
}

/* Writes batches until it is killed; each batch is ten tracks with one word. */
static void
write_until_killed(const char *folder)
{
	struct search_open_args args = { .folder = folder };
	struct search_document batch[10];
	struct search_index *index;
	char title[10][32];

	if (search_open(&search_driver_fts5, &args, &index, NULL) != STATUS_OK)
		_exit(1);
	for (int round = 1;; round++) {
		for (int i = 0; i < 10; i++) {
			snprintf(title[i], sizeof title[i], "same batch%d x%d",
				 round, i);
			batch[i] = (struct search_document)TRACK(
				i + 1 + 10 * (round % 7), title[i], NULL, i);
		}
		if (search_update(index, batch, 10, 0, (uint64_t)round, NULL) !=
		    STATUS_OK)
			_exit(1);
	}
}

static void
a_process_killed_while_writing_leaves_whole_batches(void **state)
{
	struct bench bench;
	struct search_open_args args = { .folder = bench.folder };

	(void)state;
	bench_open(&bench, &search_driver_fts5);
	search_close(bench.index);
	for (int round = 0; round < 8; round++) {
		struct search_state now;
		struct search_answer answer;
		pid_t child = fork();

		if (child == 0)
			write_until_killed(bench.folder);
		usleep(20000 + (unsigned)round * 7001);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		assert_int_equal(search_open(&search_driver_fts5, &args,
					     &bench.index, NULL),
				 STATUS_OK);
		assert_int_equal(search_get_state(bench.index, &now, NULL),
				 STATUS_OK);
		answer = ask(&bench, "same");
		assert_int_equal(answer.found[SEARCH_TRACK].total % 10, 0);
		assert_int_equal(answer.found[SEARCH_TRACK].total,
				 now.documents[SEARCH_TRACK]);
		if (now.watermark > 0)
			assert_int_equal(
				ask(&bench,
				    arena_print(&bench.arena, "same batch%d",
						(int)now.watermark))
						.found[SEARCH_TRACK]
						.total %
					10,
				0);
		assert_int_equal(search_reset(bench.index, NULL), STATUS_OK);
		search_close(bench.index);
	}
	assert_int_equal(
		search_open(&search_driver_fts5, &args, &bench.index, NULL),
		STATUS_OK);
	bench_close(&bench);
}

#define OVER(name, driver)                                                     \
	{                                                                      \
#name "_in_" #driver, name, bench_setup, bench_teardown,       \
			(void *)(uintptr_t)&search_driver_##driver             \
	}
#define OVER_ALL(name) OVER(name, memory), OVER(name, fts5)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_ALL(a_new_index_is_empty_and_says_so),
		OVER_ALL(a_change_is_found_by_the_next_query),
		OVER_ALL(an_answer_outlives_what_it_was_found_in),
		OVER_ALL(ids_may_be_of_any_size),
		OVER_ALL(words_of_two_scripts_find_what_has_both),
		OVER_ALL(of_two_documents_with_one_id_the_later_counts),
		OVER_ALL(an_update_older_than_the_index_does_nothing),
		OVER_ALL(an_update_that_would_leave_a_gap_is_refused),
		OVER_ALL(all_words_must_be_there_and_the_last_may_be_begun),
		OVER_ALL(case_accents_and_yo_do_not_count),
		OVER_ALL(short_i_is_found_by_i_a_rank_below_exact),
		OVER_ALL(
			words_of_five_letters_forgive_one_slip_and_of_nine_two),
		OVER_ALL(a_slip_in_the_first_letter_counts_twice),
		OVER_ALL(a_begun_word_forgives_slips_too),
		OVER_ALL(numbers_forgive_nothing),
		OVER_ALL(the_wrong_keyboard_layout_is_understood_both_ways),
		OVER_ALL(
			what_is_typed_in_the_wrong_layout_is_offered_in_the_right_one),
		OVER_ALL(names_are_found_by_their_sound_in_another_script),
		OVER_ALL(ranks_come_before_popularity),
		OVER_ALL(of_one_rank_the_more_popular_come_first),
		OVER_ALL(fallbacks_are_asked_only_while_there_is_not_enough),
		OVER_ALL(kinds_are_answered_by_themselves),
		OVER_ALL(filters_narrow_what_is_found),
		OVER_ALL(facets_count_what_was_found),
		OVER_ALL(
			totals_are_exact_up_to_the_bound_and_then_a_lower_bound),
		OVER_ALL(highlights_mark_what_was_meant_in_the_text_as_written),
		OVER_ALL(suggestions_mix_kinds_and_repeat_nothing),
		OVER_ALL(nothing_that_is_typed_is_an_error),
		OVER_ALL(a_rebuild_swaps_all_at_once),
		OVER_ALL(an_aborted_rebuild_leaves_no_trace),
		OVER_ALL(a_reset_index_is_empty_and_new),
		cmocka_unit_test(
			the_index_finds_what_the_rules_say_in_a_small_library),
		cmocka_unit_test(
			the_index_finds_what_the_rules_say_where_much_is_found),
		cmocka_unit_test(the_index_finds_what_the_rules_say_by_bitmaps),
		cmocka_unit_test(
			idle_times_merge_what_many_updates_left_in_parts),
		cmocka_unit_test(an_index_opened_again_knows_all_it_knew),
		cmocka_unit_test(what_is_not_an_index_is_made_anew),
		cmocka_unit_test(what_another_process_adds_is_found_at_once),
		cmocka_unit_test(
			readers_go_on_while_updates_rebuilds_and_tidying_happen),
		cmocka_unit_test(
			a_process_killed_while_writing_leaves_whole_batches),
	};

	if (SANITIZED_THREADS) /* all else is one thread's */
		cmocka_set_test_filter("readers_go_on*");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
