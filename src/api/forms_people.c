/* forms_people.c - see forms_people.h. */
#include "api/forms_people.h"

#include <stdio.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/log.h"
#include "service/access.h"
#include "service/limits.h"
#include "service/listening.h"

void
form_user(struct json_writer *json, const struct user *user, bool open)
{
	json_object_begin(json);
	json_member_int(json, "id", user->id);
	json_member_text(json, "username", user->username);
	json_member_text(json, "email", user->email);
	json_member_text(json, "full_name", user->full_name);
	json_member_text(json, "role", user->role);
	json_member_text(json, "status", user->status);
	json_member_bool(json, "is_active", user->is_active);
	json_member_bool(json, "has_password", user->has_password);
	if (user->telegram_id != 0)
		json_member_int(json, "telegram_id", user->telegram_id);
	else
		json_member_null(json, "telegram_id");
	json_member_time(json, "last_login_at", user->last_login_at_ms);
	json_member_time(json, "created_at", user->created_at_ms);
	json_member_time(json, "updated_at", user->updated_at_ms);
	if (!open)
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

void
form_session(struct json_writer *json, const struct sign_in *session,
	     int64_t current_id)
{
	json_object_begin(json);
	json_member_int(json, "id", session->id);
	json_member_text(json, "kind",
			 session->kind == SESSION_OF_COOKIE ? "web" : "token");
	json_member_text(json, "address", session->address);
	json_member_text(json, "user_agent", session->user_agent);
	json_member_time(json, "created_at", session->created_at_ms);
	json_member_time(json, "used_at", session->used_at_ms);
	json_member_time(json, "expires_at", session->expires_at_ms);
	json_member_bool(json, "current", session->id == current_id);
	json_object_end(json);
}

void
form_scopes(struct json_writer *json, const char *name, unsigned scopes)
{
	json_member_array_begin(json, name);
	if (scopes & SCOPE_READ)
		json_text(json, "read");
	if (scopes & SCOPE_WRITE)
		json_text(json, "write");
	if (scopes & SCOPE_ADMIN)
		json_text(json, "admin");
	json_array_end(json);
}

void
form_key(struct json_writer *json, const struct api_key *key, bool open)
{
	json_object_begin(json);
	json_member_int(json, "id", key->id);
	json_member_text(json, "name", key->name);
	json_member_text(json, "prefix", key->prefix);
	form_scopes(json, "scopes", key->scopes);
	json_member_time(json, "created_at", key->created_at_ms);
	json_member_time(json, "expires_at", key->expires_at_ms);
	json_member_time(json, "last_used_at", key->last_used_at_ms);
	if (!open)
		json_object_end(json);
}

void
form_login(struct json_writer *json, const struct user_login *login)
{
	json_object_begin(json);
	json_member_text(json, "provider", login->provider);
	json_member_text(json, "subject", login->subject);
	json_member_text(json, "name", login->name);
	json_member_time(json, "created_at", login->created_at_ms);
	json_object_end(json);
}

void
form_invitation(struct json_writer *json, const struct invitation *invitation,
		bool open)
{
	json_object_begin(json);
	json_member_int(json, "id", invitation->id);
	json_member_text(json, "prefix", invitation->prefix);
	json_member_text(json, "role", invitation->role);
	json_member_text(json, "note", invitation->note);
	json_member_int(json, "uses", invitation->uses);
	json_member_int(json, "uses_max", invitation->uses_max);
	id_or_null(json, "created_by", invitation->created_by);
	json_member_time(json, "created_at", invitation->created_at_ms);
	json_member_time(json, "expires_at", invitation->expires_at_ms);
	json_member_time(json, "revoked_at", invitation->revoked_at_ms);
	if (!open)
		json_object_end(json);
}

static void
raw_or_null(struct json_writer *json, const char *name, const char *value)
{
	json_name(json, name);
	if (value != NULL)
		json_raw(json, span_of(value));
	else
		json_null_value(json);
}

void
form_audit(struct json_writer *json, const struct audit_row *row)
{
	json_object_begin(json);
	json_member_int(json, "id", row->id);
	id_or_null(json, "admin_user_id", row->admin_user_id);
	json_member_text(json, "admin_username", row->admin_username);
	json_member_text(json, "action", row->action);
	json_member_text(json, "model_name", row->model_name);
	id_or_null(json, "model_id", row->model_id);
	raw_or_null(json, "old_values", row->old_values);
	raw_or_null(json, "new_values", row->new_values);
	json_member_text(json, "ip_address", row->ip_address);
	json_member_text(json, "user_agent", row->user_agent);
	json_member_time(json, "created_at", row->created_at_ms);
	json_object_end(json);
}

/* ---- lists ---------------------------------------------------------------- */

void
form_sessions(struct json_writer *json, const char *name,
	      const struct sign_in *list, size_t count, int64_t current_id)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < count; i++)
		form_session(json, &list[i], current_id);
	json_array_end(json);
}

void
form_keys(struct json_writer *json, const char *name,
	  const struct api_key *list, size_t count)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < count; i++)
		form_key(json, &list[i], false);
	json_array_end(json);
}

void
form_logins(struct json_writer *json, const char *name,
	    const struct user_login *list, size_t count)
{
	json_member_array_begin(json, name);
	for (size_t i = 0; i < count; i++)
		form_login(json, &list[i]);
	json_array_end(json);
}

/* ---- signing in ----------------------------------------------------------- */

static bool
field_is(const struct http_request *request, const char *name,
	 const char *start)
{
	struct span value;

	return http_request_field(request, name, &value) &&
	       value.length >= strlen(start) &&
	       span_equal_nocase((struct span){ value.at, strlen(start) },
				 span_of(start));
}

/* Behind TLS, as the operator says or the proxy does; who lies here makes their
 * own cookie useless. */
bool
call_is_secure(const struct call *call)
{
	const char *url =
		access_settings_of(call->api->args.access)->public_url;

	return strncmp(url, "https://", 8) == 0 ||
	       field_is(call->request, "x-forwarded-proto", "https");
}

void
answer_cookie(struct call *call, const char *value, uint32_t max_age_seconds)
{
	http_answer_field(call->request, "Set-Cookie",
			  arena_print(call->arena,
				      ACCESS_COOKIE
				      "=%s; Path=/; HttpOnly; SameSite=Lax; "
				      "Max-Age=%u%s",
				      value != NULL ? value : "",
				      value != NULL ? max_age_seconds : 0,
				      call_is_secure(call) ? "; Secure" : ""));
}

struct sign_in_client
call_client(const struct call *call)
{
	struct span agent = { 0 };
	bool json = field_is(call->request, "content-type",
			     "application/json");

	http_request_field(call->request, "user-agent", &agent);
	return (struct sign_in_client){
		.address = http_request_address(call->request),
		.user_agent = agent.length > 0 ?
				      arena_copy_bytes(call->arena, agent.at,
						       agent.length) :
				      NULL,
		.cookie = json && call_field(call, "cookie")->number != 0,
	};
}

void
answer_signed_in(struct call *call, unsigned status,
		 const struct signed_in *signed_in)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "access_token", signed_in->access_token);
	json_member_text(&json, "refresh_token", signed_in->refresh_token);
	json_member_text(&json, "token_type",
			 signed_in->access_token != NULL ? "bearer" : NULL);
	json_member_text(&json, "csrf_token", signed_in->csrf_token);
	if (signed_in->cookie != NULL)
		answer_cookie(call, signed_in->cookie,
			      signed_in->expires_in_seconds);
	json_member_bool(&json, "signed_in", signed_in->session_id != 0);
	json_member_int(&json, "expires_in",
			signed_in->expires_in_seconds);
	json_name(&json, "user");
	form_user(&json, &signed_in->user, false);
	json_object_end(&json);
	call_answer_json(call, status, &body);
}

/* What signing in can fail by has codes of its own, so that people read more
 * than "not allowed". */
static const char *
code_of(const struct fault *fault)
{
	static const struct {
		enum status status;
		const char *field, *code;
	} codes[] = {
		{ STATUS_UNAUTHENTICATED, "login", "invalid_credentials" },
		{ STATUS_DENIED, "pending", "account_pending" },
		{ STATUS_DENIED, "blocked", "account_blocked" },
		{ STATUS_DENIED, "registration", "registration_closed" },
		{ STATUS_DENIED, "invitation", "invitation_invalid" },
		{ STATUS_NOT_FOUND, "account", "no_account" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
		if (fault->status == codes[i].status &&
		    strcmp(fault->field, codes[i].field) == 0)
			return codes[i].code;
	}
	return NULL;
}

static void
answer_code(struct call *call, const struct fault *fault, const char *code)
{
	struct json_writer json;
	struct buffer details;

	buffer_init(&details, 4096);
	json_writer_init(&json, &details);
	json_object_begin(&json);
	json_member_text(&json, "field", fault->field);
	json_member_text(&json, "reason", fault->message);
	json_object_end(&json);
	request_answer_error(call->request, http_status_of_fault(fault), code,
			     (struct span){ details.bytes, details.length });
	buffer_release(&details);
}

void
answer_sign_in_fault(struct call *call, const struct fault *fault,
		     uint32_t retry_after_seconds)
{
	const char *code = code_of(fault);

	if (fault->status == STATUS_AGAIN_LATER && retry_after_seconds > 0)
		call_answer_limited(call, retry_after_seconds);
	else if (code != NULL)
		answer_code(call, fault, code);
	else
		call_answer_fault(call, fault);
}

void
call_note_activity(struct call *call, const char *action, int64_t user_id)
{
	const struct event_activity activity = { .at_ms = clock_now_ms(),
						 .user_id = user_id,
						 .action = action };

	listening_note_activity(call->api->args.listening, &activity);
}

void
answer_outcome(struct call *call, enum status status, unsigned success,
	       const char *activity, const struct signed_in *signed_in,
	       const struct fault *fault)
{
	if (status != STATUS_OK) {
		answer_sign_in_fault(call, fault,
				     signed_in->retry_after_seconds);
		return;
	}
	if (success != 201)
		limits_return_login(call->api->args.limits,
				    http_request_address(call->request));
	if (activity != NULL)
		call_note_activity(call, activity, signed_in->user.id);
	answer_signed_in(call, success, signed_in);
}

bool
call_by_person(struct call *call)
{
	if (call->caller.proof != PROOF_KEY)
		return true;
	request_answer_error(call->request, 403, "denied",
			     (struct span){ 0 });
	return false;
}

const struct caller *
caller_who_links(const struct call *call)
{
	enum caller_proof proof = call->caller.proof;

	return proof == PROOF_TOKEN || proof == PROOF_SESSION ?
		       &call->caller :
		       NULL;
}

struct handed_over {
	struct call *call;
	call_work *work;
};

static void
run_handed_over(void *cookie)
{
	struct handed_over *handed = cookie;

	log_set_request(http_request_id(handed->call->request));
	handed->work(handed->call);
	log_set_request(NULL);
}

static struct handed_over *
hand_over(struct call *call, call_work *work)
{
	struct handed_over *handed = arena_new(call->arena,
					       struct handed_over, 1);

	*handed = (struct handed_over){ call, work };
	return handed;
}

static void
answer_busy(struct call *call)
{
	request_answer_error(call->request, 503, "busy", (struct span){ 0 });
}

void
call_on_password_thread(struct call *call, call_work *work)
{
	if (access_password_submit(call->api->args.access, run_handed_over,
				   hand_over(call, work)) != STATUS_OK)
		answer_busy(call);
}

void
call_on_worker(struct call *call, call_work *work)
{
	if (worker_pool_submit(call->api->workers, run_handed_over,
			       hand_over(call, work)) != STATUS_OK)
		answer_busy(call);
}
