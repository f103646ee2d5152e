/* tag_writes.c - routes about tags that are written into files. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/jobs.h"
#include "driver/source.h"
#include "library/tag_writes.h"
#include "service/write_back.h"

struct writes_work {
	struct call *call;
	int64_t id;
	struct tag_write one;
	struct tag_write_filter filter;
	struct page_request page;
	struct tag_write_list list;
};

static void
write_form(struct json_writer *json, const struct tag_write *write,
	   struct arena *arena)
{
	json_object_begin(json);
	json_member_int(json, "id", write->id);
	json_member_int(json, "track_id", write->track_id);
	json_member_text(json, "title", write->title);
	json_member_text(json, "artist", write->artist);
	json_member_text(json, "path", source_name_display(arena, write->path));
	json_member_text(json, "state", tag_write_state_name(write->state));
	json_member_text(json, "reason", write->reason);
	json_name(json, "fields");
	json_raw(json, span_of(write->asked));
	json_member_time(json, "created_at", write->created_at_ms);
	json_member_time(json, "updated_at", write->updated_at_ms);
	json_object_end(json);
}

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct writes_work *work = cookie;

	return tag_writes_list(session, &work->filter, &work->page,
			       work->call->arena, &work->list, fault);
}

static enum status
one_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct writes_work *work = cookie;

	return tag_writes_get(session, work->id, work->call->arena,
			      &work->one, fault);
}

void
handle_tag_writes_list(struct call *call)
{
	struct writes_work work = {
		.call = call,
		.filter = { .track_id = call_int(call, "track_id") },
		.page = call_page_by_age(call),
	};
	const char *state = call_text(call, "state");
	struct page_answer answer;

	for (int i = 0; state != NULL && i < TAG_WRITE_STATES; i++)
		if (strcmp(tag_write_state_name((enum tag_write_state)i),
			   state) == 0) {
			work.filter.state = (enum tag_write_state)i;
			work.filter.state_given = true;
		}
	if (!call_read_store(call, list_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		write_form(&answer.json, &work.list.items[i], call->arena);
	page_end(&answer, call, &work.list.page);
}

void
handle_tag_writes_post(struct call *call)
{
	const struct param_value *ids = call_field(call, "ids");
	struct fault fault = { 0 };
	int64_t job_id = 0;

	if (!work_done(call,
		       write_back_ask(call->api->args.write_back,
				      &call->caller, ids->ids, ids->id_count,
				      &job_id, &fault),
		       &fault))
		return;
	jobs_wake(call);
	job_answer(call, job_id, 202);
}

static void
answer_one(struct call *call, int64_t id, bool wrapped)
{
	struct writes_work work = { .call = call, .id = id };
	struct json_writer json;
	struct buffer body;

	if (id != 0 && !call_read_store(call, one_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	if (wrapped) {
		json_object_begin(&json);
		json_name(&json, "write");
	}
	if (id == 0)
		json_null_value(&json);
	else
		write_form(&json, &work.one, call->arena);
	if (wrapped)
		json_object_end(&json);
	call_answer_json(call, 200, &body);
}

void
handle_track_write_tags(struct call *call)
{
	struct fault fault = { 0 };
	int64_t id = 0;

	if (work_done(call,
		      write_back_track(call->api->args.write_back,
				       &call->caller, call_int(call, "id"),
				       &id, &fault),
		      &fault))
		answer_one(call, id, true);
}

void
handle_tag_write_confirm(struct call *call)
{
	int64_t id = call_int(call, "id");
	struct fault fault = { 0 };

	if (work_done(call,
		      write_back_confirm(call->api->args.write_back,
					 &call->caller, id, &fault),
		      &fault))
		answer_one(call, id, false);
}

void
handle_tag_write_undo(struct call *call)
{
	int64_t id = call_int(call, "id");
	struct fault fault = { 0 };

	if (work_done(call,
		      write_back_undo(call->api->args.write_back,
				      &call->caller, id, &fault),
		      &fault))
		answer_one(call, id, false);
}
