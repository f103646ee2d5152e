/* test_stream.c - a track's bytes: originals, transcodes that grow, transcodes
 * that are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "house.h"

#include "base/clock.h"
#include "service/stream.h"
#include "tests/support/folder.h"

struct studio {
	struct house *house;
	struct streams *streams;
	struct stream_settings settings;
	int64_t song, minute, long_song; /* tracks */
};

/* Tones that are encoded once: one that is transcoded to its end, and one whose
 * transcode goes on while something else is looked at. */
static char tones[64];
static const char *const lengths[] = { "60", "300", "400" };

static void
tones_remove(void)
{
	test_folder_remove(tones);
}

static int
tones_prepare(void **state)
{
	struct buffer command;

	house_prepare(state);
	test_folder_make(tones);
	atexit(tones_remove);
	buffer_init(&command, 0);
	buffer_print(&command, "cd %s && ffmpeg -nostdin -v error "
		     "-f lavfi -i sine=frequency=300", tones);
	for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++)
		buffer_print(&command,
			     " -t %s -ac 2 -metadata title=Long%s "
			     "-compression_level 0 %s.flac",
			     lengths[i], lengths[i], lengths[i]);
	test_run("%s", command.bytes);
	buffer_release(&command);
	return 0;
}

static void
tone_put(struct house *house, const char *seconds)
{
	test_run("cp %s/%s.flac %s", tones, seconds, house->music);
}

static void
studio_open(struct studio *studio)
{
	struct stream_args args = { .store = studio->house->store,
				    .media = studio->house->media,
				    .cache_dir = studio->house->data,
				    .settings = &studio->settings };
	struct fault fault;

	if (streams_open(&args, &studio->streams, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
}

static int
studio_setup(void **state)
{
	static const struct song song = { .title = "Song/1", .artist = "Kino",
					  .album = "Album", .tone = 3 };
	struct studio *studio = mem_new(1, sizeof *studio);
	void *house = NULL; /* on SQLite */

	house_setup(&house);
	studio->house = house;
	studio->settings = (struct stream_settings){
		.transcode_workers = 2,
		.transcode_cache_bytes = 64 << 20,
	};
	house_song(studio->house, "song.mp3", &song);
	tone_put(studio->house, "60");
	tone_put(studio->house, "300");
	house_scan(studio->house);
	studio->song = house_track(studio->house, "song.mp3");
	studio->minute = house_track(studio->house, "60.flac");
	studio->long_song = house_track(studio->house, "300.flac");
	assert_true(studio->song > 0 && studio->minute > 0 &&
		    studio->long_song > 0);
	studio_open(studio);
	*state = studio;
	return 0;
}

static int
studio_teardown(void **state)
{
	struct studio *studio = *state;
	void *house = studio->house;

	streams_close(studio->streams);
	house_teardown(&house);
	free(studio);
	return 0;
}

static struct stream_answer
ask(struct studio *studio, const struct stream_request *request)
{
	struct stream_answer answer;
	struct fault fault;

	if (stream_open(studio->streams, request, &answer, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	return answer;
}

static enum status
try_ask(struct studio *studio, const struct stream_request *request,
	struct fault *fault)
{
	struct stream_answer answer = { .fd = -7 };
	enum status status =
		stream_open(studio->streams, request, &answer, fault);

	assert_int_not_equal(status, STATUS_OK);
	assert_int_equal(answer.fd, -7);
	return status;
}

static void
wake_up(void *cookie)
{
	assert_int_equal(write(*(int *)cookie, &(uint64_t){ 1 },
			       sizeof(uint64_t)),
			 sizeof(uint64_t));
}

/* Reads to the end as an event loop would; false when it failed. */
static bool
reader_drain(struct stream_reader *reader, struct buffer *out)
{
	int wake_fd = eventfd(0, 0);
	bool good = true;
	char room[4096];
	ssize_t got;

	stream_reader_on_ready(reader, wake_up, &wake_fd);
	while ((got = stream_read(reader, room, sizeof room)) != 0) {
		uint64_t count;

		if (got == STREAM_FAILED) {
			good = false;
			break;
		}
		if (got == STREAM_WAIT) {
			struct pollfd ready = { wake_fd, POLLIN, 0 };

			assert_int_equal(poll(&ready, 1, 20000), 1);
			assert_int_equal(read(wake_fd, &count, sizeof count),
					 sizeof count);
			continue;
		}
		buffer_add(out, room, (size_t)got);
	}
	stream_reader_close(reader);
	close(wake_fd);
	return good;
}

static void
fd_drain(int fd, struct buffer *out)
{
	char room[65536];
	ssize_t got;

	while ((got = read(fd, room, sizeof room)) > 0)
		buffer_add(out, room, (size_t)got);
	close(fd);
}

/* ---- originals -------------------------------------------------------------- */

static void
the_original_is_the_file_itself_with_type_tag_and_name(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->song,
					  .want_name = true };
	struct stream_answer answer = ask(studio, &request), again;
	struct stat facts;

	assert_null(answer.reader);
	assert_int_equal(fstat(answer.fd, &facts), 0);
	assert_int_equal(answer.size_bytes, facts.st_size);
	assert_string_equal(answer.content_type, "audio/mpeg");
	assert_string_equal(answer.file_name, "Kino - Song_1.mp3");
	assert_int_equal(strlen(answer.etag), 32);
	close(answer.fd);

	again = ask(studio, &request);
	assert_string_equal(again.etag, answer.etag);
	close(again.fd);
	house_touch(studio->house, "song.mp3", 1000000000);
	again = ask(studio, &request);
	assert_string_not_equal(again.etag, answer.etag);
	assert_int_equal(again.modified_ms, 1000000000000);
	close(again.fd);
}

static void
what_is_remembered_of_a_track_is_as_good_as_the_library_now(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->song };
	struct stream_answer answer = ask(studio, &request), moved;
	struct fault fault = { 0 };

	close(answer.fd);
	house_rename(studio->house, "song.mp3", "renamed.mp3");
	assert_int_equal(stream_open(studio->streams, &request, &moved, &fault),
			 STATUS_UNAVAILABLE);
	house_scan(studio->house);
	moved = ask(studio, &request);
	assert_int_equal(moved.size_bytes, answer.size_bytes);
	assert_string_not_equal(moved.etag, answer.etag); /* another name */
	close(moved.fd);
	house_remove(studio->house, "renamed.mp3");
	house_scan(studio->house);
	assert_int_equal(stream_open(studio->streams, &request, &moved, &fault),
			 STATUS_NOT_FOUND);
}

static void
a_file_that_is_what_was_asked_for_is_not_transcoded(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->song,
					  .format = STREAM_MP3 };
	struct stream_answer answer = ask(studio, &request);

	assert_null(answer.reader);
	close(answer.fd);
	request.bitrate_kbps = 320;
	answer = ask(studio, &request);
	assert_null(answer.reader);
	close(answer.fd);
	request.bitrate_kbps = 32; /* less than the file has */
	answer = ask(studio, &request);
	assert_non_null(answer.reader);
	stream_reader_close(answer.reader);
}

static void
what_is_not_there_is_told_apart(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = 999999 };
	struct fault fault;
	char away[128];

	assert_int_equal(try_ask(studio, &request, &fault), STATUS_NOT_FOUND);
	request.track_id = studio->song;
	house_remove(studio->house, "song.mp3");
	assert_int_equal(try_ask(studio, &request, &fault), STATUS_UNAVAILABLE);
	assert_string_equal(fault.field, "source");
	snprintf(away, sizeof away, "%s.away", studio->house->music);
	assert_int_equal(rename(studio->house->music, away), 0);
	assert_int_equal(try_ask(studio, &request, &fault), STATUS_UNAVAILABLE);
	assert_string_equal(fault.field, "source");
	assert_int_equal(rename(away, studio->house->music), 0);
}

static void
wishes_that_make_no_sense_are_refused_by_name(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->song,
					  .offset_ms = 100 };
	struct fault fault;

	assert_int_equal(try_ask(studio, &request, &fault), STATUS_INVALID);
	assert_string_equal(fault.field, "offset_ms");
	request.format = STREAM_OPUS;
	request.offset_ms = 3600000;
	assert_int_equal(try_ask(studio, &request, &fault), STATUS_INVALID);
	assert_string_equal(fault.field, "offset_ms");
	request.offset_ms = 0;
	request.bitrate_kbps = 5000;
	assert_int_equal(try_ask(studio, &request, &fault), STATUS_INVALID);
	assert_string_equal(fault.field, "bitrate");
}

/* ---- transcodes ------------------------------------------------------------- */

static void
a_transcode_grows_and_is_a_file_afterwards(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->minute,
					  .format = STREAM_MP3,
					  .bitrate_kbps = 64,
					  .want_name = true };
	struct stream_answer answer = ask(studio, &request), kept;
	struct stream_counts counts;
	struct buffer grown, file;

	assert_non_null(answer.reader);
	assert_string_equal(answer.content_type, "audio/mpeg");
	assert_non_null(strstr(answer.file_name, "Long60.mp3"));
	buffer_init(&grown, 0);
	buffer_init(&file, 0);
	assert_true(reader_drain(answer.reader, &grown));
	/* 60 s at 64 kbit/s */
	assert_in_range(grown.length, 460000, 520000);

	for (int i = 0; i < 100; i++) {
		kept = ask(studio, &request);
		if (kept.reader == NULL)
			break;
		stream_reader_close(kept.reader);
		usleep(20000);
	}
	assert_null(kept.reader);
	assert_string_equal(kept.etag, answer.etag);
	assert_int_equal(kept.size_bytes, grown.length);
	fd_drain(kept.fd, &file);
	assert_int_equal(file.length, grown.length);
	/* The header at the front is made right at the end. */
	assert_memory_equal(file.bytes + 4096, grown.bytes + 4096,
			    grown.length - 4096);
	streams_count(studio->streams, &counts);
	assert_int_equal(counts.cache_entries, 1);
	assert_int_equal(counts.transcodes_running, 0);
	assert_int_equal(counts.transcode_readers, 0);

	/* And after a restart. */
	streams_close(studio->streams);
	studio_open(studio);
	kept = ask(studio, &request);
	assert_null(kept.reader);
	close(kept.fd);
	buffer_release(&grown);
	buffer_release(&file);
}

struct listener {
	pthread_t thread;
	struct stream_reader *reader;
	struct buffer bytes;
	bool good;
};

static void *
listener_run(void *cookie)
{
	struct listener *listener = cookie;

	listener->good = reader_drain(listener->reader, &listener->bytes);
	return NULL;
}

static void
several_listeners_share_one_transcode(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->minute,
					  .format = STREAM_OPUS };
	struct listener listeners[6] = { 0 };
	struct stream_counts counts;

	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++) {
		listeners[i].reader = ask(studio, &request).reader;
		assert_non_null(listeners[i].reader);
	}
	streams_count(studio->streams, &counts);
	assert_int_equal(counts.transcodes_running, 1);
	assert_int_equal(counts.transcode_readers, 6);
	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++)
		pthread_create(&listeners[i].thread, NULL, listener_run,
			       &listeners[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++)
		pthread_join(listeners[i].thread, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++) {
		assert_true(listeners[i].good);
		assert_true(listeners[i].bytes.length > 200000);
		assert_int_equal(listeners[i].bytes.length,
				 listeners[0].bytes.length);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(listeners); i++)
		buffer_release(&listeners[i].bytes);
}

struct asker {
	pthread_t thread;
	struct studio *studio;
	const struct stream_request *request;
	pthread_barrier_t *start;
	struct stream_answer answer;
	enum status status;
};

static void *
asker_run(void *cookie)
{
	struct asker *asker = cookie;

	pthread_barrier_wait(asker->start);
	asker->status = stream_open(asker->studio->streams, asker->request,
				    &asker->answer, NULL);
	return NULL;
}

/* Each asks for its request, all at the same moment; all are answered. */
static void
ask_together(struct studio *studio, const struct stream_request *requests,
	     size_t step, struct asker *askers, size_t count)
{
	pthread_barrier_t start;

	pthread_barrier_init(&start, NULL, (unsigned)count);
	for (size_t i = 0; i < count; i++) {
		askers[i] = (struct asker){ .studio = studio,
					    .request = &requests[i * step],
					    .start = &start };
		pthread_create(&askers[i].thread, NULL, asker_run, &askers[i]);
	}
	for (size_t i = 0; i < count; i++)
		pthread_join(askers[i].thread, NULL);
	pthread_barrier_destroy(&start);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(askers[i].status, STATUS_OK);
		assert_non_null(askers[i].answer.reader);
	}
}

static void
those_who_ask_at_the_same_moment_share_one_transcode(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->long_song,
					  .format = STREAM_OPUS };
	struct asker askers[8];
	struct stream_counts counts;

	ask_together(studio, &request, 0, askers, ARRAY_LENGTH(askers));
	streams_count(studio->streams, &counts);
	assert_int_equal(counts.transcodes_running, 1);
	assert_int_equal(counts.transcode_readers, 8);
	for (size_t i = 0; i < ARRAY_LENGTH(askers); i++)
		stream_reader_close(askers[i].answer.reader);
}

static void
two_who_wait_get_the_places_of_two_that_nobody_hears(void **state)
{
	struct studio *studio = *state;
	struct stream_request requests[4];
	struct asker askers[2];
	struct stream_counts counts;

	for (uint32_t i = 0; i < ARRAY_LENGTH(requests); i++)
		requests[i] = (struct stream_request){
			.track_id = studio->long_song,
			.format = STREAM_OPUS,
			.bitrate_kbps = 64 + 32 * i,
		};
	for (int i = 0; i < 2; i++)
		stream_reader_close(ask(studio, &requests[i]).reader);
	ask_together(studio, &requests[2], 1, askers, ARRAY_LENGTH(askers));
	streams_count(studio->streams, &counts);
	assert_int_equal(counts.cache_entries, 0); /* none ran to its end */
	for (size_t i = 0; i < ARRAY_LENGTH(askers); i++)
		stream_reader_close(askers[i].answer.reader);
}

static void
more_transcodes_than_workers_are_asked_to_come_back(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->long_song,
					  .format = STREAM_OPUS,
					  .bitrate_kbps = 64 };
	struct stream_reader *readers[2];
	struct stream_answer answer;
	struct fault fault;

	readers[0] = ask(studio, &request).reader;
	request.bitrate_kbps = 96;
	readers[1] = ask(studio, &request).reader;
	assert_non_null(readers[0]);
	assert_non_null(readers[1]);
	request.bitrate_kbps = 128;
	assert_int_equal(try_ask(studio, &request, &fault), STATUS_AGAIN_LATER);

	/* One that nobody listens to gives its place. */
	stream_reader_close(readers[0]);
	answer = ask(studio, &request);
	assert_non_null(answer.reader);
	stream_reader_close(answer.reader);
	stream_reader_close(readers[1]);
}

static void
a_transcode_from_the_middle_is_shorter_and_not_kept(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->minute,
					  .format = STREAM_MP3,
					  .bitrate_kbps = 64,
					  .offset_ms = 40000 };
	struct stream_counts counts;
	struct buffer bytes;

	buffer_init(&bytes, 0);
	assert_true(reader_drain(ask(studio, &request).reader, &bytes));
	assert_in_range(bytes.length, 140000, 180000); /* 20 s */
	buffer_release(&bytes);
	for (int i = 0; i < 100; i++) {
		streams_count(studio->streams, &counts);
		if (counts.transcodes_running == 0)
			break;
		usleep(20000);
	}
	assert_int_equal(counts.transcodes_running, 0);
	assert_int_equal(counts.cache_entries, 0);
	assert_int_equal(counts.cache_bytes, 0);
}

static size_t
folder_files(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	while (folder != NULL && (entry = readdir(folder)) != NULL)
		count += entry->d_name[0] != '.';
	if (folder != NULL)
		closedir(folder);
	return count;
}

/* A child transcodes and is killed in the middle. */
static void
a_crash_leaves_no_half_transcode(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->long_song,
					  .format = STREAM_WAV };
	struct stream_answer answer;
	struct buffer bytes;
	char path[128];
	pid_t child;

	streams_close(studio->streams);
	studio->streams = NULL;
	house_stop(studio->house);
	child = fork();
	if (child == 0) {
		house_start(studio->house);
		studio_open(studio);
		answer = ask(studio, &request);
		if (answer.reader == NULL ||
		    stream_read(answer.reader, path, sizeof path) ==
			    STREAM_FAILED)
			_exit(1);
		raise(SIGKILL);
	}
	waitpid(child, NULL, 0);
	snprintf(path, sizeof path, "%s/transcode/new", studio->house->data);
	house_start(studio->house);
	/* What the killed one was writing goes when its helper is gone too. */
	for (int i = 0; i < 100; i++) {
		studio_open(studio);
		if (folder_files(path) == 0)
			break;
		streams_close(studio->streams);
		studio->streams = NULL;
		usleep(50000);
	}
	assert_non_null(studio->streams);
	answer = ask(studio, &request);
	assert_non_null(answer.reader);
	buffer_init(&bytes, 128 << 20);
	assert_true(reader_drain(answer.reader, &bytes));
	assert_in_range(bytes.length, 52000000, 54000000);
	buffer_release(&bytes);
}

static void
the_cache_stays_within_its_bound_and_drops_the_oldest(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->minute,
					  .format = STREAM_MP3 };
	struct stream_counts counts;
	struct stream_answer answer;
	struct buffer bytes;

	/* Room for three of about 0.48, 0.6, 0.72, 0.84 MB. */
	streams_close(studio->streams);
	studio->settings.transcode_cache_bytes = 2 << 20;
	studio_open(studio);
	for (uint32_t kbps = 64; kbps <= 112; kbps += 16) {
		request.bitrate_kbps = kbps;
		answer = ask(studio, &request);
		if (answer.reader == NULL) {
			close(answer.fd);
			continue;
		}
		buffer_init(&bytes, 0);
		assert_true(reader_drain(answer.reader, &bytes));
		buffer_release(&bytes);
		do {
			usleep(10000);
			streams_count(studio->streams, &counts);
		} while (counts.transcodes_running > 0);
		assert_true(counts.cache_bytes <= 2 << 20);
	}
	assert_in_range(counts.cache_entries, 1, 3);
	request.bitrate_kbps = 64; /* the first one left */
	answer = ask(studio, &request);
	assert_non_null(answer.reader);
	stream_reader_close(answer.reader);
}

static void
a_transcode_too_large_for_the_cache_still_plays_from_memory(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->minute,
					  .format = STREAM_MP3,
					  .bitrate_kbps = 128 };
	struct stream_counts counts;
	struct fault fault;
	struct buffer bytes;

	streams_close(studio->streams);
	studio->settings.transcode_cache_bytes = 1 << 19;
	studio_open(studio);
	buffer_init(&bytes, 0);
	assert_true(reader_drain(ask(studio, &request).reader, &bytes));
	assert_in_range(bytes.length, 920000, 1020000);
	buffer_release(&bytes);
	streams_count(studio->streams, &counts);
	assert_int_equal(counts.cache_entries, 0);

	/* Too large for memory as well: says so. */
	tone_put(studio->house, "400");
	house_scan(studio->house);
	request.track_id = house_track(studio->house, "400.flac");
	request.format = STREAM_WAV;
	assert_int_equal(try_ask(studio, &request, &fault), STATUS_FULL);
}

static void
a_file_that_cannot_be_decoded_fails_the_reader_and_is_not_kept(void **state)
{
	struct studio *studio = *state;
	struct stream_request request = { .track_id = studio->song,
					  .format = STREAM_FLAC };
	struct stream_answer answer = { .reader = NULL };
	struct stream_counts counts;
	struct buffer bytes;
	struct fault fault;
	enum status status;

	house_put(studio->house, "song.mp3", "not audio any more", 18);
	status = stream_open(studio->streams, &request, &answer, &fault);
	if (status == STATUS_OK) {
		buffer_init(&bytes, 0);
		assert_non_null(answer.reader);
		assert_false(reader_drain(answer.reader, &bytes));
		buffer_release(&bytes);
	}
	do {
		usleep(10000);
		streams_count(studio->streams, &counts);
	} while (counts.transcodes_running > 0);
	assert_int_equal(counts.cache_entries, 0);
}

static void
formats_have_names(void **state)
{
	enum stream_format format;

	(void)state;
	assert_true(stream_format_parse("opus", &format));
	assert_int_equal(format, STREAM_OPUS);
	assert_true(stream_format_parse("raw", &format));
	assert_int_equal(format, STREAM_ORIGINAL);
	assert_false(stream_format_parse("exe", &format));
}

#define SCENARIO(scenario) \
	cmocka_unit_test_setup_teardown(scenario, studio_setup, studio_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENARIO(the_original_is_the_file_itself_with_type_tag_and_name),
		SCENARIO(
			what_is_remembered_of_a_track_is_as_good_as_the_library_now),
		SCENARIO(a_file_that_is_what_was_asked_for_is_not_transcoded),
		SCENARIO(what_is_not_there_is_told_apart),
		SCENARIO(wishes_that_make_no_sense_are_refused_by_name),
		SCENARIO(a_transcode_grows_and_is_a_file_afterwards),
		SCENARIO(several_listeners_share_one_transcode),
		SCENARIO(those_who_ask_at_the_same_moment_share_one_transcode),
		SCENARIO(two_who_wait_get_the_places_of_two_that_nobody_hears),
		SCENARIO(more_transcodes_than_workers_are_asked_to_come_back),
		SCENARIO(a_transcode_from_the_middle_is_shorter_and_not_kept),
		SCENARIO(a_crash_leaves_no_half_transcode),
		SCENARIO(the_cache_stays_within_its_bound_and_drops_the_oldest),
		SCENARIO(
			a_transcode_too_large_for_the_cache_still_plays_from_memory),
		SCENARIO(
			a_file_that_cannot_be_decoded_fails_the_reader_and_is_not_kept),
		cmocka_unit_test(formats_have_names),
	};

	return cmocka_run_group_tests(tests, tones_prepare, NULL);
}
