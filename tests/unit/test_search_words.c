/* test_search_words.c - what search compares: words, keyboards, sounds and
 * slips of the finger. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "driver/search_distance.h"
#include "driver/search_layout.h"
#include "driver/search_plan.h"
#include "driver/search_terms.h"
#include "driver/search_translit.h"
#include "driver/search_words.h"

static struct arena arena;

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

/* The words with blanks between. */
static const char *
words_of(const char *text, enum search_words_for side)
{
	struct search_words words = { 0 };
	const char *all = "";

	search_words_add(&arena, span_of(text), side, &words);
	for (size_t i = 0; i < words.count; i++)
		all = arena_print(&arena, "%s%s%s", all, i > 0 ? " " : "",
				  words.at[i].text);
	return all;
}

static void
a_document_has_its_words_and_those_joined_by_signs(void **state)
{
	static const char *const rows[][2] = {
		{ "Группа крови", "группа крови" },
		{ "AC/DC", "ac dc acdc" },
		{ "Don't Stop", "don t dont stop" },
		{ "R.E.M.", "r e m rem" },
		{ "Rock'n'Roll-Star", "rock n roll star rocknroll "
				      "rocknrollstar" },
		{ "東京", "東 京 東京" },
		{ "Ёлка — Зефир", "елка зефир" },
		{ "½ Way", "1 2 12 way" },
		{ "P!nk", "p nk pnk" },
		{ "!!!", "!!!" },
		{ "? (Mystery)", "mystery" },
		{ " \t ", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_string_equal(
			words_of(rows[i][0], SEARCH_WORDS_OF_DOCUMENT),
			rows[i][1]);
}

static void
a_query_joins_at_apostrophes_only(void **state)
{
	(void)state;
	assert_string_equal(words_of("don’t", SEARCH_WORDS_OF_QUERY), "dont");
	assert_string_equal(words_of("ac/dc", SEARCH_WORDS_OF_QUERY), "ac dc");
	assert_string_equal(words_of("rock'n'roll-star", SEARCH_WORDS_OF_QUERY),
			    "rocknroll star");
	assert_string_equal(words_of("東京", SEARCH_WORDS_OF_QUERY), "東 京");
}

static void
every_word_knows_where_it_stands(void **state)
{
	const char *text = "Ёлка: AC/DC";
	struct search_words words = { 0 };

	(void)state;
	search_words_add(&arena, span_of(text), SEARCH_WORDS_OF_DOCUMENT,
			 &words);
	assert_int_equal(words.count, 4);
	assert_int_equal(words.at[0].start, 0);
	assert_int_equal(words.at[0].end, 8);
	assert_memory_equal(text + words.at[2].start, "DC", 2);
	assert_memory_equal(text + words.at[3].start, "AC/DC", 5);
	assert_int_equal(words.at[3].end, strlen(text));
}

static void
long_words_and_long_texts_are_cut(void **state)
{
	struct search_words words = { 0 };
	char *text = arena_alloc(&arena, 40001);

	(void)state;
	memset(text, 'x', 40000);
	search_words_add(&arena, span_of(text), SEARCH_WORDS_OF_DOCUMENT,
			 &words);
	assert_int_equal(words.count, 1);
	assert_int_equal(words.at[0].letters, SEARCH_WORD_LETTERS_MAX);
	for (size_t i = 0; i < 40000; i += 2)
		text[i] = ' ';
	words.count = 0;
	search_words_add(&arena, span_of(text), SEARCH_WORDS_OF_DOCUMENT,
			 &words);
	assert_int_equal(words.count, SEARCH_TEXT_WORDS_MAX);
}

static const char *
loose_of(const char *word)
{
	char *out = arena_alloc(&arena, strlen(word) + 1);

	search_word_loosen(word, strlen(word), out);
	return out;
}

static void
short_i_is_loosely_i(void **state)
{
	(void)state;
	assert_string_equal(loose_of("мой"), "мои");
	assert_string_equal(loose_of("їжа"), "іжа");
	assert_string_equal(loose_of("rock"), "rock");
}

static void
titles_are_equal_by_their_words(void **state)
{
	(void)state;
	assert_true(search_title_hash(&arena, SPAN("Ёлка!")) ==
		    search_title_hash(&arena, SPAN("елка")));
	assert_true(search_title_hash(&arena, SPAN("ab c")) !=
		    search_title_hash(&arena, SPAN("a bc")));
	assert_true(search_title_hash(&arena, SPAN("")) == 0);
}

static void
the_other_keyboard_layout_is_read_both_ways(void **state)
{
	static const char *const rows[][2] = {
		{ "ghbdtn", "привет" },	  { "Ghbdtn", "Привет" },
		{ "GHBDTN", "ПРИВЕТ" },	  { "руддщ", "hello" },
		{ "[jhjij", "хорошо" },	  { "'[j", "эхо" },
		{ "k.,jdm", "любовь" },	  { "`krf", "ёлка" },
		{ "gj]tplf", "поъезда" }, { ";bpym", "жизнь" },
		{ "юбэ", ".,'" },	  { "{jh", "Хор" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		assert_string_equal(
			search_layout_other(&arena, span_of(rows[i][0])),
			rows[i][1]);
	assert_null(search_layout_other(&arena, SPAN("kinо"))); /* mixed */
	assert_null(search_layout_other(&arena, SPAN("1999")));
}

static const char *
key_of(const char *word)
{
	char *key = arena_alloc(&arena, SEARCH_KEY_BYTES);

	search_translit_key(word, strlen(word), key);
	return key;
}

static void
spellings_of_one_name_have_one_key(void **state)
{
	static const char *const same[][5] = {
		{ "кино", "kino" },
		{ "чайковский", "tchaikovsky", "chaikovskii", "tschaikowsky",
		  "chaykovskiy" },
		{ "рахманинов", "rakhmaninov", "rahmaninoff" },
		{ "шостакович", "shostakovich", "schostakowitsch" },
		{ "прокофьев", "prokofiev", "prokofieff", "prokofev" },
		{ "цой", "tsoi", "tsoy", "tzoi" },
		{ "елка", "yolka", "elka" },
		{ "юлия", "yulia", "julia", "yuliya" },
		{ "щукин", "shchukin", "schukin" },
		{ "высоцкий", "vysotsky", "visotskii" },
		{ "аквариум", "akvarium", "aquarium" },
		{ "μικης", "mikis" },
		{ "θεοδωρακης", "theodorakis" },
		{ "βαγγελης", "vangelis" },
		{ "ქართული", "kartuli" },
		{ "さくら", "sakura" },
		{ "サクラ", "sakura", "さくら" },
		{ "周", "zhou" },
		{ "방탄", "bangtan" },
		{ "røyksopp", "royksopp" },
		{ "київ", "kiiv" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(same); i++) {
		for (size_t k = 1; k < 5 && same[i][k] != NULL; k++)
			assert_string_equal(key_of(same[i][k]),
					    key_of(same[i][0]));
	}
	assert_string_not_equal(key_of("кино"), key_of("вино"));
	assert_string_equal(key_of("1999"), "1999");
	assert_string_equal(key_of("★"), "");
}

static size_t
begun(const char *word, const char *key)
{
	return search_translit_begun(word, strlen(word), key, strlen(key));
}

static void
the_beginning_that_sounds_so_is_the_shortest(void **state)
{
	(void)state;
	assert_int_equal(begun("киномания", "kin"), strlen("кин"));
	assert_int_equal(begun("щека", "sh"), strlen("щ"));
	assert_int_equal(begun("roper", "rop"), 3);
	assert_int_equal(begun("bitter", "bite"), strlen("bitte"));
	assert_int_equal(begun("chaika", "ch"), 2);
	assert_int_equal(begun("кино", "kinos"), strlen("кино"));
	assert_int_equal(begun("さくら", "sa"), strlen("さくら"));
}

/* The definition itself, without a table: the cheapest way to make the words
 * equal, letter by letter. */
static unsigned
distance_by_definition(const uint32_t *a, size_t i, size_t a_count,
		       const uint32_t *b, size_t j, size_t b_count)
{
	unsigned best = 99, here;

	if (i == a_count && j == b_count)
		return 0;
	if (i < a_count) {
		here = (i == 0 ? 2 : 1) +
		       distance_by_definition(a, i + 1, a_count, b, j, b_count);
		best = here < best ? here : best;
	}
	if (j < b_count) {
		here = (j == 0 ? 2 : 1) +
		       distance_by_definition(a, i, a_count, b, j + 1, b_count);
		best = here < best ? here : best;
	}
	if (i < a_count && j < b_count) {
		here = (a[i] == b[j]	   ? 0
			: i == 0 || j == 0 ? 2
					   : 1) +
		       distance_by_definition(a, i + 1, a_count, b, j + 1,
					      b_count);
		best = here < best ? here : best;
	}
	if (i + 1 < a_count && j + 1 < b_count && a[i] == b[j + 1] &&
	    a[i + 1] == b[j]) {
		here = (i == 0 || j == 0 ? 2 : 1) +
		       distance_by_definition(a, i + 2, a_count, b, j + 2,
					      b_count);
		best = here < best ? here : best;
	}
	return best;
}

static void
distances_are_those_of_the_definition(void **state)
{
	unsigned seed = 3;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		uint32_t a[5], b[5];
		size_t a_count = (unsigned)rand_r(&seed) % 6;
		size_t b_count = (unsigned)rand_r(&seed) % 6;
		unsigned whole, begun = 99;
		uint8_t got;

		for (size_t i = 0; i < 5; i++) {
			a[i] = 'a' + (unsigned)rand_r(&seed) % 3;
			b[i] = 'a' + (unsigned)rand_r(&seed) % 3;
		}
		whole = distance_by_definition(a, 0, a_count, b, 0, b_count);
		for (size_t j = 0; j <= b_count; j++) {
			unsigned here =
				distance_by_definition(a, 0, a_count, b, 0, j);

			begun = here < begun ? here : begun;
		}
		got = search_distance(a, a_count, b, b_count, false, NULL);
		assert_int_equal(got > 2 ? 3 : got, whole > 2 ? 3 : whole);
		got = search_distance(a, a_count, b, b_count, true, NULL);
		assert_int_equal(got > 2 ? 3 : got, begun > 2 ? 3 : begun);
	}
}

/* Words of two to seven letters out of few. */
static struct term_run *
run_make(size_t count, unsigned *seed)
{
	static const char *const letters[] = { "a", "b", "c", "d", "и", "й" };
	struct term_input *inputs = arena_new(&arena, struct term_input, count);

	for (size_t i = 0; i < count; i++) {
		const char *word = "";
		int length = 2 + rand_r(seed) % 6;

		for (int k = 0; k < length; k++)
			word = arena_print(&arena, "%s%s", word,
					   letters[rand_r(seed) % 6]);
		inputs[i] = (struct term_input){
			.text = word,
			.length_bytes = (uint16_t)strlen(word),
			.kinds = 1,
			.documents = 1 + (uint32_t)rand_r(seed) % 50,
		};
	}
	return term_run_new(inputs, count);
}

static struct term_set *
terms_make(size_t count, unsigned *seed)
{
	return term_set_new(run_make(count, seed));
}

static bool
matches_have(const struct term_matches *matches, const struct term_match *one)
{
	for (size_t i = 0; i < matches->count; i++) {
		const struct term_match *at = &matches->at[i];

		if (at->length_bytes == one->length_bytes &&
		    memcmp(at->text, one->text, one->length_bytes) == 0)
			return at->distance == one->distance;
	}
	return false;
}

/* The walk that passes over words finds what looking at each of them finds. */
static void
near_words_are_all_found_and_no_others(void **state)
{
	unsigned seed = 11;
	struct term_set *set = terms_make(700, &seed);

	(void)state;
	for (int round = 0; round < 300; round++) {
		struct term_matches all = { .arena = &arena, .kinds = 1 };
		struct term_matches near = { .arena = &arena, .kinds = 1 };
		uint32_t typed[SEARCH_WORD_LETTERS_MAX];
		uint32_t word[SEARCH_WORD_LETTERS_MAX];
		uint8_t edits = (uint8_t)(1 + round % 2);
		const char *text;
		size_t count, found = 0;

		term_list_prefix(set, "", 0, 1000, &all);
		text = all.at[(size_t)rand_r(&seed) % all.count].text;
		text = arena_print(&arena, "%.*s%s", 2 + rand_r(&seed) % 6,
				   text, round % 3 ? "bиca" : "");
		text = arena_copy_bytes(&arena, text,
					utf8_cut(text, strlen(text), 9));
		count = search_letters_of(text, strlen(text), typed);
		term_list_typo(set, text, strlen(text), edits, false, &near);
		for (size_t i = 0; i < all.count; i++) {
			struct term_match *one = &all.at[i];
			size_t letters = search_letters_of(
				one->text, one->length_bytes, word);

			one->distance = search_distance(typed, count, word,
							letters, false, NULL);
			if (one->distance > edits)
				continue;
			assert_true(matches_have(&near, one));
			found++;
		}
		assert_int_equal(near.count, found);
	}
	term_set_drop(set);
}

static bool
match_stands_for(const struct term_match *match, const struct term_match *word)
{
	return (match->prefix ? word->length_bytes >= match->length_bytes
			      : word->length_bytes == match->length_bytes) &&
	       memcmp(word->text, match->text, match->length_bytes) == 0;
}

static bool
matches_stand_for(const struct term_matches *matches,
		  const struct term_match *word)
{
	for (size_t i = 0; i < matches->count; i++) {
		if (match_stands_for(&matches->at[i], word))
			return true;
	}
	return false;
}

/* In a dictionary of three runs. Words that are keys themselves, words of
 * another script and Latin words with other keys begin alike. */
static void
beginnings_stand_for_what_sounds_so_and_nothing_else(void **state)
{
	static const char *const keys[] = { "a", "b",  "i",  "k",   "ba", "ak",
					    "i", "ii", "bi", "kab", "d",  "x" };
	unsigned seed = 23;
	struct term_set *set = terms_make(300, &seed);
	size_t beginnings = 0;

	(void)state;
	for (size_t words = 90; words > 5; words /= 5) {
		struct term_set *more =
			term_set_add(set, run_make(words, &seed));

		term_set_drop(set);
		set = more;
	}
	for (size_t k = 0; k < ARRAY_LENGTH(keys); k++) {
		struct term_matches all = { .arena = &arena, .kinds = 1 };
		struct term_matches one = { .arena = &arena, .kinds = 1 };
		struct term_matches begun = { .arena = &arena, .kinds = 1 };
		size_t length = strlen(keys[k]);

		term_list_prefix(set, "", 0, 1000, &all);
		term_list_key(set, keys[k], length, true, &one);
		term_list_key_begun(set, keys[k], length, 3, &begun);
		assert_true(begun.count <= one.count);
		for (size_t i = 0; i < all.count; i++)
			assert_int_equal(matches_stand_for(&one, &all.at[i]),
					 matches_stand_for(&begun, &all.at[i]));
		for (size_t i = 0; i < begun.count; i++)
			beginnings += begun.at[i].prefix;
	}
	assert_true(beginnings > 20);
	term_set_drop(set);
}

static void
of_many_matches_the_best_are_kept_in_order(void **state)
{
	unsigned seed = 5;
	struct term_set *set = terms_make(900, &seed);

	(void)state;
	for (size_t most = 1; most <= 900; most += most < 8 ? 1 : 97) {
		struct term_matches all = { .arena = &arena, .kinds = 1 };
		struct term_matches best = { .arena = &arena, .kinds = 1 };

		term_list_prefix(set, "", 0, 1000, &all);
		term_list_prefix(set, "", 0, 1000, &best);
		term_matches_finish(&all, SIZE_MAX);
		term_matches_finish(&best, most);
		assert_int_equal(best.count,
				 most < all.count ? most : all.count);
		for (size_t i = 0; i < best.count; i++)
			assert_ptr_equal(best.at[i].text, all.at[i].text);
		for (size_t i = 1; i < all.count; i++)
			assert_true(all.at[i - 1].documents >=
				    all.at[i].documents);
	}
	term_set_drop(set);
}

static void
longer_words_forgive_more(void **state)
{
	(void)state;
	assert_int_equal(search_edits_allowed(4), 0);
	assert_int_equal(search_edits_allowed(5), 1);
	assert_int_equal(search_edits_allowed(8), 1);
	assert_int_equal(search_edits_allowed(9), 2);
}

static void
a_query_is_pieces_with_two_readings(void **state)
{
	struct search_plan plan;

	(void)state;
	search_plan_make(&arena, "  Кино - uheggf \n", &plan);
	assert_int_equal(plan.piece_count, 2);
	assert_string_equal(plan.pieces[0].typed.words[0].text, "кино");
	assert_string_equal(plan.pieces[0].other_layout.words[0].text, "rbyj");
	assert_string_equal(plan.pieces[1].other_layout.words[0].text,
			    "группа");
	assert_false(plan.pieces[0].typed.words[0].prefix);
	assert_true(plan.pieces[1].typed.words[0].prefix);
	assert_true(plan.pieces[1].other_layout.words[0].prefix);
}

static void
a_query_of_any_size_has_a_bounded_plan(void **state)
{
	char *text = arena_alloc(&arena, 100001);
	struct search_plan plan;

	(void)state;
	for (size_t i = 0; i < 100000; i++)
		text[i] = i % 2 ? ' ' : 'a';
	search_plan_make(&arena, text, &plan);
	assert_int_equal(plan.piece_count, SEARCH_QUERY_WORDS_MAX);
	memset(text, 0xD0, 100000);
	search_plan_make(&arena, text, &plan);
	assert_true(plan.word_count <= 2 * SEARCH_QUERY_WORDS_MAX);
	search_plan_make(&arena, "", &plan);
	assert_int_equal(plan.piece_count, 0);
	search_plan_make(&arena, "!!! ???", &plan);
	assert_int_equal(plan.piece_count, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_document_has_its_words_and_those_joined_by_signs),
		cmocka_unit_test(a_query_joins_at_apostrophes_only),
		cmocka_unit_test(every_word_knows_where_it_stands),
		cmocka_unit_test(long_words_and_long_texts_are_cut),
		cmocka_unit_test(short_i_is_loosely_i),
		cmocka_unit_test(titles_are_equal_by_their_words),
		cmocka_unit_test(the_other_keyboard_layout_is_read_both_ways),
		cmocka_unit_test(spellings_of_one_name_have_one_key),
		cmocka_unit_test(the_beginning_that_sounds_so_is_the_shortest),
		cmocka_unit_test(distances_are_those_of_the_definition),
		cmocka_unit_test(near_words_are_all_found_and_no_others),
		cmocka_unit_test(
			beginnings_stand_for_what_sounds_so_and_nothing_else),
		cmocka_unit_test(of_many_matches_the_best_are_kept_in_order),
		cmocka_unit_test(longer_words_forgive_more),
		cmocka_unit_test(a_query_is_pieces_with_two_readings),
		cmocka_unit_test(a_query_of_any_size_has_a_bounded_plan),
	};

	return cmocka_run_group_tests_name("search words", tests, arena_open,
					   arena_close);
}
