/* on_air_commands.c - what people do to a channel on the air, and see of it; see
 * on_air.h. */
#include "service/on_air_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"

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
		channel = aired_channel(one);
	}
	pthread_mutex_unlock(&on_air->lock);
	if (one == NULL)
		return not_on_air(fault);
	live_hub_publish_auto_end_cancelled(on_air->args.hub, channel);
	return STATUS_OK;
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

void
on_air_live_title_change(struct on_air *on_air, int64_t channel_id,
			 const char *title)
{
	char id[QUEUE_ID_BYTES];
	struct live_play play = { .channel_id = channel_id,
				  .pick = { .kind = PLAY_LIVE } };
	struct live_channel channel = { channel_id, false };
	char *before = NULL, *json, *text = mem_copy_text(title);
	const struct aired *one;

	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL)
		channel = aired_channel(one);
	if (one != NULL && one->current_json != NULL)
		before = mem_copy_text(one->current_json);
	pthread_mutex_unlock(&on_air->lock);
	queue_id_make(id);
	live_title_cut(text, &play.pick);
	play.pick.item.id = id;
	play.pick.item.channel_id = channel_id;
	play.pick.item.source = ITEM_STREAM;
	play.pick.item.added_at_ms = clock_now_ms();
	json = on_air_pick_print(&play.pick);
	on_air_live_play_note(on_air, &play);
	on_air_title_tell(on_air, channel_id, title, 0);
	live_hub_publish_track_change(on_air->args.hub, channel,
				      json_span(before), json_span(json),
				      "track_ended");
	free(before);
	free(json);
	free(text);
}

/* `live` held. STATUS_NOT_FOUND without a fault: not on the air. */
static enum status
live_take(struct on_air *on_air, int64_t channel_id,
	  const struct on_air_live *live, struct fault *fault)
{
	const struct programme_live sound = {
		.number = on_air->live_sessions + 1,
		.fd = live->fd,
		.hint = live->hint,
		.fade_ms = live->fade_ms,
	};
	enum status status = STATUS_NOT_FOUND;
	struct aired *one;

	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one == NULL)
		close(live->fd);
	else
		status = programme_live_begin(one->programme, &sound, fault);
	if (status == STATUS_OK) {
		one->live_session = ++on_air->live_sessions;
		snprintf(one->dj, sizeof one->dj, "%s", live->name);
	}
	pthread_mutex_unlock(&on_air->lock);
	return status;
}

enum status
on_air_live_begin(struct on_air *on_air, int64_t channel_id,
		  const struct on_air_live *live, uint64_t *session,
		  struct fault *fault)
{
	enum status status;

	if (on_air == NULL) {
		close(live->fd);
		return not_on_air(fault);
	}
	pthread_mutex_lock(&on_air->live);
	status = live_take(on_air, channel_id, live, fault);
	if (status == STATUS_OK) {
		*session = on_air->live_sessions;
		on_air_live_title_change(on_air, channel_id, live->name);
	}
	pthread_mutex_unlock(&on_air->live);
	return status == STATUS_NOT_FOUND ? not_on_air(fault) : status;
}

enum status
on_air_live_title(struct on_air *on_air, int64_t channel_id, const char *name,
		  const char *title, struct fault *fault)
{
	const struct aired *one;
	bool is_he;

	if (on_air == NULL)
		return not_on_air(fault);
	pthread_mutex_lock(&on_air->live);
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	is_he = one != NULL && one->live_session != 0 &&
		strcmp(one->dj, name) == 0;
	pthread_mutex_unlock(&on_air->lock);
	if (is_he)
		on_air_live_title_change(on_air, channel_id, title);
	pthread_mutex_unlock(&on_air->live);
	return is_he ? STATUS_OK :
		       fault_set(fault, STATUS_NOT_FOUND, "he is not live");
}

void
on_air_live_end(struct on_air *on_air, int64_t channel_id, uint64_t session)
{
	struct aired *one;

	if (on_air == NULL)
		return;
	pthread_mutex_lock(&on_air->lock);
	one = aired_find(on_air, channel_id);
	if (one != NULL)
		programme_live_end(one->programme, session);
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
		.live_session = one->live_session,
	};
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
