/* users.c - people, for admins and for themselves; see service/people.h for who
 * may do what to whom. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/forms_people.h"
#include "api/listing.h"
#include "base/clock.h"
#include "library/audit.h"
#include "service/account.h"
#include "service/people.h"

/* ---- lists ---------------------------------------------------------------- */

struct people_list {
	struct listing listing;
	struct user_filter filter;
	bool is_active;
	struct user_page out;
};

static enum status
list_read(struct store_session *session, struct listing *listing,
	  struct fault *fault)
{
	struct people_list *list =
		container_of(listing, struct people_list, listing);
	struct call *call = listing->call;
	enum status status = users_page(session, &list->filter,
					call_text(call, "sort"),
					&listing->page, &listing->arena,
					&list->out, fault);

	listing->count = list->out.count;
	listing->info = list->out.page;
	return status;
}

static const struct user *
list_row(const struct listing *listing, size_t i)
{
	return &container_of(listing, const struct people_list, listing)
			->out.items[i];
}

static void
json_user(struct json_writer *json, const struct listing *listing, size_t i)
{
	form_user(json, list_row(listing, i), false);
}

static void
csv_user(struct csv_writer *csv, const struct listing *listing, size_t i)
{
	const struct user *user = list_row(listing, i);

	csv_int(csv, user->id);
	csv_text(csv, user->username);
	csv_text(csv, user->email);
	csv_text(csv, user->full_name);
	csv_text(csv, user->role);
	csv_text(csv, user->status);
	csv_int(csv, user->is_active);
	csv_int_or_empty(csv, user->telegram_id);
	csv_time(csv, user->last_login_at_ms);
	csv_time(csv, user->created_at_ms);
	csv_row_end(csv);
}

static const struct listing_kind users_listing = {
	.file = "ogma-users",
	.model = "user",
	.head = "id,username,email,full_name,role,status,is_active,"
		"telegram_id,last_login_at,created_at",
	.read = list_read,
	.json = json_user,
	.csv = csv_user,
};

static void
list_init(struct people_list *list, struct call *call)
{
	const struct param_value *active = call_value(call, "is_active");
	const struct page_request page = call_page(call);

	listing_init(&list->listing, &users_listing, call, &page);
	list->is_active = active->number != 0;
	list->filter = (struct user_filter){
		.text = call_text(call, "q"),
		.role = call_text(call, "role"),
		.status = call_text(call, "status"),
		.is_active = active->given ? &list->is_active : NULL,
	};
}

void
handle_users_list(struct call *call)
{
	struct people_list list;

	list_init(&list, call);
	listing_answer_page(&list.listing);
}

void
handle_admin_users(struct call *call)
{
	struct people_list list;

	list_init(&list, call);
	listing_answer(&list.listing);
}

/* ---- one person ----------------------------------------------------------- */

struct person_read {
	struct call *call;
	int64_t id;
	struct user user;
	struct sign_in *sessions;
	struct api_key *keys;
	struct user_login *logins;
	size_t session_count, key_count, login_count;
	bool noted; /* that the caller looked */
};

static enum status
person_get(struct store_session *session, void *cookie, struct fault *fault)
{
	struct person_read *read = cookie;

	return users_get(session, read->id, read->call->arena, &read->user,
			 fault);
}

static void
answer_user(struct call *call, unsigned status, const struct user *user)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_user(&json, user, false);
	call_answer_json(call, status, &body);
}

void
handle_user_get(struct call *call)
{
	struct person_read read = { .call = call,
				    .id = call_int(call, "id") };

	if (call_may_touch(call, read.id) &&
	    call_read_store(call, person_get, &read))
		answer_user(call, 200, &read.user);
}

static enum status
person_get_all(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct person_read *read = cookie;
	struct arena *arena = read->call->arena;
	enum status status = person_get(session, read, fault);

	if (status == STATUS_OK)
		status = sessions_of_user(session, read->id, arena,
					  &read->sessions,
					  &read->session_count, fault);
	if (status == STATUS_OK)
		status = keys_of_user(session, read->id, arena, &read->keys,
				      &read->key_count, fault);
	if (status == STATUS_OK)
		status = logins_of_user(session, read->id, arena,
					&read->logins, &read->login_count,
					fault);
	return status;
}

#define VIEW_AGAIN_MS (60 * 60 * 1000)

/* Where somebody was signed in, and from where, is theirs: who looks is noted,
 * once an hour, since a page asks again whenever it comes to the front. */
static enum status
view_was_noted(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct person_read *read = cookie;
	const struct audit_filter filter = {
		.admin_user_id = read->call->caller.user_id,
		.action = "view",
		.model_name = "user",
		.model_id = read->id,
		.from_ms = clock_now_ms() - VIEW_AGAIN_MS,
	};
	struct audit_list list = { 0 };
	enum status status = audit_list(session, &filter, false,
					&(struct page_request){ .limit = 1 },
					read->call->arena, &list, fault);

	read->noted = read->id == read->call->caller.user_id || list.count > 0;
	return status == STATUS_OK ? person_get(session, read, fault) : status;
}

static enum status
note_view(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct person_read *read = cookie;

	return audit_add(session, &read->call->caller, "view", "user", read->id,
			 NULL, NULL, fault);
}

void
handle_admin_user_get(struct call *call)
{
	struct person_read read = { .call = call,
				    .id = call_int(call, "id") };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, view_was_noted, &read) ||
	    (!read.noted && !call_write_store(call, note_view, &read)) ||
	    !call_read_store(call, person_get_all, &read))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_user(&json, &read.user, true);
	if (read.user.reviewed_by != 0)
		json_member_int(&json, "reviewed_by", read.user.reviewed_by);
	else
		json_member_null(&json, "reviewed_by");
	json_member_time(&json, "reviewed_at", read.user.reviewed_at_ms);
	form_sessions(&json, "sessions", read.sessions, read.session_count,
		      call->caller.session_id);
	form_keys(&json, "keys", read.keys, read.key_count);
	form_logins(&json, "logins", read.logins, read.login_count);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- adding --------------------------------------------------------------- */

static void
add_work(struct call *call)
{
	const char *role = call_field_text(call, "role");
	const struct user_draft draft = {
		.username = call_field_text(call, "username"),
		.email = call_field_text(call, "email"),
		.full_name = call_field_text(call, "full_name"),
		.role = role != NULL ? role : "user",
	};
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;
	struct user user;
	const char *link;

	if (people_add(call->api->args.access, &call->caller, &draft,
		       call_field_text(call, "password"), call->arena, &user,
		       &link, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_user(&json, &user, true);
	json_member_text(&json, "link", link);
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

void
handle_user_add(struct call *call)
{
	if (call_field_text(call, "password") != NULL)
		call_on_password_thread(call, add_work);
	else
		add_work(call);
}

/* ---- changing ------------------------------------------------------------- */

/* What the body says, for an admin. */
static struct user_change
change_read(const struct call *call)
{
	const struct param_value *active = call_field(call, "is_active");
	struct user_change change = {
		.username = call_field_text(call, "username"),
		.email = call_field_text(call, "email"),
		.full_name = call_field_text(call, "full_name"),
		.role = call_field_text(call, "role"),
		.status = call_field_text(call, "status"),
		.is_active = active->number != 0,
		.reviewed_by = call->caller.user_id,
	};

	if (change.username != NULL)
		change.bits |= USER_CHANGE_USERNAME;
	if (call_field(call, "email")->given)
		change.bits |= USER_CHANGE_EMAIL;
	if (call_field(call, "full_name")->given)
		change.bits |= USER_CHANGE_FULL_NAME;
	if (change.role != NULL)
		change.bits |= USER_CHANGE_ROLE;
	if (change.status != NULL)
		change.bits |= USER_CHANGE_STATUS;
	if (active->given)
		change.bits |= USER_CHANGE_ACTIVE;
	return change;
}

static void
person_change(struct call *call, int64_t id, const struct user_change *change)
{
	struct fault fault = { 0 };
	struct user user;

	if (people_change(call->api->args.access, &call->caller, id, change,
			  call->arena, &user, &fault) == STATUS_OK)
		answer_user(call, 200, &user);
	else
		call_answer_fault(call, &fault);
}

void
handle_admin_user_change(struct call *call)
{
	struct user_change change = change_read(call);

	person_change(call, call_int(call, "id"), &change);
}

/* One's own name; all else of oneself is changed at /auth/me. */
static void
own_change(struct call *call, const struct user_change *change)
{
	struct person_read read = { .call = call,
				    .id = call->caller.user_id };
	struct fault fault = { 0 };

	if (change->bits &
	    ~(unsigned)(USER_CHANGE_USERNAME | USER_CHANGE_FULL_NAME)) {
		request_answer_error(call->request, 403, "denied",
				     (struct span){ 0 });
		return;
	}
	if (account_change(call->api->args.access, &call->caller, change,
			   &fault) != STATUS_OK)
		call_answer_fault(call, &fault);
	else if (call_read_store(call, person_get, &read))
		answer_user(call, 200, &read.user);
}

void
handle_user_change(struct call *call)
{
	struct user_change change = change_read(call);
	int64_t id = call_int(call, "id");

	if (!call_may_touch(call, id))
		return;
	if (call->caller.role >= call->route->others)
		person_change(call, id, &change);
	else
		own_change(call, &change);
}

static void
person_act(struct call *call, const char *action)
{
	struct user_change change;

	people_action(action, NULL, call->caller.user_id, &change);
	person_change(call, call_int(call, "id"), &change);
}

void
handle_admin_user_approve(struct call *call)
{
	person_act(call, "approve");
}

void
handle_admin_user_reject(struct call *call)
{
	person_act(call, "reject");
}

void
handle_user_remove(struct call *call)
{
	struct fault fault = { 0 };

	if (people_remove(call->api->args.access, &call->caller,
			  call_int(call, "id"), &fault) == STATUS_OK)
		call_answer_empty(call, 204);
	else
		call_answer_fault(call, &fault);
}

void
handle_admin_user_sign_out(struct call *call)
{
	struct fault fault = { 0 };

	if (people_sign_out(call->api->args.access, &call->caller,
			    call_int(call, "id"), &fault) == STATUS_OK)
		call_answer_empty(call, 204);
	else
		call_answer_fault(call, &fault);
}

void
handle_admin_user_link(struct call *call)
{
	struct fault fault = { 0 };
	int64_t expires_at_ms = 0;
	struct json_writer json;
	struct buffer body;
	const char *link;

	if (people_link(call->api->args.access, &call->caller,
			call_int(call, "id"), call->arena, &link,
			&expires_at_ms, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "link", link);
	json_member_time(&json, "expires_at", expires_at_ms);
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

/* ---- many at once --------------------------------------------------------- */

void
handle_admin_users_bulk(struct call *call)
{
	const struct param_value *ids = call_field(call, "ids");
	const char *action = call_field_text(call, "action");
	const char *role = call_field_text(call, "role");
	struct people_outcome *outcomes = arena_new(
		call->arena, struct people_outcome, ids->id_count);
	struct listing_outcome *told = arena_new(
		call->arena, struct listing_outcome, ids->id_count);

	if (ids->id_count == 0) {
		call_answer_field(call, "ids", "at least one id");
		return;
	}
	if (strcmp(action, "role") == 0 && role == NULL) {
		call_answer_field(call, "role", "this action needs a role");
		return;
	}
	people_bulk(call->api->args.access, &call->caller, action, role,
		    ids->ids, ids->id_count, outcomes);
	for (size_t i = 0; i < ids->id_count; i++)
		told[i] = (struct listing_outcome){ outcomes[i].id,
						    outcomes[i].status,
						    outcomes[i].reason };
	listing_answer_outcomes(call, told, ids->id_count);
}
