/* auth.c - signing in and out over HTTP: passwords, refresh tokens, links that
 * work once. Handlers that hash a password hand the call over to the threads for
 * that. */
#include "api/handlers.h"

#include "api/api.h"
#include "api/forms_people.h"
#include "base/password.h"
#include "service/access.h"
#include "service/oidc.h"
#include "service/sign_in.h"

/* ---- how one may sign in here --------------------------------------------- */

static enum status
setup_needed_work(struct store_session *session, void *cookie,
		  struct fault *fault)
{
	return users_count_superadmins(session, cookie, fault);
}

/* A bot's token begins with its id, which is no secret. */
static void
telegram_members(struct json_writer *json,
		 const struct access_settings *settings)
{
	struct span rest = span_of(settings->telegram_bot_token), part;
	int64_t bot_id = 0;
	bool known = span_next(&rest, ':', &part) &&
		     span_to_i64(part, &bot_id);

	json_member_bool(json, "telegram",
			 *settings->telegram_bot_token != '\0');
	json_member_text(json, "telegram_bot",
			 *settings->telegram_bot_name != '\0' ?
				 settings->telegram_bot_name :
				 NULL);
	if (known)
		json_member_int(json, "telegram_bot_id", bot_id);
	else
		json_member_null(json, "telegram_bot_id");
}

void
handle_auth_config(struct call *call)
{
	const struct access_settings *settings =
		access_settings_of(call->api->args.access);
	const struct oidc *oidc = call->api->args.oidc;
	int64_t superadmins = 0;
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, setup_needed_work, &superadmins))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "registration", settings->registration);
	telegram_members(&json, settings);
	json_member_bool(&json, "oidc", oidc != NULL);
	json_member_text(&json, "oidc_name",
			 oidc != NULL ? oidc_settings_of(oidc)->name : NULL);
	json_member_int(&json, "password_min", PASSWORD_MIN_BYTES);
	json_member_bool(&json, "members_only", settings->members_only);
	json_member_bool(&json, "setup_needed", superadmins == 0);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

/* ---- passwords ------------------------------------------------------------ */

static void
login_work(struct call *call)
{
	const struct sign_in_client client = call_client(call);
	struct signed_in signed_in = { 0 };
	struct fault fault = { 0 };
	enum status status = sign_in_password(
		call->api->args.access, &client,
		call_field_text(call, "username"),
		call_field_text(call, "password"), call->arena, &signed_in,
		&fault);

	answer_outcome(call, status, 200, "login", &signed_in, &fault);
}

void
handle_auth_login(struct call *call)
{
	call_on_password_thread(call, login_work);
}

static void
register_work(struct call *call)
{
	const struct sign_in_client client = call_client(call);
	const struct sign_up wanted = {
		.username = call_field_text(call, "username"),
		.email = call_field_text(call, "email"),
		.full_name = call_field_text(call, "full_name"),
		.password = call_field_text(call, "password"),
		.invitation = call_field_text(call, "invitation"),
	};
	struct signed_in signed_in = { 0 };
	struct fault fault = { 0 };
	enum status status = sign_up(call->api->args.access, &client, &wanted,
				     call->arena, &signed_in, &fault);

	answer_outcome(call, status, 201, "register", &signed_in, &fault);
}

void
handle_auth_register(struct call *call)
{
	call_on_password_thread(call, register_work);
}

static void
change_work(struct call *call)
{
	uint32_t wait_seconds = 0;
	struct fault fault = { 0 };
	enum status status = sign_in_change_password(
		call->api->args.access, &call->caller,
		call_field_text(call, "current_password"),
		call_field_text(call, "new_password"), &wait_seconds, &fault);

	if (status == STATUS_OK)
		call_answer_empty(call, 204);
	else
		answer_sign_in_fault(call, &fault, wait_seconds);
}

void
handle_auth_password(struct call *call)
{
	if (call_by_person(call))
		call_on_password_thread(call, change_work);
}

/* ---- going on, and ending ------------------------------------------------- */

static void
refresh_work(struct call *call)
{
	const struct sign_in_client client = {
		.address = http_request_address(call->request),
	};
	struct signed_in signed_in = { 0 };
	struct fault fault = { 0 };
	enum status status = sign_in_refresh(
		call->api->args.access, &client,
		span_of(call_field_text(call, "refresh_token")), call->arena,
		&signed_in, &fault);

	answer_outcome(call, status, 200, NULL, &signed_in, &fault);
}

/* Clients send the access token that has expired along with it. */
void
handle_auth_refresh(struct call *call)
{
	call_on_worker(call, refresh_work);
}

void
handle_auth_logout(struct call *call)
{
	struct fault fault = { 0 };
	enum status status = sign_out(call->api->args.access, &call->caller,
				      call_field(call, "everywhere")->number !=
					      0,
				      &fault);

	if (status != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	if (call->caller.proof == PROOF_SESSION)
		answer_cookie(call, NULL, 0);
	call_answer_empty(call, 204);
}

/* ---- links that work once ------------------------------------------------- */

void
handle_auth_link_get(struct call *call)
{
	struct fault fault = { 0 };
	struct json_writer json;
	struct link_info info;
	struct buffer body;

	if (link_describe(call->api->args.access, call_text(call, "code"),
			  call->arena, &info, &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "purpose",
			 info.is_setup ? "setup" : "password");
	json_member_text(&json, "username", info.username);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

static void
link_work(struct call *call)
{
	const struct sign_in_client client = call_client(call);
	const struct sign_up wanted = {
		.username = call_field_text(call, "username"),
		.email = call_field_text(call, "email"),
		.password = call_field_text(call, "password"),
	};
	struct signed_in signed_in = { 0 };
	struct fault fault = { 0 };
	enum status status = sign_in_link(call->api->args.access, &client,
					  call_text(call, "code"), &wanted,
					  call->arena, &signed_in, &fault);

	answer_outcome(call, status, 200, "login", &signed_in, &fault);
}

void
handle_auth_link_use(struct call *call)
{
	call_on_password_thread(call, link_work);
}
