/* identify.c - see identify.h. */
#include "api/identify.h"

#include <stdio.h>

#include "api/api.h"
#include "base/clock.h"
#include "service/access.h"

static struct span
field_of(const struct http_request *request, const char *name)
{
	struct span value = { 0 };

	if (name != NULL)
		http_request_field(request, name, &value);
	return value;
}

/* A player that shows nothing but ?sig=. */
static enum status
identify_by_link(struct call *call, struct fault *fault)
{
	const char *id = call->match.values[0].at, *sig;
	size_t digits = 0, length = call->match.values[0].length;
	enum status status;
	char thing[40];

	if (http_query_get(http_request_query(call->request), "sig",
			   call->arena, &sig, NULL) != STATUS_OK)
		return STATUS_OK;
	while (digits < length && digits < 20 && id[digits] >= '0' &&
	       id[digits] <= '9')
		digits++;
	snprintf(thing, sizeof thing, "%s/%.*s", call->route->by_link,
		 (int)digits, id);
	status = access_link_identify(call->api->args.access, thing,
				      span_of(sig), call->arena, &call->caller,
				      fault);
	call->sig = status == STATUS_OK ? sig : NULL;
	return status;
}

/* ?token= with an access token or a key. */
static void
token_take(struct call *call, struct credentials *out)
{
	const char *token;

	if (!call->route->by_token || out->authorization.length > 0 ||
	    http_query_get(http_request_query(call->request), "token",
			   call->arena, &token, NULL) != STATUS_OK ||
	    *token == '\0')
		return;
	out->authorization = span_of(
		arena_print(call->arena, "Bearer %s", token));
}

enum status
identify_caller(struct call *call, struct fault *fault)
{
	struct access *access = call->api->args.access;
	struct http_request *request = call->request;
	enum http_method method = http_request_method(request);
	struct span agent = field_of(request, "user-agent");
	enum status status;
	struct credentials credentials = {
		.authorization = field_of(request, "authorization"),
		.api_key = field_of(request, ACCESS_KEY_FIELD),
		.cookie = field_of(request, "cookie"),
		.csrf = field_of(request, ACCESS_CSRF_FIELD),
		.proxy_user = field_of(request, access_proxy_field(access)),
		.unsafe = method != HTTP_GET && method != HTTP_HEAD &&
			  method != HTTP_OPTIONS,
		.address = http_request_address(request),
		.peer = http_request_peer(request),
		.user_agent = agent.length > 0 ?
				      arena_copy_bytes(call->arena, agent.at,
						       agent.length) :
				      NULL,
	};

	token_take(call, &credentials);
	/* Said even when the proof fails, for the log and the limits. */
	call->caller = (struct caller){
		.address = credentials.address,
		.user_agent = credentials.user_agent,
	};
	status = access_identify(access, &credentials, call->arena,
				 &call->caller, fault);
	if (status == STATUS_OK && call->caller.user_id == 0 &&
	    call->route->by_link != NULL)
		status = identify_by_link(call, fault);
	return status;
}

int64_t
link_expiry(struct call *call)
{
	int64_t life_ms = call_field(call, "expires_in_seconds")->number *
			  1000;

	return (clock_now_ms() + life_ms) / 1000 * 1000;
}

const char *
link_sign(const struct call *call, const char *kind, int64_t id,
	  int64_t expires_ms)
{
	const char *thing = arena_print(call->arena, "%s/%lld", kind,
					(long long)id);

	return access_link_make(call->api->args.access, &call->caller, thing,
				expires_ms, call->arena);
}
