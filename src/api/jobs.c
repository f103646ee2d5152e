/* jobs.c - routes about long work. */
#include "api/jobs.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "service/analyse.h"
#include "service/source.h"
#include "service/watch.h"

bool
work_done(struct call *call, enum status status, const struct fault *fault)
{
	if (status != STATUS_OK)
		call_answer_fault(call, fault);
	return status == STATUS_OK;
}

void
jobs_wake(struct call *call)
{
	if (call->api->args.jobs != NULL)
		job_runner_wake(call->api->args.jobs);
	if (call->api->args.watch != NULL)
		watch_wake(call->api->args.watch);
}

static void
progress_form(struct json_writer *json, const struct job_progress *progress)
{
	json_member_object_begin(json, "progress");
	json_member_int(json, "done", progress->done);
	json_member_int(json, "total", progress->total);
	json_member_double(json, "rate", progress->rate);
	if (progress->eta_seconds >= 0)
		json_member_int(json, "eta_seconds", progress->eta_seconds);
	else
		json_member_null(json, "eta_seconds");
	json_member_int(json, "added", progress->added);
	json_member_int(json, "updated", progress->updated);
	json_member_int(json, "moved", progress->moved);
	json_member_int(json, "removed", progress->removed);
	json_member_int(json, "restored", progress->restored);
	json_member_int(json, "unchanged", progress->unchanged);
	json_member_int(json, "rejected", progress->rejected);
	json_object_end(json);
}

static void
id_or_null(struct json_writer *json, const char *name, int64_t id)
{
	if (id != 0)
		json_member_int(json, name, id);
	else
		json_member_null(json, name);
}

static void
job_form(struct json_writer *json, const struct job_row *job)
{
	json_object_begin(json);
	json_member_int(json, "id", job->id);
	json_member_text(json, "kind", job->kind);
	id_or_null(json, "source_id", job->source_id);
	json_member_text(json, "detail",
			 *job->detail != '\0' ? job->detail : NULL);
	json_member_text(json, "state", job_state_name(job->state));
	json_member_text(json, "step", *job->step != '\0' ? job->step : NULL);
	json_member_int(json, "attempts", job->attempts);
	json_member_time(json, "next_try_at", job->next_try_at_ms);
	id_or_null(json, "requested_by", job->requested_by);
	id_or_null(json, "parent_id", job->parent_id);
	json_member_bool(json, "cancel_asked", job->cancel_asked);
	progress_form(json, &job->progress);
	json_member_text(json, "error", job->error);
	json_member_time(json, "created_at", job->created_at_ms);
	json_member_time(json, "started_at", job->started_at_ms);
	json_member_time(json, "finished_at", job->finished_at_ms);
	json_object_end(json);
}

struct jobs_work {
	struct call *call;
	int64_t id;
	struct job_filter filter;
	struct page_request page;
	struct job_list list;
	struct job_row job;
	struct job_line_list lines;
};

static enum status
jobs_list_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct jobs_work *work = cookie;

	return jobs_list(session, &work->filter, &work->page,
			 work->call->arena, &work->list, fault);
}

static bool
job_state_parse(const char *name, enum job_state *out)
{
	for (int i = JOB_QUEUED; name != NULL && i < JOB_STATES; i++) {
		if (strcmp(name, job_state_name((enum job_state)i)) != 0)
			continue;
		*out = (enum job_state)i;
		return true;
	}
	return false;
}

void
handle_jobs_list(struct call *call)
{
	struct jobs_work work = {
		.call = call,
		.filter = { .kind = call_text(call, "kind"),
			    .source_id = call_int(call, "source_id"),
			    .parent_id = call_int(call, "parent_id") },
		.page = call_page_by_age(call),
	};
	struct page_answer answer;

	work.filter.state_given = job_state_parse(call_text(call, "state"),
						  &work.filter.state);
	if (!call_read_store(call, jobs_list_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.list.count; i++)
		job_form(&answer.json, &work.list.items[i]);
	page_end(&answer, call, &work.list.page);
}

static enum status
job_get_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct jobs_work *work = cookie;

	return jobs_get(session, work->id, work->call->arena, &work->job,
			fault);
}

void
job_answer(struct call *call, int64_t id, unsigned status)
{
	struct jobs_work work = { .call = call, .id = id };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, job_get_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	job_form(&json, &work.job);
	call_answer_json(call, status, &body);
}

void
handle_job_get(struct call *call)
{
	job_answer(call, call_int(call, "id"), 200);
}

static void
job_change(struct call *call, bool cancel, unsigned success)
{
	int64_t id = call_int(call, "id");
	struct fault fault = { 0 };

	if (!work_done(call,
		       source_job_change(call->api->args.store, &call->caller, id,
				    cancel, &fault),
		  &fault))
		return;
	jobs_wake(call);
	job_answer(call, id, success);
}

void
handle_job_cancel(struct call *call)
{
	job_change(call, true, 200);
}

void
handle_job_retry(struct call *call)
{
	job_change(call, false, 202);
}

void
handle_jobs_analyse(struct call *call)
{
	struct fault fault = { 0 };
	int64_t job_id = 0;

	if (!work_done(call,
		       analyse_ask(call->api->args.store, &call->caller,
				   call_field(call, "again")->number != 0,
				   &job_id, &fault),
		       &fault))
		return;
	jobs_wake(call);
	job_answer(call, job_id, 202);
}

void
handle_jobs_retry(struct call *call)
{
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;
	int64_t count = 0;

	if (!work_done(call,
		       source_jobs_retry(call->api->args.store, &call->caller,
				    call_field_text(call, "kind"), &count,
				    &fault),
		  &fault))
		return;
	jobs_wake(call);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "queued", count);
	json_object_end(&json);
	call_answer_json(call, 202, &body);
}

static enum status
job_log_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct jobs_work *work = cookie;

	return jobs_log_list(session, work->id, &work->page, work->call->arena,
			     &work->lines, fault);
}

void
handle_job_log(struct call *call)
{
	struct jobs_work work = { .call = call,
				  .id = call_int(call, "id"),
				  .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, job_log_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.lines.count; i++) {
		const struct job_line *line = &work.lines.items[i];

		json_object_begin(&answer.json);
		json_member_int(&answer.json, "id", line->id);
		json_member_time(&answer.json, "at", line->at_ms);
		json_member_text(&answer.json, "level", line->level);
		json_member_text(&answer.json, "path", line->path);
		json_member_text(&answer.json, "message", line->reason);
		json_object_end(&answer.json);
	}
	page_end(&answer, call, &work.lines.page);
}
