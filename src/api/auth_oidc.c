/* auth_oidc.c - the two visits of a browser that make a single sign-on. What goes
 * wrong on the way back is told to the web app in its address, for a person sits
 * in front of it. */
#include "api/handlers.h"

#include <string.h>

#include "api/api.h"
#include "api/forms_people.h"
#include "base/log.h"
#include "service/access.h"
#include "service/limits.h"
#include "service/oidc.h"
#include "service/sign_in.h"

#define NOTE_COOKIE "ogma_oidc"
#define NOTE_PATH "/api/v1/auth/oidc"

static void
note_cookie(struct call *call, const char *note)
{
	http_answer_field(call->request, "Set-Cookie",
			  arena_print(call->arena,
				      NOTE_COOKIE "=%s; Path=" NOTE_PATH
						  "; HttpOnly; SameSite=Lax; "
						  "Max-Age=%d%s",
				      note != NULL ? note : "",
				      note != NULL ? OIDC_NOTE_SECONDS : 0,
				      call_is_secure(call) ? "; Secure" : ""));
}

static void
redirect(struct call *call, const char *location)
{
	http_answer_field(call->request, "Location", location);
	http_answer_empty(call->request, 302);
}

void
handle_auth_oidc_start(struct call *call)
{
	struct oidc *oidc = call->api->args.oidc;
	bool links = call_value(call, "link")->number != 0;
	struct oidc_start start;
	struct fault fault = { 0 };

	if (oidc == NULL) {
		call_answer_not_found(call);
		return;
	}
	if (links && caller_who_links(call) == NULL) {
		request_answer_error(call->request, 401, "unauthenticated",
				     (struct span){ 0 });
		return;
	}
	if (oidc_begin(oidc, call_text(call, "return_to"),
		       links ? call->caller.user_id : 0, call->arena, &start,
		       &fault) != STATUS_OK) {
		call_answer_fault(call, &fault);
		return;
	}
	note_cookie(call, start.note);
	redirect(call, start.url);
}

/* ---- coming back ---------------------------------------------------------- */

static const char *
error_word(const struct fault *fault)
{
	if (fault->status == STATUS_DENIED && strcmp(fault->field, "oidc") == 0)
		return "oidc_denied";
	if (fault->status == STATUS_DENIED)
		return "not_active";
	if (fault->status == STATUS_NOT_FOUND)
		return "oidc_no_account";
	if (fault->status == STATUS_CONFLICT)
		return "oidc_taken";
	return "oidc_failed";
}

static void
redirect_failed(struct call *call, const struct fault *fault)
{
	log_info("access", "single sign-on failed",
		 LOG_TEXT("reason", fault->message));
	note_cookie(call, NULL);
	redirect(call, arena_print(call->arena, "/sign-in?error=%s",
				   error_word(fault)));
}

static enum status
person_arrives(struct call *call, const struct oidc_person *person,
	       struct signed_in *signed_in, struct fault *fault)
{
	const struct oidc_settings *settings =
		oidc_settings_of(call->api->args.oidc);
	struct sign_in_client client = {
		.address = call->caller.address,
		.user_agent = call->caller.user_agent,
		.cookie = true,
	};
	const struct outsider outsider = {
		.provider = person->issuer,
		.subject = person->subject,
		.username = person->username,
		.full_name = person->full_name,
		.email = person->email,
		.email_verified = person->email_verified,
		.may_sign_up = settings->signs_up,
		.may_join_email = settings->joins_email,
	};
	const struct caller *linking = NULL;

	if (person->link_user_id != 0) {
		linking = caller_who_links(call);
		if (linking == NULL ||
		    linking->user_id != person->link_user_id)
			return fault_field(fault, STATUS_UNAUTHENTICATED,
					   "oidc",
					   "somebody else is signed in now");
	}
	return sign_in_outsider(call->api->args.access, &client, linking,
				&outsider, call->arena, signed_in, fault);
}

static struct span
note_of(const struct call *call)
{
	struct span cookies = { 0 }, one, name;

	http_request_field(call->request, "cookie", &cookies);
	while (cookies.at != NULL && span_next(&cookies, ';', &one)) {
		one = span_trim(one);
		if (one.length > 0 && span_next(&one, '=', &name) &&
		    span_equal(name, SPAN(NOTE_COOKIE)) && one.at != NULL)
			return one;
	}
	return (struct span){ 0 };
}

void
handle_auth_oidc_callback(struct call *call)
{
	struct oidc *oidc = call->api->args.oidc;
	const struct oidc_return returned = {
		.code = call_text(call, "code"),
		.state = call_text(call, "state"),
		.error = call_text(call, "error"),
		.issuer = call_text(call, "iss"),
		.note = note_of(call),
	};
	struct signed_in signed_in = { 0 };
	struct fault fault = { 0 };
	struct oidc_person person;
	enum status status;

	if (oidc == NULL) {
		call_answer_not_found(call);
		return;
	}
	status = oidc_finish(oidc, &returned, call->arena, &person, &fault);
	if (status == STATUS_OK)
		status = person_arrives(call, &person, &signed_in, &fault);
	if (status != STATUS_OK) {
		redirect_failed(call, &fault);
		return;
	}
	limits_return_login(call->api->args.limits,
			    http_request_address(call->request));
	call_note_activity(call, "login", signed_in.user.id);
	note_cookie(call, NULL);
	answer_cookie(call, signed_in.cookie, signed_in.expires_in_seconds);
	redirect(call, person.return_path);
}
