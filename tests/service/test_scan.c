/* test_scan.c - a folder of real files becomes a library, and stays in step
 * with it, whatever happens to the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house.h"

#include "base/clock.h"
#include "base/sanitized.h"
#include "library/jobs.h"
#include "library/summary.h"
#include "service/job.h"

static const struct song first = { .title = "Группа крови", .artist = "Кино",
				   .album = "Группа крови", .track = 1,
				   .year = 1988, .genre = "Rock", .tone = 0 };
static const struct song second = { .title = "Спокойная ночь",
				    .artist = "Кино",
				    .album = "Группа крови", .track = 2,
				    .year = 1988, .genre = "Rock", .tone = 1 };

static void
two_songs(struct house *house)
{
	house_song(house, "Kino/1.mp3", &first);
	house_song(house, "Kino/2.mp3", &second);
}

static void
assert_dump(struct house *house, const char *wanted)
{
	char *text = house_dump(house, false);

	assert_string_equal(text, wanted);
	free(text);
}

static bool
dump_has(struct house *house, const char *part)
{
	char *text = house_dump(house, false);
	bool found = strstr(text, part) != NULL;

	free(text);
	return found;
}

/* ---- coming, changing, going ----------------------------------------------- */

static void
a_new_folder_becomes_tracks_and_a_second_scan_changes_nothing(void **state)
{
	struct house *house = *state;
	struct scan_progress progress;

	two_songs(house);
	progress = house_scan(house);
	assert_int_equal(progress.added, 2);
	assert_int_equal(progress.total, 2);
	assert_dump(house,
		    "Kino/1.mp3 ok Группа крови / Кино / Группа крови / 1 / "
		    "444 / - / -\n"
		    "Kino/2.mp3 ok Спокойная ночь / Кино / Группа крови / 2 / "
		    "500 / - / -\n");
	progress = house_scan(house);
	assert_int_equal(progress.added, 0);
	assert_int_equal(progress.updated, 0);
	assert_int_equal(progress.unchanged, 2);
	house_check(house);
}

static void
changed_tags_keep_the_id_of_the_track(void **state)
{
	struct house *house = *state;
	struct song changed = first;
	struct scan_progress progress;
	int64_t id;

	two_songs(house);
	house_scan(house);
	id = house_track(house, "Kino/1.mp3");
	changed.title = "Группа крови (remaster)";
	house_song(house, "Kino/1.mp3", &changed);
	progress = house_scan(house);
	assert_int_equal(progress.updated, 1);
	assert_int_equal(progress.unchanged, 1);
	assert_int_equal(house_track(house, "Kino/1.mp3"), id);
	assert_true(dump_has(house, "Группа крови (remaster)"));
	house_check(house);
}

static void
a_touched_file_is_read_again_and_stays_the_same(void **state)
{
	struct house *house = *state;
	struct scan_progress progress;

	two_songs(house);
	house_scan(house);
	house_touch(house, "Kino/1.mp3", 1000000000);
	progress = house_scan(house);
	assert_int_equal(progress.unchanged, 2);
	assert_int_equal(progress.updated, 0);
}

static void
a_deleted_file_is_hidden_and_returns_with_its_id(void **state)
{
	struct house *house = *state;
	struct scan_progress progress;
	char *before, *after;
	int64_t id;

	two_songs(house);
	house_scan(house);
	before = house_dump(house, true);
	id = house_track(house, "Kino/1.mp3");
	house_copy(house, "Kino/1.mp3", "../kept");
	house_remove(house, "Kino/1.mp3");
	progress = house_scan(house);
	assert_int_equal(progress.removed, 1);
	assert_int_equal(house_track(house, "Kino/1.mp3"), 0);
	assert_true(dump_has(house, "Kino/1.mp3 missing"));
	house_check(house);

	house_rename(house, "../kept", "Kino/1.mp3");
	progress = house_scan(house);
	assert_int_equal(progress.restored, 1);
	assert_int_equal(progress.added, 0);
	assert_int_equal(house_track(house, "Kino/1.mp3"), id);
	after = house_dump(house, true);
	assert_string_equal(after, before);
	free(before);
	free(after);
	house_check(house);
}

static void
a_file_put_back_untouched_needs_no_reading(void **state)
{
	struct house *house = *state;
	struct scan_progress progress;

	two_songs(house);
	house_scan(house);
	house_rename(house, "Kino/1.mp3", "../kept.mp3");
	assert_int_equal(house_scan(house).removed, 1);
	house_rename(house, "../kept.mp3", "Kino/1.mp3");
	progress = house_scan(house);
	assert_int_equal(progress.restored, 1);
	house_check(house);
}

static void
a_moved_file_and_a_renamed_folder_keep_their_tracks(void **state)
{
	struct house *house = *state;
	struct scan_progress progress;
	int64_t one, two;

	two_songs(house);
	house_scan(house);
	one = house_track(house, "Kino/1.mp3");
	two = house_track(house, "Kino/2.mp3");
	house_rename(house, "Kino/1.mp3", "loose.mp3");
	progress = house_scan(house);
	assert_int_equal(progress.moved, 1);
	assert_int_equal(progress.removed, 0);
	assert_int_equal(house_track(house, "loose.mp3"), one);

	house_rename(house, "Kino", "Кино");
	progress = house_scan(house);
	assert_int_equal(progress.moved, 1);
	assert_int_equal(progress.removed, 0);
	assert_int_equal(house_track(house, "Кино/2.mp3"), two);
	house_check(house);
}

/* Copied and deleted: another inode, the same audio. */
static void
a_file_moved_across_disks_keeps_its_track(void **state)
{
	struct house *house = *state;
	struct scan_progress progress;
	int64_t id;

	two_songs(house);
	house_scan(house);
	id = house_track(house, "Kino/1.mp3");
	house_copy(house, "Kino/1.mp3", "far/away.mp3");
	house_remove(house, "Kino/1.mp3");
	progress = house_scan(house);
	assert_int_equal(progress.moved, 1);
	assert_int_equal(progress.removed, 0);
	assert_int_equal(house_track(house, "far/away.mp3"), id);
	house_check(house);
}

static void
a_copy_is_a_track_of_its_own(void **state)
{
	struct house *house = *state;

	two_songs(house);
	house_scan(house);
	house_copy(house, "Kino/1.mp3", "copy.mp3");
	assert_int_equal(house_scan(house).added, 1);
	assert_int_not_equal(house_track(house, "copy.mp3"),
			     house_track(house, "Kino/1.mp3"));
	house_check(house);
}

/* ---- what cannot be read ---------------------------------------------------- */

static void
a_broken_file_is_rejected_with_its_reason_and_tried_again_when_it_changed(
	void **state)
{
	struct house *house = *state;
	struct scan_progress progress;

	two_songs(house);
	house_put(house, "Kino/broken.flac", "this is no audio at all", 23);
	house_put(house, "Kino/empty.mp3", "", 0);
	progress = house_scan(house);
	assert_int_equal(progress.added, 2);
	assert_int_equal(progress.rejected, 2);
	assert_int_equal(house->rejected_count, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(strncmp(house->rejected[i].path, "Kino/", 5),
				 0);
		assert_true(house->rejected[i].reason[0] != '\0');
	}
	assert_true(dump_has(house, "Kino/broken.flac rejected"));

	progress = house_scan(house);
	assert_int_equal(progress.rejected, 2);
	assert_int_equal(house->rejected_count, 0); /* not read again */

	house_song(house, "Kino/empty.mp3", &first);
	progress = house_scan(house);
	assert_int_equal(progress.rejected, 1);
	assert_int_not_equal(house_track(house, "Kino/empty.mp3"), 0);
	house_check(house);
}

static void
a_track_whose_file_breaks_is_hidden_and_returns_with_its_id(void **state)
{
	struct house *house = *state;
	int64_t id;

	two_songs(house);
	house_scan(house);
	id = house_track(house, "Kino/1.mp3");
	house_put(house, "Kino/1.mp3", "garbage", 7);
	assert_int_equal(house_scan(house).rejected, 1);
	assert_int_equal(house_track(house, "Kino/1.mp3"), 0);
	house_song(house, "Kino/1.mp3", &first);
	house_scan(house);
	assert_int_equal(house_track(house, "Kino/1.mp3"), id);
	house_check(house);
}

static void
dangling_links_and_folders_named_like_songs_do_not_stop_a_scan(void **state)
{
	struct house *house = *state;
	struct scan_progress progress;

	two_songs(house);
	assert_int_equal(symlink("nowhere", house_path(house, "Kino/l.mp3")),
			 0);
	assert_int_equal(mkdir(house_path(house, "Kino/d.mp3"), 0755), 0);
	assert_int_equal(symlink("..", house_path(house, "Kino/loop")), 0);
	assert_int_equal(mkfifo(house_path(house, "Kino/pipe.mp3"), 0644), 0);
	progress = house_scan(house);
	assert_int_equal(progress.added, 2);
	assert_int_equal(progress.rejected, 1);
	assert_string_equal(house->rejected[0].path, "Kino/l.mp3");
	progress = house_scan(house);
	assert_int_equal(progress.rejected, 1);
	assert_int_equal(progress.removed, 0);
	assert_true(dump_has(house, "Kino/l.mp3 rejected"));

	/* The link works again. */
	house_song(house, "Kino/nowhere", &first);
	house_rename(house, "Kino/nowhere", "../outside.mp3");
	house_remove(house, "Kino/l.mp3");
	assert_int_equal(symlink("../../outside.mp3",
				 house_path(house, "Kino/l.mp3")),
			 0);
	progress = house_scan(house);
	assert_int_equal(progress.rejected, 0);
	assert_int_not_equal(house_track(house, "Kino/l.mp3"), 0);
	house_check(house);
}

static void
names_that_are_not_utf_8_are_scanned_and_shown_as_text(void **state)
{
	struct house *house = *state;
	struct song untitled = { .artist = "Кино", .tone = 2 };

	/* "Кино/Мама.mp3" in Windows-1251 */
	house_song(house, "\xCA\xE8\xED\xEE/\xCC\xE0\xEC\xE0.mp3", &untitled);
	assert_int_equal(house_scan(house).added, 1);
	assert_true(dump_has(house, " ok Мама / Кино"));
	assert_int_equal(house_scan(house).unchanged, 1);
	house_remove(house, "\xCA\xE8\xED\xEE/\xCC\xE0\xEC\xE0.mp3");
	house_song(house, "x.mp3", &first);
	assert_int_equal(house_scan(house).removed, 1);
	house_check(house);
}

static void
a_file_over_4_gib_is_scanned(void **state)
{
	struct house *house = *state;
	uint8_t head[44] = "RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\1\0\2\0"
			   "\x44\xAC\0\0\x10\xB1\2\0\4\0\x10\0data"
			   "\xFF\xFF\xFF\xFF";

	house_put(house, "long.wav", head, sizeof head);
	assert_int_equal(truncate(house_path(house, "long.wav"),
				  ((off_t)5 << 30)),
			 0);
	assert_int_equal(house_scan(house).total, 1);
	assert_true(dump_has(house, "long.wav ok"));
	assert_int_equal(house_scan(house).unchanged, 1);
}

struct remover {
	struct house *house;
	pthread_t thread;
	_Atomic bool end;
};

static void *
remover_run(void *cookie)
{
	struct remover *remover = cookie;
	char path[4096];

	for (int i = 119; i >= 0; i--) {
		snprintf(path, sizeof path, "%s/v/%03d.mp3",
			 remover->house->music, i);
		unlink(path);
		usleep(500);
	}
	return NULL;
}

static void
files_that_vanish_during_a_scan_leave_a_library_without_them(void **state)
{
	struct house *house = *state;
	struct remover remover = { .house = house };
	struct song song = first;
	char path[64];
	char *text;

	two_songs(house);
	for (int i = 0; i < 120; i++) {
		snprintf(path, sizeof path, "v/%03d.mp3", i);
		song.track = i;
		house_song(house, path, &song);
	}
	house_source(house);
	pthread_create(&remover.thread, NULL, remover_run, &remover);
	house_scan(house);
	assert_int_equal(house->rejected_count, 0);
	pthread_join(remover.thread, NULL);
	house_scan(house);
	text = house_dump(house, false);
	assert_null(strstr(text, "v/000.mp3 ok"));
	assert_non_null(strstr(text, "Kino/1.mp3 ok"));
	free(text);
	house_check(house);
}

/* ---- the source itself ------------------------------------------------------ */

static void
a_root_that_is_gone_or_empty_never_wipes_the_library(void **state)
{
	struct house *house = *state;
	char away[128], *before, *after;

	two_songs(house);
	house_scan(house);
	before = house_dump(house, true);
	snprintf(away, sizeof away, "%s.away", house->music);
	assert_int_equal(rename(house->music, away), 0);
	assert_int_equal(house_try_scan(house, NULL, NULL), STATUS_UNAVAILABLE);
	assert_non_null(strstr(house->fault.message, house->music));

	assert_int_equal(mkdir(house->music, 0755), 0);
	assert_int_equal(house_try_scan(house, NULL, NULL), STATUS_UNAVAILABLE);
	assert_non_null(strstr(house->fault.message, "mounted"));
	after = house_dump(house, true);
	assert_string_equal(after, before);
	free(after);

	assert_int_equal(rmdir(house->music), 0);
	assert_int_equal(rename(away, house->music), 0);
	assert_int_equal(house_scan(house).unchanged, 2);
	free(before);
}

static void
a_folder_is_one_source_however_it_is_named_and_sources_do_not_overlap(
	void **state)
{
	struct house *house = *state;
	struct fault fault = { 0 };
	int64_t again = 0, inner = 77;
	char path[256];
	bool is_new;

	two_songs(house);
	house_source(house);
	snprintf(path, sizeof path, "%s/../music/./", house->music);
	assert_int_equal(scan_source_add(house->store, path, &again, &is_new,
					 &fault),
			 STATUS_OK);
	assert_int_equal(again, house->source_id);
	assert_false(is_new);
	snprintf(path, sizeof path, "%s/Kino", house->music);
	assert_int_equal(scan_source_add(house->store, path, &inner, &is_new,
					 &fault),
			 STATUS_CONFLICT);
	assert_int_equal(scan_source_add(house->store, house->root, &inner,
					 &is_new, &fault),
			 STATUS_CONFLICT);
	assert_int_equal(inner, 77);
	assert_int_equal(scan_source_add(house->store, "/no/such/folder",
					 &inner, &is_new, &fault),
			 STATUS_NOT_FOUND);
	snprintf(path, sizeof path, "%s/Kino/1.mp3", house->music);
	assert_int_equal(scan_source_add(house->store, path, &inner, &is_new,
					 &fault),
			 STATUS_INVALID);
}

/* ---- pictures and words ----------------------------------------------------- */

/* The cover column of a line: eight hex digits or "-". */
static void
cover_of_line(struct house *house, const char *path, char out[9])
{
	char *text = house_dump(house, false), *line, *at;

	line = strstr(text, path);
	assert_non_null(line);
	*strchrnul(line, '\n') = '\0';
	at = strrchr(line, '/');
	*at = '\0';
	at = strrchr(line, '/');
	snprintf(out, 9, "%s", at + 2);
	if (out[0] == '-')
		out[1] = '\0';
	free(text);
}

static void
pictures_come_from_files_and_folders_and_are_stored_once(void **state)
{
	struct house *house = *state;
	struct song song = first;
	char red[9], other[9];

	song.picture = RED_PICTURE;
	house_song(house, "Kino/1.mp3", &song);
	song = second;
	song.picture = RED_PICTURE;
	house_song(house, "Kino/2.mp3", &song);
	house_scan(house);
	cover_of_line(house, "Kino/1.mp3", red);
	cover_of_line(house, "Kino/2.mp3", other);
	assert_string_not_equal(red, "-");
	assert_string_equal(red, other);

	song = second;
	house_song(house, "Kino/3.mp3", &song);
	house_scan(house);
	cover_of_line(house, "Kino/3.mp3", other);
	assert_string_equal(other, red); /* its album's */

	house_put_picture(house, "Kino/cover.jpg", BLUE_PICTURE);
	house_scan(house);
	cover_of_line(house, "Kino/3.mp3", other);
	assert_string_not_equal(other, red);
	assert_string_not_equal(other, "-");
	house_remove(house, "Kino/cover.jpg");
	house_scan(house);
	cover_of_line(house, "Kino/3.mp3", other);
	assert_string_equal(other, red);
	house_check(house);
}

static void
a_picture_that_is_none_is_no_cover(void **state)
{
	struct house *house = *state;
	char cover[9];

	two_songs(house);
	house_put(house, "Kino/cover.jpg", "not a picture", 13);
	assert_int_equal(house_scan(house).added, 2);
	cover_of_line(house, "Kino/1.mp3", cover);
	assert_string_equal(cover, "-");
}

static void
words_come_from_beside_the_file_or_from_inside_and_follow_changes(void **state)
{
	struct house *house = *state;
	struct song song = second;

	song.lyrics = "inside";
	house_song(house, "Kino/2.mp3", &song);
	house_song(house, "Kino/1.mp3", &first);
	house_put(house, "Kino/1.lrc", "[00:01.00]\xD2\xB8\xEF\xEB\xEE\xE5", 16);
	house_scan(house);
	assert_true(dump_has(house, "[00:01.00]Тёплое"));
	assert_true(dump_has(house, "/ inside\n"));

	house_put(house, "Kino/1.lrc", "[00:02.00]new words", 19);
	assert_int_equal(house_scan(house).updated, 1);
	assert_true(dump_has(house, "new words"));
	house_remove(house, "Kino/1.lrc");
	assert_int_equal(house_scan(house).updated, 1);
	assert_false(dump_has(house, "new words"));
	house_check(house);
}

/* ---- formats ---------------------------------------------------------------- */

static void
every_format_is_read(void **state)
{
	static const struct {
		const char *path, *arguments;
	} files[] = {
		{ "a.mp3", "-c:a libmp3lame" },	 { "a.flac", "-c:a flac" },
		{ "a.m4a", "-c:a aac" },	 { "b.m4a", "-c:a alac" },
		{ "a.ogg", "-c:a libvorbis" },	 { "a.opus", "-c:a libopus" },
		{ "a.wav", "-c:a pcm_s16le" },	 { "a.aiff", "-c:a pcm_s16be" },
		{ "a.wma", "-c:a wmav2" },	 { "a.wv", "-c:a wavpack" },
		{ "a.aac", "-c:a aac -f adts" },
	};
	struct house *house = *state;
	struct scan_progress progress;
	struct buffer outputs;

	buffer_init(&outputs, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		buffer_print(&outputs,
			     " -metadata title='Песня %zu' -metadata artist=A "
			     "%s %s",
			     i, files[i].arguments, files[i].path);
	house_encode(house, outputs.bytes);
	buffer_release(&outputs);
	progress = house_scan(house);
	for (int i = 0; i < house->rejected_count; i++)
		print_message("%s: %s\n", house->rejected[i].path,
			      house->rejected[i].reason);
	assert_int_equal(progress.added, ARRAY_LENGTH(files));
	house_check(house);
}

/* ---- jobs: two at once, cancel, kill ---------------------------------------- */

static void
many_songs(struct house *house, int count)
{
	struct song song = { .artist = "Many", .album = "Songs" };
	char path[64], title[64];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "many/%02d/%04d.mp3", i % 17, i);
		snprintf(title, sizeof title, "Song %d", i);
		song.title = title;
		song.track = i;
		song.tone = i % HOUSE_TONES;
		song.picture = (enum house_picture)(i % 4);
		house_song(house, path, &song);
	}
}

struct slow {
	struct house *house;
	_Atomic bool started, stop;
	_Atomic bool hold; /* waits where it tells of a file that is no good */
	enum status status;
	struct scan_progress progress;
	pthread_t thread;
};

static void
slow_progress(void *cookie, const struct scan_progress *progress)
{
	struct slow *slow = cookie;

	(void)progress;
	slow->started = true;
}

static void
slow_rejected(void *cookie, const char *path, const char *reason)
{
	struct slow *slow = cookie;

	(void)path, (void)reason;
	while (slow->hold)
		usleep(1000);
}

static void *
slow_run(void *cookie)
{
	struct slow *slow = cookie;
	struct scan_args args = { .source_id = slow->house->source_id,
				  .stop = &slow->stop,
				  .watcher = { .progress = slow_progress,
					       .rejected = slow_rejected,
					       .cookie = slow } };

	slow->status = scan_run(&slow->house->services, &args, &slow->progress,
				NULL, NULL);
	slow->started = true;
	return NULL;
}

static void
of_two_scans_at_once_one_is_told_to_wait(void **state)
{
	struct house *house = *state;
	struct slow slow = { .house = house };
	struct job *job;

	many_songs(house, 50);
	house_source(house);
	/* A job that holds the lease, as a scan in another process would. */
	assert_int_equal(job_begin(house->store, SCAN_JOB, house->source_id,
				   "other", &job, &house->fault),
			 STATUS_OK);
	assert_int_equal(house_try_scan(house, NULL, NULL), STATUS_CONFLICT);
	assert_int_equal(job_end(job, STATUS_OK, NULL, NULL), STATUS_OK);

	pthread_create(&slow.thread, NULL, slow_run, &slow);
	for (;;) {
		enum status status = house_try_scan(house, NULL, NULL);

		assert_true(status == STATUS_OK || status == STATUS_CONFLICT);
		if (status == STATUS_OK)
			break;
		usleep(20000);
	}
	pthread_join(slow.thread, NULL);
	assert_true(slow.status == STATUS_OK || slow.status == STATUS_CONFLICT);
	house_check(house);
	assert_int_equal(house_scan(house).unchanged, 50);
}

static enum status
cancel_all(struct store_session *session, void *cookie, struct fault *fault)
{
	struct job_filter filter = { .state_given = true,
				     .state = JOB_RUNNING };
	struct page_request page = { .limit = 10 };
	struct job_list list;
	enum status status;
	struct arena arena;

	arena_init(&arena);
	status = jobs_list(session, &filter, &page, &arena, &list, fault);
	*(size_t *)cookie = status == STATUS_OK ? list.count : 0;
	for (size_t i = 0; status == STATUS_OK && i < list.count; i++)
		status = jobs_cancel(session, list.items[i].id, fault);
	arena_release(&arena);
	return status;
}

static void
a_cancelled_scan_ends_soon_and_the_next_one_finishes_the_work(void **state)
{
	struct house *house = *state;
	struct slow slow = { .house = house, .hold = true };
	size_t cancelled = 0;

	many_songs(house, 600);
	house_put(house, "first.mp3", "garbage", 7);
	house_source(house);
	pthread_create(&slow.thread, NULL, slow_run, &slow);
	while (cancelled == 0)
		store_write(house->store, cancel_all, &cancelled, NULL);
	usleep(600000); /* it looks twice a second whether it shall end */
	slow.hold = false;
	pthread_join(slow.thread, NULL);
	assert_int_equal(cancelled, 1);
	assert_int_equal(slow.status, STATUS_CANCELLED);
	assert_true(slow.progress.added < 600);
	house_check(house);
	house_scan(house);
	assert_int_equal(house_scan(house).unchanged, 600);
	house_check(house);
}

static void
a_stopped_scan_ends_soon(void **state)
{
	struct house *house = *state;
	struct slow slow = { .house = house, .stop = true };

	many_songs(house, 60);
	house_source(house);
	slow_run(&slow);
	assert_int_equal(slow.status, STATUS_CANCELLED);
	assert_int_equal(house_scan(house).total, 60);
	house_check(house);
}

/* A child scans the same house and is killed; what it left is finished and must
 * be what a clean scan makes. */
static void
killed_scans_are_finished_by_the_next_and_equal_a_clean_scan(void **state)
{
	struct house *house = *state;
	char *killed, *clean;
	int64_t start_ms;

	many_songs(house, 240);
	house_put(house, "many/broken.mp3", "x", 1);
	house_source(house);
	house_stop(house);
	for (int round = 0; round < 6; round++) {
		pid_t child = fork();

		if (child == 0) {
			house_start(house);
			house_try_scan(house, NULL, NULL);
			_exit(0);
		}
		usleep(60000 + 40000 * (useconds_t)round);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
	}
	house_start(house);
	/* Nobody has to wait for the lease of the dead. */
	start_ms = clock_monotonic_ms();
	house_scan(house);
	assert_true(clock_monotonic_ms() - start_ms < JOBS_LEASE_MS / 2);
	house_check(house);
	killed = house_dump(house, false);

	house_stop(house);
	house_forget(house);
	house_start(house);
	house_scan(house);
	clean = house_dump(house, false);
	assert_string_equal(killed, clean);
	free(killed);
	free(clean);
}

/* ---- parts ------------------------------------------------------------------ */

static void
a_scan_of_parts_sees_those_parts_only(void **state)
{
	struct house *house = *state;
	const struct source_change parts[] = { { "a", false }, { "b", true } };
	struct scan_args args = { .parts = parts, .part_count = 2 };
	struct scan_progress progress;

	house_song(house, "a/1.mp3", &first);
	house_song(house, "a/in/2.mp3", &first);
	house_song(house, "b/in/3.mp3", &first);
	house_song(house, "c/4.mp3", &first);
	assert_int_equal(house_try_scan(house, &args, &progress), STATUS_OK);
	assert_int_equal(progress.added, 2);
	assert_true(dump_has(house, "a/1.mp3 ok"));
	assert_true(dump_has(house, "b/in/3.mp3 ok"));
	house_scan(house);
	house_remove(house, "a/1.mp3");
	house_remove(house, "c/4.mp3");
	assert_int_equal(house_try_scan(house, &args, &progress), STATUS_OK);
	assert_int_equal(progress.removed, 1);
	assert_true(dump_has(house, "c/4.mp3 ok"));

	/* A part that is gone makes it a scan of everything. */
	house_rename(house, "b", "d");
	assert_int_equal(house_try_scan(house, &args, &progress), STATUS_OK);
	assert_int_equal(progress.moved, 1);
	assert_int_equal(progress.removed, 1);
	house_check(house);
}

static void
a_folder_that_becomes_ignored_leaves_the_library(void **state)
{
	struct house *house = *state;

	two_songs(house);
	house_song(house, "Rings/1.mp3", &first);
	house_scan(house);
	house_put(house, "Rings/.nomedia", "", 0);
	assert_int_equal(house_scan(house).removed, 1);
	house_remove(house, "Rings/.nomedia");
	assert_int_equal(house_scan(house).restored, 1);
	house_check(house);
}

struct job_question {
	int64_t id, source_id;
	struct arena arena;
	struct job_row row;
	struct job_line_list lines;
	struct library_summary summary;
};

static enum status
job_ask(struct store_session *session, void *cookie, struct fault *fault)
{
	struct page_request page = { .limit = 10 };
	struct job_question *question = cookie;
	enum status status;

	status = jobs_get(session, question->id, &question->arena,
			  &question->row, fault);
	if (status == STATUS_OK)
		status = jobs_log_list(session, question->id, &page,
				       &question->arena, &question->lines,
				       fault);
	if (status == STATUS_OK)
		status = library_summary_get(session, &question->summary,
					     fault);
	return status;
}

static void
the_job_row_tells_what_the_scan_did(void **state)
{
	struct house *house = *state;
	struct job_question question;

	two_songs(house);
	house_put(house, "Kino/broken.mp3", "x", 1);
	house_scan(house);
	question.id = house->job_id;
	arena_init(&question.arena);
	assert_int_equal(store_read(house->store, job_ask, &question, NULL),
			 STATUS_OK);
	assert_int_equal(question.row.state, JOB_DONE);
	assert_int_equal(question.row.source_id, house->source_id);
	assert_int_equal(question.row.progress.done, 3);
	assert_int_equal(question.row.progress.total, 3);
	assert_int_equal(question.row.progress.added, 2);
	assert_int_equal(question.row.progress.rejected, 1);
	assert_int_equal(question.lines.count, 1);
	assert_string_equal(question.lines.items[0].path, "Kino/broken.mp3");
	assert_int_equal(question.summary.tracks, 2);
	assert_true(question.summary.last_scan_at_ms > 0);
	assert_false(question.summary.scanning);
	arena_release(&question.arena);
}

#define ON(driver, scenario) \
	{ driver ": " #scenario, scenario, house_setup, house_teardown, \
	  (void *)(driver) }
#define ALL_ON(driver) \
	ON(driver, \
	   a_new_folder_becomes_tracks_and_a_second_scan_changes_nothing), \
	ON(driver, changed_tags_keep_the_id_of_the_track), \
	ON(driver, a_touched_file_is_read_again_and_stays_the_same), \
	ON(driver, a_deleted_file_is_hidden_and_returns_with_its_id), \
	ON(driver, a_file_put_back_untouched_needs_no_reading), \
	ON(driver, a_moved_file_and_a_renamed_folder_keep_their_tracks), \
	ON(driver, a_file_moved_across_disks_keeps_its_track), \
	ON(driver, a_copy_is_a_track_of_its_own), \
	ON(driver, \
	   a_broken_file_is_rejected_with_its_reason_and_tried_again_when_it_changed), \
	ON(driver, \
	   a_track_whose_file_breaks_is_hidden_and_returns_with_its_id), \
	ON(driver, \
	   dangling_links_and_folders_named_like_songs_do_not_stop_a_scan), \
	ON(driver, names_that_are_not_utf_8_are_scanned_and_shown_as_text), \
	ON(driver, a_file_over_4_gib_is_scanned), \
	ON(driver, \
	   files_that_vanish_during_a_scan_leave_a_library_without_them), \
	ON(driver, a_root_that_is_gone_or_empty_never_wipes_the_library), \
	ON(driver, \
	   a_folder_is_one_source_however_it_is_named_and_sources_do_not_overlap), \
	ON(driver, pictures_come_from_files_and_folders_and_are_stored_once), \
	ON(driver, a_picture_that_is_none_is_no_cover), \
	ON(driver, \
	   words_come_from_beside_the_file_or_from_inside_and_follow_changes), \
	ON(driver, of_two_scans_at_once_one_is_told_to_wait), \
	ON(driver, \
	   a_cancelled_scan_ends_soon_and_the_next_one_finishes_the_work), \
	ON(driver, a_stopped_scan_ends_soon), \
	ON(driver, \
	   killed_scans_are_finished_by_the_next_and_equal_a_clean_scan), \
	ON(driver, a_scan_of_parts_sees_those_parts_only), \
	ON(driver, a_folder_that_becomes_ignored_leaves_the_library), \
	ON(driver, the_job_row_tells_what_the_scan_did)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ALL_ON("sqlite"),
		ON("sqlite", every_format_is_read), /* by no store */
		ALL_ON("postgres"),
	};

	if (SANITIZED_THREADS) /* the threads of a scan are the same on both */
		cmocka_set_test_filter("sqlite*");
	return cmocka_run_group_tests(tests, house_prepare, NULL);
}
