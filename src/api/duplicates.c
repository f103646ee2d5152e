/* duplicates.c - routes about tracks that sound the same. */
#include "service/duplicate.h"

#include <math.h>

#include "api/things.h"
#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "service/listening.h"

struct duplicates_work {
	struct call *call;
	enum duplicates_state state;
	struct page_request page;
	struct duplicate_list list;
	struct duplicate_group group;
};

/* More digits would promise what nobody heard. */
static double
rounded(double score)
{
	return round(score * 1000) / 1000;
}

static void
track_form(struct json_writer *json, const struct duplicate_track *one)
{
	json_object_begin(json);
	json_name(json, "track");
	form_track(json, &one->track, false);
	json_member_text(json, "path", one->path);
	json_member_bool(json, "visible", one->visible);
	json_member_bool(json, "same_file", one->same_audio);
	json_member_double(json, "score", rounded(one->score));
	json_object_end(json);
}

static void
group_form(struct json_writer *json, const struct duplicate_group *group)
{
	json_object_begin(json);
	json_member_int(json, "id", group->id);
	json_member_text(json, "state", duplicates_state_name(group->state));
	json_member_text(json, "kind",
			 group->same_audio ? "same_file" : "same_recording");
	json_member_double(json, "confidence", rounded(group->confidence));
	json_member_bool(json, "sure", group->sure);
	form_int_or_null(json, "best_id", group->best_id);
	json_member_text(json, "best_reason",
			 duplicate_reason_name(group->best_reason));
	form_int_or_null(json, "kept_id", group->kept_id);
	json_member_time(json, "found_at", group->found_at_ms);
	json_member_time(json, "decided_at", group->decided_at_ms);
	form_int_or_null(json, "decided_by", group->decided_by);
	json_member_array_begin(json, "tracks");
	for (size_t i = 0; i < group->count; i++)
		track_form(json, &group->tracks[i]);
	json_array_end(json);
	json_object_end(json);
}

static enum status
list_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct duplicates_work *work = cookie;

	return duplicates_list(session, work->state,
			       call_int(work->call, "sure") != 0, &work->page,
			       work->call->arena, &work->list, fault);
}

void
handle_duplicates_list(struct call *call)
{
	struct duplicates_work work = { .call = call,
					.page = call_page_by_age(call) };
	struct page_answer answer;

	duplicates_state_parse(call_text(call, "state"), &work.state);
	if (!call_read_store(call, list_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		group_form(&answer.json, &work.list.items[i]);
	page_end(&answer, call, &work.list.page);
}

static enum status
get_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct duplicates_work *work = cookie;

	return duplicates_get(session, call_int(work->call, "id"),
			      work->call->arena, &work->group, fault);
}

void
handle_duplicates_get(struct call *call)
{
	struct duplicates_work work = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, get_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	group_form(&json, &work.group);
	call_answer_json(call, 200, &body);
}

/* The group as it is after a decision. */
static void
decided(struct call *call, enum status status, const struct fault *fault)
{
	if (status != STATUS_OK) {
		call_answer_fault(call, fault);
		return;
	}
	listening_tops_forget(call->api->args.listening);
	handle_duplicates_get(call);
}

void
handle_duplicates_merge(struct call *call)
{
	struct fault fault = { 0 };

	decided(call,
		duplicate_merge(&call->api->args.editor, &call->caller,
				call_int(call, "id"),
				call_field(call, "keep")->number, &fault),
		&fault);
}

void
handle_duplicates_dismiss(struct call *call)
{
	struct fault fault = { 0 };

	decided(call,
		duplicate_dismiss(&call->api->args.editor, &call->caller,
				  call_int(call, "id"),
				  call_field(call, "track_id")->number,
				  &fault),
		&fault);
}

void
handle_duplicates_undo(struct call *call)
{
	struct fault fault = { 0 };

	decided(call,
		duplicate_undo(&call->api->args.editor, &call->caller,
			       call_int(call, "id"), &fault),
		&fault);
}
