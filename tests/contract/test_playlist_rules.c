/* test_playlist_rules.c - what rules find, on both stores, and what of them is
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "library/playlist_rules.h"
#include "library/taste.h"
#include "library/users.h"
#include "tests/support/music.h"

#define DAY_MS INT64_C(86400000)

/* One track of the shelf, by its letter. */
static const struct {
	const char *title, *artist, *album, *genre, *codec, *composer;
	int32_t year;
	int64_t seconds;
	double tempo;
	int64_t added_days_ago, plays, played_days_ago;
	int rating;
	bool favorite;
} shelf[] = {
	/* a */ { "Mustapha", "Queen", "Jazz", "Rock", "flac", NULL, 1978, 180,
		  120, 400, 12, 3, 5, true },
	/* b */
	{ "Jealousy", "Queen", "Jazz", "Rock", "mp3", NULL, 1978, 190, 80, 300,
	  1, 60, 2, false },
	/* c */
	{ "Группа крови", "Кино", "Группа крови", "Рок", "mp3", NULL, 1988, 285,
	  130, 20, 4, 10, 0, true },
	/* d */
	{ "Звезда по имени Солнце", "КИНО", "Звезда", "Рок", "flac", NULL, 1989,
	  225, 0, 10, 0, 0, 0, false },
	/* e */
	{ "Ёлка (100% [mix] *)", "Аквариум", "Разное", "Pop", "opus", "Бах", 0,
	  61, 90, 5, 0, 0, 3, false },
	/* f */
	{ "Déjà Vu", "Beyoncé", "B'Day", "R&B", "aac", "J. S. Bach", 2006, 240,
	  106, 1, 2, 400, 0, false },
};
#define TRACKS (sizeof shelf / sizeof shelf[0])

struct desk {
	struct music music;
	int64_t ada, bob;
	int64_t tracks[TRACKS];
};

static enum status
user_tracks(struct desk *desk, struct store_session *session, size_t i,
	    struct fault *fault)
{
	int64_t now = clock_now_ms();
	enum status status = sql_exec(
		session,
		"update tracks set tempo = nullif($1, 0), created_at = $2, "
		"play_count = $3 where id = $4",
		SQL_ARGS(SQL_DOUBLE(shelf[i].tempo),
			 SQL_INT(now - shelf[i].added_days_ago * DAY_MS),
			 SQL_INT(10 * shelf[i].plays),
			 SQL_INT(desk->tracks[i])),
		NULL, fault);

	if (status == STATUS_OK && shelf[i].plays > 0)
		status = sql_exec(
			session,
			"insert into user_tracks (user_id, track_id, plays, "
			"last_played_at) values ($1, $2, $3, $4)",
			SQL_ARGS(SQL_INT(desk->ada), SQL_INT(desk->tracks[i]),
				 SQL_INT(shelf[i].plays),
				 SQL_INT(now -
					 shelf[i].played_days_ago * DAY_MS)),
			NULL, fault);
	if (status == STATUS_OK)
		status = ratings_set(session, desk->ada, TASTE_TRACK,
				     desk->tracks[i], shelf[i].rating, fault);
	if (status == STATUS_OK && shelf[i].favorite)
		status = favorites_add(session, desk->ada, TASTE_TRACK,
				       desk->tracks[i], fault);
	return status;
}

static enum status
fill_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct desk *desk = cookie;
	enum status status = users_add(
		session,
		&(struct user_draft){ .username = "ada", .role = "user" },
		&desk->ada, fault);

	if (status == STATUS_OK)
		status = users_add(session,
				   &(struct user_draft){ .username = "bob",
							 .role = "user" },
				   &desk->bob, fault);
	for (size_t i = 0; i < TRACKS && status == STATUS_OK; i++)
		status = user_tracks(desk, session, i, fault);
	return status;
}

static struct desk desks[2]; /* one for each store: rules change nothing */

static struct desk *
desk_on(const char *driver)
{
	struct desk *desk = &desks[strcmp(driver, "sqlite") != 0];
	struct fault fault = { 0 };

	if (desk->music.store != NULL) {
		arena_reset(&desk->music.arena);
		return desk;
	}
	music_open(&desk->music, driver);
	for (size_t i = 0; i < TRACKS; i++) {
		char path[32];
		struct music_file file;

		snprintf(path, sizeof path, "%zu/%zu.x", i, i);
		file = music_file(&desk->music, path);
		music_tag(&file, shelf[i].title, shelf[i].artist,
			  shelf[i].album, shelf[i].genre);
		if (shelf[i].composer != NULL)
			music_artist(&file, shelf[i].composer, CREDIT_COMPOSER);
		file.media.year = shelf[i].year;
		file.media.duration_ms = 1000 * shelf[i].seconds;
		file.media.codec = shelf[i].codec;
		file.media.bitrate_bps = i == 1 ? 128000 : 900000;
		desk->tracks[i] = music_save(&desk->music, &file).track_id;
	}
	if (store_write(desk->music.store, fill_work, desk, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	return desk;
}

static int
close_desks(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		if (desks[i].music.store != NULL)
			music_close(&desks[i].music);
	}
	return 0;
}

struct question {
	struct desk *desk;
	const struct playlist_rules *rules;
	struct rules_asked asked;
	struct rules_found found;
};

static enum status
run_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct question *question = cookie;

	return playlist_rules_run(session, question->rules, &question->asked,
				  &question->desk->music.arena,
				  &question->found, fault);
}

/* The letters of what the rules find for a person, in order. */
static const char *
found_by(struct desk *desk, int64_t owner_id, const char *text)
{
	static char letters[TRACKS + 1];
	struct question question = {
		.desk = desk,
		.asked = { .owner_id = owner_id, .now_ms = clock_now_ms() },
	};
	struct rules_found first;
	struct playlist_rules *rules = NULL;
	struct fault fault = { 0 };
	int64_t duration_ms = 0;

	if (playlist_rules_parse(text, &desk->music.arena, &rules, &fault) !=
	    STATUS_OK)
		fail_msg("%s: %s %s", text, fault.field, fault.message);
	question.rules = rules;
	question.asked.walks = true;
	music_read(&desk->music, run_work, &question);
	first = question.found;
	question.asked.walks = false;
	music_read(&desk->music, run_work, &question);
	assert_true(question.found.count <= TRACKS);
	assert_int_equal(first.count, question.found.count);
	assert_memory_equal(first.ids, question.found.ids,
			    first.count * sizeof *first.ids);
	for (size_t i = 0; i < question.found.count; i++) {
		size_t k = 0;

		while (desk->tracks[k] != question.found.ids[i])
			k++;
		letters[i] = (char)('a' + k);
		duration_ms += 1000 * shelf[k].seconds;
	}
	letters[question.found.count] = '\0';
	assert_int_equal(question.found.duration_ms, duration_ms);
	return letters;
}

#define ONE(field, op, value)                                                  \
	"{\"sort\":\"added\",\"rules\":[{\"field\":\"" field "\",\"op\":\"" op \
	"\",\"value\":" value "}]}"
#define ONE_BARE(field, op)                                                    \
	"{\"sort\":\"added\",\"rules\":[{\"field\":\"" field "\",\"op\":\"" op \
	"\"}]}"

static void
every_field_finds_what_it_says(void **state)
{
	/* Sorted by when they were added, that is from a to f. */
	static const struct {
		const char *rules, *found;
	} cases[] = {
		{ ONE("title", "is", "\"mustapha\""), "a" },
		{ ONE("title", "is", "\"елка (100% [mix] *)\""), "e" },
		{ ONE("title", "is", "\"must\""), "" },
		{ ONE("title", "is_not", "\"MUSTAPHA\""), "bcdef" },
		{ ONE("title", "contains", "\"КРОВ\""), "c" },
		{ ONE("title", "contains", "\"deja\""), "f" },
		{ ONE("title", "contains", "\"%\""), "e" },
		{ ONE("title", "contains", "\"*\""), "e" },
		{ ONE("title", "contains", "\"?\""), "" },
		{ ONE("title", "contains", "\"_\""), "" },
		{ ONE("title", "not_contains", "\"а\""), "abf" },
		{ ONE("title", "starts_with", "\"je\""), "b" },
		{ ONE("title", "ends_with", "\"солнце\""), "d" },
		{ ONE("artist", "is", "\"кино\""), "cd" },
		{ ONE("artist", "is", "\"beyonce\""), "f" },
		{ ONE("artist", "contains", "\"ach\""), "f" },
		{ ONE("album", "starts_with", "\"зв\""), "d" },
		{ ONE("album", "contains", "\"b’d\""), "f" },
		{ ONE("album_artist", "is", "\"queen\""), "ab" },
		{ ONE("genre", "is", "\"рок\""), "cd" },
		{ ONE("genre", "is_not", "\"рок\""), "abef" },
		{ ONE("composer", "contains", "\"бах\""), "e" },
		{ ONE_BARE("composer", "is_unknown"), "abcd" },
		{ ONE_BARE("composer", "is_known"), "ef" },
		{ ONE("year", "is", "1978"), "ab" },
		{ ONE("year", "is_not", "1978"), "cdef" },
		{ ONE("year", "gt", "1988"), "df" },
		{ ONE("year", "lt", "1988"), "ab" },
		{ ONE("year", "between", "[1988,1989]"), "cd" },
		{ ONE_BARE("year", "is_unknown"), "e" },
		{ ONE_BARE("year", "is_known"), "abcdf" },
		{ ONE("duration", "lt", "185.5"), "ae" },
		{ ONE("duration", "is", "61"), "e" },
		{ ONE("tempo", "between", "[100,120]"), "af" },
		{ ONE_BARE("tempo", "is_unknown"), "d" },
		{ ONE_BARE("energy", "is_known"), "" },
		{ ONE("codec", "is", "\"flac\""), "ad" },
		{ ONE("codec", "is_not", "\"flac\""), "bcef" },
		{ ONE("bitrate", "lt", "200"), "b" },
		{ ONE("added", "in_last", "15"), "def" },
		{ ONE("added", "not_in_last", "15"), "abc" },
		{ ONE("added", "before", "\"2001-01-01\""), "" },
		{ ONE("added", "after", "\"2001-01-01T00:00:00Z\""), "abcdef" },
		{ ONE("play_count", "gt", "30"), "ac" },
		{ ONE("plays", "is", "0"), "de" },
		{ ONE("plays", "is_not", "0"), "abcf" },
		{ ONE("plays", "lt", "2"), "bde" },
		{ ONE("plays", "gt", "2"), "ac" },
		{ ONE("plays", "between", "[0,1]"), "bde" },
		{ ONE("plays", "between", "[1,4]"), "bcf" },
		{ ONE("last_played", "in_last", "30"), "ac" },
		{ ONE("last_played", "not_in_last", "30"), "bdef" },
		{ ONE_BARE("last_played", "is_unknown"), "de" },
		{ ONE("favorite", "is", "true"), "ac" },
		{ ONE("favorite", "is", "false"), "bdef" },
		{ ONE("rating", "gt", "2"), "ae" },
		{ ONE("rating", "lt", "3"), "b" },
		{ ONE_BARE("rating", "is_unknown"), "cdf" },
		{ ONE("has_lyrics", "is", "true"), "" },
		{ ONE("album_favorite", "is", "true"), "" },
		{ ONE("artist_favorite", "is", "false"), "abcdef" },
		{ "{\"sort\":\"added\",\"rules\":[]}", "abcdef" },
	};
	struct desk *desk = desk_on(*state);

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *found = found_by(desk, desk->ada, cases[i].rules);

		if (strcmp(found, cases[i].found) != 0)
			fail_msg("%s: found \"%s\", not \"%s\"", cases[i].rules,
				 found, cases[i].found);
	}
}

static void
every_field_and_operator_of_the_tables_becomes_a_statement(void **state)
{
	struct desk *desk = desk_on(*state);
	int tried = 0;

	for (const struct rule_field *field = rule_fields; field->name != NULL;
	     field++) {
		static const char *const values[] = { "\"a\"", "\"mp3\"", "1",
						      "\"2020-01-01\"",
						      "true" };

		for (const struct rule_op *op = rule_ops; op->name != NULL;
		     op++) {
			char text[256];
			const char *value = values[field->type];

			if (!rule_op_fits(op, field))
				continue;
			if (op->value == RULE_RANGE)
				value = "[1,1]";
			else if (op->value == RULE_DAYS)
				value = "30";
			else if (op->value == RULE_NONE)
				value = "null";
			snprintf(text, sizeof text,
				 "{\"rules\":[{\"field\":\"%s\","
				 "\"op\":\"%s\",\"value\":%s}]}",
				 field->name, op->name, value);
			found_by(desk, desk->ada, text);
			tried++;
		}
	}
	assert_true(tried > 60);
}

static void
groups_join_by_all_and_any(void **state)
{
	struct desk *desk = desk_on(*state);

	assert_string_equal(
		found_by(desk, desk->ada,
			 "{\"match\":\"any\",\"sort\":\"added\",\"rules\":["
			 "{\"field\":\"year\",\"op\":\"gt\",\"value\":2000},"
			 "{\"match\":\"all\",\"rules\":["
			 "{\"field\":\"artist\",\"op\":\"is\",\"value\":"
			 "\"кино\"},"
			 "{\"field\":\"codec\",\"op\":\"is\",\"value\":\"mp3\"}"
			 "]}]}"),
		"cf");
}

static void
per_person_fields_are_the_owners(void **state)
{
	struct desk *desk = desk_on(*state);

	assert_string_equal(
		found_by(desk, desk->bob, ONE("favorite", "is", "true")), "");
	assert_string_equal(found_by(desk, desk->bob, ONE("plays", "is", "0")),
			    "abcdef");
	assert_string_equal(
		found_by(desk, desk->bob, ONE_BARE("rating", "is_known")), "");
}

static void
every_order_sorts_and_the_limit_cuts(void **state)
{
	static const struct {
		const char *sort, *found;
	} cases[] = {
		{ "-added", "fedcba" },	      { "added", "abcdef" },
		{ "-year", "fdcbae" },	      { "year", "abcdfe" },
		{ "-plays", "acfbde" },	      { "plays", "debfca" },
		{ "-rating", "aebcdf" },      { "duration", "eabdfc" },
		{ "-duration", "cfdbae" },    { "tempo", "befacd" },
		{ "-tempo", "cafebd" },	      { "-play_count", "acfbde" },
		{ "-last_played", "acbfde" }, { "last_played", "defbca" },
	};
	struct desk *desk = desk_on(*state);
	char text[128];

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		snprintf(text, sizeof text,
			 "{\"rules\":[],\"sort\":\"%s\",\"limit\":6}",
			 cases[i].sort);
		assert_string_equal(found_by(desk, desk->ada, text),
				    cases[i].found);
	}
	for (const struct rule_sort *sort = rule_sorts; sort->name != NULL;
	     sort++) {
		snprintf(text, sizeof text,
			 "{\"rules\":[],\"sort\":\"%s\",\"limit\":2}",
			 sort->name);
		assert_int_equal(strlen(found_by(desk, desk->ada, text)), 2);
	}
}

static void
chance_differs_by_playlist_and_stays_for_a_day(void **state)
{
	struct desk *desk = desk_on(*state);
	struct question question = { .desk = desk,
				     .asked = { .owner_id = desk->ada,
						.now_ms = 20000 * DAY_MS } };
	struct playlist_rules *rules = NULL;
	struct fault fault = { 0 };
	int64_t first[TRACKS];
	int different = 0;

	assert_int_equal(
		playlist_rules_parse("{\"rules\":[],\"sort\":\"random\"}",
				     &desk->music.arena, &rules, &fault),
		STATUS_OK);
	question.rules = rules;
	music_read(&desk->music, run_work, &question);
	assert_int_equal(question.found.count, TRACKS);
	memcpy(first, question.found.ids, sizeof first);
	question.asked.now_ms += DAY_MS / 2;
	music_read(&desk->music, run_work, &question);
	assert_memory_equal(first, question.found.ids, sizeof first);
	for (int i = 1; i < 20; i++) {
		question.asked.seed = i;
		music_read(&desk->music, run_work, &question);
		different +=
			memcmp(first, question.found.ids, sizeof first) != 0;
	}
	assert_true(different > 10);
}

/* ---- what is refused ------------------------------------------------------
 */

static void
bad_rules_are_refused_at_the_bad_part(void **state)
{
	static const struct {
		const char *rules, *field;
	} cases[] = {
		{ "[]", "rules" },
		{ "{}", "rules.rules" },
		{ "{\"rules\":{}}", "rules.rules" },
		{ "{\"rules\":[],\"mach\":\"all\"}", "rules.mach" },
		{ "{\"rules\":[],\"match\":\"some\"}", "rules.match" },
		{ "{\"rules\":[],\"sort\":\"titel\"}", "rules.sort" },
		{ "{\"rules\":[],\"sort\":1}", "rules.sort" },
		{ "{\"rules\":[],\"limit\":0}", "rules.limit" },
		{ "{\"rules\":[],\"limit\":10001}", "rules.limit" },
		{ "{\"rules\":[],\"limit\":\"5\"}", "rules.limit" },
		{ "{\"rules\":[7]}", "rules.rules[0]" },
		{ "{\"rules\":[{}]}", "rules.rules[0].field" },
		{ ONE("colour", "is", "1"), "rules.rules[0].field" },
		{ ONE("title", "gt", "1"), "rules.rules[0].op" },
		{ ONE_BARE("title", "is_known"), "rules.rules[0].op" },
		{ ONE_BARE("title", "is"), "rules.rules[0].value" },
		{ ONE("title", "is", "5"), "rules.rules[0].value" },
		{ ONE("title", "is", "\" \""), "rules.rules[0].value" },
		{ ONE("year", "is", "\"1999\""), "rules.rules[0].value" },
		{ ONE("year", "is", "1999.5"), "rules.rules[0].value" },
		{ ONE("year", "is", "10000"), "rules.rules[0].value" },
		{ ONE("year", "is", "1e999"), "" },
		{ ONE("year", "between", "[2000,1999]"),
		  "rules.rules[0].value" },
		{ ONE("year", "between", "[2000]"), "rules.rules[0].value" },
		{ ONE("year", "is_unknown", "1"), "rules.rules[0].value" },
		{ ONE("codec", "is", "\"exe\""), "rules.rules[0].value" },
		{ ONE("codec", "is", "\"mp3|aac\""), "rules.rules[0].value" },
		{ ONE("added", "after", "\"yesterday\""),
		  "rules.rules[0].value" },
		{ ONE("added", "in_last", "0"), "rules.rules[0].value" },
		{ ONE("favorite", "is", "1"), "rules.rules[0].value" },
		{ "{\"rules\":[{\"field\":\"year\",\"op\":\"is\","
		  "\"value\":1,\"x\":1}]}",
		  "rules.rules[0].x" },
		{ "{\"rules\":[{\"rules\":[{\"field\":\"year\",\"op\":\"is\","
		  "\"value\":1},{\"match\":\"all\",\"rules\":[{\"field\":"
		  "\"x\"}]}]}]}",
		  "rules.rules[0].rules[1].rules[0].field" },
		{ "{\"rules\":[{\"rules\":[{\"rules\":[{\"rules\":["
		  "{\"rules\":[]}]}]}]}]}",
		  "rules.rules[0].rules[0].rules[0].rules[0]" },
	};
	struct arena arena;

	(void)state;
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct playlist_rules *rules = NULL;
		struct fault fault = { 0 };

		if (playlist_rules_parse(cases[i].rules, &arena, &rules,
					 &fault) != STATUS_INVALID)
			fail_msg("taken: %s", cases[i].rules);
		if (strcmp(fault.field, cases[i].field) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].rules,
				 fault.field, cases[i].field);
	}
	arena_release(&arena);
}

static void
there_is_an_end_to_the_number_of_rules_and_to_texts(void **state)
{
	struct playlist_rules *rules = NULL;
	struct fault fault = { 0 };
	struct buffer text;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	buffer_init(&text, 0);
	buffer_add_text(&text, "{\"rules\":[");
	for (int i = 0; i <= RULES_COUNT_MAX; i++)
		buffer_print(&text, "%s{\"rules\":[]}", i == 0 ? "" : ",");
	buffer_add_text(&text, "]}");
	assert_int_equal(
		playlist_rules_parse(text.bytes, &arena, &rules, &fault),
		STATUS_INVALID);
	assert_string_equal(fault.field, "rules.rules");
	buffer_clear(&text);
	buffer_add_text(&text, "{\"rules\":[{\"field\":\"title\","
			       "\"op\":\"is\",\"value\":\"");
	for (int i = 0; i <= RULES_TEXT_MAX; i++)
		buffer_add_text(&text, "ж");
	buffer_add_text(&text, "\"}]}");
	assert_int_equal(
		playlist_rules_parse(text.bytes, &arena, &rules, &fault),
		STATUS_INVALID);
	assert_string_equal(fault.field, "rules.rules[0].value");
	arena_release(&arena);
	buffer_release(&text);
}

int
main(void)
{
#define ON(driver, scenario)                                                   \
	{                                                                      \
		driver ": " #scenario, scenario, NULL, NULL, (void *)(driver)  \
	}
#define ALL_ON(driver)                                                          \
	ON(driver, every_field_finds_what_it_says),                             \
		ON(driver,                                                      \
		   every_field_and_operator_of_the_tables_becomes_a_statement), \
		ON(driver, groups_join_by_all_and_any),                         \
		ON(driver, per_person_fields_are_the_owners),                   \
		ON(driver, every_order_sorts_and_the_limit_cuts),               \
		ON(driver, chance_differs_by_playlist_and_stays_for_a_day)

	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
		cmocka_unit_test(bad_rules_are_refused_at_the_bad_part),
		cmocka_unit_test(
			there_is_an_end_to_the_number_of_rules_and_to_texts),
	};

	return cmocka_run_group_tests(tests, NULL, close_desks);
}
