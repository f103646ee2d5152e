/* pool.c - see pool.h. All state is under one lock; a borrowed child belongs to
 * its borrower until it comes back. */
#include "media/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "media/protocol.h"

#define START_TIMEOUT_MS 10000
#define END_TIMEOUT_MS 500
#define ANALYSES_DEFAULT 1
#define TIMEOUT_DEFAULT_MS 10000
#define MEMORY_DEFAULT_MIB 200
#define LIVE_DEFAULT 256
#define IDLE_DEFAULT_MS 60000

struct pool_child {
	struct pool_child *next; /* in the idle list */
	pid_t pid;
	int socket;
	enum pool_use use;
	int64_t idle_since_ms;
};

/* A wish for a process, on the stack of who waits for it. */
struct pool_wish {
	struct pool_wish *next;
	struct pool_child *child;
	struct fault fault;
	bool pushes, done;
};

struct media_pool {
	struct media_settings settings;
	char *program;
	pthread_mutex_t lock;
	pthread_cond_t change; /* to borrowers */
	pthread_cond_t work;   /* to the keeper */
	pthread_t keeper;
	bool closing, sandbox_told;
	struct pool_wish *wishes;
	struct pool_child *idle; /* last used first */
	uint32_t busy[POOL_USES], processes;
	uint64_t started, crashed, timed_out;
};

static struct metric ended_metric = METRIC_COUNTER(
	"ogma_media_processes_ended_total",
	"Media processes that ended, by reason.", "reason");
static struct metric processes_metric = METRIC_GAUGE(
	"ogma_media_processes", "Media processes that run now.", NULL);

const struct option media_options[] = {
	{ .name = "MEDIA_PROGRAM", .type = OPTION_TEXT, .preset = "",
	  .summary = "The ogma-media program; empty: beside this program.",
	  .offset = offsetof(struct media_settings, program) },
	{ .name = "MEDIA_WORKERS", .type = OPTION_U32, .preset = "0",
	  .summary = "Files and pictures read at a time; 0: one for each "
		     "processor.",
	  .max = 256, .offset = offsetof(struct media_settings, workers) },
	{ .name = "MEDIA_ANALYSES", .type = OPTION_U32, .preset = "1",
	  .summary = "Files listened to at a time, for loudness, tempo and so "
		     "on.",
	  .min = 1, .max = 256,
	  .offset = offsetof(struct media_settings, analyses) },
	{ .name = "MEDIA_TRANSCODES", .type = OPTION_U32, .preset = "4",
	  .summary = "Transcodes at a time; more are refused for the moment.",
	  .min = 1, .max = 256,
	  .offset = offsetof(struct media_settings, transcodes) },
	{ .name = "MEDIA_LIVE", .type = OPTION_U32, .preset = "256",
	  .summary = "Decoders and encoders of live channels at a time.",
	  .min = 1, .max = 65536,
	  .offset = offsetof(struct media_settings, live) },
	{ .name = "MEDIA_IDLE_MS", .type = OPTION_U32, .preset = "60000",
	  .unit = "ms",
	  .summary = "A media process with nothing to do ends after this.",
	  .min = 100, .max = 86400000,
	  .offset = offsetof(struct media_settings, idle_ms) },
	{ .name = "MEDIA_TIMEOUT_MS", .type = OPTION_U32, .preset = "10000",
	  .unit = "ms",
	  .summary = "Longest time to read one file's facts or one picture.",
	  .min = 100, .max = 600000,
	  .offset = offsetof(struct media_settings, timeout_ms) },
	{ .name = "MEDIA_MEMORY_MIB", .type = OPTION_U32, .preset = "200",
	  .unit = "MiB",
	  .summary = "Memory that one media process may take for its work.",
	  .min = 32, .max = 65536,
	  .offset = offsetof(struct media_settings, memory_mib) },
	{ 0 }
};

static void
settings_complete(struct media_settings *settings)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (settings->workers == 0)
		settings->workers = processors > 0 ? (uint32_t)processors : 1;
	if (settings->analyses == 0)
		settings->analyses = ANALYSES_DEFAULT;
	if (settings->transcodes == 0)
		settings->transcodes = 4;
	if (settings->live == 0)
		settings->live = LIVE_DEFAULT;
	if (settings->idle_ms == 0)
		settings->idle_ms = IDLE_DEFAULT_MS;
	if (settings->timeout_ms == 0)
		settings->timeout_ms = TIMEOUT_DEFAULT_MS;
	if (settings->memory_mib == 0)
		settings->memory_mib = MEMORY_DEFAULT_MIB;
}

/* ---- processes; keeper only ---- */

static int
program_spawn(struct media_pool *pool, bool pushes, int socket, pid_t *pid)
{
	char memory[32], timeout[32];
	char push[] = "push";
	char *arguments[] = { pool->program, memory, timeout,
			      pushes ? push : NULL, NULL };

	_Static_assert(PROTOCOL_SOCKET == CHILD_SOCKET, "as it is started");
	snprintf(memory, sizeof memory, "%u", pool->settings.memory_mib);
	snprintf(timeout, sizeof timeout, "%u", pool->settings.timeout_ms);
	return child_spawn(arguments, socket, pid);
}

/* Kills what does not end by itself in time; returns the wait status. */
static int
pool_child_reap(struct pool_child *child, bool kill_now)
{
	int how;

	close(child->socket);
	how = child_reap(child->pid, kill_now ? 0 : END_TIMEOUT_MS);
	free(child);
	return how;
}

static void
sandbox_tell(struct media_pool *pool, const struct protocol_message *ready)
{
	if (ready->body.length == 0 || pool->sandbox_told)
		return;
	pool->sandbox_told = true;
	log_warning("media", "a media process runs with less protection",
		    LOG_TEXT("missing", ready->body.bytes));
}

/* Starts a process and waits until it is ready. */
static enum status
child_start(struct media_pool *pool, bool pushes, struct pool_child **out,
	    struct fault *fault)
{
	struct protocol_message ready;
	struct pool_child *child;
	enum status status;
	int sockets[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return fault_errno(fault, errno,
				   "cannot start a media process");
	child = mem_new(1, sizeof *child);
	child->socket = sockets[0];
	error = program_spawn(pool, pushes, sockets[1], &child->pid);
	close(sockets[1]);
	if (error != 0) {
		close(sockets[0]);
		free(child);
		fault_errno(fault, error, "cannot start %s", pool->program);
		return fault_field(fault, STATUS_UNAVAILABLE, "media",
				   "cannot start %s: error %d", pool->program,
				   error);
	}
	protocol_message_init(&ready);
	status = protocol_receive(child->socket, &ready,
				  clock_monotonic_ms() + START_TIMEOUT_MS,
				  fault);
	if (status == STATUS_OK && ready.type == PROTOCOL_READY) {
		sandbox_tell(pool, &ready);
		*out = child;
	} else {
		pool_child_reap(child, true);
		status = fault_field(fault, STATUS_UNAVAILABLE, "media",
				     "%s ended at its start", pool->program);
	}
	protocol_message_release(&ready);
	return status;
}

/* ---- the keeper ---- */

static void
wish_grant(struct media_pool *pool, struct pool_wish *wish)
{
	struct pool_child *child = NULL;
	struct fault fault = { 0 };
	enum status status;

	pthread_mutex_unlock(&pool->lock);
	status = child_start(pool, wish->pushes, &child, &fault);
	pthread_mutex_lock(&pool->lock);
	if (status == STATUS_OK) {
		pool->processes++;
		pool->started++;
		gauge_set(metric_cell(&processes_metric), pool->processes);
	}
	wish->child = child;
	wish->fault = fault;
	wish->done = true;
	pthread_cond_broadcast(&pool->change);
}

/* Takes a child that idled too long (or any, when closing) off the list. */
static struct pool_child *
idle_take_old(struct media_pool *pool, int64_t *next_ms)
{
	int64_t now = clock_monotonic_ms();

	*next_ms = INT64_MAX;
	for (struct pool_child **at = &pool->idle; *at != NULL;
	     at = &(*at)->next) {
		struct pool_child *child = *at;
		int64_t end = child->idle_since_ms + pool->settings.idle_ms;

		if (pool->closing || end <= now) {
			*at = child->next;
			return child;
		}
		if (end < *next_ms)
			*next_ms = end;
	}
	return NULL;
}

static void
count_end(struct media_pool *pool, const char *reason)
{
	pool->processes--;
	gauge_set(metric_cell(&processes_metric), pool->processes);
	counter_add(metric_cell(&ended_metric, reason), 1);
}

static void
keeper_wait(struct media_pool *pool, int64_t until_ms)
{
	struct timespec until = { .tv_sec = until_ms / 1000,
				  .tv_nsec = until_ms % 1000 * 1000000 };

	if (until_ms == INT64_MAX)
		pthread_cond_wait(&pool->work, &pool->lock);
	else
		pthread_cond_timedwait(&pool->work, &pool->lock, &until);
}

static void *
keeper_run(void *cookie)
{
	struct media_pool *pool = cookie;

	pthread_mutex_lock(&pool->lock);
	for (;;) {
		struct pool_wish *wish = pool->wishes;
		struct pool_child *old;
		int64_t next_ms;

		if (wish != NULL) {
			pool->wishes = wish->next;
			wish_grant(pool, wish);
			continue;
		}
		old = idle_take_old(pool, &next_ms);
		if (old != NULL) {
			count_end(pool, "idle");
			pthread_mutex_unlock(&pool->lock);
			pool_child_reap(old, false);
			pthread_mutex_lock(&pool->lock);
			continue;
		}
		if (pool->closing)
			break;
		keeper_wait(pool, next_ms);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

/* ---- for everyone ---- */

enum status
media_pool_open(const struct media_settings *settings,
		struct media_pool **out, struct fault *fault)
{
	struct media_pool *pool = mem_new(1, sizeof *pool);
	pthread_condattr_t attributes;

	pool->settings = *settings;
	settings_complete(&pool->settings);
	pool->program = settings->program != NULL &&
					settings->program[0] != '\0' ?
				mem_copy_text(settings->program) :
				child_program_beside("ogma-media");
	if (access(pool->program, X_OK) != 0) {
		enum status status = fault_field(
			fault, STATUS_NOT_FOUND, "MEDIA_PROGRAM",
			"there is no program at %s", pool->program);

		free(pool->program);
		free(pool);
		return status;
	}
	metric_register(&ended_metric);
	metric_register(&processes_metric);
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->change, NULL);
	pthread_cond_init(&pool->work, &attributes);
	pthread_condattr_destroy(&attributes);
	if (pthread_create(&pool->keeper, NULL, keeper_run, pool) != 0) {
		free(pool->program);
		free(pool);
		return fault_set(fault, STATUS_FAILED,
				 "cannot start a thread");
	}
	*out = pool;
	return STATUS_OK;
}

void
media_pool_close(struct media_pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->closing = true;
	pthread_cond_signal(&pool->work);
	pthread_mutex_unlock(&pool->lock);
	pthread_join(pool->keeper, NULL);
	pthread_cond_destroy(&pool->work);
	pthread_cond_destroy(&pool->change);
	pthread_mutex_destroy(&pool->lock);
	free(pool->program);
	free(pool);
}

void
media_pool_look(struct media_pool *pool, struct media_pool_state *out)
{
	pthread_mutex_lock(&pool->lock);
	*out = (struct media_pool_state){
		.processes = pool->processes,
		.busy = pool->busy[POOL_QUICK] + pool->busy[POOL_ANALYSIS] +
			pool->busy[POOL_TRANSCODE] + pool->busy[POOL_LIVE] +
			pool->busy[POOL_PUSH],
		.transcodes = pool->busy[POOL_TRANSCODE],
		.live = pool->busy[POOL_LIVE] + pool->busy[POOL_PUSH],
		.live_max = pool->settings.live,
		.started = pool->started,
		.crashed = pool->crashed,
		.timed_out = pool->timed_out,
	};
	pthread_mutex_unlock(&pool->lock);
}

/* An idle child, or a new one from the keeper. Lock held. */
static struct pool_child *
child_get(struct media_pool *pool, enum pool_use use, struct fault *fault)
{
	struct pool_child *child = pool->idle;
	struct pool_wish wish = { .pushes = use == POOL_PUSH };
	struct pool_wish **last = &pool->wishes;

	if (child != NULL && use != POOL_PUSH) {
		pool->idle = child->next;
		return child;
	}
	while (*last != NULL)
		last = &(*last)->next;
	*last = &wish;
	pthread_cond_signal(&pool->work);
	while (!wish.done)
		pthread_cond_wait(&pool->change, &pool->lock);
	if (wish.child == NULL)
		*fault = wish.fault;
	return wish.child;
}

/* Lock held. Quick uses wait for their turn instead. */
static enum status
place_check(const struct media_pool *pool, enum pool_use use,
	    struct fault *fault)
{
	if (use == POOL_TRANSCODE &&
	    pool->busy[use] >= pool->settings.transcodes)
		return fault_field(fault, STATUS_FULL, "media",
				   "all %u transcoding places are taken",
				   pool->settings.transcodes);
	if ((use == POOL_LIVE || use == POOL_PUSH) &&
	    pool->busy[POOL_LIVE] + pool->busy[POOL_PUSH] >=
		    pool->settings.live)
		return fault_field(fault, STATUS_FULL, "media",
				   "all %u places for live sound are taken",
				   pool->settings.live);
	return STATUS_OK;
}

/* Lock held. */
static bool
turn_waits(const struct media_pool *pool, enum pool_use use)
{
	if (use == POOL_ANALYSIS)
		return pool->busy[use] >= pool->settings.analyses;
	return use == POOL_QUICK && pool->busy[use] >= pool->settings.workers;
}

enum status
pool_borrow(struct media_pool *pool, enum pool_use use,
	    struct pool_child **out, struct fault *fault)
{
	struct pool_child *child;
	struct fault why = { 0 };
	enum status status;

	pthread_mutex_lock(&pool->lock);
	status = place_check(pool, use, fault);
	if (status != STATUS_OK) {
		pthread_mutex_unlock(&pool->lock);
		return status;
	}
	while (turn_waits(pool, use))
		pthread_cond_wait(&pool->change, &pool->lock);
	pool->busy[use]++;
	child = child_get(pool, use, &why);
	if (child == NULL) {
		pool->busy[use]--;
		pthread_cond_broadcast(&pool->change);
		if (fault != NULL)
			*fault = why;
	} else {
		child->use = use;
		*out = child;
	}
	pthread_mutex_unlock(&pool->lock);
	return child != NULL ? STATUS_OK : why.status;
}

static enum pool_end
end_of(int how)
{
	if (WIFSIGNALED(how) && (WTERMSIG(how) == SIGPROF ||
				 WTERMSIG(how) == SIGXCPU))
		return POOL_OUT_OF_TIME;
	/* killed by us: it was sound, but slow or unwanted */
	if ((WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL) ||
	    (WIFEXITED(how) && WEXITSTATUS(how) == 0))
		return POOL_ENDED;
	return POOL_CRASHED;
}

static enum pool_end
child_discard(struct media_pool *pool, struct pool_child *child)
{
	struct pollfd gone = { .fd = child->socket, .events = POLLIN };
	bool ending = poll(&gone, 1, 0) > 0 && gone.revents & POLLHUP;
	enum pool_end end = end_of(pool_child_reap(child, !ending));

	pthread_mutex_lock(&pool->lock);
	if (end == POOL_CRASHED)
		pool->crashed++;
	count_end(pool, end == POOL_CRASHED	? "crash" :
			end == POOL_OUT_OF_TIME ? "timeout" :
						  "killed");
	pthread_mutex_unlock(&pool->lock);
	return end;
}

enum pool_end
pool_return(struct media_pool *pool, struct pool_child *child, bool sound)
{
	enum pool_use use = child->use;
	enum pool_end end = POOL_ENDED;

	sound = sound && use != POOL_PUSH;
	if (!sound)
		end = child_discard(pool, child);
	pthread_mutex_lock(&pool->lock);
	if (sound) {
		child->idle_since_ms = clock_monotonic_ms();
		child->next = pool->idle;
		pool->idle = child;
		if (child->next == NULL)
			pthread_cond_signal(&pool->work);
	}
	pool->busy[use]--;
	if (use == POOL_QUICK || use == POOL_ANALYSIS)
		pthread_cond_broadcast(&pool->change);
	pthread_mutex_unlock(&pool->lock);
	return end;
}

int
pool_child_socket(const struct pool_child *child)
{
	return child->socket;
}

uint32_t
pool_timeout_ms(const struct media_pool *pool)
{
	return pool->settings.timeout_ms;
}

void
pool_count_timeout(struct media_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	pool->timed_out++;
	pthread_mutex_unlock(&pool->lock);
}
