/* programme.h - what a channel sounds like: one timeline of samples that never
 * ends, out of files, streams and microphones.
 *
 * The station says what comes next; the programme opens it ahead of time, joins
 * it to what plays (to the sample, or with a crossfade of equal power), keeps the
 * level under a limiter, and hands encoded packets to whoever taps it. When
 * nothing is planned it plays the placeholder. A file that is bad, or a media
 * process that ends, costs that file, never the programme.
 *
 * Threads: each programme has two. The *pacer* mixes a tick every
 * PROGRAMME_TICK_MS, by the count of samples, and calls the taps; the *opener*
 * calls the station (the functions of struct programme_station), which may
 * block: then what plays goes on, and only what comes next is late. Commands may
 * come from any thread and return at once (but for open and close).
 *
 * Floor: 4 (service).
 */
#ifndef OGMA_SERVICE_PROGRAMME_H
#define OGMA_SERVICE_PROGRAMME_H

#include "media/live.h"

#define PROGRAMME_TICK_MS 40
#define PROGRAMME_ID_BYTES 64
#define PROGRAMME_PLAN_MAX 3
#define PROGRAMME_CROSSFADE_MS_MAX 12000
#define PROGRAMME_CHANNEL_CROSSFADE UINT32_MAX

/* ---- what comes next ---- */

struct programme_item {
	char id[PROGRAMME_ID_BYTES]; /* not empty; the same for one queue item
				      * as long as it is planned */
	int64_t start_ms;      /* from there; regular files only */
	double gain_db;
	uint32_t crossfade_ms; /* into this item; PROGRAMME_CHANNEL_CROSSFADE:
				* as the channel is set */
	bool last_moment; /* opened only when nothing is before it: a network
			   * stream would wait for long, and be late */
};

/* Where an item's sound comes from; `fd` goes over to the programme. Hints as of
 * media_decoder_args; regular files need none. */
struct programme_input {
	int fd;
	char hint[64];
};

enum programme_reason {
	PROGRAMME_TRACK_ENDED,
	PROGRAMME_SKIPPED,
	PROGRAMME_ERROR,   /* the fault says why; it may never have started */
	PROGRAMME_STOPPED, /* the programme was closed */
};

/* All on the opener's thread, one at a time. For one item: open, started, ended;
 * `ended` of one thing always comes before `started` of the next, and both come
 * before the `plan` that follows. An item that failed before it could start is
 * told by `ended` alone. */
struct programme_station {
	void *cookie;
	/* Fills in what comes after the things that have started, at most
	 * PROGRAMME_PLAN_MAX; returns how many. 0: the placeholder. */
	size_t (*plan)(void *cookie, struct programme_item *items);
	/* Opens one of them, before it is needed: all that are planned, one
	 * after the other. Not STATUS_OK: told by `ended` with that fault. */
	enum status (*open)(void *cookie, const struct programme_item *item,
			    struct programme_input *out, struct fault *fault);
	/* id NULL: the placeholder. */
	void (*started)(void *cookie, const char *id);
	void (*ended)(void *cookie, const char *id,
		      enum programme_reason reason, int64_t played_ms,
		      const struct fault *fault);
	/* May be NULL. `fault` NULL: it ended by itself or was ended. */
	void (*live_ended)(void *cookie, uint64_t number,
			   const struct fault *fault);
	/* May be NULL. The live sound says what it plays; at most once a
	 * second. */
	void (*live_titled)(void *cookie, uint64_t number, const char *title);
};

/* ---- the programme ---- */

struct programme_settings {
	struct media_pool *pool;
	uint32_t crossfade_ms;
	double gain_db;           /* on top of every item's own */
	const char *placeholder;  /* a sound file, played in a loop; NULL or "":
				   * a quiet bed of tones */
	const char *position_path; /* kept up to date four times a second; NULL:
				    * none */
	uint32_t linger_ms;       /* an encoder nobody taps ends then; 0: 10 s */
	bool paused;              /* begins paused */
	/* On the pacer's thread, for each tick, when not NULL: what goes out. */
	void (*on_samples)(void *cookie, const float *frames, size_t count);
	void *samples_cookie;
	bool unpaced; /* for tests: as fast as decoders and encoders allow, and
		       * waits for them instead of playing silence */
};

struct programme;

/* Settings and station are copied. Begins to play at once. */
enum status programme_open(const struct programme_settings *settings,
			   const struct programme_station *station,
			   struct programme **out, struct fault *fault);

/* Taps are to be closed before; those that are left are freed, without on_end.
 * Ends what plays (`ended` with PROGRAMME_STOPPED). */
void programme_close(struct programme *programme);

/* What comes next may have changed. */
void programme_replan(struct programme *programme);
/* Ends what plays; what comes next starts within 200 ms when it was planned.
 * `id`: only when that plays; NULL: whatever does. */
void programme_skip(struct programme *programme, const char *id);
/* Silence, with everything held in place. */
void programme_pause(struct programme *programme, bool paused);
void programme_set(struct programme *programme, uint32_t crossfade_ms,
		   double gain_db);

struct programme_live {
	uint64_t number;  /* the caller's, never 0: it is ended by it, and told
			   * of; no two have the same */
	int fd;           /* taken over in any case */
	const char *hint; /* as of media_decoder_args */
	uint32_t fade_ms;
};

/* From the next ticks on the channel sounds of that instead, faded over fade_ms;
 * what played is held and goes on afterwards. Ends when the input ends, stays
 * silent for five seconds, or by programme_live_end(). STATUS_CONFLICT: another
 * one is on. */
enum status programme_live_begin(struct programme *programme,
				 const struct programme_live *live,
				 struct fault *fault);
/* Only that one: another may be on by now. */
void programme_live_end(struct programme *programme, uint64_t number);

/* ---- looking ---- */

struct programme_position {
	char id[PROGRAMME_ID_BYTES]; /* "": the placeholder */
	int64_t position_ms;         /* in the item, start_ms included */
	uint64_t samples;            /* of the programme since it was opened */
	bool paused, live;
	uint64_t late_ticks;  /* ticks that had to wait for a decoder */
	uint32_t encoders;    /* running now */
};
void programme_look(struct programme *programme,
		    struct programme_position *out);

/* Of the last 400 ms, in dB of full scale (-120: silence); left and right. */
struct programme_levels {
	double peak_db[2], rms_db[2];
	double gain_db; /* of what plays, put in already */
};
void programme_levels(struct programme *programme,
		      struct programme_levels *out);

/* Reads a position file; false when there is none that makes sense. Only id,
 * position_ms and paused are filled in. */
bool programme_position_read(const char *path,
			     struct programme_position *out);

/* ---- taps ---- */

/* On the pacer's thread: must be quick, and may not call this programme. Each tap
 * hears the header first where the format has one; a header that comes again
 * means that the stream begins anew (an encoder was replaced). */
struct programme_tap_args {
	enum media_live_format format;
	uint32_t bitrate_kbps; /* 0: the format's usual */
	void *cookie;
	void (*on_packet)(void *cookie, const struct media_packet *packet);
	/* The encoder cannot be had; no more packets come. The tap is still to
	 * be closed. */
	void (*on_end)(void *cookie, const struct fault *fault);
};

struct programme_tap;

/* Taps of one format and bitrate share an encoder. The first of them starts it,
 * with up to two seconds of sound that has played already, so that a listener
 * has his burst at once. */
struct programme_tap *
programme_tap_open(struct programme *programme,
		   const struct programme_tap_args *args);
/* When it returns no callback runs, and none will. */
void programme_tap_close(struct programme_tap *tap);

#endif /* OGMA_SERVICE_PROGRAMME_H */
