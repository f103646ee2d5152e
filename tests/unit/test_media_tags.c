/* test_media_tags.c - tags that are written into files of every kind: what was
 * asked for is there, and nothing else is otherwise: the sound to a sample, the
 * cover, the other tags. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/media_files.h"

static struct media_pool *pool;

static int
begin(void **state)
{
	(void)state;
	media_files_begin();
	media_ffmpeg("-f lavfi -i color=red:s=64x64 -frames:v 1 cover.png");
	pool = media_pool_make(1);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	media_pool_close(pool);
	media_files_end();
	return 0;
}

/* A file whose tags are written. */
struct tagged {
	const char *path;
	bool year; /* of one that we know */
};

/* The MD5 of all decoded samples of each, by ffmpeg. */
static void
sounds_of(struct arena *arena, const struct tagged *files, size_t count,
	  char (*out)[64])
{
	const char *inputs = "", *outputs = "";

	for (size_t i = 0; i < count; i++) {
		inputs = arena_print(arena, "%s -i '%s'", inputs,
				     files[i].path);
		outputs = arena_print(arena, "%s -map %zu:a -f md5 %zu.md5",
				      outputs, i, i);
	}
	media_ffmpeg(arena_print(arena, "%s%s", inputs, outputs));
	for (size_t i = 0; i < count; i++) {
		struct buffer md5;

		media_read(media_path(arena_print(arena, "%zu.md5", i)), &md5);
		snprintf(out[i], sizeof out[i], "%.*s", (int)md5.length,
			 md5.bytes);
		buffer_release(&md5);
	}
}

static struct media_facts *
facts_of(struct arena *arena, const char *path)
{
	struct media_facts *facts = arena_alloc(arena, sizeof *facts);
	struct fault fault = { 0 };

	if (media_probe_path(pool, path, MEDIA_WANT_PICTURE, NULL, arena,
			     facts, &fault) != STATUS_OK)
		fail_msg("%s: %s", path, fault.message);
	return facts;
}

static enum status
write_tags(const char *path, const struct media_tags *tags)
{
	struct fault fault = { 0 };
	int fd = open(path, O_RDWR | O_CLOEXEC);
	enum status status;

	assert_true(fd >= 0);
	status = media_write_tags(pool, fd, tags, &fault);
	close(fd);
	return status;
}

static void
same_text(const char *path, const char *a, const char *b)
{
	if ((a == NULL) != (b == NULL) || (a != NULL && strcmp(a, b) != 0))
		fail_msg("%s: \"%s\" is not \"%s\"", path,
			 a == NULL ? "" : a, b == NULL ? "" : b);
}

/* All but title, artist, album, genre, year and number. */
static void
rest_is_the_same(const char *path, const struct media_facts *a,
		 const struct media_facts *b)
{
	same_text(path, a->container, b->container);
	same_text(path, a->codec, b->codec);
	same_text(path, a->album_artist_text, b->album_artist_text);
	same_text(path, a->comment, b->comment);
	same_text(path, a->isrc, b->isrc);
	same_text(path, a->lyrics, b->lyrics);
	same_text(path, a->mbid_recording, b->mbid_recording);
	if (memcmp(a->audio_key, b->audio_key, SHA256_BYTES) != 0)
		fail_msg("%s: the sound counts as another", path);
	assert_int_equal(a->duration_ms, b->duration_ms);
	assert_int_equal(a->start_trim_samples, b->start_trim_samples);
	assert_int_equal(a->end_trim_samples, b->end_trim_samples);
	assert_int_equal(a->disc_no, b->disc_no);
	assert_int_equal(a->has_picture, b->has_picture);
	assert_int_equal(a->picture.length, b->picture.length);
	if (a->has_picture)
		assert_memory_equal(a->picture.at, b->picture.at,
				    a->picture.length);
}

struct format {
	const char *name, *options;
	bool pictures, year;
};

static const struct format formats[] = {
	{ "a.mp3", "-c:a libmp3lame -b:a 128k", true, true },
	{ "v23.mp3", "-c:a libmp3lame -q:a 4 -id3v2_version 3", true, true },
	{ "a.flac", "-c:a flac", true, true },
	{ "a.m4a", "-c:a aac -b:a 96k", true, true },
	{ "alac.m4a", "-c:a alac", false, true },
	{ "a.ogg", "-c:a libvorbis", false, true },
	{ "a.opus", "-c:a libopus", false, true },
	{ "a.wav", "-c:a pcm_s16le", false, true },
	{ "a.aiff", "-c:a pcm_s16be -write_id3v2 1", false, true },
	{ "a.wv", "-c:a wavpack", false, false },
	{ "a.tta", "-c:a tta", false, true },
};

static const struct media_tags new_tags = {
	.title = "Новое название, longer than the old one was",
	.artist = "Кто feat. Björk", .album = "Другой",
	.genre = "Jazz", .year = 1987, .track_no = 7,
};

static void
new_tags_are_there(const struct tagged *file, const struct media_facts *after)
{
	const struct media_tags *tags = &new_tags;

	same_text(file->path, after->title, tags->title);
	same_text(file->path, after->artist_text, tags->artist);
	same_text(file->path, after->album, tags->album);
	same_text(file->path, after->genres[0], tags->genre);
	assert_int_equal(after->genre_count, 1);
	if (file->year && after->year != tags->year)
		fail_msg("%s: year %d", file->path, after->year);
	assert_int_equal(after->track_no, tags->track_no);
}

/* Writes new_tags: they are there, and all else is as it was. */
static void
written_and_checked(const struct tagged *files, size_t count)
{
	char(*before)[64] = mem_new(count, sizeof *before);
	char(*after)[64] = mem_new(count, sizeof *after);
	struct arena arena;

	arena_init(&arena);
	sounds_of(&arena, files, count, before);
	for (size_t i = 0; i < count; i++) {
		const char *path = files[i].path;
		const struct media_facts *old = facts_of(&arena, path), *new;

		if (write_tags(path, &new_tags) != STATUS_OK)
			fail_msg("%s: not written", path);
		new = facts_of(&arena, path);
		rest_is_the_same(path, old, new);
		new_tags_are_there(&files[i], new);
	}
	sounds_of(&arena, files, count, after);
	for (size_t i = 0; i < count; i++)
		same_text(files[i].path, after[i], before[i]);
	arena_release(&arena);
	free(before);
	free(after);
}

static void
tags_are_written_and_all_else_is_left(void **state)
{
	struct tagged files[ARRAY_LENGTH(formats)];
	char options[600];

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		snprintf(options, sizeof options,
			 "%s -metadata album_artist=Всякие -metadata disc=2 "
			 "-metadata comment=Bemerkung " MEDIA_TAGS,
			 formats[i].options);
		media_render_later(formats[i].name, options);
		/* ffmpeg's name of the year in APEv2 is another */
		files[i] = (struct tagged){ media_path(formats[i].name),
					    formats[i].year };
	}
	media_render_now(1.5);
	written_and_checked(files, ARRAY_LENGTH(files));
}

static void
tags_of_monkeys_audio_are_written(void **state)
{
	struct tagged files[2] = { { .year = true }, { .year = true } };
	struct buffer bytes, tag;

	(void)state;
	buffer_init(&bytes, 0);
	buffer_init(&tag, 0);
	ape_silence(&bytes);
	files[0].path = media_write("bare.ape", &bytes);
	buffer_clear(&bytes);
	ape_silence(&bytes);
	ape_item(&tag, "Title", SPAN("Молчание"));
	ape_item(&tag, "Artist", SPAN("Band"));
	ape_item(&tag, "Album Artist", SPAN("Всякие"));
	ape_item(&tag, "Year", SPAN("1999"));
	ape_item(&tag, "Track", SPAN("3"));
	ape_item(&tag, "Disc", SPAN("2"));
	ape_item(&tag, "ISRC", SPAN("RUA1D1234567"));
	ape_end(&tag, 7);
	buffer_add(&bytes, tag.bytes, tag.length);
	files[1].path = media_write("tagged.ape", &bytes);
	written_and_checked(files, ARRAY_LENGTH(files));
	buffer_release(&tag);
	buffer_release(&bytes);
}

/* Of what ffmpeg makes, TagLib writes one of two titles; of what programs of
 * Windows make, there is one, where TagLib has it too. */
static void
tags_of_windows_media_are_written_where_windows_has_them(void **state)
{
	static const struct media_tags first = {
		.title = "Title", .artist = "Artist", .album = "Album",
		.genre = "Rock", .year = 1999, .track_no = 3,
	};
	struct arena arena;
	const char *path;

	(void)state;
	media_render_later("a.wma", "-c:a wmav2");
	media_render_later("twice.wma", "-c:a wmav2 " MEDIA_TAGS);
	media_render_now(1.5);
	path = media_path("a.wma");
	assert_int_equal(write_tags(path, &first), STATUS_OK);
	written_and_checked(&(struct tagged){ path, true }, 1);
	path = media_path("twice.wma");
	assert_int_equal(write_tags(path, &new_tags), STATUS_OK);
	arena_init(&arena);
	assert_string_not_equal(facts_of(&arena, path)->title, new_tags.title);
	arena_release(&arena);
}

/* To those formats that have pictures: "cover-" before their names. */
static void
covers_add(void)
{
	const char *inputs = "-i cover.png", *outputs = "";
	struct arena arena;
	size_t count = 0;

	arena_init(&arena);
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		if (!formats[i].pictures)
			continue;
		inputs = arena_print(&arena, "%s -i %s", inputs,
				     formats[i].name);
		outputs = arena_print(&arena,
				      "%s -map %zu:a -map 0 -c copy "
				      "-map_metadata %zu "
				      "-disposition:v attached_pic cover-%s",
				      outputs, count + 1, count + 1,
				      formats[i].name);
		count++;
	}
	media_ffmpeg(arena_print(&arena, "%s%s", inputs, outputs));
	arena_release(&arena);
}

static void
covers_and_absent_tags_stay(void **state)
{
	static const struct media_tags one = { .title = "Nur dies",
					       .year = -1, .track_no = -1 };

	(void)state;
	covers_add();
	for (size_t i = 0; i < ARRAY_LENGTH(formats); i++) {
		const struct media_facts *before, *after;
		char name[64];
		struct arena arena;
		const char *path;

		if (!formats[i].pictures)
			continue;
		arena_init(&arena);
		snprintf(name, sizeof name, "cover-%s", formats[i].name);
		path = media_path(name);
		before = facts_of(&arena, path);
		assert_true(before->has_picture);
		if (write_tags(path, &one) != STATUS_OK)
			fail_msg("%s: not written", path);
		after = facts_of(&arena, path);
		rest_is_the_same(path, before, after);
		same_text(path, after->title, "Nur dies");
		same_text(path, after->artist_text, before->artist_text);
		same_text(path, after->album, before->album);
		assert_int_equal(after->year, before->year);
		assert_int_equal(after->track_no, before->track_no);
		assert_int_equal(after->track_total, before->track_total);
		arena_release(&arena);
	}
}

static void
what_is_no_music_is_refused_and_left(void **state)
{
	static const struct media_tags tags = { .title = "x", .year = -1,
						.track_no = -1 };
	struct buffer bytes, after;
	const char *path;

	(void)state;
	buffer_init(&bytes, 0);
	buffer_init(&after, 0);
	buffer_add_text(&bytes, "this is a text and no music");
	path = media_write("text.mp3", &bytes);
	assert_int_equal(write_tags(path, &tags), STATUS_UNSUPPORTED);
	media_read(path, &after);
	assert_int_equal(after.length, bytes.length);
	assert_memory_equal(after.bytes, bytes.bytes, bytes.length);
	media_render_later("flac.oga", "-c:a flac -f oga");
	media_render_later("a.aac", "-c:a aac -f adts");
	media_render_now(1);
	assert_int_equal(write_tags(media_path("flac.oga"), &tags),
			 STATUS_UNSUPPORTED);
	assert_int_equal(write_tags(media_path("a.aac"), &tags),
			 STATUS_UNSUPPORTED);
	buffer_release(&bytes);
	buffer_release(&after);
}

/* Each byte of the tags may be anything: the process says no, or its end is
 * noticed, and the next file is served. */
static void
broken_files_cost_one_process_at_most(void **state)
{
	static const struct media_tags tags = { .title = "x", .year = 1999,
						.track_no = 1 };
	struct buffer bytes;
	const char *path;
	unsigned dice = 7;

	(void)state;
	buffer_init(&bytes, 0);
	media_read(media_path("a.mp3"), &bytes);
	for (int round = 0; round < 40; round++) {
		struct buffer broken;

		buffer_init(&broken, 0);
		buffer_add(&broken, bytes.bytes,
			   round % 2 == 0 ? bytes.length : bytes.length / 3);
		for (int n = 0; n < 20; n++) {
			dice = dice * 1103515245u + 12345u;
			broken.bytes[(dice >> 8) % 400] = (char)(dice >> 20);
		}
		write_tags(media_write("broken.mp3", &broken), &tags);
		buffer_release(&broken);
	}
	path = media_write("sound.mp3", &bytes);
	assert_int_equal(write_tags(path, &tags), STATUS_OK);
	buffer_release(&bytes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tags_are_written_and_all_else_is_left),
		cmocka_unit_test(tags_of_monkeys_audio_are_written),
		cmocka_unit_test(
			tags_of_windows_media_are_written_where_windows_has_them),
		cmocka_unit_test(covers_and_absent_tags_stay),
		cmocka_unit_test(what_is_no_music_is_refused_and_left),
		cmocka_unit_test(broken_files_cost_one_process_at_most),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
