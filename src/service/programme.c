/* programme.c - opening, commands and looking; see programme.h. */
#include "service/programme.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "service/programme_private.h"

#define LINGER_DEFAULT_MS 10000
#define POSITION_FILE_MAX 4096

static float
gain_of(double gain_db)
{
	return (float)pow(10, gain_db / 20);
}

static char *
copy_or_null(const char *text)
{
	return text != NULL ? mem_copy_text(text) : NULL;
}

static void
programme_init(struct programme *programme,
	       const struct programme_settings *settings,
	       const struct programme_station *station)
{
	pthread_condattr_t attributes;

	programme->settings = *settings;
	programme->settings.placeholder = copy_or_null(settings->placeholder);
	programme->settings.position_path =
		copy_or_null(settings->position_path);
	if (settings->linger_ms == 0)
		programme->settings.linger_ms = LINGER_DEFAULT_MS;
	programme->station = *station;
	programme->crossfade_ms = settings->crossfade_ms;
	programme->gain = programme->gain_now = gain_of(settings->gain_db);
	programme->paused = settings->paused;
	programme->look.paused = settings->paused;
	programme->run_gain = settings->paused ? 0 : 1;
	programme->wishes = 1;
	programme->events_end = &programme->events;
	programme->position_fd = -1;
	programme->history = mem_new(HISTORY_FRAMES, FRAME_BYTES);
	limiter_init(&programme->limiter);
	tone_init(&programme->tones);
	pthread_mutex_init(&programme->lock, NULL);
	pthread_mutex_init(&programme->taps_lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&programme->opener_wake, &attributes);
	pthread_cond_init(&programme->decided_wake, &attributes);
	pthread_cond_init(&programme->taps_wake, &attributes);
	pthread_condattr_destroy(&attributes);
}

static void
programme_free(struct programme *programme)
{
	pthread_cond_destroy(&programme->taps_wake);
	pthread_cond_destroy(&programme->decided_wake);
	pthread_cond_destroy(&programme->opener_wake);
	pthread_mutex_destroy(&programme->taps_lock);
	pthread_mutex_destroy(&programme->lock);
	if (programme->position_fd >= 0)
		close(programme->position_fd);
	if (programme->wake_fd >= 0)
		close(programme->wake_fd);
	free((void *)(uintptr_t)programme->settings.placeholder);
	free((void *)(uintptr_t)programme->settings.position_path);
	free(programme->history);
	free(programme);
}

static enum status
files_open(struct programme *programme, struct fault *fault)
{
	const char *path = programme->settings.position_path;

	programme->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (programme->wake_fd < 0)
		return fault_errno(fault, errno, "cannot start a programme");
	if (path == NULL)
		return STATUS_OK;
	programme->position_fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC,
				      0600);
	if (programme->position_fd < 0)
		return fault_errno(fault, errno, "cannot open %s", path);
	return STATUS_OK;
}

static void
opener_end(struct programme *programme)
{
	pthread_mutex_lock(&programme->lock);
	programme->closing = true;
	programme->pacer_ended = true;
	programme_wake_opener(programme);
	pthread_mutex_unlock(&programme->lock);
	pthread_join(programme->opener, NULL);
}

enum status
programme_open(const struct programme_settings *settings,
	       const struct programme_station *station,
	       struct programme **out, struct fault *fault)
{
	struct programme *programme = mem_new(1, sizeof *programme);
	enum status status;

	programme_init(programme, settings, station);
	status = files_open(programme, fault);
	if (status != STATUS_OK) {
		programme_free(programme);
		return status;
	}
	if (pthread_create(&programme->opener, NULL, programme_opener_run,
			   programme) != 0) {
		programme_free(programme);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start a thread");
	}
	if (pthread_create(&programme->pacer, NULL, programme_pace,
			   programme) != 0) {
		opener_end(programme);
		programme_free(programme);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start a thread");
	}
	*out = programme;
	return STATUS_OK;
}

void
programme_close(struct programme *programme)
{
	if (programme == NULL)
		return;
	pthread_mutex_lock(&programme->lock);
	programme->closing = true;
	programme_wake_opener(programme);
	pthread_cond_broadcast(&programme->decided_wake);
	pthread_mutex_unlock(&programme->lock);
	pthread_join(programme->pacer, NULL);
	opener_end(programme);
	programme_taps_close(programme);
	decks_close(programme->next);
	deck_close(programme->live_next);
	programme_free(programme);
}

/* ---- commands ---- */

void
programme_replan(struct programme *programme)
{
	pthread_mutex_lock(&programme->lock);
	programme->wishes++;
	programme_wake_opener(programme);
	pthread_mutex_unlock(&programme->lock);
}

void
programme_skip(struct programme *programme, const char *id)
{
	pthread_mutex_lock(&programme->lock);
	programme->skip = true;
	snprintf(programme->skip_id, sizeof programme->skip_id, "%s",
		 id != NULL ? id : "");
	pthread_mutex_unlock(&programme->lock);
}

void
programme_pause(struct programme *programme, bool paused)
{
	pthread_mutex_lock(&programme->lock);
	programme->paused = paused;
	pthread_mutex_unlock(&programme->lock);
}

void
programme_set(struct programme *programme, uint32_t crossfade_ms,
	      double gain_db)
{
	pthread_mutex_lock(&programme->lock);
	programme->crossfade_ms = crossfade_ms;
	programme->gain = gain_of(gain_db);
	pthread_mutex_unlock(&programme->lock);
}

enum status
programme_live_begin(struct programme *programme,
		     const struct programme_live *live, struct fault *fault)
{
	struct live_wish wish = { .wanted = true, .fd = live->fd };
	bool busy;

	wish.fade_ms = live->fade_ms < PROGRAMME_CROSSFADE_MS_MAX ?
			       live->fade_ms :
			       PROGRAMME_CROSSFADE_MS_MAX;
	snprintf(wish.hint, sizeof wish.hint, "%s",
		 live->hint != NULL ? live->hint : "");
	pthread_mutex_lock(&programme->lock);
	busy = programme->live_number != 0;
	if (!busy) {
		programme->live_number = live->number;
		programme->live_end = false;
		programme->live_wish = wish;
		programme_wake_opener(programme);
	}
	pthread_mutex_unlock(&programme->lock);
	if (!busy)
		return STATUS_OK;
	close(live->fd);
	return fault_set(fault, STATUS_CONFLICT,
			 "the channel is live already");
}

void
programme_live_end(struct programme *programme, uint64_t number)
{
	pthread_mutex_lock(&programme->lock);
	if (number == programme->live_number)
		programme->live_end = true;
	pthread_mutex_unlock(&programme->lock);
}

/* ---- looking ---- */

void
programme_look(struct programme *programme, struct programme_position *out)
{
	uint32_t encoders = programme_encoders(programme);

	pthread_mutex_lock(&programme->lock);
	*out = programme->look;
	pthread_mutex_unlock(&programme->lock);
	out->encoders = encoders;
}

void
programme_levels(struct programme *programme, struct programme_levels *out)
{
	struct level_meter meter;
	double gain;

	pthread_mutex_lock(&programme->lock);
	meter = programme->meter;
	gain = programme->gain_look;
	pthread_mutex_unlock(&programme->lock);
	level_read(&meter, out);
	out->gain_db = gain > 0 ? 20 * log10(gain) : 0;
}

bool
programme_position_read(const char *path, struct programme_position *out)
{
	struct span rest, magic, id, position, paused;
	struct buffer text;
	int64_t position_ms;
	bool fine;

	buffer_init(&text, 0);
	fine = file_read(path, POSITION_FILE_MAX, &text, NULL) == STATUS_OK &&
	       text.length > 0;
	rest = (struct span){ text.bytes, text.length };
	fine = fine && span_next(&rest, ' ', &magic) &&
	       span_equal(magic, SPAN("ogma1")) &&
	       span_next(&rest, ' ', &id) && id.length > 0 &&
	       id.length < PROGRAMME_ID_BYTES &&
	       span_next(&rest, ' ', &position) &&
	       span_to_i64(position, &position_ms) && position_ms >= 0 &&
	       span_next(&rest, ' ', &paused) &&
	       (span_equal(paused, SPAN("0")) ||
		span_equal(paused, SPAN("1")));
	if (fine) {
		memset(out, 0, sizeof *out);
		if (!span_equal(id, SPAN("-")))
			memcpy(out->id, id.at, id.length);
		out->position_ms = position_ms;
		out->paused = span_equal(paused, SPAN("1"));
	}
	buffer_release(&text);
	return fine;
}
