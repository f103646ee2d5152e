/* on_air.c - see on_air.h.
 *
 * Two locks. `follow` is held while a channel goes on or leaves the air, which
 * starts and waits for threads. `lock` guards the list and what the members of
 * struct aired below it say; it is held for moments, also by the programme's
 * callbacks, and never while the store is asked. A channel that leaves is taken
 * from the list first, so that nobody finds it while its programme is closed.
 */
#include "service/on_air.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "library/channel_listens.h"
#include "library/tracks.h"
#include "service/auto_end.h"
#include "service/live_out.h"
#include "service/programme.h"
#include "service/push.h"
#include "service/station_input.h"

#define TICK_MS 250
#define SYNC_MS 500  /* how soon another process's change is seen */
#define REPLAN_MS 1000 /* while the placeholder plays */

static const double duration_buckets[] = { 60, 300, 900, 3600, 14400,
					   43200, 86400, 604800, 0 };

static struct metric active = METRIC_GAUGE("ogma_active_streams",
					   "Channels on the air.");
static struct metric listeners_gauge =
	METRIC_GAUGE("ogma_stream_listeners", "Who listens to a channel.",
		     "channel_id");
static struct metric queue_gauge =
	METRIC_GAUGE("ogma_queue_size", "Items in a channel's queue.",
		     "channel_id");
static struct metric ended_counter =
	METRIC_COUNTER("ogma_auto_end_total",
		       "Channels that left the air, by reason.", "channel_id",
		       "reason");
static struct metric durations = {
	.name = "ogma_stream_duration_seconds",
	.help = "How long channels were on the air.",
	.kind = METRIC_IS_HISTOGRAM,
	.buckets = duration_buckets,
};

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
	bool paused, placeholder, dj_on;
	int64_t updated_at_ms, queue_version; /* of the row seen last */
	/* What the store has as current by our hand, and had before it was
	 * asked last; "": nothing. */
	char noted[PROGRAMME_ID_BYTES], noted_before[PROGRAMME_ID_BYTES];
	char dj[ON_AIR_NAME_BYTES];
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
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t keeper;
	bool closing;
	struct aired *list;
};

static struct aired *
aired_find(const struct on_air *on_air, int64_t id)
{
	struct aired *one = on_air->list;

	while (one != NULL && one->id != id)
		one = one->next;
	return one;
}

static struct live_channel
channel_of(const struct aired *one)
{
	return (struct live_channel){ one->id, one->settings.is_public };
}

static struct span
json_span(const char *text)
{
	return text == NULL ? (struct span){ 0 } : span_of(text);
}

/* ---- telling -------------------------------------------------------------- */

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

static char *
pick_print(const struct station_pick *pick)
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

static void
queue_tell(struct on_air *on_air, int64_t id, const char *action,
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
		gauge_set(metric_cell(&queue_gauge, label),
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
	queue_tell(on_air, channel_id, action, item_id);
}

/* ---- what the programme asks and tells: the opener's thread --------------- */

static size_t
air_plan(void *cookie, struct programme_item *items)
{
	struct aired *one = cookie;
	const struct station_pick *picks[STATION_PLAN_MAX];
	size_t count = station_plan(one->station, clock_now_ms(), picks);

	for (size_t i = 0; i < count; i++) {
		items[i] = (struct programme_item){
			.start_ms = picks[i]->start_ms,
			.gain_db = picks[i]->gain_db,
			.crossfade_ms = PROGRAMME_CHANNEL_CROSSFADE,
			.last_moment = picks[i]->item.url != NULL &&
				       picks[i]->item.source != ITEM_FILE,
		};
		snprintf(items[i].id, sizeof items[i].id, "%s",
			 picks[i]->item.id);
	}
	return count;
}

static enum status
air_open(void *cookie, const struct programme_item *item,
	 struct programme_input *out, struct fault *fault)
{
	struct aired *one = cookie;
	const struct on_air_args *args = &one->on_air->args;
	const struct station_pick *pick = station_find(one->station, item->id);

	if (pick == NULL)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "the item is no longer planned");
	return station_input_open(args->store, args->streams, pick, &out->fd,
				  out->hint, fault);
}

/* Takes the text; gives back what was current before, to be freed. */
static char *
current_change(struct aired *one, char *json, uint32_t *listeners)
{
	struct on_air *on_air = one->on_air;
	char *before;

	pthread_mutex_lock(&on_air->lock);
	before = one->current_json;
	one->current_json = json == NULL ? NULL : mem_copy_text(json);
	one->placeholder = json == NULL;
	*listeners = one->listeners;
	pthread_mutex_unlock(&on_air->lock);
	return before;
}

/* Those who listen, here and elsewhere. */
static void
title_tell(struct on_air *on_air, int64_t channel_id, const char *title,
	   int64_t track_id)
{
	if (on_air->args.out != NULL)
		live_out_title(on_air->args.out, channel_id, title);
	pushes_playing(on_air->args.pushes, channel_id, title, track_id);
}

static void
title_set(struct aired *one, const struct station_pick *pick)
{
	const char *text = "";
	struct buffer title;
	bool tell;

	buffer_init(&title, 0);
	if (pick != NULL && pick->artist != NULL)
		buffer_print(&title, "%s - %s", pick->artist,
			     pick->item.title);
	else if (pick != NULL)
		buffer_print(&title, "%s", pick->item.title);
	if (title.length > 0)
		text = title.bytes;
	pthread_mutex_lock(&one->on_air->lock);
	free(one->title);
	one->title = mem_copy_text(text);
	one->title_track_id = pick != NULL ? pick->item.track_id : 0;
	tell = !one->dj_on;
	pthread_mutex_unlock(&one->on_air->lock);
	if (tell)
		title_tell(one->on_air, one->id, text,
			   pick != NULL ? pick->item.track_id : 0);
	buffer_release(&title);
}

/* NULL: nothing. */
static void
noted_set(struct aired *one, const char *id)
{
	pthread_mutex_lock(&one->on_air->lock);
	snprintf(one->noted, sizeof one->noted, "%s", id == NULL ? "" : id);
	pthread_mutex_unlock(&one->on_air->lock);
}

static void
air_started(void *cookie, const char *id)
{
	struct aired *one = cookie;
	struct live_hub *hub = one->on_air->args.hub;
	const struct station_pick *pick =
		id == NULL ? NULL : station_find(one->station, id);
	char *json = pick == NULL ? NULL : pick_print(pick), *before;
	struct fault fault = { 0 };
	uint32_t listeners;
	bool left = false;

	if (id != NULL &&
	    station_started(one->station, id, &left, &fault) != STATUS_OK)
		log_warning("on_air", "cannot note what began",
			    LOG_INT("channel_id", one->id),
			    LOG_TEXT("reason", fault.message));
	else
		noted_set(one, id);
	snprintf(one->playing, sizeof one->playing, "%s", id == NULL ? "" : id);
	before = current_change(one, json, &listeners);
	title_set(one, pick);
	live_hub_publish_track_change(hub, channel_of(one), json_span(before),
				      json_span(json),
				      end_reason_name(one->last_end));
	live_hub_publish_stream_update(hub, channel_of(one),
				       LIVE_TRACK_CHANGED,
				       json == NULL ? "placeholder" : "playing",
				       json_span(json), listeners);
	one->last_end = END_TRACK_ENDED;
	if (left)
		queue_tell(one->on_air, one->id, NULL, NULL);
	free(before);
	free(json);
}

static void
air_ended(void *cookie, const char *id, enum programme_reason reason,
	  int64_t played_ms, const struct fault *fault)
{
	static const enum end_reason reasons[] = {
		[PROGRAMME_TRACK_ENDED] = END_TRACK_ENDED,
		[PROGRAMME_SKIPPED] = END_SKIP,
		[PROGRAMME_ERROR] = END_ERROR,
	};
	struct aired *one = cookie;
	struct fault failed = { 0 };
	bool left = false;

	(void)played_ms;
	if (id == NULL || reason == PROGRAMME_STOPPED)
		return; /* the store has it that way, or it goes on later */
	if (strcmp(id, one->playing) == 0) {
		one->last_end = reasons[reason];
		noted_set(one, NULL);
	}
	if (reason == PROGRAMME_ERROR) {
		log_warning("on_air", "an item could not be played",
			    LOG_INT("channel_id", one->id),
			    LOG_TEXT("item_id", id),
			    LOG_TEXT("reason",
				     fault == NULL ? "" : fault->message));
		live_hub_publish_alert(one->on_air->args.hub, "warning",
				       "item_failed",
				       "An item could not be played.",
				       (struct span){ 0 }, one->id);
	}
	if (station_ended(one->station, id, reasons[reason], clock_now_ms(),
			  &left, &failed) != STATUS_OK)
		log_warning("on_air", "cannot note what ended",
			    LOG_INT("channel_id", one->id),
			    LOG_TEXT("reason", failed.message));
	if (left)
		queue_tell(one->on_air, one->id, NULL, NULL);
}

struct live_play {
	int64_t channel_id;
	struct station_pick pick; /* its title NULL: nobody is live */
};

static enum status
live_play_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct live_play *play = cookie;

	return channel_history_live(session, play->channel_id,
				    play->pick.item.id, play->pick.artist,
				    play->pick.item.title, fault);
}

static void
live_play_note(struct on_air *on_air, struct live_play *play)
{
	struct fault fault = { 0 };

	if (store_write(on_air->args.store, live_play_work, play, &fault) !=
	    STATUS_OK)
		log_warning("on_air", "cannot note what is live",
			    LOG_INT("channel_id", play->channel_id),
			    LOG_TEXT("reason", fault.message));
}

/* The opener's thread: what was held is what plays again. */
static void
live_left(struct aired *one)
{
	struct on_air *on_air = one->on_air;
	struct live_play nothing = { .channel_id = one->id };
	char *title, *json;
	int64_t track_id;

	pthread_mutex_lock(&on_air->lock);
	track_id = one->title_track_id;
	title = mem_copy_text(one->title == NULL ? "" : one->title);
	json = one->current_json == NULL ? NULL :
					   mem_copy_text(one->current_json);
	pthread_mutex_unlock(&on_air->lock);
	live_play_note(on_air, &nothing);
	title_tell(on_air, one->id, title, track_id);
	live_hub_publish_track_change(on_air->args.hub, channel_of(one),
				      (struct span){ 0 }, json_span(json),
				      "track_ended");
	free(title);
	free(json);
}

static void
air_live_ended(void *cookie, const struct fault *fault)
{
	struct aired *one = cookie;

	log_info("on_air", "a live DJ left", LOG_INT("channel_id", one->id),
		 LOG_TEXT("reason", fault == NULL ? "" : fault->message));
	pthread_mutex_lock(&one->on_air->lock);
	one->dj_on = false;
	one->dj[0] = '\0';
	pthread_mutex_unlock(&one->on_air->lock);
	live_left(one);
}

/* ---- going on and leaving ------------------------------------------------- */

static int64_t
auto_end_ms(const struct station_settings *settings, int64_t minutes)
{
	if (settings->auto_end_seconds != 0 &&
	    minutes == settings->auto_end_minutes)
		return settings->auto_end_seconds * 1000LL;
	return minutes * 60000;
}

static void
settings_take(struct aired *one, const struct channel *channel)
{
	one->settings.is_public = channel->settings.is_public;
	one->settings.auto_end_enabled = channel->settings.auto_end_enabled;
	one->settings.auto_end_ms =
		auto_end_ms(one->on_air->args.settings,
			    channel->settings.auto_end_minutes);
	one->settings.crossfade_ms = channel->settings.crossfade_ms;
	one->paused = channel->paused;
	one->updated_at_ms = channel->updated_at_ms;
	one->queue_version = channel->queue_version;
}

static const char *
placeholder_of(const struct on_air *on_air, const struct channel *channel)
{
	return channel->settings.placeholder != NULL ?
		       channel->settings.placeholder :
		       on_air->args.settings->placeholder_path;
}

static enum status
programme_begin(struct on_air *on_air, struct aired *one,
		const struct channel *channel, const char *position_path,
		struct fault *fault)
{
	const struct programme_settings settings = {
		.pool = on_air->args.media,
		.crossfade_ms = (uint32_t)channel->settings.crossfade_ms,
		.placeholder = placeholder_of(on_air, channel),
		.position_path = position_path,
		.paused = channel->paused,
	};
	const struct programme_station station = {
		.cookie = one,
		.plan = air_plan,
		.open = air_open,
		.started = air_started,
		.ended = air_ended,
		.live_ended = air_live_ended,
	};
	struct programme_position position;

	if (programme_position_read(position_path, &position))
		station_resume(one->station, position.id,
			       position.position_ms);
	return programme_open(&settings, &station, &one->programme, fault);
}

static void
aired_free(struct aired *one)
{
	station_free(one->station);
	free(one->current_json);
	free(one->title);
	free(one);
}

static struct live_out_channel
output_channel(const struct channel *channel)
{
	return (struct live_out_channel){
		.id = channel->id,
		.title = channel->settings.title,
		.description = channel->settings.description,
		.is_public = channel->settings.is_public,
		.listeners_max = (uint32_t)channel->settings.listeners_max,
	};
}

static enum status
output_begin(struct on_air *on_air, struct aired *one,
	     const struct channel *channel, struct fault *fault)
{
	const struct live_out_channel output = output_channel(channel);
	const struct live_sound sound = { one->programme, programme_tap_open,
					  programme_tap_close };

	enum status status = on_air->args.out == NULL ?
				     STATUS_OK :
				     live_out_begin(on_air->args.out, &output,
						    &sound, fault);

	if (status == STATUS_OK)
		pushes_begin(on_air->args.pushes, one->id, output.title,
			     &sound);
	return status;
}

static enum status
air_begin(struct on_air *on_air, const struct channel *channel,
	  struct arena *arena, struct fault *fault)
{
	struct aired *one = mem_new(1, sizeof *one);
	const char *path = arena_print(arena, "%s/live/%lld.position",
				       on_air->args.data_dir,
				       (long long)channel->id);
	enum status status;

	*one = (struct aired){ .on_air = on_air,
			       .id = channel->id,
			       .placeholder = true,
			       .on_since_ms = clock_monotonic_ms() };
	snprintf(one->label, sizeof one->label, "%lld",
		 (long long)channel->id);
	settings_take(one, channel);
	one->station = station_new(on_air->args.store, channel->id);
	status = programme_begin(on_air, one, channel, path, fault);
	if (status != STATUS_OK) {
		aired_free(one);
		return status;
	}
	status = output_begin(on_air, one, channel, fault);
	if (status != STATUS_OK) {
		programme_close(one->programme);
		aired_free(one);
		return status;
	}
	pthread_mutex_lock(&on_air->lock);
	one->next = on_air->list;
	on_air->list = one;
	pthread_mutex_unlock(&on_air->lock);
	gauge_add(metric_cell(&active), 1);
	gauge_set(metric_cell(&listeners_gauge, one->label), 0);
	log_info("on_air", "a channel is on the air",
		 LOG_INT("channel_id", one->id));
	live_hub_publish_stream_update(on_air->args.hub, channel_of(one),
				       LIVE_STARTED,
				       channel->paused ? "paused" :
							 "placeholder",
				       (struct span){ 0 }, 0);
	return STATUS_OK;
}

static void
list_drop(struct on_air *on_air, const struct aired *one)
{
	struct aired **at = &on_air->list;

	pthread_mutex_lock(&on_air->lock);
	while (*at != NULL && *at != one)
		at = &(*at)->next;
	if (*at != NULL)
		*at = one->next;
	pthread_mutex_unlock(&on_air->lock);
}

static void
air_close(struct on_air *on_air, struct aired *one)
{
	list_drop(on_air, one);
	pushes_end(on_air->args.pushes, one->id);
	if (on_air->args.out != NULL)
		live_out_end(on_air->args.out, one->id);
	programme_close(one->programme);
	gauge_add(metric_cell(&active), -1);
	gauge_set(metric_cell(&listeners_gauge, one->label), 0);
}

static void
air_end(struct on_air *on_air, struct aired *one)
{
	const char *reason = one->end_reason != NULL ? one->end_reason :
						       "manual";
	int64_t lasted = clock_monotonic_ms() - one->on_since_ms;

	air_close(on_air, one);
	counter_add(metric_cell(&ended_counter, one->label, reason), 1);
	histogram_observe(metric_cell(&durations), (double)lasted / 1000);
	log_info("on_air", "a channel left the air",
		 LOG_INT("channel_id", one->id), LOG_TEXT("reason", reason));
	live_hub_publish_stream_update(on_air->args.hub, channel_of(one),
				       LIVE_STOPPED, "stopped",
				       (struct span){ 0 }, 0);
	aired_free(one);
}

static void
air_change(struct on_air *on_air, struct aired *one,
	   const struct channel *channel)
{
	const struct live_out_channel output = output_channel(channel);
	char *current;
	bool paused_now;

	pthread_mutex_lock(&on_air->lock);
	paused_now = one->paused != channel->paused;
	settings_take(one, channel);
	current = one->current_json == NULL ? NULL :
					      mem_copy_text(one->current_json);
	pthread_mutex_unlock(&on_air->lock);
	programme_set(one->programme, (uint32_t)channel->settings.crossfade_ms,
		      0);
	if (on_air->args.out != NULL)
		live_out_change(on_air->args.out, &output);
	if (paused_now) {
		programme_pause(one->programme, channel->paused);
		live_hub_publish_status(on_air->args.hub, channel_of(one),
					channel->paused	 ? "paused" :
					current != NULL ? "playing" :
							  "placeholder",
					json_span(current), one->listeners);
	}
	programme_replan(one->programme);
	free(current);
}

struct follow_look {
	int64_t id;
	struct arena *arena;
	struct channel channel;
};

static enum status
follow_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct follow_look *look = cookie;

	return channels_get(session, look->id, look->arena, &look->channel,
			    fault);
}

static void
follow_locked(struct on_air *on_air, int64_t id)
{
	struct follow_look look = { .id = id };
	struct aired *one = aired_find(on_air, id);
	struct fault fault = { 0 };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	look.arena = &arena;
	status = store_read(on_air->args.store, follow_work, &look, &fault);
	if (status != STATUS_OK && status != STATUS_NOT_FOUND) {
		arena_release(&arena); /* the keeper tries again */
		return;
	}
	if (status == STATUS_NOT_FOUND || !look.channel.on_air) {
		if (one != NULL)
			air_end(on_air, one);
	} else if (one != NULL) {
		air_change(on_air, one, &look.channel);
	} else if (air_begin(on_air, &look.channel, &arena, &fault) !=
		   STATUS_OK) {
		log_error("on_air", "a channel cannot go on the air",
			  LOG_INT("channel_id", id),
			  LOG_TEXT("reason", fault.message));
	}
	arena_release(&arena);
}

void
on_air_follow(struct on_air *on_air, int64_t channel_id)
{
	if (on_air == NULL)
		return;
	pthread_mutex_lock(&on_air->follow);
	if (!on_air->closing)
		follow_locked(on_air, channel_id);
	pthread_mutex_unlock(&on_air->follow);
}

/* ---- the keeper ----------------------------------------------------------- */

struct sync_look {
	struct arena *arena;
	struct channel_pulse *pulses;
	size_t count;
};

static enum status
sync_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct sync_look *look = cookie;

	return channels_on_air(session, look->arena, &look->pulses,
			       &look->count, fault);
}

static bool
has_pulse(const struct sync_look *look, int64_t id)
{
	for (size_t i = 0; i < look->count; i++) {
		if (look->pulses[i].id == id)
			return true;
	}
	return false;
}

/* One that is on the air and should not be. */
static bool
stray_find(struct on_air *on_air, const struct sync_look *look, int64_t *id)
{
	bool found = false;

	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL; one = one->next) {
		if (!found && !has_pulse(look, one->id)) {
			*id = one->id;
			found = true;
		}
	}
	pthread_mutex_unlock(&on_air->lock);
	return found;
}

/* What another process may have done to one that is on the air: true when its
 * row is another. When what we noted as current was ended there, and neither of
 * us has moved on since, somebody skipped it. */
static bool
pulse_take(struct on_air *on_air, const struct channel_pulse *pulse)
{
	struct aired *one;
	bool changed = true;

	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, pulse->id);
	if (one != NULL) {
		changed = one->paused != pulse->paused ||
			  one->updated_at_ms != pulse->updated_at_ms;
		if (one->queue_version != pulse->queue_version)
			programme_replan(one->programme);
		one->queue_version = pulse->queue_version;
		if (pulse->current_id == 0 && one->noted[0] != '\0' &&
		    strcmp(one->noted, one->noted_before) == 0)
			programme_skip(one->programme, one->noted);
	}
	pthread_mutex_unlock(&on_air->lock);
	return changed;
}

static void
noted_keep(struct on_air *on_air)
{
	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL; one = one->next)
		memcpy(one->noted_before, one->noted, sizeof one->noted);
	pthread_mutex_unlock(&on_air->lock);
}

/* Brings the air to what the store says, whoever changed it. */
static void
sync_all(struct on_air *on_air)
{
	struct sync_look look = { 0 };
	struct fault fault = { 0 };
	struct arena arena;
	int64_t stray;

	arena_init(&arena);
	look.arena = &arena;
	noted_keep(on_air);
	if (store_read(on_air->args.store, sync_work, &look, &fault) ==
	    STATUS_OK) {
		for (size_t i = 0; i < look.count; i++) {
			if (pulse_take(on_air, &look.pulses[i]))
				on_air_follow(on_air, look.pulses[i].id);
		}
		if (stray_find(on_air, &look, &stray))
			on_air_follow(on_air, stray);
	}
	arena_release(&arena);
}

struct stop_work {
	int64_t id;
	bool changed;
};

static enum status
stop_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct stop_work *work = cookie;

	return channels_stop(session, work->id, "auto_end", &work->changed,
			     fault);
}

/* What the machine of one channel advises now. */
struct advice {
	int64_t id;
	struct live_channel channel;
	struct auto_end_advice what;
	int64_t ends_at_ms;
};

/* The next channel after `after` that something is to be done for. */
static bool
advice_find(struct on_air *on_air, struct advice *out)
{
	int64_t now = clock_monotonic_ms();
	bool found = false;

	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL && !found;
	     one = one->next) {
		const struct auto_end_state state = {
			.enabled = one->settings.auto_end_enabled,
			.paused = one->paused || one->dj_on,
			.timeout_ms = one->settings.auto_end_ms,
			.listeners = one->listeners +
				     pushes_counted(on_air->args.pushes,
						    one->id),
		};

		*out = (struct advice){ one->id, channel_of(one), { 0 }, 0 };
		out->what = auto_end_step(&one->machine, &state, now);
		out->ends_at_ms = clock_now_ms() +
				  auto_end_left_ms(&one->machine, now);
		found = out->what.act != AUTO_END_NOTHING &&
			one->end_reason == NULL;
		if (found && out->what.act == AUTO_END_NOW)
			one->end_reason = "auto_end";
		if (one->placeholder &&
		    now - one->replanned_at_ms >= REPLAN_MS) {
			one->replanned_at_ms = now;
			programme_replan(one->programme);
		}
	}
	pthread_mutex_unlock(&on_air->lock);
	return found;
}

/* The store could not be asked: the machine will say it again. */
static void
auto_end_undo(struct on_air *on_air, int64_t id)
{
	struct aired *one;

	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, id);
	if (one != NULL)
		one->end_reason = NULL;
	pthread_mutex_unlock(&on_air->lock);
}

static void
auto_end_do(struct on_air *on_air, const struct advice *advice)
{
	struct stop_work work = { .id = advice->id };
	struct fault fault = { 0 };

	if (store_write(on_air->args.store, stop_work, &work, &fault) ==
	    STATUS_OK)
		on_air_follow(on_air, advice->id);
	else
		auto_end_undo(on_air, advice->id);
}

static void
advice_do(struct on_air *on_air, const struct advice *advice)
{
	if (advice->what.act == AUTO_END_WARN)
		live_hub_publish_auto_end_warning(
			on_air->args.hub, advice->channel,
			(uint32_t)advice->what.seconds, advice->ends_at_ms);
	else if (advice->what.act == AUTO_END_CANCELLED)
		live_hub_publish_auto_end_cancelled(on_air->args.hub,
						    advice->channel);
	else
		auto_end_do(on_air, advice);
}

/* While somebody wants to see them. */
static void
levels_tell(struct on_air *on_air)
{
	if (!live_hub_wants_levels(on_air->args.hub))
		return;
	pthread_mutex_lock(&on_air->lock);
	for (struct aired *one = on_air->list; one != NULL; one = one->next) {
		struct programme_levels now;

		programme_levels(one->programme, &now);
		live_hub_publish_levels(
			on_air->args.hub, channel_of(one),
			&(const struct live_levels){
				{ now.peak_db[0], now.peak_db[1] },
				{ now.rms_db[0], now.rms_db[1] },
				now.gain_db });
	}
	pthread_mutex_unlock(&on_air->lock);
}

static void
tick_wait(struct on_air *on_air)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&on_air->lock);
	while (!on_air->closing &&
	       pthread_cond_timedwait(&on_air->wake, &on_air->lock, &until) !=
		       ETIMEDOUT)
		;
	pthread_mutex_unlock(&on_air->lock);
}

static void *
keeper_run(void *cookie)
{
	struct on_air *on_air = cookie;
	int64_t synced_at = clock_monotonic_ms();

	for (;;) {
		struct advice advice;
		bool closing;

		tick_wait(on_air);
		pthread_mutex_lock(&on_air->lock);
		closing = on_air->closing;
		pthread_mutex_unlock(&on_air->lock);
		if (closing)
			return NULL;
		while (advice_find(on_air, &advice))
			advice_do(on_air, &advice);
		levels_tell(on_air);
		if (clock_monotonic_ms() - synced_at >= SYNC_MS) {
			synced_at = clock_monotonic_ms();
			sync_all(on_air);
		}
	}
}

/* ---- listeners: the outputs' thread ---------------------------------------- */

static void
heard_tell(void *cookie, int64_t channel_id, uint32_t listeners,
	   int32_t change)
{
	struct on_air *on_air = cookie;
	struct live_channel channel = { 0 };
	struct aired *one;

	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL) {
		one->listeners = listeners;
		channel = channel_of(one);
		gauge_set(metric_cell(&listeners_gauge, one->label),
			  listeners);
	}
	pthread_mutex_unlock(&on_air->lock);
	if (one != NULL)
		live_hub_publish_listeners(on_air->args.hub, channel,
					   listeners, change);
}

static enum status
left_work(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct live_listen *heard = cookie;
	const struct channel_listen listen = {
		.channel_id = heard->channel_id,
		.user_id = heard->user_id,
		.format = heard->format,
		.client = heard->agent,
		.started_at_ms = heard->started_at_ms,
		.ended_at_ms = heard->ended_at_ms,
		.bytes = (int64_t)heard->bytes,
	};

	return channel_listens_add(session, &listen, heard->address, fault);
}

static void
left_note(void *cookie, const struct live_listen *listen)
{
	struct on_air *on_air = cookie;
	struct live_listen copy = *listen;
	struct fault fault = { 0 };

	if (store_write(on_air->args.store, left_work, &copy, &fault) !=
	    STATUS_OK)
		log_warning("on_air", "cannot note who listened",
			    LOG_INT("channel_id", listen->channel_id),
			    LOG_TEXT("reason", fault.message));
}

/* ---- commands ------------------------------------------------------------- */

void
on_air_skip(struct on_air *on_air, int64_t channel_id)
{
	struct aired *one;

	if (on_air == NULL)
		return;
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL)
		programme_skip(one->programme, NULL);
	pthread_mutex_unlock(&on_air->lock);
}

static enum status
not_on_air(struct fault *fault)
{
	return fault_set(fault, STATUS_NOT_FOUND,
			 "the channel is not on the air");
}

enum status
on_air_keep(struct on_air *on_air, int64_t channel_id, struct fault *fault)
{
	struct live_channel channel = { 0 };
	struct aired *one;

	if (on_air == NULL)
		return not_on_air(fault);
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL) {
		auto_end_keep(&one->machine, clock_monotonic_ms());
		channel = channel_of(one);
	}
	pthread_mutex_unlock(&on_air->lock);
	if (one == NULL)
		return not_on_air(fault);
	live_hub_publish_auto_end_cancelled(on_air->args.hub, channel);
	return STATUS_OK;
}

enum status
on_air_live_begin(struct on_air *on_air, int64_t channel_id, const char *name,
		  int fd, const char *hint, uint32_t fade_ms,
		  struct fault *fault)
{
	struct aired *one = NULL;
	enum status status = STATUS_NOT_FOUND;

	if (on_air != NULL) {
		pthread_mutex_lock(&on_air->lock);
		one = aired_find(on_air, channel_id);
		if (one != NULL)
			status = programme_live_begin(one->programme, fd, hint,
						      fade_ms, fault);
		if (one != NULL && status == STATUS_OK) {
			one->dj_on = true;
			snprintf(one->dj, sizeof one->dj, "%s", name);
		}
		pthread_mutex_unlock(&on_air->lock);
	}
	if (one == NULL) {
		close(fd);
		return not_on_air(fault);
	}
	return status != STATUS_OK ? status :
				     on_air_live_title(on_air, channel_id,
						       name, name, fault);
}

/* "Artist - Title" in two. */
static void
live_title_cut(char *text, struct station_pick *out)
{
	char *dash = strstr(text, " - ");

	out->item.title = text;
	if (dash == NULL || dash == text || dash[3] == '\0')
		return;
	*dash = '\0';
	out->artist = text;
	out->item.title = dash + 3;
}

enum status
on_air_live_title(struct on_air *on_air, int64_t channel_id, const char *name,
		  const char *title, struct fault *fault)
{
	char id[QUEUE_ID_BYTES];
	struct live_play play = { .channel_id = channel_id,
				  .pick = { .kind = PLAY_LIVE } };
	struct live_channel channel = { 0 };
	char *before = NULL, *json, *text;
	const struct aired *one;
	bool live;

	if (on_air == NULL)
		return not_on_air(fault);
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	live = one != NULL && one->dj_on && strcmp(one->dj, name) == 0;
	if (live) {
		channel = channel_of(one);
		if (one->current_json != NULL)
			before = mem_copy_text(one->current_json);
	}
	pthread_mutex_unlock(&on_air->lock);
	if (!live)
		return fault_set(fault, STATUS_NOT_FOUND, "he is not live");
	queue_id_make(id);
	text = mem_copy_text(title);
	live_title_cut(text, &play.pick);
	play.pick.item.id = id;
	play.pick.item.channel_id = channel_id;
	play.pick.item.source = ITEM_STREAM;
	play.pick.item.added_at_ms = clock_now_ms();
	json = pick_print(&play.pick);
	live_play_note(on_air, &play);
	title_tell(on_air, channel_id, title, 0);
	live_hub_publish_track_change(on_air->args.hub, channel,
				      json_span(before), json_span(json),
				      "track_ended");
	free(before);
	free(json);
	free(text);
	return STATUS_OK;
}

void
on_air_live_end(struct on_air *on_air, int64_t channel_id)
{
	struct aired *one;

	if (on_air == NULL)
		return;
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL)
		programme_live_end(one->programme);
	pthread_mutex_unlock(&on_air->lock);
}

static void
view_fill(const struct aired *one, struct on_air_view *out)
{
	int64_t now = clock_monotonic_ms();
	int64_t left = auto_end_left_ms(&one->machine, now);
	struct programme_position position;

	programme_look(one->programme, &position);
	*out = (struct on_air_view){
		.position_ms = position.position_ms,
		.listeners = one->listeners,
		.live = position.live,
		.placeholder = one->placeholder,
	};
	if (one->dj_on)
		memcpy(out->dj, one->dj, sizeof out->dj);
	if (left < 0)
		return;
	out->timer_ends_at_ms = clock_now_ms() + left;
	out->timer_started_at_ms =
		out->timer_ends_at_ms - one->machine.timeout_ms;
}

bool
on_air_look(struct on_air *on_air, int64_t channel_id,
	    struct on_air_view *out)
{
	const struct aired *one;

	if (on_air == NULL)
		return false;
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL)
		view_fill(one, out);
	pthread_mutex_unlock(&on_air->lock);
	return one != NULL;
}

/* ---- for the hub ---------------------------------------------------------- */

struct source_look {
	struct on_air *on_air;
	struct arena *arena;
	struct live_stream *streams;
	size_t count;
};

static void
stream_fill(struct on_air *on_air, const struct channel *channel,
	    const struct played *current, struct live_stream *out)
{
	struct on_air_view view = { 0 };

	on_air_look(on_air, channel->id, &view);
	*out = (struct live_stream){
		.channel_id = channel->id,
		.is_public = channel->settings.is_public,
		.on_air = channel->on_air,
		.title = channel->settings.title,
		.status = !channel->on_air	? "stopped" :
			  channel->paused	? "paused" :
			  current->id != 0 ? "playing" :
					       "placeholder",
		.listeners = view.listeners,
		.queue_size = (uint32_t)channel->queue_size,
		.started_at_ms = channel->run_started_at_ms,
		.track_title = current->id != 0 ? current->item.title : NULL,
	};
}

static enum status
source_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct source_look *look = cookie;
	struct page_request page = { .limit = PAGE_LIMIT_MAX };
	enum status status = STATUS_OK;

	look->count = 0;
	look->streams = arena_new(look->arena, struct live_stream,
				  CHANNELS_ON_AIR_MAX);
	do {
		struct channel_list list;

		status = channels_list(session, false, &page, look->arena,
				       &list, fault);
		for (size_t i = 0; status == STATUS_OK && i < list.count &&
				   look->count < CHANNELS_ON_AIR_MAX;
		     i++) {
			struct played current = { 0 };

			if (list.items[i].current_id != 0)
				status = channel_history_get(
					session, list.items[i].current_id,
					look->arena, &current, fault);
			stream_fill(look->on_air, &list.items[i], &current,
				    &look->streams[look->count++]);
		}
		page.cursor = status == STATUS_OK ? list.page.next_cursor :
						    NULL;
	} while (page.cursor != NULL && look->count < CHANNELS_ON_AIR_MAX);
	return status;
}

static void
source_list(void *cookie, struct arena *arena, struct live_stream **out,
	    size_t *count)
{
	struct source_look look = { .on_air = cookie, .arena = arena };
	struct fault fault = { 0 };

	if (store_read(look.on_air->args.store, source_work, &look, &fault) !=
	    STATUS_OK)
		look.count = 0;
	*out = look.streams;
	*count = look.count;
}

static bool
source_find(void *cookie, int64_t channel_id, bool *is_public)
{
	struct on_air *on_air = cookie;
	struct follow_look look = { .id = channel_id };
	struct fault fault = { 0 };
	struct arena arena;
	enum status status;

	arena_init(&arena);
	look.arena = &arena;
	status = store_read(on_air->args.store, follow_work, &look, &fault);
	if (status == STATUS_OK)
		*is_public = look.channel.settings.is_public;
	arena_release(&arena);
	return status == STATUS_OK;
}

/* ---- opening and closing -------------------------------------------------- */

static void
metrics_register(void)
{
	metric_register(&active);
	metric_register(&listeners_gauge);
	metric_register(&queue_gauge);
	metric_register(&ended_counter);
	metric_register(&durations);
	gauge_set(metric_cell(&active), 0);
}

static enum status
live_folder(const struct on_air_args *args, struct fault *fault)
{
	struct arena arena;
	enum status status;

	arena_init(&arena);
	status = folder_make(arena_print(&arena, "%s/live", args->data_dir),
			     fault);
	arena_release(&arena);
	return status;
}

enum status
on_air_open(const struct on_air_args *args, struct on_air **out,
	    struct fault *fault)
{
	struct on_air *on_air;
	struct live_source source = { .list = source_list,
				      .find = source_find };
	pthread_condattr_t clock;
	enum status status = live_folder(args, fault);
	int failed;

	if (status != STATUS_OK)
		return status;
	on_air = mem_new(1, sizeof *on_air);
	on_air->args = *args;
	pthread_mutex_init(&on_air->follow, NULL);
	pthread_mutex_init(&on_air->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&on_air->wake, &clock);
	pthread_condattr_destroy(&clock);
	metrics_register();
	source.cookie = on_air;
	live_hub_set_source(args->hub, &source);
	if (args->out != NULL)
		live_out_watch(args->out,
			       &(const struct live_out_watcher){
				       heard_tell, left_note, on_air });
	sync_all(on_air);
	failed = pthread_create(&on_air->keeper, NULL, keeper_run, on_air);
	if (failed != 0) {
		on_air->closing = true;
		live_hub_set_source(args->hub, NULL);
		if (args->out != NULL)
			live_out_watch(args->out,
				       &(const struct live_out_watcher){ 0 });
		while (on_air->list != NULL) {
			struct aired *one = on_air->list;

			air_close(on_air, one);
			aired_free(one);
		}
		free(on_air);
		return fault_errno(fault, failed, "cannot start a thread");
	}
	*out = on_air;
	return STATUS_OK;
}

void
on_air_close(struct on_air *on_air)
{
	if (on_air == NULL)
		return;
	pthread_mutex_lock(&on_air->lock);
	on_air->closing = true;
	pthread_cond_broadcast(&on_air->wake);
	pthread_mutex_unlock(&on_air->lock);
	pthread_join(on_air->keeper, NULL);
	live_hub_set_source(on_air->args.hub, NULL);
	while (on_air->list != NULL) {
		struct aired *one = on_air->list;

		air_close(on_air, one);
		aired_free(one);
	}
}

void
on_air_free(struct on_air *on_air)
{
	if (on_air == NULL)
		return;
	pthread_cond_destroy(&on_air->wake);
	pthread_mutex_destroy(&on_air->lock);
	pthread_mutex_destroy(&on_air->follow);
	free(on_air);
}
