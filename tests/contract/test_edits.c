/* test_edits.c - what people change over what files say, and whose artists are
 * whose; on both stores. After each change everything is counted anew
 * (music.check). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/ownership.h"
#include "library/tracks.h"
#include "library/users.h"
#include "tests/support/music.h"

/* Saves "path" tagged; returns the track's id. */
static int64_t
put(struct music *music, const char *path, const char *title,
    const char *artist, const char *album, const char *genre)
{
	struct music_file file = music_file(music, path);

	music_tag(&file, title, artist, album, genre);
	return music_save(music, &file).track_id;
}

/* ---- owners --------------------------------------------------------------- */

struct owning {
	int64_t user_id, artist_id;
	enum owned_kind kind;
	int64_t id;
	struct arena *arena;
	bool changed, owns;
	int64_t *ids;
	size_t count;
	struct fault fault;
	const char *name;
};

static enum status
add_user_work(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct owning *o = cookie;
	const struct user_draft draft = { .username = o->name,
					  .role = "artist" };

	return users_add(session, &draft, &o->user_id, fault);
}

static enum status
add_owner_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct owning *o = cookie;

	return ownership_add(session, o->artist_id, o->user_id, 0,
			     &o->changed, fault);
}

static enum status
remove_owner_work(struct store_session *session, void *cookie,
		  struct fault *fault)
{
	struct owning *o = cookie;

	return ownership_remove(session, o->artist_id, o->user_id,
				&o->changed, fault);
}

static enum status
owns_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct owning *o = cookie;
	enum status status = ownership_check(session, o->user_id, o->kind,
					     o->id, &o->owns, fault);

	if (status == STATUS_OK && o->kind == OWNED_TRACK)
		status = ownership_of_track(session, o->id, o->arena, &o->ids,
					    &o->count, fault);
	else if (status == STATUS_OK && o->kind == OWNED_ALBUM)
		status = ownership_of_album(session, o->id, o->arena, &o->ids,
					    &o->count, fault);
	else if (status == STATUS_OK)
		status = ownership_of_artist(session, o->id, o->arena,
					     &o->ids, &o->count, fault);
	return status;
}

static enum status
artists_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct owning *o = cookie;

	return ownership_artists(session, o->user_id, o->arena, &o->ids,
				 &o->count, fault);
}

static enum status
write_work(struct music *music, store_work *work, struct owning *o)
{
	o->arena = &music->arena;
	return store_write(music->store, work, o, &o->fault);
}

static struct owning
owning_of(struct music *music, int64_t user_id, enum owned_kind kind,
	  int64_t id)
{
	struct owning o = { .user_id = user_id,
			    .kind = kind,
			    .id = id,
			    .arena = &music->arena };

	music_read(music, owns_work, &o);
	assert_int_equal(o.owns, o.count == 1 && o.ids[0] == user_id);
	return o;
}

static int64_t
person(struct music *music, const char *name)
{
	struct owning o = { .name = name };

	assert_int_equal(write_work(music, add_user_work, &o), STATUS_OK);
	return o.user_id;
}

static void
who_owns_an_artist_owns_the_albums_and_tracks_credited_first(void **state)
{
	struct music music;
	struct music_file file;
	struct owning o = { 0 };
	int64_t track, other, artist, album;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "One", "Anna", "Hers", "Pop");
	track = music_save(&music, &file).track_id;
	file = music_file(&music, "b/1.flac");
	music_tag(&file, "Two", "Boris", "His", "Pop");
	music_artist(&file, "Anna", CREDIT_COMPOSER);
	other = music_save(&music, &file).track_id;
	artist = music_number(&music,
			      "select artist_id from tracks where id = $1",
			      track);
	album = music_number(&music,
			     "select album_id from tracks where id = $1",
			     track);
	o.user_id = person(&music, "anna");
	o.artist_id = artist;
	assert_false(owning_of(&music, o.user_id, OWNED_TRACK, track).owns);
	assert_int_equal(write_work(&music, add_owner_work, &o), STATUS_OK);
	assert_true(o.changed);
	assert_int_equal(write_work(&music, add_owner_work, &o), STATUS_OK);
	assert_false(o.changed);

	assert_true(owning_of(&music, o.user_id, OWNED_ARTIST, artist).owns);
	assert_true(owning_of(&music, o.user_id, OWNED_ALBUM, album).owns);
	assert_true(owning_of(&music, o.user_id, OWNED_TRACK, track).owns);
	/* A composer of somebody else's song does not own it. */
	assert_false(owning_of(&music, o.user_id, OWNED_TRACK, other).owns);
	music_read(&music, artists_work, &o);
	assert_int_equal(o.count, 1);
	assert_int_equal(o.ids[0], artist);

	assert_int_equal(write_work(&music, remove_owner_work, &o), STATUS_OK);
	assert_true(o.changed);
	assert_false(owning_of(&music, o.user_id, OWNED_ALBUM, album).owns);
	music_close(&music);
}

static void
owners_are_people_and_what_they_own_is_an_artist(void **state)
{
	struct music music;
	struct owning o = { 0 };
	int64_t track;

	music_open(&music, *state);
	track = put(&music, "a/1.flac", "One", "Anna", "Hers", "Pop");
	o.artist_id = music_number(&music,
				   "select artist_id from tracks "
				   "where id = $1",
				   track);
	o.user_id = 4711;
	assert_int_equal(write_work(&music, add_owner_work, &o),
			 STATUS_NOT_FOUND);
	assert_string_equal(o.fault.field, "user");
	o.user_id = person(&music, "anna");
	o.artist_id = 4711;
	assert_int_equal(write_work(&music, add_owner_work, &o),
			 STATUS_NOT_FOUND);
	assert_string_equal(o.fault.field, "artist");
	assert_int_equal(write_work(&music, remove_owner_work, &o), STATUS_OK);
	assert_false(o.changed);
	music_close(&music);
}

/* ---- all of them on both stores ------------------------------------------- */

#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, NULL, NULL, (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, \
	   who_owns_an_artist_owns_the_albums_and_tracks_credited_first), \
	ON(driver, owners_are_people_and_what_they_own_is_an_artist)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
