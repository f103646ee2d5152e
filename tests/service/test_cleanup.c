/* test_cleanup.c - what could be tidied up: found, accepted, undone, dismissed;
 * on both stores. After each change everything is counted anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "library/tracks.h"
#include "library/users.h"
#include "service/cleanup.h"
#include "service/job.h"
#include "tests/support/music.h"

static const struct caller moderator = { .role = USER_ROLE_MODERATOR,
					 .username = "mod" };

struct looking {
	struct arena *arena;
	const char *rule;
	enum suggestion_state state;
	struct suggestion_list list;
	struct track track;
	int64_t id;
};

static int64_t
put(struct music *music, const char *path, const char *title,
    const char *artist, const char *album, int number, int year)
{
	struct music_file file = music_file(music, path);

	music_tag(&file, title, artist, album, NULL);
	file.media.track_no = (uint32_t)number;
	file.media.year = year;
	return music_save(music, &file).track_id;
}

static int64_t
put_released(struct music *music, const char *path, const char *album,
	     const char *mbid)
{
	struct music_file file = music_file(music, path);

	music_tag(&file, path, "Band", album, NULL);
	file.media.mbid_release = mbid;
	return music_save(music, &file).track_id;
}

static void
clean(struct music *music, const char *automatic)
{
	const struct cleanup_settings settings = { automatic };
	struct cleanup cleanup = { music->store, &settings };
	struct fault fault = { 0 };
	struct job *job;

	assert_int_equal(job_begin(music->store, CLEANUP_JOB, 0, "", &job,
				   &fault),
			 STATUS_OK);
	if (job_end(job, cleanup_run(job, &cleanup, &fault), NULL, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
}

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	const struct suggestion_filter filter = { .rule = looking->rule,
						  .state = looking->state,
						  .state_given = true };
	const struct page_request page = { .limit = 100 };

	return suggestions_list(session, &filter, &page, looking->arena,
				&looking->list, fault);
}

static struct suggestion_list
listed(struct music *music, const char *rule, enum suggestion_state state)
{
	struct looking looking = { .arena = &music->arena, .rule = rule,
				   .state = state };

	music_read(music, list_work, &looking);
	return looking.list;
}

/* The one suggestion of the rule in that state. */
static struct suggestion
only(struct music *music, const char *rule, enum suggestion_state state)
{
	struct suggestion_list list = listed(music, rule, state);

	if (list.count != 1)
		fail_msg("%s: %zu suggestions that are %s", rule, list.count,
			 suggestion_state_name(state));
	return list.items[0];
}

static enum status
track_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;

	return tracks_get(session, looking->id, looking->arena,
			  &looking->track, fault);
}

static struct track
track_of(struct music *music, int64_t id)
{
	struct looking looking = { .arena = &music->arena, .id = id };

	music_read(music, track_work, &looking);
	return looking.track;
}

static enum status
decide(struct music *music, enum cleanup_action action, int64_t id)
{
	const struct editor editor = { .store = music->store };
	struct fault fault = { 0 };

	return cleanup_decide(&editor, &moderator, action, id, &fault);
}

static void
must(struct music *music, enum cleanup_action action, int64_t id)
{
	const struct editor editor = { .store = music->store };
	struct fault fault = { 0 };

	if (cleanup_decide(&editor, &moderator, action, id, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
}

static void
each_fault_is_found_and_repaired_by_itself(void **state)
{
	struct music music;
	struct suggestion one;
	int64_t id;

	music_open(&music, *state);
	id = put(&music, "a/1.flac", "03 - SOME_SONG (Official Video).mp3",
		 "Band", "Album", 3, 1999);
	clean(&music, "");
	one = only(&music, "track_number", SUGGESTION_OPEN);
	assert_string_equal(one.becomes, "SOME_SONG (Official Video).mp3");
	assert_int_equal(one.confidence, 95);
	assert_int_equal(one.thing_id, id);
	one = only(&music, "file_ending", SUGGESTION_OPEN);
	assert_string_equal(one.becomes,
			    "03 - SOME_SONG (Official Video)");
	must(&music, CLEANUP_ACCEPT, one.id);

	/* what is left is judged at once: the number stands before less now */
	one = only(&music, "promotion", SUGGESTION_OPEN);
	assert_string_equal(one.becomes, "03 - SOME_SONG");
	must(&music, CLEANUP_ACCEPT, one.id);
	must(&music, CLEANUP_ACCEPT,
	     only(&music, "track_number", SUGGESTION_OPEN).id);
	assert_string_equal(track_of(&music, id).title, "SOME_SONG");
	must(&music, CLEANUP_ACCEPT,
	     only(&music, "underscores", SUGGESTION_OPEN).id);
	must(&music, CLEANUP_ACCEPT,
	     only(&music, "capitals", SUGGESTION_OPEN).id);
	assert_string_equal(track_of(&music, id).title, "Some Song");
	assert_int_equal(listed(&music, NULL, SUGGESTION_OPEN).count, 0);
	assert_int_equal(music_number(&music,
				      "select count(*) from admin_audit_logs "
				      "where model_id = $1",
				      id),
			 5);
	music_close(&music);
}

static void
what_was_accepted_is_undone_to_what_it_was(void **state)
{
	struct music music;
	struct suggestion one;
	int64_t id;

	music_open(&music, *state);
	id = put(&music, "a/1.flac", "Song (feat. Guest)", "Band", "Album", 1,
		 2050);
	clean(&music, "");
	must(&music, CLEANUP_ACCEPT,
	     only(&music, "featuring", SUGGESTION_OPEN).id);
	assert_string_equal(track_of(&music, id).title, "Song");
	assert_string_equal(track_of(&music, id).artist, "Band feat. Guest");
	one = only(&music, "year_range", SUGGESTION_OPEN);
	assert_string_equal(one.was, "2050");
	must(&music, CLEANUP_ACCEPT, one.id);
	assert_int_equal(track_of(&music, id).year, 0);

	must(&music, CLEANUP_UNDO, one.id);
	assert_int_equal(track_of(&music, id).year, 2050);
	one = only(&music, "featuring", SUGGESTION_ACCEPTED);
	must(&music, CLEANUP_UNDO, one.id);
	assert_string_equal(track_of(&music, id).title, "Song (feat. Guest)");
	assert_string_equal(track_of(&music, id).artist, "Band");
	assert_int_equal(music_number(&music,
				      "select count(*) from edits "
				      "where entity_id = $1",
				      id),
			 0);

	/* never again, however often it is looked at */
	clean(&music, "");
	assert_int_equal(listed(&music, "featuring", SUGGESTION_OPEN).count,
			 0);
	assert_int_equal(decide(&music, CLEANUP_ACCEPT, one.id),
			 STATUS_CONFLICT);
	assert_int_equal(decide(&music, CLEANUP_UNDO, one.id),
			 STATUS_CONFLICT);
	assert_int_equal(decide(&music, CLEANUP_ACCEPT, 999999),
			 STATUS_NOT_FOUND);
	music_close(&music);
}

static void
what_was_dismissed_or_repaired_elsewhere_does_not_come_back(void **state)
{
	struct music music;
	struct suggestion one;

	music_open(&music, *state);
	put(&music, "a/1.flac", "Song.mp3", "Band", "Album", 1, 1999);
	put(&music, "a/2.flac", "Other_song", "Band", "Album", 2, 1999);
	clean(&music, "");
	one = only(&music, "file_ending", SUGGESTION_OPEN);
	must(&music, CLEANUP_DISMISS, one.id);
	assert_int_equal(listed(&music, "underscores", SUGGESTION_OPEN).count,
			 1);
	put(&music, "a/2.flac", "Other song", "Band", "Album", 2, 1999);
	put(&music, "a/1.flac", "Song.mp3", "Band", "Album", 1, 1998);
	clean(&music, "");
	assert_int_equal(listed(&music, NULL, SUGGESTION_OPEN).count, 0);
	assert_int_equal(listed(&music, NULL, SUGGESTION_DISMISSED).count, 1);
	music_close(&music);
}

static void
a_thing_that_changed_since_is_not_overwritten(void **state)
{
	struct music music;
	struct suggestion one;
	int64_t id;

	music_open(&music, *state);
	id = put(&music, "a/1.flac", "Song.mp3", "Band", "Album", 1, 1999);
	clean(&music, "");
	one = only(&music, "file_ending", SUGGESTION_OPEN);
	put(&music, "a/1.flac", "Better title", "Band", "Album", 1, 1999);
	assert_int_equal(decide(&music, CLEANUP_ACCEPT, one.id),
			 STATUS_CONFLICT);
	assert_string_equal(track_of(&music, id).title, "Better title");
	music_close(&music);
}

static void
what_only_a_person_can_judge_is_pointed_at(void **state)
{
	struct music music;

	music_open(&music, *state);
	put(&music, "a/track.flac", NULL, NULL, NULL, 0, 0);
	put(&music, "a/Кино - Группа крови.flac", NULL, NULL, NULL, 0, 0);
	put(&music, "b/1.flac", "One", "Band", "Album", 0, 0);
	put(&music, "b/2.flac", "Two", "Band", "Album", 2, 0);
	clean(&music, "");
	assert_int_equal(listed(&music, "no_artist", SUGGESTION_OPEN).count,
			 2);
	assert_int_equal(listed(&music, "no_title", SUGGESTION_OPEN).count, 2);
	assert_int_equal(listed(&music, "no_album", SUGGESTION_OPEN).count, 2);
	assert_int_equal(
		decide(&music, CLEANUP_ACCEPT,
		       only(&music, "track_number_range", SUGGESTION_OPEN).id),
		STATUS_INVALID);
	must(&music, CLEANUP_ACCEPT,
	     only(&music, "file_name", SUGGESTION_OPEN).id);
	assert_int_equal(listed(&music, "no_artist", SUGGESTION_OPEN).count,
			 1);
	music_close(&music);
}

static void
albums_that_are_one_are_joined_and_parted_again(void **state)
{
	struct music music;
	struct suggestion one;
	int64_t first, second;

	music_open(&music, *state);
	first = put_released(&music, "a/1.flac", "The Album",
			     "8f3e1c52-7ee4-4b4b-a4a5-2b4b0e9a1d11");
	put_released(&music, "a/2.flac", "The Album",
		     "8f3e1c52-7ee4-4b4b-a4a5-2b4b0e9a1d11");
	second = put_released(&music, "b/3.flac", "THE ALBUM",
			      "0a51ce5c-3c1b-4e39-9a3c-6a6ad7d6b0d2");
	assert_int_not_equal(track_of(&music, first).album_id,
			     track_of(&music, second).album_id);
	clean(&music, "");
	one = only(&music, "duplicate_album", SUGGESTION_OPEN);
	must(&music, CLEANUP_ACCEPT, one.id);
	assert_int_equal(track_of(&music, first).album_id,
			 track_of(&music, second).album_id);
	must(&music, CLEANUP_UNDO, one.id);
	assert_int_not_equal(track_of(&music, first).album_id,
			     track_of(&music, second).album_id);
	music_close(&music);
}

static void
an_artist_is_spelled_with_yo_when_somebody_does(void **state)
{
	struct music music;
	int64_t id;

	music_open(&music, *state);
	put(&music, "a/1.flac", "Один", "Королёв", "Альбом", 1, 1999);
	id = put(&music, "a/2.flac", "Два", "Королев", "Альбом", 2, 1999);
	clean(&music, "");
	must(&music, CLEANUP_ACCEPT, only(&music, "yo", SUGGESTION_OPEN).id);
	assert_string_equal(track_of(&music, id).artists[0].name, "Королёв");
	assert_string_equal(track_of(&music, id).artist, "Королёв");
	music_close(&music);
}

static void
rules_that_are_automatic_ask_nobody(void **state)
{
	struct music music;
	struct suggestion one;
	int64_t ids[3];
	char path[32];

	music_open(&music, *state);
	for (int i = 0; i < 3; i++) {
		snprintf(path, sizeof path, "a/%d.flac", i);
		ids[i] = put(&music, path, "A\xC2\xA0song of\xE2\x80\x8B joy",
			     "Band", "Album", i + 1, 1999);
	}
	clean(&music, " white_space ,composition");
	for (int i = 0; i < 3; i++)
		assert_string_equal(track_of(&music, ids[i]).title,
				    "A song of joy");
	assert_int_equal(
		listed(&music, "white_space", SUGGESTION_ACCEPTED).count, 3);
	one = listed(&music, "white_space", SUGGESTION_ACCEPTED).items[0];
	assert_true(one.automatic);
	must(&music, CLEANUP_UNDO, one.id);
	clean(&music, "white_space");
	assert_int_equal(
		listed(&music, "white_space", SUGGESTION_ACCEPTED).count, 2);
	music_close(&music);
}

static void
many_are_decided_at_once_and_each_by_itself(void **state)
{
	const struct editor *editor;
	struct edit_outcome outcomes[CLEANUP_BULK_MAX];
	struct music music;
	struct fault fault = { 0 };
	size_t count = 0, changed = 0;
	char path[32], title[32];

	music_open(&music, *state);
	editor = &(const struct editor){ .store = music.store };
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof path, "a/%d.flac", i);
		snprintf(title, sizeof title, "Song number %c.mp3", 'A' + i);
		put(&music, path, title, "Band", "Album", i + 1, 1999);
	}
	clean(&music, "");
	put(&music, "a/2.flac", "Another title", "Band", "Album", 3, 1999);
	assert_int_equal(cleanup_bulk(editor, &moderator, CLEANUP_ACCEPT,
				      "file_ending", NULL, 0, outcomes, &count,
				      &fault),
			 STATUS_OK);
	for (size_t i = 0; i < count; i++)
		changed += outcomes[i].status == STATUS_OK;
	assert_int_equal(count, 5);
	assert_int_equal(changed, 4);
	music_close(&music);
}

static void
wrong_code_pages_are_seen(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	assert_string_equal(cleanup_unscramble(&arena, "Ãðóïïà êðîâè"),
			    "Группа крови");
	assert_string_equal(cleanup_unscramble(&arena,
					       "Р“СЂСѓРїРїР° РєСЂРѕРІРё"),
			    "Группа крови");
	assert_null(cleanup_unscramble(&arena, "Motörhead"));
	assert_null(cleanup_unscramble(&arena, "Группа крови"));
	assert_null(cleanup_unscramble(&arena, "РСФСР"));
	assert_null(cleanup_unscramble(&arena, "Für Élise"));
	assert_null(cleanup_unscramble(&arena, ""));
	arena_release(&arena);
}

static void
the_setting_names_rules_that_suggest(void **state)
{
	struct cleanup_settings settings = { "white_space, capitals" };
	struct fault fault = { 0 };

	(void)state;
	assert_int_equal(cleanup_settings_check(&settings, &fault), STATUS_OK);
	settings.automatic = "no_artist";
	assert_int_equal(cleanup_settings_check(&settings, &fault),
			 STATUS_INVALID);
	settings.automatic = "white_space,coffee";
	assert_int_equal(cleanup_settings_check(&settings, &fault),
			 STATUS_INVALID);
	assert_non_null(strstr(fault.message, "coffee"));
}

#define ON_BOTH(test_)                                         \
	{ #test_ " (sqlite)", test_, NULL, NULL, (void *)"sqlite" }, { \
		#test_ " (postgres)", test_, NULL, NULL, (void *)"postgres" \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(each_fault_is_found_and_repaired_by_itself),
		ON_BOTH(what_was_accepted_is_undone_to_what_it_was),
		ON_BOTH(what_was_dismissed_or_repaired_elsewhere_does_not_come_back),
		ON_BOTH(a_thing_that_changed_since_is_not_overwritten),
		ON_BOTH(what_only_a_person_can_judge_is_pointed_at),
		ON_BOTH(albums_that_are_one_are_joined_and_parted_again),
		ON_BOTH(an_artist_is_spelled_with_yo_when_somebody_does),
		ON_BOTH(rules_that_are_automatic_ask_nobody),
		ON_BOTH(many_are_decided_at_once_and_each_by_itself),
		cmocka_unit_test(wrong_code_pages_are_seen),
		cmocka_unit_test(the_setting_names_rules_that_suggest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
