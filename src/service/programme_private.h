/* programme_private.h - the parts of programme.c among themselves.
 *
 *	programme.c         opening, commands, looking
 *	programme_pace.c    the pacer: what sounds in each tick
 *	programme_opener.c  the opener: the station's calls, decoders ahead of time
 *	programme_deck.c    one source of samples, read ahead
 *	programme_mix.c     fades, limiter, levels, the bed of tones: numbers only
 *	programme_tap.c     encoders and who listens to them
 *
 * Who owns what: the pacer alone has what sounds now (current, outgoing, live,
 * the mix). What is under `lock` passes between the threads. Encoders and taps
 * are under `taps_lock`, which the pacer holds while it feeds and delivers.
 */
#ifndef OGMA_SERVICE_PROGRAMME_PRIVATE_H
#define OGMA_SERVICE_PROGRAMME_PRIVATE_H

#include <pthread.h>

#include "service/programme.h"

#define RATE MEDIA_LIVE_RATE
#define TICK_FRAMES (RATE * PROGRAMME_TICK_MS / 1000)
#define FRAME_BYTES (2 * sizeof(float))
#define FRAMES_OF_MS(ms) ((size_t)(ms) * (RATE / 1000))

#define STALL_MS 5000    /* a decoder that gives nothing is given up */
#define BURST_FRAMES (2 * RATE)
#define HISTORY_FRAMES (100 * TICK_FRAMES) /* 4 s */

/* ---- mixing: programme_mix.c ---- */

enum fade_kind { FADE_NONE, FADE_IN, FADE_OUT };

/* Of equal power: sine and cosine of a quarter turn. */
struct fade {
	enum fade_kind kind;
	size_t at, length; /* frames */
};

void mix_add(float *to, const float *from, size_t frames, float gain,
	     struct fade *fade);
/* Where in the fade it is now; 1 without one. */
float fade_level(const struct fade *fade);
/* Multiplies by a straight line. */
void mix_ramp(float *frames, size_t count, float from, float to);

#define LIMITER_FRAMES 120 /* looked ahead; a tick is a multiple */

struct limiter {
	float held[2 * LIMITER_FRAMES];
	float held_peak, gain;
};

void limiter_init(struct limiter *limiter);
/* In place, delayed by LIMITER_FRAMES; nothing comes out above -0.2 dB. */
void limiter_run(struct limiter *limiter, float *frames, size_t count);

#define LEVEL_TICKS 10

struct level_meter {
	float peak[LEVEL_TICKS][2];
	double square[LEVEL_TICKS][2];
	unsigned at;
};

void level_add(struct level_meter *meter, const float *frames, size_t count);
void level_read(const struct level_meter *meter,
		struct programme_levels *out);

#define TONES 4

struct tone_bed {
	double turn[TONES][2], step[TONES][2]; /* unit circle */
};

void tone_init(struct tone_bed *bed);
void tone_fill(struct tone_bed *bed, float *frames, size_t count);

/* ---- decks: programme_deck.c ---- */

struct deck {
	struct deck *next;
	char id[PROGRAMME_ID_BYTES]; /* "": the placeholder, or live */
	struct media_decoder *decoder;
	float *frames; /* read ahead: from `start`, `count` of them */
	size_t start, count, room;
	enum status ended; /* STATUS_OK: not yet */
	struct fault fault;
	float gain;
	uint32_t crossfade_ms;
	int64_t start_ms;
	uint64_t played;
	struct fade fade;
	int64_t heard_ms; /* when the decoder gave something last */
};

struct deck *deck_open(struct media_pool *pool,
		       const struct programme_item *item, int fd,
		       const char *hint, struct fault *fault);
void deck_close(struct deck *deck);
void decks_close(struct deck *first); /* and those after it */
/* Reads until `want` frames are there, the decoder has no more for now, or it
 * ended. wait_ms: how long to wait for them, once. */
void deck_fill(struct deck *deck, size_t want, int wait_ms);
/* The frames that are next; take them with deck_drop(). */
const float *deck_at(const struct deck *deck);
void deck_drop(struct deck *deck, size_t frames);
int64_t deck_position_ms(const struct deck *deck);

/* ---- the programme ---- */

enum event_kind {
	EVENT_STARTED,
	EVENT_ENDED,
	EVENT_LIVE_TITLED,
	EVENT_LIVE_ENDED
};

/* What the pacer has to tell the station. */
struct event {
	struct event *next;
	enum event_kind kind;
	char id[PROGRAMME_ID_BYTES];
	enum programme_reason reason;
	int64_t played_ms;
	uint64_t live_number;
	char *title; /* owned */
	struct fault fault;
};

/* Closing may block, so the opener does it. */
struct waste {
	struct waste *next;
	struct deck *deck;
	struct media_encoder *encoder;
};

struct live_wish {
	bool wanted;
	int fd;
	char hint[64];
	uint32_t fade_ms;
};

struct programme_encoder;

struct programme {
	struct programme_settings settings;
	struct programme_station station;
	pthread_t pacer, opener;
	int wake_fd; /* readable: the opener has something to do */

	pthread_mutex_t lock;
	pthread_cond_t opener_wake; /* to the opener */
	pthread_cond_t decided_wake; /* to an unpaced pacer */
	bool closing, skip, paused;
	char skip_id[PROGRAMME_ID_BYTES]; /* "": whatever plays */
	uint32_t crossfade_ms;
	float gain;
	/* How often a next thing was asked for, and how often that was settled:
	 * when equal and `next` is NULL, nothing is to come. */
	uint64_t wishes, decided;
	uint64_t taken; /* how often the pacer took `next` */
	char taken_id[PROGRAMME_ID_BYTES];
	struct deck *next; /* with those after it, as planned */
	struct deck *live_next;
	struct live_wish live_wish;
	uint64_t live_number; /* of what is live or about to be; 0: nothing */
	bool live_end;
	bool pacer_ended;
	struct event *events, **events_end;
	struct waste *waste;
	struct programme_position look;
	struct level_meter meter;
	float gain_look; /* of what plays */

	/* the pacer's */
	struct deck *current, *outgoing, *live;
	bool tones_on, placeholder_told;
	struct fade tones_fade;
	struct tone_bed tones;
	struct limiter limiter;
	float mix[2 * TICK_FRAMES], side[2 * TICK_FRAMES];
	float gain_now;
	float run_gain; /* 0: paused */
	size_t live_at; /* of the fade to live, in frames */
	int64_t titled_ms; /* when live was asked for its title */
	uint64_t samples, late_ticks;
	int64_t silent_since_ms;
	int position_fd;
	int64_t position_ms;
	char position_id[PROGRAMME_ID_BYTES];

	pthread_mutex_t taps_lock;
	pthread_cond_t taps_wake; /* an encoder was opened, or not */
	struct programme_encoder *encoders;
	uint32_t encoder_openings;
	float *history; /* the last HISTORY_FRAMES of what went out */
};

void *programme_pace(void *cookie);
void *programme_opener_run(void *cookie);

/* Queue what the station is to be told. `started` with the lock held, in one
 * step with taking what starts, so that no plan is made in between. */
void programme_tell_started(struct programme *programme, const char *id);
void programme_tell_ended(struct programme *programme, const char *id,
			  enum programme_reason reason, int64_t played_ms,
			  const struct fault *fault);
void programme_tell_live_titled(struct programme *programme, char *title);
/* Another may be live from then on. */
void programme_live_over(struct programme *programme,
			 const struct fault *fault);
/* Either may be NULL. */
void programme_discard(struct programme *programme, struct deck *deck,
		       struct media_encoder *encoder);
/* Lock held. */
void programme_wake_opener(struct programme *programme);

/* Pacer: a tick was added to the history; feeds encoders, calls taps. */
void programme_taps_tick(struct programme *programme);
/* Pacer: waits until `deadline_us`, serving encoders that are behind. */
void programme_taps_wait(struct programme *programme, int64_t deadline_us);
uint32_t programme_encoders(struct programme *programme);
void programme_taps_close(struct programme *programme);

#endif /* OGMA_SERVICE_PROGRAMME_PRIVATE_H */
