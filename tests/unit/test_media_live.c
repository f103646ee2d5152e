/* test_media_live.c - samples out of files and streams, and packets out of
 * samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "base/file.h"
#include "media/live.h"
#include "tests/support/media_files.h"

#define WAIT_MS 20000
#define SECONDS 3.1
#define SOURCE_RATE 44100

static struct media_pool *pool;

static void
wait_for(int fd, short events)
{
	struct pollfd ready = { .fd = fd, .events = events };

	if (poll(&ready, 1, WAIT_MS) != 1)
		fail_msg("nothing came within %d ms", WAIT_MS);
}

/* Reads until the end; how many frames came. */
static enum status
decode_all(struct media_decoder *decoder, uint64_t *frames,
	   struct fault *fault)
{
	float part[2 * 1000];
	enum status status = STATUS_OK;
	size_t count;

	*frames = 0;
	while (status == STATUS_OK || status == STATUS_AGAIN_LATER) {
		wait_for(media_decoder_fd(decoder), POLLIN);
		status = media_decoder_read(decoder, part, 1000, &count,
					    fault);
		if (status == STATUS_OK)
			*frames += count;
	}
	return status;
}

static struct media_decoder *
decoder_of(const char *path, int64_t offset_ms)
{
	struct media_decoder_args args = {
		.input_fd = open(path, O_RDONLY | O_CLOEXEC),
		.offset_ms = offset_ms,
	};
	struct media_decoder *decoder = NULL;
	struct fault fault = { 0 };

	if (media_decoder_open(pool, &args, &decoder, &fault) != STATUS_OK)
		fail_msg("%s: %s", path, fault.message);
	close(args.input_fd);
	return decoder;
}

static void
files_are_decoded_to_the_sample_from_any_moment(void **state)
{
	static const char *const names[] = { "s.mp3", "s.flac", "s.m4a",
					     "s.ogg", "s.opus" };
	static const int64_t offsets[] = { 0, 1500 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		media_render_later(names[i], "");
	media_render_now(SECONDS);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *path = media_path(names[i]);

		for (size_t o = 0; o < ARRAY_LENGTH(offsets); o++) {
			struct media_decoder *decoder =
				decoder_of(path, offsets[o]);
			double want = (SECONDS - (double)offsets[o] / 1000) *
				      MEDIA_LIVE_RATE;
			struct fault fault = { 0 };
			uint64_t frames;

			assert_int_equal(decode_all(decoder, &frames, &fault),
					 STATUS_OUT_OF_RANGE);
			media_decoder_close(decoder);
			if (fabs((double)frames - want) > 2)
				fail_msg("%s at %d: %llu frames, not %.0f",
					 names[i], (int)offsets[o],
					 (unsigned long long)frames, want);
		}
	}
}

static void
a_file_that_is_no_sound_says_why(void **state)
{
	struct buffer bytes;
	struct media_decoder *decoder;
	struct fault fault = { 0 };
	uint64_t frames;

	(void)state;
	buffer_init(&bytes, 0);
	for (int i = 0; i < 5000; i++)
		buffer_add_text(&bytes, "words ");
	decoder = decoder_of(media_write("words.mp3", &bytes), 0);
	assert_int_equal(decode_all(decoder, &frames, &fault),
			 STATUS_UNSUPPORTED);
	assert_true(fault.message[0] != '\0');
	assert_int_equal(frames, 0);
	media_decoder_close(decoder);
	buffer_release(&bytes);
}

/* Pushes a file through a pipe in small pieces while reading the samples. `titles`:
 * what it said it plays, each with a line of its own. */
static uint64_t
decode_pipe(const char *path, const char *hint, struct buffer *titles)
{
	struct media_decoder_args args = { .hint = hint };
	struct media_decoder *decoder = NULL;
	struct buffer bytes;
	size_t at = 0;
	uint64_t total = 0;
	int pair[2];
	enum status status = STATUS_OK;

	media_read(path, &bytes);
	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	args.input_fd = pair[0];
	assert_int_equal(media_decoder_open(pool, &args, &decoder, NULL),
			 STATUS_OK);
	close(pair[0]);
	while (status == STATUS_OK || status == STATUS_AGAIN_LATER) {
		float part[2 * 4096];
		char *title = media_decoder_title(decoder);
		size_t count = bytes.length - at;
		struct pollfd both[2] = {
			{ .fd = media_decoder_fd(decoder), .events = POLLIN },
			{ .fd = pair[1], .events = POLLOUT },
		};

		if (title != NULL)
			buffer_print(titles, "%s\n", title);
		free(title);
		assert_true(poll(both, 2, WAIT_MS) > 0);
		if (both[1].revents != 0 && count > 0) {
			ssize_t put = write(pair[1], bytes.bytes + at,
					    count < 1000 ? count : 1000);

			at += put > 0 ? (size_t)put : 0;
		} else if (both[1].revents != 0) {
			close(pair[1]);
			pair[1] = -1;
		}
		if (both[0].revents == 0)
			continue;
		status = media_decoder_read(decoder, part, 4096, &count,
					    NULL);
		total += status == STATUS_OK ? count : 0;
	}
	assert_int_equal(status, STATUS_OUT_OF_RANGE);
	media_decoder_close(decoder);
	buffer_release(&bytes);
	return total;
}

static void
streams_are_decoded_as_they_come_in(void **state)
{
	static const struct {
		const char *name, *hint;
	} streams[] = {
		{ "p.mp3", "audio/mpeg" }, { "p.ogg", "application/ogg" },
		{ "p.aac", "audio/aacp" }, { "p.opus", NULL },
		{ "p.flac", "audio/flac" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(streams); i++)
		media_render_later(streams[i].name, "");
	media_render_now(SECONDS);
	for (size_t i = 0; i < ARRAY_LENGTH(streams); i++) {
		const char *path = media_path(streams[i].name);
		struct buffer titles;
		uint64_t frames;

		buffer_init(&titles, 0);
		frames = decode_pipe(path, streams[i].hint, &titles);
		assert_int_equal(titles.length, 0);
		buffer_release(&titles);

		/* delays are not known in a stream */
		if (fabs((double)frames - SECONDS * MEDIA_LIVE_RATE) > 4000)
			fail_msg("%s: %llu frames", streams[i].name,
				 (unsigned long long)frames);
	}
}

/* A last page with a packet that has no bytes, as liquidsoap ends each stream by;
 * libavformat takes it for broken. */
static void
ogg_end_empty(struct buffer *out)
{
	char page[28] = "OggS\0\4";
	uint32_t sum = 0;

	memcpy(page + 14, out->bytes + 14, 4); /* the stream's number */
	page[18] = 100;			       /* some page later */
	page[26] = 1;
	for (size_t i = 0; i < sizeof page; i++) {
		sum ^= (uint32_t)(unsigned char)page[i] << 24;
		for (int bit = 0; bit < 8; bit++)
			sum = sum & 0x80000000u ? sum << 1 ^ 0x04c11db7u :
						  sum << 1;
	}
	for (int i = 0; i < 4; i++)
		page[22 + i] = (char)(sum >> 8 * i);
	buffer_add(out, page, sizeof page);
}

/* As programs of DJs change a title in Ogg: by a new stream behind the old. Each is
 * longer than the pipe of samples, so that no title passes another. */
static void
a_stream_says_what_it_plays_each_time_it_changes(void **state)
{
	static const char *const names[][4] = {
		{ "1.opus", "2.opus", "3.opus", "4.opus" },
		{ "1.ogg", "2.ogg", "3.ogg", "4.ogg" },
	};
	static const char *const options[4] = {
		"-metadata title=One", "-metadata title=Two -metadata artist=Ann",
		"", "-metadata title=День"
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct buffer chain, part, titles;

		buffer_init(&chain, 0);
		buffer_init(&titles, 0);
		for (size_t j = 0; j < ARRAY_LENGTH(options); j++)
			media_render_later(names[i][j], options[j]);
		media_render_now(1.5);
		for (size_t j = 0; j < ARRAY_LENGTH(options); j++) {
			media_read(media_path(names[i][j]), &part);
			ogg_end_empty(&part);
			buffer_add(&chain, part.bytes, part.length);
			buffer_release(&part);
		}
		decode_pipe(media_write("chain", &chain), "ogg", &titles);
		assert_string_equal(titles.bytes, "One\nAnn - Two\nДень\n");
		buffer_release(&titles);
		buffer_release(&chain);
	}
}

struct encoded {
	struct buffer bytes;
	uint64_t samples;
	unsigned headers, sounds, joins;
};

/* Encodes `frames` of a tone; all packets into *out. */
static void
encode(enum media_live_format format, size_t frames, struct encoded *out)
{
	float tone[2 * 480];
	struct media_encoder *encoder = NULL;
	struct media_packet packet;
	enum status status = STATUS_OK;
	struct fault fault = { 0 };
	size_t at = 0;

	memset(out, 0, sizeof *out);
	buffer_init(&out->bytes, 0);
	for (size_t i = 0; i < ARRAY_LENGTH(tone); i++)
		tone[i] = 0.5f * (float)sin((double)(i / 2) * 2 * M_PI / 48);
	assert_int_equal(media_encoder_open(pool, format, 0, &encoder, NULL),
			 STATUS_OK);
	while (status == STATUS_OK || status == STATUS_AGAIN_LATER) {
		struct pollfd both[2] = {
			{ .fd = media_encoder_output_fd(encoder),
			  .events = POLLIN },
			{ .fd = media_encoder_input_fd(encoder),
			  .events = POLLOUT },
		};
		size_t taken = 0, phase = at % 480;

		assert_true(poll(both, 2, WAIT_MS) > 0);
		if (both[1].revents != 0)
			media_encoder_write(encoder, tone + 2 * phase,
					    frames - at < 480 - phase ?
						    frames - at :
						    480 - phase,
					    &taken, NULL);
		at += taken;
		if (at == frames)
			media_encoder_finish(encoder);
		do {
			status = media_encoder_read(encoder, &packet, &fault);
			if (status != STATUS_OK)
				break;
			buffer_add_span(&out->bytes, packet.bytes);
			out->samples += packet.samples;
			out->headers += packet.kind == MEDIA_PACKET_HEADER;
			out->sounds += packet.kind == MEDIA_PACKET_SOUND;
			out->joins += packet.kind == MEDIA_PACKET_SOUND &&
				      packet.join;
		} while (true);
	}
	if (status != STATUS_OUT_OF_RANGE)
		fail_msg("%s: %s", media_live_name(format), fault.message);
	media_encoder_close(encoder);
}

static void
every_format_carries_all_samples_in_packets_that_ffmpeg_reads(void **state)
{
	static const char *const names[MEDIA_LIVE_FORMATS] = {
		"e.mp3", "e.aac", "e.opus", "e.ogg", "e.mp4"
	};
	const size_t frames = 10 * MEDIA_LIVE_RATE + 123;

	(void)state;
	for (int f = 0; f < MEDIA_LIVE_FORMATS; f++) {
		struct encoded out;
		uint64_t heard;

		encode((enum media_live_format)f, frames, &out);
		heard = media_ffmpeg_samples(
			media_write(names[f], &out.bytes), "");
		/* the codecs' own delays, and what fills the last frame */
		if (heard + 4096 < frames || heard > frames + 4096 ||
		    out.samples + 4096 < frames ||
		    out.samples > frames + 4096)
			fail_msg("%s: %llu samples in packets, %llu heard",
				 names[f], (unsigned long long)out.samples,
				 (unsigned long long)heard);
		assert_int_equal(out.headers, f == MEDIA_LIVE_MP3 ||
							      f == MEDIA_LIVE_AAC ?
						      0 :
						      1);
		if (f == MEDIA_LIVE_FMP4)
			assert_int_equal(out.sounds, 3); /* 4 s, 4 s, 2 s */
		else
			assert_true(out.sounds > 40);
		assert_int_equal(out.joins, out.sounds);
		buffer_release(&out.bytes);
	}
}

static void
a_killed_process_is_told_apart_from_an_end(void **state)
{
	struct media_decoder *decoder;
	struct media_encoder *encoder = NULL;
	struct media_packet packet;
	struct fault fault = { 0 };
	uint64_t frames;
	enum status status;

	(void)state;
	media_ffmpeg("-f lavfi -i anullsrc -t 60 long.flac");
	decoder = decoder_of(media_path("long.flac"), 0);
	assert_int_equal(media_encoder_open(pool, MEDIA_LIVE_OPUS, 0, &encoder,
					    NULL),
			 STATUS_OK);
	wait_for(media_decoder_fd(decoder), POLLIN);
	assert_true(media_kill_all(SIGKILL) >= 2);
	assert_int_equal(decode_all(decoder, &frames, &fault),
			 STATUS_UNAVAILABLE);
	do {
		wait_for(media_encoder_output_fd(encoder), POLLIN);
		status = media_encoder_read(encoder, &packet, &fault);
	} while (status == STATUS_OK || status == STATUS_AGAIN_LATER);
	assert_int_equal(status, STATUS_UNAVAILABLE);
	media_decoder_close(decoder);
	media_encoder_close(encoder);
}

static void
live_sound_has_places_of_its_own(void **state)
{
	struct media_settings settings = { .program = getenv("MEDIA_PROGRAM"),
					   .transcodes = 1,
					   .live = 1 };
	struct media_encoder *first = NULL, *second = NULL;
	struct media_pool_state now;
	struct media_pool *small;

	(void)state;
	assert_int_equal(media_pool_open(&settings, &small, NULL), STATUS_OK);
	assert_int_equal(media_encoder_open(small, MEDIA_LIVE_MP3, 0, &first,
					    NULL),
			 STATUS_OK);
	assert_int_equal(media_encoder_open(small, MEDIA_LIVE_MP3, 0, &second,
					    NULL),
			 STATUS_FULL);
	media_pool_look(small, &now);
	assert_int_equal(now.live, 1);
	assert_int_equal(now.transcodes, 0);
	media_encoder_close(first);
	media_pool_look(small, &now);
	assert_int_equal(now.live, 0);
	assert_int_equal(now.processes, 1); /* it stopped and is kept */
	media_pool_close(small);
}

static int
begin(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	media_files_begin();
	pool = media_pool_make(2);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_are_decoded_to_the_sample_from_any_moment),
		cmocka_unit_test(a_file_that_is_no_sound_says_why),
		cmocka_unit_test(streams_are_decoded_as_they_come_in),
		cmocka_unit_test(
			a_stream_says_what_it_plays_each_time_it_changes),
		cmocka_unit_test(
			every_format_carries_all_samples_in_packets_that_ffmpeg_reads),
		cmocka_unit_test(a_killed_process_is_told_apart_from_an_end),
		cmocka_unit_test(live_sound_has_places_of_its_own),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
