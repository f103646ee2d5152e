/* test_write_back.c - tags into files and back: exact, and whole at whatever
 * moment the power goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "house.h"
#include "library/tracks.h"
#include "service/edit.h"
#include "service/write_back.h"

#define KILLS 15

static const struct caller admin = { .role = USER_ROLE_ADMIN };
static const struct write_back_settings allowed = { true };

static struct write_back *
open_back(struct house *house, const struct write_back_settings *settings)
{
	const struct write_back_args args = { .store = house->store,
					      .media = house->media,
					      .settings = settings,
					      .data_dir = house->data };
	struct write_back *back;
	struct fault fault = { 0 };

	if (write_back_open(&args, &back, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return back;
}

static void
rename_track(struct house *house, int64_t id, const char *title)
{
	const struct editor editor = { .store = house->store };
	json_t *set = json_pack("{s:s, s:i}", "title", title, "year", 1987);
	struct fault fault = { 0 };

	if (edit_change(&editor, &admin, EDIT_TRACK, id, set, NULL, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	json_decref(set);
}

static void
file_bytes(const char *path, struct buffer *out)
{
	struct fault fault = { 0 };

	buffer_init(out, 0);
	if (file_read(path, 64u << 20, out, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static bool
same_bytes(const struct buffer *a, const struct buffer *b)
{
	return a->length == b->length &&
	       memcmp(a->bytes, b->bytes, a->length) == 0;
}

static int64_t
written(struct write_back *back, int64_t track_id)
{
	struct fault fault = { 0 };
	int64_t id = 0;

	if (write_back_track(back, &admin, track_id, &id, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return id;
}

struct looking {
	struct arena arena;
	struct tag_write_list list;
	int64_t id;
};

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	const struct tag_write_filter filter = { .track_id = looking->id };
	const struct page_request page = { .limit = 100 };

	return tag_writes_list(session, &filter, &page, &looking->arena,
			       &looking->list, fault);
}

/* The newest write of the track; its texts live in *arena. */
static struct tag_write
newest(struct house *house, int64_t track_id, struct arena *arena)
{
	struct looking looking = { .arena = *arena, .id = track_id };
	struct fault fault = { 0 };

	if (store_read(house->store, list_work, &looking, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	*arena = looking.arena;
	assert_true(looking.list.count > 0);
	return looking.list.items[0];
}

static const struct song plain = { .title = "Old title", .artist = "Band",
				   .album = "Album", .track = 3,
				   .year = 1999, .tone = 1,
				   .picture = RED_PICTURE,
				   .lyrics = "La la la" };

static void
an_edit_is_in_the_file_and_undone_to_the_byte(void **state)
{
	struct house *house = *state;
	struct buffer before, now, kept;
	struct scan_progress progress;
	struct stat was, is;
	struct write_back *back;
	struct tag_write row;
	struct arena arena;
	struct fault fault = { 0 };
	const char *path;
	char *dump, *dump_now;
	int64_t track, id, none;

	arena_init(&arena);
	house_song(house, "a/song.mp3", &plain);
	house_put(house, "a/song.lrc", "[00:01.00]La\n[00:02.00]la\n", 26);
	chmod(house_path(house, "a/song.mp3"), 0640);
	house_touch(house, "a/song.mp3", 1000000000);
	house_source(house);
	house_scan(house);
	path = arena_copy_text(&arena, house_path(house, "a/song.mp3"));
	track = house_track(house, "a/song.mp3");
	file_bytes(path, &before);
	stat(path, &was);
	back = open_back(house, &allowed);
	assert_int_equal(write_back_track(back, &admin, track, &none, &fault),
			 STATUS_OK);
	assert_int_equal(none, 0); /* nothing was edited */

	rename_track(house, track, "Новое название");
	dump = house_dump(house, true);
	id = written(back, track);
	assert_true(id > 0);
	file_bytes(path, &now);
	assert_false(same_bytes(&before, &now));
	stat(path, &is);
	assert_int_equal(is.st_mode, was.st_mode);
	assert_int_equal(is.st_mtim.tv_sec, was.st_mtim.tv_sec);
	row = newest(house, track, &arena);
	assert_int_equal(row.state, TAG_WRITE_WRITTEN);
	assert_non_null(strstr(row.asked, "Old title"));
	file_bytes(row.original, &kept);
	assert_true(same_bytes(&before, &kept));

	/* the scanner knows it, and nobody sees a difference */
	progress = house_scan(house);
	assert_int_equal(progress.updated + progress.added + progress.moved,
			 0);
	dump_now = house_dump(house, true);
	assert_string_equal(dump_now, dump);
	assert_int_equal(house_track(house, "a/song.mp3"), track);
	assert_int_equal(written(back, track), 0); /* it says so already */

	assert_int_equal(write_back_undo(back, &admin, id, &fault), STATUS_OK);
	buffer_release(&now);
	file_bytes(path, &now);
	assert_true(same_bytes(&before, &now));
	stat(path, &is);
	assert_int_equal(is.st_mode, was.st_mode);
	assert_int_equal(is.st_mtim.tv_sec, was.st_mtim.tv_sec);
	assert_int_equal(is.st_ino, was.st_ino);
	assert_int_not_equal(access(row.original, F_OK), 0);
	progress = house_scan(house);
	assert_int_equal(progress.updated + progress.added + progress.moved,
			 0);
	assert_int_equal(write_back_undo(back, &admin, id, &fault),
			 STATUS_CONFLICT);
	house_check(house);
	free(dump);
	free(dump_now);
	buffer_release(&before);
	buffer_release(&now);
	buffer_release(&kept);
	write_back_close(back);
	arena_release(&arena);
}

static void
what_is_confirmed_lets_go_of_the_original(void **state)
{
	struct house *house = *state;
	struct write_back *back;
	struct tag_write row;
	struct arena arena;
	struct fault fault = { 0 };
	int64_t track, id;

	arena_init(&arena);
	house_song(house, "song.mp3", &plain);
	house_source(house);
	house_scan(house);
	track = house_track(house, "song.mp3");
	rename_track(house, track, "New title");
	back = open_back(house, &allowed);
	id = written(back, track);
	row = newest(house, track, &arena);
	assert_int_equal(access(row.original, F_OK), 0);
	assert_int_equal(write_back_confirm(back, &admin, id, &fault),
			 STATUS_OK);
	assert_int_not_equal(access(row.original, F_OK), 0);
	assert_int_equal(write_back_undo(back, &admin, id, &fault),
			 STATUS_CONFLICT);
	write_back_close(back);
	arena_release(&arena);
}

static void
what_must_not_be_written_is_refused_with_the_reason(void **state)
{
	static const struct write_back_settings off = { false };
	struct house *house = *state;
	struct buffer before, now;
	struct write_back *back;
	struct arena arena;
	struct fault fault = { 0 };
	int64_t track, id;

	arena_init(&arena);
	house_song(house, "ro/song.mp3", &plain);
	house_source(house);
	house_scan(house);
	track = house_track(house, "ro/song.mp3");
	rename_track(house, track, "New title");
	file_bytes(house_path(house, "ro/song.mp3"), &before);
	back = open_back(house, &off);
	assert_int_equal(write_back_track(back, &admin, track, &id, &fault),
			 STATUS_CONFLICT);
	assert_non_null(strstr(fault.message, "TAG_WRITE_BACK"));
	write_back_close(back);

	back = open_back(house, &allowed);
	assert_int_equal(write_back_track(back, &admin, 99999, &id, &fault),
			 STATUS_NOT_FOUND);
	if (geteuid() != 0) {
		chmod(house_path(house, "ro"), 0555);
		assert_int_equal(write_back_track(back, &admin, track, &id,
						  &fault),
				 STATUS_CONFLICT);
		assert_non_null(strstr(fault.message, "folder"));
		chmod(house_path(house, "ro"), 0755);
	}

	/* somebody writes the file after us: their work is not undone */
	id = written(back, track);
	house_song(house, "ro/song.mp3", &plain);
	house_touch(house, "ro/song.mp3", 1500000000);
	assert_int_equal(write_back_undo(back, &admin, id, &fault),
			 STATUS_CONFLICT);
	assert_non_null(strstr(fault.message, "changed since"));
	file_bytes(newest(house, track, &arena).original, &now);
	assert_true(same_bytes(&before, &now));
	buffer_release(&before);
	buffer_release(&now);
	write_back_close(back);
	arena_release(&arena);
}

static void
an_original_on_another_disk_is_a_copy_with_all_that_it_had(void **state)
{
	struct house *house = *state;
	char in_memory[] = "/dev/shm/ogma-write-back-XXXXXX";
	char on_disk[] = "/tmp/ogma-write-back-XXXXXX";
	char *elsewhere = strncmp(house->root, "/dev/shm", 8) == 0 ? on_disk :
								     in_memory;
	struct write_back_args args = { .store = house->store,
					.media = house->media,
					.settings = &allowed };
	struct buffer before, now;
	struct write_back *back;
	struct stat was, is;
	struct fault fault = { 0 };
	char path[200];
	int64_t track, id;

	if (mkdtemp(elsewhere) == NULL)
		skip(); /* there is no other disk */
	house_song(house, "song.mp3", &plain);
	house_touch(house, "song.mp3", 1000000000);
	house_source(house);
	house_scan(house);
	track = house_track(house, "song.mp3");
	rename_track(house, track, "New title");
	snprintf(path, sizeof path, "%s", house_path(house, "song.mp3"));
	file_bytes(path, &before);
	stat(path, &was);
	args.data_dir = elsewhere;
	assert_int_equal(write_back_open(&args, &back, &fault), STATUS_OK);
	id = written(back, track);
	assert_int_equal(write_back_undo(back, &admin, id, &fault), STATUS_OK);
	file_bytes(path, &now);
	assert_true(same_bytes(&before, &now));
	stat(path, &is);
	assert_int_equal(is.st_mode, was.st_mode);
	assert_int_equal(is.st_mtim.tv_sec, was.st_mtim.tv_sec);
	write_back_close(back);
	house_remove(house, "song.mp3");
	buffer_release(&before);
	buffer_release(&now);
	/* nothing is left of it */
	snprintf(path, sizeof path, "%s/originals", elsewhere);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(elsewhere), 0);
}

/* Writes and undoes until it is killed; a byte to `told` once it is at it. */
static void
work_until_killed(struct house *house, int64_t track, int told)
{
	struct fault fault = { 0 };
	struct write_back *back;

	house_start(house);
	back = open_back(house, &allowed);
	for (;;) {
		int64_t id = 0;

		if (write_back_track(back, &admin, track, &id, &fault) !=
		    STATUS_OK)
			_exit(1);
		if (id == 0) { /* written by the one before us */
			struct arena arena;

			arena_init(&arena);
			id = newest(house, track, &arena).id;
			arena_release(&arena);
		}
		if (write_back_undo(back, &admin, id, &fault) != STATUS_OK)
			_exit(2);
		if (told >= 0 && write(told, "x", 1) == 1)
			told = -1;
	}
}

/* Hidden files: what a write that was broken off leaves. */
static size_t
hidden_in(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	assert_non_null(folder);
	while ((entry = readdir(folder)) != NULL)
		count += entry->d_name[0] == '.' &&
			 strcmp(entry->d_name, ".") != 0 &&
			 strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return count;
}

static void
a_kill_at_any_moment_leaves_the_file_whole_and_the_original_kept(void **state)
{
	struct house *house = *state;
	struct buffer old_bytes, new_bytes, now, kept;
	struct write_back *back;
	char path[200];
	int64_t track, id;
	struct fault fault = { 0 };
	unsigned dice = 1;

	house_song(house, "song.mp3", &plain);
	house_source(house);
	house_scan(house);
	snprintf(path, sizeof path, "%s", house_path(house, "song.mp3"));
	track = house_track(house, "song.mp3");
	rename_track(house, track, "A much longer new title for the song");
	file_bytes(path, &old_bytes);
	back = open_back(house, &allowed);
	id = written(back, track);
	file_bytes(path, &new_bytes);
	assert_int_equal(write_back_undo(back, &admin, id, &fault), STATUS_OK);
	write_back_close(back);

	for (int i = 0; i < KILLS; i++) {
		struct tag_write row;
		struct arena arena;
		int how, told[2];
		char byte;
		pid_t pid;

		house_stop(house);
		assert_int_equal(pipe(told), 0);
		pid = fork();
		assert_true(pid >= 0);
		if (pid == 0)
			work_until_killed(house, track, told[1]);
		close(told[1]);
		assert_int_equal(read(told[0], &byte, 1), 1);
		close(told[0]);
		dice = dice * 1103515245u + 12345u;
		usleep((dice >> 8) % 40000);
		kill(pid, SIGKILL);
		waitpid(pid, &how, 0);
		assert_true(WIFSIGNALED(how));
		arena_init(&arena);
		house_start(house);
		back = open_back(house, &allowed);
		row = newest(house, track, &arena);
		assert_int_not_equal(row.state, TAG_WRITE_PREPARED);
		file_bytes(path, &now);
		if (row.state == TAG_WRITE_WRITTEN) {
			/* the undo of it may have been broken off */
			assert_true(same_bytes(&now, &new_bytes) ||
				    same_bytes(&now, &old_bytes));
			file_bytes(row.original, &kept);
			assert_true(same_bytes(&kept, &old_bytes));
			buffer_release(&kept);
			assert_int_equal(write_back_undo(back, &admin, row.id,
							 &fault),
					 STATUS_OK);
			buffer_release(&now);
			file_bytes(path, &now);
		}
		assert_true(same_bytes(&now, &old_bytes));
		assert_int_equal(hidden_in(house->music), 0);
		buffer_release(&now);
		write_back_close(back);
		arena_release(&arena);
	}
	house_check(house);
	buffer_release(&old_bytes);
	buffer_release(&new_bytes);
}

#define IN_A_HOUSE(test_) \
	cmocka_unit_test_setup_teardown(test_, house_setup, house_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_A_HOUSE(an_edit_is_in_the_file_and_undone_to_the_byte),
		IN_A_HOUSE(what_is_confirmed_lets_go_of_the_original),
		IN_A_HOUSE(what_must_not_be_written_is_refused_with_the_reason),
		IN_A_HOUSE(
			an_original_on_another_disk_is_a_copy_with_all_that_it_had),
		IN_A_HOUSE(
			a_kill_at_any_moment_leaves_the_file_whole_and_the_original_kept),
	};

	return cmocka_run_group_tests(tests, house_prepare, NULL);
}
