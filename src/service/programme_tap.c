/* programme_tap.c - encoders and who listens to them; see programme_private.h.
 *
 * An encoder is opened by a thread of its own, since a process may have to be
 * started. From then on the pacer pushes samples out of the history into it, so
 * that a new one swallows the last two seconds at once, and reads what it made. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "service/programme_private.h"

#define FAILURES_MAX 5 /* in a row, before the taps are told */
#define RETRY_MS 200   /* longer with each failure */
#define UNPACED_WAIT_MS 50
#define SERVED_MAX 16

enum encoder_state { ENCODER_OPENING, ENCODER_RUNS, ENCODER_WAITS, ENCODER_DEAD };

struct programme_tap {
	struct programme_tap *next;
	struct programme_encoder *encoder;
	struct programme_tap_args args;
	bool headed; /* was given the header, if there is one */
	bool told;   /* of the end */
};

struct programme_encoder {
	struct programme_encoder *next;
	struct programme *programme;
	enum media_live_format format;
	uint32_t bitrate_kbps;
	enum encoder_state state;
	struct media_encoder *handle;
	struct buffer header;
	struct programme_tap *taps;
	struct fault fault;
	uint64_t position; /* of the next sample it takes; 0: not begun */
	unsigned failures;
	int64_t since_ms; /* idle, or waiting */
};

/* ---- opening ---- */

static void *
encoder_open_run(void *cookie)
{
	struct programme_encoder *encoder = cookie;
	struct programme *programme = encoder->programme;
	struct media_encoder *handle = NULL;
	struct fault fault = { 0 };
	enum status status;

	status = media_encoder_open(programme->settings.pool, encoder->format,
				    encoder->bitrate_kbps, &handle, &fault);
	pthread_mutex_lock(&programme->taps_lock);
	if (status == STATUS_OK) {
		encoder->handle = handle;
		encoder->state = ENCODER_RUNS;
	} else {
		encoder->fault = fault;
		encoder->failures++;
		encoder->since_ms = clock_monotonic_ms();
		encoder->state = ENCODER_WAITS;
	}
	programme->encoder_openings--;
	pthread_cond_broadcast(&programme->taps_wake);
	pthread_mutex_unlock(&programme->taps_lock);
	return NULL;
}

/* taps_lock held. */
static void
encoder_begin(struct programme_encoder *encoder)
{
	struct programme *programme = encoder->programme;
	pthread_attr_t attributes;
	pthread_t thread;

	encoder->state = ENCODER_OPENING;
	programme->encoder_openings++;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &attributes, encoder_open_run, encoder) !=
	    0) {
		programme->encoder_openings--;
		fault_set(&encoder->fault, STATUS_UNAVAILABLE,
			  "cannot start a thread");
		encoder->failures++;
		encoder->since_ms = clock_monotonic_ms();
		encoder->state = ENCODER_WAITS;
	}
	pthread_attr_destroy(&attributes);
}

static struct programme_encoder *
encoder_find(struct programme *programme, enum media_live_format format,
	     uint32_t bitrate_kbps)
{
	struct programme_encoder *encoder = programme->encoders;

	while (encoder != NULL && (encoder->format != format ||
				   encoder->bitrate_kbps != bitrate_kbps))
		encoder = encoder->next;
	return encoder;
}

struct programme_tap *
programme_tap_open(struct programme *programme,
		   const struct programme_tap_args *args)
{
	struct programme_tap *tap = mem_new(1, sizeof *tap);
	struct programme_encoder *encoder;

	tap->args = *args;
	pthread_mutex_lock(&programme->taps_lock);
	encoder = encoder_find(programme, args->format, args->bitrate_kbps);
	if (encoder == NULL) {
		encoder = mem_new(1, sizeof *encoder);
		encoder->programme = programme;
		encoder->format = args->format;
		encoder->bitrate_kbps = args->bitrate_kbps;
		buffer_init(&encoder->header, MEDIA_PACKET_BYTES_MAX);
		encoder->next = programme->encoders;
		programme->encoders = encoder;
		encoder_begin(encoder);
	} else if (encoder->state == ENCODER_DEAD) {
		encoder->failures = 0;
		encoder_begin(encoder);
	}
	tap->encoder = encoder;
	tap->next = encoder->taps;
	encoder->taps = tap;
	pthread_mutex_unlock(&programme->taps_lock);
	return tap;
}

void
programme_tap_close(struct programme_tap *tap)
{
	struct programme *programme;
	struct programme_tap **at;

	if (tap == NULL)
		return;
	programme = tap->encoder->programme;
	pthread_mutex_lock(&programme->taps_lock);
	for (at = &tap->encoder->taps; *at != tap; at = &(*at)->next)
		;
	*at = tap->next;
	tap->encoder->since_ms = clock_monotonic_ms();
	pthread_mutex_unlock(&programme->taps_lock);
	free(tap);
}

/* ---- serving; pacer, taps_lock held ---- */

static void
deliver(struct programme_encoder *encoder, const struct media_packet *packet)
{
	const struct media_packet header = {
		.kind = MEDIA_PACKET_HEADER,
		.join = true,
		.bytes = { encoder->header.bytes, encoder->header.length },
	};

	if (packet->kind == MEDIA_PACKET_HEADER) {
		buffer_clear(&encoder->header);
		buffer_add_span(&encoder->header, packet->bytes);
	}
	for (struct programme_tap *tap = encoder->taps; tap != NULL;
	     tap = tap->next) {
		if (tap->told)
			continue;
		if (!tap->headed && packet->kind != MEDIA_PACKET_HEADER &&
		    encoder->header.length > 0)
			tap->args.on_packet(tap->args.cookie, &header);
		tap->headed = true;
		tap->args.on_packet(tap->args.cookie, packet);
	}
}

static void
encoder_fail(struct programme_encoder *encoder, const struct fault *fault)
{
	log_warning("programme", "an encoder ended and is replaced",
		    LOG_TEXT("format", media_live_name(encoder->format)),
		    LOG_TEXT("why", fault->message));
	programme_discard(encoder->programme, NULL, encoder->handle);
	encoder->handle = NULL;
	encoder->fault = *fault;
	encoder->failures++;
	encoder->since_ms = clock_monotonic_ms();
	encoder->state = ENCODER_WAITS;
}

static void
encoder_read(struct programme_encoder *encoder)
{
	struct media_packet packet;
	struct fault fault = { 0 };
	enum status status;

	for (;;) {
		status = media_encoder_read(encoder->handle, &packet, &fault);
		if (status != STATUS_OK)
			break;
		encoder->failures = 0;
		deliver(encoder, &packet);
	}
	if (status != STATUS_AGAIN_LATER)
		encoder_fail(encoder, &fault);
}

/* Pushes what it has not had yet out of the history. */
static void
encoder_write(struct programme_encoder *encoder)
{
	struct programme *programme = encoder->programme;
	uint64_t end = programme->samples;
	struct fault fault = { 0 };

	if (encoder->position == 0)
		encoder->position = end > BURST_FRAMES ? end - BURST_FRAMES :
							 0;
	if (end - encoder->position > HISTORY_FRAMES) {
		fault_set(&fault, STATUS_TIMED_OUT,
			  "the encoder was too slow");
		encoder->position = end - BURST_FRAMES;
		encoder_fail(encoder, &fault);
		return;
	}
	while (encoder->position < end) {
		size_t at = encoder->position % HISTORY_FRAMES;
		size_t count = (size_t)(end - encoder->position), taken;

		if (count > HISTORY_FRAMES - at)
			count = HISTORY_FRAMES - at;
		if (media_encoder_write(encoder->handle,
					programme->history + 2 * at, count,
					&taken, &fault) != STATUS_OK ||
		    taken == 0)
			return; /* why it ended is told when it is read */
		encoder->position += taken;
	}
}

static void
encoder_serve(struct programme_encoder *encoder)
{
	if (encoder->state != ENCODER_RUNS)
		return;
	encoder_write(encoder);
	if (encoder->state == ENCODER_RUNS)
		encoder_read(encoder);
}

static void
encoder_retry(struct programme_encoder *encoder, int64_t now_ms)
{
	struct programme *programme = encoder->programme;

	if (encoder->failures >= FAILURES_MAX) {
		encoder->state = ENCODER_DEAD;
		for (struct programme_tap *tap = encoder->taps; tap != NULL;
		     tap = tap->next) {
			if (!tap->told && tap->args.on_end != NULL)
				tap->args.on_end(tap->args.cookie,
						 &encoder->fault);
			tap->told = true;
		}
	} else if (programme->settings.unpaced ||
		   now_ms - encoder->since_ms >=
			   RETRY_MS * (int64_t)encoder->failures) {
		if (programme->samples - encoder->position > BURST_FRAMES)
			encoder->position = programme->samples - BURST_FRAMES;
		encoder_begin(encoder);
	}
}

static void
encoder_free(struct programme_encoder *encoder)
{
	buffer_release(&encoder->header);
	free(encoder);
}

/* Ends those that nobody has tapped for a while. */
static void
encoders_linger(struct programme *programme, int64_t now_ms)
{
	struct programme_encoder **at = &programme->encoders;

	while (*at != NULL) {
		struct programme_encoder *encoder = *at;

		if (encoder->taps != NULL ||
		    encoder->state == ENCODER_OPENING ||
		    now_ms - encoder->since_ms <
			    (int64_t)programme->settings.linger_ms) {
			at = &encoder->next;
			continue;
		}
		*at = encoder->next;
		if (encoder->handle != NULL)
			programme_discard(programme, NULL, encoder->handle);
		encoder_free(encoder);
	}
}

uint32_t
programme_encoders(struct programme *programme)
{
	uint32_t count = 0;

	pthread_mutex_lock(&programme->taps_lock);
	for (struct programme_encoder *encoder = programme->encoders;
	     encoder != NULL; encoder = encoder->next)
		count += encoder->state == ENCODER_RUNS;
	pthread_mutex_unlock(&programme->taps_lock);
	return count;
}

/* ---- the pacer's ---- */

/* Is behind: the next wait should serve it. */
static bool
encoder_behind(const struct programme_encoder *encoder)
{
	return encoder->state == ENCODER_RUNS &&
	       encoder->position < encoder->programme->samples;
}

/* Waits for encoders that are behind; how many there are. */
static nfds_t
encoders_poll(struct programme *programme, struct pollfd fds[SERVED_MAX])
{
	nfds_t count = 0;

	for (struct programme_encoder *encoder = programme->encoders;
	     encoder != NULL && count + 2 <= SERVED_MAX;
	     encoder = encoder->next) {
		if (!encoder_behind(encoder))
			continue;
		fds[count++] = (struct pollfd){
			.fd = media_encoder_input_fd(encoder->handle),
			.events = POLLOUT,
		};
		fds[count++] = (struct pollfd){
			.fd = media_encoder_output_fd(encoder->handle),
			.events = POLLIN,
		};
	}
	return count;
}

static void
encoders_serve(struct programme *programme)
{
	for (struct programme_encoder *encoder = programme->encoders;
	     encoder != NULL; encoder = encoder->next)
		encoder_serve(encoder);
}

/* Without a clock, encoders set the pace. */
static void
encoders_drain(struct programme *programme)
{
	struct pollfd fds[SERVED_MAX];
	nfds_t count;

	while (programme->encoder_openings > 0)
		pthread_cond_wait(&programme->taps_wake,
				  &programme->taps_lock);
	encoders_serve(programme);
	while ((count = encoders_poll(programme, fds)) > 0) {
		poll(fds, count, UNPACED_WAIT_MS);
		encoders_serve(programme);
	}
}

void
programme_taps_tick(struct programme *programme)
{
	int64_t now = clock_monotonic_ms();

	pthread_mutex_lock(&programme->taps_lock);
	for (struct programme_encoder *encoder = programme->encoders;
	     encoder != NULL; encoder = encoder->next) {
		if (encoder->state == ENCODER_WAITS)
			encoder_retry(encoder, now);
	}
	if (programme->settings.unpaced)
		encoders_drain(programme);
	else
		encoders_serve(programme);
	encoders_linger(programme, now);
	pthread_mutex_unlock(&programme->taps_lock);
}

static void
sleep_until(int64_t deadline_us)
{
	struct timespec until = { .tv_sec = deadline_us / 1000000,
				  .tv_nsec = deadline_us % 1000000 * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) !=
	       0)
		;
}

void
programme_taps_wait(struct programme *programme, int64_t deadline_us)
{
	struct pollfd fds[SERVED_MAX];
	nfds_t count;

	for (;;) {
		int64_t left_us = deadline_us - clock_monotonic_us();

		if (left_us < 1000)
			break;
		pthread_mutex_lock(&programme->taps_lock);
		encoders_serve(programme);
		count = encoders_poll(programme, fds);
		pthread_mutex_unlock(&programme->taps_lock);
		if (count == 0)
			break;
		poll(fds, count, (int)(left_us / 1000));
	}
	if (deadline_us > clock_monotonic_us())
		sleep_until(deadline_us);
}

/* No thread of the programme runs any more. */
void
programme_taps_close(struct programme *programme)
{
	struct programme_encoder *encoder;

	pthread_mutex_lock(&programme->taps_lock);
	while (programme->encoder_openings > 0)
		pthread_cond_wait(&programme->taps_wake,
				  &programme->taps_lock);
	pthread_mutex_unlock(&programme->taps_lock);
	while ((encoder = programme->encoders) != NULL) {
		programme->encoders = encoder->next;
		media_encoder_close(encoder->handle);
		while (encoder->taps != NULL) {
			struct programme_tap *tap = encoder->taps;

			encoder->taps = tap->next;
			free(tap);
		}
		encoder_free(encoder);
	}
}
