/* account.c - one's own account: profile, keys, sessions, what is kept about one,
 * and leaving. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms.h"
#include "api/forms_people.h"
#include "base/clock.h"
#include "service/access.h"
#include "service/account.h"
#include "service/sign_in.h"

/* ---- who am I ------------------------------------------------------------- */

struct me {
	struct call *call;
	struct user user;
	struct user_login *logins;
	size_t login_count;
};

static enum status
me_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct me *me = cookie;
	struct call *call = me->call;
	enum status status = users_get(session, call->caller.user_id,
				       call->arena, &me->user, fault);

	if (status == STATUS_OK)
		status = logins_of_user(session, me->user.id, call->arena,
					&me->logins, &me->login_count, fault);
	return status;
}

static const char *
csrf_for(const struct call *call)
{
	struct span cookies, value;

	if (call->caller.proof == PROOF_PROXY)
		return "proxy";
	if (call->caller.proof != PROOF_SESSION ||
	    !http_request_field(call->request, "cookie", &cookies) ||
	    !access_cookie_find(cookies, &value))
		return NULL;
	return access_csrf(value, call->arena);
}

static void
answer_me(struct call *call)
{
	static const char *const proofs[] = {
		[PROOF_NONE] = "none",	     [PROOF_TOKEN] = "token",
		[PROOF_SESSION] = "session", [PROOF_KEY] = "key",
		[PROOF_PROXY] = "proxy",
	};
	struct me me = { .call = call };
	struct json_writer json;
	struct buffer body;

	if (!call_read_store(call, me_read, &me))
		return;
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_user(&json, &me.user, true);
	json_member_text(&json, "csrf_token", csrf_for(call));
	json_member_text(&json, "proof", proofs[call->caller.proof]);
	form_scopes(&json, "scopes", call->caller.scopes);
	form_logins(&json, "logins", me.logins, me.login_count);
	json_object_end(&json);
	call_answer_json(call, 200, &body);
}

void
handle_auth_me(struct call *call)
{
	answer_me(call);
}

/* A new e-mail address is a new way in: it takes the password. */
static void
me_change_work(struct call *call)
{
	const struct param_value *email = call_field(call, "email");
	struct user_change change = {
		.username = call_field_text(call, "username"),
		.full_name = call_field_text(call, "full_name"),
		.email = email->text,
	};
	uint32_t wait_seconds = 0;
	struct fault fault = { 0 };
	enum status status = STATUS_OK;

	if (change.username != NULL)
		change.bits |= USER_CHANGE_USERNAME;
	if (call_field(call, "full_name")->given)
		change.bits |= USER_CHANGE_FULL_NAME;
	if (email->given) {
		change.bits |= USER_CHANGE_EMAIL;
		status = sign_in_check_password(
			call->api->args.access, &call->caller,
			call_field_text(call, "password"), &wait_seconds,
			&fault);
	}
	if (status == STATUS_OK)
		status = account_change(call->api->args.access, &call->caller,
					&change, &fault);
	if (status == STATUS_OK)
		answer_me(call);
	else
		answer_sign_in_fault(call, &fault, wait_seconds);
}

void
handle_auth_me_change(struct call *call)
{
	if (!call_field(call, "email")->given)
		me_change_work(call);
	else if (call_by_person(call))
		call_on_password_thread(call, me_change_work);
}

/* ---- keys ----------------------------------------------------------------- */

struct key_list {
	struct call *call;
	struct api_key *items;
	size_t count;
};

static enum status
keys_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct key_list *list = cookie;

	return keys_of_user(session, list->call->caller.user_id,
			    list->call->arena, &list->items, &list->count,
			    fault);
}

void
handle_auth_keys(struct call *call)
{
	struct key_list list = { .call = call };
	struct page_answer answer;

	if (!call_read_store(call, keys_read, &list))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < list.count; i++)
		form_key(&answer.json, &list.items[i], false);
	page_end_whole(&answer, call, list.count);
}

/* Bits of the words of an array; 0: a word is none of them. */
static unsigned
scopes_read(const json_t *words)
{
	static const struct {
		const char *name;
		unsigned bit;
	} scopes[] = { { "read", SCOPE_READ },
		       { "write", SCOPE_WRITE },
		       { "admin", SCOPE_ADMIN } };
	unsigned bits = 0;
	json_t *word;
	size_t i;

	json_array_foreach(words, i, word) {
		const char *name = json_string_value(word);
		unsigned bit = 0;

		for (size_t k = 0; name != NULL && k < ARRAY_LENGTH(scopes);
		     k++) {
			if (strcmp(name, scopes[k].name) == 0)
				bit = scopes[k].bit;
		}
		if (bit == 0)
			return 0;
		bits |= bit;
	}
	return bits;
}

void
handle_auth_key_add(struct call *call)
{
	const struct param_value *scopes = call_field(call, "scopes");
	struct api_key key = {
		.user_id = call->caller.user_id,
		.name = call_field_text(call, "name"),
		.scopes = scopes->given ? scopes_read(scopes->json) :
					  SCOPE_READ | SCOPE_WRITE,
		.expires_at_ms = call_field(call, "expires_at")->number,
	};
	struct fault fault = { 0 };
	struct json_writer json;
	struct buffer body;
	const char *text;

	if (!call_by_person(call))
		return;
	if (key.scopes == 0) {
		call_answer_field(call, "scopes",
				  "some of read, write and admin");
		return;
	}
	if (account_key_add(call->api->args.access, &key, call->arena, &text,
			    &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	form_key(&json, &key, true);
	json_member_text(&json, "key", text);
	json_object_end(&json);
	call_answer_json(call, 201, &body);
}

void
handle_auth_key_remove(struct call *call)
{
	struct fault fault = { 0 };

	if (!call_by_person(call))
		return;
	if (account_key_remove(call->api->args.access, &call->caller,
			       call_int(call, "id"), &fault) == STATUS_OK)
		call_answer_empty(call, 204);
	else
		call_answer_fault(call, &fault);
}

/* ---- sessions, accounts elsewhere ----------------------------------------- */

struct session_list {
	struct call *call;
	struct sign_in *items;
	size_t count;
};

static enum status
sessions_read(struct store_session *session, void *cookie,
	      struct fault *fault)
{
	struct session_list *list = cookie;

	return sessions_of_user(session, list->call->caller.user_id,
				list->call->arena, &list->items, &list->count,
				fault);
}

void
handle_auth_sessions(struct call *call)
{
	struct session_list list = { .call = call };
	struct page_answer answer;

	if (!call_read_store(call, sessions_read, &list))
		return;
	page_begin(&answer);
	for (size_t i = 0; i < list.count; i++)
		form_session(&answer.json, &list.items[i],
			     call->caller.session_id);
	page_end_whole(&answer, call, list.count);
}

void
handle_auth_session_end(struct call *call)
{
	struct fault fault = { 0 };

	if (!call_by_person(call))
		return;
	if (account_session_end(call->api->args.access, &call->caller,
				call_int(call, "id"), &fault) == STATUS_OK)
		call_answer_empty(call, 204);
	else
		call_answer_fault(call, &fault);
}

void
handle_auth_login_unlink(struct call *call)
{
	struct fault fault = { 0 };

	if (!call_by_person(call))
		return;
	if (account_unlink(call->api->args.access, &call->caller,
			   call_text(call, "provider"), &fault) == STATUS_OK)
		call_answer_empty(call, 204);
	else
		call_answer_fault(call, &fault);
}

/* ---- what is kept about me, and leaving ----------------------------------- */

void
handle_auth_export(struct call *call)
{
	struct fault fault = { 0 };
	struct buffer body;

	buffer_init(&body, 0);
	if (account_export(call->api->args.access, call->api->args.listening,
			   call->caller.user_id, &body, &fault) != STATUS_OK) {
		buffer_release(&body);
		call_answer_fault(call, &fault);
		return;
	}
	http_answer_field(call->request, "Content-Disposition",
			  "attachment; filename=\"ogma-my-data.json\"");
	http_answer_field(call->request, "Cache-Control", "no-store");
	http_answer_buffer(call->request, 200, "application/json", &body);
}

static void
leave_work(struct call *call)
{
	uint32_t wait_seconds = 0;
	struct fault fault = { 0 };
	enum status status = sign_in_check_password(
		call->api->args.access, &call->caller,
		call_field_text(call, "password"), &wait_seconds, &fault);

	if (status == STATUS_OK)
		status = account_erase(call->api->args.access,
				       call->api->args.listening,
				       &call->caller, &fault);
	if (status != STATUS_OK) {
		answer_sign_in_fault(call, &fault, wait_seconds);
		return;
	}
	if (call->caller.proof == PROOF_SESSION)
		answer_cookie(call, NULL, 0);
	call_answer_empty(call, 204);
}

void
handle_auth_leave(struct call *call)
{
	if (call_by_person(call))
		call_on_password_thread(call, leave_work);
}
