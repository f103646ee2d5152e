/* api.c - from a request's head to its handler; see api.h.
 *
 * Invariant: a request's data pointer is its struct visit from on_head to
 * on_done, or NULL when the head was refused by net. */
#include "api/api.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/assets.h"
#include "api/call.h"
#include "api/channels.h"
#include "api/handlers.h"
#include "api/intake.h"
#include "api/openapi.h"
#include "api/route.h"
#include "api/traffic.h"
#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "library/audit.h"

#define OFFSET(field) offsetof(struct api_settings, field)

const struct option api_options[] = {
	{ .name = "CORS_ORIGINS", .type = OPTION_TEXT, .preset = "",
	  .summary = "Web origins that may call the API from a browser, comma "
		     "separated, or * for any.",
	  .offset = OFFSET(cors_origins) },
	{ .name = "FRAME_ANCESTORS", .type = OPTION_TEXT,
	  .preset = "'self' https://web.telegram.org https://*.telegram.org",
	  .summary = "Who may show the web app inside a frame (CSP "
		     "frame-ancestors).",
	  .offset = OFFSET(frame_ancestors) },
	{ .name = "WORKER_THREADS", .type = OPTION_U32, .preset = "8",
	  .min = 1, .max = 256, .unit = "threads",
	  .summary = "Threads that answer requests which may block.",
	  .offset = OFFSET(worker_threads) },
	{ .name = "WORKER_QUEUE_MAX", .type = OPTION_U32, .preset = "1024",
	  .min = 1, .max = 1000000, .unit = "requests",
	  .summary = "Requests that may wait for a worker; more are answered "
		     "503.",
	  .offset = OFFSET(worker_queue_max) },
	{ .name = "ACCESS_LOG", .type = OPTION_BOOL, .preset = "true",
	  .summary = "Write one log line for each request.",
	  .offset = OFFSET(access_log) },
	{ 0 }
};

static struct metric requests_waiting = METRIC_GAUGE(
	"ogma_requests_waiting", "Requests that wait for a free worker.");

static void
count_waiting(void *cookie)
{
	const struct api *api = cookie;

	gauge_set(metric_cell(&requests_waiting),
		  worker_pool_waiting(api->workers));
}

static void
metrics_register(struct api *api)
{
	api->metrics = traffic_metrics_new(api_routes);
	stream_metrics_register();
	channel_queue_metrics_register();
	audit_metrics_register();
	metric_on_print(count_waiting, api);
}

enum status
api_open(const struct api_args *args, struct api **out, struct fault *fault)
{
	struct api *api = mem_new(1, sizeof *api);
	struct worker_pool_args workers = {
		.name = "api",
		.threads = args->settings->worker_threads,
		.queue_max = args->settings->worker_queue_max,
	};
	enum status status;

	api->args = *args;
	status = worker_pool_open(&workers, &api->workers, fault);
	if (status != STATUS_OK) {
		free(api);
		return status;
	}
	status = sockets_open(args->sockets, args->live, args->access,
			      &api->sockets, fault);
	if (status != STATUS_OK) {
		worker_pool_close(api->workers);
		free(api);
		return status;
	}
	api->started_at_ms = clock_now_ms();
	api->router = router_new(api_routes);
	metrics_register(api);
	buffer_init(&api->openapi, 0);
	openapi_print(&api->openapi, api_routes);
	*out = api;
	return STATUS_OK;
}

void
api_close(struct api *api)
{
	metric_off_print(api);
	worker_pool_close(api->workers);
	sockets_close(api->sockets);
	router_free(api->router);
	traffic_metrics_free(api->metrics);
	buffer_release(&api->openapi);
	free(api);
}

/* What this floor remembers of one request. */
struct visit {
	struct call call; /* its match is there from the head on */
	bool asset; /* a file of the web app */
};

/* Of the server as a whole: RFC 9110 section 9.3.7, "OPTIONS *". */
#define METHODS_ALL ((1u << HTTP_OPTIONS) - 1)

static void
allow_print(unsigned allowed, char *out, size_t room)
{
	size_t length = 0;

	out[0] = '\0';
	if (allowed & 1u << HTTP_GET)
		allowed |= 1u << HTTP_HEAD;
	allowed |= 1u << HTTP_OPTIONS;
	for (int method = 0; method < HTTP_METHOD_OTHER; method++) {
		if ((allowed & 1u << method) == 0 || length >= room)
			continue;
		length += (size_t)snprintf(out + length, room - length, "%s%s",
					   length > 0 ? ", " : "",
					   http_method_name(
						   (enum http_method)method));
	}
}

static bool
origin_allowed(const char *origins, struct span origin)
{
	struct span rest = span_of(origins), item;

	while (span_next(&rest, ',', &item)) {
		item = span_trim(item);
		if (span_equal(item, SPAN("*")) || span_equal(item, origin))
			return true;
	}
	return false;
}

/* CORS (Fetch standard 3.2): never with credentials, so "*" is harmless. */
static void
cors_fields(struct api *api, struct http_request *request, bool preflight)
{
	const char *origins = api->args.settings->cors_origins;
	struct span origin;

	if (*origins == '\0' ||
	    !http_request_field(request, "origin", &origin))
		return;
	http_answer_field(request, "Vary", "Origin");
	if (!origin_allowed(origins, origin))
		return;
	http_answer_field(request, "Access-Control-Allow-Origin",
			  arena_copy_bytes(http_request_arena(request),
					   origin.at, origin.length));
	http_answer_field(request, "Access-Control-Expose-Headers",
			  "ETag, Content-Range, Accept-Ranges, Retry-After, "
			  "X-Request-Id, Location, Tus-Resumable, "
			  "Tus-Version, Tus-Extension, Tus-Max-Size, "
			  "Upload-Offset, Upload-Length, Upload-Metadata, "
			  "Upload-Expires");
	if (!preflight)
		return;
	http_answer_field(request, "Access-Control-Allow-Headers",
			  "Authorization, Content-Type, Range, If-None-Match, "
			  "Accept-Language, X-API-Key, Tus-Resumable, "
			  "Upload-Length, Upload-Offset, Upload-Metadata, "
			  "Upload-Checksum");
	http_answer_field(request, "Access-Control-Max-Age", "600");
}

static void
security_fields(struct http_request *request)
{
	http_answer_field(request, "X-Content-Type-Options", "nosniff");
	http_answer_field(request, "Referrer-Policy", "same-origin");
}

static void
answer_wrong_method(struct http_request *request, enum http_method method,
		    unsigned allowed)
{
	char allow[96];

	allow_print(allowed, allow, sizeof allow);
	http_answer_field(request, "Allow", allow);
	if (method == HTTP_OPTIONS) {
		http_answer_field(request, "Access-Control-Allow-Methods",
				  allow);
		http_answer_empty(request, 204);
		return;
	}
	request_answer_error(request, 405, "method_not_allowed",
			     (struct span){ 0 });
}

/* A process serves the routes of its roles. */
static bool
route_served(const struct api *api, const struct route *route)
{
	switch (route->role) {
	case ROUTE_OF_API:
		return api->args.serves_api;
	case ROUTE_OF_STREAM:
		return api->args.serves_streams;
	case ROUTE_OF_METRICS:
		return api->args.serves_metrics;
	case ROUTE_OF_ALL:
		break;
	}
	return true;
}

static uint64_t
body_limit(const struct route *route)
{
	if (route->body_kind == BODY_NONE)
		return 0;
	return route->body_max_bytes != 0 ? route->body_max_bytes :
					    ROUTE_BODY_MAX_BYTES;
}

static void
call_begin(struct api *api, struct http_request *request, struct call *call)
{
	*call = (struct call){ .api = api,
			       .request = request,
			       .arena = http_request_arena(request),
			       .match = call->match,
			       .route = call->match.route,
			       .route_index = call->match.index,
			       .language = call_language_of(request) };
}

static enum status
body_piece(struct http_request *request, const void *bytes, size_t count,
	   struct fault *fault)
{
	struct visit *visit = http_request_data(request);

	return intake_take(&visit->call, bytes, count, fault);
}

void
api_on_head(void *cookie, struct http_request *request, struct http_plan *plan)
{
	struct api *api = cookie;
	struct visit *visit =
		arena_alloc(http_request_arena(request), sizeof *visit);
	struct route_match *match = &visit->call.match;
	enum http_method method = http_request_method(request);
	bool reads = method == HTTP_GET || method == HTTP_HEAD;
	unsigned allowed;

	plan->body_limit_bytes = 0;
	visit->asset = false;
	visit->call.body = NULL;
	visit->call.intake = NULL;
	router_match(api->router, method, http_request_path(request), match);
	http_request_set_data(request, visit);
	security_fields(request);
	cors_fields(api, request, method == HTTP_OPTIONS);
	if (match->route != NULL && !route_served(api, match->route))
		*match = (struct route_match){ 0 };
	if (match->route != NULL) {
		plan->body_limit_bytes = body_limit(match->route);
		plan->is_stream = match->route->takes_stream;
		if (match->route->intake != NULL) {
			call_begin(api, request, &visit->call);
			plan->body_write = body_piece;
		}
		return;
	}
	allowed = match->allowed;
	if (span_equal(http_request_path(request), SPAN("*"))) {
		allowed = METHODS_ALL;
	} else if (allowed == 0 && api->args.serves_api &&
		   asset_serves(http_request_path(request))) {
		allowed = 1u << HTTP_GET;
		visit->asset = reads;
	}
	if (visit->asset)
		return;
	if (allowed != 0)
		answer_wrong_method(request, method, allowed);
	else
		request_answer_error(request, 404, "not_found",
				     (struct span){ 0 });
}

static void
call_run_on_worker(void *cookie)
{
	struct call *call = cookie;

	log_set_request(http_request_id(call->request));
	call_run(call);
	log_set_request(NULL);
}

void
api_on_request(void *cookie, struct http_request *request)
{
	struct api *api = cookie;
	struct visit *visit = http_request_data(request);
	struct call *call = &visit->call;

	if (visit->asset) {
		asset_answer(request, api->args.settings->frame_ancestors);
		return;
	}
	if (call->match.route->intake != NULL) {
		intake_finish(call);
		return;
	}
	call_begin(api, request, call);
	if (call->route->on_loop)
		call_run(call);
	else if (worker_pool_submit(api->workers, call_run_on_worker, call) !=
		 STATUS_OK)
		request_answer_error(request, 503, "busy", (struct span){ 0 });
}

void
api_on_done(void *cookie, struct http_request *request, unsigned status,
	    uint64_t sent_bytes, int64_t took_us)
{
	struct api *api = cookie;
	struct visit *visit = http_request_data(request);
	struct traffic traffic = {
		.request = request,
		.route = visit != NULL ? visit->call.match.route : NULL,
		.route_index = visit != NULL ? visit->call.match.index : 0,
		.asset = visit != NULL && visit->asset,
		.status = status,
		.sent_bytes = sent_bytes,
		.took_us = took_us,
	};

	traffic_count(api->metrics, &traffic);
	if (api->args.settings->access_log)
		traffic_log(&traffic);
	if (visit != NULL && api->args.listening != NULL)
		traffic_note(api->args.listening, &traffic,
			     visit->call.caller.user_id);
	if (visit != NULL) {
		intake_end(&visit->call);
		call_release(&visit->call);
	}
}
