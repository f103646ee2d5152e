/* on_air_programme.c - what a channel's programme asks and tells, on the opener's
 * thread; see on_air_private.h. */
#include "service/on_air_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "service/station_input.h"

size_t
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
				       picks[i]->item.source != ITEM_FILE &&
				       picks[i]->item.source != ITEM_TELEGRAM,
		};
		snprintf(items[i].id, sizeof items[i].id, "%s",
			 picks[i]->item.id);
	}
	return count;
}

enum status
air_open(void *cookie, const struct programme_item *item,
	 struct programme_input *out, struct fault *fault)
{
	struct aired *one = cookie;
	const struct on_air_args *args = &one->on_air->args;
	const struct station_pick *pick = station_find(one->station, item->id);

	if (pick == NULL)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "the item is no longer planned");
	return station_input_open(args->store, args->streams, args->telegram,
				  pick, &out->fd, out->hint, fault);
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
void
on_air_title_tell(struct on_air *on_air, int64_t channel_id, const char *title,
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
	tell = one->live_session == 0;
	pthread_mutex_unlock(&one->on_air->lock);
	if (tell)
		on_air_title_tell(one->on_air, one->id, text,
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

void
air_started(void *cookie, const char *id)
{
	struct aired *one = cookie;
	struct live_hub *hub = one->on_air->args.hub;
	const struct station_pick *pick =
		id == NULL ? NULL : station_find(one->station, id);
	char *json = pick == NULL ? NULL : on_air_pick_print(pick), *before;
	struct fault fault = { 0 };
	uint32_t listeners;
	bool left = false;
	enum status status = STATUS_OK;

	if (id != NULL)
		status = station_started(one->station, id, &left, &fault);
	if (status == STATUS_CONFLICT) {
		programme_skip(one->programme, id);
		free(json);
		return;
	}
	if (status != STATUS_OK)
		log_warning("on_air", "cannot note what began",
			    LOG_INT("channel_id", one->id),
			    LOG_TEXT("reason", fault.message));
	else
		noted_set(one, id);
	snprintf(one->playing, sizeof one->playing, "%s", id == NULL ? "" : id);
	before = current_change(one, json, &listeners);
	title_set(one, pick);
	live_hub_publish_track_change(hub, aired_channel(one), json_span(before),
				      json_span(json),
				      end_reason_name(one->last_end));
	live_hub_publish_stream_update(hub, aired_channel(one),
				       LIVE_TRACK_CHANGED,
				       json == NULL ? "placeholder" : "playing",
				       json_span(json), listeners);
	one->last_end = END_TRACK_ENDED;
	if (left)
		on_air_queue_tell(one->on_air, one->id, NULL, NULL);
	free(before);
	free(json);
}

void
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
		on_air_queue_tell(one->on_air, one->id, NULL, NULL);
}


static enum status
live_play_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct live_play *play = cookie;

	return channel_history_live(session, play->channel_id,
				    play->pick.item.id, play->pick.artist,
				    play->pick.item.title, fault);
}

void
on_air_live_play_note(struct on_air *on_air, struct live_play *play)
{
	struct fault fault = { 0 };

	if (store_write(on_air->args.store, live_play_work, play, &fault) !=
	    STATUS_OK)
		log_warning("on_air", "cannot note what is live",
			    LOG_INT("channel_id", play->channel_id),
			    LOG_TEXT("reason", fault.message));
}

/* The opener's thread, `live` held: what was held is what plays again. */
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
	on_air_live_play_note(on_air, &nothing);
	on_air_title_tell(on_air, one->id, title, track_id);
	live_hub_publish_track_change(on_air->args.hub, aired_channel(one),
				      (struct span){ 0 }, json_span(json),
				      "track_ended");
	free(title);
	free(json);
}

void
air_live_ended(void *cookie, uint64_t session, const struct fault *fault)
{
	struct aired *one = cookie;
	struct on_air *on_air = one->on_air;
	bool is_he;

	log_info("on_air", "a live DJ left", LOG_INT("channel_id", one->id),
		 LOG_TEXT("reason", fault == NULL ? "" : fault->message));
	pthread_mutex_lock(&on_air->live);
	pthread_mutex_lock(&on_air->lock);
	is_he = one->live_session == session;
	if (is_he) {
		one->live_session = 0;
		one->dj[0] = '\0';
	}
	pthread_mutex_unlock(&on_air->lock);
	if (is_he)
		live_left(one);
	pthread_mutex_unlock(&on_air->live);
}

void
air_live_titled(void *cookie, uint64_t session, const char *title)
{
	struct aired *one = cookie;
	struct on_air *on_air = one->on_air;
	bool is_he;

	pthread_mutex_lock(&on_air->live);
	pthread_mutex_lock(&on_air->lock);
	is_he = one->live_session == session;
	pthread_mutex_unlock(&on_air->lock);
	if (is_he)
		on_air_live_title_change(on_air, one->id, title);
	pthread_mutex_unlock(&on_air->live);
}
