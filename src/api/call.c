/* call.c - one request from its row to its answer; see call.h. */
#include "api/call.h"

#include <assert.h>
#include <stdio.h>

#include "api/api.h"
#include "api/identify.h"
#include "api/messages.h"
#include "base/digest.h"
#include "base/log.h"
#include "service/access.h"
#include "service/limits.h"

/* ---- from the row to the handler ----------------------------------------- */

/* A key may do less than its owner. */
static bool
scope_covers(const struct call *call)
{
	bool reads = call->route->method == HTTP_GET;
	unsigned needed = reads ? SCOPE_READ : SCOPE_WRITE;

	if (call->route->right >= USER_ROLE_ADMIN)
		needed |= SCOPE_ADMIN;
	return call->caller.proof != PROOF_KEY ||
	       (call->caller.scopes & needed) == needed;
}

/* True: answered 429. */
static bool
call_over_limit(struct call *call)
{
	static const enum limit_class classes[] = {
		[ROUTE_LIMIT_API] = LIMIT_API,
		[ROUTE_LIMIT_LOGIN] = LIMIT_LOGIN,
	};
	enum route_limit limit = call->route->limit;
	uint32_t wait_seconds = 0;

	if (limit != ROUTE_LIMIT_NONE)
		wait_seconds = limits_take(call->api->args.limits,
					   classes[limit], &call->caller,
					   http_request_address(call->request));
	if (wait_seconds > 0)
		call_answer_limited(call, wait_seconds);
	return wait_seconds > 0;
}

/* Where the library is for members, what is public elsewhere is for them. */
static enum user_role
right_needed(const struct call *call)
{
	bool members_only =
		access_settings_of(call->api->args.access)->members_only;

	if (call->route->right == USER_ROLE_NONE && members_only &&
	    !call->route->open)
		return USER_ROLE_USER;
	return call->route->right;
}

static bool
call_may_ask(struct call *call)
{
	enum user_role right = right_needed(call);
	struct fault fault = { 0 };

	if (identify_caller(call, &fault) != STATUS_OK) {
		/* Whoever tries proofs at random is counted as nobody. */
		if (!call_over_limit(call))
			call_answer_fault(call, &fault);
		return false;
	}
	if (call_over_limit(call))
		return false;
	if (right == USER_ROLE_NONE && call->caller.proof != PROOF_KEY)
		return true;
	if (call->caller.user_id == 0 && right != USER_ROLE_NONE) {
		request_answer_error(call->request, 401, "unauthenticated",
				     (struct span){ 0 });
		return false;
	}
	if (call->caller.role >= right && scope_covers(call))
		return true;
	request_answer_error(call->request, 403, "denied",
			     (struct span){ 0 });
	return false;
}

/* What a person sees must not stay in a cache that others share. */
void
call_row_fields(struct call *call)
{
	const char *const *field = call->route->fields;

	for (; field != NULL && *field != NULL; field += 2) {
		bool shared = call->caller.user_id == 0 ||
			      strcmp(field[0], "Cache-Control") != 0 ||
			      strcmp(field[1], "no-cache") != 0;

		http_answer_field(call->request, field[0],
				  shared ? field[1] : "private, no-cache");
	}
}

bool
call_admit(struct call *call)
{
	if (call->route->on_loop ? call_over_limit(call) : !call_may_ask(call))
		return false;
	return call_read_params(call) == STATUS_OK;
}

void
call_run(struct call *call)
{
	if (!call_admit(call) || call_read_body(call) != STATUS_OK)
		return;
	call_row_fields(call);
	call->route->handler(call);
}

void
call_release(struct call *call)
{
	json_decref(call->body);
	call->body = NULL;
}

bool
call_may_touch(struct call *call, int64_t owner_id)
{
	if (caller_may_touch(&call->caller, owner_id, call->route->others))
		return true;
	request_answer_error(call->request, 403, "denied",
			     (struct span){ 0 });
	return false;
}

bool
call_expect_role(struct call *call, enum user_role role)
{
	bool nobody = call->caller.user_id == 0;

	if (!nobody && call->caller.role >= role)
		return true;
	request_answer_error(call->request, nobody ? 401 : 403,
			     nobody ? "unauthenticated" : "denied",
			     (struct span){ 0 });
	return false;
}

/* ---- the store ----------------------------------------------------------- */

bool
call_read_store(struct call *call, store_work *work, void *cookie)
{
	struct fault fault = { 0 };

	if (store_read(call->api->args.store, work, cookie, &fault) ==
	    STATUS_OK)
		return true;
	call_answer_fault(call, &fault);
	return false;
}

bool
call_write_store(struct call *call, store_work *work, void *cookie)
{
	struct fault fault = { 0 };

	if (store_write(call->api->args.store, work, cookie, &fault) ==
	    STATUS_OK)
		return true;
	call_answer_fault(call, &fault);
	return false;
}

/* The first of ru and en that Accept-Language names; q-values hardly ever
 * contradict the order people's browsers send. */
enum call_language
call_language_of(const struct http_request *request)
{
	struct span value, item;

	if (!http_request_field(request, "accept-language", &value))
		return LANGUAGE_EN;
	while (span_next(&value, ',', &item)) {
		item = span_trim(item);
		if (item.length < 2)
			continue;
		item.length = 2;
		if (span_equal_nocase(item, SPAN("ru")))
			return LANGUAGE_RU;
		if (span_equal_nocase(item, SPAN("en")))
			return LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

/* ---- answers ------------------------------------------------------------ */

void
call_answer_json(struct call *call, unsigned status, struct buffer *body)
{
	assert(!body->full);
	if (status == 200) {
		uint8_t digest[SHA256_BYTES];
		char etag[2 * 12 + 1];

		sha256(body->bytes, body->length, digest);
		hex_print(digest, 12, etag);
		/* Weak: gzip gives other bytes for the same answer. */
		http_answer_etag(call->request, etag, true);
	}
	http_answer_buffer(call->request, status, "application/json", body);
}

static void
error_answer(struct http_request *request, unsigned status, const char *code,
	     struct span details, const char *retry_after_seconds)
{
	enum call_language language = call_language_of(request);
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "error", code);
	json_member_text(&json, "message", message_of_code(code, language));
	json_name(&json, "details");
	if (details.length > 0)
		json_raw(&json, details);
	else
		json_null_value(&json);
	json_member_text(&json, "request_id", http_request_id(request));
	json_object_end(&json);
	if (status == 429 || status == 503)
		http_answer_field(request, "Retry-After", retry_after_seconds);
	http_answer_field_drop(request, "Cache-Control");
	http_answer_field(request, "Cache-Control", "no-store");
	http_answer_buffer(request, status, "application/json", &body);
}

void
request_answer_error(struct http_request *request, unsigned status,
		     const char *code, struct span details)
{
	error_answer(request, status, code, details, "2");
}

void
call_answer_empty(struct call *call, unsigned status)
{
	http_answer_empty(call->request, status);
}

void
call_answer_limited(struct call *call, uint32_t retry_after_seconds)
{
	char seconds[16];

	snprintf(seconds, sizeof seconds, "%u", retry_after_seconds);
	error_answer(call->request, 429, "rate_limited", (struct span){ 0 },
		     seconds);
}

void
call_answer_field(struct call *call, const char *field, const char *message)
{
	struct fault fault = { 0 };

	fault_field(&fault, STATUS_INVALID, field, "%s", message);
	call_answer_fault(call, &fault);
}

void
call_answer_not_found(struct call *call)
{
	request_answer_error(call->request, 404, "not_found",
			     (struct span){ 0 });
}

static void
fault_details(struct json_writer *json, const struct fault *fault)
{
	if (fault->status == STATUS_INVALID && fault->field[0] != '\0') {
		json_array_begin(json);
		json_object_begin(json);
		json_member_text(json, "field", fault->field);
		json_member_text(json, "message", fault->message);
		json_object_end(json);
		json_array_end(json);
		return;
	}
	json_object_begin(json);
	if (fault->field[0] != '\0')
		json_member_text(json,
				 http_status_of_fault(fault) == 503 ?
					 "service" :
					 "field",
				 fault->field);
	json_member_text(json, "reason", fault->message);
	json_object_end(json);
}

void
call_answer_fault(struct call *call, const struct fault *fault)
{
	unsigned status = http_status_of_fault(fault);
	struct json_writer json;
	struct buffer details;

	if (status == 500)
		log_error("api", "request failed",
			  LOG_TEXT("status", status_name(fault->status)),
			  LOG_TEXT("reason", fault->message));
	buffer_init(&details, 4096);
	json_writer_init(&json, &details);
	fault_details(&json, fault);
	/* What broke inside is for the log, not for the client. */
	request_answer_error(call->request, status,
			     status_name(fault->status),
			     status == 500 ? (struct span){ 0 } :
					     (struct span){ details.bytes,
							    details.length });
	buffer_release(&details);
}
