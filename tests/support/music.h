/* music.h - short ways to put files with tags into a catalogue.
 *
 *	struct music_file file = music_file("Queen/Jazz/01.flac");
 *	file.media.title = "Mustapha";
 *	track_id = music_save(&music, &file).track_id;
 */
#ifndef OGMA_TESTS_SUPPORT_MUSIC_H
#define OGMA_TESTS_SUPPORT_MUSIC_H

#include "library/catalogue.h"
#include "tests/support/stores.h"

struct music {
	struct test_store stores;
	struct store *store;
	struct catalogue *catalogue;
	struct arena arena;
	int64_t source_id; /* a folder source "/music" */
	bool check;        /* count everything anew after each change */
};

void music_open(struct music *music, const char *driver_name);
void music_close(struct music *music);

struct music_file {
	char folder[256], name[256];
	struct file_facts file;
	struct media_facts media;
	int64_t cover_id;
	catalogue_file_gone *gone;
	void *gone_cookie;
};

/* A FLAC of 3 minutes without tags; audio and inode follow from the path. */
struct music_file music_file(const struct music *music, const char *path);

void music_artist(struct music_file *file, const char *name,
		  enum credit_role role);
void music_genre(struct music_file *file, const char *name);

/* title, artist (also as main credit), album, genre; NULL: none. */
void music_tag(struct music_file *file, const char *title, const char *artist,
	       const char *album, const char *genre);

/* The audio of another file, as after a move or a copy. */
void music_same_audio(struct music_file *file, const struct music_file *other);

/* One transaction each; fail the test when it fails. */
struct save_outcome music_save(struct music *music,
			       const struct music_file *file);
void music_reject(struct music *music, const struct music_file *file,
		  const char *reason);
void music_missing(struct music *music, int64_t file_id);
void music_restore(struct music *music, int64_t file_id);

/* Runs a read work; fails the test when it fails. */
void music_read(struct music *music, store_work *work, void *cookie);

/* One number out of the store. */
int64_t music_number(struct music *music, const char *sql, int64_t argument);

#endif /* OGMA_TESTS_SUPPORT_MUSIC_H */
