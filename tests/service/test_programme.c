/* test_programme.c - what a channel sounds like, sample by sample. The programme
 * runs without a clock: tick by tick, as the test lets it, and waits for its
 * decoders and encoders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "service/programme.h"
#include "tests/support/media_files.h"

#define RATE 48000
#define TICK (RATE * PROGRAMME_TICK_MS / 1000)
#define LIMITER 120 /* frames of delay */
#define HERTZ 441
#define LEVEL 0.5
#define HEARD_MAX (RATE * 40)
#define QUEUE_MAX 8
#define LOG_BYTES 2000

static struct media_pool *pool;

/* ---- a station ---- */

struct entry {
	const char *id, *path;
	double gain_db;
	uint32_t crossfade_ms;
	int64_t start_ms;
};

/* On the heap: a failed scenario leaves its threads behind. */
struct channel {
	struct programme *programme;
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct entry queue[QUEUE_MAX];
	size_t queued;
	char log[LOG_BYTES]; /* "+a" started, "-a" ended, "!a" error, … */
	/* what was heard, and how much may be */
	float *heard;
	size_t frames, allowed;
	bool open, waits;
	bool refuses; /* to open anything */
	char opened[LOG_BYTES]; /* "~a ~b …" */
};

static void
channel_log(struct channel *channel, const char *mark, const char *id)
{
	size_t length = strlen(channel->log);

	snprintf(channel->log + length, LOG_BYTES - length, "%s%s ", mark,
		 id != NULL ? id : "placeholder");
	pthread_cond_broadcast(&channel->change);
}

static void
queue_remove(struct channel *channel, const char *id)
{
	for (size_t i = 0; i < channel->queued; i++) {
		if (strcmp(channel->queue[i].id, id) != 0)
			continue;
		memmove(&channel->queue[i], &channel->queue[i + 1],
			(channel->queued - i - 1) * sizeof(struct entry));
		channel->queued--;
		return;
	}
}

static size_t
plan(void *cookie, struct programme_item *items)
{
	struct channel *channel = cookie;
	size_t count;

	pthread_mutex_lock(&channel->lock);
	for (count = 0; count < channel->queued && count < PROGRAMME_PLAN_MAX;
	     count++) {
		const struct entry *entry = &channel->queue[count];

		snprintf(items[count].id, PROGRAMME_ID_BYTES, "%s",
			 entry->id);
		items[count].gain_db = entry->gain_db;
		items[count].crossfade_ms = entry->crossfade_ms;
		items[count].start_ms = entry->start_ms;
	}
	pthread_mutex_unlock(&channel->lock);
	return count;
}

static enum status
open_item(void *cookie, const struct programme_item *item,
	  struct programme_input *out, struct fault *fault)
{
	struct channel *channel = cookie;
	const char *path = "";

	pthread_mutex_lock(&channel->lock);
	for (size_t i = 0; i < channel->queued; i++) {
		if (strcmp(channel->queue[i].id, item->id) == 0)
			path = channel->queue[i].path;
	}
	while (channel->refuses && !channel->open)
		pthread_cond_wait(&channel->change, &channel->lock);
	snprintf(channel->opened + strlen(channel->opened),
		 LOG_BYTES - strlen(channel->opened), "~%s ", item->id);
	pthread_mutex_unlock(&channel->lock);
	out->fd = open(path, O_RDONLY | O_CLOEXEC);
	return out->fd >= 0 ? STATUS_OK :
			      fault_errno(fault, errno, "cannot open %s", path);
}

static void
started(void *cookie, const char *id)
{
	struct channel *channel = cookie;

	pthread_mutex_lock(&channel->lock);
	if (id != NULL)
		queue_remove(channel, id);
	channel_log(channel, "+", id);
	pthread_mutex_unlock(&channel->lock);
}

static void
ended(void *cookie, const char *id, enum programme_reason reason,
      int64_t played_ms, const struct fault *fault)
{
	static const char *const marks[] = { "-", ">", "!", "." };
	struct channel *channel = cookie;

	(void)played_ms;
	pthread_mutex_lock(&channel->lock);
	assert_true((fault != NULL) == (reason == PROGRAMME_ERROR));
	queue_remove(channel, id);
	channel_log(channel, marks[reason], id);
	pthread_mutex_unlock(&channel->lock);
}

static void
live_ended(void *cookie, uint64_t number, const struct fault *fault)
{
	struct channel *channel = cookie;
	char name[32];

	snprintf(name, sizeof name, "live%u", (unsigned)number);
	pthread_mutex_lock(&channel->lock);
	channel_log(channel, fault != NULL ? "!" : "-", name);
	pthread_mutex_unlock(&channel->lock);
}

static void
live_titled(void *cookie, uint64_t number, const char *title)
{
	struct channel *channel = cookie;

	(void)number;
	pthread_mutex_lock(&channel->lock);
	channel_log(channel, "=", title);
	pthread_mutex_unlock(&channel->lock);
}

/* The gate: keeps what is heard, and holds the pacer when it may go no further. */
static void
hear(void *cookie, const float *frames, size_t count)
{
	struct channel *channel = cookie;

	pthread_mutex_lock(&channel->lock);
	channel->waits = true;
	pthread_cond_broadcast(&channel->change);
	while (!channel->open && channel->frames + count > channel->allowed)
		pthread_cond_wait(&channel->change, &channel->lock);
	channel->waits = false;
	if (channel->frames + count <= HEARD_MAX) {
		memcpy(channel->heard + 2 * channel->frames, frames,
		       count * 2 * sizeof *frames);
		channel->frames += count;
	}
	pthread_cond_broadcast(&channel->change);
	pthread_mutex_unlock(&channel->lock);
}

static void
channel_begin(struct channel *channel, const struct entry *entries,
	      size_t count, struct programme_settings settings)
{
	const struct programme_station station = {
		channel, plan, open_item, started, ended, live_ended,
		live_titled
	};
	struct fault fault = { 0 };

	pthread_mutex_init(&channel->lock, NULL);
	pthread_cond_init(&channel->change, NULL);
	channel->heard = mem_new(HEARD_MAX, 2 * sizeof(float));
	if (count > 0)
		memcpy(channel->queue, entries, count * sizeof *entries);
	channel->queued = count;
	settings.pool = pool;
	settings.unpaced = true;
	settings.on_samples = hear;
	settings.samples_cookie = channel;
	if (programme_open(&settings, &station, &channel->programme, &fault) !=
	    STATUS_OK)
		fail_msg("%s", fault.message);
}

/* Plays so many frames, in whole ticks. Afterwards the pacer stands still; it has
 * the next tick mixed already. */
static void
channel_run(struct channel *channel, size_t frames)
{
	size_t ticks = (frames + TICK - 1) / TICK;

	pthread_mutex_lock(&channel->lock);
	channel->allowed += ticks * TICK;
	assert_true(channel->allowed <= HEARD_MAX);
	pthread_cond_broadcast(&channel->change);
	while (channel->frames < channel->allowed || !channel->waits)
		pthread_cond_wait(&channel->change, &channel->lock);
	pthread_mutex_unlock(&channel->lock);
}

static bool
log_has(struct channel *channel, const char *word)
{
	bool has;

	pthread_mutex_lock(&channel->lock);
	has = strstr(word[0] == '~' ? channel->opened : channel->log, word) !=
	      NULL;
	pthread_mutex_unlock(&channel->lock);
	return has;
}

/* The station hears of things a little after they sound: plays on until then.
 * The opener has to have its turn: on a busy machine it takes a while, in which
 * not all that is planned may be played. */
static void
channel_run_until(struct channel *channel, const char *word)
{
	for (int i = 0; i < 500 && !log_has(channel, word); i++) {
		int turns = word[0] == '~' || i > 300 ? 40 : 1;

		channel_run(channel, TICK);
		do
			usleep(1000);
		while (--turns > 0 && !log_has(channel, word));
	}
	if (!log_has(channel, word))
		fail_msg("no \"%s\" in \"%s\"", word, channel->log);
}

static void
channel_end(struct channel *channel)
{
	pthread_mutex_lock(&channel->lock);
	channel->open = true;
	pthread_cond_broadcast(&channel->change);
	pthread_mutex_unlock(&channel->lock);
	programme_close(channel->programme);
	free(channel->heard);
	pthread_cond_destroy(&channel->change);
	pthread_mutex_destroy(&channel->lock);
	free(channel);
}

/* ---- sounds ---- */

static double
tone(uint64_t frame, double hertz)
{
	return LEVEL * sin(2 * M_PI * hertz * (double)frame / RATE);
}

/* Frames [from, to) of a tone as a file, in the encoding that the name says. */
static const char *
tone_file(const char *name, uint64_t from, uint64_t to, double hertz,
	  const char *options)
{
	struct buffer bytes;
	char command[400];

	buffer_init(&bytes, 0);
	for (uint64_t i = from; i < to; i++) {
		float pair[2] = { (float)tone(i, hertz),
				  (float)tone(i, hertz) };

		buffer_add(&bytes, pair, sizeof pair);
	}
	media_write("tone.f32", &bytes);
	buffer_release(&bytes);
	snprintf(command, sizeof command,
		 "-f f32le -ar %d -ac 2 -i tone.f32 %s %s", RATE,
		 options, name);
	media_ffmpeg(command);
	return media_path(name);
}

static float
left(const struct channel *channel, size_t frame)
{
	return channel->heard[2 * frame];
}

/* How loud so many frames are: root of the mean square. */
static double
loudness(const struct channel *channel, size_t from, size_t count)
{
	double sum = 0;

	for (size_t i = from; i < from + count; i++)
		sum += (double)left(channel, i) * left(channel, i);
	return sqrt(sum / (double)count);
}

/* How far the tone that is heard is ahead of the one that should be, in frames. */
static double
ahead(const struct channel *channel, size_t from, size_t count,
      uint64_t expected)
{
	double in = 0, across = 0;

	for (size_t i = 0; i < count; i++) {
		double turn = 2 * M_PI * HERTZ * (double)(expected + i) / RATE;

		in += left(channel, from + i) * sin(turn);
		across += left(channel, from + i) * cos(turn);
	}
	return atan2(across, in) / (2 * M_PI * HERTZ) * RATE;
}

/* The largest step away from the tone that should be heard. */
static double
farthest(const struct channel *channel, size_t from, size_t count,
	 uint64_t expected)
{
	double far = 0;

	for (size_t i = 0; i < count; i++)
		far = fmax(far, fabs(left(channel, from + i) -
				     tone(expected + i, HERTZ)));
	return far;
}

/* The tone goes on from where it was held for some whole ticks: nothing of it
 * was lost or played twice. */
static bool
held_for_ticks(const struct channel *channel, size_t from, size_t count)
{
	for (uint64_t held = TICK; held < from - LIMITER; held += TICK) {
		if (farthest(channel, from, count, from - LIMITER - held) <
		    1e-5)
			return true;
	}
	return false;
}

/* ---- scenarios ---- */

/* Lengths that are no multiple of a tick, a frame or a second. */
#define CUT1 50123
#define CUT2 111111
#define CUT3 160001

static void
three_files_without_loss_play_as_one_to_the_sample(void **state)
{
	struct entry files[] = {
		{ .id = "a", .path = tone_file("a.flac", 0, CUT1, HERTZ,
					       "-sample_fmt s32") },
		{ .id = "b", .path = tone_file("b.flac", CUT1, CUT2, HERTZ,
					       "-sample_fmt s32") },
		{ .id = "c", .path = tone_file("c.wav", CUT2, CUT3, HERTZ,
					       "-c:a pcm_f32le") },
	};
	struct channel *channel = mem_new(1, sizeof *channel);

	(void)state;
	channel_begin(channel, files, 3, (struct programme_settings){ 0 });
	channel_run(channel, CUT3 + RATE);
	assert_true(farthest(channel, LIMITER, CUT3, 0) < 1e-5);
	/* and then the placeholder, which begins from nothing */
	assert_true(fabsf(left(channel, LIMITER + CUT3)) < 0.001f);
	channel_run_until(channel, "+placeholder");
	assert_string_equal(channel->log, "+a -a +b -b +c -c +placeholder ");
	channel_end(channel);
}

static void
joins_are_exact_in_every_format_that_can_be(void **state)
{
	static const struct {
		const char *ending, *options;
		double far; /* that its encoder may be off where it begins */
	} formats[] = {
		{ "mp3", "-b:a 256k", 0.3 },
		{ "m4a", "-b:a 256k", 0.7 },
		{ "opus", "-b:a 192k", 0.3 },
		{ "ogg", "-q:a 8", 0.3 },
		{ "flac", "-sample_fmt s16", 0.001 },
	};

	(void)state;
	for (size_t f = 0; f < ARRAY_LENGTH(formats); f++) {
		uint64_t cuts[] = { 0, CUT1, CUT2, CUT3 };
		struct entry files[3];
		char names[3][20];
		struct channel *channel = mem_new(1, sizeof *channel);

		for (int i = 0; i < 3; i++) {
			snprintf(names[i], sizeof names[i], "j%d.%s", i,
				 formats[f].ending);
			files[i] = (struct entry){
				.id = names[i],
				.path = tone_file(names[i], cuts[i],
						  cuts[i + 1], HERTZ,
						  formats[f].options),
			};
		}
		channel_begin(channel, files, 3,
			      (struct programme_settings){ 0 });
		channel_run(channel, CUT3 + TICK);
		for (int i = 0; i < 3; i++) {
			uint64_t at = cuts[i] + 10000;
			double off = ahead(channel, LIMITER + at, 20000, at);

			if (fabs(off) > 0.3)
				fail_msg("%s: file %d is %.3f frames off",
					 formats[f].ending, i, off);
		}
		/* a gap would be as far as the tone is loud */
		for (int i = 1; i < 3; i++) {
			double far = farthest(channel,
					      LIMITER + cuts[i] - 500, 1000,
					      cuts[i] - 500);

			if (far > formats[f].far * LEVEL)
				fail_msg("%s: %.3f off at join %d",
					 formats[f].ending, far, i);
		}
		channel_end(channel);
	}
}

static void
an_item_begins_where_it_is_told_to(void **state)
{
	struct entry file = { .id = "a", .start_ms = 1500,
			      .path = tone_file("s.mp3", 0, 3 * RATE, HERTZ,
						"-b:a 256k") };
	struct channel *channel = mem_new(1, sizeof *channel);
	struct programme_position position;

	(void)state;
	channel_begin(channel, &file, 1, (struct programme_settings){ 0 });
	channel_run(channel, RATE);
	assert_true(fabs(ahead(channel, LIMITER + 5000, 30000,
			       RATE * 3 / 2 + 5000)) < 0.1);
	programme_look(channel->programme, &position);
	assert_string_equal(position.id, "a");
	assert_true(position.position_ms >= 2500 &&
		    position.position_ms <= 2600);
	channel_end(channel);
}

static void
a_skip_is_heard_within_a_fifth_of_a_second(void **state)
{
	struct entry files[] = {
		{ .id = "a", .path = tone_file("k1.flac", 0, 10 * RATE, HERTZ,
					       "") },
		{ .id = "b", .path = tone_file("k2.flac", 0, 10 * RATE, 3000,
					       "") },
	};
	struct channel *channel = mem_new(1, sizeof *channel);
	size_t asked, latest;

	(void)state;
	channel_begin(channel, files, 2,
		      (struct programme_settings){ .crossfade_ms = 5000 });
	channel_run(channel, 2 * RATE);
	asked = channel->frames;
	programme_skip(channel->programme, NULL);
	channel_run(channel, RATE);
	latest = asked + RATE / 5;
	/* the new one alone, at full level */
	assert_true(fabs(loudness(channel, latest, 9600) - LEVEL / M_SQRT2) <
		    0.01);
	for (size_t i = latest; i < latest + 9600; i++) {
		double far = left(channel, i) + left(channel, i + 8);

		assert_true(fabs(far) < 0.01); /* half a turn of 3 kHz */
	}
	channel_run_until(channel, "+b");
	assert_string_equal(channel->log, "+a >a +b ");
	channel_end(channel);
}

static void
skips_in_a_row_are_heard_at_once(void **state)
{
	struct entry files[] = {
		{ .id = "a", .path = tone_file("r1.flac", 0, 10 * RATE, 3000,
					       "") },
		{ .id = "b", .path = tone_file("r2.flac", 0, 10 * RATE, 3000,
					       "") },
		{ .id = "c", .path = tone_file("r3.flac", 0, 10 * RATE, 3000,
					       "") },
		{ .id = "d", .path = tone_file("r4.flac", 0, 10 * RATE, HERTZ,
					       "") },
	};
	struct channel *channel = mem_new(1, sizeof *channel);

	(void)state;
	channel_begin(channel, files, ARRAY_LENGTH(files),
		      (struct programme_settings){ 0 });
	channel_run_until(channel, "+a");
	channel_run_until(channel, "~d"); /* three are open beside a */
	pthread_mutex_lock(&channel->lock);
	channel->refuses = true; /* from now on the opener is of no help */
	pthread_mutex_unlock(&channel->lock);
	for (int i = 0; i < 3; i++) {
		programme_skip(channel->programme, NULL);
		channel_run(channel, 2 * TICK);
	}
	channel_run(channel, RATE);
	assert_true(fabs(loudness(channel, channel->frames - RATE / 2,
				  9600) -
			 LEVEL / M_SQRT2) < 0.01);
	channel_run_until(channel, "+d");
	channel_end(channel);
}

static void
a_bad_file_is_passed_over_without_a_gap(void **state)
{
	struct buffer junk;
	struct entry files[4];
	struct channel *channel = mem_new(1, sizeof *channel);

	(void)state;
	buffer_init(&junk, 0);
	for (int i = 0; i < 20000; i++)
		buffer_add_text(&junk, "no music ");
	files[0] = (struct entry){ .id = "a",
				   .path = tone_file("g1.flac", 0, CUT1, HERTZ,
						     "-sample_fmt s32") };
	files[1] = (struct entry){ .id = "bad",
				   .path = media_write("bad.mp3", &junk) };
	files[2] = (struct entry){ .id = "gone", .path = "/nowhere.flac" };
	files[3] = (struct entry){ .id = "b",
				   .path = tone_file("g2.flac", CUT1, CUT2,
						     HERTZ,
						     "-sample_fmt s32") };
	channel_begin(channel, files, 4, (struct programme_settings){ 0 });
	channel_run(channel, CUT2 + TICK);
	assert_true(farthest(channel, LIMITER, CUT2, 0) < 1e-5);
	channel_run_until(channel, "-b");
	assert_non_null(strstr(channel->log, "!bad "));
	assert_non_null(strstr(channel->log, "!gone "));
	assert_null(strstr(channel->log, "+bad"));
	buffer_release(&junk);
	channel_end(channel);
}

static void
a_crossfade_keeps_the_power_and_shortens_the_whole(void **state)
{
	const size_t fade = 2 * RATE, length = 5 * RATE;
	struct entry files[] = {
		{ .id = "a", .crossfade_ms = PROGRAMME_CHANNEL_CROSSFADE,
		  .path = tone_file("x1.flac", 0, length, HERTZ,
				    "-sample_fmt s32") },
		{ .id = "b", .crossfade_ms = PROGRAMME_CHANNEL_CROSSFADE,
		  .path = tone_file("x2.flac", 0, length, 1200,
				    "-sample_fmt s32") },
	};
	struct channel *channel = mem_new(1, sizeof *channel);

	(void)state;
	channel_begin(channel, files, 2,
		      (struct programme_settings){ .crossfade_ms = 2000 });
	channel_run(channel, 2 * length);
	assert_true(farthest(channel, LIMITER, length - fade, 0) < 1e-5);
	for (size_t at = length - fade; at + 4800 <= length; at += 4800) {
		double decibel = 20 * log10(loudness(channel, LIMITER + at,
						     4800) /
					    (LEVEL / M_SQRT2));

		if (fabs(decibel) > 0.3)
			fail_msg("%.2f dB at %zu", decibel, at);
	}
	/* both ends of the second are where they should be */
	assert_true(fabs(left(channel, LIMITER + length + 10) -
			 tone(fade + 10, 1200)) < 1e-4);
	assert_true(fabs(left(channel, LIMITER + 2 * length - fade - 1) -
			 tone(length - 1, 1200)) < 1e-4);
	assert_true(fabsf(left(channel, LIMITER + 2 * length - fade)) < 0.01f);
	channel_end(channel);
}

static void
a_pause_is_silence_and_holds_the_place(void **state)
{
	struct entry file = { .id = "a",
			      .path = tone_file("h.flac", 0, 10 * RATE, HERTZ,
						"-sample_fmt s32") };
	struct channel *channel = mem_new(1, sizeof *channel);
	size_t paused, on;

	(void)state;
	channel_begin(channel, &file, 1, (struct programme_settings){ 0 });
	channel_run(channel, RATE);
	programme_pause(channel->programme, true);
	channel_run(channel, 2 * TICK); /* one may be on its way, one fades */
	paused = channel->frames;
	channel_run(channel, RATE);
	assert_true(loudness(channel, paused + LIMITER, RATE - LIMITER) ==
		    0);
	programme_pause(channel->programme, false);
	channel_run(channel, 2 * TICK);
	on = channel->frames;
	channel_run(channel, RATE);
	assert_true(held_for_ticks(channel, on + LIMITER, RATE - LIMITER));
	channel_end(channel);
}

static void
two_loud_things_at_once_stay_below_full_scale(void **state)
{
	struct entry files[] = {
		{ .id = "a", .gain_db = 9,
		  .path = tone_file("l1.flac", 0, 2 * RATE, HERTZ, "") },
		{ .id = "b", .gain_db = 12, .crossfade_ms = 1000,
		  .path = tone_file("l2.flac", 0, 2 * RATE, 1000, "") },
	};
	struct programme_levels levels;
	struct channel *channel = mem_new(1, sizeof *channel);

	(void)state;
	channel_begin(channel, files, 2, (struct programme_settings){ 0 });
	channel_run(channel, RATE * 5 / 2);
	for (size_t i = 0; i < channel->frames; i++)
		assert_true(fabsf(left(channel, i)) <= 0.978f);
	programme_levels(channel->programme, &levels);
	assert_true(levels.peak_db[0] < -0.15 && levels.peak_db[0] > -1);
	assert_true(levels.rms_db[1] < -2.5 && levels.rms_db[1] > -5);
	channel_end(channel);
}

static void
with_nothing_planned_there_is_a_quiet_bed_until_something_is(void **state)
{
	struct entry file = { .id = "a",
			      .path = tone_file("q.flac", 0, 2 * RATE, HERTZ,
						"") };
	struct channel *channel = mem_new(1, sizeof *channel);
	double bed;

	(void)state;
	channel_begin(channel, NULL, 0, (struct programme_settings){ 0 });
	channel_run(channel, 2 * RATE);
	bed = 20 * log10(loudness(channel, RATE, RATE));
	assert_true(bed > -50 && bed < -30);
	pthread_mutex_lock(&channel->lock);
	channel->queue[0] = file;
	channel->queued = 1;
	pthread_mutex_unlock(&channel->lock);
	programme_replan(channel->programme);
	channel_run_until(channel, "+a");
	channel_run(channel, RATE);
	assert_true(loudness(channel, channel->frames - RATE / 4, RATE / 4) >
		    0.3);
	channel_end(channel);
}

static void
the_placeholder_file_goes_round_without_a_seam(void **state)
{
	const size_t length = 64000; /* 588 whole turns */
	struct channel *channel = mem_new(1, sizeof *channel);

	(void)state;
	channel_begin(channel, NULL, 0,
		      (struct programme_settings){
			      .placeholder = tone_file("p.flac", 0, length,
						       HERTZ,
						       "-sample_fmt s32") });
	channel_run(channel, 3 * length);
	assert_true(farthest(channel, LIMITER, 3 * length - TICK, 0) < 1e-5);
	channel_run_until(channel, "+placeholder");
	assert_string_equal(channel->log, "+placeholder ");
	channel_end(channel);
}

/* ---- taps ---- */

struct listener {
	uint64_t samples;
	unsigned headers, packets;
	bool header_first, ended;
};

static void
on_packet(void *cookie, const struct media_packet *packet)
{
	struct listener *listener = cookie;

	if (packet->kind == MEDIA_PACKET_HEADER) {
		listener->header_first |= listener->packets == 0;
		listener->headers++;
		return;
	}
	listener->packets++;
	listener->samples += packet->samples;
}

static void
on_end(void *cookie, const struct fault *fault)
{
	struct listener *listener = cookie;

	(void)fault;
	listener->ended = true;
}

static struct programme_tap *
tap(struct channel *channel, enum media_live_format format, uint32_t kbps,
    struct listener *listener)
{
	const struct programme_tap_args args = { format, kbps, listener,
						 on_packet, on_end };

	memset(listener, 0, sizeof *listener);
	return programme_tap_open(channel->programme, &args);
}

static uint32_t
encoders(struct channel *channel)
{
	struct programme_position position;

	programme_look(channel->programme, &position);
	return position.encoders;
}

static void
taps_of_a_kind_share_an_encoder_that_ends_after_them(void **state)
{
	struct channel *channel = mem_new(1, sizeof *channel);
	struct listener first, second, other;
	struct programme_tap *taps[3];

	(void)state;
	channel_begin(channel, NULL, 0,
		      (struct programme_settings){ .linger_ms = 1 });
	channel_run(channel, 3 * RATE);
	taps[0] = tap(channel, MEDIA_LIVE_MP3, 128, &first);
	channel_run(channel, RATE);
	/* two seconds of the past as well, less what is on its way */
	assert_true(first.samples > 2 * RATE);
	taps[1] = tap(channel, MEDIA_LIVE_MP3, 128, &second);
	taps[2] = tap(channel, MEDIA_LIVE_OPUS, 0, &other);
	channel_run(channel, RATE);
	assert_int_equal(encoders(channel), 2);
	assert_true(other.header_first && other.headers == 1);
	assert_true(other.samples > RATE * 3 / 2);
	assert_true(second.samples > 0 && second.samples < 2 * RATE);
	for (int i = 0; i < 3; i++)
		programme_tap_close(taps[i]);
	usleep(5000);
	channel_run(channel, 2 * TICK);
	assert_int_equal(encoders(channel), 0);
	channel_end(channel);
}

static void
killed_decoders_and_encoders_do_not_end_the_programme(void **state)
{
	struct entry files[] = {
		{ .id = "a", .path = tone_file("z1.flac", 0, 10 * RATE, HERTZ,
					       "") },
		{ .id = "b", .path = tone_file("z2.flac", 0, 10 * RATE, HERTZ,
					       "") },
		{ .id = "c" },
		{ .id = "d" },
		{ .id = "e" },
	};
	struct channel *channel = mem_new(1, sizeof *channel);
	struct listener mp3, opus;
	struct programme_tap *taps[2];
	uint64_t before;

	(void)state;
	for (size_t i = 2; i < ARRAY_LENGTH(files); i++)
		files[i].path = files[1].path;
	channel_begin(channel, files, ARRAY_LENGTH(files),
		      (struct programme_settings){ 0 });
	taps[0] = tap(channel, MEDIA_LIVE_MP3, 0, &mp3);
	taps[1] = tap(channel, MEDIA_LIVE_OPUS, 0, &opus);
	channel_run(channel, 2 * RATE);
	channel_run_until(channel, "+a");
	channel_run_until(channel, "~d "); /* all but e are open */
	assert_true(mp3.samples > RATE / 2 && opus.samples > RATE / 2);
	assert_true(media_kill_all(SIGKILL) >= 3);
	before = mp3.samples;
	channel_run_until(channel, "+e");
	assert_non_null(strstr(channel->log, "!a "));
	assert_non_null(strstr(channel->log, "!b "));
	channel_run(channel, 2 * RATE);
	assert_true(mp3.samples > before + RATE);
	assert_int_equal(opus.headers, 2);
	assert_false(mp3.ended || opus.ended);
	assert_true(loudness(channel, channel->frames - RATE, RATE) > 0.3);
	programme_tap_close(taps[0]);
	programme_tap_close(taps[1]);
	channel_end(channel);
}

/* ---- live ---- */

/* Speaks into a pipe, as fast as it is heard, until told to stop. */
struct speaker {
	pthread_t thread;
	int fd;
	atomic_bool over;
};

static void *
speak(void *cookie)
{
	struct speaker *speaker = cookie;
	float voice[2 * TICK];

	for (size_t i = 0; i < 2 * TICK; i++)
		voice[i] = 0.25f;
	while (!atomic_load(&speaker->over) &&
	       write(speaker->fd, voice, sizeof voice) == sizeof voice)
		continue;
	close(speaker->fd);
	return NULL;
}

/* Whether he may: who may not is gone already. */
static bool
speaker_begin(struct speaker *speaker, struct channel *channel,
	      uint64_t number)
{
	struct programme_live live = { .number = number,
				       .hint = "pcm",
				       .fade_ms = 200 };
	struct fault fault = { 0 };
	enum status status;
	int pair[2];

	assert_int_equal(pipe2(pair, O_CLOEXEC), 0);
	live.fd = pair[0];
	status = programme_live_begin(channel->programme, &live, &fault);
	if (status != STATUS_OK) {
		assert_int_equal(status, STATUS_CONFLICT);
		close(pair[1]);
		return false;
	}
	atomic_init(&speaker->over, false);
	speaker->fd = pair[1];
	assert_int_equal(pthread_create(&speaker->thread, NULL, speak,
					speaker),
			 0);
	return true;
}

static bool
only_voice(const struct channel *channel, size_t ticks)
{
	if (channel->frames < ticks * TICK)
		return false;
	for (size_t i = channel->frames - ticks * TICK; i < channel->frames;
	     i++)
		if (fabsf(left(channel, i) - 0.25f) > 1e-5f)
			return false;
	return true;
}

static void
hear_voice(struct channel *channel)
{
	for (int i = 0; i < 300 && !only_voice(channel, 10); i++) {
		channel_run(channel, TICK);
		usleep(2000); /* its process has to start */
	}
	assert_true(only_voice(channel, 10));
}

static void
live_sound_takes_over_and_gives_back(void **state)
{
	struct entry file = { .id = "a",
			      .path = tone_file("v.flac", 0, 20 * RATE, HERTZ,
						"-sample_fmt s32") };
	struct channel *channel = mem_new(1, sizeof *channel);
	struct speaker speaker, other;
	size_t back;

	(void)state;
	channel_begin(channel, &file, 1, (struct programme_settings){ 0 });
	channel_run(channel, RATE);
	assert_true(speaker_begin(&speaker, channel, 7));
	assert_false(speaker_begin(&other, channel, 8));
	hear_voice(channel);
	atomic_store(&speaker.over, true);
	channel_run_until(channel, "-live7");
	pthread_join(speaker.thread, NULL);
	channel_run(channel, RATE);
	back = channel->frames - RATE + LIMITER;
	assert_true(held_for_ticks(channel, back, RATE / 2));
	assert_string_equal(channel->log, "+a -live7 ");
	channel_end(channel);
}

static void
live_sound_is_ended_by_its_own_number_only(void **state)
{
	struct channel *channel = mem_new(1, sizeof *channel);
	struct speaker speaker;

	(void)state;
	channel_begin(channel, NULL, 0, (struct programme_settings){ 0 });
	assert_true(speaker_begin(&speaker, channel, 1));
	hear_voice(channel);
	programme_live_end(channel->programme, 1);
	channel_run_until(channel, "-live1");
	pthread_join(speaker.thread, NULL);
	assert_true(speaker_begin(&speaker, channel, 2));
	programme_live_end(channel->programme, 1); /* too late */
	hear_voice(channel);
	programme_live_end(channel->programme, 1);
	channel_run(channel, RATE);
	assert_true(only_voice(channel, 20));
	assert_false(log_has(channel, "-live2"));
	programme_live_end(channel->programme, 2);
	channel_run_until(channel, "-live2");
	pthread_join(speaker.thread, NULL);
	channel_end(channel);
}

/* ---- positions ---- */

static void
the_position_file_says_where_it_was(void **state)
{
	struct entry file = { .id = "0a1b", .start_ms = 1000,
			      .path = tone_file("w.flac", 0, 10 * RATE, HERTZ,
						"") };
	struct programme_position position;
	const char *path = media_path("7.position");
	struct buffer junk;
	struct channel *channel = mem_new(1, sizeof *channel);

	(void)state;
	assert_false(programme_position_read(path, &position));
	channel_begin(channel, &file, 1,
		      (struct programme_settings){ .position_path = path });
	channel_run(channel, 2 * RATE);
	assert_true(programme_position_read(path, &position));
	assert_string_equal(position.id, "0a1b");
	assert_true(position.position_ms > 2500 &&
		    position.position_ms <= 3100);
	channel_end(channel);
	buffer_init(&junk, 0);
	buffer_add_text(&junk, "ogma1 0a1b -5 0 ");
	assert_false(programme_position_read(media_write("8.position", &junk),
					     &position));
	buffer_release(&junk);
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
		cmocka_unit_test(
			three_files_without_loss_play_as_one_to_the_sample),
		cmocka_unit_test(joins_are_exact_in_every_format_that_can_be),
		cmocka_unit_test(an_item_begins_where_it_is_told_to),
		cmocka_unit_test(a_skip_is_heard_within_a_fifth_of_a_second),
		cmocka_unit_test(skips_in_a_row_are_heard_at_once),
		cmocka_unit_test(a_bad_file_is_passed_over_without_a_gap),
		cmocka_unit_test(
			a_crossfade_keeps_the_power_and_shortens_the_whole),
		cmocka_unit_test(a_pause_is_silence_and_holds_the_place),
		cmocka_unit_test(two_loud_things_at_once_stay_below_full_scale),
		cmocka_unit_test(
			with_nothing_planned_there_is_a_quiet_bed_until_something_is),
		cmocka_unit_test(the_placeholder_file_goes_round_without_a_seam),
		cmocka_unit_test(
			taps_of_a_kind_share_an_encoder_that_ends_after_them),
		cmocka_unit_test(
			killed_decoders_and_encoders_do_not_end_the_programme),
		cmocka_unit_test(live_sound_takes_over_and_gives_back),
		cmocka_unit_test(live_sound_is_ended_by_its_own_number_only),
		cmocka_unit_test(the_position_file_says_where_it_was),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
