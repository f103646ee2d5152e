/* house.c - a whole Ogma without a network; see house.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "house.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "library/catalogue.h"
#include "library/covers.h"
#include "library/files.h"
#include "library/tracks.h"
#include "tests/support/folder.h"

static char kitchen[64]; /* where tones and pictures are rendered */
static struct buffer tones[HOUSE_TONES];
static struct buffer pictures[BROKEN_PICTURE + 1];

/* ---- the kitchen ---------------------------------------------------------- */

static void
kitchen_close(void)
{
	test_folder_remove(kitchen);
}

static void
fetch(const char *path, struct buffer *out)
{
	buffer_init(out, 0);
	assert_int_equal(file_read(path, 64 << 20, out, NULL), STATUS_OK);
}

int
house_prepare(void **state)
{
	static const char *const colours[] = { "red", "green", "blue" };
	struct buffer command;
	char path[128];

	(void)state;
	assert_int_equal(log_open(&(struct log_settings){ .level = LOG_ERROR,
							  .to_stderr = true },
				  NULL),
			 STATUS_OK);
	test_folder_make(kitchen);
	atexit(kitchen_close);
	/* all by one start of ffmpeg, which costs more than they do */
	buffer_init(&command, 0);
	buffer_print(&command, "cd %s && ffmpeg -nostdin -v error", kitchen);
	for (int i = 0; i < HOUSE_TONES; i++)
		buffer_print(&command,
			     " -f lavfi -i sine=frequency=%d:duration=0.%d",
			     300 + 70 * i, 4 + i % 5);
	for (size_t i = 0; i < ARRAY_LENGTH(colours); i++)
		buffer_print(&command, " -f lavfi -i color=c=%s:s=400x300:d=0.04",
			     colours[i]);
	for (int i = 0; i < HOUSE_TONES; i++)
		buffer_print(&command,
			     " -map %d -c:a libmp3lame -b:a 64k -id3v2_version "
			     "0 -write_id3v1 0 tone%d.mp3",
			     i, i);
	for (int i = RED_PICTURE; i <= BLUE_PICTURE; i++)
		buffer_print(&command, " -map %d -frames:v 1 picture%d.jpg",
			     HOUSE_TONES + i - RED_PICTURE, i);
	test_run("%s", command.bytes);
	buffer_release(&command);
	for (int i = 0; i < HOUSE_TONES; i++) {
		snprintf(path, sizeof path, "%s/tone%d.mp3", kitchen, i);
		fetch(path, &tones[i]);
	}
	for (int i = RED_PICTURE; i <= BLUE_PICTURE; i++) {
		snprintf(path, sizeof path, "%s/picture%d.jpg", kitchen, i);
		fetch(path, &pictures[i]);
	}
	/* The right first bytes and size, and then nothing that decodes. */
	buffer_add(&pictures[BROKEN_PICTURE], pictures[RED_PICTURE].bytes, 200);
	for (int i = 0; i < 500; i++)
		buffer_add_char(&pictures[BROKEN_PICTURE], 'x');
	return 0;
}

/* ---- building ------------------------------------------------------------- */

static void
start_store(struct house *house)
{
	if (house->place.path[0] == '\0')
		test_store_open(&house->place, house->driver, true);
	else
		house->place.store = test_store_again(&house->place);
	house->store = house->place.store;
}

void
house_start(struct house *house)
{
	struct media_settings media = { .workers = 2, .transcodes = 2,
					.idle_ms = 60000 };
	struct blob_folder_settings folder;
	struct blob_open_args blobs = { .settings = &folder };
	static char blob_path[128];
	struct fault fault = { 0 };

	assert_false(house->started);
	start_store(house);
	snprintf(blob_path, sizeof blob_path, "%s/blobs", house->data);
	folder.path = blob_path;
	media.program = getenv("MEDIA_PROGRAM");
	if (media.program == NULL)
		media.program = "";
	if (blob_store_open(&blob_driver_folder, &blobs, &house->blobs,
			    &fault) != STATUS_OK ||
	    media_pool_open(&media, &house->media, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	house->settings = (struct scan_settings){
		.walkers = 2,
		.batch = 50,
		.picture_limit_bytes = 1 << 20,
		.links = true,
	};
	house->services = (struct scan_services){
		.store = house->store, .blobs = house->blobs,
		.media = house->media, .settings = &house->settings,
	};
	house->started = true;
}

void
house_stop(struct house *house)
{
	if (!house->started)
		return;
	media_pool_close(house->media);
	blob_store_close(house->blobs);
	store_close(house->store);
	house->started = false;
}

void
house_forget(struct house *house)
{
	assert_false(house->started);
	if (house->place.folder[0] != '\0')
		test_folder_remove(house->place.folder);
	house->place = (struct test_store){ 0 };
	house->source_id = 0;
}

int
house_setup(void **state)
{
	struct house *house = mem_new(1, sizeof *house);

	house->driver = *state != NULL ? *state : "sqlite";
	test_folder_make(house->root);
	snprintf(house->music, sizeof house->music, "%s/music", house->root);
	snprintf(house->data, sizeof house->data, "%s/data", house->root);
	assert_int_equal(folder_make(house->music, NULL), STATUS_OK);
	assert_int_equal(folder_make(house->data, NULL), STATUS_OK);
	house_start(house);
	*state = house;
	return 0;
}

int
house_teardown(void **state)
{
	struct house *house = *state;

	house_stop(house);
	house_forget(house);
	test_folder_remove(house->root);
	free(house);
	return 0;
}

/* ---- files ---------------------------------------------------------------- */

const char *
house_path(const struct house *house, const char *path)
{
	static char whole[4096];

	snprintf(whole, sizeof whole, "%s/%s", house->music, path);
	return whole;
}

void
house_put(struct house *house, const char *path, const void *bytes,
	  size_t count)
{
	char whole[4096], *slash;

	snprintf(whole, sizeof whole, "%s/%s", house->music, path);
	slash = strrchr(whole, '/');
	*slash = '\0';
	assert_int_equal(folder_make(whole, NULL), STATUS_OK);
	*slash = '/';
	assert_int_equal(file_write(whole, (struct span){ bytes, count }, 0640,
				    NULL),
			 STATUS_OK);
}

void
house_put_picture(struct house *house, const char *path,
		  enum house_picture picture)
{
	house_put(house, path, pictures[picture].bytes,
		  pictures[picture].length);
}

static void
frame_add(struct buffer *tag, const char *name, const void *bytes,
	  size_t count)
{
	const uint8_t size[6] = { (uint8_t)(count >> 24),
				  (uint8_t)(count >> 16), (uint8_t)(count >> 8),
				  (uint8_t)count, 0, 0 };

	buffer_add(tag, name, 4);
	buffer_add(tag, size, sizeof size);
	buffer_add(tag, bytes, count);
}

static void
text_frame_add(struct buffer *tag, const char *name, const char *text)
{
	struct buffer frame;

	if (text == NULL)
		return;
	buffer_init(&frame, 0);
	buffer_add_char(&frame, 3); /* UTF-8, which readers take in 2.3 too */
	buffer_add_text(&frame, text);
	frame_add(tag, name, frame.bytes, frame.length);
	buffer_release(&frame);
}

static void
number_frame_add(struct buffer *tag, const char *name, int number)
{
	char text[16];

	snprintf(text, sizeof text, "%d", number);
	text_frame_add(tag, name, number == 0 ? NULL : text);
}

static void
picture_frame_add(struct buffer *tag, enum house_picture picture)
{
	struct buffer frame;

	if (picture == NO_PICTURE)
		return;
	buffer_init(&frame, 0);
	buffer_add(&frame, "\0image/jpeg\0\3\0", 14);
	buffer_add(&frame, pictures[picture].bytes, pictures[picture].length);
	frame_add(tag, "APIC", frame.bytes, frame.length);
	buffer_release(&frame);
}

static void
lyrics_frame_add(struct buffer *tag, const char *lyrics)
{
	struct buffer frame;

	if (lyrics == NULL)
		return;
	buffer_init(&frame, 0);
	buffer_add(&frame, "\3eng\0", 5);
	buffer_add_text(&frame, lyrics);
	frame_add(tag, "USLT", frame.bytes, frame.length);
	buffer_release(&frame);
}

void
house_song(struct house *house, const char *path, const struct song *song)
{
	struct buffer tag, file;
	uint32_t size;

	buffer_init(&tag, 0);
	buffer_init(&file, 0);
	text_frame_add(&tag, "TIT2", song->title);
	text_frame_add(&tag, "TPE1", song->artist);
	text_frame_add(&tag, "TPE2", song->album_artist);
	text_frame_add(&tag, "TALB", song->album);
	text_frame_add(&tag, "TCON", song->genre);
	number_frame_add(&tag, "TRCK", song->track);
	number_frame_add(&tag, "TPOS", song->disc);
	number_frame_add(&tag, "TYER", song->year);
	lyrics_frame_add(&tag, song->lyrics);
	picture_frame_add(&tag, song->picture);
	size = (uint32_t)tag.length;
	buffer_add(&file, "ID3\3\0\0", 6);
	for (int shift = 21; shift >= 0; shift -= 7)
		buffer_add_char(&file, (char)(size >> shift & 0x7F));
	if (tag.length > 0)
		buffer_add(&file, tag.bytes, tag.length);
	buffer_add(&file, tones[song->tone].bytes, tones[song->tone].length);
	house_put(house, path, file.bytes, file.length);
	buffer_release(&tag);
	buffer_release(&file);
}

void
house_remove(struct house *house, const char *path)
{
	test_folder_remove(house_path(house, path));
}

void
house_rename(struct house *house, const char *from, const char *to)
{
	char old[4096];

	snprintf(old, sizeof old, "%s", house_path(house, from));
	assert_int_equal(rename(old, house_path(house, to)), 0);
}

void
house_copy(struct house *house, const char *from, const char *to)
{
	struct buffer bytes;

	fetch(house_path(house, from), &bytes);
	house_put(house, to, bytes.bytes, bytes.length);
	buffer_release(&bytes);
}

void
house_touch(struct house *house, const char *path, int64_t seconds)
{
	const struct timespec times[2] = { { .tv_sec = seconds },
					   { .tv_sec = seconds } };

	assert_int_equal(utimensat(AT_FDCWD, house_path(house, path), times, 0),
			 0);
}

void
house_encode(struct house *house, const char *outputs)
{
	test_run("cd %s && ffmpeg -nostdin -v error -f lavfi -i "
		 "sine=frequency=500:duration=0.5 %s",
		 house->music, outputs);
}

/* ---- scanning ------------------------------------------------------------- */

int64_t
house_source(struct house *house)
{
	struct fault fault;
	bool is_new;

	if (house->source_id == 0 &&
	    scan_source_add(house->store, house->music, &house->source_id,
			    &is_new, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return house->source_id;
}

static void
rejected_take(void *cookie, const char *path, const char *reason)
{
	struct house *house = cookie;
	struct rejected_line *line;

	assert_true(house->rejected_count <
		    (int)ARRAY_LENGTH(house->rejected));
	line = &house->rejected[house->rejected_count++];
	snprintf(line->path, sizeof line->path, "%s", path);
	snprintf(line->reason, sizeof line->reason, "%s", reason);
}

enum status
house_try_scan(struct house *house, const struct scan_args *args,
	       struct scan_progress *out)
{
	struct scan_args all = { 0 };
	struct scan_progress progress;

	if (args != NULL)
		all = *args;
	all.source_id = house_source(house);
	all.watcher.rejected = rejected_take;
	all.watcher.cookie = house;
	house->rejected_count = 0;
	return scan_run(&house->services, &all, out == NULL ? &progress : out,
			&house->job_id, &house->fault);
}

struct scan_progress
house_scan(struct house *house)
{
	struct scan_progress progress = { 0 };

	if (house_try_scan(house, NULL, &progress) != STATUS_OK)
		fail_msg("%s", house->fault.message);
	assert_int_equal(progress.done, progress.total);
	return progress;
}

/* ---- looking -------------------------------------------------------------- */

struct dump {
	struct house *house;
	struct store_session *session;
	bool with_ids;
	struct arena arena;
	char **lines;
	size_t count, room;
};

static void
track_print(struct dump *dump, int64_t id, struct buffer *line)
{
	struct cover cover;
	struct track track;
	const char *words;
	char hex[65] = "-";
	bool synced;

	if (tracks_get(dump->session, id, &dump->arena, &track, NULL) !=
	    STATUS_OK) {
		buffer_add_text(line, " hidden");
		return;
	}
	if (covers_of(dump->session, COVER_TRACK, id, &dump->arena, &cover,
		      NULL) == STATUS_OK)
		hex_print(cover.key.sha256, 4, hex);
	if (tracks_lyrics(dump->session, id, &dump->arena, &words, &synced,
			  NULL) != STATUS_OK)
		words = "-";
	buffer_print(line, " %s / %s / %s / %d / %lld / %s / %s", track.title,
		     track.artist, track.album == NULL ? "-" : track.album,
		     track.track_no, (long long)track.duration_ms, hex, words);
}

static bool
file_print(void *cookie, const struct folder_row *folder,
	   const struct file_row *file)
{
	static const char *const states[] = { "ok", "rejected", "missing" };
	struct dump *dump = cookie;
	struct buffer line;
	size_t length;

	buffer_init(&line, 0);
	buffer_print(&line, "%s%s%s %s", folder->path,
		     folder->path[0] == '\0' ? "" : "/", file->name,
		     states[file->state]);
	if (dump->with_ids)
		buffer_print(&line, " #%lld", (long long)file->track_id);
	if (file->state == FILE_OK)
		track_print(dump, file->track_id, &line);
	buffer_add_char(&line, '\n');
	if (dump->count == dump->room) {
		dump->room = dump->room == 0 ? 64 : 2 * dump->room;
		dump->lines = mem_grow(dump->lines, dump->room,
				       sizeof *dump->lines);
	}
	dump->lines[dump->count++] = buffer_take(&line, &length);
	return true;
}

static enum status
dump_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct dump *dump = cookie;

	dump->session = session;
	return files_each(session, dump->house->source_id, file_print, dump,
			  fault);
}

static int
line_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char *
house_dump(struct house *house, bool with_ids)
{
	struct dump dump = { .house = house, .with_ids = with_ids };
	struct fault fault;
	struct buffer text;
	size_t length;

	arena_init(&dump.arena);
	if (store_read(house->store, dump_work, &dump, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	if (dump.count > 1)
		qsort(dump.lines, dump.count, sizeof *dump.lines,
		      line_compare);
	buffer_init(&text, 0);
	for (size_t i = 0; i < dump.count; i++) {
		buffer_add_text(&text, dump.lines[i]);
		free(dump.lines[i]);
	}
	free(dump.lines);
	arena_release(&dump.arena);
	return buffer_take(&text, &length);
}

struct file_search {
	int64_t source_id, track_id;
	char folder[1024];
	const char *name;
};

static enum status
file_search_work(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct file_search *search = cookie;
	struct file_row row;
	enum status status;
	struct arena arena;

	search->track_id = 0;
	arena_init(&arena);
	status = files_find(session, search->source_id, search->folder,
			    search->name, &arena, &row, fault);
	if (status == STATUS_OK && row.state == FILE_OK)
		search->track_id = row.track_id;
	arena_release(&arena);
	return status == STATUS_NOT_FOUND ? STATUS_OK : status;
}

int64_t
house_track(struct house *house, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct file_search search = {
		.source_id = house->source_id,
		.name = slash == NULL ? path : slash + 1,
	};
	struct fault fault;

	snprintf(search.folder, sizeof search.folder, "%.*s",
		 slash == NULL ? 0 : (int)(slash - path), path);
	if (store_read(house->store, file_search_work, &search, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	return search.track_id;
}

static enum status
check_work(struct store_session *session, void *cookie, struct fault *fault)
{
	(void)cookie;
	return catalogue_check(session, fault);
}

void
house_check(struct house *house)
{
	struct fault fault;

	if (store_read(house->store, check_work, NULL, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}
