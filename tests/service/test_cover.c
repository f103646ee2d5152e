/* test_cover.c - covers in the sizes people look at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "house.h"

#include "library/covers.h"
#include "library/tracks.h"
#include "service/cover.h"
#include "service/cover_art.h"
#include "service/picture.h"

struct gallery {
	struct house *house;
	struct covers *covers;
	struct cover_settings settings;
	int64_t red, plain, broken; /* tracks */
};

static const struct song red = { .title = "Red", .artist = "A", .album = "Red",
				 .genre = "Rock", .picture = RED_PICTURE };
static const struct song plain = { .title = "Plain", .artist = "B", .tone = 1 };
static const struct song broken = { .title = "Broken", .artist = "C",
				    .album = "Broken", .tone = 2,
				    .picture = BROKEN_PICTURE };

static int
gallery_setup(void **state)
{
	struct gallery *gallery = mem_new(1, sizeof *gallery);
	struct cover_args args = { .settings = &gallery->settings };
	struct fault fault;
	void *house = NULL; /* on SQLite */

	house_setup(&house);
	gallery->house = house;
	gallery->settings.cache_limit_bytes = 16 << 20;
	house_song(gallery->house, "red.mp3", &red);
	house_song(gallery->house, "plain.mp3", &plain);
	house_song(gallery->house, "broken.mp3", &broken);
	house_scan(gallery->house);
	gallery->red = house_track(gallery->house, "red.mp3");
	gallery->plain = house_track(gallery->house, "plain.mp3");
	gallery->broken = house_track(gallery->house, "broken.mp3");
	args.store = gallery->house->store;
	args.blobs = gallery->house->blobs;
	args.media = gallery->house->media;
	args.cache_dir = gallery->house->data;
	if (covers_open(&args, &gallery->covers, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	*state = gallery;
	return 0;
}

static int
gallery_teardown(void **state)
{
	struct gallery *gallery = *state;
	void *house = gallery->house;

	covers_close(gallery->covers);
	house_teardown(&house);
	free(gallery);
	return 0;
}

/* Reads the picture's kind and size; closes it. */
static struct picture_look
file_look(const struct cover_file *file)
{
	struct picture_look look = { 0 };
	char *bytes = mem_new(file->size_bytes + 1, 1);

	assert_int_equal(pread(file->fd, bytes, file->size_bytes, 0),
			 file->size_bytes);
	assert_true(picture_look((struct span){ bytes, file->size_bytes },
				 &look));
	close(file->fd);
	free(bytes);
	return look;
}

static struct cover_file
cover_get(struct gallery *gallery, enum cover_of of, int64_t id,
	  uint32_t size_px, bool webp)
{
	struct cover_file file;
	struct fault fault;

	if (cover_open(gallery->covers, of, id, size_px, webp, &file, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	return file;
}

static void
a_cover_comes_in_every_size_and_in_both_formats(void **state)
{
	struct gallery *gallery = *state;
	static const struct {
		uint32_t size_px, width, height;
	} sizes[] = { { 64, 64, 48 }, { 300, 300, 225 }, { 1200, 400, 300 },
		      { 0, 400, 300 } };

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		for (int webp = 0; webp < 2; webp++) {
			struct cover_file file =
				cover_get(gallery, COVER_OF_TRACK, gallery->red,
					  sizes[i].size_px, webp);
			const char *type = webp && sizes[i].size_px != 0 ?
						   "image/webp" :
						   "image/jpeg";
			struct picture_look look;

			assert_string_equal(file.content_type, type);
			assert_true(file.etag[0] != '\0');
			look = file_look(&file);
			assert_string_equal(look.mime, type);
			assert_int_equal(look.width, sizes[i].width);
			assert_int_equal(look.height, sizes[i].height);
		}
	}
}

struct track_question {
	int64_t track_id;
	struct arena arena;
	struct track track;
};

static enum status
track_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct track_question *question = cookie;

	return tracks_get(session, question->track_id, &question->arena,
			  &question->track, fault);
}

static void
albums_artists_and_genres_show_the_covers_of_their_music(void **state)
{
	struct gallery *gallery = *state;
	struct track_question question = { .track_id = gallery->red };
	struct cover_file of_track, other;

	arena_init(&question.arena);
	assert_int_equal(store_read(gallery->house->store, track_ask, &question,
				    NULL),
			 STATUS_OK);
	of_track = cover_get(gallery, COVER_OF_TRACK, gallery->red, 64, true);
	close(of_track.fd);
	other = cover_get(gallery, COVER_OF_ALBUM, question.track.album_id, 64,
			  true);
	assert_string_equal(other.etag, of_track.etag);
	close(other.fd);
	other = cover_get(gallery, COVER_OF_ARTIST, question.track.artist_id,
			  64, true);
	assert_string_equal(other.etag, of_track.etag);
	close(other.fd);
	other = cover_get(gallery, COVER_OF_GENRE,
			  question.track.genres[0].id, 64, true);
	assert_string_equal(other.etag, of_track.etag);
	close(other.fd);
	arena_release(&question.arena);
}

static void
no_cover_a_broken_one_and_an_odd_size_are_told_apart(void **state)
{
	struct gallery *gallery = *state;
	struct cover_file file = { .fd = -7 };
	struct fault fault;

	assert_int_equal(cover_open(gallery->covers, COVER_OF_TRACK,
				    gallery->plain, 300, true, &file, &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(cover_open(gallery->covers, COVER_OF_TRACK, 999999,
				    300, true, &file, &fault),
			 STATUS_NOT_FOUND);
	for (int i = 0; i < 2; i++)
		assert_int_equal(cover_open(gallery->covers, COVER_OF_TRACK,
					    gallery->broken, 300, true, &file,
					    &fault),
				 STATUS_CORRUPT);
	assert_int_equal(cover_open(gallery->covers, COVER_OF_TRACK,
				    gallery->red, 65, true, &file, &fault),
			 STATUS_INVALID);
	assert_string_equal(fault.field, "size");
	assert_int_equal(file.fd, -7);
}

static struct cover_file
cover_drawn(struct gallery *gallery, const char *name, uint32_t size_px,
	    bool webp)
{
	struct cover_file file;
	struct fault fault;

	if (cover_draw(gallery->covers, name, size_px, webp, &file, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	return file;
}

static void
what_has_no_cover_is_drawn_by_its_name_in_every_size(void **state)
{
	struct gallery *gallery = *state;
	static const uint32_t sizes[] = { 64, 300, 1200, 0 };
	struct cover_file file = { .fd = -7 };
	char first[COVER_ETAG_BYTES];
	struct fault fault;

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		for (int webp = 0; webp < 2; webp++) {
			struct picture_look look;

			file = cover_drawn(gallery, "Ёлка", sizes[i], webp);
			assert_string_equal(file.content_type,
					    webp ? "image/webp" : "image/jpeg");
			look = file_look(&file);
			assert_string_equal(look.mime, file.content_type);
			assert_int_equal(look.width,
					 sizes[i] == 0 ? 1200 : sizes[i]);
			assert_int_equal(look.height, look.width);
		}
	}
	file = cover_drawn(gallery, "Ёлка", 64, true);
	snprintf(first, sizeof first, "%s", file.etag);
	close(file.fd);
	file = cover_drawn(gallery, "  ЕЛКА", 64, true); /* the same name */
	assert_string_equal(file.etag, first);
	close(file.fd);
	file = cover_drawn(gallery, "Ёлки", 64, true);
	assert_string_not_equal(file.etag, first);
	close(file.fd);
	assert_int_equal(cover_draw(gallery->covers, "", 65, true, &file,
				    &fault),
			 STATUS_INVALID);
	file = cover_drawn(gallery, "", 64, true);
	assert_int_equal(file_look(&file).width, 64);
}

static void
a_drawing_has_two_colours_and_the_letters_of_the_name(void **state)
{
	struct buffer one, other;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	buffer_init(&one, 0);
	buffer_init(&other, 0);
	cover_art_bmp(&arena, "Abbey Road", 301, &one); /* rows are padded */
	assert_int_equal(one.length, 54 + 904 * 301);
	cover_art_bmp(&arena, "ABBEY ROAD", 301, &other);
	assert_memory_equal(one.bytes, other.bytes, one.length);
	buffer_clear(&other);
	cover_art_bmp(&arena, "Abbey Roads", 301, &other);
	assert_memory_not_equal(one.bytes, other.bytes, one.length);
	/* The stem is lighter than what is beside it. */
	assert_true((uint8_t)one.bytes[54 + 904 * 2 + 3 * 210] >
		    (uint8_t)one.bytes[54 + 904 * 2 + 3 * 190] + 60);
	buffer_clear(&other);
	cover_art_svg(&arena, "<b> & Ёлка", 64, &other);
	assert_non_null(memmem(other.bytes, other.length, ">bЁ</text>",
			       strlen(">bЁ</text>")));
	buffer_release(&one);
	buffer_release(&other);
	arena_release(&arena);
}

static int files_seen;

static int
file_count(const char *path, const struct stat *facts, int kind,
	   struct FTW *walk)
{
	(void)path, (void)facts, (void)walk;
	files_seen += kind == FTW_F;
	return 0;
}

static int
thumbs_count(struct gallery *gallery)
{
	char path[128];

	snprintf(path, sizeof path, "%s/thumbs", gallery->house->data);
	files_seen = 0;
	nftw(path, file_count, 16, FTW_PHYS);
	return files_seen;
}

struct asker {
	pthread_t thread;
	struct gallery *gallery;
	struct cover_file file;
};

static void *
asker_run(void *cookie)
{
	struct asker *asker = cookie;

	asker->file = cover_get(asker->gallery, COVER_OF_TRACK,
				asker->gallery->red, 300, true);
	return NULL;
}

static void
askers_of_one_thumbnail_get_the_same_and_it_is_kept_once(void **state)
{
	struct gallery *gallery = *state;
	struct asker askers[8];

	for (size_t i = 0; i < ARRAY_LENGTH(askers); i++) {
		askers[i].gallery = gallery;
		pthread_create(&askers[i].thread, NULL, asker_run, &askers[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(askers); i++) {
		pthread_join(askers[i].thread, NULL);
		assert_string_equal(askers[i].file.etag, askers[0].file.etag);
		assert_int_equal(file_look(&askers[i].file).width, 300);
	}
	assert_int_equal(thumbs_count(gallery), 1);
}

struct cover_question {
	int64_t track_id;
	struct arena arena;
	struct cover cover;
};

static enum status
cover_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct cover_question *question = cookie;

	return covers_of(session, COVER_TRACK, question->track_id,
			 &question->arena, &question->cover, fault);
}

static void
size_and_colour_of_a_cover_become_known(void **state)
{
	struct gallery *gallery = *state;
	struct cover_question question = { .track_id = gallery->red };
	struct cover_file file =
		cover_get(gallery, COVER_OF_TRACK, gallery->red, 64, true);
	unsigned r, g, b;

	close(file.fd);
	arena_init(&question.arena);
	assert_int_equal(store_read(gallery->house->store, cover_ask, &question,
				    NULL),
			 STATUS_OK);
	assert_int_equal(question.cover.width, 400);
	assert_int_equal(question.cover.height, 300);
	assert_non_null(question.cover.colour);
	assert_int_equal(sscanf(question.cover.colour, "#%2x%2x%2x", &r, &g,
				&b),
			 3);
	assert_true(r > 200 && g < 60 && b < 60);
	arena_release(&question.arena);
}

static void
a_lost_thumbnail_folder_is_made_anew(void **state)
{
	struct gallery *gallery = *state;
	char command[160];
	struct cover_file file =
		cover_get(gallery, COVER_OF_TRACK, gallery->red, 64, true);

	close(file.fd);
	snprintf(command, sizeof command, "rm -rf %s/thumbs/??",
		 gallery->house->data);
	assert_int_equal(system(command), 0);
	file = cover_get(gallery, COVER_OF_TRACK, gallery->red, 64, true);
	assert_int_equal(file_look(&file).width, 64);
}

/* ---- reading the first bytes ------------------------------------------------ */

static void
pictures_are_known_by_their_first_bytes(void **state)
{
	static const uint8_t png[24] = "\x89PNG\r\n\x1A\n\0\0\0\rIHDR"
				       "\0\0\1\x2C\0\0\0\xC8";
	static const uint8_t gif[10] = "GIF89a\x2C\1\xC8";
	struct picture_look look = { .width = 7 };

	(void)state;
	assert_true(picture_look((struct span){ (const char *)png, 24 },
				 &look));
	assert_string_equal(look.mime, "image/png");
	assert_int_equal(look.width, 300);
	assert_int_equal(look.height, 200);
	assert_true(picture_look((struct span){ (const char *)gif, 10 },
				 &look));
	assert_int_equal(look.width, 300);
	for (size_t cut = 0; cut < 24; cut++)
		assert_false(picture_look(
			(struct span){ (const char *)png, cut }, &look));
	assert_false(picture_look(SPAN("\xFF\xD8\xFF\xE0\xFF\xFF"), &look));
	assert_false(picture_look(SPAN("hello, this is no picture at all"),
				  &look));
	assert_int_equal(look.width, 300);
}

#define SCENARIO(scenario)                                   \
	cmocka_unit_test_setup_teardown(scenario, gallery_setup, \
					gallery_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(a_cover_comes_in_every_size_and_in_both_formats),
		SCENARIO(albums_artists_and_genres_show_the_covers_of_their_music),
		SCENARIO(no_cover_a_broken_one_and_an_odd_size_are_told_apart),
		SCENARIO(
			askers_of_one_thumbnail_get_the_same_and_it_is_kept_once),
		SCENARIO(size_and_colour_of_a_cover_become_known),
		SCENARIO(a_lost_thumbnail_folder_is_made_anew),
		SCENARIO(what_has_no_cover_is_drawn_by_its_name_in_every_size),
		cmocka_unit_test(
			a_drawing_has_two_colours_and_the_letters_of_the_name),
		cmocka_unit_test(pictures_are_known_by_their_first_bytes),
	};

	return cmocka_run_group_tests(tests, house_prepare, NULL);
}
