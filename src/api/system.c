/* system.c - routes about the program itself: health, metrics, its API. */
#include "api/handlers.h"

#include <stdio.h>

#include "api/api.h"
#include "base/clock.h"
#include "base/counter.h"
#include "base/version.h"
#include "driver/store.h"
#include "driver/telegram.h"
#include "service/index.h"
#include "service/monitor.h"

static int64_t
uptime_seconds(const struct api *api)
{
	return (clock_now_ms() - api->started_at_ms) / 1000;
}

static void
health_answer(struct call *call)
{
	struct json_writer json;
	struct buffer body;

	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "status", "ok");
	json_member_text(&json, "version", OGMA_VERSION);
	json_member_int(&json, "uptime_seconds", uptime_seconds(call->api));
	json_object_end(&json);
	http_answer_field(call->request, "Cache-Control", "no-store");
	http_answer_buffer(call->request, 200, "application/json", &body);
}

void
handle_health_live(struct call *call)
{
	health_answer(call);
}

struct service_health {
	const char *name, *driver;
	bool required, up;
	int64_t took_us;
	struct fault fault;
};

static void
service_print(struct json_writer *json, const struct service_health *service)
{
	json_object_begin(json);
	json_member_text(json, "name", service->name);
	json_member_text(json, "driver", service->driver);
	json_member_bool(json, "required", service->required);
	json_member_text(json, "state", service->up ? "up" : "down");
	json_member_double(json, "latency_ms",
			   (double)service->took_us / 1000);
	json_member_text(json, "reason",
			 service->up ? NULL : service->fault.message);
	json_object_end(json);
}

static void
store_check(struct api *api, struct service_health *out)
{
	struct store *store = api->args.store;
	int64_t start_us = clock_monotonic_us();

	*out = (struct service_health){ .name = "store",
					.driver = store->driver->name,
					.required = true };
	out->up = store_ping(store, &out->fault) == STATUS_OK;
	out->took_us = clock_monotonic_us() - start_us;
}

static void
index_check(struct api *api, struct service_health *out)
{
	int64_t start_us = clock_monotonic_us();

	*out = (struct service_health){ .name = "search",
					.driver = index_engine(
						api->args.index),
					.required = false };
	out->up = index_ping(api->args.index, &out->fault) == STATUS_OK;
	out->took_us = clock_monotonic_us() - start_us;
}

static void
storage_check(struct api *api, struct service_health *out)
{
	const struct storage *storage = &api->args.storage;
	int64_t start_us = clock_monotonic_us();

	*out = (struct service_health){ .name = "storage",
					.driver = storage_driver(storage),
					.required = false };
	out->up = storage_ping(storage, &out->fault) == STATUS_OK;
	out->took_us = clock_monotonic_us() - start_us;
}

/* False: it is not configured. */
static bool
telegram_look_at(struct api *api, struct service_health *out)
{
	if (api->args.telegram == NULL)
		return false;
	*out = (struct service_health){ .name = "telegram",
					.driver = "tdlib",
					.required = false };
	out->up = telegram_reach(api->args.telegram, &out->fault) == STATUS_OK;
	return true;
}

void
handle_health_ready(struct call *call)
{
	struct service_health services[4];
	size_t count = 3;
	bool down = false, degraded = false;
	struct json_writer json;
	struct buffer body;

	store_check(call->api, &services[0]);
	index_check(call->api, &services[1]);
	storage_check(call->api, &services[2]);
	count += telegram_look_at(call->api, &services[3]);
	for (size_t i = 0; i < count; i++) {
		down = down || (services[i].required && !services[i].up);
		degraded = degraded || !services[i].up;
	}
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_text(&json, "status",
			 down ? "down" : degraded ? "degraded" : "ok");
	json_member_array_begin(&json, "services");
	for (size_t i = 0; i < count; i++)
		service_print(&json, &services[i]);
	json_array_end(&json);
	json_object_end(&json);
	http_answer_field(call->request, "Cache-Control", "no-store");
	if (down)
		http_answer_field(call->request, "Retry-After", "2");
	http_answer_buffer(call->request, down ? 503 : 200,
			   "application/json", &body);
}

void
request_answer_metrics(struct http_request *request)
{
	struct span accept = { 0 };
	bool openmetrics;
	struct buffer body;

	http_request_field(request, "accept", &accept);
	openmetrics = accept.length > 0 &&
		      memmem(accept.at, accept.length,
			     "application/openmetrics-text", 28) != NULL;
	buffer_init(&body, 0);
	metrics_print(&body, openmetrics);
	http_answer_field(request, "Cache-Control", "no-store");
	http_answer_buffer(request, 200,
			   openmetrics ?
				   "application/openmetrics-text; "
				   "version=1.0.0; charset=utf-8" :
				   "text/plain; version=0.0.4; charset=utf-8",
			   &body);
}

void
handle_metrics(struct call *call)
{
	request_answer_metrics(call->request);
}

void
handle_openapi(struct call *call)
{
	const struct buffer *text = &call->api->openapi;

	http_answer_etag(call->request, OGMA_VERSION, true);
	http_answer_bytes(call->request, 200, "application/json",
			  (struct span){ text->bytes, text->length });
}

void
handle_stats(struct call *call)
{
	struct live_figures figures = { 0 };
	struct json_writer json;
	struct buffer body;

	monitor_look(call->api->args.monitor, &figures);
	buffer_init(&body, 0);
	json_writer_init(&json, &body);
	json_object_begin(&json);
	json_member_int(&json, "active_streams", figures.active_streams);
	json_member_int(&json, "total_listeners", figures.total_listeners);
	json_member_int(&json, "queue_items", figures.queue_items);
	json_member_int(&json, "uptime", uptime_seconds(call->api));
	json_object_end(&json);
	http_answer_field(call->request, "Cache-Control", "no-store");
	http_answer_buffer(call->request, 200, "application/json", &body);
}
