/* checkup.c - the job that looks whether all is well: services and how fast they
 * answer, what is odd in the data, how fast routes were answered. What it found
 * is kept as a report; what is out of bounds becomes an alert
 * (library/alerts.h). */
#include "service/chores.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "driver/events.h"
#include "library/alerts.h"
#include "library/job_reports.h"
#include "library/quality.h"
#include "library/summary.h"
#include "service/index.h"
#include "service/listening.h"
#include "service/live_hub.h"
#include "service/machine.h"

#define WINDOW_MS 900000    /* requests of the last quarter of an hour */
#define REQUESTS_MAX 50000  /* the newest of them */
#define ROUTES_MAX 512
#define SLOW_REQUESTS_MIN 20 /* fewer tell nothing about a route */
#define ALERTS_MAX 32
#define INDEX_BUDGET_MS 2000

struct checkup {
	const struct chores *chores;
	struct job *job;
	struct arena arena;
	struct json_writer json;
	struct buffer body;
	int64_t now_ms;
	struct alert_look alerts[ALERTS_MAX];
	enum alert_change changes[ALERTS_MAX];
	size_t alert_count;
};

/* The sentence is only made when it is needed. */
static void __attribute__((format(printf, 5, 6)))
alert_add(struct checkup *checkup, const char *name, const char *level,
	  bool bad, const char *format, ...)
{
	struct alert_look *look = &checkup->alerts[checkup->alert_count];
	char message[300];
	va_list args;

	if (checkup->alert_count == ALERTS_MAX)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	*look = (struct alert_look){
		.name = name, .level = level, .bad = bad,
		.at_once = strcmp(level, "error") == 0,
		.message = arena_print(&checkup->arena, "%s", message),
		.now_ms = checkup->now_ms,
	};
	checkup->alert_count++;
}

/* ---- services ------------------------------------------------------------------ */

static enum status
ask_store(const struct chores *chores, struct fault *fault)
{
	return store_ping(chores->store, fault);
}

static enum status
ask_search(const struct chores *chores, struct fault *fault)
{
	return index_ping(chores->index, fault);
}

static enum status
ask_events(const struct chores *chores, struct fault *fault)
{
	struct events_state state;

	return events_get_state(listening_log(chores->listening), &state,
				fault);
}

static enum status
ask_storage(const struct chores *chores, struct fault *fault)
{
	return storage_ping(&chores->storage, fault);
}

static const struct {
	const char *name, *alert;
	enum status (*ask)(const struct chores *chores, struct fault *fault);
} services[] = {
	{ "store", "store_down", ask_store },
	{ "search", "search_down", ask_search },
	{ "events", "events_down", ask_events },
	{ "storage", "storage_down", ask_storage },
};

static void
services_look(struct checkup *checkup)
{
	struct json_writer *json = &checkup->json;

	json_member_array_begin(json, "services");
	for (size_t i = 0; i < ARRAY_LENGTH(services); i++) {
		int64_t start_us = clock_monotonic_us();
		struct fault fault = { 0 };
		bool up = services[i].ask(checkup->chores, &fault) ==
			  STATUS_OK;

		json_object_begin(json);
		json_member_text(json, "name", services[i].name);
		json_member_bool(json, "up", up);
		json_member_double(json, "latency_ms",
				   (double)(clock_monotonic_us() - start_us) /
					   1000);
		json_member_text(json, "reason", up ? NULL : fault.message);
		json_object_end(json);
		alert_add(checkup, services[i].alert, "error", !up,
			  "%s does not answer: %.200s", services[i].name,
			  fault.message);
	}
	json_array_end(json);
}

static void
machine_report(struct checkup *checkup)
{
	double disk = machine_disk_percent(checkup->chores->data_dir);
	uint32_t bound = checkup->chores->disk_alert_percent;

	json_member_object_begin(&checkup->json, "machine");
	json_member_double(&checkup->json, "memory_percent",
			   machine_memory_percent());
	json_member_double(&checkup->json, "disk_percent", disk);
	json_object_end(&checkup->json);
	alert_add(checkup, "disk_full", "warning", bound > 0 && disk >= bound,
		  "%.0f %% of the disk with the data are in use", disk);
}

/* ---- data ------------------------------------------------------------------------ */

struct data_look {
	struct library_quality quality;
	struct library_summary summary;
	int64_t jobs[JOB_STATES];
};

static enum status
data_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct data_look *look = cookie;
	enum status status =
		library_quality_get(session, &look->quality, fault);

	if (status == STATUS_OK)
		status = library_summary_get(session, &look->summary, fault);
	if (status == STATUS_OK)
		status = jobs_count(session, look->jobs, fault);
	return status;
}

static void
index_compare(struct checkup *checkup, const struct library_summary *summary)
{
	struct index_service *index = checkup->chores->index;
	struct json_writer *json = &checkup->json;
	struct search_state state;
	bool current;

	json_member_object_begin(json, "index");
	current = index_catch_up(index, INDEX_BUDGET_MS, NULL) == STATUS_OK;
	if (index_get_state(index, &state, NULL) == STATUS_OK) {
		int64_t tracks = state.documents[SEARCH_TRACK];

		json_member_int(json, "tracks", tracks);
		json_member_int(json, "albums",
				state.documents[SEARCH_ALBUM]);
		json_member_bool(json, "current", current);
		/* While a scan goes on the two are counted apart. */
		alert_add(checkup, "index_differs", "warning",
			  !summary->scanning && current &&
				  tracks != summary->tracks,
			  "the search index has %lld tracks, the library "
			  "%lld: ogma index --rebuild makes it anew",
			  (long long)tracks, (long long)summary->tracks);
	}
	json_object_end(json);
}

static void
jobs_report(struct checkup *checkup, const int64_t counts[JOB_STATES])
{
	json_member_object_begin(&checkup->json, "jobs");
	for (int i = 0; i < JOB_STATES; i++)
		json_member_int(&checkup->json,
				job_state_name((enum job_state)i), counts[i]);
	json_object_end(&checkup->json);
	alert_add(checkup, "jobs_dead", "warning", counts[JOB_DEAD] > 0,
		  "%lld jobs were given up after several tries",
		  (long long)counts[JOB_DEAD]);
}

static enum status
data_look(struct checkup *checkup, struct fault *fault)
{
	struct json_writer *json = &checkup->json;
	struct data_look look;
	const struct library_quality *odd = &look.quality;
	int64_t orphans;
	enum status status = store_read(checkup->chores->store, data_read,
					&look, fault);

	if (status != STATUS_OK)
		return status;
	orphans = odd->counts[QUALITY_ORPHAN_TRACKS];
	json_member_object_begin(json, "data");
	json_member_int(json, "tracks", look.summary.tracks);
	json_member_int(json, "albums", look.summary.albums);
	json_member_int(json, "artists", look.summary.artists);
	for (int i = 0; i < QUALITY_CHECKS; i++)
		json_member_int(json, quality_name((enum quality_check)i),
				odd->counts[i]);
	json_object_end(json);
	alert_add(checkup, "orphan_tracks", "warning", orphans > 0,
		  "%lld tracks are shown and have no file",
		  (long long)orphans);
	index_compare(checkup, &look.summary);
	jobs_report(checkup, look.jobs);
	return STATUS_OK;
}

/* ---- answer times -------------------------------------------------------------------- */

struct timed {
	uint32_t route, took_us;
};

struct timing {
	struct checkup *checkup;
	struct { const char *method, *route; int64_t errors; } *routes;
	struct timed *requests;
	size_t route_count, count;
};

static size_t
route_place(struct timing *timing, const struct event_request *request)
{
	size_t i = 0;

	while (i < timing->route_count &&
	       (strcmp(timing->routes[i].route, request->route) != 0 ||
		strcmp(timing->routes[i].method, request->method) != 0))
		i++;
	if (i == timing->route_count && i < ROUTES_MAX) {
		struct arena *arena = &timing->checkup->arena;

		timing->routes[i].method =
			arena_print(arena, "%s", request->method);
		timing->routes[i].route =
			arena_print(arena, "%s", request->route);
		timing->route_count++;
	}
	return i;
}

static bool
request_take(void *cookie, int64_t seq, const struct event_request *request)
{
	struct timing *timing = cookie;
	size_t place;

	(void)seq;
	if (request->at_ms < timing->checkup->now_ms - WINDOW_MS ||
	    timing->count == REQUESTS_MAX)
		return false;
	place = route_place(timing, request);
	if (place == ROUTES_MAX)
		return true;
	timing->requests[timing->count++] =
		(struct timed){ (uint32_t)place, request->took_us };
	timing->routes[place].errors += request->status >= 500;
	return true;
}

static int
timed_compare(const void *a, const void *b)
{
	const struct timed *one = a, *other = b;

	if (one->route != other->route)
		return one->route < other->route ? -1 : 1;
	return (one->took_us > other->took_us) -
	       (one->took_us < other->took_us);
}

/* The requests of one route, ordered by time. */
static void
route_report(struct timing *timing, const struct timed *first, size_t count,
	     double *slowest_ms, const char **slowest)
{
	struct json_writer *json = &timing->checkup->json;
	double p95_ms = (double)first[(count * 95 + 99) / 100 - 1].took_us /
			1000;
	double p50_ms = (double)first[(count - 1) / 2].took_us / 1000;
	const char *route = timing->routes[first->route].route;

	json_object_begin(json);
	json_member_text(json, "method", timing->routes[first->route].method);
	json_member_text(json, "route", route);
	json_member_int(json, "requests", (int64_t)count);
	json_member_int(json, "errors", timing->routes[first->route].errors);
	json_member_double(json, "p50_ms", p50_ms);
	json_member_double(json, "p95_ms", p95_ms);
	json_object_end(json);
	if (count >= SLOW_REQUESTS_MIN && p95_ms > *slowest_ms) {
		*slowest_ms = p95_ms;
		*slowest = route;
	}
}

static enum status
times_look(struct checkup *checkup, struct fault *fault)
{
	const struct events_look newest_first = { 0 };
	struct timing timing = { .checkup = checkup };
	uint32_t bound = checkup->chores->settings->slow_alert_ms;
	const char *slowest = "";
	double slowest_ms = 0;
	enum status status;

	timing.routes = mem_new(ROUTES_MAX, sizeof *timing.routes);
	timing.requests = mem_new(REQUESTS_MAX, sizeof *timing.requests);
	status = events_requests(listening_log(checkup->chores->listening),
				 &newest_first, request_take, &timing, fault);
	if (timing.count > 0)
		qsort(timing.requests, timing.count, sizeof *timing.requests,
		      timed_compare);
	json_member_array_begin(&checkup->json, "routes");
	for (size_t i = 0, end; i < timing.count; i = end) {
		for (end = i + 1; end < timing.count &&
				  timing.requests[end].route ==
					  timing.requests[i].route;
		     end++)
			;
		route_report(&timing, &timing.requests[i], end - i,
			     &slowest_ms, &slowest);
	}
	json_array_end(&checkup->json);
	alert_add(checkup, "slow_route", "warning", slowest_ms > bound,
		  "one in twenty answers of %s takes %.0f ms", slowest,
		  slowest_ms);
	free(timing.routes);
	free(timing.requests);
	return status;
}

/* ---- keeping it ------------------------------------------------------------------------ */

static enum status
report_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct checkup *checkup = cookie;
	enum status status = job_reports_add(session, REPORT_MONITORING,
					     checkup->now_ms,
					     checkup->body.bytes, fault);

	for (size_t i = 0; i < checkup->alert_count && status == STATUS_OK;
	     i++)
		status = alerts_look(session, &checkup->alerts[i],
				     &checkup->changes[i], fault);
	return status;
}

static void
alerts_tell(struct checkup *checkup)
{
	for (size_t i = 0; i < checkup->alert_count; i++) {
		const struct alert_look *look = &checkup->alerts[i];

		if (checkup->changes[i] == ALERT_SAME)
			continue;
		if (checkup->changes[i] == ALERT_RAISED) {
			job_log(checkup->job, look->level, NULL,
				look->message);
			log_warning("monitoring", "alert",
				    LOG_TEXT("alert", look->name),
				    LOG_TEXT("reason", look->message));
		} else {
			log_info("monitoring", "alert is over",
				 LOG_TEXT("alert", look->name));
		}
		live_hub_publish_alert(
			checkup->chores->hub,
			checkup->changes[i] == ALERT_RAISED ? look->level :
							      "info",
			look->name,
			checkup->changes[i] == ALERT_RAISED ?
				look->message :
				"it is well again",
			SPAN("{}"), 0);
	}
}

enum status
checkup_run(struct job *job, void *cookie, struct fault *fault)
{
	struct checkup checkup = { .chores = cookie, .job = job,
				   .now_ms = clock_now_ms() };
	enum status status;

	arena_init(&checkup.arena);
	buffer_init(&checkup.body, 0);
	json_writer_init(&checkup.json, &checkup.body);
	json_object_begin(&checkup.json);
	json_member_time(&checkup.json, "at", checkup.now_ms);
	services_look(&checkup);
	machine_report(&checkup);
	status = data_look(&checkup, fault);
	if (status == STATUS_OK)
		status = times_look(&checkup, fault);
	json_member_int(&checkup.json, "took_ms",
			clock_now_ms() - checkup.now_ms);
	json_object_end(&checkup.json);
	if (status == STATUS_OK)
		status = store_write(checkup.chores->store, report_write,
				     &checkup, fault);
	if (status == STATUS_OK)
		alerts_tell(&checkup);
	buffer_release(&checkup.body);
	arena_release(&checkup.arena);
	return status;
}
