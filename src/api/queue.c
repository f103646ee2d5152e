/* queue.c - routes about what a live channel plays next. */
#include <stdlib.h>
#include <string.h>

#include "api/api.h"
#include "api/channels.h"
#include "api/handlers.h"
#include "base/counter.h"
#include "library/audit.h"
#include "service/on_air.h"
#include "service/station_item.h"
#include "service/station_post.h"

static struct metric operations = METRIC_COUNTER(
	"ogma_queue_operations_total", "Changes of live channels' queues.",
	"channel_id", "operation");

void
channel_queue_metrics_register(void)
{
	metric_register(&operations);
}

void
channel_queue_changed(struct call *call, int64_t channel_id,
		      const char *operation, const char *item_id)
{
	const char *id = arena_print(call->arena, "%lld",
				     (long long)channel_id);

	counter_add(metric_cell(&operations, id, operation), 1);
	if (strcmp(operation, "skip") == 0)
		on_air_skip(call->api->args.on_air, channel_id);
	else
		on_air_queue_changed(call->api->args.on_air, channel_id,
				     operation, item_id);
}

/* ---- looking -------------------------------------------------------------- */

struct queue_work {
	struct call *call;
	int64_t id;
	struct channel_view view;
	struct channel_queue queue;
	struct item_tracks tracks;
};

static enum status
queue_read(struct store_session *session, struct queue_work *work,
	   struct fault *fault)
{
	struct arena *arena = work->call->arena;
	enum status status = channel_queue_get(session, work->id, arena,
					       &work->queue, fault);

	if (status == STATUS_OK)
		status = channel_view_read(session, &work->view, arena, fault);
	if (status == STATUS_OK)
		status = item_tracks_read(session, work->queue.items,
					  work->queue.count, arena,
					  &work->tracks, fault);
	return status;
}

static enum status
queue_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct queue_work *work = cookie;
	enum status status = channel_to_see(session, work->call, work->id,
					    &work->view.channel, fault);

	return status == STATUS_OK ? queue_read(session, work, fault) : status;
}

static void
queue_form(struct json_writer *json, const struct queue_work *work)
{
	const struct call *call = work->call;

	json_object_begin(json);
	json_member_int(json, "channel_id", work->id);
	json_member_array_begin(json, "items");
	for (size_t i = 0; i < work->queue.count; i++) {
		form_queue_item(json, call, &work->queue.items[i],
				&work->tracks, true);
		json_member_int(json, "position",
				work->queue.items[i].position);
		json_object_end(json);
	}
	json_array_end(json);
	json_member_int(json, "total", (int64_t)work->queue.count);
	json_member_int(json, "version", work->queue.version);
	json_member_text(json, "state", channel_state(call, &work->view));
	form_channel_current(json, call, &work->view);
	json_object_end(json);
}

void
handle_channel_queue_get(struct call *call)
{
	struct queue_work work = { .call = call,
				   .id = call_int(call, "channel_id") };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, queue_run, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	queue_form(&json, &work);
	call_answer_json(call, 200, &body);
}

void
handle_channel_queue_state(struct call *call)
{
	channel_answer(call, 200, call_int(call, "channel_id"));
}

/* ---- edits ---------------------------------------------------------------- */

struct edit_work {
	struct call *call;
	const char *operation; /* "add", "remove", "move", "clear" */
	int64_t channel_id, expected, version, position, removed;
	char id[QUEUE_ID_BYTES];
	struct queue_item item;
	enum status (*edit)(struct edit_work *work,
			    struct store_session *session,
			    struct fault *fault);
};

static const char *
edit_values(const struct edit_work *work)
{
	struct json_writer json;
	struct buffer text;
	const char *kept;

	buffer_init(&text, 0);
	json_writer_init(&json, &text);
	json_object_begin(&json);
	json_member_text(&json, "operation", work->operation);
	if (work->item.id != NULL)
		json_member_text(&json, "item_id", work->item.id);
	if (work->item.title != NULL)
		json_member_text(&json, "title", work->item.title);
	json_member_int(&json, "position", work->position);
	json_member_int(&json, "version", work->version);
	json_object_end(&json);
	kept = arena_copy_text(work->call->arena, text.bytes);
	buffer_release(&text);
	return kept;
}

static enum status
edit_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct edit_work *work = cookie;
	enum status status = work->edit(work, session, fault);

	if (status != STATUS_OK)
		return status;
	return audit_add(session, &work->call->caller, "update", "queue",
			 work->channel_id, NULL, edit_values(work), fault);
}

/* Somebody else was faster: with the queue as it is by now. */
static void
conflict_answer(const struct edit_work *edit)
{
	struct call *call = edit->call;
	struct queue_work work = { .call = call, .id = edit->channel_id };
	struct json_writer json;
	struct buffer details;

	if (!call_read_store(call, queue_run, &work))
		return;
	buffer_init(&details, 0);
	json_writer_init(&json, &details);
	queue_form(&json, &work);
	request_answer_error(call->request, 409, "queue_conflict",
			     (struct span){ details.bytes, details.length });
	buffer_release(&details);
}

static bool
edit_do(struct edit_work *work)
{
	struct call *call = work->call;
	struct fault fault = { 0 };
	enum status status;

	work->channel_id = call_int(call, "channel_id");
	work->item.channel_id = work->channel_id;
	status = store_write(call->api->args.store, edit_run, work, &fault);
	if (status == STATUS_OK)
		channel_queue_changed(call, work->channel_id, work->operation,
				      work->item.id);
	else if (status == STATUS_CONFLICT &&
		 strcmp(fault.field, "version") == 0)
		conflict_answer(work);
	else if (status == STATUS_FULL)
		request_answer_error(call->request, 409, "queue_full",
				     (struct span){ 0 });
	else
		call_answer_fault(call, &fault);
	return status == STATUS_OK;
}

static enum status
edited_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct queue_work *work = cookie;
	enum status status = channel_queue_get(session, work->id,
					       work->call->arena, &work->queue,
					       fault);

	if (status == STATUS_OK)
		status = item_tracks_read(session, work->queue.items,
					  work->queue.count, work->call->arena,
					  &work->tracks, fault);
	return status;
}

/* The item as it stands by now; it may have gone to the air since. */
static void
edited_answer(const struct edit_work *edit, unsigned status)
{
	struct call *call = edit->call;
	struct queue_work work = { .call = call, .id = edit->channel_id };
	struct queue_item *item = NULL;
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, edited_run, &work))
		return;
	for (size_t i = 0; i < work.queue.count && edit->item.id != NULL; i++) {
		if (strcmp(work.queue.items[i].id, edit->item.id) == 0)
			item = &work.queue.items[i];
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "id", edit->item.id);
	json_name(&json, "item");
	if (item != NULL)
		form_queue_item(&json, call, item, &work.tracks, false);
	else
		json_null_value(&json);
	json_name(&json, "position");
	if (item != NULL)
		json_int(&json, item->position);
	else
		json_null_value(&json);
	json_member_int(&json, "version", edit->version);
	json_member_int(&json, "total", (int64_t)work.queue.count);
	json_object_end(&json);
	call_answer_json(call, status, &body);
}

static enum status
edit_add(struct edit_work *work, struct store_session *session,
	 struct fault *fault)
{
	struct queue_item item = work->item;
	enum status status =
		station_item_check(session, &item, work->call->arena, fault);

	return status != STATUS_OK ?
		       status :
		       channel_queue_add(session, &item, work->position,
					 work->expected, &work->version,
					 fault);
}

static const char *
metadata_given(struct call *call)
{
	const struct param_value *given = call_field(call, "metadata");
	const char *kept;
	char *text;

	if (!given->given || given->is_null)
		return NULL;
	text = json_dumps(given->json, JSON_COMPACT);
	kept = arena_copy_text(call->arena, text);
	free(text);
	return kept;
}

static int64_t
duration_given(const struct call *call)
{
	if (call_field(call, "duration_ms")->given)
		return call_field(call, "duration_ms")->number;
	if (call_field(call, "duration")->given)
		return (int64_t)(call_field(call, "duration")->real * 1000);
	return 0;
}

/* What a post is called and how long it is. False: answered. */
static bool
post_look(struct call *call, struct queue_item *item)
{
	static const struct {
		const char *field, *in[2]; /* by enum call_language */
	} refusals[] = {
		[POST_NOT_CONFIGURED] = {
			"source", { "Telegram is not configured",
				    "Telegram не настроен" } },
		[POST_NOT_SIGNED_IN] = {
			"source", { "no account at Telegram is signed in here",
				    "вход в Telegram на сервере не выполнен" } },
		[POST_NO_LINK] = {
			"url", { "must be the address of a post at Telegram",
				 "нужна ссылка на пост в Telegram" } },
		[POST_GONE] = {
			"url", { "there is no such post, or it is not for us",
				 "такого поста нет, или он нам недоступен" } },
		[POST_DENIED] = {
			"url", { "its channel does not let posts be saved",
				 "канал не разрешает сохранять свои посты" } },
		[POST_SILENT] = {
			"url", { "there is no sound in this post",
				 "в этом посте нет звука" } },
	};
	struct fault fault = { 0 };
	enum post_answer answer = station_post_look(
		call->api->args.telegram, item, call->arena, &fault);

	if (answer == POST_DOWN)
		call_answer_fault(call, &fault);
	else if (answer != POST_FINE)
		call_answer_field(call, refusals[answer].field,
				  refusals[answer].in[call->language]);
	return answer == POST_FINE;
}

void
handle_channel_queue_add(struct call *call)
{
	const struct param_value *position = call_field(call, "position");
	struct edit_work work = {
		.call = call,
		.operation = "add",
		.edit = edit_add,
		.expected = call_field(call, "version")->number,
		.position = position->given ? position->number : QUEUE_AT_END,
		.item = { .title = call_field_text(call, "title"),
			  .track_id = call_field(call, "track_id")->number,
			  .url = call_field_text(call, "url"),
			  .duration_ms = duration_given(call),
			  .metadata = metadata_given(call),
			  .requested_by = call->caller.user_id },
	};

	item_source_parse(call_field_text(call, "source"), &work.item.source);
	if (call_field(call, "priority")->number != 0)
		work.position = 0;
	if (work.item.source == ITEM_TELEGRAM &&
	    !post_look(call, &work.item))
		return;
	if (work.item.title == NULL && work.item.source != ITEM_TRACK) {
		call_answer_field(call, "title",
				  call->language == LANGUAGE_RU ?
					  "обязательное поле" :
					  "is required");
		return;
	}
	queue_id_make(work.id);
	work.item.id = work.id;
	if (edit_do(&work))
		edited_answer(&work, 201);
}

static enum status
edit_remove(struct edit_work *work, struct store_session *session,
	    struct fault *fault)
{
	return channel_queue_remove(session, work->channel_id, work->item.id,
				    work->expected, &work->version, fault);
}

void
handle_channel_queue_remove(struct call *call)
{
	struct edit_work work = {
		.call = call,
		.operation = "remove",
		.edit = edit_remove,
		.expected = call_int(call, "version"),
		.item = { .id = call_text(call, "item_id") },
	};

	if (edit_do(&work))
		edited_answer(&work, 200);
}

static enum status
edit_move(struct edit_work *work, struct store_session *session,
	  struct fault *fault)
{
	return channel_queue_move(session, work->channel_id, work->item.id,
				  work->position, work->expected,
				  &work->version, fault);
}

void
handle_channel_queue_move(struct call *call)
{
	struct edit_work work = {
		.call = call,
		.operation = "move",
		.edit = edit_move,
		.expected = call_field(call, "version")->number,
		.position = call_field(call, "position")->number,
		.item = { .id = call_text(call, "item_id") },
	};

	if (edit_do(&work))
		edited_answer(&work, 200);
}

static enum status
edit_clear(struct edit_work *work, struct store_session *session,
	   struct fault *fault)
{
	return channel_queue_clear(session, work->channel_id, work->expected,
				   &work->removed, &work->version, fault);
}

void
handle_channel_queue_clear(struct call *call)
{
	struct edit_work work = { .call = call,
				  .operation = "clear",
				  .edit = edit_clear,
				  .expected = call_int(call, "version") };

	if (edit_do(&work))
		edited_answer(&work, 200);
}

/* ---- skip ----------------------------------------------------------------- */

static enum status
skip_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct call *call = cookie;
	struct channel channel;
	struct played current;
	bool left = false;
	enum status status = channels_get(session,
					  call_int(call, "channel_id"),
					  call->arena, &channel, fault);

	if (status == STATUS_OK && channel.current_id == 0)
		return fault_field(fault, STATUS_CONFLICT, "current_item",
				   "nothing plays that could be skipped");
	if (status == STATUS_OK)
		status = channel_history_get(session, channel.current_id,
					     call->arena, &current, fault);
	if (status == STATUS_OK)
		status = channel_history_end(session, &current.item,
					     current.kind, END_SKIP, &left,
					     fault);
	if (status == STATUS_OK)
		status = audit_add(session, &call->caller, "update", "queue",
				   channel.id, NULL, "{\"operation\":\"skip\"}",
				   fault);
	return status;
}

void
handle_channel_queue_skip(struct call *call)
{
	int64_t id = call_int(call, "channel_id");

	if (!call_write_store(call, skip_run, call))
		return;
	channel_queue_changed(call, id, "skip", NULL);
	channel_answer(call, 200, id);
}
