/* test_far_file.c - files that are in no file system (driver/far_file.h,
 * base/ranged.h): read at any place, by media processes and by HTTP, and what
 * that costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ranged.h"
#include "driver/far_file.h"
#include "media/live.h"
#include "net/http.h"
#include "tests/support/http_client.h"
#include "tests/support/media_files.h"

#define MIB (1u << 20)
#define LONG_BYTES (100ull * MIB)

static struct media_pool *pool;

/* A file made of a beginning, many times something, and an end. */
struct made {
	struct span first, often, last;
	uint64_t often_bytes; /* in all */
	uint64_t fail_from;   /* reads past it fail */
	struct far_files *files;
	atomic_int released; /* by the thread of each file */
};

static uint64_t
made_bytes(const struct made *made)
{
	return made->first.length + made->often_bytes + made->last.length;
}

static char
made_byte(const struct made *made, uint64_t at)
{
	if (at < made->first.length)
		return made->first.at[at];
	at -= made->first.length;
	if (at < made->often_bytes)
		return made->often.at[at % made->often.length];
	return made->last.at[at - made->often_bytes];
}

static enum status
made_read(void *cookie, uint64_t offset, char *room, size_t count,
	  struct fault *fault)
{
	const struct made *made = cookie;

	assert_true(offset + count <= made_bytes(made) && count > 0);
	if (offset + count > made->fail_from)
		return fault_set(fault, STATUS_TIMED_OUT, "no answer for 10 s");
	for (size_t i = 0; i < count; i++)
		room[i] = made_byte(made, offset + i);
	return STATUS_OK;
}

static void
made_release(void *cookie)
{
	((struct made *)cookie)->released++;
}

static int
made_open(struct made *made)
{
	struct far_file file = { .size_bytes = made_bytes(made),
				 .modified_ns = 7000000001,
				 .mark = 42,
				 .read = made_read,
				 .release = made_release,
				 .cookie = made };
	struct fault fault = { 0 };
	int fd = -1;

	if (made->fail_from == 0)
		made->fail_from = UINT64_MAX;
	if (made->files == NULL)
		made->files = far_files_new("made");
	if (far_files_open(made->files, &file, &fd, &fault) != STATUS_OK)
		fail_msg("%s", fault.message);
	return fd;
}

static void
made_close(struct made *made, int fd)
{
	close(fd);
	far_files_free(made->files);
	made->files = NULL;
}

static const struct made digits = { .first = { "begin", 5 },
				    .often = { "0123456789abc", 13 },
				    .last = { "end", 3 },
				    .often_bytes = 3 * MIB + 11 };

/* ---- reading ---- */

static void
bytes_at_any_place_are_those_of_the_file(void **state)
{
	struct made made = digits;
	int fd = made_open(&made);
	struct ranged_file file;
	static char room[300000];
	uint64_t at = 1;

	(void)state;
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	assert_true(file.far);
	assert_int_equal(file.size_bytes, made_bytes(&made));
	assert_int_equal(file.modified_ns, 7000000001);
	assert_int_equal(file.mark, 42);
	for (int i = 0; i < 60; i++) {
		size_t want = (size_t)(at % sizeof room), got, same = 0;

		got = ranged_read_all(&file, room, want, at);
		if (at + want > file.size_bytes)
			want = (size_t)(file.size_bytes - at);
		assert_int_equal(got, want);
		while (same < got && room[same] == made_byte(&made, at + same))
			same++;
		assert_int_equal(same, got);
		at = at * 7919 % file.size_bytes;
	}
	assert_int_equal(ranged_read(&file, room, 10, file.size_bytes), 0);
	assert_int_equal(ranged_read(&file, room, 10, file.size_bytes + 9), 0);
	assert_int_equal(ranged_fault(fd, NULL), STATUS_OK);
	made_close(&made, fd);
	assert_int_equal(made.released, 1);
}

static void
a_file_read_in_order_is_fetched_once_in_long_runs(void **state)
{
	struct made made = digits;
	int fd = made_open(&made);
	struct ranged_file file;
	static char room[4096];

	(void)state;
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	for (uint64_t at = 0; at < file.size_bytes; at += sizeof room)
		assert_true(ranged_read_all(&file, room, sizeof room, at) > 0);
	assert_int_equal(far_files_fetched(made.files), file.size_bytes);
	made_close(&made, fd);
}

static void
a_file_that_lies_here_is_read_the_same_way(void **state)
{
	int fd = memfd_create("here", MFD_CLOEXEC), ends[2];
	struct ranged_file file;
	char room[8] = { 0 };

	(void)state;
	assert_int_equal(write(fd, "here", 4), 4);
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	assert_false(file.far);
	assert_int_equal(ranged_read_all(&file, room, 8, 1), 3);
	assert_string_equal(room, "ere");
	close(fd);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(ranged_open(ends[0], &file, NULL),
			 STATUS_UNSUPPORTED);
	close(ends[0]);
	close(ends[1]);
}

static void
what_a_reader_left_behind_is_passed_over(void **state)
{
	const struct ranged_ask ask = { RANGED_READ, 100, 2 * MIB };
	struct made made = digits;
	int fd = made_open(&made);
	char packet[RANGED_HEAD_BYTES], room[16] = { 0 };
	struct ranged_file file;

	(void)state;
	ranged_ask_print(&ask, packet);
	assert_int_equal(send(fd, packet, sizeof packet, 0), sizeof packet);
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	assert_int_equal(ranged_read_all(&file, room, 5, 0), 5);
	assert_string_equal(room, "begin");
	made_close(&made, fd);
}

static void
nonsense_ends_the_reader_and_nothing_else(void **state)
{
	struct made made = digits;
	int fd = made_open(&made), other = made_open(&made);
	struct ranged_file file;
	struct pollfd end = { .fd = fd, .events = POLLIN };

	(void)state;
	assert_int_equal(send(fd, "nonsense", 8, 0), 8);
	assert_int_equal(poll(&end, 1, 10000), 1);
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_FAILED);
	assert_int_equal(ranged_open(other, &file, NULL), STATUS_OK);
	close(fd);
	made_close(&made, other);
	assert_int_equal(made.released, 2);
}

static void
a_source_that_closes_cuts_off_who_still_reads(void **state)
{
	struct made made = digits;
	int fd = made_open(&made);
	struct ranged_file file;
	char room[4];

	(void)state;
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	far_files_free(made.files);
	assert_int_equal(made.released, 1);
	assert_int_equal(ranged_read(&file, room, 4, 0), -1);
	assert_int_not_equal(ranged_fault(fd, NULL), STATUS_OK);
	close(fd);
}

static void
packets_that_promise_more_than_they_hold_are_refused(void **state)
{
	const struct ranged_answer answer = {
		.ask = { RANGED_READ, 4, 0 }, .bytes = { "1234", 4 },
	};
	char packet[RANGED_HEAD_BYTES + 4];
	struct ranged_answer parsed;
	struct ranged_ask ask;

	(void)state;
	ranged_answer_print(&answer, packet);
	memcpy(packet + RANGED_HEAD_BYTES, "1234", 4);
	assert_true(ranged_answer_parse(
		(struct span){ packet, sizeof packet }, &parsed));
	assert_memory_equal(parsed.bytes.at, "1234", 4);
	for (size_t cut = 0; cut < sizeof packet; cut++)
		assert_false(ranged_answer_parse((struct span){ packet, cut },
						 &parsed));
	assert_false(ranged_ask_parse((struct span){ packet, sizeof packet },
				      &ask));
}

/* ---- media ---- */

static void
real_open(const char *path, struct buffer *bytes, struct made *made)
{
	media_read(path, bytes);
	*made = (struct made){ .first = { bytes->bytes, bytes->length },
			       .often = { "x", 1 } };
}

/* Facts of the made file, and how many bytes were asked for. */
static uint64_t
cost_of(struct made *made, const char *name, struct arena *arena,
	struct media_facts *facts)
{
	struct media_probe_args args = { .name_hint = name };
	int fd = made_open(made);
	struct fault fault = { 0 };
	uint64_t cost;

	if (media_probe(pool, fd, &args, arena, facts, &fault) != STATUS_OK)
		fail_msg("%s: %s", name, fault.message);
	cost = far_files_fetched(made->files);
	print_message("# %s of %llu MiB: %llu KiB\n", name,
		      (unsigned long long)(made_bytes(made) / MIB),
		      (unsigned long long)cost / 1024);
	made_close(made, fd);
	return cost;
}

static void
put_be32(char *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(value >> (24 - 8 * i));
}

/* The index stands behind the sound, as in files that were never "hinted". */
static void
tags_of_a_long_m4a_cost_kilobytes(struct arena *arena)
{
	static const char zeros[4096];
	struct buffer real, head;
	struct media_facts facts;
	char *index = NULL, free_box[8];
	struct made made;

	buffer_init(&real, 0);
	media_read(media_render("long.m4a", 2, MEDIA_TAGS), &real);
	for (size_t i = 4; i + 4 < real.length && index == NULL; i++) {
		if (memcmp(real.bytes + i, "moov", 4) == 0)
			index = real.bytes + i - 4;
	}
	assert_non_null(index);
	made = (struct made){
		.first = { real.bytes, (size_t)(index - real.bytes) },
		.often = { zeros, sizeof zeros },
		.often_bytes = LONG_BYTES,
		.last = { index, real.length - (size_t)(index - real.bytes) },
	};
	/* a box that is passed over: its length, its name */
	put_be32(free_box, (uint32_t)LONG_BYTES + 8);
	memcpy(free_box + 4, "free", 4);
	buffer_init(&head, 0);
	buffer_add_span(&head, made.first);
	buffer_add(&head, free_box, sizeof free_box);
	made.first = (struct span){ head.bytes, head.length };
	assert_in_range(cost_of(&made, "long.m4a", arena, &facts), 1,
			300 * 1024);
	buffer_release(&head);
	assert_string_equal(facts.title, "Título");
	assert_string_equal(facts.codec, "aac");
	buffer_release(&real);
}

static void
tags_of_a_long_flac_cost_kilobytes(struct arena *arena)
{
	static const char noise[] = "not a frame";
	struct buffer real;
	struct media_facts facts;
	struct made made;

	buffer_init(&real, 0);
	real_open(media_render("long.flac", 2, MEDIA_TAGS), &real, &made);
	made.often = (struct span){ noise, sizeof noise };
	made.often_bytes = LONG_BYTES;
	assert_in_range(cost_of(&made, "long.flac", arena, &facts), 1,
			300 * 1024);
	assert_string_equal(facts.title, "Título");
	assert_int_equal(facts.duration_ms, 2000);
	buffer_release(&real);
}

/* 128 kbit/s at 48 kHz: each frame has 384 bytes. No header tells the length. */
static void
tags_of_a_long_mp3_cost_kilobytes(struct arena *arena)
{
	static char frame[384] = "\xFF\xFB\x94\x44";
	static char picture[400000] = "\xFF\xD8\xFF\xE0";
	struct buffer tag, body;
	struct media_facts facts;
	struct made made;

	buffer_init(&tag, 0);
	buffer_init(&body, 0);
	id3_begin(&tag, 3, 0);
	id3_text(&tag, 3, "TIT2", 0, SPAN("Long"));
	buffer_add(&body, "\0image/jpeg\0\3\0", 14);
	buffer_add(&body, picture, sizeof picture);
	id3_frame(&tag, 3, "APIC", 0,
		  (struct span){ body.bytes, body.length });
	id3_end(&tag, 0);
	made = (struct made){ .first = { tag.bytes, tag.length },
			      .often = { frame, sizeof frame },
			      .often_bytes = LONG_BYTES - LONG_BYTES % 384 };
	assert_in_range(cost_of(&made, "long.mp3", arena, &facts), 1,
			1024 * 1024);
	assert_string_equal(facts.title, "Long");
	assert_true(facts.has_picture);
	assert_int_equal(facts.duration_ms / 1000, LONG_BYTES / 16000);
	buffer_release(&tag);
	buffer_release(&body);
}

static void
tags_of_a_long_opus_cost_kilobytes(struct arena *arena)
{
	static const char noise[] = "no page";
	struct buffer real;
	struct media_facts facts;
	struct made made;
	size_t middle = 0;

	buffer_init(&real, 0);
	real_open(media_render("long.opus", 8, "-c:a libopus -ac 2 -ar 48000 "
					       MEDIA_TAGS),
		  &real, &made);
	for (size_t i = real.length / 2; middle == 0; i++) {
		if (memcmp(real.bytes + i, "OggS", 4) == 0)
			middle = i;
	}
	made.first.length = middle;
	made.last = (struct span){ real.bytes + middle, real.length - middle };
	made.often = (struct span){ noise, sizeof noise };
	made.often_bytes = LONG_BYTES;
	assert_in_range(cost_of(&made, "long.opus", arena, &facts), 1,
			400 * 1024);
	assert_string_equal(facts.title, "Título");
	assert_int_equal(facts.duration_ms, 8000);
	buffer_release(&real);
}

static void
tags_of_long_files_cost_kilobytes(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena);
	tags_of_a_long_m4a_cost_kilobytes(&arena);
	tags_of_a_long_flac_cost_kilobytes(&arena);
	tags_of_a_long_mp3_cost_kilobytes(&arena);
	tags_of_a_long_opus_cost_kilobytes(&arena);
	arena_release(&arena);
}

static enum status
transcode(int input, int64_t offset_ms, struct buffer *out)
{
	const struct media_target target = { .format = MEDIA_PCM_S16 };
	struct media_progress progress = { 0 };
	struct media_transcode *running;
	int fd = memfd_create("out", MFD_CLOEXEC);
	struct fault fault = { 0 };
	struct ranged_file file;
	enum status status;

	assert_int_equal(media_transcode_begin(pool, input, &target, offset_ms,
					       fd, &running, &fault),
			 STATUS_OK);
	do
		status = media_transcode_wait(running, 1000, &progress, &fault);
	while (status == STATUS_AGAIN_LATER ||
	       (status == STATUS_OK && !progress.done));
	media_transcode_end(running);
	assert_int_equal(ranged_open(fd, &file, NULL), STATUS_OK);
	buffer_reserve(out, (size_t)file.size_bytes + 1);
	out->length = ranged_read_all(&file, out->bytes,
				      (size_t)file.size_bytes, 0);
	close(fd);
	return status;
}

static const char *const real_files[] = { "far.mp3", "far.m4a", "far.flac",
					  "far.ogg" };

static void
far_files_are_transcoded_as_near_ones_are(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(real_files); i++) {
		const char *path = media_render(real_files[i], 4, MEDIA_TAGS);
		struct buffer bytes, near, far;
		struct made made;

		buffer_init(&bytes, 0);
		real_open(path, &bytes, &made);
		for (int64_t offset = 0; offset < 4000; offset += 2500) {
			int fd = open(path, O_RDONLY | O_CLOEXEC);
			int far_fd = made_open(&made);

			buffer_init(&near, 0);
			buffer_init(&far, 0);
			assert_int_equal(transcode(fd, offset, &near),
					 STATUS_OK);
			assert_int_equal(transcode(far_fd, offset, &far),
					 STATUS_OK);
			assert_true(near.length > 100000);
			assert_int_equal(near.length, far.length);
			assert_memory_equal(near.bytes, far.bytes,
					    near.length);
			close(fd);
			made_close(&made, far_fd);
			buffer_release(&near);
			buffer_release(&far);
		}
		buffer_release(&bytes);
	}
}

static void
a_far_file_is_listened_to_and_goes_on_the_air(void **state)
{
	struct media_decoder_args args = { .offset_ms = 500 };
	static float frames[2 * 4096];
	struct media_decoder *decoder;
	struct media_analysis heard;
	struct fault fault = { 0 };
	struct buffer bytes;
	struct made made;
	struct arena arena;
	size_t total = 0;
	enum status status;
	int fd;

	(void)state;
	arena_init(&arena);
	buffer_init(&bytes, 0);
	real_open(media_render("air.flac", 4, MEDIA_TAGS), &bytes, &made);
	fd = made_open(&made);
	if (media_analyse(pool, fd, NULL, NULL, &arena, &heard, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
	assert_true(heard.fingerprint.length > 0);
	args.input_fd = fd;
	assert_int_equal(media_decoder_open(pool, &args, &decoder, &fault),
			 STATUS_OK);
	do {
		struct pollfd ready = { .fd = media_decoder_fd(decoder),
					.events = POLLIN };
		size_t count = 0;

		status = media_decoder_read(decoder, frames, 4096, &count,
					    &fault);
		total += count;
		if (status == STATUS_AGAIN_LATER)
			assert_true(poll(&ready, 1, 30000) > 0);
	} while (status == STATUS_OK || status == STATUS_AGAIN_LATER);
	assert_int_equal(status, STATUS_OUT_OF_RANGE);
	assert_in_range(total, 48000 * 35 / 10 - 64, 48000 * 35 / 10 + 64);
	media_decoder_close(decoder);
	made_close(&made, fd);
	buffer_release(&bytes);
	arena_release(&arena);
}

/* A decoder takes it for a file that was cut short. */
static void
a_place_that_fails_is_not_the_fault_of_the_file(void **state)
{
	struct media_probe_args args = { .name_hint = "far.flac" };
	struct media_analysis heard;
	struct media_facts facts;
	struct buffer bytes, out;
	struct made made;
	struct arena arena;

	(void)state;
	arena_init(&arena);
	buffer_init(&bytes, 0);
	real_open(media_render("fails.flac", 8, MEDIA_TAGS), &bytes, &made);
	assert_true(bytes.length > 200000);
	for (uint64_t from = 1; from < 140000; from += 130000) {
		struct fault fault = { 0 };
		int fd;

		made.fail_from = from;
		fd = made_open(&made);
		assert_int_equal(media_analyse(pool, fd, NULL, NULL, &arena,
					       &heard, &fault),
				 STATUS_UNAVAILABLE);
		assert_string_equal(fault.field, "source");
		assert_string_equal(fault.message, "no answer for 10 s");
		made_close(&made, fd);
		if (from == 1) {
			fd = made_open(&made);
			assert_int_equal(media_probe(pool, fd, &args, &arena,
						     &facts, &fault),
					 STATUS_UNAVAILABLE);
			made_close(&made, fd);
		}
		fd = made_open(&made);
		buffer_init(&out, 0);
		assert_int_equal(transcode(fd, 0, &out), STATUS_UNAVAILABLE);
		buffer_release(&out);
		made_close(&made, fd);
	}
	buffer_release(&bytes);
	arena_release(&arena);
}

/* ---- HTTP ---- */

static struct {
	struct http_server *server;
	struct made made;
	int opened; /* by the only loop */
} app;

static void
on_head(void *cookie, struct http_request *request, struct http_plan *plan)
{
	(void)cookie, (void)request, (void)plan;
}

static void
on_request(void *cookie, struct http_request *request)
{
	struct http_file file = { .fd = made_open(&app.made),
				  .size_bytes = made_bytes(&app.made),
				  .content_type = "audio/flac",
				  .etag = "mark" };

	(void)cookie;
	app.opened++;
	http_answer_file(request, &file);
}

static void
on_done(void *cookie, struct http_request *request, unsigned status,
	uint64_t sent_bytes, int64_t took_us)
{
	(void)cookie, (void)request, (void)status;
	(void)sent_bytes, (void)took_us;
}

static uint16_t
app_open(void)
{
	static const struct http_settings settings = {
		.host = "127.0.0.1", .loops = 1, .connections_max = 100,
		.connections_per_address_max = 100,
		.head_limit_bytes = 16384, .fields_max = 100,
		.head_timeout_ms = 10000, .body_timeout_ms = 10000,
		.idle_timeout_ms = 10000, .write_timeout_ms = 10000,
		.trusted_proxies = "",
	};
	struct http_server_args args = { .settings = &settings,
					 .on_head = on_head,
					 .on_request = on_request,
					 .on_done = on_done };

	app.made = digits;
	app.opened = 0;
	assert_int_equal(http_server_open(&args, &app.server, NULL),
			 STATUS_OK);
	return http_server_port(app.server);
}

static void
app_close(void)
{
	http_server_close(app.server, 2000);
	far_files_free(app.made.files);
}

#define GET_FIELDS(fields) \
	"GET / HTTP/1.1\r\nHost: test\r\n" fields "\r\n"

static void
far_files_are_sent_whole_and_by_ranges(void **state)
{
	uint16_t port = app_open();
	struct client_answer answer;

	(void)state;
	client_ask(port, GET_FIELDS(""), &answer);
	assert_int_equal(answer.status, 200);
	assert_int_equal(answer.body_length, made_bytes(&app.made));
	for (size_t i = 0; i < answer.body_length; i++)
		assert_int_equal(answer.body[i], made_byte(&app.made, i));
	client_answer_free(&answer);
	client_ask(port, GET_FIELDS("Range: bytes=2000000-2100000\r\n"),
		   &answer);
	assert_int_equal(answer.status, 206);
	assert_int_equal(answer.body_length, 100001);
	for (size_t i = 0; i < answer.body_length; i++)
		assert_int_equal(answer.body[i],
				 made_byte(&app.made, 2000000 + i));
	client_answer_free(&answer);
	client_ask(port, GET_FIELDS("Range: bytes=0-4,-3\r\n"), &answer);
	assert_int_equal(answer.status, 206);
	assert_non_null(strstr(answer.body, "\r\n\r\nbegin\r\n--"));
	assert_non_null(strstr(answer.body, "\r\n\r\nend\r\n--"));
	client_answer_free(&answer);
	assert_int_equal(
		client_status(port, GET_FIELDS("If-None-Match: \"mark\"\r\n")),
		304);
	assert_int_equal(
		client_status(port, GET_FIELDS("Range: bytes=9999999-\r\n")),
		416);
	app_close();
}

static void
a_far_file_that_cannot_be_read_any_more_cuts_the_connection(void **state)
{
	uint16_t port = app_open();
	struct client_answer answer;

	(void)state;
	app.made.fail_from = MIB;
	client_ask(port, GET_FIELDS(""), &answer);
	assert_int_equal(answer.status, 200);
	assert_true(answer.cut);
	assert_in_range(answer.body_length, 100000, MIB);
	client_answer_free(&answer);
	app_close();
}

/* It has gone while the file is waited for, while the file waits, and before
 * the server has read what it asks for. */
static void
listeners_that_leave_end_the_reading(void **state)
{
	uint16_t port = app_open();

	(void)state;
	for (int i = 0; i < 20; i++) {
		int fd = client_connect(port);
		char room[100];

		client_send_text(fd, GET_FIELDS(""));
		if (i % 2 == 0)
			assert_true(recv(fd, room, sizeof room, 0) > 0);
		close(fd);
	}
	app_close();
	assert_in_range(app.opened, 10, 20);
	assert_int_equal(app.made.released, app.opened);
}

static int
pool_open(void **state)
{
	(void)state;
	media_files_begin();
	pool = media_pool_make(2);
	return 0;
}

static int
pool_close(void **state)
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
		cmocka_unit_test(bytes_at_any_place_are_those_of_the_file),
		cmocka_unit_test(
			a_file_read_in_order_is_fetched_once_in_long_runs),
		cmocka_unit_test(a_file_that_lies_here_is_read_the_same_way),
		cmocka_unit_test(what_a_reader_left_behind_is_passed_over),
		cmocka_unit_test(nonsense_ends_the_reader_and_nothing_else),
		cmocka_unit_test(a_source_that_closes_cuts_off_who_still_reads),
		cmocka_unit_test(
			packets_that_promise_more_than_they_hold_are_refused),
		cmocka_unit_test(tags_of_long_files_cost_kilobytes),
		cmocka_unit_test(far_files_are_transcoded_as_near_ones_are),
		cmocka_unit_test(a_far_file_is_listened_to_and_goes_on_the_air),
		cmocka_unit_test(
			a_place_that_fails_is_not_the_fault_of_the_file),
		cmocka_unit_test(far_files_are_sent_whole_and_by_ranges),
		cmocka_unit_test(
			a_far_file_that_cannot_be_read_any_more_cuts_the_connection),
		cmocka_unit_test(listeners_that_leave_end_the_reading),
	};

	return cmocka_run_group_tests(tests, pool_open, pool_close);
}
