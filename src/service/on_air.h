/* on_air.h - the channels that are on the air: each with its station, its
 * programme, its listeners and its clock.
 *
 * What people want is in the store (library/channels.h). on_air_follow() makes
 * the air be as the store says; it is called after every change, and by a thread
 * of its own when another process changed something. At its opening the channels
 * that were on the air are revived, each from where it stood.
 *
 * Everything that happens is told to the hub.
 *
 * Floor: 4 (service). Threads: functions may be called from any worker; they
 * read the store. NULL as on_air is fine: nothing is on the air here.
 */
#ifndef OGMA_SERVICE_ON_AIR_H
#define OGMA_SERVICE_ON_AIR_H

#include "library/channels.h"
#include "service/live_hub.h"
#include "service/station.h"

struct live_out;
struct media_pool;
struct pushes;
struct streams;
struct telegram;

struct on_air_args {
	struct store *store; /* all borrowed */
	struct streams *streams;
	struct media_pool *media;
	struct live_hub *hub;
	const struct station_settings *settings;
	const char *data_dir; /* live/ is made in it */
	struct live_out *out; /* NULL: the sound goes nowhere */
	struct pushes *pushes; /* to other servers; NULL: none */
	struct sounds *sounds; /* NULL: nothing sounds alike */
	struct telegram *telegram; /* NULL: not configured */
};

struct on_air;

enum status on_air_open(const struct on_air_args *args, struct on_air **out,
			struct fault *fault);

/* What is on the air stays so in the store. */
void on_air_close(struct on_air *on_air);

/* After that, and after the outputs were closed, which tell of the last who
 * left. NULL is fine. */
void on_air_free(struct on_air *on_air);

/* ---- after changes of the store ---- */

void on_air_follow(struct on_air *on_air, int64_t channel_id);

/* `action`: add, remove, move, clear; NULL: only the order of things. */
void on_air_queue_changed(struct on_air *on_air, int64_t channel_id,
			  const char *action, const char *item_id);

/* Ends what plays. */
void on_air_skip(struct on_air *on_air, int64_t channel_id);

/* ---- staying on ---- */

/* Somebody wants it to stay on the air. STATUS_NOT_FOUND: it is not on. */
enum status on_air_keep(struct on_air *on_air, int64_t channel_id,
			struct fault *fault);

/* ---- a live DJ ---- */

struct on_air_live {
	const char *name;
	int fd;           /* taken over in any case */
	const char *hint; /* as of media_decoder_args */
	uint32_t fade_ms;
};

/* *session: his number, of this one time; never 0. STATUS_NOT_FOUND: not on the
 * air; STATUS_CONFLICT: somebody else is live. */
enum status on_air_live_begin(struct on_air *on_air, int64_t channel_id,
			      const struct on_air_live *live,
			      uint64_t *session, struct fault *fault);
/* Whoever is live by now with another number stays. */
void on_air_live_end(struct on_air *on_air, int64_t channel_id,
		     uint64_t session);

/* What he plays now, "Artist - Title" or only a title. STATUS_NOT_FOUND: it is
 * not he who is live. */
enum status on_air_live_title(struct on_air *on_air, int64_t channel_id,
			      const char *name, const char *title,
			      struct fault *fault);

/* ---- looking ---- */

#define ON_AIR_NAME_BYTES 260 /* 64 characters */

struct on_air_view {
	int64_t position_ms;
	uint32_t listeners;
	bool live;
	bool placeholder;
	char dj[ON_AIR_NAME_BYTES]; /* "" unless live */
	uint64_t live_session;      /* 0 unless live */
	int64_t timer_started_at_ms, timer_ends_at_ms; /* 0: it does not run */
};

/* False: it is not on the air here. */
bool on_air_look(struct on_air *on_air, int64_t channel_id,
		 struct on_air_view *out);

#endif /* OGMA_SERVICE_ON_AIR_H */
