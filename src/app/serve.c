/* serve.c - `ogma serve`: opens everything, waits for a signal, closes.
 *
 * Signals are blocked in all threads and read by the main thread alone, so no
 * handler ever runs. */
#include "app/command.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "api/handlers.h"
#include "app/app.h"
#include "app/gauges.h"
#include "app/process.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/version.h"
#include "driver/source.h"
#include "library/secrets.h"
#include "service/fetch.h"
#include "service/live_in.h"
#include "service/on_air.h"
#include "service/place.h"
#include "service/sign_in.h"
#include "service/sounds.h"
#include "service/source.h"

struct serving {
	struct secrets_found secrets; /* at start */
	struct app app;
	struct api *api;
	struct http_server *http;
	struct http_server *metrics; /* PROMETHEUS_PORT, or NULL */
	struct http_settings metrics_http;
	struct upload_service *uploads;
	struct storage_counts *counts;
	struct watch *watch;
	struct analyse *analyse;
	struct analyse_args analyse_args; /* of its jobs */
	struct sounds *sounds;
	struct job_runner *jobs;
	struct chores chores;
	struct scheduler *scheduler;
	struct monitor *monitor;
	struct write_back *write_back;
	struct on_air *on_air;
	struct live_in *in;
	int lock_fd; /* one server for a data folder */
	char *log_path;
};

static sigset_t
signals_block(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a write that fails, and no end of us */
	return set;
}

/* Each listener is a descriptor; the soft limit is often 1,024. */
static void
files_limit_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static enum status
log_start(struct serving *serving, const struct settings *settings,
	  struct fault *fault)
{
	const struct program_settings *program = &settings->program;
	struct log_settings log = { .rotate_bytes = program->log_rotate_bytes,
				    .keep_files = program->log_keep_files,
				    .to_stderr = program->log_stderr };
	struct buffer path;
	enum status status;

	if (!log_level_parse(program->log_level, &log.level))
		return fault_field(fault, STATUS_INVALID, "LOG_LEVEL",
				   "LOG_LEVEL: \"%s\" is not a level",
				   program->log_level);
	buffer_init(&path, 0);
	buffer_print(&path, "%s/logs", program->data_dir);
	status = folder_make(path.bytes, fault);
	buffer_add_text(&path, "/ogma.log");
	serving->log_path = buffer_take(&path, NULL);
	log.path = serving->log_path;
	return status == STATUS_OK ? log_open(&log, fault) : status;
}

static enum status
data_lock(struct serving *serving, const struct settings *settings,
	  struct fault *fault)
{
	struct buffer path;
	enum status status;

	buffer_init(&path, 0);
	buffer_print(&path, "%s/serve.lock", settings->program.data_dir);
	status = file_lock(path.bytes, &serving->lock_fd, fault);
	if (status == STATUS_CONFLICT)
		fault_set(fault, status,
			  "another ogma serve is running on %s",
			  settings->program.data_dir);
	buffer_release(&path);
	return status;
}

/* ---- the port that only tells metrics ----------------------------------- */

static void
metrics_on_head(void *cookie, struct http_request *request,
		struct http_plan *plan)
{
	(void)cookie;
	(void)request;
	plan->body_limit_bytes = 0;
}

static void
metrics_on_request(void *cookie, struct http_request *request)
{
	(void)cookie;
	if (span_equal(http_request_path(request), SPAN("/metrics")))
		request_answer_metrics(request);
	else
		http_answer_empty(request, 404);
}

static void
metrics_on_done(void *cookie, struct http_request *request, unsigned status,
		uint64_t sent_bytes, int64_t took_us)
{
	(void)cookie;
	(void)request;
	(void)status;
	(void)sent_bytes;
	(void)took_us;
}

static enum status
open_metrics(struct serving *serving, const struct settings *settings,
	     struct fault *fault)
{
	struct http_server_args args = { .settings = &serving->metrics_http,
					 .on_head = metrics_on_head,
					 .on_request = metrics_on_request,
					 .on_done = metrics_on_done };

	if (!settings->program.prometheus_enabled ||
	    settings->program.prometheus_port == 0)
		return STATUS_OK;
	serving->metrics_http = settings->http;
	serving->metrics_http.port = settings->program.prometheus_port;
	serving->metrics_http.loops = 1;
	return http_server_open(&args, &serving->metrics, fault);
}

/* ---- opening and closing ------------------------------------------------ */

static struct backup_place
backup_place(const struct serving *serving, const struct settings *settings)
{
	return (struct backup_place){
		.store = serving->app.store,
		.settings = &settings->backup,
		.options = settings->options,
		.data_dir = settings->program.data_dir,
		.store_path = *settings->sqlite.path != '\0' ?
				      settings->sqlite.path :
				      serving->app.store_path,
		.blobs_path = serving->app.blobs_path,
	};
}

static struct storage
storage_of(const struct serving *serving, const struct settings *settings)
{
	const struct app *app = &serving->app;
	struct storage storage = { .s3 = app->s3,
				   .access = &app->buckets,
				   .counts = serving->counts,
				   .settings = &settings->s3,
				   .blobs_path = app->blobs_path };

	if (serving->uploads != NULL) {
		storage.music_path = upload_music_path(serving->uploads);
		storage.uploads_path = upload_waiting_path(serving->uploads);
	}
	return storage;
}

static enum status
open_http(struct serving *serving, const struct settings *settings,
	  struct fault *fault)
{
	struct api_args api = {
		.settings = &settings->api,
		.sockets = &settings->sockets,
		.store = serving->app.store,
		.index = serving->app.index,
		.covers = serving->app.covers,
		.streams = serving->app.streams,
		.options = settings->options,
		.access = serving->app.access,
		.limits = serving->app.limits,
		.oidc = serving->app.oidc,
		.listening = serving->app.listening,
		.sounds = serving->sounds,
		.live = serving->app.live,
		.monitor = serving->monitor,
		.out = serving->app.out,
		.pushes = serving->app.pushes,
		.telegram = serving->app.telegram,
		.seal = serving->app.seal,
		.on_air = serving->on_air,
		.in = serving->in,
		.editor = { .store = serving->app.store,
			    .blobs = serving->app.blobs,
			    .media = serving->app.media },
		.write_back = serving->write_back,
		.backups = backup_place(serving, settings),
		.storage = storage_of(serving, settings),
		.scheduler = &settings->scheduler,
		.data_dir = settings->program.data_dir,
		.auto_end_minutes = settings->station.auto_end_minutes,
		.uploads = serving->uploads,
		.jobs = serving->jobs,
		.watch = serving->watch,
		.serves_api = (settings->roles & ROLE_API) != 0,
		.serves_streams = (settings->roles & ROLE_STREAM) != 0,
		.serves_metrics = settings->program.prometheus_enabled,
	};
	struct http_server_args http = { .settings = &settings->http,
					 .on_head = api_on_head,
					 .on_request = api_on_request,
					 .on_done = api_on_done };
	enum status status = api_open(&api, &serving->api, fault);

	backup_tidy(&api.backups);
	if (status != STATUS_OK)
		return status;
	http.cookie = serving->api;
	status = http_server_open(&http, &serving->http, fault);
	if (status == STATUS_OK)
		status = open_metrics(serving, settings, fault);
	return status;
}

static enum status
seal_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct serving *serving = cookie;

	return secrets_seal(session, serving->app.seal, &serving->secrets,
			    fault);
}

/* What an older Ogma wrote as it was, or another SECRET_KEY sealed. */
static enum status
seal_secrets(struct serving *serving, struct fault *fault)
{
	const struct secrets_found *found = &serving->secrets;
	enum status status = store_write(serving->app.store, seal_work,
					 serving, fault);

	if (status == STATUS_OK && found->sealed > 0)
		log_info("app", "secrets in the store were sealed",
			 LOG_INT("count", found->sealed));
	if (status == STATUS_OK && found->lost > 0)
		log_warning("app", "secrets in the store cannot be opened: "
				   "they were sealed by another SECRET_KEY "
				   "or seal.key, and are to be given anew",
			    LOG_INT("count", found->lost));
	return status;
}

static enum status
open_uploads(struct serving *serving, const struct settings *settings,
	     struct fault *fault)
{
	struct place place = { .kind = "s3" };
	struct upload_args args = {
		.store = serving->app.store,
		.scan = &serving->app.scan,
		.settings = &settings->upload,
		.data_dir = settings->program.data_dir,
	};
	enum status status;
	struct buffer root;

	if (!(settings->roles & (ROLE_API | ROLE_INGEST)))
		return STATUS_OK;
	/* A folder that was named goes before the bucket. */
	buffer_init(&root, 0);
	if (serving->app.s3 != NULL && *settings->upload.path == '\0' &&
	    source_driver_find(place.kind) != NULL) {
		buffer_print(&root, "s3://%s", settings->s3.bucket_tracks);
		place.root = root.bytes;
		args.place = &place;
	}
	status = upload_open(&args, &serving->uploads, fault);
	buffer_release(&root);
	return status;
}

static enum status
open_write_back(struct serving *serving, const struct settings *settings,
		struct fault *fault)
{
	const struct write_back_args args = {
		.store = serving->app.store,
		.media = serving->app.media,
		.settings = &settings->write_back,
		.data_dir = settings->program.data_dir,
	};

	return write_back_open(&args, &serving->write_back, fault);
}

/* Scans, and what else takes long. */
static enum status
open_ingest(struct serving *serving, const struct settings *settings,
	    struct fault *fault)
{
	const struct job_group groups[] = {
		{ job_kinds, &serving->app.scan },
		{ upload_kinds, serving->uploads },
		{ analyse_kinds, &serving->analyse_args },
		{ chore_kinds, &serving->chores },
		{ write_back_kinds, serving->write_back },
		{ 0 },
	};
	struct job_runner_args args = { .store = serving->app.store,
					.groups = groups };
	struct scheduler_args clock = { .store = serving->app.store,
					.settings = &settings->scheduler };
	enum status status;

	if (!(settings->roles & ROLE_INGEST))
		return STATUS_OK;
	serving->analyse_args = (struct analyse_args){
		.store = serving->app.store,
		.streams = serving->app.streams,
		.media = serving->app.media,
		.settings = &settings->analyse,
		.threads = settings->media.analyses,
	};
	serving->chores = (struct chores){
		.store = serving->app.store,
		.index = serving->app.index,
		.listening = serving->app.listening,
		.hub = serving->app.live,
		.uploads = serving->uploads,
		.analyses = settings->analyse.enabled,
		.settings = &settings->chores,
		.disk_alert_percent = settings->monitor.alert_disk_percent,
		.data_dir = settings->program.data_dir,
		.backups = backup_place(serving, settings),
		.storage = storage_of(serving, settings),
		.cleanup = { serving->app.store, &settings->cleanup },
	};
	status = job_runner_open(&args, &serving->jobs, fault);
	clock.jobs = serving->jobs;
	if (status == STATUS_OK)
		status = scheduler_open(&clock, &serving->scheduler, fault);
	if (status == STATUS_OK)
		status = watch_open(&serving->app.scan, &settings->watch,
				    &serving->watch, fault);
	if (status == STATUS_OK)
		status = analyse_open(&serving->analyse_args, serving->jobs,
				      &serving->analyse, fault);
	return status;
}

/* Channels that were on the air come back. */
static enum status
open_on_air(struct serving *serving, const struct settings *settings,
	    struct fault *fault)
{
	const struct on_air_args args = {
		.store = serving->app.store,
		.streams = serving->app.streams,
		.media = serving->app.media,
		.hub = serving->app.live,
		.out = serving->app.out,
		.pushes = serving->app.pushes,
		.sounds = serving->sounds,
		.telegram = serving->app.telegram,
		.settings = &settings->station,
		.data_dir = settings->program.data_dir,
	};
	enum status status;

	if (!(settings->roles & ROLE_LIVE))
		return STATUS_OK;
	status = on_air_open(&args, &serving->on_air, fault);
	if (status == STATUS_OK)
		status = live_in_open(serving->app.store, serving->on_air,
				      &serving->in, fault);
	return status;
}

/* For those who ask what sounds alike. */
static enum status
open_sounds(struct serving *serving, const struct settings *settings,
	    struct fault *fault)
{
	if (!(settings->roles & (ROLE_API | ROLE_LIVE)))
		return STATUS_OK;
	return sounds_open(serving->app.store, &serving->sounds, fault);
}

static enum status
open_monitor(struct serving *serving, const struct settings *settings,
	     struct fault *fault)
{
	struct monitor_args args = { .settings = &settings->monitor,
				     .store = serving->app.store,
				     .hub = serving->app.live,
				     .data_dir = settings->program.data_dir };

	return monitor_open(&args, &serving->monitor, fault);
}

static enum status
aliases_check(const struct settings *settings, struct fault *fault)
{
	const char *given = settings->program.metrics_aliases;

	if (*given == '\0' || strcmp(given, "sattva") == 0)
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "METRICS_ALIASES",
			   "METRICS_ALIASES: \"%s\" is not known, only sattva",
			   given);
}

static enum status
trust_set(const struct settings *settings, struct fault *fault)
{
	struct fault why = { 0 };

	if (fetch_trust(settings->program.fetch_private_addresses, &why) ==
	    STATUS_OK)
		return STATUS_OK;
	return fault_field(fault, STATUS_INVALID, "FETCH_PRIVATE_ADDRESSES",
			   "FETCH_PRIVATE_ADDRESSES: %s", why.message);
}

static enum status
serving_open(struct serving *serving, const struct settings *settings,
	     struct fault *fault)
{
	unsigned parts = APP_STORE | APP_INDEX_FOLLOW | APP_MEDIA |
			 APP_DELIVERY | APP_ACCESS | APP_EVENTS;
	enum status status;

	*serving = (struct serving){ .lock_fd = -1 };
	if (settings->roles & (ROLE_API | ROLE_LIVE))
		parts |= APP_TELEGRAM;
	status = aliases_check(settings, fault);
	if (status == STATUS_OK)
		status = cleanup_settings_check(&settings->cleanup, fault);
	if (status == STATUS_OK)
		status = trust_set(settings, fault);
	if (status == STATUS_OK)
		status = folder_make(settings->program.data_dir, fault);
	if (status == STATUS_OK)
		status = log_start(serving, settings, fault);
	if (status == STATUS_OK)
		status = data_lock(serving, settings, fault);
	if (status == STATUS_OK)
		status = app_open(&serving->app, settings, parts, fault);
	if (status == STATUS_OK) {
		gauges_start(&serving->app);
		serving->counts = storage_counts_new();
		status = seal_secrets(serving, fault);
	}
	if (status == STATUS_OK)
		status = open_uploads(serving, settings, fault);
	if (status == STATUS_OK)
		status = open_write_back(serving, settings, fault);
	if (status == STATUS_OK)
		status = open_ingest(serving, settings, fault);
	if (status == STATUS_OK)
		status = open_sounds(serving, settings, fault);
	if (status == STATUS_OK)
		status = open_monitor(serving, settings, fault);
	if (status == STATUS_OK)
		status = open_on_air(serving, settings, fault);
	if (status == STATUS_OK)
		status = open_http(serving, settings, fault);
	return status;
}

/* Listeners first, then what they were answered from. */
static void
serving_close(struct serving *serving, uint32_t drain_ms)
{
	if (serving->metrics != NULL)
		http_server_close(serving->metrics, 0);
	if (serving->http != NULL)
		http_server_close(serving->http, drain_ms);
	if (serving->api != NULL)
		api_close(serving->api);
	monitor_close(serving->monitor);
	live_in_close(serving->in);
	on_air_close(serving->on_air);
	gauges_stop(&serving->app);
	sounds_close(serving->sounds);
	analyse_close(serving->analyse);
	watch_close(serving->watch);
	scheduler_close(serving->scheduler);
	job_runner_close(serving->jobs);
	upload_close(serving->uploads);
	storage_counts_free(serving->counts);
	write_back_close(serving->write_back);
	app_close(&serving->app);
	on_air_free(serving->on_air);
	if (serving->lock_fd >= 0)
		close(serving->lock_fd);
	log_close();
	free(serving->log_path);
}

static void
ready_print(const struct invocation *invocation, uint16_t port,
	    int64_t took_ms)
{
	const char *host = invocation->settings->http.host;
	bool any = *host == '\0' || strcmp(host, "::") == 0 ||
		   strcmp(host, "0.0.0.0") == 0 || strcmp(host, "*") == 0;

	if (invocation->json)
		printf("{\"event\":\"ready\",\"port\":%u,\"took_ms\":%lld}\n",
		       port, (long long)took_ms);
	else
		printf("Ogma %s is at http://%s:%u (ready in %lld ms; Ctrl+C "
		       "ends it)\n",
		       OGMA_VERSION, any ? "localhost" : host, port,
		       (long long)took_ms);
	fflush(stdout);
}

/* Nobody can look after the server yet: tell how somebody becomes its superadmin.
 * The link is as good as a password: the log does not get it. */
static void
setup_offer(struct serving *serving, const struct invocation *invocation)
{
	const struct settings *settings = invocation->settings;
	const char *link = NULL, *url = settings->access.public_url;
	struct fault fault = { 0 };
	struct arena arena;

	arena_init(&arena);
	if (*url == '\0')
		url = arena_print(&arena, "http://localhost:%u",
				  http_server_port(serving->http));
	if (link_make_setup(serving->app.store, url, &arena, &link, &fault) !=
	    STATUS_OK)
		log_warning("app", "cannot make a setup link",
			    LOG_TEXT("reason", fault.message));
	if (link != NULL) {
		log_info("app", "there is no superadmin yet: a link that makes "
				"one, once, within a day, was printed");
		if (invocation->json)
			printf("{\"event\":\"setup\",\"link\":\"%s\"}\n",
			       link);
		else
			printf("There is no superadmin yet. Open %s to become "
			       "it (once, within %d hours).\n",
			       link, LINK_HOURS);
		fflush(stdout);
	}
	arena_release(&arena);
}

static void
wait_for_end(const sigset_t *signals)
{
	int signal_number = 0;

	while (sigwait(signals, &signal_number) == 0) {
		if (signal_number != SIGHUP)
			break;
		log_reopen();
		log_info("app", "log files opened anew");
	}
	log_info("app", "ending", LOG_INT("signal", signal_number));
}

int
command_serve(struct invocation *invocation)
{
	const struct settings *settings = invocation->settings;
	sigset_t signals = signals_block();
	struct fault fault = { 0 };
	struct serving serving;
	int code = EXIT_DONE;

	if (invocation->count > 0)
		return EXIT_USAGE;
	files_limit_raise();
	process_metrics_start(settings->program.data_dir);
	if (serving_open(&serving, settings, &fault) == STATUS_OK) {
		int64_t took_ms = (clock_monotonic_us() -
				   invocation->started_us) /
				  1000;

		log_info("app", "ready", LOG_TEXT("version", OGMA_VERSION),
			 LOG_INT("port", http_server_port(serving.http)),
			 LOG_INT("took_ms", took_ms));
		ready_print(invocation, http_server_port(serving.http),
			    took_ms);
		setup_offer(&serving, invocation);
		wait_for_end(&signals);
	} else {
		log_error("app", "cannot start",
			  LOG_TEXT("reason", fault.message));
		code = command_fail(invocation, &fault);
	}
	serving_close(&serving, settings->program.drain_ms);
	return code;
}
