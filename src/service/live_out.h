/* live_out.h - what goes out of the channels on the air: a mount for each format
 * that somebody listens to, and segments for HLS.
 *
 * on_air says which channels are on the air and with which programme; api/live.c
 * brings the listeners. A mount, and with it the encoder behind it, is there
 * while somebody listens and a little longer. Everybody who listens counts as
 * one, whatever the format; over HLS it is an address and agent that keeps
 * asking.
 *
 * Floor: 4 (service). Threads: all functions may be called from any, none from
 * the watcher's callbacks but live_out_listeners(). The callbacks come on the
 * outputs' own thread, one at a time, and may block.
 */
#ifndef OGMA_SERVICE_LIVE_OUT_H
#define OGMA_SERVICE_LIVE_OUT_H

#include "base/option.h"
#include "media/live.h"
#include "net/http.h"
#include "service/programme.h"

struct live_out;

struct live_out_settings {
	uint32_t listeners_max; /* of all channels; 0: no limit */
	uint32_t burst_bytes;
	uint32_t queue_bytes;
	uint32_t stall_seconds;
	uint32_t linger_ms; /* an encoder nobody hears; 0: 5 s. No option */
};

extern const struct option live_out_options[];

/* One who listened, after he left. Texts live during the call. */
struct live_listen {
	int64_t channel_id, user_id; /* user 0: nobody who signed in */
	const char *format;          /* "mp3", …, "hls" */
	const char *agent, *address;
	int64_t started_at_ms, ended_at_ms;
	uint64_t bytes;
	const char *reason; /* "left", "stalled", "ended", "dropped" */
};

struct live_out_watcher {
	void (*count)(void *cookie, int64_t channel_id, uint32_t listeners,
		      int32_t change); /* not 0 */
	void (*left)(void *cookie, const struct live_listen *listen);
	void *cookie;
};

/* Copied. */
enum status live_out_open(const struct live_out_settings *settings,
			  struct live_out **out, struct fault *fault);

/* Copied; once, before the first channel. */
void live_out_watch(struct live_out *out,
		    const struct live_out_watcher *watcher);

/* After the HTTP server was closed. NULL is fine. */
void live_out_close(struct live_out *out);

/* ---- for on_air ---- */

struct live_out_channel {
	int64_t id;
	const char *title;
	const char *description; /* NULL: none */
	bool is_public;
	uint32_t listeners_max; /* 0: only the limit of all */
};

/* Where its sound comes from: { programme, programme_tap_open,
 * programme_tap_close }, or what a test has instead. */
struct live_sound {
	struct programme *programme;
	struct programme_tap *(*tap_open)(
		struct programme *programme,
		const struct programme_tap_args *args);
	void (*tap_close)(struct programme_tap *tap);
};

/* Copied. STATUS_CONFLICT: it is on the air already. The programme stays until
 * live_out_end() returned. */
enum status live_out_begin(struct live_out *out,
			   const struct live_out_channel *channel,
			   const struct live_sound *sound,
			   struct fault *fault);
void live_out_change(struct live_out *out,
		     const struct live_out_channel *channel);

/* What plays now, "Artist - Title". */
void live_out_title(struct live_out *out, int64_t channel_id,
		    const char *title);

/* Listeners get what there is and are then closed. No call into the programme
 * comes any more. */
void live_out_end(struct live_out *out, int64_t channel_id);

uint32_t live_out_listeners(struct live_out *out, int64_t channel_id);

/* ---- for the API ---- */

struct live_ask {
	int64_t channel_id;
	int64_t user_id;
	bool sees_private;
	const char *query; /* behind what a list names, "?sig=…"; "": nothing */
};

/* Makes the request, a GET, a listener and answers it. Not answered:
 * STATUS_NOT_FOUND: not on the air; STATUS_AGAIN_LATER: as many listen as may. */
enum status live_out_listen(struct live_out *out, const struct live_ask *ask,
			    enum media_live_format format,
			    struct http_request *request, struct fault *fault);

/* The fields of such an answer without the answer (HEAD, probes). */
enum status live_out_describe(struct live_out *out, const struct live_ask *ask,
			      enum media_live_format format,
			      struct http_request *request,
			      struct fault *fault);

/* HLS: the list of segments, and what it names (service/hls.h). They answer the
 * request, the list perhaps a little later when it is asked for first. Not
 * answered: as above; STATUS_NOT_FOUND also for a segment that is gone. */
enum status live_out_hls_list(struct live_out *out, const struct live_ask *ask,
			      struct http_request *request,
			      struct fault *fault);
enum status live_out_hls_file(struct live_out *out, const struct live_ask *ask,
			      const char *name, struct http_request *request,
			      struct fault *fault);

struct live_mount {
	int64_t channel_id;
	enum media_live_format format;
	const char *title, *description, *playing; /* NULL: none */
	uint32_t listeners, peak, bitrate_kbps;
	int64_t started_at_ms;
};

/* Those of public channels that somebody listens to, by channel and format; rows
 * and texts are of the arena. */
void live_out_list(struct live_out *out, struct arena *arena,
		   struct live_mount **mounts, size_t *count);

/* Who listens now. */
struct live_listener {
	int64_t id; /* never given again while the server runs */
	int64_t user_id; /* 0: nobody who signed in */
	const char *format, *agent;
	int64_t started_at_ms;
	uint64_t bytes;
};

/* Newest first; rows and texts are of the arena. */
void live_out_listener_list(struct live_out *out, int64_t channel_id,
			    struct arena *arena,
			    struct live_listener **listeners, size_t *count);

/* Ends it for one: a stream at once, and HLS by refusing who asks for as long as
 * HLS_AWAY_MS. STATUS_NOT_FOUND. */
enum status live_out_dismiss(struct live_out *out, int64_t channel_id,
			     int64_t id, struct fault *fault);

/* Of all channels. */
uint32_t live_out_total(struct live_out *out);

/* By the ending of its address: mp3, aac, ogg, opus. */
bool live_format_parse(const char *name, enum media_live_format *out);

#endif /* OGMA_SERVICE_LIVE_OUT_H */
