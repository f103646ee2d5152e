/* analyse.c - see analyse.h. */
#include "service/analyse.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "library/audit.h"
#include "library/track_analysis.h"
#include "service/caller.h"
#include "service/duplicate.h"
#include "service/scan.h"
#include "service/stream.h"
#include "service/upload.h"

#define BATCH 64
#define START_SECONDS 3 /* others have more to do at first */
#define THREADS_MAX 64
#define NOTE_MS 500
#define LEFT_ALONE_MS 3600000
#define LINES_MAX 32 /* between two notes; more are only counted */

const struct option analyse_options[] = {
	{ .name = "ANALYSIS", .type = OPTION_BOOL, .preset = "yes",
	  .summary = "Listen to tracks for loudness, tempo, key, mood and "
		     "waveform.",
	  .offset = offsetof(struct analyse_settings, enabled) },
	{ .name = "ANALYSIS_LOOK_SECONDS", .type = OPTION_U32, .preset = "30",
	  .unit = "s",
	  .summary = "How often to look for tracks that were not listened to.",
	  .min = 1, .max = 86400,
	  .offset = offsetof(struct analyse_settings, look_seconds) },
	{ 0 },
};

static struct metric tracks_metric = METRIC_COUNTER(
	"ogma_analysed_tracks_total", "Tracks listened to, by result.",
	"result");

/* ---- one track ------------------------------------------------------------ */

struct saving {
	int64_t track_id;
	const struct media_analysis *heard; /* NULL: error */
	const char *error;
};

static enum status
saving_run(struct store_session *session, void *cookie, struct fault *fault)
{
	const struct saving *saving = cookie;

	return analysis_save(session, saving->track_id, MEDIA_ANALYSIS_VERSION,
			     saving->heard, saving->error, clock_now_ms(),
			     fault);
}

/* True when it is the file that cannot be heard. */
static bool
blames_file(enum status status)
{
	return status == STATUS_CORRUPT || status == STATUS_UNSUPPORTED ||
	       status == STATUS_TIMED_OUT || status == STATUS_TOO_LARGE;
}

enum status
analyse_track(const struct analyse_args *args, int64_t track_id,
	      media_go_on *go_on, void *cookie, struct fault *out,
	      struct fault *fault)
{
	struct stream_request request = { .track_id = track_id,
					  .format = STREAM_ORIGINAL };
	struct saving saving = { .track_id = track_id };
	struct media_analysis heard;
	struct stream_answer file;
	struct fault why = { 0 };
	struct arena arena;
	enum status status = stream_open(args->streams, &request, &file,
					 fault);

	if (status != STATUS_OK)
		return status;
	arena_init(&arena);
	status = media_analyse(args->media, file.fd, go_on, cookie, &arena,
			       &heard, &why);
	close(file.fd);
	if (status == STATUS_OK)
		saving.heard = &heard;
	else if (blames_file(status))
		saving.error = why.message;
	if (saving.heard != NULL || saving.error != NULL) {
		counter_add(metric_cell(&tracks_metric,
					saving.heard != NULL ? "heard" :
							       "refused"),
			    1);
		status = store_write(args->store, saving_run, &saving, fault);
	} else if (fault != NULL) {
		*fault = why;
	}
	if (out != NULL && saving.error != NULL)
		*out = why;
	arena_release(&arena);
	return status;
}

/* ---- the job -------------------------------------------------------------- */

struct run {
	const struct analyse_args *args;
	struct job *job;
	pthread_mutex_t lock; /* of what follows */
	int64_t since_ms;
	int64_t ids[BATCH]; /* found last */
	size_t count, at;
	int64_t after_id;
	bool ended;
	uint32_t running;
	struct job_progress progress;
	int64_t passed_over;
	char lines[LINES_MAX][400]; /* for the log, which the job writes */
	size_t line_count;
	enum status status; /* of looking for tracks */
	struct fault fault;
};

static enum status
find_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct run *run = cookie;
	struct arena arena;
	int64_t *ids;
	enum status status;

	arena_init(&arena);
	status = analysis_pending(session, MEDIA_ANALYSIS_VERSION,
				  run->since_ms, run->after_id, BATCH, &arena,
				  &ids, &run->count, fault);
	for (size_t i = 0; status == STATUS_OK && i < run->count; i++)
		run->ids[i] = ids[i];
	arena_release(&arena);
	return status;
}

/* The next track; 0: there is none, or the job stops. */
static int64_t
take(struct run *run)
{
	int64_t id = 0;

	pthread_mutex_lock(&run->lock);
	if (run->at == run->count && !run->ended) {
		run->at = run->count = 0;
		run->status = store_read(run->args->store, find_work, run,
					 &run->fault);
		run->ended = run->status != STATUS_OK || run->count == 0;
		if (!run->ended)
			run->after_id = run->ids[run->count - 1];
	}
	if (!run->ended && !job_stopping(run->job))
		id = run->ids[run->at++];
	pthread_mutex_unlock(&run->lock);
	return id;
}

static bool
goes_on(void *cookie)
{
	const struct run *run = cookie;

	return !job_stopping(run->job);
}

static void
note_track(struct run *run, int64_t id, enum status status,
	   const struct fault *refused, const struct fault *fault)
{
	bool good = refused->status == STATUS_OK;

	pthread_mutex_lock(&run->lock);
	run->progress.done++;
	run->progress.added += status == STATUS_OK && good;
	run->progress.rejected += status == STATUS_OK && !good;
	run->passed_over += status != STATUS_OK;
	if ((status != STATUS_OK || !good) && run->line_count < LINES_MAX)
		snprintf(run->lines[run->line_count++], sizeof run->lines[0],
			 "track %lld: %s", (long long)id,
			 status != STATUS_OK ? fault->message :
					       refused->message);
	pthread_mutex_unlock(&run->lock);
}

static void *
thread_run(void *cookie)
{
	struct run *run = cookie;
	int64_t id;

	while ((id = take(run)) != 0) {
		struct fault refused = { 0 }, fault = { 0 };
		enum status status = analyse_track(run->args, id, goes_on, run,
						   &refused, &fault);

		if (status == STATUS_CANCELLED && job_stopping(run->job))
			break;
		note_track(run, id, status, &refused, &fault);
	}
	pthread_mutex_lock(&run->lock);
	run->running--;
	pthread_mutex_unlock(&run->lock);
	return NULL;
}

/* Lock held. What is written now; the rest by the thread of the job. */
static void
progress_reckon(struct run *run, int64_t began_ms)
{
	struct job_progress *progress = &run->progress;
	double seconds = (double)(clock_monotonic_ms() - began_ms) / 1000;

	progress->rate = (double)progress->done / seconds;
	progress->eta_seconds =
		progress->done > 0 ?
			(int64_t)((double)(progress->total - progress->done) /
				  progress->rate) :
			-1;
	for (size_t i = 0; i < run->line_count; i++)
		job_log(run->job, "warning", NULL, run->lines[i]);
	run->line_count = 0;
}

/* Writes progress until the threads are done. */
static enum status
follow(struct run *run, struct fault *fault)
{
	const struct timespec nap = { .tv_nsec = NOTE_MS * 1000000L };
	int64_t began_ms = clock_monotonic_ms();
	enum status status = STATUS_OK;
	uint32_t running = 1;

	while (running > 0) {
		struct job_progress progress;

		nanosleep(&nap, NULL);
		pthread_mutex_lock(&run->lock);
		progress_reckon(run, began_ms);
		progress = run->progress;
		running = run->running;
		pthread_mutex_unlock(&run->lock);
		status = job_note(run->job, &progress, fault);
	}
	return status;
}

static enum status
count_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct run *run = cookie;

	return analysis_waiting(session, MEDIA_ANALYSIS_VERSION, run->since_ms,
				&run->progress.total, fault);
}

/* "again" means before the moment that the first try wrote down. */
static enum status
since_find(struct run *run, struct fault *fault)
{
	const char *cursor = job_cursor(run->job);
	char text[60];

	if (strcmp(job_detail(run->job), ANALYSE_AGAIN) != 0)
		return STATUS_OK;
	if (cursor != NULL &&
	    sscanf(cursor, "{\"since\":%" SCNd64, &run->since_ms) == 1)
		return STATUS_OK;
	run->since_ms = clock_now_ms();
	snprintf(text, sizeof text, "{\"since\":%lld}",
		 (long long)run->since_ms);
	return job_note_at(run->job, &run->progress, text, fault);
}

/* What was passed over, so that those who look know it. */
static enum status
ending_note(struct run *run, struct fault *fault)
{
	char text[100];

	snprintf(text, sizeof text, "%lld heard, %lld refused, %lld passed over",
		 (long long)run->progress.added,
		 (long long)run->progress.rejected,
		 (long long)run->passed_over);
	job_log(run->job, "info", NULL, text);
	snprintf(text, sizeof text, "{\"passed_over\":%lld}",
		 (long long)run->passed_over);
	return job_note_at(run->job, &run->progress, text, fault);
}

static enum status
analyse_run(struct job *job, void *cookie, struct fault *fault)
{
	pthread_t threads[THREADS_MAX];
	struct run run = { .args = cookie, .job = job,
			   .progress = { .eta_seconds = -1 } };
	uint32_t wanted = run.args->threads == 0 ? 1 : run.args->threads;
	uint32_t started = 0;
	enum status status = since_find(&run, fault);

	if (status == STATUS_OK)
		status = store_read(run.args->store, count_work, &run, fault);
	if (status != STATUS_OK)
		return status;
	wanted = wanted < THREADS_MAX ? wanted : THREADS_MAX;
	pthread_mutex_init(&run.lock, NULL);
	run.running = wanted;
	while (started < wanted && pthread_create(&threads[started], NULL,
						  thread_run, &run) == 0)
		started++;
	pthread_mutex_lock(&run.lock);
	run.running -= wanted - started;
	pthread_mutex_unlock(&run.lock);
	status = started > 0 ? follow(&run, fault) :
			       fault_set(fault, STATUS_FAILED,
					 "cannot start a thread");
	for (uint32_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	pthread_mutex_destroy(&run.lock);
	if (status == STATUS_OK && run.status != STATUS_OK) {
		*fault = run.fault;
		status = run.status;
	}
	if (status == STATUS_OK && job_stopping(job))
		status = STATUS_CANCELLED;
	if (status == STATUS_OK)
		status = ending_note(&run, fault);
	return status == STATUS_OK ? duplicates_job_ask(run.args->store, fault) :
				     status;
}

const struct job_kind analyse_kinds[] = {
	{ .name = ANALYSE_JOB,
	  .summary = "Listens to tracks that were not listened to yet.",
	  .attempts = 5, .run = analyse_run },
	{ 0 },
};

/* ---- asking --------------------------------------------------------------- */

struct asking {
	const struct caller *caller; /* NULL: the server itself */
	bool again;
	int64_t job_id;
};

static enum status
ask_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct asking *asking = cookie;
	const struct job_ask ask = {
		.kind = ANALYSE_JOB,
		.detail = asking->again ? ANALYSE_AGAIN : NULL,
		.requested_by = asking->caller != NULL ?
					asking->caller->user_id : 0,
	};
	enum status status = sql_lock(session, "etl_jobs", fault);

	asking->job_id = 0;
	if (status == STATUS_OK)
		status = jobs_ask(session, &ask, &asking->job_id, fault);
	if (status == STATUS_CONFLICT && asking->job_id != 0)
		return STATUS_OK; /* one that waits is as good */
	if (status == STATUS_OK && asking->caller != NULL)
		status = audit_add(session, asking->caller, "create", "job",
				   asking->job_id, NULL,
				   asking->again ?
					   "{\"kind\":\"analyse\",\"again\":true}" :
					   "{\"kind\":\"analyse\"}",
				   fault);
	return status;
}

enum status
analyse_ask(struct store *store, const struct caller *caller, bool again,
	    int64_t *job_id, struct fault *fault)
{
	struct asking asking = { .caller = caller, .again = again };
	enum status status = store_write(store, ask_work, &asking, fault);

	if (status == STATUS_OK)
		*job_id = asking.job_id;
	return status;
}

struct looking {
	int64_t waiting;
	bool ask;
};

/* The newest job of a kind; id 0: there is none. */
static enum status
newest_job(struct store_session *session, const char *kind, struct arena *arena,
	   struct job_row *out, struct fault *fault)
{
	const struct page_request page = { .limit = 1 };
	const struct job_filter filter = { .kind = kind };
	struct job_list list = { 0 };
	enum status status = jobs_list(session, &filter, &page, arena, &list,
				       fault);

	*out = (struct job_row){ 0 };
	if (status == STATUS_OK && list.count > 0)
		*out = list.items[0];
	return status;
}

/* Whether anything came in since the moment. */
static enum status
came_in(struct store_session *session, int64_t since_ms, struct arena *arena,
	bool *out, struct fault *fault)
{
	static const char *const kinds[] = { SCAN_JOB, UPLOAD_JOB };
	enum status status = STATUS_OK;

	*out = false;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds) && status == STATUS_OK; i++) {
		struct job_row row;

		status = newest_job(session, kinds[i], arena, &row, fault);
		*out = *out || row.finished_at_ms > since_ms;
	}
	return status;
}

/* Tracks that were passed over the last time are no news for an hour. */
static bool
is_news(const struct job_row *last, int64_t waiting)
{
	long long passed_over = 0;

	if (last->state != JOB_DONE || last->checkpoint == NULL ||
	    sscanf(last->checkpoint, "{\"passed_over\":%lld",
		   &passed_over) != 1)
		passed_over = 0;
	return waiting > passed_over ||
	       clock_now_ms() - last->finished_at_ms > LEFT_ALONE_MS;
}

static enum status
look_work(struct store_session *session, void *cookie, struct fault *fault)
{
	struct looking *looking = cookie;
	struct job_row last;
	struct arena arena;
	bool came = false;
	enum status status = analysis_waiting(session, MEDIA_ANALYSIS_VERSION,
					      0, &looking->waiting, fault);

	looking->ask = false;
	if (status != STATUS_OK || looking->waiting == 0)
		return status;
	arena_init(&arena);
	status = newest_job(session, ANALYSE_JOB, &arena, &last, fault);
	if (status == STATUS_OK)
		status = came_in(session, last.finished_at_ms, &arena, &came,
				 fault);
	if (status == STATUS_OK)
		looking->ask = last.id == 0 ||
			       (last.finished_at_ms != 0 &&
				(last.state == JOB_DONE ?
					 is_news(&last, looking->waiting) :
					 came));
	arena_release(&arena);
	return status;
}

enum status
analyse_look(struct store *store, bool *asked, struct fault *fault)
{
	struct looking looking = { 0 };
	struct asking asking = { 0 };
	enum status status = store_read(store, look_work, &looking, fault);

	*asked = false;
	if (status != STATUS_OK || !looking.ask)
		return status;
	status = store_write(store, ask_work, &asking, fault);
	*asked = status == STATUS_OK;
	return status;
}

/* ---- the thread that looks ------------------------------------------------ */

struct analyse {
	struct analyse_args args;
	struct job_runner *jobs;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool stopping;
	bool has_thread;
	pthread_t thread;
};

/* False: it is over. */
static bool
rest(struct analyse *analyse, uint32_t seconds)
{
	struct timespec until;
	bool stopping;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&analyse->lock);
	while (!analyse->stopping &&
	       pthread_cond_timedwait(&analyse->change, &analyse->lock,
				      &until) != ETIMEDOUT)
		continue;
	stopping = analyse->stopping;
	pthread_mutex_unlock(&analyse->lock);
	return !stopping;
}

static void *
look_run(void *cookie)
{
	struct analyse *analyse = cookie;
	uint32_t seconds = analyse->args.settings->look_seconds;
	uint64_t seen = UINT64_MAX;

	while (rest(analyse, seen == UINT64_MAX && seconds > START_SECONDS ?
				     START_SECONDS : seconds)) {
		uint64_t version = store_version(analyse->args.store);
		struct fault fault = { 0 };
		bool asked = false;

		if (version == seen)
			continue;
		if (analyse_look(analyse->args.store, &asked, &fault) !=
		    STATUS_OK) {
			log_info("analyse", "tracks are not looked for",
				 LOG_TEXT("reason", fault.message));
			continue;
		}
		seen = version;
		if (asked)
			job_runner_wake(analyse->jobs);
	}
	return NULL;
}

enum status
analyse_open(const struct analyse_args *args, struct job_runner *jobs,
	     struct analyse **out, struct fault *fault)
{
	struct analyse *analyse = mem_new(1, sizeof *analyse);
	pthread_condattr_t attributes;

	analyse->args = *args;
	analyse->jobs = jobs;
	metric_register(&tracks_metric);
	pthread_mutex_init(&analyse->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&analyse->change, &attributes);
	pthread_condattr_destroy(&attributes);
	if (args->settings->enabled &&
	    pthread_create(&analyse->thread, NULL, look_run, analyse) != 0) {
		analyse_close(analyse);
		return fault_set(fault, STATUS_FAILED, "cannot start a thread");
	}
	analyse->has_thread = args->settings->enabled;
	*out = analyse;
	return STATUS_OK;
}

void
analyse_close(struct analyse *analyse)
{
	if (analyse == NULL)
		return;
	pthread_mutex_lock(&analyse->lock);
	analyse->stopping = true;
	pthread_cond_broadcast(&analyse->change);
	pthread_mutex_unlock(&analyse->lock);
	if (analyse->has_thread)
		pthread_join(analyse->thread, NULL);
	pthread_cond_destroy(&analyse->change);
	pthread_mutex_destroy(&analyse->lock);
	free(analyse);
}
