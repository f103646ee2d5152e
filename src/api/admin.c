/* admin.c - the admin panel: dashboard, audit log, invitations. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/forms_people.h"
#include "api/listing.h"
#include "base/clock.h"
#include "library/jobs.h"
#include "library/summary.h"
#include "service/monitor.h"
#include "service/people.h"

#define WEEK_MS ((int64_t)7 * 86400000)
#define DAY_MS ((int64_t)86400000)
#define DASHBOARD_ROWS 10

/* ---- dashboard ------------------------------------------------------------ */

struct dashboard {
	struct call *call;
	struct user_totals users;
	struct library_summary library;
	int64_t jobs[JOB_STATES];
	int64_t sessions;
	struct audit_list audit;
};

static enum status
dashboard_read(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	const struct page_request rows = { .limit = DASHBOARD_ROWS };
	const struct audit_filter all = { 0 };
	struct dashboard *dashboard = cookie;
	enum status status = users_totals(session, clock_now_ms() - WEEK_MS,
					  &dashboard->users, fault);

	if (status == STATUS_OK)
		status = library_summary_get(session, &dashboard->library,
					     fault);
	if (status == STATUS_OK)
		status = jobs_count(session, dashboard->jobs, fault);
	if (status == STATUS_OK)
		status = sessions_count(session, &dashboard->sessions, fault);
	if (status == STATUS_OK)
		status = audit_list(session, &all, false, &rows,
				    dashboard->call->arena, &dashboard->audit,
				    fault);
	return status;
}

static void
users_form(struct json_writer *json, const struct user_totals *users)
{
	json_member_object_begin(json, "users");
	json_member_int(json, "total", users->total);
	json_member_int(json, "active", users->active);
	json_member_int(json, "pending", users->pending);
	json_member_int(json, "blocked", users->blocked);
	json_member_int(json, "new_7d", users->created_since);
	json_member_object_begin(json, "by_role");
	for (int role = USER_ROLE_USER; role <= USER_ROLE_SUPERADMIN; role++)
		json_member_int(json, user_role_name((enum user_role)role),
				users->by_role[role]);
	json_object_end(json);
	json_object_end(json);
}

static void
library_form(struct json_writer *json, const struct library_summary *library)
{
	json_member_object_begin(json, "library");
	json_member_int(json, "tracks", library->tracks);
	json_member_int(json, "albums", library->albums);
	json_member_int(json, "artists", library->artists);
	json_member_int(json, "genres", library->genres);
	json_member_int(json, "duration_ms", library->duration_ms);
	json_member_int(json, "size_bytes", library->size_bytes);
	json_object_end(json);
}

static void
machine_form(struct json_writer *json, const struct live_figures *figures)
{
	json_member_object_begin(json, "streams");
	json_member_int(json, "active", figures->active_streams);
	json_member_int(json, "listeners", figures->total_listeners);
	json_member_int(json, "queue_items", figures->queue_items);
	json_object_end(json);
	json_member_object_begin(json, "storage");
	json_member_double(json, "disk_percent", figures->disk_percent);
	json_object_end(json);
}

void
handle_admin_dashboard(struct call *call)
{
	struct dashboard dashboard = { .call = call };
	struct live_figures figures = { 0 };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, dashboard_read, &dashboard))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	users_form(&json, &dashboard.users);
	library_form(&json, &dashboard.library);
	monitor_look(call->api->args.monitor, &figures);
	machine_form(&json, &figures);
	json_member_object_begin(&json, "jobs");
	json_member_int(&json, "running", dashboard.jobs[JOB_RUNNING]);
	json_member_int(&json, "queued", dashboard.jobs[JOB_QUEUED]);
	json_member_int(&json, "failed", dashboard.jobs[JOB_FAILED]);
	json_object_end(&json);
	json_member_object_begin(&json, "sessions");
	json_member_int(&json, "active", dashboard.sessions);
	json_object_end(&json);
	json_member_array_begin(&json, "audit");
	for (size_t i = 0; i < dashboard.audit.count; i++)
		form_audit(&json, &dashboard.audit.items[i]);
	json_array_end(&json);
	json_member_int(&json, "uptime_seconds",
			(clock_now_ms() - call->api->started_at_ms) / 1000);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- audit log ------------------------------------------------------------ */

struct audit_reading {
	struct listing listing;
	struct audit_filter filter;
	struct audit_list out;
};

static enum status
audit_read(struct store_session *session, struct listing *listing,
	   struct fault *fault)
{
	struct audit_reading *reading =
		container_of(listing, struct audit_reading, listing);
	struct call *call = listing->call;
	bool oldest_first = strcmp(call_text(call, "sort"), "id") == 0;
	enum status status = audit_list(session, &reading->filter,
					oldest_first, &listing->page,
					&listing->arena, &reading->out,
					fault);

	listing->count = reading->out.count;
	listing->info = reading->out.page;
	return status;
}

static const struct audit_row *
audit_row_of(const struct listing *listing, size_t i)
{
	return &container_of(listing, const struct audit_reading, listing)
			->out.items[i];
}

static void
json_audit(struct json_writer *json, const struct listing *listing, size_t i)
{
	form_audit(json, audit_row_of(listing, i));
}

static void
csv_audit(struct csv_writer *csv, const struct listing *listing, size_t i)
{
	const struct audit_row *row = audit_row_of(listing, i);

	csv_int(csv, row->id);
	csv_time(csv, row->created_at_ms);
	csv_int_or_empty(csv, row->admin_user_id);
	csv_text(csv, row->admin_username);
	csv_text(csv, row->action);
	csv_text(csv, row->model_name);
	csv_int_or_empty(csv, row->model_id);
	csv_text(csv, row->old_values);
	csv_text(csv, row->new_values);
	csv_text(csv, row->ip_address);
	csv_text(csv, row->user_agent);
	csv_row_end(csv);
}

static const struct listing_kind audit_listing = {
	.file = "ogma-audit-log",
	.model = "audit_log",
	.head = "id,created_at,admin_user_id,admin_username,action,"
		"model_name,model_id,old_values,new_values,ip_address,"
		"user_agent",
	.read = audit_read,
	.json = json_audit,
	.csv = csv_audit,
};

void
handle_admin_audit(struct call *call)
{
	struct audit_reading reading = {
		.filter = { .admin_user_id = call_int(call, "admin_user_id"),
			    .action = call_text(call, "action"),
			    .model_name = call_text(call, "model_name"),
			    .model_id = call_int(call, "model_id"),
			    .from_ms = call_int(call, "from"),
			    .to_ms = call_int(call, "to") },
	};
	const struct page_request page = call_page(call);

	listing_init(&reading.listing, &audit_listing, call, &page);
	listing_answer(&reading.listing);
}

/* ---- invitations ---------------------------------------------------------- */

struct invitation_reading {
	struct call *call;
	struct invitation_filter filter;
	struct page_request page;
	struct invitation_list out;
};

static enum status
invitations_read(struct store_session *session, void *cookie,
		 struct fault *fault)
{
	struct invitation_reading *reading = cookie;

	return invitations_list(session, &reading->filter, &reading->page,
				reading->call->arena, &reading->out, fault);
}

void
handle_admin_invitations(struct call *call)
{
	const struct param_value *open = call_value(call, "open");
	const bool wanted = open->number != 0;
	struct invitation_reading reading = {
		.call = call,
		.filter = { .text = call_text(call, "q"),
			    .role = call_text(call, "role"),
			    .open = open->given ? &wanted : NULL,
			    .now_ms = clock_now_ms(),
			    .sort = call_text(call, "sort") },
		.page = call_page(call),
	};
	struct page_answer answer;

	if (!call_read_store(call, invitations_read, &reading))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < reading.out.count; i++)
		form_invitation(&answer.json, &reading.out.items[i], false);
	page_end(&answer, call, &reading.out.page);
}

void
handle_admin_invite(struct call *call)
{
	const struct param_value *days = call_field(call, "days");
	const struct param_value *uses = call_field(call, "uses");
	const char *role = call_field_text(call, "role");
	struct invitation invitation = {
		.role = role != NULL ? role : "user",
		.note = call_field_text(call, "note"),
		.uses_max = uses->given ? uses->number : 1,
		.expires_at_ms = clock_now_ms() +
				 (days->given ? days->number : 7) * DAY_MS,
	};
	struct fault fault = { 0 };
	const char *code, *link;
	struct json_writer json;
	struct buffer body;

	if (people_invite(call->api->args.access, &call->caller, &invitation,
			  call->arena, &code, &link, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_invitation(&json, &invitation, true);
	json_member_text(&json, "code", code);
	json_member_text(&json, "link", link);
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

void
handle_admin_uninvite(struct call *call)
{
	struct fault fault = { 0 };

	if (people_uninvite(call->api->args.access, &call->caller,
			    call_int(call, "id"), &fault) == STATUS_OK)
		call_answer_empty(call, 204);
	else
		call_answer_fault(call, &fault);
}
