/* on_air_private.h - what the files of on_air share; see on_air.c for its locks.
 *
 *	on_air.c            going on the air and leaving it, listeners, the hub
 *	on_air_programme.c  what a programme asks and tells
 *	on_air_keeper.c     the thread that looks after all of them
 *	on_air_tell.c       what the live hub is told of a queue
 *	on_air_commands.c   what people do, and see
 */
#ifndef OGMA_SERVICE_ON_AIR_PRIVATE_H
#define OGMA_SERVICE_ON_AIR_PRIVATE_H

#include <pthread.h>

#include "base/counter.h"
#include "library/channel_listens.h"
#include "service/auto_end.h"
#include "service/live_out.h"
#include "service/on_air.h"
#include "service/programme.h"
#include "service/push.h"

extern struct metric on_air_queue_gauge;

struct aired {
	struct on_air *on_air;
	int64_t id;
	char label[24]; /* the id as text */
	/* the opener's thread's */
	struct station *station;
	char playing[PROGRAMME_ID_BYTES]; /* "": the placeholder */
	enum end_reason last_end;	  /* of what played before */

	struct programme *programme;
	struct aired *next;

	/* Guarded by on_air->lock. */
	struct channel_settings_view {
		bool is_public, auto_end_enabled;
		int64_t auto_end_ms, crossfade_ms;
	} settings;
	bool paused, placeholder;
	uint64_t live_session; /* 0: no DJ is live */
	int64_t updated_at_ms, queue_version; /* of the row seen last */
	/* What the store has as current by our hand, and had before it was
	 * asked last; "": nothing. */
	char noted[PROGRAMME_ID_BYTES], noted_before[PROGRAMME_ID_BYTES];
	char dj[ON_AIR_NAME_BYTES]; /* "" unless one is live */
	char *title; /* of what plays or is held, for listeners */
	int64_t title_track_id;
	uint32_t listeners;
	struct auto_end machine;
	const char *end_reason; /* why it is about to leave */
	char *current_json;	/* NULL: the placeholder */
	int64_t on_since_ms;
	int64_t replanned_at_ms;
};

struct on_air {
	struct on_air_args args;
	pthread_mutex_t follow;
	/* Held while who is live changes and that is told and noted, so that
	 * what is told last is so; before `lock`. */
	pthread_mutex_t live;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t keeper;
	uint64_t live_sessions; /* so far; guarded by `live` */
	bool closing;
	struct aired *list;
};

/* Lock held. */
struct aired *aired_find(const struct on_air *on_air, int64_t id);
struct live_channel aired_channel(const struct aired *one);
int64_t on_air_auto_end_ms(const struct station_settings *settings,
			   int64_t minutes);

static inline struct span
json_span(const char *text)
{
	return text == NULL ? (struct span){ 0 } : span_of(text);
}

/* ---- on_air_programme.c: callbacks of the programme, cookie: struct aired ---- */

size_t air_plan(void *cookie, struct programme_item *items);
enum status air_open(void *cookie, const struct programme_item *item,
		     struct programme_input *out, struct fault *fault);
void air_started(void *cookie, const char *id);
void air_ended(void *cookie, const char *id, enum programme_reason reason,
	       int64_t played_ms, const struct fault *fault);
void air_live_ended(void *cookie, uint64_t session,
		    const struct fault *fault);
void air_live_titled(void *cookie, uint64_t session, const char *title);

/* on_air->live held. */
void on_air_live_title_change(struct on_air *on_air, int64_t channel_id,
			      const char *title);

struct live_play {
	int64_t channel_id;
	struct station_pick pick; /* its title NULL: nobody is live */
};

void on_air_live_play_note(struct on_air *on_air, struct live_play *play);
void on_air_title_tell(struct on_air *on_air, int64_t channel_id,
		       const char *title, int64_t track_id);

/* ---- on_air_keeper.c ---- */

void *on_air_keeper(void *cookie);
void on_air_sync(struct on_air *on_air);

/* ---- on_air_tell.c ---- */

/* JSON, for free(). */
char *on_air_pick_print(const struct station_pick *pick);
void on_air_queue_tell(struct on_air *on_air, int64_t id, const char *action,
		       const char *item_id);

#endif /* OGMA_SERVICE_ON_AIR_PRIVATE_H */
