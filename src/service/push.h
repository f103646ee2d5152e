/* push.h - the channels on the air, sent to other servers: RTMP with sound and a
 * picture, Icecast as its source.
 *
 * Rows of library/channel_pushes.h say where to. While a channel is on the air
 * each enabled push has a thread of its own, which taps the programme's encoder
 * once it is connected. Between the two is a bounded queue: a server that is slow
 * loses its connection, and nobody else notices. Whatever ends a connection, it
 * is made again after a pause that doubles from one second to a minute; a server
 * that refuses name or key is asked again after minutes only.
 *
 * Floor: 4 (service). Threads: functions may be called from any; none waits for
 * another server, but pushes_close(). NULL as pushes is fine: nothing is sent.
 */
#ifndef OGMA_SERVICE_PUSH_H
#define OGMA_SERVICE_PUSH_H

#include "base/option.h"
#include "service/live_out.h"

struct covers;
struct media_pool;
struct seal;
struct store;

struct push_options {
	bool private_servers; /* PUSH_PRIVATE_SERVERS */
	const char *ca_file;  /* PUSH_CA_FILE; "": the system's */
	uint32_t retry_max_seconds; /* PUSH_RETRY_MAX_SECONDS */
};

extern const struct option push_options[];

struct pushes_args {
	const struct push_options *options; /* all borrowed */
	struct store *store;
	struct media_pool *media;
	const struct seal *seal; /* opens secrets of rows */
	struct covers *covers; /* NULL: pictures without covers */
};

struct pushes;

enum status pushes_open(const struct pushes_args *args, struct pushes **out,
			struct fault *fault);
/* After the last channel ended. Waits for connections that are being made. */
void pushes_close(struct pushes *pushes);

/* ---- for on_air ---- */

/* The programme stays until pushes_end() returned; it makes no call after. */
void pushes_begin(struct pushes *pushes, int64_t channel_id,
		  const char *title, const struct live_sound *sound);
void pushes_end(struct pushes *pushes, int64_t channel_id);

/* What plays now: "Artist - Title" ("" for the placeholder), and the track whose
 * cover is shown (0: none). */
void pushes_playing(struct pushes *pushes, int64_t channel_id,
		    const char *title, int64_t track_id);

/* How many pushes keep the channel on the air: enabled and counted, whether they
 * are connected now or not. */
uint32_t pushes_counted(struct pushes *pushes, int64_t channel_id);

/* ---- for the API ---- */

/* Rows have changed. Those that other processes change are seen within a few
 * seconds. */
void pushes_follow(struct pushes *pushes);

enum push_state { PUSH_OFF, PUSH_WAITING, PUSH_CONNECTING, PUSH_ON };

#define PUSH_ERROR_BYTES 320 /* of a fault */

struct push_view {
	enum push_state state;
	int64_t since_ms, retry_at_ms; /* 0: none */
	char error[PUSH_ERROR_BYTES];  /* "": none */
	uint64_t bytes, reconnects;
};

/* All zeros, which is PUSH_OFF, for one that does not run here. */
void pushes_look(struct pushes *pushes, int64_t channel_id, int64_t push_id,
		 struct push_view *out);

const char *push_state_name(enum push_state state);

#endif /* OGMA_SERVICE_PUSH_H */
