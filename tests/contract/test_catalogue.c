/* test_catalogue.c - who is who, and counters that are always right, on both
 * stores. After each change everything is counted anew (music.check). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library/albums.h"
#include "library/artists.h"
#include "library/covers.h"
#include "library/outbox.h"
#include "library/tracks.h"
#include "tests/support/music.h"

/* ---- reading what came of it ---------------------------------------------- */

struct track_read {
	int64_t id;
	struct arena *arena;
	struct track out;
	enum status status;
};

static enum status
track_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct track_read *read = cookie;

	read->status = tracks_get(session, read->id, read->arena, &read->out,
				  fault);
	return read->status == STATUS_NOT_FOUND ? STATUS_OK : read->status;
}

static struct track
track_of(struct music *music, int64_t id)
{
	struct track_read read = { .id = id, .arena = &music->arena };

	music_read(music, track_work, &read);
	assert_int_equal(read.status, STATUS_OK);
	return read.out;
}

static bool
track_visible(struct music *music, int64_t id)
{
	struct track_read read = { .id = id, .arena = &music->arena };

	music_read(music, track_work, &read);
	return read.status == STATUS_OK;
}

struct album_read {
	int64_t id;
	struct arena *arena;
	struct album out;
};

static enum status
album_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct album_read *read = cookie;

	return albums_get(session, read->id, read->arena, &read->out, fault);
}

static struct album
album_of(struct music *music, int64_t id)
{
	struct album_read read = { .id = id, .arena = &music->arena };

	music_read(music, album_work, &read);
	return read.out;
}

static int64_t
album_count(struct music *music)
{
	return music_number(music,
			    "select value from totals where key = 'albums'", 0);
}

static int64_t
artist_count(struct music *music)
{
	return music_number(music,
			    "select value from totals where key = 'artists'",
			    0);
}

/* Saves "path" tagged; returns the track's id. */
static int64_t
put(struct music *music, const char *path, const char *title,
    const char *artist, const char *album, const char *genre)
{
	struct music_file file = music_file(music, path);

	music_tag(&file, title, artist, album, genre);
	return music_save(music, &file).track_id;
}

/* ---- tracks --------------------------------------------------------------- */

static void
a_file_becomes_a_track_with_all_its_facts(void **state)
{
	struct music music;
	struct music_file file;
	struct save_outcome outcome;
	struct track track;

	music_open(&music, *state);
	file = music_file(&music, "Кино/Группа крови/01.flac");
	music_tag(&file, "Группа крови", "Кино", "Группа крови", "Рок");
	music_artist(&file, "Виктор Цой", CREDIT_COMPOSER);
	music_genre(&file, "Post-Punk");
	file.media.track_no = 1;
	file.media.disc_no = 1;
	file.media.year = 1988;
	file.media.gapless_known = true;
	file.media.end_trim_samples = 77;
	file.media.track_gain = (struct media_gain){ true, -6.1, 0.98 };
	file.media.tagged_tempo_bpm = 120.5;
	file.media.lyrics = "Теплое место";
	outcome = music_save(&music, &file);
	assert_int_equal(outcome.result, SAVE_ADDED);

	track = track_of(&music, outcome.track_id);
	assert_string_equal(track.title, "Группа крови");
	assert_string_equal(track.artist, "Кино");
	assert_int_equal(track.artist_count, 2);
	assert_string_equal(track.artists[0].name, "Кино");
	assert_int_equal(track.artists[0].role, CREDIT_MAIN);
	assert_int_equal(track.artists[0].id, track.artist_id);
	assert_string_equal(track.artists[1].name, "Виктор Цой");
	assert_int_equal(track.artists[1].role, CREDIT_COMPOSER);
	assert_string_equal(track.composer, "Виктор Цой");
	assert_string_equal(track.album, "Группа крови");
	assert_string_equal(track.album_artist, "Кино");
	assert_int_equal(track.genre_count, 2);
	assert_string_equal(track.genres[0].name, "Рок");
	assert_string_equal(track.genres[1].name, "Post-Punk");
	assert_int_equal(track.year, 1988);
	assert_int_equal(track.track_no, 1);
	assert_true(track.gapless_known);
	assert_int_equal(track.gapless_end_samples, 77);
	assert_true(track.track_gain.known);
	assert_false(track.album_gain.known);
	assert_true(track.track_gain.gain_db == -6.1);
	assert_true(track.tempo.known && track.tempo.value == 120.5);
	assert_false(track.energy.known);
	assert_true(track.has_lyrics);
	assert_int_equal(track.bitrate_bps, 900000);
	assert_int_equal(track.bit_depth, 16);
	assert_string_equal(track.source_kind, "folder");
	assert_int_equal(track.cover.id, 0);
	music_close(&music);
}

static void
a_file_without_tags_is_named_after_itself(void **state)
{
	struct music music;
	struct music_file file;
	struct track track;

	music_open(&music, *state);
	file = music_file(&music, "loose/01 - Some. Song.mp3");
	track = track_of(&music, music_save(&music, &file).track_id);
	assert_string_equal(track.title, "01 - Some. Song");
	assert_string_equal(track.artist, "");
	assert_int_equal(track.artist_id, 0);
	assert_null(track.album);
	assert_null(track.album_artist);
	assert_int_equal(track.genre_count, 0);
	music_close(&music);
}

static void
saving_the_same_facts_again_changes_nothing(void **state)
{
	struct music music;
	struct music_file file;
	struct save_outcome first, second;
	int64_t seq;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "One", "A", "X", "Pop");
	first = music_save(&music, &file);
	seq = music_number(&music, "select max(seq) from outbox", 0);
	file.file.modified_ns++;
	file.file.inode++;
	second = music_save(&music, &file);
	assert_int_equal(second.result, SAVE_UNCHANGED);
	assert_int_equal(second.track_id, first.track_id);
	assert_int_equal(music_number(&music, "select max(seq) from outbox", 0),
			 seq);
	assert_int_equal(music_number(&music,
				      "select modified_ns from files "
				      "where id = $1",
				      second.file_id),
			 file.file.modified_ns);
	music_close(&music);
}

static void
a_retagged_file_keeps_its_track_and_leaves_its_old_album(void **state)
{
	struct music music;
	struct music_file file;
	struct save_outcome first, second;
	struct track track;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "Old", "Old Artist", "Old Album", "Old Genre");
	first = music_save(&music, &file);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "New", "New Artist", "New Album", "New Genre");
	second = music_save(&music, &file);
	assert_int_equal(second.result, SAVE_UPDATED);
	assert_int_equal(second.track_id, first.track_id);
	track = track_of(&music, first.track_id);
	assert_string_equal(track.title, "New");
	assert_string_equal(track.album, "New Album");
	assert_int_equal(album_count(&music), 1);
	assert_int_equal(artist_count(&music), 1);
	music_close(&music);
}

static bool
always_gone(void *cookie, int64_t source_id, const char *folder,
	    const char *name)
{
	int *asked = cookie;

	(void)source_id;
	assert_string_equal(folder, "a");
	assert_string_equal(name, "1.flac");
	(*asked)++;
	return true;
}

static bool
never_gone(void *cookie, int64_t source_id, const char *folder,
	   const char *name)
{
	(void)source_id;
	(void)folder;
	(void)name;
	(*(int *)cookie)++;
	return false;
}

static void
a_file_that_moved_keeps_its_track(void **state)
{
	struct music music;
	struct music_file file, moved, copy;
	struct save_outcome first, second, third;
	int asked = 0;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "One", "A", "X", "Pop");
	first = music_save(&music, &file);

	copy = music_file(&music, "copy/1.flac");
	music_tag(&copy, "One", "A", "X", "Pop");
	music_same_audio(&copy, &file);
	copy.gone = never_gone;
	copy.gone_cookie = &asked;
	third = music_save(&music, &copy);
	assert_int_equal(third.result, SAVE_ADDED); /* a copy is no move */
	assert_int_equal(asked, 1);
	music_missing(&music, third.file_id);

	/* Same audio, other tags, and the old path is gone. */
	asked = 0;
	moved = music_file(&music, "b/renamed.flac");
	music_tag(&moved, "One (Remaster)", "A", "X", "Pop");
	music_same_audio(&moved, &file);
	moved.gone = always_gone;
	moved.gone_cookie = &asked;
	music_number(&music, "select count(*) from files", 0);
	second = music_save(&music, &moved);
	assert_int_equal(second.result, SAVE_MOVED);
	assert_int_equal(second.track_id == first.track_id ||
				 second.track_id == third.track_id,
			 1);
	assert_int_equal(music_number(&music, "select count(*) from files", 0),
			 2);
	music_close(&music);
}

/* The first file, two copies of it, and where it moves to. */
struct copies {
	struct music_file files[4];
	struct save_outcome outcomes[4];
	int asked[4];
};

static enum status
copies_work(struct catalogue *catalogue, struct store_session *session,
	    void *cookie, struct fault *fault)
{
	struct copies *copies = cookie;
	enum status status = STATUS_OK;

	(void)session;
	for (int i = 1; i < 4 && status == STATUS_OK; i++) {
		struct music_file *file = &copies->files[i];
		struct file_facts facts = file->file;
		const struct save_args args = { .file = &facts,
						.media = &file->media,
						.gone = never_gone,
						.gone_cookie =
							&copies->asked[i] };

		copies->asked[i] = 0;
		facts.folder = file->folder;
		facts.name = file->name;
		if (i == 3)
			status = files_mark_missing(
				catalogue, &copies->outcomes[0].file_id, 1,
				NULL, fault);
		if (status == STATUS_OK)
			status = tracks_save(catalogue, &args,
					     &copies->outcomes[i], fault);
	}
	return status;
}

static void
copies_are_looked_for_once_in_a_transaction_until_one_is_missing(void **state)
{
	static const char *const paths[] = { "a/1.flac", "b/2.flac",
					     "c/3.flac", "d/4.flac" };
	struct copies copies = { 0 };
	struct fault fault = { 0 };
	struct music music;

	music_open(&music, *state);
	for (int i = 0; i < 4; i++) {
		copies.files[i] = music_file(&music, paths[i]);
		music_tag(&copies.files[i], "One", "A", "X", "Pop");
		music_same_audio(&copies.files[i], &copies.files[0]);
	}
	copies.outcomes[0] = music_save(&music, &copies.files[0]);
	assert_int_equal(catalogue_write(music.catalogue, copies_work, &copies,
					 &fault),
			 STATUS_OK);
	assert_int_equal(copies.outcomes[1].result, SAVE_ADDED);
	assert_int_equal(copies.asked[1], 1);
	assert_int_equal(copies.outcomes[2].result, SAVE_ADDED);
	assert_int_equal(copies.asked[2], 0);
	assert_int_equal(copies.outcomes[3].result, SAVE_MOVED);
	assert_int_equal(copies.outcomes[3].track_id,
			 copies.outcomes[0].track_id);
	music_close(&music);
}

static void
a_missing_file_gives_its_track_to_the_same_inode_with_other_audio(void **state)
{
	struct music music;
	struct music_file file, moved;
	struct save_outcome first, second;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "One", "A", "X", "Pop");
	first = music_save(&music, &file);
	music_missing(&music, first.file_id);
	assert_false(track_visible(&music, first.track_id));
	moved = music_file(&music, "z/9.flac");
	music_tag(&moved, "One", "A", "X", "Pop");
	moved.file.inode = file.file.inode;
	second = music_save(&music, &moved);
	assert_int_equal(second.result, SAVE_MOVED);
	assert_int_equal(second.track_id, first.track_id);
	assert_true(track_visible(&music, first.track_id));
	music_close(&music);
}

static void
a_missing_track_hides_with_its_album_and_returns_with_the_same_ids(void **state)
{
	struct music music;
	struct music_file file;
	struct save_outcome first, again;
	struct track before, after;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "One", "A", "X", "Pop");
	first = music_save(&music, &file);
	before = track_of(&music, first.track_id);
	music_missing(&music, first.file_id);
	assert_int_equal(album_count(&music), 0);
	assert_int_equal(artist_count(&music), 0);
	assert_int_equal(
		music_number(&music,
			     "select count(*) from genres "
			     "where track_count > 0",
			     0),
		0);
	again = music_save(&music, &file);
	assert_int_equal(again.result, SAVE_RESTORED);
	after = track_of(&music, again.track_id);
	assert_int_equal(after.id, before.id);
	assert_int_equal(after.album_id, before.album_id);
	assert_int_equal(after.artist_id, before.artist_id);
	assert_int_equal(after.genres[0].id, before.genres[0].id);

	music_missing(&music, first.file_id);
	music_restore(&music, first.file_id);
	after = track_of(&music, first.track_id);
	assert_int_equal(after.album_id, before.album_id);
	music_close(&music);
}

static void
a_rejected_file_hides_its_track_until_it_can_be_read_again(void **state)
{
	struct music music;
	struct music_file file, broken;
	struct save_outcome first;

	music_open(&music, *state);
	broken = music_file(&music, "a/broken.mp3");
	music_reject(&music, &broken, "no audio in it");
	assert_int_equal(music_number(&music,
				      "select rejected_count from sources "
				      "where id = $1",
				      music.source_id),
			 1);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "One", "A", "X", "Pop");
	first = music_save(&music, &file);
	music_reject(&music, &file, "cut short");
	assert_false(track_visible(&music, first.track_id));
	assert_int_equal(music_save(&music, &file).track_id, first.track_id);
	assert_true(track_visible(&music, first.track_id));
	/* A missing file that was rejected comes back as rejected. */
	music_missing(&music, first.file_id);
	music_restore(&music, first.file_id);
	assert_true(track_visible(&music, first.track_id));
	music_close(&music);
}

/* ---- artists -------------------------------------------------------------- */

static void
names_that_fold_alike_are_one_artist_and_the_last_spelling_is_shown(void **state)
{
	struct music music;
	int64_t a, b;

	music_open(&music, *state);
	a = put(&music, "a/1.flac", "1", "BEYONCE", NULL, NULL);
	b = put(&music, "a/2.flac", "2", "Beyoncé", NULL, NULL);
	assert_int_equal(track_of(&music, a).artist_id,
			 track_of(&music, b).artist_id);
	assert_string_equal(track_of(&music, a).artists[0].name, "Beyoncé");
	assert_int_equal(artist_count(&music), 1);
	music_close(&music);
}

static void
namesakes_with_two_musicbrainz_ids_are_two_artists(void **state)
{
	struct music music;
	struct music_file file;
	int64_t ids[3];
	const char *mbids[3] = { NULL, "id-one", "id-two" };

	music_open(&music, *state);
	for (int i = 0; i < 3; i++) {
		char path[32];

		snprintf(path, sizeof path, "n/%d.flac", i);
		file = music_file(&music, path);
		music_tag(&file, path, "Nirvana", NULL, NULL);
		file.media.credits[0].mbid = mbids[i];
		ids[i] = track_of(&music, music_save(&music, &file).track_id)
				 .artist_id;
	}
	assert_int_equal(ids[0], ids[1]); /* the first adopts the id */
	assert_int_not_equal(ids[1], ids[2]);
	music_close(&music);
}

/* ---- albums --------------------------------------------------------------- */

static int64_t
album_id_of(struct music *music, int64_t track_id)
{
	return track_of(music, track_id).album_id;
}

static void
discs_in_folders_of_their_own_are_one_album(void **state)
{
	struct music music;
	int64_t a, b, c;
	struct album album;

	music_open(&music, *state);
	a = put(&music, "Pink Floyd/The Wall/CD1/1.flac", "1", "Pink Floyd",
		"The Wall", "Rock");
	b = put(&music, "Pink Floyd/The Wall/CD 2/1.flac", "2", "Pink Floyd",
		"The Wall", "Rock");
	c = put(&music, "elsewhere/1.flac", "3", "Pink Floyd",
		"The Wall (Disc 3)", "Rock");
	assert_int_equal(album_id_of(&music, a), album_id_of(&music, b));
	assert_int_equal(album_id_of(&music, a), album_id_of(&music, c));
	assert_int_equal(track_of(&music, b).disc_no, 2);
	assert_int_equal(track_of(&music, c).disc_no, 3);
	album = album_of(&music, album_id_of(&music, a));
	assert_int_equal(album.disc_count, 3);
	assert_int_equal(album.track_count, 3);
	assert_string_equal(album.title, "The Wall");
	assert_string_equal(album.artist, "Pink Floyd");
	assert_int_equal(album.artist_count, 1);
	assert_false(album.is_compilation);
	music_close(&music);
}

static void
one_title_by_different_artists_in_different_folders_is_different_albums(
	void **state)
{
	struct music music;
	int64_t a, b;

	music_open(&music, *state);
	a = put(&music, "Queen/1.flac", "1", "Queen", "Greatest Hits", NULL);
	b = put(&music, "ABBA/1.flac", "1", "ABBA", "Greatest Hits", NULL);
	assert_int_not_equal(album_id_of(&music, a), album_id_of(&music, b));
	assert_int_equal(album_count(&music), 2);
	music_close(&music);
}

static void
one_title_by_different_artists_in_one_folder_is_a_compilation(void **state)
{
	struct music music;
	int64_t a, b, c;
	struct album album;

	music_open(&music, *state);
	a = put(&music, "mix/1.flac", "1", "Queen", "Hits", "Rock");
	b = put(&music, "mix/2.flac", "2", "ABBA", "Hits", "Pop");
	c = put(&music, "mix/3.flac", "3", "Queen", "Hits", "Rock");
	assert_int_equal(album_id_of(&music, a), album_id_of(&music, b));
	assert_int_equal(album_id_of(&music, a), album_id_of(&music, c));
	album = album_of(&music, album_id_of(&music, a));
	assert_true(album.is_compilation);
	assert_string_equal(album.artist, "");
	assert_int_equal(album.artist_count, 0);
	assert_int_equal(album.genre_count, 2);
	assert_string_equal(album.genres[0].name, "Rock");
	assert_int_equal(track_of(&music, a).album_artist == NULL, 1);
	music_close(&music);
}

/* Queen's own "Hits" lies in its folder; a mix of that title in another. */
static void
put_hits(struct music *music, int order, int64_t ids[4])
{
	static const struct {
		const char *path, *artist;
	} files[4] = {
		{ "mix/1.flac", "Queen" },
		{ "mix/2.flac", "ABBA" },
		{ "Queen/1.flac", "Queen" },
		{ "Queen/2.flac", "Queen" },
	};
	static const int orders[][4] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 },
					 { 0, 2, 1, 3 }, { 2, 0, 1, 3 },
					 { 2, 0, 3, 1 }, { 1, 2, 0, 3 },
					 { 0, 2, 3, 1 }, { 2, 1, 3, 0 } };

	for (int i = 0; i < 4; i++) {
		int k = orders[order][i];

		ids[k] = put(music, files[k].path, files[k].path,
			     files[k].artist, "Hits", "Rock");
	}
}

static void
a_compilation_beside_an_album_of_the_same_title_in_whatever_order(void **state)
{
	for (int order = 0; order < 8; order++) {
		struct music music;
		int64_t ids[4];
		struct album mix, own;

		music_open(&music, *state);
		put_hits(&music, order, ids);
		assert_int_equal(album_count(&music), 2);
		assert_int_equal(album_id_of(&music, ids[0]),
				 album_id_of(&music, ids[1]));
		assert_int_equal(album_id_of(&music, ids[2]),
				 album_id_of(&music, ids[3]));
		mix = album_of(&music, album_id_of(&music, ids[0]));
		own = album_of(&music, album_id_of(&music, ids[2]));
		assert_int_equal(mix.track_count, 2);
		assert_true(mix.is_compilation);
		assert_int_equal(own.track_count, 2);
		assert_false(own.is_compilation);
		assert_string_equal(own.artist, "Queen");
		music_close(&music);
	}
}

static void
a_track_that_makes_its_folder_a_compilation_is_counted_once(void **state)
{
	struct music music;
	int64_t own, mixed;
	struct album album;

	music_open(&music, *state);
	own = put(&music, "Queen/1.flac", "1", "Queen", "Hits", "Rock");
	mixed = put(&music, "mix/1.flac", "2", "Queen", "Hits", "Pop");
	assert_int_equal(album_id_of(&music, mixed), album_id_of(&music, own));
	put(&music, "mix/1.flac", "2", "ABBA", "Hits", "Jazz");
	album = album_of(&music, album_id_of(&music, mixed));
	assert_true(album.is_compilation);
	assert_int_equal(album.track_count, 1);
	assert_int_equal(album.genre_count, 1);
	assert_string_equal(album.genres[0].name, "Jazz");
	album = album_of(&music, album_id_of(&music, own));
	assert_int_equal(album.track_count, 1);
	music_close(&music); /* all numbers are counted anew */
}

static void
tagged_album_artists_join_and_part_albums(void **state)
{
	struct music music;
	struct music_file file;
	int64_t ids[3];
	struct album album;

	music_open(&music, *state);
	for (int i = 0; i < 3; i++) {
		static const char *const paths[] = { "a/1.flac", "b/2.flac",
						     "a/3.flac" };
		static const char *const artists[] = { "Guest", "Host",
						       "Guest" };

		file = music_file(&music, paths[i]);
		music_tag(&file, paths[i], artists[i], "Live", NULL);
		file.media.album_artist_text = i < 2 ? "Host" : "Other";
		music_artist(&file, file.media.album_artist_text,
			     CREDIT_ALBUM_MAIN);
		ids[i] = music_save(&music, &file).track_id;
	}
	assert_int_equal(album_id_of(&music, ids[0]),
			 album_id_of(&music, ids[1]));
	assert_int_not_equal(album_id_of(&music, ids[0]),
			     album_id_of(&music, ids[2]));
	album = album_of(&music, album_id_of(&music, ids[0]));
	assert_string_equal(album.artist, "Host");
	assert_int_equal(album.artist_count, 1);
	assert_string_equal(track_of(&music, ids[0]).album_artist, "Host");
	music_close(&music);
}

static void
an_album_tagged_various_artists_has_no_artist(void **state)
{
	struct music music;
	struct music_file file;
	struct album album;
	int64_t first = 0;

	music_open(&music, *state);
	for (int i = 0; i < 2; i++) {
		file = music_file(&music, i == 0 ? "v/1.flac" : "v/2.flac");
		music_tag(&file, "t", i == 0 ? "A" : "B", "Summer", NULL);
		file.media.album_artist_text = "Various Artists";
		music_artist(&file, "Various Artists", CREDIT_ALBUM_MAIN);
		first = music_save(&music, &file).track_id;
	}
	album = album_of(&music, album_id_of(&music, first));
	assert_int_equal(album.track_count, 2);
	assert_true(album.is_compilation);
	assert_int_equal(album.artist_count, 0);
	assert_int_equal(artist_count(&music), 2);
	music_close(&music);
}

static void
two_releases_of_one_title_are_told_apart_by_musicbrainz_id(void **state)
{
	struct music music;
	struct music_file file;
	int64_t ids[4];
	const char *mbids[4] = { NULL, "first", "second", "first" };

	music_open(&music, *state);
	for (int i = 0; i < 4; i++) {
		char path[32];

		snprintf(path, sizeof path, "r/%d.flac", i);
		file = music_file(&music, path);
		music_tag(&file, path, "Peter Gabriel", "Peter Gabriel", NULL);
		file.media.mbid_release = mbids[i];
		ids[i] = album_id_of(&music,
				     music_save(&music, &file).track_id);
	}
	assert_int_equal(ids[0], ids[1]);
	assert_int_not_equal(ids[1], ids[2]);
	assert_int_equal(ids[1], ids[3]);
	music_close(&music);
}

static bool
moved_away(void *cookie, int64_t source_id, const char *folder,
	   const char *name)
{
	(void)cookie;
	(void)source_id;
	(void)name;
	return strcmp(folder, "mix") == 0;
}

static void
a_compilation_that_moves_keeps_its_album(void **state)
{
	struct music music;
	struct music_file file;
	int64_t album;

	music_open(&music, *state);
	put(&music, "mix/1.flac", "1", "Queen", "Hits", NULL);
	album = album_id_of(&music, put(&music, "mix/2.flac", "2", "ABBA",
					"Hits", NULL));
	for (int i = 1; i <= 2; i++) {
		char path[32], old[32];
		struct music_file before;

		snprintf(path, sizeof path, "new/place/%d.flac", i);
		snprintf(old, sizeof old, "mix/%d.flac", i);
		before = music_file(&music, old);
		file = music_file(&music, path);
		music_tag(&file, i == 1 ? "1" : "2", i == 1 ? "Queen" : "ABBA",
			  "Hits", NULL);
		music_same_audio(&file, &before);
		file.gone = moved_away;
		assert_int_equal(music_save(&music, &file).result, SAVE_MOVED);
	}
	assert_int_equal(album_count(&music), 1);
	assert_int_equal(album_of(&music, album).track_count, 2);
	music_close(&music);
}

static void
the_album_takes_year_and_genre_that_most_tracks_have(void **state)
{
	struct music music;
	struct music_file file;
	struct album album;
	int64_t id = 0;

	music_open(&music, *state);
	for (int i = 0; i < 5; i++) {
		char path[32];

		snprintf(path, sizeof path, "y/%d.flac", i);
		file = music_file(&music, path);
		music_tag(&file, path, "A", "X", i < 2 ? "Jazz" : "Soul");
		file.media.year = i == 0 ? 0 : i < 3 ? 1970 : 1969 + i;
		id = music_save(&music, &file).track_id;
	}
	album = album_of(&music, album_id_of(&music, id));
	assert_int_equal(album.year, 1970);
	assert_string_equal(album.genres[0].name, "Soul");
	assert_int_equal(album.genre_count, 2);
	assert_int_equal(album.duration_ms, 5 * 180000);
	music_close(&music);
}

/* ---- covers --------------------------------------------------------------- */

struct picture {
	uint8_t byte;
	int64_t id;
};

static enum status
save_picture(struct store_session *session, void *cookie, struct fault *fault)
{
	struct picture *picture = cookie;
	struct cover cover = { .mime = "image/png", .size_bytes = 10 };

	memset(cover.key.sha256, picture->byte, sizeof cover.key.sha256);
	return covers_save(session, &cover, &picture->id, fault);
}

static int64_t
picture_of(struct music *music, uint8_t byte)
{
	struct picture picture = { .byte = byte };
	struct fault fault = { 0 };

	assert_int_equal(store_write(music->store, save_picture, &picture,
				     &fault),
			 STATUS_OK);
	return picture.id;
}

struct folder_picture {
	int64_t source_id, cover_id;
};

static enum status
set_folder_picture(struct catalogue *catalogue, struct store_session *session,
		   void *cookie, struct fault *fault)
{
	const struct folder_picture *picture = cookie;

	(void)session;
	return folders_set_picture(catalogue, picture->source_id, "c", 5,
				   picture->cover_id, fault);
}

static void
covers_come_from_the_folder_then_from_most_tracks(void **state)
{
	struct music music;
	struct music_file file;
	struct folder_picture in_folder;
	struct fault fault = { 0 };
	int64_t inside, other, id = 0, first = 0;
	struct track track;

	music_open(&music, *state);
	inside = picture_of(&music, 1);
	other = picture_of(&music, 2);
	assert_int_equal(picture_of(&music, 1), inside);
	for (int i = 0; i < 3; i++) {
		char path[32];

		snprintf(path, sizeof path, "c/%d.flac", i);
		file = music_file(&music, path);
		music_tag(&file, path, "A", "X", "G");
		file.cover_id = i == 0 ? other : i == 1 ? inside : inside;
		id = music_save(&music, &file).track_id;
		first = i == 0 ? id : first;
	}
	assert_int_equal(album_of(&music, album_id_of(&music, id)).cover.id,
			 inside);
	in_folder = (struct folder_picture){ music.source_id,
					     picture_of(&music, 3) };
	assert_int_equal(catalogue_write(music.catalogue, set_folder_picture,
					 &in_folder, &fault),
			 STATUS_OK);
	assert_int_equal(album_of(&music, album_id_of(&music, id)).cover.id,
			 in_folder.cover_id);
	track = track_of(&music, first);
	assert_int_equal(track.cover.id, other); /* its own stays its own */
	assert_string_equal(track.cover.version, "02020202");
	assert_int_not_equal(music_number(&music,
					  "select coalesce(max(cover_id), 0) "
					  "from artists",
					  0),
			     0);
	assert_int_not_equal(music_number(&music,
					  "select coalesce(max(cover_id), 0) "
					  "from genres",
					  0),
			     0);
	music_close(&music);
}

/* ---- transactions --------------------------------------------------------- */

static enum status
save_then_fail(struct catalogue *catalogue, struct store_session *session,
	       void *cookie, struct fault *fault)
{
	const struct music_file *file = cookie;
	struct file_facts facts = file->file;
	enum status status;

	(void)session;
	facts.folder = file->folder;
	facts.name = file->name;
	status = tracks_save(catalogue,
			     &(struct save_args){ .file = &facts,
						  .media = &file->media },
			     NULL, fault);
	assert_int_equal(status, STATUS_OK);
	return fault_set(fault, STATUS_CANCELLED, "changed my mind");
}

static void
an_undone_transaction_leaves_no_remembered_ids(void **state)
{
	struct music music;
	struct music_file file;
	struct fault fault = { 0 };
	struct track track;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "1", "A", "X", "G");
	assert_int_equal(catalogue_write(music.catalogue, save_then_fail,
					 &file, &fault),
			 STATUS_CANCELLED);
	assert_string_equal(fault.message, "changed my mind");
	assert_int_equal(music_number(&music, "select count(*) from tracks", 0),
			 0);
	track = track_of(&music, music_save(&music, &file).track_id);
	assert_string_equal(track.artists[0].name, "A");
	assert_string_equal(track.album, "X");
	music_close(&music);
}

/* ---- many random changes -------------------------------------------------- */

#define RANDOM_FILES 24

/* A small world, so that names and folders meet often. */
static struct music_file
random_file(struct music *music, unsigned *seed, int number)
{
	static const char *const artists[] = { "A", "B", "C", "Ä" };
	static const char *const albums[] = { "X", "Y", "x (Disc 2)", NULL };
	static const char *const genres[] = { "Pop", "pop", "Rock", NULL };
	static const char *const folders[] = { "f", "g", "f/CD2" };
	static char paths[RANDOM_FILES][64]; /* titles, beyond this call */
	char *path = paths[number];
	struct music_file file;

	snprintf(path, sizeof paths[number], "%s/%d.flac",
		 folders[rand_r(seed) % 3], number);
	file = music_file(music, path);
	music_tag(&file, path, artists[rand_r(seed) % 4],
		  albums[rand_r(seed) % 4], genres[rand_r(seed) % 4]);
	if (rand_r(seed) % 2 == 0)
		music_artist(&file, artists[rand_r(seed) % 4],
			     CREDIT_FEATURED);
	if (rand_r(seed) % 4 == 0)
		music_artist(&file, artists[rand_r(seed) % 4],
			     CREDIT_ALBUM_MAIN);
	if (rand_r(seed) % 2 == 0)
		music_genre(&file, "Rock");
	file.media.compilation = rand_r(seed) % 8 == 0;
	file.media.year = 1990 + rand_r(seed) % 3;
	file.media.duration_ms = 1000 + rand_r(seed) % 1000;
	snprintf(path, sizeof paths[number], "audio %d", number);
	memset(file.media.audio_key, number, sizeof file.media.audio_key);
	return file;
}

static void
counters_are_right_after_any_sequence_of_changes(void **state)
{
	struct music music;
	unsigned seed = 12345;
	int64_t file_ids[RANDOM_FILES] = { 0 };

	music_open(&music, *state);
	for (int i = 0; i < 250; i++) {
		int number = rand_r(&seed) % RANDOM_FILES;
		struct music_file file = random_file(&music, &seed, number);

		switch (rand_r(&seed) % 6) {
		case 0:
			music_reject(&music, &file, "broken");
			break;
		case 1:
			music_missing(&music, file_ids[number]);
			break;
		case 2:
			music_restore(&music, file_ids[number]);
			break;
		default:
			file_ids[number] = music_save(&music, &file).file_id;
			break;
		}
	}
	music_close(&music);
}

struct emptying {
	int64_t source_id, left;
};

static enum status
empty_some(struct catalogue *catalogue, struct store_session *session,
	   void *cookie, struct fault *fault)
{
	struct emptying *emptying = cookie;

	(void)session;
	return catalogue_empty_source(catalogue, emptying->source_id, 3,
				      &emptying->left, fault);
}

static void
a_source_is_emptied_in_steps(void **state)
{
	struct music music;
	struct emptying emptying;
	struct fault fault = { 0 };
	struct music_file broken;

	music_open(&music, *state);
	for (int i = 0; i < 7; i++) {
		char path[32];

		snprintf(path, sizeof path, "e/%d.flac", i);
		put(&music, path, path, "A", "X", "G");
	}
	broken = music_file(&music, "e/broken.mp3");
	music_reject(&music, &broken, "broken");
	emptying = (struct emptying){ .source_id = music.source_id };
	for (int i = 0; i < 3; i++) {
		assert_int_equal(catalogue_write(music.catalogue, empty_some,
						 &emptying, &fault),
				 STATUS_OK);
		assert_int_equal(emptying.left, i == 0 ? 5 : i == 1 ? 2 : 0);
	}
	assert_int_equal(artist_count(&music), 0);
	music_close(&music);
}

/* ---- outbox --------------------------------------------------------------- */

struct outbox_read_args {
	int64_t after;
	struct outbox_row rows[64];
	size_t count;
};

static enum status
read_outbox(struct store_session *session, void *cookie, struct fault *fault)
{
	struct outbox_read_args *args = cookie;

	return outbox_read(session, args->after, args->rows, 64, &args->count,
			   fault);
}

static enum status
trim_outbox(struct store_session *session, void *cookie, struct fault *fault)
{
	return outbox_trim(session, *(int64_t *)cookie, fault);
}

static void
every_visible_change_is_in_the_outbox(void **state)
{
	struct music music;
	struct outbox_read_args args = { .after = 0 };
	struct music_file file;
	struct save_outcome outcome;
	struct fault fault = { 0 };
	int64_t last;

	music_open(&music, *state);
	file = music_file(&music, "a/1.flac");
	music_tag(&file, "1", "A", "X", "G");
	outcome = music_save(&music, &file);
	music_read(&music, read_outbox, &args);
	assert_int_equal(args.count, 3); /* track, album, artist */
	assert_int_equal(args.rows[0].kind, SEARCH_TRACK);
	assert_int_equal(args.rows[0].id, outcome.track_id);
	last = args.rows[2].seq;
	args.after = last;
	music_missing(&music, outcome.file_id);
	music_read(&music, read_outbox, &args);
	assert_int_equal(args.count, 3); /* the three are gone */
	assert_int_equal(store_write(music.store, trim_outbox, &last, &fault),
			 STATUS_OK);
	args.after = last - 1;
	assert_int_equal(store_read(music.store, read_outbox, &args, &fault),
			 STATUS_OUT_OF_RANGE);
	music_close(&music);
}

/* ---- all of them on both stores ------------------------------------------- */

#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, NULL, NULL, (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, a_file_becomes_a_track_with_all_its_facts), \
	ON(driver, a_file_without_tags_is_named_after_itself), \
	ON(driver, saving_the_same_facts_again_changes_nothing), \
	ON(driver, a_retagged_file_keeps_its_track_and_leaves_its_old_album), \
	ON(driver, a_file_that_moved_keeps_its_track), \
	ON(driver, copies_are_looked_for_once_in_a_transaction_until_one_is_missing), \
	ON(driver, \
	   a_missing_file_gives_its_track_to_the_same_inode_with_other_audio), \
	ON(driver, \
	   a_missing_track_hides_with_its_album_and_returns_with_the_same_ids), \
	ON(driver, a_rejected_file_hides_its_track_until_it_can_be_read_again), \
	ON(driver, \
	   names_that_fold_alike_are_one_artist_and_the_last_spelling_is_shown), \
	ON(driver, namesakes_with_two_musicbrainz_ids_are_two_artists), \
	ON(driver, discs_in_folders_of_their_own_are_one_album), \
	ON(driver, \
	   one_title_by_different_artists_in_different_folders_is_different_albums), \
	ON(driver, \
	   one_title_by_different_artists_in_one_folder_is_a_compilation), \
	ON(driver, \
	   a_compilation_beside_an_album_of_the_same_title_in_whatever_order), \
	ON(driver, \
	   a_track_that_makes_its_folder_a_compilation_is_counted_once), \
	ON(driver, tagged_album_artists_join_and_part_albums), \
	ON(driver, an_album_tagged_various_artists_has_no_artist), \
	ON(driver, two_releases_of_one_title_are_told_apart_by_musicbrainz_id), \
	ON(driver, a_compilation_that_moves_keeps_its_album), \
	ON(driver, the_album_takes_year_and_genre_that_most_tracks_have), \
	ON(driver, covers_come_from_the_folder_then_from_most_tracks), \
	ON(driver, an_undone_transaction_leaves_no_remembered_ids), \
	ON(driver, counters_are_right_after_any_sequence_of_changes), \
	ON(driver, a_source_is_emptied_in_steps), \
	ON(driver, every_visible_change_is_in_the_outbox)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ALL_ON("postgres"),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
