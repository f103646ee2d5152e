/* traffic.c - counts and logs answered requests; see traffic.h.
 *
 * The cells of a row's usual answer are looked up once; counting it is then a
 * handful of atomic adds. */
#include "api/traffic.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "base/memory.h"
#include "service/listening.h"

static struct metric requests_total =
	METRIC_COUNTER("ogma_http_requests_total", "Requests answered.",
		       "method", "path", "status");
static struct metric request_seconds = METRIC_HISTOGRAM(
	"ogma_http_request_duration_seconds",
	"Time from the first byte of a request to the last of its answer.",
	"method", "path");
static struct metric errors_total = METRIC_COUNTER(
	"ogma_http_errors_total", "Requests answered with a 5xx.", "path");

struct route_metrics {
	struct metric_cell *_Atomic ok; /* status 200 */
	struct metric_cell *_Atomic seconds;
};

struct route_metrics *
traffic_metrics_new(const struct route *routes)
{
	size_t count = 0;

	metric_register(&requests_total);
	metric_register(&request_seconds);
	metric_register(&errors_total);
	while (routes[count].pattern != NULL)
		count++;
	return mem_new(count, sizeof(struct route_metrics));
}

void
traffic_metrics_free(struct route_metrics *metrics)
{
	free(metrics);
}

/* Never the raw path: labels must be few. */
static const char *
path_label(const struct traffic *traffic)
{
	if (traffic->route != NULL)
		return traffic->route->pattern;
	return traffic->asset ? "web" : "unknown";
}

static struct metric_cell *
requests_cell(const struct traffic *traffic, const char *method)
{
	char status[12];

	snprintf(status, sizeof status, "%u", traffic->status);
	return metric_cell(&requests_total, method, path_label(traffic),
			   status);
}

/* The cell kept in *slot, or made and kept there. */
static struct metric_cell *
cached(struct metric_cell *_Atomic *slot, const struct traffic *traffic,
       const char *method, bool seconds)
{
	struct metric_cell *cell =
		atomic_load_explicit(slot, memory_order_acquire);

	if (cell != NULL)
		return cell;
	cell = seconds ? metric_cell(&request_seconds, method,
				     path_label(traffic)) :
			 requests_cell(traffic, method);
	atomic_store_explicit(slot, cell, memory_order_release);
	return cell;
}

void
traffic_count(struct route_metrics *metrics, const struct traffic *traffic)
{
	enum http_method asked = http_request_method(traffic->request);
	const char *method = http_method_name(asked);
	double seconds = (double)traffic->took_us / 1e6;

	if (traffic->route != NULL && asked == traffic->route->method) {
		struct route_metrics *row = &metrics[traffic->route_index];

		counter_add(traffic->status == 200 ?
				    cached(&row->ok, traffic, method, false) :
				    requests_cell(traffic, method),
			    1);
		histogram_observe(cached(&row->seconds, traffic, method, true),
				  seconds);
	} else {
		counter_add(requests_cell(traffic, method), 1);
		histogram_observe(metric_cell(&request_seconds, method,
					      path_label(traffic)),
				  seconds);
	}
	if (traffic->status >= 500)
		counter_add(metric_cell(&errors_total, path_label(traffic)), 1);
}

void
traffic_log(const struct traffic *traffic)
{
	const struct http_request *request = traffic->request;
	struct span path = http_request_path(request), agent = { 0 };
	char path_text[256], agent_text[160];

	http_request_field(request, "user-agent", &agent);
	/* Without the query: it may carry a signed link or a token. */
	snprintf(path_text, sizeof path_text, "%.*s", (int)path.length,
		 path.at != NULL ? path.at : "");
	snprintf(agent_text, sizeof agent_text, "%.*s", (int)agent.length,
		 agent.at != NULL ? agent.at : "");
	log_set_request(http_request_id(request));
	log_info("http", "request",
		 LOG_TEXT("method",
			  http_method_name(http_request_method(request))),
		 LOG_TEXT("path", path_text),
		 LOG_INT("status", traffic->status),
		 LOG_INT("sent_bytes", traffic->sent_bytes),
		 LOG_INT("took_us", traffic->took_us),
		 LOG_TEXT("address", http_request_address(request)),
		 LOG_TEXT("user_agent", agent_text));
	log_set_request(NULL);
}

void
traffic_note(struct listening *listening, const struct traffic *traffic,
	     int64_t user_id)
{
	const struct http_request *request = traffic->request;
	struct span agent = { 0 };
	char agent_text[EVENT_WORD_BYTES_MAX + 1];
	struct event_request note = {
		.at_ms = clock_now_ms(),
		.user_id = user_id,
		.method = http_method_name(http_request_method(request)),
		.status = traffic->status,
		.took_us = (uint32_t)(traffic->took_us < UINT32_MAX ?
					      traffic->took_us :
					      UINT32_MAX),
		.address = http_request_address(request),
		.client = agent_text,
	};

	if (traffic->route == NULL || traffic->route->role == ROUTE_OF_ALL ||
	    traffic->route->role == ROUTE_OF_METRICS)
		return;
	note.route = traffic->route->pattern;
	http_request_field(request, "user-agent", &agent);
	snprintf(agent_text, sizeof agent_text, "%.*s", (int)agent.length,
		 agent.at != NULL ? agent.at : "");
	listening_note_request(listening, &note);
}
