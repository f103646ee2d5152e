/* channel_djs.c - routes about who may come in live on a channel. */
#include "library/channel_djs.h"

#include <string.h>

#include "api/api.h"
#include "api/channel_days.h"
#include "api/channels.h"
#include "api/forms_people.h"
#include "api/handlers.h"
#include "base/password.h"
#include "library/audit.h"
#include "service/on_air.h"

struct dj_work {
	struct call *call;
	struct dj_row row;   /* what is given, then what there is */
	const char *hash;    /* NULL: the password stays */
	struct dj_row *list; /* of all */
	size_t count;
	int64_t id;
};

static enum status
dj_audit(struct store_session *session, struct call *call, const char *action,
	 const char *operation, const struct dj_row *row, struct fault *fault)
{
	struct json_writer json;
	struct buffer values;
	enum status status;

	buffer_init(&values, 0);
	json_writer_init(&json, &values);
	json_object_begin(&json);
	json_member_int(&json, "channel_id", row->channel_id);
	json_member_text(&json, "username", row->username);
	if (operation != NULL)
		json_member_text(&json, "operation", operation);
	json_object_end(&json);
	status = audit_add(session, &call->caller, action, "channel_dj",
			   row->id, NULL,
			   arena_copy_bytes(call->arena, values.bytes,
					    values.length),
			   fault);
	buffer_release(&values);
	return status;
}

/* ---- looking -------------------------------------------------------------- */

static void
minute_member(struct json_writer *json, const char *name, int64_t minute)
{
	if (minute == DJ_NO_MINUTE)
		json_member_null(json, name);
	else
		json_member_day_minute(json, name, minute);
}

static void
dj_form(struct json_writer *json, const struct dj_row *row,
	const struct on_air_view *air)
{
	json_object_begin(json);
	json_member_int(json, "id", row->id);
	json_member_int(json, "channel_id", row->channel_id);
	json_member_text(json, "username", row->username);
	json_member_bool(json, "enabled", row->enabled);
	json_member_weekdays(json, row->weekdays);
	minute_member(json, "starts_at", row->starts_minute);
	minute_member(json, "ends_at", row->ends_minute);
	json_member_time(json, "created_at", row->created_at_ms);
	json_member_bool(json, "on_air", strcmp(air->dj, row->username) == 0);
	json_object_end(json);
}

static struct on_air_view
air_of(const struct call *call)
{
	struct on_air_view air = { 0 };

	on_air_look(call->api->args.on_air, call_int(call, "id"), &air);
	return air;
}

static enum status
djs_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct dj_work *work = cookie;
	enum status status = channel_expect(session, work->call, fault);

	return status != STATUS_OK ?
		       status :
		       channel_djs_list(session, call_int(work->call, "id"),
					work->call->arena, &work->list,
					&work->count, fault);
}

void
handle_channel_djs(struct call *call)
{
	struct dj_work work = { .call = call };
	struct on_air_view air = air_of(call);
	struct page_answer answer;

	if (!call_read_store(call, djs_read, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		dj_form(&answer.json, &work.list[i], &air);
	page_end_whole(&answer, call, work.count);
}

/* ---- making and changing -------------------------------------------------- */

/* The body over the row there is; minutes and days are read before. */
static void
dj_given(struct call *call, const struct dj_row *given, struct dj_row *row)
{
	if (call_field(call, "username")->given)
		row->username = call_field_text(call, "username");
	if (call_field(call, "enabled")->given)
		row->enabled = call_field(call, "enabled")->number != 0;
	if (call_field(call, "weekdays")->given)
		row->weekdays = given->weekdays;
	if (call_field(call, "starts_at")->given)
		row->starts_minute = given->starts_minute;
	if (call_field(call, "ends_at")->given)
		row->ends_minute = given->ends_minute;
}

static enum status
dj_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct dj_work *work = cookie;
	struct call *call = work->call;
	bool makes = work->id == 0;
	struct dj_row row = { .channel_id = call_int(call, "id"),
			      .enabled = true,
			      .starts_minute = DJ_NO_MINUTE,
			      .ends_minute = DJ_NO_MINUTE };
	enum status status = makes ? channel_expect(session, call, fault) :
				     channel_djs_get(session, row.channel_id,
						     work->id, call->arena,
						     &row, fault);

	if (status != STATUS_OK)
		return status;
	dj_given(call, &work->row, &row);
	status = channel_djs_save(session, &row, work->hash, fault);
	if (status == STATUS_OK)
		status = dj_audit(session, call, makes ? "create" : "update",
				  NULL, &row, fault);
	if (status == STATUS_OK)
		work->row = row;
	return status;
}

static void
dj_save(struct call *call, int64_t id, unsigned status)
{
	struct dj_work work = { .call = call,
				.id = id,
				.row.starts_minute = DJ_NO_MINUTE,
				.row.ends_minute = DJ_NO_MINUTE };
	char hash[PASSWORD_HASH_BYTES];
	struct on_air_view air = air_of(call);
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!day_minute_given(call, "starts_at", &work.row.starts_minute) ||
	    !day_minute_given(call, "ends_at", &work.row.ends_minute) ||
	    !weekdays_given(call, &work.row.weekdays))
		return;
	if (call_field(call, "password")->given) {
		if (password_hash(call_field_text(call, "password"), hash,
				  &fault) != STATUS_OK) {
			call_answer_fault(call, &fault);
			return;
		}
		work.hash = hash;
	}
	if (!call_write_store(call, dj_write, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	dj_form(&json, &work.row, &air);
	call_answer_json(call, status, &body);
}

static void
add_work(struct call *call)
{
	dj_save(call, 0, 201);
}

static void
change_work(struct call *call)
{
	dj_save(call, call_int(call, "dj_id"), 200);
}

void
handle_channel_dj_add(struct call *call)
{
	call_on_password_thread(call, add_work);
}

void
handle_channel_dj_change(struct call *call)
{
	if (call_field(call, "password")->given)
		call_on_password_thread(call, change_work);
	else
		change_work(call);
}

/* ---- removing, and ending who is live ------------------------------------- */

static enum status
dj_remove_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct dj_work *work = cookie;
	struct call *call = work->call;
	int64_t channel_id = call_int(call, "id");
	enum status status = channel_djs_get(session, channel_id,
					     call_int(call, "dj_id"),
					     call->arena, &work->row, fault);

	if (status == STATUS_OK)
		status = channel_djs_remove(session, channel_id, work->row.id,
					    fault);
	return status != STATUS_OK ? status :
				     dj_audit(session, call, "delete",
					      NULL, &work->row, fault);
}

void
handle_channel_dj_remove(struct call *call)
{
	struct dj_work work = { .call = call };

	if (call_write_store(call, dj_remove_work, &work))
		call_answer_empty(call, 204);
}

static enum status
disconnect_work(struct store_session *session, void *cookie,
		struct fault *fault)
{
	struct dj_work *work = cookie;
	enum status status = channel_expect(session, work->call, fault);

	return status != STATUS_OK ? status :
				     dj_audit(session, work->call, "update",
					      "disconnect", &work->row, fault);
}

void
handle_channel_dj_disconnect(struct call *call)
{
	struct on_air_view air = air_of(call);
	struct dj_work work = { .call = call,
				.row.channel_id = call_int(call, "id"),
				.row.username = air.dj };

	if (!call_write_store(call, disconnect_work, &work))
		return;
	on_air_live_end(call->api->args.on_air, call_int(call, "id"),
			air.live_session);
	call_answer_empty(call, 204);
}
