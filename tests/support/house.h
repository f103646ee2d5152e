/* house.h - a whole Ogma without a network, in a temporary folder: a music
 * folder, a store, blobs and a media pool, for tests of the service floor.
 *
 * Songs are made of short tones that ffmpeg renders once per program, with tags
 * written here, so that hundreds of different files cost milliseconds.
 */
#ifndef OGMA_TESTS_HOUSE_H
#define OGMA_TESTS_HOUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "driver/blob.h"
#include "driver/store.h"
#include "media/media.h"
#include "service/scan.h"
#include "stores.h"

enum house_picture { NO_PICTURE, RED_PICTURE, GREEN_PICTURE, BLUE_PICTURE,
		     BROKEN_PICTURE };

#define HOUSE_TONES 8 /* audio that differs */

struct song {
	const char *title, *artist, *album, *genre, *album_artist; /* or NULL */
	int track, disc, year;                                     /* or 0 */
	int tone; /* 0..HOUSE_TONES-1 */
	enum house_picture picture;
	const char *lyrics; /* inside the file, or NULL */
};

struct rejected_line {
	char path[512];
	char reason[320];
};

struct house {
	char root[64];   /* everything */
	char music[80];  /* the source's folder */
	char data[80];
	bool started;
	const char *driver;      /* of the store; NULL: "sqlite" */
	struct test_store place; /* where the library is kept */
	struct store *store;
	struct blob_store *blobs;
	struct media_pool *media;
	struct scan_settings settings;
	struct scan_services services;
	int64_t source_id; /* of music/, once house_source() was called */

	struct rejected_line rejected[64]; /* of the last house_scan() */
	int rejected_count;
	struct fault fault;                /* of the last failure */
	int64_t job_id;
};

/* Renders tones and pictures; call once. */
int house_prepare(void **state);

/* cmocka set-up and tear-down; *state is the name of a store driver (NULL:
 * "sqlite") before and the house, started, after. */
int house_setup(void **state);
int house_teardown(void **state);

/* Opens and closes store, blobs and pool; folders and library stay. */
void house_start(struct house *house);
void house_stop(struct house *house);

/* Of a stopped house: the next start makes a library of its own. */
void house_forget(struct house *house);

/* The text lives until the next call. `path` is below music/. */
const char *house_path(const struct house *house, const char *path);

void house_song(struct house *house, const char *path,
		const struct song *song);
void house_put(struct house *house, const char *path, const void *bytes,
	       size_t count);
void house_put_picture(struct house *house, const char *path,
		       enum house_picture picture);
void house_remove(struct house *house, const char *path); /* also folders */
void house_rename(struct house *house, const char *from, const char *to);
void house_copy(struct house *house, const char *from, const char *to);

/* Sets the file's time, so that a change is seen however quick the test is. */
void house_touch(struct house *house, const char *path, int64_t seconds);

/* One tone in several formats, by ffmpeg: files in music/, each behind the
 * arguments of ffmpeg for it. */
void house_encode(struct house *house, const char *outputs);

/* Registers music/ as a source; its id. */
int64_t house_source(struct house *house);

/* A scan that must work. */
struct scan_progress house_scan(struct house *house);

/* One that may fail: the fault is in house->fault. */
enum status house_try_scan(struct house *house, const struct scan_args *args,
			   struct scan_progress *out);

/* The whole library as text, one file per line in the order of paths:
 * "path state [#track] title / artist / album / number / ms / cover / lyrics".
 * The caller frees it. */
char *house_dump(struct house *house, bool with_ids);

/* The id of the visible track of a file; 0: none. */
int64_t house_track(struct house *house, const char *path);

/* The kept counters must agree with the rows. */
void house_check(struct house *house);

#endif /* OGMA_TESTS_HOUSE_H */
