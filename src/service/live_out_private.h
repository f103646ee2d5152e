/* live_out_private.h - what live_out.c and live_out_look.c share.
 *
 * Lock order: `lock`, then the programme's, a mount's or those of hls.c; packets
 * come with the programme's held, so they never take `lock`. `notes_lock` is
 * taken last.
 *
 * Floor: 4 (service); private.
 */
#ifndef OGMA_SERVICE_LIVE_OUT_PRIVATE_H
#define OGMA_SERVICE_LIVE_OUT_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "net/broadcast.h"
#include "service/hls.h"
#include "service/live_out.h"

extern const uint32_t live_usual_kbps[MEDIA_LIVE_FORMATS];

struct outlet {
	struct live_sound sound;
	struct programme_tap *tap;
	struct broadcast *mount; /* or */
	struct hls *hls;
	atomic_bool failed;
	uint32_t peak;
	int64_t began_ms, used_ms; /* Unix, monotonic */
};

struct air { /* a channel on the air */
	struct air *next;
	struct live_out *out;
	uint32_t references; /* the list's, and one for each listener */
	int64_t id;
	bool is_public, ended;
	char *title, *description, *playing;
	uint32_t listeners_max;
	struct live_sound sound;
	struct outlet *outlets[MEDIA_LIVE_FORMATS];
	struct ear *ears; /* newest first */
	uint32_t listeners, told; /* told: what the watcher knows */
	uint32_t closing; /* outlets that are being closed elsewhere */
};

/* One who listens on a mount; a note for the keeper when he has left. */
struct ear {
	struct ear *next;
	struct air *air;
	enum media_live_format format;
	int64_t user_id, started_at_ms, ended_at_ms;
	struct broadcast_listening how;
	const char *agent, *address; /* behind it */

	/* of the channel's; until the keeper has told of him */
	struct ear *next_here, *previous_here;
	int64_t id;
	struct broadcast_handle handle;
};

struct live_out {
	struct live_out_settings settings;
	struct live_out_watcher watcher;
	pthread_t keeper;
	pthread_mutex_t lock;
	pthread_cond_t work, closed;
	struct air *airs;
	uint32_t listeners;
	int64_t listener_id; /* given last */
	bool ending;

	pthread_mutex_t notes_lock;
	struct ear *left;
};

/* With `lock` held. */
struct air *live_air_find(struct live_out *out, int64_t id);
void live_air_count(struct air *air, int32_t change);
uint32_t live_outlet_listeners(const struct outlet *outlet);

#endif /* OGMA_SERVICE_LIVE_OUT_PRIVATE_H */
