/* test_source.c - what every source driver promises (driver/source.h), and what
 * the folder driver promises of links, rights, odd names and watching. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/ranged.h"
#include "driver/s3.h"
#include "driver/source.h"
#include "tests/support/folder.h"
#include "tests/support/s3_server.h"

struct place {
	const struct source_driver *driver;
	char root[64];    /* of the folder driver: what is walked */
	char bucket[96];  /* of the S3 driver: likewise */
	struct s3_client *s3;
	struct s3_access access;
	char outside[64]; /* a folder beside it */
	struct source *source;
};

static int
place_open(void **state, const struct source_driver *driver)
{
	struct place *place = mem_new(1, sizeof *place);
	struct source_args args = { .root = place->root, .walkers = 2,
				    .links = true };

	place->driver = driver;
	source_driver_check(driver);
	test_folder_make(place->root);
	test_folder_make(place->outside);
	if (driver == &source_driver_s3) {
		/* the folder's name is one that no other test has */
		snprintf(place->bucket, sizeof place->bucket,
			 "s3://" S3_SERVER_BUCKET "%s", place->root);
		args.root = place->bucket;
		place->s3 = s3_server_client();
		place->access.client = place->s3;
		args.s3 = &place->access;
	}
	assert_int_equal(driver->open(&args, &place->source, NULL), STATUS_OK);
	*state = place;
	return 0;
}

static int
folder_place(void **state)
{
	return place_open(state, &source_driver_folder);
}

static int
memory_place(void **state)
{
	return place_open(state, &source_driver_memory);
}

static int
far_place(void **state)
{
	return place_open(state, &source_driver_far_memory);
}

static int
s3_place(void **state)
{
	*state = NULL;
	if (s3_server_missing() == NULL)
		return place_open(state, &source_driver_s3);
	print_message("# %s\n", s3_server_missing());
	skip();
	return 0;
}

static bool
in_memory(const struct place *place)
{
	return place->driver == &source_driver_memory ||
	       place->driver == &source_driver_far_memory;
}

static int
place_close(void **state)
{
	struct place *place = *state;

	if (place == NULL) /* skipped */
		return 0;
	source_close(place->source);
	s3_close(place->s3);
	test_folder_remove(place->root);
	test_folder_remove(place->outside);
	free(place);
	return 0;
}

static void
disk_put(const char *root, const char *path, const char *text)
{
	char whole[4096], *slash;

	snprintf(whole, sizeof whole, "%s/%s", root, path);
	slash = strrchr(whole, '/');
	*slash = '\0';
	assert_int_equal(folder_make(whole, NULL), STATUS_OK);
	*slash = '/';
	assert_int_equal(file_write(whole, span_of(text), 0640, NULL),
			 STATUS_OK);
}

/* The key of a path: without "s3://tracks/". */
static const char *
key_of(const struct place *place, const char *path)
{
	static char key[4200];

	snprintf(key, sizeof key, "%s/%s",
		 strchr(place->bucket + 5, '/') + 1, path);
	return key;
}

static void
s3_put_text(struct place *place, const char *path, const char *text)
{
	const struct s3_request request = { .method = "PUT",
					    .bucket = S3_SERVER_BUCKET,
					    .key = key_of(place, path),
					    .text = span_of(text) };
	struct fault fault = { 0 };

	if (s3_ask(place->s3, &request, NULL, NULL, &fault) != STATUS_OK)
		fail_msg("%s: %s", path, fault.message);
}

static void
put(struct place *place, const char *path, const char *text)
{
	if (place->s3 != NULL)
		s3_put_text(place, path, text);
	else if (in_memory(place))
		source_memory_put(place->source, path, span_of(text), 1000);
	else
		disk_put(place->root, path, text);
}

static void
take_away(struct place *place, const char *path)
{
	char whole[4096];

	snprintf(whole, sizeof whole, "%s/%s", place->root, path);
	if (place->s3 != NULL)
		assert_int_equal(s3_remove(place->s3, S3_SERVER_BUCKET,
					   key_of(place, path), NULL),
				 STATUS_OK);
	else if (in_memory(place))
		source_memory_remove(place->source, path);
	else
		assert_int_equal(unlink(whole), 0);
}

static void
link_put(struct place *place, const char *target, const char *path)
{
	char whole[4096];

	snprintf(whole, sizeof whole, "%s/%s", place->root, path);
	assert_int_equal(symlink(target, whole), 0);
}

/* ---- what a walk saw, as sorted lines -------------------------------------- */

#define SEEN_MAX 4096

struct seen {
	pthread_mutex_t lock;
	char *lines[SEEN_MAX];
	size_t count;
	char *text; /* "a/b.mp3\n…" */
};

static void
seen_add(struct seen *seen, const char *sign, const char *folder,
	 const char *name)
{
	char line[9000];

	snprintf(line, sizeof line, "%s%s%s%s\n", sign, folder,
		 folder[0] != '\0' && name[0] != '\0' ? "/" : "", name);
	pthread_mutex_lock(&seen->lock);
	assert_true(seen->count < SEEN_MAX);
	seen->lines[seen->count++] = mem_copy_text(line);
	pthread_mutex_unlock(&seen->lock);
}

static enum status
seen_folder(void *cookie, const struct source_folder *folder,
	    struct fault *fault)
{
	(void)fault;
	for (size_t i = 0; i < folder->file_count; i++) {
		if (i > 0)
			assert_true(strcmp(folder->files[i - 1].name,
					   folder->files[i].name) < 0);
		seen_add(cookie, "", folder->path, folder->files[i].name);
	}
	return STATUS_OK;
}

static void
seen_problem(void *cookie, const char *path, const char *reason)
{
	seen_add(cookie, reason == NULL ? "kept " : "problem ", path, "");
}

static int
line_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The caller frees the text. */
static char *
walk_text(struct place *place, const char *path, bool deep, enum status *status)
{
	struct seen seen = { .lock = PTHREAD_MUTEX_INITIALIZER };
	struct source_visitor visitor = { seen_folder, seen_problem, &seen };
	struct fault fault = { 0 };
	struct buffer text;
	size_t length;

	*status = source_walk(place->source, path, deep, &visitor, &fault);
	qsort(seen.lines, seen.count, sizeof *seen.lines, line_compare);
	buffer_init(&text, 0);
	for (size_t i = 0; i < seen.count; i++) {
		buffer_add_text(&text, seen.lines[i]);
		free(seen.lines[i]);
	}
	return buffer_take(&text, &length);
}

static void
assert_walk(struct place *place, const char *path, bool deep,
	    const char *wanted)
{
	enum status status;
	char *text = walk_text(place, path, deep, &status);

	assert_int_equal(status, STATUS_OK);
	assert_string_equal(text, wanted);
	free(text);
}

/* ---- every driver ---------------------------------------------------------- */

static void
a_walk_sees_audio_lyrics_and_folder_pictures_only(void **state)
{
	struct place *place = *state;

	put(place, "a.mp3", "x");
	put(place, "B.FLAC", "x");
	put(place, "notes.txt", "x");
	put(place, "noending", "x");
	put(place, "Queen/A Night/01.m4a", "x");
	put(place, "Queen/A Night/01.lrc", "x");
	put(place, "Queen/A Night/Cover.JPG", "x");
	put(place, "Queen/A Night/photo.jpg", "x");
	put(place, "Queen/A Night/AlbumArtSmall.jpg", "x");
	assert_walk(place, "", true,
		    "B.FLAC\n"
		    "Queen/A Night/01.lrc\n"
		    "Queen/A Night/01.m4a\n"
		    "Queen/A Night/AlbumArtSmall.jpg\n"
		    "Queen/A Night/Cover.JPG\n"
		    "a.mp3\n");
}

static void
hidden_and_bookkeeping_folders_are_passed_over(void **state)
{
	struct place *place = *state;

	put(place, "ok.mp3", "x");
	put(place, ".hidden.mp3", "x");
	put(place, "._ok.mp3", "x");
	put(place, ".Trash-1000/a.mp3", "x");
	put(place, "@eaDir/a.mp3", "x");
	put(place, "#recycle/deep/a.mp3", "x");
	put(place, "System Volume Information/a.mp3", "x");
	put(place, "ringtones/.nomedia", "");
	put(place, "ringtones/a.mp3", "x");
	put(place, "ringtones/more/b.mp3", "x");
	put(place, "private/.ogmaignore", "");
	put(place, "private/a.mp3", "x");
	assert_walk(place, "", true, "ok.mp3\n");
}

static void
a_walk_of_a_part_sees_that_part(void **state)
{
	struct place *place = *state;
	enum status status;
	char *text;

	put(place, "a/1.mp3", "x");
	put(place, "a/b/2.mp3", "x");
	put(place, "ab/3.mp3", "x");
	put(place, "off/.nomedia", "");
	put(place, "off/in/4.mp3", "x");
	assert_walk(place, "a", true, "a/1.mp3\na/b/2.mp3\n");
	assert_walk(place, "a", false, "a/1.mp3\n");
	text = walk_text(place, "c", true, &status);
	assert_int_equal(status, STATUS_NOT_FOUND);
	free(text);
	text = walk_text(place, "off/in", true, &status);
	assert_int_equal(status, STATUS_NOT_FOUND);
	free(text);
}

static void
a_file_is_opened_and_looked_at_by_its_path(void **state)
{
	struct place *place = *state;
	struct source_file file;
	struct ranged_file ranged;
	struct fault fault;
	char room[16];
	int fd = -1;

	put(place, "a/1.mp3", "bytes");
	assert_int_equal(source_open_file(place->source, "a/1.mp3", &fd, NULL),
			 STATUS_OK);
	assert_int_equal(ranged_open(fd, &ranged, NULL), STATUS_OK);
	assert_int_equal(ranged.far, place->driver->remote);
	assert_int_equal(ranged.size_bytes, 5);
	assert_int_equal(ranged_read_all(&ranged, room, sizeof room, 0), 5);
	assert_memory_equal(room, "bytes", 5);
	assert_int_equal(ranged_read(&ranged, room, 2, 3), 2);
	assert_memory_equal(room, "es", 2);
	close(fd);
	assert_int_equal(source_stat(place->source, "a/1.mp3", &file, NULL),
			 STATUS_OK);
	assert_string_equal(file.name, "1.mp3");
	assert_int_equal(file.kind, SOURCE_AUDIO);
	assert_int_equal(file.size_bytes, 5);
	assert_int_not_equal(file.inode, 0);
	take_away(place, "a/1.mp3");
	fd = -7;
	assert_int_equal(source_open_file(place->source, "a/1.mp3", &fd,
					  &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(fd, -7);
	assert_int_equal(source_stat(place->source, "a/1.mp3", &file, &fault),
			 STATUS_NOT_FOUND);
}

/* Of a remote source: that is how a change is seen. */
static void
the_mark_of_a_remote_file_changes_with_its_content(void **state)
{
	struct place *place = *state;
	struct source_file before, after;
	struct ranged_file ranged;
	int fd;

	put(place, "a.mp3", "bytes");
	assert_int_equal(source_stat(place->source, "a.mp3", &before, NULL),
			 STATUS_OK);
	put(place, "a.mp3", "BYTES");
	assert_int_equal(source_stat(place->source, "a.mp3", &after, NULL),
			 STATUS_OK);
	if (place->driver->remote)
		assert_int_not_equal(before.inode, after.inode);
	assert_int_equal(source_open_file(place->source, "a.mp3", &fd, NULL),
			 STATUS_OK);
	assert_int_equal(ranged_open(fd, &ranged, NULL), STATUS_OK);
	if (place->driver->remote)
		assert_int_equal(ranged.mark, after.inode);
	close(fd);
}

static enum status
stop_at_once(void *cookie, const struct source_folder *folder,
	     struct fault *fault)
{
	(void)folder;
	atomic_fetch_add((atomic_int *)cookie, 1); /* several threads walk */
	return fault_set(fault, STATUS_CANCELLED, "enough");
}

static void
a_visitor_that_fails_ends_the_walk(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };
	atomic_int calls = 0;
	struct source_visitor visitor = { stop_at_once, seen_problem, &calls };
	char path[32];

	for (int i = 0; i < 50; i++) {
		snprintf(path, sizeof path, "f%d/a.mp3", i);
		put(place, path, "x");
	}
	assert_int_equal(source_walk(place->source, "", true, &visitor, &fault),
			 STATUS_CANCELLED);
	assert_string_equal(fault.message, "enough");
	assert_in_range(calls, 1, 4);
}

/* ---- the S3 driver ----------------------------------------------------------- */

/* In the order of keys "(early)" comes before the mark, and "late" behind it. */
static void
a_mark_counts_for_what_comes_before_it_too(void **state)
{
	struct place *place = *state;

	put(place, "off/ first.mp3", "x");
	put(place, "off/(early)/a.mp3", "x");
	put(place, "off/(early)/!in/a.mp3", "x");
	put(place, "off/.nomedia", "");
	put(place, "off/late/b.mp3", "x");
	put(place, "on/(2004)/!cd1/c.mp3", "x");
	put(place, "on/(2004)/d.mp3", "x");
	put(place, "on/cover.jpg", "x");
	put(place, "on/late/.ogmaignore", "x");
	put(place, "on/late/(x)/e.mp3", "x");
	put(place, "zz.mp3", "x");
	assert_walk(place, "", true,
		    "on/(2004)/!cd1/c.mp3\n"
		    "on/(2004)/d.mp3\n"
		    "on/cover.jpg\n"
		    "zz.mp3\n");
	put(place, ".ogmaignore", "");
	assert_walk(place, "", true, "");
}

static void
keys_that_are_no_paths_are_passed_over(void **state)
{
	struct place *place = *state;

	put(place, "a/", "");
	put(place, "a//b.mp3", "x");
	put(place, "a/../b.mp3", "x");
	put(place, "a/./b.mp3", "x");
	put(place, "a/c.mp3", "x");
	put(place, "a/x/y/z/c.mp3", "x");
	put(place, "ä b+c%20/&\"d<.mp3", "x");
	assert_walk(place, "", true,
		    "a/c.mp3\na/x/y/z/c.mp3\nä b+c%20/&\"d<.mp3\n");
	assert_walk(place, "a", false, "a/c.mp3\n");
}

static void
an_object_that_changes_while_it_is_read_is_not_mixed(void **state)
{
	struct place *place = *state;
	struct ranged_file file;
	struct fault fault = { 0 };
	char room[8];
	int fd;

	put(place, "a.mp3", "before");
	assert_int_equal(source_open_file(place->source, "a.mp3", &fd, NULL),
			 STATUS_OK);
	put(place, "a.mp3", "AFTER!");
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	assert_int_equal(ranged_read(&file, room, 6, 0), -1);
	assert_int_equal(ranged_fault(fd, &fault), STATUS_UNAVAILABLE);
	assert_string_equal(fault.message,
			    "the object changed while it was read");
	close(fd);
}

static void
a_long_file_is_put_in_parts(void **state)
{
	struct place *place = *state;
	int content = memfd_create("content", MFD_CLOEXEC), fd;
	const off_t size = (off_t)S3_PART_BYTES + 1000;
	struct ranged_file file;
	struct fault fault = { 0 };
	char room[16];

	assert_int_equal(ftruncate(content, size), 0);
	assert_int_equal(pwrite(content, "last", 4, size - 4), 4);
	if (source_put_file(place->source, "long.flac", content, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	assert_int_equal(source_put_file(place->source, "long.flac", content,
					 NULL),
			 STATUS_CONFLICT);
	close(content);
	assert_int_equal(source_open_file(place->source, "long.flac", &fd,
					  NULL),
			 STATUS_OK);
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	assert_int_equal(file.size_bytes, size);
	assert_int_equal(ranged_read_all(&file, room, 16, (uint64_t)size - 4),
			 4);
	assert_memory_equal(room, "last", 4);
	close(fd);
}

static void
assert_refused(const char *root, const char *config, const char *sentence)
{
	const struct source_args args = { .root = root, .config = config };
	struct source *source = NULL;
	struct fault fault = { 0 };
	enum status status =
		source_driver_s3.open(&args, &source, &fault);

	if (status == STATUS_OK)
		status = source_check(source, &fault);
	source_close(source);
	assert_int_not_equal(status, STATUS_OK);
	if (strstr(fault.message, sentence) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", fault.message,
			 sentence);
	assert_null(strstr(fault.message, "testing"));
}

static void
what_is_wrong_with_a_bucket_is_said(void **state)
{
	static const char form[] = "{\"endpoint\":\"%s\",\"access_key\":"
				   "\"%s\",\"secret_key\":\"%s\"}";
	struct place *place = *state;
	struct s3_server server = s3_server_place();
	struct source_args args = { .root = place->bucket };
	struct source *source;
	char config[300];

	snprintf(config, sizeof config, form, server.endpoint, "test:tester",
		 "testing");
	args.config = config;
	assert_int_equal(source_driver_s3.open(&args, &source, NULL),
			 STATUS_OK);
	assert_int_equal(source_check(source, NULL), STATUS_OK);
	source_close(source);
	assert_refused("s3://nosuch", config, "there is no bucket nosuch");
	assert_refused("/tracks", config, "s3://bucket");
	assert_refused("s3://tracks", "{}", "S3_ENDPOINT");
	snprintf(config, sizeof config, form, server.endpoint, "test:tester",
		 "wrong");
	assert_refused("s3://tracks", config, "the secret key is not that");
	snprintf(config, sizeof config, form, server.endpoint, "test:tester",
		 "sealed:1:01234567:c2VhbGVk");
	assert_refused("s3://tracks", config, "give it anew");
	snprintf(config, sizeof config, form, "http://127.0.0.1:1", "a", "b");
	assert_refused("s3://tracks", config, "the S3 server");
}

static void
a_bucket_on_a_server_of_its_own_is_trusted_by_ca_file(void **state)
{
	struct place *place = *state;
	const struct s3_server server = s3_server_tls_place("localhost");
	const struct s3_access access = { .ca_file = server.ca_file };
	char config[300];
	const struct source_args args = { .root = place->bucket,
					  .config = config, .s3 = &access };
	struct fault fault = { 0 };
	struct source *source;

	snprintf(config, sizeof config,
		 "{\"endpoint\":\"%s\",\"access_key\":\"test:tester\","
		 "\"secret_key\":\"testing\"}",
		 server.endpoint);
	assert_refused(place->bucket, config, "is not trusted");
	assert_int_equal(source_driver_s3.open(&args, &source, NULL),
			 STATUS_OK);
	if (source_check(source, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	source_close(source);
}

/* ---- the folder driver ----------------------------------------------------- */

static void
loops_of_links_end_and_links_inside_add_nothing(void **state)
{
	struct place *place = *state;

	put(place, "a/1.mp3", "x");
	link_put(place, "..", "a/up");
	link_put(place, ".", "self");
	link_put(place, "a", "again");
	link_put(place, "a/1.mp3", "same.mp3");
	link_put(place, "round.mp3", "round.mp3");
	assert_walk(place, "", true, "a/1.mp3\nproblem round.mp3\n");
}

static void
links_that_lead_outside_are_followed_once(void **state)
{
	struct place *place = *state;
	char target[128];

	disk_put(place->outside, "2.mp3", "x");
	disk_put(place->outside, "in/3.mp3", "x");
	put(place, "a/1.mp3", "x");
	snprintf(target, sizeof target, "%s/in", place->outside);
	link_put(place, target, "z");
	link_put(place, place->outside, "b");
	snprintf(target, sizeof target, "%s/2.mp3", place->outside);
	link_put(place, target, "a/linked.mp3");
	snprintf(target, sizeof target, "%s/back", place->outside);
	assert_int_equal(symlink(place->root, target), 0);
	assert_walk(place, "", true,
		    "a/1.mp3\na/linked.mp3\nb/2.mp3\nb/in/3.mp3\n");
	assert_walk(place, "a", true, "a/1.mp3\na/linked.mp3\n");
	assert_walk(place, "", false, "kept b\nkept z\n");
}

static void
a_link_that_points_nowhere_is_a_problem_of_that_file_alone(void **state)
{
	struct place *place = *state;

	put(place, "a.mp3", "x");
	link_put(place, "gone.mp3", "b.mp3");
	link_put(place, "gone", "folder");
	assert_walk(place, "", true, "a.mp3\nproblem b.mp3\n");
}

static void
names_that_are_not_utf_8_are_kept_byte_by_byte(void **state)
{
	struct place *place = *state;
	struct arena arena;
	int fd;

	/* "Кино/Мама.mp3" in Windows-1251, and bytes that are no text */
	put(place, "\xCA\xE8\xED\xEE/\xCC\xE0\xEC\xE0.mp3", "x");
	put(place, "\xFF\x81\x90.mp3", "x");
	assert_walk(place, "", true,
		    "\xCA\xE8\xED\xEE/\xCC\xE0\xEC\xE0.mp3\n"
		    "\xFF\x81\x90.mp3\n");
	assert_int_equal(source_open_file(place->source,
					  "\xCA\xE8\xED\xEE/\xCC\xE0\xEC\xE0.mp3",
					  &fd, NULL),
			 STATUS_OK);
	close(fd);
	arena_init(&arena);
	assert_string_equal(
		source_name_display(&arena,
				    "\xCA\xE8\xED\xEE/\xCC\xE0\xEC\xE0.mp3"),
		"Кино/Мама.mp3");
	assert_string_equal(source_name_display(&arena, "Кино.mp3"),
			    "Кино.mp3");
	assert_true(utf8_valid(
		source_name_display(&arena, "\xFF\x81\x90.mp3"),
		strlen(source_name_display(&arena, "\xFF\x81\x90.mp3"))));
	arena_release(&arena);
}

/* Paths past the kernel's 4096 bytes are reached in steps. */
static void
a_very_deep_tree_is_walked_to_its_end(void **state)
{
	struct place *place = *state;
	int at = open(place->root, O_RDONLY | O_DIRECTORY), fd, next;
	struct buffer path;
	enum status status;
	char name[101];
	char *text;

	memset(name, 'd', 100);
	name[100] = '\0';
	buffer_init(&path, 0);
	for (int depth = 0; depth < 80; depth++) {
		assert_int_equal(mkdirat(at, name, 0755), 0);
		next = openat(at, name, O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
		buffer_print(&path, "%s/", name);
	}
	fd = openat(at, "deep.mp3", O_CREAT | O_WRONLY, 0644);
	close(fd);
	close(at);
	buffer_add_text(&path, "deep.mp3");
	text = walk_text(place, "", true, &status);
	assert_int_equal(status, STATUS_OK);
	assert_int_equal(strlen(text), path.length + 1);
	assert_memory_equal(text, path.bytes, path.length);
	assert_int_equal(source_open_file(place->source, path.bytes, &fd, NULL),
			 STATUS_OK);
	close(fd);
	free(text);
	buffer_release(&path);
	snprintf(name, sizeof name, "rm -rf %s/ddd*", place->root);
	assert_int_equal(system(name), 0);
}

static void
pipes_sockets_and_folders_with_audio_names_are_no_files(void **state)
{
	struct place *place = *state;
	char path[128];
	int fd = -7;

	snprintf(path, sizeof path, "%s/pipe.mp3", place->root);
	assert_int_equal(mkfifo(path, 0644), 0);
	put(place, "folder.mp3/a.mp3", "x");
	assert_walk(place, "", true, "folder.mp3/a.mp3\n");
	assert_int_equal(source_open_file(place->source, "pipe.mp3", &fd, NULL),
			 STATUS_UNSUPPORTED);
	assert_int_equal(source_open_file(place->source, "folder.mp3", &fd,
					  NULL),
			 STATUS_UNSUPPORTED);
	assert_int_equal(fd, -7);
}

/* Rights do not stop root, so the walk runs as somebody else. */
static void
what_may_not_be_read_is_told_and_the_rest_is_walked(void **state)
{
	struct place *place = *state;
	char path[128];
	int code = 0;
	pid_t child;

	put(place, "a/1.mp3", "x");
	put(place, "b/2.mp3", "x");
	put(place, "b/3.mp3", "x");
	snprintf(path, sizeof path, "%s/b/3.mp3", place->root);
	assert_int_equal(chmod(path, 0000), 0);
	snprintf(path, sizeof path, "%s/a", place->root);
	assert_int_equal(chmod(place->root, 0755), 0);
	assert_int_equal(chmod(path, 0000), 0);
	snprintf(path, sizeof path, "%s/b", place->root);
	assert_int_equal(chmod(path, 0755), 0);
	child = fork();
	if (child == 0) {
		enum status status;
		int fd = -7;
		char *text;

		if (geteuid() == 0 && setuid(65534) != 0)
			_exit(2);
		text = walk_text(place, "", true, &status);
		if (status != STATUS_OK ||
		    strcmp(text, "b/2.mp3\nb/3.mp3\nproblem a\n") != 0)
			_exit(3);
		_exit(source_open_file(place->source, "b/3.mp3", &fd, NULL) !=
			      STATUS_DENIED ||
		      fd != -7);
	}
	waitpid(child, &code, 0);
	assert_int_equal(code, 0);
}

static void
a_root_that_is_gone_is_unavailable(void **state)
{
	struct place *place = *state;
	struct fault fault = { 0 };
	enum status status;
	char *text;

	put(place, "a.mp3", "x");
	assert_int_equal(source_check(place->source, &fault), STATUS_OK);
	test_folder_remove(place->root);
	assert_int_equal(source_check(place->source, &fault),
			 STATUS_UNAVAILABLE);
	assert_non_null(strstr(fault.message, place->root));
	text = walk_text(place, "", true, &status);
	assert_int_equal(status, STATUS_UNAVAILABLE);
	free(text);
	mkdir(place->root, 0755);
}

/* ---- names ------------------------------------------------------------------ */

static void
the_best_folder_picture_ranks_first(void **state)
{
	static const char *const order[] = {
		"cover.jpg",  "Cover.PNG",	  "front.jpg",
		"folder.png", "albumart.jpg",	  "AlbumArt_{X}_Large.jpg",
		"AlbumArtSmall.jpg",
	};

	(void)state;
	for (size_t i = 1; i < ARRAY_LENGTH(order); i++)
		assert_true(source_picture_rank(order[i - 1]) <
			    source_picture_rank(order[i]));
	assert_int_equal(source_picture_rank("photo.jpg"), UINT32_MAX);
	assert_int_equal(source_picture_rank("cover.gif"), UINT32_MAX);
	assert_int_equal(source_picture_rank("discover.jpg"), UINT32_MAX);
}

static void
paths_are_compared_by_parts(void **state)
{
	(void)state;
	assert_true(source_path_compare("a", "a/b") < 0);
	assert_true(source_path_compare("a/b", "a b") < 0);
	assert_true(source_path_compare("a", "a") == 0);
	assert_true(source_path_within("a/b", "a"));
	assert_true(source_path_within("a", "a"));
	assert_true(source_path_within("a", ""));
	assert_false(source_path_within("ab", "a"));
}

/* ---- watching --------------------------------------------------------------- */

#define QUIET_MS 100

/* Waits for `path` to be given; false after two seconds. */
static bool
change_comes(struct source_watch *watch, const char *path)
{
	int64_t end_ms = clock_monotonic_ms() + 2000;

	while (clock_monotonic_ms() < end_ms) {
		struct source_changes changes;
		struct fault fault;

		if (source_watch_wait(watch, QUIET_MS, 500, &changes, &fault) !=
		    STATUS_OK)
			return strcmp(path, "gone") == 0;
		if (changes.rescan)
			return strcmp(path, "rescan") == 0;
		for (size_t i = 0; i < changes.count; i++) {
			if (source_path_within(path, changes.items[i].path) &&
			    (changes.items[i].deep ||
			     strcmp(path, changes.items[i].path) == 0))
				return true;
		}
	}
	return false;
}

static bool
nothing_comes(struct source_watch *watch)
{
	struct source_changes changes;

	return source_watch_wait(watch, QUIET_MS, 300, &changes, NULL) ==
		       STATUS_OK &&
	       !changes.rescan && changes.count == 0;
}

static void
disk_rename(struct place *place, const char *from, const char *to)
{
	char old[256], new[256];

	snprintf(old, sizeof old, "%s/%s", place->root, from);
	snprintf(new, sizeof new, "%s/%s", place->root, to);
	assert_int_equal(rename(old, new), 0);
}

static void
a_watch_tells_of_files_and_folders_that_come_move_and_go(void **state)
{
	struct place *place = *state;
	struct source_watch *watch;

	put(place, "a/1.mp3", "x");
	assert_int_equal(source_watch_open(place->source, &watch, NULL),
			 STATUS_OK);
	assert_true(nothing_comes(watch));
	put(place, "a/notes.txt", "x");
	assert_true(nothing_comes(watch));
	put(place, "a/2.mp3", "x");
	assert_true(change_comes(watch, "a"));
	put(place, "new/deep/3.mp3", "x");
	assert_true(change_comes(watch, "new/deep"));
	put(place, "new/deep/4.mp3", "x");
	assert_true(change_comes(watch, "new/deep"));
	disk_rename(place, "new", "other");
	assert_true(change_comes(watch, "other/deep"));
	take_away(place, "other/deep/3.mp3");
	assert_true(change_comes(watch, "other/deep"));
	put(place, "a/.nomedia", "");
	assert_true(change_comes(watch, "a"));
	link_put(place, place->outside, "linked");
	assert_true(change_comes(watch, "rescan"));
	disk_put(place->outside, "5.mp3", "x");
	assert_true(change_comes(watch, "linked"));
	source_watch_close(watch);
}

static void
a_file_that_is_still_written_is_left_until_it_rests(void **state)
{
	struct place *place = *state;
	struct source_changes changes;
	struct source_watch *watch;
	int64_t began_ms = clock_monotonic_ms(), written_ms;
	char path[128];
	int fd;

	assert_int_equal(source_watch_open(place->source, &watch, NULL),
			 STATUS_OK);
	snprintf(path, sizeof path, "%s/slow.mp3", place->root);
	fd = open(path, O_CREAT | O_WRONLY, 0644);
	for (int i = 0; i < 8; i++) {
		written_ms = clock_monotonic_ms();
		if (written_ms - began_ms > 10 * QUIET_MS)
			break; /* on a machine so slow, patience may end */
		assert_int_equal(write(fd, "x", 1), 1);
		assert_int_equal(source_watch_wait(watch, QUIET_MS,
						   QUIET_MS / 2, &changes,
						   NULL),
				 STATUS_OK);
		if (changes.count > 0) /* it did rest while we did not run */
			assert_true(clock_monotonic_ms() - written_ms >=
				    QUIET_MS);
	}
	close(fd);
	assert_true(change_comes(watch, ""));
	source_watch_close(watch);
}

static void
more_folders_than_may_be_watched_are_said(void **state)
{
	struct place *place = *state;
	struct source_args args = { .root = place->root, .watches_max = 3 };
	struct source_watch *watch;
	struct fault fault = { 0 };
	struct source *source;

	put(place, "a/1.mp3", "x");
	put(place, "b/1.mp3", "x");
	put(place, "c/1.mp3", "x");
	assert_int_equal(place->driver->open(&args, &source, NULL), STATUS_OK);
	assert_int_equal(source_watch_open(source, &watch, &fault),
			 STATUS_FULL);
	assert_true(fault.message[0] != '\0');
	source_close(source);
}

static void
a_burst_of_folders_becomes_a_rescan(void **state)
{
	struct place *place = *state;
	struct source_watch *watch;
	char path[128];

	for (int i = 0; i < 600; i++) {
		snprintf(path, sizeof path, "f%d/a.txt", i);
		put(place, path, "x");
	}
	assert_int_equal(source_watch_open(place->source, &watch, NULL),
			 STATUS_OK);
	for (int i = 0; i < 600; i++) {
		snprintf(path, sizeof path, "%s/f%d/a.mp3", place->root, i);
		close(open(path, O_CREAT | O_WRONLY, 0644));
	}
	assert_true(change_comes(watch, "rescan"));
	source_watch_close(watch);
}

static void
a_watched_root_that_goes_away_ends_the_watch(void **state)
{
	struct place *place = *state;
	struct source_watch *watch;

	put(place, "a/1.mp3", "x");
	assert_int_equal(source_watch_open(place->source, &watch, NULL),
			 STATUS_OK);
	test_folder_remove(place->root);
	assert_true(change_comes(watch, "gone"));
	source_watch_close(watch);
	mkdir(place->root, 0755);
}

static void *
wake_soon(void *cookie)
{
	usleep(100000);
	source_watch_wake(cookie);
	return NULL;
}

static void
a_waiting_watch_can_be_woken(void **state)
{
	struct place *place = *state;
	struct source_changes changes;
	struct source_watch *watch;
	int64_t start_ms = clock_monotonic_ms();
	pthread_t thread;

	assert_int_equal(source_watch_open(place->source, &watch, NULL),
			 STATUS_OK);
	pthread_create(&thread, NULL, wake_soon, watch);
	assert_int_equal(source_watch_wait(watch, QUIET_MS, 10000, &changes,
					   NULL),
			 STATUS_OK);
	assert_in_range(clock_monotonic_ms() - start_ms, 50, 5000);
	assert_int_equal(changes.count, 0);
	pthread_join(thread, NULL);
	source_watch_close(watch);
}

/* ---- files that are put ----------------------------------------------------- */

static int
bytes_fd(const char *text)
{
	char path[] = "/tmp/ogma-put-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(fd_write(fd, text, strlen(text), NULL), STATUS_OK);
	return fd;
}

static enum status
put_file(struct place *place, const char *path, const char *text)
{
	int fd = bytes_fd(text);
	struct fault fault = { 0 };
	enum status status = source_put_file(place->source, path, fd, &fault);

	close(fd);
	if (status == STATUS_UNAVAILABLE)
		print_message("# %s: %s\n", path, fault.message);
	return status;
}

static void
assert_holds(struct place *place, const char *path, const char *text)
{
	struct ranged_file file;
	char bytes[64] = { 0 };
	int fd;

	assert_int_equal(source_open_file(place->source, path, &fd, NULL),
			 STATUS_OK);
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	assert_int_equal(ranged_read_all(&file, bytes, sizeof bytes, 0),
			 strlen(text));
	assert_string_equal(bytes, text);
	close(fd);
}

static void
a_file_is_put_whole_with_the_folders_above_it(void **state)
{
	struct place *place = *state;

	assert_true(source_can_put(place->source));
	assert_int_equal(put_file(place, "Кино/Группа крови/01 a.mp3", "one"),
			 STATUS_OK);
	assert_int_equal(put_file(place, "b.mp3", ""), STATUS_OK);
	assert_holds(place, "Кино/Группа крови/01 a.mp3", "one");
	assert_walk(place, "", true,
		    "b.mp3\n"
		    "Кино/Группа крови/01 a.mp3\n");
}

static void
a_file_that_is_there_is_never_replaced(void **state)
{
	struct place *place = *state;

	put(place, "a/b.mp3", "old");
	assert_int_equal(put_file(place, "a/b.mp3", "new"), STATUS_CONFLICT);
	assert_holds(place, "a/b.mp3", "old");
	assert_walk(place, "", true, "a/b.mp3\n");
}

static void
nothing_is_put_outside_or_where_no_walk_comes(void **state)
{
	static const char *const paths[] = {
		"",	     "/a.mp3",	   "../a.mp3",	"a/../../b.mp3",
		"./a.mp3",   "a//b.mp3",   "a/",	".hidden/a.mp3",
		"a/.b.mp3",  "@eaDir/a.mp3", "a\nb.mp3", "a\\b.mp3",
		"\xff.mp3",
	};
	struct place *place = *state;
	char name[300];

	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		assert_int_equal(put_file(place, paths[i], "x"),
				 STATUS_INVALID);
		assert_int_equal(source_remove_file(place->source, paths[i],
						    NULL),
				 STATUS_INVALID);
	}
	memset(name, 'n', sizeof name);
	name[256] = '\0';
	assert_int_equal(put_file(place, name, "x"), STATUS_INVALID);
	assert_walk(place, "", true, "");
}

static void
a_file_is_removed_with_the_folders_it_leaves_empty(void **state)
{
	struct place *place = *state;

	put(place, "a/b/c/1.mp3", "1");
	put(place, "a/2.mp3", "2");
	assert_int_equal(source_remove_file(place->source, "a/b/c/1.mp3",
					    NULL),
			 STATUS_OK);
	assert_walk(place, "", true, "a/2.mp3\n");
	assert_int_equal(source_remove_file(place->source, "a/b/c/1.mp3",
					    NULL),
			 STATUS_NOT_FOUND);
	if (place->driver == &source_driver_folder) {
		char path[128];

		snprintf(path, sizeof path, "%s/a/b", place->root);
		assert_int_not_equal(access(path, F_OK), 0);
	}
}

static void
no_link_leads_a_put_file_out_of_the_root(void **state)
{
	struct place *place = *state;
	char path[128];

	link_put(place, place->outside, "away");
	assert_int_equal(put_file(place, "away/a.mp3", "x"), STATUS_INVALID);
	snprintf(path, sizeof path, "%s/a.mp3", place->outside);
	assert_int_not_equal(access(path, F_OK), 0);
	disk_put(place->outside, "b.mp3", "x");
	assert_int_equal(source_remove_file(place->source, "away/b.mp3", NULL),
			 STATUS_INVALID);
	/* A link that has the file's own name is not followed either. */
	snprintf(path, sizeof path, "%s/new.mp3", place->outside);
	link_put(place, path, "link.mp3");
	assert_int_equal(put_file(place, "link.mp3", "x"), STATUS_CONFLICT);
	assert_int_not_equal(access(path, F_OK), 0);
}

/* Held: somebody is writing it. */
static void
what_a_killed_writer_left_is_swept_by_the_next(void **state)
{
	struct place *place = *state;
	char held[128], left[128];
	int lock_fd;

	disk_put(place->root, "a/.ogma-put-dead", "half");
	disk_put(place->root, "a/.ogma-put-live", "half");
	snprintf(left, sizeof left, "%s/a/.ogma-put-dead", place->root);
	snprintf(held, sizeof held, "%s/a/.ogma-put-live", place->root);
	lock_fd = open(held, O_RDONLY);
	assert_int_equal(flock(lock_fd, LOCK_EX), 0);
	assert_int_equal(put_file(place, "a/b.mp3", "x"), STATUS_OK);
	assert_int_not_equal(access(left, F_OK), 0);
	assert_int_equal(access(held, F_OK), 0);
	assert_walk(place, "", true, "a/b.mp3\n");
	close(lock_fd);
}

struct putter {
	struct place *place;
	const char *text;
	enum status status;
};

static void *
put_run(void *cookie)
{
	struct putter *putter = cookie;

	putter->status = put_file(putter->place, "a/b.mp3", putter->text);
	return NULL;
}

static void
of_several_that_put_one_path_one_wins_whole(void **state)
{
	struct putter putters[8];
	pthread_t threads[8];
	const char *won = NULL;
	static const char *const texts[] = { "0000", "1111", "2222", "3333",
					     "4444", "5555", "6666", "7777" };

	for (size_t i = 0; i < 8; i++) {
		putters[i] = (struct putter){ *state, texts[i], STATUS_OK };
		pthread_create(&threads[i], NULL, put_run, &putters[i]);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		if (putters[i].status == STATUS_OK) {
			assert_null(won);
			won = texts[i];
		} else {
			assert_int_equal(putters[i].status, STATUS_CONFLICT);
		}
	}
	assert_non_null(won);
	assert_holds(*state, "a/b.mp3", won);
}

#define OVER_ALL(scenario)                                                 \
	{ #scenario " (folder)", scenario, folder_place, place_close, NULL }, \
	{ #scenario " (memory)", scenario, memory_place, place_close, NULL }, \
	{ #scenario " (far)", scenario, far_place, place_close, NULL },      \
	{ #scenario " (S3)", scenario, s3_place, place_close, NULL }
#define OVER_S3(scenario) { #scenario, scenario, s3_place, place_close, NULL }
#define OVER_FOLDER(scenario) \
	{ #scenario, scenario, folder_place, place_close, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_ALL(a_walk_sees_audio_lyrics_and_folder_pictures_only),
		OVER_ALL(hidden_and_bookkeeping_folders_are_passed_over),
		OVER_ALL(a_walk_of_a_part_sees_that_part),
		OVER_ALL(a_file_is_opened_and_looked_at_by_its_path),
		OVER_ALL(the_mark_of_a_remote_file_changes_with_its_content),
		OVER_ALL(a_visitor_that_fails_ends_the_walk),
		OVER_ALL(a_file_is_put_whole_with_the_folders_above_it),
		OVER_ALL(a_file_that_is_there_is_never_replaced),
		OVER_ALL(nothing_is_put_outside_or_where_no_walk_comes),
		OVER_ALL(a_file_is_removed_with_the_folders_it_leaves_empty),
		OVER_ALL(of_several_that_put_one_path_one_wins_whole),
		OVER_FOLDER(no_link_leads_a_put_file_out_of_the_root),
		OVER_FOLDER(what_a_killed_writer_left_is_swept_by_the_next),
		OVER_S3(a_mark_counts_for_what_comes_before_it_too),
		OVER_S3(keys_that_are_no_paths_are_passed_over),
		OVER_S3(an_object_that_changes_while_it_is_read_is_not_mixed),
		OVER_S3(a_long_file_is_put_in_parts),
		OVER_S3(what_is_wrong_with_a_bucket_is_said),
		OVER_S3(a_bucket_on_a_server_of_its_own_is_trusted_by_ca_file),
		OVER_FOLDER(loops_of_links_end_and_links_inside_add_nothing),
		OVER_FOLDER(links_that_lead_outside_are_followed_once),
		OVER_FOLDER(
			a_link_that_points_nowhere_is_a_problem_of_that_file_alone),
		OVER_FOLDER(names_that_are_not_utf_8_are_kept_byte_by_byte),
		OVER_FOLDER(a_very_deep_tree_is_walked_to_its_end),
		OVER_FOLDER(
			pipes_sockets_and_folders_with_audio_names_are_no_files),
		OVER_FOLDER(what_may_not_be_read_is_told_and_the_rest_is_walked),
		OVER_FOLDER(a_root_that_is_gone_is_unavailable),
		cmocka_unit_test(the_best_folder_picture_ranks_first),
		cmocka_unit_test(paths_are_compared_by_parts),
		OVER_FOLDER(
			a_watch_tells_of_files_and_folders_that_come_move_and_go),
		OVER_FOLDER(a_file_that_is_still_written_is_left_until_it_rests),
		OVER_FOLDER(more_folders_than_may_be_watched_are_said),
		OVER_FOLDER(a_burst_of_folders_becomes_a_rescan),
		OVER_FOLDER(a_watched_root_that_goes_away_ends_the_watch),
		OVER_FOLDER(a_waiting_watch_can_be_woken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
