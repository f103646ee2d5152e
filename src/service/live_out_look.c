/* live_out_look.c - what there is to see of listeners and streams, and sending
 * one listener away; see live_out.h. */
#include "service/live_out_private.h"

#include <stdlib.h>

#include "base/clock.h"

/* ---- streams ------------------------------------------------------------ */

static void
air_list(const struct air *air, struct arena *arena, struct live_mount *mounts,
	 size_t *count)
{
	for (int i = 0; i < MEDIA_LIVE_FORMATS; i++) {
		const struct outlet *outlet = air->outlets[i];

		if (outlet == NULL)
			continue;
		mounts[(*count)++] = (struct live_mount){
			.channel_id = air->id,
			.format = (enum media_live_format)i,
			.title = arena_copy_text(arena, air->title),
			.description = arena_copy_text(arena,
						       air->description),
			.playing = arena_copy_text(arena, air->playing),
			.listeners = live_outlet_listeners(outlet),
			.peak = outlet->peak,
			.bitrate_kbps = live_usual_kbps[i],
			.started_at_ms = outlet->began_ms,
		};
	}
}

static int
by_channel(const void *a, const void *b)
{
	const struct live_mount *one = a, *other = b;

	if (one->channel_id != other->channel_id)
		return one->channel_id < other->channel_id ? -1 : 1;
	return (int)one->format - (int)other->format;
}

void
live_out_list(struct live_out *out, struct arena *arena,
	      struct live_mount **mounts, size_t *count)
{
	size_t airs = 0;

	*count = 0;
	pthread_mutex_lock(&out->lock);
	for (const struct air *air = out->airs; air != NULL; air = air->next)
		airs++;
	*mounts = arena_new(arena, struct live_mount,
			    airs * MEDIA_LIVE_FORMATS + 1);
	for (const struct air *air = out->airs; air != NULL; air = air->next) {
		if (air->is_public)
			air_list(air, arena, *mounts, count);
	}
	pthread_mutex_unlock(&out->lock);
	qsort(*mounts, *count, sizeof **mounts, by_channel);
}

/* ---- listeners ---------------------------------------------------------- */

static size_t
ears_list(const struct air *air, struct arena *arena,
	  struct live_listener *listeners)
{
	size_t count = 0;

	for (const struct ear *ear = air->ears; ear != NULL;
	     ear = ear->next_here)
		listeners[count++] = (struct live_listener){
			.id = ear->id,
			.user_id = ear->user_id,
			.format = media_live_name(ear->format),
			.agent = arena_copy_text(arena, ear->agent),
			.started_at_ms = ear->started_at_ms,
			.bytes = atomic_load(&ear->handle.sent_bytes),
		};
	return count;
}

static size_t
ears_count(const struct air *air)
{
	size_t count = 0;

	for (const struct ear *ear = air->ears; ear != NULL;
	     ear = ear->next_here)
		count++;
	return count;
}

static int
newest_first(const void *a, const void *b)
{
	const struct live_listener *one = a, *other = b;

	return one->id < other->id ? 1 : one->id > other->id ? -1 : 0;
}

void
live_out_listener_list(struct live_out *out, int64_t channel_id,
		       struct arena *arena, struct live_listener **listeners,
		       size_t *count)
{
	struct hls_listener *askers = NULL;
	const struct air *air;
	size_t asking = 0;

	*count = 0;
	*listeners = NULL;
	pthread_mutex_lock(&out->lock);
	air = live_air_find(out, channel_id);
	if (air != NULL) {
		if (air->outlets[MEDIA_LIVE_FMP4] != NULL)
			hls_listener_list(air->outlets[MEDIA_LIVE_FMP4]->hls,
					  arena, &askers, &asking);
		*listeners = arena_new(arena, struct live_listener,
				       ears_count(air) + asking + 1);
		*count = ears_list(air, arena, *listeners);
	}
	pthread_mutex_unlock(&out->lock);
	for (size_t i = 0; i < asking; i++)
		(*listeners)[(*count)++] = (struct live_listener){
			.id = askers[i].id,
			.user_id = askers[i].user_id,
			.format = "hls",
			.agent = askers[i].agent,
			.started_at_ms = askers[i].started_ms,
			.bytes = askers[i].bytes,
		};
	if (*count > 0)
		qsort(*listeners, *count, sizeof **listeners, newest_first);
}

/* With the lock held. */
static bool
air_dismiss(struct air *air, int64_t id)
{
	struct outlet *hls = air->outlets[MEDIA_LIVE_FMP4];

	for (struct ear *ear = air->ears; ear != NULL; ear = ear->next_here) {
		if (ear->id != id)
			continue;
		atomic_store(&ear->handle.unwanted, true);
		return true;
	}
	if (hls == NULL || !hls_dismiss(hls->hls, id, clock_now_ms()))
		return false;
	live_air_count(air, -1);
	return true;
}

enum status
live_out_dismiss(struct live_out *out, int64_t channel_id, int64_t id,
		 struct fault *fault)
{
	struct air *air;
	bool found;

	pthread_mutex_lock(&out->lock);
	air = live_air_find(out, channel_id);
	found = air != NULL && air_dismiss(air, id);
	pthread_mutex_unlock(&out->lock);
	return found ? STATUS_OK :
		       fault_set(fault, STATUS_NOT_FOUND,
				 "there is no such listener (any more)");
}
