/* channel_pushes.c - routes about the servers a live channel is sent to. */
#include "library/channel_pushes.h"

#include "api/api.h"
#include "api/channels.h"
#include "api/handlers.h"
#include "base/seal.h"
#include "library/audit.h"
#include "library/channels.h"
#include "service/on_air.h"
#include "service/push.h"

struct push_work {
	struct call *call;
	struct push_settings settings; /* as given, over what was */
	struct channel_push *list, push;
	size_t count;
	int64_t id; /* 0: a new one */
};

/* ---- what is shown -------------------------------------------------------- */

static void
settings_form(struct json_writer *json, const struct channel_push *push)
{
	const struct push_settings *settings = &push->settings;

	json_member_object_begin(json, "settings");
	json_name(json, "bitrate_kbps");
	if (settings->bitrate_kbps != 0)
		json_int(json, settings->bitrate_kbps);
	else
		json_null_value(json);
	json_member_text(json, "format",
			 push->kind == PUSH_RTMP ?
				 "aac" :
				 push_format_name(settings->format));
	json_member_text(json, "picture",
			 push->kind == PUSH_RTMP ?
				 push_picture_name(settings->picture) :
				 "none");
	json_member_text(json, "name", settings->name);
	json_member_text(json, "username", settings->username);
	json_member_bool(json, "counts_as_listener",
			 settings->counts_as_listener);
	json_object_end(json);
}

static void
push_form(struct json_writer *json, struct call *call,
	  const struct channel_push *push)
{
	struct push_view view;

	pushes_look(call->api->args.pushes, push->channel_id, push->id, &view);
	json_object_begin(json);
	json_member_int(json, "id", push->id);
	json_member_int(json, "channel_id", push->channel_id);
	json_member_text(json, "kind", push_kind_name(push->kind));
	json_member_text(json, "url", push->url);
	json_member_bool(json, "enabled", push->enabled);
	settings_form(json, push);
	json_member_bool(json, "has_secret", push->secret != NULL);
	json_member_text(json, "state", push_state_name(view.state));
	json_member_time(json, "since", view.since_ms);
	json_member_time(json, "retry_at", view.retry_at_ms);
	json_member_text(json, "error",
			 view.error[0] != '\0' ? view.error : NULL);
	json_member_int(json, "bytes", (int64_t)view.bytes);
	json_member_int(json, "reconnects", (int64_t)view.reconnects);
	json_member_time(json, "created_at", push->created_at_ms);
	json_object_end(json);
}

static enum status
pushes_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct push_work *work = cookie;
	struct call *call = work->call;
	enum status status = channel_expect(session, call, fault);

	return status != STATUS_OK ?
		       status :
		       channel_pushes_list(session, call_int(call, "id"),
					   call->arena, &work->list,
					   &work->count, fault);
}

void
handle_channel_pushes(struct call *call)
{
	struct push_work work = { .call = call };
	struct page_answer answer;

	if (!call_read_store(call, pushes_read, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		push_form(&answer.json, call, &work.list[i]);
	page_end_whole(&answer, call, work.count);
}

/* ---- what is given -------------------------------------------------------- */

static bool
settings_wrong(struct call *call, const char *en, const char *ru)
{
	call_answer_field(call, "settings",
			  call->language == LANGUAGE_RU ? ru : en);
	return false;
}

/* The names of another server end up in lines of its requests. */
static bool
line_fits(const json_t *value)
{
	const char *text = json_string_value(value);

	if (value == NULL || json_is_null(value))
		return true;
	if (text == NULL || json_string_length(value) > PUSH_NAME_MAX)
		return false;
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			return false;
	}
	return true;
}

static const char *
line_of(struct call *call, const json_t *value)
{
	const char *text = json_string_value(value);

	return text == NULL || *text == '\0' ?
		       NULL :
		       arena_copy_text(call->arena, text);
}

static bool
bitrate_fits(const json_t *value)
{
	return value == NULL || json_is_null(value) ||
	       (json_is_integer(value) &&
		json_integer_value(value) >= PUSH_KBPS_MIN &&
		json_integer_value(value) <= PUSH_KBPS_MAX);
}

static bool
words_given(struct call *call, const json_t *given, struct push_settings *out)
{
	const json_t *format = json_object_get(given, "format");
	const json_t *picture = json_object_get(given, "picture");
	const json_t *counts = json_object_get(given, "counts_as_listener");

	if (format != NULL &&
	    !push_format_parse(json_string_value(format), &out->format))
		return settings_wrong(call,
				      "format is mp3, ogg, opus or aac",
				      "format — mp3, ogg, opus или aac");
	if (picture != NULL &&
	    !push_picture_parse(json_string_value(picture), &out->picture))
		return settings_wrong(call, "picture is card, cover or none",
				      "picture — card, cover или none");
	if (counts != NULL && !json_is_boolean(counts))
		return settings_wrong(call,
				      "counts_as_listener is true or false",
				      "counts_as_listener — true или false");
	if (counts != NULL)
		out->counts_as_listener = json_is_true(counts);
	return true;
}

/* What is given over what was; false: answered. */
static bool
settings_given(struct call *call, struct push_settings *out)
{
	const json_t *given = call_field(call, "settings")->json;
	const json_t *bitrate = json_object_get(given, "bitrate_kbps");
	const json_t *name = json_object_get(given, "name");
	const json_t *username = json_object_get(given, "username");

	if (given == NULL)
		return true;
	if (!bitrate_fits(bitrate))
		return settings_wrong(call, "bitrate_kbps is 32 to 320",
				      "bitrate_kbps — от 32 до 320");
	if (!line_fits(name) || !line_fits(username) ||
	    (username != NULL && json_is_string(username) &&
	     strchr(json_string_value(username), ':') != NULL))
		return settings_wrong(call,
				      "name and username are one line of at "
				      "most 200 bytes",
				      "name и username — одна строка до 200 "
				      "байтов");
	if (!words_given(call, given, out))
		return false;
	if (bitrate != NULL)
		out->bitrate_kbps = (uint32_t)json_integer_value(bitrate);
	if (name != NULL)
		out->name = line_of(call, name);
	if (username != NULL)
		out->username = line_of(call, username);
	return true;
}

/* Of a row that is there: found again, by a name of its own. */
static enum status
push_find(struct store_session *session, struct push_work *work,
	  struct fault *fault)
{
	enum status status = pushes_read(session, work, fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < work->count; i++) {
		if (work->list[i].id != work->id)
			continue;
		work->push = work->list[i];
		return STATUS_OK;
	}
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such row");
}

static enum status
push_given(struct call *call, struct channel_push *push, struct fault *fault)
{
	const struct param_value *secret = call_field(call, "secret");
	const char *before = push->url;

	if (call_field(call, "url")->given)
		push->url = call_field_text(call, "url");
	if (secret->given)
		push->secret = secret->text != NULL && *secret->text != '\0' ?
				       seal_text(call->api->args.seal,
						 PUSH_SECRET, secret->text,
						 call->arena) :
				       NULL;
	else if (before != NULL && strcmp(before, push->url) != 0)
		push->secret = NULL; /* it was for another server */
	if (call_field(call, "enabled")->given)
		push->enabled = call_field(call, "enabled")->number != 0;
	return push_url_check(push->kind, push->url, fault);
}

static enum status
push_audit(struct store_session *session, struct call *call,
	   const char *action, const struct channel_push *push,
	   struct fault *fault)
{
	struct buffer values;
	struct json_writer json;
	enum status status;

	buffer_init(&values, 0);
	json_writer_init(&json, &values);
	json_object_begin(&json);
	json_member_int(&json, "channel_id", push->channel_id);
	if (push->url != NULL) {
		json_member_text(&json, "kind", push_kind_name(push->kind));
		json_member_text(&json, "url", push->url);
		json_member_bool(&json, "enabled", push->enabled);
	}
	json_object_end(&json);
	status = audit_add(session, &call->caller, action, "channel_push",
			   push->id, NULL, values.bytes, fault);
	buffer_release(&values);
	return status;
}

static enum status
push_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct push_work *work = cookie;
	struct call *call = work->call;
	struct channel_push *push = &work->push;
	bool makes = work->id == 0;
	enum status status = STATUS_OK;

	*push = (struct channel_push){
		.channel_id = call_int(call, "id"),
		.enabled = true,
		.settings = { .counts_as_listener = true },
	};
	if (makes)
		push_kind_parse(call_field_text(call, "kind"), &push->kind);
	else
		status = push_find(session, work, fault);
	if (status == STATUS_OK)
		status = push_given(call, push, fault);
	if (status == STATUS_OK)
		settings_given(call, &push->settings); /* checked before */
	if (status == STATUS_OK)
		status = channel_push_save(session, push, fault);
	if (status == STATUS_OK)
		status = push_audit(session, call, makes ? "create" : "update",
				    push, fault);
	return status;
}

static enum status
push_look_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	return push_find(session, cookie, fault);
}

static void
push_save(struct call *call, int64_t id, unsigned status)
{
	struct push_work work = { .call = call, .id = id };
	struct push_settings checked = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!settings_given(call, &checked) ||
	    !call_write_store(call, push_write, &work))
		return;
	pushes_follow(call->api->args.pushes);
	work.id = work.push.id;
	if (!call_read_store(call, push_look_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	push_form(&json, call, &work.push);
	call_answer_json(call, status, &body);
}

void
handle_channel_push_add(struct call *call)
{
	push_save(call, 0, 201);
}

void
handle_channel_push_change(struct call *call)
{
	push_save(call, call_int(call, "push_id"), 200);
}

static enum status
push_drop_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct call *call = cookie;
	const struct channel_push gone = {
		.id = call_int(call, "push_id"),
		.channel_id = call_int(call, "id"),
	};
	enum status status = channel_push_remove(session, gone.channel_id,
						 gone.id, fault);

	return status != STATUS_OK ?
		       status :
		       push_audit(session, call, "delete", &gone, fault);
}

void
handle_channel_push_remove(struct call *call)
{
	if (!call_write_store(call, push_drop_work, call))
		return;
	pushes_follow(call->api->args.pushes);
	call_answer_empty(call, 204);
}
