/* test_blob.c - what every blob driver promises (driver/blob.h).
 *
 * Each scenario runs over each driver of the table at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <dirent.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/memory.h"
#include "driver/blob.h"
#include "tests/support/folder.h"
#include "tests/support/s3_server.h"

struct place {
	const struct blob_driver *driver;
	char root[64];
	struct blob_folder_settings folder;
	struct blob_memory_settings memory;
	struct blob_s3_settings s3;
	struct blob_open_args args;
	struct blob_store *store;
};

static void
place_reopen(struct place *place)
{
	struct fault fault;

	blob_store_close(place->store);
	place->store = NULL;
	if (blob_store_open(place->driver, &place->args, &place->store,
			    &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static int
place_open(void **state, const struct blob_driver *driver)
{
	struct place *place = mem_new(1, sizeof *place);

	place->driver = driver;
	test_folder_make(place->root);
	place->folder.path = place->root;
	place->memory.limit_bytes = 8 << 20;
	place->args.settings = &place->folder;
	if (driver == &blob_driver_memory)
		place->args.settings = &place->memory;
	if (driver == &blob_driver_s3) {
		place->s3 = (struct blob_s3_settings){
			.client = s3_server_client(),
			.bucket = S3_SERVER_BUCKET,
			.prefix = "blobs of Кино/",
			.spool_path = place->root,
		};
		place->args.settings = &place->s3;
	}
	place_reopen(place);
	*state = place;
	return 0;
}

static int
folder_place(void **state)
{
	return place_open(state, &blob_driver_folder);
}

static int
memory_place(void **state)
{
	return place_open(state, &blob_driver_memory);
}

/* Scenarios share the bucket; none stores what another says is not there. */
static int
s3_place(void **state)
{
	if (s3_server_missing() == NULL)
		return place_open(state, &blob_driver_s3);
	print_message("# %s\n", s3_server_missing());
	*state = NULL;
	return 0;
}

static int
place_close(void **state)
{
	struct place *place = *state;

	if (place == NULL)
		return 0;
	blob_store_close(place->store);
	s3_close(place->s3.client);
	test_folder_remove(place->root);
	free(place);
	return 0;
}

/* The scenario's place, or none where its server is not installed. */
static struct place *
place_of(void **state)
{
	if (*state == NULL)
		skip();
	return *state;
}

static struct blob_key
key_of(const char *text)
{
	struct blob_key key;

	sha256(text, strlen(text), key.sha256);
	return key;
}

static void
assert_holds(struct blob_store *store, const struct blob_key *key,
	     const char *text)
{
	struct buffer got;

	buffer_init(&got, 0);
	assert_int_equal(blob_get(store, key, 1 << 20, &got, NULL), STATUS_OK);
	assert_int_equal(got.length, strlen(text));
	assert_memory_equal(got.bytes == NULL ? "" : got.bytes, text,
			    got.length);
	buffer_release(&got);
}

static void
a_stored_blob_is_known_by_the_sha_256_of_its_content(void **state)
{
	struct place *place = place_of(state);
	struct blob_key key, wanted = key_of("Кино");
	struct blob_info info;

	assert_int_equal(blob_put(place->store, "Кино", 8, &key, NULL),
			 STATUS_OK);
	assert_memory_equal(&key, &wanted, sizeof key);
	assert_int_equal(blob_stat(place->store, &key, &info, NULL), STATUS_OK);
	assert_int_equal(info.size_bytes, 8);
	assert_true(info.stored_at_ms > 1500000000000);
	assert_holds(place->store, &key, "Кино");
}

static void
an_empty_blob_is_a_blob(void **state)
{
	struct place *place = place_of(state);
	struct blob_key key;

	assert_int_equal(blob_put(place->store, "", 0, &key, NULL), STATUS_OK);
	assert_holds(place->store, &key, "");
}

static void
what_is_not_there_is_not_found(void **state)
{
	struct place *place = place_of(state);
	struct blob_key key = key_of("never stored");
	struct blob_range all = { 0, 0 };
	struct blob_reader *reader = NULL;
	struct blob_info info = { 7, 7 };
	struct fault fault = { 0 };

	assert_int_equal(blob_stat(place->store, &key, &info, &fault),
			 STATUS_NOT_FOUND);
	assert_int_equal(info.size_bytes, 7);
	assert_true(fault.message[0] != '\0');
	assert_int_equal(blob_read_begin(place->store, &key, all, &reader,
					 &fault),
			 STATUS_NOT_FOUND);
	assert_null(reader);
	assert_int_equal(blob_remove(place->store, &key, &fault), STATUS_OK);
	if (blob_store_has_files(place->store)) {
		int fd = -7;

		assert_int_equal(blob_open_file(place->store, &key, &fd, NULL),
				 STATUS_NOT_FOUND);
		assert_int_equal(fd, -7);
	}
}

static void
nobody_sees_a_blob_before_its_commit(void **state)
{
	struct place *place = place_of(state);
	struct blob_key key = key_of("half and half"), made;
	struct blob_writer *writer;
	struct blob_info info;

	assert_int_equal(blob_write_begin(place->store, &writer, NULL),
			 STATUS_OK);
	assert_int_equal(blob_write(writer, "half and ", 9, NULL), STATUS_OK);
	assert_int_equal(blob_write(writer, "half", 4, NULL), STATUS_OK);
	assert_int_equal(blob_stat(place->store, &key, &info, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(blob_write_commit(writer, &made, NULL), STATUS_OK);
	assert_memory_equal(&made, &key, sizeof key);
	assert_holds(place->store, &key, "half and half");
}

static void
an_aborted_blob_was_never_there(void **state)
{
	struct place *place = place_of(state);
	struct blob_key key = key_of("second thoughts");
	struct blob_writer *writer;
	struct blob_info info;

	assert_int_equal(blob_write_begin(place->store, &writer, NULL),
			 STATUS_OK);
	assert_int_equal(blob_write(writer, "second thoughts", 15, NULL),
			 STATUS_OK);
	blob_write_abort(writer);
	assert_int_equal(blob_stat(place->store, &key, &info, NULL),
			 STATUS_NOT_FOUND);
}

static char *
read_range(struct place *place, const struct blob_key *key, uint64_t first,
	   uint64_t length, enum status *status)
{
	struct blob_range range = { first, length };
	struct blob_reader *reader;
	struct buffer text;
	size_t got = 0;
	char room[3];

	buffer_init(&text, 0);
	*status = blob_read_begin(place->store, key, range, &reader, NULL);
	if (*status != STATUS_OK)
		return buffer_take(&text, &got);
	do {
		assert_int_equal(blob_read(reader, room, sizeof room, &got,
					   NULL),
				 STATUS_OK);
		buffer_add(&text, room, got);
	} while (got > 0);
	blob_read_end(reader);
	return buffer_take(&text, &got);
}

static void
a_range_gives_its_bytes_and_no_others(void **state)
{
	static const struct {
		uint64_t first, length;
		const char *text;
	} ranges[] = {
		{ 0, 0, "0123456789" }, { 0, 1, "0" }, { 3, 4, "3456" },
		{ 7, 0, "789" }, { 8, 100, "89" }, { 10, 0, "" },
		{ 9, UINT64_MAX, "9" },
	};
	struct place *place = place_of(state);
	enum status status;
	struct blob_key key;
	char *text;

	assert_int_equal(blob_put(place->store, "0123456789", 10, &key, NULL),
			 STATUS_OK);
	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++) {
		text = read_range(place, &key, ranges[i].first,
				  ranges[i].length, &status);
		assert_int_equal(status, STATUS_OK);
		assert_string_equal(text, ranges[i].text);
		free(text);
	}
	text = read_range(place, &key, 11, 1, &status);
	assert_int_equal(status, STATUS_OUT_OF_RANGE);
	free(text);
}

static void
a_reader_goes_on_after_its_blob_was_removed(void **state)
{
	struct place *place = place_of(state);
	struct blob_range all = { 0, 0 };
	struct blob_reader *reader;
	struct blob_info info;
	struct blob_key key;
	char room[16];
	size_t got;

	assert_int_equal(blob_put(place->store, "still here", 10, &key, NULL),
			 STATUS_OK);
	assert_int_equal(blob_read_begin(place->store, &key, all, &reader,
					 NULL),
			 STATUS_OK);
	assert_int_equal(blob_read(reader, room, 5, &got, NULL), STATUS_OK);
	assert_int_equal(blob_remove(place->store, &key, NULL), STATUS_OK);
	assert_int_equal(blob_stat(place->store, &key, &info, NULL),
			 STATUS_NOT_FOUND);
	assert_int_equal(blob_read(reader, room + 5, 11, &got, NULL),
			 STATUS_OK);
	assert_int_equal(got, 5);
	assert_memory_equal(room, "still here", 10);
	blob_read_end(reader);
}

static void
an_open_file_holds_the_whole_content(void **state)
{
	struct place *place = place_of(state);
	struct blob_key key;
	char room[16];
	int fd;

	assert_true(blob_store_has_files(place->store));
	assert_int_equal(blob_put(place->store, "for sendfile", 12, &key, NULL),
			 STATUS_OK);
	assert_int_equal(blob_open_file(place->store, &key, &fd, NULL),
			 STATUS_OK);
	assert_int_equal(read(fd, room, sizeof room), 12);
	assert_memory_equal(room, "for sendfile", 12);
	close(fd);
}

#define WRITERS 8

struct copyist {
	pthread_t thread;
	struct blob_store *store;
	const char *bytes;
	size_t count;
	struct blob_key key;
	enum status status;
};

static void *
copyist_run(void *cookie)
{
	struct copyist *copyist = cookie;
	struct blob_writer *writer;

	copyist->status = blob_write_begin(copyist->store, &writer, NULL);
	for (size_t at = 0; copyist->status == STATUS_OK && at < copyist->count;
	     at += 1000)
		copyist->status = blob_write(writer, copyist->bytes + at, 1000,
					     NULL);
	if (copyist->status == STATUS_OK)
		copyist->status =
			blob_write_commit(writer, &copyist->key, NULL);
	return NULL;
}

static int64_t files_seen;

static int
file_count(const char *path, const struct stat *facts, int kind,
	   struct FTW *walk)
{
	(void)path, (void)facts, (void)walk;
	files_seen += kind == FTW_F;
	return 0;
}

static void
writers_of_the_same_content_at_once_keep_one_copy(void **state)
{
	struct place *place = place_of(state);
	struct copyist copyists[WRITERS];
	struct blob_info info;
	char *bytes = mem_new(200, 1000);

	random_bytes(bytes, 200 * 1000);
	for (int i = 0; i < WRITERS; i++) {
		copyists[i] = (struct copyist){ .store = place->store,
						.bytes = bytes,
						.count = 200 * 1000 };
		pthread_create(&copyists[i].thread, NULL, copyist_run,
			       &copyists[i]);
	}
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(copyists[i].thread, NULL);
		assert_int_equal(copyists[i].status, STATUS_OK);
		assert_memory_equal(&copyists[i].key, &copyists[0].key,
				    BLOB_KEY_BYTES);
	}
	assert_int_equal(blob_stat(place->store, &copyists[0].key, &info, NULL),
			 STATUS_OK);
	assert_int_equal(info.size_bytes, 200 * 1000);
	if (blob_store_has_files(place->store)) {
		files_seen = 0;
		nftw(place->root, file_count, 16, FTW_PHYS);
		assert_int_equal(files_seen, 1);
	}
	free(bytes);
}

/* ---- the folder driver's own promises ------------------------------------ */

static void
blobs_of_a_folder_are_there_after_it_is_opened_again(void **state)
{
	struct place *place = place_of(state);
	struct blob_key key;

	assert_int_equal(blob_put(place->store, "kept", 4, &key, NULL),
			 STATUS_OK);
	place_reopen(place);
	assert_holds(place->store, &key, "kept");
}

/* A child writes and is killed before the commit, as if the power failed. */
static void
a_writer_that_dies_leaves_no_blob_and_its_leftover_is_swept(void **state)
{
	struct place *place = place_of(state);
	struct blob_writer *writer;
	struct blob_key key = key_of("unfinished");
	struct blob_info info;
	struct dirent *entry;
	char path[512];
	int left = 0;
	DIR *folder;
	pid_t child;

	child = fork();
	if (child == 0) {
		if (blob_write_begin(place->store, &writer, NULL) != STATUS_OK ||
		    blob_write(writer, "unfinished", 10, NULL) != STATUS_OK)
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, &(int){ 0 }, 0), child);
	assert_int_equal(blob_stat(place->store, &key, &info, NULL),
			 STATUS_NOT_FOUND);

	snprintf(path, sizeof path, "%s/new", place->root);
	for (int round = 0; round < 2; round++) {
		left = 0;
		folder = opendir(path);
		while ((entry = readdir(folder)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			left++;
		}
		closedir(folder);
		assert_int_equal(left, round == 0 ? 1 : 0);
		place_reopen(place);
	}
}

static void
what_is_being_written_is_not_swept_by_another_process_that_opens(void **state)
{
	struct place *place = place_of(state);
	struct blob_store *other;
	struct blob_writer *writer;
	struct blob_key key;

	assert_int_equal(blob_write_begin(place->store, &writer, NULL),
			 STATUS_OK);
	assert_int_equal(blob_write(writer, "slow", 4, NULL), STATUS_OK);
	assert_int_equal(blob_store_open(&blob_driver_folder, &place->args,
					 &other, NULL),
			 STATUS_OK);
	blob_store_close(other);
	assert_int_equal(blob_write_commit(writer, &key, NULL), STATUS_OK);
	assert_holds(place->store, &key, "slow");
}

/* The limit on the size of a file stands in for a full disk. */
static void
a_full_disk_is_said_and_leaves_nothing_behind(void **state)
{
	struct place *place = place_of(state);
	pid_t child = fork();
	int code = 0;

	if (child == 0) {
		struct rlimit limit = { 100000, 100000 };
		static char bytes[64000];
		struct blob_writer *writer;
		enum status status;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		if (blob_write_begin(place->store, &writer, NULL) != STATUS_OK)
			_exit(1);
		if (blob_write(writer, bytes, sizeof bytes, NULL) != STATUS_OK)
			_exit(2);
		status = blob_write(writer, bytes, sizeof bytes, NULL);
		if (status != STATUS_TOO_LARGE && status != STATUS_FULL)
			_exit(3);
		blob_write_abort(writer);
		_exit(0);
	}
	waitpid(child, &code, 0);
	assert_true(WIFEXITED(code));
	assert_int_equal(WEXITSTATUS(code), 0);
	files_seen = 0;
	nftw(place->root, file_count, 16, FTW_PHYS);
	assert_int_equal(files_seen, 0);
}

static void
a_blob_that_lost_bytes_is_repaired_by_storing_it_again(void **state)
{
	struct place *place = place_of(state);
	struct blob_writer *writer;
	struct blob_key key;
	char hex[65], path[256];

	assert_int_equal(blob_put(place->store, "all of it", 9, &key, NULL),
			 STATUS_OK);
	hex_print(key.sha256, 32, hex);
	snprintf(path, sizeof path, "%s/%.2s/%.2s/%s", place->root, hex,
		 hex + 2, hex);
	assert_int_equal(truncate(path, 3), 0);
	assert_int_equal(blob_write_begin(place->store, &writer, NULL),
			 STATUS_OK);
	assert_int_equal(blob_write(writer, "all of it", 9, NULL), STATUS_OK);
	assert_int_equal(blob_write_commit(writer, &key, NULL), STATUS_OK);
	assert_holds(place->store, &key, "all of it");
}

/* ---- the memory driver's own promise -------------------------------------- */

static void
memory_that_is_full_says_so_and_keeps_what_it_had(void **state)
{
	struct place *place = place_of(state);
	char *bytes = mem_new(5, 1 << 20);
	struct blob_key first, second;

	assert_int_equal(blob_put(place->store, bytes, 5 << 20, &first, NULL),
			 STATUS_OK);
	bytes[0] = 1;
	assert_int_equal(blob_put(place->store, bytes, 5 << 20, &second, NULL),
			 STATUS_FULL);
	assert_int_equal(blob_remove(place->store, &first, NULL), STATUS_OK);
	assert_int_equal(blob_put(place->store, bytes, 5 << 20, &second, NULL),
			 STATUS_OK);
	free(bytes);
}

/* ---- the S3 driver's own promises ----------------------------------------- */

static void
a_large_blob_streams_through_s3_in_pieces(void **state)
{
	struct place *place = place_of(state);
	const size_t count = 18 << 20; /* in two parts */
	char *bytes = mem_new(count, 1);
	struct blob_range all = { 0, 0 };
	struct blob_reader *reader;
	struct blob_key key;
	size_t at = 0, got = 1;
	char room[50000];

	random_bytes(bytes, count);
	assert_int_equal(blob_put(place->store, bytes, count, &key, NULL),
			 STATUS_OK);
	assert_int_equal(blob_read_begin(place->store, &key, all, &reader,
					 NULL),
			 STATUS_OK);
	while (got > 0) {
		assert_int_equal(blob_read(reader, room, sizeof room, &got,
					   NULL),
				 STATUS_OK);
		assert_true(at + got <= count);
		assert_memory_equal(room, bytes + at, got);
		at += got;
	}
	assert_int_equal(at, count);
	blob_read_end(reader);
	free(bytes);
}

#define OVER_ALL(scenario)                                                 \
	{ #scenario " (folder)", scenario, folder_place, place_close, NULL }, \
	{ #scenario " (memory)", scenario, memory_place, place_close, NULL }, \
	{ #scenario " (S3)", scenario, s3_place, place_close, NULL }
#define OVER_S3(scenario) { #scenario, scenario, s3_place, place_close, NULL }
#define OVER_FOLDER(scenario) \
	{ #scenario, scenario, folder_place, place_close, NULL }

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_ALL(a_stored_blob_is_known_by_the_sha_256_of_its_content),
		OVER_ALL(an_empty_blob_is_a_blob),
		OVER_ALL(what_is_not_there_is_not_found),
		OVER_ALL(nobody_sees_a_blob_before_its_commit),
		OVER_ALL(an_aborted_blob_was_never_there),
		OVER_ALL(a_range_gives_its_bytes_and_no_others),
		OVER_ALL(a_reader_goes_on_after_its_blob_was_removed),
		OVER_FOLDER(an_open_file_holds_the_whole_content),
		OVER_ALL(writers_of_the_same_content_at_once_keep_one_copy),
		OVER_FOLDER(
			blobs_of_a_folder_are_there_after_it_is_opened_again),
		OVER_FOLDER(
			a_writer_that_dies_leaves_no_blob_and_its_leftover_is_swept),
		OVER_FOLDER(
			what_is_being_written_is_not_swept_by_another_process_that_opens),
		OVER_FOLDER(a_full_disk_is_said_and_leaves_nothing_behind),
		OVER_FOLDER(
			a_blob_that_lost_bytes_is_repaired_by_storing_it_again),
		OVER_S3(a_large_blob_streams_through_s3_in_pieces),
		{ "memory_that_is_full_says_so_and_keeps_what_it_had",
		  memory_that_is_full_says_so_and_keeps_what_it_had,
		  memory_place, place_close, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
