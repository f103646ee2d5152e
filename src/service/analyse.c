/* analyse.c - see analyse.h. */
#include "service/analyse.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "library/track_analysis.h"
#include "service/duplicate.h"
#include "service/stream.h"

#define BATCH 64
#define START_SECONDS 3 /* others have more to do at first */
#define THREADS_MAX 64

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

struct analyse {
	struct analyse_args args;
	pthread_mutex_t lock;
	pthread_cond_t change;
	bool stopping;
	pthread_t threads[THREADS_MAX];
	uint32_t running;

	/* the tracks found last; lock held */
	int64_t ids[BATCH];
	size_t count, at;
	int64_t after_id;  /* of the look; 0: a new one begins */
	bool found;	   /* in this look */
	uint64_t version;  /* of the store, when a look found nothing */
	int64_t look_at_ms;
};

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
	      media_go_on *go_on, void *cookie, struct fault *fault)
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
	arena_release(&arena);
	return status;
}

/* ---- the threads ---------------------------------------------------------- */

static enum status
look_run(struct store_session *session, void *cookie, struct fault *fault)
{
	struct analyse *analyse = cookie;
	struct arena arena;
	int64_t *ids;
	enum status status;

	arena_init(&arena);
	status = analysis_pending(session, MEDIA_ANALYSIS_VERSION,
				  analyse->after_id, BATCH, &arena, &ids,
				  &analyse->count, fault);
	for (size_t i = 0; status == STATUS_OK && i < analyse->count; i++)
		analyse->ids[i] = ids[i];
	arena_release(&arena);
	return status;
}

/* Lock held. Fills the batch; false when there is nothing for now. */
static bool
look(struct analyse *analyse)
{
	uint64_t version = store_version(analyse->args.store);
	int64_t now = clock_monotonic_ms();

	if (now < analyse->look_at_ms)
		return false;
	if (analyse->after_id == 0 && version == analyse->version) {
		analyse->look_at_ms =
			now + analyse->args.settings->look_seconds * 1000LL;
		return false;
	}
	analyse->at = analyse->count = 0;
	if (store_read(analyse->args.store, look_run, analyse, NULL) !=
	    STATUS_OK)
		analyse->count = 0;
	analyse->found = analyse->found || analyse->count > 0;
	if (analyse->count > 0) {
		analyse->after_id = analyse->ids[analyse->count - 1];
		return true;
	}
	/* What changed since the look began is for the next one. */
	if (!analyse->found) {
		analyse->version = version;
		if (duplicates_job_ask(analyse->args.store, NULL) !=
		    STATUS_OK)
			log_info("analyse", "duplicates are not looked for");
	}
	analyse->found = false;
	analyse->after_id = 0;
	analyse->look_at_ms =
		now + analyse->args.settings->look_seconds * 1000LL;
	return false;
}

/* The next track; 0 when the service ends. */
static int64_t
take(struct analyse *analyse)
{
	int64_t id = 0;

	pthread_mutex_lock(&analyse->lock);
	while (!analyse->stopping && id == 0) {
		struct timespec until;

		if (analyse->at < analyse->count || look(analyse)) {
			id = analyse->ids[analyse->at++];
			continue;
		}
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		pthread_cond_timedwait(&analyse->change, &analyse->lock,
				       &until);
	}
	if (analyse->stopping)
		id = 0;
	pthread_mutex_unlock(&analyse->lock);
	return id;
}

static bool
goes_on(void *cookie)
{
	struct analyse *analyse = cookie;
	bool stopping;

	pthread_mutex_lock(&analyse->lock);
	stopping = analyse->stopping;
	pthread_mutex_unlock(&analyse->lock);
	return !stopping;
}

static void *
thread_run(void *cookie)
{
	struct analyse *analyse = cookie;
	int64_t id;

	while ((id = take(analyse)) != 0) {
		struct fault fault = { 0 };
		enum status status = analyse_track(&analyse->args, id, goes_on,
						   analyse, &fault);

		if (status != STATUS_OK && status != STATUS_CANCELLED)
			log_info("analyse", "a track was passed over",
				 LOG_INT("track", id),
				 LOG_TEXT("reason", fault.message));
	}
	return NULL;
}

enum status
analyse_open(const struct analyse_args *args, struct analyse **out,
	     struct fault *fault)
{
	struct analyse *analyse = mem_new(1, sizeof *analyse);
	uint32_t threads = args->threads == 0 ? 1 : args->threads;
	pthread_condattr_t attributes;

	analyse->args = *args;
	analyse->version = UINT64_MAX;
	analyse->look_at_ms = clock_monotonic_ms() + START_SECONDS * 1000;
	if (args->settings->look_seconds < START_SECONDS)
		analyse->look_at_ms = 0;
	metric_register(&tracks_metric);
	pthread_mutex_init(&analyse->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&analyse->change, &attributes);
	pthread_condattr_destroy(&attributes);
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (!args->settings->enabled)
		threads = 0;
	for (; analyse->running < threads; analyse->running++) {
		if (pthread_create(&analyse->threads[analyse->running], NULL,
				   thread_run, analyse) != 0) {
			analyse_close(analyse);
			return fault_set(fault, STATUS_FAILED,
					 "cannot start a thread");
		}
	}
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
	for (uint32_t i = 0; i < analyse->running; i++)
		pthread_join(analyse->threads[i], NULL);
	pthread_cond_destroy(&analyse->change);
	pthread_mutex_destroy(&analyse->lock);
	free(analyse);
}
