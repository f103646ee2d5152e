/* schedules.c - routes about work by the clock, and what it found out. */
#include "api/api.h"
#include "api/forms.h"
#include "api/handlers.h"
#include "api/jobs.h"
#include "api/short_list.h"
#include "library/alerts.h"
#include "library/job_reports.h"
#include "service/chores.h"
#include "service/scheduler.h"

#include <string.h>

/* ---- schedules ----------------------------------------------------------------- */

struct schedules_work {
	struct call *call;
	const char *name; /* NULL: all */
	struct schedule_view *views;
	size_t count;
	struct page_request page;
	struct schedule_run_list runs;
};

static enum status
schedules_work(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct schedules_work *work = cookie;
	enum status status = scheduler_list(session,
					    work->call->api->args.scheduler,
					    work->call->arena, &work->views,
					    &work->count, fault);

	if (status != STATUS_OK || work->name == NULL)
		return status;
	while (work->count > 0 &&
	       strcmp(work->views->row.name, work->name) != 0) {
		work->views++;
		work->count--;
	}
	if (work->count == 0)
		return fault_set(fault, STATUS_NOT_FOUND,
				 "there is no schedule %.40s", work->name);
	work->count = 1;
	return STATUS_OK;
}

static void
schedule_form(struct json_writer *json, const struct schedule_view *view)
{
	json_object_begin(json);
	json_member_text(json, "name", view->row.name);
	json_member_text(json, "summary", view->summary);
	json_member_text(json, "cron", view->cron);
	json_member_text(json, "preset", view->preset);
	json_member_bool(json, "changed", view->row.cron != NULL);
	json_member_bool(json, "enabled", view->row.enabled);
	json_member_time(json, "last_run_at", view->row.last_run_ms);
	json_member_time(json, "next_run_at", view->row.next_run_ms);
	json_object_end(json);
}

static const char *
schedule_key(const void *row, struct arena *arena)
{
	(void)arena;
	return ((const struct schedule_view *)row)->row.name;
}

static const char *
schedule_words(const void *row, struct arena *arena)
{
	const struct schedule_view *view = row;

	return arena_print(arena, "%s %s", view->row.name, view->summary);
}

static bool
schedule_passes(const void *row, const struct call *call)
{
	const struct schedule_view *view = row;

	return short_flag(call, "enabled", view->row.enabled) &&
	       short_flag(call, "changed", view->row.cron != NULL);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct schedule_view *)a)->row.name,
		      ((const struct schedule_view *)b)->row.name);
}

/* What never comes stands last. */
static int
by_next(const void *a, const void *b)
{
	int64_t first = ((const struct schedule_view *)a)->row.next_run_ms;
	int64_t second = ((const struct schedule_view *)b)->row.next_run_ms;
	int order = short_by_number(first == 0 ? INT64_MAX : first,
				    second == 0 ? INT64_MAX : second);

	return order != 0 ? order : by_name(a, b);
}

static int
by_last(const void *a, const void *b)
{
	int order = short_by_number(
		((const struct schedule_view *)a)->row.last_run_ms,
		((const struct schedule_view *)b)->row.last_run_ms);

	return order != 0 ? order : by_name(a, b);
}

static const struct short_kind schedules = {
	.size = sizeof(struct schedule_view),
	.key = schedule_key,
	.words = schedule_words,
	.passes = schedule_passes,
	.orders = { { "name", by_name },
		    { "next_run_at", by_next },
		    { "last_run_at", by_last } },
};

void
handle_schedules_list(struct call *call)
{
	struct schedules_work work = { .call = call };
	struct page_info page = { 0 };
	struct fault fault = { 0 };
	struct page_answer answer;

	if (!call_read_store(call, schedules_work, &work) ||
	    !work_done(call,
		       short_list_cut(call, &schedules, work.views,
				      &work.count, &page, &fault),
		       &fault))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.count; i++)
		schedule_form(&answer.json, &work.views[i]);
	page_end(&answer, call, &page);
}

void
handle_schedule_patch(struct call *call)
{
	const struct param_value *cron = call_field(call, "cron");
	const struct param_value *enabled = call_field(call, "enabled");
	const struct schedule_change change = {
		.name = call_text(call, "name"),
		.cron_given = cron->given,
		.cron = cron->is_null ? NULL : cron->text,
		.enabled_given = enabled->given,
		.enabled = enabled->number != 0,
	};
	struct schedules_work work = { .call = call, .name = change.name };
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!work_done(call,
		       scheduler_change(call->api->args.store, &call->caller,
					call->api->args.scheduler, &change,
					&fault),
		       &fault) ||
	    !call_read_store(call, schedules_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	schedule_form(&json, work.views);
	call_answer_json(call, 200, &body);
}

void
handle_schedule_run(struct call *call)
{
	struct fault fault = { 0 };
	int64_t job_id = 0;

	if (!work_done(call,
		       scheduler_run_now(call->api->args.store, &call->caller,
					 call->api->args.scheduler,
					 call_text(call, "name"), &job_id,
					 &fault),
		       &fault))
		return;
	jobs_wake(call);
	job_answer(call, job_id, 202);
}

static enum status
runs_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct schedules_work *work = cookie;
	enum status status = schedules_work(session, work, fault);

	if (status != STATUS_OK)
		return status;
	return schedule_runs_list(session, work->name, &work->page,
				  work->call->arena, &work->runs, fault);
}

void
handle_schedule_runs(struct call *call)
{
	struct schedules_work work = { .call = call,
				       .name = call_text(call, "name"),
				       .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, runs_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.runs.count; i++) {
		const struct schedule_run *run = &work.runs.items[i];

		json_object_begin(&answer.json);
		json_member_int(&answer.json, "id", run->id);
		json_member_int(&answer.json, "job_id", run->job_id);
		json_member_text(&answer.json, "reason", run->reason);
		json_member_time(&answer.json, "due_at", run->due_at_ms);
		json_member_time(&answer.json, "started_at", run->started_at_ms);
		json_member_time(&answer.json, "finished_at", run->ended_at_ms);
		json_member_text(&answer.json, "state",
				 job_state_name(run->state));
		json_member_text(&answer.json, "error", run->error);
		json_object_end(&answer.json);
	}
	page_end(&answer, call, &work.runs.page);
}

/* ---- reports --------------------------------------------------------------------- */

struct reports_work {
	struct call *call;
	const char *kind;
	struct page_request page;
	struct job_report_list reports;
	struct alert *alerts;
	size_t alert_count;
};

static enum status
reports_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct reports_work *work = cookie;
	struct arena *arena = work->call->arena;
	enum status status = job_reports_list(session, work->kind, &work->page,
					      arena, &work->reports, fault);

	if (status == STATUS_OK)
		status = alerts_list(session, arena, &work->alerts,
				     &work->alert_count, fault);
	return status;
}

static void
report_form(struct json_writer *json, const struct job_report *report)
{
	json_object_begin(json);
	json_member_int(json, "id", report->id);
	json_member_text(json, "kind", report->kind);
	json_member_time(json, "created_at", report->created_at_ms);
	json_name(json, "report");
	json_raw(json, span_of(report->body));
	json_object_end(json);
}

void
handle_reports_list(struct call *call)
{
	struct reports_work work = { .call = call,
				     .kind = call_text(call, "kind"),
				     .page = call_page(call) };
	struct page_answer answer;

	if (!call_read_store(call, reports_work, &work))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < work.reports.count; i++)
		report_form(&answer.json, &work.reports.items[i]);
	page_end(&answer, call, &work.reports.page);
}

void
handle_monitoring_report(struct call *call)
{
	struct reports_work work = { .call = call, .kind = REPORT_MONITORING,
				     .page = { .limit = 1 } };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, reports_work, &work))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_name(&json, "latest");
	if (work.reports.count > 0)
		report_form(&json, work.reports.items);
	else
		json_null_value(&json);
	json_member_array_begin(&json, "alerts");
	for (size_t i = 0; i < work.alert_count; i++) {
		const struct alert *alert = &work.alerts[i];

		json_object_begin(&json);
		json_member_text(&json, "name", alert->name);
		json_member_text(&json, "level", alert->level);
		json_member_text(&json, "message", alert->message);
		json_member_bool(&json, "active", alert->active);
		json_member_time(&json, "raised_at", alert->raised_at_ms);
		json_member_time(&json, "ended_at", alert->ended_at_ms);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}
