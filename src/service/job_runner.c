/* job_runner.c - runs queued jobs: one thread looks at the queue and after the
 * jobs that run, and each job has a thread of its own. See job.h. */
#include "service/job_private.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/digest.h"
#include "base/log.h"

#define TICK_MS 2000 /* between looks at the queue */
#define BUSY_TICK_MS 500 /* while a job runs, which may have asked for more */
#define RUNNING_MAX 64
#define KINDS_MAX 64

static struct metric metric_ended = METRIC_COUNTER(
	"ogma_jobs_ended_total", "Jobs ended, by kind and state; queued: a "
				 "later try follows.", "kind", "state");
static struct metric metric_running = METRIC_GAUGE(
	"ogma_jobs_running", "Jobs that this process runs now.", "kind");
static struct metric metric_seconds = METRIC_HISTOGRAM(
	"ogma_job_duration_seconds", "How long one try of a job took.",
	"kind");

struct runner_kind {
	const struct job_kind *kind;
	void *cookie;
	uint32_t running; /* under the runner's lock */
};

struct running_job {
	struct job_runner *runner;
	struct runner_kind *kind; /* NULL: this place is free */
	struct job *job;
	pthread_t thread;
	bool over; /* the thread waits to be joined */
	int64_t started_ms, renewed_ms;
};

struct job_runner {
	struct store *store;
	struct runner_kind kinds[KINDS_MAX];
	size_t kind_count;
	pthread_t keeper;

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	bool closing;
	uint64_t wakes;
	struct running_job running[RUNNING_MAX];
};

int64_t
job_backoff_ms(const struct job_kind *kind, int64_t attempts, uint32_t dice)
{
	int64_t seconds = kind->backoff_seconds == 0 ? JOB_BACKOFF_SECONDS :
						       kind->backoff_seconds;

	for (int64_t i = 1; i < attempts && seconds < JOB_BACKOFF_MAX_SECONDS;
	     i++)
		seconds *= 2;
	if (seconds > JOB_BACKOFF_MAX_SECONDS)
		seconds = JOB_BACKOFF_MAX_SECONDS;
	return seconds * 750 + (int64_t)(dice % 1000) * seconds / 2;
}

/* ---- how a try ends ---------------------------------------------------------- */

/* A reason that may be gone later. */
static bool
may_pass(enum status result)
{
	return result == STATUS_UNAVAILABLE || result == STATUS_FAILED ||
	       result == STATUS_AGAIN_LATER || result == STATUS_TIMED_OUT ||
	       result == STATUS_FULL || result == STATUS_CONFLICT;
}

struct putting_back {
	struct job *job;
	struct job_again again;
};

static enum status
put_back_write(struct store_session *session, void *cookie,
	       struct fault *fault)
{
	struct putting_back *back = cookie;
	enum status status = job_lines_write(back->job, session, fault);

	if (status != STATUS_OK)
		return status;
	return jobs_put_back(session, back->job->row.id, back->job->owner,
			     &back->again, fault);
}

static enum status
put_back(struct job *job, const struct job_again *again, struct fault *fault)
{
	struct putting_back back = { job, *again };
	enum status status = STATUS_OK;

	if (!atomic_load(&job->lost))
		status = store_write(job->store, put_back_write, &back, fault);
	job_free(job);
	return status;
}

/* Queued again for later, or dead, or failed for good. */
static enum job_state
failure_state(const struct job *job, const struct job_kind *kind,
	      enum status result)
{
	if (kind->attempts <= 1 || !may_pass(result))
		return JOB_FAILED;
	return job->row.attempts < kind->attempts ? JOB_QUEUED : JOB_DEAD;
}

static void
try_end(struct job *job, const struct job_kind *kind, enum status result,
	bool closing, struct fault *fault)
{
	enum job_state state = job_state_of(result);
	struct job_again again = { 0 };
	int64_t id = job->row.id;
	enum status status;
	uint32_t dice;

	if (state == JOB_CANCELLED && atomic_load(&job->late)) {
		result = fault_set(fault, STATUS_TIMED_OUT,
				   "it took longer than %u seconds",
				   kind->timeout_seconds);
		state = JOB_FAILED;
	}
	if (state == JOB_CANCELLED && closing && !atomic_load(&job->cancelled)) {
		state = JOB_QUEUED; /* the next start goes on */
		again.uncounted = true;
	} else if (state == JOB_FAILED) {
		state = failure_state(job, kind, result);
		random_bytes(&dice, sizeof dice);
		again.error = fault->message;
		again.next_try_at_ms =
			clock_now_ms() +
			job_backoff_ms(kind, job->row.attempts, dice);
		log_warning("job", "job failed", LOG_INT("job_id", id),
			    LOG_TEXT("kind", kind->name),
			    LOG_TEXT("state", job_state_name(state)),
			    LOG_INT("attempt", job->row.attempts),
			    LOG_TEXT("reason", fault->message));
	}
	counter_add(metric_cell(&metric_ended, kind->name,
				job_state_name(state)),
		    1);
	if (state == JOB_QUEUED) {
		struct fault other;

		status = put_back(job, &again, &other);
		if (status != STATUS_OK)
			*fault = other;
	} else {
		struct fault why = *fault;

		status = job_end_as(job, state,
				    state == JOB_FAILED || state == JOB_DEAD ?
					    why.message :
					    NULL,
				    NULL, fault);
	}
	if (status != STATUS_OK)
		log_warning("job", "the end of a job could not be written",
			    LOG_INT("job_id", id),
			    LOG_TEXT("reason", fault->message));
}

/* ---- one job's thread -------------------------------------------------------- */

static enum status
work_run(struct running_job *place, struct fault *fault)
{
	const struct job_kind *kind = place->kind->kind;
	struct job *job = place->job;

	/* One that takes its process down each time must end some day. */
	if (job->row.attempts >
	    (int64_t)(kind->attempts == 0 ? 1 : kind->attempts) +
		    JOB_CRASHES_MAX)
		return fault_set(fault, STATUS_FAILED,
				 "it was begun %lld times and its process "
				 "ended each time",
				 (long long)job->row.attempts);
	return kind->run(job, place->kind->cookie, fault);
}

static void *
job_thread(void *cookie)
{
	struct running_job *place = cookie;
	struct job_runner *runner = place->runner;
	const struct job_kind *kind = place->kind->kind;
	struct job *job = place->job;
	struct fault fault = { 0 };
	enum status result;
	bool closing;

	gauge_add(metric_cell(&metric_running, kind->name), 1);
	result = work_run(place, &fault);
	gauge_add(metric_cell(&metric_running, kind->name), -1);
	histogram_observe(metric_cell(&metric_seconds, kind->name),
			  (double)(clock_monotonic_ms() - place->started_ms) /
				  1000);
	/* From here on the keeper does not touch the job. */
	pthread_mutex_lock(&runner->lock);
	place->job = NULL;
	closing = runner->closing;
	pthread_mutex_unlock(&runner->lock);

	try_end(job, kind, result, closing, &fault);

	pthread_mutex_lock(&runner->lock);
	place->over = true;
	runner->wakes++;
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
	return NULL;
}

/* ---- the keeper ---------------------------------------------------------------- */

struct claiming {
	struct job *job;
	const char *kind;
};

static enum status
claim_write(struct store_session *session, void *cookie, struct fault *fault)
{
	struct claiming *claiming = cookie;

	arena_reset(&claiming->job->arena);
	return jobs_claim(session, claiming->kind, claiming->job->owner,
			  &claiming->job->arena, &claiming->job->row, fault);
}

struct due_look {
	struct job_runner *runner;
	bool wanted[KINDS_MAX]; /* in: has a free place; out: has work too */
};

static enum status
due_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct due_look *look = cookie;
	enum status status = STATUS_OK;

	for (size_t i = 0;
	     i < look->runner->kind_count && status == STATUS_OK; i++) {
		bool due = false;

		if (look->wanted[i])
			status = jobs_due(session,
					  look->runner->kinds[i].kind->name,
					  &due, fault);
		look->wanted[i] = due;
	}
	return status;
}

static struct running_job *
place_take(struct job_runner *runner, struct runner_kind *kind)
{
	struct running_job *place = NULL;

	pthread_mutex_lock(&runner->lock);
	for (size_t i = 0; i < RUNNING_MAX && place == NULL; i++)
		if (runner->running[i].kind == NULL)
			place = &runner->running[i];
	if (runner->closing)
		place = NULL;
	if (place != NULL) {
		*place = (struct running_job){ .runner = runner,
					       .kind = kind };
		kind->running++;
	}
	pthread_mutex_unlock(&runner->lock);
	return place;
}

/* Under the lock. */
static void
place_give(struct running_job *place)
{
	place->kind->running--;
	*place = (struct running_job){ 0 };
}

static bool
job_start(struct job_runner *runner, struct runner_kind *kind)
{
	struct running_job *place = place_take(runner, kind);
	struct claiming claiming = { .kind = kind->kind->name };
	struct fault fault;
	bool started = false;

	if (place == NULL)
		return false;
	claiming.job = job_new(runner->store);
	if (store_write(runner->store, claim_write, &claiming, NULL) !=
	    STATUS_OK) {
		job_free(claiming.job);
		pthread_mutex_lock(&runner->lock);
		place_give(place);
		pthread_mutex_unlock(&runner->lock);
		return false;
	}
	pthread_mutex_lock(&runner->lock);
	place->job = claiming.job;
	place->started_ms = place->renewed_ms = clock_monotonic_ms();
	started = pthread_create(&place->thread, NULL, job_thread, place) == 0;
	if (!started)
		place_give(place);
	pthread_mutex_unlock(&runner->lock);
	if (!started)
		put_back(claiming.job, &(const struct job_again){ 0 }, &fault);
	return started;
}

static bool
has_place(const struct runner_kind *kind)
{
	uint32_t most = kind->kind->concurrency == 0 ? 1 :
						       kind->kind->concurrency;

	return kind->running < most;
}

/* A look costs a read; only when there is something to claim, a write. */
static bool
queue_look(struct job_runner *runner)
{
	struct due_look look = { .runner = runner };
	bool any = false;

	pthread_mutex_lock(&runner->lock);
	for (size_t i = 0; i < runner->kind_count; i++)
		look.wanted[i] = has_place(&runner->kinds[i]);
	pthread_mutex_unlock(&runner->lock);
	if (store_read(runner->store, due_read, &look, NULL) != STATUS_OK)
		return false;
	for (size_t i = 0; i < runner->kind_count; i++)
		if (look.wanted[i] && job_start(runner, &runner->kinds[i]))
			any = true;
	return any;
}

struct holding {
	int64_t id;
	char owner[OWNER_BYTES];
	bool renew, held, cancel_asked;
};

static enum status
hold_read(struct store_session *session, void *cookie, struct fault *fault)
{
	struct holding *holding = cookie;

	return jobs_hold(session, holding->id, holding->owner, &holding->held,
			 &holding->cancel_asked, fault);
}

static enum status
hold_renew(struct store_session *session, void *cookie, struct fault *fault)
{
	struct holding *holding = cookie;

	return jobs_renew(session, holding->id, holding->owner, NULL, NULL,
			  &holding->cancel_asked, fault);
}

/* Under the lock: what is to be asked of the store about this place. */
static bool
hold_prepare(struct running_job *place, struct holding *out)
{
	int64_t now_ms = clock_monotonic_ms();
	const struct job_kind *kind;

	if (place->kind == NULL || place->job == NULL || place->over)
		return false;
	kind = place->kind->kind;
	if (kind->timeout_seconds > 0 &&
	    now_ms - place->started_ms > (int64_t)kind->timeout_seconds * 1000)
		atomic_store(&place->job->late, true);
	if (place->runner->closing)
		job_stop(place->job);
	*out = (struct holding){ .id = place->job->row.id };
	memcpy(out->owner, place->job->owner, sizeof out->owner);
	out->renew = now_ms - place->renewed_ms > JOBS_LEASE_MS / 3;
	if (out->renew)
		place->renewed_ms = now_ms;
	return true;
}

/* Tells a running job what happened to its row meanwhile. */
static void
job_look_after(struct job_runner *runner, struct running_job *place)
{
	struct holding holding;
	enum status status;
	bool running;

	pthread_mutex_lock(&runner->lock);
	running = hold_prepare(place, &holding);
	pthread_mutex_unlock(&runner->lock);
	if (!running)
		return;
	if (holding.renew)
		status = store_write(runner->store, hold_renew, &holding, NULL);
	else
		status = store_read(runner->store, hold_read, &holding, NULL);
	if (status == STATUS_OK && holding.renew)
		holding.held = true;
	else if (status != STATUS_OK && status != STATUS_CONFLICT)
		return; /* the store is away: the lease tells */
	pthread_mutex_lock(&runner->lock);
	if (place->job != NULL && place->job->row.id == holding.id) {
		if (!holding.held)
			atomic_store(&place->job->lost, true);
		if (holding.cancel_asked)
			atomic_store(&place->job->cancelled, true);
	}
	pthread_mutex_unlock(&runner->lock);
}

/* Joins what ended; tells how many run. */
static size_t
places_tidy(struct job_runner *runner)
{
	size_t running = 0;

	for (size_t i = 0; i < RUNNING_MAX; i++) {
		struct running_job *place = &runner->running[i];
		bool over;

		pthread_mutex_lock(&runner->lock);
		over = place->over;
		running += place->kind != NULL && !over;
		pthread_mutex_unlock(&runner->lock);
		if (!over)
			continue;
		pthread_join(place->thread, NULL);
		pthread_mutex_lock(&runner->lock);
		place_give(place);
		pthread_mutex_unlock(&runner->lock);
	}
	return running;
}

static void
keeper_sleep(struct job_runner *runner, uint64_t wakes, int64_t wait_ms)
{
	int64_t end_ms = clock_now_ms() + wait_ms;
	struct timespec end = { .tv_sec = end_ms / 1000,
				.tv_nsec = end_ms % 1000 * 1000000 };

	pthread_mutex_lock(&runner->lock);
	while (runner->wakes == wakes &&
	       pthread_cond_timedwait(&runner->changed, &runner->lock, &end) ==
		       0)
		;
	pthread_mutex_unlock(&runner->lock);
}

static void *
keeper_run(void *cookie)
{
	struct job_runner *runner = cookie;
	int64_t look_ms = 0;
	uint64_t seen = UINT64_MAX;

	for (;;) {
		int64_t now_ms = clock_monotonic_ms(), tick_ms;
		size_t running;
		uint64_t wakes;
		bool closing;

		pthread_mutex_lock(&runner->lock);
		closing = runner->closing;
		wakes = runner->wakes;
		pthread_mutex_unlock(&runner->lock);
		running = places_tidy(runner);
		if (closing && running == 0)
			return NULL;
		tick_ms = running > 0 ? BUSY_TICK_MS : TICK_MS;
		if (!closing && (wakes != seen || now_ms - look_ms >= tick_ms)) {
			/* While there is work for free places, look again. */
			seen = queue_look(runner) ? UINT64_MAX : wakes;
			look_ms = now_ms;
		}
		for (size_t i = 0; i < RUNNING_MAX; i++)
			job_look_after(runner, &runner->running[i]);
		if (seen != UINT64_MAX || closing)
			keeper_sleep(runner, wakes,
				     running > 0 ? JOB_LOOK_MS : TICK_MS);
	}
}

/* ---- opening and closing ----------------------------------------------------- */

static void
kinds_gather(struct job_runner *runner, const struct job_group *groups)
{
	for (const struct job_group *group = groups; group->kinds != NULL;
	     group++) {
		for (const struct job_kind *kind = group->kinds;
		     kind->name != NULL && runner->kind_count < KINDS_MAX;
		     kind++)
			runner->kinds[runner->kind_count++] =
				(struct runner_kind){ kind, group->cookie, 0 };
	}
}

enum status
job_runner_open(const struct job_runner_args *args, struct job_runner **out,
		struct fault *fault)
{
	enum status status = job_revive_dead(args->store, fault);
	struct job_runner *runner;

	if (status != STATUS_OK)
		return status;
	metric_register(&metric_ended);
	metric_register(&metric_running);
	metric_register(&metric_seconds);
	runner = mem_new(1, sizeof *runner);
	runner->store = args->store;
	kinds_gather(runner, args->groups);
	pthread_mutex_init(&runner->lock, NULL);
	pthread_cond_init(&runner->changed, NULL);
	if (pthread_create(&runner->keeper, NULL, keeper_run, runner) != 0) {
		free(runner);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start the thread for jobs");
	}
	*out = runner;
	return STATUS_OK;
}

void
job_runner_close(struct job_runner *runner)
{
	if (runner == NULL)
		return;
	pthread_mutex_lock(&runner->lock);
	runner->closing = true;
	runner->wakes++;
	for (size_t i = 0; i < RUNNING_MAX; i++)
		if (runner->running[i].job != NULL)
			job_stop(runner->running[i].job);
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
	pthread_join(runner->keeper, NULL);
	pthread_cond_destroy(&runner->changed);
	pthread_mutex_destroy(&runner->lock);
	free(runner);
}

void
job_runner_wake(struct job_runner *runner)
{
	pthread_mutex_lock(&runner->lock);
	runner->wakes++;
	pthread_cond_broadcast(&runner->changed);
	pthread_mutex_unlock(&runner->lock);
}
