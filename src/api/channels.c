/* channels.c - routes about live channels: what each is, whether it is on the
 * air, and what it played. */
#include "api/channels.h"

#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "library/audit.h"
#include "library/playlist_rules.h"
#include "library/playlists.h"
#include "service/on_air.h"
#include "service/station_item.h"

enum status
channel_expect(struct store_session *session, struct call *call,
	       struct fault *fault)
{
	struct channel channel;

	return channels_get(session, call_int(call, "id"), call->arena,
			    &channel, fault);
}

bool
channel_is_run_by(const struct call *call)
{
	return call->caller.role >= USER_ROLE_MODERATOR;
}

enum status
channel_to_see(struct store_session *session, const struct call *call,
	       int64_t id, struct channel *out, struct fault *fault)
{
	enum status status =
		channels_get(session, id, call->arena, out, fault);

	if (status != STATUS_OK || out->settings.is_public ||
	    channel_is_run_by(call))
		return status;
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such channel");
}

/* ---- forms ---------------------------------------------------------------- */

enum status
item_tracks_read(struct store_session *session,
		 const struct queue_item *items, size_t count,
		 struct arena *arena, struct item_tracks *out,
		 struct fault *fault)
{
	int64_t *ids = arena_new(arena, int64_t, count + 1);
	size_t named = 0;

	for (size_t i = 0; i < count; i++) {
		if (items[i].track_id != 0)
			ids[named++] = items[i].track_id;
	}
	*out = (struct item_tracks){ 0 };
	if (named == 0)
		return STATUS_OK;
	return tracks_get_many(session, ids, named, arena, &out->tracks,
			       &out->count, fault);
}

const struct track *
item_track(const struct item_tracks *tracks, int64_t id)
{
	for (size_t i = 0; i < tracks->count; i++) {
		if (tracks->tracks[i].id == id)
			return &tracks->tracks[i];
	}
	return NULL;
}

static void
int_or_null(struct json_writer *json, const char *name, int64_t value)
{
	if (value != 0)
		json_member_int(json, name, value);
	else
		json_member_null(json, name);
}

static void
track_members(struct json_writer *json, const struct call *call,
	      const struct queue_item *item, const struct track *track)
{
	json_member_text(json, "artist",
			 track == NULL || *track->artist == '\0' ?
				 NULL :
				 track->artist);
	json_member_text(json, "album", track == NULL ? NULL : track->album);
	int_or_null(json, "track_id", item->track_id);
	json_member_text(json, "cover_url",
			 track == NULL ? NULL :
					 form_cover_url(call->arena, "tracks",
							track->id,
							&track->cover));
}

void
form_queue_item(struct json_writer *json, const struct call *call,
		const struct queue_item *item,
		const struct item_tracks *tracks, bool open)
{
	bool all = channel_is_run_by(call);

	json_object_begin(json);
	json_member_text(json, "id", item->id);
	json_member_int(json, "channel_id", item->channel_id);
	json_member_text(json, "title", item->title);
	json_member_text(json, "source", item_source_name(item->source));
	track_members(json, call, item, item_track(tracks, item->track_id));
	json_member_text(json, "url", all ? item->url : NULL);
	int_or_null(json, "duration_ms", item->duration_ms);
	json_name(json, "duration");
	if (item->duration_ms != 0)
		json_double(json, (double)item->duration_ms / 1000);
	else
		json_null_value(json);
	json_member_text(json, "requested_by", item->requester);
	json_member_time(json, "added_at", item->added_at_ms);
	json_name(json, "metadata");
	if (item->metadata != NULL && all)
		json_raw(json, span_of(item->metadata));
	else
		json_null_value(json);
	if (!open)
		json_object_end(json);
}

const char *
channel_state(const struct call *call, const struct channel_view *view)
{
	(void)call;
	if (!view->channel.on_air)
		return "stopped";
	if (view->channel.paused)
		return "paused";
	return view->current.id != 0 ? "playing" : "placeholder";
}

void
form_channel_current(struct json_writer *json, const struct call *call,
		     const struct channel_view *view)
{
	json_name(json, "current_item");
	if (view->current.id == 0) {
		json_null_value(json);
		return;
	}
	form_queue_item(json, call, &view->current.item, &view->tracks, true);
	json_member_time(json, "started_at", view->current.started_at_ms);
	json_member_text(json, "kind", play_kind_name(view->current.kind));
	json_object_end(json);
}

static void
settings_members(struct json_writer *json, const struct call *call,
		 const struct channel_settings *settings)
{
	json_member_text(json, "title", settings->title);
	json_member_text(json, "description", settings->description);
	json_member_bool(json, "is_public", settings->is_public);
	json_member_bool(json, "auto_end_enabled", settings->auto_end_enabled);
	json_member_int(json, "auto_end_timeout_minutes",
			settings->auto_end_minutes);
	json_member_text(json, "placeholder",
			 channel_is_run_by(call) ? settings->placeholder :
						   NULL);
	json_name(json, "auto_dj");
	if (settings->auto_dj != NULL)
		json_raw(json, span_of(settings->auto_dj));
	else
		json_null_value(json);
	json_member_int(json, "crossfade_ms", settings->crossfade_ms);
	json_member_text(json, "level_mode",
			 channel_level_name(settings->level));
	json_member_int(json, "listeners_max", settings->listeners_max);
	json_member_bool(json, "requests_enabled", settings->requests_enabled);
	json_member_int(json, "request_cooldown_seconds",
			settings->request_cooldown_seconds);
}

static void
timer_member(struct json_writer *json, const struct on_air_view *live)
{
	json_name(json, "auto_end_timer");
	if (live->timer_ends_at_ms == 0) {
		json_null_value(json);
		return;
	}
	json_object_begin(json);
	json_member_time(json, "started_at", live->timer_started_at_ms);
	json_member_time(json, "timeout_at", live->timer_ends_at_ms);
	json_member_int(json, "remaining_seconds",
			(live->timer_ends_at_ms - clock_now_ms() + 999) /
				1000);
	json_object_end(json);
}

/* What only a channel on the air has. */
static void
live_members(struct json_writer *json, const struct call *call,
	     const struct channel_view *view)
{
	const struct channel *channel = &view->channel;
	struct on_air_view live = { 0 };

	on_air_look(call->api->args.on_air, channel->id, &live);
	json_member_text(json, "state", channel_state(call, view));
	json_member_bool(json, "on_air", channel->on_air);
	form_channel_current(json, call, view);
	json_member_int(json, "current_position_ms", live.position_ms);
	json_member_int(json, "listeners_count", live.listeners);
	timer_member(json, &live);
	json_member_text(json, "dj", *live.dj != '\0' ? live.dj : NULL);
	json_member_time(json, "started_at", channel->run_started_at_ms);
}

void
form_channel(struct json_writer *json, const struct call *call,
	     const struct channel_view *view)
{
	const struct channel *channel = &view->channel;
	const struct track *track =
		item_track(&view->tracks, view->current.item.track_id);

	json_object_begin(json);
	json_member_int(json, "id", channel->id);
	settings_members(json, call, &channel->settings);
	json_member_text(json, "cover_url",
			 track == NULL ? NULL :
					 form_cover_url(call->arena, "tracks",
							track->id,
							&track->cover));
	live_members(json, call, view);
	json_member_int(json, "queue_size", channel->queue_size);
	json_member_int(json, "queue_version", channel->queue_version);
	json_member_time(json, "last_activity", channel->active_at_ms);
	json_member_time(json, "created_at", channel->created_at_ms);
	json_member_time(json, "updated_at", channel->updated_at_ms);
	json_object_end(json);
}

enum status
channel_view_read(struct store_session *session, struct channel_view *view,
		  struct arena *arena, struct fault *fault)
{
	enum status status = STATUS_OK;

	view->current = (struct played){ 0 };
	view->tracks = (struct item_tracks){ 0 };
	if (view->channel.current_id != 0)
		status = channel_history_get(session, view->channel.current_id,
					     arena, &view->current, fault);
	if (status == STATUS_OK && view->current.id != 0)
		status = item_tracks_read(session, &view->current.item, 1,
					  arena, &view->tracks, fault);
	return status;
}

/* ---- looking -------------------------------------------------------------- */

struct channel_work {
	struct call *call;
	int64_t id;
	struct channel_view view;
};

static enum status
channel_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct channel_work *work = cookie;
	enum status status = channel_to_see(session, work->call, work->id,
					    &work->view.channel, fault);

	return status != STATUS_OK ?
		       status :
		       channel_view_read(session, &work->view,
					 work->call->arena, fault);
}

void
channel_answer(struct call *call, unsigned status, int64_t id)
{
	struct channel_work work = { .call = call, .id = id };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, channel_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_channel(&json, call, &work.view);
	call_answer_json(call, status, &body);
}

void
handle_channel_get(struct call *call)
{
	channel_answer(call, 200, call_int(call, "id"));
}

struct channels_work {
	struct call *call;
	struct page_request page;
	struct channel_list list;
	struct channel_view *views;
};

static enum status
channels_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct channels_work *work = cookie;
	struct arena *arena = work->call->arena;
	enum status status =
		channels_list(session, !channel_is_run_by(work->call),
			      &work->page, arena, &work->list, fault);

	if (status != STATUS_OK)
		return status;
	work->views = arena_new(arena, struct channel_view,
				work->list.count + 1);
	for (size_t i = 0; i < work->list.count && status == STATUS_OK; i++) {
		work->views[i].channel = work->list.items[i];
		status = channel_view_read(session, &work->views[i], arena,
					   fault);
	}
	return status;
}

void
handle_channels_list(struct call *call)
{
	struct channels_work work = { .call = call, .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, channels_run, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		form_channel(&answer.json, call, &work.views[i]);
	page_end(&answer, call, &work.list.page);
}

struct history_work {
	struct call *call;
	struct page_request page;
	struct played_list list;
	struct item_tracks tracks;
};

static enum status
history_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct history_work *work = cookie;
	struct arena *arena = work->call->arena;
	struct queue_item *items;
	struct channel channel;
	enum status status =
		channel_to_see(session, work->call,
			       call_int(work->call, "id"), &channel, fault);

	if (status == STATUS_OK)
		status = channel_history_list(session, channel.id, &work->page,
					      arena, &work->list, fault);
	if (status != STATUS_OK)
		return status;
	items = arena_new(arena, struct queue_item, work->list.count + 1);
	for (size_t i = 0; i < work->list.count; i++)
		items[i] = work->list.items[i].item;
	return item_tracks_read(session, items, work->list.count, arena,
				&work->tracks, fault);
}

static void
played_form(struct json_writer *json, const struct call *call,
	    const struct played *played, const struct item_tracks *tracks)
{
	const struct queue_item *item = &played->item;
	const struct track *track = item_track(tracks, item->track_id);

	json_object_begin(json);
	json_member_int(json, "id", played->id);
	json_member_text(json, "item_id", item->id);
	json_member_text(json, "kind", play_kind_name(played->kind));
	json_member_text(json, "title", item->title);
	json_member_text(json, "artist", played->artist);
	int_or_null(json, "track_id", item->track_id);
	json_member_text(json, "cover_url",
			 track == NULL ? NULL :
					 form_cover_url(call->arena, "tracks",
							track->id,
							&track->cover));
	json_member_text(json, "source", item_source_name(item->source));
	json_member_text(json, "requested_by", item->requester);
	json_member_time(json, "started_at", played->started_at_ms);
	json_member_time(json, "ended_at", played->ended_at_ms);
	json_member_text(json, "reason",
			 played->ended_at_ms != 0 ?
				 end_reason_name(played->reason) :
				 NULL);
	json_object_end(json);
}

void
handle_channel_history(struct call *call)
{
	struct history_work work = { .call = call, .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, history_run, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		played_form(&answer.json, call, &work.list.items[i],
			    &work.tracks);
	page_end(&answer, call, &work.list.page);
}

/* ---- making and changing -------------------------------------------------- */

struct settings_work {
	struct call *call;
	int64_t id;
	const char *auto_dj;
	bool makes;
};

static void
bool_given(const struct call *call, const char *name, bool *out)
{
	if (call_field(call, name)->given)
		*out = call_field(call, name)->number != 0;
}

static void
int_given(const struct call *call, const char *name, int64_t *out)
{
	if (call_field(call, name)->given)
		*out = call_field(call, name)->number;
}

/* What the body says over what there is. */
static void
settings_given(const struct settings_work *work,
	       struct channel_settings *settings)
{
	const struct call *call = work->call;

	if (call_field(call, "title")->given)
		settings->title = call_field_text(call, "title");
	if (call_field(call, "description")->given)
		settings->description = call_field_text(call, "description");
	if (call_field(call, "placeholder")->given)
		settings->placeholder = call_field_text(call, "placeholder");
	if (call_field(call, "auto_dj")->given)
		settings->auto_dj = work->auto_dj;
	if (call_field(call, "level_mode")->given)
		channel_level_parse(call_field_text(call, "level_mode"),
				    &settings->level);
	bool_given(call, "is_public", &settings->is_public);
	bool_given(call, "auto_end_enabled", &settings->auto_end_enabled);
	bool_given(call, "requests_enabled", &settings->requests_enabled);
	int_given(call, "auto_end_timeout_minutes",
		  &settings->auto_end_minutes);
	int_given(call, "crossfade_ms", &settings->crossfade_ms);
	int_given(call, "listeners_max", &settings->listeners_max);
	int_given(call, "request_cooldown_seconds",
		  &settings->request_cooldown_seconds);
}

static enum status
placeholder_check(struct store_session *session, const struct call *call,
		  struct channel_settings *settings, struct fault *fault)
{
	if (settings->placeholder == NULL ||
	    !call_field(call, "placeholder")->given)
		return STATUS_OK;
	return station_file_find(session, "placeholder", settings->placeholder,
				 call->arena, &settings->placeholder, fault);
}

/* What the log keeps of one. */
static const char *
audit_values(struct arena *arena, int64_t id,
	     const struct channel_settings *settings, bool on_air)
{
	struct json_writer json;
	struct buffer text;
	const char *kept;

	buffer_init(&text, 0);
	json_writer_init(&json, &text);
	json_object_begin(&json);
	json_member_int(&json, "id", id);
	json_member_text(&json, "title", settings->title);
	json_member_bool(&json, "is_public", settings->is_public);
	json_member_bool(&json, "on_air", on_air);
	json_member_bool(&json, "auto_end_enabled",
			 settings->auto_end_enabled);
	json_member_int(&json, "auto_end_timeout_minutes",
			settings->auto_end_minutes);
	json_member_int(&json, "crossfade_ms", settings->crossfade_ms);
	json_member_text(&json, "placeholder", settings->placeholder);
	json_member_text(&json, "auto_dj", settings->auto_dj);
	json_object_end(&json);
	kept = arena_copy_text(arena, text.bytes);
	buffer_release(&text);
	return kept;
}

static enum status
making_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct settings_work *work = cookie;
	struct call *call = work->call;
	struct channel_settings settings = {
		.is_public = true,
		.auto_end_enabled = true,
		.auto_end_minutes = call->api->args.auto_end_minutes,
		.level = LEVEL_TRACK,
		.request_cooldown_seconds = 300,
	};
	enum status status = sql_lock(session, "channels", fault);

	settings_given(work, &settings);
	if (status == STATUS_OK)
		status = placeholder_check(session, call, &settings, fault);
	if (status == STATUS_OK)
		status = channels_add(session, call_field(call, "id")->number,
				      &settings, &work->id, fault);
	if (status == STATUS_OK)
		status = audit_add(session, &call->caller, "create", "channel",
				   work->id, NULL,
				   audit_values(call->arena, work->id,
						&settings, false),
				   fault);
	return status;
}

static enum status
changing_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct settings_work *work = cookie;
	struct call *call = work->call;
	struct channel_settings settings;
	struct channel before;
	enum status status = channels_get(session, call_int(call, "id"),
					  call->arena, &before, fault);

	if (status != STATUS_OK)
		return status;
	work->id = before.id;
	settings = before.settings;
	settings_given(work, &settings);
	status = placeholder_check(session, call, &settings, fault);
	if (status == STATUS_OK)
		status = channels_change(session, before.id, &settings, fault);
	if (status == STATUS_OK)
		status = audit_add(session, &call->caller, "update", "channel",
				   before.id,
				   audit_values(call->arena, before.id,
						&before.settings,
						before.on_air),
				   audit_values(call->arena, before.id,
						&settings, before.on_air),
				   fault);
	return status;
}

static const char *
auto_dj_wrong(const struct call *call)
{
	return call->language == LANGUAGE_RU ?
		       "нужно одно из трёх: playlist_id, rules или similar; "
		       "окна — от 0 до 10080 минут" :
		       "takes one of playlist_id, rules and similar; windows "
		       "are 0 to 10080 minutes";
}

static bool
window_fits(const json_t *value)
{
	return value == NULL || json_is_null(value) ||
	       (json_is_integer(value) && json_integer_value(value) >= 0 &&
		json_integer_value(value) <= 10080);
}

static bool
auto_dj_fits(const json_t *given)
{
	const json_t *playlist = json_object_get(given, "playlist_id");
	const json_t *rules = json_object_get(given, "rules");
	bool by_playlist = playlist != NULL && !json_is_null(playlist);
	bool by_rules = rules != NULL && !json_is_null(rules);
	const json_t *similar = json_object_get(given, "similar");
	bool by_sound = json_is_true(similar);

	return by_playlist + by_rules + by_sound == 1 &&
	       (similar == NULL || json_is_null(similar) ||
		json_is_boolean(similar)) &&
	       (!by_playlist || (json_is_integer(playlist) &&
				 json_integer_value(playlist) > 0)) &&
	       window_fits(json_object_get(given, "track_window_minutes")) &&
	       window_fits(json_object_get(given, "artist_window_minutes"));
}

/* Only what is known is kept. */
static const char *
auto_dj_keep(struct arena *arena, const json_t *given)
{
	static const char *const names[] = { "playlist_id", "rules",
					     "similar",
					     "track_window_minutes",
					     "artist_window_minutes" };
	json_t *kept = json_object();
	const char *text;
	char *printed;

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		json_t *value = json_object_get(given, names[i]);

		if (value != NULL && !json_is_null(value))
			json_object_set(kept, names[i], value);
	}
	printed = json_dumps(kept, JSON_COMPACT);
	text = arena_copy_text(arena, printed);
	free(printed);
	json_decref(kept);
	return text;
}

/* False: answered. */
static bool
auto_dj_given(struct call *call, const char **out)
{
	const struct param_value *given = call_field(call, "auto_dj");
	struct playlist_rules *rules;
	struct fault fault = { 0 };
	json_t *asked;

	if (!given->given || given->is_null)
		return true;
	if (!auto_dj_fits(given->json)) {
		call_answer_field(call, "auto_dj", auto_dj_wrong(call));
		return false;
	}
	asked = json_object_get(given->json, "rules");
	if (asked != NULL && !json_is_null(asked) &&
	    playlist_rules_check(asked, call->arena, &rules, &fault) !=
		    STATUS_OK) {
		call_answer_fault(call, &fault);
		return false;
	}
	*out = auto_dj_keep(call->arena, given->json);
	return true;
}

void
handle_channel_make(struct call *call)
{
	struct settings_work work = { .call = call, .makes = true };

	if (auto_dj_given(call, &work.auto_dj) &&
	    call_write_store(call, making_run, &work))
		channel_answer(call, 201, work.id);
}

void
handle_channel_change(struct call *call)
{
	struct settings_work work = { .call = call };

	if (!auto_dj_given(call, &work.auto_dj) ||
	    !call_write_store(call, changing_run, &work))
		return;
	on_air_follow(call->api->args.on_air, work.id);
	channel_answer(call, 200, work.id);
}

static enum status
removing_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct call *call = cookie;
	struct channel before;
	enum status status = channels_get(session, call_int(call, "id"),
					  call->arena, &before, fault);

	if (status == STATUS_OK)
		status = channels_remove(session, before.id, fault);
	if (status == STATUS_OK)
		status = audit_add(session, &call->caller, "delete", "channel",
				   before.id,
				   audit_values(call->arena, before.id,
						&before.settings, false),
				   NULL, fault);
	return status;
}

void
handle_channel_remove(struct call *call)
{
	if (call_write_store(call, removing_run, call))
		call_answer_empty(call, 204);
}

/* ---- on the air ----------------------------------------------------------- */

enum wish { WISH_START, WISH_STOP, WISH_PAUSE, WISH_RESUME };

struct wish_work {
	struct call *call;
	enum wish wish;
	bool changed;
};

static enum status
wish_apply(struct store_session *session, struct wish_work *work,
	   const struct channel *before, struct fault *fault)
{
	work->changed = before->paused != (work->wish == WISH_PAUSE);
	switch (work->wish) {
	case WISH_START:
		return channels_start(session, before->id, &work->changed,
				      fault);
	case WISH_STOP:
		return channels_stop(session, before->id, "manual",
				     &work->changed, fault);
	case WISH_PAUSE:
	case WISH_RESUME:
		return channels_pause(session, before->id,
				      work->wish == WISH_PAUSE, fault);
	}
	return STATUS_OK;
}

static enum status
wish_run(struct store_session *session, void *cookie, struct fault *fault)
{
	static const char *const after[] = {
		[WISH_START] = "{\"wanted\":\"start\"}",
		[WISH_STOP] = "{\"wanted\":\"stop\"}",
		[WISH_PAUSE] = "{\"wanted\":\"pause\"}",
		[WISH_RESUME] = "{\"wanted\":\"resume\"}",
	};
	struct wish_work *work = cookie;
	struct call *call = work->call;
	struct channel before;
	enum status status = channels_get(session, call_int(call, "id"),
					  call->arena, &before, fault);

	if (status == STATUS_OK)
		status = wish_apply(session, work, &before, fault);
	if (status == STATUS_OK && work->changed)
		status = audit_add(session, &call->caller, "update", "channel",
				   before.id,
				   audit_values(call->arena, before.id,
						&before.settings,
						before.on_air),
				   after[work->wish], fault);
	return status;
}

static void
wish_answer(struct call *call, enum wish wish)
{
	struct wish_work work = { .call = call, .wish = wish };

	if (!call_write_store(call, wish_run, &work))
		return;
	on_air_follow(call->api->args.on_air, call_int(call, "id"));
	channel_answer(call, 200, call_int(call, "id"));
}

void
handle_channel_start(struct call *call)
{
	wish_answer(call, WISH_START);
}

void
handle_channel_stop(struct call *call)
{
	wish_answer(call, WISH_STOP);
}

void
handle_channel_pause(struct call *call)
{
	wish_answer(call, WISH_PAUSE);
}

void
handle_channel_resume(struct call *call)
{
	wish_answer(call, WISH_RESUME);
}

static enum status
seen_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct call *call = cookie;
	struct channel channel;

	return channel_to_see(session, call, call_int(call, "id"), &channel,
			      fault);
}

/* Also a visitor may say that somebody is there. */
void
handle_channel_keep(struct call *call)
{
	struct fault fault = { 0 };

	if (!call_read_store(call, seen_run, call))
		return;
	if (on_air_keep(call->api->args.on_air, call_int(call, "id"),
			&fault) == STATUS_OK)
		channel_answer(call, 200, call_int(call, "id"));
	else
		call_answer_fault(call, &fault);
}
