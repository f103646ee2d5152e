/* on_air_tell.c - what the live hub is told of a queue; see on_air_private.h. */
#include "service/on_air_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "library/tracks.h"

struct metric on_air_queue_gauge =
	METRIC_GAUGE("ogma_queue_size", "Items in a channel's queue.",
		     "channel_id");

static void
item_members(struct json_writer *json, const struct queue_item *item,
	     const char *artist, const char *cover_url)
{
	json_member_text(json, "id", item->id);
	json_member_int(json, "channel_id", item->channel_id);
	json_member_text(json, "title", item->title);
	json_member_text(json, "artist", artist);
	json_member_text(json, "source", item_source_name(item->source));
	json_name(json, "track_id");
	if (item->track_id != 0)
		json_int(json, item->track_id);
	else
		json_null_value(json);
	json_member_text(json, "cover_url", cover_url);
	json_name(json, "duration_ms");
	if (item->duration_ms != 0)
		json_int(json, item->duration_ms);
	else
		json_null_value(json);
	json_member_text(json, "requested_by", item->requester);
	json_member_time(json, "added_at", item->added_at_ms);
}

char *
on_air_pick_print(const struct station_pick *pick)
{
	struct json_writer json;
	struct buffer text;

	buffer_init(&text, 0);
	json_writer_init(&json, &text);
	json_object_begin(&json);
	item_members(&json, &pick->item, pick->artist, pick->cover_url);
	json_member_time(&json, "started_at", clock_now_ms());
	json_member_text(&json, "kind", play_kind_name(pick->kind));
	json_object_end(&json);
	return buffer_take(&text, NULL);
}

struct queue_look {
	int64_t id;
	struct arena *arena;
	struct channel channel;
	struct channel_queue queue;
	struct played current;
	struct track *tracks;
	size_t track_count;
};

static enum status
queue_look_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct queue_look *look = cookie;
	int64_t *ids = arena_new(look->arena, int64_t, QUEUE_ITEMS_MAX);
	size_t count = 0;
	enum status status = channels_get(session, look->id, look->arena,
					  &look->channel, fault);

	look->current = (struct played){ 0 };
	look->track_count = 0;
	if (status == STATUS_OK)
		status = channel_queue_get(session, look->id, look->arena,
					   &look->queue, fault);
	if (status == STATUS_OK && look->channel.current_id != 0)
		status = channel_history_get(session, look->channel.current_id,
					     look->arena, &look->current,
					     fault);
	for (size_t i = 0; status == STATUS_OK && i < look->queue.count; i++) {
		if (look->queue.items[i].track_id != 0)
			ids[count++] = look->queue.items[i].track_id;
	}
	if (status == STATUS_OK && count > 0)
		status = tracks_get_many(session, ids, count, look->arena,
					 &look->tracks, &look->track_count,
					 fault);
	return status;
}

static void
queued_print(struct json_writer *json, const struct queue_look *look,
	     const struct queue_item *item)
{
	const struct track *track = NULL;
	const char *cover = NULL;

	for (size_t i = 0; i < look->track_count; i++) {
		if (look->tracks[i].id == item->track_id)
			track = &look->tracks[i];
	}
	if (track != NULL && track->cover.id != 0)
		cover = arena_print(look->arena,
				    "/api/v1/tracks/%lld/cover?v=%s",
				    (long long)track->id,
				    track->cover.version);
	json_object_begin(json);
	item_members(json, item, track == NULL ? NULL : track->artist, cover);
	json_member_int(json, "position", item->position);
	json_object_end(json);
}

/* Tells the queue as it is now, and the change that made it so. */
static void
queue_publish(struct on_air *on_air, const struct queue_look *look,
	      const char *action, const char *item_id)
{
	const struct live_channel channel = {
		look->id, look->channel.settings.is_public
	};
	uint32_t count = (uint32_t)look->queue.count;
	struct buffer items, changed;
	struct json_writer json;

	buffer_init(&items, 0);
	buffer_init(&changed, 0);
	json_writer_init(&json, &items);
	json_array_begin(&json);
	for (size_t i = 0; i < look->queue.count; i++)
		queued_print(&json, look, &look->queue.items[i]);
	json_array_end(&json);
	json_writer_init(&json, &changed);
	for (size_t i = 0; i < look->queue.count && item_id != NULL; i++) {
		if (strcmp(look->queue.items[i].id, item_id) == 0)
			queued_print(&json, look, &look->queue.items[i]);
	}
	if (item_id != NULL && changed.length == 0) {
		json_object_begin(&json);
		json_member_text(&json, "id", item_id);
		json_object_end(&json);
	}
	if (action != NULL)
		live_hub_publish_playlist_update(
			on_air->args.hub, channel, action,
			(struct span){ changed.bytes, changed.length }, count,
			look->queue.version);
	live_hub_publish_queue_update(
		on_air->args.hub, channel,
		(struct span){ items.bytes, items.length }, count,
		look->queue.version, look->current.item.id,
		look->channel.on_air && look->current.id == 0);
	buffer_release(&items);
	buffer_release(&changed);
}

void
on_air_queue_tell(struct on_air *on_air, int64_t id, const char *action,
		  const char *item_id)
{
	struct queue_look look = { .id = id };
	struct fault fault = { 0 };
	struct arena arena;
	char label[24];

	arena_init(&arena);
	look.arena = &arena;
	if (store_read(on_air->args.store, queue_look_work, &look, &fault) ==
	    STATUS_OK) {
		snprintf(label, sizeof label, "%lld", (long long)id);
		gauge_set(metric_cell(&on_air_queue_gauge, label),
			  (double)look.queue.count);
		queue_publish(on_air, &look, action, item_id);
	}
	arena_release(&arena);
}

void
on_air_queue_changed(struct on_air *on_air, int64_t channel_id,
		     const char *action, const char *item_id)
{
	struct aired *one;

	if (on_air == NULL)
		return;
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL)
		programme_replan(one->programme);
	pthread_mutex_unlock(&on_air->lock);
	on_air_queue_tell(on_air, channel_id, action, item_id);
}
