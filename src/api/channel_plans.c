/* channel_plans.c - routes about what a live channel plays when nobody puts
 * anything on, and what listeners ask for. */
#include "library/channel_plans.h"

#include "api/api.h"
#include "api/channel_days.h"
#include "api/channels.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "library/audit.h"
#include "service/on_air.h"

#define EVERY_DAY 0x7F /* bits of a week */

struct plan_work {
	struct call *call;
	struct schedule_row *schedule, row;
	struct jingle_row *jingles, jingle;
	size_t count;
	int64_t id;
};

static enum status
plan_audit(struct store_session *session, struct call *call,
	   const char *action, const char *model, int64_t id,
	   struct fault *fault)
{
	const char *values =
		arena_print(call->arena, "{\"channel_id\":%lld}",
			    (long long)call_int(call, "id"));

	return audit_add(session, &call->caller, action, model, id, NULL,
			 values, fault);
}

typedef enum status plan_remove(struct store_session *session,
				int64_t channel_id, int64_t id,
				struct fault *fault);

struct plan_dropping {
	struct call *call;
	plan_remove *remove;
	const char *model; /* in the audit log */
};

static enum status
plan_drop_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct plan_dropping *dropping = cookie;
	struct call *call = dropping->call;
	int64_t id = call_int(call, "row_id");
	enum status status = dropping->remove(session, call_int(call, "id"),
					      id, fault);

	return status != STATUS_OK ? status :
				     plan_audit(session, call, "delete",
						dropping->model, id, fault);
}

/* Removes the row that the path names, and answers. */
static void
plan_drop(struct call *call, plan_remove *remove, const char *model)
{
	struct plan_dropping dropping = { call, remove, model };

	if (!call_write_store(call, plan_drop_work, &dropping))
		return;
	on_air_follow(call->api->args.on_air, call_int(call, "id"));
	call_answer_empty(call, 204);
}

/* ---- schedule ------------------------------------------------------------- */

static void
schedule_form(struct json_writer *json, const struct schedule_row *row)
{
	int64_t days = row->weekdays != 0 ? row->weekdays : EVERY_DAY;

	json_object_begin(json);
	json_member_int(json, "id", row->id);
	json_member_int(json, "playlist_id", row->playlist_id);
	json_member_text(json, "playlist_title", row->playlist_title);
	json_member_weekdays(json, days);
	json_member_day_minute(json, "starts_at", row->starts_minute);
	json_member_day_minute(json, "ends_at", row->ends_minute);
	json_member_int(json, "priority", row->priority);
	json_member_bool(json, "enabled", row->enabled);
	json_object_end(json);
}

static enum status
schedule_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct plan_work *work = cookie;
	enum status status = channel_expect(session, work->call, fault);

	return status != STATUS_OK ?
		       status :
		       channel_schedule_list(session,
					     call_int(work->call, "id"),
					     work->call->arena,
					     &work->schedule, &work->count,
					     fault);
}

void
handle_channel_schedule(struct call *call)
{
	struct plan_work work = { .call = call };
	struct page_answer answer;

	if (!call_read_store(call, schedule_read, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		schedule_form(&answer.json, &work.schedule[i]);
	page_end_whole(&answer, call, work.count);
}

/* The body over the row there is; minutes and days are read before. */
static void
schedule_given(struct call *call, const struct schedule_row *given,
	       struct schedule_row *row)
{
	if (call_field(call, "playlist_id")->given)
		row->playlist_id = call_field(call, "playlist_id")->number;
	if (call_field(call, "weekdays")->given)
		row->weekdays = given->weekdays;
	if (call_field(call, "starts_at")->given)
		row->starts_minute = given->starts_minute;
	if (call_field(call, "ends_at")->given)
		row->ends_minute = given->ends_minute;
	if (call_field(call, "priority")->given)
		row->priority = call_field(call, "priority")->number;
	if (call_field(call, "enabled")->given)
		row->enabled = call_field(call, "enabled")->number != 0;
}

static enum status
schedule_find(struct store_session *session, struct plan_work *work,
	      struct schedule_row *out, struct fault *fault)
{
	enum status status = schedule_read(session, work, fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < work->count; i++) {
		if (work->schedule[i].id != work->id)
			continue;
		*out = work->schedule[i];
		return STATUS_OK;
	}
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such row");
}

static enum status
schedule_write(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct plan_work *work = cookie;
	struct call *call = work->call;
	bool makes = work->id == 0;
	struct schedule_row row = { .channel_id = call_int(call, "id"),
				    .enabled = true };
	enum status status = makes ? channel_expect(session, call, fault) :
				     schedule_find(session, work, &row, fault);

	schedule_given(call, &work->row, &row);
	if (status == STATUS_OK)
		status = channel_schedule_save(session, &row, fault);
	if (status == STATUS_OK)
		status = plan_audit(session, call, makes ? "create" : "update",
				    "channel_schedule", row.id, fault);
	if (status != STATUS_OK)
		return status;
	work->row.id = row.id;
	return STATUS_OK;
}

static enum status
schedule_look(struct store_session *session, void *cookie, struct fault *fault)
{
	struct plan_work *work = cookie;

	return schedule_find(session, work, &work->row, fault);
}

static void
schedule_save(struct call *call, int64_t id, unsigned status)
{
	struct plan_work work = { .call = call, .id = id };
	struct json_writer json;
	struct buffer body;

	if (!day_minute_given(call, "starts_at", &work.row.starts_minute) ||
	    !day_minute_given(call, "ends_at", &work.row.ends_minute) ||
	    !weekdays_given(call, &work.row.weekdays) ||
	    !call_write_store(call, schedule_write, &work))
		return;
	on_air_follow(call->api->args.on_air, call_int(call, "id"));
	work.id = work.row.id;
	if (!call_read_store(call, schedule_look, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	schedule_form(&json, &work.row);
	call_answer_json(call, status, &body);
}

void
handle_channel_schedule_add(struct call *call)
{
	schedule_save(call, 0, 201);
}

void
handle_channel_schedule_change(struct call *call)
{
	schedule_save(call, call_int(call, "row_id"), 200);
}

void
handle_channel_schedule_remove(struct call *call)
{
	plan_drop(call, channel_schedule_remove, "channel_schedule");
}

/* ---- jingles -------------------------------------------------------------- */

static void
every_member(struct json_writer *json, const char *name, int64_t value)
{
	if (value != 0)
		json_member_int(json, name, value);
	else
		json_member_null(json, name);
}

static void
jingle_form(struct json_writer *json, const struct jingle_row *row)
{
	json_object_begin(json);
	json_member_int(json, "id", row->id);
	json_member_text(json, "title", row->title);
	json_member_int(json, "track_id", row->track_id);
	every_member(json, "every_tracks", row->every_tracks);
	every_member(json, "every_minutes", row->every_minutes);
	json_member_bool(json, "enabled", row->enabled);
	json_object_end(json);
}

static enum status
jingles_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct plan_work *work = cookie;
	enum status status = channel_expect(session, work->call, fault);

	return status != STATUS_OK ?
		       status :
		       channel_jingles_list(session, call_int(work->call, "id"),
					    work->call->arena, &work->jingles,
					    &work->count, fault);
}

void
handle_channel_jingles(struct call *call)
{
	struct plan_work work = { .call = call };
	struct page_answer answer;

	if (!call_read_store(call, jingles_read, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		jingle_form(&answer.json, &work.jingles[i]);
	page_end_whole(&answer, call, work.count);
}

static void
jingle_given(struct call *call, struct jingle_row *row)
{
	if (call_field(call, "title")->given)
		row->title = call_field_text(call, "title");
	if (call_field(call, "track_id")->given)
		row->track_id = call_field(call, "track_id")->number;
	if (call_field(call, "every_tracks")->given)
		row->every_tracks = call_field(call, "every_tracks")->number;
	if (call_field(call, "every_minutes")->given)
		row->every_minutes = call_field(call, "every_minutes")->number;
	if (call_field(call, "enabled")->given)
		row->enabled = call_field(call, "enabled")->number != 0;
}

static enum status
jingle_find(struct store_session *session, struct plan_work *work,
	    struct fault *fault)
{
	enum status status = jingles_read(session, work, fault);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < work->count; i++) {
		if (work->jingles[i].id != work->id)
			continue;
		work->jingle = work->jingles[i];
		return STATUS_OK;
	}
	return fault_set(fault, STATUS_NOT_FOUND, "there is no such row");
}

static enum status
jingle_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct plan_work *work = cookie;
	struct call *call = work->call;
	bool makes = work->id == 0;
	enum status status = makes ? channel_expect(session, call, fault) :
				     jingle_find(session, work, fault);

	if (makes)
		work->jingle = (struct jingle_row){
			.channel_id = call_int(call, "id"),
			.enabled = true,
			.played_at_ms = clock_now_ms(),
		};
	if (status == STATUS_OK)
		jingle_given(call, &work->jingle);
	if (status == STATUS_OK && work->jingle.every_tracks == 0 &&
	    work->jingle.every_minutes == 0)
		status = fault_field(fault, STATUS_INVALID, "every_tracks",
				     "needs a number of tracks or minutes");
	if (status == STATUS_OK)
		status = channel_jingle_save(session, &work->jingle, fault);
	if (status == STATUS_OK)
		status = plan_audit(session, call, makes ? "create" : "update",
				    "channel_jingle", work->jingle.id, fault);
	return status;
}

static void
jingle_save(struct call *call, int64_t id, unsigned status)
{
	struct plan_work work = { .call = call, .id = id };
	struct json_writer json;
	struct buffer body;

	if (!call_write_store(call, jingle_write, &work))
		return;
	on_air_follow(call->api->args.on_air, call_int(call, "id"));
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	jingle_form(&json, &work.jingle);
	call_answer_json(call, status, &body);
}

void
handle_channel_jingle_add(struct call *call)
{
	jingle_save(call, 0, 201);
}

void
handle_channel_jingle_change(struct call *call)
{
	jingle_save(call, call_int(call, "row_id"), 200);
}

void
handle_channel_jingle_remove(struct call *call)
{
	plan_drop(call, channel_jingle_remove, "channel_jingle");
}

/* ---- requests ------------------------------------------------------------- */

struct request_work {
	struct call *call;
	char item_id[QUEUE_ID_BYTES];
	int64_t id, wait_ms;
	struct page_request page;
	struct request_list list;
};

static enum status
request_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct request_work *work = cookie;
	struct call *call = work->call;
	struct channel channel;
	enum status status = channel_to_see(session, call,
					    call_int(call, "id"), &channel,
					    fault);

	work->wait_ms = 0;
	return status != STATUS_OK ?
		       status :
		       channel_request_add(
			       session, channel.id, call->caller.user_id,
			       call_field(call, "track_id")->number,
			       work->item_id,
			       call_field_text(call, "message"),
			       clock_now_ms(), &work->id, &work->wait_ms,
			       fault);
}

static void
request_failed(struct call *call, const struct request_work *work,
	       const struct fault *fault)
{
	if (work->wait_ms > 0 && fault->status == STATUS_AGAIN_LATER)
		call_answer_limited(call,
				    (uint32_t)((work->wait_ms + 999) / 1000));
	else if (fault->status == STATUS_FULL)
		request_answer_error(call->request, 409, "queue_full",
				     (struct span){ 0 });
	else
		call_answer_fault(call, fault);
}

void
handle_channel_request_add(struct call *call)
{
	struct request_work work = { .call = call };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	queue_id_make(work.item_id);
	if (store_write(call->api->args.store, request_run, &work, &fault) !=
	    STATUS_OK) {
		request_failed(call, &work, &fault);
		return;
	}
	channel_queue_changed(call, call_int(call, "id"), "add", work.item_id);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "id", work.id);
	json_member_text(&json, "item_id", work.item_id);
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

static enum status
requests_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct request_work *work = cookie;
	enum status status = channel_expect(session, work->call, fault);

	return status != STATUS_OK ?
		       status :
		       channel_requests_list(session,
					     call_int(work->call, "id"),
					     &work->page, work->call->arena,
					     &work->list, fault);
}

static void
request_form(struct json_writer *json, const struct request_row *row)
{
	json_object_begin(json);
	json_member_int(json, "id", row->id);
	json_member_int(json, "track_id", row->track_id);
	json_member_text(json, "title", row->title);
	json_member_text(json, "artist", row->artist);
	json_member_text(json, "username", row->username);
	json_member_text(json, "message", row->message);
	json_member_text(json, "item_id", row->item_id);
	json_member_bool(json, "waits", row->waits);
	json_member_time(json, "created_at", row->created_at_ms);
	json_object_end(json);
}

void
handle_channel_requests(struct call *call)
{
	struct request_work work = { .call = call, .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, requests_run, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		request_form(&answer.json, &work.list.items[i]);
	page_end(&answer, call, &work.list.page);
}
