/* channel_listens.c - routes about who listens to a live channel, and who did. */
#include "api/api.h"
#include "api/channels.h"
#include "api/csv.h"
#include "api/forms_people.h"
#include "api/handlers.h"
#include "base/clock.h"
#include "library/audit.h"
#include "library/channel_listens.h"
#include "library/users.h"
#include "service/live_out.h"

/* ---- now ------------------------------------------------------------------ */

struct now_work {
	struct call *call;
	struct live_listener *listeners; /* those of the page */
	struct user_name *names;
	size_t count, name_count;
};

static enum status
now_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct now_work *work = cookie;
	struct arena *arena = work->call->arena;
	int64_t *ids = arena_new(arena, int64_t, work->count + 1);
	struct channel channel;
	size_t count = 0;
	enum status status =
		channels_get(session, call_int(work->call, "id"), arena,
			     &channel, fault);

	for (size_t i = 0; i < work->count; i++) {
		if (work->listeners[i].user_id != 0)
			ids[count++] = work->listeners[i].user_id;
	}
	return status != STATUS_OK ?
		       status :
		       users_names(session, ids, count, arena, &work->names,
				   &work->name_count, fault);
}

static const char *
name_of(const struct now_work *work, int64_t id)
{
	for (size_t i = 0; i < work->name_count; i++) {
		if (work->names[i].id == id)
			return work->names[i].name;
	}
	return NULL;
}

static void
listener_form(struct json_writer *json, const struct now_work *work,
	      const struct live_listener *listener)
{
	json_object_begin(json);
	json_member_int(json, "id", listener->id);
	json_member_text(json, "format", listener->format);
	json_member_text(json, "client", listener->agent);
	json_member_text(json, "username", name_of(work, listener->user_id));
	json_member_time(json, "started_at", listener->started_at_ms);
	json_member_int(json, "seconds",
			(clock_now_ms() - listener->started_at_ms) / 1000);
	json_member_int(json, "bytes", (int64_t)listener->bytes);
	json_object_end(json);
}

void
handle_channel_listeners(struct call *call)
{
	const struct page_request page = call_page(call);
	struct now_work work = { .call = call };
	struct page_info info = { 0 };
	struct page_answer answer;
	size_t total;

	live_out_listener_list(call->api->args.out, call_int(call, "id"),
			       call->arena, &work.listeners, &total);
	if (page.offset < total) {
		work.listeners += page.offset;
		work.count = total - page.offset;
	}
	if (work.count > page.limit)
		work.count = page.limit;
	if (!call_read_store(call, now_run, &work))
		return;
	info.total = (int64_t)total;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		listener_form(&answer.json, &work, &work.listeners[i]);
	page_end(&answer, call, &info);
}

static enum status
dismissal_note(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct call *call = cookie;
	struct channel channel;
	enum status status = channels_get(session, call_int(call, "id"),
					  call->arena, &channel, fault);

	return status != STATUS_OK ?
		       status :
		       audit_add(session, &call->caller, "update", "channel",
				 channel.id, NULL,
				 "{\"wanted\":\"listener dropped\"}", fault);
}

void
handle_channel_listener_drop(struct call *call)
{
	struct fault fault = { 0 };

	if (live_out_dismiss(call->api->args.out, call_int(call, "id"),
			     call_int(call, "listener_id"),
			     &fault) != STATUS_OK)
		call_answer_fault(call, &fault);
	else if (call_write_store(call, dismissal_note, call))
		call_answer_empty(call, 204);
}

/* ---- before --------------------------------------------------------------- */

struct log_work {
	struct call *call;
	struct channel_listen_filter filter;
	struct page_request page;
	struct channel_listen_list list;
	struct buffer file;
};

static enum status
log_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct log_work *work = cookie;
	struct channel channel;
	enum status status =
		channels_get(session, work->filter.channel_id,
			     work->call->arena, &channel, fault);

	return status != STATUS_OK ?
		       status :
		       channel_listens_list(session, &work->filter,
					    &work->page, work->call->arena,
					    &work->list, fault);
}

static int64_t
seconds_of(const struct channel_listen *listen)
{
	return (listen->ended_at_ms - listen->started_at_ms) / 1000;
}

static void
listen_form(struct json_writer *json, const struct channel_listen *listen)
{
	json_object_begin(json);
	json_member_int(json, "id", listen->id);
	json_member_text(json, "format", listen->format);
	json_member_text(json, "client", listen->client);
	json_member_text(json, "username", listen->username);
	json_member_text(json, "address_hash", listen->address_hash);
	json_member_time(json, "started_at", listen->started_at_ms);
	json_member_time(json, "ended_at", listen->ended_at_ms);
	json_member_int(json, "seconds", seconds_of(listen));
	json_member_int(json, "bytes", listen->bytes);
	json_object_end(json);
}

static void
csv_listen(struct csv_writer *csv, const struct channel_listen *listen)
{
	csv_int(csv, listen->id);
	csv_text(csv, listen->format);
	csv_text(csv, listen->client);
	csv_text(csv, listen->username);
	csv_text(csv, listen->address_hash);
	csv_time(csv, listen->started_at_ms);
	csv_time(csv, listen->ended_at_ms);
	csv_int(csv, seconds_of(listen));
	csv_int(csv, listen->bytes);
	csv_row_end(csv);
}

static enum status
log_export(struct store_session *session, void *cookie, struct fault *fault)
{
	struct log_work *work = cookie;
	bool as_table = strcmp(call_text(work->call, "format"), "csv") == 0;
	struct csv_writer csv;
	struct json_writer json;
	enum status status;

	buffer_clear(&work->file);
	work->page = (struct page_request){ .limit = PAGE_LIMIT_MAX };
	json_writer_init(&json, &work->file);
	if (as_table) {
		csv_writer_init(&csv, &work->file);
		csv_head(&csv, "id,format,client,username,address_hash,"
			       "started_at,ended_at,seconds,bytes");
	} else {
		json_array_begin(&json);
	}
	do {
		status = log_run(session, work, fault);
		for (size_t i = 0; status == STATUS_OK && i < work->list.count;
		     i++) {
			if (as_table)
				csv_listen(&csv, &work->list.items[i]);
			else
				listen_form(&json, &work->list.items[i]);
		}
		work->page.cursor = work->list.page.next_cursor;
	} while (status == STATUS_OK && work->page.cursor != NULL &&
		 !work->file.full);
	if (!as_table)
		json_array_end(&json);
	return status;
}

static enum status
log_export_note(struct store_session *session, void *cookie,
		struct fault *fault)
{
	const struct call *call = cookie;

	return audit_add(session, &call->caller, "export", "channel",
			 call_int(call, "id"), NULL, NULL, fault);
}

void
handle_channel_listens(struct call *call)
{
	struct log_work work = {
		.call = call,
		.filter = { .channel_id = call_int(call, "id"),
			    .from_ms = call_int(call, "from"),
			    .to_ms = call_int(call, "to"),
			    .format = call_text(call, "stream") },
		.page = call_page(call),
	};
	struct page_answer answer;

	if (call_text(call, "format") != NULL) {
		buffer_init(&work.file, 0);
		if (call_read_store(call, log_export, &work) &&
		    call_write_store(call, log_export_note, call))
			answer_export(call, "ogma-channel-listens",
				      &work.file);
		else
			buffer_release(&work.file);
		return;
	}
	if (!call_read_store(call, log_run, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		listen_form(&answer.json, &work.list.items[i]);
	page_end(&answer, call, &work.list.page);
}
