/* on_air.c - see on_air.h.
 *
 * Three locks. `live` is told of where it is. `follow` is held while a channel goes on or leaves the air, which
 * starts and waits for threads. `lock` guards the list and what the members of
 * struct aired below it say; it is held for moments, also by the programme's
 * callbacks, and never while the store is asked. A channel that leaves is taken
 * from the list first, so that nobody finds it while its programme is closed.
 */
#include "service/on_air_private.h"

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

static const double duration_buckets[] = { 60, 300, 900, 3600, 14400,
					   43200, 86400, 604800, 0 };

static struct metric active = METRIC_GAUGE("ogma_active_streams",
					   "Channels on the air.");
static struct metric listeners_gauge =
	METRIC_GAUGE("ogma_stream_listeners", "Who listens to a channel.",
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

struct aired *
aired_find(const struct on_air *on_air, int64_t id)
{
	struct aired *one = on_air->list;

	while (one != NULL && one->id != id)
		one = one->next;
	return one;
}

struct live_channel
aired_channel(const struct aired *one)
{
	return (struct live_channel){ one->id, one->settings.is_public };
}

/* ---- going on and leaving ------------------------------------------------- */

int64_t
on_air_auto_end_ms(const struct station_settings *settings, int64_t minutes)
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
		on_air_auto_end_ms(one->on_air->args.settings,
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
		.live_titled = air_live_titled,
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
	one->station = station_new(on_air->args.store,
				   on_air->args.sounds, channel->id);
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
	live_hub_publish_stream_update(on_air->args.hub, aired_channel(one),
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
	live_hub_publish_stream_update(on_air->args.hub, aired_channel(one),
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
		live_hub_publish_status(on_air->args.hub, aired_channel(one),
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
		channel = aired_channel(one);
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
	metric_register(&on_air_queue_gauge);
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
	pthread_mutex_init(&on_air->live, NULL);
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
	on_air_sync(on_air);
	failed = pthread_create(&on_air->keeper, NULL, on_air_keeper, on_air);
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
	pthread_mutex_destroy(&on_air->live);
	pthread_mutex_destroy(&on_air->follow);
	free(on_air);
}
