/* channels.h - what the routes about live channels share: who may see one, and
 * how it and its items are written.
 *
 * Floor: 5 (api). Threads: a call's.
 */
#ifndef OGMA_API_CHANNELS_H
#define OGMA_API_CHANNELS_H

#include "api/forms.h"
#include "library/channel_history.h"
#include "library/channels.h"

/* In a work: the channel, when it is public or a moderator asks; else
 * STATUS_NOT_FOUND. */
enum status channel_to_see(struct store_session *session,
			   const struct call *call, int64_t id,
			   struct channel *out, struct fault *fault);

/* In a work: that there is the channel {id}, for those who run channels. */
enum status channel_expect(struct store_session *session, struct call *call,
			   struct fault *fault);

bool channel_is_run_by(const struct call *call);

/* The tracks that items are, for their artists and covers. */
struct item_tracks {
	struct track *tracks;
	size_t count;
};
enum status item_tracks_read(struct store_session *session,
			     const struct queue_item *items, size_t count,
			     struct arena *arena, struct item_tracks *out,
			     struct fault *fault);
const struct track *item_track(const struct item_tracks *tracks, int64_t id);

/* One item; addresses are for those who run channels. */
void form_queue_item(struct json_writer *json, const struct call *call,
		     const struct queue_item *item,
		     const struct item_tracks *tracks, bool open);

/* A channel with what plays on it. */
struct channel_view {
	struct channel channel;
	struct played current; /* id 0: nothing */
	struct item_tracks tracks;
};
enum status channel_view_read(struct store_session *session,
			      struct channel_view *view, struct arena *arena,
			      struct fault *fault);
const char *channel_state(const struct call *call,
			  const struct channel_view *view);
void form_channel_current(struct json_writer *json, const struct call *call,
			  const struct channel_view *view);
void form_channel(struct json_writer *json, const struct call *call,
		  const struct channel_view *view);

/* Reads it anew and answers with it; for after a change. */
void channel_answer(struct call *call, unsigned status, int64_t id);

/* So that they are on /metrics before the first change. */
void channel_queue_metrics_register(void);

/* After a change of its queue (the programme may have to plan anew, and those
 * who watch are told). */
void channel_queue_changed(struct call *call, int64_t channel_id,
			   const char *operation, const char *item_id);

#endif /* OGMA_API_CHANNELS_H */
