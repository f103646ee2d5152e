/* programme_pace.c - the pacer: what sounds in each tick; see
 * programme_private.h.
 *
 * A tick is filled in stretches. In a stretch nothing begins or ends: it lasts
 * until the tick is full, until what plays has to give way to a crossfade, or
 * until it has no more. So joins fall between two samples wherever in the tick
 * they are. To know when a crossfade has to begin, what plays is read ahead by
 * the length of the crossfade; its end is then seen in time, whatever its header
 * said about its length. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "service/programme_private.h"

#define SKIP_FADE_FRAMES FRAMES_OF_MS(30)
#define TONES_FADE_FRAMES FRAMES_OF_MS(500)
#define DECIDE_MS 3000     /* silence while the opener makes up its mind */
#define WAIT_MS 10         /* for a decoder, in a tick */
#define BEHIND_US 2000000  /* more is not caught up with */
#define TITLE_MS 1000
#define POSITION_EVERY 6   /* ticks */
#define POSITION_BYTES 128

static bool
unpaced(const struct programme *programme)
{
	return programme->settings.unpaced;
}

/* ---- what comes and goes ---- */

static void
deck_told_end(struct programme *programme, const struct deck *deck,
	      enum programme_reason reason)
{
	const struct fault *fault = NULL;

	if (reason == PROGRAMME_TRACK_ENDED &&
	    deck->ended != STATUS_OUT_OF_RANGE && deck->ended != STATUS_OK) {
		reason = PROGRAMME_ERROR;
		fault = &deck->fault;
	}
	if (deck->id[0] != '\0')
		programme_tell_ended(programme, deck->id, reason,
				     deck_position_ms(deck), fault);
}

/* What plays now fades out over so many frames, beside what comes. */
static void
current_leave(struct programme *programme, size_t frames,
	      enum programme_reason reason)
{
	struct deck *deck = programme->current;

	deck_told_end(programme, deck, reason);
	deck->gain *= fade_level(&deck->fade);
	deck->fade = (struct fade){ FADE_OUT, 0, frames };
	deck->next = programme->outgoing;
	programme->outgoing = deck;
	programme->current = NULL;
}

static void
tones_leave(struct programme *programme)
{
	if (programme->tones_on && programme->tones_fade.kind != FADE_OUT)
		programme->tones_fade = (struct fade){ FADE_OUT, 0,
						       TONES_FADE_FRAMES };
}

/* A placeholder that begins again has not started again. Lock held. */
static void
started_tell(struct programme *programme, const char *id)
{
	bool placeholder = id[0] == '\0';

	if (!placeholder || !programme->placeholder_told)
		programme_tell_started(programme, id);
	programme->placeholder_told = placeholder;
}

/* Takes what the opener has ready; false when there is nothing. `only_items`:
 * not the placeholder. */
static bool
next_enter(struct programme *programme, size_t fade_frames, bool only_items)
{
	struct deck *deck;

	pthread_mutex_lock(&programme->lock);
	deck = programme->next;
	if (deck != NULL && only_items && deck->id[0] == '\0')
		deck = NULL;
	if (deck != NULL) {
		programme->next = deck->next;
		deck->next = NULL;
		programme->wishes++;
		programme->taken++;
		memcpy(programme->taken_id, deck->id, sizeof deck->id);
		started_tell(programme, deck->id);
		programme_wake_opener(programme);
	}
	pthread_mutex_unlock(&programme->lock);
	if (deck == NULL)
		return false;
	if (fade_frames > 0)
		deck->fade = (struct fade){ FADE_IN, 0, fade_frames };
	deck->heard_ms = clock_monotonic_ms();
	programme->current = deck;
	programme->silent_since_ms = 0;
	tones_leave(programme);
	return true;
}

/* ---- stretches ---- */

static void
outgoing_mix(struct programme *programme, float *to, size_t frames)
{
	struct deck **at = &programme->outgoing;

	while (*at != NULL) {
		struct deck *deck = *at;
		size_t left = deck->fade.length - deck->fade.at;
		size_t count = frames < left ? frames : left;

		deck_fill(deck, count, unpaced(programme) ? STALL_MS : 0);
		if (count > deck->count)
			count = deck->count;
		mix_add(to, deck_at(deck), count, deck->gain, &deck->fade);
		deck_drop(deck, count);
		if (deck->fade.at < deck->fade.length && count == frames) {
			at = &deck->next;
			continue;
		}
		*at = deck->next;
		programme_discard(programme, deck, NULL);
	}
}

static void
tones_mix(struct programme *programme, float *to, size_t frames)
{
	struct fade *fade = &programme->tones_fade;

	if (!programme->tones_on)
		return;
	tone_fill(&programme->tones, programme->side, frames);
	mix_add(to, programme->side, frames, 1, fade);
	if (fade->kind == FADE_OUT && fade->at >= fade->length)
		programme->tones_on = false;
}

/* How long the fade to what comes next is to be, and whether it is ready. */
static size_t
crossfade_next(struct programme *programme, bool *ready, bool *is_item)
{
	uint32_t fade_ms;

	pthread_mutex_lock(&programme->lock);
	fade_ms = programme->crossfade_ms;
	*ready = programme->next != NULL;
	*is_item = *ready && programme->next->id[0] != '\0';
	if (*ready &&
	    programme->next->crossfade_ms != PROGRAMME_CHANNEL_CROSSFADE)
		fade_ms = programme->next->crossfade_ms;
	pthread_mutex_unlock(&programme->lock);
	if (fade_ms > PROGRAMME_CROSSFADE_MS_MAX)
		fade_ms = PROGRAMME_CROSSFADE_MS_MAX;
	return FRAMES_OF_MS(fade_ms);
}

/* Waits, without a clock only, until the opener has settled what comes next. */
static void
decision_wait(struct programme *programme)
{
	if (!unpaced(programme))
		return;
	pthread_mutex_lock(&programme->lock);
	while (programme->next == NULL && !programme->closing &&
	       programme->decided != programme->wishes)
		pthread_cond_wait(&programme->decided_wake, &programme->lock);
	pthread_mutex_unlock(&programme->lock);
}

/* Nothing plays: what comes next, or the bed of tones, or silence while it is
 * not known. Returns how many frames were filled without anything playing. */
static size_t
nothing_plays(struct programme *programme, float *to, size_t frames)
{
	int64_t now = clock_monotonic_ms();
	bool decided;

	decision_wait(programme);
	if (next_enter(programme, 0, false))
		return 0;
	if (programme->silent_since_ms == 0)
		programme->silent_since_ms = now;
	pthread_mutex_lock(&programme->lock);
	decided = programme->decided == programme->wishes;
	if (!programme->tones_on &&
	    (decided || now - programme->silent_since_ms > DECIDE_MS)) {
		programme->tones_on = true;
		programme->tones_fade = (struct fade){ FADE_IN, 0,
						       TONES_FADE_FRAMES };
		started_tell(programme, "");
	}
	pthread_mutex_unlock(&programme->lock);
	outgoing_mix(programme, to, frames);
	tones_mix(programme, to, frames);
	return frames;
}

/* What plays has nothing for now: it ended, or its decoder is late. */
static size_t
current_is_empty(struct programme *programme, float *to, size_t frames)
{
	struct deck *deck = programme->current;

	if (deck->ended == STATUS_OK &&
	    clock_monotonic_ms() - deck->heard_ms > STALL_MS) {
		deck->ended = fault_set(&deck->fault, STATUS_TIMED_OUT,
					"no sound came for %d s",
					STALL_MS / 1000);
	}
	if (deck->ended == STATUS_OK) {
		programme->late_ticks++;
		outgoing_mix(programme, to, frames);
		tones_mix(programme, to, frames);
		return frames;
	}
	deck_told_end(programme, deck, PROGRAMME_TRACK_ENDED);
	programme_discard(programme, deck, NULL);
	programme->current = NULL;
	return 0;
}

static size_t
stretch(struct programme *programme, float *to, size_t frames)
{
	struct deck *deck = programme->current;
	bool ready, is_item;
	size_t fade, length = frames;

	if (deck == NULL)
		return nothing_plays(programme, to, frames);
	fade = crossfade_next(programme, &ready, &is_item);
	if (deck->id[0] == '\0' && is_item) {
		current_leave(programme, TONES_FADE_FRAMES,
			      PROGRAMME_TRACK_ENDED);
		next_enter(programme, 0, true);
		return 0;
	}
	if (fade > 0 && deck->id[0] != '\0') {
		/* the end has to be seen while the fade still fits before it */
		deck_fill(deck, frames + fade,
			  unpaced(programme) ? STALL_MS : 0);
		if (deck->ended != STATUS_OK && deck->count <= fade) {
			decision_wait(programme);
			crossfade_next(programme, &ready, &is_item);
		}
		if (deck->ended != STATUS_OK && ready && deck->count > 0 &&
		    deck->count <= fade) {
			size_t rest = deck->count;

			current_leave(programme, rest, PROGRAMME_TRACK_ENDED);
			next_enter(programme, rest, false);
			return 0;
		}
		if (deck->ended != STATUS_OK && deck->count > fade &&
		    length > deck->count - fade)
			length = deck->count - fade;
	}
	if (deck->count < length)
		deck_fill(deck, length,
			  unpaced(programme) ? STALL_MS : WAIT_MS);
	if (deck->count == 0)
		return current_is_empty(programme, to, frames);
	if (length > deck->count)
		length = deck->count;
	mix_add(to, deck_at(deck), length, deck->gain, &deck->fade);
	deck_drop(deck, length);
	outgoing_mix(programme, to, length);
	tones_mix(programme, to, length);
	return length;
}

static void
station_fill(struct programme *programme, float *to)
{
	const struct deck *deck = programme->current;
	bool skip;

	pthread_mutex_lock(&programme->lock);
	skip = programme->skip &&
	       (programme->skip_id[0] == '\0' ||
		(deck != NULL && strcmp(deck->id, programme->skip_id) == 0));
	/* nothing plays yet: it is for what is being opened */
	programme->skip = skip && deck == NULL &&
			  programme->next == NULL &&
			  programme->decided != programme->wishes;
	pthread_mutex_unlock(&programme->lock);
	if (skip && deck != NULL && deck->id[0] != '\0')
		current_leave(programme, SKIP_FADE_FRAMES, PROGRAMME_SKIPPED);
	memset(to, 0, TICK_FRAMES * FRAME_BYTES);
	for (size_t at = 0; at < TICK_FRAMES;)
		at += stretch(programme, to + 2 * at, TICK_FRAMES - at);
}

/* ---- live ---- */

static void
live_take(struct programme *programme)
{
	pthread_mutex_lock(&programme->lock);
	if (programme->live_next != NULL && programme->live == NULL) {
		programme->live = programme->live_next;
		programme->live_next = NULL;
		programme->live->heard_ms = clock_monotonic_ms();
		programme->live_at = 0;
	}
	if (programme->live != NULL && programme->live_end &&
	    programme->live->fade.kind != FADE_OUT)
		programme->live->fade.kind = FADE_OUT; /* from here on */
	pthread_mutex_unlock(&programme->lock);
}

static void
live_finish(struct programme *programme)
{
	struct deck *deck = programme->live;
	bool fine = deck->ended == STATUS_OK ||
		    deck->ended == STATUS_OUT_OF_RANGE;

	programme->live = NULL;
	programme_live_over(programme, fine ? NULL : &deck->fault);
	programme_discard(programme, deck, NULL);
}

/* Reads what this tick takes; begins the fade back when there is no more. */
static void
live_read(struct programme *programme)
{
	struct deck *deck = programme->live;

	deck_fill(deck, TICK_FRAMES, unpaced(programme) ? STALL_MS : WAIT_MS);
	if (deck->ended == STATUS_OK && deck->count == 0 &&
	    clock_monotonic_ms() - deck->heard_ms > STALL_MS)
		deck->ended = fault_set(&deck->fault, STATUS_TIMED_OUT,
					"no sound came for %d s",
					STALL_MS / 1000);
	if (deck->ended != STATUS_OK && deck->count < TICK_FRAMES)
		deck->fade.kind = FADE_OUT;
}

/* Seldom: who changes his title all the time fills nobody's history. */
static void
live_title(struct programme *programme)
{
	int64_t now_ms = clock_monotonic_ms();
	char *title;

	if (now_ms - programme->titled_ms < TITLE_MS)
		return;
	programme->titled_ms = now_ms;
	title = media_decoder_title(programme->live->decoder);
	if (title != NULL)
		programme_tell_live_titled(programme, title);
}

/* Adds the live sound to `to`, which holds the station's; both by the place in
 * the fade, that goes up while live begins and down while it ends. */
static void
live_mix(struct programme *programme, float *to, size_t fade)
{
	struct deck *deck = programme->live;
	size_t count = deck->count < TICK_FRAMES ? deck->count : TICK_FRAMES;
	const float *from = deck_at(deck);

	for (size_t i = 0; i < TICK_FRAMES; i++) {
		struct fade place = { FADE_IN, programme->live_at, fade };
		float pair[2] = { 0, 0 }, held[2] = { to[2 * i],
						      to[2 * i + 1] };

		to[2 * i] = to[2 * i + 1] = 0;
		if (i < count)
			memcpy(pair, from + 2 * i, sizeof pair);
		if (place.at >= fade) {
			memcpy(to + 2 * i, pair, sizeof pair);
		} else {
			mix_add(to + 2 * i, pair, 1, deck->gain, &place);
			place = (struct fade){ FADE_OUT, programme->live_at,
					       fade };
			mix_add(to + 2 * i, held, 1, 1, &place);
		}
		if (deck->fade.kind == FADE_OUT)
			programme->live_at -= programme->live_at > 0;
		else
			programme->live_at += programme->live_at < fade;
	}
	deck_drop(deck, count);
}

static void
sound_fill(struct programme *programme, float *to)
{
	size_t fade;

	live_take(programme);
	if (programme->live == NULL) {
		station_fill(programme, to);
		return;
	}
	fade = FRAMES_OF_MS(programme->live->crossfade_ms) + 1;
	live_read(programme);
	live_title(programme);
	/* while live is all there is, the rest is held where it was */
	if (programme->live->fade.kind == FADE_OUT ||
	    programme->live_at < fade)
		station_fill(programme, to);
	live_mix(programme, to, fade);
	if (programme->live->fade.kind == FADE_OUT && programme->live_at == 0)
		live_finish(programme);
}

/* ---- ticks ---- */

static void
history_add(struct programme *programme, const float *frames)
{
	size_t at = programme->samples % HISTORY_FRAMES;

	pthread_mutex_lock(&programme->taps_lock);
	memcpy(programme->history + 2 * at, frames,
	       TICK_FRAMES * FRAME_BYTES);
	programme->samples += TICK_FRAMES;
	pthread_mutex_unlock(&programme->taps_lock);
}

/* Pausing and going on are ramps over one tick; in between nothing is read. */
static void
tick_fill(struct programme *programme, float *mix)
{
	float goal, gain;

	pthread_mutex_lock(&programme->lock);
	goal = programme->paused ? 0 : 1;
	gain = programme->gain;
	pthread_mutex_unlock(&programme->lock);
	if (goal == 0 && programme->run_gain == 0) {
		memset(mix, 0, sizeof programme->mix);
	} else {
		sound_fill(programme, mix);
		mix_ramp(mix, TICK_FRAMES, programme->gain_now, gain);
		mix_ramp(mix, TICK_FRAMES, programme->run_gain, goal);
		programme->run_gain = goal;
	}
	programme->gain_now = gain;
	limiter_run(&programme->limiter, mix, TICK_FRAMES);
}

static void
position_write(struct programme *programme)
{
	char text[POSITION_BYTES];
	struct programme_position *look = &programme->look;
	int length;

	if (programme->position_fd < 0)
		return;
	length = snprintf(text, sizeof text, "ogma1 %s %lld %d ",
			  look->id[0] != '\0' ? look->id : "-",
			  (long long)look->position_ms, look->paused);
	memset(text + length, ' ', sizeof text - (size_t)length);
	text[sizeof text - 1] = '\n';
	/* a full disk must not end the music */
	if (pwrite(programme->position_fd, text, sizeof text, 0) < 0)
		return;
}

static void
look_update(struct programme *programme)
{
	const struct deck *deck = programme->current;
	struct programme_position *look = &programme->look;

	pthread_mutex_lock(&programme->lock);
	memset(look->id, 0, sizeof look->id);
	look->position_ms = 0;
	programme->gain_look = programme->gain_now *
			       (deck != NULL ? deck->gain : 1);
	if (deck != NULL) {
		memcpy(look->id, deck->id, sizeof look->id);
		look->position_ms = deck_position_ms(deck);
	}
	look->samples = programme->samples;
	look->paused = programme->paused;
	look->live = programme->live != NULL;
	look->late_ticks = programme->late_ticks;
	level_add(&programme->meter, programme->mix, TICK_FRAMES);
	pthread_mutex_unlock(&programme->lock);
}

static bool
is_closing(struct programme *programme)
{
	bool closing;

	pthread_mutex_lock(&programme->lock);
	closing = programme->closing;
	pthread_mutex_unlock(&programme->lock);
	return closing;
}

static void
everything_ends(struct programme *programme)
{
	struct deck *deck;

	if (programme->current != NULL) {
		deck_told_end(programme, programme->current,
			      PROGRAMME_STOPPED);
		programme_discard(programme, programme->current, NULL);
		programme->current = NULL;
	}
	if (programme->live != NULL)
		live_finish(programme);
	while ((deck = programme->outgoing) != NULL) {
		programme->outgoing = deck->next;
		programme_discard(programme, deck, NULL);
	}
}

void *
programme_pace(void *cookie)
{
	struct programme *programme = cookie;
	int64_t due_us = clock_monotonic_us();

	for (uint64_t tick = 0; !is_closing(programme); tick++) {
		tick_fill(programme, programme->mix);
		history_add(programme, programme->mix);
		look_update(programme);
		if (programme->settings.on_samples != NULL)
			programme->settings.on_samples(
				programme->settings.samples_cookie,
				programme->mix, TICK_FRAMES);
		programme_taps_tick(programme);
		if (tick % POSITION_EVERY == 0)
			position_write(programme);
		if (unpaced(programme))
			continue;
		due_us += (int64_t)PROGRAMME_TICK_MS * 1000;
		if (clock_monotonic_us() - due_us > BEHIND_US)
			due_us = clock_monotonic_us();
		programme_taps_wait(programme, due_us);
	}
	position_write(programme);
	everything_ends(programme);
	return NULL;
}
