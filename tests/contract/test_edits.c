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

#include "base/text.h"
#include "library/albums.h"
#include "library/artists.h"
#include "library/covers.h"
#include "library/edits.h"
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

/* ---- one edit, one transaction --------------------------------------------- */

enum edit_verb { TRACK, ALBUM, ARTIST, GENRE, HIDE, SHOW, MERGE, UNMERGE, STEP,
		 NEW_ARTIST, NEW_ALBUM, NEW_GENRE };

struct editing {
	enum edit_verb verb;
	int64_t id, target;
	const char *set, *reset; /* JSON, or NULL */
	bool die;                /* after the work: the transaction is undone */
	bool more;
	int64_t made;
	struct fault fault;
};

static json_t *
json_of(const char *text)
{
	struct fault fault = { 0 };
	json_t *value = NULL;

	if (text != NULL &&
	    json_parse(text, strlen(text), &value, &fault) != STATUS_OK)
		fail_msg("%s: %s", text, fault.message);
	return value;
}

static enum status
editing_run(struct catalogue *catalogue, struct editing *e,
	    const struct edit_change *change, struct fault *fault)
{
	switch (e->verb) {
	case TRACK:
		return track_edit(catalogue, change, fault);
	case ALBUM:
		return album_edit(catalogue, change, fault);
	case ARTIST:
		return artist_edit(catalogue, change, fault);
	case GENRE:
		return genre_edit(catalogue, change, fault);
	case HIDE:
	case SHOW:
		return tracks_set_hidden(catalogue, &e->id, 1,
					 e->verb == HIDE, NULL, fault);
	case MERGE:
		return genre_merge(catalogue, e->id, e->target, fault);
	case UNMERGE:
		return genre_unmerge(catalogue, e->id, fault);
	case STEP:
		return genre_move_step(catalogue, e->id, 2, &e->more, fault);
	case NEW_ARTIST:
		return artist_create(catalogue, e->set, &e->made, fault);
	case NEW_ALBUM:
		return album_create(catalogue, e->set, change->reset, &e->made,
				    fault);
	case NEW_GENRE:
		return genre_create(catalogue, e->set, &e->made, fault);
	}
	return STATUS_FAILED;
}

static enum status
editing_work(struct catalogue *catalogue, struct store_session *session,
	     void *cookie, struct fault *fault)
{
	struct editing *e = cookie;
	json_t *set = e->verb <= GENRE ? json_of(e->set) : NULL;
	json_t *reset = json_of(e->reset);
	const struct edit_change change = { .id = e->id,
					    .set = set,
					    .reset = reset };
	enum status status = editing_run(catalogue, e, &change, fault);

	(void)session;
	json_decref(set);
	json_decref(reset);
	return status == STATUS_OK && e->die ? STATUS_CANCELLED : status;
}

static enum status
check_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return catalogue_check(session, fault);
}

static enum status
try(struct music *music, struct editing *e)
{
	enum status status =
		catalogue_write(music->catalogue, editing_work, e, &e->fault);

	music_read(music, check_work, NULL);
	return status;
}

#define EDIT(music_, ...)                                                    \
	do {                                                                 \
		struct editing e_ = { __VA_ARGS__ };                         \
		enum status status_ = try((music_), &e_);                    \
	\
		if (status_ != STATUS_OK)                                    \
			fail_msg("%s: %s", status_name(status_),             \
				 e_.fault.message);                          \
	} while (0)

/* ---- reading what came of it ----------------------------------------------- */

struct seen {
	int64_t id;
	struct arena *arena;
	struct track track;
	struct album album;
	struct artist artist;
	enum status status;
};

static enum status
see_track(struct store_session *session, void *cookie, struct fault *fault)
{
	struct seen *s = cookie;

	s->status = tracks_get(session, s->id, s->arena, &s->track, fault);
	return s->status == STATUS_NOT_FOUND ? STATUS_OK : s->status;
}

static enum status
see_album(struct store_session *session, void *cookie, struct fault *fault)
{
	struct seen *s = cookie;

	s->status = albums_get(session, s->id, s->arena, &s->album, fault);
	return s->status == STATUS_NOT_FOUND ? STATUS_OK : s->status;
}

static enum status
see_artist(struct store_session *session, void *cookie, struct fault *fault)
{
	struct seen *s = cookie;

	s->status = artists_get(session, s->id, s->arena, &s->artist, fault);
	return s->status == STATUS_NOT_FOUND ? STATUS_OK : s->status;
}

static struct seen
see(struct music *music, store_work *work, int64_t id)
{
	struct seen s = { .id = id, .arena = &music->arena };

	music_read(music, work, &s);
	return s;
}

static struct track
track_of(struct music *music, int64_t id)
{
	struct seen s = see(music, see_track, id);

	assert_int_equal(s.status, STATUS_OK);
	return s.track;
}

static struct album
album_of(struct music *music, int64_t id)
{
	struct seen s = see(music, see_album, id);

	assert_int_equal(s.status, STATUS_OK);
	return s.album;
}

static bool
visible(struct music *music, int64_t id)
{
	return see(music, see_track, id).status == STATUS_OK;
}

/* Everything that a listener sees, as text; what is the same reads the same. */
static enum status
dump_work(struct store_session *session, void *cookie, struct fault *fault)
{
	static const char *const queries[] = {
		"select t.title, t.artist, t.composer, a.title, a.artist, "
		"g.name, t.track_no, t.disc_no, t.year, ar.name "
		"from tracks t left join albums a on a.id = t.album_id "
		"left join genres g on g.id = t.genre_id "
		"left join artists ar on ar.id = t.artist_id "
		"where t.visible = 1 order by t.id",
		"select t.title, l.role, ar.name from track_artists l "
		"join tracks t on t.id = l.track_id and t.visible = 1 "
		"join artists ar on ar.id = l.artist_id "
		"order by t.id, l.position",
		"select t.title, g.name from track_genres l "
		"join tracks t on t.id = l.track_id and t.visible = 1 "
		"join genres g on g.id = l.genre_id "
		"order by t.id, l.position",
		"select name, sort_name, letter, track_count, album_count "
		"from artists where track_count + album_count > 0 "
		"order by name",
		"select a.title, a.artist, a.year, a.track_count, g.name "
		"from albums a left join genres g on g.id = a.genre_id "
		"where a.track_count > 0 order by a.title, a.artist",
		"select name, track_count, album_count, artist_count "
		"from genres where track_count > 0 order by name",
		"select key, value from totals where key <> 'edits' "
		"and key <> 'outbox_trimmed' order by key",
	};
	static const int columns[] = { 10, 3, 2, 5, 5, 4, 2 };
	struct buffer *out = cookie;
	enum status status = STATUS_OK;
	struct arena arena;

	buffer_clear(out);
	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(queries) && status == STATUS_OK;
	     i++) {
		struct store_rows *rows;

		status = sql_query(session, queries[i], SQL_NO_ARGS, &rows,
				   fault);
		while (status == STATUS_OK && sql_next(rows, &status, fault)) {
			for (int c = 0; c < columns[i]; c++) {
				struct span text = sql_column_span(rows, c);

				if (text.length > 0)
					buffer_add_span(out, text);
				else
					buffer_print(out, "%lld",
						     (long long)sql_column_int(
							     rows, c));
				buffer_add_char(out, '|');
			}
			buffer_add_char(out, '\n');
		}
		sql_end(rows);
	}
	arena_release(&arena);
	return status;
}

static char *
dump(struct music *music)
{
	struct buffer out;
	char *text;

	buffer_init(&out, 0);
	music_read(music, dump_work, &out);
	text = arena_copy_text(&music->arena, out.bytes);
	buffer_release(&out);
	return text;
}

/* ---- tracks ----------------------------------------------------------------- */

static struct music_file
tagged_file(const struct music *music, int version)
{
	struct music_file file = music_file(music, "a/01.flac");

	if (version == 1) {
		music_tag(&file, "One", "Anna", "First", "Pop");
		music_artist(&file, "Carl", CREDIT_COMPOSER);
		file.media.track_no = 1;
		file.media.year = 1990;
	} else {
		music_tag(&file, "Uno", "Hanna", "Primero", "Rock");
		music_artist(&file, "Karl", CREDIT_COMPOSER);
		file.media.track_no = 11;
		file.media.disc_no = 2;
		file.media.year = 2001;
	}
	file.media.tagged_tempo_bpm = version * 100;
	return file;
}

static void
assert_edited(struct music *music, int64_t id)
{
	struct track track = track_of(music, id);

	assert_string_equal(track.title, "Mine");
	assert_string_equal(track.artist, "Dora, Emil feat. Fritz");
	assert_int_equal(track.artist_count, 4);
	assert_string_equal(track.artists[0].name, "Dora");
	assert_int_equal(track.artist_id, track.artists[0].id);
	assert_int_equal(track.artists[2].role, CREDIT_FEATURED);
	assert_string_equal(track.artists[3].name, "Gustav");
	assert_int_equal(track.artists[3].role, CREDIT_COMPOSER);
	assert_string_equal(track.composer, "Gustav");
	assert_string_equal(track.album, "My Album");
	assert_string_equal(track.album_artist, "Dora");
	assert_int_equal(track.track_no, 7);
	assert_int_equal(track.disc_no, 0);
	assert_int_equal(track.year, 1977);
	assert_int_equal(track.genre_count, 2);
	assert_string_equal(track.genres[0].name, "Jazz");
	assert_string_equal(track.genres[1].name, "Pop");
}

#define EVERY_FIELD \
	"{\"title\":\"Mine\",\"artists\":[{\"name\":\"Dora\"}," \
	"{\"name\":\"Emil\"},{\"name\":\"Fritz\",\"role\":\"featured\"}]," \
	"\"composer\":\"Gustav\",\"album\":\"My Album\",\"track_no\":7," \
	"\"disc_no\":null,\"year\":1977,\"genres\":[\"Jazz\",\"Pop\"]}"
#define EVERY_NAME \
	"[\"title\",\"artists\",\"composer\",\"album\",\"track_no\"," \
	"\"disc_no\",\"year\",\"genres\"]"

static void
an_edit_of_every_field_survives_scans_and_is_taken_back_exactly(void **state)
{
	struct music music;
	struct music_file first, second, moved;
	char *before, *after, *fresh;
	int64_t id;

	music_open(&music, *state);
	first = tagged_file(&music, 1);
	second = tagged_file(&music, 2);
	id = music_save(&music, &first).track_id;
	put(&music, "a/02.flac", "Two", "Anna", "First", "Pop");
	before = dump(&music);

	EDIT(&music, .verb = TRACK, .id = id, .set = EVERY_FIELD);
	assert_edited(&music, id);
	assert_int_equal(music_save(&music, &first).result, SAVE_UNCHANGED);
	assert_edited(&music, id);
	EDIT(&music, .verb = TRACK, .id = id, .reset = EVERY_NAME);
	assert_string_equal(dump(&music), before);
	assert_int_equal(music_number(&music, "select count(*) from edits", 0),
			 0);

	EDIT(&music, .verb = TRACK, .id = id, .set = EVERY_FIELD);
	after = dump(&music);
	assert_int_equal(music_save(&music, &second).result, SAVE_UPDATED);
	assert_edited(&music, id);
	assert_string_equal(dump(&music), after);
	assert_true(track_of(&music, id).tempo.value == 200); /* not edited */

	moved = tagged_file(&music, 2);
	snprintf(moved.folder, sizeof moved.folder, "elsewhere");
	moved.file.folder = moved.folder;
	EDIT(&music, .verb = TRACK, .id = id, .reset = EVERY_NAME);
	fresh = dump(&music);
	assert_string_equal(track_of(&music, id).title, "Uno");
	assert_string_equal(track_of(&music, id).album, "Primero");
	assert_non_null(strstr(fresh, "Hanna"));
	music_close(&music);
}

static void
fields_are_taken_back_one_by_one(void **state)
{
	struct music music;
	struct music_file file;
	struct track track;
	struct editing wrong = { .verb = TRACK, .reset = "[\"id\"]" };
	int64_t id;

	music_open(&music, *state);
	file = tagged_file(&music, 1);
	id = wrong.id = music_save(&music, &file).track_id;
	EDIT(&music, .verb = TRACK, .id = id, .set = EVERY_FIELD);
	EDIT(&music, .verb = TRACK, .id = id,
	     .reset = "[\"title\",\"album\",\"year\"]");
	track = track_of(&music, id);
	assert_string_equal(track.title, "One");
	assert_string_equal(track.album, "First");
	assert_int_equal(track.year, 1990);
	assert_string_equal(track.artist, "Dora, Emil feat. Fritz");
	assert_string_equal(track.genres[0].name, "Jazz");
	assert_int_equal(try(&music, &wrong), STATUS_INVALID);
	assert_string_equal(wrong.fault.field, "reset");
	music_close(&music);
}

static void
an_edit_that_dies_before_its_end_leaves_nothing(void **state)
{
	struct music music;
	struct music_file file;
	struct editing dying = { .verb = TRACK, .set = EVERY_FIELD,
				 .die = true };
	char *before;
	int64_t id, seq;

	music_open(&music, *state);
	file = tagged_file(&music, 1);
	id = dying.id = music_save(&music, &file).track_id;
	before = dump(&music);
	seq = music_number(&music, "select max(seq) from outbox", 0);
	assert_int_equal(try(&music, &dying), STATUS_CANCELLED);
	assert_string_equal(dump(&music), before);
	assert_int_equal(music_number(&music, "select max(seq) from outbox", 0),
			 seq);
	assert_int_equal(music_number(&music, "select count(*) from edits", 0),
			 0);
	/* The catalogue forgot the artists that were not made. */
	EDIT(&music, .verb = TRACK, .id = id, .set = EVERY_FIELD);
	assert_edited(&music, id);
	music_close(&music);
}

static void
ids_that_name_nothing_are_refused_with_their_field(void **state)
{
	static const struct {
		const char *set, *field;
	} cases[] = {
		{ "{\"artists\":[{\"id\":999}]}", "artists" },
		{ "{\"artists\":[{\"name\":\"X\",\"role\":\"remixer\"}]}",
		  "artists" },
		{ "{\"genres\":[999]}", "genres" },
		{ "{\"album_id\":999}", "album_id" },
		{ "{\"artists\":[{\"name\":\" \"}]}", "artists" },
	};
	struct music music;
	int64_t id;
	char *before;

	music_open(&music, *state);
	id = put(&music, "a/1.flac", "One", "Anna", "First", "Pop");
	before = dump(&music);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct editing e = { .verb = TRACK, .id = id,
				     .set = cases[i].set };

		assert_int_equal(try(&music, &e), STATUS_INVALID);
		assert_string_equal(e.fault.field, cases[i].field);
	}
	assert_string_equal(dump(&music), before);
	music_close(&music);
}

static void
a_hidden_track_stays_hidden_whatever_its_file_does(void **state)
{
	struct music music;
	struct music_file file, other;
	struct save_outcome saved;
	int64_t id;

	music_open(&music, *state);
	file = tagged_file(&music, 1);
	other = tagged_file(&music, 2);
	saved = music_save(&music, &file);
	id = saved.track_id;
	EDIT(&music, .verb = HIDE, .id = id);
	assert_false(visible(&music, id));
	music_save(&music, &file);
	assert_false(visible(&music, id));
	music_save(&music, &other);
	assert_false(visible(&music, id));
	music_missing(&music, saved.file_id);
	music_restore(&music, saved.file_id);
	assert_false(visible(&music, id));
	music_reject(&music, &file, "broken");
	music_save(&music, &file);
	assert_false(visible(&music, id));
	assert_int_equal(music_number(&music,
				      "select value from totals "
				      "where key = 'size_bytes'", 0),
			 0);
	EDIT(&music, .verb = SHOW, .id = id);
	assert_string_equal(track_of(&music, id).title, "One");

	EDIT(&music, .verb = HIDE, .id = id);
	music_missing(&music, saved.file_id);
	EDIT(&music, .verb = SHOW, .id = id);
	assert_false(visible(&music, id)); /* its file is not there */
	music_restore(&music, saved.file_id);
	assert_true(visible(&music, id));
	music_close(&music);
}

/* ---- albums ------------------------------------------------------------------ */

static enum status
cover_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct cover cover = { .key = { { 9 } },
				     .mime = "image/png",
				     .size_bytes = 9 };

	return covers_save(session, &cover, cookie, fault);
}

static void
an_edited_album_keeps_its_id_and_takes_new_tracks(void **state)
{
	struct music music;
	struct track track;
	struct album album;
	struct fault fault;
	int64_t one, two, three, id, cover = 0;
	char *before, set[400];

	music_open(&music, *state);
	one = put(&music, "a/1.flac", "One", "Anna", "Frist", "Pop");
	two = put(&music, "a/2.flac", "Two", "Anna", "Frist", "Pop");
	id = track_of(&music, one).album_id;
	assert_int_equal(store_write(music.store, cover_work, &cover, &fault),
			 STATUS_OK);
	before = dump(&music);
	snprintf(set, sizeof set,
		 "{\"title\":\"First\",\"artists\":[{\"name\":\"Anna\"},"
		 "{\"name\":\"Bela\"}],\"year\":1999,\"genres\":[\"Folk\"],"
		 "\"cover_id\":%lld}",
		 (long long)cover);
	EDIT(&music, .verb = ALBUM, .id = id, .set = set);

	/* A new file with the wrong title, one with the corrected one. */
	three = put(&music, "a/3.flac", "Three", "Anna", "Frist", "Pop");
	put(&music, "a/2.flac", "Two", "Anna", "First", "Pop");
	album = album_of(&music, id);
	assert_string_equal(album.title, "First");
	assert_string_equal(album.artist, "Anna, Bela");
	assert_int_equal(album.artist_count, 2);
	assert_int_equal(album.year, 1999);
	assert_int_equal(album.cover.id, cover);
	assert_int_equal(album.track_count, 3);
	assert_int_equal(album.genre_count, 1);
	assert_string_equal(album.genres[0].name, "Folk");
	track = track_of(&music, three);
	assert_string_equal(track.album, "First");
	assert_string_equal(track.genres[0].name, "Folk");
	assert_int_equal(track_of(&music, two).album_id, id);

	put(&music, "a/2.flac", "Two", "Anna", "Frist", "Pop");
	music_missing(&music, music_number(&music,
					   "select id from files "
					   "where track_id = $1", three));
	EDIT(&music, .verb = ALBUM, .id = id,
	     .reset = "[\"title\",\"artists\",\"year\",\"genres\",\"cover\"]");
	assert_string_equal(dump(&music), before);
	music_close(&music);
}

static void
a_track_of_an_edited_album_may_have_genres_of_its_own(void **state)
{
	struct music music;
	int64_t one, two, id;

	music_open(&music, *state);
	one = put(&music, "a/1.flac", "One", "Anna", "First", "Pop");
	two = put(&music, "a/2.flac", "Two", "Anna", "First", "Pop");
	id = track_of(&music, one).album_id;
	EDIT(&music, .verb = TRACK, .id = one, .set = "{\"genres\":[\"Own\"]}");
	EDIT(&music, .verb = ALBUM, .id = id, .set = "{\"genres\":[\"Folk\"]}");
	assert_string_equal(track_of(&music, one).genres[0].name, "Own");
	assert_string_equal(track_of(&music, two).genres[0].name, "Folk");
	/* A track that leaves the album leaves its genres there. */
	put(&music, "a/2.flac", "Two", "Anna", "Second", "Rock");
	assert_string_equal(track_of(&music, two).genres[0].name, "Rock");
	EDIT(&music, .verb = ALBUM, .id = id, .reset = "[\"genres\"]");
	assert_string_equal(track_of(&music, one).genres[0].name, "Own");
	music_close(&music);
}

static void
a_track_moved_to_an_album_by_hand_stays_there(void **state)
{
	struct music music;
	int64_t one, other, id;
	char set[64];

	music_open(&music, *state);
	one = put(&music, "a/1.flac", "One", "Anna", "First", "Pop");
	other = put(&music, "b/1.flac", "Uno", "Bela", "Other", "Pop");
	id = track_of(&music, other).album_id;
	snprintf(set, sizeof set, "{\"album_id\":%lld}", (long long)id);
	EDIT(&music, .verb = TRACK, .id = one, .set = set);
	assert_int_equal(album_of(&music, id).track_count, 2);
	/* Its folder becomes a compilation. */
	put(&music, "a/2.flac", "Two", "Carl", "First", "Pop");
	put(&music, "a/3.flac", "Three", "Anna", "First", "Pop");
	put(&music, "a/1.flac", "One!", "Anna", "First", "Pop");
	assert_int_equal(track_of(&music, one).album_id, id);
	EDIT(&music, .verb = TRACK, .id = one,
	     .set = "{\"album\":null}");
	assert_null(track_of(&music, one).album);
	EDIT(&music, .verb = TRACK, .id = one, .reset = "[\"album\"]");
	assert_string_equal(track_of(&music, one).album, "First");
	music_close(&music);
}

/* ---- artists ------------------------------------------------------------------ */

static void
a_renamed_artist_is_renamed_everywhere_and_found_by_both_names(void **state)
{
	struct music music;
	struct music_file file;
	struct track track;
	struct editing taken = { .verb = ARTIST };
	int64_t one, two, three, id;
	char *before;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "One", "Jon feat. Yoko", "First", "Pop");
	file.media.credit_count = 0;
	music_artist(&file, "Jon", CREDIT_MAIN);
	music_artist(&file, "Yoko", CREDIT_FEATURED);
	one = music_save(&music, &file).track_id;
	two = put(&music, "a/2.flac", "Two", "Jon", "First", "Pop");
	put(&music, "b/1.flac", "Uno", "Jonas", "Other", "Pop");
	id = track_of(&music, one).artist_id;
	before = dump(&music);
	EDIT(&music, .verb = ARTIST, .id = id,
	     .set = "{\"name\":\"John\",\"bio\":\"A singer.\"}");
	assert_string_equal(track_of(&music, one).artist, "John feat. Yoko");
	assert_string_equal(track_of(&music, two).album_artist, "John");
	assert_string_equal(see(&music, see_artist, id).artist.name, "John");

	/* Tags with the old name and with the new one are his. */
	file.media.title = "One again";
	music_save(&music, &file);
	track = track_of(&music, one);
	assert_string_equal(track.artist, "John feat. Yoko");
	assert_int_equal(track.artist_id, id);
	three = put(&music, "c/1.flac", "Three", "John", "Late", "Pop");
	assert_int_equal(track_of(&music, three).artist_id, id);
	assert_string_equal(track_of(&music, three).artist, "John");

	taken.id = id;
	taken.set = "{\"name\":\"jonas\"}";
	assert_int_equal(try(&music, &taken), STATUS_CONFLICT);
	assert_string_equal(taken.fault.field, "name");

	file.media.title = "One";
	music_save(&music, &file);
	music_missing(&music, music_number(&music,
					   "select id from files "
					   "where track_id = $1", three));
	EDIT(&music, .verb = ARTIST, .id = id,
	     .reset = "[\"name\",\"bio\"]");
	assert_string_equal(dump(&music), before);
	music_close(&music);
}

static void
names_in_texts_are_replaced_as_words_in_whatever_case(void **state)
{
	static const struct {
		const char *tagged, *shown;
	} cases[] = {
		{ "ANNA", "Zoe" },
		{ "Anna & Hannah", "Zoe & Hannah" },
		{ "Hannah, anna", "Hannah, Zoe" },
		{ "Annabel feat. Änna", "Annabel feat. Änna" },
		{ "Анна/Anna/Анна", "Анна/Zoe/Анна" },
	};
	struct music music;
	int64_t ids[ARRAY_LENGTH(cases)];
	char path[32];

	music_open(&music, *state);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct music_file file;

		snprintf(path, sizeof path, "a/%zu.flac", i);
		file = music_file(&music, path);
		music_tag(&file, "T", "Anna", "First", "Pop");
		file.media.artist_text = cases[i].tagged;
		ids[i] = music_save(&music, &file).track_id;
	}
	EDIT(&music, .verb = ARTIST, .id = track_of(&music, ids[0]).artist_id,
	     .set = "{\"name\":\"Zoe\"}");
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_string_equal(track_of(&music, ids[i]).artist,
				    cases[i].shown);
	music_close(&music);
}

static void
an_edited_track_takes_part_in_renaming_its_artist(void **state)
{
	struct music music;
	int64_t one, id;
	char *before;

	music_open(&music, *state);
	one = put(&music, "a/1.flac", "One", "Jon", "First", "Pop");
	id = track_of(&music, one).artist_id;
	before = dump(&music);
	EDIT(&music, .verb = ARTIST, .id = id, .set = "{\"name\":\"John\"}");
	EDIT(&music, .verb = TRACK, .id = one, .set = "{\"title\":\"Uno\"}");
	assert_string_equal(track_of(&music, one).artist, "John");
	put(&music, "a/1.flac", "One", "jon", "First", "Pop");
	put(&music, "a/1.flac", "One", "Jon", "First", "Pop");
	assert_string_equal(track_of(&music, one).artist, "John");
	EDIT(&music, .verb = ARTIST, .id = id, .reset = "[\"name\"]");
	assert_string_equal(track_of(&music, one).artist, "Jon");
	EDIT(&music, .verb = TRACK, .id = one, .reset = "[\"title\"]");
	assert_string_equal(dump(&music), before);
	music_close(&music);
}

static void
a_sort_name_files_the_artist_elsewhere(void **state)
{
	struct music music;
	struct artist artist;
	int64_t one, id;
	char *before;

	music_open(&music, *state);
	one = put(&music, "a/1.flac", "One", "Björk", "First", "Pop");
	id = track_of(&music, one).artist_id;
	before = dump(&music);
	EDIT(&music, .verb = ARTIST, .id = id,
	     .set = "{\"sort_name\":\"Gudmundsdottir\"}");
	put(&music, "a/1.flac", "One", "Bjork", "First", "Pop");
	artist = see(&music, see_artist, id).artist;
	assert_string_equal(artist.sort_name, "Gudmundsdottir");
	assert_int_equal(music_number(&music,
				      "select count(*) from artists "
				      "where letter = 'G' and id = $1", id),
			 1);
	put(&music, "a/1.flac", "One", "Björk", "First", "Pop");
	EDIT(&music, .verb = ARTIST, .id = id, .reset = "[\"sort_name\"]");
	assert_string_equal(dump(&music), before);
	music_close(&music);
}

/* ---- genres ------------------------------------------------------------------- */

static int64_t
genre_id(struct music *music, int64_t track, size_t place)
{
	struct track t = track_of(music, track);

	assert_true(place < t.genre_count);
	return t.genres[place].id;
}

static void
a_merged_genre_gives_its_tracks_and_names_and_takes_them_back(void **state)
{
	struct music music;
	struct music_file both;
	int64_t tracks[5], hip, rap, late, mixed;
	char path[32], *before;

	music_open(&music, *state);
	for (int i = 0; i < 5; i++) {
		snprintf(path, sizeof path, "a/%d.flac", i);
		tracks[i] = put(&music, path, "T", "Anna", "First",
				i < 2 ? "Hip-Hop" : "Rap");
	}
	both = music_file(&music, "b/1.flac");
	music_tag(&both, "Both", "Bela", "Second", "Rap");
	music_genre(&both, "Hip-Hop");
	mixed = music_save(&music, &both).track_id;
	hip = genre_id(&music, tracks[0], 0);
	rap = genre_id(&music, tracks[4], 0);
	before = dump(&music);

	EDIT(&music, .verb = MERGE, .id = rap, .target = hip);
	/* A scan in the middle, and a step that dies. */
	EDIT(&music, .verb = STEP, .id = rap);
	late = put(&music, "c/1.flac", "Late", "Carl", "Third", "rap");
	assert_int_equal(genre_id(&music, late, 0), hip);
	{
		struct editing dying = { .verb = STEP, .id = rap,
					 .die = true };

		assert_int_equal(try(&music, &dying), STATUS_CANCELLED);
	}
	for (int i = 0; i < 2; i++)
		EDIT(&music, .verb = STEP, .id = rap);
	assert_int_equal(music_number(&music,
				      "select track_count from genres "
				      "where id = $1", hip),
			 7);
	assert_int_equal(music_number(&music,
				      "select track_count from genres "
				      "where id = $1", rap),
			 0);
	assert_int_equal(track_of(&music, mixed).genre_count, 1);
	assert_string_equal(track_of(&music, late).genres[0].name, "Hip-Hop");

	music_missing(&music, music_number(&music,
					   "select id from files "
					   "where track_id = $1", late));
	EDIT(&music, .verb = UNMERGE, .id = rap);
	for (int i = 0; i < 3; i++)
		EDIT(&music, .verb = STEP, .id = rap);
	assert_string_equal(dump(&music), before);
	music_close(&music);
}

static void
a_removed_genre_is_on_no_track_until_it_returns(void **state)
{
	struct music music;
	struct editing again = { .verb = MERGE };
	int64_t one, id;
	char *before;

	music_open(&music, *state);
	one = put(&music, "a/1.flac", "One", "Anna", "First", "Other");
	id = again.id = genre_id(&music, one, 0);
	before = dump(&music);
	EDIT(&music, .verb = MERGE, .id = id);
	EDIT(&music, .verb = STEP, .id = id);
	assert_int_equal(track_of(&music, one).genre_count, 0);
	assert_int_equal(try(&music, &again), STATUS_CONFLICT);
	put(&music, "a/2.flac", "Two", "Anna", "First", "other");
	assert_int_equal(music_number(&music,
				      "select track_count from genres "
				      "where id = $1", id),
			 0);
	music_missing(&music,
		      music_number(&music, "select max(id) from files", 0));
	EDIT(&music, .verb = UNMERGE, .id = id);
	EDIT(&music, .verb = STEP, .id = id);
	assert_string_equal(dump(&music), before);
	music_close(&music);
}

static void
a_renamed_genre_keeps_its_name_over_tags(void **state)
{
	struct music music;
	struct editing taken = { .verb = GENRE,
				 .set = "{\"name\":\"ROCK\"}" };
	int64_t one, two, id;

	music_open(&music, *state);
	one = put(&music, "a/1.flac", "One", "Anna", "First", "Hip-Hop");
	put(&music, "b/1.flac", "Uno", "Bela", "Other", "Rock");
	id = taken.id = genre_id(&music, one, 0);
	EDIT(&music, .verb = GENRE, .id = id, .set = "{\"name\":\"Rap\"}");
	two = put(&music, "a/2.flac", "Two", "Anna", "First", "hip-hop");
	assert_string_equal(track_of(&music, two).genres[0].name, "Rap");
	two = put(&music, "a/3.flac", "Three", "Anna", "First", "RAP");
	assert_int_equal(genre_id(&music, two, 0), id);
	assert_string_equal(track_of(&music, two).genres[0].name, "Rap");
	assert_int_equal(try(&music, &taken), STATUS_CONFLICT);
	EDIT(&music, .verb = GENRE, .id = id, .reset = "[\"name\"]");
	assert_string_equal(track_of(&music, one).genres[0].name, "Hip-Hop");
	music_close(&music);
}

/* ---- things without files ------------------------------------------------------- */

static void
things_can_be_made_before_there_are_files(void **state)
{
	struct music music;
	struct editing artist = { .verb = NEW_ARTIST, .set = "Anna" };
	struct editing album = { .verb = NEW_ALBUM, .set = "First",
				 .reset = "[\"Anna\"]" };
	struct editing genre = { .verb = NEW_GENRE, .set = "Pop" };
	struct track track;

	music_open(&music, *state);
	assert_int_equal(try(&music, &artist), STATUS_OK);
	assert_int_equal(try(&music, &album), STATUS_OK);
	assert_int_equal(try(&music, &genre), STATUS_OK);
	assert_int_equal(try(&music, &artist), STATUS_CONFLICT);
	assert_int_equal(try(&music, &album), STATUS_CONFLICT);
	assert_int_equal(try(&music, &genre), STATUS_CONFLICT);
	track = track_of(&music, put(&music, "a/1.flac", "One", "anna",
				     "FIRST", "pop"));
	assert_int_equal(track.artist_id, artist.made);
	assert_int_equal(track.album_id, album.made);
	assert_int_equal(track.genres[0].id, genre.made);
	music_close(&music);
}

/* ---- anything in any order -------------------------------------------------------- */

#define FILES 8
#define ROUNDS 150

static unsigned
random_below(unsigned *seed, unsigned bound)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % bound;
}

static void
random_save(struct music *music, unsigned *seed, unsigned n)
{
	static const char *const artists[] = { "Anna", "Bela", "Carl" };
	static const char *const genres[] = { "Pop", "Rock", "Folk" };
	const char *artist, *genre;
	char path[32], title[32], album[32];

	snprintf(path, sizeof path, "%c/%u.flac", 'a' + (char)(n % 3), n);
	snprintf(title, sizeof title, "Song %u", random_below(seed, 4));
	snprintf(album, sizeof album, "Album %u", random_below(seed, 3));
	artist = artists[random_below(seed, 3)];
	genre = genres[random_below(seed, 3)];
	put(music, path, title, artist, album, genre);
}

static void
random_edit(struct music *music, unsigned *seed, int64_t track)
{
	static const char *const track_sets[] = {
		"{\"title\":\"Edited\"}",
		"{\"artists\":[{\"name\":\"Dora\"},{\"name\":\"Anna\"}]}",
		"{\"album\":\"Edited album\"}",
		"{\"album\":\"Album 1\",\"album_artist\":\"Bela\"}",
		"{\"genres\":[\"Jazz\",\"Pop\"]}",
		"{\"year\":1970,\"track_no\":3,\"composer\":\"Emil; Carl\"}",
		"{\"album\":null}",
	};
	static const char *const album_sets[] = {
		"{\"title\":\"Renamed album\"}",
		"{\"artists\":[{\"name\":\"Dora\"}]}",
		"{\"genres\":[\"Blues\"]}",
		"{\"year\":1950}",
	};
	struct editing e = { .verb = TRACK, .id = track };
	int64_t album = music_number(music,
				     "select coalesce(album_id, 0) "
				     "from tracks where id = $1", track);
	int64_t artist = music_number(music,
				      "select coalesce(artist_id, 0) "
				      "from tracks where id = $1", track);

	switch (random_below(seed, 8)) {
	case 0:
		e.verb = random_below(seed, 2) == 0 ? HIDE : SHOW;
		break;
	case 1:
		e.verb = ALBUM;
		e.id = album;
		e.set = album_sets[random_below(seed, 4)];
		break;
	case 2:
		e.verb = ARTIST;
		e.id = artist;
		e.set = random_below(seed, 2) == 0 ?
				"{\"name\":\"Zoe\"}" :
				"{\"name\":\"Yves\",\"sort_name\":\"Y\"}";
		break;
	case 3:
		e.reset = "[\"title\",\"genres\"]";
		break;
	case 4:
		e.verb = ALBUM;
		e.id = album;
		e.reset = "[\"title\"]";
		break;
	default:
		e.set = track_sets[random_below(seed, 7)];
	}
	if (e.id == 0)
		return;
	e.die = random_below(seed, 10) == 0;
	try(music, &e); /* a name may be taken: nothing changes then */
}

struct id_list {
	int64_t ids[200];
	size_t count;
	int kind;
};

static enum status
edited_ids(struct store_session *session, void *cookie, struct fault *fault)
{
	struct id_list *list = cookie;
	struct store_rows *rows;
	enum status status = sql_query(session,
				       "select entity_id from edits "
				       "where kind = $1",
				       SQL_ARGS(SQL_INT(list->kind)), &rows,
				       fault);

	list->count = 0;
	while (status == STATUS_OK && sql_next(rows, &status, fault))
		list->ids[list->count++] = sql_column_int(rows, 0);
	sql_end(rows);
	return status;
}

static void
take_all_back(struct music *music, enum edit_kind kind, enum edit_verb verb,
	      const char *names)
{
	struct id_list list = { .kind = (int)kind };

	music_read(music, edited_ids, &list);
	for (size_t i = 0; i < list.count; i++)
		EDIT(music, .verb = verb, .id = list.ids[i], .reset = names);
}

static void
counters_are_right_after_any_sequence_of_edits_and_scans(void **state)
{
	struct music music;
	unsigned seed = 20261128;

	music_open(&music, *state);
	for (unsigned n = 0; n < FILES; n++)
		random_save(&music, &seed, n);
	for (int round = 0; round < ROUNDS; round++) {
		int64_t track = 1 + random_below(&seed, FILES);

		if (random_below(&seed, 3) == 0)
			random_save(&music, &seed,
				    random_below(&seed, FILES));
		else if (random_below(&seed, 10) == 0)
			music_missing(&music, track);
		else
			random_edit(&music, &seed, track);
	}
	/* Without edits, the library is what its files say. */
	take_all_back(&music, EDIT_ALBUM, ALBUM,
		      "[\"title\",\"artists\",\"year\",\"genres\",\"cover\"]");
	take_all_back(&music, EDIT_ARTIST, ARTIST,
		      "[\"name\",\"sort_name\"]");
	take_all_back(&music, EDIT_TRACK, TRACK, EVERY_NAME);
	assert_int_equal(music_number(&music, "select count(*) from edits", 0),
			 0);
	for (int64_t id = 1; id <= FILES; id++) {
		EDIT(&music, .verb = SHOW, .id = id);
		music_restore(&music, id);
	}
	for (int64_t id = 1; id <= FILES; id++) {
		struct track track = track_of(&music, id);

		assert_non_null(strstr(track.title, "Song"));
		assert_non_null(strstr(track.album, "Album "));
		assert_int_equal(track.artist_count, 1);
		assert_string_equal(track.artist, track.artists[0].name);
		assert_null(strstr(track.artist, "Dora"));
		assert_int_equal(track.genre_count, 1);
		assert_null(track.composer);
		assert_int_equal(track.year, 0);
	}
	music_close(&music);
}

/* ---- all of them on both stores ------------------------------------------- */

#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, NULL, NULL, (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, \
	   who_owns_an_artist_owns_the_albums_and_tracks_credited_first), \
	ON(driver, owners_are_people_and_what_they_own_is_an_artist), \
	ON(driver, \
	   an_edit_of_every_field_survives_scans_and_is_taken_back_exactly), \
	ON(driver, fields_are_taken_back_one_by_one), \
	ON(driver, an_edit_that_dies_before_its_end_leaves_nothing), \
	ON(driver, ids_that_name_nothing_are_refused_with_their_field), \
	ON(driver, a_hidden_track_stays_hidden_whatever_its_file_does), \
	ON(driver, an_edited_album_keeps_its_id_and_takes_new_tracks), \
	ON(driver, a_track_of_an_edited_album_may_have_genres_of_its_own), \
	ON(driver, a_track_moved_to_an_album_by_hand_stays_there), \
	ON(driver, \
	   a_renamed_artist_is_renamed_everywhere_and_found_by_both_names), \
	ON(driver, names_in_texts_are_replaced_as_words_in_whatever_case), \
	ON(driver, an_edited_track_takes_part_in_renaming_its_artist), \
	ON(driver, a_sort_name_files_the_artist_elsewhere), \
	ON(driver, \
	   a_merged_genre_gives_its_tracks_and_names_and_takes_them_back), \
	ON(driver, a_removed_genre_is_on_no_track_until_it_returns), \
	ON(driver, a_renamed_genre_keeps_its_name_over_tags), \
	ON(driver, things_can_be_made_before_there_are_files), \
	ON(driver, counters_are_right_after_any_sequence_of_edits_and_scans)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
